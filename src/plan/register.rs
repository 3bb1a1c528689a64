//! The risk register, the budgets, and the references of what does not change the forecast yet.

use crate::diagnostic::Fault;
use crate::plan::build::{Builder, list};
use crate::plan::domain::{Budget, BudgetKind, Initiative, InitiativeId, Link, Risk, TaskId};
use crate::plan::estimate::Reading;
use crate::plan::links::awaited;
use crate::plan::network::{comes_after, successors};
use crate::scenario::reader::suggest;
use crate::scenario::says::{self, Watched};
use crate::scenario::tree::At;
use std::collections::{BTreeSet, HashSet};

/// Tasks that all risks together affect.
const MOST_AFFECTED: usize = 1_000_000;

impl<'s> Builder<'s> {
    pub(super) fn risks(&mut self, reading: &mut Reading<'_>, links: &Option<Vec<Vec<Link>>>) -> Option<Vec<Risk>> {
        let before = self.errors();
        let sure = links.as_ref().map(|links| links.iter().map(|links| awaited(links)).collect());
        let sure = sure.map(|sure: Vec<Vec<usize>>| successors(&sure));
        let mut planned = Vec::new();
        let mut affected = 0;
        for risk in &self.scenario.risks {
            let id = &risk.id.value;
            let mut affects = BTreeSet::new();
            let mut named = HashSet::new();
            for name in risk.affects.iter().filter(|name| named.insert(name.value.as_str())) {
                affects.extend(self.affected(name, id));
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
            let mut effect = |key: &str, written: &Option<says::EstimateText>, plain: bool| {
                let written = written.as_ref()?;
                reading.estimate(&format!("risk.{id}.{key}"), written, plain, &mut self.faults)
            };
            let multiply = effect("multiply", &risk.multiply, true);
            let add = effect("add", &risk.add, false);
            let delay = effect("delay", &risk.delay, false);
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
                from: crate::units::WorkDays::ZERO,
                takes: None,
                scales_rate: Vec::new(),
                cost: 0.0,
                mitigation: None,
            });
        }
        (self.errors() == before).then_some(planned)
    }

    /// The tasks that a name in `affects` stands for.
    fn affected(&mut self, name: &At<String>, risk: &str) -> Vec<usize> {
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
            (None, Some(initiative), None) => self.tasks_of.get(initiative).cloned().unwrap_or_default(),
            (None, None, Some(team)) => (0..self.items.len()).filter(|task| self.belongs_to(*task, team)).collect(),
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
        let warning = if risk.multiply.is_none() && risk.add.is_none() && risk.delay.is_none() {
            Fault::warning("risk-without-effect", format!("risk `{}` has no effect", risk.id.value))
                .hint("add `multiply = [1.2, 1.5, 2.5]`, `add = …` or `delay = …`")
        } else if risk.affects.is_empty() {
            Fault::warning("risk-never-strikes", format!("risk `{}` affects nothing", risk.id.value))
                .hint("add `affects = [\"initiative.task\"]`")
        } else {
            let (Some(task), Some(sure)) = (retired_by, sure) else { return };
            let after = comes_after(task, sure);
            if affects.is_empty() || !affects.iter().all(|task| after.get(*task) == Some(&true)) {
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

    pub(super) fn budgets(&mut self, initiatives: &[Initiative]) -> Option<Vec<Budget>> {
        let before = self.errors();
        let mut planned = Vec::new();
        for budget in &self.scenario.budgets {
            let Some(delivery) = &budget.delivery else { continue };
            let Some(index) = self.budget_initiative(budget, delivery) else {
                continue;
            };
            let Some(initiative) = initiatives.get(index) else { continue };
            let whom = list(initiative.commitments.iter().filter_map(|commitment| commitment.to.as_deref()));
            let commitment = match &delivery.to {
                _ if initiative.commitments.is_empty() => {
                    self.faults.add(
                        Fault::error(
                            "no-commitment",
                            format!(
                                "`budget.{}` limits the slip of `{}`, which has no commitment",
                                budget.id.value, initiative.id
                            ),
                        )
                        .at(&budget.id.span)
                        .hint(format!("add `commitment = 2026-06-30` to `[initiative.{}]`", initiative.id)),
                    );
                    None
                }
                None => Some(0),
                Some(to) => {
                    let found = initiative
                        .commitments
                        .iter()
                        .position(|commitment| commitment.to.as_ref() == Some(&to.value));
                    if found.is_none() {
                        let near = suggest(
                            &to.value,
                            initiative.commitments.iter().filter_map(|commitment| commitment.to.as_deref()),
                        );
                        let fault = Fault::error(
                            "unknown-commitment",
                            format!("`{}` has no commitment to \"{}\"", initiative.id, to.value),
                        )
                        .at(&to.span)
                        .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?")));
                        self.faults.add(if whom.is_empty() { fault } else { fault.allowed(whom) });
                    }
                    found
                }
            };
            if let (Some(commitment), Some(max_slip)) = (commitment, delivery.max_slip) {
                planned.push(Budget {
                    id: budget.id.value.clone(),
                    kind: BudgetKind::Delivery {
                        initiative: InitiativeId(index),
                        commitment,
                        max_slip,
                    },
                    tolerance: budget.tolerance,
                });
            }
        }
        (self.errors() == before).then_some(planned)
    }

    fn budget_initiative(&mut self, budget: &says::Budget, delivery: &says::Delivery) -> Option<usize> {
        let known = || self.scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str());
        let fault = match &delivery.initiative {
            Some(name) => match self.initiatives.get(name.value.as_str()) {
                Some(index) => return Some(*index),
                None => Fault::error("unknown-reference", format!("there is no initiative `{}`", name.value))
                    .at(&name.span)
                    .allowed(list(known()))
                    .maybe_hint(suggest(&name.value, known()).map(|near| format!("did you mean \"{near}\"?"))),
            },
            None if self.scenario.initiatives.len() == 1 => return Some(0),
            None if self.scenario.initiatives.is_empty() => return None,
            None => Fault::error("missing-key", format!("`budget.{}` does not say `initiative`", budget.id.value))
                .at(&budget.id.span)
                .allowed(list(known()))
                .hint("with more than one initiative, say whose slip is limited"),
        };
        self.faults.add(fault);
        None
    }

    /// References of what does not change the forecast yet.
    pub(super) fn check_references(&mut self) {
        let scenario = self.scenario;
        let unknown = |what: &str, name: &At<String>, known: Vec<&str>| {
            let near = suggest(&name.value, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
            let fault = Fault::error("unknown-reference", format!("there is no {what} `{}`", name.value))
                .at(&name.span)
                .label("no such name")
                .maybe_hint(near);
            if known.is_empty() {
                fault.hint(format!("add `[{what}.{}]`, or take this out", name.value))
            } else {
                fault.allowed(list(known.into_iter()))
            }
        };
        let ids = |list: &'s [At<String>]| list.iter().map(|at| at.value.as_str()).collect::<Vec<&str>>();
        let bets: HashSet<&str> = ids(&scenario.bets).into_iter().collect();
        for name in scenario.initiatives.iter().flat_map(|initiative| &initiative.supports) {
            if !bets.contains(name.value.as_str()) && self.faults.are_few() {
                self.faults.add(unknown("bet", name, ids(&scenario.bets)));
            }
        }
        for checkpoint in &scenario.checkpoints {
            if let Some(by) = &checkpoint.by {
                let name = format!("checkpoint.{}", checkpoint.id.value);
                self.plausible(&name, by);
                if let Some(start) = self.start.filter(|start| by.value < *start) {
                    self.faults.add(
                        Fault::error(
                            "checkpoint-before-start",
                            format!("`{name}`, {}, lies before the start, {start}", by.value),
                        )
                        .at(&by.span)
                        .hint("is the year right?"),
                    );
                }
            }
            let Some((watched, name)) = &checkpoint.watches else { continue };
            let (what, known) = match watched {
                Watched::Task => {
                    self.one_task(&format!("checkpoint `{}` watches", checkpoint.id.value), name);
                    continue;
                }
                Watched::Incident => ("incident", ids(&scenario.incidents)),
                Watched::Team => ("team", scenario.teams.iter().map(|team| team.id.value.as_str()).collect()),
                Watched::Budget => ("budget", scenario.budgets.iter().map(|budget| budget.id.value.as_str()).collect()),
            };
            if !known.contains(&name.value.as_str()) {
                self.faults.add(unknown(what, name, known));
            }
        }
    }
}
