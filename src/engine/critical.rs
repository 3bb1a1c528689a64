//! What drives the finishes of a block of trials played at once: [`super::chain`] with one bit per trial in place of a walk.
//!
//! A point is on the chain of those trials whose bits are set. Successors come before their predecessors, so the bits of a point are
//! whole when it is looked at, and each point and link is counted once per trial, as by walking.

use multiversion::multiversion;

use super::chain::Drivers;
use super::compile::{Compiled, looks_at_start};
use super::draws::{BLOCK, Row};
use super::network::Played;
use crate::units::{MOST_TICKS, TICKS_PER_DAY};

const _: () = assert!(BLOCK == u64::BITS as usize, "a trial of a block is a bit of a word");

/// By rank the trials that came by the start and the finish of a task.
#[derive(Debug)]
pub(super) struct Marks(Vec<[u64; 2]>);

const START: usize = 0;
const FINISH: usize = 1;

impl Marks {
    pub(super) fn new(compiled: &Compiled) -> Self {
        Self(vec![[0; 2]; compiled.tasks.len()])
    }

    /// Counts what drove each initiative's finish. `paper` holds the start of each task by rank in the plan on paper.
    pub(super) fn count(&mut self, played: Played<'_>, paper: &[f64], drivers: &mut Drivers) {
        let Played {
            network, compiled, pass, ..
        } = played;
        let all = u64::MAX >> (BLOCK - played.trials.clamp(1, BLOCK));
        for initiative in 0..drivers.followed() {
            let finish = &pass.finishes[initiative];
            let ended = all & bits(|lane| finish[lane].is_finite());
            drivers.add_finished(initiative, ended.count_ones());
            self.0.fill([0; 2]);
            for rank in compiled.tasks_of.row(initiative) {
                let finished = &pass.finished[*rank as usize];
                self.0[*rank as usize][FINISH] = ended & bits(|lane| finished[lane] == finish[lane]);
            }
            for rank in network.steps.iter().rev().map(|step| step.rank as usize) {
                if self.0[rank] != [0; 2] {
                    step(self, played, rank, initiative, drivers);
                }
            }
        }
        count_links(played, all, paper, drivers);
    }

    /// A link drove its successor in some trials, and what it waited for is on their chain.
    fn follow(&mut self, compiled: &Compiled, drivers: &mut Drivers, initiative: usize, predecessor: u32, position: u32, drove: u64) {
        let link = compiled.links.item(position as usize);
        drivers.add_link(initiative, link.number as usize, drove.count_ones());
        let point = if looks_at_start(link.kind) { START } else { FINISH };
        self.0[predecessor as usize][point] |= drove;
    }
}

/// Looks at a task in the trials on whose chain it is.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn step(marks: &mut Marks, played: Played<'_>, rank: usize, initiative: usize, drivers: &mut Drivers) {
    let Played { compiled, pass, .. } = played;
    let (worked, finished) = (&pass.worked[rank], &pass.finished[rank]);
    let [mut at_start, at_finish] = marks.0[rank];
    let holding = compiled.holding.row(rank);
    let held = if holding.is_empty() {
        0
    } else {
        at_finish & bits(|lane| worked[lane] < finished[lane])
    };
    if held != 0 {
        for (predecessor, position) in holding {
            let let_go = played.let_go(*predecessor, *position);
            let drove = held & bits(|lane| let_go[lane] == finished[lane]);
            marks.follow(compiled, drivers, initiative, *predecessor, *position, drove);
        }
    }
    let at_work = at_finish & !held;
    drivers.add_critical(initiative, compiled.order[rank], (at_work & pass.is_real(rank)).count_ones());
    at_start |= at_work;
    let gate = &pass.gate[rank];
    let not_before = compiled.tasks[rank].not_before;
    if not_before > 0.0 {
        at_start &= bits(|lane| gate[lane] >= not_before);
    }
    if at_start == 0 {
        return;
    }
    for (predecessor, position) in compiled.gating.row(rank) {
        let let_go = played.let_go(*predecessor, *position);
        let drove = at_start & bits(|lane| let_go[lane] == gate[lane]);
        marks.follow(compiled, drivers, initiative, *predecessor, *position, drove);
    }
}

/// The trials of which something is true.
#[inline(always)]
pub(super) fn bits(is_true: impl Fn(usize) -> bool) -> u64 {
    (0..BLOCK).fold(0, |bits, lane| bits | u64::from(is_true(lane)) << lane)
}

/// When links let go, and for how long each alone held its successor.
fn count_links(played: Played<'_>, all: u64, paper: &[f64], drivers: &mut Drivers) {
    let Played { compiled, pass, .. } = played;
    for (rank, says) in compiled.tasks.iter().enumerate() {
        let (starts, finishes) = (compiled.gating.row(rank), compiled.holding.row(rank));
        if starts.is_empty() && finishes.is_empty() {
            continue;
        }
        let gate = &pass.gate[rank];
        let opened = all & bits(|lane| gate[lane].is_finite());
        drivers.add_opened(compiled.order[rank], opened.count_ones());
        if !starts.is_empty() {
            drivers.add_opened_at(compiled.order[rank], sum_of_ticks(opened, gate));
            let otherwise = [says.not_before.max(paper[rank]); BLOCK];
            add_let_go(played, starts, opened, drivers);
            add_held(played, starts, &otherwise, opened, drivers);
        }
        if !finishes.is_empty() {
            let finished = &pass.finished[rank];
            let ended = opened & bits(|lane| finished[lane].is_finite());
            add_held(played, finishes, &pass.worked[rank], ended, drivers);
        }
    }
}

/// When links let go.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_let_go(played: Played<'_>, links: &[(u32, u32)], of: u64, drivers: &mut Drivers) {
    for (predecessor, position) in links {
        let sum = sum_of_ticks(of, &played.let_go(*predecessor, *position));
        drivers.add_let_go_at(played.compiled.links.item(*position as usize).number as usize, sum);
    }
}

/// For how long the last of some links to let go alone held what would have been possible `otherwise`; of several at once the first.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_held(played: Played<'_>, links: &[(u32, u32)], otherwise: &Row, of: u64, drivers: &mut Drivers) {
    let (mut last, mut before) = ([f64::NEG_INFINITY; BLOCK], *otherwise);
    let mut latest = [0.0; BLOCK];
    for (index, (predecessor, position)) in links.iter().enumerate() {
        let time = played.let_go(*predecessor, *position);
        for lane in 0..BLOCK {
            let is_later = time[lane] > last[lane];
            let earlier = if is_later { last[lane] } else { time[lane] };
            before[lane] = if earlier > before[lane] { earlier } else { before[lane] };
            last[lane] = if is_later { time[lane] } else { last[lane] };
            latest[lane] = if is_later { index as f64 } else { latest[lane] };
        }
    }
    for (index, (_, position)) in links.iter().enumerate() {
        let mut held = [0.0; BLOCK];
        for lane in 0..BLOCK {
            let days = last[lane] - before[lane];
            held[lane] = if latest[lane] == index as f64 && days > 0.0 { days } else { 0.0 };
        }
        drivers.add_held(
            played.compiled.links.item(*position as usize).number as usize,
            sum_of_ticks(of, &held),
        );
    }
}

/// The sum over some trials of whole ticks, as [`crate::units::ticks`] counts each: exact, since 64 numbers below 2³⁹ are.
#[inline(always)]
fn sum_of_ticks(of: u64, days: &Row) -> i64 {
    const MOST: f64 = MOST_TICKS / TICKS_PER_DAY;
    let mut sums = [0.0; 8];
    for (lane, days) in days.iter().enumerate() {
        let days = if *days < MOST { *days } else { MOST };
        sums[lane % 8] += if of >> lane & 1 == 1 { days } else { 0.0 };
    }
    sums.iter().map(|sum| (sum * TICKS_PER_DAY) as i64).sum()
}
