//! What has really happened: the facts of a checkpoint week, checked against the plan.
//!
//! | file | subject |
//! |---|---|
//! | `facts` | the facts as types |
//! | `changes` | the plan with what was dropped and added |
//! | `resolve` | names → ids, dates → working time; what cannot be |
//! | `quantities` | incidents and what customers felt, by quarter |
//! | `doubts` | what reality does and a plan does not: named warnings |
//! | `outside` | what lies outside of everything that an estimate can give |

mod changes;
mod doubts;
mod facts;
mod outside;
mod quantities;
mod resolve;

use crate::calendar::Date;
use crate::diagnostic::{Fault, sort};
use crate::plan::domain::Plan;
use crate::plan::estimate::Files;
use crate::scenario::Scenario;
use crate::scenario::actuals;
use crate::scenario::syntax;

pub use facts::{Actuals, CustomerMinutes, FindingActual, IncidentActual, RiskActual, TaskActual};

/// A plan and what has become of it.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The plan as it is now: what was dropped is gone, what was added is there. The one that was handed in where nothing changed.
    pub plan: Plan,
    /// Whether the plan is another than that of the scenario.
    pub is_changed: bool,
    /// The facts, by the ids of `plan`.
    pub actuals: Actuals,
    /// What is allowed but hardly possible, or not as planned; those of the scenario itself stand in `plan`.
    pub warnings: Vec<Fault>,
}

/// Reads a file of actuals (TOML, or CSV where `path` ends so) for a scenario and its plan. `as_of` is the date where the file does
/// not have to say it; `files` hands over what the scenario names.
///
/// # Errors
/// All faults at once, each with its place, where at least one is an error.
pub fn read_actuals(
    scenario: &Scenario,
    plan: &Plan,
    files: Files<'_>,
    path: &str,
    bytes: Vec<u8>,
    as_of: Option<Date>,
) -> Result<Reported, Vec<Fault>> {
    let text = actuals::read(path, bytes)?;
    let mut faults = text.faults.clone();
    if !text.complete {
        // What else is wrong may only follow from what could not be read.
        syntax::keep_causes(&mut faults);
        sort(&mut faults);
        return Err(faults);
    }
    let changed = changes::changed(scenario, plan, files, &text);
    faults.extend(changed.faults);
    let now = changed.plan.as_ref().unwrap_or(plan);
    let resolved = resolve::resolve(&text, now, as_of, changed.is_broken);
    faults.extend(resolved.faults);
    // Doubts about what is contradictory would only repeat it.
    if let (Some(facts), false) = (&resolved.actuals, faults.iter().any(Fault::is_error)) {
        faults.extend(doubts::doubts(&text, now, facts));
    }
    sort(&mut faults);
    match resolved.actuals {
        Some(actuals) if !faults.iter().any(Fault::is_error) => Ok(Reported {
            is_changed: changed.plan.is_some(),
            plan: changed.plan.unwrap_or_else(|| plan.clone()),
            actuals,
            warnings: faults,
        }),
        _ => Err(faults),
    }
}
