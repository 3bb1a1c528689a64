//! Actuals as TOML.

use std::sync::Arc;

use crate::diagnostic::{Fault, Source};
use crate::scenario::actuals::{ActualsText, AddedText, Amount, FindingText, IncidentText, RiskText, TaskText};
use crate::scenario::overlay::SECTIONS;
use crate::scenario::reader::{Faults, Reader, Real, Whole, real, texts, whole, wrong_type};
use crate::scenario::tree::{At, Entry, Node, Table, Value};
use crate::units::Measure;

/// People of a team: all may have left.
const ENGINEERS: Whole = Whole {
    min: 0,
    max: 10_000,
    example: 11,
};
/// Incidents or findings. More than that no plan expects.
const COUNT: Whole = Whole {
    min: 0,
    max: 1_000_000,
    example: 3,
};
/// Customer-minutes. More than that is a typing error, and sums stay finite.
const MINUTES: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 1e15,
    example: 900_000.0,
};
/// How much of a task is done.
pub(super) const PERCENT: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 100.0,
    example: 60.0,
};
/// The keys of a task.
const OF_A_TASK: [&str; 7] = ["started", "finished", "spent", "percent", "not_started", "dropped", "added"];
const QUARTER_ALLOWED: &str = "calendar quarters such as \"2026-Q1\"";

/// Reads the sections of a tree.
pub(super) fn read(source: &Arc<Source>, root: &Table, complete: bool, faults: Vec<Fault>) -> ActualsText {
    let mut faults = Faults {
        list: faults,
        ..Faults::new(source)
    };
    let faults = &mut faults;
    let mut reader = Reader::of(String::new(), "a file of actuals", 0..0, root).forgiving(!complete);
    let has_as_of = reader.has("as_of");
    let as_of = reader.date("as_of", faults);
    let tasks = tasks(&mut reader, faults);
    let teams = reader.named("team", "a team", "core", faults);
    let teams = teams
        .into_iter()
        .map(|(id, mut team)| {
            team.required("engineers", "engineers = 11", faults);
            let engineers = team.whole("engineers", &ENGINEERS, faults);
            team.finish_with(faults, |key| {
                (key == "hire").then(|| format!("who joins later is a change of the plan: [[plan.team.{}.hire]]", id.value))
            });
            (id, engineers.and_then(to_count))
        })
        .collect();
    let incidents = reader.named("incident", "an incident class", "sev1", faults);
    let incidents = incidents.into_iter().map(|(id, reader)| incident(id, reader, faults)).collect();
    let findings = reader.named("finding", "a class of findings", "critical", faults);
    let findings = findings.into_iter().map(|(id, reader)| finding(id, reader, faults)).collect();
    let risks = reader.named("risk", "a risk", "legacy", faults);
    let risks = risks.into_iter().map(|(id, reader)| risk(id, reader, faults)).collect();
    let plan = changes(&mut reader, faults);
    reader.finish_with(faults, |key| match key {
        "initiative" => Some("write `[task.\"launch.design\"]` for what happened, `[plan.initiative.launch]` for what changed".into()),
        "scenario" | "estimates" | "flow" | "budget" | "checkpoint" => Some(format!("for what changed about the plan write `plan.{key}`")),
        "date" | "asof" | "as-of" => Some("write `as_of = 2026-02-16`: the first day of which nothing is known".into()),
        _ => None,
    });
    ActualsText {
        faults: std::mem::take(&mut faults.list),
        complete,
        as_of,
        has_as_of,
        tasks,
        teams,
        incidents,
        findings,
        risks,
        plan,
        ..ActualsText::of(source)
    }
}

fn to_count(at: At<i64>) -> Option<At<u32>> {
    Some(At::new(u32::try_from(at.value).ok()?, at.span))
}

/// Reads `[task."initiative.task"]`. Their names have dots, so they stand in quotes.
fn tasks(root: &mut Reader<'_>, faults: &mut Faults) -> Vec<TaskText> {
    let Some(node) = root.node("task") else { return Vec::new() };
    let Some(table) = Some(node).and_then(|node| match &node.value {
        Value::Table(table) => Some(table),
        _ => {
            let allowed = "tables by the name of the task, such as [task.\"launch.design\"]";
            wrong_type("task", node, allowed, faults);
            None
        }
    }) else {
        return Vec::new();
    };
    let mut tasks = Vec::new();
    for entry in &table.entries {
        let path = format!("task.\"{}\"", entry.key);
        let Value::Table(inner) = &entry.node.value else {
            wrong_type(&path, &entry.node, "a table such as { started = 2026-01-05 }", faults);
            continue;
        };
        if let Some(nested) = nested(inner) {
            faults.add(
                Fault::error("needs-quotes", format!("`task.{}.{nested}` has a dot outside of quotes", entry.key))
                    .at(&entry.key_span)
                    .label(format!("read as a task with the key `{nested}`"))
                    .hint(format!("write [task.\"{}.{nested}\"]", entry.key)),
            );
            continue;
        }
        let reader = Reader::of(path, "a task", entry.key_span.clone(), inner);
        tasks.push(task(At::new(entry.key.clone(), entry.key_span.clone()), reader, faults));
    }
    tasks
}

/// The first key of a table that holds nothing but tables with names of their own.
fn nested(table: &Table) -> Option<&str> {
    let is_name = |entry: &Entry| matches!(entry.node.value, Value::Table(_)) && !OF_A_TASK.contains(&entry.key.as_str());
    let first = table.entries.first()?;
    table.entries.iter().all(is_name).then_some(first.key.as_str())
}

fn task(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> TaskText {
    let before = faults.list.len();
    let mut says = |key, faults: &mut Faults| reader.flag(key, faults).filter(|at| at.value).map(|at| at.span);
    let not_started = says("not_started", faults);
    let dropped = says("dropped", faults);
    let started = reader.date("started", faults);
    let finished = reader.date("finished", faults);
    let spent = reader
        .quantity("spent", Measure::Work, faults)
        .and_then(|at| positive(&reader.name("spent"), at, faults));
    let percent = reader.real("percent", &PERCENT, faults);
    let added = reader.entry("added").and_then(|entry| added(&reader.name("added"), entry, faults));
    let faulty = OF_A_TASK.iter().any(|key| reader.is_faulty(key));
    reader.finish_with(faults, |key| match key {
        "start" | "begin" | "begun" | "began" | "start_date" => Some("did you mean `started`?".into()),
        "end" | "ended" | "done" | "finish" | "completed" | "resolved" => Some("did you mean `finished`?".into()),
        "effort" | "time_spent" | "worked" => Some("did you mean `spent`?".into()),
        "progress" | "complete" | "percent_complete" => Some("did you mean `percent`?".into()),
        "drop" => Some("did you mean `dropped`?".into()),
        "add" | "new" => Some("write added = { effort = [\"1w\", \"2w\", \"4w\"], after = \"design\" }".into()),
        _ => None,
    });
    TaskText {
        started,
        finished,
        spent,
        percent,
        not_started,
        dropped,
        added,
        incomplete: faulty || faults.list.len() > before,
        ..TaskText::of(id)
    }
}

/// Refuses that nothing was spent: who has begun has spent something, and who has not says nothing.
pub(super) fn positive(name: &str, at: At<f64>, faults: &mut Faults) -> Option<At<f64>> {
    if at.value > 0.0 {
        return Some(at);
    }
    let written = faults.written(&at.span).to_owned();
    faults.add(
        Fault::error("out-of-range", format!("`{name}` is {written}"))
            .at(&at.span)
            .label("nothing was spent?")
            .allowed("engineer-time above zero, such as \"4w\"")
            .hint("leave it out where it is not known"),
    );
    None
}

/// Takes `before` out of an added task; the rest is read with the scenario that it becomes part of.
fn added(name: &str, entry: &Entry, faults: &mut Faults) -> Option<AddedText> {
    let Value::Table(table) = &entry.node.value else {
        let allowed = "a task as in a scenario, such as { effort = [\"1w\", \"2w\", \"4w\"], after = \"design\" }";
        wrong_type(name, &entry.node, allowed, faults);
        return None;
    };
    let mut table = table.clone();
    let before = table.remove("before");
    let before = before.map(|entry| texts(&format!("{name}.before"), &entry.node, faults));
    if let Some(drop) = table.remove("drop") {
        faults.add(
            Fault::error("unknown-key", format!("`{name}` has no key `drop`"))
                .at(&drop.key_span)
                .hint("to take a task out, write `dropped = true` under its name"),
        );
    }
    Some(AddedText {
        entry: Entry {
            node: Node {
                value: Value::Table(table),
                ..entry.node.clone()
            },
            ..entry.clone()
        },
        before: before.unwrap_or_default(),
    })
}

fn incident(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> IncidentText {
    let before = faults.list.len();
    reader.required("count", "count = 3", faults);
    let name = reader.name("count");
    let count = reader.node("count").and_then(|node| {
        amount(&name, node, faults, |name, node, faults| {
            whole(name, node, &COUNT, faults).map(|at| at.map(|count| count as f64))
        })
    });
    let name = reader.name("customer_minutes");
    let minutes = match reader.node("customer_minutes") {
        Some(Node {
            value: Value::Table(table),
            ..
        }) => table
            .entries
            .iter()
            .filter_map(|entry| {
                let name = format!("{name}.{}", entry.key);
                let amount = amount(&name, &entry.node, faults, |name, node, faults| real(name, node, &MINUTES, faults))?;
                Some((At::new(entry.key.clone(), entry.key_span.clone()), amount))
            })
            .collect(),
        Some(node) => {
            wrong_type(&name, node, "a table of flows and numbers, such as { checkout = 900_000 }", faults);
            Vec::new()
        }
        None => Vec::new(),
    };
    let faulty = ["count", "customer_minutes"].iter().any(|key| reader.is_faulty(key));
    reader.finish(faults);
    IncidentText {
        id,
        count,
        customer_minutes: minutes,
        incomplete: faulty || faults.list.len() > before,
    }
}

/// A number since the start, or one for each calendar quarter.
fn amount(name: &str, node: &Node, faults: &mut Faults, number: impl Fn(&str, &Node, &mut Faults) -> Option<At<f64>>) -> Option<Amount> {
    let Value::Table(table) = &node.value else {
        return number(name, node, faults).map(Amount::Sum);
    };
    if table.entries.is_empty() {
        faults.add(
            Fault::error("missing-key", format!("`{name}` says nothing"))
                .at(&node.span)
                .allowed(format!("a number, or a table of {QUARTER_ALLOWED} and numbers")),
        );
        return None;
    }
    let mut quarters = Vec::new();
    for entry in &table.entries {
        let Some(quarter) = quarter(&entry.key) else {
            faults.add(
                Fault::error(
                    "bad-quarter",
                    format!("`{name}` has the key \"{}\", which is no quarter", entry.key),
                )
                .at(&entry.key_span)
                .allowed(QUARTER_ALLOWED),
            );
            continue;
        };
        if let Some(value) = number(&format!("{name}.{}", entry.key), &entry.node, faults) {
            quarters.push((At::new(quarter, entry.key_span.clone()), value));
        }
    }
    Some(Amount::ByQuarter(quarters))
}

/// The number of a quarter such as `2026-Q1`.
fn quarter(text: &str) -> Option<u32> {
    let (year, quarter) = text.split_once("-Q")?;
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) || !digits(quarter, 1) {
        return None;
    }
    let (year, quarter) = (year.parse::<u32>().ok()?, quarter.parse::<u32>().ok()?);
    (1..=4).contains(&quarter).then(|| year * 4 + quarter - 1)
}

fn finding(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> FindingText {
    reader.required("found", "found = 3", faults);
    let found = reader.whole("found", &COUNT, faults).and_then(to_count);
    let open = reader.whole("open", &COUNT, faults).and_then(to_count);
    reader.finish_with(faults, |key| (key == "count").then(|| "did you mean `found`?".into()));
    FindingText { id, found, open }
}

fn risk(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> RiskText {
    let before = faults.list.len();
    let happened = reader.flag("happened", faults);
    let retired = reader.flag("retired", faults);
    let open = reader.flag("open", faults);
    let faulty = ["happened", "retired", "open"].iter().any(|key| reader.is_faulty(key));
    reader.finish(faults);
    RiskText {
        id,
        happened,
        retired,
        open,
        incomplete: faulty || faults.list.len() > before,
    }
}

/// Reads `[plan]`: the sections of an option. What was promised and on which futures is compared stay as the scenario has them.
fn changes(root: &mut Reader<'_>, faults: &mut Faults) -> Table {
    let Some(node) = root.node("plan") else { return Table::default() };
    let Some(mut reader) = Reader::new("plan".into(), "a change of the plan", node, faults) else {
        return Table::default();
    };
    reader.allow(&SECTIONS);
    reader.finish(faults);
    let Value::Table(plan) = &node.value else { return Table::default() };
    let inner = |key| plan.table(key).map_or(&[][..], |table| table.entries.as_slice());
    for entry in inner("scenario") {
        if !["holidays", "dispatch"].contains(&entry.key.as_str()) {
            faults.add(
                Fault::error(
                    "not-in-actuals",
                    format!("`plan.scenario.{}` cannot change after the start", entry.key),
                )
                .at(&entry.key_span)
                .allowed("`plan.scenario.holidays` and `plan.scenario.dispatch`")
                .hint("change the scenario itself, and run it anew"),
            );
        }
    }
    for initiative in inner("initiative") {
        let Value::Table(table) = &initiative.node.value else { continue };
        if let Some(entry) = table.get("commitment") {
            faults.add(
                Fault::error(
                    "not-in-actuals",
                    format!(
                        "`plan.initiative.{}.commitment`: what was promised is no fact of a week",
                        initiative.key
                    ),
                )
                .at(&entry.key_span)
                .hint("change the promise in the scenario itself, and run it anew"),
            );
        }
    }
    plan.clone()
}
