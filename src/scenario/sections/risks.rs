//! `[risk.…]`.

use crate::scenario::estimate::{Scale, estimate};
use crate::scenario::reader::{Faults, MONEY, Reader, text, texts};
use crate::scenario::says::{AddedTask, Mitigation, Risk, Takes};
use crate::scenario::sections::shared::{RATE_FACTOR, factors, people, probability};
use crate::scenario::sections::work::task_keys;
use crate::scenario::tree::{At, Node};
use crate::units::Measure;

/// Reads a risk.
pub fn risk(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Risk {
    let before = faults.list.len();
    let effects = [
        "affects",
        "multiply",
        "add",
        "delay",
        "takes",
        "adds_task",
        "scales_rate",
        "cost",
        "from",
    ];
    let faulty = effects.iter().any(|key| reader.is_faulty(key));
    let title = reader.text("title", faults).map(|at| at.value);
    let owner = reader.text("owner", faults).map(|at| at.value);
    let probability = probability(&mut reader, faults);
    let affects = reader
        .node("affects")
        .map(|node| texts(&reader.name("affects"), node, faults))
        .unwrap_or_default();
    let mut effect = |key: &'static str, scale: Scale, reader: &mut Reader<'_>| {
        let node = reader.node(key)?;
        estimate(&reader.name(key), node, scale, faults)
    };
    let multiply = effect("multiply", Scale::Factor, &mut reader);
    let add = effect("add", Scale::Quantity(Measure::Work), &mut reader);
    let delay = effect("delay", Scale::Quantity(Measure::Work), &mut reader);
    let retired_by = reader.text("retired_by", faults);
    let name = |reader: &Reader<'_>, key: &str| reader.name(key);
    let takes = match reader.node("takes") {
        Some(node) => takes(name(&reader, "takes"), node, faults),
        None => None,
    };
    let adds_task = match reader.node("adds_task") {
        Some(node) => adds_task(&id, name(&reader, "adds_task"), node, faults),
        None => None,
    };
    let mitigation = match reader.node("mitigation") {
        Some(node) => mitigation(name(&reader, "mitigation"), node, faults),
        None => None,
    };
    let scales_rate = factors(&mut reader, "scales_rate", &RATE_FACTOR, faults);
    let from = reader.date("from", faults);
    let cost = reader.real("cost", &MONEY, faults);
    reader.finish_with(faults, |key| match key {
        "task" | "tasks" => Some("did you mean `affects`?".into()),
        "team" | "engineers" | "for" => Some("write takes = { team = \"core\", engineers = 2, for = \"4w\" }".into()),
        _ => None,
    });
    Risk {
        id,
        title,
        owner,
        probability,
        affects,
        multiply,
        add,
        delay,
        retired_by,
        from,
        takes,
        scales_rate,
        adds_task,
        cost,
        mitigation,
        incomplete: faulty || faults.list.len() > before,
    }
}

fn takes(path: String, node: &Node, faults: &mut Faults) -> Option<Takes> {
    let mut reader = Reader::new(path, "an absence", node, faults)?;
    let team = reader
        .required("team", "team = \"core\"", faults)
        .and_then(|node| text(&reader.name("team"), node, faults));
    let engineers = reader
        .required("engineers", "engineers = 2", faults)
        .and_then(|node| people(&reader.name("engineers"), node, faults));
    let span = reader
        .required("for", "for = \"4w\"", faults)
        .and_then(|node| estimate(&reader.name("for"), node, Scale::Quantity(Measure::Work), faults));
    reader.finish_with(faults, |key| match key {
        "duration" | "span" | "time" => Some("did you mean `for`?".into()),
        "from" => Some("`from` belongs to the risk itself".into()),
        _ => None,
    });
    Some(Takes {
        team: team?,
        engineers: engineers?,
        span: span?,
    })
}

fn adds_task(id: &At<String>, path: String, node: &Node, faults: &mut Faults) -> Option<AddedTask> {
    let mut reader = Reader::new(path, "a task that a risk adds", node, faults)?;
    let place = At::new(id.value.clone(), reader.span.clone());
    let task = task_keys(place, &mut reader, faults);
    let added = AddedTask {
        task,
        initiative: reader.text("initiative", faults),
        before: reader
            .node("before")
            .map(|node| texts(&reader.name("before"), node, faults))
            .unwrap_or_default(),
    };
    reader.finish_with(faults, |key| match key {
        "low" | "likely" | "high" => Some("write effort = [\"2w\", \"3w\", \"6w\"]: low, likely, high".into()),
        "lag" | "link" => Some(format!(
            "`{key}` belongs to a link: after = [{{ task = \"design\", link = \"SS\", lag = \"1w\" }}]"
        )),
        "probability" => Some("the task comes with the risk, whose `probability` stands beside `adds_task`".into()),
        _ => None,
    });
    Some(added)
}

fn mitigation(path: String, node: &Node, faults: &mut Faults) -> Option<Mitigation> {
    let mut reader = Reader::new(path, "a mitigation", node, faults)?;
    let mitigation = Mitigation {
        title: reader.text("title", faults).map(|at| at.value),
        cost: reader.real("cost", &MONEY, faults).map(|at| at.value),
        probability: probability(&mut reader, faults),
    };
    reader.finish(faults);
    Some(mitigation)
}
