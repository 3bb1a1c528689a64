//! `options.csv`: the ways out, a row for each initiative, way and promise.

use crate::analysis::{Comparison, FinishComparison, PromiseComparison, Share};

use super::tables::{Table, TableError, iso, number, optional, safe};

/// Columns before the budgets.
const COLUMNS: [&str; 14] = [
    "initiative",
    "option",
    "title",
    "recommended",
    "cost",
    "p50",
    "p80",
    "p90",
    "to",
    "p_on_time",
    "p_better",
    "delta_p80_days",
    "delta_ci_low",
    "delta_ci_high",
];
/// Columns after the budgets.
const MORE: [&str; 14] = [
    "commitment",
    "p_on_time_within_budgets",
    "p_on_time_within_cost",
    "p_same",
    "p50_days",
    "p80_days",
    "p90_days",
    "cost_once",
    "cost_change",
    "cost_p80",
    "needs_ceo",
    "error_ratio",
    "trials",
    "gives_up",
];

/// `options.csv`: a row for each initiative, way and promise, the plan itself first as `as planned`; an initiative that promises nothing
/// has a row without `to`, one that a way drops has none. Dates are ISO; days are working days from the start.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a comparison holds makes it.
pub fn options_csv(comparison: &Comparison) -> Result<String, TableError> {
    let mut budgets: Vec<&str> = Vec::new();
    for budget in comparison.alternatives.iter().flat_map(|way| &way.budgets) {
        if !budgets.contains(&budget.id.as_str()) {
            budgets.push(&budget.id);
        }
    }
    let named: Vec<String> = budgets.iter().map(|id| safe(&format!("p_breach_{id}"))).collect();
    let columns = COLUMNS.iter().copied().chain(named.iter().map(String::as_str)).chain(MORE);
    let mut table = Table::new(&columns.collect::<Vec<_>>())?;
    let mut initiatives: Vec<&str> = Vec::new();
    for finish in comparison.alternatives.iter().flat_map(|way| &way.initiatives) {
        if !initiatives.contains(&finish.initiative.as_str()) {
            initiatives.push(&finish.initiative);
        }
    }
    for initiative in initiatives {
        for way in &comparison.alternatives {
            let Some(finish) = way.initiatives.iter().find(|finish| finish.initiative == initiative) else {
                continue;
            };
            for place in 0..finish.promises.len().max(1) {
                let promise = finish.promises.get(place);
                let odds = |share: fn(&PromiseComparison) -> Option<Share>| optional(promise.and_then(share).map(|share| share.p));
                let mut row = vec![
                    safe(initiative),
                    safe(&way.id),
                    safe(&way.title),
                    way.recommended.to_string(),
                    number(way.cost.mean.unwrap_or(way.cost_once)),
                    iso(finish.p50.date),
                    iso(finish.p80.date),
                    iso(finish.p90.date),
                    promise.and_then(|promise| promise.to.as_deref()).map_or_else(String::new, safe),
                    odds(|promise| Some(promise.p_on_time)),
                ];
                row.extend(differences(finish));
                row.extend(budgets.iter().map(|id| {
                    let breach = way.budgets.iter().find(|budget| budget.id == *id);
                    optional(breach.map(|budget| budget.p_breach.p))
                }));
                row.extend([
                    iso(promise.and_then(|promise| promise.at.date)),
                    odds(|promise| Some(promise.p_on_time_within_budgets)),
                    odds(|promise| promise.p_on_time_within_cost),
                    number(finish.p_same.p),
                    number(finish.p50.working_days.days()),
                    number(finish.p80.working_days.days()),
                    number(finish.p90.working_days.days()),
                    number(way.cost_once),
                    number(way.cost_change),
                    optional(way.cost.p80),
                    way.needs_ceo.to_string(),
                    optional(finish.error_ratio),
                    comparison.trials.to_string(),
                    safe(&way.gives_up.join("; ")),
                ]);
                table.row(&row)?;
            }
        }
    }
    table.finish()
}

fn differences(finish: &FinishComparison) -> [String; 4] {
    [
        number(finish.p_better.p),
        optional(finish.delta_p80_days),
        optional(finish.delta_ci_low),
        optional(finish.delta_ci_high),
    ]
}
