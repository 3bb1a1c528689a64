//! The same plan with one thing about it changed, for a comparison on the same random numbers.
//!
//! Streams are keyed by name, so whatever is left of the plan draws what it drew before.

use crate::plan::{Estimate, FindingId, IncidentId, InitiativeId, Plan, Risk, RiskId, TaskId, TeamId, Work};
use crate::sampling::{Correlation, Distribution};
use crate::units::{Probability, WorkDays};

/// An assumption that can be switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    /// `departures`, `late hires`, `risk.<id>`, `incident.<id>`, `findings`, `overrun`, `correlation`, `focus`.
    pub(super) name: String,
    /// The same for people.
    pub(super) title: String,
    pub(super) what: What,
}

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Departures,
    LateHires,
    Findings,
    Overrun,
    Correlation,
    Focus,
    One(Removal),
}

/// One thing that may drive a finish, taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// The estimate of a task is its median: one number, so that no overrun scales it.
    Task(TaskId),
    /// A risk never happens.
    Risk(RiskId),
    /// Nobody leaves a team.
    Departures(TeamId),
    /// There are no incidents of a class.
    Incident(IncidentId),
    /// There are no findings of a class.
    Finding(FindingId),
}

impl Removal {
    /// The change of the plan; that of the price list where it is the same, so that it need not be played twice.
    pub(super) fn what(self, plan: &Plan) -> What {
        match self {
            Self::Departures(_) if plan.teams.iter().filter(|team| team.attrition_per_year > 0.0).count() == 1 => What::Departures,
            Self::Finding(_) if plan.findings.len() == 1 => What::Findings,
            _ => What::One(self),
        }
    }
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
        add(
            format!("risk.{}", risk.id),
            risk.title.clone(),
            What::One(Removal::Risk(RiskId(index))),
        );
    }
    for (index, class) in plan.incidents.iter().enumerate() {
        add(
            format!("incident.{}", class.id),
            format!("Incidents of class {}", class.id),
            What::One(Removal::Incident(IncidentId(index))),
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

/// The plan without an assumption or a driver.
pub(super) fn without(plan: &Plan, what: What) -> Plan {
    let mut plan = plan.clone();
    match what {
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
        What::One(Removal::Task(TaskId(index))) => {
            let (Work::Effort { estimate, .. } | Work::Duration { estimate, .. }) = &mut plan.tasks[index].work;
            *estimate = at_its_median(estimate);
        }
        What::One(Removal::Risk(RiskId(index))) => plan.risks[index].probability = Probability::NEVER,
        What::One(Removal::Departures(TeamId(index))) => plan.teams[index].attrition_per_year = 0.0,
        What::One(Removal::Incident(IncidentId(index))) => {
            plan.incidents[index].rate_per_day = 0.0;
            plan.incidents[index].change_failure_rate = Probability::NEVER;
        }
        What::One(Removal::Finding(class)) => {
            plan.findings[class.0].per_engineer_week = 0.0;
            plan.tasks
                .iter_mut()
                .for_each(|task| task.review.retain(|(reviewed, _)| *reviewed != class));
        }
    }
    plan
}

/// The estimate as the single number that is its median.
fn at_its_median(estimate: &Estimate) -> Estimate {
    let median = estimate.distribution.quantile(0.5);
    match Distribution::fixed(median) {
        Ok(distribution) => Estimate {
            distribution,
            low: median,
            likely: median,
            text: estimate.text.clone(),
        },
        // What has no finite median stays as it is.
        Err(_) => estimate.clone(),
    }
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
