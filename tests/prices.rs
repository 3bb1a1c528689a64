//! What switching things off shows: each price is what a person gets who takes the thing out of the file and runs it again.

mod common;

use common::quantile;
use sim::analysis::Forecast;

fn forecast(toml: &str) -> Forecast {
    common::forecast(toml, 4_000)
}

const BASE: &str = "
[scenario]
start = 2026-01-05
horizon = 2027-03-31
[team.core]
engineers = 4
focus = 0.8
#attrition attrition_per_year = 0.4
backfill = [\"4w\", \"8w\", \"16w\"]
ramp_up = \"8w\"
[team.idle]
engineers = 3
attrition_per_year = 0.5
[initiative.x]
commitment = 2026-05-29
[initiative.x.task]
a = { effort = [\"4w\", \"8w\", \"16w\"], team = \"core\", engineers = { min = 1, max = 3 } }
b = { effort = [\"3w\", \"6w\", \"12w\"], team = \"core\", engineers = { min = 1, max = 3 }, after = \"a\" }
[flow.f]
customers = 10
#sev1 [incident.sev1]
#sev1 rate = { per_month = 2 }
#sev1 team = \"core\"
#sev1 responders = 2
#sev1 response = [\"4h\", \"1d\", \"3d\"]
#sev1 flow = \"f\"
#sev1 downtime = [\"1h\", \"2h\", \"9h\"]
[incident.sev2]
rate = { per_month = 3 }
flow = \"f\"
downtime = [\"10min\", \"30min\", \"3h\"]
#legacy [risk.legacy]
#legacy probability = 0.4
#legacy affects = [\"x.b\"]
#legacy multiply = [1.2, 1.5, 2.5]
[budget.down]
kind = \"reliability\"
flow = \"f\"
customer_minutes_per_quarter = 12000
burnt = 2000
";

/// The scenario with these parts in it.
fn with(parts: &[&str]) -> String {
    let line = |line: &str| match line.strip_prefix('#').and_then(|rest| rest.split_once(' ')) {
        Some((part, text)) if parts.contains(&part) => text.to_owned(),
        Some(_) => String::new(),
        None => line.to_owned(),
    };
    BASE.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_price_is_what_the_file_without_the_thing_says() {
    let all = ["attrition", "sev1", "legacy"];
    let base = forecast(&with(&all));
    for (part, name) in [("sev1", "incident.sev1"), ("legacy", "risk.legacy")] {
        let rest: Vec<&str> = all.iter().copied().filter(|other| *other != part).collect();
        let without = forecast(&with(&rest));
        let price = base.prices.iter().find(|price| price.assumption == name).expect("a price");
        assert_eq!(price.p50_days, Some(quantile(&base, "p50") - quantile(&without, "p50")), "{name}");
        assert_eq!(price.p80_days, Some(quantile(&base, "p80") - quantile(&without, "p80")), "{name}");
        let odds = |forecast: &Forecast| forecast.initiatives[0].commitments[0].p_on_time.p;
        let change = price.p_on_time_change.expect("a commitment");
        assert!((change - (odds(&base) - odds(&without))).abs() < 1e-12, "{name}");
        assert!(price.ci_low.expect("an interval") <= change && change <= price.ci_high.expect("an interval"));
    }
    let days: Vec<f64> = base.prices.iter().map(|price| price.p80_days.expect("finite")).collect();
    assert!(days.windows(2).all(|pair| pair[0] >= pair[1]), "ranked: {days:?}");
    for (name, costs) in [
        ("departures", true),
        ("incident.sev1", true),
        ("risk.legacy", true),
        ("focus", true),
        ("incident.sev2", false),
    ] {
        let price = base.prices.iter().find(|price| price.assumption == name).expect("a price");
        // Incidents that only customers feel cost no day, to the bit.
        assert_eq!(price.p80_days.expect("finite") > 0.0, costs, "{name}: {price:?}");
        assert!(
            costs || (price.p50_days, price.p80_days, price.p_on_time_change) == (Some(0.0), Some(0.0), Some(0.0)),
            "{name}"
        );
    }
}

#[test]
fn blame_sums_to_one_and_the_joint_odds_are_below_each() {
    let forecast = forecast(&with(&["attrition", "sev1", "legacy"]));
    let horizon = forecast
        .budgets
        .iter()
        .find(|budget| budget.period == "horizon")
        .expect("the horizon");
    let sum: f64 = horizon.blame.iter().map(|blame| blame.share).sum();
    assert!((sum - 1.0).abs() < 1e-6, "{:?}", horizon.blame);
    assert_eq!(horizon.blame.len(), 3, "two classes and what was burnt: {:?}", horizon.blame);
    let promise = &forecast.initiatives[0].commitments[0];
    assert!(promise.p_on_time_within_budgets.p <= promise.p_on_time.p.min(1.0 - horizon.p_breach.p) + 1e-12);
    assert!(promise.p_on_time_within_budgets.p >= promise.p_on_time.p - horizon.p_breach.p - 1e-12);
    let quarters: Vec<&str> = forecast.budgets.iter().map(|budget| budget.period.as_str()).collect();
    assert_eq!(quarters, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1", "horizon"]);
    assert!(forecast.budgets.iter().all(|budget| budget.p_breach.p <= horizon.p_breach.p));
}

#[test]
fn what_an_initiative_displaces_is_the_time_it_takes() {
    let toml = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 1\n[initiative.first]\npriority = 1\neffort = \"7d\"\n[initiative.second]\neffort = \"5d\"\n[initiative.alone]\nduration = \"9d\"\n";
    let forecast = forecast(toml);
    let days = |there: &str, displaced: &str| {
        let found = forecast
            .displacements
            .iter()
            .find(|d| d.initiative == there && d.displaced == displaced);
        found.expect("a pair").p80_days
    };
    assert_eq!(days("first", "second"), Some(7.0));
    assert_eq!(days("second", "first"), Some(0.0));
    assert_eq!(days("alone", "second"), Some(0.0));
    assert_eq!(forecast.displacements.len(), 6);
}

#[test]
fn a_mitigation_buys_what_the_lower_probability_gives() {
    let toml = with(&["legacy"])
        + "\n[risk.legacy2]\nprobability = 0.5\naffects = [\"x.a\"]\nadd = \"10d\"\nmitigation = { title = \"Spike\", cost = 100, probability = 0 }\n";
    let base = forecast(&toml);
    let mitigation = &base.mitigations[0];
    let price = base
        .prices
        .iter()
        .find(|price| price.assumption == "risk.legacy2")
        .expect("a price");
    // Mitigated to never is the same as switched off.
    assert_eq!(mitigation.effects[0].p80_days, price.p80_days);
    assert_eq!(mitigation.effects[0].p_on_time_change, price.p_on_time_change.map(|change| -change));
}
