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

/// ln x of a positive normal number, bit for bit that of the `libm` crate (musl, fdlibm `e_log.c`), without its branches for others.
///
/// x = 2ᵏ·(1 + f) with 1 + f between √½ and √2, and with s = f / (2 + f) the series of ln (1 + f) in s².
#[inline(always)]
pub(super) fn log(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e << 32;
    const ONE: u64 = 1023 << 52;
    const C: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    let shifted = x.to_bits().wrapping_add(ONE - ROOT_HALF);
    // Read as a number of 52 more bits, an integer needs no conversion.
    let k = f64::from_bits(0x433 << 52 | shifted >> 52) - (4_503_599_627_370_496.0 + 1023.0);
    let f = f64::from_bits((shifted & ((1 << 52) - 1)) + ROOT_HALF) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (C[1] + w * (C[3] + w * C[5]));
    let odd = z * (C[0] + w * (C[2] + w * (C[4] + w * C[6])));
    s * (half_square + (odd + even)) + k * LN2_LOW - half_square + f + k * LN2_HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: the `libm` crate's `log`, to the bit.
    #[test]
    fn log_is_that_of_libm_for_every_uniform_draw() {
        let mut bits = 1_u64;
        for _ in 0..2_000_000 {
            // Marsaglia's xorshift: exponents of uniform draws, and mantissas at random.
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let x = f64::from_bits((1023 - 53 + bits % 53) << 52 | bits >> 12);
            assert_eq!(log(x).to_bits(), libm::log(x).to_bits(), "{x:e}");
        }
        let root = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        let near = (0..4_096).flat_map(|step| [root + step, root - step, 0.5_f64.to_bits() + step, 0.5_f64.to_bits() - step]);
        let ends = [f64::MIN_POSITIVE, f64::EPSILON / 4.0, 1.0 - f64::EPSILON / 2.0, 2.0, 1e300].map(f64::to_bits);
        for x in near.chain(ends).map(f64::from_bits) {
            assert_eq!(log(x).to_bits(), libm::log(x).to_bits(), "{x:e}");
        }
    }

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
