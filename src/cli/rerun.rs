//! `sim rerun`: the forecast that goes on from what has really happened.

use std::io;

use super::arguments::RerunArguments;
use super::failure::Failure;
use super::files::Outputs;
use super::ledger::recorder::{Made, Recorder};
use super::output::Folder;
use super::progress;
use super::run::{ACTUALS, Loaded, Prepared, default_folder, name_alone, not_played, open, prepare, read, warn, written};
use super::terminal::{colour_for, print};
use crate::analysis::{self, Facts, FirstRun, Forecast, Lessons, Prices};
use crate::diagnostic::Fault;
use crate::engine::{self, Run, Trials};
use crate::plan::{self, Plan, Reported};
use crate::posterior::{self, ConditionError, Learned};
use crate::report;
use crate::report::text::thousands;
use crate::scenario;
use crate::units::WorkDays;

pub(super) fn rerun(arguments: &RerunArguments) -> Result<(), Failure> {
    let path = &arguments.scenario;
    let (scenario, Loaded { plan, facts, mut texts }) = open(path)?;
    let name = arguments.actuals.display().to_string();
    let bytes = read(&arguments.actuals, &name, &ACTUALS)?;
    texts.actuals = Some((name_alone(&arguments.actuals), bytes.clone()));
    let texts = texts;
    let files = |file: &str| texts.read_beside(path, file);
    let told = scenario::actuals::read(&name, bytes.clone()).map_err(Failure::Input)?;
    let reported = plan::read_actuals(&scenario, &plan, &files, &name, bytes, arguments.as_of).map_err(Failure::Input)?;
    warn(&plan.warnings);
    warn(&reported.warnings);
    let recorder = Recorder::open(path, !arguments.no_ledger, &plan.name, &texts);
    let outputs = Outputs::of(&reported.plan, false, recorder.as_ref().is_some_and(Recorder::has_entries));
    let folder = arguments
        .out
        .clone()
        .unwrap_or_else(|| default_folder(path).join(format!("rerun-{}", reported.actuals.date)));
    let folder = Folder::at(folder, &outputs.names())?;
    let seed = arguments.futures.machine.seed.unwrap_or(plan.seed);
    let trials = arguments.futures.trials.unwrap_or(plan.trials);
    let threads = arguments.futures.machine.threads.map_or(0, usize::from);
    let stop = progress::stop_on_interrupt();
    // The first run's futures, those that are wanted, and the pasts, which are shorter.
    let bar = progress::bar(3 * u64::from(trials));

    let first = prepare(&plan, seed)?;
    let play = |plan: &Plan, prepared: &Prepared, done: u64| -> Result<Trials, Failure> {
        let run = Run {
            first: 0,
            trials,
            threads,
            window: prepared.horizon.window(plan, true),
            watch: Some(&prepared.watch),
        };
        let played = engine::run(&prepared.compiled, run, stop, |more| bar.set_position(done + u64::from(more)))
            .map_err(|error| not_played(error, plan))?;
        // Parts of two runs cannot be set against each other.
        if played.count() < trials as usize {
            Err(Failure::InterruptedAtOnce)
        } else {
            Ok(played)
        }
    };
    let forecast_of = |plan: &Plan, prepared: &Prepared, trials: &Trials, known_until: WorkDays| {
        let facts = Facts {
            scenario: facts.clone(),
            seed,
            trials_requested: trials.count() as u32,
            precision: None,
            known_until,
        };
        analysis::forecast(plan, facts, prepared.horizon, &prepared.landmarks, trials, Prices::none())
    };
    let first_trials = play(&plan, &first, 0)?;
    let first_forecast = forecast_of(&plan, &first, &first_trials, WorkDays::ZERO);

    let now = prepare(&reported.plan, seed)?;
    let (compiled, learned) = posterior::condition(now.compiled, &reported.actuals, seed, trials, threads, stop)
        .map_err(|error| not_learned(error, &reported))?;
    bar.set_position(2 * u64::from(trials));
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(&reported.plan, &now.landmarks), None)
        .map_err(|error| not_played(error, &reported.plan))?;
    // Late as it is, it may reach beyond what the plan alone would have looked at.
    let horizon = analysis::horizon(&reported.plan, &now.landmarks, &pilot).map_or(now.horizon, |later| later.later(now.horizon));
    let now = Prepared { compiled, horizon, ..now };
    let now_trials = play(&reported.plan, &now, 2 * u64::from(trials))?;
    bar.finish_and_clear();
    let forecast = forecast_of(&reported.plan, &now, &now_trials, reported.actuals.as_of);
    let first_run = FirstRun {
        plan: &plan,
        trials: &first_trials,
        forecast: &first_forecast,
    };
    let lessons = lessons(&learned, &reported.plan);
    let verdict = analysis::rerun(&reported.plan, &reported.actuals, &now_trials, &forecast, first_run, lessons);
    let forecast = Forecast {
        rerun: Some(analysis::Rerun {
            warnings: reported.warnings.iter().map(|warning| warning.message.clone()).collect(),
            ..verdict
        }),
        ..forecast
    };
    let made = Made {
        scenario: &scenario,
        plan: &reported.plan,
        actuals: Some((&told, &reported.actuals)),
        trials: &now_trials,
        window: now.horizon.window(&reported.plan, false),
        threads,
        texts: &texts,
    };
    let record = recorder.map(|recorder| (recorder.entry(&forecast, &made), recorder));
    let forecast = match &record {
        Some((entry, recorder)) => recorder.looked_back(forecast, entry, &made, stop),
        None => forecast,
    };
    // The futures have said what they know: the pictures need the room.
    drop((first_trials, now_trials));
    let json = report::json::summary_json(&forecast).map_err(|error| Failure::Machine(error.to_string()))?;
    let files = outputs.files(&forecast, &json)?;
    folder.replace_with(&files)?;
    if let Some((entry, recorder)) = &record {
        recorder.record(entry, &texts);
    }
    if arguments.json {
        print(&json)
    } else {
        let mut text = report::terminal::summary(&forecast, colour_for(&io::stdout()));
        text.push_str(&written(folder.given(), &files));
        print(&text)
    }
}

fn lessons(learned: &Learned, plan: &Plan) -> Lessons {
    Lessons {
        pasts: learned.candidates,
        effective: learned.effective,
        overrun_then: learned.overrun.map(|[then, _]| then),
        overrun_now: learned.overrun.map(|[_, now]| now),
        incidents: vec![],
        surprising: learned.surprising.iter().map(|task| plan.tasks[task.0].title.clone()).collect(),
    }
}

/// Why nothing could be learned.
fn not_learned(error: ConditionError, reported: &Reported) -> Failure {
    let learned = match error {
        ConditionError::Run(error) => return not_played(error, &reported.plan),
        ConditionError::Stopped => return Failure::InterruptedAtOnce,
        ConditionError::Collapsed(learned) => learned,
    };
    let tasks: Vec<String> = learned
        .surprising
        .iter()
        .take(5)
        .map(|task| format!("`{}`", reported.plan.tasks[task.0].id))
        .collect();
    let message = format!(
        "hardly any past of this plan agrees with these facts: {} of {} carry the answer, and fewer than {} are no answer",
        thousands(learned.effective.round() as u64),
        thousands(u64::from(learned.candidates)),
        posterior::LEAST_EFFECTIVE
    );
    let fault = Fault::error("facts-do-not-fit", message);
    Failure::Input(vec![if tasks.is_empty() {
        fault.hint("look at what the file says of incidents, people and risks; or run with more `--trials`")
    } else {
        fault.hint(format!(
            "the plan hardly allows for the dates of {}: correct them, or the estimates",
            tasks.join(", ")
        ))
    }])
}
