//! The sections of a scenario: which keys each has, and what each may hold.
//!
//! | file | sections |
//! |---|---|
//! | `settings` | `[scenario]`, `[estimates]` |
//! | `people` | `[team.…]` |
//! | `work` | `[initiative.…]` and its tasks |
//! | `risks` | `[risk.…]` |
//! | `incidents` | `[flow.…]`, `[incident.…]`, `[finding.…]` |
//! | `budgets` | `[budget.…]` |
//! | `checkpoints` | `[checkpoint.…]` |
//! | `shared` | what several of them share |

mod budgets;
mod checkpoints;
mod incidents;
mod people;
mod risks;
mod settings;
mod shared;
mod work;

use std::sync::Arc;

use crate::diagnostic::{Fault, Source};
use crate::scenario::reader::{Faults, Reader};
use crate::scenario::says::{Bet, Scenario};
use crate::scenario::tree::Table;

use shared::named;

pub use settings::{TRIALS, lognormal_min_max};

/// Reads the sections of a tree.
pub fn read(source: &Arc<Source>, root: &Table, complete: bool, faults: Vec<Fault>) -> Scenario {
    let mut faults = Faults {
        list: faults,
        ..Faults::new(source)
    };
    let faults = &mut faults;
    let mut reader = Reader::of(String::new(), "a scenario", 0..0, root).forgiving(!complete);
    let settings = settings::settings(&mut reader, complete, faults);
    let estimates = settings::estimates(&mut reader, faults);
    let teams = named(&mut reader, "team", "a team", "core", faults, people::team);
    let flows = named(&mut reader, "flow", "a flow", "checkout", faults, incidents::flow);
    let incidents = named(&mut reader, "incident", "an incident class", "sev1", faults, incidents::incident);
    let findings = named(
        &mut reader,
        "finding",
        "a class of findings",
        "critical",
        faults,
        incidents::finding,
    );
    let budgets = named(&mut reader, "budget", "a budget", "board-date", faults, budgets::budget);
    let bets = named(&mut reader, "bet", "a bet", "enterprise", faults, |id, mut reader, faults| {
        let title = reader.text("title", faults).map(|at| at.value);
        let owner = reader.text("owner", faults).map(|at| at.value);
        reader.finish(faults);
        Bet { id, title, owner }
    });
    let mut task_count = 0;
    let initiatives = named(
        &mut reader,
        "initiative",
        "an initiative",
        "launch",
        faults,
        |id, reader, faults| work::initiative(id, reader, &mut task_count, faults),
    );
    let risks = named(&mut reader, "risk", "a risk", "legacy", faults, risks::risk);
    let checkpoints = named(&mut reader, "checkpoint", "a checkpoint", "week-6", faults, |id, reader, faults| {
        checkpoints::checkpoint(id, reader, faults)
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
        root: None,
    }
}
