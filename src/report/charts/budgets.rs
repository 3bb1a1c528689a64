//! How often each budget is breached, against what was accepted.

use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{Columns, head, notes, nothing, with_partial};
use super::style::{AXIS, FORECAST, FORECAST_LIGHT, GRID, HEARD, INK, LABEL, NOTE, PROMISE, PROMISE_INK, SOFT_INK};
use crate::analysis::{BudgetForecast, Forecast, Verdict};
use crate::report::budgets::{HORIZON, budgets as grouped};
use crate::report::text::{cut, percent, plain_percent};

/// The most budgets that are drawn.
const MOST_BUDGETS: usize = 24;
/// The most quarters that are drawn below a budget.
const MOST_QUARTERS: usize = 4;
/// The most rows of budgets and quarters; with more, the quarters are left out.
const MOST_ROWS: usize = 30;
/// Shares that differ by less than this are the same to a reader.
const DIFFERENT: f64 = 0.01;
const ROW: f64 = 28.0;
const QUARTER: f64 = 20.0;
/// What the odds beside a bar take.
const ODDS: f64 = 78.0;
/// What the verdict takes.
const VERDICT: f64 = 202.0;

/// Draws the odds of a breach of each budget.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn budgets(forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(forecast, form, &fonts), fonts))
}

fn draw(forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let all = grouped(forecast);
    let wholes: Vec<&BudgetForecast> = all.iter().map(|budget| budget.whole).collect();
    let title = title(&wholes);
    let mut canvas = Canvas::open(form.width(), &title, &finding(&wholes, &title));
    let subtitle = format!(
        "Share of the futures to {} that breach each budget, with its 95 % interval; orange line: the share that was accepted",
        forecast.horizon.long()
    );
    let top = head(&mut canvas, form, fonts, (&title, ""), &with_partial(forecast, subtitle));
    if all.is_empty() {
        nothing(&mut canvas, form, fonts, top, "No budget was agreed.", "");
        return canvas;
    }
    let shown = all.get(..MOST_BUDGETS).unwrap_or(&all);
    let quarters = |budget: &[&BudgetForecast]| -> usize {
        let shares = || budget.iter().map(|quarter| quarter.p_breach.p);
        let (low, high) = (shares().fold(1.0, f64::min), shares().fold(0.0, f64::max));
        if high - low >= DIFFERENT {
            budget.len().min(MOST_QUARTERS + 1)
        } else {
            0
        }
    };
    let rows: usize = shown.iter().map(|budget| 1 + quarters(&budget.quarters)).sum();
    let has_quarters = rows <= MOST_ROWS;
    let columns = Columns::new(form, 0.24, if form.is_narrow() { ODDS } else { ODDS + VERDICT });
    let heights = shown.iter().map(|budget| {
        let quarters = if has_quarters { quarters(&budget.quarters) } else { 0 };
        ROW + columns.above() + quarters as f64 * QUARTER
    });
    let bottom = top + heights.sum::<f64>();
    let x = |share: f64| columns.left + share.clamp(0.0, 1.0) * (columns.right - columns.left);
    for percent in [0, 20, 40, 60, 80, 100] {
        let at = x(f64::from(percent) / 100.0);
        canvas.line(&[(at, top), (at, bottom)], 1.0, if percent == 0 { AXIS } else { GRID }, None);
        canvas.label(Label {
            anchor: Anchor::Middle,
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(at, bottom + 18.0, format!("{percent} %"))
        });
    }
    let mut y = top;
    for budget in shown {
        let middle = y + columns.above() + ROW / 2.0;
        let said = verdict(budget.whole);
        let mark = if form.is_narrow() {
            columns.write(
                &mut canvas,
                fonts,
                (form.right() - VERDICT, middle - 15.0),
                &name(budget.whole),
                "",
                true,
            );
            (form.right() - VERDICT + 14.0, middle - 19.5)
        } else {
            columns.name(&mut canvas, fonts, middle, &name(budget.whole), "", true);
            (form.right() - VERDICT + 8.0, middle)
        };
        shape(&mut canvas, mark, budget.whole.verdict);
        canvas.label(Label {
            size: NOTE,
            colour: if budget.whole.verdict == Verdict::Over { PROMISE_INK } else { INK },
            bold: budget.whole.verdict == Verdict::Over,
            ..Label::at(
                mark.0 + 12.0,
                mark.1 + 4.5,
                fonts.cut(&said, NOTE, true, form.right() - mark.0 - 12.0),
            )
        });
        bar(&mut canvas, &x, middle, 7.0, budget.whole);
        y += ROW + columns.above();
        let quarters = if has_quarters { quarters(&budget.quarters) } else { 0 };
        for (index, quarter) in budget.quarters.iter().take(quarters).enumerate() {
            let middle = y + QUARTER / 2.0;
            y += QUARTER;
            let is_rest = index == MOST_QUARTERS;
            let text = if is_rest {
                format!("and {} more quarters", budget.quarters.len() - MOST_QUARTERS)
            } else {
                quarter.period.clone()
            };
            if form.is_narrow() {
                // There the period takes the place of the verdict, right of the bar.
                canvas.label(Label {
                    anchor: Anchor::End,
                    size: NOTE,
                    colour: SOFT_INK,
                    ..Label::at(
                        form.right(),
                        middle + 4.5,
                        fonts.cut(&text, NOTE, false, if is_rest { form.room() } else { 72.0 }),
                    )
                });
            } else {
                let text = fonts.cut(&text, NOTE, false, columns.left - form.left() - 30.0);
                canvas.label(Label {
                    size: NOTE,
                    colour: SOFT_INK,
                    ..Label::at(form.left() + 14.0, middle + 4.0, text)
                });
            }
            if !is_rest {
                quarter_bar(&mut canvas, &x, middle, quarter, !form.is_narrow());
            }
        }
    }
    let mut said = Vec::new();
    if all.len() > shown.len() {
        said.push(format!("And {} more, which are in budgets.csv.", all.len() - shown.len()));
    }
    if !has_quarters {
        said.push("The single quarters are in budgets.csv.".into());
    }
    let end = notes(&mut canvas, form, fonts, &said, bottom + 42.0);
    canvas.end(end - 6.0);
    canvas
}

/// The name of a row; what does not speak of the whole span says of what, and a security budget which of its two limits it is.
fn name(budget: &BudgetForecast) -> String {
    let mut name = budget.id.clone();
    if budget.kind == "security" {
        name.push_str(&format!(": {}", budget.counted));
    }
    if budget.period != HORIZON {
        name.push_str(&format!(" {}", budget.period));
    }
    name
}

fn verdict(budget: &BudgetForecast) -> String {
    let accepted = budget.tolerance.map_or_else(String::new, plain_percent);
    match budget.verdict {
        Verdict::Over => format!("over the {accepted} accepted"),
        Verdict::Within => format!("within {accepted}"),
        Verdict::NotResolved => format!("not resolved: {accepted}"),
        Verdict::NoTolerance => "nothing was agreed".into(),
    }
}

/// The verdict as a shape: a triangle is over, a dot is within, a ring is open.
fn shape(canvas: &mut Canvas, (x, y): (f64, f64), verdict: Verdict) {
    match verdict {
        Verdict::Over => canvas.pointer(x, y - 5.5, 6.5, false, PROMISE),
        Verdict::Within => canvas.dot(x, y, 5.0, FORECAST),
        Verdict::NotResolved => canvas.ring(x, y, 5.5, INK),
        Verdict::NoTolerance => {}
    }
}

fn bar(canvas: &mut Canvas, x: &impl Fn(f64) -> f64, middle: f64, half: f64, budget: &BudgetForecast) {
    let share = &budget.p_breach;
    canvas.rectangle((x(0.0), middle - half), (x(share.p).max(x(0.0) + 1.5), middle + half), FORECAST);
    let (from, to) = (x(share.ci_low), x(share.ci_high));
    canvas.line(&[(from, middle), (to, middle)], 2.0, INK, None);
    for at in [from, to] {
        canvas.line(&[(at, middle - 4.0), (at, middle + 4.0)], 1.6, INK, None);
    }
    let mut end = to;
    if let Some(tolerance) = budget.tolerance {
        let at = x(tolerance);
        canvas.line(&[(at, middle - half - 4.0), (at, middle + half + 4.0)], 3.0, PROMISE, None);
        // A number that began before the line would be crossed by it.
        if at > end - 4.0 && at < end + 62.0 {
            end = at;
        }
    }
    canvas.label(Label {
        size: LABEL,
        ..Label::at(end + 7.0, middle + 4.5, short(&percent(share)))
    });
}

fn quarter_bar(canvas: &mut Canvas, x: &impl Fn(f64) -> f64, middle: f64, quarter: &BudgetForecast, with_odds: bool) {
    let end = x(quarter.p_breach.p);
    canvas.rectangle((x(0.0), middle - 4.0), (end.max(x(0.0) + 1.5), middle + 4.0), FORECAST_LIGHT);
    if with_odds {
        canvas.label(Label {
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(end + 7.0, middle + 4.0, short(&percent(&quarter.p_breach)))
        });
    }
}

/// `below 0.1 %` in little room.
fn short(odds: &str) -> String {
    odds.replace("below ", "<").replace("above ", ">")
}

/// What the picture shows, as a headline.
fn title(budgets: &[&BudgetForecast]) -> String {
    let count = |verdict: Verdict| budgets.iter().filter(|budget| budget.verdict == verdict).count();
    let (over, open) = (count(Verdict::Over), count(Verdict::NotResolved));
    let agreed = budgets.len() - count(Verdict::NoTolerance);
    match (agreed, over, open) {
        (0, ..) => "How often is each budget breached?".into(),
        (1, 1, _) => "The budget is breached more often than was accepted".into(),
        (1, 0, 0) => "The budget holds as agreed".into(),
        (all, 0, 0) => format!("All {all} budgets hold as agreed"),
        (all, 0, open) => format!("Of {all} budgets none is over, {open} not resolved"),
        (all, 1, _) => format!("One of {all} budgets is breached more often than was accepted"),
        (all, over, _) => format!("{over} of {all} budgets are breached more often than was accepted"),
    }
}

/// What a screen reader says in place of the picture.
fn finding(budgets: &[&BudgetForecast], title: &str) -> String {
    let mut text = format!("{title}.");
    for budget in budgets.iter().take(MOST_BUDGETS) {
        text.push_str(&format!(
            " {}: breached in {} of the futures, {}.",
            cut(&name(budget), HEARD),
            percent(&budget.p_breach),
            verdict(budget)
        ));
    }
    text
}
