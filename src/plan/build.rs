//! What a file says → the plan. Checks everything that one part of the file says about another.
//!
//! The checks go on past a fault wherever its consequences can be told apart, so that a person mends a file once.

use std::collections::{HashMap, HashSet};

use crate::calendar::{Calendar, Date};
use crate::diagnostic::{Fault, Place, sort};
use crate::plan::calibration;
use crate::plan::domain::{Bet, Dispatch, Plan, TeamId, Work};
use crate::plan::estimate::{Files, Floored, Reading, floor_warnings};
use crate::plan::incidents::Marks;
use crate::plan::options;
use crate::sampling::{Correlation, Distribution};
use crate::scenario;
use crate::scenario::reader::{Faults, suggest};
use crate::scenario::says::{self, Overrun, Scenario};
use crate::scenario::syntax;
use crate::scenario::tree::At;
use crate::units::{Percentile, WorkDays};

/// Trials where the file does not say.
pub const DEFAULT_TRIALS: u32 = 10_000;
/// The seed where the file does not say.
pub const DEFAULT_SEED: u64 = 1;
/// The overrun where the file does not say: P10, P50, P90.
pub const DEFAULT_OVERRUN: [f64; 3] = [0.85, 1.0, 1.4];
/// Years after the start beyond which a date is a typing error.
pub const MOST_YEARS: i64 = 30;

/// Reads a scenario's bytes and builds the plan. `path` is what the user calls the file, `files` hands over what it names.
///
/// # Errors
/// All faults at once, in the order of the file, where at least one is an error.
pub fn read(path: &str, bytes: Vec<u8>, files: Files<'_>) -> Result<Plan, Vec<Fault>> {
    build(&scenario::read(path, bytes)?, files)
}

/// Builds the plan. `files` hands over what the scenario names, such as a CSV of past tasks.
///
/// # Errors
/// All faults of the file, in its order, warnings included, where at least one is an error.
pub fn build(scenario: &Scenario, files: Files<'_>) -> Result<Plan, Vec<Fault>> {
    let built = Builder::build(scenario, files);
    let mut faults = scenario.faults.clone();
    faults.extend(built.faults);
    let mut known: HashSet<_> = faults.iter().map(key_of).collect();
    known.extend(built.floored.iter().map(|floored| key_of(&floored.warning)));
    faults.extend(
        floor_warnings(built.floored)
            .into_iter()
            .map(|warning| warning.of(&scenario.source)),
    );
    let mut options = Vec::new();
    for option in &scenario.options {
        let (found, plan) = option_plan(option, scenario, files, &mut known);
        faults.extend(found);
        options.extend(plan.map(|plan| options::taken(scenario, option, plan)));
    }
    syntax::keep_causes(&mut faults);
    sort(&mut faults);
    match built.plan {
        Some(mut plan) if !faults.iter().any(Fault::is_error) => {
            plan.warnings = faults;
            plan.options = options;
            Ok(plan)
        }
        _ => Err(faults),
    }
}

type FaultKey = (&'static str, usize, String);

fn key_of(fault: &Fault) -> FaultKey {
    (fault.code, fault.span.start, fault.message.clone())
}

/// The plan with an option taken, and the faults that this makes beside those that the file has anyway.
fn option_plan(option: &says::Choice, scenario: &Scenario, files: Files<'_>, known: &mut HashSet<FaultKey>) -> (Vec<Fault>, Option<Plan>) {
    let Some(taken) = &option.taken else { return (Vec::new(), None) };
    let mut built = Builder::build(taken, files);
    let mut faults = taken.faults.clone();
    faults.append(&mut built.faults);
    faults.retain(|fault| known.insert(key_of(fault)));
    built.floored.retain(|floored| known.insert(key_of(&floored.warning)));
    faults.extend(floor_warnings(built.floored));
    for fault in &mut faults {
        fault.message = format!("in option `{}`: {}", option.id.value, fault.message);
        fault.source = Some(std::sync::Arc::clone(&scenario.source));
        if option.places.binary_search(&fault.span.start).is_err() {
            // The fault shows elsewhere, but the option makes it.
            let there = std::mem::replace(&mut fault.span, option.id.span.clone());
            let label = std::mem::replace(&mut fault.label, "this option makes it so".into());
            fault.related.insert(0, (there, label));
        }
    }
    (faults, built.plan)
}

struct Built {
    plan: Option<Plan>,
    faults: Vec<Fault>,
    floored: Vec<Floored>,
}

/// A task with where it belongs.
pub(super) struct Item<'s> {
    pub(super) id: String,
    pub(super) initiative: usize,
    pub(super) says: &'s says::Task,
    /// The risk that adds it, and what comes after it then.
    pub(super) added: Option<(usize, &'s [At<String>])>,
}

pub(super) struct Builder<'s> {
    pub(super) scenario: &'s Scenario,
    pub(super) faults: Faults,
    pub(super) calendar: Calendar,
    /// The start, unless it is faulty: then no date is checked against it.
    pub(super) start: Option<Date>,
    pub(super) items: Vec<Item<'s>>,
    pub(super) tasks: HashMap<String, usize>,
    pub(super) initiatives: HashMap<&'s str, usize>,
    pub(super) teams: HashMap<&'s str, usize>,
    pub(super) flows: HashMap<&'s str, usize>,
    pub(super) incidents: HashMap<&'s str, usize>,
    pub(super) findings: HashMap<&'s str, usize>,
    pub(super) tasks_of: Vec<Vec<usize>>,
    pub(super) default_team: Option<usize>,
    pub(super) default_crews: usize,
}

impl<'s> Builder<'s> {
    fn build(scenario: &'s Scenario, files: Files<'s>) -> Built {
        let start = scenario.settings.start.as_ref().map(|at| at.value);
        let holidays: Vec<Date> = scenario.settings.holidays.iter().map(|at| at.value).collect();
        // Without a start nothing is built; any date lets the other checks go on.
        let calendar = start.or_else(|| Date::new(2000, 1, 3)).map(|start| Calendar::new(start, &holidays));
        let Some(calendar) = calendar else {
            return Built {
                plan: None,
                faults: Vec::new(),
                floored: Vec::new(),
            };
        };
        let mut builder = Self {
            scenario,
            faults: Faults::new(&scenario.source),
            calendar,
            start,
            items: Vec::new(),
            tasks: HashMap::new(),
            initiatives: HashMap::new(),
            teams: HashMap::new(),
            flows: HashMap::new(),
            incidents: HashMap::new(),
            findings: HashMap::new(),
            tasks_of: Vec::new(),
            default_team: None,
            default_crews: 0,
        };
        builder.index();
        let mut reading = Reading::new(&scenario.estimates, files);
        let plan = builder.plan(&mut reading);
        Built {
            plan,
            faults: builder.faults.list,
            floored: reading.floored,
        }
    }

    /// Names → places in the lists.
    fn index(&mut self) {
        let scenario = self.scenario;
        for (index, team) in scenario.teams.iter().enumerate() {
            self.teams.insert(&team.id.value, index);
        }
        for (index, flow) in scenario.flows.iter().enumerate() {
            self.flows.insert(&flow.id.value, index);
        }
        for (index, class) in scenario.incidents.iter().enumerate() {
            self.incidents.insert(&class.id.value, index);
        }
        for (index, class) in scenario.findings.iter().enumerate() {
            self.findings.insert(&class.id.value, index);
        }
        for (index, initiative) in scenario.initiatives.iter().enumerate() {
            self.initiatives.insert(&initiative.id.value, index);
            let mut own = Vec::new();
            for task in &initiative.tasks {
                let id = if initiative.is_one_estimate {
                    initiative.id.value.clone()
                } else {
                    format!("{}.{}", initiative.id.value, task.id.value)
                };
                own.push(self.items.len());
                self.tasks.insert(id.clone(), self.items.len());
                self.items.push(Item {
                    id,
                    initiative: index,
                    says: task,
                    added: None,
                });
            }
            self.tasks_of.push(own);
        }
        self.index_added_tasks();
        self.default_team = self.find_default_team();
    }

    fn find_default_team(&mut self) -> Option<usize> {
        let teams = &self.scenario.teams;
        let marked: Vec<(usize, &At<bool>)> = teams
            .iter()
            .enumerate()
            .filter_map(|(index, team)| team.default.as_ref().filter(|at| at.value).map(|at| (index, at)))
            .collect();
        if let [(_, first), (_, second), ..] = marked.as_slice() {
            self.faults.add(
                Fault::error("two-defaults", "more than one team is the default")
                    .at(&second.span)
                    .related(&first.span, "the first")
                    .hint("keep `default = true` in one of them"),
            );
        }
        match (marked.first(), teams.len()) {
            (Some((index, _)), _) => Some(*index),
            (None, 1) => Some(0),
            _ => None,
        }
    }

    fn plan(&mut self, reading: &mut Reading<'s>) -> Option<Plan> {
        let scenario = self.scenario;
        let settings = &scenario.settings;
        self.check_settings();
        let teams = self.plan_teams(reading);
        let flows = self.plan_flows();
        let incidents = self.plan_incidents(reading);
        let findings = self.plan_findings(reading);
        let initiatives = self.plan_initiatives();
        let works: Vec<Option<Work>> = (0..self.items.len()).map(|index| self.work(index, reading)).collect();
        self.check_bounds(&works);
        let links = self.links(reading);
        let marks: Vec<Marks> = (0..self.items.len()).map(|index| self.marks(index)).collect();
        let risks = self.risks(reading, &links);
        let budgets = self.budgets(&initiatives);
        let checkpoints = self.checkpoints(budgets.as_deref());
        let overrun = self.overrun(reading);
        if initiatives.is_empty() && scenario.complete && scenario.initiatives.is_empty() {
            self.faults.add(
                Fault::error("nothing-to-do", "the scenario has no initiative")
                    .hint("add `[initiative.launch]` with `duration = [\"6mo\", \"8mo\", \"12mo\"]`, or with tasks"),
            );
        }
        // What is broken is mended first.
        let is_clean = self.errors() == 0 && !scenario.faults.iter().any(Fault::is_error);
        if let (Some(checkpoints), Some(budgets), Some(links), true) = (&checkpoints, &budgets, &links, is_clean) {
            self.check_triggers(&initiatives, checkpoints, budgets, links);
        }
        let defaults = self.defaults(reading);
        let start = self.start?;
        let tasks = self.plan_tasks(works, links?, marks)?;
        let (overrun, overrun_source) = overrun?;
        Some(Plan {
            name: settings
                .name
                .as_ref()
                .map_or_else(|| stem(&scenario.source.path), |at| at.value.clone()),
            calendar: self.calendar.clone(),
            trials: settings.trials.as_ref().map_or(DEFAULT_TRIALS, |at| at.value),
            seed: settings.seed.as_ref().map_or(DEFAULT_SEED, |at| at.value),
            horizon: settings.horizon.as_ref().map(|at| at.value).filter(|horizon| *horizon >= start),
            horizon_place: settings.horizon.as_ref().map(|at| Place {
                source: std::sync::Arc::clone(&self.scenario.source),
                span: at.span.clone(),
            }),
            decide_by: settings.decide_by.as_ref().map(|at| at.value),
            decide_by_place: settings.decide_by.as_ref().map(|at| Place {
                source: std::sync::Arc::clone(&self.scenario.source),
                span: at.span.clone(),
            }),
            dispatch: match &settings.file_order {
                Some(at) if at.value => Dispatch::FileOrder,
                _ => Dispatch::Priority,
            },
            timelines: settings.timelines.as_ref().map_or_else(default_timelines, |at| at.value),
            correlation: scenario
                .estimates
                .correlation
                .as_ref()
                .map_or_else(Correlation::default, |at| at.value),
            overrun,
            overrun_source,
            teams: teams?,
            default_team: self.default_team.map(TeamId),
            initiatives,
            tasks,
            risks: risks?,
            bets: scenario
                .bets
                .iter()
                .map(|bet| Bet {
                    id: bet.id.value.clone(),
                    title: bet.title.clone().unwrap_or_else(|| bet.id.value.clone()),
                    owner: bet.owner.clone(),
                })
                .collect(),
            flows: flows?,
            incidents: incidents?,
            findings: findings?,
            budgets: budgets?,
            checkpoints: checkpoints?,
            defaults,
            once: 0.0,
            ceo_approval_above: settings.ceo_approval_above.as_ref().map(|at| at.value),
            options: Vec::new(),
            warnings: Vec::new(),
        })
    }

    // Names.

    /// A name that nothing bears.
    pub(super) fn no_such<'n>(&mut self, what: &str, name: &At<String>, known: impl Iterator<Item = &'n str> + Clone) {
        let few = self.faults.are_few();
        let near = suggest(&name.value, known.clone().filter(|_| few)).map(|near| format!("did you mean \"{near}\"?"));
        let fault = Fault::error("unknown-reference", format!("there is no {what} `{}`", name.value))
            .at(&name.span)
            .label("no such name")
            .maybe_hint(near);
        let known = list(known);
        self.faults.add(if known.is_empty() {
            fault.hint(format!("add `[{what}.{}]`, or take this out", name.value))
        } else {
            fault.allowed(known)
        });
    }

    // Dates and settings.

    /// Refuses a date so far from the start that it must be a typing error. False where it was.
    pub(super) fn plausible(&mut self, name: &str, at: &At<Date>) -> bool {
        let Some(start) = self.start else { return true };
        if at.value.days_since(start) <= MOST_YEARS * 366 {
            return true;
        }
        self.faults.add(
            Fault::error("absurd-date", format!("`{name}` is {}, decades after the start", at.value))
                .at(&at.span)
                .label("a typing error?")
                .allowed(format!("dates up to {MOST_YEARS} years after the start, {start}")),
        );
        false
    }

    fn check_settings(&mut self) {
        let settings = &self.scenario.settings;
        let Some(start) = &settings.start else { return };
        if !self.calendar.is_working_day(start.value) {
            let first = self
                .calendar
                .date_of(WorkDays::new(1.0))
                .map(Date::long_with_weekday)
                .unwrap_or_default();
            self.faults.add(
                Fault::warning(
                    "start-not-worked",
                    format!("the start, {}, is no working day", start.value.long_with_weekday()),
                )
                .at(&start.span)
                .label(format!("work begins on {first}")),
            );
        }
        if let Some(horizon) = &settings.horizon {
            self.plausible("scenario.horizon", horizon);
            if horizon.value < start.value {
                self.faults.add(
                    Fault::error(
                        "horizon-before-start",
                        format!("the horizon, {}, lies before the start, {}", horizon.value, start.value),
                    )
                    .at(&horizon.span)
                    .related(&start.span, "the start")
                    .hint("is the year right?"),
                );
            }
        }
        if let Some(decide_by) = &settings.decide_by {
            self.plausible("scenario.decide_by", decide_by);
        }
        self.check_holidays("scenario.holidays", &settings.holidays, true);
    }

    pub(super) fn check_holidays(&mut self, name: &str, holidays: &[At<Date>], warn: bool) {
        let Some(start) = self.start else { return };
        for holiday in holidays {
            if !self.plausible(name, holiday) {
                return;
            }
        }
        let early: Vec<&At<Date>> = holidays.iter().filter(|at| at.value < start).collect();
        if let (Some(first), true) = (early.first(), warn) {
            self.faults.add(
                Fault::warning(
                    "holiday-before-start",
                    format!(
                        "{} of `{name}` lie before the start, {start}, and change nothing",
                        count(early.len(), "holiday")
                    ),
                )
                .at(&first.span)
                .label("the first of them"),
            );
        }
    }

    /// The overrun, and what it was learnt from where it was.
    fn overrun(&mut self, reading: &Reading<'_>) -> Option<(Option<Distribution>, Option<String>)> {
        let given = self.scenario.estimates.overrun.as_ref();
        let [p10, p50, p90] = match given.map(|at| &at.value) {
            Some(Overrun::None) => return Some((None, None)),
            Some(Overrun::Percentiles(numbers)) => *numbers,
            Some(Overrun::History(past)) => {
                let text = reading.text(&past.file, &mut self.faults)?;
                let learnt = calibration::learnt(past, &text, &mut self.faults)?;
                return Some((learnt.distribution(), Some(learnt.source())));
            }
            None => DEFAULT_OVERRUN,
        };
        match Distribution::lognormal_median(p10, p50, p90) {
            Ok(overrun) => Some((Some(overrun), None)),
            Err(why) => {
                let nearest = why
                    .nearest
                    .map(|[p10, p50, p90]| format!("the nearest that would do: {{ p10 = {p10:.3}, p50 = {p50:.3}, p90 = {p90:.3} }}"));
                let span = given.map_or(0..0, |at| at.span.clone());
                self.faults.add(
                    Fault::error(
                        "infeasible-estimate",
                        format!("`estimates.overrun`: {}", why.message(|value| format!("{value:.3}"))),
                    )
                    .at(&span)
                    .maybe_hint(nearest),
                );
                None
            }
        }
    }
}

fn default_timelines() -> [Percentile; 3] {
    [10, 50, 90].map(Percentile::percent)
}

fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Names for a message, not too many.
pub fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let names: Vec<&str> = names.collect();
    let mut text = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST {
        text.push_str(&format!(" and {} more", names.len() - MOST));
    }
    text
}
