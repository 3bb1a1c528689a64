//! Numbers that know what they measure: working days, work written as text (`"2w"`), probabilities, percentiles.
//!
//! A bound lives here once, beside its type; the messages that name it are derived from it.
//! This room knows no dates; those live in [`crate::calendar`].

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Hours of work in a working day.
pub const HOURS_PER_DAY: f64 = 8.0;
/// Working days in a week of work.
pub const DAYS_PER_WEEK: f64 = 5.0;
/// Working days in a month of work: 260 a year, twelve months.
pub const DAYS_PER_MONTH: f64 = 260.0 / 12.0;

/// Calendar days in a week.
pub const DAYS_PER_CALENDAR_WEEK: f64 = 7.0;
/// Calendar days in a month: a twelfth of 365.25.
pub const DAYS_PER_CALENDAR_MONTH: f64 = 30.4375;
/// Calendar days in a quarter: a fourth of 365.25.
pub const DAYS_PER_CALENDAR_QUARTER: f64 = 91.3125;

/// Ticks per working day. Times inside a trial are whole ticks (27 ms of an eight-hour day), so adding, subtracting and
/// comparing them is exact, and a ten-day task done at focus 0.7 ends on the evening of a day and not a rounding error later.
pub const TICKS_PER_DAY: f64 = (1_u64 << 20) as f64;

/// A time or a span in working days since the morning of the scenario's start. Finite, or [`WorkDays::NEVER`].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct WorkDays(f64);

impl WorkDays {
    /// The morning of the start.
    pub const ZERO: Self = Self(0.0);
    /// Later than every other time: work that a trial did not finish.
    pub const NEVER: Self = Self(f64::INFINITY);

    /// `days`, rounded to the nearest tick. NaN becomes [`WorkDays::NEVER`], so that no comparison is ever undefined.
    #[must_use]
    pub fn new(days: f64) -> Self {
        if days.is_nan() { Self::NEVER } else { Self(to_tick(days)) }
    }

    /// The number of working days; infinite for [`WorkDays::NEVER`].
    #[must_use]
    pub const fn days(self) -> f64 {
        self.0
    }

    /// The number of working days, `None` for [`WorkDays::NEVER`].
    #[must_use]
    pub fn finite(self) -> Option<f64> {
        self.0.is_finite().then_some(self.0)
    }

    /// Whether this is [`WorkDays::NEVER`].
    #[must_use]
    pub fn is_never(self) -> bool {
        !self.0.is_finite()
    }
}

impl Serialize for WorkDays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.finite().serialize(serializer)
    }
}

/// Adding it to a number below 2⁵¹ rounds that number to an integer, which then stands in the low bits of the sum.
pub const ROUNDER: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²

/// `days` rounded to the nearest tick (see [`TICKS_PER_DAY`]), halves to even; infinities stay as they are.
#[must_use]
#[inline]
pub fn to_tick(days: f64) -> f64 {
    // No call, and many side by side. What is larger has no fraction of a tick anyway.
    const MOST: f64 = (1_u64 << 51) as f64 / TICKS_PER_DAY;
    let rounded = ((days * TICKS_PER_DAY + ROUNDER) - ROUNDER) / TICKS_PER_DAY;
    if days.abs() < MOST { rounded } else { days }
}

/// The most ticks that a time counts for in a sum (see [`ticks`]).
pub const MOST_TICKS: f64 = (1_u64 << 39) as f64;

/// `days` in whole ticks, at most two thousand years of them, so that sums over millions of trials are exact.
#[must_use]
pub fn ticks(days: f64) -> i64 {
    (days * TICKS_PER_DAY).round().clamp(-MOST_TICKS, MOST_TICKS) as i64
}

/// Whether a count is over a limit by more than the rounding of a sum: a budget that is met exactly is kept.
#[must_use]
pub fn exceeds(count: f64, limit: f64) -> bool {
    count > limit + 1e-9 * limit.abs().max(1.0)
}

/// What a piece of text measures, and so which units it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Work or working time: a day has eight hours, a week five days.
    Work,
    /// Time on the clock, such as downtime: a day has 24 hours.
    Clock,
    /// Working time that may be negative: the lag of a link.
    Lag,
}

impl Measure {
    /// The units and what each is worth, in working days for work and in minutes for clock time.
    #[must_use]
    pub const fn units(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Work | Self::Lag => &[
                ("min", 1.0 / (60.0 * HOURS_PER_DAY)),
                ("h", 1.0 / HOURS_PER_DAY),
                ("d", 1.0),
                ("w", DAYS_PER_WEEK),
                ("mo", DAYS_PER_MONTH),
            ],
            Self::Clock => &[("min", 1.0), ("h", 60.0), ("d", 1_440.0), ("w", 10_080.0)],
        }
    }

    /// The largest magnitude that is accepted, in the same unit as [`Measure::units`]: a hundred years.
    #[must_use]
    pub const fn limit(self) -> f64 {
        match self {
            Self::Work | Self::Lag => 1_200.0 * DAYS_PER_MONTH,
            Self::Clock => 100.0 * 365.25 * 1_440.0,
        }
    }

    /// What may be written, for messages.
    #[must_use]
    pub fn allowed(self) -> String {
        match self {
            Self::Work => "a number and a unit in quotes, such as \"3d\" or \"1.5w\"; units of work are min, h (8 h = 1 d), d (5 d = 1 w), w, mo; at most 1200mo".into(),
            Self::Lag => "a number and a unit in quotes, such as \"2d\" or \"-1w\"; units of working time are min, h (8 h = 1 d), d (5 d = 1 w), w, mo; at most 1200mo".into(),
            Self::Clock => "a number and a unit in quotes, such as \"40min\" or \"4h\"; units of clock time are min, h, d (24 h), w; at most a hundred years".into(),
        }
    }
}

/// Why a text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuantityError {
    /// There is no number at the start.
    NoNumber,
    /// There is a number but no unit.
    NoUnit,
    /// The unit is not one of [`Measure::units`]; the nearest that would do, if any is near.
    UnknownUnit(String, Option<&'static str>),
    /// Below zero where that has no meaning.
    Negative,
    /// Beyond [`Measure::limit`], or not finite.
    TooLarge,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumber => write!(f, "does not start with a number"),
            Self::NoUnit => write!(f, "has no unit"),
            Self::UnknownUnit(unit, _) => write!(f, "has the unknown unit `{unit}`"),
            Self::Negative => write!(f, "is below zero"),
            Self::TooLarge => write!(f, "is too large"),
        }
    }
}

/// Reads `"2w"` as working days, or `"40min"` as minutes of clock time.
///
/// # Errors
/// [`QuantityError`], where the text has no number, no known unit, or is out of range.
pub fn parse_quantity(text: &str, measure: Measure) -> Result<f64, QuantityError> {
    let text = text.trim();
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '_')))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.replace('_', "").parse().map_err(|_| QuantityError::NoNumber)?;
    let unit = unit.trim();
    if unit.is_empty() {
        return Err(QuantityError::NoUnit);
    }
    let Some(&(_, worth)) = measure.units().iter().find(|(name, _)| *name == unit) else {
        return Err(QuantityError::UnknownUnit(
            unit.chars().take(20).collect(),
            intended_unit(unit, measure),
        ));
    };
    let value = number * worth;
    if !value.is_finite() || value.abs() > measure.limit() {
        return Err(QuantityError::TooLarge);
    }
    if value < 0.0 && measure != Measure::Lag {
        return Err(QuantityError::Negative);
    }
    Ok(value)
}

/// The unit that `"weeks"`, `"hrs"` or `"M"` stand for.
fn intended_unit(unit: &str, measure: Measure) -> Option<&'static str> {
    let lower = unit.to_lowercase();
    let meant = match lower.as_str() {
        "m" | "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" | "wd" => "d",
        "wk" | "wks" | "week" | "weeks" => "w",
        "mon" | "month" | "months" | "mth" => "mo",
        other => other,
    };
    measure.units().iter().map(|(name, _)| *name).find(|name| *name == meant)
}

/// Working days as a person writes them: `"3d"`, `"2w"`, `"1.5w"`, `"6h"`.
#[must_use]
pub fn format_work(days: f64) -> String {
    let magnitude = days.abs();
    let (value, unit) = if magnitude == 0.0 {
        (days, "d")
    } else if magnitude < 1.0 {
        (days * HOURS_PER_DAY, "h")
    } else if magnitude >= DAYS_PER_MONTH && is_near_half(days / DAYS_PER_MONTH) && !is_near_half(days / DAYS_PER_WEEK) {
        (days / DAYS_PER_MONTH, "mo")
    } else if magnitude >= DAYS_PER_WEEK && (is_near_half(days / DAYS_PER_WEEK) || magnitude > 60.0) {
        (days / DAYS_PER_WEEK, "w")
    } else {
        (days, "d")
    };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{unit}")
}

/// Minutes of clock time as a person writes them: `"40min"`, `"1.5h"`, `"2d"`.
#[must_use]
pub fn format_clock(minutes: f64) -> String {
    let (value, unit) = match minutes.abs() {
        magnitude if magnitude < 60.0 => (minutes, "min"),
        magnitude if magnitude < 1_440.0 => (minutes / 60.0, "h"),
        _ => (minutes / 1_440.0, "d"),
    };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{unit}")
}

fn is_near_half(x: f64) -> bool {
    ((x * 2.0).round() - x * 2.0).abs() < 1e-9
}

/// A probability, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// It does not happen.
    pub const NEVER: Self = Self(0.0);
    /// It happens.
    pub const CERTAIN: Self = Self(1.0);
    /// What may be written, for messages.
    pub const ALLOWED: &'static str = "a number from 0 to 1, such as 0.35";

    /// `None` outside 0 to 1 or for NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The number, from 0 to 1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// A percentile, kept as a whole number of ten-thousandths so that ranks are computed without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentile(u32);

impl Percentile {
    const WHOLE: u32 = 10_000;
    /// What may be written, for messages.
    pub const ALLOWED: &'static str = "a percentile between p1 and p99 in quotes, such as \"p10\"";

    /// The percentile halfway between two, to a hundredth.
    #[must_use]
    pub const fn midpoint(self, other: Self) -> Self {
        Self(self.0.midpoint(other.0))
    }

    /// The `percent`-th percentile; values beyond 1 to 99 are brought back to them.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        let clamped = if percent < 1 {
            1
        } else if percent > 99 {
            99
        } else {
            percent
        };
        Self(clamped * 100)
    }

    /// Reads `"p10"` or `"p2.5"`, from p1 to p99; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number: f64 = text.strip_prefix(['p', 'P'])?.parse().ok()?;
        let hundredths = number * 100.0;
        ((1.0..=99.0).contains(&number) && (hundredths.round() - hundredths).abs() < 1e-9).then(|| Self(hundredths.round() as u32))
    }

    /// As a share, 0 to 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// The rank ⌈p·n⌉ (1-based) of this percentile among `n` sorted values; at least 1 where `n` > 0.
    ///
    /// With this rank the quantile x₍ᵣ₎ satisfies x₍ᵣ₎ ≤ c ⇔ #(x ≤ c)/n ≥ p, exactly.
    #[must_use]
    pub fn rank(self, n: usize) -> usize {
        let product = u128::from(self.0) * n as u128;
        (product.div_ceil(u128::from(Self::WHOLE)) as usize).clamp(n.min(1), n)
    }
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", f64::from(self.0) / 100.0)
    }
}

impl Serialize for Percentile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percentile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not {}", Self::ALLOWED)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_read_in_its_units() {
        assert_eq!(parse_quantity("2w", Measure::Work), Ok(10.0));
        assert_eq!(parse_quantity(" 1.5 d ", Measure::Work), Ok(1.5));
        assert_eq!(parse_quantity("8h", Measure::Work), Ok(1.0));
        assert_eq!(parse_quantity("12mo", Measure::Work), Ok(260.0));
        assert_eq!(parse_quantity("-1w", Measure::Lag), Ok(-5.0));
        assert_eq!(parse_quantity("1d", Measure::Clock), Ok(1_440.0));
        assert_eq!(parse_quantity("480min", Measure::Work).map(|d| (d - 1.0).abs() < 1e-12), Ok(true));
    }

    #[test]
    fn what_is_not_work_says_why() {
        assert_eq!(parse_quantity("", Measure::Work), Err(QuantityError::NoNumber));
        assert_eq!(parse_quantity("soon", Measure::Work), Err(QuantityError::NoNumber));
        assert_eq!(parse_quantity("NaNd", Measure::Work), Err(QuantityError::NoNumber));
        assert_eq!(parse_quantity("3", Measure::Work), Err(QuantityError::NoUnit));
        assert_eq!(
            parse_quantity("3 weeks", Measure::Work),
            Err(QuantityError::UnknownUnit("weeks".into(), Some("w")))
        );
        assert_eq!(
            parse_quantity("3y", Measure::Work),
            Err(QuantityError::UnknownUnit("y".into(), None))
        );
        assert_eq!(parse_quantity("-3d", Measure::Work), Err(QuantityError::Negative));
        assert_eq!(parse_quantity("1300mo", Measure::Work), Err(QuantityError::TooLarge));
        assert_eq!(
            parse_quantity(&format!("{}d", "9".repeat(400)), Measure::Work),
            Err(QuantityError::TooLarge)
        );
    }

    #[test]
    fn work_is_written_as_people_write_it() {
        assert_eq!(format_work(10.0), "2w");
        assert_eq!(format_work(3.0), "3d");
        assert_eq!(format_work(7.5), "1.5w");
        assert_eq!(format_work(0.5), "4h");
        assert_eq!(format_work(0.0), "0d");
        assert_eq!(format_work(260.0 / 12.0 * 8.0), "8mo");
        assert_eq!(format_work(-5.0), "-1w");
    }

    #[test]
    fn ranks_are_exact_where_floating_point_is_not() {
        // 0.07 × 100 is 7.000000000000001 in binary floating point; its ceiling would be 8.
        assert_eq!(Percentile::percent(7).rank(100), 7);
        assert_eq!(Percentile::percent(80).rank(10_000), 8_000);
        assert_eq!(Percentile::percent(99).rank(1), 1);
        assert_eq!(Percentile::percent(50).rank(0), 0);
        assert_eq!(Percentile::parse("p2.5").map(|p| p.rank(1_000)), Some(25));
        assert_eq!(Percentile::percent(50).midpoint(Percentile::percent(85)).to_string(), "p67.5");
        assert_eq!(Percentile::parse("p0"), None);
        assert_eq!(Percentile::parse("50"), None);
        assert_eq!(Percentile::percent(50).to_string(), "p50");
        assert_eq!(Percentile::percent(10).midpoint(Percentile::percent(50)), Percentile::percent(30));
    }

    #[test]
    fn ticks_absorb_rounding_errors() {
        assert_eq!(WorkDays::new(10.0 / 0.7 * 0.7).days(), 10.0);
        assert!(WorkDays::new(f64::NAN).is_never());
        assert_eq!(Probability::new(f64::NAN), None);
    }
}
