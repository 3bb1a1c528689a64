//! The plan as understood, on paper: when each task would be worked on and which chain sets the date.

use super::forecast::Moment;
use super::horizon::Horizon;
use crate::engine::{Landmarks, Scheduled};
use crate::plan::{Link, LinkKind, Plan, Task, TaskId};
use crate::units::{WorkDays, to_tick};

/// The plan on paper: likely estimates, no risk, no overrun.
#[derive(Debug, Clone)]
pub struct Understanding {
    /// How far budgets look.
    pub horizon: Horizon,
    /// When each task of the plan would start and finish.
    pub tasks: Vec<PaperTask>,
    /// For each initiative the chain that sets its date, first task first.
    pub critical_paths: Vec<Vec<Step>>,
}

/// A task on paper.
#[derive(Debug, Clone, Copy)]
pub struct PaperTask {
    /// The first day on which it is worked on.
    pub start: Moment,
    /// The evening on which it is done.
    pub finish: Moment,
}

/// A task of the chain that sets a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The task.
    pub task: TaskId,
    /// What it waited for.
    pub waited_for: WaitedFor,
}

/// What held a task back until it began, or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitedFor {
    /// Nothing: it begins the chain.
    Nothing,
    /// Its `not_before`.
    ItsDate,
    /// The link to the step before.
    Link,
    /// The people of the step before.
    People,
}

/// Works out the plan on paper.
#[must_use]
pub fn understand(plan: &Plan, horizon: Horizon, landmarks: &Landmarks) -> Understanding {
    let calendar = &plan.calendar;
    let moment = |days: f64, date_of: f64| Moment {
        date: calendar.date_of(WorkDays::new(date_of)),
        working_days: WorkDays::new(days),
    };
    let tasks = landmarks.schedule.iter().map(|task| PaperTask {
        // Work that starts on the evening of a day is shown on the next.
        start: moment(
            task.start,
            if task.finish > task.start {
                task.start.floor() + 1.0
            } else {
                task.start
            },
        ),
        finish: moment(task.finish, task.finish),
    });
    let critical_paths = plan
        .initiatives
        .iter()
        .map(|initiative| critical_path(plan, &landmarks.schedule, &initiative.tasks));
    Understanding {
        horizon,
        tasks: tasks.collect(),
        critical_paths: critical_paths.collect(),
    }
}

/// Walks back from the task that finishes last to whatever each task waited for.
fn critical_path(plan: &Plan, schedule: &[Scheduled], tasks: &[TaskId]) -> Vec<Step> {
    let Some(mut task) = tasks
        .iter()
        .copied()
        .max_by(|a, b| schedule[a.0].finish.total_cmp(&schedule[b.0].finish).then(b.cmp(a)))
    else {
        return vec![];
    };
    let mut path = vec![];
    // Each step goes to a task that began or ended no later; a bound keeps ties between tasks of no length from going round.
    while path.len() <= plan.tasks.len() {
        let (waited_for, before) = cause(plan, schedule, task);
        path.push(Step { task, waited_for });
        match before {
            Some(before) if !path.iter().any(|step| step.task == before) => task = before,
            _ => break,
        }
    }
    path.reverse();
    path
}

fn cause(plan: &Plan, schedule: &[Scheduled], id: TaskId) -> (WaitedFor, Option<TaskId>) {
    let (task, own) = (&plan.tasks[id.0], schedule[id.0]);
    let binds = |link: &&Link| {
        let before = schedule[link.predecessor.0];
        let lag = to_tick(link.lag.as_ref().map_or(0.0, |lag| lag.likely));
        match link.kind {
            LinkKind::FinishStart => (before.finish + lag).max(before.start) == own.start,
            LinkKind::StartStart => before.start + lag.max(0.0) == own.start,
            LinkKind::FinishFinish => own.finish > own.start && (before.finish + lag).max(before.start) == own.finish,
            LinkKind::StartFinish => own.finish > own.start && before.start + lag.max(0.0) == own.finish,
        }
    };
    if let Some(link) = task.links.iter().find(binds) {
        return (WaitedFor::Link, Some(link.predecessor));
    }
    if task.not_before.is_some_and(|date| date.days() == own.start) {
        return (WaitedFor::ItsDate, None);
    }
    let freed_its_people = |other: &usize| schedule[*other].finish == own.start && *other != id.0 && shares_team(task, &plan.tasks[*other]);
    match (0..plan.tasks.len()).find(freed_its_people) {
        Some(other) if own.start > 0.0 => (WaitedFor::People, Some(TaskId(other))),
        _ => (WaitedFor::Nothing, None),
    }
}

fn shares_team(a: &Task, b: &Task) -> bool {
    a.work.teams().any(|team| b.work.teams().any(|other| other == team))
}
