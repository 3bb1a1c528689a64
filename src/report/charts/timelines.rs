//! The three timelines of every initiative on one axis, with what was promised and what was estimated.

use super::axis::Place;
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{Columns, DATES, Dates, Flags, Pole, band, head, median, notes, nothing, under, with_partial};
use super::style::{ESTIMATE, HEARD, NOTE, PROMISE, SOFT_INK};
use crate::analysis::{Forecast, InitiativeForecast, Moment};
use crate::calendar::Date;
use crate::report::text::{cut, percent, short_date};

/// The most initiatives that have their dates written beside them; of more, only the marks are drawn.
const MOST_WRITTEN: usize = 6;
/// The most initiatives that are drawn.
const MOST_DRAWN: usize = 24;
/// The most promises of one initiative that are drawn.
const MOST_PROMISES: usize = 4;
/// The most initiatives that a screen reader is told of.
const MOST_HEARD: usize = 12;
/// Half the height of a band.
const BAND: f64 = 8.0;
const ROW: f64 = 26.0;

/// Draws best, expected and worst of every initiative.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn timelines(forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(forecast, form, &fonts), fonts))
}

fn draw(forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let title = title(forecast);
    let mut canvas = Canvas::open(form.width(), &title, &finding(forecast, &title));
    let subtitle = "Band: 8 of 10 futures finish in it, from best (P10) to worst (P90). Dot: expected (P50); half finish by then";
    let top = head(&mut canvas, form, fonts, (&title, ""), &with_partial(forecast, subtitle.into()));
    let shown = forecast.initiatives.get(..MOST_DRAWN).unwrap_or(&forecast.initiatives);
    if shown.is_empty() {
        nothing(&mut canvas, form, fonts, top, "There is no initiative to draw.", "");
        return canvas;
    }
    let is_written = forecast.initiatives.len() <= MOST_WRITTEN;
    let beside = if is_written { 30.0 } else { 150.0 };
    let columns = Columns::new(form, if is_written { 0.25 } else { 0.28 }, beside);
    let low = Place::morning(forecast.start);
    let places = shown.iter().flat_map(places);
    let dates = Dates::new(low, places, columns.left, columns.right);
    let bottom = if is_written {
        written(&mut canvas, forecast.start, shown, form, fonts, &columns, &dates, top)
    } else {
        marked(&mut canvas, shown, form, fonts, &columns, &dates, top)
    };
    dates.draw(&mut canvas, bottom, bottom);
    let mut said = Vec::new();
    if !is_written {
        said.push("▼ promised. ▲ engineering’s estimate. On time: the odds of the first promise.".to_owned());
    }
    match forecast.initiatives.len() - shown.len() {
        0 => {}
        1 => said.push("And one more initiative, which is in timelines.csv.".into()),
        more => said.push(format!("And {more} more initiatives, which are in timelines.csv.")),
    }
    let end = notes(&mut canvas, form, fonts, &said, bottom + DATES + 14.0);
    canvas.end(end - 4.0);
    canvas
}

/// All that is drawn of an initiative and has a date.
fn places(initiative: &InitiativeForecast) -> impl Iterator<Item = Place> {
    let timelines = &initiative.timelines;
    let bands = [timelines.best.at, timelines.expected.at, timelines.worst.at];
    let promises = initiative.commitments.iter().take(MOST_PROMISES).map(|commitment| commitment.at);
    let estimate = initiative.estimate.as_ref().map(|estimate| estimate.at);
    let evenings = promises.chain(estimate).filter_map(|at| at.date).map(Place::evening);
    bands.into_iter().filter_map(|at| Place::of(&at)).chain(evenings)
}

/// What the picture shows, as a headline.
fn title(forecast: &Forecast) -> String {
    let promises = || forecast.initiatives.iter().flat_map(|initiative| &initiative.commitments);
    let (all, late) = (
        promises().count(),
        promises().filter(|commitment| commitment.p_on_time.p < 0.5).count(),
    );
    match (all, late) {
        (0, _) => "Best, expected and worst: finished by when?".into(),
        (1, 0) => "The promised date is more likely kept than missed".into(),
        (1, _) => "The promised date is more likely missed than kept".into(),
        (all, 0) => format!("All {all} promised dates are more likely kept than missed"),
        (all, late) if all == late => format!("All {all} promised dates are more likely missed than kept"),
        (all, 1) => format!("One of {all} promised dates is more likely missed than kept"),
        (all, late) => format!("{late} of {all} promised dates are more likely missed than kept"),
    }
}

/// What a screen reader says in place of the picture.
fn finding(forecast: &Forecast, title: &str) -> String {
    let mut text = format!("{title}.");
    for initiative in forecast.initiatives.iter().take(MOST_HEARD) {
        let timelines = &initiative.timelines;
        text.push_str(&format!(
            " {}: best {}, expected {}, worst {}",
            cut(&initiative.title, HEARD),
            short_date(&timelines.best.at),
            short_date(&timelines.expected.at),
            short_date(&timelines.worst.at)
        ));
        for commitment in initiative.commitments.iter().take(MOST_PROMISES) {
            let to = commitment
                .to
                .as_ref()
                .map_or_else(String::new, |to| format!(" to {}", cut(to, HEARD)));
            text.push_str(&format!(
                "; promised{to} by {}: {} on time",
                short_date(&commitment.at),
                percent(&commitment.p_on_time)
            ));
        }
        text.push('.');
    }
    text
}

/// A date as short as it can be said beside dates of the year of the start.
fn brief(at: &Moment, start: Date) -> String {
    match at.date {
        Some(date) if date.shares_year(start) => date.day_label(),
        _ => short_date(at),
    }
}

/// Rows with every date written. Returns where they end.
#[expect(clippy::too_many_arguments, reason = "a place on the canvas is many numbers")]
fn written(
    canvas: &mut Canvas,
    start: Date,
    shown: &[InitiativeForecast],
    form: Form,
    fonts: &Fonts,
    columns: &Columns,
    dates: &Dates,
    mut top: f64,
) -> f64 {
    for initiative in shown {
        let poles: Vec<Pole> = initiative
            .commitments
            .iter()
            .take(MOST_PROMISES)
            .filter_map(|commitment| {
                let odds = format!(" · {} on time", percent(&commitment.p_on_time));
                Pole::of(fonts, form, commitment.to.as_deref(), &commitment.at, &odds)
            })
            .chain(
                initiative
                    .estimate
                    .iter()
                    .filter_map(|estimate| Pole::estimated(&estimate.at, &format!(" · {}", percent(&estimate.p_that_early)))),
            )
            .collect();
        let flags = Flags::new(&poles, dates, fonts, columns.left - 6.0, form.right());
        let band_top = top + columns.above() + flags.height() + 8.0;
        let middle = band_top + BAND + 2.0;
        dates.lines(canvas, top + columns.above() + 2.0, middle + 34.0);
        flags.draw(
            canvas,
            fonts,
            dates,
            (columns.left - 6.0, form.right()),
            (band_top - 2.0, middle + BAND + 4.0),
        );
        // Above the row where it is narrow, else beside the band.
        let (end, y) = if form.is_narrow() {
            (form.right(), top + 14.0)
        } else {
            (columns.left - 14.0, middle + 4.5)
        };
        columns.write(canvas, fonts, (end, y), &initiative.title, "", true);
        let timelines = &initiative.timelines;
        band(canvas, dates, middle, BAND, (&timelines.best.at, &timelines.worst.at));
        median(canvas, dates, middle, &timelines.expected.at);
        let word = |path: &str, at: &Moment| {
            let date = brief(at, start);
            if form.is_narrow() { date } else { format!("{path} {date}") }
        };
        let texts = [
            (dates.of(&timelines.best.at), word("best", &timelines.best.at), false),
            (dates.of(&timelines.expected.at), word("expected", &timelines.expected.at), true),
            (dates.of(&timelines.worst.at), word("worst", &timelines.worst.at), false),
        ];
        under(canvas, fonts, &texts, (columns.left - 6.0, form.right()), middle + BAND + 18.0);
        top = middle + 40.0;
    }
    top
}

/// Rows of marks, with the expected date and the odds of the first promise beside them. Returns where they end.
fn marked(canvas: &mut Canvas, shown: &[InitiativeForecast], form: Form, fonts: &Fonts, columns: &Columns, dates: &Dates, top: f64) -> f64 {
    let row = ROW + columns.above();
    let top = top + 16.0;
    let bottom = top + shown.len() as f64 * row;
    dates.lines(canvas, top, bottom);
    let beside = |canvas: &mut Canvas, y: f64, (date, odds): (String, String)| {
        for (x, text) in [(form.right() - 52.0, date), (form.right(), odds)] {
            canvas.label(Label {
                anchor: Anchor::End,
                size: NOTE,
                colour: SOFT_INK,
                ..Label::at(x, y, text)
            });
        }
    };
    beside(canvas, top - 4.0, ("expected".into(), "on time".into()));
    for (index, initiative) in shown.iter().enumerate() {
        let middle = top + index as f64 * row + columns.above() + ROW / 2.0;
        columns.name(canvas, fonts, middle, &initiative.title, "", false);
        let timelines = &initiative.timelines;
        band(canvas, dates, middle, 6.0, (&timelines.best.at, &timelines.worst.at));
        median(canvas, dates, middle, &timelines.expected.at);
        for commitment in initiative.commitments.iter().take(MOST_PROMISES) {
            if let Some(date) = commitment.at.date {
                canvas.pointer(dates.x(Place::evening(date)), middle, 6.0, true, PROMISE);
            }
        }
        if let Some(date) = initiative.estimate.as_ref().and_then(|estimate| estimate.at.date) {
            canvas.pointer(dates.x(Place::evening(date)), middle, 6.0, false, ESTIMATE);
        }
        let odds = initiative
            .commitments
            .first()
            .map_or_else(String::new, |first| short(percent(&first.p_on_time)));
        beside(canvas, middle + 4.5, (short_date(&timelines.expected.at), odds));
    }
    bottom
}

/// `below 0.1 %` in a narrow column.
fn short(odds: String) -> String {
    odds.replace("below ", "<").replace("above ", ">")
}
