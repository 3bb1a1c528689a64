//! Reading what has really happened: the corpus of mistakes and doubts under `tests/rejected_actuals`, accepted files → exact facts, a
//! tracker's CSV against the same as TOML, changed plans against the scenario edited by hand, and bytes of any kind.
//!
//! Each file of the corpus names at its top (a CSV in `<name>.expect` beside it), as `# expect: code @ line`, every fault that it must
//! produce. What a person sees stands in `<name>.stderr`; `UPDATE_GOLDEN=1` writes it anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sim::calendar::Date;
use sim::diagnostic::{Fault, render};
use sim::plan::{self, CustomerMinutes, FindingActual, FlowId, IncidentActual, Plan, Reported, RiskActual, TaskActual, read_actuals};
use sim::scenario::{self, Scenario};
use sim::units::WorkDays;

const PLAN: &str = include_str!("rejected_actuals/plan.scenario");

fn no_files(_: &str) -> io::Result<String> {
    Err(io::ErrorKind::NotFound.into())
}

fn planned(name: &str, text: &str) -> (Scenario, Plan) {
    let scenario = scenario::read(name, text.as_bytes().to_vec()).unwrap_or_else(|faults| panic!("{}", render(&faults, false)));
    let plan = plan::build(&scenario, &no_files).unwrap_or_else(|faults| panic!("{}", render(&faults, false)));
    (scenario, plan)
}

fn read(name: &str, text: &[u8], as_of: Option<Date>) -> Result<Reported, Vec<Fault>> {
    let (scenario, plan) = planned("plan.toml", PLAN);
    read_actuals(&scenario, &plan, &no_files, name, text.to_vec(), as_of)
}

fn accepted(name: &str, text: &str, as_of: Option<Date>) -> Reported {
    read(name, text.as_bytes(), as_of).unwrap_or_else(|faults| panic!("{}", render(&faults, false)))
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn codes(faults: &[Fault]) -> Vec<&'static str> {
    faults.iter().map(|fault| fault.code).collect()
}

fn task(reported: &Reported, id: &str) -> Option<TaskActual> {
    let index = reported
        .plan
        .tasks
        .iter()
        .position(|task| task.id == id)
        .unwrap_or_else(|| panic!("{id}"));
    reported.actuals.tasks[index]
}

fn ran(started: f64, finished: Option<f64>) -> TaskActual {
    TaskActual {
        started: WorkDays::new(started),
        finished: finished.map(WorkDays::new),
        spent: None,
        percent: None,
        outside_estimate: false,
    }
}

// The corpus.

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected_actuals");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml" || extension == "csv"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_file_of_the_corpus_produces_exactly_its_faults() {
    let paths = corpus();
    assert!(paths.len() >= 30, "the corpus has shrunk to {} files", paths.len());
    let mut wrong = String::new();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = fs::read(&path).unwrap_or_default();
        let said = fs::read(path.with_extension("expect")).unwrap_or_else(|_| bytes.clone());
        let said = String::from_utf8_lossy(&said);
        let lines = |begin: &str| -> Vec<String> {
            let lines = said.lines().filter_map(|line| line.strip_prefix(begin));
            lines.map(|line| line.trim().to_owned()).collect()
        };
        let mut expected = lines("# expect: ");
        assert!(!expected.is_empty(), "{name} expects nothing");
        let faults = match read(&name, &bytes, lines("# as-of: ").first().map(|text| date(text))) {
            Ok(reported) => reported.warnings,
            Err(faults) => faults,
        };
        let mut found: Vec<String> = faults
            .iter()
            .map(|fault| format!("{} @ {}", fault.code, fault.position().map_or(0, |(line, _)| line)))
            .collect();
        expected.sort();
        found.sort();
        let shown = render(&faults, false);
        if expected != found {
            wrong.push_str(&format!("{name}\nexpected {expected:#?}\nfound {found:#?}\n{shown}\n"));
        }
        let golden = path.with_extension("stderr");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &shown).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        }
        if fs::read_to_string(&golden).ok().as_deref() != Some(&shown) {
            wrong.push_str(&format!("{} has changed; it is now:\n{shown}\n", golden.display()));
        }
        for fault in faults
            .iter()
            .filter(|fault| fault.is_error() && fault.allowed.is_none() && fault.hint.is_none())
        {
            wrong.push_str(&format!("{name}: `{}` says neither what is allowed nor what to do\n", fault.code));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

// Accepted files.

const WEEK: &str = r#"
as_of = 2026-02-16
[task."segment.discovery"]
started  = 2026-01-05
finished = 2026-01-23
spent    = "4w"
[task."segment.data-model"]
started = 2026-01-26
percent = 40
[task."segment.tax-review"]
not_started = true
[team.core]
engineers = 5
[incident.sev1]
count = 3
customer_minutes = { checkout = 900_000 }
[incident.pager]
count = 4
[finding.critical]
found = 2
open  = 1
[risk.legacy]
happened = true
[risk.rework]
happened = false
[risk.certain]
happened = true
retired  = true
"#;

#[test]
fn a_week_is_read_as_working_time() {
    let reported = accepted("week.toml", WEEK, None);
    assert_eq!(codes(&reported.warnings), [] as [&str; 0]);
    assert!(!reported.is_changed);
    let actuals = &reported.actuals;
    // Six weeks less the holiday of 19 January.
    assert_eq!((actuals.date, actuals.as_of), (date("2026-02-16"), WorkDays::new(29.0)));
    let discovery = TaskActual {
        spent: Some(20.0),
        ..ran(0.0, Some(14.0))
    };
    assert_eq!(task(&reported, "segment.discovery"), Some(discovery));
    let model = TaskActual {
        percent: Some(40.0),
        ..ran(14.0, None)
    };
    assert_eq!(task(&reported, "segment.data-model"), Some(model));
    for id in ["segment.tax-review", "segment.launch", "pricing", "segment.rework"] {
        assert_eq!(task(&reported, id), None, "{id}");
    }
    assert_eq!(actuals.teams, [Some(5), None]);
    let sev1 = IncidentActual {
        count: 3,
        per_quarter: Some(vec![3]),
        customer_minutes: Some(CustomerMinutes {
            flow: FlowId(0),
            per_quarter: vec![900_000.0],
            is_spread: false,
        }),
    };
    let pager = IncidentActual {
        count: 4,
        per_quarter: Some(vec![4]),
        customer_minutes: None,
    };
    assert_eq!(actuals.incidents, [Some(sev1), Some(pager)]);
    assert_eq!(actuals.customer_minutes(FlowId(0)), [900_000.0]);
    assert_eq!(actuals.customer_minutes(FlowId(1)), [0.0; 0]);
    assert_eq!(actuals.findings, [Some(FindingActual { found: 2, open: Some(1) })]);
    assert_eq!(
        actuals.risks,
        [
            RiskActual::Happened,
            RiskActual::Open,
            RiskActual::Unreported,
            RiskActual::HappenedAndRetired
        ]
    );
}

#[test]
fn free_days_go_to_the_nearest_working_time() {
    let text = r#"
        as_of = 2026-01-25
        [task."segment.discovery"]
        started  = 2026-01-10
        finished = 2026-01-18
        [task."segment.data-model"]
        started = 2026-01-19
    "#;
    let reported = accepted("week.toml", text, None);
    // Saturday the 10th is the morning of Monday; Sunday the 18th the evening of Friday; the 19th is a holiday.
    assert_eq!(task(&reported, "segment.discovery"), Some(ran(5.0, Some(10.0))));
    assert_eq!(task(&reported, "segment.data-model"), Some(ran(10.0, None)));
    assert_eq!(reported.actuals.as_of, WorkDays::new(14.0));
}

#[test]
fn six_working_days_from_the_fifth_to_the_thirteenth() {
    // The example of the documentation: Monday 5 January, still running as of Tuesday 13 January.
    let reported = accepted("week.toml", "as_of = 2026-01-13\n[task.pricing]\nstarted = 2026-01-05\n", None);
    let pricing = task(&reported, "pricing").expect("begun");
    assert_eq!(reported.actuals.as_of.days() - pricing.started.days(), 6.0);
}

#[test]
fn numbers_are_told_apart_by_quarter() {
    let text = r#"
        as_of = 2026-04-20
        [task."segment.discovery"]
        started = 2026-03-30
        [incident.sev1]
        count = { "2026-Q1" = 2, "2026-Q2" = 1 }
        customer_minutes = { checkout = { "2026-Q1" = 600_000, "2026-Q2" = 300_000 } }
        [incident.pager]
        count = 10
    "#;
    let reported = accepted("week.toml", text, None);
    assert_eq!(codes(&reported.warnings), [] as [&str; 0]);
    let sev1 = reported.actuals.incidents[0].clone().expect("told");
    assert_eq!((sev1.count, sev1.per_quarter), (3, Some(vec![2, 1])));
    assert_eq!(reported.actuals.customer_minutes(FlowId(0)), [600_000.0, 300_000.0]);
    let pager = reported.actuals.incidents[1].clone().expect("told");
    assert_eq!((pager.count, pager.per_quarter), (10, None));
}

#[test]
fn a_sum_over_two_quarters_is_spread_by_days() {
    // 5 January to 1 April are 86 days, to 20 April 19 more.
    let text = "as_of = 2026-04-20\n[task.pricing]\nstarted = 2026-04-13\n[incident.sev1]\ncount = 1\ncustomer_minutes.checkout = 105\n";
    let reported = accepted("week.toml", text, None);
    assert_eq!(reported.actuals.customer_minutes(FlowId(0)), [86.0, 19.0]);
    assert_eq!(codes(&reported.warnings), ["minutes-spread"]);
}

#[test]
fn evidence_that_no_future_has_is_marked() {
    let of = |finished: &str| {
        let text = format!(
            "as_of = 2026-03-02\n[task.\"segment.notice\"]\nstarted = 2026-01-05\n{finished}\n[task.pricing]\nstarted = 2026-02-16\n"
        );
        let reported = accepted("week.toml", &text, None);
        let is_told = codes(&reported.warnings).contains(&"outside-estimate");
        let notice = task(&reported, "segment.notice").expect("begun");
        assert_eq!(notice.outside_estimate, is_told);
        // An overrun leaves room for anything.
        assert!(!task(&reported, "pricing").expect("begun").outside_estimate);
        is_told
    };
    // Ten days fixed: on the tenth day, a day early, a day late, still running after seven weeks.
    assert!(!of("finished = 2026-01-16"));
    assert!(of("finished = 2026-01-15"));
    assert!(of("finished = 2026-01-20"));
    assert!(of(""));
}

#[test]
fn successors_may_begin_on_the_day_on_which_their_predecessor_ends() {
    let of = |started: &str| {
        let text = format!(
            "as_of = 2026-02-02\n[task.\"segment.discovery\"]\nstarted = 2026-01-05\nfinished = 2026-01-16\n[task.\"segment.data-model\"]\nstarted = {started}\n"
        );
        codes(&accepted("week.toml", &text, None).warnings)
    };
    assert_eq!(of("2026-01-16"), [] as [&str; 0]);
    assert_eq!(of("2026-01-15"), ["begun-early"]);
}

// A tracker's CSV.

#[test]
fn a_csv_says_what_the_same_says_as_toml() {
    let toml = r#"
        as_of = 2026-02-16
        [task."segment.discovery"]
        started  = 2026-01-05
        finished = 2026-01-23
        spent    = "20d"
        [task."segment.data-model"]
        started = 2026-01-26
        spent   = "7.5d"
        percent = 40
        [task."segment.notice"]
        dropped = true
    "#;
    let files = [
        "task,started,finished,spent,percent,status\n\
         segment.discovery,2026-01-05,2026-01-23,4w,,\n\
         segment.data-model,2026-01-26,,1w 2d 4h,40,\n\
         segment.launch,,,,,\n\
         segment.notice,,,,,Won't do\n",
        "\u{feff}Issue Key;Summary;Status;Start date;Resolved;Time Spent (h);% complete\r\n\
         \"segment.discovery\";\"What; and \"\"how\"\"\";Done;2026-01-05T09:00:00;2026-01-23 17:30;160;100%\r\n\
         \r\n\
         segment.data-model;Model;In Progress;2026-01-26;;60;40 %\r\n\
         segment.launch;;To Do;;;0;0\r\n\
         segment.notice;;CANCELLED;;;;\r\n",
        "id\tstart\tdone\ttime_spent_s\tprogress\tstate\n\
         segment.discovery\t2026-01-05\t2026-01-23\t576000\t\t\n\
         segment.data-model\t2026-01-26\t\t216000\t40\n\
         segment.notice\t\t\t\t\tdropped",
    ];
    let wanted = accepted("week.toml", toml, None);
    for text in files {
        let reported = accepted("Week.CSV", text, Some(date("2026-02-16")));
        assert_eq!(codes(&reported.warnings), codes(&wanted.warnings), "{text}");
        let mut actuals = reported.actuals.clone();
        for fact in actuals.tasks.iter_mut().flatten().filter(|fact| fact.finished.is_some()) {
            // That what has finished is done, one of the files says beside.
            fact.percent = None;
        }
        assert_eq!(actuals, wanted.actuals, "{text}");
        assert_eq!(format!("{:?}", bare(reported.plan)), format!("{:?}", bare(wanted.plan.clone())));
    }
}

#[test]
fn places_in_a_csv_are_those_of_its_cells() {
    let text = "task;note;started;finished\n\"segment.discovery\";\"two\nlines; é\";2026-01-12;2026-01-05\n";
    let faults = read("week.csv", text.as_bytes(), Some(date("2026-02-16"))).expect_err("finished before started");
    assert_eq!(codes(&faults), ["finished-before-start"]);
    assert_eq!(faults[0].position(), Some((3, 22)));
    assert_eq!(&text[faults[0].span.clone()], "2026-01-05");
}

// The worked example.

#[test]
fn the_weeks_of_the_example_hold_together_and_build_on_one_another() {
    const SCENARIO: &str = include_str!("../scenarios/eight-months-or-six.toml");
    let (scenario, plan) = planned("eight-months-or-six.toml", SCENARIO);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/actuals/eight-months-or-six");
    let week = |name: &str, as_of: Option<&str>| {
        let bytes = fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let reported = read_actuals(&scenario, &plan, &no_files, name, bytes, as_of.map(date));
        let reported = reported.unwrap_or_else(|faults| panic!("{}", render(&faults, false)));
        assert!(reported.warnings.is_empty(), "{}", render(&reported.warnings, false));
        reported.actuals
    };
    let weeks = ["week-03.toml", "week-06.toml", "week-10.toml"].map(|name| week(name, None));
    assert_eq!(weeks.each_ref().map(|week| week.as_of.days()), [15.0, 30.0, 50.0]);
    for (before, after) in [(0, 1), (1, 2)] {
        let (before, after) = (&weeks[before], &weeks[after]);
        for (old, new) in before.tasks.iter().zip(&after.tasks) {
            let Some(old) = old else { continue };
            let new = new.expect("what has begun stays begun");
            assert_eq!(new.started, old.started);
            assert!(new.spent >= old.spent && (old.finished.is_none() || old == &new));
        }
        for (old, new) in before.risks.iter().zip(&after.risks) {
            assert!(!old.has_happened() || new.has_happened());
        }
    }
    // The migration misses its checkpoint, by the morning of week six.
    assert!(weeks[1].tasks[0].expect("begun").finished.is_none());
    assert_eq!(weeks[2].tasks[0].expect("begun").finished, Some(WorkDays::new(48.0)));
    assert_eq!(week("week-06.csv", Some("2026-02-16")).tasks, weeks[1].tasks);
}

// Changed plans.

/// A plan without what belongs to its text.
fn bare(plan: Plan) -> Plan {
    Plan {
        horizon_place: None,
        options: Vec::new(),
        warnings: Vec::new(),
        ..plan
    }
}

#[test]
fn dropped_and_added_tasks_make_the_plan_that_a_hand_would_have_made() {
    let actuals = r#"
        as_of = 2026-02-16
        [task."segment.discovery"]
        started  = 2026-01-05
        finished = 2026-01-16
        [task."segment.data-model"]
        dropped = true
        [task."segment.prototype"]
        added   = { effort = ["1w", "2w", "4w"], team = "core", after = "discovery", before = ["tax-review", "segment.launch"] }
        started = 2026-01-19
        [task."segment.letters"]
        added = { duration = "3w" }
        [plan.initiative.segment.task.notice]
        duration = "15d"
        [[plan.team.ops.hire]]
        starts = 2026-03-02
    "#;
    let by_hand = PLAN
        .lines()
        .filter(|line| !line.starts_with("data-model"))
        .collect::<Vec<_>>()
        .join("\n")
        .replace(
            r#"after = [{ task = "data-model", link = "SS", lag = "1w" }], not_before = 2026-01-26 }"#,
            r#"after = [{ task = "segment.discovery" }, "prototype"], not_before = 2026-01-26 }"#,
        )
        .replace(
            r#"after = ["data-model", "tax-review"], release = true }"#,
            r#"after = ["tax-review", "segment.discovery", "prototype"], release = true }
               prototype = { effort = ["1w", "2w", "4w"], team = "core", after = "discovery" }
               letters = { duration = "3w" }"#,
        )
        .replace(r#"affects     = ["segment.data-model"]"#, r#"affects     = ["segment.prototype"]"#)
        .replace(
            r#"initiative = "segment", after = "data-model""#,
            r#"initiative = "segment", after = "segment.discovery""#,
        )
        .replace("notice     = { duration = \"10d\" }", "notice     = { duration = \"15d\" }")
        .replace("[flow.checkout]", "[[team.ops.hire]]\nstarts = 2026-03-02\n[flow.checkout]");
    let actuals = format!(
        "{actuals}\n[plan.risk.legacy]\naffects = [\"segment.prototype\"]\n[plan.risk.rework.adds_task]\nafter = \"segment.discovery\"\n"
    );
    let reported = accepted("week.toml", &actuals, None);
    assert!(reported.is_changed);
    assert_eq!(codes(&reported.warnings), [] as [&str; 0]);
    let (_, wanted) = planned("plan.toml", &by_hand);
    assert_eq!(format!("{:#?}", bare(reported.plan.clone())), format!("{:#?}", bare(wanted)));
    assert_eq!(task(&reported, "segment.prototype"), Some(ran(10.0, None)));
    assert_eq!(task(&reported, "segment.letters"), None);
    let ids: Vec<&str> = reported.plan.options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["narrow"], "a way out that still fits is kept");
}

#[test]
fn a_dropped_initiative_that_is_one_estimate_is_gone() {
    let reported = accepted("week.toml", "as_of = 2026-01-12\n[task.pricing]\ndropped = true\n", None);
    assert!(reported.plan.initiatives.iter().all(|initiative| initiative.id != "pricing"));
    assert_eq!(reported.plan.tasks.len(), reported.actuals.tasks.len());
}

#[test]
fn a_change_that_breaks_the_scenario_points_at_the_actuals() {
    let text = "as_of = 2026-01-12\n[plan.team.core]\ndrop = true\n";
    let faults = read("week.toml", text.as_bytes(), None).expect_err("nobody is left");
    assert!(faults.iter().any(|fault| fault.is_error()));
    for fault in &faults {
        let source = fault.source.as_ref().expect("a place");
        assert!(fault.span.end <= source.text.len(), "{fault:?}");
        assert!(["week.toml", "plan.toml"].contains(&source.path.as_str()));
    }
}

// Bytes of any kind.

/// Facts that hold together, whatever the file.
fn examine(name: &str, bytes: Vec<u8>, as_of: Option<Date>) {
    let (scenario, plan) = planned("plan.toml", PLAN);
    let reported = match read_actuals(&scenario, &plan, &no_files, name, bytes, as_of) {
        Err(faults) => {
            assert!(faults.iter().any(Fault::is_error));
            let _ = render(&faults, true);
            return;
        }
        Ok(reported) => reported,
    };
    let _ = render(&reported.warnings, true);
    let (plan, actuals) = (&reported.plan, &reported.actuals);
    assert!(reported.warnings.iter().all(|warning| !warning.is_error()));
    assert!(actuals.as_of >= WorkDays::ZERO && actuals.as_of.days().fract() == 0.0);
    assert_eq!(actuals.tasks.len(), plan.tasks.len());
    assert_eq!(actuals.teams.len(), plan.teams.len());
    assert_eq!(actuals.incidents.len(), plan.incidents.len());
    assert_eq!(actuals.findings.len(), plan.findings.len());
    assert_eq!(actuals.risks.len(), plan.risks.len());
    for fact in actuals.tasks.iter().flatten() {
        assert!(fact.started >= WorkDays::ZERO && fact.started <= actuals.as_of && fact.started.days().fract() == 0.0);
        if let Some(finished) = fact.finished {
            assert!(finished >= fact.started && finished <= actuals.as_of && finished.days().fract() == 0.0);
        }
        assert!(fact.spent.is_none_or(|spent| spent > 0.0 && spent.is_finite()));
        assert!(fact.percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)));
    }
    for class in actuals.incidents.iter().flatten() {
        assert!(
            class
                .per_quarter
                .as_ref()
                .is_none_or(|counts| counts.iter().sum::<u32>() == class.count)
        );
        let minutes = class.customer_minutes.iter().flat_map(|minutes| &minutes.per_quarter);
        assert!(minutes.copied().all(|minutes| minutes >= 0.0 && minutes.is_finite()));
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A file of the corpus, or a good one, with some bytes replaced, lines doubled, swapped or taken out.
fn mutated(seeds: &[(String, Vec<u8>)], edits: &[(u8, u16, u16)]) -> (String, Vec<u8>) {
    const BITS: [&str; 14] = [
        "\"",
        "[",
        "\0",
        "\r\n",
        ";",
        "2026-01-10",
        "2999-12-31",
        "1970-01-01",
        "-1",
        "1e308",
        "9223372036854775807",
        "= true",
        "\u{202e}",
        "segment.launch",
    ];
    let first = edits.first().map_or(0, |edit| usize::from(edit.1));
    let (name, bytes) = &seeds[first % seeds.len()];
    let mut bytes = bytes.clone();
    for (what, at, with) in edits {
        let at = usize::from(*at) % (bytes.len() + 1);
        let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (line, other) = (at % lines.len(), usize::from(*with) % lines.len());
        match what % 5 {
            0 => bytes.splice(at..at, BITS[usize::from(*with) % BITS.len()].bytes()).for_each(drop),
            1 => bytes.truncate(at.max(1)),
            2 => {
                lines.swap(line, other);
                bytes = lines.join(&b'\n');
            }
            3 => {
                let doubled = lines[other].clone();
                lines.insert(line, doubled);
                bytes = lines.join(&b'\n');
            }
            _ => {
                lines.remove(line);
                bytes = lines.join(&b'\n');
            }
        }
    }
    (name.clone(), bytes)
}

fn seeds() -> Vec<(String, Vec<u8>)> {
    let corpus = corpus().into_iter().map(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (name, fs::read(path).unwrap_or_default())
    });
    corpus.chain([("week.toml".to_owned(), WEEK.as_bytes().to_vec())]).collect()
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn any_bytes_are_refused_or_hold_together(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), is_csv: bool) {
        let name = if is_csv { "week.csv" } else { "week.toml" };
        examine(name, bytes, Date::new(2026, 2, 16));
    }

    #[test]
    fn any_edit_of_a_file_does_too(edits in proptest::collection::vec(any::<(u8, u16, u16)>(), 1..8)) {
        let (name, bytes) = mutated(&seeds(), &edits);
        examine(&name, bytes, Date::new(2026, 2, 16).filter(|_| name.ends_with("csv")));
    }
}

#[test]
fn files_that_are_too_large_say_so() {
    let huge = "segment.discovery,2026-01-05,\n".repeat(200_000);
    let faults = read("week.csv", format!("task,started,finished\n{huge}").as_bytes(), None).expect_err("six megabytes");
    assert_eq!(codes(&faults), ["file-too-large"]);
    // As much as is read: a fault for every row, and an end to it.
    let many = "x,2026-01-05,\n".repeat(250_000);
    let faults = read(
        "week.csv",
        format!("task,started,finished\n{many}").as_bytes(),
        Date::new(2026, 2, 16),
    )
    .expect_err("no such task");
    assert!(faults.len() <= 2_000 && codes(&faults).contains(&"task-twice"));
    let dropped: String = (0..1_001)
        .map(|task| format!("[task.\"segment.t{task}\"]\ndropped = true\n"))
        .collect();
    let faults = read("week.toml", format!("as_of = 2026-02-16\n{dropped}").as_bytes(), None).expect_err("too many");
    assert_eq!(codes(&faults), ["too-many"]);
}

#[test]
fn a_risk_that_may_have_struck_leaves_room() {
    // data-model has bounds here: no overrun, and numbers that are its ends.
    let bounded = PLAN.replace("[team.core]", "[estimates]\noverrun = \"none\"\nrange = \"min-max\"\n[team.core]");
    let (scenario, plan) = planned("plan.toml", &bounded);
    let of = |risk: &str, spent: &str| {
        let text = format!(
            "as_of = 2026-07-06\n[task.\"segment.discovery\"]\nstarted = 2026-01-05\nfinished = 2026-01-09\n\
             [task.\"segment.data-model\"]\nstarted = 2026-01-12\nfinished = 2026-06-30\nspent = \"{spent}\"\n[risk.legacy]\n{risk}\n"
        );
        let reported = read_actuals(&scenario, &plan, &no_files, "week.toml", text.into_bytes(), None);
        let reported = reported.unwrap_or_else(|faults| panic!("{}", render(&faults, false)));
        task(&reported, "segment.data-model").expect("begun").outside_estimate
    };
    // Four to sixteen weeks.
    assert!(!of("retired = true", "16w") && !of("retired = true", "4w"));
    assert!(of("retired = true", "17w") && of("retired = true", "3w"));
    assert!(!of("happened = true", "17w"), "it may have been multiplied");
}
