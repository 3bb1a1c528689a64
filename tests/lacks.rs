//! `sim check --preread`: what is lacking is named with its line, and what it says to write mends it.

use std::fs;
use std::path::Path;
use std::process::Command;

use sim::plan::preread::{Lack, Whither, preread};
use sim::plan::{self, Plan};
use sim::report;
use sim::scenario;

/// Lacks whatever can be lacking where something is promised.
const BARE: &str = r#"
[scenario]
name = "A page that starts an argument"
start = 2026-01-05

[team.core]
engineers = 5

[team."design & research"]
engineers = 2
cost_per_week = 3_600

[initiative.launch]
commitment = 2026-06-30

[initiative.launch.task]
design = { effort = ["2w", "3w", "6w"], team = "design & research" }
build  = { effort = ["4w", "8w", "16w"], team = "core", after = "design" }

[initiative.audit]
owner = "CFO"
duration = ["2w", "3w", "6w"]
[[initiative.audit.commitment]]
date = 2026-05-29
to = "auditor"
[[initiative.audit.commitment]]
date = 2026-03-31
to = "board"

[initiative.inside]
duration = ["2w", "3w", "6w"]

[checkpoint.built]
task = "launch.build"
done_by = 2026-06-30
on_miss = { who = "CTO", within = "2d" }

[checkpoint.designed]
task = "launch.design"
done_by = "6w"

[budget.slip]
kind = "delivery"
initiative = "launch"
max_slip = 0.1

[option.narrow]
title = "Narrow"
initiative.launch.task.build.effort = ["2w", "4w", "8w"]
"#;

fn read(text: &str) -> (Plan, Vec<Lack>) {
    let scenario = scenario::read("plans/bare.toml", text.as_bytes().to_vec()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let plan = plan::build(&scenario, &|_| Ok(String::new())).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    let lacks = preread(&scenario, &plan);
    (plan, lacks)
}

fn named(lacks: &[Lack]) -> Vec<String> {
    lacks
        .iter()
        .map(|lack| format!("{} {}", lack.code, lack.place.source.position(lack.place.span.start).0))
        .collect()
}

/// The text with what a finding says to write, where it says so.
fn mended(text: &str, lack: &Lack) -> String {
    let lines = lack.write.join("\n");
    let insert = |after: &str, lines: &str| {
        let at = text.find(after).unwrap_or_else(|| panic!("{after} is in the file")) + after.len();
        format!("{}{lines}{}", &text[..at], &text[at..])
    };
    match &lack.whither {
        Whither::Anywhere => format!("{text}\n{lines}\n"),
        Whither::Under(heading) => insert(&format!("{heading}\n"), &format!("{lines}\n")),
        Whither::OnMiss(heading) => {
            assert_eq!(heading, "[checkpoint.built]");
            insert("on_miss = { ", &format!("{}, ", lack.write.join(", ")))
        }
    }
}

#[test]
fn everything_that_is_lacking_is_named_with_its_line() {
    let (_, lacks) = read(BARE);
    assert_eq!(
        named(&lacks),
        [
            "no-cost 6",
            "no-owner 13",
            "no-estimate 13",
            "nobody-accountable 14",
            "no-estimate 20",
            "nobody-accountable 24",
            "no-checkpoint 27",
            "no-slip-protocol 33",
            "checkpoint-after-commitment 35",
            "no-slip-protocol 38",
            "no-tolerance 42",
            "option-without-cost 47",
            "no-recommendation 47",
        ],
        "what is not promised lacks nothing"
    );
}

#[test]
fn what_a_finding_says_to_write_mends_it_and_nothing_else() {
    // A file that lacks the sections altogether, and one that has them.
    let sections = BARE.find("[checkpoint.built]").expect("sections");
    let without_team = "[scenario]\nstart = 2026-01-05\n[initiative.launch]\nduration = [\"3mo\", \"4mo\", \"7mo\"]\n";
    let in_a_list = BARE[..sections].replace("commitment = 2026-06-30", "commitment = [{ date = 2026-06-30 }]");
    let to_somebody = BARE[..sections].replace("commitment = 2026-06-30", "commitment = [{ date = 2026-06-30, to = \"board\" }]");
    for text in [BARE, &BARE[..sections], &in_a_list, &to_somebody, without_team] {
        let (_, before) = read(text);
        for lack in before.iter().filter(|lack| !lack.write.is_empty()) {
            let mut wanted = named(&before);
            let (_, after) = read(&mended(text, lack));
            let code_of = |name: &String| name.split(' ').next().unwrap_or_default().to_owned();
            let at = before.iter().position(|other| std::ptr::eq(other, lack)).expect("among them");
            wanted.remove(at);
            let wanted: Vec<String> = wanted.iter().map(code_of).collect();
            let found: Vec<String> = after.iter().map(|lack| lack.code.to_owned()).collect();
            // A promise brings questions of its own.
            if lack.code == "no-commitment" {
                assert!(!found.contains(&lack.code.to_owned()), "{found:?}");
            } else {
                assert_eq!(found, wanted, "after mending {}:\n{}", lack.code, lack.write.join("\n"));
            }
        }
    }
}

#[test]
fn mended_until_nothing_is_left_the_page_can_be_written() {
    let mut text = BARE.replace("done_by = 2026-06-30", "done_by = 2026-05-29");
    for _ in 0..50 {
        let (plan, lacks) = read(&text);
        match lacks.first() {
            None => {
                let says = report::lacks::lacks(&plan, &lacks, false);
                assert_eq!(says, "A page that starts an argument\nNothing is missing for a pre-read.\n");
                return;
            }
            Some(lack) => text = mended(&text, lack),
        }
    }
    panic!("still lacking: {:?}", named(&read(&text).1));
}

#[test]
fn the_findings_are_a_golden_table_of_eighty_columns() {
    let (plan, lacks) = read(BARE);
    let text = report::lacks::lacks(&plan, &lacks, false);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/preread_bare.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).expect("writable");
    }
    let wanted = fs::read_to_string(&path).expect("golden preread_bare.txt");
    assert!(text == wanted, "preread_bare.txt has changed; it is now:\n{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(
        report::lacks::lacks(&plan, &lacks, true).contains('\u{1b}'),
        "colour where it is wanted"
    );
}

#[test]
fn the_examples_lack_nothing_and_a_strangers_names_do_nothing() {
    for name in ["eight-months-or-six", "new-segment-60-days", "pipeline-200k"] {
        let path = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let (_, lacks) = read(&fs::read_to_string(path).expect("a scenario"));
        assert_eq!(named(&lacks), [""; 0], "{name}");
    }
    let hostile = BARE
        .replace("design & research", "\\u202Edesign \\\"]\\nx")
        .replace("\\n", "")
        .replace("[initiative.launch", "[initiative.\"a\\u202E\\\"b\"")
        .replace("\"launch", "\"a\\u202E\\\"b")
        .replace("initiative.launch.task", "initiative.\"a\\u202E\\\"b\".task");
    let (plan, lacks) = read(&hostile);
    let text = report::lacks::lacks(&plan, &lacks, false);
    assert!(text.chars().all(|c| c == '\n' || !sim::inert::acts(c)), "{text}");
    assert!(
        text.contains("[initiative.\"a\\U0000202E\\\"b\"]"),
        "what is pasted names the same: {text}"
    );
}

#[test]
fn findings_are_no_fault_of_the_input() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lacks");
    fs::create_dir_all(&folder).expect("a temporary folder");
    fs::write(folder.join("bare.toml"), BARE).expect("writable");
    fs::write(folder.join("wrong.toml"), "[scenario]\nstart = 5\n").expect("writable");
    let check = |file: &str| {
        Command::new(env!("CARGO_BIN_EXE_sim"))
            .args(["check", "--preread", file])
            .current_dir(&folder)
            .output()
            .expect("sim starts")
    };
    let output = check("bare.toml");
    let (said, warned) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{warned}");
    assert!(said.contains("no-cost  bare.toml:6:7\n"), "{said}");
    assert!(said.contains("\n13 things are missing for a pre-read."), "{said}");
    assert!(!warned.contains("no-trigger"), "said once: {warned}");
    assert_eq!(check("wrong.toml").status.code(), Some(2));
}
