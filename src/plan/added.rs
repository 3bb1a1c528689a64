//! Tasks that risks add: where they belong, and what comes after them.

use crate::diagnostic::Fault;
use crate::plan::build::{Builder, Item, list};
use crate::plan::domain::{Link, LinkKind, TaskId};
use crate::plan::network::Edge;
use crate::scenario::says;
use crate::scenario::tree::At;
use std::collections::BTreeSet;

impl Builder<'_> {
    /// Puts them after the tasks of the initiatives, in the order of the risks.
    pub(super) fn index_added_tasks(&mut self) {
        let scenario = self.scenario;
        for (index, risk) in scenario.risks.iter().enumerate() {
            let Some(added) = &risk.adds_task else { continue };
            let Some(initiative) = self.home(risk, added) else { continue };
            let Some(own) = scenario.initiatives.get(initiative) else {
                continue;
            };
            let id = format!("{}.{}", own.id.value, risk.id.value);
            if let Some(other) = self.tasks.get(&id).and_then(|task| self.items.get(*task)) {
                let other = other.says.id.span.clone();
                self.faults.add(
                    Fault::error(
                        "duplicate-task",
                        format!("risk `{}` adds the task `{id}`, but there is one of that name", risk.id.value),
                    )
                    .at(&added.task.id.span)
                    .related(&other, "the task of that name")
                    .hint("rename the risk or the task"),
                );
                continue;
            }
            self.tasks.insert(id.clone(), self.items.len());
            if let Some(tasks) = self.tasks_of.get_mut(initiative) {
                tasks.push(self.items.len());
            }
            self.items.push(Item {
                id,
                initiative,
                says: &added.task,
                added: Some((index, &added.before)),
            });
        }
    }

    /// The initiative that an added task belongs to: the one it names, that of the first thing the risk affects, the only one.
    fn home(&mut self, risk: &says::Risk, added: &says::AddedTask) -> Option<usize> {
        let initiatives = &self.scenario.initiatives;
        let known = || initiatives.iter().map(|initiative| initiative.id.value.as_str());
        if let Some(name) = &added.initiative {
            let found = self.initiatives.get(name.value.as_str()).copied();
            if found.is_none() {
                self.no_such("initiative", name, known());
            }
            return found;
        }
        let of_name = |name: &At<String>| {
            let task = self.tasks.get(&name.value).and_then(|task| self.items.get(*task));
            task.map(|item| item.initiative)
                .or_else(|| self.initiatives.get(name.value.as_str()).copied())
        };
        let found = risk.affects.iter().find_map(of_name).or((initiatives.len() == 1).then_some(0));
        if found.is_none() && !initiatives.is_empty() {
            self.faults.add(
                Fault::error(
                    "missing-key",
                    format!("`risk.{}.adds_task` does not say to which `initiative` it belongs", risk.id.value),
                )
                .at(&added.task.id.span)
                .allowed(list(known()))
                .hint("add `initiative = …`"),
            );
        }
        found
    }

    /// The tasks that a name in the `before` of the task `added` stands for, without that task itself: a task of the same
    /// initiative, any other by its full name, or all that the file has of an initiative.
    pub(super) fn before(&self, name: &At<String>, added: usize) -> Vec<usize> {
        let Some(item) = self.items.get(added) else { return Vec::new() };
        let own = self.scenario.initiatives.get(item.initiative);
        let local = own
            .filter(|own| !own.is_one_estimate)
            .and_then(|own| self.tasks.get(&format!("{}.{}", own.id.value, name.value)));
        if let Some(task) = local.or_else(|| self.tasks.get(&name.value)) {
            return [*task].into_iter().filter(|task| *task != added).collect();
        }
        let whole = self.initiatives.get(name.value.as_str());
        whole
            .and_then(|whole| self.tasks_of.get(*whole))
            .into_iter()
            .flatten()
            .copied()
            .filter(|task| self.items.get(*task).is_some_and(|item| item.added.is_none()))
            .collect()
    }

    /// Adds what `before` says to the links of the tasks that it names.
    pub(super) fn links_of_added_tasks(&mut self, links: &mut [Vec<Link>], edges: &mut [Vec<Edge>]) {
        for index in 0..self.items.len() {
            let Some(item) = self.items.get(index) else { continue };
            let Some((_, before)) = item.added else { continue };
            let (id, initiative) = (item.id.clone(), item.initiative);
            let mut tied = BTreeSet::new();
            for name in before {
                let successors = self.before(name, index);
                if successors.is_empty() {
                    if name.value == id || Some(name.value.as_str()) == id.split_once('.').map(|(_, local)| local) {
                        self.faults.add(
                            Fault::error("self-link", format!("`{id}` comes before itself"))
                                .at(&name.span)
                                .hint("name another task, or take this out"),
                        );
                    } else {
                        self.unknown(&format!("`{id}` comes before"), name, Some(initiative), false);
                    }
                }
                for successor in successors.into_iter().filter(|successor| tied.insert(*successor)) {
                    let (Some(links), Some(edges)) = (links.get_mut(successor), edges.get_mut(successor)) else {
                        continue;
                    };
                    // It may say itself what it comes after.
                    let is_it = |link: &Link| link.predecessor == TaskId(index) && link.kind == LinkKind::FinishStart && link.lag.is_none();
                    if links.iter().any(is_it) {
                        continue;
                    }
                    links.push(Link {
                        predecessor: TaskId(index),
                        kind: LinkKind::FinishStart,
                        lag: None,
                    });
                    edges.push(Edge {
                        predecessor: index,
                        span: name.span.clone(),
                    });
                }
            }
        }
    }
}
