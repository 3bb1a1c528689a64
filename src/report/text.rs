//! Text for people: names made inert, numbers and probabilities in words, lines that fit a message.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::analysis::{Moment, Share};
use crate::inert::inert;
use crate::units::DAYS_PER_WEEK;

/// Columns of a name in a sentence. Names are short; one that is not has its whole length in the files.
pub const NAME: usize = 72;

/// Columns that `text` takes on a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    // The sum over characters is never less than what the whole text takes, so a line that fits by this count fits.
    text.chars().filter_map(UnicodeWidthChar::width).sum::<usize>().max(text.width())
}

/// `text`, inert and at most `columns` wide; what does not fit is replaced by an ellipsis.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    let text = inert(text);
    // Marks that stack on one character have no width; their number is limited too.
    let longest = columns.saturating_mul(3);
    if width(&text) <= columns && text.chars().count() <= longest {
        return text;
    }
    let (mut kept, mut used) = (String::new(), 1);
    for (count, c) in text.chars().enumerate() {
        used += c.width().unwrap_or(0);
        if used > columns || count >= longest {
            break;
        }
        kept.push(c);
    }
    while width(&kept) + 1 > columns && kept.pop().is_some() {}
    format!("{}…", kept.trim_end())
}

/// `text` broken into lines of at most `columns`, the first after `first`, the others after `rest`. Words that are longer
/// than a line are broken where the line ends.
#[must_use]
pub fn wrap(text: &str, first: &str, rest: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    // A number keeps its percent sign.
    let text = inert(text).replace(" %", "\u{a0}%");
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word.replace('\u{a0}', " ");
        if !is_empty && width(&line) + 1 + width(&word) > columns {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        while is_empty && width(&line) + width(&word) > columns {
            let room = columns.saturating_sub(width(&line)).max(2);
            let (head, tail) = split_at_width(&word, room);
            if tail.is_empty() {
                break;
            }
            line.push_str(&head);
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            word = tail;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

fn split_at_width(word: &str, room: usize) -> (String, String) {
    let mut used = 0;
    let end = word
        .char_indices()
        .find(|(_, c)| {
            used += c.width().unwrap_or(0);
            used > room
        })
        .map_or(word.len(), |(at, _)| at);
    (word[..end].to_owned(), word[end..].to_owned())
}

/// `10000` as `10,000`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A probability as a percentage that claims neither certainty nor more digits than trials can carry: `0.4 %`, `63 %`,
/// `below 0.1 %`, `above 99.9 %`.
#[must_use]
pub fn percent(share: &Share) -> String {
    if share.hits == 0 {
        return if share.ci_high < 0.001 {
            "below 0.1 %".into()
        } else {
            format!("below {} %", ceil_percent(share.ci_high))
        };
    }
    if share.hits >= share.trials {
        return if share.ci_low > 0.999 {
            "above 99.9 %".into()
        } else {
            format!("above {} %", complement(ceil_percent(1.0 - share.ci_low)))
        };
    }
    percent_of(share.p)
}

/// Like [`percent`], for a share that rests on no count.
#[must_use]
pub fn percent_of(p: f64) -> String {
    let p = p.clamp(0.0, 1.0);
    if p < 0.001 {
        "below 0.1 %".into()
    } else if p > 0.999 {
        "above 99.9 %".into()
    } else {
        format!("{} %", digits_of(p))
    }
}

/// The 95 % interval of a probability: `0.3–0.5 %`.
#[must_use]
pub fn percent_interval(share: &Share) -> String {
    let (low, high) = (share.ci_low.clamp(0.0, 1.0), share.ci_high.clamp(0.0, 1.0));
    match (low < 0.001, high > 0.999) {
        (true, true) => "0–100 %".into(),
        (true, false) if high < 0.001 => "below 0.1 %".into(),
        (false, true) if low > 0.999 => "above 99.9 %".into(),
        (true, false) => format!("0–{} %", digits_of(high)),
        (false, true) => format!("{}–100 %", digits_of(low)),
        (false, false) => format!("{}–{} %", digits_of(low), digits_of(high)),
    }
}

/// Percent with one decimal below 10 % and above 90 %, none between.
fn digits_of(p: f64) -> String {
    if (0.0995..=0.9005).contains(&p) {
        format!("{:.0}", p * 100.0)
    } else {
        format!("{:.1}", p * 100.0)
    }
}

/// A limit or a share that someone wrote: `20 %`, `12.5 %`.
#[must_use]
pub fn plain_percent(p: f64) -> String {
    format!("{} %", trim_zero(&format!("{:.1}", p * 100.0)))
}

fn trim_zero(text: &str) -> String {
    text.strip_suffix(".0").unwrap_or(text).to_owned()
}

fn ceil_percent(p: f64) -> f64 {
    let percent = p * 100.0;
    if percent < 1.0 {
        (percent * 10.0).ceil() / 10.0
    } else {
        percent.ceil()
    }
}

fn complement(percent: f64) -> String {
    trim_zero(&format!("{:.1}", (100.0 - percent).max(0.0)))
}

/// How often, as counts of both sides, on a scale that shows the smaller side: `(4, 996, 1_000)` of 0.4 %. With few trials, or a
/// share too small for a scale of a thousand, the trials themselves, and then `exact` is true.
#[must_use]
pub fn frequencies(share: &Share) -> Frequencies {
    let rarer = share.p.min(1.0 - share.p);
    let scale = if rarer >= 0.0095 {
        100
    } else if rarer >= 0.00095 {
        1_000
    } else {
        u32::MAX
    };
    if scale >= share.trials || share.hits == 0 || share.hits >= share.trials {
        return Frequencies {
            hits: share.hits,
            misses: share.trials.saturating_sub(share.hits),
            of: share.trials,
            exact: true,
        };
    }
    let hits = (share.p * f64::from(scale)).round() as u32;
    Frequencies {
        hits,
        misses: scale.saturating_sub(hits),
        of: scale,
        exact: false,
    }
}

/// Counts of both sides; see [`frequencies`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequencies {
    /// Futures in which it happens.
    pub hits: u32,
    /// Futures in which it does not.
    pub misses: u32,
    /// Their sum.
    pub of: u32,
    /// Whether these are the trials themselves and not a scale.
    pub exact: bool,
}

/// How often in a hundred: `38 in 100`, `none in 100`, `fewer than 1 in 100`, `more than 99 in 100`.
#[must_use]
pub fn in_hundred(share: &Share) -> String {
    let rounded = (share.p * 100.0).round();
    if share.hits == 0 {
        "none in 100".into()
    } else if share.hits == share.trials {
        "all of them".into()
    } else if rounded < 1.0 {
        "fewer than 1 in 100".into()
    } else if rounded > 99.0 {
        "more than 99 in 100".into()
    } else {
        format!("{rounded:.0} in 100")
    }
}

/// A span of working days in the unit that a person would say: `8.4 weeks`, `3 working days`.
#[must_use]
pub fn span(days: f64) -> String {
    let days = days.abs();
    let weeks = days / DAYS_PER_WEEK;
    if !days.is_finite() {
        "forever".into()
    } else if days < 0.95 {
        "less than a working day".into()
    } else if days < 4.95 {
        let days = trim_zero(&format!("{days:.0}"));
        if days == "1" {
            "1 working day".into()
        } else {
            format!("{days} working days")
        }
    } else {
        let weeks = if weeks >= 999.95 {
            thousands(weeks.round() as u64)
        } else {
            trim_zero(&format!("{weeks:.1}"))
        };
        if weeks == "1" { "1 week".into() } else { format!("{weeks} weeks") }
    }
}

/// Working days as a person counts them: the working day on which the time lies.
#[must_use]
pub fn day_count(days: f64) -> String {
    if !days.is_finite() {
        return "–".into();
    }
    let whole = days.ceil().abs().min(1e15);
    let sign = if days <= -1.0 { "-" } else { "" };
    format!("{sign}{}", thousands(whole as u64))
}

/// Working days as weeks, one decimal, without the unit.
#[must_use]
pub fn week_count(days: f64) -> String {
    if !days.is_finite() {
        return "–".into();
    }
    let weeks = days / DAYS_PER_WEEK;
    if weeks.abs() >= 999.95 {
        day_count(weeks.round())
    } else {
        format!("{weeks:.1}")
    }
}

/// A number that someone wrote: `20,000`, `0.02`.
#[must_use]
pub fn amount(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let magnitude = value.abs();
    if magnitude >= 1e15 {
        return format!("{sign}{magnitude:.2e}");
    }
    if magnitude >= 1_000.0 {
        return format!("{sign}{}", thousands(magnitude.round() as u64));
    }
    if magnitude > 0.0 && magnitude < 1e-4 {
        return format!("{sign}{magnitude:.2e}");
    }
    let text = format!("{magnitude:.4}");
    format!("{sign}{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A simulated amount with the three leading digits that trials can carry: `846,000`.
#[must_use]
pub fn rounded(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return amount(value);
    }
    let unit = 10_f64.powi(value.abs().log10().floor() as i32 - 2);
    amount(if unit >= 1.0 {
        (value / unit).round() * unit
    } else {
        // Dividing by a whole number keeps the digits that multiplying by a fraction would blur.
        (value / unit).round() / unit.recip().round()
    })
}

/// A simulated change of an amount: `+12,000`, `−177,000`; `0` for less than half of one.
#[must_use]
pub fn signed_amount(change: f64) -> String {
    if change.abs() < 0.5 {
        "0".into()
    } else if change > 0.0 {
        format!("+{}", rounded(change))
    } else {
        rounded(change)
    }
}

/// A number of people: `12`, `11.4`.
#[must_use]
pub fn head_count(people: f64) -> String {
    if people.is_finite() && people.abs() < 1_000.0 {
        trim_zero(&format!("{people:.1}"))
    } else {
        rounded(people)
    }
}

/// Working days that something moves a date by, in weeks: `2.1`, `−0.3`, `none` for less than a twentieth of a week, `–` for never.
#[must_use]
pub fn weeks_moved(days: Option<f64>) -> String {
    let Some(days) = days.filter(|days| days.is_finite()) else {
        return "–".into();
    };
    let weeks = days / DAYS_PER_WEEK;
    if weeks.abs() < 0.05 {
        return "none".into();
    }
    format!("{}{}", if weeks < 0.0 { "−" } else { "" }, week_count(days.abs()))
}

/// A change of a probability in percentage points: `+2.1`, `−12`; `0` for less than a twentieth of a point.
#[must_use]
pub fn points(change: f64) -> String {
    let points = change * 100.0;
    let sign = if points < 0.0 { "−" } else { "+" };
    match points.abs() {
        size if size < 0.05 => "0".into(),
        size if size < 9.95 => format!("{sign}{size:.1}"),
        size => format!("{sign}{size:.0}"),
    }
}

/// A change of a probability as a count, without its sign: `9 of 100 futures`; nothing where it is too small for a count of a
/// thousand.
#[must_use]
pub fn futures_moved(change: f64) -> Option<(u32, u32)> {
    let size = change.abs();
    let of = if size >= 0.0095 { 100_u32 } else { 1_000 };
    let count = (size * f64::from(of)).round() as u32;
    (count > 0).then_some((count, of))
}

/// Things in a sentence: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `text` for Markdown: what could be markup is made text.
#[must_use]
pub fn marked_up(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in inert(text).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            c if "\\`*_{}[]()#|!~$".contains(c) => safe.extend(['\\', c]),
            c => safe.push(c),
        }
    }
    safe
}

/// The date of a moment with its weekday; `never`, or what to say beyond the calendar.
#[must_use]
pub fn date(at: &Moment) -> String {
    match at.date {
        Some(date) => date.long_with_weekday(),
        None if at.working_days.is_never() => "never".into(),
        None => "beyond the calendar".into(),
    }
}

/// As [`date`], without the weekday.
#[must_use]
pub fn short_date(at: &Moment) -> String {
    at.date.map_or_else(|| date(at), crate::calendar::Date::long)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::share;

    #[test]
    fn names_are_cut_to_their_columns() {
        assert_eq!(cut("a\u{202e}b and more", 15), "a\\u{202e}b and…");
        assert_eq!(cut("a rather long title", 10), "a rather…");
        assert_eq!(cut("数数数数", 6), "数数…");
        assert!(cut(&format!("a{}", "\u{301}".repeat(5_000)), 10).chars().count() <= 31);
    }

    #[test]
    fn lines_keep_their_width() {
        for text in ["one two three four five six", &"x".repeat(50), &"数".repeat(30), ""] {
            for line in wrap(text, "  - ", "    ", 20) {
                assert!(width(&line) <= 20, "{line:?}");
            }
        }
    }

    #[test]
    fn probabilities_never_claim_certainty() {
        assert_eq!(percent(&share(0, 10_000)), "below 0.1 %");
        assert_eq!(percent(&share(0, 100)), "below 4 %");
        assert_eq!(percent(&share(10_000, 10_000)), "above 99.9 %");
        assert_eq!(percent(&share(100, 100)), "above 96 %");
        assert_eq!(percent(&share(3, 10_000)), "below 0.1 %");
        assert_eq!(percent(&share(40, 10_000)), "0.4 %");
        assert_eq!(percent(&share(2_914, 10_000)), "29 %");
        assert_eq!(percent(&share(9_996, 10_000)), "above 99.9 %");
        assert_eq!(percent(&share(9_910, 10_000)), "99.1 %");
    }

    #[test]
    fn frequencies_show_both_sides() {
        let counts = |hits, trials| {
            let f = frequencies(&share(hits, trials));
            (f.hits, f.misses, f.of)
        };
        assert_eq!(counts(40, 10_000), (4, 996, 1_000));
        assert_eq!(counts(2_914, 10_000), (29, 71, 100));
        assert_eq!(counts(3, 10_000), (3, 9_997, 10_000));
        assert_eq!(counts(0, 10_000), (0, 10_000, 10_000));
        assert_eq!(counts(7, 64), (7, 57, 64));
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        assert_eq!(span(42.0), "8.4 weeks");
        assert_eq!(span(-5.0), "1 week");
        assert_eq!(span(3.2), "3 working days");
        assert_eq!(span(0.2), "less than a working day");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(weeks_moved(Some(10.6)), "2.1");
        assert_eq!(weeks_moved(Some(-1.4)), "−0.3");
        assert_eq!(weeks_moved(Some(-0.2)), "none");
        assert_eq!(weeks_moved(None), "–");
    }

    #[test]
    fn amounts_keep_what_was_written_and_round_what_was_simulated() {
        let written: Vec<String> = [0.0, 5.0, 0.02, 0.625, 1_500_000.0, -12.5, 1e300, f64::NAN].map(amount).to_vec();
        assert_eq!(written, ["0", "5", "0.02", "0.625", "1,500,000", "−12.5", "1.00e300", "–"]);
        let simulated: Vec<String> = [846_310.0, 999_900.0, 12.34, 0.056_78, -4_321.0].map(rounded).to_vec();
        assert_eq!(simulated, ["846,000", "1,000,000", "12.3", "0.0568", "−4,320"]);
        assert_eq!([12.0, 11.44, f64::NAN].map(head_count), ["12", "11.4", "–"]);
    }

    #[test]
    fn changes_of_odds_are_points_and_counts() {
        assert_eq!([-0.118, 0.021, 0.0002].map(points), ["−12", "+2.1", "0"]);
        assert_eq!(futures_moved(-0.091), Some((9, 100)));
        assert_eq!(futures_moved(0.004), Some((4, 1_000)));
        assert_eq!(futures_moved(-0.0003), None);
    }
}
