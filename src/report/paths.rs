//! What sets a path apart, in words.

use anstyle::Style;

use super::page::{Cell, DIM, INDENT, Page, Side, plain};
use super::text::{cut, head_count, thousands, week_count};
use crate::analysis::{Condition, Forecast, Path, PathForecast};

/// What differs by no more than this factor is not worth a sentence.
const SAME: std::ops::Range<f64> = 0.8..1.25;
/// Conditions that a table lists.
const MOST_ROWS: usize = 6;

impl Page {
    /// Beside the three dates of an initiative: what must be true for each.
    pub(super) fn paths(&mut self, forecast: &Forecast, initiative: &str) {
        let own = || forecast.paths.iter().filter(|path| path.initiative == initiative);
        if own().all(|path| path.conditions.is_empty()) {
            return;
        }
        self.blank();
        for path in own() {
            self.hanging(&sentence(path));
        }
    }

    /// What sets a path apart from all futures, in full.
    pub(super) fn conditions(&mut self, path: &PathForecast, detailed: u32) {
        self.blank();
        self.heading(&format!("What sets the {} path apart", path.path.name()));
        if path.conditions.is_empty() {
            let text = if path.futures == 0 || path.futures >= detailed {
                "Nothing: the finish does not vary enough for there to be three paths."
            } else {
                "Nothing that the simulation can tell: no risk, departure, incident, finding or task stands out on it."
            };
            self.paragraph(text, INDENT, Style::new());
            return;
        }
        let rows: Vec<Vec<Cell>> = most_telling(path).into_iter().take(MOST_ROWS).map(row).collect();
        let header = ["", &format!("in {}-path futures", path.path.name()), "overall", "times"];
        self.table(&[Side::Left, Side::Left, Side::Left, Side::Right], 0, &header, &rows);
        let left = path.conditions.len().saturating_sub(MOST_ROWS);
        let more = match left {
            0 => String::new(),
            1 => " One smaller difference is in summary.json of `sim run`.".to_owned(),
            left => format!(" {left} smaller differences are in summary.json of `sim run`."),
        };
        let text = format!(
            "Amounts and numbers are means, over {} futures on this path and over all {}.{more}",
            thousands(path.futures.into()),
            thousands(detailed.into())
        );
        self.paragraph(&text, INDENT, DIM);
    }
}

/// The conditions in the order in which they are read. Amounts of work are always the most telling, because all that is late is more
/// work; what a person can act upon comes first: risks, people, incidents and findings, up to three, then as many tasks.
fn most_telling(path: &PathForecast) -> Vec<&Condition> {
    let (tasks, others): (Vec<_>, Vec<_>) = path.conditions.iter().partition(|condition| condition.kind == "task");
    let (first, rest) = others.split_at(others.len().min(3));
    let (work, less) = tasks.split_at(tasks.len().min(3));
    [first, work, rest, less].concat()
}

fn row(condition: &Condition) -> Vec<Cell> {
    let [on_path, overall] = measured(condition);
    vec![plain(name(condition)), plain(on_path), plain(overall), plain(times(condition.lift))]
}

/// What is compared, as a person would call it.
pub(super) fn name(condition: &Condition) -> String {
    let title = cut(&condition.title, 60);
    match (condition.kind, condition.unit) {
        ("risk", _) => title,
        ("departures", _) => format!("people who leave {title}"),
        ("incident", _) => format!("{title} incidents"),
        ("finding", _) => format!("{title} findings"),
        (_, "engineer-days") => format!("{title}: effort"),
        _ => format!("{title}: time"),
    }
}

/// On the path and overall: `71 of 100`, `1.4`, `17.1 weeks`.
pub(super) fn measured(condition: &Condition) -> [String; 2] {
    [condition.on_path, condition.overall].map(|value| match condition.unit {
        "share" => format!("{:.0} of 100", value * 100.0),
        "number" => decimals(value),
        _ => format!("{} weeks", week_count(value)),
    })
}

/// A mean number, small ones with two decimals.
fn decimals(value: f64) -> String {
    if value.abs() < 0.995 {
        format!("{value:.2}")
    } else {
        head_count(value)
    }
}

/// `Worst path: “Legacy billing” in 58 of 100 futures (overall 35); 1.4 times the average work in Data model.` Where nothing stands
/// out, that; nothing at all where no path of the initiative stands out.
fn sentence(path: &PathForecast) -> String {
    let telling = most_telling(path);
    let (tasks, others): (Vec<&Condition>, Vec<&Condition>) = telling
        .into_iter()
        .filter(|condition| !SAME.contains(&condition.lift))
        .partition(|condition| condition.kind == "task");
    let mut clauses: Vec<String> = others.into_iter().take(2).map(clause).collect();
    let mut work = tasks.into_iter().take(2);
    if let Some(task) = work.next() {
        let in_task = |task: &Condition| format!("in {}", cut(&task.title, 46));
        let more = work.map(|task| format!(" and {} times {}", times(task.lift), in_task(task)));
        let first = format!("{} times the average work {}", times(task.lift), in_task(task));
        clauses.push(first + &more.collect::<String>());
    }
    let name = match path.path {
        Path::Best => "Best",
        Path::Expected => "Expected",
        Path::Worst => "Worst",
    };
    if clauses.is_empty() {
        clauses.push("nothing stands out".into());
    }
    format!("{name} path: {}.", clauses.join("; "))
}

fn clause(condition: &Condition) -> String {
    let title = cut(&condition.title, 60);
    let [on_path, overall] = measured(condition);
    match condition.kind {
        "risk" => format!("“{title}” in {on_path} futures (overall {:.0})", condition.overall * 100.0),
        "departures" => format!("{on_path} people leave {title} (overall {overall})"),
        "incident" => format!("{on_path} {title} incidents (overall {overall})"),
        _ => format!("{on_path} {title} findings (overall {overall})"),
    }
}

/// A factor: `1.4`, `0.62`.
pub(super) fn times(lift: f64) -> String {
    if lift < 0.995 { format!("{lift:.2}") } else { head_count(lift) }
}
