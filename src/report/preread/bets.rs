//! What the work is for: the company's bets, who works for them, and what the work means step by step.

use super::lead::Lead;
use super::view::{Block, Item, List, Section, Shown, Tone, item};
use super::words::{Words, joined, said};
use crate::analysis::{BetForecast, LadderForecast};

/// Lines about bets that a printed page holds.
const MOST_BETS: usize = 3;
/// Ladders that a printed page holds.
const MOST_LADDERS: usize = 1;

pub(super) fn bets(lead: &Lead<'_>) -> Option<Section> {
    let forecast = lead.forecast;
    if forecast.bets.is_empty() {
        return None;
    }
    let mut items: Vec<Item> = forecast.bets.iter().map(|bet| one(lead, bet)).collect();
    let without: Vec<Words> = forecast
        .initiatives
        .iter()
        .filter(|initiative| !forecast.bets.iter().any(|bet| bet.supported_by.contains(&initiative.id)))
        .map(|initiative| Words::new().quoted(&initiative.title))
        .collect();
    if !without.is_empty() {
        items.push(Item {
            words: said("Supports no bet: ").and(joined(without, ", ")).say("."),
            tone: Tone::Unsure,
        });
    }
    Some(Section {
        id: "bets",
        heading: said("Bets, and what works for them"),
        blocks: vec![Block::List(List {
            items,
            shown: Shown {
                most: MOST_BETS,
                file: "summary.json",
            },
        })],
    })
}

fn one(lead: &Lead<'_>, bet: &BetForecast) -> Item {
    let mut words = Words::new().quoted(&bet.title);
    if let Some(owner) = &bet.owner {
        words = words.say(" (").name(owner).say(")");
    }
    if bet.supported_by.is_empty() {
        return Item {
            words: words.say(": no initiative works for it."),
            tone: Tone::Unsure,
        };
    }
    let initiatives = bet.supported_by.iter().map(|id| Words::new().name(lead.title_of(id)));
    item(words.say(": ").and(joined(initiatives, ", ")).say("."))
}

/// What the work means, from the item to the decision; that of the leading initiative first.
pub(super) fn ladders(lead: &Lead<'_>) -> Option<Section> {
    let mut all: Vec<&LadderForecast> = lead.forecast.ladders.iter().collect();
    all.sort_by_key(|ladder| (ladder.initiative != lead.initiative.id, ladder.task.is_some()));
    let items: Vec<Item> = all.into_iter().filter_map(ladder).map(item).collect();
    (!items.is_empty()).then(|| Section {
        id: "ladder",
        heading: said("What the work means"),
        blocks: vec![Block::List(List {
            items,
            shown: Shown {
                most: MOST_LADDERS,
                file: "summary.json",
            },
        })],
    })
}

/// The steps that are given; none where nothing but the question is, which stands at the top of the page.
fn ladder(ladder: &LadderForecast) -> Option<Words> {
    let steps = &ladder.steps;
    let given = [
        ("work", &steps.work_item),
        ("system", &steps.system_effect),
        ("customers", &steps.customer_effect),
        ("business", &steps.business_effect),
        ("decision", &steps.decision_ask),
    ];
    let given: Vec<Words> = given
        .into_iter()
        .filter_map(|(step, text)| text.as_ref().map(|text| Words::new().strong(format!("{step}: ")).name(text)))
        .collect();
    let only_asks = given.len() == 1 && steps.decision_ask.is_some() && ladder.task.is_none();
    (!given.is_empty() && !only_asks).then(|| Words::new().name(&ladder.title).say(" – ").and(joined(given, " → ")))
}
