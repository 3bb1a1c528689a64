//! Security findings in a trial: what work brings up, the fixes, and the releases that wait for them.

use super::compile::NONE;
use super::ledger::Shift;
use super::log::Happening;
use super::state::{Driver, Gate, Job, Phase, TaskState};
use super::trial::Trial;
use crate::plan::{FindingId, TeamId};
use crate::sampling::poisson;

impl Trial<'_> {
    /// What a finished task brings up: by the effort that was worked on it, and in a review at its end.
    pub(super) fn bring_findings(&mut self, task: usize) {
        let trial = self.number();
        for (place, source) in self.plan.tasks[task].findings.iter().enumerate() {
            let class = &self.plan.findings[source.class as usize];
            let worked = if source.by_effort { self.w.tasks[task].quantity } else { 0.0 };
            let mean = worked * class.per_engineer_day * self.w.finding_factor[source.class as usize];
            let count = self
                .told_findings(task, place)
                .unwrap_or_else(|| poisson(&source.count, trial, mean) + poisson(&source.review_count, trial, source.review));
            self.w.findings += u64::from(count);
            for index in 0..count {
                if self.is_flooded() {
                    return;
                }
                let effort = class.fix.at(source.fix.normal_at(trial, index));
                let blocks = if class.blocks_release {
                    self.plan.tasks[task].initiative
                } else {
                    NONE
                };
                if blocks != NONE {
                    self.w.open[blocks as usize] += 1;
                    self.findings_hold(blocks);
                }
                self.w.counts.findings[source.class as usize] += 1;
                self.note(Happening::Finding {
                    class: FindingId(source.class as usize),
                    task: self.plan.order[task],
                    fix: effort,
                });
                let job = Job {
                    team: source.team,
                    blocks,
                    incident: NONE,
                    finding: source.class,
                    origin: task as u32,
                };
                self.add_job(effort, job);
            }
        }
    }

    /// Work for one person of a team, at the end of its queue.
    pub(super) fn add_job(&mut self, effort: f64, says: Job) {
        self.step();
        let (job, team) = (self.w.tasks.len() as u32, says.team as usize);
        self.w.tasks.push(TaskState {
            remaining: effort.max(0.0),
            phase: Phase::Ready,
            ready: self.now,
            ..TaskState::NEW
        });
        self.w.jobs.push(says);
        let effort = effort.max(0.0);
        self.note_of(job as usize, |piece| Happening::Queues {
            piece,
            team: TeamId(team),
            effort,
        });
        self.w.teams[team].queue.push_back(job);
        self.w.teams[team].stirred = true;
        self.w.restless = true;
        self.shift(team, Shift::wanted(1));
    }

    pub(super) fn job_done(&mut self, job: usize) {
        self.w.tasks[job].phase = Phase::Finished;
        let blocks = self.w.jobs[job - self.plan.tasks.len()].blocks;
        if blocks != NONE {
            self.w.open[blocks as usize] -= 1;
            if self.w.open[blocks as usize] == 0 {
                self.recheck_releases(Driver::Piece(job as u32));
            }
        }
    }

    // --- releases ---

    /// A release is otherwise ready to start, for the first time.
    pub(super) fn want_release(&mut self, task: usize) {
        if !self.w.tasks[task].wanted {
            self.w.tasks[task].wanted = true;
            let initiative = self.plan.tasks[task].initiative as usize;
            self.w.ledger.wants(self.plan, initiative, self.now, self.w.open[initiative]);
        }
    }

    /// Whether neither an open finding nor a frozen budget holds the task; only releases are ever held.
    pub(super) fn may_release(&self, task: usize) -> bool {
        let says = &self.plan.tasks[task];
        !says.release
            || self.draws.is_quiet()
            || (self.w.open[says.initiative as usize] == 0 && !self.w.ledger.is_frozen(self.plan, self.w.quarter))
    }

    /// The release waits until the last finding is fixed or the quarter turns.
    pub(super) fn hold(&mut self, task: usize) {
        let initiative = self.plan.tasks[task].initiative as usize;
        let state = &mut self.w.tasks[task];
        state.phase = Phase::Waiting;
        let open = self.w.open[initiative];
        if open > 0 && state.held_since.is_infinite() {
            state.held_since = self.now;
        }
        if open > 0 {
            self.w.ledger.wants(self.plan, initiative, self.now, open);
        }
        self.w.held_releases.push(task as u32);
        self.note(Happening::IsHeld(self.plan.order[task]));
    }

    /// Looks again at the releases that are held: what may have let them go has just happened.
    pub(super) fn recheck_releases(&mut self, driver: Driver) {
        let mut held = std::mem::take(&mut self.w.held_releases);
        for task in held.drain(..) {
            let initiative = self.plan.tasks[task as usize].initiative as usize;
            if self.w.open[initiative] == 0 {
                self.end_hold(task as usize);
            }
            self.w.tasks[task as usize].driver = driver;
            self.w.agenda.push(Gate::Start(task));
        }
        // Given back, so that no trial has to make a list of its own.
        self.w.held_releases = held;
    }

    /// A release that waits for its budget to thaw is held by findings too, from the first that opens meanwhile.
    fn findings_hold(&mut self, initiative: u32) {
        for index in 0..self.w.held_releases.len() {
            let task = self.w.held_releases[index] as usize;
            if self.plan.tasks[task].initiative == initiative && self.w.tasks[task].held_since.is_infinite() {
                self.w.tasks[task].held_since = self.now;
            }
        }
    }

    pub(super) fn end_hold(&mut self, task: usize) {
        let state = &mut self.w.tasks[task];
        if state.held_since.is_finite() {
            let from = std::mem::replace(&mut state.held_since, f64::INFINITY);
            self.w
                .ledger
                .held(self.plan, self.plan.tasks[task].initiative as usize, from, self.now);
        }
    }

    /// The trial is over: what was held was held to its end.
    pub(super) fn close_holds(&mut self) {
        for task in 0..self.plan.tasks.len() {
            self.end_hold(task);
        }
    }
}
