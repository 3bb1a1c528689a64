//! The page as Markdown, for a document or a message: the same words, nothing folded.

use super::view::{Block, Cell, Kind, Page, Section, Table, Tone};
use super::words::{Piece, Words};
use crate::report::text::marked_up;

/// The whole text.
pub(super) fn page(page: &Page) -> String {
    let mut text = format!("# {}\n\n{}\n", words(&page.title), words(&page.facts));
    if let Some(alert) = &page.alert {
        text.push_str(&format!("\n> {}\n", words(alert)));
    }
    for section in &page.sections {
        part(&mut text, section);
    }
    text
}

fn part(text: &mut String, section: &Section) {
    text.push_str(&format!("\n## {}\n", words(&section.heading)));
    for block in &section.blocks {
        match block {
            Block::Lead(said) | Block::Text(said) | Block::Note(said) => text.push_str(&format!("\n{}\n", words(said))),
            Block::List(list) => {
                text.push('\n');
                for item in &list.items {
                    text.push_str(&format!("- {}\n", words(&item.words)));
                }
            }
            Block::Table(table) => rows(text, table),
            // The sentences beside the picture say what it shows.
            Block::Dots(_) => {}
        }
    }
}

fn rows(text: &mut String, table: &Table) {
    text.push('\n');
    let heads: Vec<&str> = table.columns.iter().map(|column| column.head.as_str()).collect();
    text.push_str(&format!("| {} |\n|", heads.join(" | ")));
    for column in &table.columns {
        text.push_str(if column.kind == Kind::Number { "---:|" } else { "---|" });
    }
    text.push('\n');
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

fn cell(cell: &Cell) -> String {
    let mut text = words(&cell.words);
    if cell.tone == Tone::Chosen && !text.contains("**") {
        text = format!("**{text}**");
    }
    if !cell.note.is_empty() {
        text.push_str(&format!("; {}", words(&cell.note)));
    }
    text
}

/// Names lose what could be markup; what the program says has none but its own.
fn words(words: &Words) -> String {
    let mut text = String::new();
    for piece in &words.0 {
        match piece {
            Piece::Said(said) => text.push_str(said),
            Piece::Strong(said) => {
                // The stars must touch the words that they mark.
                let inner = said.trim();
                let (before, after) = (said.starts_with(' '), said.ends_with(' '));
                text.push_str(&format!(
                    "{}**{inner}**{}",
                    if before { " " } else { "" },
                    if after { " " } else { "" }
                ));
            }
            Piece::Name(name) => text.push_str(&marked_up(name)),
        }
    }
    text
}
