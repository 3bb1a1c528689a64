//! Calibration against what does not come from it: histories with a known truth, second implementations of the model, and the
//! program on a file.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{fresh, sim};
use sim::plan::{self, Basis, Calibration, Columns, Plan, read_history};
use sim::statistics::{Components, Moments, Next};

/// Normal numbers of a generator of its own (Steele, Lea & Flood's SplitMix64; Box & Muller).
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn chi_squared(&mut self, degrees: usize) -> f64 {
        (0..degrees).map(|_| self.normal().powi(2)).sum()
    }
}

/// Groups of these sizes around `middle`.
fn groups(chance: &mut Chance, sizes: &[usize], middle: f64, shared: f64, own: f64) -> Vec<Moments> {
    let group = |size: &usize| {
        let centre = middle + shared * chance.normal();
        Moments::of(&(0..*size).map(|_| centre + own * chance.normal()).collect::<Vec<_>>())
    };
    sizes.iter().map(group).collect()
}

/// Of 500 histories with a known truth, the intervals hold it as often as they say, within three standard errors of counting. Where
/// groups hardly differ from chance, the interval of τ reaches to zero and holds it more often; it may not hold it less.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    const HISTORIES: usize = 500;
    let middle = 0.25;
    let cases = [
        (&[6; 8][..], 0.3, 0.5, true),
        (&[2, 3, 4, 5, 6, 8, 10, 12, 3, 7], 0.3, 0.5, true),
        (&[20; 5], 0.4, 0.3, false),
        (&[4, 30, 9, 15, 50, 22], 0.5, 0.4, false),
    ];
    for (sizes, shared, own, reaches_zero) in cases {
        let mut chance = Chance(7);
        let mut held = [0_usize; 5];
        for _ in 0..HISTORIES {
            let fitted = Components::of_groups(&groups(&mut chance, sizes, middle, shared, own)).expect("fitted");
            let new_group = middle + shared * chance.normal();
            let new_value = new_group + own * chance.normal();
            let inside = |p: f64, width: f64| usize::from((p - 0.5).abs() <= width / 2.0);
            held[0] += inside(fitted.probability_shared(shared), 0.95);
            held[1] += inside(fitted.probability(Next::Middle, middle), 0.95);
            held[2] += inside(fitted.probability_own(own), 0.95);
            held[3] += inside(fitted.probability(Next::Group, new_group), 0.8);
            held[4] += inside(fitted.probability(Next::Value, new_value), 0.8);
        }
        println!("{sizes:?}: {held:?} of {HISTORIES}");
        for (index, (held, wanted)) in held.into_iter().zip([0.95, 0.95, 0.95, 0.8, 0.8]).enumerate() {
            let error = (wanted * (1.0 - wanted) / HISTORIES as f64).sqrt();
            let share = held as f64 / HISTORIES as f64;
            assert!(share > wanted - 3.0 * error, "{sizes:?}, {index}: {share} instead of {wanted}");
            let may_hold_more = index == 0 && reaches_zero;
            assert!(
                may_hold_more || share < wanted + 3.0 * error,
                "{sizes:?}, {index}: {share} instead of {wanted}"
            );
        }
    }
}

/// Balanced groups, by drawing: SSW/σ² and SSB/(σ² + nτ²) are independent chi-squared, cut to τ² ≥ 0 (Box & Tiao, section 5.2).
#[test]
fn balanced_groups_agree_with_draws_from_the_posterior() {
    let mut chance = Chance(3);
    let (size, count) = (5, 7);
    // Little between the groups, so that the cut matters.
    let groups = groups(&mut chance, &[size; 7], 0.1, 0.15, 0.5);
    let fitted = Components::of_groups(&groups).expect("fitted");
    let within: f64 = groups.iter().map(|group| group.squares).sum();
    let means = Moments::of(&groups.iter().map(|group| group.mean).collect::<Vec<_>>());
    let mut drawn: [Vec<f64>; 4] = Default::default();
    while drawn[0].len() < 100_000 {
        let own = within / chance.chi_squared(count * (size - 1));
        let both = size as f64 * means.squares / chance.chi_squared(count - 1);
        if both > own {
            let shared = ((both - own) / size as f64).sqrt();
            let middle = means.mean + (both / (size * count) as f64).sqrt() * chance.normal();
            let next = middle + shared * chance.normal();
            for (drawn, value) in drawn.iter_mut().zip([own.sqrt(), shared, middle, next]) {
                drawn.push(value);
            }
        }
    }
    for (index, drawn) in drawn.iter_mut().enumerate() {
        drawn.sort_by(f64::total_cmp);
        for p in [0.025, 0.1, 0.5, 0.9, 0.975] {
            let at = drawn[(p * drawn.len() as f64) as usize];
            let found = match index {
                0 => fitted.probability_own(at),
                1 => fitted.probability_shared(at),
                2 => fitted.probability(Next::Middle, at),
                _ => fitted.probability(Next::Group, at),
            };
            // Four standard errors of 100,000 draws, and the grid.
            assert!(
                (found - p).abs() < 4.0 * (p * (1.0 - p) / 1e5_f64).sqrt() + 1e-3,
                "{index}: {found} instead of {p}"
            );
        }
    }
}

/// Unbalanced groups, by brute force: likelihood times prior on a grid over m, τ and σ themselves.
#[test]
fn unbalanced_groups_agree_with_a_grid_over_all_three() {
    let groups = groups(&mut Chance(5), &[1, 2, 9, 4, 1, 6], -0.2, 0.4, 0.6);
    let fitted = Components::of_groups(&groups).expect("fitted");
    let total: f64 = groups.iter().map(|group| group.count as f64).sum();
    let mean_size = (total - groups.iter().map(|group| (group.count as f64).powi(2)).sum::<f64>() / total) / (groups.len() as f64 - 1.0);
    let log_density = |middle: f64, shared: f64, own: f64| {
        let (shared, own) = (shared * shared, own * own);
        // dσ² dτ² of the prior 1/(σ²(σ² + n₀τ²)).
        let mut log = -own.ln() - (own + mean_size * shared).ln();
        for group in &groups {
            let (n, both) = (group.count as f64, own + group.count as f64 * shared);
            let squares = group.squares / own + n * (group.mean - middle).powi(2) / both;
            log -= 0.5 * ((n - 1.0) * own.ln() + both.ln() + squares);
        }
        log
    };
    // σ from 0.2 to 3 and τ from 0.001 to 20, both in even steps of their logarithm; m from −12 to 12.
    let (mut all, mut low_own, mut low_shared, mut low_middle) = (0.0, 0.0, 0.0, 0.0);
    let (at_own, at_shared, at_middle) = (0.6, 0.3, -0.1);
    let grid = |index: usize, count: usize, low: f64, high: f64| low + (index as f64 + 0.5) / count as f64 * (high - low);
    for i in 0..120 {
        let own = grid(i, 120, 0.2_f64.ln(), 3.0_f64.ln()).exp();
        for j in 0..240 {
            let shared = grid(j, 240, 0.001_f64.ln(), 20.0_f64.ln()).exp();
            for k in 0..600 {
                // Finer near the middle.
                let x = grid(k, 600, -1.0, 1.0);
                let middle = -0.1 + 12.0 * x.powi(3);
                let jacobian = own * own * shared * shared * x * x;
                let density = log_density(middle, shared, own).exp() * jacobian;
                all += density;
                low_own += if own <= at_own { density } else { 0.0 };
                low_shared += if shared <= at_shared { density } else { 0.0 };
                low_middle += if middle <= at_middle { density } else { 0.0 };
            }
        }
    }
    let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 0.01, "{found} instead of {wanted}");
    close(fitted.probability_own(at_own), low_own / all);
    close(fitted.probability_shared(at_shared), low_shared / all);
    close(fitted.probability(Next::Middle, at_middle), low_middle / all);
}

/// Heavy tails: errors of Student's t with two degrees, which have no variance. The middle and the range of single tasks hold.
#[test]
fn far_outliers_move_neither_the_middle_nor_the_range() {
    let mut chance = Chance(11);
    let (mut held_middle, mut held_range) = (0, 0.0);
    for _ in 0..200 {
        let mut text = "estimate,actual,project\n".to_owned();
        for project in 0..10 {
            let centre = 0.2 + 0.1 * chance.normal();
            for _ in 0..12 {
                let error = 0.3 * chance.normal() / (chance.chi_squared(2) / 2.0).sqrt();
                text.push_str(&format!("1,{},p{project}\n", (centre + error).exp()));
            }
        }
        let found = calibration(&text, Some("project"));
        held_middle += usize::from((found.median.low..=found.median.high).contains(&0.2_f64.exp()));
        // P10 to P90 of t with two degrees: ±1.8856.
        let [low, _, high] = found.own.expect("a range").map(f64::ln);
        let cdf = |x: f64| 0.5 + x / (2.0 * (2.0 + x * x).sqrt());
        held_range += (cdf(high / 0.3) - cdf(low / 0.3)) / 200.0;
    }
    assert!((180..=200).contains(&held_middle), "{held_middle} of 200 middles");
    assert!((held_range - 0.8_f64).abs() < 0.02, "a range for 80 % holds {held_range}");
}

fn calibration(text: &str, group: Option<&str>) -> Calibration {
    let columns = Columns {
        group: group.map(str::to_owned),
        ..Columns::default()
    };
    Calibration::of(&read_history("past.csv", text, &columns).expect("readable")).expect("fitted")
}

const PAST: &str = include_str!("../scenarios/past-tasks.csv");
const SCENARIO: &str = "[scenario]\nname = \"x\"\nstart = 2026-01-05\ntrials = 2000\n[estimates]\nOVERRUN\n[team.core]\nengineers = 2\n[initiative.launch]\ncommitment = 2026-06-30\n[initiative.launch.task]\na = { effort = [\"2w\", \"3w\", \"6w\"] }\nb = { effort = [\"4w\", \"8w\", \"16w\"], after = \"a\" }\nc = { effort = [\"3w\", \"5w\", \"9w\"] }\n";

fn plan(overrun: &str) -> Plan {
    let files = |name: &str| match name {
        "past.csv" => Ok(PAST.to_owned()),
        _ => Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such file")),
    };
    let toml = SCENARIO.replace("OVERRUN", overrun).into_bytes();
    plan::read("plan.toml", toml, &files).unwrap_or_else(|faults| panic!("{}", sim::diagnostic::render(&faults, false)))
}

#[test]
fn a_scenario_learns_what_it_would_have_been_given() {
    let history = plan("overrun = { history = \"past.csv\", group = \"project\" }");
    let found = calibration(PAST, Some("project"));
    assert_eq!((found.basis, found.tasks, found.groups), (Basis::Groups, 47, 6));
    let [p10, p50, p90] = found.overrun;
    let pasted = plan(&format!("overrun = {{ p10 = {p10}, p50 = {p50}, p90 = {p90} }}"));
    let quantiles = |plan: &Plan| [0.01, 0.1, 0.5, 0.9, 0.99].map(|p| plan.overrun.as_ref().expect("an overrun").quantile(p).to_bits());
    assert_eq!(quantiles(&history), quantiles(&pasted), "to the last bit");
    assert_eq!(history.overrun_source.as_deref(), Some("47 past tasks in 6 groups (past.csv)"));
    assert_eq!(pasted.overrun_source, None);
    assert!(history.defaults.iter().all(|default| default.key != "estimates.overrun"));
}

fn folder(name: &str) -> PathBuf {
    let path = fresh(name);
    fs::write(path.join("past-tasks.csv"), PAST).expect("written");
    path
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = sim(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_run_with_a_history_is_the_run_with_its_numbers() {
    let folder = folder("run");
    let [p10, p50, p90] = calibration(PAST, Some("project")).overrun;
    for (name, overrun) in [
        (
            "learnt",
            "overrun = { history = \"past-tasks.csv\", group = \"project\" }".to_owned(),
        ),
        ("pasted", format!("overrun = {{ p10 = {p10}, p50 = {p50}, p90 = {p90} }}")),
    ] {
        fs::write(folder.join(format!("{name}.toml")), SCENARIO.replace("OVERRUN", &overrun)).expect("written");
        let summary = done(&folder, &["run", &format!("{name}.toml")]);
        let says = summary.split_whitespace().collect::<Vec<_>>().join(" ");
        let source = "learnt from 47 past tasks in 6 groups (past-tasks.csv); it stands in place of the default 0.85 / 1.00 / 1.40";
        assert_eq!(says.contains(source), name == "learnt", "{summary}");
    }
    // No draw is moved, so every table is the same.
    for table in ["timelines.csv", "commitments.csv", "drivers.csv", "assumptions.csv"] {
        let [learnt, pasted] = ["learnt", "pasted"].map(|name| fs::read(folder.join("out").join(name).join(table)).expect("a table"));
        assert_eq!(learnt, pasted, "{table}");
    }
}

#[test]
fn the_command_tells_it_within_80_columns_or_as_json() {
    let folder = folder("command");
    let all = [
        "calibrate",
        "past-tasks.csv",
        "--group",
        "project",
        "--low",
        "low",
        "--high",
        "high",
    ];
    let text = done(&folder, &all);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let found = calibration(PAST, Some("project"));
    let [p10, p50, p90] = found.overrun;
    assert!(
        text.contains(&format!("\n[estimates]\noverrun = {{ p10 = {p10}, p50 = {p50}, p90 = {p90} }}\n")),
        "{text}"
    );
    assert!(
        text.contains("overrun = { history = \"past-tasks.csv\", group = \"project\" }\n"),
        "{text}"
    );
    assert!(text.contains("6 groups are few"), "{text}");
    let json = done(&folder, &[&all[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON and nothing else");
    assert_eq!(json["overrun"], serde_json::json!(found.overrun));
    assert_eq!(
        (&json["tasks"], &json["basis"]),
        (&serde_json::json!(47), &serde_json::json!("groups"))
    );
    assert!(
        json["ranges"]["widening"]["value"].as_f64().is_some_and(|value| value > 1.0),
        "{json}"
    );
    let without = done(&folder, &["calibrate", "past-tasks.csv"]);
    assert!(without.contains("Without groups nobody can tell"), "{without}");
}

#[test]
fn a_history_that_is_wrong_is_refused_at_its_place() {
    let folder = folder("refused");
    fs::write(folder.join("bad.csv"), "estimate;actual\r\n3;4\r\n3,5;4\r\n2;soon\r\n").expect("written");
    fs::write(folder.join("latin.csv"), b"estimate,actual\n1,2\xe9\n").expect("written");
    let refused = |arguments: &[&str]| {
        let output = sim(&folder, arguments);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{arguments:?}");
        String::from_utf8(output.stderr).expect("text")
    };
    let bad = refused(&["calibrate", "bad.csv"]);
    for part in [
        "error[decimal-comma]",
        "bad.csv:3:1",
        "error[bad-cell]",
        "bad.csv:4:3",
        "2 errors in bad.csv",
    ] {
        assert!(bad.contains(part), "{part} in\n{bad}");
    }
    assert!(refused(&["calibrate", "latin.csv"]).contains("UTF-8"));
    assert!(refused(&["calibrate", "nowhere.csv"]).contains("no-such-file"));
    assert!(refused(&["calibrate", "past-tasks.csv", "--group", "proyect"]).contains("did you mean `project`?"));
    assert!(refused(&["calibrate", "past-tasks.csv", "--low", "low"]).contains("--high"));
    fs::write(
        folder.join("plan.toml"),
        SCENARIO.replace("OVERRUN", "overrun = { history = \"bad.csv\" }"),
    )
    .expect("written");
    let plan = refused(&["check", "plan.toml"]);
    for part in ["plan.toml:6:23", "\"bad.csv\" line 3, column 1", "and 1 more"] {
        assert!(plan.contains(part), "{part} in\n{plan}");
    }
}
