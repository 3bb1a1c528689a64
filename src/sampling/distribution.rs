//! A distribution that is valid by construction.
//!
//! X = max(floor, F⁻¹(Φ(z))) for a standard normal z.
//!
//! | shape | F⁻¹(p), z = Φ⁻¹(p) | floor |
//! |---|---|---|
//! | lognormal by three points | shift + scale·e^(sz), s of either sign; the normal as s → 0 | low/10, or 0 where low is negative |
//! | lognormal by μ, σ | e^(μ + σz) | never reached |
//! | pert, beta | low + (high − low)·I⁻¹(p; α, β) | 0 |
//! | triangular | low + √(p·w·(mode−low)), or high − √((1−p)·w·(high−mode)) above the mode | 0 |
//! | metalog | a₁ + (a₂ + a₃(p − ½))·ln(p/(1−p)) | 0 |
//! | uniform, normal | low + p·(high − low), mean + sd·z | 0 |
//! | exponential | −mean·ln(1 − p) | 0 |
//! | empirical | the ⌈np⌉-th of the n sorted values | 0 |
//! | fixed | the value | none: it is what was written |

use std::sync::Arc;

use super::beta::Beta;
use super::fit::{self, Bend, SIGMA_LIMIT};
use super::infeasible::{Infeasible, Reason};
use super::normal::{self, Z90, inverse_normal, score_of_tails};
use super::sampler::{Sampler, SamplerCache};
use super::shape::{Range, Shape, Tail};

/// The largest magnitude of an estimate.
pub const LIMIT: f64 = 1e15;

/// α and β of a beta distribution lie between these.
pub const BETA_PARAMETERS: [f64; 2] = [0.1, 10_000.0];

/// A distribution of one quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    shape: Shape,
    form: Form,
    floor: Option<f64>,
}

/// The distribution before its floor.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Fixed(f64),
    Normal { mean: f64, sd: f64 },
    Lognormal { shift: f64, scale: f64, s: f64 },
    Beta { low: f64, width: f64, alpha: f64, beta: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Uniform { low: f64, high: f64 },
    Exponential { mean: f64 },
    Metalog { a: [f64; 3] },
    Empirical { sorted: Arc<[f64]> },
}

impl Distribution {
    /// One value, without a floor.
    ///
    /// # Errors
    /// If it is not finite or beyond ±[`LIMIT`].
    pub fn fixed(value: f64) -> Result<Self, Infeasible> {
        all_in_range(&[value])?;
        Ok(Self::of_value(value))
    }

    /// The distribution of a (low, likely, high) triple; equal numbers give one fixed value.
    ///
    /// `likely` is the mode, for the metalog the median; `low` and `high` are what `range` says, for each shape. Lognormal, pert and triangular exist for every low ≤ likely ≤ high.
    ///
    /// # Errors
    /// If the numbers are out of range or do not ascend; if the shape is not made from three points; for lognormal and metalog with
    /// min-max; for a metalog whose middle is too near to one end.
    pub fn three_point(shape: Shape, range: Range, low: f64, likely: f64, high: f64) -> Result<Self, Infeasible> {
        if !matches!(shape, Shape::Lognormal | Shape::Pert | Shape::Triangular | Shape::Metalog) {
            return Err(Reason::NotThreePoint { shape }.into());
        }
        all_in_range(&[low, likely, high])?;
        ascending(&["low", "likely", "high"], true, [low, likely, high])?;
        match (shape, range.tail()) {
            (Shape::Lognormal | Shape::Metalog, None) => Err(Reason::NoEnds { shape }.into()),
            _ if coincide(low, high) => Ok(Self::of_value(likely)),
            (Shape::Metalog, Some(tail)) => Self::metalog_with_tail(tail, low, likely, high),
            (Shape::Pert, None) => Ok(Self::pert(low, high, (likely - low) / (high - low))),
            (Shape::Pert, Some(tail)) => {
                let (min, max, mode) = fit::pert_ends(tail, low, likely, high);
                Ok(Self::pert(min, max, mode))
            }
            (Shape::Triangular, None) => Ok(Self::triangle(low, likely, high)),
            (Shape::Triangular, Some(tail)) => {
                let (min, max) = fit::triangle_ends(tail, low, likely, high);
                Ok(Self::triangle(min, likely.clamp(min, max), max))
            }
            (_, Some(tail)) => {
                let bend = fit::lognormal_by_mode(tail, low, likely, high);
                Ok(Self::bent(bend))
            }
            (_, None) => Err(Reason::NoEnds { shape }.into()),
        }
    }

    /// Two-parameter lognormal: ln X is normal with mean `mu` and standard deviation `sigma`.
    ///
    /// # Errors
    /// If `sigma` is outside [0, 5], or `mu` so large that X leaves the range.
    pub fn lognormal_mu_sigma(mu: f64, sigma: f64) -> Result<Self, Infeasible> {
        if !(0.0..=SIGMA_LIMIT).contains(&sigma) {
            return Err(parameter("sigma", "must be from 0 to 5", sigma));
        }
        let scale = libm::exp(mu);
        if !(mu.is_finite() && scale > 0.0 && scale <= LIMIT) {
            return Err(parameter("mu", "must be from -700 to 34", mu));
        }
        if sigma == 0.0 {
            return Ok(Self::of_value(scale));
        }
        let form = Form::Lognormal {
            shift: 0.0,
            scale,
            s: sigma,
        };
        Ok(Self::new(Shape::Lognormal, form, 0.0))
    }

    /// Two-parameter lognormal with that median and P90: σ = ln(p90/p50)/1.2816.
    ///
    /// # Errors
    /// Unless 0 < p50 ≤ p90 ≤ 606·p50 (σ ≤ 5).
    pub fn lognormal_p50_p90(p50: f64, p90: f64) -> Result<Self, Infeasible> {
        all_in_range(&[p50, p90])?;
        if p50 <= 0.0 {
            return Err(parameter("p50", "must be more than 0", p50));
        }
        if p90 < p50 {
            return Err(Reason::NotAscending {
                names: &["p50", "p90"],
                equal_allowed: true,
            }
            .into());
        }
        if coincide(p50, p90) {
            return Ok(Self::of_value(p50));
        }
        let s = libm::log(p90 / p50) / Z90;
        if s > SIGMA_LIMIT {
            return Err(parameter("p90", "must be at most 606 times `p50`", p90));
        }
        let form = Form::Lognormal { shift: 0.0, scale: p50, s };
        Ok(Self::new(Shape::Lognormal, form, 0.0))
    }

    /// Three-parameter lognormal through three quantiles: s = ln((p90 − p50)/(p50 − p10))/1.2816.
    ///
    /// # Errors
    /// Unless p10 < p50 < p90 (or all are equal) with |s| ≤ 5.
    pub fn lognormal_median(p10: f64, p50: f64, p90: f64) -> Result<Self, Infeasible> {
        all_in_range(&[p10, p50, p90])?;
        ascending(&["p10", "p50", "p90"], true, [p10, p50, p90])?;
        if coincide(p10, p90) {
            return Ok(Self::of_value(p50));
        }
        let s = fit::skew_of_median(Z90, p10, p50, p90);
        if s.is_nan() || s.abs() > SIGMA_LIMIT {
            // A hair inside, since the limit itself may round to its outside.
            let steepest = SIGMA_LIMIT * (1.0 - 1e-6);
            let lowest = fit::median_of_skew(Z90, steepest, p10, p90);
            let highest = fit::median_of_skew(Z90, -steepest, p10, p90);
            return Err(too_skewed(Shape::Lognormal, [p10, p50, p90], lowest, highest));
        }
        Ok(Self::bent(fit::lognormal_by_median(Z90, p10, p50, p90)))
    }

    /// All values between `low` and `high` alike.
    ///
    /// # Errors
    /// If they are out of range or do not ascend.
    pub fn uniform(low: f64, high: f64) -> Result<Self, Infeasible> {
        all_in_range(&[low, high])?;
        ends_ascend(low, high)?;
        if coincide(low, high) {
            return Ok(Self::of_value(low));
        }
        Ok(Self::new(Shape::Uniform, Form::Uniform { low, high }, 0.0))
    }

    /// Normal with that mean and standard deviation.
    ///
    /// # Errors
    /// If they are out of range or `sd` is negative.
    pub fn normal(mean: f64, sd: f64) -> Result<Self, Infeasible> {
        all_in_range(&[mean, sd])?;
        if sd < 0.0 {
            return Err(parameter("sd", "must be at least 0", sd));
        }
        if sd == 0.0 {
            return Ok(Self::of_value(mean));
        }
        Ok(Self::new(Shape::Normal, Form::Normal { mean, sd }, 0.0))
    }

    /// Exponential with that mean.
    ///
    /// # Errors
    /// If the mean is out of range or not more than 0.
    pub fn exponential(mean: f64) -> Result<Self, Infeasible> {
        all_in_range(&[mean])?;
        if mean <= 0.0 {
            return Err(parameter("mean", "must be more than 0", mean));
        }
        Ok(Self::new(Shape::Exponential, Form::Exponential { mean }, 0.0))
    }

    /// Beta with parameters `alpha` and `beta`, stretched over [low, high].
    ///
    /// # Errors
    /// If the ends are out of range or do not ascend, or a parameter is outside [`BETA_PARAMETERS`].
    pub fn beta(low: f64, high: f64, alpha: f64, beta: f64) -> Result<Self, Infeasible> {
        all_in_range(&[low, high])?;
        let [least, most] = BETA_PARAMETERS;
        for (name, value) in [("alpha", alpha), ("beta", beta)] {
            if !(least..=most).contains(&value) {
                return Err(parameter(name, "must be from 0.1 to 10000", value));
            }
        }
        ends_ascend(low, high)?;
        if coincide(low, high) {
            return Ok(Self::of_value(low));
        }
        let form = Form::Beta {
            low,
            width: high - low,
            alpha,
            beta,
        };
        Ok(Self::new(Shape::Beta, form, 0.0))
    }

    /// Keelin's three-term metalog through three quantiles.
    ///
    /// # Errors
    /// Unless p10 ≤ p50 ≤ p90 with (p50 − p10)/(p90 − p10) between 0.1666 and 0.8334, outside which its density would be negative.
    pub fn metalog(p10: f64, p50: f64, p90: f64) -> Result<Self, Infeasible> {
        Self::three_point(Shape::Metalog, Range::P10P90, p10, p50, p90)
    }

    /// Any of `values`, each equally likely.
    ///
    /// # Errors
    /// If there is none, or one is out of range.
    pub fn empirical(mut values: Vec<f64>) -> Result<Self, Infeasible> {
        all_in_range(&values)?;
        values.sort_unstable_by(f64::total_cmp);
        match values[..] {
            [] => Err(Reason::NoValues.into()),
            [first, .., last] if first < last => {
                let sorted = values.into();
                Ok(Self::new(Shape::Empirical, Form::Empirical { sorted }, 0.0))
            }
            [value, ..] => Ok(Self::of_value(value)),
        }
    }

    /// The same without a floor, for a quantity that may be negative, such as a lag.
    #[must_use]
    pub fn without_floor(mut self) -> Self {
        self.floor = None;
        self
    }

    /// The family; `Fixed` where the numbers left no room for another.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether each draw is the same value.
    pub fn is_fixed(&self) -> bool {
        matches!(self.form, Form::Fixed(_))
    }

    /// The value that lower draws are set to.
    pub fn floor(&self) -> Option<f64> {
        self.floor
    }

    /// The probability of a draw that the floor raises.
    pub fn share_below_floor(&self) -> f64 {
        self.floor.map_or(0.0, |floor| self.form.probability_below(floor))
    }

    /// The value below which a draw lies with probability `p`, floor applied; `p` outside [0, 1] counts as the nearer end.
    ///
    /// Exact, hence slow; infinite at the open ends of a shape. Undefined (NaN) for an undefined `p`.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let value = match &self.form {
            Form::Empirical { sorted } => value_of_rank(sorted, p),
            form => form.at(inverse_normal(p)),
        };
        self.floored(value)
    }

    /// X(z) = F⁻¹(Φ(z)), floor applied: what a [`Sampler`] approximates. Exact, hence slow.
    pub fn at(&self, z: f64) -> f64 {
        self.floored(self.form.at(z))
    }

    /// P(X ≤ x), floor applied.
    pub fn cdf(&self, x: f64) -> f64 {
        match self.floor {
            Some(floor) if x < floor => 0.0,
            _ => self.form.cdf(x),
        }
    }

    /// The z with X(z) = x; −∞ below the floor or the lowest value, +∞ above the highest. At a value that many z share, the highest.
    pub fn score(&self, x: f64) -> f64 {
        match self.floor {
            Some(floor) if x < floor => f64::NEG_INFINITY,
            _ => self.form.score(x),
        }
    }

    /// Expected value, floor applied. In closed form for all shapes.
    pub fn mean(&self) -> f64 {
        match self.floor {
            Some(floor) if self.share_below_floor() > 0.0 => self.form.mean_above(floor),
            _ => self.form.mean(),
        }
    }

    /// The value that one in ten draws is below.
    pub fn p10(&self) -> f64 {
        self.at(-Z90)
    }

    /// The median.
    pub fn p50(&self) -> f64 {
        self.at(0.0)
    }

    /// The value that one in ten draws is above.
    pub fn p90(&self) -> f64 {
        self.at(Z90)
    }

    /// The fast form, with tables of its own. Where there are many distributions, let a [`SamplerCache`] share them.
    pub fn sampler(&self) -> Sampler {
        SamplerCache::new().sampler(self)
    }

    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    fn floored(&self, value: f64) -> f64 {
        match self.floor {
            Some(floor) if value < floor => floor,
            _ => value,
        }
    }

    fn new(shape: Shape, form: Form, floor: f64) -> Self {
        Distribution {
            shape,
            form,
            floor: Some(floor),
        }
    }

    fn of_value(value: f64) -> Self {
        Distribution {
            shape: Shape::Fixed,
            form: Form::Fixed(value),
            floor: None,
        }
    }

    fn bent(bend: Bend) -> Self {
        let form = match bend {
            Bend::Straight { mean, sd } => Form::Normal { mean, sd },
            Bend::Bent { shift, scale, s } => Form::Lognormal { shift, scale, s },
        };
        // A tenth of the tenth percentile, whatever percentiles the range gave.
        let p10 = form.at(-Z90);
        Self::new(Shape::Lognormal, form, (p10 / 10.0).max(0.0))
    }

    fn pert(low: f64, high: f64, mode: f64) -> Self {
        let form = Form::Beta {
            low,
            width: high - low,
            alpha: 1.0 + 4.0 * mode,
            beta: 5.0 - 4.0 * mode,
        };
        Self::new(Shape::Pert, form, 0.0)
    }

    fn triangle(low: f64, mode: f64, high: f64) -> Self {
        Self::new(Shape::Triangular, Form::Triangular { low, mode, high }, 0.0)
    }

    fn metalog_with_tail(tail: Tail, low: f64, median: f64, high: f64) -> Result<Self, Infeasible> {
        let limit = fit::metalog_limit(tail);
        let position = (median - low) / (high - low);
        if !(position > limit && position < 1.0 - limit) {
            // At the limit itself the density touches zero.
            let inside = (limit + 1e-4) * (high - low);
            return Err(too_skewed(Shape::Metalog, [low, median, high], low + inside, high - inside));
        }
        let a = fit::metalog(tail, low, median, high);
        Ok(Self::new(Shape::Metalog, Form::Metalog { a }, 0.0))
    }
}

impl Form {
    /// F⁻¹(Φ(z)).
    fn at(&self, z: f64) -> f64 {
        match *self {
            Form::Fixed(value) => value,
            Form::Normal { mean, sd } => mean + sd * z,
            Form::Lognormal { shift, scale, s } => shift + scale * libm::exp(s * z),
            Form::Beta { low, width, alpha, beta } => low + width * Beta::new(alpha, beta).at(z),
            Form::Triangular { low, mode, high } => {
                let width = high - low;
                let (below, above) = (normal::cdf(z), normal::cdf(-z));
                if below * width <= mode - low {
                    low + (below * width * (mode - low)).sqrt()
                } else {
                    high - (above * width * (high - mode)).sqrt()
                }
            }
            Form::Uniform { low, high } => low + normal::cdf(z) * (high - low),
            Form::Exponential { mean } => mean * minus_log_of_survival(z),
            Form::Metalog { a } => {
                let (below, above) = (normal::cdf(z), normal::cdf(-z));
                a[0] + (a[1] + a[2] * (below - 0.5)) * (libm::log(below) - libm::log(above))
            }
            Form::Empirical { ref sorted } => value_of_rank(sorted, normal::cdf(z)),
        }
    }

    /// The z with F(x) = Φ(z).
    fn score(&self, x: f64) -> f64 {
        match *self {
            Form::Fixed(value) if x < value => f64::NEG_INFINITY,
            Form::Fixed(_) => f64::INFINITY,
            Form::Normal { mean, sd } => (x - mean) / sd,
            Form::Lognormal { shift, scale, s } => {
                // A left skew has its end at the top, where scale and s are both negative.
                let ratio = (x - shift) / scale;
                let log = if ratio > 0.0 { libm::log(ratio) } else { f64::NEG_INFINITY };
                log / s
            }
            Form::Beta { low, width, alpha, beta } => {
                let (lower, upper) = Beta::new(alpha, beta).tails((x - low) / width);
                score_of_tails(lower, upper)
            }
            Form::Triangular { low, mode, high } => {
                let width = high - low;
                if x <= low {
                    f64::NEG_INFINITY
                } else if x >= high {
                    f64::INFINITY
                } else if x <= mode {
                    let lower = (x - low) * (x - low) / (width * (mode - low));
                    score_of_tails(lower, 1.0 - lower)
                } else {
                    let upper = (high - x) * (high - x) / (width * (high - mode));
                    score_of_tails(1.0 - upper, upper)
                }
            }
            Form::Uniform { low, high } => {
                let lower = ((x - low) / (high - low)).clamp(0.0, 1.0);
                let upper = ((high - x) / (high - low)).clamp(0.0, 1.0);
                score_of_tails(lower, upper)
            }
            Form::Exponential { mean } => {
                let t = (x / mean).max(0.0);
                score_of_tails(-libm::expm1(-t), libm::exp(-t))
            }
            Form::Metalog { .. } => {
                const LOWEST: f64 = -38.0;
                let z = fit::bisect(LOWEST, -LOWEST, |z| self.at(z) < x);
                if z <= LOWEST {
                    f64::NEG_INFINITY
                } else if z >= -LOWEST {
                    f64::INFINITY
                } else {
                    z
                }
            }
            Form::Empirical { ref sorted } => {
                let below = sorted.partition_point(|&value| value <= x);
                let n = sorted.len() as f64;
                score_of_tails(below as f64 / n, (sorted.len() - below) as f64 / n)
            }
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        normal::cdf(self.score(x))
    }

    /// P(X < x), which differs from the cdf where values have weight.
    fn probability_below(&self, x: f64) -> f64 {
        match self {
            Form::Fixed(value) => f64::from(u8::from(*value < x)),
            Form::Empirical { sorted } => sorted.partition_point(|&value| value < x) as f64 / sorted.len() as f64,
            form => form.cdf(x),
        }
    }

    fn mean(&self) -> f64 {
        match *self {
            Form::Fixed(value) => value,
            Form::Normal { mean, .. } | Form::Exponential { mean } => mean,
            Form::Lognormal { shift, scale, s } => shift + scale * libm::exp(0.5 * s * s),
            Form::Beta { low, width, alpha, beta } => low + width * alpha / (alpha + beta),
            Form::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Form::Uniform { low, high } => 0.5 * (low + high),
            Form::Metalog { a } => a[0] + 0.5 * a[2],
            Form::Empirical { ref sorted } => sorted.iter().sum::<f64>() / sorted.len() as f64,
        }
    }

    /// E max(X, floor): floor·F(floor) and the partial expectation above it.
    fn mean_above(&self, floor: f64) -> f64 {
        match *self {
            Form::Fixed(value) => value.max(floor),
            Form::Normal { mean, sd } => {
                let z = (floor - mean) / sd;
                floor * normal::cdf(z) + mean * normal::cdf(-z) + sd * normal::pdf(z)
            }
            Form::Lognormal { shift, scale, s } => {
                let z = self.score(floor);
                floor * normal::cdf(z) + shift * normal::cdf(-z) + scale * libm::exp(0.5 * s * s) * normal::cdf(s - z)
            }
            Form::Beta { low, width, alpha, beta } => {
                let x = (floor - low) / width;
                let (lower, upper) = Beta::new(alpha, beta).tails(x);
                let (_, upper_of_next) = Beta::new(alpha + 1.0, beta).tails(x);
                floor * lower + low * upper + width * alpha / (alpha + beta) * upper_of_next
            }
            Form::Triangular { low, mode, high } => {
                if floor >= high {
                    return floor;
                }
                // floor + ∫ P(X > x) dx from the floor on.
                let width = high - low;
                let cube = |x: f64| x * x * x;
                let above_mode = |from: f64| {
                    if high > mode {
                        cube(high - from) / (3.0 * width * (high - mode))
                    } else {
                        0.0
                    }
                };
                if floor >= mode {
                    return floor + above_mode(floor);
                }
                let below_mode = (mode - floor) - (cube(mode - low) - cube(floor - low)) / (3.0 * width * (mode - low));
                floor + below_mode + above_mode(mode)
            }
            Form::Uniform { low, high } => {
                if floor >= high {
                    return floor;
                }
                let above = high - floor;
                floor + 0.5 * above * above / (high - low)
            }
            Form::Exponential { mean } => floor + mean * libm::exp(-floor.max(0.0) / mean),
            Form::Metalog { a } => {
                let z = self.score(floor);
                let (p, q) = (normal::cdf(z), normal::cdf(-z));
                if q <= 0.0 {
                    return floor;
                }
                // ∫ L dp = p·ln p + q·ln q and ∫ (p − ½)·L dp = (p − p·q·L)/2, both from p to 1.
                let (log_p, log_q) = (libm::log(p), libm::log(q));
                let of_l = -(p * log_p + q * log_q);
                let of_product = 0.5 * (q + p * q * (log_p - log_q));
                floor * p + a[0] * q + a[1] * of_l + a[2] * of_product
            }
            Form::Empirical { ref sorted } => sorted.iter().map(|&value| value.max(floor)).sum::<f64>() / sorted.len() as f64,
        }
    }
}

/// −ln(1 − Φ(z)), which keeps its relative accuracy in the lower tail.
fn minus_log_of_survival(z: f64) -> f64 {
    if z < 0.0 {
        -libm::log1p(-normal::cdf(z))
    } else {
        -libm::log(normal::cdf(-z))
    }
}

/// The ⌈np⌉-th of the values, the inverse of their empirical distribution function.
fn value_of_rank(sorted: &[f64], p: f64) -> f64 {
    let rank = (p * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// Whether two ends are so near that what lies between is rounding error.
fn coincide(low: f64, high: f64) -> bool {
    high - low <= 1e-12 * low.abs().max(high.abs()).max(1e-30)
}

fn all_in_range(values: &[f64]) -> Result<(), Infeasible> {
    if values.iter().all(|value| value.abs() <= LIMIT) {
        Ok(())
    } else {
        Err(Reason::OutOfRange { limit: LIMIT }.into())
    }
}

fn ascending(names: &'static [&'static str], equal_allowed: bool, values: [f64; 3]) -> Result<(), Infeasible> {
    if values[0] <= values[1] && values[1] <= values[2] {
        return Ok(());
    }
    let mut nearest = values;
    nearest.sort_unstable_by(f64::total_cmp);
    Err(Infeasible {
        reason: Reason::NotAscending { names, equal_allowed },
        nearest: Some(nearest),
    })
}

fn ends_ascend(low: f64, high: f64) -> Result<(), Infeasible> {
    if low <= high {
        return Ok(());
    }
    Err(Reason::NotAscending {
        names: &["low", "high"],
        equal_allowed: true,
    }
    .into())
}

fn parameter(name: &'static str, must: &'static str, value: f64) -> Infeasible {
    Reason::Parameter { name, must, value }.into()
}

fn too_skewed(shape: Shape, [low, middle, high]: [f64; 3], lowest: f64, highest: f64) -> Infeasible {
    Infeasible {
        reason: Reason::TooSkewed {
            shape,
            middle: "median",
            lowest,
            highest,
        },
        nearest: Some([low, middle.clamp(lowest, highest), high]),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::normal::Z95;
    use super::*;
    use proptest::prelude::*;

    fn assert_close(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }

    fn three_point(shape: Shape, range: Range, low: f64, likely: f64, high: f64) -> Distribution {
        Distribution::three_point(shape, range, low, likely, high).unwrap()
    }

    /// One of each shape, with numbers of a task in days.
    pub(in super::super) fn one_of_each() -> Vec<(&'static str, Distribution)> {
        use Range::*;
        use Shape::*;
        vec![
            ("lognormal right", three_point(Lognormal, P10P90, 6.0, 8.0, 12.0)),
            ("lognormal left", three_point(Lognormal, P5P95, 2.0, 9.0, 12.0)),
            ("lognormal straight", three_point(Lognormal, P10P90, 6.0, 8.0, 10.0)),
            ("lognormal to its floor", three_point(Lognormal, P10P90, 1.0, 40.0, 60.0)),
            ("lognormal mu sigma", Distribution::lognormal_mu_sigma(2.0, 0.7).unwrap()),
            ("lognormal median", Distribution::lognormal_median(0.85, 1.0, 1.4).unwrap()),
            ("pert", three_point(Pert, MinMax, 6.0, 8.0, 12.0)),
            ("pert at its end", three_point(Pert, MinMax, 6.0, 6.0, 12.0)),
            ("pert p10-p90", three_point(Pert, P10P90, 1.0, 2.0, 30.0)),
            ("triangular", three_point(Triangular, MinMax, 6.0, 8.0, 12.0)),
            ("triangular at its end", three_point(Triangular, MinMax, 6.0, 12.0, 12.0)),
            ("triangular p5-p95", three_point(Triangular, P5P95, 1.0, 2.0, 30.0)),
            ("metalog", Distribution::metalog(6.0, 8.0, 12.0).unwrap()),
            ("metalog to its floor", Distribution::metalog(1.0, 20.0, 30.0).unwrap()),
            ("uniform", Distribution::uniform(-1.0, 9.0).unwrap()),
            ("normal", Distribution::normal(3.0, 2.0).unwrap()),
            ("exponential", Distribution::exponential(4.0).unwrap()),
            ("beta", Distribution::beta(2.0, 12.0, 2.0, 7.0).unwrap()),
            ("beta to its floor", Distribution::beta(-3.0, 12.0, 1.5, 1.2).unwrap()),
            ("fixed", Distribution::fixed(5.0).unwrap()),
            ("empirical", Distribution::empirical(vec![3.0, -1.0, 2.0, 2.0, 9.0]).unwrap()),
        ]
    }

    /// Mode of shift + scale·e^(sz): shift + scale·e^(−s²) (textbook lognormal, shifted).
    #[test]
    fn lognormal_of_6_8_12_has_p10_6_mode_8_p90_12() {
        let x = three_point(Shape::Lognormal, Range::P10P90, 6.0, 8.0, 12.0);
        assert_close(x.p10(), 6.0, 1e-12);
        assert_close(x.p90(), 12.0, 1e-12);
        let Form::Lognormal { shift, scale, s } = x.form else {
            panic!("bent")
        };
        assert_close(shift + scale * (-s * s).exp(), 8.0, 1e-12);
        // The equation of MODEL, section 3, at the fitted s: (mode − P10)/(P90 − P10) = 1/3.
        let third = ((-s * s).exp() - (-Z90 * s).exp()) / (2.0 * (Z90 * s).sinh());
        assert_close(third, 1.0 / 3.0, 1e-14);
        assert_eq!(x.floor(), Some(0.6));
    }

    #[test]
    fn lognormal_mirrors_a_left_skew_and_straightens_in_between() {
        let right = three_point(Shape::Lognormal, Range::P10P90, 6.0, 8.0, 12.0).without_floor();
        let left = three_point(Shape::Lognormal, Range::P10P90, -12.0, -8.0, -6.0).without_floor();
        for i in -40..=40 {
            let z = f64::from(i) / 5.0;
            assert_close(right.at(z), -left.at(-z), 1e-12);
        }
        let straight = three_point(Shape::Lognormal, Range::P5P95, 6.0, 8.0, 10.0);
        assert_close(straight.at(1.0), 8.0 + 2.0 / Z95, 1e-12);
        // Next to the normal nothing jumps.
        for off in [1e-4, 1e-6, 1e-8, 1e-10, 1e-12] {
            let near = three_point(Shape::Lognormal, Range::P5P95, 6.0, 8.0 - off, 10.0);
            assert_close(near.at(3.0), straight.at(3.0), 10.0 * off + 1e-7);
        }
    }

    /// Default overrun of MODEL, section 3; s from its closed form ln(0.4/0.15)/1.28155.
    #[test]
    fn overrun_runs_through_its_three_quantiles() {
        let overrun = Distribution::lognormal_median(0.85, 1.0, 1.4).unwrap();
        assert_close(overrun.p10(), 0.85, 1e-14);
        assert_close(overrun.p50(), 1.0, 1e-14);
        assert_close(overrun.p90(), 1.4, 1e-14);
        let Form::Lognormal { s, .. } = overrun.form else { panic!("bent") };
        assert_close(s, 0.765_345, 1e-6);
        let left = Distribution::lognormal_median(0.6, 1.0, 1.2).unwrap();
        assert_close(left.p10(), 0.6, 1e-14);
        assert_close(left.p50(), 1.0, 1e-14);
        assert_close(left.p90(), 1.2, 1e-14);
        let straight = Distribution::lognormal_median(0.5, 1.0, 1.5).unwrap();
        assert_close(straight.at(2.0), 1.0 + 0.5 / Z90 * 2.0, 1e-14);
    }

    /// Textbook: the lognormal's mean e^(μ + σ²/2).
    #[test]
    fn two_parameter_lognormals_agree() {
        let a = Distribution::lognormal_mu_sigma(10f64.ln(), 0.5).unwrap();
        let b = Distribution::lognormal_p50_p90(10.0, 10.0 * (0.5 * Z90).exp()).unwrap();
        for z in [-3.0, 0.0, 2.5] {
            assert_close(a.at(z), 10.0 * f64::exp(0.5 * z), 1e-12 * a.at(z));
            assert_close(b.at(z), a.at(z), 1e-12 * a.at(z));
        }
        assert_close(a.mean(), 10.0 * 0.125f64.exp(), 1e-12);
        assert_eq!(a.share_below_floor(), 0.0);
    }

    /// MODEL, section 3: read as the ends of a triangle, 6/8/12 has P90 10.5; closed form 12 − √(0.1·6·4).
    #[test]
    fn triangle_of_6_8_12_has_p90_10_45() {
        let x = three_point(Shape::Triangular, Range::MinMax, 6.0, 8.0, 12.0);
        assert_close(x.p90(), 12.0 - 2.4f64.sqrt(), 1e-12);
        assert_close(x.quantile(0.2), 6.0 + (0.2f64 * 6.0 * 2.0).sqrt(), 1e-12);
    }

    /// PERT's mean (min + 4·mode + max)/6 (Malcolm et al. 1959).
    #[test]
    fn pert_has_its_mean_and_statrs_quantiles() {
        use statrs::distribution::ContinuousCDF;
        let x = three_point(Shape::Pert, Range::MinMax, 6.0, 8.0, 12.0);
        assert_close(x.mean(), (6.0 + 32.0 + 12.0) / 6.0, 1e-12);
        let oracle = statrs::distribution::Beta::new(1.0 + 4.0 / 3.0, 5.0 - 4.0 / 3.0).unwrap();
        for i in 1..200 {
            let p = f64::from(i) / 200.0;
            assert_close(oracle.cdf((x.quantile(p) - 6.0) / 6.0), p, 1e-9);
        }
    }

    /// Keelin (2016): 1.66711 is 1 over the largest (p − ½) + p(1 − p)·ln(p/(1 − p)), at which the density touches zero.
    #[test]
    fn metalog_runs_through_its_quantiles_and_knows_its_limit() {
        let x = Distribution::metalog(6.0, 8.0, 12.0).unwrap();
        assert_close(x.p10(), 6.0, 1e-12);
        assert_close(x.p50(), 8.0, 1e-12);
        assert_close(x.p90(), 12.0, 1e-12);
        let largest = (1..100_000)
            .map(|i| f64::from(i) / 100_000.0)
            .map(|p: f64| (p - 0.5) + p * (1.0 - p) * (p / (1.0 - p)).ln())
            .fold(0.0, f64::max);
        assert_close(1.0 / largest, 1.66711, 1e-5);

        let error = Distribution::metalog(6.0, 6.5, 12.0).unwrap_err();
        let [low, median, high] = error.nearest.unwrap();
        assert_eq!((low, high), (6.0, 12.0));
        assert_close(median, 6.0 + 6.0 * 0.166_68, 1e-3);
        assert!(Distribution::metalog(low, median, high).is_ok());
        let message = error.message(|x| format!("{x:.2}d"));
        assert_eq!(
            message,
            "too skewed for metalog: between these ends its median must be from 7.00d to 11.00d"
        );
    }

    #[test]
    fn equal_numbers_are_fixed() {
        for shape in [Shape::Lognormal, Shape::Pert, Shape::Triangular, Shape::Metalog] {
            let x = three_point(shape, Range::P10P90, 4.0, 4.0, 4.0);
            assert!(x.is_fixed());
            assert_eq!((x.mean(), x.at(3.0), x.quantile(0.0), x.shape()), (4.0, 4.0, 4.0, Shape::Fixed));
        }
        assert!(Distribution::lognormal_median(1.0, 1.0, 1.0).unwrap().is_fixed());
        assert!(Distribution::normal(1.0, 0.0).unwrap().is_fixed());
        assert!(Distribution::uniform(1.0, 1.0).unwrap().is_fixed());
        assert!(Distribution::empirical(vec![2.0, 2.0]).unwrap().is_fixed());
        assert_eq!(Distribution::fixed(-3.0).unwrap().at(1.0), -3.0);
    }

    #[test]
    fn refusals_say_why_and_what_would_do() {
        let refusal = Distribution::three_point(Shape::Lognormal, Range::MinMax, 6.0, 8.0, 12.0).unwrap_err();
        assert!(refusal.to_string().starts_with("lognormal has no maximum"));
        let refusal = Distribution::three_point(Shape::Lognormal, Range::P10P90, 8.0, 6.0, 12.0).unwrap_err();
        assert_eq!(refusal.nearest, Some([6.0, 8.0, 12.0]));
        assert_eq!(refusal.to_string(), "the numbers do not ascend: needed is low ≤ likely ≤ high");
        let refusal = Distribution::three_point(Shape::Beta, Range::MinMax, 6.0, 8.0, 12.0).unwrap_err();
        assert!(refusal.to_string().contains("`alpha`"));
        let refusal = Distribution::lognormal_median(0.9, 0.9, 1.4).unwrap_err();
        let [low, median, high] = refusal.nearest.unwrap();
        assert!(Distribution::lognormal_median(low, median, high).is_ok());
        assert!(Distribution::exponential(0.0).is_err());
        assert!(Distribution::normal(1.0, -1.0).is_err());
        assert!(Distribution::uniform(2.0, 1.0).is_err());
        assert!(Distribution::beta(0.0, 1.0, 0.0, 1.0).is_err());
        assert!(Distribution::empirical(vec![]).is_err());
        assert!(Distribution::empirical(vec![1.0, f64::NAN]).is_err());
        assert!(Distribution::fixed(f64::INFINITY).is_err());
        assert!(Distribution::lognormal_p50_p90(0.0, 1.0).is_err());
        assert!(Distribution::lognormal_p50_p90(1.0, 1e9).is_err());
        assert!(Distribution::lognormal_mu_sigma(f64::NAN, 1.0).is_err());
        assert!(Distribution::lognormal_mu_sigma(0.0, f64::NAN).is_err());
    }

    #[test]
    fn empirical_quantile_is_the_inverse_of_its_step_function() {
        let x = Distribution::empirical(vec![3.0, 1.0, 2.0, 2.0]).unwrap();
        for (p, expected) in [(0.0, 1.0), (0.25, 1.0), (0.26, 2.0), (0.75, 2.0), (0.76, 3.0), (1.0, 3.0)] {
            assert_eq!(x.quantile(p), expected);
        }
        assert_close(x.cdf(2.0), 0.75, 1e-15);
        assert_close(x.cdf(1.99), 0.25, 1e-15);
        assert_eq!(x.mean(), 2.0);
    }

    /// The mean against Simpson's rule over z on the exact quantile function, floor included.
    #[test]
    fn means_agree_with_quadrature() {
        for (name, x) in one_of_each() {
            if x.shape() == Shape::Empirical {
                continue;
            }
            let n = 20_000;
            let h = 18.0 / f64::from(n);
            let sum: f64 = (0..=n)
                .map(|i| {
                    let z = -9.0 + f64::from(i) * h;
                    let weight = if i == 0 || i == n {
                        1.0
                    } else if i % 2 == 1 {
                        4.0
                    } else {
                        2.0
                    };
                    weight * x.at(z) * normal::pdf(z)
                })
                .sum();
            let quadrature = sum * h / 3.0;
            // Where the floor or a triangle's peak bends the curve, Simpson's rule is of second order.
            assert_close(x.mean() / quadrature, 1.0, 1e-6);
            let _ = name;
        }
        let steps = Distribution::empirical(vec![3.0, -1.0, 2.0, 2.0, 9.0]).unwrap();
        assert_eq!(steps.mean(), 16.0 / 5.0);
        assert_eq!(steps.share_below_floor(), 0.2);
    }

    /// Closed forms: Φ(−1.5) for normal(3, 2); 1/10 for uniform(−1, 9).
    #[test]
    fn share_below_the_floor_is_the_probability_there() {
        let normal = Distribution::normal(3.0, 2.0).unwrap();
        assert_close(normal.share_below_floor(), 0.066_807_201_268_858, 1e-14);
        assert_eq!(normal.at(-3.0), 0.0);
        assert_eq!(normal.clone().without_floor().at(-3.0), -3.0);
        assert_eq!(normal.without_floor().share_below_floor(), 0.0);
        assert_close(Distribution::uniform(-1.0, 9.0).unwrap().share_below_floor(), 0.1, 1e-15);
        let wide = three_point(Shape::Lognormal, Range::P10P90, 1.0, 40.0, 60.0);
        assert_eq!(wide.floor(), Some(0.1));
        assert!((0.05..0.1).contains(&wide.share_below_floor()));
        assert_eq!(three_point(Shape::Pert, Range::MinMax, 0.0, 1.0, 2.0).share_below_floor(), 0.0);
    }

    #[test]
    fn score_undoes_at_and_cdf_undoes_quantile() {
        for (name, x) in one_of_each() {
            if x.is_fixed() || x.shape() == Shape::Empirical {
                continue;
            }
            for i in -50..=50 {
                let z = f64::from(i) / 10.0;
                let value = x.at(z);
                if x.floor().is_some_and(|floor| value <= floor) {
                    continue;
                }
                assert_close(x.score(value), z, 1e-6);
                assert_close(x.cdf(value), normal::cdf(z), 1e-10);
                assert_close(x.quantile(normal::cdf(z)), value, 1e-8 * value.abs().max(1.0));
            }
            assert_eq!(x.cdf(f64::INFINITY), 1.0, "{name}");
            assert_eq!(x.cdf(f64::NEG_INFINITY), 0.0, "{name}");
            assert!(!x.quantile(0.0).is_nan() && !x.quantile(1.0).is_nan(), "{name}");
        }
    }

    fn any_number() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            -1e3..1e3f64,
            Just(0.0),
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(LIMIT),
            (0u8..4).prop_map(f64::from),
        ]
    }

    proptest! {
        /// Whatever the numbers, there is a distribution or a reason, and never a panic or an undefined draw.
        #[test]
        fn no_numbers_panic(a in any_number(), b in any_number(), c in any_number(), d in any_number(), z in -8.3..8.3f64) {
            let mut all = vec![
                Distribution::lognormal_mu_sigma(a, b),
                Distribution::lognormal_p50_p90(a, b),
                Distribution::lognormal_median(a, b, c),
                Distribution::uniform(a, b),
                Distribution::normal(a, b),
                Distribution::exponential(a),
                Distribution::beta(a, b, c, d),
                Distribution::empirical(vec![a, b, c]),
                Distribution::fixed(a),
            ];
            for shape in Shape::ALL {
                for range in Range::ALL {
                    all.push(Distribution::three_point(shape, range, a, b, c));
                }
            }
            for result in all {
                match result {
                    Ok(x) => {
                        prop_assert!(x.at(z).is_finite(), "{x:?} at {z}");
                        prop_assert!(x.mean().is_finite(), "{x:?}");
                        prop_assert!((0.0..=1.0).contains(&x.share_below_floor()), "{x:?}");
                        prop_assert!(!x.cdf(d).is_nan() || d.is_nan(), "{x:?}");
                        prop_assert!(x.quantile(0.2) <= x.quantile(0.3) || x.p10() == x.p90(), "{x:?}");
                    }
                    Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
                }
            }
        }

        /// Low and high are the quantiles that the range says, for every triple and shape that takes them.
        #[test]
        fn ranges_mean_what_they_say(low in 0.0..50.0f64, width in 0.01..100.0f64, position in 0.0..=1.0f64) {
            let high = low + width;
            let likely = (low + position * width).clamp(low, high);
            for range in [Range::P10P90, Range::P5P95] {
                let tail = range.tail().unwrap();
                for shape in [Shape::Lognormal, Shape::Pert, Shape::Triangular] {
                    let x = Distribution::three_point(shape, range, low, likely, high).unwrap().without_floor();
                    prop_assert!((x.at(-tail.z) - low).abs() < 1e-8 * high, "{x:?}");
                    prop_assert!((x.at(tail.z) - high).abs() < 1e-8 * high, "{x:?}");
                    let mode = match x.form {
                        Form::Normal { mean, .. } => mean,
                        Form::Lognormal { shift, scale, s } => shift + scale * (-s * s).exp(),
                        Form::Beta { low, width, alpha, .. } => low + width * (alpha - 1.0) / 4.0,
                        Form::Triangular { mode, .. } => mode,
                        ref other => panic!("{other:?}"),
                    };
                    prop_assert!((mode - likely).abs() < 1e-7 * high, "{x:?} has its mode at {mode}, not {likely}");
                }
                match Distribution::three_point(Shape::Metalog, range, low, likely, high) {
                    Ok(x) => prop_assert!((x.without_floor().at(-tail.z) - low).abs() < 1e-8 * high),
                    Err(refusal) => {
                        let [low, likely, high] = refusal.nearest.unwrap();
                        prop_assert!(Distribution::three_point(Shape::Metalog, range, low, likely, high).is_ok());
                    }
                }
            }
        }
    }
}
