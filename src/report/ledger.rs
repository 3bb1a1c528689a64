//! The forecast's own record as text: how the odds of each promise went, and what its dates were worth.

use anstyle::Style;

use super::page::{BAD, BOLD, Cell, DIM, GOOD, INDENT, Page, Side, plain, styled};
use super::text::{cut, percent_interval, percent_of, plain_percent, points};
use crate::analysis::{Forecast, ForecastPoint, History, InitiativeHistory, LedgerHistory, Pinball, Score, Share, TrackRecord};
use crate::calendar::Date;

/// Runs that are shown of an initiative, the last ones.
const MOST_RUNS: usize = 12;
/// The confidence that the plain sentence is about.
const PLAIN: u32 = 80;
/// With fewer cases not even dates that all held show that they hold more often than half of the time: the exact 95 % interval of five
/// of five begins at 48 %.
const FEW_CASES: u32 = 6;

/// The record of several scenarios, as text of at most 80 columns.
#[must_use]
pub fn ledger(history: &History, colour: bool) -> String {
    let mut page = Page::new(colour);
    for (index, ledger) in history.ledgers.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        page.record(ledger);
    }
    page.blank();
    page.worth(&history.track_record);
    page.into_text()
}

/// What the record says in one sentence: `our P80 dates held in 7 of 12 cases`, and of few cases that they are. `None` where nothing can
/// be said.
#[must_use]
pub fn plain_sentence(record: &TrackRecord) -> Option<String> {
    let held = record.held(PLAIN)?;
    Some(format!(
        "our P{PLAIN} dates held in {} of {} case{}{}",
        held.hits,
        held.trials,
        if held.trials == 1 { "" } else { "s" },
        if held.trials < FEW_CASES { ", too few to judge by" } else { "" }
    ))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(|| "never".to_owned(), |date| date.to_string())
}

fn of_hundred(share: &Share) -> String {
    format!("{} of {} ({})", share.hits, share.trials, percent_interval(share))
}

impl Page {
    fn record(&mut self, ledger: &LedgerHistory) {
        self.heading(&ledger.name);
        let runs = if ledger.runs == 1 {
            "1 run".to_owned()
        } else {
            format!("{} runs", ledger.runs)
        };
        self.paragraph(&format!("{} · {runs} on record", cut(&ledger.folder, 400)), "", DIM);
        for initiative in &ledger.initiatives {
            self.blank();
            let finished = initiative
                .finished
                .map_or_else(String::new, |date| format!(": finished on {}", date.long()));
            self.paragraph(&format!("{}{finished}", cut(&initiative.title, 72)), INDENT, BOLD);
            self.runs(initiative);
        }
    }

    fn runs(&mut self, initiative: &InitiativeHistory) {
        let hidden = initiative.forecasts.len().saturating_sub(MOST_RUNS);
        if initiative.promises.is_empty() {
            let rows: Vec<Vec<Cell>> = initiative.forecasts.iter().skip(hidden).map(run).collect();
            self.table(&[Side::Left; 4], 1, &["recorded", "forecast", "P50", "P80"], &rows);
        }
        for promise in &initiative.promises {
            let (word, style) = match promise.kept {
                Some(true) => (": kept", GOOD),
                Some(false) => (": not kept", BAD),
                None => ("", Style::new()),
            };
            let to = promise.to.as_ref().map_or_else(String::new, |to| format!(" to {}", cut(to, 40)));
            self.paragraph(&format!("Promised{to} by {}{word}", promise.date.long()), INDENT, style);
            let rows: Vec<Vec<Cell>> = initiative
                .forecasts
                .iter()
                .zip(&promise.odds)
                .skip(hidden)
                .map(|(forecast, odds)| {
                    let mut cells = run(forecast);
                    cells.push(odds.map_or_else(|| plain("not promised"), |odds| styled(percent_of(odds.p), BOLD)));
                    cells.push(plain(odds.and_then(|odds| odds.change).map_or_else(String::new, points)));
                    cells
                })
                .collect();
            let sides = [Side::Left, Side::Left, Side::Left, Side::Left, Side::Right, Side::Right];
            self.table(&sides, 1, &["recorded", "forecast", "P50", "P80", "on time", "points"], &rows);
        }
        if hidden > 0 {
            self.paragraph(&format!("{hidden} earlier runs are not shown; --json has them"), INDENT, DIM);
        }
    }

    fn worth(&mut self, record: &TrackRecord) {
        self.heading("What our forecasts were worth");
        if record.is_empty() {
            self.blank();
            self.paragraph(
                "Nothing can be scored yet: no initiative on record has finished, and no date has passed. Facts come from `sim rerun` with all tasks finished, or from --finished INITIATIVE=DATE.",
                INDENT,
                Style::new(),
            );
            return;
        }
        self.blank();
        if let Some(sentence) = plain_sentence(record) {
            self.paragraph(&format!("{}.", capital(&sentence)), INDENT, BOLD);
            self.blank();
        }
        let mut rows: Vec<Vec<Cell>> = record
            .coverage
            .iter()
            .map(|coverage| {
                vec![
                    plain(format!("{} dates held", coverage.percentile.to_string().to_uppercase())),
                    plain(of_hundred(&coverage.held)),
                    plain(plain_percent(coverage.percentile.share())),
                ]
            })
            .collect();
        if let Some(inside) = &record.inside_p10_p90 {
            rows.push(vec![
                plain("finished between P10 and P90"),
                plain(of_hundred(inside)),
                plain("80 %"),
            ]);
        }
        if let Some(kept) = &record.promises_kept {
            rows.push(vec![plain("promises kept"), plain(of_hundred(kept)), plain("–")]);
        }
        self.table(
            &[Side::Left, Side::Left, Side::Right],
            0,
            &["First forecasts", "so far (95 % interval)", "should be"],
            &rows,
        );
        self.scores(record);
        self.reservations(record);
    }

    fn scores(&mut self, record: &TrackRecord) {
        let interval = |score: &Score, digits: usize| match (score.ci_low, score.ci_high) {
            (Some(low), Some(high)) => format!(" ({low:.digits$} to {high:.digits$})"),
            _ => String::new(),
        };
        let cases = |score: &Score, noun: &str| format!("{} {noun}{}", score.cases, if score.cases == 1 { "" } else { "s" });
        self.blank();
        if let Some(brier) = &record.brier {
            let text = format!(
                "Brier score of the odds: {:.3}{} over {}; 0 is perfect, always saying fifty-fifty scores {}.",
                brier.mean,
                interval(brier, 3),
                cases(brier, "promise"),
                brier.reference.unwrap_or(0.25)
            );
            self.paragraph(&text, INDENT, Style::new());
        }
        for Pinball { percentile, loss } in &record.pinball {
            let text = format!(
                "Pinball loss of the {} dates: {:.1} working days{} over {}; less is better.",
                percentile.to_string().to_uppercase(),
                loss.mean,
                interval(loss, 1),
                cases(loss, "initiative")
            );
            self.paragraph(&text, INDENT, Style::new());
        }
    }

    fn reservations(&mut self, record: &TrackRecord) {
        self.blank();
        let mut said = vec![
            "Each initiative counts once, by its first forecast on record; those of one company share its luck, so the intervals are rather too narrow.".to_owned(),
        ];
        if record.overdue > 0 {
            said.push(format!(
                "{} still open and past a date that it was given: that date counts as not held.",
                if record.overdue == 1 {
                    "1 initiative is".to_owned()
                } else {
                    format!("{} initiatives are", record.overdue)
                }
            ));
        }
        if record.recorded_afterwards > 0 {
            said.push(format!(
                "{} of {} recorded only after the finish: it shows how the model would have done, not what anybody was told.",
                record.recorded_afterwards, record.finished
            ));
        }
        for text in said {
            self.paragraph(&text, INDENT, DIM);
        }
    }

    /// How often dates held that were recorded before; nothing where none can be told.
    pub(super) fn track_record(&mut self, forecast: &Forecast) {
        let Some(sentence) = forecast.track_record.as_ref().and_then(plain_sentence) else {
            return;
        };
        self.blank();
        self.paragraph(&format!("On record for this plan: {sentence}; `sim ledger` shows more."), "", BOLD);
    }
}

fn run(forecast: &ForecastPoint) -> Vec<Cell> {
    let what = match forecast.as_of {
        Some(as_of) => format!("{} {as_of}", forecast.kind.name()),
        None => forecast.kind.name().to_owned(),
    };
    vec![
        plain(forecast.recorded.date().to_string()),
        plain(what),
        plain(day(forecast.p50)),
        plain(day(forecast.p80)),
    ]
}
