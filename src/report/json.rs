//! `summary.json`: the forecast as it stands, every number in full.

use std::fmt;

use serde::Serialize;

use crate::analysis::Forecast;
use crate::inert::acts;
use crate::plan::Calibration;

/// Widest line that a small object or list is put on.
const INLINE_COLUMNS: usize = 140;

/// Why a forecast could not be written as JSON.
#[derive(Debug)]
pub struct JsonError(serde_json::Error);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what is said cannot be written as JSON: {}", self.0)
    }
}

impl std::error::Error for JsonError {}

/// The whole forecast as indented JSON, small objects on one line, with a newline at the end. Texts read back exactly as they were
/// written; what could act on a terminal stands as its escape.
///
/// # Errors
/// [`JsonError`] where the serialiser refuses; no forecast that the analysis builds makes it.
pub fn summary_json(forecast: &Forecast) -> Result<String, JsonError> {
    pretty(forecast)
}

/// A calibration as [`summary_json`] writes a forecast. An end that nothing bounds is `null`.
///
/// # Errors
/// [`JsonError`] where the serialiser refuses; no calibration makes it.
pub fn calibration_json(calibration: &Calibration) -> Result<String, JsonError> {
    pretty(calibration)
}

/// Any value in the same form.
///
/// # Errors
/// As for [`summary_json`].
pub fn pretty(value: &impl Serialize) -> Result<String, JsonError> {
    serde_json::to_string_pretty(value)
        .map(|text| escaped(&compact(&text)))
        .map_err(JsonError)
}

/// JSON in which what could act is escaped. Outside of strings there is nothing of that kind but newlines.
pub(super) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Joins objects and lists that hold nothing but scalars onto one line where they fit: a curve of 401 points is 401 lines, not
/// two thousand. Strings hold no raw newline, so a bracket at the end of a line is always structure.
fn compact(pretty: &str) -> String {
    let lines: Vec<&str> = pretty.lines().collect();
    let mut text = String::with_capacity(pretty.len());
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let joined = if line.ends_with(['{', '[']) {
            join(line, lines.get(at + 1..).unwrap_or_default())
        } else {
            None
        };
        if let Some((whole, used)) = joined {
            text.push_str(&whole);
            at += used + 1;
        } else {
            text.push_str(line);
            at += 1;
        }
        text.push('\n');
    }
    text
}

fn join(open: &str, rest: &[&str]) -> Option<(String, usize)> {
    let mut whole = open.to_owned();
    let is_object = open.ends_with('{');
    for (index, line) in rest.iter().enumerate() {
        let inner = line.trim_start();
        if inner.starts_with(['}', ']']) {
            whole.push_str(if is_object { " " } else { "" });
            whole.push_str(inner);
            return (whole.chars().count() <= INLINE_COLUMNS).then_some((whole, index + 1));
        }
        if inner.ends_with(['{', '[']) || whole.len() > 4 * INLINE_COLUMNS {
            return None;
        }
        whole.push_str(if is_object || index > 0 { " " } else { "" });
        whole.push_str(inner);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    #[test]
    fn what_is_written_reads_back_and_ends_in_a_newline() {
        for forecast in fixtures::all() {
            let text = summary_json(&forecast).unwrap_or_default();
            assert!(text.ends_with("}\n"));
            let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            assert_eq!(value["trials"], forecast.trials);
            // The reader may miss the last bit of a number, so both sides are read.
            let plain = serde_json::to_string(&forecast).unwrap_or_default();
            let same = value == serde_json::from_str::<serde_json::Value>(&plain).unwrap_or_default();
            assert!(same, "joining lines has changed what {} says", forecast.scenario.name);
        }
    }

    #[test]
    fn a_point_of_the_curve_is_one_line() {
        let text = summary_json(&fixtures::segment()).unwrap_or_default();
        let line = text.lines().find(|line| line.contains("\"p\":") && line.contains("working_days"));
        assert!(line.is_some_and(|line| line.trim().starts_with("{ \"date\"")), "{line:?}");
        assert!(text.lines().all(|line| line.chars().count() <= 400));
    }
}
