//! How well pasts agree with the facts: candidates played up to the morning of the facts, in parallel.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::again::{Given, Sight};
use super::compile::Compiled;
use super::draws::{BLOCK, Draws};
use super::layout::{Layout, Tally, Window};
use super::past::LOG_LEAST;
use super::run::{RunError, Stop};
use super::state::Workspace;
use super::trial::play;
use crate::plan::{RiskActual, TaskId};
use crate::sampling::normal;

/// What the facts say of candidates.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Logarithm of the probability of the facts by candidate, given what it has learned.
    pub log_weights: Vec<f64>,
    /// What is seen of each recorded task, on average over the candidates, in dispatch order.
    pub sights: Vec<MeanSight>,
}

/// What is seen of a recorded task on average.
#[derive(Debug, Clone, Copy)]
pub struct MeanSight {
    rank: usize,
    /// The task.
    pub task: TaskId,
    sight: Sight,
}

/// Plays the candidates 0..`count` of a guided plan up to the morning of its facts. Fewer where `stop` is set: none.
///
/// # Errors
/// [`RunError`] where threads cannot be had or a past floods.
pub fn weigh(compiled: &Compiled, count: u32, threads: usize, stop: &Stop) -> Result<Weighed, RunError> {
    let Some(guide) = &compiled.guide else {
        return Ok(Weighed {
            log_weights: vec![0.0; count as usize],
            sights: vec![],
        });
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| RunError::Machine(format!("cannot start {threads} threads: {error}")))?;
    let window = Window::finishes(guide.past.until);
    let width = Layout::new(compiled, &window).width();
    let handed_out = AtomicUsize::new(0);
    let results = Mutex::new((vec![], vec![]));
    pool.broadcast(|_| {
        let mut draws = Draws::new(compiled);
        let mut workspace = Workspace::new(compiled, &window);
        let (mut tally, mut row) = (Tally::new(compiled, &window), vec![0.0; width]);
        loop {
            let block = handed_out.fetch_add(1, Ordering::Relaxed);
            let first = block * BLOCK;
            if first >= count as usize || stop.load(Ordering::Relaxed) {
                return;
            }
            draws.draw(compiled, first as u32);
            let mut sums = vec![[0.0; 3]; compiled.tasks.len()];
            let mut logs = vec![];
            for lane in 0..BLOCK.min(count as usize - first) {
                if let Err(flood) = play(compiled, draws.lane(lane), &window, &mut workspace, &mut row, &mut tally) {
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.1.push(flood);
                    return;
                }
                logs.push(workspace.again.log_weight);
                for (sum, sight) in sums.iter_mut().zip(&workspace.again.seen) {
                    if let Some(sight) = sight {
                        *sum = [sum[0] + 1.0, sum[1] + sight.low, sum[2] + sight.high];
                    }
                }
            }
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.0.push((block, logs, sums));
        }
    });
    let (mut blocks, floods) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(flood) = floods.into_iter().min_by_key(|flood: &super::flood::Flood| flood.trial) {
        return Err(RunError::Flooded(flood));
    }
    // In the order of the candidates, so that sums do not depend on the threads.
    blocks.sort_unstable_by_key(|(block, ..)| *block);
    let (mut log_weights, mut sums) = (vec![], vec![[0.0; 3]; compiled.tasks.len()]);
    for (_, logs, more) in blocks {
        log_weights.extend(logs);
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum = [sum[0] + more[0], sum[1] + more[1], sum[2] + more[2]];
        }
    }
    let sights = sums
        .iter()
        .enumerate()
        .filter(|(_, sum)| sum[0] > 0.0)
        .map(|(rank, [n, low, high])| MeanSight {
            rank,
            task: compiled.order[rank],
            sight: Sight {
                low: low / n,
                high: high / n,
                share: guide.past.tasks[rank].and_then(|fact| fact.share.filter(|_| fact.finished.is_none())),
            },
        });
    Ok(Weighed {
        log_weights,
        sights: sights.collect(),
    })
}

/// The likelihood of what is seen on average, as a function of the common factors and the risks alone: a stand-in for playing a past
/// that costs next to nothing.
#[derive(Debug)]
pub struct StandIn<'a> {
    compiled: &'a Compiled,
    sights: Vec<MeanSight>,
    /// Risks that may have touched recorded tasks.
    risks: Vec<usize>,
    /// By sight: the risks that touch it, by their place among those.
    touched: Vec<Vec<usize>>,
}

impl<'a> StandIn<'a> {
    /// For a guided plan and what is seen in it.
    #[must_use]
    pub fn new(compiled: &'a Compiled, sights: &[MeanSight]) -> Self {
        let known = |risk: usize| compiled.guide.as_ref().map(|guide| guide.past.risks[risk]);
        let moves = |risk: usize| compiled.risks[risk].multiply.is_some() || compiled.risks[risk].add.is_some();
        let may_touch = |risk: usize| moves(risk) && !matches!(known(risk), None | Some(RiskActual::Open | RiskActual::Retired));
        let touching = |rank: usize| {
            compiled
                .touched_by
                .row(rank)
                .iter()
                .map(|risk| *risk as usize)
                .filter(|risk| may_touch(*risk))
        };
        let mut risks: Vec<usize> = sights.iter().flat_map(|sight| touching(sight.rank)).collect();
        risks.sort_unstable();
        risks.dedup();
        let place = |risk: usize| risks.iter().position(|other| *other == risk);
        Self {
            compiled,
            sights: sights.to_vec(),
            touched: sights
                .iter()
                .map(|sight| touching(sight.rank).filter_map(place).collect())
                .collect(),
            risks,
        }
    }

    /// Whether nothing is seen of any task.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sights.is_empty()
    }

    /// Risks whose occurrence and size are learned.
    #[must_use]
    pub fn risks(&self) -> &[usize] {
        &self.risks
    }

    /// Standard normals of a candidate: overrun, portfolio, teams, then occurrence and size of each risk.
    #[must_use]
    pub fn width(&self) -> usize {
        2 + self.compiled.teams.len() + 2 * self.risks.len()
    }

    /// ln of the probability of what is seen, and by task where `of` wants it.
    #[must_use]
    pub fn log_likelihood(&self, normals: &[f64], mut of: impl FnMut(TaskId, f64)) -> f64 {
        let compiled = self.compiled;
        let overrun = compiled.overrun.as_ref().map_or(1.0, |(_, sampler)| sampler.at(normals[0]));
        let own = 2 + compiled.teams.len();
        let mut sum = 0.0;
        for (seen, touched) in self.sights.iter().zip(&self.touched) {
            let task = &compiled.tasks[seen.rank];
            let team = if (task.factor as usize) < compiled.teams.len() {
                normals[2 + task.factor as usize]
            } else {
                0.0
            };
            let mut effect = [1.0, 0.0];
            for place in touched {
                let risk = &compiled.risks[self.risks[*place]];
                let has_happened = compiled
                    .guide
                    .as_ref()
                    .is_some_and(|guide| guide.past.risks[self.risks[*place]].has_happened());
                let [occurrence, size] = [normals[own + 2 * place], normals[own + 2 * place + 1]];
                if has_happened || normal::cdf(occurrence) < risk.probability {
                    effect[0] *= risk.multiply.as_ref().map_or(1.0, |multiply| multiply.at(size));
                    effect[1] += risk.add.as_ref().map_or(0.0, |add| add.at(size));
                }
            }
            let log = Given::new(compiled, task, (normals[1], team), overrun, effect).log_probability(task, seen.sight);
            of(seen.task, log);
            sum += log;
        }
        sum
    }

    /// Below this a likelihood says no more than that the plan did not foresee what is seen.
    pub const LEAST: f64 = LOG_LEAST;
}
