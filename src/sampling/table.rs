//! Functions of a standard normal z, tabulated once and read by cubic interpolation.
//!
//! 256 cubics over z ∈ [−8.25, 8.25], a probability of 2e-16 outside, each exact in value and slope at its ends (Hermite). The error
//! is at most h⁴/384 · max|g⁗| = 4.5e-8 · max|g⁗| with h = 0.0645, as long as g is smooth in z. Eight kilobytes a table.

use std::sync::{Arc, LazyLock};

use super::beta::Beta;
use super::elementary::{ROUNDER, at_least, at_most};
use super::normal;

const CUBICS: usize = 256;
pub(super) const END: f64 = 8.25;
const PER_Z: f64 = CUBICS as f64 / (2.0 * END);
/// Just below the number of cubics, so that the last one reads its own end.
const LAST: f64 = CUBICS as f64 - 1e-9;

/// g(z) as cubics in the distance from their left end, per width.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    cubics: [[f64; 4]; CUBICS],
}

impl Table {
    /// The table of `g`, which gives value and slope dg/dz.
    fn new(g: impl Fn(f64) -> [f64; 2]) -> Self {
        Table::from_curve(knot_positions().map(g))
    }

    pub(super) fn from_curve(curve: impl Iterator<Item = [f64; 2]>) -> Self {
        let mut cubics = [[0.0; 4]; CUBICS];
        let knots: Vec<[f64; 2]> = curve.collect();
        for (cubic, ends) in cubics.iter_mut().zip(knots.windows(2)) {
            let [value0, value1] = [ends[0][0], ends[1][0]];
            let [slope0, slope1] = [ends[0][1] / PER_Z, ends[1][1] / PER_Z];
            let rise = value1 - value0;
            *cubic = [value0, slope0, 3.0 * rise - 2.0 * slope0 - slope1, slope0 + slope1 - 2.0 * rise];
        }
        Table { cubics }
    }

    /// I⁻¹(Φ(z)) of a beta distribution.
    pub(super) fn of_beta(beta: &Beta) -> Self {
        let positions: Vec<f64> = knot_positions().collect();
        Table::from_curve(beta.curve(&positions).into_iter())
    }

    /// g(z); the value at the nearer end beyond ±8.25.
    #[inline(always)]
    pub(super) fn at(&self, z: f64) -> f64 {
        let position = at_most(at_least((z + END) * PER_Z, 0.0), LAST);
        let rounded = (position - 0.5) + ROUNDER;
        let t = position - (rounded - ROUNDER);
        let [c0, c1, c2, c3] = self.cubics[rounded.to_bits() as usize & (CUBICS - 1)];
        c0 + t * (c1 + t * (c2 + t * c3))
    }
}

/// The z at which a curve is to be given.
pub(super) fn knot_positions() -> impl Iterator<Item = f64> {
    (0..=CUBICS).map(|i| i as f64 / PER_Z - END)
}

/// Φ(z).
pub(super) static PROBABILITY: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::new(|z| [normal::cdf(z), normal::pdf(z)])));

/// √Φ(z), with slope φ/(2√Φ).
pub(super) static ROOT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    Arc::new(Table::new(|z| {
        let root = normal::cdf(z).sqrt();
        [root, 0.5 * normal::pdf(z) / root]
    }))
});

/// −ln(1 − Φ(z)), with slope φ(z)/Φ(−z).
pub(super) static SURVIVAL: LazyLock<Arc<Table>> = LazyLock::new(|| {
    Arc::new(Table::new(|z| {
        let upper = normal::cdf(-z);
        let value = if z < 0.0 {
            -libm::log1p(-normal::cdf(z))
        } else {
            -libm::log(upper)
        };
        [value, normal::pdf(z) / upper]
    }))
});

/// ln(Φ(z)/(1 − Φ(z))), with slope φ/(Φ·(1 − Φ)).
pub(super) static LOGIT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    Arc::new(Table::new(|z| {
        let (lower, upper) = (normal::cdf(z), normal::cdf(-z));
        [libm::log(lower / upper), normal::pdf(z) / (lower * upper)]
    }))
});

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(table: &Table, exact: impl Fn(f64) -> f64) -> f64 {
        (-8_200..=8_200)
            .map(|i| f64::from(i) / 1_000.0)
            .map(|z| (table.at(z) - exact(z)).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn shared_tables_are_exact_to_1e_7() {
        let errors = [
            worst(&PROBABILITY, normal::cdf),
            worst(&ROOT, |z| normal::cdf(z).sqrt()),
            worst(&SURVIVAL, |z| -libm::log(normal::cdf(-z))),
            worst(&LOGIT, |z| libm::log(normal::cdf(z) / normal::cdf(-z))),
        ];
        assert!(errors.iter().all(|&e| e < 1e-7), "{errors:?}");
    }

    #[test]
    fn holds_its_ends_and_never_panics() {
        for z in [f64::NEG_INFINITY, -1e300, f64::NAN, -8.25] {
            assert_eq!(PROBABILITY.at(z), PROBABILITY.at(-9.0));
        }
        for z in [f64::INFINITY, 1e300, 8.25] {
            assert!((PROBABILITY.at(z) - 1.0).abs() < 1e-15);
        }
    }
}
