//! The page for a decision: its numbers are those of `summary.json`, names in it can do nothing, it asks nobody for anything, and it can be read.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::{fresh, sim};
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a run has written.
struct Run {
    summary: Value,
    html: String,
    markdown: String,
}

fn run(name: &str, scenario: &str, trials: &str) -> Run {
    let folder = fresh(name);
    fs::write(folder.join("plan.toml"), scenario).expect("writable");
    let output = sim(&folder, &["run", "plan.toml", "--trials", trials, "--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |file: &str| fs::read_to_string(folder.join("out").join(file)).expect("written");
    Run {
        summary: serde_json::from_str(&read("summary.json")).expect("JSON"),
        html: read("preread.html"),
        markdown: read("preread.md"),
    }
}

fn scenario(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)).expect("a scenario")
}

/// What a browser makes of the page.
#[derive(Default)]
struct Seen {
    /// Each element with its attributes.
    elements: Vec<(String, Vec<(String, String)>)>,
    /// What each section says, its rows and lines apart.
    sections: BTreeMap<String, String>,
    style: String,
    scripts: Vec<String>,
}

fn attributes(element: &BytesStart<'_>) -> Vec<(String, String)> {
    element
        .attributes()
        .map(|attribute| {
            let attribute = attribute.expect("well-formed attributes");
            (attribute.key.as_ref().to_owned(), attribute.value.into_owned())
        })
        .collect()
}

fn seen(html: &str) -> Seen {
    let mut reader = quick_xml::Reader::from_str(html);
    // `meta` and `input` have no end in HTML.
    reader.config_mut().check_end_names = false;
    let mut seen = Seen::default();
    let (mut section, mut inside) = (String::new(), String::new());
    loop {
        let mut said = String::new();
        match reader.read_event().expect("well-formed") {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                let attributes = attributes(&element);
                if name == "section" {
                    section = attributes
                        .iter()
                        .find(|(key, _)| key == "id")
                        .expect("a section has an id")
                        .1
                        .clone();
                }
                if name == "script" {
                    seen.scripts.push(String::new());
                }
                inside.clone_from(&name);
                seen.elements.push((name, attributes));
            }
            Event::End(element) => {
                let name = element.name().as_ref().to_owned();
                if ["tr", "li", "p", "h2"].contains(&name.as_str()) {
                    said.push('\n');
                }
                if name == "section" {
                    section.clear();
                }
                if name == "style" || name == "script" {
                    inside.clear();
                }
            }
            Event::Text(part) => said.push_str(&part.replace('\u{a0}', " ")),
            Event::GeneralRef(entity) => said.push_str(match &*entity {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "quot" => "\"",
                other => panic!("an entity that nobody wrote: {other}"),
            }),
            Event::Eof => break,
            _ => {}
        }
        if inside == "style" {
            seen.style.push_str(&said);
        } else if inside == "script" {
            seen.scripts.last_mut().expect("a script has begun").push_str(&said);
        } else if !section.is_empty() {
            seen.sections.entry(section.clone()).or_default().push_str(&said);
        }
    }
    seen
}

// Numbers as the page must say them, from the numbers in the summary alone.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026-03-06` as `6 March 2026`, or with so many letters of the month.
fn day(iso: &Value, letters: usize) -> String {
    let iso = iso.as_str().expect("a date");
    let month: usize = iso[5..7].parse().expect("a month");
    let day: u32 = iso[8..10].parse().expect("a day");
    let name = MONTHS[month - 1];
    format!("{day} {} {}", &name[..name.len().min(letters)], &iso[..4])
}

fn full(iso: &Value) -> String {
    day(iso, 20)
}

/// Of twenty: `3 of 20`.
fn twenty(p: f64) -> String {
    match (p * 20.0).round() as u32 {
        0 => "fewer than 1 of 20".into(),
        20 => "more than 19 of 20".into(),
        count => format!("{count} of 20"),
    }
}

fn p(share: &Value) -> f64 {
    share["p"].as_f64().expect("a share")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

/// The line of a section that holds all of these, in this order.
fn line_with(section: &str, parts: &[&str]) -> bool {
    section.lines().any(|line| {
        let mut rest = line;
        parts.iter().all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

fn assert_says(seen: &Seen, markdown: &str, section: &str, parts: &[&str]) {
    let text = seen.sections.get(section).map_or("", String::as_str);
    assert!(line_with(text, parts), "no line of `{section}` says {parts:?}:\n{text}");
    let plain = markdown.replace("**", "").replace('\\', "");
    assert!(line_with(&plain, parts), "no line of the Markdown says {parts:?}");
}

fn assert_agrees(run: &Run) {
    let seen = seen(&run.html);
    let says = |section: &str, parts: &[&str]| assert_says(&seen, &run.markdown, section, parts);
    let initiatives = list(&run.summary["initiatives"]);
    let promises = |initiative: &Value| list(&initiative["commitments"]).clone();
    let at_risk = |initiative: &&Value| promises(initiative).iter().any(|promise| p(&promise["p_on_time"]) < 0.8);
    let lead = initiatives.iter().find(at_risk).unwrap_or(&initiatives[0]);
    let promise = promises(lead)
        .into_iter()
        .find(|promise| p(&promise["p_on_time"]) < 0.8)
        .unwrap_or_else(|| promises(lead)[0].clone());
    let odds = twenty(p(&promise["p_on_time"]));
    says("ask", &["Keep", &full(&promise["at"]["date"]), &odds]);
    let makes = odds.strip_suffix(" of 20").expect("of twenty");
    says("sentence", &["Of 20 futures like this plan", makes, &full(&promise["at"]["date"])]);
    if let Some(days) = promise["median_lateness_if_late_days"].as_f64().filter(|days| *days >= 10.0) {
        says("sentence", &["typically by", &format!("{:.0} weeks", days / 5.0)]);
    }
    for (label, name) in [("Best", "best"), ("Expected", "expected"), ("Worst", "worst")] {
        says("timelines", &[label, &full(&lead["timelines"][name]["date"])]);
    }
    for (label, name) in [
        ("Plan on paper", "plan_on_paper"),
        ("Everything goes right", "everything_goes_right"),
    ] {
        let landmark = &lead[name];
        says(
            "timelines",
            &[label, &full(&landmark["date"]), &twenty(p(&landmark["p_that_early"]))],
        );
    }
    for promise in promises(lead) {
        let parts = [full(&promise["at"]["date"]), twenty(p(&promise["p_on_time"]))];
        says("gap", &[&parts[0], &parts[1]]);
    }
    for other in initiatives.iter().filter(|other| other["id"] != lead["id"]) {
        for promise in promises(other) {
            let title = other["title"].as_str().expect("a title");
            let parts = [day(&promise["at"]["date"], 3), twenty(p(&promise["p_on_time"]))];
            says(
                "others",
                &[title, &parts[0], &parts[1], &day(&other["timelines"]["expected"]["date"], 3)],
            );
        }
    }
    for promise in list(&promise["promises"]) {
        says("chart", &[&full(&promise["date"])]);
    }
    for budget in list(&run.summary["budgets"]).iter().filter(|budget| budget["period"] == "horizon") {
        let id = budget["id"].as_str().expect("an id");
        let verdict = match budget["verdict"].as_str().expect("a verdict") {
            "not resolved" => "too close to call",
            "no tolerance" => "no limit agreed",
            other => other,
        };
        let agreed = budget["tolerance"].as_f64().map_or_else(|| "nothing agreed".to_owned(), twenty);
        says("budgets", &[id, &twenty(p(&budget["p_breach"])), &agreed, verdict]);
    }
    for way in run.summary["options"]["alternatives"].as_array().into_iter().flatten() {
        let finish = list(&way["initiatives"])
            .iter()
            .find(|finish| finish["initiative"] == lead["id"])
            .expect("kept");
        let kept = list(&finish["promises"])
            .iter()
            .find(|other| other["to"] == promise["to"])
            .expect("promised");
        let title = way["title"].as_str().expect("a title");
        let parts = [
            day(&finish["p50"]["date"], 3),
            day(&finish["p80"]["date"], 3),
            day(&kept["at"]["date"], 3),
            twenty(p(&kept["p_on_time"])),
        ];
        says("options", &[title, &parts[0], &parts[1], &parts[2], &parts[3]]);
    }
    let mut prices = list(&run.summary["prices"])
        .iter()
        .filter(|price| price["initiative"] == lead["id"]);
    if let Some(price) = prices.find(|price| price["p80_days"].as_f64().is_some_and(|days| days > 1.0)) {
        let weeks = format!("{:.1}", price["p80_days"].as_f64().expect("days") / 5.0);
        says("drivers", &[price["title"].as_str().expect("a title"), &weeks]);
    }
    let hash = &run.summary["scenario"]["sha256"].as_str().expect("a hash")[..12];
    says("footer", &["seed 1", hash]);
}

#[test]
fn the_page_says_what_the_summary_says() {
    for name in ["new-segment-60-days", "eight-months-or-six", "pipeline-200k", "first"] {
        assert_agrees(&run(name, &scenario(&format!("{name}.toml")), "300"));
    }
}

/// A plan in which every name tries something, with forty initiatives, one of which has no tasks.
fn hostile() -> (String, Vec<String>) {
    let mut names: Vec<String> = [
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http:∕∕x\",\"y\")",
        "</script></style><img src=x onerror=alert(1)>",
        "quotes ' \" ` and | pipes | and\nlines\n\n# no heading",
        "خطة الإطلاق العربية",
        "[a](javascript:alert(1)) **bold** _it_ <b>",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("long ".repeat(40));
    names.push("W".repeat(200));
    while names.len() < 40 {
        names.push(format!("Initiative number {}", names.len()));
    }
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON strings are TOML strings");
    let mut text = format!(
        "[scenario]\nname = {}\nstart = 2026-01-05\ndecide_by = 2026-01-09\n[team.core]\nengineers = 60\n",
        quoted(&names[0])
    );
    for (place, name) in names.iter().enumerate() {
        let bet = if place % 3 == 0 {
            format!("supports = [\"b{place}\"]\n")
        } else {
            String::new()
        };
        if place % 3 != 1 {
            text.push_str(&format!("[bet.b{place}]\ntitle = {0}\nowner = {0}\n", quoted(name)));
        }
        text.push_str(&format!(
            "[initiative.i{place}]\ntitle = {0}\nowner = {0}\naccountable = {0}\n{bet}decision_ask = {0}\nwork_item = {0}\n\
             commitment = [{{ date = 2026-03-06, to = {0}, owner = {0} }}]\n",
            quoted(name)
        ));
        if place == 1 {
            text.push_str("duration = [\"6w\", \"8w\", \"12w\"]\n");
        } else {
            text.push_str(&format!(
                "[initiative.i{place}.task.t]\ntitle = {0}\neffort = [\"5w\", \"8w\", \"14w\"]\n[risk.r{place}]\ntitle = {0}\nprobability = 0.3\n\
                 affects = [\"i{place}\"]\nmultiply = 1.5\n[checkpoint.c{place}]\ntask = \"i{place}.t\"\ndone_by = \"6w\"\n\
                 on_miss = {{ who = {0}, tells = {0}, within = \"2d\", says = {0} }}\n",
                quoted(name)
            ));
        }
    }
    text.push_str(&format!(
        "[option.o]\ntitle = {}\ncost = 5\ninitiative.i0.task.t.effort = \"2w\"\n",
        quoted(&names[2])
    ));
    (text, names)
}

#[test]
fn names_do_nothing_and_nothing_breaks() {
    let (text, names) = hostile();
    let run = run("hostile", &text, "100");
    let seen = seen(&run.html);
    let allowed: BTreeSet<&str> = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "p", "strong", "bdi", "ul", "li",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "span", "details", "summary", "svg", "line", "text", "circle",
        "label", "input", "output", "script",
    ]
    .into();
    for (name, attributes) in &seen.elements {
        assert!(allowed.contains(name.as_str()), "an element that the page does not make: {name}");
        for (key, _) in attributes {
            assert!(!key.starts_with("on") && key != "style", "{name} has {key}");
        }
    }
    assert_eq!(seen.scripts.len(), 2, "the data and the one script");
    let all: String = seen.sections.values().cloned().collect();
    for name in names.iter().filter(|name| !name.contains('\n')) {
        assert!(all.contains(name.trim_end()), "`{name}` is missing or mangled");
    }
    assert!(all.contains("and 36 more: see commitments.csv"), "what is left out is said");
    let data: Value = serde_json::from_str(&seen.scripts[0]).expect("the data is JSON");
    assert!(data.as_array().is_some_and(|marks| marks.len() >= 10));
    // Names cannot end a cell, a line or a table of the Markdown.
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut width = None;
    for line in run.markdown.lines() {
        if line.starts_with('|') {
            assert_eq!(*width.get_or_insert(columns(line)), columns(line), "{line}");
        } else {
            width = None;
            assert!(!line.contains("<script") && !line.starts_with("# no heading"), "{line}");
        }
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let run = run("alone", &scenario("first.toml"), "100");
    let seen = seen(&run.html);
    for (name, attributes) in &seen.elements {
        assert!(
            !["link", "img", "iframe", "object", "embed", "base", "form", "a"].contains(&name.as_str()),
            "{name}"
        );
        for (key, value) in attributes {
            assert!(
                !["src", "href", "xlink:href", "action", "srcset"].contains(&key.as_str()),
                "{name} has {key}"
            );
            assert!(!value.contains("//"), "{name} has {key}={value}");
        }
    }
    assert!(!seen.style.contains("url(") && !seen.style.contains("@import"));
    assert!(!run.html.contains("http://") && !run.html.contains("https://"));
    let policy = seen
        .elements
        .iter()
        .flat_map(|(_, attributes)| attributes)
        .find(|(_, value)| value.contains("default-src"));
    let policy = &policy.expect("a policy").1;
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let hash = base64(&Sha256::digest(seen.scripts[1].as_bytes()));
    assert!(
        policy.contains(&format!("script-src 'sha256-{hash}'")),
        "the script has changed; the policy must allow sha256-{hash}"
    );
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_u32, |word, at| word << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for at in 0..4 {
            if at <= chunk.len() {
                text.push(LETTERS[(word >> (18 - 6 * at)) as usize & 63] as char);
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Relative luminance of `#rrggbb`: WCAG 2.2.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let level = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
        if level <= 0.040_45 {
            level / 12.92
        } else {
            ((level + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn every_colour_can_be_read() {
    let run = run("colours", &scenario("first.toml"), "100");
    let style = seen(&run.html).style;
    let schemes: Vec<BTreeMap<&str, &str>> = style
        .match_indices(":root {")
        .map(|(at, _)| &style[at..at + style[at..].find('}').expect("an end")])
        .map(|rules| {
            let pairs = rules
                .split(['{', ';'])
                .filter_map(|rule| rule.trim().strip_prefix("--")?.split_once(": "));
            pairs.collect()
        })
        .filter(|colours: &BTreeMap<_, _>| !colours.is_empty())
        .collect();
    assert_eq!(schemes.len(), 2, "light and dark");
    for colours in schemes {
        for ink in ["ink", "quiet", "accent", "good", "unsure", "bad"] {
            for paper in ["paper", "tint"] {
                let (a, b) = (luminance(colours[ink]), luminance(colours[paper]));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{ink} on {paper}: {contrast:.2}, {colours:?}");
            }
        }
    }
}

#[test]
fn bets_and_words_change_no_number() {
    let plain =
        "[scenario]\nname = \"x\"\nstart = 2026-01-05\n[initiative.a]\nduration = [\"3w\", \"5w\", \"9w\"]\ncommitment = 2026-02-27\n";
    let told = plain
        .replace(
            "[initiative.a]",
            "decide_by = 2026-01-16\n[bet.win]\ntitle = \"Win\"\n[bet.alone]\n[initiative.a]\nsupports = [\"win\"]",
        )
        .replace(
            "commitment = 2026-02-27",
            "commitment = [{ date = 2026-02-27, owner = \"CEO\" }]\nbusiness_effect = \"Money\"",
        );
    let (plain, told) = (run("plain", plain, "200"), run("told", &told, "200"));
    let numbers = |run: &Run| {
        let initiative = &run.summary["initiatives"][0];
        [
            &initiative["quantiles"],
            &initiative["s_curve"],
            &initiative["commitments"][0]["p_on_time"],
        ]
        .map(Value::clone)
    };
    assert_eq!(numbers(&plain), numbers(&told));
    assert_eq!(told.summary["commitments"], plain.summary["commitments"]);
    let seen = seen(&told.html);
    assert!(line_with(&seen.sections["bets"], &["“Win”: a"]));
    assert!(line_with(&seen.sections["bets"], &["“alone”: no initiative works for it."]));
    assert!(line_with(&seen.sections["ask"], &["Decide by 16 January 2026"]));
    assert!(line_with(&seen.sections["ladder"], &["business: Money"]));
}

#[test]
fn a_decision_after_the_horizon_is_refused() {
    let folder = fresh("late-decision");
    let text = "[scenario]\nstart = 2026-01-05\ndecide_by = 2027-06-30\n[initiative.a]\nduration = \"3w\"\ncommitment = 2026-02-27\n";
    fs::write(folder.join("plan.toml"), text).expect("writable");
    let output = sim(&folder, &["run", "plan.toml"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.contains("error[decision-too-late]") && error.contains("plan.toml:3:13"),
        "{error}"
    );
    assert!(!folder.join("out").exists());
}
