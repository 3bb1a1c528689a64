//! `[initiative.…]` and its tasks.

use crate::diagnostic::Fault;
use crate::scenario::estimate::{Scale, estimate, one_of};
use crate::scenario::reader::{Faults, Reader, Real, date, items, text, texts, wrong_type};
use crate::scenario::says::{After, Commitment, Crew, Engineers, EstimateText, Initiative, Ladder, Task, Tie};
use crate::scenario::sections::shared::{RATE_FACTOR, factors, people, priority};
use crate::scenario::tree::{At, Node, Table, Value};
use crate::units::Measure;

/// Tasks of a scenario, counted over all initiatives.
pub const MOST_TASKS: usize = 20_000;
/// Commitments of one initiative.
const MOST_COMMITMENTS: usize = 1_000;
/// Findings that one review is expected to bring up.
const REVIEW: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 1_000.0,
    example: 0.3,
};

/// Reads an initiative and its tasks.
pub fn initiative(id: At<String>, mut reader: Reader<'_>, task_count: &mut usize, faults: &mut Faults) -> Initiative {
    let title = reader.text("title", faults).map(|at| at.value);
    let priority = priority(&mut reader, faults);
    let owner = reader.text("owner", faults).map(|at| at.value);
    let accountable = reader.text("accountable", faults).map(|at| at.value);
    let supports = reader
        .node("supports")
        .map(|node| texts(&reader.name("supports"), node, faults))
        .unwrap_or_default();
    let estimate_date = reader.date("estimate", faults);
    let commitments = reader
        .node("commitment")
        .map(|node| commitments(&reader.name("commitment"), node, faults))
        .unwrap_or_default();
    let ladder = ladder(&mut reader, faults);
    let whole = ["effort", "duration"].iter().any(|key| reader.peek(key));
    let mut tasks = Vec::new();
    let has_tasks = match reader.node("task").map(|node| &node.value) {
        None => false,
        Some(Value::Table(Table { entries })) => !entries.is_empty(),
        Some(_) => true,
    };
    for (task_id, task_reader) in reader.named("task", "a task", "design", faults) {
        *task_count += 1;
        if *task_count > MOST_TASKS {
            if *task_count == MOST_TASKS + 1 {
                let message = format!("the scenario has more than {MOST_TASKS} tasks");
                faults.add(
                    Fault::error("too-many", message)
                        .at(&task_id.span)
                        .allowed(format!("at most {MOST_TASKS}"))
                        .hint("a task is worth a few days of somebody; put smaller ones together"),
                );
            }
            continue;
        }
        tasks.push(task(task_id, task_reader, faults));
    }
    if whole {
        if has_tasks {
            faults.add(
                Fault::error(
                    "estimate-and-tasks",
                    format!("`{}` has an estimate of its own and tasks too", reader.path),
                )
                .at(&id.span)
                .label("one or the other")
                .hint("take out the initiative's own `effort` or `duration`, or its tasks"),
            );
        }
        let one = one_estimate(&id, &mut reader, faults);
        if !has_tasks {
            *task_count += 1;
            tasks.push(one);
        }
    } else if !has_tasks {
        reader.allow(&["effort", "duration"]);
        if reader.is_strict() {
            faults.add(
                Fault::error("nothing-to-do", format!("`{}` has neither tasks nor an estimate", reader.path))
                    .at(&id.span)
                    .label("nothing to forecast")
                    .hint(format!(
                        "add `duration = [\"6mo\", \"8mo\", \"12mo\"]`, or tasks under `[{}.task]`",
                        reader.path
                    )),
            );
        }
    } else {
        reader.allow(&["effort", "duration"]);
    }
    let is_task_key = |key: &str| {
        [
            "after",
            "team",
            "engineers",
            "crew",
            "not_before",
            "release",
            "review",
            "scales_rate",
        ]
        .contains(&key)
        .then(|| format!("`{key}` belongs to a task"))
    };
    let path = reader.path.clone();
    reader.finish_with(faults, |key| match key {
        "range" | "shape" => Some("write the estimate as a table: { shape = \"pert\", low = …, likely = …, high = … }".into()),
        _ => is_task_key(key).map(|advice| format!("{advice}: write it under `[{path}.task.…]`")),
    });
    Initiative {
        id,
        title,
        owner,
        accountable,
        priority,
        supports,
        estimate: estimate_date,
        commitments,
        tasks,
        is_one_estimate: whole && !has_tasks,
        ladder,
    }
}

/// An initiative that is one estimate is one task of its name.
fn one_estimate(id: &At<String>, reader: &mut Reader<'_>, faults: &mut Faults) -> Task {
    let work = work(reader, faults);
    Task {
        id: id.clone(),
        title: None,
        priority: None,
        release: reader.flag("release", faults).is_some_and(|at| at.value),
        ..work
    }
}

fn commitments(name: &str, node: &Node, faults: &mut Faults) -> Vec<Commitment> {
    if items(node).len() > MOST_COMMITMENTS {
        faults.add(
            Fault::error("too-many", format!("`{name}` has {} entries", items(node).len()))
                .at(&node.span)
                .allowed(format!("at most {MOST_COMMITMENTS}")),
        );
        return Vec::new();
    }
    match &node.value {
        Value::Array(items) => items
            .iter()
            .filter_map(|item| match &item.value {
                Value::Table(_) => commitment(name, item, faults),
                Value::Date(date) => {
                    faults.add(
                        Fault::error("wrong-type", format!("`{name}` lists a bare date"))
                            .at(&item.span)
                            .allowed("a date, or a list of tables")
                            .hint(format!(
                                "of several commitments, say to whom each: {{ date = {date}, to = \"board\" }}"
                            )),
                    );
                    None
                }
                _ => {
                    wrong_type(name, item, "a table such as { date = 2026-03-06, to = \"board\" }", faults);
                    None
                }
            })
            .collect(),
        Value::Table(_) => commitment(name, node, faults).into_iter().collect(),
        _ => date(name, node, faults)
            .map(|date| Commitment {
                date,
                to: None,
                owner: None,
            })
            .into_iter()
            .collect(),
    }
}

fn commitment(name: &str, node: &Node, faults: &mut Faults) -> Option<Commitment> {
    let mut reader = Reader::new(name.to_owned(), "a commitment", node, faults)?;
    let date = reader
        .required("date", "date = 2026-03-06", faults)
        .and_then(|node| date(&reader.name("date"), node, faults));
    let to = reader.text("to", faults);
    let owner = reader.text("owner", faults).map(|at| at.value);
    reader.finish(faults);
    Some(Commitment { date: date?, to, owner })
}

/// The keys that say how much there is to do, and by whom.
fn work(reader: &mut Reader<'_>, faults: &mut Faults) -> Task {
    let measure = Scale::Quantity(Measure::Work);
    let mut read = |reader: &mut Reader<'_>, key: &'static str| -> Option<EstimateText> {
        let node = reader.node(key)?;
        estimate(&reader.name(key), node, measure, faults)
    };
    let (effort, duration) = (read(reader, "effort"), read(reader, "duration"));
    let after = reader
        .node("after")
        .map(|node| links(&reader.name("after"), node, faults))
        .unwrap_or_default();
    Task {
        id: At::new(String::new(), 0..0),
        title: None,
        effort,
        duration,
        team: reader.text("team", faults),
        engineers: reader
            .node("engineers")
            .and_then(|node| engineers(&reader.name("engineers"), node, faults)),
        crew: reader.node("crew").and_then(|node| crew(&reader.name("crew"), node, faults)),
        after,
        not_before: reader.date("not_before", faults),
        priority: None,
        release: false,
        review: Vec::new(),
        scales_rate: Vec::new(),
        ladder: Ladder::default(),
    }
}

/// The keys of a task, also of one that a risk adds.
pub fn task_keys(id: At<String>, reader: &mut Reader<'_>, faults: &mut Faults) -> Task {
    let given = ["effort", "duration"].map(|key| reader.entry(key));
    match given {
        [None, None] if reader.is_strict() => faults.add(
            Fault::error("missing-key", format!("`{}` says neither `effort` nor `duration`", reader.path))
                .at(&id.span)
                .label("how much is there to do?")
                .hint("add `effort = [\"2w\", \"3w\", \"6w\"]` (engineer-time), or `duration` (elapsed time, whoever works on it)"),
        ),
        [Some(effort), Some(duration)] => faults.add(
            Fault::error(
                "effort-and-duration",
                format!("`{}` says both `effort` and `duration`", reader.path),
            )
            .at(&duration.key_span)
            .related(&effort.key_span, "given before")
            .hint("keep `effort` if more people make it faster, `duration` if it takes its time whoever works on it"),
        ),
        _ => {}
    }
    let work = work(reader, faults);
    Task {
        id,
        title: reader.text("title", faults).map(|at| at.value),
        priority: priority(reader, faults),
        release: reader.flag("release", faults).is_some_and(|at| at.value),
        review: factors(reader, "review", &REVIEW, faults),
        scales_rate: factors(reader, "scales_rate", &RATE_FACTOR, faults),
        ladder: ladder(reader, faults),
        ..work
    }
}

/// Texts that lead from the work to the decision, step by step.
fn ladder(reader: &mut Reader<'_>, faults: &mut Faults) -> Ladder {
    let mut step = |key| reader.text(key, faults).map(|at| at.value);
    Ladder {
        work_item: step("work_item"),
        system_effect: step("system_effect"),
        customer_effect: step("customer_effect"),
        business_effect: step("business_effect"),
        decision_ask: step("decision_ask"),
    }
}

fn task(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Task {
    let task = task_keys(id, &mut reader, faults);
    reader.finish_with(faults, |key| match key {
        "shape" | "range" => Some("write the estimate as a table: effort = { shape = \"pert\", low = …, likely = …, high = … }".into()),
        "low" | "likely" | "high" => Some("write effort = [\"2w\", \"3w\", \"6w\"]: low, likely, high".into()),
        "commitment" | "accountable" | "supports" | "owner" | "estimate" => Some(format!("`{key}` belongs to an initiative")),
        "lag" | "link" => Some(format!(
            "`{key}` belongs to a link: after = [{{ task = \"design\", link = \"SS\", lag = \"1w\" }}]"
        )),
        "drop" => Some("only an option can drop a task; here, take it out".into()),
        "start" | "starts" => Some("a task starts when it can; `not_before` keeps it waiting for a date".into()),
        "end" | "finish" => Some("a task ends when its work is done; a promised date is the initiative's `commitment`".into()),
        _ => None,
    });
    task
}

fn engineers(name: &str, node: &Node, faults: &mut Faults) -> Option<At<Engineers>> {
    let Value::Table(_) = node.value else {
        if !matches!(node.value, Value::Integer(_) | Value::Float(_)) {
            wrong_type(name, node, "a whole number such as 2, or { min = 1, max = 3 }", faults);
            return None;
        }
        let exactly = people(name, node, faults)?;
        return Some(exactly.map(|count| Engineers {
            min: count,
            max: Some(count),
        }));
    };
    let mut reader = Reader::new(name.to_owned(), "a crew size", node, faults)?;
    let before = faults.list.len();
    let min = reader.node("min").and_then(|node| people(&reader.name("min"), node, faults));
    let max = reader.node("max").and_then(|node| people(&reader.name("max"), node, faults));
    reader.finish(faults);
    if let (Some(min), Some(max)) = (&min, &max)
        && min.value > max.value
    {
        faults.add(
            Fault::error(
                "reversed-engineers",
                format!("`{name}` has min {} above max {}", min.value, max.value),
            )
            .at(&min.span)
            .related(&max.span, "the most")
            .allowed("min ≤ max"),
        );
    }
    (faults.list.len() == before).then(|| {
        At::new(
            Engineers {
                min: min.map_or(1, |at| at.value),
                max: max.map(|at| at.value),
            },
            node.span.clone(),
        )
    })
}

fn crew(name: &str, node: &Node, faults: &mut Faults) -> Option<At<Crew>> {
    let Value::Table(table) = &node.value else {
        wrong_type(
            name,
            node,
            "a table of teams and people, such as { core = 2, security = 1 }",
            faults,
        );
        return None;
    };
    let members = table
        .entries
        .iter()
        .filter_map(|entry| {
            let count = people(&format!("{name}.{}", entry.key), &entry.node, faults)?;
            Some((At::new(entry.key.clone(), entry.key_span.clone()), count))
        })
        .collect();
    Some(At::new(members, node.span.clone()))
}

fn links(name: &str, node: &Node, faults: &mut Faults) -> Vec<After> {
    items(node)
        .iter()
        .filter_map(|item| match &item.value {
            Value::Table(_) => link(name, item, faults),
            Value::String(_) => Some(After {
                name: text(name, item, faults)?,
                tie: Tie::FinishStart,
                lag: None,
            }),
            _ => {
                wrong_type(
                    name,
                    item,
                    "the name of a task, a list of names, or tables such as { task = \"design\", link = \"SS\", lag = \"1w\" }",
                    faults,
                );
                None
            }
        })
        .collect()
}

fn link(name: &str, node: &Node, faults: &mut Faults) -> Option<After> {
    let mut reader = Reader::new(name.to_owned(), "a link", node, faults)?;
    let task = reader
        .required("task", "task = \"design\"", faults)
        .and_then(|node| text(&reader.name("task"), node, faults));
    let kind = match reader.node("link") {
        Some(node) => one_of(&reader.name("link"), node, &["FS", "SS", "FF", "SF"], faults).map(|at| at.value),
        None => Some("FS"),
    };
    let lag = reader
        .node("lag")
        .and_then(|node| estimate(&reader.name("lag"), node, Scale::Quantity(Measure::Lag), faults));
    reader.finish_with(faults, |key| {
        (key == "type" || key == "kind").then(|| "did you mean `link`?".to_owned())
    });
    Some(After {
        name: task?,
        tie: match kind? {
            "SS" => Tie::StartStart,
            "FF" => Tie::FinishFinish,
            "SF" => Tie::StartFinish,
            _ => Tie::FinishStart,
        },
        lag,
    })
}
