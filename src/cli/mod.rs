//! Arguments, files, progress, exit codes: the only room that touches the world.

mod arguments;
mod calibrate;
mod compare;
mod explain;
mod failure;
mod files;
mod ledger;
mod output;
mod price;
mod progress;
mod rerun;
mod run;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;

use self::arguments::{Arguments, Command};
use self::failure::Failure;
use self::terminal::colour_for;
use crate::diagnostic;
use crate::inert::inert;

/// Runs the program on the arguments it was started with.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => run::check(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Price(arguments) => price::price(&arguments),
        Command::Rerun(arguments) => rerun::rerun(&arguments),
        Command::Calibrate(arguments) => calibrate::calibrate(&arguments),
        Command::Ledger(arguments) => ledger::ledger(&arguments),
        Command::Later(words) => Err(Failure::Input(vec![arguments::not_yet(&words)])),
    };
    let Err(failure) = result else { return ExitCode::SUCCESS };
    // A closed standard error leaves nobody to tell.
    let _ = match &failure {
        Failure::Input(faults) => write!(io::stderr(), "{}", diagnostic::render(faults, colour_for(&io::stderr()))),
        Failure::Machine(message) => writeln!(io::stderr(), "error: {}", inert(message)),
        Failure::Interrupted => Ok(()),
        Failure::InterruptedAtOnce => writeln!(io::stderr(), "interrupted before the first future was whole: nothing was written"),
    };
    failure.exit_code()
}
