//! Networks whose mean, deviation and quantiles are known exactly; the sources stand in the data file.

use std::fmt::Write as _;

use serde_json::Value;
use sim::units::Percentile;

use super::compare::{mean, variance};
use super::writing::{date, read};

const TRIALS: u32 = 10_000;

fn scenario(network: &Value) -> String {
    let mut toml = String::from("[scenario]\nstart = 2026-01-05\ndispatch = \"file-order\"\n[estimates]\noverrun = \"none\"\n");
    match network["correlation"]["pairs"][0][2].as_f64() {
        // Tasks without a team load on the portfolio alone.
        Some(rho) => writeln!(toml, "correlation = {{ team = 0.0, portfolio = {rho} }}"),
        None => writeln!(toml, "correlation = \"none\""),
    }
    .expect("writing to a string");
    let id = network["id"].as_str().expect("id");
    let capacity = network["capacity"].as_object().filter(|_| !id.ends_with("uncapped"));
    for (team, engineers) in capacity.into_iter().flatten() {
        writeln!(toml, "[team.{team}]\nengineers = {engineers}").expect("writing to a string");
    }
    toml.push_str("[initiative.net.task]\n");
    for task in network["tasks"].as_array().expect("tasks") {
        let days = |key: &str| format!("\"{}d\"", task[key].as_f64().expect("a number"));
        let shape = task["dist"].as_str().expect("dist");
        let numbers = match shape {
            "exponential" => format!("mean = {}", days("mean")),
            "uniform" => format!("low = {}, high = {}", days("min"), days("max")),
            "normal" => format!("mean = {}, sd = {}", days("mean"), days("sd")),
            "lognormal" => format!(
                "mu = {:?}, sigma = {:?}",
                task["mu"].as_f64().expect("mu"),
                task["sigma"].as_f64().expect("sigma")
            ),
            _ => format!(
                "range = \"min-max\", low = {}, likely = {}, high = {}",
                days("min"),
                days("mode"),
                days("max")
            ),
        };
        let crew: Vec<String> = match capacity {
            Some(_) => task["demand"]
                .as_object()
                .expect("demand")
                .iter()
                .map(|(team, n)| format!("{team} = {n}"))
                .collect(),
            None => vec![],
        };
        let crew = if crew.is_empty() {
            String::new()
        } else {
            format!(", crew = {{ {} }}", crew.join(", "))
        };
        writeln!(
            toml,
            "{} = {{ duration = {{ shape = \"{shape}\", {numbers} }}, after = {}{crew} }}",
            task["id"].as_str().expect("id"),
            task["preds"]
        )
        .expect("writing to a string");
    }
    for (index, event) in network["risk_events"].as_array().into_iter().flatten().enumerate() {
        writeln!(
            toml,
            "[risk.r{index}]\nprobability = {}\naffects = [\"net.{}\"]\nadd = \"{}d\"",
            event["probability"],
            event["task"].as_str().expect("task"),
            event["impact"]
        )
        .expect("writing to a string");
    }
    toml
}

#[test]
fn networks_agree_with_their_exact_answers() {
    let file = format!("{}/tests/data/networks.json", env!("CARGO_MANIFEST_DIR"));
    let all: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the file")).expect("JSON");
    let mut wrong = vec![];
    for network in all["networks"].as_array().expect("networks") {
        let id = &network["id"];
        let oracle = &network["oracle"];
        // Four weeks: nobody looks at budgets, and five times as long all is finished.
        let futures = super::simulate(&read(&scenario(network)), date("2026-01-30"), TRIALS, 1);
        let finishes: Vec<f64> = futures.iter().map(|future| future.finishes[0]).collect();
        let (found, error) = mean(&finishes);
        let exact = oracle["mean"].as_f64().expect("mean");
        println!("{id}: mean {found:.4} ± {error:.4}, exact {exact:.4}");
        if (found - exact).abs() > 4.0 * error + 1e-6 * exact {
            wrong.push(format!("{id}: mean {found} ± {error}, exact {exact}"));
        }
        if let Some(exact) = oracle["var"].as_f64().or(oracle["sd"].as_f64().map(|sd| sd * sd)) {
            let squares: Vec<f64> = finishes.iter().map(|x| (x - found) * (x - found)).collect();
            let error = (variance(&squares) / f64::from(TRIALS)).sqrt();
            println!("{id}: variance {:.4} ± {error:.4}, exact {exact:.4}", variance(&finishes));
            if (variance(&finishes) - exact).abs() > 4.5 * error {
                wrong.push(format!("{id}: variance {} ± {error}, exact {exact}", variance(&finishes)));
            }
        }
        let share = |at: f64| finishes.iter().filter(|x| **x <= at).count() as f64 / f64::from(TRIALS);
        for (name, value) in oracle["quantiles"].as_object().or(oracle.as_object()).expect("an object") {
            let Some(percentile) = Percentile::parse(name) else { continue };
            let p = percentile.share();
            let exact = value.as_f64().expect("a number");
            let slack = 4.5 * (p * (1.0 - p) / f64::from(TRIALS)).sqrt();
            // An atom just below or above the exact quantile belongs to it.
            if share(exact * (1.0 + 2e-5)) < p - slack || share(exact * (1.0 - 2e-5)) > p + slack {
                wrong.push(format!("{id}: {name} at rank {}", share(exact)));
            }
        }
        for (at, exact) in oracle["sf"].as_object().into_iter().flatten() {
            let exact = exact.as_f64().expect("a number");
            let found = 1.0 - share(at.parse().expect("a number"));
            if (found - exact).abs() > 4.5 * (exact * (1.0 - exact) / f64::from(TRIALS)).sqrt() + 0.5 / f64::from(TRIALS) {
                wrong.push(format!("{id}: P(> {at}) {found}, exact {exact}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
