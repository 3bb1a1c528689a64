//! Gantt charts: when the tasks of an initiative are worked on over all futures, and in one of them.

use super::axis::{Place, ticks};
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::Chart;
use super::flags::{Flag, Placed, place};
use super::style::{
    AXIS, Colour, FORECAST, FORECAST_LIGHT, GRID, HEARD, INK, LABEL, NOTE, PAPER, PROMISE, PROMISE_INK, SOFT_INK, TITLE, WAITING, WIDTH,
};
use crate::analysis::{Bar, Explanation, Forecast, InitiativeForecast, Moment, TaskSchedule};
use crate::calendar::Date;
use crate::report::story::headline;
use crate::report::text::{cut, short_date, span, thousands};

/// Where the names begin, where the bars begin and end, and how far what stands beside a bar may reach.
const NAMES: f64 = 24.0;
const LEFT: f64 = 344.0;
const RIGHT: f64 = WIDTH - 116.0;
const EDGE: f64 = WIDTH - 14.0;
const HEAD: f64 = 74.0;
const FLAG_ROW: f64 = 21.0;
const ROW: f64 = 26.0;
const BAR: f64 = 7.0;
const FOOT: f64 = 92.0;
/// The most tasks that are drawn.
const MOST_TASKS: usize = 25;
/// The most promises that are drawn.
const MOST_FLAGS: usize = 5;
/// The widest text of a flag.
const FLAG: f64 = 260.0;

/// Draws the tasks of an initiative over all futures; its finish alone where no task was looked at in detail.
///
/// # Errors
/// [`ChartError`] where the embedded font or the PNG encoder fails; no forecast makes them.
pub fn gantt(initiative: &InitiativeForecast, forecast: &Forecast) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    bands(initiative, forecast, &fonts).finish(&fonts)
}

/// Draws the tasks of one future.
///
/// # Errors
/// As [`gantt`].
pub fn future_gantt(told: &Explanation) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    future(told, &fonts).finish(&fonts)
}

/// How places become coordinates.
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

    /// A moment; the right edge for what has no date.
    fn of(&self, at: &Moment) -> f64 {
        Place::of(at).map_or(RIGHT, |place| self.x(place))
    }

    fn middle(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * ROW
    }
}

/// What was promised: its text and its place.
struct Promised {
    at: Place,
    text: String,
}

fn promised(fonts: &Fonts, to: Option<&str>, date: Option<Date>) -> Option<Promised> {
    let date = date?;
    let rest = format!(" · {}", date.long());
    let to = fonts.cut(to.unwrap_or("promised"), LABEL, false, FLAG - fonts.width(&rest, LABEL, false));
    Some(Promised {
        at: Place::evening(date),
        text: format!("{to}{rest}"),
    })
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

/// The picture without its rows: title, promises, dates.
struct Sheet<'a> {
    title: &'a str,
    ending: &'a str,
    subtitle: &'a str,
    notes: &'a [String],
    promises: &'a [Promised],
    rows: usize,
    low: Place,
    high: Place,
}

impl Sheet<'_> {
    fn draw(&self, fonts: &Fonts) -> (Canvas, Frame) {
        let mut frame = Frame {
            low: self.low,
            high: Place(self.high.0.max(self.low.0 + 5.0)),
            top: 0.0,
            bottom: 0.0,
        };
        let flags: Vec<Flag> = self
            .promises
            .iter()
            .map(|promise| Flag {
                x: frame.x(promise.at),
                width: fonts.width(&promise.text, LABEL, false) * 1.03 + 8.0,
            })
            .collect();
        // Promises have room left and right; should they not, a row each keeps them apart.
        let placed = place(&flags, LEFT - 6.0, EDGE).unwrap_or_else(|| {
            let row = |index: usize| Placed {
                row: flags.len() - index - 1,
                is_left: flags[index].x + flags[index].width > EDGE,
            };
            (0..flags.len()).map(row).collect()
        });
        let rows = placed.iter().map(|placed| placed.row + 1).max().unwrap_or(0);
        frame.top = HEAD + rows as f64 * FLAG_ROW + 6.0;
        frame.bottom = frame.top + self.rows as f64 * ROW;
        let title = format!("{}{}", cut(self.title, HEARD), self.ending);
        let mut canvas = Canvas::new(WIDTH, frame.bottom + FOOT, &title, self.subtitle);
        let room = EDGE - NAMES - fonts.width(self.ending, TITLE, true);
        canvas.label(Label {
            size: TITLE,
            bold: true,
            ..label(NAMES, 34.0, format!("{}{}", fonts.cut(self.title, TITLE, true, room), self.ending))
        });
        canvas.label(Label {
            colour: SOFT_INK,
            ..label(NAMES, 56.0, fonts.cut(self.subtitle, LABEL, false, EDGE - NAMES))
        });
        self.dates(&mut canvas, &frame);
        for (promise, placed) in self.promises.iter().zip(&placed) {
            let x = frame.x(promise.at);
            let top = frame.top - 6.0 - (placed.row as f64 + 1.0) * FLAG_ROW + 3.0;
            canvas.line(&[(x, top), (x, frame.bottom)], 1.6, PROMISE, None);
            canvas.label(Label {
                anchor: if placed.is_left { Anchor::End } else { Anchor::Start },
                colour: PROMISE_INK,
                ..label(if placed.is_left { x - 6.0 } else { x + 6.0 }, top + 13.0, promise.text.clone())
            });
        }
        for (index, note) in self.notes.iter().enumerate() {
            canvas.label(Label {
                size: NOTE,
                colour: SOFT_INK,
                ..label(
                    NAMES,
                    frame.bottom + 62.0 + index as f64 * 18.0,
                    fonts.cut(note, NOTE, false, EDGE - NAMES),
                )
            });
        }
        (canvas, frame)
    }

    fn dates(&self, canvas: &mut Canvas, frame: &Frame) {
        for tick in ticks(frame.low, frame.high, ((RIGHT - LEFT) / 72.0) as usize) {
            let x = frame.x(tick.at);
            canvas.line(&[(x, frame.top), (x, frame.bottom)], 1.0, GRID, None);
            canvas.line(&[(x, frame.bottom), (x, frame.bottom + 5.0)], 1.0, AXIS, None);
            for (text, y) in [(Some(tick.text), 20.0), (tick.year, 36.0)] {
                canvas.label(Label {
                    anchor: Anchor::Middle,
                    colour: SOFT_INK,
                    ..label(x, frame.bottom + y, text.unwrap_or_default())
                });
            }
        }
        canvas.line(&[(LEFT, frame.bottom), (RIGHT, frame.bottom)], 1.0, AXIS, None);
    }
}

/// The latest of places, at least the first.
fn latest(first: Place, places: impl Iterator<Item = Place>) -> Place {
    places.fold(first, |latest, place| if place > latest { place } else { latest })
}

fn bands(initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) -> Canvas {
    let all: Vec<&TaskSchedule> = forecast.schedules.iter().filter(|task| task.initiative == initiative.id).collect();
    // The most critical ones, in the order of their starts.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| {
        let criticality = |index: usize| all[index].criticality.unwrap_or(0.0);
        criticality(*b).total_cmp(&criticality(*a)).then(a.cmp(b))
    });
    order.truncate(MOST_TASKS);
    order.sort_unstable();
    let promises: Vec<Promised> = initiative
        .commitments
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|commitment| promised(fonts, commitment.to.as_deref(), commitment.at.date))
        .collect();
    let low = Place::morning(forecast.start);
    let timelines = &initiative.timelines;
    let ends = [timelines.best.at, timelines.expected.at, timelines.worst.at];
    let shown = order.iter().map(|index| all[*index]);
    let dated = shown
        .clone()
        .flat_map(|task| [task.start_p50, task.finish_p10, task.finish_p50, task.finish_p90])
        .chain(ends);
    let high = latest(
        low,
        dated
            .filter_map(|at| Place::of(&at))
            .chain(promises.iter().map(|promise| promise.at)),
    );
    let mut notes = vec![
        "Bar: from the median start to the median finish; dark where it sets the date in half of all futures. Line: where the finish \
         lies in"
            .to_owned(),
        "8 of 10 futures (P10 to P90), with its median. Sets the date: how often the task is on the chain of work that does.".to_owned(),
    ];
    if all.len() > order.len() {
        notes[1] = format!(
            "8 of 10 futures (P10 to P90), with its median. The {} tasks that set the date least often are not drawn.",
            thousands((all.len() - order.len()) as u64)
        );
    }
    let sheet = Sheet {
        title: &initiative.title,
        ending: ": what is worked on when?",
        subtitle: "Each task over the futures that were looked at in detail, and the finish of all",
        notes: &notes,
        promises: &promises,
        rows: order.len() + 1,
        low,
        high,
    };
    let (mut canvas, frame) = sheet.draw(fonts);
    canvas.label(Label {
        anchor: Anchor::End,
        size: NOTE,
        colour: SOFT_INK,
        ..label(
            LEFT - 12.0,
            frame.top - 4.0,
            if all.is_empty() { "" } else { "sets the date" }.to_owned(),
        )
    });
    for (row, task) in shown.enumerate() {
        let y = frame.middle(row);
        let criticality = task.criticality.map_or_else(String::new, whole_percent);
        name(&mut canvas, fonts, y, &task.title, &criticality, false);
        let colour = if task.criticality.is_some_and(|share| share >= 0.5) {
            FORECAST
        } else {
            FORECAST_LIGHT
        };
        let (start, finish) = (frame.of(&task.start_p50), frame.of(&task.finish_p50));
        canvas.rectangle((start, y - BAR), (finish.max(start + 2.0), y + BAR), colour);
        whisker(
            &mut canvas,
            fonts,
            &frame,
            y,
            [&task.finish_p10, &task.finish_p50, &task.finish_p90],
        );
    }
    let y = frame.middle(order.len());
    canvas.line(&[(NAMES, y - ROW / 2.0), (RIGHT, y - ROW / 2.0)], 1.0, AXIS, None);
    name(&mut canvas, fonts, y, "All of it finished", "", true);
    whisker(&mut canvas, fonts, &frame, y, [&ends[0], &ends[1], &ends[2]]);
    canvas
}

/// A share that is read at a glance: `88 %`, `1 %` for what is seldom, nothing for what hardly ever is.
fn whole_percent(share: f64) -> String {
    if share < 0.001 {
        String::new()
    } else {
        format!("{:.0} %", (share * 100.0).clamp(1.0, 100.0))
    }
}

/// The name of a row, and what stands at the right end of the column.
fn name(canvas: &mut Canvas, fonts: &Fonts, y: f64, title: &str, note: &str, bold: bool) {
    let taken = if note.is_empty() {
        0.0
    } else {
        fonts.width(note, NOTE, false) + 10.0
    };
    canvas.label(Label {
        bold,
        ..label(NAMES, y + 4.5, fonts.cut(title, LABEL, bold, LEFT - 14.0 - NAMES - taken))
    });
    canvas.label(Label {
        anchor: Anchor::End,
        size: NOTE,
        colour: SOFT_INK,
        ..label(LEFT - 12.0, y + 4.5, note.to_owned())
    });
}

/// A date beside a bar, on a ground of its own where a promise's line passes.
fn note(canvas: &mut Canvas, fonts: &Fonts, x: f64, y: f64, text: String) {
    let width = fonts.width(&text, NOTE, false);
    canvas.rectangle((x - 2.0, y - 8.0), (x + width + 2.0, y + 8.0), PAPER);
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        ..label(x, y + 4.0, text)
    });
}

/// From the tenth to the ninetieth percentile, with the median and its date; open to the right where it never ends.
fn whisker(canvas: &mut Canvas, fonts: &Fonts, frame: &Frame, y: f64, [low, middle, high]: [&Moment; 3]) {
    let (from, to) = (frame.of(low), frame.of(high));
    canvas.line(&[(from, y), (to, y)], 2.0, INK, None);
    let cap = |canvas: &mut Canvas, x: f64| canvas.line(&[(x, y - 5.0), (x, y + 5.0)], 2.0, INK, None);
    if low.date.is_some() {
        cap(canvas, from);
    }
    if high.date.is_some() {
        cap(canvas, to);
    }
    if middle.date.is_some() {
        canvas.dot(frame.of(middle), y, 4.0, INK);
    }
    let text = match (middle.date, high.date) {
        (Some(_), Some(_)) => short_date(middle),
        (Some(_), None) => format!("▶ {}", short_date(middle)),
        (None, _) => format!("▶ {}", short_date(middle)),
    };
    note(canvas, fonts, to + 8.0, y, text);
}

fn future(told: &Explanation, fonts: &Fonts) -> Canvas {
    let bars = &told.story.bars;
    // The chain first, then those that began first.
    let mut order: Vec<usize> = (0..bars.len()).collect();
    order.sort_by_key(|index| (!bars[*index].drives, *index));
    order.truncate(MOST_TASKS);
    order.sort_unstable();
    let shown = order.iter().map(|index| &bars[*index]);
    let promises: Vec<Promised> = told
        .promises
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|promise| promised(fonts, promise.to.as_deref(), promise.at.date))
        .collect();
    let low = Place::morning(told.start);
    let dated = shown
        .clone()
        .flat_map(|bar| [Some(bar.opened), bar.started, bar.done])
        .flatten()
        .chain([told.story.finish]);
    let high = latest(
        low,
        dated
            .filter_map(|at| Place::of(&at))
            .chain(promises.iter().map(|promise| promise.at)),
    );
    let mut notes = vec![
        "Dark: on the chain of work and waits that set the date. Orange: it could begin and waits, or it has begun and stands still. Each date is"
            .to_owned(),
        "the end of the work.".to_owned(),
    ];
    if bars.len() > order.len() {
        notes[1].push_str(&format!(" {} more tasks are not drawn.", bars.len() - order.len()));
    }
    let finish = match told.story.finish.date {
        Some(_) => format!("finished on {}", short_date(&told.story.finish)),
        None => "never finished".to_owned(),
    };
    let subtitle = format!("One future, number {} of {}: {finish}", told.trial, thousands(told.trials.into()));
    let headline = headline(told);
    let sheet = Sheet {
        title: &headline,
        ending: "",
        subtitle: &subtitle,
        notes: &notes,
        promises: &promises,
        rows: order.len(),
        low,
        high,
    };
    let (mut canvas, frame) = sheet.draw(fonts);
    let with_year = told.story.finish.date.is_none_or(|date| !date.shares_year(told.start));
    for (row, bar) in shown.enumerate() {
        future_bar(&mut canvas, fonts, &frame, frame.middle(row), bar, with_year);
    }
    canvas
}

fn future_bar(canvas: &mut Canvas, fonts: &Fonts, frame: &Frame, y: f64, bar: &Bar, with_year: bool) {
    let title = bar
        .of
        .as_ref()
        .map_or_else(|| bar.title.clone(), |of| format!("{} ({of})", bar.title));
    name(canvas, fonts, y, &title, "", bar.drives);
    let started = bar.started.as_ref().map_or(RIGHT, |at| frame.of(at));
    let stripe = |canvas: &mut Canvas, from: f64, to: f64, height: f64, colour: Colour| {
        if to > from {
            canvas.rectangle((from, y - height), (to, y + height), colour);
        }
    };
    stripe(canvas, frame.of(&bar.opened), started, 3.0, WAITING);
    let end = bar.done.as_ref().map_or(RIGHT, |at| frame.of(at));
    if bar.started.is_some() {
        let colour = if bar.drives { FORECAST } else { FORECAST_LIGHT };
        stripe(canvas, started, end.max(started + 2.0), BAR, colour);
        for (from, to) in &bar.still {
            let (from, to) = (frame.of(from), frame.of(to));
            // A stop that could not be seen is not drawn.
            if to - from >= 1.0 {
                stripe(canvas, from, to, BAR, PAPER);
                stripe(canvas, from, to, 3.0, WAITING);
            }
        }
    }
    let waited = match (
        bar.started.and_then(|at| at.working_days.finite()),
        bar.opened.working_days.finite(),
    ) {
        (Some(started), Some(opened)) if started - opened >= 4.95 => format!(" · waited {}", span(started - opened)),
        _ => String::new(),
    };
    let ends = match (&bar.started, &bar.done) {
        (_, Some(done)) => match done.date {
            Some(date) if !with_year => date.day_label(),
            _ => short_date(done),
        },
        (Some(_), None) => "never done".into(),
        (None, _) => "never begins".into(),
    };
    let x = end.max(started + 2.0) + 7.0;
    // Without room the bar alone tells of the wait.
    let text = format!("{ends}{waited}");
    let text = if fonts.width(&text, NOTE, false) <= EDGE - x { text } else { ends };
    note(canvas, fonts, x, y, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{self, calendar};
    use crate::units::WorkDays;

    fn fonts() -> Fonts {
        Fonts::embedded().unwrap_or_else(|error| panic!("{error}"))
    }

    fn at(days: f64) -> Moment {
        Moment {
            date: calendar().date_of(WorkDays::new(days)),
            working_days: WorkDays::new(days),
        }
    }

    fn task(initiative: &str, title: &str, criticality: f64, days: [f64; 4]) -> TaskSchedule {
        TaskSchedule {
            initiative: initiative.into(),
            task: title.into(),
            title: title.into(),
            p_needed: 1.0,
            criticality: Some(criticality),
            start_p50: at(days[0]),
            finish_p10: at(days[1]),
            finish_p50: at(days[2]),
            finish_p90: at(days[3]),
        }
    }

    /// No two texts overlap and none leaves the picture.
    fn check(canvas: &Canvas, fonts: &Fonts) -> Vec<String> {
        let boxes = canvas.label_boxes(fonts);
        for (index, (text, area)) in boxes.iter().enumerate() {
            assert!(area[0] >= 0.0 && area[2] <= WIDTH, "{text} at {area:?} leaves the picture");
            for (other, place) in boxes.iter().skip(index + 1) {
                let meets = area[0] < place[2] && place[0] < area[2] && area[1] < place[3] && place[1] < area[3];
                assert!(!meets, "{text} at {area:?} covers {other} at {place:?}");
            }
        }
        boxes.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn labels_keep_apart_whatever_was_promised() {
        let fonts = fonts();
        for mut forecast in fixtures::all() {
            for initiative in forecast.initiatives.clone() {
                let texts = check(&bands(&initiative, &forecast, &fonts), &fonts);
                assert!(texts.iter().any(|text| text == "All of it finished"), "{texts:?}");
                let never = f64::INFINITY;
                forecast.schedules = vec![
                    task(&initiative.id, "First", 0.9, [0.0, 5.0, 10.0, 30.0]),
                    task(&initiative.id, &"A long name ".repeat(30), 0.0, [10.0, 10.0, 10.0, 10.0]),
                    task(&initiative.id, "Mostly done", 0.2, [10.0, 40.0, 60.0, never]),
                    task(&initiative.id, "Hardly ever", 0.2, [never, never, never, never]),
                    task("another", "Not drawn", 1.0, [0.0, 1.0, 2.0, 3.0]),
                ];
                let canvas = bands(&initiative, &forecast, &fonts);
                let texts = check(&canvas, &fonts);
                assert!(texts.iter().any(|text| text == "▶ never") && !texts.iter().any(|text| text == "Not drawn"));
                assert!(canvas.svg(&fonts).is_ok_and(|svg| !svg.contains("NaN")));
            }
        }
    }

    #[test]
    fn of_many_tasks_those_that_set_the_date_are_drawn_and_the_others_counted() {
        let fonts = fonts();
        let mut forecast = fixtures::segment();
        let id = forecast.initiatives[0].id.clone();
        let numbered = |number: u32| {
            let day = f64::from(number);
            let criticality = if number.is_multiple_of(2) { 0.6 } else { 0.1 };
            task(&id, &format!("Task {number}"), criticality, [day, day + 2.0, day + 5.0, day + 9.0])
        };
        forecast.schedules = (0..60).map(numbered).collect();
        let canvas = bands(&forecast.initiatives[0], &forecast, &fonts);
        let texts = check(&canvas, &fonts);
        let drawn: Vec<&String> = texts.iter().filter(|text| text.starts_with("Task ")).collect();
        assert_eq!(drawn.len(), MOST_TASKS);
        assert!(
            drawn
                .iter()
                .all(|text| text[5..].parse::<u32>().is_ok_and(|number| number.is_multiple_of(2)))
        );
        assert!(texts.iter().any(|text| text.contains("35 tasks")), "{texts:?}");
    }
}
