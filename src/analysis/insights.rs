//! What tells the paths apart, what drives the finishes, and what a path looks like: finished values, ready to be drawn.

use serde::Serialize;

use super::forecast::{Moment, Share};
use crate::calendar::Date;
use crate::plan::{LinkKind, SlipProtocol};

/// One of the three paths: the named percentile that a future's finish is nearest to in probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Path {
    /// Up to the P30 finish (with P10, P50, P90).
    #[serde(rename = "best")]
    Best,
    /// Between.
    #[serde(rename = "expected")]
    Expected,
    /// Above the P70 finish.
    #[serde(rename = "worst")]
    Worst,
}

impl Path {
    /// In order.
    pub const ALL: [Self; 3] = [Self::Best, Self::Expected, Self::Worst];

    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Expected => "expected",
            Self::Worst => "worst",
        }
    }
}

/// Information in bits with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bits {
    /// I(outcome; path), corrected for the bias of small samples; at least 0.
    pub bits: f64,
    /// Lower end.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
}

/// Who named a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Source {
    /// The scenario.
    #[serde(rename = "given")]
    Given,
    /// We.
    #[serde(rename = "recommended")]
    Recommended,
}

impl Source {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Recommended => "recommended",
        }
    }
}

/// The odds of the paths, and of each promise of the initiative, in the futures that something is known of.
#[derive(Debug, Clone, Serialize)]
pub struct Outlook {
    /// Best.
    pub best: Share,
    /// Expected.
    pub expected: Share,
    /// Worst.
    pub worst: Share,
    /// On time, for each commitment in the order of the file.
    pub on_time: Vec<Share>,
}

/// What a checkpoint tells of an initiative.
#[derive(Debug, Clone, Serialize)]
pub struct CheckpointForecast {
    /// The initiative.
    pub initiative: String,
    /// Its id in the scenario; for a recommended one a name made of its task and week.
    pub checkpoint: String,
    /// Who named it.
    pub source: Source,
    /// What is looked at, for people: `Data migration: done`.
    pub observable: String,
    /// The last day that counts.
    pub by: Date,
    /// Calendar weeks from the start to the end of that day, rounded up.
    pub week: u32,
    /// How often it is hit.
    pub p_hit: Share,
    /// What follows where it is hit; `None` where it never is.
    pub if_hit: Option<Outlook>,
    /// What follows where it is missed; `None` where it never is.
    pub if_missed: Option<Outlook>,
    /// What its outcome tells of the path.
    pub information: Bits,
    /// What it is worth as a trigger, for each commitment in the order of the file.
    pub promises: Vec<Trigger>,
    /// Who says what to whom where it is missed.
    pub on_miss: Option<SlipProtocol>,
}

/// A checkpoint as the trigger of a correction.
#[derive(Debug, Clone, Serialize)]
pub struct Trigger {
    /// To whom the date was promised, where given.
    pub to: Option<String>,
    /// The promised date.
    pub date: Date,
    /// Working days from the checkpoint to the promised date; negative where it comes too late.
    pub notice_days: f64,
    /// Of the futures that are late, the share in which it is missed; `None` where none is late.
    pub sensitivity: Option<Share>,
    /// Of the futures that are on time, the share in which it is missed; `None` where none is.
    pub false_alarm: Option<Share>,
}

/// The week that tells most of a task's being done.
#[derive(Debug, Clone, Serialize)]
pub struct TellingWeek {
    /// The initiative whose path is told.
    pub initiative: String,
    /// The task.
    pub task: String,
    /// Text for people.
    pub title: String,
    /// Calendar weeks after the start.
    pub week: u32,
    /// The last working day of those weeks.
    pub by: Date,
    /// How often it is done by then.
    pub p_hit: f64,
    /// What that tells of the path.
    pub information: Bits,
}

/// What each combination of outcomes means, so that it can be agreed beforehand.
#[derive(Debug, Clone, Serialize)]
pub struct PathTree {
    /// The initiative.
    pub initiative: String,
    /// Who named the checkpoints.
    pub source: Source,
    /// The checkpoints, by date.
    pub checkpoints: Vec<String>,
    /// What all of them together tell of the path.
    pub information: Bits,
    /// Every combination of the first, of the first two, … outcomes; hits before misses.
    pub branches: Vec<Branch>,
}

/// A combination of outcomes.
#[derive(Debug, Clone, Serialize)]
pub struct Branch {
    /// Whether each of the first checkpoints was hit.
    pub hits: Vec<bool>,
    /// How often it comes so, of all futures.
    pub p: Share,
    /// What follows; `None` where it never comes so.
    pub outlook: Option<Outlook>,
}

/// What drives a finish.
#[derive(Debug, Clone, Serialize)]
pub struct DriverForecast {
    /// The initiative.
    pub initiative: String,
    /// `task`, `risk`, `departures`, `incident` or `finding`.
    pub kind: &'static str,
    /// The task, the risk, the team or the class.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// Share of the finished futures in which the work of the task is on the chain that drives the finish; only for tasks.
    pub criticality: Option<Share>,
    /// Spearman's correlation of its quantity (for a risk: of its happening; else of its number) with the finish; `None` where
    /// either is the same in every future.
    pub cruciality: Option<f64>,
    /// Schedule sensitivity index: criticality × standard deviation of its elapsed time ÷ that of the finish; only for tasks.
    pub ssi: Option<f64>,
    /// What waiting for the last of several predecessors adds to the latest of their mean times, in working days; only where paths
    /// join.
    pub merge_bias_days: Option<f64>,
    /// Working days that it costs at P50: the forecast less the same futures with the task's estimate fixed at its median, or
    /// without the risk, the departures, the class. `None` where that is never, and for tasks that are not among the ten that spread
    /// a finish most: they are not played once more.
    pub p50_days: Option<f64>,
    /// The same at P80.
    pub p80_days: Option<f64>,
    /// How much more often it happens, or how much larger it is, on the worst path than overall.
    pub worst_lift: Option<f64>,
}

/// Which end of a dependency nobody of ours works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Outside {
    /// Both ends are ours.
    #[serde(rename = "")]
    Neither,
    /// We depend on others.
    #[serde(rename = "from")]
    From,
    /// Others depend on us.
    #[serde(rename = "to")]
    To,
    /// Others depend on others.
    #[serde(rename = "both")]
    Both,
}

impl Outside {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neither => "",
            Self::From => "from",
            Self::To => "to",
            Self::Both => "both",
        }
    }
}

/// Green, yellow or red by a declared rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Colour {
    /// Hardly ever holds anything up.
    #[serde(rename = "green")]
    Green,
    /// Worth watching.
    #[serde(rename = "yellow")]
    Yellow,
    /// Drives the date.
    #[serde(rename = "red")]
    Red,
}

impl Colour {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// A dependency that matters.
#[derive(Debug, Clone, Serialize)]
pub struct DependencyForecast {
    /// The initiative whose finish it drives.
    pub initiative: String,
    /// The task depended upon.
    pub from: String,
    /// Text for people.
    pub from_title: String,
    /// The task that depends on it.
    pub to: String,
    /// Text for people.
    pub to_title: String,
    /// Which ends are tied.
    pub link: LinkKind,
    /// Which end is nobody's of ours.
    pub outside: Outside,
    /// Share of the finished futures in which it is on the chain that drives the finish.
    pub criticality: Share,
    /// Mean working days for which it alone holds its successor: its start beyond the plan on paper, its date and its other links; its
    /// finish beyond the end of its own work and its other links. Where tasks follow one another the days add up along the chain.
    pub expected_delay_days: f64,
    /// By the rule.
    pub colour: Colour,
    /// The rule that gave the colour, with its thresholds.
    pub rule: String,
}

/// What a path looks like.
#[derive(Debug, Clone, Serialize)]
pub struct PathForecast {
    /// The initiative.
    pub initiative: String,
    /// Which.
    pub path: Path,
    /// Futures on it, of those that were kept in detail.
    pub futures: u32,
    /// What is more often, or larger, there than overall, the most telling first.
    pub conditions: Vec<Condition>,
    /// A future of this path that is near its percentile and typical in what drives it.
    pub representative: Option<Representative>,
}

/// What distinguishes a path.
#[derive(Debug, Clone, Serialize)]
pub struct Condition {
    /// `task`, `risk`, `departures`, `incident` or `finding`.
    pub kind: &'static str,
    /// The task, the risk, the team or the class.
    pub id: String,
    /// Text for people.
    pub title: String,
    /// What is measured: a `share` of the futures, a `number`, `engineer-days` or `working days`.
    pub unit: &'static str,
    /// On this path: the share of futures in which the risk is real, the mean number, or the mean quantity in days.
    pub on_path: f64,
    /// The same over all futures.
    pub overall: f64,
    /// The one by the other.
    pub lift: f64,
    /// The difference in standard errors.
    pub z: f64,
}

/// One future that stands for its path.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Representative {
    /// The number of the trial.
    pub trial: u32,
    /// Its finish.
    #[serde(flatten)]
    pub finish: Moment,
}

/// When a task is worked on, over the futures that were kept in detail and need it.
#[derive(Debug, Clone, Serialize)]
pub struct TaskSchedule {
    /// The initiative that it belongs to.
    pub initiative: String,
    /// The task.
    pub task: String,
    /// Text for people.
    pub title: String,
    /// Share of the futures that need it.
    pub p_needed: f64,
    /// Share of the finished futures in which its work drives the finish of its initiative; `None` where that was not counted.
    pub criticality: Option<f64>,
    /// Median start.
    pub start_p50: Moment,
    /// Tenth percentile of the finish.
    pub finish_p10: Moment,
    /// Median finish.
    pub finish_p50: Moment,
    /// Ninetieth percentile of the finish.
    pub finish_p90: Moment,
}
