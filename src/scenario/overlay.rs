//! Options: overlays that make another scenario of the same file.
//!
//! Values and plain lists are replaced, tables merged, the lists of tables `hire` and `commitment` appended to. An estimate is a
//! value, however it is written: it is replaced whole. A commitment to somebody who was promised something replaces that promise. `drop = true` removes a named entry; the successors of a dropped task
//! inherit its predecessors, with the links that it had to them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::Fault;
use crate::scenario::reader::{Faults, MONEY, Reader, suggest, wrong_type};
use crate::scenario::says::{Choice, Scenario};
use crate::scenario::sections;
use crate::scenario::tree::{At, Entry, Node, Table, Value};

/// Options of one file. Each is a whole scenario more to check.
pub const MOST_OPTIONS: usize = 100;
/// Tasks of all options' scenarios together.
const MOST_TASKS_OF_OPTIONS: usize = 200_000;
/// Names among which a new one is compared with each; beyond, guesses cost too much.
const MOST_COMPARED: usize = 1_000;
/// Options that stand upon one another.
const MOST_STACKED: usize = 20;

pub(super) const SECTIONS: [&str; 11] = [
    "scenario",
    "estimates",
    "team",
    "flow",
    "incident",
    "finding",
    "budget",
    "bet",
    "initiative",
    "risk",
    "checkpoint",
];
/// Lists of tables that an overlay adds to.
pub(super) const APPENDED: [&str; 2] = ["hire", "commitment"];
/// Keys whose value is an estimate or a rate, also where it is written as a table.
pub(super) const ESTIMATES: [&str; 14] = [
    "effort",
    "duration",
    "multiply",
    "add",
    "delay",
    "lag",
    "overrun",
    "backfill",
    "response",
    "downtime",
    "follow_up",
    "fix",
    "for",
    "rate",
];

/// Reads the options of a file and makes each one's scenario.
pub fn read(root: &Table, scenario: &mut Scenario) {
    let mut faults = Faults {
        list: std::mem::take(&mut scenario.faults),
        ..Faults::new(&scenario.source)
    };
    let mut top = Reader::of(String::new(), "a scenario", 0..0, root);
    let mut options = top.named("option", "an option", "narrow", &mut faults);
    if let Some((id, _)) = options.get(MOST_OPTIONS) {
        let message = format!("the scenario has {} options", options.len());
        faults.add(
            Fault::error("too-many", message)
                .at(&id.span)
                .allowed(format!("at most {MOST_OPTIONS}")),
        );
        options.truncate(MOST_OPTIONS);
    }
    let tasks: usize = scenario.initiatives.iter().map(|initiative| initiative.tasks.len()).sum();
    if let (true, Some((id, _))) = (tasks * options.len() > MOST_TASKS_OF_OPTIONS, options.first()) {
        let message = format!("{} options of {tasks} tasks each are too much to check", options.len());
        let allowed = format!("at most {MOST_TASKS_OF_OPTIONS} tasks over all options");
        faults.add(Fault::error("too-many", message).at(&id.span).allowed(allowed));
        options.clear();
    }
    let table_of = |id: &str| match &root.get("option")?.node.value {
        Value::Table(options) => match &options.get(id)?.node.value {
            Value::Table(table) => Some(table),
            _ => None,
        },
        _ => None,
    };
    let mut read = Vec::new();
    let mut based_on: HashMap<String, At<String>> = HashMap::new();
    for (id, mut reader) in options {
        let title = reader.text("title", &mut faults).map(|at| at.value);
        let cost = reader.real("cost", &MONEY, &mut faults).map(|at| at.value);
        let recommended = reader.flag("recommended", &mut faults).is_some_and(|at| at.value);
        if let Some(base) = reader.text("based_on", &mut faults) {
            based_on.insert(id.value.clone(), base);
        }
        reader.allow(&SECTIONS);
        reader.finish(&mut faults);
        read.push((id, title, cost, recommended));
    }
    let mut base = root.clone();
    base.remove("option");
    for (id, title, cost, recommended) in &read {
        let stack = stack(id, &based_on, &|name| table_of(name).is_some(), &read, &mut faults);
        let mut places = Vec::new();
        if let Some(table) = table_of(&id.value) {
            note_places(table, &mut places);
        }
        places.sort_unstable();
        if let Some(table) = table_of(&id.value) {
            check_settings(&id.value, table, &mut faults);
        }
        let place_of = |name: &String| read.iter().position(|(id, ..)| id.value == *name);
        let places_of_stack = stack.iter().flatten().filter_map(place_of).collect();
        let taken = stack.map(|stack| {
            let mut merged = base.clone();
            let last = stack.len().saturating_sub(1);
            for (index, name) in stack.iter().enumerate() {
                if let Some(table) = table_of(name) {
                    // The faults of an option that this one stands upon are reported there.
                    let mut silent = Faults::new(&scenario.source);
                    let sink = if index == last { &mut faults } else { &mut silent };
                    apply(&mut merged, table, &format!("option `{name}`"), sink);
                }
            }
            Box::new(sections::read(&scenario.source, &merged, true, Vec::new()))
        });
        scenario.options.push(Choice {
            id: id.clone(),
            title: title.clone(),
            cost: *cost,
            recommended: *recommended,
            stack: places_of_stack,
            overlay: table_of(&id.value).cloned().unwrap_or_default(),
            taken,
            places,
        });
    }
    scenario.faults = faults.list;
    scenario.root = (!scenario.options.is_empty()).then(|| Arc::new(base));
}

/// Keys of `[scenario]` that an option may change; the others say on which futures everything is compared.
const OF_SCENARIO: [&str; 2] = ["holidays", "dispatch"];

fn check_settings(name: &str, option: &Table, faults: &mut Faults) {
    let Some(Value::Table(settings)) = option.get("scenario").map(|entry| &entry.node.value) else {
        return;
    };
    for entry in settings.entries.iter().filter(|entry| !OF_SCENARIO.contains(&entry.key.as_str())) {
        faults.add(
            Fault::error(
                "not-in-an-option",
                format!(
                    "option `{name}` sets `scenario.{}`: options are compared from one start, on the same futures",
                    entry.key
                ),
            )
            .at(&entry.key_span)
            .allowed("`scenario.holidays` and `scenario.dispatch`")
            .hint("set it in `[scenario]`, for all options"),
        );
    }
}

type Read = (At<String>, Option<String>, Option<f64>, bool);

/// The options to apply one after the other, this one last; `None` where they go in a circle or one does not exist.
fn stack(
    id: &At<String>,
    based_on: &HashMap<String, At<String>>,
    exists: &dyn Fn(&str) -> bool,
    all: &[Read],
    faults: &mut Faults,
) -> Option<Vec<String>> {
    let mut stack = vec![id.value.clone()];
    let mut top = &id.value;
    while let Some(base) = based_on.get(top) {
        if !exists(&base.value) {
            // Reported once, for the option that names it.
            if *top == id.value {
                let near = suggest(&base.value, all.iter().map(|(id, ..)| id.value.as_str()));
                faults.add(
                    Fault::error(
                        "unknown-option",
                        format!("option `{}` is based on `{}`, which does not exist", id.value, base.value),
                    )
                    .at(&base.span)
                    .allowed("the name of another option of this file")
                    .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?"))),
                );
            }
            return None;
        }
        if stack.contains(&base.value) || stack.len() >= MOST_STACKED {
            // A circle is reported once, at the first of its options.
            let circle = base.value == id.value;
            let first = all.iter().find(|(id, ..)| stack.contains(&id.value)).map(|(id, ..)| &id.value);
            if (circle && first == Some(&id.value)) || (!circle && stack.len() >= MOST_STACKED) {
                let chain: Vec<String> = stack.iter().chain([&base.value]).map(|name| format!("`{name}`")).collect();
                let own = based_on.get(&id.value).map_or(&base.span, |own| &own.span);
                faults.add(
                    Fault::error(
                        "circular-option",
                        format!("the options {} stand upon one another without end", chain.join(" → ")),
                    )
                    .at(own)
                    .hint("take one `based_on` out"),
                );
            }
            return None;
        }
        stack.push(base.value.clone());
        top = &base.value;
    }
    stack.reverse();
    Some(stack)
}

fn note_places(table: &Table, places: &mut Vec<usize>) {
    for entry in &table.entries {
        places.push(entry.key_span.start);
        note_node(&entry.node, places);
    }
}

fn note_node(node: &Node, places: &mut Vec<usize>) {
    places.push(node.span.start);
    match &node.value {
        Value::Table(table) => note_places(table, places),
        Value::Array(items) => items.iter().for_each(|item| note_node(item, places)),
        _ => {}
    }
}

/// Lays one option over a tree. `name` is what messages call it: ``option `narrow` ``.
pub(super) fn apply(root: &mut Table, option: &Table, name: &str, faults: &mut Faults) {
    let mut dropped_tasks = Vec::new();
    for entry in &option.entries {
        if !SECTIONS.contains(&entry.key.as_str()) {
            continue;
        }
        let (Value::Table(over), Some(base)) = (&entry.node.value, root.get_mut(&entry.key)) else {
            put(root, entry);
            continue;
        };
        let Value::Table(base) = &mut base.node.value else { continue };
        // `scenario` and `estimates` are tables themselves; the others hold named ones.
        if ["scenario", "estimates"].contains(&entry.key.as_str()) {
            merge(base, over);
        } else {
            named(base, over, &entry.key, name, faults);
            if entry.key == "initiative" {
                dropped_tasks.extend(tasks(base, over, name, faults));
            }
        }
    }
    for (initiative, task) in dropped_tasks {
        bridge(root, &initiative, &task);
    }
}

/// Whether an overlay's table says `drop = true`.
fn drops(table: &Table, path: &str, faults: &mut Faults) -> bool {
    match table.get("drop").map(|entry| &entry.node) {
        Some(Node {
            value: Value::Bool(drop), ..
        }) => *drop,
        Some(node) => {
            wrong_type(&format!("{path}.drop"), node, "true, without quotes", faults);
            false
        }
        None => false,
    }
}

/// Merges named tables, without the tasks of initiatives.
fn named(base: &mut Table, over: &Table, section: &str, option: &str, faults: &mut Faults) {
    for entry in &over.entries {
        let path = format!("{section}.{}", entry.key);
        let Value::Table(table) = &entry.node.value else {
            put(base, entry);
            continue;
        };
        if drops(table, &path, faults) {
            if base.remove(&entry.key).is_none() {
                nothing_to_drop(base, entry, &path, option, faults);
            }
            continue;
        }
        let without: Table = Table {
            entries: table
                .entries
                .iter()
                .filter(|inner| inner.key != "drop" && !(section == "initiative" && inner.key == "task"))
                .cloned()
                .collect(),
        };
        match base.get_mut(&entry.key) {
            Some(Entry {
                node: Node {
                    value: Value::Table(existing),
                    ..
                },
                ..
            }) => merge(existing, &without),
            Some(_) => put(base, entry),
            None => {
                near_existing(base, entry, &path, option, faults);
                let mut added = entry.clone();
                added.node.value = Value::Table(without);
                base.entries.push(added);
            }
        }
    }
}

/// Merges the tasks of initiatives; returns those that are dropped, which still stand in the tree.
fn tasks(base: &mut Table, over: &Table, option: &str, faults: &mut Faults) -> Vec<(String, String)> {
    let mut dropped = Vec::new();
    for initiative in &over.entries {
        let Value::Table(table) = &initiative.node.value else { continue };
        let Some(over) = table.get("task") else { continue };
        let Some(existing) = base.get_mut(&initiative.key) else { continue };
        let Value::Table(existing) = &mut existing.node.value else {
            continue;
        };
        let (Value::Table(over_tasks), Some(entry)) = (&over.node.value, existing.get_mut("task")) else {
            put(existing, over);
            continue;
        };
        let Value::Table(existing) = &mut entry.node.value else { continue };
        let mut kept = Table::default();
        for task in &over_tasks.entries {
            let path = format!("initiative.{}.task.{}", initiative.key, task.key);
            match &task.node.value {
                Value::Table(table) if drops(table, &path, faults) => {
                    if existing.get(&task.key).is_some() {
                        dropped.push((initiative.key.clone(), task.key.clone()));
                    } else {
                        nothing_to_drop(existing, task, &path, option, faults);
                    }
                }
                _ => kept.entries.push(task.clone()),
            }
        }
        named(existing, &kept, &format!("initiative.{}.task", initiative.key), option, faults);
    }
    dropped
}

fn nothing_to_drop(base: &Table, entry: &Entry, path: &str, option: &str, faults: &mut Faults) {
    let near = suggest(&entry.key, base.entries.iter().map(|entry| entry.key.as_str()));
    faults.add(
        Fault::error("nothing-to-drop", format!("{option} drops `{path}`, which does not exist"))
            .at(&entry.key_span)
            .allowed("the name of an entry that the scenario has")
            .maybe_hint(near.map(|near| format!("did you mean `{near}`?"))),
    );
}

/// A new entry whose name is nearly an existing one was probably meant to change that one.
fn near_existing(base: &Table, entry: &Entry, path: &str, option: &str, faults: &mut Faults) {
    if base.entries.len() > MOST_COMPARED {
        return;
    }
    if let Some(near) = suggest(&entry.key, base.entries.iter().map(|entry| entry.key.as_str())) {
        faults.add(
            Fault::warning(
                "near-existing-name",
                format!("{option} adds `{path}` beside `{near}`, which is nearly the same name"),
            )
            .at(&entry.key_span)
            .hint(format!("write `{near}` to change that one")),
        );
    }
}

/// Sets or replaces a value.
fn put(base: &mut Table, entry: &Entry) {
    match base.get_mut(&entry.key) {
        Some(existing) => {
            let order = existing.order;
            *existing = entry.clone();
            existing.order = order;
        }
        None => base.entries.push(entry.clone()),
    }
}

fn merge(base: &mut Table, over: &Table) {
    for entry in &over.entries {
        let Some(existing) = base.get_mut(&entry.key) else {
            base.entries.push(entry.clone());
            continue;
        };
        let appended = APPENDED.contains(&entry.key.as_str());
        match (&mut existing.node.value, &entry.node.value) {
            (Value::Table(base), Value::Table(over)) if !ESTIMATES.contains(&entry.key.as_str()) && !appended => merge(base, over),
            (Value::Array(items), Value::Array(added)) if appended => add(items, added, &entry.key),
            (value, Value::Array(added)) if appended && !matches!(value, Value::Faulty) => {
                let first = std::mem::replace(value, Value::Faulty);
                let first = match first {
                    Value::Table(_) => first,
                    date => as_commitment(date, &existing.node.span),
                };
                let mut items = vec![Node {
                    span: existing.node.span.clone(),
                    value: first,
                }];
                add(&mut items, added, &entry.key);
                *value = Value::Array(items);
            }
            // One hire more, written as a table by itself.
            (value @ (Value::Array(_) | Value::Table(_)), Value::Table(_)) if entry.key == "hire" => {
                let mut items = match std::mem::replace(value, Value::Faulty) {
                    Value::Array(items) => items,
                    one => vec![Node {
                        span: existing.node.span.clone(),
                        value: one,
                    }],
                };
                items.push(entry.node.clone());
                *value = Value::Array(items);
            }
            _ => put(base, entry),
        }
    }
}

/// Adds to a list. A commitment to somebody who was promised something takes the place of that promise.
fn add(items: &mut Vec<Node>, added: &[Node], key: &str) {
    for new in added {
        let whom = promised_to(new).filter(|_| key == "commitment");
        match items.iter_mut().find(|item| whom.is_some() && promised_to(item) == whom) {
            Some(item) => *item = new.clone(),
            None => items.push(new.clone()),
        }
    }
}

/// To whom a commitment is made, where it says so.
fn promised_to(commitment: &Node) -> Option<&str> {
    match &commitment.value {
        Value::Table(table) => match &table.get("to")?.node.value {
            Value::String(to) => Some(to),
            _ => None,
        },
        _ => None,
    }
}

/// A bare date as the table that it stands for.
fn as_commitment(date: Value, span: &crate::scenario::tree::Span) -> Value {
    Value::Table(Table {
        entries: vec![Entry {
            order: span.start,
            key: "date".into(),
            key_span: span.clone(),
            node: Node {
                span: span.clone(),
                value: date,
            },
        }],
    })
}

/// Removes a task; whoever followed it follows what it followed.
fn bridge(root: &mut Table, initiative: &str, task: &str) {
    let full = format!("{initiative}.{task}");
    let Some(Value::Table(initiatives)) = root.get_mut("initiative").map(|entry| &mut entry.node.value) else {
        return;
    };
    let Some(removed) = tasks_of(initiatives, initiative).and_then(|tasks| tasks.remove(task)) else {
        return;
    };
    // Names that are local to the initiative are written in full, since successors may stand elsewhere.
    let locals: Vec<String> = tasks_of(initiatives, initiative)
        .map(|tasks| tasks.entries.iter().map(|entry| entry.key.clone()).collect())
        .unwrap_or_default();
    let inherited: Vec<Node> = match &removed.node.value {
        Value::Table(table) => table.get("after").map(|after| elements(&after.node)).unwrap_or_default(),
        _ => Vec::new(),
    }
    .into_iter()
    .map(|mut node| {
        if let Some(name) = name_of(&mut node)
            && locals.contains(name)
        {
            *name = format!("{initiative}.{name}");
        }
        node
    })
    .collect();
    for entry in &mut initiatives.entries {
        let here = entry.key == initiative;
        let names_it = |name: &str| name == full || (here && name == task);
        let in_full = |name: &str| {
            if here && locals.iter().any(|local| local == name) {
                format!("{initiative}.{name}")
            } else {
                name.to_owned()
            }
        };
        let Value::Table(table) = &mut entry.node.value else { continue };
        // An initiative that is one estimate has its links itself.
        replace_links(table, &names_it, &in_full, &inherited);
        if let Some(Value::Table(tasks)) = table.get_mut("task").map(|entry| &mut entry.node.value) {
            for task in &mut tasks.entries {
                if let Value::Table(task) = &mut task.node.value {
                    replace_links(task, &names_it, &in_full, &inherited);
                }
            }
        }
    }
}

fn tasks_of<'t>(initiatives: &'t mut Table, initiative: &str) -> Option<&'t mut Table> {
    let Value::Table(table) = &mut initiatives.get_mut(initiative)?.node.value else {
        return None;
    };
    match &mut table.get_mut("task")?.node.value {
        Value::Table(tasks) => Some(tasks),
        _ => None,
    }
}

/// The elements of a list of links; a value that is none counts as a list of one.
pub(super) fn elements(node: &Node) -> Vec<Node> {
    match &node.value {
        Value::Array(items) => items.clone(),
        _ => vec![node.clone()],
    }
}

/// The name in an element of `after`.
fn name_of(node: &mut Node) -> Option<&mut String> {
    match &mut node.value {
        Value::String(name) => Some(name),
        Value::Table(table) => match &mut table.get_mut("task")?.node.value {
            Value::String(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The kind of link of an element of `after`, as written.
fn link_of(node: &Node) -> &str {
    match &node.value {
        Value::Table(table) => match table.get("link").map(|entry| &entry.node.value) {
            Some(Value::String(kind)) => kind,
            _ => "FS",
        },
        _ => "FS",
    }
}

/// Puts what a task inherits in the place of links to what was dropped. What it has already, however it is named, it keeps as it is.
fn replace_links(table: &mut Table, names_it: &dyn Fn(&str) -> bool, in_full: &dyn Fn(&str) -> String, inherited: &[Node]) {
    let Some(after) = table.get_mut("after") else { return };
    let mut items = elements(&after.node);
    let before = items.len();
    items.retain_mut(|item| !name_of(item).is_some_and(|name| names_it(name)));
    if items.len() == before {
        return;
    }
    let key = |item: &mut Node| {
        let kind = link_of(item).to_owned();
        name_of(item).map(|name| (in_full(name), kind))
    };
    let mut known: Vec<(String, String)> = items.iter_mut().filter_map(key).collect();
    for item in inherited {
        let mut item = item.clone();
        let link = key(&mut item);
        if link.as_ref().is_none_or(|link| !known.contains(link) && !names_it(&link.0)) {
            known.extend(link);
            items.push(item);
        }
    }
    after.node.value = Value::Array(items);
}
