//! The plan with what was dropped and added since the scenario was written.

use crate::diagnostic::Fault;
use crate::plan::actuals::resolve::near_task;
use crate::plan::build::{build, list};
use crate::plan::domain::Plan;
use crate::plan::estimate::Files;
use crate::scenario::Scenario;
use crate::scenario::actuals::{self, ActualsText, AddedText, Seam, TaskText};
use crate::scenario::reader::{Faults, check_id};

/// Tasks that are dropped or added. Each looks through the scenario; with more of them another scenario is meant.
const MOST_CHANGED: usize = 1_000;

/// What the actuals make of the plan.
pub(super) struct ChangedPlan {
    /// The plan as it is now; `None` where nothing changed, or the change is faulty.
    pub(super) plan: Option<Plan>,
    /// What is wrong with the changes, or doubtful.
    pub(super) faults: Vec<Fault>,
    /// Whether the change is faulty, so that a name that is missing may only be missing for that.
    pub(super) is_broken: bool,
}

/// Builds the plan as it is now. Ways out that no longer fit it are left out, with a warning.
pub(super) fn changed(scenario: &Scenario, plan: &Plan, files: Files<'_>, text: &ActualsText) -> ChangedPlan {
    let mut found = ChangedPlan {
        plan: None,
        faults: names(plan, text),
        is_broken: false,
    };
    found.is_broken = found.faults.iter().any(Fault::is_error);
    if found.is_broken {
        return found;
    }
    let Some(with_options) = actuals::changed(scenario, text, true) else {
        return found;
    };
    let built = build(&with_options.scenario, files);
    let (built, seam) = match built {
        Err(_) if !scenario.options.is_empty() => {
            let Some(without) = actuals::changed(scenario, text, false) else {
                return found;
            };
            let built = build(&without.scenario, files);
            if built.is_ok() {
                let options = list(scenario.options.iter().map(|option| option.id.value.as_str()));
                found.faults.push(
                    Fault::warning(
                        "options-overtaken",
                        format!("the options {options} no longer fit together with what has changed, so none of them is compared"),
                    )
                    .of(&text.source)
                    .at(&place_of_changes(text))
                    .hint("take what is overtaken out of the scenario's options"),
                );
            }
            (built, without.seam)
        }
        built => (built, with_options.seam),
    };
    match built {
        Ok(mut plan) => {
            found.faults.extend(led_back(&mut plan, &seam, scenario));
            found.plan = Some(plan);
        }
        Err(faults) => {
            found.is_broken = true;
            found
                .faults
                .extend(faults.into_iter().filter_map(|fault| made_by_change(fault, &seam)));
        }
    }
    found
}

/// A fault of the changed scenario. What the scenario's author is warned of anyway does not belong here.
fn made_by_change(fault: Fault, seam: &Seam) -> Option<Fault> {
    if seam.is_in_actuals(&fault.span) {
        return Some(seam.place(fault));
    }
    fault.is_error().then(|| {
        let message = format!("with what has changed: {}", fault.message);
        let has_hint = fault.hint.is_some();
        let fault = Fault {
            message,
            ..seam.place(fault)
        };
        if has_hint {
            fault
        } else {
            fault.hint("say in the actuals what becomes of it, under `[plan.…]` in the shape of an option")
        }
    })
}

/// Leads the places that a plan keeps back to the file in which they stand; returns its warnings that stand in the actuals.
fn led_back(plan: &mut Plan, seam: &Seam, scenario: &Scenario) -> Vec<Fault> {
    if let Some(place) = &mut plan.horizon_place {
        place.source = std::sync::Arc::clone(&scenario.source);
    }
    let (of_actuals, own) = std::mem::take(&mut plan.warnings)
        .into_iter()
        .partition(|warning| seam.is_in_actuals(&warning.span));
    let place = |faults: Vec<Fault>| faults.into_iter().map(|fault| seam.place(fault)).collect();
    plan.warnings = place(own);
    place(of_actuals)
}

/// Where the first thing stands that changes the plan.
fn place_of_changes(text: &ActualsText) -> std::ops::Range<usize> {
    let plan = text.plan.entries.iter().map(|entry| &entry.key_span);
    let tasks = text.tasks.iter().filter(|task| task.dropped.is_some() || task.added.is_some());
    plan.chain(tasks.map(|task| &task.id.span))
        .min_by_key(|span| span.start)
        .cloned()
        .unwrap_or(0..0)
}

/// Checks the names of what is dropped and added.
fn names(plan: &Plan, text: &ActualsText) -> Vec<Fault> {
    let mut faults = Faults::new(&text.source);
    let mut changed = text.tasks.iter().filter(|task| task.dropped.is_some() || task.added.is_some());
    if let Some(task) = changed.nth(MOST_CHANGED) {
        faults.add(
            Fault::error("too-many", "too many tasks are dropped or added")
                .at(&task.id.span)
                .allowed(format!("at most {MOST_CHANGED}"))
                .hint("change the scenario itself, and run it anew"),
        );
        return faults.list;
    }
    for task in &text.tasks {
        if let Some(dropped) = &task.dropped {
            check_dropped(plan, task, dropped, &mut faults);
        }
        if let Some(added) = &task.added {
            check_added(plan, task, added, &mut faults);
        }
    }
    faults.list
}

fn check_dropped(plan: &Plan, task: &TaskText, dropped: &std::ops::Range<usize>, faults: &mut Faults) {
    let name = &task.id.value;
    let fault = match plan.tasks.iter().find(|known| known.id == *name) {
        _ if task.added.is_some() => Fault::error("contradiction", format!("task `{name}` is both dropped and added"))
            .hint("leave it out altogether, if it came and went"),
        None => Fault::error("unknown-reference", format!("there is no task `{name}` to drop"))
            .label("no such name")
            .allowed("a task as initiative.task, or an initiative that is one estimate")
            .maybe_hint(near_task(plan, name, faults)),
        Some(known) => {
            let Some(risk) = known.only_if.and_then(|risk| plan.risks.get(risk.0)) else {
                return;
            };
            Fault::error(
                "contradiction",
                format!("task `{name}` is there only if the risk `{}` happens", risk.id),
            )
            .hint(format!("to say that it does not, write `retired = true` in [risk.{}]", risk.id))
        }
    };
    let place = if fault.code == "unknown-reference" {
        &task.id.span
    } else {
        dropped
    };
    faults.add(fault.at(place));
}

fn check_added(plan: &Plan, task: &TaskText, added: &AddedText, faults: &mut Faults) {
    let name = &task.id.value;
    let initiatives = || plan.initiatives.iter().map(|initiative| initiative.id.as_str());
    let example = format!("a name as initiative.task, with one of the initiatives {}", list(initiatives()));
    if let Some(known) = plan.tasks.iter().find(|known| known.id == *name) {
        faults.add(
            Fault::error("duplicate-task", format!("task `{}` is added, but the plan has it", known.id))
                .at(&added.entry.key_span)
                .hint("give it another name; what changed about a task of the scenario stands under `[plan.initiative.…]`"),
        );
        return;
    }
    let Some((initiative, local)) = name.split_once('.') else {
        faults.add(
            Fault::error("bad-name", format!("the task `{name}` is added to no initiative"))
                .at(&task.id.span)
                .allowed(example),
        );
        return;
    };
    check_id(local, &task.id.span, "a task", faults);
    let Some(known) = plan.initiatives.iter().find(|known| known.id == initiative) else {
        faults.add(
            Fault::error(
                "unknown-reference",
                format!("the task `{name}` is added to `{initiative}`, which is no initiative"),
            )
            .at(&task.id.span)
            .allowed(example)
            .hint("a new initiative is a change of the plan: [plan.initiative.…]"),
        );
        return;
    };
    if plan.tasks.iter().any(|task| task.id == known.id) {
        faults.add(
            Fault::error(
                "bad-name",
                format!("the initiative `{initiative}` is one estimate and has no tasks to add one to"),
            )
            .at(&task.id.span)
            .hint("add the task to another initiative, or write the tasks of this one into the scenario"),
        );
    }
}
