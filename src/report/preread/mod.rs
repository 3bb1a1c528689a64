//! The page for those who decide: `preread.html` and `preread.md`.
//!
//! Each part of the page is a [`view::Section`] that one file fills with words from a finished forecast; two files lay the same sections out,
//! so that HTML and Markdown cannot say different things.
//!
//! | file | holds |
//! |---|---|
//! | `words` | counts of twenty, dates and spans as a sentence says them; which words are somebody else's |
//! | `view` | what a page is made of |
//! | `lead` | which promise leads it, and the sentence about it |
//! | `ask` … `footer` | the parts, in the order in which they are read |
//! | `html`, `dots`, `style.css`, `script.js` | how they look on a screen and on paper |
//! | `markdown` | how they look in a message |

mod ask;
mod bets;
mod budgets;
mod chart;
mod checkpoints;
mod dots;
mod drivers;
mod footer;
mod html;
mod lead;
mod markdown;
mod options;
mod people;
mod timelines;
mod view;
mod words;

use lead::Lead;
use view::{Page, Section};
use words::{named, said};

use super::text::thousands;
use crate::analysis::Forecast;

/// The page in both forms.
#[derive(Debug, Clone)]
pub struct Preread {
    /// One file that needs no other; on paper one page.
    pub html: String,
    /// The same words for a document or a message.
    pub markdown: String,
}

/// Draws the page of a forecast.
#[must_use]
pub fn preread(forecast: &Forecast) -> Preread {
    let page = page(forecast);
    Preread {
        html: html::page(&page),
        markdown: markdown::page(&page),
    }
}

/// What the page says, in the order in which it is read.
fn page(forecast: &Forecast) -> Page {
    let sections = Lead::of(forecast).map_or_else(Vec::new, |lead| sections(&lead));
    Page {
        title: named(&forecast.scenario.name),
        facts: said(format!(
            "Pre-read · the plan starts {} · {} simulated futures",
            forecast.start.in_full(),
            thousands(forecast.trials.into())
        )),
        alert: forecast.partial.then(|| {
            said(format!(
                "Interrupted: {} of {} futures were simulated, and what follows may lack parts. Run it again before deciding.",
                thousands(forecast.trials.into()),
                thousands(forecast.trials_requested.into())
            ))
        }),
        sections,
    }
}

fn sections(lead: &Lead<'_>) -> Vec<Section> {
    [
        Some(ask::ask(lead)),
        Some(timelines::one_sentence(lead)),
        Some(timelines::timelines(lead)),
        Some(chart::chart(lead)),
        timelines::gap(lead),
        budgets::budgets(lead),
        drivers::drivers(lead),
        timelines::others(lead),
        checkpoints::checkpoints(lead),
        options::options(lead),
        drivers::dependencies(lead),
        people::people(lead),
        bets::bets(lead),
        bets::ladders(lead),
        Some(footer::footer(lead)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
