//! A distribution compiled for speed: z ↦ max(floor, F⁻¹(Φ(z))).
//!
//! | shape | computed as | error |
//! |---|---|---|
//! | fixed, normal, lognormal | closed form in z | rounding: 1e-14 of shift + scale·e^(sz) |
//! | uniform, pert, beta with α, β ≥ 1 | one table over z | 1e-7 of high − low |
//! | beta with α or β below 1 | the same | 4e-5 of high − low at worst (α = β = 0.1), 2e-7 from ½ on |
//! | exponential | one table | 1e-7 of the mean |
//! | triangular | √Φ, one table used from both ends | 1e-7 of max − min |
//! | metalog | Φ and its logit, two tables | 1e-6 of P90 − P10 |
//! | empirical | Φ picks the value | each value's probability within 1e-7 |
//!
//! for |z| ≤ 8.25; beyond, tables hold their end. The map is monotone in z, up to these errors.

use std::collections::HashMap;
use std::sync::Arc;

use super::beta::Beta;
use super::distribution::{Distribution, Form};
use super::elementary::{at_least, exp};
use super::gamma::GammaFactor;
use super::normal::inverse_normal;
use super::pert;
use super::table::{self, Table};

/// Makes samplers that share their tables: one table for each (α, β), however many tasks have it.
#[derive(Debug, Default)]
pub struct SamplerCache {
    beta_tables: HashMap<[u64; 2], Arc<Table>>,
    gamma_factors: HashMap<u64, GammaFactor>,
}

impl SamplerCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fast form of a distribution. Building a new beta table takes about 0.1 ms and 8 KB, that of a
    /// PERT a twentieth of that.
    pub fn sampler(&mut self, distribution: &Distribution) -> Sampler {
        let curve = match *distribution.form() {
            Form::Fixed(value) => Curve::Fixed(value),
            Form::Normal { mean, sd } => Curve::Normal { mean, sd },
            Form::Lognormal { shift, scale, s } => Curve::Lognormal { shift, scale, s },
            Form::Uniform { low, high } => Curve::Tabulated {
                table: Arc::clone(&table::PROBABILITY),
                base: low,
                scale: high - low,
            },
            Form::Exponential { mean } => Curve::Tabulated {
                table: Arc::clone(&table::SURVIVAL),
                base: 0.0,
                scale: mean,
            },
            Form::Beta { low, width, alpha, beta } => Curve::Tabulated {
                table: self.beta_table(alpha, beta),
                base: low,
                scale: width,
            },
            Form::Triangular { low, mode, high } => {
                let width = high - low;
                Curve::Triangular {
                    table: Arc::clone(&table::ROOT),
                    mode_z: inverse_normal((mode - low) / width),
                    ends: [low, high],
                    scales: [(width * (mode - low)).sqrt(), -(width * (high - mode)).sqrt()],
                }
            }
            Form::Metalog { a } => Curve::Metalog {
                probability: Arc::clone(&table::PROBABILITY),
                logit: Arc::clone(&table::LOGIT),
                a,
            },
            Form::Empirical { ref sorted } => Curve::Empirical {
                probability: Arc::clone(&table::PROBABILITY),
                sorted: Arc::clone(sorted),
            },
        };
        Sampler {
            curve,
            floor: distribution.floor().unwrap_or(f64::NEG_INFINITY),
        }
    }

    /// A gamma factor of mean 1 (see [`GammaFactor::new`]); those of one coefficient of variation share a table.
    pub fn gamma(&mut self, cv: f64) -> GammaFactor {
        let factor = self.gamma_factors.entry(cv.to_bits()).or_insert_with(|| GammaFactor::new(cv));
        factor.clone()
    }

    fn beta_table(&mut self, alpha: f64, beta: f64) -> Arc<Table> {
        let table = self.beta_tables.entry([alpha.to_bits(), beta.to_bits()]).or_insert_with(|| {
            let is_pert = (alpha + beta - pert::SUM).abs() < 1e-12 && alpha >= 1.0 && beta >= 1.0;
            Arc::new(if is_pert {
                pert::table(alpha)
            } else {
                Table::of_beta(&Beta::new(alpha, beta))
            })
        });
        Arc::clone(table)
    }
}

/// Turns standard normals into draws of one distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampler {
    curve: Curve,
    floor: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Curve {
    Fixed(f64),
    Normal {
        mean: f64,
        sd: f64,
    },
    Lognormal {
        shift: f64,
        scale: f64,
        s: f64,
    },
    Tabulated {
        table: Arc<Table>,
        base: f64,
        scale: f64,
    },
    Triangular {
        table: Arc<Table>,
        mode_z: f64,
        ends: [f64; 2],
        scales: [f64; 2],
    },
    Metalog {
        probability: Arc<Table>,
        logit: Arc<Table>,
        a: [f64; 3],
    },
    Empirical {
        probability: Arc<Table>,
        sorted: Arc<[f64]>,
    },
}

impl Sampler {
    /// The draw for one z.
    #[inline]
    pub fn at(&self, z: f64) -> f64 {
        let mut one = [z];
        self.apply(&mut one);
        one[0]
    }

    /// No draw is less; −∞ where nothing was said.
    pub(super) const fn floor(&self) -> f64 {
        self.floor
    }

    /// The same without its floor.
    pub(super) fn without_floor(&self) -> Self {
        Self {
            curve: self.curve.clone(),
            floor: f64::NEG_INFINITY,
        }
    }

    /// Replaces each z of a block by its draw; bit for bit that of [`Sampler::at`].
    #[inline]
    pub fn apply(&self, z: &mut [f64]) {
        let floor = self.floor;
        match self.curve {
            Curve::Fixed(value) => z.fill(value),
            Curve::Normal { mean, sd } => map(z, floor, |z| mean + sd * z),
            Curve::Lognormal { shift, scale, s } => map(z, floor, |z| shift + scale * exp(s * z)),
            Curve::Tabulated { ref table, base, scale } => {
                let table: &Table = table;
                map(z, floor, |z| base + scale * table.at(z));
            }
            Curve::Triangular {
                ref table,
                mode_z,
                ends,
                scales,
            } => {
                let table: &Table = table;
                map(z, floor, |z| {
                    let below = z < mode_z;
                    let toward_end = if below { z } else { -z };
                    let end = if below { ends[0] } else { ends[1] };
                    let scale = if below { scales[0] } else { scales[1] };
                    end + scale * table.at(toward_end)
                });
            }
            Curve::Metalog {
                ref probability,
                ref logit,
                a,
            } => {
                let (probability, logit): (&Table, &Table) = (probability, logit);
                map(z, floor, |z| a[0] + (a[1] + a[2] * (probability.at(z) - 0.5)) * logit.at(z));
            }
            Curve::Empirical {
                ref probability,
                ref sorted,
            } => {
                let probability: &Table = probability;
                let sorted: &[f64] = sorted;
                let n = sorted.len() as f64;
                let last = sorted.len() - 1;
                map(z, floor, |z| sorted[((probability.at(z) * n) as usize).min(last)]);
            }
        }
    }

    /// The greatest z whose draw is at most `x`: −∞ where no draw is that small, +∞ where all are. To 1e-12 where the curve is
    /// tabulated, as exact as the logarithm elsewhere.
    #[must_use]
    pub fn z_of(&self, x: f64) -> f64 {
        if x < self.floor || x == f64::NEG_INFINITY {
            return f64::NEG_INFINITY;
        }
        match self.curve {
            Curve::Fixed(value) if x < value => f64::NEG_INFINITY,
            Curve::Fixed(_) => f64::INFINITY,
            Curve::Normal { mean, sd } => (x - mean) / sd,
            Curve::Lognormal { shift, scale, s } => {
                let ratio = (x - shift) / scale;
                if ratio > 0.0 {
                    libm::log(ratio) / s
                } else if scale > 0.0 {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            _ => self.bisect(x),
        }
    }

    fn bisect(&self, x: f64) -> f64 {
        let (mut low, mut high) = (-table::END, table::END);
        if self.at(high) <= x {
            return f64::INFINITY;
        }
        if self.at(low) > x {
            return f64::NEG_INFINITY;
        }
        for _ in 0..44 {
            let middle = 0.5 * (low + high);
            if self.at(middle) <= x {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[inline(always)]
fn map(z: &mut [f64], floor: f64, draw: impl Fn(f64) -> f64) {
    for value in z {
        *value = at_least(draw(*value), floor);
    }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::tests::one_of_each;
    use super::super::shape::{Range, Shape};
    use super::super::stream::{Purpose, Stream};
    use super::*;

    fn normals(name: &str, trials: usize) -> Vec<f64> {
        let mut z = vec![0.0; trials];
        Stream::new(2024, name, Purpose::Estimate).fill_normal(0, &mut z);
        z
    }

    /// What an error is measured in: the spread of P0.1 to P99.9, which the widths in the table above exceed.
    fn spread(x: &Distribution) -> f64 {
        x.at(3.1) - x.at(-3.1)
    }

    /// Oracle: the exact quantile function, itself held against statrs and closed forms.
    #[test]
    fn samplers_agree_with_the_exact_map_on_a_dense_grid() {
        for (name, x) in one_of_each() {
            if x.shape() == Shape::Empirical {
                continue;
            }
            let sampler = x.sampler();
            let worst = (-8_200..=8_200)
                .map(|i| f64::from(i) / 1_000.0)
                .map(|z| ((sampler.at(z) - x.at(z)) / (1.0 + 1e-7 * x.at(z).abs())).abs())
                .fold(0.0, f64::max);
            assert!(worst <= 3e-7 * spread(&x), "{name}: {worst:e}");
        }
    }

    /// Oracle: statrs' inverse CDFs, where it has them.
    #[test]
    fn samplers_agree_with_statrs() {
        use statrs::distribution::{Beta, ContinuousCDF, Exp, LogNormal, Normal, Triangular, Uniform};
        fn check(x: &Distribution, oracle: &impl ContinuousCDF<f64, f64>) {
            let sampler = x.clone().without_floor().sampler();
            for i in -5_000..=5_000 {
                let z = f64::from(i) / 1_000.0;
                let p = crate::sampling::normal::cdf(z);
                let draw = sampler.at(z);
                assert!((oracle.cdf(draw) - p).abs() < 2e-7, "{x:?} at {z}: {draw}");
            }
        }
        check(&Distribution::normal(3.0, 2.0).unwrap(), &Normal::new(3.0, 2.0).unwrap());
        check(
            &Distribution::lognormal_mu_sigma(2.0, 0.7).unwrap(),
            &LogNormal::new(2.0, 0.7).unwrap(),
        );
        check(&Distribution::uniform(1.0, 9.0).unwrap(), &Uniform::new(1.0, 9.0).unwrap());
        check(&Distribution::exponential(4.0).unwrap(), &Exp::new(0.25).unwrap());
        check(&Distribution::beta(0.0, 1.0, 2.0, 7.0).unwrap(), &Beta::new(2.0, 7.0).unwrap());
        check(
            &Distribution::three_point(Shape::Pert, Range::MinMax, 0.0, 0.25, 1.0).unwrap(),
            &Beta::new(2.0, 4.0).unwrap(),
        );
        check(
            &Distribution::three_point(Shape::Triangular, Range::MinMax, 6.0, 8.0, 12.0).unwrap(),
            &Triangular::new(6.0, 12.0, 8.0).unwrap(),
        );
    }

    /// Odd betas, with the errors that the table above states.
    #[test]
    fn betas_with_unbounded_density_are_as_exact_as_stated() {
        for (alpha, beta) in [(0.1, 0.1), (0.1, 10.0), (0.5, 0.5), (3.0, 0.1), (0.3, 1_000.0)] {
            let x = Distribution::beta(0.0, 1.0, alpha, beta).unwrap();
            let sampler = x.sampler();
            for i in -8_200..=8_200 {
                let z = f64::from(i) / 1_000.0;
                let off = (sampler.at(z) - x.at(z)).abs();
                assert!(off < 4e-5, "{alpha} {beta} {z}: {off:e}");
            }
        }
    }

    /// Kolmogorov–Smirnov over 2,000 quantiles at 0.1 % (1.95/√n), and P99.9 within four standard errors of its share.
    #[test]
    fn a_million_draws_follow_their_distribution() {
        const DRAWS: usize = 1_000_000;
        let n = DRAWS as f64;
        for (name, x) in one_of_each() {
            let mut draws = normals(name, DRAWS);
            x.sampler().apply(&mut draws);
            draws.sort_unstable_by(f64::total_cmp);
            let share = |value: f64| draws.partition_point(|&draw| draw <= value) as f64 / n;
            for i in 1..2_000 {
                let p = f64::from(i) / 2_000.0;
                // A hair above, since a table may put an atom of values at either side of itself.
                let value = x.quantile(p) + 1e-6 * spread(&x);
                let distance = (share(value) - x.cdf(value)).abs();
                assert!(distance < 1.95 / n.sqrt(), "{name} at {p}: {distance}");
            }
            if x.is_fixed() || x.shape() == Shape::Empirical {
                continue;
            }
            let above = 1.0 - share(x.quantile(0.999));
            assert!((above - 0.001).abs() < 4.0 * (0.001 * 0.999 / n).sqrt(), "{name}: {above}");
            let mean = draws.iter().sum::<f64>() / n;
            let variance = draws.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / n;
            assert!((mean - x.mean()).abs() < 4.0 * (variance / n).sqrt(), "{name}: {mean}");
        }
    }

    #[test]
    fn blocks_are_bit_identical_to_single_draws_and_monotone() {
        let z: Vec<f64> = (-8_400..=8_400).map(|i| f64::from(i) / 1_000.0).collect();
        for (name, x) in one_of_each() {
            let sampler = x.sampler();
            let mut block = z.clone();
            sampler.apply(&mut block);
            for (&z, &draw) in z.iter().zip(&block) {
                assert_eq!(sampler.at(z).to_bits(), draw.to_bits(), "{name}");
            }
            let slack = 1e-7 * spread(&x);
            for pair in block.windows(2) {
                assert!(pair[0] <= pair[1] + slack, "{name}: {pair:?}");
            }
            assert!(!sampler.at(f64::NAN).is_nan(), "{name}");
        }
    }

    #[test]
    fn equal_shapes_share_a_table() {
        let mut cache = SamplerCache::new();
        let pert = |low, likely, high| Distribution::three_point(Shape::Pert, Range::MinMax, low, likely, high).unwrap();
        cache.sampler(&pert(0.0, 1.0, 4.0));
        cache.sampler(&pert(10.0, 12.0, 18.0));
        assert_eq!(cache.beta_tables.len(), 1);
        cache.sampler(&pert(10.0, 13.0, 18.0));
        assert_eq!(cache.beta_tables.len(), 2);
    }

    /// MODEL, section 3: the overrun widens 6/8/12 from P90 = 12 to 13.9.
    #[test]
    fn the_overrun_widens_6_8_12_to_a_p90_of_13_9() {
        let task = Distribution::three_point(Shape::Lognormal, Range::P10P90, 6.0, 8.0, 12.0).unwrap();
        let overrun = Distribution::lognormal_median(0.85, 1.0, 1.4).unwrap();
        let (mut x, mut o) = (normals("task", 1_000_000), normals("overrun", 1_000_000));
        task.sampler().apply(&mut x);
        overrun.sampler().apply(&mut o);
        let mut product: Vec<f64> = x.iter().zip(&o).map(|(x, o)| x * o).collect();
        let (_, &mut p90, _) = product.select_nth_unstable_by(900_000, f64::total_cmp);
        assert!((p90 - 13.9).abs() < 0.05, "{p90}");
    }
}
