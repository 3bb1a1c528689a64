//! The corpus of mistakes that people make: each file under `tests/rejected` names at its top, as `# expect: code @ line`, every
//! fault that it must produce. Nothing more may be reported, and nothing less.

use std::fs;
use std::io;
use std::path::Path;

use sim::diagnostic::{Fault, render};

fn faults_of(path: &Path) -> Vec<Fault> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| -> io::Result<String> { fs::read_to_string(folder.join(name)) };
    match sim::scenario::read(&name, bytes).and_then(|scenario| sim::plan::build(&scenario, &files)) {
        Ok(plan) => plan.warnings,
        Err(faults) => faults,
    }
}

fn expected(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# expect: "))
        .map(|line| line.trim().to_owned())
        .collect()
}

#[test]
fn every_file_of_the_corpus_produces_exactly_its_faults() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 107, "the corpus has shrunk to {} files", paths.len());
    let mut wrong = String::new();
    for path in paths {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
        let mut expected = expected(&text);
        assert!(!expected.is_empty(), "{} expects nothing", path.display());
        let faults = faults_of(&path);
        let mut found: Vec<String> = faults
            .iter()
            .map(|fault| format!("{} @ {}", fault.code, fault.position().map_or(0, |(line, _)| line)))
            .collect();
        expected.sort();
        found.sort();
        if expected != found {
            wrong.push_str(&format!(
                "{}\nexpected {expected:#?}\nfound {found:#?}\n{}\n",
                path.display(),
                render(&faults, false)
            ));
        }
        if std::env::var_os("SHOW_FAULTS").is_some() {
            println!("{}", render(&faults, false));
        }
        for fault in faults.iter().filter(|fault| fault.is_error()) {
            if fault.allowed.is_none() && fault.hint.is_none() {
                wrong.push_str(&format!(
                    "{}: `{}` says neither what is allowed nor what to do\n",
                    path.display(),
                    fault.code
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
