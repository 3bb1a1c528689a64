//! One trial: a discrete-event simulation of the whole portfolio on a reused workspace.
//!
//! Time is in working days, whole ticks (see [`crate::units::TICKS_PER_DAY`]). At each instant all that happens there is applied
//! first (work done, gates open, people come and go), then the tasks that wait are taken in dispatch order.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::compile::{Change, Compiled, CompiledLink, CrewPart, Lag, NONE, Need, holds_start};
use super::draws::Lane;
use super::waiting::Waiting;
use crate::plan::LinkKind;
use crate::units::to_tick;

/// Everything that one trial changes; made once per thread, reset for each trial, never grown in between.
#[derive(Debug)]
pub(super) struct Workspace {
    tasks: Vec<TaskState>,
    teams: Vec<TeamState>,
    people: Vec<Person>,
    /// Ready tasks that need nobody.
    ready_nobody: Vec<u32>,
    /// Ready tasks that need a whole crew, of one team or several.
    ready_crews: Waiting,
    /// Links with a negative lag that have let their successor go.
    released: Vec<bool>,
    retired: Vec<bool>,
    /// Gates to look at before time goes on: a list and not a recursion, since a chain of links may be as long as the plan.
    agenda: Vec<Gate>,
    /// The lowest rank that began to wait for people since this was last reset.
    lowest_new: usize,
    events: BinaryHeap<Reverse<Event>>,
    unfinished: usize,
}

/// A gate of a task.
#[derive(Debug, Clone, Copy)]
enum Gate {
    Start(u32),
    Finish(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// For links, for `not_before`, for a risk's delay.
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
struct TaskState {
    phase: Phase,
    /// Links that hold its start, or its finish, and have not let go.
    start_links: u32,
    finish_links: u32,
    /// The time before which it cannot start, or finish, as far as its links have let go.
    start_gate: f64,
    finish_gate: f64,
    /// Quantity left at `since`, and how fast it shrinks since then.
    remaining: f64,
    since: f64,
    speed: f64,
    started: f64,
    finished: f64,
    /// When the work will be done at this speed.
    projected: f64,
    /// Counts projections; an event of an earlier one is stale.
    version: u32,
    /// Its crew, in the order of joining: a list through [`Person::next`].
    crew: u32,
    first: u32,
    last: u32,
    productivity: f64,
}

#[derive(Debug)]
struct TeamState {
    away: bool,
    /// Whether somebody became free, or a task began to wait, since the last dispatch.
    stirred: bool,
    /// How many have come from other work so far.
    arrived: u32,
    idle: Vec<u32>,
    /// Tasks of this team alone that wait for people.
    ready: Waiting,
    /// Tasks under way that would take more people.
    hungry: Waiting,
}

#[derive(Debug, Clone, Copy)]
struct Person {
    team: u32,
    productivity: f64,
    next: u32,
    previous: u32,
}

/// Something that will happen, unless it is stale by then.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Event {
    time: f64,
    what: What,
    version: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    WorkDone(u32),
    FinishGate(u32),
    StartGate(u32),
    /// A negative lag lets the link's successor go; with the link's predecessor.
    Release(u32, u32),
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time
            .total_cmp(&other.time)
            .then_with(|| self.what.cmp(&other.what))
            .then_with(|| self.version.cmp(&other.version))
    }
}

impl Workspace {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let tasks = compiled.tasks.len();
        let people = compiled.teams.iter().enumerate().flat_map(|(team, state)| {
            (0..state.engineers).map(move |_| Person {
                team: team as u32,
                productivity: 1.0,
                next: NONE,
                previous: NONE,
            })
        });
        Self {
            tasks: Vec::with_capacity(tasks),
            teams: compiled
                .teams
                .iter()
                .map(|team| TeamState {
                    away: false,
                    stirred: true,
                    arrived: 0,
                    idle: Vec::with_capacity(team.engineers as usize),
                    ready: Waiting::new(tasks),
                    hungry: Waiting::new(tasks),
                })
                .collect(),
            people: people.collect(),
            ready_nobody: Vec::with_capacity(tasks),
            ready_crews: Waiting::new(tasks),
            released: vec![false; compiled.links.len()],
            retired: vec![false; compiled.risks.len()],
            agenda: Vec::with_capacity(tasks),
            lowest_new: usize::MAX,
            events: BinaryHeap::with_capacity(2 * tasks + 16),
            unfinished: tasks,
        }
    }

    fn reset(&mut self, compiled: &Compiled) {
        self.tasks.clear();
        self.tasks.extend(compiled.tasks.iter().map(|task| TaskState {
            phase: Phase::Waiting,
            start_links: task.start_links,
            finish_links: task.finish_links,
            start_gate: task.not_before,
            finish_gate: 0.0,
            remaining: 0.0,
            since: 0.0,
            speed: 0.0,
            started: f64::INFINITY,
            finished: f64::INFINITY,
            projected: f64::INFINITY,
            version: 0,
            crew: 0,
            first: NONE,
            last: NONE,
            productivity: 0.0,
        }));
        let mut first = 0;
        for (state, team) in self.teams.iter_mut().zip(&compiled.teams) {
            state.away = false;
            state.stirred = true;
            state.arrived = 0;
            state.idle.clear();
            // The last is taken first; people are alike at the start.
            state.idle.extend((first..first + team.present).rev());
            first += team.engineers;
            state.ready.clear();
            state.hungry.clear();
        }
        self.ready_nobody.clear();
        self.ready_crews.clear();
        self.released.fill(false);
        self.retired.fill(false);
        self.agenda.clear();
        self.events.clear();
        self.unfinished = compiled.tasks.len();
    }
}

impl Workspace {
    /// Start and finish of a task in the trial that was played last, infinite for never.
    pub(super) fn times(&self, task: usize) -> (f64, f64) {
        (self.tasks[task].started, self.tasks[task].finished)
    }
}

/// Plays one trial and writes each initiative's finish: working days, infinite where work is unfinished at `limit`.
pub(super) fn play(compiled: &Compiled, draws: Lane<'_>, limit: f64, workspace: &mut Workspace, finishes: &mut [f64]) {
    workspace.reset(compiled);
    finishes.fill(0.0);
    Trial {
        plan: compiled,
        draws,
        now: 0.0,
        w: workspace,
        finishes,
    }
    .run(limit);
    if workspace.unfinished > 0 {
        for (task, state) in compiled.tasks.iter().zip(&workspace.tasks) {
            if state.phase != Phase::Finished {
                finishes[task.initiative as usize] = f64::INFINITY;
            }
        }
    }
}

struct Trial<'a> {
    plan: &'a Compiled,
    draws: Lane<'a>,
    now: f64,
    w: &'a mut Workspace,
    finishes: &'a mut [f64],
}

impl<'a> Trial<'a> {
    fn run(&mut self, limit: f64) {
        for task in 0..self.plan.tasks.len() {
            if self.w.tasks[task].start_links == 0 {
                self.open_start(task);
                self.settle();
            }
        }
        let mut calendar = self.plan.calendar.iter().peekable();
        loop {
            self.happen_now();
            // Work that ends at an instant has ended before people leave at that instant.
            while let Some(event) = calendar.next_if(|event| event.time <= self.now) {
                self.people_change(event.team as usize, event.change);
            }
            self.dispatch();
            if self.w.unfinished == 0 {
                return;
            }
            if !self.w.ready_nobody.is_empty() {
                continue;
            }
            let next_event = self.w.events.peek().map_or(f64::INFINITY, |event| event.0.time);
            let next = next_event.min(calendar.peek().map_or(f64::INFINITY, |event| event.time));
            if next > limit || next == f64::INFINITY {
                return;
            }
            self.now = next;
        }
    }

    /// Applies all that happens at this instant and starts what waits for nobody, so that what follows a milestone competes for
    /// people at the milestone's own instant.
    fn happen_now(&mut self) {
        loop {
            while let Some(Reverse(event)) = self.w.events.peek().copied().filter(|event| event.0.time <= self.now) {
                self.w.events.pop();
                self.happen(event);
                self.settle();
            }
            if self.w.ready_nobody.is_empty() {
                return;
            }
            while let Some(task) = self.w.ready_nobody.pop() {
                self.start(task as usize);
                self.settle();
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event.what {
            What::WorkDone(task) => {
                let task = task as usize;
                if self.w.tasks[task].version == event.version && self.w.tasks[task].phase == Phase::Running {
                    self.work_done(task);
                }
            }
            What::FinishGate(task) => self.try_finish(task as usize),
            What::StartGate(task) => self.open_start(task as usize),
            What::Release(link, task) => {
                if self.w.tasks[task as usize].version == event.version {
                    self.release(link as usize);
                }
            }
        }
    }

    /// Looks at every gate that something else has moved.
    fn settle(&mut self) {
        while let Some(gate) = self.w.agenda.pop() {
            match gate {
                Gate::Start(task) => self.open_start(task as usize),
                Gate::Finish(task) => {
                    self.try_finish(task as usize);
                    self.project_releases(task as usize);
                }
            }
        }
    }

    // --- links and gates ---

    /// Lets the task begin to wait for people if its links, its date and the delays of open risks allow it now.
    fn open_start(&mut self, task: usize) {
        let state = &self.w.tasks[task];
        if state.phase != Phase::Waiting || state.start_links > 0 {
            return;
        }
        let delay: f64 = self.striking(task).map(|risk| self.draws.delay(risk)).sum();
        let gate = state.start_gate + delay;
        if gate > self.now {
            self.push(gate, What::StartGate(task as u32), 0);
            return;
        }
        self.w.tasks[task].phase = Phase::Ready;
        match self.plan.tasks[task].need {
            Need::Nobody => self.w.ready_nobody.push(task as u32),
            Need::Effort { team, .. } => {
                self.w.teams[team as usize].ready.insert(task);
                self.w.teams[team as usize].stirred = true;
                self.w.lowest_new = self.w.lowest_new.min(task);
            }
            Need::Crew { .. } => {
                self.w.ready_crews.insert(task);
                self.w.lowest_new = self.w.lowest_new.min(task);
                for part in self.crew_parts(task) {
                    self.w.teams[part.team as usize].stirred = true;
                }
            }
        }
    }

    /// The risks that have struck, touch the task and are not retired.
    fn striking(&self, task: usize) -> impl Iterator<Item = usize> {
        self.plan
            .touched_by
            .row(task)
            .iter()
            .map(|risk| *risk as usize)
            .filter(|risk| self.draws.occurs(*risk) && !self.w.retired[*risk])
    }

    /// The link no longer holds its successor after `time`.
    fn let_go(&mut self, link: CompiledLink, time: f64) {
        let successor = link.successor as usize;
        let state = &mut self.w.tasks[successor];
        if holds_start(link.kind) {
            state.start_gate = state.start_gate.max(time);
            state.start_links -= 1;
            if state.start_links == 0 {
                self.w.agenda.push(Gate::Start(link.successor));
            }
        } else {
            state.finish_gate = state.finish_gate.max(time);
            state.finish_links -= 1;
            if state.finish_links == 0 {
                self.w.agenda.push(Gate::Finish(link.successor));
            }
        }
    }

    /// The links of a task that look at its start.
    fn started(&mut self, task: usize) {
        for position in self.plan.links.range(task) {
            let link = *self.plan.links.item(position);
            if matches!(link.kind, LinkKind::StartStart | LinkKind::StartFinish) {
                // Never before the predecessor's start, so a negative lag is none.
                let lag = self.draws.lag(link.lag).max(0.0);
                self.let_go(link, self.now + lag);
            }
        }
    }

    /// The links of a task that look at its finish, with the risks it retires.
    fn finished(&mut self, task: usize) {
        for position in self.plan.links.range(task) {
            let link = *self.plan.links.item(position);
            if matches!(link.kind, LinkKind::FinishStart | LinkKind::FinishFinish) && !self.w.released[position] {
                let lag = self.draws.lag(link.lag).max(0.0);
                self.let_go(link, self.now + lag);
            }
        }
        for risk in self.plan.retires.row(task) {
            let risk = *risk as usize;
            self.w.retired[risk] = true;
            if self.draws.occurs(risk) {
                self.w
                    .agenda
                    .extend(self.plan.risks[risk].delays.iter().map(|task| Gate::Start(*task)));
            }
        }
    }

    /// Negative lags act on the finish that is projected from the current crew, never before the predecessor's start.
    fn project_releases(&mut self, task: usize) {
        let state = self.w.tasks[task];
        if state.phase != Phase::Running && state.phase != Phase::Held {
            return;
        }
        let work = if state.phase == Phase::Held { self.now } else { state.projected };
        let finish = if state.finish_links > 0 {
            f64::INFINITY
        } else {
            work.max(state.finish_gate)
        };
        for position in self.plan.links.range(task) {
            let link = self.plan.links.item(position);
            if !matches!(link.kind, LinkKind::FinishStart | LinkKind::FinishFinish) || matches!(link.lag, Lag::Fixed(lag) if lag >= 0.0) {
                continue;
            }
            let lag = self.draws.lag(link.lag);
            if lag < 0.0 && !self.w.released[position] && finish.is_finite() {
                let time = (finish + lag).max(state.started).max(self.now);
                self.push(time, What::Release(position as u32, task as u32), state.version);
            }
        }
    }

    fn release(&mut self, position: usize) {
        if !self.w.released[position] {
            self.w.released[position] = true;
            self.let_go(*self.plan.links.item(position), self.now);
        }
    }

    // --- work ---

    fn start(&mut self, task: usize) {
        let mut quantity = self.draws.quantity(task);
        let mut added = 0.0;
        for risk in self.striking(task) {
            quantity *= self.draws.multiply(risk);
            added += self.draws.add(risk);
        }
        let state = &mut self.w.tasks[task];
        state.phase = Phase::Running;
        state.started = self.now;
        state.since = self.now;
        state.remaining = quantity + added;
        self.project(task);
        self.started(task);
    }

    /// Books the work done so far and projects the end of the rest from the crew that is there now.
    fn project(&mut self, task: usize) {
        let speed = match self.plan.tasks[task].need {
            Need::Nobody => 1.0,
            Need::Effort { team, min, focus, .. } => {
                let state = &self.w.tasks[task];
                if self.w.teams[team as usize].away || state.crew < min {
                    0.0
                } else {
                    focus * state.productivity
                }
            }
            Need::Crew { .. } => {
                if self.crew_parts(task).iter().any(|part| self.w.teams[part.team as usize].away) {
                    0.0
                } else {
                    1.0
                }
            }
        };
        let state = &mut self.w.tasks[task];
        state.remaining = (state.remaining - state.speed * (self.now - state.since)).max(0.0);
        state.since = self.now;
        state.speed = speed;
        state.version += 1;
        state.projected = if speed > 0.0 {
            self.now + to_tick(state.remaining / speed)
        } else {
            f64::INFINITY
        };
        let (projected, version) = (state.projected, state.version);
        if speed > 0.0 {
            self.push(projected, What::WorkDone(task as u32), version);
        }
        self.project_releases(task);
    }

    fn work_done(&mut self, task: usize) {
        self.w.tasks[task].phase = Phase::Held;
        self.w.tasks[task].remaining = 0.0;
        self.free_crew(task);
        if let Need::Effort { team, .. } = self.plan.tasks[task].need {
            self.w.teams[team as usize].hungry.remove(task);
        }
        self.try_finish(task);
    }

    /// Finishes the task if its work is done and no link holds its finish.
    fn try_finish(&mut self, task: usize) {
        let state = &mut self.w.tasks[task];
        if state.phase != Phase::Held || state.finish_links > 0 {
            return;
        }
        if state.finish_gate > self.now {
            let gate = state.finish_gate;
            self.push(gate, What::FinishGate(task as u32), 0);
            return;
        }
        state.phase = Phase::Finished;
        state.finished = self.now;
        self.w.unfinished -= 1;
        let finish = &mut self.finishes[self.plan.tasks[task].initiative as usize];
        *finish = finish.max(self.now);
        self.finished(task);
    }

    // --- people ---

    fn people_change(&mut self, team: usize, change: Change) {
        match change {
            Change::Arrive(engineers) => {
                // Those on other work are the last of the team.
                let state = &mut self.w.teams[team];
                let first: u32 = self.plan.teams[..team].iter().map(|team| team.engineers).sum();
                let here = self.plan.teams[team].present + state.arrived;
                state.idle.extend((first + here..first + here + engineers).rev());
                state.arrived += engineers;
                state.stirred = true;
            }
            Change::Away | Change::Back => {
                // The crews stay as they are: those who come back return first to the task that they left.
                self.w.teams[team].away = change == Change::Away;
                self.w.teams[team].stirred = true;
                for task in 0..self.plan.tasks.len() {
                    if self.w.tasks[task].phase == Phase::Running && self.needs_team(task, team as u32) {
                        self.project(task);
                    }
                }
            }
        }
    }

    fn needs_team(&self, task: usize, team: u32) -> bool {
        match self.plan.tasks[task].need {
            Need::Nobody => false,
            Need::Effort { team: own, .. } => own == team,
            Need::Crew { .. } => self.crew_parts(task).iter().any(|part| part.team == team),
        }
    }

    fn crew_parts(&self, task: usize) -> &'a [CrewPart] {
        match self.plan.tasks[task].need {
            Need::Crew { from, to } => &self.plan.crews[from as usize..to as usize],
            Need::Nobody | Need::Effort { .. } => &[],
        }
    }

    /// How many people the team could give to new work.
    fn free(&self, team: usize) -> u32 {
        let state = &self.w.teams[team];
        if state.away { 0 } else { state.idle.len() as u32 }
    }

    /// Takes the tasks that wait, in dispatch order; then those under way take who is left over, in the same order.
    fn dispatch(&mut self) {
        let mut from = 0;
        while let Some(task) = self.next_candidate(from) {
            from = task + 1;
            if self.can_start(task) {
                self.w.lowest_new = usize::MAX;
                self.take_crew(task);
                self.start(task);
                self.settle();
                // A start may let others begin to wait (start-to-start links); they are taken in their turn.
                from = from.min(self.w.lowest_new);
            }
        }
        for team in 0..self.w.teams.len() {
            if self.w.teams[team].stirred {
                self.w.teams[team].stirred = false;
                self.feed(team);
            }
        }
    }

    /// The lowest rank at or above `from` that waits for people whom somebody could give.
    fn next_candidate(&self, from: usize) -> Option<usize> {
        let mut stirred = false;
        let mut lowest = None;
        for (team, state) in self.w.teams.iter().enumerate() {
            stirred |= state.stirred;
            if state.stirred && self.free(team) > 0 {
                lowest = least(lowest, state.ready.next(from));
            }
        }
        if stirred {
            least(lowest, self.w.ready_crews.next(from))
        } else {
            None
        }
    }

    fn can_start(&self, task: usize) -> bool {
        match self.plan.tasks[task].need {
            Need::Nobody => true,
            Need::Effort { team, min, .. } => self.free(team as usize) >= min,
            Need::Crew { .. } => self
                .crew_parts(task)
                .iter()
                .all(|part| self.free(part.team as usize) >= part.engineers),
        }
    }

    fn take_crew(&mut self, task: usize) {
        match self.plan.tasks[task].need {
            Need::Nobody => {}
            Need::Effort { team, max, .. } => {
                let team = team as usize;
                self.w.teams[team].ready.remove(task);
                for _ in 0..max.min(self.free(team)) {
                    self.join(task, team);
                }
                if self.w.tasks[task].crew < max {
                    self.w.teams[team].hungry.insert(task);
                }
            }
            Need::Crew { .. } => {
                self.w.ready_crews.remove(task);
                for part in self.crew_parts(task) {
                    for _ in 0..part.engineers {
                        self.join(task, part.team as usize);
                    }
                }
            }
        }
    }

    /// People left over join tasks under way that are below their most.
    fn feed(&mut self, team: usize) {
        let mut from = 0;
        while self.free(team) > 0 {
            let Some(task) = self.w.teams[team].hungry.next(from) else { return };
            from = task + 1;
            if let Need::Effort { max, .. } = self.plan.tasks[task].need {
                for _ in 0..(max - self.w.tasks[task].crew).min(self.free(team)) {
                    self.join(task, team);
                }
                if self.w.tasks[task].crew == max {
                    self.w.teams[team].hungry.remove(task);
                }
                self.project(task);
            }
        }
    }

    /// The most productive idle person of the team joins the task's crew, at its end.
    fn join(&mut self, task: usize, team: usize) {
        let Some(person) = self.w.teams[team].idle.pop() else { return };
        let state = &mut self.w.tasks[task];
        let last = state.last;
        state.last = person;
        state.crew += 1;
        state.productivity += self.w.people[person as usize].productivity;
        if last == NONE {
            state.first = person;
        } else {
            self.w.people[last as usize].next = person;
        }
        let entry = &mut self.w.people[person as usize];
        entry.previous = last;
        entry.next = NONE;
    }

    fn free_crew(&mut self, task: usize) {
        let mut person = self.w.tasks[task].first;
        while person != NONE {
            let entry = self.w.people[person as usize];
            let team = &mut self.w.teams[entry.team as usize];
            team.idle.push(person);
            team.stirred = true;
            person = entry.next;
        }
        let state = &mut self.w.tasks[task];
        (state.first, state.last, state.crew, state.productivity) = (NONE, NONE, 0, 0.0);
    }

    fn push(&mut self, time: f64, what: What, version: u32) {
        self.w.events.push(Reverse(Event { time, what, version }));
    }
}

fn least(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
