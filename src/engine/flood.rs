//! The last guard: a future in which more happens than can be played.
//!
//! Plans whose numbers alone mean too much are refused by name before anything is played. What is left are products of chances
//! that come together in a few futures. Such a future is not passed over or counted as "never": the budgets and the cost of a
//! forecast without it would be too good, and nobody would see it. The run ends and says what floods it.

use super::compile::Compiled;
use super::state::Workspace;

/// Steps of a trial beside those that the size of the plan explains.
const MOST_STEPS: u64 = 1_000_000;
/// Steps for each task, link and person: a start, a finish, and people who come and go in between.
const STEPS_EACH: u64 = 100;

/// The steps (events, looks at a gate, findings) that a trial may take.
pub(super) const fn most_steps(compiled: &Compiled) -> u64 {
    MOST_STEPS + STEPS_EACH * (compiled.tasks.len() + compiled.links.len() + compiled.seats.len()) as u64
}

/// A future in which more happens than can be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flood {
    /// The number of the trial, from 0.
    pub trial: u32,
    /// The working time that it reached.
    pub time: f64,
    /// The steps that it took.
    pub steps: u64,
    /// What most of them came from, by place in the plan.
    pub cause: FloodCause,
}

/// What floods a future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloodCause {
    /// So many incidents of this class.
    Incidents(usize, u64),
    /// So many departures from this team.
    Departures(usize, u64),
    /// So many findings.
    Findings(u64),
    /// Tasks and links alone.
    Work,
}

impl Flood {
    /// What flooded the trial that the workspace holds.
    pub(super) fn of(compiled: &Compiled, workspace: &Workspace, trial: u32, time: f64) -> Self {
        let incidents = workspace.incidents.iter().map(|class| u64::from(class.arrivals)).enumerate();
        let incidents = incidents.map(|(class, count)| FloodCause::Incidents(class, count));
        let departures = compiled.teams.iter().enumerate().map(|(team, says)| {
            let seats = &workspace.people[says.seats.start as usize..says.seats.end as usize];
            FloodCause::Departures(team, seats.iter().map(|seat| u64::from(seat.occupant)).sum())
        });
        let steps = most_steps(compiled);
        let cause = incidents
            .chain(departures)
            .chain([FloodCause::Findings(workspace.findings)])
            .filter(|cause| cause.count() > steps / 50)
            .max_by_key(|cause| cause.count());
        Self {
            trial,
            time,
            steps,
            cause: cause.unwrap_or(FloodCause::Work),
        }
    }
}

impl FloodCause {
    const fn count(self) -> u64 {
        match self {
            Self::Incidents(_, count) | Self::Departures(_, count) | Self::Findings(count) => count,
            Self::Work => 0,
        }
    }
}
