//! The README promises only what works: its scenarios are accepted, its transcripts are what the program prints, its commands and
//! columns exist.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{fresh, sim};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn readme() -> String {
    fs::read_to_string(Path::new(ROOT).join("README.md")).expect("README.md is readable")
}

/// The fenced blocks of the page, in order: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block of the README is not closed");
    found
}

/// A fresh folder with the scenarios in it.
fn folder(name: &str) -> PathBuf {
    let path = fresh(name);
    fs::create_dir(path.join("scenarios")).expect("a temporary folder");
    for entry in fs::read_dir(Path::new(ROOT).join("scenarios")).expect("scenarios") {
        let entry = entry.expect("readable");
        if entry.path().is_dir() {
            continue;
        }
        fs::copy(entry.path(), path.join("scenarios").join(entry.file_name())).expect("copied");
    }
    path
}

/// Walks down the page as a reader would: a block with `[scenario]` is saved as `payments.toml`, one without is added to its end,
/// one that begins with `as_of` is what has happened to it, and a transcript runs what stands after `$`. In a transcript `…` stands for lines left out.
#[test]
fn every_scenario_is_accepted_and_every_transcript_is_real() {
    let folder = folder("readme");
    let mut scenario = String::new();
    let (mut scenarios, mut actuals, mut transcripts) = (0, 0, 0);
    for (language, text) in blocks(&readme()) {
        if language == "toml" && text.starts_with("as_of") {
            let read = sim::scenario::read("payments.toml", scenario.clone().into_bytes()).expect("a scenario");
            let plan = sim::plan::build(&read, &|file| fs::read_to_string(file)).expect("a plan");
            let reported = sim::plan::read_actuals(&read, &plan, &|file| fs::read_to_string(file), "README.md", text.into_bytes(), None);
            let warnings = reported.map_or_else(|faults| faults, |reported| reported.warnings);
            assert!(warnings.is_empty(), "{}", sim::diagnostic::render(&warnings, false));
            actuals += 1;
        } else if language == "toml" {
            if text.lines().any(|line| line == "[scenario]") {
                scenario.clear();
            } else {
                scenario.push('\n');
            }
            scenario.push_str(&text);
            let read = sim::plan::read("README.md", scenario.clone().into_bytes(), &|file| fs::read_to_string(file));
            if let Err(faults) = read {
                panic!(
                    "the README's scenario is refused:\n{scenario}\n{}",
                    sim::diagnostic::render(&faults, false)
                );
            }
            fs::write(folder.join("payments.toml"), &scenario).expect("writable");
            scenarios += 1;
        } else if let Some((command, wanted)) = text.strip_prefix("$ sim ").and_then(|text| text.split_once('\n')) {
            // Each as a first run: the record of those above would have it say what moved since.
            let records = command.starts_with("run ").then_some("--no-ledger");
            let output = sim(&folder, &command.split(' ').chain(records).collect::<Vec<_>>());
            let printed = String::from_utf8(output.stdout).expect("the output is text");
            let mut rest = printed.as_str();
            for part in wanted.split("…\n").map(str::trim_end).filter(|part| !part.is_empty()) {
                let Some(at) = rest.find(part) else {
                    panic!("`sim {command}` does not print what the README shows:\n{part}\nbut:\n{printed}");
                };
                rest = &rest[at + part.len()..];
            }
            transcripts += 1;
        }
    }
    assert!(
        scenarios >= 3 && actuals >= 1 && transcripts >= 3,
        "{scenarios} scenarios, {actuals} actuals, {transcripts} transcripts"
    );
}

#[test]
fn every_command_that_is_named_exists() {
    let folder = folder("commands");
    let help = String::from_utf8(sim(&folder, &["--help"]).stdout).expect("the help is text");
    let page = readme();
    let mut named: Vec<&str> = page
        .match_indices("`sim ")
        .map(|(at, found)| &page[at + found.len()..])
        .filter_map(|after| after.split(['`', ' ']).next())
        .collect();
    named.sort_unstable();
    named.dedup();
    assert!(named.contains(&"run") && named.contains(&"check"), "{named:?}");
    for command in named {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))),
            "`sim {command}` is not in --help"
        );
    }
}

#[test]
fn the_main_job_writes_the_columns_that_are_promised() {
    let page = readme();
    let command = |what: &str| {
        page.lines()
            .find_map(|line| line.strip_suffix(&format!("# {what}")))
            .map(str::trim)
            .unwrap_or_else(|| panic!("the README does not name {what}"))
    };
    assert_eq!(command("the tests"), "cargo test");
    let arguments = command("the main job")
        .strip_prefix("cargo run --release -- ")
        .expect("a cargo command");
    let folder = folder("main-job");
    assert_eq!(sim(&folder, &arguments.split(' ').collect::<Vec<_>>()).status.code(), Some(0));
    let out = folder.join("out/new-segment-60-days");
    let mut tables = 0;
    for entry in fs::read_dir(&out).expect("the outputs") {
        let path = entry.expect("readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && path.is_file() {
            assert!(page.contains(&format!("`{name}`")), "the README does not describe {name}");
        }
        if name.ends_with(".csv") {
            let text = fs::read_to_string(&path).expect("a table");
            let header = text.lines().next().unwrap_or_default();
            assert!(
                page.contains(&format!("`{header}`")),
                "the README does not give the columns of {name}: {header}"
            );
            tables += 1;
        }
    }
    assert!(tables >= 3);
}
