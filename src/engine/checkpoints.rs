//! Given checkpoints in a trial: what they look at, and whether they were hit.

use super::compile::Compiled;
use super::layout::Layout;
use super::state::{What, Whereabouts};
use super::trial::Trial;
use crate::plan::{BudgetKind, Observable, Plan, TaskId};
use crate::units::exceeds;

/// A checkpoint that is ready to be looked at.
#[derive(Debug, PartialEq)]
pub(super) struct Look {
    /// When, in working time and in clock time.
    time: f64,
    clock: f64,
    at: At,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    /// The rank of a task that must be finished.
    Done(u32),
    /// At most so many incidents of a class.
    Incidents { class: u32, at_most: f64 },
    /// At least so many people in a team.
    Engineers { team: u32, at_least: u32 },
    /// At most so many customer-minutes of a flow in the quarter of the date, booked when incidents arrive.
    Minutes {
        flow: u32,
        quarter: usize,
        burnt: f64,
        at_most: f64,
    },
    /// At most so much money.
    Money { at_most: f64 },
    /// At most so many findings open when a release wanted to start, and so many days for which releases were held.
    Held { initiative: u32, at_most: [f64; 2] },
}

impl Look {
    /// Whether it looks at a task.
    pub(super) const fn is_of_task(&self) -> bool {
        matches!(self.at, At::Done(_))
    }

    /// Whether it looks at a task, and that one had finished; `finished` gives the finish of a rank.
    pub(super) fn is_done_at(&self, finished: impl Fn(usize) -> f64) -> bool {
        matches!(self.at, At::Done(rank) if finished(rank as usize) <= self.time)
    }
}

/// Writes which checkpoints of tasks were hit into a trial's row; `finished` gives the finish of a rank.
pub(super) fn note_done(compiled: &Compiled, layout: &Layout, row: &mut [f64], finished: impl Fn(usize) -> f64) {
    for (index, look) in compiled.checkpoints.iter().enumerate() {
        if look.is_done_at(&finished) {
            layout.set_hit(row, index);
        }
    }
}

/// A checkpoint in a trial.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looked {
    /// Incidents or customer-minutes so far.
    count: f64,
    /// Known once it has been looked at.
    hit: Option<bool>,
}

impl Looked {
    pub(super) const NEW: Self = Self { count: 0.0, hit: None };
}

/// The checkpoints of a plan. `rank` gives the rank of a task, `quarter` the quarter in which a clock time lies.
pub(super) fn looks(plan: &Plan, rank: impl Fn(TaskId) -> u32, quarter: impl Fn(f64) -> usize) -> Vec<Look> {
    let looks = plan.checkpoints.iter().map(|checkpoint| {
        let clock = checkpoint.by.clock;
        let at = match checkpoint.observable {
            Observable::Done { task } => At::Done(rank(task)),
            Observable::Incidents { class, at_most } => At::Incidents {
                class: class.0 as u32,
                at_most: f64::from(at_most),
            },
            Observable::Engineers { team, at_least } => At::Engineers {
                team: team.0 as u32,
                at_least,
            },
            Observable::Burnt { budget, at_most } => match &plan.budgets[budget.0].kind {
                BudgetKind::Reliability {
                    flow,
                    customer_minutes_per_quarter,
                    burnt,
                    ..
                } => {
                    let quarter = quarter(clock);
                    At::Minutes {
                        flow: flow.0 as u32,
                        quarter,
                        burnt: if quarter == 0 { *burnt } else { 0.0 },
                        at_most: at_most * customer_minutes_per_quarter,
                    }
                }
                BudgetKind::Security {
                    initiative,
                    max_open,
                    max_days_held,
                } => At::Held {
                    initiative: initiative.0 as u32,
                    at_most: [max_open, max_days_held].map(|limit| limit.map_or(f64::INFINITY, |limit| at_most * limit)),
                },
                BudgetKind::Cost { max } => At::Money { at_most: at_most * max },
                // Refused by the plan: nothing of it is burnt before the end.
                BudgetKind::Delivery { .. } => At::Money { at_most: f64::INFINITY },
            },
        };
        Look {
            time: checkpoint.by.time.days(),
            clock,
            at,
        }
    });
    looks.collect()
}

impl Trial<'_> {
    pub(super) fn open_checkpoints(&mut self) {
        self.w.looked.clear();
        for (index, look) in self.plan.checkpoints.iter().enumerate() {
            let count = if let At::Minutes { burnt, .. } = look.at { burnt } else { 0.0 };
            self.w.looked.push(Looked { count, ..Looked::NEW });
            if matches!(look.at, At::Engineers { .. } | At::Money { .. } | At::Held { .. }) && look.time.is_finite() {
                self.push(look.time, What::Look(index as u32), 0);
            }
        }
    }

    /// An incident of a class arrives.
    pub(super) fn incident_for_checkpoints(&mut self, class: usize, clock: f64) {
        for (look, looked) in self.plan.checkpoints.iter().zip(&mut self.w.looked) {
            if let At::Incidents { class: watched, .. } = look.at
                && clock < look.clock
                && watched as usize == class
            {
                looked.count += 1.0;
            }
        }
    }

    /// Customers have felt so many minutes of a flow through a class.
    pub(super) fn minutes_for_checkpoints(&mut self, class: usize, clock: f64, in_quarter: usize, minutes: f64) {
        let felt = self.plan.incidents[class].flow;
        for (look, looked) in self.plan.checkpoints.iter().zip(&mut self.w.looked) {
            if let At::Minutes { flow, quarter, .. } = look.at
                && clock < look.clock
                && flow == felt
                && quarter == in_quarter
            {
                looked.count += minutes;
            }
        }
    }

    /// Looks at a checkpoint now.
    pub(super) fn look(&mut self, checkpoint: usize) {
        let hit = match self.plan.checkpoints[checkpoint].at {
            At::Done(_) | At::Incidents { .. } | At::Minutes { .. } => return,
            At::Engineers { team, at_least } => {
                let seats = &self.plan.teams[team as usize].seats;
                let there = |seat: &u32| self.w.people[*seat as usize].whereabouts != Whereabouts::Absent;
                seats.clone().filter(there).count() >= at_least as usize
            }
            At::Money { at_most } => !exceeds(self.w.ledger.paid_by(self.plan, self.now), at_most),
            At::Held { initiative, at_most } => {
                let (open, mut days) = self.w.ledger.holds(initiative as usize);
                for task in &self.w.held_releases {
                    let since = self.w.tasks[*task as usize].held_since;
                    if self.plan.tasks[*task as usize].initiative == initiative && since.is_finite() {
                        days += self.now - since;
                    }
                }
                !exceeds(open, at_most[0]) && !exceeds(days, at_most[1])
            }
        };
        self.w.looked[checkpoint].hit = Some(hit);
    }

    /// Writes which checkpoints were hit into the trial's row. One that nobody came to is looked at now.
    pub(super) fn close_checkpoints(&mut self, layout: &Layout) {
        for index in 0..self.plan.checkpoints.len() {
            if self.w.looked[index].hit.is_none() {
                self.look(index);
            }
            let (look, looked) = (&self.plan.checkpoints[index], self.w.looked[index]);
            let hit = match look.at {
                At::Done(_) => look.is_done_at(|rank| self.w.tasks[rank].finished),
                At::Incidents { at_most, .. } => looked.count <= at_most,
                At::Minutes { at_most, .. } => !exceeds(looked.count, at_most),
                _ => looked.hit == Some(true),
            };
            if hit {
                layout.set_hit(self.row, index);
            }
        }
    }
}
