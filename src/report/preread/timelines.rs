//! The three timelines with what must be true for each, and the gap between what was promised, estimated and expected.

use super::lead::{Lead, sentence};
use super::view::{Block, Row, Section, Shown, Table, Tone, cell, cell_with, date_column, row, text_column};
use super::words::{Words, apart, counted, day, joined, odds, odds_of, said, short_day, span};
use crate::analysis::{Condition, Moment, Path, Quantile};
use crate::report::text::{head_count, percent};

/// What lies between these shares of the overall value does not set a path apart.
const SAME: std::ops::Range<f64> = 0.8..1.25;
/// Conditions that stand beside a date.
const MOST_CONDITIONS: usize = 3;
/// Rows of the gap that a printed page holds.
const MOST_DATES: usize = 4;

/// The sentence that is to be remembered.
pub(super) fn one_sentence(lead: &Lead<'_>) -> Section {
    let mut blocks = Vec::new();
    match lead.promise() {
        Some(promise) => {
            blocks.push(Block::Lead(sentence(promise)));
            let mut words = said(format!(
                "On time: {} of all {} simulated futures",
                percent(&promise.p_on_time),
                crate::report::text::thousands(promise.p_on_time.trials.into())
            ));
            words = words.say(format!("; late: {}", percent(&promise.p_on_time.complement())));
            if !lead.forecast.budgets.is_empty() {
                words = words.say(format!(
                    "; on time and within every risk budget: {}",
                    odds(&promise.p_on_time_within_budgets)
                ));
            }
            blocks.push(Block::Note(words.say(".")));
        }
        None => {
            let expected = &lead.initiative.timelines.expected;
            blocks.push(Block::Lead(match expected.at.date {
                Some(date) => said("Of 20 futures like this plan, ")
                    .strong(format!("{} done by {}", fraction(expected), date.in_full()))
                    .say("; nothing has been promised yet."),
                None => said("Half of the futures like this plan never finish; nothing has been promised yet."),
            }));
        }
    }
    let never = &lead.initiative.never;
    if never.hits > 0 {
        blocks.push(Block::Note(said(format!(
            "In {} futures it is never finished; they count as later than every date.",
            odds(never)
        ))));
    }
    Section {
        id: "sentence",
        heading: said("In one sentence"),
        blocks,
    }
}

fn fraction(quantile: &Quantile) -> String {
    super::words::Twenty::of(quantile.percentile.share()).does("is", "are")
}

/// Best, expected, worst; then what was promised and estimated.
pub(super) fn timelines(lead: &Lead<'_>) -> Section {
    let initiative = lead.initiative;
    let three = [
        ("Best", "what gets communicated", &initiative.timelines.best, Path::Best),
        ("Expected", "plan against this", &initiative.timelines.expected, Path::Expected),
        ("Worst", "the contingency", &initiative.timelines.worst, Path::Worst),
    ];
    let mut rows: Vec<Row> = three
        .into_iter()
        .map(|(label, meaning, quantile, path)| {
            row(vec![
                cell_with(Words::new().strong(label), said(meaning)),
                cell(Words::new().strong(day(&quantile.at))),
                cell(said(odds_of(quantile.percentile.share()))),
                cell(must_be_true(lead, path)),
            ])
        })
        .collect();
    let landmarks = [
        (
            "Plan on paper",
            &initiative.plan_on_paper,
            "Likely estimates, and nothing in the way.",
        ),
        (
            "Everything goes right",
            &initiative.everything_goes_right,
            "Low estimates; no risk, nobody leaves, no incident.",
        ),
    ];
    rows.extend(landmarks.into_iter().map(|(label, landmark, meaning)| Row {
        tone: Tone::Quiet,
        ..row(vec![
            cell(said(label)),
            cell(said(day(&landmark.at))),
            cell(said(odds(&landmark.p_that_early))),
            cell(said(meaning)),
        ])
    }));
    Section {
        id: "timelines",
        heading: said("Three timelines: ").name(&initiative.title),
        blocks: vec![Block::Table(Table {
            caption: "The best, the expected and the worst date, with what must be true for each",
            columns: vec![
                text_column("Timeline"),
                date_column("Done by"),
                text_column("Futures done"),
                text_column("What must be true"),
            ],
            rows,
            shown: all_shown(),
        })],
    }
}

/// Nothing is left out.
const fn all_shown() -> Shown {
    Shown {
        most: usize::MAX,
        file: "summary.json",
    }
}

/// What sets the path apart.
fn must_be_true(lead: &Lead<'_>, path: Path) -> Words {
    let mut own = lead.forecast.paths.iter().filter(|told| told.initiative == lead.initiative.id);
    let conditions = own.find(|told| told.path == path).map(|told| told.conditions.as_slice());
    let telling = conditions
        .unwrap_or_default()
        .iter()
        .filter(|condition| !SAME.contains(&condition.lift));
    let (work, events): (Vec<&Condition>, Vec<&Condition>) = telling.partition(|condition| condition.kind == "task");
    // What happens is understood sooner than how much work it was; one line of work says where it comes down.
    let chosen = events
        .iter()
        .take(MOST_CONDITIONS - 1)
        .chain(work.iter().take(1))
        .chain(events.iter().skip(MOST_CONDITIONS - 1))
        .chain(work.iter().skip(1));
    let clauses: Vec<Words> = chosen.take(MOST_CONDITIONS).map(|condition| clause(condition)).collect();
    if clauses.is_empty() {
        return match path {
            Path::Expected => said("Normal friction and some surprises: nothing stands out."),
            _ => said("Nothing in the model stands out."),
        };
    }
    joined(clauses, "; ").say(".")
}

fn clause(condition: &Condition) -> Words {
    let (here, overall) = (condition.on_path, condition.overall);
    let instead = || format!(" instead of {} on average", small(overall));
    match condition.kind {
        "risk" => Words::new().quoted(&condition.title).say(format!(
            " in {} of 20 such futures (of all: {})",
            super::words::Twenty::of(here).count(),
            super::words::Twenty::of(overall).count()
        )),
        "departures" => said(format!("{} people leave ", small(here))).name(&condition.title).say(instead()),
        "incident" => said(format!("{} ", small(here)))
            .name(&condition.title)
            .say(" incidents")
            .say(instead()),
        "finding" => said(format!("{} ", small(here)))
            .name(&condition.title)
            .say(" findings")
            .say(instead()),
        _ => {
            let change = (condition.lift - 1.0) * 100.0;
            let how = if change > 0.0 { "more" } else { "less" };
            Words::new()
                .quoted(&condition.title)
                .say(format!(" takes {:.0} % {how} than on average", change.abs()))
        }
    }
}

fn small(value: f64) -> String {
    if value.abs() < 0.995 {
        format!("{value:.2}")
    } else {
        head_count(value)
    }
}

/// What was promised, estimated and expected, by date, each with who stands behind it.
pub(super) fn gap(lead: &Lead<'_>) -> Option<Section> {
    let initiative = lead.initiative;
    let expected = &initiative.timelines.expected.at;
    let against = |at: &Moment| -> Words {
        match (at.working_days.finite(), expected.working_days.finite()) {
            (Some(at), Some(expected)) => said(apart(at - expected)),
            _ => said("cannot be said"),
        }
    };
    let mut rows: Vec<(Moment, Row)> = Vec::new();
    for (place, promise) in initiative.commitments.iter().enumerate() {
        let label = match &promise.to {
            Some(to) => said("Promised to ").name(to),
            None => said("Promised"),
        };
        let who = promise
            .owner
            .as_ref()
            .map_or_else(|| said("nobody is named"), |owner| said("answers for it: ").name(owner));
        let mut cells = vec![
            cell_with(label, who),
            cell(Words::new().strong(day(&promise.at))),
            cell(said(odds(&promise.p_on_time))),
            cell(against(&promise.at)),
        ];
        cells[2].tone = tone_of(promise.p_on_time.p);
        let tone = if lead.place == Some(place) { Tone::Bad } else { Tone::Plain };
        rows.push((promise.at, Row { cells, tone }));
    }
    if let Some(estimate) = &initiative.estimate {
        let who = initiative
            .owner
            .as_ref()
            .map_or_else(|| said("nobody is named"), |owner| said("estimated by: ").name(owner));
        rows.push((
            estimate.at,
            row(vec![
                cell_with(said("Engineering's estimate"), who),
                cell(Words::new().strong(day(&estimate.at))),
                cell(said(odds(&estimate.p_that_early))),
                cell(against(&estimate.at)),
            ]),
        ));
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| a.0.working_days.days().total_cmp(&b.0.working_days.days()));
    let mut blocks = vec![Block::Table(Table {
        caption: "What was promised, estimated and expected, with who stands behind it",
        columns: vec![
            text_column("Who stands behind it"),
            date_column("Date"),
            text_column("Made by"),
            text_column("To expected"),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        shown: Shown {
            most: MOST_DATES,
            file: "commitments.csv",
        },
    })];
    if let Some(words) = in_words(lead) {
        blocks.insert(0, Block::Text(words));
    }
    Some(Section {
        id: "gap",
        heading: said("The gap: promised against estimated"),
        blocks,
    })
}

/// The gap of the leading promise, by name.
fn in_words(lead: &Lead<'_>) -> Option<Words> {
    let promise = lead.promise()?;
    let words = said("The date");
    let words = match &promise.to {
        Some(to) => words.say(" promised to ").name(to),
        None => words.say(" that was promised"),
    };
    let words = match &promise.owner {
        Some(owner) => words.say(" (").name(owner).say(")"),
        None => words,
    };
    let mut parts = Vec::new();
    let side = |days: f64| format!("{} {}", span(days), if days < 0.0 { "before" } else { "after" });
    if let Some(days) = promise.gap_estimate_days.filter(|days| days.abs() >= 0.5) {
        let part = said(format!("{} engineering's own", side(days)));
        parts.push(match &lead.initiative.owner {
            Some(owner) => part.say(" (").name(owner).say(")"),
            None => part,
        });
    }
    if let Some(days) = promise.gap_p50_days.filter(|days| days.abs() >= 0.5) {
        parts.push(said(format!("{} the date that half of the futures make", side(-days))));
    }
    (!parts.is_empty()).then(|| words.say(" lies ").and(joined(parts, " and ")).say("."))
}

/// Whether the odds are what a promise is commonly expected to mean.
pub(super) fn tone_of(p: f64) -> Tone {
    if p >= 0.8 {
        Tone::Good
    } else if p >= 0.5 {
        Tone::Unsure
    } else {
        Tone::Bad
    }
}

/// The promises that do not lead the page.
pub(super) fn others(lead: &Lead<'_>) -> Option<Section> {
    let mut rows = Vec::new();
    for initiative in &lead.forecast.initiatives {
        if initiative.id == lead.initiative.id {
            continue;
        }
        let name = || Words::new().name(&initiative.title);
        let who = initiative.accountable.as_ref().or(initiative.owner.as_ref());
        let who = who.map_or_else(Words::new, |who| said("accountable: ").name(who));
        let expected = || cell(said(short_day(&initiative.timelines.expected.at)));
        let safe = Lead { initiative, ..*lead };
        let safe = || {
            cell(said(
                safe.quantile(80).map_or_else(|| "–".to_owned(), |quantile| short_day(&quantile.at)),
            ))
        };
        if initiative.commitments.is_empty() {
            rows.push(row(vec![
                cell_with(name(), who),
                cell(said("nothing promised")),
                cell(said("–")),
                expected(),
                safe(),
            ]));
            continue;
        }
        for promise in &initiative.commitments {
            let to = promise.to.as_ref().map_or_else(Words::new, |to| said("to ").name(to));
            let mut odds = cell(said(odds(&promise.p_on_time)));
            odds.tone = tone_of(promise.p_on_time.p);
            if let Some(days) = promise.median_lateness_if_late_days {
                odds.note = said(format!("else late by {}", span(days)));
            }
            rows.push(row(vec![
                cell_with(name(), who.clone()),
                cell_with(said(short_day(&promise.at)), to),
                odds,
                expected(),
                safe(),
            ]));
        }
    }
    if rows.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Table(Table {
        caption: "The promises of the other initiatives",
        columns: vec![
            text_column("Initiative"),
            date_column("Promised"),
            text_column("Made by"),
            date_column("Expected"),
            date_column("80 % sure"),
        ],
        rows,
        shown: Shown {
            most: 3,
            file: "commitments.csv",
        },
    })];
    if let Some(portfolio) = &lead.forecast.portfolio {
        let timelines = &portfolio.timelines;
        blocks.push(Block::Note(said(format!(
            "All {} done: best {}, expected {}, worst {}.",
            counted(lead.forecast.initiatives.len(), "initiative"),
            day(&timelines.best.at),
            day(&timelines.expected.at),
            day(&timelines.worst.at)
        ))));
    }
    Some(Section {
        id: "others",
        heading: said("What else was promised"),
        blocks,
    })
}
