//! What lies outside of everything that an estimate can give: evidence that says nothing, since no future of the plan has it.

use crate::plan::actuals::facts::{Actuals, RiskActual};
use crate::plan::domain::{LinkKind, Plan, TaskId, Work};

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

/// Which tasks a risk that may have struck multiplies or adds to, by [`TaskId`].
pub(super) fn touched(plan: &Plan, risks: &[RiskActual]) -> Vec<bool> {
    let mut touched = vec![false; plan.tasks.len()];
    for (risk, actual) in plan.risks.iter().zip(risks) {
        let may_have_happened = actual.has_happened() || (*actual == RiskActual::Unreported && risk.probability.get() > 0.0);
        if may_have_happened && (risk.multiply.is_some() || risk.add.is_some()) {
            for task in &risk.affects {
                if let Some(touched) = touched.get_mut(task.0) {
                    *touched = true;
                }
            }
        }
    }
    touched
}

/// Whether what is known of a task lies outside of what the plan can give. An overrun, or a risk that may have struck, leaves room
/// for anything but a fixed number.
pub(super) fn is_outside(plan: &Plan, actuals: &Actuals, touched: &[bool], id: TaskId) -> Option<Outside> {
    let task = plan.tasks.get(id.0)?;
    let known = actuals.tasks.get(id.0)?.as_ref()?;
    let estimate = task.work.estimate();
    let may_be_anything = touched.get(id.0).copied().unwrap_or(true) || (plan.overrun.is_some() && !estimate.is_fixed());
    if may_be_anything {
        return None;
    }
    let (least, most) = (estimate.distribution.quantile(0.0), estimate.distribution.quantile(1.0));
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
