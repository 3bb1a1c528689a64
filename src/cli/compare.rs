//! `sim compare`.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::{CompareArguments, ComparedArguments};
use super::failure::Failure;
use super::files::OPTIONS;
use super::output::Folder;
use super::progress;
use super::run::{Loaded, Prepared, load, not_played, prepare, warn, written};
use super::terminal::{colour_for, print};
use crate::analysis::{self, Candidate, Comparison, compare_trials};
use crate::diagnostic::Fault;
use crate::engine::{self, Run, Stop, Trials, Window};
use crate::plan::Plan;
use crate::report;

pub(super) fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let Loaded { plan, facts, .. } = load(&arguments.scenario)?;
    let others = others(&plan, &arguments.others)?;
    warn(&plan.warnings);
    let mut candidates = analysis::own_options(&plan);
    candidates.extend(others.iter().map(|other| Candidate {
        id: &other.facts.file,
        title: &other.plan.name,
        recommended: false,
        plan: &other.plan,
    }));
    if candidates.is_empty() {
        let message = format!("`{}` has no options, and there is no other file to set against it", facts.file);
        let hint = "write `[option.NAME]` with what it changes, or name another scenario: sim compare A.toml B.toml";
        return Err(Failure::Input(vec![Fault::error("nothing-to-compare", message).hint(hint)]));
    }
    let names = [OPTIONS.to_owned()];
    let folder = Folder::at(
        arguments.out.clone().unwrap_or_else(|| beside(&arguments.scenario, "compare")),
        &names,
    )?;
    let base = Base::play(&plan, &arguments.futures, candidates.len())?;
    let comparison = base.compare(&plan, &candidates)?;
    let table = report::options::options_csv(&comparison).map_err(|error| Failure::Machine(error.to_string()))?;
    let files = [(OPTIONS.to_owned(), table.into_bytes())];
    folder.replace_with(&files)?;
    let mut text = report::compare::comparison(&plan.name, &facts.file, &comparison, colour_for(&io::stdout()));
    text.push_str(&written(folder.given(), &files));
    print(&text)?;
    if comparison.partial { Err(Failure::Interrupted) } else { Ok(()) }
}

/// The other files, each with the plan's start and all of its initiatives.
fn others(plan: &Plan, paths: &[PathBuf]) -> Result<Vec<Loaded>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let other = load(path)?;
        let name = &other.facts.file;
        let (start, its) = (plan.calendar.start(), other.plan.calendar.start());
        if its != start {
            let message = format!("`{name}` starts on {its}, the first file on {start}: their futures cannot be paired");
            let hint = "give both the same start, and hold back what begins later with `not_before`";
            return Err(Failure::Input(vec![Fault::error("other-start", message).hint(hint)]));
        }
        if let Some(missing) = analysis::missing_initiative(plan, &other.plan) {
            let message = format!("`{name}` has no initiative `{missing}`, which the first file has");
            let hint = "initiatives are matched by their ids; to leave one out, write an option with `drop = true`";
            return Err(Failure::Input(vec![Fault::error("other-initiatives", message).hint(hint)]));
        }
        found.push(other);
    }
    Ok(found)
}

/// `out/NAME-WHAT` for `NAME.toml`: beside the folder of the run, which a run replaces whole.
pub(super) fn beside(scenario: &Path, what: &str) -> PathBuf {
    let mut name = scenario.file_stem().unwrap_or(scenario.as_os_str()).to_owned();
    name.push("-");
    name.push(what);
    Path::new("out").join(name)
}

/// The plan as it is, played, against which others are set.
pub(super) struct Base {
    pub(super) prepared: Prepared,
    pub(super) seed: u64,
    pub(super) run: Run<'static>,
    pub(super) trials: Trials,
    pub(super) stop: &'static Stop,
    bar: indicatif::ProgressBar,
}

impl Base {
    /// Plays the plan on as many futures as comparisons take; `plans` are to come.
    pub(super) fn play(plan: &Plan, futures: &ComparedArguments, plans: usize) -> Result<Self, Failure> {
        let seed = futures.machine.seed.unwrap_or(plan.seed);
        let prepared = prepare(plan, seed)?;
        let trials = compare_trials(futures.trials.unwrap_or(plan.trials));
        let run = Run {
            first: 0,
            trials,
            threads: futures.machine.threads.map_or(0, usize::from),
            window: Window {
                checkpoints: false,
                responses: false,
                ..prepared.horizon.window(plan, false)
            },
            watch: None,
        };
        let stop = progress::stop_on_interrupt();
        let bar = progress::bar(u64::from(trials) * (plans as u64 + 1));
        let base = engine::run(&prepared.compiled, run, stop, |done| bar.set_position(u64::from(done)))
            .map_err(|error| not_played(error, plan))?;
        if base.count() < trials as usize {
            bar.finish_and_clear();
            return Err(Failure::InterruptedAtOnce);
        }
        Ok(Self {
            prepared,
            seed,
            run,
            trials: base,
            stop,
            bar,
        })
    }

    /// Shows that so many futures are played beside those of the plan.
    pub(super) fn forward(&self, done: u32) {
        self.bar.set_position(u64::from(self.run.trials) + u64::from(done));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn compare(&self, plan: &Plan, candidates: &[Candidate<'_>]) -> Result<Comparison, Failure> {
        let forward = |done| self.forward(done);
        let horizon = self.prepared.horizon;
        let found = analysis::compare(plan, candidates, self.seed, self.run, horizon, &self.trials, self.stop, forward);
        self.finish();
        found.map_err(|error| not_played(error, plan))
    }
}
