//! `sim price`.

use std::io;

use super::arguments::PriceArguments;
use super::compare::{Base, beside};
use super::failure::Failure;
use super::output::Folder;
use super::run::{Loaded, beside_scenario, not_played, open, warn, written};
use super::terminal::{colour_for, print};
use crate::analysis::{self, Bundle, DateQuestion, with_promise};
use crate::diagnostic::Fault;
use crate::plan::{self, Combinations, Contradiction, Initiative, MOST_COMBINATIONS, Plan, combinations, combined};
use crate::report;

const PRICE: &str = "price.csv";

pub(super) fn price(arguments: &PriceArguments) -> Result<(), Failure> {
    let (scenario, Loaded { plan, facts, .. }) = open(&arguments.scenario)?;
    if plan.options.is_empty() {
        let message = format!("`{}` has no options, so there is nothing to price", facts.file);
        let hint = "write `[option.NAME]` with what it changes and what it costs";
        return Err(refused("nothing-to-price", message, hint));
    }
    let question = question(&plan, arguments)?;
    let Some(Combinations { sets, contradictions }) = combinations(&scenario) else {
        let message = format!(
            "the {} options of `{}` make more than {MOST_COMBINATIONS} combinations",
            plan.options.len(),
            facts.file
        );
        let hint =
            "every combination is played, so that the cheapest is the true one: keep at most eight options that can be taken together";
        return Err(refused("too-many-combinations", message, hint));
    };
    warn(&plan.warnings);
    let folder = Folder::at(
        arguments.out.clone().unwrap_or_else(|| beside(&arguments.scenario, "price")),
        &[PRICE.to_owned()],
    )?;
    let plan = with_promise(&plan, plan.clone(), &question).unwrap_or(plan);
    let base = Base::play(&plan, &arguments.futures, sets.len())?;
    let files = |file: &str| beside_scenario(&arguments.scenario, file);
    let bundles = sets.iter().map(|set| {
        let chosen = || set.iter().filter_map(|option| plan.options.get(*option));
        let taken = match set.as_slice() {
            [] => Ok(plan.clone()),
            [one] => Ok(Plan::clone(&plan.options[*one].plan)),
            several => combined(&scenario, several, &files),
        };
        Bundle {
            options: chosen().map(|option| option.id.clone()).collect(),
            titles: chosen().map(|option| option.title.clone()).collect(),
            plan: taken.map_err(|faults| why(&faults)),
        }
    });
    let forward = |done| base.forward(done);
    let horizon = base.prepared.horizon;
    let found = analysis::price(
        &plan,
        &question,
        bundles,
        base.seed,
        base.run,
        horizon,
        &base.trials,
        base.stop,
        forward,
    );
    base.finish();
    let Some(mut price) = found.map_err(|error| not_played(error, &plan))? else {
        return Err(Failure::InterruptedAtOnce);
    };
    let together = |found: &Contradiction| {
        let ids = found
            .options
            .map(|option| plan.options.get(option).map_or_else(String::new, |option| option.id.clone()));
        (ids.to_vec(), format!("both change {}", found.about))
    };
    price.impossible.extend(contradictions.iter().map(together));
    let table = report::price::price_csv(&price).map_err(|error| Failure::Machine(error.to_string()))?;
    let files = [(PRICE.to_owned(), table.into_bytes())];
    folder.replace_with(&files)?;
    let mut text = report::price::price(&plan.name, &facts.file, &price, colour_for(&io::stdout()));
    text.push_str(&written(folder.given(), &files));
    print(&text)?;
    if price.partial { Err(Failure::Interrupted) } else { Ok(()) }
}

/// What is asked, from what was written and what the plan promises.
fn question(plan: &Plan, arguments: &PriceArguments) -> Result<DateQuestion, Failure> {
    let known = || plan::listed_names(plan.initiatives.iter().map(|initiative| initiative.id.as_str()));
    let initiative: &Initiative = match &arguments.initiative {
        Some(id) => plan.initiatives.iter().find(|initiative| initiative.id == *id).ok_or_else(|| {
            let fault = Fault::error("unknown-initiative", format!("there is no initiative `{id}`")).allowed(known());
            Failure::Input(vec![fault])
        })?,
        None => plan
            .initiatives
            .iter()
            .find(|initiative| !initiative.commitments.is_empty())
            .or_else(|| plan.initiatives.first().filter(|_| arguments.date.is_some()))
            .ok_or_else(|| {
                let message = "no initiative promises a date, so there is none to price".to_owned();
                refused("no-date", message, "ask for one with --date, such as --date 2026-06-30")
            })?,
    };
    let promise = match &arguments.to {
        Some(to) => Some(
            initiative
                .commitments
                .iter()
                .find(|promise| promise.to.as_ref() == Some(to))
                .ok_or_else(|| {
                    let message = format!("`{}` promises nothing to `{to}`", initiative.id);
                    let whom = plan::listed_names(initiative.commitments.iter().filter_map(|promise| promise.to.as_deref()));
                    let fault = Fault::error("unknown-promise", message);
                    Failure::Input(vec![if whom.is_empty() {
                        fault.hint("leave --to out")
                    } else {
                        fault.allowed(whom)
                    }])
                })?,
        ),
        None => initiative.commitments.first(),
    };
    let date = arguments.date.or_else(|| promise.map(|promise| promise.date)).ok_or_else(|| {
        let message = format!("`{}` promises no date", initiative.id);
        refused("no-date", message, "ask for one with --date, such as --date 2026-06-30")
    })?;
    let start = plan.calendar.start();
    if date < start {
        let message = format!("--date {date} lies before the start, {start}");
        return Err(refused("date-before-start", message, "is the year right?"));
    }
    Ok(DateQuestion {
        initiative: initiative.id.clone(),
        to: promise.and_then(|promise| promise.to.clone()),
        date,
        confidence: arguments.confidence,
    })
}

/// Why options cannot be taken together, in a sentence: the first thing that is wrong then.
fn why(faults: &[Fault]) -> String {
    faults
        .iter()
        .find(|fault| fault.is_error())
        .map_or_else(|| "they do not fit together".to_owned(), |fault| fault.message.clone())
}

fn refused(code: &'static str, message: String, hint: &str) -> Failure {
    Failure::Input(vec![Fault::error(code, message).hint(hint)])
}
