//! Blocks of trials in parallel. Which thread plays a block changes nothing: every draw is keyed by the trial's number, and
//! every finish is put where that number says.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::chain::Drivers;
use super::compile::Compiled;
use super::crews::Crews;
use super::draws::{BLOCK, Draws};
use super::flood::Flood;
use super::greedy::Greedy;
use super::layout::{Layout, Tally, TrialRow, Window};
use super::log::Noted;
use super::network::{Network, Pass, Played, forward};
use super::packed::{Column, Packed};
use super::state::Workspace;
use super::trial::play;
use super::watch::{Columns, Details, Watch, Watcher};
use crate::plan::{InitiativeId, TaskId};

/// Trials of the pilot that sets the horizon.
pub const PILOT_TRIALS: u32 = 256;

/// What the trials came to: a row for each (see [`Layout`]), and counts over all.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    /// The number of the first trial.
    first: u32,
    layout: Layout,
    drivers: Option<Drivers>,
    details: Details,
    /// The rows of blocks of at most [`BLOCK`] trials, in order.
    blocks: Vec<Packed>,
    tally: Tally,
}

impl Trials {
    /// How many trials were played.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blocks.iter().map(Packed::futures).sum()
    }

    /// These trials and those that follow them, as if they had been played in one run. `None` where `more` does not begin where
    /// these end, or looks at other things.
    #[must_use]
    pub fn merge(mut self, more: Self) -> Option<Self> {
        if self.layout != more.layout
            || !self.details.is_like(&more.details)
            || !self.tally.is_like(&more.tally)
            || self.end() != u64::from(more.first)
        {
            return None;
        }
        match (&mut self.drivers, &more.drivers) {
            (Some(own), Some(more)) => own.merge(more),
            (None, None) => {}
            _ => return None,
        }
        self.details.merge(more.details);
        self.blocks.extend(more.blocks);
        self.tally.merge(&more.tally);
        Some(self)
    }

    fn end(&self) -> u64 {
        u64::from(self.first) + self.count() as u64
    }

    /// What the columns of a row are.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What drove the finishes, where the run looked for it.
    #[must_use]
    pub const fn drivers(&self) -> Option<&Drivers> {
        self.drivers.as_ref()
    }

    /// Trials in which a task was on the chain that drove the finish of its own initiative; 0 where the run did not look.
    #[must_use]
    pub fn times_critical(&self, initiative: InitiativeId, task: TaskId) -> u32 {
        self.drivers
            .as_ref()
            .and_then(|drivers| drivers.task(initiative, task))
            .map_or(0, |(hits, _)| hits)
    }

    /// The first futures in detail; none where the run did not look.
    #[must_use]
    pub const fn details(&self) -> &Details {
        &self.details
    }

    /// Counts over all trials.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The finish of one initiative in each trial, in working days; infinite for never.
    pub fn finishes(&self, initiative: usize) -> impl ExactSizeIterator<Item = f64> {
        Column::of(&self.blocks, initiative)
    }

    /// One row per trial.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = TrialRow<'_>> + Clone {
        Rows {
            blocks: self.blocks.iter(),
            block: None,
            left: self.count(),
        }
    }
}

/// The rows of block after block.
#[derive(Clone)]
struct Rows<'a> {
    blocks: std::slice::Iter<'a, Packed>,
    /// The block that is read, and the next of its trials.
    block: Option<TrialRow<'a>>,
    left: usize,
}

impl<'a> Iterator for Rows<'a> {
    type Item = TrialRow<'a>;

    fn next(&mut self) -> Option<TrialRow<'a>> {
        let row = loop {
            match self.block {
                Some(row) if row.trial < row.block.futures() => break row,
                _ => {
                    self.block = Some(TrialRow {
                        block: self.blocks.next()?,
                        trial: 0,
                    })
                }
            }
        };
        self.block = Some(TrialRow {
            trial: row.trial + 1,
            ..row
        });
        self.left -= 1;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Rows<'_> {}

/// Futures of the pilot that may be flooded: it looks much further ahead than the run, and so few leave its P95 where it is.
const PILOT_FLOODS: usize = 12;

/// The most memory that the rows of a run may take.
const MOST_BYTES: usize = 8 << 30;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The number of the first trial: any part of a run can be played alone.
    pub first: u32,
    /// How many trials.
    pub trials: u32,
    /// Threads to use; 0 for one per core.
    pub threads: usize,
    /// How far to look.
    pub window: Window,
    /// What to look at beside the rows.
    pub watch: Option<&'a Watch>,
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
/// first k of the trials for some k.
///
/// Shapes: one row per trial, its columns as [`Layout`] says; a number takes four bytes where it is a time, eight elsewhere, none where
/// most trials have the same.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had, or more happens in a future than can be played.
pub fn run(compiled: &Compiled, run: Run<'_>, stop: &Stop, progress: impl Fn(u32) + Sync) -> Result<Trials, RunError> {
    play_blocks(compiled, run, 0, stop, progress)
}

/// As [`run()`], where so many floods count as never finished.
fn play_blocks(
    compiled: &Compiled,
    run: Run<'_>,
    most_floods: usize,
    stop: &Stop,
    progress: impl Fn(u32) + Sync,
) -> Result<Trials, RunError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(run.threads)
        .build()
        .map_err(|error| RunError::Machine(format!("cannot start {} threads: {error}", run.threads)))?;
    if run.first.checked_add(run.trials).is_none() {
        return Err(RunError::Machine(format!("there are no trials beyond number {}", u32::MAX)));
    }
    let layout = Layout::new(compiled, &run.window);
    let width = layout.width().max(1);
    let trials = run.trials as usize;
    let per_trial = Packed::most_bytes(width);
    let columns = run.watch.map(|watch| Columns::new(compiled, watch)).unwrap_or_default();
    let detail_width = columns.width();
    let detailed = run.watch.map_or(0, |watch| watch.futures.saturating_sub(run.first) as usize);
    let counts = Tally::bytes(compiled, &run.window) + if run.watch.is_some() { Drivers::bytes(compiled) } else { 0 };
    let fixed = (pool.current_num_threads() + 1) * counts + detailed.min(trials) * Packed::most_bytes(detail_width);
    let bytes = trials.saturating_mul(per_trial).saturating_add(fixed);
    if bytes > MOST_BYTES {
        let most = MOST_BYTES.saturating_sub(fixed) / per_trial;
        return Err(RunError::Machine(format!(
            "{trials} trials may take {} GiB of memory; at most {} GiB, here {most} trials, are played",
            bytes >> 30,
            MOST_BYTES >> 30
        )));
    }
    let (floods, flooded) = (Mutex::new(vec![]), AtomicBool::new(false));
    let (handed_out, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new((
        Vec::new(),
        Tally::new(compiled, &run.window),
        run.watch.map(|_| Drivers::new(compiled)),
    ));
    pool.broadcast(|_| {
        let mut draws = Draws::new(compiled);
        let mut player = Player::of(compiled, &run);
        let mut tally = Tally::new(compiled, &run.window);
        let mut watching = run.watch.map(|watch| (Watcher::new(compiled, watch), Drivers::new(compiled)));
        let mut played = vec![];
        // A block as it is played, one trial after another, and its details, one column after another.
        let mut rows = vec![0.0; BLOCK * width];
        let mut details = vec![[0.0; BLOCK]; detail_width];
        let mut words = vec![];
        // Blocks are handed out in order, and each that is handed out is played to its end, so what is kept has no gap.
        while !stop.load(Ordering::Relaxed) && !flooded.load(Ordering::Relaxed) {
            let block = handed_out.fetch_add(1, Ordering::Relaxed);
            let before = block * BLOCK;
            if before >= trials {
                break;
            }
            let count = BLOCK.min(trials - before);
            let kept = count.min(detailed.saturating_sub(before));
            let rows = &mut rows[..count * width];
            rows.fill(0.0);
            draws.draw(compiled, run.first + before as u32);
            match &mut player {
                Player::Network(network, pass) => {
                    forward(pass, network, compiled, &draws, run.window.limit);
                    pass.write(compiled, &run.window, rows);
                    if let Some((watcher, drivers)) = &mut watching {
                        let played = Played {
                            network,
                            compiled,
                            draws: &draws,
                            pass,
                            trials: count,
                        };
                        watcher.look_at_block(played, drivers, &mut details, kept);
                    }
                }
                Player::Greedy(greedy) => greedy.play(compiled, &draws, &run.window, rows),
                Player::Crews(crews) => crews.play(compiled, &draws, &run.window, rows),
                Player::Events(workspace) => {
                    for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
                        if let Some((watcher, _)) = &watching {
                            workspace.counts.until = watcher.until();
                        }
                        if let Err(flood) = play(compiled, draws.lane(lane), &run.window, workspace, row, &mut tally) {
                            row[..compiled.initiatives].fill(f64::INFINITY);
                            let mut floods = floods.lock().unwrap_or_else(PoisonError::into_inner);
                            floods.push(flood);
                            if floods.len() > most_floods {
                                flooded.store(true, Ordering::Relaxed);
                                break;
                            }
                        }
                        if let Some((watcher, drivers)) = &mut watching {
                            let finishes = &row[..compiled.initiatives];
                            let details = if lane < kept { &mut details[..] } else { &mut [] };
                            watcher.look(compiled, workspace, (&draws, lane), finishes, drivers, details);
                        }
                    }
                }
            }
            let rows = Packed::new(width, count, &mut words, |column, trial| rows[trial * width + column]);
            let details = (kept > 0).then(|| Packed::new(detail_width, kept, &mut words, |column, trial| details[column][trial]));
            played.push((block, rows, details));
            progress((done.fetch_add(count, Ordering::Relaxed) + count) as u32);
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.0.append(&mut played);
        // Whole numbers: the sum is the same whichever thread comes first.
        results.1.merge(&tally);
        if let (Some(all), Some((_, own))) = (&mut results.2, &watching) {
            all.merge(own);
        }
    });
    let floods = floods.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Blocks before one that is flooded were played, so the first flood is the same on any number of threads.
    let too_many = floods.len() > most_floods;
    if let Some(flood) = floods.into_iter().min_by_key(|flood| flood.trial).filter(|_| too_many) {
        return Err(RunError::Flooded(flood));
    }
    let (mut played, tally, drivers) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    played.sort_unstable_by_key(|(block, ..)| *block);
    let (mut blocks, mut details) = (Vec::with_capacity(played.len()), vec![]);
    for (_, rows, detail) in played {
        blocks.push(rows);
        details.extend(detail);
    }
    Ok(Trials {
        first: run.first,
        layout,
        drivers,
        details: Details::new(columns, details),
        blocks,
        tally,
    })
}

/// The shortest way to what a run asks for.
enum Player<'a> {
    /// Predecessors alone decide.
    Network(&'a Network, Pass),
    /// People are there all the time, and only finishes are asked for; in the first case nothing but people and ends is waited for.
    Greedy(Greedy),
    Crews(Crews),
    /// The whole company.
    Events(Box<Workspace>),
}

impl<'a> Player<'a> {
    fn of(compiled: &'a Compiled, run: &Run<'_>) -> Self {
        if let Some(network) = &compiled.network {
            return Self::Network(network, Pass::new(compiled, run.watch.is_some()));
        }
        if compiled.has_constant_crews && run.watch.is_none() && run.window.weeks == 0 {
            return Greedy::of(compiled).map_or_else(|| Self::Crews(Crews::new(compiled)), Self::Greedy);
        }
        Self::Events(Box::new(Workspace::new(compiled, &run.window)))
    }
}

/// Plays one trial again and tells what happened in it, in order.
#[must_use]
pub fn replay(compiled: &Compiled, trial: u32, window: &Window) -> Vec<Noted> {
    let mut draws = Draws::new(compiled);
    draws.draw(compiled, trial);
    let mut workspace = Workspace::new(compiled, window);
    workspace.log = Some(vec![]);
    let mut row = vec![0.0; Layout::new(compiled, window).width()];
    // A future that floods is told as far as it went.
    let _ = play(
        compiled,
        draws.lane(0),
        window,
        &mut workspace,
        &mut row,
        &mut Tally::new(compiled, window),
    );
    workspace.log.unwrap_or_default()
}

/// The first [`PILOT_TRIALS`] trials, on one thread: only their finishes, up to `limit` working days.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
pub fn pilot(compiled: &Compiled, limit: f64, watch: Option<&Watch>) -> Result<Trials, RunError> {
    let pilot = Run {
        first: 0,
        trials: PILOT_TRIALS,
        threads: 1,
        window: Window::finishes(limit),
        watch,
    };
    play_blocks(compiled, pilot, PILOT_FLOODS, &Stop::new(false), |_| {})
}
