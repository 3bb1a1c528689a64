//! The risk register, and the references of what does not change the forecast yet.

use crate::diagnostic::Fault;
use crate::plan::build::Builder;
use crate::plan::domain::{Absence, Link, Mitigation, Risk, TaskId, TeamId};
use crate::plan::estimate::{Reading, Unit};
use crate::plan::links::awaited;
use crate::plan::network::{comes_after, successors};
use crate::scenario::says;
use crate::scenario::tree::At;
use crate::units::WorkDays;
use std::collections::{BTreeSet, HashSet};

/// Tasks that all risks together affect.
const MOST_AFFECTED: usize = 1_000_000;

impl<'s> Builder<'s> {
    pub(super) fn risks(&mut self, reading: &mut Reading<'_>, links: &Option<Vec<Vec<Link>>>) -> Option<Vec<Risk>> {
        let before = self.errors();
        // What a task waits for that a risk adds is not sure.
        let sure = links.as_ref().map(|links| {
            let awaits = links.iter().zip(&self.items);
            let sure: Vec<Vec<usize>> = awaits
                .map(|(links, item)| if item.added.is_some() { Vec::new() } else { awaited(links) })
                .collect();
            successors(&sure)
        });
        let mut planned = Vec::new();
        let mut affected = 0;
        for (index, risk) in self.scenario.risks.iter().enumerate() {
            let id = &risk.id.value;
            let mut affects = BTreeSet::new();
            let mut named = HashSet::new();
            for name in risk.affects.iter().filter(|name| named.insert(name.value.as_str())) {
                affects.extend(self.affected(name, id, index));
            }
            affected += affects.len();
            if affected > MOST_AFFECTED {
                self.faults
                    .add(Fault::error("too-many", format!("the risks together affect more than {MOST_AFFECTED} tasks")).at(&risk.id.span));
                return None;
            }
            let retired_by = match &risk.retired_by {
                Some(name) => self.one_task(&format!("risk `{id}` is retired by"), name),
                None => None,
            };
            let mut effect = |key: &str, written: &Option<says::EstimateText>, unit: Unit<'_>| {
                let written = written.as_ref()?;
                reading.estimate(&format!("risk.{id}.{key}"), written, unit, &mut self.faults)
            };
            let multiply = effect("multiply", &risk.multiply, Unit::Factor);
            let add = effect("add", &risk.add, Unit::Work);
            let delay = effect("delay", &risk.delay, Unit::Work);
            let takes = risk.takes.as_ref().and_then(|takes| self.absence(id, takes, reading));
            let scales_rate = self.rate_factors(&risk.scales_rate);
            let from = self.from(risk);
            let mitigation = self.mitigation(risk);
            self.check_strikes(risk, &affects, retired_by, sure.as_deref());
            let Some(probability) = &risk.probability else { continue };
            planned.push(Risk {
                id: id.clone(),
                title: risk.title.clone().unwrap_or_else(|| id.clone()),
                owner: risk.owner.clone(),
                probability: probability.value,
                affects: affects.into_iter().map(TaskId).collect(),
                multiply,
                add,
                delay,
                retired_by: retired_by.map(TaskId),
                from,
                takes,
                scales_rate,
                cost: risk.cost.as_ref().map_or(0.0, |at| at.value),
                mitigation,
            });
        }
        (self.errors() == before).then_some(planned)
    }

    /// The people whom a risk takes away.
    fn absence(&mut self, risk: &str, takes: &says::Takes, reading: &mut Reading<'_>) -> Option<Absence> {
        let team = self.team(&takes.team);
        let span = reading.estimate(&format!("risk.{risk}.takes.for"), &takes.span, Unit::Work, &mut self.faults);
        let team = team?;
        self.check_enough(&format!("risk `{risk}` takes"), team, &takes.engineers);
        Some(Absence {
            team: TeamId(team),
            engineers: takes.engineers.value,
            span: span?,
        })
    }

    /// When a risk's absences and scaled rates begin.
    fn from(&mut self, risk: &says::Risk) -> WorkDays {
        let Some(from) = &risk.from else { return WorkDays::ZERO };
        let id = &risk.id.value;
        if !self.plausible(&format!("risk.{id}.from"), from) {
            return WorkDays::ZERO;
        }
        let time = self.calendar.morning_of(from.value);
        if risk.takes.is_none() && risk.scales_rate.is_empty() && !risk.incomplete {
            self.faults.add(
                Fault::warning(
                    "from-without-effect",
                    format!("risk `{id}` has a date from which it holds, but takes nobody and scales no rate"),
                )
                .at(&from.span)
                .hint("`from` is for `takes` and `scales_rate`; other effects bind when a task starts"),
            );
        } else if let Some(start) = self.start.filter(|start| from.value < *start) {
            self.faults.add(
                Fault::warning(
                    "from-before-start",
                    format!("risk `{id}` holds from {}, which lies before the start, {start}", from.value),
                )
                .at(&from.span)
                .label("counts from the start"),
            );
        }
        if time > WorkDays::ZERO { time } else { WorkDays::ZERO }
    }

    /// What could be done about a risk beforehand.
    fn mitigation(&mut self, risk: &says::Risk) -> Option<Mitigation> {
        let mitigation = risk.mitigation.as_ref()?;
        let id = &risk.id.value;
        let after = mitigation.probability.as_ref()?;
        if let Some(before) = &risk.probability
            && after.value > before.value
        {
            self.faults.add(
                Fault::warning(
                    "mitigation-makes-it-worse",
                    format!(
                        "the mitigation of risk `{id}` raises its probability from {} to {}",
                        before.value.get(),
                        after.value.get()
                    ),
                )
                .at(&after.span)
                .related(&before.span, "without it")
                .hint("`probability` of a mitigation is what is left with it"),
            );
        }
        Some(Mitigation {
            title: mitigation.title.clone().unwrap_or_else(|| format!("mitigation of {id}")),
            cost: mitigation.cost.unwrap_or(0.0),
            probability: after.value,
        })
    }

    /// The tasks that a name in `affects` stands for.
    fn affected(&mut self, name: &At<String>, risk: &str, index: usize) -> Vec<usize> {
        // The estimate of the task that it adds states its consequence already.
        let others = |task: &usize| {
            let added = self.items.get(*task).and_then(|item| item.added);
            added.is_none_or(|(by, _)| by != index)
        };
        let team = self.teams.get(name.value.as_str()).copied();
        let initiative = self.initiatives.get(name.value.as_str()).copied();
        match (self.tasks.get(&name.value), initiative, team) {
            (_, Some(_), Some(_)) => {
                self.faults.add(
                    Fault::error(
                        "ambiguous-name",
                        format!("risk `{risk}` affects `{}`, which is both an initiative and a team", name.value),
                    )
                    .at(&name.span)
                    .hint("rename one of the two, or name the tasks"),
                );
                Vec::new()
            }
            (Some(task), ..) => vec![*task],
            (None, Some(initiative), None) => {
                let own = self.tasks_of.get(initiative).into_iter().flatten().copied();
                own.filter(others).collect()
            }
            (None, None, Some(team)) => {
                let own = (0..self.items.len()).filter(|task| self.belongs_to(*task, team));
                own.filter(others).collect()
            }
            (None, None, None) => {
                self.unknown(&format!("risk `{risk}` affects"), name, None, true);
                Vec::new()
            }
        }
    }

    /// Whether a task's work is done by a team, alone or with others.
    fn belongs_to(&self, task: usize, team: usize) -> bool {
        let Some(says) = self.items.get(task).map(|item| item.says) else {
            return false;
        };
        let is_it = |name: &At<String>| self.teams.get(name.value.as_str()) == Some(&team);
        match (&says.team, &says.crew) {
            (_, Some(crew)) => crew.value.iter().any(|(name, _)| is_it(name)),
            (Some(name), None) => is_it(name),
            (None, None) => says.effort.is_some() && self.default_team == Some(team),
        }
    }

    /// Warns of a risk that can change nothing.
    fn check_strikes(&mut self, risk: &says::Risk, affects: &BTreeSet<usize>, retired_by: Option<usize>, sure: Option<&[Vec<usize>]>) {
        if risk.incomplete {
            return;
        }
        let on_tasks = risk.multiply.is_some() || risk.add.is_some() || risk.delay.is_some();
        let elsewhere = risk.takes.is_some() || !risk.scales_rate.is_empty() || risk.adds_task.is_some() || risk.cost.is_some();
        let warning = if !on_tasks && !elsewhere {
            Fault::warning("risk-without-effect", format!("risk `{}` has no effect", risk.id.value))
                .hint("add `multiply = [1.2, 1.5, 2.5]`, `add`, `delay`, `takes`, `scales_rate`, `adds_task` or `cost`")
        } else if on_tasks && risk.affects.is_empty() {
            Fault::warning("risk-never-strikes", format!("risk `{}` affects nothing", risk.id.value))
                .hint("add `affects = [\"initiative.task\"]`")
        } else if !on_tasks && !risk.affects.is_empty() && risk.adds_task.is_none() {
            Fault::warning(
                "affects-without-effect",
                format!("risk `{}` names what it affects, but not what it does to it", risk.id.value),
            )
            .hint("add `multiply`, `add` or `delay`, or take `affects` out")
        } else {
            let (Some(task), Some(sure)) = (retired_by, sure) else { return };
            let after = comes_after(task, sure);
            if elsewhere || affects.is_empty() || !affects.iter().all(|task| after.get(*task) == Some(&true)) {
                return;
            }
            let by = self.items.get(task).map(|item| item.id.clone()).unwrap_or_default();
            Fault::warning(
                "risk-never-strikes",
                format!(
                    "risk `{}` can never strike: all that it affects starts after `{by}`, which retires it",
                    risk.id.value
                ),
            )
        };
        self.faults.add(warning.at(&risk.id.span));
    }
}
