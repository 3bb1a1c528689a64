//! What each checkpoint of an initiative tells: on which path one is, and the odds of the promise, where it is met and where it is
//! missed.

use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{head, notes, nothing, with_partial};
use super::style::{AXIS, Colour, FORECAST, FORECAST_LIGHT, HEARD, INK, LABEL, NOTE, PAPER, SOFT_INK};
use crate::analysis::{CheckpointForecast, Forecast, InitiativeForecast, Outlook, Share, Source};
use crate::report::checkpoints::{for_whom, telling_promise, whole};
use crate::report::text::{cut, in_hundred};

/// The most checkpoints that are drawn.
const MOST: usize = 8;
/// The height of a bar, and from one to the next.
const BAR: f64 = 20.0;
const NEXT: f64 = 25.0;
/// From one checkpoint to the next, without its bars.
const BLOCK: f64 = 40.0;
/// What the odds of the promise take, right of the bars.
const ODDS: f64 = 84.0;
/// What `missed in 38` takes, left of the bars.
const OUTCOME: f64 = 96.0;

/// Draws what the checkpoints of an initiative tell.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn checkpoints(initiative: &InitiativeForecast, forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(initiative, forecast, form, &fonts), fonts))
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let all: Vec<&CheckpointForecast> = forecast
        .checkpoints
        .iter()
        .filter(|checkpoint| checkpoint.initiative == initiative.id)
        .collect();
    let told = finding(initiative, &all);
    let ending = ": which path are we on?";
    let title = format!("{}{ending}", cut(&initiative.title, HEARD));
    let mut canvas = Canvas::open(form.width(), &title, &told);
    let subtitle = "Of 100 futures in which a checkpoint is met, and of 100 in which it is missed: how many end on each path";
    let top = head(
        &mut canvas,
        form,
        fonts,
        (&initiative.title, ending),
        &with_partial(forecast, subtitle.into()),
    );
    if all.is_empty() {
        nothing(&mut canvas, form, fonts, top, "No checkpoint tells the paths apart.", "");
        return canvas;
    }
    let promise = telling_promise(&all);
    // What the plan has and we would recommend too is drawn once.
    let (doubles, mut all): (Vec<&CheckpointForecast>, Vec<&CheckpointForecast>) = all.iter().partition(|checkpoint| {
        checkpoint.source == Source::Recommended && all.iter().any(|other| other.source == Source::Given && is_same(other, checkpoint))
    });
    // Those that tell most, in the order of their dates.
    all.sort_by(|a, b| b.information.bits.total_cmp(&a.information.bits));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    all.sort_by_key(|checkpoint| checkpoint.by);
    let date = if form.is_narrow() { 16.0 } else { 118.0 };
    let left = form.left() + date + OUTCOME;
    let right = form.right() - if promise.is_some() { ODDS } else { 0.0 };
    if promise.is_some() {
        canvas.label(Label {
            anchor: Anchor::End,
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(form.right(), top + 10.0, "on time".into())
        });
    }
    let mut y = top + 14.0;
    let spine = form.left() + 5.0;
    let first = y + 9.0;
    let mut last = first;
    for checkpoint in &all {
        last = y + 9.0;
        let is_both = doubles.iter().any(|double| is_same(checkpoint, double));
        let source: &[&str] = match checkpoint.source {
            Source::Given if is_both => &["in the plan", "recommended"],
            Source::Given => &["in the plan"],
            Source::Recommended => &["recommended"],
        };
        let by = checkpoint.by.day_label();
        if form.is_narrow() {
            let text = format!("by {by}: {}", checkpoint.observable);
            let text = fonts.cut(&text, LABEL, true, form.room() - 16.0);
            canvas.label(Label {
                bold: true,
                ..Label::at(form.left() + 16.0, y + 14.0, text)
            });
        } else {
            canvas.label(Label {
                bold: true,
                ..Label::at(form.left() + 16.0, y + 14.0, format!("by {by}"))
            });
            let week = format!("week {}", checkpoint.week);
            let lines = std::iter::once(week.as_str()).chain(source.iter().copied());
            for (line, text) in lines.enumerate() {
                canvas.label(Label {
                    size: NOTE,
                    colour: SOFT_INK,
                    ..Label::at(form.left() + 16.0, y + 32.0 + line as f64 * 16.0, text.to_owned())
                });
            }
            let text = fonts.cut(&checkpoint.observable, LABEL, true, right - form.left() - date);
            canvas.label(Label {
                bold: true,
                ..Label::at(form.left() + date, y + 14.0, text)
            });
        }
        let outcomes = [
            ("met in", checkpoint.p_hit, &checkpoint.if_hit),
            ("missed in", checkpoint.p_hit.complement(), &checkpoint.if_missed),
        ];
        let mut bar = y + 22.0;
        for (outcome, share, outlook) in outcomes {
            canvas.label(Label {
                size: NOTE,
                ..Label::at(form.left() + date, bar + 14.5, format!("{outcome} {}", whole(&share)))
            });
            match outlook {
                Some(outlook) => {
                    paths(&mut canvas, fonts, (left, right - 4.0), bar, outlook);
                    if let Some(odds) = promise.and_then(|promise| outlook.on_time.get(promise)) {
                        canvas.label(Label {
                            anchor: Anchor::End,
                            bold: true,
                            ..Label::at(form.right(), bar + 15.0, format!("{} %", whole(odds)))
                        });
                    }
                }
                None => canvas.label(Label {
                    size: NOTE,
                    colour: SOFT_INK,
                    ..Label::at(left, bar + 14.5, "never comes so".into())
                }),
            }
            bar += NEXT;
        }
        y += BLOCK + 2.0 * NEXT;
    }
    canvas.line(&[(spine, first), (spine, last)], 2.0, AXIS, None);
    let mut y_dot = first;
    for _ in &all {
        canvas.dot(spine, y_dot, 4.5, INK);
        y_dot += BLOCK + 2.0 * NEXT;
    }
    let mut said = Vec::new();
    if let Some(promise) = promise {
        let trigger = all.first().and_then(|checkpoint| checkpoint.promises.get(promise));
        if let Some(trigger) = trigger {
            let whom = trigger.to.as_deref().map_or_else(String::new, |to| format!(" to {}", cut(to, 60)));
            said.push(format!("On time: the odds of the date promised{whom}, {}.", trigger.date.long()));
        }
    }
    match more {
        0 => {}
        1 => said.push("One more, which tells less, is in checkpoints.csv.".into()),
        more => said.push(format!("{more} more, which tell less, are in checkpoints.csv.")),
    }
    let end = notes(&mut canvas, form, fonts, &said, y - 2.0);
    canvas.end(end);
    canvas
}

/// Whether two checkpoints look at one thing on one day.
fn is_same(a: &CheckpointForecast, b: &CheckpointForecast) -> bool {
    a.by == b.by && a.observable == b.observable
}

/// The three paths as parts of a bar, each with its number; its name too where there is room.
fn paths(canvas: &mut Canvas, fonts: &Fonts, (left, right): (f64, f64), top: f64, outlook: &Outlook) {
    let parts: [(&str, &Share, Colour, Colour); 3] = [
        ("best", &outlook.best, FORECAST_LIGHT, INK),
        ("expected", &outlook.expected, FORECAST, PAPER),
        ("worst", &outlook.worst, INK, PAPER),
    ];
    let sum: f64 = parts.iter().map(|(_, share, ..)| share.p.clamp(0.0, 1.0)).sum();
    let mut from = left;
    for (name, share, colour, ink) in parts {
        let width = share.p.clamp(0.0, 1.0) / sum.max(1e-9) * (right - left);
        let to = from + width;
        if width > 0.5 {
            canvas.rectangle((from, top), (to - 1.0_f64.min(width / 2.0), top + BAR), colour);
        }
        let number = whole(share);
        let text = [format!("{name} {number}"), number]
            .into_iter()
            .find(|text| fonts.width(text, NOTE, false) + 8.0 <= width);
        if let Some(text) = text {
            canvas.label(Label {
                anchor: Anchor::Middle,
                size: NOTE,
                colour: ink,
                ..Label::at((from + to) / 2.0, top + 14.5, text)
            });
        }
        from = to;
    }
}

/// What a screen reader says in place of the picture.
fn finding(initiative: &InitiativeForecast, all: &[&CheckpointForecast]) -> String {
    let most = all.iter().max_by(|a, b| a.information.bits.total_cmp(&b.information.bits));
    let Some(most) = most else {
        return format!("No checkpoint tells the paths of {} apart.", cut(&initiative.title, HEARD));
    };
    let mut text = format!("What tells most: {} by {}", cut(&most.observable, HEARD), most.by.long());
    if let (Some(hit), Some(missed)) = (&most.if_hit, &most.if_missed) {
        text.push_str(&format!(
            ". Met, {} end on the worst path; missed, {}",
            in_hundred(&hit.worst),
            in_hundred(&missed.worst)
        ));
        if let Some(promise) = telling_promise(all)
            && let (Some(on_hit), Some(on_miss), Some(trigger)) =
                (hit.on_time.get(promise), missed.on_time.get(promise), most.promises.get(promise))
        {
            text.push_str(&format!(
                ". On time{}: {} when met, {} when missed",
                for_whom(trigger, most.promises.len()),
                in_hundred(on_hit),
                in_hundred(on_miss)
            ));
        }
    }
    text + "."
}
