//! Initiatives, and who does which of their tasks.

use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::plan::build::{Builder, count, list};
use crate::plan::domain::{BetId, Commitment, Estimate, Initiative, TaskId, TeamId, Work};
use crate::plan::estimate::{Reading, Unit};
use crate::scenario::says::{self, Engineers};
use crate::scenario::tree::Span;
use crate::units::WorkDays;

impl<'s> Builder<'s> {
    pub(super) fn plan_initiatives(&mut self) -> Vec<Initiative> {
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
                commitments: self.commitments(&name, initiative),
                supports: self.supported(initiative),
                ladder: initiative.ladder.clone(),
                tasks: self.tasks_of.get(index).into_iter().flatten().map(|task| TaskId(*task)).collect(),
            });
        }
        planned
    }

    /// The bets that an initiative names, those that there are, each once.
    fn supported(&mut self, initiative: &says::Initiative) -> Vec<BetId> {
        let scenario = self.scenario;
        let mut supported = Vec::new();
        for name in &initiative.supports {
            match scenario.bets.iter().position(|bet| bet.id.value == name.value) {
                Some(bet) if supported.contains(&BetId(bet)) => {}
                Some(bet) => supported.push(BetId(bet)),
                None => self.no_such("bet", name, scenario.bets.iter().map(|bet| bet.id.value.as_str())),
            }
        }
        supported
    }

    fn commitments(&mut self, name: &str, initiative: &says::Initiative) -> Vec<Commitment> {
        let mut planned: Vec<Commitment> = Vec::new();
        for commitment in &initiative.commitments {
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
                owner: [&commitment.owner, &initiative.accountable, &initiative.owner]
                    .into_iter()
                    .flatten()
                    .next()
                    .cloned(),
            });
        }
        planned
    }

    // Work and people.

    /// Reports a crew that the team can never bring together, and warns of one that it may not.
    fn check_staffing(&mut self, task: &str, team: usize, needed: u32, at: &Span, is_effort: bool) {
        let Some(all) = self.everybody(team) else { return };
        let sure = self.everybody_for_sure(team).unwrap_or(all);
        let Some(team) = self.scenario.teams.get(team) else { return };
        let Some(engineers) = &team.engineers else { return };
        let needs = count(needed as usize, "engineer");
        if needed <= sure {
            return;
        }
        if needed <= all {
            self.faults.add(
                Fault::warning(
                    "staffed-only-by-hires",
                    format!(
                        "`{task}` needs {needs} of `{}` at once, which has {sure} for sure: in futures without the hires it never starts",
                        team.id.value
                    ),
                )
                .at(at)
                .related(&engineers.span, "without those who may join or will leave again"),
            );
            return;
        }
        let hires = if team.hires.is_empty() { "" } else { ", hires included" };
        let hint = if is_effort {
            format!("ask for at most {all}; `engineers = {{ min = 1, max = {all} }}` takes as many as are free")
        } else {
            format!("ask for at most {all}")
        };
        self.faults.add(
            Fault::error(
                "never-staffed",
                format!("`{task}` needs {needs} of `{}` at once, which has {all}{hires}", team.id.value),
            )
            .at(at)
            .label("could never start")
            .related(&engineers.span, if hires.is_empty() { "the whole team" } else { "at the start" })
            .hint(hint),
        );
    }

    pub(super) fn work(&mut self, index: usize, reading: &mut Reading<'_>) -> Option<Work> {
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
            let estimate = reading.estimate(&id, effort, Unit::Work, &mut self.faults);
            return self.effort(says, &id, effort, estimate);
        }
        let duration = says.duration.as_ref()?;
        let estimate = reading.estimate(&id, duration, Unit::Work, &mut self.faults);
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
        let size = self.everybody(team);
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
}
