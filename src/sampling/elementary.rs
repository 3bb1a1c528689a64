//! Elementary functions written so that a loop over them runs side by side in vector registers.

pub(super) use crate::units::ROUNDER;

/// Beyond this the result leaves the normal range of a double.
const EXPONENT_LIMIT: f64 = 700.0;

/// ln 2 in two parts, the first with 20 trailing zero bits, so that `n · HIGH` is exact (fdlibm `e_exp.c`).
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The larger of two, the second where the first is not a number.
#[inline(always)]
pub(super) fn at_least(x: f64, bound: f64) -> f64 {
    if x > bound { x } else { bound }
}

/// The smaller of two, the second where the first is not a number.
#[inline(always)]
pub(super) fn at_most(x: f64, bound: f64) -> f64 {
    if x < bound { x } else { bound }
}

/// eˣ, relative error below 1e-15, for |x| ≤ 700; held at the value for ±700 beyond.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2, and the Taylor series of eʳ to r¹³ (remainder 6e-18).
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    let x = at_most(at_least(x, -EXPONENT_LIMIT), EXPONENT_LIMIT);
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let n = rounded - ROUNDER;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    const C: [f64; 14] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
        1.0 / 6_227_020_800.0,
    ];
    let mut series = C[13];
    for k in (0..13).rev() {
        series = series * r + C[k];
    }
    let power_of_two = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1023 << 52));
    series * power_of_two
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: the `libm` crate's `exp` (musl/fdlibm, below 1 ulp).
    #[test]
    fn exp_agrees_with_libm_over_its_whole_range() {
        for i in -140_000..=140_000 {
            let x = f64::from(i) * 0.005 + 1e-4;
            if x.abs() > EXPONENT_LIMIT {
                continue;
            }
            let expected = libm::exp(x);
            assert!((exp(x) / expected - 1.0).abs() < 1e-15, "exp({x})");
        }
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn exp_is_held_at_its_limits() {
        assert_eq!(exp(1e9), exp(700.0));
        assert_eq!(exp(f64::NEG_INFINITY), exp(-700.0));
        assert!(exp(f64::NAN).is_finite());
    }
}
