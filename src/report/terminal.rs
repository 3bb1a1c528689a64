//! The summary that is read on a terminal and pasted into a message: at most 80 columns, complete without colour.

use anstyle::Style;

use crate::analysis::{CommitmentForecast, Forecast, InitiativeForecast, Landmark, Moment, Quantile, Share, Timelines};

use super::page::{BAD, BOLD, Cell, DIM, GOOD, INDENT, Page, Side, UNSURE, plain, styled};
use super::text::{
    cut, date, day_count, frequencies, percent, percent_interval, percent_of, plain_percent, short_date, span, thousands, week_count, width,
};

/// Below so many trials the outer percentiles are the luck of a few.
const FEW_TRIALS: u32 = 100;

/// Everything that one run says, as text of at most 80 columns. Colour only adds: without it the same text remains.
#[must_use]
pub fn summary(forecast: &Forecast, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.partial(forecast);
    page.head(forecast);
    page.rerun(forecast);
    // A rerun is about what has changed; a run is read for its answer first.
    if forecast.rerun.is_some() {
        page.since(forecast);
    }
    page.overview(forecast);
    for initiative in &forecast.initiatives {
        page.initiative(initiative, forecast);
    }
    if let Some(portfolio) = &forecast.portfolio {
        page.blank();
        page.heading("All initiatives together");
        page.blank();
        page.timelines(&portfolio.timelines);
    }
    if forecast.rerun.is_none() {
        page.since(forecast);
    }
    page.checkpoints(forecast);
    page.budgets(forecast);
    page.drivers(forecast);
    page.prices(forecast);
    page.mitigations(forecast);
    page.displacements(forecast);
    page.options(forecast);
    page.cost(forecast);
    page.people(forecast);
    page.precision(forecast);
    page.notes(forecast);
    page.track_record(forecast);
    page.footer(forecast);
    page.into_text()
}

/// Only the dates and the odds: of a run that looked at nothing else.
#[must_use]
pub fn quick(forecast: &Forecast, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.partial(forecast);
    page.head(forecast);
    page.overview(forecast);
    for initiative in &forecast.initiatives {
        page.initiative(initiative, forecast);
    }
    page.budgets(forecast);
    page.cost(forecast);
    page.footer(forecast);
    page.paragraph(
        "Quick: the dates and the odds alone. Without --quick come the stories of the paths, checkpoints, drivers, prices, options, \
         the files and the record.",
        "",
        DIM,
    );
    page.into_text()
}

impl Page {
    fn partial(&mut self, forecast: &Forecast) {
        if forecast.partial {
            let line = format!(
                "PARTIAL: {} of {} trials; interrupted",
                thousands(forecast.trials.into()),
                thousands(forecast.trials_requested.into())
            );
            self.line(&line, BAD.bold());
        }
    }

    fn head(&mut self, forecast: &Forecast) {
        self.heading(&forecast.scenario.name);
        let facts = format!("starts {} · {}", forecast.start.long_with_weekday(), futures(forecast.trials));
        self.paragraph(&format!("{} · {facts}", cut(&forecast.scenario.file, 400)), "", DIM);
        if forecast.trials < FEW_TRIALS {
            self.paragraph(
                "So few futures tell almost nothing: the dates and odds below are luck. Ask for 1,000 or more.",
                "",
                BAD.bold(),
            );
        }
    }

    /// All promises at a glance, where more than one initiative makes some.
    fn overview(&mut self, forecast: &Forecast) {
        if forecast
            .initiatives
            .iter()
            .filter(|initiative| !initiative.commitments.is_empty())
            .count()
            < 2
        {
            return;
        }
        let any_budget = !forecast.budgets.is_empty();
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for initiative in &forecast.initiatives {
            for commitment in &initiative.commitments {
                let mut row = vec![
                    plain(cut(&initiative.title, 34)),
                    plain(commitment.to.as_deref().map_or_else(|| "–".into(), |to| cut(to, 14))),
                    plain(date(&commitment.at)),
                    styled(percent(&commitment.p_on_time), odds_style(&commitment.p_on_time)),
                ];
                if any_budget {
                    row.push(plain(percent(&commitment.p_on_time_within_budgets)));
                }
                rows.push(row);
            }
        }
        let header = ["Promised", "to", "by", "on time", "and within budgets"];
        let columns = if any_budget { 5 } else { 4 };
        self.blank();
        self.table(&vec![Side::Left; columns], 0, header.get(..columns).unwrap_or(&header), &rows);
    }

    fn initiative(&mut self, initiative: &InitiativeForecast, forecast: &Forecast) {
        self.blank();
        self.heading(&initiative.title);
        let roles: Vec<String> = [("owner", &initiative.owner), ("accountable", &initiative.accountable)]
            .iter()
            .filter_map(|(role, name)| name.as_ref().map(|name| format!("{role}: {}", cut(name, 34))))
            .collect();
        if !roles.is_empty() {
            self.paragraph(&roles.join(" · "), INDENT, DIM);
        }
        for commitment in &initiative.commitments {
            self.blank();
            self.commitment(commitment, &initiative.never, !forecast.budgets.is_empty());
        }
        if initiative.never.hits > 0 {
            self.blank();
            self.paragraph(&never_sentence(&initiative.never), INDENT, BAD);
        }
        self.blank();
        self.timelines(&initiative.timelines);
        self.paths(forecast, &initiative.id);
        self.blank();
        self.landmarks(initiative);
        self.gap(initiative);
        self.promises(initiative);
    }

    fn commitment(&mut self, commitment: &CommitmentForecast, never: &Share, any_budget: bool) {
        let odds = &commitment.p_on_time;
        let headline = format!(
            "{} by {}: {} on time",
            promised_to(commitment.to.as_deref(), "Promised to the ", "Promised"),
            date(&commitment.at),
            percent(odds)
        );
        self.paragraph(&headline, INDENT, odds_style(odds).bold());
        let mut text = format!("{} (95 % interval {}).", frequency_sentence(odds), percent_interval(odds));
        if odds.hits < odds.trials && never.hits < never.trials {
            text.push(' ');
            text.push_str(&match commitment.median_lateness_if_late_days {
                Some(late) => format!("When missed, typically by {}.", span(late)),
                None => "When missed, it mostly never finishes.".into(),
            });
        }
        self.paragraph(&text, INDENT, Style::new());
        if any_budget {
            let joint = &commitment.p_on_time_within_budgets;
            let counts = frequencies(joint);
            let text = format!(
                "On time and within every budget: {} ({} of {} futures).",
                percent(joint),
                thousands(counts.hits.into()),
                futures_of(counts.of)
            );
            self.paragraph(&text, INDENT, BOLD);
        }
    }

    fn timelines(&mut self, timelines: &Timelines) {
        let all = [
            ("Best", "what gets communicated", &timelines.best),
            ("Expected", "plan against this", &timelines.expected),
            ("Worst", "contingency", &timelines.worst),
        ];
        let count = |quantile: &Quantile| day_count(quantile.at.working_days.days());
        let widest = all.iter().map(|(_, _, quantile)| width(&count(quantile))).max().unwrap_or(0);
        let rows = all.map(|(path, role, quantile)| {
            let count = count(quantile);
            vec![
                styled(path, BOLD),
                plain(role),
                plain(quantile.percentile.to_string().to_uppercase()),
                styled(date(&quantile.at), BOLD),
                plain(format!("{}{count}{}", " ".repeat(widest - width(&count)), interval(quantile))),
                plain(week_count(quantile.at.working_days.days())),
            ]
        });
        let sides = [Side::Left, Side::Left, Side::Left, Side::Left, Side::Left, Side::Right];
        self.table(&sides, 1, &["Timeline", "", "", "finished by", "working days", "weeks"], &rows);
    }

    fn landmarks(&mut self, initiative: &InitiativeForecast) {
        let row = |name: &str, landmark: &Landmark| {
            vec![
                plain(name),
                plain(date(&landmark.at)),
                plain(day_count(landmark.at.working_days.days())),
                plain(week_count(landmark.at.working_days.days())),
                plain(percent(&landmark.p_that_early)),
            ]
        };
        let rows = [
            row("Everything goes right", &initiative.everything_goes_right),
            row("Plan on paper", &initiative.plan_on_paper),
        ];
        let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Left];
        self.table(
            &sides,
            0,
            &["Landmark", "finished by", "working days", "weeks", "share that early"],
            &rows,
        );
    }

    /// Who says what, from the earliest date to the latest, and how far each lies from what to plan against.
    fn gap(&mut self, initiative: &InitiativeForecast) {
        if initiative.commitments.is_empty() && initiative.estimate.is_none() {
            return;
        }
        let expected = initiative.timelines.expected.at;
        let mut rows: Vec<(f64, Vec<Cell>)> = Vec::new();
        for commitment in &initiative.commitments {
            rows.push((
                commitment.at.working_days.days(),
                vec![
                    plain(promised_to(commitment.to.as_deref(), "Promised to the ", "Promised")),
                    plain(date(&commitment.at)),
                    plain(percent(&commitment.p_on_time)),
                    plain(against(commitment.gap_p50_days)),
                ],
            ));
        }
        if let Some(estimate) = &initiative.estimate {
            let name = match &initiative.owner {
                Some(owner) => format!("Engineering ({})", cut(owner, 22)),
                None => "Engineering".into(),
            };
            rows.push((
                estimate.at.working_days.days(),
                vec![
                    plain(name),
                    plain(date(&estimate.at)),
                    plain(percent(&estimate.p_that_early)),
                    plain(against(days_between(&estimate.at, &expected))),
                ],
            ));
        }
        rows.push((
            expected.working_days.days(),
            vec![
                styled("Expected by the simulation", BOLD),
                styled(date(&expected), BOLD),
                plain(if expected.date.is_some() {
                    percent_of(initiative.timelines.expected.percentile.share())
                } else {
                    "–".into()
                }),
                plain(""),
            ],
        ));
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(_, row)| row).collect();
        self.blank();
        self.table(&[Side::Left; 4], 0, &["The gap", "date", "on time", "against expected"], &rows);
        for commitment in &initiative.commitments {
            if let Some(gap) = commitment.gap_estimate_days.filter(|gap| gap.abs() >= 0.95) {
                let sentence = format!(
                    "The date promised{} lies {} {} engineering's.",
                    commitment
                        .to
                        .as_deref()
                        .map_or_else(String::new, |to| format!(" {}", promised_to(Some(to), "to the ", ""))),
                    span(gap),
                    if gap < 0.0 { "before" } else { "after" }
                );
                self.paragraph(&sentence, INDENT, Style::new());
            }
        }
    }

    /// The dates that can be promised; the same for each commitment of an initiative.
    fn promises(&mut self, initiative: &InitiativeForecast) {
        let promises: Vec<&Quantile> = match initiative.commitments.first() {
            Some(commitment) => commitment.promises.iter().collect(),
            None => initiative
                .quantiles
                .iter()
                .filter(|quantile| [0.5, 0.8, 0.9, 0.95].contains(&quantile.percentile.share()))
                .collect(),
        };
        if promises.is_empty() {
            return;
        }
        self.blank();
        if promises.iter().all(|promise| promise.at.working_days.is_never()) {
            self.line("  There is no date that can be promised.", Style::new());
            return;
        }
        self.line("  What can be promised, and with what confidence", DIM);
        let header: Vec<String> = promises.iter().map(|promise| plain_percent(promise.percentile.share())).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let row = promises.iter().map(|promise| plain(short_date(&promise.at))).collect();
        self.table(&vec![Side::Left; promises.len()], 0, &header, &[row]);
    }

    /// How well the numbers are known, where somebody asked for it.
    fn precision(&mut self, forecast: &Forecast) {
        let Some(precision) = &forecast.precision else { return };
        self.blank();
        self.heading(&format!("Precision: ±{} asked for", plain_percent(precision.half_width)));
        let rows: Vec<Vec<Cell>> = precision
            .numbers
            .iter()
            .map(|number| {
                vec![
                    plain(cut(&number.of, 40)),
                    plain(cut(&number.what, 30)),
                    plain(
                        number
                            .half_width
                            .map_or_else(|| "–".into(), |half| format!("±{:.2} %", half * 100.0)),
                    ),
                    if number.resolved {
                        plain("resolved")
                    } else {
                        styled("not resolved", UNSURE.bold())
                    },
                ]
            })
            .collect();
        self.table(
            &[Side::Left, Side::Left, Side::Right, Side::Left],
            0,
            &["Of", "", "known to", ""],
            &rows,
        );
        let text = if precision.reached {
            format!("{} futures were enough.", thousands(forecast.trials.into()))
        } else {
            format!("{} futures were not enough.", thousands(forecast.trials.into()))
        };
        self.paragraph(&text, INDENT, Style::new());
    }

    fn notes(&mut self, forecast: &Forecast) {
        self.bullets("Warnings", &forecast.warnings);
        self.bullets("What was assumed", &forecast.assumptions);
        self.bullets("Not modelled", &forecast.not_modelled);
        self.defaults(&forecast.defaults);
    }

    fn footer(&mut self, forecast: &Forecast) {
        self.blank();
        let hash: String = forecast.scenario.sha256.chars().take(12).collect();
        // The widest interval of a promise says how sure the percentages are.
        let error = forecast
            .initiatives
            .iter()
            .flat_map(|initiative| &initiative.commitments)
            .map(|commitment| (commitment.p_on_time.ci_high - commitment.p_on_time.ci_low) * 50.0)
            .fold(0.0, f64::max);
        let text = format!(
            "{} trial{}{} · seed {} · scenario {} · sim {}",
            thousands(forecast.trials.into()),
            if forecast.trials == 1 { "" } else { "s" },
            if error > 0.0 {
                format!(" (odds ±{:.1} points)", (error * 10.0).ceil() / 10.0)
            } else {
                String::new()
            },
            forecast.seed,
            cut(&hash, 12),
            cut(&forecast.engine_version, 20)
        );
        self.paragraph(&text, "", DIM);
        let legend = "Working days count from the start; a week has 5. Intervals, also those in brackets, are the error of the simulation \
                      at 95 %: more trials narrow them, and none of them covers a wrong estimate.";
        self.paragraph(legend, "", DIM);
        self.partial(forecast);
    }
}

fn futures(trials: u32) -> String {
    if trials == 1 {
        "1 simulated future".into()
    } else {
        format!("{} simulated futures", thousands(trials.into()))
    }
}

fn odds_style(odds: &Share) -> Style {
    if odds.p >= 0.8 {
        GOOD
    } else if odds.p >= 0.5 {
        UNSURE
    } else {
        BAD
    }
}

/// A count of futures: `100`, `1,000`.
pub(super) fn futures_of(count: u32) -> String {
    thousands(count.into())
}

/// What people call an initiative; the id where the forecast does not know it.
pub(super) fn title_of(forecast: &Forecast, id: &str, columns: usize) -> String {
    let known = forecast.initiatives.iter().find(|initiative| initiative.id == id);
    cut(known.map_or(id, |initiative| &initiative.title), columns)
}

/// `the board`, or what to say where nobody is named. Names that bring their own article keep it.
pub(super) fn promised_to(to: Option<&str>, before: &str, nobody: &str) -> String {
    match to {
        Some(to) => {
            let lower = to.to_lowercase();
            let has_article = ["the ", "our ", "a ", "an "].iter().any(|article| lower.starts_with(article));
            // A proper name takes no article: `To Acme`, but `To the board`.
            let is_name = to.chars().next().is_some_and(|c| !c.is_lowercase());
            let before = match (has_article || is_name, before) {
                (false, before) => before,
                (true, "The ") => "",
                (true, before) => before.strip_suffix("the ").unwrap_or(before),
            };
            format!("{before}{}", cut(to, 30))
        }
        None => nobody.into(),
    }
}

fn frequency_sentence(odds: &Share) -> String {
    let all = thousands(odds.trials.into());
    if odds.trials == 1 {
        return format!("The one simulated future {} it", if odds.hits == 1 { "makes" } else { "misses" });
    }
    if odds.hits == 0 {
        return format!("None of the {all} simulated futures make it");
    }
    if odds.hits >= odds.trials {
        return format!("All of the {all} simulated futures make it");
    }
    let counts = frequencies(odds);
    let (hits, misses, of) = (
        thousands(counts.hits.into()),
        thousands(counts.misses.into()),
        thousands(counts.of.into()),
    );
    let (make, miss) = (
        if counts.hits == 1 { "makes" } else { "make" },
        if counts.misses == 1 { "misses" } else { "miss" },
    );
    if counts.exact {
        format!("{hits} of the {of} simulated futures {make} it, {misses} {miss} it")
    } else {
        format!("{hits} of {of} futures like this plan {make} it, {misses} {miss} it")
    }
}

fn never_sentence(never: &Share) -> String {
    let all = thousands(never.trials.into());
    if never.hits >= never.trials {
        return format!("In none of the {all} simulated futures does this ever finish: there is no date to give.");
    }
    format!(
        "In {} of {all} simulated futures ({}) this never finishes; they count as later than every date.",
        thousands(never.hits.into()),
        percent(never)
    )
}

/// The interval of a percentile in working days, after a space and in brackets; nothing where the trials are too few to tell.
fn interval(quantile: &Quantile) -> String {
    let (Some(low), Some(high)) = (&quantile.ci_low, &quantile.ci_high) else {
        return String::new();
    };
    let (low, high) = (low.working_days, high.working_days);
    if low.is_never() {
        String::new()
    } else if high.is_never() {
        format!(" ({}–never)", day_count(low.days()))
    } else {
        format!(" ({}–{})", day_count(low.days()), day_count(high.days()))
    }
}

/// Working days from one moment to another; absent where either is never.
fn days_between(from: &Moment, to: &Moment) -> Option<f64> {
    Some(to.working_days.finite()? - from.working_days.finite()?)
}

fn against(days: Option<f64>) -> String {
    match days {
        None => "–".into(),
        Some(days) if days.abs() < 0.95 => "the same day".into(),
        Some(days) if days > 0.0 => format!("{} before", span(days)),
        Some(days) => format!("{} after", span(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{self, golden};
    use crate::report::page::COLUMNS;

    #[test]
    fn summaries_read_as_agreed() {
        golden("summary_segment.txt", &summary(&fixtures::segment(), false));
        golden("summary_three_promises.txt", &summary(&fixtures::three_promises(), false));
        golden("summary_company.txt", &summary(&fixtures::company(), false));
        golden("summary_calm.txt", &summary(&fixtures::calm(), false));
        golden("summary_never.txt", &summary(&fixtures::never(), false));
        golden("summary_partial.txt", &summary(&fixtures::some_never(), false));
    }

    #[test]
    fn no_line_is_wider_than_a_message() {
        for forecast in fixtures::all() {
            for line in summary(&forecast, false).lines() {
                assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
                assert!(line.chars().all(|c| !c.is_control()) && !line.contains('\u{202e}'), "{line:?}");
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn no_name_and_no_number_makes_a_line_wider(
            names in proptest::collection::vec("\\PC{0,60}", 4),
            numbers in proptest::collection::vec(proptest::num::f64::ANY, 8),
            week in proptest::num::u32::ANY,
        ) {
            let mut forecast = fixtures::company();
            let number = |index: usize| numbers[index % numbers.len()];
            let some = |index: usize| (!index.is_multiple_of(3)).then(|| number(index));
            forecast.initiatives[0].title.clone_from(&names[0]);
            for (index, budget) in forecast.budgets.iter_mut().enumerate() {
                if index.is_multiple_of(2) {
                    budget.id.clone_from(&names[1]);
                }
                (budget.limit, budget.mean, budget.p50, budget.p90) = (number(index), some(index), some(index + 1), some(index + 2));
                budget.blame = fixtures::blame(&[(&names[2], 0.5), ("burnt", 0.3), ("a", 0.1), ("b", 0.1)]);
            }
            for (index, price) in forecast.prices.iter_mut().enumerate() {
                price.title.clone_from(&names[index % 4]);
                (price.p50_days, price.p80_days, price.p_on_time_change) = (some(index), some(index + 1), some(index + 2));
            }
            for (index, row) in forecast.capacity.iter_mut().enumerate() {
                (row.available_p50, row.demand_p50, row.utilisation_p50) = (number(index), number(index + 1), number(index + 2));
                row.week = row.week.saturating_mul(week);
            }
            for (index, driver) in forecast.drivers.iter_mut().enumerate() {
                driver.title.clone_from(&names[index % 4]);
                (driver.p50_days, driver.p80_days, driver.merge_bias_days) = (some(index), some(index + 1), some(index + 2));
            }
            for (index, dependency) in forecast.dependencies.iter_mut().enumerate() {
                dependency.from_title.clone_from(&names[index % 4]);
                dependency.expected_delay_days = number(index);
            }
            for mitigation in &mut forecast.mitigations {
                mitigation.title.clone_from(&names[3]);
                (mitigation.cost, mitigation.effects[0].p80_days) = (number(0), some(1));
            }
            if let Some(cost) = &mut forecast.cost {
                (cost.total.p50, cost.once.p80) = (some(1), some(2));
            }
            for line in summary(&forecast, false).lines() {
                proptest::prop_assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
            }
        }
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let mut forecast = fixtures::company();
        let quarter = forecast.budgets[1].clone();
        for index in 0..9 {
            forecast.budgets.insert(4, quarter.clone());
            forecast.budgets[4].period = format!("20{}-Q1", 40 + index);
        }
        forecast.budgets[13].blame = fixtures::blame(&[("burnt", 0.4), ("sev1", 0.3), ("sev2", 0.2), ("sev3", 0.1)]);
        for price in &mut forecast.prices {
            price.p80_days = Some(12.0);
        }
        let text = summary(&forecast, false);
        for part in [
            "and 4 more, see budgets.csv",
            "and 4 more of at most 2.4 weeks at P80, see assumptions.csv",
            "what was used up before the start brings",
            "1 other the",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }

    #[test]
    fn colour_only_adds() {
        for forecast in fixtures::all() {
            let coloured = summary(&forecast, true);
            let mut plain = String::new();
            let mut parts = coloured.split("\u{1b}[");
            plain.push_str(parts.next().unwrap_or_default());
            for part in parts {
                plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
            }
            assert!(coloured.len() > plain.len());
            assert_eq!(plain, summary(&forecast, false));
        }
    }

    #[test]
    fn nothing_is_said_to_be_impossible_or_certain() {
        for forecast in fixtures::all() {
            let text = summary(&forecast, false);
            for word in [" 0 %", " 100 % on time", "impossible", "certain", "NaN", "inf "] {
                assert!(!text.contains(word), "{word:?} in\n{text}");
            }
        }
    }

    #[test]
    fn a_partial_run_says_so_first_and_last() {
        let text = summary(&fixtures::some_never(), false);
        let line = "PARTIAL: 10,000 of 20,000 trials; interrupted";
        assert_eq!(text.lines().next(), Some(line));
        assert_eq!(text.lines().last(), Some(line));
    }
}
