//! Somebody who knows the plan and reads a trial's log, and nothing else: who is there, who works on what, how much of it is done.

use std::collections::{BTreeMap, HashMap};

use sim::calendar::{Clock, Quarter, quarters};
use sim::engine::{Happening, Noted, Piece};
use sim::plan::{Plan, TaskId, Work as Says};
use sim::units::{TICKS_PER_DAY, to_tick};

/// Whom a piece of work needs.
pub enum Need {
    Nobody,
    Effort { team: usize, min: u32, max: u32 },
    Crew(Vec<(usize, u32)>),
}

/// A task or a job.
pub struct Work {
    pub need: Need,
    pub began: Option<f64>,
    pub worked: Option<f64>,
    pub finished: Option<f64>,
    /// When it turned out that there is no such task.
    pub void: Option<f64>,
    /// In the order of joining.
    pub crew: Vec<u32>,
    pub done: f64,
    /// How much there is to do, where that is no matter of chance.
    pub quantity: Option<f64>,
    /// Time, what was done by then, and the speed before or after.
    pub past: Vec<(f64, f64, f64)>,
    /// The initiative whose releases it holds until it is done.
    pub blocks: Option<usize>,
}

impl Work {
    fn new(need: Need) -> Self {
        Self {
            need,
            began: None,
            worked: None,
            finished: None,
            void: None,
            crew: vec![],
            done: 0.0,
            quantity: None,
            past: vec![],
            blocks: None,
        }
    }

    pub fn is_running(&self) -> bool {
        self.began.is_some() && self.worked.is_none()
    }

    pub fn is_waiting(&self) -> bool {
        self.began.is_none() && self.void.is_none()
    }

    /// When it began, or would have.
    pub fn start(&self) -> Option<f64> {
        self.began.or(self.void)
    }
}

/// How the first person of a seat comes.
#[derive(PartialEq)]
pub enum Comes {
    AtStart,
    FromOtherWork,
    /// By this hire of the team.
    Hired(usize),
}

/// A seat and whoever has it.
pub struct Person {
    pub team: usize,
    pub comes: Comes,
    /// The evening of the last day; infinite for none.
    pub until: f64,
    pub is_here: bool,
    pub is_taken: bool,
    pub crew: Option<Piece>,
    /// The crew that they were taken from.
    pub left: Option<Piece>,
    pub arrived: f64,
    /// Working days until they are fully productive.
    pub ramp_up: f64,
    /// How many have left the seat.
    pub departures: u32,
    /// When somebody is to arrive, where that is known.
    pub expected: Option<f64>,
    pub first_arrival: Option<f64>,
}

/// What must be told next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Next {
    /// Who has gone leaves the crew.
    Leaves(u32),
    /// Who left a crew without having gone was taken.
    IsTaken(u32),
    /// An idle colleague of this team steps in.
    StepsIn(Piece, usize),
    /// Who is back joins the crew that they left.
    Joins(u32, Piece),
    /// What is found is to be fixed: engineer-days.
    Queues(f64),
}

pub struct Watch<'a> {
    pub plan: &'a Plan,
    pub now: f64,
    /// The trial is played until then.
    pub last: f64,
    pub people: Vec<Person>,
    pub work: HashMap<Piece, Work>,
    pub jobs: Vec<(Piece, usize)>,
    pub away: Vec<bool>,
    pub real: Vec<bool>,
    pub retired: Vec<bool>,
    /// Blocking findings that are open, by initiative.
    pub open: Vec<u32>,
    /// By reliability budget and quarter the customer-minutes that are booked at least, and at most.
    pub booked: HashMap<(usize, usize), (f64, f64)>,
    pub next: Option<Next>,
    /// The initiative that the finding which was just told blocks.
    pub finding: Option<usize>,
    /// How many were taken away since that was last told.
    pub taken: u32,
    pub clock: Clock,
    pub quarters: Vec<Quarter>,
    pub faults: Vec<String>,
    /// How often each rule was put to the test.
    pub tested: BTreeMap<&'static str, usize>,
}

impl<'a> Watch<'a> {
    /// Reads a log to its end: `limit` where work is unfinished, `horizon` where none is.
    pub fn read(plan: &'a Plan, log: &[Noted], limit: f64, horizon: f64) -> Self {
        let mut watch = Self::new(plan);
        for noted in log {
            if noted.time < watch.now {
                watch.fault(format!("{noted:?} is told late"));
            }
            if noted.time > watch.now {
                watch.instant_ends(noted.time);
                watch.advance(noted.time);
            }
            watch.is_next(&noted.what);
            watch.happens(&noted.what);
        }
        let is_open = watch.tasks().any(|(_, work)| work.finished.is_none() && work.void.is_none());
        let last = if is_open { limit } else { horizon };
        watch.last = last.max(watch.now);
        watch.instant_ends(watch.last);
        watch.advance(watch.last);
        watch.trial_ends();
        watch
    }

    fn new(plan: &'a Plan) -> Self {
        let mut people = vec![];
        for (team, says) in plan.teams.iter().enumerate() {
            let seat = |comes, until, ramp_up, expected| Person {
                team,
                comes,
                until,
                is_here: false,
                is_taken: false,
                crew: None,
                left: None,
                arrived: 0.0,
                ramp_up,
                departures: 0,
                expected,
                first_arrival: None,
            };
            let elsewhere: u32 = says.elsewhere.iter().map(|entry| entry.engineers).sum();
            people.extend((elsewhere..says.engineers).map(|_| seat(Comes::AtStart, f64::INFINITY, 0.0, Some(0.0))));
            for entry in &says.elsewhere {
                let back = Some(entry.until.days().max(0.0));
                people.extend((0..entry.engineers).map(|_| seat(Comes::FromOtherWork, f64::INFINITY, 0.0, back)));
            }
            for (number, hire) in says.hires.iter().enumerate() {
                let until = hire.until.map_or(f64::INFINITY, |until| until.days());
                let known = hire.starts.is_fixed() && hire.probability.get() == 1.0;
                let morning = known
                    .then(|| hire.starts.likely.round().max(0.0))
                    .filter(|morning| *morning < until);
                people.extend((0..hire.engineers).map(|_| seat(Comes::Hired(number), until, hire.ramp_up, morning)));
            }
        }
        let need = |work: &Says| match work {
            Says::Effort { team, min, max, .. } => Need::Effort {
                team: team.0,
                min: *min,
                max: *max,
            },
            Says::Duration { crew, .. } if crew.is_empty() => Need::Nobody,
            Says::Duration { crew, .. } => Need::Crew(crew.iter().map(|(team, people)| (team.0, *people)).collect()),
        };
        let works = plan.tasks.iter().enumerate();
        Self {
            plan,
            now: 0.0,
            last: f64::INFINITY,
            people,
            work: works
                .map(|(task, says)| (Piece::Task(TaskId(task)), Work::new(need(&says.work))))
                .collect(),
            jobs: vec![],
            away: vec![false; plan.teams.len()],
            real: vec![false; plan.risks.len()],
            retired: vec![false; plan.risks.len()],
            open: vec![0; plan.initiatives.len()],
            booked: HashMap::new(),
            next: None,
            finding: None,
            taken: 0,
            clock: Clock::new(&plan.calendar),
            quarters: quarters(plan.calendar.start(), 40),
            faults: vec![],
            tested: BTreeMap::new(),
        }
    }

    pub fn add_job(&mut self, piece: Piece, team: usize, effort: f64) {
        let mut work = Work::new(Need::Effort { team, min: 1, max: 1 });
        work.quantity = Some(effort);
        work.blocks = self.finding.take();
        self.work.insert(piece, work);
    }

    pub fn fault(&mut self, what: String) {
        self.faults.push(format!("at {}: {what}", self.now));
    }

    /// Puts a rule to the test.
    pub fn hold(&mut self, rule: &'static str, holds: bool, says: impl FnOnce() -> String) {
        *self.tested.entry(rule).or_default() += 1;
        if !holds {
            self.fault(format!("{rule}: {}", says()));
        }
    }

    pub fn tasks(&self) -> impl Iterator<Item = (TaskId, &Work)> {
        (0..self.plan.tasks.len()).map(|task| (TaskId(task), &self.work[&Piece::Task(TaskId(task))]))
    }

    pub fn task(&self, task: TaskId) -> &Work {
        &self.work[&Piece::Task(task)]
    }

    pub fn name(&self, piece: Piece) -> String {
        match piece {
            Piece::Task(task) => self.plan.tasks[task.0].id.clone(),
            other => format!("{other:?}"),
        }
    }

    // --- people ---

    /// People of a team who are there and do nothing.
    pub fn idle(&self, team: usize) -> impl Iterator<Item = usize> {
        let is_idle = move |(_, person): &(usize, &Person)| {
            person.team == team && person.is_here && !person.is_taken && person.crew.is_none() && !self.away[team]
        };
        self.people.iter().enumerate().filter(is_idle).map(|(seat, _)| seat)
    }

    pub fn free(&self, team: usize) -> u32 {
        self.idle(team).count() as u32
    }

    pub fn members(&self, work: &Work, team: usize) -> u32 {
        work.crew
            .iter()
            .filter(|person| self.people[**person as usize].team == team)
            .count() as u32
    }

    /// An eighth, three, five and seven eighths of full productivity, a quarter of the ramp-up each.
    pub fn productivity(&self, seat: usize, time: f64) -> f64 {
        let person = &self.people[seat];
        let step = to_tick(person.ramp_up / 4.0);
        if person.ramp_up <= 0.0 || step <= 0.0 {
            return 1.0;
        }
        let steps = ((time - person.arrived) / step).floor().max(0.0);
        if steps >= 4.0 { 1.0 } else { (2.0 * steps + 1.0) / 8.0 }
    }

    /// Whether nobody idle of the team is more productive. At a step of the ramp-up either side of it counts.
    pub fn is_most_productive(&self, seat: usize) -> bool {
        let sides = |seat: usize| [self.now, self.now - 0.5 / TICKS_PER_DAY].map(|time| self.productivity(seat, time));
        let own = sides(seat)[0].max(sides(seat)[1]);
        self.idle(self.people[seat].team)
            .all(|other| sides(other)[0].min(sides(other)[1]) <= own)
    }

    // --- work ---

    /// Whether everybody is there who has to be.
    pub fn is_whole(&self, work: &Work) -> bool {
        match &work.need {
            Need::Nobody => true,
            Need::Effort { min, .. } => work.crew.len() as u32 >= *min,
            Need::Crew(parts) => parts.iter().all(|(team, people)| self.members(work, *team) >= *people),
        }
    }

    fn speed(&self, work: &Work, time: f64) -> f64 {
        let is_away = match &work.need {
            Need::Nobody => false,
            Need::Effort { team, .. } => self.away[*team],
            Need::Crew(parts) => parts.iter().any(|(team, _)| self.away[*team]),
        };
        match &work.need {
            _ if is_away || !work.is_running() || !self.is_whole(work) => 0.0,
            Need::Effort { team, .. } => {
                let productivity: f64 = work.crew.iter().map(|person| self.productivity(*person as usize, time)).sum();
                self.plan.teams[*team].focus * productivity
            }
            Need::Nobody | Need::Crew(_) => 1.0,
        }
    }

    /// Writes down how fast a piece is worked on now.
    pub fn remember(&mut self, piece: Piece) {
        let work = &self.work[&piece];
        let entry = (self.now, work.done, self.speed(work, self.now));
        self.work.get_mut(&piece).expect("the piece is known").past.push(entry);
    }

    /// Time goes on and work is done, with a look at every step of somebody's ramp-up.
    fn advance(&mut self, to: f64) {
        let running: Vec<Piece> = self
            .work
            .iter()
            .filter(|(_, work)| work.is_running())
            .map(|(piece, _)| *piece)
            .collect();
        for piece in running {
            let work = &self.work[&piece];
            let mut times = vec![to];
            for seat in &work.crew {
                let person = &self.people[*seat as usize];
                let steps = (1..=4).map(|step| person.arrived + f64::from(step) * to_tick(person.ramp_up / 4.0));
                times.extend(steps.filter(|time| self.now < *time && *time < to));
            }
            times.sort_by(f64::total_cmp);
            let (mut from, mut done, mut past) = (self.now, work.done, vec![]);
            for time in times {
                let speed = self.speed(work, from);
                done += speed * (time - from);
                past.push((time, done, speed));
                from = time;
            }
            past.push((to, done, self.speed(work, to)));
            let work = self.work.get_mut(&piece).expect("the piece is known");
            work.done = done;
            work.past.extend(past);
        }
        self.now = to;
    }

    /// The quantity of a task that begins now; `None` where chance has a hand in it.
    pub fn quantity(&self, task: TaskId) -> Option<f64> {
        let estimate = self.plan.tasks[task.0].work.estimate();
        let mut quantity = estimate.is_fixed().then_some(estimate.likely)?;
        let mut added = 0.0;
        for risk in self.striking(task) {
            let says = &self.plan.risks[risk];
            for (effect, is_factor) in [(&says.multiply, true), (&says.add, false)] {
                let Some(effect) = effect else { continue };
                let size = effect.is_fixed().then_some(effect.likely)?;
                if is_factor {
                    quantity *= size;
                } else {
                    added += size;
                }
            }
        }
        Some(quantity + added)
    }

    /// The risks that are real, touch the task and are not retired.
    pub fn striking(&self, task: TaskId) -> impl Iterator<Item = usize> {
        let risks = self.plan.risks.iter().enumerate();
        risks
            .filter(move |(risk, says)| self.real[*risk] && !self.retired[*risk] && says.affects.contains(&task))
            .map(|(risk, _)| risk)
    }

    // --- what is told ---

    /// What had to come next has come.
    fn is_next(&mut self, what: &Happening) {
        let Some(next) = self.next.take() else { return };
        let is_it = match (next, what) {
            (Next::Leaves(seat), Happening::Leaves { person, .. }) => *person == seat,
            (Next::IsTaken(seat), Happening::IsTaken(person)) => *person == seat,
            (Next::StepsIn(crew, team), Happening::Joins { person, piece }) => *piece == crew && self.people[*person as usize].team == team,
            (Next::Joins(seat, crew), Happening::Joins { person, piece }) => (*person, *piece) == (seat, crew),
            (Next::Queues(fix), Happening::Queues { effort, .. }) => *effort == fix,
            _ => false,
        };
        self.hold("one thing follows from another at once", is_it, || {
            format!("{next:?}, not {what:?}")
        });
    }

    fn happens(&mut self, what: &Happening) {
        match *what {
            Happening::RiskIsReal(risk) => self.real[risk.0] = true,
            Happening::Begins(piece) => self.begins(piece),
            Happening::WorkDone(piece) => self.work_done(piece),
            Happening::Finishes(task) => self.finishes(task),
            Happening::IsNotNeeded(task) => {
                let risk = self.plan.tasks[task.0].only_if.map(|risk| risk.0);
                let is_none = risk.is_some_and(|risk| !self.real[risk] || self.retired[risk]);
                let is_waiting = self.task(task).is_waiting();
                self.hold("only what a risk did not add is not needed", is_none && is_waiting, || {
                    format!("{task:?}")
                });
                self.work.get_mut(&Piece::Task(task)).expect("the task is known").void = Some(self.now);
            }
            Happening::IsHeld(task) => {
                let initiative = self.plan.tasks[task.0].initiative.0;
                let is_held = self.plan.tasks[task.0].release && (self.open[initiative] > 0 || self.is_frozen() != Some(false));
                self.hold("a release is held for a reason", is_held, || format!("{task:?}"));
            }
            Happening::Joins { person, piece } => self.joins(person, piece),
            Happening::Leaves { person, piece } => self.leaves(person, piece),
            Happening::Arrives { person, team, is_new } => self.arrives(person as usize, team.0, is_new),
            Happening::Departs { person, team, by_choice } => self.departs(person, team.0, by_choice),
            Happening::GoesAway(team) => self.turns_away(team.0, true),
            Happening::ComesBack(team) => self.turns_away(team.0, false),
            Happening::Incident { class, downtime_minutes } => self.book(class.0, downtime_minutes),
            Happening::IsTaken(person) => self.is_taken(person),
            Happening::Returns(person) => self.returns(person),
            Happening::AreTaken { team, people, .. } => {
                let taken = std::mem::take(&mut self.taken);
                self.hold("as many are taken as are told", taken == people, || {
                    format!("{people} of {team:?}, not {taken}")
                });
            }
            Happening::Finding { class, task, fix } => {
                let initiative = self.plan.tasks[task.0].initiative.0;
                self.finding = self.plan.findings[class.0].blocks_release.then_some(initiative);
                self.open[initiative] += u32::from(self.finding.is_some());
                self.next = Some(Next::Queues(fix.max(0.0)));
            }
            Happening::Queues { piece, team, effort } => self.queues(piece, team.0, effort),
        }
    }
}
