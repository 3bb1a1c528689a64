//! The plan as flat arrays, tasks in dispatch order, so that a trial compares ranks and follows no pointer.

use super::checkpoints::{Look, looks};
use super::crews;
use super::greedy::Greedy;
use super::network::Network;
use super::past::Guide;
use crate::calendar::{Clock, Quarter, quarters};
use crate::plan::{BudgetKind, Dispatch, Estimate, LinkKind, Plan, Task, TaskId, Work};
use crate::sampling::{BlockSampler, Correlation, GammaFactor, Purpose, Sampler, SamplerCache, Stream};
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
    /// Whether a lag may be negative, so that finishes have to be projected ahead.
    pub(super) has_leads: bool,
    /// The place of each task among all, predecessors first, and the task of each place; empty where there are no leads.
    pub(super) foresight: Vec<u32>,
    pub(super) foresight_order: Vec<u32>,
    /// The links to each task's finish, by the task: predecessor and position in [`Compiled::links`].
    pub(super) holding: Table<(u32, u32)>,
    /// The same for the links to its start.
    pub(super) gating: Table<(u32, u32)>,
    /// The tasks of each initiative.
    pub(super) tasks_of: Table<u32>,
    pub(super) teams: Vec<CompiledTeam>,
    /// Everyone who is or may be there, team by team; in a team those there at the start, those on other work, those to be hired.
    pub(super) seats: Vec<Seat>,
    pub(super) hires: Vec<CompiledHire>,
    /// Days on which whole teams are away.
    pub(super) holidays: Vec<Holiday>,
    pub(super) incidents: Vec<CompiledIncident>,
    pub(super) findings: Vec<CompiledFinding>,
    pub(super) reliability: Vec<Reliability>,
    pub(super) security: Vec<Security>,
    /// Limits of the cost budgets.
    pub(super) cost_limits: Vec<f64>,
    pub(super) flows: Vec<CompiledFlow>,
    pub(super) clock: Clock,
    pub(super) quarters: Vec<Quarter>,
    /// Money that is spent at the start, once.
    pub(super) once: f64,
    /// Whether anything costs money.
    pub(super) has_cost: bool,
    pub(super) initiatives: usize,
    pub(super) checkpoints: Vec<Look>,
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
    /// What has really happened, where something is known.
    pub(super) guide: Option<Guide>,
    /// Where predecessors alone decide, so that a block of trials is played at once.
    pub(super) network: Option<Network>,
    /// Whether crews are fixed and teams constant, so that finishes are had without a company.
    pub(super) has_constant_crews: bool,
}

#[derive(Debug, PartialEq)]
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
    pub(super) estimate: BlockSampler,
    pub(super) low: f64,
    pub(super) likely: f64,
    pub(super) release: bool,
    /// The risk without which there is no such task, or [`NONE`].
    pub(super) only_if: u32,
    pub(super) scales_rate: Vec<(u32, f64)>,
    pub(super) change_failures: Vec<ChangeFailure>,
    pub(super) findings: Vec<FindingSource>,
}

/// An incident that a finished release may cause.
#[derive(Debug, PartialEq)]
pub(super) struct ChangeFailure {
    pub(super) class: u32,
    pub(super) probability: f64,
    pub(super) occurrence: Stream,
    /// Names the draws of the incident: odd, and from the names of the class and the task.
    pub(super) number: u32,
}

/// What brings up findings when a task finishes.
#[derive(Debug, PartialEq)]
pub(super) struct FindingSource {
    pub(super) class: u32,
    /// Whose people fix.
    pub(super) team: u32,
    /// Mean number in a review.
    pub(super) review: f64,
    /// Whether effort that was worked brings up more.
    pub(super) by_effort: bool,
    pub(super) count: Stream,
    pub(super) review_count: Stream,
    pub(super) fix: Stream,
}

/// Who has to be there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Need {
    /// Nobody of ours.
    Nobody,
    /// Between `min` and `max` people of one team, who work at its focus.
    Effort { team: u32, min: u32, max: u32, focus: f64 },
    /// A whole crew: the parts `from..to` of [`Compiled::crews`].
    Crew { from: u32, to: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CrewPart {
    pub(super) team: u32,
    pub(super) engineers: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CompiledLink {
    pub(super) successor: u32,
    pub(super) kind: LinkKind,
    pub(super) lag: Lag,
    /// Its number in the plan: by successor, then in the successor's order.
    pub(super) number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lag {
    Fixed(f64),
    /// Index into [`Compiled::lags`], and the low and likely values for the landmarks.
    Drawn {
        index: u32,
        low: f64,
        likely: f64,
    },
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledTeam {
    pub(super) seats: std::ops::Range<u32>,
    pub(super) focus: f64,
    /// Departures per person and calendar day.
    pub(super) departure_rate: f64,
    pub(super) backfill: Option<Sampler>,
    /// Working days over which a backfill becomes fully productive.
    pub(super) ramp_up: f64,
    /// Money for a person and a working day.
    pub(super) cost_per_day: f64,
}

/// A person's place in a team. Its first occupant may be followed by others.
#[derive(Debug, PartialEq)]
pub(super) struct Seat {
    pub(super) team: u32,
    pub(super) arrival: Arrival,
    /// The evening after which the occupant leaves for good; infinite for none.
    pub(super) until: f64,
    /// Working days over which the first occupant becomes fully productive.
    pub(super) ramp_up: f64,
    pub(super) departure: Stream,
    pub(super) backfill: Stream,
}

/// How the first occupant of a seat comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arrival {
    AtStart,
    /// From other work, on a known morning.
    On(f64),
    /// By this hire.
    Hire(u32),
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledHire {
    pub(super) starts: Stream,
    pub(super) sampler: Sampler,
    pub(super) joins: Stream,
    pub(super) probability: f64,
    pub(super) low: f64,
    pub(super) likely: f64,
    pub(super) team: u32,
}

impl CompiledHire {
    /// The morning on which they join in one attempt of a trial; infinite where they do not.
    pub(super) fn morning(&self, trial: u32, attempt: u32) -> f64 {
        if self.joins.uniform_at(trial, attempt) < self.probability {
            self.sampler.at(self.starts.normal_at(trial, attempt)).round().max(0.0)
        } else {
            f64::INFINITY
        }
    }
}

/// Working days on which a whole team is away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Holiday {
    pub(super) team: u32,
    pub(super) from: f64,
    pub(super) to: f64,
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledIncident {
    /// Who responds, or [`NONE`].
    pub(super) team: u32,
    pub(super) responders: u32,
    pub(super) rate_per_day: f64,
    pub(super) rate: Stream,
    pub(super) rate_cv: f64,
    pub(super) rate_factor: GammaFactor,
    pub(super) quarter: Stream,
    pub(super) quarter_factor: GammaFactor,
    pub(super) arrival: Stream,
    pub(super) response: Option<(Stream, Sampler)>,
    pub(super) downtime: Option<(Stream, Sampler)>,
    pub(super) follow_up: Option<(Stream, Sampler)>,
    /// What feels it, or [`NONE`].
    pub(super) flow: u32,
    /// Customers who feel a minute of it.
    pub(super) customers: f64,
    /// Risks that scale its rate, with their factors.
    pub(super) scaled_by: Vec<(u32, f64)>,
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledFinding {
    pub(super) per_engineer_day: f64,
    pub(super) rate: Stream,
    pub(super) rate_cv: f64,
    pub(super) rate_factor: GammaFactor,
    pub(super) fix: Sampler,
    pub(super) blocks_release: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledFlow {
    pub(super) value_per_customer_minute: f64,
}

/// A reliability budget.
#[derive(Debug, PartialEq)]
pub(super) struct Reliability {
    pub(super) flow: u32,
    pub(super) limit: f64,
    pub(super) burnt: f64,
    pub(super) freeze: bool,
}

/// A security budget.
#[derive(Debug, PartialEq)]
pub(super) struct Security {
    pub(super) initiative: u32,
    /// The most findings open, and the most days held; infinite where not limited.
    pub(super) limits: [f64; 2],
}

#[derive(Debug, PartialEq)]
pub(super) struct CompiledRisk {
    pub(super) probability: f64,
    pub(super) occurrence: Stream,
    pub(super) size: Stream,
    pub(super) multiply: Option<Sampler>,
    pub(super) add: Option<Sampler>,
    pub(super) delay: Option<Sampler>,
    /// The tasks it delays; empty where it delays none.
    pub(super) delays: Vec<u32>,
    /// When its absences and scaled rates begin.
    pub(super) from: f64,
    pub(super) takes: Option<Absence>,
    /// The incident classes whose rates it scales.
    pub(super) scales: Vec<u32>,
    pub(super) cost: f64,
}

#[derive(Debug, PartialEq)]
pub(super) struct Absence {
    pub(super) team: u32,
    pub(super) engineers: u32,
    pub(super) span: Sampler,
}

/// Rows of different lengths in one allocation.
#[derive(Debug, PartialEq)]
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
        let (teams, seats, hires) = builder.people();
        let incidents = (0..plan.incidents.len()).map(|index| builder.incident(index)).collect();
        let findings = (0..plan.findings.len()).map(|index| builder.finding(index)).collect();
        let quarters = quarters(plan.calendar.start(), QUARTERS);
        let mut tasks_of = vec![vec![]; plan.initiatives.len()];
        for (rank, task) in order.iter().enumerate() {
            tasks_of[plan.tasks[task.0].initiative.0].push(rank as u32);
        }
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
        let has_leads = plan
            .tasks
            .iter()
            .flat_map(|task| &task.links)
            .any(|link| link.lag.as_ref().is_some_and(may_be_negative));
        let foresight_order = if has_leads {
            predecessors_first(&links, order.len())
        } else {
            vec![]
        };
        let mut foresight = vec![0; foresight_order.len()];
        for (place, task) in foresight_order.iter().enumerate() {
            foresight[*task as usize] = place as u32;
        }
        let compiled = Self {
            tasks,
            order,
            has_leads,
            foresight,
            foresight_order,
            holding: incoming(&links, plan.tasks.len(), false),
            gating: incoming(&links, plan.tasks.len(), true),
            tasks_of: Table::new(tasks_of),
            checkpoints: looks(
                plan,
                |task| builder.rank[task.0],
                |clock| quarters.partition_point(|q| q.begins < clock).saturating_sub(1),
            ),
            links,
            teams,
            seats,
            hires,
            holidays: holidays(plan),
            incidents,
            findings,
            reliability: reliability(plan),
            security: security(plan),
            cost_limits: cost_limits(plan),
            flows: plan
                .flows
                .iter()
                .map(|flow| CompiledFlow {
                    value_per_customer_minute: flow.value_per_customer_minute,
                })
                .collect(),
            clock: Clock::new(&plan.calendar),
            quarters,
            once: plan.once,
            has_cost: plan.once > 0.0
                || plan.teams.iter().any(|team| team.cost_per_week > 0.0)
                || plan.risks.iter().any(|risk| risk.cost > 0.0)
                || plan.flows.iter().any(|flow| flow.value_per_customer_minute > 0.0),
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
            guide: None,
            network: None,
            has_constant_crews: false,
        };
        Self {
            network: Network::of(&compiled),
            has_constant_crews: crews::are_constant(&compiled),
            ..compiled
        }
    }

    /// Whether risks decide if there is a task of this rank, when it starts, or how long it takes.
    pub(super) fn is_at_risk(&self, rank: usize) -> bool {
        self.tasks[rank].only_if != NONE || !self.touched_by.row(rank).is_empty()
    }

    /// Whether nothing happens but tasks, and nothing is counted but their finishes.
    pub(super) fn has_only_tasks(&self) -> bool {
        let nothing_happens = self.incidents.is_empty() && self.findings.is_empty();
        let nothing_is_counted = self.reliability.is_empty() && self.security.is_empty() && self.cost_limits.is_empty() && !self.has_cost;
        let risks_only_touch_tasks = (0..self.tasks.len()).all(|task| self.retires.row(task).is_empty())
            && self.risks.iter().all(|risk| risk.takes.is_none() && risk.scales.is_empty());
        nothing_happens && nothing_is_counted && risks_only_touch_tasks && !self.has_leads && self.guide.is_none()
    }

    /// The same, played event by event even where there is a shorter way: the answer is the same, to the last bit.
    #[must_use]
    pub fn event_by_event(self) -> Self {
        Self {
            network: None,
            has_constant_crews: false,
            ..self
        }
    }

    /// Whether blocks of trials are played at once: nobody is waited for, and nothing but finishes is counted.
    #[must_use]
    pub const fn is_network(&self) -> bool {
        self.network.is_some()
    }

    /// Whether crews are fixed, teams constant, and nothing but tasks happens or is counted.
    #[must_use]
    pub const fn has_constant_crews(&self) -> bool {
        self.has_constant_crews
    }

    /// Whether, beyond that, nothing but people and the ends of other tasks is waited for.
    #[must_use]
    pub fn waits_for_people_alone(&self) -> bool {
        Greedy::of(self).is_some()
    }

    /// The same with facts: every future goes on from what has really happened.
    #[must_use]
    pub fn guided(self, guide: Guide) -> Self {
        Self {
            guide: Some(guide),
            ..self.event_by_event()
        }
    }

    /// Whether every future of the two is the same, to the last bit: they differ at most in names and in what is promised. What has
    /// really happened is not compared: with facts, no two are the same.
    #[must_use]
    pub fn plays_as(&self, other: &Self) -> bool {
        // All by name, so that nobody adds a field and forgets it here.
        let Self {
            tasks,
            order,
            crews,
            links,
            has_leads,
            foresight,
            foresight_order,
            holding,
            gating,
            tasks_of,
            teams,
            seats,
            hires,
            holidays,
            incidents,
            findings,
            reliability,
            security,
            cost_limits,
            flows,
            clock,
            quarters,
            once,
            has_cost,
            initiatives,
            checkpoints,
            touched_by,
            retires,
            risks,
            portfolio_factor,
            team_factors,
            correlation,
            overrun,
            lags,
            guide,
            // These follow from the others.
            network: _,
            has_constant_crews: _,
        } = self;
        guide.is_none()
            && other.guide.is_none()
            && *tasks == other.tasks
            && *order == other.order
            && *crews == other.crews
            && *links == other.links
            && *has_leads == other.has_leads
            && *foresight == other.foresight
            && *foresight_order == other.foresight_order
            && *holding == other.holding
            && *gating == other.gating
            && *tasks_of == other.tasks_of
            && *teams == other.teams
            && *seats == other.seats
            && *hires == other.hires
            && *holidays == other.holidays
            && *incidents == other.incidents
            && *findings == other.findings
            && *reliability == other.reliability
            && *security == other.security
            && *cost_limits == other.cost_limits
            && *flows == other.flows
            && *clock == other.clock
            && *quarters == other.quarters
            && *once == other.once
            && *has_cost == other.has_cost
            && *initiatives == other.initiatives
            && *checkpoints == other.checkpoints
            && *touched_by == other.touched_by
            && *retires == other.retires
            && *risks == other.risks
            && *portfolio_factor == other.portfolio_factor
            && *team_factors == other.team_factors
            && *correlation == other.correlation
            && *overrun == other.overrun
            && *lags == other.lags
    }

    /// The overrun for a standard normal; `None` where the plan has none.
    #[must_use]
    pub fn overrun(&self, normal: f64) -> Option<f64> {
        self.overrun.as_ref().map(|(_, sampler)| sampler.at(normal))
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
            estimate: BlockSampler::new(self.cache.sampler(&estimate.distribution)),
            low: estimate.low,
            likely: estimate.likely,
            release: task.release,
            only_if: task.only_if.map_or(NONE, |risk| risk.0 as u32),
            scales_rate: task.scales_rate.iter().map(|(class, factor)| (class.0 as u32, *factor)).collect(),
            change_failures: if task.release { self.change_failures(task) } else { vec![] },
            findings: self.finding_sources(task),
        }
    }

    fn change_failures(&self, task: &Task) -> Vec<ChangeFailure> {
        let classes = self
            .plan
            .incidents
            .iter()
            .enumerate()
            .filter(|(_, class)| class.change_failure_rate.get() > 0.0);
        classes
            .map(|(index, class)| {
                let occurrence = Stream::new(self.seed, &format!("incident.{} {}", class.id, task.id), Purpose::ChangeFailure);
                ChangeFailure {
                    class: index as u32,
                    probability: class.change_failure_rate.get(),
                    occurrence,
                    number: (occurrence.bits(0, 1) as u32) | 1,
                }
            })
            .collect()
    }

    fn finding_sources(&self, task: &Task) -> Vec<FindingSource> {
        let is_effort = matches!(task.work, Work::Effort { .. });
        let classes = self.plan.findings.iter().enumerate().filter_map(|(index, class)| {
            let review = task.review.iter().filter(|(id, _)| id.0 == index).map(|(_, mean)| *mean).sum();
            let by_effort = is_effort && class.per_engineer_week > 0.0;
            let team = class.team.or_else(|| task.work.team()).or(self.plan.default_team)?;
            let stream = |purpose| Stream::new(self.seed, &format!("finding.{} {}", class.id, task.id), purpose);
            (by_effort || review > 0.0).then(|| FindingSource {
                class: index as u32,
                team: team.0 as u32,
                review,
                by_effort,
                count: stream(Purpose::Findings),
                review_count: stream(Purpose::Rate),
                fix: stream(Purpose::Fix),
            })
        });
        classes.collect()
    }

    fn people(&mut self) -> (Vec<CompiledTeam>, Vec<Seat>, Vec<CompiledHire>) {
        let (mut teams, mut seats, mut hires) = (vec![], vec![], vec![]);
        for (index, team) in self.plan.teams.iter().enumerate() {
            let first = seats.len() as u32;
            let seat = |name: String, arrival, until, ramp_up| Seat {
                team: index as u32,
                arrival,
                until,
                ramp_up,
                departure: Stream::new(self.seed, &name, Purpose::Departure),
                backfill: Stream::new(self.seed, &name, Purpose::Backfill),
            };
            let elsewhere: u32 = team.elsewhere.iter().map(|entry| entry.engineers).sum();
            let here = team.engineers.saturating_sub(elsewhere);
            let mut arrivals = vec![Arrival::AtStart; here as usize];
            for entry in &team.elsewhere {
                arrivals.extend(vec![Arrival::On(entry.until.days().max(0.0)); entry.engineers as usize]);
            }
            for (number, arrival) in arrivals.into_iter().enumerate() {
                seats.push(seat(format!("team.{}.{number}", team.id), arrival, f64::INFINITY, 0.0));
            }
            for (number, hire) in team.hires.iter().enumerate() {
                let name = format!("team.{}.hire.{number}", team.id);
                for person in 0..hire.engineers {
                    let until = hire.until.map_or(f64::INFINITY, |until| until.days().max(0.0));
                    seats.push(seat(
                        format!("{name}.{person}"),
                        Arrival::Hire(hires.len() as u32),
                        until,
                        hire.ramp_up,
                    ));
                }
                hires.push(CompiledHire {
                    starts: Stream::new(self.seed, &name, Purpose::Joining),
                    sampler: self.cache.sampler(&hire.starts.distribution),
                    joins: Stream::new(self.seed, &name, Purpose::Occurrence),
                    probability: hire.probability.get(),
                    low: hire.starts.low.round().max(0.0),
                    likely: hire.starts.likely.round().max(0.0),
                    team: teams.len() as u32,
                });
            }
            teams.push(CompiledTeam {
                seats: first..seats.len() as u32,
                focus: team.focus,
                departure_rate: team.attrition_per_year / 365.25,
                backfill: team.backfill.as_ref().map(|backfill| self.cache.sampler(&backfill.distribution)),
                ramp_up: team.ramp_up,
                cost_per_day: team.cost_per_week / 5.0,
            });
        }
        (teams, seats, hires)
    }

    fn incident(&mut self, index: usize) -> CompiledIncident {
        let class = &self.plan.incidents[index];
        let name = format!("incident.{}", class.id);
        let stream = |purpose| Stream::new(self.seed, &name, purpose);
        let drawn = |cache: &mut SamplerCache, estimate: &Option<Estimate>, purpose| {
            estimate
                .as_ref()
                .map(|estimate| (stream(purpose), cache.sampler(&estimate.distribution)))
        };
        CompiledIncident {
            team: class.team.map_or(NONE, |team| team.0 as u32),
            responders: class.responders,
            rate_per_day: class.rate_per_day,
            rate: stream(Purpose::Rate),
            rate_cv: class.rate_cv,
            rate_factor: self.cache.gamma(class.rate_cv),
            quarter: stream(Purpose::Overdispersion),
            quarter_factor: self.cache.gamma(class.overdispersion.sqrt()),
            arrival: stream(Purpose::Arrival),
            response: drawn(&mut self.cache, &class.response, Purpose::Response),
            downtime: drawn(&mut self.cache, &class.downtime, Purpose::Downtime),
            follow_up: drawn(&mut self.cache, &class.follow_up, Purpose::FollowUp),
            flow: class.flow.map_or(NONE, |flow| flow.0 as u32),
            customers: class.flow.map_or(0.0, |flow| self.plan.flows[flow.0].customers * class.share),
            scaled_by: self
                .plan
                .risks
                .iter()
                .enumerate()
                .flat_map(|(risk, says)| {
                    says.scales_rate
                        .iter()
                        .filter(|(id, _)| id.0 == index)
                        .map(move |(_, factor)| (risk as u32, *factor))
                })
                .collect(),
        }
    }

    fn finding(&mut self, index: usize) -> CompiledFinding {
        let class = &self.plan.findings[index];
        CompiledFinding {
            per_engineer_day: class.per_engineer_week / 5.0,
            rate: Stream::new(self.seed, &format!("finding.{}", class.id), Purpose::Rate),
            rate_cv: class.rate_cv,
            rate_factor: self.cache.gamma(class.rate_cv),
            fix: self.cache.sampler(&class.fix.distribution),
            blocks_release: class.blocks_release,
        }
    }

    /// Links by their predecessor's rank.
    fn links(&mut self) -> Table<CompiledLink> {
        let mut rows = vec![vec![]; self.plan.tasks.len()];
        let mut numbers = 0_u32..;
        for (successor, task) in self.plan.tasks.iter().enumerate() {
            for (link, number) in task.links.iter().zip(&mut numbers) {
                let predecessor = &self.plan.tasks[link.predecessor.0];
                let lag = match &link.lag {
                    None => Lag::Fixed(0.0),
                    Some(lag) if lag.is_fixed() => Lag::Fixed(to_tick(lag.likely)),
                    Some(lag) => {
                        let name = format!("{} {} {}", predecessor.id, link.kind.name(), task.id);
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
                    number,
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
            from: risk.from.days().max(0.0),
            takes: risk.takes.as_ref().map(|absence| Absence {
                team: absence.team.0 as u32,
                engineers: absence.engineers,
                span: self.cache.sampler(&absence.span.distribution),
            }),
            scales: risk.scales_rate.iter().map(|(class, _)| class.0 as u32).collect(),
            cost: risk.cost,
        }
    }
}

/// Whether a link holds back the start of its successor, rather than its finish.
pub(super) const fn holds_start(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::FinishStart | LinkKind::StartStart)
}

/// Whether a link looks at the start of its predecessor, rather than at its finish.
pub(super) const fn looks_at_start(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::StartStart | LinkKind::StartFinish)
}

fn may_be_negative(lag: &Estimate) -> bool {
    lag.likely < 0.0 || lag.low < 0.0 || (!lag.is_fixed() && lag.distribution.quantile(1e-9) < 0.0)
}

/// The tasks by rank in an order in which all predecessors of a task come before it.
pub(super) fn predecessors_first(links: &Table<CompiledLink>, tasks: usize) -> Vec<u32> {
    let mut waiting_for = vec![0_u32; tasks];
    for position in 0..links.len() {
        waiting_for[links.item(position).successor as usize] += 1;
    }
    let mut order: Vec<u32> = (0..tasks as u32).filter(|task| waiting_for[*task as usize] == 0).collect();
    let mut next = 0;
    while let Some(&task) = order.get(next) {
        next += 1;
        for link in links.row(task as usize) {
            let successor = &mut waiting_for[link.successor as usize];
            *successor -= 1;
            if *successor == 0 {
                order.push(link.successor);
            }
        }
    }
    order
}

/// The links to the start, or to the finish, of each task.
fn incoming(links: &Table<CompiledLink>, tasks: usize, to_start: bool) -> Table<(u32, u32)> {
    let mut rows = vec![vec![]; tasks];
    for predecessor in 0..tasks {
        for position in links.range(predecessor) {
            let link = links.item(position);
            if holds_start(link.kind) == to_start {
                rows[link.successor as usize].push((predecessor as u32, position as u32));
            }
        }
    }
    Table::new(rows)
}

/// Calendar quarters that a trial may reach.
const QUARTERS: usize = 160;

/// Days on which whole teams are away; consecutive working days are one absence.
fn holidays(plan: &Plan) -> Vec<Holiday> {
    let mut found = vec![];
    for (index, team) in plan.teams.iter().enumerate() {
        let mut days = team.holidays.iter().map(|day| day.days()).filter(|day| *day >= 0.0).peekable();
        while let Some(from) = days.next() {
            let mut last = from;
            while let Some(next) = days.next_if(|next| *next == last + 1.0) {
                last = next;
            }
            found.push(Holiday {
                team: index as u32,
                from,
                to: last + 1.0,
            });
        }
    }
    found
}

fn reliability(plan: &Plan) -> Vec<Reliability> {
    let budgets = plan.budgets.iter().filter_map(|budget| match &budget.kind {
        BudgetKind::Reliability {
            flow,
            customer_minutes_per_quarter,
            burnt,
            freeze,
        } => Some(Reliability {
            flow: flow.0 as u32,
            limit: *customer_minutes_per_quarter,
            burnt: *burnt,
            freeze: *freeze,
        }),
        _ => None,
    });
    budgets.collect()
}

fn cost_limits(plan: &Plan) -> Vec<f64> {
    let limits = plan.budgets.iter().filter_map(|budget| match &budget.kind {
        BudgetKind::Cost { max } => Some(*max),
        _ => None,
    });
    limits.collect()
}

fn security(plan: &Plan) -> Vec<Security> {
    let budgets = plan.budgets.iter().filter_map(|budget| match &budget.kind {
        BudgetKind::Security {
            initiative,
            max_open,
            max_days_held,
        } => Some(Security {
            initiative: initiative.0 as u32,
            limits: [max_open.unwrap_or(f64::INFINITY), max_days_held.unwrap_or(f64::INFINITY)],
        }),
        _ => None,
    });
    budgets.collect()
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
