//! Which path a future is on, what tells the futures of a path from all, and which of them stands for it.

use super::insights::{Condition, Path, PathForecast, Representative};
use super::reading::{Cuts, moment};
use crate::engine::{Detail, Details, Trials};
use crate::plan::{InitiativeId, Plan, TaskId, Work};
use crate::statistics::Sorted;

/// A difference of fewer standard errors is not resolved.
const RESOLVED: f64 = 3.0;
/// Representatives are looked for within so much of the path's percentile, in probability.
const NEAR: f64 = 0.025;
/// A task of another initiative counts where it drives the finish in at least this share of the futures.
const DRIVES: f64 = 0.05;

/// What each path of each initiative looks like, from the futures that were kept in detail; nothing where none were.
#[must_use]
pub fn paths(plan: &Plan, trials: &Trials) -> Vec<PathForecast> {
    let of = |index| paths_of(plan, trials, InitiativeId(index));
    (0..plan.initiatives.len()).flat_map(of).collect()
}

/// What each path of one initiative looks like: best, expected, worst; nothing where no futures were kept in detail.
#[must_use]
pub fn paths_of(plan: &Plan, trials: &Trials, initiative: InitiativeId) -> Vec<PathForecast> {
    paths_among(plan, trials, initiative, &Sorted::new(trials.finishes(initiative.0).collect()))
}

/// The same, where the finishes are sorted already.
pub(super) fn paths_among(plan: &Plan, trials: &Trials, initiative: InitiativeId, finishes: &Sorted) -> Vec<PathForecast> {
    if trials.details().count() == 0 {
        return vec![];
    }
    let cuts = Cuts::new(plan.timelines, finishes);
    cuts.map_or_else(Vec::new, |cuts| {
        Paths::new(plan, trials, initiative, cuts).forecasts(plan, finishes)
    })
}

/// What is counted in each future.
#[derive(Debug, Clone, Copy)]
enum What {
    Risk(usize),
    Departures(usize),
    Incidents(usize),
    Findings(usize),
    Task(TaskId),
}

impl What {
    /// 1 or 0 for a risk, a number, or a quantity; `None` where there is no such task.
    fn value(self, future: &Detail<'_>) -> Option<f64> {
        match self {
            Self::Risk(risk) => Some(f64::from(u8::from(future.risk(risk)))),
            Self::Departures(team) => Some(future.departures(team)),
            Self::Incidents(class) => Some(future.incidents(class)),
            Self::Findings(class) => Some(future.findings(class)),
            Self::Task(task) => future.task(task)?.quantity,
        }
    }

    /// The same in each of the futures.
    fn values(self, details: &Details) -> Vec<Option<f64>> {
        match self {
            Self::Task(task) => details.quantities(task),
            _ => details.futures().map(|future| self.value(&future)).collect(),
        }
    }
}

/// Number, mean and sum of squares about the mean.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Welford (1962): exact for a constant.
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    fn variance(&self) -> f64 {
        if self.count > 1.0 { self.squares / (self.count - 1.0) } else { 0.0 }
    }
}

/// One thing that is counted, over all futures and by path.
struct Driver {
    what: What,
    all: Moments,
    by_path: [Moments; 3],
}

struct Paths<'a> {
    initiative: InitiativeId,
    trials: &'a Trials,
    cuts: Cuts,
    drivers: Vec<Driver>,
    futures: [u32; 3],
}

impl<'a> Paths<'a> {
    fn new(plan: &Plan, trials: &'a Trials, initiative: InitiativeId, cuts: Cuts) -> Self {
        let details = trials.details();
        let on: Vec<usize> = trials
            .finishes(initiative.0)
            .take(details.count())
            .map(|finish| cuts.path(finish) as usize)
            .collect();
        let mut futures = [0; 3];
        on.iter().for_each(|path| futures[*path] += 1);
        let drivers = counted(plan, trials, initiative).map(|what| {
            let mut driver = Driver {
                what,
                all: Moments::default(),
                by_path: [Moments::default(); 3],
            };
            for (value, path) in what.values(details).into_iter().zip(&on) {
                if let Some(value) = value {
                    driver.all.add(value);
                    driver.by_path[*path].add(value);
                }
            }
            driver
        });
        let drivers = drivers.filter(|driver| driver.all.variance() > 0.0).collect();
        Self {
            initiative,
            trials,
            cuts,
            drivers,
            futures,
        }
    }

    fn forecasts(&self, plan: &Plan, finishes: &Sorted) -> Vec<PathForecast> {
        let of = |path: Path| PathForecast {
            initiative: plan.initiatives[self.initiative.0].id.clone(),
            path,
            futures: self.futures[path as usize],
            conditions: self.conditions(plan, path),
            representative: self.representative(plan, path, finishes),
        };
        Path::ALL.map(of).into()
    }

    /// The drivers that are resolved and large enough to matter, the most telling first.
    fn conditions(&self, plan: &Plan, path: Path) -> Vec<Condition> {
        let mut found: Vec<Condition> = self.drivers.iter().filter_map(|driver| condition(plan, driver, path)).collect();
        found.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
        found
    }

    /// Of the futures within [`NEAR`] of the path's percentile (or, with few trials, those nearest to it), on the path where any is,
    /// the one that is most typical: the least sum, over all that is counted, of the squared distance to the path's own mean in
    /// standard deviations of all futures; of equals the first. A risk that is more often real than not on the path is so better
    /// real, and a rare one better not.
    fn representative(&self, plan: &Plan, path: Path, finishes: &Sorted) -> Option<Representative> {
        let share = plan.timelines[path as usize].share();
        let n = finishes.values().len();
        let at = |share: f64| {
            let rank = ((share * n as f64).ceil() as usize).clamp(1, n.max(1));
            finishes.values().get(rank - 1).copied()
        };
        let (low, middle, high) = (at(share - NEAR)?, at(share)?, at(share + NEAR)?);
        let futures = || {
            self.trials
                .details()
                .futures()
                .zip(self.trials.finishes(self.initiative.0))
                .enumerate()
        };
        let is_on = |finish: f64| self.cuts.path(finish) == path;
        let near = |finish: f64| (low..=high).contains(&finish) && finish.is_finite() == middle.is_finite();
        let any_near = futures().any(|(_, (_, finish))| near(finish));
        let any_on = futures().any(|(_, (_, finish))| near(finish) && is_on(finish));
        let score = |future: &Detail<'_>, finish: f64| {
            if any_near && (!near(finish) || any_on && !is_on(finish)) {
                return None;
            }
            // Two that never finish are at no distance.
            let miss = if any_near || finish == middle {
                0.0
            } else {
                (finish - middle).abs()
            };
            Some((miss, self.distance(future, path)))
        };
        let scored = futures().filter_map(|(trial, (future, finish))| Some((score(&future, finish)?, trial, finish)));
        let (_, trial, finish) = scored.min_by(|(a, ..), (b, ..)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))?;
        Some(Representative {
            trial: trial as u32,
            finish: moment(&plan.calendar, finish),
        })
    }

    fn distance(&self, future: &Detail<'_>, path: Path) -> f64 {
        let far = |driver: &Driver| {
            let own = driver.by_path[path as usize];
            let mean = if own.count > 0.0 { own.mean } else { driver.all.mean };
            let value = driver.what.value(future)?;
            Some((value - mean).powi(2) / driver.all.variance())
        };
        self.drivers.iter().filter_map(far).sum()
    }
}

/// Everything that could tell a path of this initiative: risks, departures, incidents, findings; its own tasks, and those of others
/// that drive its finish.
fn counted<'a>(plan: &'a Plan, trials: &'a Trials, initiative: InitiativeId) -> impl Iterator<Item = What> + 'a {
    let matters = move |id: TaskId| {
        let drives = trials.drivers().and_then(|drivers| drivers.task(initiative, id));
        plan.tasks[id.0].initiative == initiative || drives.is_some_and(|(hits, of)| f64::from(hits) >= DRIVES * f64::from(of.max(1)))
    };
    let tasks = (0..plan.tasks.len())
        .map(TaskId)
        .filter(move |id| trials.details().keeps(*id) && matters(*id));
    (0..plan.risks.len())
        .map(What::Risk)
        .chain((0..plan.teams.len()).map(What::Departures))
        .chain((0..plan.incidents.len()).map(What::Incidents))
        .chain((0..plan.findings.len()).map(What::Findings))
        .chain(tasks.map(What::Task))
}

/// How a driver differs on a path; `None` where that is not resolved or too small to matter.
///
/// The futures of a path are k of the n that were looked at. Were they drawn at random, the mean over them would miss the mean over
/// all by a standard error of √(s²/k · (1 − k/n)): sampling without replacement (Cochran, *Sampling Techniques*, 3rd ed., 2.7).
fn condition(plan: &Plan, driver: &Driver, path: Path) -> Option<Condition> {
    let (own, all) = (driver.by_path[path as usize], driver.all);
    let error = (all.variance() / own.count * (1.0 - own.count / all.count)).sqrt();
    let z = (own.mean - all.mean) / error;
    // Neither without futures on the path, nor where it has all of them.
    if !z.is_finite() || z.abs() < RESOLVED {
        return None;
    }
    let (kind, unit, id, title) = named(plan, driver.what);
    let (difference, lift) = ((own.mean - all.mean).abs(), own.mean / all.mean);
    let matters = match driver.what {
        What::Risk(_) => difference >= 0.05 || difference >= 0.02 && !(1.0 / 1.5..1.5).contains(&lift),
        What::Task(_) => difference >= (0.05 * all.mean).max(1.0),
        What::Departures(_) | What::Incidents(_) | What::Findings(_) => difference >= 0.1 * all.mean && difference >= 0.05,
    };
    matters.then_some(Condition {
        kind,
        id,
        title,
        unit,
        on_path: own.mean,
        overall: all.mean,
        lift,
        z,
    })
}

/// Kind, unit, id and title.
fn named(plan: &Plan, what: What) -> (&'static str, &'static str, String, String) {
    let named = |kind, unit, id: &str, title: &str| (kind, unit, id.to_owned(), title.to_owned());
    match what {
        What::Risk(risk) => named("risk", "share", &plan.risks[risk].id, &plan.risks[risk].title),
        What::Departures(team) => named("departures", "number", &plan.teams[team].id, &plan.teams[team].id),
        What::Incidents(class) => named("incident", "number", &plan.incidents[class].id, &plan.incidents[class].id),
        What::Findings(class) => named("finding", "number", &plan.findings[class].id, &plan.findings[class].id),
        What::Task(task) => {
            let task = &plan.tasks[task.0];
            let unit = match task.work {
                Work::Effort { .. } => "engineer-days",
                Work::Duration { .. } => "working days",
            };
            named("task", unit, &task.id, &task.title)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Percentile;

    const TIMELINES: [Percentile; 3] = [Percentile::percent(10), Percentile::percent(50), Percentile::percent(90)];

    fn counts(finishes: &[f64]) -> [usize; 3] {
        let cuts = Cuts::new(TIMELINES, &Sorted::new(finishes.to_vec())).unwrap_or_else(|| panic!("there are trials"));
        Path::ALL.map(|path| finishes.iter().filter(|finish| cuts.path(**finish) == path).count())
    }

    #[test]
    fn without_ties_the_paths_hold_thirty_forty_and_thirty_of_a_hundred() {
        let finishes: Vec<f64> = (0..100).map(|value| f64::from((value * 37) % 100)).collect();
        assert_eq!(counts(&finishes), [30, 40, 30]);
    }

    #[test]
    fn equal_finishes_are_on_one_path() {
        assert_eq!(counts(&[5.0; 10]), [10, 0, 0]);
        // Rank 3 is the 1, rank 7 the 2: the ties at either bound stay below it.
        assert_eq!(counts(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0]), [4, 4, 2]);
        assert_eq!(counts(&[1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0]), [9, 0, 1]);
    }

    #[test]
    fn what_never_finishes_is_on_the_worst_path() {
        let never = f64::INFINITY;
        assert_eq!(counts(&[never; 4]), [0, 0, 4]);
        assert_eq!(
            counts(&[1.0, never, never, never, never, never, never, never, never, never]),
            [1, 0, 9]
        );
        assert_eq!(counts(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, never, never]), [3, 4, 3]);
        assert_eq!(counts(&[1.0]), [1, 0, 0]);
    }
}
