//! No scenario hangs: what would flood a future is refused, and says what floods it.

mod common;

use std::time::{Duration, Instant};

use common::{PLAIN, plan};
use sim::engine::{self, Compiled, FloodCause, Run, RunError, Stop, Window};

/// The cause of the flood in which a run of a scenario ends, on so many threads.
fn flood(toml: &str, threads: usize) -> (u32, FloodCause) {
    let plan = plan(toml);
    let run = Run {
        first: 0,
        watch: None,
        trials: 256,
        threads,
        window: Window::finishes(1e6),
    };
    match engine::run(&Compiled::new(&plan, plan.seed), run, &Stop::new(false), |_| {}) {
        Err(RunError::Flooded(flood)) => (flood.trial, flood.cause),
        other => panic!("no flood but {other:?}"),
    }
}

#[test]
fn incidents_that_never_end_are_named() {
    // Each takes the only engineer for a day, and hundreds come a day: the work never ends, so neither do they.
    let toml = format!(
        "{PLAIN}
[team.core]
engineers = 1
[incident.page]
team = \"core\"
rate = {{ per_week = 900 }}
response = \"1d\"
[initiative.a]
effort = \"4w\"
"
    );
    let (_, cause) = flood(&toml, 1);
    assert!(matches!(cause, FloodCause::Incidents(0, count) if count > 100_000), "{cause:?}");
}

#[test]
fn rates_that_multiply_without_end_do_not_stop_the_clock() {
    let mut toml =
        format!("{PLAIN}[incident.page]\nrate = {{ per_week = 1 }}\nflow = \"f\"\ndowntime = \"1min\"\n[flow.f]\ncustomers = 1\n");
    toml.push_str("[initiative.a.task]\n");
    // A thousand to the power of 110 is beyond every number.
    for task in 0..110 {
        toml.push_str(&format!("t{task} = {{ duration = \"1d\", scales_rate = {{ page = 1000 }} }}\n"));
    }
    toml.push_str("last = { duration = \"4w\", after = \"t0\" }\n");
    let (_, cause) = flood(&toml, 1);
    assert!(matches!(cause, FloodCause::Incidents(0, _)), "{cause:?}");
}

#[test]
fn the_first_flood_is_the_same_on_any_number_of_threads() {
    // A rate so uncertain that one future in some hundred is flooded.
    let toml = format!(
        "{PLAIN}
[incident.page]
rate = {{ per_week = 900 }}
rate_cv = 2
flow = \"f\"
downtime = \"1min\"
[flow.f]
customers = 1
[initiative.a]
duration = \"50w\"
[initiative.b]
duration = \"450w\"
"
    );
    let one = flood(&toml, 1);
    assert!(one.0 > 0, "the first future is flooded already, which shows nothing");
    assert_eq!(one, flood(&toml, 3));
}

#[test]
fn projected_finishes_take_no_longer_for_many_ways_through_the_network() {
    // When somebody joins the first task, its finish moves, and with it those of 30 diamonds. The lags halve from one to the next,
    // so each of the billion ways through them ends at another time.
    let steps = 30;
    let mut toml = format!(
        "{PLAIN}
[team.core]
engineers = 1
hire = [{{ starts = 2026-02-02 }}]
[initiative.a.task]
d0 = {{ effort = \"1000mo\", engineers = {{ min = 1, max = 2 }} }}
"
    );
    for step in 1..=steps {
        let before = step - 1;
        let ticks = f64::from(1 << (steps - step)) / 1024.0;
        toml.push_str(&format!(
            "b{step} = {{ duration = \"1w\", after = {{ task = \"d{before}\", link = \"FF\" }} }}\n\
             c{step} = {{ duration = \"1w\", after = {{ task = \"d{before}\", link = \"FF\", lag = \"{ticks}min\" }} }}\n\
             d{step} = {{ duration = \"1w\", after = [{{ task = \"b{step}\", link = \"FF\" }}, {{ task = \"c{step}\", link = \"FF\" }}] }}\n",
        ));
    }
    // A lead, so that finishes are projected at all.
    toml.push_str(&format!(
        "e = {{ duration = \"1w\", after = {{ task = \"d{steps}\", lag = \"-1d\" }} }}\n"
    ));
    let begun = Instant::now();
    let finishes = common::simulate(&toml, 2).finishes("a");
    assert!(finishes.iter().all(|finish| finish.is_finite()));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
