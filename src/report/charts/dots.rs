//! Twenty futures as twenty dots (a quantile dot plot: Kay et al. 2016), those that keep the promise told from those that do not.
//!
//! A curve has to be read along both axes; dots can be counted.

use super::axis::Place;
use super::canvas::{Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{DATES, Dates, Flags, Pole, head, notes, nothing, with_partial};
use super::style::{AXIS, FORECAST, HEARD, LABEL, NOTE, PROMISE, PROMISE_INK, SOFT_INK};
use crate::analysis::{Forecast, InitiativeForecast, Moment};
use crate::report::text::{cut, short_date};

/// How many futures are drawn.
const DOTS: u8 = 20;
/// The most promises that are drawn.
const MOST_PROMISES: usize = 4;
/// The widest that a dot may be.
const WIDEST: f64 = 34.0;
/// What the futures that never finish take at the right edge.
const NEVER: f64 = 56.0;

/// Draws the finish of an initiative as twenty dots.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn dots(initiative: &InitiativeForecast, forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(initiative, forecast, form, &fonts), fonts))
}

/// The middles of the twentieths of the distribution; `None` for a future that never finishes.
fn futures(initiative: &InitiativeForecast) -> Vec<Option<Moment>> {
    let level = |dot: u8| (f64::from(dot) + 0.5) / f64::from(DOTS);
    let reaches = |level: f64| initiative.s_curve.iter().find(|point| point.p >= level);
    (0..DOTS)
        .map(|dot| reaches(level(dot)).map(|point| point.at).filter(|at| Place::of(at).is_some()))
        .collect()
}

/// How many of the dots finish in time.
fn in_time(futures: &[Option<Moment>], promise: &Moment) -> usize {
    let evening = promise.date.map(Place::evening);
    let kept = |at: &Moment| Place::of(at).is_some_and(|place| evening.is_some_and(|evening| place <= evening));
    futures.iter().flatten().filter(|at| kept(at)).count()
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let futures = futures(initiative);
    let ending = ending(initiative, &futures);
    let title = format!("{}{ending}", cut(&initiative.title, HEARD));
    let mut canvas = Canvas::open(form.width(), &title, &finding(initiative, &futures));
    let subtitle = "20 equally likely futures, each dot one of them, at the date on which it finishes";
    let top = head(
        &mut canvas,
        form,
        fonts,
        (&initiative.title, &ending),
        &with_partial(forecast, subtitle.into()),
    );
    let places: Vec<Place> = futures.iter().flatten().filter_map(Place::of).collect();
    let never = futures.len() - places.len();
    let Some(&last) = places.last() else {
        nothing(&mut canvas, form, fonts, top, "In none of 20 futures is this ever finished.", "");
        return canvas;
    };
    let poles: Vec<Pole> = initiative
        .commitments
        .iter()
        .take(MOST_PROMISES)
        .filter_map(|commitment| {
            let odds = format!(" · {} of 20", in_time(&futures, &commitment.at));
            Pole::of(fonts, form, commitment.to.as_deref(), &commitment.at, &odds)
        })
        .collect();
    let ends = [last].into_iter().chain(poles.iter().map(|pole| pole.at));
    let right = form.right() - 22.0 - if never > 0 { NEVER } else { 0.0 };
    let mut dates = Dates::new(Place::morning(forecast.start), ends, form.left() + 22.0, right);
    // The last dot stands clear of the edge.
    dates.high = Place(dates.high.0 + 0.03 * (dates.high.0 - dates.low.0));
    let flags = Flags::new(&poles, &dates, fonts, form.left(), form.right());
    let promise = initiative.commitments.first().and_then(|first| first.at.date).map(Place::evening);
    let height = if form.is_file() { 250.0 } else { 160.0 };
    let (stacks, size) = stacks(&places, &dates, promise, height, never);
    let tallest = stacks.iter().map(|(_, stack)| stack.len()).max().unwrap_or(0).max(never);
    let top = top + flags.height() + 8.0;
    let bottom = top + (tallest as f64 * size).max(60.0) + 6.0;
    dates.draw(&mut canvas, bottom, bottom);
    flags.draw(&mut canvas, fonts, &dates, (form.left(), form.right()), (top - 4.0, bottom));
    let is_kept = |place: Place| promise.is_none_or(|promise| place <= promise);
    let mark = |canvas: &mut Canvas, x: f64, row: usize, kept: bool| {
        let y = bottom - 2.0 - (row as f64 + 0.5) * size;
        if kept {
            canvas.dot(x, y, size / 2.0 - 1.5, FORECAST);
        } else {
            canvas.ring(x, y, size / 2.0 - 1.5, PROMISE);
        }
    };
    for (x, stack) in &stacks {
        for (row, place) in stack.iter().enumerate() {
            mark(&mut canvas, *x, row, is_kept(*place));
        }
    }
    if never > 0 {
        let x = form.right() - NEVER / 2.0;
        for row in 0..never {
            mark(&mut canvas, x, row, promise.is_none());
        }
        canvas.line(&[(x - 22.0, bottom), (x + 22.0, bottom)], 1.0, AXIS, None);
        canvas.label(Label {
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(x - fonts.width("never", NOTE, false) / 2.0, bottom + 20.0, "never".into())
        });
    }
    let end = match promise {
        Some(_) => key(&mut canvas, fonts, form, bottom + DATES + 14.0, initiative),
        None => notes(&mut canvas, form, fonts, &[], bottom + DATES),
    };
    canvas.end(end);
    canvas
}

/// Says which dots keep the promise.
fn key(canvas: &mut Canvas, fonts: &Fonts, form: Form, y: f64, initiative: &InitiativeForecast) -> f64 {
    let which = match (initiative.commitments.len(), initiative.commitments.first()) {
        (2.., Some(first)) => format!(" {}", short_date(&first.at)),
        _ => " the promise".into(),
    };
    let (kept, missed) = (format!("keeps{which}"), format!("misses{which}"));
    let mut x = form.left() + 6.0;
    canvas.dot(x, y - 4.5, 5.0, FORECAST);
    canvas.label(Label {
        colour: FORECAST,
        ..Label::at(x + 10.0, y, kept.clone())
    });
    x += fonts.width(&kept, LABEL, false) + 36.0;
    canvas.ring(x, y - 4.5, 5.0, PROMISE);
    canvas.label(Label {
        colour: PROMISE_INK,
        ..Label::at(x + 10.0, y, missed)
    });
    y + 14.0
}

/// Dots that would touch stand on one another. Returns the stacks with their places, and the size of a dot: the largest with which
/// the tallest stack fits.
fn stacks(places: &[Place], dates: &Dates, promise: Option<Place>, height: f64, never: usize) -> (Vec<(f64, Vec<Place>)>, f64) {
    let mut size = WIDEST.min((dates.right - dates.left) / 22.0);
    loop {
        let mut stacks: Vec<(f64, Vec<Place>)> = Vec::new();
        for &place in places {
            let x = dates.x(place);
            let side = |place: Place| promise.is_some_and(|promise| place <= promise);
            match stacks.last_mut() {
                Some((first, stack)) if x - *first < size && stack.first().is_some_and(|other| side(*other) == side(place)) => {
                    stack.push(place);
                }
                _ => stacks.push((x, vec![place])),
            }
        }
        let tallest = stacks.iter().map(|(_, stack)| stack.len()).max().unwrap_or(0).max(never);
        if tallest as f64 * size <= height || size <= 8.0 {
            clear(&mut stacks, dates, promise, size);
            return (stacks, size);
        }
        size -= 1.0;
    }
}

/// Moves each stack to the middle of its dots, as far as it stays clear of its neighbours and on its side of the promise.
fn clear(stacks: &mut [(f64, Vec<Place>)], dates: &Dates, promise: Option<Place>, size: f64) {
    for (x, stack) in stacks.iter_mut() {
        let end = stack.last().map_or(*x, |last| dates.x(*last));
        *x = f64::midpoint(*x, end);
    }
    let is_kept = |stack: &[Place]| promise.is_none_or(|promise| stack.first().is_some_and(|place| *place <= promise));
    let pole = promise.map(|promise| dates.x(promise));
    let mut free = pole.map_or(f64::INFINITY, |pole| pole - size / 2.0);
    for (x, _) in stacks.iter_mut().rev().filter(|(_, stack)| is_kept(stack)) {
        *x = x.min(free);
        free = *x - size;
    }
    let mut free = pole.map_or(f64::NEG_INFINITY, |pole| pole + size / 2.0);
    for (x, _) in stacks.iter_mut().filter(|(_, stack)| !is_kept(stack)) {
        *x = x.max(free);
        free = *x + size;
    }
}

fn ending(initiative: &InitiativeForecast, futures: &[Option<Moment>]) -> String {
    match initiative.commitments.first() {
        Some(first) => format!(": {} of 20 futures make {}", in_time(futures, &first.at), short_date(&first.at)),
        None => ": finished in 20 futures".into(),
    }
}

/// What a screen reader says in place of the picture.
fn finding(initiative: &InitiativeForecast, futures: &[Option<Moment>]) -> String {
    let mut text = String::new();
    for commitment in initiative.commitments.iter().take(MOST_PROMISES) {
        let to = commitment
            .to
            .as_ref()
            .map_or_else(String::new, |to| format!(" to {}", cut(to, HEARD)));
        let kept = in_time(futures, &commitment.at);
        text.push_str(&format!(
            "{kept} of 20 futures make {}, the date promised{to}; {} miss it. ",
            short_date(&commitment.at),
            futures.len() - kept
        ));
    }
    let timelines = &initiative.timelines;
    text.push_str(&format!(
        "Half are finished by {}, 18 of 20 by {}.",
        short_date(&timelines.expected.at),
        short_date(&timelines.worst.at)
    ));
    text
}
