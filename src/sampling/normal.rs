//! The standard normal distribution, portable to the bit.
//!
//! | function | formula | source |
//! |---|---|---|
//! | [`pdf`] | φ(z) = e^(−z²/2) / √(2π) | |
//! | [`cdf`] | Φ(z) = erfc(−z/√2) / 2 | `erfc` of fdlibm, through the `libm` crate |
//! | [`inverse_normal`] | Φ⁻¹(p) | M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477–484 |

#![expect(clippy::excessive_precision, reason = "coefficients stand as published")]

/// 1 / √(2π).
const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// Φ⁻¹(0.9), the z of a P90.
pub const Z90: f64 = 1.281_551_565_544_600_4;

/// Φ⁻¹(0.95), the z of a P95.
pub const Z95: f64 = 1.644_853_626_951_472_7;

/// Density φ(z).
pub fn pdf(z: f64) -> f64 {
    FRAC_1_SQRT_2PI * libm::exp(-0.5 * z * z)
}

/// Probability Φ(z) that a standard normal is at most z; relative error below 1e-15·(1 + z²), in both tails.
///
/// The upper tail is `cdf(-z)`, which loses nothing; `1.0 - cdf(z)` does.
pub fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Φ⁻¹(p): the z below which a standard normal lies with probability `p`; relative error about 1e-16.
///
/// −∞ at 0, +∞ at 1, NaN outside [0, 1].
pub fn inverse_normal(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_NUMERATOR, r) / polynomial(&CENTRE_DENOMINATOR, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if tail < 0.0 {
            f64::NAN
        } else if q < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let r = (-libm::log(tail)).sqrt();
    let z = if r <= 5.0 {
        let r = r - 1.6;
        polynomial(&MIDDLE_NUMERATOR, r) / polynomial(&MIDDLE_DENOMINATOR, r)
    } else {
        let r = r - 5.0;
        polynomial(&TAIL_NUMERATOR, r) / polynomial(&TAIL_DENOMINATOR, r)
    };
    if q < 0.0 { -z } else { z }
}

/// The z of a value of which both tail probabilities are known, taken from the smaller, which is the more exact.
pub(super) fn score_of_tails(lower: f64, upper: f64) -> f64 {
    if lower <= upper {
        inverse_normal(lower)
    } else {
        -inverse_normal(upper)
    }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_608_0,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const CENTRE_DENOMINATOR: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083_0e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061_0e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561_0e3,
];
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_90,
    5.769_497_221_460_691_405_50,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_70e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_40e-4,
];
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_40,
    6.897_673_349_851_000_045_50e-1,
    1.481_039_764_274_800_745_90e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946_00e-4,
    1.050_750_071_644_416_843_24e-9,
];
const TAIL_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103_777_20,
    5.463_784_911_164_114_369_90,
    1.784_826_539_917_291_335_80,
    2.965_605_718_285_048_912_30e-1,
    2.653_218_952_657_612_309_30e-2,
    1.242_660_947_388_078_438_60e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const TAIL_DENOMINATOR: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_90e-1,
    1.369_298_809_227_358_053_10e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591_00e-4,
    1.846_318_317_510_054_681_80e-5,
    1.421_511_758_316_445_888_70e-7,
    2.044_263_103_389_939_785_64e-15,
];

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    fn assert_close(actual: f64, expected: f64, relative: f64) {
        assert!(
            (actual - expected).abs() <= relative * expected.abs(),
            "{actual:e} is not {expected:e}"
        );
    }

    /// The first three are the test data of Wichura (1988), the others the usual table values.
    #[test]
    fn inverse_gives_the_published_values() {
        assert_close(inverse_normal(0.25), -0.674_489_750_196_081_7, 2e-16);
        assert_close(inverse_normal(0.001), -3.090_232_306_167_813_5, 3e-16);
        assert_close(inverse_normal(1e-20), -9.262_340_089_798_408, 5e-16);
        assert_close(inverse_normal(0.9), Z90, 1e-15);
        assert_close(inverse_normal(0.95), Z95, 1e-15);
        assert_close(inverse_normal(1e-15), -7.941_345_326_170_997, 3e-16);
    }

    /// Abramowitz & Stegun, table 26.2 (Q(x) for extended x): −log₁₀ Q(5) = 6.54265, Q(10) = 23.11805, Q(30) = 197.30921.
    #[test]
    fn cdf_gives_the_published_tails() {
        for (z, minus_log10) in [(5.0, 6.54265), (10.0, 23.11805), (30.0, 197.30921)] {
            assert!((-libm::log10(cdf(-z)) - minus_log10).abs() < 5e-6, "{z}");
        }
        assert_eq!(cdf(0.0), 0.5);
        assert_close(cdf(1.0), 0.841_344_746_068_542_9, 2e-16);
    }

    /// statrs' own Φ is good to 1e-9 in the far tail.
    #[test]
    fn agrees_with_statrs() {
        let oracle = Normal::standard();
        for i in -800..=800 {
            let z = f64::from(i) / 100.0;
            assert_close(cdf(z), oracle.cdf(z), 1e-9);
            assert_close(pdf(z), oracle.pdf(z), 1e-14);
        }
        for i in 1..1000 {
            let p = f64::from(i) / 1000.0;
            assert!((inverse_normal(p) - oracle.inverse_cdf(p)).abs() < 1e-10, "{p}");
        }
    }

    #[test]
    fn round_trip_and_symmetry_hold_into_the_tails() {
        for i in 0..=820 {
            let z = f64::from(i) / -100.0;
            let back = inverse_normal(cdf(z));
            assert!((back - z).abs() < 1e-14 * (1.0 + z.abs()), "{z} came back as {back}");
        }
        for i in 1..1024 {
            let p = f64::from(i) / 2048.0;
            assert_eq!(inverse_normal(p), -inverse_normal(1.0 - p));
        }
    }

    #[test]
    fn edges_are_infinite_and_the_outside_undefined() {
        assert_eq!(inverse_normal(0.0), f64::NEG_INFINITY);
        assert_eq!(inverse_normal(1.0), f64::INFINITY);
        assert!(inverse_normal(-0.1).is_nan());
        assert!(inverse_normal(1.1).is_nan());
        assert!(inverse_normal(f64::NAN).is_nan());
        assert_eq!(cdf(f64::NEG_INFINITY), 0.0);
        assert_eq!(cdf(f64::INFINITY), 1.0);
    }
}
