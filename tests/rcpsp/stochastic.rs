//! Expected makespans where durations are uncertain, against 20,000 replications each of an independent simulator
//! (`stochastic_reference.csv`), with the distributions of Fang, Kolisch, Wang & Mu (2015) and three policies: the resource-based one
//! with the activities listed by latest finish or by number, and none at all, without resources.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use sim::engine::{self, Compiled, Run, Stop, Window};

use crate::engine::{Dispatch, scenario};
use crate::instance::Instance;
use crate::{common, data};

/// A duration of mean `days` as a scenario writes it.
fn estimate(distribution: &str, days: u32) -> String {
    let d = f64::from(days);
    let beta = |alpha: f64, beta: f64| {
        let (low, high) = (d / 2.0, 2.0 * d);
        format!("{{ shape = \"beta\", low = \"{low}d\", high = \"{high}d\", alpha = {alpha:?}, beta = {beta:?} }}")
    };
    let uniform = |low: f64, high: f64| format!("{{ shape = \"uniform\", low = \"{low}d\", high = \"{high}d\" }}");
    match distribution {
        _ if days == 0 => "\"0d\"".to_owned(),
        "det" => format!("\"{days}d\""),
        "U1" => uniform(d - d.sqrt(), d + d.sqrt()),
        "U2" => uniform(0.0, 2.0 * d),
        "Exp" => format!("{{ shape = \"exponential\", mean = \"{days}d\" }}"),
        "B1" => beta(d / 2.0 - 1.0 / 3.0, d - 2.0 / 3.0),
        "B2" => beta(1.0 / 6.0, 1.0 / 3.0),
        other => panic!("unknown distribution {other}"),
    }
}

/// Mean makespan of the futures `trials`. Rows with seeds of their own are independent, which makes their mean deviation telling.
fn mean(instance: &Instance, distribution: &str, policy: &str, trials: Range<u32>, seed: u64) -> f64 {
    let list = match policy {
        "resource_based_LFT" => instance.by_latest_finish(),
        _ => instance.by_number(),
    };
    let dispatch = match policy {
        "none_cpm" => Dispatch::NoCrews,
        "resource_based_LFT" | "resource_based_index" => Dispatch::List(&list),
        other => panic!("unknown policy {other}"),
    };
    let plan = common::plan(&scenario(instance, dispatch, |days| estimate(distribution, days)));
    let run = Run {
        first: trials.start,
        trials: trials.end - trials.start,
        threads: 1,
        window: Window::finishes(1e9),
        watch: None,
    };
    let trials = engine::run(&Compiled::new(&plan, seed), run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    common::mean(&trials.finishes(0).collect::<Vec<_>>()).0
}

/// The answers for the numbers below `count`, in order; the even ones from one thread and the odd ones from another.
fn on_two_threads<T: Send>(count: usize, answer: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let every_second = |from: usize| (from..count).step_by(2).map(&answer).collect::<Vec<T>>();
    let (even, odd) = std::thread::scope(|scope| {
        let odd = scope.spawn(|| every_second(1));
        (every_second(0), odd.join().expect("the other thread ends"))
    });
    let (mut even, mut odd) = (even.into_iter(), odd.into_iter());
    (0..count)
        .filter_map(|index| if index % 2 == 0 { even.next() } else { odd.next() })
        .collect()
}

/// The largest difference in combined standard errors that chance may explain.
const MOST: f64 = 4.0;

/// Futures that settle it.
const FULL: u32 = 5_000;

#[test]
fn expected_makespans_are_those_of_another_simulator() {
    let Some(folder) = data::folder() else { return };
    let trials = match std::env::var("RCPSP").as_deref() {
        Ok("full") => FULL,
        _ => 128,
    };
    let instances: HashMap<String, Instance> = ["j30", "j120"].iter().flat_map(|set| data::instances(&folder, set)).collect();
    let rows = data::rows(&folder, "stochastic_reference.csv");
    assert_eq!(rows.len(), 222 * 6 * 3, "instances, distributions and policies");
    // The difference of a row in combined standard errors, and in words; without chance infinite unless there is none. The error of
    // the run comes from the deviation of the reference: its own, from few trials of a skewed makespan, falls and rises with the mean.
    let compare = |index: usize, trials: Range<u32>| {
        let row = &rows[index];
        let number = |column: usize| row[column].parse::<f64>().expect("a number");
        let (distribution, policy) = (&row[2], &row[3]);
        let (trials, error) = match distribution.as_str() {
            "det" => (0..1, 0.0),
            _ => (
                trials.clone(),
                number(6).hypot(number(7) / f64::from(trials.end - trials.start).sqrt()),
            ),
        };
        let found = mean(&instances[&row[0]], distribution, policy, trials, index as u64);
        let difference = found - number(5);
        let z = if difference == 0.0 { 0.0 } else { difference / error };
        let says = format!("{} {distribution} {policy}: {found:.4}, reference {}, z {z:.2}", row[0], row[5]);
        (z, says)
    };
    let differs = |z: f64| z.is_nan() || z.abs() > MOST;
    let compared = on_two_threads(rows.len(), |index| compare(index, 0..trials));

    let mut wrong = vec![];
    let mut groups: BTreeMap<(&String, &String), Vec<f64>> = BTreeMap::new();
    for (index, (z, says)) in compared.into_iter().enumerate() {
        let row = &rows[index];
        groups.entry((&row[3], &row[2])).or_default().push(z);
        if !differs(z) {
            continue;
        }
        println!("{says}");
        // Where few futures differ, many others tell chance from error.
        let (z, says) = if trials < FULL {
            compare(index, trials..trials + FULL)
        } else {
            (z, says)
        };
        if differs(z) {
            wrong.push(says);
        } else {
            println!("  by chance; on {FULL} other futures {says}");
        }
    }
    for ((policy, distribution), z) in groups {
        let n = z.len() as f64;
        let (mean, squares) = (z.iter().sum::<f64>() / n, z.iter().map(|z| z * z).sum::<f64>() / n);
        let most = z.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
        let says = format!("{policy:20} {distribution:3}: {n} rows, z: mean {mean:+.3}, mean square {squares:.3}, largest {most:.2}");
        println!("{says}");
        // Together the rows show what none of them would alone: the mean of n standard normals has the error 1/√n.
        if mean.abs() * n.sqrt() > MOST {
            wrong.push(says);
        }
    }
    let chance = rows.iter().filter(|row| row[2] != "det").count();
    println!(
        "{chance} comparisons of {trials} trials with 20,000; chance alone would put {:.1} of them beyond {MOST}",
        chance as f64 * 6.3e-5
    );
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
