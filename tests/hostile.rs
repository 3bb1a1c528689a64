//! Names that mean no good: everything that the program says of `hostile.toml` is harmless, legible and where it belongs.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use common::{fresh, sim};
use quick_xml::events::Event;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthStr;

/// What stands for `LONG`.
fn long() -> String {
    "long ".repeat(1_000) + &"long".repeat(1_250)
}

fn scenario() -> String {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile.toml")).expect("the scenario");
    let marks = "\u{301}\u{336}\u{35c}\u{489}".repeat(500);
    text.replace("LONG", &long()).replace("MARKS", &marks)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the output is text")
}

/// A folder with the scenario, simulated, and what was printed.
fn simulated(name: &str, arguments: &[&str]) -> (PathBuf, String) {
    let folder = fresh(name);
    fs::write(folder.join("plan.toml"), scenario()).expect("writable");
    let output = sim(
        &folder,
        &[&["run", "plan.toml", "--trials", "200", "--out", "out"], arguments].concat(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_harmless(&text(&output.stderr));
    (folder, text(&output.stdout))
}

/// Characters that are not seen, from the list of Unicode's `Default_Ignorable_Code_Point` and `Bidi_Control`, less the selectors
/// of how a picture is drawn.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff0..=0xfff8 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// That a text moves no cursor, turns no line around and hides nothing; newlines are lines.
fn assert_harmless(said: &str) {
    for line in said.lines() {
        // The joiner stays between two pictures.
        let joined = ["👩\u{200d}💻", "👨\u{200d}👩\u{200d}👧", "🏳\u{fe0f}\u{200d}🌈"]
            .iter()
            .fold(line.to_owned(), |line, picture| line.replace(picture, ""));
        let bad = joined
            .chars()
            .find(|c| c.is_control() || is_hidden(*c) || matches!(c, '\u{2028}' | '\u{2029}'));
        assert_eq!(bad, None, "in {line:?}");
        let mut marks = 0;
        for c in line.chars() {
            marks = if matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}') {
                marks + 1
            } else {
                0
            };
            assert!(marks <= 3, "marks pile up in {line:?}");
        }
    }
}

fn assert_fits(said: &str) {
    for line in said.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
    // A long name takes one line or two, not the whole screen.
    let with_long = said.lines().filter(|line| line.contains("long")).count();
    assert!(with_long < 60, "{with_long} lines of long names");
}

#[test]
fn the_terminal_shows_names_that_can_do_nothing() {
    let (folder, summary) = simulated("terminal", &[]);
    let check = sim(&folder, &["check", "plan.toml"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
    assert_harmless(&text(&check.stderr));
    for said in [&summary, &text(&check.stdout)] {
        assert_harmless(said);
        assert_fits(said);
        for legible in [
            "<script>alert('x')</script> ]]> &lt; \"quoted\" &",
            r"\u{1b}[2J\u{1b}[31mred",
            r"\u{202e}gnitirw fo redro eht\u{202c} \u{2066}isolated",
            "first line second line  third fourth",
            "long long long long long long long long long long long long long long long…",
            "👩\u{200d}💻 👨\u{200d}👩\u{200d}👧",
            "@SUM(1+1)*cmd",
        ] {
            assert!(said.contains(legible), "{legible} is not in\n{said}");
        }
    }
}

#[test]
fn faults_show_names_that_can_do_nothing() {
    let folder = fresh("faults");
    let file = "evil\u{1b}[31m\u{202e}\n.toml";
    let wrong = scenario()
        .replace("response   =", "# raw \u{202e} and \u{200b}\nresponse \u{1b} =")
        .replace("[bet.", "[bet\u{202e}.");
    fs::write(folder.join(file), wrong).expect("writable");
    // Not TOML at all, then wrong in every section that has a name.
    let mistaken = scenario()
        .replace("engineers = 4", "engineers = \"\\u001b[31m\\u202E\"")
        .replace("affects     = [", "affects     = [\"\\u202E\\u0007\", ")
        .replace("after = \"<script>\"", "after = \"\\u001b]0;\\u202E\"")
        .replace("[\"2w\", \"3w\", \"5w\"]", "[\"2\\u202Ew\", \"3w\", \"\\u009B5w\"]")
        .replace("kind      = \"reliability\"", "kind = \"\\u2066LONG\"");
    fs::write(folder.join("mistaken.toml"), mistaken).expect("writable");
    for (file, faults) in [(file, 1), ("mistaken.toml", 8)] {
        let output = sim(&folder, &["run", file]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert_harmless(&said);
        assert!(said.matches("error[").count() >= faults, "{said}");
    }
    let bad = "none\u{1b}[31m\u{202e}";
    let below = format!("{bad}/../x");
    for arguments in [&["run", bad][..], &[bad], &["run", "plan.toml", "--out", &below]] {
        fs::write(folder.join("plan.toml"), scenario()).expect("writable");
        let output = sim(&folder, arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(r"none\u{1b}[31m\u{202e}"), "{}", text(&output.stderr));
        assert_harmless(&text(&output.stderr));
    }
}

#[test]
fn spreadsheets_find_no_formula() {
    let (folder, _) = simulated("csv", &[]);
    let mut formulas = 0;
    for table in ["timelines", "commitments", "budgets", "capacity", "assumptions"] {
        let path = folder.join(format!("out/{table}.csv"));
        assert_harmless(&fs::read_to_string(&path).expect("a table"));
        let mut reader = csv::Reader::from_path(&path).expect("a table");
        for row in reader.records() {
            for cell in &row.expect("a row") {
                let begins = cell.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“'));
                let is_number = cell.parse::<f64>().is_ok();
                assert!(is_number || !begins.starts_with(['=', '+', '-', '@']), "{table}: {cell}");
                assert!(!cell.starts_with(['\t', '\r', '\n']), "{table}: {cell:?}");
                let hidden = cell.trim_start_matches(['\'', '"', ' ']);
                formulas += u32::from(cell.starts_with('\'') && hidden.starts_with(['=', '+', '-', '@']));
            }
        }
    }
    assert!(formulas > 20, "only {formulas} names of the scenario would be formulas");
    // Cut nowhere.
    let mut commitments = csv::Reader::from_path(folder.join("out/commitments.csv")).expect("a table");
    let to: Vec<String> = commitments.records().map(|row| row.expect("a row")[1].to_owned()).collect();
    assert!(to.contains(&long()));
    assert!(to.contains(&"line one line two  line three".to_owned()));
}

#[test]
fn json_gives_back_every_name_as_it_was_written() {
    let (folder, json) = simulated("json", &["--json"]);
    assert_eq!(json, fs::read_to_string(folder.join("out/summary.json")).expect("summary.json"));
    let hidden = json.chars().find(|c| *c != '\n' && (c.is_control() || is_hidden(*c)));
    assert_eq!(hidden, None);
    let scenario = scenario();
    let written = DeValue::Table(DeTable::parse(&scenario).expect("TOML").into_inner());
    let named = |value: &DeValue, key: &str| value.get(key).and_then(|value| value.get_ref().as_str().map(str::to_owned));
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let own_name = named(written["scenario"].get_ref(), "name");
    assert!(own_name.is_some());
    assert_eq!(read["scenario"]["name"].as_str(), own_name.as_deref());
    let initiatives = written["initiative"].get_ref();
    let found = read["initiatives"].as_array().expect("initiatives");
    assert_eq!(found.len(), initiatives.as_table().map_or(0, DeTable::len));
    for initiative in found {
        let id = initiative["id"].as_str().expect("an id");
        let own = initiatives[id].get_ref();
        let title = named(own, "title").unwrap_or_else(|| id.to_owned());
        assert_eq!(initiative["title"].as_str(), Some(title.as_str()));
        assert_eq!(initiative["owner"].as_str(), named(own, "owner").as_deref());
        let promised = own.get("commitment").and_then(|value| value.get_ref().as_array());
        let names: Vec<_> = promised
            .into_iter()
            .flatten()
            .map(|promise| named(promise.get_ref(), "to"))
            .collect();
        let read = initiative["commitments"].as_array().expect("commitments");
        let heard: Vec<_> = read.iter().map(|promise| promise["to"].as_str().map(str::to_owned)).collect();
        // A bare date is one promise to nobody.
        assert!(
            heard == names || (names.is_empty() && heard.iter().all(Option::is_none)),
            "{heard:?}"
        );
    }
}

#[test]
fn charts_are_well_formed_and_each_has_its_own_file() {
    let (folder, _) = simulated("charts", &[]);
    let initiatives = 8;
    let mut names = BTreeSet::new();
    let mut titles = BTreeSet::new();
    for entry in fs::read_dir(folder.join("out/charts")).expect("charts") {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.len() < 220 && !name.contains(['/', ':', '"', '\u{202e}', ' ', '<']), "{name}");
        assert!(
            names.insert(name.to_lowercase()),
            "{name} is the same file where capitals do not count"
        );
        let bytes = fs::read(&path).expect("a chart");
        if path.extension().is_some_and(|extension| extension == "svg") {
            titles.insert(assert_inert_svg(&text(&bytes)));
        } else {
            let mut reader = png::Decoder::new(bytes.as_slice()).read_info().expect("a picture");
            let mut pixels = vec![0; reader.output_buffer_size()];
            assert!(reader.next_frame(&mut pixels).is_ok(), "{name}");
        }
    }
    assert!(titles.len() >= 2 * initiatives, "{titles:?}");
    assert_eq!(names.len(), 2 * titles.len(), "each picture as SVG and as PNG, and no two alike");
}

#[test]
fn a_story_can_do_nothing_either() {
    let folder = fresh("story");
    fs::write(folder.join("plan.toml"), scenario()).expect("writable");
    let plan = sim::plan::read("plan.toml", scenario().into_bytes(), &|_| Err(std::io::ErrorKind::NotFound.into()));
    let plan = plan.unwrap_or_else(|faults| panic!("{}", sim::diagnostic::render(&faults, false)));
    for initiative in &plan.initiatives {
        let flag = format!("--initiative={}", initiative.id);
        let output = sim(&folder, &["explain", "plan.toml", "--trials", "200", "--out", "told", &flag]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let said = text(&output.stdout);
        assert_harmless(&said);
        assert_fits(&said);
        let story = fs::read_to_string(folder.join("told/story.md")).expect("a story");
        assert_harmless(&story);
        assert!(!story.contains("<script") && !story.contains("](javascript"), "{story}");
        assert_inert_svg(&fs::read_to_string(folder.join("told/gantt-worst.svg")).expect("a chart"));
    }
}

/// That an XML reader finds nothing but drawing in a picture. Its title.
fn assert_inert_svg(svg: &str) -> String {
    assert_harmless(svg);
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut open, mut title, mut said) = (Vec::new(), String::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(element) => open.push(assert_drawing(&element)),
            Event::Empty(element) => {
                assert_drawing(&element);
            }
            Event::End(_) => {
                open.pop();
                assert!(said.chars().count() < 2_000, "a text that nobody reads: {said}");
                said.clear();
            }
            Event::Text(part) => {
                assert!(!part.contains("]]>"));
                said.push_str(&part);
                if open.last().is_some_and(|name| name == "title") {
                    title.push_str(&part);
                }
            }
            Event::GeneralRef(entity) => {
                assert!(["lt", "gt", "amp", "quot", "apos"].contains(&&*entity), "&{};", &*entity);
                if open.last().is_some_and(|name| name == "title") {
                    title.push_str(&format!("&{};", &*entity));
                }
            }
            Event::Eof => break,
            other => panic!("{other:?} has no business in a picture"),
        }
    }
    assert!(open.is_empty() && title.chars().count() > 10, "{title:?}");
    title
}

fn assert_drawing(element: &quick_xml::events::BytesStart) -> String {
    let name = element.name().as_ref().to_owned();
    let drawing = [
        "svg", "title", "desc", "text", "tspan", "rect", "line", "polyline", "polygon", "circle", "path", "g",
    ];
    assert!(drawing.contains(&name.as_str()), "<{name}>");
    for attribute in element.attributes() {
        let attribute = attribute.expect("well-formed");
        let key: &str = attribute.key.as_ref();
        assert!(!key.starts_with("on") && !key.contains("href") && key != "style", "{key}");
    }
    name
}
