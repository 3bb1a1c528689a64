//! Names in the file → tasks, and the links between them.

use crate::diagnostic::Fault;
use crate::plan::build::{Builder, Item};
use crate::plan::domain::{InitiativeId, Link, LinkKind, RiskId, Task, TaskId, Work};
use crate::plan::estimate::{Reading, Unit};
use crate::plan::incidents::Marks;
use crate::plan::network::{Edge, report_cycles};
use crate::scenario::reader::suggest;
use crate::scenario::says::{self, Tie};
use crate::scenario::tree::{At, Span};
use std::collections::{HashMap, HashSet};

/// Links of a whole scenario, counted after those to whole initiatives are spread over their tasks.
const MOST_LINKS: usize = 500_000;

impl<'s> Builder<'s> {
    /// The best guess at what an unknown name was meant to be.
    fn meant(&self, name: &str, initiative: Option<usize>, with_teams: bool) -> Option<String> {
        let local = name.rsplit('.').next().unwrap_or(name);
        let here = initiative.and_then(|index| self.scenario.initiatives.get(index));
        // A local name of another initiative needs that initiative's name before it.
        let elsewhere = self.items.iter().find(|item| item.says.id.value == local && item.id.contains('.'));
        if let Some(item) = elsewhere {
            return Some(format!("did you mean \"{}\"?", item.id));
        }
        let locals = here
            .into_iter()
            .flat_map(|initiative| initiative.tasks.iter().map(|task| task.id.value.as_str()));
        let all = self.items.iter().map(|item| item.id.as_str());
        let initiatives = self.scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str());
        let teams = self.scenario.teams.iter().filter(|_| with_teams).map(|team| team.id.value.as_str());
        if let Some(near) = suggest(name, locals.chain(all).chain(initiatives).chain(teams)) {
            return Some(format!("did you mean \"{near}\"?"));
        }
        let all_locals = self.items.iter().map(|item| item.says.id.value.as_str());
        let near = suggest(local, all_locals)?;
        let item = self.items.iter().find(|item| item.says.id.value == near)?;
        Some(format!("did you mean \"{}\"?", item.id))
    }

    pub(super) fn unknown(&mut self, what: &str, name: &At<String>, initiative: Option<usize>, with_teams: bool) {
        let hint = if self.faults.are_few() {
            self.meant(&name.value, initiative, with_teams)
        } else {
            None
        };
        let allowed = if with_teams {
            "tasks as initiative.task, initiatives and teams by their names"
        } else if initiative.is_some() {
            "a task of the same initiative by its name, any other as initiative.task, or an initiative"
        } else {
            "a task as initiative.task"
        };
        self.faults.add(
            Fault::error("unknown-reference", format!("{what} `{}`, which does not exist", name.value))
                .at(&name.span)
                .label("no such name")
                .allowed(allowed)
                .maybe_hint(hint),
        );
    }

    /// One task by its full name, or an initiative that is one estimate.
    pub(super) fn one_task(&mut self, what: &str, name: &At<String>) -> Option<usize> {
        if let Some(task) = self.tasks.get(&name.value) {
            return Some(*task);
        }
        if let Some(index) = self.initiatives.get(name.value.as_str()) {
            let example = self
                .tasks_of
                .get(*index)
                .and_then(|tasks| tasks.last())
                .and_then(|task| self.items.get(*task));
            let hint = example.map(|item| format!("name one of its tasks, such as \"{}\"", item.id));
            self.faults.add(
                Fault::error("not-a-task", format!("{what} `{}`, which is a whole initiative", name.value))
                    .at(&name.span)
                    .maybe_hint(hint),
            );
            return None;
        }
        self.unknown(what, name, None, false);
        None
    }

    /// The links of each task; `None` where one of them is faulty or they go in a circle.
    pub(super) fn links(&mut self, reading: &mut Reading<'_>) -> Option<Vec<Vec<Link>>> {
        let before = self.errors();
        let terminals = self.terminals();
        let mut links: Vec<Vec<Link>> = Vec::with_capacity(self.items.len());
        let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(self.items.len());
        let mut total = 0;
        for index in 0..self.items.len() {
            let Some(item) = self.items.get(index) else { continue };
            let (says, id, initiative) = (item.says, item.id.clone(), item.initiative);
            let mut own = Vec::new();
            let mut own_edges = Vec::new();
            let mut named: HashMap<(usize, u8, bool), &Span> = HashMap::new();
            let mut tied: HashSet<(usize, u8)> = HashSet::new();
            for after in &says.after {
                let lag = match &after.lag {
                    Some(lag) => reading.estimate(&format!("the lag of {id}"), lag, Unit::Work, &mut self.faults),
                    None => None,
                };
                let Some(target) = self.target(after, index, initiative) else {
                    continue;
                };
                let (key, predecessors) = match target {
                    Target::Task(task) => ((task, after.tie as u8, false), vec![task]),
                    Target::Initiative(whole) => ((whole, after.tie as u8, true), terminals.get(whole).cloned().unwrap_or_default()),
                };
                if let Some(first) = named.insert(key, &after.name.span) {
                    self.faults.add(
                        Fault::error(
                            "duplicate-link",
                            format!("`{id}` names `{}` twice with the same kind of link", after.name.value),
                        )
                        .at(&after.name.span)
                        .related(first, "named before")
                        .hint("keep one of the two"),
                    );
                    continue;
                }
                for predecessor in predecessors {
                    // Spread over an initiative's tasks, a plain link may repeat one that is there already.
                    if !tied.insert((predecessor, after.tie as u8)) && lag.is_none() {
                        continue;
                    }
                    total += 1;
                    if total > MOST_LINKS {
                        break;
                    }
                    own.push(Link {
                        predecessor: TaskId(predecessor),
                        kind: kind(after.tie),
                        lag: lag.clone(),
                    });
                    own_edges.push(Edge {
                        predecessor,
                        span: after.name.span.clone(),
                    });
                }
            }
            if total > MOST_LINKS {
                self.faults.add(
                    Fault::error("too-many", format!("the scenario has more than {MOST_LINKS} links"))
                        .at(&says.id.span)
                        .allowed(format!(
                            "at most {MOST_LINKS}, those to whole initiatives counted once for each task"
                        )),
                );
                return None;
            }
            links.push(own);
            edges.push(own_edges);
        }
        self.links_of_added_tasks(&mut links, &mut edges);
        let names: Vec<&str> = self.items.iter().map(|item| item.id.as_str()).collect();
        report_cycles(&edges, &names, &mut self.faults);
        (self.errors() == before).then_some(links)
    }

    pub(super) fn errors(&self) -> usize {
        self.faults.list.iter().filter(|fault| fault.is_error()).count()
    }

    /// The tasks of each initiative that no other of its tasks waits for.
    fn terminals(&self) -> Vec<Vec<usize>> {
        let mut awaited = vec![false; self.items.len()];
        // A task that a risk adds is not always there, so whatever it waits for may be the last.
        for item in self.items.iter().filter(|item| item.added.is_none()) {
            let own = self.scenario.initiatives.get(item.initiative);
            for after in item.says.after.iter().filter(|after| after.tie == Tie::FinishStart) {
                let full = own.map(|own| format!("{}.{}", own.id.value, after.name.value)).unwrap_or_default();
                let task = self.tasks.get(&full).or_else(|| self.tasks.get(&after.name.value));
                if let Some(task) = task
                    && self.items.get(*task).is_some_and(|other| other.initiative == item.initiative)
                    && let Some(slot) = awaited.get_mut(*task)
                {
                    *slot = true;
                }
            }
        }
        for (index, item) in self.items.iter().enumerate() {
            let awaited_here = item.added.is_some_and(|(_, before)| {
                before
                    .iter()
                    .flat_map(|name| self.before(name, index))
                    .any(|task| self.items.get(task).is_some_and(|other| other.initiative == item.initiative))
            });
            if let (true, Some(slot)) = (awaited_here, awaited.get_mut(index)) {
                *slot = true;
            }
        }
        self.tasks_of
            .iter()
            .map(|tasks| tasks.iter().copied().filter(|task| awaited.get(*task) == Some(&false)).collect())
            .collect()
    }

    /// What a link names.
    fn target(&mut self, after: &says::After, task: usize, initiative: usize) -> Option<Target> {
        let name = &after.name;
        let own = self.scenario.initiatives.get(initiative)?;
        let id = self.items.get(task).map(|item| item.id.clone()).unwrap_or_default();
        let local = (!own.is_one_estimate)
            .then(|| self.tasks.get(&format!("{}.{}", own.id.value, name.value)))
            .flatten();
        let found = local.or_else(|| self.tasks.get(&name.value)).copied();
        if found == Some(task) || (found.is_none() && name.value == own.id.value) {
            let message = if found.is_some() {
                format!("`{id}` comes after itself")
            } else {
                format!("`{id}` comes after the whole initiative that it belongs to")
            };
            self.faults.add(
                Fault::error("self-link", message)
                    .at(&name.span)
                    .hint("name another task, or take this out"),
            );
            return None;
        }
        if let Some(found) = found {
            return Some(Target::Task(found));
        }
        let Some(whole) = self.initiatives.get(name.value.as_str()).copied() else {
            self.unknown(&format!("`{id}` comes after"), name, Some(initiative), false);
            return None;
        };
        if matches!(after.tie, Tie::StartStart | Tie::StartFinish) {
            self.faults.add(
                Fault::error(
                    "link-to-initiative",
                    format!("`{id}` is tied to the start of the whole initiative `{}`", name.value),
                )
                .at(&name.span)
                .hint("name the task whose start is meant"),
            );
            return None;
        }
        Some(Target::Initiative(whole))
    }

    pub(super) fn plan_tasks(&self, works: Vec<Option<Work>>, links: Vec<Vec<Link>>, marks: Vec<Marks>) -> Option<Vec<Task>> {
        let tasks: Vec<Task> = self
            .items
            .iter()
            .zip(works)
            .zip(links)
            .zip(marks)
            .map(|(((item, work), links), marks)| {
                Some(Task {
                    id: item.id.clone(),
                    title: item.says.title.clone().unwrap_or_else(|| self.title_of(item)),
                    initiative: InitiativeId(item.initiative),
                    priority: item.says.priority,
                    work: work?,
                    links,
                    not_before: item.says.not_before.as_ref().map(|at| self.calendar.morning_of(at.value)),
                    release: item.says.release,
                    review: marks.review,
                    scales_rate: marks.scales_rate,
                    only_if: item.added.map(|(risk, _)| RiskId(risk)),
                    ladder: item.says.ladder.clone(),
                })
            })
            .collect::<Option<_>>()?;
        (tasks.len() == self.items.len()).then_some(tasks)
    }

    /// The title of a task without one; of an initiative that is one estimate, the initiative's; of one that a risk adds, the
    /// risk's.
    fn title_of(&self, item: &Item<'_>) -> String {
        if let Some(risk) = item.added.and_then(|(risk, _)| self.scenario.risks.get(risk)) {
            return risk.title.clone().unwrap_or_else(|| risk.id.value.clone());
        }
        let own = self.scenario.initiatives.get(item.initiative).filter(|own| own.is_one_estimate);
        own.and_then(|own| own.title.clone()).unwrap_or_else(|| item.says.id.value.clone())
    }
}

/// What a link names.
enum Target {
    Task(usize),
    Initiative(usize),
}

const fn kind(tie: Tie) -> LinkKind {
    match tie {
        Tie::FinishStart => LinkKind::FinishStart,
        Tie::StartStart => LinkKind::StartStart,
        Tie::FinishFinish => LinkKind::FinishFinish,
        Tie::StartFinish => LinkKind::StartFinish,
    }
}

/// The predecessors whose finish a task with these links must await before it starts.
pub fn awaited(links: &[Link]) -> Vec<usize> {
    links
        .iter()
        .filter(|link| link.kind == LinkKind::FinishStart)
        .filter(|link| link.lag.as_ref().is_none_or(|lag| lag.distribution.quantile(0.0) >= 0.0))
        .map(|link| link.predecessor.0)
        .collect()
}
