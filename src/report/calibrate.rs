//! What past tasks say, at most 80 columns: the overrun with what it rests on, how the past ranges did, and what to paste.

use anstyle::Style;

use super::page::{BOLD, COLUMNS, Cell, DIM, INDENT, Page, Side, UNSURE, plain};
use super::text::{cut, percent_interval, plain_percent, thousands, width};
use crate::analysis::Share;
use crate::plan::{Basis, Calibration, Known, Ranges};

/// Groups, and tasks, below which they are called few.
const FEW_GROUPS: usize = 10;
const FEW_TASKS: usize = 30;
/// The share of actuals that equal their estimate from which they look as if they were filled in.
const MANY_EXACT: f64 = 0.25;
/// Such actuals below which it is chance.
const FEWEST_EXACT: usize = 5;
/// A share of far outliers that a normal curve does not have (0.3 %), and is worth a sentence.
const MANY_FAR_OUT: f64 = 0.01;
/// How far the sums may differ from the median before large tasks are another matter than small ones.
const UNLIKE_THE_MEDIAN: f64 = 1.25;
/// A median overrun that looks like two units.
const LIKE_TWO_UNITS: f64 = 5.0;

/// The calibration as text of at most 80 columns. Colour only adds.
#[must_use]
pub fn calibration(found: &Calibration, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.heading("What past tasks say");
    page.facts(found);
    page.factors(found);
    page.parts(found);
    page.words(found);
    if let Some(ranges) = &found.ranges {
        page.ranges(ranges, found.median.value);
    }
    page.paste(found);
    page.into_text()
}

impl Page {
    fn facts(&mut self, found: &Calibration) {
        let column = |name: &Option<String>| cut(name.as_deref().unwrap_or_default(), 40);
        let mut facts = format!("{} · {} tasks", cut(&found.file, 400), thousands(found.tasks as u64));
        if found.groups > 0 {
            let what = if found.by_quarter { "quarters" } else { "groups" };
            facts.push_str(&format!(
                " in {} {what} (\"{}\")",
                thousands(found.groups as u64),
                column(&found.columns.group)
            ));
        }
        facts.push_str(&format!(
            " · \"{}\" ÷ \"{}\"",
            column(&found.columns.actual),
            column(&found.columns.estimate)
        ));
        self.paragraph(&facts, "", DIM);
        let left_out = found.left_out;
        if left_out.total() == 0 {
            return;
        }
        let reasons = [
            (left_out.no_estimate, "without an estimate"),
            (left_out.no_actual, "without an actual"),
            (left_out.no_group, "without a group"),
        ];
        let reasons: Vec<String> = reasons
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{} {why}", thousands(count as u64)))
            .collect();
        let mut text = format!(
            "Left out of {} rows: {}.",
            thousands((left_out.total() + found.tasks) as u64),
            reasons.join(", ")
        );
        if left_out.no_actual > 0 {
            text.push_str(" Unfinished work is often the late work: what it will add is not in these numbers.");
        }
        self.paragraph(&text, "", DIM);
    }

    fn factors(&mut self, found: &Calibration) {
        self.blank();
        let row = |what: &str, [p10, p50, p90]: [f64; 3]| {
            let numbers = [p10, p50, p90].map(|number| plain(factor(number)));
            [vec![plain(what)], numbers.to_vec()].concat()
        };
        let mut rows: Vec<Vec<Cell>> = vec![row("Overrun that the next project shares", found.overrun)];
        if let Some(own) = found.own {
            rows.push(row("What a single task adds to it", own));
            rows.push(row("A single new task, both together", found.new_task));
        }
        let header = ["Actual ÷ estimate", "P10", "P50", "P90"];
        self.table(&[Side::Left, Side::Right, Side::Right, Side::Right], 0, &header, &rows);
    }

    fn parts(&mut self, found: &Calibration) {
        self.blank();
        let row = |what: &str, known: &Known, show: fn(f64) -> String| {
            vec![
                plain(what),
                plain(show(known.value)),
                plain(format!("{}–{}", show(known.low), show(known.high))),
            ]
        };
        let mut rows = vec![row("Median overrun", &found.median, factor)];
        let sd = |value: f64| format!("{value:.2}");
        match (&found.shared_sd, found.basis) {
            (Some(shared), Basis::Wholes) => rows.push(row("Between rows, each a whole project (sd of ln)", shared, sd)),
            (Some(shared), _) => rows.push(row("Between groups (sd of ln)", shared, sd)),
            (None, _) => rows.push(vec![plain("Between groups (sd of ln)"), plain("–"), plain("not in this history")]),
        }
        if let Some(own) = &found.own_sd {
            rows.push(row("Within a group (sd of ln)", own, sd));
        }
        rows.push(vec![
            plain("All together: sum ÷ sum"),
            plain(factor(found.ratio_of_sums)),
            plain(""),
        ]);
        self.table(
            &[Side::Left, Side::Right, Side::Left],
            0,
            &["What it rests on", "", "95 % interval"],
            &rows,
        );
    }

    fn words(&mut self, found: &Calibration) {
        self.blank();
        for (text, style) in words(found) {
            for line in super::text::wrap(&text, INDENT, "    ", COLUMNS) {
                self.line(&line, style);
            }
        }
    }

    fn ranges(&mut self, ranges: &Ranges, median: f64) {
        self.blank();
        self.line("  The past ranges", BOLD);
        let share = Share {
            p: ranges.share.value,
            ci_low: ranges.share.low,
            ci_high: ranges.share.high,
            hits: ranges.held as u32,
            trials: ranges.tasks as u32,
        };
        let text = format!(
            "{} of {} held: {} (95 % interval {}). {} actuals lay above, {} below. Ranges from P10 to P90 hold 80 %.",
            thousands(ranges.held),
            thousands(ranges.tasks),
            plain_percent((ranges.share.value * 100.0).round() / 100.0),
            percent_interval(&share),
            thousands(ranges.above),
            thousands(ranges.below)
        );
        self.paragraph(&text, INDENT, Style::new());
        let text = match &ranges.widening {
            Some(widening) => format!(
                "They would have with each end {} times as far from the estimate (95 % interval {}), counted in factors: 0.8 to 1.5 times \
                 the estimate becomes {} to {}.",
                factor(widening.value),
                interval(widening),
                factor(0.8_f64.powf(widening.value)),
                factor(1.5_f64.powf(widening.value))
            ),
            None => "What would have made them hold cannot be said: they are too few, or have ends at the estimate itself.".to_owned(),
        };
        self.paragraph(&text, INDENT, Style::new());
        if let Some(after) = &ranges.widening_after_overrun {
            let text = format!(
                "Beside the overrun, which moves every range by {} in the median, it takes {} times ({}).",
                factor(median),
                factor(after.value),
                interval(after)
            );
            self.paragraph(&text, INDENT, Style::new());
        }
    }

    fn paste(&mut self, found: &Calibration) {
        self.blank();
        self.line("To paste into the scenario", BOLD);
        self.blank();
        let [p10, p50, p90] = found.overrun;
        self.line("[estimates]", Style::new());
        self.line(&format!("overrun = {{ p10 = {p10}, p50 = {p50}, p90 = {p90} }}"), Style::new());
        let file = found.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let mut keys = vec![format!("history = {}", quoted(file))];
        let columns = [
            ("estimate", &found.columns.estimate),
            ("actual", &found.columns.actual),
            ("group", &found.columns.group),
        ];
        for (key, column) in columns {
            keys.extend(
                column
                    .as_deref()
                    .filter(|name| *name != key || key == "group")
                    .map(|name| format!("{key} = {}", quoted(name))),
            );
        }
        let inline = format!("overrun = {{ {} }}", keys.join(", "));
        let lines = if width(&inline) <= COLUMNS {
            vec!["[estimates]".to_owned(), inline]
        } else {
            [vec!["[estimates.overrun]".to_owned()], keys].concat()
        };
        // What does not fit could not be pasted once it is broken.
        if lines.iter().all(|line| width(line) <= COLUMNS) {
            self.blank();
            self.paragraph("or, to learn it anew whenever the file beside the scenario grows:", "", DIM);
            self.blank();
            for line in lines {
                self.line(&line, Style::new());
            }
        }
    }
}

/// What has to be known to read the numbers.
fn words(found: &Calibration) -> Vec<(String, Style)> {
    let mut words = Vec::new();
    let mut say = |text: String, style: Style| words.push((text, style));
    match found.basis {
        Basis::Default if found.groups == 0 => say(
            "Without groups nobody can tell what whole projects share from what single tasks add. The middle of the overrun is \
             learnt; how much projects differ stays as by default (0.85 to 1.4). --group names the column of the project, quarter or \
             person."
                .into(),
            UNSURE,
        ),
        Basis::Default => say(
            format!(
                "{} cannot say how much groups differ. The middle of the overrun is learnt; how much projects differ is taken to be at \
                 least what it is by default (0.85 to 1.4).",
                if found.groups == 1 { "One group" } else { "Two groups" }
            ),
            UNSURE,
        ),
        Basis::Wholes => say(
            "Every row is a group of its own, so each is taken for a whole project: all of the spread is the overrun's.".into(),
            Style::new(),
        ),
        Basis::Groups => {}
    }
    let wholes = if found.basis == Basis::Wholes { found.tasks } else { found.groups };
    if found.basis != Basis::Default && wholes < FEW_GROUPS {
        let what = match (found.basis, found.by_quarter) {
            (Basis::Wholes, _) => "projects",
            (_, true) => "quarters",
            _ => "groups",
        };
        let text = format!("{wholes} {what} are few to say how much the next differs: the overrun is as wide as that makes it.");
        say(text, UNSURE);
    } else if found.tasks < FEW_TASKS {
        say(
            format!("{} tasks are few: the numbers are as wide as that makes them.", found.tasks),
            UNSURE,
        );
    }
    if let Some([p10, _, p90]) = found.own {
        let text = format!(
            "The range of a single task's estimate, P10 to P90, ought to reach from {} to {} times its likely number; the overrun comes \
             on top.",
            factor(p10),
            factor(p90)
        );
        say(text, Style::new());
    }
    let tasks = found.tasks as f64;
    if found.exact >= FEWEST_EXACT && found.exact as f64 >= MANY_EXACT * tasks {
        let text = format!(
            "{} of {} actuals equal their estimate to the digit. If they were filled in and not measured, the true spread is wider than \
             shown.",
            thousands(found.exact as u64),
            thousands(found.tasks as u64)
        );
        say(text, UNSURE);
    }
    if found.far_out as f64 > MANY_FAR_OUT * tasks {
        let text = format!(
            "{} of {} lie so far out that no normal curve of logarithms has so many. They are drawn in for the overrun and the two \
             spreads, and counted in full in what a single task adds.",
            thousands(found.far_out as u64),
            thousands(found.tasks as u64)
        );
        say(text, Style::new());
    }
    let (sums, median) = (found.ratio_of_sums, found.median.value);
    if sums > median * UNLIKE_THE_MEDIAN {
        let text = format!(
            "All together took {} times what was estimated, the median task {}: the large ones, or a few that went badly, overran more. \
             Where the plan is of that kind, the overrun is too kind.",
            factor(sums),
            factor(median)
        );
        say(text, UNSURE);
    } else if sums < median / UNLIKE_THE_MEDIAN {
        let text = format!(
            "All together took {} times what was estimated, the median task {}: the large ones overran less. Where the plan is of large \
             tasks, the overrun is too severe.",
            factor(sums),
            factor(median)
        );
        say(text, UNSURE);
    }
    if !(1.0 / LIKE_TWO_UNITS..=LIKE_TWO_UNITS).contains(&median) {
        say(
            format!("A median overrun of {}: are both columns in the same unit?", factor(median)),
            UNSURE,
        );
    }
    words
}

/// A factor: two decimals, fewer where it is large, and three where two would leave one digit.
fn factor(value: f64) -> String {
    let decimals = (2.0 - value.abs().max(1e-3).log10().floor()).clamp(0.0, if value < 0.095 { 3.0 } else { 2.0 }) as usize;
    format!("{value:.decimals$}")
}

fn interval(known: &Known) -> String {
    if known.high.is_finite() {
        format!("{}–{}", factor(known.low), factor(known.high))
    } else {
        format!("{} or more", factor(known.low))
    }
}

/// A text as a string of a scenario.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if crate::inert::acts(c) => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_written_as_a_person_or_a_scenario_reads_them() {
        let factors = [0.004_9, 0.634, 1.0, 12.54, 210.4].map(factor);
        assert_eq!(factors, ["0.005", "0.63", "1.00", "12.5", "210"]);
        assert_eq!(quoted("a \"b\" \\ c"), r#""a \"b\" \\ c""#);
        assert_eq!(quoted("a\u{1b}b"), "\"a\\U0000001bb\"", "nothing acts on a terminal");
    }
}
