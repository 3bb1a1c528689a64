//! One future as a story: the events that moved a date, in the order in which they came, and when each task was worked on.

use std::collections::BTreeMap;

use super::crews::{Crews, crews};
use super::forecast::Moment;
use super::reading::moment;
use crate::calendar::Date;
use crate::engine::{Cause, Happening, Landmarks, Noted, Piece, Told};
use crate::plan::{BudgetKind, IncidentId, InitiativeId, Plan, RiskId, TaskId, TeamId, Work};
use crate::units::{WorkDays, ticks};

/// The most events that are told.
const MOST_BEATS: usize = 16;
/// What moved the finish by less, in working days, is told only where there is little to tell.
const TELLING: f64 = 0.4;
/// As many are told where there are so many, however little they moved it.
const FEWEST_BEATS: usize = 6;
/// Waits and stops of fewer working days are not told.
const NOTICED: f64 = 0.95;

/// One future of an initiative, told.
#[derive(Debug, Clone)]
pub struct Story {
    /// When it finishes.
    pub finish: Moment,
    /// When it would on paper.
    pub on_paper: Moment,
    /// What happened, by date: the events that moved the finish most.
    pub beats: Vec<Beat>,
    /// Events that moved it less and are not told.
    pub untold: usize,
    /// Its tasks, and those of others that drove its finish, by start.
    pub bars: Vec<Bar>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Beat {
    /// When.
    pub at: Moment,
    /// For a task that is done or begins: working days later than on paper; negative for earlier.
    pub late_days: Option<f64>,
    /// Whether it is on the chain that drove the finish.
    pub drives: bool,
    /// How far it moved the finish, in working days, as far as can be told: what events are ranked by.
    pub weight: f64,
    /// What happened.
    pub what: Tale,
}

/// What happened, with names for people.
#[derive(Debug, Clone, PartialEq)]
pub enum Tale {
    /// A risk is real, and strikes.
    Strikes {
        /// The risk.
        risk: String,
        /// Tasks that it makes larger.
        enlarges: Vec<String>,
        /// Tasks that it delays.
        delays: Vec<String>,
        /// Tasks that there would not be without it.
        adds: Vec<String>,
        /// Incidents of which it brings more.
        scales: Vec<String>,
    },
    /// People are taken away by a risk.
    Takes {
        /// The risk, where it can be told.
        risk: Option<String>,
        /// Whose people.
        team: String,
        /// How many.
        people: u32,
        /// For how many working days.
        days: f64,
    },
    /// A task begins after it could have.
    Waited {
        /// The task.
        task: String,
        /// Whose people it waited for.
        teams: Vec<String>,
        /// Working days.
        days: f64,
        /// What had its people, where that is one thing.
        behind: Option<String>,
    },
    /// A risk's delay is over.
    Delayed {
        /// The task.
        task: String,
        /// Working days.
        days: f64,
    },
    /// A release was held.
    Held {
        /// The task.
        task: String,
        /// Working days.
        days: f64,
        /// By findings; otherwise by a frozen budget.
        by_findings: bool,
    },
    /// A task is done.
    Done {
        /// The task.
        task: String,
        /// How much work it was against the likely estimate; absent where they are alike.
        work: Option<WorkDone>,
        /// Mean number of people at it, where that could vary.
        people: Option<f64>,
        /// Working days for which it stood still after it had begun.
        still: f64,
    },
    /// Somebody leaves for good.
    Leaves {
        /// From which team.
        team: String,
        /// Working days until somebody new is there; `None` for not before the finish.
        vacant: Option<f64>,
        /// Whether from work that drove the finish.
        from_driving: bool,
    },
    /// People join, or are back from other work.
    Joins {
        /// Which team.
        team: String,
        /// How many.
        people: u32,
        /// Whether they are new.
        are_new: bool,
    },
    /// Incidents of a month.
    Incidents {
        /// Their class.
        class: String,
        /// How many.
        count: u32,
        /// A day of the month.
        month: Date,
        /// Engineer-days of response and of follow-up work that was done in that month.
        days: f64,
        /// Whose.
        team: Option<String>,
    },
    /// Findings that a task brought up.
    Findings {
        /// Their class.
        class: String,
        /// The task.
        task: String,
        /// How many.
        count: u32,
        /// Engineer-days to fix them.
        days: f64,
        /// Whether releases wait for them.
        blocks: bool,
    },
    /// A task that is never done, and whether it ever began.
    NeverDone {
        /// The task.
        task: String,
        /// Whether it began.
        began: bool,
    },
    /// The initiative is finished.
    Finished,
}

/// Work that was not as estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorkDone {
    /// Engineer-days, or working days for a duration.
    pub days: f64,
    /// The likely estimate.
    pub likely: f64,
    /// Whether it is effort.
    pub is_effort: bool,
}

/// A task over time.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Text for people.
    pub title: String,
    /// The initiative, where it is another one.
    pub of: Option<String>,
    /// Whether its work is on the chain that drove the finish.
    pub drives: bool,
    /// From when on it could have begun, had its people, risks and findings let it: its links and its date are past.
    pub opened: Moment,
    /// When it began; `None` for never.
    pub started: Option<Moment>,
    /// When its work was done; `None` for never.
    pub done: Option<Moment>,
    /// When nobody could work on it although it had begun, from and to.
    pub still: Vec<(Moment, Moment)>,
}

/// Tells a future. `told` must be of the plan, and its chain of the initiative.
#[must_use]
pub fn story(plan: &Plan, landmarks: &Landmarks, told: &Told, initiative: InitiativeId) -> Story {
    let finish = told.finishes.get(initiative.0).copied().unwrap_or(f64::INFINITY);
    let mut teller = Teller::new(plan, landmarks, told, initiative, finish);
    teller.strikes();
    teller.tasks();
    teller.people();
    teller.incidents();
    teller.findings();
    let at = |days| moment(&plan.calendar, days);
    if finish.is_finite() {
        let on_paper = landmarks.plan_on_paper[initiative.0];
        teller.tell(finish, f64::INFINITY, true, Some(finish - on_paper), Tale::Finished);
    }
    let (beats, untold) = ranked(std::mem::take(&mut teller.beats));
    Story {
        finish: at(finish),
        on_paper: at(landmarks.plan_on_paper[initiative.0]),
        beats,
        untold,
        bars: teller.bars(),
    }
}

/// The weightiest, by date; of one moment what comes first in the life of work. And how many are left.
fn ranked(mut beats: Vec<Beat>) -> (Vec<Beat>, usize) {
    beats.retain(|beat| beat.weight > 0.0);
    beats.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let all = beats.len();
    let heavy = beats.iter().take_while(|beat| beat.weight >= TELLING).count();
    beats.truncate(heavy.clamp(FEWEST_BEATS, MOST_BEATS));
    beats.sort_by(|a, b| {
        let (x, y) = (a.at.working_days.days(), b.at.working_days.days());
        (a.what == Tale::Finished)
            .cmp(&(b.what == Tale::Finished))
            .then(x.total_cmp(&y))
            .then(turn(&a.what).cmp(&turn(&b.what)))
    });
    let untold = all - beats.len();
    (beats, untold)
}

/// What is told first of one moment: people come and go, work ends and brings up what it does, and then the next can begin.
const fn turn(what: &Tale) -> u8 {
    match what {
        Tale::Joins { .. } | Tale::Leaves { .. } | Tale::Takes { .. } | Tale::Incidents { .. } => 0,
        Tale::Done { .. } => 1,
        Tale::Findings { .. } => 2,
        Tale::Held { .. } => 3,
        Tale::Strikes { .. } => 4,
        Tale::Delayed { .. } => 5,
        Tale::Waited { .. } => 6,
        Tale::NeverDone { .. } => 7,
        Tale::Finished => 8,
    }
}

/// Somebody who left.
struct Departure {
    time: f64,
    team: TeamId,
    from_driving: bool,
    vacant: Option<f64>,
}

struct Teller<'a> {
    plan: &'a Plan,
    landmarks: &'a Landmarks,
    told: &'a Told,
    initiative: InitiativeId,
    /// Nothing later is told.
    end: f64,
    crews: Crews,
    /// Its own tasks and those of others on the chain.
    tasks: Vec<TaskId>,
    /// Those whose delay delays the finish: the chain, or all where it never comes.
    driving: Vec<TaskId>,
    beats: Vec<Beat>,
}

impl<'a> Teller<'a> {
    fn new(plan: &'a Plan, landmarks: &'a Landmarks, told: &'a Told, initiative: InitiativeId, finish: f64) -> Self {
        let own = &plan.initiatives[initiative.0].tasks;
        let on_chain = told.chain.iter().filter_map(|step| match step.piece {
            Piece::Task(task) => Some(task),
            Piece::FollowUp(..) | Piece::Fix(..) => None,
        });
        let driving: Vec<TaskId> = if finish.is_finite() { on_chain.collect() } else { own.clone() };
        let others = driving.iter().copied().filter(|task| plan.tasks[task.0].initiative != initiative);
        let is_there = |task: &TaskId| told.tasks[task.0].quantity.is_some() || told.tasks[task.0].started.is_infinite();
        Self {
            plan,
            landmarks,
            told,
            initiative,
            end: finish,
            crews: crews(plan, &told.log, finish),
            tasks: own.iter().copied().chain(others).filter(is_there).collect(),
            driving,
            beats: vec![],
        }
    }

    fn tell(&mut self, time: f64, weight: f64, drives: bool, late_days: Option<f64>, what: Tale) {
        // What begins on the evening of a day is seen on the next.
        let seen = match what {
            Tale::Strikes { .. } | Tale::Takes { .. } | Tale::Joins { .. } | Tale::Waited { .. } => time.floor() + 1.0,
            _ => time,
        };
        self.beats.push(Beat {
            at: Moment {
                date: self.plan.calendar.date_of(WorkDays::new(seen)),
                working_days: WorkDays::new(time),
            },
            late_days: late_days.filter(|days| days.is_finite()),
            drives,
            weight,
            what,
        });
    }

    fn title(&self, task: TaskId) -> String {
        self.plan.tasks[task.0].title.clone()
    }

    fn drives(&self, task: TaskId) -> bool {
        self.driving.contains(&task)
    }

    /// How much what happens to a team matters: 1 where it works on what drives the finish, less where it works on another task of
    /// the initiative, 0 elsewhere.
    fn weight_of(&self, team: TeamId) -> f64 {
        let works = |tasks: &[TaskId]| tasks.iter().any(|task| self.plan.tasks[task.0].work.teams().any(|own| own == team));
        if works(&self.driving) {
            1.0
        } else if works(&self.tasks) {
            0.1
        } else {
            0.0
        }
    }

    /// Working days that a task on the chain lost: its work against that on paper, and its waits. A little for one that lost nothing,
    /// and for one that drove nothing.
    fn lost(&self, task: TaskId) -> f64 {
        let (told, paper) = (&self.told.tasks[task.0], &self.landmarks.schedule[task.0]);
        if !self.drives(task) {
            return 0.05;
        }
        let lost = (told.worked - told.started) - (paper.finish - paper.start);
        // What a risk adds has no time on paper, or none that is finite.
        if lost.is_finite() { lost.max(0.5) } else { 0.5 }
    }

    /// Whether a real risk still strikes a task that starts when this one does.
    fn touches(&self, risk: RiskId, task: TaskId) -> bool {
        let says = &self.plan.risks[risk.0];
        let started = self.told.tasks[task.0].started;
        let is_retired = says.retired_by.is_some_and(|by| self.told.tasks[by.0].finished < started);
        started.is_finite() && !is_retired
    }

    fn strikes(&mut self) {
        for noted in &self.told.log {
            let Happening::RiskIsReal(risk) = noted.what else { continue };
            let says = &self.plan.risks[risk.0];
            let touched: Vec<TaskId> = self.tasks.iter().copied().filter(|task| self.touches(risk, *task)).collect();
            let affected: Vec<TaskId> = touched.iter().copied().filter(|task| says.affects.contains(task)).collect();
            let added: Vec<TaskId> = touched
                .into_iter()
                .filter(|task| self.plan.tasks[task.0].only_if == Some(risk))
                .collect();
            let titles = |tasks: &[TaskId], does: bool| tasks.iter().filter(|_| does).map(|task| self.title(*task)).collect();
            let scales = says.scales_rate.iter().filter(|(class, factor)| {
                let team = self.plan.incidents[class.0].team;
                *factor > 1.0 && team.is_some_and(|team| self.weight_of(team) > 0.0) && says.from.days() <= self.end
            });
            let what = Tale::Strikes {
                risk: says.title.clone(),
                enlarges: titles(&affected, says.multiply.is_some() || says.add.is_some()),
                delays: titles(&affected, says.delay.is_some()),
                adds: titles(&added, true),
                scales: scales.map(|(class, _)| self.plan.incidents[class.0].id.clone()).collect(),
            };
            let Tale::Strikes {
                enlarges,
                delays,
                adds,
                scales,
                ..
            } = &what
            else {
                continue;
            };
            if enlarges.is_empty() && delays.is_empty() && adds.is_empty() && scales.is_empty() {
                continue;
            }
            let struck = || affected.iter().chain(&added).copied();
            let begins = |task: TaskId| {
                let told = &self.told.tasks[task.0];
                if says.delay.is_some() { told.opened } else { told.started }
            };
            let time = struck().map(begins).reduce(f64::min).unwrap_or(says.from.days());
            let drives = struck().any(|task| self.drives(task));
            // It is told before the tasks that it strikes.
            let weight = struck().map(|task| self.lost(task)).fold(0.1, f64::max) * 1.01;
            self.tell(time, weight, drives, None, what);
        }
    }

    fn tasks(&mut self) {
        for task in self.tasks.clone() {
            let (told, drives) = (self.told.tasks[task.0], self.drives(task));
            let scale = if drives { 1.0 } else { 0.03 };
            if self.end.is_infinite() && told.finished.is_infinite() && told.opened.is_finite() {
                let (title, began) = (self.title(task), told.started.is_finite());
                let time = if began { told.started } else { told.opened };
                self.tell(time, f64::INFINITY, true, None, Tale::NeverDone { task: title, began });
                continue;
            }
            if told.started.is_infinite() {
                continue;
            }
            self.waits(task, scale);
            if told.worked > self.end {
                continue;
            }
            let paper = self.landmarks.schedule[task.0];
            let crew = self.crews.tasks.get(&task);
            let still: f64 = crew.map_or(0.0, |crew| crew.still.iter().map(|(from, to)| to - from).sum());
            let days = told.worked - told.started;
            let what = Tale::Done {
                task: self.title(task),
                work: self.work(task),
                people: crew
                    .filter(|_| days > 0.0 && self.may_vary(task))
                    .map(|crew| crew.person_days / days),
                still: if still >= NOTICED { still } else { 0.0 },
            };
            self.tell(told.finished, self.lost(task), drives, Some(told.finished - paper.finish), what);
        }
    }

    /// Whether the number of people at a task may vary.
    fn may_vary(&self, task: TaskId) -> bool {
        matches!(self.plan.tasks[task.0].work, Work::Effort { max, .. } if max > 1)
    }

    fn work(&self, task: TaskId) -> Option<WorkDone> {
        let work = &self.plan.tasks[task.0].work;
        let (days, likely) = (self.told.tasks[task.0].quantity?, work.estimate().likely);
        ((days - likely).abs() >= 0.05 * likely.max(1.0)).then_some(WorkDone {
            days,
            likely,
            is_effort: matches!(work, Work::Effort { .. }),
        })
    }

    /// What held a task before it began.
    fn waits(&mut self, task: TaskId, scale: f64) {
        let (says, told, drives) = (&self.plan.tasks[task.0], self.told.tasks[task.0], self.drives(task));
        let ready = told.ready.min(told.started);
        let could = told.opened.max(says.not_before.map_or(0.0, WorkDays::days));
        let is_held = |noted: &&Noted| noted.what == Happening::IsHeld(task);
        let held = says
            .release
            .then(|| self.told.log.iter().find(is_held))
            .flatten()
            .map(|noted| noted.time);
        if let Some(from) = held.filter(|from| ready - from >= NOTICED) {
            let what = Tale::Held {
                task: self.title(task),
                days: ready - from,
                by_findings: self.is_held_by_findings(from),
            };
            self.tell(from, (ready - from) * scale, drives, None, what);
        }
        let delayed = held.unwrap_or(ready).min(ready) - could;
        if delayed >= NOTICED {
            let what = Tale::Delayed {
                task: self.title(task),
                days: delayed,
            };
            self.tell(could, delayed * scale, drives, None, what);
        }
        let waited = told.started - ready;
        if waited >= NOTICED {
            let late = told.started - self.landmarks.schedule[task.0].start;
            let what = Tale::Waited {
                task: self.title(task),
                teams: says.work.teams().map(|team| self.plan.teams[team.0].id.clone()).collect(),
                days: waited,
                behind: self.behind(task),
            };
            self.tell(told.started, waited * scale, drives, Some(late), what);
        }
    }

    /// The task on the chain that had the people of this one.
    fn behind(&self, task: TaskId) -> Option<String> {
        let steps = &self.told.chain;
        let at = steps
            .iter()
            .position(|step| step.piece == Piece::Task(task) && step.cause == Cause::People)?;
        Some(match steps.get(at.checked_sub(1)?)?.piece {
            Piece::Task(before) => self.title(before),
            Piece::FollowUp(class, _) => format!("the follow-up of a {} incident", self.plan.incidents[class.0].id),
            Piece::Fix(class, _) => format!("the fix of a {} finding", self.plan.findings[class.0].id),
        })
    }

    /// Only findings or a frozen budget hold a release.
    fn is_held_by_findings(&self, time: f64) -> bool {
        let may_freeze = |budget: &crate::plan::Budget| matches!(budget.kind, BudgetKind::Reliability { freeze: true, .. });
        !self.plan.budgets.iter().any(may_freeze)
            || self.told.log.iter().any(|noted| {
                matches!(noted.what, Happening::Finding { class, task, .. } if noted.time <= time
                    && self.plan.findings[class.0].blocks_release && self.plan.tasks[task.0].initiative == self.initiative)
            })
    }

    /// Departures with what became of the chair, and those who join.
    fn people(&mut self) {
        // By ticks, which have an order.
        let mut joins: BTreeMap<(i64, usize, bool), (f64, u32)> = BTreeMap::new();
        let mut left: Vec<Departure> = vec![];
        // By seat, the departure that left it empty.
        let mut vacant: BTreeMap<u32, usize> = BTreeMap::new();
        for (index, noted) in self.told.log.iter().enumerate().take_while(|(_, noted)| noted.time <= self.end) {
            match noted.what {
                Happening::Departs {
                    person,
                    team,
                    by_choice: true,
                } => {
                    vacant.insert(person, left.len());
                    left.push(Departure {
                        time: noted.time,
                        team,
                        from_driving: self.leaves_driving(&self.told.log[index..], person),
                        vacant: None,
                    });
                }
                Happening::Arrives { person, team, is_new } if noted.time > 0.0 => match vacant.remove(&person) {
                    Some(departure) => left[departure].vacant = Some(noted.time - left[departure].time),
                    None => joins.entry((ticks(noted.time), team.0, is_new)).or_insert((noted.time, 0)).1 += 1,
                },
                _ => {}
            }
        }
        for departure in left {
            // One who is missed for a quarter of a year or more is missed.
            let missed = departure.vacant.unwrap_or(self.end - departure.time).min(60.0);
            let share = if departure.from_driving { 0.1 } else { 0.004 };
            let weight = self.weight_of(departure.team) * (0.1 + share * missed);
            let what = Tale::Leaves {
                team: self.plan.teams[departure.team.0].id.clone(),
                vacant: departure.vacant,
                from_driving: departure.from_driving,
            };
            self.tell(departure.time, weight, departure.from_driving, None, what);
        }
        for ((_, team, are_new), (time, people)) in joins {
            let weight = self.weight_of(TeamId(team)) * 0.4;
            let team = self.plan.teams[team].id.clone();
            self.tell(time, weight, false, None, Tale::Joins { team, people, are_new });
        }
        for taken in std::mem::take(&mut self.crews.taken) {
            let weight = self.weight_of(taken.team) * f64::from(taken.people) * taken.days * 0.3;
            let what = Tale::Takes {
                risk: taken.risk.map(|risk| self.plan.risks[risk.0].title.clone()),
                team: self.plan.teams[taken.team.0].id.clone(),
                people: taken.people,
                days: taken.days,
            };
            self.tell(taken.time, weight, false, None, what);
        }
    }

    /// Whether somebody who departs now leaves the crew of work that drives the finish.
    fn leaves_driving(&self, log: &[Noted], seat: u32) -> bool {
        let now = log.first().map_or(0.0, |noted| noted.time);
        log.iter().take_while(|noted| noted.time <= now).any(
            |noted| matches!(noted.what, Happening::Leaves { person, piece: Piece::Task(task) } if person == seat && self.drives(task)),
        )
    }

    /// Incidents by class and month, each month told on the day of its first.
    fn incidents(&mut self) {
        let mut months: BTreeMap<(usize, String), (f64, Date, u32, f64)> = BTreeMap::new();
        let calendar = &self.plan.calendar;
        let mut add = |time: f64, class: IncidentId, count: u32, days: f64| {
            if let Some(date) = calendar.date_of(WorkDays::new(time)) {
                let month = months.entry((class.0, date.month_label())).or_insert((time, date, 0, 0.0));
                month.2 += count;
                month.3 += days;
            }
        };
        for incident in &self.crews.incidents {
            add(incident.time, incident.class, 1, incident.days);
        }
        for follow_up in &self.crews.follow_ups {
            add(follow_up.time, follow_up.class, 0, follow_up.days);
        }
        for ((class, _), (time, month, count, days)) in months {
            let says = &self.plan.incidents[class];
            let weight = says.team.map_or(0.0, |team| self.weight_of(team)) * days * 0.1;
            let what = Tale::Incidents {
                class: says.id.clone(),
                count,
                month,
                days,
                team: says.team.map(|team| self.plan.teams[team.0].id.clone()),
            };
            self.tell(time, weight, false, None, what);
        }
    }

    /// Findings by class and task.
    fn findings(&mut self) {
        let mut found: BTreeMap<(usize, usize), (f64, u32, f64)> = BTreeMap::new();
        for noted in self.told.log.iter().take_while(|noted| noted.time <= self.end) {
            if let Happening::Finding { class, task, fix } = noted.what
                && self.plan.tasks[task.0].initiative == self.initiative
            {
                let entry = found.entry((task.0, class.0)).or_insert((noted.time, 0, 0.0));
                entry.1 += 1;
                entry.2 += fix;
            }
        }
        for ((task, class), (time, count, days)) in found {
            let says = &self.plan.findings[class];
            let is_fix = |piece: Piece| matches!(piece, Piece::Fix(own, _) if own.0 == class);
            let drives = self.drives(TaskId(task)) && self.told.chain.iter().any(|step| is_fix(step.piece));
            let what = Tale::Findings {
                class: says.id.clone(),
                task: self.title(TaskId(task)),
                count,
                days,
                blocks: says.blocks_release,
            };
            self.tell(time, days * if drives { 1.0 } else { 0.05 }, drives, None, what);
        }
    }

    fn bars(&self) -> Vec<Bar> {
        let mut tasks = self.tasks.clone();
        let key = |task: &TaskId| {
            let told = &self.told.tasks[task.0];
            (told.started.min(told.opened), told.started, told.finished)
        };
        tasks.retain(|task| self.told.tasks[task.0].opened.is_finite());
        tasks.sort_by(|a, b| {
            let (x, y) = (key(a), key(b));
            x.1.total_cmp(&y.1)
                .then(x.0.total_cmp(&y.0))
                .then(x.2.total_cmp(&y.2))
                .then(a.cmp(b))
        });
        tasks.into_iter().map(|task| self.bar(task)).collect()
    }

    fn bar(&self, task: TaskId) -> Bar {
        let (says, told) = (&self.plan.tasks[task.0], &self.told.tasks[task.0]);
        let at = |days: f64| moment(&self.plan.calendar, days);
        let still = self.crews.tasks.get(&task).map(|crew| crew.still.as_slice()).unwrap_or_default();
        Bar {
            title: says.title.clone(),
            of: (says.initiative != self.initiative).then(|| self.plan.initiatives[says.initiative.0].title.clone()),
            drives: self.told.drives(task),
            opened: at(told.opened.max(says.not_before.map_or(0.0, WorkDays::days)).min(told.started)),
            started: told.started.is_finite().then(|| at(told.started)),
            done: told.worked.is_finite().then(|| at(told.worked)),
            still: still.iter().map(|(from, to)| (at(*from), at(*to))).collect(),
        }
    }
}
