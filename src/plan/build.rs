//! What a file says → the plan. Checks everything that one part of the file says about another.
//!
//! The checks go on past a fault wherever its consequences can be told apart, so that a person mends a file once.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::calendar::{Calendar, Date};
use crate::diagnostic::{Fault, sort};
use crate::plan::estimate::{Files, Reading};
use crate::plan::network::{Edge, comes_after, report_cycles};
use crate::plan::{
    Budget, BudgetKind, Commitment, DefaultUsed, Dispatch, Elsewhere, Estimate, Initiative, InitiativeId, Link, LinkKind, Plan,
    ReadNotUsed, Risk, Task, TaskId, Team, TeamId, Work,
};
use crate::sampling::{Correlation, Distribution};
use crate::scenario::reader::{Faults, suggest};
use crate::scenario::says::{self, Engineers, Overrun, Scenario, Tie, Watched};
use crate::scenario::tree::{At, Span};
use crate::units::{Percentile, WorkDays};

/// Trials where the file does not say.
pub const DEFAULT_TRIALS: u32 = 10_000;
/// The seed where the file does not say.
pub const DEFAULT_SEED: u64 = 1;
/// The overrun where the file does not say: P10, P50, P90.
pub const DEFAULT_OVERRUN: [f64; 3] = [0.85, 1.0, 1.4];
/// Years after the start beyond which a date is a typing error.
pub const MOST_YEARS: i64 = 30;
/// Links of a whole scenario, counted after those to whole initiatives are spread over their tasks.
pub const MOST_LINKS: usize = 500_000;
/// Tasks that all risks together affect.
pub const MOST_AFFECTED: usize = 1_000_000;

/// Builds the plan. `files` hands over what the scenario names, such as a CSV of past tasks.
///
/// # Errors
/// All faults of the file, in its order, warnings included, where at least one is an error.
pub fn build(scenario: &Scenario, files: Files<'_>) -> Result<Plan, Vec<Fault>> {
    let built = Builder::build(scenario, files);
    let mut faults = scenario.faults.clone();
    faults.extend(built.faults);
    let mut known: HashSet<_> = faults.iter().map(key_of).collect();
    for option in &scenario.options {
        faults.extend(option_faults(option, scenario, files, &mut known));
    }
    sort(&mut faults);
    match built.plan {
        Some(mut plan) if !faults.iter().any(Fault::is_error) => {
            plan.warnings = faults;
            Ok(plan)
        }
        _ => Err(faults),
    }
}

type FaultKey = (&'static str, usize, String);

fn key_of(fault: &Fault) -> FaultKey {
    (fault.code, fault.span.start, fault.message.clone())
}

/// The faults that taking an option makes, beside those that the file has anyway. What is not simulated yet is none of them,
/// since an option does not change the forecast.
fn option_faults(option: &says::Choice, scenario: &Scenario, files: Files<'_>, known: &mut HashSet<FaultKey>) -> Vec<Fault> {
    let Some(taken) = &option.taken else { return Vec::new() };
    let mut faults = taken.faults.clone();
    faults.extend(Builder::build(taken, files).faults);
    faults.retain(|fault| fault.code != "not-supported-yet" && known.insert(key_of(fault)));
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
    faults
}

struct Built {
    plan: Option<Plan>,
    faults: Vec<Fault>,
}

/// A task with where it belongs.
struct Item<'s> {
    id: String,
    initiative: usize,
    says: &'s says::Task,
}

struct Builder<'s> {
    scenario: &'s Scenario,
    faults: Faults,
    calendar: Calendar,
    /// The start, unless it is faulty: then no date is checked against it.
    start: Option<Date>,
    items: Vec<Item<'s>>,
    tasks: HashMap<String, usize>,
    initiatives: HashMap<&'s str, usize>,
    teams: HashMap<&'s str, usize>,
    tasks_of: Vec<Vec<usize>>,
    default_team: Option<usize>,
    default_crews: usize,
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
            tasks_of: Vec::new(),
            default_team: None,
            default_crews: 0,
        };
        builder.index();
        let plan = builder.plan(files);
        Built {
            plan,
            faults: builder.faults.list,
        }
    }

    /// Names → places in the lists.
    fn index(&mut self) {
        let scenario = self.scenario;
        for (index, team) in scenario.teams.iter().enumerate() {
            self.teams.insert(&team.id.value, index);
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
                });
            }
            self.tasks_of.push(own);
        }
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

    fn plan(&mut self, files: Files<'s>) -> Option<Plan> {
        let scenario = self.scenario;
        let settings = &scenario.settings;
        let mut reading = Reading::new(&scenario.estimates, files);
        self.check_settings();
        let teams = self.plan_teams();
        let initiatives = self.plan_initiatives();
        let works: Vec<Option<Work>> = (0..self.items.len()).map(|index| self.work(index, &mut reading)).collect();
        let links = self.links(&mut reading);
        let risks = self.risks(&mut reading, &links);
        let budgets = self.budgets(&initiatives);
        self.check_references();
        let overrun = self.overrun();
        if initiatives.is_empty() && scenario.complete && scenario.initiatives.is_empty() {
            self.faults.add(
                Fault::error("nothing-to-do", "the scenario has no initiative")
                    .hint("add `[initiative.launch]` with `duration = [\"6mo\", \"8mo\", \"12mo\"]`, or with tasks"),
            );
        }
        let defaults = self.defaults(&reading);
        let start = self.start?;
        let tasks = self.plan_tasks(works, links?)?;
        Some(Plan {
            name: settings
                .name
                .as_ref()
                .map_or_else(|| stem(&scenario.source.path), |at| at.value.clone()),
            calendar: self.calendar.clone(),
            trials: settings.trials.as_ref().map_or(DEFAULT_TRIALS, |at| at.value),
            seed: settings.seed.as_ref().map_or(DEFAULT_SEED, |at| at.value),
            horizon: settings.horizon.as_ref().map(|at| at.value).filter(|horizon| *horizon >= start),
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
            overrun: overrun?,
            teams: teams?,
            initiatives,
            tasks,
            risks: risks?,
            budgets: budgets?,
            defaults,
            unused: self.unused(),
            warnings: Vec::new(),
        })
    }

    // Dates and settings.

    /// Refuses a date so far from the start that it must be a typing error. False where it was.
    fn plausible(&mut self, name: &str, at: &At<Date>) -> bool {
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
        self.check_holidays("scenario.holidays", &settings.holidays, true);
    }

    fn check_holidays(&mut self, name: &str, holidays: &[At<Date>], warn: bool) {
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

    fn overrun(&mut self) -> Option<Option<Distribution>> {
        let given = self.scenario.estimates.overrun.as_ref();
        let [p10, p50, p90] = match given.map(|at| at.value) {
            Some(Overrun::None) => return Some(None),
            Some(Overrun::Percentiles(numbers)) => numbers,
            None => DEFAULT_OVERRUN,
        };
        match Distribution::lognormal_median(p10, p50, p90) {
            Ok(overrun) => Some(Some(overrun)),
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

    // Teams and initiatives.

    fn plan_teams(&mut self) -> Option<Vec<Team>> {
        let mut complete = true;
        let mut planned = Vec::new();
        for team in &self.scenario.teams {
            let name = format!("team.{}", team.id.value);
            self.check_holidays(&format!("{name}.holidays"), &team.holidays, false);
            let mut elsewhere = Vec::new();
            for away in &team.elsewhere {
                self.plausible(&format!("{name}.elsewhere.until"), &away.until);
                if self.start.is_some_and(|start| away.until.value < start) {
                    self.faults.add(
                        Fault::warning(
                            "absence-over",
                            format!("an absence in `{name}` is over before the start and changes nothing"),
                        )
                        .at(&away.until.span),
                    );
                    continue;
                }
                elsewhere.push(Elsewhere {
                    engineers: away.engineers.value,
                    until: self.calendar.evening_of(away.until.value),
                });
            }
            let away: u64 = team.elsewhere.iter().map(|away| u64::from(away.engineers.value)).sum();
            if let (Some(engineers), Some(last)) = (&team.engineers, team.elsewhere.last())
                && away > u64::from(engineers.value)
            {
                self.faults.add(
                    Fault::error(
                        "too-many-elsewhere",
                        format!(
                            "`{name}` has {} but {away} of them elsewhere",
                            count(engineers.value as usize, "engineer")
                        ),
                    )
                    .at(&last.engineers.span)
                    .related(&engineers.span, "all of them")
                    .hint("`engineers` counts everybody, those who are elsewhere for now included"),
                );
            }
            let times: BTreeSet<i64> = team
                .holidays
                .iter()
                .filter(|at| self.start.is_some_and(|start| at.value >= start) && self.calendar.is_working_day(at.value))
                .filter_map(|at| self.calendar.morning_of(at.value).finite())
                .map(|days| days as i64)
                .collect();
            let Some(engineers) = &team.engineers else {
                complete = false;
                continue;
            };
            planned.push(Team {
                id: team.id.value.clone(),
                engineers: engineers.value,
                focus: team.focus.as_ref().map_or(1.0, |at| at.value),
                elsewhere,
                holidays: times.into_iter().map(|day| WorkDays::new(day as f64)).collect(),
            });
        }
        complete.then_some(planned)
    }

    fn plan_initiatives(&mut self) -> Vec<Initiative> {
        let mut planned = Vec::new();
        for (index, initiative) in self.scenario.initiatives.iter().enumerate() {
            let name = format!("initiative.{}", initiative.id.value);
            if let (Some(estimate), Some(start)) = (&initiative.estimate, self.start) {
                self.plausible(&format!("{name}.estimate"), estimate);
                if estimate.value < start {
                    self.faults.add(
                        Fault::error(
                            "estimate-before-start",
                            format!("`{name}.estimate`, {}, lies before the start, {start}", estimate.value),
                        )
                        .at(&estimate.span)
                        .hint("is the year right?"),
                    );
                }
            }
            planned.push(Initiative {
                id: initiative.id.value.clone(),
                title: initiative.title.clone().unwrap_or_else(|| initiative.id.value.clone()),
                owner: initiative.owner.clone(),
                accountable: initiative.accountable.clone(),
                priority: initiative.priority,
                estimate: initiative.estimate.as_ref().map(|at| at.value),
                commitments: self.commitments(&name, &initiative.commitments),
                tasks: self.tasks_of.get(index).into_iter().flatten().map(|task| TaskId(*task)).collect(),
            });
        }
        planned
    }

    fn commitments(&mut self, name: &str, written: &[says::Commitment]) -> Vec<Commitment> {
        let mut planned: Vec<Commitment> = Vec::new();
        for commitment in written {
            let date = &commitment.date;
            let time = self.calendar.evening_of(date.value);
            if let (true, Some(start)) = (self.plausible(&format!("{name}.commitment"), date), self.start) {
                if date.value < start || time <= WorkDays::ZERO {
                    self.faults.add(
                        Fault::error(
                            "commitment-before-start",
                            format!(
                                "the commitment, {}, leaves no working day after the start, {start}",
                                date.value.long_with_weekday()
                            ),
                        )
                        .at(&date.span)
                        .hint("is the year right?"),
                    );
                } else if !self.calendar.is_working_day(date.value) {
                    let last = self.calendar.date_of(time).map(Date::long_with_weekday).unwrap_or_default();
                    self.faults.add(
                        Fault::warning(
                            "commitment-not-worked",
                            format!("the commitment, {}, is no working day", date.value.long_with_weekday()),
                        )
                        .at(&date.span)
                        .label(format!("the last working day that counts is {last}")),
                    );
                }
            }
            let to = commitment.to.as_ref().map(|at| at.value.clone());
            if planned.iter().any(|known| known.to == to) {
                let (span, whom) = match &commitment.to {
                    Some(at) => (&at.span, format!("to \"{}\"", at.value)),
                    None => (&date.span, "without `to`".to_owned()),
                };
                self.faults.add(
                    Fault::error("duplicate-commitment", format!("`{name}` has two commitments {whom}"))
                        .at(span)
                        .hint("say to whom each is: to = \"board\"; the same people can hold only one date"),
                );
            }
            planned.push(Commitment {
                date: date.value,
                time,
                to,
            });
        }
        planned
    }

    // Work and people.

    /// A team by name.
    fn team(&mut self, name: &At<String>) -> Option<usize> {
        if let Some(index) = self.teams.get(name.value.as_str()) {
            return Some(*index);
        }
        let near = suggest(&name.value, self.scenario.teams.iter().map(|team| team.id.value.as_str()));
        let known = list(self.scenario.teams.iter().map(|team| team.id.value.as_str()));
        let mut fault = Fault::error("unknown-team", format!("there is no team `{}`", name.value))
            .at(&name.span)
            .label("not a team")
            .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?")));
        fault = if known.is_empty() {
            fault.hint(format!("add `[team.{}]` with `engineers = 5`", name.value))
        } else {
            fault.allowed(format!("the teams are {known}"))
        };
        self.faults.add(fault);
        None
    }

    /// Reports a crew that the team can never bring together.
    fn check_staffing(&mut self, task: &str, team: usize, needed: u32, at: &Span, is_effort: bool) {
        let Some(team) = self.scenario.teams.get(team) else { return };
        let Some(engineers) = &team.engineers else { return };
        let all = engineers.value;
        if needed <= all {
            return;
        }
        let needs = count(needed as usize, "engineer");
        let hint = if is_effort {
            format!("ask for at most {all}; `engineers = {{ min = 1, max = {all} }}` takes as many as are free")
        } else {
            format!("ask for at most {all}")
        };
        self.faults.add(
            Fault::error(
                "never-staffed",
                format!("`{task}` needs {needs} of `{}` at once, which has {all}", team.id.value),
            )
            .at(at)
            .label("could never start")
            .related(&engineers.span, "the whole team")
            .hint(hint),
        );
    }

    fn work(&mut self, index: usize, reading: &mut Reading<'_>) -> Option<Work> {
        let item = self.items.get(index)?;
        let (says, id) = (item.says, item.id.clone());
        if let (Some(date), Some(start)) = (&says.not_before, self.start)
            && self.plausible(&format!("{id}.not_before"), date)
            && date.value < start
        {
            self.faults.add(
                Fault::warning(
                    "not-before-start",
                    format!("`{id}` may not start before {}, which lies before the start anyway", date.value),
                )
                .at(&date.span),
            );
        }
        if let Some(effort) = &says.effort {
            let estimate = reading.estimate(&id, effort, false, &mut self.faults);
            return self.effort(says, &id, effort, estimate);
        }
        let duration = says.duration.as_ref()?;
        let estimate = reading.estimate(&id, duration, false, &mut self.faults);
        let crew = self.crew(says, &id)?;
        Some(Work::Duration { estimate: estimate?, crew })
    }

    fn effort(&mut self, says: &says::Task, id: &str, effort: &says::EstimateText, estimate: Option<Estimate>) -> Option<Work> {
        if let Some(crew) = &says.crew {
            self.faults.add(
                Fault::error(
                    "crew-of-effort",
                    format!("`{id}` is an effort, which one team does; `crew` is for a duration"),
                )
                .at(&crew.span)
                .hint("write `team = \"core\"` and `engineers = 2`, or `duration` instead of `effort`"),
            );
        }
        let team = match (&says.team, self.default_team) {
            (Some(team), _) => self.team(team),
            (None, Some(team)) => Some(team),
            (None, None) if says.crew.is_some() => None,
            (None, None) => {
                let fault = if self.scenario.teams.is_empty() {
                    Fault::error("no-team", format!("`{id}` is an effort, but there is no team to do it"))
                        .hint("add `[team.core]` with `engineers = 5`, or write `duration` for elapsed time")
                } else {
                    let known = list(self.scenario.teams.iter().map(|team| team.id.value.as_str()));
                    Fault::error("no-team", format!("`{id}` does not say which team does it"))
                        .allowed(format!("the teams are {known}"))
                        .hint("add `team = …` here, or `default = true` to one of the teams")
                };
                self.faults.add(fault.at(&effort.span).label("effort needs a team"));
                None
            }
        }?;
        let size = self.scenario.teams.get(team)?.engineers.as_ref().map(|at| at.value);
        let Engineers { min, max } = match &says.engineers {
            Some(at) => at.value,
            None => {
                self.default_crews += 1;
                Engineers { min: 1, max: Some(1) }
            }
        };
        if let (Some(at), Some(size)) = (&says.engineers, size) {
            self.check_staffing(id, team, min, &at.span, true);
            if min <= size && max.is_some_and(|max| max > size) {
                self.faults.add(
                    Fault::warning(
                        "crew-larger-than-team",
                        format!(
                            "`{id}` could use up to {} but the team has {size}",
                            count(max.unwrap_or(size) as usize, "engineer")
                        ),
                    )
                    .at(&at.span),
                );
            }
        }
        Some(Work::Effort {
            estimate: estimate?,
            team: TeamId(team),
            min,
            max: max.or(size)?.max(min),
        })
    }

    /// The people whom a duration holds.
    fn crew(&mut self, says: &says::Task, id: &str) -> Option<Vec<(TeamId, u32)>> {
        if let (Some(crew), Some(span)) = (
            &says.crew,
            says.team.as_ref().map(|at| &at.span).or(says.engineers.as_ref().map(|at| &at.span)),
        ) {
            self.faults.add(
                Fault::error("crew-and-team", format!("`{id}` says `crew`, and `team` or `engineers` too"))
                    .at(span)
                    .related(&crew.span, "says who is held")
                    .hint("keep `crew`"),
            );
        }
        match (&says.crew, &says.team, &says.engineers) {
            (Some(crew), ..) => {
                let mut complete = true;
                let mut members = Vec::new();
                for (name, people) in &crew.value {
                    let Some(team) = self.team(name) else {
                        complete = false;
                        continue;
                    };
                    self.check_staffing(id, team, people.value, &people.span, false);
                    members.push((TeamId(team), people.value));
                }
                complete.then_some(members)
            }
            (None, Some(name), Some(engineers)) => {
                let team = self.team(name)?;
                let Engineers { min, max } = engineers.value;
                if max != Some(min) {
                    self.faults.add(
                        Fault::error(
                            "range-of-duration",
                            format!("`{id}` is a duration, which holds a fixed number of people"),
                        )
                        .at(&engineers.span)
                        .allowed("a whole number such as 2")
                        .hint("write `effort` instead of `duration` if more people make it faster"),
                    );
                    return None;
                }
                self.check_staffing(id, team, min, &engineers.span, false);
                Some(vec![(TeamId(team), min)])
            }
            (None, Some(name), None) => {
                self.team(name);
                self.faults.add(
                    Fault::error(
                        "team-of-duration",
                        format!("`{id}` is a duration with a team, but does not say how many people it holds"),
                    )
                    .at(&name.span)
                    .hint(format!(
                        "write `crew = {{ {} = 1 }}` if it holds one person, or leave `team` out if nobody of ours works on it",
                        name.value
                    )),
                );
                None
            }
            (None, None, Some(engineers)) => {
                self.faults.add(
                    Fault::error(
                        "team-of-duration",
                        format!("`{id}` is a duration with engineers, but does not say of which team"),
                    )
                    .at(&engineers.span)
                    .hint("write `crew = { core = 2 }`, or leave `engineers` out if nobody of ours works on it"),
                );
                None
            }
            (None, None, None) => Some(Vec::new()),
        }
    }

    // Names and links.

    /// The best guess at what an unknown name was meant to be.
    fn meant(&self, name: &str, initiative: Option<usize>, with_teams: bool) -> Option<String> {
        let local = name.rsplit('.').next().unwrap_or(name);
        let here = initiative.and_then(|index| self.scenario.initiatives.get(index));
        // A local name of another initiative needs that initiative's name before it.
        let elsewhere = self.items.iter().find(|item| item.says.id.value == local && item.id.contains('.'));
        if let Some(item) = elsewhere {
            return Some(format!("did you mean \"{}\"?", item.id));
        }
        let locals = here
            .into_iter()
            .flat_map(|initiative| initiative.tasks.iter().map(|task| task.id.value.as_str()));
        let all = self.items.iter().map(|item| item.id.as_str());
        let initiatives = self.scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str());
        let teams = self.scenario.teams.iter().filter(|_| with_teams).map(|team| team.id.value.as_str());
        if let Some(near) = suggest(name, locals.chain(all).chain(initiatives).chain(teams)) {
            return Some(format!("did you mean \"{near}\"?"));
        }
        let all_locals = self.items.iter().map(|item| item.says.id.value.as_str());
        let near = suggest(local, all_locals)?;
        let item = self.items.iter().find(|item| item.says.id.value == near)?;
        Some(format!("did you mean \"{}\"?", item.id))
    }

    fn unknown(&mut self, what: &str, name: &At<String>, initiative: Option<usize>, with_teams: bool) {
        let hint = self.meant(&name.value, initiative, with_teams);
        let allowed = if with_teams {
            "tasks as initiative.task, initiatives and teams by their names"
        } else if initiative.is_some() {
            "a task of the same initiative by its name, any other as initiative.task, or an initiative"
        } else {
            "a task as initiative.task"
        };
        self.faults.add(
            Fault::error("unknown-reference", format!("{what} `{}`, which does not exist", name.value))
                .at(&name.span)
                .label("no such name")
                .allowed(allowed)
                .maybe_hint(hint),
        );
    }

    /// One task by its full name, or an initiative that is one estimate.
    fn one_task(&mut self, what: &str, name: &At<String>) -> Option<usize> {
        if let Some(task) = self.tasks.get(&name.value) {
            return Some(*task);
        }
        if let Some(index) = self.initiatives.get(name.value.as_str()) {
            let example = self
                .tasks_of
                .get(*index)
                .and_then(|tasks| tasks.last())
                .and_then(|task| self.items.get(*task));
            let hint = example.map(|item| format!("name one of its tasks, such as \"{}\"", item.id));
            self.faults.add(
                Fault::error("not-a-task", format!("{what} `{}`, which is a whole initiative", name.value))
                    .at(&name.span)
                    .maybe_hint(hint),
            );
            return None;
        }
        self.unknown(what, name, None, false);
        None
    }

    /// The links of each task; `None` where one of them is faulty or they go in a circle.
    fn links(&mut self, reading: &mut Reading<'_>) -> Option<Vec<Vec<Link>>> {
        let before = self.errors();
        let terminals = self.terminals();
        let mut links: Vec<Vec<Link>> = Vec::with_capacity(self.items.len());
        let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(self.items.len());
        let mut total = 0;
        for index in 0..self.items.len() {
            let Some(item) = self.items.get(index) else { continue };
            let (says, id, initiative) = (item.says, item.id.clone(), item.initiative);
            let mut own = Vec::new();
            let mut own_edges = Vec::new();
            let mut named: HashMap<(usize, u8, bool), &Span> = HashMap::new();
            let mut tied: HashSet<(usize, u8)> = HashSet::new();
            for after in &says.after {
                let lag = match &after.lag {
                    Some(lag) => reading.estimate(&format!("the lag of {id}"), lag, false, &mut self.faults),
                    None => None,
                };
                let Some(target) = self.target(after, index, initiative) else {
                    continue;
                };
                let (key, predecessors) = match target {
                    Target::Task(task) => ((task, after.tie as u8, false), vec![task]),
                    Target::Initiative(whole) => ((whole, after.tie as u8, true), terminals.get(whole).cloned().unwrap_or_default()),
                };
                if let Some(first) = named.insert(key, &after.name.span) {
                    self.faults.add(
                        Fault::error(
                            "duplicate-link",
                            format!("`{id}` names `{}` twice with the same kind of link", after.name.value),
                        )
                        .at(&after.name.span)
                        .related(first, "named before")
                        .hint("keep one of the two"),
                    );
                    continue;
                }
                for predecessor in predecessors {
                    // Spread over an initiative's tasks, a plain link may repeat one that is there already.
                    if !tied.insert((predecessor, after.tie as u8)) && lag.is_none() {
                        continue;
                    }
                    total += 1;
                    if total > MOST_LINKS {
                        break;
                    }
                    own.push(Link {
                        predecessor: TaskId(predecessor),
                        kind: kind(after.tie),
                        lag: lag.clone(),
                    });
                    own_edges.push(Edge {
                        predecessor,
                        span: after.name.span.clone(),
                    });
                }
            }
            if total > MOST_LINKS {
                self.faults.add(
                    Fault::error("too-many", format!("the scenario has more than {MOST_LINKS} links"))
                        .at(&says.id.span)
                        .allowed(format!(
                            "at most {MOST_LINKS}, those to whole initiatives counted once for each task"
                        )),
                );
                return None;
            }
            links.push(own);
            edges.push(own_edges);
        }
        let names: Vec<&str> = self.items.iter().map(|item| item.id.as_str()).collect();
        report_cycles(&edges, &names, &mut self.faults);
        (self.errors() == before).then_some(links)
    }

    fn errors(&self) -> usize {
        self.faults.list.iter().filter(|fault| fault.is_error()).count()
    }

    /// The tasks of each initiative that no other of its tasks waits for.
    fn terminals(&self) -> Vec<Vec<usize>> {
        let mut awaited = vec![false; self.items.len()];
        for item in &self.items {
            let own = self.scenario.initiatives.get(item.initiative);
            for after in item.says.after.iter().filter(|after| after.tie == Tie::FinishStart) {
                let full = own.map(|own| format!("{}.{}", own.id.value, after.name.value)).unwrap_or_default();
                let task = self.tasks.get(&full).or_else(|| self.tasks.get(&after.name.value));
                if let Some(task) = task
                    && self.items.get(*task).is_some_and(|other| other.initiative == item.initiative)
                    && let Some(slot) = awaited.get_mut(*task)
                {
                    *slot = true;
                }
            }
        }
        self.tasks_of
            .iter()
            .map(|tasks| tasks.iter().copied().filter(|task| awaited.get(*task) == Some(&false)).collect())
            .collect()
    }

    /// What a link names.
    fn target(&mut self, after: &says::After, task: usize, initiative: usize) -> Option<Target> {
        let name = &after.name;
        let own = self.scenario.initiatives.get(initiative)?;
        let id = self.items.get(task).map(|item| item.id.clone()).unwrap_or_default();
        let local = (!own.is_one_estimate)
            .then(|| self.tasks.get(&format!("{}.{}", own.id.value, name.value)))
            .flatten();
        let found = local.or_else(|| self.tasks.get(&name.value)).copied();
        if found == Some(task) || (found.is_none() && name.value == own.id.value) {
            let message = if found.is_some() {
                format!("`{id}` comes after itself")
            } else {
                format!("`{id}` comes after the whole initiative that it belongs to")
            };
            self.faults.add(
                Fault::error("self-link", message)
                    .at(&name.span)
                    .hint("name another task, or take this out"),
            );
            return None;
        }
        if let Some(found) = found {
            return Some(Target::Task(found));
        }
        let Some(whole) = self.initiatives.get(name.value.as_str()).copied() else {
            self.unknown(&format!("`{id}` comes after"), name, Some(initiative), false);
            return None;
        };
        if matches!(after.tie, Tie::StartStart | Tie::StartFinish) {
            self.faults.add(
                Fault::error(
                    "link-to-initiative",
                    format!("`{id}` is tied to the start of the whole initiative `{}`", name.value),
                )
                .at(&name.span)
                .hint("name the task whose start is meant"),
            );
            return None;
        }
        Some(Target::Initiative(whole))
    }

    fn plan_tasks(&self, works: Vec<Option<Work>>, links: Vec<Vec<Link>>) -> Option<Vec<Task>> {
        let tasks: Vec<Task> = self
            .items
            .iter()
            .zip(works)
            .zip(links)
            .map(|((item, work), links)| {
                Some(Task {
                    id: item.id.clone(),
                    title: item.says.title.clone().unwrap_or_else(|| self.title_of(item)),
                    initiative: InitiativeId(item.initiative),
                    priority: item.says.priority,
                    work: work?,
                    links,
                    not_before: item.says.not_before.as_ref().map(|at| self.calendar.morning_of(at.value)),
                    release: item.says.release,
                })
            })
            .collect::<Option<_>>()?;
        (tasks.len() == self.items.len()).then_some(tasks)
    }

    /// The title of a task without one; of an initiative that is one estimate, the initiative's.
    fn title_of(&self, item: &Item<'_>) -> String {
        let own = self.scenario.initiatives.get(item.initiative).filter(|own| own.is_one_estimate);
        own.and_then(|own| own.title.clone()).unwrap_or_else(|| item.says.id.value.clone())
    }

    // Risks and budgets.

    fn risks(&mut self, reading: &mut Reading<'_>, links: &Option<Vec<Vec<Link>>>) -> Option<Vec<Risk>> {
        let before = self.errors();
        let sure: Option<Vec<Vec<usize>>> = links.as_ref().map(|links| links.iter().map(|links| awaited(links)).collect());
        let mut planned = Vec::new();
        let mut affected = 0;
        for risk in &self.scenario.risks {
            let id = &risk.id.value;
            let mut affects = BTreeSet::new();
            for name in &risk.affects {
                affects.extend(self.affected(name, id));
            }
            affected += affects.len();
            if affected > MOST_AFFECTED {
                self.faults
                    .add(Fault::error("too-many", format!("the risks together affect more than {MOST_AFFECTED} tasks")).at(&risk.id.span));
                return None;
            }
            let retired_by = match &risk.retired_by {
                Some(name) => self.one_task(&format!("risk `{id}` is retired by"), name),
                None => None,
            };
            let mut effect = |key: &str, written: &Option<says::EstimateText>, plain: bool| {
                let written = written.as_ref()?;
                reading.estimate(&format!("risk.{id}.{key}"), written, plain, &mut self.faults)
            };
            let multiply = effect("multiply", &risk.multiply, true);
            let add = effect("add", &risk.add, false);
            let delay = effect("delay", &risk.delay, false);
            self.check_strikes(risk, &affects, retired_by, sure.as_deref());
            let Some(probability) = &risk.probability else { continue };
            planned.push(Risk {
                id: id.clone(),
                title: risk.title.clone().unwrap_or_else(|| id.clone()),
                owner: risk.owner.clone(),
                probability: probability.value,
                affects: affects.into_iter().map(TaskId).collect(),
                multiply,
                add,
                delay,
                retired_by: retired_by.map(TaskId),
            });
        }
        (self.errors() == before).then_some(planned)
    }

    /// The tasks that a name in `affects` stands for.
    fn affected(&mut self, name: &At<String>, risk: &str) -> Vec<usize> {
        let team = self.teams.get(name.value.as_str()).copied();
        let initiative = self.initiatives.get(name.value.as_str()).copied();
        match (self.tasks.get(&name.value), initiative, team) {
            (_, Some(_), Some(_)) => {
                self.faults.add(
                    Fault::error(
                        "ambiguous-name",
                        format!("risk `{risk}` affects `{}`, which is both an initiative and a team", name.value),
                    )
                    .at(&name.span)
                    .hint("rename one of the two, or name the tasks"),
                );
                Vec::new()
            }
            (Some(task), ..) => vec![*task],
            (None, Some(initiative), None) => self.tasks_of.get(initiative).cloned().unwrap_or_default(),
            (None, None, Some(team)) => (0..self.items.len()).filter(|task| self.belongs_to(*task, team)).collect(),
            (None, None, None) => {
                self.unknown(&format!("risk `{risk}` affects"), name, None, true);
                Vec::new()
            }
        }
    }

    /// Whether a task's work is done by a team, alone or with others.
    fn belongs_to(&self, task: usize, team: usize) -> bool {
        let Some(says) = self.items.get(task).map(|item| item.says) else {
            return false;
        };
        let is_it = |name: &At<String>| self.teams.get(name.value.as_str()) == Some(&team);
        match (&says.team, &says.crew) {
            (_, Some(crew)) => crew.value.iter().any(|(name, _)| is_it(name)),
            (Some(name), None) => is_it(name),
            (None, None) => says.effort.is_some() && self.default_team == Some(team),
        }
    }

    /// Warns of a risk that can change nothing.
    fn check_strikes(&mut self, risk: &says::Risk, affects: &BTreeSet<usize>, retired_by: Option<usize>, sure: Option<&[Vec<usize>]>) {
        if risk.incomplete {
            return;
        }
        let warning = if risk.multiply.is_none() && risk.add.is_none() && risk.delay.is_none() {
            Fault::warning("risk-without-effect", format!("risk `{}` has no effect", risk.id.value))
                .hint("add `multiply = [1.2, 1.5, 2.5]`, `add = …` or `delay = …`")
        } else if risk.affects.is_empty() {
            Fault::warning("risk-never-strikes", format!("risk `{}` affects nothing", risk.id.value))
                .hint("add `affects = [\"initiative.task\"]`")
        } else {
            let (Some(task), Some(sure)) = (retired_by, sure) else { return };
            let after = comes_after(task, sure);
            if affects.is_empty() || !affects.iter().all(|task| after.get(*task) == Some(&true)) {
                return;
            }
            let by = self.items.get(task).map(|item| item.id.clone()).unwrap_or_default();
            Fault::warning(
                "risk-never-strikes",
                format!(
                    "risk `{}` can never strike: all that it affects starts after `{by}`, which retires it",
                    risk.id.value
                ),
            )
        };
        self.faults.add(warning.at(&risk.id.span));
    }

    fn budgets(&mut self, initiatives: &[Initiative]) -> Option<Vec<Budget>> {
        let before = self.errors();
        let mut planned = Vec::new();
        for budget in &self.scenario.budgets {
            let Some(delivery) = &budget.delivery else { continue };
            let Some(index) = self.budget_initiative(budget, delivery) else {
                continue;
            };
            let Some(initiative) = initiatives.get(index) else { continue };
            let whom = list(initiative.commitments.iter().filter_map(|commitment| commitment.to.as_deref()));
            let commitment = match &delivery.to {
                _ if initiative.commitments.is_empty() => {
                    self.faults.add(
                        Fault::error(
                            "no-commitment",
                            format!(
                                "`budget.{}` limits the slip of `{}`, which has no commitment",
                                budget.id.value, initiative.id
                            ),
                        )
                        .at(&budget.id.span)
                        .hint(format!("add `commitment = 2026-06-30` to `[initiative.{}]`", initiative.id)),
                    );
                    None
                }
                None => Some(0),
                Some(to) => {
                    let found = initiative
                        .commitments
                        .iter()
                        .position(|commitment| commitment.to.as_ref() == Some(&to.value));
                    if found.is_none() {
                        let near = suggest(
                            &to.value,
                            initiative.commitments.iter().filter_map(|commitment| commitment.to.as_deref()),
                        );
                        let fault = Fault::error(
                            "unknown-commitment",
                            format!("`{}` has no commitment to \"{}\"", initiative.id, to.value),
                        )
                        .at(&to.span)
                        .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?")));
                        self.faults.add(if whom.is_empty() { fault } else { fault.allowed(whom) });
                    }
                    found
                }
            };
            if let (Some(commitment), Some(max_slip)) = (commitment, delivery.max_slip) {
                planned.push(Budget {
                    id: budget.id.value.clone(),
                    kind: BudgetKind::Delivery {
                        initiative: InitiativeId(index),
                        commitment,
                        max_slip,
                    },
                    tolerance: budget.tolerance,
                });
            }
        }
        (self.errors() == before).then_some(planned)
    }

    fn budget_initiative(&mut self, budget: &says::Budget, delivery: &says::Delivery) -> Option<usize> {
        let known = || self.scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str());
        let fault = match &delivery.initiative {
            Some(name) => match self.initiatives.get(name.value.as_str()) {
                Some(index) => return Some(*index),
                None => Fault::error("unknown-reference", format!("there is no initiative `{}`", name.value))
                    .at(&name.span)
                    .allowed(list(known()))
                    .maybe_hint(suggest(&name.value, known()).map(|near| format!("did you mean \"{near}\"?"))),
            },
            None if self.scenario.initiatives.len() == 1 => return Some(0),
            None if self.scenario.initiatives.is_empty() => return None,
            None => Fault::error("missing-key", format!("`budget.{}` does not say `initiative`", budget.id.value))
                .at(&budget.id.span)
                .allowed(list(known()))
                .hint("with more than one initiative, say whose slip is limited"),
        };
        self.faults.add(fault);
        None
    }

    /// References of what does not change the forecast yet.
    fn check_references(&mut self) {
        let scenario = self.scenario;
        let unknown = |what: &str, name: &At<String>, known: Vec<&str>| {
            let near = suggest(&name.value, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
            let fault = Fault::error("unknown-reference", format!("there is no {what} `{}`", name.value))
                .at(&name.span)
                .label("no such name")
                .maybe_hint(near);
            if known.is_empty() {
                fault.hint(format!("add `[{what}.{}]`, or take this out", name.value))
            } else {
                fault.allowed(list(known.into_iter()))
            }
        };
        let ids = |list: &'s [At<String>]| list.iter().map(|at| at.value.as_str()).collect::<Vec<&str>>();
        for name in scenario.initiatives.iter().flat_map(|initiative| &initiative.supports) {
            let bets = ids(&scenario.bets);
            let known: Vec<&str> = bets
                .into_iter()
                .chain(scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str()))
                .collect();
            if !known.contains(&name.value.as_str()) {
                self.faults.add(unknown("bet", name, ids(&scenario.bets)));
            }
        }
        for checkpoint in &scenario.checkpoints {
            if let Some(by) = &checkpoint.by {
                let name = format!("checkpoint.{}", checkpoint.id.value);
                self.plausible(&name, by);
                if let Some(start) = self.start.filter(|start| by.value < *start) {
                    self.faults.add(
                        Fault::error(
                            "checkpoint-before-start",
                            format!("`{name}`, {}, lies before the start, {start}", by.value),
                        )
                        .at(&by.span)
                        .hint("is the year right?"),
                    );
                }
            }
            let Some((watched, name)) = &checkpoint.watches else { continue };
            let (what, known) = match watched {
                Watched::Task => {
                    self.one_task(&format!("checkpoint `{}` watches", checkpoint.id.value), name);
                    continue;
                }
                Watched::Incident => ("incident", ids(&scenario.incidents)),
                Watched::Team => ("team", scenario.teams.iter().map(|team| team.id.value.as_str()).collect()),
                Watched::Budget => ("budget", scenario.budgets.iter().map(|budget| budget.id.value.as_str()).collect()),
            };
            if !known.contains(&name.value.as_str()) {
                self.faults.add(unknown(what, name, known));
            }
        }
    }

    // What the results say about the file.

    fn defaults(&self, reading: &Reading<'_>) -> Vec<DefaultUsed> {
        let scenario = self.scenario;
        let mut defaults = Vec::new();
        let mut add = |key: String, value: String, meaning: &str| {
            defaults.push(DefaultUsed {
                key,
                value,
                meaning: meaning.into(),
            });
        };
        if scenario.settings.trials.is_none() {
            add(
                "scenario.trials".into(),
                DEFAULT_TRIALS.to_string(),
                "so many futures are simulated",
            );
        }
        if scenario.settings.seed.is_none() {
            add(
                "scenario.seed".into(),
                DEFAULT_SEED.to_string(),
                "the same scenario and seed give the same numbers",
            );
        }
        if scenario.settings.timelines.is_none() {
            add(
                "scenario.timelines".into(),
                "[\"p10\", \"p50\", \"p90\"]".into(),
                "best, expected and worst are the finishes that one, five and nine of ten futures reach",
            );
        }
        if reading.default_shape {
            add(
                "estimates.shape".into(),
                "\"lognormal\"".into(),
                "three numbers are read as a skewed curve with the likely number at its peak and no upper bound (with min-max: pert)",
            );
        }
        if reading.default_range {
            add(
                "estimates.range".into(),
                "\"p10-p90\"".into(),
                "the outer two numbers are read as the 10th and 90th percentile, not as bounds",
            );
        }
        if scenario.estimates.correlation.is_none() {
            let default = Correlation::default();
            add(
                "estimates.correlation".into(),
                format!("{{ team = {}, portfolio = {} }}", default.team(), default.portfolio()),
                "tasks share part of their luck with their team and with everything else; independent errors would make the forecast falsely sure",
            );
        }
        if scenario.estimates.overrun.is_none() {
            let [p10, p50, p90] = DEFAULT_OVERRUN;
            add(
                "estimates.overrun".into(),
                format!("{{ p10 = {p10}, p50 = {p50:.1}, p90 = {p90} }}"),
                "one factor for all estimates; it spreads, it does not judge: median 1; published: 60–80 % of projects overrun, by 30–40 % on average (Moløkken & Jørgensen 2003)",
            );
        }
        for team in scenario.teams.iter().filter(|team| team.focus.is_none()) {
            add(
                format!("team.{}.focus", team.id.value),
                "1".into(),
                "every engineer works full time on planned work",
            );
        }
        if self.default_crews > 0 {
            let meaning = format!("{} by one person each", is_done(self.default_crews));
            add("task.engineers".into(), "1".into(), &meaning);
        }
        for initiative in &scenario.initiatives {
            if initiative.commitments.iter().any(|commitment| commitment.to.is_none()) {
                add(
                    format!("initiative.{}.commitment.to", initiative.id.value),
                    "nobody named".into(),
                    "the commitment does not say to whom it was made",
                );
            }
        }
        for budget in &scenario.budgets {
            if let Some(delivery) = &budget.delivery
                && delivery.to.is_none()
                && scenario.initiatives.iter().any(|initiative| initiative.commitments.len() > 1)
            {
                add(
                    format!("budget.{}.to", budget.id.value),
                    "the first commitment".into(),
                    "slip is counted against the first commitment in the file",
                );
            }
        }
        defaults
    }

    fn unused(&self) -> Vec<ReadNotUsed> {
        let lines: Vec<usize> = self.scenario.source.text.match_indices('\n').map(|(at, _)| at).collect();
        let mut unused: Vec<&At<String>> = self.scenario.unused.iter().collect();
        unused.sort_by_key(|at| at.span.start);
        unused
            .into_iter()
            .map(|at| ReadNotUsed {
                key: at.value.clone(),
                line: lines.partition_point(|newline| *newline < at.span.start) + 1,
            })
            .collect()
    }
}

/// What a link names.
enum Target {
    Task(usize),
    Initiative(usize),
}

const fn kind(tie: Tie) -> LinkKind {
    match tie {
        Tie::FinishStart => LinkKind::FinishStart,
        Tie::StartStart => LinkKind::StartStart,
        Tie::FinishFinish => LinkKind::FinishFinish,
        Tie::StartFinish => LinkKind::StartFinish,
    }
}

/// The predecessors whose finish a task with these links must await before it starts.
fn awaited(links: &[Link]) -> Vec<usize> {
    links
        .iter()
        .filter(|link| link.kind == LinkKind::FinishStart)
        .filter(|link| link.lag.as_ref().is_none_or(|lag| lag.distribution.quantile(0.0) >= 0.0))
        .map(|link| link.predecessor.0)
        .collect()
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

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn is_done(tasks: usize) -> String {
    if tasks == 1 {
        "1 task is done".into()
    } else {
        format!("{tasks} tasks are done")
    }
}

/// Names for a message, not too many.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
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
