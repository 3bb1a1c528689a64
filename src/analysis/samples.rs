//! Every future by itself: what a run keeps of each trial, column by column, for questions of one's own.

use super::budgets::{Budgets, Count};
use super::insights::Path;
use super::reading::Cuts;
use crate::calendar::{Date, quarters};
use crate::engine::{Detail, Money, TrialRow, Trials};
use crate::plan::Plan;
use crate::statistics::Sorted;
use crate::units::WorkDays;

/// Futures that are handed out at a time.
pub const SAMPLES_AT_A_TIME: usize = 1 << 16;

/// The trials of a run as columns of finished values.
pub struct Samples<'a> {
    plan: &'a Plan,
    trials: &'a Trials,
    budgets: Budgets<'a>,
    cuts: Vec<Cuts>,
    columns: Vec<Column>,
}

/// A column: a value for each trial.
#[derive(Debug, Clone)]
pub struct Column {
    what: What,
    /// What kind of thing it tells, such as `finish`; the beginning of its name.
    pub tells: &'static str,
    /// Of whom or what, as written in the scenario: the rest of its name.
    pub of: Vec<String>,
    /// The type of its values.
    pub kind: Kind,
    /// Whether a value can be missing.
    pub is_optional: bool,
    /// What a value counts, such as `working days`.
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub meaning: String,
}

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Dates.
    Day,
    /// One of a few words.
    Word,
    /// Yes or no.
    Flag,
}

/// The values of a column; missing ones only where [`Column::is_optional`].
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Of [`Kind::Whole`].
    Whole(Vec<Option<i32>>),
    /// Of [`Kind::Number`].
    Number(Vec<Option<f64>>),
    /// Of [`Kind::Day`].
    Day(Vec<Option<Date>>),
    /// Of [`Kind::Word`].
    Word(Vec<Option<&'static str>>),
    /// Of [`Kind::Flag`].
    Flag(Vec<Option<bool>>),
}

/// A part of the money of a trial.
type Part = fn(Money) -> f64;

#[derive(Debug, Clone, Copy)]
enum What {
    Trial,
    Finish(usize),
    FinishDate(usize),
    Path(usize),
    OnTime { initiative: usize, commitment: usize },
    WithinBudgets,
    Hit(usize),
    Budget(usize, Count),
    Money(Part),
    Risk(usize),
}

/// A trial, and where it was kept in detail what is known of it besides.
#[derive(Debug, Clone, Copy)]
pub struct Future<'a> {
    trial: i32,
    row: TrialRow<'a>,
    detail: Option<Detail<'a>>,
}

impl<'a> Samples<'a> {
    /// The samples of a run. Shapes: `trials` has a column for each initiative of the plan; without trials there are no paths.
    #[must_use]
    pub fn new(plan: &'a Plan, trials: &'a Trials) -> Self {
        let cuts = (0..plan.initiatives.len()).filter_map(|index| {
            let finishes = Sorted::new(trials.finishes(index).collect());
            Cuts::new(plan.timelines, &finishes)
        });
        let mut samples = Self {
            plan,
            trials,
            budgets: Budgets::new(plan, trials),
            cuts: cuts.collect(),
            columns: Vec::new(),
        };
        samples.columns = samples.all_columns();
        samples
    }

    /// How many trials there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.trials.count()
    }

    /// What is told of each trial.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The trials in order, at most [`SAMPLES_AT_A_TIME`] at a time.
    pub fn groups(&self) -> impl Iterator<Item = Vec<Future<'_>>> {
        let details = self.trials.details().futures().map(Some).chain(std::iter::repeat(None));
        let mut futures = (0..)
            .zip(self.trials.rows())
            .zip(details)
            .map(|((trial, row), detail)| Future { trial, row, detail });
        std::iter::from_fn(move || {
            let group: Vec<_> = futures.by_ref().take(SAMPLES_AT_A_TIME).collect();
            (!group.is_empty()).then_some(group)
        })
    }

    /// The values of a column of these samples in some of the trials.
    #[must_use]
    pub fn values(&self, column: &Column, futures: &[Future<'_>]) -> Values {
        let number = |value: &dyn Fn(TrialRow<'_>) -> f64| {
            let values = futures
                .iter()
                .map(|future| Some(value(future.row)).filter(|value| value.is_finite()));
            Values::Number(values.collect())
        };
        let flag = |value: &dyn Fn(&Future<'_>) -> Option<bool>| Values::Flag(futures.iter().map(value).collect());
        let (plan, layout) = (self.plan, self.trials.layout());
        match column.what {
            What::Trial => Values::Whole(futures.iter().map(|future| Some(future.trial)).collect()),
            What::Finish(index) => number(&|row| row.finish(index)),
            What::FinishDate(index) => {
                let date = |future: &Future<'_>| plan.calendar.date_of(WorkDays::new(future.row.finish(index)));
                Values::Day(futures.iter().map(date).collect())
            }
            What::Path(index) => {
                let path = |future: &Future<'_>| self.cuts.get(index).map(|cuts| cuts.path(future.row.finish(index)).name());
                Values::Word(futures.iter().map(path).collect())
            }
            What::OnTime { initiative, commitment } => {
                let promised = plan.initiatives[initiative].commitments[commitment].time.days();
                flag(&|future| Some(future.row.finish(initiative) <= promised))
            }
            What::WithinBudgets => flag(&|future| Some(self.budgets.all_kept(future.row))),
            What::Hit(checkpoint) => flag(&|future| Some(layout.hit(future.row, checkpoint))),
            What::Budget(index, count) => number(&|row| self.budgets.count(index, count, row)),
            What::Money(part) => number(&|row| layout.money(row).map_or(0.0, part)),
            What::Risk(risk) => flag(&|future| future.detail.map(|detail| detail.risk(risk))),
        }
    }

    fn all_columns(&self) -> Vec<Column> {
        let plan = self.plan;
        let mut columns = vec![column(
            What::Trial,
            "trial",
            &[],
            "number",
            "which future, from 0; `sim explain --trial N` tells it".into(),
        )];
        for (index, initiative) in plan.initiatives.iter().enumerate() {
            let (id, title) = (initiative.id.as_str(), &initiative.title);
            let finish = |what, tells, unit, meaning: String| column(what, tells, &[id], unit, meaning);
            columns.extend([
                finish(
                    What::Finish(index),
                    "finish",
                    "working days",
                    format!("when {title} is finished, from the morning of the start; missing for never"),
                ),
                finish(
                    What::FinishDate(index),
                    "finish_date",
                    "date",
                    format!("the date on which {title} is finished; missing for never"),
                ),
                finish(
                    What::Path(index),
                    "path",
                    "path",
                    format!(
                        "whether the future is on the {} path of {title}",
                        Path::ALL.map(Path::name).join(", ")
                    ),
                ),
            ]);
            for (commitment, promise) in initiative.commitments.iter().enumerate() {
                let mut of = vec![id];
                of.extend(promise.to.as_deref());
                columns.push(column(
                    What::OnTime {
                        initiative: index,
                        commitment,
                    },
                    "on_time",
                    &of,
                    "yes or no",
                    format!("whether {title} is finished by {}", promise.date),
                ));
            }
        }
        self.budget_columns(&mut columns);
        let money: [(_, _, Part); 3] = [
            (
                "cost",
                "what a cost budget limits: people held by planned work, and what is paid once",
                |money| money.total,
            ),
            ("cost_of_responses", "beside it: people who respond to incidents", |money| {
                money.responses
            }),
            ("lost_customer_value", "beside it: lost customer-minutes at their value", |money| {
                money.lost_customer_value
            }),
        ];
        if self.trials.layout().has_cost {
            columns.extend(money.map(|(tells, meaning, part)| column(What::Money(part), tells, &[], "money", meaning.into())));
        }
        // A run that did not look at checkpoints has none in its rows.
        for (index, checkpoint) in plan.checkpoints.iter().enumerate().take(self.trials.layout().checkpoints) {
            let meaning = format!("whether the checkpoint is hit, on {}", checkpoint.by.date);
            columns.push(column(What::Hit(index), "hit", &[&checkpoint.id], "yes or no", meaning));
        }
        for (index, risk) in plan.risks.iter().enumerate() {
            let meaning = format!(
                "whether it comes true: {}; missing beyond the futures that are kept in detail",
                risk.title
            );
            columns.push(column(What::Risk(index), "risk", &[&risk.id], "yes or no", meaning));
        }
        columns
    }

    fn budget_columns(&self, columns: &mut Vec<Column>) {
        let plan = self.plan;
        let names = quarters(plan.calendar.start(), self.trials.layout().quarters);
        for (index, budget) in plan.budgets.iter().enumerate() {
            let counts = self.budgets.counts(index);
            for count in &counts {
                let period = match count {
                    Count::Quarter(quarter) => names.get(*quarter).map_or("", |quarter| quarter.name.as_str()),
                    _ => "horizon",
                };
                let mut of = vec![budget.id.as_str()];
                // A security budget with two limits counts two things.
                if counts.contains(&Count::Open) && counts.contains(&Count::DaysHeld) {
                    of.push(if *count == Count::Open { "open" } else { "held" });
                }
                of.push(period);
                let meaning = match count {
                    Count::WorstQuarter => "what the budget counts in the worst quarter".to_owned(),
                    Count::Slip => "what the budget counts; missing for never".to_owned(),
                    _ => "what the budget counts".to_owned(),
                };
                columns.push(column(What::Budget(index, *count), "budget", &of, count.counted(), meaning));
            }
        }
        if !plan.budgets.is_empty() {
            let meaning = "whether every budget is kept";
            columns.push(column(What::WithinBudgets, "within_budgets", &[], "yes or no", meaning.into()));
        }
    }
}

fn column(what: What, tells: &'static str, of: &[&str], unit: &'static str, meaning: String) -> Column {
    let (kind, is_optional) = match what {
        What::Trial => (Kind::Whole, false),
        What::Finish(_) | What::Budget(_, Count::Slip) => (Kind::Number, true),
        What::Budget(..) | What::Money(_) => (Kind::Number, false),
        What::FinishDate(_) => (Kind::Day, true),
        What::Path(_) => (Kind::Word, false),
        What::Risk(_) => (Kind::Flag, true),
        What::OnTime { .. } | What::WithinBudgets | What::Hit(_) => (Kind::Flag, false),
    };
    Column {
        what,
        tells,
        of: of.iter().map(|part| (*part).to_owned()).collect(),
        kind,
        is_optional,
        unit,
        meaning,
    }
}
