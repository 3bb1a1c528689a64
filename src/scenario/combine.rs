//! Several options at once: which of them contradict each other, and what the others make together.

use std::collections::HashMap;

use crate::scenario::overlay::{APPENDED, ESTIMATES, SECTIONS, apply};
use crate::scenario::reader::Faults;
use crate::scenario::says::Scenario;
use crate::scenario::sections;
use crate::scenario::tree::{Node, Table, Value};

/// The scenario with several options taken, laid over the file one after the other in its order, each after what it stands upon.
/// `None` where the scenario has no such option, or an option of it could not be made.
#[must_use]
pub fn combined(scenario: &Scenario, options: &[usize]) -> Option<Scenario> {
    let mut merged = scenario.root.as_deref()?.clone();
    let mut laid = Vec::new();
    for option in options {
        for &part in &scenario.options.get(*option)?.stack {
            if !laid.contains(&part) {
                laid.push(part);
                let choice = scenario.options.get(part)?;
                // The options' own faults were reported when each was read by itself.
                apply(&mut merged, &choice.overlay, &choice.id.value, &mut Faults::new(&scenario.source));
            }
        }
    }
    Some(sections::read(&scenario.source, &merged, true, Vec::new()))
}

/// What an option does to a place of the file.
enum Write<'t> {
    Sets(&'t Node),
    Adds,
    Drops,
}

/// Everything that an option writes, by its path.
pub struct Writes<'t>(HashMap<String, Write<'t>>);

impl<'t> Writes<'t> {
    /// Everything that the option says of the sections of a scenario.
    #[must_use]
    pub fn of(option: &'t Table) -> Self {
        let mut found = Self(HashMap::new());
        for entry in option.entries.iter().filter(|entry| SECTIONS.contains(&entry.key.as_str())) {
            found.note(&entry.key, &entry.key, &entry.node);
        }
        found
    }

    fn note(&mut self, path: &str, key: &str, node: &'t Node) {
        match &node.value {
            _ if APPENDED.contains(&key) => {
                self.0.insert(
                    path.to_owned(),
                    if matches!(node.value, Value::Array(_) | Value::Table(_)) {
                        Write::Adds
                    } else {
                        Write::Sets(node)
                    },
                );
            }
            Value::Table(table) if !ESTIMATES.contains(&key) => {
                for entry in &table.entries {
                    if entry.key == "drop" {
                        if matches!(entry.node.value, Value::Bool(true)) {
                            self.0.insert(path.to_owned(), Write::Drops);
                        }
                    } else {
                        self.note(&format!("{path}.{}", entry.key), &entry.key, &entry.node);
                    }
                }
            }
            _ => {
                self.0.insert(path.to_owned(), Write::Sets(node));
            }
        }
    }

    /// A place that both change, each in its own way, or that one drops and the other changes; the first by name. Hires and promises add
    /// up: of two promises to the same people, that of the option which comes last in the file holds.
    #[must_use]
    pub fn contradiction(&self, other: &Self) -> Option<String> {
        let clashes = self.0.iter().filter(|(path, own)| match (own, other.0.get(*path)) {
            (Write::Sets(own), Some(Write::Sets(other))) => !is_same(own, other),
            (Write::Adds, Some(Write::Sets(_))) | (Write::Sets(_), Some(Write::Adds)) => true,
            (Write::Sets(_) | Write::Adds, _) => other.drops_above(path),
            (Write::Drops, _) => false,
        });
        let theirs = other
            .0
            .iter()
            .filter(|(path, write)| matches!(write, Write::Sets(_) | Write::Adds) && self.drops_above(path));
        clashes.chain(theirs).map(|(path, _)| path.clone()).min()
    }

    /// Whether something that holds the path is dropped.
    fn drops_above(&self, path: &str) -> bool {
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter()
            .any(|end| path.get(..end).is_some_and(|above| matches!(self.0.get(above), Some(Write::Drops))))
    }
}

/// Whether two values say the same, wherever they stand.
fn is_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Value::Table(a), Value::Table(b)) => {
            a.entries.len() == b.entries.len()
                && a.entries
                    .iter()
                    .all(|entry| b.get(&entry.key).is_some_and(|other| is_same(&entry.node, &other.node)))
        }
        _ => false,
    }
}
