//! Links between tasks: names → edges, and the circles among them.

use crate::diagnostic::Fault;
use crate::scenario::reader::Faults;
use crate::scenario::tree::Span;

/// A link that was resolved, with the place where it was written.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The task depended upon.
    pub predecessor: usize,
    /// Where the predecessor is named.
    pub span: Span,
}

/// Circles that are reported; whoever has more has them for one reason.
const MOST_CYCLES: usize = 20;
/// Tasks of a circle that its message names.
const MOST_NAMED: usize = 60;

/// Reports each circle once, task by task. `edges` holds the links of each task, `names` its id.
pub fn report_cycles(edges: &[Vec<Edge>], names: &[&str], faults: &mut Faults) -> bool {
    let cycles = cycles(edges);
    for cycle in &cycles {
        faults.add(describe(cycle, edges, names));
    }
    !cycles.is_empty()
}

/// One circle for every link that closes one, each in the order in which its tasks would have to be done, the first of the file
/// first. A depth-first walk from successors to predecessors, on a stack of its own so that long chains are safe.
fn cycles(edges: &[Vec<Edge>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open(usize),
        Done,
    }
    let mut marks = vec![Mark::New; edges.len()];
    let mut found = Vec::new();
    for root in 0..edges.len() {
        if marks.get(root) != Some(&Mark::New) {
            continue;
        }
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        set(&mut marks, root, Mark::Open(0));
        while let Some((task, next)) = path.last_mut() {
            let task = *task;
            let edge = edges.get(task).and_then(|links| links.get(*next));
            *next += 1;
            let Some(edge) = edge else {
                set(&mut marks, task, Mark::Done);
                path.pop();
                continue;
            };
            match marks.get(edge.predecessor) {
                Some(Mark::New) => {
                    set(&mut marks, edge.predecessor, Mark::Open(path.len()));
                    path.push((edge.predecessor, 0));
                }
                Some(Mark::Open(depth)) => {
                    // The path runs from successors to predecessors; work runs the other way.
                    let mut cycle: Vec<usize> = path.iter().skip(*depth).map(|(task, _)| *task).rev().collect();
                    let first = cycle.iter().enumerate().min_by_key(|(_, task)| **task).map_or(0, |(at, _)| at);
                    cycle.rotate_left(first);
                    found.push(cycle);
                    if found.len() == MOST_CYCLES {
                        return found;
                    }
                }
                Some(Mark::Done) | None => {}
            }
        }
    }
    found
}

fn set<T>(list: &mut [T], index: usize, value: T) {
    if let Some(slot) = list.get_mut(index) {
        *slot = value;
    }
}

fn describe(cycle: &[usize], edges: &[Vec<Edge>], names: &[&str]) -> Fault {
    let name = |task: usize| names.get(task).copied().unwrap_or_default();
    let mut chain: Vec<String> = cycle.iter().take(MOST_NAMED).map(|task| name(*task).to_owned()).collect();
    if cycle.len() > MOST_NAMED {
        chain.push(format!("{} more", cycle.len() - MOST_NAMED));
    }
    chain.extend(cycle.first().map(|task| name(*task).to_owned()));
    let mut fault = Fault::error("cycle", format!("these tasks wait for one another: {}", chain.join(" → ")))
        .label(String::new())
        .hint("take one of these links out, or split a task so that its first part no longer waits");
    let mut places = cycle.iter().enumerate().filter_map(|(at, predecessor)| {
        let successor = *cycle.get((at + 1) % cycle.len())?;
        let edge = edges.get(successor)?.iter().find(|edge| edge.predecessor == *predecessor)?;
        Some((
            edge.span.clone(),
            format!("`{}` comes after `{}`", name(successor), name(*predecessor)),
        ))
    });
    if let Some((span, label)) = places.next() {
        fault = fault.at(&span).label(label);
    }
    for (span, label) in places {
        fault = fault.related(&span, label);
    }
    fault
}

/// Turns a list of predecessors for each task into one of successors.
pub fn successors(predecessors: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut successors = vec![Vec::new(); predecessors.len()];
    for (successor, predecessors) in predecessors.iter().enumerate() {
        for predecessor in predecessors {
            if let Some(list) = successors.get_mut(*predecessor) {
                list.push(successor);
            }
        }
    }
    successors
}

/// For each task whether it can only start after `task` has finished. `successors` holds, for each task, those that must await
/// its finish.
pub fn comes_after(task: usize, successors: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; successors.len()];
    let mut open = vec![task];
    while let Some(next) = open.pop() {
        for successor in successors.get(next).into_iter().flatten() {
            if reached.get(*successor) == Some(&false) {
                set(&mut reached, *successor, true);
                open.push(*successor);
            }
        }
    }
    reached
}
