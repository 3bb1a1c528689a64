//! Takes a table apart key by key: types, bounds, help for the usual slips, and at the end the keys that nobody asked for.

use std::fmt;
use std::sync::Arc;

use crate::calendar::Date;
use crate::diagnostic::{Fault, Source};
use crate::scenario::meant;
use crate::scenario::tree::{At, Entry, Node, Span, Table, Value};
use crate::units::{DAYS_PER_CALENDAR_MONTH, Measure, QuantityError, parse_quantity};

/// Faults that are kept; a file with more of them is not a scenario.
pub const MOST_FAULTS: usize = 1_000;
/// Faults after which no more guesses are made at what was meant; each costs a look at every name.
const MOST_GUESSES: usize = 100;
/// Characters that the name of a team, task, risk … may have.
pub const MOST_ID_CHARACTERS: usize = 80;

/// The faults of one text.
#[derive(Debug)]
pub struct Faults {
    /// The text.
    pub source: Arc<Source>,
    /// In the order found.
    pub list: Vec<Fault>,
}

impl Faults {
    /// None yet.
    #[must_use]
    pub fn new(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            list: Vec::new(),
        }
    }

    /// Adds one, unless there are [`MOST_FAULTS`] already. Errors have as much room again, so that no number of warnings can
    /// hide one: a plan is only built where there is none.
    pub fn add(&mut self, fault: Fault) {
        let room = if fault.is_error() { 2 * MOST_FAULTS } else { MOST_FAULTS };
        if self.list.len() < room {
            self.list.push(fault.of(&self.source));
        }
    }

    /// Whether there are still few enough faults to guess what each was meant to be.
    #[must_use]
    pub fn are_few(&self) -> bool {
        self.list.len() < MOST_GUESSES
    }

    /// The text at a place, as written.
    #[must_use]
    pub fn written(&self, span: &Span) -> &str {
        self.source.text.get(span.clone()).unwrap_or_default()
    }
}

/// A bound of whole numbers.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    /// The smallest.
    pub min: i64,
    /// The largest.
    pub max: i64,
    /// One that would do.
    pub example: i64,
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}, such as {}", self.min, self.max, self.example)
    }
}

/// A bound of numbers.
#[derive(Debug, Clone, Copy)]
pub struct Real {
    /// The smallest, or the number that must be exceeded.
    pub min: f64,
    /// Whether `min` itself will do.
    pub reaches_min: bool,
    /// The largest.
    pub max: f64,
    /// One that would do.
    pub example: f64,
}

impl Real {
    fn holds(&self, value: f64) -> bool {
        value <= self.max && (value > self.min || (self.reaches_min && value >= self.min))
    }
}

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.reaches_min, self.max.is_finite()) {
            (true, true) => write!(f, "a number from {} to {}", self.min, self.max),
            (false, true) => write!(f, "a number above {} and at most {}", self.min, self.max),
            (true, false) => write!(f, "a number of at least {}", self.min),
            (false, false) => write!(f, "a number above {}", self.min),
        }?;
        write!(f, ", such as {}", self.example)
    }
}

/// A share or a probability.
pub const SHARE: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 1.0,
    example: 0.35,
};
/// Any number that is not below zero.
pub const NOT_NEGATIVE: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: f64::INFINITY,
    example: 0.2,
};
/// Money. More than that is a typing error, and sums stay finite.
pub const MONEY: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 1e15,
    example: 4_000.0,
};

/// A table that is being read.
pub struct Reader<'t> {
    /// Where it stands: `team.core`.
    pub path: String,
    /// What it is, with its article: `a team`.
    what: &'static str,
    /// Its header or braces.
    pub span: Span,
    table: &'t Table,
    allowed: Vec<&'static str>,
    forgiving: bool,
}

impl<'t> Reader<'t> {
    /// Reads the table `node`; a fault where it is none.
    pub fn new(path: String, what: &'static str, node: &'t Node, faults: &mut Faults) -> Option<Self> {
        match &node.value {
            Value::Table(table) => Some(Self::of(path, what, node.span.clone(), table)),
            Value::Array(_) => {
                faults.add(
                    Fault::error("wrong-type", format!("`{path}` is a list, but {what} is one table"))
                        .at(&node.span)
                        .hint(format!("write `[{path}]` with single brackets, once")),
                );
                None
            }
            _ => {
                wrong_type(&path, node, "a table of keys and values", faults);
                None
            }
        }
    }

    /// Reads a table that is known to be one.
    #[must_use]
    pub const fn of(path: String, what: &'static str, span: Span, table: &'t Table) -> Self {
        Self {
            path,
            what,
            span,
            table,
            allowed: Vec::new(),
            forgiving: false,
        }
    }

    /// Says nothing about keys that are missing: a fault of the syntax may have hidden them.
    #[must_use]
    pub const fn forgiving(mut self, forgiving: bool) -> Self {
        self.forgiving = forgiving;
        self
    }

    /// The full name of a key.
    #[must_use]
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Whether the table has the key; allows it.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// Whether the table has the key, without allowing it.
    #[must_use]
    pub fn peek(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Whether the table has the key with a value that was reported as a fault of the syntax.
    #[must_use]
    pub fn is_faulty(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|entry| has_fault(&entry.node))
    }

    /// Allows keys without reading them.
    pub fn allow(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.entry(key);
        }
    }

    /// Whether it may be said that something is missing.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        !self.forgiving
    }

    /// The entry of an optional key.
    pub fn entry(&mut self, key: &'static str) -> Option<&'t Entry> {
        if !self.allowed.contains(&key) {
            self.allowed.push(key);
        }
        self.table.get(key)
    }

    /// The value of an optional key.
    pub fn node(&mut self, key: &'static str) -> Option<&'t Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value of a key that must be there; `example` is a line that would do.
    pub fn required(&mut self, key: &'static str, example: &str, faults: &mut Faults) -> Option<&'t Node> {
        let node = self.node(key);
        if node.is_none() && !self.forgiving {
            let named = if self.path.is_empty() {
                self.what.to_owned()
            } else {
                format!("`{}`", self.path)
            };
            faults.add(
                Fault::error("missing-key", format!("{named} does not say `{key}`"))
                    .at(&self.span)
                    .label(format!("{} needs `{key}`", self.what))
                    .hint(format!("add `{example}`")),
            );
        }
        node
    }

    /// Text.
    pub fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<At<String>> {
        let node = self.node(key)?;
        text(&self.name(key), node, faults)
    }

    /// True or false; false where the key is missing.
    pub fn flag(&mut self, key: &'static str, faults: &mut Faults) -> Option<At<bool>> {
        let node = self.node(key)?;
        match &node.value {
            Value::Bool(value) => Some(At::new(*value, node.span.clone())),
            _ => {
                wrong_type(&self.name(key), node, "true or false, without quotes", faults);
                None
            }
        }
    }

    /// A date.
    pub fn date(&mut self, key: &'static str, faults: &mut Faults) -> Option<At<Date>> {
        let node = self.node(key)?;
        date(&self.name(key), node, faults)
    }

    /// A number within a bound.
    pub fn real(&mut self, key: &'static str, bound: &Real, faults: &mut Faults) -> Option<At<f64>> {
        let node = self.node(key)?;
        real(&self.name(key), node, bound, faults)
    }

    /// A whole number within a bound.
    pub fn whole(&mut self, key: &'static str, bound: &Whole, faults: &mut Faults) -> Option<At<i64>> {
        let node = self.node(key)?;
        whole(&self.name(key), node, bound, faults)
    }

    /// A quantity with its unit.
    pub fn quantity(&mut self, key: &'static str, measure: Measure, faults: &mut Faults) -> Option<At<f64>> {
        let node = self.node(key)?;
        quantity(&self.name(key), node, measure, faults)
    }

    /// Each table of a list of tables (or the one table).
    pub fn tables(&mut self, key: &'static str, what: &'static str, faults: &mut Faults) -> Vec<Self> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = self.name(key);
        match &node.value {
            Value::Array(items) => items
                .iter()
                .filter_map(|item| Reader::new(path.clone(), what, item, faults))
                .collect(),
            _ => Reader::new(path, what, node, faults).into_iter().collect(),
        }
    }

    /// The named tables of a section: `[team.core]`, `[team.web]`.
    pub fn named(&mut self, key: &'static str, what: &'static str, example: &str, faults: &mut Faults) -> Vec<(At<String>, Self)> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let path = self.name(key);
        let table = match &entry.node.value {
            Value::Table(table) => table,
            Value::Faulty => return Vec::new(),
            other => {
                faults.add(
                    Fault::error(
                        "wrong-type",
                        format!("`{path}` is {}, but here {what} is a table with a name", other.kind()),
                    )
                    .at(&entry.key_span)
                    .hint(format!("write `[{path}.{example}]`, with single brackets")),
                );
                return Vec::new();
            }
        };
        let mut named = Vec::new();
        for entry in &table.entries {
            let full = format!("{path}.{}", entry.key);
            match &entry.node.value {
                Value::Table(inner) => {
                    check_id(&entry.key, &entry.key_span, what, faults);
                    let reader = Reader::of(full, what, entry.key_span.clone(), inner).forgiving(self.forgiving);
                    named.push((At::new(entry.key.clone(), entry.key_span.clone()), reader));
                }
                Value::Faulty => {}
                other => faults.add(
                    Fault::error(
                        "wrong-type",
                        format!("`{full}` is {}, but {what} is a table with a name", other.kind()),
                    )
                    .at(&entry.key_span)
                    .label(format!("read as the name of {what}"))
                    .hint(format!(
                        "give it a name in the header: `[{path}.{example}]`, or `{example} = {{ … }}`"
                    )),
                ),
            }
        }
        named
    }

    /// Reports every key that was never asked for.
    pub fn finish(self, faults: &mut Faults) {
        self.finish_with(faults, |_| None);
    }

    /// As [`Reader::finish`]; `advice` may know what a stray key is meant for.
    pub fn finish_with(self, faults: &mut Faults, advice: impl Fn(&str) -> Option<String>) {
        for entry in &self.table.entries {
            if self.allowed.contains(&entry.key.as_str()) {
                continue;
            }
            let here = if self.path.is_empty() {
                self.what.to_owned()
            } else {
                format!("`{}`", self.path)
            };
            let near = if faults.are_few() {
                suggest(&entry.key, self.allowed.iter().copied())
            } else {
                None
            };
            let hint = advice(&entry.key).or_else(|| near.map(|near| format!("did you mean `{near}`?")));
            faults.add(
                Fault::error("unknown-key", format!("{here} has no key `{}`", entry.key))
                    .at(&entry.key_span)
                    .label(format!("not a key of {}", self.what))
                    .allowed(self.allowed.join(", "))
                    .maybe_hint(hint),
            );
        }
    }
}

/// Whether something in a value means nothing, and was reported.
fn has_fault(node: &Node) -> bool {
    match &node.value {
        Value::Faulty => true,
        Value::Array(items) => items.iter().any(has_fault),
        Value::Table(table) => table.entries.iter().any(|entry| has_fault(&entry.node)),
        _ => false,
    }
}

/// Reports a value of the wrong type.
pub fn wrong_type(name: &str, node: &Node, needed: &str, faults: &mut Faults) {
    if matches!(node.value, Value::Faulty) {
        return;
    }
    let hint = match &node.value {
        Value::String(text) if text.parse::<f64>().is_ok() => Some(format!("leave the quotes out: {text}")),
        Value::String(text) if text == "true" || text == "false" => Some(format!("leave the quotes out: {text}")),
        _ => None,
    };
    faults.add(
        Fault::error("wrong-type", format!("`{name}` is {}", node.value.kind()))
            .at(&node.span)
            .allowed(needed)
            .maybe_hint(hint),
    );
}

/// Text that is not empty.
pub fn text(name: &str, node: &Node, faults: &mut Faults) -> Option<At<String>> {
    match &node.value {
        Value::String(text) if text.trim().is_empty() => {
            faults.add(
                Fault::error("empty-text", format!("`{name}` is empty"))
                    .at(&node.span)
                    .hint("write something, or leave the key out"),
            );
            None
        }
        Value::String(text) => Some(At::new(text.clone(), node.span.clone())),
        Value::Integer(_) | Value::Float(_) | Value::Date(_) => {
            let written = faults.written(&node.span).to_owned();
            faults.add(
                Fault::error("wrong-type", format!("`{name}` is {}", node.value.kind()))
                    .at(&node.span)
                    .allowed("a text in quotes")
                    .hint(format!("put it in quotes: \"{written}\"")),
            );
            None
        }
        _ => {
            wrong_type(name, node, "a text in quotes", faults);
            None
        }
    }
}

/// A date, with or without quotes.
pub fn date(name: &str, node: &Node, faults: &mut Faults) -> Option<At<Date>> {
    let fault = match &node.value {
        Value::Date(date) => return Some(At::new(*date, node.span.clone())),
        Value::String(text) => match Date::parse(text) {
            Some(date) => return Some(At::new(date, node.span.clone())),
            None => Fault::error("bad-date", format!("`{name}` is \"{text}\", which is no date")).maybe_hint(meant::date_hint(text)),
        },
        Value::Time(date) => Fault::error("bad-date", format!("`{name}` has a time of day; plans are made in days"))
            .maybe_hint(date.map(|date| format!("leave the time out: {date}"))),
        Value::Faulty => return None,
        other => Fault::error("wrong-type", format!("`{name}` is {}, but a date is needed", other.kind())),
    };
    faults.add(fault.at(&node.span).allowed(Date::ALLOWED));
    None
}

/// A number within a bound.
pub fn real(name: &str, node: &Node, bound: &Real, faults: &mut Faults) -> Option<At<f64>> {
    let value = match node.value {
        Value::Integer(value) => value as f64,
        Value::Float(value) => value,
        _ => {
            no_number(name, node, bound, |value| bound.holds(value), faults);
            return None;
        }
    };
    if bound.holds(value) {
        return Some(At::new(value, node.span.clone()));
    }
    // The commonest slip with a share is to write it in percent.
    let percent = (bound.max == 1.0 && value > 1.0 && value <= 100.0).then(|| format!("for {value} % write {}", value / 100.0));
    out_of_range(name, node, &bound.to_string(), percent, faults);
    None
}

/// A whole number within a bound.
pub fn whole(name: &str, node: &Node, bound: &Whole, faults: &mut Faults) -> Option<At<i64>> {
    let hint = match node.value {
        Value::Integer(value) if (bound.min..=bound.max).contains(&value) => return Some(At::new(value, node.span.clone())),
        Value::Integer(_) => None,
        Value::Float(value) => {
            faults.add(
                Fault::error(
                    "wrong-type",
                    format!("`{name}` is {}, but a whole number is needed", faults.written(&node.span)),
                )
                .at(&node.span)
                .allowed(bound.to_string())
                .maybe_hint((value.fract() == 0.0).then(|| format!("write {value:.0}"))),
            );
            return None;
        }
        _ => {
            let holds = |value: f64| value.fract() == 0.0 && value >= bound.min as f64 && value <= bound.max as f64;
            no_number(name, node, bound, holds, faults);
            return None;
        }
    };
    out_of_range(name, node, &bound.to_string(), hint, faults);
    None
}

/// Reports a value that is no number, with the number that it was meant to be where that one would do.
fn no_number(name: &str, node: &Node, bound: &dyn fmt::Display, holds: impl Fn(f64) -> bool, faults: &mut Faults) {
    let number = match &node.value {
        Value::String(text) if text.parse::<f64>().is_err() => meant::number(text).filter(|value| holds(*value)),
        _ => None,
    };
    let Some(number) = number else {
        wrong_type(name, node, &bound.to_string(), faults);
        return;
    };
    faults.add(
        Fault::error("wrong-type", format!("`{name}` is {}, but a number is needed", node.value.kind()))
            .at(&node.span)
            .allowed(bound.to_string())
            .hint(format!("write {number}, without quotes")),
    );
}

fn out_of_range(name: &str, node: &Node, allowed: &str, hint: Option<String>, faults: &mut Faults) {
    let written = faults.written(&node.span).to_owned();
    faults.add(
        Fault::error("out-of-range", format!("`{name}` is {written}"))
            .at(&node.span)
            .label("outside what is allowed")
            .allowed(allowed)
            .maybe_hint(hint),
    );
}

/// A quantity with its unit, such as `"3d"`.
pub fn quantity(name: &str, node: &Node, measure: Measure, faults: &mut Faults) -> Option<At<f64>> {
    let (short, long) = if measure == Measure::Clock {
        ("min", "minutes")
    } else {
        ("d", "days")
    };
    let fault = match &node.value {
        Value::String(text) => match parse_quantity(text, measure) {
            Ok(value) => return Some(At::new(value, node.span.clone())),
            Err(error) => {
                let number: String = text
                    .trim()
                    .chars()
                    .take_while(|c| c.is_ascii_digit() || *c == '.' || *c == '-')
                    .collect();
                let hint = match &error {
                    QuantityError::NoUnit => Some(format!("add a unit: \"{number}{short}\" for {long}")),
                    QuantityError::UnknownUnit(_, Some(meant)) => Some(format!("write \"{number}{meant}\"")),
                    QuantityError::UnknownUnit(unit, None) if unit.starts_with(',') => Some("use a point, not a comma".into()),
                    QuantityError::UnknownUnit(unit, None) if unit.to_lowercase().starts_with('y') => {
                        Some("write a year as \"12mo\"".into())
                    }
                    QuantityError::UnknownUnit(unit, None) if unit.starts_with('q') => Some("write a quarter as \"3mo\"".into()),
                    QuantityError::UnknownUnit(unit, None) if measure == Measure::Clock && unit.to_lowercase().starts_with("mo") => {
                        let months = number.parse::<f64>().unwrap_or(1.0);
                        let days = (months * DAYS_PER_CALENDAR_MONTH).round();
                        Some(format!(
                            "time on the clock has no months, which differ in length: write \"{days}d\""
                        ))
                    }
                    QuantityError::Negative => Some("only a lag may be negative".into()),
                    _ => None,
                };
                Fault::error("bad-quantity", format!("`{name}` is \"{text}\", which {error}")).maybe_hint(hint)
            }
        },
        Value::Integer(_) | Value::Float(_) => {
            let written = faults.written(&node.span).to_owned();
            Fault::error("bad-quantity", format!("`{name}` is {written}, which has no unit"))
                .hint(format!("write \"{written}{short}\" for {written} {long}, in quotes"))
        }
        Value::Faulty => return None,
        other => Fault::error("wrong-type", format!("`{name}` is {}, but a quantity is needed", other.kind())),
    };
    faults.add(fault.at(&node.span).allowed(measure.allowed()));
    None
}

/// One text or a list of them.
pub fn texts(name: &str, node: &Node, faults: &mut Faults) -> Vec<At<String>> {
    items(node)
        .iter()
        .filter_map(|item| match &item.value {
            Value::String(_) => text(name, item, faults),
            _ => {
                wrong_type(name, item, "a name in quotes, or a list of names", faults);
                None
            }
        })
        .collect()
}

/// The elements of a list; a value that is none counts as a list of one.
#[must_use]
pub fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// Checks the name of a team, task, risk … .
pub fn check_id(id: &str, span: &Span, what: &str, faults: &mut Faults) {
    let why = if id.is_empty() {
        "is empty"
    } else if id.contains('.') {
        "has a dot in it"
    } else if id.chars().any(char::is_control) {
        "has a control character in it"
    } else if id.trim() != id {
        "begins or ends with a space"
    } else if id.chars().count() > MOST_ID_CHARACTERS {
        "is too long"
    } else {
        return;
    };
    faults.add(
        Fault::error("bad-name", format!("the name \"{id}\" of {what} {why}"))
            .at(span)
            .allowed(format!(
                "1 to {MOST_ID_CHARACTERS} characters without dots or control characters, such as data-model"
            ))
            .maybe_hint(
                id.contains('.')
                    .then(|| format!("write {}; a dot joins an initiative and its task", id.replace('.', "-"))),
            ),
    );
}

/// What people call things elsewhere, and what they are called here.
const ELSEWHERE_CALLED: &[(&str, &str)] = &[
    ("begin", "start"),
    ("best", "low"),
    ("beta-pert", "pert"),
    ("chance", "probability"),
    ("depends", "after"),
    ("deadline", "commitment"),
    ("depends-on", "after"),
    ("dependencies", "after"),
    ("due", "commitment"),
    ("due-date", "commitment"),
    ("describe", "title"),
    ("description", "title"),
    ("earliest", "not_before"),
    ("factor", "multiply"),
    ("gaussian", "normal"),
    ("headcount", "engineers"),
    ("impact", "multiply"),
    ("iterations", "trials"),
    ("label", "title"),
    ("likelihood", "probability"),
    ("max", "high"),
    ("min", "low"),
    ("mode", "likely"),
    ("most-likely", "likely"),
    ("name", "title"),
    ("optimistic", "low"),
    ("people", "engineers"),
    ("pessimistic", "high"),
    ("predecessor", "after"),
    ("predecessors", "after"),
    ("promised", "commitment"),
    ("requires", "after"),
    ("runs", "trials"),
    ("simulations", "trials"),
    ("size", "engineers"),
    ("start-date", "start"),
    ("starts", "not_before"),
    ("std", "sd"),
    ("stddev", "sd"),
    ("tasks", "task"),
    ("title", "name"),
    ("triangle", "triangular"),
    ("type", "kind"),
    ("worst", "high"),
    ("work", "effort"),
];

/// The nearest of the known names, if any is near enough to be meant.
#[must_use]
pub fn suggest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let normal = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let meant = normal(&written.chars().take(MOST_ID_CHARACTERS).collect::<String>());
    let alias = ELSEWHERE_CALLED.iter().find(|(theirs, _)| *theirs == meant).map(|(_, ours)| *ours);
    let length = meant.chars().count();
    let most = if length < 3 { 0 } else { length / 3 };
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        if Some(name) == alias {
            return Some(name);
        }
        let there = normal(name);
        if there.chars().count().abs_diff(length) > most {
            continue;
        }
        let distance = strsim::osa_distance(&meant, &there);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}
