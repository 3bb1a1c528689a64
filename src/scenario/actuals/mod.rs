//! What has really happened, as somebody wrote it down at a checkpoint week: a file of its own beside the scenario.
//!
//! | file | subject |
//! |---|---|
//! | `sections` | the same as TOML: which keys each section has |
//! | `tracker` | the tasks as a tracker exports them, CSV |
//! | `dates` | dates and times as trackers write them |
//! | `changed` | the scenario with tasks dropped and added, and faults led back to the file that makes them |
//!
//! Whether it fits the plan (names, contradictions, what is hardly possible) is for [`crate::plan`].

mod changed;
mod dates;
mod sections;
mod tracker;

use std::sync::Arc;

use crate::calendar::Date;
use crate::diagnostic::{Fault, Source};
use crate::scenario::tree::{self, At, Entry, Span, Table};

pub use changed::{Changed, Seam, changed, changed_tree};

/// Everything that a file of actuals says, each value with its place.
#[derive(Debug, Clone)]
pub struct ActualsText {
    /// The text.
    pub source: Arc<Source>,
    /// What is wrong with the text by itself.
    pub faults: Vec<Fault>,
    /// False where a fault of the syntax may have hidden parts of the text.
    pub complete: bool,
    /// The date up to which everything is known, that day itself not included.
    pub as_of: Option<At<Date>>,
    /// Whether `as_of` is given, rightly or wrongly.
    pub has_as_of: bool,
    /// `[task.…]`, or the rows of a CSV.
    pub tasks: Vec<TaskText>,
    /// `[team.…]`: engineers now.
    pub teams: Vec<(At<String>, Option<At<u32>>)>,
    /// `[incident.…]`.
    pub incidents: Vec<IncidentText>,
    /// `[finding.…]`.
    pub findings: Vec<FindingText>,
    /// `[risk.…]`.
    pub risks: Vec<RiskText>,
    /// `[plan]`: what else has changed about the plan, in the shape of an option; empty where nothing has.
    pub plan: Table,
}

/// A task, or a row of a CSV.
#[derive(Debug, Clone)]
pub struct TaskText {
    /// `initiative.task`, or the name of an initiative that is one estimate.
    pub id: At<String>,
    /// The day on which it began.
    pub started: Option<At<Date>>,
    /// The day on which it ended.
    pub finished: Option<At<Date>>,
    /// Engineer-days, above 0.
    pub spent: Option<At<f64>>,
    /// 0 to 100.
    pub percent: Option<At<f64>>,
    /// Where it says that the task has not started.
    pub not_started: Option<Span>,
    /// Where it says that the task is not done any more.
    pub dropped: Option<Span>,
    /// What is done that the scenario does not have.
    pub added: Option<AddedText>,
    /// Whether something of it is faulty, so that nothing can be said about what it lacks.
    pub incomplete: bool,
}

/// A task that the scenario does not have.
#[derive(Debug, Clone)]
pub struct AddedText {
    /// The key and what it holds, as in a scenario, without `before`.
    pub entry: Entry,
    /// What comes after it.
    pub before: Vec<At<String>>,
}

/// A number since the start, as a sum or by calendar quarters.
#[derive(Debug, Clone)]
pub enum Amount {
    /// The sum.
    Sum(At<f64>),
    /// By quarter, each named by four times the year plus 0 to 3.
    ByQuarter(Vec<(At<u32>, At<f64>)>),
}

/// `[incident.…]`.
#[derive(Debug, Clone)]
pub struct IncidentText {
    /// Its class.
    pub id: At<String>,
    /// How many arrived: whole numbers.
    pub count: Option<Amount>,
    /// What customers felt, by flow.
    pub customer_minutes: Vec<(At<String>, Amount)>,
    /// Whether something of it is faulty.
    pub incomplete: bool,
}

/// `[finding.…]`.
#[derive(Debug, Clone)]
pub struct FindingText {
    /// Its class.
    pub id: At<String>,
    /// How many were found.
    pub found: Option<At<u32>>,
    /// How many of them are open.
    pub open: Option<At<u32>>,
}

/// `[risk.…]`.
#[derive(Debug, Clone)]
pub struct RiskText {
    /// Its name.
    pub id: At<String>,
    /// Whether it happened.
    pub happened: Option<At<bool>>,
    /// Whether it is over.
    pub retired: Option<At<bool>>,
    /// Whether it has not happened so far and may yet.
    pub open: Option<At<bool>>,
    /// Whether something of it is faulty.
    pub incomplete: bool,
}

/// Reads a file of actuals: CSV where its name ends so, TOML otherwise. `path` is what the user calls it.
///
/// # Errors
/// Where the bytes are no text at all. The faults of a text stand in [`ActualsText::faults`].
pub fn read(path: &str, bytes: Vec<u8>) -> Result<ActualsText, Vec<Fault>> {
    let source = tree::decode(path, bytes).map_err(|fault| vec![*fault])?;
    let name = path.to_lowercase();
    Ok(if name.ends_with(".csv") || name.ends_with(".tsv") {
        tracker::read(&source)
    } else {
        let parsed = tree::parse(&source);
        sections::read(&source, &parsed.root, parsed.complete, parsed.faults)
    })
}

impl ActualsText {
    /// Whether a task is one that the text adds, by its own table or by `[plan]`.
    #[must_use]
    pub fn adds(&self, task: &TaskText) -> bool {
        let (initiative, name) = task.id.value.split_once('.').unwrap_or((&task.id.value, ""));
        let changed = self.plan.table("initiative").and_then(|initiatives| initiatives.table(initiative));
        let is_in_plan =
            changed.is_some_and(|changed| name.is_empty() || changed.table("task").is_some_and(|tasks| tasks.get(name).is_some()));
        task.added.is_some() || is_in_plan
    }

    /// Nothing of a text.
    fn of(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            faults: Vec::new(),
            complete: true,
            as_of: None,
            has_as_of: false,
            tasks: Vec::new(),
            teams: Vec::new(),
            incidents: Vec::new(),
            findings: Vec::new(),
            risks: Vec::new(),
            plan: Table::default(),
        }
    }
}

impl TaskText {
    /// Nothing but the name.
    const fn of(id: At<String>) -> Self {
        Self {
            id,
            started: None,
            finished: None,
            spent: None,
            percent: None,
            not_started: None,
            dropped: None,
            added: None,
            incomplete: false,
        }
    }

    /// Whether it says that the task has begun, rightly or wrongly.
    #[must_use]
    pub const fn tells_of_work(&self) -> bool {
        self.started.is_some() || self.finished.is_some() || self.spent.is_some()
    }
}
