//! The same plan with one thing about it changed, for a comparison on the same random numbers.
//!
//! Streams are keyed by name, so whatever is left of the plan draws what it drew before.

use crate::plan::{InitiativeId, Plan, Risk, RiskId};
use crate::sampling::{Correlation, Distribution};
use crate::units::{Probability, WorkDays};

/// An assumption that can be switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    /// `departures`, `late hires`, `risk.<id>`, `incident.<id>`, `findings`, `overrun`, `correlation`, `focus`.
    pub(super) name: String,
    /// The same for people.
    pub(super) title: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Departures,
    LateHires,
    Risk(usize),
    Incident(usize),
    Findings,
    Overrun,
    Correlation,
    Focus,
}

/// Every assumption of the plan that could be switched off and is on.
pub(super) fn switches(plan: &Plan) -> Vec<Switch> {
    let mut found = vec![];
    let mut add = |name: String, title: String, what| found.push(Switch { name, title, what });
    let teams = &plan.teams;
    if teams.iter().any(|team| team.attrition_per_year > 0.0) {
        add("departures".into(), "People who leave".into(), What::Departures);
    }
    let is_sure = |hire: &crate::plan::Hire| hire.starts.is_fixed() && hire.probability.get() >= 1.0;
    if teams.iter().flat_map(|team| &team.hires).any(|hire| !is_sure(hire)) {
        add("late hires".into(), "Hires who come late or not at all".into(), What::LateHires);
    }
    for (index, risk) in plan.risks.iter().enumerate() {
        add(format!("risk.{}", risk.id), risk.title.clone(), What::Risk(index));
    }
    for (index, class) in plan.incidents.iter().enumerate() {
        add(
            format!("incident.{}", class.id),
            format!("Incidents of class {}", class.id),
            What::Incident(index),
        );
    }
    if !plan.findings.is_empty() {
        add("findings".into(), "Security findings".into(), What::Findings);
    }
    if plan.overrun.is_some() {
        add("overrun".into(), "Overrun that all estimates share".into(), What::Overrun);
    }
    if plan.correlation.team() + plan.correlation.portfolio() > 0.0 {
        add("correlation".into(), "Tasks that go wrong together".into(), What::Correlation);
    }
    if teams.iter().any(|team| team.focus < 1.0) {
        add("focus".into(), "Time for other than planned work".into(), What::Focus);
    }
    found
}

/// The plan without the assumption.
pub(super) fn without(plan: &Plan, switch: &Switch) -> Plan {
    let mut plan = plan.clone();
    match switch.what {
        What::Departures => plan.teams.iter_mut().for_each(|team| team.attrition_per_year = 0.0),
        What::LateHires => {
            // Every hire joins, on its likely date.
            for hire in plan.teams.iter_mut().flat_map(|team| &mut team.hires) {
                hire.probability = Probability::CERTAIN;
                if let Ok(likely) = Distribution::fixed(hire.starts.likely) {
                    hire.starts.distribution = likely;
                }
            }
        }
        What::Risk(index) => plan.risks[index].probability = Probability::NEVER,
        What::Incident(index) => {
            plan.incidents[index].rate_per_day = 0.0;
            plan.incidents[index].change_failure_rate = Probability::NEVER;
        }
        What::Findings => {
            plan.findings.iter_mut().for_each(|class| class.per_engineer_week = 0.0);
            plan.tasks.iter_mut().for_each(|task| task.review.clear());
        }
        What::Overrun => plan.overrun = None,
        What::Correlation => {
            if let Some(none) = Correlation::new(0.0, 0.0) {
                plan.correlation = none;
            }
        }
        What::Focus => plan.teams.iter_mut().for_each(|team| team.focus = 1.0),
    }
    plan
}

/// The plan with a risk mitigated.
pub(super) fn mitigated(plan: &Plan, risk: usize) -> Plan {
    let mut plan = plan.clone();
    if let Some(mitigation) = plan.risks[risk].mitigation.clone() {
        plan.risks[risk].probability = mitigation.probability;
    }
    plan
}

/// The plan without the work of an initiative: each of its tasks takes no time and nobody, so that what follows it follows what it
/// followed.
pub(super) fn without_initiative(plan: &Plan, initiative: InitiativeId) -> Plan {
    let mut plan = plan.clone();
    let nothing = RiskId(plan.risks.len());
    plan.risks.push(Risk {
        id: String::new(),
        title: String::new(),
        owner: None,
        probability: Probability::NEVER,
        affects: vec![],
        multiply: None,
        add: None,
        delay: None,
        retired_by: None,
        from: WorkDays::ZERO,
        takes: None,
        scales_rate: vec![],
        cost: 0.0,
        mitigation: None,
    });
    for task in plan.tasks.iter_mut().filter(|task| task.initiative == initiative) {
        task.only_if = Some(nothing);
    }
    plan
}
