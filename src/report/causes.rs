//! What moves the date, in the summary: the assumptions by what they cost, what could be bought, what is given up.

use anstyle::Style;

use super::page::{Cell, DIM, INDENT, Page, Side, plain, styled};
use super::terminal::{futures_of, title_of};
use super::text::{NAME, cut, futures_moved, plain_percent, points, rounded, weeks_moved};
use crate::analysis::{AssumptionPrice, Forecast, MitigationEffect};
use crate::units::DAYS_PER_WEEK;

/// Assumptions that are shown for an initiative.
const MOST_PRICES: usize = 8;

/// Working days that are worth a line: a tenth of a week.
const WORTH_A_LINE: f64 = 0.1 * DAYS_PER_WEEK;

/// What is shown beneath that many days, since it costs that much of the odds.
const WORTH_THE_ODDS: f64 = 0.01;

/// Whether days or odds are enough for a line; what has no end is.
fn is_worth_a_line(days: [Option<f64>; 2], odds: Option<f64>) -> bool {
    days.iter().any(|days| days.is_none_or(|days| days.abs() >= WORTH_A_LINE)) || odds.is_some_and(|odds| odds.abs() >= WORTH_THE_ODDS)
}

impl Page {
    /// What each assumption costs.
    pub(super) fn prices(&mut self, forecast: &Forecast) {
        if forecast.prices.is_empty() {
            return;
        }
        self.blank();
        self.heading("What the date rests on");
        let mut about =
            "What each assumption costs: the forecast less the same futures without it. They overlap, so they do not add up.".to_owned();
        let brings_forward = |days: Option<f64>| weeks_moved(days).starts_with('−');
        if forecast
            .prices
            .iter()
            .any(|price| brings_forward(price.p50_days) || brings_forward(price.p80_days))
        {
            about.push_str(" A minus in weeks: with it, the date is earlier.");
        }
        self.paragraph(&about, INDENT, DIM);
        for initiative in &forecast.initiatives {
            let prices: Vec<&AssumptionPrice> = forecast.prices.iter().filter(|price| price.initiative == initiative.id).collect();
            if !prices.is_empty() {
                self.blank();
                self.prices_of(&title_of(forecast, &initiative.id, 34), initiative.commitments.len(), &prices);
            }
        }
    }

    fn prices_of(&mut self, title: &str, commitments: usize, prices: &[&AssumptionPrice]) {
        let is_shown = |price: &AssumptionPrice| is_worth_a_line([price.p50_days, price.p80_days], price.p_on_time_change);
        let (shown, rest): (Vec<_>, Vec<_>) = prices
            .iter()
            .copied()
            .enumerate()
            .partition(|(index, price)| *index < MOST_PRICES && is_shown(price));
        if shown.is_empty() {
            let text = format!("{title}: no assumption on its own moves the date by 0.1 weeks, see assumptions.csv.");
            self.paragraph(&text, INDENT, Style::new());
            return;
        }
        let has_odds = shown.iter().any(|(_, price)| price.p_on_time_change.is_some());
        let rows: Vec<Vec<Cell>> = shown
            .iter()
            .map(|(_, price)| {
                let (change, interval) = odds(price);
                let mut row = vec![
                    plain(cut(&price.title, NAME)),
                    plain(weeks_moved(price.p50_days)),
                    plain(weeks_moved(price.p80_days)),
                ];
                if has_odds {
                    row.extend([plain(change), styled(interval, DIM)]);
                }
                row
            })
            .collect();
        let on_time = if commitments > 1 { "first promise" } else { "on time" };
        let header = [title, "weeks: P50", "P80", on_time, "interval"];
        let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Left];
        let columns = if has_odds { 5 } else { 3 };
        self.table(
            sides.get(..columns).unwrap_or(&sides),
            0,
            header.get(..columns).unwrap_or(&header),
            &rows,
        );
        if !rest.is_empty() {
            let most = rest
                .iter()
                .map(|(_, price)| price.p80_days.map_or(f64::INFINITY, f64::abs))
                .fold(0.0, f64::max);
            let bound = if most < WORTH_A_LINE {
                "below 0.1 weeks".into()
            } else if most.is_finite() {
                format!("of at most {} weeks at P80", weeks_moved(Some(most)))
            } else {
                "that cannot be told".to_owned()
            };
            self.line(&format!("  and {} more {bound}, see assumptions.csv", rest.len()), DIM);
        }
        if let Some(sentence) = shown.first().and_then(|(_, price)| price_sentence(price)) {
            self.paragraph(&sentence, INDENT, Style::new());
        }
    }

    /// What each mitigation would buy.
    pub(super) fn mitigations(&mut self, forecast: &Forecast) {
        if forecast.mitigations.is_empty() {
            return;
        }
        self.blank();
        self.heading("What could be bought");
        self.paragraph("Weeks sooner, and points more likely to be on time.", INDENT, DIM);
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for mitigation in &forecast.mitigations {
            let mut first = vec![
                plain(cut(&mitigation.title, NAME)),
                plain(rounded(mitigation.cost)),
                plain(format!(
                    "{} → {}",
                    plain_percent(mitigation.probability_before),
                    plain_percent(mitigation.probability_after)
                )),
            ];
            if let ([effect], 1) = (mitigation.effects.as_slice(), forecast.initiatives.len()) {
                first.extend(bought(effect));
                rows.push(first);
                continue;
            }
            rows.push(first);
            for effect in &mitigation.effects {
                let mut row = vec![
                    plain(format!("  {}", title_of(forecast, &effect.initiative, 34))),
                    plain(""),
                    plain(""),
                ];
                row.extend(bought(effect));
                rows.push(row);
            }
        }
        let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Right];
        let header = ["Mitigation", "cost", "risk happens", "weeks: P50", "P80", "points"];
        self.table(&sides, 0, &header, &rows);
    }

    /// What each initiative's being there costs the others.
    pub(super) fn displacements(&mut self, forecast: &Forecast) {
        if forecast.displacements.is_empty() {
            return;
        }
        self.blank();
        self.heading("What we give up");
        let rows: Vec<Vec<Cell>> = forecast
            .displacements
            .iter()
            .filter(|displacement| is_worth_a_line([displacement.p50_days, displacement.p80_days], None))
            .map(|displacement| {
                vec![
                    plain(title_of(forecast, &displacement.initiative, 34)),
                    plain(format!("→ {}", title_of(forecast, &displacement.displaced, 34))),
                    plain(weeks_moved(displacement.p50_days)),
                    plain(weeks_moved(displacement.p80_days)),
                ]
            })
            .collect();
        if rows.is_empty() {
            self.line("  No initiative delays another by 0.1 weeks or more.", Style::new());
            return;
        }
        let others = forecast.displacements.len() - rows.len();
        let sides = [Side::Left, Side::Left, Side::Right, Side::Right];
        self.table(&sides, 0, &["Because we do", "this is later", "weeks: P50", "P80"], &rows);
        if others > 0 {
            let text = if others == 1 {
                "The one other pair: less than 0.1 weeks.".to_owned()
            } else {
                format!("The {others} other pairs: less than 0.1 weeks.")
            };
            self.line(&format!("  {text}"), DIM);
        }
    }
}

/// The change of the odds in points, and its interval.
fn odds(price: &AssumptionPrice) -> (String, String) {
    let Some(change) = price.p_on_time_change else {
        return ("–".into(), String::new());
    };
    let (low, high) = (price.ci_low.unwrap_or(change), price.ci_high.unwrap_or(change));
    match (points(change).as_str(), points(low).as_str(), points(high).as_str()) {
        ("0", "0", "0") => ("none".into(), String::new()),
        (change, low, high) => (format!("{change} points"), format!("{low} to {high}")),
    }
}

/// The assumption in words: what it costs alone.
fn price_sentence(price: &AssumptionPrice) -> Option<String> {
    let p80 = price.p80_days.filter(|days| *days >= WORTH_A_LINE)?;
    let without = match price.p_on_time_change {
        Some(change) if change < 0.0 => futures_moved(change)
            .map(|(count, of)| format!("; without it, on time in {count} more of {} futures", futures_of(of)))
            .unwrap_or_default(),
        _ => String::new(),
    };
    Some(format!(
        "\"{}\" alone: {} weeks at P80 ({} at P50){without}.",
        cut(&price.title, NAME),
        weeks_moved(Some(p80)),
        weeks_moved(price.p50_days)
    ))
}

fn bought(effect: &MitigationEffect) -> [Cell; 3] {
    let change = effect.p_on_time_change.map_or_else(|| "–".into(), points);
    let change = if change == "0" { "none".into() } else { change };
    [
        plain(weeks_moved(effect.p50_days)),
        plain(weeks_moved(effect.p80_days)),
        plain(change),
    ]
}
