//! One trial: a discrete-event simulation of the whole portfolio on a reused workspace.
//!
//! Time is in working days, whole ticks (see [`crate::units::TICKS_PER_DAY`]). At each instant all that happens there is applied
//! first (work done, gates open, people come and go), then the tasks that wait are taken in dispatch order. This file holds the
//! loop, the links and the work; [`super::people`], [`super::incidents`] and [`super::findings`] hold the rest of the company.

use super::compile::{Arrival, Compiled, CrewPart, NONE, Need, holds_start, looks_at_start};
use super::draws::Lane;
use super::flood::Flood;
use super::layout::{Layout, Tally, Window};
use super::ledger::Shift;
use super::log::Happening;
use super::state::{Due, Event, Gate, Phase, What, Workspace};
use crate::plan::{LinkKind, RiskId, TeamId};
use crate::units::to_tick;

/// Plays one trial, writes its row (see [`Layout`]) and counts it.
///
/// # Errors
/// [`Flood`] where more happens in it than can be played; the row means nothing then.
pub(super) fn play(
    compiled: &Compiled,
    draws: Lane<'_>,
    window: &Window,
    workspace: &mut Workspace,
    row: &mut [f64],
    tally: &mut Tally,
) -> Result<(), Flood> {
    workspace.reset(compiled, draws);
    let layout = Layout::new(compiled, window);
    row.fill(0.0);
    let mut trial = Trial {
        plan: compiled,
        draws,
        now: 0.0,
        w: workspace,
        row,
    };
    trial.run(window);
    if window.checkpoints {
        trial.close_checkpoints(&layout);
    }
    let now = trial.now;
    if workspace.steps_left == 0 {
        return Err(Flood::of(compiled, workspace, draws.trial(), now));
    }
    if workspace.unfinished > 0 {
        for (task, state) in compiled.tasks.iter().zip(&workspace.tasks) {
            if state.phase != Phase::Finished {
                row[task.initiative as usize] = f64::INFINITY;
            }
        }
    }
    workspace.ledger.finish(compiled, now, &layout, row, tally);
    Ok(())
}

pub(super) struct Trial<'a> {
    pub(super) plan: &'a Compiled,
    pub(super) draws: Lane<'a>,
    pub(super) now: f64,
    pub(super) w: &'a mut Workspace,
    pub(super) row: &'a mut [f64],
}

impl<'a> Trial<'a> {
    fn run(&mut self, window: &Window) {
        self.open_company();
        for task in 0..self.plan.tasks.len() {
            if self.w.tasks[task].start_links == 0 {
                self.open_start(task);
                self.settle();
            }
        }
        loop {
            self.happen_now();
            self.dispatch();
            if self.is_flooded() {
                return;
            }
            #[cfg(test)]
            self.audit();
            if self.may_desert(window) {
                self.desert(window.horizon);
                return;
            }
            let last = if self.w.unfinished > 0 { window.limit } else { window.horizon };
            let next = self.w.events.next().map_or(f64::INFINITY, Due::time);
            if next > last || next == f64::INFINITY {
                // What is unfinished went on to the end, and so did what holds it.
                self.now = if last.is_finite() { last.max(self.now) } else { self.now };
                self.close_holds();
                #[cfg(test)]
                self.audit();
                return;
            }
            self.now = next;
        }
    }

    /// Whether all work is done and nobody asks what people do from now on.
    fn may_desert(&self, window: &Window) -> bool {
        let is_asked = window.responses || window.checkpoints || window.weeks > 0 || self.w.log.is_some();
        !is_asked && self.w.unfinished == 0 && self.now > self.w.counts.until && !self.w.again.is_past
    }

    /// Plays on to the horizon without people.
    fn desert(&mut self, horizon: f64) {
        self.w.is_deserted = true;
        self.w.events.retain(Due::is_of_incidents);
        while let Some(due) = self.w.events.next().filter(|due| due.time() <= horizon) {
            if self.is_flooded() {
                return;
            }
            self.w.events.pop();
            self.now = due.time();
            self.happen(due.into());
        }
        self.now = horizon.max(self.now);
    }

    /// The people of the first morning and what is known to come.
    fn open_company(&mut self) {
        self.open_past();
        self.w.ledger.open(self.plan);
        self.w.ledger.pay_once(self.plan.once);
        self.open_checkpoints();
        for risk in 0..self.plan.risks.len() {
            if self.draws.occurs(risk) {
                self.w.ledger.pay_once(self.plan.risks[risk].cost);
                self.note(Happening::RiskIsReal(RiskId(risk)));
            }
        }
        for team in 0..self.plan.teams.len() {
            for index in 0..self.w.teams[team].idle.len() {
                let person = self.w.teams[team].idle[index];
                let team = TeamId(team);
                self.note(Happening::Arrives {
                    person,
                    team,
                    is_new: false,
                });
            }
            let here = self.w.teams[team].idle.len() as i32;
            self.shift(team, Shift::here(here));
        }
        for holiday in 0..self.plan.holidays.len() {
            let days = self.plan.holidays[holiday];
            self.push(days.from, What::Away(days.team), 0);
            self.push(days.to, What::Back(days.team), 0);
        }
        for seat in 0..self.plan.seats.len() {
            let arrives = match self.plan.seats[seat].arrival {
                Arrival::AtStart => None,
                Arrival::On(morning) => Some(morning),
                Arrival::Hire(hire) => Some(self.draws.hire(hire as usize)),
            };
            if let Some(morning) = arrives.filter(|morning| morning.is_finite()) {
                self.push(morning, What::Join(seat as u32), 0);
            }
            // Those on other work may leave the company too; those to be hired have no clock before they join.
            if !matches!(self.plan.seats[seat].arrival, Arrival::Hire(_)) {
                self.schedule_departure(seat);
            }
        }
        if !self.draws.is_quiet() {
            for (risk, says) in self.plan.risks.iter().enumerate() {
                if self.draws.occurs(risk) && (says.takes.is_some() || !says.scales.is_empty()) {
                    self.push(self.risk_from(risk), What::RiskBegins(risk as u32), 0);
                }
            }
            self.open_incidents();
            if !self.plan.incidents.is_empty() || self.plan.reliability.iter().any(|budget| budget.freeze) {
                self.schedule_turn();
            }
        }
    }

    /// Applies all that happens at this instant and starts what waits for nobody, so that what follows a milestone competes for
    /// people at the milestone's own instant. Whether anything happened.
    #[inline(always)]
    pub(super) fn happen_now(&mut self) -> bool {
        // Asked several times an instant, and mostly in vain.
        let is_due = self.w.events.next().is_some_and(|due| due.time() <= self.now);
        (is_due || !self.w.ready_nobody.is_empty()) && self.happen_all()
    }

    #[inline(never)]
    fn happen_all(&mut self) -> bool {
        let mut happened = false;
        loop {
            // Rates without end would happen at one instant for ever.
            if self.is_flooded() {
                return false;
            }
            while let Some(due) = self.w.events.next().filter(|due| due.time() <= self.now) {
                self.w.events.pop();
                self.happen(due.into());
                self.settle();
                happened = true;
                if self.is_flooded() {
                    return false;
                }
            }
            if self.w.ready_nobody.is_empty() {
                return happened;
            }
            happened = true;
            while let Some(task) = self.w.ready_nobody.pop() {
                if self.may_release(task as usize) {
                    self.start(task as usize);
                    self.settle();
                } else {
                    self.hold(task as usize);
                }
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event.what {
            What::Look(checkpoint) => self.look(checkpoint as usize),
            What::Begin(task) => self.begin_at_last(task as usize),
            What::Learn(task) => self.learn(task as usize),
            What::Done(task) => self.done_at_last(task as usize),
            What::Now => self.arrive_at_now(),
            What::WorkDone(task) => {
                let state = &self.w.tasks[task as usize];
                if state.version == event.version && state.phase == Phase::Running {
                    self.work_done(task as usize);
                }
            }
            What::FinishGate(task) => self.try_finish(task as usize),
            What::StartGate(task) => self.open_start(task as usize),
            What::Release(link) => {
                if self.w.release_at[link as usize] <= event.time {
                    self.release(link as usize);
                }
            }
            What::Join(seat) => self.person_joins(seat as usize, event.version),
            What::AbsenceEnds(absence) => self.absence_ends(absence as usize),
            What::Leave(seat) => self.person_leaves(seat as usize, event.version, false),
            What::Depart(seat) => self.person_leaves(seat as usize, event.version, true),
            What::RampStep(seat) => self.ramp_step(seat as usize, event.version),
            What::Back(team) => self.team_away(team as usize, false),
            What::Away(team) => self.team_away(team as usize, true),
            What::RiskBegins(risk) => self.risk_begins(risk as usize),
            What::Arrival(class) => self.incident_arrives(class as usize, event.version),
            What::QuarterTurns => self.quarter_turns(),
        }
    }

    /// Looks at every gate that something else has moved.
    #[inline(always)]
    pub(super) fn settle(&mut self) {
        if !self.w.agenda.is_empty() || !self.w.foresights.is_empty() {
            self.settle_all();
        }
    }

    #[inline(never)]
    fn settle_all(&mut self) {
        while !self.is_flooded() {
            if let Some(gate) = self.w.agenda.pop() {
                self.step();
                match gate {
                    Gate::Start(task) => self.open_start(task as usize),
                    Gate::Finish(task) => {
                        self.try_finish(task as usize);
                        self.foresee(task as usize);
                    }
                    Gate::Release(link) => self.release(link as usize),
                }
            } else if let Some(place) = self.w.foresights.next(0) {
                self.step();
                self.w.foresights.remove(place);
                self.foresee(self.plan.foresight_order[place] as usize);
            } else {
                return;
            }
        }
    }

    /// Counts a step against those that a trial may take.
    pub(super) const fn step(&mut self) {
        self.w.steps_left = self.w.steps_left.saturating_sub(1);
    }

    /// Counts what looks at so many entries one by one.
    pub(super) const fn steps_over(&mut self, entries: usize) {
        self.w.steps_left = self.w.steps_left.saturating_sub(entries as u64 / 64);
    }

    /// Whether more happens in this future than can be played.
    pub(super) const fn is_flooded(&self) -> bool {
        self.w.steps_left == 0
    }

    // --- links and gates ---

    /// Lets the task begin to wait for people if its links, its date, the delays of open risks and, for a release, findings and
    /// budgets allow it now.
    fn open_start(&mut self, task: usize) {
        let state = &self.w.tasks[task];
        if state.phase != Phase::Waiting || state.start_links > 0 {
            return;
        }
        let compiled = &self.plan.tasks[task];
        let is_void = compiled.only_if != NONE && !self.is_open(compiled.only_if as usize);
        let gate = if is_void {
            state.start_gate
        } else {
            let delay: f64 = self.striking(task).map(|risk| self.draws.delay(risk)).sum();
            let gate = state.start_gate.max(compiled.not_before) + delay;
            gate.max(self.not_before_fact(task, gate))
        };
        if gate > self.now {
            self.push(gate, What::StartGate(task as u32), 0);
            return;
        }
        if is_void {
            self.w.tasks[task].is_void = true;
            self.w.tasks[task].started = self.now;
            self.w.tasks[task].worked = self.now;
            self.w.tasks[task].phase = Phase::Held;
            self.note(Happening::IsNotNeeded(self.plan.order[task]));
            self.started(task);
            self.try_finish(task);
            return;
        }
        if compiled.release {
            self.want_release(task);
            if !self.may_release(task) {
                self.hold(task);
                return;
            }
        }
        self.w.tasks[task].phase = Phase::Ready;
        self.w.tasks[task].ready = self.now;
        match compiled.need {
            Need::Nobody => self.w.ready_nobody.push(task as u32),
            Need::Effort { team, .. } => {
                self.w.teams[team as usize].ready.insert(task);
                self.w.lowest_new = self.w.lowest_new.min(task);
            }
            Need::Crew { .. } => {
                self.w.ready_crews.insert(task);
                self.w.lowest_new = self.w.lowest_new.min(task);
            }
        }
        self.want_people(task, 1);
    }

    /// Whether a risk has happened and is not retired.
    pub(super) fn is_open(&self, risk: usize) -> bool {
        self.draws.occurs(risk) && !self.w.retired[risk]
    }

    /// The risks that have struck, touch the task and are not retired.
    fn striking(&self, task: usize) -> impl Iterator<Item = usize> {
        let touching = self.plan.touched_by.row(task).iter().map(|risk| *risk as usize);
        touching.filter(|risk| self.is_open(*risk) && self.strikes_now(*risk))
    }

    /// Whether a link still holds its successor.
    fn holds(&self, position: usize) -> bool {
        self.w.let_go[position].is_infinite()
    }

    /// The link no longer holds its successor after `time`.
    fn let_go(&mut self, position: usize, time: f64) {
        let link = *self.plan.links.item(position);
        self.w.let_go[position] = time;
        let state = &mut self.w.tasks[link.successor as usize];
        if holds_start(link.kind) {
            state.start_gate = state.start_gate.max(time);
            state.start_links -= 1;
            if state.start_links == 0 {
                self.w.agenda.push(Gate::Start(link.successor));
            }
        } else if state.phase != Phase::Finished {
            // One that is recorded may have finished before this link would have let it.
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
            if looks_at_start(link.kind) {
                // Never before the predecessor's start, so a negative lag is none.
                let lag = self.draws.lag(link.lag).max(0.0);
                self.let_go(position, self.now + lag);
            }
        }
    }

    /// The links of a task that look at its finish, with what else its finish brings.
    fn finished(&mut self, task: usize) {
        for position in self.plan.links.range(task) {
            let link = *self.plan.links.item(position);
            if !looks_at_start(link.kind) && self.holds(position) {
                let lag = self.draws.lag(link.lag).max(0.0);
                self.let_go(position, self.now + lag);
            }
        }
        if self.w.tasks[task].is_void {
            return;
        }
        for risk in self.plan.retires.row(task) {
            self.retire(*risk as usize);
        }
        if !self.draws.is_quiet() {
            self.bring_findings(task);
            self.bring_incidents(task);
        }
    }

    pub(super) fn retire(&mut self, risk: usize) {
        if self.w.retired[risk] {
            return;
        }
        self.w.retired[risk] = true;
        if !self.draws.occurs(risk) {
            return;
        }
        let says = &self.plan.risks[risk];
        self.w.agenda.extend(says.delays.iter().map(|task| Gate::Start(*task)));
        if self.w.risk_absence[risk] != NONE {
            self.absence_ends(self.w.risk_absence[risk] as usize);
        }
        for class in &says.scales {
            self.rate_changes(*class as usize, self.plan.clock.clock(self.now));
        }
    }

    /// Projects the finish of a task under way from its current crew and from the links to its finish, and what follows from that:
    /// negative lags act on it, never before the predecessor's start.
    fn foresee(&mut self, task: usize) {
        if !self.plan.has_leads {
            return;
        }
        let state = self.w.tasks[task];
        let work = match state.phase {
            Phase::Running => state.projected,
            Phase::Held => self.now,
            Phase::Waiting | Phase::Ready | Phase::Finished => return,
        };
        let mut finish = work.max(state.finish_gate);
        for (predecessor, position) in self.plan.holding.row(task) {
            if self.holds(*position as usize) {
                finish = finish.max(self.foreseen_gate(*predecessor as usize, *position as usize));
            }
        }
        if finish == state.foreseen {
            return;
        }
        self.w.tasks[task].foreseen = finish;
        for position in self.plan.links.range(task) {
            let link = self.plan.links.item(position);
            if !self.holds(position) || looks_at_start(link.kind) {
                continue;
            }
            let lag = self.draws.lag(link.lag);
            if lag < 0.0 {
                let time = (finish + lag).max(state.started).max(self.now);
                self.w.release_at[position] = time;
                if time <= self.now {
                    self.w.agenda.push(Gate::Release(position as u32));
                } else if time.is_finite() {
                    self.push(time, What::Release(position as u32), 0);
                }
            }
            if link.kind == LinkKind::FinishFinish {
                self.w.foresights.insert(self.plan.foresight[link.successor as usize] as usize);
            }
        }
    }

    /// When a link to the finish will let go, as far as can be told: never while its predecessor has not begun.
    fn foreseen_gate(&self, predecessor: usize, position: usize) -> f64 {
        let state = &self.w.tasks[predecessor];
        let link = self.plan.links.item(position);
        if link.kind == LinkKind::FinishFinish && matches!(state.phase, Phase::Running | Phase::Held) {
            (state.foreseen + self.draws.lag(link.lag)).max(state.started)
        } else {
            f64::INFINITY
        }
    }

    fn release(&mut self, position: usize) {
        if self.holds(position) {
            self.let_go(position, self.now);
        }
    }

    // --- work ---

    pub(super) fn start(&mut self, task: usize) {
        let [mut quantity, mut multiply, mut added] = [self.draws.quantity(task), 1.0, 0.0];
        for risk in self.striking(task) {
            quantity *= self.draws.multiply(risk);
            multiply *= self.draws.multiply(risk);
            added += self.draws.add(risk);
        }
        let state = &mut self.w.tasks[task];
        state.quantity = quantity + added;
        state.remaining = state.quantity;
        self.begin_recorded(task, [multiply, added]);
        self.begin(task);
        self.started(task);
    }

    /// A task or a job is under way from now on.
    pub(super) fn begin(&mut self, task: usize) {
        let state = &mut self.w.tasks[task];
        state.phase = Phase::Running;
        state.started = self.now;
        state.since = self.now;
        self.note_of(task, Happening::Begins);
        self.project(task);
    }

    /// Who a task or a job needs.
    pub(super) fn need(&self, task: usize) -> Need {
        match self.plan.tasks.get(task) {
            Some(task) => task.need,
            None => {
                let team = self.w.jobs[task - self.plan.tasks.len()].team;
                Need::Effort {
                    team,
                    min: 1,
                    max: 1,
                    focus: self.plan.teams[team as usize].focus,
                }
            }
        }
    }

    pub(super) fn is_job(&self, task: usize) -> bool {
        task >= self.plan.tasks.len()
    }

    /// Books the work done so far and projects the end of the rest from the crew that is there now.
    pub(super) fn project(&mut self, task: usize) {
        let speed = match self.need(task) {
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
                let parts = self.crew_parts(task);
                let wanted: u32 = parts.iter().map(|part| part.engineers).sum();
                if self.w.tasks[task].crew < wanted || parts.iter().any(|part| self.w.teams[part.team as usize].away) {
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
        if !self.is_job(task) {
            self.foresee(task);
        }
    }

    pub(super) fn work_done(&mut self, task: usize) {
        self.w.tasks[task].phase = Phase::Held;
        self.w.tasks[task].remaining = 0.0;
        self.w.tasks[task].worked = self.now;
        self.note_of(task, Happening::WorkDone);
        self.free_crew(task);
        if self.is_job(task) {
            self.job_done(task);
        } else {
            self.try_finish(task);
        }
    }

    /// Finishes the task if its work is done and no link holds its finish.
    pub(super) fn try_finish(&mut self, task: usize) {
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
        if !state.is_void {
            self.note(Happening::Finishes(self.plan.order[task]));
        }
        self.w.unfinished -= 1;
        let finish = &mut self.row[self.plan.tasks[task].initiative as usize];
        *finish = finish.max(self.now);
        if self.w.unfinished == 0 {
            self.w.ledger.close(self.plan, self.now);
        }
        self.finished(task);
    }

    pub(super) fn crew_parts(&self, task: usize) -> &'a [CrewPart] {
        match self.plan.tasks.get(task).map(|task| task.need) {
            Some(Need::Crew { from, to }) => &self.plan.crews[from as usize..to as usize],
            _ => &[],
        }
    }

    pub(super) fn push(&mut self, time: f64, what: What, version: u32) {
        self.step();
        self.w.events.push(Event { time, what, version }.into());
    }
}
