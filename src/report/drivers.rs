//! What drives the date, in the summary: the tasks on the chain that sets it, and who waits for whom.

use anstyle::Style;

use super::page::{BAD, Cell, DIM, INDENT, Page, Side, UNSURE, plain, styled};
use super::terminal::{futures_of, title_of};
use super::text::{cut, frequencies, span, week_count, weeks_moved, width};
use crate::analysis::{Colour, DependencyForecast, DriverForecast, Forecast, Outside, Share};
use crate::units::DAYS_PER_WEEK;

/// Tasks and dependencies that are shown for an initiative.
const MOST_TASKS: usize = 5;
const MOST_DEPENDENCIES: usize = 5;
/// A task that sets the date less often is not shown.
const OFTEN: f64 = 0.1;
/// Working days at P80 that are worth a line; where they are not known, the schedule sensitivity index that is.
const WORTH_A_LINE: f64 = 0.1 * DAYS_PER_WEEK;
const WORTH_A_LINE_INDEX: f64 = 0.05;
/// Working days that a join adds before it is worth a sentence.
const WORTH_A_SENTENCE: f64 = 2.0;
/// The widest title of a task, and of both ends of a dependency together.
const TITLE: usize = 42;
const ENDS: usize = 45;
/// Stands after a task that nobody of ours works on.
const NOT_OURS: &str = "†";

impl Page {
    /// What drives each date: the tasks that move it most, then the dependencies that are not green.
    pub(super) fn drivers(&mut self, forecast: &Forecast) {
        let known: Vec<&str> = forecast
            .initiatives
            .iter()
            .map(|initiative| initiative.id.as_str())
            .filter(|id| tasks_of(forecast, id).next().is_some())
            .collect();
        if known.is_empty() {
            return;
        }
        self.blank();
        self.heading("What drives the date");
        let about = "How often a task is on the chain of work that sets the date, waits for people included; and the weeks that the date \
                     comes later than if the task took what it takes in the median.";
        self.paragraph(about, INDENT, DIM);
        for id in known {
            self.blank();
            self.tasks(forecast, id);
            self.dependencies(forecast, id);
        }
        self.blank();
        self.legend(forecast);
    }

    fn tasks(&mut self, forecast: &Forecast, id: &str) {
        // Where no days could be worked out, the index stands for them.
        let has_days = tasks_of(forecast, id).any(|(driver, _)| driver.p80_days.is_some());
        let is_worth_a_line = |driver: &DriverForecast, share: &Share| {
            let moves = match driver.p80_days {
                Some(days) => days.abs() >= WORTH_A_LINE,
                None => !has_days && driver.ssi.unwrap_or(0.0) >= WORTH_A_LINE_INDEX,
            };
            share.p >= OFTEN && moves
        };
        let rows: Vec<Vec<Cell>> = tasks_of(forecast, id)
            .filter(|(driver, share)| is_worth_a_line(driver, share))
            .take(MOST_TASKS)
            .map(|(driver, share)| {
                vec![
                    plain(title(forecast, id, driver)),
                    plain(how_often(share)),
                    plain(weeks_moved(driver.p50_days)),
                    plain(weeks_moved(driver.p80_days)),
                ]
            })
            .collect();
        let name = title_of(forecast, id, 34);
        if rows.is_empty() {
            let text = format!("{name}: no task on its own moves the date by 0.1 weeks, see drivers.csv.");
            self.paragraph(&text, INDENT, Style::new());
        } else {
            let sides = [Side::Left, Side::Right, Side::Right, Side::Right];
            self.table(&sides, 0, &[&name, "sets the date", "weeks: P50", "P80"], &rows);
        }
        let joins =
            tasks_of(forecast, id).filter_map(|(driver, share)| Some((driver, driver.merge_bias_days.filter(|_| share.p >= OFTEN)?)));
        let most = joins.max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((driver, days)) = most.filter(|(_, days)| *days >= WORTH_A_SENTENCE) {
            let sentence = format!(
                "\"{}\" waits for several; that any of them may be the last costs {} on average.",
                title(forecast, id, driver),
                span(days)
            );
            self.paragraph(&sentence, INDENT, Style::new());
        }
    }

    fn dependencies(&mut self, forecast: &Forecast, id: &str) {
        let rows: Vec<Vec<Cell>> = forecast
            .dependencies
            .iter()
            .filter(|dependency| dependency.initiative == id && dependency.colour != Colour::Green)
            .take(MOST_DEPENDENCIES)
            .map(|dependency| {
                let style = if dependency.colour == Colour::Red { BAD } else { UNSURE };
                vec![
                    styled(dependency.colour.name(), style),
                    plain(ends(dependency)),
                    plain(how_often(&dependency.criticality)),
                    plain(week_count(dependency.expected_delay_days)),
                ]
            })
            .collect();
        if !rows.is_empty() {
            let sides = [Side::Left, Side::Left, Side::Right, Side::Right];
            self.table(&sides, 1, &["", "who waits for whom", "sets the date", "weeks"], &rows);
        }
    }

    /// What the colours mean, and where the rest stands.
    fn legend(&mut self, forecast: &Forecast) {
        let coloured = || forecast.dependencies.iter().filter(|dependency| dependency.colour != Colour::Green);
        let mut text = String::new();
        for (colour, name) in [(Colour::Red, "Red"), (Colour::Yellow, "Yellow")] {
            if let Some(dependency) = coloured().find(|dependency| dependency.colour == colour) {
                let subject = if text.is_empty() { "a dependency" } else { "it" };
                text.push_str(&format!("{name} where {subject} {}. ", dependency.rule));
            }
        }
        if !text.is_empty() {
            text.push_str("Weeks: how much later than on paper it lets the next begin; along a chain they add up. ");
        }
        if coloured().any(|dependency| dependency.outside != Outside::Neither) {
            text.push_str(&format!("{NOT_OURS}: nobody of ours works on it. "));
        }
        text.push_str("All of it: drivers.csv, dependencies.csv.");
        self.paragraph(&text, INDENT, DIM);
    }
}

/// The tasks that are listed for an initiative, the dearest at P80 first.
fn tasks_of<'f>(forecast: &'f Forecast, id: &'f str) -> impl Iterator<Item = (&'f DriverForecast, &'f Share)> {
    let own = forecast.drivers.iter().filter(move |driver| driver.initiative == id);
    own.filter_map(|driver| Some((driver, driver.criticality.as_ref()?)))
}

/// What people call a task; with the initiative where it is another's.
fn title(forecast: &Forecast, initiative: &str, driver: &DriverForecast) -> String {
    let own = driver.id.split_once('.').map_or(driver.id.as_str(), |(own, _)| own);
    if own == initiative {
        cut(&driver.title, TITLE)
    } else {
        let whose = title_of(forecast, own, TITLE / 2);
        format!("{} ({whose})", cut(&driver.title, TITLE - 3 - width(&whose)))
    }
}

/// `93 of 100`, `all 10,000`.
fn how_often(share: &Share) -> String {
    if share.hits >= share.trials {
        return format!("all {}", futures_of(share.trials));
    }
    let counts = frequencies(share);
    format!("{} of {}", futures_of(counts.hits), futures_of(counts.of))
}

/// `Contract billing → Data model`, the shorter title whole where the other leaves room.
fn ends(dependency: &DependencyForecast) -> String {
    let (from, to) = match dependency.outside {
        Outside::Neither => ("", ""),
        Outside::From => (NOT_OURS, ""),
        Outside::To => ("", NOT_OURS),
        Outside::Both => (NOT_OURS, NOT_OURS),
    };
    let room = ENDS - width(from) - width(to);
    let (first, second) = (width(&dependency.from_title), width(&dependency.to_title));
    let first = if first + second <= room {
        first
    } else {
        first.min(room - second.min(room / 2))
    };
    let (first, second) = (cut(&dependency.from_title, first), cut(&dependency.to_title, room - first));
    format!("{first}{from} → {second}{to}")
}
