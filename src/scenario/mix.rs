//! One scenario turned into another step by step, a group of inputs at a time: which of them moves a date is seen by playing what
//! lies between.

use std::sync::Arc;

use crate::diagnostic::Source;
use crate::scenario::overlay::SECTIONS;
use crate::scenario::says::Scenario;
use crate::scenario::sections;
use crate::scenario::tree::{Entry, Node, Table, Value, parse};

/// Inputs that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The start and the company's holidays.
    Calendar,
    /// Teams.
    Capacity,
    /// Flows, incidents, findings and the budgets that may freeze releases.
    Incidents,
    /// The register of risks.
    Risks,
    /// Which initiatives and tasks there are, what they wait for, who does them, in which order.
    Scope,
    /// How long tasks that both have take, and how estimates are read.
    Estimates,
    /// Promises, titles, everything that moves no finish.
    Commitments,
}

impl Group {
    /// In the order in which one scenario is turned into the other.
    pub const ALL: [Self; 7] = [
        Self::Calendar,
        Self::Capacity,
        Self::Incidents,
        Self::Risks,
        Self::Scope,
        Self::Estimates,
        Self::Commitments,
    ];

    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Capacity => "capacity",
            Self::Incidents => "incidents",
            Self::Risks => "risks",
            Self::Scope => "scope",
            Self::Estimates => "estimates",
            Self::Commitments => "commitments",
        }
    }
}

/// Sections that no finish depends on, and whose names could be missing halfway between two scenarios.
const WITHOUT: [&str; 3] = ["option", "checkpoint", "bet"];
/// Keys of an estimate.
const AMOUNTS: [&str; 2] = ["effort", "duration"];
/// Keys of an initiative that, beside texts, move no finish.
const OF_INITIATIVE: [&str; 2] = ["commitment", "estimate"];
/// Keys, of whatever, that are texts for people.
const TEXTS: [&str; 9] = [
    "title",
    "owner",
    "accountable",
    "supports",
    "work_item",
    "system_effect",
    "customer_effect",
    "business_effect",
    "decision_ask",
];

/// The tree of a text, without what no finish depends on.
#[must_use]
pub fn tree_of(source: &Arc<Source>) -> Table {
    without_the_rest(parse(source).root)
}

pub(super) fn without_the_rest(mut root: Table) -> Table {
    for section in WITHOUT {
        root.remove(section);
    }
    // Other budgets only count, and may name what is not there halfway.
    if let Some(budgets) = root.get_mut("budget").and_then(|entry| inner(&mut entry.node)) {
        budgets.entries.retain(|entry| {
            let freeze = match &entry.node.value {
                Value::Table(budget) => budget.get("freeze").map(|entry| &entry.node.value),
                _ => None,
            };
            matches!(freeze, Some(Value::Bool(true)))
        });
    }
    // What an initiative supports is a bet.
    for initiative in root
        .get_mut("initiative")
        .and_then(|entry| inner(&mut entry.node))
        .into_iter()
        .flat_map(|all| &mut all.entries)
    {
        if let Some(initiative) = inner(&mut initiative.node) {
            initiative.remove("supports");
        }
    }
    root
}

/// The scenario that a tree makes. Its places mean nothing: a tree can come from two texts.
#[must_use]
pub fn scenario_of(root: &Table) -> Scenario {
    let source = Arc::new(Source {
        path: String::new(),
        text: String::new(),
    });
    sections::read(&source, root, true, Vec::new())
}

/// Puts a group of inputs of `new` in the place of those of `mixed`; whether that changes anything. Groups are taken in the order of
/// [`Group::ALL`], and after the last of them `mixed` says what `new` says.
pub fn take(mixed: &mut Table, new: &Table, group: Group) -> bool {
    let before = mixed.clone();
    match group {
        Group::Calendar => settings(mixed, new, &["start", "holidays"]),
        Group::Capacity => replace(mixed, new, "team"),
        Group::Incidents => ["flow", "incident", "finding", "budget"]
            .into_iter()
            .for_each(|section| replace(mixed, new, section)),
        Group::Risks => replace(mixed, new, "risk"),
        Group::Scope => {
            settings(mixed, new, &["dispatch"]);
            scope(mixed, new);
        }
        Group::Estimates => {
            replace(mixed, new, "estimates");
            amounts(mixed, new);
        }
        Group::Commitments => *mixed = new.clone(),
    }
    !is_same_table(&before, mixed)
}

/// Takes the entry of `new`, or takes it away where there is none.
fn replace(table: &mut Table, new: &Table, key: &str) {
    match (table.get_mut(key), new.get(key)) {
        (Some(old), Some(entry)) => old.node = entry.node.clone(),
        (None, Some(entry)) => table.entries.push(entry.clone()),
        (_, None) => {
            table.remove(key);
        }
    }
}

fn settings(mixed: &mut Table, new: &Table, keys: &[&str]) {
    if let (Some(mixed), Some(new)) = (
        mixed.get_mut("scenario").and_then(|entry| inner(&mut entry.node)),
        new.table("scenario"),
    ) {
        keys.iter().for_each(|key| replace(mixed, new, key));
    }
}

/// The initiatives and tasks of `new`, with the amounts and promises of those that `mixed` has too.
fn scope(mixed: &mut Table, new: &Table) {
    let old = mixed.table("initiative").cloned().unwrap_or_default();
    replace(mixed, new, "initiative");
    let Some(initiatives) = mixed.get_mut("initiative").and_then(|entry| inner(&mut entry.node)) else {
        return;
    };
    for entry in &mut initiatives.entries {
        let (Some(old), Some(initiative)) = (old.table(&entry.key), inner(&mut entry.node)) else {
            continue;
        };
        OF_INITIATIVE.iter().chain(&TEXTS).for_each(|key| replace(initiative, old, key));
        keep_amounts(initiative, old);
        let Some(tasks) = initiative.get_mut("task").and_then(|entry| inner(&mut entry.node)) else {
            continue;
        };
        for task in &mut tasks.entries {
            if let (Some(old), Some(task)) = (old.table("task").and_then(|tasks| tasks.table(&task.key)), inner(&mut task.node)) {
                keep_amounts(task, old);
            }
        }
    }
}

/// The amounts of `old` where both have any: what has none in one of them is done in another way, and that is scope.
fn keep_amounts(table: &mut Table, old: &Table) {
    if has_amount(table) && has_amount(old) {
        AMOUNTS.iter().for_each(|key| replace(table, old, key));
    }
}

fn has_amount(table: &Table) -> bool {
    AMOUNTS.iter().any(|key| table.get(key).is_some())
}

/// The amounts of `new`. Both have the same tasks by now.
fn amounts(mixed: &mut Table, new: &Table) {
    let initiatives = mixed.get_mut("initiative").and_then(|entry| inner(&mut entry.node));
    for entry in initiatives.into_iter().flat_map(|initiatives| &mut initiatives.entries) {
        let new = new.table("initiative").and_then(|initiatives| initiatives.table(&entry.key));
        let (Some(initiative), Some(new)) = (inner(&mut entry.node), new) else {
            continue;
        };
        keep_amounts(initiative, new);
        let tasks = initiative.get_mut("task").and_then(|entry| inner(&mut entry.node));
        for task in tasks.into_iter().flat_map(|tasks| &mut tasks.entries) {
            let new = new.table("task").and_then(|tasks| tasks.table(&task.key));
            if let (Some(task), Some(new)) = (inner(&mut task.node), new) {
                keep_amounts(task, new);
            }
        }
    }
}

const fn inner(node: &mut Node) -> Option<&mut Table> {
    match &mut node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// Whether two tables say the same in the same order, wherever it stands: order breaks ties between tasks.
fn is_same_table(a: &Table, b: &Table) -> bool {
    let is_same_entry = |(a, b): (&Entry, &Entry)| a.key == b.key && is_same(&a.node, &b.node);
    a.entries.len() == b.entries.len() && a.entries.iter().zip(&b.entries).all(is_same_entry)
}

fn is_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Table(a), Value::Table(b)) => is_same_table(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        _ => said(a) == said(b),
    }
}

/// A value that is another in two scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// What it was; absent where there was none.
    pub then: Option<String>,
    /// What it is; absent where there is none.
    pub now: Option<String>,
}

/// The values that can move a finish and are others in the two trees, by their place.
#[must_use]
pub fn changes(old: &Table, new: &Table) -> Vec<Changed> {
    let mut found = vec![];
    for section in SECTIONS {
        let empty = Table::default();
        let [old, new] = [old, new].map(|tree| tree.table(section).unwrap_or(&empty));
        let mut path = vec![section.to_owned()];
        note_changes(&mut path, old, new, &mut found);
    }
    found.retain(|change| moves_finishes(&change.path));
    found
}

fn moves_finishes(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_text = path.last().is_some_and(|key| TEXTS.contains(key));
    match path.as_slice() {
        _ if is_text => false,
        ["scenario", key, ..] => ["start", "holidays", "dispatch"].contains(key),
        ["initiative", _, key, ..] => !OF_INITIATIVE.contains(key) && !TEXTS.contains(key),
        _ => true,
    }
}

fn note_changes(path: &mut Vec<String>, old: &Table, new: &Table, found: &mut Vec<Changed>) {
    let added = new.entries.iter().filter(|entry| old.get(&entry.key).is_none());
    for key in old.entries.iter().chain(added).map(|entry| &entry.key) {
        path.push(key.clone());
        let [then, now] = [old, new].map(|table| table.get(key).map(|entry| &entry.node));
        match (then.map(|node| &node.value), now.map(|node| &node.value)) {
            (Some(Value::Table(then)), Some(Value::Table(now))) => note_changes(path, then, now, found),
            _ if then.zip(now).is_some_and(|(then, now)| is_same(then, now)) => {}
            _ => found.push(Changed {
                path: path.clone(),
                then: then.map(said),
                now: now.map(said),
            }),
        }
        path.pop();
    }
}

/// A value as a file would say it, on one line.
fn said(node: &Node) -> String {
    match &node.value {
        Value::String(text) => format!("\"{text}\""),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(date) => date.map_or_else(String::new, |date| date.to_string()),
        Value::Array(items) => format!("[{}]", items.iter().map(said).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let entries: Vec<String> = table
                .entries
                .iter()
                .map(|entry| format!("{} = {}", entry.key, said(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Faulty => String::new(),
    }
}
