//! The plan as flat arrays, tasks in dispatch order, so that a trial compares ranks and follows no pointer.

use crate::plan::{Dispatch, LinkKind, Plan, Task, TaskId, Work};
use crate::sampling::{Correlation, Purpose, Sampler, SamplerCache, Stream};
use crate::units::to_tick;

/// "No task", "no team", "nobody" in the flat arrays.
pub(super) const NONE: u32 = u32::MAX;

/// A plan that is ready to run. Tasks are numbered by dispatch rank: of two that wait for the same people, the lower goes first.
#[derive(Debug)]
pub struct Compiled {
    pub(super) tasks: Vec<CompiledTask>,
    /// The plan's task of each rank.
    pub(super) order: Vec<TaskId>,
    /// Everyone a duration task holds, by task (see [`Need::Crew`]).
    pub(super) crews: Vec<CrewPart>,
    pub(super) links: Table<CompiledLink>,
    pub(super) teams: Vec<CompiledTeam>,
    /// People who come and go on known days, by time.
    pub(super) calendar: Vec<CalendarEvent>,
    pub(super) initiatives: usize,
    /// The risks that touch each task.
    pub(super) touched_by: Table<u32>,
    /// The risks that the finish of each task retires.
    pub(super) retires: Table<u32>,
    pub(super) risks: Vec<CompiledRisk>,
    pub(super) portfolio_factor: Stream,
    pub(super) team_factors: Vec<Stream>,
    pub(super) correlation: Correlation,
    pub(super) overrun: Option<(Stream, Sampler)>,
    /// Lags that are drawn.
    pub(super) lags: Vec<(Stream, Sampler)>,
}

#[derive(Debug)]
pub(super) struct CompiledTask {
    pub(super) initiative: u32,
    pub(super) need: Need,
    pub(super) not_before: f64,
    pub(super) start_links: u32,
    pub(super) finish_links: u32,
    /// The team whose factor moves it, or [`NONE`].
    pub(super) factor: u32,
    pub(super) overruns: bool,
    pub(super) stream: Stream,
    pub(super) sampler: Sampler,
    pub(super) low: f64,
    pub(super) likely: f64,
}

/// Who has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Nobody of ours.
    Nobody,
    /// Between `min` and `max` people of one team, who work at its focus.
    Effort { team: u32, min: u32, max: u32, focus: f64 },
    /// A whole crew: the parts `from..to` of [`Compiled::crews`].
    Crew { from: u32, to: u32 },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct CrewPart {
    pub(super) team: u32,
    pub(super) engineers: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct CompiledLink {
    pub(super) successor: u32,
    pub(super) kind: LinkKind,
    pub(super) lag: Lag,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Lag {
    Fixed(f64),
    /// Index into [`Compiled::lags`], and the low and likely values for the landmarks.
    Drawn {
        index: u32,
        low: f64,
        likely: f64,
    },
}

#[derive(Debug)]
pub(super) struct CompiledTeam {
    pub(super) engineers: u32,
    /// People there at the start.
    pub(super) present: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct CalendarEvent {
    pub(super) time: f64,
    pub(super) team: u32,
    pub(super) change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The whole team is away from now on, its work untouched where it lies.
    Away,
    /// The whole team is back.
    Back,
    /// So many people come from other work.
    Arrive(u32),
}

#[derive(Debug)]
pub(super) struct CompiledRisk {
    pub(super) probability: f64,
    pub(super) occurrence: Stream,
    pub(super) size: Stream,
    pub(super) multiply: Option<Sampler>,
    pub(super) add: Option<Sampler>,
    pub(super) delay: Option<Sampler>,
    /// The tasks it delays; empty where it delays none.
    pub(super) delays: Vec<u32>,
}

/// Rows of different lengths in one allocation.
#[derive(Debug)]
pub(super) struct Table<T> {
    offsets: Vec<u32>,
    items: Vec<T>,
}

impl<T> Table<T> {
    fn new(rows: Vec<Vec<T>>) -> Self {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut items = vec![];
        offsets.push(0);
        for row in rows {
            items.extend(row);
            offsets.push(items.len() as u32);
        }
        Self { offsets, items }
    }

    /// Positions of the row's items.
    pub(super) fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.offsets[row] as usize..self.offsets[row + 1] as usize
    }

    pub(super) fn row(&self, row: usize) -> &[T] {
        &self.items[self.range(row)]
    }

    pub(super) fn item(&self, position: usize) -> &T {
        &self.items[position]
    }

    pub(super) const fn len(&self) -> usize {
        self.items.len()
    }
}

impl Compiled {
    /// Compiles a plan. `seed` keys every stream, whatever the plan says.
    #[must_use]
    pub fn new(plan: &Plan, seed: u64) -> Self {
        let order = dispatch_order(plan);
        let mut rank = vec![0_u32; order.len()];
        for (position, task) in order.iter().enumerate() {
            rank[task.0] = position as u32;
        }
        let mut builder = Builder {
            plan,
            seed,
            rank,
            cache: SamplerCache::default(),
            crews: vec![],
            lags: vec![],
        };
        let tasks = order.iter().map(|task| builder.task(&plan.tasks[task.0])).collect();
        let links = builder.links();
        let risks: Vec<CompiledRisk> = (0..plan.risks.len()).map(|index| builder.risk(index)).collect();
        let mut touched_by = vec![vec![]; order.len()];
        let mut retires = vec![vec![]; order.len()];
        for (index, risk) in plan.risks.iter().enumerate() {
            for task in &risk.affects {
                touched_by[builder.rank[task.0] as usize].push(index as u32);
            }
            if let Some(task) = risk.retired_by {
                retires[builder.rank[task.0] as usize].push(index as u32);
            }
        }
        Self {
            tasks,
            order,
            links,
            teams: plan
                .teams
                .iter()
                .map(|team| CompiledTeam {
                    engineers: team.engineers,
                    present: team
                        .engineers
                        .saturating_sub(team.elsewhere.iter().map(|entry| entry.engineers).sum()),
                })
                .collect(),
            calendar: calendar(plan),
            initiatives: plan.initiatives.len(),
            touched_by: Table::new(touched_by),
            retires: Table::new(retires),
            risks,
            portfolio_factor: Stream::new(seed, "portfolio", Purpose::Factor),
            team_factors: plan
                .teams
                .iter()
                .map(|team| Stream::new(seed, &format!("team.{}", team.id), Purpose::Factor))
                .collect(),
            correlation: plan.correlation,
            overrun: plan
                .overrun
                .as_ref()
                .map(|overrun| (Stream::new(seed, "portfolio", Purpose::Overrun), builder.cache.sampler(overrun))),
            crews: builder.crews,
            lags: builder.lags,
        }
    }

    /// How many tasks there are.
    #[must_use]
    pub const fn task_count(&self) -> usize {
        self.tasks.len()
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    seed: u64,
    /// Dispatch rank of each task of the plan.
    rank: Vec<u32>,
    cache: SamplerCache,
    crews: Vec<CrewPart>,
    lags: Vec<(Stream, Sampler)>,
}

impl Builder<'_> {
    fn task(&mut self, task: &Task) -> CompiledTask {
        let need = match &task.work {
            Work::Effort { team, min, max, .. } => Need::Effort {
                team: team.0 as u32,
                min: *min,
                max: *max,
                focus: self.plan.teams[team.0].focus,
            },
            Work::Duration { crew, .. } if crew.is_empty() => Need::Nobody,
            Work::Duration { crew, .. } => {
                let from = self.crews.len() as u32;
                self.crews.extend(crew.iter().map(|(team, engineers)| CrewPart {
                    team: team.0 as u32,
                    engineers: *engineers,
                }));
                Need::Crew {
                    from,
                    to: self.crews.len() as u32,
                }
            }
        };
        let estimate = task.work.estimate();
        let of_kind = |start: bool| task.links.iter().filter(|link| holds_start(link.kind) == start).count() as u32;
        CompiledTask {
            initiative: task.initiative.0 as u32,
            need,
            not_before: task.not_before.map_or(0.0, |time| time.days().max(0.0)),
            start_links: of_kind(true),
            finish_links: of_kind(false),
            factor: task.work.team().map_or(NONE, |team| team.0 as u32),
            overruns: !estimate.is_fixed(),
            stream: Stream::new(self.seed, &task.id, Purpose::Estimate),
            sampler: self.cache.sampler(&estimate.distribution),
            low: estimate.low,
            likely: estimate.likely,
        }
    }

    /// Links by their predecessor's rank.
    fn links(&mut self) -> Table<CompiledLink> {
        let mut rows = vec![vec![]; self.plan.tasks.len()];
        for (successor, task) in self.plan.tasks.iter().enumerate() {
            for link in &task.links {
                let predecessor = &self.plan.tasks[link.predecessor.0];
                let lag = match &link.lag {
                    None => Lag::Fixed(0.0),
                    Some(lag) if lag.is_fixed() => Lag::Fixed(to_tick(lag.likely)),
                    Some(lag) => {
                        let name = format!("{} {} {}", predecessor.id, kind_name(link.kind), task.id);
                        self.lags
                            .push((Stream::new(self.seed, &name, Purpose::Lag), self.cache.sampler(&lag.distribution)));
                        Lag::Drawn {
                            index: self.lags.len() as u32 - 1,
                            low: to_tick(lag.low),
                            likely: to_tick(lag.likely),
                        }
                    }
                };
                rows[self.rank[link.predecessor.0] as usize].push(CompiledLink {
                    successor: self.rank[successor],
                    kind: link.kind,
                    lag,
                });
            }
        }
        Table::new(rows)
    }

    fn risk(&mut self, index: usize) -> CompiledRisk {
        let risk = &self.plan.risks[index];
        let name = format!("risk.{}", risk.id);
        let mut sampler = |estimate: &Option<crate::plan::Estimate>| estimate.as_ref().map(|e| self.cache.sampler(&e.distribution));
        CompiledRisk {
            probability: risk.probability.get(),
            occurrence: Stream::new(self.seed, &name, Purpose::Occurrence),
            size: Stream::new(self.seed, &name, Purpose::Size),
            multiply: sampler(&risk.multiply),
            add: sampler(&risk.add),
            delay: sampler(&risk.delay),
            delays: if risk.delay.is_some() {
                risk.affects.iter().map(|task| self.rank[task.0]).collect()
            } else {
                vec![]
            },
        }
    }
}

/// Whether a link holds back the start of its successor, rather than its finish.
pub(super) const fn holds_start(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::FinishStart | LinkKind::StartStart)
}

const fn kind_name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::FinishStart => "FS",
        LinkKind::StartStart => "SS",
        LinkKind::FinishFinish => "FF",
        LinkKind::StartFinish => "SF",
    }
}

/// People who come and go on known days. On the same morning people arrive before a holiday is applied.
fn calendar(plan: &Plan) -> Vec<CalendarEvent> {
    let mut events = vec![];
    for (index, team) in plan.teams.iter().enumerate() {
        let mut push = |time: f64, change| {
            events.push(CalendarEvent {
                time,
                team: index as u32,
                change,
            });
        };
        for entry in &team.elsewhere {
            push(entry.until.days().max(0.0), Change::Arrive(entry.engineers));
        }
        // Holidays on consecutive working days are one absence.
        let mut days = team.holidays.iter().map(|day| day.days()).filter(|day| *day >= 0.0).peekable();
        while let Some(first) = days.next() {
            let mut last = first;
            while let Some(next) = days.next_if(|next| *next == last + 1.0) {
                last = next;
            }
            push(first, Change::Away);
            push(last + 1.0, Change::Back);
        }
    }
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
    events
}

/// The plan's tasks in dispatch order: initiative priority, task priority (1 first, unset last), longest expected remaining path,
/// order of the file.
fn dispatch_order(plan: &Plan) -> Vec<TaskId> {
    let mut order: Vec<TaskId> = (0..plan.tasks.len()).map(TaskId).collect();
    if plan.dispatch == Dispatch::FileOrder {
        return order;
    }
    let remaining = expected_remaining(plan);
    let priority = |id: TaskId| {
        let task = &plan.tasks[id.0];
        (
            plan.initiatives[task.initiative.0].priority.unwrap_or(u32::MAX),
            task.priority.unwrap_or(u32::MAX),
        )
    };
    order.sort_by(|a, b| {
        priority(*a)
            .cmp(&priority(*b))
            .then(remaining[b.0].total_cmp(&remaining[a.0]))
            .then(a.cmp(b))
    });
    order
}

/// For each task the expected working days from its start to the end of the longest path that begins there: means, effort at the
/// largest crew and the team's focus, lags included, waiting for people ignored.
fn expected_remaining(plan: &Plan) -> Vec<f64> {
    let mut successors: Vec<Vec<(usize, LinkKind, f64)>> = vec![vec![]; plan.tasks.len()];
    let mut waiting_for = vec![0_usize; plan.tasks.len()];
    for (index, task) in plan.tasks.iter().enumerate() {
        for link in &task.links {
            let lag = link.lag.as_ref().map_or(0.0, |lag| lag.distribution.mean());
            successors[link.predecessor.0].push((index, link.kind, lag));
            waiting_for[index] += 1;
        }
    }
    let mut order: Vec<usize> = (0..plan.tasks.len()).filter(|task| waiting_for[*task] == 0).collect();
    let mut next = 0;
    while let Some(&task) = order.get(next) {
        next += 1;
        for (successor, ..) in &successors[task] {
            waiting_for[*successor] -= 1;
            if waiting_for[*successor] == 0 {
                order.push(*successor);
            }
        }
    }
    let mut from_start = vec![0.0_f64; plan.tasks.len()];
    let mut from_finish = vec![0.0_f64; plan.tasks.len()];
    for &task in order.iter().rev() {
        let (mut start, mut finish) = (0.0_f64, 0.0_f64);
        for &(successor, kind, lag) in &successors[task] {
            match kind {
                LinkKind::FinishStart => finish = finish.max(lag + from_start[successor]),
                LinkKind::FinishFinish => finish = finish.max(lag + from_finish[successor]),
                LinkKind::StartStart => start = start.max(lag + from_start[successor]),
                LinkKind::StartFinish => start = start.max(lag + from_finish[successor]),
            }
        }
        from_finish[task] = finish;
        // Whole ticks, so that equal paths tie and the order of the file decides.
        from_start[task] = to_tick(start.max(expected_duration(plan, &plan.tasks[task]) + finish));
    }
    from_start
}

fn expected_duration(plan: &Plan, task: &Task) -> f64 {
    match &task.work {
        Work::Effort { estimate, team, max, .. } => estimate.distribution.mean() / (f64::from(*max) * plan.teams[team.0].focus),
        Work::Duration { estimate, .. } => estimate.distribution.mean(),
    }
}
