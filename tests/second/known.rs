//! What is the same in every trial.

use sim::calendar::Date;
use sim::plan::{Dispatch, LinkKind, Plan, Work};

/// A date.
pub struct Day {
    pub working: bool,
    /// Working days before it.
    pub morning: f64,
    /// Calendar quarters before it: 0 for the one that holds the start.
    pub quarter: usize,
}

/// People of one team that a task holds.
#[derive(Clone, Copy)]
pub struct Need {
    pub team: usize,
    pub min: usize,
    pub max: usize,
}

pub struct Known<'p> {
    pub plan: &'p Plan,
    /// Every date from the start on, up to five times the horizon.
    pub days: Vec<Day>,
    /// Index of the horizon's date.
    pub last_day: usize,
    /// Working days through the horizon.
    pub horizon: f64,
    /// For each quarter up to the horizon: its first date, and the first date after it, as calendar days since the start.
    pub quarters: Vec<(f64, f64)>,
    /// Tasks in the order of dispatch.
    pub order: Vec<usize>,
    /// Whom each task holds.
    pub needs: Vec<Vec<Need>>,
}

impl<'p> Known<'p> {
    pub fn new(plan: &'p Plan, horizon: Date) -> Self {
        let calendar = &plan.calendar;
        let work_days = calendar.evening_of(horizon).days();
        let mut days: Vec<Day> = vec![];
        let mut last_day = 0;
        let mut date = calendar.start();
        let mut quarter_start = date.quarter_start();
        let mut quarter = 0;
        let mut quarters = vec![(0.0, 0.0)];
        // One date more than five times the horizon, so that whoever looks at tomorrow finds it.
        while days.last().is_none_or(|day| day.morning <= 5.0 * work_days) || date <= horizon {
            if date.quarter_start() != quarter_start {
                quarter_start = date.quarter_start();
                quarter += 1;
                if date <= horizon {
                    quarters.push((days.len() as f64, 0.0));
                }
            }
            if date <= horizon {
                last_day = days.len();
                quarters[quarter].1 = days.len() as f64 + 1.0;
            }
            days.push(Day {
                working: calendar.is_working_day(date),
                morning: calendar.morning_of(date).days(),
                quarter,
            });
            date = date.plus_days(1).expect("within the calendar");
        }
        Self {
            plan,
            days,
            last_day,
            horizon: work_days,
            quarters,
            order: order(plan),
            needs: plan.tasks.iter().map(|task| needs(&task.work)).collect(),
        }
    }
}

fn needs(work: &Work) -> Vec<Need> {
    match work {
        Work::Effort { team, min, max, .. } => vec![Need {
            team: team.0,
            min: *min as usize,
            max: *max as usize,
        }],
        Work::Duration { crew, .. } => crew
            .iter()
            .map(|(team, engineers)| Need {
                team: team.0,
                min: *engineers as usize,
                max: *engineers as usize,
            })
            .collect(),
    }
}

/// Initiative priority, task priority within it, longest expected remaining path, file order.
fn order(plan: &Plan) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plan.tasks.len()).collect();
    if plan.dispatch == Dispatch::FileOrder {
        return order;
    }
    let path: Vec<f64> = order.iter().map(|task| from_start(plan, *task)).collect();
    let priority = |given: Option<u32>| given.map_or(f64::INFINITY, f64::from);
    order.sort_by(|a, b| {
        let key = |task: usize| {
            (
                priority(plan.initiatives[plan.tasks[task].initiative.0].priority),
                priority(plan.tasks[task].priority),
                -path[task],
                task,
            )
        };
        key(*a).partial_cmp(&key(*b)).expect("no key is undefined")
    });
    order
}

/// Expected working days that a task takes, waiting for people ignored.
fn expected_days(plan: &Plan, task: usize) -> f64 {
    match &plan.tasks[task].work {
        Work::Effort { estimate, team, max, .. } => estimate.distribution.mean() / (f64::from(*max) * plan.teams[team.0].focus),
        Work::Duration { estimate, .. } => estimate.distribution.mean(),
    }
}

/// The longest expected way from the start of a task to the end of all that hangs on it.
fn from_start(plan: &Plan, task: usize) -> f64 {
    let through = expected_days(plan, task) + from_finish(plan, task);
    let tied = successors(plan, task).into_iter().map(|(successor, kind, lag)| match kind {
        LinkKind::StartStart => lag + from_start(plan, successor),
        LinkKind::StartFinish => lag + from_finish(plan, successor),
        LinkKind::FinishStart | LinkKind::FinishFinish => 0.0,
    });
    tied.fold(through, f64::max)
}

/// The longest expected way from the finish of a task to the end of all that hangs on it.
fn from_finish(plan: &Plan, task: usize) -> f64 {
    let tied = successors(plan, task).into_iter().map(|(successor, kind, lag)| match kind {
        LinkKind::FinishStart => lag + from_start(plan, successor),
        LinkKind::FinishFinish => lag + from_finish(plan, successor),
        LinkKind::StartStart | LinkKind::StartFinish => 0.0,
    });
    tied.fold(0.0, f64::max)
}

fn successors(plan: &Plan, task: usize) -> Vec<(usize, LinkKind, f64)> {
    let mut found = vec![];
    for (successor, candidate) in plan.tasks.iter().enumerate() {
        for link in candidate.links.iter().filter(|link| link.predecessor.0 == task) {
            let lag = link.lag.as_ref().map_or(0.0, |lag| lag.distribution.mean());
            found.push((successor, link.kind, lag));
        }
    }
    found
}
