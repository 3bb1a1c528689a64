//! Conditioning on what has really happened: which pasts may have led to the facts, and how likely each is.
//!
//! The unknowns that futures share with the past are the overrun, the portfolio's and the teams' factors, the risks, the rates, the
//! comings and goings, and the hours that dates leave open. They are learned in three steps.
//!
//! 1. **Look.** A few pasts are played from the prior with the recorded tasks beginning and ending when they did
//!    ([`crate::engine::weigh`]). They tell, for each recorded task, between which quantities it must lie.
//! 2. **Propose.** Given the common factors, the tasks err independently of each other, so the likelihood of those intervals is a
//!    product of normal probabilities ([`crate::engine::StandIn`]). Elliptical slice sampling (I. Murray, R. P. Adams & D. J. C.
//!    MacKay, AISTATS 2010) draws from it under the normal prior of the factors; it has nothing to tune.
//! 3. **Weigh.** Each proposed past is played up to the facts. Its weight is the probability of the facts in that play over the one
//!    that it was proposed by; the rest (rates: Gamma–Poisson; people: by rejection; running tasks: their tail) is exact in the play.
//!    Futures continue pasts in proportion to their weights (systematic resampling: G. Kitagawa, *JCGS* 5 (1996) 1–25).
//!
//! The effective sample size (Σw)² / Σw² says how many pasts really carry the answer (A. Kong, J. S. Liu & W. H. Wong, *JASA* 89
//! (1994) 278–288). Where it is too small nothing is concluded.

mod propose;

use crate::engine::{self, Compiled, Guide, Lives, Past, RunError, StandIn, Stop};
use crate::plan::{Actuals, TaskId};
use crate::sampling::{Purpose, Stream, normal};
use crate::statistics::Sorted;
use crate::units::Percentile;

/// Pasts that are played to see what the facts say of each task.
const LOOKS: u32 = 256;

/// Where fewer pasts than this carry the answer, more are weighed.
const ENOUGH: f64 = 1_000.0;

/// At most so many pasts are weighed for each future.
const MOST_PER_FUTURE: u32 = 16;

/// Fewer pasts than this do not carry an answer.
pub const LEAST_EFFECTIVE: f64 = 100.0;

/// How well the facts could be learned from.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Pasts that were weighed.
    pub candidates: u32,
    /// How many of them carry the answer.
    pub effective: f64,
    /// Tasks whose dates the plan hardly allows for, the least likely first.
    pub surprising: Vec<TaskId>,
    /// How long work takes against its estimates, P10, P50 and P90: before the facts and after them. `None` where the plan has no
    /// overrun, or nothing is known of any task.
    pub overrun: Option<[[f64; 3]; 2]>,
}

/// Why the facts could not be learned from.
#[derive(Debug)]
pub enum ConditionError {
    /// The pasts could not be played.
    Run(RunError),
    /// Hardly any past agrees with the facts.
    Collapsed(Learned),
    /// Somebody wants the run to end.
    Stopped,
}

/// The plan with what the facts say: its `futures` continue pasts that agree with them. As many pasts are
/// weighed, or more where few agree.
///
/// Without a single fact on the morning of the start the plan stays as it is, to the bit.
///
/// # Errors
/// [`ConditionError`] where pasts cannot be played, or hardly any agrees with the facts.
pub fn condition(
    compiled: Compiled,
    actuals: &Actuals,
    seed: u64,
    futures: u32,
    threads: usize,
    stop: &Stop,
) -> Result<(Compiled, Learned), ConditionError> {
    if says_nothing(actuals) {
        let learned = Learned {
            candidates: futures,
            effective: f64::from(futures),
            surprising: vec![],
            overrun: None,
        };
        return Ok((compiled, learned));
    }
    let past = Past::new(&compiled, actuals);
    let guide = |lives| Guide::new(past.clone(), lives);
    let compiled = compiled.guided(guide(Lives::default()));
    let looks = engine::weigh(&compiled, LOOKS.min(futures), threads, stop).map_err(ConditionError::Run)?;
    let mut compiled = compiled;
    let mut candidates = futures;
    let (lives, weights, mut learned) = loop {
        let stand_in = StandIn::new(&compiled, &looks.sights);
        let is_learned = !looks.sights.is_empty();
        let proposal = propose::propose(&stand_in, seed, candidates);
        let surprising = surprising(&stand_in, &proposal.normals);
        let lives = Lives {
            source: vec![],
            risks: stand_in.risks().to_vec(),
            width: if is_learned { stand_in.width() } else { 0 },
            normals: if is_learned { proposal.normals } else { vec![] },
        };
        compiled = compiled.guided(guide(lives.clone()));
        let weighed = engine::weigh(&compiled, candidates, threads, stop).map_err(ConditionError::Run)?;
        if weighed.log_weights.len() < candidates as usize {
            return Err(ConditionError::Stopped);
        }
        let logs = weighed.log_weights.iter().zip(&proposal.log_likelihoods);
        let logs: Vec<f64> = logs.map(|(play, proposed)| play - proposed).collect();
        let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|log| libm::exp(log - highest)).collect();
        let (sum, squares) = weights
            .iter()
            .fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
        let learned = Learned {
            candidates,
            effective: sum * sum / squares,
            surprising,
            overrun: None,
        };
        let is_enough = learned.effective >= ENOUGH.min(f64::from(futures) / 4.0);
        if is_enough || candidates / MOST_PER_FUTURE >= futures || candidates > u32::MAX / 4 {
            break (lives, weights, learned);
        }
        // Looking at more pasts costs little beside playing their futures.
        candidates *= 4;
    };
    if learned.effective < LEAST_EFFECTIVE.min(f64::from(futures) / 4.0) {
        return Err(ConditionError::Collapsed(learned));
    }
    let offset = Stream::new(seed, "pasts", Purpose::Resampling).uniform(0);
    let source = resample(&weights, futures as usize, offset);
    learned.overrun = overrun(&compiled, &lives, &source);
    Ok((compiled.guided(guide(Lives { source, ..lives })), learned))
}

/// The plan with the dates of the facts put in and nothing learned from them: its futures begin as the facts say, and everything else
/// is drawn as before. What learning adds is seen against it.
#[must_use]
pub fn pasted(compiled: Compiled, actuals: &Actuals) -> Compiled {
    if says_nothing(actuals) {
        return compiled;
    }
    let past = Past::new(&compiled, actuals);
    compiled.guided(Guide::new(past, Lives::default()))
}

/// The overrun before the facts and after them.
fn overrun(compiled: &Compiled, lives: &Lives, source: &[u32]) -> Option<[[f64; 3]; 2]> {
    let percentiles = [Percentile::percent(10), Percentile::percent(50), Percentile::percent(90)];
    let normals = source.iter().map(|past| lives.normals.get(*past as usize * lives.width).copied());
    let now: Option<Vec<f64>> = normals.map(|normal| compiled.overrun(normal?)).collect();
    let now = Sorted::new(now.filter(|now| !now.is_empty())?);
    let mut both = [[1.0; 3]; 2];
    for (index, percentile) in percentiles.into_iter().enumerate() {
        both[0][index] = compiled.overrun(normal::inverse_normal(percentile.share()))?;
        both[1][index] = now.quantile(percentile)?;
    }
    Some(both)
}

/// Whether no fact goes beyond the plan: it is the morning of the start, and nothing is told.
fn says_nothing(actuals: &Actuals) -> bool {
    actuals.as_of.days() <= 0.0
        && actuals.tasks.iter().all(Option::is_none)
        && actuals.teams.iter().all(Option::is_none)
        && actuals
            .incidents
            .iter()
            .flatten()
            .all(|told| told.count == 0 && told.customer_minutes.is_none())
        && actuals.findings.iter().flatten().all(|told| told.found == 0)
        && actuals.risks.iter().all(|risk| *risk == crate::plan::RiskActual::Unreported)
}

/// So many draws, each past about as often as it weighs, in their order; equal weights of as many pasts give each once.
fn resample(weights: &[f64], draws: usize, offset: f64) -> Vec<u32> {
    let step = weights.iter().sum::<f64>() / draws as f64;
    let mut source = Vec::with_capacity(draws);
    let (mut reached, mut candidate) = (weights.first().copied().unwrap_or(0.0), 0);
    for draw in 0..draws {
        let at = (draw as f64 + offset) * step;
        while reached < at && candidate + 1 < weights.len() {
            candidate += 1;
            reached += weights[candidate];
        }
        source.push(candidate as u32);
    }
    source
}

/// A task whose dates have less than this chance, given all that is learned, is named.
const SURPRISING: f64 = 1e-4;

/// Tasks whose own facts are very unlikely in what is learned from all of them, the least likely first.
fn surprising(stand_in: &StandIn<'_>, normals: &[f64]) -> Vec<TaskId> {
    let mut sums: Vec<(TaskId, f64, f64)> = vec![];
    for row in normals.chunks_exact(stand_in.width()).take(LOOKS as usize) {
        let mut place = 0;
        let _ = stand_in.log_likelihood(row, |task, log| {
            if place == sums.len() {
                sums.push((task, 0.0, 0.0));
            }
            sums[place].1 += libm::exp(log);
            sums[place].2 += 1.0;
            place += 1;
        });
    }
    let mut means: Vec<(TaskId, f64)> = sums
        .into_iter()
        .map(|(task, sum, n)| (task, sum / n))
        .filter(|(_, p)| *p < SURPRISING)
        .collect();
    means.sort_by(|a, b| a.1.total_cmp(&b.1));
    means.into_iter().map(|(task, _)| task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_each_past_once() {
        for offset in [0.001, 0.5, 0.999] {
            let source = resample(&[0.7; 1_000], 1_000, offset);
            assert!(source.iter().enumerate().all(|(index, past)| index == *past as usize), "{offset}");
        }
    }

    #[test]
    fn pasts_are_continued_as_often_as_they_weigh() {
        let weights = [0.0, 3.0, 1.0, 0.0];
        assert_eq!(resample(&weights, 4, 0.5), [1, 1, 1, 2]);
        assert_eq!(resample(&[1.0], 1, 0.5), [0]);
    }
}
