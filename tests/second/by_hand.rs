//! Plans without chance, worked out by hand. Times are working days since the morning of Monday 5 January 2026.

use sim::plan::{BudgetKind, InitiativeId, Plan, TaskId};
use sim::units::WorkDays;

use super::writing::{
    breaking, budget, date, fixed, hire, incident, only_if, plan, probability, release, reliability, risk, scales, takes, task,
};
use super::{Future, simulate};

fn future(plan: &Plan) -> Future {
    simulate(plan, date("2026-06-30"), 1, 7).remove(0)
}

/// Finish of the whole.
fn finish(plan: &Plan) -> f64 {
    future(plan).finishes[0]
}

/// Finish of one task.
fn finish_of(plan: &Plan, id: &str) -> f64 {
    future(plan).tasks[task(plan, id)]
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5, "{found}, expected {expected}");
}

#[test]
fn work_takes_as_long_as_it_takes() {
    let two = "a = { effort = \"10d\" }\nb = { effort = \"10d\", after = \"a\" }";
    close(finish(&plan(2, two)), 20.0);
    close(finish(&plan(1, "a = { effort = \"10d\" }\nb = { effort = \"10d\" }")), 20.0);
    close(finish(&plan(2, "a = { effort = \"10d\" }\nb = { effort = \"10d\" }")), 10.0);
    // 12 engineer-days at 3 × 0.5 a day.
    let mut three = plan(5, "a = { effort = \"12d\", engineers = { min = 1, max = 3 } }");
    three.teams[0].focus = 0.5;
    close(finish(&three), 8.0);
    // A duration does not shrink with focus.
    let mut held = plan(2, "a = { duration = \"6d\", crew = { core = 2 } }");
    held.teams[0].focus = 0.5;
    close(finish(&held), 6.0);
}

#[test]
fn links_tie_the_ends_that_they_name() {
    // a runs from 2 to 12, b takes 5 days.
    let pair = |link: &str, lag: &str| {
        finish_of(
            &plan(
                1,
                &format!(
                    "a = {{ duration = \"10d\", not_before = 2026-01-07 }}\nb = {{ duration = \"5d\", after = [{{ task = \"a\", link = \"{link}\", lag = \"{lag}\" }}] }}"
                ),
            ),
            "b",
        )
    };
    close(pair("FS", "0d"), 17.0);
    close(pair("FS", "2d"), 19.0);
    close(pair("FS", "-3d"), 14.0);
    close(pair("FS", "-30d"), 7.0);
    close(pair("SS", "0d"), 7.0);
    close(pair("SS", "4d"), 11.0);
    close(pair("FF", "0d"), 12.0);
    close(pair("FF", "2d"), 14.0);
    close(pair("FF", "-4d"), 8.0);
    close(pair("SF", "2d"), 5.0);
    close(pair("SF", "8d"), 10.0);
}

#[test]
fn a_negative_lag_follows_the_crew() {
    // a: one of two people until b frees the other at 4, when 8 of 12 are left: 4 more days, to 8. c starts 2 before that.
    let tasks = "a = { effort = \"12d\", engineers = { min = 1, max = 2 } }\nb = { effort = \"4d\", priority = 1 }\n\
         c = { duration = \"1d\", after = [{ task = \"a\", lag = \"-2d\" }] }";
    let plan = plan(2, tasks);
    close(finish_of(&plan, "a"), 8.0);
    close(finish_of(&plan, "c"), 7.0);
}

#[test]
fn a_held_finish_sets_the_crew_free() {
    // b's work is done at 2, its finish is held to 10; the one engineer goes on to c meanwhile.
    let tasks = "a = { duration = \"10d\" }\nb = { effort = \"2d\", priority = 1, after = [{ task = \"a\", link = \"FF\" }] }\nc = { effort = \"3d\" }";
    let plan = plan(1, tasks);
    close(finish_of(&plan, "b"), 10.0);
    close(finish_of(&plan, "c"), 5.0);
}

#[test]
fn the_longest_remaining_path_goes_first() {
    let tasks = "x = { effort = \"3d\" }\ny = { effort = \"1d\" }\nz = { duration = \"10d\", after = \"y\" }";
    close(finish(&plan(1, tasks)), 11.0);
    close(finish(&plan(1, &tasks.replace("x = {", "x = { priority = 1,"))), 14.0);
}

#[test]
fn what_cannot_be_staffed_is_passed_over_and_leftovers_join() {
    // p holds one of two until 5; a needs two; b takes the other at 0; a runs from 5 to 6.
    let passed = "p = { effort = \"5d\", priority = 1 }\na = { effort = \"2d\", engineers = 2, priority = 2 }\nb = { effort = \"1d\", priority = 3 }";
    close(finish(&plan(2, passed)), 6.0);
    // b first: a has two people for a day, then three for the seven days of effort that are left.
    let joined = "b = { effort = \"1d\", priority = 1 }\na = { effort = \"9d\", engineers = { min = 1, max = 3 } }";
    close(finish(&plan(3, joined)), 1.0 + 7.0 / 3.0);
}

#[test]
fn newcomers_ramp_up_in_four_steps() {
    // 2 × (1.125 + 1.375 + 1.625 + 1.875) = 12.
    let mut ramp = plan(1, "a = { effort = \"12d\", engineers = { min = 1, max = 2 } }");
    ramp.teams[0].hires.push(hire(1, 0.0, None, 8.0));
    close(finish(&ramp), 8.0);
    // The most productive first: the two old hands go to a, the newcomer at 1/8 to b until 4, then 3/8: 0.5 + 1.5 = 2 at 8.
    let mut best = plan(2, "a = { effort = \"20d\", engineers = 2, priority = 1 }\nb = { effort = \"2d\" }");
    best.teams[0].hires.push(hire(1, 0.0, None, 16.0));
    close(finish_of(&best, "a"), 10.0);
    close(finish_of(&best, "b"), 8.0);
}

#[test]
fn people_come_and_go_on_their_dates() {
    let mut until = plan(1, "a = { effort = \"20d\", engineers = { min = 1, max = 2 } }");
    until.teams[0].hires.push(hire(1, 0.0, Some(5.0), 0.0));
    close(finish(&until), 15.0);
    let mut joins = plan(1, "a = { effort = \"20d\", engineers = { min = 1, max = 2 } }");
    joins.teams[0].hires.push(hire(1, 9.6, None, 0.0));
    close(finish(&joins), 15.0);
    let mut elsewhere = plan(2, "a = { effort = \"10d\", engineers = { min = 1, max = 2 } }");
    elsewhere.teams[0].elsewhere.push(sim::plan::Elsewhere {
        engineers: 1,
        until: WorkDays::new(5.0),
    });
    close(finish(&elsewhere), 7.5);
    // A day that the whole team is away; what needs nobody of it goes on.
    let mut holiday = plan(
        1,
        "a = { effort = \"10d\" }\nb = { duration = \"10d\" }\nc = { duration = \"3d\", crew = { core = 1 }, after = \"a\" }",
    );
    holiday.teams[0].holidays = vec![WorkDays::new(3.0), WorkDays::new(12.0)];
    close(finish_of(&holiday, "a"), 11.0);
    close(finish_of(&holiday, "b"), 10.0);
    close(finish_of(&holiday, "c"), 15.0);
    let future = future(&holiday);
    close(future.people[0][0].expect("a working week"), 0.8);
    close(future.head_count[0][0].expect("a working week"), 1.0);
}

#[test]
fn responders_leave_their_work_and_return_to_it_before_the_follow_up() {
    // r breaks something at 3; the only engineer responds until 5, ends a at 12, follows up until 13, does b until 14.
    let mut broken = plan(
        1,
        "r = { duration = \"3d\" }\na = { effort = \"10d\" }\nb = { effort = \"1d\", after = \"a\" }",
    );
    release(&mut broken, "r");
    breaking(&mut broken, 1, 2.0).follow_up = Some(fixed(1.0));
    close(finish_of(&broken, "a"), 12.0);
    close(finish(&broken), 14.0);
    // On a holiday of the team the response waits for the team's next morning.
    broken.teams[0].holidays = vec![WorkDays::new(3.0)];
    close(finish_of(&broken, "a"), 13.0);
}

#[test]
fn the_idle_go_first_then_the_latest_of_the_least() {
    let tasks = "r = { duration = \"3d\" }\na = { effort = \"10d\", priority = 1 }\nb = { effort = \"20d\", engineers = 2, priority = 2 }";
    // Of four, one is idle: it goes first, then one of b, which stands still from 3 to 5 and keeps the other.
    let mut broken = plan(4, tasks);
    release(&mut broken, "r");
    breaking(&mut broken, 2, 2.0);
    close(finish_of(&broken, "a"), 10.0);
    close(finish_of(&broken, "b"), 12.0);
    // One responder: nobody notices.
    let mut mild = plan(4, tasks);
    release(&mut mild, "r");
    breaking(&mut mild, 1, 2.0);
    close(finish_of(&mild, "b"), 10.0);
    // Three: both of b. Four or more: a as well.
    let mut severe = plan(4, tasks);
    release(&mut severe, "r");
    breaking(&mut severe, 3, 2.0);
    close(finish_of(&severe, "a"), 10.0);
    close(finish_of(&severe, "b"), 12.0);
    let mut worst = plan(4, tasks);
    release(&mut worst, "r");
    breaking(&mut worst, 9, 2.0);
    close(finish_of(&worst, "a"), 12.0);
}

#[test]
fn what_stands_still_is_filled_before_new_work() {
    // From 1 to 11 one of b's two is away. c sets somebody free at 2, who joins b at once, though d would come before b.
    // b: two days less one standing still: 1 + (20 − 2) / 2 days from 2, to 11; d starts when b is done.
    let tasks = "r = { duration = \"1d\" }\nc = { effort = \"2d\", priority = 1 }\nb = { effort = \"20d\", engineers = 2, priority = 3 }\nd = { effort = \"1d\", priority = 2, after = \"c\" }";
    let mut broken = plan(3, tasks);
    release(&mut broken, "r");
    breaking(&mut broken, 1, 10.0);
    close(finish_of(&broken, "b"), 11.0);
    close(finish_of(&broken, "d"), 12.0);
}

#[test]
fn risks_multiply_add_and_delay_until_they_are_retired() {
    let tasks = "s = { duration = \"2d\" }\na = { duration = \"10d\" }\nb = { duration = \"10d\", after = \"s\" }";
    let mut struck = plan(1, tasks);
    let entry = risk(&mut struck, &["a", "b"]);
    entry.multiply = Some(fixed(2.0));
    entry.add = Some(fixed(3.0));
    close(finish_of(&struck, "a"), 23.0);
    close(finish_of(&struck, "b"), 25.0);
    // b starts after s has finished.
    struck.risks[0].retired_by = Some(TaskId(task(&struck, "s")));
    close(finish_of(&struck, "a"), 23.0);
    close(finish_of(&struck, "b"), 12.0);
    let mut delayed = plan(1, tasks);
    risk(&mut delayed, &["a", "b"]).delay = Some(fixed(4.0));
    risk(&mut delayed, &["a"]).delay = Some(fixed(1.0));
    close(finish_of(&delayed, "a"), 15.0);
    close(finish_of(&delayed, "b"), 16.0);
    // Nothing is left to wait for once s is done.
    for entry in &mut delayed.risks {
        entry.retired_by = Some(TaskId(1));
    }
    delayed.risks[0].retired_by = Some(TaskId(task(&delayed, "s")));
    delayed.risks[1].retired_by = Some(TaskId(task(&delayed, "s")));
    close(finish_of(&delayed, "a"), 12.0);
    close(finish_of(&delayed, "b"), 12.0);
}

#[test]
fn risks_take_people_and_add_tasks() {
    let tasks = "s = { duration = \"4d\" }\na = { effort = \"10d\" }\nb = { duration = \"3d\", after = \"a\" }";
    let mut struck = plan(1, tasks);
    let entry = risk(&mut struck, &[]);
    entry.takes = Some(takes(1, 3.0));
    entry.from = WorkDays::new(2.0);
    entry.cost = 500.0;
    close(finish_of(&struck, "a"), 13.0);
    close(future(&struck).cost, 500.0);
    struck.risks[0].retired_by = Some(TaskId(task(&struck, "s")));
    close(finish_of(&struck, "a"), 12.0);
    only_if(&mut struck, "b", 0);
    close(finish(&struck), 12.0);
    struck.risks[0].retired_by = None;
    close(finish(&struck), 16.0);
    struck.risks[0].probability = probability(0.0);
    close(finish(&struck), 10.0);
    close(future(&struck).cost, 0.0);
}

#[test]
fn a_freeze_holds_releases_until_the_quarter_turns() {
    let mut frozen = plan(1, "r = { duration = \"3d\" }\nq = { duration = \"1d\", after = \"r\" }");
    release(&mut frozen, "r");
    release(&mut frozen, "q");
    incident(&mut frozen, 0.0, fixed(100.0)).change_failure_rate = probability(1.0);
    budget(&mut frozen, reliability(99.0, 0.0, true));
    budget(&mut frozen, reliability(100.5, 0.0, false));
    let april = frozen.calendar.morning_of(date("2026-04-01")).days();
    close(finish(&frozen), april + 1.0);
    let minutes = &future(&frozen).customer_minutes[0];
    assert!((minutes[0] - 100.0).abs() < 1e-6 && (minutes[1] - 100.0).abs() < 1e-6);
    assert_eq!(super::breaches(&frozen, &future(&frozen)), [true, false]);
    // Within the budget nothing is held; with what was burnt before it is not.
    frozen.budgets[0].kind = reliability(100.5, 0.0, true);
    close(finish(&frozen), 4.0);
    frozen.budgets[0].kind = reliability(100.5, 1.0, true);
    close(finish(&frozen), april + 1.0);
}

#[test]
fn downtime_is_charged_when_it_is_felt() {
    // r ends at noon of Tuesday 31 March; a day of downtime is felt half in each quarter.
    let mut split = plan(1, "r = { duration = \"1d\", not_before = 2026-03-31 }");
    let noon = task(&split, "r");
    split.tasks[noon].work = sim::plan::Work::Duration {
        estimate: fixed(0.5),
        crew: vec![],
    };
    release(&mut split, "r");
    let class = incident(&mut split, 0.0, fixed(1_440.0));
    class.change_failure_rate = probability(1.0);
    class.share = 0.5;
    split.flows[0].customers = 10.0;
    split.flows[0].value_per_customer_minute = 2.0;
    let felt = future(&split);
    assert!((felt.customer_minutes[0][0] - 3_600.0).abs() < 0.01, "{felt:?}");
    assert!((felt.customer_minutes[0][1] - 3_600.0).abs() < 0.01, "{felt:?}");
    assert!((felt.incident_value - 14_400.0).abs() < 0.1);
    // What lies beyond the horizon is not counted.
    let short = simulate(&split, date("2026-03-31"), 1, 7).remove(0);
    assert_eq!(short.customer_minutes[0].len(), 1);
    assert!((short.customer_minutes[0][0] - 3_600.0).abs() < 0.01);
}

#[test]
fn finished_work_and_risks_scale_rates() {
    // Two a day until Wednesday 18 February, then six; times a half once a has ended on the evening of Wednesday 4 March.
    let mut scaled = plan(1, "a = { duration = \"43d\" }");
    incident(&mut scaled, 2.0, fixed(0.0));
    let entry = risk(&mut scaled, &[]);
    entry.scales_rate = scales(0, 3.0);
    let from = scaled.calendar.morning_of(date("2026-02-18"));
    scaled.risks[0].from = from;
    scaled.tasks[0].scales_rate = scales(0, 0.5);
    let expected = 2.0 * 44.0 + 6.0 * 15.0 + 3.0 * 27.0;
    let futures = simulate(&scaled, date("2026-03-31"), 2_000, 3);
    let counts: Vec<f64> = futures.iter().map(|future| f64::from(future.incidents[0])).collect();
    let (mean, error) = super::compare::mean(&counts);
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error}, expected {expected}");
}

#[test]
fn people_cost_while_they_are_held() {
    // Two people for ten days at half focus, one of them a day longer.
    let mut cost = plan(
        2,
        "a = { effort = \"10d\", engineers = 2 }\nb = { effort = \"0.5d\", after = \"a\" }",
    );
    cost.teams[0].focus = 0.5;
    cost.teams[0].cost_per_week = 1_000.0;
    close(future(&cost).cost, 21.0 * 200.0);
    // Standing still costs; a holiday does not.
    cost.teams[0].holidays = vec![WorkDays::new(4.0)];
    close(future(&cost).cost, 21.0 * 200.0);
    risk(&mut cost, &[]).takes = Some(takes(1, 2.0));
    cost.risks[0].from = WorkDays::new(1.0);
    close(finish(&cost), 14.0);
    close(future(&cost).cost, 23.0 * 200.0);
}

#[test]
fn slips_are_measured_against_what_was_promised() {
    let mut late = plan(1, "a = { duration = \"12d\" }");
    late.initiatives[0].commitments.push(sim::plan::Commitment {
        date: date("2026-01-16"),
        time: WorkDays::new(10.0),
        to: None,
        owner: None,
    });
    for max_slip in [0.19, 0.21] {
        budget(
            &mut late,
            BudgetKind::Delivery {
                initiative: InitiativeId(0),
                commitment: 0,
                max_slip,
            },
        );
    }
    assert_eq!(super::breaches(&late, &future(&late)), [true, false]);
}

#[test]
fn what_nobody_can_do_is_never_done() {
    let mut never = plan(2, "a = { effort = \"10d\", engineers = 2 }");
    never.teams[0].engineers = 1;
    let mut second = hire(1, 3.0, None, 0.0);
    second.probability = probability(0.5);
    never.teams[0].hires.push(second);
    let futures = simulate(&never, date("2026-03-31"), 1_000, 11);
    let never_done = futures.iter().filter(|future| future.finishes[0].is_infinite()).count();
    assert!((430..=570).contains(&never_done), "{never_done}");
    assert!(
        futures
            .iter()
            .all(|future| future.finishes[0].is_infinite() || (future.finishes[0] - 8.0).abs() < 1e-5)
    );
}
