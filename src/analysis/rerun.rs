//! The verdict of a rerun: which path the futures are on that go on from what has really happened, against the first run's bands.

use serde::Serialize;

use super::forecast::{Forecast, Share, Timelines};
use super::insights::Path;
use super::reading::{Cuts, moment, share};
use crate::calendar::Date;
use crate::engine::Trials;
use crate::plan::{Actuals, Plan, SlipProtocol};
use crate::statistics::{Proportion, Sorted};
use crate::units::WorkDays;

/// Where we are, and what that means.
#[derive(Debug, Clone, Serialize)]
pub struct Rerun {
    /// Everything before the morning of this date is known.
    pub as_of: Date,
    /// Calendar weeks from the start to that morning, rounded down.
    pub week: u32,
    /// By initiative.
    pub verdicts: Vec<PathVerdict>,
    /// Every checkpoint that the scenario names.
    pub checkpoints: Vec<CheckpointOutcome>,
    /// Every task, in the order of the plan.
    pub tasks: Vec<Standing>,
    /// What the facts taught.
    pub learned: Lessons,
    /// What is odd about the facts, in sentences.
    pub warnings: Vec<String>,
}

/// On which path an initiative is.
#[derive(Debug, Clone, Serialize)]
pub struct PathVerdict {
    /// The initiative.
    pub initiative: String,
    /// Text for people.
    pub title: String,
    /// Share of the futures that finish within the first run's best band.
    pub best: Share,
    /// Within its expected band.
    pub expected: Share,
    /// Later than that.
    pub worst: Share,
    /// The likeliest of the three.
    pub path: Path,
    /// The day on which it finished, where it has.
    pub finished: Option<Date>,
    /// The timelines of the first run.
    pub then: Timelines,
    /// The timelines now.
    pub now: Timelines,
    /// Working days by which the median finish has moved; positive for later. Absent where never.
    pub moved_p50_days: Option<f64>,
    /// Working days by which the date of 80 % confidence has moved; positive for later. Absent where never.
    pub moved_p80_days: Option<f64>,
    /// In the order of the file.
    pub promises: Vec<PromiseVerdict>,
}

/// The odds of a promise, then and now.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseVerdict {
    /// To whom, where given.
    pub to: Option<String>,
    /// The promised date.
    pub date: Date,
    /// P(on time) of the first run.
    pub then: Share,
    /// P(on time) now.
    pub now: Share,
}

/// What became of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was hit.
    Hit,
    /// It was missed.
    Missed,
    /// Its day is still to come.
    Ahead,
    /// Its day is still to come, and no future reaches it.
    OutOfReach,
    /// Its day has passed, and the facts do not tell.
    Untold,
}

/// A checkpoint at a rerun.
#[derive(Debug, Clone, Serialize)]
pub struct CheckpointOutcome {
    /// Its id.
    pub checkpoint: String,
    /// What is looked at, for people.
    pub observable: String,
    /// The last day that counts.
    pub by: Date,
    /// What became of it.
    pub outcome: Outcome,
    /// Share of the futures in which it is hit.
    pub p_hit: Share,
    /// Who had agreed to say what to whom; to be said now where it was missed.
    pub on_miss: Option<SlipProtocol>,
}

impl Forecast {
    /// Whether a day lies before what is known: what was to be seen by then has been seen.
    #[must_use]
    pub fn is_past(&self, date: Date) -> bool {
        self.rerun.as_ref().is_some_and(|rerun| date < rerun.as_of)
    }
}

impl CheckpointOutcome {
    /// Whether what was agreed is to be said now.
    #[must_use]
    pub fn has_fired(&self) -> bool {
        matches!(self.outcome, Outcome::Missed | Outcome::OutOfReach) && self.on_miss.is_some()
    }
}

/// How far a task is.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// The task.
    pub task: String,
    /// Text for people.
    pub title: String,
    /// `finished`, `running` or `not started`.
    pub state: &'static str,
    /// The first day, where it has begun.
    pub started: Option<Date>,
    /// The last day, where it has finished.
    pub finished: Option<Date>,
    /// The median finish of the first run; absent where it was not kept or never.
    pub then_p50: Option<Date>,
    /// The median finish now.
    pub now_p50: Option<Date>,
    /// Working days by which the median finish has moved; positive for later.
    pub moved_days: Option<f64>,
}

/// What the facts taught.
#[derive(Debug, Clone, Serialize)]
pub struct Lessons {
    /// Pasts that were weighed.
    pub pasts: u32,
    /// How many of them carry the answer.
    pub effective: f64,
    /// How long work takes against its estimates: P10, P50, P90 before the facts.
    pub overrun_then: Option<[f64; 3]>,
    /// And after them.
    pub overrun_now: Option<[f64; 3]>,
    /// Incidents so far against those expected.
    pub incidents: Vec<IncidentsSoFar>,
    /// Tasks whose dates the plan hardly allows for.
    pub surprising: Vec<String>,
}

/// Incidents of a class so far.
#[derive(Debug, Clone, Serialize)]
pub struct IncidentsSoFar {
    /// The class.
    pub incident: String,
    /// How many there were.
    pub count: u32,
    /// How many its rate alone would have brought.
    pub expected: f64,
}

/// What a rerun is compared with.
#[derive(Debug, Clone, Copy)]
pub struct FirstRun<'a> {
    /// The plan as it was.
    pub plan: &'a Plan,
    /// Its futures.
    pub trials: &'a Trials,
    /// What they said.
    pub forecast: &'a Forecast,
}

/// The verdict. `now` and `trials` are the rerun's, `plan` the plan as it is now.
#[must_use]
pub fn rerun(plan: &Plan, actuals: &Actuals, trials: &Trials, now: &Forecast, first: FirstRun<'_>, learned: Lessons) -> Rerun {
    let start = plan.calendar.start();
    Rerun {
        as_of: actuals.date,
        week: u32::try_from(actuals.date.days_since(start) / 7).unwrap_or(0),
        verdicts: verdicts(plan, actuals, trials, now, first),
        checkpoints: checkpoints(actuals, now),
        tasks: standings(plan, actuals, now, first.forecast),
        learned: Lessons {
            incidents: incidents(plan, actuals),
            ..learned
        },
        warnings: vec![],
    }
}

fn verdicts(plan: &Plan, actuals: &Actuals, trials: &Trials, now: &Forecast, first: FirstRun<'_>) -> Vec<PathVerdict> {
    let mut found = vec![];
    for (index, (initiative, after)) in plan.initiatives.iter().zip(&now.initiatives).enumerate() {
        // One that was added since has no bands to be held against.
        let Some(place) = first.plan.initiatives.iter().position(|other| other.id == initiative.id) else {
            continue;
        };
        let before = &first.forecast.initiatives[place];
        let bands = Sorted::new(first.trials.finishes(place).collect());
        let Some(cuts) = Cuts::new(first.plan.timelines, &bands) else {
            continue;
        };
        let on = |path| share(Proportion::of(trials.finishes(index), |finish| cuts.path(finish) == path));
        let [best, expected, worst] = [Path::Best, Path::Expected, Path::Worst].map(on);
        let path = [(Path::Best, best.p), (Path::Expected, expected.p), (Path::Worst, worst.p)]
            .into_iter()
            .fold(
                (Path::Best, -1.0),
                |likeliest, next| if next.1 > likeliest.1 { next } else { likeliest },
            )
            .0;
        let days = |forecast: &super::forecast::InitiativeForecast, percent: &str| {
            let quantile = forecast
                .quantiles
                .iter()
                .find(|quantile| quantile.percentile.to_string() == percent);
            quantile
                .map(|quantile| quantile.at.working_days.days())
                .filter(|days| days.is_finite())
        };
        let moved = |percent| Some(days(after, percent)? - days(before, percent)?);
        let ends: Vec<Option<WorkDays>> = initiative
            .tasks
            .iter()
            .map(|task| actuals.tasks[task.0].and_then(|task| task.finished))
            .collect();
        let end = ends.iter().copied().try_fold(0.0_f64, |last, end| Some(last.max(end?.days())));
        let promises = after.commitments.iter().filter_map(|promise| {
            let then = before
                .commitments
                .iter()
                .find(|other| other.to == promise.to && other.at.date == promise.at.date)?;
            Some(PromiseVerdict {
                to: promise.to.clone(),
                date: promise.at.date?,
                then: then.p_on_time,
                now: promise.p_on_time,
            })
        });
        found.push(PathVerdict {
            initiative: initiative.id.clone(),
            title: initiative.title.clone(),
            best,
            expected,
            worst,
            path,
            finished: end
                .filter(|_| !ends.is_empty())
                .and_then(|end| plan.calendar.date_of(WorkDays::new(end))),
            then: before.timelines.clone(),
            now: after.timelines.clone(),
            moved_p50_days: moved("p50"),
            moved_p80_days: moved("p80"),
            promises: promises.collect(),
        });
    }
    found
}

fn checkpoints(actuals: &Actuals, now: &Forecast) -> Vec<CheckpointOutcome> {
    let mut found: Vec<CheckpointOutcome> = vec![];
    for checkpoint in now
        .checkpoints
        .iter()
        .filter(|checkpoint| checkpoint.source == super::insights::Source::Given)
    {
        if found.iter().any(|other| other.checkpoint == checkpoint.checkpoint) {
            continue;
        }
        let has_passed = checkpoint.by < actuals.date;
        let hit = checkpoint.p_hit;
        let outcome = match (has_passed, hit.hits == hit.trials, hit.hits == 0) {
            (true, true, _) => Outcome::Hit,
            (true, _, true) => Outcome::Missed,
            (true, false, false) => Outcome::Untold,
            (false, _, true) => Outcome::OutOfReach,
            (false, true, _) => Outcome::Hit,
            (false, false, false) => Outcome::Ahead,
        };
        found.push(CheckpointOutcome {
            checkpoint: checkpoint.checkpoint.clone(),
            observable: checkpoint.observable.clone(),
            by: checkpoint.by,
            outcome,
            p_hit: hit,
            on_miss: checkpoint.on_miss.clone(),
        });
    }
    found
}

fn standings(plan: &Plan, actuals: &Actuals, now: &Forecast, first: &Forecast) -> Vec<Standing> {
    let finish = |forecast: &Forecast, id: &str| {
        let schedule = forecast.schedules.iter().find(|schedule| schedule.task == id)?;
        Some(schedule.finish_p50)
    };
    let standing = |(task, actual): (&crate::plan::Task, &Option<crate::plan::TaskActual>)| {
        let date = |days: f64| moment(&plan.calendar, days).date;
        let (then, after) = (finish(first, &task.id), finish(now, &task.id));
        let moved = then
            .zip(after)
            .map(|(then, after)| after.working_days.days() - then.working_days.days());
        Standing {
            task: task.id.clone(),
            title: task.title.clone(),
            state: match actual {
                Some(actual) if actual.finished.is_some() => "finished",
                Some(_) => "running",
                None => "not started",
            },
            // The morning of a day is its beginning; its date is that of any time within it.
            started: actual.and_then(|actual| date(actual.started.days() + 0.5)),
            finished: actual.and_then(|actual| date(actual.finished?.days())),
            then_p50: then.and_then(|then| then.date),
            now_p50: after.and_then(|after| after.date),
            moved_days: moved.filter(|days| days.is_finite()),
        }
    };
    plan.tasks.iter().zip(&actuals.tasks).map(standing).collect()
}

fn incidents(plan: &Plan, actuals: &Actuals) -> Vec<IncidentsSoFar> {
    let days = actuals.date.days_since(plan.calendar.start()) as f64;
    let told = plan.incidents.iter().zip(&actuals.incidents);
    told.filter_map(|(class, told)| {
        Some(IncidentsSoFar {
            incident: class.id.clone(),
            count: told.as_ref()?.count,
            expected: class.rate_per_day * days,
        })
    })
    .collect()
}
