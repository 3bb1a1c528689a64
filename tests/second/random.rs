//! Random plans without chance, to hold two implementations against each other exactly, and the smallest part of a plan that
//! still shows a difference.

use std::fmt::Write as _;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt as _, SeedableRng as _};

/// What may come up in a random plan.
#[derive(Clone, Copy)]
pub struct Kinds {
    /// Whole days, so that much happens at the same moment; else no two moments are the same.
    pub whole_days: bool,
    /// Negative lags.
    pub leads: bool,
    /// Few people, with holidays and other work; else everybody is always there.
    pub scarce: bool,
}

/// A scenario of two teams and two initiatives. It is not always valid: a negative lag may meet nothing, a crew nobody.
pub fn scenario(kinds: Kinds, seed: u64) -> String {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut below = |n: usize| chance.random_range(0..n);
    let mut text = String::from(
        "[scenario]\nstart = 2026-01-05\nholidays = [2026-01-19, 2026-02-16]\n[estimates]\noverrun = \"none\"\ncorrelation = \"none\"\n",
    );
    let teams = ["core", "sec"];
    let size = [3 + below(3), 1 + below(3)];
    for (team, size) in teams.iter().zip(size) {
        let engineers = if kinds.scarce { size } else { 100 };
        let focus = ["1.0", "0.7", "0.5"][below(3)];
        writeln!(text, "[team.{team}]\nengineers = {engineers}\nfocus = {focus}").expect("writing to a string");
        if kinds.scarce && below(2) == 0 {
            writeln!(text, "holidays = [2026-01-{:02}, 2026-02-{:02}]", 6 + below(3), 2 + below(4)).expect("writing to a string");
        }
        if kinds.scarce && below(3) == 0 {
            writeln!(text, "elsewhere = [{{ engineers = 1, until = 2026-01-{:02} }}]", 6 + below(20)).expect("writing to a string");
        }
    }
    let mut names: Vec<String> = vec![];
    for initiative in ["x", "y"] {
        writeln!(text, "[initiative.{initiative}]").expect("writing to a string");
        if below(2) == 0 {
            writeln!(text, "priority = {}", 1 + below(2)).expect("writing to a string");
        }
        writeln!(text, "[initiative.{initiative}.task]").expect("writing to a string");
        for task in 0..3 + below(5) {
            let mut days = |least: usize| {
                let whole = least + below(8);
                let part = if kinds.whole_days { 0 } else { 1 + below(998) };
                format!("{whole}.{part:03}d")
            };
            let (quantity, lag) = (days(1), days(0));
            let team = below(2);
            let max = 1 + below(size[team]);
            let min = 1 + below(max);
            let mut line = match below(4) {
                0 => format!("duration = \"{quantity}\""),
                1 => format!("duration = \"{quantity}\", crew = {{ core = {}, sec = 1 }}", 1 + below(2)),
                _ => format!(
                    "effort = \"{quantity}\", team = \"{}\", engineers = {{ min = {min}, max = {max} }}",
                    teams[team]
                ),
            };
            if below(5) == 0 {
                write!(line, ", priority = {}", 1 + below(3)).expect("writing to a string");
            }
            if below(5) == 0 {
                write!(line, ", not_before = 2026-01-{:02}", 6 + below(20)).expect("writing to a string");
            }
            if !names.is_empty() && below(4) != 0 {
                let predecessor = &names[below(names.len())];
                let kind = ["FS", "FS", "FS", "SS", "FF", "SF"][below(6)];
                let sign = if kinds.leads && below(3) == 0 { "-" } else { "" };
                write!(
                    line,
                    ", after = [{{ task = \"{predecessor}\", link = \"{kind}\", lag = \"{sign}{lag}\" }}]"
                )
                .expect("writing to a string");
            }
            writeln!(text, "t{task} = {{ {line} }}").expect("writing to a string");
            names.push(format!("{initiative}.t{task}"));
        }
    }
    text
}

/// Leaves out lines, and parts of lines, of a scenario as long as it still `differs` (an invalid one must not).
pub fn smallest(scenario: &str, differs: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<String> = scenario.lines().map(String::from).collect();
    'again: loop {
        for at in 0..lines.len() {
            for shorter in shorter(&lines[at]) {
                let mut candidate = lines.clone();
                match shorter {
                    Some(line) => candidate[at] = line,
                    None => drop(candidate.remove(at)),
                }
                if differs(&candidate.join("\n")) {
                    lines = candidate;
                    continue 'again;
                }
            }
        }
        return lines.join("\n");
    }
}

/// Nothing, or the line without one of its parts.
fn shorter(line: &str) -> Vec<Option<String>> {
    let mut found = vec![None];
    for (from, to) in [
        (", after", "]"),
        (", not_before", "2026-01-"),
        (", priority", " = "),
        (", lag = \"", "\""),
    ] {
        let Some(start) = line.find(from) else { continue };
        let Some(length) = line[start + from.len()..].find(to) else {
            continue;
        };
        let digits = line[start + from.len() + length + to.len()..]
            .chars()
            .take_while(char::is_ascii_digit)
            .count();
        found.push(Some(format!(
            "{}{}",
            &line[..start],
            &line[start + from.len() + length + to.len() + digits..]
        )));
    }
    for (from, to) in [
        ("0.5", "1.0"),
        ("0.7", "1.0"),
        ("\"FF\"", "\"FS\""),
        ("\"SF\"", "\"FS\""),
        ("\"SS\"", "\"FS\""),
    ] {
        if line.contains(from) {
            found.push(Some(line.replace(from, to)));
        }
    }
    found
}

/// With people for everything the finish is the critical-path forward pass; each task of a random plan follows its predecessors.
#[test]
fn with_enough_people_it_is_the_forward_pass() {
    use super::writing::{date, read};
    use sim::plan::{LinkKind, Work};
    let mut compared = 0;
    for seed in 0..600 {
        let kinds = Kinds {
            whole_days: seed % 2 == 0,
            leads: seed % 3 == 0,
            scarce: false,
        };
        let text = scenario(kinds, seed);
        let plan = read(&text);
        // What holds back a finish may not have begun when a lead on that finish would need to know: no trial can look ahead.
        let held = |link: &sim::plan::Link| matches!(link.kind, LinkKind::FinishFinish | LinkKind::StartFinish);
        if kinds.leads && plan.tasks.iter().any(|task| task.links.iter().any(held)) {
            continue;
        }
        compared += 1;
        let (mut starts, mut finishes): (Vec<f64>, Vec<f64>) = (vec![], vec![]);
        for task in &plan.tasks {
            let days = match &task.work {
                Work::Effort { estimate, team, max, .. } => estimate.likely / (f64::from(*max) * plan.teams[team.0].focus),
                Work::Duration { estimate, .. } => estimate.likely,
            };
            let mut start = task.not_before.map_or(0.0, sim::units::WorkDays::days);
            let mut least = 0.0_f64;
            for link in &task.links {
                let lag = link.lag.as_ref().map_or(0.0, |lag| lag.likely);
                let (from, to) = (starts[link.predecessor.0], finishes[link.predecessor.0]);
                match link.kind {
                    LinkKind::FinishStart => start = start.max(from.max(to + lag)),
                    LinkKind::StartStart => start = start.max(from.max(from + lag)),
                    LinkKind::FinishFinish => least = least.max(from.max(to + lag)),
                    LinkKind::StartFinish => least = least.max(from.max(from + lag)),
                }
            }
            starts.push(start);
            finishes.push(least.max(start + days));
        }
        let future = super::simulate(&plan, date("2026-06-30"), 1, 1).remove(0);
        for (found, expected) in future.tasks.iter().zip(&finishes) {
            assert!((found - expected).abs() < 1e-5, "{text}\n{:?}, expected {finishes:?}", future.tasks);
        }
    }
    assert!(compared > 400, "{compared}");
}

/// What shows the difference is left, the rest is gone.
#[test]
fn what_does_not_matter_is_left_out() {
    let kinds = Kinds {
        whole_days: false,
        leads: true,
        scarce: true,
    };
    let differs = |text: &str| text.lines().any(|line| line.starts_with("t1 =") && line.contains("link = \"FS\""));
    let text = (0..)
        .map(|seed| scenario(kinds, seed))
        .find(|text| differs(text))
        .expect("there is always one");
    let left = smallest(&text, differs);
    assert_eq!(left.lines().count(), 1, "{left}");
    assert!(!left.contains("priority") && !left.contains("lag"), "{left}");
}
