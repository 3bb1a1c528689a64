//! How far the numbers can be trusted, and which run they belong to.

use super::lead::Lead;
use super::view::{Block, Item, List, Section, Shown, item};
use super::words::{Twenty, Words, joined, said};
use crate::report::text::{points, thousands};

/// Sentences that a printed page holds.
const MOST_LEFT_OUT: usize = 2;

pub(super) fn footer(lead: &Lead<'_>) -> Section {
    let forecast = lead.forecast;
    let timelines = &lead.initiative.timelines;
    let by = |share: f64| Twenty::of(share).of_twenty();
    let mut blocks = vec![Block::Text(said(format!(
        "A future is one play of the whole plan by the program, with its estimates, people, risks and incidents drawn by chance; the odds count how many keep a promise. The dates are no limits: {} futures end by the best, {} after the worst. They move when the plan or the facts do; the numbers here belong to the plan named below.",
        by(timelines.best.percentile.share()),
        by(1.0 - timelines.worst.percentile.share())
    )))];
    let mut error = said(format!("{} futures; ", thousands(forecast.trials.into())));
    let widest = forecast
        .initiatives
        .iter()
        .flat_map(|initiative| &initiative.commitments)
        .map(|promise| (promise.p_on_time.ci_high - promise.p_on_time.ci_low) / 2.0)
        .fold(0.0, f64::max);
    if widest > 0.0 {
        error = error.say(format!(
            "the odds of a promise are known to ±{} points of a hundred (95 % interval, for chance alone)",
            points(widest).trim_start_matches('+')
        ));
    } else {
        error = error.say("intervals are in summary.json");
    }
    let hash: String = forecast.scenario.sha256.chars().take(12).collect();
    error = error
        .say(format!("; seed {}; plan ", forecast.seed))
        .name(&forecast.scenario.file)
        .say(format!(", SHA-256 {hash}…; sim {}.", forecast.engine_version));
    blocks.push(Block::Text(error));
    let items: Vec<Item> = forecast
        .not_modelled
        .iter()
        .map(|sentence| item(Words::new().name(sentence)))
        .collect();
    if !items.is_empty() {
        blocks.push(Block::Text(Words::new().strong("Not modelled")));
        blocks.push(list(items));
    }
    let items: Vec<Item> = forecast
        .defaults
        .iter()
        .map(|default| {
            item(
                Words::new()
                    .name(&default.key)
                    .say(" = ")
                    .name(&default.value)
                    .say(": ")
                    .name(&default.meaning),
            )
        })
        .collect();
    if !items.is_empty() {
        blocks.push(Block::Text(Words::new().strong("Assumed because the plan is silent")));
        blocks.push(list(items));
    }
    if !forecast.warnings.is_empty() {
        let warnings = joined(forecast.warnings.iter().map(|warning| Words::new().name(warning)), " · ");
        blocks.push(Block::Note(Words::new().strong("Warnings: ").and(warnings)));
    }
    Section {
        id: "footer",
        heading: said("How to read this"),
        blocks,
    }
}

fn list(items: Vec<Item>) -> Block {
    Block::List(List {
        items,
        shown: Shown {
            most: MOST_LEFT_OUT,
            file: "summary.json",
        },
    })
}
