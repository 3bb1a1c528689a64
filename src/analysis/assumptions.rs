//! What the numbers rest on and what they leave out, in sentences that a reader outside engineering understands.

use crate::plan::Plan;

/// What the numbers rest on.
pub(super) fn assumptions(plan: &Plan) -> Vec<String> {
    let mut sentences = vec![];
    match &plan.overrun {
        Some(overrun) => {
            let (p10, p50, p90) = (overrun.quantile(0.1), overrun.quantile(0.5), overrun.quantile(0.9));
            let judgement = if (p50 - 1.0).abs() < 1e-9 {
                "it spreads the dates but does not judge the estimates: no history was given. Published: 60–80 % of projects overrun, by 30–40 % on average (Moløkken & Jørgensen 2003)"
            } else {
                "it also moves them, since its middle is not 1"
            };
            sentences.push(format!(
                "All estimates run over or under together by one factor, {p10:.2} / {p50:.2} / {p90:.2} in 1 of 10, 5 of 10 and 9 of 10 futures; {judgement}."
            ));
        }
        None => sentences.push("Estimates carry no common overrun: past projects are taken to say nothing about this one.".into()),
    }
    let (team, portfolio) = (plan.correlation.team(), plan.correlation.portfolio());
    if team + portfolio > 0.0 {
        sentences.push(format!(
            "Tasks go wrong together: two of one team correlate {:.2}, any two {portfolio:.2}. Independent errors would make the forecast falsely sure.",
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
            "{fixed} of {all} tasks have one number for an estimate: they take exactly that, in every future."
        ));
    }
    for risk in &plan.risks {
        sentences.push(format!(
            "Risk \"{}\" strikes in {:.0} of 100 futures and touches {} task{}.",
            risk.title,
            risk.probability.get() * 100.0,
            risk.affects.len(),
            if risk.affects.len() == 1 { "" } else { "s" }
        ));
    }
    for team in plan.teams.iter().filter(|team| team.focus < 1.0) {
        sentences.push(format!(
            "Team {} gives {:.0} % of its time to planned work.",
            team.id,
            team.focus * 100.0
        ));
    }
    sentences
}

/// What could move the date and is not in the model.
pub(super) fn not_modelled(plan: &Plan) -> Vec<String> {
    let mut sentences = vec![
        "people who leave or join".to_owned(),
        "incidents and the people they take".to_owned(),
        "security findings".to_owned(),
    ];
    if plan.risks.is_empty() {
        sentences.push("risks: none is listed, so nothing in particular goes wrong".to_owned());
    }
    sentences.push("scope that changes on the way".to_owned());
    sentences
}
