//! A share of trials and its interval: Wilson's for many trials, the exact one for few.

use statrs::distribution::{Beta, ContinuousCDF};

/// The 0.975 quantile of the standard normal: half-width of a 95 % interval in standard errors.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// A closed interval of a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// `hits` of `trials`. Counts merge exactly, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proportion {
    /// Trials that count.
    pub hits: u64,
    /// All trials.
    pub trials: u64,
}

impl Proportion {
    /// Counts the items for which `hit` holds.
    pub fn of<T>(items: impl IntoIterator<Item = T>, mut hit: impl FnMut(T) -> bool) -> Self {
        let mut counted = Self::default();
        for item in items {
            counted.add(hit(item));
        }
        counted
    }

    /// One more trial.
    pub const fn add(&mut self, hit: bool) {
        self.hits += hit as u64;
        self.trials += 1;
    }

    /// Both together.
    #[must_use]
    pub const fn merge(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            trials: self.trials + other.trials,
        }
    }

    /// The share; `None` without trials.
    #[must_use]
    pub fn estimate(self) -> Option<f64> {
        (self.trials > 0).then(|| self.hits as f64 / self.trials as f64)
    }

    /// Wilson's 95 % score interval; the whole of 0 to 1 without trials.
    ///
    /// (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), with z = 1.96. Unlike p̂ ± z·s.e. it stays within 0 to 1 and is not
    /// of zero width where no trial, or every one, is a hit. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
    #[must_use]
    pub fn wilson(self) -> Interval {
        let Some(p) = self.estimate() else {
            return Interval { low: 0.0, high: 1.0 };
        };
        let n = self.trials as f64;
        let z2n = Z_95 * Z_95 / n;
        let centre = (p + z2n / 2.0) / (1.0 + z2n);
        let half = Z_95 / (1.0 + z2n) * (p * (1.0 - p) / n + z2n / (4.0 * n)).sqrt();
        // The ends are exactly 0 and 1 at the extremes; rounding must not say otherwise.
        Interval {
            low: if self.hits == 0 { 0.0 } else { (centre - half).max(0.0) },
            high: if self.hits == self.trials { 1.0 } else { (centre + half).min(1.0) },
        }
    }

    /// The exact 95 % interval; the whole of 0 to 1 without trials.
    ///
    /// From B⁻¹(0.025; k, n − k + 1) to B⁻¹(0.975; k + 1, n − k) with B the distribution function of the beta, k hits of n. It covers
    /// at least 95 % however few the trials are, where Wilson's does not: one miss in one trial does not show that 80 % is wrong.
    /// Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404–413.
    #[must_use]
    pub fn exact(self) -> Interval {
        let (hits, misses) = (self.hits as f64, self.trials.saturating_sub(self.hits) as f64);
        let end = |a: f64, b: f64, share: f64| Beta::new(a, b).ok().map(|beta| beta.inverse_cdf(share));
        Interval {
            low: end(hits, misses + 1.0, 0.025).unwrap_or(0.0),
            high: end(hits + 1.0, misses, 0.975).unwrap_or(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_published_values() {
        // Newcombe, Statistics in Medicine 17 (1998) 857–872, table I: score method without continuity correction.
        for (hits, trials, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = Proportion { hits, trials }.wilson();
            assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
        }
    }

    #[test]
    fn the_exact_interval_agrees_with_published_values_and_closed_forms() {
        // The same table, method 5.
        for (hits, trials, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ] {
            let interval = Proportion { hits, trials }.exact();
            assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
        }
        // None of n ends where (1 − p)ⁿ is 0.025, and all of n is its mirror.
        for trials in [1, 2, 5, 12] {
            let end = 0.025_f64.powf(1.0 / trials as f64);
            let (none, all) = (Proportion { hits: 0, trials }.exact(), Proportion { hits: trials, trials }.exact());
            assert!(none.low == 0.0 && (none.high - (1.0 - end)).abs() < 1e-9, "{none:?}");
            assert!(all.high == 1.0 && (all.low - end).abs() < 1e-9, "{all:?}");
        }
        assert_eq!(Proportion::default().exact(), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn empty_and_extreme_counts() {
        let none = Proportion::default();
        assert_eq!(none.estimate(), None);
        assert_eq!(none.wilson(), Interval { low: 0.0, high: 1.0 });
        let all = Proportion { hits: 10, trials: 10 }.wilson();
        assert_eq!(all.high, 1.0);
        assert!(all.low > 0.7);
    }

    #[test]
    fn merging_is_counting_the_whole() {
        let items = [3, 1, 4, 1, 5, 9, 2, 6];
        let whole = Proportion::of(items, |x| x > 3);
        let parts = Proportion::of(&items[..3], |x| *x > 3).merge(Proportion::of(&items[3..], |x| *x > 3));
        assert_eq!(whole, parts);
        assert_eq!(whole.hits, 4);
    }
}
