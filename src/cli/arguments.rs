//! What may be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::diagnostic::Fault;
use crate::scenario::sections::TRIALS;

/// Can we promise this date? Simulates a scenario of initiatives, estimates, teams and risks, and says how likely each
/// commitment is, which date can be promised, and what is assumed.
#[derive(Debug, Parser)]
#[command(name = "sim", version, after_help = EXIT_STATUS)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done; 1 the machine failed; 2 the input is wrong; 130 interrupted, partial results written.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulate a scenario, print the summary, write the outputs
    Run(RunArguments),
    /// Validate a scenario and print the plan as understood
    Check(CheckArguments),
    #[command(external_subcommand)]
    Later(Vec<String>),
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// Futures to simulate [default: as the scenario says, or 10000]
    #[arg(long, value_name = "N", value_parser = trials)]
    pub(super) trials: Option<u32>,
    /// Seed of every random stream [default: as the scenario says, or 1]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Threads to use; the results are the same with any number [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Folder for the outputs [default: out/NAME for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Print summary.json to standard output and nothing else
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
}

/// Reads a number of trials, `10_000` as in a scenario too.
fn trials(text: &str) -> Result<u32, String> {
    let number = text.replace(['_', ','], "").parse::<i64>().ok();
    number
        .filter(|number| (TRIALS.min..=TRIALS.max).contains(number))
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| {
            format!(
                "allowed: a whole number from {} to {}, such as {}",
                TRIALS.min, TRIALS.max, TRIALS.example
            )
        })
}

/// Commands that are named in the documentation and whose time has not come.
const LATER: [&str; 11] = [
    "compare",
    "price",
    "explain",
    "rerun",
    "ledger",
    "calibrate",
    "import",
    "init",
    "schema",
    "completions",
    "merge",
];

/// The fault of asking for a command that there is not, or not yet.
pub(super) fn not_yet(words: &[String]) -> Fault {
    let command = words.first().map_or("", String::as_str);
    if LATER.contains(&command) {
        return Fault::error("not-supported-yet", format!("`sim {command}` is not supported yet"))
            .hint("supported now: sim run, sim check; see sim --help");
    }
    let fault = Fault::error("unknown-command", format!("there is no command `{command}`"));
    if command.ends_with(".toml") {
        return fault.hint(format!("to simulate a scenario: sim run {command}"));
    }
    match ["run", "check"]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(known, command) <= 2)
    {
        Some(known) => fault.hint(format!("did you mean `sim {known}`?")),
        None => fault.hint("supported: sim run, sim check; see sim --help"),
    }
}
