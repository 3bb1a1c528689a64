//! What to look at, when, and what each outcome means.

use std::collections::HashSet;

use super::lead::Lead;
use super::view::{Block, Cell, Row, Section, Shown, Table, cell, cell_with, date_column, row, text_column};
use super::words::{Twenty, Words, joined, odds, said};
use crate::analysis::{CheckpointForecast, Outlook, Source};

/// Checkpoints that a printed page holds.
const MOST_CHECKPOINTS: usize = 3;

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
    // What somebody watches already needs no recommendation.
    let is_given = |recommended: &CheckpointForecast| {
        forecast
            .checkpoints
            .iter()
            .any(|other| other.source == Source::Given && other.observable == recommended.observable && other.by == recommended.by)
    };
    let mut told: Vec<&CheckpointForecast> = lead
        .checkpoints()
        .filter(|checkpoint| match checkpoint.source {
            Source::Given => tells_most(checkpoint),
            Source::Recommended => !is_given(checkpoint),
        })
        .collect();
    told.sort_by_key(|checkpoint| (checkpoint.source == Source::Recommended, checkpoint.by));
    let mut known: HashSet<&str> = told.iter().map(|checkpoint| checkpoint.checkpoint.as_str()).collect();
    let others = forecast.checkpoints.iter().filter(|checkpoint| checkpoint.source == Source::Given);
    told.extend(others.filter(|checkpoint| tells_most(checkpoint) && known.insert(&checkpoint.checkpoint)));
    // What lies behind us stands under where we are.
    told.retain(|checkpoint| !forecast.is_past(checkpoint.by));
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
                columns: vec![
                    date_column("When"),
                    text_column("Evidence"),
                    text_column("If met"),
                    text_column("If missed"),
                    text_column("If missed, who says what to whom"),
                ],
                rows,
                shown: Shown {
                    most: MOST_CHECKPOINTS,
                    file: "checkpoints.csv",
                },
            }),
            Block::Note(said(
                "Worst: so many end on the worst path, which is that of the latest 6 of 20 futures.",
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
                (checkpoint.source == Source::Recommended).then(|| said("recommended")),
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
    let [hit, missed] = outlooks(lead, checkpoint);
    row(vec![
        cell_with(said(format!("Week {}", checkpoint.week)), said(checkpoint.by.long())),
        evidence,
        hit,
        missed,
        cell(protocol),
    ])
}

/// What its outcomes mean: the odds of the promise where they tell the two apart, and those of the worst path.
fn outlooks(lead: &Lead<'_>, checkpoint: &CheckpointForecast) -> [Cell; 2] {
    let place = if checkpoint.initiative == lead.initiative.id {
        lead.place.unwrap_or(0)
    } else {
        0
    };
    let on_time = |outlook: &Option<Outlook>| {
        let share = outlook.as_ref().and_then(|outlook| outlook.on_time.get(place))?;
        Some(Twenty::of(share.p))
    };
    let tells = on_time(&checkpoint.if_hit) != on_time(&checkpoint.if_missed);
    [&checkpoint.if_hit, &checkpoint.if_missed].map(|outlook| {
        let Some(known) = outlook else {
            return cell(said("never comes so"));
        };
        let worst = said(format!("worst: {}", Twenty::of(known.worst.p).of_twenty()));
        match on_time(outlook).filter(|_| tells) {
            Some(share) => cell_with(said(format!("on time: {}", share.of_twenty())), worst),
            None => cell(worst),
        }
    })
}
