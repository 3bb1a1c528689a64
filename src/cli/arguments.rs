//! What may be written on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};

use crate::analysis::{Path, Told};
use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::scenario::sections::TRIALS;
use crate::units::Percentile;

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
    /// Tell one future as a story, with a Gantt chart: what must be true for it, and what moves the date
    Explain(ExplainArguments),
    /// Set a scenario's options, or other scenarios, against it on the same random numbers
    Compare(CompareArguments),
    /// Find the cheapest combination of options that can promise a date
    Price(PriceArguments),
    /// Go on from what has really happened: which path are we on, and when do we finish now?
    Rerun(RerunArguments),
    /// Learn the overrun, and how wide ranges ought to be, from past estimates and actuals
    Calibrate(CalibrateArguments),
    /// Show the record of past runs: how the odds of each promise went, and once facts are in how often the dates held
    Ledger(LedgerArguments),
    #[command(external_subcommand)]
    Later(Vec<String>),
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    #[command(flatten)]
    pub(super) futures: FuturesArguments,
    /// Folder for the outputs [default: out/NAME for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Print summary.json to standard output and nothing else
    #[arg(long)]
    pub(super) json: bool,
    /// Simulate until P50, P80 and the odds of each promise are known to ±X (0.01 is one point, or 1 % of a finish) and it is settled
    /// on which side of its tolerance each budget lies; at most as many futures as --trials says [default: 1000000]
    #[arg(long, value_name = "X", value_parser = half_width)]
    pub(super) precision: Option<f64>,
    /// Write trials.parquet too: a row for each future, for questions of one's own
    #[arg(long)]
    pub(super) samples: bool,
    /// Neither record this run in the ledger beside the scenario nor look at what stands there
    #[arg(long)]
    pub(super) no_ledger: bool,
    /// Leave out what each assumption, driver and mitigation costs in days, which takes most of the time
    #[arg(long)]
    pub(super) no_prices: bool,
    /// Only the dates and the odds, while the question is still in the room: no drivers, prices or options, and nothing is written
    #[arg(long, conflicts_with_all = ["out", "samples", "precision"])]
    pub(super) quick: bool,
}

#[derive(Debug, Args)]
pub(super) struct RerunArguments {
    /// The scenario file, as it was when the plan was made
    pub(super) scenario: PathBuf,
    /// What has happened: TOML, or CSV as a tracker exports it
    #[arg(long, value_name = "FILE")]
    pub(super) actuals: PathBuf,
    /// The morning up to which it is known, such as 2026-02-16 [default: as the file says; a CSV does not]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) as_of: Option<Date>,
    #[command(flatten)]
    pub(super) futures: FuturesArguments,
    /// Folder for the outputs [default: out/NAME/rerun-DATE for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Print summary.json to standard output and nothing else
    #[arg(long)]
    pub(super) json: bool,
    /// Neither record this run in the ledger beside the scenario nor look at what stands there
    #[arg(long)]
    pub(super) no_ledger: bool,
}

#[derive(Debug, Args)]
pub(super) struct LedgerArguments {
    /// Scenario files, their ledgers, or folders whose ledgers are scored together
    #[arg(required = true, value_name = "SCENARIO")]
    pub(super) paths: Vec<PathBuf>,
    /// The day on which an initiative finished, such as launch=2026-06-30, where no rerun says so; may be given several times
    #[arg(long, value_name = "INITIATIVE=DATE", value_parser = finished)]
    pub(super) finished: Vec<Told>,
    /// Print the record as JSON to standard output and nothing else
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// Say instead what a pre-read would lack: options, costs, checkpoints, who tells whom, tolerances, owners. What is lacking is
    /// not wrong, so the exit status is 0; the last line counts
    #[arg(long)]
    pub(super) preread: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// Whose finish [default: the first initiative with a promise]
    #[arg(long, value_name = "ID")]
    pub(super) initiative: Option<String>,
    /// The path whose most typical future is told: best, expected or worst [default: worst]
    #[arg(long, value_parser = path, conflicts_with = "trial")]
    pub(super) path: Option<Path>,
    /// Tell the future with this number instead, counted from 0
    #[arg(long, value_name = "N")]
    pub(super) trial: Option<u32>,
    #[command(flatten)]
    pub(super) futures: FuturesArguments,
    /// Folder for the story and its chart [default: out/NAME-explain for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// Other scenario files to set against it, beside its options
    pub(super) others: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) futures: ComparedArguments,
    /// Folder for the outputs [default: out/NAME-compare for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct PriceArguments {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// The initiative whose date is asked about [default: the first that promises one]
    #[arg(long, value_name = "ID")]
    pub(super) initiative: Option<String>,
    /// To whom the date is promised [default: the initiative's first promise]
    #[arg(long, value_name = "WHO")]
    pub(super) to: Option<String>,
    /// The last day that is on time, such as 2026-06-30 [default: as promised]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) date: Option<Date>,
    /// How sure it has to be, from 0.01 to 0.99
    #[arg(long, value_name = "P", default_value = "0.85", value_parser = confidence)]
    pub(super) confidence: Percentile,
    #[command(flatten)]
    pub(super) futures: ComparedArguments,
    /// Folder for the outputs [default: out/NAME-price for NAME.toml]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CalibrateArguments {
    /// The past tasks: a CSV file with a header and a row for each task
    pub(super) history: PathBuf,
    /// The column of what was estimated [default: estimate, or what trackers call it]
    #[arg(long, value_name = "COL")]
    pub(super) estimate: Option<String>,
    /// The column of what it took, in the same unit [default: actual, or what trackers call it]
    #[arg(long, value_name = "COL")]
    pub(super) actual: Option<String>,
    /// The column that says which tasks belong together, such as the project, the person or the date (taken by quarter)
    #[arg(long, value_name = "COL")]
    pub(super) group: Option<String>,
    /// The column of the low end of the estimate, to see how often ranges held
    #[arg(long, value_name = "COL", requires = "high")]
    pub(super) low: Option<String>,
    /// The column of the high end of the estimate
    #[arg(long, value_name = "COL", requires = "low")]
    pub(super) high: Option<String>,
    /// Print the result as JSON and nothing else
    #[arg(long)]
    pub(super) json: bool,
}

/// Which futures to play, and how.
#[derive(Debug, Args)]
pub(super) struct FuturesArguments {
    /// Futures to simulate [default: as the scenario says, or 10000]
    #[arg(long, value_name = "N", value_parser = trials)]
    pub(super) trials: Option<u32>,
    #[command(flatten)]
    pub(super) machine: MachineArguments,
}

/// The futures of each scenario or option that is compared.
#[derive(Debug, Args)]
pub(super) struct ComparedArguments {
    /// Futures to simulate of each, at most 10000 [default: as the scenario says]
    #[arg(long, value_name = "N", value_parser = trials)]
    pub(super) trials: Option<u32>,
    #[command(flatten)]
    pub(super) machine: MachineArguments,
}

/// What futures are drawn from, and on what.
#[derive(Debug, Args)]
pub(super) struct MachineArguments {
    /// Seed of every random stream [default: as the scenario says, or 1]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Threads to use; the results are the same with any number [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

impl Arguments {
    /// The arguments that the program was started with; ends it where they make no sense, or ask for help.
    pub(super) fn parse() -> Self {
        Self::of(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn of(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        Self::try_parse_from(words).map_err(without_escape)
    }
}

/// An unknown flag is a slip and no value: the advice to escape it, which is given wherever a positional argument could take it,
/// would make a file name of it.
fn without_escape(mut error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::StyledStrs(mut tips)) = error.remove(ContextKind::Suggested)
    {
        tips.retain(|tip| !tip.to_string().contains("as a value"));
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
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

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| format!("allowed: {}", Date::ALLOWED))
}

/// Reads the finish of an initiative, `launch=2026-06-30`.
fn finished(text: &str) -> Result<Told, String> {
    let told = text.rsplit_once('=').and_then(|(initiative, date)| {
        Some(Told {
            initiative: Some(initiative.trim()).filter(|id| !id.is_empty())?.to_owned(),
            finished: Date::parse(date)?,
        })
    });
    told.ok_or_else(|| "allowed: an initiative, `=` and its last day, such as launch=2026-06-30".to_owned())
}

/// Reads a confidence such as `0.85`.
fn confidence(text: &str) -> Result<Percentile, String> {
    let share = text.parse::<f64>().ok();
    share
        .and_then(|share| Percentile::parse(&format!("p{}", share * 100.0)))
        .ok_or_else(|| "allowed: a number from 0.01 to 0.99 with at most four decimals, such as 0.85".to_owned())
}

/// Reads a half-width: `0.01`, or `1%`.
fn half_width(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.trim().strip_suffix('%') {
        Some(number) => (number, 0.01),
        None => (text, 1.0),
    };
    let value = number.trim().parse::<f64>().ok().map(|value| value * unit);
    value
        .filter(|value| (0.000_5..=0.2).contains(value))
        .ok_or_else(|| "allowed: a number from 0.0005 to 0.2, such as 0.01 for one percentage point".to_owned())
}

/// Reads the name of a path.
fn path(text: &str) -> Result<Path, String> {
    let names = Path::ALL.map(Path::name);
    if let Some(found) = Path::ALL.into_iter().find(|path| path.name() == text) {
        return Ok(found);
    }
    let near = names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(name, text), name))
        .min()
        .and_then(|(distance, name)| (distance <= 2).then_some(name));
    let hint = near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    Err(format!("allowed: {}{hint}", names.join(", ")))
}

/// Commands that are named in the documentation and whose time has not come.
const LATER: [&str; 5] = ["import", "init", "schema", "completions", "merge"];

/// Commands that there are.
const NOW: [&str; 8] = ["run", "check", "explain", "compare", "price", "rerun", "calibrate", "ledger"];

/// The fault of asking for a command that there is not, or not yet.
pub(super) fn not_yet(words: &[String]) -> Fault {
    let command = words.first().map_or("", String::as_str);
    let supported = NOW.map(|known| format!("sim {known}")).join(", ");
    if LATER.contains(&command) {
        return Fault::error("not-supported-yet", format!("`sim {command}` is not supported yet"))
            .hint(format!("supported now: {supported}; see sim --help"));
    }
    let fault = Fault::error("unknown-command", format!("there is no command `{command}`"));
    if command.ends_with(".toml") {
        return fault.hint(format!("to simulate a scenario: sim run {command}"));
    }
    match NOW.into_iter().find(|known| strsim::damerau_levenshtein(known, command) <= 2) {
        Some(known) => fault.hint(format!("did you mean `sim {known}`?")),
        None => fault.hint(format!("supported: {supported}; see sim --help")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_flag_is_not_taken_for_a_value() {
        for words in [
            ["sim", "check", "a.toml", "--json"],
            ["sim", "run", "a.toml", "--nope"],
            ["sim", "run", "a.toml", "--trails"],
        ] {
            let error = Arguments::of(words).expect_err("unknown").to_string();
            assert!(error.contains("unexpected argument") && !error.contains("as a value"), "{error}");
            assert_eq!(error.contains("--trials"), words.contains(&"--trails"), "{error}");
        }
    }
}
