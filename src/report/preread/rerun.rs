//! Where we are: what a rerun says of the path, the dates then and now, and the checkpoints.

use super::lead::Lead;
use super::view::{Block, Item, List, Section, Shown, Table, Tone, cell, cell_with, date_column, item, row, text_column};
use super::words::{Words, apart, day, named, odds, said};
use crate::analysis::{CheckpointOutcome, Outcome, Path, PathVerdict, Rerun};

/// Checkpoints that a printed page holds here.
const MOST_OUTCOMES: usize = 4;

/// Nothing for a first run.
pub(super) fn rerun(lead: &Lead<'_>) -> Option<Section> {
    let rerun = lead.forecast.rerun.as_ref()?;
    let verdict = rerun.verdicts.iter().find(|verdict| verdict.initiative == lead.initiative.id);
    let mut blocks: Vec<Block> = vec![];
    if let Some(verdict) = verdict {
        blocks.extend(path(verdict));
        blocks.push(then_and_now(verdict));
    }
    if !rerun.checkpoints.is_empty() {
        blocks.push(outcomes(rerun));
    }
    Some(Section {
        id: "now",
        heading: said(format!("Where we are on the morning of {}", rerun.as_of.in_full())),
        blocks,
    })
}

fn path(verdict: &PathVerdict) -> Vec<Block> {
    if let Some(finished) = verdict.finished {
        return vec![Block::Text(
            named(&verdict.title).strong(format!(" finished on {}.", finished.in_full())),
        )];
    }
    let (name, share) = match verdict.path {
        Path::Best => ("best", &verdict.best),
        Path::Expected => ("expected", &verdict.expected),
        Path::Worst => ("worst", &verdict.worst),
    };
    let text = said("From what has really happened, ")
        .strong(format!("{} futures end on the {name}-case path", odds(share)))
        .say(" of the first forecast.");
    let shares = format!(
        "On its best-case path {}, its expected path {}, its worst-case path {}; before anything was known 6, 8 and 6 of 20.",
        odds(&verdict.best),
        odds(&verdict.expected),
        odds(&verdict.worst)
    );
    vec![Block::Text(text), Block::Note(said(shares))]
}

fn then_and_now(verdict: &PathVerdict) -> Block {
    let timelines = [
        ("Best", &verdict.then.best, &verdict.now.best),
        ("Expected", &verdict.then.expected, &verdict.now.expected),
        ("Worst", &verdict.then.worst, &verdict.now.worst),
    ];
    let mut rows: Vec<_> = timelines
        .into_iter()
        .map(|(name, then, now)| {
            let moved = now.at.working_days.days() - then.at.working_days.days();
            let moved = if moved.is_finite() && moved.abs() >= 0.5 {
                apart(moved)
            } else {
                String::new()
            };
            row(vec![
                cell(said(name)),
                cell(said(day(&then.at))),
                cell_with(Words::new().strong(day(&now.at)), said(moved)),
            ])
        })
        .collect();
    rows.extend(verdict.promises.iter().map(|promise| {
        let what = said(format!("Make {}", promise.date.in_full()));
        let mut now = cell(Words::new().strong(odds(&promise.now)));
        now.tone = if promise.now.p < 0.5 { Tone::Bad } else { Tone::Plain };
        row(vec![
            cell_with(
                what,
                promise.to.as_deref().map_or_else(Words::new, |to| said("promised to ").name(to)),
            ),
            cell(said(odds(&promise.then))),
            now,
        ])
    }));
    Block::Table(Table {
        caption: "The timelines and the odds of the promises, in the first forecast and now",
        columns: vec![text_column(""), date_column("First forecast"), date_column("Now")],
        shown: Shown {
            most: rows.len(),
            file: "summary.json",
        },
        rows,
    })
}

fn outcomes(rerun: &Rerun) -> Block {
    // What was missed comes first: something was agreed for it.
    let mut sorted: Vec<&CheckpointOutcome> = rerun.checkpoints.iter().collect();
    sorted.sort_by_key(|checkpoint| !checkpoint.has_fired());
    Block::List(List {
        items: sorted.into_iter().map(outcome).collect(),
        shown: Shown {
            most: MOST_OUTCOMES,
            file: "summary.json",
        },
    })
}

fn outcome(checkpoint: &CheckpointOutcome) -> Item {
    let words = named(&checkpoint.observable).say(format!(" by {}: ", checkpoint.by.in_full()));
    let words = match checkpoint.outcome {
        Outcome::Hit => words.strong("hit."),
        Outcome::Missed => words.strong("missed."),
        Outcome::OutOfReach => words.strong("out of reach."),
        Outcome::Ahead => words.say(format!("ahead; {} futures hit it.", odds(&checkpoint.p_hit))),
        Outcome::Untold => words.say("the facts do not tell."),
    };
    let Some(slip) = checkpoint.on_miss.as_ref().filter(|_| checkpoint.has_fired()) else {
        return item(words);
    };
    let mut words = words
        .say(" As agreed, ")
        .name(slip.who.as_deref().unwrap_or("somebody"))
        .say(" now tells ")
        .name(slip.tells.as_deref().unwrap_or("the others"));
    if let Some(within) = &slip.within {
        words = words.say(" within ").name(within);
    }
    words = match &slip.says {
        Some(says) => words.say(": ").quoted(says),
        None => words.say("."),
    };
    Item {
        tone: Tone::Unsure,
        ..item(words)
    }
}
