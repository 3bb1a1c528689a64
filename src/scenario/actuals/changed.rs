//! The scenario with what was dropped and added since it was written. Its text is that of the scenario with the actuals after it, so
//! that every place in it is a place in one of the two files.

use std::sync::Arc;

use crate::diagnostic::{Fault, Source};
use crate::scenario::actuals::{ActualsText, TaskText};
use crate::scenario::mix::{tree_of, without_the_rest};
use crate::scenario::overlay::{self, apply, elements};
use crate::scenario::reader::{Faults, suggest};
use crate::scenario::says::Scenario;
use crate::scenario::sections;
use crate::scenario::tree::{At, Entry, Node, Span, Table, Value, parse};

/// What messages call the changes.
const WHO: &str = "`[plan]`";

/// A scenario that is made of two texts.
#[derive(Debug)]
pub struct Changed {
    /// The scenario.
    pub scenario: Scenario,
    /// Where one text ends and the other begins.
    pub seam: Seam,
}

/// Where the scenario's text ends and that of the actuals begins.
#[derive(Debug, Clone)]
pub struct Seam {
    scenario: Arc<Source>,
    actuals: Arc<Source>,
    at: usize,
}

impl Seam {
    /// A fault of both texts as a fault of the one that it stands in. Places in the other are told by their line.
    #[must_use]
    pub fn place(&self, fault: Fault) -> Fault {
        let is_in_actuals = fault.span.start >= self.at;
        let own = if is_in_actuals { &self.actuals } else { &self.scenario };
        let related = fault.related.clone();
        let (near, far): (Vec<_>, Vec<_>) = related.into_iter().partition(|(span, _)| (span.start >= self.at) == is_in_actuals);
        let mut fault = fault;
        fault.span = self.local(&fault.span);
        fault.related = near.into_iter().map(|(span, label)| (self.local(&span), label)).collect();
        if let Some((span, label)) = far.first() {
            let other = if is_in_actuals { &self.scenario } else { &self.actuals };
            let (line, _) = other.position(self.local(span).start);
            let there = format!("{label}: {} line {line}", other.path);
            fault.label = if fault.label.is_empty() {
                there
            } else {
                format!("{}; {there}", fault.label)
            };
        }
        fault.of(own)
    }

    /// Whether a place of both texts is one of the actuals.
    #[must_use]
    pub const fn is_in_actuals(&self, span: &Span) -> bool {
        span.start >= self.at
    }

    fn local(&self, span: &Span) -> Span {
        let by = if self.is_in_actuals(span) { self.at } else { 0 };
        span.start - by..span.end.saturating_sub(by).max(span.start - by)
    }
}

/// The scenario with what the actuals change; `None` where they change nothing. Names of tasks that are dropped or added were checked
/// before. Without `with_options` it has none of the ways out.
#[must_use]
pub fn changed(scenario: &Scenario, actuals: &ActualsText, with_options: bool) -> Option<Changed> {
    let Laid { both, root, faults, at } = laid_over(scenario, actuals, with_options)?;
    let mut changed = sections::read(&both, &root, true, faults.list);
    if with_options {
        overlay::read(&root, &mut changed);
    }
    Some(Changed {
        scenario: changed,
        seam: Seam {
            scenario: Arc::clone(&scenario.source),
            actuals: Arc::clone(&actuals.source),
            at,
        },
    })
}

/// The tree of the scenario with what the actuals change, to be mixed with others.
#[must_use]
pub fn changed_tree(scenario: &Scenario, actuals: &ActualsText) -> Table {
    match laid_over(scenario, actuals, false) {
        Some(laid) => without_the_rest(laid.root),
        None => tree_of(&scenario.source),
    }
}

/// The trees of two texts as one.
struct Laid {
    both: Arc<Source>,
    root: Table,
    faults: Faults,
    /// Where the second text begins.
    at: usize,
}

fn laid_over(scenario: &Scenario, actuals: &ActualsText, with_options: bool) -> Option<Laid> {
    let is_dropped = |task: &&TaskText| task.dropped.is_some();
    let changes_tasks = actuals.tasks.iter().any(|task| is_dropped(&task) || task.added.is_some());
    if !changes_tasks && actuals.plan.entries.is_empty() {
        return None;
    }
    let at = scenario.source.text.len() + 1;
    let both = Arc::new(Source {
        path: scenario.source.path.clone(),
        text: format!("{}\n{}", scenario.source.text, actuals.source.text),
    });
    let mut root = parse(&scenario.source).root;
    if !with_options {
        root.remove("option");
    }
    let mut faults = Faults::new(&both);
    let mut plan = actuals.plan.clone();
    shift_table(&mut plan, at);
    apply(&mut root, &plan, WHO, &mut faults);
    let mut drops = Table::default();
    for task in actuals.tasks.iter().filter(is_dropped) {
        let drop = entry("drop", &shifted(&task.id.span, at), Value::Bool(true));
        put_task(&mut drops, &task.id, at, Table { entries: vec![drop] });
    }
    let mut additions = Table::default();
    for task in &actuals.tasks {
        if let Some(Value::Table(table)) = task.added.as_ref().map(|added| &added.entry.node.value) {
            let mut table = table.clone();
            shift_table(&mut table, at);
            put_task(&mut additions, &task.id, at, table);
        }
    }
    // What was added may follow what was dropped; it comes first, so that it inherits the predecessors too.
    for changes in [additions, drops] {
        apply(&mut root, &changes, WHO, &mut faults);
    }
    for task in &actuals.tasks {
        for name in task.added.iter().flat_map(|added| &added.before) {
            follow(&mut root, &task.id.value, name, at, &mut faults);
        }
    }
    Some(Laid { both, root, faults, at })
}

/// Writes what is said of a task under its initiative; an initiative that is one estimate has a name without a dot.
fn put_task(changes: &mut Table, id: &At<String>, at: usize, said: Table) {
    let span = shifted(&id.span, at);
    let path: Vec<&str> = match id.value.split_once('.') {
        Some((initiative, task)) => vec!["initiative", initiative, "task", task],
        None => vec!["initiative", &id.value],
    };
    let mut table = changes;
    for key in path {
        if table.get(key).is_none() {
            table.entries.push(entry(key, &span, Value::Table(Table::default())));
        }
        let Some(Value::Table(inner)) = table.get_mut(key).map(|entry| &mut entry.node.value) else {
            return;
        };
        table = inner;
    }
    table.entries.extend(said.entries);
}

fn entry(key: &str, span: &Span, value: Value) -> Entry {
    Entry {
        order: span.start,
        key: key.to_owned(),
        key_span: span.clone(),
        node: Node { span: span.clone(), value },
    }
}

/// Lets a task follow one that was added.
fn follow(root: &mut Table, added: &str, name: &At<String>, at: usize, faults: &mut Faults) {
    let span = shifted(&name.span, at);
    let here = added.split_once('.').map_or(added, |(initiative, _)| initiative);
    let (initiative, task) = name.value.split_once('.').unwrap_or((here, &name.value));
    let tasks = root
        .get_mut("initiative")
        .and_then(|entry| inner(&mut entry.node.value)?.get_mut(initiative))
        .and_then(|entry| inner(&mut entry.node.value)?.get_mut("task"))
        .and_then(|entry| inner(&mut entry.node.value));
    let near = tasks
        .as_ref()
        .and_then(|tasks| suggest(task, tasks.entries.iter().map(|entry| entry.key.as_str())));
    let near = near.map(|near| format!("did you mean \"{near}\"?"));
    let Some(successor) = tasks
        .and_then(|tasks| tasks.get_mut(task))
        .and_then(|entry| inner(&mut entry.node.value))
    else {
        faults.add(
            Fault::error(
                "unknown-reference",
                format!("`{added}` comes before `{}`, which does not exist", name.value),
            )
            .at(&span)
            .label("no such name")
            .allowed("a task of the same initiative by its name, any other as initiative.task")
            .maybe_hint(near),
        );
        return;
    };
    let link = Node {
        span: span.clone(),
        value: Value::String(added.to_owned()),
    };
    match successor.get_mut("after") {
        Some(after) => {
            let mut links = elements(&after.node);
            links.push(link);
            after.node.value = Value::Array(links);
        }
        None => successor.entries.push(entry("after", &span, Value::Array(vec![link]))),
    }
}

const fn inner(value: &mut Value) -> Option<&mut Table> {
    match value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

fn shifted(span: &Span, by: usize) -> Span {
    span.start + by..span.end + by
}

fn shift_table(table: &mut Table, by: usize) {
    for entry in &mut table.entries {
        entry.order += by;
        entry.key_span = shifted(&entry.key_span, by);
        shift_node(&mut entry.node, by);
    }
}

fn shift_node(node: &mut Node, by: usize) {
    node.span = shifted(&node.span, by);
    match &mut node.value {
        Value::Table(table) => shift_table(table, by),
        Value::Array(items) => items.iter_mut().for_each(|item| shift_node(item, by)),
        _ => {}
    }
}
