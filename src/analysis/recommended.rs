//! The checkpoints that tell most: for each task its week, and the set that jointly tells most of the path.

use super::bits::Bits;
use super::insights::Path;
use super::reading::Cuts;
use crate::engine::Details;
use crate::plan::TaskId;
use crate::statistics::{Information, mutual_information};

/// No checkpoint later than this share of the way to the promise: what comes later leaves too little time to act.
pub(super) const SHARE_OF_THE_WAY: f64 = 0.75;
/// The most checkpoints that are recommended.
const MOST_CHOSEN: usize = 3;
/// A checkpoint is worth its meeting where it adds this much to what the others tell, in bits.
const LEAST_GAIN: f64 = 0.03;
/// An outcome that is rarer than this is no news in time.
const RAREST: f64 = 0.05;
/// Futures in each half below which nothing is recommended: luck would choose.
const FEWEST_FUTURES: usize = 200;
/// The most candidates that are joined with others: those that tell most by themselves.
const MOST_CANDIDATES: usize = 500;

/// "This task is done by the end of this week."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) task: TaskId,
    /// Calendar weeks after the start, from 1.
    pub(super) week: u32,
}

/// A task that ends its initiative in more than this share of the futures is the end, and not a sign of it.
const MOST_ENDS: f64 = 0.5;

/// Half of the futures: for each task the first week by whose end it is done, and each future's path.
pub(super) struct Half {
    tasks: Vec<TaskId>,
    /// By task, then by future; 0 is the first week, the number of weeks stands for later.
    done: Vec<Vec<u16>>,
    /// Whether each task comes before the end.
    leads: Vec<bool>,
    paths: Vec<Path>,
    weeks: usize,
}

impl Half {
    /// Every other future, from number `first`. `weeks` holds the working time at which each week has ended, `finishes` the finish of
    /// each future.
    pub(super) fn new(tasks: &[TaskId], weeks: &[f64], details: &Details, finishes: &[f64], first: usize, cuts: &Cuts) -> Self {
        let finishes: Vec<f64> = finishes.iter().copied().skip(first).step_by(2).collect();
        let mut half = Self {
            tasks: tasks.to_vec(),
            done: vec![],
            leads: vec![],
            paths: finishes.iter().map(|finish| cuts.path(*finish)).collect(),
            weeks: weeks.len(),
        };
        for task in tasks {
            let mut done = Vec::with_capacity(finishes.len());
            let mut ends = 0_usize;
            for (finished, finish) in details.finishes(*task).iter().skip(first).step_by(2).zip(&finishes) {
                ends += usize::from(finished >= finish);
                done.push(weeks.partition_point(|end| end < finished) as u16);
            }
            half.done.push(done);
            half.leads.push(ends as f64 <= MOST_ENDS * finishes.len() as f64);
        }
        half
    }

    /// For each week how many futures of each path have the task done by its end, and how many there are in all.
    fn tables(&self, task: usize) -> Vec<[[u64; 3]; 2]> {
        let mut by_week = vec![[0_u64; 3]; self.weeks + 1];
        for (week, path) in self.done[task].iter().zip(&self.paths) {
            by_week[usize::from(*week)][*path as usize] += 1;
        }
        let all = by_week.iter().fold([0; 3], |sum, week| add(sum, *week));
        let mut hit = [0; 3];
        by_week[..self.weeks]
            .iter()
            .map(|week| {
                hit = add(hit, *week);
                [hit, std::array::from_fn(|path| all[path] - hit[path])]
            })
            .collect()
    }

    /// The futures in which a candidate is hit.
    fn hits(&self, task: usize, week: usize) -> Bits {
        Bits::of(self.done[task].iter().map(|done| usize::from(*done) <= week))
    }
}

fn add(a: [u64; 3], b: [u64; 3]) -> [u64; 3] {
    std::array::from_fn(|index| a[index] + b[index])
}

/// The week that tells most of a task.
pub(super) struct Telling {
    pub(super) candidate: Candidate,
    pub(super) p_hit: f64,
    pub(super) information: Information,
}

fn share_hit(table: &[[u64; 3]; 2]) -> f64 {
    let hit: u64 = table[0].iter().sum();
    let all = hit + table[1].iter().sum::<u64>();
    if all == 0 { 0.0 } else { hit as f64 / all as f64 }
}

/// For each task the week that tells most on the one half, with what it tells on the other; the most telling first. A task that
/// tells nothing in any week is left out.
pub(super) fn telling_weeks(choose: &Half, report: &Half) -> Vec<Telling> {
    let mut found: Vec<Telling> = (0..choose.tasks.len())
        .filter(|task| choose.leads[*task])
        .filter_map(|task| {
            let tables = choose.tables(task);
            let told = tables.iter().map(|table| mutual_information(table).bits);
            let (week, bits) = told.enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
            let table = report.tables(task)[week];
            (bits > 0.0).then(|| Telling {
                candidate: Candidate {
                    task: choose.tasks[task],
                    week: week as u32 + 1,
                },
                p_hit: share_hit(&table),
                information: mutual_information(&table),
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.information
            .bits
            .total_cmp(&a.information.bits)
            .then(a.candidate.task.cmp(&b.candidate.task))
    });
    found
}

/// A candidate with the futures in which it is hit.
struct Choice {
    task: usize,
    week: usize,
    hits: Bits,
}

/// The set of at most [`MOST_CHOSEN`] that jointly tells most of the path, by date.
///
/// Greedy on the joint information I(h₁ … hₖ; path), which is submodular where outcomes are independent given the path and close to
/// it elsewhere, so that greedy is near the best set (Krause & Guestrin, *UAI* 2005); then one after the other is exchanged for
/// whatever would tell more beside the others, until nothing does. Different tasks, and some weeks apart: three looks at one thing
/// in one week are one look.
pub(super) fn recommend(half: &Half) -> Vec<Candidate> {
    if half.paths.len() < FEWEST_FUTURES || half.weeks == 0 {
        return vec![];
    }
    let options = options(half);
    let joint = Joint {
        paths: Path::ALL.map(|path| Bits::of(half.paths.iter().map(|other| *other == path))),
        options: &options,
        // Half an even spread over the time that there is.
        apart: half.weeks.div_ceil(2 * MOST_CHOSEN),
    };
    let mut chosen: Vec<usize> = vec![];
    let mut told = 0.0;
    while chosen.len() < MOST_CHOSEN {
        let Some((best, bits)) = joint.best_beside(&chosen) else { break };
        if bits < told + LEAST_GAIN {
            break;
        }
        chosen.push(best);
        told = bits;
    }
    // Each exchange tells more than before, so this ends.
    let mut place = 0;
    let mut unchanged = 0;
    while unchanged < chosen.len() {
        let others: Vec<usize> = chosen
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != place)
            .map(|(_, option)| *option)
            .collect();
        match joint.best_beside(&others) {
            Some((best, bits)) if bits > told + 1e-9 => {
                chosen[place] = best;
                told = bits;
                unchanged = 0;
            }
            _ => unchanged += 1,
        }
        place = (place + 1) % chosen.len();
    }
    let mut found: Vec<Candidate> = chosen
        .iter()
        .map(|index| Candidate {
            task: half.tasks[options[*index].task],
            week: options[*index].week as u32 + 1,
        })
        .collect();
    found.sort_by_key(|candidate| (candidate.week, candidate.task));
    found
}

/// What could be chosen: outcomes that are news and tell something.
fn options(half: &Half) -> Vec<Choice> {
    let mut found = vec![];
    for task in (0..half.tasks.len()).filter(|task| half.leads[*task]) {
        for (week, table) in half.tables(task).iter().enumerate() {
            let bits = mutual_information(table).bits;
            if bits >= LEAST_GAIN && (RAREST..=1.0 - RAREST).contains(&share_hit(table)) {
                found.push((bits, task, week));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    found.truncate(MOST_CANDIDATES);
    found
        .into_iter()
        .map(|(_, task, week)| Choice {
            task,
            week,
            hits: half.hits(task, week),
        })
        .collect()
}

struct Joint<'a> {
    /// The futures of each path.
    paths: [Bits; 3],
    options: &'a [Choice],
    /// Weeks between any two.
    apart: usize,
}

impl Joint<'_> {
    /// The option that, with the others, tells most; of several the first. `None` where none may stand beside the others.
    fn best_beside(&self, others: &[usize]) -> Option<(usize, f64)> {
        // The futures of each path that share all outcomes of the others.
        let mut cells: Vec<[Bits; 3]> = vec![self.paths.clone()];
        for other in others {
            let hits = &self.options[*other].hits;
            cells = cells
                .iter()
                .flat_map(|cell| {
                    [
                        cell.each_ref().map(|path| path.and(hits)),
                        cell.each_ref().map(|path| path.and_not(hits)),
                    ]
                })
                .collect();
        }
        let sizes: Vec<[u64; 3]> = cells.iter().map(|cell| cell.each_ref().map(Bits::count)).collect();
        let mut best: Option<(usize, f64)> = None;
        let mut table = vec![[0; 3]; 2 * cells.len()];
        for (index, option) in self.options.iter().enumerate() {
            let clashes = |other: &usize| {
                let other = &self.options[*other];
                other.task == option.task || other.week.abs_diff(option.week) < self.apart
            };
            if others.iter().any(clashes) {
                continue;
            }
            for ((cell, size), rows) in cells.iter().zip(&sizes).zip(table.chunks_exact_mut(2)) {
                for path in 0..3 {
                    let hit = cell[path].count_and(&option.hits);
                    rows[0][path] = hit;
                    rows[1][path] = size[path] - hit;
                }
            }
            let bits = mutual_information(&table).bits;
            if best.is_none_or(|(_, most)| bits > most) {
                best = Some((index, bits));
            }
        }
        best
    }
}
