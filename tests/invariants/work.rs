//! Work: it begins when it may, is conserved, and nobody who could do it is left idle.

use sim::engine::Piece;
use sim::plan::{Dispatch, Link, LinkKind, TaskId};
use sim::units::{TICKS_PER_DAY, to_tick};

use crate::watch::{Need, Watch};

/// A fixed lag in working days; `None` where it is drawn.
pub fn lag(link: &Link) -> Option<f64> {
    match &link.lag {
        None => Some(0.0),
        Some(lag) if lag.is_fixed() => Some(to_tick(lag.likely)),
        Some(_) => None,
    }
}

impl Watch<'_> {
    pub fn begins(&mut self, piece: Piece) {
        let name = self.name(piece);
        let work = &self.work[&piece];
        let (is_new, crew) = (work.is_waiting(), work.crew.len() as u32);
        let is_right = match &work.need {
            Need::Nobody => crew == 0,
            Need::Effort { min, max, .. } => (*min..=*max).contains(&crew),
            Need::Crew(parts) => {
                let wanted: u32 = parts.iter().map(|(_, people)| people).sum();
                crew == wanted && self.is_whole(work)
            }
        };
        self.hold("work begins once, with a crew of the right size", is_new && is_right, || {
            format!("{name}: {crew}")
        });
        let teams: Vec<usize> = work_teams(&self.work[&piece].need);
        if let Piece::Task(task) = piece {
            self.task_begins(task, &teams);
        } else {
            let first = self
                .jobs
                .iter()
                .find(|(other, team)| teams.contains(team) && self.work[other].began.is_none());
            let is_first = first.is_some_and(|(other, _)| *other == piece);
            self.hold("jobs are taken first in, first out", is_first, || name.clone());
        }
        if !teams.is_empty() {
            let mut running = self.work.iter().filter(|(other, work)| **other != piece && work.is_running());
            let short = running.find(|(other, work)| {
                let lacks = |team: &usize| self.missing(work, *team) > 0;
                // A job waits for its person in the queue, in which all jobs come before the tasks.
                teams.iter().any(lacks) && (matches!(other, Piece::Task(_)) || matches!(piece, Piece::Task(_)))
            });
            let short = short.map(|(other, _)| *other);
            self.hold("what stands still is filled before new work begins", short.is_none(), || {
                format!("{name} before {short:?}")
            });
        }
        let quantity = match piece {
            Piece::Task(task) => self.quantity(task),
            _ => self.work[&piece].quantity,
        };
        let now = self.now;
        let work = self.work.get_mut(&piece).expect("the piece is known");
        (work.began, work.quantity) = (Some(now), quantity);
        self.remember(piece);
    }

    fn task_begins(&mut self, task: TaskId, teams: &[usize]) {
        let plan = self.plan;
        let says = &plan.tasks[task.0];
        let now = self.now;
        self.hold(
            "nothing begins before its date",
            says.not_before.is_none_or(|date| date.days() <= now),
            || says.id.clone(),
        );
        let is_there = says.only_if.is_none_or(|risk| self.real[risk.0]);
        self.hold("what a risk adds comes with the risk", is_there, || says.id.clone());
        if says.release {
            let open = self.open[says.initiative.0];
            self.hold("no release begins over open findings", open == 0, || format!("{}: {open}", says.id));
            if let Some(is_frozen) = self.is_frozen() {
                self.hold("no release begins while its budget is used up", !is_frozen, || says.id.clone());
            }
        }
        if let Some(gate) = self.gate(task, false) {
            self.hold(
                "no task begins before its links, its date and its delays allow",
                gate <= now,
                || format!("{}: {gate}", says.id),
            );
        }
        if teams.is_empty() {
            return;
        }
        // Who was free before this crew came together.
        let crew = &self.work[&Piece::Task(task)];
        let free: Vec<u32> = (0..plan.teams.len())
            .map(|team| self.free(team) + if self.away[team] { 0 } else { self.members(crew, team) })
            .collect();
        let waits = |other: &TaskId| {
            let is_ready = |gate: f64| gate <= now;
            *other != task && self.goes_before(*other, task) && self.can_begin(*other, &free, is_ready)
        };
        let passed_over = (0..plan.tasks.len()).map(TaskId).find(waits);
        self.hold("tasks begin in the order of dispatch", passed_over.is_none(), || {
            format!("{} before {passed_over:?}", says.id)
        });
        let job = self
            .jobs
            .iter()
            .find(|(job, team)| teams.contains(team) && self.work[job].began.is_none())
            .copied();
        self.hold("jobs go before planned work", job.is_none(), || {
            format!("{} before {job:?}", says.id)
        });
    }

    /// Whether one task comes before another in the order of dispatch for certain, without a look at expected paths.
    pub fn goes_before(&self, one: TaskId, other: TaskId) -> bool {
        let priority = |task: TaskId| {
            let says = &self.plan.tasks[task.0];
            let initiative = self.plan.initiatives[says.initiative.0].priority;
            (initiative.unwrap_or(u32::MAX), says.priority.unwrap_or(u32::MAX))
        };
        match self.plan.dispatch {
            Dispatch::FileOrder => one < other,
            Dispatch::Priority => priority(one) < priority(other),
        }
    }

    /// How many people of the team a task or job under way needs to go on.
    fn missing(&self, work: &crate::watch::Work, team: usize) -> u32 {
        match &work.need {
            Need::Effort { team: own, min, .. } if *own == team => min.saturating_sub(work.crew.len() as u32),
            Need::Crew(parts) => {
                let part = parts.iter().find(|(own, _)| *own == team);
                part.map_or(0, |(_, people)| people.saturating_sub(self.members(work, team)))
            }
            _ => 0,
        }
    }

    /// When the links, the date and the delays let a task begin as things stand: at the earliest or at the latest, since a lead lets
    /// go some time between its predecessor's start and finish. `None` where that cannot be told yet.
    fn gate(&self, task: TaskId, at_the_latest: bool) -> Option<f64> {
        let says = &self.plan.tasks[task.0];
        let mut gate = says.not_before.map_or(0.0, |date| date.days().max(0.0));
        for link in says.links.iter().filter(|link| holds_start(link.kind)) {
            let predecessor = self.task(link.predecessor);
            let (lag, start) = (lag(link)?, predecessor.start()?);
            let time = match link.kind {
                LinkKind::StartStart => start + lag.max(0.0),
                _ if lag < 0.0 && !at_the_latest => start,
                _ if lag < 0.0 => predecessor.finished.filter(|_| predecessor.void.is_none())?,
                _ => predecessor.finished? + lag,
            };
            gate = gate.max(time);
        }
        for risk in self.striking(task) {
            if let Some(delay) = &self.plan.risks[risk].delay {
                gate += if delay.is_fixed() { to_tick(delay.likely) } else { return None };
            }
        }
        Some(gate)
    }

    /// Whether a task waits for nothing but people, `is_ready` says so of its gate, and these people are enough.
    fn can_begin(&self, task: TaskId, free: &[u32], is_ready: impl Fn(f64) -> bool) -> bool {
        let (says, work) = (&self.plan.tasks[task.0], self.task(task));
        let is_let = !says.release || (self.open[says.initiative.0] == 0 && self.is_frozen() == Some(false));
        let is_there = says.only_if.is_none_or(|risk| self.real[risk.0] && !self.retired[risk.0]);
        if !work.is_waiting() || !is_there || !is_let || !self.gate(task, true).is_some_and(is_ready) {
            return false;
        }
        match &work.need {
            Need::Nobody => true,
            Need::Effort { team, min, .. } => free[*team] >= *min,
            Need::Crew(parts) => parts.iter().all(|(team, people)| free[*team] >= *people),
        }
    }

    pub fn work_done(&mut self, piece: Piece) {
        let name = self.name(piece);
        let now = self.now;
        let work = self.work.get_mut(&piece).expect("the piece is known");
        let (was_running, done, quantity) = (work.is_running(), work.done, work.quantity);
        let crew = std::mem::take(&mut work.crew);
        work.worked = Some(now);
        self.hold("only what is under way is done", was_running, || name.clone());
        if let Some(quantity) = quantity {
            // A time is a whole tick: half a tick's work of everybody, and rounding.
            let slack = crew.len().max(1) as f64 / TICKS_PER_DAY + 1e-9 * quantity;
            self.hold("as much is worked as there is to do", (done - quantity).abs() <= slack, || {
                format!("{name}: {done} of {quantity}")
            });
        }
        for person in crew {
            self.people[person as usize].crew = None;
        }
        if let Some(initiative) = self.work[&piece].blocks {
            self.open[initiative] -= 1;
        }
    }

    pub fn finishes(&mut self, task: TaskId) {
        let now = self.now;
        let work = self.work.get_mut(&Piece::Task(task)).expect("the task is known");
        let is_done = work.worked.is_some() && work.finished.is_none();
        work.finished = Some(now);
        self.hold("a task finishes once, after its work", is_done, || format!("{task:?}"));
        for (risk, says) in self.plan.risks.iter().enumerate() {
            self.retired[risk] |= says.retired_by == Some(task);
        }
    }

    pub fn queues(&mut self, piece: Piece, team: usize, effort: f64) {
        let is_meant = match piece {
            Piece::FollowUp(class, _) => {
                let says = &self.plan.incidents[class.0];
                let fixed = says.follow_up.as_ref().filter(|effort| effort.is_fixed());
                says.team.is_some_and(|own| own.0 == team) && fixed.is_none_or(|fixed| fixed.likely == effort)
            }
            Piece::Fix(class, _) => {
                let says = &self.plan.findings[class.0];
                says.team.is_none_or(|own| own.0 == team) && (!says.fix.is_fixed() || says.fix.likely == effort)
            }
            Piece::Task(_) => false,
        };
        self.hold("jobs are what the plan says", is_meant, || format!("{piece:?}"));
        self.add_job(piece, team, effort);
        self.jobs.push((piece, team));
    }

    /// At the end of an instant nobody is idle whom work could take, now or before the next is told.
    pub fn instant_ends(&mut self, next: f64) {
        if let Some(next) = self.next.take() {
            self.fault(format!("{next:?} is missing"));
        }
        let taken = self.taken;
        self.hold("as many are taken as are told", taken == 0, || format!("{taken} more"));
        for (team, says) in self.plan.teams.iter().enumerate() {
            let is_holiday = says.holidays.iter().any(|day| day.days() == self.now.floor());
            let is_away = self.away[team];
            self.hold("a team is away on its holidays", is_away == is_holiday, || says.id.clone());
        }
        let free: Vec<u32> = (0..self.plan.teams.len()).map(|team| self.free(team)).collect();
        let running = self.work.iter().filter(|(_, work)| work.is_running());
        let mut idle_beside: Vec<Piece> = running
            .filter(|(_, work)| match &work.need {
                Need::Nobody => false,
                Need::Effort { team, max, .. } => free[*team] > 0 && (work.crew.len() as u32) < *max,
                Need::Crew(parts) => parts.iter().any(|(team, _)| free[*team] > 0 && self.missing(work, *team) > 0),
            })
            .map(|(piece, _)| *piece)
            .collect();
        idle_beside.extend(
            self.jobs
                .iter()
                .filter(|(job, team)| free[*team] > 0 && self.work[job].began.is_none())
                .map(|(job, _)| *job),
        );
        let (now, last) = (self.now, self.last);
        let is_ready = |gate: f64| gate <= now || gate < next || (next >= last && gate <= last);
        let waiting = (0..self.plan.tasks.len())
            .map(TaskId)
            .filter(|task| self.can_begin(*task, &free, is_ready));
        idle_beside.extend(waiting.map(Piece::Task));
        self.hold("nobody is idle beside work that could have them", idle_beside.is_empty(), || {
            format!("{idle_beside:?}, free {free:?}")
        });
    }
}

pub fn holds_start(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::FinishStart | LinkKind::StartStart)
}

fn work_teams(need: &Need) -> Vec<usize> {
    match need {
        Need::Nobody => vec![],
        Need::Effort { team, .. } => vec![*team],
        Need::Crew(parts) => parts.iter().map(|(team, _)| *team).collect(),
    }
}
