//! Estimates of a block of trials side by side, in single precision: a uniform word, a standard normal, what it shares with other
//! estimates, a draw.
//!
//! Both curves on the way, Φ⁻¹ and F⁻¹∘Φ, are thirty-two polynomials each, few enough to stay in registers (see `sampling::lookup`). A number
//! then costs a third of what it costs through the finer tables of [`Sampler`], which lie in memory.
//!
//! | step | computed as | error |
//! |---|---|---|
//! | uniform u | (k + ½)·2⁻³² for the 32 random bits k | |
//! | z = Φ⁻¹(u) | a polynomial of degree 6 in each halving of the smaller tail | 1.2e-6, also where \|z\| = 6.3 |
//! | what is shared | common + own · z | rounding, 1e-7 |
//! | draw x(z) | a polynomial of degree 4 in each 0.4 of z, \|z\| ≤ 6.4 | 1e-6 of the spread P0.1–P99.9, plus as much of \|x − median\| |
//!
//! A curve that thirty-two polynomials do not follow so closely (a kink, steps, a density without bound) is noticed when it is built
//! and drawn through its [`Sampler`] instead. So the error in probability is below 1e-6 for every shape, a thousandth of what ten
//! million trials can tell.

use std::sync::LazyLock;

use super::elementary::at_least;
use super::lookup::{self, Kernel, Numbers, Reader};
use super::normal::inverse_normal;
use super::sampler::Sampler;
use super::stream::Stream;

/// Trials that are drawn side by side.
pub const BLOCK: usize = 64;

/// The draws of one distribution for a block of trials.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockSampler {
    sampler: Sampler,
    /// `None` where the sampler itself has to do it.
    curve: Option<Box<Curve>>,
}

/// What the estimates of a block share: one number per trial, to be added to each task's own part.
pub type Shared = [f32; BLOCK];

impl BlockSampler {
    /// The fast form of a sampler.
    pub fn new(sampler: Sampler) -> Self {
        Self {
            curve: Curve::of(&sampler).map(Box::new),
            sampler,
        }
    }

    /// The exact form of it.
    pub const fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// Draws x(shared + own · z) of the trials `first..first + 64`, z being their standard normals of the stream
    /// ([`Stream::word`]). The same bits however the trials are split into blocks.
    pub fn draw(&self, stream: &Stream, first: u32, shared: &Shared, own: f32, draws: &mut [f64; BLOCK]) {
        let normals = Normals {
            stream: *stream,
            first,
            shared,
            own,
        };
        if let Some(curve) = &self.curve {
            lookup::run(OfCurve { normals, curve, draws });
        } else {
            lookup::run(OfNormal { normals, draws });
            self.sampler.apply(draws);
        }
    }
}

/// Correlated standard normals.
struct Normals<'a> {
    stream: Stream,
    first: u32,
    shared: &'a Shared,
    own: f32,
}

impl Normals<'_> {
    #[inline(always)]
    fn draw(&self, reader: impl Reader) -> [f32; BLOCK] {
        let words = self.stream.words(self.first);
        let (mut places, mut t) = ([0; BLOCK], [0.0; BLOCK]);
        for lane in 0..BLOCK {
            // The smaller tail: the distance from the nearer end. Its exponent is the polynomial, its mantissa the place within.
            let from_end = words[lane] ^ ((words[lane] as i32) >> 31) as u32;
            let tail = sooner((from_end as i32 as f32 + 0.5) * WORD_STEP, BELOW_HALF);
            places[lane] = tail.to_bits() >> MANTISSA_BITS;
            t[lane] = f32::from_bits(tail.to_bits() & ((1 << MANTISSA_BITS) - 1) | ONE) - 1.0;
        }
        let z = evaluate(reader, &NORMAL.0, &places, &t);
        std::array::from_fn(|lane| {
            let z = f32::from_bits(z[lane].to_bits() ^ words[lane] & SIGN);
            self.shared[lane] + self.own * z
        })
    }
}

struct OfCurve<'a> {
    normals: Normals<'a>,
    curve: &'a Curve,
    draws: &'a mut [f64; BLOCK],
}

impl Kernel for OfCurve<'_> {
    #[inline(always)]
    fn run(self, reader: impl Reader) {
        let Curve { base, scale, floor, .. } = *self.curve;
        let z = self.normals.draw(reader);
        let (mut places, mut t) = ([0; BLOCK], [0.0; BLOCK]);
        for lane in 0..BLOCK {
            let position = sooner(later((z[lane] + END) * PER_Z, 0.0), LAST);
            let rounded = (position - 0.5) + ROUNDER;
            places[lane] = rounded.to_bits();
            t[lane] = position - (rounded - ROUNDER);
        }
        let x = evaluate(reader, &self.curve.polynomials, &places, &t);
        *self.draws = std::array::from_fn(|lane| at_least(base + scale * f64::from(x[lane]), floor));
    }
}

struct OfNormal<'a> {
    normals: Normals<'a>,
    draws: &'a mut [f64; BLOCK],
}

impl Kernel for OfNormal<'_> {
    #[inline(always)]
    fn run(self, reader: impl Reader) {
        *self.draws = self.normals.draw(reader).map(f64::from);
    }
}

/// Thirty-two polynomials of `N` coefficients, the constants first.
type Polynomials<const N: usize> = [Numbers; N];

/// Horner's scheme in the polynomial at each place.
#[inline(always)]
fn evaluate<const N: usize>(reader: impl Reader, polynomials: &Polynomials<N>, places: &[u32; BLOCK], t: &[f32; BLOCK]) -> [f32; BLOCK] {
    let mut sum = reader.read(&polynomials[N - 1], places);
    for coefficients in polynomials[..N - 1].iter().rev() {
        let coefficients = reader.read(coefficients, places);
        for lane in 0..BLOCK {
            sum[lane] = coefficients[lane] + t[lane] * sum[lane];
        }
    }
    sum
}

/// x(z) = base + scale · g(z), at least the floor; g is 0 at the median and 1 apart between P0.1 and P99.9.
#[derive(Debug, Clone, PartialEq)]
struct Curve {
    polynomials: Polynomials<5>,
    base: f64,
    scale: f64,
    floor: f64,
}

const END: f32 = 6.4;
const PER_Z: f32 = 2.5;
/// Just below the number of polynomials, so that the last one reads its own end.
const LAST: f32 = 31.999_998;
/// Adding it to a number below 2²² rounds that number to an integer, which then stands in the low bits of the sum.
const ROUNDER: f32 = 12_582_912.0; // 1.5 · 2²³
const MANTISSA_BITS: u32 = 23;
const ONE: u32 = 127 << MANTISSA_BITS;
const SIGN: u32 = 1 << 31;
const WORD_STEP: f32 = 1.0 / 4_294_967_296.0;
const BELOW_HALF: f32 = 0.5 - f32::EPSILON / 4.0;
/// The z of P99.9.
const Z999: f64 = 3.090_232_306_167_813_5;
/// The most that a curve may miss, beside what single precision costs.
const MISS: f64 = 5e-7;

impl Curve {
    /// `None` where polynomials do not follow it.
    fn of(sampler: &Sampler) -> Option<Self> {
        let (floor, sampler) = (sampler.floor(), sampler.without_floor());
        let base = sampler.at(0.0);
        let spread = sampler.at(Z999) - sampler.at(-Z999);
        let scale = if spread > 0.0 { spread } else { 1.0 };
        let g = |z: f64| (sampler.at(z) - base) / scale;
        let from_place = |place: usize, t: f64| (place as f64 + t) / f64::from(PER_Z) - f64::from(END);
        let curve = Self {
            polynomials: fit(|place, t| g(from_place(place, t))),
            base,
            scale,
            floor,
        };
        let follows = (0..32 * CHECKS).all(|check| {
            let (place, t) = (check / CHECKS, (check % CHECKS) as f64 / (CHECKS - 1) as f64);
            let exact = g(from_place(place, t));
            let value = curve.polynomials.iter().rev().fold(0.0, |sum, c| f64::from(c.0[place]) + t * sum);
            (value - exact).abs() <= MISS * (1.0 + exact.abs())
        });
        follows.then_some(curve)
    }
}

/// Where each polynomial is held against what it stands for, both ends among them.
const CHECKS: usize = 12;

/// Φ⁻¹ of the lower half, a polynomial for each power of two of the probability at the place that its exponent has modulo 32.
struct NormalCurve(Polynomials<7>);

static NORMAL: LazyLock<NormalCurve> = LazyLock::new(|| {
    NormalCurve(fit(|place, t| {
        // From 2⁻³³, the smallest draw, up to ½.
        const LOWEST: usize = 127 - 33;
        let exponent = LOWEST + (place + 32 - LOWEST % 32) % 32;
        inverse_normal((1.0 + t) * f64::from_bits(((exponent + 1023 - 127) as u64) << 52))
    }))
});

/// At each place the polynomial in t ∈ [0, 1] through the Chebyshev points of the second kind, both ends among them, so that
/// neighbours meet.
fn fit<const N: usize>(f: impl Fn(usize, f64) -> f64) -> Polynomials<N> {
    let nodes: [f64; N] = std::array::from_fn(|k| 0.5 - 0.5 * libm::cos(std::f64::consts::PI * k as f64 / (N - 1) as f64));
    let mut polynomials = [Numbers([0.0; 32]); N];
    for place in 0..32 {
        let coefficients = through(&nodes, nodes.map(|t| f(place, t)));
        for (row, coefficient) in polynomials.iter_mut().zip(coefficients) {
            row.0[place] = coefficient as f32;
        }
    }
    polynomials
}

/// The coefficients of the polynomial that takes these values at these nodes: Newton's divided differences, multiplied out.
fn through<const N: usize>(nodes: &[f64; N], values: [f64; N]) -> [f64; N] {
    let mut differences = values;
    for order in 1..N {
        for k in (order..N).rev() {
            differences[k] = (differences[k] - differences[k - 1]) / (nodes[k] - nodes[k - order]);
        }
    }
    let mut coefficients = [0.0; N];
    for (node, difference) in nodes.iter().zip(differences).rev() {
        for k in (1..N).rev() {
            coefficients[k] = coefficients[k - 1] - node * coefficients[k];
        }
        coefficients[0] = difference - node * coefficients[0];
    }
    coefficients
}

/// The later of two, as one instruction: neither is NaN.
#[inline(always)]
fn later(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn sooner(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Distribution;
    use super::super::distribution::tests::one_of_each;
    use super::super::shape::{Range, Shape};
    use super::super::stream::Purpose;
    use super::*;

    const ALONE: Shared = [0.0; BLOCK];

    fn stream(name: &str) -> Stream {
        Stream::new(2024, name, Purpose::Estimate)
    }

    fn normals(stream: Stream, first: u32) -> [f64; BLOCK] {
        let mut z = [0.0; BLOCK];
        lookup::run(OfNormal {
            normals: Normals {
                stream,
                first,
                shared: &ALONE,
                own: 1.0,
            },
            draws: &mut z,
        });
        z
    }

    fn draws(sampler: &BlockSampler, stream: Stream, trials: u32) -> Vec<f64> {
        let mut draws = vec![0.0; trials as usize];
        for (row, first) in draws.as_chunks_mut().0.iter_mut().zip((0..).step_by(BLOCK)) {
            sampler.draw(&stream, first, &ALONE, 1.0, row);
        }
        draws
    }

    /// Oracle: Wichura's Φ⁻¹ of the same word.
    #[test]
    fn normals_are_the_inverse_of_their_word() {
        let stream = stream("normals");
        let mut worst = 0.0_f64;
        for first in (0..1 << 20).step_by(BLOCK) {
            for (lane, z) in normals(stream, first).into_iter().enumerate() {
                let exact = inverse_normal(stream.uniform_of_word(first + lane as u32));
                worst = worst.max((z - exact).abs());
            }
        }
        assert!(worst < 1.2e-6, "{worst:e}");
    }

    /// The polynomials themselves, at every halving down to the smallest word.
    #[test]
    fn every_halving_of_the_tail_is_as_exact_as_stated() {
        for halving in 1..=32_u32 {
            for step in 0..64 {
                let t = f64::from(step) / 64.0;
                let tail = (1.0 + t) * 2_f64.powi(-1 - halving as i32);
                let place = ((tail as f32).to_bits() >> MANTISSA_BITS) as usize % 32;
                let z = NORMAL.0.iter().rev().fold(0.0, |sum, c| c.0[place] + t as f32 * sum);
                let off = (f64::from(z) - inverse_normal(tail)).abs();
                assert!(off < 1.2e-6, "{tail:e}: {off:e}");
            }
        }
    }

    /// Oracle: the sampler in double precision, itself held against statrs and closed forms, at the same z.
    #[test]
    fn draws_agree_with_the_exact_sampler() {
        for (name, x) in one_of_each() {
            let block = BlockSampler::new(x.sampler());
            let stream = stream(name);
            let spread = x.at(Z999) - x.at(-Z999);
            for first in (0..1 << 16).step_by(BLOCK) {
                let mut row = [0.0; BLOCK];
                block.draw(&stream, first, &ALONE, 1.0, &mut row);
                for (draw, z) in row.into_iter().zip(normals(stream, first)) {
                    let exact = block.sampler().at(z);
                    let most = 1e-6 * (spread + (exact - x.at(0.0)).abs());
                    assert!((draw - exact).abs() <= most, "{name} at {z}: {draw} for {exact}");
                }
            }
        }
    }

    #[test]
    fn smooth_shapes_are_drawn_from_polynomials_and_others_are_not() {
        let three = |shape, range| Distribution::three_point(shape, range, 2.0, 4.0, 9.0).unwrap();
        let is_smooth = |x: &Distribution| BlockSampler::new(x.sampler()).curve.is_some();
        assert!(is_smooth(&three(Shape::Pert, Range::MinMax)));
        assert!(is_smooth(&three(Shape::Lognormal, Range::P10P90)));
        assert!(is_smooth(&three(Shape::Metalog, Range::P10P90)));
        assert!(is_smooth(&Distribution::normal(3.0, 2.0).unwrap()));
        assert!(is_smooth(&Distribution::exponential(3.0).unwrap()));
        assert!(!is_smooth(&three(Shape::Triangular, Range::MinMax)));
        assert!(!is_smooth(&Distribution::beta(0.0, 1.0, 0.1, 0.1).unwrap()));
    }

    /// Kolmogorov–Smirnov over 2,000 quantiles at 0.1 % (1.95/√n), and P99.9 and P0.1 within four standard errors of their shares.
    #[test]
    fn a_million_draws_follow_their_distribution() {
        const DRAWS: u32 = 1_000_000;
        let n = f64::from(DRAWS);
        for (name, x) in one_of_each() {
            let mut draws = draws(&BlockSampler::new(x.sampler()), stream(name), DRAWS);
            draws.sort_unstable_by(f64::total_cmp);
            let share = |value: f64| draws.partition_point(|&draw| draw <= value) as f64 / n;
            let hair = 2e-6 * (x.at(Z999) - x.at(-Z999));
            for i in 1..2_000 {
                let p = f64::from(i) / 2_000.0;
                // A hair above, since a curve may put an atom of values at either side of itself.
                let value = x.quantile(p) + hair;
                let distance = (share(value) - x.cdf(value)).abs();
                assert!(distance < 1.95 / n.sqrt(), "{name} at {p}: {distance}");
            }
            if x.is_fixed() || x.shape() == Shape::Empirical {
                continue;
            }
            for p in [0.001, 0.999] {
                let value = x.quantile(p);
                if x.floor().is_some_and(|floor| value <= floor) {
                    continue;
                }
                let error = (p * (1.0 - p) / n).sqrt();
                assert!((share(value) - p).abs() < 4.0 * error, "{name}: {} at P{}", share(value), 100.0 * p);
            }
        }
    }

    #[test]
    fn each_way_and_each_split_gives_the_same_bits() {
        let shared: Shared = std::array::from_fn(|lane| 0.02 * lane as f32 - 0.6);
        for (name, x) in one_of_each() {
            let Some(curve) = BlockSampler::new(x.sampler()).curve else {
                continue;
            };
            let stream = stream(name);
            let mut ways = [[0.0; BLOCK]; 3];
            let mut rows = ways.iter_mut();
            let mut taken = 0;
            lookup::run_each_way(|_| {
                taken += 1;
                OfCurve {
                    normals: Normals {
                        stream,
                        first: 128,
                        shared: &shared,
                        own: 0.8,
                    },
                    curve: &curve,
                    draws: rows.next().expect("at most three ways"),
                }
            });
            for way in &ways[..taken] {
                assert_eq!(way.map(f64::to_bits), ways[0].map(f64::to_bits), "{name}");
            }
        }
        for first in [0, 1, 37, u32::MAX - 80] {
            let words = stream("split").words(first);
            let alone: [u32; BLOCK] = std::array::from_fn(|lane| stream("split").word(first.wrapping_add(lane as u32)));
            assert_eq!(words, alone, "{first}");
        }
    }

    #[test]
    fn trials_and_halves_are_uncorrelated() {
        let z: Vec<f64> = (0..1 << 18)
            .step_by(BLOCK)
            .flat_map(|first| normals(stream("pairs"), first))
            .collect();
        let n = z.len() as f64;
        for apart in [1, 31, 32, 33, 64] {
            let product = z.iter().zip(&z[apart..]).map(|(a, b)| a * b).sum::<f64>() / n;
            assert!(product.abs() < 4.0 / n.sqrt(), "{apart}: {product}");
        }
    }
}
