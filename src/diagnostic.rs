//! A fault in the input: what is wrong, where, what is allowed, and a hint. Rendered with the source line.
//!
//! The only room that imports the renderer of snippets. It does not decide what is a fault; the rooms that read do. What it
//! prints may come from a stranger's file, so every text passes [`inert()`] before it reaches a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::inert::{self, inert};

/// Faults that are printed one by one; the rest is counted.
pub const MOST_PRINTED: usize = 50;
/// Characters of a source line that are shown; a longer one is cut around the place.
const LINE_SHOWN: usize = 120;
/// Characters kept before the place where a long line is cut.
const LEAD_SHOWN: usize = 40;
/// Characters of a message, label or hint that are shown.
const MESSAGE_SHOWN: usize = 2_000;
/// Other places of one fault that are shown.
const RELATED_SHOWN: usize = 12;

/// A text that was read, and where it came from.
#[derive(Debug)]
pub struct Source {
    /// As the user named it.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Line and column of a byte of the text, both from 1; the column counts characters. A byte beyond the end is the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = floor_boundary(&self.text, offset);
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Whether the input is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The input means nothing; nothing is run.
    Error,
    /// Allowed, but probably not meant.
    Warning,
}

/// One fault. All faults of an input are reported at once.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Whether the input is refused.
    pub severity: Severity,
    /// A stable name for the kind of fault, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one sentence that quotes the offending text.
    pub message: String,
    /// The text it stands in; `None` for faults of no text, such as a missing file.
    pub source: Option<Arc<Source>>,
    /// Bytes of the source text.
    pub span: Range<usize>,
    /// Shown under the span.
    pub label: String,
    /// What is allowed.
    pub allowed: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that belong to the fault, each with a label.
    pub related: Vec<(Range<usize>, String)>,
}

/// A place in a text that a later phase may have to point at.
#[derive(Debug, Clone)]
pub struct Place {
    /// The text.
    pub source: Arc<Source>,
    /// Bytes of it.
    pub span: Range<usize>,
}

impl Fault {
    /// A fault for which the input is refused.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            source: None,
            span: 0..0,
            label: String::new(),
            allowed: None,
            hint: None,
            related: Vec::new(),
        }
    }

    /// Something that is allowed but probably not meant.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// The text that the spans count in.
    #[must_use]
    pub fn of(mut self, source: &Arc<Source>) -> Self {
        self.source = Some(Arc::clone(source));
        self
    }

    /// The place of the fault.
    #[must_use]
    pub fn at(mut self, span: &Range<usize>) -> Self {
        self.span = span.clone();
        self
    }

    /// The place of the fault with its text, where there is one.
    #[must_use]
    pub fn at_place(self, place: Option<&Place>) -> Self {
        match place {
            Some(place) => self.of(&place.source).at(&place.span),
            None => self,
        }
    }

    /// What is shown under the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// What may be written instead.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// As [`Fault::hint`], where there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// Another place that belongs to the fault.
    #[must_use]
    pub fn related(mut self, span: &Range<usize>, label: impl Into<String>) -> Self {
        self.related.push((span.clone(), label.into()));
        self
    }

    /// Line and column of the place, both from 1; `None` for a fault of no text.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.source.as_ref().map(|source| source.position(self.span.start))
    }

    /// Whether the input is refused.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The faults in the order of the text; at one place, errors first, then in the order found.
pub fn sort(faults: &mut [Fault]) {
    faults.sort_by_key(|fault| (fault.source.is_some(), fault.span.start, !fault.is_error()));
}

/// The faults as a person reads them, each with its source line, and a line that counts them.
///
/// At most [`MOST_PRINTED`] are printed, errors before warnings where not all fit. An empty slice gives an empty text.
#[must_use]
pub fn render(faults: &[Fault], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut shown: Vec<&Fault> = faults.iter().collect();
    if shown.len() > MOST_PRINTED {
        shown.sort_by_key(|fault| !fault.is_error());
        shown.truncate(MOST_PRINTED);
    }
    let mut text = String::new();
    for fault in &shown {
        let _ = writeln!(text, "{}\n", rendered(&renderer, fault).trim_end());
    }
    if faults.len() > shown.len() {
        let _ = writeln!(text, "and {} more\n", faults.len() - shown.len());
    }
    match faults {
        [] => {}
        // One fault of no file needs no counting.
        [only] if only.source.is_none() => text.truncate(text.trim_end().len() + 1),
        _ => {
            let _ = writeln!(text, "{}", count_line(faults));
        }
    }
    text
}

/// `3 errors, 1 warning in scenario.toml`.
fn count_line(faults: &[Fault]) -> String {
    let errors = faults.iter().filter(|fault| fault.is_error()).count();
    let counted = [(errors, "error"), (faults.len() - errors, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        .collect::<Vec<_>>()
        .join(", ");
    match faults.iter().find_map(|fault| fault.source.as_ref()) {
        Some(source) => format!("{counted} in {}", inert(&source.path)),
        None => counted,
    }
}

/// One fault as text. The renderer counts columns in the excerpt, which may be cut; the column of the file is put in its place.
fn rendered(renderer: &Renderer, fault: &Fault) -> String {
    let text = renderer.render(&[group(fault)]);
    let Some(source) = &fault.source else {
        // Without an excerpt, the bar that would lead from it to the notes leads from nowhere.
        let lines: Vec<&str> = text.lines().collect();
        return match lines.as_slice() {
            [title, _bar, notes @ ..] => [&[*title], notes].concat().join("\n"),
            _ => text,
        };
    };
    let (line, column) = source.position(fault.span.start);
    let place = format!("{}:{line}:", inert(&source.path));
    let after_title = text.find('\n').unwrap_or(text.len());
    let Some(at) = text.get(after_title..).and_then(|rest| rest.find(&place)) else {
        return text;
    };
    let (head, tail) = text.split_at(after_title + at + place.len());
    format!("{head}{column}{}", tail.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// One fault as the renderer wants it.
fn group(fault: &Fault) -> Group<'static> {
    let level = match fault.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(shorten(&fault.message)).id(fault.code));
    if let Some(source) = &fault.source {
        group = group.element(excerpt(source, fault).path(inert(&source.path)));
    }
    if let Some(allowed) = &fault.allowed {
        group = group.element(Level::NOTE.message(format!("allowed: {}", shorten(allowed))));
    }
    if let Some(hint) = &fault.hint {
        group = group.element(Level::HELP.message(shorten(hint)));
    }
    group
}

/// The lines of the fault and of its related places, made harmless and short, with their marks.
fn excerpt(source: &Source, fault: &Fault) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let mut marks: BTreeMap<usize, Vec<(Range<usize>, AnnotationKind, String)>> = BTreeMap::new();
    let places = std::iter::once((&fault.span, AnnotationKind::Primary, &fault.label)).chain(
        fault
            .related
            .iter()
            .take(RELATED_SHOWN)
            .map(|(span, label)| (span, AnnotationKind::Context, label)),
    );
    for (span, kind, label) in places {
        let (line, _) = source.position(span.start);
        marks.entry(line).or_default().push((span.clone(), kind, shorten(label)));
    }
    let first = marks.keys().next().copied().unwrap_or(1);
    let last = marks.keys().next_back().copied().unwrap_or(1);
    let mut text = String::new();
    let mut annotations = Vec::new();
    let mut start = 0;
    for (index, line) in source.text.split('\n').enumerate() {
        let number = index + 1;
        if number > last {
            break;
        }
        if number >= first {
            let of_line = marks.get(&number).map(Vec::as_slice).unwrap_or_default();
            // Lines between two places are folded away by the renderer unless there is only one of them.
            let near = !of_line.is_empty() || (marks.contains_key(&(number - 1)) && marks.contains_key(&(number + 1)));
            if near {
                let local: Vec<Range<usize>> = of_line
                    .iter()
                    .map(|(span, _, _)| span.start.saturating_sub(start)..span.end.saturating_sub(start))
                    .collect();
                let (shown, spans) = cut(line.trim_end_matches('\r'), &local);
                for ((_, kind, label), span) in of_line.iter().zip(spans) {
                    let span = text.len() + span.start..text.len() + span.end;
                    annotations.push(kind.span(span).label((!label.is_empty()).then(|| label.clone())));
                }
                text.push_str(&shown);
            }
            text.push('\n');
        }
        start += line.len() + 1;
    }
    Snippet::source(text).line_start(first).annotations(annotations)
}

/// A line made inert, cut around the first place where it is long, and the places (bytes) in the text that results.
fn cut(line: &str, places: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let index_of = |byte: usize| chars.partition_point(|(at, _)| *at < byte);
    let focus = places.iter().map(|place| index_of(place.start)).min().unwrap_or(0);
    let (from, to) = if chars.len() <= LINE_SHOWN {
        (0, chars.len())
    } else {
        let from = focus.saturating_sub(LEAD_SHOWN).min(chars.len() - LINE_SHOWN);
        (from, from + LINE_SHOWN)
    };
    let mut text = String::new();
    if from > 0 {
        text.push('…');
    }
    // Where each shown character begins in the new text, and where the last one ends.
    let mut begins = Vec::with_capacity(to - from + 1);
    for (_, c) in chars.iter().take(to).skip(from) {
        begins.push(text.len());
        match c {
            // An indented line keeps its shape.
            '\t' => text.push_str("    "),
            c => inert::push(&mut text, *c),
        }
    }
    begins.push(text.len());
    if to < chars.len() {
        text.push('…');
    }
    let moved = |index: usize| begins.get(index.clamp(from, to) - from).copied().unwrap_or(text.len());
    let spans = places
        .iter()
        .map(|place| {
            let start = moved(index_of(place.start));
            start..moved(index_of(place.end)).max(start)
        })
        .collect();
    (text, spans)
}

/// Inert, and no longer than a message should be.
fn shorten(text: &str) -> String {
    let text = inert(text);
    match text.char_indices().nth(MESSAGE_SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source {
            path: "scenario.toml".into(),
            text: text.into(),
        })
    }

    #[test]
    fn a_fault_shows_its_place_what_is_allowed_and_a_hint() {
        let source = source("[team.core]\nengineer = 5\n");
        let fault = Fault::error("unknown-key", "`team.core` has no key `engineer`")
            .of(&source)
            .at(&(12..20))
            .label("not a key of a team")
            .allowed("engineers, focus")
            .hint("did you mean `engineers`?");
        let text = render(&[fault], false);
        assert_eq!(
            text,
            "error[unknown-key]: `team.core` has no key `engineer`\n \
             --> scenario.toml:2:1\n  \
               |\n\
             2 | engineer = 5\n  \
               | ^^^^^^^^ not a key of a team\n  \
               |\n  \
               = note: allowed: engineers, focus\n  \
               = help: did you mean `engineers`?\n\n\
             1 error in scenario.toml\n"
        );
    }

    #[test]
    fn related_places_stand_in_one_excerpt_and_far_lines_are_folded() {
        let text: String = (1..=40).map(|line| format!("line {line}\n")).collect();
        let source = source(&text);
        let third = text.find("line 3\n").unwrap_or(0);
        let last = text.find("line 40\n").unwrap_or(0);
        let fault = Fault::error("cycle", "a → b → a")
            .of(&source)
            .at(&(third..third + 4))
            .related(&(last..last + 4), "b follows a");
        let shown = render(&[fault], false);
        assert!(shown.contains("scenario.toml:3:1"), "{shown}");
        assert!(shown.contains("40 | line 40"), "{shown}");
        assert!(!shown.contains("line 20"), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place_and_keeps_its_true_column() {
        let text = format!("{}HERE{}", "a".repeat(10_000), "b".repeat(10_000));
        let fault = Fault::error("code", "message").of(&source(&text)).at(&(10_000..10_004));
        let shown = render(&[fault], false);
        assert!(shown.contains("scenario.toml:1:10001"), "{shown}");
        assert!(shown.contains("HERE") && shown.len() < 1_000, "{shown}");
    }

    #[test]
    fn nothing_reaches_the_terminal_alive() {
        let text = "title = \"\u{1b}[31m\u{202e}evil\"\r\n";
        let fault = Fault::error("code", "\u{1b}]0;x\u{7}")
            .of(&source(text))
            .at(&(8..12))
            .hint("\u{9b}2J");
        let shown = render(&[fault], false);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{9b}', '\r']), "{shown}");
        assert!(shown.contains("\\u{1b}[31m"), "{shown}");
    }

    #[test]
    fn many_faults_are_counted_and_errors_come_first() {
        let source = source("x\n");
        let mut faults = vec![Fault::warning("w", "warning").of(&source); 60];
        faults.push(Fault::error("e", "the only error").of(&source));
        let shown = render(&faults, false);
        assert!(shown.starts_with("error[e]: the only error"), "{shown}");
        assert!(shown.contains("and 11 more\n\n1 error, 60 warnings in scenario.toml\n"), "{shown}");
        assert_eq!(render(&[], false), "");
    }

    #[test]
    fn places_outside_the_text_do_not_panic() {
        let source = source("é\n");
        for span in [0..1, 1..1, 1..400, 300..400, 3..3] {
            let shown = render(&[Fault::error("code", "message").of(&source).at(&span)], false);
            assert!(shown.contains("message"));
        }
        assert!(render(&[Fault::error("missing", "no such file")], true).contains("no such file"));
    }
}
