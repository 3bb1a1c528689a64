//! Names → ids, dates → working time, and everything that cannot be.

use std::collections::HashMap;

use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::plan::actuals::facts::{Actuals, FindingActual, RiskActual, TaskActual};
use crate::plan::actuals::outside::{is_outside, touched};
use crate::plan::build::{MOST_YEARS, list};
use crate::plan::domain::{Plan, TaskId, Work};
use crate::scenario::actuals::{ActualsText, RiskText, TaskText};
use crate::scenario::reader::{Faults, suggest};
use crate::scenario::tree::At;
use crate::units::WorkDays;

/// The facts, and what is wrong with them.
pub(super) struct Resolved {
    /// `None` where the date up to which they hold is not known.
    pub(super) actuals: Option<Actuals>,
    pub(super) faults: Vec<Fault>,
}

pub(super) struct Resolver<'a> {
    pub(super) text: &'a ActualsText,
    pub(super) plan: &'a Plan,
    pub(super) faults: Faults,
    /// The date, where it is one on which something can be known.
    pub(super) as_of: Option<Date>,
}

/// Reads the facts. Where the change of the plan `is_broken`, names that it would make are passed over.
pub(super) fn resolve(text: &ActualsText, plan: &Plan, as_of: Option<Date>, is_broken: bool) -> Resolved {
    let mut resolver = Resolver {
        text,
        plan,
        faults: Faults::new(&text.source),
        as_of: None,
    };
    resolver.as_of = resolver.date(as_of);
    let risks = resolver.risks();
    let tasks = resolver.tasks(&risks, is_broken);
    let teams = resolver.teams();
    let incidents = resolver.incidents();
    let findings = resolver.findings();
    let actuals = resolver.as_of.map(|date| {
        let mut actuals = Actuals {
            tasks,
            teams,
            incidents,
            findings,
            risks,
            ..Actuals::nothing(plan, date)
        };
        let touched = touched(plan, &actuals.risks);
        for index in 0..actuals.tasks.len() {
            let outside = is_outside(plan, &actuals, &touched, TaskId(index));
            if let Some(Some(task)) = actuals.tasks.get_mut(index) {
                task.outside_estimate = outside.is_some();
            }
        }
        actuals
    });
    Resolved {
        actuals,
        faults: resolver.faults.list,
    }
}

/// The best guess at which task was meant.
pub(super) fn near_task(plan: &Plan, name: &str, faults: &Faults) -> Option<String> {
    if !faults.are_few() {
        return None;
    }
    let local = |id: &'_ str| id.rsplit('.').next().unwrap_or_default().to_owned();
    if let Some(task) = plan.tasks.iter().find(|task| local(&task.id) == local(name)) {
        return Some(format!("did you mean \"{}\"?", task.id));
    }
    if plan.initiatives.iter().any(|initiative| initiative.id == name) {
        let of_it = plan.tasks.iter().find(|task| task.id.split('.').next() == Some(name));
        return of_it.map(|task| format!("name one of its tasks, such as \"{}\"", task.id));
    }
    let near = suggest(name, plan.tasks.iter().map(|task| task.id.as_str()));
    near.map(|near| format!("did you mean \"{near}\"?"))
}

impl Resolver<'_> {
    /// The date up to which everything is known.
    fn date(&mut self, argument: Option<Date>) -> Option<Date> {
        let start = self.plan.calendar.start();
        let written = self.text.as_of.as_ref();
        if let (Some(written), Some(argument)) = (written, argument)
            && written.value != argument
        {
            self.faults.add(
                Fault::error(
                    "contradiction",
                    format!("the file is as of {}, but --as-of says {argument}", written.value),
                )
                .at(&written.span)
                .hint("leave one of the two out"),
            );
        }
        let Some(date) = written.map(|at| at.value).or(argument) else {
            if !self.text.has_as_of {
                self.faults.add(
                    Fault::error("missing-as-of", "it is not said up to which day everything is known")
                        .at(&(0..0))
                        .hint("add `as_of = 2026-02-16` to a TOML file, or `--as-of 2026-02-16` to the command: the morning of that day"),
                );
            }
            return None;
        };
        let at = written.map_or(0..0, |at| at.span.clone());
        let fault = if date < start {
            Fault::error(
                "as-of-before-start",
                format!("as of {date} the plan has not begun: it starts on {start}"),
            )
            .allowed(format!("a date on or after {start}"))
            .hint("is the year right?")
        } else if date.days_since(start) > MOST_YEARS * 366 {
            Fault::error("absurd-date", format!("as of {date} is decades after the start, {start}"))
                .allowed(format!("dates up to {MOST_YEARS} years after the start"))
        } else if let Some(horizon) = self.plan.horizon.filter(|horizon| date > *horizon) {
            Fault::error("as-of-beyond-horizon", format!("as of {date} lies beyond the horizon, {horizon}"))
                .allowed(format!("a date up to {horizon}"))
                .hint("set a later `horizon` in the scenario")
        } else {
            return Some(date);
        };
        self.faults.add(fault.at(&at));
        None
    }

    fn tasks(&mut self, risks: &[RiskActual], is_broken: bool) -> Vec<Option<TaskActual>> {
        let plan = self.plan;
        let ids: HashMap<&str, usize> = plan
            .tasks
            .iter()
            .enumerate()
            .map(|(index, task)| (task.id.as_str(), index))
            .collect();
        let mut seen: HashMap<&str, &At<String>> = HashMap::new();
        let mut facts = vec![None; plan.tasks.len()];
        for task in &self.text.tasks {
            if let Some(first) = seen.insert(&task.id.value, &task.id) {
                self.faults.add(
                    Fault::error("task-twice", format!("task `{}` is told of twice", task.id.value))
                        .at(&task.id.span)
                        .related(&first.span, "the first")
                        .hint("keep one of the two"),
                );
                continue;
            }
            if task.dropped.is_some() {
                continue;
            }
            let Some(&index) = ids.get(task.id.value.as_str()) else {
                if !(is_broken && self.text.adds(task)) {
                    let hint = near_task(plan, &task.id.value, &self.faults);
                    self.faults.add(
                        Fault::error("unknown-reference", format!("there is no task `{}`", task.id.value))
                            .at(&task.id.span)
                            .label("no such name")
                            .allowed("a task as initiative.task, or an initiative that is one estimate")
                            .hint("for one that the scenario does not have, add `added = { effort = … }` under its name")
                            .maybe_hint(hint),
                    );
                }
                continue;
            };
            let fact = self.task(task, TaskId(index), risks);
            if let Some(place) = facts.get_mut(index) {
                *place = fact;
            }
        }
        facts
    }

    fn task(&mut self, task: &TaskText, id: TaskId, risks: &[RiskActual]) -> Option<TaskActual> {
        let name = &task.id.value;
        let planned = self.plan.tasks.get(id.0)?;
        let before = self.faults.list.len();
        if let Some(not_started) = &task.not_started
            && let Some(place) = first_told(task)
        {
            self.faults.add(
                Fault::error("contradiction", format!("task `{name}` has not started, and has"))
                    .at(&place)
                    .related(not_started, "not started")
                    .hint("which of the two is right?"),
            );
            return None;
        }
        if task.started.is_none() {
            self.not_started(task);
            return None;
        }
        self.check_dates(task);
        if let (Some(percent), Some(finished)) = (task.percent.as_ref().filter(|at| at.value != 100.0), &task.finished) {
            self.faults.add(
                Fault::error(
                    "contradiction",
                    format!("task `{name}` has finished, with {} % of it done", percent.value),
                )
                .at(&percent.span)
                .related(&finished.span, "finished")
                .hint("leave `percent` out: what has finished is done"),
            );
        }
        if let (Some(spent), Work::Duration { .. }) = (&task.spent, &planned.work) {
            self.faults.add(
                Fault::error(
                    "spent-on-a-duration",
                    format!("task `{name}` is a duration: it takes its time, whoever works on it"),
                )
                .at(&spent.span)
                .hint("leave `spent` out; its dates say how long it took"),
            );
        }
        if let Some(risk) = planned.only_if
            && !risks.get(risk.0).is_some_and(|actual| actual.has_happened())
        {
            let risk = self.plan.risks.get(risk.0).map_or("", |risk| &risk.id);
            self.faults.add(
                Fault::error(
                    "contradiction",
                    format!("task `{name}` has begun, which is there only if the risk `{risk}` happened"),
                )
                .at(&task.id.span)
                .hint(format!("add `[risk.{risk}]` with `happened = true`")),
            );
        }
        if self.faults.list.len() > before {
            return None;
        }
        let calendar = &self.plan.calendar;
        let started = calendar.morning_of(task.started.as_ref()?.value);
        // What began before the plan is taken to have begun with it.
        let started = if started < WorkDays::ZERO { WorkDays::ZERO } else { started };
        let finished = task.finished.as_ref().map(|at| calendar.evening_of(at.value));
        Some(TaskActual {
            started,
            // Done altogether on free days: it took no working time.
            finished: finished.map(|finished| if finished < started { started } else { finished }),
            spent: task.spent.as_ref().map(|at| at.value),
            percent: task.percent.as_ref().map(|at| at.value),
            outside_estimate: false,
        })
    }

    /// Checks a task that does not say when it started.
    fn not_started(&mut self, task: &TaskText) {
        if task.incomplete || task.not_started.is_some() {
            return;
        }
        let name = &task.id.value;
        let told = task.spent.as_ref().map(|at| (&at.span, "spent"));
        let told = told.or(task.percent.as_ref().filter(|at| at.value > 0.0).map(|at| (&at.span, "percent")));
        let fault = if let Some(finished) = &task.finished {
            Fault::error(
                "finished-without-start",
                format!("task `{name}` has finished, but it is not said when it started"),
            )
            .at(&finished.span)
            .hint("add `started = …`; where nobody knows, the day from which people were on it")
        } else if let Some((place, key)) = told {
            Fault::error("not-started", format!("task `{name}` has `{key}`, but has not started"))
                .at(place)
                .hint("add `started = …`, or leave it out")
        } else if task.added.is_none() && task.percent.is_none() {
            Fault::error("says-nothing", format!("nothing is said of task `{name}`"))
                .at(&task.id.span)
                .allowed("started, finished, spent, percent, not_started, dropped, added")
                .hint("leave it out, or write `not_started = true`")
        } else {
            return;
        };
        self.faults.add(fault);
    }

    fn check_dates(&mut self, task: &TaskText) {
        let name = &task.id.value;
        let Some(started) = &task.started else { return };
        let start = self.plan.calendar.start();
        let mut found = Vec::new();
        if let Some(finished) = &task.finished {
            if finished.value < started.value {
                found.push(
                    Fault::error(
                        "finished-before-start",
                        format!(
                            "task `{name}` finished on {}, before it started on {}",
                            finished.value, started.value
                        ),
                    )
                    .at(&finished.span)
                    .related(&started.span, "started")
                    .hint("are the two exchanged, or is a year wrong?"),
                );
            } else if finished.value < start {
                found.push(
                    Fault::error(
                        "finished-before-the-plan",
                        format!("task `{name}` finished on {}, before the plan begins on {start}", finished.value),
                    )
                    .at(&finished.span)
                    .allowed(format!("a date on or after {start}"))
                    .hint("write `dropped = true`: it is no work of this plan"),
                );
            }
        }
        if let Some(as_of) = self.as_of {
            let hint = format!("known is what happened before the morning of {as_of}; is `as_of` right?");
            if started.value > as_of {
                found.push(
                    Fault::error("after-as-of", format!("task `{name}` started on {}, after {as_of}", started.value))
                        .at(&started.span)
                        .allowed(format!("a date up to {as_of}"))
                        .hint(&hint),
                );
            }
            if let Some(finished) = task.finished.as_ref().filter(|finished| finished.value >= as_of) {
                let hint = if finished.value == as_of {
                    "`as_of` means the morning: make it a day later to have that day in it"
                } else {
                    &hint
                };
                found.push(
                    Fault::error(
                        "after-as-of",
                        format!(
                            "task `{name}` finished on {}, but things are known up to the morning of {as_of}",
                            finished.value
                        ),
                    )
                    .at(&finished.span)
                    .allowed(format!("a date before {as_of}"))
                    .hint(hint),
                );
            }
        }
        for fault in found {
            self.faults.add(fault);
        }
    }

    fn teams(&mut self) -> Vec<Option<u32>> {
        let mut facts = vec![None; self.plan.teams.len()];
        for (id, engineers) in &self.text.teams {
            let index = self.known("team", id, self.plan.teams.iter().map(|team| team.id.as_str()));
            if let Some(fact) = index.and_then(|index| facts.get_mut(index)) {
                *fact = engineers.as_ref().map(|at| at.value);
            }
        }
        facts
    }

    fn findings(&mut self) -> Vec<Option<FindingActual>> {
        let mut facts = vec![None; self.plan.findings.len()];
        for finding in &self.text.findings {
            let index = self.known("finding", &finding.id, self.plan.findings.iter().map(|class| class.id.as_str()));
            let Some(found) = &finding.found else { continue };
            if let Some(open) = finding.open.as_ref().filter(|open| open.value > found.value) {
                self.faults.add(
                    Fault::error(
                        "contradiction",
                        format!(
                            "{} findings of class `{}` are open, of {} found",
                            open.value, finding.id.value, found.value
                        ),
                    )
                    .at(&open.span)
                    .related(&found.span, "found since the start")
                    .allowed(format!("a whole number from 0 to {}", found.value))
                    .hint("`found` counts all since the start, those that are fixed too"),
                );
                continue;
            }
            if let Some(fact) = index.and_then(|index| facts.get_mut(index)) {
                *fact = Some(FindingActual {
                    found: found.value,
                    open: finding.open.as_ref().map(|at| at.value),
                });
            }
        }
        facts
    }

    fn risks(&mut self) -> Vec<RiskActual> {
        let mut facts = vec![RiskActual::Unreported; self.plan.risks.len()];
        for risk in &self.text.risks {
            let index = self.known("risk", &risk.id, self.plan.risks.iter().map(|risk| risk.id.as_str()));
            let actual = self.risk(risk);
            if let (Some(actual), Some(fact)) = (actual, index.and_then(|index| facts.get_mut(index))) {
                *fact = actual;
            }
        }
        facts
    }

    fn risk(&mut self, risk: &RiskText) -> Option<RiskActual> {
        if risk.incomplete {
            return None;
        }
        let says = |flag: &Option<At<bool>>| flag.as_ref().map(|at| at.value);
        if let (Some(open), Some(other)) = (
            risk.open.as_ref().filter(|at| at.value),
            [&risk.happened, &risk.retired].into_iter().flatten().find(|at| at.value),
        ) {
            self.faults.add(
                Fault::error("contradiction", format!("risk `{}` is open, and is not", risk.id.value))
                    .at(&open.span)
                    .related(&other.span, "so it is not open")
                    .allowed("`happened = true`, `retired = true`, both, or `open = true` alone")
                    .hint("open is what has not happened so far and may yet"),
            );
            return None;
        }
        match (says(&risk.happened), says(&risk.retired), says(&risk.open)) {
            (Some(true), Some(true), _) => Some(RiskActual::HappenedAndRetired),
            (Some(true), ..) => Some(RiskActual::Happened),
            (_, Some(true), _) => Some(RiskActual::Retired),
            (Some(false), ..) | (.., Some(true)) => Some(RiskActual::Open),
            _ => {
                self.faults.add(
                    Fault::error("says-nothing", format!("it is not said what became of risk `{}`", risk.id.value))
                        .at(&risk.id.span)
                        .allowed("`happened = true`, `retired = true`, both, or `open = true`")
                        .hint("leave it out where nobody knows"),
                );
                None
            }
        }
    }

    /// The place of a name in its list; a fault where nothing bears it.
    pub(super) fn known<'n>(&mut self, what: &str, name: &At<String>, all: impl Iterator<Item = &'n str> + Clone) -> Option<usize> {
        let found = all.clone().position(|known| known == name.value);
        if found.is_none() {
            let near = suggest(&name.value, all.clone().filter(|_| self.faults.are_few()));
            let known = list(all);
            let fault = Fault::error("unknown-reference", format!("there is no {what} `{}`", name.value))
                .at(&name.span)
                .label("no such name")
                .maybe_hint(near.map(|near| format!("did you mean `{near}`?")));
            self.faults.add(if known.is_empty() {
                fault.hint(format!("the scenario has no `[{what}.…]`: take this out"))
            } else {
                fault.allowed(known)
            });
        }
        found
    }
}

/// Where something stands that only a task that has begun has.
fn first_told(task: &TaskText) -> Option<std::ops::Range<usize>> {
    let dates = [&task.started, &task.finished].into_iter().flatten().map(|at| &at.span);
    let numbers = task
        .spent
        .iter()
        .chain(task.percent.iter().filter(|at| at.value > 0.0))
        .map(|at| &at.span);
    dates.chain(numbers).next().cloned()
}
