//! The floors of the house: a room imports only from floors below its own, children never import their parent, and each outside
//! library has the rooms that may import it. Read from the `use` lines, so that a wrong import fails here and not in review.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor. Two pairs of the lowest floor stand side by side: calendar may use units, and diagnostic inert.
const FLOORS: [(&str, u32); 14] = [
    ("units", 0),
    ("calendar", 0),
    ("inert", 0),
    ("diagnostic", 0),
    ("statistics", 1),
    ("sampling", 1),
    ("scenario", 2),
    ("plan", 3),
    ("engine", 4),
    ("posterior", 5),
    ("posterior", 5),
    ("analysis", 6),
    ("report", 7),
    ("cli", 8),
];

/// Outside libraries and the only rooms that import them.
const LIBRARIES: [(&str, &[&str]); 21] = [
    ("jiff", &["calendar"]),
    ("annotate_snippets", &["diagnostic"]),
    ("rand", &["sampling"]),
    ("rand_distr", &["sampling"]),
    ("libm", &["sampling", "engine", "posterior"]),
    ("statrs", &["sampling", "statistics"]),
    ("toml", &["scenario"]),
    ("multiversion", &["sampling", "engine"]),
    ("rayon", &["engine", "cli"]),
    ("plotters", &["report"]),
    ("plotters_backend", &["report"]),
    ("ab_glyph", &["report"]),
    ("maud", &["report"]),
    ("csv", &["report", "plan"]),
    ("csv_core", &["scenario"]),
    ("parquet", &["report"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    ("sha2", &["cli"]),
    ("rustix", &["cli"]),
];

fn floor(room: &str) -> Option<u32> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The room of a source file: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let inside = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("below src");
    inside
        .iter()
        .next()
        .map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned())
        .unwrap_or_default()
}

/// Every `crate::room` and `library::` that the code (not its comments) names, with the line.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

#[test]
fn rooms_import_only_from_floors_below() {
    let mut files = vec![];
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    assert!(files.len() > 20, "the sources were found");
    let mut wrong = vec![];
    for file in &files {
        let own = room(file);
        if own == "lib" || own == "main" {
            continue;
        }
        let own_floor = floor(&own).unwrap_or_else(|| panic!("src/{own} has no floor: add it to the table here and in lib.rs"));
        for (line, text) in names(&fs::read_to_string(file).expect("source is readable")) {
            for (_, after) in text.match_indices("crate::").map(|(at, found)| (at, &text[at + found.len()..])) {
                let other: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(other_floor) = floor(&other) else { continue };
                let same_room = other == own || [("calendar", "units"), ("diagnostic", "inert")].contains(&(&own, &other));
                if !same_room && other_floor >= own_floor {
                    wrong.push(format!(
                        "{}:{line}: {own} (floor {own_floor}) imports {other} (floor {other_floor})",
                        file.display()
                    ));
                }
            }
            for (library, rooms) in LIBRARIES {
                let uses = text.contains(&format!("{library}::")) && !text.contains(&format!("_{library}::"));
                if uses && !rooms.contains(&own.as_str()) {
                    wrong.push(format!(
                        "{}:{line}: {own} imports {library}, which belongs to {rooms:?}",
                        file.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn children_never_import_their_parent() {
    let mut files = vec![];
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let mut wrong = vec![];
    for file in files
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name != "mod.rs" && name != "lib.rs"))
    {
        let folder = file.parent().expect("a file lies in a folder");
        let inside = folder.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("below src");
        let parent = inside
            .iter()
            .fold("use crate::".to_owned(), |path, part| path + &part.to_string_lossy() + "::");
        // Indented `use super::*` lines stand in test modules, whose parent is the file itself.
        for (line, text) in names(&fs::read_to_string(file).expect("source is readable")) {
            let Some(after) = text.strip_prefix("use super::").or_else(|| text.strip_prefix(&parent)) else {
                continue;
            };
            let sibling: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !folder.join(format!("{sibling}.rs")).exists() && !folder.join(&sibling).join("mod.rs").exists() {
                wrong.push(format!("{}:{line}: imports `{sibling}` from its parent", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_phase_map_names_every_room() {
    let map = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).expect("lib.rs is readable");
    for module in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let module = module.trim_end_matches(';');
        assert!(
            map.contains(&format!("[`{module}`]")),
            "lib.rs does not say what lives in `{module}`"
        );
        assert!(floor(module).is_some(), "`{module}` has no floor");
    }
}
