//! Teams: who is there, who leaves, who joins.

use crate::diagnostic::Fault;
use crate::plan::build::{Builder, count, list};
use crate::plan::domain::{Elsewhere, Hire, Team};
use crate::plan::estimate::{Reading, Unit};
use crate::scenario::reader::suggest;
use crate::scenario::says;
use crate::scenario::tree::At;
use crate::units::{Probability, WorkDays};
use std::collections::BTreeSet;

impl<'s> Builder<'s> {
    pub(super) fn plan_teams(&mut self, reading: &mut Reading<'_>) -> Option<Vec<Team>> {
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
            let backfill = match &team.backfill {
                Some(written) => reading.estimate(&format!("{name}.backfill"), written, Unit::Work, &mut self.faults),
                None => None,
            };
            complete &= backfill.is_some() == team.backfill.is_some();
            if let (Some(written), None | Some(0.0)) = (&team.backfill, team.attrition_per_year.as_ref().map(|at| at.value)) {
                self.faults.add(
                    Fault::warning(
                        "backfill-without-attrition",
                        format!("`{name}` refills vacancies, but nobody leaves"),
                    )
                    .at(&written.span)
                    .hint("add `attrition_per_year = 0.13`"),
                );
            }
            let hires: Vec<Hire> = team.hires.iter().filter_map(|hire| self.hire(&name, team, hire, reading)).collect();
            complete &= hires.len() == team.hires.len();
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
                attrition_per_year: team.attrition_per_year.as_ref().map_or(0.0, |at| at.value),
                backfill,
                ramp_up: team.ramp_up.as_ref().map_or(0.0, |at| at.value),
                hires,
                cost_per_week: team.cost_per_week.as_ref().map_or(0.0, |at| at.value),
            });
        }
        complete.then_some(planned)
    }

    fn hire(&mut self, team: &str, of: &says::Team, hire: &says::Hire, reading: &mut Reading<'_>) -> Option<Hire> {
        let name = format!("{team}.hire");
        let starts = hire.starts.as_ref()?;
        let [early, likely, _] = &starts.dates;
        for date in &starts.dates {
            if !self.plausible(&format!("{name}.starts"), date) {
                return None;
            }
        }
        if let Some(start) = self.start.filter(|start| early.value < *start) {
            self.faults.add(
                Fault::error(
                    "hire-before-start",
                    format!("`{name}.starts`, {}, lies before the start, {start}", early.value),
                )
                .at(&early.span)
                .hint("count those who are there at the start in `engineers`; is the year right?"),
            );
            return None;
        }
        if let Some(until) = &hire.until {
            self.plausible(&format!("{name}.until"), until);
            if until.value < early.value {
                self.faults.add(
                    Fault::error(
                        "hire-over",
                        format!("in `{name}` the last day, {}, lies before the first, {}", until.value, early.value),
                    )
                    .at(&until.span)
                    .related(&early.span, "the earliest first day")
                    .hint("is the year right?"),
                );
                return None;
            }
            if until.value < likely.value {
                self.faults.add(
                    Fault::warning(
                        "hire-over",
                        format!(
                            "in `{name}` the last day, {}, lies before the likely first one, {}: mostly nobody comes",
                            until.value, likely.value
                        ),
                    )
                    .at(&until.span)
                    .related(&likely.span, "the likely first day"),
                );
            }
        }
        let own = hire.ramp_up.as_ref().or(of.ramp_up.as_ref());
        Some(Hire {
            engineers: hire.engineers.as_ref().map_or(1, |at| at.value),
            starts: reading.dates(&format!("{name}.starts"), starts, &self.calendar, &mut self.faults)?,
            probability: hire.probability.as_ref().map_or(Probability::CERTAIN, |at| at.value),
            until: hire.until.as_ref().map(|at| self.calendar.evening_of(at.value)),
            ramp_up: own.map_or(0.0, |at| at.value),
        })
    }

    /// The people that a team can have at most: those at the start and all who may join.
    pub(super) fn everybody(&self, team: usize) -> Option<u32> {
        self.with_hires(team, |_| true)
    }

    /// The people whom a team has in every future, at some time, for good.
    pub(super) fn everybody_for_sure(&self, team: usize) -> Option<u32> {
        self.with_hires(team, |hire| {
            hire.until.is_none() && hire.probability.as_ref().is_none_or(|at| at.value.get() >= 1.0)
        })
    }

    fn with_hires(&self, team: usize, counts: impl Fn(&says::Hire) -> bool) -> Option<u32> {
        let team = self.scenario.teams.get(team)?;
        let engineers = team.engineers.as_ref()?.value;
        let hires = team.hires.iter().filter(|hire| counts(hire));
        Some(hires.fold(engineers, |all, hire| {
            all.saturating_add(hire.engineers.as_ref().map_or(1, |at| at.value))
        }))
    }

    /// Warns where more people of a team are asked for than it can have.
    pub(super) fn check_enough(&mut self, what: &str, team: usize, people: &At<u32>) {
        let Some(all) = self.everybody(team).filter(|all| people.value > *all) else {
            return;
        };
        let id = self.scenario.teams.get(team).map(|team| team.id.value.clone()).unwrap_or_default();
        self.faults.add(
            Fault::warning(
                "more-than-the-team",
                format!("{what} {} of `{id}`, which has {all}", count(people.value as usize, "engineer")),
            )
            .at(&people.span)
            .label("as many as are there"),
        );
    }

    /// A team by name.
    pub(super) fn team(&mut self, name: &At<String>) -> Option<usize> {
        if let Some(index) = self.teams.get(name.value.as_str()) {
            return Some(*index);
        }
        let few = self.faults.are_few();
        let teams = self.scenario.teams.iter().filter(|_| few);
        let near = suggest(&name.value, teams.map(|team| team.id.value.as_str()));
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
}
