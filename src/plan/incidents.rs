//! What customers use and what goes wrong with it: flows, incidents, security findings.

use crate::diagnostic::Fault;
use crate::plan::build::Builder;
use crate::plan::domain::{FindingClass, FindingId, Flow, FlowId, IncidentClass, IncidentId, TeamId};
use crate::plan::estimate::{Reading, Unit};
use crate::scenario::says;
use crate::scenario::tree::{At, Span};
use crate::units::Probability;

/// Coefficient of variation of a rate where the file does not say.
pub const DEFAULT_RATE_CV: f64 = 0.5;

/// What the finish of a task brings up and changes.
pub(super) struct Marks {
    pub(super) review: Vec<(FindingId, f64)>,
    pub(super) scales_rate: Vec<(IncidentId, f64)>,
}

impl<'s> Builder<'s> {
    pub(super) fn plan_flows(&self) -> Option<Vec<Flow>> {
        let plan = |flow: &says::Flow| {
            Some(Flow {
                id: flow.id.value.clone(),
                customers: flow.customers?,
                value_per_customer_minute: flow.value_per_customer_minute.unwrap_or(0.0),
            })
        };
        self.scenario.flows.iter().map(plan).collect()
    }

    /// A flow by name.
    pub(super) fn flow(&mut self, name: &At<String>) -> Option<usize> {
        let found = self.flows.get(name.value.as_str()).copied();
        if found.is_none() {
            let flows = &self.scenario.flows;
            self.no_such("flow", name, flows.iter().map(|flow| flow.id.value.as_str()));
        }
        found
    }

    /// A class of incidents by name.
    fn incident(&mut self, name: &At<String>) -> Option<IncidentId> {
        let found = self.incidents.get(name.value.as_str()).copied().map(IncidentId);
        if found.is_none() {
            let classes = &self.scenario.incidents;
            self.no_such("incident", name, classes.iter().map(|class| class.id.value.as_str()));
        }
        found
    }

    /// Factors on the rates of classes of incidents.
    pub(super) fn rate_factors(&mut self, written: &says::Factors) -> Vec<(IncidentId, f64)> {
        written
            .iter()
            .filter_map(|(name, factor)| Some((self.incident(name)?, factor.value)))
            .collect()
    }

    pub(super) fn plan_incidents(&mut self, reading: &mut Reading<'_>) -> Option<Vec<IncidentClass>> {
        let classes = &self.scenario.incidents;
        let planned: Vec<IncidentClass> = classes.iter().filter_map(|class| self.plan_incident(class, reading)).collect();
        (planned.len() == classes.len()).then_some(planned)
    }

    fn plan_incident(&mut self, class: &says::Incident, reading: &mut Reading<'_>) -> Option<IncidentClass> {
        let id = &class.id.value;
        let before = self.errors();
        let team = class.team.as_ref().and_then(|name| self.team(name));
        let flow = class.flow.as_ref().and_then(|name| self.flow(name));
        let mut estimate = |key: &str, written: &Option<says::EstimateText>, unit: Unit<'_>| {
            let written = written.as_ref()?;
            reading.estimate(&format!("incident.{id}.{key}"), written, unit, &mut self.faults)
        };
        let response = estimate("response", &class.response, Unit::Work);
        let downtime = estimate("downtime", &class.downtime, Unit::Clock);
        let follow_up = estimate("follow_up", &class.follow_up, Unit::Work);
        if class.team.is_none() {
            let needs: [(&str, Option<&Span>); 3] = [
                ("responders", class.responders.as_ref().map(|at| &at.span)),
                ("response", class.response.as_ref().map(|written| &written.span)),
                ("follow_up", class.follow_up.as_ref().map(|written| &written.span)),
            ];
            for (key, span) in needs {
                let Some(span) = span else { continue };
                self.faults.add(
                    Fault::error("no-team", format!("`incident.{id}` says `{key}`, but not which team that is"))
                        .at(span)
                        .label("whose people?")
                        .related(&class.id.span, "has no `team`")
                        .hint("add `team = \"core\"` to the incident"),
                );
            }
        }
        if let (Some(team), Some(people)) = (team, &class.responders) {
            self.check_enough(&format!("`incident.{id}` takes"), team, people);
        }
        if !class.incomplete {
            self.check_incident(class);
        }
        let rate = class.rate_per_day.as_ref()?;
        let responders = match (&class.responders, team, &class.response) {
            (Some(people), Some(_), _) => people.value,
            (None, Some(_), Some(_)) => 1,
            _ => 0,
        };
        let planned = IncidentClass {
            id: id.clone(),
            rate_per_day: rate.value,
            rate_cv: class.rate_cv.unwrap_or(DEFAULT_RATE_CV),
            overdispersion: class.overdispersion.unwrap_or(0.0),
            team: team.map(TeamId),
            responders,
            response,
            flow: flow.map(FlowId),
            downtime,
            share: class.share.as_ref().map_or(1.0, |at| at.value),
            follow_up,
            change_failure_rate: class.change_failure_rate.as_ref().map_or(Probability::NEVER, |at| at.value),
        };
        (self.errors() == before).then_some(planned)
    }

    /// What of an incident contradicts itself or has no consequence.
    fn check_incident(&mut self, class: &says::Incident) {
        let id = &class.id.value;
        let by_release = class.change_failure_rate.as_ref().filter(|at| at.value.get() > 0.0);
        if let Some(rate) = class.rate_per_day.as_ref().filter(|rate| rate.value == 0.0)
            && by_release.is_none()
        {
            self.faults.add(
                Fault::error(
                    "never-happens",
                    format!("`incident.{id}` has a rate of 0, and no release causes one"),
                )
                .at(&rate.span)
                .label("never happens")
                .hint("take it out (in an option: `drop = true`), or add `change_failure_rate = 0.15`"),
            );
        }
        if let Some(rate) = by_release
            && !self.items.iter().any(|item| item.says.release)
        {
            self.faults.add(
                Fault::warning("no-release", format!("releases cause `incident.{id}`, but no task is a release"))
                    .at(&rate.span)
                    .hint("add `release = true` to the tasks that put something before customers"),
            );
        }
        let unfelt = match (&class.downtime, &class.flow, &class.share) {
            (Some(downtime), None, _) => Some((
                &downtime.span,
                "a downtime, but no flow: nobody feels it",
                "add `flow = \"checkout\"`",
            )),
            (None, Some(flow), _) => Some((
                &flow.span,
                "a flow, but no downtime: nobody feels it",
                "add `downtime = [\"15min\", \"40min\", \"4h\"]`",
            )),
            (None, None, Some(share)) => Some((
                &share.span,
                "a share of customers, but no flow and no downtime",
                "add `flow` and `downtime`",
            )),
            _ => None,
        };
        if let Some((span, what, hint)) = unfelt {
            self.faults.add(
                Fault::warning("nobody-feels-it", format!("`incident.{id}` has {what}"))
                    .at(span)
                    .hint(hint),
            );
        }
        if let (Some(people), Some(_), None) = (&class.responders, &class.team, &class.response) {
            self.faults.add(
                Fault::warning(
                    "responders-without-response",
                    format!("`incident.{id}` names responders, but they are away for no time"),
                )
                .at(&people.span)
                .hint("add `response = [\"2h\", \"6h\", \"3d\"]`"),
            );
        }
    }

    pub(super) fn plan_findings(&mut self, reading: &mut Reading<'_>) -> Option<Vec<FindingClass>> {
        let classes = &self.scenario.findings;
        let mut planned = Vec::new();
        for class in classes {
            let id = &class.id.value;
            let team = class.team.as_ref().and_then(|name| self.team(name));
            let fix = match &class.fix {
                Some(fix) => reading.estimate(&format!("finding.{id}.fix"), fix, Unit::Work, &mut self.faults),
                None => None,
            };
            if let Some(rate) = class.per_engineer_week.as_ref().filter(|rate| rate.value == 0.0)
                && !self.is_reviewed_for(id)
            {
                self.faults.add(
                    Fault::warning("never-happens", format!("`finding.{id}` has a rate of 0, and no review finds one"))
                        .at(&rate.span)
                        .label("never happens")
                        .hint(format!("add `review = {{ {id} = 0.3 }}` to a task")),
                );
            }
            let (Some(rate), Some(fix)) = (&class.per_engineer_week, fix) else {
                continue;
            };
            if team.is_some() != class.team.is_some() {
                continue;
            }
            planned.push(FindingClass {
                id: id.clone(),
                per_engineer_week: rate.value,
                rate_cv: class.rate_cv.unwrap_or(DEFAULT_RATE_CV),
                fix,
                team: team.map(TeamId),
                blocks_release: class.blocks_release.unwrap_or(false),
            });
        }
        (planned.len() == classes.len()).then_some(planned)
    }

    fn is_reviewed_for(&self, class: &str) -> bool {
        let named = |(name, expected): &(At<String>, At<f64>)| name.value == class && expected.value > 0.0;
        self.items.iter().any(|item| item.says.review.iter().any(named))
    }

    /// What a task's review and its finish change.
    pub(super) fn marks(&mut self, index: usize) -> Marks {
        let (mut review, mut scales_rate) = (Vec::new(), Vec::new());
        if let Some(item) = self.items.get(index) {
            let says = item.says;
            scales_rate = self.rate_factors(&says.scales_rate);
            for (name, expected) in &says.review {
                let Some(class) = self.findings.get(name.value.as_str()).copied() else {
                    let classes = &self.scenario.findings;
                    self.no_such("finding", name, classes.iter().map(|class| class.id.value.as_str()));
                    continue;
                };
                self.check_fixers(index, class, name);
                if expected.value > 0.0 {
                    review.push((FindingId(class), expected.value));
                }
            }
        }
        Marks { review, scales_rate }
    }

    /// Reports findings that a review brings up and nobody could fix.
    fn check_fixers(&mut self, task: usize, class: usize, at: &At<String>) {
        let (Some(item), Some(class)) = (self.items.get(task), self.scenario.findings.get(class)) else {
            return;
        };
        let says = item.says;
        let has_crew = says.team.is_some() || says.crew.as_ref().is_some_and(|crew| !crew.value.is_empty());
        if says.effort.is_some() || has_crew || class.team.is_some() || self.default_team.is_some() {
            return;
        }
        let message = format!(
            "the review of `{}` brings up `{}`, but neither says which team fixes it",
            item.id, class.id.value
        );
        self.faults.add(
            Fault::error("no-team", message)
                .at(&at.span)
                .label("nobody of ours works on this task")
                .related(&class.id.span, "has no `team`")
                .hint(format!(
                    "add `team = …` to `[finding.{}]`, or `default = true` to one of the teams",
                    class.id.value
                )),
        );
    }
}
