//! Plans in which nobody waits for anybody: a block of trials at once, without events.
//!
//! Where no task needs people and nothing else happens in the company, when a task starts depends on its predecessors alone, so the
//! event loop is the forward pass of the critical-path method. Here it runs with predecessors first and the trials of a block side by
//! side: a few additions and maxima per task, link and trial where an event costs a queue. Every time is a sum of whole ticks, so the
//! two ways agree to the last bit; the tests hold them to it.

use multiversion::multiversion;

use super::checkpoints::note_done;
use super::compile::{Compiled, CompiledLink, Lag, NONE, Need, holds_start, looks_at_start, predecessors_first};
use super::critical::bits;
use super::draws::{BLOCK, Draws, Row};
use super::layout::{Layout, Window};
use crate::units::to_tick;

/// The tasks of a pure network, predecessors first.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) steps: Vec<Step>,
    /// The predecessors of those that wait for nothing but their ends.
    predecessors: Vec<u32>,
}

/// A task whose turn it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) rank: u32,
    /// Where its predecessors stand, if all that matters is when the last of them ends, and of itself when it ends.
    plain: Option<(u32, u32)>,
    /// Whether no other task of its initiative ends after it in any future.
    is_last: bool,
}

impl Network {
    /// `None` where something but predecessors decides when a task starts or ends, or something but finishes is counted.
    pub(super) fn of(compiled: &Compiled) -> Option<Self> {
        let nobody_works = compiled.teams.is_empty() && compiled.tasks.iter().all(|task| matches!(task.need, Need::Nobody));
        if !nobody_works || !compiled.has_only_tasks() {
            return None;
        }
        let mut predecessors = vec![];
        let order = predecessors_first(&compiled.links, compiled.tasks.len());
        let steps = order.into_iter().map(|rank| Step::new(compiled, rank, &mut predecessors)).collect();
        Some(Self { steps, predecessors })
    }
}

impl Step {
    fn new(compiled: &Compiled, rank: u32, predecessors: &mut Vec<u32>) -> Self {
        let own = rank as usize;
        let is_plain = |position: u32| {
            let link = compiled.links.item(position as usize);
            !looks_at_start(link.kind) && matches!(link.lag, Lag::Fixed(0.0))
        };
        let gating = compiled.gating.row(own);
        let is_start_watched = compiled.links.row(own).iter().any(|link| looks_at_start(link.kind));
        let can_be_plain = !is_start_watched && !compiled.is_at_risk(own) && compiled.holding.row(own).is_empty();
        let plain = (can_be_plain && gating.iter().all(|(_, position)| is_plain(*position))).then(|| {
            let from = predecessors.len() as u32;
            predecessors.extend(gating.iter().map(|(predecessor, _)| *predecessor));
            (from, predecessors.len() as u32)
        });
        // What starts when this has ended ends no earlier.
        let initiative = compiled.tasks[own].initiative;
        let is_last = !compiled.links.row(own).iter().any(|link| {
            let successor = &compiled.tasks[link.successor as usize];
            holds_start(link.kind) && !looks_at_start(link.kind) && successor.initiative == initiative
        });
        Self { rank, plain, is_last }
    }
}

/// A block of trials: by rank of a task a row with a lane per trial, in working days, infinite for never.
#[derive(Debug)]
pub(super) struct Pass {
    /// Whether more is asked for than finishes.
    is_told: bool,
    /// When the last of its links let each task start.
    pub(super) gate: Vec<Row>,
    pub(super) started: Vec<Row>,
    /// When its work was done.
    pub(super) worked: Vec<Row>,
    pub(super) finished: Vec<Row>,
    /// Its duration, risks included; negative where there was no such task.
    quantity: Vec<Row>,
    /// By initiative when it finished.
    pub(super) finishes: Vec<Row>,
}

impl Pass {
    /// Rows for a run in which finishes are asked for, and where it is told, what led to them.
    pub(super) fn new(compiled: &Compiled, is_told: bool) -> Self {
        let rows = || vec![[0.0; BLOCK]; compiled.tasks.len()];
        Self {
            is_told,
            gate: rows(),
            started: rows(),
            worked: rows(),
            finished: rows(),
            quantity: rows(),
            finishes: vec![[0.0; BLOCK]; compiled.initiatives],
        }
    }

    /// When a link lets its successor go.
    #[inline(always)]
    fn let_go(&self, compiled: &Compiled, draws: &Draws, predecessor: u32, position: u32) -> Row {
        let CompiledLink { kind, lag, .. } = *compiled.links.item(position as usize);
        let looked_at = if looks_at_start(kind) { &self.started } else { &self.finished };
        let mut time = looked_at[predecessor as usize];
        match lag {
            Lag::Fixed(0.0) => {}
            Lag::Fixed(days) => time.iter_mut().for_each(|time| *time += days.max(0.0)),
            Lag::Drawn { index, .. } => {
                let lags = draws.lags(index as usize);
                time.iter_mut().zip(lags).for_each(|(time, days)| *time += later(*days, 0.0));
            }
        }
        time
    }

    /// Writes the rows of the first trials of the block, which begin as zeros.
    pub(super) fn write(&self, compiled: &Compiled, window: &Window, rows: &mut [f64]) {
        let layout = Layout::new(compiled, window);
        for (lane, row) in rows.chunks_exact_mut(layout.width().max(1)).enumerate() {
            for (cell, finish) in row.iter_mut().zip(&self.finishes) {
                *cell = finish[lane];
            }
            if window.checkpoints {
                note_done(compiled, &layout, row, |rank| self.finished[rank][lane]);
            }
        }
    }

    /// The trials in which there was such a task.
    pub(super) fn is_real(&self, rank: usize) -> u64 {
        let quantity = &self.quantity[rank];
        bits(|lane| quantity[lane] >= 0.0)
    }

    /// Start, finish and quantity of a task in one trial of the block, as [`super::watch`] keeps them.
    pub(super) fn detail(&self, rank: usize, lane: usize) -> [f64; 3] {
        let started = self.started[rank][lane];
        let quantity = if started.is_finite() { self.quantity[rank][lane] } else { -1.0 };
        [started, self.finished[rank][lane], quantity]
    }
}

/// Plays a block: the forward pass. What would happen after `limit` working days never does.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn forward(pass: &mut Pass, network: &Network, compiled: &Compiled, draws: &Draws, limit: f64) {
    pass.finishes.fill([0.0; BLOCK]);
    for step in &network.steps {
        let rank = step.rank as usize;
        match step.plain {
            Some((from, to)) if !pass.is_told => {
                let predecessors = &network.predecessors[from as usize..to as usize];
                follow(pass, predecessors, rank, compiled.tasks[rank].not_before, draws, limit);
            }
            _ => weigh(pass, compiled, draws, rank, limit),
        }
        if step.is_last {
            latest(&mut pass.finishes[compiled.tasks[rank].initiative as usize], &pass.finished[rank]);
        }
    }
}

/// Lanes that stay in registers while predecessors are gone through.
const LANES: usize = 16;

/// A task that starts when the last of its predecessors has ended, and of which nothing matters but its end.
#[inline(always)]
fn follow(pass: &mut Pass, predecessors: &[u32], rank: usize, not_before: f64, draws: &Draws, limit: f64) {
    for (part, quantities) in draws.quantities(rank).as_chunks::<LANES>().0.iter().enumerate() {
        let mut started = [not_before; LANES];
        for predecessor in predecessors {
            let finished = &pass.finished[*predecessor as usize].as_chunks::<LANES>().0[part];
            for lane in 0..LANES {
                started[lane] = later(started[lane], finished[lane]);
            }
        }
        // Whole before it is written: lane by lane, the compiler would have to take a write for one that the next read could see.
        let finished = std::array::from_fn(|lane| until(limit, started[lane] + to_tick(later(quantities[lane], 0.0))));
        pass.finished[rank].as_chunks_mut::<LANES>().0[part] = finished;
    }
}

/// A task with links, risks and questions of every kind.
#[inline(always)]
fn weigh(pass: &mut Pass, compiled: &Compiled, draws: &Draws, rank: usize, limit: f64) {
    let mut gate = [0.0; BLOCK];
    for (predecessor, position) in compiled.gating.row(rank) {
        latest(&mut gate, &pass.let_go(compiled, draws, *predecessor, *position));
    }
    pass.gate[rank] = gate;
    let (started, quantity) = (&mut pass.started[rank], &mut pass.quantity[rank]);
    // A draw below nothing is nothing: what is below zero stands for a task that there is not.
    for lane in 0..BLOCK {
        quantity[lane] = later(draws.quantities(rank)[lane], 0.0);
        started[lane] = later(gate[lane], compiled.tasks[rank].not_before);
    }
    if compiled.is_at_risk(rank) {
        strike(compiled, draws, rank, &gate, started, quantity);
    }
    let worked = &mut pass.worked[rank];
    for lane in 0..BLOCK {
        started[lane] = until(limit, started[lane]);
        worked[lane] = until(limit, started[lane] + to_tick(later(quantity[lane], 0.0)));
    }
    let mut finished = *worked;
    for (predecessor, position) in compiled.holding.row(rank) {
        latest(&mut finished, &pass.let_go(compiled, draws, *predecessor, *position));
    }
    let row = &mut pass.finished[rank];
    for lane in 0..BLOCK {
        row[lane] = until(limit, finished[lane]);
    }
}

/// The first trials of a block, as they were played.
#[derive(Debug, Clone, Copy)]
pub(super) struct Played<'a> {
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    pub(super) draws: &'a Draws,
    pub(super) pass: &'a Pass,
    pub(super) trials: usize,
}

impl Played<'_> {
    /// When a link let its successor go.
    #[inline(always)]
    pub(super) fn let_go(&self, predecessor: u32, position: u32) -> Row {
        self.pass.let_go(self.compiled, self.draws, predecessor, position)
    }
}

/// The risks that touch a task: they hold its start up, make its work longer, or are what the work is there for.
pub(super) fn strike(compiled: &Compiled, draws: &Draws, rank: usize, gate: &Row, started: &mut Row, quantity: &mut Row) {
    let only_if = compiled.tasks[rank].only_if;
    for lane in 0..BLOCK {
        let drawn = draws.lane(lane);
        if only_if != NONE && !drawn.occurs(only_if as usize) {
            (started[lane], quantity[lane]) = (gate[lane], -1.0);
            continue;
        }
        let (mut delay, mut added) = (0.0, 0.0);
        for risk in compiled.touched_by.row(rank).iter().map(|risk| *risk as usize) {
            if drawn.occurs(risk) {
                delay += drawn.delay(risk);
                added += drawn.add(risk);
                quantity[lane] *= drawn.multiply(risk);
            }
        }
        started[lane] += delay;
        quantity[lane] += added;
    }
}

#[inline(always)]
fn latest(row: &mut Row, times: &Row) {
    for (own, time) in row.iter_mut().zip(times) {
        *own = later(*own, *time);
    }
}

/// The later of two times, as one instruction: neither is NaN.
#[inline(always)]
fn later(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// What would happen after the limit never does.
#[inline(always)]
fn until(limit: f64, time: f64) -> f64 {
    if time > limit { f64::INFINITY } else { time }
}
