//! Options on the same random numbers: what changes nothing differs by nothing, what changes one thing leaves all other luck as it was, and
//! the cheapest way to a date is the true one.

mod common;

use common::plan;
use sim::analysis::{self, Bundle, Comparison, DatePrice, DateQuestion, FinishComparison};
use sim::calendar::Date;
use sim::engine::{self, Compiled, Run, Stop, Trials, Window};
use sim::plan::{self, Plan, combinations, combined};
use sim::scenario;
use sim::units::Percentile;

/// The plan of a scenario, its first futures and what they were run with.
fn play(plan: &Plan, trials: u32) -> (Trials, Run<'static>, analysis::Horizon) {
    let compiled = Compiled::new(plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(plan, &landmarks), None).expect("a pilot");
    let horizon = analysis::horizon(plan, &landmarks, &pilot).expect("a horizon");
    let run = Run {
        first: 0,
        trials,
        threads: 2,
        window: Window {
            checkpoints: false,
            ..horizon.window(plan, false)
        },
        watch: None,
    };
    (engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("a run"), run, horizon)
}

/// Rows of a run that does not ask what responses cost; people are then not followed beyond the end of all work.
#[test]
fn what_nobody_asks_for_moves_nothing_that_is_asked_for() {
    // With a risk that comes after all work is done, takes people and scales rates.
    let late = "[risk.late]\nprobability = 0.5\nfrom = 2026-12-01\nscales_rate = { sev1 = 3.0 }\n\
                takes = { team = \"reliability\", engineers = 2, for = [\"1w\", \"2w\", \"3w\"] }\n";
    let segment = include_str!("../scenarios/new-segment-60-days.toml");
    let mut followed = 0;
    for toml in [
        &format!("{segment}{late}"),
        include_str!("../scenarios/pipeline-200k.toml"),
        include_str!("full.toml"),
    ] {
        let plan = plan(toml);
        let compiled = Compiled::new(&plan, plan.seed);
        let (asked, run, _) = play(&plan, 600);
        let window = Window {
            responses: false,
            ..run.window
        };
        let unasked = engine::run(&compiled, Run { window, ..run }, &Stop::new(false), |_| {}).expect("a run");
        assert_eq!(asked.tally(), unasked.tally());
        let layout = asked.layout();
        for (row, other) in asked.rows().zip(unasked.rows()) {
            let responses = layout.money(row).expect("people cost").responses;
            followed += usize::from(responses > 0.0);
            assert_eq!(layout.money(other).expect("people cost").responses, 0.0);
            // What responses cost stands in one column, and is no amount of anything else.
            let differ = row
                .numbers()
                .zip(other.numbers())
                .filter(|(a, b)| a.to_bits() != b.to_bits())
                .count();
            assert_eq!(differ, usize::from(responses > 0.0), "{row:?}\n{other:?}");
        }
    }
    assert!(followed > 600, "{followed}");
}

fn compare(toml: &str, trials: u32) -> Comparison {
    let plan = plan(toml);
    let (base, run, horizon) = play(&plan, trials);
    let options = analysis::own_options(&plan);
    analysis::compare(&plan, &options, plan.seed, run, horizon, &base, &Stop::new(false), |_| {}).expect("a comparison")
}

/// A later promise plays no futures of its own; every number is that of an option that plays them.
#[test]
fn what_only_promises_otherwise_is_the_plan_itself() {
    let segment = include_str!("../scenarios/new-segment-60-days.toml");
    // A checkpoint more moves no number either, but nothing has to know that.
    let own = "[option.own-futures]\nbased_on = \"move-date\"\n\
               checkpoint.early = { task = \"segment.auth\", done_by = \"4w\" }\n";
    let comparison = compare(&format!("{segment}\n{own}"), 300);
    let plan = plan(&format!("{segment}\n{own}"));
    let compiled = |option: usize| Compiled::new(&plan.options[option].plan, plan.seed);
    let planned = Compiled::new(&plan, plan.seed);
    let ids: Vec<&str> = plan.options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["narrow", "platform-first", "move-date", "own-futures"]);
    assert_eq!(
        [0, 1, 2, 3].map(|option| compiled(option).plays_as(&planned)),
        [false, false, true, false]
    );
    assert!(!Compiled::new(&plan, plan.seed + 1).plays_as(&planned));
    let way = |id: &str| {
        let way = comparison.alternatives.iter().find(|way| way.id == id).expect("the option");
        let values = serde_json::to_value((&way.cost, way.cost_change, &way.initiatives, &way.budgets));
        values.expect("values").to_string()
    };
    assert_eq!(way("move-date"), way("own-futures"));
    assert_ne!(way("move-date"), way("as planned"));
}

/// The finish of the first initiative in the alternative of that id.
fn finish<'a>(comparison: &'a Comparison, id: &str) -> &'a FinishComparison {
    let way = comparison.alternatives.iter().find(|way| way.id == id);
    way.and_then(|way| way.initiatives.first()).unwrap_or_else(|| panic!("no {id}"))
}

fn price(toml: &str, date: &str, confidence: u32, trials: u32) -> DatePrice {
    let scenario = scenario::read("test.toml", toml.as_bytes().to_vec()).expect("a scenario");
    let plan = plan(toml);
    let question = DateQuestion {
        initiative: plan.initiatives[0].id.clone(),
        to: None,
        date: Date::parse(date).expect("a date"),
        confidence: Percentile::percent(confidence),
    };
    let plan = analysis::with_promise(&plan, plan.clone(), &question).expect("the initiative");
    let (base, run, horizon) = play(&plan, trials);
    let sets = combinations(&scenario).expect("few enough").sets;
    let bundles = sets.iter().map(|set| Bundle {
        options: set.iter().map(|option| plan.options[*option].id.clone()).collect(),
        titles: vec![],
        plan: combined(&scenario, set, &|_| Err(std::io::ErrorKind::NotFound.into())).map_err(|faults| faults[0].message.clone()),
    });
    analysis::price(&plan, &question, bundles, plan.seed, run, horizon, &base, &Stop::new(false), |_| {})
        .expect("a machine")
        .expect("an answer")
}

fn scenario_file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))).expect("a scenario")
}

#[test]
fn an_option_that_changes_nothing_differs_by_exactly_nothing() {
    for name in ["new-segment-60-days", "pipeline-200k"] {
        let toml = scenario_file(name) + "\n[option.nothing]\ntitle = \"As before\"\n";
        let comparison = compare(&toml, 600);
        let [planned, .., nothing] = comparison.alternatives.as_slice() else {
            panic!("no options in {name}");
        };
        assert_eq!(nothing.id, "nothing");
        assert_eq!((nothing.cost_change, nothing.cost_once), (0.0, 0.0));
        assert!(nothing.gives_up.is_empty() && !nothing.needs_ceo);
        assert_eq!(format!("{:?}", nothing.cost), format!("{:?}", planned.cost));
        assert_eq!(format!("{:?}", nothing.budgets), format!("{:?}", planned.budgets));
        assert_eq!(nothing.initiatives.len(), planned.initiatives.len());
        for (finish, before) in nothing.initiatives.iter().zip(&planned.initiatives) {
            assert_eq!(
                [finish.delta_p80_days, finish.delta_ci_low, finish.delta_ci_high],
                [Some(0.0); 3],
                "{}",
                finish.initiative
            );
            assert_eq!((finish.p_better.hits, finish.p_same.hits), (0, 600));
            assert_eq!([finish.p50, finish.p80, finish.p90], [before.p50, before.p80, before.p90]);
            assert_eq!(format!("{:?}", finish.promises), format!("{:?}", before.promises));
        }
    }
}

/// Tasks with luck of every kind; an option halves the last of them.
const ONE_TASK: &str = "
[scenario]
start = 2026-01-05
[team.core]
engineers = 4
focus = 0.8
attrition_per_year = 0.2
backfill = [\"4w\", \"8w\", \"16w\"]
[initiative.x]
commitment = 2026-06-30
[initiative.x.task]
a = { effort = [\"4w\", \"8w\", \"16w\"], engineers = 2 }
b = { effort = [\"4w\", \"8w\", \"16w\"], engineers = 2, after = \"a\" }
c = { effort = [\"4w\", \"8w\", \"16w\"], engineers = 2, after = \"b\" }
d = { effort = [\"4w\", \"8w\", \"16w\"], engineers = 2, after = \"c\" }
e = { effort = [\"4w\", \"8w\", \"16w\"], engineers = 2, after = \"d\" }
review = { duration = [\"1w\", \"2w\", \"4w\"], after = \"e\" }
[initiative.y.task]
other = { effort = [\"6w\", \"9w\", \"18w\"] }
[option.shorter]
initiative.x.task.review.duration = [\"2.5d\", \"5d\", \"10d\"]
";

#[test]
fn an_option_that_changes_one_task_leaves_all_other_luck_and_its_difference_is_sharp() {
    let comparison = compare(ONE_TASK, 10_000);
    let shorter = finish(&comparison, "shorter");
    // The review is last and nobody works on it: each future loses exactly what the review loses, and nothing else moves.
    assert_eq!(shorter.p_better.hits, 10_000);
    let other = &comparison.alternatives[1].initiatives[1];
    assert_eq!((other.initiative.as_str(), other.p_same.hits), ("y", 10_000));
    let ratio = shorter.error_ratio.expect("an error is left");
    assert!(ratio >= 4.0, "the same luck is worth only {ratio}");
    let (low, high) = (shorter.delta_ci_low.expect("an end"), shorter.delta_ci_high.expect("an end"));
    let delta = shorter.delta_p80_days.expect("finite");
    assert!(low < delta && delta < high && high < 0.0, "{low} {delta} {high}");
    // The ratio is no figure of speech: the difference of runs with other seeds varies by so much more.
    let toml = |seed: u32| ONE_TASK.replace("[team.core]", &format!("seed = {seed}\n[team.core]"));
    let (mut paired, mut unpaired) = (vec![], vec![]);
    for seed in 1..=24 {
        let one = compare(&toml(seed), 1_000);
        let two = compare(&toml(seed + 100), 1_000);
        paired.push(finish(&one, "shorter").delta_p80_days.expect("finite"));
        let p80 = |comparison: &Comparison, id: &str| finish(comparison, id).p80.working_days.days();
        unpaired.push(p80(&one, "shorter") - p80(&two, "as planned"));
    }
    let spread = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let measured = spread(&unpaired) / spread(&paired);
    assert!(measured >= 4.0, "over 24 seeds the ratio is {measured}");
}

#[test]
fn more_people_than_a_task_takes_change_nothing_and_contractors_ramp_up_and_leave() {
    let toml = "
[scenario]
start = 2026-01-05
[estimates]
overrun = \"none\"
correlation = \"none\"
[team.core]
engineers = 2
cost_per_week = 1000
[initiative.x.task]
a = { effort = \"20w\", engineers = { min = 1, max = 2 } }
[option.too-many]
[[option.too-many.team.core.hire]]
engineers = 5
starts = 2026-01-05
[option.wider]
initiative.x.task.a.engineers = { min = 1, max = 4 }
[option.four-weeks]
based_on = \"wider\"
cost = 500
[[option.four-weeks.team.core.hire]]
engineers = 2
starts = 2026-01-05
until = 2026-01-30
[option.slowly]
based_on = \"wider\"
[[option.slowly.team.core.hire]]
engineers = 2
starts = 2026-01-05
until = 2026-01-30
ramp_up = \"4w\"
";
    let comparison = compare(toml, 200);
    let days = |id: &str| finish(&comparison, id).p50.working_days.days();
    // By hand: 100 engineer-days by two people.
    assert_eq!(days("as planned"), 50.0);
    assert_eq!((days("too-many"), finish(&comparison, "too-many").p_same.hits), (50.0, 200));
    // Four people for 20 days do 80; the last 20 take two people ten days.
    assert_eq!(days("four-weeks"), 30.0);
    // Newcomers are half as fast on average over their four weeks: 40 + 20 in the first 20 days, then 40 by two.
    assert_eq!(days("slowly"), 40.0);
    let way = |id: &str| comparison.alternatives.iter().find(|way| way.id == id).expect("the way");
    // The work is paid, whoever does it: 20 engineer-weeks, and what the option costs once.
    assert_eq!((way("four-weeks").cost_once, way("four-weeks").cost.mean), (500.0, Some(20_500.0)));
}

/// Three tasks in a row without chance; each option shortens one, for money.
const BY_HAND: &str = "
[scenario]
start = 2026-01-05
[estimates]
overrun = \"none\"
correlation = \"none\"
[initiative.x]
commitment = 2026-03-27
[initiative.x.task]
a = { duration = \"30d\" }
b = { duration = \"30d\", after = \"a\" }
c = { duration = \"20d\", after = \"b\" }
[option.a]
cost = 10
initiative.x.task.a.duration = \"20d\"
[option.b]
cost = 14
initiative.x.task.b.duration = \"15d\"
[option.c]
cost = 5
initiative.x.task.c.duration = \"15d\"
[option.c-more]
based_on = \"c\"
cost = 2
initiative.x.task.c.duration = \"12d\"
[option.b-other]
cost = 30
initiative.x.task.b.duration = \"10d\"
";

#[test]
fn price_finds_the_optimum_that_is_found_by_hand() {
    let days: [(&str, f64, f64); 4] = [("a", 10.0, 10.0), ("b", 14.0, 15.0), ("b-other", 30.0, 20.0), ("c", 5.0, 5.0)];
    let start = Date::parse("2026-01-05").expect("a date");
    for wanted in 38..=82_u32 {
        // The last day that is on time: the wanted-th working day.
        let calendar = sim::calendar::Calendar::new(start, &[]);
        let date = calendar.date_of(sim::units::WorkDays::new(f64::from(wanted))).expect("a date");
        let found = price(BY_HAND, &date.to_string(), 85, 200);
        let mut best = f64::INFINITY;
        for set in 0..16_u32 {
            for more in [false, true] {
                let has = |bit: usize| set >> bit & 1 == 1;
                // Two ways to shorten b exclude each other; the further shortening of c needs the first.
                if (has(1) && has(2)) || (more && !has(3)) {
                    continue;
                }
                let saved: f64 = (0..4).filter(|bit| has(*bit)).map(|bit| days[bit].2).sum::<f64>() + if more { 3.0 } else { 0.0 };
                let cost: f64 = (0..4).filter(|bit| has(*bit)).map(|bit| days[bit].1).sum::<f64>() + if more { 2.0 } else { 0.0 };
                if 80.0 - saved <= f64::from(wanted) {
                    best = best.min(cost);
                }
            }
        }
        let cheapest = found.cheapest.map_or(f64::INFINITY, |index| found.bundles[index].cost_change);
        assert_eq!(cheapest, best, "for {wanted} days by {date}");
        // The frontier rises in cost and falls in days, from the plan as it is to the fastest.
        let frontier: Vec<(f64, f64)> = found
            .frontier
            .iter()
            .map(|index| (found.bundles[*index].cost_change, found.bundles[*index].promise.working_days.days()))
            .collect();
        assert!(
            frontier.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1),
            "{frontier:?}"
        );
        assert_eq!((frontier.first(), frontier.last()), (Some(&(0.0, 80.0)), Some(&(47.0, 42.0))));
    }
}

#[test]
fn what_is_priced_is_on_time_and_within_the_budgets() {
    // The option saves twenty days for 50, and the budget allows 40.
    let toml = BY_HAND.replace("cost = 10\n", "cost = 50\n") + "[budget.spend]\nkind = \"cost\"\nmax = 40\n";
    let found = price(&toml, "2026-04-10", 85, 200);
    let bundle = |ids: &[&str]| {
        found
            .bundles
            .iter()
            .find(|bundle| bundle.options == ids)
            .unwrap_or_else(|| panic!("{ids:?}"))
    };
    assert_eq!(bundle(&["a"]).p_on_time.hits, 200);
    assert_eq!((bundle(&["a"]).p_on_time_within_budgets.hits, bundle(&["a"]).reaches), (0, false));
    assert!(bundle(&["a"]).promise.working_days.is_never());
    let cheapest = &found.bundles[found.cheapest.expect("another way")];
    assert_eq!((cheapest.options.as_slice(), cheapest.cost_change), (&["b".to_owned()][..], 14.0));
}

#[test]
fn contradictions_are_left_out_and_too_many_combinations_are_refused() {
    let read = |toml: &str| scenario::read("test.toml", toml.as_bytes().to_vec()).expect("a scenario");
    let found = combinations(&read(BY_HAND)).expect("few");
    let about: Vec<(_, &str)> = found
        .contradictions
        .iter()
        .map(|found| (found.options, found.about.as_str()))
        .collect();
    assert_eq!(about, [([1, 4], "initiative.x.task.b.duration")]);
    // a in or out; b, b-other or neither; c, c and c-more, or neither.
    assert_eq!(found.sets.len(), 2 * 3 * 3);
    let many = |count: usize| {
        let mut toml = "[scenario]\nstart = 2026-01-05\n[initiative.x.task]\na = { duration = \"3d\" }\n".to_owned();
        for index in 0..count {
            toml.push_str(&format!("[option.o{index}]\ncost = {index}\n"));
        }
        toml
    };
    assert_eq!(combinations(&read(&many(8))).map(|found| found.sets.len()), Some(256));
    assert_eq!(combinations(&read(&many(9))), None);
    assert_eq!(combinations(&read(&many(60))), None);
    // What one drops the other cannot change.
    let toml = "[scenario]\nstart = 2026-01-05\n[initiative.x.task]\na = { duration = \"3d\" }\nb = { duration = \"3d\" }\n\
                [option.without]\ninitiative.x.task.b.drop = true\n[option.longer]\ninitiative.x.task.b.duration = \"9d\"\n";
    assert_eq!(
        combinations(&read(toml)).map(|found| found.sets),
        Some(vec![vec![], vec![0], vec![1]])
    );
}

#[test]
fn what_is_given_up_is_named_and_a_promise_to_the_same_people_is_replaced() {
    let toml = "
[scenario]
start = 2026-01-05
ceo_approval_above = 100
[initiative.x]
title = \"The segment\"
[[initiative.x.commitment]]
date = 2026-03-06
to = \"board\"
[initiative.x.task]
a = { duration = \"30d\" }
b = { duration = \"30d\", title = \"The report\", after = \"a\" }
[initiative.y]
duration = \"5d\"
[budget.late]
kind = \"delivery\"
initiative = \"x\"
max_slip = 0.1
[option.less]
cost = 100
initiative.x.task.b.drop = true
initiative.y.drop = true
[option.later]
cost = 101
budget.late.max_slip = 0.2
[[option.later.initiative.x.commitment]]
date = 2026-04-30
to = \"board\"
";
    let comparison = compare(toml, 200);
    let way = |id: &str| comparison.alternatives.iter().find(|way| way.id == id).expect("the way");
    assert_eq!(way("less").gives_up, ["drops The report", "drops y"]);
    assert_eq!(way("less").initiatives.len(), 1);
    assert_eq!(
        way("later").gives_up,
        ["tells board 30 Apr 2026 instead of 6 Mar 2026", "widens the budget late"]
    );
    assert_eq!((way("less").needs_ceo, way("later").needs_ceo), (false, true));
    let promise = &finish(&comparison, "later").promises[0];
    assert!(promise.is_moved && promise.p_on_time.hits == 200 && finish(&comparison, "later").p_same.hits == 200);
    assert_eq!(finish(&comparison, "as planned").promises[0].p_on_time.hits, 0);
}

#[test]
fn bad_overlays_are_errors_with_a_line_and_a_hint() {
    for (option, code) in [
        ("initiative.x.tasks.a.duration = \"3d\"", "unknown-key"),
        ("initiative.x.task.a.duration = 3", "bad-quantity"),
        ("initiative.x.task.zz.drop = true", "nothing-to-drop"),
        ("scenario.start = 2026-02-02", "not-in-an-option"),
        ("scenario.seed = 7", "not-in-an-option"),
        ("based_on = \"narow\"", "unknown-option"),
        ("based_on = \"narrow\"", "circular-option"),
        ("initiative.x.task.a.drop = true", "unknown-reference"),
    ] {
        let toml = format!(
            "[scenario]\nstart = 2026-01-05\n[initiative.x.task]\na = {{ duration = \"9d\" }}\nb = {{ duration = \"9d\" }}\n\
             [checkpoint.c]\ntask = \"x.a\"\ndone_by = \"6w\"\n[risk.r]\nprobability = 0.5\naffects = [\"x.a\"]\nmultiply = 2\n\
             [option.narrow]\n{option}\n"
        );
        let faults = plan::read("test.toml", toml.into_bytes(), &|_| Err(std::io::ErrorKind::NotFound.into())).expect_err(option);
        let fault = faults.iter().find(|fault| fault.code == code);
        let fault = fault.unwrap_or_else(|| panic!("{option}: {:?}", faults.iter().map(|fault| fault.code).collect::<Vec<_>>()));
        assert!(
            fault.position().is_some_and(|(line, _)| line >= 13),
            "{option}: {:?}",
            fault.position()
        );
        assert!(fault.hint.is_some() || fault.allowed.is_some(), "{option} says no way out");
    }
}
