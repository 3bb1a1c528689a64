//! What the parts of a file say about one another.

use std::io;

use crate::diagnostic::Fault;
use crate::plan::{
    BetId, BudgetKind, Dispatch, Estimate, FindingId, FlowId, IncidentId, InitiativeId, LinkKind, Plan, RiskId, TaskId, TeamId, Work, build,
};
use crate::sampling::Shape;
use crate::units::Probability;

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
    // No checkpoint watches over the promise of line 9.
    assert_eq!(codes(&plan.warnings), ["no-trigger 9", "floored-estimate 16"]);
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
            "team.core.attrition_per_year",
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

/// Every number of the interface's full scenario, as a person would compute it from the file.
#[test]
fn the_full_scenario_is_understood_to_the_last_number() {
    let plan = plan(include_str!("../../tests/full.toml"));
    // Triples such as 2h / 6h / 3d reach far down; that is worth a word, and no error.
    assert_eq!(codes(&plan.warnings), ["floored-estimate 40"]);
    assert!(plan.warnings[0].message.contains("4 estimates"), "{}", plan.warnings[0].message);
    assert_eq!(plan.warnings[0].related.len(), 3);
    let core = &plan.teams[0];
    assert_eq!((core.engineers, core.focus, core.attrition_per_year), (12, 0.7, 0.13));
    assert_eq!((core.ramp_up, core.cost_per_week), (60.0, 4_000.0));
    let backfill = core.backfill.as_ref().expect("a backfill");
    assert_eq!((backfill.low, backfill.likely), (40.0, 60.0));
    assert_eq!(core.elsewhere[0].until.days(), 38.0);
    // 19 January and 16 February are holidays: 2 and 16 February are the mornings after 19 and 29 days, 30 March after 58.
    let hire = &core.hires[0];
    assert_eq!((hire.starts.low, hire.starts.likely), (19.0, 29.0));
    assert!((hire.starts.distribution.quantile(0.9) - 58.0).abs() < 1e-6);
    assert_eq!(hire.starts.text, "2026-02-02 / 2026-02-16 / 2026-03-30");
    assert_eq!((hire.probability.get(), hire.engineers, hire.ramp_up), (0.8, 1, 60.0));
    assert!(hire.until.is_none() && hire.starts.distribution.floor().is_none());
    let reliability = &plan.teams[1];
    assert_eq!((reliability.attrition_per_year, reliability.cost_per_week), (0.0, 0.0));
    assert!(reliability.backfill.is_none() && reliability.hires.is_empty());
    assert_eq!(plan.default_team, None);
    assert_eq!((plan.flows[0].customers, plan.flows[0].value_per_customer_minute), (20_000.0, 0.02));
    let sev1 = &plan.incidents[0];
    assert_eq!(sev1.rate_per_day, 2.0 / 91.3125);
    assert_eq!((sev1.rate_cv, sev1.overdispersion, sev1.share), (0.5, 0.2, 0.6));
    assert_eq!((sev1.team, sev1.flow, sev1.responders), (Some(TeamId(1)), Some(FlowId(0)), 3));
    assert_eq!(sev1.change_failure_rate.get(), 0.15);
    let numbers = |estimate: &Option<Estimate>| estimate.as_ref().map(|estimate| (estimate.low, estimate.likely));
    // Working time: 2 of 8 hours, 6 of 8 hours. Clock time: minutes.
    assert_eq!(numbers(&sev1.response), Some((0.25, 0.75)));
    assert_eq!(numbers(&sev1.downtime), Some((15.0, 40.0)));
    assert_eq!(numbers(&sev1.follow_up), Some((1.0, 3.0)));
    let downtime = sev1.downtime.as_ref().expect("a downtime");
    assert!((downtime.distribution.quantile(0.9) - 240.0).abs() < 1e-4);
    let critical = &plan.findings[0];
    assert_eq!((critical.per_engineer_week, critical.rate_cv, critical.team), (0.02, 0.5, None));
    assert!(critical.blocks_release && critical.fix.likely == 5.0);
    assert!(matches!(
        plan.budgets[0].kind,
        BudgetKind::Reliability {
            flow: FlowId(0),
            customer_minutes_per_quarter: 1_500_000.0,
            burnt: 0.0,
            freeze: false
        }
    ));
    assert_eq!(plan.budgets[0].tolerance.map(Probability::get), Some(0.1));
    assert!(matches!(
        plan.budgets[1].kind,
        BudgetKind::Security {
            initiative: InitiativeId(0),
            max_open: None,
            max_days_held: Some(5.0)
        }
    ));
    assert!(matches!(
        plan.budgets[2].kind,
        BudgetKind::Delivery {
            commitment: 0,
            max_slip: 0.2,
            ..
        }
    ));
    assert!(matches!(plan.budgets[3].kind, BudgetKind::Cost { max: 900_000.0 }));
    let mitigation = plan.risks[0].mitigation.as_ref().expect("a mitigation");
    assert_eq!(
        (mitigation.title.as_str(), mitigation.cost, mitigation.probability.get()),
        ("Two-week spike", 15_000.0, 0.15)
    );
    assert_eq!(plan.tasks.len(), 4);
    assert!(plan.tasks.iter().all(|task| task.only_if.is_none()));
    let keys: Vec<&str> = plan.defaults.iter().map(|default| default.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "scenario.timelines",
            "team.reliability.focus",
            "team.reliability.attrition_per_year",
            "team.core.hire.engineers",
            "task.engineers",
            "finding.critical.rate_cv",
            "finding.critical.team",
            "team.reliability.cost_per_week",
        ]
    );
    let bets: Vec<(&str, Option<&str>)> = plan.bets.iter().map(|bet| (bet.title.as_str(), bet.owner.as_deref())).collect();
    assert_eq!(bets, [("Win the enterprise segment", Some("CEO"))]);
    assert_eq!(plan.initiatives[0].supports, [BetId(0)]);
    assert_eq!(plan.initiatives[0].commitments[0].owner.as_deref(), Some("CEO and CTO"));
    let options: Vec<(&str, f64)> = plan.options.iter().map(|option| (option.id.as_str(), option.plan.once)).collect();
    assert_eq!(options, [("narrow", 0.0), ("two-contractors", 30_000.0)]);
}

#[test]
fn bets_and_the_words_of_the_work_are_kept() {
    let text = format!(
        "{START}[bet.win]\n[bet.other]\ntitle = \"Keep\"\nowner = \"CEO\"\n\
         [initiative.a]\nowner = \"Ann\"\nsupports = [\"win\", \"win\"]\ndecision_ask = \"Yes or no?\"\n\
         commitment = [{{ date = 2026-03-06, to = \"board\", owner = \"CEO\" }}, {{ date = 2026-04-06, to = \"team\" }}]\n\
         [initiative.a.task.t]\nduration = \"1w\"\nwork_item = \"Locks\"\n"
    );
    let plan = plan(&text);
    let titles: Vec<&str> = plan.bets.iter().map(|bet| bet.title.as_str()).collect();
    assert_eq!(titles, ["win", "Keep"]);
    let initiative = &plan.initiatives[0];
    assert_eq!(initiative.supports, [BetId(0)], "named twice, supported once");
    assert_eq!(initiative.ladder.decision_ask.as_deref(), Some("Yes or no?"));
    let owners: Vec<Option<&str>> = initiative.commitments.iter().map(|promise| promise.owner.as_deref()).collect();
    assert_eq!(owners, [Some("CEO"), Some("Ann")]);
    assert_eq!(plan.tasks[0].ladder.work_item.as_deref(), Some("Locks"));
    assert!(plan.tasks[0].ladder.decision_ask.is_none());
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
    assert_eq!(plan.budgets[0].tolerance.map(Probability::get), Some(0.1));
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

#[test]
fn a_risk_adds_a_task_takes_people_and_scales_rates() {
    let plan = plan(
        "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\ndefault = true\n[team.web]\nengineers = 2\n\
         [incident.sev1]\nrate = { per_month = 1 }\n[finding.f]\nper_engineer_week = 0\nfix = \"1d\"\n\
         [risk.legacy]\nprobability = 0.5\naffects = [\"one.b\", \"one\"]\nmultiply = 2\n\
         adds_task = { title = \"Rewrite\", effort = [\"1w\", \"2w\", \"4w\"], team = \"web\", engineers = 2, after = \"a\", before = [\"b\", \"two\"], release = true, review = { f = 2 } }\n\
         [risk.flu]\nprobability = 0.2\nfrom = 2026-02-02\ntakes = { team = \"web\", engineers = 2, for = [\"1w\", \"2w\", \"3w\"] }\n\
         scales_rate = { sev1 = 2.0 }\ncost = 500\n\
         [initiative.one.task]\na = { effort = \"1w\", scales_rate = { sev1 = 0.6 }, review = { f = 0 } }\nb = { effort = \"1w\", after = \"a\" }\n\
         [initiative.two.task]\nc = { effort = \"1w\", after = \"one\" }\nd = { duration = \"1w\", review = { f = 0.5 } }\n",
    );
    let ids: Vec<&str> = plan.tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["one.a", "one.b", "two.c", "two.d", "one.legacy"]);
    let added = &plan.tasks[4];
    assert_eq!(
        (added.title.as_str(), added.initiative, added.only_if),
        ("Rewrite", InitiativeId(0), Some(RiskId(0)))
    );
    assert_eq!((added.release, added.review.as_slice()), (true, &[(FindingId(0), 2.0)][..]));
    assert!(matches!(
        added.work,
        Work::Effort {
            team: TeamId(1),
            min: 2,
            max: 2,
            ..
        }
    ));
    assert_eq!(plan.initiatives[0].tasks, [TaskId(0), TaskId(1), TaskId(4)]);
    let after = |task: usize| plan.tasks[task].links.iter().map(|link| link.predecessor.0).collect::<Vec<usize>>();
    // `two.c` comes after all of `one`: its last task of the file, and the one that may be added (named twice, linked once).
    assert_eq!((after(4), after(1), after(2), after(3)), (vec![0], vec![0, 4], vec![1, 4], vec![4]));
    // The risk does not multiply what it adds itself.
    assert_eq!(plan.risks[0].affects, [TaskId(0), TaskId(1)]);
    let flu = &plan.risks[1];
    assert_eq!(
        (flu.from.days(), flu.cost, flu.scales_rate.as_slice()),
        (20.0, 500.0, &[(IncidentId(0), 2.0)][..])
    );
    let absence = flu.takes.as_ref().expect("an absence");
    assert_eq!((absence.team, absence.engineers, absence.span.likely), (TeamId(1), 2, 10.0));
    assert_eq!(plan.tasks[0].scales_rate, [(IncidentId(0), 0.6)]);
    assert_eq!(
        (plan.tasks[0].review.len(), plan.tasks[3].review.as_slice()),
        (0, &[(FindingId(0), 0.5)][..])
    );
    assert_eq!(plan.default_team, Some(TeamId(0)));
}

#[test]
fn a_task_that_a_risk_adds_belongs_to_what_is_named_affected_or_there_alone() {
    let home = |keys: &str, affects: &str| {
        let plan = plan(&format!(
            "{START}[initiative.one]\nduration = \"1w\"\n[initiative.two.task]\na = {{ effort = \"1w\" }}\n\
             [risk.r]\ntitle = \"R\"\nprobability = 0.5\naffects = {affects}\ndelay = \"1d\"\nadds_task = {{ duration = \"1w\"{keys} }}\n"
        ));
        let added = plan.tasks.last().expect("a task");
        assert_eq!(added.title, "R");
        added.id.clone()
    };
    assert_eq!(home("", "[\"core\", \"two.a\", \"one\"]"), "two.r");
    assert_eq!(home("", "\"one\""), "one.r");
    assert_eq!(home(", initiative = \"two\", before = \"a\"", "\"one\""), "two.r");
    // In an initiative that is one estimate, that task bears the initiative's name.
    assert_eq!(home(", before = \"one\"", "\"one\""), "one.r");
}

#[test]
fn hires_come_on_dates_and_may_be_all_that_a_team_has() {
    let plan = plan(
        "[scenario]\nstart = 2026-01-05\n[estimates]\nrange = \"min-max\"\n[team.core]\nengineers = 0\nramp_up = \"4w\"\n\
         hire = [{ starts = [2026-01-12, 2026-01-17, 2026-01-26], engineers = 2 }, { starts = 2026-02-07, until = 2026-03-06, ramp_up = \"1w\", probability = 0.5 }]\n\
         [initiative.a]\neffort = \"8w\"\nengineers = { min = 2 }\n",
    );
    let hires = &plan.teams[0].hires;
    assert_eq!(hires[0].starts.distribution.shape(), Shape::Pert);
    // A Saturday means the Monday after it; the ends are bounds.
    assert_eq!((hires[0].starts.low, hires[0].starts.likely), (5.0, 10.0));
    assert_eq!(
        (
            hires[0].starts.distribution.quantile(0.0),
            hires[0].starts.distribution.quantile(1.0)
        ),
        (5.0, 15.0)
    );
    assert_eq!((hires[0].ramp_up, hires[0].probability.get(), hires[0].engineers), (20.0, 1.0, 2));
    assert!(hires[1].starts.is_fixed() && hires[1].starts.likely == 25.0);
    assert_eq!((hires[1].until.map(|time| time.days()), hires[1].ramp_up), (Some(45.0), 5.0));
    assert!(matches!(plan.tasks[0].work, Work::Effort { min: 2, max: 3, .. }));
    let keys: Vec<&str> = plan.defaults.iter().map(|default| default.key.as_str()).collect();
    assert!(keys.contains(&"team.core.hire.probability") && keys.contains(&"team.core.hire.engineers"));
}

#[test]
fn rates_are_per_calendar_day_and_defaults_are_disclosed_once() {
    let plan = plan(&format!(
        "{START}attrition_per_year = 0.1\n[flow.web]\ncustomers = 10\n\
         [incident.a]\nrate = {{ per_week = 7 }}\nteam = \"core\"\nresponse = \"1h\"\nflow = \"web\"\ndowntime = {{ shape = \"lognormal\", mu = 3, sigma = 0.5 }}\n\
         [incident.b]\nrate = {{ per_month = 30.4375 }}\nchange_failure_rate = 0.1\n[incident.c]\nrate = {{ per_quarter = 0 }}\nchange_failure_rate = 1\n\
         [initiative.i]\nduration = \"1w\"\nrelease = true\n"
    ));
    let rates: Vec<f64> = plan.incidents.iter().map(|class| class.rate_per_day).collect();
    assert_eq!(rates, [1.0, 1.0, 0.0]);
    let [a, b, _] = plan.incidents.as_slice() else { panic!("three") };
    assert_eq!((a.responders, b.responders, a.share), (1, 0, 1.0));
    // Downtime counts minutes: the median is e³ of them.
    let downtime = a.downtime.as_ref().expect("a downtime");
    assert!((downtime.likely - 20.085_536_923).abs() < 1e-6);
    let of = |key: &str| {
        let found: Vec<_> = plan.defaults.iter().filter(|default| default.key == key).collect();
        assert_eq!(found.len(), 1, "{key}");
        found[0].meaning.clone()
    };
    assert!(of("incident.rate_cv").ends_with("(`a`, `b`, `c`)"));
    assert_eq!(of("incident.a.share"), "all customers of the flow feel it");
    assert_eq!(of("incident.a.responders"), "one person responds");
    assert_eq!(of("incident.a.change_failure_rate"), "releases cause none");
    assert_eq!(of("team.core.backfill"), "vacancies stay vacant");
    assert!(!plan.defaults.iter().any(|default| default.key.contains("cost")));
}

#[test]
fn what_an_added_task_waits_for_may_still_be_the_last_of_its_initiative() {
    let plan = plan(&format!(
        "{START}[initiative.one.task]\na = {{ effort = \"1w\" }}\n[initiative.two.task]\nb = {{ effort = \"1w\", after = [\"one\", \"one.r\"] }}\n\
         [risk.r]\nprobability = 0.5\nadds_task = {{ effort = \"1w\", initiative = \"one\", after = \"a\", before = \"two\" }}\n"
    ));
    let after: Vec<usize> = plan.tasks[1].links.iter().map(|link| link.predecessor.0).collect();
    // Without the risk `two.b` still comes after `one.a`; with it, after `one.r` too, however often that is said.
    assert_eq!(after, [0, 2]);
}

#[test]
fn an_initiative_has_a_task_that_no_risk_must_add() {
    let only = "[initiative.a]\ntitle = \"A\"\n[initiative.a.task]\n[risk.r]\nprobability = 0.5\nadds_task = { duration = \"1w\" }\n";
    assert_eq!(refused(&format!("{START}{only}")), ["nothing-to-do 5"]);
}

#[test]
fn a_correlation_given_in_part_lists_the_other_default() {
    let plan = plan(&format!(
        "{START}[estimates]\ncorrelation = {{ team = 0.2 }}\n[initiative.a]\nduration = \"1w\"\n"
    ));
    assert_eq!((plan.correlation.team(), plan.correlation.portfolio()), (0.2, 0.1));
    let given = plan
        .defaults
        .iter()
        .find(|default| default.key.starts_with("estimates.correlation"))
        .expect("listed");
    assert_eq!(
        (given.key.as_str(), given.value.as_str()),
        ("estimates.correlation.portfolio", "0.1")
    );
}

#[test]
fn options_add_hires_replace_rates_and_their_own_faults_are_found() {
    let base = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\nhire = [{ starts = 2026-02-02 }]\n\
         [incident.sev1]\nrate = { per_quarter = 2 }\n[initiative.a]\neffort = \"1w\"\n";
    let scenario = crate::scenario::read(
        "s.toml",
        format!(
            "{base}[option.one]\nteam.core.hire = {{ starts = 2026-03-02 }}\nincident.sev1.rate = {{ per_month = 1 }}\n\
             [[option.two.team.core.hire]]\nstarts = 2026-04-01\n"
        )
        .into_bytes(),
    )
    .expect("text");
    let taken = |index: usize| scenario.options[index].taken.as_ref().expect("an option");
    let lines: Vec<usize> = scenario
        .options
        .iter()
        .map(|option| option.taken.as_ref().map_or(0, |taken| taken.teams[0].hires.len()))
        .collect();
    assert_eq!(lines, [2, 2]);
    assert!(taken(0).faults.is_empty() && taken(1).faults.is_empty());
    let rate = taken(0).incidents[0].rate_per_day.as_ref().map(|at| at.value);
    assert_eq!(rate, Some(1.0 / 30.4375));
    assert_eq!(
        refused(&format!(
            "{base}[option.one]\n[[option.one.team.core.hire]]\nstarts = 2025-04-01\n\
             [option.two.incident.sev1]\nteam = \"cor\"\n"
        )),
        ["hire-before-start 12", "unknown-team 14"]
    );
}

/// The full scenario of the interface with a few bytes taken out, put in or repeated, in any order.
fn damaged(edits: &[(usize, usize, u8)]) -> Vec<u8> {
    let mut bytes = include_bytes!("../../tests/full.toml").to_vec();
    bytes.extend_from_slice(
        b"[risk.more]\nprobability = 0.1\nfrom = 2026-02-02\ntakes = { team = \"core\", engineers = 2, for = [\"1w\", \"2w\", \"4w\"] }\n\
          scales_rate = { sev1 = 2.0 }\ncost = 5\nadds_task = { effort = [\"1w\", \"2w\", \"4w\"], team = \"core\", review = { critical = 1 }, \
          after = \"data-model\", before = [\"launch\"] }\n",
    );
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

#[test]
fn floored_estimates_are_told_one_by_one_while_they_are_few_and_an_option_tells_only_its_own() {
    let text = |tasks: usize, option: &str| {
        let tasks: String = (0..tasks)
            .map(|index| format!("t{index} = {{ effort = [\"2h\", \"6h\", \"3d\"] }}\n"))
            .collect();
        format!("[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\n[initiative.launch.task]\n{tasks}{option}")
    };
    assert_eq!(plan(&text(3, "")).warnings.len(), 3);
    let warnings = plan(&text(9, "")).warnings;
    assert_eq!(codes(&warnings), ["floored-estimate 6"]);
    assert_eq!(warnings[0].related.len(), 8);
    assert!(
        warnings[0].message.contains("`launch.t2`") && warnings[0].message.ends_with("and 6 more"),
        "{}",
        warnings[0].message
    );
    let option = "[option.o.initiative.launch.task]\nnew = { effort = [\"2h\", \"6h\", \"3d\"] }\n";
    let warnings = plan(&text(9, option)).warnings;
    assert_eq!(codes(&warnings), ["floored-estimate 6", "floored-estimate 16"]);
    assert!(
        warnings[1].message.starts_with("in option `o`: `launch.new`"),
        "{}",
        warnings[1].message
    );
}
