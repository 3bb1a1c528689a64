//! The simulation: a compiled plan, one trial's event loop, and blocks of trials in parallel.
//!
//! A trial is one possible future of the whole portfolio. [`Compiled`] is the plan as flat arrays in dispatch order;
//! [`run()`] draws blocks of trials side by side, plays each through a discrete-event loop on a reused workspace, and puts the
//! finishes where their trial number says, so the result is the same bits with any number of threads.
//!
//! With fixed crews and constant teams the loop is the parallel schedule-generation scheme of the resource-constrained project
//! scheduling problem (Kolisch & Hartmann 1999); where nobody is needed it is the critical-path forward pass.

mod again;
mod ahead;
#[cfg(test)]
mod audit;
mod chain;
mod checkpoints;
mod compile;
mod crews;
mod critical;
mod draws;
mod findings;
mod flood;
mod greedy;
mod incidents;
mod landmark;
mod layout;
mod ledger;
mod log;
mod network;
mod packed;
mod past;
mod people;
mod queue;
mod run;
mod state;
mod telling;
mod trial;
mod waiting;
mod watch;
mod weigh;

pub use chain::Drivers;
pub use compile::Compiled;
pub use draws::BLOCK;
pub use flood::{Flood, FloodCause};
pub use landmark::{Landmarks, Scheduled, landmarks};
pub use layout::{BINS, Count, Held, Layout, Money, Tally, TrialRow, Window, people_per_bin};
pub use log::{Happening, Noted, Piece};
pub use past::{Guide, Lives, Past};
pub use run::{PILOT_TRIALS, Run, RunError, Stop, Trials, pilot, replay, run};
pub use telling::{Cause, Told, ToldStep, ToldTask, tell};
pub use watch::{DETAILED_FUTURES, DETAILED_TASKS, Detail, Details, TaskDetail, Watch};
pub use weigh::{MeanSight, StandIn, Weighed, weigh};
