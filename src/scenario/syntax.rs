//! Faults of the syntax: what to write instead, and which of several faults is the cause of the others.
//!
//! It works on the text and on what the parser says of it; the parser itself is known only to [`crate::scenario::tree`].

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::{Fault, Source};
use crate::scenario::meant;
use crate::units::{Measure, parse_quantity};

/// The code of a fault of the syntax.
pub const CODE: &str = "syntax";
/// Characters of a mended line that a hint shows.
const LINE_SHOWN: usize = 100;
/// Slips of one line that are mended; each costs a look at the line.
const MOST_MENDS: usize = 20;
/// Lines that are looked back for the one that lacks a comma.
const LINES_ABOVE: usize = 50;
/// Keys that may stand several times, each as one of a list of tables.
const LISTS_OF_TABLES: [&str; 3] = ["commitment", "hire", "elsewhere"];

/// What the parser says about one place.
#[derive(Debug, Clone)]
pub struct Slip {
    /// The parser's words.
    pub message: String,
    /// Where.
    pub span: Range<usize>,
}

/// One line of a text.
struct Line<'t> {
    text: &'t str,
    start: usize,
    /// As the text, byte for byte, with blanks for what stands in quotes or in a comment.
    mask: String,
}

impl<'t> Line<'t> {
    fn of(text: &'t str, offset: usize) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        Self {
            text: line,
            start,
            mask: masked(line),
        }
    }

    /// The line with parts replaced; parts that overlap an earlier one are left as they are.
    fn with(&self, mut parts: Vec<(Range<usize>, String)>) -> String {
        parts.sort_by_key(|(part, _)| part.start);
        let (mut mended, mut done) = (String::new(), 0);
        for (part, replacement) in parts {
            if part.start < done {
                continue;
            }
            mended.push_str(self.text.get(done..part.start).unwrap_or_default());
            mended.push_str(&replacement);
            done = part.end;
        }
        mended.push_str(self.text.get(done..).unwrap_or_default());
        mended.trim().to_owned()
    }

    /// The range of a part of the whole text within the line.
    fn local(&self, span: &Range<usize>) -> Range<usize> {
        let at = |offset: usize| offset.saturating_sub(self.start).min(self.text.len());
        at(span.start)..at(span.end).max(at(span.start))
    }

    /// What stands between the signs around a place: a value, or a key.
    fn token(&self, at: usize) -> Range<usize> {
        let before = self.mask.get(..at).unwrap_or_default();
        let after = self.mask.get(at..).unwrap_or_default();
        let from = before.rfind(['=', ',', '[', '{']).map_or(0, |sign| sign + 1);
        let to = after
            .find([',', ']', '}', '='])
            .map_or(self.mask.trim_end().len(), |sign| at + sign);
        let token = self.text.get(from..to).unwrap_or_default();
        let from = from + (token.len() - token.trim_start().len());
        from..from + token.trim().len()
    }

    fn get(&self, part: &Range<usize>) -> &'t str {
        self.text.get(part.clone()).unwrap_or_default()
    }
}

/// The line with blanks for what stands between straight quotes or in a comment.
fn masked(line: &str) -> String {
    let mut mask = String::with_capacity(line.len());
    let (mut quote, mut escaped, mut comment) = (None, false, false);
    for c in line.chars() {
        let closes = !escaped && quote == Some(c);
        escaped = !escaped && c == '\\' && quote == Some('"');
        comment |= c == '#' && quote.is_none();
        if comment || (quote.is_some() && !closes) {
            mask.extend(std::iter::repeat_n(' ', c.len_utf8()));
            continue;
        }
        mask.push(c);
        if closes {
            quote = None;
        } else if matches!(c, '"' | '\'') {
            quote = Some(c);
        }
    }
    mask
}

/// What every line of a scenario is, where nothing better can be said.
pub const ALLOWED: &str = "a line is `key = value`, a header such as `[team.core]`, or a comment that begins with `#`";

/// What the parser says, in words for somebody who has never seen the format.
#[must_use]
pub fn in_plain_words(message: &str) -> &str {
    const WORDS: [(&str, &str); 32] = [
        ("`_` may only go between digits", "a `_` in a number may only stand between digits"),
        ("cannot extend value", "a value was given already, so it gets no keys of its own"),
        ("cannot recurse", "brackets are nested too deeply"),
        ("carriage return", "a carriage return stands in the middle of a line"),
        ("extra assignment", "there is a second `=`"),
        ("extra `=`", "there is a second `=`"),
        ("extra comma", "there is a comma too many"),
        ("integers with a radix", "such a number cannot have a sign"),
        ("invalid comment character", "a comment holds a character that no text shows"),
        ("invalid basic string", "a text does not end, or holds a character that it cannot"),
        ("invalid literal string", "a text does not end, or holds a character that it cannot"),
        (
            "invalid inline table",
            "between `{` and `}` stands something that is no `key = value`",
        ),
        ("invalid key-value", "this is no `key = value`"),
        ("invalid unquoted key", "a key holds a character that needs quotes"),
        ("key with no value", "a key has no `= value`"),
        ("keys cannot be multi-line", "a key reaches over several lines"),
        ("missing assignment", "between key and value an `=` is missing"),
        ("missing comma", "a comma is missing"),
        ("missing escaped value", "a `\\` begins no escape"),
        ("missing key", "a key is missing"),
        ("missing value", "a value is missing"),
        ("radix must be lowercase", "the letter in such a number is small"),
        ("recursion limit", "brackets are nested too deeply"),
        ("redundant", "a number begins with more than it needs"),
        ("string values must be quoted", "this value needs quotes"),
        ("too few unicode", "a `\\u` needs four digits after it"),
        ("unclosed array table", "a header is not closed"),
        ("unclosed array", "a list is not closed"),
        ("unclosed inline table", "a table is not closed"),
        ("unexpected leading zero", "a number begins with a zero"),
        ("unexpected key or value", "something stands after the value"),
        ("unquoted keys cannot be empty", "a key is missing"),
    ];
    let known = WORDS.iter().find(|(begins, _)| message.starts_with(begins));
    known.map_or(message, |(_, words)| *words)
}

/// What to write in place of a line on which the parser tripped; `slips` are those of this line, in its order.
#[must_use]
pub fn hint(source: &Source, slips: &[Slip]) -> Option<String> {
    let first = slips.first()?;
    let line = Line::of(&source.text, first.span.start);
    if let Some(hint) = signs_of_other_languages(&line).or_else(|| header(&line)) {
        return Some(hint);
    }
    let mut mends: Vec<(Range<usize>, String)> = Vec::new();
    let mut why: Option<String> = None;
    for slip in slips.iter().take(MOST_MENDS) {
        match mend(source, &line, slip) {
            // What follows may follow from the first.
            None | Some(Mend::Say(_)) if why.is_some() => {}
            None => return None,
            Some(Mend::Say(what)) => return Some(what),
            Some(Mend::Write(what, part, replacement)) => {
                why.get_or_insert(what);
                mends.push((part, replacement));
            }
        }
    }
    Some(shown(&why?, line.with(mends)))
}

fn shown(why: &str, mended: String) -> String {
    if mended.chars().count() <= LINE_SHOWN {
        format!("{why}: {mended}")
    } else {
        why.to_owned()
    }
}

/// Signs that other languages write, outside of texts and comments.
fn signs_of_other_languages(line: &Line<'_>) -> Option<String> {
    let mask = &line.mask;
    let trimmed = mask.trim();
    if mask.contains(['“', '”', '„', '‘', '’', '«', '»']) {
        let straight = mask.char_indices().filter_map(|(at, c)| {
            let quote = matches!(c, '“' | '”' | '„' | '‘' | '’' | '«' | '»');
            quote.then(|| (at..at + c.len_utf8(), "\"".to_owned()))
        });
        return Some(shown("use straight quotes", line.with(straight.collect())));
    }
    if line.text.trim_start().starts_with("//") {
        return Some("a comment begins with `#`".into());
    }
    if let Some(at) = mask
        .find("//")
        .filter(|at| line.text.get(..*at).is_some_and(|before| before.contains('=')))
    {
        return Some(shown("a comment begins with `#`", line.with(vec![(at..at + 2, "#".into())])));
    }
    for sign in ["=>", ":=", "==", "->"] {
        if mask.contains(sign) {
            let parts = mask.match_indices(sign).map(|(at, sign)| (at..at + sign.len(), "=".to_owned()));
            return Some(shown(&format!("write `=` in place of `{sign}`"), line.with(parts.collect())));
        }
    }
    let colons = colons(mask);
    if !colons.is_empty() && !trimmed.starts_with('[') {
        let parts = colons.into_iter().map(|at| {
            let spaced = mask.get(..at).is_some_and(|before| before.ends_with(' '));
            (at..at + 1, if spaced { "=" } else { " =" }.to_owned())
        });
        return Some(shown("write `=` in place of `:`", line.with(parts.collect())));
    }
    if mask.contains(';') {
        let end = trimmed.len() + (mask.len() - mask.trim_start().len());
        let parts: Vec<_> = mask
            .match_indices(';')
            .map(|(at, _)| (at..at + 1, if at + 1 == end { "" } else { "," }.to_owned()))
            .collect();
        let only_at_end = parts.len() == 1 && parts.iter().all(|(_, sign)| sign.is_empty());
        let why = if only_at_end {
            "leave the `;` out"
        } else {
            "write `,` in place of `;`"
        };
        return Some(shown(why, line.with(parts)));
    }
    None
}

/// Colons that stand where `=` should: after a key, and not in a value such as a time.
fn colons(mask: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut in_value = false;
    for (at, c) in mask.char_indices() {
        match c {
            '=' => in_value = true,
            '{' | ',' => in_value = false,
            ':' if !in_value => {
                found.push(at);
                in_value = true;
            }
            _ => {}
        }
    }
    found
}

/// A section header that is none.
fn header(line: &Line<'_>) -> Option<String> {
    let text = line.mask.trim();
    if !text.starts_with('[') || text.contains('=') {
        return None;
    }
    let brackets = if text.starts_with("[[") { 2 } else { 1 };
    let (open, close) = ("[".repeat(brackets), "]".repeat(brackets));
    let inner = line.text.get(..line.mask.trim_end().len()).unwrap_or_default();
    let inner = inner.trim().trim_start_matches('[').trim_end_matches(']').trim();
    let quoted = |part: &str| {
        let plain = part.starts_with(['"', '\'']) || part.chars().all(is_bare);
        if plain { part.to_owned() } else { format!("\"{part}\"") }
    };
    let parts: Vec<&str> = inner.split('.').map(str::trim).collect();
    if let [only] = parts.as_slice()
        && let Some((section, name)) = only.split_once(char::is_whitespace)
    {
        return Some(format!(
            "a dot joins section and name: {open}{section}.{}{close}",
            quoted(name.trim())
        ));
    }
    if parts.iter().any(|part| quoted(part) != **part) {
        let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
        return Some(format!(
            "names with other characters than letters, digits, - and _ need quotes: {open}{}{close}",
            parts.join(".")
        ));
    }
    (!text.ends_with(&close)).then(|| format!("a section header ends with `{close}`: {open}{inner}{close}"))
}

const fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// What becomes of one slip.
enum Mend {
    /// Advice that no replacement carries out.
    Say(String),
    /// Why, which part of the line, and what to write there.
    Write(String, Range<usize>, String),
}

fn mend(source: &Source, line: &Line<'_>, slip: &Slip) -> Option<Mend> {
    let part = line.local(&slip.span);
    let found = line.get(&part);
    let message = slip.message.as_str();
    let write = |why: &str, part: &Range<usize>, text: String| Some(Mend::Write(why.into(), part.clone(), text));
    if message.starts_with("string values must be quoted") {
        return Some(unquoted(&part, found));
    }
    if message.starts_with("invalid boolean") {
        return write("true and false stand in small letters", &part, found.to_lowercase());
    }
    if found.eq_ignore_ascii_case("null") {
        return Some(Mend::Say("leave the key out where there is nothing to say".into()));
    }
    if message.starts_with("key with no value") {
        return key_without_value(line);
    }
    if message.starts_with("invalid unquoted key") {
        let key = line.token(part.start);
        let text = line.get(&key);
        let quoted: Vec<String> = text
            .split('.')
            .map(|segment| {
                if segment.starts_with(['"', '\'']) || segment.trim().chars().all(is_bare) {
                    segment.to_owned()
                } else {
                    format!("\"{}\"", segment.trim())
                }
            })
            .collect();
        let why = "keys with other characters than letters, digits, - and _ need quotes";
        return write(why, &key, quoted.join("."));
    }
    if message.starts_with("invalid basic string") || message.starts_with("invalid literal string") {
        return Some(Mend::Say(unclosed_quote(line)));
    }
    let token = line.token(part.start);
    let text = line.get(&token);
    if let Some(date) = meant::date(text) {
        return write("write the year first", &token, date.to_string());
    }
    // `{ date = 2026-06-30 to = "board" }`: the parser takes the next key for a time of day.
    if message.starts_with("invalid date") || message.starts_with("invalid time") {
        let (date, rest) = found.split_once(' ')?;
        let at = part.start + date.len();
        let is_next = rest.trim().chars().all(is_bare);
        return is_next.then(|| Mend::Say(shown("a comma is missing", line.with(vec![(at..at, ",".into())]))));
    }
    if message.starts_with("missing comma") {
        return Some(missing_comma(source, line, part.start));
    }
    if message.starts_with("invalid mantissa") && text.starts_with('.') {
        return write("a number begins with a digit", &token, format!("0{text}"));
    }
    if message.starts_with("invalid fraction") && text.ends_with('.') {
        return write("a number ends with a digit", &token, format!("{text}0"));
    }
    if message.starts_with("unexpected key or value") {
        return after_the_value(line, part.start);
    }
    if message.starts_with("unexpected leading zero") {
        let digits = text.trim_start_matches('0');
        let digits = if digits.starts_with(|c: char| c.is_ascii_digit()) {
            digits.to_owned()
        } else {
            format!("0{digits}")
        };
        return write("a number begins with no zero", &token, digits);
    }
    if message.starts_with("`_` may only") {
        let parts: Vec<&str> = text.split('_').filter(|part| !part.is_empty()).collect();
        return write("one `_` may stand between two digits", &token, parts.join("_"));
    }
    if message.starts_with("missing assignment") {
        let words: Vec<&str> = text.split_whitespace().collect();
        return (words.len() > 1).then(|| {
            let joined = if is_key_of_words(&words) {
                words.join("_")
            } else {
                words.join("-")
            };
            Mend::Say(format!(
                "a key with a space needs quotes, \"{}\" = …, or is one word: {joined} = …",
                words.join(" ")
            ))
        });
    }
    if message.starts_with("unquoted keys cannot be empty") {
        return Some(Mend::Say("write the name that is missing, as in [team.core]".into()));
    }
    if message.starts_with("extra comma") {
        return write("leave the comma out", &part, String::new());
    }
    if message.starts_with("missing escaped value") || message.starts_with("too few unicode") {
        return Some(Mend::Say("write `\\\\` for a backslash, or put the text in single quotes".into()));
    }
    if message.starts_with("carriage return") {
        return Some(Mend::Say(
            "save the file with the line ends of this system; editors offer LF and CRLF".into(),
        ));
    }
    if message.starts_with("unclosed array") {
        return Some(Mend::Say("a list is not closed: end it with `]`".into()));
    }
    if message.starts_with("unclosed inline table") {
        return Some(Mend::Say("a table is not closed: end it with `}`".into()));
    }
    None
}

/// Whether words are those of a key of the format, which underscores join; names of the user's own have dashes.
fn is_key_of_words(words: &[&str]) -> bool {
    const FIRST: [&str; 12] = [
        "not", "scales", "adds", "retired", "ramp", "cost", "follow", "rate", "change", "per", "blocks", "customer",
    ];
    words.first().is_some_and(|first| FIRST.contains(&first.to_lowercase().as_str()))
}

/// A value without quotes that is no number.
fn unquoted(part: &Range<usize>, found: &str) -> Mend {
    let write = |why: &str, text: String| Mend::Write(why.into(), part.clone(), text);
    let lower = found.to_lowercase();
    if found.is_empty() {
        return Mend::Say("after `=` stands a value; leave the key out where there is nothing to say".into());
    }
    match lower.as_str() {
        "yes" | "on" => return write("write true or false", "true".into()),
        "no" | "off" => return write("write true or false", "false".into()),
        "none" | "nil" | "n/a" => return Mend::Say("leave the key out where there is nothing to say".into()),
        _ => {}
    }
    if let Some(date) = meant::date(found) {
        return write("write the year first", date.to_string());
    }
    if let Some(hint) = meant::date_hint(found) {
        return Mend::Say(hint);
    }
    if let Some(number) = meant::number(found) {
        let why = if lower.contains(['%', 'p']) {
            "write a share in place of percent"
        } else {
            "write the number in digits"
        };
        return write(why, number.to_string());
    }
    let quoted = format!("\"{found}\"");
    if parse_quantity(found, Measure::Lag).is_ok() || parse_quantity(found, Measure::Clock).is_ok() {
        return write("quantities need quotes", quoted);
    }
    match found.split_once(' ') {
        // `4 engineers`.
        Some((number, _)) if number.parse::<f64>().is_ok() => {
            Mend::Say(format!("write the number alone, {number}, or the whole in quotes: {quoted}"))
        }
        _ => write("names and texts need quotes", quoted),
    }
}

/// `dual run = …`, or a word alone.
fn key_without_value(line: &Line<'_>) -> Option<Mend> {
    let Some(equals) = line.mask.find('=') else {
        let word = line.mask.trim();
        return Some(Mend::Say(format!("a line is `key = value`: {word} = …")));
    };
    let key = line.text.get(..equals)?.trim();
    let dashed = |part: &str| part.split_whitespace().collect::<Vec<_>>().join("-");
    let joined = key.split('.').map(|part| dashed(part.trim())).collect::<Vec<_>>().join(".");
    let in_quotes = key
        .split('.')
        .map(str::trim)
        .map(|part| {
            if part.contains(char::is_whitespace) {
                format!("\"{part}\"")
            } else {
                part.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(".");
    key.contains(char::is_whitespace).then(|| {
        Mend::Say(format!(
            "a key with a space needs quotes, {in_quotes} = …, or write a dash: {joined} = …"
        ))
    })
}

fn unclosed_quote(line: &Line<'_>) -> String {
    // The mask is blank from the quote that stays open.
    let opened = line.mask.trim_end();
    let open = opened.chars().next_back().filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
    format!("a quote is not closed: write {open} at the end of the text too")
}

/// A comma that is missing before a place; at the beginning of a line it belongs at the end of the one before.
fn missing_comma(source: &Source, line: &Line<'_>, at: usize) -> Mend {
    let before = line.text.get(..at).unwrap_or_default();
    let end = before.trim_end().len();
    if end > 0 {
        let follows = line.get(&(at..line.text.len()));
        // The parser reads on where a bracket of the other kind closes.
        if let Some(wrong) = follows.chars().next().filter(|c| matches!(c, '}' | ']')) {
            let right = if wrong == '}' { ']' } else { '}' };
            return Mend::Say(format!("a `{right}` is missing before this `{wrong}`"));
        }
        return Mend::Write("a comma is missing".into(), end..end, ",".into());
    }
    let above = source.text.get(..line.start).unwrap_or_default();
    let above = above
        .lines()
        .rev()
        .take(LINES_ABOVE)
        .find(|line| !masked(line).trim().is_empty())
        .unwrap_or_default();
    let mask = masked(above);
    let above = above.get(..mask.trim_end().len()).unwrap_or_default().trim();
    let unclosed = |open: char, close: char| mask.matches(open).count() > mask.matches(close).count();
    if unclosed('[', ']') {
        return Mend::Say(format!(
            "end the line before it with `]` if the list ends there, or with a comma: {above},"
        ));
    }
    if unclosed('{', '}') {
        return Mend::Say(format!(
            "end the line before it with `}}` if the table ends there, or with a comma: {above},"
        ));
    }
    Mend::Say(format!("end the line before it with a comma: {above},"))
}

/// Something after a value that is whole.
fn after_the_value(line: &Line<'_>, at: usize) -> Option<Mend> {
    let token = {
        let before = line.mask.get(..at)?;
        let from = before.rfind('=')? + 1;
        from..line.mask.trim_end().len()
    };
    let value = line.get(&token).trim();
    if value.starts_with(|c: char| c.is_ascii_digit()) && value.contains(',') {
        if let Some(number) = meant::number(value) {
            let whole = token.end - value.len()..token.end;
            return Some(Mend::Write("use a point, not a comma".into(), whole, number.to_string()));
        }
        let joined = value.replace(',', "");
        if joined.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Mend::Say(format!(
                "use a point for a fraction, and no comma between thousands: {}, or {joined}",
                value.replacen(',', ".", 1)
            )));
        }
    }
    if value.starts_with(['"', '\'']) && value.ends_with(['"', '\'']) {
        return Some(Mend::Say("one key has one value; several stand in brackets: [\"a\", \"b\"]".into()));
    }
    Some(Mend::Say("a line ends after the value; begin a new one".into()))
}

/// The slips without those that only follow from a list that was never closed.
#[must_use]
pub fn without_the_rest_of_an_open_list(mut slips: Vec<Slip>, text: &str) -> Vec<Slip> {
    slips.sort_by_key(|slip| slip.span.start);
    let ends_open = slips
        .iter()
        .any(|slip| slip.message.starts_with("unclosed") && slip.span.start >= text.trim_end().len());
    let strange = slips.iter().position(|slip| slip.message.starts_with("unexpected `=` in array"));
    if let (true, Some(strange)) = (ends_open, strange) {
        slips.truncate(strange.max(1));
        if let Some(last) = slips.last_mut() {
            last.span.end = text.len();
        }
    }
    slips
}

/// The headers of a text, found once.
pub struct Headers {
    /// Where the line of each stands, and its path.
    all: Vec<(Range<usize>, String)>,
    /// Where each path stands first.
    first: HashMap<String, Range<usize>>,
}

/// Where something stands that is given twice.
pub struct Repeated {
    /// What to say of it.
    pub fault: Fault,
    /// The path of the header that it is, or stands under.
    pub path: Option<String>,
    /// Whether it is the header.
    pub is_header: bool,
}

impl Headers {
    /// The headers of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut all, mut first) = (Vec::new(), HashMap::new());
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Some(path) = header_path(line) {
                let place = start..start + line.trim_end().len();
                first.entry(path.clone()).or_insert_with(|| place.clone());
                all.push((place, path));
            }
            start += line.len();
        }
        Self { all, first }
    }

    /// What to say of something that stands twice.
    ///
    /// Two headers of one name make every key under the second a repetition: that is one slip, and it is told once.
    #[must_use]
    pub fn repeated(&self, text: &str, span: &Range<usize>) -> Repeated {
        let under = self.all.partition_point(|(place, _)| place.start <= span.start).checked_sub(1);
        let (place, path) = match under.and_then(|index| self.all.get(index)) {
            Some((place, path)) if place.contains(&span.start) => (place, path),
            other => {
                let key = text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
                return Repeated {
                    fault: Fault::error("duplicate-key", format!("`{key}` is given twice in the same table"))
                        .label("given again")
                        .hint("keep one of the two, or give them different names"),
                    path: other.map(|(_, path)| path.clone()),
                    is_header: false,
                };
            }
        };
        let last = path.rsplit('.').next().unwrap_or(path);
        let fault = Fault::error("duplicate-key", format!("`{path}` is given twice")).label("given again");
        let fault = match self.first.get(path).filter(|first| first.start != place.start) {
            Some(first) => fault.related(first, "given before"),
            None => fault,
        };
        Repeated {
            fault: fault.hint(if LISTS_OF_TABLES.contains(&last) {
                format!("for several, write two brackets around each: [[{path}]]")
            } else {
                format!("write all keys of `{path}` under one header, or give one of the two another name")
            }),
            path: Some(path.clone()),
            is_header: true,
        }
    }
}

/// `team.core` of `[team.core]` and of `[[team.core]]`.
fn header_path(line: &str) -> Option<String> {
    let text = masked_comment(line).trim();
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner);
    let plain = inner.chars().all(|c| !matches!(c, '[' | ']' | ',' | '{' | '}' | '='));
    (plain && !inner.trim().is_empty()).then(|| inner.split('.').map(str::trim).collect::<Vec<_>>().join("."))
}

fn masked_comment(line: &str) -> &str {
    let mask = masked(line);
    // A comment is blank in the mask, and ends the line.
    let end = line.char_indices().find(|(at, c)| {
        *c == '#' && {
            let rest = mask.get(*at..).unwrap_or_default();
            rest.trim().is_empty()
        }
    });
    line.get(..end.map_or(line.len(), |(at, _)| at)).unwrap_or_default()
}

/// Drops what only follows from a fault of the syntax: other faults of its line or, after a broken header, of its section; and
/// whatever is said to be missing, since the parser may have passed it over.
pub fn keep_causes(faults: &mut Vec<Fault>) {
    let Some(source) = faults
        .iter()
        .find(|fault| fault.code == CODE)
        .and_then(|fault| fault.source.clone())
    else {
        return;
    };
    let spoilt: Vec<Range<usize>> = faults
        .iter()
        .filter(|fault| fault.code == CODE)
        .map(|fault| spoilt(&source.text, &fault.span))
        .collect();
    const OF_ABSENCE: [&str; 7] = [
        "missing-key",
        "no-team",
        "not-a-task",
        "nothing-to-do",
        "unknown-commitment",
        "unknown-reference",
        "unknown-team",
    ];
    faults.retain(|fault| {
        let follows = || {
            spoilt
                .iter()
                .any(|part| fault.span.start <= part.end && fault.span.end >= part.start)
        };
        fault.code == CODE || (fault.is_error() && !OF_ABSENCE.contains(&fault.code) && !follows())
    });
}

/// The lines of a place; from a line that should have been a header, everything up to the next header.
fn spoilt(text: &str, span: &Range<usize>) -> Range<usize> {
    let line = Line::of(text, span.start);
    let end = span.end.max(line.start + line.text.len());
    let rest = text.get(end..).unwrap_or_default();
    if !line.text.trim_start().starts_with('[') {
        return line.start..end;
    }
    let section = rest.find("\n[").unwrap_or(rest.len());
    line.start..end + section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_quotes_or_in_a_comment_is_no_sign() {
        assert_eq!(masked("a = \"b: \\\" ; é\" # c"), "a = \"          \"    ");
        assert_eq!(masked("a = 'x#y\\' ; é"), "a = '    ' ; é");
        assert_eq!(colons("a: { b: 1, c = 12:00 }"), [1, 6]);
        assert_eq!(header_path("[ team . core ] # ours").as_deref(), Some("team.core"));
        assert_eq!(header_path("[[a.b]]").as_deref(), Some("a.b"));
        assert_eq!(header_path("[\"a\", \"b\"]"), None);
    }
}
