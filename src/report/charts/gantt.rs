//! Gantt charts: when the tasks of an initiative are worked on over all futures, and in one of them.

use super::axis::Place;
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{Columns, DATES, Dates, Flags, Pole, beside, head, notes, with_partial};
use super::style::{AXIS, Colour, FORECAST, FORECAST_LIGHT, HEARD, INK, NOTE, PAPER, SOFT_INK, WAITING};
use crate::analysis::{Bar, Explanation, Forecast, InitiativeForecast, Moment, TaskSchedule};
use crate::report::story::headline;
use crate::report::text::{cut, short_date, span, thousands};

const ROW: f64 = 26.0;
const BAR: f64 = 7.0;
/// The most tasks that are drawn.
const MOST_TASKS: usize = 25;
/// The most promises that are drawn.
const MOST_FLAGS: usize = 5;
/// What a date beside a bar takes.
const BESIDE: f64 = 102.0;

/// Draws the tasks of an initiative over all futures; its finish alone where no task was looked at in detail.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn gantt(initiative: &InitiativeForecast, forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(bands(initiative, forecast, form, &fonts), fonts))
}

/// Draws the tasks of one future.
///
/// # Errors
/// As [`gantt`].
pub fn future_gantt(told: &Explanation, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(future(told, form, &fonts), fonts))
}

/// Where the rows and their dates lie.
struct Frame {
    form: Form,
    columns: Columns,
    dates: Dates,
    top: f64,
}

impl Frame {
    fn row(&self) -> f64 {
        ROW + self.columns.above()
    }

    fn middle(&self, row: usize) -> f64 {
        self.top + row as f64 * self.row() + self.columns.above() + ROW / 2.0
    }
}

/// The picture without its rows: title, promises, dates.
struct Sheet<'a> {
    form: Form,
    title: &'a str,
    ending: &'a str,
    subtitle: &'a str,
    finding: &'a str,
    notes: &'a [String],
    promises: &'a [Pole],
    rows: usize,
    /// What stands above the names.
    column: &'a str,
    low: Place,
    high: Place,
}

impl Sheet<'_> {
    fn draw(&self, fonts: &Fonts) -> (Canvas, Frame) {
        let form = self.form;
        let columns = Columns::new(form, 1.0 / 3.0, BESIDE);
        let dates = Dates::new(self.low, [self.high].into_iter(), columns.left, columns.right);
        let title = format!("{}{}", cut(self.title, HEARD), self.ending);
        let mut canvas = Canvas::open(form.width(), &title, self.finding);
        let top = head(&mut canvas, form, fonts, (self.title, self.ending), self.subtitle);
        let flags = Flags::new(self.promises, &dates, fonts, dates.left - 6.0, form.right());
        let column = if self.column.is_empty() { 0.0 } else { 14.0 };
        let top = top + flags.height() + column;
        let bottom = top + self.rows as f64 * (ROW + columns.above());
        let frame = Frame { form, columns, dates, top };
        dates.draw(&mut canvas, top, bottom);
        flags.draw(&mut canvas, fonts, &dates, (form.left(), form.right()), (top - column, bottom));
        if !form.is_narrow() {
            canvas.label(Label {
                anchor: Anchor::End,
                size: NOTE,
                colour: SOFT_INK,
                ..Label::at(dates.left - 12.0, top - 4.0, self.column.to_owned())
            });
        }
        let end = notes(&mut canvas, form, fonts, self.notes, bottom + DATES + 18.0);
        canvas.end(end);
        (canvas, frame)
    }
}

/// The latest of places, at least the first.
fn latest(first: Place, places: impl Iterator<Item = Place>) -> Place {
    places.fold(first, |latest, place| if place > latest { place } else { latest })
}

fn bands(initiative: &InitiativeForecast, forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let all: Vec<&TaskSchedule> = forecast.schedules.iter().filter(|task| task.initiative == initiative.id).collect();
    // The most critical ones, in the order of their starts.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| {
        let criticality = |index: usize| all[index].criticality.unwrap_or(0.0);
        criticality(*b).total_cmp(&criticality(*a)).then(a.cmp(b))
    });
    order.truncate(MOST_TASKS);
    order.sort_unstable();
    let promises: Vec<Pole> = initiative
        .commitments
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|commitment| Pole::of(fonts, form, commitment.to.as_deref(), &commitment.at, ""))
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
         lies in 8 of 10 futures (P10 to P90), with its median. Sets the date: how often the task is on the chain of work that does."
            .to_owned(),
    ];
    if all.len() > order.len() {
        notes.push(format!(
            "The {} tasks that set the date least often are not drawn.",
            thousands((all.len() - order.len()) as u64)
        ));
    }
    let finding = finding(initiative, &all);
    let subtitle = with_partial(
        forecast,
        "Each task over the futures that were looked at in detail, and the finish of all".into(),
    );
    let sheet = Sheet {
        form,
        title: &initiative.title,
        ending: ": what is worked on when?",
        subtitle: &subtitle,
        finding: &finding,
        notes: &notes,
        promises: &promises,
        rows: order.len() + 1,
        column: if all.is_empty() { "" } else { "sets the date" },
        low,
        high,
    };
    let (mut canvas, frame) = sheet.draw(fonts);
    for (row, task) in shown.enumerate() {
        let y = frame.middle(row);
        let criticality = task.criticality.map_or_else(String::new, whole_percent);
        frame.columns.name(&mut canvas, fonts, y, &task.title, &criticality, false);
        let colour = if task.criticality.is_some_and(|share| share >= 0.5) {
            FORECAST
        } else {
            FORECAST_LIGHT
        };
        let (start, finish) = (frame.dates.of(&task.start_p50), frame.dates.of(&task.finish_p50));
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
    let above = y + ROW / 2.0 - frame.row();
    canvas.line(&[(form.left(), above), (frame.dates.right, above)], 1.0, AXIS, None);
    frame.columns.name(&mut canvas, fonts, y, "All of it finished", "", true);
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

/// What a screen reader says in place of the picture.
fn finding(initiative: &InitiativeForecast, all: &[&TaskSchedule]) -> String {
    let timelines = &initiative.timelines;
    let mut text = format!(
        "Finished by {} in half of the futures, between {} and {} in 8 of 10",
        short_date(&timelines.expected.at),
        short_date(&timelines.best.at),
        short_date(&timelines.worst.at)
    );
    let share = |task: &&&TaskSchedule| task.criticality.unwrap_or(0.0);
    if let Some(most) = all.iter().max_by(|a, b| share(a).total_cmp(&share(b)))
        && share(&most) >= 0.001
    {
        text.push_str(&format!(
            "; {} sets the date most often, in {} of the futures",
            cut(&most.title, HEARD),
            whole_percent(share(&most))
        ));
    }
    text + "."
}

/// A date beside a bar, on a ground of its own where a promise's line passes.
fn note(canvas: &mut Canvas, fonts: &Fonts, x: f64, y: f64, text: String) {
    beside(
        canvas,
        fonts,
        Label {
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(x, y + 4.0, text)
        },
    );
}

/// From the tenth to the ninetieth percentile, with the median and its date; open to the right where it never ends.
fn whisker(canvas: &mut Canvas, fonts: &Fonts, frame: &Frame, y: f64, [low, middle, high]: [&Moment; 3]) {
    let (from, to) = (frame.dates.of(low), frame.dates.of(high));
    canvas.line(&[(from, y), (to, y)], 2.0, INK, None);
    let cap = |canvas: &mut Canvas, x: f64| canvas.line(&[(x, y - 5.0), (x, y + 5.0)], 2.0, INK, None);
    if low.date.is_some() {
        cap(canvas, from);
    }
    if high.date.is_some() {
        cap(canvas, to);
    }
    if middle.date.is_some() {
        canvas.dot(frame.dates.of(middle), y, 4.0, INK);
    }
    let text = match (middle.date, high.date) {
        (Some(_), Some(_)) => short_date(middle),
        (Some(_), None) => format!("▶ {}", short_date(middle)),
        (None, _) => format!("▶ {}", short_date(middle)),
    };
    note(canvas, fonts, to + 8.0, y, text);
}

fn future(told: &Explanation, form: Form, fonts: &Fonts) -> Canvas {
    let bars = &told.story.bars;
    // The chain first, then those that began first.
    let mut order: Vec<usize> = (0..bars.len()).collect();
    order.sort_by_key(|index| (!bars[*index].drives, *index));
    order.truncate(MOST_TASKS);
    order.sort_unstable();
    let shown = order.iter().map(|index| &bars[*index]);
    let promises: Vec<Pole> = told
        .promises
        .iter()
        .take(MOST_FLAGS)
        .filter_map(|promise| Pole::of(fonts, form, promise.to.as_deref(), &promise.at, ""))
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
        "Dark: on the chain of work and waits that set the date. Orange: it could begin and waits, or it has begun and stands still. \
         Each date is the end of the work."
            .to_owned(),
    ];
    if bars.len() > order.len() {
        notes.push(format!("{} more tasks are not drawn.", bars.len() - order.len()));
    }
    let finish = match told.story.finish.date {
        Some(_) => format!("finished on {}", short_date(&told.story.finish)),
        None => "never finished".to_owned(),
    };
    let subtitle = format!("One future, number {} of {}: {finish}", told.trial, thousands(told.trials.into()));
    let headline = headline(told);
    let sheet = Sheet {
        form,
        title: &headline,
        ending: "",
        subtitle: &subtitle,
        finding: &subtitle,
        notes: &notes,
        promises: &promises,
        rows: order.len(),
        column: "",
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
    frame.columns.name(canvas, fonts, y, &title, "", bar.drives);
    let started = bar.started.as_ref().map_or(frame.dates.right, |at| frame.dates.of(at));
    let stripe = |canvas: &mut Canvas, from: f64, to: f64, height: f64, colour: Colour| {
        if to > from {
            canvas.rectangle((from, y - height), (to, y + height), colour);
        }
    };
    stripe(canvas, frame.dates.of(&bar.opened), started, 3.0, WAITING);
    let end = bar.done.as_ref().map_or(frame.dates.right, |at| frame.dates.of(at));
    if bar.started.is_some() {
        let colour = if bar.drives { FORECAST } else { FORECAST_LIGHT };
        stripe(canvas, started, end.max(started + 2.0), BAR, colour);
        for (from, to) in &bar.still {
            let (from, to) = (frame.dates.of(from), frame.dates.of(to));
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
    let text = if fonts.width(&text, NOTE, false) <= frame.form.right() - x {
        text
    } else {
        ends
    };
    note(canvas, fonts, x, y, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::checks::{forms, keeps_apart};
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

    #[test]
    fn labels_keep_apart_whatever_was_promised() {
        let fonts = fonts();
        for mut forecast in fixtures::all() {
            for initiative in forecast.initiatives.clone() {
                let texts = keeps_apart(&bands(&initiative, &forecast, Form::FILE, &fonts), &fonts);
                assert!(texts.iter().any(|text| text == "All of it finished"), "{texts:?}");
                let never = f64::INFINITY;
                forecast.schedules = vec![
                    task(&initiative.id, "First", 0.9, [0.0, 5.0, 10.0, 30.0]),
                    task(&initiative.id, &"A long name ".repeat(30), 0.0, [10.0, 10.0, 10.0, 10.0]),
                    task(&initiative.id, "Mostly done", 0.2, [10.0, 40.0, 60.0, never]),
                    task(&initiative.id, "Hardly ever", 0.2, [never, never, never, never]),
                    task("another", "Not drawn", 1.0, [0.0, 1.0, 2.0, 3.0]),
                ];
                for form in forms() {
                    let texts = keeps_apart(&bands(&initiative, &forecast, form, &fonts), &fonts);
                    assert!(texts.iter().any(|text| text == "▶ never") && !texts.iter().any(|text| text == "Not drawn"));
                }
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
        let texts = keeps_apart(&bands(&forecast.initiatives[0], &forecast, Form::FILE, &fonts), &fonts);
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
