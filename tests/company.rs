//! The whole company where truth is known: closed forms, tabulated compound distributions, and small cases by hand.

mod common;

use common::{company, mean};
use serde_json::Value;
use sim::engine::{Count, people_per_bin};

/// No uncertainty but what a test adds. The initiative `x` follows.
const PLAIN: &str = "
[scenario]
start = 2026-01-05
[estimates]
overrun = \"none\"
correlation = \"none\"
";

fn finish(rest: &str) -> f64 {
    company(&format!("{PLAIN}{rest}"), 5).finish("x")
}

// --- incidents: compound distributions, tabulated by FFT in tests/data/incidents.json ---

/// One class that only customers feel; `per_quarter` is the mean of the third quarter of 2026, which has 92 days.
fn downtime(per_quarter: f64, overdispersion: f64, rate_cv: f64, mu: f64, sigma: f64) -> Vec<f64> {
    let toml = format!(
        "[scenario]\nstart = 2026-01-01\nhorizon = 2026-12-31\n[initiative.x]\nduration = \"1d\"\n
[flow.f]\ncustomers = 1
[incident.i]\nrate = {{ per_quarter = {:?} }}\nrate_cv = {rate_cv:?}\noverdispersion = {overdispersion:?}\nflow = \"f\"
downtime = {{ shape = \"lognormal\", mu = {mu:?}, sigma = {sigma:?} }}
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 1000\n",
        per_quarter * 91.3125 / 92.0
    );
    company(&toml, 40_000).minutes(2)
}

#[test]
fn downtime_of_a_quarter_is_the_compound_distribution() {
    let path = format!("{}/tests/data/incidents.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the cases")).expect("JSON");
    let mut compared = 0;
    for case in cases["cases"].as_array().expect("cases") {
        let Some(exceed) = case["oracle"]["prob_exceed"].as_object() else {
            continue;
        };
        let (arrivals, repair) = (&case["arrivals"], &case["repair"]);
        if repair["kind"] != "lognormal" {
            continue;
        }
        let number = |value: &Value| value.as_f64().expect("a number");
        let (rate, overdispersion) = match arrivals["kind"].as_str() {
            Some("poisson") => (number(&arrivals["rate_per_quarter"]), 0.0),
            // Negative binomial: Poisson with a gamma factor of shape r, so of variance 1/r.
            Some("nbinom") => (number(&arrivals["mean"]), 1.0 / number(&arrivals["r"])),
            _ => continue,
        };
        let minutes = downtime(rate, overdispersion, 0.0, number(&repair["mu"]), number(&repair["sigma"]));
        let n = minutes.len() as f64;
        let (average, error) = mean(&minutes);
        let exact = number(&case["oracle"]["mean"]);
        assert!(
            (average - exact).abs() < 4.0 * error + 0.002 * exact,
            "{}: mean {average} ± {error}, exact {exact}",
            case["id"]
        );
        for (limit, exact) in exceed {
            let (limit, exact) = (limit.parse::<f64>().expect("a limit"), number(exact));
            let share = minutes.iter().filter(|minutes| **minutes > limit).count() as f64 / n;
            // The lattice of the tabulation is 5e-4.
            let slack = 4.0 * (exact * (1.0 - exact) / n).sqrt() + 1e-3;
            assert!((share - exact).abs() < slack, "{}: P(> {limit}) {share}, exact {exact}", case["id"]);
        }
        if let Some(exact) = case["oracle"]["prob_zero"].as_f64() {
            let share = minutes.iter().filter(|minutes| **minutes == 0.0).count() as f64 / n;
            assert!(
                (share - exact).abs() < 4.0 * (exact * (1.0 - exact) / n).sqrt() + 1e-3,
                "{}: P(0) {share}, exact {exact}",
                case["id"]
            );
        }
        compared += 1;
    }
    assert!(compared >= 4, "{compared} cases");
}

/// A persistent gamma rate gives each quarter negative-binomial counts, and correlates the quarters of a trial.
#[test]
fn an_uncertain_rate_persists_and_a_quarters_own_factor_does_not() {
    let toml = |cv: f64, v: f64| {
        format!(
            "[scenario]\nstart = 2026-01-01\nhorizon = 2026-12-31\n[initiative.x]\nduration = \"1d\"\n[flow.f]\ncustomers = 1\n
[incident.i]\nrate = {{ per_quarter = 6 }}\nrate_cv = {cv:?}\noverdispersion = {v:?}\nflow = \"f\"\ndowntime = \"1min\"\n
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 1000\n"
        )
    };
    for (cv, v) in [(0.5, 0.0), (0.0, 0.25)] {
        let simulated = company(&toml(cv, v), 40_000);
        let (a, b) = (simulated.minutes(1), simulated.minutes(2));
        let expected = 6.0 * 92.0 / 91.3125;
        let (average, error) = mean(&b);
        assert!((average - expected).abs() < 4.0 * error, "{average} ± {error}, exact {expected}");
        let variance = b.iter().map(|count| (count - average).powi(2)).sum::<f64>() / b.len() as f64;
        // Count variance μ + v·μ², with v the squared coefficient of variation of either factor.
        let exact = expected + 0.25 * expected * expected;
        assert!((variance / exact - 1.0).abs() < 0.05, "{variance}, exact {exact}");
        let (mean_a, mean_b) = (mean(&a).0, average);
        let covariance = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / a.len() as f64;
        let shared = if cv > 0.0 { 0.25 * mean_a * mean_b } else { 0.0 };
        assert!((covariance - shared).abs() < 0.35, "{covariance}, exact {shared}");
    }
}

#[test]
fn downtime_is_charged_when_it_is_felt() {
    // Released on the evening of 31 March, after 62 working days; felt for two days, all of them in the second quarter.
    let toml = |minutes: &str, horizon: &str| {
        format!(
            "[scenario]\nstart = 2026-01-05\nhorizon = {horizon}\n[initiative.x.task]\ngo = {{ duration = \"62d\", release = true }}
[flow.f]\ncustomers = 10\nvalue_per_customer_minute = 0.5
[incident.i]\nrate = {{ per_week = 0 }}\nchange_failure_rate = 1\nflow = \"f\"\nshare = 0.5\ndowntime = \"{minutes}\"
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 1000\nburnt = 7\n"
        )
    };
    let simulated = company(&toml("2d", "2026-06-30"), 3);
    assert_eq!(simulated.finish("x"), 62.0);
    assert_eq!(simulated.minutes(0), [7.0; 3]);
    assert_eq!(simulated.minutes(1), [2.0 * 1_440.0 * 5.0; 3]);
    // 200 days: the second quarter feels its 91 days, up to the horizon.
    let long = company(&toml("200d", "2026-06-30"), 3);
    assert!((long.minutes(1)[0] - 91.0 * 1_440.0 * 5.0).abs() < 1e-6, "{:?}", long.minutes(1));
    let money = long
        .trials
        .rows()
        .filter_map(|row| long.trials.layout().money(row))
        .next()
        .expect("money");
    assert!((money.lost_customer_value - 91.0 * 1_440.0 * 5.0 * 0.5).abs() < 1e-6, "{money:?}");
}

#[test]
fn incidents_take_working_days_from_those_who_build() {
    // At low load each incident costs the only engineer one day; arrivals run round the clock, so seven days' worth meet five.
    let per_day = 0.004;
    let toml = format!(
        "{PLAIN}[team.core]\nengineers = 1\n[initiative.x]\neffort = \"100d\"\n
[incident.i]\nrate = {{ per_week = {:?} }}\nrate_cv = 0\nteam = \"core\"\nresponders = 1\nresponse = \"1d\"\n",
        per_day * 7.0
    );
    let finishes = company(&toml, 40_000).finishes("x");
    let (average, error) = mean(&finishes);
    let exact = 100.0 + 100.0 * per_day * 7.0 / 5.0;
    assert!((average - exact).abs() < 4.0 * error + 0.01, "{average} ± {error}, exact {exact}");
    // A follow-up of two days goes ahead of planned work that has not begun, and not of what has.
    let with_follow_up = toml
        .replace("response = \"1d\"", "response = \"1d\"\nfollow_up = \"2d\"")
        .replace("effort = \"100d\"", "")
        + "[initiative.x.task]\na = { effort = \"50d\" }\nb = { effort = \"50d\", after = \"a\" }\n";
    let (average, _) = mean(&company(&with_follow_up, 40_000).finishes("x"));
    // Incidents of the first half are followed up before the second half begins, in which more arrive meanwhile.
    let first_half = 50.0 * per_day * 7.0 / 5.0;
    let exact = exact + first_half * 2.0;
    assert!((average - exact).abs() < 4.0 * error + 0.05, "{average}, exact {exact}");
}

#[test]
fn a_finished_task_scales_rates_from_then_on() {
    let toml = "[scenario]\nstart = 2026-01-01\nhorizon = 2026-12-31\n[initiative.x.task]\ninvest = { duration = \"64d\", scales_rate = { i = 0.25 } }
[flow.f]\ncustomers = 1
[incident.i]\nrate = { per_quarter = 40 }\nrate_cv = 0\nflow = \"f\"\ndowntime = \"1min\"
[risk.season]\nprobability = 1\nscales_rate = { i = 3.0 }\nfrom = 2026-10-01
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 1000\n";
    let simulated = company(toml, 10_000);
    // Working day 64 from Thursday 1 January 2026 is 31 March.
    for (quarter, days, factor) in [(0, 90.0, 1.0), (1, 91.0, 0.25), (2, 92.0, 0.25), (3, 92.0, 0.75)] {
        let (average, error) = mean(&simulated.minutes(quarter));
        let exact = 40.0 * days / 91.3125 * factor;
        assert!(
            (average - exact).abs() < 4.0 * error + 0.01,
            "quarter {quarter}: {average} ± {error}, exact {exact}"
        );
    }
}

#[test]
fn a_frozen_release_waits_for_the_quarter_to_turn() {
    let toml = |freeze: bool| {
        format!(
            "{PLAIN}[initiative.x.task]\nbuild = {{ duration = \"10d\" }}\ngo = {{ duration = \"2d\", after = \"build\", release = true }}
[flow.f]\ncustomers = 1\n[incident.i]\nrate = {{ per_quarter = 0 }}\nchange_failure_rate = 0.5\nflow = \"f\"\ndowntime = \"1min\"
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 100\nburnt = 200\nfreeze = {freeze}\n"
        )
    };
    assert_eq!(company(&toml(false), 5).finish("x"), 12.0);
    // 62 working days from 5 January through 31 March.
    assert_eq!(company(&toml(true), 5).finish("x"), 64.0);
}

// --- people ---

#[test]
fn head_count_decays_exponentially_without_backfill() {
    let toml = "[scenario]\nstart = 2026-01-05\nhorizon = 2027-01-03\n[team.core]\nengineers = 200\nattrition_per_year = 0.3\n[initiative.x]\nduration = \"1d\"\n";
    let simulated = company(toml, 2_000);
    for week in [0, 10, 25, 50] {
        let bin = simulated
            .trials
            .tally()
            .quantile_bin(0, week, Count::Available, 0.5)
            .expect("counted");
        // The middle of the week; medians of a binomial lie within one of its mean.
        let exact = 200.0 * (-0.3 * (7.0 * week as f64 + 2.5) / 365.25).exp();
        let median = bin as f64 * people_per_bin(200);
        assert!((median - exact).abs() < 1.5, "week {week}: {median}, exact {exact}");
    }
}

#[test]
fn attrition_of_the_only_engineer_is_an_exponential_clock() {
    // 50 working days are 70 calendar days; without a backfill the work never ends if the engineer leaves before.
    let toml = format!("{PLAIN}[team.core]\nengineers = 1\nattrition_per_year = 2.0\n[initiative.x]\neffort = \"50d\"\n");
    let finishes = company(&toml, 20_000).finishes("x");
    let done = finishes.iter().filter(|finish| finish.is_finite()).count() as f64 / 20_000.0;
    // The evening of the 50th working day is that of Friday, calendar day 68 + 1 - the clock stops at day 67.999….
    let exact = (-2.0_f64 * 68.0 / 365.25).exp();
    assert!(
        (done - exact).abs() < 4.0 * (exact * (1.0 - exact) / 20_000.0).sqrt() + 0.002,
        "{done}, exact {exact}"
    );
}

#[test]
fn newcomers_ramp_up_in_four_steps() {
    // 2 d each at 1/8, 3/8, 5/8, 7/8: four engineer-days after eight days; then full speed.
    let hire = |effort: &str| {
        finish(&format!(
            "[team.core]\nengineers = 0\nramp_up = \"8d\"\n[[team.core.hire]]\nstarts = 2026-01-05\n[initiative.x]\neffort = \"{effort}\"\n"
        ))
    };
    assert_eq!(hire("4d"), 8.0);
    assert_eq!(hire("0.25d"), 2.0);
    assert_eq!(hire("6d"), 10.0);
}

#[test]
fn hires_join_on_their_day_and_leave_after_their_last() {
    let toml = |until: &str| {
        format!(
            "[team.core]\nengineers = 1\n[[team.core.hire]]\nstarts = 2026-01-12\n{until}\n[initiative.x]\neffort = \"30d\"\nengineers = {{ min = 1, max = 2 }}\n"
        )
    };
    // Alone for 5 days, then two.
    assert_eq!(finish(&toml("")), 5.0 + 12.5);
    // The second is there for the five days through 16 January: 5 + 2·5 = 15, the rest alone.
    assert_eq!(finish(&toml("until = 2026-01-16")), 25.0);
    // Half of the futures have the hire.
    let chance = format!("{PLAIN}{}", toml("probability = 0.5"));
    let finishes = company(&chance, 10_000).finishes("x");
    let joined = finishes.iter().filter(|finish| **finish == 17.5).count() as f64 / 10_000.0;
    assert!((joined - 0.5).abs() < 0.02, "{joined}");
    assert!(finishes.iter().all(|finish| *finish == 17.5 || *finish == 30.0));
}

#[test]
fn a_vacancy_is_filled_after_its_backfill() {
    // Everyone leaves now and then, and each vacancy lasts 20 working days.
    let toml =
        format!("{PLAIN}[team.core]\nengineers = 20\nattrition_per_year = 0.5\nbackfill = \"20d\"\n[initiative.x]\nduration = \"1d\"\n")
            .replace("start = 2026-01-05", "start = 2026-01-05\nhorizon = 2027-12-31");
    let simulated = company(&toml, 4_000);
    // In the long run a seat is filled for 365.25/0.5 = 730.5 days and vacant for 20 working, 28 calendar days.
    let bin = simulated
        .trials
        .tally()
        .quantile_bin(0, 90, Count::Available, 0.5)
        .expect("counted");
    let exact = 20.0 * 730.5 / (730.5 + 28.0);
    assert!(
        (bin as f64 * people_per_bin(20) - exact).abs() < 0.8,
        "{}",
        bin as f64 * people_per_bin(20)
    );
}

#[test]
fn a_task_below_its_least_crew_stands_still_and_keeps_its_progress() {
    // Two needed; one is away for the five days from 12 January. The incident-free way to take somebody is a risk.
    let toml = "[team.core]\nengineers = 2\n[initiative.x]\neffort = \"20d\"\nengineers = 2
[risk.jury]\nprobability = 1\ntakes = { team = \"core\", engineers = 1, for = \"5d\" }\nfrom = 2026-01-12\n";
    assert_eq!(finish(toml), 15.0);
    // One suffices: 10 engineer-days by day 5, 5 by day 10, 5 left for two.
    assert_eq!(
        finish(&toml.replace("engineers = 2\n[risk", "engineers = { min = 1, max = 2 }\n[risk")),
        12.5
    );
}

// --- findings ---

#[test]
fn a_release_waits_for_its_findings() {
    let toml = format!(
        "{PLAIN}[team.core]\nengineers = 1\n[initiative.x.task]\nbuild = {{ effort = \"10d\", review = {{ critical = 0.7 }} }}
go = {{ effort = \"1d\", after = \"build\", release = true }}
[finding.critical]\nper_engineer_week = 0\nfix = \"5d\"\nblocks_release = true
[budget.b]\nkind = \"security\"\nmax_open = 1\nmax_days_held = 5\n"
    );
    let simulated = company(&toml, 20_000);
    let finishes = simulated.finishes("x");
    // N ~ Poisson(0.7) findings are fixed one after the other, then the release.
    let mut p = (-0.7_f64).exp();
    for n in 0..4 {
        let share = finishes.iter().filter(|finish| **finish == 11.0 + 5.0 * f64::from(n)).count() as f64 / 20_000.0;
        assert!(
            (share - p).abs() < 4.0 * (p * (1.0 - p) / 20_000.0).sqrt(),
            "{n} findings: {share}, exact {p}"
        );
        p *= 0.7 / f64::from(n + 1);
    }
    for (row, finish) in simulated.trials.rows().zip(&finishes) {
        let held = simulated.trials.layout().held(row, 0);
        assert_eq!(held.days, finish - 11.0);
        assert_eq!(held.open, (finish - 11.0) / 5.0);
        // Wanted on the evening of day 10; held for five days by day 15.
        assert_eq!(held.passed[0], if held.open > 1.0 { 10.0 } else { f64::INFINITY });
        assert_eq!(held.passed[1], if held.days > 5.0 { 15.0 } else { f64::INFINITY });
    }
}

#[test]
fn findings_come_with_the_effort_that_was_worked() {
    // 50 engineer-days at 0.1 a week: one finding on average; overrun would bring more.
    let toml = format!(
        "{PLAIN}[team.core]\nengineers = 1\n[initiative.x.task]\nbuild = {{ effort = \"50d\" }}\ngo = {{ effort = \"1d\", after = \"build\", release = true }}
[finding.critical]\nper_engineer_week = 0.1\nrate_cv = 0\nfix = \"1d\"\nblocks_release = true\n[budget.b]\nkind = \"security\"\nmax_open = 0\n"
    );
    let simulated = company(&toml, 20_000);
    let open: Vec<f64> = simulated
        .trials
        .rows()
        .map(|row| simulated.trials.layout().held(row, 0).open)
        .collect();
    let (average, error) = mean(&open);
    assert!((average - 1.0).abs() < 4.0 * error, "{average} ± {error}");
}

// --- risks ---

#[test]
fn a_risk_adds_a_task_where_it_happens() {
    let toml = |probability: f64| {
        format!(
            "[initiative.x.task]\na = {{ duration = \"4d\" }}\nb = {{ duration = \"2d\", after = \"a\" }}
[risk.rework]\nprobability = {probability:?}\nadds_task = {{ duration = \"10d\", after = \"a\", before = \"b\" }}\naffects = [\"x.a\"]\n"
        )
    };
    assert_eq!(finish(&toml(1.0)), 16.0);
    assert_eq!(finish(&toml(0.0)), 6.0);
}

#[test]
fn absences_of_a_risk_end_when_it_is_retired() {
    let toml = "[team.core]\nengineers = 1\n[initiative.x.task]\na = { effort = \"10d\" }\nb = { duration = \"3d\" }
[risk.audit]\nprobability = 1\ntakes = { team = \"core\", engineers = 1, for = \"30d\" }\nretired_by = \"x.b\"\n";
    assert_eq!(finish(toml), 13.0);
    assert_eq!(finish(&toml.replace("retired_by = \"x.b\"\n", "")), 40.0);
}

// --- money ---

#[test]
fn people_held_by_work_are_paid_whatever_the_focus() {
    // Two people for twenty days at focus 0.5: eight weeks of one.
    let toml = format!(
        "{PLAIN}[team.core]\nengineers = 3\nfocus = 0.5\ncost_per_week = 1000\n[initiative.x]\neffort = \"20d\"\nengineers = 2
[risk.fee]\nprobability = 1\ncost = 500\n[budget.b]\nkind = \"cost\"\nmax = 8000\n"
    );
    let simulated = company(&toml, 3);
    assert_eq!(simulated.finish("x"), 20.0);
    assert_eq!(simulated.costs(), [8_500.0; 3]);
    // 500 at once and 400 a day pass 8,000 in the middle of day 19.
    for row in simulated.trials.rows() {
        assert!((simulated.trials.layout().spent(row, 0) - 18.75).abs() < 1e-9);
    }
}

// --- chains: worse conditions never help ---

#[test]
fn more_trouble_never_improves_a_chain() {
    let toml = |attrition: f64, incidents: f64, focus: f64| {
        format!(
            "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 4\nfocus = {focus:?}\nattrition_per_year = {attrition:?}\nbackfill = [\"4w\", \"8w\", \"16w\"]\nramp_up = \"8w\"
[initiative.x.task]\na = {{ effort = [\"4w\", \"8w\", \"16w\"], engineers = {{ min = 1, max = 3 }} }}
b = {{ effort = [\"3w\", \"6w\", \"12w\"], engineers = {{ min = 1, max = 3 }}, after = \"a\" }}
c = {{ effort = [\"2w\", \"4w\", \"9w\"], engineers = {{ min = 1, max = 2 }}, after = \"b\" }}
[incident.i]\nrate = {{ per_month = {incidents:?} }}\nteam = \"core\"\nresponders = 2\nresponse = [\"4h\", \"1d\", \"3d\"]\nfollow_up = [\"1d\", \"3d\", \"8d\"]\nchange_failure_rate = 0\n"
        )
    };
    let quantiles = |attrition, incidents, focus| {
        let mut finishes = company(&toml(attrition, incidents, focus), 10_000).finishes("x");
        finishes.sort_by(f64::total_cmp);
        [1_000, 5_000, 8_000, 9_000].map(|rank| finishes[rank])
    };
    let base = quantiles(0.1, 1.0, 0.8);
    for (worse, name) in [
        (quantiles(0.5, 1.0, 0.8), "attrition"),
        (quantiles(0.1, 4.0, 0.8), "incidents"),
        (quantiles(0.1, 1.0, 0.6), "focus"),
    ] {
        for (base, worse) in base.iter().zip(worse) {
            // Four standard errors of a quantile are well below two days here.
            assert!(worse > base - 2.0, "{name}: {worse} against {base}");
        }
        assert!(worse[2] > base[2], "{name} costs nothing at P80");
    }
}

// --- found in review ---

#[test]
fn a_budget_that_is_burnt_before_the_start_freezes_only_its_quarter() {
    // No incident class at all, and the plan on paper knows no freeze.
    let toml = format!(
        "{PLAIN}[initiative.x.task]\ngo = {{ duration = \"2d\", release = true }}\n[flow.f]\ncustomers = 1\n[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 10\nburnt = 20\nfreeze = true\n"
    );
    assert_eq!(company(&toml, 3).finish("x"), 64.0);
    assert_eq!(common::simulate(&toml, 1).landmarks.plan_on_paper, [2.0]);
}

#[test]
fn findings_of_a_task_that_another_start_finishes_are_fixed_at_once() {
    // t is held until s starts on day 20; its findings then go to the idle engineer of a, and the release follows.
    let toml = format!(
        "{PLAIN}[team.a]\nengineers = 1\n[team.b]\nengineers = 1\n[initiative.x.task]\nt = {{ effort = \"5d\", team = \"a\", after = [{{ task = \"s\", link = \"SF\" }}], review = {{ c = 50 }} }}
s = {{ effort = \"5d\", team = \"b\", not_before = 2026-02-02 }}\nrel = {{ duration = \"1d\", release = true, after = \"t\" }}\n[finding.c]\nper_engineer_week = 0\nfix = \"1d\"\nblocks_release = true\n"
    );
    let finishes = company(&toml, 200).finishes("x");
    let (average, error) = mean(&finishes);
    assert!((average - 71.0).abs() < 4.0 * error, "{average} ± {error}");
}

#[test]
fn a_task_that_does_not_exist_retires_nothing() {
    let toml = "[initiative.x.task]\na = { duration = \"1d\" }\nb = { duration = \"5d\", not_before = 2026-01-12 }
[risk.maybe]\nprobability = 0\nadds_task = { duration = \"2d\" }\naffects = [\"x.a\"]
[risk.sure]\nprobability = 1\naffects = [\"x.b\"]\nadd = \"10d\"\nretired_by = \"x.maybe\"\n";
    assert_eq!(finish(toml), 20.0);
}

#[test]
fn a_factor_of_one_changes_no_arrival() {
    let toml = |risk: &str| {
        format!(
            "[scenario]\nstart = 2026-01-05\nhorizon = 2026-06-30\n[initiative.x]\nduration = \"1d\"\n[flow.f]\ncustomers = 1\n[incident.i]\nrate = {{ per_week = 20 }}\nflow = \"f\"\ndowntime = \"1min\"
[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 1000\n{risk}"
        )
    };
    let plain = company(&toml(""), 300);
    let scaled = company(
        &toml("[risk.r]\nprobability = 1\nscales_rate = { i = 1.0 }\nfrom = 2026-02-02\n"),
        300,
    );
    for quarter in [0, 1] {
        for (a, b) in plain.minutes(quarter).iter().zip(scaled.minutes(quarter)) {
            assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
    }
}

#[test]
fn a_team_that_is_all_there_counts_as_its_head_count() {
    for people in [3, 16, 100, 1_000] {
        let toml = format!("[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = {people}\n[initiative.x]\nduration = \"10d\"\n");
        let simulated = company(&toml, 10);
        let bin = simulated.trials.tally().quantile_bin(0, 0, Count::Available, 0.5).expect("counted");
        assert_eq!(bin as f64 * people_per_bin(people), people as f64);
    }
}
