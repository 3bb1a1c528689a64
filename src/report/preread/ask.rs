//! What has to be decided, by when, by whom, and between what.

use super::lead::Lead;
use super::view::{Block, Item, List, Section, Shown, Tone, item};
use super::words::{Words, day, joined, odds, said};
use crate::analysis::{Alternative, PromiseComparison};
use crate::report::text::amount;

/// Choices that a printed page holds.
const MOST_CHOICES: usize = 3;
/// The confidences that are offered where nothing is promised yet.
const OFFERED: [u32; 3] = [50, 80, 90];

pub(super) fn ask(lead: &Lead<'_>) -> Section {
    let heading = match lead.forecast.decide_by {
        Some(date) if lead.forecast.is_past(date) => said(format!("Decide now: it was due by {}", date.in_full())),
        Some(date) => said(format!("Decide by {}", date.in_full())),
        None => said("To be decided"),
    };
    let mut blocks = vec![Block::Lead(question(lead))];
    let items = choices(lead);
    if !items.is_empty() {
        let shown = Shown {
            most: MOST_CHOICES,
            file: "the options",
        };
        blocks.push(Block::List(List { items, shown }));
    }
    blocks.push(Block::Note(who(lead)));
    Section {
        id: "ask",
        heading,
        blocks,
    }
}

/// The authors' own words where they gave some.
fn question(lead: &Lead<'_>) -> Words {
    let own = lead
        .forecast
        .ladders
        .iter()
        .filter(|ladder| ladder.initiative == lead.initiative.id);
    let asked = own.filter_map(|ladder| ladder.steps.decision_ask.as_deref()).next();
    let title = lead.initiative.title.as_str();
    match (asked, lead.promise()) {
        (Some(asked), _) => Words::new().name(title).say(": ").name(asked),
        (None, Some(promise)) => {
            let words = Words::new().name(title).say(format!(": keep {}", day(&promise.at)));
            let has_options = lead.forecast.options.as_ref().is_some_and(|options| options.alternatives.len() > 1);
            words.say(if has_options {
                ", move it, or take another way?"
            } else {
                ", or move it?"
            })
        }
        (None, None) => Words::new().name(title).say(": which date to promise?"),
    }
}

/// What can be chosen, each with its odds.
fn choices(lead: &Lead<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let Some(promise) = lead.promise() else {
        let offered = OFFERED.iter().filter_map(|percent| lead.quantile(*percent));
        return offered
            .map(|quantile| {
                item(
                    Words::new()
                        .strong(format!("Promise {}", day(&quantile.at)))
                        .say(format!(": {} futures make it.", super::words::odds_of(quantile.percentile.share()))),
                )
            })
            .collect();
    };
    items.push(item(
        Words::new()
            .strong(format!("Keep {}", day(&promise.at)))
            .say(format!(": {} futures make it.", odds(&promise.p_on_time))),
    ));
    if let Some(later) = lead.quantile(80).filter(|later| later.at.working_days > promise.at.working_days) {
        items.push(item(
            Words::new()
                .strong(match later.at.date {
                    Some(date) => format!("Move it to {}", date.in_full()),
                    None => "Move it".to_owned(),
                })
                .say(match later.at.date {
                    Some(_) => ": 16 of 20 futures (80 %) make it.",
                    None => ": there is no date that 16 of 20 futures (80 %) make.",
                }),
        ));
    }
    if let Some(options) = &lead.forecast.options {
        let mut ways: Vec<&Alternative> = options.alternatives.iter().filter(|way| !way.is_plan).collect();
        ways.sort_by_key(|way| !way.recommended);
        items.extend(ways.into_iter().map(|way| choice(lead, way)));
    }
    items
}

fn choice(lead: &Lead<'_>, way: &Alternative) -> Item {
    let mut words = Words::new().strong("Take ").quoted(&way.title);
    if way.recommended {
        words = words.strong(" (recommended)");
    }
    words = words.say(": ");
    words = match promise_of(lead, way) {
        Some(promise) => words.say(format!("{}, which {} futures make", day(&promise.at), odds(&promise.p_on_time))),
        None => words.say("without this promise"),
    };
    if way.cost_once > 0.0 {
        words = words.say(format!("; costs {} once", amount(way.cost_once)));
    }
    if way.needs_ceo {
        words = words.say(", which the CEO approves");
    }
    Item {
        words: words.say("."),
        tone: if way.recommended { Tone::Chosen } else { Tone::Plain },
    }
}

/// What an option makes of the promise that leads the page.
pub(super) fn promise_of<'a>(lead: &Lead<'_>, way: &'a Alternative) -> Option<&'a PromiseComparison> {
    let to = &lead.promise()?.to;
    let finish = way.initiatives.iter().find(|finish| finish.initiative == lead.initiative.id)?;
    finish.promises.iter().find(|promise| promise.to == *to)
}

/// Who is accountable, as far as the plan says.
fn who(lead: &Lead<'_>) -> Words {
    let initiative = lead.initiative;
    let promise = lead.promise();
    let mut parts = Vec::new();
    match &initiative.accountable {
        Some(accountable) => parts.push(said("Accountable: ").name(accountable)),
        None => parts.push(said("Accountable: nobody is named in the plan")),
    }
    if let Some(owner) = &initiative.owner {
        parts.push(said("owns the work: ").name(owner));
    }
    if let Some(promise) = promise {
        let words = match &promise.to {
            Some(to) => said("promised to: ").name(to),
            None => said("promised to: nobody named"),
        };
        parts.push(match &promise.owner {
            Some(owner) => words.say(" (answers for it: ").name(owner).say(")"),
            None => words,
        });
    }
    if lead.forecast.decide_by.is_none() {
        parts.push(said("by when: the plan does not say"));
    }
    joined(parts, " · ")
}
