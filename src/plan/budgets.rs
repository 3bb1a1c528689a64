//! Budgets: whose, of what, and whether anything can burn them.

use crate::diagnostic::Fault;
use crate::plan::build::{Builder, list};
use crate::plan::domain::{Budget, BudgetKind, FlowId, Initiative, InitiativeId};
use crate::scenario::reader::suggest;
use crate::scenario::says::{self, Limit};
use crate::scenario::tree::At;

impl<'s> Builder<'s> {
    pub(super) fn budgets(&mut self, initiatives: &[Initiative]) -> Option<Vec<Budget>> {
        let written = &self.scenario.budgets;
        let mut planned = Vec::new();
        for budget in written {
            let Some(limit) = &budget.limit else { continue };
            if let Some(kind) = self.limit(budget, limit, initiatives) {
                planned.push(Budget {
                    id: budget.id.value.clone(),
                    kind,
                    tolerance: budget.tolerance,
                });
            }
        }
        (planned.len() == written.len()).then_some(planned)
    }

    fn limit(&mut self, budget: &says::Budget, limit: &Limit, initiatives: &[Initiative]) -> Option<BudgetKind> {
        match limit {
            Limit::Delivery { initiative, to, max_slip } => {
                let index = self.budget_initiative(budget, initiative.as_ref(), "slip is limited")?;
                let commitment = self.budget_commitment(budget, to.as_ref(), initiatives.get(index)?)?;
                Some(BudgetKind::Delivery {
                    initiative: InitiativeId(index),
                    commitment,
                    max_slip: (*max_slip)?,
                })
            }
            Limit::Reliability {
                flow,
                customer_minutes_per_quarter,
                burnt,
                freeze,
            } => {
                let flow = self.flow(flow.as_ref()?)?;
                let limit = (*customer_minutes_per_quarter)?;
                self.check_reliability(budget, flow, limit, burnt.as_ref());
                Some(BudgetKind::Reliability {
                    flow: FlowId(flow),
                    customer_minutes_per_quarter: limit,
                    burnt: burnt.as_ref().map_or(0.0, |at| at.value),
                    freeze: freeze.unwrap_or(false),
                })
            }
            Limit::Security {
                initiative,
                max_open,
                max_days_held,
            } => {
                let index = self.budget_initiative(budget, initiative.as_ref(), "releases are meant")?;
                if max_open.is_none() && max_days_held.is_none() {
                    return None;
                }
                let releases = self.items.iter().any(|item| item.initiative == index && item.says.release);
                if !self.scenario.findings.iter().any(|class| class.blocks_release == Some(true)) {
                    self.burns_nothing(budget, "no class of findings blocks releases", "add `blocks_release = true` to one");
                } else if !releases {
                    self.burns_nothing(
                        budget,
                        "its initiative has no release",
                        "add `release = true` to the tasks that put something before customers",
                    );
                }
                Some(BudgetKind::Security {
                    initiative: InitiativeId(index),
                    max_open: *max_open,
                    max_days_held: *max_days_held,
                })
            }
            Limit::Cost { max } => {
                let max = (*max)?;
                let costs = |team: &says::Team| team.cost_per_week.as_ref().is_some_and(|at| at.value > 0.0);
                if !self.scenario.teams.iter().any(costs) {
                    self.burns_nothing(
                        budget,
                        "no team has a cost, so work costs nothing",
                        "add `cost_per_week = 4_000` to the teams: money for one engineer and a week",
                    );
                }
                Some(BudgetKind::Cost { max })
            }
        }
    }

    /// Warns of a budget that the rest of the file leaves untouched.
    fn burns_nothing(&mut self, budget: &says::Budget, why: &str, hint: &str) {
        self.faults.add(
            Fault::warning("budget-burns-nothing", format!("`budget.{}`: {why}", budget.id.value))
                .at(&budget.id.span)
                .hint(hint),
        );
    }

    fn check_reliability(&mut self, budget: &says::Budget, flow: usize, limit: f64, burnt: Option<&At<f64>>) {
        let felt = |class: &says::Incident| {
            let name = class.flow.as_ref().map(|name| name.value.as_str());
            class.downtime.is_some() && name.and_then(|name| self.flows.get(name)) == Some(&flow)
        };
        if !self.scenario.incidents.iter().any(felt) {
            self.burns_nothing(
                budget,
                "no incident takes its flow down",
                "add `flow` and `downtime` to a class of incidents",
            );
        }
        if let Some(burnt) = burnt.filter(|burnt| burnt.value > limit) {
            self.faults.add(
                Fault::warning(
                    "budget-already-burnt",
                    format!("`budget.{}` is exceeded before the start", budget.id.value),
                )
                .at(&burnt.span)
                .label(format!("more than the {limit} of the whole quarter")),
            );
        }
    }

    /// The commitment against which slip is counted.
    fn budget_commitment(&mut self, budget: &says::Budget, to: Option<&At<String>>, initiative: &Initiative) -> Option<usize> {
        if initiative.commitments.is_empty() {
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
            return None;
        }
        let Some(to) = to else { return Some(0) };
        let whom = || initiative.commitments.iter().filter_map(|commitment| commitment.to.as_deref());
        let found = whom_at(initiative, &to.value);
        if found.is_none() {
            let near = suggest(&to.value, whom());
            let fault = Fault::error(
                "unknown-commitment",
                format!("`{}` has no commitment to \"{}\"", initiative.id, to.value),
            )
            .at(&to.span)
            .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?")));
            let known = list(whom());
            self.faults.add(if known.is_empty() {
                fault.hint("leave `to` out: the commitment does not say to whom it was made")
            } else {
                fault.allowed(known)
            });
        }
        found
    }

    fn budget_initiative(&mut self, budget: &says::Budget, given: Option<&At<String>>, whose: &str) -> Option<usize> {
        let initiatives = &self.scenario.initiatives;
        let known = || initiatives.iter().map(|initiative| initiative.id.value.as_str());
        match given {
            Some(name) => {
                let found = self.initiatives.get(name.value.as_str()).copied();
                if found.is_none() {
                    self.no_such("initiative", name, known());
                }
                found
            }
            None if initiatives.len() == 1 => Some(0),
            None if initiatives.is_empty() => None,
            None => {
                self.faults.add(
                    Fault::error("missing-key", format!("`budget.{}` does not say `initiative`", budget.id.value))
                        .at(&budget.id.span)
                        .allowed(list(known()))
                        .hint(format!("with more than one initiative, say whose {whose}")),
                );
                None
            }
        }
    }
}

fn whom_at(initiative: &Initiative, to: &str) -> Option<usize> {
    initiative
        .commitments
        .iter()
        .position(|commitment| commitment.to.as_deref() == Some(to))
}
