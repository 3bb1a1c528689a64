//! What has really happened: the facts of a checkpoint week, checked against the plan.

mod facts;

pub use facts::{Actuals, CustomerMinutes, FindingActual, IncidentActual, RiskActual, TaskActual};
