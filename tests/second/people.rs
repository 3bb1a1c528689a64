//! Who is there: departures, newcomers, ramping up, and people who are taken away for a time.

use super::trial::{EPS, Trial};

/// What a person works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seat {
    Task(usize),
    /// A follow-up or a fix.
    Job(usize),
}

pub struct Person {
    pub team: usize,
    /// When the ramp-up begins; minus infinity for those who were there before the start.
    joined: f64,
    /// Working days of the ramp-up.
    ramp_up: f64,
    /// The evening of the last day.
    until: Option<f64>,
    /// Whether the vacancy is refilled.
    refilled: bool,
    /// When the person leaves for good, in calendar days since the start.
    leaves: f64,
    /// Away until then.
    back: Option<f64>,
    /// The risk that took the person away.
    taken_by: Option<usize>,
    pub seat: Option<Seat>,
    /// What the person worked on when taken away.
    left: Option<Seat>,
    pub gone: bool,
}

impl Person {
    /// Four equal steps at 1/8, 3/8, 5/8 and 7/8.
    pub fn productivity(&self, now: f64) -> f64 {
        let quarters = 4.0 * (now + EPS - self.joined) / self.ramp_up;
        if self.ramp_up <= 0.0 || quarters >= 4.0 {
            1.0
        } else {
            (2.0 * quarters.floor() + 1.0) / 8.0
        }
    }
}

/// Somebody who will join.
pub struct Newcomer {
    team: usize,
    at: f64,
    ramp_up: f64,
    until: Option<f64>,
    refilled: bool,
}

impl Trial<'_> {
    /// Those who are there on the first morning, and those who are to join.
    pub fn assemble_people(&mut self) {
        for (id, team) in self.known.plan.teams.iter().enumerate() {
            let mut elsewhere: Vec<f64> = vec![];
            for entry in &team.elsewhere {
                elsewhere.extend(vec![entry.until.days(); entry.engineers as usize]);
            }
            for place in 0..team.engineers as usize {
                self.join(Newcomer {
                    team: id,
                    at: f64::NEG_INFINITY,
                    ramp_up: 0.0,
                    until: None,
                    refilled: true,
                });
                let person = self.people.last_mut().expect("just joined");
                person.back = elsewhere.get(place).copied();
            }
            for hire in &team.hires {
                let comes = self.chance.happens(hire.probability.get());
                let at = self.chance.of(&hire.starts).round().max(0.0);
                let until = hire.until.map(sim::units::WorkDays::days);
                if comes && until.is_none_or(|until| at < until) {
                    for _ in 0..hire.engineers {
                        self.newcomers.push(Newcomer {
                            team: id,
                            at,
                            ramp_up: hire.ramp_up,
                            until,
                            refilled: hire.until.is_none(),
                        });
                    }
                }
            }
        }
    }

    fn join(&mut self, newcomer: Newcomer) {
        let rate = self.known.plan.teams[newcomer.team].attrition_per_year / 365.25;
        let leaves = self.clock() + self.chance.exponential(rate);
        self.people.push(Person {
            team: newcomer.team,
            joined: newcomer.at,
            ramp_up: newcomer.ramp_up,
            until: newcomer.until,
            refilled: newcomer.refilled,
            leaves,
            back: None,
            taken_by: None,
            seat: None,
            left: None,
            gone: false,
        });
    }

    /// There, whether at work on something or not.
    pub fn is_present(&self, person: usize) -> bool {
        let person = &self.people[person];
        !person.gone && person.back.is_none() && !self.holiday[person.team]
    }

    /// The most productive of a team who is there and has nothing to do.
    pub fn best_idle(&self, team: usize) -> Option<usize> {
        let mut best = None;
        let mut most = 0.0;
        for person in 0..self.people.len() {
            let productivity = self.people[person].productivity(self.now);
            if self.people[person].team == team && self.people[person].seat.is_none() && self.is_present(person) && productivity > most {
                best = Some(person);
                most = productivity;
            }
        }
        best
    }

    pub fn idle(&self, team: usize) -> usize {
        (0..self.people.len())
            .filter(|person| self.people[*person].team == team && self.people[*person].seat.is_none() && self.is_present(*person))
            .count()
    }

    /// Everything about people whose time has come.
    pub fn people_come_and_go(&mut self) {
        let due = self.now + EPS;
        let (joining, later) = std::mem::take(&mut self.newcomers)
            .into_iter()
            .partition(|newcomer: &Newcomer| newcomer.at <= due);
        self.newcomers = later;
        for newcomer in joining {
            self.join(newcomer);
        }
        for person in 0..self.people.len() {
            let ends = self.people[person].until.is_some_and(|until| until <= due) || self.people[person].leaves <= self.clock() + EPS;
            if ends && !self.people[person].gone {
                self.leave(person);
            }
        }
        for person in 0..self.people.len() {
            if self.people[person].back.is_some_and(|back| back <= due) {
                self.come_back(person);
            }
        }
    }

    /// On a date without work: who leaves today?
    pub fn people_leave_on_a_day_off(&mut self) {
        for person in 0..self.people.len() {
            if self.people[person].leaves < self.clock() + 1.0 && !self.people[person].gone {
                self.leave(person);
            }
        }
    }

    /// Leaves for good; an idle colleague steps in at once.
    fn leave(&mut self, person: usize) {
        let team = self.people[person].team;
        if self.people[person].until.is_none_or(|until| until > self.now + EPS) {
            self.counted.departures[team] += 1;
        }
        let seat = self.people[person].seat;
        self.stand_up(person);
        self.people[person].gone = true;
        if let Some(seat) = seat
            && let Some(colleague) = self.best_idle(team)
        {
            self.sit_down(colleague, seat);
        }
        let vacancy = &self.known.plan.teams[team];
        if let Some(backfill) = &vacancy.backfill
            && self.people[person].refilled
        {
            let at = self.now + self.chance.of(backfill);
            self.newcomers.push(Newcomer {
                team,
                at,
                ramp_up: vacancy.ramp_up,
                until: None,
                refilled: true,
            });
        }
    }

    /// Takes `engineers` people of a team away until `back`, fewer if fewer are there: the most productive idle ones, then the
    /// latest to join the work of lowest priority.
    pub fn take(&mut self, team: usize, engineers: u32, back: f64, risk: Option<usize>) {
        for _ in 0..engineers {
            let Some(person) = self.best_idle(team).or_else(|| self.most_dispensable(team)) else {
                return;
            };
            self.people[person].left = self.people[person].seat;
            self.stand_up(person);
            self.people[person].back = Some(back);
            self.people[person].taken_by = risk;
        }
    }

    /// Those whom a risk took away come back now.
    pub fn release_taken_by(&mut self, risk: usize) {
        for person in &mut self.people {
            if person.taken_by == Some(risk) {
                person.back = Some(self.now);
            }
        }
    }

    /// Returns first to what was left, if that still wants somebody.
    fn come_back(&mut self, person: usize) {
        self.people[person].back = None;
        self.people[person].taken_by = None;
        if let Some(seat) = self.people[person].left.take()
            && self.wants(seat, self.people[person].team)
            && !self.people[person].gone
        {
            self.sit_down(person, seat);
        }
    }

    /// The next moments at which something changes about people, besides arrivals of incidents.
    pub fn next_for_people(&self, times: &mut Vec<f64>) {
        times.extend(self.newcomers.iter().map(|newcomer| newcomer.at));
        for person in self.people.iter().filter(|person| !person.gone) {
            times.extend(person.back);
            times.extend(person.until);
            // A working day spreads evenly over its date.
            times.push(self.now + (person.leaves - self.clock()));
            if person.ramp_up > 0.0 {
                times.extend([0.25, 0.5, 0.75, 1.0].map(|part| person.joined + part * person.ramp_up));
            }
        }
    }
}
