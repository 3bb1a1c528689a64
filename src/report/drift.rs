//! What moved since the run before: `drift.csv`, and the same in the terminal and on the page.

use super::page::{BAD, BOLD, Cell, DIM, INDENT, Page, Side, plain, styled};
use super::tables::{Table, TableError, optional, safe};
use super::text::{cut, points};
use crate::analysis::{Drift, Forecast, InitiativeDrift, Moved, RunKind};

/// Working days below which a cause is not shown to people; the files have it.
const SMALL: f64 = 0.05;
/// Inputs that are named on a terminal.
const MOST_INPUTS: usize = 8;

/// `drift.csv`: `initiative,since,cause,p50_days,p80_days`, one row per initiative and cause; a cause that changed nothing has 0, one
/// that cannot be told (never) an empty cell. The causes of an initiative sum to its whole change.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn drift_csv(drift: &Drift) -> Result<String, TableError> {
    let mut table = Table::new(&["initiative", "since", "cause", "p50_days", "p80_days"])?;
    for initiative in &drift.initiatives {
        for cause in &initiative.causes {
            table.row(&[
                safe(&initiative.initiative),
                drift.since.to_string(),
                safe(&cause.cause),
                optional(cause.by.p50_days),
                optional(cause.by.p80_days),
            ])?;
        }
    }
    table.finish()
}

/// Working days that something moved: `+3.2`, `−1.0`, `0` for less than a twentieth, `–` for never.
pub(super) fn days_moved(days: Option<f64>) -> String {
    match days.filter(|days| days.is_finite()) {
        None => "–".into(),
        Some(days) if days.abs() < SMALL => "0".into(),
        Some(days) => format!("{}{:.1}", if days < 0.0 { "−" } else { "+" }, days.abs()),
    }
}

/// The run that this one is held against: `the run of 6 Mar 2026`.
pub(super) fn earlier(drift: &Drift) -> String {
    match (drift.kind, drift.as_of) {
        (RunKind::Rerun, Some(as_of)) => format!("the rerun as of {}, recorded on {}", as_of.long(), drift.since.long()),
        _ => format!("the run of {}", drift.since.long()),
    }
}

/// What simulation noise comes from, where luck was another: `Simulation noise: seed 1 then, seed 2 now.`
pub(super) fn other_luck(drift: &Drift) -> Option<String> {
    let what = if drift.not_split.is_none() {
        "Simulation noise"
    } else {
        "Chance, which is part of it"
    };
    (!drift.other_luck.is_empty()).then(|| format!("{what}: {}.", cut(&drift.other_luck.join("; "), 200)))
}

/// The causes that moved anything, the largest first.
pub(super) fn largest(initiative: &InitiativeDrift) -> Vec<&Moved> {
    let size = |moved: &&Moved| {
        let days = [moved.by.p50_days, moved.by.p80_days].into_iter().flatten().map(f64::abs);
        days.fold(0.0, f64::max)
    };
    let odds = |moved: &&Moved| moved.by.odds.iter().any(|odds| odds.change.abs() >= 0.000_5);
    let is_untold = |moved: &&Moved| moved.by.p50_days.is_none() || moved.by.p80_days.is_none();
    let mut shown: Vec<&Moved> = initiative
        .causes
        .iter()
        .filter(|moved| size(moved) >= SMALL || odds(moved) || is_untold(moved))
        .collect();
    shown.sort_by(|a, b| size(b).total_cmp(&size(a)));
    shown
}

impl Page {
    /// What moved since the run before; nothing where there is none.
    pub(super) fn since(&mut self, forecast: &Forecast) {
        let Some(drift) = &forecast.since else { return };
        self.blank();
        self.heading(&format!("What moved since {}", earlier(drift)));
        for initiative in &drift.initiatives {
            self.blank();
            if drift.initiatives.len() > 1 {
                self.line(&format!("{INDENT}{}", cut(&initiative.title, 74)), BOLD);
            }
            self.moved(initiative);
        }
        if let Some(why) = &drift.not_split {
            self.blank();
            self.paragraph(&format!("Not split into causes: {}.", cut(why, 300)), INDENT, DIM);
        }
        if let Some(luck) = other_luck(drift) {
            self.blank();
            self.paragraph(&luck, INDENT, DIM);
        }
        if drift.unexplained.is_empty() {
            return;
        }
        self.blank();
        self.line(&format!("{INDENT}Changed though no fact says so"), BAD.bold());
        for input in drift.unexplained.iter().take(MOST_INPUTS) {
            let value = |value: &Option<String>| value.as_ref().map_or_else(|| "nothing".to_owned(), |value| cut(value, 60));
            let text = format!("{}: {} → {}", cut(&input.input, 100), value(&input.then), value(&input.now));
            self.paragraph(&text, "    ", BAD);
        }
        let more = drift.unexplained.len().saturating_sub(MOST_INPUTS);
        if more > 0 {
            self.paragraph(&format!("and {more} more in summary.json"), "    ", DIM);
        }
    }

    fn moved(&mut self, initiative: &InitiativeDrift) {
        let causes = largest(initiative);
        if causes.is_empty() {
            self.paragraph("Nothing moved.", INDENT, DIM);
            return;
        }
        let promises: Vec<&Option<String>> = initiative.whole.odds.iter().map(|odds| &odds.to).take(2).collect();
        let row = |name: Cell, by: &crate::analysis::Whole, is_whole: bool| {
            let cell = |text: String| if is_whole { styled(text, BOLD) } else { plain(text) };
            let mut cells = vec![name, cell(days_moved(by.p50_days)), cell(days_moved(by.p80_days))];
            for to in &promises {
                let change = by.odds.iter().find(|odds| odds.to == **to).map(|odds| points(odds.change));
                cells.push(cell(change.unwrap_or_else(|| "–".into())));
            }
            cells
        };
        let mut rows: Vec<Vec<Cell>> = causes
            .iter()
            .map(|moved| row(plain(cut(&moved.cause, 40)), &moved.by, false))
            .collect();
        rows.push(row(styled("in all", BOLD), &initiative.whole, true));
        let mut header = vec!["Cause".to_owned(), "P50, days".to_owned(), "P80, days".to_owned()];
        header.extend(promises.iter().map(|to| match to {
            Some(to) => format!("points, {}", cut(to, 14)),
            None => "points on time".to_owned(),
        }));
        let mut sides = vec![Side::Left];
        sides.resize(header.len(), Side::Right);
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.table(&sides, 0, &header, &rows);
    }
}
