//! How the odds of each promise went, run by run.

use serde::Serialize;

use crate::analysis::ledger::entry::{Entry, InitiativeEntry, RunKind};
use crate::analysis::ledger::scores::{Ledger, Told, TrackRecord, track_record};
use crate::calendar::{Date, Stamp};
use crate::units::Percentile;

/// The record of several scenarios.
#[derive(Debug, Clone, Serialize)]
pub struct History {
    /// By scenario.
    pub ledgers: Vec<LedgerHistory>,
    /// How often dates held, all scenarios together.
    pub track_record: TrackRecord,
}

/// The record of one scenario.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerHistory {
    /// The scenario's name in its last entry.
    pub name: String,
    /// Where the record is kept, as the user would name it.
    pub folder: String,
    /// How many runs it holds.
    pub runs: u32,
    /// The initiatives of all entries, in the order in which they first appear.
    pub initiatives: Vec<InitiativeHistory>,
}

/// What was said of an initiative, run by run.
#[derive(Debug, Clone, Serialize)]
pub struct InitiativeHistory {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// The day on which it finished, where that is known.
    pub finished: Option<Date>,
    /// By run.
    pub forecasts: Vec<ForecastPoint>,
    /// By promise, in the order in which they were first made.
    pub promises: Vec<PromiseHistory>,
}

/// What one run said of an initiative's finish.
#[derive(Debug, Clone, Serialize)]
pub struct ForecastPoint {
    /// When it was run.
    pub recorded: Stamp,
    /// What was run.
    pub kind: RunKind,
    /// The morning up to which facts were known, for a rerun.
    pub as_of: Option<Date>,
    /// The median finish; absent for never.
    pub p50: Option<Date>,
    /// The date of 80 % confidence; absent for never.
    pub p80: Option<Date>,
}

/// How the odds of a promise went.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseHistory {
    /// To whom, where given.
    pub to: Option<String>,
    /// The last day that is on time.
    pub date: Date,
    /// Whether it was kept, where that is known.
    pub kept: Option<bool>,
    /// By run of [`InitiativeHistory::forecasts`]; absent where the run did not know the promise.
    pub odds: Vec<Option<OddsPoint>>,
}

/// The odds of a promise in one run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct OddsPoint {
    /// Share of the futures that keep it.
    pub p: f64,
    /// Change since the run before that knew the promise; absent for the first.
    pub change: Option<f64>,
}

/// The record of several scenarios, and what it is worth. `told` are finishes that no entry knows.
#[must_use]
pub fn history(ledgers: &[Ledger<'_>], told: &[Told]) -> History {
    History {
        ledgers: ledgers.iter().map(|ledger| of_ledger(ledger, told)).collect(),
        track_record: track_record(ledgers, told),
    }
}

fn of_ledger(ledger: &Ledger<'_>, told: &[Told]) -> LedgerHistory {
    let mut sorted: Vec<&Entry> = ledger.entries.iter().collect();
    sorted.sort_by_key(|entry| (entry.recorded, entry.known_until()));
    let mut ids: Vec<&str> = vec![];
    for initiative in sorted.iter().flat_map(|entry| &entry.initiatives) {
        if !ids.contains(&initiative.id.as_str()) {
            ids.push(&initiative.id);
        }
    }
    LedgerHistory {
        name: sorted.last().map_or_else(String::new, |entry| entry.name.clone()),
        folder: ledger.folder.clone(),
        runs: sorted.len() as u32,
        initiatives: ids.into_iter().map(|id| of_initiative(ledger, &sorted, id, told)).collect(),
    }
}

fn of_initiative(ledger: &Ledger<'_>, sorted: &[&Entry], id: &str, told: &[Told]) -> InitiativeHistory {
    let runs: Vec<(&Entry, &InitiativeEntry)> = sorted.iter().filter_map(|entry| Some((*entry, entry.initiative(id)?))).collect();
    let outcome = ledger.outcome(id, told);
    let date = |initiative: &InitiativeEntry, percent| initiative.quantile(Percentile::percent(percent)).and_then(|at| at.date);
    let mut promises: Vec<PromiseHistory> = vec![];
    for commitment in runs.iter().flat_map(|(_, initiative)| &initiative.commitments) {
        if promises
            .iter()
            .any(|known| known.to == commitment.to && known.date == commitment.date)
        {
            continue;
        }
        let mut last = None;
        let odds = runs.iter().map(|(_, initiative)| {
            let same = |other: &&_| is_same_promise(other, &commitment.to, commitment.date);
            let p = initiative.commitments.iter().find(same)?.p_on_time;
            let change = last.map(|last| p - last);
            last = Some(p);
            Some(OddsPoint { p, change })
        });
        promises.push(PromiseHistory {
            to: commitment.to.clone(),
            date: commitment.date,
            odds: odds.collect(),
            kept: outcome.is_by(commitment.date),
        });
    }
    InitiativeHistory {
        id: id.to_owned(),
        title: runs.last().map_or_else(String::new, |(_, initiative)| initiative.title.clone()),
        finished: outcome.finished,
        forecasts: runs
            .iter()
            .map(|(entry, initiative)| ForecastPoint {
                recorded: entry.recorded,
                kind: entry.kind,
                as_of: entry.as_of,
                p50: date(initiative, 50),
                p80: date(initiative, 80),
            })
            .collect(),
        promises,
    }
}

fn is_same_promise(commitment: &crate::analysis::ledger::entry::CommitmentEntry, to: &Option<String>, date: Date) -> bool {
    commitment.to == *to && commitment.date == date
}
