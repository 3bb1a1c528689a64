//! How much of a spread is shared within groups, and what the next group will be like: a one-way random-effects model.
//!
//! A value of group g is m + s_g + e with s_g ~ N(0, τ²) and e ~ N(0, σ²). Everything that is asked follows from the posterior
//! under the reference prior dm·dσ²/σ²·dτ²/(σ² + n₀τ²) of Box & Tiao, *Bayesian Inference in Statistical Analysis* (1973),
//! section 5.2, n₀ the mean group size of the analysis of variance (Searle, Casella & McCulloch, *Variance Components*, 1992,
//! section 3.6). Given λ = τ²/σ² all is in closed form: with wg = ng/(1 + ng·λ), W = Σwg, m̂ = Σwg·ȳg/W and S² = the sum of
//! squares within plus Σwg(ȳg − m̂)²,
//!
//! p(λ) ∝ Π(1 + ng·λ)^(−½) · W^(−½) · S^(−(N−1)) / (1 + n₀λ), and (x − m̂)/√(v·S²/(N−1)) is Student-t with N − 1 degrees of freedom,
//! where v = 1/W for x the middle m, λ + 1/W for a new group's m + s, and 1 more for a new value.
//!
//! What remains is one sum over a grid of λ. With balanced groups it is the classical analysis of variance; the tests hold both
//! against each other.

use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;

/// Steps of the grid over the variance ratio, and over the variance where the ratio is not learnt.
const STEPS: usize = 240;
/// Logarithms of the density below its peak that are left out: e⁻³⁰.
const NEGLIGIBLE: f64 = 30.0;
/// Degrees of freedom above which a normal with a correction stands in for Student's t and the chi-squared.
const MANY_DEGREES: f64 = 200.0;
/// Groups that it takes to learn how much groups differ.
pub const FEWEST_GROUPS: usize = 3;

/// A number of values, their mean and their sum of squares around it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many.
    pub count: usize,
    /// Their mean; 0 without values.
    pub mean: f64,
    /// Σ(x − mean)².
    pub squares: f64,
}

impl Moments {
    /// Of these values, in two passes so that nothing cancels.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count.max(1) as f64;
        Self {
            count,
            mean,
            squares: values.iter().map(|value| (value - mean) * (value - mean)).sum(),
        }
    }
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The middle m of all groups.
    Middle,
    /// What the next group shares, m + s.
    Group,
    /// One value of the next group, m + s + e.
    Value,
    /// What one value adds to its group, e.
    Own,
}

/// The posterior of middle, shared and own variance, as a mixture over the variance ratio.
#[derive(Debug, Clone)]
pub struct Components {
    parts: Vec<Part>,
    /// Of Student's t and of the variance; infinite where the parts are over the variance itself.
    degrees: f64,
}

/// The posterior at one variance ratio.
#[derive(Debug, Clone, Copy)]
struct Part {
    weight: f64,
    /// λ = τ²/σ².
    ratio: f64,
    /// m̂.
    middle: f64,
    /// W: 1/W is the variance of m̂ in units of σ².
    precision: f64,
    /// S²/(N − 1), or σ² itself.
    variance: f64,
}

/// Groups of one size: what the sums over groups need of them.
struct Class {
    size: f64,
    groups: f64,
    sum: f64,
    squares: f64,
}

impl Components {
    /// From groups of which some have several values. `None` with fewer than three groups, without two values in one group, or
    /// where nothing varies.
    #[must_use]
    pub fn of_groups(groups: &[Moments]) -> Option<Self> {
        let groups: Vec<&Moments> = groups.iter().filter(|group| group.count > 0).collect();
        let (count, total) = (groups.len() as f64, groups.iter().map(|group| group.count as f64).sum::<f64>());
        if groups.len() < FEWEST_GROUPS || total <= count {
            return None;
        }
        let middle = groups.iter().map(|group| group.count as f64 * group.mean).sum::<f64>() / total;
        let within: f64 = groups.iter().map(|group| group.squares).sum();
        let mean_size = (total - groups.iter().map(|group| (group.count as f64).powi(2)).sum::<f64>() / total) / (count - 1.0);
        let classes = classes(&groups, middle);
        let at = |u: f64| {
            // Uniform in u = ln(1 + n₀λ) is the prior above.
            let ratio = u.exp_m1() / mean_size;
            let (mut precision, mut sum, mut log) = (0.0, 0.0, 0.0);
            for class in &classes {
                let weight = class.size / (1.0 + class.size * ratio);
                precision += weight * class.groups;
                sum += weight * class.sum;
                log -= 0.5 * class.groups * (class.size * ratio).ln_1p();
            }
            let shift = sum / precision;
            let between: f64 = classes
                .iter()
                .map(|class| {
                    let squares = class.squares - 2.0 * shift * class.sum + shift * shift * class.groups;
                    class.size / (1.0 + class.size * ratio) * squares.max(0.0)
                })
                .sum();
            let squares = within + between;
            let part = Part {
                weight: 1.0,
                ratio,
                middle: middle + shift,
                precision,
                variance: squares / (total - 1.0),
            };
            (log - 0.5 * precision.ln() - 0.5 * (total - 1.0) * squares.ln(), part)
        };
        let parts = integrated(at)?;
        Some(Self {
            parts,
            degrees: total - 1.0,
        })
    }

    /// From values of which each stands for a group of its own: all of the spread is shared, and σ² means τ². `None` with fewer
    /// than two values, or where nothing varies.
    #[must_use]
    pub fn of_wholes(values: Moments) -> Option<Self> {
        let degrees = values.count.checked_sub(1)? as f64;
        let variance = values.squares / degrees;
        (variance > 0.0).then(|| Self {
            parts: vec![Part {
                weight: 1.0,
                ratio: 1.0,
                middle: values.mean,
                precision: values.count as f64,
                variance,
            }],
            degrees,
        })
    }

    /// From values without groups: how much groups differ is not in them and has to be said, as the variance τ². `None` with fewer
    /// than two values, or where nothing varies.
    #[must_use]
    pub fn of_values(values: Moments, between: f64) -> Option<Self> {
        let degrees = values.count.checked_sub(1)? as f64;
        if !(degrees > 0.0 && values.squares > 0.0) {
            return None;
        }
        let steps = 0..STEPS;
        let parts = steps.map(|step| {
            let p = (step as f64 + 0.5) / STEPS as f64;
            let variance = values.squares / chi_squared_quantile(p, degrees);
            Part {
                weight: 1.0 / STEPS as f64,
                ratio: between / variance,
                middle: values.mean,
                precision: values.count as f64,
                variance,
            }
        });
        Some(Self {
            parts: parts.collect(),
            degrees: f64::INFINITY,
        })
    }

    /// P(next ≤ x).
    #[must_use]
    pub fn probability(&self, next: Next, x: f64) -> f64 {
        let of_part = |part: &Part| part.weight * student(((x - part.centre(next)) / part.scale(next)).clamp(-1e12, 1e12), self.degrees);
        self.parts.iter().map(of_part).sum()
    }

    /// The quantile of what comes next, for 0 < p < 1.
    #[must_use]
    pub fn quantile(&self, next: Next, p: f64) -> f64 {
        let middle = self.average(|part| part.centre(next));
        let mut reach = self.average(|part| part.scale(next));
        while reach < 1e6 && (self.probability(next, middle - reach) > p || self.probability(next, middle + reach) < p) {
            reach *= 2.0;
        }
        bisected(middle - reach, middle + reach, |x| self.probability(next, x) < p)
    }

    /// P(σ ≤ x) of what single values add.
    #[must_use]
    pub fn probability_own(&self, x: f64) -> f64 {
        self.probability_of_sd(x, |_| 1.0)
    }

    /// P(τ ≤ x) of what groups share.
    #[must_use]
    pub fn probability_shared(&self, x: f64) -> f64 {
        self.probability_of_sd(x, |part| part.ratio)
    }

    /// The quantile of σ.
    #[must_use]
    pub fn own(&self, p: f64) -> f64 {
        bisected(0.0, self.widest(), |x| self.probability_own(x) < p)
    }

    /// The quantile of τ.
    #[must_use]
    pub fn shared(&self, p: f64) -> f64 {
        bisected(0.0, self.widest(), |x| self.probability_shared(x) < p)
    }

    /// The posterior mean of m + s for a group that was seen: its own mean, drawn to the middle by as much as it is uncertain.
    #[must_use]
    pub fn of_group(&self, group: &Moments) -> f64 {
        self.average(|part| {
            let weight = part.ratio * group.count as f64;
            part.middle + weight / (1.0 + weight) * (group.mean - part.middle)
        })
    }

    fn average(&self, of: impl Fn(&Part) -> f64) -> f64 {
        self.parts.iter().map(|part| part.weight * of(part)).sum()
    }

    /// P(√(share·σ²) ≤ x): (N − 1)·S²/σ² is chi-squared.
    fn probability_of_sd(&self, x: f64, share: impl Fn(&Part) -> f64) -> f64 {
        let of_part = |part: &Part| {
            let mean = share(part) * part.variance;
            if self.degrees.is_finite() && mean > 0.0 {
                part.weight * (1.0 - chi_squared(self.degrees * mean / (x * x).max(f64::MIN_POSITIVE), self.degrees))
            } else {
                part.weight * f64::from(mean <= x * x)
            }
        };
        self.parts.iter().map(of_part).sum()
    }

    /// A standard deviation above all that is asked for.
    fn widest(&self) -> f64 {
        let largest = self
            .parts
            .iter()
            .map(|part| part.variance * part.ratio.max(1.0))
            .fold(0.0, f64::max);
        // With one degree of freedom the 0.975 quantile of σ is 32 times the estimate.
        100.0 * largest.sqrt()
    }
}

impl Part {
    fn centre(&self, next: Next) -> f64 {
        if next == Next::Own { 0.0 } else { self.middle }
    }

    fn scale(&self, next: Next) -> f64 {
        let known = 1.0 / self.precision;
        let factor = match next {
            Next::Middle => known,
            Next::Group => known + self.ratio,
            Next::Value => known + self.ratio + 1.0,
            Next::Own => 1.0,
        };
        (self.variance * factor).sqrt()
    }
}

/// Groups by their size, means counted from `middle`.
fn classes(groups: &[&Moments], middle: f64) -> Vec<Class> {
    let mut sorted: Vec<(usize, f64)> = groups.iter().map(|group| (group.count, group.mean - middle)).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sorted
        .chunk_by(|a, b| a.0 == b.0)
        .map(|chunk| Class {
            size: chunk.first().map_or(0.0, |(size, _)| *size as f64),
            groups: chunk.len() as f64,
            sum: chunk.iter().map(|(_, mean)| mean).sum(),
            squares: chunk.iter().map(|(_, mean)| mean * mean).sum(),
        })
        .collect()
}

/// The parts of a density over u ≥ 0 by their weights: a grid that closes in on where the density is. Its steps are even in √u,
/// which is nearly τ where τ is small, so that small ones are told apart.
fn integrated(at: impl Fn(f64) -> (f64, Part)) -> Option<Vec<Part>> {
    let (mut low, mut high) = (0.0_f64, 8.0_f64);
    let at_root = |root: f64| {
        let (log, part) = at(root * root);
        (log + root.ln(), part)
    };
    loop {
        let step = (high - low) / STEPS as f64;
        let points: Vec<(f64, Part)> = (0..STEPS).map(|index| at_root(low + (index as f64 + 0.5) * step)).collect();
        let peak = points.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
        if !peak.is_finite() {
            return None;
        }
        let matters = |(log, _): &(f64, Part)| *log > peak - NEGLIGIBLE;
        let first = points.iter().position(matters)?;
        let last = points.iter().rposition(matters)?;
        if last - first >= STEPS / 3 {
            let total: f64 = points.iter().map(|(log, _)| (log - peak).exp()).sum();
            let weighed = points.into_iter().map(|(log, part)| Part {
                weight: (log - peak).exp() / total,
                ..part
            });
            return Some(weighed.filter(|part| part.weight > 0.0).collect());
        }
        high = low + (last + 2) as f64 * step;
        low += (first as f64 - 1.0).max(0.0) * step;
    }
}

/// Where a rising condition turns false, to the last digits.
fn bisected(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if is_below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Student's t; for many degrees the normal of Abramowitz & Stegun 26.7.8.
fn student(x: f64, degrees: f64) -> f64 {
    let normal = |x: f64| 0.5 * erfc(-x / std::f64::consts::SQRT_2);
    if degrees.is_infinite() {
        return normal(x);
    }
    if degrees > MANY_DEGREES {
        return normal(x * (1.0 - 0.25 / degrees) / (1.0 + x * x / (2.0 * degrees)).sqrt());
    }
    StudentsT::new(0.0, 1.0, degrees).map_or(0.5, |t| t.cdf(x))
}

/// The chi-squared; for many degrees the normal of Wilson & Hilferty (Abramowitz & Stegun 26.4.14).
fn chi_squared(x: f64, degrees: f64) -> f64 {
    if degrees > MANY_DEGREES {
        let ninth = 2.0 / (9.0 * degrees);
        let z = ((x / degrees).cbrt() - (1.0 - ninth)) / ninth.sqrt();
        return 0.5 * erfc(-z / std::f64::consts::SQRT_2);
    }
    ChiSquared::new(degrees).map_or(0.5, |chi| chi.cdf(x))
}

fn chi_squared_quantile(p: f64, degrees: f64) -> f64 {
    bisected(0.0, degrees + 20.0 * (2.0 * degrees).sqrt() + 100.0, |x| {
        chi_squared(x, degrees) < p
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64, within: f64) {
        assert!(
            (found - wanted).abs() <= within * wanted.abs().max(1.0),
            "{found} instead of {wanted}"
        );
    }

    /// Snedecor & Cochran, *Statistical Methods*: calcium in turnip leaves, four leaves with four determinations each. Mean squares
    /// between 0.2961 and within 0.0066, so τ̂² = 0.0724. With F = 45 hardly anything is cut off at τ = 0, and the posterior is
    /// that of the analysis of variance: m is t with 3 degrees around the grand mean, σ² chi-squared with 12.
    #[test]
    fn balanced_groups_are_the_analysis_of_variance() {
        let leaves = [
            [3.28, 3.09, 3.03, 3.03],
            [3.52, 3.48, 3.38, 3.38],
            [2.88, 2.80, 2.81, 2.76],
            [3.34, 3.38, 3.23, 3.26],
        ];
        let groups: Vec<Moments> = leaves.iter().map(|leaf| Moments::of(leaf)).collect();
        let fitted = Components::of_groups(&groups).expect("four groups");
        let within = groups.iter().map(|group| group.squares).sum::<f64>() / 12.0;
        let between = 4.0 * Moments::of(&groups.iter().map(|group| group.mean).collect::<Vec<_>>()).squares / 3.0;
        close(within, 0.0066, 1e-4);
        close(between, 0.2961, 1e-3);
        close(fitted.quantile(Next::Middle, 0.5), 3.165_625, 1e-6);
        // t and chi-squared quantiles as tabulated.
        close(
            fitted.quantile(Next::Middle, 0.975),
            3.165_625 + 3.182 * (between / 16.0).sqrt(),
            2e-3,
        );
        close(fitted.own(0.025), (12.0 * within / 23.337).sqrt(), 2e-3);
        close(fitted.own(0.975), (12.0 * within / 4.404).sqrt(), 2e-3);
        // A new leaf: t with 3 degrees and the variance between leaf means, σ²/4 of which is not the leaf's.
        let new = fitted.quantile(Next::Group, 0.9) - fitted.quantile(Next::Group, 0.5);
        close(new, 1.638 * (between / 4.0 * 1.25 - within / 4.0).sqrt(), 1e-2);
    }

    /// Values that stand for themselves: the prediction interval of every textbook, x̄ ± t·s·√(1 + 1/n).
    #[test]
    fn wholes_are_predicted_by_students_interval() {
        let fitted = Components::of_wholes(Moments::of(&[1.0, 2.0, 3.0, 4.0, 5.0])).expect("five values");
        close(fitted.quantile(Next::Group, 0.9), 3.0 + 1.5332 * (2.5_f64 * 1.2).sqrt(), 1e-4);
        close(fitted.quantile(Next::Middle, 0.975), 3.0 + 2.7764 * (0.5_f64).sqrt(), 1e-4);
    }

    /// Without groups the middle is as Student says, and a group differs by what was said.
    #[test]
    fn values_without_groups_take_the_difference_of_groups_from_outside() {
        let values = Moments::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let fitted = Components::of_values(values, 0.0).expect("five values");
        close(fitted.quantile(Next::Group, 0.9), 3.0 + 1.5332 * (0.5_f64).sqrt(), 5e-3);
        let many = Components::of_values(
            Moments {
                count: 1_000_000,
                ..values
            },
            0.04,
        )
        .expect("many values");
        close(many.quantile(Next::Group, 0.9), 3.0 + 1.2816 * 0.2, 1e-3);
    }

    #[test]
    fn too_little_says_nothing() {
        let one = Moments::of(&[1.0]);
        assert!(Components::of_groups(&[one, one, one]).is_none(), "no group has two values");
        assert!(Components::of_groups(&[Moments::of(&[1.0, 2.0]), one]).is_none(), "two groups");
        assert!(
            Components::of_groups(&[Moments::of(&[1.0, 1.0]), one, one]).is_none(),
            "nothing varies"
        );
        assert!(Components::of_wholes(one).is_none());
        assert!(Components::of_values(one, 0.1).is_none());
        assert!(Components::of_values(Moments::of(&[]), 0.1).is_none());
    }

    #[test]
    fn a_hundred_thousand_groups_are_weighed_on_a_grid_that_is_fine_enough() {
        let groups: Vec<Moments> = (0..100_000)
            .map(|index| {
                let mean = f64::from(index % 100) / 100.0;
                Moments::of(&[mean - 0.1, mean + 0.1])
            })
            .collect();
        let fitted = Components::of_groups(&groups).expect("groups");
        // Mean squares: within 0.02; between 2·(100² − 1)/(12·100²), so that τ² = 0.083325 − 0.01.
        close(fitted.own(0.5), 0.02_f64.sqrt(), 1e-3);
        close(fitted.shared(0.5), 0.073_325_f64.sqrt(), 1e-3);
        assert!(fitted.shared(0.975) / fitted.shared(0.025) < 1.02);
    }
}
