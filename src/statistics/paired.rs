//! The difference of a quantile between two samples of the same futures, with what pairing them is worth.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::quantile_of;
use crate::units::Percentile;

/// The most batches that the futures are split into.
const MOST_BATCHES: usize = 50;
/// The fewest batches that tell a spread.
const FEWEST_BATCHES: usize = 10;
/// The fewest futures in a batch: fewer have no P80 to speak of.
const FEWEST_IN_A_BATCH: usize = 20;

/// How far a quantile of one sample lies from that of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileDifference {
    /// Quantile of the first less that of the second.
    pub difference: f64,
    /// What chance leaves open; `None` with too few futures, or where some batch has an infinite quantile.
    pub error: Option<DifferenceError>,
}

/// What chance leaves open of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceError {
    /// Half the width of the 95 % interval of the difference.
    pub half_width: f64,
    /// Standard error of the difference, the futures paired.
    pub paired: f64,
    /// Standard error that two samples of other futures each would have.
    pub independent: f64,
}

impl DifferenceError {
    /// By how much smaller pairing makes the standard error; `None` where it leaves no error at all.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.paired > 0.0).then(|| self.independent / self.paired)
    }
}

/// The difference of a quantile, `own[i]` and `base[i]` being of the same future. `None` where a quantile is infinite or there are no
/// futures.
///
/// The error is that of batch means: the futures are split, in their order, into B = 50 batches (fewer where these had fewer than
/// 20 futures), and s.e.² = Var(Dᵦ) / B of the batches' own differences, with Student's t on B − 1 degrees of freedom for the interval.
/// With other futures for each sample the variance would be (Var(Qᵦ) + Var(Q′ᵦ)) / B: the same batches without the covariance.
/// Source: Law, *Simulation Modeling and Analysis*, 5th ed. (2015), sections 9.5.3 (batch means) and 11.2 (common random numbers).
#[must_use]
pub fn quantile_difference(own: &[f64], base: &[f64], p: Percentile) -> Option<QuantileDifference> {
    let n = own.len().min(base.len());
    let quantile = |values: &[f64]| quantile_of(&mut values.to_vec(), p).filter(|value| value.is_finite());
    let difference = quantile(own)? - quantile(base)?;
    let batches = (n / FEWEST_IN_A_BATCH).min(MOST_BATCHES);
    let by_batch: Option<Vec<(f64, f64)>> = (0..batches)
        .map(|batch| {
            let range = batch * n / batches..(batch + 1) * n / batches;
            Some((quantile(own.get(range.clone())?)?, quantile(base.get(range)?)?))
        })
        .collect();
    let error = by_batch.filter(|_| batches >= FEWEST_BATCHES).and_then(|by_batch| {
        let standard_error = |squares: f64| (squares / (batches as f64 - 1.0) / batches as f64).sqrt();
        let paired = standard_error(squares(by_batch.iter().map(|(own, base)| own - base)));
        let independent = standard_error(squares(by_batch.iter().map(|pair| pair.0)) + squares(by_batch.iter().map(|pair| pair.1)));
        let t = StudentsT::new(0.0, 1.0, batches as f64 - 1.0).ok()?.inverse_cdf(0.975);
        Some(DifferenceError {
            half_width: t * paired,
            paired,
            independent,
        })
    });
    Some(QuantileDifference { difference, error })
}

/// The sum of squared deviations from the mean.
fn squares(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let (count, sum) = values.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    values.map(|value| (value - sum / count) * (value - sum / count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const P80: Percentile = Percentile::percent(80);

    /// Numbers that look random, from 0 to 1: the fractions of multiples of the golden ratio, in an order that hides their pattern.
    fn noise(seed: u64, n: u64) -> Vec<f64> {
        (0..n)
            .map(|i| {
                let mut x = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed.wrapping_mul(0xD1B5_4A32_D192_ED03);
                for _ in 0..3 {
                    x ^= x >> 32;
                    x = x.wrapping_mul(0xD6E8_FEB8_6659_FD93);
                }
                (x >> 11) as f64 / (1_u64 << 53) as f64
            })
            .collect()
    }

    #[test]
    fn the_same_futures_differ_by_exactly_nothing() {
        let values = noise(1, 1_000);
        let found = quantile_difference(&values, &values, P80).expect("finite");
        let error = found.error.expect("enough futures");
        assert_eq!((found.difference, error.half_width, error.paired), (0.0, 0.0, 0.0));
        assert!(error.independent > 0.0 && error.ratio().is_none());
    }

    #[test]
    fn the_standard_errors_are_those_of_theory() {
        // P80 of a uniform on 0 to 1: variance p(1 − p)/n. Two independent samples: twice that, and pairing them gains nothing.
        let n = 20_000;
        let (a, b) = (noise(1, n), noise(2, n));
        let error = quantile_difference(&a, &b, P80).and_then(|found| found.error).expect("enough");
        let theory = (2.0 * 0.8 * 0.2 / n as f64).sqrt();
        // The spread of 50 batches is known to a tenth.
        for found in [error.paired, error.independent] {
            assert!((found / theory - 1.0).abs() < 0.3, "{found} against {theory}");
        }
        // The same futures, moved by a constant: no error is left but rounding.
        let moved: Vec<f64> = a.iter().map(|value| value + 3.0).collect();
        let found = quantile_difference(&moved, &a, P80).expect("finite");
        assert!((found.difference - 3.0).abs() < 1e-12 && found.error.is_some_and(|error| error.paired < 1e-12));
    }

    #[test]
    fn the_interval_covers_the_truth_as_often_as_it_says() {
        // X and X + Y/2 of uniform X and Y: the P80 of the sum is that of a trapezoid, 1.5 − √(2·0.5·0.2).
        let truth = 1.5 - 0.2_f64.sqrt() - 0.8;
        let covered = (0..200)
            .filter(|seed| {
                let (x, y) = (noise(2 * seed + 10, 1_000), noise(2 * seed + 11, 1_000));
                let sum: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + y / 2.0).collect();
                let found = quantile_difference(&sum, &x, P80).expect("finite");
                found
                    .error
                    .is_some_and(|error| (found.difference - truth).abs() <= error.half_width)
            })
            .count();
        // 190 of 200 are expected; four standard deviations are 12.
        assert!((178..=200).contains(&covered), "{covered} of 200");
    }

    #[test]
    fn few_never_and_no_futures() {
        let few = quantile_difference(&noise(1, 150), &noise(2, 150), P80).expect("finite");
        assert_eq!(few.error, None);
        assert_eq!(quantile_difference(&[], &[], P80), None);
        assert_eq!(quantile_difference(&[f64::INFINITY; 300], &[1.0; 300], P80), None);
        // Finite as a whole, but not in each batch.
        let mut values = vec![1.0; 400];
        values[..20].fill(f64::INFINITY);
        let found = quantile_difference(&values, &[1.0; 400], P80).expect("finite");
        assert_eq!((found.difference, found.error), (0.0, None));
    }
}
