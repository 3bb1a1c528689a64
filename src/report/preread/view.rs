//! What the page says, laid out in no way yet: HTML and Markdown draw the same blocks, so they cannot say different things.

use super::chart::Twenty as DotPlot;
use super::words::Words;

/// The whole page.
pub(super) struct Page {
    /// The scenario's name.
    pub(super) title: Words,
    /// Under it: what this is.
    pub(super) facts: Words,
    /// Before anything else: what a reader must know first, where there is something.
    pub(super) alert: Option<Words>,
    /// In the order in which they are read.
    pub(super) sections: Vec<Section>,
}

/// A part of the page under one heading.
pub(super) struct Section {
    /// Names its place on the page; of letters only.
    pub(super) id: &'static str,
    pub(super) heading: Words,
    pub(super) blocks: Vec<Block>,
}

/// A part of a section.
pub(super) enum Block {
    /// The sentence that is to be remembered.
    Lead(Words),
    Text(Words),
    /// Small print.
    Note(Words),
    List(List),
    Table(Table),
    /// Twenty futures as dots; what it shows is said in words beside it.
    Dots(DotPlot),
}

/// Lines of which a printed page holds the first few.
pub(super) struct List {
    pub(super) items: Vec<Item>,
    pub(super) shown: Shown,
}

pub(super) struct Item {
    pub(super) words: Words,
    pub(super) tone: Tone,
}

/// A table of which a printed page holds the first few rows.
pub(super) struct Table {
    /// What it is, for those who do not see the heading beside it.
    pub(super) caption: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) shown: Shown,
}

pub(super) struct Column {
    pub(super) head: String,
    pub(super) kind: Kind,
}

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// In one line.
    Date,
    /// In one line and flush right.
    Number,
}

/// A row; the first cell is its heading.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    pub(super) tone: Tone,
}

pub(super) struct Cell {
    pub(super) words: Words,
    /// Smaller, below.
    pub(super) note: Words,
    pub(super) tone: Tone,
}

/// How many lines stand open, on paper too, and where the others are.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) most: usize,
    /// The file that holds them all.
    pub(super) file: &'static str,
}

impl Shown {
    /// How many are not shown, of `all`.
    pub(super) const fn more(self, all: usize) -> usize {
        all.saturating_sub(self.most)
    }
}

/// How something is to be taken; always said in words as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Unsure,
    Bad,
    /// What is recommended.
    Chosen,
    /// What stands beside the rest for comparison.
    Quiet,
}

pub(super) fn text_column(head: &str) -> Column {
    Column {
        head: head.into(),
        kind: Kind::Text,
    }
}

pub(super) fn date_column(head: &str) -> Column {
    Column {
        kind: Kind::Date,
        ..text_column(head)
    }
}

pub(super) fn number_column(head: &str) -> Column {
    Column {
        kind: Kind::Number,
        ..text_column(head)
    }
}

pub(super) fn cell(words: Words) -> Cell {
    Cell {
        words,
        note: Words::new(),
        tone: Tone::Plain,
    }
}

pub(super) fn cell_with(words: Words, note: Words) -> Cell {
    Cell { note, ..cell(words) }
}

pub(super) fn row(cells: Vec<Cell>) -> Row {
    Row { cells, tone: Tone::Plain }
}

pub(super) fn item(words: Words) -> Item {
    Item { words, tone: Tone::Plain }
}
