//! The mean of a few numbers and what chance leaves open of it.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::proportion::Interval;

/// The mean of `values` with Student's 95 % interval, x̄ ± t₀.₉₇₅(n − 1) s / √n; no interval of fewer than two values, and nothing
/// of none. Source: Student, Biometrika 6 (1908) 1–25.
#[must_use]
pub fn mean_interval(values: &[f64]) -> Option<(f64, Option<Interval>)> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let interval = StudentsT::new(0.0, 1.0, n - 1.0).ok().map(|t| {
        let half = t.inverse_cdf(0.975) * (squares / (n - 1.0) / n).sqrt();
        Interval {
            low: mean - half,
            high: mean + half,
        }
    });
    Some((mean, interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_students_own_example() {
        // Student (1908), section IX: hours of sleep gained by hyoscyamine L (Cushny & Peebles); t₀.₉₇₅(9) = 2.262157.
        let gained = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let (mean, interval) = mean_interval(&gained).expect("ten values");
        let interval = interval.expect("an interval");
        assert!((mean - 2.33).abs() < 1e-12);
        // As R's `t.test(extra)` has it for the second group of `sleep`: 0.8976775 to 3.7623225.
        assert!(
            (interval.low - 0.897_677_5).abs() < 1e-6 && (interval.high - 3.762_322_5).abs() < 1e-6,
            "{interval:?}"
        );
    }

    #[test]
    fn few_and_constant_values() {
        assert!(mean_interval(&[]).is_none());
        assert_eq!(mean_interval(&[3.0]), Some((3.0, None)));
        assert_eq!(mean_interval(&[2.0, 2.0]), Some((2.0, Some(Interval { low: 2.0, high: 2.0 }))));
    }
}
