//! What the work takes, in the summary: money, and the people who are there.

use super::page::{BOLD, Cell, DIM, Page, Side, plain, styled};
use super::text::{cut, head_count, plain_percent, rounded};
use crate::analysis::{CapacityWeek, Forecast, Spread};

/// From here on a team is full: a queue in front of it grows.
const FULL: f64 = 0.9;

/// Stretches of full weeks that are named.
const MOST_STRETCHES: usize = 3;

/// The week that stands for "in a month".
const IN_A_MONTH: u32 = 5;

impl Page {
    /// What it costs.
    pub(super) fn cost(&mut self, forecast: &Forecast) {
        let Some(cost) = &forecast.cost else { return };
        self.blank();
        self.heading("Cost");
        let money = |value: Option<f64>| value.map_or_else(|| "–".into(), rounded);
        let row = |name: &str, spread: &Spread| vec![plain(name), plain(money(spread.p50)), plain(money(spread.p80))];
        let is_some = |spread: &Spread| [spread.mean, spread.p50, spread.p80].iter().any(|value| *value != Some(0.0));
        let mut rows: Vec<Vec<Cell>> = vec![vec![
            styled("The work, until the last initiative ends", BOLD),
            styled(money(cost.total.p50), BOLD),
            styled(money(cost.total.p80), BOLD),
        ]];
        if is_some(&cost.once) {
            rows.push(row("  of it, paid once", &cost.once));
        }
        if is_some(&cost.responses) {
            rows.push(row("Beside it, people who respond to incidents", &cost.responses));
        }
        if is_some(&cost.lost_customer_value) {
            rows.push(row("Beside it, value of lost customer-minutes", &cost.lost_customer_value));
        }
        let until = format!("to {}", forecast.horizon.long());
        self.table(
            &[Side::Left, Side::Right, Side::Right],
            0,
            &["In the scenario's money", "P50", "P80"],
            &rows,
        );
        if rows.len() > 2 && (is_some(&cost.responses) || is_some(&cost.lost_customer_value)) {
            self.line(&format!("  What stands beside it runs {until}."), DIM);
        }
    }

    /// Who is there, by team.
    pub(super) fn people(&mut self, forecast: &Forecast) {
        let mut teams: Vec<(&str, Vec<&CapacityWeek>)> = Vec::new();
        for week in &forecast.capacity {
            match teams.iter_mut().find(|(team, _)| *team == week.team) {
                Some((_, weeks)) => weeks.push(week),
                None => teams.push((&week.team, vec![week])),
            }
        }
        let last = forecast.capacity.iter().map(|week| week.week).max().unwrap_or(0);
        if last == 0 {
            return;
        }
        self.blank();
        self.heading("People there for planned work");
        let mut shown = vec![1];
        shown.extend([IN_A_MONTH, last].into_iter().filter(|week| *week > 1 && *week <= last));
        shown.dedup();
        let mut header = vec!["Team".to_owned()];
        header.extend(shown.iter().map(|week| format!("week {week}")));
        header.push(format!("in use above {}", plain_percent(FULL)));
        let rows: Vec<Vec<Cell>> = teams
            .iter()
            .map(|(team, weeks)| {
                let mut row = vec![plain(cut(team, 24))];
                row.extend(shown.iter().map(|number| {
                    let week = weeks.iter().find(|week| week.week == *number);
                    plain(week.map_or_else(|| "–".into(), |week| there(week)))
                }));
                row.push(plain(full_weeks(weeks)));
                row
            })
            .collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.table(&vec![Side::Left; header.len()], 0, &header, &rows);
        for (team, weeks) in &teams {
            if let Some(sentence) = shortage(team, weeks) {
                self.paragraph(&sentence, "  ", anstyle::Style::new());
            }
        }
        let begins = forecast.start.long_with_weekday();
        self.line(&format!("  Medians, in brackets P10 to P90; week 1 begins on {begins}."), DIM);
    }
}

/// `11 (10–12)`; the median alone where all agree.
fn there(week: &CapacityWeek) -> String {
    let [p10, p50, p90] = [week.available_p10, week.available_p50, week.available_p90].map(head_count);
    if p10 == p50 && p90 == p50 {
        p50
    } else {
        format!("{p50} ({p10}–{p90})")
    }
}

/// `weeks 3–11, 14`, or how much is used at most.
fn full_weeks(weeks: &[&CapacityWeek]) -> String {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for week in weeks.iter().filter(|week| week.utilisation_p50 > FULL) {
        match stretches.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(week.week) => *end = week.week,
            _ => stretches.push((week.week, week.week)),
        }
    }
    if stretches.is_empty() {
        let most = weeks
            .iter()
            .map(|week| week.utilisation_p50)
            .filter(|used| used.is_finite())
            .fold(0.0, f64::max);
        return format!("never, at most {:.0} %", most * 100.0);
    }
    let named: Vec<String> = stretches
        .iter()
        .take(MOST_STRETCHES)
        .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}–{to}") })
        .collect();
    let more: u32 = stretches
        .iter()
        .skip(MOST_STRETCHES)
        .fold(0, |sum, (from, to)| sum.saturating_add(to - from).saturating_add(1));
    let what = if stretches.len() == 1 && stretches.iter().all(|(from, to)| from == to) {
        "week"
    } else {
        "weeks"
    };
    let more = if more > 0 { format!(", {more} more") } else { String::new() };
    format!("{what} {}{more}", named.join(", "))
}

/// The week in which the most people are missing, where at least one is.
fn shortage(team: &str, weeks: &[&CapacityWeek]) -> Option<String> {
    let missing = |week: &CapacityWeek| week.demand_p50 - week.available_p50;
    let worst = weeks
        .iter()
        .filter(|week| missing(week).is_finite() && missing(week) >= 1.0)
        .max_by(|a, b| missing(a).total_cmp(&missing(b)))?;
    Some(format!(
        "{} is shortest in week {}: work for {} people, {} are there.",
        cut(team, 24),
        worst.week,
        head_count(worst.demand_p50),
        head_count(worst.available_p50)
    ))
}
