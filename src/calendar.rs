//! Dates ↔ working days. The only room that imports the date library.
//!
//! A working day is Monday to Friday unless it is a holiday. Time inside a trial counts working days since the morning of
//! the start; weekends and holidays have none. A finish at t is shown as the date of working day ⌈t⌉.

use std::fmt;

use jiff::civil;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::WorkDays;

/// A date of the civil calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// What may be written, for messages.
    pub const ALLOWED: &'static str = "a date such as 2026-03-06, between 1970-01-01 and 2999-12-31";

    /// The date of this year, month and day; `None` where there is no such day or it lies outside 1970 to 2999.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1970..=2999).contains(&year) {
            return None;
        }
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Reads `2026-03-06`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let year = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day = parts.next()?.parse().ok()?;
        Self::new(year, month, day)
    }

    /// As a person reads it in a sentence: `6 Mar 2026`.
    #[must_use]
    pub fn long(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }

    /// As a page that is read once spells it: `6 March 2026`.
    #[must_use]
    pub fn in_full(self) -> String {
        self.0.strftime("%-d %B %Y").to_string()
    }

    /// With the day of the week: `Fri 6 Mar 2026`.
    #[must_use]
    pub fn long_with_weekday(self) -> String {
        self.0.strftime("%a %-d %b %Y").to_string()
    }

    /// For an axis: `Mar 2026`.
    #[must_use]
    pub fn month_label(self) -> String {
        self.0.strftime("%b %Y").to_string()
    }

    /// For an axis: `6 Mar`.
    #[must_use]
    pub fn day_label(self) -> String {
        self.0.strftime("%-d %b").to_string()
    }

    /// Whether both dates lie in one year.
    #[must_use]
    pub fn shares_year(self, other: Self) -> bool {
        self.0.year() == other.0.year()
    }

    /// The first day of the month after this date's.
    #[must_use]
    pub fn first_of_next_month(self) -> Option<Self> {
        self.0.last_of_month().tomorrow().ok().map(Self)
    }

    /// The first day of this date's calendar quarter.
    #[must_use]
    pub fn quarter_start(self) -> Self {
        let month = (self.0.month() - 1) / 3 * 3 + 1;
        Self(civil::Date::new(self.0.year(), month, 1).unwrap_or(self.0))
    }

    /// The last day of this date's calendar quarter.
    #[must_use]
    pub fn quarter_end(self) -> Self {
        let month = (self.0.month() - 1) / 3 * 3 + 3;
        Self(civil::Date::new(self.0.year(), month, 1).map_or(self.0, civil::Date::last_of_month))
    }

    /// `days` calendar days later (earlier where negative); `None` beyond the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Self)
    }

    /// Calendar days from `earlier` to this date.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(day_number(self.0)) - i64::from(day_number(earlier.0))
    }

    /// Whether this is a Saturday or a Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        self.0.weekday().to_monday_zero_offset() >= 5
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not {}", Self::ALLOWED)))
    }
}

/// A second of the civil calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    date: Date,
    /// Seconds since midnight, less than a day's.
    second: u32,
}

impl Stamp {
    const SECONDS_PER_DAY: i64 = 86_400;

    /// So many seconds after the beginning of 1970; `None` outside 1970 to 2999.
    #[must_use]
    pub fn of_unix(seconds: i64) -> Option<Self> {
        let days = seconds.div_euclid(Self::SECONDS_PER_DAY);
        let date = Date::new(1970, 1, 1)?.plus_days(days)?;
        Some(Self {
            date: Date::new(date.0.year(), date.0.month(), date.0.day())?,
            second: seconds.rem_euclid(Self::SECONDS_PER_DAY) as u32,
        })
    }

    /// Reads `2026-03-06T14:05:59Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let parts: Vec<u32> = time
            .split(':')
            .map(|part| part.parse().ok().filter(|_| part.len() == 2))
            .collect::<Option<_>>()?;
        let [hour, minute, second] = parts[..] else { return None };
        let is_time = hour < 24 && minute < 60 && second < 60;
        is_time.then_some(Self {
            date: Date::parse(date)?,
            second: (hour * 60 + minute) * 60 + second,
        })
    }

    /// Its date in UTC.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// For a file name, where a colon may mean something: `2026-03-06T140559Z`.
    #[must_use]
    pub fn in_file_name(self) -> String {
        self.to_string().replace(':', "")
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = (self.second / 3_600, self.second / 60 % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{:02}Z", self.date, self.second % 60)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not a time in UTC such as 2026-03-06T14:05:59Z")))
    }
}

/// Days since 1970-01-01, a Thursday.
fn day_number(date: civil::Date) -> i32 {
    let epoch = civil::Date::constant(1970, 1, 1);
    date.since(epoch).map_or(0, |span| span.get_days())
}

/// Which days are worked: Monday to Friday less the holidays, counted from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    start: Date,
    /// Holidays on or after the start that fall on a weekday, sorted, without repeats; as days since 1970-01-01.
    holidays: Vec<i32>,
}

impl Calendar {
    /// A calendar that begins on the morning of `start`. Holidays on weekends or before the start take nothing away.
    #[must_use]
    pub fn new(start: Date, holidays: &[Date]) -> Self {
        let mut holidays: Vec<i32> = holidays
            .iter()
            .filter(|date| **date >= start && !date.is_weekend())
            .map(|date| day_number(date.0))
            .collect();
        holidays.sort_unstable();
        holidays.dedup();
        Self { start, holidays }
    }

    /// The first day.
    #[must_use]
    pub const fn start(&self) -> Date {
        self.start
    }

    /// The holidays that take a working day away, in their order.
    pub fn holidays(&self) -> impl Iterator<Item = Date> {
        let epoch = Date(civil::Date::constant(1970, 1, 1));
        self.holidays.iter().filter_map(move |day| epoch.plus_days(i64::from(*day)))
    }

    /// Whether work is done on `date`.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        !date.is_weekend() && self.holidays.binary_search(&day_number(date.0)).is_err()
    }

    /// The time on the morning of `date`: working days from the start up to, not including, `date`; below zero before the start
    /// (weekdays then, since no holidays are known there).
    #[must_use]
    pub fn morning_of(&self, date: Date) -> WorkDays {
        let day = day_number(date.0);
        let before = self.holidays.partition_point(|holiday| *holiday < day);
        let weekdays = weekdays_before(day) - weekdays_before(day_number(self.start.0));
        WorkDays::new((weekdays - before as i64) as f64)
    }

    /// The time on the evening of `date`: working days from the start through `date`, that day included.
    #[must_use]
    pub fn evening_of(&self, date: Date) -> WorkDays {
        date.plus_days(1).map_or(WorkDays::NEVER, |next| self.morning_of(next))
    }

    /// The date on which a finish at `time` is shown: that of working day ⌈time⌉, and the start for a time of zero or less.
    /// `None` where the time is never or lies beyond the calendar.
    #[must_use]
    pub fn date_of(&self, time: WorkDays) -> Option<Date> {
        let days = time.finite()?;
        if days <= 0.0 {
            return Some(self.start);
        }
        // Beyond this no calendar has a date, and the arithmetic below stays in range.
        if days > 2_000_000.0 {
            return None;
        }
        let mut weekdays = days.ceil() as i64;
        let mut counted = 0;
        // Each holiday that the span reaches pushes the date one weekday further, which may reach another holiday.
        loop {
            let day = nth_weekday(weekdays_before(day_number(self.start.0)) + weekdays);
            let reached = self.holidays.partition_point(|holiday| *holiday <= day);
            if reached == counted {
                return civil::Date::constant(1970, 1, 1)
                    .checked_add(jiff::Span::new().try_days(i64::from(day)).ok()?)
                    .ok()
                    .map(Date);
            }
            weekdays += (reached - counted) as i64;
            counted = reached;
        }
    }

    /// The working days from the start through the date that lies `weeks` calendar weeks after the start, that date not included.
    #[must_use]
    pub fn weeks_after_start(&self, weeks: i64) -> WorkDays {
        self.start
            .plus_days(weeks.saturating_mul(7))
            .map_or(WorkDays::NEVER, |date| self.morning_of(date))
    }
}

/// Clock time ↔ working time. Clock time counts calendar days since midnight at the beginning of the start's date; a working day
/// spreads evenly over its date, weekends and holidays have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Working days before each calendar day since the start.
    before: Vec<f64>,
    /// The calendar day of each working day.
    day_of: Vec<u32>,
}

/// Calendar days that a [`Clock`] knows; beyond them every week is worked five days.
const CLOCK_DAYS: u32 = 366 * 40;

impl Clock {
    /// The clock of a calendar.
    #[must_use]
    pub fn new(calendar: &Calendar) -> Self {
        let start = day_number(calendar.start.0);
        let mut holidays = calendar.holidays.iter().copied().peekable();
        let (mut before, mut day_of) = (Vec::with_capacity(CLOCK_DAYS as usize + 1), vec![]);
        let mut worked = 0.0;
        for offset in 0..CLOCK_DAYS {
            let day = start + offset as i32;
            before.push(worked);
            let is_holiday = holidays.next_if_eq(&day).is_some();
            if (day + 3).rem_euclid(7) < 5 && !is_holiday {
                day_of.push(offset);
                worked += 1.0;
            }
        }
        before.push(worked);
        Self { before, day_of }
    }

    /// The working time at a clock time.
    #[must_use]
    pub fn working(&self, clock: f64) -> f64 {
        let clock = clock.max(0.0);
        // A cast cuts off what is after the point, and is one instruction where `floor` may be a call.
        let day = clock as u32;
        match (self.before.get(day as usize), self.before.get(day as usize + 1)) {
            (Some(before), Some(after)) => before + (after - before) * (clock - f64::from(day)),
            _ => {
                let last = self.before.last().copied().unwrap_or(0.0);
                last + (clock - f64::from(CLOCK_DAYS)) * 5.0 / 7.0
            }
        }
    }

    /// The earliest clock time at which so much has been worked.
    #[must_use]
    pub fn clock(&self, working: f64) -> f64 {
        if working <= 0.0 {
            return 0.0;
        }
        let cut_off = f64::from(working as u32);
        let whole = if cut_off < working { cut_off } else { cut_off - 1.0 };
        match self.day_of.get(whole as u32 as usize).filter(|_| working < f64::from(u32::MAX)) {
            Some(day) => f64::from(*day) + (working - whole),
            None => {
                let last = self.before.last().copied().unwrap_or(0.0);
                f64::from(CLOCK_DAYS) + (working - last) * 7.0 / 5.0
            }
        }
    }
}

/// A calendar quarter, cut off by the start of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Quarter {
    /// `2026-Q2`.
    pub name: String,
    /// A number that names the quarter whatever the start: four times the year, plus 0 to 3.
    pub number: u32,
    /// Clock time at which it begins: 0 for the quarter of the start.
    pub begins: f64,
}

/// The first `count` calendar quarters from the one that holds the start, fewer at the end of the calendar.
#[must_use]
pub fn quarters(start: Date, count: usize) -> Vec<Quarter> {
    let mut first = start.quarter_start();
    let mut found = vec![];
    while found.len() < count {
        let quarter = (first.0.month() - 1) / 3;
        found.push(Quarter {
            name: format!("{}-Q{}", first.0.year(), quarter + 1),
            number: first.0.year() as u32 * 4 + quarter as u32,
            begins: first.days_since(start).max(0) as f64,
        });
        match first.quarter_end().plus_days(1) {
            Some(next) => first = next,
            None => break,
        }
    }
    found
}

/// Weekdays before day `day` counted from Monday 1969-12-29, so that differences count the weekdays between two dates.
fn weekdays_before(day: i32) -> i64 {
    let since_monday = i64::from(day) + 3;
    let weeks = since_monday.div_euclid(7);
    weeks * 5 + since_monday.rem_euclid(7).min(5)
}

/// The day on which the count of weekdays, that day included, reaches `n`. Inverse of [`weekdays_before`].
fn nth_weekday(n: i64) -> i32 {
    let n = n - 1;
    (n.div_euclid(5) * 7 + n.rem_euclid(5) - 3) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn ten_days_from_a_monday_end_on_the_second_friday() {
        let calendar = Calendar::new(date("2026-01-05"), &[]);
        assert_eq!(calendar.date_of(WorkDays::new(10.0)), Some(date("2026-01-16")));
        assert_eq!(calendar.date_of(WorkDays::new(10.01)), Some(date("2026-01-19")));
        assert_eq!(calendar.date_of(WorkDays::ZERO), Some(date("2026-01-05")));
        assert_eq!(calendar.evening_of(date("2026-01-16")).days(), 10.0);
        assert_eq!(calendar.morning_of(date("2026-01-19")).days(), 10.0);
        assert_eq!(calendar.evening_of(date("2026-01-18")).days(), 10.0);
    }

    #[test]
    fn holidays_push_dates_even_into_one_another() {
        let holidays = [date("2026-01-16"), date("2026-01-19"), date("2026-01-17"), date("2026-01-16")];
        let calendar = Calendar::new(date("2026-01-05"), &holidays);
        assert_eq!(calendar.date_of(WorkDays::new(9.0)), Some(date("2026-01-15")));
        assert_eq!(calendar.date_of(WorkDays::new(10.0)), Some(date("2026-01-20")));
        assert_eq!(calendar.evening_of(date("2026-01-19")).days(), 9.0);
        assert!(!calendar.is_working_day(date("2026-01-19")));
    }

    #[test]
    fn every_date_agrees_with_counting_on_fingers() {
        let holidays: Vec<Date> = ["2026-02-16", "2026-04-03", "2026-04-06", "2026-12-25"].map(date).to_vec();
        for start in ["2026-01-03", "2026-01-05", "2026-02-16", "2024-02-29"].map(date) {
            let calendar = Calendar::new(start, &holidays);
            let (mut day, mut worked) = (start, 0.0);
            for _ in 0..900 {
                assert_eq!(calendar.morning_of(day).days(), worked, "morning of {day}");
                if !day.is_weekend() && !(holidays.contains(&day)) {
                    worked += 1.0;
                    assert_eq!(calendar.date_of(WorkDays::new(worked)), Some(day));
                    assert_eq!(calendar.date_of(WorkDays::new(worked - 0.5)), Some(day));
                }
                assert_eq!(calendar.evening_of(day).days(), worked, "evening of {day}");
                day = day.plus_days(1).unwrap_or(day);
            }
        }
    }

    #[test]
    fn quarters_end_where_they_end() {
        assert_eq!(date("2026-02-10").quarter_end(), date("2026-03-31"));
        assert_eq!(date("2026-12-31").quarter_end(), date("2026-12-31"));
        assert_eq!(date("2026-12-31").quarter_start(), date("2026-10-01"));
    }

    #[test]
    fn absurd_times_have_no_date_and_do_not_panic() {
        let calendar = Calendar::new(date("2999-12-30"), &[]);
        assert_eq!(calendar.date_of(WorkDays::NEVER), None);
        assert_eq!(calendar.date_of(WorkDays::new(1e300)), None);
        assert!(calendar.date_of(WorkDays::new(1_999_999.0)).is_none());
        assert_eq!(Date::parse("2026-02-30"), None);
        assert_eq!(Date::parse("12026-02-03"), None);
        assert_eq!(Date::parse("0001-01-01"), None);
    }

    #[test]
    fn the_clock_stands_still_on_weekends_and_holidays() {
        // Monday 5 January; Friday 9 is a holiday.
        let clock = Clock::new(&Calendar::new(date("2026-01-05"), &[date("2026-01-09")]));
        for (at, worked) in [
            (0.0, 0.0),
            (0.5, 0.5),
            (3.75, 3.75),
            (4.2, 4.0),
            (6.9, 4.0),
            (7.0, 4.0),
            (7.25, 4.25),
        ] {
            assert_eq!(clock.working(at), worked, "{at}");
        }
        // The evening of Thursday, and Monday afternoon.
        assert_eq!(clock.clock(4.0), 4.0);
        assert_eq!(clock.clock(4.5), 7.5);
        assert_eq!(clock.clock(0.0), 0.0);
        for worked in [0.25, 3.0, 100.125, 9_000.5, 20_000.75] {
            assert!((clock.working(clock.clock(worked)) - worked).abs() < 1e-9, "{worked}");
        }
        assert!(clock.working(1e9).is_finite() && clock.clock(1e9).is_finite());
    }

    #[test]
    fn a_second_reads_as_it_is_written() {
        // `date -u -d @1772805959` says Fri Mar  6 14:05:59 UTC 2026.
        let stamp = Stamp::of_unix(1_772_805_959).expect("a second");
        assert_eq!(stamp.to_string(), "2026-03-06T14:05:59Z");
        assert_eq!(stamp.in_file_name(), "2026-03-06T140559Z");
        assert_eq!(Stamp::parse("2026-03-06T14:05:59Z"), Some(stamp));
        for wrong in [
            "2026-03-06",
            "2026-03-06T14:05Z",
            "2026-03-06T24:00:00Z",
            "2026-03-06T14:05:59",
            "2026-02-30T00:00:00Z",
        ] {
            assert_eq!(Stamp::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Stamp::of_unix(-1), None);
        assert_eq!(Stamp::of_unix(i64::MAX), None);
    }
}
