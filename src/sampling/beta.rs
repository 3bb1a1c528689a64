//! The beta distribution on (0, 1), portable to the bit; the shape of PERT.
//!
//! The regularised incomplete beta function Iₓ(α, β) by its continued fraction (NIST DLMF 8.17.22, modified Lentz), and the map
//! x(z) = I⁻¹(Φ(z)) by Newton steps in ln x, which keep their relative accuracy in the lower tail; the upper tail is the lower one
//! of the mirrored distribution.

use super::normal;

/// A beta distribution with positive finite α and β.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beta {
    alpha: f64,
    beta: f64,
    ln_normaliser: f64,
}

/// A point of x(z), seen from the lower end: ln x and its slope d ln x / dz.
#[derive(Debug, Clone, Copy)]
struct LogPoint {
    ln_x: f64,
    slope: f64,
}

impl Beta {
    pub(super) fn new(alpha: f64, beta: f64) -> Self {
        let ln_normaliser = libm::lgamma(alpha) + libm::lgamma(beta) - libm::lgamma(alpha + beta);
        Beta {
            alpha,
            beta,
            ln_normaliser,
        }
    }

    /// PERT with λ = 4 and the mode at `mode` of the way from its lower to its upper end: α = 1 + 4f, β = 5 − 4f.
    pub(super) fn pert(mode: f64) -> Self {
        Beta::new(1.0 + 4.0 * mode, 5.0 - 4.0 * mode)
    }

    pub(super) fn mean(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    fn mirrored(&self) -> Self {
        Beta {
            alpha: self.beta,
            beta: self.alpha,
            ln_normaliser: self.ln_normaliser,
        }
    }

    /// (P(X ≤ x), P(X > x)), the smaller of them to full relative accuracy.
    pub(super) fn tails(&self, x: f64) -> (f64, f64) {
        if x <= 0.0 {
            return (0.0, 1.0);
        }
        if x >= 1.0 {
            return (1.0, 0.0);
        }
        let power = self.density_times_x_and_y(libm::log(x), x);
        if x < (self.alpha + 1.0) / (self.alpha + self.beta + 2.0) {
            let lower = power * continued_fraction(self.alpha, self.beta, x) / self.alpha;
            (lower, 1.0 - lower)
        } else {
            let upper = power * continued_fraction(self.beta, self.alpha, 1.0 - x) / self.beta;
            (1.0 - upper, upper)
        }
    }

    /// x(z) = I⁻¹(Φ(z)).
    pub(super) fn at(&self, z: f64) -> f64 {
        if z <= 0.0 {
            libm::exp(self.solve(z, None).ln_x)
        } else {
            1.0 - libm::exp(self.mirrored().solve(-z, None).ln_x)
        }
    }

    /// (x, dx/dz) at the increasing points `z`.
    pub(super) fn curve(&self, z: &[f64]) -> Vec<[f64; 2]> {
        let split = z.partition_point(|&z| z <= 0.0);
        let mut points: Vec<[f64; 2]> = self.lower_curve(z[..split].iter().rev().copied()).collect();
        points.reverse();
        points.extend(
            self.mirrored()
                .lower_curve(z[split..].iter().map(|z| -z))
                .map(|[y, slope]| [1.0 - y, slope]),
        );
        points
    }

    /// [`Beta::curve`] for z ≤ 0 from the middle outwards, each point predicted from the one before.
    fn lower_curve(self, z: impl Iterator<Item = f64>) -> impl Iterator<Item = [f64; 2]> {
        let mut previous: Option<(f64, LogPoint)> = None;
        z.map(move |z| {
            let guess = previous.map(|(z0, point)| self.predict(point, z0, z));
            let point = self.solve(z, guess);
            previous = Some((z, point));
            let x = libm::exp(point.ln_x);
            [x, x * point.slope]
        })
    }

    /// Third-order Taylor step of w = ln x from z₀ to z.
    ///
    /// w″ = w′·(−z − w′·c) with c = α − (β−1)·v, v = x/(1−x) and v′ = w′·v·(1+v), from the logarithm of w′ = φ(z)/(x·f(x)).
    fn predict(&self, from: LogPoint, z0: f64, z: f64) -> f64 {
        let x = libm::exp(from.ln_x);
        let first = from.slope;
        let v = x / (1.0 - x);
        let c = self.alpha - (self.beta - 1.0) * v;
        let c_change = -(self.beta - 1.0) * first * v * (1.0 + v);
        let second = first * (-z0 - first * c);
        let third = second * (-z0 - first * c) - first * (1.0 + second * c + first * c_change);
        let step = z - z0;
        from.ln_x + step * (first + step * (second / 2.0 + step * third / 6.0))
    }

    /// Newton's steps on ln Iₓ = ln Φ(z) in ln x, held inside a bracket, for z ≤ 0.
    fn solve(&self, z: f64, guess: Option<f64>) -> LogPoint {
        let target = normal::cdf(z);
        if target <= 0.0 {
            return LogPoint {
                ln_x: f64::NEG_INFINITY,
                slope: 0.0,
            };
        }
        let ln_target = libm::log(target);
        let density = normal::pdf(z);
        // For small x, Iₓ ≈ x^α / (α·B).
        let from_small_x = (ln_target + libm::log(self.alpha) + self.ln_normaliser) / self.alpha;
        let mut ln_x = guess.unwrap_or(from_small_x.min(libm::log(self.mean())));
        let (mut low, mut high) = (f64::NEG_INFINITY, 0.0);
        if ln_x.is_nan() || ln_x >= high {
            ln_x = libm::log(self.mean());
        }
        for _ in 0..200 {
            let x = libm::exp(ln_x);
            let power = self.density_times_x_and_y(ln_x, x);
            let lower = self.lower_tail(x, power);
            let gap = ln_target - libm::log(lower);
            if gap > 0.0 {
                low = ln_x;
            } else {
                high = ln_x;
            }
            // d ln I / d ln x = x·f(x)/I.
            let newton = gap * lower * (1.0 - x) / power;
            if newton.abs() < 5e-7 * (1.0 - x) + 1e-15 {
                // Newton's step squares the error, relative to the distance from either end.
                ln_x += newton;
                break;
            }
            let next = ln_x + newton;
            ln_x = if next > low && next < high {
                next
            } else if low.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * high.min(-1.0)
            };
        }
        let x = libm::exp(ln_x);
        let slope = density * (1.0 - x) / self.density_times_x_and_y(ln_x, x);
        LogPoint { ln_x, slope }
    }

    fn lower_tail(&self, x: f64, power: f64) -> f64 {
        if x < (self.alpha + 1.0) / (self.alpha + self.beta + 2.0) {
            power * continued_fraction(self.alpha, self.beta, x) / self.alpha
        } else {
            1.0 - power * continued_fraction(self.beta, self.alpha, 1.0 - x) / self.beta
        }
    }

    /// x·(1−x)·f(x) = x^α·(1−x)^β / B(α, β).
    fn density_times_x_and_y(&self, ln_x: f64, x: f64) -> f64 {
        libm::exp(self.alpha * ln_x + self.beta * libm::log1p(-x) - self.ln_normaliser)
    }
}

/// The continued fraction of α·B·Iₓ / (x^α·(1−x)^β); converges fast for x < (α+1)/(α+β+2).
fn continued_fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let sum = alpha + beta;
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - sum * x / (alpha + 1.0));
    let mut fraction = d;
    // Takes about √max(α, β) steps.
    for m in 1..2_000 {
        let m = f64::from(m);
        let even = alpha + 2.0 * m;
        let numerator = m * (beta - m) * x / ((even - 1.0) * even);
        d = 1.0 / away_from_zero(1.0 + numerator * d);
        c = away_from_zero(1.0 + numerator / c);
        fraction *= d * c;
        let numerator = -(alpha + m) * (sum + m) * x / (even * (even + 1.0));
        d = 1.0 / away_from_zero(1.0 + numerator * d);
        c = away_from_zero(1.0 + numerator / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::ContinuousCDF;

    const SHAPES: [(f64, f64); 9] = [
        (1.0, 5.0),
        (5.0, 1.0),
        (3.0, 3.0),
        (2.2, 3.8),
        (0.5, 0.5),
        (0.1, 3.0),
        (2.0, 0.2),
        (400.0, 30.0),
        (9_000.0, 9_900.0),
    ];

    /// Oracle: statrs' `Beta`.
    #[test]
    fn tails_agree_with_statrs() {
        for (alpha, beta) in SHAPES {
            let ours = Beta::new(alpha, beta);
            let oracle = statrs::distribution::Beta::new(alpha, beta).unwrap();
            for i in 1..200 {
                let x = f64::from(i) / 200.0;
                let (lower, upper) = ours.tails(x);
                assert!((lower - oracle.cdf(x)).abs() < 1e-9, "{alpha} {beta} {x}");
                assert!((lower + upper - 1.0).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn the_curve_solves_its_equation_in_both_tails() {
        let z: Vec<f64> = (-82..=82).map(|i| f64::from(i) / 10.0).collect();
        for (alpha, beta) in SHAPES {
            let ours = Beta::new(alpha, beta);
            for (&z, [x, slope]) in z.iter().zip(ours.curve(&z)) {
                assert!((ours.at(z) - x).abs() <= 1e-11 * x + 1e-12, "{alpha} {beta} {z}");
                let (lower, upper) = ours.tails(x);
                let tolerance = 1e-8 + 1e-15 * beta / (1.0 - x).max(1e-300);
                if z <= 0.0 {
                    assert!((lower / normal::cdf(z) - 1.0).abs() < 1e-9, "{alpha} {beta} {z}");
                } else if tolerance < 1e-3 {
                    assert!((upper / normal::cdf(-z) - 1.0).abs() < tolerance, "{alpha} {beta} {z}");
                }
                let h = 1e-4;
                let difference = (ours.at(z + h) - ours.at(z - h)) / (2.0 * h);
                assert!((difference - slope).abs() < 1e-6 * (1.0 + slope), "{alpha} {beta} {z}");
            }
        }
    }

    #[test]
    fn the_corners_of_the_allowed_parameters_are_solved() {
        let z: Vec<f64> = (-66..=66).map(|i| f64::from(i) / 8.0).collect();
        let some = [0.1, 0.3, 1.0, 7.0, 300.0, 10_000.0];
        for alpha in some {
            for beta in some {
                let curve = Beta::new(alpha, beta).curve(&z);
                assert!(curve.iter().flatten().all(|v| v.is_finite()), "{alpha} {beta}");
                assert!(curve.windows(2).all(|w| w[0][0] <= w[1][0]), "{alpha} {beta}");
                let (lower, _) = Beta::new(alpha, beta).tails(curve[66][0]);
                // Near 1, x itself is only known to 1e-16.
                let known = 1e-9 + 1e-16 / (1.0 - curve[66][0]);
                assert!((lower - 0.5).abs() < known, "{alpha} {beta}: {lower}");
            }
        }
    }

    /// Closed forms: Beta(1, 5): 1 − (1−p)^(1/5); Beta(5, 1): p^(1/5); Beta(½, ½): sin²(πp/2).
    #[test]
    fn quantiles_agree_with_closed_forms() {
        for i in -80..=80 {
            let z = f64::from(i) / 10.0;
            let (p, q) = (normal::cdf(z), normal::cdf(-z));
            let arcsine = libm::sin(std::f64::consts::FRAC_PI_2 * p);
            for ((alpha, beta), expected) in [
                ((1.0, 5.0), 1.0 - libm::pow(q, 0.2)),
                ((5.0, 1.0), libm::pow(p, 0.2)),
                ((0.5, 0.5), arcsine * arcsine),
            ] {
                assert!((Beta::new(alpha, beta).at(z) - expected).abs() < 1e-13, "{alpha} {z}");
            }
        }
    }
}
