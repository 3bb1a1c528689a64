//! A future's Gantt chart in characters.

use super::charts::axis::{Place, ticks};
use super::page::{BOLD, COLUMNS, DIM, INDENT, Page, UNSURE};
use super::text::{cut, short_date, width};
use crate::analysis::{Bar, Explanation, Moment};

/// Columns of the names.
const NAMES: usize = 24;
/// Columns of the chart.
const CELLS: usize = COLUMNS - INDENT.len() - 2 - NAMES - 1;
/// The most tasks that are drawn.
const MOST_BARS: usize = 40;

/// What is drawn in a cell, so that it tells without colour.
#[derive(Clone, Copy, PartialEq)]
enum Ink {
    Nothing,
    /// Work on the chain that set the date.
    Chain,
    Work,
    Waits,
    Still,
    Promise,
}

impl Ink {
    const fn glyph(self) -> char {
        match self {
            Self::Nothing => ' ',
            Self::Chain => '█',
            Self::Work => '▒',
            Self::Waits => '·',
            Self::Still => '╌',
            Self::Promise => '│',
        }
    }
}

/// How places become columns.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// The column of a place; one more than there are for the right edge.
    fn column(&self, at: Place) -> f64 {
        (at.0 - self.low) / (self.high - self.low) * CELLS as f64
    }

    fn holds(&self, at: Place) -> bool {
        (self.low..=self.high).contains(&at.0)
    }
}

impl Page {
    /// Tasks over time: what drove the date, what waited, and what was promised.
    pub(super) fn bars(&mut self, told: &Explanation) {
        let bars = &told.story.bars;
        let low = Place::morning(told.start).0;
        let ends = bars
            .iter()
            .flat_map(|bar| [Some(bar.opened), bar.started, bar.done])
            .flatten()
            .chain([told.story.finish]);
        let promised = told.promises.iter().filter_map(|promise| promise.at.date).map(Place::evening);
        let high = ends
            .filter_map(|at| Place::of(&at))
            .chain(promised.clone())
            .fold(low + 5.0, |high, place| high.max(place.0));
        let scale = Scale { low, high };
        self.blank();
        self.heading("Over time");
        self.line(&axis(&scale), DIM);
        let promises: Vec<usize> = promised
            .filter(|place| scale.holds(*place))
            .map(|place| (scale.column(place).round() as usize).min(CELLS - 1))
            .collect();
        for bar in bars.iter().take(MOST_BARS) {
            self.bar(bar, &scale, &promises);
        }
        if bars.len() > MOST_BARS {
            self.line(&format!("{INDENT}and {} tasks more", bars.len() - MOST_BARS), DIM);
        }
        let mut legend = "█ work that set the date   ▒ other work   · could begin, and waits   ╌ stands still".to_owned();
        for promise in told.promises.iter().take(3) {
            let to = promise.to.as_deref().map_or_else(String::new, |to| format!(" to {}", cut(to, 20)));
            legend.push_str(&format!("   │ promised{to}: {}", short_date(&promise.at)));
        }
        self.paragraph(&legend, INDENT, DIM);
    }

    fn bar(&mut self, bar: &Bar, scale: &Scale, promises: &[usize]) {
        let mark = if bar.drives { "* " } else { "  " };
        let title = match &bar.of {
            Some(of) => format!("{} ({})", bar.title, of),
            None => bar.title.clone(),
        };
        let title = cut(&title, NAMES);
        let name = format!("{INDENT}{mark}{title}{} ", " ".repeat(NAMES.saturating_sub(width(&title))));
        self.paint(&name, if bar.drives { BOLD } else { anstyle::Style::new() });
        let mut cells = inks(bar, scale);
        for column in promises {
            if matches!(cells[*column], Ink::Nothing | Ink::Waits) {
                cells[*column] = Ink::Promise;
            }
        }
        let used = cells.iter().rposition(|ink| *ink != Ink::Nothing).map_or(0, |last| last + 1);
        for run in cells[..used].chunk_by(|a, b| a == b) {
            let style = match run[0] {
                Ink::Waits | Ink::Still => UNSURE,
                Ink::Promise => DIM,
                Ink::Chain => BOLD,
                Ink::Nothing | Ink::Work => anstyle::Style::new(),
            };
            let text: String = run.iter().map(|ink| ink.glyph()).collect();
            self.paint(&text, style);
        }
        self.blank();
    }
}

/// The cells of a bar: each shows what is at its middle, and work of any length shows in one cell at least.
fn inks(bar: &Bar, scale: &Scale) -> [Ink; CELLS] {
    let mut cells = [Ink::Nothing; CELLS];
    let end = Place(scale.high);
    let place = |at: &Moment| Place::of(at).unwrap_or(end);
    let mut fill = |from: Place, to: Place, ink: Ink, at_least_one: bool| {
        let (from, to) = (scale.column(from), scale.column(to));
        let first = ((from - 0.5).ceil().max(0.0) as usize).min(CELLS - 1);
        let last = ((to - 0.5).ceil().max(0.0) as usize).min(CELLS);
        if first < last {
            cells[first..last].fill(ink);
        } else if at_least_one {
            cells[(from.max(0.0) as usize).min(CELLS - 1)] = ink;
        }
    };
    let started = bar.started.as_ref().map_or(end, place);
    fill(place(&bar.opened), started, Ink::Waits, false);
    if bar.started.is_some() {
        let ink = if bar.drives { Ink::Chain } else { Ink::Work };
        fill(started, bar.done.as_ref().map_or(end, place), ink, true);
        for (from, to) in &bar.still {
            fill(place(from), place(to), Ink::Still, false);
        }
    }
    cells
}

/// Dates over the columns, as many as fit side by side.
fn axis(scale: &Scale) -> String {
    let mut line = " ".repeat(COLUMNS - CELLS);
    let mut used = 0;
    for tick in ticks(Place(scale.low), Place(scale.high), CELLS / 7) {
        let column = scale.column(tick.at).floor() as usize;
        let text = match tick.year {
            Some(year) if !tick.text.contains(&year) => format!("{} {year}", tick.text),
            _ => tick.text,
        };
        if column < used || column + width(&text) > CELLS {
            continue;
        }
        line.push_str(&" ".repeat(column - used));
        line.push_str(&text);
        used = column + width(&text) + 1;
        line.push(' ');
    }
    line.trim_end().to_owned()
}
