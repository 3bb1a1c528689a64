//! Named, counter-based random streams.
//!
//! A draw is a function of (seed, entity name, purpose, trial, index) and of nothing else: there is no state that a thread, an
//! order or a neighbour could shift. A scenario with one task more draws the same numbers for all the others (common random numbers).
//!
//! The generator is Threefry2x32-20: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
//! 1, 2, 3", SC'11 (Random123). A stream is its key, a 64-bit hash of (seed, name, purpose); the counter is (trial, index).

use std::convert::Infallible;
use std::sync::LazyLock;

use multiversion::multiversion;
use rand::TryRng;

use super::elementary::log;
use super::normal;

/// The number from which all randomness of a run follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl From<u64> for Seed {
    fn from(seed: u64) -> Self {
        Seed(seed)
    }
}

/// What a stream is drawn for. One entity may be drawn for several purposes, each independent of the others.
///
/// The stream hangs on [`Purpose::name`], not on the order here: adding a purpose moves no draw of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The own error ε of a task's estimate.
    Estimate,
    /// An uncertain lag of a link.
    Lag,
    /// A common factor of the estimates: of the portfolio, or of a team.
    Factor,
    /// The portfolio's overrun.
    Overrun,
    /// Whether a risk occurs, a person hired by chance comes.
    Occurrence,
    /// How large the effect of a risk is.
    Size,
    /// The delay that a risk adds.
    Delay,
    /// The date on which someone joins.
    Joining,
    /// When people leave.
    Departure,
    /// How long a vacancy stays open.
    Backfill,
    /// How long a newcomer takes to be fully productive.
    RampUp,
    /// The persistent true rate of a class of incidents or findings.
    Rate,
    /// The factor of one quarter upon a rate.
    Overdispersion,
    /// When incidents arrive.
    Arrival,
    /// The downtime that an incident causes.
    Downtime,
    /// The working time that responders spend on an incident.
    Response,
    /// The work that an incident leaves behind.
    FollowUp,
    /// Whether a change fails.
    ChangeFailure,
    /// How many findings a piece of work yields.
    Findings,
    /// The work that a finding takes.
    Fix,
    /// Choices that are no part of a trial: resampling, splitting trials into halves.
    Resampling,
    /// Draws from a posterior.
    Posterior,
}

impl Purpose {
    /// The stable name that keys the stream. Changing one changes every result drawn for it.
    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Estimate => "estimate",
            Purpose::Lag => "lag",
            Purpose::Factor => "factor",
            Purpose::Overrun => "overrun",
            Purpose::Occurrence => "occurrence",
            Purpose::Size => "size",
            Purpose::Delay => "delay",
            Purpose::Joining => "joining",
            Purpose::Departure => "departure",
            Purpose::Backfill => "backfill",
            Purpose::RampUp => "ramp-up",
            Purpose::Rate => "rate",
            Purpose::Overdispersion => "overdispersion",
            Purpose::Arrival => "arrival",
            Purpose::Downtime => "downtime",
            Purpose::Response => "response",
            Purpose::FollowUp => "follow-up",
            Purpose::ChangeFailure => "change-failure",
            Purpose::Findings => "findings",
            Purpose::Fix => "fix",
            Purpose::Resampling => "resampling",
            Purpose::Posterior => "posterior",
        }
    }
}

/// A random stream: for each trial as many independent draws as are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stream {
    key: [u32; 2],
}

/// Trials that are drawn side by side.
const LANES: usize = 16;

impl Stream {
    /// The stream of `entity` for `purpose`.
    ///
    /// Its key is H(seed, length of the name, name, length of the purpose, purpose), each text in 8-byte little-endian chunks padded
    /// with zeros, H being Threefry chained as Hᵢ = E(key Hᵢ₋₁, block mᵢ) ⊕ mᵢ (Matyas–Meyer–Oseas). Two streams of one run share a
    /// key with probability 2⁻⁶⁴.
    pub fn new(seed: impl Into<Seed>, entity: &str, purpose: Purpose) -> Self {
        let mut key = absorb([0, 0], seed.into().0);
        for text in [entity, purpose.name()] {
            key = absorb(key, text.len() as u64);
            for chunk in text.as_bytes().chunks(8) {
                let mut block = [0; 8];
                block[..chunk.len()].copy_from_slice(chunk);
                key = absorb(key, u64::from_le_bytes(block));
            }
        }
        Stream { key }
    }

    /// The `index`-th 64 random bits of `trial`.
    #[inline]
    pub fn bits(&self, trial: u32, index: u32) -> u64 {
        bits_of(self.key, trial, index)
    }

    /// The trial's uniform draw, in the *open* interval (0, 1): (k + ½)·2⁻⁵² for a random 52-bit k (the first bits of index 0).
    #[inline]
    pub fn uniform(&self, trial: u32) -> f64 {
        uniform_of_bits(self.bits(trial, 0))
    }

    /// The `index`-th uniform draw of the trial, in the open interval (0, 1).
    #[inline]
    pub fn uniform_at(&self, trial: u32, index: u32) -> f64 {
        uniform_of_bits(self.bits(trial, index))
    }

    /// The `index`-th standard normal draw of the trial, from the same bits as [`Stream::uniform_at`].
    #[inline]
    pub fn normal_at(&self, trial: u32, index: u32) -> f64 {
        NORMAL_TABLE.at(self.uniform_at(trial, index))
    }

    /// The `index`-th draw of the trial from the exponential distribution of mean 1: −ln u.
    #[inline]
    pub fn exponential_at(&self, trial: u32, index: u32) -> f64 {
        -libm::log(self.uniform_at(trial, index))
    }

    /// The trial's standard normal draw, Φ⁻¹(`uniform(trial)`) within 1e-8; |z| < 8.21.
    ///
    /// From the same bits as [`Stream::uniform`] and increasing in it.
    #[inline]
    pub fn normal(&self, trial: u32) -> f64 {
        NORMAL_TABLE.at(self.uniform(trial))
    }

    /// The uniform draws of the trials from `first_trial` on, bit for bit those of [`Stream::uniform`].
    pub fn fill_uniform(&self, first_trial: u32, out: &mut [f64]) {
        self.fill(first_trial, out, |u| u);
    }

    /// The normal draws of the trials from `first_trial` on, bit for bit those of [`Stream::normal`].
    pub fn fill_normal(&self, first_trial: u32, out: &mut [f64]) {
        let table: &NormalTable = &NORMAL_TABLE;
        self.fill(first_trial, out, |u| table.at(u));
    }

    /// The 32 bits from which a trial's estimate is drawn in a block ([`super::BlockSampler`]).
    ///
    /// Two trials share a draw of the generator: trials 0–31 of each 64 have the first halves of 32 of them, the others the second.
    #[inline]
    pub fn word(&self, trial: u32) -> u32 {
        threefry2x32(self.key, [word_counter(trial), WORDS])[usize::from(trial & 32 != 0)]
    }

    /// (k + ½)·2⁻³² for the k of [`Stream::word`], in the open interval (0, 1).
    #[inline]
    pub fn uniform_of_word(&self, trial: u32) -> f64 {
        (f64::from(self.word(trial)) + 0.5) / (1_u64 << 32) as f64
    }

    /// The words of the trials from `first` on.
    #[inline(always)]
    pub(super) fn words(&self, first: u32) -> [u32; 64] {
        if !first.is_multiple_of(64) {
            return std::array::from_fn(|lane| self.word(first.wrapping_add(lane as u32)));
        }
        let counter = word_counter(first);
        let counters = LANE_NUMBERS.map(|lane| counter + lane);
        let mut words = [0; 64];
        for (words, halves) in words
            .chunks_exact_mut(32)
            .zip(threefry2x32_of_lanes(self.key, counters, [WORDS; 32]))
        {
            words.copy_from_slice(&halves);
        }
        words
    }

    /// All random numbers of one trial in a row, for a distribution that takes a number of draws not known beforehand.
    pub fn sequence(&self, trial: u32) -> Sequence {
        Sequence {
            stream: *self,
            trial,
            index: 0,
        }
    }

    #[inline(always)]
    fn fill(&self, first_trial: u32, out: &mut [f64], of_uniform: impl Fn(f64) -> f64) {
        uniforms(self.key, first_trial, out);
        for value in out {
            *value = of_uniform(*value);
        }
    }
}

/// The random numbers of one trial of a stream, one after the other: index 0, 1, 2, …
///
/// Implements `rand`'s `Rng`, so that any distribution of `rand_distr` can be drawn from it. Starts again after 2³² draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    stream: Stream,
    trial: u32,
    index: u32,
}

impl Sequence {
    /// The next uniform draw in the open interval (0, 1).
    pub fn uniform(&mut self) -> f64 {
        uniform_of_bits(self.next_bits())
    }

    /// The next standard normal draw, as [`Stream::normal`].
    pub fn normal(&mut self) -> f64 {
        NORMAL_TABLE.at(self.uniform())
    }

    fn next_bits(&mut self) -> u64 {
        let bits = self.stream.bits(self.trial, self.index);
        self.index = self.index.wrapping_add(1);
        bits
    }
}

impl TryRng for Sequence {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_bits() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_bits().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// The uniform draws of the trials from `first_trial` on: whole numbers only, so the widest registers give the same bits as the
/// narrowest, three times as fast. What follows reads tables, which gains nothing by width.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(key: [u32; 2], first_trial: u32, out: &mut [f64]) {
    let mut trial = first_trial;
    let mut blocks = out.chunks_exact_mut(LANES);
    for block in &mut blocks {
        let [high, low] = threefry2x32_lanes(key, trial);
        for lane in 0..LANES {
            block[lane] = uniform_of_bits(join(high[lane], low[lane]));
        }
        trial = trial.wrapping_add(LANES as u32);
    }
    for value in blocks.into_remainder() {
        *value = uniform_of_bits(bits_of(key, trial, 0));
        trial = trial.wrapping_add(1);
    }
}

#[inline(always)]
fn bits_of(key: [u32; 2], trial: u32, index: u32) -> u64 {
    let [high, low] = threefry2x32(key, [trial, index]);
    join(high, low)
}

#[inline(always)]
fn join(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// ((bits >> 12) + ½)·2⁻⁵², each step exact: the 52 bits become the mantissa of a number in [1, 2).
#[inline(always)]
fn uniform_of_bits(bits: u64) -> f64 {
    const ONE: u64 = 1023 << 52;
    const HALF_STEP: f64 = f64::EPSILON / 2.0;
    (f64::from_bits(ONE | bits >> 12) - 1.0) + HALF_STEP
}

fn absorb(key: [u32; 2], block: u64) -> [u32; 2] {
    let message = [block as u32, (block >> 32) as u32];
    let [a, b] = threefry2x32(key, message);
    [a ^ message[0], b ^ message[1]]
}

const PARITY: u32 = 0x1bd1_1bda;

/// Threefry2x32 with 20 rounds.
#[inline(always)]
fn threefry2x32(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let [[a], [b]] = threefry2x32_of_lanes(key, [counter[0]], [counter[1]]);
    [a, b]
}

/// The index under which words are drawn: no other draw of a stream has it.
const WORDS: u32 = u32::MAX;

/// The counter that a trial's word comes from.
#[inline(always)]
const fn word_counter(trial: u32) -> u32 {
    trial / 64 * 32 + trial % 32
}

/// 0, 1, 2, … A static, not computed: the compiler would take the first apart from the others, and the processor would wait for them
/// to meet again in memory.
static LANE_NUMBERS: LazyLock<[u32; 32]> = LazyLock::new(|| std::array::from_fn(|lane| lane as u32));

/// [`threefry2x32`] at index 0 of `LANES` consecutive trials.
#[inline(always)]
fn threefry2x32_lanes(key: [u32; 2], first_trial: u32) -> [[u32; LANES]; 2] {
    let trials = std::array::from_fn(|lane| first_trial.wrapping_add(lane as u32));
    threefry2x32_of_lanes(key, trials, [0; LANES])
}

/// Threefry2x32-20 of several counters side by side: five times four rounds, each four followed by an injection of the key.
#[inline(always)]
fn threefry2x32_of_lanes<const N: usize>(key: [u32; 2], mut a: [u32; N], mut b: [u32; N]) -> [[u32; N]; 2] {
    let [k0, k1] = key;
    let k2 = PARITY ^ k0 ^ k1;
    add_key(&mut a, &mut b, k0, k1);
    even_rounds(&mut a, &mut b);
    add_key(&mut a, &mut b, k1, k2.wrapping_add(1));
    odd_rounds(&mut a, &mut b);
    add_key(&mut a, &mut b, k2, k0.wrapping_add(2));
    even_rounds(&mut a, &mut b);
    add_key(&mut a, &mut b, k0, k1.wrapping_add(3));
    odd_rounds(&mut a, &mut b);
    add_key(&mut a, &mut b, k1, k2.wrapping_add(4));
    even_rounds(&mut a, &mut b);
    add_key(&mut a, &mut b, k2, k0.wrapping_add(5));
    [a, b]
}

#[inline(always)]
fn even_rounds<const N: usize>(a: &mut [u32; N], b: &mut [u32; N]) {
    mix::<N, 13>(a, b);
    mix::<N, 15>(a, b);
    mix::<N, 26>(a, b);
    mix::<N, 6>(a, b);
}

#[inline(always)]
fn odd_rounds<const N: usize>(a: &mut [u32; N], b: &mut [u32; N]) {
    mix::<N, 17>(a, b);
    mix::<N, 29>(a, b);
    mix::<N, 16>(a, b);
    mix::<N, 24>(a, b);
}

#[inline(always)]
fn mix<const N: usize, const ROTATION: u32>(a: &mut [u32; N], b: &mut [u32; N]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = a.wrapping_add(*b);
        *b = b.rotate_left(ROTATION) ^ *a;
    }
}

#[inline(always)]
fn add_key<const N: usize>(a: &mut [u32; N], b: &mut [u32; N], to_a: u32, to_b: u32) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = a.wrapping_add(to_a);
        *b = b.wrapping_add(to_b);
    }
}

/// Φ⁻¹ on (0, ½) as cubics, 32 to each halving of the probability, so that the tail is as exact as the middle.
///
/// Each is the Hermite interpolant: exact in value and slope at both ends, hence increasing; off by at most 1e-8 in z. Unlike the
/// rational functions of [`normal::inverse_normal`], from which it is built, it has no branches and runs over many trials side by side.
struct NormalTable {
    cubics: Box<[[f64; 4]; SEGMENTS]>,
}

/// A power of two above the 52 · 32 segments in use, so that a mask bounds the index.
const SEGMENTS: usize = 2048;
const SEGMENT_BITS: u32 = 5;
const MANTISSA_BITS: u32 = 52;
/// The bits of 2⁻⁵³, the smallest uniform draw.
const SMALLEST: u64 = (1023 - 53) << MANTISSA_BITS;

static NORMAL_TABLE: LazyLock<NormalTable> = LazyLock::new(NormalTable::build);

impl NormalTable {
    fn build() -> Self {
        let shift = MANTISSA_BITS - SEGMENT_BITS;
        let end = |segment: usize| f64::from_bits(SMALLEST + ((segment as u64) << shift));
        let used = 52 << SEGMENT_BITS;
        let mut cubics = Box::new([[0.0; 4]; SEGMENTS]);
        for (segment, cubic) in cubics.iter_mut().enumerate().take(used) {
            let (left, right) = (end(segment), end(segment + 1));
            let (z0, z1) = (normal::inverse_normal(left), normal::inverse_normal(right));
            let width = right - left;
            let (slope0, slope1) = (width / normal::pdf(z0), width / normal::pdf(z1));
            let rise = z1 - z0;
            *cubic = [z0, slope0, 3.0 * rise - 2.0 * slope0 - slope1, slope0 + slope1 - 2.0 * rise];
        }
        NormalTable { cubics }
    }

    #[inline(always)]
    fn at(&self, uniform: f64) -> f64 {
        const SHIFT: u32 = MANTISSA_BITS - SEGMENT_BITS;
        // Without a branch on the side, which would be mispredicted half of the time. Both differences are exact.
        let side = uniform - 0.5;
        let tail = 0.5 - side.abs();
        let bits = tail.to_bits();
        let segment = (bits.wrapping_sub(SMALLEST) >> SHIFT) as usize & (SEGMENTS - 1);
        let within = (bits << SEGMENT_BITS) & ((1 << MANTISSA_BITS) - 1);
        let t = f64::from_bits(1023 << MANTISSA_BITS | within) - 1.0;
        let [c0, c1, c2, c3] = self.cubics[segment];
        let z = c0 + t * (c1 + t * (c2 + t * c3));
        z.copysign(side)
    }
}

/// Draws of one trial, or of several, that are made at once.
pub const SIDE_BY_SIDE: usize = 8;

impl Stream {
    /// The uniform draws of a trial at the indices `first`, `first + step` and so on, bit for bit those of [`Stream::uniform_at`].
    #[must_use]
    pub fn uniforms_at(&self, trial: u32, first: u32, step: u32) -> [f64; SIDE_BY_SIDE] {
        uniforms_of_indices(self.key, trial, first, step)
    }

    /// The normal draws at these indices, bit for bit those of [`Stream::normal_at`].
    #[must_use]
    pub fn normals_at(&self, trial: u32, first: u32, step: u32) -> [f64; SIDE_BY_SIDE] {
        let table: &NormalTable = &NORMAL_TABLE;
        self.uniforms_at(trial, first, step).map(|u| table.at(u))
    }

    /// The exponential draws at these indices, bit for bit those of [`Stream::exponential_at`].
    #[must_use]
    pub fn exponentials_at(&self, trial: u32, first: u32, step: u32) -> [f64; SIDE_BY_SIDE] {
        let mut draws = self.uniforms_at(trial, first, step);
        to_exponentials(&mut draws);
        draws
    }

    /// The first exponential draws of the trials from `first_trial` on, bit for bit those of [`Stream::exponential_at`].
    pub fn fill_exponential(&self, first_trial: u32, out: &mut [f64]) {
        self.fill_uniform(first_trial, out);
        to_exponentials(out);
    }
}

/// As [`uniforms`], of one trial.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms_of_indices(key: [u32; 2], trial: u32, first: u32, step: u32) -> [f64; SIDE_BY_SIDE] {
    let indices = std::array::from_fn(|lane| first.wrapping_add(step.wrapping_mul(lane as u32)));
    let [high, low] = threefry2x32_of_lanes(key, [trial; SIDE_BY_SIDE], indices);
    std::array::from_fn(|lane| uniform_of_bits(join(high[lane], low[lane])))
}

/// −ln of each uniform draw. Additions, multiplications and a division: the same bits in registers of any width.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn to_exponentials(uniforms: &mut [f64]) {
    for value in uniforms {
        *value = -log(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::{Distribution, Exp, Gamma, Poisson};

    #[test]
    fn draws_side_by_side_are_those_that_are_drawn_alone() {
        let stream = Stream::new(3, "sev1", Purpose::Arrival);
        for (trial, first, step) in [(0, 0, 1), (17, 8, 2), (u32::MAX, u32::MAX - 3, 1), (9, 5, 1 << 30)] {
            let (uniforms, normals) = (stream.uniforms_at(trial, first, step), stream.normals_at(trial, first, step));
            let exponentials = stream.exponentials_at(trial, first, step);
            for lane in 0..SIDE_BY_SIDE {
                let index = first.wrapping_add(step.wrapping_mul(lane as u32));
                assert_eq!(uniforms[lane].to_bits(), stream.uniform_at(trial, index).to_bits());
                assert_eq!(normals[lane].to_bits(), stream.normal_at(trial, index).to_bits());
                assert_eq!(exponentials[lane].to_bits(), stream.exponential_at(trial, index).to_bits());
            }
        }
        let mut row = [0.0; 77];
        stream.fill_exponential(u32::MAX - 40, &mut row);
        for (lane, value) in row.iter().enumerate() {
            let alone = stream.exponential_at((u32::MAX - 40).wrapping_add(lane as u32), 0);
            assert_eq!(value.to_bits(), alone.to_bits(), "{lane}");
        }
    }

    /// Random123's `kat_vectors`, lines "threefry2x32 20".
    #[test]
    fn threefry_gives_the_known_answers() {
        let vectors = [
            ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
            ([u32::MAX; 2], [u32::MAX; 2], [0x1cb9_96fc, 0xbb00_2be7]),
            ([0x243f_6a88, 0x85a3_08d3], [0x1319_8a2e, 0x0370_7344], [0xc492_3a9c, 0x483d_f7a0]),
        ];
        for (counter, key, expected) in vectors {
            assert_eq!(threefry2x32(key, counter), expected);
        }
    }

    #[test]
    fn lanes_agree_with_the_scalar_generator() {
        let key = [0x1319_8a2e, 0x0370_7344];
        let first = u32::MAX - 5;
        let [a, b] = threefry2x32_lanes(key, first);
        for lane in 0..LANES {
            let counter = [first.wrapping_add(lane as u32), 0];
            assert_eq!([a[lane], b[lane]], threefry2x32(key, counter));
        }
    }

    /// A golden of this program: these values must never change, or every published result changes.
    #[test]
    fn keys_are_stable() {
        let stream = Stream::new(42, "backend/payments", Purpose::Estimate);
        assert_eq!(format!("{:016x}", stream.bits(0, 0)), "3e85a9a41d294272");
        assert_eq!(format!("{:016x}", stream.bits(99_999, 3)), "b4f14b381b1dbc82");
    }

    #[test]
    fn keys_differ_by_seed_name_and_purpose() {
        let names = ["", "a", "ab", "abc", "b", "a\0", "abcdefgh", "abcdefgh\0", "estimate"];
        let purposes = [Purpose::Estimate, Purpose::Lag, Purpose::Overrun];
        let mut keys = std::collections::HashSet::new();
        for seed in [0u64, 1, 1 << 32, u64::MAX] {
            for name in names {
                for purpose in purposes {
                    assert!(keys.insert(Stream::new(seed, name, purpose).key));
                }
            }
        }
    }

    #[test]
    fn purposes_have_distinct_names() {
        use Purpose::*;
        let all = [
            Estimate,
            Lag,
            Factor,
            Overrun,
            Occurrence,
            Size,
            Delay,
            Joining,
            Departure,
            Backfill,
            RampUp,
            Rate,
            Overdispersion,
            Arrival,
            Downtime,
            Response,
            FollowUp,
            ChangeFailure,
            Findings,
            Fix,
            Resampling,
            Posterior,
        ];
        let names: std::collections::HashSet<_> = all.iter().map(|p| p.name()).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn uniform_is_the_stated_formula_and_open() {
        for bits in [0, u64::MAX, 1 << 12, 0x0123_4567_89ab_cdef, 1 << 63] {
            let formula = ((bits >> 12) as f64 + 0.5) * 2f64.powi(-52);
            assert_eq!(uniform_of_bits(bits), formula);
        }
        assert!(uniform_of_bits(0) > 0.0);
        assert!(uniform_of_bits(u64::MAX) < 1.0);
    }

    #[test]
    fn normal_table_is_the_inverse_within_1e_8_and_symmetric() {
        let mut worst = 0.0f64;
        let mut check = |u: f64| {
            let z = NORMAL_TABLE.at(u);
            worst = worst.max((z - normal::inverse_normal(u)).abs());
            assert_eq!(z, -NORMAL_TABLE.at(1.0 - u));
        };
        let stream = Stream::new(1, "grid", Purpose::Resampling);
        for trial in 0..50_000 {
            let u = stream.uniform(trial);
            check(u);
            // Multiples of 2⁻⁵³, as draws are, but far into the tail.
            let exponent = (trial % 50) as i32;
            let step = 2f64.powi(-53);
            check((0.5 * u * 2f64.powi(-exponent) / step).ceil() * step);
        }
        check(uniform_of_bits(0));
        check(uniform_of_bits(u64::MAX));
        check(0.5 - 2f64.powi(-53));
        assert!(worst < 1e-8, "{worst:e}");
    }

    /// At every knot between two cubics, with neighbours a four-millionth away, all of them on the grid of uniform draws.
    #[test]
    fn normal_increases_with_the_uniform_across_segments() {
        let grid = 2f64.powi(-53);
        let first_on_grid = 5 << SEGMENT_BITS;
        for segment in first_on_grid..(52u64 << SEGMENT_BITS) {
            let knot = f64::from_bits(SMALLEST + (segment << (MANTISSA_BITS - SEGMENT_BITS)));
            let step = (knot * 2f64.powi(-22) / grid).ceil() * grid;
            let [below, at, above] = [knot - step, knot, knot + step].map(|u| NORMAL_TABLE.at(u));
            assert!(below < at && at < above, "{knot}");
        }
    }

    #[test]
    fn blocks_are_bit_identical_to_single_draws() {
        let stream = Stream::new(3, "task", Purpose::Estimate);
        for (first, length) in [(0, 64), (5, 37), (u32::MAX - 20, 50), (9, 0), (1, 3)] {
            let mut uniforms = vec![0.0; length];
            let mut normals = vec![0.0; length];
            stream.fill_uniform(first, &mut uniforms);
            stream.fill_normal(first, &mut normals);
            for i in 0..length {
                let trial = first.wrapping_add(i as u32);
                assert_eq!(uniforms[i].to_bits(), stream.uniform(trial).to_bits());
                assert_eq!(normals[i].to_bits(), stream.normal(trial).to_bits());
            }
        }
    }

    /// Moments of the standard normal: 0, 1, 0, 3, within four standard errors.
    #[test]
    fn normals_have_the_moments_of_the_normal() {
        let n = 1_000_000;
        let mut z = vec![0.0; n];
        Stream::new(11, "moments", Purpose::Factor).fill_normal(0, &mut z);
        let moment = |k: i32| z.iter().map(|z| z.powi(k)).sum::<f64>() / n as f64;
        let error = |variance: f64| 4.0 * (variance / n as f64).sqrt();
        assert!(moment(1).abs() < error(1.0));
        assert!((moment(2) - 1.0).abs() < error(2.0));
        assert!(moment(3).abs() < error(15.0));
        assert!((moment(4) - 3.0).abs() < error(96.0));
    }

    #[test]
    fn neighbouring_trials_and_streams_are_uncorrelated() {
        let n = 200_000;
        let mut a = vec![0.0; n + 1];
        let mut b = vec![0.0; n + 1];
        Stream::new(0, "t1", Purpose::Estimate).fill_normal(0, &mut a);
        Stream::new(0, "t2", Purpose::Estimate).fill_normal(0, &mut b);
        let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / n as f64;
        let bound = 4.0 / (n as f64).sqrt();
        assert!(product(&a[..n], &a[1..]).abs() < bound);
        assert!(product(&a[..n], &b[..n]).abs() < bound);
    }

    #[test]
    fn sequence_starts_with_the_trial_s_own_bits() {
        use rand::Rng;
        let stream = Stream::new(5, "sev1", Purpose::Arrival);
        let mut sequence = stream.sequence(17);
        assert_eq!(sequence.next_u64(), stream.bits(17, 0));
        assert_eq!(u64::from(sequence.next_u32()), stream.bits(17, 1) >> 32);
        let mut bytes = [0; 11];
        sequence.fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], stream.bits(17, 2).to_le_bytes());
        assert_eq!(bytes[8..], stream.bits(17, 3).to_le_bytes()[..3]);
        assert_eq!(stream.sequence(17).uniform(), stream.uniform(17));
        assert_eq!(stream.sequence(17).normal(), stream.normal(17));
    }

    /// Means of Gamma(shape 4, scale 0.5) = 2, Poisson(3.5) and Exp(2) = 0.5, within four standard errors.
    #[test]
    fn sequence_drives_the_distributions_of_rand_distr() {
        let stream = Stream::new(5, "sev1", Purpose::Rate);
        let n = 50_000;
        let (gamma, poisson, exp) = (Gamma::new(4.0, 0.5).unwrap(), Poisson::new(3.5).unwrap(), Exp::new(2.0).unwrap());
        let mut sums = [0.0; 3];
        for trial in 0..n {
            let mut sequence = stream.sequence(trial);
            sums[0] += gamma.sample(&mut sequence);
            sums[1] += poisson.sample(&mut sequence);
            sums[2] += exp.sample(&mut sequence);
        }
        let n = f64::from(n);
        for (sum, mean, variance) in [(sums[0], 2.0, 1.0), (sums[1], 3.5, 3.5), (sums[2], 0.5, 0.25)] {
            assert!((sum / n - mean).abs() < 4.0 * f64::sqrt(variance / n));
        }
    }
}
