//! Who worked on what in one future, from its log: when work stood still, how many people were at it, whom incidents took.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::engine::{Happening, Noted, Piece};
use crate::plan::{IncidentId, Plan, RiskId, TaskId, TeamId, Work};

/// The work on one piece.
#[derive(Debug, Clone, Default)]
pub(super) struct Crew {
    /// People at it now, and since when.
    people: u32,
    since: f64,
    under_way: bool,
    /// Days × people at it.
    pub(super) person_days: f64,
    /// From its begin to its end, or the end of the log: when nobody could work on it, from and to.
    pub(super) still: Vec<(f64, f64)>,
}

/// People who were taken away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// When.
    pub(super) time: f64,
    /// Whose people.
    pub(super) team: TeamId,
    /// How many.
    pub(super) people: u32,
    /// For how many working days.
    pub(super) days: f64,
    /// The risk that took them.
    pub(super) risk: Option<RiskId>,
}

/// An incident that took people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Struck {
    /// When.
    pub(super) time: f64,
    /// Its class.
    pub(super) class: IncidentId,
    /// Engineer-days of response.
    pub(super) days: f64,
}

/// What the log says of people at work, up to a time.
#[derive(Debug, Default)]
pub(super) struct Crews {
    /// By task.
    pub(super) tasks: HashMap<TaskId, Crew>,
    /// Engineer-days of follow-up work, by the class and the day on which it was done.
    pub(super) follow_ups: Vec<Struck>,
    /// Incidents, in order.
    pub(super) incidents: Vec<Struck>,
    /// People taken away by risks.
    pub(super) taken: Vec<Taken>,
}

/// Reads the log up to `end`.
pub(super) fn crews(plan: &Plan, log: &[Noted], end: f64) -> Crews {
    let mut reader = Reader {
        plan,
        pieces: BTreeMap::new(),
        away: vec![false; plan.teams.len()],
        calls: vec![VecDeque::new(); plan.teams.len()],
        real: vec![],
        found: Crews::default(),
    };
    for noted in log.iter().take_while(|noted| noted.time <= end) {
        reader.read(noted);
    }
    let last = if end.is_finite() {
        end
    } else {
        log.last().map_or(0.0, |noted| noted.time)
    };
    reader.look_at_all(last, |_| true);
    for (key, crew) in reader.pieces {
        if let Key::Task(task) = key {
            reader.found.tasks.insert(TaskId(task), crew);
        }
    }
    reader.found
}

/// A piece in an order of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Task(usize),
    FollowUp(usize, u32),
    Fix(usize, u32),
}

impl Key {
    const fn of(piece: Piece) -> Self {
        match piece {
            Piece::Task(task) => Self::Task(task.0),
            Piece::FollowUp(class, number) => Self::FollowUp(class.0, number),
            Piece::Fix(class, number) => Self::Fix(class.0, number),
        }
    }
}

struct Reader<'a> {
    plan: &'a Plan,
    pieces: BTreeMap<Key, Crew>,
    away: Vec<bool>,
    /// By team, the incidents that have called people and not had them yet: they come in order once the team is back.
    calls: Vec<VecDeque<usize>>,
    real: Vec<RiskId>,
    found: Crews,
}

impl Reader<'_> {
    fn read(&mut self, noted: &Noted) {
        let time = noted.time;
        match noted.what {
            Happening::RiskIsReal(risk) => self.real.push(risk),
            Happening::Joins { piece, .. } => self.change(piece, time, |crew| crew.people += 1),
            Happening::Leaves { piece, .. } => self.change(piece, time, |crew| crew.people = crew.people.saturating_sub(1)),
            Happening::Begins(piece) => self.change(piece, time, |crew| crew.under_way = true),
            Happening::WorkDone(piece) => {
                self.change(piece, time, |crew| (crew.under_way, crew.people) = (false, 0));
                if let (Piece::FollowUp(class, _), Some(crew)) = (piece, self.pieces.get(&Key::of(piece))) {
                    let days = crew.person_days;
                    self.found.follow_ups.push(Struck { time, class, days });
                }
            }
            Happening::GoesAway(team) => self.turn(team, time, true),
            Happening::ComesBack(team) => self.turn(team, time, false),
            Happening::Incident { class, .. } => {
                let says = &self.plan.incidents[class.0];
                if let Some(team) = says.team.filter(|_| says.response.is_some() || says.follow_up.is_some()) {
                    self.calls[team.0].push_back(self.found.incidents.len());
                }
                self.found.incidents.push(Struck { time, class, days: 0.0 });
            }
            Happening::AreTaken { team, people, days } => match self.calls[team.0].pop_front() {
                Some(incident) => self.found.incidents[incident].days = f64::from(people) * days,
                None => self.found.taken.push(Taken {
                    time,
                    team,
                    people,
                    days,
                    risk: self.taker(team, time),
                }),
            },
            _ => {}
        }
    }

    /// The first risk that takes people of this team and has not done so yet.
    fn taker(&self, team: TeamId, time: f64) -> Option<RiskId> {
        let took = |risk| self.found.taken.iter().any(|taken| taken.risk == Some(risk));
        self.real.iter().copied().find(|risk| {
            let says = &self.plan.risks[risk.0];
            says.takes.as_ref().is_some_and(|takes| takes.team == team) && says.from.days() <= time && !took(*risk)
        })
    }

    fn change(&mut self, piece: Piece, time: f64, change: impl FnOnce(&mut Crew)) {
        let key = Key::of(piece);
        let crew = self.pieces.entry(key).or_default();
        look(self.plan, &self.away, key, crew, time);
        change(crew);
    }

    fn turn(&mut self, team: TeamId, time: f64, away: bool) {
        let plan = self.plan;
        self.look_at_all(
            time,
            |key| matches!(key, Key::Task(task) if plan.tasks[task].work.teams().any(|own| own == team)),
        );
        self.away[team.0] = away;
    }

    fn look_at_all(&mut self, time: f64, which: impl Fn(Key) -> bool) {
        for (key, crew) in self.pieces.iter_mut().filter(|(key, _)| which(**key)) {
            look(self.plan, &self.away, *key, crew, time);
        }
    }
}

/// Books the time since the piece was looked at last, in which nothing about it changed.
fn look(plan: &Plan, away: &[bool], key: Key, crew: &mut Crew, time: f64) {
    let days = time - crew.since;
    if days > 0.0 && crew.under_way {
        crew.person_days += f64::from(crew.people) * days;
        if matches!(key, Key::Task(task) if is_short(plan, away, task, crew.people)) {
            match crew.still.last_mut().filter(|last| last.1 >= crew.since) {
                Some(last) => last.1 = time,
                None => crew.still.push((crew.since, time)),
            }
        }
    }
    crew.since = time;
}

/// Whether a task cannot go on with so many people.
fn is_short(plan: &Plan, away: &[bool], task: usize, people: u32) -> bool {
    let work = &plan.tasks[task].work;
    let wanted = match work {
        Work::Effort { min, .. } => *min,
        Work::Duration { crew, .. } => crew.iter().map(|(_, people)| people).sum(),
    };
    people < wanted || work.teams().any(|team| away[team.0])
}
