//! Whether the simulation knows its numbers as well as somebody asked for, and how many more futures that would take.

use serde::Serialize;

use super::budgets::Budgets;
use super::forecast::Verdict;
use super::reading::share;
use crate::engine::{BLOCK, Trials, Window};
use crate::plan::Plan;
use crate::statistics::Sorted;
use crate::units::Percentile;

/// The futures with which a run to a precision begins.
const FIRST_TRIALS: u32 = 1_024;
/// The futures beyond which a run to a precision ends, where nobody says.
pub const MOST_TRIALS_TO_PRECISION: u32 = 1_000_000;

/// How well the numbers are known that somebody wanted to know well.
#[derive(Debug, Clone, Serialize)]
pub struct PrecisionForecast {
    /// The half-width of 95 % intervals that was asked for: of a probability as it is, of a finish as a share of it.
    pub half_width: f64,
    /// The futures that were allowed.
    pub most_trials: u32,
    /// Whether all of it is known so well.
    pub reached: bool,
    /// Number by number.
    pub numbers: Vec<Precise>,
}

/// How well one number is known.
#[derive(Debug, Clone, Serialize)]
pub struct Precise {
    /// The initiative or the budget.
    pub of: String,
    /// `p50`, `p80`, `on time`, with whom it was promised where there are several, or the period of a budget.
    pub what: String,
    /// Half of its 95 % interval, in the unit of what was asked for; absent where the trials are too few to tell.
    pub half_width: Option<f64>,
    /// Whether it is known so well; of a budget, whether it is settled on which side of its tolerance it lies.
    pub resolved: bool,
    /// How many times the futures it would take, about.
    #[serde(skip)]
    more: f64,
}

/// What is to be known, and how well the trials know it.
#[must_use]
pub fn precision(plan: &Plan, trials: &Trials, window: &Window, half_width: f64, most_trials: u32) -> PrecisionForecast {
    let mut numbers = vec![];
    let square = |ratio: f64| ratio * ratio;
    for (index, initiative) in plan.initiatives.iter().enumerate() {
        let finishes = Sorted::new(trials.finishes(index).collect());
        for percent in [50, 80] {
            let percentile = Percentile::percent(percent);
            let value = finishes.quantile(percentile).unwrap_or(f64::INFINITY);
            let half = match finishes.quantile_interval(percentile) {
                // Never, both ends of it: there is nothing that could be known better.
                (Some(low), Some(high)) if low == high => Some(0.0),
                (Some(low), Some(high)) if high.is_finite() => Some((high - low) / 2.0 / value.max(f64::MIN_POSITIVE)),
                _ => None,
            };
            numbers.push(Precise {
                of: initiative.id.clone(),
                what: percentile.to_string(),
                half_width: half,
                resolved: half.is_some_and(|half| half <= half_width),
                more: half.map_or(4.0, |half| square(half / half_width)),
            });
        }
        for commitment in &initiative.commitments {
            let on_time = share(finishes.share_at_or_below(commitment.time.days()));
            let half = (on_time.ci_high - on_time.ci_low) / 2.0;
            numbers.push(Precise {
                of: initiative.id.clone(),
                what: match &commitment.to {
                    Some(to) if initiative.commitments.len() > 1 => format!("on time for {to}"),
                    _ => "on time".to_owned(),
                },
                half_width: Some(half),
                resolved: half <= half_width,
                more: square(half / half_width),
            });
        }
    }
    for budget in Budgets::new(plan, trials).forecasts(trials, window) {
        let Some(tolerance) = budget.tolerance else { continue };
        let half = (budget.p_breach.ci_high - budget.p_breach.ci_low) / 2.0;
        numbers.push(Precise {
            of: budget.id,
            what: budget.period,
            half_width: Some(half),
            resolved: budget.verdict != Verdict::NotResolved,
            more: square(half / (budget.p_breach.p - tolerance).abs().max(f64::MIN_POSITIVE)),
        });
    }
    PrecisionForecast {
        half_width,
        most_trials,
        reached: numbers.iter().all(|number| number.resolved),
        numbers,
    }
}

impl PrecisionForecast {
    /// The futures with which to begin.
    #[must_use]
    pub fn first_trials(most_trials: u32) -> u32 {
        FIRST_TRIALS.min(most_trials)
    }

    /// The futures, in all, after which to look again; `None` where all is known or no more are allowed. An error shrinks with the
    /// square root of the futures, so they are what the widest interval calls for, at most four times as many at a time. A few
    /// looks at growing numbers, so that stopping where it looks good does not make it look better than it is.
    #[must_use]
    pub fn next_trials(&self, trials: u32) -> Option<u32> {
        if self.reached || trials >= self.most_trials {
            return None;
        }
        let open = self.numbers.iter().filter(|number| !number.resolved);
        let factor = (open.map(|number| number.more).fold(1.0, f64::max) * 1.1).clamp(1.5, 4.0);
        let wanted = (f64::from(trials) * factor).min(f64::from(self.most_trials)) as u32;
        Some(wanted.next_multiple_of(BLOCK as u32).min(self.most_trials))
    }
}
