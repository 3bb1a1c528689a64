//! The budgets in the summary: one line for each to read at a glance, then what stands behind it.

use anstyle::Style;

use super::page::{BAD, Cell, DIM, GOOD, Page, Side, UNSURE, plain, styled};
use super::terminal::{promised_to, title_of};
use super::text::{amount, cut, listed, percent, percent_interval, percent_of, plain_percent, rounded, thousands};
use crate::analysis::{Blame, BudgetForecast, Forecast, Verdict};

/// Quarters of a budget that are shown.
const MOST_QUARTERS: usize = 8;

/// Incident classes that a sentence names.
const MOST_BLAMED: usize = 3;

/// The period of what speaks of the whole span.
pub const HORIZON: &str = "horizon";

/// A budget with its periods.
pub struct Budget<'a> {
    /// To the horizon.
    pub whole: &'a BudgetForecast,
    /// Its quarters, where it has them.
    pub quarters: Vec<&'a BudgetForecast>,
}

/// The budgets with their quarters, kind by kind; within a kind in the order of the file.
pub fn budgets(forecast: &Forecast) -> Vec<Budget<'_>> {
    let mut budgets: Vec<Budget> = Vec::new();
    let same = |a: &BudgetForecast, b: &BudgetForecast| a.id == b.id && a.kind == b.kind && a.counted == b.counted;
    for row in &forecast.budgets {
        match budgets.last_mut().filter(|budget| same(budget.whole, row)) {
            Some(budget) if row.period == HORIZON => budget.whole = row,
            Some(budget) => budget.quarters.push(row),
            None => budgets.push(Budget {
                whole: row,
                quarters: if row.period == HORIZON { vec![] } else { vec![row] },
            }),
        }
    }
    let rank = |budget: &Budget| {
        ["delivery", "reliability", "security", "cost"]
            .iter()
            .position(|kind| *kind == budget.whole.kind)
    };
    budgets.sort_by_key(|budget| rank(budget).unwrap_or(usize::MAX));
    budgets
}

impl Page {
    pub(super) fn budgets(&mut self, forecast: &Forecast) {
        let budgets = budgets(forecast);
        if budgets.is_empty() {
            return;
        }
        self.blank();
        self.heading(&format!("Risk budgets to {}", forecast.horizon.long()));
        let rows: Vec<Vec<Cell>> = budgets.iter().map(|budget| glance(budget.whole)).collect();
        self.table(
            &[Side::Left; 6],
            0,
            &["Budget", "limit", "breached", "interval", "accepted", "verdict"],
            &rows,
        );
        let mut last_was_table = true;
        for budget in &budgets {
            let Some(sentence) = sentence(forecast, budget) else { continue };
            let has_table = !budget.quarters.is_empty();
            if has_table || last_was_table {
                self.blank();
            }
            last_was_table = has_table;
            self.hanging(&sentence);
            if has_table {
                self.quarters(&budget.quarters);
            }
        }
    }

    fn quarters(&mut self, quarters: &[&BudgetForecast]) {
        let used = |count: Option<f64>, limit: f64| match count {
            Some(count) if limit > 0.0 => whole_percent(count / limit),
            Some(count) => rounded(count),
            None => "–".into(),
        };
        let rows: Vec<Vec<Cell>> = quarters
            .iter()
            .take(MOST_QUARTERS)
            .map(|quarter| {
                vec![
                    plain(format!("  {}", cut(&quarter.period, 12))),
                    plain(amount(quarter.limit)),
                    plain(used(quarter.mean, quarter.limit)),
                    plain(used(quarter.p90, quarter.limit)),
                    plain(percent(&quarter.p_breach)),
                    styled(percent_interval(&quarter.p_breach), DIM),
                ]
            })
            .collect();
        let (left, right) = (Side::Left, Side::Right);
        self.table(
            &[left, right, right, right, left, left],
            1,
            &["  Quarter", "customer-minutes", "used: mean", "P90", "breached", "interval"],
            &rows,
        );
        let more = quarters.len().saturating_sub(MOST_QUARTERS);
        if more > 0 {
            self.line(&format!("    and {more} more, see budgets.csv"), DIM);
        }
    }
}

fn glance(budget: &BudgetForecast) -> Vec<Cell> {
    let style = match budget.verdict {
        Verdict::Over => BAD.bold(),
        Verdict::Within => GOOD.bold(),
        Verdict::NotResolved => UNSURE.bold(),
        Verdict::NoTolerance => Style::new(),
    };
    // A budget without its whole span says which period it speaks of.
    let period = if budget.period == HORIZON {
        String::new()
    } else {
        format!(" {}", cut(&budget.period, 12))
    };
    vec![
        plain(format!("{}{period}", cut(&budget.id, 24))),
        plain(limit(budget)),
        plain(percent(&budget.p_breach)),
        styled(percent_interval(&budget.p_breach), DIM),
        plain(budget.tolerance.map_or_else(|| "–".into(), plain_percent)),
        match budget.verdict {
            Verdict::NoTolerance => plain("–"),
            verdict => styled(verdict.name(), style),
        },
    ]
}

fn limit(budget: &BudgetForecast) -> String {
    let amount = amount(budget.limit);
    match budget.counted {
        "slip" => format!("{} slip", plain_percent(budget.limit)),
        "customer-minutes" => format!("{amount} min"),
        "open findings" => format!("{amount} open"),
        "days held" => format!("{amount} days held"),
        _ => amount,
    }
}

fn sentence(forecast: &Forecast, budget: &Budget) -> Option<String> {
    let whole = budget.whole;
    let mut text = match whole.counted {
        "slip" => return Some(format!("{}: {}", cut(&whole.id, 24), slip_sentence(forecast, whole))),
        "customer-minutes" if budget.quarters.is_empty() => String::new(),
        "customer-minutes" => "the limit holds for each quarter; one that breaches is enough.".into(),
        "open findings" => count_sentence("when a release is ready,", "blocking findings are open", whole)?,
        "days held" => count_sentence("releases wait", "working days for findings", whole)?,
        _ => count_sentence("the work costs", "", whole)?,
    };
    if whole.p_breach.hits > 0 {
        if let Some(date) = whole.median_breach_date {
            text.push_str(&format!(" Half of the breaches come by {}.", date.long_with_weekday()));
        }
        if let Some(blame) = blame_sentence(&whole.blame) {
            text.push_str(&format!(" {blame}"));
        }
    }
    (!text.is_empty()).then(|| format!("{}: {}", cut(&whole.id, 24), text.trim_start()))
}

fn count_sentence(before: &str, unit: &str, budget: &BudgetForecast) -> Option<String> {
    if (budget.mean, budget.p90) == (Some(0.0), Some(0.0)) {
        return None;
    }
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let tail = match budget.p90 {
        Some(p90) => format!("{} in 1 of 10 futures", rounded(p90)),
        None => "without end in 1 of 10 futures".into(),
    };
    match (budget.mean, budget.p50) {
        (Some(mean), _) => Some(format!("{before} {}{unit} on average, at least {tail}.", rounded(mean))),
        (None, Some(p50)) => Some(format!("{before} {}{unit} at P50, {tail}.", rounded(p50))),
        (None, None) => None,
    }
}

fn slip_sentence(forecast: &Forecast, budget: &BudgetForecast) -> String {
    let to = promised_to(budget.to.as_deref(), "to the ", "");
    let whose = match &budget.initiative {
        Some(id) if forecast.initiatives.len() > 1 => format!(" of {}", title_of(forecast, id, 34)),
        _ => String::new(),
    };
    let date = if to.is_empty() {
        format!("the date promised{whose}")
    } else {
        format!("the date{whose} promised {to}")
    };
    let mut text = match (budget.p50, budget.p90) {
        (Some(_), Some(p90)) if p90 <= 0.0 => format!("{date} is met at P50 and at P90"),
        (Some(p50), Some(p90)) if p50 <= 0.0 => format!(
            "{date} is met at P50 and slips by {} of the planned time at P90",
            whole_percent(p90)
        ),
        (Some(p50), Some(p90)) => format!(
            "{date} slips by {} (P50) to {} (P90) of the planned time",
            whole_percent(p50),
            whole_percent(p90)
        ),
        (Some(p50), None) if p50 <= 0.0 => format!("{date} is met at P50 and slips without end at P90"),
        (Some(p50), None) => format!(
            "{date} slips by {} of the planned time (P50), without end at P90",
            whole_percent(p50)
        ),
        (None, _) => format!("{date} slips without end"),
    };
    if let Some(date) = budget.median_breach_date {
        text.push_str(&format!("; a finish on {} or later breaches", date.long_with_weekday()));
    }
    text.push('.');
    text
}

/// A share of a limit or of a span, which may be more than all of it.
fn whole_percent(share: f64) -> String {
    match (share * 100.0).round() {
        0.0 if share > 0.0 => "below 1 %".into(),
        percent => format!("{} %", amount(percent)),
    }
}

/// Who brings the minutes: `In the quarters that breach, sev1 brings 71 % of the minutes, sev2 29 %.`
fn blame_sentence(blame: &[Blame]) -> Option<String> {
    let name = |blame: &Blame| {
        if blame.incident == "burnt" {
            "what was used up before the start".to_owned()
        } else {
            cut(&blame.incident, 24)
        }
    };
    let brought: Vec<&Blame> = blame.iter().filter(|blame| blame.share > 0.0).collect();
    let first = brought.first()?;
    if brought.len() == 1 {
        return Some(format!("In the quarters that breach, {} brings all of the minutes.", name(first)));
    }
    let mut parts = vec![format!("{} brings {} of the minutes", name(first), percent_of(first.share))];
    parts.extend(
        brought
            .iter()
            .skip(1)
            .take(MOST_BLAMED - 1)
            .map(|blame| format!("{} {}", name(blame), percent_of(blame.share))),
    );
    let others = brought.len().saturating_sub(MOST_BLAMED);
    if others > 0 {
        let other = if others == 1 { "other" } else { "others" };
        parts.push(format!("{} {other} the rest", thousands(others as u64)));
    }
    Some(format!("In the quarters that breach, {}.", listed(&parts)))
}
