//! Uncertain rates: the gamma distribution of mean 1 as a function of a standard normal z.
//!
//! x = y(z)³ with y tabulated: by Wilson & Hilferty (1931) the cube root of a gamma variate is nearly normal, so y is nearly linear
//! in z and a coarse table of cubics is exact enough for any coefficient of variation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::normal;
use super::table::Table;

/// The tables made so far, by the bits of the coefficient of variation.
static KNOWN: Mutex<BTreeMap<u64, Arc<Table>>> = Mutex::new(BTreeMap::new());

/// Tables beyond which all are forgotten: no plan has so many, and a program that reads many plans must not keep all of theirs.
const MOST_KNOWN: usize = 64;

/// A gamma distribution of mean 1, ready to be drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct GammaFactor {
    /// `None` where the factor is known to be 1.
    cube_root: Option<Arc<Table>>,
}

impl GammaFactor {
    /// Mean 1 and this coefficient of variation, so shape 1/cv² and scale cv²; 0 (or less, or not a number) for the constant 1.
    /// Coefficients above 10 are taken as 10.
    #[must_use]
    pub fn new(cv: f64) -> Self {
        if cv.is_nan() || cv <= 1e-9 {
            return Self { cube_root: None };
        }
        let cv = cv.min(10.0);
        // A table takes half a millisecond, and a plan, its options and its prices have the same few.
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let table = known
            .entry(cv.to_bits())
            .or_insert_with(|| Arc::new(Table::from_curve(cube_roots(1.0 / (cv * cv)).into_iter())));
        Self {
            cube_root: Some(Arc::clone(table)),
        }
    }

    /// The draw for one z.
    #[must_use]
    pub fn at(&self, z: f64) -> f64 {
        self.cube_root.as_ref().map_or(1.0, |table| {
            let root = table.at(z).max(0.0);
            root * root * root
        })
    }
}

/// y and dy/dz at the knots, for shape `a` and mean 1: P(a, a·y³) = Φ(z).
fn cube_roots(a: f64) -> Vec<[f64; 2]> {
    let log_gamma = libm::lgamma(a);
    let mut previous = 0.0_f64;
    let mut curve = vec![];
    for z in super::table::knot_positions() {
        let y = solve(a, log_gamma, z, previous);
        previous = y;
        // dx/dz = φ(z) / f(x) with f the density of a·x, and dy/dz = dx/dz / (3 y²).
        let x = a * y * y * y;
        let density = if x > 0.0 {
            libm::exp((a - 1.0) * libm::log(x) - x - log_gamma) * a
        } else {
            0.0
        };
        let slope = if y > 1e-8 && density > 0.0 {
            normal::pdf(z) / density / (3.0 * y * y)
        } else {
            0.0
        };
        curve.push([y, if slope.is_finite() { slope } else { 0.0 }]);
    }
    curve
}

/// The y ≥ `least` with P(a, a·y³) = Φ(z), by bisection: the table is built once and need not be fast.
fn solve(a: f64, log_gamma: f64, z: f64, least: f64) -> f64 {
    // Of the two tails the smaller, which keeps its digits.
    let short = |y: f64| {
        let x = a * y * y * y;
        if z < 0.0 {
            lower(a, log_gamma, x) < normal::cdf(z)
        } else {
            upper(a, log_gamma, x) > normal::cdf(-z)
        }
    };
    let (mut low, mut high) = (least, (2.0 * least).max(1.0));
    while short(high) && high < 1e6 {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if short(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The regularised incomplete gamma function P(a, x): series below x = a + 1. Source: Abramowitz & Stegun 6.5.29.
fn lower(a: f64, log_gamma: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= a + 1.0 {
        return 1.0 - fraction(a, log_gamma, x);
    }
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    for _ in 0..10_000 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum * libm::exp(a * libm::log(x) - x - log_gamma)
}

/// Q(a, x) = 1 − P(a, x).
fn upper(a: f64, log_gamma: f64, x: f64) -> f64 {
    if x < a + 1.0 {
        1.0 - lower(a, log_gamma, x)
    } else {
        fraction(a, log_gamma, x)
    }
}

/// Q(a, x) by its continued fraction above x = a + 1. Source: Abramowitz & Stegun 6.5.31, by Lentz's method.
fn fraction(a: f64, log_gamma: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..10_000 {
        let an = -f64::from(i) * (f64::from(i) - a);
        b += 2.0;
        d = an * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + an / c;
        c = if c.abs() < TINY { TINY } else { c };
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h * libm::exp(a * libm::log(x) - x - log_gamma)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Gamma};

    #[test]
    fn the_cdf_at_each_draw_is_the_probability_of_its_z() {
        for cv in [0.1, 0.5, 1.0, 2.0, 5.0] {
            let shape = 1.0 / (cv * cv);
            let exact = Gamma::new(shape, shape).expect("a gamma distribution");
            let factor = GammaFactor::new(cv);
            for step in -50..=50 {
                let z = f64::from(step) / 10.0;
                let x = factor.at(z);
                if x > 1e-12 {
                    let error = exact.cdf(x) - normal::cdf(z);
                    assert!(error.abs() < 1e-5, "cv {cv}, z {z}: x {x}, error {error:e}");
                }
            }
        }
    }

    #[test]
    fn mean_and_variance_are_those_asked_for() {
        for cv in [0.3, 0.5, 1.0] {
            let factor = GammaFactor::new(cv);
            // Midpoint rule over z; the integrands vanish beyond ±8.
            let (mut mean, mut square) = (0.0, 0.0);
            for step in -8_000..8_000 {
                let z = (f64::from(step) + 0.5) / 1_000.0;
                let weight = normal::pdf(z) / 1_000.0;
                mean += weight * factor.at(z);
                square += weight * factor.at(z) * factor.at(z);
            }
            assert!((mean - 1.0).abs() < 1e-5, "{mean}");
            assert!((square - mean * mean - cv * cv).abs() < 1e-4, "{square}");
        }
    }

    #[test]
    fn a_known_rate_is_known_and_odd_input_is_harmless() {
        for cv in [0.0, -1.0, f64::NAN] {
            assert_eq!(GammaFactor::new(cv).at(3.0), 1.0);
        }
        assert!(GammaFactor::new(1e9).at(8.0).is_finite());
        assert!(GammaFactor::new(10.0).at(-8.0) >= 0.0);
    }
}
