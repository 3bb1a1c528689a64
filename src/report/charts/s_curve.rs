//! The S-curve: the share of futures finished by each date, with what was promised and what was estimated.

use super::axis::{Place, Tick, ticks};
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::flags::{Flag, Placed, place};
use super::sheet::{DATES, head, notes, nothing, with_partial};
use super::style::{
    AXIS, Colour, ESTIMATE, ESTIMATE_INK, FORECAST, FORECAST_AREA, GRID, HEARD, LABEL, NOTE, PAPER, PROMISE, PROMISE_INK, SOFT_INK,
};
use crate::analysis::{Forecast, InitiativeForecast, Moment, Quantile};
use crate::report::text::{cut, percent, short_date, thousands};

const ROW: f64 = 21.0;
/// The widest text of a flag.
const FLAG: f64 = 330.0;
/// More promises than this make no picture; the rest is counted in a note.
const MOST_FLAGS: usize = 10;

/// Draws the S-curve of an initiative's finish.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn s_curve(initiative: &InitiativeForecast, forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(initiative, forecast, form, &fonts), fonts))
}

/// A vertical line with its flag.
struct Marker {
    at: Place,
    text: String,
    line: Colour,
    ink: Colour,
    dash: Option<f64>,
    share: f64,
}

/// How places and shares become coordinates.
struct Frame {
    left: f64,
    right: f64,
    /// Where text begins, and where it ends.
    begin: f64,
    edge: f64,
    low: Place,
    high: Place,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn x(&self, at: Place) -> f64 {
        let share = (at.0 - self.low.0) / (self.high.0 - self.low.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - share.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    fn holds(&self, at: Place) -> bool {
        self.low <= at && at <= self.high
    }
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let mut canvas = Canvas::open(form.width(), &title(initiative), &description(initiative, forecast));
    let head = head(
        &mut canvas,
        form,
        fonts,
        (&initiative.title, ENDING),
        &subtitle(initiative, forecast),
    );
    let points: Vec<(Place, f64)> = initiative
        .s_curve
        .iter()
        .filter(|point| point.p.is_finite())
        .filter_map(|point| Some((Place::of(&point.at)?, point.p.clamp(0.0, 1.0))))
        .collect();
    let (Some(&(first, _)), Some(&(last, reached))) = (points.first(), points.last()) else {
        without_finish(&mut canvas, initiative, form, fonts, head);
        return canvas;
    };
    let markers = markers(initiative, form, fonts);
    let (low, high) = range(&points, &markers, Place::morning(forecast.start));
    let mut frame = Frame {
        left: if form.is_file() { 64.0 } else { 54.0 },
        right: form.right() - 22.0,
        begin: form.left(),
        edge: form.right(),
        low,
        high,
        top: 0.0,
        bottom: 0.0,
    };
    let placed = place_flags(&markers, &mut frame, fonts);
    let rows = placed.iter().map(|placed| placed.row + 1).max().unwrap_or(0);
    frame.top = head + rows as f64 * ROW + 6.0;
    frame.bottom = frame.top + if form.is_file() { 372.0 } else { 260.0 };
    grid(&mut canvas, &frame);
    let curve = curve(&points, first, last, reached, &frame);
    let mut area = curve.clone();
    area.extend(curve.last().map(|&(x, _)| (x, frame.bottom)));
    area.extend(curve.first().map(|&(x, _)| (x, frame.bottom)));
    canvas.area(&area, FORECAST_AREA);
    inner_grid(&mut canvas, &frame);
    poles(&mut canvas, fonts, &markers, &placed, &frame);
    canvas.line(&curve, 2.6, FORECAST, None);
    canvas.line(&[(frame.left, frame.bottom), (frame.right, frame.bottom)], 1.0, AXIS, None);
    for marker in markers.iter().filter(|marker| frame.holds(marker.at)) {
        canvas.dot(frame.x(marker.at), frame.y(marker.share), 4.0, marker.line);
    }
    percentiles(&mut canvas, initiative, &markers, &curve, &frame, fonts);
    let mut said = Vec::new();
    if last > frame.high {
        let end = initiative.s_curve.last().map_or_else(String::new, |point| short_date(&point.at));
        said.push(format!("The slowest futures finish up to {end}, beyond the right edge."));
    }
    if initiative.commitments.len() > MOST_FLAGS {
        said.push(format!(
            "{} further promises are not drawn.",
            initiative.commitments.len() - MOST_FLAGS
        ));
    }
    foot(&mut canvas, form, fonts, &said, frame.bottom);
    canvas
}

const ENDING: &str = ": finished by when?";

fn title(initiative: &InitiativeForecast) -> String {
    format!("{}{ENDING}", cut(&initiative.title, HEARD))
}

fn subtitle(initiative: &InitiativeForecast, forecast: &Forecast) -> String {
    let mut text = match initiative.never.trials {
        1 => "Whether the one simulated future is finished by each date".to_owned(),
        trials => format!(
            "Share of {} simulated futures that are finished by each date",
            thousands(trials.into())
        ),
    };
    if initiative.never.hits > 0 && !initiative.s_curve.is_empty() {
        text.push_str(&format!("; {} never finish", percent(&initiative.never)));
    }
    with_partial(forecast, text)
}

/// What a screen reader says in place of the picture.
fn description(initiative: &InitiativeForecast, forecast: &Forecast) -> String {
    let promised = initiative.commitments.iter().map(|commitment| {
        let to = commitment
            .to
            .as_ref()
            .map_or_else(String::new, |to| format!(" to {}", cut(to, HEARD)));
        format!(
            "Promised{to} by {}: {} on time. ",
            short_date(&commitment.at),
            percent(&commitment.p_on_time)
        )
    });
    let mut text: String = promised.collect();
    let timelines = &initiative.timelines;
    let dates = [
        ("Best", &timelines.best),
        ("expected", &timelines.expected),
        ("worst", &timelines.worst),
    ]
    .map(|(path, quantile)| format!("{path} ({}) {}", name(quantile), short_date(&quantile.at)));
    text.push_str(&dates.join(", "));
    format!("{text}. {}.", subtitle(initiative, forecast))
}

fn name(quantile: &Quantile) -> String {
    quantile.percentile.to_string().to_uppercase()
}

fn foot(canvas: &mut Canvas, form: Form, fonts: &Fonts, said: &[String], bottom: f64) {
    let text = "date of the finish (each working day is equally wide)";
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        anchor: Anchor::End,
        ..Label::at(form.right(), bottom + DATES + 12.0, fonts.cut(text, NOTE, false, form.room()))
    });
    let end = notes(canvas, form, fonts, said, bottom + DATES + 32.0);
    canvas.end(end - 8.0);
}

/// A picture that says that there is none.
fn without_finish(canvas: &mut Canvas, initiative: &InitiativeForecast, form: Form, fonts: &Fonts, top: f64) {
    let first = if initiative.never.hits > 0 {
        format!(
            "In none of the {} simulated futures is this ever finished.",
            thousands(initiative.never.trials.into())
        )
    } else {
        "There is no finish to draw.".into()
    };
    nothing(canvas, form, fonts, top, &first, "There is no date that could be promised.");
}

fn markers(initiative: &InitiativeForecast, form: Form, fonts: &Fonts) -> Vec<Marker> {
    let at = |moment: &Moment| moment.date.map(Place::evening);
    let flag = FLAG.min(form.room() * 0.72);
    let mut markers: Vec<Marker> = initiative
        .commitments
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|commitment| {
            let rest = format!(" · {} · {}", short_date(&commitment.at), percent(&commitment.p_on_time));
            let to = commitment.to.as_deref().unwrap_or("promised");
            let to = fonts.cut(to, LABEL, false, flag - fonts.width(&rest, LABEL, false) - 24.0);
            Some(Marker {
                at: at(&commitment.at)?,
                text: format!("{to}{rest}"),
                line: PROMISE,
                ink: PROMISE_INK,
                dash: None,
                share: commitment.p_on_time.p,
            })
        })
        .collect();
    if let Some(estimate) = &initiative.estimate
        && let Some(at) = at(&estimate.at)
    {
        let text = format!(
            "{} · {} · {}",
            if form.is_narrow() { "estimate" } else { "engineering’s estimate" },
            short_date(&estimate.at),
            percent(&estimate.p_that_early)
        );
        markers.push(Marker {
            at,
            text,
            line: ESTIMATE,
            ink: ESTIMATE_INK,
            dash: Some(5.0),
            share: estimate.p_that_early.p,
        });
    }
    markers
}

/// What the picture shows: the curve but for a very long tail, and the markers that are not absurdly far from it.
fn range(points: &[(Place, f64)], markers: &[Marker], start: Place) -> (Place, Place) {
    let low = points.first().map_or(0.0, |point| point.0.0);
    let last = points.last().map_or(low, |point| point.0.0).max(low);
    let reached = points.last().map_or(1.0, |point| point.1);
    let nearly = points
        .iter()
        .find(|point| point.1 >= 0.995 * reached)
        .map_or(last, |point| point.0.0);
    let high = if last - low > 1.35 * (nearly - low) && nearly > low {
        nearly + 0.06 * (nearly - low)
    } else {
        last
    };
    let span = (high - low).max(8.0);
    let (mut from, mut to) = (low, high);
    for marker in markers {
        if marker.at.0 >= low - 1.5 * span && marker.at.0 <= high + span {
            from = from.min(marker.at.0);
            to = to.max(marker.at.0);
        }
    }
    if start.0 >= from - 0.3 * span {
        from = from.min(start.0);
    }
    let spare = ((to - from) * 0.03).max(0.5).max((8.0 - (to - from)) / 2.0);
    let clear = if high < last { 0.0 } else { spare };
    (Place(from - spare), Place(if to > high { to + spare } else { to + clear }))
}

/// Places the flags; where they do not fit, the axis goes on until they do.
fn place_flags(markers: &[Marker], frame: &mut Frame, fonts: &Fonts) -> Vec<Placed> {
    let widths: Vec<f64> = markers
        .iter()
        .map(|marker| fonts.width(&arrowed(marker, frame), LABEL, false) * 1.03 + 8.0)
        .collect();
    let flags = |frame: &Frame| -> Vec<Flag> {
        markers
            .iter()
            .zip(&widths)
            .map(|(marker, &width)| Flag {
                x: frame.x(marker.at),
                width,
            })
            .collect()
    };
    let widest = widths.iter().copied().fold(0.0, f64::max);
    let room = (frame.right - frame.left - 14.0 - widest).max(0.3 * (frame.right - frame.left));
    // Once the axis is longer, every pole stands far enough from the right edge for the widest flag; a marker that lay beyond
    // the edge before may now stand near it, and the axis grows once more.
    for _ in 0..4 {
        if let Some(placed) = place(&flags(frame), frame.left, frame.edge) {
            return placed;
        }
        frame.high = Place(frame.low.0 + (frame.high.0 - frame.low.0) * (frame.right - frame.left) / room);
    }
    // A row each, on the side where there is room: a pole may cross a flag, but nothing is lost.
    let row = |index: usize| markers.len() - index - 1;
    let flags = flags(frame);
    flags
        .iter()
        .enumerate()
        .map(|(index, flag)| Placed {
            row: row(index),
            is_left: flag.x + flag.width > frame.edge,
        })
        .collect()
}

/// The text of a flag; a marker that lies outside the picture points to where it would be.
fn arrowed(marker: &Marker, frame: &Frame) -> String {
    if marker.at < frame.low {
        format!("◀ {}", marker.text)
    } else if marker.at > frame.high {
        format!("{} ▶", marker.text)
    } else {
        marker.text.clone()
    }
}

fn poles(canvas: &mut Canvas, fonts: &Fonts, markers: &[Marker], placed: &[Placed], frame: &Frame) {
    for (marker, placed) in markers.iter().zip(placed) {
        let x = frame.x(marker.at);
        let top = frame.top - 6.0 - (placed.row as f64 + 1.0) * ROW + 3.0;
        let inside = frame.holds(marker.at);
        if inside {
            canvas.line(&[(x, top), (x, frame.bottom)], 1.6, marker.line, marker.dash);
        }
        let gap = if inside { 6.0 } else { 0.0 };
        let text = arrowed(marker, frame);
        let width = fonts.width(&text, LABEL, false);
        let start = if placed.is_left { x - gap - width } else { x + gap };
        canvas.label(Label {
            colour: marker.ink,
            ..Label::at(start.min(frame.edge - width).max(frame.begin), top + 13.0, text)
        });
    }
}

fn x_ticks(frame: &Frame) -> Vec<Tick> {
    ticks(frame.low, frame.high, ((frame.right - frame.left) / 72.0) as usize)
}

fn grid(canvas: &mut Canvas, frame: &Frame) {
    for percent in [0, 20, 40, 60, 80, 100] {
        let y = frame.y(f64::from(percent) / 100.0);
        canvas.label(Label {
            anchor: Anchor::End,
            colour: SOFT_INK,
            ..Label::at(frame.left - 9.0, y + 4.5, format!("{percent} %"))
        });
    }
    for tick in x_ticks(frame) {
        let x = frame.x(tick.at);
        canvas.line(&[(x, frame.bottom), (x, frame.bottom + 5.0)], 1.0, AXIS, None);
        canvas.label(Label {
            anchor: Anchor::Middle,
            colour: SOFT_INK,
            ..Label::at(x, frame.bottom + 20.0, tick.text)
        });
        if let Some(year) = tick.year {
            canvas.label(Label {
                anchor: Anchor::Middle,
                colour: SOFT_INK,
                ..Label::at(x, frame.bottom + 36.0, year)
            });
        }
    }
}

/// The lines of the grid, above the area and below the curve.
fn inner_grid(canvas: &mut Canvas, frame: &Frame) {
    for percent in [20, 40, 60, 80, 100] {
        let y = frame.y(f64::from(percent) / 100.0);
        canvas.line(&[(frame.left, y), (frame.right, y)], 1.0, GRID, None);
    }
}

/// The curve in coordinates: up from the axis at the first finish, level after the last, and cut off at the right edge.
fn curve(points: &[(Place, f64)], first: Place, last: Place, reached: f64, frame: &Frame) -> Vec<(f64, f64)> {
    let mut curve = vec![(frame.x(first), frame.bottom)];
    let mut before = (first, 0.0);
    for &(at, share) in points {
        if at > frame.high {
            // Where the line to the first point outside crosses the edge.
            let part = (frame.high.0 - before.0.0) / (at.0 - before.0.0).max(1e-9);
            curve.push((frame.x(frame.high), frame.y(before.1 + part * (share - before.1))));
            return curve;
        }
        curve.push((frame.x(at), frame.y(share)));
        before = (at, share);
    }
    if last < frame.high {
        curve.push((frame.x(frame.high), frame.y(reached)));
    }
    curve
}

/// A rectangle: left, top, right, bottom.
type Box = [f64; 4];

fn meets(a: Box, b: Box) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Whether a line passes through a rectangle (Liang and Barsky 1984).
fn passes((x0, y0): (f64, f64), (x1, y1): (f64, f64), area: Box) -> bool {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (delta, room) in [(-dx, x0 - area[0]), (dx, area[2] - x0), (-dy, y0 - area[1]), (dy, area[3] - y0)] {
        if delta == 0.0 {
            if room < 0.0 {
                return false;
            }
        } else if delta < 0.0 {
            from = from.max(room / delta);
        } else {
            to = to.min(room / delta);
        }
    }
    from <= to
}

/// The three timelines as dots on the curve, each with its date beside it: below and to the right, or above and to the left,
/// where the curve of a distribution function never is.
fn percentiles(
    canvas: &mut Canvas,
    initiative: &InitiativeForecast,
    markers: &[Marker],
    curve: &[(f64, f64)],
    frame: &Frame,
    fonts: &Fonts,
) {
    let quantiles = [
        ("best", &initiative.timelines.best),
        ("expected", &initiative.timelines.expected),
        ("worst", &initiative.timelines.worst),
    ];
    let dots: Vec<(f64, f64, String)> = quantiles
        .iter()
        .filter_map(|(path, quantile)| {
            let at = Place::of(&quantile.at).filter(|at| frame.holds(*at))?;
            let text = format!("{path} {} · {}", name(quantile), short_date(&quantile.at));
            Some((frame.x(at), frame.y(quantile.percentile.share()), text))
        })
        .collect();
    let poles: Vec<f64> = markers
        .iter()
        .filter(|marker| frame.holds(marker.at))
        .map(|marker| frame.x(marker.at))
        .collect();
    let dot_box = |x: f64, y: f64| [x - 7.0, y - 7.0, x + 7.0, y + 7.0];
    let mut taken: Vec<Box> = dots.iter().map(|&(x, y, _)| dot_box(x, y)).collect();
    taken.extend(
        markers
            .iter()
            .filter(|marker| frame.holds(marker.at))
            .map(|marker| dot_box(frame.x(marker.at), frame.y(marker.share))),
    );
    for (x, y, text) in dots {
        canvas.dot(x, y, 5.0, FORECAST);
        let width = fonts.width(&text, LABEL, true);
        let free = |area: Box| {
            let inside =
                area[0] >= frame.left + 2.0 && area[2] <= frame.edge && area[1] >= frame.top - 2.0 && area[3] <= frame.bottom - 3.0;
            inside
                && !taken.iter().any(|other| meets(area, *other))
                && !curve
                    .windows(2)
                    .any(|pair| matches!(pair, &[a, b] if passes(a, b, [area[0] - 3.0, area[1] - 3.0, area[2] + 3.0, area[3] + 3.0])))
        };
        let mut best: Option<(usize, Box)> = None;
        for step in 0..40 {
            let out = 12.0 + f64::from(step) * 16.0;
            for (left, top) in [
                (x + out, y - 3.0),
                (x + out, y + 8.0),
                (x - out - width, y - 14.0),
                (x - out - width, y - 24.0),
            ] {
                let area = [left, top, left + width, top + 17.0];
                let crossed = poles.iter().filter(|pole| area[0] - 4.0 < **pole && **pole < area[2] + 4.0).count();
                if free(area) && best.is_none_or(|(fewest, _)| crossed < fewest) {
                    best = Some((crossed, area));
                }
            }
            // Near and crossed by a pole is better than far: the text has a ground of its own.
            if best.is_some_and(|(crossed, _)| crossed == 0 || step > 6) {
                break;
            }
        }
        // With no room at all the dot stands alone; its date is in the summary.
        let Some((crossed, area)) = best else { continue };
        let middle = (area[1] + area[3]) / 2.0;
        if area[0] > x + 30.0 {
            canvas.line(&[(x + 7.0, middle), (area[0] - 4.0, middle)], 1.0, FORECAST, None);
        } else if area[2] < x - 30.0 {
            canvas.line(&[(area[2] + 4.0, middle), (x - 7.0, middle)], 1.0, FORECAST, None);
        }
        if crossed > 0 {
            let ground = if area[0] > x { FORECAST_AREA } else { PAPER };
            canvas.rectangle((area[0] - 3.0, area[1]), (area[2] + 3.0, area[3]), ground);
        }
        canvas.label(Label {
            bold: true,
            colour: FORECAST,
            ..Label::at(area[0], area[3] - 4.0, text)
        });
        taken.push(area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::canvas::Paper;
    use crate::report::charts::checks::{forms, keeps_apart};
    use crate::report::fixtures;

    fn fonts() -> Fonts {
        Fonts::embedded().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_fixture_makes_a_picture_whose_labels_keep_apart() {
        let fonts = fonts();
        for forecast in fixtures::all() {
            for initiative in &forecast.initiatives {
                for form in forms() {
                    keeps_apart(&draw(initiative, &forecast, form, &fonts), &fonts);
                }
            }
        }
    }

    #[test]
    fn hostile_names_are_text() {
        let forecast = fixtures::hostile();
        let fonts = fonts();
        let canvas = draw(&forecast.initiatives[0], &forecast, Form::FILE, &fonts);
        let svg = canvas.svg(&fonts).unwrap_or_else(|error| panic!("{error}"));
        assert!(svg.contains("&lt;script&gt;"));
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\u{202e}'));
    }

    #[test]
    fn the_same_forecast_gives_the_same_bytes_and_they_are_an_image() {
        let forecast = fixtures::segment();
        let draw = || {
            let chart = s_curve(&forecast.initiatives[0], &forecast, Form::FILE).unwrap_or_else(|error| panic!("{error}"));
            (
                chart.svg().unwrap_or_else(|error| panic!("{error}")),
                chart.png(&mut Paper::default()).unwrap_or_else(|error| panic!("{error}")),
            )
        };
        let (first, second) = (draw(), draw());
        assert_eq!(first.0, second.0);
        assert_eq!(first.1, second.1);
        let image = png::Decoder::new(first.1.as_slice())
            .read_info()
            .map(|reader| (reader.info().width, reader.info().height));
        assert!(image.is_ok_and(|(width, height)| width == 1_920 && height > 900));
    }
}
