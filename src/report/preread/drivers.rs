//! What moves the date: the assumptions that cost most, and what waits for what.

use super::lead::Lead;
use super::view::{Block, Section, Shown, Table, Tone, cell, number_column, row, text_column};
use super::words::{Words, odds, said};
use crate::analysis::Colour;
use crate::report::text::{points, weeks_moved};

/// Assumptions that a printed page holds.
const MOST_PRICES: usize = 5;
/// Dependencies that a printed page holds.
const MOST_LINKS: usize = 3;

pub(super) fn drivers(lead: &Lead<'_>) -> Option<Section> {
    let rows: Vec<_> = lead
        .prices()
        .map(|price| {
            let odds = price.p_on_time_change.map_or_else(|| "–".to_owned(), points);
            row(vec![
                cell(Words::new().name(&price.title)),
                cell(said(weeks_moved(price.p50_days))),
                cell(Words::new().strong(weeks_moved(price.p80_days))),
                cell(said(odds)),
            ])
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    Some(Section {
        id: "drivers",
        heading: said("What moves the date"),
        blocks: vec![
            Block::Note(said(
                "Weeks that each adds to the expected date and to that with 80 % confidence (P80: 16 of 20 futures make it), and points of 100 that it takes from the first promise. They overlap and do not add up.",
            )),
            Block::Table(Table {
                caption: "The assumptions that cost most, in weeks",
                columns: vec![
                    text_column("Assumption"),
                    number_column("Expected"),
                    number_column("80 % sure"),
                    number_column("Points"),
                ],
                rows,
                shown: Shown {
                    most: MOST_PRICES,
                    file: "assumptions.csv",
                },
            }),
        ],
    })
}

/// The dependency map: what holds what, the worst first.
pub(super) fn dependencies(lead: &Lead<'_>) -> Option<Section> {
    let own = lead
        .forecast
        .dependencies
        .iter()
        .filter(|link| link.initiative == lead.initiative.id);
    let rows: Vec<_> = own
        .map(|link| {
            let (word, tone) = match link.colour {
                Colour::Red => ("red", Tone::Bad),
                Colour::Yellow => ("yellow", Tone::Unsure),
                Colour::Green => ("green", Tone::Good),
            };
            let mut colour = cell(Words::new().strong(word));
            colour.tone = tone;
            row(vec![
                cell(Words::new().name(&link.from_title).say(" → ").name(&link.to_title)),
                cell(said(odds(&link.criticality))),
                cell(said(weeks_moved(Some(link.expected_delay_days)))),
                colour,
            ])
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    Some(Section {
        id: "dependencies",
        heading: said("What waits for what"),
        blocks: vec![Block::Table(Table {
            caption: "The dependencies that matter most, the worst first",
            columns: vec![
                text_column("Dependency"),
                text_column("Sets the date in"),
                number_column("Weeks"),
                text_column("State"),
            ],
            rows,
            shown: Shown {
                most: MOST_LINKS,
                file: "dependencies.csv",
            },
        })],
    })
}
