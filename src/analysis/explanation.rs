//! Which future is told, what it stands for, and what is told of it.

use super::forecast::{Moment, ScenarioFacts, Share};
use super::insights::{Path, PathForecast, Representative};
use super::reading::{Cuts, share};
use super::story::{Story, story};
use crate::calendar::Date;
use crate::engine::{Landmarks, Told, Trials};
use crate::plan::{InitiativeId, Plan};
use crate::statistics::Sorted;
use crate::units::Percentile;

/// One future of an initiative, explained.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What was run.
    pub scenario: ScenarioFacts,
    /// Seed of every stream.
    pub seed: u64,
    /// Trials that were run to the end.
    pub trials: u32,
    /// Trials that were asked for.
    pub trials_requested: u32,
    /// The first day.
    pub start: Date,
    /// The id of the initiative.
    pub initiative: String,
    /// What people call it.
    pub title: String,
    /// The number of the future that is told, from 0.
    pub trial: u32,
    /// Whether it was asked for by its number, and not chosen for its path.
    pub is_asked_for: bool,
    /// The path that it is on, or stands for.
    pub path: PathForecast,
    /// The percentile that the path is named after.
    pub percentile: Percentile,
    /// Futures that were kept in detail, on which the path's conditions rest.
    pub detailed: u32,
    /// Share of the trials that finish as early as this one or earlier.
    pub p_that_early: Share,
    /// What was promised, in the order of the file.
    pub promises: Vec<Promise>,
    /// The futures that stand for the other paths.
    pub others: Vec<(Path, Representative)>,
    /// What happens.
    pub story: Story,
}

/// A promise, and how this future keeps it.
#[derive(Debug, Clone)]
pub struct Promise {
    /// To whom, where given.
    pub to: Option<String>,
    /// The promise.
    pub at: Moment,
    /// Working days late; negative for early, `None` for never.
    pub late_days: Option<f64>,
}

/// What a run is asked to explain.
#[derive(Debug, Clone)]
pub struct Question {
    /// What was run.
    pub scenario: ScenarioFacts,
    /// Seed of every stream.
    pub seed: u64,
    /// Trials that were asked for.
    pub trials_requested: u32,
    /// Whose futures.
    pub initiative: InitiativeId,
    /// The path whose representative is told, or a future by its number.
    pub which: Which,
}

/// Which future is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that stands for a path.
    Path(Path),
    /// The one with this number, from 0.
    Trial(u32),
}

/// Explains a future: `tell` plays the trial of a number again. `None` where no trials were kept in detail.
#[must_use]
pub fn explanation(
    plan: &Plan,
    landmarks: &Landmarks,
    trials: &Trials,
    question: Question,
    paths: Vec<PathForecast>,
    tell: impl FnOnce(u32) -> Told,
) -> Option<Explanation> {
    let index = question.initiative.0;
    let of = |path: Path| paths.iter().find(|forecast| forecast.path == path);
    let trial = match question.which {
        Which::Trial(trial) => trial,
        Which::Path(path) => of(path)?.representative?.trial,
    };
    let told = tell(trial);
    let finish = told.finishes.get(index).copied()?;
    let finishes = Sorted::new(trials.finishes(index).collect());
    let path = match question.which {
        Which::Path(path) => path,
        Which::Trial(_) => Cuts::new(plan.timelines, &finishes)?.path(finish),
    };
    let initiative = &plan.initiatives[index];
    let promises = initiative.commitments.iter().map(|commitment| Promise {
        to: commitment.to.clone(),
        at: Moment {
            date: Some(commitment.date),
            working_days: commitment.time,
        },
        late_days: finish.is_finite().then(|| finish - commitment.time.days()),
    });
    Some(Explanation {
        scenario: question.scenario,
        seed: question.seed,
        trials: trials.count() as u32,
        trials_requested: question.trials_requested,
        start: plan.calendar.start(),
        initiative: initiative.id.clone(),
        title: initiative.title.clone(),
        trial,
        is_asked_for: matches!(question.which, Which::Trial(_)),
        path: of(path)?.clone(),
        percentile: plan.timelines[path as usize],
        detailed: trials.details().count() as u32,
        p_that_early: share(finishes.share_at_or_below(finish)),
        promises: promises.collect(),
        others: paths
            .iter()
            .filter(|other| other.path != path)
            .filter_map(|other| Some((other.path, other.representative?)))
            .collect(),
        story: story(plan, landmarks, &told, question.initiative),
    })
}
