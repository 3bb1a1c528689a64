//! Which observation, by which week, tells the paths apart: given checkpoints, recommended ones, and what their outcomes mean
//! together.

use super::bits::Bits;
use super::insights::{self, Branch, CheckpointForecast, Outlook, Path, PathTree, Source, TellingWeek, Trigger};
use super::reading::{Cuts, share};
use super::recommended::{Half, SHARE_OF_THE_WAY, recommend, telling_weeks};
use crate::calendar::Date;
use crate::engine::Trials;
use crate::plan::{BudgetKind, Checkpoint, InitiativeId, Observable, Plan, SlipProtocol, TaskId};
use crate::statistics::{Information, Proportion, mutual_information};
use crate::units::WorkDays;

/// What checkpoints tell.
#[derive(Debug, Default)]
pub(super) struct Telling {
    pub(super) checkpoints: Vec<CheckpointForecast>,
    pub(super) trees: Vec<PathTree>,
    pub(super) weeks: Vec<TellingWeek>,
}

/// The most given checkpoints that a tree joins: sixteen combinations are as many as anybody reads.
const MOST_JOINED: usize = 4;
/// Calendar weeks that a recommended checkpoint may look at.
const MOST_WEEKS: u32 = 520;

impl Telling {
    /// Adds every checkpoint of an initiative, of which the cuts of its paths and its median finish are known.
    pub(super) fn tell(&mut self, plan: &Plan, trials: &Trials, initiative: InitiativeId, cuts: Cuts, median: f64, known_until: WorkDays) {
        let teller = Teller {
            plan,
            trials,
            initiative,
            cuts,
            median,
            known_until: known_until.days(),
        };
        teller.given(self);
        teller.recommended(self);
    }
}

struct Teller<'a> {
    plan: &'a Plan,
    trials: &'a Trials,
    initiative: InitiativeId,
    cuts: Cuts,
    /// The median finish.
    median: f64,
    /// The morning up to which everything is known: no checkpoint looks back.
    known_until: f64,
}

/// A checkpoint before the trials are asked.
struct Asked {
    id: String,
    source: Source,
    observable: String,
    time: f64,
    date: Date,
    on_miss: Option<SlipProtocol>,
}

/// Futures of which something is known: how each ends, and the outcomes of some checkpoints.
struct Futures {
    count: u64,
    /// By path.
    paths: [Bits; 3],
    /// By promise those that keep it.
    on_time: Vec<Bits>,
    /// By checkpoint those that hit it.
    hits: Vec<Bits>,
}

impl Futures {
    /// How many are on each path, and how many keep each promise, of those of which something is true.
    fn counts(&self, of: &Bits) -> Counts {
        Counts {
            paths: self.paths.each_ref().map(|path| path.count_and(of)),
            on_time: self.on_time.iter().map(|kept| kept.count_and(of)).collect(),
        }
    }

    fn all(&self) -> Bits {
        let [best, expected, worst] = &self.paths;
        // Each is on one of them.
        best.or(expected).or(worst)
    }
}

/// Counts of the futures that something is known of.
struct Counts {
    paths: [u64; 3],
    on_time: Vec<u64>,
}

impl Counts {
    fn total(&self) -> u64 {
        self.paths.iter().sum()
    }

    fn outlook(&self) -> Option<Outlook> {
        let trials = self.total();
        let of = |hits| share(Proportion { hits, trials });
        (trials > 0).then(|| Outlook {
            best: of(self.paths[0]),
            expected: of(self.paths[1]),
            worst: of(self.paths[2]),
            on_time: self.on_time.iter().map(|count| of(*count)).collect(),
        })
    }
}

impl Teller<'_> {
    fn id(&self) -> &str {
        &self.plan.initiatives[self.initiative.0].id
    }

    /// The promised times, in working days.
    fn promises(&self) -> Vec<f64> {
        let commitments = &self.plan.initiatives[self.initiative.0].commitments;
        commitments.iter().map(|commitment| commitment.time.days()).collect()
    }

    fn given(&self, found: &mut Telling) {
        let layout = self.trials.layout();
        if layout.checkpoints != self.plan.checkpoints.len() {
            return;
        }
        let watching: Vec<usize> = (0..self.plan.checkpoints.len())
            .filter(|index| self.concerns(&self.plan.checkpoints[*index]))
            .collect();
        if watching.is_empty() {
            return;
        }
        let hits = watching
            .iter()
            .map(|index| Bits::of(self.trials.rows().map(|row| layout.hit(row, *index))));
        let futures = self.futures(|| self.trials.finishes(self.initiative.0), hits.collect());
        let asked: Vec<Asked> = watching
            .iter()
            .map(|index| {
                let checkpoint = &self.plan.checkpoints[*index];
                Asked {
                    id: checkpoint.id.clone(),
                    source: Source::Given,
                    observable: observable(self.plan, checkpoint),
                    time: checkpoint.by.time.days(),
                    date: checkpoint.by.date,
                    on_miss: checkpoint.on_miss.clone(),
                }
            })
            .collect();
        self.tell(&asked, &futures, found);
    }

    fn recommended(&self, found: &mut Telling) {
        let details = self.trials.details();
        let (choose, report) = self.halves(self.last_week());
        let chosen = recommend(&choose);
        let weeks = telling_weeks(&choose, &report);
        found.weeks.extend(weeks.into_iter().map(|telling| TellingWeek {
            initiative: self.id().to_owned(),
            task: self.plan.tasks[telling.candidate.task.0].id.clone(),
            title: self.plan.tasks[telling.candidate.task.0].title.clone(),
            week: telling.candidate.week,
            by: self.last_day(telling.candidate.week),
            p_hit: telling.p_hit,
            information: bits(telling.information),
        }));
        if chosen.is_empty() {
            return;
        }
        // Chosen on the one half of the futures, reported on the other, so that nobody is told of luck.
        let hits = chosen.iter().map(|candidate| {
            let by = self.time_of(candidate.week);
            Bits::of(
                details
                    .finishes(candidate.task)
                    .iter()
                    .skip(1)
                    .step_by(2)
                    .map(|finished| *finished <= by),
            )
        });
        let finishes = || self.trials.finishes(self.initiative.0).take(details.count());
        let futures = self.futures(|| finishes().skip(1).step_by(2), hits.collect());
        let asked: Vec<Asked> = chosen
            .iter()
            .map(|candidate| {
                let task = &self.plan.tasks[candidate.task.0];
                let local = task
                    .id
                    .strip_prefix(self.id())
                    .and_then(|rest| rest.strip_prefix('.'))
                    .unwrap_or(&task.id);
                Asked {
                    id: format!("{}-by-week-{}", local.replace('.', "-"), candidate.week),
                    source: Source::Recommended,
                    observable: format!("{}: done", task.title),
                    time: self.time_of(candidate.week),
                    date: self.last_day(candidate.week),
                    on_miss: None,
                }
            })
            .collect();
        self.tell(&asked, &futures, found);
    }

    /// Futures that finish so and hit these checkpoints.
    fn futures<F: Iterator<Item = f64>>(&self, finishes: impl Fn() -> F, hits: Vec<Bits>) -> Futures {
        let promises = self.promises();
        let on_time = promises
            .iter()
            .map(|promised| Bits::of(finishes().map(|finish| finish <= *promised)));
        Futures {
            count: finishes().count() as u64,
            paths: Path::ALL.map(|path| Bits::of(finishes().map(|finish| self.cuts.path(finish) == path))),
            on_time: on_time.collect(),
            hits,
        }
    }

    /// Adds what each of the checkpoints tells, and what they tell together. `futures` hold their outcomes in the same order.
    fn tell(&self, asked: &[Asked], futures: &Futures, found: &mut Telling) {
        let first = found.checkpoints.len();
        for (index, asked) in asked.iter().enumerate() {
            found.checkpoints.push(self.forecast(asked, index, futures));
        }
        let mut joined: Vec<usize> = (0..asked.len()).collect();
        joined.sort_by(|a, b| {
            let bits = |index: usize| found.checkpoints[first + index].information.bits;
            bits(*b).total_cmp(&bits(*a)).then(a.cmp(b))
        });
        joined.truncate(MOST_JOINED);
        joined.sort_by(|a, b| asked[*a].time.total_cmp(&asked[*b].time).then(a.cmp(b)));
        if joined.len() > 1 {
            found.trees.push(self.tree(asked, &joined, futures));
        }
    }

    fn forecast(&self, asked: &Asked, index: usize, futures: &Futures) -> CheckpointForecast {
        let hits = &futures.hits[index];
        let (hit, missed) = (futures.counts(hits), futures.counts(&futures.all().and_not(hits)));
        let trials = futures.count;
        let commitments = &self.plan.initiatives[self.initiative.0].commitments;
        let promises = commitments.iter().enumerate().map(|(promise, commitment)| {
            let (on_time_missed, on_time_hit) = (missed.on_time[promise], hit.on_time[promise]);
            let (late_missed, late_hit) = (missed.total() - on_time_missed, hit.total() - on_time_hit);
            let some = |hits, trials| (trials > 0).then(|| share(Proportion { hits, trials }));
            Trigger {
                to: commitment.to.clone(),
                date: commitment.date,
                notice_days: commitment.time.days() - asked.time,
                sensitivity: some(late_missed, late_missed + late_hit),
                false_alarm: some(on_time_missed, on_time_missed + on_time_hit),
            }
        });
        CheckpointForecast {
            initiative: self.id().to_owned(),
            checkpoint: asked.id.clone(),
            source: asked.source,
            observable: asked.observable.clone(),
            by: asked.date,
            week: week_of(self.plan, asked.date),
            p_hit: share(Proportion { hits: hit.total(), trials }),
            if_hit: hit.outlook(),
            if_missed: missed.outlook(),
            information: bits(mutual_information(&[hit.paths, missed.paths])),
            promises: promises.collect(),
            on_miss: asked.on_miss.clone(),
        }
    }

    fn tree(&self, asked: &[Asked], joined: &[usize], futures: &Futures) -> PathTree {
        let mut branches = vec![];
        let mut table = vec![];
        // The futures of each combination of outcomes, hits first.
        let mut leaves = vec![futures.all()];
        for length in 1..=joined.len() {
            let hits = &futures.hits[joined[length - 1]];
            leaves = leaves.iter().flat_map(|leaf| [leaf.and(hits), leaf.and_not(hits)]).collect();
            table.clear();
            for (code, leaf) in leaves.iter().enumerate() {
                let counts = futures.counts(leaf);
                table.push(counts.paths);
                branches.push(Branch {
                    hits: (0..length).rev().map(|bit| code >> bit & 1 == 0).collect(),
                    p: share(Proportion {
                        hits: counts.total(),
                        trials: futures.count,
                    }),
                    outlook: counts.outlook(),
                });
            }
        }
        PathTree {
            initiative: self.id().to_owned(),
            source: asked[joined[0]].source,
            checkpoints: joined.iter().map(|index| asked[*index].id.clone()).collect(),
            information: bits(mutual_information(&table)),
            branches,
        }
    }

    /// Whether a given checkpoint tells of this initiative: it watches what can drive it.
    fn concerns(&self, checkpoint: &Checkpoint) -> bool {
        match checkpoint.observable {
            Observable::Done { task } => {
                self.plan.tasks[task.0].initiative == self.initiative || self.trials.times_critical(self.initiative, task) > 0
            }
            Observable::Incidents { .. } | Observable::Engineers { .. } => true,
            Observable::Burnt { budget, .. } => match &self.plan.budgets[budget.0].kind {
                BudgetKind::Security { initiative, .. } => *initiative == self.initiative,
                _ => true,
            },
        }
    }

    /// The detailed futures in two halves: every other one, from the first and from the second.
    fn halves(&self, last_week: u32) -> (Half, Half) {
        let details = self.trials.details();
        let weeks: Vec<f64> = (1..=last_week).map(|week| self.time_of(week)).collect();
        let tasks = (0..self.plan.tasks.len()).map(TaskId).filter(|task| {
            // A task that only a risk adds is no evidence: not to have it looks like having done it.
            details.keeps(*task)
                && self.plan.tasks[task.0].only_if.is_none()
                && (self.plan.tasks[task.0].initiative == self.initiative || self.trials.times_critical(self.initiative, *task) > 0)
        });
        let tasks: Vec<_> = tasks.collect();
        let finishes: Vec<f64> = self.trials.finishes(self.initiative.0).take(details.count()).collect();
        let half = |first: usize| Half::new(&tasks, &weeks, details, &finishes, first, &self.cuts);
        (half(0), half(1))
    }

    /// The last week that leaves time to act: so far on the way from what is known to the first promise, without one that lies
    /// ahead to the median finish.
    fn last_week(&self) -> u32 {
        let promised = self.promises().first().copied().filter(|promised| *promised > self.known_until);
        let end = promised.unwrap_or(if self.median.is_finite() { self.median } else { 0.0 });
        let until = self.known_until + (end - self.known_until).max(0.0) * SHARE_OF_THE_WAY;
        (1..=MOST_WEEKS).take_while(|week| self.time_of(*week) <= until).last().unwrap_or(0)
    }

    fn time_of(&self, week: u32) -> f64 {
        self.plan.calendar.weeks_after_start(i64::from(week)).days()
    }

    fn last_day(&self, week: u32) -> Date {
        let calendar = &self.plan.calendar;
        let last = calendar.date_of(calendar.weeks_after_start(i64::from(week)));
        last.unwrap_or(calendar.start())
    }
}

fn bits(told: Information) -> insights::Bits {
    insights::Bits {
        bits: told.bits,
        ci_low: told.low,
        ci_high: told.high,
    }
}

/// Calendar weeks from the start to the end of a date, rounded up.
fn week_of(plan: &Plan, date: Date) -> u32 {
    let days = date.days_since(plan.calendar.start()) + 1;
    days.max(0).unsigned_abs().div_ceil(7) as u32
}

/// What a given checkpoint looks at, in words.
fn observable(plan: &Plan, checkpoint: &Checkpoint) -> String {
    if let Some(title) = &checkpoint.title {
        return title.clone();
    }
    match checkpoint.observable {
        Observable::Done { task } => format!("{}: done", plan.tasks[task.0].title),
        Observable::Incidents { class, at_most } => {
            let id = &plan.incidents[class.0].id;
            match at_most {
                0 => format!("no {id} incident so far"),
                1 => format!("at most 1 {id} incident so far"),
                _ => format!("at most {at_most} {id} incidents so far"),
            }
        }
        Observable::Engineers { team, at_least } => {
            let people = if at_least == 1 { "1 person" } else { &format!("{at_least} people") };
            format!("{} has {people} or more", plan.teams[team.0].id)
        }
        Observable::Burnt { budget, at_most } => format!("at most {:.0} % of {} is used up", at_most * 100.0, plan.budgets[budget.0].id),
    }
}
