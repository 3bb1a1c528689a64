//! The same against closed forms. Each expectation names its formula; four standard errors are allowed.

use serde_json::Value;
use sim::plan::{BudgetKind, InitiativeId, Plan, TeamId};

use super::compare::{mean, variance};
use super::writing::{
    PLAIN, budget, date, exponential, finding, fixed, incident, lognormal, plan, probability, read, release, reliability, risk, takes, task,
};
use super::{Measures, disagreements, measures, simulate};

#[track_caller]
fn mean_is(what: &str, sample: &[f64], expected: f64) {
    let (mean, error) = mean(sample);
    println!("{what}: mean {mean:.4} ± {error:.4}, exact {expected:.4}");
    assert!(
        (mean - expected).abs() <= 4.0 * error + 1e-9,
        "{what}: {mean} ± {error}, expected {expected}"
    );
}

#[track_caller]
fn variance_is(what: &str, sample: &[f64], expected: f64) {
    let (centre, _) = mean(sample);
    let found = variance(sample);
    let squares: Vec<f64> = sample.iter().map(|x| (x - centre) * (x - centre)).collect();
    let error = (variance(&squares) / sample.len() as f64).sqrt();
    println!("{what}: variance {found:.4} ± {error:.4}, exact {expected:.4}");
    assert!(
        (found - expected).abs() <= 4.0 * error,
        "{what}: variance {found} ± {error}, expected {expected}"
    );
}

#[track_caller]
fn share_is(what: &str, yes: usize, of: usize, expected: f64) {
    let share = yes as f64 / of as f64;
    let error = (expected * (1.0 - expected) / of as f64).sqrt();
    println!("{what}: share {share:.4} ± {error:.4}, exact {expected:.4}");
    assert!((share - expected).abs() <= 4.0 * error, "{what}: {share}, expected {expected}");
}

/// A plan that only passes the time, from Thursday 1 January 2026.
fn waiting() -> Plan {
    read(&PLAIN.replace("2026-01-05", "2026-01-01").replace(
        "[estimates]",
        "[team.core]\nengineers = 1\n[initiative.x.task]\na = { duration = \"1d\" }\n[estimates]",
    ))
}

/// Compound sums of Poisson and negative binomial numbers of lognormal downtimes; the distribution functions were computed by
/// fast Fourier transform. The last minutes of a quarter are cut off here, which moves the means by less than two in a thousand.
#[test]
fn downtime_of_a_quarter_is_a_compound_sum() {
    let file = format!("{}/tests/data/incidents.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the file")).expect("JSON");
    let trials = 20_000;
    let mut compared = 0;
    for case in cases["cases"].as_array().expect("cases") {
        let id = case["id"].as_str().expect("id");
        if !id.starts_with("downtime") {
            continue;
        }
        let arrivals = &case["arrivals"];
        let number = |value: &Value| value.as_f64().expect("a number");
        let repair = lognormal(number(&case["repair"]["mu"]), number(&case["repair"]["sigma"]));
        let poisson = arrivals["kind"] == "poisson";
        let per_quarter = number(&arrivals[if poisson { "rate_per_quarter" } else { "mean" }]);
        // A Gamma–Poisson mixture of r successes: variance of the factor 1 / r, in the persistent part or in the quarter's own.
        let variances = if poisson {
            vec![(0.0, 0.0)]
        } else {
            vec![(1.0 / number(&arrivals["r"]), 0.0), (0.0, 1.0 / number(&arrivals["r"]))]
        };
        for (persistent, own) in variances {
            let mut plan = waiting();
            let class = incident(&mut plan, per_quarter / 90.0, repair.clone());
            class.rate_cv = f64::sqrt(persistent);
            class.overdispersion = own;
            let futures = simulate(&plan, date("2026-03-31"), trials, 5);
            let minutes: Vec<f64> = futures.iter().map(|future| future.customer_minutes[0][0]).collect();
            let (found, error) = mean(&minutes);
            let exact = number(&case["oracle"]["mean"]);
            println!("{id}: mean {found:.2} ± {error:.2}, exact {exact:.2}");
            assert!(
                (found - exact).abs() < 4.0 * error + 0.002 * exact,
                "{id}: {found} ± {error}, exact {exact}"
            );
            for (limit, exact) in case["oracle"]["prob_exceed"].as_object().expect("limits") {
                let limit: f64 = limit.parse().expect("a number");
                let above = minutes.iter().filter(|count| **count > limit).count();
                share_is(&format!("{id} > {limit}"), above, minutes.len(), number(exact));
            }
            let none = minutes.iter().filter(|count| **count == 0.0).count();
            share_is(&format!("{id} = 0"), none, minutes.len(), number(&case["oracle"]["prob_zero"]));
            compared += 1;
        }
    }
    assert_eq!(compared, 5);
}

/// With μ expected, a persistent factor of coefficient of variation c and one per quarter of variance v:
/// variance μ + μ²·((1 + c²)(1 + v) − 1), covariance of two quarters μ₁·μ₂·c².
#[test]
fn counts_are_mixed_poisson() {
    let mut plan = waiting();
    let class = incident(&mut plan, 0.1, fixed(0.001));
    (class.rate_cv, class.overdispersion) = (0.5, 0.2);
    // A thousandth of a minute is felt each time: the minutes count.
    let futures = simulate(&plan, date("2026-06-30"), 20_000, 9);
    let count = |quarter: usize| -> Vec<f64> { futures.iter().map(|future| future.customer_minutes[0][quarter] * 1_000.0).collect() };
    let (first, second) = (count(0), count(1));
    mean_is("first quarter", &first, 9.0);
    mean_is("second quarter", &second, 9.1);
    variance_is("first quarter", &first, 9.0 + 81.0 * (1.25 * 1.2 - 1.0));
    let sum: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a + b).collect();
    let each = |mean: f64| mean + mean * mean * (1.25 * 1.2 - 1.0);
    variance_is("both", &sum, each(9.0) + each(9.1) + 2.0 * 9.0 * 9.1 * 0.25);
}

/// n people of exponential clocks: Binomial(n, e^(−λt)). Nobody is refilled.
#[test]
fn heads_decay_exponentially() {
    let mut plan = plan(10, "a = { duration = \"1d\" }");
    plan.teams[0].attrition_per_year = 0.5;
    let futures = simulate(&plan, date("2026-12-31"), 5_000, 13);
    // Mean over Monday to Friday of a week that begins after `from` calendar days.
    for week in [0, 10, 40] {
        let heads: Vec<f64> = futures.iter().filter_map(|future| future.head_count[0][week]).collect();
        let rate = 0.5 / 365.25;
        let from = week as f64 * 7.0;
        let share = ((-rate * from).exp() - (-rate * (from + 5.0)).exp()) / (rate * 5.0);
        mean_is(&format!("heads in week {week}"), &heads, 10.0 * share);
    }
    let left: Vec<f64> = futures.iter().map(|future| f64::from(future.departures[0])).collect();
    let gone = 1.0 - (-0.5 * 361.0 / 365.25_f64).exp();
    mean_is("departures", &left, 10.0 * gone);
    variance_is("departures", &left, 10.0 * gone * (1.0 - gone));
}

/// An alternating renewal process: in the long run the share (1/λ) ÷ (1/λ + d) of places is filled, d in calendar days.
#[test]
fn vacancies_are_refilled() {
    let mut plan = plan(10, "a = { duration = \"1d\" }");
    plan.teams[0].attrition_per_year = 2.0;
    plan.teams[0].backfill = Some(exponential(65.0));
    let futures = simulate(&plan, date("2029-01-04"), 2_000, 17);
    let share = (365.25 / 2.0) / (365.25 / 2.0 + 65.0 * 7.0 / 5.0);
    let heads: Vec<f64> = futures.iter().filter_map(|future| future.head_count[0][155]).collect();
    mean_is("heads after three years", &heads, 10.0 * share);
    variance_is("heads after three years", &heads, 10.0 * share * (1.0 - share));
    // Mean productivity of the filled places while ramping up is not seen in heads: hires who stay are refilled as well.
    let mut hired = plan.clone();
    hired.teams[0].engineers = 1;
    hired.teams[0].hires.push(super::writing::hire(9, 0.0, None, 0.0));
    let ours = measures(&plan, &futures);
    let theirs = measures(&hired, &simulate(&hired, date("2029-01-04"), 2_000, 18));
    assert_eq!(disagreements(&ours, &theirs), Vec::<String>::new());
}

/// Who does the work changes nothing about how much of it there is: with one of n at attrition λ gone for good, a task of n people
/// that needs all of them is finished with probability e^(−nλt).
#[test]
fn a_crew_that_nobody_refills_stands_still_for_good() {
    let mut plan = plan(3, "a = { effort = \"60d\", engineers = 3 }");
    plan.teams[0].attrition_per_year = 1.0;
    // 20 working days from a Monday end after 26 calendar days less the weekend of the last week.
    let futures = simulate(&plan, date("2026-02-28"), 20_000, 19);
    let done = futures.iter().filter(|future| future.finishes[0].is_finite()).count();
    share_is("finished", done, futures.len(), (-3.0 * 26.0 / 365.25_f64).exp());
}

/// Findings of a task of exactly m engineer-weeks at a rate r: Poisson(r·m), or Gamma-mixed with variance μ + c²μ². Those of a
/// review come on top, unmixed. One engineer fixes them one after the other while the release waits: 2 days each.
#[test]
fn findings_are_poisson_and_hold_releases() {
    let mut plan = plan(1, "a = { effort = \"5w\" }\nr = { duration = \"1d\", after = \"a\" }");
    release(&mut plan, "r");
    finding(&mut plan, 0.2, 2.0).rate_cv = 0.5;
    let reviewed = task(&plan, "a");
    plan.tasks[reviewed].review = vec![(sim::plan::FindingId(0), 0.5)];
    for (max_open, max_days_held) in [(Some(2.0), None), (None, Some(2.0))] {
        budget(
            &mut plan,
            BudgetKind::Security {
                initiative: InitiativeId(0),
                max_open,
                max_days_held,
            },
        );
    }
    let futures = simulate(&plan, date("2026-12-31"), 20_000, 23);
    let count: Vec<f64> = futures.iter().map(|future| f64::from(future.findings[0])).collect();
    mean_is("findings", &count, 1.5);
    variance_is("findings", &count, 1.5 + 0.25);
    let held: Vec<f64> = futures.iter().map(|future| future.days_held[0]).collect();
    mean_is("days held", &held, 3.0);
    let open: Vec<f64> = futures.iter().map(|future| f64::from(future.max_open[0])).collect();
    mean_is("open", &open, 1.5);
    for (future, found) in futures.iter().zip(&count) {
        assert!((future.finishes[0] - (26.0 + 2.0 * found)).abs() < 1e-5);
        assert_eq!(super::breaches(&plan, future), [*found > 2.0, *found > 1.0]);
    }
    // Without mixing, 9 engineer-weeks at 0.2: P(Poisson(1.8) > 2) = 0.26938.
    let mut known = super::writing::plan(1, "a = { effort = \"9w\" }");
    finding(&mut known, 0.2, 1.0);
    let futures = simulate(&known, date("2026-12-31"), 20_000, 29);
    let above = futures.iter().filter(|future| future.findings[0] > 2).count();
    share_is("more than two findings", above, futures.len(), 0.269_378_9);
}

/// 6/8/12 months as P10, mode and P90: with the default overrun the P90 becomes 13.9.
#[test]
fn the_default_overrun_widens_an_estimate() {
    let plan =
        read("[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 1\n[initiative.x]\nduration = [\"6mo\", \"8mo\", \"12mo\"]\n");
    let months = 260.0 / 12.0;
    let futures = simulate(&plan, date("2026-12-31"), 4_000, 31);
    // 13.9 to one decimal: between the ranks of 13.85 and 13.95.
    let share = |at: f64| futures.iter().filter(|future| future.finishes[0] <= at * months).count() as f64 / 4_000.0;
    println!("P(≤ 13.9 months) = {}", share(13.9));
    let error = (0.09 / 4_000.0_f64).sqrt();
    assert!(share(13.85) < 0.9 + 4.0 * error && share(13.95) > 0.9 - 4.0 * error);
}

/// Two tasks of one team correlate ρ_p + ρ_t, of two teams ρ_p; one without a team √ρ_p·√ρ_p with any other. Normal estimates keep
/// the copula's correlation: Var(a + b) = 2σ²(1 + ρ).
#[test]
fn estimates_of_a_team_move_together() {
    let normal = "{ shape = \"normal\", mean = \"50d\", sd = \"5d\" }";
    for (second, correlation) in [("core = 1", 0.4), ("other = 1", 0.1), ("", 0.1)] {
        let crew = if second.is_empty() {
            String::new()
        } else {
            format!(", crew = {{ {second} }}")
        };
        let toml = format!(
            "[scenario]\nstart = 2026-01-05\n[estimates]\noverrun = \"none\"\n[team.core]\nengineers = 1\n[team.other]\nengineers = 1\n[initiative.x.task]\na = {{ duration = {normal}, crew = {{ core = 1 }} }}\nb = {{ duration = {normal}, after = \"a\"{crew} }}\n"
        );
        let futures = simulate(&read(&toml), date("2026-12-31"), 4_000, 37);
        let finishes: Vec<f64> = futures.iter().map(|future| future.finishes[0]).collect();
        mean_is("both", &finishes, 100.0);
        variance_is("both", &finishes, 2.0 * 25.0 * (1.0 + correlation));
    }
}

/// The helper sees a difference where there is one, and none where there is none.
#[test]
fn samples_are_told_apart() {
    let mut plan = plan(
        2,
        "a = { effort = [\"1w\", \"2w\", \"4w\"] }\nb = { effort = [\"1w\", \"2w\", \"4w\"], after = \"a\" }",
    );
    plan.teams[0].cost_per_week = 1_000.0;
    plan.teams[0].attrition_per_year = 1.0;
    plan.teams[0].backfill = Some(exponential(20.0));
    let class = incident(&mut plan, 0.05, lognormal(4.0, 1.0));
    class.team = Some(TeamId(0));
    class.responders = 2;
    class.response = Some(exponential(1.0));
    class.change_failure_rate = probability(0.5);
    budget(&mut plan, reliability(500.0, 0.0, false));
    budget(&mut plan, BudgetKind::Cost { max: 6_000.0 });
    let sample = |plan: &Plan, seed: u64| -> Measures { measures(plan, &simulate(plan, date("2026-06-30"), 2_000, seed)) };
    let ours = sample(&plan, 41);
    assert_eq!(disagreements(&ours, &sample(&plan, 42)), Vec::<String>::new());
    let mut worse = plan.clone();
    let entry = risk(&mut worse, &["a"]);
    entry.multiply = Some(fixed(1.3));
    entry.takes = Some(takes(1, 10.0));
    worse.incidents[0].rate_per_day *= 1.2;
    let found = disagreements(&ours, &sample(&worse, 43));
    let names = |start: &str| found.iter().any(|line| line.starts_with(start));
    assert!(
        names("finish x") && names("cost") && names("minutes budget-0 0") && names("people core 0"),
        "{found:#?}"
    );
    assert!(names("breach budget-0") && names("breach budget-1"), "{found:#?}");
    assert!(!names("head count"), "{found:#?}");
}

/// With crews of any size, nobody ramping up, focus f and no small work, people are held for exactly Σ effort ÷ f days, whoever is
/// taken, leaves, joins or is on holiday meanwhile.
#[test]
fn effort_is_conserved() {
    let mut tasks = String::new();
    for i in 0..12 {
        let after = if i >= 3 {
            format!(", after = \"t{}\"", i - 3)
        } else {
            String::new()
        };
        tasks += &format!(
            "t{i} = {{ effort = \"{}d\", engineers = {{ min = 1, max = 3 }}{after} }}\n",
            5 + 3 * i
        );
    }
    let mut plan = plan(6, &tasks);
    let team = &mut plan.teams[0];
    team.focus = 0.7;
    team.cost_per_week = 5.0;
    team.attrition_per_year = 1.0;
    team.backfill = Some(exponential(15.0));
    team.holidays = vec![sim::units::WorkDays::new(7.0), sim::units::WorkDays::new(20.0)];
    team.hires.push(super::writing::hire(2, 12.0, Some(40.0), 0.0));
    team.elsewhere.push(sim::plan::Elsewhere {
        engineers: 2,
        until: sim::units::WorkDays::new(9.0),
    });
    for risk_takes in [2, 5] {
        let entry = risk(&mut plan, &[]);
        entry.takes = Some(takes(risk_takes, 6.0));
        entry.from = sim::units::WorkDays::new(f64::from(risk_takes) * 5.0);
        entry.probability = probability(0.5);
    }
    let class = incident(&mut plan, 0.3, fixed(1.0));
    class.team = Some(TeamId(0));
    class.responders = 3;
    class.response = Some(exponential(2.0));
    let effort: f64 = (0..12).map(|i| f64::from(5 + 3 * i)).sum();
    for future in simulate(&plan, date("2026-06-30"), 500, 47) {
        assert!((future.cost - effort / 0.7).abs() < 1e-3, "{} person-days", future.cost);
        for (here, all) in future.people[0].iter().zip(&future.head_count[0]) {
            assert!(here <= all);
        }
    }
}

/// One engineer, one day of effort from a Monday morning, interrupted at rate λ for an exponential time of mean r during which
/// further incidents find nobody: a compound Poisson sum of mean λr and variance 2λr² comes on top.
#[test]
fn interruptions_add_up() {
    let mut plan = plan(1, "a = { effort = \"1d\" }");
    let class = incident(&mut plan, 0.5, fixed(0.0));
    class.team = Some(TeamId(0));
    class.responders = 1;
    class.response = Some(exponential(0.2));
    let futures = simulate(&plan, date("2026-01-09"), 20_000, 53);
    let finishes: Vec<f64> = futures.iter().map(|future| future.finishes[0]).collect();
    mean_is("interrupted day", &finishes, 1.1);
    variance_is("interrupted day", &finishes, 0.04);
}
