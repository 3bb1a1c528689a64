//! Checkpoints: what they watch, when they look, and who says what to whom where they are missed.

use std::collections::HashSet;

use crate::diagnostic::Fault;
use crate::plan::build::Builder;
use crate::plan::domain::{
    Budget, BudgetId, BudgetKind, Checkpoint, Due, IncidentId, Initiative, InitiativeId, Link, Observable, TaskId, TeamId,
};
use crate::scenario::says::{self, By, Watched};
use crate::scenario::tree::At;

/// The code of the warning that nothing watches over a promise.
pub const NO_TRIGGER: &str = "no-trigger";

impl Builder<'_> {
    /// The checkpoints; `None` where one of them is faulty.
    pub(super) fn checkpoints(&mut self, budgets: Option<&[Budget]>) -> Option<Vec<Checkpoint>> {
        let written = &self.scenario.checkpoints;
        let planned: Vec<Checkpoint> = written
            .iter()
            .filter_map(|checkpoint| self.checkpoint(checkpoint, budgets))
            .collect();
        (planned.len() == written.len()).then_some(planned)
    }

    fn checkpoint(&mut self, checkpoint: &says::Checkpoint, budgets: Option<&[Budget]>) -> Option<Checkpoint> {
        let id = &checkpoint.id.value;
        let by = checkpoint.by.as_ref().and_then(|by| self.due(id, by));
        let (watched, name) = checkpoint.watches.as_ref()?;
        let scenario = self.scenario;
        let observable = match watched {
            Watched::Task => {
                let task = self.one_task(&format!("checkpoint `{id}` watches"), name)?;
                Observable::Done { task: TaskId(task) }
            }
            Watched::Incident => {
                let Some(class) = self.incidents.get(name.value.as_str()).copied() else {
                    self.no_such("incident", name, scenario.incidents.iter().map(|class| class.id.value.as_str()));
                    return None;
                };
                Observable::Incidents {
                    class: IncidentId(class),
                    at_most: checkpoint.limit? as u32,
                }
            }
            Watched::Team => {
                let Some(team) = self.teams.get(name.value.as_str()).copied() else {
                    self.no_such("team", name, scenario.teams.iter().map(|team| team.id.value.as_str()));
                    return None;
                };
                Observable::Engineers {
                    team: TeamId(team),
                    at_least: checkpoint.limit? as u32,
                }
            }
            Watched::Budget => {
                let Some(budget) = scenario.budgets.iter().position(|budget| budget.id.value == name.value) else {
                    self.no_such("budget", name, scenario.budgets.iter().map(|budget| budget.id.value.as_str()));
                    return None;
                };
                if budgets
                    .and_then(|budgets| budgets.get(budget))
                    .is_some_and(|budget| matches!(budget.kind, BudgetKind::Delivery { .. }))
                {
                    self.faults.add(
                        Fault::error(
                            "nothing-to-burn",
                            format!(
                                "checkpoint `{id}` watches `{}`, a delivery budget, of which nothing is burnt before the end",
                                name.value
                            ),
                        )
                        .at(&name.span)
                        .allowed("a reliability, security or cost budget")
                        .hint("watch a task instead: `task = \"launch.design\"` and `done_by = \"6w\"`"),
                    );
                    return None;
                }
                Observable::Burnt {
                    budget: BudgetId(budget),
                    at_most: checkpoint.limit?,
                }
            }
        };
        Some(Checkpoint {
            id: id.clone(),
            title: checkpoint.title.clone(),
            observable,
            by: by?,
            on_miss: checkpoint.on_miss.clone(),
        })
    }

    fn due(&mut self, id: &str, by: &At<By>) -> Option<Due> {
        let start = self.start?;
        let name = format!("checkpoint.{id}");
        match by.value {
            By::Date(date) => {
                if !self.plausible(&name, &At::new(date, by.span.clone())) {
                    return None;
                }
                if date < start {
                    self.faults.add(
                        Fault::error(
                            "checkpoint-before-start",
                            format!("`{name}`, {date}, lies before the start, {start}"),
                        )
                        .at(&by.span)
                        .hint("is the year right?"),
                    );
                    return None;
                }
                Some(Due {
                    time: self.calendar.evening_of(date),
                    clock: (date.days_since(start) + 1) as f64,
                    date,
                })
            }
            By::Weeks(weeks) => {
                let date = start.plus_days(i64::from(weeks) * 7 - 1).unwrap_or(start);
                if !self.plausible(&name, &At::new(date, by.span.clone())) {
                    return None;
                }
                let time = self.calendar.weeks_after_start(i64::from(weeks));
                Some(Due {
                    time,
                    clock: f64::from(weeks) * 7.0,
                    // The last working day of those weeks: nobody looks on a Sunday.
                    date: self.calendar.date_of(time).unwrap_or(date),
                })
            }
        }
    }

    /// A promise that nothing watches over: nobody has agreed who says what to whom where it slips.
    pub(super) fn check_triggers(
        &mut self,
        initiatives: &[Initiative],
        checkpoints: &[Checkpoint],
        budgets: &[Budget],
        links: &[Vec<Link>],
    ) {
        for (index, initiative) in initiatives.iter().enumerate() {
            let Some(promise) = self.scenario.initiatives.get(index).and_then(|says| says.commitments.first()) else {
                continue;
            };
            let tasks = Watching::of(index, initiative, |task| links.get(task.0).map_or(&[] as &[Link], Vec::as_slice));
            let mut watching = checkpoints
                .iter()
                .filter(|checkpoint| tasks.watches(checkpoint, budgets))
                .peekable();
            let message = if watching.peek().is_none() {
                format!("no checkpoint watches over the promise of `{}`", initiative.id)
            } else if watching.all(|checkpoint| checkpoint.on_miss.is_none()) {
                format!("no checkpoint of `{}` says who tells whom where it is missed", initiative.id)
            } else {
                continue;
            };
            self.faults.add(
                Fault::warning(NO_TRIGGER, message)
                    .at(&promise.date.span)
                    .label("who says what to whom, and when, if this slips?")
                    .hint("add a `[checkpoint.…]` with `on_miss = { who = \"CTO\", tells = \"CEO\", within = \"2d\" }`; `sim run` recommends some"),
            );
        }
    }
}

/// What can watch over the promises of an initiative.
pub(super) struct Watching {
    initiative: InitiativeId,
    /// Its tasks and all that they wait for.
    tasks: HashSet<TaskId>,
}

impl Watching {
    /// The initiative of this place among those of the plan; `links` are those of a task to its predecessors.
    pub(super) fn of<'l>(index: usize, initiative: &Initiative, links: impl Fn(TaskId) -> &'l [Link]) -> Self {
        let mut tasks = HashSet::new();
        let mut open: Vec<TaskId> = initiative.tasks.clone();
        while let Some(task) = open.pop() {
            if tasks.insert(task) {
                open.extend(links(task).iter().map(|link| link.predecessor));
            }
        }
        Self {
            initiative: InitiativeId(index),
            tasks,
        }
    }

    /// Whether a checkpoint looks at something that the promises wait for. Incidents, people and budgets concern everybody.
    pub(super) fn watches(&self, checkpoint: &Checkpoint, budgets: &[Budget]) -> bool {
        match checkpoint.observable {
            Observable::Done { task } => self.tasks.contains(&task),
            Observable::Incidents { .. } | Observable::Engineers { .. } => true,
            Observable::Burnt { budget, .. } => match budgets.get(budget.0).map(|budget| &budget.kind) {
                Some(BudgetKind::Security { initiative, .. }) => *initiative == self.initiative,
                _ => true,
            },
        }
    }
}
