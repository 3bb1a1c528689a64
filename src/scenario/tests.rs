//! The text is read whole or refused, whatever it holds.

use crate::diagnostic::Fault;
use crate::scenario::says::{Form, Scenario, Tie};
use crate::scenario::tree::{MOST_BYTES, MOST_NESTING};

fn read(text: &str) -> Scenario {
    super::read("scenario.toml", text.as_bytes().to_vec()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn codes(faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| {
            let (line, column) = fault.position().unwrap_or_default();
            format!("{} {line}:{column}", fault.code)
        })
        .collect()
}

#[test]
fn order_is_the_order_of_the_file_also_where_a_header_comes_after_its_children() {
    let scenario = read(
        "[initiative.zebra.task]\nz = { effort = \"1d\" }\na = { effort = \"1d\" }\n[team.web]\nengineers = 1\n\
         [initiative.ant]\nduration = \"1w\"\n[initiative.zebra]\npriority = 1\n[team.core]\nengineers = 1\n[scenario]\nstart = 2026-01-05\n",
    );
    assert_eq!(codes(&scenario.faults), Vec::<String>::new());
    let ids: Vec<&str> = scenario.initiatives.iter().map(|initiative| initiative.id.value.as_str()).collect();
    assert_eq!(ids, ["zebra", "ant"]);
    let tasks: Vec<&str> = scenario.initiatives[0].tasks.iter().map(|task| task.id.value.as_str()).collect();
    assert_eq!(tasks, ["z", "a"]);
    let teams: Vec<&str> = scenario.teams.iter().map(|team| team.id.value.as_str()).collect();
    assert_eq!(teams, ["web", "core"]);
}

#[test]
fn what_is_no_text_is_refused_at_the_first_bad_byte() {
    let faults = super::read("scenario.toml", b"[scenario]\nname = \"caf\xe9\"\n".to_vec()).expect_err("latin-1");
    assert_eq!(codes(&faults), ["not-utf-8 2:12"]);
    let faults = super::read("scenario.toml", vec![b'#'; MOST_BYTES + 1]).expect_err("too large");
    assert_eq!(codes(&faults), ["file-too-large 1:1"]);
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let scenario = read("\u{feff}[scenario]\r\nstart = 2026-01-05\r\n[initiative.a]\r\nduration = \"1w\"\r\n");
    assert_eq!(codes(&scenario.faults), Vec::<String>::new());
}

#[test]
fn hostile_nesting_is_refused_and_does_not_overflow_the_stack() {
    let inline = |depth: usize| format!("{}1{}", "{a.b.c.d.e.f.g.h.i.j = ".repeat(depth), "}".repeat(depth));
    let texts = [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]\nb = 1", vec!["a"; 79].join(".")),
        format!("a = {}", inline(79)),
        format!("a = {}", format!("{{{} = ", vec!["a"; 79].join(".")).repeat(79)),
        "[[a]]\n".repeat(50_000),
        format!("[{}]", "[".repeat(100_000)),
        "a.b = 1\n".repeat(20_000),
        "[a.b]\nc = 1\n".repeat(100_000),
        format!("a = [{}]", "1w 2w\n".repeat(100_000)),
        format!("a = [{}]", "1w; ".repeat(100_000)),
        "a b = 1\n\n\n\n".repeat(100_000),
        "\"".repeat(100_000),
        "\u{1}\u{2}".repeat(1_000),
    ];
    for text in texts {
        let scenario = read(&text);
        assert!(!scenario.faults.is_empty(), "{}", &text[..40.min(text.len())]);
    }
    let deep = format!("x = {}{}", "[".repeat(MOST_NESTING + 3), "]".repeat(MOST_NESTING + 3));
    assert!(read(&deep).faults.iter().any(|fault| fault.code == "nested-too-deeply"));
}

#[test]
fn estimates_keep_their_numbers_and_their_text() {
    let scenario = read(
        "[initiative.a.task]\n\
         one = { effort = \"3d\" }\n\
         three = { effort = [\"6w\", \"8w\", \"12w\"] }\n\
         shaped = { effort = { shape = \"triangular\", low = \"2d\", likely = \"3d\", high = \"5d\" } }\n\
         logarithms = { effort = { shape = \"lognormal\", mu = 1.5, sigma = 0.6 } }\n\
         lagged = { effort = \"1d\", after = [{ task = \"one\", link = \"SS\", lag = \"-1w\" }] }\n\
         [scenario]\nstart = \"2026-01-05\"\n",
    );
    assert_eq!(codes(&scenario.faults), Vec::<String>::new());
    let estimate = |index: usize| scenario.initiatives[0].tasks[index].effort.clone().expect("an effort");
    assert!(matches!(estimate(0).form, Form::Fixed(days) if days == 3.0));
    assert!(matches!(&estimate(1).form, Form::Three { numbers, .. } if numbers[2].value == 60.0));
    assert_eq!(estimate(1).text, "6w / 8w / 12w");
    assert_eq!(estimate(2).text, "triangular 2d / 3d / 5d");
    assert_eq!(estimate(3).text, "lognormal mu 1.5, sigma 0.6");
    let lag = scenario.initiatives[0].tasks[4].after[0].lag.clone().expect("a lag");
    assert!(matches!(lag.form, Form::Fixed(days) if days == -5.0));
}

#[test]
fn what_a_dropped_task_leaves_behind_is_inherited_once() {
    // `c` follows `a` by a link of its own; of what it inherits from `b`, only the link of another kind is new.
    let scenario = read(
        "[scenario]\nstart = 2026-01-05\n[initiative.launch.task]\na = { duration = \"1d\" }\n\
         b = { duration = \"1d\", after = [\"a\", { task = \"a\", link = \"FF\" }] }\n\
         c = { duration = \"1d\", after = [\"b\", \"a\"] }\n\
         [option.short]\ninitiative.launch.task.b.drop = true\n",
    );
    let taken = scenario.options[0].taken.as_ref().expect("an option");
    let links = taken.initiatives[0].tasks[1].after.iter();
    let links: Vec<_> = links.map(|after| (after.name.value.as_str(), after.tie)).collect();
    assert_eq!(links, [("a", Tie::FinishStart), ("launch.a", Tie::FinishFinish)]);
}

#[test]
fn an_option_replaces_values_merges_tables_appends_commitments_and_bridges_dropped_tasks() {
    let scenario = read(
        "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 5\nfocus = 0.7\n\
         [initiative.launch]\ncommitment = 2026-06-30\n\
         [initiative.launch.task]\n\
         a = { effort = [\"1w\", \"2w\", \"3w\"] }\n\
         b = { effort = { shape = \"triangular\", range = \"min-max\", low = \"2d\", likely = \"3d\", high = \"5d\" }, after = \"a\" }\n\
         c = { effort = \"1w\", after = [\"b\"] }\n\
         [initiative.other.task]\nd = { effort = \"1w\", after = \"launch.b\" }\n\
         [option.narrow]\ntitle = \"Narrow\"\ncost = 5\nrecommended = true\nteam.core.engineers = 6\n\
         initiative.launch.task.b.drop = true\n\
         [[option.narrow.initiative.launch.commitment]]\ndate = 2026-07-31\nto = \"board\"\n\
         [option.wide]\nbased_on = \"narrow\"\n\
         initiative.launch.task.c.effort = { shape = \"uniform\", low = \"1w\", high = \"2w\" }\n\
         initiative.launch.task.e.duration = \"3d\"\n\
         initiative.other.drop = true\n",
    );
    assert_eq!(codes(&scenario.faults), Vec::<String>::new());
    let narrow = scenario.options[0].taken.as_ref().expect("narrow");
    assert_eq!(codes(&narrow.faults), Vec::<String>::new());
    assert_eq!(narrow.teams[0].engineers.as_ref().map(|at| at.value), Some(6));
    assert_eq!(narrow.teams[0].focus.as_ref().map(|at| at.value), Some(0.7));
    let launch = &narrow.initiatives[0];
    let dates: Vec<String> = launch
        .commitments
        .iter()
        .map(|commitment| commitment.date.value.to_string())
        .collect();
    assert_eq!(dates, ["2026-06-30", "2026-07-31"]);
    let ids: Vec<&str> = launch.tasks.iter().map(|task| task.id.value.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(launch.tasks[1].after[0].name.value, "launch.a");
    assert_eq!(narrow.initiatives[1].tasks[0].after[0].name.value, "launch.a");
    let wide = scenario.options[1].taken.as_ref().expect("wide");
    assert_eq!(codes(&wide.faults), Vec::<String>::new());
    assert_eq!(wide.teams[0].engineers.as_ref().map(|at| at.value), Some(6));
    assert_eq!(wide.initiatives.len(), 1);
    let ids: Vec<&str> = wide.initiatives[0].tasks.iter().map(|task| task.id.value.as_str()).collect();
    assert_eq!(ids, ["a", "c", "e"]);
    assert!(matches!(
        wide.initiatives[0].tasks[1].effort.as_ref().map(|effort| &effort.form),
        Some(Form::Uniform(5.0, 10.0))
    ));
}
