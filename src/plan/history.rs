//! A file of past tasks, what was estimated and what it took: rows out of comma-separated text, each fault with its place.

use std::collections::HashMap;
use std::sync::Arc;

use super::separated::{Cell, OpenQuote, Records};
use crate::calendar::Date;
use crate::diagnostic::{Fault, Source};
use crate::plan::build::list;
use crate::scenario::reader::suggest;
use crate::units::{Measure, QuantityError, parse_quantity};

/// Rows of a history.
const MOST_ROWS: usize = 1_000_000;
/// Faults of one history that are reported.
const MOST_FAULTS: usize = 50;
/// The largest number: more than the seconds of a thousand people's lives.
const LARGEST: f64 = 1e15;
/// Characters of a cell that a message quotes.
const CELL_SHOWN: usize = 40;

/// The names under which trackers export an estimate and what a task took; the first is the documented one.
const ESTIMATE: [&str; 3] = ["estimate", "original estimate", "estimated"];
const ACTUAL: [&str; 3] = ["actual", "time spent", "spent"];
/// How nothing is written.
const NOTHING: [&str; 8] = ["", "-", "–", "?", "na", "n/a", "nan", "null"];

/// Which columns to read. Estimate and actual are looked for where they are not named, the others only where they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Columns {
    /// What was estimated; by default `estimate`, or what trackers call it.
    pub estimate: Option<String>,
    /// What it took; by default `actual`, or what trackers call it.
    pub actual: Option<String>,
    /// Which tasks went well or badly together: a project, a person; a date stands for its quarter.
    pub group: Option<String>,
    /// The low end of the estimate.
    pub low: Option<String>,
    /// The high end of the estimate.
    pub high: Option<String>,
}

/// A past task with an estimate and an actual, both above zero and in one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PastTask {
    pub(super) estimate: f64,
    pub(super) actual: f64,
    /// Index of its group; 0 where none were asked for.
    pub(super) group: usize,
    /// The ends of the estimate, where the row has both.
    pub(super) range: Option<[f64; 2]>,
}

/// Rows that were read and say nothing about the overrun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Without an estimate, or with one of zero.
    pub no_estimate: usize,
    /// Without an actual, or with one of zero: often work that is not finished.
    pub no_actual: usize,
    /// Without a group, where groups were asked for.
    pub no_group: usize,
}

impl LeftOut {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> usize {
        self.no_estimate + self.no_actual + self.no_group
    }
}

/// Past tasks, as read.
#[derive(Debug, Clone)]
pub struct History {
    pub(super) path: String,
    pub(super) tasks: Vec<PastTask>,
    pub(super) groups: usize,
    pub(super) by_quarter: bool,
    pub(super) left_out: LeftOut,
    pub(super) columns: Columns,
}

/// Reads a history: a header and a row for each task, separated by commas, semicolons or tabs. Estimate and actual are numbers in
/// one unit, whichever it is, or work with its unit (`3h`, `1w 2d`).
///
/// # Errors
/// All faults, each at its line and column, at most fifty.
pub fn read_history(path: &str, text: &str, columns: &Columns) -> Result<History, Vec<Fault>> {
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: text.to_owned(),
    });
    let refused = |mut faults: Vec<Fault>| {
        faults.truncate(MOST_FAULTS);
        faults.into_iter().map(|fault| fault.of(&source)).collect::<Vec<_>>()
    };
    let mut records = Records::new(text);
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(open)) => return Err(refused(vec![unclosed(open)])),
        None => {
            return Err(vec![
                Fault::error("empty-history", format!("`{path}` holds no table")).hint(EXAMPLE),
            ]);
        }
    };
    let found = Found::new(&header, columns).map_err(refused)?;
    let mut reading = Reading::new(&header, found);
    for (index, record) in records.enumerate() {
        if index >= MOST_ROWS {
            let fault = Fault::error("history-too-long", format!("a history has at most {MOST_ROWS} rows"));
            reading.faults.push(fault.hint("leave the oldest out"));
        }
        if reading.faults.len() >= MOST_FAULTS || index >= MOST_ROWS {
            break;
        }
        match record {
            Ok(record) => reading.row(&record),
            Err(open) => reading.faults.push(unclosed(open)),
        }
    }
    reading.finish(path).map_err(refused)
}

const EXAMPLE: &str = "write a header and a row for each task, such as `estimate,actual` and `3d,5d`";

/// The columns by their index.
#[derive(Debug, Clone, Copy)]
struct Found {
    estimate: usize,
    actual: usize,
    group: Option<usize>,
    low: Option<usize>,
    high: Option<usize>,
}

impl Found {
    fn new(header: &[Cell], columns: &Columns) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut find = |given: &Option<String>, usual: &[&str], option: &str| {
            let names = given.as_deref().map_or(usual.to_vec(), |name| vec![name]);
            let found = names.iter().map(|name| called(header, name)).find(|found| !found.is_empty());
            match found.as_deref() {
                Some([one]) => Some(*one),
                Some([first, ..]) => {
                    let (at, name) = (header.get(*first), names.first().copied().unwrap_or_default());
                    let fault = Fault::error("ambiguous-column", format!("several columns are called \"{}\"", shown(name)));
                    let fault = fault.at(&at.map_or(0..0, |cell| cell.span.clone()));
                    faults.push(fault.hint("rename the one that is meant"));
                    None
                }
                _ => {
                    if let Some(name) = names.first() {
                        faults.push(unknown_column(header, name, option));
                    }
                    None
                }
            }
        };
        let estimate = find(&columns.estimate, &ESTIMATE, "estimate");
        let actual = find(&columns.actual, &ACTUAL, "actual");
        let [group, low, high] = [(&columns.group, "group"), (&columns.low, "low"), (&columns.high, "high")]
            .map(|(given, option)| given.as_ref().and_then(|_| find(given, &[], option)));
        match (estimate, actual) {
            (Some(estimate), Some(actual)) if faults.is_empty() => Ok(Self {
                estimate,
                actual,
                group,
                low,
                high,
            }),
            _ => Err(faults),
        }
    }
}

/// The columns of that name: as written, or else whatever the capitals.
fn called(header: &[Cell], name: &str) -> Vec<usize> {
    let which = |is: &dyn Fn(&str) -> bool| {
        (0..header.len())
            .filter(|at| header.get(*at).is_some_and(|cell| is(&cell.text)))
            .collect()
    };
    let exact: Vec<usize> = which(&|text| text == name);
    if exact.is_empty() {
        which(&|text| text.to_lowercase() == name.to_lowercase())
    } else {
        exact
    }
}

fn unclosed(OpenQuote(at): OpenQuote) -> Fault {
    Fault::error("open-quote", "a quote is opened and never closed")
        .at(&(at..at + 1))
        .hint("close it, or write two quotes where one is meant")
}

fn unknown_column(header: &[Cell], name: &str, option: &str) -> Fault {
    let known = || header.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
    let span = header.first().map_or(0, |cell| cell.span.start)..header.last().map_or(0, |cell| cell.span.end);
    let hint = suggest(name, known()).map_or_else(
        || format!("say which column it is: --{option} \"NAME\", in a scenario {option} = \"NAME\" beside history"),
        |near| format!("did you mean `{near}`?"),
    );
    Fault::error("unknown-column", format!("there is no column \"{}\"", shown(name)))
        .at(&span)
        .label("the columns that there are")
        .allowed(list(known()))
        .hint(hint)
}

/// What the numbers of a history are in, so that no two that are divided differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Whatever it is, the same for all.
    Plain,
    /// Working time, each with its unit.
    Work,
}

/// A cell with a quantity: nothing, or a number.
type Quantity = Option<f64>;

/// The rows as they are read.
struct Reading<'h> {
    header: &'h [Cell],
    found: Found,
    tasks: Vec<PastTask>,
    /// The group cells by their text, with the index of the first row's group.
    groups: HashMap<String, usize>,
    /// The cell of each group that was seen first.
    first_of_group: Vec<Cell>,
    unit: Option<(Unit, Cell)>,
    left_out: LeftOut,
    faults: Vec<Fault>,
}

impl<'h> Reading<'h> {
    fn new(header: &'h [Cell], found: Found) -> Self {
        Self {
            header,
            found,
            tasks: Vec::new(),
            groups: HashMap::new(),
            first_of_group: Vec::new(),
            unit: None,
            left_out: LeftOut::default(),
            faults: Vec::new(),
        }
    }

    fn row(&mut self, record: &[Cell]) {
        if let Some(cell) = record.get(self.header.len()) {
            let fault = Fault::error(
                "bad-row",
                format!("this row has {} cells, the header {}", record.len(), self.header.len()),
            );
            self.faults.push(
                fault
                    .at(&cell.span)
                    .label("one too many")
                    .hint("write numbers with a decimal point, and put texts that hold the separator in quotes"),
            );
            return;
        }
        let before = self.faults.len();
        let [estimate, actual] = [self.found.estimate, self.found.actual].map(|at| self.quantity(record.get(at)));
        let ends = [self.found.low, self.found.high].map(|at| at.and_then(|at| self.quantity(record.get(at))));
        let range = match ends {
            [Some(low), Some(high)] if low > high => {
                let cell = self.found.low.and_then(|at| record.get(at));
                let fault = Fault::error("reversed-range", "the low end lies above the high end");
                self.faults
                    .push(fault.at(&cell.map_or(0..0, |cell| cell.span.clone())).allowed("low ≤ high"));
                None
            }
            [Some(low), Some(high)] => Some([low, high]),
            _ => None,
        };
        if self.faults.len() > before {
            return;
        }
        let above_zero = |quantity: Quantity| quantity.filter(|value| *value > 0.0);
        let Some(estimate) = above_zero(estimate) else {
            self.left_out.no_estimate += 1;
            return;
        };
        let Some(actual) = above_zero(actual) else {
            self.left_out.no_actual += 1;
            return;
        };
        let group = match self.found.group.map(|at| record.get(at).filter(|cell| !is_nothing(&cell.text))) {
            None => 0,
            Some(Some(cell)) => self.group(cell),
            Some(None) => {
                self.left_out.no_group += 1;
                return;
            }
        };
        self.tasks.push(PastTask {
            estimate,
            actual,
            group,
            range,
        });
    }

    fn group(&mut self, cell: &Cell) -> usize {
        let next = self.first_of_group.len();
        let index = *self.groups.entry(cell.text.clone()).or_insert(next);
        if index == next {
            self.first_of_group.push(cell.clone());
        }
        index
    }

    /// Reads a cell; what is wrong with it is added to the faults.
    fn quantity(&mut self, cell: Option<&Cell>) -> Quantity {
        let cell = cell.filter(|cell| !is_nothing(&cell.text))?;
        let text = cell.text.as_str();
        let refused = |code, message: String| Fault::error(code, message).at(&cell.span);
        let fault = match number(text) {
            Ok((value, unit)) => {
                let (first, of) = self.unit.get_or_insert_with(|| (unit, cell.clone()));
                if *first == unit {
                    return Some(value);
                }
                let others = if unit == Unit::Work { "have none" } else { "have one" };
                let what = if unit == Unit::Work { "a unit" } else { "no unit" };
                refused(
                    "mixed-units",
                    format!("\"{}\" has {what}, and the numbers before {others}", shown(text)),
                )
                .related(&of.span.clone(), "the first of them")
                .allowed("numbers that are all in one unit without naming it, or work that always names it, such as 3h or 1w 2d")
            }
            Err(Why::Comma) => refused("decimal-comma", format!("\"{}\" has a comma", shown(text)))
                .label("a thousand or a fraction?")
                .allowed("numbers with a decimal point and without separators of thousands, such as 1234.5"),
            Err(Why::Negative) => {
                refused("negative", format!("\"{}\" is below zero", shown(text))).allowed("numbers of at least 0, or an empty cell")
            }
            Err(Why::NoNumber) => refused("bad-cell", format!("\"{}\" is no amount of work", shown(text)))
                .allowed("a number such as 3.5, work such as 3h, 2d or 1w 2d (units: min or m, h, d, w, mo), or an empty cell"),
        };
        self.faults.push(fault);
        None
    }

    fn finish(mut self, path: &str) -> Result<History, Vec<Fault>> {
        let mut by_quarter = false;
        if self.found.group.is_some() {
            by_quarter = self.group_by_quarter();
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let named = |at: Option<usize>| at.and_then(|at| self.header.get(at)).map(|cell| cell.text.clone());
        let mut seen: Vec<usize> = self.tasks.iter().map(|task| task.group).collect();
        seen.sort_unstable();
        seen.dedup();
        Ok(History {
            path: path.to_owned(),
            groups: if self.found.group.is_some() { seen.len() } else { 0 },
            by_quarter,
            left_out: self.left_out,
            columns: Columns {
                estimate: named(Some(self.found.estimate)),
                actual: named(Some(self.found.actual)),
                group: named(self.found.group),
                low: named(self.found.low),
                high: named(self.found.high),
            },
            tasks: self.tasks,
        })
    }

    /// Where the groups are dates, a quarter's tasks belong together: hardly two tasks share a day.
    fn group_by_quarter(&mut self) -> bool {
        let dates: Option<Vec<Date>> = self.first_of_group.iter().map(|cell| date_of(&cell.text)).collect();
        let Some(dates) = dates.filter(|dates| !dates.is_empty()) else {
            if let Some(cell) = self.first_of_group.iter().find(|cell| looks_like_a_date(&cell.text)) {
                let fault = Fault::error("ambiguous-date", format!("\"{}\" looks like a date", shown(&cell.text)));
                self.faults.push(
                    fault
                        .at(&cell.span)
                        .allowed("dates such as 2026-03-06, which are taken by quarter; or names of projects or people")
                        .hint("day and month cannot be told apart in other forms"),
                );
            }
            return false;
        };
        let starts: Vec<Date> = dates.into_iter().map(Date::quarter_start).collect();
        let mut quarters = starts.clone();
        quarters.sort_unstable();
        quarters.dedup();
        for task in &mut self.tasks {
            if let Some(start) = starts.get(task.group) {
                task.group = quarters.partition_point(|quarter| quarter < start);
            }
        }
        true
    }
}

/// `2026-03-06`, also with a time after it.
fn date_of(text: &str) -> Option<Date> {
    let (date, time) = (text.get(..10)?, text.get(10..)?);
    if time.is_empty() || time.starts_with(['T', ' ']) {
        Date::parse(date)
    } else {
        None
    }
}

/// Digits and letters between slashes or full stops, as in 06/07/2016, 06/Jul/16 or 6.7.2016.
fn looks_like_a_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    ['/', '.'].into_iter().any(|mark| {
        let parts: Vec<&str> = day.split(mark).collect();
        let digits = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        parts.len() == 3 && parts.first().is_some_and(digits) && parts.last().is_some_and(digits)
    })
}

/// Why a cell is no amount of work.
enum Why {
    Comma,
    Negative,
    NoNumber,
}

/// `3.5`, `3h`, `1w 2d 3h`, and `45m` as Jira writes minutes.
fn number(text: &str) -> Result<(f64, Unit), Why> {
    if text.contains(',') {
        return Err(Why::Comma);
    }
    if let Ok(value) = text.parse::<f64>() {
        return match value {
            _ if value.is_nan() || value.abs() > LARGEST => Err(Why::NoNumber),
            _ if value < 0.0 => Err(Why::Negative),
            _ => Ok((value, Unit::Plain)),
        };
    }
    let mut days = 0.0;
    for part in text.split_whitespace() {
        let minutes = part.strip_suffix('m').map(|number| format!("{number}min"));
        days += parse_quantity(minutes.as_deref().unwrap_or(part), Measure::Work).map_err(|error| match error {
            QuantityError::Negative => Why::Negative,
            _ => Why::NoNumber,
        })?;
    }
    Ok((days, Unit::Work))
}

fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text.to_lowercase().as_str())
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(CELL_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(group: Option<&str>) -> Columns {
        Columns {
            group: group.map(str::to_owned),
            ..Columns::default()
        }
    }

    fn ratios(text: &str) -> Vec<f64> {
        let history = read_history("past.csv", text, &columns(None)).expect("readable");
        history.tasks.iter().map(|task| task.actual / task.estimate).collect()
    }

    #[test]
    fn a_ratio_has_no_unit() {
        let wanted = [2.0, 0.5];
        for text in [
            "estimate,actual\n3,6\n2,1\n",
            "Estimate;Actual\r\n3;6\r\n2;1\r\n",
            "estimate\tactual\n3h\t6h\n2d\t8h\n",
            "\u{feff}Issue key,Original Estimate,Time Spent\nA-1,10800,21600\nA-2,7200,3600\n",
            "actual,estimate\n1w 1d,3d\n30m,1h\n",
        ] {
            assert_eq!(ratios(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn rows_that_say_nothing_are_counted() {
        let text = "estimate,actual,who\n3,6,a\n,6,a\n0,6,a\n3,NA,a\n3,0,a\n3,6,\n3\n";
        let history = read_history("past.csv", text, &columns(Some("who"))).expect("readable");
        assert_eq!((history.tasks.len(), history.groups), (1, 1));
        let left_out = LeftOut {
            no_estimate: 2,
            no_actual: 3,
            no_group: 1,
        };
        assert_eq!(history.left_out, left_out);
        assert_eq!(history.left_out.total(), 6);
    }

    #[test]
    fn dates_are_taken_by_quarter() {
        let text = "estimate,actual,done\n1,1,2025-01-06\n1,1,2025-03-31 08:00\n1,1,2025-04-01\n1,1,2024-12-31\n";
        let history = read_history("past.csv", text, &columns(Some("done"))).expect("readable");
        assert!(history.by_quarter);
        assert_eq!(history.tasks.iter().map(|task| task.group).collect::<Vec<_>>(), [1, 1, 2, 0]);
        assert_eq!(history.groups, 3);
    }

    /// Every fault at once, with its code, line and column.
    #[test]
    fn faults_point_at_line_and_column() {
        for (text, wanted) in [
            ("", &[("empty-history", None)][..]),
            ("estimate,hours\n1,2\n", &[("unknown-column", Some((1, 1)))]),
            ("estimate,actual,actual\n1,2,3\n", &[("ambiguous-column", Some((1, 10)))]),
            (
                "estimate,actual\n\"1,5\",2\n3,x\n4,-1\n5,6,7\n",
                &[
                    ("decimal-comma", Some((2, 1))),
                    ("bad-cell", Some((3, 3))),
                    ("negative", Some((4, 3))),
                    ("bad-row", Some((5, 5))),
                ],
            ),
            ("estimate;actual\n1,5;2\n", &[("decimal-comma", Some((2, 1)))]),
            ("estimate,actual\n3h,4\n", &[("mixed-units", Some((2, 4)))]),
            (
                "estimate,actual\n1,inf\n2,\"3\n",
                &[("bad-cell", Some((2, 3))), ("open-quote", Some((3, 3)))],
            ),
        ] {
            let faults = read_history("past.csv", text, &columns(None)).expect_err("refused");
            let found: Vec<_> = faults.iter().map(|fault| (fault.code, fault.position())).collect();
            assert_eq!(found, wanted, "{text:?}");
            assert!(
                faults.iter().all(|fault| fault.allowed.is_some() || fault.hint.is_some()),
                "a way out"
            );
        }
        let text = "estimate,actual,low,high,done\n3,4,5,2,06/07/2016\n";
        let all = Columns {
            low: Some("low".into()),
            high: Some("high".into()),
            ..columns(Some("done"))
        };
        let faults = read_history("past.csv", text, &all).expect_err("refused");
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["reversed-range"]);
        let text = "estimate,actual,done\n3,4,06/07/2016\n";
        let faults = read_history("past.csv", text, &columns(Some("done"))).expect_err("refused");
        assert_eq!((faults[0].code, faults[0].position()), ("ambiguous-date", Some((2, 5))));
    }
}
