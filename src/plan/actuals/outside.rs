//! What lies outside of everything that an estimate can give: evidence that says nothing, since no future of the plan has it.

use crate::plan::actuals::facts::{Actuals, RiskActual};
use crate::plan::domain::{LinkKind, Plan, RiskId, Task, TaskId, Work};

/// How far outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outside {
    /// So many days of work or of time, which is more than can be.
    Above(f64),
    /// So many at most, which is less than can be.
    Below(f64),
}

/// Sums of hours in days are not exact.
const ROUNDING: f64 = 1e-6;

/// Whether what is known of a task lies outside of what the plan can give. An overrun, or a risk that may have struck, leaves room
/// for anything but a fixed number.
pub(super) fn is_outside(plan: &Plan, actuals: &Actuals, id: TaskId) -> Option<Outside> {
    let task = plan.tasks.get(id.0)?;
    let known = actuals.tasks.get(id.0)?.as_ref()?;
    let (least, most) = bounds(plan, actuals, id, task)?;
    let until = known.finished.unwrap_or(actuals.as_of);
    let elapsed = until.days() - known.started.days();
    let is_finished = known.finished.is_some();
    let above = |value: f64| (value > most * (1.0 + ROUNDING)).then_some(Outside::Above(value));
    let below = |value: f64| (is_finished && value < least * (1.0 - ROUNDING)).then_some(Outside::Below(value));
    match &task.work {
        Work::Effort { team, max, .. } => {
            if let Some(spent) = known.spent {
                return above(spent).or_else(|| below(spent));
            }
            let focus = plan.teams.get(team.0)?.focus;
            below(elapsed * f64::from(*max) * focus)
        }
        Work::Duration { crew, .. } => {
            // It may have stood still for want of people, or waited for another's end.
            let may_wait = !crew.is_empty()
                || task
                    .links
                    .iter()
                    .any(|link| matches!(link.kind, LinkKind::FinishFinish | LinkKind::StartFinish));
            // A finish is known to the day, and a task that runs has longer to go: more than that it takes either way.
            let more_than = elapsed - f64::from(u8::from(is_finished));
            let above = (more_than > most * (1.0 - ROUNDING) && !may_wait).then_some(Outside::Above(elapsed));
            above.or_else(|| below(elapsed))
        }
    }
}

/// The least and the most of a task's quantity; `None` where it may be anything.
fn bounds(plan: &Plan, actuals: &Actuals, id: TaskId, task: &Task) -> Option<(f64, f64)> {
    let estimate = task.work.estimate();
    let may_be_touched = plan.risks.iter().enumerate().any(|(index, risk)| {
        let risk_id = RiskId(index);
        let actual = actuals.risks.get(risk_id.0).copied().unwrap_or(RiskActual::Unreported);
        let may_have_happened = actual.has_happened() || (actual == RiskActual::Unreported && risk.probability.get() > 0.0);
        may_have_happened && (risk.multiply.is_some() || risk.add.is_some()) && risk.affects.contains(&id)
    });
    if may_be_touched || (plan.overrun.is_some() && !estimate.is_fixed()) {
        return None;
    }
    Some((estimate.distribution.quantile(0.0), estimate.distribution.quantile(1.0)))
}
