//! One trial in the order in which it happened: for checks from outside, and for people to whom it is told.

use super::compile::{Compiled, NONE};
use super::trial::Trial;
use crate::plan::{FindingId, IncidentId, RiskId, TaskId, TeamId};

/// What was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A task of the plan.
    Task(TaskId),
    /// Work for one person that this incident's class brought, by its number in the trial.
    FollowUp(IncidentId, u32),
    /// The fix of a finding of this class, by its number in the trial.
    Fix(FindingId, u32),
}

/// What happened. People are told by their seats, which are numbered team by team in the order of the file: in a team those there at
/// the start, those on other work, those to be hired. Who fills a vacancy has the seat of whoever left it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening {
    /// This risk is real in this future.
    RiskIsReal(RiskId),
    /// Work begins; its crew joins at the same instant.
    Begins(Piece),
    /// The work is done; its crew is free from now on.
    WorkDone(Piece),
    /// The task is finished: its work is done and no link holds it.
    Finishes(TaskId),
    /// There is no such task in this future; its successors go on.
    IsNotNeeded(TaskId),
    /// A release would begin if findings or a frozen budget did not hold it.
    IsHeld(TaskId),
    /// A person joins the crew.
    Joins {
        /// The seat.
        person: u32,
        /// Whose crew.
        piece: Piece,
    },
    /// A person leaves the crew before the work is done.
    Leaves {
        /// The seat.
        person: u32,
        /// Whose crew.
        piece: Piece,
    },
    /// Somebody is there from now on: at the start, hired, back from other work, or in place of somebody who left.
    Arrives {
        /// The seat.
        person: u32,
        /// Whose people.
        team: TeamId,
        /// Whether they are new to the company.
        is_new: bool,
    },
    /// Somebody is gone for good; `by_choice` unless their time was up.
    Departs {
        /// The seat.
        person: u32,
        /// Whose people.
        team: TeamId,
        /// Whether they left although their time was not up.
        by_choice: bool,
    },
    /// The whole team is away on holiday from now on.
    GoesAway(TeamId),
    /// The whole team is back.
    ComesBack(TeamId),
    /// An incident.
    Incident {
        /// Its class.
        class: IncidentId,
        /// Minutes that customers feel; 0 where they feel nothing.
        downtime_minutes: f64,
    },
    /// Work for one person enters the queue of a team.
    Queues {
        /// The work.
        piece: Piece,
        /// Whose queue.
        team: TeamId,
        /// Engineer-days of effort.
        effort: f64,
    },
    /// A person is taken away; from a crew, right after leaving it.
    IsTaken(u32),
    /// A person who was taken away is back; first in the crew that they left, if it still wants them.
    Returns(u32),
    /// People, those named right before, are taken away: to respond to incidents, or by a risk.
    AreTaken {
        /// Whose people.
        team: TeamId,
        /// How many.
        people: u32,
        /// Working days.
        days: f64,
    },
    /// A task brought up a finding.
    Finding {
        /// Its class.
        class: FindingId,
        /// The task that brought it up.
        task: TaskId,
        /// Engineer-days of effort to fix it.
        fix: f64,
    },
}

/// Something that happened, and when: working days since the morning of the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noted {
    /// Working days since the morning of the start.
    pub time: f64,
    /// What happened.
    pub what: Happening,
}

/// What a log is told of work: the plan's task, or the job, of a number in the workspace.
pub(super) fn piece(compiled: &Compiled, jobs: &[super::state::Job], task: usize) -> Piece {
    match compiled.order.get(task) {
        Some(id) => Piece::Task(*id),
        None => {
            let number = task - compiled.order.len();
            let job = &jobs[number];
            if job.finding == NONE {
                Piece::FollowUp(IncidentId(job.incident as usize), number as u32)
            } else {
                Piece::Fix(FindingId(job.finding as usize), number as u32)
            }
        }
    }
}

impl Trial<'_> {
    /// Writes it down, where somebody wants to read it.
    pub(super) fn note(&mut self, what: Happening) {
        let time = self.now;
        if let Some(log) = &mut self.w.log {
            log.push(Noted { time, what });
        }
    }

    /// Writes down what happened to a task or a job.
    pub(super) fn note_of(&mut self, task: usize, what: impl FnOnce(Piece) -> Happening) {
        if self.w.log.is_some() {
            let piece = piece(self.plan, &self.w.jobs, task);
            self.note(what(piece));
        }
    }
}
