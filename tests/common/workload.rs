//! A network of 120 tasks with PERT durations, for tests and benchmarks.

use std::fmt::Write as _;

use serde_json::Value;

/// The workload as a scenario; its tasks are one person's work where there is a team.
pub fn scenario(with_team: bool) -> String {
    let network: Value = serde_json::from_str(include_str!("../data/workload_m.json")).expect("a workload");
    let mut toml = String::from(
        "[scenario]\nstart = 2026-01-05\n[estimates]\nshape = \"pert\"\nrange = \"min-max\"\noverrun = \"none\"\ncorrelation = \"none\"\n",
    );
    if with_team {
        writeln!(toml, "[team.all]\nengineers = {}", network["workers"]).expect("a string");
    }
    let tasks = network["tasks"].as_array().expect("tasks");
    let id = |index: usize| tasks[index]["id"].as_str().expect("a name");
    for (index, task) in tasks.iter().enumerate() {
        let after: Vec<&str> = task["preds"]
            .as_array()
            .expect("predecessors")
            .iter()
            .map(|index| id(index.as_u64().expect("an index") as usize))
            .collect();
        let quantity = if with_team { "effort" } else { "duration" };
        writeln!(
            toml,
            "[initiative.plan.task.{}]\n{quantity} = [\"{}d\", \"{}d\", \"{}d\"]\nafter = {after:?}",
            id(index),
            task["min"],
            task["mode"],
            task["max"]
        )
        .expect("a string");
    }
    toml
}
