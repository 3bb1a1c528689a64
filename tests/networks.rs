//! Right answers where truth is known: networks with exact means, deviations and quantiles (closed forms, continuous-time Markov
//! chains, convolution, quadrature), each with its source in `tests/data/networks.json`.

mod common;

use std::fmt::Write as _;

use common::{Simulated, simulate};
use serde_json::Value;
use sim::units::Percentile;

const TRIALS: u32 = 200_000;

fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A network of the file as a scenario: durations in days, crews where the case has capacity.
fn scenario(network: &Value) -> String {
    let mut toml = String::from("[scenario]\nstart = 2026-01-05\ndispatch = \"file-order\"\n[estimates]\noverrun = \"none\"\n");
    // Two tasks without a team load on the portfolio alone, so the pair's correlation is the portfolio's.
    let rho = network["correlation"]["pairs"][0][2].as_f64();
    match rho {
        Some(rho) => writeln!(toml, "correlation = {{ team = 0.0, portfolio = {rho} }}"),
        None => writeln!(toml, "correlation = \"none\""),
    }
    .expect("writing to a string");
    if let Some(capacity) = network["capacity"].as_object().filter(|_| !id(network).ends_with("uncapped")) {
        for (team, engineers) in capacity {
            writeln!(toml, "[team.{team}]\nengineers = {engineers}").expect("writing to a string");
        }
    }
    toml.push_str("[initiative.net.task]\n");
    for task in network["tasks"].as_array().expect("tasks") {
        let number = |key: &str| task[key].as_f64().unwrap_or_else(|| panic!("{task}: {key}"));
        let estimate = match task["dist"].as_str().expect("dist") {
            shape @ ("triangular" | "pert") => format!(
                "{{ shape = \"{shape}\", range = \"min-max\", low = \"{}d\", likely = \"{}d\", high = \"{}d\" }}",
                number("min"),
                number("mode"),
                number("max")
            ),
            "exponential" => format!("{{ shape = \"exponential\", mean = \"{}d\" }}", number("mean")),
            "uniform" => format!(
                "{{ shape = \"uniform\", low = \"{}d\", high = \"{}d\" }}",
                number("min"),
                number("max")
            ),
            "normal" => format!(
                "{{ shape = \"normal\", mean = \"{}d\", sd = \"{}d\" }}",
                number("mean"),
                number("sd")
            ),
            "lognormal" => format!(
                "{{ shape = \"lognormal\", mu = {:?}, sigma = {:?} }}",
                number("mu"),
                number("sigma")
            ),
            other => panic!("unknown distribution {other}"),
        };
        let after: Vec<String> = task["preds"].as_array().expect("preds").iter().map(Value::to_string).collect();
        let mut crew = String::new();
        if toml.contains("[team.") {
            let demand = task["demand"].as_object().expect("demand");
            let parts: Vec<String> = demand.iter().map(|(team, engineers)| format!("{team} = {engineers}")).collect();
            crew = format!(", crew = {{ {} }}", parts.join(", "));
        }
        let id = task["id"].as_str().expect("id");
        writeln!(toml, "{id} = {{ duration = {estimate}, after = [{}]{crew} }}", after.join(", ")).expect("writing to a string");
    }
    for (index, event) in network["risk_events"].as_array().into_iter().flatten().enumerate() {
        let task = event["task"].as_str().expect("task");
        writeln!(
            toml,
            "[risk.r{index}]\nprobability = {}\naffects = [\"net.{task}\"]\nadd = \"{}d\"",
            event["probability"], event["impact"]
        )
        .expect("writing to a string");
    }
    toml
}

fn id(network: &Value) -> &str {
    network["id"].as_str().expect("id")
}

/// Every exact figure of the case against the simulation; returns what is off.
fn compare(network: &Value, simulated: &Simulated) -> Vec<String> {
    let oracle = &network["oracle"];
    let sorted = simulated.sorted("net");
    let (mean, standard_error) = sorted.mean().expect("all finish");
    let mut wrong = vec![];
    let exact = oracle["mean"].as_f64().expect("mean");
    // The published means have twelve digits at best and six at worst; half a unit of the sixth is allowed beside chance.
    if (mean - exact).abs() > 4.0 * standard_error + 1e-6 * exact {
        wrong.push(format!("{}: mean {mean:.5} ± {standard_error:.5}, exact {exact}", id(network)));
    }
    let n = f64::from(TRIALS);
    let exact_quantiles = oracle["quantiles"].as_object().or(oracle.as_object()).expect("an object");
    for (name, value) in exact_quantiles {
        let Some(percentile) = Percentile::parse(name) else { continue };
        let exact = value.as_f64().expect("a number");
        // Five standard errors of the rank: the share of trials at or below the exact quantile against what it should be. Where
        // that quantile is given to few digits, the rank of its neighbours one last digit away counts as well.
        let p = percentile.share();
        let slack = 5.0 * (p * (1.0 - p) / n).sqrt();
        let share = |at: f64| sorted.share_at_or_below(at).estimate().expect("there are trials");
        if share(exact * (1.0 + 2e-5)) < p - slack || share(exact * (1.0 - 2e-5)) > p + slack {
            wrong.push(format!("{}: {name} {:?}, exact {exact}", id(network), sorted.quantile(percentile)));
        }
    }
    for (at, probability) in oracle["sf"].as_object().into_iter().flatten() {
        let (at, exact): (f64, f64) = (at.parse().expect("a number"), probability.as_f64().expect("a number"));
        let later = 1.0 - sorted.share_at_or_below(at).estimate().expect("there are trials");
        if (later - exact).abs() > 5.0 * (exact * (1.0 - exact) / n).sqrt() {
            wrong.push(format!("{}: P(T > {at}) {later}, exact {exact}", id(network)));
        }
    }
    let variance = oracle["sd"].as_f64().map(|sd| sd * sd).or(oracle["var"].as_f64());
    if let Some(exact) = variance {
        let squares: Vec<f64> = sorted.values().iter().map(|x| (x - mean) * (x - mean)).collect();
        let sample = squares.iter().sum::<f64>() / (n - 1.0);
        let fourth = squares.iter().map(|s| (s - sample) * (s - sample)).sum::<f64>() / n;
        if (sample - exact).abs() > 5.0 * (fourth / n).sqrt() + 1e-5 * exact {
            wrong.push(format!("{}: variance {sample}, exact {exact}", id(network)));
        }
    }
    wrong
}

#[test]
fn every_network_agrees_with_its_exact_answer() {
    let networks = read("networks.json");
    let networks = networks["networks"].as_array().expect("networks");
    assert_eq!(networks.len(), 21);
    let wrong: Vec<String> = networks
        .iter()
        .flat_map(|network| compare(network, &simulate(&scenario(network), TRIALS)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In closed form for two parallel tasks, by the method that the file names for the others: the share of futures in which a task is
/// on the longest path.
#[test]
fn criticality_agrees_with_exact_and_independent_answers() {
    let networks = read("networks.json");
    let mut compared = 0;
    for network in networks["networks"].as_array().expect("networks") {
        let oracle = &network["oracle"];
        let Some(tasks) = oracle["criticality"].as_object().or(oracle["criticality_mc"].as_object()) else {
            continue;
        };
        let watched = common::watch(&scenario(network), TRIALS);
        for (task, exact) in tasks {
            let (ours, exact) = (
                watched.criticality("net", &format!("net.{task}")),
                exact.as_f64().expect("a number"),
            );
            assert!((ours - exact).abs() < 0.01, "{} {task}: {ours}, expected {exact}", id(network));
            compared += 1;
        }
    }
    assert_eq!(compared, 24);
}

/// mcprojsim v0.15.2 publishes these results for its own inputs; 10,000 runs of its own give ±1.5 %.
#[test]
fn another_tools_published_results_are_reproduced() {
    for case in read("mcprojsim.json")["cases"].as_array().expect("cases") {
        let mut toml = String::from(common::PLAIN);
        toml.push_str("[initiative.net.task]\n");
        let mut risks = String::new();
        for task in case["tasks"].as_array().expect("tasks") {
            let id = task["id"].as_str().expect("id");
            let after: Vec<String> = task["preds"].as_array().expect("preds").iter().map(Value::to_string).collect();
            writeln!(
                toml,
                "{id} = {{ duration = {{ shape = \"triangular\", range = \"min-max\", low = \"{}h\", likely = \"{}h\", high = \"{}h\" }}, after = [{}] }}",
                task["min"], task["mode"], task["max"], after.join(", ")
            )
            .expect("writing to a string");
            if let Some(factor) = task["multiplier"].as_f64() {
                writeln!(risks, "[risk.{id}]\nprobability = 1\naffects = [\"net.{id}\"]\nmultiply = {factor}")
                    .expect("writing to a string");
            }
        }
        let sorted = simulate(&(toml + &risks), TRIALS).sorted("net");
        let hours = |days: f64| days * 8.0;
        for (name, published) in case["published"].as_object().expect("published") {
            let published = published.as_f64().expect("a number");
            let ours = match name.as_str() {
                "mean" => hours(sorted.mean().expect("all finish").0),
                "sd" => {
                    let (_, standard_error) = sorted.mean().expect("all finish");
                    hours(standard_error * f64::from(TRIALS).sqrt())
                }
                percentile => hours(
                    sorted
                        .quantile(Percentile::parse(percentile).expect("a percentile"))
                        .expect("trials"),
                ),
            };
            assert!(
                (ours / published - 1.0).abs() < 0.015,
                "{}: {name} {ours:.2}, published {published}",
                case["id"]
            );
        }
    }
}

/// The maximum of k independent triangular(80, 100, 120): F(x)^k, so the median solves F(x) = 0.5^(1/k); F is symmetric about 100.
#[test]
fn merge_bias_of_parallel_triangular_tasks() {
    for (tasks, p50) in [(1, 100.0), (2, 104.7), (4, 108.7)] {
        let mut toml = String::from(common::PLAIN);
        toml.push_str("[initiative.net.task]\n");
        for task in 0..tasks {
            writeln!(
                toml,
                "t{task} = {{ duration = {{ shape = \"triangular\", range = \"min-max\", low = \"80d\", likely = \"100d\", high = \"120d\" }} }}"
            )
            .expect("writing to a string");
        }
        let median = simulate(&toml, TRIALS)
            .sorted("net")
            .quantile(Percentile::percent(50))
            .expect("trials");
        assert!((median - p50).abs() < 0.1, "{tasks} tasks: {median}, expected {p50}");
    }
}

/// MODEL section 3: for 6/8/12 months the P90 is 12 if the outer numbers are percentiles and 13.9 with the default overrun.
#[test]
fn six_eight_twelve_months() {
    let month = 260.0 / 12.0;
    let quantile = |overrun: &str, percent: u32| {
        let toml = format!("[scenario]\nstart = 2026-01-05\n{overrun}\n[initiative.launch]\nduration = [\"6mo\", \"8mo\", \"12mo\"]\n");
        simulate(&toml, TRIALS)
            .sorted("launch")
            .quantile(Percentile::percent(percent))
            .expect("trials")
            / month
    };
    let none = "[estimates]\noverrun = \"none\"";
    assert!((quantile(none, 10) - 6.0).abs() < 0.03);
    assert!((quantile(none, 90) - 12.0).abs() < 0.06);
    assert!((quantile("", 90) - 13.9).abs() < 0.1, "{}", quantile("", 90));
}

/// Two estimates with the same ends and different modes differ, and the mode is not taken for the mean: for triangular(2, 3, 10) the
/// mode is 3, the mean 5.
#[test]
fn a_skewed_estimate_moves_the_answer() {
    let mean = |likely: u32| {
        let toml = format!(
            "{}[initiative.net]\nduration = {{ shape = \"triangular\", range = \"min-max\", low = \"2d\", likely = \"{likely}d\", high = \"10d\" }}\n",
            common::PLAIN
        );
        simulate(&toml, TRIALS).sorted("net").mean().expect("all finish").0
    };
    assert!((mean(3) - 5.0).abs() < 0.02);
    assert!((mean(9) - 7.0).abs() < 0.02);
}

/// 120 tasks with PERT durations and about two predecessors each. Reference: an independent simulation of a million trials, good to
/// 0.05 days. With as many people as there are, nobody waits in a network; with few, the plan takes longer.
#[test]
fn a_network_of_120_tasks_has_the_known_quantiles() {
    let finishes = simulate(&common::workload::scenario(false), 100_000).sorted("plan");
    for (percent, expected) in [(50, 124.81), (80, 130.67), (95, 136.61)] {
        let found = finishes.quantile(Percentile::percent(percent)).expect("there are trials");
        assert!((found - expected).abs() < 0.15, "P{percent} {found} is not {expected}");
    }
    let staffed = simulate(&common::workload::scenario(true), 2_000).sorted("plan");
    assert!(staffed.quantile(Percentile::percent(50)) > Some(135.0));
}
