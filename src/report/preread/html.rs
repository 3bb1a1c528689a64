//! The page as HTML: one file that asks nobody for anything, on paper one page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::Twenty;
use super::dots::{marks, picture};
use super::view::{Block, Cell, Kind, List, Page, Row, Section, Shown, Table, Tone};
use super::words::{Piece, Words};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// What a browser may do with the page: nothing but to show it, and to run this one script, known by its SHA-256.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-NsdYac7UinZ0OjTCWITg+MkWJvnzOAKrixlrJnA9W6Q='; img-src data:; base-uri 'none'; form-action 'none'";

/// The whole file.
pub(super) fn page(page: &Page) -> String {
    let dots = page
        .sections
        .iter()
        .flat_map(|section| &section.blocks)
        .find_map(|block| match block {
            Block::Dots(dots) => Some(dots),
            _ => None,
        });
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (page.title.plain()) " – pre-read" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (words(&page.title)) }
                    p class="facts" { (words(&page.facts)) }
                }
                @if let Some(alert) = &page.alert {
                    p class="alert" role="note" { (words(alert)) }
                }
                main {
                    @for section in &page.sections { (part(section)) }
                }
                @if let Some(dots) = dots {
                    script type="application/json" id="confidences" { (PreEscaped(data(dots))) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    };
    markup.into_string()
}

fn part(section: &Section) -> Markup {
    html! {
        section id=(section.id) aria-labelledby={ (section.id) "-heading" } {
            h2 id={ (section.id) "-heading" } { (words(&section.heading)) }
            @for block in &section.blocks { (drawn(block)) }
        }
    }
}

fn drawn(block: &Block) -> Markup {
    match block {
        Block::Lead(text) => html! { p class="lead" { (words(text)) } },
        Block::Text(text) => html! { p { (words(text)) } },
        Block::Note(text) => html! { p class="note" { (words(text)) } },
        Block::List(list) => list_of(list),
        Block::Table(table) => table_of(table),
        Block::Dots(dots) => html! {
            (picture(dots))
            div id="sure" class="sure" hidden="hidden" {
                label for="how-sure" { "How sure do you want to be?" }
                input id="how-sure" type="range" min="0" max="0" step="1" value="0";
                output id="sure-says" for="how-sure" {}
            }
        },
    }
}

fn list_of(list: &List) -> Markup {
    let lines = |items: &[super::view::Item]| {
        html! {
            ul {
                @for item in items { li class=[class(item.tone)] { span class="said" { (words(&item.words)) } } }
            }
        }
    };
    let open = list.items.len().min(list.shown.most);
    let (shown, rest) = list.items.split_at(open);
    html! {
        (lines(shown))
        (more(list.shown, list.items.len(), &lines(rest)))
    }
}

fn table_of(table: &Table) -> Markup {
    let open = table.rows.len().min(table.shown.most);
    let (shown, rest) = table.rows.split_at(open);
    html! {
        (rows_of(table, shown))
        (more(table.shown, table.rows.len(), &rows_of(table, rest)))
    }
}

/// What does not stand open: folded on a screen, on paper a sign that it is there.
fn more(shown: Shown, all: usize, rest: &Markup) -> Markup {
    match shown.more(all) {
        0 => html! {},
        count => html! {
            details class="more" {
                summary { "and " (count) " more" }
                (rest)
            }
            p class="sign" { "and " (count) " more: see " (shown.file) }
        },
    }
}

fn rows_of(table: &Table, rows: &[Row]) -> Markup {
    html! {
        table {
            caption { (table.caption) }
            thead {
                tr {
                    @for column in &table.columns {
                        th scope="col" class=[set(column.kind)] { (column.head) }
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr class=[class(row.tone)] {
                        @for (place, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
                            @if place == 0 {
                                th scope="row" class=[both(column.kind, cell.tone)] { (content(cell)) }
                            } @else {
                                td class=[both(column.kind, cell.tone)] data-label=(column.head) { (content(cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn content(cell: &Cell) -> Markup {
    html! {
        div class="cell" {
            span class="said" { (words(&cell.words)) }
            @if !cell.note.is_empty() { " " span class="below" { (words(&cell.note)) } }
        }
    }
}

fn words(words: &Words) -> Markup {
    html! {
        @for piece in &words.0 {
            @match piece {
                Piece::Said(text) => (kept(text)),
                Piece::Strong(text) => strong { (kept(text)) },
                Piece::Name(text) => bdi { (text) },
            }
        }
    }
}

/// A number keeps its percent sign on its line, and `of 20` its number.
fn kept(text: &str) -> String {
    text.replace(" %", "\u{a0}%").replace("of 20", "of\u{a0}20")
}

const fn class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some("good"),
        Tone::Unsure => Some("unsure"),
        Tone::Bad => Some("bad"),
        Tone::Chosen => Some("chosen"),
        Tone::Quiet => Some("quiet"),
    }
}

const fn set(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Text => None,
        Kind::Date => Some("date"),
        Kind::Number => Some("number"),
    }
}

fn both(kind: Kind, tone: Tone) -> Option<String> {
    let classes: Vec<&str> = set(kind).into_iter().chain(class(tone)).collect();
    (!classes.is_empty()).then(|| classes.join(" "))
}

/// What the script reads: a list of `[confidence, place in the picture or null, what it says]`. Nothing in it can end the element.
fn data(dots: &Twenty) -> String {
    serde_json::to_string(&marks(dots))
        .unwrap_or_else(|_| "[]".to_owned())
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
}
