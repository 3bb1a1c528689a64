//! The plan as understood, for `sim check`: what was read, how it hangs together, what it would be on paper.

use anstyle::Style;

use super::page::{BAD, Cell, DIM, INDENT, Page, Side, plain, styled};
use super::register;
use super::text::{cut, date, short_date, thousands};
use crate::analysis::{Moment, Step, Understanding, WaitedFor};
use crate::plan::{Dispatch, Initiative, Link, LinkKind, Plan, Task, TaskId, Work};

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
            page.hanging(&register::team(plan, team));
            for hire in &team.hires {
                page.hanging(&register::hire(plan, team, hire));
            }
        }
    }
    for (index, initiative) in plan.initiatives.iter().enumerate() {
        page.understood(plan, understanding, index, initiative);
    }
    page.bullets("What customers use", &plan.flows.iter().map(register::flow).collect::<Vec<_>>());
    let incidents = plan.incidents.iter().map(|class| register::incident(plan, class));
    page.bullets("Incidents", &incidents.collect::<Vec<_>>());
    let findings = plan.findings.iter().map(|class| register::finding(plan, class));
    page.bullets("Security findings", &findings.collect::<Vec<_>>());
    let risks = plan.risks.iter().enumerate().map(|(index, risk)| register::risk(plan, index, risk));
    page.bullets("Risks", &risks.collect::<Vec<_>>());
    let budgets = plan.budgets.iter().map(|budget| register::budget(plan, budget));
    page.bullets("Budgets", &budgets.collect::<Vec<_>>());
    page.defaults(&plan.defaults);
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
        for sentence in register::task_effects(plan, initiative) {
            self.hanging(&sentence);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Horizon, Moment, PaperTask};
    use crate::calendar::Date;
    use crate::plan::{
        Absence, Budget, BudgetKind, FindingClass, FindingId, Flow, FlowId, Hire, IncidentClass, IncidentId, InitiativeId, Mitigation,
        RiskId, TeamId,
    };
    use crate::report::fixtures::{date, golden};
    use crate::report::page::COLUMNS;
    use crate::report::text::width;
    use crate::units::{Probability, WorkDays};

    const PLAIN: &str = r#"
[scenario]
name = "The whole company"
start = 2026-01-05
seed = 7
[team.core]
engineers = 12
focus = 0.7
elsewhere = [{ engineers = 2, until = 2026-02-27 }]
[team.reliability]
engineers = 6
[initiative.segment]
title = "Enterprise segment"
priority = 1
estimate = 2026-04-17
commitment = [{ date = 2026-03-06, to = "board" }]
[initiative.segment.task.data-model]
effort = ["4w", "7w", "16w"]
team = "core"
engineers = { min = 1, max = 3 }
[initiative.segment.task.rework]
effort = ["1w", "2w", "4w"]
team = "core"
after = "data-model"
[initiative.segment.task.hardening]
effort = ["1w", "2w", "4w"]
team = "reliability"
[initiative.segment.task.launch]
effort = ["1d", "2d", "5d"]
team = "core"
after = ["data-model", "rework"]
[risk.legacy-billing]
title = "Legacy billing hides surprises"
probability = 0.35
affects = ["segment.data-model"]
multiply = [1.2, 1.5, 2.5]
delay = ["1d", "3d", "8d"]
retired_by = "segment.hardening"
[risk.flu]
probability = 0.1
affects = ["core"]
add = ["1d", "2d", "5d"]
[budget.board-date]
initiative = "segment"
kind = "delivery"
max_slip = 0.2
tolerance = 0.1
"#;

    fn likely(p: f64) -> Probability {
        Probability::new(p).unwrap_or_else(|| panic!("{p}"))
    }

    /// The plan of the text and everything of a company that a plan can hold.
    fn company() -> Plan {
        let read = crate::plan::read("company.toml", PLAIN.into(), &|_| Ok(String::new()));
        let mut plan = read.unwrap_or_else(|faults| panic!("{faults:?}"));
        let estimate = |text: &str| {
            let mut estimate = plan.tasks[0].work.estimate().clone();
            estimate.text = text.into();
            estimate
        };
        let (weeks, hours, days) = (estimate("8w / 12w / 20w"), estimate("2h / 6h / 3d"), estimate("2d / 5d / 20d"));
        let mut starts = estimate("2026-02-02 / 2026-02-16 / 2026-03-30");
        (starts.low, starts.likely) = (20.0, 30.0);
        let core = &mut plan.teams[0];
        (core.attrition_per_year, core.ramp_up, core.cost_per_week) = (0.13, 60.0, 4_000.0);
        core.backfill = Some(weeks.clone());
        let hire = |engineers, probability, until: Option<&str>, ramp_up| Hire {
            engineers,
            starts: starts.clone(),
            probability: likely(probability),
            until: until.map(|text| plan.calendar.evening_of(date(text))),
            ramp_up,
        };
        core.hires = vec![hire(1, 0.8, None, 60.0), hire(2, 1.0, Some("2026-04-17"), 0.0)];
        plan.teams[1].attrition_per_year = 0.2;
        plan.flows = vec![Flow {
            id: "checkout".into(),
            customers: 20_000.0,
            value_per_customer_minute: 0.02,
        }];
        let class = |id: &str, per_quarter: f64| IncidentClass {
            id: id.into(),
            rate_per_day: per_quarter / 91.3125,
            rate_cv: 0.5,
            overdispersion: 0.2,
            team: Some(TeamId(1)),
            responders: 3,
            response: Some(hours.clone()),
            flow: Some(FlowId(0)),
            downtime: Some(estimate("15min / 40min / 4h")),
            share: 0.6,
            follow_up: Some(days.clone()),
            change_failure_rate: likely(0.15),
        };
        let mut pager = class("sev3", 12.0);
        (pager.flow, pager.follow_up, pager.overdispersion, pager.rate_cv) = (None, None, 0.0, 0.0);
        pager.change_failure_rate = likely(0.0);
        plan.incidents = vec![class("sev1", 2.0), pager];
        plan.findings = vec![FindingClass {
            id: "critical".into(),
            per_engineer_week: 0.02,
            rate_cv: 0.5,
            fix: days.clone(),
            team: None,
            blocks_release: true,
        }];
        plan.tasks[1].only_if = Some(RiskId(0));
        plan.tasks[2].scales_rate = vec![(IncidentId(0), 0.6)];
        plan.tasks[3].release = true;
        plan.tasks[3].review = vec![(FindingId(0), 0.3)];
        let risk = &mut plan.risks[0];
        (risk.from, risk.cost, risk.scales_rate) = (WorkDays::new(10.0), 12_000.0, vec![(IncidentId(0), 2.0)]);
        risk.takes = Some(Absence {
            team: TeamId(0),
            engineers: 2,
            span: weeks,
        });
        risk.mitigation = Some(Mitigation {
            title: "Two-week spike".into(),
            cost: 15_000.0,
            probability: likely(0.15),
        });
        let budget = |id: &str, kind| Budget {
            id: id.into(),
            kind,
            tolerance: (id != "spend").then(|| likely(0.1)),
        };
        plan.budgets.extend([
            budget(
                "checkout-downtime",
                BudgetKind::Reliability {
                    flow: FlowId(0),
                    customer_minutes_per_quarter: 1_500_000.0,
                    burnt: 200_000.0,
                    freeze: true,
                },
            ),
            budget(
                "release-security",
                BudgetKind::Security {
                    initiative: InitiativeId(0),
                    max_open: Some(0.0),
                    max_days_held: Some(5.0),
                },
            ),
            budget("spend", BudgetKind::Cost { max: 900_000.0 }),
        ]);
        plan
    }

    fn understood(plan: &Plan) -> Understanding {
        let moment = |days: f64| Moment {
            date: plan.calendar.date_of(WorkDays::new(days)),
            working_days: WorkDays::new(days),
        };
        Understanding {
            horizon: Horizon {
                date: Date::parse("2026-09-30").unwrap_or(plan.calendar.start()),
                never_after: WorkDays::new(900.0),
            },
            tasks: vec![
                PaperTask {
                    start: moment(1.0),
                    finish: moment(35.0),
                };
                plan.tasks.len()
            ],
            critical_paths: vec![vec![Step {
                task: TaskId(0),
                waited_for: WaitedFor::Nothing,
            }]],
        }
    }

    #[test]
    fn the_whole_company_is_read_back_in_words() {
        let plan = company();
        let text = check(&plan, &understood(&plan), false);
        golden("check_company.txt", &text);
        for line in text.lines() {
            assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
        }
    }

    #[test]
    fn names_that_try_to_act_do_nothing() {
        let mut plan = company();
        let bad = || "=\u{202e}1+1 数据平台\u{1b}[2J\n".repeat(9);
        for id in plan.teams.iter_mut().map(|team| &mut team.id) {
            *id = bad();
        }
        (plan.flows[0].id, plan.incidents[0].id, plan.findings[0].id) = (bad(), bad(), bad());
        (plan.risks[0].title, plan.budgets[2].id, plan.tasks[1].id) = (bad(), bad(), bad());
        for line in check(&plan, &understood(&plan), false).lines() {
            assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
            assert!(line.chars().all(|c| !c.is_control()) && !line.contains('\u{202e}'), "{line:?}");
        }
    }
}
