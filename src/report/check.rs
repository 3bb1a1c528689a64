//! The plan as understood, for `sim check`: what was read, how it hangs together, what it would be on paper.

use anstyle::Style;

use super::page::{BAD, Cell, DIM, INDENT, Page, Side, plain, styled};
use super::text::{cut, date, plain_percent, short_date, thousands};
use crate::analysis::{Moment, Step, Understanding, WaitedFor};
use crate::plan::{Budget, BudgetKind, Dispatch, Initiative, Link, LinkKind, Plan, Risk, Task, TaskId, Team, Work};
use crate::units::format_work;

/// The plan as text of at most 80 columns. Colour only adds.
#[must_use]
pub fn check(plan: &Plan, understanding: &Understanding, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.heading(&plan.name);
    page.paragraph(
        &format!(
            "starts {}{} · {} futures · seed {}",
            plan.calendar.start().long_with_weekday(),
            if plan.budgets.is_empty() {
                String::new()
            } else {
                format!(" · budgets look to {}", understanding.horizon.date.long())
            },
            thousands(plan.trials.into()),
            plan.seed
        ),
        "",
        DIM,
    );
    if !plan.teams.is_empty() {
        page.blank();
        page.heading("People");
        for team in &plan.teams {
            page.paragraph(&team_line(plan, team), INDENT, Style::new());
        }
    }
    for (index, initiative) in plan.initiatives.iter().enumerate() {
        page.understood(plan, understanding, index, initiative);
    }
    page.bullets("Risks", &plan.risks.iter().map(|risk| risk_line(plan, risk)).collect::<Vec<_>>());
    page.bullets(
        "Budgets",
        &plan.budgets.iter().map(|budget| budget_line(plan, budget)).collect::<Vec<_>>(),
    );
    page.defaults(&plan.defaults);
    page.bullets(
        "Read, not yet used",
        &plan
            .unused
            .iter()
            .map(|unused| format!("{} (line {})", unused.key, unused.line))
            .collect::<Vec<_>>(),
    );
    page.blank();
    page.line(
        &format!(
            "{}, {}, {}: ready to run",
            counted(plan.tasks.len(), "task"),
            counted(plan.tasks.iter().map(|task| task.links.len()).sum(), "link"),
            counted(plan.warnings.len(), "warning")
        ),
        DIM,
    );
    page.into_text()
}

/// `1 task`, `2 tasks`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Page {
    fn understood(&mut self, plan: &Plan, understanding: &Understanding, index: usize, initiative: &Initiative) {
        self.blank();
        self.heading(&initiative.title);
        let mut facts = vec![];
        if let Some(priority) = initiative.priority {
            facts.push(format!("priority {priority}"));
        }
        if let Some(estimate) = initiative.estimate {
            facts.push(format!("engineering said {}", estimate.long()));
        }
        for commitment in &initiative.commitments {
            let to = commitment.to.as_deref().map_or(String::new(), |to| format!(" to {}", cut(to, 30)));
            facts.push(format!("promised{to} by {}", commitment.date.long()));
        }
        if !facts.is_empty() {
            self.paragraph(&facts.join(" · "), INDENT, DIM);
        }
        let path = understanding.critical_paths.get(index).map_or(&[] as &[Step], Vec::as_slice);
        let rows: Vec<Vec<Cell>> = initiative
            .tasks
            .iter()
            .filter_map(|id| Some((id, plan.tasks.get(id.0)?, understanding.tasks.get(id.0)?)))
            .map(|(id, task, times)| {
                let mark = if path.iter().any(|step| step.task == *id) { "*" } else { "" };
                vec![
                    styled(mark, BAD),
                    plain(local(plan, initiative, *id)),
                    plain(&task.work.estimate().text),
                    plain(who(plan, task)),
                    plain(after(plan, initiative, task)),
                    plain(day(plan, &times.start)),
                    plain(day(plan, &times.finish)),
                ]
            })
            .collect();
        self.blank();
        self.table(&[Side::Left; 7], 4, &["", "task", "estimate", "who", "after", "from", "to"], &rows);
        self.blank();
        let chain: Vec<String> = path.iter().map(|step| step_text(plan, initiative, step)).collect();
        let finish = initiative
            .tasks
            .iter()
            .filter_map(|id| understanding.tasks.get(id.0))
            .max_by(|a, b| a.finish.working_days.days().total_cmp(&b.finish.working_days.days()));
        if let Some(finish) = finish {
            let sentence = format!(
                "On paper it ends on {}, set by the chain (*): {}.",
                date(&finish.finish),
                chain.join(" → ")
            );
            self.paragraph(&sentence, INDENT, Style::new());
        }
        if plan.dispatch == Dispatch::FileOrder {
            self.paragraph("People take tasks in the order of the file.", INDENT, DIM);
        }
    }
}

/// A day of the plan, without the year where it is the year of the start.
fn day(plan: &Plan, at: &Moment) -> String {
    match at.date {
        Some(date) if date.shares_year(plan.calendar.start()) => date.day_label(),
        _ => short_date(at),
    }
}

/// The id inside its own initiative, and the whole id elsewhere.
fn local(plan: &Plan, initiative: &Initiative, id: TaskId) -> String {
    let name = plan.tasks.get(id.0).map_or("", |task| task.id.as_str());
    let inside = name.strip_prefix(initiative.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
    inside.unwrap_or(name).to_owned()
}

fn step_text(plan: &Plan, initiative: &Initiative, step: &Step) -> String {
    let name = local(plan, initiative, step.task);
    match step.waited_for {
        WaitedFor::Nothing | WaitedFor::Link => name,
        WaitedFor::ItsDate => format!("{name} (waits for its date)"),
        WaitedFor::People => format!("{name} (waits for people)"),
    }
}

fn who(plan: &Plan, task: &Task) -> String {
    let team = |index: usize| plan.teams.get(index).map_or("?", |team| team.id.as_str());
    match &task.work {
        Work::Effort { team: id, min, max, .. } if min == max => format!("{min} {}", team(id.0)),
        Work::Effort { team: id, min, max, .. } => format!("{min}–{max} {}", team(id.0)),
        Work::Duration { crew, .. } if crew.is_empty() => "nobody of ours".into(),
        Work::Duration { crew, .. } => {
            let parts: Vec<String> = crew.iter().map(|(id, engineers)| format!("{engineers} {}", team(id.0))).collect();
            parts.join(" + ")
        }
    }
}

fn after(plan: &Plan, initiative: &Initiative, task: &Task) -> String {
    let links: Vec<String> = task.links.iter().map(|link| link_text(plan, initiative, link)).collect();
    links.join(", ")
}

fn link_text(plan: &Plan, initiative: &Initiative, link: &Link) -> String {
    let kind = match link.kind {
        LinkKind::FinishStart => "",
        LinkKind::StartStart => " SS",
        LinkKind::FinishFinish => " FF",
        LinkKind::StartFinish => " SF",
    };
    let lag = link.lag.as_ref().map_or(String::new(), |lag| {
        format!("{}{}", if lag.likely < 0.0 { "" } else { "+" }, lag.text)
    });
    format!("{}{kind}{lag}", local(plan, initiative, link.predecessor))
}

fn team_line(plan: &Plan, team: &Team) -> String {
    let mut text = format!(
        "{}: {} engineer{}",
        team.id,
        team.engineers,
        if team.engineers == 1 { "" } else { "s" }
    );
    if team.focus < 1.0 {
        text.push_str(&format!(", {} of their time on planned work", plain_percent(team.focus)));
    }
    for entry in &team.elsewhere {
        let until = plan
            .calendar
            .date_of(entry.until)
            .map_or_else(|| "later".to_owned(), |date| date.long());
        text.push_str(&format!(", {} on other work until {until}", entry.engineers));
    }
    if !team.holidays.is_empty() {
        text.push_str(&format!(", {} of their own", counted(team.holidays.len(), "holiday")));
    }
    text
}

fn risk_line(plan: &Plan, risk: &Risk) -> String {
    let mut effects = vec![];
    if let Some(multiply) = &risk.multiply {
        effects.push(format!("× {}", multiply.text));
    }
    for (what, estimate) in [("adds", &risk.add), ("delays by", &risk.delay)] {
        if let Some(estimate) = estimate {
            effects.push(format!("{what} {}", estimate.text));
        }
    }
    let tasks: Vec<&str> = risk
        .affects
        .iter()
        .filter_map(|id| plan.tasks.get(id.0))
        .map(|task| task.id.as_str())
        .collect();
    let retired = risk
        .retired_by
        .and_then(|id| plan.tasks.get(id.0))
        .map_or(String::new(), |task| format!(", until {} is done", task.id));
    format!(
        "{} ({} likely): {} on {}{retired}",
        risk.title,
        plain_percent(risk.probability.get()),
        effects.join(", "),
        tasks.join(", ")
    )
}

fn budget_line(plan: &Plan, budget: &Budget) -> String {
    let BudgetKind::Delivery {
        initiative,
        commitment,
        max_slip,
    } = &budget.kind;
    let Some((whose, promise)) = plan
        .initiatives
        .get(initiative.0)
        .and_then(|whose| Some((whose, whose.commitments.get(*commitment)?)))
    else {
        return budget.id.clone();
    };
    let slip = promise.time.days() * max_slip;
    let tolerance = budget.tolerance.map_or_else(
        || "no tolerance agreed".to_owned(),
        |p| format!("accepted in {} of futures", plain_percent(p.get())),
    );
    format!(
        "{}: {} slips by at most {} ({}) beyond {}; more is {tolerance}",
        budget.id,
        whose.title,
        plain_percent(*max_slip),
        format_work(slip),
        promise.date.long()
    )
}
