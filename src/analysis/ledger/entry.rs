//! What is kept of a run: enough to score it later, and to play it again.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::analysis::forecast::Forecast;
use crate::analysis::reading::Cuts;
use crate::calendar::{Calendar, Date, Stamp};
use crate::engine::Trials;
use crate::plan::Plan;
use crate::statistics::Sorted;
use crate::units::{Percentile, WorkDays};

/// Version of the layout of an entry.
pub const LEDGER_VERSION: u32 = 1;

/// Percentiles that are kept beside those of a forecast, since dates are promised at them.
const MORE_PERCENTILES: [u32; 1] = [85];

/// What was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// The plan alone.
    Run,
    /// The plan and what has happened.
    Rerun,
}

impl RunKind {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Rerun => "rerun",
        }
    }
}

/// A file that a forecast was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name without the folder; of a file that the scenario names, as the scenario has it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The files that a forecast was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// The scenario.
    pub scenario: Input,
    /// What had happened, for a rerun.
    pub actuals: Option<Input>,
    /// What the scenario names, in the order in which it was read.
    pub beside: Vec<Input>,
}

/// What is kept of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this layout.
    pub ledger_version: u32,
    /// When it was run.
    pub recorded: Stamp,
    /// What was run.
    pub kind: RunKind,
    /// The morning up to which facts were known, for a rerun.
    pub as_of: Option<Date>,
    /// Version of the program.
    pub engine_version: String,
    /// The scenario's name.
    pub name: String,
    /// The scenario.
    pub scenario: Input,
    /// What had happened, for a rerun.
    pub actuals: Option<Input>,
    /// Files that the scenario names.
    pub beside: Vec<Input>,
    /// Seed of every stream.
    pub seed: u64,
    /// Futures that were played.
    pub trials: u32,
    /// The first day.
    pub start: Date,
    /// Days off that fall on a weekday.
    pub holidays: Vec<Date>,
    /// In the order of the file.
    pub initiatives: Vec<InitiativeEntry>,
    /// SHA-256 of the text above it: it shows an edit by hand. Put there and checked where files are written and read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// What was said of an initiative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitiativeEntry {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// The day on which it finished, where the facts say so.
    pub finished: Option<Date>,
    /// p1, p5, p10, p20 … p80, p85, p90, p95, p99.
    pub quantiles: Vec<QuantileEntry>,
    /// Where one path ends and the next begins.
    pub bands: Bands,
    /// In the order of the file.
    pub commitments: Vec<CommitmentEntry>,
}

/// A percentile of a finish; both absent for never.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantileEntry {
    /// Which.
    pub percentile: Percentile,
    /// The date.
    pub date: Option<Date>,
    /// Working days since the morning of the start.
    pub working_days: Option<f64>,
}

/// Where one path ends and the next begins; absent for never.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// The last day of the best path.
    pub best_until: Option<Date>,
    /// The last day of the expected path.
    pub expected_until: Option<Date>,
}

/// What a promised date was worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentEntry {
    /// To whom, where given.
    pub to: Option<String>,
    /// The last day that is on time.
    pub date: Date,
    /// Share of the futures that finish by then.
    #[serde(deserialize_with = "share")]
    pub p_on_time: f64,
    /// Lower end of its 95 % interval.
    #[serde(deserialize_with = "share")]
    pub ci_low: f64,
    /// Upper end.
    #[serde(deserialize_with = "share")]
    pub ci_high: f64,
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(D::Error::custom(format!("{share} is no share: allowed are 0 to 1")))
    }
}

/// What is kept of a forecast whose futures are `trials`.
#[must_use]
pub fn entry(forecast: &Forecast, plan: &Plan, trials: &Trials, inputs: Inputs, recorded: Stamp) -> Entry {
    let verdicts = forecast.rerun.iter().flat_map(|rerun| &rerun.verdicts);
    let initiatives = forecast.initiatives.iter().enumerate().map(|(index, initiative)| {
        let finishes = Sorted::new(trials.finishes(index).collect());
        let date = |days: f64| plan.calendar.date_of(WorkDays::new(days));
        let mut quantiles: Vec<(Percentile, WorkDays)> = initiative
            .quantiles
            .iter()
            .map(|quantile| (quantile.percentile, quantile.at.working_days))
            .collect();
        for percentile in MORE_PERCENTILES.map(Percentile::percent) {
            quantiles.extend(finishes.quantile(percentile).map(|days| (percentile, WorkDays::new(days))));
        }
        quantiles.sort_by(|a, b| a.0.share().total_cmp(&b.0.share()));
        let [best, expected] = Cuts::new(plan.timelines, &finishes).map_or([f64::INFINITY; 2], Cuts::ends);
        InitiativeEntry {
            id: initiative.id.clone(),
            title: initiative.title.clone(),
            finished: verdicts
                .clone()
                .find(|verdict| verdict.initiative == initiative.id)
                .and_then(|verdict| verdict.finished),
            quantiles: quantiles
                .into_iter()
                .map(|(percentile, days)| QuantileEntry {
                    percentile,
                    date: plan.calendar.date_of(days),
                    working_days: days.finite(),
                })
                .collect(),
            bands: Bands {
                best_until: date(best),
                expected_until: date(expected),
            },
            commitments: initiative
                .commitments
                .iter()
                .filter_map(|commitment| {
                    Some(CommitmentEntry {
                        to: commitment.to.clone(),
                        date: commitment.at.date?,
                        p_on_time: commitment.p_on_time.p,
                        ci_low: commitment.p_on_time.ci_low,
                        ci_high: commitment.p_on_time.ci_high,
                    })
                })
                .collect(),
        }
    });
    Entry {
        ledger_version: LEDGER_VERSION,
        recorded,
        kind: if forecast.rerun.is_some() { RunKind::Rerun } else { RunKind::Run },
        as_of: forecast.rerun.as_ref().map(|rerun| rerun.as_of),
        engine_version: forecast.engine_version.clone(),
        name: forecast.scenario.name.clone(),
        scenario: inputs.scenario,
        actuals: inputs.actuals,
        beside: inputs.beside,
        seed: forecast.seed,
        trials: forecast.trials,
        start: plan.calendar.start(),
        holidays: plan.calendar.holidays().collect(),
        initiatives: initiatives.collect(),
        seal: None,
    }
}

impl Entry {
    /// The morning up to which it knew what happened.
    #[must_use]
    pub fn known_until(&self) -> Date {
        self.as_of.unwrap_or(self.start)
    }

    /// The company's working days.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        Calendar::new(self.start, &self.holidays)
    }

    /// Whether both were run of the same, by the same program: they say the same, bit by bit.
    #[must_use]
    pub fn is_run_of_the_same(&self, other: &Self) -> bool {
        let of = |entry: &Self| {
            (
                (entry.kind, entry.as_of, entry.seed, entry.trials, entry.engine_version.clone()),
                entry.scenario.sha256.clone(),
                entry.actuals.as_ref().map(|input| input.sha256.clone()),
                entry.beside.clone(),
            )
        };
        of(self) == of(other)
    }

    /// The run before this one: of those of something else that knew no more than this one, the one that knew most, and of these
    /// the last.
    #[must_use]
    pub fn before<'e>(&self, entries: &'e [Self]) -> Option<&'e Self> {
        entries
            .iter()
            .filter(|entry| entry.known_until() <= self.known_until() && !entry.is_run_of_the_same(self))
            .max_by_key(|entry| (entry.known_until(), entry.recorded))
    }

    /// Whether the last of the entries of its kind, known as far, is a run of the same. Entries of one second are all the last: their
    /// order is not known.
    #[must_use]
    pub fn repeats_the_last(&self, entries: &[Self]) -> bool {
        let like = || entries.iter().filter(|entry| entry.kind == self.kind && entry.as_of == self.as_of);
        let last = like().map(|entry| entry.recorded).max();
        like().any(|entry| Some(entry.recorded) == last && entry.is_run_of_the_same(self))
    }

    /// What it said of an initiative.
    #[must_use]
    pub fn initiative(&self, id: &str) -> Option<&InitiativeEntry> {
        self.initiatives.iter().find(|initiative| initiative.id == id)
    }
}

impl InitiativeEntry {
    /// A percentile of the finish.
    #[must_use]
    pub fn quantile(&self, percentile: Percentile) -> Option<&QuantileEntry> {
        self.quantiles.iter().find(|quantile| quantile.percentile == percentile)
    }
}
