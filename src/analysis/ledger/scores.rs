//! How often dates held and odds were right, once facts are in.
//!
//! Each initiative is scored once, by the first forecast of it on record: later ones know part of the answer, and count the same luck
//! again. A promise is scored by the first odds on record for its date.
//!
//! An initiative that is still open counts where its fate is known: a date that has passed without a finish did not hold. Without
//! these a record would look best while the late ones are still running.

use serde::Serialize;

use crate::analysis::forecast::Share;
use crate::analysis::ledger::entry::{Entry, InitiativeEntry};
use crate::analysis::reading::share_within;
use crate::calendar::Date;
use crate::statistics::{Proportion, mean_interval};
use crate::units::Percentile;

/// Percentiles whose dates are looked at.
const DATES: [u32; 5] = [50, 80, 85, 90, 95];
/// Percentiles that are scored by the pinball loss.
const PINBALL: [u32; 2] = [50, 80];
/// The range that 80 of 100 finishes should lie in.
const INSIDE: [u32; 2] = [10, 90];
/// The Brier score of somebody who always says fifty-fifty.
const FIFTY_FIFTY: f64 = 0.25;

/// The record of one scenario.
#[derive(Debug, Clone)]
pub struct Ledger<'e> {
    /// Where it is kept, as the user would name it.
    pub folder: String,
    /// In any order.
    pub entries: &'e [Entry],
}

/// A finish that no entry knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The initiative's id, in whichever scenario has it.
    pub initiative: String,
    /// The day on which it finished.
    pub finished: Date,
}

/// What is known of a finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The day of it.
    pub(super) finished: Option<Date>,
    /// The morning up to which it is known.
    pub(super) known_until: Option<Date>,
}

impl Outcome {
    /// Whether it came by the evening of `date`; `None` where that is not known yet.
    pub(super) fn is_by(self, date: Date) -> Option<bool> {
        match (self.finished, self.known_until) {
            (Some(finished), _) => Some(finished <= date),
            (None, Some(known_until)) if date < known_until => Some(false),
            _ => None,
        }
    }
}

impl Ledger<'_> {
    /// What became of an initiative: what somebody says now, else what the rerun says that knew most.
    pub(super) fn outcome(&self, id: &str, told: &[Told]) -> Outcome {
        let told = told.iter().rev().find(|told| told.initiative == id).map(|told| told.finished);
        let reruns = self.entries.iter().filter(|entry| entry.as_of.is_some());
        let last = reruns
            .filter_map(|entry| Some((entry, entry.initiative(id)?)))
            .max_by_key(|(entry, _)| (entry.as_of, entry.recorded));
        Outcome {
            finished: told.or_else(|| last.and_then(|(_, initiative)| initiative.finished)),
            known_until: last.and_then(|(entry, _)| entry.as_of),
        }
    }
}

/// How often dates held and odds were right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrackRecord {
    /// Initiatives that have finished and were forecast before.
    pub finished: u32,
    /// Initiatives that are open, with at least one date that did not hold.
    pub overdue: u32,
    /// Scored forecasts that were recorded only after the finish: they show how the model would have done.
    pub recorded_afterwards: u32,
    /// How often the dates of each percentile held.
    pub coverage: Vec<Coverage>,
    /// How many finishes lay between P10 and P90: 80 % of many should. Absent where nothing has finished.
    pub inside_p10_p90: Option<Share>,
    /// Mean squared distance of the odds from what happened, by promise.
    pub brier: Option<Score>,
    /// Promises that were kept.
    pub promises_kept: Option<Share>,
    /// Of those that have finished, by percentile.
    pub pinball: Vec<Pinball>,
}

/// What a percentile's dates were worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pinball {
    /// The percentile.
    pub percentile: Percentile,
    /// Mean pinball loss in working days.
    pub loss: Score,
}

/// How often the dates of a percentile held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// The percentile.
    pub percentile: Percentile,
    /// The share that held.
    pub held: Share,
}

/// A mean with what chance leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// The mean.
    pub mean: f64,
    /// Lower end of Student's 95 % interval; absent for a single case, and where all score the same, which tells nothing of the spread.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// Cases that it rests on.
    pub cases: u32,
    /// What knowing nothing would score, where there is such a thing.
    pub reference: Option<f64>,
}

impl Score {
    fn of(values: &[f64], most: f64, reference: Option<f64>) -> Option<Self> {
        let (mean, interval) = mean_interval(values)?;
        let interval = interval.filter(|interval| interval.high > interval.low);
        Some(Self {
            mean,
            // No score is below zero or above the worst there is.
            ci_low: interval.map(|interval| interval.low.max(0.0)),
            ci_high: interval.map(|interval| interval.high.min(most)),
            cases: values.len() as u32,
            reference,
        })
    }
}

impl TrackRecord {
    /// Whether anything could be scored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.finished == 0 && self.overdue == 0 && self.brier.is_none()
    }

    /// How often the dates of a percentile held.
    #[must_use]
    pub fn held(&self, percent: u32) -> Option<&Share> {
        let found = self
            .coverage
            .iter()
            .find(|coverage| coverage.percentile == Percentile::percent(percent));
        found.map(|coverage| &coverage.held)
    }
}

/// An initiative's first forecast, and what became of it.
struct Case<'e> {
    entry: &'e Entry,
    said: &'e InitiativeEntry,
    outcome: Outcome,
}

/// What the record of all these scenarios is worth. `told` are finishes that no entry knows.
#[must_use]
pub fn track_record(ledgers: &[Ledger<'_>], told: &[Told]) -> TrackRecord {
    let mut cases: Vec<Case<'_>> = vec![];
    let mut promises: Vec<(f64, bool)> = vec![];
    for ledger in ledgers {
        let mut sorted: Vec<&Entry> = ledger.entries.iter().collect();
        sorted.sort_by_key(|entry| (entry.recorded, entry.known_until()));
        let mut ids: Vec<&str> = vec![];
        for (entry, said) in sorted
            .iter()
            .flat_map(|entry| entry.initiatives.iter().map(move |said| (*entry, said)))
        {
            let outcome = ledger.outcome(&said.id, told);
            let knew = said.finished.is_some() || outcome.finished.is_some_and(|finished| finished < entry.known_until());
            if ids.contains(&said.id.as_str()) || knew {
                continue;
            }
            ids.push(&said.id);
            cases.push(Case { entry, said, outcome });
        }
        let mut seen = vec![];
        for (entry, said) in sorted
            .iter()
            .flat_map(|entry| entry.initiatives.iter().map(move |said| (*entry, said)))
        {
            let outcome = ledger.outcome(&said.id, told);
            for promise in &said.commitments {
                let key = (&said.id, &promise.to, promise.date);
                let Some(kept) = outcome.is_by(promise.date) else { continue };
                let end = outcome.finished.map_or(promise.date, |finished| finished.min(promise.date));
                if !seen.contains(&key) && end >= entry.known_until() {
                    seen.push(key);
                    promises.push((promise.p_on_time, kept));
                }
            }
        }
    }
    scored(&cases, &promises)
}

/// A share of few cases.
fn share(counted: Proportion) -> Share {
    share_within(counted, counted.exact())
}

fn scored(cases: &[Case<'_>], promises: &[(f64, bool)]) -> TrackRecord {
    let finished: Vec<(&Case<'_>, Date)> = cases.iter().filter_map(|case| Some((case, case.outcome.finished?))).collect();
    let held = |case: &Case<'_>, percent: u32| {
        let quantile = case.said.quantile(Percentile::percent(percent))?;
        match quantile.date {
            Some(date) => case.outcome.is_by(date),
            // "Never" cannot be missed, only be too careful.
            None => case.outcome.finished.map(|_| true),
        }
    };
    let coverage = DATES.iter().filter_map(|percent| {
        let counted = Proportion::of(cases.iter().filter_map(|case| held(case, *percent)), |held| held);
        (counted.trials > 0).then(|| Coverage {
            percentile: Percentile::percent(*percent),
            held: share(counted),
        })
    });
    let inside = Proportion::of(
        finished.iter().filter_map(|(case, finished)| {
            let [low, high] = INSIDE.map(|percent| case.said.quantile(Percentile::percent(percent)));
            let is_late_enough = low?.date.is_some_and(|low| *finished >= low);
            Some(is_late_enough && high?.date.is_none_or(|high| *finished <= high))
        }),
        |inside| inside,
    );
    let pinball = PINBALL.iter().filter_map(|percent| {
        let percentile = Percentile::percent(*percent);
        let losses: Vec<f64> = finished
            .iter()
            .filter_map(|(case, finished)| {
                // Both as whole days, as dates are told: a finish is known no better.
                let said = case.said.quantile(percentile)?.working_days?.ceil();
                let was = case.entry.calendar().evening_of(*finished).days();
                let tau = percentile.share();
                Some(if was >= said {
                    tau * (was - said)
                } else {
                    (1.0 - tau) * (said - was)
                })
            })
            .collect();
        Some(Pinball {
            percentile,
            loss: Score::of(&losses, f64::INFINITY, None)?,
        })
    });
    let squares: Vec<f64> = promises.iter().map(|(p, kept)| (p - f64::from(u8::from(*kept))).powi(2)).collect();
    let kept = Proportion::of(promises, |(_, kept)| *kept);
    TrackRecord {
        finished: finished.len() as u32,
        overdue: cases
            .iter()
            .filter(|case| case.outcome.finished.is_none() && DATES.iter().any(|percent| held(case, *percent) == Some(false)))
            .count() as u32,
        recorded_afterwards: finished
            .iter()
            .filter(|(case, finished)| case.entry.recorded.date() > *finished)
            .count() as u32,
        coverage: coverage.collect(),
        inside_p10_p90: (inside.trials > 0).then(|| share(inside)),
        brier: Score::of(&squares, 1.0, Some(FIFTY_FIFTY)),
        promises_kept: (kept.trials > 0).then(|| share(kept)),
        pinball: pinball.collect(),
    }
}
