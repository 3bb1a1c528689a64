//! Small steps from numbers to what a forecast says, shared by its parts.

use super::forecast::{Moment, Share, Spread, Verdict};
use super::insights::Path;
use crate::calendar::Calendar;
use crate::statistics::{Interval, Proportion, Sorted};
use crate::units::{Percentile, Probability, WorkDays};

/// A time as a date and as working days.
pub(super) fn moment(calendar: &Calendar, days: f64) -> Moment {
    let working_days = WorkDays::new(days);
    Moment {
        date: calendar.date_of(working_days),
        working_days,
    }
}

/// The finish of the last initiative.
pub(super) fn latest(finishes: impl Iterator<Item = f64>) -> f64 {
    finishes.fold(0.0, f64::max)
}

/// A proportion with its interval.
pub(super) fn share(counted: Proportion) -> Share {
    share_within(counted, counted.wilson())
}

/// The same with another interval.
pub(super) fn share_within(counted: Proportion, interval: Interval) -> Share {
    Share {
        p: counted.estimate().unwrap_or(0.0),
        ci_low: interval.low,
        ci_high: interval.high,
        hits: counted.hits as u32,
        trials: counted.trials as u32,
    }
}

/// On which side of its tolerance a breach lies, if the trials can tell.
pub(super) fn verdict(breached: Proportion, tolerance: Option<Probability>) -> Verdict {
    let Some(tolerance) = tolerance.map(Probability::get) else {
        return Verdict::NoTolerance;
    };
    let interval = breached.wilson();
    if interval.high <= tolerance {
        Verdict::Within
    } else if interval.low > tolerance {
        Verdict::Over
    } else {
        Verdict::NotResolved
    }
}

/// A percentile; `None` where it is never or nothing was counted.
pub(super) fn at(sorted: &Sorted, percent: u32) -> Option<f64> {
    sorted.quantile(Percentile::percent(percent)).filter(|value| value.is_finite())
}

/// Percentiles and mean.
pub(super) fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let sorted = Sorted::new(values.collect());
    Spread {
        mean: sorted.mean().map(|(mean, _)| mean),
        p10: at(&sorted, 10),
        p50: at(&sorted, 50),
        p80: at(&sorted, 80),
        p90: at(&sorted, 90),
    }
}

/// Where one path ends and the next begins: halfway, in probability, between the named percentiles. By value, so that futures that
/// finish together are on one path, and a finish that does not vary is on the best. What never finishes is on the worst, however
/// many futures never do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuts {
    /// The last finish of the best path.
    best: f64,
    /// The last finish of the expected path.
    expected: f64,
}

impl Cuts {
    /// The cuts of a finish, for the percentiles of its three timelines; `None` without trials.
    #[must_use]
    pub fn new([best, expected, worst]: [Percentile; 3], finishes: &Sorted) -> Option<Self> {
        Some(Self {
            best: finishes.quantile(best.midpoint(expected))?,
            expected: finishes.quantile(expected.midpoint(worst))?,
        })
    }

    /// The last finishes of the best and of the expected path, in working days.
    #[must_use]
    pub const fn ends(self) -> [f64; 2] {
        [self.best, self.expected]
    }

    /// The path of a future.
    #[must_use]
    pub fn path(self, finish: f64) -> Path {
        if finish.is_infinite() {
            Path::Worst
        } else if finish <= self.best {
            Path::Best
        } else if finish <= self.expected {
            Path::Expected
        } else {
            Path::Worst
        }
    }
}
