//! Incidents in a trial: when they arrive, whom they take, what customers feel; and the risks that take people or scale rates.

use super::compile::NONE;
use super::log::Happening;
use super::state::{Driver, What};
use super::trial::Trial;
use crate::plan::IncidentId;
use crate::units::to_tick;

impl Trial<'_> {
    /// The first arrivals.
    pub(super) fn open_incidents(&mut self) {
        for class in 0..self.plan.incidents.len() {
            self.draw_quarter(class);
            self.w.incidents[class].hazard = self.gap(class, 0);
            self.rate_changes(class, 0.0);
        }
    }

    pub(super) fn schedule_turn(&mut self) {
        if let Some(next) = self.plan.quarters.get(self.w.quarter + 1) {
            let turns = self.plan.clock.working(next.begins);
            self.push(to_tick(turns).max(self.now), What::QuarterTurns, 0);
        }
    }

    fn draw_quarter(&mut self, class: usize) {
        let says = &self.plan.incidents[class];
        let Some(quarter) = self.plan.quarters.get(self.w.quarter) else {
            return;
        };
        let trial = self.number();
        let normal = self.w.ahead[class].quarter.normal(&says.quarter, trial, quarter.number);
        self.w.incidents[class].quarter = says.quarter_factor.at(normal);
    }

    /// A calendar quarter begins: a factor of its own, and nothing booked against a freeze.
    pub(super) fn quarter_turns(&mut self) {
        self.w.quarter += 1;
        let begins = self.plan.quarters[self.w.quarter].begins;
        for class in 0..self.plan.incidents.len() {
            self.draw_quarter(class);
            self.rate_changes(class, begins);
        }
        self.recheck_releases(Driver::Outside);
        self.schedule_turn();
    }

    /// Spends the hazard up to clock time `clock` at the old rate, and schedules the next arrival at the new one.
    ///
    /// Arrivals are a Poisson process with the rate as it changes: the next comes when the integral of the rate since the last
    /// reaches an exponential draw, so a scaled rate moves arrivals without drawing others.
    pub(super) fn rate_changes(&mut self, class: usize, clock: f64) {
        let says = &self.plan.incidents[class];
        let risks: f64 = says
            .scaled_by
            .iter()
            .filter(|(risk, _)| self.is_open(*risk as usize) && self.w.begun[*risk as usize])
            .map(|(_, factor)| *factor)
            .product();
        let state = &mut self.w.incidents[class];
        state.hazard = (state.hazard - state.rate * (clock - state.since).max(0.0)).max(0.0);
        state.since = state.since.max(clock);
        state.rate = says.rate_per_day * state.own * state.quarter * state.tasks * risks;
        state.version += 1;
        state.next = if state.rate > 0.0 {
            state.since + state.hazard / state.rate
        } else {
            f64::INFINITY
        };
        if state.next.is_finite() {
            let (time, version) = (self.plan.clock.working(state.next), state.version);
            self.push(to_tick(time).max(self.now), What::Arrival(class as u32), version);
        }
    }

    pub(super) fn incident_arrives(&mut self, class: usize, version: u32) {
        let state = &mut self.w.incidents[class];
        // Where the quarter turns on a weekend, it does so before what arrives later on that weekend.
        let turns = self.plan.quarters.get(self.w.quarter + 1).map_or(f64::INFINITY, |next| next.begins);
        if state.version != version || state.next >= turns {
            return;
        }
        let next = state.next;
        self.arrive(class, next);
    }

    /// An incident of a class arrives by itself at clock time `clock`.
    pub(super) fn arrive(&mut self, class: usize, clock: f64) {
        self.count_told(class);
        let state = &mut self.w.incidents[class];
        state.arrivals += 1;
        state.since = clock;
        let arrivals = state.arrivals;
        self.w.incidents[class].hazard = self.gap(class, arrivals);
        // An arrival by itself has an even number, one that a release caused an odd one, so that neither moves the other's draws.
        let name = arrivals.wrapping_sub(1).wrapping_mul(2);
        self.strike(class, clock, name);
        self.rate_changes(class, clock);
    }

    /// An incident: customers feel it from now on, people are called away.
    fn strike(&mut self, class: usize, clock: f64, number: u32) {
        let (says, trial) = (&self.plan.incidents[class], self.number());
        let quarter = self.quarter_of(clock);
        let ahead = &mut self.w.ahead[class];
        let downtime_minutes = says.downtime.as_ref().map(|says| ahead.downtime.size(says, trial, number));
        // What is told of customers is booked as it was.
        if let Some(minutes) = downtime_minutes.filter(|_| !self.minutes_are_told(class)) {
            self.w
                .ledger
                .charge(self.plan, class, quarter, clock, minutes / 1_440.0, minutes * says.customers);
            self.minutes_for_checkpoints(class, clock, quarter, minutes * says.customers);
        }
        if self.now <= self.w.counts.until {
            self.w.counts.incidents[class] += 1;
        }
        self.incident_for_checkpoints(class, clock);
        self.note(Happening::Incident {
            class: IncidentId(class),
            downtime_minutes: downtime_minutes.unwrap_or(0.0),
        });
        if says.team == NONE || self.w.is_deserted {
            return;
        }
        let ahead = &mut self.w.ahead[class];
        let response = says.response.as_ref().map(|says| ahead.response.size(says, trial, number));
        let follow_up = says.follow_up.as_ref().map(|says| ahead.follow_up.size(says, trial, number));
        if response.is_some() || follow_up.is_some() {
            let engineers = if response.is_some() { says.responders } else { 0 };
            self.call_away(
                says.team as usize,
                engineers,
                response.unwrap_or(0.0),
                follow_up.unwrap_or(-1.0),
                class as u32,
            );
        }
    }

    /// The quarter in which a clock time lies: that which is going on, or one near by.
    fn quarter_of(&self, clock: f64) -> usize {
        let quarters = &self.plan.quarters;
        let mut quarter = self.w.quarter;
        while quarter > 0 && quarters[quarter].begins > clock {
            quarter -= 1;
        }
        while quarters.get(quarter + 1).is_some_and(|next| next.begins <= clock) {
            quarter += 1;
        }
        quarter
    }

    /// What a finished task does to rates, and the incidents that a finished release causes.
    pub(super) fn bring_incidents(&mut self, task: usize) {
        let says = &self.plan.tasks[task];
        let clock = self.plan.clock.clock(self.now);
        for (class, factor) in &says.scales_rate {
            self.w.incidents[*class as usize].tasks *= factor;
            self.rate_changes(*class as usize, clock);
        }
        for failure in &says.change_failures {
            let u = failure.occurrence.uniform(self.number());
            let is_cause = self.caused(failure.class as usize, u).unwrap_or(u < failure.probability);
            if is_cause {
                self.strike(failure.class as usize, clock, failure.number);
            }
        }
    }

    /// A risk that takes people or scales rates begins to.
    pub(super) fn risk_begins(&mut self, risk: usize) {
        if !self.is_open(risk) {
            return;
        }
        self.w.begun[risk] = true;
        let says = &self.plan.risks[risk];
        if let Some(absence) = says.takes.as_ref().filter(|_| !self.w.is_deserted) {
            let span = absence.span.at(self.draws.risk_size(risk));
            self.w.risk_absence[risk] = self.call_away(absence.team as usize, absence.engineers, span, -1.0, NONE);
        }
        // The morning of its date, not the evening before the weekend.
        let clock = self.plan.clock.clock(self.now + 1e-9);
        for class in &says.scales {
            self.rate_changes(*class as usize, clock);
        }
    }
}
