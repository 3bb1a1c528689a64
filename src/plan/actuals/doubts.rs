//! What reality does and a plan does not: warnings, each with the name of what it is about.

use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::plan::actuals::facts::{Actuals, RiskActual};
use crate::plan::actuals::outside::{Outside, is_outside, touched};
use crate::plan::build::{count, list};
use crate::plan::domain::{BudgetKind, Link, LinkKind, Plan, RiskId, Task, TaskId, TeamId, Work};
use crate::scenario::actuals::{ActualsText, TaskText};
use crate::scenario::reader::Faults;
use crate::scenario::tree::At;
use crate::units::{DAYS_PER_CALENDAR_MONTH, WorkDays, format_work};

struct Doubts<'a> {
    text: &'a ActualsText,
    plan: &'a Plan,
    actuals: &'a Actuals,
    /// What is said of each task that has begun.
    told: Vec<Option<&'a TaskText>>,
    /// Which tasks a risk that may have struck changes.
    touched: Vec<bool>,
    faults: Faults,
}

/// What is hardly possible, or not as planned. The facts hold no contradiction.
pub(super) fn doubts(text: &ActualsText, plan: &Plan, actuals: &Actuals) -> Vec<Fault> {
    let ids: std::collections::HashMap<&str, &TaskText> = text.tasks.iter().map(|task| (task.id.value.as_str(), task)).collect();
    let told = plan
        .tasks
        .iter()
        .zip(&actuals.tasks)
        .map(|(task, fact)| fact.and_then(|_| ids.get(task.id.as_str()).copied()))
        .collect();
    let mut doubts = Doubts {
        text,
        plan,
        actuals,
        told,
        touched: touched(plan, &actuals.risks),
        faults: Faults::new(&text.source),
    };
    doubts.dropped();
    for (index, task) in plan.tasks.iter().enumerate() {
        if let Some(told) = doubts.told.get(index).copied().flatten() {
            doubts.task(TaskId(index), task, told);
        }
    }
    doubts.teams();
    doubts.incidents();
    doubts.findings();
    doubts.risks();
    doubts.silence();
    doubts.faults.list
}

impl<'a> Doubts<'a> {
    fn warn(&mut self, code: &'static str, message: String, place: &std::ops::Range<usize>, label: &str, hint: &str) {
        let fault = Fault::warning(code, message).at(place).label(label);
        self.faults.add(if hint.is_empty() { fault } else { fault.hint(hint) });
    }

    fn dropped(&mut self) {
        let text = self.text;
        for task in text.tasks.iter().filter(|task| task.dropped.is_some() && task.tells_of_work()) {
            let message = format!(
                "task `{}` was begun and then dropped: what was done on it is not counted",
                task.id.value
            );
            self.warn("dropped-after-start", message, &task.id.span, "", "");
        }
    }

    fn task(&mut self, id: TaskId, task: &Task, told: &'a TaskText) {
        let (Some(started), Some(Some(fact))) = (&told.started, self.actuals.tasks.get(id.0).copied()) else {
            return;
        };
        let name = &task.id;
        let calendar = &self.plan.calendar;
        if started.value < calendar.start() {
            let message = format!("task `{name}` started on {}, before the plan begins", started.value);
            let label = format!("taken to have started on {}", calendar.start());
            self.warn(
                "begun-before-the-plan",
                message,
                &started.span,
                &label,
                "is the `start` of the scenario right?",
            );
        }
        if let (Some(finished), true) = (&told.finished, fact.finished == Some(fact.started)) {
            let message = format!("task `{name}` was done on free days alone, so it took no working time");
            self.warn(
                "on-free-days",
                message,
                &finished.span,
                "",
                "work on free days counts to the nearest working time",
            );
        }
        if let Some(percent) = told.percent.as_ref().filter(|at| at.value == 100.0 && fact.finished.is_none()) {
            let message = format!("task `{name}` is done to 100 %, but has not finished");
            self.warn(
                "done-but-running",
                message,
                &percent.span,
                "",
                "add `finished = …`, or say what is left",
            );
        }
        if let Some(earliest) = task.not_before.filter(|earliest| fact.started < *earliest) {
            let date = calendar.date_of(WorkDays::new(earliest.days() + 1.0));
            let date = date.map_or_else(String::new, |date| format!(", {date}"));
            let message = format!("task `{name}` started on {}, before its `not_before`{date}", started.value);
            self.warn("begun-early", message, &started.span, "", "");
        }
        for link in &task.links {
            self.link(task, told, link);
        }
        self.spent(id, task, told);
        self.outside(id, task, told);
    }

    /// Whether the end that a link holds back came before the one that holds it back. Dates that are the same say nothing.
    fn link(&mut self, task: &Task, told: &'a TaskText, link: &Link) {
        // A lag below zero lets the successor go ahead.
        if link.lag.as_ref().is_some_and(|lag| lag.distribution.quantile(0.0) < 0.0) {
            return;
        }
        let Some(predecessor) = self.plan.tasks.get(link.predecessor.0) else {
            return;
        };
        let other = self.told.get(link.predecessor.0).copied().flatten();
        let is_there = |risk: RiskId| self.actuals.risks.get(risk.0).is_some_and(|risk| risk.has_happened());
        if other.is_none() && predecessor.only_if.is_some_and(|risk| !is_there(risk)) {
            return;
        }
        let start_of = |task: &'a TaskText| task.started.as_ref();
        let finish_of = |task: &'a TaskText| task.finished.as_ref();
        let (own, did) = match link.kind {
            LinkKind::FinishStart | LinkKind::StartStart => (start_of(told), "started"),
            LinkKind::FinishFinish | LinkKind::StartFinish => (finish_of(told), "finished"),
        };
        let (theirs, waits_for) = match link.kind {
            LinkKind::FinishStart | LinkKind::FinishFinish => (other.and_then(finish_of), "finished"),
            LinkKind::StartStart | LinkKind::StartFinish => (other.and_then(start_of), "started"),
        };
        let Some(own) = own else { return };
        if theirs.is_some_and(|theirs: &At<Date>| own.value >= theirs.value) {
            return;
        }
        let when = theirs.map_or_else(|| "has not yet".to_owned(), |theirs| format!("did on {}", theirs.value));
        let message = format!(
            "task `{}` {did} on {}, before `{}` {waits_for}, which {when}",
            task.id, own.value, predecessor.id
        );
        let fault = Fault::warning("begun-early", message).at(&own.span);
        let fault = match theirs {
            Some(theirs) => fault.related(&theirs.span, waits_for),
            None => fault,
        };
        self.faults.add(
            fault.hint("taken as it was; if the two are tied otherwise than planned, say so: [plan.initiative…] with another `after`"),
        );
    }

    fn spent(&mut self, id: TaskId, task: &Task, told: &'a TaskText) {
        let (Work::Effort { team, max, .. }, Some(spent)) = (&task.work, &told.spent) else {
            return;
        };
        let (Some(team), Some(Some(fact))) = (self.plan.teams.get(team.0), self.actuals.tasks.get(id.0)) else {
            return;
        };
        let elapsed = fact.finished.unwrap_or(self.actuals.as_of).days() - fact.started.days();
        let most = elapsed * f64::from(*max) * team.focus;
        if spent.value <= most * (1.0 + 1e-9) {
            return;
        }
        let message = format!(
            "{} of work went into task `{}` in {}, but {} at focus {} can give {} at most",
            format_work(spent.value),
            task.id,
            count(elapsed as usize, "working day"),
            count(*max as usize, "engineer"),
            team.focus,
            format_work(most)
        );
        self.warn(
            "more-spent-than-possible",
            message,
            &spent.span,
            "",
            "did more people work on it, or longer hours?",
        );
    }

    fn outside(&mut self, id: TaskId, task: &Task, told: &'a TaskText) {
        let Some(outside) = is_outside(self.plan, self.actuals, &self.touched, id) else {
            return;
        };
        let (value, compared) = match outside {
            Outside::Above(value) => (value, "more than"),
            Outside::Below(value) => (value, "less than"),
        };
        let took = if told.finished.is_some() { "took" } else { "has taken" };
        let unit = match task.work {
            Work::Effort { .. } => "days of work",
            Work::Duration { .. } => "working days",
        };
        let message = format!(
            "task `{}` {took} {} {unit}, {compared} its estimate, {}, can come to",
            task.id,
            (value * 100.0).round() / 100.0,
            task.work.estimate().text
        );
        let place = told
            .finished
            .as_ref()
            .or(told.started.as_ref())
            .map_or(&told.id.span, |at| &at.span);
        let place = told.spent.as_ref().map_or(place, |at| &at.span).clone();
        self.warn(
            "outside-estimate",
            message,
            &place,
            "nothing is learnt from it",
            "give the estimate a shape without bounds, or an overrun",
        );
    }

    fn teams(&mut self) {
        let (text, plan) = (self.text, self.plan);
        for (id, engineers) in &text.teams {
            let Some(engineers) = engineers else { continue };
            let Some(index) = plan.teams.iter().position(|team| team.id == id.value) else {
                continue;
            };
            let (fewest, most) = self.people(TeamId(index));
            let (than, what) = if engineers.value > most {
                (format!("at most {most}"), "who else joined? say so as a hire: [[plan.team…hire]]")
            } else if engineers.value < fewest {
                (
                    format!("at least {fewest}"),
                    "who left? the plan has no `attrition_per_year` for the team",
                )
            } else {
                continue;
            };
            let message = format!(
                "team `{}` has {}, but the plan can give {than}",
                id.value,
                count(engineers.value as usize, "engineer")
            );
            self.warn("unplanned-people", message, &engineers.span, "taken as it is", what);
        }
    }

    /// The fewest and the most people that a team can have by now.
    fn people(&self, team: TeamId) -> (u32, u32) {
        let Some(team) = self.plan.teams.get(team.0) else {
            return (0, u32::MAX);
        };
        let now = self.actuals.as_of;
        let (mut fewest, mut most) = (team.engineers, team.engineers);
        for hire in &team.hires {
            let is_gone = hire.until.is_some_and(|until| until <= now);
            if is_gone {
                continue;
            }
            if hire.starts.distribution.quantile(0.0).round() <= now.days() {
                most += hire.engineers;
            }
            if hire.probability.get() >= 1.0 && hire.starts.distribution.quantile(1.0).round() <= now.days() {
                fewest += hire.engineers;
            }
        }
        (if team.attrition_per_year > 0.0 { 0 } else { fewest }, most)
    }

    fn incidents(&mut self) {
        let (text, plan) = (self.text, self.plan);
        for said in &text.incidents {
            let Some(index) = plan.incidents.iter().position(|class| class.id == said.id.value) else {
                continue;
            };
            let Some(fact) = self.actuals.incidents.get(index).and_then(Option::as_ref) else {
                continue;
            };
            let Some(minutes) = &fact.customer_minutes else { continue };
            let place = said.customer_minutes.first().map_or(&said.id.span, |(flow, _)| &flow.span);
            if fact.count == 0 && minutes.per_quarter.iter().sum::<f64>() > 0.0 {
                let message = format!(
                    "customers felt minutes of incidents of class `{}`, but there were none",
                    said.id.value
                );
                self.warn("minutes-without-incidents", message, place, "", "is `count` right?");
            }
            let has_budget = plan
                .budgets
                .iter()
                .any(|budget| matches!(budget.kind, BudgetKind::Reliability { flow, .. } if flow == minutes.flow));
            if minutes.is_spread && has_budget {
                let message = format!(
                    "the minutes of class `{}` are spread over {} by their days, for want of better",
                    said.id.value,
                    count(minutes.per_quarter.len(), "quarter")
                );
                self.warn(
                    "minutes-spread",
                    message,
                    place,
                    "a budget counts by quarter",
                    "say them by quarter: { \"2026-Q1\" = 600_000, \"2026-Q2\" = 300_000 }",
                );
            }
        }
    }

    fn findings(&mut self) {
        let (text, plan) = (self.text, self.plan);
        let is_finished = |index: usize| {
            self.actuals
                .tasks
                .get(index)
                .copied()
                .flatten()
                .is_some_and(|fact| fact.finished.is_some())
        };
        let releases: Vec<&str> = plan
            .tasks
            .iter()
            .enumerate()
            .filter(|(index, task)| task.release && is_finished(*index))
            .map(|(_, task)| task.id.as_str())
            .collect();
        for said in &text.findings {
            let blocks = plan.findings.iter().any(|class| class.id == said.id.value && class.blocks_release);
            let Some(open) = said.open.as_ref().filter(|open| open.value > 0 && blocks && !releases.is_empty()) else {
                continue;
            };
            let message = format!(
                "{} of class `{}` open, which holds releases, but {} finished",
                count(open.value as usize, "finding"),
                said.id.value,
                list(releases.iter().copied())
            );
            self.warn(
                "released-with-findings",
                message,
                &open.span,
                "found later, or of another initiative?",
                "",
            );
        }
    }

    fn risks(&mut self) {
        let (text, plan) = (self.text, self.plan);
        for said in &text.risks {
            let Some(index) = plan.risks.iter().position(|risk| risk.id == said.id.value) else {
                continue;
            };
            let (Some(risk), Some(actual)) = (plan.risks.get(index), self.actuals.risks.get(index).copied()) else {
                continue;
            };
            let probability = risk.probability.get();
            if actual.has_happened() && probability <= 0.0 || actual == RiskActual::Retired && probability >= 1.0 {
                let message = format!("the plan gave the risk `{}` a probability of {probability}", risk.id);
                self.warn("against-all-odds", message, &said.id.span, "taken as it was", "");
            }
            let ended = risk.retired_by.filter(|task| {
                self.actuals
                    .tasks
                    .get(task.0)
                    .copied()
                    .flatten()
                    .is_some_and(|fact| fact.finished.is_some())
            });
            if let (Some(task), RiskActual::Open) = (ended.and_then(|task| plan.tasks.get(task.0)), actual) {
                let message = format!("the risk `{}` is open, but `{}`, which retires it, has finished", risk.id, task.id);
                self.warn(
                    "open-but-retired",
                    message,
                    &said.id.span,
                    "",
                    "write `retired = true` if nothing can come of it any more",
                );
            }
        }
    }

    /// Whether nothing is told of the last weeks, which mostly means that somebody forgot.
    fn silence(&mut self) {
        let is_over = |index: usize, task: &Task| {
            let fact = self.actuals.tasks.get(index).copied().flatten();
            task.only_if.is_some() || fact.is_some_and(|fact| fact.finished.is_some())
        };
        if self.plan.tasks.iter().enumerate().all(|(index, task)| is_over(index, task)) {
            return;
        }
        let dates = self
            .told
            .iter()
            .flatten()
            .flat_map(|task| [&task.started, &task.finished])
            .flatten();
        let last = dates.map(|at| at.value).max();
        let since = last.unwrap_or(self.plan.calendar.start());
        let days = self.actuals.date.days_since(since);
        if days as f64 <= DAYS_PER_CALENDAR_MONTH {
            return;
        }
        let message = match last {
            Some(last) => format!(
                "nothing has started or finished since {last}, {days} days before {}",
                self.actuals.date
            ),
            None => format!("nothing has started, {days} days after the start"),
        };
        let place = self.text.as_of.as_ref().map_or(0..0, |at| at.span.clone());
        self.warn("nothing-since", message, &place, "", "is something missing?");
    }
}
