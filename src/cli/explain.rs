//! `sim explain`.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::ExplainArguments;
use super::failure::Failure;
use super::output::Folder;
use super::progress;
use super::run::{Loaded, load, not_played, prepare, warn};
use super::terminal::{colour_for, print};
use crate::analysis::{self, Explanation, Question, Which};
use crate::diagnostic::Fault;
use crate::engine::{self, Run};
use crate::inert::inert;
use crate::plan::{InitiativeId, Plan};
use crate::report;

pub(super) fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let Loaded { plan, facts, .. } = load(&arguments.scenario)?;
    warn(&plan.warnings);
    let initiative = initiative(&plan, arguments.initiative.as_deref())?;
    let trials = arguments.futures.trials.unwrap_or(plan.trials);
    let which = which(arguments, trials)?;
    let names = names(which);
    let folder = Folder::at(arguments.out.clone().unwrap_or_else(|| default_folder(&arguments.scenario)), &names)?;
    let seed = arguments.futures.machine.seed.unwrap_or(plan.seed);
    let prepared = prepare(&plan, seed)?;
    let stop = progress::stop_on_interrupt();
    let bar = progress::bar(trials.into());
    let window = prepared.horizon.window(&plan, false);
    let run = Run {
        first: 0,
        trials,
        threads: arguments.futures.machine.threads.map_or(0, usize::from),
        window,
        watch: Some(&prepared.watch),
    };
    let result =
        engine::run(&prepared.compiled, run, stop, |done| bar.set_position(done.into())).map_err(|error| not_played(error, &plan))?;
    bar.finish_and_clear();
    let question = Question {
        scenario: facts,
        seed,
        trials_requested: trials,
        initiative,
        which,
    };
    let paths = analysis::paths_of(&plan, &result, initiative);
    let tell = |trial| engine::tell(&prepared.compiled, trial, &window, initiative);
    let Some(told) = analysis::explanation(&plan, &prepared.landmarks, &result, question, paths, tell) else {
        return Err(Failure::InterruptedAtOnce);
    };
    folder.replace_with(&files(&told, &names)?)?;
    let shown = inert(&folder.given().display().to_string());
    let written = format!("\nWritten to {shown}\n  {}\n", names.join(", "));
    let mut text = report::story::explanation(&told, colour_for(&io::stdout()));
    if arguments.initiative.is_none() && plan.initiatives.len() > 1 {
        let others: Vec<&str> = plan
            .initiatives
            .iter()
            .map(|other| other.id.as_str())
            .filter(|id| *id != told.initiative)
            .collect();
        let hint = format!("For another initiative: --initiative {}.", others.join(", "));
        text.push_str(&(report::text::wrap(&hint, "", "", 80).join("\n") + "\n"));
    }
    print(&(text + &written))?;
    if told.trials < told.trials_requested {
        Err(Failure::Interrupted)
    } else {
        Ok(())
    }
}

/// The initiative that is asked for; without one the first that was promised, or the first of all.
fn initiative(plan: &Plan, asked: Option<&str>) -> Result<InitiativeId, Failure> {
    let Some(asked) = asked else {
        let promised = plan.initiatives.iter().position(|initiative| !initiative.commitments.is_empty());
        return Ok(InitiativeId(promised.unwrap_or(0)));
    };
    let found = plan.initiatives.iter().position(|initiative| initiative.id == asked);
    found.map(InitiativeId).ok_or_else(|| {
        let ids: Vec<&str> = plan.initiatives.iter().map(|initiative| initiative.id.as_str()).collect();
        let fault = Fault::error("unknown-initiative", format!("there is no initiative `{asked}`")).allowed(shown(&ids));
        let near = ids
            .iter()
            .map(|id| (strsim::damerau_levenshtein(id, asked), id))
            .min()
            .filter(|(distance, id)| *distance <= 1.max(id.chars().count() / 3));
        Failure::Input(vec![match near {
            Some((_, id)) => fault.hint(format!("did you mean `{id}`?")),
            None => fault,
        }])
    })
}

/// Ids, the first few.
fn shown(ids: &[&str]) -> String {
    let mut text = ids.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    if ids.len() > 10 {
        text.push_str(&format!(" and {} more", ids.len() - 10));
    }
    text
}

fn which(arguments: &ExplainArguments, trials: u32) -> Result<Which, Failure> {
    let Some(trial) = arguments.trial else {
        return Ok(Which::Path(arguments.path.unwrap_or(analysis::Path::Worst)));
    };
    if trial < trials {
        return Ok(Which::Trial(trial));
    }
    let fault = Fault::error("no-such-trial", format!("there is no future {trial} among {trials}"));
    Err(Failure::Input(vec![
        fault
            .allowed(format!("a whole number from 0 to {}", trials - 1))
            .hint("futures are counted from 0; ask for more of them with --trials"),
    ]))
}

/// What is written: the story, and its chart both ways.
fn names(which: Which) -> [String; 3] {
    let name = match which {
        Which::Path(path) => format!("gantt-{}", path.name()),
        Which::Trial(trial) => format!("gantt-{trial}"),
    };
    ["story.md".to_owned(), format!("{name}.svg"), format!("{name}.png")]
}

/// The files by their names.
fn files(told: &Explanation, [story, svg, png]: &[String; 3]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let failed = |error: report::charts::ChartError| Failure::Machine(error.to_string());
    let chart = report::charts::future_gantt(told, report::charts::Form::FILE).map_err(failed)?;
    let text = report::story::markdown(told, svg);
    Ok(vec![
        (story.clone(), text.into_bytes()),
        (svg.clone(), chart.svg().map_err(failed)?.into_bytes()),
        (png.clone(), chart.png(&mut report::charts::Paper::default()).map_err(failed)?),
    ])
}

/// Beside the folder of the run, which is written whole and would lose the story.
fn default_folder(scenario: &Path) -> PathBuf {
    let stem = scenario.file_stem().unwrap_or(scenario.as_os_str()).to_string_lossy();
    Path::new("out").join(format!("{stem}-explain"))
}
