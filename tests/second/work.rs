//! Tasks, links, dispatch, and the queue of follow-ups and fixes.

use sim::plan::{LinkKind, Work};

use super::chance::normal_cdf;
use super::people::Seat;
use super::trial::{EPS, Trial};

pub struct TaskState {
    /// The quantity without risks: O · F⁻¹(Φ(z)).
    drawn: f64,
    /// Lag of each link.
    lags: Vec<f64>,
    /// Since when its links and its `not_before` allow it to start.
    allowed: Option<f64>,
    /// Whether it has ever wanted to start, as far as findings are concerned.
    pub wanted: bool,
    pub started: Option<f64>,
    /// Nobody needs it: its risk does not strike.
    absent: bool,
    /// All there is to do, in engineer-days or working days.
    pub quantity: f64,
    remaining: f64,
    /// When the work was done and the crew was free.
    done: Option<f64>,
    pub finished: Option<f64>,
    /// In the order of joining.
    crew: Vec<usize>,
}

/// A follow-up or a fix: one person, at the team's focus.
pub struct Job {
    pub team: usize,
    pub remaining: f64,
    pub worker: Option<usize>,
    pub begun: bool,
    pub done: bool,
    /// The initiative whose releases wait for it.
    pub holds: Option<usize>,
}

impl Trial<'_> {
    /// Draws what there is to do.
    pub fn draw_work(&mut self) {
        let plan = self.known.plan;
        let overrun = plan.overrun.as_ref().map_or(1.0, |overrun| overrun.quantile(self.chance.uniform()));
        let portfolio = self.chance.normal();
        let teams: Vec<f64> = plan.teams.iter().map(|_| self.chance.normal()).collect();
        let (team_share, portfolio_share) = (plan.correlation.team(), plan.correlation.portfolio());
        for task in &plan.tasks {
            let own = self.chance.normal();
            let z = match task.work.team() {
                Some(team) => {
                    portfolio_share.sqrt() * portfolio
                        + team_share.sqrt() * teams[team.0]
                        + (1.0 - portfolio_share - team_share).sqrt() * own
                }
                None => portfolio_share.sqrt() * portfolio + (1.0 - portfolio_share).sqrt() * own,
            };
            let estimate = task.work.estimate();
            let quantity = estimate.distribution.quantile(normal_cdf(z));
            let lags = task
                .links
                .iter()
                .map(|link| link.lag.as_ref().map_or(0.0, |lag| self.chance.of(lag)));
            self.tasks.push(TaskState {
                // A single fixed number is not scaled by the overrun.
                drawn: if estimate.is_fixed() { quantity } else { overrun * quantity },
                lags: lags.collect(),
                allowed: None,
                wanted: false,
                started: None,
                absent: false,
                quantity: 0.0,
                remaining: 0.0,
                done: None,
                finished: None,
                crew: vec![],
            });
        }
    }

    // Links.

    /// The finish that the present crew would reach; infinite while none can be foreseen.
    fn projected_finish(&self, task: usize) -> f64 {
        let state = &self.tasks[task];
        if let Some(finished) = state.finished {
            return finished;
        }
        if state.started.is_none() {
            return f64::INFINITY;
        }
        let work = match state.done {
            Some(done) => done,
            None => self.projected_end_of_work(task),
        };
        work.max(self.finish_allowed_from(task))
    }

    fn projected_end_of_work(&self, task: usize) -> f64 {
        let remaining = self.tasks[task].remaining;
        let speed = self.speed(task);
        if remaining <= EPS {
            self.now
        } else if speed > 0.0 {
            self.now + remaining / speed
        } else {
            f64::INFINITY
        }
    }

    /// The moment from which links of two kinds (to a predecessor's start, to its finish) no longer hold a task back; infinite
    /// while that is not known.
    fn held_until(&self, task: usize, to_start: LinkKind, to_finish: LinkKind) -> f64 {
        let mut latest = 0.0_f64;
        for (link, lag) in self.known.plan.tasks[task].links.iter().zip(&self.tasks[task].lags) {
            let predecessor = &self.tasks[link.predecessor.0];
            let started = predecessor.started.unwrap_or(f64::INFINITY);
            let finished = predecessor.finished.unwrap_or(f64::INFINITY);
            let from = if link.kind == to_start {
                started + lag.max(0.0)
            } else if link.kind == to_finish && *lag < 0.0 {
                // Acts on the projected finish, never before the predecessor's start.
                started.max(self.projected_finish(link.predecessor.0) + lag)
            } else if link.kind == to_finish {
                finished + lag
            } else {
                continue;
            };
            latest = latest.max(from);
        }
        latest
    }

    fn finish_allowed_from(&self, task: usize) -> f64 {
        self.held_until(task, LinkKind::StartFinish, LinkKind::FinishFinish)
    }

    /// By links and `not_before`.
    fn start_allowed_from(&self, task: usize) -> f64 {
        let links = self.held_until(task, LinkKind::StartStart, LinkKind::FinishStart);
        let date = self.known.plan.tasks[task].not_before.map_or(0.0, sim::units::WorkDays::days);
        links.max(date)
    }

    /// Open risks that touch a task.
    fn touched_by(&self, task: usize) -> Vec<usize> {
        let risks = self.known.plan.risks.iter().enumerate();
        risks
            .filter(|(risk, entry)| self.is_open(*risk) && entry.affects.iter().any(|affected| affected.0 == task))
            .map(|(risk, _)| risk)
            .collect()
    }

    /// Working days that open risks make a task wait, from the moment at which links and date allow it.
    fn delay(&self, task: usize) -> f64 {
        if self.is_absent(task) {
            return 0.0;
        }
        self.touched_by(task).iter().map(|risk| self.risks[*risk].delay).sum()
    }

    /// There is no such task, as its risk does not strike.
    pub fn is_absent(&self, task: usize) -> bool {
        match self.tasks[task].started {
            Some(_) => self.tasks[task].absent,
            None => self.known.plan.tasks[task].only_if.is_some_and(|risk| !self.is_open(risk.0)),
        }
    }

    /// Whether links, dates and delays let it start now.
    pub fn is_allowed(&self, task: usize) -> bool {
        let state = &self.tasks[task];
        state.started.is_none() && state.allowed.is_some_and(|since| since + self.delay(task) <= self.now + EPS)
    }

    /// Whether all but people let it start now.
    fn is_ready(&self, task: usize) -> bool {
        let held = self.known.plan.tasks[task].release && !self.is_absent(task) && (self.is_held(task) || self.is_frozen());
        self.is_allowed(task) && !held
    }

    /// Notes since when links and dates allow each task.
    fn note_what_is_allowed(&mut self) {
        for task in 0..self.tasks.len() {
            if self.tasks[task].started.is_none() {
                let now = self.now;
                if self.start_allowed_from(task) <= now + EPS {
                    self.tasks[task].allowed.get_or_insert(now);
                } else {
                    self.tasks[task].allowed = None;
                }
            }
        }
    }

    // From start to finish.

    fn start(&mut self, task: usize) {
        let absent = self.is_absent(task);
        let mut quantity = 0.0;
        if !absent {
            let touched = self.touched_by(task);
            let factor: f64 = touched.iter().map(|risk| self.risks[*risk].multiply).product();
            let added: f64 = touched.iter().map(|risk| self.risks[*risk].add).sum();
            quantity = self.tasks[task].drawn * factor + added;
        }
        let state = &mut self.tasks[task];
        state.absent = absent;
        state.quantity = quantity;
        state.remaining = quantity;
        state.started = Some(self.now);
    }

    /// Ends the work that is done and finishes the tasks that may finish. Whether there were any.
    pub fn finish_what_is_done(&mut self) -> bool {
        let mut any = false;
        for job in 0..self.jobs.len() {
            if self.jobs[job].begun && !self.jobs[job].done && self.jobs[job].remaining <= EPS {
                self.jobs[job].done = true;
                if let Some(worker) = self.jobs[job].worker {
                    self.stand_up(worker);
                }
                any = true;
            }
        }
        for task in 0..self.tasks.len() {
            if self.is_running(task) && self.tasks[task].remaining <= EPS {
                self.tasks[task].done = Some(self.now);
                for person in self.tasks[task].crew.clone() {
                    self.stand_up(person);
                }
                any = true;
            }
            let state = &self.tasks[task];
            if state.done.is_some() && state.finished.is_none() && self.finish_allowed_from(task) <= self.now + EPS {
                self.tasks[task].finished = Some(self.now);
                self.after_finish(task);
                any = true;
            }
        }
        self.note_what_is_allowed();
        any
    }

    fn after_finish(&mut self, task: usize) {
        for (risk, entry) in self.known.plan.risks.iter().enumerate() {
            if entry.retired_by.is_some_and(|by| by.0 == task) {
                self.retire(risk);
            }
        }
        if !self.is_absent(task) {
            self.find(task);
            if self.known.plan.tasks[task].release {
                self.change_failures();
            }
        }
    }

    /// Work without people, and tasks that do not exist, wait for nobody. Whether there were any.
    pub fn start_what_needs_nobody(&mut self) -> bool {
        self.note_what_is_allowed();
        let mut any = false;
        for task in 0..self.tasks.len() {
            if (self.is_absent(task) || self.known.needs[task].is_empty()) && self.is_ready(task) {
                self.start(task);
                any = true;
            }
        }
        any
    }

    // Who works on what.

    fn is_running(&self, task: usize) -> bool {
        self.tasks[task].started.is_some() && self.tasks[task].done.is_none()
    }

    /// People of a team in a crew.
    fn crew_of(&self, task: usize, team: usize) -> usize {
        let crew = self.tasks[task].crew.iter();
        crew.filter(|person| self.people[**person].team == team).count()
    }

    pub fn sit_down(&mut self, person: usize, seat: Seat) {
        match seat {
            Seat::Task(task) => self.tasks[task].crew.push(person),
            Seat::Job(job) => {
                self.jobs[job].worker = Some(person);
                self.jobs[job].begun = true;
            }
        }
        self.people[person].seat = Some(seat);
    }

    pub fn stand_up(&mut self, person: usize) {
        match self.people[person].seat.take() {
            Some(Seat::Task(task)) => self.tasks[task].crew.retain(|other| *other != person),
            Some(Seat::Job(job)) => self.jobs[job].worker = None,
            None => {}
        }
    }

    /// Whether one more of a team would help.
    pub fn wants(&self, seat: Seat, team: usize) -> bool {
        match seat {
            Seat::Task(task) => {
                let needs = self.known.needs[task].iter();
                self.is_running(task)
                    && needs
                        .filter(|need| need.team == team)
                        .any(|need| self.crew_of(task, team) < need.max)
            }
            Seat::Job(job) => !self.jobs[job].done && self.jobs[job].worker.is_none(),
        }
    }

    /// The latest to join the work of lowest priority, small work being above all tasks.
    pub fn most_dispensable(&self, team: usize) -> Option<usize> {
        for task in self.known.order.iter().rev() {
            let mut crew = self.tasks[*task].crew.iter();
            if let Some(person) = crew.rfind(|person| self.people[**person].team == team) {
                return Some(*person);
            }
        }
        let mut jobs = self.jobs.iter().rev().filter(|job| job.team == team);
        jobs.find_map(|job| job.worker)
    }

    /// Puts idle people to work. Whether there were any.
    pub fn dispatch(&mut self) -> bool {
        let mut any = self.fill_what_stands_still();
        any |= self.start_jobs();
        for task in self.known.order.clone() {
            // A start may allow another task of higher priority to start, which then comes before the rest.
            if self.is_ready(task) && self.start_if_staffed(task) {
                return true;
            }
        }
        for task in self.known.order.clone() {
            for need in self.known.needs[task].clone() {
                any |= self.is_running(task) && self.fill(task, need.team, need.max);
            }
        }
        any
    }

    /// Work below its least is filled first.
    fn fill_what_stands_still(&mut self) -> bool {
        let mut any = false;
        for job in 0..self.jobs.len() {
            if self.jobs[job].begun {
                any |= self.staff_job(job);
            }
        }
        for task in self.known.order.clone() {
            for need in self.known.needs[task].clone() {
                any |= self.is_running(task) && self.fill(task, need.team, need.min);
            }
        }
        any
    }

    /// Idle people join a crew, one by one, until it is as large as wanted.
    fn fill(&mut self, task: usize, team: usize, wanted: usize) -> bool {
        let mut any = false;
        while self.crew_of(task, team) < wanted {
            let Some(person) = self.best_idle(team) else { break };
            self.sit_down(person, Seat::Task(task));
            any = true;
        }
        any
    }

    /// First in, first out.
    fn start_jobs(&mut self) -> bool {
        let mut any = false;
        for job in 0..self.jobs.len() {
            any |= self.staff_job(job);
        }
        any
    }

    fn staff_job(&mut self, job: usize) -> bool {
        if self.jobs[job].done || self.jobs[job].worker.is_some() {
            return false;
        }
        let Some(person) = self.best_idle(self.jobs[job].team) else {
            return false;
        };
        self.sit_down(person, Seat::Job(job));
        true
    }

    fn start_if_staffed(&mut self, task: usize) -> bool {
        let needs = &self.known.needs[task];
        if needs.iter().any(|need| self.idle(need.team) < need.min) {
            return false;
        }
        self.start(task);
        for need in needs {
            self.fill(task, need.team, need.max);
        }
        true
    }

    // Progress.

    /// Work done per working day.
    fn speed(&self, task: usize) -> f64 {
        let needs = &self.known.needs[task];
        let whole = needs
            .iter()
            .all(|need| !self.holiday[need.team] && self.crew_of(task, need.team) >= need.min);
        match &self.known.plan.tasks[task].work {
            _ if !whole => 0.0,
            Work::Effort { team, .. } => {
                let crew = self.tasks[task].crew.iter();
                self.known.plan.teams[team.0].focus * crew.map(|person| self.people[*person].productivity(self.now)).sum::<f64>()
            }
            Work::Duration { .. } => 1.0,
        }
    }

    fn speed_of_job(&self, job: &Job) -> f64 {
        match job.worker {
            Some(worker) if !self.holiday[job.team] => self.known.plan.teams[job.team].focus * self.people[worker].productivity(self.now),
            _ => 0.0,
        }
    }

    pub fn work_for(&mut self, days: f64) {
        for task in 0..self.tasks.len() {
            if self.is_running(task) {
                self.tasks[task].remaining -= self.speed(task) * days;
            }
        }
        for job in 0..self.jobs.len() {
            self.jobs[job].remaining -= self.speed_of_job(&self.jobs[job]) * days;
        }
    }

    /// The next moments at which something changes about work.
    pub fn next_for_work(&self, times: &mut Vec<f64>) {
        for task in 0..self.tasks.len() {
            if self.is_running(task) {
                times.push(self.projected_end_of_work(task));
            } else if self.tasks[task].started.is_none() {
                times.push(self.start_allowed_from(task));
                times.extend(self.tasks[task].allowed.map(|since| since + self.delay(task)));
            } else if self.tasks[task].finished.is_none() {
                times.push(self.finish_allowed_from(task));
            }
        }
        for job in self.jobs.iter().filter(|job| !job.done) {
            let speed = self.speed_of_job(job);
            if speed > 0.0 {
                times.push(self.now + job.remaining / speed);
            }
        }
    }

    pub fn all_finished(&self) -> bool {
        self.tasks.iter().all(|task| task.finished.is_some())
    }
}
