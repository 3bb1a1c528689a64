//! The corpus of mistakes that people make: each file under `tests/rejected` names at its top, as `# expect: code @ line`, every
//! fault that it must produce. Nothing more may be reported, and nothing less. What a person sees stands in `<name>.stderr`.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

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

/// The messages of a file as a person sees them, kept beside it. `UPDATE_GOLDEN=1` writes them anew.
fn differs_from_golden(path: &Path, text: &str) -> Option<String> {
    let golden = path.with_extension("stderr");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, text).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
    }
    match fs::read_to_string(&golden) {
        Ok(wanted) if wanted == text => None,
        Ok(_) => Some(format!("{} has changed; it is now:\n{text}\n", golden.display())),
        Err(error) => Some(format!("{}: {error}\n", golden.display())),
    }
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
        let bytes = fs::read(&path).unwrap_or_default();
        // A file of another encoding says what it must produce in a file of its own.
        let text = fs::read(path.with_extension("expect")).unwrap_or(bytes);
        let mut expected = expected(&String::from_utf8_lossy(&text));
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
        wrong.extend(differs_from_golden(&path, &render(&faults, false)));
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

/// The codes of the faults of a generated text, each once, and how long it took to find them.
fn codes_of(text: String) -> (Vec<&'static str>, Duration) {
    let begun = Instant::now();
    let faults = match sim::plan::read("generated.toml", text.into_bytes(), &|_| Err(io::ErrorKind::NotFound.into())) {
        Ok(plan) => plan.warnings,
        Err(faults) => faults,
    };
    let shown = render(&faults, false);
    assert!(shown.len() < 1_000_000, "{} bytes of messages", shown.len());
    let mut codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    codes.sort_unstable();
    codes.dedup();
    (codes, begun.elapsed())
}

#[test]
fn files_that_are_too_large_say_so_soon() {
    let head = "[scenario]\nstart = 2026-01-05\n";
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let cases: [(&str, String); 8] = [
        (
            "too-many",
            format!(
                "{head}[initiative.a.task]\n{}",
                many(100_000, &|n| format!("t{n}={{duration=\"1d\"}}\n"))
            ),
        ),
        ("file-too-large", many(500_000, &|_| "# nothing to see here\n".to_owned())),
        (
            "too-many",
            format!("{head}{}", many(10_000, &|n| format!("[initiative.i{n}]\nduration=\"1d\"\n"))),
        ),
        (
            "too-many",
            format!("{head}{}", many(10_000, &|n| format!("[team.t{n}]\nengineers=1\n"))),
        ),
        (
            "too-many",
            format!(
                "{head}{}[initiative.a]\nduration=\"1d\"\n",
                many(2_000, &|n| format!("[risk.r{n}]\nprobability=0.1\ncost=1\n"))
            ),
        ),
        (
            "too-many-people",
            format!(
                "{head}{}[initiative.a]\nduration=\"1d\"\n",
                many(200, &|n| format!("[team.t{n}]\nengineers=10_000\n"))
            ),
        ),
        ("syntax", format!("{head}a = {}\n", "[".repeat(100_000))),
        ("syntax", format!("{head}{}", many(100_000, &|n| format!("= {n}\n")))),
    ];
    for (code, text) in cases {
        let (codes, took) = codes_of(text);
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
        assert!(took < Duration::from_secs(20), "{code} took {took:?}");
    }
}
