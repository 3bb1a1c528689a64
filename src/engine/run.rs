//! Blocks of trials in parallel. Which thread plays a block changes nothing: every draw is keyed by the trial's number, and
//! every finish is put where that number says.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::compile::Compiled;
use super::draws::{BLOCK, Draws};
use super::layout::{Layout, Tally, Window};
use super::state::Workspace;
use super::trial::play;

/// Trials of the pilot that sets the horizon.
pub const PILOT_TRIALS: u32 = 256;

/// What the trials came to: a row for each (see [`Layout`]), and counts over all.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    layout: Layout,
    rows: Vec<f64>,
    tally: Tally,
}

impl Trials {
    /// How many trials were played.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len() / self.layout.width().max(1)
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
        self.rows.chunks_exact(self.layout.width().max(1))
    }
}

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

/// The machine cannot hold or start so large a run.
#[derive(Debug)]
pub struct RunError(String);

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        .map_err(|error| RunError(format!("cannot start {} threads: {error}", run.threads)))?;
    let layout = Layout::new(compiled, &run.window);
    let width = layout.width().max(1);
    let mut rows = zeros(run.trials as usize * width)?;
    let (handed_out, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Blocks are handed out in order, and each that is handed out is played to its end, so what is kept has no gap.
    let blocks = Mutex::new(rows.chunks_mut(BLOCK * width).enumerate());
    let total = Mutex::new(Tally::new(compiled, &run.window));
    pool.broadcast(|_| {
        let mut draws = Draws::new(compiled);
        let mut workspace = Workspace::new(compiled, &run.window);
        let mut tally = Tally::new(compiled, &run.window);
        while !stop.load(Ordering::Relaxed) {
            let Some((block, rows)) = blocks.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                break;
            };
            handed_out.fetch_add(rows.len(), Ordering::Relaxed);
            draws.draw(compiled, (block * BLOCK) as u32);
            for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
                play(compiled, draws.lane(lane), &run.window, &mut workspace, row, &mut tally);
            }
            progress(((done.fetch_add(rows.len(), Ordering::Relaxed) + rows.len()) / width) as u32);
        }
        // Whole numbers: the sum is the same whichever thread comes first.
        total.lock().unwrap_or_else(PoisonError::into_inner).merge(&tally);
    });
    rows.truncate(handed_out.into_inner());
    Ok(Trials {
        layout,
        rows,
        tally: total.into_inner().unwrap_or_else(PoisonError::into_inner),
    })
}

fn zeros(len: usize) -> Result<Vec<f64>, RunError> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(len)
        .map_err(|_| RunError(format!("no memory for the finishes of so many trials ({} MiB)", len >> 17)))?;
    values.resize(len, 0.0);
    Ok(values)
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
