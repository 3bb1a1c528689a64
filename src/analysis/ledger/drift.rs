//! What moved a date between two runs.
//!
//! One run is turned into the other a group of inputs at a time, on the same random numbers, and the finishes are looked at after each
//! step: simulation noise (another seed, number of futures or program), calendar, capacity, incidents, risks, scope, estimates,
//! commitments. This order is fixed; a cause that interacts with a later one is seen with the later one still as it was. Where what
//! lies between two steps is no plan at all (a task without its team), the steps are taken together and named together.
//!
//! Facts come last. With V(·) a finish's quantile, tasks ⊂ … ⊂ all the facts by kind, and "pasted" the facts put in as dates with
//! nothing learned from them, a set of facts A moves the finish by
//!
//! ```text
//! progress          V(pasted tasks)                        − V(nothing known)
//! capacity          V(pasted tasks, people)                − V(pasted tasks)
//! incidents         V(pasted tasks, people, incidents)     − V(pasted tasks, people)
//! risks             V(pasted all)                          − V(pasted tasks, people, incidents)
//! learned overrun   V(all, learned from)                   − V(pasted all)
//! ```
//!
//! and each cause moved it by what it does in the new facts less what it did in the old. The parts telescope, so that they sum to the
//! whole. Learned overrun holds everything that is learned: overrun, common factors, rates.

use serde::Serialize;

use crate::analysis::compare::translated;
use crate::analysis::forecast::Forecast;
use crate::analysis::ledger::entry::{Entry, Input, RunKind};
use crate::calendar::Date;
use crate::engine::{self, Compiled, Run, Stop, Trials, Window};
use crate::plan::{self, Actuals, Files, Plan, RiskActual};
use crate::posterior;
use crate::scenario::Scenario;
use crate::scenario::actuals::{ActualsText, changed_tree};
use crate::scenario::mix::{self, Group, changes, scenario_of, take, tree_of};
use crate::scenario::tree::Table;
use crate::statistics::Sorted;
use crate::units::{Percentile, WorkDays};

/// The most futures that are played for each step: the steps are paired and need no more.
const MOST_TRIALS: u32 = 10_000;
/// Inputs that changed though no fact did which are kept.
const MOST_UNEXPLAINED: usize = 100;
/// Characters of a value that are kept of it.
const MOST_SHOWN: usize = 400;
/// Digits of a hash that tell two files apart for people.
const HASH_SHOWN: usize = 8;

const NOISE: &str = "simulation noise";
const PROGRESS: &str = "progress";
const LEARNED: &str = "learned overrun";
const CAPACITY: &str = Group::Capacity.name();
const INCIDENTS: &str = Group::Incidents.name();
const RISKS: &str = Group::Risks.name();

/// Every cause, in the order in which it is told.
const CAUSES: [&str; 10] = [
    PROGRESS,
    LEARNED,
    CAPACITY,
    INCIDENTS,
    RISKS,
    Group::Scope.name(),
    Group::Estimates.name(),
    Group::Calendar.name(),
    Group::Commitments.name(),
    NOISE,
];

/// What moved since an earlier run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The day on which that run was recorded.
    pub since: Date,
    /// What it was.
    pub kind: RunKind,
    /// The morning up to which it knew the facts, for a rerun.
    pub as_of: Option<Date>,
    /// Why the change could not be split, in a sentence, where it could not.
    pub not_split: Option<String>,
    /// What of its luck was another, `seed 1 then, 2 now`: simulation noise holds what that changed.
    pub other_luck: Vec<String>,
    /// The initiatives that both runs have, in the order of the file.
    pub initiatives: Vec<InitiativeDrift>,
    /// Inputs that changed though no fact did: that is how estimates get massaged.
    pub unexplained: Vec<UnexplainedInput>,
}

/// What moved the finish of one initiative.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InitiativeDrift {
    /// The initiative.
    pub initiative: String,
    /// Text for people.
    pub title: String,
    /// The whole change.
    pub whole: Whole,
    /// Its parts, which sum to it; one without a number where one of the runs never finishes.
    pub causes: Vec<Moved>,
}

/// A change of a finish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whole {
    /// Working days by which the median moved, positive for later; absent where either is never.
    pub p50_days: Option<f64>,
    /// Working days by which the date of 80 % confidence moved.
    pub p80_days: Option<f64>,
    /// How the odds of the promises moved that both runs know.
    pub odds: Vec<OddsMoved>,
}

/// How the odds of a promise moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OddsMoved {
    /// To whom, where given. The date may have moved too.
    pub to: Option<String>,
    /// Change of P(on time).
    pub change: f64,
}

/// What one cause did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Its name.
    pub cause: Cause,
    /// What it did.
    #[serde(flatten)]
    pub by: Whole,
}

/// The name of a cause; several joined by ` + ` where they could not be told apart.
pub type Cause = String;

/// An input that is another though no fact is told of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnexplainedInput {
    /// Its place in the file: `initiative.launch.task.design.effort`.
    pub input: String,
    /// What it was; absent where there was none.
    pub then: Option<String>,
    /// What it is; absent where there is none.
    pub now: Option<String>,
}

/// The inputs of an earlier run, read again.
pub struct Then<'a> {
    /// What was recorded of it.
    pub entry: &'a Entry,
    /// The scenario as it was.
    pub scenario: &'a Scenario,
    /// The plan as it was, with what its facts had changed.
    pub plan: &'a Plan,
    /// Its facts, as text and by the ids of `plan`.
    pub actuals: Option<(&'a ActualsText, &'a Actuals)>,
    /// The files that the scenario named, as they were.
    pub files: Files<'a>,
}

/// This run.
pub struct Now<'a> {
    /// What will be recorded of it.
    pub entry: &'a Entry,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The plan, with what the facts change.
    pub plan: &'a Plan,
    /// The facts, as text and by the ids of `plan`.
    pub actuals: Option<(&'a ActualsText, &'a Actuals)>,
    /// The files that the scenario names.
    pub files: Files<'a>,
    /// Its futures.
    pub trials: &'a Trials,
    /// How far it looked.
    pub window: Window,
    /// Threads to use; 0 for one per core.
    pub threads: usize,
}

/// The change since an earlier run as a whole, where it cannot be split.
#[must_use]
pub fn drift_unsplit(entry: &Entry, now: &Entry, forecast: &Forecast, plan: &Plan, why: String) -> Drift {
    let then = recorded(entry, now, plan);
    let after = recorded(now, now, plan);
    told(
        entry,
        forecast,
        plan,
        &then,
        &after,
        vec![("not split".to_owned(), difference(&after, &then))],
        Some(why),
        vec![],
    )
}

/// What moved since an earlier run. `None` where somebody wants an early end.
///
/// Where a step cannot be played (a plan that floods, facts that do not fit it), it is taken together with the next.
#[must_use]
pub fn drift(then: &Then<'_>, now: &Now<'_>, forecast: &Forecast, stop: &Stop) -> Option<Drift> {
    let player = Player { now, stop };
    let old = recorded(then.entry, now.entry, now.plan);
    let new = recorded(now.entry, now.entry, now.plan);
    let is_same_luck = then.entry.seed == now.entry.seed
        && then.entry.trials == now.entry.trials
        && then.entry.engine_version == now.entry.engine_version
        && player.count() == now.entry.trials;
    let mut parts: Vec<(String, Values)> = vec![];
    let mut tree = tree_of_side(then.scenario, then.actuals);
    let goal = tree_of_side(now.scenario, now.actuals);
    let mut steps: Vec<(Group, Table)> = vec![];
    for group in Group::ALL {
        if take(&mut tree, &goal, group) {
            steps.push((group, tree.clone()));
        }
    }
    let has_other_files = then.entry.beside != now.entry.beside;
    if has_other_files && !steps.iter().any(|(group, _)| *group == Group::Estimates) {
        // What the scenario names are histories and samples of estimates.
        let at = steps
            .iter()
            .position(|(group, _)| *group == Group::Commitments)
            .unwrap_or(steps.len());
        let before = at.checked_sub(1).and_then(|before| steps.get(before)).map(|(_, tree)| tree.clone());
        steps.insert(
            at,
            (
                Group::Estimates,
                before.unwrap_or_else(|| tree_of_side(then.scenario, then.actuals)),
            ),
        );
    }
    let before = then.actuals.map(|(_, actuals)| (actuals, then.plan));
    let has_other_facts = match (before, now.actuals) {
        (None, None) => false,
        (Some((actuals, plan)), Some((_, other))) => actuals.carried(plan, now.plan) != *other,
        _ => true,
    };
    // The chain begins with the earlier run on this one's luck, and ends with this run on as many futures as the steps.
    let ends = if player.count() == now.entry.trials {
        new.clone()
    } else {
        player.values(now.plan, now.trials)
    };
    if steps.is_empty() && !has_other_facts {
        parts.push((NOISE.to_owned(), difference(&new, &old)));
        return Some(told(
            then.entry,
            forecast,
            now.plan,
            &old,
            &new,
            parts,
            None,
            unexplained(then, now),
        ));
    }
    let begins = if is_same_luck {
        Ok(old.clone())
    } else {
        player.play(then.plan, before)
    };
    let Ok(mut at) = begins else {
        let why = "the earlier run cannot be played again".to_owned();
        return Some(drift_unsplit(then.entry, now.entry, forecast, now.plan, why));
    };
    parts.push((NOISE.to_owned(), sum(&difference(&at, &old), &difference(&new, &ends))));
    let mut pending: Vec<&str> = vec![];
    let last = steps.len().saturating_sub(1);
    for (index, (group, tree)) in steps.iter().enumerate() {
        pending.push(group.name());
        if index == last && !has_other_facts {
            break;
        }
        let files = if *group == Group::Estimates || *group == Group::Commitments {
            now.files
        } else {
            then.files
        };
        let Ok(plan) = plan::build(&scenario_of(tree), files) else {
            continue;
        };
        let Ok(values) = player.play(&plan, before) else { continue };
        if stop.load(std::sync::atomic::Ordering::Relaxed) {
            return None;
        }
        parts.push((pending.join(" + "), difference(&values, &at)));
        at = values;
        pending.clear();
    }
    if has_other_facts {
        let was = before.map(|(actuals, plan)| actuals.carried(plan, now.plan));
        let effects = player.effects(now.actuals.map(|(_, actuals)| actuals), was.as_ref(), &at, &ends);
        match effects.filter(|_| pending.is_empty()) {
            Some(effects) => parts.extend(effects),
            None => {
                pending.extend([PROGRESS, LEARNED]);
                parts.push((pending.join(" + "), difference(&ends, &at)));
            }
        }
    } else if !pending.is_empty() {
        parts.push((pending.join(" + "), difference(&ends, &at)));
    }
    if stop.load(std::sync::atomic::Ordering::Relaxed) {
        return None;
    }
    Some(told(
        then.entry,
        forecast,
        now.plan,
        &old,
        &new,
        parts,
        None,
        unexplained(then, now),
    ))
}

fn tree_of_side(scenario: &Scenario, actuals: Option<(&ActualsText, &Actuals)>) -> Table {
    match actuals {
        Some((text, _)) => changed_tree(scenario, text),
        None => tree_of(&scenario.source),
    }
}

/// The numbers that move, by initiative of this run's plan; in its calendar.
type Values = Vec<Value>;

#[derive(Debug, Clone, PartialEq)]
struct Value {
    p50: Option<f64>,
    p80: Option<f64>,
    /// By promise of this run's plan; absent where there is no promise to the same people.
    odds: Vec<Option<f64>>,
}

impl Value {
    fn with(&self, other: &Self, change: impl Fn(f64, f64) -> f64) -> Self {
        let both = |a: Option<f64>, b: Option<f64>| Some(change(a?, b?));
        Self {
            p50: both(self.p50, other.p50),
            p80: both(self.p80, other.p80),
            odds: self.odds.iter().zip(&other.odds).map(|(a, b)| both(*a, *b)).collect(),
        }
    }
}

fn difference(a: &Values, b: &Values) -> Values {
    a.iter().zip(b).map(|(a, b)| a.with(b, |a, b| a - b)).collect()
}

fn sum(a: &Values, b: &Values) -> Values {
    a.iter().zip(b).map(|(a, b)| a.with(b, |a, b| a + b)).collect()
}

/// What an entry says, by initiative of `plan` and in its calendar. `now` is what is recorded of the run of `plan`.
fn recorded(entry: &Entry, now: &Entry, plan: &Plan) -> Values {
    let calendar = entry.calendar();
    let days = |days: f64| {
        // Read back to the very time that was written.
        let days = WorkDays::new(days).days();
        if calendar == plan.calendar {
            days
        } else {
            translated(days, &calendar, &plan.calendar)
        }
    };
    plan.initiatives
        .iter()
        .map(|initiative| {
            let said = entry.initiative(&initiative.id);
            let at = |percent| Some(days(said?.quantile(Percentile::percent(percent))?.working_days?));
            let promises = now.initiative(&initiative.id).map_or(&[] as &[_], |now| &now.commitments);
            Value {
                p50: at(50),
                p80: at(80),
                odds: promises
                    .iter()
                    .map(|promise| Some(said?.commitments.iter().find(|other| other.to == promise.to)?.p_on_time))
                    .collect(),
            }
        })
        .collect()
}

struct Player<'a> {
    now: &'a Now<'a>,
    stop: &'a Stop,
}

/// A step that could not be played.
struct NotPlayed;

impl Player<'_> {
    fn count(&self) -> u32 {
        self.now.entry.trials.min(MOST_TRIALS)
    }

    /// What a plan says where these facts, by the ids of another plan, are learned from.
    fn play(&self, plan: &Plan, facts: Option<(&Actuals, &Plan)>) -> Result<Values, NotPlayed> {
        let compiled = Compiled::new(plan, self.now.entry.seed);
        let compiled = match facts {
            None => compiled,
            Some((actuals, of)) => {
                let actuals = actuals.carried(of, plan);
                let conditioned = posterior::condition(compiled, &actuals, self.now.entry.seed, self.count(), self.now.threads, self.stop);
                conditioned.map_err(|_| NotPlayed)?.0
            }
        };
        self.run(plan, &compiled)
    }

    fn run(&self, plan: &Plan, compiled: &Compiled) -> Result<Values, NotPlayed> {
        let run = Run {
            first: 0,
            trials: self.count(),
            threads: self.now.threads,
            window: Window {
                weeks: 0,
                checkpoints: false,
                responses: false,
                ..self.now.window
            },
            watch: None,
        };
        let trials = engine::run(compiled, run, self.stop, |_| {}).map_err(|_| NotPlayed)?;
        Ok(self.values(plan, &trials))
    }

    /// What futures of a plan say, by initiative of this run's plan.
    fn values(&self, plan: &Plan, trials: &Trials) -> Values {
        let own = &self.now.plan.calendar;
        let is_same = plan.calendar == *own;
        let of_initiative = |initiative: &plan::Initiative| {
            let index = plan.initiatives.iter().position(|other| other.id == initiative.id);
            let finishes = index.map(|index| Sorted::new(trials.finishes(index).take(self.count() as usize).collect()));
            let at = |percent| {
                let days = finishes
                    .as_ref()?
                    .quantile(Percentile::percent(percent))
                    .filter(|days| days.is_finite())?;
                Some(if is_same { days } else { translated(days, &plan.calendar, own) })
            };
            let odds = |promise: &plan::Commitment| {
                let promises = &plan.initiatives.get(index?)?.commitments;
                let promise = promises.iter().find(|other| other.to == promise.to)?;
                finishes.as_ref()?.share_at_or_below(promise.time.days()).estimate()
            };
            Value {
                p50: at(50),
                p80: at(80),
                odds: initiative.commitments.iter().map(odds).collect(),
            }
        };
        self.now.plan.initiatives.iter().map(of_initiative).collect()
    }

    /// What the facts did, new against old, on this run's plan. `old` and `new` are what it says with the one and with the other learned
    /// from. `None` where something could not be played.
    fn effects(&self, now: Option<&Actuals>, was: Option<&Actuals>, old: &Values, new: &Values) -> Option<Vec<(String, Values)>> {
        let nothing = match (now, was) {
            (Some(_), None) => old.clone(),
            (None, Some(_)) => new.clone(),
            _ => self.play(self.now.plan, None).ok()?,
        };
        let of = |facts: Option<&Actuals>, learned: &Values| -> Option<Vec<(&str, Values)>> {
            let Some(facts) = facts else { return Some(vec![]) };
            let mut at = nothing.clone();
            let mut known = Actuals::nothing(self.now.plan, facts.date);
            known.tasks.clone_from(&facts.tasks);
            let mut found = vec![];
            for cause in [PROGRESS, CAPACITY, INCIDENTS, RISKS] {
                let is_told = match cause {
                    CAPACITY => facts.teams.iter().any(Option::is_some),
                    INCIDENTS => facts.incidents.iter().any(Option::is_some) || facts.findings.iter().any(Option::is_some),
                    RISKS => facts.risks.iter().any(|risk| *risk != RiskActual::Unreported),
                    _ => true,
                };
                if !is_told {
                    continue;
                }
                match cause {
                    CAPACITY => known.teams.clone_from(&facts.teams),
                    INCIDENTS => {
                        known.incidents.clone_from(&facts.incidents);
                        known.findings.clone_from(&facts.findings);
                    }
                    RISKS => known.risks.clone_from(&facts.risks),
                    _ => {}
                }
                let compiled = posterior::pasted(Compiled::new(self.now.plan, self.now.entry.seed), &known);
                let values = self.run(self.now.plan, &compiled).ok()?;
                found.push((cause, difference(&values, &at)));
                at = values;
            }
            found.push((LEARNED, difference(learned, &at)));
            Some(found)
        };
        let mut parts: Vec<(String, Values)> = vec![];
        for (cause, values) in of(now, new)? {
            parts.push((cause.to_owned(), values));
        }
        let zero = difference(&nothing, &nothing);
        for (cause, values) in of(was, old)? {
            parts.push((cause.to_owned(), difference(&zero, &values)));
        }
        Some(parts)
    }
}

/// The parts by initiative and cause.
#[allow(clippy::too_many_arguments)]
fn told(
    entry: &Entry,
    forecast: &Forecast,
    plan: &Plan,
    old: &Values,
    new: &Values,
    parts: Vec<(String, Values)>,
    not_split: Option<String>,
    unexplained: Vec<UnexplainedInput>,
) -> Drift {
    let mut names: Vec<String> = if not_split.is_some() {
        vec![]
    } else {
        CAUSES.map(str::to_owned).to_vec()
    };
    for (cause, _) in &parts {
        if !names.contains(cause) {
            names.push(cause.clone());
        }
    }
    let whole = difference(new, old);
    let both = forecast
        .initiatives
        .iter()
        .enumerate()
        .filter(|(_, initiative)| entry.initiative(&initiative.id).is_some());
    let initiatives = both.filter_map(|(index, initiative)| {
        let promises = &plan.initiatives.get(index)?.commitments;
        let as_whole = |value: &Value| Whole {
            p50_days: value.p50,
            p80_days: value.p80,
            odds: promises
                .iter()
                .zip(&value.odds)
                .filter_map(|(promise, change)| {
                    Some(OddsMoved {
                        to: promise.to.clone(),
                        change: (*change)?,
                    })
                })
                .collect(),
        };
        let all = whole.get(index)?;
        let causes = names.iter().map(|cause| {
            let nothing = all.with(all, |a, b| a - b);
            let own = parts
                .iter()
                .filter(|(name, _)| name == cause)
                .filter_map(|(_, values)| values.get(index));
            Moved {
                cause: cause.clone(),
                by: as_whole(&own.fold(nothing, |sum, part| sum.with(part, |a, b| a + b))),
            }
        });
        Some(InitiativeDrift {
            initiative: initiative.id.clone(),
            title: initiative.title.clone(),
            whole: as_whole(all),
            causes: causes.collect(),
        })
    });
    Drift {
        since: entry.recorded.date(),
        kind: entry.kind,
        as_of: entry.as_of,
        not_split,
        other_luck: other_luck(entry, forecast),
        initiatives: initiatives.collect(),
        unexplained,
    }
}

fn other_luck(entry: &Entry, forecast: &Forecast) -> Vec<String> {
    let seeds = [entry.seed, forecast.seed].map(|seed| format!("seed {seed}"));
    let futures = [entry.trials, forecast.trials].map(|trials| format!("{trials} futures"));
    let programs = [&entry.engine_version, &forecast.engine_version].map(|version| format!("sim {version}"));
    let differs = |[then, now]: &[String; 2]| then != now;
    [seeds, futures, programs]
        .into_iter()
        .filter(differs)
        .map(|[then, now]| format!("{then} then, {now} now"))
        .collect()
}

/// The inputs that changed though nothing new is told of what they belong to. What facts change about the plan counts as part of it:
/// a task that was told to have been added and is not told of any more is gone, and one that the scenario has taken over is not new.
fn unexplained(then: &Then<'_>, now: &Now<'_>) -> Vec<UnexplainedInput> {
    let was = then.actuals.map(|(_, actuals)| actuals.carried(then.plan, now.plan));
    let is = now.actuals.map(|(_, actuals)| actuals);
    let old = tree_of_side(then.scenario, then.actuals);
    let new = tree_of_side(now.scenario, now.actuals);
    let told_then = changes(&tree_of(&then.scenario.source), &old);
    let told_now = changes(&tree_of(&now.scenario.source), &new);
    let mut found: Vec<UnexplainedInput> = changes(&old, &new)
        .into_iter()
        .filter(|change| !has_new_facts(now.plan, was.as_ref(), is, change))
        .filter(|change| !is_among(&told_now, change) || is_among(&told_then, change))
        .map(|change| UnexplainedInput {
            input: change.path.join("."),
            then: change.then.as_deref().map(shortened),
            now: change.now.as_deref().map(shortened),
        })
        .collect();
    let beside = now.entry.beside.iter().filter(|input| !then.entry.beside.contains(input));
    found.extend(beside.map(|input| UnexplainedInput {
        input: input.file.clone(),
        then: file_as(&input.file, &then.entry.beside, then.files),
        now: file_as(&input.file, &now.entry.beside, now.files),
    }));
    found.truncate(MOST_UNEXPLAINED);
    found
}

/// Whether one of the changes is at the place of this one, above it or below it.
fn is_among(changes: &[mix::Changed], change: &mix::Changed) -> bool {
    changes
        .iter()
        .any(|other| other.path.starts_with(&change.path) || change.path.starts_with(&other.path))
}

/// A file as it can be told from another: `48 lines (SHA-256 1f0c9a3e…)`. `None` where the run did not read it.
fn file_as(file: &str, beside: &[Input], files: Files<'_>) -> Option<String> {
    let input = beside.iter().find(|input| input.file == file)?;
    let hash: String = input.sha256.chars().take(HASH_SHOWN).collect();
    let lines = files(file).map_or(0, |text| text.lines().count());
    Some(format!("{lines} {} (SHA-256 {hash}…)", if lines == 1 { "line" } else { "lines" }))
}

/// A long list is not needed in full to be found.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

/// Whether something is told of an entry, and something else than before.
fn is_news<T: PartialEq>(index: Option<usize>, was: Option<&[Option<T>]>, is: &[Option<T>]) -> bool {
    index.is_some_and(|index| {
        let was = was.and_then(|was| was.get(index)?.as_ref());
        let is = is.get(index).and_then(Option::as_ref);
        is.is_some() && is != was
    })
}

/// Whether the facts now tell something of what an input belongs to that they did not tell then.
fn has_new_facts(plan: &Plan, was: Option<&Actuals>, is: Option<&Actuals>, change: &mix::Changed) -> bool {
    let Some(is) = is else { return false };
    let path: Vec<&str> = change.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["initiative", initiative, rest @ ..] => {
            let id = match rest {
                ["task", task, ..] => format!("{initiative}.{task}"),
                _ => (*initiative).to_owned(),
            };
            let index = plan.tasks.iter().position(|task| task.id == id);
            is_news(index, was.map(|was| &*was.tasks), &is.tasks)
        }
        ["team", id, ..] => {
            let index = plan.teams.iter().position(|team| team.id == *id);
            is_news(index, was.map(|was| &*was.teams), &is.teams)
        }
        ["incident", id, ..] => {
            let index = plan.incidents.iter().position(|class| class.id == *id);
            is_news(index, was.map(|was| &*was.incidents), &is.incidents)
        }
        ["finding", id, ..] => {
            let index = plan.findings.iter().position(|class| class.id == *id);
            is_news(index, was.map(|was| &*was.findings), &is.findings)
        }
        ["risk", id, ..] => {
            let index = plan.risks.iter().position(|risk| risk.id == *id);
            index.is_some_and(|index| {
                let was = was.and_then(|was| was.risks.get(index).copied()).unwrap_or(RiskActual::Unreported);
                is.risks.get(index).is_some_and(|is| *is != RiskActual::Unreported && *is != was)
            })
        }
        _ => false,
    }
}
