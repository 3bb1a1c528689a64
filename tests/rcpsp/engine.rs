//! An instance as a scenario, and what the engine makes of it.

use std::collections::HashMap;
use std::fmt::Write as _;

use sim::engine::{self, Compiled, Happening, Piece, Window};
use sim::plan::Plan;

use crate::common;
use crate::instance::Instance;

/// How the activities that wait are ordered, and whether they need anybody.
#[derive(Clone, Copy)]
pub enum Dispatch<'a> {
    /// The order of the file is this list.
    List(&'a [usize]),
    /// The engine's own: the longest expected remaining path first.
    Own,
    /// Resources without limit.
    NoCrews,
}

/// The instance as a scenario of one initiative `x`: a team for each resource, a task of a duration and a crew for each activity.
/// `estimate` writes the duration of each down.
pub fn scenario(instance: &Instance, dispatch: Dispatch, estimate: impl Fn(u32) -> String) -> String {
    let list = match dispatch {
        Dispatch::List(list) => list.to_vec(),
        Dispatch::Own | Dispatch::NoCrews => instance.by_number(),
    };
    let mut toml = match dispatch {
        Dispatch::Own => common::PLAIN.replace("dispatch = \"file-order\"\n", ""),
        Dispatch::List(_) | Dispatch::NoCrews => common::PLAIN.to_owned(),
    };
    let has_crews = !matches!(dispatch, Dispatch::NoCrews);
    for (resource, units) in instance.capacity.iter().enumerate().filter(|(_, units)| has_crews && **units > 0) {
        writeln!(toml, "[team.r{resource}]\nengineers = {units}").expect("a string");
    }
    toml.push_str("[initiative.x.task]\n");
    let predecessors = instance.predecessors();
    for index in list {
        let activity = &instance.activities[index];
        let after: Vec<String> = predecessors[index].iter().map(|other| format!("\"a{other}\"")).collect();
        write!(
            toml,
            "a{index} = {{ duration = {}, after = [{}]",
            estimate(activity.duration),
            after.join(", ")
        )
        .expect("a string");
        let demands = activity.demand.iter().enumerate().filter(|(_, units)| **units > 0);
        let crew: Vec<String> = demands.map(|(resource, units)| format!("r{resource} = {units}")).collect();
        if has_crews && !crew.is_empty() {
            write!(toml, ", crew = {{ {} }}", crew.join(", ")).expect("a string");
        }
        toml.push_str(" }\n");
    }
    toml
}

/// The start and the end of each activity in the only future of an instance without chance, by number: from the engine's log.
///
/// # Errors
/// In words, where an activity begins or ends other than once.
pub fn intervals(instance: &Instance, dispatch: Dispatch) -> Result<Vec<(f64, f64)>, String> {
    let plan = common::plan(&scenario(instance, dispatch, |duration| format!("\"{duration}d\"")));
    let number = |plan: &Plan, task: sim::plan::TaskId| -> usize {
        let id = &plan.tasks[task.0].id;
        id.strip_prefix("x.a").and_then(|number| number.parse().ok()).expect("an activity")
    };
    let (mut begins, mut ends) = (HashMap::new(), HashMap::new());
    for noted in engine::replay(&Compiled::new(&plan, plan.seed), 0, &Window::finishes(1e9)) {
        let before = match noted.what {
            Happening::Begins(Piece::Task(task)) => begins.insert(number(&plan, task), noted.time),
            Happening::Finishes(task) => ends.insert(number(&plan, task), noted.time),
            _ => None,
        };
        if before.is_some() {
            return Err(format!("twice: {noted:?}"));
        }
    }
    let interval = |index: usize| Some((*begins.get(&index)?, *ends.get(&index)?));
    (0..instance.activities.len())
        .map(|index| interval(index).ok_or_else(|| format!("activity {index} never begins or never ends")))
        .collect()
}

/// The finish of the last activity.
pub fn makespan(intervals: &[(f64, f64)]) -> f64 {
    intervals.iter().map(|(_, end)| *end).fold(0.0, f64::max)
}
