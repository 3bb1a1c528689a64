//! The ways out, side by side.

use super::ask::promise_of;
use super::lead::Lead;
use super::timelines::tone_of;
use super::view::{Block, Cell, Row, Section, Shown, Table, Tone, cell, cell_with, date_column, row, text_column};
use super::words::{Words, apart, joined, named, odds, said, short_day};
use crate::analysis::Alternative;
use crate::report::text::{amount, rounded, signed_amount};

/// Ways, the plan among them, that a printed page holds.
const MOST_WAYS: usize = 5;

pub(super) fn options(lead: &Lead<'_>) -> Option<Section> {
    let comparison = lead.forecast.options.as_ref().filter(|options| options.alternatives.len() > 1)?;
    let has_cost = comparison
        .alternatives
        .iter()
        .any(|way| way.cost.mean.is_some_and(|cost| cost > 0.0) || way.cost_once > 0.0);
    let mut columns = vec![text_column("Option")];
    if has_cost {
        columns.push(text_column("Cost, to the plan"));
    }
    columns.extend(["Expected", "80 % sure", "Promise"].map(date_column));
    columns.extend(["Kept by", "Gives up"].map(text_column));
    let mut ways: Vec<&Alternative> = comparison.alternatives.iter().collect();
    ways.sort_by_key(|way| (!way.is_plan, !way.recommended));
    let mut blocks = vec![Block::Table(Table {
        caption: "The options on the same futures as the plan",
        columns,
        rows: ways.into_iter().map(|way| one(lead, way, has_cost)).collect(),
        shown: Shown {
            most: MOST_WAYS,
            file: "options.csv",
        },
    })];
    let mut note = said(format!(
        "All played on the same {} futures.",
        crate::report::text::thousands(comparison.trials.into())
    ));
    if let Some(above) = comparison.ceo_approval_above {
        note = note.say(format!(" A single spend above {} needs the CEO.", amount(above)));
    }
    if comparison.partial {
        note = note.say(" Interrupted: some options were not played.");
    }
    blocks.push(Block::Note(note));
    Some(Section {
        id: "options",
        heading: said("Options"),
        blocks,
    })
}

fn one(lead: &Lead<'_>, way: &Alternative, has_cost: bool) -> Row {
    let mut name = cell(if way.is_plan {
        Words::new().strong("As planned")
    } else {
        named(&way.title)
    });
    if way.recommended {
        name.note = Words::new().strong("recommended");
        name.tone = Tone::Chosen;
    }
    let mut cells = vec![name];
    if has_cost {
        let mean = way.cost.mean.map_or_else(|| "–".to_owned(), rounded);
        let mut parts = Vec::new();
        if !way.is_plan {
            parts.push(said(signed_amount(way.cost_change)));
        }
        if way.cost_once > 0.0 {
            parts.push(said(format!("{} once", amount(way.cost_once))));
        }
        if way.needs_ceo {
            parts.push(said("CEO approves"));
        }
        cells.push(cell_with(said(mean), joined(parts, ", ")));
    }
    let finish = way.initiatives.iter().find(|finish| finish.initiative == lead.initiative.id);
    match finish {
        Some(finish) => {
            cells.push(cell(said(short_day(&finish.p50))));
            let change = finish
                .delta_p80_days
                .filter(|_| !way.is_plan)
                .map_or_else(Words::new, |days| said(apart(days)));
            cells.push(cell_with(said(short_day(&finish.p80)), change));
        }
        None => cells.extend([cell(said("not done")), cell(said("not done"))]),
    }
    match promise_of(lead, way) {
        Some(promise) => {
            let moved = if promise.is_moved { said("moved") } else { Words::new() };
            cells.push(cell_with(said(short_day(&promise.at)), moved));
            cells.push(Cell {
                tone: tone_of(promise.p_on_time.p),
                ..cell(said(odds(&promise.p_on_time)))
            });
        }
        None => cells.extend([cell(said("none")), cell(said("–"))]),
    }
    let gives_up = joined(way.gives_up.iter().map(|phrase| named(phrase)), "; ");
    cells.push(cell(if gives_up.is_empty() { said("–") } else { gives_up }));
    Row {
        tone: if way.is_plan { Tone::Quiet } else { Tone::Plain },
        ..row(cells)
    }
}
