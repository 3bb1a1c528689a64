//! What the numbers of a plan come to when they are multiplied: the people of all teams, and the incidents, departures and findings
//! that a future may be expected to have. Each number alone is bounded where it is read.

use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::plan::build::Builder;
use crate::plan::domain::Work;
use crate::scenario::tree::Span;
use crate::units::DAYS_PER_WEEK;

/// The most people of all teams, those to be hired included.
const MOST_PEOPLE: u64 = 100_000;
/// The most incidents or findings that a future may be expected to have: some hundred a week for two years.
const MOST_EXPECTED: f64 = 50_000.0;
/// The most departures: those of ten thousand people in six years. Each looks through its team.
const MOST_DEPARTURES: f64 = 10_000.0;
/// Calendar days that are looked ahead where nothing is promised for later.
const FEWEST_DAYS: i64 = 366;

impl Builder<'_> {
    /// Refuses what would fill memory or take for ever to play.
    pub(super) fn check_bounds(&mut self, works: &[Option<Work>]) {
        self.check_people();
        let Some(until) = self.looks_ahead() else { return };
        self.check_incidents(until);
        self.check_departures(until);
        self.check_findings(works);
    }

    /// The last date that the file names to be looked at, and at least a year ahead.
    fn looks_ahead(&self) -> Option<Date> {
        let start = self.start?;
        let promised = self.scenario.initiatives.iter().flat_map(|initiative| &initiative.commitments);
        promised
            .map(|commitment| commitment.date.value)
            .chain(self.scenario.settings.horizon.as_ref().map(|at| at.value))
            .chain(start.plus_days(FEWEST_DAYS))
            .max()
    }

    fn check_people(&mut self) {
        let mut all = 0;
        for team in &self.scenario.teams {
            let Some(engineers) = &team.engineers else { continue };
            let hired: u64 = team
                .hires
                .iter()
                .map(|hire| hire.engineers.as_ref().map_or(1, |at| u64::from(at.value)))
                .sum();
            let before = all;
            all += u64::from(engineers.value) + hired;
            if before <= MOST_PEOPLE && all > MOST_PEOPLE {
                self.faults.add(
                    Fault::error(
                        "too-many-people",
                        format!("with `team.{}` the teams have more people than are simulated", team.id.value),
                    )
                    .at(&engineers.span)
                    .allowed(format!("at most {MOST_PEOPLE} in all teams, hires included"))
                    .hint("leave out the teams that do none of this work"),
                );
            }
        }
    }

    fn check_incidents(&mut self, until: Date) {
        let mut all = Expected::new("incidents", "all classes together", MOST_EXPECTED);
        for class in &self.scenario.incidents {
            let Some(rate) = &class.rate_per_day else { continue };
            let fault = all.add(
                rate.value * self.days_until(until),
                &format!("`incident.{}`", class.id.value),
                Some(until),
                &rate.span,
            );
            let hint = "lower the rate; what happens many times a day is part of a team's `focus`";
            self.faults
                .list
                .extend(fault.map(|fault| fault.hint(hint).of(&self.scenario.source)));
        }
    }

    fn check_departures(&mut self, until: Date) {
        let mut all = Expected::new("departures", "all teams together", MOST_DEPARTURES);
        for team in &self.scenario.teams {
            let (Some(engineers), Some(attrition), Some(_)) = (&team.engineers, &team.attrition_per_year, &team.backfill) else {
                // Nobody leaves twice where nobody comes after.
                continue;
            };
            let count = f64::from(engineers.value) * attrition.value * self.days_until(until) / 365.25;
            let fault = all.add(count, &format!("`team.{}`", team.id.value), Some(until), &attrition.span);
            let hint = "`attrition_per_year` is the share of the team that leaves in a year, such as 0.13";
            self.faults
                .list
                .extend(fault.map(|fault| fault.hint(hint).of(&self.scenario.source)));
        }
    }

    fn check_findings(&mut self, works: &[Option<Work>]) {
        let mut weeks = 0.0;
        for work in works {
            if let Some(Work::Effort { estimate, .. }) = work {
                weeks += estimate.distribution.mean() / DAYS_PER_WEEK;
            }
        }
        let mut all = Expected::new("findings", "all classes together", MOST_EXPECTED);
        for class in &self.scenario.findings {
            let Some(rate) = &class.per_engineer_week else { continue };
            let fault = all.add(rate.value * weeks, &format!("`finding.{}`", class.id.value), None, &rate.span);
            let hint = "lower `per_engineer_week`; is it meant for a week of the whole team?";
            self.faults
                .list
                .extend(fault.map(|fault| fault.hint(hint).of(&self.scenario.source)));
        }
    }

    fn days_until(&self, until: Date) -> f64 {
        self.start.map_or(0.0, |start| until.days_since(start) as f64)
    }
}

/// What a future may be expected to have, summed over the entries of a section.
struct Expected {
    what: &'static str,
    over: &'static str,
    most: f64,
    sum: f64,
}

impl Expected {
    const fn new(what: &'static str, over: &'static str, most: f64) -> Self {
        Self {
            what,
            over,
            most,
            sum: 0.0,
        }
    }

    /// Counts an entry; the fault where it is the one with which there are too many.
    fn add(&mut self, count: f64, name: &str, until: Option<Date>, at: &Span) -> Option<Fault> {
        let before = self.sum;
        self.sum += count;
        let until = until.map_or_else(String::new, |until| format!(" by {}", until.long()));
        (before <= self.most && self.sum > self.most).then(|| {
            let message = format!(
                "{name} means {count:.0} {}{until} in every future, more than can be played",
                self.what
            );
            Fault::error("too-much-happens", message)
                .at(at)
                .allowed(format!("at most {} {} in a future, {}", self.most, self.what, self.over))
        })
    }
}
