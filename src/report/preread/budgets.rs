//! The risk budgets against what the leaders agreed to accept.

use super::lead::Lead;
use super::view::{Block, Row, Section, Shown, Table, Tone, cell, cell_with, date_column, row, text_column};
use super::words::{Words, odds, odds_of, said};
use crate::analysis::{BudgetForecast, Verdict};
use crate::report::text::{amount, plain_percent};

/// Budgets that a printed page holds.
const MOST_BUDGETS: usize = 5;

pub(super) fn budgets(lead: &Lead<'_>) -> Option<Section> {
    let whole: Vec<&BudgetForecast> = lead.forecast.budgets.iter().filter(|budget| budget.period == "horizon").collect();
    if whole.is_empty() {
        return None;
    }
    let rows = whole.into_iter().map(|budget| one(lead, budget)).collect();
    Some(Section {
        id: "budgets",
        heading: said(format!("Risk budgets, to {}", lead.forecast.horizon.in_full())),
        blocks: vec![Block::Table(Table {
            caption: "How often each risk budget is broken, against what was agreed",
            columns: vec![
                text_column("Budget: broken by"),
                text_column("Broken in"),
                text_column("Agreed"),
                date_column("Verdict"),
            ],
            rows,
            shown: Shown {
                most: MOST_BUDGETS,
                file: "budgets.csv",
            },
        })],
    })
}

fn one(lead: &Lead<'_>, budget: &BudgetForecast) -> Row {
    let agreed = budget.tolerance.map_or_else(|| "nothing agreed".to_owned(), odds_of);
    let (verdict, tone) = match budget.verdict {
        Verdict::Within => ("within", Tone::Good),
        Verdict::Over => ("over", Tone::Bad),
        Verdict::NotResolved => ("too close to call", Tone::Unsure),
        Verdict::NoTolerance => ("no limit agreed", Tone::Plain),
    };
    let mut verdict = cell(Words::new().strong(verdict));
    verdict.tone = tone;
    row(vec![
        cell_with(Words::new().name(&budget.id), limit(lead, budget)),
        cell(said(odds(&budget.p_breach))),
        cell(said(agreed)),
        verdict,
    ])
}

/// What is limited, in words.
fn limit(lead: &Lead<'_>, budget: &BudgetForecast) -> Words {
    match budget.counted {
        "slip" => {
            let words = said(format!("slip above {}", plain_percent(budget.limit)));
            match budget.initiative.as_deref() {
                Some(id) if lead.forecast.initiatives.len() > 1 => words.say(" of ").name(lead.title_of(id)),
                _ => words,
            }
        }
        "customer-minutes" => said(format!("over {} customer-minutes down in a quarter", amount(budget.limit))),
        "open findings" => said(format!("over {} open security findings at a release", amount(budget.limit))),
        "days held" => said(format!("findings hold releases over {} days", amount(budget.limit))),
        _ => said(format!("cost above {}", amount(budget.limit))),
    }
}
