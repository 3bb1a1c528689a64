//! The types of a plan.

use std::sync::Arc;

use serde::Serialize;

use crate::calendar::{Calendar, Date};
use crate::diagnostic::{Fault, Place};
use crate::sampling::{Correlation, Distribution};
pub use crate::scenario::says::{Ladder, SlipProtocol};
use crate::units::{Percentile, Probability, WorkDays};

/// Index of a team in [`Plan::teams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamId(pub usize);

/// Index of a task in [`Plan::tasks`], which is in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub usize);

/// Index of a risk in [`Plan::risks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RiskId(pub usize);

/// Index of a budget in [`Plan::budgets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetId(pub usize);

/// Index of a flow in [`Plan::flows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub usize);

/// Index of a bet in [`Plan::bets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BetId(pub usize);

/// Index of a class in [`Plan::incidents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub usize);

/// Index of a class in [`Plan::findings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId(pub usize);

/// Index of an initiative in [`Plan::initiatives`], in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InitiativeId(pub usize);

/// Everything that is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario's name; the file's stem where none is given.
    pub name: String,
    /// Company working days, from the start.
    pub calendar: Calendar,
    /// Trials that the scenario asks for.
    pub trials: u32,
    /// Seed of every stream.
    pub seed: u64,
    /// The last day that budgets look at, where the scenario gives it.
    pub horizon: Option<Date>,
    /// Where the scenario gives the horizon: whether it is late enough is known only once the plan on paper is.
    pub horizon_place: Option<Place>,
    /// The day by which the decision is needed, where the scenario gives it.
    pub decide_by: Option<Date>,
    /// Where the scenario gives it: whether the horizon is later is known only once there is one.
    pub decide_by_place: Option<Place>,
    /// What orders the tasks that wait for people.
    pub dispatch: Dispatch,
    /// The percentiles of the best, the expected and the worst timeline.
    pub timelines: [Percentile; 3],
    /// How much of a task's deviation is shared with its team and with the whole portfolio.
    pub correlation: Correlation,
    /// The factor by which the whole portfolio overruns, `None` where it is switched off.
    pub overrun: Option<Distribution>,
    /// The past tasks that the overrun was learnt from, as they are counted in a sentence; `None` where it was given or is the default.
    pub overrun_source: Option<String>,
    /// In the order of the file.
    pub teams: Vec<Team>,
    /// The team of whatever needs one and does not say which: the one marked so, or the only one.
    pub default_team: Option<TeamId>,
    /// In the order of the file.
    pub initiatives: Vec<Initiative>,
    /// In the order of the file; those that risks add come last, in the order of the risks.
    pub tasks: Vec<Task>,
    /// In the order of the file.
    pub risks: Vec<Risk>,
    /// What the company bets on, in the order of the file. They change no number.
    pub bets: Vec<Bet>,
    /// What customers use, in the order of the file.
    pub flows: Vec<Flow>,
    /// Classes of incidents, in the order of the file.
    pub incidents: Vec<IncidentClass>,
    /// Classes of security findings, in the order of the file.
    pub findings: Vec<FindingClass>,
    /// In the order of the file.
    pub budgets: Vec<Budget>,
    /// In the order of the file.
    pub checkpoints: Vec<Checkpoint>,
    /// Money that is spent at the start, once: 0, or what the options cost of which the plan is made.
    pub once: f64,
    /// A single spend above it needs the CEO, where the scenario says so.
    pub ceo_approval_above: Option<f64>,
    /// The ways out, in the order of the file; none in the plan of an option.
    pub options: Vec<PlanOption>,
    /// Every default that was used because the file is silent.
    pub defaults: Vec<DefaultUsed>,
    /// What is allowed but probably not meant.
    pub warnings: Vec<Fault>,
}

/// A way out: the plan with something about it changed.
#[derive(Debug, Clone)]
pub struct PlanOption {
    /// As in `[option.<id>]`.
    pub id: String,
    /// Text for people; the id where none is given.
    pub title: String,
    /// Whether the authors recommend it.
    pub recommended: bool,
    /// The whole plan with it taken; what it costs once, with what it stands upon, is [`Plan::once`]. Shared, so that a copy of the
    /// plan does not copy its options.
    pub plan: Arc<Plan>,
}

/// What orders the tasks that wait for the same people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    /// Initiative priority, task priority, longest expected remaining path, order of the file.
    Priority,
    /// The order of the file alone.
    FileOrder,
}

/// People who share one queue of work.
#[derive(Debug, Clone)]
pub struct Team {
    /// As in `[team.<id>]`.
    pub id: String,
    /// How many there are at the start; at least one unless somebody is to join.
    pub engineers: u32,
    /// The share of a present engineer's time that goes into planned work, above 0 and at most 1.
    pub focus: f64,
    /// People who are on other work until a time.
    pub elsewhere: Vec<Elsewhere>,
    /// Times (each the morning of a working day, sorted, distinct) of working days on which the whole team is away.
    pub holidays: Vec<WorkDays>,
    /// Departures per person and 365.25 calendar days; 0 for none.
    pub attrition_per_year: f64,
    /// Working days until a vacancy is filled; `None` where it stays vacant.
    pub backfill: Option<Estimate>,
    /// Working days over which a backfill becomes fully productive; 0 for at once.
    pub ramp_up: f64,
    /// People who are to join, in the order of the file.
    pub hires: Vec<Hire>,
    /// Money for one engineer and a week of five working days.
    pub cost_per_week: f64,
}

/// People who are to join a team.
#[derive(Debug, Clone)]
pub struct Hire {
    /// How many join together or not at all.
    pub engineers: u32,
    /// Working days from the start to the morning on which they join; a draw is rounded to a whole day, never before the start.
    pub starts: Estimate,
    /// That they join.
    pub probability: Probability,
    /// The evening of their last day; they are not backfilled.
    pub until: Option<WorkDays>,
    /// Working days over which they become fully productive.
    pub ramp_up: f64,
}

/// People who are on other work from the start until `until`.
#[derive(Debug, Clone, Copy)]
pub struct Elsewhere {
    /// How many; the sum over a team's entries is at most its head count.
    pub engineers: u32,
    /// The evening of the last day away.
    pub until: WorkDays,
}

/// Something that was or may be promised.
#[derive(Debug, Clone)]
pub struct Initiative {
    /// As in `[initiative.<id>]`.
    pub id: String,
    /// Text for people; the id where none is given.
    pub title: String,
    /// Who owns it, where given.
    pub owner: Option<String>,
    /// Who is accountable for the promise, where given.
    pub accountable: Option<String>,
    /// 1 first; `None` last.
    pub priority: Option<u32>,
    /// The date that engineering stated, where given.
    pub estimate: Option<Date>,
    /// What was promised to whom, in the order of the file.
    pub commitments: Vec<Commitment>,
    /// The bets that it supports, each once.
    pub supports: Vec<BetId>,
    /// What it means, step by step, as the authors put it.
    pub ladder: Ladder,
    /// Its tasks, in the order of [`Plan::tasks`]; at least one that no risk must add.
    pub tasks: Vec<TaskId>,
}

/// A promised date.
#[derive(Debug, Clone)]
pub struct Commitment {
    /// On time means finished by the evening of this date.
    pub date: Date,
    /// Working days from the start through `date`.
    pub time: WorkDays,
    /// To whom, where given; distinct within an initiative.
    pub to: Option<String>,
    /// Who answers for it: who is named with it, else the initiative's accountable, else its owner.
    pub owner: Option<String>,
}

/// A piece of work.
#[derive(Debug, Clone)]
pub struct Task {
    /// `initiative.task`, or the initiative's id where the initiative is one estimate. Names its random streams.
    pub id: String,
    /// Text for people; the local id where none is given.
    pub title: String,
    /// Where it belongs.
    pub initiative: InitiativeId,
    /// 1 first; `None` last.
    pub priority: Option<u32>,
    /// How much there is to do, and by whom.
    pub work: Work,
    /// Links to its predecessors.
    pub links: Vec<Link>,
    /// The morning before which it cannot start.
    pub not_before: Option<WorkDays>,
    /// Whether it puts something before customers.
    pub release: bool,
    /// Findings that a review at its end is expected to bring up, by class, each above 0.
    pub review: Vec<(FindingId, f64)>,
    /// Factors on incident rates from its finish on.
    pub scales_rate: Vec<(IncidentId, f64)>,
    /// The risk without which there is no such task.
    pub only_if: Option<RiskId>,
    /// What it means, step by step, as the authors put it.
    pub ladder: Ladder,
}

/// How much there is to do, and by whom.
#[derive(Debug, Clone)]
pub enum Work {
    /// Engineer-days, done by a crew of one team: its speed is the team's focus × the crew's productivity.
    Effort {
        /// In engineer-days.
        estimate: Estimate,
        /// Who does it.
        team: TeamId,
        /// The fewest people that work on it, at least 1.
        min: u32,
        /// The most people that help, at least `min`.
        max: u32,
    },
    /// Elapsed working days, at speed 1 while the crew is whole.
    Duration {
        /// In working days.
        estimate: Estimate,
        /// The people it holds, by team, each at least 1; empty where it needs nobody of ours.
        crew: Vec<(TeamId, u32)>,
    },
}

impl Work {
    /// The estimate, whatever it measures.
    #[must_use]
    pub const fn estimate(&self) -> &Estimate {
        match self {
            Self::Effort { estimate, .. } | Self::Duration { estimate, .. } => estimate,
        }
    }

    /// The teams whose people it takes.
    pub fn teams(&self) -> impl Iterator<Item = TeamId> {
        let (own, crew) = match self {
            Self::Effort { team, .. } => (Some(*team), &[] as &[_]),
            Self::Duration { crew, .. } => (None, crew.as_slice()),
        };
        own.into_iter().chain(crew.iter().map(|(team, _)| *team))
    }

    /// The team whose factor moves the estimate: the one that does the work, or the first named.
    #[must_use]
    pub fn team(&self) -> Option<TeamId> {
        match self {
            Self::Effort { team, .. } => Some(*team),
            Self::Duration { crew, .. } => crew.first().map(|(team, _)| *team),
        }
    }
}

/// What was estimated: a distribution, and the numbers that stand for "everything goes right" and "on paper".
#[derive(Debug, Clone)]
pub struct Estimate {
    /// Of the quantity itself, without overrun or risks; floored as its family demands.
    pub distribution: Distribution,
    /// The low estimate as written; the tenth percentile where the shape has none.
    pub low: f64,
    /// The likely estimate as written; the median where the shape has none.
    pub likely: f64,
    /// The estimate as the file has it, for `sim check`: `6w / 8w / 12w`.
    pub text: String,
}

impl Estimate {
    /// Whether it is one number, which neither spreads nor overruns.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.distribution.is_fixed()
    }
}

/// What a link ties together, predecessor first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LinkKind {
    /// The successor starts after the predecessor finished.
    #[serde(rename = "FS")]
    FinishStart,
    /// The successor starts after the predecessor started.
    #[serde(rename = "SS")]
    StartStart,
    /// The successor finishes after the predecessor finished.
    #[serde(rename = "FF")]
    FinishFinish,
    /// The successor finishes after the predecessor started.
    #[serde(rename = "SF")]
    StartFinish,
}

impl LinkKind {
    /// As in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FinishStart => "FS",
            Self::StartStart => "SS",
            Self::FinishFinish => "FF",
            Self::StartFinish => "SF",
        }
    }
}

/// A dependency of the task that holds it.
#[derive(Debug, Clone)]
pub struct Link {
    /// The task depended upon.
    pub predecessor: TaskId,
    /// Which ends are tied.
    pub kind: LinkKind,
    /// Working days between them; may be negative.
    pub lag: Option<Estimate>,
}

/// Something that happens or does not, drawn once per trial and shared by everything it touches.
#[derive(Debug, Clone)]
pub struct Risk {
    /// As in `[risk.<id>]`. Names its random streams.
    pub id: String,
    /// Text for people; the id where none is given.
    pub title: String,
    /// Who watches it, where given.
    pub owner: Option<String>,
    /// That it happens.
    pub probability: Probability,
    /// The tasks it touches, each once, in the order of the file.
    pub affects: Vec<TaskId>,
    /// Factor on the quantity of each, bound when the task starts.
    pub multiply: Option<Estimate>,
    /// Added to the quantity of each (engineer-days of effort or working days of duration), bound when the task starts.
    pub add: Option<Estimate>,
    /// Working days that each waits before it can start.
    pub delay: Option<Estimate>,
    /// Tasks that start after this one has finished are touched no longer; its absences and scaled rates end there.
    pub retired_by: Option<TaskId>,
    /// When its absences and scaled rates begin.
    pub from: WorkDays,
    /// People it takes away.
    pub takes: Option<Absence>,
    /// Factors on incident rates.
    pub scales_rate: Vec<(IncidentId, f64)>,
    /// Money, once, where it happens.
    pub cost: f64,
    /// What could be done about it beforehand.
    pub mitigation: Option<Mitigation>,
}

/// People of a team who are away for a time.
#[derive(Debug, Clone)]
pub struct Absence {
    /// Whose people.
    pub team: TeamId,
    /// How many, fewer if fewer are there.
    pub engineers: u32,
    /// Working days.
    pub span: Estimate,
}

/// What could be done about a risk beforehand.
#[derive(Debug, Clone)]
pub struct Mitigation {
    /// Text for people.
    pub title: String,
    /// Money, once.
    pub cost: f64,
    /// That the risk happens nevertheless.
    pub probability: Probability,
}

/// What the company bets on.
#[derive(Debug, Clone)]
pub struct Bet {
    /// As in `[bet.<id>]`.
    pub id: String,
    /// Text for people; the id where none is given.
    pub title: String,
    /// Whose bet it is, where given.
    pub owner: Option<String>,
}

/// Something that customers use.
#[derive(Debug, Clone)]
pub struct Flow {
    /// As in `[flow.<id>]`.
    pub id: String,
    /// How many customers use it.
    pub customers: f64,
    /// What a minute of one customer is worth.
    pub value_per_customer_minute: f64,
}

/// Incidents of one kind.
#[derive(Debug, Clone)]
pub struct IncidentClass {
    /// As in `[incident.<id>]`. Names its random streams.
    pub id: String,
    /// Mean number per calendar day.
    pub rate_per_day: f64,
    /// Coefficient of variation of the true rate, drawn once per trial; 0 where the rate is known.
    pub rate_cv: f64,
    /// Variance of an independent factor of mean 1 per calendar quarter.
    pub overdispersion: f64,
    /// Who responds.
    pub team: Option<TeamId>,
    /// How many people of the team; 0 where there is no team.
    pub responders: u32,
    /// Working days for which they are away.
    pub response: Option<Estimate>,
    /// What customers feel it in.
    pub flow: Option<FlowId>,
    /// Minutes of clock time that customers feel.
    pub downtime: Option<Estimate>,
    /// The share of the flow's customers who feel it.
    pub share: f64,
    /// Engineer-days of effort that enter the team's queue when the response ends.
    pub follow_up: Option<Estimate>,
    /// That a finished release causes one at that instant.
    pub change_failure_rate: Probability,
}

/// Security findings of one kind.
#[derive(Debug, Clone)]
pub struct FindingClass {
    /// As in `[finding.<id>]`. Names its random streams.
    pub id: String,
    /// Mean number per engineer-week (five engineer-days) of effort that was worked.
    pub per_engineer_week: f64,
    /// Coefficient of variation of the true rate, drawn once per trial.
    pub rate_cv: f64,
    /// Engineer-days of effort to fix one.
    pub fix: Estimate,
    /// Who fixes; `None` for the team that did the work.
    pub team: Option<TeamId>,
    /// Whether an open one holds the releases of its initiative.
    pub blocks_release: bool,
}

/// A limit that two leaders agreed upon. The kinds other than delivery come with the parts of the model they measure.
#[derive(Debug, Clone)]
pub struct Budget {
    /// As in `[budget.<id>]`.
    pub id: String,
    /// What is limited.
    pub kind: BudgetKind,
    /// The probability of a breach that the leaders accept, where given.
    pub tolerance: Option<Probability>,
}

/// What a budget limits.
#[derive(Debug, Clone)]
pub enum BudgetKind {
    /// Slip = (finish − commitment) ÷ (commitment − start), in working days.
    Delivery {
        /// Whose finish.
        initiative: InitiativeId,
        /// Which of its commitments.
        commitment: usize,
        /// The largest slip that is within the budget, as a share.
        max_slip: f64,
    },
    /// Customer-minutes of downtime of a flow in a calendar quarter.
    Reliability {
        /// Which flow.
        flow: FlowId,
        /// The most that is within the budget, per calendar quarter.
        customer_minutes_per_quarter: f64,
        /// Customer-minutes of the first quarter that were used up before the start.
        burnt: f64,
        /// Whether no release starts while the quarter's budget is exceeded.
        freeze: bool,
    },
    /// Blocking findings that hold the releases of an initiative.
    Security {
        /// Whose releases.
        initiative: InitiativeId,
        /// The most blocking findings open when a release wanted to start.
        max_open: Option<f64>,
        /// The most working days for which releases were held.
        max_days_held: Option<f64>,
    },
    /// Money.
    Cost {
        /// The most that is within the budget.
        max: f64,
    },
}

/// Something that can be observed at a time and tells on which path we are.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// As in `[checkpoint.<id>]`.
    pub id: String,
    /// Text for people, where given.
    pub title: Option<String>,
    /// What is looked at. It is hit where it holds.
    pub observable: Observable,
    /// When.
    pub by: Due,
    /// Who says what to whom where it is missed.
    pub on_miss: Option<SlipProtocol>,
}

/// When a checkpoint looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due {
    /// In working time: the evening of its date, or the morning so many calendar weeks after the start.
    pub time: WorkDays,
    /// In clock time: calendar days since the beginning of the start's date.
    pub clock: f64,
    /// The last day that counts.
    pub date: Date,
}

/// What a checkpoint looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observable {
    /// A task is finished.
    Done {
        /// Which task.
        task: TaskId,
    },
    /// So many incidents of a class or fewer have arrived.
    Incidents {
        /// Which class.
        class: IncidentId,
        /// The most that is a hit.
        at_most: u32,
    },
    /// A team has so many people or more, those who are away for incidents or risks included.
    Engineers {
        /// Which team.
        team: TeamId,
        /// The fewest that is a hit.
        at_least: u32,
    },
    /// So large a share of a budget or less is used up: of a reliability budget that of the quarter, booked when incidents arrive.
    Burnt {
        /// Which budget; none of kind delivery.
        budget: BudgetId,
        /// The largest share that is a hit.
        at_most: f64,
    },
}

/// A default that was used because the file is silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefaultUsed {
    /// Where it would be given: `estimates.range`, `team.core.focus`.
    pub key: String,
    /// As it would be written.
    pub value: String,
    /// What it means for the forecast, in a sentence.
    pub meaning: String,
}
