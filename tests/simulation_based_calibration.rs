//! Simulation-based calibration of reruns (S. Talts et al., *Validating Bayesian inference algorithms with simulation-based
//! calibration*, arXiv:1804.06788): truths are drawn from the prior and played by the engine; up to a week, what a team would write
//! down of them (dates, not times) is told; the futures that go on from there must rank the truth uniformly.
//!
//! The truths' own draws are never passed on: they come from another seed. `SIM_CALIBRATION=full cargo test --release --test
//! calibration -- --nocapture` plays all variants with 1,000 truths each; without it a small form runs.

mod common;

use std::fmt::Write as _;

use common::plan;
use sim::calendar::Date;
use sim::engine::{self, Compiled, Happening, Piece, Run, Stop, Window};
use sim::plan::{Actuals, CustomerMinutes, IncidentActual, InitiativeId, Plan, TaskActual, Work};
use sim::posterior::{self, ConditionError};
use sim::units::WorkDays;

/// What is told beside dates.
#[derive(Debug, Clone, Copy)]
struct Variant {
    name: &'static str,
    week: i64,
    /// Whether the effort of finished tasks is told.
    spent: bool,
    /// Whether incidents and what customers felt are told.
    incidents: bool,
    /// Whether the number of people is told.
    people: bool,
}

const VARIANTS: [Variant; 6] = [
    Variant {
        name: "dates in week 6",
        week: 6,
        spent: false,
        incidents: false,
        people: false,
    },
    Variant {
        name: "dates and effort in week 6",
        week: 6,
        spent: true,
        incidents: false,
        people: false,
    },
    Variant {
        name: "dates and incidents in week 9",
        week: 9,
        spent: false,
        incidents: true,
        people: false,
    },
    Variant {
        name: "dates and people in week 9",
        week: 9,
        spent: false,
        incidents: false,
        people: true,
    },
    Variant {
        name: "all in week 4",
        week: 4,
        spent: true,
        incidents: true,
        people: true,
    },
    Variant {
        name: "all in week 11",
        week: 11,
        spent: true,
        incidents: true,
        people: true,
    },
];

const SCENARIO: &str = r#"
[scenario]
start = 2026-01-05
horizon = 2026-09-30
[team.core]
engineers = 5
focus = 0.8
attrition_per_year = 0.4
backfill = ["2w", "4w", "8w"]
ramp_up = "4w"
[team.ops]
engineers = 2
[flow.shop]
customers = 1_000
[incident.sev1]
team = "core"
flow = "shop"
rate = { per_quarter = 8.0 }
rate_cv = 0.6
overdispersion = 0.2
responders = 2
response = ["2h", "1d", "4d"]
downtime = ["15min", "40min", "4h"]
follow_up = ["1d", "2d", "6d"]
change_failure_rate = 0.3
[budget.downtime]
kind = "reliability"
flow = "shop"
customer_minutes_per_quarter = 500_000
[risk.legacy]
probability = 0.4
affects = ["launch.migrate", "launch.import"]
multiply = [1.2, 1.6, 2.5]
[initiative.launch.task]
design  = { effort = ["1w", "2w", "4w"], team = "core", engineers = 2 }
model   = { effort = ["2w", "3w", "6w"], team = "core", engineers = { min = 1, max = 2 }, after = "design" }
migrate = { effort = ["2w", "4w", "9w"], team = "core", engineers = 2, after = "design" }
import  = { effort = ["1w", "2w", "5w"], team = "core", after = "model", release = true }
audit   = { duration = ["1w", "2w", "4w"], after = { task = "model", link = "SS", lag = "1w" } }
infra   = { effort = ["2w", "3w", "5w"], team = "ops" }
harden  = { effort = ["2w", "4w", "8w"], team = "ops", after = "infra" }
launch  = { effort = ["1w", "2w", "4w"], team = "core", engineers = 3, after = ["migrate", "import", "audit", "harden"] }
"#;

const QUARTER: usize = 0;

/// A truth, and what is told of it.
struct Truth {
    finish: f64,
    minutes: f64,
    actuals: Actuals,
}

fn window(plan: &Plan) -> Window {
    let end = Date::parse("2026-09-30").expect("a date");
    let horizon = plan.calendar.evening_of(end).days();
    Window {
        limit: 5.0 * horizon,
        horizon,
        horizon_clock: (end.days_since(plan.calendar.start()) + 1) as f64,
        quarters: 3,
        ..Window::finishes(5.0 * horizon)
    }
}

fn truth(plan: &Plan, compiled: &Compiled, number: u32, variant: Variant) -> Truth {
    let told = engine::tell(compiled, number, &window(plan), InitiativeId(0));
    let date = plan.calendar.start().plus_days(7 * variant.week).expect("a date");
    let mut actuals = Actuals::nothing(plan, date);
    let now = actuals.as_of.days();
    for (index, task) in told.tasks.iter().enumerate().filter(|(_, task)| task.started < now) {
        let finished = (task.finished <= now).then(|| task.finished.ceil());
        let is_effort = matches!(plan.tasks[index].work, Work::Effort { .. });
        actuals.tasks[index] = Some(TaskActual {
            started: WorkDays::new(task.started.floor()),
            finished: finished.map(WorkDays::new),
            // Written down in whole hours.
            spent: finished
                .and(task.quantity)
                .filter(|_| variant.spent && is_effort)
                .map(|days| (days * 8.0).round() / 8.0),
            percent: None,
            outside_estimate: false,
        });
    }
    let mut minutes = [0.0; 3];
    let (mut count, mut felt, mut people) = (0, [0.0; 3], [5_i32, 2]);
    for noted in &told.log {
        let quarter = plan.calendar.date_of(WorkDays::new(noted.time)).map_or(2, |date| {
            usize::from(date >= Date::parse("2026-04-01").expect("a date"))
                + usize::from(date >= Date::parse("2026-07-01").expect("a date"))
        });
        match noted.what {
            Happening::Incident { downtime_minutes, .. } => {
                let of_customers = downtime_minutes * 1_000.0;
                minutes[quarter] += of_customers;
                if noted.time <= now {
                    count += 1;
                    felt[quarter] += of_customers;
                }
            }
            Happening::Departs { team, .. } if noted.time <= now => people[team.0] -= 1,
            Happening::Arrives { team, is_new: true, .. } if noted.time <= now => people[team.0] += 1,
            Happening::Begins(Piece::Task(_)) => {}
            _ => {}
        }
    }
    if variant.incidents {
        let quarters = plan
            .calendar
            .date_of(WorkDays::new(now))
            .map_or(1, |date| 1 + usize::from(date >= Date::parse("2026-04-01").expect("a date")));
        actuals.incidents[0] = Some(IncidentActual {
            count,
            per_quarter: None,
            customer_minutes: Some(CustomerMinutes {
                flow: sim::plan::FlowId(0),
                per_quarter: felt[..quarters].to_vec(),
                is_spread: false,
            }),
        });
    }
    if variant.people {
        actuals.teams = people.iter().map(|people| u32::try_from(*people).ok()).collect();
    }
    Truth {
        finish: told.finishes[0],
        minutes: minutes[QUARTER],
        actuals,
    }
}

/// χ² of ranks in ten bins: 9 degrees of freedom, above 27.9 once in a thousand.
fn chi_squared(ranks: &[f64]) -> (f64, [usize; 10]) {
    let mut bins = [0; 10];
    for rank in ranks {
        bins[((rank * 10.0) as usize).min(9)] += 1;
    }
    let expected = ranks.len() as f64 / 10.0;
    let sum = bins
        .iter()
        .map(|count| (*count as f64 - expected) * (*count as f64 - expected) / expected)
        .sum();
    (sum, bins)
}

/// Of finishes up to 300 days: a few futures are swamped by incidents and never end.
fn variance(finishes: impl Iterator<Item = f64>) -> f64 {
    let finishes: Vec<f64> = finishes.map(|finish| finish.min(300.0)).collect();
    let (n, sum) = (finishes.len() as f64, finishes.iter().sum::<f64>());
    finishes.iter().map(|finish| (finish - sum / n) * (finish - sum / n)).sum::<f64>() / n
}

fn play(variant: Variant, truths: u32, futures: u32) -> String {
    let (plan, stop) = (plan(SCENARIO), Stop::new(false));
    // Other draws than those that learn.
    let reality = Compiled::new(&plan, 77);
    let (mut finishes, mut minutes, mut effective, mut collapsed, mut narrower) = (vec![], vec![], 0.0, 0, 0.0);
    for number in 0..truths {
        let truth = truth(&plan, &reality, number, variant);
        let seed = 1_000 + u64::from(number);
        let (compiled, learned) = match posterior::condition(Compiled::new(&plan, seed), &truth.actuals, seed, futures, 2, &stop) {
            Ok(known) => known,
            Err(ConditionError::Collapsed(learned)) => {
                collapsed += 1;
                println!("truth {number}: {learned:?}");
                continue;
            }
            Err(error) => panic!("{error:?}"),
        };
        effective += learned.effective / f64::from(futures);
        let run = Run {
            first: 0,
            trials: futures,
            threads: 2,
            window: window(&plan),
            watch: None,
        };
        let trials = engine::run(&compiled, run, &stop, |_| {}).expect("it runs");
        let rank = |truth: f64, values: &mut dyn Iterator<Item = f64>| {
            let (mut below, mut ties, mut n) = (0.0, 0.0, 0.0);
            for value in values {
                n += 1.0;
                below += f64::from(u8::from(value < truth - 1e-6));
                ties += f64::from(u8::from((value - truth).abs() <= 1e-6));
            }
            // Ties are split by a draw that knows nothing of them.
            let u = sim::sampling::Stream::new(5, "ties", sim::sampling::Purpose::Resampling).uniform(number);
            (below + u * ties) / n
        };
        finishes.push(rank(truth.finish, &mut trials.finishes(0)));
        let layout = trials.layout();
        minutes.push(rank(truth.minutes, &mut trials.rows().map(|row| layout.burnt(row, 0, QUARTER).0)));
        narrower += variance(trials.finishes(0));
    }
    let n = finishes.len() as f64;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {} truths, effective {:.0} %, mean variance {:.1}",
        variant.name,
        finishes.len(),
        100.0 * effective / n,
        narrower / n
    );
    for (what, ranks) in [("finish", &finishes), ("minutes", &minutes)] {
        let (chi, bins) = chi_squared(ranks);
        let _ = writeln!(text, "  {what}: chi² {chi:.1}, {bins:?}");
        println!("{text}");
        assert!(chi < 27.9, "{text}");
    }
    // What is told narrows what is expected, on average over the truths (the law of total variance).
    let before = Run {
        first: 0,
        trials: 20_000,
        threads: 2,
        window: window(&plan),
        watch: None,
    };
    let before = engine::run(&Compiled::new(&plan, 1), before, &stop, |_| {}).expect("it runs");
    let variance = variance(before.finishes(0));
    assert!(narrower / n < variance, "{text}before anything was known {variance:.1}");
    let _ = writeln!(text, "  variance before anything was known {variance:.1}");
    // One in a hundred; of a few dozen that may be one.
    assert!(f64::from(collapsed) <= (0.01 * n).max(1.0), "{text}{collapsed} of {n} collapsed");
    text
}

#[test]
fn truths_rank_uniformly_among_the_futures_that_go_on_from_what_is_told() {
    let is_full = std::env::var("SIM_CALIBRATION").is_ok_and(|form| form == "full");
    for variant in VARIANTS {
        if is_full {
            println!("{}", play(variant, 1_000, 1_000));
        } else {
            play(variant, 60, 500);
        }
    }
}
