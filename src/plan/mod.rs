//! The validated domain: what a scenario means once nothing in it can be wrong any more.
//!
//! A [`Plan`] is valid by construction: every reference resolves, the network has no cycle, every crew can be staffed at some
//! time, every estimate is a distribution. [`crate::scenario`] hands over what the file says; [`build()`] checks it as a whole.
//! Times are working days since the morning of the start (see [`crate::units::WorkDays`]).

mod actuals;
mod added;
mod bounds;
mod budgets;
pub mod build;
mod calibration;
mod checkpoints;
mod disclosed;
mod domain;
mod estimate;
mod history;
mod incidents;
mod links;
mod network;
mod options;
mod people;
pub mod preread;
mod register;
mod separated;
mod teams;
#[cfg(test)]
mod tests;

pub use actuals::{Actuals, CustomerMinutes, FindingActual, IncidentActual, Reported, RiskActual, TaskActual, read_actuals};
pub use build::{build, list as listed_names, read};
pub use calibration::{Basis, Calibration, Known, Ranges};
pub use checkpoints::NO_TRIGGER;
pub use domain::{
    Absence, Bet, BetId, Budget, BudgetId, BudgetKind, Checkpoint, Commitment, DefaultUsed, Dispatch, Due, Elsewhere, Estimate,
    FindingClass, FindingId, Flow, FlowId, Hire, IncidentClass, IncidentId, Initiative, InitiativeId, Ladder, Link, LinkKind, Mitigation,
    Observable, Plan, PlanOption, Risk, RiskId, SlipProtocol, Task, TaskId, Team, TeamId, Work,
};
pub use estimate::Files;
pub use history::{Columns, History, LeftOut, read_history};
pub use options::{Combinations, Contradiction, MOST_COMBINATIONS, combinations, combined};
