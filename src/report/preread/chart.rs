//! Twenty futures as dots over the calendar, and the dates that can be promised with what confidence.

use super::lead::Lead;
use super::view::{Block, Section, Shown, Table, cell, date_column, row, text_column};
use super::words::{self, TWENTY, Words, day, odds_of, said};
use crate::analysis::InitiativeForecast;
use crate::calendar::Date;
use crate::report::text::cut;

/// The confidences that are offered as a row of dates.
const OFFERED: [u32; 5] = [50, 80, 85, 90, 95];
/// The confidences that can be asked for by hand.
const ASKED: [u32; 12] = [5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95];
/// Promises that are marked.
const MOST_FLAGS: usize = 3;

/// Twenty futures of equal weight, each at the date on which it ends.
pub(super) struct Twenty {
    /// What it shows, for those who do not see it.
    pub(super) says: String,
    /// The dots by date, the earliest first; `None` for a future that never ends.
    pub(super) dots: Vec<Dot>,
    /// The promises and the estimate.
    pub(super) flags: Vec<Flag>,
    /// What each confidence means.
    pub(super) confidences: Vec<Confidence>,
}

pub(super) struct Dot {
    pub(super) at: Option<Date>,
    pub(super) is_late: bool,
}

pub(super) struct Flag {
    pub(super) at: Date,
    pub(super) label: String,
    /// Whether it is a promise; else an estimate.
    pub(super) is_promise: bool,
}

/// A date that so many per cent of the futures make.
pub(super) struct Confidence {
    pub(super) percent: u32,
    pub(super) at: Option<Date>,
    pub(super) says: String,
}

pub(super) fn chart(lead: &Lead<'_>) -> Section {
    let initiative = lead.initiative;
    let mut blocks = vec![Block::Dots(twenty(lead)), Block::Note(legend(lead))];
    let offered: Vec<_> = OFFERED
        .iter()
        .filter_map(|percent| lead.quantile(*percent).map(|quantile| (*percent, quantile)))
        .collect();
    if !offered.is_empty() {
        let rows: Vec<_> = offered
            .into_iter()
            .map(|(percent, quantile)| {
                row(vec![
                    cell(said(format!("{percent} %"))),
                    cell(said(day(&quantile.at))),
                    cell(said(words::Twenty::of(f64::from(percent) / 100.0).of_twenty())),
                ])
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption: "Dates that can be promised, with their confidence",
            columns: vec![text_column("Confidence"), date_column("Date to promise"), date_column("Made by")],
            rows,
            shown: Shown {
                most: OFFERED.len(),
                file: "commitments.csv",
            },
        }));
    }
    Section {
        id: "chart",
        heading: said("Twenty futures of ").name(&initiative.title),
        blocks,
    }
}

fn twenty(lead: &Lead<'_>) -> Twenty {
    let initiative = lead.initiative;
    let on_time = lead.promise().map(|promise| words::Twenty::of(promise.p_on_time.p).dots());
    let dots: Vec<Dot> = (0..TWENTY)
        .map(|dot| Dot {
            at: finish(initiative, (f64::from(dot) + 0.5) / f64::from(TWENTY)),
            is_late: on_time.is_some_and(|on_time| dot >= on_time),
        })
        .collect();
    let promises = initiative.commitments.iter().take(MOST_FLAGS).filter_map(|promise| {
        let label = promise
            .to
            .as_ref()
            .map_or_else(|| "promised".to_owned(), |to| format!("promised to {}", cut(to, 18)));
        Some(Flag {
            at: promise.at.date?,
            label,
            is_promise: true,
        })
    });
    let estimate = initiative.estimate.iter().filter_map(|estimate| {
        Some(Flag {
            at: estimate.at.date?,
            label: "engineering's estimate".into(),
            is_promise: false,
        })
    });
    let mut flags: Vec<Flag> = promises.chain(estimate).collect();
    flags.sort_by_key(|flag| flag.at);
    Twenty {
        says: description(lead),
        dots,
        flags,
        confidences: ASKED
            .iter()
            .filter_map(|percent| {
                let quantile = lead.quantile(*percent)?;
                Some(Confidence {
                    percent: *percent,
                    at: quantile.at.date,
                    says: format!(
                        "{percent} % confidence: {}. {} futures make it.",
                        day(&quantile.at),
                        odds_of(f64::from(*percent) / 100.0)
                    ),
                })
            })
            .collect(),
    }
}

/// The date by which so large a share of the futures has ended, as drawn in the curve.
fn finish(initiative: &InitiativeForecast, share: f64) -> Option<Date> {
    initiative
        .s_curve
        .iter()
        .find(|point| point.p >= share)
        .and_then(|point| point.at.date)
}

fn description(lead: &Lead<'_>) -> String {
    let timelines = &lead.initiative.timelines;
    let mut text = format!(
        "Twenty dots, one for each of 20 futures of equal weight, from {} to {}; half of them end by {}.",
        day(&timelines.best.at),
        day(&timelines.worst.at),
        day(&timelines.expected.at)
    );
    if let Some(promise) = lead.promise() {
        let makes = words::Twenty::of(promise.p_on_time.p);
        text.push_str(&format!(
            " {} are filled: they make {}. The others are late.",
            makes.count(),
            day(&promise.at)
        ));
    }
    text
}

/// What the dots mean, in words that HTML and Markdown both print.
fn legend(lead: &Lead<'_>) -> Words {
    let words = said("Each dot is 1 of 20 futures of equal weight, at the date on which it ends");
    match lead.promise() {
        Some(promise) => words.say(format!(": filled where it makes {}, hollow where it is late.", day(&promise.at))),
        None => words.say("."),
    }
}
