//! Counts: the Poisson distribution by inversion, one uniform a count, so that compared scenarios stay paired.

use super::elementary::exp;
use super::stream::Stream;

/// The largest mean of one inversion; e^−mean must not vanish.
const LARGEST_MEAN: f64 = 500.0;

/// The number of events of a Poisson distribution with this mean in one trial of a stream; 0 for a mean of zero or less.
///
/// The smallest k with F(k) ≥ u, found by summing the probabilities. A mean above 500 is drawn as a sum of parts.
#[must_use]
pub fn poisson(stream: &Stream, trial: u32, mean: f64) -> u32 {
    // Beyond this no model of people means it, and the count would not fit.
    let mean = mean.min(1e6);
    let mut left = mean;
    let mut count = 0;
    let mut index = 0;
    while left > 0.0 {
        let part = left.min(LARGEST_MEAN);
        count += inverse(part, stream.uniform_at(trial, index));
        index += 1;
        left -= part;
    }
    count
}

fn inverse(mean: f64, u: f64) -> u32 {
    // e^−mean is at least 1 − mean: mostly this is told without it, by more than it is rounded.
    if u < 1.0 - mean - 1e-12 {
        return 0;
    }
    let mut k = 0_u32;
    let mut p = exp(-mean);
    let mut sum = p;
    // The sum stops growing before it reaches 1 by rounding; far beyond the mean nothing is left.
    let most = (mean + 60.0 + 12.0 * mean.sqrt()) as u32;
    while sum < u && k < most {
        k += 1;
        p *= mean / f64::from(k);
        sum += p;
    }
    k
}

#[cfg(test)]
mod tests {
    use super::super::stream::Purpose;
    use super::*;
    use statrs::distribution::{DiscreteCDF, Poisson};

    #[test]
    fn inversion_agrees_with_the_distribution_function() {
        for mean in [0.01, 0.3, 1.0, 6.0, 40.0, 499.0] {
            let exact = Poisson::new(mean).expect("a Poisson distribution");
            for step in 1..1_000 {
                let u = f64::from(step) / 1_000.0;
                let k = inverse(mean, u);
                assert!(exact.cdf(u64::from(k)) >= u - 1e-12, "{mean} {u} {k}");
                assert!(k == 0 || exact.cdf(u64::from(k) - 1) < u + 1e-12, "{mean} {u} {k}");
            }
        }
    }

    #[test]
    fn large_means_are_sums_and_none_is_zero() {
        let stream = Stream::new(1, "x", Purpose::Findings);
        assert_eq!(poisson(&stream, 0, 0.0), 0);
        assert_eq!(poisson(&stream, 0, -3.0), 0);
        let n = 2_000;
        let counts: Vec<f64> = (0..n).map(|trial| f64::from(poisson(&stream, trial, 1_800.0))).collect();
        let mean = counts.iter().sum::<f64>() / f64::from(n);
        // Standard error √(1800/2000) = 0.95.
        assert!((mean - 1_800.0).abs() < 4.0, "{mean}");
        let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / f64::from(n - 1);
        assert!((variance / 1_800.0 - 1.0).abs() < 0.13, "{variance}");
    }
}
