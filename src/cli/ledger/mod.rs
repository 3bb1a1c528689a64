//! `sim ledger`: the forecast's own record. [`recorder`] is what runs do with it, `store` where it lies.

pub(super) mod recorder;
mod store;

use std::io;
use std::path::Path;

pub(super) use store::sha256;
use store::{FOLDER, Store, folders_in};

use crate::analysis::{self, Entry, Ledger, Told};
use crate::cli::arguments::LedgerArguments;
use crate::cli::failure::Failure;
use crate::cli::terminal::{colour_for, print};
use crate::diagnostic::Fault;
use crate::report;
use crate::scenario;

pub(super) fn ledger(arguments: &LedgerArguments) -> Result<(), Failure> {
    let mut faults: Vec<Fault> = vec![];
    let mut records: Vec<(String, Vec<Entry>)> = vec![];
    for path in &arguments.paths {
        let stores = stores(path)?;
        for store in stores {
            let shown = store.shown();
            // A record that is named twice does not count twice.
            if records.iter().any(|(known, _)| *known == shown) {
                continue;
            }
            let read = store.read();
            faults.extend(read.faults);
            records.push((shown, read.entries));
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Input(faults));
    }
    check_told(&arguments.finished, &records)?;
    let ledgers: Vec<Ledger<'_>> = records
        .iter()
        .map(|(folder, entries)| Ledger {
            folder: folder.clone(),
            entries,
        })
        .collect();
    let history = analysis::history(&ledgers, &arguments.finished);
    if arguments.json {
        print(&report::json::pretty(&history).map_err(|error| Failure::Machine(error.to_string()))?)
    } else {
        print(&report::ledger::ledger(&history, colour_for(&io::stdout())))
    }
}

/// The records that a path means: that of a scenario, one by itself, or all of a folder.
fn stores(path: &Path) -> Result<Vec<Store>, Failure> {
    let refuse = |message: String, hint: &str| Failure::Input(vec![Fault::error("no-ledger", message).hint(hint)]);
    let shown = path.display();
    if path.is_dir() {
        if path.extension().is_some_and(|end| end == FOLDER) {
            return Ok(vec![Store::at(path.to_path_buf())]);
        }
        let stores: Vec<Store> = folders_in(path).into_iter().map(Store::at).collect();
        if stores.is_empty() {
            return Err(refuse(
                format!("there is no ledger in the folder `{shown}`"),
                "`sim run SCENARIO` records each run beside its scenario",
            ));
        }
        return Ok(stores);
    }
    let store = Store::beside(path);
    let store = match std::fs::read(path) {
        Ok(bytes) => {
            let hash = sha256(&bytes);
            // Only the name is wanted of it; what is wrong with it does not matter here.
            let read = scenario::read(&shown.to_string(), bytes).ok();
            let name = read.and_then(|scenario| scenario.settings.name.map(|at| at.value));
            store.with_earlier(name.as_deref().unwrap_or_default(), &hash)
        }
        Err(_) => store,
    };
    if store.exists() {
        Ok(vec![store])
    } else if path.exists() {
        Err(refuse(
            format!("no run of `{shown}` is on record"),
            "`sim run` records each run beside its scenario, unless it is told --no-ledger",
        ))
    } else {
        Err(refuse(
            format!("there is no file `{shown}`"),
            "give the path of a scenario, of its ledger, or of a folder with ledgers",
        ))
    }
}

/// That somebody tells of initiatives that are on record.
fn check_told(told: &[Told], records: &[(String, Vec<Entry>)]) -> Result<(), Failure> {
    let mut ids: Vec<&str> = records
        .iter()
        .flat_map(|(_, entries)| entries)
        .flat_map(|entry| &entry.initiatives)
        .map(|initiative| initiative.id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let unknown = told.iter().filter(|told| !ids.contains(&told.initiative.as_str()));
    let faults: Vec<Fault> = unknown
        .map(|told| {
            let message = format!("no run on record knows an initiative `{}`", told.initiative);
            let near = scenario::reader::suggest(&told.initiative, ids.iter().copied());
            let known = ids.iter().map(|id| format!("`{id}`")).take(10).collect::<Vec<_>>().join(", ");
            Fault::error("unknown-initiative", message)
                .allowed(format!("an initiative on record: {known}"))
                .maybe_hint(near.map(|near| format!("did you mean `{near}`?")))
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::Input(faults)) }
}
