//! Tables of PERT distributions (λ = 4): one family, α + β = 6, solved at eleven shapes and interpolated between them.
//!
//! Solving for the quantiles of one shape takes as long as ten thousand draws, and a plan of a thousand tasks has a thousand shapes.
//! x(z; α) is smooth in α, so the polynomial through its values at the Chebyshev points of 1 ≤ α ≤ 3 is off by at most 1.5e-8 of the
//! range; α above 3 is the mirror, x(z; α) = 1 − x(−z; 6 − α). L. N. Trefethen, *Approximation Theory and Approximation Practice*
//! (2013), chapters 2 and 5.

use std::sync::LazyLock;

use super::beta::Beta;
use super::table::{Table, knot_positions};

const SHAPES: usize = 11;

/// α + β of every member.
pub(super) const SUM: f64 = 6.0;

/// The Chebyshev points of [1, 3].
static ALPHAS: LazyLock<[f64; SHAPES]> =
    LazyLock::new(|| std::array::from_fn(|k| 2.0 + libm::cos((2 * k + 1) as f64 * std::f64::consts::PI / (2 * SHAPES) as f64)));

/// (x, dx/dz) at the knots of a table, for each of the points.
static CURVES: LazyLock<Vec<Vec<[f64; 2]>>> = LazyLock::new(|| {
    let positions: Vec<f64> = knot_positions().collect();
    ALPHAS
        .iter()
        .map(|alpha| Beta::new(*alpha, SUM - alpha).curve(&positions))
        .collect()
});

/// The table of Beta(α, 6 − α) for 1 ≤ α ≤ 5, off by at most 1.5e-8 beside its own error.
pub(super) fn table(alpha: f64) -> Table {
    if alpha <= 3.0 {
        return Table::from_curve(curve(alpha));
    }
    let mut mirrored: Vec<[f64; 2]> = curve(SUM - alpha).map(|[x, slope]| [1.0 - x, slope]).collect();
    mirrored.reverse();
    Table::from_curve(mirrored.into_iter())
}

/// Lagrange's polynomial through the curves, knot by knot.
fn curve(alpha: f64) -> impl Iterator<Item = [f64; 2]> {
    let weights: [f64; SHAPES] = std::array::from_fn(|own| {
        let others = ALPHAS.iter().enumerate().filter(|(other, _)| *other != own);
        others.map(|(_, other)| (alpha - other) / (ALPHAS[own] - other)).product()
    });
    (0..CURVES[0].len()).map(move |knot| {
        let (mut x, mut slope) = (0.0, 0.0);
        for (weight, curve) in weights.iter().zip(CURVES.iter()) {
            x += weight * curve[knot][0];
            slope += weight * curve[knot][1];
        }
        // Rounding may lead a hair out of the range in the far tails.
        [x.clamp(0.0, 1.0), slope.max(0.0)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: the shape's own equation, solved; itself held against statrs and closed forms.
    #[test]
    fn every_shape_is_as_exact_as_stated() {
        for step in 0..=40 {
            let alpha = 1.0 + f64::from(step) / 10.0;
            let (table, exact) = (table(alpha), Beta::new(alpha, SUM - alpha));
            for i in -82..=82 {
                let z = f64::from(i) / 10.0 + 0.013;
                let off = (table.at(z) - exact.at(z)).abs();
                assert!(off < 7e-8, "α {alpha} z {z}: {off:e}");
            }
        }
    }

    /// Closed forms at the ends: Beta(1, 5): 1 − (1−p)^(1/5); Beta(5, 1): p^(1/5).
    #[test]
    fn the_ends_agree_with_closed_forms() {
        use super::super::normal::cdf;
        for i in -80..=80 {
            let z = f64::from(i) / 10.0;
            assert!((table(1.0).at(z) - (1.0 - libm::pow(cdf(-z), 0.2))).abs() < 7e-8, "{z}");
            assert!((table(5.0).at(z) - libm::pow(cdf(z), 0.2)).abs() < 7e-8, "{z}");
        }
    }
}
