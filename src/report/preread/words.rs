//! Words for a reader who has two minutes: counts of twenty futures beside percentages, dates in full, spans in weeks.

use crate::analysis::{Moment, Share};
use crate::calendar::Date;
use crate::inert::inert;
use crate::report::text::{percent, percent_of};

/// Futures that a page counts in.
pub(super) const TWENTY: u32 = 20;
/// Working days of a week.
const WEEK: f64 = 5.0;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// What the program says.
    Said(String),
    /// The same, to be seen first.
    Strong(String),
    /// What somebody else has written: it may hold anything, in any direction of writing.
    Name(String),
}

/// A sentence that knows which of its words are somebody else's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<Piece>);

impl Words {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn say(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Said(text.into()));
        self
    }

    pub(super) fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Strong(text.into()));
        self
    }

    pub(super) fn name(mut self, text: &str) -> Self {
        self.0.push(Piece::Name(inert(text)));
        self
    }

    /// A name in quotation marks.
    pub(super) fn quoted(self, text: &str) -> Self {
        self.say("“").name(text).say("”")
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without marks, for a place that holds text only.
    pub(super) fn plain(&self) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Said(text) | Piece::Strong(text) | Piece::Name(text) => text.as_str(),
            })
            .collect()
    }
}

/// Words without a name in them.
pub(super) fn said(text: impl Into<String>) -> Words {
    Words::new().say(text)
}

/// A name alone.
pub(super) fn named(text: &str) -> Words {
    Words::new().name(text)
}

/// Several in a row, with something between them.
pub(super) fn joined(parts: impl IntoIterator<Item = Words>, between: &str) -> Words {
    parts.into_iter().fold(
        Words::new(),
        |all, part| {
            if all.is_empty() { part } else { all.say(between).and(part) }
        },
    )
}

/// How many of twenty futures: the nearest whole number, but neither none nor all of them, since no simulation knows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twenty {
    /// Less than half a future in twenty.
    FewerThanOne,
    /// So many, 1 to 19.
    Whole(u32),
    /// More than nineteen and a half.
    MoreThanNineteen,
}

impl Twenty {
    pub(super) fn of(p: f64) -> Self {
        match (p.clamp(0.0, 1.0) * f64::from(TWENTY)).round() as u32 {
            0 => Self::FewerThanOne,
            TWENTY => Self::MoreThanNineteen,
            count => Self::Whole(count),
        }
    }

    /// The others of the twenty.
    pub(super) const fn others(self) -> Self {
        match self {
            Self::FewerThanOne => Self::MoreThanNineteen,
            Self::MoreThanNineteen => Self::FewerThanOne,
            Self::Whole(count) => Self::Whole(TWENTY - count),
        }
    }

    /// Dots of twenty that stand for it.
    pub(super) const fn dots(self) -> u32 {
        match self {
            Self::FewerThanOne => 0,
            Self::Whole(count) => count,
            Self::MoreThanNineteen => TWENTY,
        }
    }

    /// `3`, `fewer than 1`, `more than 19`.
    pub(super) fn count(self) -> String {
        match self {
            Self::FewerThanOne => "fewer than 1".into(),
            Self::Whole(count) => count.to_string(),
            Self::MoreThanNineteen => "more than 19".into(),
        }
    }

    /// With the verb that fits: `1 makes`, `17 make`.
    pub(super) fn does(self, one: &str, many: &str) -> String {
        let verb = if matches!(self, Self::Whole(1) | Self::FewerThanOne) {
            one
        } else {
            many
        };
        format!("{} {verb}", self.count())
    }

    /// `3 of 20`.
    pub(super) fn of_twenty(self) -> String {
        format!("{} of {TWENTY}", self.count())
    }
}

/// `3 of 20 (15 %)`.
pub(super) fn odds(share: &Share) -> String {
    format!("{} ({})", Twenty::of(share.p).of_twenty(), percent(share))
}

/// The same of a share that rests on no count.
pub(super) fn odds_of(p: f64) -> String {
    format!("{} ({})", Twenty::of(p).of_twenty(), percent_of(p))
}

/// `30 September 2026`; `never`, or what to say beyond the calendar.
pub(super) fn day(at: &Moment) -> String {
    at.date.map_or_else(|| no_date(at), Date::in_full)
}

/// `30 Sep 2026`, for a table with little room.
pub(super) fn short_day(at: &Moment) -> String {
    at.date.map_or_else(|| no_date(at), Date::long)
}

fn no_date(at: &Moment) -> String {
    if at.working_days.is_never() {
        "never".into()
    } else {
        "beyond the calendar".into()
    }
}

/// A span in whole weeks from two weeks on, else in working days: `7 weeks`, `3 working days`.
pub(super) fn span(days: f64) -> String {
    let days = days.abs();
    if days >= 2.0 * WEEK {
        return format!("{:.0} weeks", days / WEEK);
    }
    match days.round() as u32 {
        0 => "less than a working day".into(),
        1 => "1 working day".into(),
        days => format!("{days} working days"),
    }
}

/// How a date lies to another: `7 weeks earlier`, `the same day`.
pub(super) fn apart(days: f64) -> String {
    if days.abs() < 0.5 {
        return "the same day".into();
    }
    format!("{} {}", span(days), if days < 0.0 { "earlier" } else { "later" })
}

/// `1 risk`, `3 risks`.
pub(super) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::share;

    #[test]
    fn both_sides_of_twenty_add_up() {
        for hits in 0..=1_000 {
            let makes = Twenty::of(share(hits, 1_000).p);
            let misses = makes.others();
            assert_eq!(makes.dots() + misses.dots(), TWENTY, "{hits} of 1,000");
            assert_eq!(misses.others(), makes);
        }
    }

    #[test]
    fn nothing_is_certain_of_twenty() {
        let count = |hits| Twenty::of(share(hits, 10_000).p).count();
        assert_eq!(count(0), "fewer than 1");
        assert_eq!(count(249), "fewer than 1");
        assert_eq!(count(250), "1");
        assert_eq!(count(1_500), "3");
        assert_eq!(count(9_749), "19");
        assert_eq!(count(9_750), "more than 19");
        assert_eq!(count(10_000), "more than 19");
        assert_eq!(odds(&share(0, 10_000)), "fewer than 1 of 20 (below 0.1 %)");
        assert_eq!(odds(&share(1_520, 10_000)), "3 of 20 (15 %)");
    }

    #[test]
    fn verbs_fit_their_counts() {
        let says = |p| {
            let makes = Twenty::of(p);
            format!("{}, {}", makes.does("makes", "make"), makes.others().does("misses", "miss"))
        };
        assert_eq!(says(0.0), "fewer than 1 makes, more than 19 miss");
        assert_eq!(says(0.05), "1 makes, 19 miss");
        assert_eq!(says(0.15), "3 make, 17 miss");
        assert_eq!(says(0.95), "19 make, 1 misses");
    }

    #[test]
    fn spans_are_weeks_from_two_weeks_on() {
        assert_eq!(
            [0.2, 1.2, 9.4, 10.0, 69.0].map(span),
            ["less than a working day", "1 working day", "9 working days", "2 weeks", "14 weeks"]
        );
        assert_eq!(
            [-34.0, 0.0, 3.0].map(apart),
            ["7 weeks earlier", "the same day", "3 working days later"]
        );
    }

    #[test]
    fn what_others_wrote_is_harmless_and_marked() {
        let words = said("to ").name("a\u{202e}b\n");
        assert_eq!(words.plain(), "to a\\u{202e}b ");
        assert!(matches!(&words.0[1], Piece::Name(_)));
    }
}
