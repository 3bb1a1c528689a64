//! The ways out side by side, at most 80 columns: what each costs, when it ends, what it gives up, and which one the authors bet on.

use anstyle::Style;

use super::page::{BAD, BOLD, Cell, DIM, GOOD, INDENT, Page, Side, UNSURE, plain, styled};
use super::text::{amount, cut, in_hundred, percent, rounded, short_date, signed_amount, thousands, weeks_moved};
use crate::analysis::{Alternative, Comparison, FinishComparison, Forecast, Moment, PromiseComparison, Share};
use crate::units::DAYS_PER_WEEK;

/// Ways that the table of budgets has room for, beside the plan.
const MOST_COLUMNS: usize = 7;
/// Columns of a name in a table.
const NAME: usize = 28;

/// The comparison as text of at most 80 columns. Colour only adds.
#[must_use]
pub fn comparison(name: &str, file: &str, comparison: &Comparison, colour: bool) -> String {
    let mut page = Page::new(colour);
    if comparison.partial {
        page.line("PARTIAL: interrupted; the ways that are missing were not played", BAD.bold());
    }
    page.heading(name);
    let facts = format!(
        "{} · starts {} · {} futures each, the same for all",
        cut(file, 400),
        comparison.start.long_with_weekday(),
        thousands(comparison.trials.into())
    );
    page.paragraph(&facts, "", DIM);
    page.ways(comparison);
    page.breaches(comparison);
    page.each_way(comparison);
    page.blank();
    let legend = "Each way is played on the same luck as the plan, so a difference is the way's own. \"On time\" is against the date that \
                  the way itself promises. Weeks are working weeks at P80, with the 95 % interval of the simulation; \"noise\" is by how \
                  much the same luck makes that interval narrower than other luck would.";
    page.paragraph(legend, "", DIM);
    page.into_text()
}

impl Page {
    /// The scenario's options in the summary of a run: one table, for the initiative that promises first.
    pub(super) fn options(&mut self, forecast: &Forecast) {
        let Some(comparison) = &forecast.options else { return };
        let plan = comparison.alternatives.first();
        let Some(asked) = plan.and_then(|plan| {
            let promising = plan.initiatives.iter().find(|finish| !finish.promises.is_empty());
            promising.or_else(|| plan.initiatives.first())
        }) else {
            return;
        };
        self.blank();
        self.heading("Ways out");
        let rows: Vec<Vec<Cell>> = comparison
            .alternatives
            .iter()
            .enumerate()
            .filter_map(|(number, way)| {
                let finish = way.initiatives.iter().find(|finish| finish.initiative == asked.initiative)?;
                let promise = finish.promises.first();
                let odds = |share: fn(&PromiseComparison) -> Share| promise.map_or_else(|| "–".into(), |promise| percent(&share(promise)));
                let mark = if promise.is_some_and(|promise| promise.is_moved) { "*" } else { "" };
                Some(vec![
                    titled(number, way),
                    plain(short_date(&finish.p80)),
                    plain(promise.map_or_else(|| "–".into(), |promise| format!("{}{mark}", short_date(&promise.at)))),
                    plain(odds(|promise| promise.p_on_time)),
                    plain(odds(|promise| promise.p_on_time_within_budgets)),
                    plain(if way.is_plan {
                        String::new()
                    } else {
                        signed_amount(way.cost_change)
                    }),
                    plain(if way.needs_ceo { "CEO" } else { "" }),
                ])
            })
            .collect();
        let mut sides = [Side::Left; 7];
        sides[5] = Side::Right;
        let header = [&*cut(&asked.title, 24), "P80", "promised", "on time", "in budget", "cost", ""];
        self.table(&sides, 0, &header, &rows);
        let text = "The same futures for all; → recommended; * promises another date. Cost is the mean change, what is paid once included. \
                    `sim compare` says what each gives up, `sim price` what it takes to hold a date.";
        self.paragraph(text, INDENT, DIM);
    }

    /// The ways for each initiative, within the summary of a run or by themselves.
    fn ways(&mut self, comparison: &Comparison) {
        let Some((plan, others)) = comparison.alternatives.split_first() else {
            return;
        };
        for (index, initiative) in plan.initiatives.iter().enumerate() {
            // Whoever promises nothing and moves in no way needs no table.
            let of = |way: &'_ Alternative| way.initiatives.iter().position(|finish| finish.initiative == initiative.initiative);
            let is_moved = others
                .iter()
                .filter_map(|way| way.initiatives.get(of(way)?))
                .any(|finish| finish.delta_p80_days.is_none_or(|days| days.abs() >= 0.05 * DAYS_PER_WEEK));
            if index > 0 && !is_moved && initiative.promises.is_empty() {
                continue;
            }
            self.blank();
            self.heading(&initiative.title);
            self.finishes(comparison, &initiative.initiative);
            self.differences(comparison, &initiative.initiative);
        }
    }

    fn finishes(&mut self, comparison: &Comparison, initiative: &str) {
        let date = |at: &Moment| match at.date {
            Some(date) if date.shares_year(comparison.start) => date.day_label(),
            // Two digits of another year are enough beside dates without one.
            Some(date) => format!("{} ’{}", date.day_label(), date.to_string().get(2..4).unwrap_or_default()),
            None => short_date(at),
        };
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for (number, way) in comparison.alternatives.iter().enumerate() {
            let Some(finish) = way.initiatives.iter().find(|finish| finish.initiative == initiative) else {
                continue;
            };
            // A way with several promises has a line for each.
            for place in 0..finish.promises.len().max(1) {
                let promise = finish.promises.get(place);
                let is_first = place == 0;
                let first = |text: String| plain(if is_first { text } else { String::new() });
                rows.push(vec![
                    if is_first { titled(number, way) } else { plain("") },
                    first(date(&finish.p50)),
                    first(date(&finish.p80)),
                    first(date(&finish.p90)),
                    promise.map_or_else(
                        || plain("–"),
                        |promise| {
                            let mark = if promise.is_moved { "*" } else { "" };
                            plain(format!("{}{mark}", date(&promise.at)))
                        },
                    ),
                    promise.map_or_else(
                        || plain("–"),
                        |promise| styled(percent(&promise.p_on_time), odds_style(&promise.p_on_time)),
                    ),
                    promise.map_or_else(|| plain("–"), |promise| plain(percent(&promise.p_on_time_within_budgets))),
                ]);
            }
        }
        let sides = [Side::Left; 7];
        let header = ["Way", "P50", "P80", "P90", "promised", "on time", "in budget"];
        self.table(&sides, 0, &header, &rows);
        let is_moved =
            |finish: &FinishComparison| finish.initiative == initiative && finish.promises.iter().any(|promise| promise.is_moved);
        if comparison.alternatives.iter().flat_map(|way| &way.initiatives).any(is_moved) {
            self.paragraph("* promises another date", INDENT, DIM);
        }
    }

    fn differences(&mut self, comparison: &Comparison, initiative: &str) {
        let rows: Vec<Vec<Cell>> = comparison
            .alternatives
            .iter()
            .enumerate()
            .filter(|(_, way)| !way.is_plan)
            .filter_map(|(number, way)| {
                let finish = way.initiatives.iter().find(|finish| finish.initiative == initiative)?;
                let interval = match (finish.delta_ci_low, finish.delta_ci_high) {
                    (Some(low), Some(high)) if low < high => format!("{} to {}", signed_weeks(low), signed_weeks(high)),
                    _ => "–".into(),
                };
                let is_same = finish.p_same.hits == finish.p_same.trials;
                Some(vec![
                    titled(number, way),
                    plain(if is_same {
                        "the same in all".into()
                    } else {
                        in_hundred(&finish.p_better)
                    }),
                    plain(finish.delta_p80_days.map_or_else(|| weeks_moved(None), signed_weeks)),
                    styled(interval, DIM),
                    styled(finish.error_ratio.map_or_else(|| "–".into(), |ratio| format!("÷ {ratio:.1}")), DIM),
                ])
            })
            .collect();
        if !rows.is_empty() {
            self.blank();
            let sides = [Side::Left, Side::Left, Side::Right, Side::Left, Side::Left];
            self.table(
                &sides,
                0,
                &["Against the plan", "earlier in", "weeks P80", "interval", "noise"],
                &rows,
            );
        }
    }

    /// How often each budget is breached.
    fn breaches(&mut self, comparison: &Comparison) {
        let shown = comparison.alternatives.iter().take(MOST_COLUMNS + 1);
        let Some(plan) = comparison.alternatives.first() else { return };
        if plan.budgets.is_empty() {
            return;
        }
        let rows: Vec<Vec<Cell>> = plan
            .budgets
            .iter()
            .map(|budget| {
                let mut row = vec![plain(cut(&budget.id, NAME))];
                row.extend(shown.clone().map(|way| {
                    let breach = way.budgets.iter().find(|other| other.id == budget.id);
                    plain(breach.map_or_else(|| "–".into(), |breach| percent(&breach.p_breach)))
                }));
                row
            })
            .collect();
        let mut header = vec!["Budget breached".to_owned(), "plan".to_owned()];
        header.extend((1..comparison.alternatives.len().min(MOST_COLUMNS + 1)).map(|number| number.to_string()));
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.blank();
        self.table(&vec![Side::Left; header.len()], 0, &header, &rows);
        if comparison.alternatives.len() > MOST_COLUMNS + 1 {
            self.paragraph("The others stand in options.csv.", INDENT, DIM);
        }
    }

    /// What each way costs and gives up.
    fn each_way(&mut self, comparison: &Comparison) {
        for (number, way) in comparison.alternatives.iter().enumerate() {
            self.blank();
            let bet = if way.recommended { " · recommended" } else { "" };
            let number = if way.is_plan { String::new() } else { format!("{number}  ") };
            self.paragraph(&format!("{number}{}{bet}", cut(&way.title, 72)), INDENT, BOLD);
            self.paragraph(&money(way, comparison), "     ", Style::new());
            for line in joint(way) {
                self.paragraph(&line, "     ", Style::new());
            }
            if !way.gives_up.is_empty() {
                let text: Vec<String> = way.gives_up.iter().map(|phrase| cut(phrase, 120)).collect();
                self.paragraph(&format!("Gives up: {}.", text.join("; ")), "     ", Style::new());
            }
            let later: Vec<String> = way
                .initiatives
                .iter()
                .filter(|finish| finish.delta_ci_low.is_some_and(|low| low > 0.0))
                .filter_map(|finish| {
                    let days = finish.delta_p80_days.filter(|days| *days >= 0.1 * DAYS_PER_WEEK)?;
                    Some(format!("{} by {} weeks", cut(&finish.title, 40), weeks_moved(Some(days))))
                })
                .collect();
            if !later.is_empty() {
                self.paragraph(&format!("Later at P80: {}.", later.join("; ")), "     ", Style::new());
            }
        }
    }
}

/// The way by its number and id, which is shorter than its title.
fn titled(number: usize, way: &Alternative) -> Cell {
    if way.is_plan {
        plain(way.title.as_str())
    } else {
        let bet = if way.recommended { "→ " } else { "" };
        let text = format!("{number} {bet}{}", cut(&way.id, NAME));
        if way.recommended { styled(text, BOLD) } else { plain(text) }
    }
}

fn money(way: &Alternative, comparison: &Comparison) -> String {
    let once = if way.cost_once > 0.0 {
        format!("{} once", amount(way.cost_once))
    } else {
        "nothing once".to_owned()
    };
    let has_people = comparison.alternatives.iter().any(|other| {
        let mean = other.cost.mean.unwrap_or(0.0);
        (mean - other.cost_once).abs() > 0.5
    });
    let mut text = match (has_people, way.is_plan) {
        (false, true) => "Costs nothing that is stated.".to_owned(),
        (true, true) => format!(
            "Costs {} on average, at most {} in 8 of 10 futures.",
            way.cost.mean.map_or_else(|| "–".into(), rounded),
            way.cost.p80.map_or_else(|| "–".into(), rounded)
        ),
        (false, false) => format!("Costs {once}."),
        (true, false) => {
            let change = if way.cost_change.abs() < 0.5 {
                "as much as the plan".to_owned()
            } else {
                let side = if way.cost_change < 0.0 { "less" } else { "more" };
                format!("{} {side} than the plan", rounded(way.cost_change.abs()))
            };
            format!(
                "Costs {once}; in all {} on average, {change}.",
                way.cost.mean.map_or_else(|| "–".into(), rounded)
            )
        }
    };
    if way.needs_ceo {
        text.push_str(" Needs the CEO.");
    }
    text
}

/// Date and cost together, where a cost budget is stated.
fn joint(way: &Alternative) -> Vec<String> {
    way.initiatives
        .iter()
        .flat_map(|finish| finish.promises.iter().map(move |promise| (finish, promise)))
        .filter_map(|(finish, promise)| {
            let joint = promise.p_on_time_within_cost?;
            let to = promise.to.as_deref().map_or_else(String::new, |to| format!(" ({})", cut(to, 20)));
            Some(format!(
                "{}{to} on time and within its cost: {}.",
                cut(&finish.title, 34),
                percent(&joint)
            ))
        })
        .take(1)
        .collect()
}

/// `3.2 earlier`, `0.4 later`, `none`.
fn signed_weeks(days: f64) -> String {
    let text = weeks_moved(Some(days));
    if text == "none" {
        "0".into()
    } else if days > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

fn odds_style(odds: &Share) -> Style {
    if odds.p >= 0.8 {
        GOOD
    } else if odds.p >= 0.5 {
        UNSURE
    } else {
        BAD
    }
}
