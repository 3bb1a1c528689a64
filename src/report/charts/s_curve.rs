//! The S-curve: the share of futures finished by each date, with what was promised and what was estimated.

use super::axis::{Place, Tick, ticks};
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::Chart;
use super::flags::{Flag, Placed, place};
use super::style::{
    AXIS, Colour, ESTIMATE, ESTIMATE_INK, FORECAST, FORECAST_AREA, GRID, HEARD, INK, LABEL, NOTE, PAPER, PROMISE, PROMISE_INK, SOFT_INK,
    TITLE, WIDTH,
};
use crate::analysis::{Forecast, InitiativeForecast, Moment, Quantile};
use crate::report::text::{cut, percent, short_date, thousands};

const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 36.0;
const HEAD: f64 = 74.0;
const ROW: f64 = 21.0;
const PLOT_HEIGHT: f64 = 372.0;
const FOOT: f64 = 76.0;
/// The widest text of a flag.
const FLAG: f64 = 330.0;
/// More promises than this make no picture; the rest is counted in a note.
const MOST_FLAGS: usize = 10;

/// Draws the S-curve of an initiative's finish.
///
/// # Errors
/// [`ChartError`] where the embedded font or the PNG encoder fails; no forecast makes them.
pub fn s_curve(initiative: &InitiativeForecast, forecast: &Forecast) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    draw(initiative, forecast, &fonts).finish(&fonts)
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
    low: Place,
    high: Place,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn x(&self, at: Place) -> f64 {
        let share = (at.0 - self.low.0) / (self.high.0 - self.low.0);
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - share.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    fn holds(&self, at: Place) -> bool {
        self.low <= at && at <= self.high
    }
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) -> Canvas {
    let points: Vec<(Place, f64)> = initiative
        .s_curve
        .iter()
        .filter(|point| point.p.is_finite())
        .filter_map(|point| Some((Place::of(&point.at)?, point.p.clamp(0.0, 1.0))))
        .collect();
    let (Some(&(first, _)), Some(&(last, reached))) = (points.first(), points.last()) else {
        return without_finish(initiative, forecast, fonts);
    };
    let markers = markers(initiative, fonts);
    let (low, high) = range(&points, &markers, Place::morning(forecast.start));
    let mut frame = Frame {
        low,
        high,
        top: 0.0,
        bottom: 0.0,
    };
    let placed = place_flags(&markers, &mut frame, fonts);
    let rows = placed.iter().map(|placed| placed.row + 1).max().unwrap_or(0);
    frame.top = HEAD + rows as f64 * ROW + 6.0;
    frame.bottom = frame.top + PLOT_HEIGHT;
    let mut canvas = Canvas::new(WIDTH, frame.bottom + FOOT, &title(initiative), &description(initiative, forecast));
    head(&mut canvas, initiative, forecast, fonts);
    grid(&mut canvas, &frame);
    let curve = curve(&points, first, last, reached, &frame);
    let mut area = curve.clone();
    area.extend(curve.last().map(|&(x, _)| (x, frame.bottom)));
    area.extend(curve.first().map(|&(x, _)| (x, frame.bottom)));
    canvas.area(&area, FORECAST_AREA);
    inner_grid(&mut canvas, &frame);
    poles(&mut canvas, &markers, &placed, &frame);
    canvas.line(&curve, 2.6, FORECAST, None);
    canvas.line(&[(LEFT, frame.bottom), (RIGHT, frame.bottom)], 1.0, AXIS, None);
    for marker in markers.iter().filter(|marker| frame.holds(marker.at)) {
        canvas.dot(frame.x(marker.at), frame.y(marker.share), 4.0, marker.line);
    }
    percentiles(&mut canvas, initiative, &markers, &curve, &frame, fonts);
    let mut notes = Vec::new();
    if last > frame.high {
        let end = initiative.s_curve.last().map_or_else(String::new, |point| short_date(&point.at));
        notes.push(format!("The slowest futures finish up to {end}, beyond the right edge."));
    }
    if initiative.commitments.len() > MOST_FLAGS {
        notes.push(format!(
            "{} further promises are not drawn.",
            initiative.commitments.len() - MOST_FLAGS
        ));
    }
    foot(&mut canvas, &notes, frame.bottom);
    canvas
}

fn title(initiative: &InitiativeForecast) -> String {
    format!("{}: finished by when?", cut(&initiative.title, HEARD))
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
    if forecast.partial {
        text = format!(
            "PARTIAL, {} of {} trials. {text}",
            thousands(forecast.trials.into()),
            thousands(forecast.trials_requested.into())
        );
    }
    text
}

/// What a screen reader says in place of the picture.
fn description(initiative: &InitiativeForecast, forecast: &Forecast) -> String {
    let mut text = subtitle(initiative, forecast);
    for quantile in [
        &initiative.timelines.best,
        &initiative.timelines.expected,
        &initiative.timelines.worst,
    ] {
        text.push_str(&format!(". {}: {}", name(quantile), short_date(&quantile.at)));
    }
    for commitment in &initiative.commitments {
        let to = cut(commitment.to.as_deref().unwrap_or("nobody named"), HEARD);
        text.push_str(&format!(
            ". Promised to {to} by {}: {}",
            short_date(&commitment.at),
            percent(&commitment.p_on_time)
        ));
    }
    text
}

fn name(quantile: &Quantile) -> String {
    quantile.percentile.to_string().to_uppercase()
}

fn label(x: f64, y: f64, text: String) -> Label {
    Label {
        x,
        y,
        anchor: Anchor::Start,
        size: LABEL,
        bold: false,
        colour: INK,
        text,
    }
}

fn head(canvas: &mut Canvas, initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) {
    let left = 24.0;
    let ending = ": finished by when?";
    let room = RIGHT - left - fonts.width(ending, TITLE, true);
    let name = fonts.cut(&initiative.title, TITLE, true, room);
    canvas.label(Label {
        size: TITLE,
        bold: true,
        ..label(left, 34.0, format!("{name}{ending}"))
    });
    let text = fonts.cut(&subtitle(initiative, forecast), LABEL, false, RIGHT - left);
    canvas.label(Label {
        colour: SOFT_INK,
        ..label(left, 56.0, text)
    });
}

fn foot(canvas: &mut Canvas, notes: &[String], bottom: f64) {
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        anchor: Anchor::End,
        ..label(
            RIGHT,
            bottom + FOOT - 16.0,
            "date of the finish (each working day is equally wide)".into(),
        )
    });
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        ..label(24.0, bottom + FOOT - 16.0, notes.join(" "))
    });
}

/// A picture that says that there is none.
fn without_finish(initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, 300.0, &title(initiative), &description(initiative, forecast));
    head(&mut canvas, initiative, forecast, fonts);
    canvas.rectangle((24.0, 84.0), (RIGHT, 270.0), [246, 246, 246]);
    let middle = (24.0 + RIGHT) / 2.0;
    let first = if initiative.never.hits > 0 {
        format!(
            "In none of the {} simulated futures is this ever finished.",
            thousands(initiative.never.trials.into())
        )
    } else {
        "There is no finish to draw.".into()
    };
    canvas.label(Label {
        anchor: Anchor::Middle,
        bold: true,
        size: 16.0,
        ..label(middle, 170.0, first)
    });
    let second = "There is no date that could be promised.".into();
    canvas.label(Label {
        anchor: Anchor::Middle,
        colour: SOFT_INK,
        ..label(middle, 198.0, second)
    });
    canvas
}

fn markers(initiative: &InitiativeForecast, fonts: &Fonts) -> Vec<Marker> {
    let at = |moment: &Moment| moment.date.map(Place::evening);
    let mut markers: Vec<Marker> = initiative
        .commitments
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|commitment| {
            let rest = format!(" · {} · {}", short_date(&commitment.at), percent(&commitment.p_on_time));
            let to = commitment.to.as_deref().unwrap_or("promised");
            let to = fonts.cut(to, LABEL, false, FLAG - fonts.width(&rest, LABEL, false) - 24.0);
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
            "engineering’s estimate · {} · {}",
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
    let room = (RIGHT - LEFT - 14.0 - widest).max(100.0);
    // Once the axis is longer, every pole stands far enough from the right edge for the widest flag; a marker that lay beyond
    // the edge before may now stand near it, and the axis grows once more.
    for _ in 0..4 {
        if let Some(placed) = place(&flags(frame), LEFT, WIDTH - 10.0) {
            return placed;
        }
        frame.high = Place(frame.low.0 + (frame.high.0 - frame.low.0) * (RIGHT - LEFT) / room);
    }
    // A row each, on the side where there is room: a pole may cross a flag, but nothing is lost.
    let row = |index: usize| markers.len() - index - 1;
    let flags = flags(frame);
    flags
        .iter()
        .enumerate()
        .map(|(index, flag)| Placed {
            row: row(index),
            is_left: flag.x + flag.width > WIDTH - 10.0,
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

fn poles(canvas: &mut Canvas, markers: &[Marker], placed: &[Placed], frame: &Frame) {
    for (marker, placed) in markers.iter().zip(placed) {
        let x = frame.x(marker.at);
        let top = frame.top - 6.0 - (placed.row as f64 + 1.0) * ROW + 3.0;
        let inside = frame.holds(marker.at);
        if inside {
            canvas.line(&[(x, top), (x, frame.bottom)], 1.6, marker.line, marker.dash);
        }
        let gap = if inside { 6.0 } else { 0.0 };
        canvas.label(Label {
            anchor: if placed.is_left { Anchor::End } else { Anchor::Start },
            colour: marker.ink,
            ..label(if placed.is_left { x - gap } else { x + gap }, top + 13.0, arrowed(marker, frame))
        });
    }
}

fn x_ticks(frame: &Frame) -> Vec<Tick> {
    ticks(frame.low, frame.high, ((RIGHT - LEFT) / 72.0) as usize)
}

fn grid(canvas: &mut Canvas, frame: &Frame) {
    for percent in [0, 20, 40, 60, 80, 100] {
        let y = frame.y(f64::from(percent) / 100.0);
        canvas.label(Label {
            anchor: Anchor::End,
            colour: SOFT_INK,
            ..label(LEFT - 9.0, y + 4.5, format!("{percent} %"))
        });
    }
    for tick in x_ticks(frame) {
        let x = frame.x(tick.at);
        canvas.line(&[(x, frame.bottom), (x, frame.bottom + 5.0)], 1.0, AXIS, None);
        canvas.label(Label {
            anchor: Anchor::Middle,
            colour: SOFT_INK,
            ..label(x, frame.bottom + 20.0, tick.text)
        });
        if let Some(year) = tick.year {
            canvas.label(Label {
                anchor: Anchor::Middle,
                colour: SOFT_INK,
                ..label(x, frame.bottom + 36.0, year)
            });
        }
    }
}

/// The lines of the grid, above the area and below the curve.
fn inner_grid(canvas: &mut Canvas, frame: &Frame) {
    for percent in [20, 40, 60, 80, 100] {
        let y = frame.y(f64::from(percent) / 100.0);
        canvas.line(&[(LEFT, y), (RIGHT, y)], 1.0, GRID, None);
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
            let inside = area[0] >= LEFT + 2.0 && area[2] <= WIDTH - 8.0 && area[1] >= frame.top - 2.0 && area[3] <= frame.bottom - 3.0;
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
            ..label(area[0], area[3] - 4.0, text)
        });
        taken.push(area);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::fixtures::{self, Case};

    fn fonts() -> Fonts {
        Fonts::embedded().unwrap_or_else(|error| panic!("{error}"))
    }

    fn svg(canvas: &Canvas, fonts: &Fonts) -> String {
        canvas.svg(fonts).unwrap_or_else(|error| panic!("{error}"))
    }

    /// No two texts overlap and none leaves the picture.
    fn check(canvas: &Canvas, fonts: &Fonts) {
        let boxes = canvas.label_boxes(fonts);
        for (index, (text, area)) in boxes.iter().enumerate() {
            assert!(
                area[0] >= 0.0 && area[2] <= WIDTH && area[1] >= 0.0,
                "{text} at {area:?} leaves the picture"
            );
            for (other, place) in boxes.iter().skip(index + 1) {
                assert!(!meets(*area, *place), "{text} at {area:?} covers {other} at {place:?}");
            }
        }
    }

    /// Enough of XML to see that tags are closed in order and that no raw bracket or ampersand stands in a text.
    fn check_xml(svg: &str) {
        let mut open: Vec<String> = Vec::new();
        for part in svg.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("unclosed tag in {part}"));
            let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            for entity in text.split('&').skip(1) {
                assert!(
                    ["amp;", "lt;", "gt;", "quot;", "apos;"]
                        .iter()
                        .any(|known| entity.starts_with(known)),
                    "{entity}"
                );
            }
        }
        assert!(open.is_empty());
    }

    #[test]
    fn every_fixture_makes_a_picture_whose_labels_keep_apart() {
        let fonts = fonts();
        for forecast in fixtures::all() {
            for initiative in &forecast.initiatives {
                let canvas = draw(initiative, &forecast, &fonts);
                check(&canvas, &fonts);
                check_xml(&svg(&canvas, &fonts));
            }
        }
    }

    #[test]
    fn hostile_names_are_text() {
        let forecast = fixtures::hostile();
        let fonts = fonts();
        let svg = svg(&draw(&forecast.initiatives[0], &forecast, &fonts), &fonts);
        assert!(svg.contains("&lt;script&gt;"));
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\u{202e}'));
    }

    #[test]
    fn the_same_forecast_gives_the_same_bytes_and_they_are_an_image() {
        let forecast = fixtures::segment();
        let draw = || s_curve(&forecast.initiatives[0], &forecast).unwrap_or_else(|error| panic!("{error}"));
        let (first, second) = (draw(), draw());
        assert_eq!(first.svg, second.svg);
        assert_eq!(first.png, second.png);
        let image = png::Decoder::new(first.png.as_slice())
            .read_info()
            .map(|reader| (reader.info().width, reader.info().height));
        assert!(image.is_ok_and(|(width, height)| width == 1_920 && height > 900));
    }

    /// Writes every fixture's pictures to the folder named by `SIM_CHARTS`, to be looked at.
    #[test]
    fn pictures_to_look_at() {
        let Some(folder) = std::env::var_os("SIM_CHARTS").map(std::path::PathBuf::from) else {
            return;
        };
        for (number, forecast) in fixtures::all().iter().enumerate() {
            for initiative in &forecast.initiatives {
                let chart = s_curve(initiative, forecast).unwrap_or_else(|error| panic!("{error}"));
                let name = format!("{number:02}-{}", if initiative.id.len() < 12 { &initiative.id } else { "hostile" });
                assert!(std::fs::write(folder.join(format!("{name}.png")), chart.png).is_ok());
                assert!(std::fs::write(folder.join(format!("{name}.svg")), chart.svg).is_ok());
            }
            assert!(
                std::fs::write(
                    folder.join(format!("{number:02}.txt")),
                    crate::report::terminal::summary(forecast, false)
                )
                .is_ok()
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_distribution_and_no_set_of_promises_breaks_the_layout(
            finishes in prop::collection::vec(prop_oneof![4 => 0.0..400.0_f64, 1 => Just(f64::INFINITY), 1 => 0.0..200_000.0_f64, 1 => Just(40.0)], 1..60),
            dates in prop::collection::vec((1..=12_u8, 1..=28_u8, 2025..=2030_u16, "[a-zA-Z ]{0,40}"), 0..8),
        ) {
            let texts: Vec<(String, String)> = dates.iter().map(|(month, day, year, to)| (to.clone(), format!("{year}-{month:02}-{day:02}"))).collect();
            let commitments: Vec<(Option<&str>, &str)> = texts.iter().map(|(to, date)| (Some(to.as_str()), date.as_str())).collect();
            let calendar = fixtures::calendar();
            let case = Case { commitments: &commitments, estimate: Some("2026-05-05"), ..Case::default() };
            let forecast = fixtures::forecast("any", &calendar, vec![fixtures::initiative(&case, &calendar, &finishes)]);
            let fonts = fonts();
            let canvas = draw(&forecast.initiatives[0], &forecast, &fonts);
            check(&canvas, &fonts);
            for line in crate::report::terminal::summary(&forecast, false).lines() {
                prop_assert!(crate::report::text::width(line) <= 80, "{}", line);
            }
        }
    }
}
