//! The page for those who decide: `preread.html` and `preread.md`.
//!
//! Each part of the page is a section (`view`) that one file fills with words from a finished forecast; two files lay the same sections out,
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
mod rerun;
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
        rerun::rerun(lead),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    /// What the Markdown says under a heading that begins so.
    fn under(text: &str, heading: &str) -> String {
        let mut parts = text.split("\n## ");
        parts.find(|part| part.starts_with(heading)).unwrap_or_default().replace("**", "")
    }

    #[test]
    fn a_promise_is_said_from_both_sides() {
        let text = preread(&fixtures::segment()).markdown;
        let said = under(&text, "In one sentence");
        assert!(
            said.contains(
                "Of 20 futures like this plan, fewer than 1 makes 6 March 2026 and more than 19 miss it; when missed, typically by 8 weeks."
            ),
            "{said}"
        );
        assert!(
            under(&text, "The gap").contains("6 weeks before engineering's own (VP Engineering)"),
            "{text}"
        );
        assert!(under(&text, "To be decided").contains("by when: the plan does not say"));
    }

    #[test]
    fn where_nothing_is_promised_dates_are_offered() {
        let text = preread(&fixtures::no_promise()).markdown;
        let ask = under(&text, "To be decided");
        assert!(ask.contains("which date to promise?") && ask.contains("16 of 20 (80 %)"), "{ask}");
        assert!(under(&text, "In one sentence").contains("nothing has been promised yet"));
        assert!(under(&text, "The gap").is_empty() && under(&text, "Options").is_empty());
    }

    #[test]
    fn what_never_ends_has_no_date() {
        let text = preread(&fixtures::never()).markdown;
        assert!(
            under(&text, "In one sentence").contains("when missed, typically it is never finished at all"),
            "{text}"
        );
        assert!(under(&text, "Three timelines").contains("never"));
        let some = preread(&fixtures::some_never()).markdown;
        assert!(
            under(&some, "In one sentence").contains("it is never finished; they count as later"),
            "{some}"
        );
    }

    #[test]
    fn few_futures_are_not_counted_in_twenties() {
        let text = preread(&fixtures::one_trial()).markdown;
        assert!(!under(&text, "In one sentence").contains("Of 20 futures"), "{text}");
    }

    #[test]
    fn an_interrupted_run_says_so_first() {
        let forecast = Forecast {
            partial: true,
            trials_requested: 20_000,
            ..fixtures::segment()
        };
        let page = preread(&forecast);
        let at = |text: &str, part: &str| text.find(part).unwrap_or(usize::MAX);
        assert!(at(&page.markdown, "Interrupted: 10,000 of 20,000") < at(&page.markdown, "## "));
        let html = page.html.replace('\u{a0}', " ");
        assert!(at(&html, "Interrupted: 10,000 of 20,000") < at(&html, "<main"));
    }

    #[test]
    fn every_row_fits_its_table() {
        for forecast in fixtures::all() {
            let page = page(&forecast);
            let html = html::page(&page);
            for section in &page.sections {
                assert!(html.contains(&format!("id=\"{}\"", section.id)));
                for block in &section.blocks {
                    let view::Block::Table(table) = block else { continue };
                    assert!(
                        table.rows.iter().all(|row| row.cells.len() == table.columns.len()),
                        "{}",
                        table.caption
                    );
                }
            }
            assert!(!html.contains("NaN") && !html.contains("inf "), "{}", forecast.scenario.name);
        }
    }
}
