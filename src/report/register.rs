//! What a plan says of people, incidents, findings, risks and budgets, a sentence each, for `sim check`.

use super::text::{NAME, amount, cut, listed, plain_percent};
use crate::plan::{
    Budget, BudgetKind, FindingClass, Flow, Hire, IncidentClass, IncidentId, Initiative, InitiativeId, Plan, Risk, RiskId, TaskId, Team,
    TeamId,
};
use crate::units::{WorkDays, format_work};

/// Calendar days in a quarter of a year.
const DAYS_PER_QUARTER: f64 = 365.25 / 4.0;

/// Names that a list spells out.
const MOST_NAMES: usize = 6;

pub(super) fn team(plan: &Plan, team: &Team) -> String {
    let mut text = format!("{}: {}", team.id, counted(team.engineers, "engineer"));
    if team.focus < 1.0 {
        text.push_str(&format!(", {} of their time on planned work", plain_percent(team.focus)));
    }
    for entry in &team.elsewhere {
        text.push_str(&format!(", {} on other work until {}", entry.engineers, evening(plan, entry.until)));
    }
    if !team.holidays.is_empty() {
        text.push_str(&format!(", {} holidays of their own", team.holidays.len()));
    }
    if team.attrition_per_year > 0.0 {
        let each = amount(team.attrition_per_year * 100.0);
        text.push_str(&format!("; {each} departures a year per 100 people, "));
        text.push_str(&match &team.backfill {
            Some(backfill) => format!("each replaced after {}", backfill.text),
            None => "nobody is replaced".into(),
        });
    }
    if team.ramp_up > 0.0 && (team.backfill.is_some() || !team.hires.is_empty()) {
        text.push_str(&format!("; newcomers are productive after {}", format_work(team.ramp_up)));
    }
    if team.cost_per_week > 0.0 {
        text.push_str(&format!("; {} per engineer and week", amount(team.cost_per_week)));
    }
    text
}

pub(super) fn hire(plan: &Plan, team: &Team, hire: &Hire) -> String {
    let verb = if hire.engineers == 1 { "joins" } else { "join" };
    let mut text = format!("{}: {} {verb}", team.id, counted(hire.engineers, "engineer"));
    let on = |days: f64| evening(plan, WorkDays::new(days.round() + 1.0));
    let starts = &hire.starts;
    text.push_str(&if starts.is_fixed() {
        format!(" on {}", on(starts.likely))
    } else {
        format!(", early {}, likely {}", on(starts.low), on(starts.likely))
    });
    let probability = hire.probability.get();
    if probability < 1.0 {
        text.push_str(&format!(", in {} of futures", plain_percent(probability)));
    }
    if let Some(until) = hire.until {
        text.push_str(&format!(", until {}", evening(plan, until)));
    }
    if hire.ramp_up != team.ramp_up {
        text.push_str(&if hire.ramp_up > 0.0 {
            format!(", productive after {}", format_work(hire.ramp_up))
        } else {
            ", productive at once".into()
        });
    }
    text
}

pub(super) fn flow(flow: &Flow) -> String {
    let mut text = format!("{}: {} customers", flow.id, amount(flow.customers));
    if flow.value_per_customer_minute > 0.0 {
        text.push_str(&format!(", a minute of one is worth {}", amount(flow.value_per_customer_minute)));
    }
    text
}

pub(super) fn incident(plan: &Plan, class: &IncidentClass) -> String {
    // The file speaks in weeks, months or quarters; a day's rate has lost its last digits.
    let rate = (class.rate_per_day * DAYS_PER_QUARTER * 1e4).round() / 1e4;
    let mut parts = vec![format!("{} a quarter", amount(rate))];
    if class.rate_cv > 0.0 {
        parts.push(format!("give or take {}", plain_percent(class.rate_cv)));
    }
    if class.overdispersion > 0.0 {
        parts.push(format!("in clusters (overdispersion {})", amount(class.overdispersion)));
    }
    let mut text = format!("{}: {}", class.id, parts.join(", "));
    if let (Some(team), Some(response)) = (class.team, &class.response) {
        text.push_str(&format!(
            "; {} of {} away for {}",
            class.responders,
            team_name(plan, team),
            response.text
        ));
    }
    if let (Some(flow), Some(downtime)) = (class.flow.and_then(|id| plan.flows.get(id.0)), &class.downtime) {
        text.push_str(&format!("; {} down for {}", flow.id, downtime.text));
        if class.share < 1.0 {
            text.push_str(&format!(" for {} of its customers", plain_percent(class.share)));
        }
    }
    if let Some(follow_up) = &class.follow_up {
        text.push_str(&format!("; then {} of work", follow_up.text));
    }
    let releases = class.change_failure_rate.get();
    if releases > 0.0 {
        text.push_str(&format!("; {} of releases cause one more", plain_percent(releases)));
    }
    text
}

pub(super) fn finding(plan: &Plan, class: &FindingClass) -> String {
    let who = class
        .team
        .map_or_else(|| "the team that did the work".to_owned(), |team| team_name(plan, team).to_owned());
    let mut text = format!("{}: {} per engineer-week of work", class.id, amount(class.per_engineer_week));
    if class.rate_cv > 0.0 {
        text.push_str(&format!(", give or take {}", plain_percent(class.rate_cv)));
    }
    text.push_str(&format!("; {who} fixes each in {}", class.fix.text));
    if class.blocks_release {
        text.push_str("; no release while one is open");
    }
    text
}

pub(super) fn risk(plan: &Plan, index: usize, risk: &Risk) -> String {
    let mut effects = vec![];
    let mut on_tasks = vec![];
    if let Some(multiply) = &risk.multiply {
        on_tasks.push(format!("× {}", multiply.text));
    }
    for (what, estimate) in [("adds", &risk.add), ("delays by", &risk.delay)] {
        if let Some(estimate) = estimate {
            on_tasks.push(format!("{what} {}", estimate.text));
        }
    }
    if !on_tasks.is_empty() {
        effects.push(format!("{} on {}", on_tasks.join(", "), task_names(plan, &risk.affects)));
    }
    for task in plan.tasks.iter().filter(|task| task.only_if == Some(RiskId(index))) {
        effects.push(format!("adds the task {} ({})", task.id, task.work.estimate().text));
    }
    let from = if risk.from > WorkDays::ZERO {
        format!(" from {}", evening(plan, WorkDays::new(risk.from.days() + 1.0)))
    } else {
        String::new()
    };
    if let Some(takes) = &risk.takes {
        let team = team_name(plan, takes.team);
        effects.push(format!("takes {} of {team} away for {}{from}", takes.engineers, takes.span.text));
    }
    if !risk.scales_rate.is_empty() {
        effects.push(format!("{}{from}", scaled(plan, &risk.scales_rate)));
    }
    if let Some(task) = risk.retired_by.and_then(|id| plan.tasks.get(id.0)) {
        effects.push(format!("over once {} is done", task.id));
    }
    if risk.cost > 0.0 {
        effects.push(format!("costs {}", amount(risk.cost)));
    }
    let effects = if effects.is_empty() {
        "changes nothing".into()
    } else {
        effects.join("; ")
    };
    let mitigation = risk.mitigation.as_ref().map_or(String::new(), |mitigation| {
        let cost = if mitigation.cost > 0.0 {
            format!(" for {}", amount(mitigation.cost))
        } else {
            String::new()
        };
        format!(
            "; \"{}\"{cost} would make it {} likely",
            cut(&mitigation.title, NAME),
            plain_percent(mitigation.probability.get())
        )
    });
    format!(
        "{} ({} likely): {effects}{mitigation}",
        cut(&risk.title, NAME),
        plain_percent(risk.probability.get())
    )
}

/// What tasks do beside being work: put something before customers, bring up findings, change incident rates.
pub(super) fn task_effects(plan: &Plan, initiative: &Initiative) -> Vec<String> {
    let tasks = || initiative.tasks.iter().filter_map(|id| plan.tasks.get(id.0));
    let local = |id: &str| {
        let inside = id.strip_prefix(initiative.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
        inside.unwrap_or(id).to_owned()
    };
    let mut sentences = vec![];
    let releases: Vec<String> = tasks().filter(|task| task.release).map(|task| local(&task.id)).collect();
    if !releases.is_empty() {
        sentences.push(format!("Releases to customers: {}.", listed(&first_of(&releases))));
    }
    for task in tasks().filter(|task| !task.review.is_empty()) {
        let found: Vec<String> = task
            .review
            .iter()
            .filter_map(|(id, mean)| Some(format!("{} {}", amount(*mean), plan.findings.get(id.0)?.id)))
            .collect();
        sentences.push(format!(
            "The review at the end of {} finds {} on average.",
            local(&task.id),
            listed(&found)
        ));
    }
    for task in tasks().filter(|task| !task.scales_rate.is_empty()) {
        sentences.push(format!("Once {} is done: {}.", local(&task.id), scaled(plan, &task.scales_rate)));
    }
    for task in tasks() {
        if let Some(risk) = task.only_if.and_then(|id| plan.risks.get(id.0)) {
            sentences.push(format!(
                "{} is needed only if \"{}\" happens.",
                local(&task.id),
                cut(&risk.title, NAME)
            ));
        }
    }
    sentences
}

pub(super) fn budget(plan: &Plan, budget: &Budget) -> String {
    let what = match &budget.kind {
        BudgetKind::Delivery {
            initiative,
            commitment,
            max_slip,
        } => plan.initiatives.get(initiative.0).and_then(|whose| {
            let promise = whose.commitments.get(*commitment)?;
            Some(format!(
                "{} slips by at most {} ({}) beyond {}",
                cut(&whose.title, NAME),
                plain_percent(*max_slip),
                format_work(promise.time.days() * max_slip),
                promise.date.long()
            ))
        }),
        BudgetKind::Reliability {
            flow,
            customer_minutes_per_quarter,
            burnt,
            freeze,
        } => plan.flows.get(flow.0).map(|flow| {
            let mut text = format!(
                "{} loses at most {} customer-minutes a quarter",
                flow.id,
                amount(*customer_minutes_per_quarter)
            );
            if *burnt > 0.0 {
                text.push_str(&format!(", {} of the first used up before the start", amount(*burnt)));
            }
            if *freeze {
                text.push_str(", and nothing is released in a quarter that has lost more");
            }
            text
        }),
        BudgetKind::Security {
            initiative,
            max_open,
            max_days_held,
        } => {
            let mut limits = vec![];
            if let Some(open) = max_open {
                limits.push(format!("meet at most {} open blocking findings", amount(*open)));
            }
            if let Some(days) = max_days_held {
                limits.push(format!("wait at most {} working days for findings", amount(*days)));
            }
            Some(format!("releases of {} {}", title(plan, *initiative), listed(&limits)))
        }
        BudgetKind::Cost { max } => Some(format!("the work costs at most {}", amount(*max))),
    };
    let Some(what) = what else { return budget.id.clone() };
    let tolerance = budget.tolerance.map_or_else(
        || "no tolerance agreed".to_owned(),
        |p| format!("more is accepted in {} of futures", plain_percent(p.get())),
    );
    format!("{}: {what}; {tolerance}", budget.id)
}

fn counted(count: u32, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn evening(plan: &Plan, time: WorkDays) -> String {
    plan.calendar.date_of(time).map_or_else(|| "later".to_owned(), |date| date.long())
}

fn team_name(plan: &Plan, id: TeamId) -> &str {
    plan.teams.get(id.0).map_or("?", |team| team.id.as_str())
}

fn title(plan: &Plan, id: InitiativeId) -> String {
    plan.initiatives.get(id.0).map_or_else(String::new, |whose| cut(&whose.title, NAME))
}

fn scaled(plan: &Plan, factors: &[(IncidentId, f64)]) -> String {
    let parts: Vec<String> = factors
        .iter()
        .filter_map(|(id, factor)| Some(format!("{} incidents × {}", plan.incidents.get(id.0)?.id, amount(*factor))))
        .collect();
    parts.join(", ")
}

fn task_names(plan: &Plan, ids: &[TaskId]) -> String {
    let names: Vec<String> = ids
        .iter()
        .filter_map(|id| plan.tasks.get(id.0))
        .map(|task| task.id.clone())
        .collect();
    first_of(&names).join(", ")
}

/// The first few, and how many more.
fn first_of(names: &[String]) -> Vec<String> {
    let mut first: Vec<String> = names.iter().take(MOST_NAMES).cloned().collect();
    let more = names.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        first.push(format!("{more} more"));
    }
    first
}
