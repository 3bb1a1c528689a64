//! Text → a tree that owns its values and knows where each stands. The only file that imports the TOML parser.
//!
//! The parser recovers from faults, so all of them are reported. Keys keep the order of the file, which is the order that the
//! forecast breaks ties with.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeArray, DeTable, DeValue};

use crate::calendar::Date;
use crate::diagnostic::{Fault, Source};
use crate::scenario::meant;
use crate::scenario::syntax::{self, Headers, Slip};

/// The largest file that is read.
pub const MOST_BYTES: usize = 4 << 20;
/// The deepest nesting of tables and lists. The format needs nine.
pub const MOST_NESTING: usize = 32;

/// Faults of the syntax that are kept.
const MOST_FAULTS: usize = 1_000;

/// A place in the text, in bytes.
pub type Span = Range<usize>;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> At<T> {
    /// `value` as it stands at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At::new(f(self.value), self.span)
    }
}

/// A value of the tree and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value's own place; of a table with a header, the header.
    pub span: Span,
    /// What stands there.
    pub value: Value,
}

/// What a file can say.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A date.
    Date(Date),
    /// A time, with a date or alone.
    Time(Option<Date>),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
    /// Something that was already reported as a fault and means nothing.
    Faulty,
}

impl Value {
    /// What it is, with its article, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
            Self::Faulty => "a fault",
        }
    }
}

/// Keys and their values, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Bytes before the first mention of the key or of anything in it.
    pub order: usize,
    /// The key, without quotes.
    pub key: String,
    /// Where the key stands; of several headers, the one that names it first.
    pub key_span: Span,
    /// What it holds.
    pub node: Node,
}

impl Table {
    /// The entry of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The table of that key, where it holds one.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<&Self> {
        match &self.get(key)?.node.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The entry of that key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// Takes the entry of that key out.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index))
    }
}

/// Reads bytes as text.
///
/// # Errors
/// Where the file is too large or not UTF-8.
pub fn decode(path: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Box<Fault>> {
    let length = bytes.len();
    let of = |text: String| {
        Arc::new(Source {
            path: path.to_owned(),
            text,
        })
    };
    if length > MOST_BYTES {
        return Err(Box::new(
            Fault::error("file-too-large", format!("the file has {length} bytes, which is more than is read"))
                .of(&of(String::new()))
                .allowed(format!("at most {} MiB", MOST_BYTES >> 20)),
        ));
    }
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if let Some(zero) = bytes.iter().position(|byte| *byte == 0).filter(|_| !wide) {
        // Text of two bytes a letter without its mark, or no text at all: every line of it would be a fault.
        let source = of(String::from_utf8_lossy(&bytes).into_owned());
        let fault = Fault::error("not-utf-8", "the file holds a zero byte, which no text has").of(&source);
        let fault = match std::str::from_utf8(&bytes) {
            Ok(_) => fault.at(&(zero..zero + 1)).label("the first one"),
            Err(_) => fault,
        };
        return Err(Box::new(fault.allowed("text in UTF-8").hint(
            "is this the right file? if an editor saved it as UTF-16 or \"Unicode\", save it as UTF-8",
        )));
    }
    String::from_utf8(bytes).map(of).map_err(|error| {
        if wide {
            let fault = Fault::error("not-utf-8", "the file is UTF-16, text of two bytes a letter").of(&of(String::new()));
            return Box::new(
                fault
                    .allowed("text in UTF-8")
                    .hint("save the file as UTF-8; editors call this its encoding"),
            );
        }
        let valid = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
        let source = of(String::from_utf8_lossy(error.as_bytes()).into_owned());
        Box::new(
            Fault::error("not-utf-8", format!("byte 0x{byte:02X} is no part of a UTF-8 text"))
                .of(&source)
                .at(&(valid..valid + 1))
                .label("the first byte that cannot be read")
                .allowed("text in UTF-8")
                .hint("save the file as UTF-8; editors call this its encoding"),
        )
    })
}

/// What was read of a text: its tree, its faults, and whether the tree is complete enough to be judged.
#[derive(Debug)]
pub struct Parsed {
    /// The top of the tree.
    pub root: Table,
    /// Faults of the syntax.
    pub faults: Vec<Fault>,
    /// False where a fault of the syntax may have hidden parts of the text, so that nothing can be said to be missing.
    pub complete: bool,
}

/// Reads a text as TOML.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut builder = Builder {
        source,
        faults: Vec::new(),
        complete: true,
    };
    let end = source.text.len();
    let slips = errors.iter().map(|error| Slip {
        message: error.message().to_owned(),
        span: error.span().unwrap_or(end..end),
    });
    builder.syntax(slips.collect());
    let mut root = builder.table(table.into_inner(), 0);
    // A header is read when the next one begins, so the parser's own faults do not come in order.
    order(&mut root);
    Parsed {
        root,
        faults: builder.faults,
        complete: builder.complete,
    }
}

struct Builder<'s> {
    source: &'s Arc<Source>,
    faults: Vec<Fault>,
    complete: bool,
}

impl Builder<'_> {
    fn text(&self, span: &Span) -> &str {
        self.source.text.get(span.clone()).unwrap_or_default()
    }

    fn add(&mut self, fault: Fault, span: &Span) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault.of(self.source).at(span));
        }
    }

    /// Turns what the parser says into faults, one for each line that it tripped on.
    fn syntax(&mut self, slips: Vec<Slip>) {
        let slips = syntax::without_the_rest_of_an_open_list(slips, &self.source.text);
        let headers = Headers::of(&self.source.text);
        let mut repeated: HashSet<String> = HashSet::new();
        let mut tripped: Vec<Slip> = Vec::new();
        for slip in slips {
            if self.faults.len() >= MOST_FAULTS {
                break;
            }
            let text = self.text(&slip.span).to_owned();
            if slip.message.starts_with("duplicate key") && text.is_empty() {
                // That there is no name is said in its place.
            } else if slip.message.starts_with("duplicate key") {
                let found = headers.repeated(&self.source.text, &slip.span);
                // What stands under a header that is given twice is told with the header.
                let told = match found.path {
                    Some(path) if found.is_header => !repeated.insert(path),
                    Some(path) => repeated.contains(&path),
                    None => false,
                };
                if !told {
                    self.add(found.fault, &slip.span);
                }
            } else if looks_like_a_date(&text) {
                let date = Date::parse(&text).or_else(|| meant::date(&text));
                let label = if date.is_some() { "not written so" } else { "there is no such day" };
                let fault = Fault::error("bad-date", format!("`{text}` is no date"))
                    .label(label)
                    .allowed(Date::ALLOWED)
                    .maybe_hint(date.map(|date| format!("write {date}")));
                self.add(fault, &slip.span);
            } else {
                tripped.push(slip);
            }
        }
        let mut rest = tripped.as_slice();
        let ends: Vec<usize> = self.source.text.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |slip: &Slip| ends.partition_point(|end| *end < slip.span.start);
        while let Some(first) = rest.first().filter(|_| self.faults.len() < MOST_FAULTS) {
            let line = line_of(first);
            let same = rest.iter().take_while(|slip| line_of(slip) == line).count();
            let (of_line, others) = rest.split_at(same.max(1));
            rest = others;
            self.complete = false;
            let mut message = syntax::in_plain_words(&first.message).to_owned();
            if let Some(found) = printable(self.text(&first.span)) {
                let _ = std::fmt::Write::write_fmt(&mut message, format_args!(", found `{found}`"));
            }
            let fault = Fault::error(syntax::CODE, format!("this is not TOML: {message}"));
            let fault = match syntax::hint(self.source, of_line) {
                Some(hint) => fault.hint(hint),
                None => fault.allowed(syntax::ALLOWED),
            };
            // A list that is never closed reaches to the end.
            let last = of_line.iter().map(|slip| slip.span.end).max().unwrap_or_default();
            let end = if last == self.source.text.len() { last } else { first.span.end };
            self.add(fault, &(first.span.start..end));
        }
    }

    fn table(&mut self, table: DeTable<'_>, depth: usize) -> Table {
        let entries = table
            .into_iter()
            .map(|(key, value)| {
                let key_span = key.span();
                let span = value.span();
                // A table without a header or braces of its own stands where its key does.
                let span = if span.is_empty() { key_span.clone() } else { span };
                Entry {
                    order: key_span.start,
                    key: key.into_inner().into_owned(),
                    node: self.node(value.into_inner(), span, depth + 1),
                    key_span,
                }
            })
            .collect();
        Table { entries }
    }

    fn array(&mut self, array: DeArray<'_>, depth: usize) -> Vec<Node> {
        array
            .into_iter()
            .map(|value| {
                let span = value.span();
                self.node(value.into_inner(), span, depth + 1)
            })
            .collect()
    }

    fn node(&mut self, value: DeValue<'_>, span: Span, depth: usize) -> Node {
        if depth > MOST_NESTING {
            let fault = Fault::error(
                "nested-too-deeply",
                "tables and lists are nested more deeply than any scenario needs",
            )
            .allowed(format!("at most {MOST_NESTING} levels"));
            self.add(fault, &span);
            return Node {
                span,
                value: Value::Faulty,
            };
        }
        let value = match value {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => self.bad_number(&span, "is too large for a whole number"),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => self.bad_number(&span, "is not a number that can be computed with"),
            },
            DeValue::Boolean(value) => Value::Bool(value),
            DeValue::Datetime(moment) => {
                let date = moment.date.and_then(|date| {
                    let year = i16::try_from(date.year).ok()?;
                    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
                });
                match (moment.date, moment.time, date) {
                    // The parser has reported it.
                    (None, None, _) => Value::Faulty,
                    (_, Some(_), date) => Value::Time(date),
                    (Some(_), None, Some(date)) => Value::Date(date),
                    (Some(_), None, None) => {
                        let text = self.text(&span).to_owned();
                        let fault = Fault::error("bad-date", format!("`{text}` lies outside the calendar")).allowed(Date::ALLOWED);
                        self.add(fault, &span);
                        Value::Faulty
                    }
                }
            }
            DeValue::Array(array) => Value::Array(self.array(array, depth)),
            DeValue::Table(table) => Value::Table(self.table(table, depth)),
        };
        Node { span, value }
    }

    fn bad_number(&mut self, span: &Span, why: &str) -> Value {
        let text = self.text(span).to_owned();
        let fault = Fault::error("bad-number", format!("`{text}` {why}"))
            .allowed("a number in digits, such as 0.35")
            .hint("leave the key out where there is no number");
        self.add(fault, span);
        Value::Faulty
    }
}

/// Sorts entries by where they, or anything in them, stand first; a key's place becomes that of its first mention.
fn order(table: &mut Table) -> usize {
    for entry in &mut table.entries {
        let first = match &mut entry.node.value {
            Value::Table(inner) => order(inner),
            Value::Array(items) => {
                for item in items {
                    if let Value::Table(inner) = &mut item.value {
                        order(inner);
                    }
                }
                usize::MAX
            }
            _ => usize::MAX,
        };
        entry.order = entry.key_span.start.min(first);
    }
    table.entries.sort_by_key(|entry| entry.order);
    table.entries.first().map_or(usize::MAX, |entry| entry.order)
}

fn looks_like_a_date(text: &str) -> bool {
    let mut parts = text.trim().split('-');
    parts.clone().count() == 3 && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn printable(text: &str) -> Option<&str> {
    let line = text.lines().next()?.trim();
    (!line.is_empty() && line.chars().count() <= 40).then_some(line)
}
