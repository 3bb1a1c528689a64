//! Dates as trackers write them.

use crate::calendar::Date;
use crate::scenario::meant;

/// What may be written, for messages.
pub(super) const ALLOWED: &str = "a date such as 2026-03-06; a time after it is passed over";

/// Reads `2026-03-06`, also with a time after it, such as `2026-03-06T09:30:00Z`: the date is taken as it is written.
pub(super) fn read(text: &str) -> Option<Date> {
    let (date, rest) = text.split_at_checked(10)?;
    let is_time = match rest.strip_prefix(['T', ' ']) {
        Some(time) => time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':') && time.chars().all(is_of_a_time),
        None => rest.is_empty(),
    };
    Date::parse(date).filter(|_| is_time && date.trim() == date)
}

const fn is_of_a_time(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z')
}

/// What to write in place of something else. Of two readings none is taken: a month that is a day moves a forecast by weeks.
pub(super) fn hint(text: &str) -> Option<String> {
    meant::date_hint(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_passed_over_and_nothing_else() {
        let day = Date::new(2026, 3, 6);
        for text in [
            "2026-03-06",
            "2026-03-06T09:30",
            "2026-03-06 23:59:59.000+02:00",
            "2026-03-06T00:00:00Z",
        ] {
            assert_eq!(read(text), day, "{text}");
        }
        for text in [
            "",
            "2026-3-6",
            "2026-03-06 soon",
            "2026-03-06T",
            "2026-03-06x",
            "06.03.2026",
            "2026-02-30",
            "2026-03-0é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(
            hint("03/04/2026").as_deref(),
            Some("write the year first: 2026-04-03 or 2026-03-04, whichever is meant")
        );
    }
}
