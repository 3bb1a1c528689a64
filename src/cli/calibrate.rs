//! `sim calibrate`.

use std::io;

use super::arguments::CalibrateArguments;
use super::failure::Failure;
use super::run::{Kind, MOST_BYTES_BESIDE, read};
use super::terminal::{colour_for, print};
use crate::diagnostic::Fault;
use crate::plan::{Calibration, Columns, read_history};
use crate::report;

const HISTORY: Kind = Kind {
    what: "a history",
    example: "past-tasks.csv",
    most: MOST_BYTES_BESIDE,
};

pub(super) fn calibrate(arguments: &CalibrateArguments) -> Result<(), Failure> {
    let name = arguments.history.display().to_string();
    let text = String::from_utf8(read(&arguments.history, &name, &HISTORY)?).map_err(|error| {
        let message = format!("`{name}` is no UTF-8 text at byte {}", error.utf8_error().valid_up_to());
        Failure::Input(vec![Fault::error("not-utf8", message).hint("save it as CSV in UTF-8")])
    })?;
    let columns = Columns {
        estimate: arguments.estimate.clone(),
        actual: arguments.actual.clone(),
        group: arguments.group.clone(),
        low: arguments.low.clone(),
        high: arguments.high.clone(),
    };
    let history = read_history(&name, &text, &columns).map_err(Failure::Input)?;
    let calibration = Calibration::of(&history).map_err(Failure::Input)?;
    if arguments.json {
        return print(&report::json::calibration_json(&calibration).map_err(|error| Failure::Machine(error.to_string()))?);
    }
    print(&report::calibrate::calibration(&calibration, colour_for(&io::stdout())))
}
