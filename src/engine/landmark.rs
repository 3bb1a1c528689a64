//! Two futures without chance: everything goes right, and the plan on paper.

use super::compile::Compiled;
use super::draws::Draws;
use super::layout::{Layout, Tally, Window};
use super::state::Workspace;
use super::trial::play;

/// Two futures without chance, in working days; infinite for never.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// Finish of each initiative with low estimates, no risk, overrun 1.
    pub everything_goes_right: Vec<f64>,
    /// Finish of each initiative with likely estimates, no risk, overrun 1.
    pub plan_on_paper: Vec<f64>,
    /// When each task of the plan starts and finishes on paper.
    pub schedule: Vec<Scheduled>,
}

/// When a task is worked on, in working days; infinite for never.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scheduled {
    /// Its start.
    pub start: f64,
    /// Its finish.
    pub finish: f64,
}

/// Plays both futures through the same event loop as the trials, so people and priorities count as they do there.
#[must_use]
pub fn landmarks(compiled: &Compiled) -> Landmarks {
    let mut draws = Draws::new(compiled);
    let window = Window::finishes(f64::INFINITY);
    let mut workspace = Workspace::new(compiled, &window);
    let mut tally = Tally::new(compiled, &window);
    let mut play = |draws: &Draws, workspace: &mut Workspace| {
        let mut row = vec![0.0; Layout::new(compiled, &window).width()];
        // Without chance there is no flood.
        let _ = play(compiled, draws.lane(0), &window, workspace, &mut row, &mut tally);
        row.truncate(compiled.initiatives);
        row
    };
    draws.fix(compiled, |task| task.low, |low, _| low);
    let everything_goes_right = play(&draws, &mut workspace);
    draws.fix(compiled, |task| task.likely, |_, likely| likely);
    let plan_on_paper = play(&draws, &mut workspace);
    let mut schedule = vec![Scheduled { start: 0.0, finish: 0.0 }; compiled.order.len()];
    for (rank, task) in compiled.order.iter().enumerate() {
        let (start, finish) = workspace.times(rank);
        schedule[task.0] = Scheduled { start, finish };
    }
    Landmarks {
        everything_goes_right,
        plan_on_paper,
        schedule,
    }
}
