//! Draws of which something is known: a standard normal between two bounds, and the z that an estimate's outcome betrays.
//!
//! What is seen of a task is an interval of its quantity X = F⁻¹(Φ(z)); since X rises with z, that is an interval of z. Given the
//! common factors, z = m + w·ε with ε standard normal, so what is left is a normal between two bounds: its probability is the
//! likelihood of what was seen, and one uniform draws from what is left (J. Geweke, *Computing Science and Statistics* 23 (1991)
//! 571–578).

use super::normal::{cdf, inverse_normal};

/// Where a standard normal is known to lie: above `below`, at most `above`; infinite where nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// Lower bound, not included.
    pub below: f64,
    /// Upper bound.
    pub above: f64,
}

impl Between {
    /// Nothing is known.
    pub const ANYWHERE: Self = Self {
        below: f64::NEG_INFINITY,
        above: f64::INFINITY,
    };

    /// The same for ε where the normal is `mean` + `own`·ε.
    #[must_use]
    pub fn given(self, mean: f64, own: f64) -> Self {
        Self {
            below: (self.below - mean) / own,
            above: (self.above - mean) / own,
        }
    }

    /// P(below < Z ≤ above), without loss in either tail; 0 for bounds the wrong way round.
    #[must_use]
    pub fn probability(self) -> f64 {
        let mass = if self.below > 0.0 {
            cdf(-self.below) - cdf(-self.above)
        } else {
            cdf(self.above) - cdf(self.below)
        };
        if mass > 0.0 { mass } else { 0.0 }
    }

    /// The z below which a share `u` of what lies between the bounds lies; rises with `u` and never leaves the bounds.
    #[must_use]
    pub fn at(self, u: f64) -> f64 {
        if self == Self::ANYWHERE {
            return inverse_normal(u);
        }
        let z = if self.below > 0.0 {
            let (low, high) = (cdf(-self.above), cdf(-self.below));
            -inverse_normal(low + (1.0 - u) * (high - low))
        } else {
            let (low, high) = (cdf(self.below), cdf(self.above));
            inverse_normal(low + u * (high - low))
        };
        // Where a tail has no mass left in doubles, the nearer bound is all that is known.
        let nearest = if self.below > 0.0 { self.below } else { self.above };
        if z.is_finite() { z } else { nearest }.max(self.below).min(self.above)
    }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::tests::one_of_each;
    use super::*;

    #[test]
    fn probabilities_are_those_of_the_normal_in_both_tails() {
        let share = |below, above| Between { below, above }.probability();
        assert_eq!(Between::ANYWHERE.probability(), 1.0);
        assert!((share(-1.0, 1.0) - 0.682_689_492_137_086).abs() < 1e-14);
        // Φ(−8) = 6.22096057427178e-16 and Φ(−9) = 1.12858840595384e-19 (tables of the error function).
        for (below, above) in [(8.0, 9.0), (-9.0, -8.0)] {
            assert!((share(below, above) / (6.220_960_574_271_78e-16 - 1.128_588_405_953_84e-19) - 1.0).abs() < 1e-12);
        }
        assert_eq!(share(1.0, 0.0), 0.0);
        assert_eq!(share(f64::INFINITY, f64::INFINITY), 0.0);
    }

    #[test]
    fn a_draw_halves_what_it_says_and_stays_between() {
        for (below, above) in [
            (-1.0, 2.0),
            (5.0, f64::INFINITY),
            (f64::NEG_INFINITY, -6.0),
            (7.0, 7.1),
            (30.0, f64::INFINITY),
        ] {
            let between = Between { below, above };
            let mut last = below;
            for i in 1..100 {
                let u = f64::from(i) / 100.0;
                let z = between.at(u);
                assert!(z >= last && z <= above && z.is_finite(), "{between:?} at {u}: {z}");
                last = z;
                let part = Between { below, above: z }.probability();
                let whole = between.probability();
                assert!(whole == 0.0 || (part / whole - u).abs() < 1e-9, "{between:?} at {u}");
            }
        }
    }

    #[test]
    fn the_z_of_a_draw_is_the_greatest_that_gives_no_more() {
        for (name, x) in one_of_each() {
            let sampler = x.sampler();
            for i in -40..=40 {
                let z = f64::from(i) / 10.0;
                let value = sampler.at(z);
                let back = sampler.z_of(value);
                assert!(back >= z - 1e-6, "{name} at {z}: {back}");
                assert!(
                    back.is_infinite() || sampler.at(back) <= value + 1e-6 * (1.0 + value.abs()),
                    "{name} at {z}: {back}"
                );
                if back < 8.0 && !x.is_fixed() {
                    assert!(sampler.at(back + 1e-3) >= value, "{name} at {z}: {back}");
                }
            }
            assert_eq!(sampler.z_of(f64::NEG_INFINITY), f64::NEG_INFINITY, "{name}");
            assert_eq!(sampler.z_of(f64::INFINITY), f64::INFINITY, "{name}");
        }
    }
}
