//! Plans in which people are there all the time and nothing happens to them: one trial after the other, without a company.
//!
//! With fixed crews, constant teams and nothing but tasks, the event loop is the parallel schedule-generation scheme (Kolisch &
//! Hartmann 1999): whenever work ends, the waiting tasks are taken in dispatch order, and each starts if its crew is free. What remains
//! of a task is then how many links still hold it and since when, which fits into the first-level cache; how long each task takes is
//! known beforehand and computed for a block of trials side by side. The same bits as the event loop: the tests hold them to it.
//!
//! Only for runs that want finishes: who waited for whom, and how many people were busy, the event loop tells.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::checkpoints::note_done;
use super::compile::{Arrival, Compiled, Lag, Need, holds_start, looks_at_start};
use super::draws::{BLOCK, Draws, Row};
use super::layout::{Layout, Window};
use super::network::strike;
use crate::units::to_tick;

/// Whether a plan is one of fixed crews, constant teams and nothing but tasks.
pub(super) fn are_constant(compiled: &Compiled) -> bool {
    let crews_are_fixed = compiled.tasks.iter().all(|task| match task.need {
        Need::Effort { min, max, focus, .. } => min == max && focus > 0.0,
        Need::Nobody | Need::Crew { .. } => true,
    });
    let all_stay = compiled.holidays.is_empty()
        && compiled.hires.is_empty()
        && compiled.teams.iter().all(|team| team.departure_rate == 0.0)
        && compiled
            .seats
            .iter()
            .all(|seat| matches!(seat.arrival, Arrival::AtStart) && seat.until.is_infinite());
    crews_are_fixed && all_stay && compiled.has_only_tasks() && compiled.checkpoints.iter().all(super::checkpoints::Look::is_of_task)
}

/// What a thread needs to play.
#[derive(Debug)]
pub(super) struct Crews {
    /// By rank the working days that a task takes once it has begun; negative where there is no such task.
    work: Vec<Row>,
    /// By rank how long risks hold up its start; empty where there are no risks.
    delay: Vec<Row>,
    /// What the plan says of each rank and a trial asks for again and again, close together.
    says: Vec<Says>,
    /// Tasks as they are before anything has happened.
    fresh: Vec<Node>,
    nodes: Vec<Node>,
    /// A bit for each rank that waits for people, and a word before which there is none.
    ready: Vec<u64>,
    first_ready: usize,
    people: Vec<u32>,
    free: Vec<u32>,
    /// People who are free in all teams together.
    idle: u32,
    now: f64,
    events: BinaryHeap<Reverse<(u64, u32)>>,
    /// Tasks that something has let go, and what of them.
    agenda: Vec<(u32, What)>,
    finished: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Says {
    need: Need,
    not_before: f64,
    /// Whether any link looks at its start.
    is_start_watched: bool,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Links that hold its start, or its finish, and have not let go.
    start_links: u32,
    finish_links: u32,
    /// The times before which it cannot start, or finish, as far as its links have let go.
    start_gate: f64,
    finish_gate: f64,
    is_worked: bool,
}

/// The trial that is played.
#[derive(Debug, Clone, Copy)]
struct Future<'a> {
    compiled: &'a Compiled,
    draws: &'a Draws,
    lane: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    WorkDone = 0,
    Start = 1,
    Finish = 2,
}

impl Crews {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let tasks = compiled.tasks.len();
        let fresh: Vec<Node> = compiled
            .tasks
            .iter()
            .map(|task| Node {
                start_links: task.start_links,
                finish_links: task.finish_links,
                start_gate: 0.0,
                finish_gate: 0.0,
                is_worked: false,
            })
            .collect();
        Self {
            work: vec![[0.0; BLOCK]; tasks],
            delay: vec![[0.0; BLOCK]; if compiled.risks.is_empty() { 0 } else { tasks }],
            says: (0..tasks)
                .map(|rank| Says {
                    need: compiled.tasks[rank].need,
                    not_before: compiled.tasks[rank].not_before,
                    is_start_watched: compiled.links.row(rank).iter().any(|link| looks_at_start(link.kind)),
                })
                .collect(),
            nodes: fresh.clone(),
            fresh,
            ready: vec![0; tasks.div_ceil(64)],
            first_ready: 0,
            people: compiled.teams.iter().map(|team| team.seats.len() as u32).collect(),
            free: vec![],
            idle: 0,
            now: 0.0,
            events: BinaryHeap::with_capacity(tasks),
            agenda: Vec::with_capacity(tasks),
            finished: vec![f64::INFINITY; tasks],
        }
    }

    /// Plays the first trials of a block and writes their rows, which begin as zeros.
    pub(super) fn play(&mut self, compiled: &Compiled, draws: &Draws, window: &Window, rows: &mut [f64]) {
        self.measure(compiled, draws);
        let layout = Layout::new(compiled, window);
        for (lane, row) in rows.chunks_exact_mut(layout.width().max(1)).enumerate() {
            self.trial(Future { compiled, draws, lane }, window.limit);
            for (task, finished) in compiled.tasks.iter().zip(&self.finished) {
                let finish = &mut row[task.initiative as usize];
                *finish = finish.max(*finished);
            }
            if window.checkpoints {
                note_done(compiled, &layout, row, |rank| self.finished[rank]);
            }
        }
    }

    /// How long each task takes and is held up in each trial of the block.
    fn measure(&mut self, compiled: &Compiled, draws: &Draws) {
        for (rank, task) in compiled.tasks.iter().enumerate() {
            let work = &mut self.work[rank];
            *work = *draws.quantities(rank);
            if compiled.is_at_risk(rank) {
                let delay = &mut self.delay[rank];
                *delay = [0.0; BLOCK];
                strike(compiled, draws, rank, &[0.0; BLOCK], delay, work);
            }
            let speed = match task.need {
                Need::Effort { max, focus, .. } => focus * f64::from(max),
                Need::Nobody | Need::Crew { .. } => 1.0,
            };
            for work in work.iter_mut() {
                *work = if *work < 0.0 { *work } else { to_tick(*work / speed) };
            }
        }
    }

    fn trial(&mut self, future: Future<'_>, limit: f64) {
        self.nodes.copy_from_slice(&self.fresh);
        self.ready.fill(0);
        self.first_ready = self.ready.len();
        self.free.clone_from(&self.people);
        self.idle = self.people.iter().sum();
        self.events.clear();
        self.finished.fill(f64::INFINITY);
        self.now = 0.0;
        for rank in 0..self.nodes.len() {
            if self.fresh[rank].start_links == 0 {
                self.open(future, rank);
            }
        }
        loop {
            self.settle(future);
            self.dispatch(future);
            let Some(Reverse((next, _))) = self.events.peek() else { return };
            self.now = f64::from_bits(*next);
            if self.now > limit {
                return;
            }
        }
    }

    /// Starts what waits for people, in dispatch order, until nothing more can start at this instant.
    fn dispatch(&mut self, future: Future<'_>) {
        let mut word = self.first_ready;
        while word < self.ready.len() && self.idle > 0 {
            if self.ready[word] == 0 && word == self.first_ready {
                self.first_ready += 1;
            }
            let mut waiting = self.ready[word];
            while waiting != 0 && self.idle > 0 {
                let bit = waiting.trailing_zeros();
                waiting &= waiting - 1;
                let rank = word * 64 + bit as usize;
                if !self.take_crew(future.compiled, rank) {
                    continue;
                }
                self.ready[word] &= !(1 << bit);
                self.begin(future, rank);
                if self.settle(future) {
                    // Somebody may be free, or wait, who goes before.
                    word = self.first_ready;
                    waiting = self.ready[word];
                }
            }
            word += 1;
        }
    }

    /// Takes the crew of a task if it is free.
    fn take_crew(&mut self, compiled: &Compiled, rank: usize) -> bool {
        match self.says[rank].need {
            Need::Nobody => true,
            Need::Effort { team, max, .. } => {
                let free = &mut self.free[team as usize];
                let is_free = *free >= max;
                if is_free {
                    *free -= max;
                    self.idle -= max;
                }
                is_free
            }
            Need::Crew { from, to } => {
                let parts = &compiled.crews[from as usize..to as usize];
                let is_free = parts.iter().all(|part| self.free[part.team as usize] >= part.engineers);
                if is_free {
                    for part in parts {
                        self.free[part.team as usize] -= part.engineers;
                        self.idle -= part.engineers;
                    }
                }
                is_free
            }
        }
    }

    fn free_crew(&mut self, compiled: &Compiled, rank: usize) {
        match self.says[rank].need {
            Need::Nobody => {}
            Need::Effort { team, max, .. } => {
                self.free[team as usize] += max;
                self.idle += max;
            }
            Need::Crew { from, to } => {
                for part in &compiled.crews[from as usize..to as usize] {
                    self.free[part.team as usize] += part.engineers;
                    self.idle += part.engineers;
                }
            }
        }
    }

    /// Applies all that happens at this instant. Whether anything did.
    fn settle(&mut self, future: Future<'_>) -> bool {
        let mut happened = false;
        loop {
            let (rank, what) = if let Some(let_go) = self.agenda.pop() {
                let_go
            } else if let Some(Reverse((time, event))) = self.events.peek().copied()
                && f64::from_bits(time) <= self.now
            {
                self.events.pop();
                match event % 3 {
                    0 => (event / 3, What::WorkDone),
                    1 => (event / 3, What::Start),
                    _ => (event / 3, What::Finish),
                }
            } else {
                return happened;
            };
            happened = true;
            let rank = rank as usize;
            match what {
                What::Start => self.open(future, rank),
                What::Finish => self.try_finish(future, rank),
                What::WorkDone => {
                    self.free_crew(future.compiled, rank);
                    self.nodes[rank].is_worked = true;
                    self.try_finish(future, rank);
                }
            }
        }
    }

    /// The links of a task let it start: it does so now, waits for people, or for its time.
    fn open(&mut self, future: Future<'_>, rank: usize) {
        let says = self.says[rank];
        let gate = self.nodes[rank].start_gate;
        let is_void = self.work[rank][future.lane] < 0.0;
        let gate = if is_void {
            gate
        } else {
            gate.max(says.not_before) + self.delay.get(rank).map_or(0.0, |delay| delay[future.lane])
        };
        if gate > self.now {
            self.push(gate, rank, What::Start);
        } else if is_void {
            self.let_go(future, rank, true);
            self.nodes[rank].is_worked = true;
            self.try_finish(future, rank);
        } else if matches!(says.need, Need::Nobody) {
            self.begin(future, rank);
        } else {
            self.ready[rank / 64] |= 1 << (rank % 64);
            self.first_ready = self.first_ready.min(rank / 64);
        }
    }

    fn begin(&mut self, future: Future<'_>, rank: usize) {
        self.push(self.now + self.work[rank][future.lane], rank, What::WorkDone);
        if self.says[rank].is_start_watched {
            self.let_go(future, rank, true);
        }
    }

    fn try_finish(&mut self, future: Future<'_>, rank: usize) {
        let node = self.nodes[rank];
        if !node.is_worked || node.finish_links > 0 || self.finished[rank].is_finite() {
            return;
        }
        if node.finish_gate > self.now {
            self.push(node.finish_gate, rank, What::Finish);
            return;
        }
        self.finished[rank] = self.now;
        self.let_go(future, rank, false);
    }

    /// The links that look at the start of a task, or at its finish, let their successors go.
    fn let_go(&mut self, future: Future<'_>, rank: usize, at_start: bool) {
        for link in future.compiled.links.row(rank) {
            if looks_at_start(link.kind) != at_start {
                continue;
            }
            let lag = match link.lag {
                Lag::Fixed(days) => days,
                Lag::Drawn { index, .. } => future.draws.lags(index as usize)[future.lane],
            };
            let time = self.now + lag.max(0.0);
            let node = &mut self.nodes[link.successor as usize];
            if holds_start(link.kind) {
                node.start_gate = node.start_gate.max(time);
                node.start_links -= 1;
                if node.start_links == 0 {
                    self.agenda.push((link.successor, What::Start));
                }
            } else {
                node.finish_gate = node.finish_gate.max(time);
                node.finish_links -= 1;
                if node.finish_links == 0 {
                    self.agenda.push((link.successor, What::Finish));
                }
            }
        }
    }

    /// Times are not negative, so their bits are in their order.
    fn push(&mut self, time: f64, rank: usize, what: What) {
        self.events.push(Reverse((time.to_bits(), rank as u32 * 3 + what as u32)));
    }
}
