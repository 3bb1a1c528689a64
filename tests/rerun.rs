//! `sim rerun` as it is used: the worked example, its outputs, and what it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const SCENARIO: &str = "eight-months-or-six.toml";

/// A folder with the scenario and its actuals, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sim-rerun-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        fs::copy(scenarios.join(SCENARIO), path.join(SCENARIO)).expect("the scenario");
        for week in fs::read_dir(scenarios.join("actuals/eight-months-or-six")).expect("the actuals") {
            let week = week.expect("a file");
            fs::copy(week.path(), path.join(week.file_name())).expect("a week");
        }
        Self(path)
    }

    fn sim(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sim"))
            .args(arguments)
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .output()
            .expect("sim starts")
    }

    /// Standard output of a rerun that must work.
    fn rerun(&self, actuals: &str, more: &[&str]) -> String {
        let output = self.sim(&[&["rerun", SCENARIO, "--no-ledger", "--actuals", actuals, "--trials", "2000"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The summary of a rerun of a scenario and actuals that are given here.
    fn summary_of(&self, scenario: &str, actuals: &str) -> Value {
        fs::write(self.0.join("own.toml"), scenario).expect("a scenario");
        fs::write(self.0.join("own-actuals.toml"), actuals).expect("actuals");
        let output = self.sim(&["rerun", "own.toml", "--actuals", "own-actuals.toml", "--trials", "1000", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn json(&self, actuals: &str, more: &[&str]) -> Value {
        serde_json::from_str(&self.rerun(actuals, &[&["--json"], more].concat())).expect("JSON")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_late_migration_shows_week_by_week() {
    let folder = Folder::new("weeks");
    let weeks: Vec<Value> = ["week-03.toml", "week-06.toml", "week-10.toml"]
        .iter()
        .map(|week| folder.json(week, &[]))
        .collect();
    let worst: Vec<f64> = weeks
        .iter()
        .map(|week| week["rerun"]["verdicts"][0]["worst"]["p"].as_f64().expect("a share"))
        .collect();
    assert!(worst[0] < 0.5 && worst[1] > 0.6 && worst[2] > worst[1] - 0.05, "{worst:?}");
    let outcome = |week: usize| weeks[week]["rerun"]["checkpoints"][0]["outcome"].clone();
    assert_eq!([outcome(0), outcome(1), outcome(2)], ["ahead", "missed", "missed"]);
    let now: Vec<f64> = weeks
        .iter()
        .map(|week| week["rerun"]["verdicts"][0]["promises"][1]["now"]["p"].as_f64().expect("a share"))
        .collect();
    assert!(now[0] > now[1] && now[1] >= now[2], "{now:?}");
    // What is recommended looks ahead.
    for (week, as_of) in weeks.iter().zip(["2026-01-26", "2026-02-16", "2026-03-16"]) {
        assert_eq!(week["rerun"]["as_of"], as_of);
        let recommended = week["checkpoints"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|checkpoint| checkpoint["source"] == "recommended");
        for checkpoint in recommended {
            assert!(checkpoint["by"].as_str().expect("a date") >= as_of, "{checkpoint}");
        }
        // A finished task has finished when it did.
        for task in week["rerun"]["tasks"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|task| task["state"] == "finished")
        {
            assert_eq!(task["finished"], task["now_p50"]);
        }
    }
}

#[test]
fn a_missed_checkpoint_says_who_tells_whom() {
    let folder = Folder::new("protocol");
    let text = folder.rerun("week-06.toml", &[]);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("MISSED") && flat.contains("As agreed, CTO now tells CEO, then the board, within 2d"),
        "{text}"
    );
    assert!(flat.contains("On the worst-case path of the first forecast"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn outputs_stand_beside_those_of_the_run_and_stay_there() {
    let folder = Folder::new("outputs");
    folder.rerun("week-06.toml", &[]);
    let summary = folder.0.join("out/eight-months-or-six/rerun-2026-02-16/summary.json");
    let first = fs::read(&summary).expect("a summary");
    let run = folder.sim(&["run", SCENARIO, "--trials", "500"]);
    assert!(run.status.success());
    assert_eq!(fs::read(&summary).expect("it is still there"), first);
    assert!(folder.0.join("out/eight-months-or-six/timelines.csv").exists());
}

#[test]
fn the_same_bits_with_any_number_of_threads_and_from_a_tracker() {
    let folder = Folder::new("threads");
    let one = folder.rerun("week-10.toml", &["--json", "--threads", "1", "--out", "one"]);
    for threads in ["2", "3"] {
        assert!(
            folder.rerun("week-10.toml", &["--json", "--threads", threads, "--out", "other"]) == one,
            "{threads} threads"
        );
    }
    let csv = folder.rerun("week-06.csv", &["--as-of", "2026-02-16"]);
    assert!(csv.contains("Where we are on the morning of Mon 16 Feb 2026"), "{csv}");
}

#[test]
fn facts_that_cannot_be_are_refused_and_nothing_is_written() {
    let folder = Folder::new("refused");
    fs::write(
        folder.0.join("wrong.toml"),
        "as_of = 2026-02-16\n[task.\"invoicing.design\"]\nstarted = 2026-02-10\nfinished = 2026-02-02\n",
    )
    .expect("a file");
    let output = folder.sim(&["rerun", SCENARIO, "--actuals", "wrong.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.0.join("out").exists());
    let output = folder.sim(&["rerun", SCENARIO]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_task_that_finished_before_its_link_would_have_let_it_stays_finished() {
    let summary = Folder::new("finished-early").summary_of(
        "scenario.start = 2026-01-05\n\
         [initiative.move.task]\n\
         cut-over = { duration = \"2w\" }\n\
         old-system = { duration = \"1w\", after = [{ task = \"cut-over\", link = \"SF\" }] }\n",
        "as_of = 2026-01-19\n\
         task.\"move.old-system\" = { started = 2026-01-05, finished = 2026-01-09 }\n\
         task.\"move.cut-over\".started = 2026-01-12\n",
    );
    let now = &summary["rerun"]["verdicts"][0]["now"];
    assert_eq!(now["expected"]["working_days"], 15.0, "{now}");
}

#[test]
fn minutes_that_were_told_are_booked_in_their_quarter() {
    let summary = Folder::new("minutes").summary_of(
        "scenario = { start = 2026-01-05, horizon = 2026-06-30 }\n\
         flow.site = { customers = 10, value_per_customer_minute = 2 }\n\
         incident.outage = { flow = \"site\", rate = { per_quarter = 1 }, downtime = \"10min\" }\n\
         budget.minutes = { kind = \"reliability\", flow = \"site\", customer_minutes_per_quarter = 1_000 }\n\
         initiative.move = { duration = \"1w\" }\n",
        "as_of = 2026-05-04\n\
         task.move = { started = 2026-01-05, finished = 2026-01-09 }\n\
         incident.outage = { count = 2, customer_minutes = { site = { \"2026-Q1\" = 4_000, \"2026-Q2\" = 3_000 } } }\n",
    );
    let budgets = summary["budgets"].as_array().expect("budgets");
    let of = |period: &str| budgets.iter().find(|row| row["period"] == period).expect("the quarter");
    let past = of("2026-Q1");
    assert_eq!([&past["mean"], &past["p50"], &past["p90"]], [&Value::from(4_000.0); 3]);
    assert_eq!(past["p_breach"]["p"], 1.0);
    // What is still to come is added to it.
    let going_on = of("2026-Q2");
    assert!(going_on["p50"].as_f64() >= Some(3_000.0), "{going_on}");
    assert!(going_on["mean"].as_f64() > Some(3_000.0), "{going_on}");
}
