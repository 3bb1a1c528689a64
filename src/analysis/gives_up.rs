//! What a way out gives up: what is no longer done, what was promised otherwise, which limits became wider.

use crate::plan::{Budget, BudgetKind, Commitment, Initiative, Plan};

/// What `other` leaves out of `plan` or promises otherwise, a phrase each.
pub(super) fn gives_up(plan: &Plan, other: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    for initiative in &plan.initiatives {
        let Some(left) = other.initiatives.iter().find(|left| left.id == initiative.id) else {
            found.push(format!("drops {}", initiative.title));
            continue;
        };
        for task in initiative.tasks.iter().map(|task| &plan.tasks[task.0]) {
            // A task that only a risk adds is no scope.
            if task.only_if.is_some() {
                continue;
            }
            match other.tasks.iter().find(|left| left.id == task.id) {
                None => found.push(format!("drops {}", task.title)),
                // Whoever gives a task another name means other work.
                Some(left) if left.title != task.title => found.push(format!("{} instead of {}", left.title, task.title)),
                Some(_) => {}
            }
        }
        found.extend(promises(initiative, left));
    }
    for budget in &plan.budgets {
        match other.budgets.iter().find(|left| left.id == budget.id) {
            None => found.push(format!("drops the budget {}", budget.id)),
            Some(left) if is_looser(budget, left) => found.push(format!("widens the budget {}", budget.id)),
            Some(_) => {}
        }
    }
    found
}

fn promises(initiative: &Initiative, left: &Initiative) -> Vec<String> {
    let changes = initiative.commitments.iter().enumerate().filter_map(|(index, promise)| {
        let to = promise.to.as_ref().map_or_else(String::new, |to| format!(" to {to}"));
        match same_promise(promise, index, left) {
            None => Some(format!("takes back the promise{to} of {}", promise.date.long())),
            Some(new) if new.date > promise.date => {
                let to = promise.to.as_deref().unwrap_or("those who were promised");
                Some(format!("tells {to} {} instead of {}", new.date.long(), promise.date.long()))
            }
            Some(_) => None,
        }
    });
    changes.collect()
}

/// The promise that stands in the place of one in another version of the initiative: to the same people, or, where nobody is named, in
/// the same place.
pub(super) fn same_promise<'a>(promise: &Commitment, index: usize, left: &'a Initiative) -> Option<&'a Commitment> {
    match &promise.to {
        Some(_) => left.commitments.iter().find(|new| new.to == promise.to),
        None => left.commitments.get(index),
    }
}

fn is_looser(budget: &Budget, left: &Budget) -> bool {
    let wider = |own: Option<f64>, new: Option<f64>| new.unwrap_or(f64::INFINITY) > own.unwrap_or(f64::INFINITY);
    let limits = match (&budget.kind, &left.kind) {
        (BudgetKind::Delivery { max_slip: own, .. }, BudgetKind::Delivery { max_slip: new, .. })
        | (BudgetKind::Cost { max: own }, BudgetKind::Cost { max: new }) => new > own,
        (
            BudgetKind::Reliability {
                customer_minutes_per_quarter: own,
                ..
            },
            BudgetKind::Reliability {
                customer_minutes_per_quarter: new,
                ..
            },
        ) => new > own,
        (
            BudgetKind::Security {
                max_open: own_open,
                max_days_held: own_days,
                ..
            },
            BudgetKind::Security {
                max_open: new_open,
                max_days_held: new_days,
                ..
            },
        ) => wider(*own_open, *new_open) || wider(*own_days, *new_days),
        _ => false,
    };
    let tolerance = |budget: &Budget| budget.tolerance.map_or(0.0, |tolerance| tolerance.get());
    limits || tolerance(left) > tolerance(budget)
}
