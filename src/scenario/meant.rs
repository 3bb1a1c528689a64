//! What a text that is no value was meant to be: dates in words, shares in percent, numbers as words. Only where one reading is
//! possible; a hint that guesses wrongly is worse than none.

use crate::calendar::Date;

/// Month names, of which the first three letters will do.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Numbers that are written as words.
const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// What to write in place of a text that was meant as a date.
#[must_use]
pub fn date_hint(text: &str) -> Option<String> {
    if let Some(date) = date(text) {
        return Some(format!("write the year first: {date}"));
    }
    if let Some([one, other]) = either(text) {
        return Some(format!("write the year first: {one} or {other}, whichever is meant"));
    }
    let (month, day) = month_and_day(text)?;
    Some(format!("say the year too, and write it first: YYYY-{month:02}-{day:02}"))
}

/// The date of a text, where only one reading is possible.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    match numbers(text) {
        Some(_) => by_numbers(text),
        None => by_words(text),
    }
}

/// Three numbers with signs between them.
fn numbers(text: &str) -> Option<[i16; 3]> {
    let parts: Vec<i16> = text
        .split(['.', '/', '-', '–', '—', '‑'])
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// The year, and the two readings of month and day, the one of the order of signs first.
fn readings(text: &str) -> Option<[Option<Date>; 2]> {
    let [first, second, third] = numbers(text)?;
    let (year, a, b) = if first > 31 {
        (first, second, third)
    } else {
        (third, second, first)
    };
    let of = |month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Some([of(a, b), of(b, a)])
}

/// The date that `6.3.2026`, `2026/03/06` or `03/31/2026` stand for.
fn by_numbers(text: &str) -> Option<Date> {
    let year_first = numbers(text)?.first().is_some_and(|first| *first > 31);
    match readings(text)? {
        [Some(date), None] | [None, Some(date)] => Some(date),
        [Some(date), Some(same)] if date == same || text.contains('.') || year_first => Some(date),
        _ => None,
    }
}

/// The two dates that `03/06/2026` may stand for.
fn either(text: &str) -> Option<[Date; 2]> {
    match readings(text)? {
        [Some(one), Some(other)] => Some([one, other]),
        _ => None,
    }
}

/// What a text such as `Tue, 30th of June 2026` consists of.
struct Words {
    month: Option<i8>,
    small: Vec<i8>,
    years: Vec<i16>,
}

fn words(text: &str) -> Option<Words> {
    if text.len() > 60 {
        return None;
    }
    let mut found = Words {
        month: None,
        small: Vec::new(),
        years: Vec::new(),
    };
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        if let Some(month) = month(&word) {
            // Two months are no date.
            if found.month.replace(month).is_some() {
                return None;
            }
            continue;
        }
        let digits = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| word.strip_suffix(end))
            .unwrap_or(&word);
        match digits.parse::<i16>() {
            Ok(year) if digits.len() == 4 => found.years.push(year),
            Ok(day) if digits.len() <= 2 => found.small.push(i8::try_from(day).ok()?),
            _ if ["of", "the"].contains(&word.as_str()) || is_weekday(&word) => {}
            _ => return None,
        }
    }
    Some(found)
}

fn month(word: &str) -> Option<i8> {
    let index = MONTHS
        .iter()
        .position(|name| (word.len() >= 3 && name.starts_with(word)) || (word == "sept" && *name == "september"))?;
    i8::try_from(index + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3 && days.iter().any(|day| day.starts_with(word))
}

fn by_words(text: &str) -> Option<Date> {
    let Words { month, small, years } = words(text)?;
    match (small.as_slice(), years.as_slice()) {
        ([day], [year]) => Date::new(*year, month?, *day),
        _ => None,
    }
}

/// Month and day of a text such as `June 12`, which does not say the year.
fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let Words { month, small, years } = words(text)?;
    match (small.as_slice(), years.as_slice()) {
        // A leap year: whether the day exists depends on the year that is missing.
        ([day], []) => Date::new(2024, month?, *day).and(month).map(|month| (month, *day)),
        _ => None,
    }
}

/// The number that `60%`, `20 %`, `four`, `0,7` or `4 000` stand for.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(index) = NUMBERS.iter().position(|word| word.eq_ignore_ascii_case(text)) {
        return Some(index as f64);
    }
    let lower = text.to_lowercase();
    let percent = ["%", "percent", "per cent", "pct"].iter().find_map(|sign| lower.strip_suffix(sign));
    let plain = percent.unwrap_or(&lower).trim_end();
    let value = plain_number(plain)?;
    Some(if percent.is_some() {
        // Of sixty percent 0.6 is wanted, and not what is left of it in binary.
        (value * 1e7).round() / 1e9
    } else {
        value
    })
}

/// A number with a point or a comma, or with signs between groups of three digits. `4,000` may be four or four thousand.
fn plain_number(text: &str) -> Option<f64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let grouped: Vec<&str> = text.split([' ', '\'', '’', '\u{a0}', '\u{202f}']).collect();
    if let [first, rest @ ..] = grouped.as_slice()
        && !rest.is_empty()
    {
        let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
        let whole = first.len() <= 3 && digits(first) && rest.iter().all(|group| group.len() == 3 && digits(group));
        return whole.then(|| grouped.concat()).and_then(|text| text.parse().ok());
    }
    if let Some((before, after)) = text.split_once(',') {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let clear = digits(before) && digits(after) && (after.len() != 3 || before == "0");
        return clear.then(|| format!("{before}.{after}")).and_then(|text| text.parse().ok());
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_where_only_one_reading_is_possible() {
        for text in [
            "30 June 2026",
            "June 30, 2026",
            "Tue 30th of jun 2026",
            "30-Jun-2026",
            "06/30/2026",
            "30/06/2026",
            "2026/06/30",
            "2026–06–30",
            "2026.6.30",
            "30.6.2026",
        ] {
            assert_eq!(date(text).map(|date| date.to_string()).as_deref(), Some("2026-06-30"), "{text}");
        }
        for text in [
            "June 12",
            "03/06/2026",
            "31 June 2026",
            "June 2026",
            "June or July 5 2026",
            "30/06/26",
            "soon",
            "",
            "Q3 2026",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(
            date_hint("June 12").as_deref(),
            Some("say the year too, and write it first: YYYY-06-12")
        );
        assert!(date_hint("03/06/2026").is_some_and(|hint| hint.contains("2026-06-03 or 2026-03-06")));
        assert_eq!(date_hint("next week"), None);
    }

    #[test]
    fn numbers_are_told_where_only_one_reading_is_possible() {
        let cases = [
            ("60%", 0.6),
            ("20 %", 0.2),
            ("7,5 %", 0.075),
            ("35 percent", 0.35),
            ("four", 4.0),
            ("0,7", 0.7),
            ("0,125", 0.125),
            ("4 000", 4_000.0),
            ("1'000'000", 1e6),
        ];
        for (text, value) in cases {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["4,000", "3d", "some", "", "%", "1 2", "inf", "-", "1,2,3"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
