//! What all charts have above and below: title, what is drawn, dates, notes.

use super::axis::{Place, Tick, ticks};
use super::canvas::{Anchor, Canvas, Fonts, Label};
use super::chart::Form;
use super::flags::{Flag, Placed, place};
use super::style::{
    AXIS, ESTIMATE, ESTIMATE_INK, FORECAST, FORECAST_AREA, FORECAST_LIGHT, GRID, INK, LABEL, NOTE, PAPER, PROMISE, PROMISE_INK, SOFT_INK,
    TITLE,
};
use crate::analysis::{Forecast, Moment};
use crate::report::text::thousands;

/// Where text begins, and how near to the right edge it may come.
pub const MARGIN: f64 = 24.0;
/// The same inside a page, which has margins of its own.
const PAGE_MARGIN: f64 = 4.0;
/// From one line of notes to the next.
const LINE: f64 = 17.0;

impl Form {
    /// Where text begins.
    pub const fn left(self) -> f64 {
        if self.is_file() { MARGIN } else { PAGE_MARGIN }
    }

    /// Where text ends.
    pub const fn right(self) -> f64 {
        self.width() - if self.is_file() { 14.0 } else { PAGE_MARGIN }
    }

    /// How much room there is for text.
    pub const fn room(self) -> f64 {
        self.right() - self.left()
    }
}

/// Draws the title (`name`, cut where it has to be, and `ending`) and what is drawn; inside a page the latter alone. Returns where
/// the chart may begin.
pub fn head(canvas: &mut Canvas, form: Form, fonts: &Fonts, (name, ending): (&str, &str), subtitle: &str) -> f64 {
    if !form.is_file() {
        return notes(canvas, form, fonts, &[subtitle.to_owned()], 14.0) + 2.0;
    }
    let room = form.room() - fonts.width(ending, TITLE, true);
    canvas.label(Label {
        size: TITLE,
        bold: true,
        ..Label::at(form.left(), 34.0, fonts.cut(name, TITLE, true, room) + ending)
    });
    canvas.label(Label {
        colour: SOFT_INK,
        ..Label::at(form.left(), 56.0, fonts.cut(subtitle, LABEL, false, form.room()))
    });
    74.0
}

/// Draws notes, the first line's foot at `y`. Returns where the next line would have its foot.
pub fn notes(canvas: &mut Canvas, form: Form, fonts: &Fonts, notes: &[String], mut y: f64) -> f64 {
    for note in notes {
        for line in fonts.wrap(note, NOTE, form.room(), 6) {
            canvas.label(Label {
                size: NOTE,
                colour: SOFT_INK,
                ..Label::at(form.left(), y, line)
            });
            y += LINE;
        }
    }
    y
}

/// Says of an interrupted run that it is one.
pub fn with_partial(forecast: &Forecast, text: String) -> String {
    if !forecast.partial {
        return text;
    }
    format!(
        "PARTIAL, {} of {} trials. {text}",
        thousands(forecast.trials.into()),
        thousands(forecast.trials_requested.into())
    )
}

/// A stretch of dates, and where it lies.
#[derive(Debug, Clone, Copy)]
pub struct Dates {
    /// The first.
    pub low: Place,
    /// The last; at least a week after the first, see [`Dates::new`].
    pub high: Place,
    /// Where the first lies.
    pub left: f64,
    /// Where the last lies.
    pub right: f64,
}

impl Dates {
    /// The dates from `low` to the last of `others`, a week at least.
    pub fn new(low: Place, others: impl Iterator<Item = Place>, left: f64, right: f64) -> Self {
        let high = others.fold(low.0 + 5.0, |latest, place| latest.max(place.0));
        Self {
            low,
            high: Place(high),
            left,
            right,
        }
    }

    /// Where a place lies; at an edge where it lies beyond.
    pub fn x(&self, at: Place) -> f64 {
        let share = (at.0 - self.low.0) / (self.high.0 - self.low.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Where a moment lies; the right edge for what has no date.
    pub fn of(&self, at: &Moment) -> f64 {
        Place::of(at).map_or(self.right, |place| self.x(place))
    }

    /// Lines at round dates from `top` to `bottom`, and the dates below.
    pub fn draw(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        self.lines(canvas, top, bottom);
        for tick in self.ticks() {
            let x = self.x(tick.at);
            canvas.line(&[(x, bottom), (x, bottom + 5.0)], 1.0, AXIS, None);
            for (text, y) in [(Some(tick.text), 20.0), (tick.year, 36.0)] {
                canvas.label(Label {
                    anchor: Anchor::Middle,
                    colour: SOFT_INK,
                    ..Label::at(x, bottom + y, text.unwrap_or_default())
                });
            }
        }
        canvas.line(&[(self.left, bottom), (self.right, bottom)], 1.0, AXIS, None);
    }

    /// Lines at round dates alone.
    pub fn lines(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        for tick in self.ticks() {
            let x = self.x(tick.at);
            canvas.line(&[(x, top), (x, bottom)], 1.0, GRID, None);
        }
    }

    fn ticks(&self) -> Vec<Tick> {
        ticks(self.low, self.high, ((self.right - self.left) / 72.0).max(2.0) as usize)
    }
}

/// What the dates take below the chart.
pub const DATES: f64 = 44.0;

/// A note beside a mark, on a ground of its own where a line passes.
pub fn beside(canvas: &mut Canvas, fonts: &Fonts, label: Label) {
    let width = fonts.width(&label.text, label.size, label.bold);
    let left = match label.anchor {
        Anchor::Start => label.x,
        Anchor::Middle => label.x - width / 2.0,
        Anchor::End => label.x - width,
    };
    canvas.rectangle((left - 2.0, label.y - 12.0), (left + width + 2.0, label.y + 4.0), PAPER);
    canvas.label(label);
}

/// A promised date, for a line through a chart.
#[derive(Debug, Clone)]
pub struct Pole {
    /// Where.
    pub at: Place,
    /// What its flag says.
    pub text: String,
    /// Whether it is what engineering said, and not a promise.
    pub is_estimate: bool,
}

/// The widest text of a flag.
const FLAG: f64 = 340.0;
const FLAG_ROW: f64 = 21.0;

impl Pole {
    /// The pole of a promise; what follows the date is `odds`. `None` for a promise beyond the calendar.
    pub fn of(fonts: &Fonts, form: Form, to: Option<&str>, at: &Moment, odds: &str) -> Option<Self> {
        let date = at.date?;
        let rest = format!(" · {}{odds}", date.long());
        let room = FLAG.min(form.room() * 0.7) - fonts.width(&rest, LABEL, false);
        let to = fonts.cut(to.unwrap_or("promised"), LABEL, false, room);
        Some(Self {
            at: Place::evening(date),
            text: format!("{to}{rest}"),
            is_estimate: false,
        })
    }

    /// The pole of what engineering said.
    pub fn estimated(at: &Moment, odds: &str) -> Option<Self> {
        let date = at.date?;
        Some(Self {
            at: Place::evening(date),
            text: format!("estimate · {}{odds}", date.long()),
            is_estimate: true,
        })
    }
}

/// Where the flags of poles stand.
pub struct Flags<'p> {
    poles: &'p [Pole],
    placed: Vec<Placed>,
}

impl<'p> Flags<'p> {
    /// Places them; from `left` to `right` there is room for text.
    pub fn new(poles: &'p [Pole], dates: &Dates, fonts: &Fonts, left: f64, right: f64) -> Self {
        let flags: Vec<Flag> = poles
            .iter()
            .map(|pole| Flag {
                x: dates.x(pole.at),
                width: fonts.width(&pole.text, LABEL, false) * 1.03 + 8.0,
            })
            .collect();
        // Promises have room left and right; should they not, a row each keeps them apart.
        let placed = place(&flags, left, right).unwrap_or_else(|| {
            let row = |(index, flag): (usize, &Flag)| Placed {
                row: flags.len() - index - 1,
                is_left: flag.x + flag.width > right,
            };
            flags.iter().enumerate().map(row).collect()
        });
        Self { poles, placed }
    }

    /// What they take above the chart.
    pub fn height(&self) -> f64 {
        let rows = self.placed.iter().map(|placed| placed.row + 1).max().unwrap_or(0);
        rows as f64 * FLAG_ROW
    }

    /// Draws them, and their poles down to `bottom`. `left` to `right` is where text may stand when none is beside the pole.
    pub fn draw(&self, canvas: &mut Canvas, fonts: &Fonts, dates: &Dates, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
        let mut labels = Vec::new();
        for (pole, placed) in self.poles.iter().zip(&self.placed) {
            let x = dates.x(pole.at);
            let from = top - (placed.row as f64 + 1.0) * FLAG_ROW + 3.0;
            let (line, colour, dash) = if pole.is_estimate {
                (ESTIMATE, ESTIMATE_INK, Some(5.0))
            } else {
                (PROMISE, PROMISE_INK, None)
            };
            canvas.line(&[(x, from), (x, bottom)], 1.6, line, dash);
            let width = fonts.width(&pole.text, LABEL, false);
            let start = if placed.is_left { x - 6.0 - width } else { x + 6.0 };
            labels.push(Label {
                colour,
                ..Label::at(start.min(right - width).max(left), from + 13.0, pole.text.clone())
            });
        }
        // Without room beside its pole a text stands on it; the poles are drawn first.
        for label in labels {
            beside(canvas, fonts, label);
        }
    }
}

/// Draws in place of a chart that there is nothing to draw, and ends the picture.
pub fn nothing(canvas: &mut Canvas, form: Form, fonts: &Fonts, top: f64, first: &str, second: &str) {
    let bottom = top + if form.is_file() { 150.0 } else { 80.0 };
    let middle = (form.left() + form.right()) / 2.0;
    let text = |size: f64| Label {
        anchor: Anchor::Middle,
        size,
        ..Label::at(middle, 0.0, String::new())
    };
    canvas.rectangle((form.left(), top), (form.right(), bottom), FORECAST_AREA);
    let size = if form.is_narrow() { LABEL } else { 16.0 };
    let height = (top + bottom) / 2.0 + if second.is_empty() { 5.0 } else { -7.0 };
    canvas.label(Label {
        y: height,
        bold: true,
        text: fonts.cut(first, size, true, form.room() - 16.0),
        ..text(size)
    });
    canvas.label(Label {
        y: height + 25.0,
        colour: SOFT_INK,
        text: fonts.cut(second, LABEL, false, form.room() - 16.0),
        ..text(LABEL)
    });
    canvas.end(bottom + 20.0);
}

/// Where rows and what belongs to them stand: names left of the plot, or above it where there is no room beside it.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Left end of the plot.
    pub left: f64,
    /// Right end of the plot.
    pub right: f64,
    form: Form,
}

impl Columns {
    /// Names take `share` of the width; right of the plot `beside` is kept free.
    pub fn new(form: Form, share: f64, beside: f64) -> Self {
        let names = if form.is_narrow() { 18.0 } else { form.width() * share };
        Self {
            left: form.left() + names,
            right: form.right() - beside,
            form,
        }
    }

    /// What the name takes above its row.
    pub fn above(&self) -> f64 {
        if self.form.is_narrow() { 18.0 } else { 0.0 }
    }

    /// Draws the name of the row whose middle is at `middle`, and what stands at the right end of the column.
    pub fn name(&self, canvas: &mut Canvas, fonts: &Fonts, middle: f64, title: &str, note: &str, bold: bool) {
        let (end, y) = if self.form.is_narrow() {
            (self.form.right(), middle - 15.0)
        } else {
            (self.left - 12.0, middle + 4.5)
        };
        self.write(canvas, fonts, (end, y), title, note, bold);
    }

    /// As [`Columns::name`], at this foot of the line.
    pub fn write(&self, canvas: &mut Canvas, fonts: &Fonts, (end, y): (f64, f64), title: &str, note: &str, bold: bool) {
        let taken = if note.is_empty() {
            0.0
        } else {
            fonts.width(note, NOTE, false) + 10.0
        };
        canvas.label(Label {
            bold,
            ..Label::at(self.form.left(), y, fonts.cut(title, LABEL, bold, end - self.form.left() - taken))
        });
        canvas.label(Label {
            anchor: Anchor::End,
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(end, y, note.to_owned())
        });
    }
}

/// Draws texts below their places in one line, moved aside so that they keep apart; those marked as less important are left out where
/// there is no room for all.
pub fn under(canvas: &mut Canvas, fonts: &Fonts, texts: &[(f64, String, bool)], (left, right): (f64, f64), y: f64) {
    const GAP: f64 = 10.0;
    let widths =
        |texts: &[&(f64, String, bool)]| -> Vec<f64> { texts.iter().map(|(_, text, bold)| fonts.width(text, NOTE, *bold)).collect() };
    let mut shown: Vec<&(f64, String, bool)> = texts.iter().filter(|(_, text, _)| !text.is_empty()).collect();
    if widths(&shown).iter().map(|width| width + GAP).sum::<f64>() > right - left + GAP {
        shown.retain(|(_, _, bold)| *bold);
    }
    let widths = widths(&shown);
    let mut starts: Vec<f64> = Vec::new();
    let mut free = left;
    for ((x, _, _), width) in shown.iter().zip(&widths) {
        let start = (x - width / 2.0).max(free);
        starts.push(start);
        free = start + width + GAP;
    }
    let mut end = right;
    for (start, width) in starts.iter_mut().zip(&widths).rev() {
        *start = start.min(end - width);
        end = *start - GAP;
    }
    for ((_, text, bold), start) in shown.iter().zip(starts) {
        let label = Label {
            size: NOTE,
            bold: *bold,
            colour: if *bold { INK } else { SOFT_INK },
            ..Label::at(start, y, text.clone())
        };
        beside(canvas, fonts, label);
    }
}

/// A band from the tenth to the ninetieth percentile, open to the right where it never ends.
pub fn band(canvas: &mut Canvas, dates: &Dates, y: f64, half: f64, (low, high): (&Moment, &Moment)) {
    let (from, to) = (dates.of(low), dates.of(high));
    canvas.rectangle((from, y - half), (to.max(from + 2.0), y + half), FORECAST_LIGHT);
    if high.date.is_none() {
        canvas.area(&[(to, y - half - 3.0), (to + 10.0, y), (to, y + half + 3.0)], FORECAST_LIGHT);
    }
}

/// A median on its band.
pub fn median(canvas: &mut Canvas, dates: &Dates, y: f64, at: &Moment) {
    if at.date.is_some() {
        canvas.dot(dates.of(at), y, 5.0, FORECAST);
    }
}
