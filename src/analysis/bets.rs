//! What the work is for: the company's bets and what the authors say that the work means. Both are words; no number depends on them.

use super::forecast::{BetForecast, LadderForecast};
use crate::plan::{BetId, Plan};

/// Each bet with the initiatives that support it.
pub(super) fn bets(plan: &Plan) -> Vec<BetForecast> {
    plan.bets
        .iter()
        .enumerate()
        .map(|(index, bet)| {
            let supporting = plan
                .initiatives
                .iter()
                .filter(|initiative| initiative.supports.contains(&BetId(index)));
            BetForecast {
                id: bet.id.clone(),
                title: bet.title.clone(),
                owner: bet.owner.clone(),
                supported_by: supporting.map(|initiative| initiative.id.clone()).collect(),
            }
        })
        .collect()
}

/// What is said of each initiative and, after it, of each of its tasks.
pub(super) fn ladders(plan: &Plan) -> Vec<LadderForecast> {
    let mut ladders = Vec::new();
    for initiative in &plan.initiatives {
        ladders.push(LadderForecast {
            initiative: initiative.id.clone(),
            task: None,
            title: initiative.title.clone(),
            steps: initiative.ladder.clone(),
        });
        let tasks = initiative.tasks.iter().filter_map(|task| plan.tasks.get(task.0));
        ladders.extend(tasks.map(|task| LadderForecast {
            initiative: initiative.id.clone(),
            task: Some(task.id.clone()),
            title: task.title.clone(),
            steps: task.ladder.clone(),
        }));
    }
    ladders.retain(|ladder| !ladder.steps.is_empty());
    ladders
}
