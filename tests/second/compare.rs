//! Whether two samples can come from one distribution.

use std::collections::BTreeMap;

use sim::plan::{BudgetKind, Plan};

use super::budgets::{Future, breaches, burnt, slip};

/// Standard errors (of both samples together) that chance may explain.
const ERRORS: f64 = 4.0;

/// What an implementation says, trial by trial, by name.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// Finishes, counts, money, people.
    pub numbers: BTreeMap<String, Vec<f64>>,
    /// Whether something came about.
    pub events: BTreeMap<String, Vec<bool>>,
}

/// Everything that can be compared. The names are those of `Measures` of any other implementation:
///
/// - `finish <initiative>`, `task <task>`: working days, infinite for never;
/// - `minutes <budget> <quarter from 0>`, burnt before the start included; `open <budget>`, `held <budget>`, `slip <budget>`;
/// - `cost`, `incident value`;
/// - `people <team> <week from 0>` (at hand), `head count <team> <week from 0>`;
/// - events: `breach <budget>`, `breach <budget> <quarter from 0>`, `on time <initiative> <commitment from 0>`, and
///   `<the same> within all`: on time and no budget breached.
pub fn measures(plan: &Plan, futures: &[Future]) -> Measures {
    let mut all = Measures::default();
    for future in futures {
        let mut number = |name: String, value: f64| all.numbers.entry(name).or_default().push(value);
        for (initiative, finish) in plan.initiatives.iter().zip(&future.finishes) {
            number(format!("finish {}", initiative.id), *finish);
        }
        for (task, finish) in plan.tasks.iter().zip(&future.tasks) {
            number(format!("task {}", task.id), *finish);
        }
        number("cost".into(), future.cost);
        number("incident value".into(), future.incident_value);
        for (team, entry) in plan.teams.iter().enumerate() {
            let weeks = future.people[team].iter().zip(&future.head_count[team]).enumerate();
            for (week, (people, head_count)) in weeks {
                if let (Some(people), Some(head_count)) = (people, head_count) {
                    number(format!("people {} {week}", entry.id), *people);
                    number(format!("head count {} {week}", entry.id), *head_count);
                }
            }
        }
        let breached = breaches(plan, future);
        for (id, budget) in plan.budgets.iter().enumerate() {
            let name = &budget.id;
            for (quarter, minutes) in burnt(plan, future, id).into_iter().enumerate() {
                number(format!("minutes {name} {quarter}"), minutes);
                if let BudgetKind::Reliability {
                    customer_minutes_per_quarter: limit,
                    ..
                } = budget.kind
                {
                    let event = format!("breach {name} {quarter}");
                    all.events.entry(event).or_default().push(minutes > limit);
                }
            }
            match &budget.kind {
                BudgetKind::Delivery {
                    initiative, commitment, ..
                } => {
                    number(format!("slip {name}"), slip(plan, future, initiative.0, *commitment));
                }
                BudgetKind::Security { initiative, .. } => {
                    number(format!("open {name}"), f64::from(future.max_open[initiative.0]));
                    number(format!("held {name}"), future.days_held[initiative.0]);
                }
                BudgetKind::Reliability { .. } | BudgetKind::Cost { .. } => {}
            }
            all.events.entry(format!("breach {name}")).or_default().push(breached[id]);
        }
        for (initiative, finish) in plan.initiatives.iter().zip(&future.finishes) {
            for (index, commitment) in initiative.commitments.iter().enumerate() {
                let on_time = *finish <= commitment.time.days() + super::trial::EPS;
                let name = format!("on time {} {index}", initiative.id);
                let within = on_time && !breached.contains(&true);
                all.events.entry(format!("{name} within all")).or_default().push(within);
                all.events.entry(name).or_default().push(on_time);
            }
        }
    }
    all
}

/// Where what `theirs` says differs from `ours` by more than chance explains. What only one of them knows is not compared, but
/// a name that only they know is reported, as it is probably misspelt.
pub fn disagreements(ours: &Measures, theirs: &Measures) -> Vec<String> {
    let mut found = vec![];
    for (name, theirs) in &theirs.numbers {
        match ours.numbers.get(name) {
            Some(ours) => found.extend(numbers_disagree(name, ours, theirs)),
            None => found.push(format!("{name}: nothing to compare with")),
        }
    }
    for (name, theirs) in &theirs.events {
        match ours.events.get(name) {
            Some(ours) => found.extend(events_disagree(name, ours, theirs)),
            None => found.push(format!("{name}: nothing to compare with")),
        }
    }
    found
}

fn numbers_disagree(name: &str, ours: &[f64], theirs: &[f64]) -> Vec<String> {
    let mut pooled: Vec<f64> = ours.iter().chain(theirs).copied().filter(|x| x.is_finite()).collect();
    pooled.sort_by(f64::total_cmp);
    // Equal numbers that were added up in another order must stay equal, or the ranks of whole days would be compared wrongly.
    let grain = pooled.iter().fold(1e3_f64, |largest, x| largest.max(x.abs())) * 1e-7;
    let rounded = |sample: &[f64]| -> Vec<f64> { sample.iter().map(|x| (x / grain).round()).collect() };
    let (ours, theirs) = (rounded(ours), rounded(theirs));
    let mut found = vec![];
    if ours.iter().chain(&theirs).all(|x| x.is_finite()) {
        let ((a, a_error), (b, b_error)) = (mean(&ours), mean(&theirs));
        let error = a_error.hypot(b_error);
        if (a - b).abs() > ERRORS * error + 1.0 {
            let off = (a - b).abs() / error;
            found.push(format!(
                "{name}: mean {:.4} here, {:.4} there, {off:.1} standard errors apart",
                a * grain,
                b * grain
            ));
        }
    }
    for percent in [10, 20, 30, 40, 50, 60, 70, 80, 90] {
        let Some(at) = pooled.get(pooled.len() * percent / 100) else {
            continue;
        };
        let rank = (at / grain).round();
        let below = |sample: &[f64]| -> Vec<bool> { sample.iter().map(|x| *x <= rank).collect() };
        found.extend(events_disagree(&format!("{name} ≤ {at:.4}"), &below(&ours), &below(&theirs)));
    }
    let never = |sample: &[f64]| -> Vec<bool> { sample.iter().map(|x| x.is_infinite()).collect() };
    found.extend(events_disagree(&format!("{name} never"), &never(&ours), &never(&theirs)));
    found.dedup();
    found
}

fn events_disagree(name: &str, ours: &[bool], theirs: &[bool]) -> Option<String> {
    let count = |sample: &[bool]| sample.iter().filter(|yes| **yes).count() as f64;
    let (n, m) = (ours.len() as f64, theirs.len() as f64);
    let (a, b) = (count(ours) / n, count(theirs) / m);
    let pooled = (count(ours) + count(theirs)) / (n + m);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    // Counts are whole: half a trial of each sample is no difference.
    let whole = 0.5 / n + 0.5 / m;
    ((a - b).abs() > ERRORS * error + whole).then(|| {
        let off = (a - b).abs() / error;
        format!("{name}: share {a:.4} here, {b:.4} there, {off:.1} standard errors apart")
    })
}

/// Mean and its standard error.
pub fn mean(sample: &[f64]) -> (f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    (mean, (variance(sample) / n).sqrt())
}

pub fn variance(sample: &[f64]) -> f64 {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)
}
