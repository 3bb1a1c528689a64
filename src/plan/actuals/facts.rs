//! The facts as the engine conditions on them. Valid by construction: see each field.

use crate::calendar::Date;
use crate::plan::domain::{FlowId, Plan};
use crate::units::WorkDays;

/// What has happened up to the morning of a date. Every list is by the ids of the plan that it was read with, the one in which what
/// was dropped is gone and what was added is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Actuals {
    /// The date up to which everything is known, that day itself not included.
    pub date: Date,
    /// Its morning: whole working days since the morning of the start, at least 0.
    pub as_of: WorkDays,
    /// By [`crate::plan::TaskId`]; `None` has not started.
    pub tasks: Vec<Option<TaskActual>>,
    /// People employed on the morning of the date, present or not, by [`crate::plan::TeamId`]; `None` where nothing is said.
    pub teams: Vec<Option<u32>>,
    /// By [`crate::plan::IncidentId`]; `None` where nothing is said.
    pub incidents: Vec<Option<IncidentActual>>,
    /// By [`crate::plan::FindingId`]; `None` where nothing is said.
    pub findings: Vec<Option<FindingActual>>,
    /// By [`crate::plan::RiskId`].
    pub risks: Vec<RiskActual>,
}

/// A task that has begun.
///
/// Times are those of company working days. Work on a free day is put to the nearest working time: a start on a Saturday is the
/// next working morning, a finish on a Saturday the evening of the last working day before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaskActual {
    /// The morning of the day on which it began: whole, from 0 to [`Actuals::as_of`].
    pub started: WorkDays,
    /// The evening of the day on which it ended: whole, from `started` to [`Actuals::as_of`]; `None` while it runs. As a date states
    /// it, the end lies in the working day before this evening. Equal to `started` only where all of it was done on free days.
    pub finished: Option<WorkDays>,
    /// Engineer-days of work so far, above 0; never for a duration.
    pub spent: Option<f64>,
    /// Estimated share of the work that is done, 0 to 100; 100 or `None` where it is finished.
    pub percent: Option<f64>,
    /// Whether what happened lies outside of everything that the estimate can give (one fixed number, a bounded shape), so that
    /// nothing can be learnt from it.
    pub outside_estimate: bool,
}

/// Incidents of one class since the start.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentActual {
    /// How many arrived, whatever caused them.
    pub count: u32,
    /// The count by calendar quarter, from that of the start through that of the date; they add up to `count`. `None` where only
    /// the sum is known.
    pub per_quarter: Option<Vec<u32>>,
    /// What customers felt; `None` where nothing is said.
    pub customer_minutes: Option<CustomerMinutes>,
}

/// Customer-minutes of downtime since the start.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerMinutes {
    /// The flow of the class.
    pub flow: FlowId,
    /// By calendar quarter, from that of the start through that of the date, each at least 0.
    pub per_quarter: Vec<f64>,
    /// Whether only the sum was given and several quarters have begun, so that it is spread over them by their calendar days.
    pub is_spread: bool,
}

/// Security findings of one class since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingActual {
    /// How many were found.
    pub found: u32,
    /// How many of them are not fixed yet, at most `found`; `None` where nothing is said.
    pub open: Option<u32>,
}

/// What became of a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskActual {
    /// Nothing is said: it may have happened already.
    Unreported,
    /// It happened, and touches what it touches.
    Happened,
    /// It did not happen and cannot any more.
    Retired,
    /// It happened, and touches nothing that has not begun.
    HappenedAndRetired,
    /// It has not happened so far, and may yet.
    Open,
}

impl RiskActual {
    /// Whether it is known to have happened.
    #[must_use]
    pub const fn has_happened(self) -> bool {
        matches!(self, Self::Happened | Self::HappenedAndRetired)
    }
}

impl Actuals {
    /// Nothing but the date: no task has begun, and nothing is said of anything else. `date` is not before the start.
    #[must_use]
    pub fn nothing(plan: &Plan, date: Date) -> Self {
        Self {
            date,
            as_of: plan.calendar.morning_of(date),
            tasks: vec![None; plan.tasks.len()],
            teams: vec![None; plan.teams.len()],
            incidents: vec![None; plan.incidents.len()],
            findings: vec![None; plan.findings.len()],
            risks: vec![RiskActual::Unreported; plan.risks.len()],
        }
    }

    /// Customer-minutes that a flow has lost in each calendar quarter, from that of the start through that of the date, over all
    /// classes that say so; empty where none does. What was burnt before the start comes on top.
    #[must_use]
    pub fn customer_minutes(&self, flow: FlowId) -> Vec<f64> {
        let mut sum: Vec<f64> = Vec::new();
        let felt = self.incidents.iter().flatten().filter_map(|class| class.customer_minutes.as_ref());
        for minutes in felt.filter(|minutes| minutes.flow == flow) {
            sum.resize(sum.len().max(minutes.per_quarter.len()), 0.0);
            for (sum, minutes) in sum.iter_mut().zip(&minutes.per_quarter) {
                *sum += minutes;
            }
        }
        sum
    }

    /// The same facts by the ids of another plan: those of what it does not have are left out, dates are put into its calendar.
    #[must_use]
    pub fn carried(&self, from: &Plan, to: &Plan) -> Self {
        let is_same_calendar = from.calendar == to.calendar;
        let morning = |time: WorkDays| match from.calendar.date_of(WorkDays::new(time.days() + 0.5)) {
            Some(date) if !is_same_calendar => WorkDays::new(to.calendar.morning_of(date).days().max(0.0)),
            _ => time,
        };
        let evening = |time: WorkDays| match from.calendar.date_of(time) {
            Some(date) if !is_same_calendar => WorkDays::new(to.calendar.evening_of(date).days().max(0.0)),
            _ => time,
        };
        let date = self.date.max(to.calendar.start());
        let as_of = to.calendar.morning_of(date);
        let task = |id: &String| {
            let index = from.tasks.iter().position(|task| task.id == *id)?;
            let task = (*self.tasks.get(index)?)?;
            let started = WorkDays::new(morning(task.started).days().min(as_of.days()));
            Some(TaskActual {
                started,
                finished: task
                    .finished
                    .map(|finished| WorkDays::new(evening(finished).days().clamp(started.days(), as_of.days().max(started.days())))),
                ..task
            })
        };
        let flow = |flow: FlowId| {
            let id = &from.flows.get(flow.0)?.id;
            to.flows.iter().position(|flow| flow.id == *id).map(FlowId)
        };
        // Quarters are those of the calendar from the start: with another start they cannot be carried.
        let is_same_start = from.calendar.start() == to.calendar.start();
        let incident = |id: &String| {
            let index = from.incidents.iter().position(|class| class.id == *id)?;
            let told = self.incidents.get(index)?.clone()?;
            Some(IncidentActual {
                per_quarter: told.per_quarter.filter(|_| is_same_start),
                customer_minutes: told.customer_minutes.filter(|_| is_same_start).and_then(|minutes| {
                    Some(CustomerMinutes {
                        flow: flow(minutes.flow)?,
                        ..minutes
                    })
                }),
                ..told
            })
        };
        let place = |known: Option<usize>| known.unwrap_or(usize::MAX);
        Self {
            date,
            as_of,
            tasks: to.tasks.iter().map(|other| task(&other.id)).collect(),
            teams: to
                .teams
                .iter()
                .map(|other| *self.teams.get(place(from.teams.iter().position(|team| team.id == other.id)))?)
                .collect(),
            incidents: to.incidents.iter().map(|other| incident(&other.id)).collect(),
            findings: to
                .findings
                .iter()
                .map(|other| {
                    *self
                        .findings
                        .get(place(from.findings.iter().position(|class| class.id == other.id)))?
                })
                .collect(),
            risks: to
                .risks
                .iter()
                .map(|other| {
                    let known = self.risks.get(place(from.risks.iter().position(|risk| risk.id == other.id)));
                    known.copied().unwrap_or(RiskActual::Unreported)
                })
                .collect(),
        }
    }
}
