//! How far budgets look, and when unfinished work counts as never finished.

use super::reading::latest;
use crate::calendar::{Date, quarters};
use crate::engine::{Landmarks, Trials, Window};
use crate::plan::Plan;
use crate::statistics::Sorted;
use crate::units::{Percentile, WorkDays};

/// Unfinished at so many times the horizon, work counts as never finished.
const NEVER_AFTER_HORIZONS: f64 = 5.0;

/// How far budgets look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// The last day.
    pub date: Date,
    /// Working days after which unfinished work counts as never finished.
    pub never_after: WorkDays,
}

impl Horizon {
    /// The one that looks further.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if other.date > self.date { other } else { self }
    }

    /// How far a run has to look; `weeks` tells whether capacity is to be counted by week.
    #[must_use]
    pub fn window(&self, plan: &Plan, weeks: bool) -> Window {
        let start = plan.calendar.start();
        let days = self.date.days_since(start).max(0) + 1;
        Window {
            limit: self.never_after.days(),
            horizon: plan.calendar.evening_of(self.date).days(),
            horizon_clock: days as f64,
            quarters: quarters(start, MOST_QUARTERS)
                .iter()
                .filter(|quarter| quarter.begins < days as f64)
                .count(),
            weeks: if weeks {
                (days as usize).div_ceil(7).min(most_weeks(plan.teams.len()))
            } else {
                0
            },
            checkpoints: true,
            responses: true,
        }
    }
}

/// Working days after which the pilot gives up on a trial: twenty times the later of the plan on paper and the last commitment,
/// and at least two years. What takes longer in one trial of twenty does not set a horizon that anybody would look at.
#[must_use]
pub fn pilot_limit(plan: &Plan, landmarks: &Landmarks) -> f64 {
    let promised = plan
        .initiatives
        .iter()
        .flat_map(|initiative| &initiative.commitments)
        .map(|commitment| commitment.time.days());
    let on_paper = landmarks.plan_on_paper.iter().copied().filter(|days| days.is_finite());
    20.0 * promised.chain(on_paper).fold(26.0, f64::max)
}

/// Quarters and weeks that budgets and capacity look at, forty and ten years.
const MOST_QUARTERS: usize = 160;
const MOST_WEEKS: usize = 520;
/// Weeks of all teams together: each is three histograms.
const MOST_TEAM_WEEKS: usize = 52_000;

/// Weeks for which the capacity of so many teams is counted.
fn most_weeks(teams: usize) -> usize {
    MOST_WEEKS.min(MOST_TEAM_WEEKS / teams.max(1))
}

/// The horizon that the scenario gives is before its own plan on paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HorizonError {
    /// The horizon as given.
    pub horizon: Date,
    /// When the plan on paper ends.
    pub plan_on_paper: Option<Date>,
}

/// The scenario's horizon, or the end of the calendar quarter that holds the later of the last commitment and the P95 finish of
/// the pilot. Where the pilot never finishes, the plan on paper stands in for it.
///
/// # Errors
/// [`HorizonError`] where the scenario's horizon is before the plan on paper.
pub fn horizon(plan: &Plan, landmarks: &Landmarks, pilot: &Trials) -> Result<Horizon, HorizonError> {
    let calendar = &plan.calendar;
    let on_paper = calendar.date_of(WorkDays::new(latest(landmarks.plan_on_paper.iter().copied())));
    let date = if let Some(horizon) = plan.horizon {
        if on_paper.is_none_or(|on_paper| horizon < on_paper) {
            return Err(HorizonError {
                horizon,
                plan_on_paper: on_paper,
            });
        }
        horizon
    } else {
        let p95 = Sorted::new(pilot.rows().map(|row| latest(pilot.layout().finishes(row))).collect()).quantile(Percentile::percent(95));
        let commitments = plan
            .initiatives
            .iter()
            .flat_map(|initiative| &initiative.commitments)
            .map(|commitment| commitment.date);
        commitments
            .chain(p95.and_then(|p95| calendar.date_of(WorkDays::new(p95))))
            .chain(on_paper)
            .max()
            .unwrap_or(calendar.start())
            .quarter_end()
    };
    Ok(Horizon {
        date,
        never_after: WorkDays::new(calendar.evening_of(date).days().max(1.0) * NEVER_AFTER_HORIZONS),
    })
}
