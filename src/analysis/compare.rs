//! The ways out, each on the same random numbers as the plan: what each costs, when it ends, how often it is better.

use serde::Serialize;

use super::budgets::Budgets;
use super::forecast::{Moment, Share, Spread};
use super::gives_up::{gives_up, same_promise};
use super::horizon::Horizon;
use super::reading::{moment, share, spread};
use crate::calendar::{Calendar, Date};
use crate::engine::{self, Compiled, Run, RunError, Stop, TrialRow, Trials, Window};
use crate::plan::{BudgetKind, Commitment, Plan};
use crate::statistics::{Proportion, Sorted, quantile_difference};
use crate::units::{Percentile, WorkDays};

/// The most futures that a comparison plays: its differences are paired and need fewer than the forecast itself.
const MOST_TRIALS: u32 = 10_000;

/// A plan to set against another.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The option's id, or the path of the file.
    pub id: &'a str,
    /// Text for people.
    pub title: &'a str,
    /// Whether the authors recommend it.
    pub recommended: bool,
    /// The whole of it. It starts on the day on which the other does.
    pub plan: &'a Plan,
}

/// The plan's own options.
#[must_use]
pub fn own_options(plan: &Plan) -> Vec<Candidate<'_>> {
    plan.options
        .iter()
        .map(|option| Candidate {
            id: &option.id,
            title: &option.title,
            recommended: option.recommended,
            plan: &option.plan,
        })
        .collect()
}

/// The first initiative of the plan that another plan does not have.
#[must_use]
pub fn missing_initiative<'a>(plan: &'a Plan, other: &Plan) -> Option<&'a str> {
    plan.initiatives
        .iter()
        .map(|initiative| initiative.id.as_str())
        .find(|id| !other.initiatives.iter().any(|other| other.id == *id))
}

/// The futures that a comparison plays, of `trials`.
#[must_use]
pub fn compare_trials(trials: u32) -> u32 {
    trials.min(MOST_TRIALS)
}

/// The plan and its alternatives, on the same futures.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Futures of each, and seed.
    pub trials: u32,
    /// Seed of every stream.
    pub seed: u64,
    /// Whether somebody ended it before all were played.
    pub partial: bool,
    /// The first day.
    pub start: Date,
    /// The last day that budgets look at: the plan's, for all.
    pub horizon: Date,
    /// A single spend above it needs the CEO, where the scenario says so.
    pub ceo_approval_above: Option<f64>,
    /// The plan as it is, then the alternatives in their order.
    pub alternatives: Vec<Alternative>,
}

/// One way.
#[derive(Debug, Clone, Serialize)]
pub struct Alternative {
    /// Its id; `as planned` for the plan itself.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// Whether it is the plan as it is.
    pub is_plan: bool,
    /// Whether the authors recommend it.
    pub recommended: bool,
    /// What it costs once, as stated.
    pub cost_once: f64,
    /// Whether that alone is above what the CEO has to approve.
    pub needs_ceo: bool,
    /// What it costs in all: people held by work until the last initiative ends, and what is paid once.
    pub cost: Spread,
    /// Mean of that less that of the plan, by future.
    pub cost_change: f64,
    /// What it leaves out or promises otherwise, a phrase each.
    pub gives_up: Vec<String>,
    /// The initiatives of the plan that are left.
    pub initiatives: Vec<FinishComparison>,
    /// The budgets that it has, to the horizon.
    pub budgets: Vec<BudgetBreach>,
}

/// When an initiative ends, against the plan.
#[derive(Debug, Clone, Serialize)]
pub struct FinishComparison {
    /// The initiative.
    pub initiative: String,
    /// Text for people.
    pub title: String,
    /// Tenth percentile.
    pub p10: Moment,
    /// Median.
    pub p50: Moment,
    /// Eightieth percentile.
    pub p80: Moment,
    /// Ninetieth percentile.
    pub p90: Moment,
    /// Futures in which it ends earlier than in the plan; those that end together count for neither.
    pub p_better: Share,
    /// Futures in which it ends as in the plan, to the bit.
    pub p_same: Share,
    /// Working days from the plan's P80 to this one's: negative where this is earlier. Absent where never.
    pub delta_p80_days: Option<f64>,
    /// Lower end of its 95 % interval, the futures paired; absent with fewer than 200 futures.
    pub delta_ci_low: Option<f64>,
    /// Upper end.
    pub delta_ci_high: Option<f64>,
    /// By how much the same random numbers make the standard error of that difference smaller than other ones would; absent where no
    /// error is left, or none is known.
    pub error_ratio: Option<f64>,
    /// In the order of the plan; those that this alternative takes back are missing.
    pub promises: Vec<PromiseComparison>,
}

/// What a promise is worth.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseComparison {
    /// To whom, where given.
    pub to: Option<String>,
    /// The promise that this alternative makes, which may be another than the plan's.
    pub at: Moment,
    /// Whether it is another than the plan's.
    pub is_moved: bool,
    /// On time for its own promise.
    pub p_on_time: Share,
    /// That, and every budget kept.
    pub p_on_time_within_budgets: Share,
    /// On time, and every cost budget kept; absent where there is none.
    pub p_on_time_within_cost: Option<Share>,
}

/// How often a budget is breached by the horizon.
#[derive(Debug, Clone, Serialize)]
pub struct BudgetBreach {
    /// Its id.
    pub id: String,
    /// Share of the futures that breach it.
    pub p_breach: Share,
}

/// Plays each candidate on the futures of `base`, which is the run of `plan`, and sets it against it. `progress` is called with the
/// futures played so far. Where somebody wants an early end, the candidates that are whole are kept.
///
/// All are looked at to the horizon of the plan, so that their budgets can be compared. Each is judged by its own promises. A candidate
/// with another calendar is compared by date: its finishes are put at the same place of the same date in the plan's calendar.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
#[allow(clippy::too_many_arguments)]
pub fn compare(
    plan: &Plan,
    candidates: &[Candidate<'_>],
    seed: u64,
    run: Run<'_>,
    horizon: Horizon,
    base: &Trials,
    stop: &Stop,
    progress: impl Fn(u32) + Sync,
) -> Result<Comparison, RunError> {
    let trials = compare_trials(base.count() as u32);
    let against = Played::new(plan, base, trials, &plan.calendar);
    let reader = Reader { plan, against: &against };
    let itself = Candidate {
        id: "as planned",
        title: "As planned",
        recommended: false,
        plan,
    };
    let mut comparison = Comparison {
        trials,
        seed,
        partial: false,
        start: plan.calendar.start(),
        horizon: horizon.date,
        ceo_approval_above: plan.ceo_approval_above,
        alternatives: vec![Alternative {
            is_plan: true,
            ..reader.alternative(&itself, &against)
        }],
    };
    let own = Compiled::new(plan, seed);
    for (index, candidate) in candidates.iter().enumerate() {
        let before = index as u32 * trials;
        let compiled = Compiled::new(candidate.plan, seed);
        if compiled.plays_as(&own) {
            // Only what is promised differs.
            let played = Played::new(candidate.plan, base, trials, &plan.calendar);
            comparison.alternatives.push(reader.alternative(candidate, &played));
            progress(before + trials);
            continue;
        }
        let result = engine::run(
            &compiled,
            Run {
                trials,
                window: Window {
                    checkpoints: false,
                    responses: false,
                    ..horizon.window(candidate.plan, false)
                },
                watch: None,
                ..run
            },
            stop,
            |done| progress(before + done),
        )?;
        if result.count() < trials as usize {
            comparison.partial = true;
            break;
        }
        let played = Played::new(candidate.plan, &result, trials, &plan.calendar);
        comparison.alternatives.push(reader.alternative(candidate, &played));
    }
    Ok(comparison)
}

/// A plan that was played.
pub(super) struct Played<'a> {
    plan: &'a Plan,
    trials: &'a Trials,
    count: usize,
    /// Finishes by initiative and trial, in working days of the calendar that all are compared in.
    finishes: Vec<Vec<f64>>,
}

impl<'a> Played<'a> {
    pub(super) fn new(plan: &'a Plan, trials: &'a Trials, count: u32, calendar: &Calendar) -> Self {
        let is_same = plan.calendar == *calendar;
        let in_calendar = |days: f64| {
            if is_same {
                days
            } else {
                translated(days, &plan.calendar, calendar)
            }
        };
        Self {
            plan,
            trials,
            count: count as usize,
            finishes: (0..plan.initiatives.len())
                .map(|index| trials.finishes(index).take(count as usize).map(in_calendar).collect())
                .collect(),
        }
    }

    /// The rows that count.
    pub(super) fn rows(&self) -> impl Iterator<Item = TrialRow<'a>> {
        self.trials.rows().take(self.count)
    }

    /// What each future costs; nothing where nothing costs anything.
    pub(super) fn costs(&self) -> Vec<f64> {
        let layout = self.trials.layout();
        self.rows().map(|row| layout.money(row).map_or(0.0, |money| money.total)).collect()
    }

    /// The finishes of an initiative, by trial.
    pub(super) fn finishes(&self, initiative: usize) -> &[f64] {
        &self.finishes[initiative]
    }

    pub(super) fn budgets(&self) -> Budgets<'a> {
        Budgets::new(self.plan, self.trials)
    }
}

/// A time of one calendar at the same place of the same date in another.
pub(super) fn translated(days: f64, from: &Calendar, to: &Calendar) -> f64 {
    let Some(date) = from.date_of(WorkDays::new(days)) else {
        return days;
    };
    let unworked = days.ceil() - days;
    if to.is_working_day(date) {
        to.evening_of(date).days() - unworked
    } else {
        to.evening_of(date).days()
    }
}

struct Reader<'a> {
    plan: &'a Plan,
    against: &'a Played<'a>,
}

impl Reader<'_> {
    fn alternative(&self, candidate: &Candidate<'_>, played: &Played<'_>) -> Alternative {
        let other = candidate.plan;
        let costs = played.costs();
        let changes = costs.iter().zip(self.against.costs()).map(|(cost, before)| cost - before);
        let budgets = played.budgets();
        let breaches = other.budgets.iter().enumerate().map(|(index, budget)| BudgetBreach {
            id: budget.id.clone(),
            p_breach: share(Proportion::of(played.rows(), |row| budgets.is_breached(index, row))),
        });
        let initiatives = self.plan.initiatives.iter().enumerate().filter_map(|(index, initiative)| {
            let column = other.initiatives.iter().position(|left| left.id == initiative.id)?;
            Some(self.finish(index, column, played))
        });
        Alternative {
            id: candidate.id.to_owned(),
            title: candidate.title.to_owned(),
            is_plan: false,
            recommended: candidate.recommended,
            cost_once: other.once,
            needs_ceo: self.plan.ceo_approval_above.is_some_and(|limit| other.once > limit),
            // In the order of the trials, so that a candidate that changes nothing differs by exactly nothing.
            cost_change: changes.sum::<f64>() / (played.count.max(1)) as f64,
            cost: spread(costs.into_iter()),
            gives_up: gives_up(self.plan, other),
            initiatives: initiatives.collect(),
            budgets: breaches.collect(),
        }
    }

    fn finish(&self, index: usize, column: usize, played: &Played<'_>) -> FinishComparison {
        let initiative = &self.plan.initiatives[index];
        let (own, before) = (played.finishes(column), self.against.finishes(index));
        let pairs = || own.iter().zip(before);
        let sorted = Sorted::new(own.to_vec());
        let quantile = |percent| {
            let days = sorted.quantile(Percentile::percent(percent)).unwrap_or(f64::INFINITY);
            moment(&self.plan.calendar, days)
        };
        let difference = quantile_difference(own, before, Percentile::percent(80));
        let error = difference.and_then(|difference| difference.error);
        let end = |sign: f64| Some(difference?.difference + sign * error?.half_width);
        FinishComparison {
            initiative: initiative.id.clone(),
            title: initiative.title.clone(),
            p10: quantile(10),
            p50: quantile(50),
            p80: quantile(80),
            p90: quantile(90),
            p_better: share(Proportion::of(pairs(), |(own, before)| own < before)),
            p_same: share(Proportion::of(pairs(), |(own, before)| own.total_cmp(before).is_eq())),
            delta_p80_days: difference.map(|difference| difference.difference),
            delta_ci_low: end(-1.0),
            delta_ci_high: end(1.0),
            error_ratio: error.and_then(|error| error.ratio()),
            promises: initiative
                .commitments
                .iter()
                .enumerate()
                .filter_map(|(place, promise)| {
                    let new = same_promise(promise, place, &played.plan.initiatives[column])?;
                    Some(Self::promise(promise, new, column, played))
                })
                .collect(),
        }
    }

    fn promise(promise: &Commitment, new: &Commitment, column: usize, played: &Played<'_>) -> PromiseComparison {
        let budgets = played.budgets();
        // On time is a matter of the alternative's own calendar, in which its rows are.
        let is_on_time = |row: TrialRow<'_>| row.finish(column) <= new.time.days();
        let is_cost = |index: &usize| matches!(played.plan.budgets[*index].kind, BudgetKind::Cost { .. });
        let cost: Vec<usize> = (0..played.plan.budgets.len()).filter(is_cost).collect();
        let within_cost = |row: TrialRow<'_>| is_on_time(row) && cost.iter().all(|index| !budgets.is_breached(*index, row));
        PromiseComparison {
            to: promise.to.clone(),
            at: Moment {
                date: Some(new.date),
                working_days: new.time,
            },
            is_moved: new.date != promise.date,
            p_on_time: share(Proportion::of(played.rows(), is_on_time)),
            p_on_time_within_budgets: share(Proportion::of(played.rows(), |row| is_on_time(row) && budgets.all_kept(row))),
            p_on_time_within_cost: (!cost.is_empty()).then(|| share(Proportion::of(played.rows(), within_cost))),
        }
    }
}
