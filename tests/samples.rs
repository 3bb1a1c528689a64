//! `sim run --samples`: trials.parquet, read back, says what summary.json says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

const SEGMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/new-segment-60-days.toml");

/// The one who could do it leaves in many futures, and nobody follows; two budgets and a bare promise besides.
const NEVER: &str = r#"
[scenario]
start = 2026-01-05
[team.core]
engineers = 1
attrition_per_year = 3
[initiative.x]
commitment = 2026-06-30
[initiative.x.task]
long = { effort = ["20w", "30w", "50w"] }
after = { effort = "1w", after = "long", release = true }
[finding.f]
per_engineer_week = 0.1
fix = "1w"
blocks_release = true
[budget.slip]
kind = "delivery"
max_slip = 0.5
[budget.both]
kind = "security"
max_open = 0
max_days_held = 3
"#;

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("samples").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a temporary folder");
    path
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["run", "--no-ledger"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("sim starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A file of samples, by column, and its metadata.
struct Read {
    columns: BTreeMap<String, Vec<Field>>,
    metadata: BTreeMap<String, String>,
    groups: usize,
}

impl Read {
    fn of(path: &Path) -> Self {
        let reader = SerializedFileReader::new(File::open(path).expect("trials.parquet")).expect("a Parquet file");
        let about = reader.metadata().file_metadata();
        let pairs = about.key_value_metadata().expect("metadata");
        let metadata = pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()));
        let mut columns: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for row in reader.get_row_iter(None).expect("rows") {
            for (name, field) in row.expect("a row").get_column_iter() {
                columns.entry(name.clone()).or_default().push(field.clone());
            }
        }
        Self {
            columns,
            metadata: metadata.collect(),
            groups: reader.metadata().num_row_groups(),
        }
    }

    fn column(&self, name: &str) -> &[Field] {
        self.columns
            .get(name)
            .unwrap_or_else(|| panic!("{name} among {:?}", self.columns.keys()))
    }

    fn flags(&self, name: &str) -> Vec<bool> {
        let flag = |field: &Field| match field {
            Field::Bool(flag) => *flag,
            other => panic!("{name}: {other:?}"),
        };
        self.column(name).iter().map(flag).collect()
    }

    /// Sorted, missing ones as infinite, which is later than all.
    fn sorted(&self, name: &str) -> Vec<f64> {
        let number = |field: &Field| match field {
            Field::Double(value) => *value,
            Field::Null => f64::INFINITY,
            other => panic!("{name}: {other:?}"),
        };
        let mut values: Vec<f64> = self.column(name).iter().map(number).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// The value of rank ⌈p·n⌉ in percent; `None` for never.
    fn quantile(&self, name: &str, percent: usize) -> Option<f64> {
        let values = self.sorted(name);
        Some(values[(percent * values.len()).div_ceil(100) - 1]).filter(|value| value.is_finite())
    }
}

fn summary(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("summary.json")).expect("summary.json")).expect("JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is a list"))
}

fn count(flags: impl Iterator<Item = bool>) -> u64 {
    flags.filter(|flag| *flag).count() as u64
}

/// Holds the samples of a run against its summary, to the last digit. Returns how many numbers were compared.
fn agrees(out: &Path) -> usize {
    let (read, summary) = (Read::of(&out.join("trials.parquet")), summary(out));
    let trials = summary["trials"].as_u64().expect("a number");
    let mut compared = 0;
    let mut same = |found: Option<f64>, said: &Value, what: &str| {
        // Written and read as the summary was: the reader used here may be off by the last bit.
        let found = found.map(|value| {
            serde_json::to_value(value)
                .and_then(|value| serde_json::from_str::<f64>(&value.to_string()))
                .expect("a number")
        });
        assert_eq!(found, said.as_f64(), "{what}");
        compared += 1;
    };
    let numbers: Vec<Field> = (0..trials as i32).map(Field::Int).collect();
    assert_eq!(read.column("trial"), numbers);
    let within = read.columns.contains_key("within_budgets").then(|| read.flags("within_budgets"));
    for initiative in list(&summary, "initiatives") {
        let id = initiative["id"].as_str().expect("an id");
        let (finish, date) = (format!("finish_{id}"), format!("finish_date_{id}"));
        for quantile in list(initiative, "quantiles") {
            let name = quantile["percentile"].as_str().expect("p50");
            let percent: usize = name.trim_start_matches('p').parse().expect("a number");
            same(read.quantile(&finish, percent), &quantile["working_days"], name);
        }
        let nulls = |name: &str| count(read.column(name).iter().map(|field| *field == Field::Null));
        assert_eq!(
            nulls(&finish),
            initiative["never"]["hits"].as_u64().expect("a count"),
            "never is missing"
        );
        // The dates of the same futures, at the same ranks.
        let mut pairs: Vec<(f64, String)> = read.column(&finish).iter().zip(read.column(&date)).map(dated).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        for quantile in list(initiative, "quantiles") {
            let percent: usize = quantile["percentile"].as_str().expect("p50")[1..].parse().expect("a number");
            let (_, date) = &pairs[(percent * pairs.len()).div_ceil(100) - 1];
            assert_eq!(date, quantile["date"].as_str().unwrap_or("never"));
        }
        for commitment in list(initiative, "commitments") {
            let to = commitment["to"]
                .as_str()
                .map_or_else(String::new, |to| format!("_{}", to.replace(' ', "_")));
            let on_time = read.flags(&format!("on_time_{id}{to}"));
            same(
                Some(count(on_time.iter().copied()) as f64),
                &commitment["p_on_time"]["hits"],
                "on time",
            );
            let both = on_time
                .iter()
                .enumerate()
                .map(|(trial, flag)| *flag && within.as_ref().is_none_or(|within| within[trial]));
            same(
                Some(count(both) as f64),
                &commitment["p_on_time_within_budgets"]["hits"],
                "within budgets",
            );
        }
        // The paths are looked at in the futures that are kept in detail.
        let paths = list(&summary, "paths")
            .iter()
            .filter(|path| trials <= 10_000 && path["initiative"] == *id);
        for path in paths {
            let name = Field::Str(path["path"].as_str().expect("a path").into());
            let on_path = count(read.column(&format!("path_{id}")).iter().map(|field| *field == name));
            same(Some(on_path as f64), &path["futures"], "futures of a path");
        }
    }
    for budget in list(&summary, "budgets") {
        let (id, period) = (budget["id"].as_str().expect("an id"), budget["period"].as_str().expect("a period"));
        let several = list(&summary, "budgets")
            .iter()
            .filter(|other| other["id"] == *id && other["period"] == *period)
            .count()
            > 1;
        let which = match budget["counted"].as_str() {
            Some("open findings") if several => "_open",
            Some("days held") if several => "_held",
            _ => "",
        };
        let name = format!("budget_{id}{which}_{period}");
        same(read.quantile(&name, 50), &budget["p50"], &name);
        same(read.quantile(&name, 90), &budget["p90"], &name);
    }
    for (name, key) in [
        ("cost", "total"),
        ("cost_of_responses", "responses"),
        ("lost_customer_value", "lost_customer_value"),
    ] {
        if summary["cost"].is_object() {
            for percent in [10, 50, 80, 90] {
                same(read.quantile(name, percent), &summary["cost"][key][format!("p{percent}")], name);
            }
        }
    }
    for checkpoint in list(&summary, "checkpoints")
        .iter()
        .filter(|checkpoint| checkpoint["source"] == "given")
    {
        let hits = read.flags(&format!("hit_{}", checkpoint["checkpoint"].as_str().expect("an id")));
        same(Some(count(hits.into_iter()) as f64), &checkpoint["p_hit"]["hits"], "hits");
    }
    compared
}

/// A finish with its date as text.
fn dated((finish, date): (&Field, &Field)) -> (f64, String) {
    match (finish, date) {
        (Field::Double(days), Field::Date(_)) => (*days, date.to_string().split(' ').next().unwrap_or_default().to_owned()),
        (Field::Null, Field::Null) => (f64::INFINITY, "never".into()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_samples_say_what_the_summary_says_to_the_last_digit() {
    let folder = folder("segment");
    run(&folder, &[SEGMENT, "--samples", "--trials", "2000", "--out", "out"]);
    let compared = agrees(&folder.join("out"));
    assert!(compared > 80, "{compared} numbers");
    fs::write(folder.join("never.toml"), NEVER).expect("writable");
    run(&folder, &["never.toml", "--samples", "--trials", "1000"]);
    let compared = agrees(&folder.join("out/never"));
    assert!(compared > 20, "{compared} numbers");
    let read = Read::of(&folder.join("out/never/trials.parquet"));
    let nulls = count(read.column("finish_x").iter().map(|field| *field == Field::Null));
    assert!((100..900).contains(&nulls), "{nulls} of 1000 never finish");
    assert_eq!(
        nulls,
        count(read.column("budget_slip_horizon").iter().map(|field| *field == Field::Null))
    );
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_only_when_asked() {
    let folder = folder("threads");
    let bytes = ["1", "2", "3"].map(|threads| {
        run(
            &folder,
            &[SEGMENT, "--samples", "--trials", "300", "--threads", threads, "--out", "out"],
        );
        fs::read(folder.join("out/trials.parquet")).expect("trials.parquet")
    });
    assert!(bytes[0] == bytes[1] && bytes[1] == bytes[2]);
    // It would tell of another run than the files beside it.
    run(&folder, &[SEGMENT, "--trials", "300", "--out", "out"]);
    assert!(!folder.join("out/trials.parquet").exists());
    // What we did not write stays, and is not written over.
    fs::write(folder.join("out/trials.parquet"), "mine").expect("writable");
    let refused = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["run", SEGMENT, "--samples", "--trials", "300", "--out", "out", "--no-ledger"])
        .current_dir(&folder)
        .status();
    assert_eq!(refused.expect("sim starts").code(), Some(2));
    assert_eq!(fs::read(folder.join("out/trials.parquet")).expect("mine"), b"mine");
}

#[test]
fn the_metadata_says_what_each_column_is_and_of_which_run() {
    let folder = folder("metadata");
    run(&folder, &[SEGMENT, "--samples", "--trials", "200", "--seed", "7", "--out", "out"]);
    let (read, summary) = (Read::of(&folder.join("out/trials.parquet")), summary(&folder.join("out")));
    assert_eq!(read.metadata["sim.seed"], "7");
    assert_eq!(read.metadata["sim.trials"], "200");
    assert_eq!(read.metadata["sim.partial"], "false");
    let scenario: Value = serde_json::from_str(&read.metadata["sim.scenario"]).expect("JSON");
    assert_eq!(scenario, summary["scenario"]);
    let says: Value = serde_json::from_str(&read.metadata["sim.columns"]).expect("JSON");
    let named: BTreeSet<&str> = says
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|says| says["name"].as_str())
        .collect();
    assert_eq!(named, read.columns.keys().map(String::as_str).collect());
    let finish = says
        .as_array()
        .expect("a list")
        .iter()
        .find(|says| says["name"] == "finish_segment")
        .expect("it");
    assert_eq!(
        (&finish["of"][0], &finish["unit"]),
        (&Value::from("segment"), &Value::from("working days"))
    );
}

#[test]
fn names_are_unique_and_harmless_whatever_the_scenario_calls_things() {
    let folder = folder("names");
    let long = "数".repeat(80);
    let text = format!(
        "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 9\n\
         [initiative.\"a b\"]\nduration = \"1w\"\ncommitment = 2026-06-30\n\
         [initiative.\"a,b\"]\nduration = \"2w\"\ncommitment = [{{ date = 2026-06-30, to = \"x\\u202E\\\"; DROP\" }}]\n\
         [initiative.A_B]\nduration = \"3w\"\n[initiative.\"date_a b\"]\nduration = \"4w\"\n[initiative.\"{long}\"]\nduration = \"5w\"\n"
    );
    fs::write(folder.join("names.toml"), text).expect("writable");
    run(&folder, &["names.toml", "--samples", "--trials", "50"]);
    let read = Read::of(&folder.join("out/names/trials.parquet"));
    let says: Value = serde_json::from_str(&read.metadata["sim.columns"]).expect("JSON");
    let says = says.as_array().expect("a list");
    let small: BTreeSet<String> = read.columns.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(small.len(), says.len(), "also for those who read capitals as small letters");
    for name in &small {
        assert!(name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'), "{name}");
    }
    // The metadata tells which is which.
    for (id, days) in [
        ("a b", 5.0),
        ("a,b", 10.0),
        ("A_B", 15.0),
        ("date_a b", 20.0),
        (long.as_str(), 25.0),
    ] {
        let column = says
            .iter()
            .find(|says| says["tells"] == "finish" && says["of"][0] == *id)
            .expect("it");
        assert_eq!(read.quantile(column["name"].as_str().expect("a name"), 50), Some(days), "{id}");
    }
    assert!(!read.metadata["sim.columns"].contains('\u{202e}'));
}

#[test]
fn more_trials_than_a_group_holds_are_all_there_in_order() {
    let folder = folder("groups");
    fs::write(
        folder.join("tiny.toml"),
        "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = [\"1w\", \"2w\", \"6w\"]\n",
    )
    .expect("writable");
    run(&folder, &["tiny.toml", "--samples", "--trials", "140000"]);
    agrees(&folder.join("out/tiny"));
    assert_eq!(Read::of(&folder.join("out/tiny/trials.parquet")).groups, 3);
}

#[test]
fn risks_are_told_for_the_futures_that_are_kept_in_detail() {
    let folder = folder("risks");
    let text = "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = \"2w\"\n\
                [risk.late]\nprobability = 0.4\naffects = [\"x\"]\ndelay = \"30w\"\n";
    fs::write(folder.join("risk.toml"), text).expect("writable");
    run(&folder, &["risk.toml", "--samples", "--trials", "10500"]);
    let read = Read::of(&folder.join("out/risk/trials.parquet"));
    let known: Vec<&Field> = read.column("risk_late").iter().filter(|field| **field != Field::Null).collect();
    assert_eq!(known.len(), 10_000);
    for (risk, finish) in read.column("risk_late").iter().zip(read.column("finish_x")).take(10_000) {
        let Field::Double(days) = finish else { panic!("{finish:?}") };
        assert_eq!(*risk == Field::Bool(true), *days > 150.0, "{risk:?} {days}");
    }
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(rest) => {
                self.0 = rest;
                Ok(bytes.len())
            }
            None => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

mod common;

#[test]
fn a_full_disk_is_an_error_and_no_panic_wherever_it_fills() {
    let text = fs::read_to_string(SEGMENT).expect("a scenario");
    let forecast = common::forecast(&text, 100);
    let detailed = common::detailed(&text, 100, 1);
    let samples = sim::analysis::Samples::new(&detailed.plan, &detailed.trials);
    let written = |room| sim::report::samples::trials_parquet(&samples, &forecast, &mut Full(room));
    assert!(written(1 << 20).is_ok());
    for room in [0, 10, 5_000, 20_000] {
        assert_eq!(
            written(room).expect_err("full").kind(),
            io::ErrorKind::StorageFull,
            "after {room} bytes"
        );
    }
}
