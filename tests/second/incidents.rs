//! Incidents: arrivals around the clock, downtime, and the people who respond.

use sim::plan::IncidentClass;

use super::trial::{EPS, Trial};

pub struct ClassState {
    /// Of the rate, in this trial.
    factor: f64,
    /// Of the rate, in each quarter.
    quarters: Vec<f64>,
}

/// An incident that nobody responds to yet.
pub struct Response {
    class: usize,
}

impl Trial<'_> {
    pub fn draw_incident_rates(&mut self) {
        let quarters = self.known.days.last().map_or(0, |day| day.quarter + 1);
        for class in &self.known.plan.incidents {
            self.classes.push(ClassState {
                factor: self.chance.factor(class.rate_cv * class.rate_cv),
                quarters: (0..quarters).map(|_| self.chance.factor(class.overdispersion)).collect(),
            });
        }
    }

    /// Arrivals per calendar day at this moment.
    fn incident_rate(&self, id: usize, class: &IncidentClass) -> f64 {
        let plan = self.known.plan;
        let state = &self.classes[id];
        let mut rate = class.rate_per_day * state.factor * state.quarters[self.known.days[self.today].quarter];
        for (task, entry) in plan.tasks.iter().enumerate() {
            if self.tasks[task].finished.is_some() && !self.is_absent(task) {
                rate *= factor_on(id, &entry.scales_rate);
            }
        }
        for (risk, entry) in plan.risks.iter().enumerate() {
            if self.scales_now(risk) {
                rate *= factor_on(id, &entry.scales_rate);
            }
        }
        rate
    }

    /// The next arrival within `span` calendar days over which no rate changes: how long it takes, and of which class.
    pub fn next_arrival(&mut self, span: f64) -> Option<(f64, usize)> {
        let mut first: Option<(f64, usize)> = None;
        for (id, class) in self.known.plan.incidents.iter().enumerate() {
            let rate = self.incident_rate(id, class);
            let wait = self.chance.exponential(rate);
            if wait < first.map_or(span, |(earliest, _)| earliest) {
                first = Some((wait, id));
            }
        }
        first
    }

    /// An incident at a moment, in calendar days since the start.
    pub fn incident(&mut self, id: usize, clock: f64) {
        let class = &self.known.plan.incidents[id];
        if let (Some(flow), Some(downtime)) = (class.flow, &class.downtime) {
            let minutes = self.chance.of(downtime);
            let customers = self.known.plan.flows[flow.0].customers * class.share;
            self.charge(flow.0, clock, minutes, customers);
        }
        if self.today <= self.known.last_day {
            self.counted.incidents[id] += 1;
        }
        self.responses.push(Response { class: id });
    }

    /// What a release that finishes now breaks.
    pub fn change_failures(&mut self) {
        for (id, class) in self.known.plan.incidents.iter().enumerate() {
            if self.chance.happens(class.change_failure_rate.get()) {
                self.incident(id, self.clock());
            }
        }
    }

    /// Responses begin when the team is there, and at their end follow-ups come up. Whether there were any.
    pub fn responses_begin_and_end(&mut self) -> bool {
        let mut any = false;
        for response in std::mem::take(&mut self.responses) {
            let class = &self.known.plan.incidents[response.class];
            let Some(team) = class.team else { continue };
            if self.holiday[team.0] {
                self.responses.push(response);
                continue;
            }
            let span = class.response.as_ref().map_or(0.0, |response| self.chance.of(response));
            self.take(team.0, class.responders, self.now + span, None);
            if let Some(follow_up) = &class.follow_up {
                let effort = self.chance.of(follow_up);
                self.follow_ups.push((self.now + span, team.0, effort));
            }
            any = true;
        }
        for (at, team, effort) in std::mem::take(&mut self.follow_ups) {
            if at <= self.now + EPS {
                self.add_job(team, effort, None);
                any = true;
            } else {
                self.follow_ups.push((at, team, effort));
            }
        }
        any
    }
}

fn factor_on(class: usize, scales: &[(sim::plan::IncidentId, f64)]) -> f64 {
    scales
        .iter()
        .filter(|(scaled, _)| scaled.0 == class)
        .map(|(_, factor)| factor)
        .product()
}
