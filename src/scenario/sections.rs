//! The sections of a scenario: which keys each has, and what each may hold.

use std::sync::Arc;

use crate::diagnostic::{Fault, Source};
use crate::sampling::{Correlation, Range};
use crate::scenario::estimate::{OF_THREE, Scale, estimate, one_of, range, shape};
use crate::scenario::reader::{Faults, NOT_NEGATIVE, Reader, Real, SHARE, Whole, date, items, quantity, real, text, texts, wrong_type};
use crate::scenario::says::{
    After, Budget, Checkpoint, Commitment, Crew, Delivery, Elsewhere, Engineers, EstimateText, Estimates, Initiative, Overrun, Risk,
    Scenario, Settings, Task, Team, Tie, Watched,
};
use crate::scenario::tree::{At, Node, Table, Value};
use crate::units::{Measure, Percentile, Probability};

/// Trials of a run.
pub const TRIALS: Whole = Whole {
    min: 1,
    max: 10_000_000,
    example: 10_000,
};
/// Seeds. TOML has no larger whole number.
pub const SEED: Whole = Whole {
    min: 0,
    max: i64::MAX,
    example: 1,
};
/// People of a team.
pub const ENGINEERS: Whole = Whole {
    min: 1,
    max: 10_000,
    example: 5,
};
const PRIORITY: Whole = Whole {
    min: 1,
    max: 1_000_000,
    example: 1,
};
const COUNT: Whole = Whole {
    min: 0,
    max: 1_000_000,
    example: 2,
};
const FOCUS: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1.0,
    example: 0.7,
};
const OVERRUN: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1_000.0,
    example: 1.4,
};
const CORRELATION: Real = Real { example: 0.3, ..SHARE };
/// The most entries of each section that a scenario may have. Tasks are counted over all initiatives.
pub const MOST_TASKS: usize = 20_000;
const MOST_ENTRIES: usize = 5_000;
/// Commitments of one initiative.
const MOST_COMMITMENTS: usize = 1_000;

/// Reads the sections of a tree.
pub fn read(source: &Arc<Source>, root: &Table, complete: bool, faults: Vec<Fault>) -> Scenario {
    let mut faults = Faults {
        list: faults,
        ..Faults::new(source)
    };
    let faults = &mut faults;
    let mut unused = Vec::new();
    let mut reader = Reader::of(String::new(), "a scenario", 0..0, root).forgiving(!complete);
    let settings = settings(&mut reader, complete, faults);
    let estimates = estimates(&mut reader, faults);
    let teams = named(&mut reader, "team", "a team", "core", faults, |id, reader, faults| {
        team(id, reader, &mut unused, faults)
    });
    let flows = named(&mut reader, "flow", "a flow", "checkout", faults, |id, mut reader, faults| {
        reader.real(
            "customers",
            &Real {
                example: 20_000.0,
                ..NOT_NEGATIVE
            },
            faults,
        );
        reader.real("value_per_customer_minute", &NOT_NEGATIVE, faults);
        unused.push(At::new(reader.path.clone(), id.span.clone()));
        reader.finish(faults);
        id
    });
    let incidents = named(
        &mut reader,
        "incident",
        "an incident class",
        "sev1",
        faults,
        |id, reader, faults| {
            not_supported(&reader.path, "incidents", &id.span, faults);
            id
        },
    );
    let findings = named(
        &mut reader,
        "finding",
        "a class of findings",
        "critical",
        faults,
        |id, reader, faults| {
            not_supported(&reader.path, "security findings", &id.span, faults);
            id
        },
    );
    let budgets = named(&mut reader, "budget", "a budget", "board-date", faults, budget);
    let bets = named(&mut reader, "bet", "a bet", "enterprise", faults, |id, mut reader, faults| {
        reader.text("title", faults);
        reader.text("owner", faults);
        unused.push(At::new(reader.path.clone(), id.span.clone()));
        reader.finish(faults);
        id
    });
    let mut task_count = 0;
    let initiatives = named(
        &mut reader,
        "initiative",
        "an initiative",
        "launch",
        faults,
        |id, reader, faults| initiative(id, reader, &mut task_count, &mut unused, faults),
    );
    let risks = named(&mut reader, "risk", "a risk", "legacy", faults, |id, reader, faults| {
        risk(id, reader, &mut unused, faults)
    });
    let checkpoints = named(&mut reader, "checkpoint", "a checkpoint", "week-6", faults, |id, reader, faults| {
        unused.push(At::new(reader.path.clone(), id.span.clone()));
        checkpoint(id, reader, faults)
    });
    // Options are read by themselves, since each is a scenario of its own.
    reader.entry("option");
    reader.finish(faults);
    Scenario {
        source: Arc::clone(source),
        faults: std::mem::take(&mut faults.list),
        complete,
        settings,
        estimates,
        teams,
        initiatives,
        risks,
        budgets,
        checkpoints,
        bets,
        flows,
        incidents,
        findings,
        options: Vec::new(),
        unused,
    }
}

/// Reads each named table of a section.
fn named<'t, T>(
    root: &mut Reader<'t>,
    key: &'static str,
    what: &'static str,
    example: &str,
    faults: &mut Faults,
    mut read: impl FnMut(At<String>, Reader<'t>, &mut Faults) -> T,
) -> Vec<T> {
    let mut entries = root.named(key, what, example, faults);
    if let Some((id, _)) = entries.get(MOST_ENTRIES) {
        let message = format!("`{key}` has {} entries", entries.len());
        faults.add(
            Fault::error("too-many", message)
                .at(&id.span)
                .allowed(format!("at most {MOST_ENTRIES}")),
        );
        entries.truncate(MOST_ENTRIES);
    }
    entries.into_iter().map(|(id, reader)| read(id, reader, faults)).collect()
}

/// Refuses what would change the forecast and is not simulated yet.
fn not_supported(name: &str, what: &str, span: &std::ops::Range<usize>, faults: &mut Faults) {
    faults.add(
        Fault::error("not-supported-yet", format!("`{name}`: {what} are not simulated yet"))
            .at(span)
            .label("would change the forecast, so it is not passed over in silence")
            .hint("take it out (or put `#` before the lines) to forecast without it"),
    );
}

/// Refuses each of the keys that is there.
fn refuse(reader: &mut Reader<'_>, keys: &[(&'static str, &str)], faults: &mut Faults) -> bool {
    let mut refused = false;
    for (key, what) in keys {
        if let Some(entry) = reader.entry(key) {
            not_supported(&reader.name(key), what, &entry.key_span, faults);
            refused = true;
        }
    }
    refused
}

/// Reads keys that cannot change a forecast yet as text, and lists those that are there.
fn unused_texts(reader: &mut Reader<'_>, keys: &[&'static str], unused: &mut Vec<At<String>>, faults: &mut Faults) {
    for key in keys {
        if let Some(entry) = reader.entry(key) {
            text(&reader.name(key), &entry.node, faults);
            unused.push(At::new(reader.name(key), entry.key_span.clone()));
        }
    }
}

/// Lists a key that cannot change a forecast yet.
fn mark_unused(reader: &mut Reader<'_>, key: &'static str, unused: &mut Vec<At<String>>) {
    if let Some(entry) = reader.entry(key) {
        unused.push(At::new(reader.name(key), entry.key_span.clone()));
    }
}

const LADDER: [&str; 5] = ["work_item", "system_effect", "customer_effect", "business_effect", "decision_ask"];

fn settings(root: &mut Reader<'_>, complete: bool, faults: &mut Faults) -> Settings {
    let Some(node) = root.required("scenario", "[scenario]` with `start = 2026-01-05", faults) else {
        return Settings::default();
    };
    let Some(reader) = Reader::new("scenario".into(), "the scenario", node, faults) else {
        return Settings::default();
    };
    let mut reader = reader.forgiving(!complete);
    let settings = Settings {
        name: reader.text("name", faults),
        start: reader
            .required("start", "start = 2026-01-05", faults)
            .and_then(|node| date("scenario.start", node, faults)),
        trials: reader
            .whole("trials", &TRIALS, faults)
            .and_then(|at| Some(At::new(u32::try_from(at.value).ok()?, at.span))),
        seed: reader
            .whole("seed", &SEED, faults)
            .and_then(|at| Some(At::new(u64::try_from(at.value).ok()?, at.span))),
        holidays: dates(&mut reader, "holidays", faults),
        horizon: reader.date("horizon", faults),
        file_order: reader
            .node("dispatch")
            .and_then(|node| one_of("scenario.dispatch", node, &["priority", "file-order"], faults))
            .map(|at| at.map(|word| word == "file-order")),
        timelines: reader.node("timelines").and_then(|node| timelines(node, faults)),
    };
    reader.finish(faults);
    settings
}

fn dates(reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults) -> Vec<At<crate::calendar::Date>> {
    let Some(node) = reader.node(key) else { return Vec::new() };
    let name = reader.name(key);
    items(node).iter().filter_map(|item| date(&name, item, faults)).collect()
}

fn timelines(node: &Node, faults: &mut Faults) -> Option<At<[Percentile; 3]>> {
    let written: Option<Vec<Percentile>> = match &node.value {
        Value::Array(items) => items
            .iter()
            .map(|item| match &item.value {
                Value::String(text) => Percentile::parse(text),
                _ => None,
            })
            .collect(),
        Value::Faulty => return None,
        _ => None,
    };
    match written.as_deref() {
        Some(&[best, expected, worst]) if best < expected && expected < worst => Some(At::new([best, expected, worst], node.span.clone())),
        _ => {
            faults.add(
                Fault::error("bad-timelines", "`scenario.timelines` needs three percentiles in ascending order")
                    .at(&node.span)
                    .label("best, expected, worst")
                    .allowed(format!("three times {}", Percentile::ALLOWED))
                    .hint("the default is timelines = [\"p10\", \"p50\", \"p90\"]"),
            );
            None
        }
    }
}

fn estimates(root: &mut Reader<'_>, faults: &mut Faults) -> Estimates {
    let Some(node) = root.node("estimates") else {
        return Estimates::default();
    };
    let Some(mut reader) = Reader::new("estimates".into(), "the reading of estimates", node, faults) else {
        return Estimates::default();
    };
    let estimates = Estimates {
        shape: reader
            .node("shape")
            .and_then(|node| shape("estimates.shape", node, &OF_THREE, faults)),
        range: reader.node("range").and_then(|node| range("estimates.range", node, faults)),
        correlation: reader.node("correlation").and_then(|node| correlation(node, faults)),
        overrun: reader.node("overrun").and_then(|node| overrun(node, faults)),
    };
    reader.finish(faults);
    if let (Some(shape), Some(range)) = (&estimates.shape, &estimates.range)
        && shape.value == crate::sampling::Shape::Lognormal
        && range.value == Range::MinMax
    {
        faults.add(
            lognormal_min_max("estimates")
                .at(&range.span)
                .related(&shape.span, "has no maximum"),
        );
    }
    estimates
}

/// Why a lognormal cannot be read from a minimum and a maximum.
pub fn lognormal_min_max(name: &str) -> Fault {
    Fault::error(
        "lognormal-min-max",
        format!("`{name}`: a lognormal has no maximum, so its high number must be a percentile"),
    )
    .label("read as bounds")
    .allowed("with lognormal: range = \"p10-p90\" or \"p5-p95\"; with min-max: shape = \"pert\" or \"triangular\"")
    .hint("write range = \"p10-p90\" if the outer numbers are only rarely missed, or shape = \"pert\" if nothing can lie outside them")
}

/// Reads `"none"`, or a table.
fn none_or<'t>(name: &str, what: &'static str, node: &'t Node, allowed: &str, faults: &mut Faults) -> Result<(), Option<Reader<'t>>> {
    match &node.value {
        Value::String(text) if text == "none" => Ok(()),
        Value::Table(_) => Err(Reader::new(name.to_owned(), what, node, faults)),
        _ => {
            wrong_type(name, node, allowed, faults);
            Err(None)
        }
    }
}

fn correlation(node: &Node, faults: &mut Faults) -> Option<At<Correlation>> {
    let allowed = "\"none\", or { team = 0.3, portfolio = 0.1 }; each from 0 to 1, together at most 1";
    let (team, portfolio) = match none_or("estimates.correlation", "the correlation", node, allowed, faults) {
        Ok(()) => (0.0, 0.0),
        Err(reader) => {
            let mut reader = reader?;
            let before = faults.list.len();
            let team = reader.real("team", &CORRELATION, faults);
            let portfolio = reader.real("portfolio", &CORRELATION, faults);
            reader.finish(faults);
            if faults.list.len() > before {
                return None;
            }
            let default = Correlation::default();
            (
                team.map_or(default.team(), |at| at.value),
                portfolio.map_or(default.portfolio(), |at| at.value),
            )
        }
    };
    let correlation = Correlation::new(team, portfolio);
    if correlation.is_none() {
        faults.add(
            Fault::error(
                "correlation-above-one",
                format!("team {team} and portfolio {portfolio} together are more than 1"),
            )
            .at(&node.span)
            .allowed(allowed),
        );
    }
    correlation.map(|correlation| At::new(correlation, node.span.clone()))
}

fn overrun(node: &Node, faults: &mut Faults) -> Option<At<Overrun>> {
    let allowed = "\"none\", or { p10 = 0.85, p50 = 1.0, p90 = 1.4 }";
    let mut reader = match none_or("estimates.overrun", "the overrun", node, allowed, faults) {
        Ok(()) => return Some(At::new(Overrun::None, node.span.clone())),
        Err(reader) => reader?,
    };
    if let Some(entry) = reader.entry("history") {
        not_supported(
            "estimates.overrun.history",
            "overruns learnt from a history",
            &entry.key_span,
            faults,
        );
        return None;
    }
    let numbers = ["p10", "p50", "p90"].map(|key| {
        let example = format!("{key} = 1.0");
        let node = reader.required(key, &example, faults)?;
        real(&reader.name(key), node, &OVERRUN, faults)
    });
    reader.finish(faults);
    let [Some(p10), Some(p50), Some(p90)] = numbers else { return None };
    let numbers = [p10.value, p50.value, p90.value];
    if numbers[0] < numbers[1] && numbers[1] < numbers[2] {
        return Some(At::new(Overrun::Percentiles(numbers), node.span.clone()));
    }
    let at = if numbers[0] < numbers[1] { &p90.span } else { &p50.span };
    faults.add(
        Fault::error("reversed-estimate", "in `estimates.overrun` the percentiles do not ascend")
            .at(at)
            .label("not above the one before")
            .allowed("p10 < p50 < p90; or \"none\" for no overrun"),
    );
    None
}

fn team(id: At<String>, mut reader: Reader<'_>, unused: &mut Vec<At<String>>, faults: &mut Faults) -> Team {
    let engineers = reader
        .required("engineers", "engineers = 5", faults)
        .and_then(|node| people(&reader.name("engineers"), node, faults));
    let focus = reader.real("focus", &FOCUS, faults);
    let elsewhere = reader
        .tables("elsewhere", "an absence", faults)
        .into_iter()
        .filter_map(|mut away| {
            let engineers = away
                .required("engineers", "engineers = 2", faults)
                .and_then(|node| people(&away.name("engineers"), node, faults));
            let until = away
                .required("until", "until = 2026-02-27", faults)
                .and_then(|node| date(&away.name("until"), node, faults));
            away.finish(faults);
            Some(Elsewhere {
                engineers: engineers?,
                until: until?,
            })
        })
        .collect();
    if let Some(node) = reader.node("attrition_per_year") {
        let attrition = real(&reader.name("attrition_per_year"), node, &NOT_NEGATIVE, faults);
        if attrition.is_some_and(|rate| rate.value > 0.0) {
            refuse(&mut reader, &[("attrition_per_year", "departures")], faults);
        }
    }
    let later = [("backfill", "refilled vacancies"), ("ramp_up", "newcomers"), ("hire", "hires")];
    refuse(&mut reader, &later, faults);
    reader.real("cost_per_week", &NOT_NEGATIVE, faults);
    mark_unused(&mut reader, "cost_per_week", unused);
    let team = Team {
        id,
        engineers,
        focus,
        elsewhere,
        holidays: dates(&mut reader, "holidays", faults),
        default: reader.flag("default", faults),
    };
    reader.finish(faults);
    team
}

fn people(name: &str, node: &Node, faults: &mut Faults) -> Option<At<u32>> {
    let at = crate::scenario::reader::whole(name, node, &ENGINEERS, faults)?;
    Some(At::new(u32::try_from(at.value).ok()?, at.span))
}

fn priority(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<u32> {
    reader
        .whole("priority", &PRIORITY, faults)
        .and_then(|at| u32::try_from(at.value).ok())
}

fn initiative(
    id: At<String>,
    mut reader: Reader<'_>,
    task_count: &mut usize,
    unused: &mut Vec<At<String>>,
    faults: &mut Faults,
) -> Initiative {
    let title = reader.text("title", faults).map(|at| at.value);
    let priority = priority(&mut reader, faults);
    let owner = reader.text("owner", faults).map(|at| at.value);
    let accountable = reader.text("accountable", faults).map(|at| at.value);
    let supports = reader
        .node("supports")
        .map(|node| texts(&reader.name("supports"), node, faults))
        .unwrap_or_default();
    mark_unused(&mut reader, "supports", unused);
    let estimate_date = reader.date("estimate", faults);
    let commitments = reader
        .node("commitment")
        .map(|node| commitments(&reader.name("commitment"), node, faults))
        .unwrap_or_default();
    unused_texts(&mut reader, &LADDER, unused, faults);
    let whole = ["effort", "duration"].iter().any(|key| reader.peek(key));
    let mut tasks = Vec::new();
    let has_tasks = reader.peek("task");
    for (task_id, task_reader) in reader.named("task", "a task", "design", faults) {
        *task_count += 1;
        if *task_count > MOST_TASKS {
            if *task_count == MOST_TASKS + 1 {
                let message = format!("the scenario has more than {MOST_TASKS} tasks");
                faults.add(
                    Fault::error("too-many", message)
                        .at(&task_id.span)
                        .allowed(format!("at most {MOST_TASKS}")),
                );
            }
            continue;
        }
        tasks.push(task(task_id, task_reader, unused, faults));
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
        ["after", "team", "engineers", "crew", "not_before", "release"]
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
            .map(|date| Commitment { date, to: None })
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
    reader.finish(faults);
    Some(Commitment { date: date?, to })
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
    }
}

fn task(id: At<String>, mut reader: Reader<'_>, unused: &mut Vec<At<String>>, faults: &mut Faults) -> Task {
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
    let work = work(&mut reader, faults);
    let task = Task {
        id,
        title: reader.text("title", faults).map(|at| at.value),
        priority: priority(&mut reader, faults),
        release: reader.flag("release", faults).is_some_and(|at| at.value),
        ..work
    };
    let later = [("review", "security findings"), ("scales_rate", "changes of incident rates")];
    refuse(&mut reader, &later, faults);
    unused_texts(&mut reader, &LADDER, unused, faults);
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

fn probability(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<At<Probability>> {
    let node = reader.required("probability", "probability = 0.35", faults)?;
    let at = real(&reader.name("probability"), node, &SHARE, faults)?;
    Some(At::new(Probability::new(at.value)?, at.span))
}

fn risk(id: At<String>, mut reader: Reader<'_>, unused: &mut Vec<At<String>>, faults: &mut Faults) -> Risk {
    let title = reader.text("title", faults).map(|at| at.value);
    let owner = reader.text("owner", faults).map(|at| at.value);
    let probability_of_it = probability(&mut reader, faults);
    let affects = reader
        .node("affects")
        .map(|node| texts(&reader.name("affects"), node, faults))
        .unwrap_or_default();
    let mut incomplete = affects.is_empty() && reader.has("affects");
    let mut effect = |key: &'static str, scale: Scale, reader: &mut Reader<'_>| {
        let node = reader.node(key)?;
        let effect = estimate(&reader.name(key), node, scale, faults);
        incomplete |= effect.is_none();
        effect
    };
    let multiply = effect("multiply", Scale::Factor, &mut reader);
    let add = effect("add", Scale::Quantity(Measure::Work), &mut reader);
    let delay = effect("delay", Scale::Quantity(Measure::Work), &mut reader);
    let retired_by = reader.text("retired_by", faults);
    let later = [
        ("adds_task", "tasks that a risk adds"),
        ("takes", "people whom a risk takes away"),
        ("scales_rate", "changes of incident rates"),
    ];
    incomplete |= refuse(&mut reader, &later, faults);
    // The date from which a scaled rate holds; without one it means nothing.
    reader.date("from", faults);
    mark_unused(&mut reader, "from", unused);
    reader.real("cost", &NOT_NEGATIVE, faults);
    mark_unused(&mut reader, "cost", unused);
    if let Some(node) = reader.node("mitigation")
        && let Some(mut mitigation) = Reader::new(reader.name("mitigation"), "a mitigation", node, faults)
    {
        mitigation.text("title", faults);
        mitigation.real("cost", &NOT_NEGATIVE, faults);
        probability(&mut mitigation, faults);
        mitigation.finish(faults);
    }
    mark_unused(&mut reader, "mitigation", unused);
    reader.finish_with(faults, |key| {
        (key == "task" || key == "tasks").then(|| "did you mean `affects`?".to_owned())
    });
    Risk {
        id,
        title,
        owner,
        probability: probability_of_it,
        affects,
        multiply,
        add,
        delay,
        retired_by,
        incomplete,
    }
}

fn budget(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Budget {
    let kind = reader
        .required("kind", "kind = \"delivery\"", faults)
        .and_then(|node| one_of(&reader.name("kind"), node, &["delivery", "reliability", "security", "cost"], faults));
    let tolerance = reader.real("tolerance", &SHARE, faults).and_then(|at| Probability::new(at.value));
    let what = match kind.as_ref().map(|kind| kind.value) {
        Some("delivery") => {
            let delivery = Delivery {
                initiative: reader.text("initiative", faults),
                to: reader.text("to", faults),
                max_slip: reader
                    .required("max_slip", "max_slip = 0.20", faults)
                    .and_then(|node| real(&reader.name("max_slip"), node, &NOT_NEGATIVE, faults))
                    .map(|at| at.value),
            };
            reader.finish(faults);
            return Budget {
                id,
                delivery: Some(delivery),
                tolerance,
            };
        }
        Some("reliability") => "reliability budgets",
        Some("security") => "security budgets",
        Some(_) => "cost budgets",
        None => {
            return Budget {
                id,
                delivery: None,
                tolerance,
            };
        }
    };
    not_supported(&reader.path, what, &id.span, faults);
    Budget {
        id,
        delivery: None,
        tolerance,
    }
}

fn checkpoint(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Checkpoint {
    const KINDS: [(&str, Watched); 4] = [
        ("task", Watched::Task),
        ("incident", Watched::Incident),
        ("team", Watched::Team),
        ("budget", Watched::Budget),
    ];
    reader.text("title", faults);
    let mut watches = None;
    for (key, kind) in KINDS {
        let Some(entry) = reader.entry(key) else { continue };
        let name = text(&reader.name(key), &entry.node, faults);
        if watches.is_none() {
            watches = Some((kind, name));
        } else {
            faults.add(
                Fault::error("two-observables", format!("`{}` watches more than one thing", reader.path))
                    .at(&entry.key_span)
                    .hint("make two checkpoints of it"),
            );
        }
    }
    let by = match watches.as_ref().map(|(kind, _)| *kind) {
        None => {
            if reader.is_strict() {
                faults.add(
                    Fault::error("missing-key", format!("`{}` watches nothing", reader.path))
                        .at(&id.span)
                        .label("what should be looked at?")
                        .allowed(
                            "`task` and `done_by`; `incident`, `at_most` and `by`; `team`, `engineers_at_least` and `by`; `budget`, `burnt_at_most` and `by`",
                        )
                        .hint("add `task = \"launch.design\"` and `done_by = \"6w\"`"),
                );
            }
            reader.allow(&["done_by", "by", "at_most", "engineers_at_least", "burnt_at_most", "on_miss"]);
            None
        }
        Some(Watched::Task) => moment(&mut reader, "done_by", faults),
        Some(kind) => {
            match kind {
                Watched::Incident => {
                    reader.required("at_most", "at_most = 2", faults);
                    reader.whole("at_most", &COUNT, faults);
                }
                Watched::Team => {
                    reader.required("engineers_at_least", "engineers_at_least = 11", faults);
                    reader.whole("engineers_at_least", &ENGINEERS, faults);
                }
                _ => {
                    reader.required("burnt_at_most", "burnt_at_most = 0.5", faults);
                    reader.real("burnt_at_most", &SHARE, faults);
                }
            }
            moment(&mut reader, "by", faults)
        }
    };
    if let Some(node) = reader.node("on_miss")
        && let Some(mut slip) = Reader::new(reader.name("on_miss"), "a slip protocol", node, faults)
    {
        for key in ["who", "tells", "says"] {
            slip.text(key, faults);
        }
        slip.quantity("within", Measure::Work, faults);
        slip.finish(faults);
    }
    reader.finish(faults);
    Checkpoint {
        id,
        watches: watches.and_then(|(kind, name)| Some((kind, name?))),
        by,
    }
}

/// A date, or calendar weeks after the start such as `"6w"`.
fn moment(reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults) -> Option<At<crate::calendar::Date>> {
    let node = reader.required(key, &format!("{key} = \"6w\""), faults)?;
    let name = reader.name(key);
    if let Value::String(written) = &node.value
        && crate::calendar::Date::parse(written).is_none()
    {
        let weeks = quantity(&name, node, Measure::Work, faults)?;
        let whole = written
            .trim()
            .strip_suffix('w')
            .is_some_and(|number| number.trim().parse::<u32>().is_ok());
        if !whole {
            faults.add(
                Fault::error(
                    "bad-quantity",
                    format!("`{name}` is \"{written}\", which is no number of whole weeks"),
                )
                .at(&weeks.span)
                .allowed("calendar weeks after the start such as \"6w\", or a date"),
            );
        }
        return None;
    }
    date(&name, node, faults)
}
