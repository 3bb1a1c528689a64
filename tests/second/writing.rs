//! Short ways to write plans for the checks. What the reader of scenarios does not take yet is put into the plan's fields.

use sim::calendar::Date;
use sim::plan::{
    Absence, Budget, BudgetKind, Estimate, FindingClass, Flow, FlowId, Hire, IncidentClass, IncidentId, Plan, Risk, RiskId, TaskId, TeamId,
};
use sim::sampling::Distribution;
use sim::units::{Probability, WorkDays};

/// Independent estimates that mean what they say, from Monday 5 January 2026.
pub const PLAIN: &str = "
[scenario]
start = 2026-01-05
[estimates]
overrun = \"none\"
correlation = \"none\"
";

pub fn read(toml: &str) -> Plan {
    match sim::plan::read("test.toml", toml.as_bytes().to_vec(), &|file| std::fs::read_to_string(file)) {
        Ok(plan) => plan,
        Err(faults) => panic!("{toml}\n{}", sim::diagnostic::render(&faults, false)),
    }
}

/// Initiative `x` of these tasks, done by a team `core`.
pub fn plan(engineers: u32, tasks: &str) -> Plan {
    read(&format!(
        "{PLAIN}[team.core]\nengineers = {engineers}\n[initiative.x.task]\n{tasks}\n"
    ))
}

pub fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

pub fn probability(p: f64) -> Probability {
    Probability::new(p).expect("a probability")
}

fn estimate(distribution: Distribution, likely: f64) -> Estimate {
    Estimate {
        distribution,
        low: likely,
        likely,
        text: String::new(),
    }
}

pub fn fixed(value: f64) -> Estimate {
    estimate(Distribution::fixed(value).expect("a number"), value)
}

pub fn exponential(mean: f64) -> Estimate {
    estimate(Distribution::exponential(mean).expect("a mean"), mean)
}

/// Of the logarithm.
pub fn lognormal(mu: f64, sigma: f64) -> Estimate {
    estimate(Distribution::lognormal_mu_sigma(mu, sigma).expect("a lognormal"), mu.exp())
}

pub fn task(plan: &Plan, id: &str) -> usize {
    let found = plan.tasks.iter().position(|task| task.id == format!("x.{id}"));
    found.unwrap_or_else(|| panic!("no task {id}"))
}

/// A certain risk that does nothing yet, to tasks of initiative `x`.
pub fn risk<'p>(plan: &'p mut Plan, affects: &[&str]) -> &'p mut Risk {
    let affects = affects.iter().map(|id| TaskId(task(plan, id))).collect();
    plan.risks.push(Risk {
        id: format!("risk-{}", plan.risks.len()),
        title: String::new(),
        owner: None,
        probability: probability(1.0),
        affects,
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
    plan.risks.last_mut().expect("just added")
}

pub fn takes(engineers: u32, days: f64) -> Absence {
    Absence {
        team: TeamId(0),
        engineers,
        span: fixed(days),
    }
}

/// A class of incidents without a team, of a known rate, felt by one customer of the first flow.
pub fn incident(plan: &mut Plan, rate_per_day: f64, downtime_minutes: Estimate) -> &mut IncidentClass {
    if plan.flows.is_empty() {
        plan.flows.push(Flow {
            id: "flow".into(),
            customers: 1.0,
            value_per_customer_minute: 0.0,
        });
    }
    plan.incidents.push(IncidentClass {
        id: format!("class-{}", plan.incidents.len()),
        rate_per_day,
        rate_cv: 0.0,
        overdispersion: 0.0,
        team: None,
        responders: 0,
        response: None,
        flow: Some(FlowId(0)),
        downtime: Some(downtime_minutes),
        share: 1.0,
        follow_up: None,
        change_failure_rate: probability(0.0),
    });
    plan.incidents.last_mut().expect("just added")
}

/// A class that each release causes, to which `responders` respond for `days`.
pub fn breaking(plan: &mut Plan, responders: u32, days: f64) -> &mut IncidentClass {
    let class = incident(plan, 0.0, fixed(0.0));
    class.team = Some(TeamId(0));
    class.responders = responders;
    class.response = Some(fixed(days));
    class.change_failure_rate = probability(1.0);
    class
}

pub fn scales(class: usize, factor: f64) -> Vec<(IncidentId, f64)> {
    vec![(IncidentId(class), factor)]
}

pub fn only_if(plan: &mut Plan, id: &str, risk: usize) {
    let task = task(plan, id);
    plan.tasks[task].only_if = Some(RiskId(risk));
}

pub fn release(plan: &mut Plan, id: &str) {
    let task = task(plan, id);
    plan.tasks[task].release = true;
}

/// Blocking findings of a known rate, each fixed by as much effort.
pub fn finding(plan: &mut Plan, per_engineer_week: f64, fix_days: f64) -> &mut FindingClass {
    plan.findings.push(FindingClass {
        id: format!("finding-{}", plan.findings.len()),
        per_engineer_week,
        rate_cv: 0.0,
        fix: fixed(fix_days),
        team: None,
        blocks_release: true,
    });
    plan.findings.last_mut().expect("just added")
}

pub fn hire(engineers: u32, starts: f64, until: Option<f64>, ramp_up: f64) -> Hire {
    Hire {
        engineers,
        starts: fixed(starts),
        probability: probability(1.0),
        until: until.map(WorkDays::new),
        ramp_up,
    }
}

pub fn budget(plan: &mut Plan, kind: BudgetKind) {
    plan.budgets.push(Budget {
        id: format!("budget-{}", plan.budgets.len()),
        kind,
        tolerance: None,
    });
}

pub fn reliability(limit: f64, burnt: f64, freeze: bool) -> BudgetKind {
    BudgetKind::Reliability {
        flow: FlowId(0),
        customer_minutes_per_quarter: limit,
        burnt,
        freeze,
    }
}
