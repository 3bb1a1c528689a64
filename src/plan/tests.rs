//! What the parts of a file say about one another.

use std::io;

use crate::diagnostic::Fault;
use crate::plan::{BudgetKind, Dispatch, LinkKind, Plan, TaskId, Work, build};
use crate::sampling::Shape;

/// The shortest useful scenario, as the interface gives it.
const SHORTEST: &str = r#"
[scenario]
start = 2026-01-05

[team.core]
engineers = 5

[initiative.launch]
commitment = 2026-06-30
estimate   = 2026-05-29            # what engineering said, if it said a date

[initiative.launch.task]
design    = { effort = ["2w", "3w", "6w"] }
migration = { effort = ["4w", "8w", "16w"], after = "design" }
billing   = { effort = ["3w", "5w", "10w"], after = "design" }
release   = { effort = ["2d", "1w", "2w"], after = ["migration", "billing"] }
"#;

const START: &str = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\n";

fn no_files(_: &str) -> io::Result<String> {
    Err(io::ErrorKind::NotFound.into())
}

fn built(text: &str) -> Result<Plan, Vec<Fault>> {
    crate::scenario::read("plans/scenario.toml", text.as_bytes().to_vec()).and_then(|scenario| build(&scenario, &no_files))
}

fn plan(text: &str) -> Plan {
    built(text).unwrap_or_else(|faults| panic!("{}", crate::diagnostic::render(&faults, false)))
}

fn codes(faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| format!("{} {}", fault.code, fault.position().unwrap_or_default().0))
        .collect()
}

fn refused(text: &str) -> Vec<String> {
    match built(text) {
        Ok(plan) => panic!("accepted with {:?}", codes(&plan.warnings)),
        Err(faults) => codes(&faults),
    }
}

#[test]
fn the_shortest_useful_scenario_is_understood() {
    let plan = plan(SHORTEST);
    assert_eq!(plan.name, "scenario");
    assert_eq!((plan.trials, plan.seed, plan.dispatch), (10_000, 1, Dispatch::Priority));
    assert_eq!(plan.teams.len(), 1);
    let ids: Vec<&str> = plan.tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["launch.design", "launch.migration", "launch.billing", "launch.release"]);
    let predecessors: Vec<TaskId> = plan.tasks[3].links.iter().map(|link| link.predecessor).collect();
    assert_eq!(predecessors, [TaskId(1), TaskId(2)]);
    assert!(plan.tasks[3].links.iter().all(|link| link.kind == LinkKind::FinishStart));
    let Work::Effort { estimate, min, max, .. } = &plan.tasks[0].work else {
        panic!("an effort");
    };
    assert_eq!((*min, *max), (1, 1));
    assert_eq!(
        (estimate.low, estimate.likely, estimate.text.as_str()),
        (10.0, 15.0, "2w / 3w / 6w")
    );
    assert!((estimate.distribution.quantile(0.9) - 30.0).abs() < 1e-6);
    // 5 January to 30 June 2026 are 127 weekdays.
    assert_eq!(plan.initiatives[0].commitments[0].time.days(), 127.0);
    // 2d / 1w / 2w reaches below a tenth of 2d in 1 to 2 % of draws.
    assert_eq!(codes(&plan.warnings), ["floored-estimate 16"]);
    let keys: Vec<&str> = plan.defaults.iter().map(|default| default.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "scenario.trials",
            "scenario.seed",
            "scenario.timelines",
            "estimates.shape",
            "estimates.range",
            "estimates.correlation",
            "estimates.overrun",
            "team.core.focus",
            "task.engineers",
            "initiative.launch.commitment.to",
        ]
    );
}

#[test]
fn an_initiative_can_be_one_estimate_and_needs_no_team() {
    let plan = plan("[scenario]\nstart = 2026-01-05\n[initiative.launch]\ntitle = \"Launch\"\nduration = [\"6mo\", \"8mo\", \"12mo\"]\n");
    assert_eq!(plan.tasks[0].id, "launch");
    assert_eq!(plan.tasks[0].title, "Launch");
    assert!(plan.teams.is_empty() && plan.tasks[0].work.team().is_none());
}

#[test]
fn the_full_scenario_is_refused_only_for_what_is_not_simulated_yet() {
    let text = include_str!("../../tests/full.toml");
    let faults = built(text).expect_err("parts of it are not simulated yet");
    assert!(
        faults.iter().all(|fault| fault.code == "not-supported-yet"),
        "{}",
        crate::diagnostic::render(&faults, false)
    );
    let named: Vec<&str> = faults.iter().filter_map(|fault| fault.message.split('`').nth(1)).collect();
    assert_eq!(
        named,
        [
            "team.core.attrition_per_year",
            "team.core.backfill",
            "team.core.ramp_up",
            "team.core.hire",
            "incident.sev1",
            "finding.critical",
            "budget.checkout-downtime",
            "budget.release-security",
            "budget.spend",
        ]
    );
}

#[test]
fn what_does_not_change_the_forecast_yet_is_listed_with_its_line() {
    let text = format!(
        "{START}cost_per_week = 4_000\n[flow.checkout]\ncustomers = 20_000\n[bet.win]\ntitle = \"Win\"\n\
         [initiative.a]\nduration = \"1w\"\nsupports = \"win\"\n[checkpoint.c]\ntask = \"a\"\ndone_by = \"6w\"\n\
         on_miss = {{ who = \"CTO\", within = \"2d\" }}\n[option.o]\ntitle = \"O\"\n[risk.r]\nprobability = 0.5\naffects = [\"a\"]\n\
         multiply = 2\ncost = 1\nmitigation = {{ cost = 5, probability = 0.1 }}\n"
    );
    let unused: Vec<(String, usize)> = plan(&text).unused.into_iter().map(|unused| (unused.key, unused.line)).collect();
    let expected = [
        ("team.core.cost_per_week", 5),
        ("flow.checkout", 6),
        ("bet.win", 8),
        ("initiative.a.supports", 12),
        ("checkpoint.c", 13),
        ("option.o", 17),
        ("risk.r.cost", 23),
        ("risk.r.mitigation", 24),
    ];
    assert_eq!(unused, expected.map(|(key, line)| (key.to_owned(), line)));
}

#[test]
fn after_an_initiative_means_after_each_of_its_last_tasks() {
    let plan = plan(&format!(
        "{START}[initiative.one.task]\na = {{ effort = \"1w\" }}\nb = {{ effort = \"1w\", after = \"a\" }}\n\
         c = {{ effort = \"1w\", after = {{ task = \"a\", link = \"SS\" }} }}\n\
         [initiative.two]\neffort = \"2w\"\nrelease = true\n\
         [initiative.three.task]\nd = {{ effort = \"1w\", after = [\"one\", \"two\", \"one.b\"] }}\n"
    ));
    let links: Vec<usize> = plan.tasks[4].links.iter().map(|link| link.predecessor.0).collect();
    assert_eq!(links, [1, 2, 3]);
    assert!(plan.tasks[3].release);
}

#[test]
fn names_in_affects_stand_for_tasks_initiatives_and_teams() {
    let plan = plan(
        "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\ndefault = true\n[team.web]\nengineers = 2\n\
         [initiative.one.task]\na = { effort = \"1w\" }\nb = { effort = \"1w\", team = \"web\" }\n\
         c = { duration = \"1w\", crew = { web = 1, core = 1 } }\nd = { duration = \"1w\" }\n\
         [risk.team]\nprobability = 0.5\naffects = \"web\"\ndelay = \"1w\"\n\
         [risk.all]\nprobability = 0.5\naffects = [\"one\", \"one.a\"]\nadd = [\"1d\", \"2d\", \"4d\"]\n\
         [risk.default]\nprobability = 0.5\naffects = [\"core\"]\nmultiply = 1.5\n",
    );
    let affects: Vec<Vec<usize>> = plan
        .risks
        .iter()
        .map(|risk| risk.affects.iter().map(|task| task.0).collect())
        .collect();
    assert_eq!(affects, [vec![1, 2], vec![0, 1, 2, 3], vec![0, 2]]);
    let factor = plan.risks[2].multiply.as_ref().expect("a factor");
    assert!(factor.is_fixed() && factor.likely == 1.5);
}

#[test]
fn shapes_and_ranges_come_from_the_estimate_then_the_scenario_then_the_defaults() {
    let shape = |estimates: &str, estimate: &str| {
        let text = format!("{START}[estimates]\n{estimates}\n[initiative.a]\nduration = {estimate}\n");
        let plan = plan(&text);
        let estimate = plan.tasks[0].work.estimate();
        (
            estimate.distribution.shape(),
            (estimate.low * 100.0).round() / 100.0,
            (estimate.likely * 100.0).round() / 100.0,
        )
    };
    let three = "[\"2d\", \"3d\", \"5d\"]";
    assert_eq!(shape("", three), (Shape::Lognormal, 2.0, 3.0));
    assert_eq!(shape("range = \"min-max\"", three), (Shape::Pert, 2.0, 3.0));
    assert_eq!(shape("shape = \"triangular\"", three), (Shape::Triangular, 2.0, 3.0));
    let table = "{ range = \"min-max\", low = \"2d\", likely = \"3d\", high = \"5d\" }";
    assert_eq!(shape("", table), (Shape::Pert, 2.0, 3.0));
    assert_eq!(shape("", "\"3d\""), (Shape::Fixed, 3.0, 3.0));
    assert_eq!(shape("", "[\"3d\", \"3d\", \"3d\"]"), (Shape::Fixed, 3.0, 3.0));
    assert_eq!(
        shape("", "{ shape = \"uniform\", low = \"2d\", high = \"4d\" }"),
        (Shape::Uniform, 2.0, 3.0)
    );
    // P10 and median of an exponential: −ln 0.9 and ln 2 times the mean.
    assert_eq!(
        shape("", "{ shape = \"exponential\", mean = \"10d\" }"),
        (Shape::Exponential, 1.05, 6.93)
    );
    // P10 of a normal: mean − 1.2816 sd.
    assert_eq!(
        shape("", "{ shape = \"normal\", mean = \"10d\", sd = \"2d\" }"),
        (Shape::Normal, 7.44, 10.0)
    );
    // P10 of a lognormal: exp(μ − 1.2816 σ).
    assert_eq!(
        shape("", "{ shape = \"lognormal\", mu = 1.5, sigma = 0.6 }"),
        (Shape::Lognormal, 2.08, 4.48)
    );
    assert_eq!(
        shape("", "{ shape = \"lognormal\", p50 = \"4d\", p90 = \"8d\" }"),
        (Shape::Lognormal, 2.0, 4.0)
    );
    assert_eq!(
        shape("", "{ shape = \"metalog\", p10 = \"2d\", p50 = \"3d\", p90 = \"5d\" }"),
        (Shape::Metalog, 2.0, 3.0)
    );
    assert_eq!(
        refused(&format!(
            "{START}[initiative.a]\nduration = {{ shape = \"lognormal\", range = \"min-max\", low = \"2d\", likely = \"3d\", high = \"5d\" }}\n"
        )),
        ["lognormal-min-max 6"]
    );
}

#[test]
fn a_negative_lag_loses_its_floor() {
    let plan = plan(&format!(
        "{START}[initiative.a.task]\nx = {{ effort = \"1w\" }}\n\
         y = {{ effort = \"1w\", after = [{{ task = \"x\", lag = [\"-2w\", \"-1w\", \"1w\"] }}] }}\n\
         z = {{ effort = \"1w\", after = [{{ task = \"x\", link = \"FF\", lag = \"-1d\" }}] }}\n"
    ));
    let lag = plan.tasks[1].links[0].lag.as_ref().expect("a lag");
    assert!((lag.distribution.quantile(0.1) + 10.0).abs() < 1e-6);
    let lag = plan.tasks[2].links[0].lag.as_ref().expect("a lag");
    assert_eq!(lag.distribution.quantile(0.5), -1.0);
    assert_eq!(plan.tasks[2].links[0].kind, LinkKind::FinishFinish);
}

#[test]
fn people_elsewhere_and_team_holidays_become_times() {
    let plan = plan(
        "[scenario]\nstart = 2026-01-05\nholidays = [2026-01-06]\n[team.core]\nengineers = 5\n\
         elsewhere = [{ engineers = 2, until = 2026-01-09 }]\n\
         holidays = [2026-01-08, 2026-01-06, 2026-01-10, 2026-01-08]\n[initiative.a]\neffort = \"1w\"\nengineers = { max = 3 }\n",
    );
    let team = &plan.teams[0];
    assert_eq!(team.elsewhere[0].until.days(), 4.0);
    let holidays: Vec<f64> = team.holidays.iter().map(|time| time.days()).collect();
    assert_eq!(holidays, [2.0]);
    assert!(matches!(plan.tasks[0].work, Work::Effort { min: 1, max: 3, .. }));
}

#[test]
fn a_delivery_budget_finds_its_initiative_and_commitment() {
    let plan = plan(&format!(
        "{START}[initiative.a]\nduration = \"1w\"\n[[initiative.a.commitment]]\ndate = 2026-03-06\nto = \"board\"\n\
         [[initiative.a.commitment]]\ndate = 2026-04-06\nto = \"press\"\n\
         [budget.b]\nkind = \"delivery\"\nmax_slip = 0.2\nto = \"press\"\ntolerance = 0.1\n"
    ));
    let BudgetKind::Delivery { commitment, max_slip, .. } = plan.budgets[0].kind else {
        panic!("a delivery budget")
    };
    assert_eq!((commitment, max_slip), (1, 0.2));
    assert_eq!(plan.budgets[0].tolerance.map(crate::units::Probability::get), Some(0.1));
}

#[test]
fn a_column_of_past_data_becomes_an_estimate() {
    let text =
        format!("{START}[initiative.a]\nduration = {{ shape = \"empirical\", file = \"past.csv\", column = \"weeks\", times = \"1w\" }}\n");
    let scenario = crate::scenario::read("s.toml", text.into_bytes()).expect("text");
    let files = |name: &str| {
        assert_eq!(name, "past.csv");
        Ok("task,weeks\na, 1\nb,\"2\"\nc,3\n".to_owned())
    };
    let plan = build(&scenario, &files).unwrap_or_else(|faults| panic!("{}", crate::diagnostic::render(&faults, false)));
    let estimate = plan.tasks[0].work.estimate();
    assert_eq!((estimate.low, estimate.likely), (5.0, 10.0));
}

#[test]
fn faults_of_text_and_of_plan_are_reported_together_in_the_order_of_the_file() {
    let faults = refused(
        "[scenario]\nstart = 2026-01-05\ntrails = 5\n[team.core]\nengineers = 2\nfocus = 3\n[initiative.a.task]\n\
         x = { effort = [\"3w\", \"2w\", \"1w\"], after = \"y\" }\ny = { effort = \"1w\", after = \"x\", engineers = 3 }\n",
    );
    assert_eq!(
        faults,
        [
            "unknown-key 3",
            "out-of-range 6",
            "reversed-estimate 8",
            "cycle 9",
            "never-staffed 9"
        ]
    );
}

#[test]
fn a_cycle_names_every_task_in_order() {
    let text = format!(
        "{START}[initiative.a.task]\nx = {{ effort = \"1w\", after = \"z\" }}\ny = {{ effort = \"1w\", after = \"x\" }}\n\
         z = {{ effort = \"1w\", after = \"y\" }}\n"
    );
    let faults = built(&text).expect_err("a circle");
    assert_eq!(faults[0].message, "these tasks wait for one another: a.x → a.y → a.z → a.x");
    assert_eq!(faults[0].related.len(), 2);
}

#[test]
fn long_chains_and_large_scenarios_are_read_in_time() {
    let mut text = String::from(START);
    text.push_str("[initiative.a.task]\n");
    for task in 0..20_000 {
        let after = if task == 0 {
            String::new()
        } else {
            format!(", after = \"t{}\"", task - 1)
        };
        text.push_str(&format!("t{task} = {{ effort = [\"1d\", \"2d\", \"4d\"]{after} }}\n"));
    }
    let begun = std::time::Instant::now();
    assert_eq!(plan(&text).tasks.len(), 20_000);
    text.push_str("t20000 = { effort = \"1d\" }\n");
    assert_eq!(refused(&text), ["too-many 20006"]);
    // Generous: a quadratic step would take minutes.
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn no_number_of_warnings_hides_an_error() {
    let mut text = format!("{START}[initiative.a.task]\n");
    for task in 0..1_500 {
        text.push_str(&format!("t{task} = {{ effort = \"1d\", engineers = {{ max = 9 }} }}\n"));
    }
    text.push_str("x = { effort = \"1d\", after = \"y\" }\ny = { effort = \"1d\", after = \"x\" }\n");
    assert!(refused(&text).contains(&"cycle 1507".to_owned()));
}

#[test]
fn an_option_reports_only_what_it_breaks_itself() {
    let faults = refused(&format!(
        "{START}focus = 2\n[initiative.a.task]\nx = {{ effort = \"1w\" }}\n[checkpoint.c]\ntask = \"a.x\"\ndone_by = \"6w\"\n\
         [option.fine]\nteam.core.engineers = 9\n[[option.fine.team.core.hire]]\nstarts = 2026-02-02\n\
         [option.broken]\ninitiative.a.task.x.drop = true\ninitiative.a.task.y.effort = \"1w\"\n"
    ));
    assert_eq!(faults, ["out-of-range 5", "unknown-reference 15"]);
}

/// The full scenario of the interface with a few bytes taken out, put in or repeated, in any order.
fn damaged(edits: &[(usize, usize, u8)]) -> Vec<u8> {
    let mut bytes = include_bytes!("../../tests/full.toml").to_vec();
    for (at, length, byte) in edits {
        let at = at % bytes.len().max(1);
        let end = (at + length % 40).min(bytes.len());
        match byte % 4 {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy: Vec<u8> = bytes[at..end].to_vec();
                let to = (at * 7 + length) % (bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            2 => bytes.insert(at, *byte),
            _ => bytes.splice(at..end, b"[\"-1w\", 0, {}]".iter().copied()).for_each(drop),
        }
    }
    bytes
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_damage_to_a_file_makes_the_reader_panic(edits in proptest::collection::vec(proptest::prelude::any::<(usize, usize, u8)>(), 1..8)) {
        let read = crate::scenario::read("s.toml", damaged(&edits)).and_then(|scenario| build(&scenario, &no_files));
        if let Err(faults) = read {
            proptest::prop_assert!(faults.iter().any(Fault::is_error));
            proptest::prop_assert!(!crate::diagnostic::render(&faults, false).is_empty());
        }
    }
}
