//! What holds in every future of every plan, whatever is in it: read from the event log alone by somebody who knows the plan and
//! not the engine.

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod people;
mod plans;
mod tampered;
mod watch;
mod work;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sim::engine::{self, Compiled, Run, Stop, Trials, Window};
use sim::plan::Plan;
use watch::Watch;

/// To the end of June 2026, two quarters; what is unfinished after 400 working days never ends.
const WINDOW: Window = Window {
    limit: 400.0,
    horizon: 127.0,
    horizon_clock: 177.0,
    quarters: 2,
    weeks: 26,
    checkpoints: true,
    responses: true,
};

fn play(compiled: &Compiled, first: u32, trials: u32, threads: usize) -> Trials {
    let watch = engine::Watch {
        futures: 90,
        ..engine::Watch::new(compiled, &engine::landmarks(compiled), |_| 0)
    };
    let run = Run {
        first,
        trials,
        threads,
        window: WINDOW,
        watch: Some(&watch),
    };
    engine::run(compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test")
}

/// What is wrong with some futures of a plan, and how often each rule was put to the test.
fn faults(plan: &Plan, seed: u64, trials: u32) -> (Vec<String>, BTreeMap<&'static str, usize>) {
    let compiled = Compiled::new(plan, seed);
    let rows: Vec<Vec<f64>> = play(&compiled, 0, trials, 1).rows().map(|row| row.numbers().collect()).collect();
    let (mut faults, mut tested) = (vec![], BTreeMap::new());
    for trial in 0..trials {
        let log = engine::replay(&compiled, trial, &WINDOW);
        let mut watch = Watch::read(plan, &log, WINDOW.limit, WINDOW.horizon);
        for (initiative, says) in plan.initiatives.iter().enumerate() {
            let ends = says.tasks.iter().map(|task| {
                let work = watch.task(*task);
                work.finished.unwrap_or(f64::INFINITY)
            });
            let (end, row) = (ends.fold(0.0, f64::max), rows[trial as usize][initiative]);
            // What there is no task of may end later than it is told to, held by links to its finish.
            let has_void = says.tasks.iter().any(|task| watch.task(*task).void.is_some());
            watch.hold("the row says what the log says", end == row || (has_void && end < row), || {
                format!("{}: {end}, {row}", says.id)
            });
        }
        faults.extend(watch.faults.into_iter().map(|fault| format!("trial {trial} {fault}")));
        for (rule, times) in watch.tested {
            *tested.entry(rule).or_default() += times;
        }
    }
    (faults, tested)
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 10_000,
        ..Config::default()
    })
}

/// Random plans; another number where `INVARIANTS` gives one.
const CASES: u32 = 250;

/// Rules that random plans put to the test; one that none of them does would be no rule.
const RULES: usize = 46;

#[test]
fn every_future_keeps_the_rules() {
    let cases = std::env::var("INVARIANTS").map_or(CASES, |cases| cases.parse().expect("INVARIANTS is a number of plans"));
    let all = RefCell::new(BTreeMap::<&str, usize>::new());
    let outcome = runner(cases).run(&plans::tape(), |tape| {
        let toml = plans::scenario(&tape);
        let (faults, tested) = faults(&common::plan(&toml), 1, 3);
        for (rule, times) in tested {
            *all.borrow_mut().entry(rule).or_default() += times;
        }
        match faults.first() {
            None => Ok(()),
            Some(first) => Err(TestCaseError::fail(format!("{first}\n({} in all)\n{toml}", faults.len()))),
        }
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let all = all.into_inner();
    for (rule, times) in &all {
        println!("{times:9}  {rule}");
    }
    if cases >= CASES {
        assert_eq!(all.len(), RULES, "rules that were put to the test");
    }
}

/// What has nothing to do with the plans of [`plans`]: other people, other customers, a risk, incidents, findings, a checkpoint, an
/// option. Nobody's effort, since that brings up findings of every class.
const UNRELATED: &str = "
[team.zz]
engineers = 3
attrition_per_year = 2.0
backfill = [\"1d\", \"3d\", \"9d\"]
holidays = [2026-01-08, 2026-02-02]
hire = [{ starts = [2026-01-06, 2026-01-20, 2026-03-02], probability = 0.5 }]
[flow.zz]
customers = 3
[incident.zz]
rate = { per_week = 1.5 }
team = \"zz\"
responders = 2
response = [\"1h\", \"4h\", \"3d\"]
follow_up = [\"1h\", \"4h\", \"3d\"]
flow = \"zz\"
downtime = [\"10min\", \"1h\", \"2d\"]
[finding.zz]
per_engineer_week = 0
team = \"zz\"
fix = [\"1d\", \"2d\", \"5d\"]
blocks_release = true
[initiative.zz]
priority = 1
[initiative.zz.task]
a = { duration = [\"1d\", \"9d\", \"40d\"], crew = { zz = 2 }, review = { zz = 2 } }
b = { duration = [\"1d\", \"9d\", \"40d\"], crew = { zz = 1 }, after = [{ task = \"a\", lag = \"-2d\" }], priority = 1 }
c = { duration = [\"1d\", \"2d\", \"4d\"], after = [{ task = \"b\", link = \"FF\", lag = [\"1d\", \"2d\", \"4d\"] }] }
[risk.zz]
probability = 0.5
affects = [\"zz.a\"]
multiply = [1.1, 1.5, 3]
delay = [\"1d\", \"2d\", \"9d\"]
takes = { team = \"zz\", engineers = 1, for = [\"1d\", \"5d\", \"20d\"] }
scales_rate = { zz = 3 }
adds_task = { duration = [\"1d\", \"5d\", \"20d\"], after = \"zz.a\", initiative = \"zz\" }
[checkpoint.zz]
task = \"zz.a\"
done_by = \"6w\"
[option.zz]
title = \"Without b\"
initiative.zz.task.b.drop = true
";

/// Every draw has its own name, so what has nothing to do with a plan moves nothing in it, not by a bit, wherever in the file it is.
#[test]
fn what_is_unrelated_moves_nothing() {
    let outcome = runner(60).run(&(plans::tape(), any::<bool>()), |(tape, in_front)| {
        let toml = plans::scenario(&tape);
        let more = if in_front {
            toml.replacen("[team.t0]", &format!("{UNRELATED}[team.t0]"), 1)
        } else {
            format!("{toml}{UNRELATED}")
        };
        let (plan, larger) = (common::plan(&toml), common::plan(&more));
        let (alone, beside) = (
            play(&Compiled::new(&plan, 1), 0, 100, 1),
            play(&Compiled::new(&larger, 1), 0, 100, 1),
        );
        for (initiative, says) in plan.initiatives.iter().enumerate() {
            let same = larger
                .initiatives
                .iter()
                .position(|other| other.id == says.id)
                .expect("it is still there");
            let (alone, beside): (Vec<f64>, Vec<f64>) = (alone.finishes(initiative).collect(), beside.finishes(same).collect());
            prop_assert_eq!(alone, beside, "{}\n{}", says.id, more);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A run is the same in one part or in any number of them, on any number of threads.
#[test]
fn parts_of_a_run_make_the_whole() {
    let cuts = (proptest::collection::vec(0_u32..200, 1..4), 1_usize..4);
    let outcome = runner(40).run(&(plans::tape(), cuts), |(tape, (mut cuts, threads))| {
        let toml = plans::scenario(&tape);
        let compiled = Compiled::new(&common::plan(&toml), 1);
        let whole = play(&compiled, 0, 200, threads);
        cuts.extend([0, 200]);
        cuts.sort_unstable();
        let mut parts = cuts
            .windows(2)
            .map(|pair| play(&compiled, pair[0], pair[1] - pair[0], 1 + (pair[0] % 3) as usize));
        let first = parts.next().expect("two cuts are given");
        let merged = parts.try_fold(first, Trials::merge);
        let Some(merged) = merged else {
            return Err(TestCaseError::fail(format!("parts {cuts:?} do not fit")));
        };
        prop_assert!(merged.rows().eq(whole.rows()), "rows of {:?}\n{}", cuts, toml);
        prop_assert!(merged.tally() == whole.tally(), "counts of {:?}\n{}", cuts, toml);
        prop_assert!(merged.drivers() == whole.drivers(), "what drove the finishes, {:?}\n{}", cuts, toml);
        prop_assert_eq!(merged.details().count(), 90);
        let details = |trials: &Trials| trials.details().futures().map(|future| format!("{future:?}")).collect::<Vec<_>>();
        prop_assert!(details(&merged) == details(&whole), "futures in detail, {:?}\n{}", cuts, toml);
        // Only what follows is merged.
        let (early, late) = (play(&compiled, 0, 5, 1), play(&compiled, 6, 5, 1));
        prop_assert!(early.clone().merge(late).is_none());
        prop_assert!(early.clone().merge(early).is_none());
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
