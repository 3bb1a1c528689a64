//! What drives a date: right answers by hand and in closed form, and days that are kept when the driver is taken out of the file.

mod common;

use common::{PLAIN, Watched, forecast, plan, quantile, watch, watch_part};
use sim::analysis::{Colour, DriverForecast, Forecast, Outside};

/// Independent estimates in the order of the file, with these tasks of one initiative.
fn tasks(text: &str) -> String {
    format!("{PLAIN}[initiative.x.task]\n{text}")
}

/// Asserts which tasks of `x` set the date in every future, and which in none.
fn assert_chain(watched: &Watched, critical: &[&str], slack: &[&str]) {
    for (names, wanted) in [(critical, 1.0), (slack, 0.0)] {
        for name in names {
            let share = watched.criticality("x", &format!("x.{name}"));
            assert_eq!(share, wanted, "{name}");
        }
    }
}

fn driver<'f>(forecast: &'f Forecast, initiative: &str, kind: &str, id: &str) -> &'f DriverForecast {
    let found = forecast
        .drivers
        .iter()
        .find(|driver| (driver.initiative.as_str(), driver.kind, driver.id.as_str()) == (initiative, kind, id));
    found.unwrap_or_else(|| panic!("no driver {kind} {id} of {initiative}"))
}

#[test]
fn tasks_on_the_only_path_always_set_the_date() {
    let toml = tasks(
        "a = { duration = [\"1w\", \"2w\", \"4w\"] }\nb = { duration = [\"1w\", \"2w\", \"4w\"], after = \"a\" }\n\
         short = { duration = \"1h\", after = \"a\" }\n",
    );
    assert_chain(&watch(&toml, 2_000), &["a", "b"], &["short"]);
}

#[test]
fn a_wait_for_people_is_part_of_the_chain() {
    let one_person = tasks("a = { effort = \"3d\" }\nb = { effort = \"4d\" }\n") + "[team.core]\nengineers = 1\n";
    assert_chain(&watch(&one_person, 10), &["a", "b"], &[]);
    // The third needs both people: the one who is free after three days does not help, it waits for the one who is free after ten.
    let both = tasks("a = { effort = \"10d\" }\nb = { effort = \"3d\" }\nc = { effort = \"8d\", engineers = 2 }\n")
        + "[team.core]\nengineers = 2\n";
    assert_chain(&watch(&both, 10), &["a", "c"], &["b"]);
}

#[test]
fn a_task_of_another_initiative_that_holds_the_people_sets_the_date() {
    let toml = format!(
        "{PLAIN}[team.core]\nengineers = 1\n[initiative.first]\neffort = \"7d\"\n[initiative.x.task]\na = {{ effort = \"5d\" }}\nb = {{ duration = \"1d\" }}\n"
    );
    let watched = watch(&toml, 10);
    assert_eq!(watched.criticality("x", "first"), 1.0);
    assert_eq!(watched.criticality("first", "x.a"), 0.0);
    let forecast = forecast(&toml, 100);
    let listed = |initiative: &str| -> Vec<&str> {
        let own = forecast.drivers.iter().filter(|driver| driver.initiative == initiative);
        own.map(|driver| driver.id.as_str()).collect()
    };
    assert_eq!((listed("first"), listed("x")), (vec!["first"], vec!["first", "x.a", "x.b"]));
}

/// The review brings up some forty findings of two days each, and one person mends them: about eighty days, while the documents take
/// twenty. So the release waits for the fixes, and they for the review of what was built.
#[test]
fn findings_that_hold_a_release_lead_back_to_the_work_that_brought_them() {
    let toml = tasks(
        "build = { duration = \"5d\", review = { bug = 40 } }\ndocs = { duration = \"20d\" }\n\
         ship = { duration = \"1d\", after = [\"build\", \"docs\"], release = true }\n",
    ) + "[team.security]\nengineers = 1\n[finding.bug]\nper_engineer_week = 0\nfix = \"2d\"\nblocks_release = true\n";
    assert_chain(&watch(&toml, 500), &["build", "ship"], &["docs"]);
}

#[test]
fn what_only_starts_or_only_ends_another_is_not_work_on_the_chain() {
    // The start of `s` lets `t` begin eight days later: 8 + 4 = 12 days, while the ten days of `s` hold nobody up.
    let start = tasks("s = { duration = \"10d\" }\nt = { duration = \"4d\", after = [{ task = \"s\", link = \"SS\", lag = \"8d\" }] }\n");
    assert_chain(&watch(&start, 10), &["t"], &["s"]);
    // `b` is done after three days, and its finish waits for that of `a`.
    let finish = tasks("a = { duration = \"10d\" }\nb = { duration = \"3d\", after = [{ task = \"a\", link = \"FF\" }] }\n");
    assert_chain(&watch(&finish, 10), &["a"], &["b"]);
    // `r` may not finish until three days after `p` began, which is when `q` is done: 5 + 3 = 8 days.
    let both = tasks(
        "q = { duration = \"5d\" }\np = { duration = \"1d\", after = \"q\" }\n\
         r = { duration = \"2d\", after = [{ task = \"p\", link = \"SF\", lag = \"3d\" }] }\n",
    );
    assert_chain(&watch(&both, 10), &["q"], &["p", "r"]);
    // A date lets go of `b` on the third Monday, when `a` is long done.
    let date = tasks("a = { duration = \"2d\" }\nb = { duration = \"3d\", after = \"a\", not_before = 2026-01-19 }\n");
    assert_chain(&watch(&date, 10), &["b"], &["a"]);
}

const NORMAL: &str = "{ shape = \"normal\", mean = \"100d\", sd = \"10d\" }";

/// The larger of two independent normals of the same mean and deviation s is s/√π above that mean (Clark, *Operations Research* 9
/// (1961) 145–162).
#[test]
fn the_merge_bias_of_two_equal_paths_is_known() {
    let toml = tasks(&format!(
        "p = {{ duration = {NORMAL} }}\nq = {{ duration = {NORMAL} }}\njoin = {{ duration = \"1d\", after = [\"p\", \"q\"] }}\n"
    ));
    let forecast = forecast(&toml, 200_000);
    let bias = driver(&forecast, "x", "task", "x.join").merge_bias_days.expect("paths join");
    let exact = 10.0 / std::f64::consts::PI.sqrt();
    assert!((bias - exact).abs() < 0.08, "{bias}, exact {exact}");
    assert_eq!(driver(&forecast, "x", "task", "x.p").merge_bias_days, None);
}

/// X + Y of two independent normals of the same deviation: Pearson's correlation of X with the sum is r = 1/√2, Spearman's
/// 6/π · asin(r/2), and the schedule sensitivity index sd(X)/sd(X + Y) = 1/√2, since both always set the date.
#[test]
fn the_measures_of_a_sum_are_known() {
    let toml = tasks(&format!(
        "x = {{ duration = {NORMAL} }}\ny = {{ duration = {NORMAL}, after = \"x\" }}\n"
    ));
    let forecast = forecast(&toml, 10_000);
    let r = 0.5_f64.sqrt();
    let found = driver(&forecast, "x", "task", "x.x");
    let (cruciality, ssi) = (found.cruciality.expect("it spreads"), found.ssi.expect("it spreads"));
    let exact = 6.0 / std::f64::consts::PI * (r / 2.0).asin();
    assert!((cruciality - exact).abs() < 0.02, "{cruciality}, exact {exact}");
    assert!((ssi - r).abs() < 0.015, "{ssi}, exact {r}");
    assert_eq!(found.criticality.expect("it finished").p, 1.0);
}

/// Of a normal the mean of the upper 30 % lies φ(z)/0.3 deviations above the mean, z = 0.5244. A risk that alone makes late what is
/// late is real in every future of the worst path.
#[test]
fn the_lift_on_the_worst_path_is_known() {
    let lift = |toml: &str, kind: &str, id: &str| {
        driver(&forecast(toml, 10_000), "x", kind, id)
            .worst_lift
            .expect("there is a worst path")
    };
    let alone = lift(&tasks(&format!("a = {{ duration = {NORMAL} }}\n")), "task", "x.a");
    let exact = 1.0 + 0.1 * 0.347_69 / 0.3;
    assert!((alone - exact).abs() < 0.004, "{alone}, exact {exact}");
    let toml = tasks("a = { duration = \"10d\" }\n") + "[risk.r]\nprobability = 0.2\naffects = [\"x.a\"]\nadd = \"10d\"\n";
    let found = forecast(&toml, 10_000);
    let risk = driver(&found, "x", "risk", "r");
    // One in five futures has it: overall 0.2 give or take, on the worst path 1.
    let share = 1.0 / risk.worst_lift.expect("there is a worst path");
    assert!((share - 0.2).abs() < 0.02, "{share}");
    assert!((risk.cruciality.expect("it spreads") - 1.0).abs() < 1e-9, "{risk:?}");
    assert_eq!(
        (risk.p50_days, risk.p80_days),
        (Some(0.0), Some(if share > 0.2 { 10.0 } else { 0.0 }))
    );
}

const BASE: &str = "
[scenario]
start = 2026-01-05
horizon = 2027-12-31
[team.core]
engineers = 4
focus = 0.8
attrition_per_year = 0.5
backfill = [\"4w\", \"8w\", \"16w\"]
ramp_up = \"8w\"
[team.ops]
engineers = 2
attrition_per_year = 0.9
backfill = [\"6w\", \"9w\", \"16w\"]
[initiative.x]
commitment = 2026-09-25
[initiative.x.task]
a = { effort = [\"4w\", \"8w\", \"16w\"], team = \"core\", engineers = { min = 1, max = 3 } }
b = { effort = [\"8w\", \"12w\", \"20w\"], team = \"core\", engineers = { min = 1, max = 3 }, after = \"a\" }
rack = { effort = [\"9w\", \"14w\", \"26w\"], team = \"ops\", engineers = { min = 1, max = 2 } }
ship = { effort = [\"1w\", \"2w\", \"3w\"], team = \"core\", after = [\"b\", \"rack\"], review = { critical = 1.5, minor = 2 } }
open = { duration = \"1d\", after = \"ship\", release = true }
[initiative.y.task]
side = { effort = [\"5w\", \"8w\", \"12w\"], team = \"core\" }
[incident.sev1]
rate = { per_month = 2 }
team = \"core\"
responders = 2
response = [\"4h\", \"1d\", \"3d\"]
[incident.sev2]
rate = { per_month = 3 }
team = \"ops\"
responders = 1
response = [\"1h\", \"4h\", \"1d\"]
[finding.critical]
per_engineer_week = 0.05
fix = [\"3d\", \"6d\", \"20d\"]
team = \"core\"
blocks_release = true
[finding.minor]
per_engineer_week = 0.1
fix = [\"1d\", \"2d\", \"5d\"]
team = \"core\"
[risk.legacy]
probability = 0.4
affects = [\"x.b\"]
multiply = [1.2, 1.5, 2.5]
[risk.late]
probability = 0.3
affects = [\"x.a\"]
delay = [\"1w\", \"2w\", \"6w\"]
";

/// The scenario without a section: from its heading to the next.
fn without_section(toml: &str, heading: &str) -> String {
    let (before, rest) = toml.split_once(&format!("[{heading}]\n")).expect("the section");
    let after = rest.find("\n[").map_or("", |at| &rest[at + 1..]);
    format!("{before}{after}")
}

/// Whoever takes a driver out of the file and runs it again gets the days that were promised, bit for bit.
#[test]
fn a_driver_costs_what_the_file_without_it_says() {
    let base = forecast(BASE, 2_000);
    let before = plan(BASE);
    let a = before.tasks.iter().find(|task| task.id == "x.a").expect("the task");
    let median = a.work.estimate().distribution.quantile(0.5);
    let edited = [
        (
            "task",
            "x.a",
            BASE.replacen("[\"4w\", \"8w\", \"16w\"], team", &format!("\"{median}d\", team"), 1),
        ),
        ("risk", "legacy", without_section(BASE, "risk.legacy")),
        ("risk", "late", without_section(BASE, "risk.late")),
        ("departures", "core", BASE.replace("attrition_per_year = 0.5\n", "")),
        ("departures", "ops", BASE.replace("attrition_per_year = 0.9\n", "")),
        ("incident", "sev1", without_section(BASE, "incident.sev1")),
        (
            "finding",
            "critical",
            without_section(BASE, "finding.critical").replace("critical = 1.5, ", ""),
        ),
        (
            "finding",
            "minor",
            without_section(BASE, "finding.minor").replace(", minor = 2", ""),
        ),
    ];
    for (kind, id, toml) in edited {
        assert_ne!(toml, BASE, "{kind} {id}");
        let without = forecast(&toml, 2_000);
        let found = driver(&base, "x", kind, id);
        for (percent, days) in [("p50", found.p50_days), ("p80", found.p80_days)] {
            let promised = days.unwrap_or_else(|| panic!("{kind} {id} was not worked out"));
            let got = quantile(&base, percent) - quantile(&without, percent);
            assert_eq!(
                promised.to_bits(),
                got.to_bits(),
                "{kind} {id} {percent}: {promised} promised, {got} got"
            );
        }
        let moved = |days: Option<f64>| days.is_some_and(|days| days != 0.0);
        assert!(moved(found.p50_days) || moved(found.p80_days), "{kind} {id} moves nothing");
    }
    for risk in ["legacy", "late"] {
        let price = base
            .prices
            .iter()
            .find(|price| price.assumption == format!("risk.{risk}"))
            .expect("a price");
        let driver = driver(&base, "x", "risk", risk);
        assert_eq!((price.p50_days, price.p80_days), (driver.p50_days, driver.p80_days), "{risk}");
    }
    let ranked: Vec<f64> = base
        .drivers
        .iter()
        .take_while(|driver| driver.initiative == "x")
        .filter_map(|d| d.p80_days)
        .collect();
    assert!(ranked.len() > 8 && ranked.windows(2).all(|pair| pair[0] >= pair[1]), "{ranked:?}");
}

#[test]
fn ten_tasks_are_played_once_more_and_the_others_say_nothing() {
    let mut text = String::new();
    for index in 0..13 {
        let after = if index == 0 {
            String::new()
        } else {
            format!(", after = \"t{}\"", index - 1)
        };
        text += &format!("t{index} = {{ duration = [\"1w\", \"2w\", \"{}w\"]{after} }}\n", 4 + index);
    }
    text += "fixed = { duration = \"3d\", after = \"t12\" }\nidle = { duration = [\"1h\", \"2h\", \"4h\"] }\n";
    let forecast = forecast(&tasks(&text), 1_000);
    let known: Vec<&str> = forecast
        .drivers
        .iter()
        .filter(|driver| driver.p80_days.is_some())
        .map(|driver| driver.id.as_str())
        .collect();
    assert_eq!(known.len(), 11, "{known:?}");
    // One number is its own median, which needs no run; of the others those that spread the finish most.
    assert_eq!(driver(&forecast, "x", "task", "x.fixed").p80_days, Some(0.0));
    for absent in ["x.t0", "x.t1", "x.t2", "x.idle"] {
        assert!(!known.contains(&absent), "{known:?}");
    }
}

const SEGMENT: &str = include_str!("../scenarios/new-segment-60-days.toml");

#[test]
fn any_number_of_threads_and_any_split_gives_the_same_drivers() {
    let whole = watch_part(SEGMENT, 0, 3_000, 1);
    for threads in [2, 3] {
        assert_eq!(watch_part(SEGMENT, 0, 3_000, threads).trials, whole.trials, "{threads} threads");
    }
    let detail = |watched: &sim::engine::Trials| -> Vec<String> {
        let tasks = (0..whole.plan.tasks.len()).map(sim::plan::TaskId);
        let rows = watched.details().futures().map(|future| {
            let tasks: Vec<_> = tasks.clone().map(|task| future.task(task)).collect();
            format!(
                "{tasks:?} {} {} {} {}",
                future.risk(0),
                future.departures(0),
                future.incidents(0),
                future.findings(0)
            )
        });
        rows.collect()
    };
    for split in [1, 1_024, 2_999] {
        let merged = watch_part(SEGMENT, 0, split, 2)
            .trials
            .merge(watch_part(SEGMENT, split, 3_000 - split, 3).trials);
        let merged = merged.expect("they follow one another");
        assert_eq!(merged.drivers(), whole.trials.drivers(), "split at {split}");
        assert_eq!(detail(&merged), detail(&whole.trials), "split at {split}");
    }
    assert_eq!(whole.trials.details().count(), 3_000);
}

/// The contract is a risk of 0.6 that adds twenty days to what follows it: 12 days of delay on average, which the building waits for.
#[test]
fn dependencies_are_coloured_by_the_rule_that_they_carry() {
    let toml = tasks(
        "contract = { duration = \"10d\" }\nsetup = { duration = \"2d\" }\nbuild = { effort = \"10d\", after = [\"contract\", \"setup\"] }\n\
         test = { effort = \"5d\", after = \"build\", not_before = 2026-06-01 }\n",
    ) + "[team.core]\nengineers = 1\n[risk.r]\nprobability = 0.6\naffects = [\"x.contract\"]\nadd = \"20d\"\n\
         [initiative.y.task]\nplan = { duration = \"1d\" }\nreport = { duration = \"1d\", after = [\"plan\", \"x.build\"] }\n";
    let forecast = forecast(&toml, 10_000);
    let of = |initiative: &str| -> Vec<(&str, &str, Colour, Outside)> {
        let own = forecast
            .dependencies
            .iter()
            .filter(|dependency| dependency.initiative == initiative);
        own.map(|d| (d.from.as_str(), d.to.as_str(), d.colour, d.outside)).collect()
    };
    // The date of the test comes after all of it, so nothing before it drives the finish of x.
    assert!(of("x").iter().all(|(.., colour, _)| *colour == Colour::Green), "{:?}", of("x"));
    assert_eq!(of("x").len(), 3);
    assert_eq!(
        of("y"),
        [
            ("x.contract", "x.build", Colour::Red, Outside::From),
            ("x.build", "y.report", Colour::Red, Outside::To),
            ("y.plan", "y.report", Colour::Green, Outside::Both),
        ]
    );
    let red = &forecast
        .dependencies
        .iter()
        .find(|dependency| dependency.colour == Colour::Red)
        .expect("a red one");
    assert_eq!(red.criticality.p, 1.0);
    assert!((red.expected_delay_days - 12.0).abs() < 0.4, "{}", red.expected_delay_days);
    assert_eq!(
        red.rule,
        "sets the date in at least 50 of 100 futures and holds for at least 2 working days"
    );
}

/// The review ends with the task, in half of the futures later than on paper; what it brings up counts in all of them.
#[test]
fn findings_count_whenever_they_come() {
    let toml = tasks(&format!("a = {{ duration = {NORMAL}, review = {{ bug = 4 }} }}\n"))
        + "[team.security]\nengineers = 1\n[finding.bug]\nper_engineer_week = 0\nfix = \"1h\"\n";
    let watched = watch(&toml, 4_000);
    let counts: Vec<f64> = watched.trials.details().futures().map(|future| future.findings(0)).collect();
    let (mean, standard_error) = common::mean(&counts);
    assert!((mean - 4.0).abs() < 4.0 * standard_error, "{mean} ± {standard_error}");
}

/// A link to a finish holds from the end of the successor's own work: three days of ten, so seven.
#[test]
fn a_link_to_a_finish_holds_what_is_done() {
    let toml = tasks("a = { duration = \"10d\" }\nb = { duration = \"3d\", after = [{ task = \"a\", link = \"FF\" }] }\n");
    let forecast = forecast(&toml, 100);
    assert_eq!(forecast.dependencies.len(), 1);
    assert_eq!(forecast.dependencies[0].expected_delay_days, 7.0);
    assert_eq!(forecast.dependencies[0].criticality.p, 1.0);
}
