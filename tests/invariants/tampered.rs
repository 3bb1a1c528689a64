//! The checks can fail: a log with which somebody has tampered breaks the rule that it should.

use sim::engine::{self, Compiled, Happening, Noted, Piece};
use sim::plan::TaskId;

use crate::watch::Watch;
use crate::{WINDOW, common};

/// One person is on other work until the evening of day 5, another is hired and ramps up; the only risk takes one away on day 2 for
/// two days.
const PLAN: &str = "
[team.core]
engineers = 3
default = true
elsewhere = [{ engineers = 1, until = 2026-01-09 }]
holidays = [2026-01-14]
hire = [{ starts = 2026-01-12, ramp_up = \"4d\" }]
[team.other]
engineers = 1
[initiative.x.task]
a = { effort = \"6d\", engineers = { min = 1, max = 2 } }
b = { effort = \"4d\", after = [{ task = \"a\", lag = \"1d\" }], review = { bad = 9 } }
c = { effort = \"9d\" }
d = { duration = \"3d\", after = [{ task = \"b\", link = \"FF\", lag = \"-1d\" }, { task = \"a\", link = \"SS\", lag = \"1d\" }] }
e = { duration = \"2d\", crew = { core = 1, other = 1 }, after = \"d\", release = true, not_before = 2026-01-20 }
f = { duration = \"1d\", after = [{ task = \"e\", lag = \"-1d\" }] }
[finding.bad]
per_engineer_week = 0
rate_cv = 0
fix = \"2h\"
blocks_release = true
[risk.r]
probability = 1
affects = [\"x.f\"]
takes = { team = \"core\", engineers = 1, for = \"2d\" }
from = 2026-01-07
";

const TASKS: [&str; 6] = ["x.a", "x.b", "x.c", "x.d", "x.e", "x.f"];

fn task(name: &str) -> Piece {
    Piece::Task(TaskId(TASKS.iter().position(|task| *task == format!("x.{name}")).expect("a task")))
}

/// Leaves out the first such entry.
fn cut(log: &mut Vec<Noted>, is_it: impl Fn(&Happening) -> bool) {
    log.remove(first(log, is_it));
}

/// The position of the first such entry.
fn first(log: &[Noted], is_it: impl Fn(&Happening) -> bool) -> usize {
    log.iter().position(|noted| is_it(&noted.what)).expect("there is one")
}

#[test]
fn a_log_that_was_tampered_with_breaks_a_rule() {
    let plan = common::plan(&format!("{}{PLAN}", common::PLAIN));
    assert!(plan.tasks.iter().map(|task| task.id.as_str()).eq(TASKS));
    let log = engine::replay(&Compiled::new(&plan, 1), 0, &WINDOW);
    let faults = |log: &[Noted]| Watch::read(&plan, log, WINDOW.limit, WINDOW.horizon).faults;
    assert_eq!(faults(&log), Vec::<String>::new());

    let begins = |piece: Piece| move |what: &Happening| *what == Happening::Begins(piece);
    let joins = |piece: Piece| move |what: &Happening| matches!(what, Happening::Joins { piece: other, .. } if *other == piece);
    let done = |piece: Piece| move |what: &Happening| *what == Happening::WorkDone(piece);
    type Tampering<'a> = (&'static str, Box<dyn Fn(&mut Vec<Noted>) + 'a>);
    // What happens from this position on happens so much later.
    let later = |log: &mut Vec<Noted>, from: usize, days: f64| log[from..].iter_mut().for_each(|noted| noted.time += days);
    let tamperings: [Tampering; 15] = [
        ("a crew of the right size", Box::new(|log| cut(log, joins(task("c"))))),
        (
            "is there and in no other",
            Box::new(|log| {
                let (one, other) = (first(log, joins(task("a"))), first(log, joins(task("c"))));
                log[other].what = match log[one].what {
                    Happening::Joins { person, .. } => Happening::Joins { person, piece: task("c") },
                    what => what,
                };
            }),
        ),
        (
            "its own team's people",
            Box::new(|log| {
                let stranger = log.iter().find_map(|noted| match noted.what {
                    Happening::Arrives { person, team, .. } if team.0 == 1 => Some(person),
                    _ => None,
                });
                let at = first(log, joins(task("a")));
                log[at].what = Happening::Joins {
                    person: stranger.expect("one of the other team"),
                    piece: task("a"),
                };
            }),
        ),
        (
            "as much is worked as there is to do",
            Box::new(|log| later(log, first(log, done(task("c"))), 0.5)),
        ),
        (
            "nobody is idle",
            Box::new(|log| {
                // c begins half a day late, for no reason.
                let at = first(log, joins(task("c")));
                later(log, at, 0.5);
            }),
        ),
        (
            "one thing follows from another",
            Box::new(|log| cut(log, |what| matches!(what, Happening::IsTaken(_)))),
        ),
        (
            "as many are taken",
            Box::new(|log| cut(log, |what| matches!(what, Happening::AreTaken { .. }))),
        ),
        (
            "people come when they are expected",
            Box::new(|log| {
                let at = first(log, |what| matches!(what, Happening::Arrives { person: 2, .. }));
                let arrival = log.remove(at);
                let next = log.iter().position(|noted| noted.time > arrival.time).expect("more happens");
                log.insert(
                    next,
                    Noted {
                        time: log[next].time,
                        ..arrival
                    },
                );
            }),
        ),
        ("its date", Box::new(|log| log.iter_mut().for_each(|noted| noted.time /= 1.5))),
        (
            "FS and FF links hold",
            Box::new(|log| {
                // b begins before a, whom it follows, has finished.
                let (from, to) = (first(log, joins(task("b"))), first(log, done(task("a"))));
                let time = log[to].time;
                let moved: Vec<Noted> = log.drain(from..from + 2).map(|noted| Noted { time, ..noted }).collect();
                log.splice(to..to, moved);
            }),
        ),
        (
            "over open findings",
            Box::new(|log| {
                let fixes: Vec<usize> = (0..log.len())
                    .filter(|at| matches!(log[*at].what, Happening::WorkDone(Piece::Fix(..))))
                    .collect();
                let last = *fixes.last().expect("findings are fixed");
                log.remove(last);
            }),
        ),
        (
            "on its holidays",
            Box::new(|log| cut(log, |what| matches!(what, Happening::ComesBack(_)))),
        ),
        (
            "leads hold",
            Box::new(|log| {
                // f begins with d, long before the end of e is near.
                let (from, to) = (first(log, begins(task("f"))), first(log, begins(task("d"))));
                let time = log[to].time;
                let begin = log.remove(from);
                log.insert(to, Noted { time, ..begin });
            }),
        ),
        (
            "its links let it",
            Box::new(|log| {
                let at = first(log, |what| *what == Happening::Finishes(TaskId(2)));
                log.remove(at);
            }),
        ),
        ("is told late", Box::new(|log| log.swap(0, 20))),
    ];
    for (rule, tamper) in &tamperings {
        let mut tampered = log.clone();
        tamper(&mut tampered);
        let faults = faults(&tampered);
        assert!(faults.iter().any(|fault| fault.contains(rule)), "{rule}: {faults:#?}");
    }
}
