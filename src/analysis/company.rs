//! Money and people of a run: what it costs, who is there and who is wanted.

use super::forecast::{CapacityWeek, CostForecast};
use super::reading::spread;
use crate::engine::{Count, Money, Trials, Window, people_per_bin};
use crate::plan::{Plan, Team};

/// What it costs; `None` where nothing costs anything.
pub(super) fn cost(trials: &Trials) -> Option<CostForecast> {
    let layout = trials.layout();
    if !layout.has_cost {
        return None;
    }
    let of = |pick: fn(Money) -> f64| spread(trials.rows().map(|row| layout.money(row).map_or(0.0, pick)));
    Some(CostForecast {
        total: of(|money| money.total),
        once: of(|money| money.once),
        responses: of(|money| money.responses),
        lost_customer_value: of(|money| money.lost_customer_value),
    })
}

/// People there and people wanted, by team and week; weeks without a working day are left out.
pub(super) fn capacity(plan: &Plan, trials: &Trials, window: &Window) -> Vec<CapacityWeek> {
    let tally = trials.tally();
    let weeks = plan.teams.iter().enumerate().flat_map(|(index, team)| {
        let per_bin = people_per_bin(seats(team));
        (0..window.weeks).filter_map(move |week| {
            let people = |what, share| tally.quantile_bin(index, week, what, share).map(|bin| bin as f64 * per_bin);
            Some(CapacityWeek {
                team: team.id.clone(),
                week: week as u32 + 1,
                date: plan.calendar.start().plus_days(7 * week as i64)?,
                available_p10: people(Count::Available, 0.1)?,
                available_p50: people(Count::Available, 0.5)?,
                available_p90: people(Count::Available, 0.9)?,
                demand_p50: people(Count::Demand, 0.5)?,
                utilisation_p50: tally.quantile_bin(index, week, Count::Utilisation, 0.5).map(Count::share_of_bin)?,
            })
        })
    });
    weeks.collect()
}

/// Everyone who is or may be there.
fn seats(team: &Team) -> usize {
    team.engineers as usize + team.hires.iter().map(|hire| hire.engineers as usize).sum::<usize>()
}
