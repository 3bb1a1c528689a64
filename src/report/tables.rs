//! The CSV files. The columns are a contract; every text cell is safe to open in a spreadsheet; numbers are written so that
//! reading them gives the same bits, dates as ISO, and what is absent (also "never") as an empty cell.

use std::fmt;

use crate::analysis::{CommitmentForecast, Forecast, InitiativeForecast, Moment, Outlook, Share};
use crate::calendar::Date;
use crate::inert::inert;
use crate::units::Percentile;

/// Half the width of a normal 95 % interval, in standard errors.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Why a table could not be written.
#[derive(Debug)]
pub struct TableError(String);

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the table cannot be written: {}", self.0)
    }
}

impl std::error::Error for TableError {}

/// Rows of one table.
pub(super) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    pub(super) fn new(columns: &[&str]) -> Result<Self, TableError> {
        let mut table = Self(csv::Writer::from_writer(Vec::new()));
        table.0.write_record(columns).map_err(|error| TableError(error.to_string()))?;
        Ok(table)
    }

    pub(super) fn row(&mut self, cells: &[String]) -> Result<(), TableError> {
        self.0.write_record(cells).map_err(|error| TableError(error.to_string()))
    }

    pub(super) fn finish(self) -> Result<String, TableError> {
        let bytes = self.0.into_inner().map_err(|error| TableError(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| TableError(error.to_string()))
    }
}

/// A text in full, inert, and one that no spreadsheet takes for a formula: where it begins with `=`, `+`, `-` or `@`, an
/// apostrophe stands in front.
pub(super) fn safe(text: &str) -> String {
    let text = inert(text);
    // Some programs skip blanks and quotes before they look for a formula.
    let begins = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '“' | '”' | '„' | '«' | '‘' | '’'));
    let is_formula = begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text }
}

/// The shortest text that reads back as the same number; empty for what is no finite number.
pub(super) fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

pub(super) fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

pub(super) fn iso(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

fn days(at: &Moment) -> String {
    number(at.working_days.days())
}

/// `timelines.csv`: `initiative,percentile,date,working_days,ci_low,ci_high`, one row per percentile and one for the mean; the
/// intervals are in working days.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn timelines_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&["initiative", "percentile", "date", "working_days", "ci_low", "ci_high"])?;
    for initiative in &forecast.initiatives {
        for quantile in &initiative.quantiles {
            table.row(&[
                safe(&initiative.id),
                quantile.percentile.to_string(),
                iso(quantile.at.date),
                days(&quantile.at),
                quantile.ci_low.as_ref().map_or_else(String::new, days),
                quantile.ci_high.as_ref().map_or_else(String::new, days),
            ])?;
        }
        let mean = initiative.mean.as_ref();
        let bound = |sign: f64| {
            mean.map_or_else(String::new, |mean| {
                number(mean.at.working_days.days() + sign * NORMAL_95 * mean.standard_error)
            })
        };
        table.row(&[
            safe(&initiative.id),
            "mean".into(),
            iso(mean.and_then(|mean| mean.at.date)),
            mean.map_or_else(String::new, |mean| days(&mean.at)),
            bound(-1.0),
            bound(1.0),
        ])?;
    }
    table.finish()
}

/// `commitments.csv`: one row per commitment.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn commitments_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "to",
        "date",
        "estimate",
        "p_on_time",
        "ci_low",
        "ci_high",
        "gap_p50_days",
        "gap_p80_days",
        "mean_lateness_if_late_days",
        "date_50",
        "date_80",
        "date_85",
        "date_90",
        "date_95",
        "p_on_time_within_budgets",
    ])?;
    for initiative in &forecast.initiatives {
        for commitment in &initiative.commitments {
            table.row(&commitment_row(initiative, commitment))?;
        }
    }
    table.finish()
}

fn commitment_row(initiative: &InitiativeForecast, commitment: &CommitmentForecast) -> Vec<String> {
    let promise = |percent| {
        let wanted = Percentile::percent(percent);
        iso(commitment
            .promises
            .iter()
            .find(|promise| promise.percentile == wanted)
            .and_then(|promise| promise.at.date))
    };
    vec![
        safe(&initiative.id),
        safe(commitment.to.as_deref().unwrap_or_default()),
        iso(commitment.at.date),
        iso(initiative.estimate.as_ref().and_then(|estimate| estimate.at.date)),
        number(commitment.p_on_time.p),
        number(commitment.p_on_time.ci_low),
        number(commitment.p_on_time.ci_high),
        optional(commitment.gap_p50_days),
        optional(commitment.gap_p80_days),
        optional(commitment.mean_lateness_if_late_days),
        promise(50),
        promise(80),
        promise(85),
        promise(90),
        promise(95),
        number(commitment.p_on_time_within_budgets.p),
    ]
}

/// `budgets.csv`: one row per budget and period.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn budgets_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "budget",
        "kind",
        "initiative",
        "period",
        "limit",
        "p_breach",
        "ci_low",
        "ci_high",
        "p50",
        "p90",
        "median_breach_date",
        "tolerance",
        "verdict",
    ])?;
    for budget in &forecast.budgets {
        table.row(&[
            safe(&budget.id),
            safe(budget.kind),
            safe(budget.initiative.as_deref().unwrap_or_default()),
            safe(&budget.period),
            number(budget.limit),
            number(budget.p_breach.p),
            number(budget.p_breach.ci_low),
            number(budget.p_breach.ci_high),
            optional(budget.p50),
            optional(budget.p90),
            iso(budget.median_breach_date),
            optional(budget.tolerance),
            budget.verdict.name().into(),
        ])?;
    }
    table.finish()
}

/// `capacity.csv`: one row per team and week; people as numbers of people, utilisation as a share.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn capacity_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "team",
        "week",
        "date",
        "available_p10",
        "available_p50",
        "available_p90",
        "demand_p50",
        "utilisation_p50",
    ])?;
    for week in &forecast.capacity {
        table.row(&[
            safe(&week.team),
            week.week.to_string(),
            week.date.to_string(),
            number(week.available_p10),
            number(week.available_p50),
            number(week.available_p90),
            number(week.demand_p50),
            number(week.utilisation_p50),
        ])?;
    }
    table.finish()
}

/// `assumptions.csv`: one row per initiative and assumption, as the forecast ranks them.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn assumptions_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "assumption",
        "p50_days",
        "p80_days",
        "p_on_time_change",
        "ci_low",
        "ci_high",
    ])?;
    for price in &forecast.prices {
        table.row(&[
            safe(&price.initiative),
            safe(&price.assumption),
            optional(price.p50_days),
            optional(price.p80_days),
            optional(price.p_on_time_change),
            optional(price.ci_low),
            optional(price.ci_high),
        ])?;
    }
    table.finish()
}

/// `checkpoints.csv`: one row per checkpoint and commitment of the initiative that it tells of; one without `to` and odds of being on
/// time where the initiative promises nothing.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn checkpoints_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "checkpoint",
        "source",
        "observable",
        "by",
        "p_hit",
        "p_best_hit",
        "p_expected_hit",
        "p_worst_hit",
        "p_best_miss",
        "p_expected_miss",
        "p_worst_miss",
        "to",
        "p_on_time_hit",
        "p_on_time_miss",
        "bits",
        "notice_days",
        "sensitivity",
        "false_alarm",
        "bits_ci_low",
        "bits_ci_high",
        "trials",
    ])?;
    for checkpoint in &forecast.checkpoints {
        let paths = |outlook: &Option<Outlook>| {
            let of = |share: fn(&Outlook) -> &Share| outlook.as_ref().map_or_else(String::new, |outlook| number(share(outlook).p));
            [
                of(|outlook| &outlook.best),
                of(|outlook| &outlook.expected),
                of(|outlook| &outlook.worst),
            ]
        };
        let on_time = |outlook: &Option<Outlook>, promise: usize| {
            optional(
                outlook
                    .as_ref()
                    .and_then(|outlook| outlook.on_time.get(promise))
                    .map(|share| share.p),
            )
        };
        // An initiative that promises nothing has a row all the same.
        for promise in 0..checkpoint.promises.len().max(1) {
            let trigger = checkpoint.promises.get(promise);
            let mut row = vec![
                safe(&checkpoint.initiative),
                safe(&checkpoint.checkpoint),
                checkpoint.source.name().into(),
                safe(&checkpoint.observable),
                checkpoint.by.to_string(),
                number(checkpoint.p_hit.p),
            ];
            row.extend(paths(&checkpoint.if_hit));
            row.extend(paths(&checkpoint.if_missed));
            row.extend([
                trigger.and_then(|trigger| trigger.to.as_deref()).map_or_else(String::new, safe),
                on_time(&checkpoint.if_hit, promise),
                on_time(&checkpoint.if_missed, promise),
                number(checkpoint.information.bits),
                optional(trigger.map(|trigger| trigger.notice_days)),
                optional(trigger.and_then(|trigger| trigger.sensitivity).map(|share| share.p)),
                optional(trigger.and_then(|trigger| trigger.false_alarm).map(|share| share.p)),
                number(checkpoint.information.ci_low),
                number(checkpoint.information.ci_high),
                checkpoint.p_hit.trials.to_string(),
            ]);
            table.row(&row)?;
        }
    }
    table.finish()
}

/// `drivers.csv`: one row per initiative and driver, as the forecast ranks them; criticality and lift as shares, days as working
/// days.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn drivers_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "kind",
        "id",
        "criticality",
        "cruciality",
        "ssi",
        "p50_days",
        "p80_days",
        "worst_lift",
        "merge_bias_days",
        "ci_low",
        "ci_high",
    ])?;
    for driver in &forecast.drivers {
        let share = |part: fn(&Share) -> f64| optional(driver.criticality.as_ref().map(part));
        table.row(&[
            safe(&driver.initiative),
            safe(driver.kind),
            safe(&driver.id),
            share(|criticality| criticality.p),
            optional(driver.cruciality),
            optional(driver.ssi),
            optional(driver.p50_days),
            optional(driver.p80_days),
            optional(driver.worst_lift),
            optional(driver.merge_bias_days),
            share(|criticality| criticality.ci_low),
            share(|criticality| criticality.ci_high),
        ])?;
    }
    table.finish()
}

/// `dependencies.csv`: at most ten rows per initiative, the reddest first.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a forecast holds makes it.
pub fn dependencies_csv(forecast: &Forecast) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "from",
        "to",
        "criticality",
        "expected_delay_days",
        "colour",
        "rule",
        "link",
        "outside",
    ])?;
    for dependency in &forecast.dependencies {
        table.row(&[
            safe(&dependency.initiative),
            safe(&dependency.from),
            safe(&dependency.to),
            number(dependency.criticality.p),
            number(dependency.expected_delay_days),
            dependency.colour.name().into(),
            safe(&dependency.rule),
            dependency.link.name().into(),
            dependency.outside.name().into(),
        ])?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    fn rows(text: &str) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(|record| record.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default())
            .collect()
    }

    #[test]
    fn timelines_hold_every_percentile_and_the_mean() {
        let forecast = fixtures::segment();
        let rows = rows(&timelines_csv(&forecast).unwrap_or_default());
        let named: Vec<&str> = rows.iter().skip(1).take(14).map(|row| row[1].as_str()).collect();
        assert_eq!(
            named,
            [
                "p1", "p5", "p10", "p20", "p30", "p40", "p50", "p60", "p70", "p80", "p90", "p95", "p99", "mean"
            ]
        );
        assert_eq!(rows[0].join(","), "initiative,percentile,date,working_days,ci_low,ci_high");
        assert_eq!(rows[7][2], "2026-05-04");
        let written: f64 = rows[7][3].parse().unwrap_or(f64::NAN);
        assert_eq!(written, forecast.initiatives[0].timelines.expected.at.working_days.days());
    }

    #[test]
    fn commitments_and_budgets_keep_the_contract() {
        let forecast = fixtures::segment();
        let commitments = rows(&commitments_csv(&forecast).unwrap_or_default());
        assert_eq!(
            commitments[0].join(","),
            "initiative,to,date,estimate,p_on_time,ci_low,ci_high,gap_p50_days,gap_p80_days,mean_lateness_if_late_days,\
             date_50,date_80,date_85,date_90,date_95,p_on_time_within_budgets"
        );
        assert_eq!(commitments[1][..5], ["segment", "board", "2026-03-06", "2026-04-17", "0.004"]);
        assert_eq!(commitments[1][10], "2026-05-04");
        let budgets = rows(&budgets_csv(&forecast).unwrap_or_default());
        assert_eq!(
            budgets[0].join(","),
            "budget,kind,initiative,period,limit,p_breach,ci_low,ci_high,p50,p90,median_breach_date,tolerance,verdict"
        );
        assert_eq!(budgets[1][12], "over");
        assert!(budgets.iter().all(|row| row.len() == 13));
    }

    #[test]
    fn every_kind_and_quarter_of_a_budget_has_a_row() {
        let forecast = fixtures::company();
        let budgets = rows(&budgets_csv(&forecast).unwrap_or_default());
        assert_eq!(budgets.len(), forecast.budgets.len() + 1);
        for (row, budget) in budgets.iter().skip(1).zip(&forecast.budgets) {
            assert_eq!(
                (row[0].as_str(), row[1].as_str(), row[3].as_str()),
                (budget.id.as_str(), budget.kind, budget.period.as_str())
            );
            assert_eq!(row[2], budget.initiative.clone().unwrap_or_default());
            assert_eq!(row[2].is_empty(), matches!(budget.kind, "reliability" | "cost"), "{row:?}");
            assert_eq!(row[4].parse(), Ok(budget.limit));
            assert_eq!(row[8].parse().ok(), budget.p50);
            assert_eq!(row[9].parse().ok(), budget.p90);
        }
    }

    #[test]
    fn capacity_reads_back() {
        let forecast = fixtures::company();
        let capacity = rows(&capacity_csv(&forecast).unwrap_or_default());
        assert_eq!(
            capacity[0].join(","),
            "team,week,date,available_p10,available_p50,available_p90,demand_p50,utilisation_p50"
        );
        assert_eq!(capacity.len(), forecast.capacity.len() + 1);
        for (row, week) in capacity.iter().skip(1).zip(&forecast.capacity) {
            assert_eq!((row[0].as_str(), row[1].parse()), (week.team.as_str(), Ok(week.week)));
            assert_eq!(row[2], week.date.to_string());
            let numbers: Vec<f64> = row[3..].iter().filter_map(|cell| cell.parse().ok()).collect();
            let wanted = [
                week.available_p10,
                week.available_p50,
                week.available_p90,
                week.demand_p50,
                week.utilisation_p50,
            ];
            assert_eq!(numbers, wanted);
        }
    }

    #[test]
    fn assumptions_read_back() {
        let forecast = fixtures::company();
        let prices = rows(&assumptions_csv(&forecast).unwrap_or_default());
        assert_eq!(
            prices[0].join(","),
            "initiative,assumption,p50_days,p80_days,p_on_time_change,ci_low,ci_high"
        );
        assert_eq!(prices.len(), forecast.prices.len() + 1);
        for (row, price) in prices.iter().skip(1).zip(&forecast.prices) {
            assert_eq!((&row[0], &row[1]), (&price.initiative, &price.assumption));
            let cells: Vec<Option<f64>> = row[2..].iter().map(|cell| cell.parse().ok()).collect();
            let wanted = [price.p50_days, price.p80_days, price.p_on_time_change, price.ci_low, price.ci_high];
            assert_eq!(cells, wanted);
        }
    }

    #[test]
    fn drivers_and_dependencies_read_back() {
        let forecast = fixtures::company();
        let drivers = rows(&drivers_csv(&forecast).unwrap_or_default());
        assert_eq!(
            drivers[0].join(","),
            "initiative,kind,id,criticality,cruciality,ssi,p50_days,p80_days,worst_lift,merge_bias_days,ci_low,ci_high"
        );
        assert_eq!(drivers.len(), forecast.drivers.len() + 1);
        for (row, driver) in drivers.iter().skip(1).zip(&forecast.drivers) {
            assert_eq!((&row[0], row[1].as_str(), &row[2]), (&driver.initiative, driver.kind, &driver.id));
            let cells: Vec<Option<f64>> = row[3..10].iter().map(|cell| cell.parse().ok()).collect();
            let wanted = [
                driver.criticality.map(|share| share.p),
                driver.cruciality,
                driver.ssi,
                driver.p50_days,
                driver.p80_days,
                driver.worst_lift,
                driver.merge_bias_days,
            ];
            assert_eq!(cells, wanted);
        }
        let dependencies = rows(&dependencies_csv(&forecast).unwrap_or_default());
        assert_eq!(
            dependencies[0].join(","),
            "initiative,from,to,criticality,expected_delay_days,colour,rule,link,outside"
        );
        assert_eq!(dependencies.len(), forecast.dependencies.len() + 1);
        for (row, dependency) in dependencies.iter().skip(1).zip(&forecast.dependencies) {
            assert_eq!(
                (&row[0], &row[1], &row[2]),
                (&dependency.initiative, &dependency.from, &dependency.to)
            );
            assert_eq!(row[3].parse(), Ok(dependency.criticality.p));
            assert_eq!(row[4].parse(), Ok(dependency.expected_delay_days));
            assert_eq!((row[5].as_str(), &row[6]), (dependency.colour.name(), &dependency.rule));
        }
        assert_eq!(dependencies[1][7..], ["FS", "from"]);
    }

    #[test]
    fn never_is_blank() {
        let forecast = fixtures::never();
        let timelines = rows(&timelines_csv(&forecast).unwrap_or_default());
        assert!(timelines.iter().skip(1).all(|row| row[2..].iter().all(String::is_empty)));
        let commitments = rows(&commitments_csv(&forecast).unwrap_or_default());
        assert!(commitments[1][7..15].iter().all(String::is_empty));
        let prices = rows(&assumptions_csv(&forecast).unwrap_or_default());
        assert!(prices[1][2..4].iter().all(String::is_empty), "{:?}", prices[1]);
        let budgets = rows(&budgets_csv(&forecast).unwrap_or_default());
        assert!(budgets[1][8..11].iter().all(String::is_empty), "{:?}", budgets[1]);
    }

    #[test]
    fn formulas_are_disarmed() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert!(safe(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(safe("a = b"), "a = b");
        let commitments = rows(&commitments_csv(&fixtures::hostile()).unwrap_or_default());
        assert!(commitments[1][0].starts_with("'="), "{:?}", commitments[1]);
        assert!(commitments[1][1].contains('"'), "quotes survive: {:?}", commitments[1]);
        for forecast in fixtures::all() {
            for text in [
                timelines_csv(&forecast),
                commitments_csv(&forecast),
                budgets_csv(&forecast),
                capacity_csv(&forecast),
                assumptions_csv(&forecast),
                drivers_csv(&forecast),
                dependencies_csv(&forecast),
            ] {
                for cell in rows(&text.unwrap_or_default()).iter().flatten() {
                    let is_number = cell.parse::<f64>().is_ok();
                    assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                }
            }
        }
    }
}
