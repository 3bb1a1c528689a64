//! The price of a date: which combination of options makes a promise that can be kept, and what it costs.

use serde::Serialize;

use super::budgets::Budgets;
use super::compare::Played;
use super::forecast::{Moment, Share};
use super::gives_up::same_promise;
use super::horizon::Horizon;
use super::reading::{moment, share};
use crate::calendar::Date;
use crate::engine::{self, Compiled, Run, RunError, Stop, TrialRow, Trials, Window};
use crate::plan::{BudgetKind, Commitment, Plan};
use crate::statistics::{Proportion, Sorted};
use crate::units::Percentile;

/// What is asked: can this be finished by then, within every budget, with that confidence?
#[derive(Debug, Clone, PartialEq)]
pub struct DateQuestion {
    /// The initiative.
    pub initiative: String,
    /// To whom it is promised; `None` for whoever comes first, or nobody.
    pub to: Option<String>,
    /// The last day that is on time.
    pub date: Date,
    /// How sure it has to be.
    pub confidence: Percentile,
}

/// A combination of options to price.
#[derive(Debug)]
pub struct Bundle {
    /// Ids of its options, in the order of the file; none for the plan as it is.
    pub options: Vec<String>,
    /// Text for people, an entry for each.
    pub titles: Vec<String>,
    /// The plan with all of them taken, or, in a sentence, why there is none.
    pub plan: Result<Plan, String>,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct DatePrice {
    /// The initiative.
    pub initiative: String,
    /// Text for people.
    pub title: String,
    /// To whom it is promised.
    pub to: Option<String>,
    /// The last day that is on time.
    pub date: Moment,
    /// How sure it has to be.
    pub confidence: Percentile,
    /// Futures of each combination.
    pub trials: u32,
    /// Seed of every stream.
    pub seed: u64,
    /// Whether somebody ended it before all were played: then the cheapest may be missing.
    pub partial: bool,
    /// The last day that budgets look at.
    pub horizon: Date,
    /// Every combination that can be taken, fewest options first; the plan as it is leads.
    pub bundles: Vec<PricedBundle>,
    /// Those that cannot be taken, each with a sentence that says why.
    pub impossible: Vec<(Vec<String>, String)>,
    /// The cheapest that reaches the confidence, as a place in `bundles`; absent where none does.
    pub cheapest: Option<usize>,
    /// The likeliest, as a place in `bundles`; of equals the cheapest.
    pub likeliest: usize,
    /// Whether some combination can promise a date within the budgets; otherwise the frontier looks at the date alone.
    pub is_within_budgets: bool,
    /// Those than which none is both cheaper and earlier, the cheapest first.
    pub frontier: Vec<usize>,
}

/// What a combination costs and buys.
#[derive(Debug, Clone, Serialize)]
pub struct PricedBundle {
    /// Ids of its options.
    pub options: Vec<String>,
    /// Text for people.
    pub titles: Vec<String>,
    /// What it costs once.
    pub cost_once: f64,
    /// What it costs more than the plan as it is, on average, what is paid once included: negative where it saves.
    pub cost_change: f64,
    /// Whether what it costs once is above what the CEO has to approve.
    pub needs_ceo: bool,
    /// The P80 finish.
    pub p80: Moment,
    /// Finished by the date.
    pub p_on_time: Share,
    /// That, and every budget kept.
    pub p_on_time_within_budgets: Share,
    /// Whether that reaches the confidence.
    pub reaches: bool,
    /// Whether the interval of that odds leaves no doubt about it.
    pub is_resolved: bool,
    /// Finished by then with that confidence, whatever becomes of the budgets.
    pub date_alone: Moment,
    /// The earliest date that it can promise: finished by then and within the other budgets with that confidence. Never where the
    /// other budgets alone are breached too often.
    pub promise: Moment,
    /// Whether a combination of fewer options, all of them among these, does and costs exactly the same.
    pub is_idle: bool,
    /// The other budgets, with how often each is breached, the worst first.
    pub breaches: Vec<(String, Share)>,
}

/// Lays the date asked about into a plan, in the place of the promise that it is about. `None` where the plan has no such initiative.
///
/// Every combination is asked about the same date, so an option that only moves the promise changes nothing here.
#[must_use]
pub fn with_promise(base: &Plan, mut plan: Plan, question: &DateQuestion) -> Option<Plan> {
    let position = |plan: &Plan| plan.initiatives.iter().position(|initiative| initiative.id == question.initiative);
    let column = position(&plan)?;
    let commitment = Commitment {
        date: question.date,
        time: plan.calendar.evening_of(question.date),
        to: question.to.clone(),
        owner: None,
    };
    let place = promise_place(base, &plan, question)?;
    let commitments = &mut plan.initiatives.get_mut(column)?.commitments;
    match commitments.get_mut(place) {
        Some(promise) => {
            *promise = Commitment {
                owner: promise.owner.take(),
                ..commitment
            };
        }
        None => commitments.push(commitment),
    }
    Some(plan)
}

/// The place of the promise asked about among those of the initiative; the next free one where it has none.
fn promise_place(base: &Plan, plan: &Plan, question: &DateQuestion) -> Option<usize> {
    let find = |plan: &Plan| plan.initiatives.iter().position(|initiative| initiative.id == question.initiative);
    let (before, after) = (&base.initiatives[find(base)?], &plan.initiatives[find(plan)?]);
    let asked = before
        .commitments
        .iter()
        .enumerate()
        .find(|(_, promise)| question.to.is_none() || promise.to == question.to);
    let same = asked.and_then(|(index, promise)| {
        let same = same_promise(promise, index, after)?;
        after.commitments.iter().position(|left| std::ptr::eq(left, same))
    });
    Some(same.unwrap_or(after.commitments.len()))
}

/// Plays every combination on the same futures and finds the cheapest that reaches the confidence. `trials` is the run of `base`, the
/// plan as it is. Bundles are built one at a time. `progress` is called with the futures played so far.
///
/// Cost is the mean of what a combination costs more than the plan, by future, what is paid once included; of equal cost the
/// earlier P80 comes first, then fewer options. A combination reaches the confidence where its share of futures does, so that the
/// date is reached exactly where it is not before the earliest date that the combination can promise.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
#[allow(clippy::too_many_arguments)]
pub fn price(
    base: &Plan,
    question: &DateQuestion,
    bundles: impl Iterator<Item = Bundle>,
    seed: u64,
    run: Run<'_>,
    horizon: Horizon,
    trials: &Trials,
    stop: &Stop,
    progress: impl Fn(u32) + Sync,
) -> Result<Option<DatePrice>, RunError> {
    let Some(initiative) = base.initiatives.iter().find(|initiative| initiative.id == question.initiative) else {
        return Ok(None);
    };
    let count = trials.count() as u32;
    let plain = Played::new(base, trials, count, &base.calendar);
    let (costs, mut played) = (plain.costs(), 0);
    let (mut priced, mut impossible, mut partial) = (vec![], vec![], false);
    for bundle in bundles {
        let plan = bundle
            .plan
            .and_then(|plan| with_promise(base, plan, question).ok_or_else(|| format!("it leaves {} out", initiative.title)));
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => {
                impossible.push((bundle.options, why));
                continue;
            }
        };
        let result = engine::run(
            &Compiled::new(&plan, seed),
            Run {
                trials: count,
                window: Window {
                    checkpoints: false,
                    responses: false,
                    ..horizon.window(&plan, false)
                },
                watch: None,
                ..run
            },
            stop,
            |done| progress(played + done),
        )?;
        if result.count() < count as usize {
            partial = true;
            break;
        }
        played += count;
        let of = Priced {
            base,
            plan: &plan,
            question,
            played: Played::new(&plan, &result, count, &base.calendar),
        };
        priced.extend(of.bundle(bundle.options, bundle.titles, &costs));
    }
    let Some(likeliest) = (0..priced.len()).max_by(|a, b| {
        let (a, b): (&PricedBundle, &PricedBundle) = (&priced[*a], &priced[*b]);
        let hits = |bundle: &PricedBundle| bundle.p_on_time_within_budgets.hits;
        hits(a).cmp(&hits(b)).then_with(|| is_cheaper(b, a))
    }) else {
        return Ok(None);
    };
    let cheapest = (0..priced.len())
        .filter(|index| priced[*index].reaches)
        .min_by(|a, b| is_cheaper(&priced[*a], &priced[*b]));
    let is_within_budgets = priced.iter().any(|bundle| !bundle.promise.working_days.is_never());
    let frontier = frontier(&priced, is_within_budgets);
    mark_idle(&mut priced);
    Ok(Some(DatePrice {
        initiative: initiative.id.clone(),
        title: initiative.title.clone(),
        to: question.to.clone(),
        date: Moment {
            date: Some(question.date),
            working_days: base.calendar.evening_of(question.date),
        },
        confidence: question.confidence,
        trials: count,
        seed,
        partial,
        horizon: horizon.date,
        bundles: priced,
        impossible,
        cheapest,
        likeliest,
        is_within_budgets,
        frontier,
    }))
}

/// By cost, then by the P80 finish, then by the number of options.
fn is_cheaper(a: &PricedBundle, b: &PricedBundle) -> std::cmp::Ordering {
    let p80 = |bundle: &PricedBundle| bundle.p80.working_days.days();
    a.cost_change
        .total_cmp(&b.cost_change)
        .then_with(|| p80(a).total_cmp(&p80(b)))
        .then_with(|| a.options.len().cmp(&b.options.len()))
}

/// Those than which none is both cheaper and earlier, the cheapest first; what can promise no date at all is not among them.
fn frontier(priced: &[PricedBundle], is_within_budgets: bool) -> Vec<usize> {
    let promise = |index: usize| {
        let bundle = &priced[index];
        if is_within_budgets { &bundle.promise } else { &bundle.date_alone }
            .working_days
            .days()
    };
    let mut order: Vec<usize> = (0..priced.len()).filter(|index| promise(*index).is_finite()).collect();
    order.sort_by(|a, b| {
        let cost = priced[*a].cost_change.total_cmp(&priced[*b].cost_change);
        cost.then_with(|| promise(*a).total_cmp(&promise(*b)))
            .then_with(|| is_cheaper(&priced[*a], &priced[*b]))
    });
    let mut earliest = f64::INFINITY;
    order.retain(|index| {
        let is_earlier = promise(*index) < earliest;
        earliest = earliest.min(promise(*index));
        is_earlier
    });
    order
}

/// Marks the combinations of which some option does nothing for this date and costs nothing.
fn mark_idle(priced: &mut [PricedBundle]) {
    let does = |bundle: &PricedBundle| {
        let days = [bundle.p80, bundle.promise, bundle.date_alone].map(|at| at.working_days.days().to_bits());
        (bundle.cost_change.to_bits(), bundle.p_on_time_within_budgets.hits, days)
    };
    let idle: Vec<bool> = priced
        .iter()
        .map(|bundle| {
            let is_less = |less: &&PricedBundle| {
                less.options.len() < bundle.options.len() && less.options.iter().all(|id| bundle.options.contains(id))
            };
            priced.iter().filter(is_less).any(|less| does(less) == does(bundle))
        })
        .collect();
    for (bundle, is_idle) in priced.iter_mut().zip(idle) {
        bundle.is_idle = is_idle;
    }
}

/// A combination that was played.
struct Priced<'a> {
    base: &'a Plan,
    plan: &'a Plan,
    question: &'a DateQuestion,
    played: Played<'a>,
}

impl Priced<'_> {
    fn bundle(&self, options: Vec<String>, titles: Vec<String>, costs: &[f64]) -> Option<PricedBundle> {
        let plan = self.plan;
        let column = plan
            .initiatives
            .iter()
            .position(|initiative| initiative.id == self.question.initiative)?;
        let place = promise_place(self.base, plan, self.question)?;
        let promised = plan.initiatives[column].commitments.get(place)?.time.days();
        let budgets = self.played.budgets();
        // A slip of the promise itself is no other budget: whoever is on time keeps it.
        let is_other = |index: &usize| {
            !matches!(&plan.budgets[*index].kind, BudgetKind::Delivery { initiative, commitment, .. }
                if initiative.0 == column && *commitment == place)
        };
        let others: Vec<usize> = (0..plan.budgets.len()).filter(is_other).collect();
        let keeps = |budgets: &Budgets<'_>, row: TrialRow<'_>| !others.iter().any(|index| budgets.is_breached(*index, row));
        let joint = Proportion::of(self.played.rows(), |row| row.finish(column) <= promised && keeps(&budgets, row));
        let finishes = self.played.finishes(column);
        let kept = self
            .played
            .rows()
            .zip(finishes)
            .map(|(row, finish)| if keeps(&budgets, row) { *finish } else { f64::INFINITY });
        let promise = Sorted::new(kept.collect())
            .quantile(self.question.confidence)
            .unwrap_or(f64::INFINITY);
        let sorted = Sorted::new(finishes.to_vec());
        let at = |percentile| moment(&self.base.calendar, sorted.quantile(percentile).unwrap_or(f64::INFINITY));
        let mut breaches: Vec<(String, Share)> = others
            .iter()
            .map(|index| {
                let breached = Proportion::of(self.played.rows(), |row| budgets.is_breached(*index, row));
                (plan.budgets[*index].id.clone(), share(breached))
            })
            .collect();
        breaches.sort_by_key(|(_, breach)| std::cmp::Reverse(breach.hits));
        let change: f64 = self.played.costs().iter().zip(costs).map(|(cost, before)| cost - before).sum();
        let interval = joint.wilson();
        let wanted = self.question.confidence.share();
        Some(PricedBundle {
            options,
            titles,
            cost_once: plan.once,
            cost_change: change / costs.len().max(1) as f64,
            needs_ceo: self.base.ceo_approval_above.is_some_and(|limit| plan.once > limit),
            p80: at(Percentile::percent(80)),
            date_alone: at(self.question.confidence),
            is_idle: false,
            p_on_time: share(Proportion::of(self.played.rows(), |row| row.finish(column) <= promised)),
            p_on_time_within_budgets: share(joint),
            reaches: joint.hits >= self.question.confidence.rank(joint.trials as usize) as u64,
            is_resolved: interval.low >= wanted || interval.high < wanted,
            promise: moment(&self.base.calendar, promise),
            breaches,
        })
    }
}
