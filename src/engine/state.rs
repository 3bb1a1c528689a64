//! Everything that one trial changes; made once per thread, reset for each trial, hardly ever grown in between.

use std::collections::VecDeque;

use super::again::Again;
use super::ahead::ClassAhead;
use super::checkpoints::Looked;
use super::compile::{Arrival, Compiled, NONE};
use super::draws::Lane;
use super::flood::most_steps;
use super::layout::Window;
use super::ledger::Ledger;
use super::log::Noted;
use super::queue::Queue;
use super::waiting::Waiting;
use super::watch::Counts;

/// The state of a trial.
#[derive(Debug)]
pub(super) struct Workspace {
    /// The plan's tasks by rank, then the jobs that incidents and findings make.
    pub(super) tasks: Vec<TaskState>,
    pub(super) jobs: Vec<Job>,
    pub(super) teams: Vec<TeamState>,
    pub(super) people: Vec<Person>,
    /// Ready tasks that need nobody.
    pub(super) ready_nobody: Vec<u32>,
    /// Ready tasks that need a whole crew, of one team or several.
    pub(super) ready_crews: Waiting,
    /// Releases that are held by findings or a freeze.
    pub(super) held_releases: Vec<u32>,
    /// Until when each link has held its successor; infinite while it does.
    pub(super) let_go: Vec<f64>,
    /// When each link with a negative lag is to let its successor go, as foreseen now.
    pub(super) release_at: Vec<f64>,
    pub(super) retired: Vec<bool>,
    /// Risks whose absences and scaled rates have begun.
    pub(super) begun: Vec<bool>,
    /// The absence that a risk has begun, or [`NONE`].
    pub(super) risk_absence: Vec<u32>,
    pub(super) incidents: Vec<IncidentState>,
    /// By incident class.
    pub(super) ahead: Vec<ClassAhead>,
    /// Factor on the rate of each class of findings.
    pub(super) finding_factor: Vec<f64>,
    /// Blocking findings that are open, by initiative.
    pub(super) open: Vec<u32>,
    pub(super) absences: Vec<AbsenceState>,
    /// The quarter that is going on.
    pub(super) quarter: usize,
    /// Gates to look at before time goes on: a list and not a recursion, since a chain of links may be as long as the plan.
    pub(super) agenda: Vec<Gate>,
    /// Tasks whose projected finish may have moved, by [`Compiled::foresight`], predecessors first: taken in any other order, a
    /// chain of diamonds would be projected once for each way through it.
    pub(super) foresights: Waiting,
    /// Whether a job was added or somebody became idle since this was last reset.
    pub(super) restless: bool,
    /// The lowest rank that began to wait for people since this was last reset.
    pub(super) lowest_new: usize,
    pub(super) events: Queue,
    pub(super) unfinished: usize,
    /// A clock time by which every trial is over.
    pub(super) over: f64,
    /// Whether people are followed no more.
    pub(super) is_deserted: bool,
    /// Steps that are left of those that a trial may take.
    pub(super) steps_left: u64,
    /// Findings so far.
    pub(super) findings: u64,
    pub(super) ledger: Ledger,
    pub(super) counts: Counts,
    pub(super) looked: Vec<Looked>,
    pub(super) again: Again,
    /// What happens, where somebody wants to read it.
    pub(super) log: Option<Vec<Noted>>,
    #[cfg(test)]
    pub(super) audit: super::audit::Audit,
    /// By team the people in each place when the audit last looked.
    #[cfg(test)]
    pub(super) audit_last: Vec<[f64; 6]>,
}

/// A gate of a task.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gate {
    Start(u32),
    Finish(u32),
    /// The link lets its successor go.
    Release(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// For links, for `not_before`, for a risk's delay, for findings to be fixed.
    Waiting,
    /// For people.
    Ready,
    /// Begun; at speed 0 where its crew is not whole.
    Running,
    /// The work is done and the crew is free; links to its finish hold it.
    Held,
    Finished,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TaskState {
    pub(super) phase: Phase,
    /// Links that hold its start, or its finish, and have not let go.
    pub(super) start_links: u32,
    pub(super) finish_links: u32,
    /// The time before which it cannot start, or finish, as far as its links have let go.
    pub(super) start_gate: f64,
    pub(super) finish_gate: f64,
    /// Quantity left at `since`, and how fast it shrinks since then.
    pub(super) remaining: f64,
    pub(super) since: f64,
    pub(super) speed: f64,
    /// When it began to wait for people.
    pub(super) ready: f64,
    /// What it waited for last.
    pub(super) driver: Driver,
    pub(super) started: f64,
    /// When its work was done.
    pub(super) worked: f64,
    pub(super) finished: f64,
    /// The quantity at its start.
    pub(super) quantity: f64,
    /// When the work will be done at this speed.
    pub(super) projected: f64,
    /// The finish that is projected from that and from the links to its finish.
    pub(super) foreseen: f64,
    /// Since when findings hold this release; infinite for not.
    pub(super) held_since: f64,
    /// Whether this release has wanted to start.
    pub(super) wanted: bool,
    /// Whether there was no such task in this future.
    pub(super) is_void: bool,
    /// Counts projections; an event of an earlier one is stale.
    pub(super) version: u32,
    /// Its crew, in the order of joining: a list through [`Person::next`].
    pub(super) crew: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) productivity: f64,
}

impl TaskState {
    pub(super) const NEW: Self = Self {
        phase: Phase::Waiting,
        start_links: 0,
        finish_links: 0,
        start_gate: 0.0,
        finish_gate: 0.0,
        remaining: 0.0,
        since: 0.0,
        speed: 0.0,
        ready: f64::INFINITY,
        driver: Driver::Links,
        started: f64::INFINITY,
        worked: f64::INFINITY,
        finished: f64::INFINITY,
        quantity: 0.0,
        projected: f64::INFINITY,
        foreseen: f64::INFINITY,
        held_since: f64::INFINITY,
        wanted: false,
        is_void: false,
        version: 0,
        crew: 0,
        first: NONE,
        last: NONE,
        productivity: 0.0,
    };
}

/// Work that an incident or a finding makes: one person of one team.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    pub(super) team: u32,
    /// The initiative whose releases it holds, or [`NONE`].
    pub(super) blocks: u32,
    /// The class of the incident that it follows, or [`NONE`].
    pub(super) incident: u32,
    /// The class of the finding that it fixes, or [`NONE`].
    pub(super) finding: u32,
    /// The task that brought up the finding, or [`NONE`].
    pub(super) origin: u32,
}

/// What let a task or a job begin when it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// Its links, its date or a risk's delay; for a job, what brought it.
    Links,
    /// The end of this task or job, which had its people or was a finding that held the release.
    Piece(u32),
    /// Somebody who joined or came back, or a budget that thawed.
    Outside,
}

#[derive(Debug)]
pub(super) struct TeamState {
    pub(super) away: bool,
    /// Whether somebody became free, or a task began to wait, since the last dispatch.
    pub(super) stirred: bool,
    pub(super) idle: Vec<u32>,
    /// Which task or job freed people last, and when; [`NONE`] where somebody joined or came back.
    pub(super) freed_by: u32,
    pub(super) freed_at: f64,
    /// People who are not fully productive yet.
    pub(super) newcomers: u32,
    /// Tasks of this team alone that wait for people.
    pub(super) ready: Waiting,
    /// Tasks under way that stand still for want of people.
    pub(super) short: Waiting,
    /// Tasks under way that would take more people.
    pub(super) hungry: Waiting,
    /// Tasks under way that hold people of the team.
    pub(super) staffed: Waiting,
    /// Jobs that wait, first in first out; one that has begun waits at the front.
    pub(super) queue: VecDeque<u32>,
    /// Jobs that hold somebody.
    pub(super) working: Vec<u32>,
    /// Absences that begin when the team is back.
    pub(super) calls: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Not there: yet, any more, or on other work.
    Absent,
    Idle,
    /// In the crew of [`Person::holder`].
    Crew,
    /// Taken by the absence [`Person::holder`].
    Taken,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) team: u32,
    pub(super) whereabouts: Whereabouts,
    pub(super) productivity: f64,
    pub(super) next: u32,
    pub(super) previous: u32,
    pub(super) holder: u32,
    /// The task that they were taken from, or [`NONE`].
    pub(super) left: u32,
    /// Counts those who have had the seat; an event of an earlier one is stale.
    pub(super) occupant: u32,
    /// Steps of the ramp-up that are done, of four.
    pub(super) step: u32,
    /// Working days over which the occupant becomes fully productive.
    pub(super) ramp_up: f64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct IncidentState {
    /// Factors on the rate: the trial's own, the quarter's, the finished tasks'.
    pub(super) own: f64,
    pub(super) quarter: f64,
    pub(super) tasks: f64,
    /// Arrivals by themselves so far.
    pub(super) arrivals: u32,
    /// Hazard left until the next arrival, at `since` (clock time), and the rate since then.
    pub(super) hazard: f64,
    pub(super) since: f64,
    pub(super) rate: f64,
    /// Clock time of the next arrival.
    pub(super) next: f64,
    pub(super) version: u32,
}

/// People who are away for an incident or a risk.
#[derive(Debug, Clone, Copy)]
pub(super) struct AbsenceState {
    pub(super) team: u32,
    /// How many are wanted.
    pub(super) engineers: u32,
    pub(super) span: f64,
    /// Engineer-days of follow-up when it ends; negative for none.
    pub(super) follow_up: f64,
    /// The people: a list through [`Person::next`].
    pub(super) first: u32,
    /// The class of the incident that they respond to, or [`NONE`].
    pub(super) incident: u32,
    pub(super) over: bool,
}

/// Something that will happen, unless it is stale by then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) time: f64,
    pub(super) what: What,
    pub(super) version: u32,
}

/// An event as its place among all: by time, at one instant by what happens, then by version. One whole number, since half of what a
/// queue does is compare, and then nobody can guess how it turns out.
///
/// From its highest bit on: the bits of the time, which are in its order where it is not negative (64), what happens (8), to whom (24),
/// the version (32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due(u128);

impl Due {
    pub(super) const fn time(self) -> f64 {
        f64::from_bits((self.0 >> 64) as u64)
    }

    /// Whether it is an incident or changes how many there are.
    pub(super) fn is_of_incidents(self) -> bool {
        matches!(Event::from(self).what, What::Arrival(_) | What::QuarterTurns | What::RiskBegins(_))
    }
}

/// At one instant, in this order: work that ends has ended before people leave; people are back before they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Somebody looks at a checkpoint: on an evening, before what the next morning brings.
    Look(u32),
    /// A recorded task begins, learns its quantity, is done: at the latest now.
    Begin(u32),
    Learn(u32),
    Done(u32),
    WorkDone(u32),
    FinishGate(u32),
    /// The morning of the facts.
    Now,
    StartGate(u32),
    /// A negative lag lets the link's successor go.
    Release(u32),
    Join(u32),
    AbsenceEnds(u32),
    Leave(u32),
    Depart(u32),
    RampStep(u32),
    Back(u32),
    Away(u32),
    Arrival(u32),
    QuarterTurns,
    RiskBegins(u32),
}

impl AbsenceState {
    pub(super) const fn is_response(&self) -> bool {
        self.incident != NONE
    }
}

impl TeamState {
    /// A task is no longer under way.
    pub(super) fn drop_task(&mut self, task: usize) {
        self.short.remove(task);
        self.hungry.remove(task);
        self.staffed.remove(task);
    }
}

impl From<Event> for Due {
    fn from(event: Event) -> Self {
        // In the order of the instant.
        let (kind, whom): (u64, u32) = match event.what {
            What::Look(whom) => (0, whom),
            What::Begin(whom) => (1, whom),
            What::Learn(whom) => (2, whom),
            What::Done(whom) => (3, whom),
            What::WorkDone(whom) => (4, whom),
            What::FinishGate(whom) => (5, whom),
            What::Now => (6, 0),
            What::StartGate(whom) => (7, whom),
            What::Release(whom) => (8, whom),
            What::Join(whom) => (9, whom),
            What::AbsenceEnds(whom) => (10, whom),
            What::Leave(whom) => (11, whom),
            What::Depart(whom) => (12, whom),
            What::RampStep(whom) => (13, whom),
            What::Back(whom) => (14, whom),
            What::Away(whom) => (15, whom),
            What::Arrival(whom) => (16, whom),
            What::QuarterTurns => (17, 0),
            What::RiskBegins(whom) => (18, whom),
        };
        debug_assert!(event.time >= 0.0 && whom < 1 << 24);
        let what = kind << 56 | u64::from(whom & 0xff_ffff) << 32 | u64::from(event.version);
        // Zero has one sign here.
        Self(u128::from((event.time + 0.0).to_bits()) << 64 | u128::from(what))
    }
}

impl From<Due> for Event {
    fn from(due: Due) -> Self {
        let [kind, whom] = [due.0 as u64 >> 56, due.0 as u64 >> 32 & 0xff_ffff];
        let whom = whom as u32;
        let what = match kind {
            0 => What::Look(whom),
            1 => What::Begin(whom),
            2 => What::Learn(whom),
            3 => What::Done(whom),
            4 => What::WorkDone(whom),
            5 => What::FinishGate(whom),
            6 => What::Now,
            7 => What::StartGate(whom),
            8 => What::Release(whom),
            9 => What::Join(whom),
            10 => What::AbsenceEnds(whom),
            11 => What::Leave(whom),
            12 => What::Depart(whom),
            13 => What::RampStep(whom),
            14 => What::Back(whom),
            15 => What::Away(whom),
            16 => What::Arrival(whom),
            17 => What::QuarterTurns,
            _ => What::RiskBegins(whom),
        };
        Self {
            time: due.time(),
            what,
            version: due.0 as u32,
        }
    }
}

impl Workspace {
    pub(super) fn new(compiled: &Compiled, window: &Window) -> Self {
        let tasks = compiled.tasks.len();
        Self {
            tasks: Vec::with_capacity(tasks + 64),
            jobs: vec![],
            teams: compiled
                .teams
                .iter()
                .map(|team| TeamState {
                    away: false,
                    stirred: true,
                    freed_by: NONE,
                    freed_at: f64::NEG_INFINITY,
                    idle: Vec::with_capacity(team.seats.len()),
                    newcomers: 0,
                    ready: Waiting::new(tasks),
                    short: Waiting::new(tasks),
                    hungry: Waiting::new(tasks),
                    staffed: Waiting::new(tasks),
                    queue: VecDeque::new(),
                    working: vec![],
                    calls: vec![],
                })
                .collect(),
            people: Vec::with_capacity(compiled.seats.len()),
            ready_nobody: Vec::with_capacity(tasks),
            ready_crews: Waiting::new(tasks),
            held_releases: vec![],
            let_go: vec![f64::INFINITY; compiled.links.len()],
            release_at: vec![f64::INFINITY; compiled.links.len()],
            retired: vec![false; compiled.risks.len()],
            begun: vec![false; compiled.risks.len()],
            risk_absence: vec![NONE; compiled.risks.len()],
            incidents: Vec::with_capacity(compiled.incidents.len()),
            ahead: compiled.incidents.iter().map(|_| ClassAhead::default()).collect(),
            finding_factor: vec![1.0; compiled.findings.len()],
            open: vec![0; compiled.initiatives],
            absences: vec![],
            quarter: 0,
            agenda: Vec::with_capacity(tasks),
            foresights: Waiting::new(tasks),
            restless: false,
            lowest_new: usize::MAX,
            events: Queue::with_capacity(2 * tasks + 64),
            unfinished: tasks,
            over: compiled.clock.clock(window.limit.max(window.horizon) + 1.0),
            is_deserted: false,
            steps_left: 0,
            findings: 0,
            ledger: Ledger::new(compiled, window),
            counts: Counts::new(compiled),
            looked: vec![],
            again: Again::default(),
            log: None,
            #[cfg(test)]
            audit: super::audit::Audit::default(),
            #[cfg(test)]
            audit_last: vec![],
        }
    }

    pub(super) fn reset(&mut self, compiled: &Compiled, draws: Lane<'_>) {
        self.tasks.clear();
        self.tasks.extend(compiled.tasks.iter().map(|task| TaskState {
            start_links: task.start_links,
            finish_links: task.finish_links,
            ..TaskState::NEW
        }));
        self.jobs.clear();
        self.people.clear();
        self.people.extend(compiled.seats.iter().map(|seat| Person {
            team: seat.team,
            whereabouts: Whereabouts::Absent,
            productivity: 1.0,
            next: NONE,
            previous: NONE,
            holder: NONE,
            left: NONE,
            occupant: 0,
            step: 4,
            ramp_up: seat.ramp_up,
        }));
        for (state, team) in self.teams.iter_mut().zip(&compiled.teams) {
            state.away = false;
            state.stirred = true;
            state.newcomers = 0;
            state.freed_by = NONE;
            state.freed_at = f64::NEG_INFINITY;
            state.idle.clear();
            // The last is taken first; people are alike at the start.
            for seat in team.seats.clone().rev() {
                if matches!(compiled.seats[seat as usize].arrival, Arrival::AtStart) {
                    self.people[seat as usize].whereabouts = Whereabouts::Idle;
                    state.idle.push(seat);
                }
            }
            state.ready.clear();
            state.short.clear();
            state.hungry.clear();
            state.staffed.clear();
            state.queue.clear();
            state.working.clear();
            state.calls.clear();
        }
        self.ready_nobody.clear();
        self.ready_crews.clear();
        self.held_releases.clear();
        self.let_go.fill(f64::INFINITY);
        self.release_at.fill(f64::INFINITY);
        self.retired.fill(false);
        self.begun.fill(false);
        self.risk_absence.fill(NONE);
        self.incidents.clear();
        self.incidents.extend((0..compiled.incidents.len()).map(|class| IncidentState {
            own: draws.incident_factor(class),
            quarter: 1.0,
            tasks: 1.0,
            arrivals: 0,
            hazard: 0.0,
            since: 0.0,
            rate: 0.0,
            next: f64::INFINITY,
            version: 0,
        }));
        for (class, factor) in self.finding_factor.iter_mut().enumerate() {
            *factor = draws.finding_factor(class);
        }
        self.open.fill(0);
        self.absences.clear();
        self.quarter = 0;
        self.agenda.clear();
        self.foresights.clear();
        self.events.clear();
        self.unfinished = compiled.tasks.len();
        self.is_deserted = false;
        // A future without chance takes as long as its plan is large.
        self.steps_left = if draws.is_quiet() { u64::MAX } else { most_steps(compiled) };
        self.findings = 0;
        self.ledger.reset();
        self.counts.reset();
        #[cfg(test)]
        {
            self.audit = super::audit::Audit::default();
            self.audit_last.clear();
        }
    }

    /// When the audit last looked.
    #[cfg(test)]
    pub(super) fn audit_end(&self) -> f64 {
        self.audit.since
    }

    /// Start and finish of a task in the trial that was played last, infinite for never.
    pub(super) fn times(&self, task: usize) -> (f64, f64) {
        (self.tasks[task].started, self.tasks[task].finished)
    }
}
