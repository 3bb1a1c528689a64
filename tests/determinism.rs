//! Same scenario and seed: same bits, whatever the threads. Names key the streams, so unrelated parts do not move one another.

mod common;

use common::{simulate, simulate_on};

const SEGMENT: &str = include_str!("../scenarios/new-segment-60-days.toml");
const FIRST: &str = include_str!("../scenarios/first.toml");

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for toml in [SEGMENT, FIRST] {
        let one = simulate_on(toml, 3_000, 1).trials;
        for threads in [2, 3, 8] {
            assert_eq!(simulate_on(toml, 3_000, threads).trials, one, "{threads} threads");
        }
    }
}

#[test]
fn fewer_trials_are_the_first_of_more() {
    let few = simulate(FIRST, 100).finishes("launch");
    let many = simulate(FIRST, 1_000).finishes("launch");
    assert_eq!(few[..], many[..100]);
}

#[test]
fn another_seed_gives_other_trials_of_the_same_distribution() {
    let other = FIRST.replace("start = 2026-01-05", "start = 2026-01-05\nseed = 7");
    let (a, b) = (simulate(FIRST, 20_000).sorted("launch"), simulate(&other, 20_000).sorted("launch"));
    assert_ne!(a.values(), b.values());
    let ((a, se), (b, _)) = (a.mean().expect("finite"), b.mean().expect("finite"));
    assert!((a - b).abs() < 5.0 * se * 2_f64.sqrt());
}

/// A task that touches nothing (no people, no links, another initiative) leaves every other draw as it was; so does its place in
/// the file, a new team, a new risk that touches only the new task.
#[test]
fn adding_what_touches_nothing_changes_no_other_draw() {
    let before = simulate(FIRST, 500).finishes("launch");
    let more = "
[team.other]
engineers = 3
[initiative.side.task]
alone = { duration = [\"1d\", \"2d\", \"9d\"] }
crewed = { effort = [\"1w\", \"2w\", \"9w\"], team = \"other\" }
[risk.storm]
probability = 0.5
affects = [\"other\"]
multiply = [1.1, 1.5, 3]
";
    let with_default = FIRST.replace("[team.core]\n", "[team.core]\ndefault = true\n");
    let appended = format!("{with_default}{more}");
    assert_eq!(simulate(&appended, 500).finishes("launch"), before);
    let (head, tail) = with_default.split_once("[team.core]").expect("a team");
    let prepended = format!("{head}{more}\n[team.core]{tail}");
    assert_eq!(simulate(&prepended, 500).finishes("launch"), before);
}

/// Everything of the company that is there but off leaves the finishes of the plain model as they were, bit for bit.
#[test]
fn a_company_in_which_nothing_happens_is_the_plain_model() {
    let plain = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 3\nfocus = 0.7\n[initiative.x.task]\na = { effort = [\"4w\", \"8w\", \"16w\"], engineers = { min = 1, max = 2 } }\nb = { effort = [\"3w\", \"6w\", \"12w\"] }\nc = { effort = [\"1w\", \"2w\", \"4w\"], after = [\"a\", \"b\"], release = true }\n";
    let company = plain.replace("focus = 0.7\n", "focus = 0.7\nattrition_per_year = 0\nbackfill = \"8w\"\nramp_up = \"12w\"\ncost_per_week = 1000\nhire = [{ starts = 2026-02-02, probability = 0 }]\n")
        + "[flow.f]\ncustomers = 9\n[incident.felt]\nrate = { per_week = 3 }\nflow = \"f\"\ndowntime = [\"1h\", \"2h\", \"9h\"]\nchange_failure_rate = 0.5\n[finding.none]\nper_engineer_week = 0\nfix = \"5d\"\nblocks_release = true\n[risk.no]\nprobability = 0\naffects = [\"x\"]\nmultiply = 3\ntakes = { team = \"core\", engineers = 2, for = \"9w\" }\nscales_rate = { felt = 5 }\nadds_task = { duration = \"9w\", after = \"a\", before = \"c\" }\n[budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 100\n";
    assert_eq!(common::company(&company, 500).finishes("x"), simulate(plain, 500).finishes("x"));
}
