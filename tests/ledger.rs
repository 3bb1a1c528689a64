//! The forecast's own record: it survives runs at once, killed runs, edits by hand and a new name; its scores are those worked out by
//! hand; what moved sums to the whole.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use common::{UNSHARED, can_mount, skipped};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sim::analysis::{
    Bands, CommitmentEntry, Entry, InitiativeEntry, Input, LEDGER_VERSION, Ledger, QuantileEntry, RunKind, Told, track_record,
};
use sim::calendar::{Date, Stamp};
use sim::units::Percentile;

const PLAN: &str = r#"[scenario]
start = 2026-01-05
trials = 400

[team.core]
engineers = 3

[risk.audit]
probability = 0.5
affects = ["launch.build"]
multiply = [1.2, 1.5, 2.0]

[[initiative.launch.commitment]]
date = 2026-04-30
to = "board"

[initiative.launch.task]
design = { effort = ["2w", "3w", "6w"] }
build = { effort = ["4w", "8w", "16w"], after = "design", engineers = { min = 1, max = 2 } }
docs = { effort = ["1w", "2w", "3w"], after = "design" }
"#;

/// Monday 5 January 2026, 8 o'clock.
const MONDAY: i64 = 1_767_600_000;
const DAY: i64 = 86_400;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sim-ledger-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("plan.toml"), PLAN).expect("written");
        Self(path)
    }

    fn command(&self, at: i64, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", at.to_string());
        command
    }

    fn sim(&self, at: i64, arguments: &[&str]) -> Output {
        self.command(at, arguments).output().expect("sim starts")
    }

    /// A command that must work: its standard output.
    fn done(&self, at: i64, arguments: &[&str]) -> String {
        let output = self.sim(at, arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn summary(&self, at: i64, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(at, &[arguments, &["--json"]].concat())).expect("JSON")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("written");
    }

    /// Writes the plan with some of its text replaced.
    fn change(&self, changes: &[(&str, &str)]) {
        let text = changes.iter().fold(PLAN.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        self.write("plan.toml", &text);
    }

    /// Entries by name.
    fn entries(&self, ledger: &str) -> Vec<String> {
        let Ok(inside) = fs::read_dir(self.0.join(ledger)) else {
            return vec![];
        };
        let mut names: Vec<String> = inside
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        names
    }

    fn unfinished(&self) -> usize {
        let count = |folder: &str| {
            let inside = fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
            inside
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(".sim-"))
                .count()
        };
        count("plan.ledger") + count("plan.ledger/inputs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_run_is_recorded_once_and_repeats_the_same_bytes() {
    let folder = Folder::new("once");
    let first = folder.done(MONDAY, &["run", "plan.toml", "--json"]);
    assert_eq!(folder.entries("plan.ledger").len(), 1);
    assert!(!folder.0.join("out/plan/drift.csv").exists(), "there is nothing to compare with");
    assert_eq!(folder.done(MONDAY + DAY, &["run", "plan.toml", "--json", "--threads", "1"]), first);
    assert_eq!(folder.entries("plan.ledger").len(), 1, "the same run says the same");
    folder.done(MONDAY + DAY, &["run", "plan.toml", "--no-ledger", "--seed", "9"]);
    assert_eq!(folder.entries("plan.ledger").len(), 1);
    folder.change(&[("engineers = 3", "engineers = 2")]);
    let second = folder.done(MONDAY + 2 * DAY, &["run", "plan.toml", "--json"]);
    assert!(folder.0.join("out/plan/drift.csv").exists());
    assert_eq!(
        folder.done(MONDAY + 3 * DAY, &["run", "plan.toml", "--json", "--threads", "1"]),
        second
    );
    let names = folder.entries("plan.ledger");
    assert!(
        names.len() == 2 && names[0].starts_with("2026-01-05T080000Z-") && names[0].ends_with("-run.json"),
        "{names:?}"
    );
    let text = folder.done(MONDAY, &["ledger", "plan.toml"]);
    assert!(
        text.contains("2 runs on record") && text.contains("Promised to board by 30 Apr 2026"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let page = fs::read_to_string(folder.0.join("out/plan/preread.md")).expect("a page");
    assert!(
        page.contains("Since the run of 5 Jan 2026") && page.contains("Changed though no fact says so"),
        "{page}"
    );
}

#[test]
fn runs_at_once_leave_whole_entries() {
    let folder = Folder::new("at-once");
    let at_once = |seeds: [&str; 8]| {
        let start = |seed: &str| -> Child {
            let out = format!("out-{seed}-{}", seeds[0]);
            let mut command = folder.command(
                MONDAY,
                &[
                    "run",
                    "plan.toml",
                    "--trials",
                    "50",
                    "--threads",
                    "1",
                    "--seed",
                    seed,
                    "--out",
                    &out,
                ],
            );
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("sim starts")
        };
        for child in seeds.map(start) {
            let output = child.wait_with_output().expect("sim ends");
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            assert!(!said(&output).contains("ledger"), "{}", said(&output));
        }
    };
    at_once(["1", "2", "3", "4", "5", "6", "7", "8"]);
    assert_eq!(folder.entries("plan.ledger").len(), 8);
    at_once(["9"; 8]);
    assert_eq!(folder.entries("plan.ledger").len(), 9, "eight runs of the same are one");
    assert_eq!(folder.unfinished(), 0);
    assert!(folder.done(MONDAY, &["ledger", "plan.toml"]).contains("9 runs on record"));
}

#[test]
fn a_killed_run_leaves_a_record_that_can_be_read() {
    let folder = Folder::new("killed");
    for (index, delay) in [5, 20, 40, 60, 80, 100, 130, 160, 200].into_iter().enumerate() {
        let seed = (index + 1).to_string();
        let mut command = folder.command(MONDAY, &["run", "plan.toml", "--trials", "50", "--seed", &seed]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("sim starts");
        std::thread::sleep(Duration::from_millis(delay));
        // SIGKILL on Unix: nothing of the program runs after it. It may have ended before.
        let _ = child.kill();
        child.wait().expect("it ended");
        let output = folder.sim(MONDAY, &["ledger", "plan.toml"]);
        assert!(output.status.success() || said(&output).contains("no-ledger"), "{}", said(&output));
    }
    // As if one had been killed between writing and linking.
    fs::create_dir_all(folder.0.join("plan.ledger/inputs")).expect("a folder");
    folder.write("plan.ledger/.sim-unfinished-1-1", "{ \"ledger_ver");
    folder.write("plan.ledger/inputs/.sim-unfinished-1-2", "[scen");
    let before = folder.entries("plan.ledger").len();
    folder.done(MONDAY + DAY, &["run", "plan.toml", "--seed", "77"]);
    assert_eq!(folder.entries("plan.ledger").len(), before + 1);
    assert_eq!(folder.unfinished(), 0);
    folder.done(MONDAY, &["ledger", "plan.toml"]);
}

#[test]
fn edits_by_hand_are_found_with_their_place() {
    let folder = Folder::new("edits");
    folder.done(MONDAY, &["run", "plan.toml"]);
    let name = format!("plan.ledger/{}", folder.entries("plan.ledger")[0]);
    let whole = fs::read_to_string(folder.0.join(&name)).expect("an entry");
    let line = |text: &str, part: &str| text.lines().position(|line| line.contains(part)).expect("it is there") + 1;
    let last = line(&whole, "\"seal\"");
    type Edit = Box<dyn Fn(&str) -> String>;
    let replace = |from: &'static str, to: &'static str| -> Edit { Box::new(move |text| text.replacen(from, to, 1)) };
    let edits: Vec<(Edit, &str, &str, usize)> = vec![
        (replace("\"trials\": 400", "\"trials\": 4000"), "ledger-edited", "was edited", last),
        (replace("Z\",", "Z\" ,"), "ledger-edited", "was edited", last),
        (
            replace("\"kind\": \"run\"", "\"kind\": \"walk\""),
            "ledger-entry",
            "unknown variant",
            line(&whole, "\"kind\""),
        ),
        (
            replace("\"p_on_time\": 0.", "\"p_on_time\": 7."),
            "ledger-entry",
            "is no share",
            line(&whole, "\"p_on_time\""),
        ),
        (
            replace("\"start\": \"2026-01-05\"", "\"start\": \"2026-02-30\""),
            "ledger-entry",
            "is not a date",
            line(&whole, "\"start\""),
        ),
        (
            replace("\"seed\"", "\"sead\""),
            "ledger-entry",
            "unknown field `sead`",
            line(&whole, "\"seed\""),
        ),
        (
            replace("\"beside\": [],", "<<<<<<< HEAD"),
            "ledger-entry",
            "",
            line(&whole, "\"beside\""),
        ),
        (
            replace("\"ledger_version\": 1", "\"ledger_version\": 2"),
            "ledger-version",
            "newer version",
            2,
        ),
        (
            replace("\"ledger_version\": 1", "\"ledger_version\": 0"),
            "ledger-version",
            "an older version of sim (",
            2,
        ),
        (Box::new(|text| text[..text.len() / 2].to_owned()), "ledger-entry", "EOF", 0),
        (Box::new(|_| String::new()), "ledger-entry", "EOF", 1),
        (
            Box::new(|text| text.lines().filter(|line| !line.contains("seal")).collect()),
            "ledger-entry",
            "",
            0,
        ),
    ];
    for (index, (edit, code, message, at)) in edits.iter().enumerate() {
        let edited = edit(&whole);
        assert_ne!(edited, whole, "edit {index}");
        folder.write(&name, &edited);
        let output = folder.sim(MONDAY, &["ledger", "plan.toml"]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "edit {index}: {text}");
        assert!(
            text.contains(&format!("error[{code}]")) && text.contains(message),
            "edit {index}: {text}"
        );
        if *at > 0 {
            assert!(text.contains(&format!("{name}:{at}:")), "edit {index}: {text}");
        }
        // A run goes on, says so, and writes the same entry beside it.
        let output = folder.sim(MONDAY + DAY, &["run", "plan.toml", "--trials", "50"]);
        assert_eq!(output.status.code(), Some(0), "edit {index}: {}", said(&output));
        assert!(
            said(&output).contains("warning[ledger-entry]: 1 entry of the ledger"),
            "{}",
            said(&output)
        );
    }
    folder.write(&name, &whole.replace('\n', "\r\n"));
    folder.done(MONDAY, &["ledger", "plan.toml"]);
    // An input that was edited is not played again; the change is told as a whole.
    let inputs = folder.0.join("plan.ledger/inputs");
    for input in fs::read_dir(&inputs).expect("inputs") {
        fs::write(input.expect("a file").path(), "edited").expect("written");
    }
    folder.change(&[("engineers = 3", "engineers = 2")]);
    let summary = folder.summary(MONDAY + 2 * DAY, &["run", "plan.toml"]);
    let why = summary["since"]["not_split"].as_str().unwrap_or_default();
    assert!(why.contains("was edited since"), "{why}");
    assert_eq!(causes(&summary).len(), 1);
    // The page says so too, and calls no cause what is none. Trials were others in the meantime.
    folder.done(MONDAY + 2 * DAY, &["run", "plan.toml"]);
    let page = fs::read_to_string(folder.0.join("out/plan/preread.md")).expect("a page");
    assert!(
        page.contains("Not split into causes: the ledger's copy of plan.toml was edited since")
            && page.contains("Chance, which is part of it: 50 futures then, 400 futures now.")
            && !page.contains("of the latter"),
        "{page}"
    );
}

#[test]
fn a_renamed_scenario_keeps_its_record() {
    let folder = Folder::new("renamed");
    folder.done(MONDAY, &["run", "plan.toml"]);
    fs::rename(folder.0.join("plan.toml"), folder.0.join("launch.toml")).expect("renamed");
    assert!(folder.done(MONDAY, &["ledger", "launch.toml"]).contains("1 run on record"));
    let output = folder.sim(MONDAY + DAY, &["run", "launch.toml", "--seed", "2"]);
    assert!(
        output.status.success() && said(&output).contains("plan.ledger goes on as launch.ledger: its scenario was renamed"),
        "{}",
        said(&output)
    );
    assert_eq!(folder.entries("launch.ledger").len(), 2);
    assert!(folder.entries("plan.ledger").is_empty());
    // A copy is another scenario: the record stays with the one that is still there.
    fs::copy(folder.0.join("launch.toml"), folder.0.join("copy.toml")).expect("copied");
    folder.done(MONDAY + DAY, &["run", "copy.toml"]);
    assert_eq!((folder.entries("launch.ledger").len(), folder.entries("copy.ledger").len()), (2, 1));
}

#[test]
fn a_record_that_cannot_be_written_is_one_warning() {
    let folder = Folder::new("in-the-way");
    folder.write("plan.ledger", "somebody's file");
    let output = folder.sim(MONDAY, &["run", "plan.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = said(&output);
    let warnings: Vec<&str> = text.lines().filter(|line| line.contains("ledger")).collect();
    let begins = "warning: this run is not recorded in plan.ledger: ";
    assert!(warnings.len() == 1 && warnings[0].starts_with(begins), "{text}");
    assert_eq!(folder.sim(MONDAY, &["ledger", "nowhere.toml"]).status.code(), Some(2));
    let output = folder.sim(MONDAY, &["ledger", "."]);
    assert!(
        output.status.code() == Some(2) && said(&output).contains("error[no-ledger]"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_folder_that_may_not_be_written_to_is_read_and_nothing_is_recorded() {
    let folder = Folder::new("read-only");
    if !can_mount(&folder.0) {
        return skipped(
            "a_folder_that_may_not_be_written_to_is_read_and_nothing_is_recorded",
            "no file system can be mounted here",
        );
    }
    folder.done(MONDAY, &["run", "plan.toml", "--seed", "2"]);
    let (first, rest) = UNSHARED.split_first().expect("a shell");
    let output = Command::new(first)
        .args(rest)
        .args([
            "-c",
            "set -e; mkdir \"$2/disk\"; mount -t tmpfs tmpfs \"$2/disk\"
            mkdir \"$2/disk/old\" \"$2/disk/new\"; cp -r \"$2/plan.toml\" \"$2/plan.ledger\" \"$2/disk/old\"; cp \"$2/plan.toml\" \"$2/disk/new\"
            mount -o remount,ro \"$2/disk\"
            for at in old new; do
                code=0; \"$1\" run \"$2/disk/$at/plan.toml\" --out \"$2/out-$at\" > /dev/null || code=$?
                echo $code $(ls -A \"$2/disk/$at\") $(ls \"$2/disk/$at/plan.ledger\" 2> /dev/null | grep -c json)
            done",
            "sh",
            env!("CARGO_BIN_EXE_sim"),
        ])
        .arg(&folder.0)
        .output()
        .expect("the shell starts");
    // There is a record to be held against in the one, and none in the other; neither gets an entry.
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "0 plan.ledger plan.toml 1\n0 plan.toml 0\n",
        "{}",
        said(&output)
    );
    for at in ["old", "new"] {
        let begins = format!(
            "warning: this run is not recorded in {}/disk/{at}/plan.ledger: Read-only",
            folder.0.display()
        );
        assert_eq!(said(&output).matches(&begins).count(), 1, "{}", said(&output));
        assert_eq!(folder.0.join(format!("out-{at}/drift.csv")).exists(), at == "old");
    }
}

#[test]
fn a_drift_csv_of_somebody_else_is_left_alone() {
    let folder = Folder::new("own-drift");
    folder.done(MONDAY, &["run", "plan.toml"]);
    folder.write("out/plan/drift.csv", "mine");
    // Before anything is simulated, though only the end of a run knows whether there is a table to write.
    let output = folder.sim(MONDAY, &["run", "plan.toml", "--trials", "10000000"]);
    assert!(
        output.status.code() == Some(2) && said(&output).contains("`out/plan/drift.csv` is there already"),
        "{}",
        said(&output)
    );
    folder.done(MONDAY, &["run", "plan.toml", "--no-ledger"]);
    assert_eq!(
        fs::read_to_string(folder.0.join("out/plan/drift.csv")).expect("it is there"),
        "mine"
    );
}

#[test]
fn a_clock_that_tells_no_date_is_said_so() {
    let folder = Folder::new("clock");
    let output = folder.sim(i64::MAX, &["run", "plan.toml"]);
    assert!(
        output.status.success() && said(&output).contains("warning: this run is not recorded: the clock"),
        "{}",
        said(&output)
    );
    assert!(folder.entries("plan.ledger").is_empty());
}

/// Writes an entry that was changed as if another program had written it so.
fn rewrite(folder: &Folder, name: &str, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(folder.0.join(name)).expect("an entry");
    let body = text.split(",\n  \"seal\"").next().expect("what is sealed");
    let changed = change(body);
    assert_ne!(changed, body);
    let seal = hash(format!("{changed}\n}}\n").as_bytes());
    folder.write(name, &format!("{changed},\n  \"seal\": \"{seal}\"\n}}\n"));
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_record_of_an_older_program_says_what_is_its_doing() {
    let folder = Folder::new("older");
    folder.done(MONDAY, &["run", "plan.toml"]);
    let name = format!("plan.ledger/{}", folder.entries("plan.ledger")[0]);
    // That program had P50 on another day.
    let version = concat!("\"engine_version\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let older = |body: &str| {
        let line = body.lines().find(|line| line.contains("\"p50\"")).expect("a median");
        let days = line
            .split("\"working_days\": ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .expect("days");
        let earlier = days.parse::<f64>().expect("a number") - 5.0;
        body.replace(line, &line.replace(days, &earlier.to_string()))
            .replace(version, "\"engine_version\": \"0.0.9\"")
    };
    rewrite(&folder, &name, older);
    let summary = folder.summary(MONDAY + DAY, &["run", "plan.toml"]);
    let moved = causes(&summary);
    assert_eq!(names(&moved), ["simulation noise"]);
    assert!((moved[0].1 - 5.0).abs() < 1e-9, "{moved:?}");
    let luck = summary["since"]["other_luck"][0].as_str().unwrap_or_default();
    assert_eq!(luck, concat!("sim 0.0.9 then, sim ", env!("CARGO_PKG_VERSION"), " now"));
    assert_eq!(folder.entries("plan.ledger").len(), 2, "another program may say something else");
    // A file that this program does not accept any more cannot be played again: the change is told as a whole.
    let folder = Folder::new("older-file");
    folder.done(MONDAY, &["run", "plan.toml"]);
    let name = format!("plan.ledger/{}", folder.entries("plan.ledger")[0]);
    let old = format!("{PLAN}\n[forgotten]\nkey = 1\n");
    let (was, is) = (hash(PLAN.as_bytes()), hash(old.as_bytes()));
    folder.write(&format!("plan.ledger/inputs/{}.toml", &is[..16]), &old);
    rewrite(&folder, &name, |body| body.replace(&was, &is));
    let summary = folder.summary(MONDAY + DAY, &["run", "plan.toml"]);
    let why = summary["since"]["not_split"].as_str().unwrap_or_default();
    assert!(
        why.starts_with("plan.toml as it was is not accepted any more: ") && why.contains("forgotten"),
        "{why}"
    );
    assert_eq!(causes(&summary).len(), 0, "the same plan says the same");
}

#[test]
fn a_file_that_the_scenario_names_is_an_input_too() {
    let folder = Folder::new("beside");
    let past = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/past-tasks.csv")).expect("a history");
    folder.write("past.csv", &past);
    folder.change(&[("[team.core]", "[estimates]\noverrun = { history = \"past.csv\" }\n\n[team.core]")]);
    folder.done(MONDAY, &["run", "plan.toml"]);
    folder.done(MONDAY + DAY, &["run", "plan.toml"]);
    assert_eq!(folder.entries("plan.ledger").len(), 1);
    // The latter half of what was learned from is forgotten; the scenario is the same to the byte.
    let lines = past.lines().count();
    let shorter: String = past.split_inclusive('\n').take(lines / 2).collect();
    folder.write("past.csv", &shorter);
    let summary = folder.summary(MONDAY + 2 * DAY, &["run", "plan.toml"]);
    assert_eq!(folder.entries("plan.ledger").len(), 2);
    assert_eq!(names(&causes(&summary)), ["estimates"]);
    let told = |lines: usize, text: &str| format!("{lines} lines (SHA-256 {}…)", &hash(text.as_bytes())[..8]);
    assert_eq!(
        summary["since"]["unexplained"],
        serde_json::json!([{ "input": "past.csv", "then": told(lines, &past), "now": told(lines / 2, &shorter) }])
    );
}

/// Causes of the first initiative that moved it, with the days at P50 and P80.
fn causes(summary: &Value) -> Vec<(String, f64, f64)> {
    let initiative = &summary["since"]["initiatives"][0];
    let all: Vec<(String, f64, f64)> = initiative["causes"]
        .as_array()
        .expect("causes")
        .iter()
        .map(|cause| {
            let days = |key: &str| cause[key].as_f64().expect("days");
            (
                cause["cause"].as_str().expect("a name").to_owned(),
                days("p50_days"),
                days("p80_days"),
            )
        })
        .collect();
    for (key, sum) in [
        ("p50_days", all.iter().map(|cause| cause.1).sum::<f64>()),
        ("p80_days", all.iter().map(|cause| cause.2).sum()),
    ] {
        let whole = initiative["whole"][key].as_f64().expect("days");
        assert!((sum - whole).abs() < 1e-9, "{key}: the parts sum to {sum}, not {whole}: {all:?}");
    }
    all.into_iter().filter(|(_, p50, p80)| *p50 != 0.0 || *p80 != 0.0).collect()
}

fn names(causes: &[(String, f64, f64)]) -> Vec<&str> {
    causes.iter().map(|(name, ..)| name.as_str()).collect()
}

fn odds(summary: &Value) -> f64 {
    summary["initiatives"][0]["commitments"][0]["p_on_time"]["p"]
        .as_f64()
        .expect("odds")
}

#[test]
fn one_change_is_one_cause() {
    let folder = Folder::new("one-cause");
    let first = folder.summary(MONDAY, &["run", "plan.toml"]);
    assert!(first["since"].is_null());
    type Edits = &'static [(&'static str, &'static str)];
    let cases: [(&str, Edits, &str); 6] = [
        ("capacity", &[("engineers = 3", "engineers = 1")], "team.core.engineers"),
        ("risks", &[("probability = 0.5", "probability = 0.9")], "risk.audit.probability"),
        (
            "estimates",
            &[("\"4w\", \"8w\", \"16w\"", "\"3w\", \"5w\", \"9w\"")],
            "initiative.launch.task.build.effort",
        ),
        (
            "scope",
            &[("docs =", "more = { effort = \"9w\", after = \"build\" }\ndocs =")],
            "initiative.launch.task.more",
        ),
        ("calendar", &[("start = 2026-01-05", "start = 2026-01-12")], "scenario.start"),
        ("commitments", &[("2026-04-30", "2026-06-30")], ""),
    ];
    for (index, (cause, change, input)) in cases.into_iter().enumerate() {
        let folder = Folder::new(&format!("one-cause-{cause}"));
        folder.done(MONDAY, &["run", "plan.toml"]);
        folder.change(change);
        let summary = folder.summary(MONDAY + DAY, &["run", "plan.toml"]);
        let moved = causes(&summary);
        let unexplained: Vec<&str> = summary["since"]["unexplained"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|input| input["input"].as_str())
            .collect();
        if cause == "commitments" {
            assert!(moved.is_empty() && unexplained.is_empty(), "{moved:?}");
            let told = summary["since"]["initiatives"][0]["causes"].as_array().expect("causes");
            let own = told.iter().find(|told| told["cause"] == cause).expect("it is told");
            let change = own["odds"][0]["change"].as_f64().expect("a change");
            assert!(
                (change - (odds(&summary) - odds(&first))).abs() < 1e-12 && change > 0.05,
                "{change}"
            );
        } else {
            assert_eq!(names(&moved), [cause], "{index}: {moved:?}");
            assert_eq!(unexplained, [input]);
        }
        let text = fs::read_to_string(folder.0.join("out/plan/drift.csv")).expect("drift.csv");
        assert!(text.starts_with("initiative,since,cause,p50_days,p80_days\n") && text.contains(&format!("launch,2026-01-05,{cause},")));
    }
    let noise = folder.summary(MONDAY + DAY, &["run", "plan.toml", "--seed", "2"]);
    assert_eq!(names(&causes(&noise)), ["simulation noise"]);
}

#[test]
fn several_changes_are_told_apart() {
    const TEAM: (&str, &str) = ("engineers = 3", "engineers = 1");
    const RISK: (&str, &str) = ("probability = 0.5", "probability = 1.0");
    let alone = Folder::new("alone");
    alone.done(MONDAY, &["run", "plan.toml"]);
    alone.change(&[TEAM]);
    let capacity = causes(&alone.summary(MONDAY + DAY, &["run", "plan.toml"])).remove(0);
    let both = Folder::new("both");
    both.done(MONDAY, &["run", "plan.toml"]);
    both.change(&[TEAM, RISK]);
    let moved = causes(&both.summary(MONDAY + DAY, &["run", "plan.toml"]));
    // The first in the order of steps is seen alone, on the same random numbers: to the bit what it does by itself.
    assert_eq!(names(&moved), ["capacity", "risks"]);
    assert_eq!(moved[0], capacity);
    assert!(moved[1].2 > 0.0);
    // A new team and the task that needs it cannot be taken apart, and another seed comes on top.
    both.change(&[
        ("[team.core]\nengineers = 3", "[team.kernel]\nengineers = 2"),
        ("probability = 0.5", "probability = 0.4"),
    ]);
    let moved = causes(&both.summary(MONDAY + 2 * DAY, &["run", "plan.toml", "--seed", "5"]));
    assert!(names(&moved).contains(&"simulation noise") && moved.len() >= 3, "{moved:?}");
}

#[test]
fn facts_move_by_progress_and_by_what_is_learned() {
    let folder = Folder::new("facts");
    folder.done(MONDAY, &["run", "plan.toml"]);
    folder.write(
        "week-08.toml",
        "as_of = 2026-03-02\n[task.\"launch.design\"]\nstarted = 2026-01-05\nfinished = 2026-02-27\nspent = \"8w\"\n[risk.audit]\nhappened = true\n",
    );
    let first = folder.summary(MONDAY + 56 * DAY, &["rerun", "plan.toml", "--actuals", "week-08.toml"]);
    let moved = causes(&first);
    let find = |name: &str| moved.iter().find(|(cause, ..)| cause == name).map_or(0.0, |cause| cause.1);
    assert!(
        find("progress") > 5.0 && find("learned overrun") > 0.0 && find("risks") > 0.0,
        "{moved:?}"
    );
    assert_eq!(moved.len(), 3, "{moved:?}");
    assert_eq!(first["since"]["unexplained"].as_array().map(Vec::len), Some(0));
    // The estimate of what is told of may change; the other one has no fact to show for it.
    folder.change(&[
        ("\"2w\", \"3w\", \"6w\"", "\"6w\", \"8w\", \"9w\""),
        ("\"4w\", \"8w\", \"16w\"", "\"1w\", \"2w\", \"4w\""),
    ]);
    folder.write(
        "week-09.toml",
        "as_of = 2026-03-09\n[task.\"launch.design\"]\nstarted = 2026-01-05\nfinished = 2026-02-26\nspent = \"8w\"\n[risk.audit]\nhappened = true\n",
    );
    let second = folder.summary(MONDAY + 63 * DAY, &["rerun", "plan.toml", "--actuals", "week-09.toml"]);
    let moved = causes(&second);
    assert!(moved.iter().any(|(cause, p50, _)| cause == "estimates" && *p50 < -5.0), "{moved:?}");
    let unexplained = second["since"]["unexplained"].as_array().expect("a list");
    assert_eq!(unexplained.len(), 1, "{unexplained:?}");
    assert_eq!(unexplained[0]["input"], "initiative.launch.task.build.effort");
    assert_eq!(second["since"]["as_of"], "2026-03-02");
}

fn unexplained(summary: &Value) -> Vec<&str> {
    let inputs = summary["since"]["unexplained"].as_array().expect("a list");
    inputs.iter().filter_map(|input| input["input"].as_str()).collect()
}

#[test]
fn facts_that_change_the_plan_are_told_by_what_they_change() {
    let folder = Folder::new("plan-changed");
    folder.done(MONDAY, &["run", "plan.toml"]);
    let week = |date: &str, more: &str| {
        let name = format!("{date}.toml");
        folder.write(
            &name,
            &format!("as_of = {date}\n[task.\"launch.design\"]\nstarted = 2026-01-05\nfinished = 2026-01-23\n{more}"),
        );
        name
    };
    let rerun = |day: i64, name: &str| folder.summary(MONDAY + day * DAY, &["rerun", "plan.toml", "--actuals", name]);
    let part = |summary: &Value, name: &str| {
        causes(summary)
            .iter()
            .find(|(cause, ..)| cause == name)
            .map_or(0.0, |cause| cause.1)
    };
    // Work that nobody had listed: a fact, and no input that changed without one.
    let name = week(
        "2026-01-26",
        "[task.\"launch.extra\"]\nadded = { effort = \"9w\", after = \"build\" }\n",
    );
    let added = rerun(21, &name);
    assert!(
        part(&added, "scope") > 40.0 && unexplained(&added).is_empty(),
        "{:?}",
        causes(&added)
    );
    // The scenario takes it over: nothing has changed.
    folder.change(&[("docs =", "extra = { effort = \"9w\", after = \"build\" }\ndocs =")]);
    let name = week("2026-01-27", "");
    let taken_over = rerun(22, &name);
    assert!(
        part(&taken_over, "scope").abs() < 1e-9 && unexplained(&taken_over).is_empty(),
        "{:?} {:?}",
        causes(&taken_over),
        unexplained(&taken_over)
    );
    // It is gone, and no fact says why.
    folder.write("plan.toml", PLAN);
    let name = week("2026-01-28", "");
    let gone = rerun(23, &name);
    assert!(part(&gone, "scope") < -40.0, "{:?}", causes(&gone));
    assert_eq!(unexplained(&gone), ["initiative.launch.task.extra"]);
    // Fewer people, told as a change of the plan, and then forgotten.
    let name = week("2026-01-29", "[plan.team.core]\nengineers = 1\n");
    let fewer = rerun(24, &name);
    assert!(
        part(&fewer, "capacity") > 5.0 && unexplained(&fewer).is_empty(),
        "{:?}",
        causes(&fewer)
    );
    let name = week("2026-01-30", "");
    let forgotten = rerun(25, &name);
    assert!(part(&forgotten, "capacity") < -5.0, "{:?}", causes(&forgotten));
    assert_eq!(unexplained(&forgotten), ["team.core.engineers"]);
}

#[test]
fn facts_settle_the_record() {
    let folder = Folder::new("settled");
    folder.done(MONDAY, &["run", "plan.toml"]);
    let text = folder.done(MONDAY, &["ledger", "plan.toml"]);
    assert!(text.contains("Nothing can be scored yet"), "{text}");
    let text = folder.done(MONDAY, &["ledger", ".", "--finished", "launch=2026-04-01"]);
    assert!(
        text.contains("Our P80 dates held in 1 of 1 case, too few to judge by.") && text.contains("by 30 Apr 2026: kept"),
        "{text}"
    );
    let output = folder.sim(MONDAY, &["ledger", "plan.toml", "--finished", "lunch=2026-04-01"]);
    assert!(
        output.status.code() == Some(2) && said(&output).contains("did you mean `launch`?"),
        "{}",
        said(&output)
    );
    let done = |task: &str, from: &str, to: &str| format!("[task.\"launch.{task}\"]\nstarted = {from}\nfinished = {to}\n");
    folder.write(
        "end.toml",
        &format!(
            "as_of = 2026-06-01\n{}{}{}",
            done("design", "2026-01-05", "2026-01-30"),
            done("build", "2026-02-02", "2026-05-20"),
            done("docs", "2026-02-02", "2026-02-13")
        ),
    );
    folder.done(MONDAY + 147 * DAY, &["rerun", "plan.toml", "--actuals", "end.toml"]);
    let json = folder.summary(MONDAY, &["ledger", "plan.ledger"]);
    assert_eq!(json["ledgers"][0]["initiatives"][0]["finished"], "2026-05-20");
    assert_eq!(json["ledgers"][0]["initiatives"][0]["promises"][0]["kept"], false);
    assert_eq!(json["track_record"]["finished"], 1);
    // The page of the next run shows what the record is worth.
    folder.change(&[("trials = 400", "trials = 500")]);
    folder.done(MONDAY + 148 * DAY, &["run", "plan.toml"]);
    let page = fs::read_to_string(folder.0.join("out/plan/preread.md")).expect("a page");
    assert!(
        page.contains("**On record for this plan:**") && page.contains("our P80 dates held in"),
        "{page}"
    );
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// An entry of one initiative that starts on Monday 5 January 2026 and ends within its first weeks: each percentile by working day.
fn entry(recorded: &str, id: &str, days: &[(u32, f64)], promises: &[(&str, f64)]) -> Entry {
    let calendar = sim::calendar::Calendar::new(date("2026-01-05"), &[]);
    let input = Input {
        file: "plan.toml".to_owned(),
        sha256: "0".repeat(64),
    };
    Entry {
        ledger_version: LEDGER_VERSION,
        recorded: Stamp::parse(recorded).expect("a time"),
        kind: RunKind::Run,
        as_of: None,
        engine_version: "0".to_owned(),
        name: "plan".to_owned(),
        scenario: input,
        actuals: None,
        beside: vec![],
        seed: 1,
        trials: 1_000,
        start: date("2026-01-05"),
        holidays: vec![],
        initiatives: vec![InitiativeEntry {
            id: id.to_owned(),
            title: id.to_owned(),
            finished: None,
            quantiles: days
                .iter()
                .map(|(percent, days)| QuantileEntry {
                    percentile: Percentile::percent(*percent),
                    date: calendar.date_of(sim::units::WorkDays::new(*days)),
                    working_days: Some(*days),
                })
                .collect(),
            bands: Bands {
                best_until: None,
                expected_until: None,
            },
            commitments: promises
                .iter()
                .map(|(by, p)| CommitmentEntry {
                    to: None,
                    date: date(by),
                    p_on_time: *p,
                    ci_low: 0.0,
                    ci_high: 1.0,
                })
                .collect(),
        }],
        seal: None,
    }
}

/// Three initiatives with the same forecast: P10, P50, P80, P90 on working days 5, 10, 15 and 20, that is on Fridays 9, 16, 23 and
/// 30 January. They finish on working days 8 (Wed 14), 15 (Fri 23) and 22 (Tue 3 February).
#[test]
fn scores_are_those_worked_out_by_hand() {
    const DAYS: [(u32, f64); 4] = [(10, 5.0), (50, 9.2), (80, 15.0), (90, 20.0)];
    let said = |id: &str, p: f64| entry("2026-01-05T08:00:00Z", id, &DAYS, &[("2026-01-16", p)]);
    let entries = [
        said("a", 0.9),
        said("b", 0.6),
        said("c", 0.2),
        // Later forecasts of the same do not count, nor does one that nothing is known of.
        entry(
            "2026-01-12T08:00:00Z",
            "a",
            &[(10, 1.0), (50, 2.0), (80, 3.0), (90, 4.0)],
            &[("2026-01-16", 0.1)],
        ),
        said("open", 0.5),
    ];
    let told = |id: &str, day: &str| Told {
        initiative: id.to_owned(),
        finished: date(day),
    };
    let ledger = Ledger {
        folder: String::new(),
        entries: &entries,
    };
    let record = track_record(
        &[ledger],
        &[told("a", "2026-01-14"), told("b", "2026-01-23"), told("c", "2026-02-03")],
    );
    assert_eq!((record.finished, record.overdue, record.recorded_afterwards), (3, 0, 0));
    let held = |percent| record.held(percent).map(|held| (held.hits, held.trials));
    assert_eq!(
        (held(50), held(80), held(90), held(95)),
        (Some((1, 3)), Some((2, 3)), Some((2, 3)), None)
    );
    // The exact interval of 2 of 3: Clopper & Pearson (1934), as R's `binom.test(2, 3)`.
    let interval = record.held(80).expect("P80");
    assert!(
        (interval.ci_low - 0.094_299).abs() < 1e-6 && (interval.ci_high - 0.991_596).abs() < 1e-6,
        "{interval:?}"
    );
    assert_eq!(record.inside_p10_p90.map(|inside| (inside.hits, inside.trials)), Some((2, 3)));
    // Kept, not kept, not kept: (0.1² + 0.6² + 0.2²) / 3.
    let brier = record.brier.expect("three promises");
    assert!((brier.mean - 0.41 / 3.0).abs() < 1e-12 && brier.cases == 3 && brier.reference == Some(0.25));
    // Squares 0.01, 0.36, 0.04: s = 0.193993 and t₀.₉₇₅(2) = 4.302653, so ± 0.481906; it is cut at 0.
    assert!(
        brier.ci_low == Some(0.0) && (brier.ci_high.expect("an interval") - 0.618_572).abs() < 1e-6,
        "{brier:?}"
    );
    assert_eq!(record.promises_kept.map(|kept| (kept.hits, kept.trials)), Some((1, 3)));
    // P50 is told as day 10: early by 2, late by 5 and by 12, each halved. P80 is day 15: 0.2 · 7, 0, 0.8 · 7.
    let loss = |index: usize| record.pinball[index].loss.mean;
    assert!((loss(0) - (1.0 + 2.5 + 6.0) / 3.0).abs() < 1e-12, "{}", loss(0));
    assert!((loss(1) - (1.4 + 0.0 + 5.6) / 3.0).abs() < 1e-12, "{}", loss(1));
}

#[test]
fn few_cases_do_not_sound_sure() {
    const DAYS: [(u32, f64); 4] = [(10, 5.0), (50, 10.0), (80, 15.0), (90, 20.0)];
    let record_of = |count: usize| {
        let ids: Vec<String> = (0..count).map(|index| format!("i{index}")).collect();
        let entries: Vec<Entry> = ids
            .iter()
            .map(|id| entry("2026-01-05T08:00:00Z", id, &DAYS, &[("2026-01-16", 0.9)]))
            .collect();
        let told = ids.iter().map(|id| Told {
            initiative: id.clone(),
            finished: date("2026-01-15"),
        });
        let ledger = Ledger {
            folder: String::new(),
            entries: &entries,
        };
        track_record(&[ledger], &told.collect::<Vec<_>>())
    };
    let sentence = |count| sim::report::ledger::plain_sentence(&record_of(count)).expect("a sentence");
    assert_eq!(sentence(1), "our P80 dates held in 1 of 1 case, too few to judge by");
    assert_eq!(sentence(5), "our P80 dates held in 5 of 5 cases, too few to judge by");
    assert_eq!(sentence(6), "our P80 dates held in 6 of 6 cases");
    // One finish in its range shows next to nothing, and two scores that are the same show nothing of their spread.
    let one = record_of(1).inside_p10_p90.expect("a finish");
    assert!((one.ci_low - 0.025).abs() < 1e-9 && one.ci_high == 1.0, "{one:?}");
    let brier = record_of(2).brier.expect("two promises");
    assert!(
        brier.cases == 2 && (brier.mean - 0.01).abs() < 1e-12 && brier.ci_low.is_none(),
        "{brier:?}"
    );
}

#[test]
fn what_is_open_counts_where_its_date_has_passed() {
    const DAYS: [(u32, f64); 4] = [(10, 5.0), (50, 10.0), (80, 15.0), (90, 20.0)];
    let first = entry("2026-01-05T08:00:00Z", "a", &DAYS, &[("2026-01-16", 0.5), ("2026-03-31", 0.9)]);
    let later = Entry {
        kind: RunKind::Rerun,
        as_of: Some(date("2026-01-26")),
        ..entry("2026-01-26T08:00:00Z", "a", &DAYS, &[("2026-01-16", 0.0)])
    };
    let entries = [first, later];
    let ledger = Ledger {
        folder: String::new(),
        entries: &entries,
    };
    let record = track_record(&[ledger], &[]);
    assert_eq!((record.finished, record.overdue), (0, 1));
    // On the morning of Monday 26 January the P80 date, Friday 23, has passed; the P90 date has not.
    assert_eq!(record.held(80).map(|held| (held.hits, held.trials)), Some((0, 1)));
    assert!(record.held(90).is_none() && record.pinball.is_empty() && record.inside_p10_p90.is_none());
    // Of the promises one is settled, by the odds of the first run, not by what was known afterwards.
    let brier = record.brier.expect("a promise");
    assert!((brier.mean - 0.25).abs() < 1e-12 && brier.cases == 1 && brier.ci_low.is_none());
}
