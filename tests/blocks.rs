//! A plan in which nobody is waited for is played in blocks, without events: to the last bit what the event loop gives.

mod common;

use std::fmt::Write as _;

use sim::engine::{self, Compiled, Run, Stop, Trials, Watch, Window};

/// Small whole numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % bound
    }
}

/// With people who are there all the time, or without.
#[derive(Clone, Copy, PartialEq)]
enum Staff {
    None,
    Constant,
    /// And nothing but people and the ends of tasks is waited for.
    Alone,
}

/// A network with every kind of link, lags that are fixed and drawn, dates, ties, milestones, risks that multiply, add, delay and add
/// tasks, several initiatives and checkpoints.
fn network(seed: u64, staff: Staff) -> String {
    let mut dice = Dice(seed);
    let mut toml = String::from("[scenario]\nstart = 2026-01-05\nhorizon = 2027-06-30\n");
    if dice.below(3) == 0 {
        toml.push_str("[estimates]\noverrun = \"none\"\ncorrelation = \"none\"\n");
    }
    if staff != Staff::None {
        writeln!(toml, "[team.red]\nengineers = {}\nfocus = 0.7", 3 + dice.below(3)).unwrap();
        writeln!(toml, "[team.blue]\nengineers = {}", 3 + dice.below(2)).unwrap();
    }
    let initiatives = 1 + dice.below(3) as usize;
    let tasks = 2 + dice.below(14) as usize;
    let name = |task: usize| format!("i{}.t{task}", task % initiatives);
    for task in 0..tasks {
        writeln!(toml, "[initiative.i{}.task.t{task}]", task % initiatives).unwrap();
        let low = dice.below(9);
        let mut quantity = "duration";
        if staff != Staff::None {
            match dice.below(5) {
                0 => {}
                1 if staff == Staff::Constant => writeln!(toml, "crew = {{ red = {}, blue = 1 }}", 1 + dice.below(2)).unwrap(),
                _ => {
                    quantity = "effort";
                    let team = ["red", "blue"][dice.below(2) as usize];
                    writeln!(toml, "team = \"{team}\"\nengineers = {}", 1 + dice.below(3)).unwrap();
                }
            }
        }
        match dice.below(6) {
            0 => writeln!(toml, "{quantity} = \"{low}d\""),
            1 => writeln!(toml, "{quantity} = {{ shape = \"exponential\", mean = \"{}d\" }}", 1 + low),
            2 => writeln!(
                toml,
                "{quantity} = {{ shape = \"pert\", range = \"min-max\", low = \"{low}d\", likely = \"{}d\", high = \"{}d\" }}",
                low + 1,
                low + 7
            ),
            _ => writeln!(toml, "{quantity} = [\"{}d\", \"{}d\", \"{}d\"]", low + 1, low + 3, low + 9),
        }
        .unwrap();
        if dice.below(5) == 0 && staff != Staff::Alone {
            writeln!(toml, "not_before = 2026-0{}-1{}", 1 + dice.below(3), 2 + dice.below(5)).unwrap();
        }
        let mut links = vec![];
        for predecessor in 0..task {
            if dice.below(tasks as u64) >= 3 {
                continue;
            }
            if staff == Staff::Alone {
                links.push(format!("\"{}\"", name(predecessor)));
                continue;
            }
            let kind = ["FS", "FS", "FS", "SS", "FF", "SF"][dice.below(6) as usize];
            let lag = match dice.below(4) {
                0 => ", lag = \"2d\"".to_owned(),
                1 => ", lag = [\"1d\", \"2d\", \"5d\"]".to_owned(),
                _ => String::new(),
            };
            links.push(format!("{{ task = \"{}\", link = \"{kind}\"{lag} }}", name(predecessor)));
        }
        if !links.is_empty() {
            writeln!(toml, "after = [{}]", links.join(", ")).unwrap();
        }
        if dice.below(8) == 0 {
            toml.push_str("release = true\n");
        }
    }
    let risks = if staff == Staff::Alone { 0 } else { dice.below(4) };
    for risk in 0..risks {
        let touched = name(dice.below(tasks as u64) as usize);
        writeln!(
            toml,
            "[risk.r{risk}]\nprobability = 0.{}\naffects = [\"{touched}\", \"i0\"]",
            1 + dice.below(9)
        )
        .unwrap();
        match dice.below(4) {
            0 => toml.push_str("multiply = [1.1, 1.5, 2.5]\n"),
            1 => toml.push_str("add = [\"1d\", \"3d\", \"9d\"]\n"),
            2 => toml.push_str("delay = [\"1d\", \"2d\", \"4d\"]\nmultiply = 1.3\n"),
            _ => writeln!(toml, "adds_task = {{ duration = [\"2d\", \"4d\", \"9d\"], after = \"{touched}\" }}").unwrap(),
        }
    }
    writeln!(toml, "[checkpoint.early]\ntask = \"{}\"\ndone_by = \"3w\"", name(tasks - 1)).unwrap();
    writeln!(toml, "[checkpoint.late]\ntask = \"{}\"\ndone_by = \"7w\"", name(0)).unwrap();
    toml
}

fn played(compiled: &Compiled, trials: u32, threads: usize, limit: f64) -> Trials {
    let landmarks = engine::landmarks(compiled);
    let watch = Watch::new(compiled, &landmarks, |_| 0);
    play(compiled, trials, threads, limit, Some(&watch))
}

fn play(compiled: &Compiled, trials: u32, threads: usize, limit: f64, watch: Option<&Watch>) -> Trials {
    let run = Run {
        first: 0,
        trials,
        threads,
        window: Window {
            checkpoints: true,
            ..Window::finishes(limit)
        },
        watch,
    };
    engine::run(compiled, run, &Stop::new(false), |_| {}).expect("it can be played")
}

/// Rows, criticality of tasks and links, what links held, merge bias and the futures in detail.
#[test]
fn blocks_give_the_bits_of_the_event_loop() {
    for seed in 0..300 {
        let toml = network(seed, Staff::None);
        let plan = common::plan(&toml);
        let compiled = || Compiled::new(&plan, seed);
        assert!(compiled().is_network(), "{toml}");
        assert!(!compiled().event_by_event().is_network());
        // A limit that some futures pass, and a last block that is not full.
        let limit = if seed % 3 == 0 { 25.0 } else { 1e6 };
        let blocks = played(&compiled(), 203, 1, limit);
        let events = played(&compiled().event_by_event(), 203, 1, limit);
        for (trial, (block, event)) in blocks.rows().zip(events.rows()).enumerate() {
            assert_eq!(block, event, "trial {trial} of\n{toml}");
        }
        assert_eq!(blocks.drivers(), events.drivers(), "{toml}");
        assert_eq!(blocks.details(), events.details(), "{toml}");
        assert!(blocks == events, "{toml}");
        assert!(blocks == played(&compiled(), 203, 3, limit), "threads");
        // Where finishes alone are asked for, most tasks are gone through still faster.
        let finishes = play(&compiled(), 203, 1, limit, None);
        assert!(finishes.rows().eq(events.rows()), "{toml}");
    }
}

/// The finishes and checkpoints of plans with fixed crews and constant teams.
#[test]
fn constant_crews_give_the_bits_of_the_event_loop() {
    for (seed, staff) in (0..400).map(|seed| (seed, [Staff::Constant, Staff::Alone][seed as usize % 2])) {
        let toml = network(seed, staff);
        let plan = common::plan(&toml);
        let compiled = || Compiled::new(&plan, seed);
        assert!(compiled().has_constant_crews(), "{toml}");
        assert!(staff == Staff::Constant || compiled().waits_for_people_alone(), "{toml}");
        let run = Run {
            first: 64,
            trials: 139,
            threads: 1,
            window: Window {
                checkpoints: true,
                ..Window::finishes(if seed % 3 == 0 { 30.0 } else { 1e6 })
            },
            watch: None,
        };
        let play = |compiled: Compiled| engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("it can be played");
        let (short, events) = (play(compiled()), play(compiled().event_by_event()));
        for (trial, (short, event)) in short.rows().zip(events.rows()).enumerate() {
            assert_eq!(short, event, "trial {trial} of\n{toml}");
        }
        assert!(short == events, "{toml}");
    }
}

/// Any part of a run can be played alone, wherever the cut falls in a block.
#[test]
fn parts_are_the_whole() {
    for staff in [Staff::None, Staff::Constant] {
        let plan = common::plan(&network(11, staff));
        let compiled = Compiled::new(&plan, 11);
        let landmarks = engine::landmarks(&compiled);
        let watch = (staff == Staff::None).then(|| Watch::new(&compiled, &landmarks, |_| 0));
        let part = |first: u32, trials: u32| {
            let run = Run {
                first,
                trials,
                threads: 2,
                window: Window::finishes(1e6),
                watch: watch.as_ref(),
            };
            engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("it can be played")
        };
        let whole = part(0, 1_000);
        for cuts in [vec![1], vec![64, 640], vec![100, 163, 999]] {
            let ends = cuts.iter().copied().chain([1_000]);
            let (mut parts, mut from) = (None::<Trials>, 0);
            for end in ends {
                let next = part(from, end - from);
                parts = Some(match parts {
                    Some(before) => before.merge(next).expect("parts of one run"),
                    None => next,
                });
                from = end;
            }
            let parts = parts.expect("parts");
            assert!(parts.rows().eq(whole.rows()), "{cuts:?}");
            assert_eq!(parts.drivers(), whole.drivers(), "{cuts:?}");
            assert_eq!(parts.details().count(), whole.details().count(), "{cuts:?}");
        }
    }
}

/// Whatever somebody waits for, or is counted beside finishes, takes the event loop.
#[test]
fn what_is_more_than_a_network_is_played_event_by_event() {
    let plain = "[scenario]\nstart = 2026-01-05\n[initiative.x.task]\na = { duration = [\"1w\", \"2w\", \"4w\"] }\nb = { duration = [\"1w\", \"2w\", \"4w\"], after = \"a\" }\n";
    let more = [
        "[team.core]\nengineers = 2\n",
        "[initiative.y.task.c]\nduration = \"1w\"\nafter = [{ task = \"x.a\", lag = \"-1d\" }]\n",
        "[risk.r]\nprobability = 0.5\naffects = [\"x.b\"]\nmultiply = 2\nretired_by = \"x.a\"\n",
        "[risk.r]\nprobability = 0.5\naffects = [\"x.b\"]\nmultiply = 2\ncost = 5\n",
        "[flow.f]\ncustomers = 9\n[incident.sev1]\nrate = { per_week = 1 }\nflow = \"f\"\ndowntime = \"1h\"\n",
        "[budget.spend]\nkind = \"cost\"\nmax = 9\n",
    ];
    assert!(Compiled::new(&common::plan(plain), 1).is_network());
    for more in more {
        let toml = format!("{plain}{more}");
        assert!(!Compiled::new(&common::plan(&toml), 1).is_network(), "{more}");
    }
}
