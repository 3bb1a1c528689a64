//! Names from a stranger's file as text that can do nothing: not to a terminal, not to the order of a line, not to what is seen.
//!
//! White space of every kind becomes a space. What could act (control characters, and with them escape sequences), turn the
//! direction of writing, or hide becomes its escape, such as `\u{202e}`: it is seen that it is there and what it is, in every font.
//! Everything else stays as it is.

use unicode_width::UnicodeWidthChar;

/// Marks that may stack on one character; more would paint over the lines above and below. Written languages need at most three.
const MOST_MARKS: usize = 3;
/// Joins two pictures into one, as in the sign for a family.
const JOINER: char = '\u{200d}';

/// Whether a character can act, turn the direction of writing, or hide.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Appends one character, made inert.
pub fn push(text: &mut String, c: char) {
    if c.is_whitespace() {
        text.push(' ');
    } else if acts(c) {
        text.extend(c.escape_unicode());
    } else {
        text.push(c);
    }
}

/// `text`, made inert. A stack of more than three marks loses the rest of them; the joiner between two pictures stays.
#[must_use]
pub fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut marks = 0;
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        marks = if c.width() == Some(0) && !acts(c) { marks + 1 } else { 0 };
        if c == JOINER && is_picture(before) && rest.peek().copied().is_some_and(is_picture) {
            safe.push(c);
        } else if marks <= MOST_MARKS {
            push(&mut safe, c);
        }
        before = c;
    }
    safe
}

/// Whether a character is drawn as a picture, or says that the one before it is to be.
const fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_turn_or_hide_is_shown_by_its_escape() {
        assert_eq!(inert("a\u{1b}[31mb\u{9b}2J\u{7f}\0"), r"a\u{1b}[31mb\u{9b}2J\u{7f}\u{0}");
        assert_eq!(
            inert("c\u{202e}d\u{2067}e\u{200b}f\u{feff}g\u{ad}h"),
            r"c\u{202e}d\u{2067}e\u{200b}f\u{feff}g\u{ad}h"
        );
        assert_eq!(inert("\u{e0041}\u{fffe}\u{3164}"), r"\u{e0041}\u{fffe}\u{3164}");
        assert!(inert(&(char::MIN..=char::MAX).collect::<String>()).chars().all(|c| !acts(c)));
    }

    #[test]
    fn white_space_is_a_space_and_other_writing_stays() {
        assert_eq!(inert("a\tb\r\nc\u{a0}d\u{2028}e\u{3000}f\u{85}g"), "a b  c d e f g");
        for text in [
            "Größe – Ωμ 数 שלום",
            "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥",
            "Việt e\u{323}\u{302}",
            "</script> ]]> =1+1",
        ] {
            assert_eq!(inert(text), text);
        }
        assert_eq!(inert("a\u{200d}b"), r"a\u{200d}b");
    }

    #[test]
    fn marks_do_not_pile_up() {
        assert_eq!(
            inert(&format!("a{}b\u{301}", "\u{301}".repeat(500))),
            "a\u{301}\u{301}\u{301}b\u{301}"
        );
    }
}
