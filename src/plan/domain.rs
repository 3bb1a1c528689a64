//! The types of a plan.

use serde::Serialize;

use crate::calendar::{Calendar, Date};
use crate::diagnostic::{Fault, Place};
use crate::sampling::{Correlation, Distribution};
use crate::units::{Percentile, Probability, WorkDays};

/// Index of a team in [`Plan::teams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamId(pub usize);

/// Index of a task in [`Plan::tasks`], which is in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub usize);

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
    /// What orders the tasks that wait for people.
    pub dispatch: Dispatch,
    /// The percentiles of the best, the expected and the worst timeline.
    pub timelines: [Percentile; 3],
    /// How much of a task's deviation is shared with its team and with the whole portfolio.
    pub correlation: Correlation,
    /// The factor by which the whole portfolio overruns, `None` where it is switched off.
    pub overrun: Option<Distribution>,
    /// In the order of the file.
    pub teams: Vec<Team>,
    /// In the order of the file.
    pub initiatives: Vec<Initiative>,
    /// In the order of the file.
    pub tasks: Vec<Task>,
    /// In the order of the file.
    pub risks: Vec<Risk>,
    /// In the order of the file.
    pub budgets: Vec<Budget>,
    /// Every default that was used because the file is silent.
    pub defaults: Vec<DefaultUsed>,
    /// What the file says that cannot change this forecast yet.
    pub unused: Vec<ReadNotUsed>,
    /// What is allowed but probably not meant.
    pub warnings: Vec<Fault>,
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
    /// How many there are, at least one.
    pub engineers: u32,
    /// The share of a present engineer's time that goes into planned work, above 0 and at most 1.
    pub focus: f64,
    /// People who are on other work until a time.
    pub elsewhere: Vec<Elsewhere>,
    /// Times (each the morning of a working day, sorted, distinct) of working days on which the whole team is away.
    pub holidays: Vec<WorkDays>,
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
    /// Its tasks, in the order of the file; at least one.
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
    /// Tasks that start after this one has finished are touched no longer.
    pub retired_by: Option<TaskId>,
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

/// Something that was read and checked but cannot change this forecast yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadNotUsed {
    /// Where it stands: `checkpoint.data-model`, `option.narrow`.
    pub key: String,
    /// The line of the file.
    pub line: usize,
}
