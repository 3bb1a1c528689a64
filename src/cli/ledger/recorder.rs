//! What a run and its record have to do with each other: the record is read before anything is added to it, so that a repetition of
//! the same run finds what the first one found and writes the same bytes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::store::{Store, sha256};
use crate::analysis::{self, Drift, Entry, Forecast, Input, Inputs, Ledger, Now, Then, TrackRecord};
use crate::calendar::Stamp;
use crate::cli::run::{Texts, warn};
use crate::diagnostic::Fault;
use crate::engine::{Stop, Trials, Window};
use crate::inert::inert;
use crate::plan::{self, Actuals, Plan};
use crate::scenario::actuals::ActualsText;
use crate::scenario::{self, Scenario};

/// A scenario's record while a run is made.
pub(in crate::cli) struct Recorder {
    store: Store,
    entries: Vec<Entry>,
    recorded: Stamp,
}

/// The run that is to be recorded.
pub(in crate::cli) struct Made<'a> {
    pub(in crate::cli) scenario: &'a Scenario,
    pub(in crate::cli) plan: &'a Plan,
    /// The facts of a rerun.
    pub(in crate::cli) actuals: Option<(&'a ActualsText, &'a Actuals)>,
    pub(in crate::cli) trials: &'a Trials,
    pub(in crate::cli) window: Window,
    pub(in crate::cli) threads: usize,
    pub(in crate::cli) texts: &'a Texts,
}

impl Recorder {
    /// Reads the record beside a scenario. `None` where none is wanted, or the clock tells no time that it could be kept under.
    pub(in crate::cli) fn open(path: &Path, is_wanted: bool, name: &str, texts: &Texts) -> Option<Self> {
        if !is_wanted {
            return None;
        }
        let Some(recorded) = now() else {
            note("warning: this run is not recorded: the clock tells no time between 1970 and 2999");
            return None;
        };
        let store = Store::beside(path).with_earlier(name, &sha256(&texts.scenario));
        let store = adopted(store);
        let read = store.read();
        if !read.faults.is_empty() {
            let count = read.faults.len();
            let message = format!(
                "{} of the ledger cannot be read and {} passed over",
                if count == 1 {
                    "1 entry".to_owned()
                } else {
                    format!("{count} entries")
                },
                if count == 1 { "is" } else { "are" }
            );
            let hint = format!("`sim ledger {}` says where and why", path.display());
            warn(&[Fault::warning("ledger-entry", message).hint(hint)]);
        }
        Some(Self {
            entries: read.entries,
            store,
            recorded,
        })
    }

    /// Whether anything could be read of it.
    pub(in crate::cli) fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }

    /// What will be recorded of the run.
    pub(in crate::cli) fn entry(&self, forecast: &Forecast, made: &Made<'_>) -> Entry {
        analysis::entry(forecast, made.plan, made.trials, made.texts.inputs(), self.recorded)
    }

    /// The forecast with what the record says: what moved since the run before, and how often its dates held.
    pub(in crate::cli) fn looked_back(&self, forecast: Forecast, entry: &Entry, made: &Made<'_>, stop: &Stop) -> Forecast {
        Forecast {
            since: entry
                .before(&self.entries)
                .and_then(|before| self.drift(before, entry, &forecast, made, stop)),
            track_record: self.track_record(entry),
            ..forecast
        }
    }

    fn track_record(&self, entry: &Entry) -> Option<TrackRecord> {
        let others: Vec<Entry> = self
            .entries
            .iter()
            .filter(|other| !other.is_run_of_the_same(entry))
            .cloned()
            .collect();
        let ledger = Ledger {
            folder: String::new(),
            entries: &others,
        };
        Some(analysis::track_record(&[ledger], &[])).filter(|record| !record.is_empty())
    }

    fn drift(&self, before: &Entry, entry: &Entry, forecast: &Forecast, made: &Made<'_>, stop: &Stop) -> Option<Drift> {
        let again = Again::of(&self.store, before);
        let again = match again {
            Ok(again) => again,
            Err(why) => return Some(analysis::drift_unsplit(before, entry, forecast, made.plan, why)),
        };
        let files_then = |file: &str| again.file(file);
        let files_now = |file: &str| made.texts.file(file);
        let then = Then {
            entry: before,
            scenario: &again.scenario,
            plan: &again.plan,
            actuals: again.actuals.as_ref().map(|(text, actuals)| (text, actuals)),
            files: &files_then,
        };
        let now = Now {
            entry,
            scenario: made.scenario,
            plan: made.plan,
            actuals: made.actuals,
            files: &files_now,
            trials: made.trials,
            window: made.window,
            threads: made.threads,
        };
        analysis::drift(&then, &now, forecast, stop)
    }

    /// Adds the run to the record; `texts` are the files that it was made of. Where that cannot be had, one line says so: a forecast
    /// does not fail for it.
    pub(in crate::cli) fn record(&self, entry: &Entry, texts: &Texts) {
        let texts = texts.all();
        let inputs: Vec<&Input> = [&entry.scenario].into_iter().chain(&entry.actuals).chain(&entry.beside).collect();
        let inputs: Vec<(&Input, &[u8])> = inputs.into_iter().zip(texts.iter().map(Vec::as_slice)).collect();
        if let Err(error) = self.store.record(entry, &inputs) {
            note(&format!(
                "warning: this run is not recorded in {}: {error}",
                self.store.folder.display()
            ));
        }
    }
}

/// The record of a scenario that had another name goes on under the new one.
fn adopted(mut store: Store) -> Store {
    if let ([earlier], false) = (store.earlier.as_slice(), store.folder.exists()) {
        let text = format!(
            "{} goes on as {}: its scenario was renamed",
            earlier.display(),
            store.folder.display()
        );
        // Where it cannot be renamed it is read where it is.
        if fs::rename(earlier, &store.folder).is_ok() {
            store.earlier.clear();
            note(&text);
        }
    }
    store
}

/// One line on standard error; a closed one leaves nobody to tell.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{}", inert(text));
}

/// The time at which the run is recorded; `SOURCE_DATE_EPOCH` stands in for the clock where it is set, as reproducible builds do.
fn now() -> Option<Stamp> {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let clock = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    Stamp::of_unix(told.or_else(clock)?)
}

/// An earlier run, read again from what the record kept of it.
struct Again {
    scenario: Scenario,
    plan: Plan,
    actuals: Option<(ActualsText, Actuals)>,
    beside: Vec<(String, String)>,
}

impl Again {
    fn of(store: &Store, entry: &Entry) -> Result<Self, String> {
        let first = |faults: Vec<Fault>| {
            let fault = faults.iter().find(|fault| fault.is_error());
            fault.map_or_else(String::new, |fault| fault.message.clone())
        };
        let refused = |file: &str, faults| format!("{file} as it was is not accepted any more: {}", first(faults));
        let mut beside = vec![];
        for input in &entry.beside {
            let text = String::from_utf8(store.input(input)?).map_err(|_| format!("{} is no text", input.file))?;
            beside.push((input.file.clone(), text));
        }
        let file = |name: &str| found(&beside, name);
        let name = &entry.scenario.file;
        let scenario = scenario::read(name, store.input(&entry.scenario)?).map_err(|faults| refused(name, faults))?;
        let plan = plan::build(&scenario, &file).map_err(|faults| refused(name, faults))?;
        let Some(input) = &entry.actuals else {
            return Ok(Self {
                scenario,
                plan,
                actuals: None,
                beside,
            });
        };
        let bytes = store.input(input)?;
        let name = &input.file;
        let text = scenario::actuals::read(name, bytes.clone()).map_err(|faults| refused(name, faults))?;
        let reported = plan::read_actuals(&scenario, &plan, &file, name, bytes, entry.as_of).map_err(|faults| refused(name, faults))?;
        Ok(Self {
            scenario,
            plan: reported.plan,
            actuals: Some((text, reported.actuals)),
            beside,
        })
    }

    fn file(&self, name: &str) -> io::Result<String> {
        found(&self.beside, name)
    }
}

fn found(files: &[(String, String)], name: &str) -> io::Result<String> {
    let file = files.iter().find(|(file, _)| file == name);
    file.map(|(_, text)| text.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl Texts {
    /// The files of the run, as a record names them.
    fn inputs(&self) -> Inputs {
        let input = |file: &str, bytes: &[u8]| Input {
            file: file.to_owned(),
            sha256: sha256(bytes),
        };
        Inputs {
            scenario: input(&self.name, &self.scenario),
            actuals: self.actuals.as_ref().map(|(name, bytes)| input(name, bytes)),
            beside: self
                .beside
                .borrow()
                .iter()
                .map(|(name, text)| input(name, text.as_bytes()))
                .collect(),
        }
    }

    /// Their bytes, in the same order.
    fn all(&self) -> Vec<Vec<u8>> {
        let actuals = self.actuals.iter().map(|(_, bytes)| bytes.clone());
        let beside = self.beside.borrow();
        let beside = beside.iter().map(|(_, text)| text.clone().into_bytes());
        [self.scenario.clone()].into_iter().chain(actuals).chain(beside).collect()
    }

    fn file(&self, name: &str) -> io::Result<String> {
        found(&self.beside.borrow(), name)
    }
}
