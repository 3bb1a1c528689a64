//! The ways out: each option as a plan of its own, and the combinations of them that can be taken together.

use std::sync::Arc;

use crate::diagnostic::Fault;
use crate::plan::build::build;
use crate::plan::domain::{Plan, PlanOption};
use crate::plan::estimate::Files;
use crate::scenario::combine::{self, Writes};
use crate::scenario::says::{self, Scenario};

/// The most combinations that are played: all of eight options.
pub const MOST_COMBINATIONS: usize = 256;

/// An option with the plan that it makes.
pub(super) fn taken(scenario: &Scenario, option: &says::Choice, mut plan: Plan) -> PlanOption {
    plan.once = once(scenario, &option.stack);
    PlanOption {
        id: option.id.value.clone(),
        title: option.title.clone().unwrap_or_else(|| option.id.value.clone()),
        recommended: option.recommended,
        plan: Arc::new(plan),
    }
}

/// What options cost once, together.
fn once(scenario: &Scenario, options: &[usize]) -> f64 {
    // A sum of nothing would be minus zero.
    options
        .iter()
        .filter_map(|option| scenario.options.get(*option)?.cost)
        .fold(0.0, |sum, cost| sum + cost)
}

/// Two options that cannot be taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Their places in [`Plan::options`].
    pub options: [usize; 2],
    /// What they disagree about: `initiative.launch.task.build.effort`.
    pub about: String,
}

/// What can be taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combinations {
    /// Places in [`Plan::options`], rising; nothing first. Whoever takes an option takes what it stands upon.
    pub sets: Vec<Vec<usize>>,
    /// Which options are never together.
    pub contradictions: Vec<Contradiction>,
}

/// Every combination of the scenario's options; those that contradict each other are in none together. `None` where there are more than
/// [`MOST_COMBINATIONS`].
#[must_use]
pub fn combinations(scenario: &Scenario) -> Option<Combinations> {
    let options = &scenario.options;
    let writes: Vec<Writes<'_>> = options.iter().map(|option| Writes::of(&option.overlay)).collect();
    let stands_upon = |a: usize, b: usize| options[a].stack.contains(&b);
    let mut contradictions = Vec::new();
    for b in 0..options.len() {
        // What an option changes of that upon which it stands is meant.
        for a in (0..b).filter(|a| !stands_upon(*a, b) && !stands_upon(b, *a)) {
            if let Some(about) = writes[a].contradiction(&writes[b]) {
                contradictions.push(Contradiction { options: [a, b], about });
            }
        }
    }
    let excludes = |a: usize, b: usize| contradictions.iter().any(|found| found.options == [a.min(b), a.max(b)]);
    // Those that others stand upon come first, so that whatever an option needs is decided before it.
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_key(|option| (options[*option].stack.len(), *option));
    let mut sets: Vec<Vec<usize>> = vec![vec![]];
    for option in order {
        let with: Vec<Vec<usize>> = sets
            .iter()
            .filter(|set| options[option].stack.iter().all(|below| *below == option || set.contains(below)))
            .filter(|set| set.iter().all(|other| !excludes(*other, option)))
            .map(|set| {
                let mut with = set.clone();
                with.push(option);
                with.sort_unstable();
                with
            })
            .collect();
        sets.extend(with);
        if sets.len() > MOST_COMBINATIONS {
            return None;
        }
    }
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    Some(Combinations { sets, contradictions })
}

/// The plan with several options taken; [`Plan::once`] is what they cost together.
///
/// # Errors
/// The faults that they make only together: a dangling name, a team without people.
pub fn combined(scenario: &Scenario, options: &[usize], files: Files<'_>) -> Result<Plan, Vec<Fault>> {
    let merged = combine::combined(scenario, options).ok_or_else(Vec::new)?;
    let mut plan = build(&merged, files)?;
    plan.once = once(scenario, options);
    Ok(plan)
}
