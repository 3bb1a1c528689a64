//! Parameters from a (low, likely, high) triple: the equations, solved.
//!
//! All functions expect finite low ≤ likely ≤ high with low < high.

use super::beta::Beta;
use super::shape::Tail;

/// Below this, a lognormal is a normal to nine digits, and the difference e^(sz) − 1 has lost as many.
const STRAIGHT: f64 = 1e-8;

/// The largest s that a lognormal may have: its mean is then e^12.5 times its scale, beyond any estimate.
pub(super) const SIGMA_LIMIT: f64 = 5.0;

/// A curve through three points in z: straight (normal) or bent (lognormal, shift + scale·e^(s·z)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bend {
    Straight { mean: f64, sd: f64 },
    Bent { shift: f64, scale: f64, s: f64 },
}

/// Three-parameter lognormal whose tails are `low` and `high` and whose mode is `likely`.
///
/// X = ξ + α(1 − e^(−κz))/κ with s = −κ (J. R. M. Hosking & J. R. Wallis, *Regional Frequency Analysis*, 1997, generalised normal).
/// With Z the z of `high`, (mode − low)/(high − low) = (e^(−s²) − e^(−Zs)) / (2 sinh Zs) falls strictly from ½ at s → 0 to 0 at s = Z.
pub(super) fn lognormal_by_mode(tail: Tail, low: f64, likely: f64, high: f64) -> Bend {
    if likely - low > high - likely {
        return match lognormal_by_mode(tail, -high, -likely, -low) {
            Bend::Straight { mean, sd } => Bend::Straight { mean: -mean, sd },
            Bend::Bent { shift, scale, s } => Bend::Bent {
                shift: -shift,
                scale: -scale,
                s: -s,
            },
        };
    }
    let target = (likely - low) / (high - low);
    let mode_position = |s: f64| {
        let zs = tail.z * s;
        libm::exp(-zs) * libm::expm1(zs - s * s) / (2.0 * libm::sinh(zs))
    };
    let s = bisect(0.0, tail.z, |s| mode_position(s) > target);
    bend(tail.z, s, low, high)
}

/// Lognormal curve with that s through `low` at z = −Z and `high` at z = Z.
fn bend(z: f64, s: f64, low: f64, high: f64) -> Bend {
    if s.abs() < STRAIGHT {
        return Bend::Straight {
            mean: 0.5 * (low + high),
            sd: (high - low) / (2.0 * z),
        };
    }
    let scale = (high - low) / (2.0 * libm::sinh(z * s));
    Bend::Bent {
        shift: low - scale * libm::exp(-z * s),
        scale,
        s,
    }
}

/// The s of the lognormal with these three quantiles, the outer ones at ∓Z: s = ln((high − median)/(median − low))/Z.
pub(super) fn skew_of_median(z: f64, low: f64, median: f64, high: f64) -> f64 {
    libm::log((high - median) / (median - low)) / z
}

/// Three-parameter lognormal through three quantiles.
pub(super) fn lognormal_by_median(z: f64, low: f64, median: f64, high: f64) -> Bend {
    bend(z, skew_of_median(z, low, median, high), low, high)
}

/// Where in between `low` and `high` a median gives that s.
pub(super) fn median_of_skew(z: f64, s: f64, low: f64, high: f64) -> f64 {
    low + (high - low) / (1.0 + libm::exp(z * s))
}

/// Ends and relative mode f of a PERT whose tails are `low` and `high` and whose mode is `likely`: (min, max, f).
///
/// (f − q_low(f))/(q_high(f) − q_low(f)) = (likely − low)/(high − low), q the quantiles of Beta(1 + 4f, 5 − 4f). The left side rises
/// from below 0 at f = 0 to above 1 at f = 1, so each triple has its PERT.
pub(super) fn pert_ends(tail: Tail, low: f64, likely: f64, high: f64) -> (f64, f64, f64) {
    let target = (likely - low) / (high - low);
    let quantiles = |f: f64| {
        let beta = Beta::pert(f);
        (beta.at(-tail.z), beta.at(tail.z))
    };
    let excess = |f: f64| {
        let (lower, upper) = quantiles(f);
        (f - lower) / (upper - lower) - target
    };
    let f = false_position(0.0, 1.0, excess);
    let (lower, upper) = quantiles(f);
    let width = (high - low) / (upper - lower);
    let min = low - lower * width;
    (min, min + width, f)
}

/// Ends of a triangle whose tails are `low` and `high` and whose mode is `likely`: (min, max).
///
/// With q the tail's probability and f = (mode − min)/(max − min) in [q, 1 − q],
/// (likely − low)/(high − low) = (f − √(qf)) / (1 − √(q(1−f)) − √(qf)), which rises from 0 to 1.
pub(super) fn triangle_ends(tail: Tail, low: f64, likely: f64, high: f64) -> (f64, f64) {
    let q = tail.probability;
    let target = (likely - low) / (high - low);
    let lower = |f: f64| (q * f).sqrt();
    let upper = |f: f64| 1.0 - (q * (1.0 - f)).sqrt();
    let f = bisect(q, 1.0 - q, |f| (f - lower(f)) / (upper(f) - lower(f)) < target);
    let width = (high - low) / (upper(f) - lower(f));
    let min = low - lower(f) * width;
    (min, min + width)
}

/// Coefficients of the three-term metalog X = a₁ + a₂·L + a₃·(p − ½)·L, L = ln(p/(1−p)), through three quantiles.
///
/// T. W. Keelin, "The Metalog Distributions", Decision Analysis 13 (2016) 243–277, section 4 (symmetric percentile triplet).
pub(super) fn metalog(tail: Tail, low: f64, median: f64, high: f64) -> [f64; 3] {
    let q = tail.probability;
    let logit = libm::log((1.0 - q) / q);
    let width = high - low;
    let position = (median - low) / width;
    [
        median,
        0.5 * width / logit,
        width * (1.0 - 2.0 * position) / ((1.0 - 2.0 * q) * logit),
    ]
}

/// The lowest (median − low)/(high − low) with which the metalog's density is positive everywhere; 1 minus it is the highest.
///
/// k = ½(1 − 1.66711·(½ − q)) (Keelin 2016, feasibility of the symmetric triplet); a test derives the constant.
pub(super) fn metalog_limit(tail: Tail) -> f64 {
    0.5 * (1.0 - 1.66711 * (0.5 - tail.probability))
}

/// The point between `low` and `high` at which `go_on` turns from true to false.
pub(super) fn bisect(mut low: f64, mut high: f64, go_on: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if go_on(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The zero of a rising function between `low` and `high` (regula falsi with the Illinois rule, which always keeps its bracket).
fn false_position(mut low: f64, mut high: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let (mut at_low, mut at_high) = (rising(low), rising(high));
    for _ in 0..60 {
        let middle = high - at_high * (high - low) / (at_high - at_low);
        if !(middle > low && middle < high) {
            break;
        }
        let value = rising(middle);
        if value.abs() < 1e-11 {
            return middle;
        }
        if value < 0.0 {
            (low, at_low) = (middle, value);
            at_high *= 0.5;
        } else {
            (high, at_high) = (middle, value);
            at_low *= 0.5;
        }
    }
    0.5 * (low + high)
}
