//! Actuals as a tracker exports them: CSV with a row for each task. The only file that imports the splitter of fields, which says
//! where each stands.

use std::sync::Arc;

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::diagnostic::{Fault, Source};
use crate::scenario::actuals::sections::PERCENT;
use crate::scenario::actuals::{ActualsText, TaskText, dates};
use crate::scenario::meant;
use crate::scenario::reader::{Faults, suggest};
use crate::scenario::tree::{At, Span};
use crate::units::{HOURS_PER_DAY, Measure, QuantityError, parse_quantity};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Task,
    Started,
    Finished,
    Spent,
    Percent,
    Status,
}

/// The columns: how each is called here, and how trackers call it, compared without regard to capitals, `_` and `-`.
const COLUMNS: [(Column, &str, &[&str]); 6] = [
    (Column::Task, "task", &["id", "key", "issue key", "task id"]),
    (
        Column::Started,
        "started",
        &["start", "start date", "started date", "actual start", "date started", "begun"],
    ),
    (
        Column::Finished,
        "finished",
        &[
            "finish",
            "finish date",
            "actual finish",
            "actual end",
            "end date",
            "resolved",
            "resolution date",
            "done",
            "done date",
            "completed",
            "completed date",
            "date completed",
            "closed",
            "closed date",
        ],
    ),
    (Column::Spent, "spent", &["time spent", "effort spent", "time logged", "logged"]),
    (
        Column::Percent,
        "percent",
        &["percent complete", "% complete", "percent done", "% done", "%", "progress"],
    ),
    (Column::Status, "status", &["state"]),
];
/// Units that the name of a column may give to plain numbers: `spent (s)`, `time spent hours`, and engineer-days in each.
const UNITS: [(&[&str], f64); 4] = [
    (&["s", "sec", "secs", "seconds"], 1.0 / (3_600.0 * HOURS_PER_DAY)),
    (&["min", "mins", "minutes"], 1.0 / (60.0 * HOURS_PER_DAY)),
    (&["h", "hrs", "hours"], 1.0 / HOURS_PER_DAY),
    (&["d", "days"], 1.0),
];
/// What trackers call the state of a task.
const STATUSES: [(Status, &[&str]); 4] = [
    (
        Status::NotStarted,
        &[
            "not started",
            "to do",
            "todo",
            "open",
            "new",
            "backlog",
            "ready",
            "planned",
            "selected for development",
        ],
    ),
    (
        Status::Running,
        &[
            "in progress",
            "running",
            "started",
            "doing",
            "active",
            "in review",
            "review",
            "in development",
            "testing",
            "blocked",
            "reopened",
        ],
    ),
    (
        Status::Finished,
        &["finished", "done", "closed", "resolved", "complete", "completed"],
    ),
    (
        Status::Dropped,
        &[
            "dropped",
            "cancelled",
            "canceled",
            "won't do",
            "wont do",
            "won't fix",
            "wont fix",
            "abandoned",
            "rejected",
            "removed",
        ],
    ),
];
/// Cells of a row that are read; a tracker has a few hundred fields.
const MOST_COLUMNS: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    NotStarted,
    Running,
    Finished,
    Dropped,
}

/// A field and where it stands, without the quotes around it.
type Cell = At<String>;

/// Which cell of a row holds what, and what a plain number of `spent` is worth.
struct Header {
    places: Vec<(Column, usize)>,
    unit: Option<f64>,
    width: usize,
}

/// Reads a CSV of tasks.
pub(super) fn read(source: &Arc<Source>) -> ActualsText {
    let mut faults = Faults::new(source);
    let mut rows = Rows::of(&source.text);
    let mut tasks = Vec::new();
    match rows.next() {
        None => faults.add(
            Fault::error("empty-csv", "the file holds no table")
                .allowed("a line with the names of the columns, then a line for each task")
                .hint("begin with `task,started,finished,spent`"),
        ),
        Some(names) => {
            if let Some(header) = header(&names, &mut faults) {
                tasks.extend(rows.filter_map(|row| task(&row, &header, &mut faults)));
            }
        }
    }
    ActualsText {
        faults: faults.list,
        tasks,
        ..ActualsText::of(source)
    }
}

/// The rows of a text that are not empty.
struct Rows<'t> {
    text: &'t str,
    reader: csv_core::Reader,
    delimiter: u8,
    at: usize,
    field: Vec<u8>,
    ended: bool,
}

impl<'t> Rows<'t> {
    fn of(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let delimiter = delimiter(text);
        Self {
            text,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            at,
            field: vec![0; text.len() + 1],
            ended: false,
        }
    }

    /// The next field and whether it ends its row; `None` at the end.
    fn cell(&mut self) -> Option<(Cell, bool)> {
        let from = self.at;
        let mut length = 0;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let room = self.field.get_mut(length..).unwrap_or_default();
            let (result, read, written) = self.reader.read_field(rest, room);
            self.at += read;
            length += written;
            match result {
                // At the end the reader is told so by an empty input.
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::Field { record_end } => {
                    let value = self.field.get(..length).unwrap_or_default();
                    let value = String::from_utf8_lossy(value).trim().to_owned();
                    return Some((At::new(value, self.place(from)), record_end));
                }
                // There is room for the whole text.
                ReadFieldResult::End | ReadFieldResult::OutputFull => return None,
            }
        }
    }

    /// Where the field stands that was read since `from`: without its separator, and the line end of the row before it.
    fn place(&self, from: usize) -> Span {
        let raw = self.text.get(from..self.at).unwrap_or_default();
        let inner = raw.trim_start_matches(['\r', '\n']);
        let start = from + (raw.len() - inner.len());
        let inner = inner.strip_suffix(char::from(self.delimiter)).unwrap_or(inner).trim_end();
        let blank = inner.len() - inner.trim_start().len();
        start + blank..start + inner.len().max(blank)
    }
}

impl Iterator for Rows<'_> {
    type Item = Vec<Cell>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let mut row = Vec::new();
            loop {
                let Some((cell, ends_row)) = self.cell() else {
                    self.ended = true;
                    break;
                };
                if row.len() < MOST_COLUMNS {
                    row.push(cell);
                }
                if ends_row {
                    break;
                }
            }
            if row.iter().any(|cell| !cell.value.is_empty()) {
                return Some(row);
            }
        }
        None
    }
}

/// The sign between the fields: of comma, semicolon and tab the one that the first line has most of, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let outside: String = line.split('"').step_by(2).collect();
    let count = |sign: u8| outside.bytes().filter(|byte| *byte == sign).count();
    [b';', b'\t']
        .into_iter()
        .fold(b',', |best, sign| if count(sign) > count(best) { sign } else { best })
}

/// A name without regard to how it is written.
fn normal(name: &str) -> String {
    let name = name.to_lowercase().replace(['_', '-', '(', ')'], " ");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn header(names: &[Cell], faults: &mut Faults) -> Option<Header> {
    let before = faults.list.len();
    let mut header = Header {
        places: Vec::new(),
        unit: None,
        width: names.len(),
    };
    let mut strangers = Vec::new();
    let normals: Vec<String> = names.iter().map(|cell| normal(&cell.value)).collect();
    let unit_of = |name: &str| {
        let (stem, unit) = name.rsplit_once(' ')?;
        let (_, worth) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
        let is_spent =
            |(column, ours, theirs): &&(Column, &str, &[&str])| *column == Column::Spent && (*ours == stem || theirs.contains(&stem));
        COLUMNS.iter().find(is_spent).map(|_| *worth)
    };
    for (column, ours, theirs) in COLUMNS {
        // Our own name says which of several is meant.
        let exact = normals.iter().position(|name| name == ours);
        let mut all = normals
            .iter()
            .enumerate()
            .filter(|(_, name)| theirs.contains(&name.as_str()) || (column == Column::Spent && unit_of(name).is_some()))
            .map(|(index, _)| index);
        let first = exact.or_else(|| all.next());
        let second = if exact.is_some() {
            normals
                .iter()
                .skip(first.map_or(0, |first| first + 1))
                .position(|name| name == ours)
                .map(|after| after + first.map_or(0, |first| first + 1))
        } else {
            all.next()
        };
        if let (Some(first), Some(second)) = (first.and_then(|at| names.get(at)), second.and_then(|at| names.get(at))) {
            faults.add(
                Fault::error(
                    "two-columns",
                    format!("\"{}\" and \"{}\" both say `{ours}`", first.value, second.value),
                )
                .at(&second.span)
                .related(&first.span, "the first")
                .hint(format!("name the one that is meant `{ours}`, or take the other out")),
            );
        }
        if let Some(first) = first {
            header.places.push((column, first));
            if column == Column::Spent {
                header.unit = normals.get(first).and_then(|name| unit_of(name));
            }
        }
    }
    for (index, cell) in names.iter().enumerate() {
        let is_known = header.places.iter().any(|(_, at)| *at == index);
        if !is_known && !cell.value.is_empty() {
            strangers.push(cell);
        }
    }
    let missing = |column| !header.places.iter().any(|(known, _)| *known == column);
    for (column, ours, theirs) in &COLUMNS[..3] {
        if missing(*column) {
            let near = strangers.iter().find(|cell| suggest(&normal(&cell.value), [*ours]).is_some());
            let place = near.or(strangers.first()).map_or(0..0, |cell| cell.span.clone());
            let hint = match near {
                Some(cell) => format!("did you mean `{ours}` by \"{}\"?", cell.value),
                None => format!("name a column `{ours}`, or one of {}", theirs.join(", ")),
            };
            faults.add(
                Fault::error("missing-column", format!("no column says `{ours}`"))
                    .at(&place)
                    .allowed(
                        "columns `task`, `started` and `finished`; where known `spent`, `percent` and `status`; others are passed over",
                    )
                    .hint(hint),
            );
        }
    }
    // A column that is passed over by a slip would be evidence lost in silence.
    for (column, ours, _) in &COLUMNS[3..] {
        let near = strangers.iter().find(|cell| suggest(&normal(&cell.value), [*ours]).is_some());
        if let (true, Some(cell)) = (missing(*column), near) {
            faults.add(
                Fault::warning("unknown-column", format!("the column \"{}\" is passed over", cell.value))
                    .at(&cell.span)
                    .hint(format!("did you mean `{ours}`?")),
            );
        }
    }
    let is_broken = faults.list.iter().skip(before).any(Fault::is_error);
    (!is_broken).then_some(header)
}

fn task(row: &[Cell], header: &Header, faults: &mut Faults) -> Option<TaskText> {
    let before = faults.list.iter().filter(|fault| fault.is_error()).count();
    if let Some(extra) = row
        .get(header.width..)
        .and_then(|extra| extra.iter().find(|cell| !cell.value.is_empty()))
    {
        faults.add(
            Fault::error(
                "too-many-cells",
                format!("the row has {} cells, but there are {} columns", row.len(), header.width),
            )
            .at(&extra.span)
            .label("under no column")
            .hint("a text with a separator in it stands in quotes"),
        );
        return None;
    }
    let unclosed = row.last().filter(|cell| {
        let written = faults.written(&cell.span);
        written.starts_with('"') && (written.len() < 2 || !written.ends_with('"'))
    });
    if let Some(cell) = unclosed {
        faults.add(
            Fault::error("unclosed-quote", "a quote is not closed, so that everything after it is one text")
                .at(&(cell.span.start..cell.span.start + 1))
                .hint("write `\"` at the end of the text too"),
        );
        return None;
    }
    let cell = |column| {
        let index = header.places.iter().find(|(known, _)| *known == column)?.1;
        row.get(index).filter(|cell| !cell.value.is_empty())
    };
    let Some(id) = cell(Column::Task) else {
        let place = row
            .iter()
            .find(|cell| !cell.value.is_empty())
            .map_or(0..0, |cell| cell.span.clone());
        faults.add(
            Fault::error("missing-key", "the row does not say which task it is about")
                .at(&place)
                .allowed("the name of a task as in the scenario, such as launch.design"),
        );
        return None;
    };
    let mut task = TaskText::of(id.clone());
    task.started = cell(Column::Started).and_then(|cell| date("started", cell, faults));
    task.finished = cell(Column::Finished).and_then(|cell| date("finished", cell, faults));
    // Trackers write a zero where nobody wrote anything down.
    task.spent = cell(Column::Spent)
        .and_then(|cell| spent(cell, header.unit, faults))
        .filter(|at| at.value > 0.0);
    task.percent = cell(Column::Percent)
        .and_then(|cell| percent(cell, faults))
        .filter(|at| at.value > 0.0 || cell(Column::Started).is_some());
    let has_finish = cell(Column::Finished).is_some();
    if let Some(status_cell) = cell(Column::Status) {
        status(status_cell, has_finish, &mut task, faults);
    }
    task.incomplete = faults.list.iter().filter(|fault| fault.is_error()).count() > before;
    if !task.incomplete && !task.tells_of_work() && task.percent.is_none() && task.dropped.is_none() {
        // A row without dates is a task that waits.
        task.not_started.get_or_insert_with(|| id.span.clone());
    }
    Some(task)
}

fn date(name: &str, cell: &Cell, faults: &mut Faults) -> Option<At<crate::calendar::Date>> {
    let date = dates::read(&cell.value);
    if date.is_none() {
        faults.add(
            Fault::error("bad-date", format!("`{name}` is \"{}\", which is no date", cell.value))
                .at(&cell.span)
                .allowed(dates::ALLOWED)
                .maybe_hint(dates::hint(&cell.value)),
        );
    }
    date.map(|date| At::new(date, cell.span.clone()))
}

/// Engineer-days of `3d`, of `1w 2d 4h`, or of a plain number where the column names its unit.
fn spent(cell: &Cell, unit: Option<f64>, faults: &mut Faults) -> Option<At<f64>> {
    let mut bad = |fault: Fault| {
        faults.add(
            fault
                .at(&cell.span)
                .allowed("a number and a unit, such as 3d or 12h, or a plain number where the column says its unit, such as `spent (h)`"),
        );
        None
    };
    let written = &cell.value;
    if let Ok(number) = written.parse::<f64>() {
        let days = unit.map(|unit| number * unit);
        return match days {
            None if number == 0.0 => Some(At::new(0.0, cell.span.clone())),
            None => bad(
                Fault::error("bad-quantity", format!("`spent` is {written}, which has no unit")).hint(format!(
                    "write {written}h or {written}d, or name the column `spent (h)`; where a tracker exports seconds, `spent (s)`"
                )),
            ),
            Some(days) if (0.0..=Measure::Work.limit()).contains(&days) => Some(At::new(days, cell.span.clone())),
            Some(_) => bad(Fault::error("out-of-range", format!("`spent` is {written}")).hint("is the unit of the column right?")),
        };
    }
    let mut sum = 0.0;
    for part in parts(written) {
        match parse_quantity(part, Measure::Work) {
            Ok(days) => sum += days,
            Err(error) => {
                let hint = match &error {
                    QuantityError::UnknownUnit(_, Some(meant)) => Some(format!("write the unit as `{meant}`")),
                    QuantityError::UnknownUnit(unit, None) if unit.starts_with(',') => Some("use a point, not a comma".into()),
                    _ => None,
                };
                let fault = Fault::error("bad-quantity", format!("`spent` is \"{written}\", which {error}"));
                return bad(fault.maybe_hint(hint));
            }
        }
    }
    if sum > Measure::Work.limit() {
        return bad(Fault::error("out-of-range", format!("`spent` is {written}")));
    }
    Some(At::new(sum, cell.span.clone()))
}

/// The parts of `1w 2d 4h`, each a number with its unit, also where a space stands between the two.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // A part ends where a number begins after a unit.
        let mut in_unit = false;
        let end = rest.char_indices().find_map(|(at, c)| {
            in_unit |= c.is_alphabetic();
            (in_unit && c.is_ascii_digit()).then_some(at)
        });
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.trim_start();
        Some(part.trim())
    })
}

fn percent(cell: &Cell, faults: &mut Faults) -> Option<At<f64>> {
    let number = cell.value.strip_suffix('%').unwrap_or(&cell.value).trim();
    let number = number.parse::<f64>().ok().or_else(|| meant::number(number));
    let number = number.filter(|number| (PERCENT.min..=PERCENT.max).contains(number));
    if number.is_none() {
        faults.add(
            Fault::error("out-of-range", format!("`percent` is \"{}\"", cell.value))
                .at(&cell.span)
                .allowed(PERCENT.to_string()),
        );
    }
    number.map(|number| At::new(number, cell.span.clone()))
}

/// What the state says beside the dates, and where it says something else. A finish that cannot be read is no missing one.
fn status(cell: &Cell, has_finish: bool, task: &mut TaskText, faults: &mut Faults) {
    let name = normal(&cell.value);
    let Some((status, _)) = STATUSES.iter().find(|(_, names)| names.iter().any(|known| normal(known) == name)) else {
        faults.add(
            Fault::warning("unknown-status", format!("the status \"{}\" is not known", cell.value))
                .at(&cell.span)
                .label("passed over: the dates decide")
                .hint("known are to do, in progress, done and cancelled, and what trackers call them"),
        );
        return;
    };
    let against = |what: &str, fault: &Option<At<crate::calendar::Date>>| {
        let fault = fault.as_ref()?;
        Some(
            Fault::error(
                "contradiction",
                format!("task `{}` is \"{}\", but the row says when it {what}", task.id.value, cell.value),
            )
            .at(&cell.span)
            .related(&fault.span, what.to_owned())
            .hint("which of the two is right?"),
        )
    };
    let found = match status {
        Status::NotStarted => against("finished", &task.finished).or_else(|| against("started", &task.started)),
        Status::Running => against("finished", &task.finished),
        Status::Finished if !has_finish => Some(
            Fault::error(
                "contradiction",
                format!(
                    "task `{}` is \"{}\", but the row does not say when it finished",
                    task.id.value, cell.value
                ),
            )
            .at(&cell.span)
            .hint("add the date in the column `finished`"),
        ),
        Status::Finished | Status::Dropped => None,
    };
    let incomplete = found.is_some();
    if let Some(fault) = found {
        faults.add(fault);
    }
    match status {
        Status::NotStarted if !incomplete => task.not_started = Some(cell.span.clone()),
        Status::Dropped => task.dropped = Some(cell.span.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<(String, String)>> {
        Rows::of(text)
            .map(|row| row.into_iter().map(|cell| (cell.value, text[cell.span].to_owned())).collect())
            .collect()
    }

    #[test]
    fn every_cell_knows_where_it_stands() {
        let pair = |value: &str, written: &str| (value.to_owned(), written.to_owned());
        assert_eq!(
            cells("\u{feff}task; started\r\n\r\n\"a;\"\"b\"\"\"; 2026-01-05\r\nc;\r\n;;\r\n\"d\""),
            [
                vec![pair("task", "task"), pair("started", "started")],
                vec![pair("a;\"b\"", "\"a;\"\"b\"\"\""), pair("2026-01-05", "2026-01-05")],
                vec![pair("c", "c"), pair("", "")],
                vec![pair("d", "\"d\"")],
            ]
        );
        assert_eq!(delimiter("\"a,b,c\";d"), b';');
        assert_eq!(delimiter("\na\tb\tc,d"), b'\t');
        assert_eq!(delimiter("task"), b',');
    }

    #[test]
    fn time_spent_is_read_as_trackers_write_it() {
        let source = Arc::new(Source {
            path: "a.csv".into(),
            text: String::new(),
        });
        let read = |text: &str, unit| spent(&At::new(text.to_owned(), 0..0), unit, &mut Faults::new(&source)).map(|at| at.value);
        for (text, days) in [
            ("4w", 20.0),
            ("1w 2d 4h", 7.5),
            ("1w2d", 7.0),
            ("3 d 4 h", 3.5),
            ("0", 0.0),
            ("90min", 0.1875),
        ] {
            assert_eq!(read(text, None), Some(days), "{text}");
        }
        assert_eq!(read("28800", Some(UNITS[0].1)), Some(1.0));
        for text in ["3", "d", "-3d", "3x", "1e999", "NaN", "3d x", "1,5d"] {
            assert_eq!(read(text, None), None, "{text}");
        }
        for text in ["-1", "1e999", "NaN", "inf"] {
            assert_eq!(read(text, Some(1.0)), None, "{text}");
        }
    }
}
