//! What to look at, when, and what each outcome means.

use std::collections::HashSet;

use super::lead::Lead;
use super::view::{Block, Row, Section, Shown, Table, cell, cell_with, row, text_column};
use super::words::{Twenty, Words, joined, odds, said};
use crate::analysis::{CheckpointForecast, Outlook, Source};

/// Checkpoints that a printed page holds.
const MOST_CHECKPOINTS: usize = 4;

pub(super) fn checkpoints(lead: &Lead<'_>) -> Option<Section> {
    let forecast = lead.forecast;
    // A checkpoint that bears on several initiatives is shown once, where it tells most.
    let tells_most = |checkpoint: &CheckpointForecast| {
        !forecast.checkpoints.iter().any(|other| {
            other.source == checkpoint.source
                && other.checkpoint == checkpoint.checkpoint
                && other.information.bits > checkpoint.information.bits
        })
    };
    let mut told: Vec<&CheckpointForecast> = lead
        .checkpoints()
        .filter(|checkpoint| checkpoint.source == Source::Recommended || tells_most(checkpoint))
        .collect();
    told.sort_by_key(|checkpoint| (checkpoint.source == Source::Recommended, checkpoint.by));
    let mut known: HashSet<&str> = told.iter().map(|checkpoint| checkpoint.checkpoint.as_str()).collect();
    let others = forecast.checkpoints.iter().filter(|checkpoint| checkpoint.source == Source::Given);
    told.extend(others.filter(|checkpoint| tells_most(checkpoint) && known.insert(&checkpoint.checkpoint)));
    if told.is_empty() {
        return None;
    }
    let rows = told.into_iter().map(|checkpoint| one(lead, checkpoint)).collect();
    Some(Section {
        id: "checkpoints",
        heading: said("Checkpoints: which way is it going?"),
        blocks: vec![
            Block::Table(Table {
                caption: "What to look at in which week, what each outcome means, and who says what to whom",
                columns: ["When", "Evidence", "If met", "If missed", "Who says what to whom when it is missed"]
                    .map(text_column)
                    .into(),
                rows,
                shown: Shown {
                    most: MOST_CHECKPOINTS,
                    file: "checkpoints.csv",
                },
            }),
            Block::Note(said(
                "Worst path: the latest 6 of 20 futures. Without a checkpoint the odds of being among them are 6 of 20.",
            )),
        ],
    })
}

fn one(lead: &Lead<'_>, checkpoint: &CheckpointForecast) -> Row {
    let evidence = cell_with(
        Words::new().name(&checkpoint.observable),
        joined(
            [
                (checkpoint.initiative != lead.initiative.id).then(|| Words::new().name(lead.title_of(&checkpoint.initiative))),
                (checkpoint.source == Source::Recommended).then(|| said("recommended by the simulation")),
                Some(said(format!("met in {} futures", odds(&checkpoint.p_hit)))),
            ]
            .into_iter()
            .flatten(),
            " · ",
        ),
    );
    let protocol = match &checkpoint.on_miss {
        None => said("Nobody has agreed it yet."),
        Some(slip) => {
            let words = slip.who.as_ref().map_or_else(|| said("Somebody"), |who| Words::new().name(who));
            let words = words.say(" tells ");
            let words = slip
                .tells
                .as_ref()
                .map_or_else(|| words.clone().say("the others"), |whom| words.clone().name(whom));
            let words = match &slip.within {
                Some(within) => words.say(" within ").name(within),
                None => words,
            };
            match &slip.says {
                Some(says) => words.say(": ").quoted(says),
                None => words.say("."),
            }
        }
    };
    row(vec![
        cell_with(said(format!("Week {}", checkpoint.week)), said(checkpoint.by.long())),
        evidence,
        outlook(lead, checkpoint, checkpoint.if_hit.as_ref()),
        outlook(lead, checkpoint, checkpoint.if_missed.as_ref()),
        cell(protocol),
    ])
}

/// What an outcome means: the path, and the promise where it has odds worth telling.
fn outlook(lead: &Lead<'_>, checkpoint: &CheckpointForecast, outlook: Option<&Outlook>) -> super::view::Cell {
    let Some(outlook) = outlook else {
        return cell(said("never comes so"));
    };
    let place = if checkpoint.initiative == lead.initiative.id {
        lead.place.unwrap_or(0)
    } else {
        0
    };
    let promise = outlook.on_time.get(place);
    let worst = said(format!("worst path: {}", Twenty::of(outlook.worst.p).of_twenty()));
    match promise {
        Some(share) => cell_with(said(format!("on time: {}", Twenty::of(share.p).of_twenty())), worst),
        None => cell(worst),
    }
}
