//! A second implementation of the model, for comparison with the engine.
//!
//! It walks through the calendar day by day and, within a working day, from one event to the next. Nothing is stepped: the
//! only thing that is rounded is a time, and two moments closer than [`trial::EPS`] are the same moment.
//!
//! | file | subject |
//! |---|---|
//! | `known` | what is the same in every trial: dates, quarters, order of dispatch |
//! | `chance` | random numbers |
//! | `trial` | one future: its days and its events |
//! | `people` | who is there, who comes, who goes, who is taken away |
//! | `work` | tasks, links, dispatch, the queue of small work |
//! | `incidents` | arrivals, downtime, responses |
//! | `findings` | security findings and the releases that they hold |
//! | `budgets` | what is counted, and which budgets that breaches |
//! | `compare` | whether two samples can come from one distribution |
//! | `engine` | the engine on the same plans, compared |
//! | `random` | random plans without chance, and the smallest part of one that shows a difference |
//!
//! The rest are checks of this implementation against closed forms and against plans worked out by hand.

mod budgets;
mod chance;
mod compare;
mod engine;
mod findings;
mod incidents;
mod known;
mod people;
mod trial;
mod work;

mod by_hand;
mod closed_forms;
mod networks;
mod random;
mod shapes;
mod writing;

use sim::calendar::Date;
use sim::plan::Plan;

pub use budgets::{Future, breaches};
pub use compare::{Measures, disagreements, measures};

/// Draws `trials` futures of a plan whose budgets end on the evening of `horizon`. Trial i depends on the seed and i alone.
pub fn simulate(plan: &Plan, horizon: Date, trials: u32, seed: u64) -> Vec<Future> {
    let known = known::Known::new(plan, horizon);
    (0..trials)
        .map(|trial| trial::Trial::new(&known, chance::Chance::new(seed, trial)).run())
        .collect()
}
