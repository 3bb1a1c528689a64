//! Blocks of trials in parallel. Which thread plays a block changes nothing: every draw is keyed by the trial's number, and
//! every finish is put where that number says.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::compile::Compiled;
use super::draws::{BLOCK, Draws};
use super::flood::Flood;
use super::layout::{Layout, Tally, Window};
use super::state::Workspace;
use super::trial::play;

/// Trials of the pilot that sets the horizon.
pub const PILOT_TRIALS: u32 = 256;

/// What the trials came to: a row for each (see [`Layout`]), and counts over all.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    layout: Layout,
    /// The rows of each block of [`BLOCK`] trials, in order.
    blocks: Vec<Vec<f64>>,
    tally: Tally,
}

impl Trials {
    /// How many trials were played.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum::<usize>() / self.layout.width().max(1)
    }

    /// What the columns of a row are.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Counts over all trials.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The finish of one initiative in each trial, in working days; infinite for never.
    pub fn finishes(&self, initiative: usize) -> impl Iterator<Item = f64> {
        self.rows().map(move |row| row[initiative])
    }

    /// One row per trial.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.blocks.iter().flat_map(|block| block.chunks_exact(self.layout.width().max(1)))
    }
}

/// The most memory that the rows of a run may take.
const MOST_BYTES: usize = 8 << 30;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The trials `0..trials`.
    pub trials: u32,
    /// Threads to use; 0 for one per core.
    pub threads: usize,
    /// How far to look.
    pub window: Window,
}

/// Set by somebody who wants the run to end early; what is whole by then is kept.
pub type Stop = AtomicBool;

/// Why a run cannot be had.
#[derive(Debug)]
pub enum RunError {
    /// The machine cannot hold or start so large a run.
    Machine(String),
    /// More happens in a future than can be played.
    Flooded(Flood),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(why) => f.write_str(why),
            Self::Flooded(flood) => write!(f, "more happens in future {} than can be played", flood.trial + 1),
        }
    }
}

impl std::error::Error for RunError {}

/// Plays the trials and calls `progress` with the number done so far after each block. Ends early once `stop` is set, with the
/// trials `0..k` for some k.
///
/// Shapes: one row per trial, its columns as [`Layout`] says; 8 bytes each.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
pub fn run(compiled: &Compiled, run: Run, stop: &Stop, progress: impl Fn(u32) + Sync) -> Result<Trials, RunError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(run.threads)
        .build()
        .map_err(|error| RunError::Machine(format!("cannot start {} threads: {error}", run.threads)))?;
    let layout = Layout::new(compiled, &run.window);
    let width = layout.width().max(1);
    let trials = run.trials as usize;
    let per_trial = width * size_of::<f64>();
    let fixed = (pool.current_num_threads() + 1) * Tally::bytes(compiled, &run.window);
    let bytes = trials.saturating_mul(per_trial).saturating_add(fixed);
    if bytes > MOST_BYTES {
        let most = MOST_BYTES.saturating_sub(fixed) / per_trial;
        return Err(RunError::Machine(format!(
            "{trials} trials would take {} GiB of memory; at most {} GiB, here {most} trials, are played",
            bytes >> 30,
            MOST_BYTES >> 30
        )));
    }
    let (floods, flooded) = (Mutex::new(vec![]), AtomicBool::new(false));
    let (handed_out, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new((Vec::new(), Tally::new(compiled, &run.window)));
    pool.broadcast(|_| {
        let mut draws = Draws::new(compiled);
        let mut workspace = Workspace::new(compiled, &run.window);
        let mut tally = Tally::new(compiled, &run.window);
        let mut played = vec![];
        // Blocks are handed out in order, and each that is handed out is played to its end, so what is kept has no gap.
        while !stop.load(Ordering::Relaxed) && !flooded.load(Ordering::Relaxed) {
            let block = handed_out.fetch_add(1, Ordering::Relaxed);
            let first = block * BLOCK;
            if first >= trials {
                break;
            }
            let count = BLOCK.min(trials - first);
            let mut rows = vec![0.0; count * width];
            draws.draw(compiled, first as u32);
            for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
                if let Err(flood) = play(compiled, draws.lane(lane), &run.window, &mut workspace, row, &mut tally) {
                    floods.lock().unwrap_or_else(PoisonError::into_inner).push(flood);
                    flooded.store(true, Ordering::Relaxed);
                    break;
                }
            }
            played.push((block, rows));
            progress((done.fetch_add(count, Ordering::Relaxed) + count) as u32);
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.0.append(&mut played);
        // Whole numbers: the sum is the same whichever thread comes first.
        results.1.merge(&tally);
    });
    let floods = floods.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Blocks before one that is flooded were played, so the first flood is the same on any number of threads.
    if let Some(flood) = floods.into_iter().min_by_key(|flood| flood.trial) {
        return Err(RunError::Flooded(flood));
    }
    let (mut blocks, tally) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    blocks.sort_unstable_by_key(|(block, _)| *block);
    Ok(Trials {
        layout,
        blocks: blocks.into_iter().map(|(_, rows)| rows).collect(),
        tally,
    })
}

/// The first [`PILOT_TRIALS`] trials, on one thread: only their finishes, up to `limit` working days.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
pub fn pilot(compiled: &Compiled, limit: f64) -> Result<Trials, RunError> {
    let pilot = Run {
        trials: PILOT_TRIALS,
        threads: 1,
        window: Window::finishes(limit),
    };
    run(compiled, pilot, &Stop::new(false), |_| {})
}
