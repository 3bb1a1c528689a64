//! Futures that are told: one worked out by hand, and many that must not fail.

mod common;

use common::detailed;
use sim::analysis::{Path, Tale, Which};
use sim::engine::{Cause, Piece};
use sim::plan::TaskId;
use sim::report;

/// One engineer for Alpha and Beta, two of ops for Delta of whom one is away for the first week, then Gamma. The risk is certain.
/// By hand: Alpha takes days 0 to 10 instead of 5, Beta waits for it and takes 10 to 15, Delta waits for ops and takes 5 to 7, Gamma
/// 15 to 17. On paper Alpha, Beta and Gamma end on days 5, 10 and 12: a week earlier.
const BY_HAND: &str = "
[scenario]
name = \"By hand\"
start = 2026-01-05
dispatch = \"file-order\"
[estimates]
overrun = \"none\"
correlation = \"none\"
[team.core]
engineers = 1
[team.ops]
engineers = 2
elsewhere = [{ engineers = 1, until = 2026-01-09 }]
[initiative.x]
title = \"Small thing\"
commitment = [{ date = 2026-01-23, to = \"board\" }]
[initiative.x.task]
a = { title = \"Alpha\", effort = \"5d\", team = \"core\" }
b = { title = \"Beta\", effort = \"5d\", team = \"core\" }
d = { title = \"Delta\", duration = \"2d\", crew = { ops = 2 } }
c = { title = \"Gamma\", effort = \"2d\", team = \"core\", after = [\"a\", \"b\", \"d\"] }
[risk.surprise]
title = \"A surprise\"
probability = 1
affects = [\"x.a\"]
add = \"5d\"
";

const TOLD: &str = "\
Small thing: the best path
test.toml · future 0 of 20, counted from 0 · seed 1

  It is finished on Tue 27 Jan 2026, 1 week later than on paper. 20 of 20
  futures are that early or earlier.
  The date promised to the board, Fri 23 Jan 2026, is missed by 2 working days.
  It stands for the best path: of the futures that finish close to the P10 date
  its risks, people and amounts of work are the most typical of that path.

What sets the best path apart
  Nothing: the finish does not vary enough for there to be three paths.

What happens in this future
  date    late
  5 Jan         * “A surprise” comes true: it makes more work of Alpha
  16 Jan  +1.0  * Alpha is done: 2 weeks of effort instead of 1 week
  19 Jan  +1.0  * Beta begins after waiting 2 weeks for people of core, who were
                at Alpha
  23 Jan  +1.0  * Beta is done
  27 Jan  +1.0  * Gamma is done
  27 Jan  +1.0  * Small thing is finished
  * on the chain of work and waits that set the date; late: weeks later than on
  paper. 3 smaller events are not told.

Over time
                              5 Jan 2026     12 Jan         19 Jan
  * Alpha                    ██████████████████████████████               │
    Delta                    ···············▒▒▒▒▒▒                        │
  * Beta                     ······························███████████████│
  * Gamma                                                                 ██████
  █ work that set the date ▒ other work · could begin, and waits ╌ stands still
  │ promised to board: 23 Jan 2026

The other paths: --path expected (future 0, 27 Jan 2026) and --path worst
(future 0, 27 Jan 2026).
";

#[test]
fn a_small_plan_is_told_as_worked_out_by_hand() {
    let futures = detailed(BY_HAND, 20, 1);
    let told = sim::engine::tell(&futures.compiled, 0, &futures.window, sim::plan::InitiativeId(0));
    let [alpha, beta, delta, gamma] = [0, 1, 2, 3].map(|task| told.tasks[task]);
    assert_eq!((alpha.started, alpha.worked, alpha.quantity), (0.0, 10.0, Some(10.0)));
    assert_eq!((beta.ready, beta.started, beta.finished), (0.0, 10.0, 15.0));
    assert_eq!((delta.ready, delta.started, delta.finished), (0.0, 5.0, 7.0));
    assert_eq!((gamma.opened, gamma.started, gamma.finished), (15.0, 15.0, 17.0));
    let chain: Vec<_> = told.chain.iter().map(|step| (step.piece, step.cause)).collect();
    let task = |index| Piece::Task(TaskId(index));
    assert_eq!(chain, [(task(0), Cause::Itself), (task(1), Cause::People), (task(3), Cause::Link)]);
    let explained = futures.explain(0, Which::Path(Path::Best));
    let text = report::story::explanation(&explained, false);
    assert!(text == TOLD, "it is now:\n{text}");
}

/// A crew of two of whom one leaves for two weeks: the work stands still, and the story says so.
#[test]
fn work_that_stands_still_is_told() {
    let toml = "
[scenario]
start = 2026-01-05
[estimates]
overrun = \"none\"
correlation = \"none\"
[team.core]
engineers = 2
[initiative.x.task]
pair = { title = \"Pair work\", effort = \"20d\", engineers = 2 }
[risk.flood]
title = \"A flood\"
probability = 1
from = 2026-01-12
takes = { team = \"core\", engineers = 1, for = \"10d\" }
";
    let told = detailed(toml, 5, 1).explain(0, Which::Trial(3));
    // Five days of two people, ten of none, five of two.
    assert_eq!(told.story.finish.working_days.days(), 20.0);
    let bar = &told.story.bars[0];
    let still: Vec<(f64, f64)> = bar
        .still
        .iter()
        .map(|(from, to)| (from.working_days.days(), to.working_days.days()))
        .collect();
    assert_eq!(still, [(5.0, 15.0)]);
    let tales: Vec<&Tale> = told.story.beats.iter().map(|beat| &beat.what).collect();
    assert!(matches!(tales[0], Tale::Takes { risk: Some(risk), people: 1, days, .. } if risk == "A flood" && *days == 10.0));
    assert!(matches!(tales[1], Tale::Done { still, .. } if *still == 10.0));
    let text = report::story::explanation(&told, false);
    assert!(text.contains("╌╌╌") && text.contains("stood still for"), "{text}");
    assert!(text.contains("on the best path"), "{text}");
}

/// Everything that is told, in every form, of a few futures of every initiative.
fn tell_all(toml: &str, trials: u32) -> Vec<String> {
    let futures = detailed(toml, trials, 2);
    let mut texts = vec![];
    for initiative in 0..futures.plan.initiatives.len() {
        let which = Path::ALL.map(Which::Path).into_iter().chain((0..4).map(Which::Trial));
        for which in which {
            let told = futures.explain(initiative, which);
            let text = report::story::explanation(&told, false);
            for line in text.lines() {
                assert!(report::text::width(line) <= 80, "{line}");
            }
            let coloured = report::story::explanation(&told, true);
            let mut plain = String::new();
            for part in format!("m{coloured}").split("\u{1b}[").map(|part| part.split_once('m')) {
                plain.push_str(part.map_or("", |(_, rest)| rest));
            }
            assert_eq!(plain, text, "colour only adds");
            assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
            assert!(!report::story::markdown(&told, "gantt.svg").is_empty());
            assert!(report::charts::future_gantt(&told, report::charts::Form::FILE).is_ok());
            texts.push(text);
        }
    }
    texts
}

#[test]
fn every_scenario_can_be_told() {
    for toml in [
        include_str!("../scenarios/new-segment-60-days.toml"),
        include_str!("../scenarios/eight-months-or-six.toml"),
        include_str!("../scenarios/pipeline-200k.toml"),
        include_str!("../scenarios/first.toml"),
    ] {
        assert!(tell_all(toml, 300).iter().all(|text| text.contains("is finished")));
    }
}

/// The one who could do it leaves in most futures, and nobody follows.
#[test]
fn what_never_finishes_is_told_too() {
    let toml = "
[scenario]
start = 2026-01-05
[team.core]
engineers = 1
attrition_per_year = 3
[initiative.x]
commitment = 2026-06-30
[initiative.x.task]
long = { title = \"Long work\", effort = [\"20w\", \"30w\", \"50w\"] }
after = { title = \"What comes after\", effort = \"1w\", after = \"long\" }
";
    let texts = tell_all(toml, 200);
    let never = texts
        .iter()
        .find(|text| text.contains("It never finishes."))
        .expect("a future that never ends");
    assert!(never.contains("Long work begins, and is never done"), "{never}");
    assert!(never.contains("Somebody leaves core, in the middle of this work"), "{never}");
}

#[test]
fn names_of_somebody_else_are_text() {
    let toml = "
[scenario]
start = 2026-01-05
[team.core]
engineers = 1
[initiative.x]
title = \"<script>alert(1)</script> [x](javascript:y) | `z`\"
[initiative.x.task]
a = { title = \"# A\\u001b[31m | **b** <b>\", effort = [\"1w\", \"2w\", \"4w\"] }
";
    let told = detailed(toml, 50, 1).explain(0, Which::Path(Path::Worst));
    let text = report::story::markdown(&told, "gantt.svg");
    for part in ["<script", "](javascript", "\u{1b}", "| **b**", "<b>"] {
        assert!(!text.contains(part), "{part:?} in {text}");
    }
    let chart = report::charts::future_gantt(&told, report::charts::Form::FILE).and_then(|chart| chart.svg());
    let svg = chart.expect("a chart");
    assert!(!svg.contains("<script") && !svg.contains('\u{1b}'));
}
