//! How far the numbers can be trusted, and which run they belong to.

use super::lead::Lead;
use super::view::{Block, Item, List, Section, Shown, item};
use super::words::{Twenty, Words, joined, said};
use crate::report::drift::{days_moved, earlier, largest, other_luck};
use crate::report::ledger::plain_sentence;
use crate::report::text::{points, thousands};

/// Sentences that a printed page holds.
const MOST_LEFT_OUT: usize = 2;
/// Causes that are named of what moved.
const MOST_CAUSES: usize = 4;

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
    blocks.extend(record(lead));
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

/// How often dates held, and what moved since the run before.
fn record(lead: &Lead<'_>) -> Vec<Block> {
    let mut blocks = vec![];
    if let Some(sentence) = lead.forecast.track_record.as_ref().and_then(plain_sentence) {
        blocks.push(Block::Text(
            Words::new()
                .strong("On record for this plan: ")
                .say(format!("{sentence}. Each initiative counts by its first forecast.")),
        ));
    }
    let Some(drift) = &lead.forecast.since else { return blocks };
    let own = drift
        .initiatives
        .iter()
        .find(|initiative| initiative.initiative == lead.initiative.id);
    if let Some(own) = own {
        let mut words = Words::new().strong(format!("Since {}: ", earlier(drift))).say(format!(
            "the expected date (P50) {}, that of 80 % confidence (P80) {}",
            said_moved(own.whole.p50_days),
            said_moved(own.whole.p80_days)
        ));
        let causes: Vec<Words> = largest(own)
            .into_iter()
            .filter(|moved| drift.not_split.is_none() && days_moved(moved.by.p80_days) != "0")
            .take(MOST_CAUSES)
            .map(|moved| Words::new().name(&moved.cause).say(format!(" {}", days_moved(moved.by.p80_days))))
            .collect();
        if !causes.is_empty() {
            words = words.say("; of the latter: ").and(joined(causes, ", "));
        }
        words = words.say(".");
        if let Some(why) = &drift.not_split {
            words = words.say(" Not split into causes: ").name(why).say(".");
        }
        if let Some(luck) = other_luck(drift) {
            words = words.say(format!(" {luck}"));
        }
        blocks.push(Block::Text(words));
    }
    if !drift.unexplained.is_empty() {
        blocks.push(Block::Text(Words::new().strong("Changed though no fact says so")));
        blocks.push(list(
            drift
                .unexplained
                .iter()
                .map(|input| {
                    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                    item(
                        Words::new()
                            .name(&input.input)
                            .say(": ")
                            .name(&value(&input.then))
                            .say(" → ")
                            .name(&value(&input.now)),
                    )
                })
                .collect(),
        ));
    }
    blocks
}

/// How a date moved, in words: `came 3.2 working days later`.
fn said_moved(days: Option<f64>) -> String {
    match (days, days_moved(days).trim_start_matches(['+', '−'])) {
        (None, _) => "cannot be compared, since it is never reached in one of the two".to_owned(),
        (_, "0") => "did not move".to_owned(),
        (Some(days), size) => format!(
            "came {size} working day{} {}",
            if size == "1.0" { "" } else { "s" },
            if days < 0.0 { "earlier" } else { "later" }
        ),
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
