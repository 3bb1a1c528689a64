//! Order statistics: the quantile that a promise needs, and its distribution-free interval.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::proportion::Proportion;
use crate::units::Percentile;

/// Ranks (1-based) of the order statistics that enclose a quantile; `None` where the sample is too small to bound that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankInterval {
    /// Rank of the lower end.
    pub low: Option<usize>,
    /// Rank of the upper end.
    pub high: Option<usize>,
}

/// The 95 % interval of the `p`-quantile among `n` sorted values, as ranks.
///
/// The number B of values at or below the true quantile is binomial(n, p), so x₍ₗ₎ and x₍ᵤ₎ enclose it with
/// P(l ≤ B ≤ u − 1) ≥ 0.95 for l = B₀.₀₂₅ and u = B₀.₉₇₅ + 1, whatever the distribution. Source: David & Nagaraja, *Order
/// Statistics*, 3rd ed. (2003), section 7.1.
#[must_use]
pub fn rank_interval(p: Percentile, n: usize) -> RankInterval {
    let Ok(binomial) = Binomial::new(p.share(), n as u64) else {
        return RankInterval { low: None, high: None };
    };
    let low = binomial.inverse_cdf(0.025) as usize;
    let high = binomial.inverse_cdf(0.975) as usize + 1;
    RankInterval {
        low: (low >= 1).then_some(low),
        high: (high <= n).then_some(high),
    }
}

/// What [`Sorted::quantile`] gives, without sorting the rest: a few quantiles take a fraction of the time. The values change places.
#[must_use]
pub fn quantile_of(values: &mut [f64], p: Percentile) -> Option<f64> {
    let place = p.rank(values.len()).checked_sub(1)?;
    let (_, value, _) = values.select_nth_unstable_by(place, f64::total_cmp);
    Some(*value)
}

/// Values in rising order, with what is asked of them. Infinite values ("never") are later than all others.
#[derive(Debug, Clone)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    /// Sorts the values. NaN sorts as later than everything.
    #[must_use]
    pub fn new(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        Self(values)
    }

    /// The values, rising.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The value of rank ⌈p·n⌉, so that quantile(p) ≤ c ⇔ #(x ≤ c)/n ≥ p; `None` without values.
    #[must_use]
    pub fn quantile(&self, p: Percentile) -> Option<f64> {
        self.at_rank(p.rank(self.0.len()))
    }

    /// The ends of the 95 % interval of the quantile.
    #[must_use]
    pub fn quantile_interval(&self, p: Percentile) -> (Option<f64>, Option<f64>) {
        let ranks = rank_interval(p, self.0.len());
        (
            ranks.low.and_then(|rank| self.at_rank(rank)),
            ranks.high.and_then(|rank| self.at_rank(rank)),
        )
    }

    /// How many values are at or below `limit`.
    #[must_use]
    pub fn share_at_or_below(&self, limit: f64) -> Proportion {
        Proportion {
            hits: self.0.partition_point(|value| *value <= limit) as u64,
            trials: self.0.len() as u64,
        }
    }

    /// The values above `limit`, rising.
    #[must_use]
    pub fn above(&self, limit: f64) -> &[f64] {
        self.0.get(self.0.partition_point(|value| *value <= limit)..).unwrap_or_default()
    }

    /// Mean and its standard error; `None` without values or where one is infinite.
    #[must_use]
    pub fn mean(&self) -> Option<(f64, f64)> {
        let n = self.0.len() as f64;
        if self.0.is_empty() || !self.0.iter().all(|value| value.is_finite()) {
            return None;
        }
        let mean = self.0.iter().sum::<f64>() / n;
        let squares: f64 = self.0.iter().map(|value| (value - mean) * (value - mean)).sum();
        let variance = if self.0.len() > 1 { squares / (n - 1.0) } else { 0.0 };
        Some((mean, (variance / n).sqrt()))
    }

    fn at_rank(&self, rank: usize) -> Option<f64> {
        self.0.get(rank.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_enclose_the_median_as_tabulated() {
        // Conover, Practical Nonparametric Statistics, 3rd ed.: n = 10, median: the 2nd and the 9th value (97.9 %).
        let ranks = rank_interval(Percentile::percent(50), 10);
        assert_eq!(
            ranks,
            RankInterval {
                low: Some(2),
                high: Some(9)
            }
        );
        // Too few trials to bound the 99th percentile from above.
        assert_eq!(rank_interval(Percentile::percent(99), 100).high, None);
        assert_eq!(rank_interval(Percentile::percent(50), 0), RankInterval { low: None, high: None });
    }

    #[test]
    fn quantiles_of_unsorted_tied_single_and_empty_data() {
        let sorted = Sorted::new(vec![5.0, 1.0, 3.0, 3.0, f64::INFINITY]);
        assert_eq!(sorted.quantile(Percentile::percent(50)), Some(3.0));
        assert_eq!(sorted.quantile(Percentile::percent(99)), Some(f64::INFINITY));
        assert_eq!(sorted.share_at_or_below(3.0).hits, 3);
        assert_eq!(sorted.above(3.0), &[5.0, f64::INFINITY]);
        assert_eq!(sorted.mean(), None);
        let single = Sorted::new(vec![2.0]);
        assert_eq!(single.quantile(Percentile::percent(1)), Some(2.0));
        assert_eq!(single.mean(), Some((2.0, 0.0)));
        let empty = Sorted::new(vec![]);
        assert_eq!(empty.quantile(Percentile::percent(50)), None);
        assert_eq!(empty.mean(), None);
    }

    #[test]
    fn what_is_selected_is_what_sorting_gives() {
        let never = f64::INFINITY;
        for values in [vec![], vec![2.0], vec![5.0, 1.0, 3.0, 3.0, never, -0.0, 0.0], vec![never; 3]] {
            let (mut selected, sorted) = (values.clone(), Sorted::new(values));
            // One after the other on the same values, whatever their places by then.
            for percent in [50, 10, 90, 50, 1, 99] {
                let p = Percentile::percent(percent);
                let found = [quantile_of(&mut selected, p), sorted.quantile(p)].map(|value| value.map(f64::to_bits));
                assert_eq!(found[0], found[1], "p{percent} of {:?}", sorted.values());
            }
        }
    }

    #[test]
    fn a_promise_is_kept_exactly_when_its_quantile_says_so() {
        let sorted = Sorted::new((1..=997).map(f64::from).collect());
        for percent in 1..=99 {
            let p = Percentile::percent(percent);
            let quantile = sorted.quantile(p).unwrap_or(f64::NAN);
            for limit in [quantile - 0.5, quantile, quantile + 0.5] {
                let share = sorted.share_at_or_below(limit);
                assert_eq!(quantile <= limit, share.hits * 100 >= u64::from(percent) * share.trials);
            }
        }
    }
}
