//! People in a trial: who is there, who works on what, who is taken away and comes back.

use super::compile::{Arrival, NONE, Need};
use super::ledger::Shift;
use super::log::Happening;
use super::state::{AbsenceState, Driver, Job, Person, Phase, What, Whereabouts};
use super::trial::Trial;
use crate::plan::TeamId;
use crate::units::to_tick;

impl Trial<'_> {
    // --- dispatch ---

    /// How many people the team could give to new work.
    fn free(&self, team: usize) -> u32 {
        let state = &self.w.teams[team];
        if state.away { 0 } else { state.idle.len() as u32 }
    }

    /// Fills what stands still, then takes the jobs and the tasks that wait, in dispatch order; then those under way take who is
    /// left over, in the same order.
    #[inline(always)]
    pub(super) fn dispatch(&mut self) {
        // Mostly something ends that nobody waited for, or was foreseen otherwise.
        if self.w.teams.iter().any(|team| team.stirred) {
            self.dispatch_all();
        }
    }

    #[inline(never)]
    fn dispatch_all(&mut self) {
        loop {
            while self.dispatch_waiting() {}
            if self.is_flooded() {
                return;
            }
            for team in 0..self.w.teams.len() {
                if self.w.teams[team].stirred {
                    self.w.teams[team].stirred = false;
                    self.feed(team);
                }
            }
            // More people on a task may bring its projected finish near enough to let a lead go, and what follows may need nobody.
            self.settle();
            let happened = self.happen_now();
            if !happened && !self.w.teams.iter().any(|team| team.stirred) {
                return;
            }
        }
    }

    /// Starts what can be started; ends early, and says so, where a start made something else happen at this very instant: it may
    /// have freed people, or made something ready that goes first.
    fn dispatch_waiting(&mut self) -> bool {
        self.w.restless = false;
        for team in 0..self.w.teams.len() {
            if self.w.teams[team].stirred {
                self.fill_short(team);
                self.take_jobs(team);
            }
        }
        let mut from = 0;
        while let Some(task) = self.next_candidate(from) {
            from = task + 1;
            if !self.can_start(task) {
                continue;
            }
            self.want_people(task, -1);
            self.unready(task);
            if !self.may_release(task) {
                self.hold(task);
                continue;
            }
            self.w.lowest_new = usize::MAX;
            self.w.tasks[task].driver = self.driver(task);
            self.take_crew(task);
            self.start(task);
            self.settle();
            if self.happen_now() || self.w.restless {
                return true;
            }
            // A start may let others begin to wait (start-to-start links); they are taken in their turn.
            from = from.min(self.w.lowest_new);
        }
        // A job of no effort is done at once.
        self.settle();
        self.happen_now() || self.w.restless
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

    pub(super) fn can_start(&self, task: usize) -> bool {
        match self.need(task) {
            Need::Nobody => true,
            Need::Effort { team, min, .. } => self.free(team as usize) >= min,
            Need::Crew { .. } => self
                .crew_parts(task)
                .iter()
                .all(|part| self.free(part.team as usize) >= part.engineers),
        }
    }

    pub(super) fn unready(&mut self, task: usize) {
        match self.need(task) {
            Need::Nobody => {}
            Need::Effort { team, .. } => self.w.teams[team as usize].ready.remove(task),
            Need::Crew { .. } => self.w.ready_crews.remove(task),
        }
    }

    /// A task begins, or ceases, to wait for people: the fewest that it takes.
    pub(super) fn want_people(&mut self, task: usize, sign: i32) {
        let plan = self.plan;
        let mut want = |team: u32, people: u32| {
            self.w.teams[team as usize].stirred = true;
            self.shift(team as usize, Shift::wanted(sign * people as i32));
        };
        match plan.tasks[task].need {
            Need::Nobody => {}
            Need::Effort { team, min, .. } => want(team, min),
            Need::Crew { from, to } => {
                for part in &plan.crews[from as usize..to as usize] {
                    want(part.team, part.engineers);
                }
            }
        }
    }

    /// The ledger learns that a team's people are used otherwise from now on.
    #[inline(always)]
    pub(super) fn shift(&mut self, team: usize, shift: Shift) {
        self.w.ledger.shift(self.plan, team, self.now, shift);
    }

    pub(super) fn take_crew(&mut self, task: usize) {
        match self.need(task) {
            Need::Nobody => {}
            Need::Effort { team, max, .. } => {
                for _ in 0..max.min(self.free(team as usize)) {
                    self.join_idle(task, team as usize);
                }
            }
            Need::Crew { .. } => {
                for part in self.crew_parts(task) {
                    for _ in 0..part.engineers {
                        self.join_idle(task, part.team as usize);
                    }
                }
            }
        }
        self.classify(task);
    }

    /// Tasks that stand still take whoever is free, one by one, until they are whole.
    fn fill_short(&mut self, team: usize) {
        let mut from = 0;
        while self.free(team) > 0 {
            let Some(task) = self.w.teams[team].short.next(from) else { return };
            from = task + 1;
            for _ in 0..self.missing(task, team).min(self.free(team)) {
                self.join_idle(task, team);
            }
            self.classify(task);
            self.project(task);
        }
    }

    /// Jobs take one person each, first in first out.
    fn take_jobs(&mut self, team: usize) {
        while self.free(team) > 0 {
            let Some(job) = self.w.teams[team].queue.pop_front() else { return };
            let job = job as usize;
            self.shift(team, Shift::wanted(-1));
            let is_running = self.w.tasks[job].phase == Phase::Running;
            if !is_running {
                self.w.tasks[job].driver = self.driver(job);
            }
            self.join_idle(job, team);
            if is_running {
                self.project(job);
            } else {
                self.begin(job);
            }
        }
    }

    /// People left over join tasks under way that are below their most.
    fn feed(&mut self, team: usize) {
        let mut from = 0;
        while self.free(team) > 0 {
            let Some(task) = self.w.teams[team].hungry.next(from) else { return };
            from = task + 1;
            if let Need::Effort { max, .. } = self.need(task) {
                for _ in 0..(max - self.w.tasks[task].crew).min(self.free(team)) {
                    self.join_idle(task, team);
                }
                self.classify(task);
                self.project(task);
            }
        }
    }

    // --- crews ---

    /// How many people of the team a task under way needs to move on.
    fn missing(&self, task: usize, team: usize) -> u32 {
        match self.need(task) {
            Need::Nobody => 0,
            Need::Effort { min, .. } => min.saturating_sub(self.w.tasks[task].crew),
            Need::Crew { .. } => {
                let wanted: u32 = self
                    .crew_parts(task)
                    .iter()
                    .filter(|part| part.team as usize == team)
                    .map(|part| part.engineers)
                    .sum();
                wanted.saturating_sub(self.members(task, team))
            }
        }
    }

    /// How many of a task's crew belong to a team.
    fn members(&self, task: usize, team: usize) -> u32 {
        let mut count = 0;
        let mut person = self.w.tasks[task].first;
        while person != NONE {
            let entry = &self.w.people[person as usize];
            count += u32::from(entry.team as usize == team);
            person = entry.next;
        }
        count
    }

    /// Whether a task that somebody was taken from would have them back.
    fn wants_back(&self, task: usize, team: usize) -> bool {
        self.w.tasks[task].phase == Phase::Running
            && match self.need(task) {
                Need::Nobody => false,
                Need::Effort { max, .. } => self.w.tasks[task].crew < max,
                Need::Crew { .. } => self.missing(task, team) > 0,
            }
    }

    /// Puts a task under way into the sets that its crew puts it in.
    fn classify(&mut self, task: usize) {
        if self.is_job(task) {
            return;
        }
        match self.need(task) {
            Need::Nobody => {}
            Need::Effort { team, min, max, .. } => {
                let crew = self.w.tasks[task].crew;
                let state = &mut self.w.teams[team as usize];
                state.short.set(task, crew < min);
                state.hungry.set(task, (min..max).contains(&crew));
                state.staffed.set(task, crew > 0);
            }
            Need::Crew { .. } => {
                for part in self.crew_parts(task) {
                    let team = part.team as usize;
                    let here = self.members(task, team);
                    self.w.teams[team].short.set(task, here < part.engineers);
                    self.w.teams[team].staffed.set(task, here > 0);
                }
            }
        }
    }

    /// The most productive idle person of the team joins a crew.
    fn join_idle(&mut self, task: usize, team: usize) {
        if let Some(person) = self.pick_idle(team) {
            self.join(task, person as usize);
        }
    }

    /// Takes the most productive idle person out of the idle ones.
    fn pick_idle(&mut self, team: usize) -> Option<u32> {
        if self.w.teams[team].newcomers == 0 {
            return self.w.teams[team].idle.pop();
        }
        self.steps_over(self.w.teams[team].idle.len());
        let people = &self.w.people;
        let state = &mut self.w.teams[team];
        let (mut best, mut most) = (None, f64::NEG_INFINITY);
        for (index, person) in state.idle.iter().enumerate() {
            let productivity = people[*person as usize].productivity;
            if productivity >= most {
                (best, most) = (Some(index), productivity);
            }
        }
        best.map(|index| state.idle.remove(index))
    }

    /// A person who is nowhere else joins a crew, at its end.
    fn join(&mut self, task: usize, person: usize) {
        let entry = &mut self.w.people[person];
        let team = entry.team as usize;
        if task >= self.plan.tasks.len() {
            self.w.teams[team].working.push(task as u32);
        }
        let state = &mut self.w.tasks[task];
        entry.whereabouts = Whereabouts::Crew;
        entry.holder = task as u32;
        entry.previous = state.last;
        entry.next = NONE;
        state.crew += 1;
        state.productivity += entry.productivity;
        let last = std::mem::replace(&mut state.last, person as u32);
        if last == NONE {
            state.first = person as u32;
        } else {
            self.w.people[last as usize].next = person as u32;
        }
        self.shift(team, Shift::held(1));
        let person = person as u32;
        self.note_of(task, |piece| Happening::Joins { person, piece });
    }

    /// What a task or a job that is about to begin waited for last.
    fn driver(&self, task: usize) -> Driver {
        let state = &self.w.tasks[task];
        if state.ready >= self.now {
            return state.driver;
        }
        let freed = |team: u32| {
            let team = &self.w.teams[team as usize];
            (team.freed_at == self.now && team.freed_by != NONE).then_some(Driver::Piece(team.freed_by))
        };
        let driver = match self.need(task) {
            Need::Nobody => None,
            Need::Effort { team, .. } => freed(team),
            Need::Crew { .. } => self.crew_parts(task).iter().find_map(|part| freed(part.team)),
        };
        driver.unwrap_or(Driver::Outside)
    }

    /// A person leaves a crew and is nowhere. The task goes on as its crew now allows.
    fn leave_crew(&mut self, person: usize) {
        let Person {
            team,
            next,
            previous,
            holder,
            productivity,
            ..
        } = self.w.people[person];
        let task = holder as usize;
        let state = &mut self.w.tasks[task];
        state.crew -= 1;
        state.productivity -= productivity;
        if previous == NONE {
            state.first = next;
        } else {
            self.w.people[previous as usize].next = next;
        }
        if next == NONE {
            self.w.tasks[task].last = previous;
        } else {
            self.w.people[next as usize].previous = previous;
        }
        let entry = &mut self.w.people[person];
        (entry.next, entry.previous, entry.holder) = (NONE, NONE, NONE);
        entry.whereabouts = Whereabouts::Absent;
        self.shift(team as usize, Shift::held(-1));
        let person = person as u32;
        self.note_of(task, |piece| Happening::Leaves { person, piece });
        if self.is_job(task) {
            // A job that has begun waits at the front of the queue.
            self.stop_working(task, team as usize);
            self.w.teams[team as usize].queue.push_front(task as u32);
            self.shift(team as usize, Shift::wanted(1));
        }
        self.w.teams[team as usize].stirred = true;
        self.classify(task);
        self.project(task);
    }

    /// The work is done and the crew is free.
    pub(super) fn free_crew(&mut self, task: usize) {
        let mut person = self.w.tasks[task].first;
        while person != NONE {
            let next = self.w.people[person as usize].next;
            let team = self.w.people[person as usize].team as usize;
            if self.is_job(task) {
                self.stop_working(task, team);
            }
            self.shift(team, Shift::held(-1));
            self.be_idle(person as usize, task as u32);
            person = next;
        }
        let state = &mut self.w.tasks[task];
        (state.first, state.last, state.crew, state.productivity) = (NONE, NONE, 0, 0.0);
        if self.is_job(task) {
            return;
        }
        match self.need(task) {
            Need::Nobody => {}
            Need::Effort { team, .. } => self.w.teams[team as usize].drop_task(task),
            Need::Crew { .. } => {
                for part in self.crew_parts(task) {
                    self.w.teams[part.team as usize].drop_task(task);
                }
            }
        }
    }

    /// A job holds nobody any more.
    fn stop_working(&mut self, job: usize, team: usize) {
        let working = &mut self.w.teams[team].working;
        if let Some(place) = working.iter().position(|other| *other as usize == job) {
            working.swap_remove(place);
        }
    }

    /// A person is free: their task or job `by` ended, or ([`NONE`]) they came.
    fn be_idle(&mut self, person: usize, by: u32) {
        let entry = &mut self.w.people[person];
        (entry.next, entry.previous, entry.holder) = (NONE, NONE, NONE);
        entry.whereabouts = Whereabouts::Idle;
        let team = &mut self.w.teams[entry.team as usize];
        team.idle.push(person as u32);
        team.stirred = true;
        team.freed_by = by;
        team.freed_at = self.now;
        self.w.restless = true;
    }

    // --- those who come and go ---

    /// Somebody takes a seat: from other work, hired, or after somebody who left.
    pub(super) fn person_joins(&mut self, seat: usize, occupant: u32) {
        if self.w.people[seat].occupant != occupant {
            return;
        }
        let says = &self.plan.seats[seat];
        let until = says.until;
        if until <= self.now {
            return;
        }
        let is_new = occupant > 0 || matches!(says.arrival, Arrival::Hire(_));
        let team = says.team as usize;
        if is_new {
            self.schedule_departure(seat);
            if until.is_finite() {
                self.push(until, What::Leave(seat as u32), occupant);
            }
            // In a future without chance newcomers ramp up as in any other.
            if self.w.people[seat].ramp_up > 0.0 {
                self.w.people[seat].step = 0;
                self.w.people[seat].productivity = 1.0 / 8.0;
                self.w.teams[team].newcomers += 1;
                let quarter = to_tick(self.w.people[seat].ramp_up / 4.0);
                self.push(self.now + quarter, What::RampStep(seat as u32), occupant);
            } else {
                self.w.people[seat].step = 4;
                self.w.people[seat].productivity = 1.0;
            }
        }
        self.shift(team, Shift::here(1));
        self.w.people[seat].left = NONE;
        self.note(Happening::Arrives {
            person: seat as u32,
            team: TeamId(team),
            is_new,
        });
        self.be_idle(seat, NONE);
    }

    /// An eighth, three, five and seven eighths of full productivity, a quarter of the ramp-up each.
    pub(super) fn ramp_step(&mut self, seat: usize, occupant: u32) {
        let person = &mut self.w.people[seat];
        if person.occupant != occupant {
            return;
        }
        person.step += 1;
        let productivity = if person.step >= 4 {
            1.0
        } else {
            f64::from(2 * person.step + 1) / 8.0
        };
        let gain = productivity - person.productivity;
        person.productivity = productivity;
        let Person {
            team,
            whereabouts,
            holder,
            step,
            ramp_up,
            ..
        } = *person;
        if step >= 4 {
            self.w.teams[team as usize].newcomers -= 1;
        } else {
            self.push(self.now + to_tick(ramp_up / 4.0), What::RampStep(seat as u32), occupant);
        }
        if whereabouts == Whereabouts::Crew {
            self.w.tasks[holder as usize].productivity += gain;
            self.project(holder as usize);
        }
    }

    /// The clock of whoever has the seat: exponential, in calendar time.
    pub(super) fn schedule_departure(&mut self, seat: usize) {
        let says = &self.plan.seats[seat];
        let rate = self.plan.teams[says.team as usize].departure_rate;
        if rate > 0.0 && !self.draws.is_quiet() {
            let occupant = self.w.people[seat].occupant;
            let first = self.draws.first_departure(seat).filter(|_| occupant == 0);
            let drawn = first.unwrap_or_else(|| {
                let index = self.person(says.team as usize, occupant);
                says.departure.exponential_at(self.draws.past(), index)
            });
            let stays = drawn / rate;
            let leaves = self.plan.clock.clock(self.now) + stays;
            if leaves > self.w.over {
                self.step();
                return;
            }
            let leaves = self.plan.clock.working(leaves);
            self.push(to_tick(leaves).max(self.now), What::Depart(seat as u32), occupant);
        }
    }

    /// Somebody leaves the company; those who were to stay are backfilled, an idle colleague steps in at once.
    pub(super) fn person_leaves(&mut self, seat: usize, occupant: u32, departs: bool) {
        let person = self.w.people[seat];
        if person.occupant != occupant {
            return;
        }
        let team = person.team as usize;
        if departs && self.now <= self.w.counts.until {
            self.w.counts.departures[team] += 1;
        }
        self.note(Happening::Departs {
            person: seat as u32,
            team: TeamId(team),
            by_choice: departs,
        });
        if person.step < 4 {
            self.w.teams[team].newcomers -= 1;
        }
        match person.whereabouts {
            Whereabouts::Absent => {}
            Whereabouts::Idle => {
                self.steps_over(self.w.teams[team].idle.len());
                self.w.teams[team].idle.retain(|idle| *idle != seat as u32);
                self.shift(team, Shift::here(-1));
            }
            Whereabouts::Crew => {
                self.leave_crew(seat);
                self.shift(team, Shift::here(-1));
                if !self.is_job(person.holder as usize) && self.free(team) > 0 {
                    self.join_idle(person.holder as usize, team);
                    self.classify(person.holder as usize);
                    self.project(person.holder as usize);
                }
            }
            Whereabouts::Taken => {
                self.leave_absence(seat);
                let responding = -i32::from(self.w.absences[person.holder as usize].is_response());
                self.shift(
                    team,
                    Shift {
                        responding,
                        ..Shift::default()
                    },
                );
            }
        }
        let entry = &mut self.w.people[seat];
        entry.whereabouts = Whereabouts::Absent;
        entry.occupant += 1;
        entry.step = 4;
        entry.ramp_up = self.plan.teams[team].ramp_up;
        let occupant = entry.occupant;
        let says = &self.plan.seats[seat];
        if let Some(backfill) = self.plan.teams[team]
            .backfill
            .as_ref()
            .filter(|_| departs && says.until.is_infinite())
        {
            let vacant = backfill
                .at(says.backfill.normal_at(self.draws.past(), self.person(team, occupant)))
                .max(0.0);
            self.push(self.now + to_tick(vacant), What::Join(seat as u32), occupant);
        }
    }

    /// A team's holiday begins or ends. The crews stay as they are: those who come back return first to the task that they left.
    pub(super) fn team_away(&mut self, team: usize, away: bool) {
        self.note(if away {
            Happening::GoesAway(TeamId(team))
        } else {
            Happening::ComesBack(TeamId(team))
        });
        self.w.ledger.away(self.plan, team, self.now, away);
        self.w.teams[team].away = away;
        self.w.teams[team].stirred = true;
        let mut from = 0;
        while let Some(task) = self.w.teams[team].staffed.next(from) {
            from = task + 1;
            self.project(task);
        }
        for index in 0..self.w.teams[team].working.len() {
            self.project(self.w.teams[team].working[index] as usize);
        }
        if !away {
            let mut calls = std::mem::take(&mut self.w.teams[team].calls);
            for absence in calls.drain(..) {
                self.take_people(absence as usize);
            }
            // Given back, so that no trial has to make a list of its own.
            self.w.teams[team].calls = calls;
        }
    }

    // --- absences ---

    /// People are called away, for an incident of a class or for a risk ([`NONE`]): now, or when the team is back from its holiday.
    /// Returns the absence.
    pub(super) fn call_away(&mut self, team: usize, engineers: u32, span: f64, follow_up: f64, incident: u32) -> u32 {
        let absence = self.w.absences.len();
        self.w.absences.push(AbsenceState {
            team: team as u32,
            engineers,
            span,
            follow_up,
            first: NONE,
            incident,
            over: false,
        });
        if self.w.teams[team].away {
            self.w.teams[team].calls.push(absence as u32);
        } else {
            self.take_people(absence);
        }
        absence as u32
    }

    /// The most productive idle ones go first, then the latest to join the lowest-priority task under way; fewer if fewer are there.
    fn take_people(&mut self, absence: usize) {
        let AbsenceState {
            team,
            engineers,
            span,
            over,
            ..
        } = self.w.absences[absence];
        let is_response = self.w.absences[absence].is_response();
        if over {
            return;
        }
        let team = team as usize;
        let mut taken = 0;
        for _ in 0..engineers {
            let (person, left) = match self.pick_idle(team) {
                Some(person) => (person as usize, NONE),
                None => match self.latest_of_lowest(team) {
                    Some(person) => {
                        let left = self.w.people[person].holder;
                        self.leave_crew(person);
                        (person, left)
                    }
                    None => break,
                },
            };
            let first = std::mem::replace(&mut self.w.absences[absence].first, person as u32);
            if first != NONE {
                self.w.people[first as usize].previous = person as u32;
            }
            let entry = &mut self.w.people[person];
            entry.whereabouts = Whereabouts::Taken;
            entry.holder = absence as u32;
            entry.left = left;
            entry.next = first;
            entry.previous = NONE;
            let shift = Shift {
                here: -1,
                responding: i32::from(is_response),
                ..Shift::default()
            };
            self.shift(team, shift);
            self.note(Happening::IsTaken(person as u32));
            taken += 1;
        }
        self.note(Happening::AreTaken {
            team: TeamId(team),
            people: taken,
            days: span.max(0.0),
        });
        self.push(self.now + to_tick(span.max(0.0)), What::AbsenceEnds(absence as u32), 0);
    }

    /// The latest to join, of this team, in the crew of its lowest-priority task under way; jobs go before all planned work.
    fn latest_of_lowest(&self, team: usize) -> Option<usize> {
        let latest = |task: usize| {
            let mut person = self.w.tasks[task].last;
            while person != NONE && self.w.people[person as usize].team as usize != team {
                person = self.w.people[person as usize].previous;
            }
            (person != NONE).then_some(person as usize)
        };
        if let Some(task) = self.w.teams[team].staffed.last() {
            return latest(task);
        }
        let last = self.w.teams[team].working.iter().max();
        last.and_then(|job| latest(*job as usize))
    }

    /// Takes a person out of an absence.
    fn leave_absence(&mut self, person: usize) {
        let Person {
            next, previous, holder, ..
        } = self.w.people[person];
        if previous == NONE {
            self.w.absences[holder as usize].first = next;
        } else {
            self.w.people[previous as usize].next = next;
        }
        if next != NONE {
            self.w.people[next as usize].previous = previous;
        }
    }

    /// The people come back, first to the tasks that they left; the follow-up enters the queue.
    pub(super) fn absence_ends(&mut self, absence: usize) {
        let AbsenceState {
            team,
            follow_up,
            incident,
            over,
            ..
        } = self.w.absences[absence];
        let is_response = incident != NONE;
        if over {
            return;
        }
        self.w.absences[absence].over = true;
        let team = team as usize;
        let mut person = self.w.absences[absence].first;
        while person != NONE {
            let entry = self.w.people[person as usize];
            let shift = Shift {
                here: 1,
                responding: -i32::from(is_response),
                ..Shift::default()
            };
            self.shift(team, shift);
            self.come_back(person as usize);
            person = entry.next;
        }
        self.w.absences[absence].first = NONE;
        if follow_up >= 0.0 {
            let job = Job {
                team: team as u32,
                blocks: NONE,
                incident,
                finding: NONE,
                origin: NONE,
            };
            self.add_job(follow_up, job);
        }
    }

    fn come_back(&mut self, person: usize) {
        let Person { team, left, .. } = self.w.people[person];
        self.w.people[person].left = NONE;
        self.note(Happening::Returns(person as u32));
        if left == NONE || !self.wants_back(left as usize, team as usize) {
            self.be_idle(person, NONE);
            return;
        }
        let task = left as usize;
        if self.is_job(task) {
            // It waits at the front, so it is found soon.
            let queue = &mut self.w.teams[team as usize].queue;
            if let Some(place) = queue.iter().position(|job| *job == left) {
                queue.remove(place);
            }
            self.shift(team as usize, Shift::wanted(-1));
        }
        self.join(task, person);
        self.classify(task);
        self.project(task);
    }
}

fn least(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
