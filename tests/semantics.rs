//! What a trial means, on plans small enough to work out by hand. Numbers are working days since the morning of the start; each
//! expectation is derived in the line above it from the sentences of the model.

mod common;

use common::{PLAIN, finish, plan, simulate};
use sim::calendar::Date;
use sim::units::WorkDays;

/// Finish of initiative `x` whose tasks are these lines, with these teams.
fn work(teams: &str, tasks: &str) -> f64 {
    finish(&format!("{PLAIN}{teams}\n[initiative.x.task]\n{tasks}"), "x")
}

/// The same with the default order of dispatch.
fn work_by_priority(teams: &str, tasks: &str) -> f64 {
    let plain = PLAIN.replace("dispatch = \"file-order\"\n", "");
    finish(&format!("{plain}{teams}\n[initiative.x.task]\n{tasks}"), "x")
}

const ONE: &str = "[team.core]\nengineers = 1";
const TWO: &str = "[team.core]\nengineers = 2";
const THREE: &str = "[team.core]\nengineers = 3";

#[test]
fn two_ten_day_tasks_in_a_row_take_twenty_days_however_many_people() {
    assert_eq!(work(TWO, "a = { effort = \"10d\" }\nb = { effort = \"10d\", after = \"a\" }"), 20.0);
    assert_eq!(work(ONE, "a = { effort = \"10d\" }\nb = { effort = \"10d\" }"), 20.0);
    assert_eq!(work(TWO, "a = { effort = \"10d\" }\nb = { effort = \"10d\" }"), 10.0);
}

#[test]
fn a_ten_day_task_from_monday_5_january_ends_on_friday_16_january() {
    let simulated = simulate(&format!("{PLAIN}[initiative.x]\nduration = \"10d\""), 1);
    let date = simulated.plan.calendar.date_of(WorkDays::new(simulated.finishes("x")[0]));
    assert_eq!(date, Date::new(2026, 1, 16));
    let focus = "[team.core]\nengineers = 1\nfocus = 0.7";
    assert_eq!(work(focus, "a = { effort = \"7d\" }"), 10.0);
}

#[test]
fn effort_shrinks_with_the_crew_up_to_its_most_and_with_focus() {
    // 12 engineer-days at 2 × 0.5 a day.
    assert_eq!(
        work(
            "[team.core]\nengineers = 2\nfocus = 0.5",
            "a = { effort = \"12d\", engineers = { min = 1, max = 3 } }"
        ),
        12.0
    );
    // More people than the most change nothing.
    for people in [3, 30] {
        let team = format!("[team.core]\nengineers = {people}");
        assert_eq!(work(&team, "a = { effort = \"12d\", engineers = { min = 1, max = 3 } }"), 4.0);
    }
    // A duration does not shrink with focus.
    assert_eq!(
        work(
            "[team.core]\nengineers = 2\nfocus = 0.5",
            "a = { duration = \"6d\", crew = { core = 2 } }"
        ),
        6.0
    );
}

#[test]
fn the_longest_remaining_path_goes_first_unless_the_file_or_a_priority_says_otherwise() {
    let tasks = "x = { effort = \"3d\" }\ny = { effort = \"1d\" }\nz = { duration = \"10d\", after = \"y\" }";
    // y first: 1 + 10; in the order of the file: 3 + 1 + 10.
    assert_eq!(work_by_priority(ONE, tasks), 11.0);
    assert_eq!(work(ONE, tasks), 14.0);
    let prioritised = tasks.replace("x = { effort = \"3d\"", "x = { priority = 1, effort = \"3d\"");
    assert_eq!(work_by_priority(ONE, &prioritised), 14.0);
    assert_eq!(work(ONE, &tasks.replace("y = {", "y = { priority = 1,")), 14.0);
}

#[test]
fn initiatives_go_by_their_priority_and_unset_comes_last() {
    let two = |first: &str, second: &str| {
        let plain = PLAIN.replace("dispatch = \"file-order\"\n", "");
        format!("{plain}{ONE}\n[initiative.a]\neffort = \"4d\"\n{first}\n[initiative.b]\neffort = \"3d\"\n{second}\n")
    };
    assert_eq!(finish(&two("", "priority = 9"), "b"), 3.0);
    assert_eq!(finish(&two("", "priority = 9"), "a"), 7.0);
    // Neither has a priority: the longer remaining path first.
    assert_eq!(finish(&two("", ""), "b"), 7.0);
    assert_eq!(finish(&two("priority = 2", "priority = 1"), "a"), 7.0);
}

#[test]
fn a_task_that_cannot_be_staffed_is_passed_over() {
    // p holds one of two until 5; a needs two; b takes the other at 0; a runs from 5 to 6.
    let tasks = "p = { effort = \"5d\" }\na = { effort = \"2d\", engineers = 2 }\nb = { effort = \"1d\" }";
    assert_eq!(work(TWO, tasks), 6.0);
}

#[test]
fn people_left_over_join_what_is_under_way() {
    // a takes all three for 3 days, then b.
    let a = "a = { effort = \"9d\", engineers = { min = 1, max = 3 } }";
    let b = "b = { effort = \"1d\" }";
    assert_eq!(work(THREE, &format!("{a}\n{b}")), 4.0);
    // b first: a has two people for a day, then three for the seven days of effort that are left.
    let joined = work(THREE, &format!("{b}\n{a}"));
    assert!((joined - (1.0 + 7.0 / 3.0)).abs() < 1e-6, "{joined}");
}

#[test]
fn links_tie_the_ends_that_they_name() {
    let pair = |link: &str, lag: &str, b: &str| {
        work(
            "",
            &format!(
                "a = {{ duration = \"10d\", not_before = 2026-01-07 }}\nb = {{ duration = \"{b}\", after = [{{ task = \"a\", link = \"{link}\", lag = \"{lag}\" }}] }}"
            ),
        )
    };
    // a runs from 2 to 12.
    assert_eq!(pair("FS", "0d", "5d"), 17.0);
    assert_eq!(pair("FS", "2d", "5d"), 19.0);
    assert_eq!(pair("SS", "3d", "9d"), 14.0);
    assert_eq!(pair("FF", "1d", "3d"), 13.0);
    assert_eq!(pair("FF", "1d", "20d"), 20.0);
    assert_eq!(pair("SF", "11d", "3d"), 13.0);
    assert_eq!(pair("SF", "1d", "3d"), 12.0);
    // A negative lag acts on the projected finish, never before the predecessor's start.
    assert_eq!(pair("FS", "-3d", "5d"), 14.0);
    assert_eq!(pair("FS", "-20d", "5d"), 12.0);
    assert_eq!(pair("FS", "-20d", "50d"), 52.0);
    assert_eq!(pair("SS", "-1d", "50d"), 52.0);
    assert_eq!(pair("FF", "-3d", "1d"), 12.0);
}

#[test]
fn a_negative_lag_follows_the_crew() {
    // One person until the evening of day 2, then two: 2 + 8/2 = 6. b starts at 6 − 1 and takes 3.
    let team = "[team.core]\nengineers = 2\nelsewhere = [{ engineers = 1, until = 2026-01-06 }]";
    let tasks =
        "a = { effort = \"10d\", engineers = { min = 1, max = 2 } }\nb = { duration = \"3d\", after = [{ task = \"a\", lag = \"-1d\" }] }";
    assert_eq!(work(team, tasks), 8.0);
}

#[test]
fn a_link_to_the_finish_holds_the_task_but_not_its_crew() {
    // b works from 0 to 3 and is held until 10; c has the person from 3 to 7; d follows b.
    let tasks = "a = { duration = \"10d\" }\nb = { effort = \"3d\", after = [{ task = \"a\", link = \"FF\" }] }\nc = { effort = \"4d\" }";
    assert_eq!(work(ONE, tasks), 10.0);
    assert_eq!(
        work(
            ONE,
            &format!("{tasks}\nd = {{ duration = \"1d\", after = \"b\" }}\ne = {{ duration = \"1d\", after = \"c\" }}")
        ),
        11.0
    );
    assert_eq!(
        work(
            ONE,
            "a = { duration = \"10d\" }\nb = { effort = \"3d\", after = [{ task = \"a\", link = \"FF\" }] }\nc = { effort = \"40d\" }"
        ),
        43.0
    );
}

#[test]
fn what_follows_a_milestone_competes_at_the_milestones_own_instant() {
    // The milestone takes no time, so urgent is ready at 0 and goes before filler.
    let tasks = "gate = { duration = \"0d\" }\nurgent = { effort = \"2d\", after = \"gate\" }\nfiller = { effort = \"5d\" }\nlast = { duration = \"9d\", after = \"urgent\" }";
    assert_eq!(work(ONE, tasks), 11.0);
}

#[test]
fn holidays_of_a_team_stop_its_work_and_nobody_elses() {
    // Wednesday 7 and Thursday 8 January: days 3 and 4.
    let team = "[team.core]\nengineers = 2\nholidays = [2026-01-07, 2026-01-08, 2026-01-10]";
    assert_eq!(work(team, "a = { effort = \"5d\" }"), 7.0);
    assert_eq!(work(team, "a = { duration = \"5d\", crew = { core = 1 } }"), 7.0);
    assert_eq!(work(team, "a = { duration = \"5d\" }"), 5.0);
    // Work that ends on the evening before is done; work that would start that morning waits.
    assert_eq!(work(team, "a = { effort = \"2d\" }\nb = { effort = \"1d\", after = \"a\" }"), 5.0);
}

#[test]
fn company_holidays_move_dates_and_not_working_days() {
    let toml = format!(
        "{}[initiative.x]\nduration = \"10d\"",
        PLAIN.replace("[estimates]", "holidays = [2026-01-16]\n[estimates]")
    );
    let simulated = simulate(&toml, 1);
    assert_eq!(simulated.finishes("x"), [10.0]);
    assert_eq!(simulated.plan.calendar.date_of(WorkDays::new(10.0)), Date::new(2026, 1, 19));
}

#[test]
fn people_on_other_work_come_the_morning_after() {
    let team = "[team.core]\nengineers = 2\nelsewhere = [{ engineers = 1, until = 2026-01-09 }]";
    assert_eq!(work(team, "a = { effort = \"1d\", engineers = 2 }"), 5.5);
    assert_eq!(work(team, "a = { effort = \"9d\" }\nb = { effort = \"1d\" }"), 9.0);
    assert_eq!(work(team, "a = { effort = \"10d\", engineers = { min = 1, max = 2 } }"), 7.5);
}

#[test]
fn a_crew_of_several_teams_waits_until_it_is_whole_and_holds_nobody_meanwhile() {
    let teams = "[team.a]\nengineers = 1\n[team.b]\nengineers = 1";
    // b's person is busy until 3. Meanwhile a's person does other, which is later in the file.
    let tasks = "busy = { effort = \"3d\", team = \"b\" }\njoint = { duration = \"5d\", crew = { a = 1, b = 1 } }\nother = { effort = \"3d\", team = \"a\" }";
    assert_eq!(work(teams, tasks), 8.0);
}

#[test]
fn a_risk_touches_what_starts_before_it_is_retired() {
    let with = |risk: &str, after: &str| {
        finish(
            &format!(
                "{PLAIN}[initiative.x.task]\na = {{ duration = \"4d\" }}\nb = {{ duration = \"10d\"{after} }}\n[risk.r]\nprobability = 1\naffects = [\"x.b\"]\n{risk}\n"
            ),
            "x",
        )
    };
    assert_eq!(with("multiply = 2", ""), 20.0);
    assert_eq!(with("add = \"1w\"", ""), 15.0);
    assert_eq!(with("multiply = 2\nadd = \"1w\"", ""), 25.0);
    assert_eq!(with("delay = \"3d\"", ""), 13.0);
    assert_eq!(with("delay = \"3d\"", ", after = \"a\""), 17.0);
    assert_eq!(with("multiply = 2\nretired_by = \"x.a\"", ", after = \"a\""), 14.0);
    // Not retired yet when b starts.
    assert_eq!(with("multiply = 2\nretired_by = \"x.a\"", ""), 20.0);
    // The delay ends with the risk: b starts when a has finished, not ten days in.
    assert_eq!(with("delay = \"10d\"\nretired_by = \"x.a\"", ""), 14.0);
    assert_eq!(
        with("delay = \"3d\"\n[risk.s]\nprobability = 1\naffects = [\"x.b\"]\ndelay = \"2d\"", ""),
        15.0
    );
}

#[test]
fn a_risk_is_drawn_once_for_all_that_it_touches() {
    let toml = format!(
        "{PLAIN}[initiative.x]\nduration = \"10d\"\n[initiative.y]\nduration = \"10d\"\n[risk.r]\nprobability = 0.3\naffects = [\"x\", \"y\"]\nmultiply = [1.2, 1.5, 2.5]\n"
    );
    let simulated = simulate(&toml, 20_000);
    assert_eq!(simulated.finishes("x"), simulated.finishes("y"));
    let struck = simulated.finishes("x").iter().filter(|finish| **finish != 10.0).count();
    // Binomial(20,000, 0.3): four standard errors are 259.
    assert!((struck as f64 - 6_000.0).abs() < 260.0, "{struck}");
}

#[test]
fn one_number_is_meant_and_does_not_overrun() {
    let toml = "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = \"10d\"\n";
    assert_eq!(finish(toml, "x"), 10.0);
}

#[test]
fn a_milestone_finishes_at_the_start() {
    assert_eq!(work("", "gate = { duration = \"0d\" }"), 0.0);
}

#[test]
fn a_long_chain_of_links_needs_no_deep_stack() {
    let mut tasks = String::from("t0 = { duration = \"1d\" }\n");
    for index in 1..15_000 {
        let link = ["SS", "FF"][index / 7_500];
        tasks.push_str(&format!(
            "t{index} = {{ duration = \"0d\", after = [{{ task = \"t{}\", link = \"{link}\" }}] }}\n",
            index - 1
        ));
    }
    assert_eq!(work("", &tasks), 0.0_f64.max(work("", "t0 = { duration = \"1d\" }")));
}

#[test]
fn landmarks_are_what_they_say() {
    let toml = "
[scenario]
start = 2026-01-05
[team.core]
engineers = 2
focus = 0.5
[initiative.x.task]
a = { effort = [\"1w\", \"2w\", \"5w\"] }
b = { duration = [\"2d\", \"3d\", \"9d\"], after = [{ task = \"a\", lag = [\"1d\", \"2d\", \"4d\"] }] }
[risk.r]
probability = 1
affects = [\"x\"]
multiply = 3
";
    let simulated = simulate(toml, 10);
    // 5 / 0.5 + 1 + 2, and 10 / 0.5 + 2 + 3.
    assert_eq!(simulated.landmarks.everything_goes_right, [13.0]);
    assert_eq!(simulated.landmarks.plan_on_paper, [25.0]);
    assert!(plan(toml).overrun.is_some());
}

/// Found by an independent second implementation.
#[test]
fn leads_see_through_what_holds_a_finish_and_let_go_once() {
    assert_eq!(
        work(
            "",
            "a = { duration = \"0d\" }\nb = { duration = \"1d\", after = [{ task = \"a\", lag = \"-2d\" }] }"
        ),
        1.0
    );
    // b's work ends at 2 and a's finish less four days holds it until 3; c starts two days before that, at 1, and ends at 6.
    let tasks = "a = { duration = \"7d\" }\nb = { duration = \"2d\", after = [{ task = \"a\", link = \"FF\", lag = \"-4d\" }] }\nc = { duration = \"5d\", after = [{ task = \"b\", lag = \"-2d\" }] }";
    assert_eq!(work("", tasks), 7.0);
    assert_eq!(work("", &tasks.replace("\"5d\"", "\"9d\"")), 10.0);
    // A lead that allows a start at its predecessor's own instant competes there: next takes three, low what is left.
    let team = "[team.a]\nengineers = 1\n[team.core]\nengineers = 4";
    let tasks = "first = { effort = \"2d\", team = \"a\" }\nnext = { effort = \"6d\", team = \"core\", engineers = { min = 1, max = 3 }, after = [{ task = \"first\", lag = \"-2d\" }] }\nlow = { effort = \"4d\", team = \"core\", engineers = { min = 1, max = 4 } }";
    // next: 6/3 = 2. low: one for two days, then four for the two that are left.
    assert_eq!(work(team, tasks), 2.5);
}

#[test]
fn what_takes_no_time_holds_nobody_against_others_at_its_instant() {
    // The moment takes the only engineer for no time; what follows it goes before filler.
    let tasks = "moment = { effort = \"0d\" }\nurgent = { effort = \"2d\", after = \"moment\" }\nfiller = { effort = \"5d\" }\nlast = { duration = \"9d\", after = \"urgent\" }";
    assert_eq!(work(ONE, tasks), 11.0);
    // Through somebody else's milestone that starts with it.
    let tasks = "a = { effort = \"3d\" }\ngate = { duration = \"0d\", after = [{ task = \"a\", link = \"SS\" }] }\nb = { effort = \"3d\", after = [{ task = \"gate\", link = \"SS\" }] }\nfiller = { effort = \"5d\" }";
    assert_eq!(work(TWO, tasks), 8.0);
}

/// Found by the checks of random plans' event logs.
#[test]
fn what_a_lead_lets_finish_lets_its_successors_begin_at_once() {
    // At 1 the second person joins b, whose finish comes nearer, from 6 to 1 + 5/2. Two and a half days before that, at 1, held may
    // finish, and next, which needs nobody, lasts from 1 to 10.
    let tasks = "a = { duration = \"1d\", crew = { core = 1 } }\nb = { effort = \"6d\", engineers = { min = 1, max = 2 } }\nheld = { duration = \"0.5d\", after = [{ task = \"b\", link = \"FF\", lag = \"-2.5d\" }] }\nnext = { duration = \"9d\", after = \"held\" }";
    assert_eq!(work(TWO, tasks), 10.0);
}
