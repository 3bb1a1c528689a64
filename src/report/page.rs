//! Text for a terminal as it grows: headings, paragraphs and tables of at most 80 columns, complete without colour.

use anstyle::{AnsiColor, Style};

use super::text::{cut, width, wrap};
use crate::inert::inert;
use crate::plan::DefaultUsed;

/// The widest line.
pub const COLUMNS: usize = 80;

pub(super) const INDENT: &str = "  ";
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();

/// What is left of a column that gives way before others do.
const LEAST_YIELDED: usize = 14;

/// The lines of a cell. One that fits keeps its spaces: they may align it.
fn fold(text: &str, columns: usize) -> Vec<String> {
    let whole = cut(text, columns);
    if whole == inert(text) {
        return vec![whole];
    }
    // What is indented stays so on each of its lines.
    let indent = &text[..text.len() - text.trim_start_matches(' ').len()];
    wrap(text, indent, indent, columns)
}

/// A cell of a table.
#[derive(Clone)]
pub(super) struct Cell {
    text: String,
    style: Style,
}

pub(super) fn plain(text: impl Into<String>) -> Cell {
    Cell {
        text: text.into(),
        style: Style::new(),
    }
}

pub(super) fn styled(text: impl Into<String>, style: Style) -> Cell {
    Cell { text: text.into(), style }
}

/// Which edge of a column its cells keep to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The text as it grows.
pub(super) struct Page {
    text: String,
    colour: bool,
}

impl Page {
    pub(super) const fn new(colour: bool) -> Self {
        Self {
            text: String::new(),
            colour,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn paint(&mut self, text: &str, style: Style) {
        if self.colour && style != Style::new() && !text.is_empty() {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn line(&mut self, text: &str, style: Style) {
        self.paint(text, style);
        self.blank();
    }

    pub(super) fn heading(&mut self, text: &str) {
        let text = cut(text, COLUMNS);
        self.line(&text, BOLD);
    }

    pub(super) fn paragraph(&mut self, text: &str, indent: &str, style: Style) {
        for line in wrap(text, indent, indent, COLUMNS) {
            self.line(&line, style);
        }
    }

    /// A paragraph whose later lines stand further in, so that the next one is seen to begin.
    pub(super) fn hanging(&mut self, text: &str) {
        for line in wrap(text, INDENT, "    ", COLUMNS) {
            self.line(&line, Style::new());
        }
    }

    pub(super) fn bullets(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.blank();
        self.heading(heading);
        for item in items {
            for line in wrap(item, "  - ", "    ", COLUMNS) {
                self.line(&line, Style::new());
            }
        }
    }

    /// Defaults that were used, one under another.
    pub(super) fn defaults(&mut self, defaults: &[DefaultUsed]) {
        let items: Vec<String> = defaults
            .iter()
            .map(|default| format!("{} = {}: {}", cut(&default.key, 60), cut(&default.value, 60), default.meaning))
            .collect();
        self.bullets("Defaults used, because the file is silent", &items);
    }

    /// Rows under one another, the first of them dimmed as a header. Where the lines would be too long, the column `yielding`
    /// gives way, and only when little is left of it the widest. A cell that is wider than its column goes on below; nothing is lost.
    pub(super) fn table(&mut self, sides: &[Side], yielding: usize, header: &[&str], rows: &[Vec<Cell>]) {
        let mut all = vec![header.iter().map(|text| styled(*text, DIM)).collect::<Vec<_>>()];
        all.extend(rows.iter().cloned());
        let mut widths: Vec<usize> = (0..sides.len())
            .map(|column| {
                all.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| width(&cell.text))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        while widths.iter().sum::<usize>() + 2 * sides.len() > COLUMNS {
            let index = if widths.get(yielding).is_some_and(|width| *width > LEAST_YIELDED) {
                Some(yielding)
            } else {
                (0..widths.len()).max_by_key(|index| widths.get(*index).copied())
            };
            let Some(width) = index.and_then(|index| widths.get_mut(index)) else {
                break;
            };
            *width = width.saturating_sub(1);
        }
        for row in all {
            let cells: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, column)| fold(&cell.text, *column)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(1);
            for index in 0..height {
                let mut used = 0;
                let mut wanted = 0;
                for (((cell, lines), side), column) in row.iter().zip(&cells).zip(sides).zip(&widths) {
                    let text = lines.get(index).map_or("", String::as_str);
                    let free = column.saturating_sub(width(text));
                    let start = wanted + INDENT.len() + if *side == Side::Right { free } else { 0 };
                    if !text.trim().is_empty() {
                        self.text.push_str(&" ".repeat(start.saturating_sub(used)));
                        used = start + width(text);
                        self.paint(text, cell.style);
                    }
                    wanted += INDENT.len() + column;
                }
                self.blank();
            }
        }
    }
}
