//! The past as it was, in a trial: recorded tasks begin and end when they really did, and what that says of them is noted.
//!
//! Until the morning of the facts a recorded task cannot begin before its day nor later than that day, and one that nobody
//! recorded does not begin at all. What a day leaves open is played: a task begins within its day when its links and its people
//! let it, as in any other future. On the morning of its last day a finished task learns its quantity from what is known, so that
//! its work ends within that day; on the morning of the facts a running one does. From then on the future is its own.
//!
//! Reality does not follow the plan. A task that began before its links or its people would have let it begins all the same, with
//! whoever is free.

use super::compile::{Arrival, Compiled, CompiledTask, NONE, Need};
use super::past::{Fact, Factors, LOG_LEAST, Past, person};
use super::state::{Person, Phase, What, Whereabouts};
use super::trial::Trial;
use crate::plan::RiskActual;
use crate::sampling::Between;
use crate::units::TICKS_PER_DAY;

/// The quantity of a task whose quantity is not known yet: more than anybody works.
const UNKNOWN: f64 = (1_u64 << 20) as f64;

/// The standard error of a stated per cent complete, as a share.
const PERCENT_ERROR: f64 = 0.15;

/// Quantities that are weighed by a stated per cent.
const STRATA: u32 = 32;

/// ln of how much less a past weighs for each task whose recorded first day does not come about by itself in it: it could have
/// begun earlier, or could not have begun yet. Reality does so more often than any plan says, so this is a hint and no proof; without
/// it, pasts with many incidents would be taken for likelier than they are, and with a harder one for less likely.
const LOG_UNEXPLAINED: f64 = -0.3;

/// The least own part of z: common factors alone never say exactly what a task takes.
const LEAST_OWN: f64 = 0.02;

/// Of a task that runs beyond all that its estimate can give, this share of what has been worked is expected on top.
const OVERDUE: f64 = 0.25;

/// Indices of draws beyond those of any past.
const FRESH: u32 = 1 << 31;

/// What a trial knows of its past.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// Whether the facts lie ahead.
    pub(super) is_past: bool,
    /// Logarithm of the probability of the facts, given the common factors.
    pub(super) log_weight: f64,
    /// By rank, what is known of the quantity of a recorded task.
    pub(super) seen: Vec<Option<Sight>>,
    /// By rank, whether the facts kept it from starting when it could have.
    is_held: Vec<bool>,
    /// By rank, what the risks that touched it multiplied its quantity by, and added.
    touched: Vec<[f64; 2]>,
    /// By incident class: those that are still to come by themselves, and by releases, before the facts; releases left.
    own_left: Vec<u32>,
    caused_left: Vec<u32>,
    releases_left: Vec<u32>,
    /// By finding class: those still to be found before the facts, and their mean over the tasks left.
    findings_left: Vec<u32>,
    mean_left: Vec<f64>,
    factors: Factors,
}

/// What is known of a task's quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sight {
    /// Above this.
    pub(super) low: f64,
    /// At most this.
    pub(super) high: f64,
    /// The share that is said to be complete.
    pub(super) share: Option<f64>,
}

/// The distribution of a task's quantity, given the common factors and its risks: X = at(mean + own·ε)·factor + added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) mean: f64,
    pub(super) own: f64,
    pub(super) factor: f64,
    pub(super) added: f64,
}

impl Given {
    /// `factors` are the portfolio's and the team's.
    pub(super) fn new(compiled: &Compiled, task: &CompiledTask, factors: (f64, f64), overrun: f64, [multiply, added]: [f64; 2]) -> Self {
        let weights = if task.factor == NONE {
            compiled.correlation.without_team()
        } else {
            compiled.correlation.with_team()
        };
        Self {
            mean: weights.portfolio * factors.0 + weights.team * factors.1,
            own: weights.own.max(LEAST_OWN),
            factor: overrun * multiply,
            added,
        }
    }

    fn quantity(&self, task: &CompiledTask, epsilon: f64) -> f64 {
        task.estimate.sampler().at(self.mean + self.own * epsilon) * self.factor + self.added
    }

    /// Where ε lies.
    fn epsilon(&self, task: &CompiledTask, sight: Sight) -> Between {
        let z = |x: f64| task.estimate.sampler().z_of((x - self.added) / self.factor);
        Between {
            below: if sight.low > 0.0 { z(sight.low) } else { f64::NEG_INFINITY },
            above: if sight.high.is_finite() { z(sight.high) } else { f64::INFINITY },
        }
        .given(self.mean, self.own)
    }

    /// How well a quantity agrees with the share that is said to be complete.
    fn agreement(&self, task: &CompiledTask, sight: Sight, share: f64, epsilon: f64) -> f64 {
        let error = (sight.low / self.quantity(task, epsilon) - share) / PERCENT_ERROR;
        libm::exp(-0.5 * error * error)
    }

    /// ln of the probability of what is seen.
    pub(super) fn log_probability(&self, task: &CompiledTask, sight: Sight) -> f64 {
        if self.factor <= 0.0 {
            return LOG_LEAST;
        }
        let between = self.epsilon(task, sight);
        let mut log = libm::log(between.probability());
        if let Some(share) = sight.share {
            let sum: f64 = (0..STRATA)
                .map(|stratum| self.agreement(task, sight, share, between.at((f64::from(stratum) + 0.5) / f64::from(STRATA))))
                .sum();
            log += libm::log(sum / f64::from(STRATA));
        }
        log.max(LOG_LEAST)
    }

    /// A quantity that agrees with what is seen, chosen by two uniforms; `None` where no quantity does.
    fn draw(&self, task: &CompiledTask, sight: Sight, u: f64, choice: f64) -> Option<f64> {
        if self.factor <= 0.0 {
            return None;
        }
        let between = self.epsilon(task, sight);
        if between.probability() <= 0.0 {
            return None;
        }
        let mut u = u;
        if let Some(share) = sight.share {
            let at = |stratum: u32| (f64::from(stratum) + u) / f64::from(STRATA);
            let weights: Vec<f64> = (0..STRATA)
                .map(|stratum| self.agreement(task, sight, share, between.at(at(stratum))))
                .collect();
            let mut left = choice * weights.iter().sum::<f64>();
            let chosen = weights.iter().position(|weight| {
                left -= weight;
                left <= 0.0
            });
            u = at(chosen.unwrap_or(0) as u32);
        }
        Some(self.quantity(task, between.at(u)).max(sight.low).min(sight.high))
    }
}

impl<'a> Trial<'a> {
    /// The facts, while they lie ahead.
    fn past(&self) -> Option<&'a Past> {
        let guide = self.plan.guide.as_ref().filter(|_| self.w.again.is_past)?;
        Some(&guide.past)
    }

    fn fact(&self, task: usize) -> Option<Fact> {
        self.past()?.tasks[task]
    }

    /// The number that keys what happens now: of the past that this future continues, or of the future.
    pub(super) fn number(&self) -> u32 {
        if self.w.again.is_past {
            self.draws.past()
        } else {
            self.draws.trial()
        }
    }

    /// The index of a draw for whoever has a seat of a team.
    pub(super) fn person(&self, team: usize, occupant: u32) -> u32 {
        person(occupant, self.draws.attempt(team))
    }

    /// Whether a risk that has struck touches what begins now: one that has not happened so far does so after the facts.
    pub(super) fn strikes_now(&self, risk: usize) -> bool {
        self.past().is_none_or(|past| past.risks[risk] != RiskActual::Open)
    }

    /// When a risk begins to take people and to scale rates.
    pub(super) fn risk_from(&self, risk: usize) -> f64 {
        let from = self.plan.risks[risk].from;
        match self.past() {
            Some(past) if past.risks[risk] == RiskActual::Open => from.max(past.until),
            _ => from,
        }
    }

    /// What is known lies ahead.
    pub(super) fn open_past(&mut self) {
        let again = &mut self.w.again;
        again.is_past = false;
        let Some(guide) = self.plan.guide.as_ref().filter(|_| !self.draws.is_quiet()) else {
            return;
        };
        let past = &guide.past;
        again.is_past = true;
        again.log_weight = self.draws.log_weight();
        again.seen.clear();
        again.seen.resize(self.plan.tasks.len(), None);
        again.is_held.clear();
        again.is_held.resize(self.plan.tasks.len(), false);
        again.touched.clear();
        again.touched.resize(self.plan.tasks.len(), [1.0, 0.0]);
        let told = |class| self.draws.told(class);
        let classes = 0..self.plan.incidents.len();
        again.own_left = classes.clone().map(|class| told(class).map_or(0, |told| told.own)).collect();
        again.caused_left = classes.clone().map(|class| told(class).map_or(0, |told| told.caused)).collect();
        again.releases_left = classes
            .map(|class| past.incidents[class].as_ref().map_or(0, |told| told.releases))
            .collect();
        again.findings_left = past.findings.iter().map(|told| told.map_or(0, |told| told.found)).collect();
        again.mean_left = vec![0.0; self.plan.findings.len()];
        let until = past.until;
        for task in 0..self.plan.tasks.len() {
            let Some(fact) = past.tasks[task] else { continue };
            let tick = 1.0 / TICKS_PER_DAY;
            // Within the day it began, and within the day it ended.
            let latest = (fact.started + 1.0).min(fact.finished.unwrap_or(until)) - tick;
            self.push(latest.max(0.0), What::Begin(task as u32), 0);
            if let Some(finished) = fact.finished {
                self.push((finished - 1.0).max(0.0), What::Learn(task as u32), 0);
                self.push(finished, What::Done(task as u32), 0);
                for source in &self.plan.tasks[task].findings {
                    self.w.again.mean_left[source.class as usize] +=
                        self.expected_findings(task, source.by_effort, source.class, source.review);
                }
            }
        }
        self.push(until, What::Now, 0);
    }

    fn expected_findings(&self, task: usize, by_effort: bool, class: u32, review: f64) -> f64 {
        let effort = if by_effort { self.plan.tasks[task].likely } else { 0.0 };
        effort * self.plan.findings[class as usize].per_engineer_day + review
    }

    /// The time before which the facts keep a task from starting, where it could start at `gate`.
    pub(super) fn not_before_fact(&mut self, task: usize, gate: f64) -> f64 {
        // A gate that is still to come is looked at again when it does.
        let Some(past) = self.past().filter(|_| gate <= self.now) else {
            return f64::NEG_INFINITY;
        };
        let allowed = past.tasks[task].map_or(past.until, |fact| fact.started);
        // Its links would let it go on an earlier day, and so would its people.
        if self.now < allowed && !self.w.again.is_held[task] {
            self.w.again.is_held[task] = true;
            if self.can_start(task) {
                self.w.again.log_weight += LOG_UNEXPLAINED;
            }
        }
        allowed
    }

    /// A task begins: where it is recorded, its quantity is not known yet.
    pub(super) fn begin_recorded(&mut self, task: usize, touched: [f64; 2]) {
        let Some(fact) = self.fact(task) else { return };
        self.w.again.touched[task] = touched;
        let state = &mut self.w.tasks[task];
        state.quantity = UNKNOWN;
        state.remaining = UNKNOWN;
        if fact.finished.is_some_and(|finished| finished - 1.0 <= self.now) {
            // Its first day is its last.
            self.push(self.now, What::Learn(task as u32), 0);
        }
    }

    /// A recorded task begins at the latest now, whatever holds it.
    pub(super) fn begin_at_last(&mut self, task: usize) {
        match self.w.tasks[task].phase {
            Phase::Running | Phase::Held | Phase::Finished => return,
            Phase::Ready => {
                self.want_people(task, -1);
                self.unready(task);
                self.w.ready_nobody.retain(|ready| *ready as usize != task);
            }
            Phase::Waiting => {
                self.w.held_releases.retain(|held| *held as usize != task);
                self.end_hold(task);
            }
        }
        let state = &mut self.w.tasks[task];
        state.ready = state.ready.min(self.now);
        self.w.again.log_weight += LOG_UNEXPLAINED;
        self.take_crew(task);
        self.start(task);
    }

    /// How fast a task moves on with as few people as it takes.
    fn least_speed(&self, task: usize) -> f64 {
        match self.plan.tasks[task].need {
            Need::Effort { min, focus, .. } => focus * f64::from(min),
            Need::Nobody | Need::Crew { .. } => 1.0,
        }
    }

    fn given(&self, task: usize) -> Given {
        let says = &self.plan.tasks[task];
        Given::new(
            self.plan,
            says,
            self.draws.factors(says.factor),
            self.draws.overrun(),
            self.w.again.touched[task],
        )
    }

    /// Notes what is seen of a task and draws its quantity. `None` where the estimate cannot give what is seen.
    fn see(&mut self, task: usize, fact: Fact, sight: Sight) -> Option<f64> {
        let says = &self.plan.tasks[task];
        let [multiply, added] = self.w.again.touched[task];
        if !says.overruns {
            let quantity = says.likely * multiply + added;
            return (sight.low <= quantity && quantity <= sight.high).then_some(quantity);
        }
        let given = self.given(task);
        if !fact.is_outside {
            self.w.again.log_weight += given.log_probability(says, sight);
            self.w.again.seen[task] = Some(sight);
        }
        let past = self.draws.past();
        given.draw(says, sight, says.stream.uniform_of_word(past), says.stream.uniform_at(past, 1))
    }

    /// The last day of a finished task begins: its quantity is such that its work ends within the day.
    pub(super) fn learn(&mut self, task: usize) {
        let Some(fact) = self.fact(task) else { return };
        let Some(finished) = fact.finished else { return };
        if self.w.tasks[task].phase != Phase::Running || self.w.tasks[task].quantity != UNKNOWN {
            return;
        }
        self.project(task);
        let state = &self.w.tasks[task];
        let progress = UNKNOWN - state.remaining;
        let least = self.least_speed(task);
        let speed = if state.speed > 0.05 * least { state.speed } else { least };
        let in_a_day = speed * (finished - self.now).max(1.0 / 1_024.0);
        // Links may have held its finish: its work may have ended before.
        let is_held = state.finish_links > 0 || state.finish_gate > self.now;
        let [low, high] = fact.spent.unwrap_or([if is_held { 0.0 } else { progress }, progress + in_a_day]);
        let quantity = self.see(task, fact, Sight { low, high, share: None });
        let left = quantity.map_or(f64::NAN, |quantity| quantity - progress);
        let stream = &self.plan.tasks[task].stream;
        let state = &mut self.w.tasks[task];
        state.remaining = if (0.0..=in_a_day).contains(&left) {
            left
        } else {
            stream.uniform_at(self.draws.past(), 2) * in_a_day
        };
        state.quantity = quantity.unwrap_or(progress + state.remaining);
        self.project(task);
    }

    /// A recorded task is done at the latest now, whatever holds it.
    pub(super) fn done_at_last(&mut self, task: usize) {
        self.begin_at_last(task);
        self.learn(task);
        if self.w.tasks[task].phase == Phase::Running {
            self.project(task);
            self.w.tasks[task].remaining = 0.0;
            self.work_done(task);
        }
        let state = &mut self.w.tasks[task];
        if state.phase == Phase::Held {
            state.finish_links = 0;
            state.finish_gate = self.now;
            self.try_finish(task);
        }
    }

    /// The morning of the facts: from here on the future is its own.
    pub(super) fn arrive_at_now(&mut self) {
        let Some(past) = self.past() else { return };
        for task in 0..self.plan.tasks.len() {
            if self.w.tasks[task].phase == Phase::Running && self.w.tasks[task].quantity == UNKNOWN {
                self.learn_running(task);
            }
        }
        for class in 0..self.plan.incidents.len() {
            self.close_incidents(class, past);
        }
        self.learn_findings(past);
        self.w.again.is_past = false;
        for class in 0..self.plan.incidents.len() {
            let state = &mut self.w.incidents[class];
            // An exponential gap forgets: what comes after the facts is a new draw.
            let index = FRESH | state.arrivals;
            state.hazard = self.plan.incidents[class].arrival.exponential_at(self.draws.trial(), index);
            state.since = past.until_clock;
            self.rate_changes(class, past.until_clock);
        }
        for (risk, known) in past.risks.iter().enumerate() {
            if *known == RiskActual::HappenedAndRetired {
                self.retire(risk);
            }
        }
        for team in 0..self.plan.teams.len() {
            self.come_or_go(team, self.draws.missing(team));
        }
    }

    /// A running task: its quantity is above what has been worked.
    fn learn_running(&mut self, task: usize) {
        let Some(fact) = self.fact(task) else { return };
        self.project(task);
        let progress = UNKNOWN - self.w.tasks[task].remaining;
        let worked = fact.spent.map_or(progress, |[low, high]| 0.5 * (low + high));
        // Its work may be done where links hold its finish.
        let is_held = self.w.tasks[task].finish_links > 0 || self.w.tasks[task].finish_gate > self.now;
        let sight = Sight {
            low: if is_held && fact.share.is_none() { 0.0 } else { worked },
            high: f64::INFINITY,
            share: fact.share,
        };
        let stream = self.plan.tasks[task].stream;
        let quantity = self.see(task, fact, sight).unwrap_or_else(|| {
            let beyond = -libm::log(stream.uniform_at(self.draws.past(), 2));
            worked + (OVERDUE * worked).max(self.least_speed(task)) * beyond
        });
        let state = &mut self.w.tasks[task];
        state.quantity = quantity;
        state.remaining = (quantity - worked).max(0.0);
        self.project(task);
    }

    // --- incidents and findings ---

    /// The gap to the next arrival of a class, by the number of those before it.
    pub(super) fn gap(&mut self, class: usize, arrivals: u32) -> f64 {
        let number = self.number();
        let gap = self.w.ahead[class]
            .gap
            .exponential(&self.plan.incidents[class].arrival, number, arrivals);
        match self.draws.told(class).filter(|_| self.w.again.is_past) {
            None => gap,
            Some(_) if self.w.again.own_left[class] == 0 => f64::INFINITY,
            Some(told) => gap * told.hazard,
        }
    }

    /// One that was told of has come by itself.
    pub(super) fn count_told(&mut self, class: usize) {
        if self.w.again.is_past {
            self.w.again.own_left[class] = self.w.again.own_left[class].saturating_sub(1);
        }
    }

    /// Whether a release that ends now caused an incident of a class, as far as that is told.
    pub(super) fn caused(&mut self, class: usize, u: f64) -> Option<bool> {
        self.past()?.incidents[class].as_ref()?;
        let again = &mut self.w.again;
        let is_cause = u * f64::from(again.releases_left[class]) < f64::from(again.caused_left[class]);
        again.releases_left[class] = again.releases_left[class].saturating_sub(1);
        again.caused_left[class] -= u32::from(is_cause);
        Some(is_cause)
    }

    /// Whether what customers felt of a class is told.
    pub(super) fn minutes_are_told(&self, class: usize) -> bool {
        self.past()
            .and_then(|past| past.incidents[class].as_ref())
            .is_some_and(|told| told.minutes.is_some())
    }

    /// What is told of a class and has not come yet comes now; what customers felt is booked as it was.
    fn close_incidents(&mut self, class: usize, past: &Past) {
        let last = past.until_clock - 1e-6;
        while !self.is_flooded() {
            let is_due = match self.draws.told(class) {
                Some(_) => self.w.again.own_left[class] > 0,
                // Those of the weekend before the facts.
                None => self.w.incidents[class].next < past.until_clock,
            };
            if !is_due {
                break;
            }
            self.step();
            let clock = self.w.incidents[class].next.min(last).max(0.0);
            self.arrive(class, clock);
        }
        let Some(minutes) = past.incidents[class].as_ref().and_then(|told| told.minutes.as_ref()) else {
            return;
        };
        for (quarter, minutes) in minutes.iter().enumerate().filter(|(_, minutes)| **minutes > 0.0) {
            let ends = self.plan.quarters.get(quarter + 1).map_or(f64::INFINITY, |next| next.begins);
            let clock = last.min(ends - 1e-6).max(0.0);
            self.w.ledger.charge(self.plan, class, quarter, clock, 0.0, *minutes);
            self.minutes_for_checkpoints(class, clock, quarter, *minutes);
        }
    }

    /// How many findings of a class a task brought up, where it is told how many there were in all.
    pub(super) fn told_findings(&mut self, task: usize, source: usize) -> Option<u32> {
        let says = &self.plan.tasks[task].findings[source];
        let class = says.class as usize;
        self.past()?.findings[class]?;
        let mean = self.expected_findings(task, says.by_effort, says.class, says.review);
        let left = self.w.again.mean_left[class];
        let share = if left > 0.0 { (mean / left).min(1.0) } else { 1.0 };
        let candidates = self.w.again.findings_left[class];
        let found = (0..candidates)
            .filter(|index| says.count.uniform_at(self.draws.past(), *index) < share)
            .count() as u32;
        self.w.again.findings_left[class] -= found;
        self.w.again.mean_left[class] = (left - mean).max(0.0);
        Some(found)
    }

    /// What the findings so far say of the rates to come; the open ones are as many as there are.
    fn learn_findings(&mut self, past: &Past) {
        for class in 0..self.plan.findings.len() {
            let Some(told) = past.findings[class] else { continue };
            let says = &self.plan.findings[class];
            let (mut expected, mut reviews) = (0.0, 0.0);
            for (task, state) in self.plan.tasks.iter().zip(&self.w.tasks) {
                let sources = task.findings.iter().filter(|source| source.class as usize == class);
                for source in sources.filter(|_| state.phase == Phase::Finished && !state.is_void) {
                    expected += if source.by_effort {
                        state.quantity * says.per_engineer_day
                    } else {
                        0.0
                    };
                    reviews += source.review;
                }
            }
            let candidate = self.draws.past();
            let own = self
                .w
                .again
                .factors
                .split(says.rate_cv, told.found, expected, reviews, says.rate.uniform_at(candidate, 1));
            self.w.again.log_weight += own.log_weight;
            let normal = says.rate.normal(candidate);
            self.w.finding_factor[class] = self.w.again.factors.posterior(says.rate_cv, own.count, expected, normal);
            if let Some(open) = told.open {
                self.fix_all_but(class as u32, open);
            }
        }
    }

    /// Findings of a class beyond so many are fixed already, the oldest first.
    fn fix_all_but(&mut self, class: u32, open: u32) {
        let first = self.plan.tasks.len();
        let unfixed: Vec<usize> = (0..self.w.jobs.len())
            .filter(|job| self.w.jobs[*job].finding == class && self.w.tasks[first + job].phase != Phase::Finished)
            .map(|job| first + job)
            .collect();
        let fixed = unfixed.len().saturating_sub(open as usize);
        for job in unfixed.into_iter().take(fixed) {
            if self.w.tasks[job].phase == Phase::Running {
                self.project(job);
                self.w.tasks[job].remaining = 0.0;
                self.project(job);
            } else {
                self.w.tasks[job].remaining = 0.0;
            }
        }
    }

    // --- people ---

    /// People whom no drawing of a team's comings and goings explains come, or go, now.
    fn come_or_go(&mut self, team: usize, missing: i32) {
        let mut left = missing;
        for seat in self.plan.teams[team].seats.clone().rev() {
            let seat = seat as usize;
            let Person { whereabouts, occupant, .. } = self.w.people[seat];
            let is_there = whereabouts != Whereabouts::Absent;
            let is_elsewhere = matches!(self.plan.seats[seat].arrival, Arrival::On(_)) && occupant == 0;
            if left < 0 && is_there {
                left += 1;
                self.person_leaves(seat, occupant, true);
            } else if left > 0 && !is_there && !is_elsewhere && self.plan.seats[seat].until > self.now {
                left -= 1;
                // Whoever was to come later does not come twice.
                self.w.people[seat].occupant += 1;
                self.person_joins(seat, occupant + 1);
            }
        }
    }
}
