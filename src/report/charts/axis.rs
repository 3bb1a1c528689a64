//! An axis of dates on which each working day is equally wide.
//!
//! A finish is a time in working days. On an axis of plain dates its curve would stand still every weekend; here a week is five
//! days wide, a weekend has no width, and every tick is a true date.

use crate::analysis::Moment;
use crate::calendar::Date;

/// A place on the axis: weekdays since a Monday long ago, with the fraction of a day.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Place(pub f64);

/// The Monday from which places count.
fn origin() -> Option<Date> {
    Date::new(1970, 1, 5)
}

impl Place {
    /// The morning of a date; of the next Monday for a weekend.
    #[must_use]
    pub fn morning(date: Date) -> Self {
        let days = origin().map_or(0, |origin| date.days_since(origin));
        Self((days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)) as f64)
    }

    /// The evening of a date; of the Friday before for a weekend.
    #[must_use]
    pub fn evening(date: Date) -> Self {
        let width = if date.is_weekend() { 0.0 } else { 1.0 };
        Self(Self::morning(date).0 + width)
    }

    /// Where a finish lies: within its date, as far as its last working day had gone.
    #[must_use]
    pub fn of(at: &Moment) -> Option<Self> {
        let (date, days) = (at.date?, at.working_days.finite()?);
        if days <= 0.0 {
            return Some(Self::morning(date));
        }
        let unworked = days.ceil() - days;
        Some(Self(Self::evening(date).0 - unworked))
    }

    fn date(self) -> Option<Date> {
        let weekday = self.0.floor() as i64;
        origin()?.plus_days(weekday.div_euclid(5) * 7 + weekday.rem_euclid(5))
    }
}

/// A tick: its place, its text, and the year beneath where that helps.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where.
    pub at: Place,
    /// The date, as fine as the ticks are.
    pub text: String,
    /// The year, where the text does not say it and it is new.
    pub year: Option<String>,
}

#[derive(Clone, Copy)]
enum Step {
    Days(i64),
    Months(u32),
    Years(u32),
}

/// Ticks on round dates between two places: as many as fit, at most `most`.
#[must_use]
pub fn ticks(low: Place, high: Place, most: usize) -> Vec<Tick> {
    const STEPS: [Step; 16] = [
        Step::Days(1),
        Step::Days(7),
        Step::Days(14),
        Step::Months(1),
        Step::Months(2),
        Step::Months(3),
        Step::Months(6),
        Step::Years(1),
        Step::Years(2),
        Step::Years(5),
        Step::Years(10),
        Step::Years(20),
        Step::Years(50),
        Step::Years(100),
        Step::Years(200),
        Step::Years(500),
    ];
    let (Some(first), Some(last)) = (low.date(), high.date()) else {
        return Vec::new();
    };
    for step in STEPS {
        // Skip what is certain to be too many before any date is walked.
        let days = match step {
            Step::Days(days) => days as f64,
            Step::Months(months) => f64::from(months) * 30.0,
            Step::Years(years) => f64::from(years) * 365.0,
        };
        if last.days_since(first) as f64 / days > 2.0 * most as f64 {
            continue;
        }
        let dates = dates(step, first, last);
        let dates: Vec<Date> = dates
            .into_iter()
            .filter(|date| Place::morning(*date) >= low && Place::morning(*date).0 + 0.5 <= high.0)
            .collect();
        if dates.len() <= most {
            return labelled(step, &dates);
        }
    }
    Vec::new()
}

fn year(date: Date) -> String {
    date.to_string().chars().take(4).collect()
}

fn month(date: Date) -> u32 {
    date.to_string().get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1)
}

fn dates(step: Step, first: Date, last: Date) -> Vec<Date> {
    let mut dates = Vec::new();
    match step {
        Step::Days(days) => {
            let Some(origin) = origin() else { return dates };
            let offset = (days - first.days_since(origin).rem_euclid(days)) % days;
            let mut next = first.plus_days(offset);
            while let Some(date) = next.filter(|date| *date <= last) {
                if days > 1 || !date.is_weekend() {
                    dates.push(date);
                }
                next = date.plus_days(days);
            }
        }
        Step::Months(_) | Step::Years(_) => {
            let is_round = |date: Date| match step {
                Step::Months(months) => (month(date) - 1).is_multiple_of(months),
                Step::Years(years) => month(date) == 1 && year(date).parse::<u32>().is_ok_and(|year| year.is_multiple_of(years)),
                Step::Days(_) => true,
            };
            let mut next = first.plus_days(-1).and_then(Date::first_of_next_month);
            while let Some(date) = next.filter(|date| *date <= last) {
                if is_round(date) {
                    dates.push(date);
                }
                next = date.first_of_next_month();
            }
        }
    }
    dates
}

fn labelled(step: Step, dates: &[Date]) -> Vec<Tick> {
    let mut said = None;
    dates
        .iter()
        .map(|&date| {
            let text = match step {
                Step::Days(_) => date.day_label(),
                Step::Months(_) => date.month_label().chars().take(3).collect(),
                Step::Years(_) => year(date),
            };
            let new = (said != Some(year(date)) && !matches!(step, Step::Years(_))).then(|| year(date));
            said = Some(year(date));
            // A day's name stands at its middle, so that the evening of a Friday is not under the name of the Monday after.
            let at = if matches!(step, Step::Days(_)) {
                Place(Place::morning(date).0 + 0.5)
            } else {
                Place::morning(date)
            };
            Tick { at, text, year: new }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{calendar, date};
    use crate::units::WorkDays;

    fn texts(low: &str, high: &str) -> Vec<String> {
        ticks(Place::morning(date(low)), Place::evening(date(high)), 10)
            .into_iter()
            .map(|tick| tick.year.map_or(tick.text.clone(), |year| format!("{} {year}", tick.text)))
            .collect()
    }

    #[test]
    fn ticks_fall_on_round_dates() {
        assert_eq!(
            texts("2026-03-04", "2026-03-10"),
            ["4 Mar 2026", "5 Mar", "6 Mar", "9 Mar", "10 Mar"]
        );
        assert_eq!(
            texts("2026-03-04", "2026-04-10"),
            ["9 Mar 2026", "16 Mar", "23 Mar", "30 Mar", "6 Apr"]
        );
        assert_eq!(
            texts("2026-11-20", "2027-03-31"),
            [
                "23 Nov 2026",
                "7 Dec",
                "21 Dec",
                "4 Jan 2027",
                "18 Jan",
                "1 Feb",
                "15 Feb",
                "1 Mar",
                "15 Mar",
                "29 Mar"
            ]
        );
        assert_eq!(
            texts("2026-08-10", "2027-03-10"),
            ["Sep 2026", "Oct", "Nov", "Dec", "Jan 2027", "Feb", "Mar"]
        );
        assert_eq!(
            texts("2026-02-10", "2500-03-10"),
            ["2050", "2100", "2150", "2200", "2250", "2300", "2350", "2400", "2450", "2500"]
        );
    }

    #[test]
    fn a_finish_lies_within_its_date_and_a_promise_at_its_end() {
        let at = |days: f64| Moment {
            date: calendar().date_of(WorkDays::new(days)),
            working_days: WorkDays::new(days),
        };
        assert_eq!(Place::of(&at(0.0)), Some(Place::morning(date("2026-01-05"))));
        assert_eq!(Place::of(&at(5.0)), Some(Place::evening(date("2026-01-09"))));
        assert_eq!(
            Place::of(&at(5.25)).map(|place| place.0),
            Some(Place::morning(date("2026-01-12")).0 + 0.25)
        );
        assert_eq!(Place::evening(date("2026-01-11")), Place::evening(date("2026-01-09")));
    }
}
