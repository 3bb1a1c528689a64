//! One future, day by day, and from event to event within a working day.

use super::budgets::{Counted, Future};
use super::chance::Chance;
use super::incidents::{ClassState, Response};
use super::known::Known;
use super::people::{Newcomer, Person};
use super::work::{Job, TaskState};

/// Two moments (in working days) or amounts of work closer than this are the same: 3 ms of an eight-hour day.
pub const EPS: f64 = 1e-7;

pub struct Trial<'k> {
    pub known: &'k Known<'k>,
    pub chance: Chance,
    /// Calendar days since the start.
    pub today: usize,
    /// Working days since the start.
    pub now: f64,
    /// Which teams are on holiday today.
    pub holiday: Vec<bool>,
    pub people: Vec<Person>,
    pub newcomers: Vec<Newcomer>,
    pub tasks: Vec<TaskState>,
    /// Follow-ups and fixes of all teams, in the order in which they came up.
    pub jobs: Vec<Job>,
    pub risks: Vec<RiskState>,
    pub classes: Vec<ClassState>,
    /// True rates of the classes of findings.
    pub finding_rates: Vec<f64>,
    /// Incidents that nobody responds to yet.
    pub responses: Vec<Response>,
    /// Jobs that come up when a response ends: when, team, effort.
    pub follow_ups: Vec<(f64, usize, f64)>,
    pub counted: Counted,
}

/// Whether and how strongly a risk strikes in this trial.
pub struct RiskState {
    occurs: bool,
    retired: bool,
    /// Whether `from` has come.
    begun: bool,
    /// Whether its people have been taken.
    taken: bool,
    pub multiply: f64,
    pub add: f64,
    pub delay: f64,
}

impl<'k> Trial<'k> {
    pub fn new(known: &'k Known<'k>, mut chance: Chance) -> Self {
        let plan = known.plan;
        let risks = plan
            .risks
            .iter()
            .map(|risk| RiskState {
                occurs: chance.happens(risk.probability.get()),
                retired: false,
                begun: risk.from.days() <= 0.0,
                taken: false,
                multiply: risk.multiply.as_ref().map_or(1.0, |estimate| chance.of(estimate)),
                add: risk.add.as_ref().map_or(0.0, |estimate| chance.of(estimate)),
                delay: risk.delay.as_ref().map_or(0.0, |estimate| chance.of(estimate)),
            })
            .collect();
        let finding_rates = plan
            .findings
            .iter()
            .map(|class| class.per_engineer_week * chance.factor(class.rate_cv * class.rate_cv))
            .collect();
        let mut trial = Self {
            known,
            chance,
            today: 0,
            now: 0.0,
            holiday: vec![false; plan.teams.len()],
            people: vec![],
            newcomers: vec![],
            tasks: vec![],
            jobs: vec![],
            risks,
            classes: vec![],
            finding_rates,
            responses: vec![],
            follow_ups: vec![],
            counted: Counted::new(known),
        };
        trial.draw_work();
        trial.draw_incident_rates();
        trial.assemble_people();
        trial
    }

    pub fn run(mut self) -> Future {
        let known = self.known;
        loop {
            self.now = known.days[self.today].morning;
            if known.days[self.today].working {
                self.working_day();
            } else {
                self.day_off();
            }
            let done = self.today >= known.last_day && self.all_finished();
            self.today += 1;
            // Unfinished at five times the horizon: never.
            if done || (self.today > known.last_day && known.days[self.today].morning >= 5.0 * known.horizon) {
                return self.future();
            }
        }
    }

    /// Calendar days since the start. A working day spreads evenly over its date.
    pub fn clock(&self) -> f64 {
        self.today as f64 + (self.now - self.known.days[self.today].morning).max(0.0)
    }

    /// Nobody works; people leave and incidents arrive all the same.
    fn day_off(&mut self) {
        self.people_leave_on_a_day_off();
        let mut hour = 0.0;
        while let Some((wait, class)) = self.next_arrival(1.0 - hour) {
            hour += wait;
            self.incident(class, self.today as f64 + hour);
        }
    }

    fn working_day(&mut self) {
        let morning = self.now;
        let evening = morning + 1.0;
        for (team, holiday) in self.known.plan.teams.iter().zip(&mut self.holiday) {
            *holiday = team.holidays.iter().any(|day| day.days() == morning);
        }
        for (risk, state) in self.known.plan.risks.iter().zip(&mut self.risks) {
            state.begun |= risk.from.days() <= morning + EPS;
        }
        while self.now < evening {
            self.settle();
            let mut next = self.next_event();
            if next > evening - EPS {
                next = evening;
            }
            // Until the next event no rate changes, and an exponential clock may be wound up anew at any time.
            match self.next_arrival(next - self.now) {
                Some((wait, class)) => {
                    self.advance(self.now + wait);
                    self.incident(class, self.clock());
                }
                None => self.advance(next),
            }
        }
        // What is done this evening is done today. What can start then starts on the next working morning, the same time.
        while self.finish_what_is_done() {}
    }

    /// Everything that happens at this moment.
    fn settle(&mut self) {
        loop {
            while self.finish_what_is_done() || self.start_what_needs_nobody() {}
            self.people_come_and_go();
            let taken = self.risks_take_people();
            let begun = self.responses_begin_and_end();
            self.note_held_releases();
            if !self.dispatch() && !taken && !begun {
                return;
            }
        }
    }

    /// The next moment after now at which anything can change.
    fn next_event(&self) -> f64 {
        let mut times: Vec<f64> = self.follow_ups.iter().map(|follow_up| follow_up.0).collect();
        self.next_for_people(&mut times);
        self.next_for_work(&mut times);
        times
            .into_iter()
            .filter(|time| *time > self.now + EPS)
            .fold(f64::INFINITY, f64::min)
    }

    /// Time passes, and nothing changes meanwhile.
    fn advance(&mut self, to: f64) {
        let days = to - self.now;
        self.count(days);
        self.work_for(days);
        self.now = to;
    }

    /// Whether a risk strikes now: it occurs and has not been retired.
    pub fn is_open(&self, risk: usize) -> bool {
        self.risks[risk].occurs && !self.risks[risk].retired
    }

    /// Whether its scaled rates hold now.
    pub fn scales_now(&self, risk: usize) -> bool {
        self.is_open(risk) && self.risks[risk].begun
    }

    /// Its absences end with it.
    pub fn retire(&mut self, risk: usize) {
        self.risks[risk].retired = true;
        self.release_taken_by(risk);
    }

    /// Money, once, for each risk that happens.
    pub fn cost_of_risks(&self) -> f64 {
        let happened = self.risks.iter().zip(&self.known.plan.risks).filter(|(state, _)| state.occurs);
        happened.map(|(_, risk)| risk.cost).sum()
    }

    fn risks_take_people(&mut self) -> bool {
        let mut changed = false;
        for (id, risk) in self.known.plan.risks.iter().enumerate() {
            let Some(takes) = &risk.takes else { continue };
            let team = takes.team.0;
            if self.risks[id].taken || !self.scales_now(id) || self.holiday[team] {
                continue;
            }
            let span = self.chance.of(&takes.span);
            self.take(team, takes.engineers, self.now + span, Some(id));
            self.risks[id].taken = true;
            changed = true;
        }
        changed
    }
}
