//! What a forecast says: finished values with dates, ready to be drawn. Nothing downstream computes a statistic.

use serde::Serialize;

use super::compare::Comparison;
use super::insights::{CheckpointForecast, DependencyForecast, DriverForecast, PathForecast, PathTree, TaskSchedule, TellingWeek};
use super::ledger::{Drift, TrackRecord};
use super::precision::PrecisionForecast;
use super::rerun::Rerun;
use crate::calendar::Date;
use crate::plan::{DefaultUsed, Ladder};
use crate::units::{Percentile, WorkDays};

/// Version of the layout of `summary.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that one run says.
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// Version of this layout.
    pub schema_version: u32,
    /// Version of the program.
    pub engine_version: String,
    /// What was run.
    pub scenario: ScenarioFacts,
    /// Seed of every stream.
    pub seed: u64,
    /// Trials that were run to the end.
    pub trials: u32,
    /// Trials that were asked for.
    pub trials_requested: u32,
    /// Whether the run was interrupted before all trials were done.
    pub partial: bool,
    /// How well the numbers are known, where somebody asked for it.
    pub precision: Option<PrecisionForecast>,
    /// The first day.
    pub start: Date,
    /// The last day that budgets look at.
    pub horizon: Date,
    /// The day by which the decision is needed, where the scenario gives it.
    pub decide_by: Option<Date>,
    /// In the order of the file.
    pub initiatives: Vec<InitiativeForecast>,
    /// The finish of the last initiative, where there is more than one.
    pub portfolio: Option<PortfolioForecast>,
    /// In the order of the file; each budget's quarters first where it has them, then the horizon.
    pub budgets: Vec<BudgetForecast>,
    /// What it costs; absent where no team has a cost and nothing costs anything once.
    pub cost: Option<CostForecast>,
    /// People there and people wanted, by team and week.
    pub capacity: Vec<CapacityWeek>,
    /// What each checkpoint tells, by initiative: those given in the order of the file, then those recommended, by date.
    pub checkpoints: Vec<CheckpointForecast>,
    /// What each combination of outcomes means.
    pub path_trees: Vec<PathTree>,
    /// For each task the week that tells most, by initiative, the most telling first.
    pub telling_weeks: Vec<TellingWeek>,
    /// What drives the finishes, by initiative, the strongest first.
    pub drivers: Vec<DriverForecast>,
    /// The dependencies that matter most, by initiative, the worst first.
    pub dependencies: Vec<DependencyForecast>,
    /// What each path looks like, by initiative.
    pub paths: Vec<PathForecast>,
    /// When each task is worked on, by initiative and median start.
    pub schedules: Vec<TaskSchedule>,
    /// What each assumption costs, by initiative, the dearest at P80 first.
    pub prices: Vec<AssumptionPrice>,
    /// What each initiative's being there costs the others.
    pub displacements: Vec<Displacement>,
    /// What each mitigation would buy.
    pub mitigations: Vec<MitigationForecast>,
    /// The verdict of a rerun: which path the futures are on that go on from what has really happened.
    pub rerun: Option<Rerun>,
    /// What moved since the run before this one, where the ledger has one.
    pub since: Option<Drift>,
    /// How often dates held that were recorded before, where facts are in.
    pub track_record: Option<TrackRecord>,
    /// What the company bets on, in the order of the file. No number depends on them.
    pub bets: Vec<BetForecast>,
    /// What the work means, step by step, in the authors' words: initiatives and tasks that say anything, in the order of the file.
    pub ladders: Vec<LadderForecast>,
    /// The ways out on the same futures, where the scenario has options.
    pub options: Option<Comparison>,
    /// What the numbers rest on, in sentences.
    pub assumptions: Vec<String>,
    /// What could move the date and is not in the model, in sentences.
    pub not_modelled: Vec<String>,
    /// Defaults that were used because the file is silent.
    pub defaults: Vec<DefaultUsed>,
    /// What is allowed but probably not meant, a sentence each.
    pub warnings: Vec<String>,
}

/// What was run.
#[derive(Debug, Clone, Serialize)]
pub struct ScenarioFacts {
    /// The scenario's name.
    pub name: String,
    /// The file as the user named it.
    pub file: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
}

/// A point in time, as a date and as working days from the start. Both are absent for "never".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Moment {
    /// The date of that working day; also absent beyond the calendar.
    pub date: Option<Date>,
    /// Working days since the morning of the start.
    pub working_days: WorkDays,
}

/// A share of trials with its Wilson 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The share, 0 to 1.
    pub p: f64,
    /// Lower end of the interval.
    pub ci_low: f64,
    /// Upper end of the interval.
    pub ci_high: f64,
    /// Trials that it counts.
    pub hits: u32,
    /// Trials that it rests on.
    pub trials: u32,
}

impl Share {
    /// The share of the trials that it does not count.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self {
            p: 1.0 - self.p,
            ci_low: 1.0 - self.ci_high,
            ci_high: 1.0 - self.ci_low,
            hits: self.trials - self.hits,
            trials: self.trials,
        }
    }
}

/// A percentile of a finish, with its order-statistic 95 % interval.
#[derive(Debug, Clone, Serialize)]
pub struct Quantile {
    /// Which percentile.
    pub percentile: Percentile,
    /// The finish that this share of the trials meets.
    #[serde(flatten)]
    pub at: Moment,
    /// Lower end of the interval; absent where the trials are too few to tell.
    pub ci_low: Option<Moment>,
    /// Upper end of the interval; absent where the trials are too few to tell.
    pub ci_high: Option<Moment>,
}

/// The three timelines of a finish.
#[derive(Debug, Clone, Serialize)]
pub struct Timelines {
    /// What gets communicated when nobody names the gap.
    pub best: Quantile,
    /// What to plan against.
    pub expected: Quantile,
    /// What the contingency has to cover.
    pub worst: Quantile,
}

/// A finish worked out without chance, and how often the trials are that early.
#[derive(Debug, Clone, Serialize)]
pub struct Landmark {
    /// The finish.
    #[serde(flatten)]
    pub at: Moment,
    /// Share of trials that finish that early or earlier.
    pub p_that_early: Share,
}

/// The mean finish; only where every trial finished.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Mean {
    /// The mean.
    #[serde(flatten)]
    pub at: Moment,
    /// Standard error of the mean in working days.
    pub standard_error: f64,
}

/// The forecast of one initiative.
#[derive(Debug, Clone, Serialize)]
pub struct InitiativeForecast {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// Who owns it, where given.
    pub owner: Option<String>,
    /// Who is accountable for the promise, where given.
    pub accountable: Option<String>,
    /// Best, expected, worst.
    pub timelines: Timelines,
    /// p1, p5, p10, p20 … p90, p95, p99.
    pub quantiles: Vec<Quantile>,
    /// Mean finish, where every trial finished.
    pub mean: Option<Mean>,
    /// Trials in which it never finishes.
    pub never: Share,
    /// Low estimates, no risk, no overrun.
    pub everything_goes_right: Landmark,
    /// Likely estimates, no risk, no overrun.
    pub plan_on_paper: Landmark,
    /// The date that engineering stated, where given.
    pub estimate: Option<Landmark>,
    /// In the order of the file.
    pub commitments: Vec<CommitmentForecast>,
    /// The distribution of the finish for drawing: points of the empirical distribution function, rising, from the first
    /// trial to the last that finishes, at most 401.
    pub s_curve: Vec<CurvePoint>,
}

/// A point of the S-curve.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CurvePoint {
    /// The finish.
    #[serde(flatten)]
    pub at: Moment,
    /// Share of trials that finish by then.
    pub p: f64,
}

/// The finish of the last initiative.
#[derive(Debug, Clone, Serialize)]
pub struct PortfolioForecast {
    /// Best, expected, worst.
    pub timelines: Timelines,
}

/// What a promised date is worth.
#[derive(Debug, Clone, Serialize)]
pub struct CommitmentForecast {
    /// To whom, where given.
    pub to: Option<String>,
    /// Who answers for it: who is named with it, else the initiative's accountable, else its owner.
    pub owner: Option<String>,
    /// The promise.
    pub at: Moment,
    /// Share of trials that finish by then.
    pub p_on_time: Share,
    /// Share of trials that finish by then and breach no budget.
    pub p_on_time_within_budgets: Share,
    /// Working days from the promise to the P50 finish: positive where the promise is too early.
    pub gap_p50_days: Option<f64>,
    /// Working days from the promise to the P80 finish: positive where the promise is too early.
    pub gap_p80_days: Option<f64>,
    /// Working days from the stated estimate to the promise: negative where less was promised than engineering said.
    pub gap_estimate_days: Option<f64>,
    /// Mean working days late in the trials that are late; absent where none is, or one never finishes.
    pub mean_lateness_if_late_days: Option<f64>,
    /// Median working days late in the trials that are late; absent where none is or the median never finishes.
    pub median_lateness_if_late_days: Option<f64>,
    /// The dates that can be promised at 50, 80, 85, 90 and 95 % confidence.
    pub promises: Vec<Quantile>,
}

/// Whether a budget holds as agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// P(breach) is below the tolerance, interval and all.
    #[serde(rename = "within")]
    Within,
    /// P(breach) is above the tolerance, interval and all.
    #[serde(rename = "over")]
    Over,
    /// The interval holds the tolerance: more trials are needed to tell.
    #[serde(rename = "not resolved")]
    NotResolved,
    /// No tolerance was agreed.
    #[serde(rename = "no tolerance")]
    NoTolerance,
}

impl Verdict {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Over => "over",
            Self::NotResolved => "not resolved",
            Self::NoTolerance => "no tolerance",
        }
    }
}

/// What a budget is worth over one period.
#[derive(Debug, Clone, Serialize)]
pub struct BudgetForecast {
    /// Its id.
    pub id: String,
    /// `reliability`, `security`, `delivery` or `cost`.
    pub kind: &'static str,
    /// Whose budget, where it belongs to one initiative.
    pub initiative: Option<String>,
    /// To whom the date was promised, for a delivery budget.
    pub to: Option<String>,
    /// `horizon`, or a quarter such as `2026-Q2`.
    pub period: String,
    /// What is counted, in the unit of its kind: `slip` (a share of the planned time), `customer-minutes`, `open findings`, `days
    /// held`, `money`.
    pub counted: &'static str,
    /// The limit in that unit.
    pub limit: f64,
    /// Share of trials that exceed it.
    pub p_breach: Share,
    /// Mean of what is counted; absent where never.
    pub mean: Option<f64>,
    /// Median of what is counted; absent where never.
    pub p50: Option<f64>,
    /// Ninetieth percentile of what is counted; absent where never.
    pub p90: Option<f64>,
    /// Among the trials that breach it, the date on which half of them have; for delivery, the day after the last that is within.
    pub median_breach_date: Option<Date>,
    /// The P(breach) that was agreed, where given.
    pub tolerance: Option<f64>,
    /// The breach against the tolerance.
    pub verdict: Verdict,
    /// For a reliability budget: how much of what is counted in the breached periods each incident class brought, the largest first;
    /// the shares sum to one. Empty where nothing breached.
    pub blame: Vec<Blame>,
}

/// The part of an incident class in the breaches of a reliability budget.
#[derive(Debug, Clone, Serialize)]
pub struct Blame {
    /// The class; `burnt` for what was used up before the start.
    pub incident: String,
    /// Its share of the customer-minutes of breached periods, averaged over those.
    pub share: f64,
}

/// A distribution by three percentiles and its mean. Absent where never.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: Option<f64>,
    /// Tenth percentile.
    pub p10: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// Eightieth percentile.
    pub p80: Option<f64>,
    /// Ninetieth percentile.
    pub p90: Option<f64>,
}

/// Money, in the unit of the scenario.
#[derive(Debug, Clone, Serialize)]
pub struct CostForecast {
    /// People held by planned work, follow-ups and fixes until the last initiative ends, and what is paid once. The sum that a cost
    /// budget limits.
    pub total: Spread,
    /// Of it, what is paid once.
    pub once: Spread,
    /// Beside it: people who respond to incidents, to the horizon.
    pub responses: Spread,
    /// Beside it: the customer-minutes lost to the horizon at their value.
    pub lost_customer_value: Spread,
}

/// A team in a week.
#[derive(Debug, Clone, Serialize)]
pub struct CapacityWeek {
    /// The team.
    pub team: String,
    /// Calendar weeks since the start, from 1.
    pub week: u32,
    /// The first day of the week.
    pub date: Date,
    /// People who are there for planned work, on average over the week's working days: tenth percentile over the trials.
    pub available_p10: f64,
    /// Median.
    pub available_p50: f64,
    /// Ninetieth percentile.
    pub available_p90: f64,
    /// People held by work and wanted by work that waits for people: median.
    pub demand_p50: f64,
    /// The share of those there who are held by work: median.
    pub utilisation_p50: f64,
}

/// What an assumption costs an initiative: the forecast less the same futures without it.
#[derive(Debug, Clone, Serialize)]
pub struct AssumptionPrice {
    /// The initiative.
    pub initiative: String,
    /// What was switched off: `departures`, `late hires`, `risk.<id>`, `incident.<id>`, `findings`, `overrun`, `correlation`, `focus`.
    pub assumption: String,
    /// The same for people.
    pub title: String,
    /// Working days at P50; absent where never.
    pub p50_days: Option<f64>,
    /// Working days at P80; absent where never.
    pub p80_days: Option<f64>,
    /// Change of P(on time) of the first commitment that the assumption makes: negative where it costs odds. Absent without one.
    pub p_on_time_change: Option<f64>,
    /// 95 % interval of that change, paired by future.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
}

/// What the company bets on, and who works for it.
#[derive(Debug, Clone, Serialize)]
pub struct BetForecast {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// Whose bet it is, where given.
    pub owner: Option<String>,
    /// The initiatives that support it, by id, in the order of the file; empty where none does.
    pub supported_by: Vec<String>,
}

/// What a piece of work means, step by step.
#[derive(Debug, Clone, Serialize)]
pub struct LadderForecast {
    /// The initiative.
    pub initiative: String,
    /// The task; absent where the initiative itself is meant.
    pub task: Option<String>,
    /// Text for people.
    pub title: String,
    /// The steps, each where given.
    #[serde(flatten)]
    pub steps: Ladder,
}

/// What one initiative's being there costs another.
#[derive(Debug, Clone, Serialize)]
pub struct Displacement {
    /// The one that is there.
    pub initiative: String,
    /// The one that is later for it.
    pub displaced: String,
    /// Working days at P50; absent where never.
    pub p50_days: Option<f64>,
    /// Working days at P80; absent where never.
    pub p80_days: Option<f64>,
}

/// What a mitigation would buy, on the same futures.
#[derive(Debug, Clone, Serialize)]
pub struct MitigationForecast {
    /// The risk.
    pub risk: String,
    /// Text for people.
    pub title: String,
    /// What it costs, once.
    pub cost: f64,
    /// That the risk happens without it.
    pub probability_before: f64,
    /// That the risk happens with it.
    pub probability_after: f64,
    /// By initiative.
    pub effects: Vec<MitigationEffect>,
}

/// What a mitigation would buy one initiative.
#[derive(Debug, Clone, Serialize)]
pub struct MitigationEffect {
    /// The initiative.
    pub initiative: String,
    /// Working days earlier at P50; absent where never.
    pub p50_days: Option<f64>,
    /// Working days earlier at P80; absent where never.
    pub p80_days: Option<f64>,
    /// Change of P(on time) of the first commitment.
    pub p_on_time_change: Option<f64>,
}
