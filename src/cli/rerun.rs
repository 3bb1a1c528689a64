//! `sim rerun`: so far, reading what has happened and holding it against the plan.

use std::path::Path;

use super::arguments::{RerunArguments, not_yet};
use super::failure::Failure;
use super::run::{ACTUALS, Loaded, beside_scenario, open, read, warn};
use crate::calendar::Date;
use crate::plan::{Reported, read_actuals};
use crate::scenario::Scenario;

pub(super) fn rerun(arguments: &RerunArguments) -> Result<(), Failure> {
    let (scenario, loaded) = open(&arguments.scenario)?;
    let reported = load_actuals(&arguments.scenario, &scenario, &loaded, &arguments.actuals, arguments.as_of)?;
    warn(&reported.plan.warnings);
    warn(&reported.warnings);
    Err(Failure::Input(vec![not_yet(&["rerun".to_owned()])]))
}

/// Reads a file of actuals, within the limits of a scenario's file, and holds it against the plan of the scenario at `path`.
fn load_actuals(path: &Path, scenario: &Scenario, loaded: &Loaded, actuals: &Path, as_of: Option<Date>) -> Result<Reported, Failure> {
    let name = actuals.display().to_string();
    let bytes = read(actuals, &name, &ACTUALS)?;
    let files = |file: &str| beside_scenario(path, file);
    read_actuals(scenario, &loaded.plan, &files, &name, bytes, as_of).map_err(Failure::Input)
}
