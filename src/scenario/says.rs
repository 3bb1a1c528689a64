//! What a file says: every section as a type, each value with its place. Nothing is checked against anything else yet.
//!
//! An `Option` that is `None` was not given, or was given wrongly and is among the faults.

use std::sync::Arc;

use crate::calendar::Date;
use crate::diagnostic::{Fault, Source};
use crate::sampling::{Correlation, Range, Shape};
use crate::scenario::tree::{At, Span, Table};
use crate::units::{Percentile, Probability};

/// Everything a file says.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The text.
    pub source: Arc<Source>,
    /// What is wrong with the text by itself.
    pub faults: Vec<Fault>,
    /// False where a fault of the syntax may have hidden parts of the text.
    pub complete: bool,
    /// `[scenario]`.
    pub settings: Settings,
    /// `[estimates]`.
    pub estimates: Estimates,
    /// `[team.…]`.
    pub teams: Vec<Team>,
    /// `[initiative.…]`.
    pub initiatives: Vec<Initiative>,
    /// `[risk.…]`.
    pub risks: Vec<Risk>,
    /// `[budget.…]`.
    pub budgets: Vec<Budget>,
    /// `[checkpoint.…]`.
    pub checkpoints: Vec<Checkpoint>,
    /// `[bet.…]`.
    pub bets: Vec<Bet>,
    /// `[flow.…]`.
    pub flows: Vec<Flow>,
    /// `[incident.…]`.
    pub incidents: Vec<Incident>,
    /// `[finding.…]`.
    pub findings: Vec<Finding>,
    /// `[option.…]`, each with the whole scenario that it makes of this one.
    pub options: Vec<Choice>,
    /// The tree of the file without its options, for what several of them make together; `None` where there are none.
    pub root: Option<Arc<Table>>,
}

/// `[scenario]`.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A name for people.
    pub name: Option<At<String>>,
    /// The first day.
    pub start: Option<At<Date>>,
    /// How many futures.
    pub trials: Option<At<u32>>,
    /// The seed of all chance.
    pub seed: Option<At<u64>>,
    /// Company holidays.
    pub holidays: Vec<At<Date>>,
    /// The last day that budgets look at.
    pub horizon: Option<At<Date>>,
    /// The day by which the decision is needed.
    pub decide_by: Option<At<Date>>,
    /// Whether the order of the file is the only priority.
    pub file_order: Option<At<bool>>,
    /// A single spend above it needs the CEO.
    pub ceo_approval_above: Option<At<f64>>,
    /// The percentiles of the three timelines.
    pub timelines: Option<At<[Percentile; 3]>>,
}

/// `[estimates]`: how all estimates are read.
#[derive(Debug, Clone, Default)]
pub struct Estimates {
    /// The family of three numbers.
    pub shape: Option<At<Shape>>,
    /// What the outer two of three numbers mean.
    pub range: Option<At<Range>>,
    /// What tasks share.
    pub correlation: Option<At<Correlation>>,
    /// The keys of a correlation table that were left to their defaults.
    pub correlation_by_default: Vec<&'static str>,
    /// The overrun of the whole portfolio.
    pub overrun: Option<At<Overrun>>,
}

/// The overrun of the whole portfolio.
#[derive(Debug, Clone, PartialEq)]
pub enum Overrun {
    /// Switched off.
    None,
    /// Its tenth, fiftieth and ninetieth percentile.
    Percentiles([f64; 3]),
    /// Learnt from a file of past tasks.
    History(PastTasks),
}

/// A file of past tasks, and its columns where they are named.
#[derive(Debug, Clone, PartialEq)]
pub struct PastTasks {
    /// The path, from the scenario's folder.
    pub file: At<String>,
    /// What was estimated.
    pub estimate: Option<At<String>>,
    /// What it took.
    pub actual: Option<At<String>>,
    /// Which tasks went well or badly together.
    pub group: Option<At<String>>,
}

/// `[team.…]`.
#[derive(Debug, Clone)]
pub struct Team {
    /// Its name.
    pub id: At<String>,
    /// How many people.
    pub engineers: Option<At<u32>>,
    /// The share of their time for planned work.
    pub focus: Option<At<f64>>,
    /// People on other work.
    pub elsewhere: Vec<Elsewhere>,
    /// Days on which nobody of the team works.
    pub holidays: Vec<At<Date>>,
    /// Whether tasks without a team belong to it.
    pub default: Option<At<bool>>,
    /// The share of its people who leave in a year.
    pub attrition_per_year: Option<At<f64>>,
    /// How long a vacancy stays open.
    pub backfill: Option<EstimateText>,
    /// Working days until a newcomer is fully productive.
    pub ramp_up: Option<At<f64>>,
    /// People who are to join.
    pub hires: Vec<Hire>,
    /// Money for an engineer and a week.
    pub cost_per_week: Option<At<f64>>,
}

/// People who are to join a team.
#[derive(Debug, Clone)]
pub struct Hire {
    /// Where it stands.
    pub span: Span,
    /// When they join.
    pub starts: Option<Starts>,
    /// That they join; certain where none is given.
    pub probability: Option<At<Probability>>,
    /// How many; one where none is given.
    pub engineers: Option<At<u32>>,
    /// Their last day.
    pub until: Option<At<Date>>,
    /// Working days until they are fully productive; the team's where none is given.
    pub ramp_up: Option<At<f64>>,
}

/// The dates on which somebody may join: early, likely, late; three times the same where one date is given.
#[derive(Debug, Clone)]
pub struct Starts {
    /// Where.
    pub span: Span,
    /// For people: `2026-02-02 / 2026-02-16 / 2026-03-30`.
    pub text: String,
    /// In ascending order.
    pub dates: [At<Date>; 3],
}

/// People on other work until the evening of a date.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// How many.
    pub engineers: At<u32>,
    /// The last day away.
    pub until: At<Date>,
}

/// `[initiative.…]`.
#[derive(Debug, Clone)]
pub struct Initiative {
    /// Its name.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Who is accountable for the promise.
    pub accountable: Option<String>,
    /// 1 first.
    pub priority: Option<u32>,
    /// The bets it supports.
    pub supports: Vec<At<String>>,
    /// The date that engineering stated.
    pub estimate: Option<At<Date>>,
    /// What was promised.
    pub commitments: Vec<Commitment>,
    /// Its tasks; where it is one estimate, that one, with the name of the initiative.
    pub tasks: Vec<Task>,
    /// Whether it is one estimate without tasks.
    pub is_one_estimate: bool,
    /// What it means, step by step.
    pub ladder: Ladder,
}

/// `[bet.…]`: what the company bets on, and initiatives may support.
#[derive(Debug, Clone)]
pub struct Bet {
    /// Its name.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// Whose bet it is.
    pub owner: Option<String>,
}

/// Texts that lead from a piece of work to the decision that it asks for, each where given.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Ladder {
    /// What is done.
    pub work_item: Option<String>,
    /// What that changes in the system.
    pub system_effect: Option<String>,
    /// What customers notice of it.
    pub customer_effect: Option<String>,
    /// What it means for the business.
    pub business_effect: Option<String>,
    /// What has to be decided.
    pub decision_ask: Option<String>,
}

impl Ladder {
    /// Whether no text is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A promised date.
#[derive(Debug, Clone)]
pub struct Commitment {
    /// The promised date.
    pub date: At<Date>,
    /// To whom.
    pub to: Option<At<String>>,
    /// Who made it, where that is not the initiative's accountable.
    pub owner: Option<String>,
}

/// A task.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its name within the initiative.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// Engineer-time.
    pub effort: Option<EstimateText>,
    /// Elapsed time.
    pub duration: Option<EstimateText>,
    /// Who does it.
    pub team: Option<At<String>>,
    /// How many people.
    pub engineers: Option<At<Engineers>>,
    /// The people whom a duration holds.
    pub crew: Option<At<Crew>>,
    /// What it depends upon.
    pub after: Vec<After>,
    /// The morning before which it cannot start.
    pub not_before: Option<At<Date>>,
    /// 1 first.
    pub priority: Option<u32>,
    /// Whether it puts something before customers.
    pub release: bool,
    /// Findings that a review at its end is expected to bring up, by class.
    pub review: Factors,
    /// Factors on incident rates from its finish on, by class.
    pub scales_rate: Factors,
    /// What it means, step by step.
    pub ladder: Ladder,
}

/// Names and a number for each.
pub type Factors = Vec<(At<String>, At<f64>)>;

/// Teams and how many people of each.
pub type Crew = Vec<(At<String>, At<u32>)>;

/// How many people work on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engineers {
    /// The fewest.
    pub min: u32,
    /// The most; the whole team where none is given.
    pub max: Option<u32>,
}

/// What ends of two tasks a link ties, predecessor first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Finish to start.
    FinishStart,
    /// Start to start.
    StartStart,
    /// Finish to finish.
    FinishFinish,
    /// Start to finish.
    StartFinish,
}

/// One predecessor.
#[derive(Debug, Clone)]
pub struct After {
    /// Its name, as written.
    pub name: At<String>,
    /// What is tied.
    pub tie: Tie,
    /// The time between.
    pub lag: Option<EstimateText>,
}

/// `[risk.…]`.
#[derive(Debug, Clone)]
pub struct Risk {
    /// Its name.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// Who watches it.
    pub owner: Option<String>,
    /// That it happens.
    pub probability: Option<At<Probability>>,
    /// Names of tasks, initiatives and teams.
    pub affects: Vec<At<String>>,
    /// A factor.
    pub multiply: Option<EstimateText>,
    /// Work that is added.
    pub add: Option<EstimateText>,
    /// A wait before the task.
    pub delay: Option<EstimateText>,
    /// The task that ends it.
    pub retired_by: Option<At<String>>,
    /// When its absences and scaled rates begin.
    pub from: Option<At<Date>>,
    /// People it takes away.
    pub takes: Option<Takes>,
    /// Factors on incident rates, by class.
    pub scales_rate: Factors,
    /// Work that has to be done if it happens.
    pub adds_task: Option<AddedTask>,
    /// Money, once.
    pub cost: Option<At<f64>>,
    /// What could be done about it beforehand.
    pub mitigation: Option<Mitigation>,
    /// Whether something of it is faulty or not supported yet, so that nothing can be said about what it changes.
    pub incomplete: bool,
}

/// People whom a risk takes away.
#[derive(Debug, Clone)]
pub struct Takes {
    /// Whose.
    pub team: At<String>,
    /// How many.
    pub engineers: At<u32>,
    /// For how long.
    pub span: EstimateText,
}

/// A task that a risk adds.
#[derive(Debug, Clone)]
pub struct AddedTask {
    /// The task, by the risk's name.
    pub task: Task,
    /// Where it belongs.
    pub initiative: Option<At<String>>,
    /// What comes after it.
    pub before: Vec<At<String>>,
}

/// What could be done about a risk beforehand.
#[derive(Debug, Clone)]
pub struct Mitigation {
    /// Text for people.
    pub title: Option<String>,
    /// Money, once.
    pub cost: Option<f64>,
    /// That the risk happens nevertheless.
    pub probability: Option<At<Probability>>,
}

/// `[flow.…]`.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its name.
    pub id: At<String>,
    /// How many customers use it.
    pub customers: Option<f64>,
    /// What a minute of one of them is worth.
    pub value_per_customer_minute: Option<f64>,
}

/// `[incident.…]`.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its name.
    pub id: At<String>,
    /// Who responds.
    pub team: Option<At<String>>,
    /// What customers feel it in.
    pub flow: Option<At<String>>,
    /// Mean number per calendar day.
    pub rate_per_day: Option<At<f64>>,
    /// Coefficient of variation of the true rate.
    pub rate_cv: Option<f64>,
    /// Variance of each quarter's own factor.
    pub overdispersion: Option<f64>,
    /// How many respond.
    pub responders: Option<At<u32>>,
    /// How long they are away.
    pub response: Option<EstimateText>,
    /// Minutes that customers feel.
    pub downtime: Option<EstimateText>,
    /// The share of the flow's customers who feel it.
    pub share: Option<At<f64>>,
    /// Work afterwards.
    pub follow_up: Option<EstimateText>,
    /// That a release causes one.
    pub change_failure_rate: Option<At<Probability>>,
    /// Whether something of it is faulty, so that nothing can be said about what it lacks.
    pub incomplete: bool,
}

/// `[finding.…]`.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its name.
    pub id: At<String>,
    /// Mean number per engineer-week of effort.
    pub per_engineer_week: Option<At<f64>>,
    /// Coefficient of variation of the true rate.
    pub rate_cv: Option<f64>,
    /// Effort to fix one.
    pub fix: Option<EstimateText>,
    /// Who fixes.
    pub team: Option<At<String>>,
    /// Whether an open one holds releases.
    pub blocks_release: Option<bool>,
}

/// `[budget.…]`.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Its name.
    pub id: At<String>,
    /// What it limits; `None` where the kind is missing or unknown.
    pub limit: Option<Limit>,
    /// The accepted probability of a breach.
    pub tolerance: Option<Probability>,
}

/// What a budget limits.
#[derive(Debug, Clone)]
pub enum Limit {
    /// Slip.
    Delivery {
        /// Whose; the only initiative where none is given.
        initiative: Option<At<String>>,
        /// Against which commitment; the first where none is given.
        to: Option<At<String>>,
        /// The largest slip, as a share.
        max_slip: Option<f64>,
    },
    /// Downtime of a flow in a quarter.
    Reliability {
        /// Which flow.
        flow: Option<At<String>>,
        /// The most customer-minutes.
        customer_minutes_per_quarter: Option<f64>,
        /// Used up before the start.
        burnt: Option<At<f64>>,
        /// Whether a quarter over its budget holds releases.
        freeze: Option<bool>,
    },
    /// Findings that hold releases.
    Security {
        /// Whose; the only initiative where none is given.
        initiative: Option<At<String>>,
        /// The most open findings.
        max_open: Option<f64>,
        /// The most working days.
        max_days_held: Option<f64>,
    },
    /// Money.
    Cost {
        /// The most.
        max: Option<f64>,
    },
}

/// `[checkpoint.…]`.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// Its name.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// Whom or what it watches.
    pub watches: Option<(Watched, At<String>)>,
    /// When it looks.
    pub by: Option<At<By>>,
    /// What must hold then: `at_most`, `engineers_at_least` or `burnt_at_most`; `None` for a task, which must be done.
    pub limit: Option<f64>,
    /// Who says what to whom where it is missed.
    pub on_miss: Option<SlipProtocol>,
}

/// When a checkpoint looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The evening of a date.
    Date(Date),
    /// So many calendar weeks after the start.
    Weeks(u32),
}

/// Who says what to whom where a checkpoint is missed; texts for people.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct SlipProtocol {
    /// Who speaks.
    pub who: Option<String>,
    /// To whom.
    pub tells: Option<String>,
    /// How soon, as written.
    pub within: Option<String>,
    /// What is said.
    pub says: Option<String>,
}

/// What a checkpoint watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// A task.
    Task,
    /// An incident class.
    Incident,
    /// A team.
    Team,
    /// A budget.
    Budget,
}

/// `[option.…]`.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its name.
    pub id: At<String>,
    /// Text for people.
    pub title: Option<String>,
    /// What it costs once.
    pub cost: Option<f64>,
    /// Whether the authors recommend it.
    pub recommended: bool,
    /// Places in [`Scenario::options`] of those that it stands upon, in the order in which they are laid over the file, itself last.
    pub stack: Vec<usize>,
    /// What the file says of it.
    pub overlay: Table,
    /// The whole scenario with the option taken; `None` where that could not be made.
    pub taken: Option<Box<Scenario>>,
    /// Where every key and value of the option starts.
    pub places: Vec<usize>,
}

/// An estimate as written.
#[derive(Debug, Clone)]
pub struct EstimateText {
    /// Where.
    pub span: Span,
    /// For people: `6w / 8w / 12w`.
    pub text: String,
    /// The numbers, in working days, or minutes of clock time; factors are plain.
    pub form: Form,
}

/// The numbers of an estimate.
#[derive(Debug, Clone)]
pub enum Form {
    /// One number.
    Fixed(f64),
    /// Three numbers.
    Three {
        /// Where given.
        shape: Option<At<Shape>>,
        /// Where given.
        range: Option<At<Range>>,
        /// Low, likely, high.
        numbers: [At<f64>; 3],
    },
    /// Logarithms.
    MuSigma(f64, f64),
    /// Median and ninetieth percentile.
    MedianP90(f64, f64),
    /// Both ends.
    Uniform(f64, f64),
    /// Mean and standard deviation.
    Normal(f64, f64),
    /// Mean.
    Exponential(f64),
    /// Low, high, α, β.
    Beta([f64; 4]),
    /// P10, P50, P90.
    Metalog([f64; 3]),
    /// A column of a file, and what one unit of it is worth.
    Empirical {
        /// Relative to the scenario's folder.
        file: At<String>,
        /// The name in the first line.
        column: At<String>,
        /// Working days (or plain) per unit.
        times: f64,
    },
}
