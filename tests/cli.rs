//! The program as its users start it: exit statuses, files, pipes, interruption.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SEGMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/new-segment-60-days.toml");
const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/first.toml");

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a temporary folder");
    path
}

/// Runs of the scenarios in the repository leave no ledger beside them.
fn sim(folder: &Path, arguments: &[&str]) -> Output {
    let is_ours = arguments.iter().any(|argument| argument.starts_with(env!("CARGO_MANIFEST_DIR")));
    let records = is_ours && arguments.first().is_some_and(|command| ["run", "rerun"].contains(command));
    Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(arguments)
        .args(records.then_some("--no-ledger"))
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .output()
        .expect("sim starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the output is text")
}

/// Runs what must succeed and returns standard output.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = sim(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Runs what must be refused and returns standard error.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = sim(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.stdout.is_empty(), "nothing on standard output when refused");
    text(&output.stderr)
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_run_prints_a_summary_and_writes_its_outputs() {
    let folder = folder("run");
    let summary = done(&folder, &["run", FIRST]);
    assert!(summary.contains("on time"), "{summary}");
    assert!(!summary.contains('\u{1b}'), "no colour where there is no terminal");
    assert!(summary.lines().all(|line| line.chars().count() <= 80), "80 columns");
    let out = folder.join("out/first");
    assert_eq!(
        files(&out),
        [
            ".sim-files",
            "assumptions.csv",
            "budgets.csv",
            "capacity.csv",
            "charts/capacity.png",
            "charts/capacity.svg",
            "charts/checkpoints.png",
            "charts/checkpoints.svg",
            "charts/dots.png",
            "charts/dots.svg",
            "charts/gantt.png",
            "charts/gantt.svg",
            "charts/s-curve.png",
            "charts/s-curve.svg",
            "charts/timelines.png",
            "charts/timelines.svg",
            "charts/tornado.png",
            "charts/tornado.svg",
            "checkpoints.csv",
            "commitments.csv",
            "dependencies.csv",
            "drivers.csv",
            "preread.html",
            "preread.md",
            "summary.json",
            "timelines.csv"
        ]
    );
    let header = |file: &str| {
        fs::read_to_string(out.join(file))
            .expect(file)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(header("timelines.csv"), "initiative,percentile,date,working_days,ci_low,ci_high");
    assert_eq!(
        header("commitments.csv"),
        "initiative,to,date,estimate,p_on_time,ci_low,ci_high,gap_p50_days,gap_p80_days,mean_lateness_if_late_days,date_50,date_80,date_85,date_90,date_95,p_on_time_within_budgets"
    );
    assert_eq!(
        header("budgets.csv"),
        "budget,kind,initiative,period,limit,p_breach,ci_low,ci_high,p50,p90,median_breach_date,tolerance,verdict"
    );
    assert_eq!(
        header("capacity.csv"),
        "team,week,date,available_p10,available_p50,available_p90,demand_p50,utilisation_p50"
    );
    assert_eq!(
        header("assumptions.csv"),
        "initiative,assumption,p50_days,p80_days,p_on_time_change,ci_low,ci_high"
    );
    assert!(header("drivers.csv").starts_with("initiative,kind,id,criticality,cruciality,ssi,p50_days,p80_days,worst_lift"));
    assert!(header("dependencies.csv").starts_with("initiative,from,to,criticality,expected_delay_days,colour,rule"));
    let percentiles: Vec<String> = fs::read_to_string(out.join("timelines.csv"))
        .expect("timelines.csv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(
        percentiles,
        [
            "p1", "p5", "p10", "p20", "p30", "p40", "p50", "p60", "p70", "p80", "p90", "p95", "p99", "mean"
        ]
    );
    assert!(fs::read(out.join("charts/s-curve.png")).expect("a picture").starts_with(b"\x89PNG"));
}

#[test]
fn json_is_the_summary_file_and_nothing_else() {
    let folder = folder("json");
    let json = done(&folder, &["run", SEGMENT, "--json", "--trials", "500", "--out", "here"]);
    assert_eq!(json, fs::read_to_string(folder.join("here/summary.json")).expect("summary.json"));
    let value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(value["trials"], 500);
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["scenario"]["sha256"].as_str().map(str::len), Some(64));
    // A promise holds at 80 % exactly where its odds are at least 80 %.
    for initiative in value["initiatives"].as_array().expect("initiatives") {
        for commitment in initiative["commitments"].as_array().expect("commitments") {
            for promise in commitment["promises"].as_array().expect("promises") {
                let share: f64 = promise["percentile"].as_str().expect("a percentile")[1..]
                    .parse::<f64>()
                    .expect("a number")
                    / 100.0;
                let holds = promise["date"].as_str() <= commitment["at"]["date"].as_str();
                assert_eq!(holds, commitment["p_on_time"]["p"].as_f64().expect("odds") >= share, "{promise}");
            }
        }
    }
}

#[test]
fn threads_change_no_byte_and_the_seed_does() {
    let folder = folder("threads");
    let run = |threads: &str, seed: &str| {
        done(
            &folder,
            &["run", SEGMENT, "--json", "--trials", "1000", "--threads", threads, "--seed", seed],
        )
    };
    let one = run("1", "1");
    assert_eq!(run("2", "1"), one);
    assert_eq!(run("3", "1"), one);
    assert_ne!(run("2", "2"), one);
}

#[test]
fn wrong_input_is_refused_with_its_place_and_writes_nothing() {
    let folder = folder("wrong");
    fs::write(
        folder.join("bad.toml"),
        "[scenario]\nstart = 2026-01-05\n[team.core]\nenginers = 5\n[initiative.x]\nduration = [\"3w\", \"2w\", \"4w\"]\n",
    )
    .expect("writable");
    let message = refused(&folder, &["run", "bad.toml"]);
    for part in ["bad.toml:4:1", "did you mean `engineers`", "bad.toml:6:", "reversed-estimate"] {
        assert!(message.contains(part), "{part} in\n{message}");
    }
    assert_eq!(files(&folder), ["bad.toml"]);
    assert!(refused(&folder, &["check", "bad.toml"]).contains("bad.toml:4:1"));
}

#[test]
fn what_is_not_a_scenario_file_is_refused() {
    let folder = folder("not-a-file");
    assert_eq!(
        refused(&folder, &["run", "nowhere.toml"]),
        "error[no-such-file]: there is no file `nowhere.toml`\n = help: give the path of a scenario file, such as scenarios/first.toml\n"
    );
    assert!(refused(&folder, &["run", "."]).contains("is a folder"));
    fs::write(folder.join("empty.toml"), "").expect("writable");
    assert!(refused(&folder, &["run", "empty.toml"]).contains("start"));
    fs::write(folder.join("latin1.toml"), b"# caf\xe9\n").expect("writable");
    assert!(refused(&folder, &["run", "latin1.toml"]).contains("latin1.toml:1:6"));
    let large = "# a comment that says nothing much at all\n".repeat(250_000);
    fs::write(folder.join("large.toml"), large).expect("writable");
    assert!(refused(&folder, &["check", "large.toml"]).contains("4194304"));
}

#[test]
fn what_has_happened_is_read_and_checked() {
    const CASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/eight-months-or-six.toml");
    let folder = folder("actuals");
    let rerun = |arguments: &[&str]| refused(&folder, &[&["rerun", CASE], arguments].concat());
    fs::write(
        folder.join("week.toml"),
        "as_of = 2026-02-16\n[task.\"invoicing.design\"]\nstarted = 2026-02-30\n",
    )
    .expect("writable");
    assert!(rerun(&["--actuals", "week.toml"]).contains("week.toml:3:11"));
    fs::write(folder.join("week.csv"), "task,started,finished\ninvoicing.design,2026-02-09,\n").expect("writable");
    assert!(rerun(&["--actuals", "week.csv"]).contains("missing-as-of"));
    assert!(rerun(&["--actuals", "nowhere.csv"]).contains("there is no file `nowhere.csv`"));
    assert!(rerun(&["--actuals", "."]).contains("is a folder"));
    assert!(rerun(&["--actuals", "week.csv", "--as-of", "16.2.2026"]).contains("2026-03-06"));
    assert_eq!(files(&folder), ["week.csv", "week.toml"], "nothing is written");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = folder("pipes");
    for device in ["/dev/zero", "/dev/null"] {
        assert!(refused(&folder, &["check", device]).contains("is a pipe or a device"));
    }
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    assert!(refused(&folder, &["run", "pipe"]).contains("is a pipe or a device"));
    fs::write(
        folder.join("own.toml"),
        "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = { shape = \"empirical\", file = \"pipe\", column = \"days\" }\n",
    )
    .expect("writable");
    assert!(refused(&folder, &["check", "own.toml"]).contains("it is no file"));
}

#[test]
fn an_output_that_cannot_be_written_is_the_machines_fault() {
    let folder = folder("unwritable");
    fs::write(folder.join("file"), "mine").expect("writable");
    for out in ["file", "file/inside"] {
        let output = sim(&folder, &["run", FIRST, "--trials", "10", "--out", out]);
        let message = text(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{message}");
        assert!(message.contains("file"), "{message}");
        assert!(output.stdout.is_empty(), "no summary of a run whose outputs are lost");
    }
    assert_eq!(fs::read_to_string(folder.join("file")).ok().as_deref(), Some("mine"));
}

#[test]
fn commands_whose_time_has_not_come_say_so() {
    let folder = folder("later");
    assert!(refused(&folder, &["import", SEGMENT]).contains("not supported yet"));
    assert!(refused(&folder, &["rnu", SEGMENT]).contains("did you mean `sim run`"));
    assert!(refused(&folder, &["plan.toml"]).contains("sim run plan.toml"));
    assert!(refused(&folder, &["run", SEGMENT, "--precision", "0"]).contains("0.0005 to 0.2"));
    assert!(refused(&folder, &["run", SEGMENT, "--trials", "1000000000"]).contains("10000000"));
    assert!(!done(&folder, &["--help"]).contains("import"));
}

/// More futures are played until the numbers are known; where they run out, it is said of which.
#[test]
fn a_precision_ends_the_run_or_is_said_to_be_missed() {
    let folder = folder("precision");
    let summary = |arguments: &[&str]| -> serde_json::Value {
        let all: Vec<&str> = ["run", FIRST, "--json"].iter().chain(arguments).copied().collect();
        serde_json::from_str(&done(&folder, &all)).expect("a summary")
    };
    let loose = summary(&["--precision", "0.05"]);
    let tight = summary(&["--precision", "1%"]);
    let (few, many) = (
        loose["trials"].as_u64().expect("a number"),
        tight["trials"].as_u64().expect("a number"),
    );
    assert!(few < many && many < 100_000, "{few}, {many}");
    assert_eq!(tight["precision"]["reached"], true);
    assert_eq!(tight["partial"], false);
    for number in tight["precision"]["numbers"].as_array().expect("numbers") {
        assert!(number["half_width"].as_f64().expect("known") <= 0.01, "{number}");
    }
    // The same futures as a run of so many.
    let plain = summary(&["--trials", &many.to_string()]);
    assert_eq!(plain["initiatives"], tight["initiatives"]);
    assert_eq!(plain["checkpoints"], tight["checkpoints"]);
    // The threads change nothing.
    assert_eq!(summary(&["--precision", "1%", "--threads", "1"]), tight);
    let short = done(&folder, &["run", FIRST, "--precision", "0.001", "--trials", "2000"]);
    assert!(
        short.contains("not resolved") && short.contains("2,000 futures were not enough"),
        "{short}"
    );
}

#[test]
fn a_check_shows_every_name_in_full() {
    let folder = folder("check");
    let text = done(&folder, &["check", SEGMENT]);
    assert!(!text.contains('…'), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "80 columns:\n{text}");
    // Words that end a line continue below in the same column.
    for name in ["load-test", "tax-review", "game-day", "1 core", "0 warnings: ready to run"] {
        assert!(text.contains(name), "{name} in\n{text}");
    }
    let output = sim(&folder, &["check", FIRST]);
    assert!(self::text(&output.stdout).ends_with("4 tasks, 4 links, 2 warnings: ready to run\n"));
    assert!(self::text(&output.stderr).contains("first.toml:"), "warnings say where");
}

#[test]
fn a_handful_of_futures_is_called_one() {
    let folder = folder("few");
    assert!(done(&folder, &["run", FIRST, "--trials", "3"]).contains("almost nothing"));
    assert!(!done(&folder, &["run", FIRST, "--trials", "1_000"]).contains("almost nothing"));
}

#[test]
fn files_of_others_are_kept_and_never_overwritten() {
    let folder = folder("foreign");
    done(&folder, &["run", FIRST, "--trials", "100"]);
    let out = folder.join("out/first");
    fs::write(out.join("notes.txt"), "mine").expect("writable");
    fs::create_dir(out.join("drafts")).expect("writable");
    fs::write(out.join("charts/sketch.svg"), "mine too").expect("writable");
    let before = fs::read(out.join("summary.json")).expect("summary.json");
    done(&folder, &["run", FIRST, "--trials", "200"]);
    assert_ne!(fs::read(out.join("summary.json")).expect("summary.json"), before);
    assert_eq!(fs::read_to_string(out.join("notes.txt")).expect("notes.txt"), "mine");
    assert_eq!(fs::read_to_string(out.join("charts/sketch.svg")).expect("sketch.svg"), "mine too");
    assert!(out.join("drafts").is_dir());
    assert_eq!(
        fs::read_dir(folder.join("out")).expect("readable").count(),
        1,
        "nothing is left beside the folder"
    );

    fs::create_dir(folder.join("theirs")).expect("writable");
    fs::write(folder.join("theirs/summary.json"), "theirs").expect("writable");
    assert!(refused(&folder, &["run", FIRST, "--out", "theirs"]).contains("was not written by sim"));
    assert_eq!(fs::read_to_string(folder.join("theirs/summary.json")).expect("theirs"), "theirs");
    assert!(refused(&folder, &["run", FIRST, "--out", "theirs/summary.json"]).contains("not a folder"));
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let folder = folder("pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["run", FIRST, "--trials", "100", "--no-ledger"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sim starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("sim ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_is_done_and_says_so() {
    let folder = folder("interrupt");
    let child = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["run", SEGMENT, "--trials", "1000000", "--no-ledger"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sim starts");
    std::thread::sleep(std::time::Duration::from_millis(700));
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill starts");
    assert!(interrupt.success());
    let output = child.wait_with_output().expect("sim ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let summary = text(&output.stdout);
    assert!(summary.starts_with("PARTIAL"), "{summary}");
    let json = fs::read_to_string(folder.join("out/new-segment-60-days/summary.json")).expect("summary.json");
    let value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(value["partial"], true);
    let trials = value["trials"].as_u64().expect("trials");
    assert!(trials > 0 && trials < 1_000_000);
    // What was kept is what a run of so many trials gives.
    let whole = done(
        &folder,
        &["run", SEGMENT, "--json", "--trials", &trials.to_string(), "--out", "whole"],
    );
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("valid JSON");
    assert_eq!(whole["initiatives"], value["initiatives"]);
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_scenarios_folder() {
    let folder = folder("links");
    fs::create_dir(folder.join("inside")).expect("writable");
    fs::write(folder.join("secret.csv"), "days\n3\n4\n").expect("writable");
    fs::write(folder.join("inside/own.csv"), "days\n3\n4\n").expect("writable");
    std::os::unix::fs::symlink("../secret.csv", folder.join("inside/link.csv")).expect("writable");
    let scenario = |file: &str| {
        format!(
            "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = {{ shape = \"empirical\", file = \"{file}\", column = \"days\" }}\n"
        )
    };
    fs::write(folder.join("inside/own.toml"), scenario("own.csv")).expect("writable");
    fs::write(folder.join("inside/link.toml"), scenario("link.csv")).expect("writable");
    done(&folder, &["run", "inside/own.toml", "--trials", "100"]);
    assert!(refused(&folder, &["run", "inside/link.toml"]).contains("leads out"));
    done(&folder.join("inside"), &["run", "own.toml", "--trials", "100"]);
}

#[test]
fn a_future_is_told_beside_the_outputs_of_the_run() {
    let folder = folder("explain");
    done(&folder, &["run", FIRST, "--trials", "200"]);
    let before = files(&folder);
    let story = done(&folder, &["explain", FIRST, "--trials", "200"]);
    assert!(story.starts_with("launch: the worst path\n"), "{story}");
    assert!(
        story.contains("--path best (future ") && story.contains("launch is finished"),
        "{story}"
    );
    assert!(story.lines().all(|line| line.chars().count() <= 80), "80 columns:\n{story}");
    assert!(!story.contains('\u{1b}'), "no colour where there is no terminal");
    let written = |names: [&str; 3]| {
        let own = [&[".sim-files"], &names[..]].concat();
        let own = own.into_iter().map(|name| format!("out/first-explain/{name}"));
        let mut all: Vec<String> = before.iter().cloned().chain(own).collect();
        all.sort();
        assert_eq!(files(&folder), all);
    };
    written(["gantt-worst.png", "gantt-worst.svg", "story.md"]);
    assert_eq!(done(&folder, &["explain", FIRST, "--trials", "200", "--threads", "1"]), story);
    // The number of the representative tells the same future, and takes the place of what was told before.
    let summary = fs::read_to_string(folder.join("out/first/summary.json")).expect("summary.json");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let best = &summary["paths"][0]["representative"];
    let trial = best["trial"].as_u64().expect("a number").to_string();
    let again = done(&folder, &["explain", FIRST, "--trials", "200", "--trial", &trial]);
    assert!(again.starts_with(&format!("launch: future {trial}, on the best path\n")), "{again}");
    written([&format!("gantt-{trial}.png"), &format!("gantt-{trial}.svg"), "story.md"]);
    let markdown = fs::read_to_string(folder.join("out/first-explain/story.md")).expect("a story");
    assert!(markdown.contains(&format!("(gantt-{trial}.svg)")), "{markdown}");
}

#[test]
fn what_cannot_be_told_is_refused_before_anything_is_written() {
    let folder = folder("explain-refused");
    let explain = |more: &[&str]| refused(&folder, &[&["explain", SEGMENT], more].concat());
    let unknown = explain(&["--initiative", "segmnt"]);
    for part in [
        "unknown-initiative",
        "`segmnt`",
        "segment, reliability, roadmap",
        "did you mean `segment`?",
    ] {
        assert!(unknown.contains(part), "{part} in\n{unknown}");
    }
    assert!(!explain(&["--initiative", "zzzzzz"]).contains("did you mean"));
    let path = explain(&["--path", "wurst"]);
    assert!(
        path.contains("best, expected, worst") && path.contains("did you mean `worst`?"),
        "{path}"
    );
    assert!(explain(&["--trial", "500", "--trials", "500"]).contains("from 0 to 499"));
    assert!(explain(&["--trial=-1"]).contains("--trial"));
    assert!(explain(&["--trial", "1", "--path", "best"]).contains("cannot be used with"));
    assert!(files(&folder).is_empty());
}

const OPTIONS: &str = "[scenario]\nstart = 2026-01-05\ntrials = 400\n[initiative.x]\ncommitment = 2026-02-27\n\
                       [initiative.x.task]\na = { duration = [\"4w\", \"6w\", \"10w\"] }\n\
                       [option.faster]\ncost = 7\ninitiative.x.task.a.duration = [\"2w\", \"3w\", \"5w\"]\n";

#[test]
fn options_are_compared_and_priced_into_folders_of_their_own() {
    let folder = folder("options");
    fs::write(folder.join("plan.toml"), OPTIONS).expect("writable");
    let text = done(&folder, &["compare", "plan.toml"]);
    assert!(
        text.contains("1 faster") && text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let table = fs::read_to_string(folder.join("out/plan-compare/options.csv")).expect("a table");
    assert!(
        table.starts_with(
            "initiative,option,title,recommended,cost,p50,p80,p90,to,p_on_time,p_better,delta_p80_days,delta_ci_low,delta_ci_high,"
        ),
        "{table}"
    );
    assert_eq!(table.lines().count(), 3);
    let text = done(&folder, &["price", "plan.toml", "--date", "2026-02-27", "--confidence", "0.9"]);
    assert!(text.contains("it costs 7 more on average"), "{text}");
    assert!(folder.join("out/plan-price/price.csv").is_file());
    // A run shows the same table.
    done(&folder, &["run", "plan.toml"]);
    assert_eq!(fs::read_to_string(folder.join("out/plan/options.csv")).expect("a table"), table);
    // Another file is set against the first, and against itself differs by nothing.
    let text = done(&folder, &["compare", "plan.toml", "plan.toml"]);
    assert!(text.contains("2 plan.toml") && text.contains("the same in all"), "{text}");
}

#[test]
fn what_cannot_be_compared_or_priced_is_refused_with_a_way_out() {
    let folder = folder("options-refused");
    fs::write(folder.join("plan.toml"), OPTIONS).expect("writable");
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("writable");
    write("bare.toml", OPTIONS.split("[option").next().unwrap_or_default().to_owned());
    write("later.toml", OPTIONS.replace("2026-01-05", "2026-01-12"));
    write("other.toml", OPTIONS.replace("initiative.x", "initiative.y"));
    write(
        "many.toml",
        (0..9).fold(OPTIONS.to_owned(), |text, index| format!("{text}[option.o{index}]\n")),
    );
    for (arguments, code) in [
        (&["compare", "bare.toml"][..], "nothing-to-compare"),
        (&["compare", "plan.toml", "later.toml"], "other-start"),
        (&["compare", "plan.toml", "other.toml"], "other-initiatives"),
        (&["price", "bare.toml"], "nothing-to-price"),
        (&["price", "many.toml"], "too-many-combinations"),
        (&["price", "plan.toml", "--initiative", "z"], "unknown-initiative"),
        (&["price", "plan.toml", "--to", "board"], "unknown-promise"),
        (&["price", "plan.toml", "--date", "2025-01-01"], "date-before-start"),
    ] {
        let text = refused(&folder, arguments);
        let has_a_way_out = text.contains("help:") || text.contains("allowed:");
        assert!(text.contains(code) && has_a_way_out, "{arguments:?}: {text}");
    }
    assert!(!folder.join("out").exists(), "nothing is written where nothing is compared");
}

/// The answer while the question is in the room: the same futures, so the same dates and odds, and no trace of it.
#[test]
fn quick_gives_the_dates_and_odds_of_a_run_and_writes_nothing() {
    let folder = folder("quick");
    fs::copy(SEGMENT, folder.join("plan.toml")).expect("a scenario");
    let text_alone = done(&folder, &["run", "plan.toml", "--quick", "--trials", "500"]);
    assert!(text_alone.lines().all(|line| line.chars().count() <= 80), "{text_alone}");
    assert!(
        text_alone.contains("on time") && text_alone.contains("Risk budgets"),
        "{text_alone}"
    );
    let json = |more: &[&str]| -> serde_json::Value {
        let arguments = [&["run", "plan.toml", "--trials", "500", "--json"], more].concat();
        serde_json::from_str(&done(&folder, &arguments)).expect("JSON")
    };
    let quick = json(&["--quick"]);
    assert_eq!(files(&folder), ["plan.toml"]);
    let whole = json(&["--no-prices"]);
    assert_eq!(quick["initiatives"], whole["initiatives"]);
    assert_eq!(quick["budgets"], whole["budgets"]);
    assert_eq!(quick["cost"], whole["cost"]);
    assert!(refused(&folder, &["run", "plan.toml", "--quick", "--samples"]).contains("cannot be used with"));
}

/// What takes most of a run is left out, and everything else is there.
#[test]
fn a_run_without_prices_lacks_the_price_lists_alone() {
    let folder = folder("no-prices");
    fs::copy(SEGMENT, folder.join("plan.toml")).expect("a scenario");
    let run = |more: &[&str]| -> serde_json::Value {
        let arguments = [&["run", "plan.toml", "--trials", "300", "--no-ledger", "--json"], more].concat();
        serde_json::from_str(&done(&folder, &arguments)).expect("JSON")
    };
    let (with, without) = (run(&[]), run(&["--no-prices"]));
    assert_eq!(without["prices"], serde_json::json!([]));
    assert_ne!(with["prices"], without["prices"]);
    for part in ["initiatives", "budgets", "checkpoints", "capacity", "paths", "options"] {
        assert_eq!(with[part], without[part], "{part}");
    }
    let out = folder.join("out/plan");
    assert!(out.join("preread.html").is_file() && out.join("charts").is_dir());
}
