//! The summary that is read on a terminal and pasted into a message: at most 80 columns, complete without colour.

use anstyle::Style;

use crate::analysis::{
    BudgetForecast, CommitmentForecast, Forecast, InitiativeForecast, Landmark, Moment, Quantile, Share, Timelines, Verdict,
};

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
    let (own, shared): (Vec<_>, Vec<_>) = forecast.budgets.iter().partition(|budget| {
        forecast
            .initiatives
            .iter()
            .any(|initiative| budget.initiative.as_ref() == Some(&initiative.id))
    });
    for initiative in &forecast.initiatives {
        let budgets: Vec<&BudgetForecast> = own
            .iter()
            .copied()
            .filter(|budget| budget.initiative.as_ref() == Some(&initiative.id))
            .collect();
        page.initiative(initiative, &budgets, forecast.budgets.len());
    }
    if let Some(portfolio) = &forecast.portfolio {
        page.blank();
        page.heading("All initiatives together");
        page.blank();
        page.timelines(&portfolio.timelines);
    }
    if !shared.is_empty() {
        page.blank();
        page.heading("Budgets across initiatives");
        page.budgets(&shared);
    }
    page.notes(forecast);
    page.footer(forecast);
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

    fn initiative(&mut self, initiative: &InitiativeForecast, budgets: &[&BudgetForecast], all_budgets: usize) {
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
            self.commitment(commitment, &initiative.never, budgets.len(), all_budgets);
        }
        if initiative.never.hits > 0 {
            self.blank();
            self.paragraph(&never_sentence(&initiative.never), INDENT, BAD);
        }
        self.blank();
        self.timelines(&initiative.timelines);
        self.blank();
        self.landmarks(initiative);
        self.gap(initiative);
        self.promises(initiative);
        if !budgets.is_empty() {
            self.budgets(budgets);
        }
    }

    fn commitment(&mut self, commitment: &CommitmentForecast, never: &Share, own_budgets: usize, all_budgets: usize) {
        let odds = &commitment.p_on_time;
        let style = if odds.p >= 0.8 {
            GOOD
        } else if odds.p >= 0.5 {
            UNSURE
        } else {
            BAD
        };
        let headline = format!(
            "{} by {}: {} on time",
            promised_to(commitment.to.as_deref(), "Promised to the ", "Promised"),
            date(&commitment.at),
            percent(odds)
        );
        self.paragraph(&headline, INDENT, style.bold());
        let mut text = format!("{} (95 % interval {}).", frequency_sentence(odds), percent_interval(odds));
        if odds.hits < odds.trials && never.hits < never.trials {
            text.push(' ');
            text.push_str(&match commitment.median_lateness_if_late_days {
                Some(late) => format!("When missed, typically by {}.", span(late)),
                None => "When missed, it mostly never finishes.".into(),
            });
        }
        if all_budgets > 0 {
            text.push_str(&format!(
                " On time and within every budget{}: {}.",
                if own_budgets < all_budgets { " of the whole plan" } else { "" },
                percent(&commitment.p_on_time_within_budgets)
            ));
        }
        self.paragraph(&text, INDENT, Style::new());
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

    fn budgets(&mut self, budgets: &[&BudgetForecast]) {
        let rows: Vec<Vec<Cell>> = budgets
            .iter()
            .map(|budget| {
                let style = match budget.verdict {
                    Verdict::Over => BAD.bold(),
                    Verdict::Within => GOOD.bold(),
                    Verdict::NotResolved => UNSURE.bold(),
                    Verdict::NoTolerance => Style::new(),
                };
                let period = if budget.period == "horizon" {
                    String::new()
                } else {
                    format!(" {}", cut(&budget.period, 12))
                };
                vec![
                    plain(format!("{}{period}", cut(&budget.id, 24))),
                    plain(limit(budget)),
                    plain(percent(&budget.p_breach)),
                    styled(percent_interval(&budget.p_breach), DIM),
                    plain(budget.tolerance.map_or_else(|| "–".into(), plain_percent)),
                    styled(budget.verdict.name(), style),
                ]
            })
            .collect();
        self.blank();
        self.table(
            &[Side::Left; 6],
            0,
            &["Risk budget", "limit", "P(breach)", "interval", "accepted", "verdict"],
            &rows,
        );
        for budget in budgets {
            if let Some(sentence) = budget_sentence(budget) {
                self.paragraph(&sentence, INDENT, Style::new());
            }
        }
    }

    fn notes(&mut self, forecast: &Forecast) {
        self.bullets("What the numbers rest on", &forecast.assumptions);
        self.defaults(&forecast.defaults);
        self.bullets("Not modelled", &forecast.not_modelled);
        let unused: Vec<String> = forecast
            .read_not_used
            .iter()
            .map(|unused| format!("{} (line {})", cut(&unused.key, 60), unused.line))
            .collect();
        if !unused.is_empty() {
            self.blank();
            self.heading("Read, not yet used");
            self.paragraph(&unused.join(", "), INDENT, Style::new());
        }
        self.bullets("Warnings", &forecast.warnings);
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

/// `the board`, or what to say where nobody is named. Names that bring their own article keep it.
fn promised_to(to: Option<&str>, before: &str, nobody: &str) -> String {
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

fn limit(budget: &BudgetForecast) -> String {
    match budget.kind {
        "delivery" => format!("{} slip", plain_percent(budget.limit)),
        _ => format!("{}", budget.limit),
    }
}

fn budget_sentence(budget: &BudgetForecast) -> Option<String> {
    if budget.kind != "delivery" {
        return None;
    }
    let to = promised_to(budget.to.as_deref(), "to the ", "");
    let name = cut(&budget.id, 24);
    // A finish before the promise is no slip.
    let slip = |share: f64| match share * 100.0 {
        percent if percent < 0.5 => "nothing".to_owned(),
        percent => format!("{percent:.0} %"),
    };
    let date = if to.is_empty() {
        "the promised date".to_owned()
    } else {
        format!("the date promised {to}")
    };
    let mut text = match (budget.p50, budget.p90) {
        (Some(p50), Some(p90)) => format!(
            "{name}: {date} slips by {} (P50) to {} (P90) of the planned time",
            slip(p50),
            slip(p90)
        ),
        (Some(p50), None) => format!(
            "{name}: {date} slips by {} of the planned time (P50), without end at P90",
            slip(p50)
        ),
        _ => format!("{name}: {date} slips without end"),
    };
    if let Some(date) = budget.median_breach_date {
        text.push_str(&format!("; a finish on {} or later breaks the budget", date.long_with_weekday()));
    }
    text.push('.');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::page::COLUMNS;

    /// What `summary` says of the main case, as a file to read. `UPDATE_GOLDEN=1` writes it anew.
    fn golden(name: &str, text: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            assert!(std::fs::write(&path, text).is_ok(), "cannot write {name}");
        }
        let wanted = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("golden {name}: {error}"));
        assert!(wanted == text, "{name} has changed; it is now:\n{text}");
    }

    #[test]
    fn summaries_read_as_agreed() {
        golden("summary_segment.txt", &summary(&fixtures::segment(), false));
        golden("summary_three_promises.txt", &summary(&fixtures::three_promises(), false));
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
