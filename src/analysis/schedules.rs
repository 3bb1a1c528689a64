//! When each task starts and finishes over the futures that were kept in detail.

use super::insights::TaskSchedule;
use super::reading::moment;
use crate::engine::Trials;
use crate::plan::{Plan, TaskId};
use crate::statistics::quantile_of;
use crate::units::Percentile;

/// Start and finish of every task that was kept, by initiative, by the median start and then by the median finish.
#[must_use]
pub fn schedules(plan: &Plan, trials: &Trials) -> Vec<TaskSchedule> {
    let details = trials.details();
    let futures = details.count();
    let mut found = vec![];
    for initiative in &plan.initiatives {
        let from = found.len();
        for id in initiative.tasks.iter().copied().filter(|id| details.keeps(*id)) {
            found.extend(schedule(plan, trials, id, futures));
        }
        let own: &mut [TaskSchedule] = found.get_mut(from..).unwrap_or_default();
        own.sort_by(|a, b| {
            let key = |task: &TaskSchedule| (task.start_p50.working_days.days(), task.finish_p50.working_days.days());
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    }
    found
}

/// `None` where there is no such task in any future.
fn schedule(plan: &Plan, trials: &Trials, id: TaskId, futures: usize) -> Option<TaskSchedule> {
    let details = trials.details();
    let times = details.starts(id).into_iter().zip(details.finishes(id));
    // What started and has no quantity was not needed; what never started counts as later than every date.
    let is_needed = |(times, quantity): ((f64, f64), Option<f64>)| (quantity.is_some() || times.0.is_infinite()).then_some(times);
    let (mut starts, mut finishes): (Vec<f64>, Vec<f64>) = times.zip(details.quantities(id)).filter_map(is_needed).unzip();
    let at = |times: &mut [f64], percent| Some(moment(&plan.calendar, quantile_of(times, Percentile::percent(percent))?));
    let task = &plan.tasks[id.0];
    let drives = trials.drivers().and_then(|drivers| drivers.task(task.initiative, id));
    Some(TaskSchedule {
        initiative: plan.initiatives[task.initiative.0].id.clone(),
        task: task.id.clone(),
        title: task.title.clone(),
        p_needed: starts.len() as f64 / futures.max(1) as f64,
        criticality: drives.filter(|(_, of)| *of > 0).map(|(hits, of)| f64::from(hits) / f64::from(of)),
        start_p50: at(&mut starts, 50)?,
        finish_p10: at(&mut finishes, 10)?,
        finish_p50: at(&mut finishes, 50)?,
        finish_p90: at(&mut finishes, 90)?,
    })
}
