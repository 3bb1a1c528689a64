//! Risk budgets: how often each is breached, when, and what breaches it.

use super::forecast::{Blame, BudgetForecast};
use super::reading::{at, share, verdict};
use crate::calendar::{Date, quarters};
use crate::engine::{Layout, TrialRow, Trials, Window};
use crate::plan::{Budget, BudgetKind, Commitment, Initiative, Plan};
use crate::statistics::{Proportion, Sorted, quantile_of};
use crate::units::{Percentile, Probability, WorkDays, exceeds};

/// Which trials are within which budgets.
pub(super) struct Budgets<'a> {
    plan: &'a Plan,
    layout: &'a Layout,
    /// For each budget of the plan its number among those of its kind.
    numbers: Vec<usize>,
}

impl<'a> Budgets<'a> {
    pub(super) fn new(plan: &'a Plan, trials: &'a Trials) -> Self {
        let number = |index: usize| {
            let kind = std::mem::discriminant(&plan.budgets[index].kind);
            plan.budgets[..index]
                .iter()
                .filter(|budget| std::mem::discriminant(&budget.kind) == kind)
                .count()
        };
        Self {
            plan,
            layout: trials.layout(),
            numbers: (0..plan.budgets.len()).map(number).collect(),
        }
    }

    /// Whether a trial keeps every budget.
    pub(super) fn all_kept(&self, row: TrialRow<'_>) -> bool {
        (0..self.plan.budgets.len()).all(|index| !self.is_breached(index, row))
    }

    /// Whether a trial breaches a budget of the plan.
    pub(super) fn is_breached(&self, index: usize, row: TrialRow<'_>) -> bool {
        let (budget, number) = (&self.plan.budgets[index], self.numbers[index]);
        match &budget.kind {
            BudgetKind::Delivery { .. } => self.delivery(budget).is_some_and(|delivery| delivery.finish(row) > delivery.latest),
            BudgetKind::Reliability {
                customer_minutes_per_quarter,
                ..
            } => (0..self.layout.quarters).any(|quarter| exceeds(self.layout.burnt(row, number, quarter).0, *customer_minutes_per_quarter)),
            BudgetKind::Security {
                max_open, max_days_held, ..
            } => {
                let held = self.layout.held(row, number);
                max_open.is_some_and(|most| exceeds(held.open, most)) || max_days_held.is_some_and(|most| exceeds(held.days, most))
            }
            BudgetKind::Cost { max } => self.layout.money(row).is_some_and(|money| exceeds(money.total, *max)),
        }
    }

    /// What a budget counts, in the order of its rows.
    pub(super) fn counts(&self, index: usize) -> Vec<Count> {
        match &self.plan.budgets[index].kind {
            BudgetKind::Delivery { .. } => vec![Count::Slip],
            BudgetKind::Reliability { .. } => (0..self.layout.quarters).map(Count::Quarter).chain([Count::WorstQuarter]).collect(),
            BudgetKind::Security {
                max_open, max_days_held, ..
            } => (max_open.map(|_| Count::Open).into_iter())
                .chain(max_days_held.map(|_| Count::DaysHeld))
                .collect(),
            BudgetKind::Cost { .. } => vec![Count::Money],
        }
    }

    /// What a budget counts in a trial; infinite for never.
    pub(super) fn count(&self, index: usize, what: Count, row: TrialRow<'_>) -> f64 {
        let number = self.numbers[index];
        let burnt = |quarter| self.layout.burnt(row, number, quarter).0;
        match what {
            Count::Slip => self.delivery(&self.plan.budgets[index]).map_or(0.0, |delivery| {
                let promised = delivery.commitment.time.days();
                (delivery.finish(row) - promised) / promised
            }),
            Count::Quarter(quarter) => burnt(quarter),
            Count::WorstQuarter => (0..self.layout.quarters).map(burnt).fold(0.0, f64::max),
            Count::Open => self.layout.held(row, number).open,
            Count::DaysHeld => self.layout.held(row, number).days,
            Count::Money => self.layout.money(row).map_or(0.0, |money| money.total),
        }
    }

    fn delivery(&self, budget: &Budget) -> Option<Delivery<'a>> {
        let BudgetKind::Delivery {
            initiative,
            commitment,
            max_slip,
        } = &budget.kind
        else {
            return None;
        };
        let whose = &self.plan.initiatives[initiative.0];
        let commitment = &whose.commitments[*commitment];
        Some(Delivery {
            column: initiative.0,
            whose,
            commitment,
            max_slip: *max_slip,
            latest: WorkDays::new(commitment.time.days() * (1.0 + max_slip)).days(),
        })
    }

    /// Every budget, its quarters first where it has them, then the horizon.
    pub(super) fn forecasts(&self, trials: &Trials, window: &Window) -> Vec<BudgetForecast> {
        let forecasts = (0..self.plan.budgets.len()).flat_map(|index| {
            let (budget, number) = (&self.plan.budgets[index], self.numbers[index]);
            match &budget.kind {
                BudgetKind::Delivery { .. } => self
                    .delivery(budget)
                    .map(|delivery| self.slip(index, &delivery, trials))
                    .into_iter()
                    .collect(),
                BudgetKind::Reliability {
                    customer_minutes_per_quarter,
                    ..
                } => self.downtime(index, *customer_minutes_per_quarter, trials, window),
                BudgetKind::Security {
                    initiative,
                    max_open,
                    max_days_held,
                } => {
                    let whose = &self.plan.initiatives[initiative.0];
                    let counted = [(Count::Open, max_open, 0), (Count::DaysHeld, max_days_held, 1)];
                    let rows = counted.into_iter().filter_map(|(what, limit, which)| {
                        let mut row = self.plain(index, what, (*limit)?, trials);
                        let passed = trials.rows().map(|row| self.layout.held(row, number).passed[which]);
                        row.median_breach_date = self.median_working_date(passed);
                        row.initiative = Some(whose.id.clone());
                        Some(row)
                    });
                    rows.collect()
                }
                BudgetKind::Cost { max } => {
                    let mut row = self.plain(index, Count::Money, *max, trials);
                    row.median_breach_date = self.median_working_date(trials.rows().map(|row| self.layout.spent(row, number)));
                    vec![row]
                }
            }
        });
        forecasts.collect()
    }

    /// The date by which half of those that pass have passed; `passed` in working days, infinite for not.
    fn median_working_date(&self, passed: impl Iterator<Item = f64>) -> Option<Date> {
        self.plan.calendar.date_of(WorkDays::new(median_finite(passed)?))
    }

    /// A budget of which every trial counts one number.
    fn plain(&self, index: usize, what: Count, limit: f64, trials: &Trials) -> BudgetForecast {
        let budget = &self.plan.budgets[index];
        let sorted = Sorted::new(trials.rows().map(|row| self.count(index, what, row)).collect());
        let breached = Proportion::of(sorted.values(), |count| exceeds(*count, limit));
        BudgetForecast {
            id: budget.id.clone(),
            kind: match budget.kind {
                BudgetKind::Delivery { .. } => "delivery",
                BudgetKind::Reliability { .. } => "reliability",
                BudgetKind::Security { .. } => "security",
                BudgetKind::Cost { .. } => "cost",
            },
            initiative: None,
            to: None,
            period: "horizon".into(),
            counted: what.counted(),
            limit,
            p_breach: share(breached),
            mean: sorted.mean().map(|(mean, _)| mean),
            p50: at(&sorted, 50),
            p90: at(&sorted, 90),
            median_breach_date: None,
            tolerance: budget.tolerance.map(Probability::get),
            verdict: verdict(breached, budget.tolerance),
            blame: vec![],
        }
    }

    fn slip(&self, index: usize, delivery: &Delivery<'_>, trials: &Trials) -> BudgetForecast {
        let budget = &self.plan.budgets[index];
        let mut row = self.plain(index, Count::Slip, delivery.max_slip, trials);
        // Counted on whole ticks of time, as being on time is.
        let breached = Proportion::of(trials.rows(), |row| delivery.finish(row) > delivery.latest);
        row.p_breach = share(breached);
        row.verdict = verdict(breached, budget.tolerance);
        row.initiative = Some(delivery.whose.id.clone());
        row.to.clone_from(&delivery.commitment.to);
        let first_day_over = self.plan.calendar.date_of(WorkDays::new(delivery.latest.floor() + 1.0));
        row.median_breach_date = first_day_over.filter(|_| breached.hits > 0);
        row
    }

    fn downtime(&self, index: usize, limit: f64, trials: &Trials, window: &Window) -> Vec<BudgetForecast> {
        let number = self.numbers[index];
        let start = self.plan.calendar.start();
        let names = quarters(start, window.quarters);
        let blame = self.blame(number, trials);
        let mut rows: Vec<BudgetForecast> = names
            .iter()
            .enumerate()
            .map(|(quarter, says)| {
                let mut row = self.plain(index, Count::Quarter(quarter), limit, trials);
                row.period.clone_from(&says.name);
                let passed = trials.rows().map(|row| self.layout.burnt(row, number, quarter).1);
                row.median_breach_date = median_date(start, passed);
                row
            })
            .collect();
        // To the horizon: the worst quarter against the limit of a quarter.
        let mut row = self.plain(index, Count::WorstQuarter, limit, trials);
        let first = |row: TrialRow<'_>| {
            (0..window.quarters)
                .map(|quarter| self.layout.burnt(row, number, quarter).1)
                .fold(f64::INFINITY, f64::min)
        };
        let passed = trials.rows().map(first);
        row.median_breach_date = median_date(start, passed);
        row.blame = blame;
        rows.push(row);
        rows
    }

    fn blame(&self, number: usize, trials: &Trials) -> Vec<Blame> {
        let Some(shares) = trials.tally().blame(number) else {
            return vec![];
        };
        let names = self.plan.incidents.iter().map(|class| class.id.as_str()).chain(["burnt"]);
        let mut blame: Vec<Blame> = names
            .zip(shares)
            .filter(|(_, share)| *share > 0.0)
            .map(|(name, share)| Blame {
                incident: name.to_owned(),
                share,
            })
            .collect();
        blame.sort_by(|a, b| b.share.total_cmp(&a.share));
        blame
    }
}

/// A number that a budget counts in each trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// The slip of a promise, as a share of the planned time.
    Slip,
    /// Customer-minutes in a quarter.
    Quarter(usize),
    /// Customer-minutes in the worst quarter.
    WorstQuarter,
    /// The most open findings when a release wanted to start.
    Open,
    /// Working days for which releases were held.
    DaysHeld,
    /// Money.
    Money,
}

impl Count {
    /// Its name, in the unit of its kind.
    pub(super) const fn counted(self) -> &'static str {
        match self {
            Self::Slip => "slip",
            Self::Quarter(_) | Self::WorstQuarter => "customer-minutes",
            Self::Open => "open findings",
            Self::DaysHeld => "days held",
            Self::Money => "money",
        }
    }
}

/// A delivery budget with what it refers to.
struct Delivery<'a> {
    column: usize,
    whose: &'a Initiative,
    commitment: &'a Commitment,
    max_slip: f64,
    /// The latest finish within it: slip = (finish − commitment) ÷ (commitment − start) ≤ max_slip.
    latest: f64,
}

impl Delivery<'_> {
    fn finish(&self, row: TrialRow<'_>) -> f64 {
        row.finish(self.column)
    }
}

/// The date by which half of those that pass have passed; `passed` in calendar days from the start, infinite for not.
fn median_date(start: Date, passed: impl Iterator<Item = f64>) -> Option<Date> {
    median_finite(passed).and_then(|clock| start.plus_days(clock.floor() as i64))
}

/// The median of the finite ones.
fn median_finite(times: impl Iterator<Item = f64>) -> Option<f64> {
    // Those of all trials take less room than a list that grows.
    let mut times: Vec<f64> = times.collect();
    times.retain(|time| time.is_finite());
    quantile_of(&mut times, Percentile::percent(50))
}
