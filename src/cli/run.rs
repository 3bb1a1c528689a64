//! `sim run` and `sim check`.

use std::cell::RefCell;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::arguments::{CheckArguments, RunArguments};
use super::failure::Failure;
use super::files::{Outputs, SamplesFile};
use super::ledger::recorder::{Made, Recorder};
use super::ledger::sha256;
use super::output::{Content, Folder};
use super::progress;
use super::terminal::{colour_for, print};
use crate::analysis::{self, Facts, Forecast, Horizon, MOST_TRIALS_TO_PRECISION, PrecisionForecast, Prices, ScenarioFacts};
use crate::diagnostic::{self, Fault, Severity};
use crate::engine::{self, Compiled, FloodCause, Landmarks, Run, RunError, Watch};
use crate::inert::inert;
use crate::plan::{self, NO_TRIGGER, Plan};
use crate::report;
use crate::report::text::thousands;
use crate::scenario::tree::MOST_BYTES;
use crate::scenario::{self, Scenario};
use crate::units::WorkDays;

/// The largest file that a scenario may name.
pub(super) const MOST_BYTES_BESIDE: u64 = 64 << 20;

/// A scenario that can be run.
pub(super) struct Loaded {
    pub(super) plan: Plan,
    pub(super) facts: ScenarioFacts,
    pub(super) texts: Texts,
}

/// The files that a run is made of, as they were read.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The scenario's name without its folder.
    pub(super) name: String,
    pub(super) scenario: Vec<u8>,
    /// What has happened: its name without the folder, and its bytes.
    pub(super) actuals: Option<(String, Vec<u8>)>,
    /// What the scenario names, each once.
    pub(super) beside: RefCell<Vec<(String, String)>>,
}

impl Texts {
    /// Reads a file that the scenario at `path` names, and keeps it.
    pub(super) fn read_beside(&self, path: &Path, file: &str) -> io::Result<String> {
        let text = beside_scenario(path, file)?;
        let mut known = self.beside.borrow_mut();
        if !known.iter().any(|(name, _)| name == file) {
            known.push((file.to_owned(), text.clone()));
        }
        Ok(text)
    }
}

/// A path without its folders.
pub(super) fn name_alone(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

pub(super) fn load(path: &Path) -> Result<Loaded, Failure> {
    Ok(open(path)?.1)
}

/// A scenario that can be run, and what its file says.
pub(super) fn open(path: &Path) -> Result<(Scenario, Loaded), Failure> {
    let name = path.display().to_string();
    let bytes = read(path, &name, &SCENARIO)?;
    let texts = Texts {
        name: name_alone(path),
        scenario: bytes.clone(),
        ..Texts::default()
    };
    let sha256 = sha256(&bytes);
    let scenario = scenario::read(&name, bytes).map_err(Failure::Input)?;
    let plan = plan::build(&scenario, &|file| texts.read_beside(path, file)).map_err(Failure::Input)?;
    let facts = ScenarioFacts {
        name: plan.name.clone(),
        file: name,
        sha256,
    };
    Ok((scenario, Loaded { plan, facts, texts }))
}

/// Reads a file that the scenario at `path` names.
pub(super) fn beside_scenario(path: &Path, file: &str) -> io::Result<String> {
    read_beside(&path.parent().map(Path::to_path_buf).unwrap_or_default(), file)
}

/// Reads a file that the scenario names. A scenario can come from someone else, so not even a link leads out of its folder.
fn read_beside(folder: &Path, file: &str) -> io::Result<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let path = folder.join(file).canonicalize()?;
    if !path.starts_with(folder.canonicalize()?) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it leads out of the scenario's folder",
        ));
    }
    let metadata = fs::metadata(&path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    if metadata.len() > MOST_BYTES_BESIDE {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it has {} bytes; at most {MOST_BYTES_BESIDE} are read", metadata.len()),
        ));
    }
    fs::read_to_string(path)
}

/// What a file is read as, for messages and as a limit.
pub(super) struct Kind {
    /// With its article: `a scenario`.
    pub(super) what: &'static str,
    /// One that could be given.
    pub(super) example: &'static str,
    /// The most bytes that are read.
    pub(super) most: u64,
}

const SCENARIO: Kind = Kind {
    what: "a scenario",
    example: "scenarios/first.toml",
    most: MOST_BYTES as u64,
};
/// What has happened.
pub(super) const ACTUALS: Kind = Kind {
    what: "an actuals",
    example: "week-06.toml, or a tracker's week-06.csv",
    most: MOST_BYTES as u64,
};

/// Reads a file that was named on the command line.
pub(super) fn read(path: &Path, name: &str, kind: &Kind) -> Result<Vec<u8>, Failure> {
    let Kind { what, example, most } = kind;
    let refuse = |code, message: String, hint: String| Failure::Input(vec![Fault::error(code, message).hint(hint)]);
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => refuse(
            "no-such-file",
            format!("there is no file `{name}`"),
            format!("give the path of {what} file, such as {example}"),
        ),
        _ => Failure::Machine(format!("cannot read {name}: {error}")),
    })?;
    if metadata.is_dir() {
        return Err(refuse(
            "not-a-file",
            format!("`{name}` is a folder"),
            format!("give the path of {what} file inside it"),
        ));
    }
    if !metadata.is_file() {
        // A pipe that nobody writes to, or a device without end, would be waited for without end.
        return Err(refuse(
            "not-a-file",
            format!("`{name}` is a pipe or a device, not a file"),
            "write the text into a file and give its path".to_owned(),
        ));
    }
    if metadata.len() > *most {
        let message = format!("`{name}` has {} bytes; at most {most} are read", metadata.len());
        return Err(refuse("file-too-large", message, format!("is this {what} file?")));
    }
    fs::read(path).map_err(|error| Failure::Machine(format!("cannot read {name}: {error}")))
}

/// What is known before the first trial counts.
pub(super) struct Prepared {
    pub(super) compiled: Compiled,
    pub(super) landmarks: Landmarks,
    pub(super) horizon: Horizon,
    pub(super) watch: Watch,
}

pub(super) fn prepare(plan: &Plan, seed: u64) -> Result<Prepared, Failure> {
    let compiled = Compiled::new(plan, seed);
    let landmarks = engine::landmarks(&compiled);
    let drivers = Watch::drivers(&landmarks);
    let pilot =
        engine::pilot(&compiled, analysis::pilot_limit(plan, &landmarks), Some(&drivers)).map_err(|error| not_played(error, plan))?;
    let watch = Watch::new(&compiled, &landmarks, |task| {
        pilot.times_critical(plan.tasks[task.0].initiative, task)
    });
    let horizon = analysis::horizon(plan, &landmarks, &pilot).map_err(|error| {
        let on_paper = error.plan_on_paper.map_or_else(|| "never".to_owned(), |date| date.to_string());
        let message = format!("the horizon {} is before the plan on paper ends ({on_paper})", error.horizon);
        let fault = Fault::error("horizon-too-early", message).at_place(plan.horizon_place.as_ref());
        Failure::Input(vec![
            fault
                .allowed(format!("a date on or after {on_paper}"))
                .hint("leave `horizon` out to have it chosen"),
        ])
    })?;
    if let Some(decide_by) = plan.decide_by.filter(|decide_by| *decide_by > horizon.date) {
        let message = format!(
            "the decision is needed by {decide_by}, but budgets look only to {}: it would come too late for any of this",
            horizon.date
        );
        let fault = Fault::error("decision-too-late", message).at_place(plan.decide_by_place.as_ref());
        return Err(Failure::Input(vec![
            fault
                .allowed(format!("a date on or before {}", horizon.date))
                .hint("is the year right?"),
        ]));
    }
    Ok(Prepared {
        compiled,
        landmarks,
        horizon,
        watch,
    })
}

/// The dates and the odds, and nothing else.
fn quick(arguments: &RunArguments) -> Result<(), Failure> {
    let (_, Loaded { plan, facts, .. }) = open(&arguments.scenario)?;
    warn(&plan.warnings);
    let seed = arguments.futures.machine.seed.unwrap_or(plan.seed);
    let trials = arguments.futures.trials.unwrap_or(plan.trials);
    let prepared = prepare(&plan, seed)?;
    let stop = progress::stop_on_interrupt();
    let bar = progress::bar(u64::from(trials));
    let what = Run {
        first: 0,
        trials,
        threads: arguments.futures.machine.threads.map_or(0, usize::from),
        window: prepared.horizon.window(&plan, false),
        watch: None,
    };
    let result =
        engine::run(&prepared.compiled, what, stop, |done| bar.set_position(u64::from(done))).map_err(|error| not_played(error, &plan))?;
    bar.finish_and_clear();
    if result.count() == 0 {
        return Err(Failure::InterruptedAtOnce);
    }
    let facts = Facts {
        scenario: facts,
        seed,
        trials_requested: trials,
        precision: None,
        known_until: WorkDays::ZERO,
    };
    let forecast = analysis::forecast(&plan, facts, prepared.horizon, &prepared.landmarks, &result, Prices::none());
    if arguments.json {
        print(&report::json::summary_json(&forecast).map_err(|error| Failure::Machine(error.to_string()))?)?;
    } else {
        print(&report::terminal::quick(&forecast, colour_for(&io::stdout())))?;
    }
    if forecast.partial { Err(Failure::Interrupted) } else { Ok(()) }
}

pub(super) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    if arguments.quick {
        return quick(arguments);
    }
    let (scenario, Loaded { plan, facts, texts }) = open(&arguments.scenario)?;
    warn(&plan.warnings);
    let recorder = Recorder::open(&arguments.scenario, !arguments.no_ledger, &plan.name, &texts);
    let outputs = Outputs::of(&plan, arguments.samples, recorder.as_ref().is_some_and(Recorder::has_entries));
    let folder = Folder::at(
        arguments.out.clone().unwrap_or_else(|| default_folder(&arguments.scenario)),
        &outputs.names(),
    )?;
    let seed = arguments.futures.machine.seed.unwrap_or(plan.seed);
    let most = match arguments.precision {
        Some(_) => arguments.futures.trials.unwrap_or(MOST_TRIALS_TO_PRECISION),
        None => arguments.futures.trials.unwrap_or(plan.trials),
    };
    let mut trials = if arguments.precision.is_some() {
        PrecisionForecast::first_trials(most)
    } else {
        most
    };
    let prepared = prepare(&plan, seed)?;
    let stop = progress::stop_on_interrupt();
    let options = analysis::own_options(&plan);
    let price_runs = if arguments.no_prices { 0 } else { analysis::price_runs(&plan) };
    let more = |trials| price_length(&plan, price_runs, options.len(), trials);
    let bar = progress::bar(u64::from(trials) + more(trials));
    let mut what = Run {
        first: 0,
        trials,
        threads: arguments.futures.machine.threads.map_or(0, usize::from),
        window: prepared.horizon.window(&plan, true),
        watch: Some(&prepared.watch),
    };
    let mut result =
        engine::run(&prepared.compiled, what, stop, |done| bar.set_position(u64::from(done))).map_err(|error| not_played(error, &plan))?;
    let mut precise = None;
    if let Some(half_width) = arguments.precision {
        loop {
            let known = analysis::precision(&plan, &result, &what.window, half_width, most);
            let next = known.next_trials(result.count() as u32).filter(|_| result.count() as u32 == trials);
            precise = Some(known);
            let Some(next) = next else { break };
            what.first = trials;
            what.trials = next - trials;
            bar.set_length(u64::from(next) + more(next));
            let more = engine::run(&prepared.compiled, what, stop, |done| {
                bar.set_position(u64::from(what.first + done))
            });
            trials = next;
            result = result
                .merge(more.map_err(|error| not_played(error, &plan))?)
                .ok_or_else(|| Failure::Machine("parts of a run do not fit".to_owned()))?;
        }
        (what.first, what.trials) = (0, trials);
    }
    if result.count() == 0 {
        bar.finish_and_clear();
        return Err(Failure::InterruptedAtOnce);
    }
    // What is played from here on is another plan.
    drop(prepared.compiled);
    let forward = |done| bar.set_position(u64::from(trials) + u64::from(done));
    let prices = if arguments.no_prices {
        Prices::none()
    } else {
        analysis::prices(&plan, seed, what, &result, stop, forward).map_err(|error| not_played(error, &plan))?
    };
    let before = analysis::price_trials(&plan, trials).saturating_mul(price_runs);
    let compare = || {
        analysis::compare(&plan, &options, seed, what, prepared.horizon, &result, stop, |done| {
            forward(before.saturating_add(done));
        })
    };
    let facts = Facts {
        scenario: facts,
        seed,
        trials_requested: trials,
        precision: precise,
        known_until: WorkDays::ZERO,
    };
    // What the futures say is found while the options play theirs.
    let (comparison, forecast) = both(
        what.threads,
        || (!options.is_empty()).then(compare).transpose(),
        || analysis::forecast(&plan, facts, prepared.horizon, &prepared.landmarks, &result, prices),
    );
    let comparison = comparison.map_err(|error| not_played(error, &plan))?;
    bar.finish_and_clear();
    let forecast = Forecast {
        partial: forecast.partial || comparison.as_ref().is_some_and(|comparison| comparison.partial),
        options: comparison,
        ..forecast
    };
    let made = Made {
        scenario: &scenario,
        plan: &plan,
        actuals: None,
        trials: &result,
        window: prepared.horizon.window(&plan, false),
        threads: what.threads,
        texts: &texts,
    };
    // Half a run is no forecast to be held to.
    let record = recorder
        .filter(|_| !forecast.partial)
        .map(|recorder| (recorder.entry(&forecast, &made), recorder));
    let forecast = match &record {
        Some((entry, recorder)) => recorder.looked_back(forecast, entry, &made, stop),
        None => forecast,
    };
    // The futures have said what they know, unless each is to be told: the pictures need the room.
    let result = arguments.samples.then_some(result);
    let json = report::json::summary_json(&forecast).map_err(|error| Failure::Machine(error.to_string()))?;
    let files = outputs.files(&forecast, &json)?;
    let whole = files.into_iter().map(|(name, bytes)| (name, Box::new(bytes) as Box<dyn Content>));
    let samples = result.as_ref().map(|result| SamplesFile::of(&plan, result, &forecast));
    let files: Vec<_> = whole.chain(samples).collect();
    folder.replace_with(&files)?;
    if let Some((entry, recorder)) = &record {
        recorder.record(entry, &texts);
    }
    if arguments.json {
        print(&json)?;
    } else {
        let mut text = report::terminal::summary(&forecast, colour_for(&io::stdout()));
        text.push_str(&written(folder.given(), &files));
        print(&text)?;
    }
    if forecast.partial { Err(Failure::Interrupted) } else { Ok(()) }
}

/// What two find, side by side where more than one thread may be used.
pub(super) fn both<A: Send, B: Send>(threads: usize, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    if threads == 1 { (one(), other()) } else { rayon::join(one, other) }
}

/// Futures that the price lists and the options play, for a bar.
fn price_length(plan: &Plan, price_runs: u32, options: usize, trials: u32) -> u64 {
    let prices = u64::from(analysis::price_trials(plan, trials)) * u64::from(price_runs);
    prices + u64::from(analysis::compare_trials(trials)) * options as u64
}

/// Says what was written and where; the pictures by their folder.
pub(super) fn written<C>(folder: &Path, files: &[(String, C)]) -> String {
    let mut names: Vec<&str> = files
        .iter()
        .map(|(name, _)| name.find('/').map_or(name.as_str(), |slash| &name[..=slash]))
        .collect();
    names.dedup();
    let names = report::text::wrap(&names.join(", "), "  ", "  ", 80);
    format!("\nWritten to {}\n{}\n", inert(&folder.display().to_string()), names.join("\n"))
}

pub(super) fn default_folder(scenario: &Path) -> PathBuf {
    Path::new("out").join(scenario.file_stem().unwrap_or(scenario.as_os_str()))
}

pub(super) fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let (scenario, Loaded { plan, .. }) = open(&arguments.scenario)?;
    let prepared = prepare(&plan, plan.seed)?;
    if arguments.preread {
        // Promises that nothing watches over are among what is lacking.
        let warnings: Vec<Fault> = plan.warnings.iter().filter(|warning| warning.code != NO_TRIGGER).cloned().collect();
        warn(&warnings);
        let lacks = plan::preread::preread(&scenario, &plan);
        return print(&report::lacks::lacks(&plan, &lacks, colour_for(&io::stdout())));
    }
    let understanding = analysis::understand(&plan, prepared.horizon, &prepared.landmarks);
    warn(&plan.warnings);
    print(&report::check::check(&plan, &understanding, colour_for(&io::stdout())))
}

/// Shows what is allowed but probably not meant, without failing.
pub(super) fn warn(warnings: &[Fault]) {
    debug_assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning));
    if !warnings.is_empty() {
        // A closed standard error leaves nobody to warn. On a terminal what follows stands apart.
        let after = if io::stderr().is_terminal() { "\n" } else { "" };
        let text = diagnostic::render(warnings, colour_for(&io::stderr())) + after;
        let _ = io::Write::write_all(&mut io::stderr(), text.as_bytes());
    }
}

/// Why a plan could not be played.
pub(super) fn not_played(error: RunError, plan: &Plan) -> Failure {
    let RunError::Flooded(flood) = error else {
        return Failure::Machine(error.to_string());
    };
    let by = plan.calendar.date_of(WorkDays::new(flood.time));
    let by = by.map_or_else(String::new, |date| format!(" by {}", date.long()));
    let (what, hint) = match flood.cause {
        FloodCause::Incidents(class, count) => {
            let id = plan.incidents.get(class).map_or("", |class| &class.id);
            (
                format!("{} incidents of class `{id}`{by}", thousands(count)),
                format!(
                    "lower `rate`, `rate_cv` or `overdispersion` of `[incident.{id}]`, or the `scales_rate` that raise it; what happens many times a day is part of `focus`"
                ),
            )
        }
        FloodCause::Departures(team, count) => {
            let id = plan.teams.get(team).map_or("", |team| &team.id);
            (
                format!("{} departures from team `{id}`{by}", thousands(count)),
                format!("lower `attrition_per_year` of `[team.{id}]`, or say how long a `backfill` takes"),
            )
        }
        FloodCause::Findings(count) => (
            format!("{} security findings{by}", thousands(count)),
            "lower `per_engineer_week` of the findings, `review` of the tasks, or what risks multiply the work by".to_owned(),
        ),
        FloodCause::Work => (
            format!("its tasks and people change too often{by}"),
            "take out negative lags, or make the plan smaller".to_owned(),
        ),
    };
    let message = format!("more happens in future {} than can be played: {what}", u64::from(flood.trial) + 1);
    Failure::Input(vec![
        Fault::error("too-much-happens", message)
            .allowed(format!("at most {} events in a future of this plan", thousands(flood.steps)))
            .hint(hint),
    ])
}
