//! The ways out of an initiative on one axis of dates, with their cost and the odds of the promise.

use super::axis::Place;
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{Columns, DATES, Dates, Flags, Pole, band, head, median, notes, nothing, under};
use super::style::{FORECAST, GRID, HEARD, INK, LABEL, NOTE, PROMISE, SOFT_INK};
use crate::analysis::{Alternative, Comparison, FinishComparison, PromiseComparison};
use crate::report::text::{amount, cut, percent, short_date, signed_amount, thousands};

/// The most ways that are drawn, the plan among them.
const MOST: usize = 16;
/// The most promises whose dates are drawn through the chart.
const MOST_PROMISES: usize = 4;
const ROW: f64 = 58.0;
/// Half the height of a band.
const BAND: f64 = 7.0;
/// What the columns of numbers take, each.
const NUMBER: f64 = 84.0;

/// Draws the options of the initiative with this id against the plan.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no comparison makes it.
pub fn options(initiative: &str, comparison: &Comparison, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(initiative, comparison, form, &fonts), fonts))
}

fn finish<'c>(way: &'c Alternative, initiative: &str) -> Option<&'c FinishComparison> {
    way.initiatives.iter().find(|finish| finish.initiative == initiative)
}

/// The promise that the ways are measured by: the first.
fn promise<'c>(way: &'c Alternative, initiative: &str) -> Option<&'c PromiseComparison> {
    finish(way, initiative)?.promises.first()
}

fn draw(initiative: &str, comparison: &Comparison, form: Form, fonts: &Fonts) -> Canvas {
    let ways = &comparison.alternatives;
    let plan = ways.iter().find(|way| way.is_plan);
    let name = plan
        .and_then(|plan| finish(plan, initiative))
        .map_or(initiative, |finish| &finish.title);
    let told = finding(initiative, comparison);
    let ending = ": what would each way out bring?";
    let title = format!("{}{ending}", cut(name, HEARD));
    let mut canvas = Canvas::open(form.width(), &title, &told);
    let mut subtitle =
        "Band: 8 of 10 futures finish in it (P10 to P90). Dot: expected (P50). Stroke: the date that holds with 80 %".to_owned();
    if comparison.partial {
        subtitle = format!("PARTIAL, {} trials. {subtitle}", thousands(comparison.trials.into()));
    }
    let top = head(&mut canvas, form, fonts, (name, ending), &subtitle);
    let shown = ways.get(..MOST).unwrap_or(ways);
    if shown.len() < 2 {
        nothing(&mut canvas, form, fonts, top, "There is no other way to set against the plan.", "");
        return canvas;
    }
    let has_odds = shown.iter().any(|way| promise(way, initiative).is_some());
    let has_cost = shown.iter().any(|way| way.cost_change != 0.0 || way.cost_once != 0.0);
    let numbers = f64::from(u8::from(has_odds)) * NUMBER + f64::from(u8::from(has_cost)) * NUMBER;
    let columns = Columns::new(form, 0.3, if form.is_narrow() { 24.0 } else { numbers + 14.0 });
    let promises = || {
        let of = plan.and_then(|plan| finish(plan, initiative));
        of.into_iter().flat_map(|finish| &finish.promises).take(MOST_PROMISES)
    };
    let places = shown.iter().filter_map(|way| finish(way, initiative)).flat_map(|finish| {
        let moved = finish.promises.iter().filter(|promise| promise.is_moved);
        let evenings = moved.filter_map(|promise| promise.at.date).map(Place::evening);
        let ends = [finish.p10, finish.p50, finish.p80, finish.p90];
        ends.into_iter().filter_map(|at| Place::of(&at)).chain(evenings).collect::<Vec<_>>()
    });
    let poles: Vec<Pole> = promises()
        .filter_map(|promise| Pole::of(fonts, form, promise.to.as_deref(), &promise.at, ""))
        .collect();
    let places = places.chain(poles.iter().map(|pole| pole.at));
    let dates = Dates::new(Place::morning(comparison.start), places, columns.left, columns.right);
    let flags = Flags::new(&poles, &dates, fonts, columns.left - 6.0, form.right());
    // Where it is narrow, the numbers stand on the line of the name.
    let above = if form.is_narrow() { 34.0 } else { 0.0 };
    let top = top + flags.height() + 16.0;
    let bottom = top + shown.len() as f64 * (ROW + above);
    dates.draw(&mut canvas, top, bottom);
    flags.draw(&mut canvas, fonts, &dates, (form.left(), form.right()), (top - 14.0, bottom));
    let numbers = |canvas: &mut Canvas, y: f64, bold: bool, odds: String, cost: String| {
        let mut x = form.right();
        for (text, is_there, bold) in [(cost, has_cost, false), (odds, has_odds, bold)] {
            if is_there {
                canvas.label(Label {
                    anchor: Anchor::End,
                    size: NOTE,
                    bold,
                    colour: if bold { FORECAST } else { SOFT_INK },
                    ..Label::at(x, y, text)
                });
                x -= NUMBER;
            }
        }
    };
    if !form.is_narrow() {
        numbers(&mut canvas, top - 2.0, false, "on time".into(), "cost".into());
    }
    for (index, way) in shown.iter().enumerate() {
        let from = top + index as f64 * (ROW + above);
        let middle = from + above + if form.is_narrow() { 12.0 } else { 20.0 };
        if index > 0 {
            canvas.line(&[(form.left(), from), (form.right(), from)], 1.0, GRID, None);
        }
        let odds = promise(way, initiative).map_or_else(|| "–".into(), |promise| short(&percent(&promise.p_on_time)));
        let cost = if way.is_plan {
            "as it is".into()
        } else {
            signed_amount(way.cost_change)
        };
        let second = second_line(way);
        let title = if way.is_plan { "The plan as it is" } else { &way.title };
        if form.is_narrow() {
            columns.write(&mut canvas, fonts, (form.right(), from + 15.0), title, "", true);
            let on_time = if has_odds { format!("on time {odds}") } else { String::new() };
            let in_cost = if has_cost && !way.is_plan {
                format!("cost {cost}")
            } else {
                String::new()
            };
            let text: Vec<String> = [on_time, in_cost, second].into_iter().filter(|text| !text.is_empty()).collect();
            let text = fonts.cut(&text.join(" · "), NOTE, false, form.room());
            canvas.label(Label {
                size: NOTE,
                colour: SOFT_INK,
                ..Label::at(form.left(), from + 31.0, text)
            });
        } else {
            // The title in two lines at most, and the rest below it.
            let room = columns.left - 14.0 - form.left();
            let title = fonts.wrap(title, LABEL, room, 2);
            let below = (!second.is_empty()).then(|| fonts.cut(&second, NOTE, false, room));
            let lines = title
                .into_iter()
                .map(|line| (line, LABEL, INK))
                .chain(below.map(|line| (line, NOTE, SOFT_INK)));
            let lines: Vec<_> = lines.collect();
            let first = middle + 4.5 - if lines.len() > 2 { 8.0 } else { 0.0 };
            for (index, (text, size, colour)) in lines.into_iter().enumerate() {
                canvas.label(Label {
                    size,
                    colour,
                    bold: way.is_plan,
                    ..Label::at(form.left(), first + index as f64 * 17.0, text)
                });
            }
            numbers(&mut canvas, middle + 4.5, true, odds, cost);
        }
        let Some(finish) = finish(way, initiative) else {
            canvas.label(Label {
                size: NOTE,
                colour: SOFT_INK,
                ..Label::at(columns.left, middle + 4.5, "is not done".into())
            });
            continue;
        };
        band(&mut canvas, &dates, middle, BAND, (&finish.p10, &finish.p90));
        if finish.p80.date.is_some() {
            let x = dates.of(&finish.p80);
            canvas.line(&[(x, middle - BAND - 2.0), (x, middle + BAND + 2.0)], 2.6, FORECAST, None);
        }
        median(&mut canvas, &dates, middle, &finish.p50);
        for promise in finish.promises.iter().filter(|promise| promise.is_moved) {
            if let Some(date) = promise.at.date {
                canvas.pointer(dates.x(Place::evening(date)), middle - 1.0, 6.0, true, PROMISE);
            }
        }
        let texts = [
            (dates.of(&finish.p50), short_date(&finish.p50), true),
            (dates.of(&finish.p80), format!("80 %: {}", short_date(&finish.p80)), false),
        ];
        under(
            &mut canvas,
            fonts,
            &texts,
            (columns.left - 6.0, columns.right + 14.0),
            middle + BAND + 16.0,
        );
    }
    let mut said = Vec::new();
    if shown
        .iter()
        .filter_map(|way| finish(way, initiative))
        .flat_map(|finish| &finish.promises)
        .any(|promise| promise.is_moved)
    {
        said.push("▼ a promise that the option moves.".to_owned());
    }
    if has_cost {
        said.push("Cost: in all, against the plan as it is, on average over the futures.".into());
    }
    match ways.len() - shown.len() {
        0 => {}
        1 => said.push("And one more option, which is in options.csv.".into()),
        more => said.push(format!("And {more} more options, which are in options.csv.")),
    }
    let end = notes(&mut canvas, form, fonts, &[said.join(" ")], bottom + DATES + 14.0);
    canvas.end(end - 4.0);
    canvas
}

/// What else is to be said of a way, below its name.
fn second_line(way: &Alternative) -> String {
    let mut parts = Vec::new();
    if way.recommended {
        parts.push("recommended".to_owned());
    }
    if way.cost_once > 0.0 && !way.is_plan {
        parts.push(format!("{} once", amount(way.cost_once)));
    }
    if way.needs_ceo {
        parts.push("for the CEO".to_owned());
    }
    parts.join(" · ")
}

/// `below 0.1 %` in a narrow column.
fn short(odds: &str) -> String {
    odds.replace("below ", "<").replace("above ", ">")
}

/// What a screen reader says in place of the picture.
fn finding(initiative: &str, comparison: &Comparison) -> String {
    let mut text = String::new();
    for way in comparison.alternatives.iter().take(MOST) {
        let name = if way.is_plan {
            "The plan as it is".to_owned()
        } else {
            cut(&way.title, HEARD)
        };
        match finish(way, initiative) {
            Some(finish) => {
                text.push_str(&format!(
                    "{name}: expected {}, 80 % by {}",
                    short_date(&finish.p50),
                    short_date(&finish.p80)
                ));
                if let Some(promise) = finish.promises.first() {
                    text.push_str(&format!(", {} on time", percent(&promise.p_on_time)));
                }
                text.push_str(". ");
            }
            None => text.push_str(&format!("{name}: it is not done. ")),
        }
    }
    text.trim_end().to_owned()
}
