//! The engine's word on the same plans, compared.

use sim::calendar::Date;
use sim::engine::{self, Compiled, Count, Run, Stop, Trials, people_per_bin};
use sim::plan::{BudgetKind, Plan};

use super::{Future, Measures, disagreements, measures, simulate};

/// Trials of the engine and of this implementation.
const SMALL: (u32, u32) = (20_000, 1_500);
const LARGE: (u32, u32) = (120_000, 9_000);
const FULL: (u32, u32) = (200_000, 20_000);

/// Where the two disagree. A small form guards every change: among the thousands of figures that it compares at four standard
/// errors one may differ by chance, so a scenario in which any does is played again with many more trials, in which chance goes
/// away and a fault does not. `SIM_SECOND=full` compares at full size at once.
fn compare(name: &str, toml: &str) -> Vec<String> {
    if std::env::var("SIM_SECOND").is_ok_and(|value| value == "full") {
        return compare_at(FULL, name, toml);
    }
    if compare_at(SMALL, name, toml).is_empty() {
        return vec![];
    }
    compare_at(LARGE, name, toml)
}

/// Everything that the engine's rows hold, by the names of [`measures`].
fn say(plan: &Plan, result: &Trials) -> Measures {
    let layout = result.layout();
    let mut all = Measures::default();
    for row in result.rows() {
        let mut numbers: Vec<(String, f64)> = vec![];
        for (initiative, finish) in plan.initiatives.iter().zip(layout.finishes(row)) {
            numbers.push((format!("finish {}", initiative.id), finish));
        }
        if let Some(money) = layout.money(row) {
            numbers.push(("cost".into(), money.total));
            numbers.push(("incident value".into(), money.lost_customer_value));
        }
        let (mut reliability, mut security) = (0, 0);
        for budget in &plan.budgets {
            let name = &budget.id;
            match &budget.kind {
                BudgetKind::Reliability {
                    customer_minutes_per_quarter: limit,
                    ..
                } => {
                    for quarter in 0..layout.quarters {
                        let (minutes, _) = layout.burnt(row, reliability, quarter);
                        numbers.push((format!("minutes {name} {quarter}"), minutes));
                        all.events
                            .entry(format!("breach {name} {quarter}"))
                            .or_default()
                            .push(minutes > *limit);
                    }
                    reliability += 1;
                }
                BudgetKind::Security { .. } => {
                    let held = layout.held(row, security);
                    numbers.push((format!("open {name}"), held.open));
                    numbers.push((format!("held {name}"), held.days));
                    security += 1;
                }
                BudgetKind::Delivery { .. } | BudgetKind::Cost { .. } => {}
            }
        }
        for (name, value) in numbers {
            all.numbers.entry(name).or_default().push(value);
        }
    }
    all
}

/// People at hand by team and week: the engine keeps percentiles, so ask which share of these futures lies on either side of each.
fn capacity_differs(plan: &Plan, result: &Trials, futures: &[Future], weeks: usize) -> Vec<String> {
    let mut found = vec![];
    let n = futures.len() as f64;
    for (team, says) in plan.teams.iter().enumerate() {
        let seats = says.engineers as usize + says.hires.iter().map(|hire| hire.engineers as usize).sum::<usize>();
        let bin = people_per_bin(seats);
        for week in 0..weeks {
            for share in [0.1, 0.5, 0.9] {
                let Some(at) = result.tally().quantile_bin(team, week, Count::Available, share) else {
                    continue;
                };
                let at = at as f64 * bin;
                let here: Vec<f64> = futures
                    .iter()
                    .filter_map(|future| future.people[team].get(week).copied().flatten())
                    .collect();
                if here.is_empty() {
                    continue;
                }
                let slack = 4.0 * (share * (1.0 - share) / n).sqrt() + 0.01;
                let at_most = here.iter().filter(|people| **people <= at + bin).count() as f64 / n;
                let below = here.iter().filter(|people| **people < at - bin).count() as f64 / n;
                if at_most < share - slack || below > share + slack {
                    found.push(format!(
                        "people {} {week}: {at:.3} is the engine's {share}, here {below:.3} to {at_most:.3}",
                        says.id
                    ));
                }
            }
        }
    }
    found
}

/// Where the two implementations disagree beyond chance.
fn compare_at((theirs, ours): (u32, u32), name: &str, toml: &str) -> Vec<String> {
    let plan = match sim::plan::read(name, toml.as_bytes().to_vec(), &|file| std::fs::read_to_string(file)) {
        Ok(plan) => plan,
        Err(faults) => panic!("{}", sim::diagnostic::render(&faults, false)),
    };
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, sim::analysis::pilot_limit(&plan, &landmarks), None).expect("a pilot");
    let horizon = sim::analysis::horizon(&plan, &landmarks, &pilot).expect("a horizon");
    let window = horizon.window(&plan, true);
    let run = Run {
        first: 0,
        trials: theirs,
        threads: 2,
        window,
        watch: None,
    };
    let result = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("a run");
    let last: Date = horizon.date;
    let futures = simulate(&plan, last, ours, 4_711);
    let mut found = disagreements(&measures(&plan, &futures), &say(&plan, &result));
    found.extend(capacity_differs(&plan, &result, &futures, window.weeks));
    found.into_iter().map(|line| format!("{name}: {line}")).collect()
}

#[test]
fn the_engine_agrees_on_every_scenario() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("scenarios")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.push(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/full.toml").into());
    files.sort();
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|path| compare(&path.display().to_string(), &std::fs::read_to_string(path).expect("a scenario")))
        .collect();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}
