//! What the numbers rest on and what they leave out, in sentences that a reader outside engineering understands.
//!
//! What a default means is said where the defaults are listed, and what a risk costs in the price list; neither is repeated here.

use crate::plan::Plan;
use crate::plan::build::DEFAULT_OVERRUN;

/// What the numbers rest on.
pub(super) fn assumptions(plan: &Plan) -> Vec<String> {
    let mut sentences = vec![];
    match &plan.overrun {
        Some(overrun) => {
            let (p10, p50, p90) = (overrun.quantile(0.1), overrun.quantile(0.5), overrun.quantile(0.9));
            sentences.push(format!(
                "All estimates run over or under together by one factor: {p10:.2} / {p50:.2} / {p90:.2} in 1 of 10, 5 of 10 and 9 of 10 futures, {:.2} on average.",
                mean(|p| overrun.quantile(p))
            ));
            if let Some(source) = &plan.overrun_source {
                let [p10, p50, p90] = DEFAULT_OVERRUN;
                sentences.push(format!(
                    "That overrun is learnt from {source}; it stands in place of the default {p10:.2} / {p50:.2} / {p90:.2}."
                ));
            }
        }
        None => sentences.push("Estimates carry no common overrun: past projects are taken to say nothing about this one.".into()),
    }
    let (team, portfolio) = (plan.correlation.team(), plan.correlation.portfolio());
    if team + portfolio > 0.0 {
        sentences.push(format!(
            "Tasks go wrong together: two of one team correlate {:.2}, any two {portfolio:.2}.",
            team + portfolio
        ));
    } else {
        sentences
            .push("Tasks go wrong independently of one another. That is the commonest way in which forecasts are falsely sure.".into());
    }
    let (fixed, all) = (
        plan.tasks.iter().filter(|task| task.work.estimate().is_fixed()).count(),
        plan.tasks.len(),
    );
    if fixed > 0 {
        sentences.push(format!(
            "{fixed} of {all} tasks {} one number for an estimate: {} exactly that, in every future.",
            if fixed == 1 { "has" } else { "have" },
            if fixed == 1 { "it takes" } else { "they take" }
        ));
    }
    let focus: Vec<String> = plan
        .teams
        .iter()
        .filter(|team| team.focus < 1.0)
        .map(|team| format!("{:.0} % of {}", team.focus * 100.0, team.id))
        .collect();
    if !focus.is_empty() {
        sentences.push(format!(
            "Planned work gets so much of the time of those who are there: {}.",
            focus.join(", ")
        ));
    }
    if plan.teams.iter().any(|team| team.attrition_per_year > 0.0) {
        sentences.push("Everybody of a team is as likely to leave as anybody else, at any time, whatever is being built.".into());
    }
    if plan.initiatives.len() > 1 && !plan.teams.is_empty() {
        sentences.push("Nobody is taken from work that has begun for planned work that is more urgent.".into());
    }
    if plan.teams.iter().any(|team| team.cost_per_week > 0.0) {
        sentences
            .push("Cost counts people for as long as work holds them: it is not the payroll, which runs on when they are idle.".into());
    }
    sentences.push(
        "The weeks of what drives the date, what it rests on, what could be bought and what is given up compare at most 10,000 futures."
            .into(),
    );
    sentences
}

/// The mean of what has these quantiles, to about three digits.
fn mean(quantile: impl Fn(f64) -> f64) -> f64 {
    const STEPS: u32 = 20_000;
    (0..STEPS)
        .map(|step| quantile((f64::from(step) + 0.5) / f64::from(STEPS)))
        .sum::<f64>()
        / f64::from(STEPS)
}

/// What could move the date and is not in the model.
pub(super) fn not_modelled(plan: &Plan) -> Vec<String> {
    let mut sentences = vec!["Scope that grows or changes on the way, and tasks that nobody listed.".to_owned()];
    let mut add = |is_silent: bool, sentence: &str| {
        if is_silent {
            sentences.push(sentence.to_owned());
        }
    };
    let teams = &plan.teams;
    let leaves = teams.iter().any(|team| team.attrition_per_year > 0.0);
    let joins = teams.iter().any(|team| !team.hires.is_empty());
    add(
        !teams.is_empty() && !leaves,
        "People who leave: no team has attrition_per_year above 0.",
    );
    add(plan.risks.is_empty(), "Risks: none is listed, so nothing in particular goes wrong.");
    let works = !teams.is_empty();
    add(
        works && plan.incidents.is_empty(),
        "Incidents: none is listed, so nobody is called away.",
    );
    add(
        !plan.incidents.is_empty()
            && plan
                .incidents
                .iter()
                .all(|class| class.response.is_none() && class.follow_up.is_none()),
        "People whom incidents call away: none of them has a response or a follow_up.",
    );
    add(
        plan.findings.is_empty() && plan.tasks.iter().any(|task| task.release),
        "Security findings: none is listed, so none holds a release.",
    );
    add(
        joins || teams.iter().any(|team| team.attrition_per_year > 0.0 && team.backfill.is_some()),
        "The time that colleagues give to interviews and to newcomers.",
    );
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        let read = crate::plan::read("test.toml", text.as_bytes().to_vec(), &|file| std::fs::read_to_string(file));
        read.unwrap_or_else(|faults| panic!("{}", crate::diagnostic::render(&faults, false)))
    }

    const SILENT: &str = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 3\n\
                          [initiative.a.task.b]\neffort = [\"1w\", \"2w\", \"4w\"]\nrelease = true\n";

    #[test]
    fn what_the_file_is_silent_about_is_named() {
        let named = not_modelled(&plan(SILENT)).join("\n");
        for what in ["Scope", "attrition_per_year", "Risks", "Incidents", "Security findings"] {
            assert!(named.contains(what), "{what} in {named}");
        }
        assert!(!named.contains("newcomers"));
    }

    #[test]
    fn what_is_modelled_is_not_said_to_be_missing() {
        let named = not_modelled(&plan(include_str!("../../scenarios/new-segment-60-days.toml")));
        assert_eq!(
            named,
            [
                "Scope that grows or changes on the way, and tasks that nobody listed.",
                "The time that colleagues give to interviews and to newcomers."
            ]
        );
    }

    #[test]
    fn the_default_overrun_is_1_in_the_median_and_more_on_average() {
        let said = assumptions(&plan(SILENT)).join("\n");
        assert!(
            said.contains("0.85 / 1.00 / 1.40 in 1 of 10, 5 of 10 and 9 of 10 futures, 1.08 on average"),
            "{said}"
        );
        assert!(!said.contains("payroll") && !said.contains("more urgent"), "{said}");
    }
}
