//! What the tests of every chart ask of its picture.

use super::canvas::{Canvas, Fonts};
use super::chart::Form;

/// A file, a wide and a narrow column of a page, and a phone.
pub fn forms() -> [Form; 4] {
    [Form::FILE, Form::page(680.0), Form::page(480.0), Form::page(340.0)]
}

/// That no text covers another or leaves the picture, and that the picture is XML without anything that acts. Returns the texts.
pub fn keeps_apart(canvas: &Canvas, fonts: &Fonts) -> Vec<String> {
    let boxes = canvas.label_boxes(fonts);
    let [width, height] = canvas.extent();
    for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
        let inside = *left >= 0.0 && *right <= width && *top >= 0.0 && *bottom <= height;
        assert!(
            inside,
            "{text:?} at {left} to {right}, {top} to {bottom} leaves {width} by {height}: {}",
            canvas.title()
        );
        for (other, [l, t, r, b]) in boxes.iter().take(index) {
            let apart = right <= l || r <= left || bottom <= t || b <= top;
            assert!(
                apart,
                "{text:?} at {left} to {right}, {top} covers {other:?} at {l} to {r}, {t}: {}",
                canvas.title()
            );
        }
    }
    let svg = canvas.svg(fonts).unwrap_or_else(|error| panic!("{error}"));
    check_xml(&svg);
    let inline = canvas.inline(fonts, "a chart").unwrap_or_else(|error| panic!("{error}"));
    check_xml(&inline);
    // A fixed colour would stay as it is on a dark ground.
    assert!(!inline.contains("=\"#"), "{inline}");
    boxes.into_iter().map(|(text, _)| text).collect()
}

/// That a picture is XML of the kinds of elements that we draw, without a script, a reference or a number that is none.
fn check_xml(svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(tag)) => {
                depth += 1;
                check_tag(&tag);
            }
            Ok(quick_xml::events::Event::Empty(tag)) => check_tag(&tag),
            Ok(quick_xml::events::Event::End(_)) => depth -= 1,
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error} in {svg}"),
        }
    }
    assert_eq!(depth, 0);
}

fn check_tag(tag: &quick_xml::events::BytesStart<'_>) {
    const KNOWN: [&str; 9] = ["svg", "title", "desc", "rect", "circle", "line", "polyline", "polygon", "text"];
    let name = tag.name();
    assert!(KNOWN.iter().any(|known| **known == *name.as_ref()), "{tag:?}");
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap_or_else(|error| panic!("{error} in {tag:?}"));
        let (key, value) = (attribute.key.as_ref(), &attribute.value);
        assert!(
            !key.starts_with("on") && !key.contains("href") && !value.contains("url("),
            "{tag:?}"
        );
        assert!(!value.contains("NaN") && !value.contains("inf"), "{tag:?}");
    }
}

mod tests {
    use proptest::prelude::*;

    use super::super::{Chart, ChartError, budgets, capacity, checkpoints, dots, gantt, options, s_curve, timelines, tornado};
    use super::*;
    use crate::analysis::{
        Alternative, Bits, BudgetForecast, CapacityWeek, CheckpointForecast, Comparison, FinishComparison, Forecast, Outlook,
        PromiseComparison, Source, Spread, TaskSchedule, Trigger, Verdict,
    };
    use crate::report::charts::Paper;
    use crate::report::fixtures::{self, Case, date, share};
    use crate::units::WorkDays;

    const LONG: &str = "A title that goes on and on as if nobody ever had to read it in a chart, with numbers such as 1,234,567 and signs \
                        such as <b>&amp;</b>, and that says in its two hundred characters nothing at all, to the very end of it";
    const RIGHT_TO_LEFT: &str = "לוח הזמנים של הפרויקט الجدول الزمني";

    fn name(number: usize) -> String {
        match number % 5 {
            0 => format!("{LONG} {number}"),
            1 => format!("{RIGHT_TO_LEFT} {number}"),
            2 => format!("<script>alert({number})</script>\u{202e}\u{1b}[31m"),
            3 => format!("{}{number}", "W".repeat(200)),
            _ => format!("Short {number}"),
        }
    }

    fn drawn(chart: Result<Chart, ChartError>) -> Chart {
        chart.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every chart of a forecast by its kind.
    fn charts(forecast: &Forecast, form: Form) -> Vec<(&'static str, Chart)> {
        let mut charts = vec![
            ("timelines", drawn(timelines(forecast, form))),
            ("budgets", drawn(budgets(forecast, form))),
            ("capacity", drawn(capacity(forecast, form))),
        ];
        for initiative in &forecast.initiatives {
            charts.push(("s-curve", drawn(s_curve(initiative, forecast, form))));
            charts.push(("dots", drawn(dots(initiative, forecast, form))));
            charts.push(("tornado", drawn(tornado(initiative, forecast, form))));
            charts.push(("gantt", drawn(gantt(initiative, forecast, form))));
            charts.push(("checkpoints", drawn(checkpoints(initiative, forecast, form))));
            if let Some(comparison) = &forecast.options {
                charts.push(("options", drawn(options(&initiative.id, comparison, form))));
            }
        }
        charts
    }

    fn outlook(worst: u32, on_time: u32) -> Outlook {
        Outlook {
            best: share(10_000 - worst - 2_000, 10_000),
            expected: share(2_000, 10_000),
            worst: share(worst, 10_000),
            on_time: vec![share(on_time, 10_000)],
        }
    }

    fn checkpoint(initiative: &str, number: usize, source: Source, by: &str) -> CheckpointForecast {
        CheckpointForecast {
            initiative: initiative.into(),
            checkpoint: format!("checkpoint-{number}"),
            source,
            observable: name(number),
            by: date(by),
            week: 6,
            p_hit: share(if number == 3 { 10_000 } else { 6_200 }, 10_000),
            if_hit: Some(outlook(1_200, 8_300)),
            if_missed: (number != 3).then(|| outlook(7_900, 100)),
            information: Bits {
                bits: 0.3 / (number + 1) as f64,
                ci_low: 0.0,
                ci_high: 0.4,
            },
            promises: vec![Trigger {
                to: Some(LONG.into()),
                date: date("2026-03-06"),
                notice_days: 14.0,
                sensitivity: None,
                false_alarm: None,
            }],
            on_miss: None,
        }
    }

    fn weeks(team: &str, count: u32) -> Vec<CapacityWeek> {
        let week = |week: u32| CapacityWeek {
            team: team.into(),
            week: week + 1,
            date: date("2026-01-05")
                .plus_days(i64::from(week) * 7)
                .unwrap_or_else(|| panic!("{week}")),
            available_p10: 4.0,
            available_p50: 5.0,
            available_p90: 5.5,
            demand_p50: f64::from((week * 7) % 19),
            utilisation_p50: 0.9,
        };
        (0..count).map(week).collect()
    }

    fn budget(number: usize, period: &str) -> BudgetForecast {
        let p_breach = share((number as u32 * 521 + period.len() as u32 * 97) % 10_001, 10_000);
        let verdict = [Verdict::Over, Verdict::Within, Verdict::NotResolved, Verdict::NoTolerance][number % 4];
        BudgetForecast {
            id: name(number),
            kind: "reliability",
            initiative: None,
            to: None,
            period: period.into(),
            counted: "customer-minutes",
            limit: 1_000.0,
            p_breach,
            mean: None,
            p50: None,
            p90: None,
            median_breach_date: None,
            tolerance: (verdict != Verdict::NoTolerance).then_some(number as f64 / 20.0),
            verdict,
            blame: Vec::new(),
        }
    }

    /// Quarters whose odds differ, and the horizon.
    fn budget_rows(number: usize, quarters: usize) -> Vec<BudgetForecast> {
        let quarter = |index: usize| format!("{}-Q{}{}", 2026 + index / 4, index % 4 + 1, " ".repeat(index % 3));
        (0..quarters)
            .map(quarter)
            .chain(["horizon".to_owned()])
            .map(|period| budget(number, &period))
            .collect()
    }

    fn comparison(forecast: &Forecast, count: usize) -> Comparison {
        let way = |number: usize| {
            let finishes = forecast
                .initiatives
                .iter()
                .filter(|_| number != 5)
                .map(|initiative| FinishComparison {
                    initiative: initiative.id.clone(),
                    title: initiative.title.clone(),
                    p10: initiative.quantiles[2].at,
                    p50: initiative.quantiles[6].at,
                    p80: initiative.quantiles[9].at,
                    p90: initiative.quantiles[10].at,
                    p_better: share(5_000, 10_000),
                    p_same: share(0, 10_000),
                    delta_p80_days: None,
                    delta_ci_low: None,
                    delta_ci_high: None,
                    error_ratio: None,
                    promises: initiative
                        .commitments
                        .iter()
                        .map(|commitment| PromiseComparison {
                            to: commitment.to.clone(),
                            at: commitment.at,
                            is_moved: number % 3 == 1,
                            p_on_time: commitment.p_on_time,
                            p_on_time_within_budgets: commitment.p_on_time,
                            p_on_time_within_cost: None,
                        })
                        .collect(),
                });
            Alternative {
                id: format!("option-{number}"),
                title: name(number),
                is_plan: number == 0,
                recommended: number == 2,
                cost_once: 12_345_678.0 * number as f64,
                needs_ceo: number > 3,
                cost: Spread {
                    mean: None,
                    p10: None,
                    p50: None,
                    p80: None,
                    p90: None,
                },
                cost_change: -1_234_567.0 * number as f64,
                gives_up: vec![],
                initiatives: finishes.collect(),
                budgets: vec![],
            }
        };
        Comparison {
            trials: 10_000,
            seed: 1,
            partial: is_odd(count),
            start: forecast.start,
            horizon: forecast.horizon,
            ceo_approval_above: Some(50_000.0),
            alternatives: (0..=count).map(way).collect(),
        }
    }

    const fn is_odd(number: usize) -> bool {
        number % 2 == 1
    }

    /// Forty initiatives, twelve teams over ten years, twenty budgets, fifteen options, twelve checkpoints; and one of each over two weeks.
    fn stresses() -> Vec<Forecast> {
        let calendar = fixtures::calendar();
        let of = |count: usize, dates: &[(Option<&str>, &str)], scale: f64| {
            let initiatives = (0..count)
                .map(|number| {
                    let title = name(number);
                    let id = format!("i{number}");
                    let case = Case {
                        id: &id,
                        title: &title,
                        estimate: is_odd(number).then_some("2026-01-13"),
                        commitments: dates.get(..number % (dates.len() + 1)).unwrap_or(dates),
                        ..Case::default()
                    };
                    let mut finishes = fixtures::finishes(200, scale, 1.5 * scale, (3.0 + number as f64) * scale);
                    let never = (number * 23) % 201;
                    finishes
                        .iter_mut()
                        .rev()
                        .take(if number % 4 == 3 { never } else { 0 })
                        .for_each(|finish| *finish = f64::INFINITY);
                    fixtures::initiative(&case, &calendar, &finishes)
                })
                .collect();
            fixtures::forecast("stress", &calendar, initiatives)
        };
        let long = &[
            (Some(LONG), "2026-03-06"),
            (None, "2026-03-06"),
            (Some(RIGHT_TO_LEFT), "2026-03-09"),
            (Some("board"), "2031-12-31"),
            (Some("a customer"), "2026-01-05"),
        ];
        let mut large = of(40, long, 40.0);
        large.capacity = (0..15).flat_map(|team| weeks(&name(team), 520)).collect();
        large.budgets = (0..26).flat_map(|number| budget_rows(number, 40)).collect();
        large.options = Some(comparison(&large, 17));
        for number in 0..12 {
            let by = ["2026-02-06", "2026-01-09", "2026-02-13"][number % 3];
            large.checkpoints.push(checkpoint("i0", number, Source::Given, by));
            large.checkpoints.push(checkpoint("i0", number, Source::Recommended, by));
        }
        let never = large.initiatives[39].timelines.worst.at;
        large.schedules = (0..30)
            .map(|number| TaskSchedule {
                initiative: "i0".into(),
                task: "task".into(),
                title: name(number),
                p_needed: 1.0,
                criticality: Some(0.5),
                start_p50: large.initiatives[0].timelines.best.at,
                finish_p10: large.initiatives[number].timelines.best.at,
                finish_p50: large.initiatives[number].timelines.expected.at,
                finish_p90: if is_odd(number) {
                    never
                } else {
                    large.initiatives[number].timelines.worst.at
                },
            })
            .collect();
        let mut small = of(2, &[(Some("board"), "2026-01-09")], 2.0);
        small.capacity = weeks("core", 2);
        small.budgets = budget_rows(0, 2);
        small.options = Some(comparison(&small, 1));
        small.checkpoints = vec![checkpoint("i0", 3, Source::Given, "2026-01-09")];
        let mut six = of(6, long, 40.0);
        six.partial = true;
        six.budgets = (0..5).flat_map(|number| budget_rows(number, 7)).collect();
        six.capacity = (0..3).flat_map(|team| weeks(&name(team), 30)).collect();
        six.options = Some(comparison(&six, 3));
        vec![large, small, six, of(0, &[], 1.0), of(1, &[], 1.0)]
    }

    #[test]
    fn no_text_covers_another_whatever_is_drawn_and_however_wide() {
        for forecast in fixtures::all().into_iter().chain(stresses()) {
            for form in forms() {
                for (kind, chart) in charts(&forecast, form) {
                    let texts = chart.keeps_apart();
                    assert!(
                        !texts.is_empty() && !chart.title().is_empty() && !chart.finding().is_empty(),
                        "{kind}"
                    );
                    assert!(!chart.finding().contains(['\u{1b}', '\u{202e}']), "{kind}");
                }
            }
        }
    }

    /// Writes inline charts as pages, light and dark, to the folder named by `SIM_CHARTS`, to be looked at.
    #[test]
    fn pages_to_look_at() {
        let Some(folder) = std::env::var_os("SIM_CHARTS").map(std::path::PathBuf::from) else {
            return;
        };
        let mut forecast = fixtures::company();
        forecast.options = Some(comparison(&forecast, 3));
        for width in [340.0, 680.0] {
            for is_dark in [false, true] {
                let colours = super::super::declarations(is_dark);
                let mut page = format!("<body style=\"margin:10px;background:var(--chart-paper);{colours}\">");
                for (index, (kind, chart)) in charts(&forecast, Form::page(width)).iter().take(9).enumerate() {
                    page += &chart.inline(&format!("{kind}-{index}")).unwrap_or_else(|error| panic!("{error}"));
                    page += "<hr>";
                }
                let name = format!("{width}-{}.html", if is_dark { "dark" } else { "light" });
                assert!(std::fs::write(folder.join(name), page).is_ok());
            }
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let [large, small, ..] = &stresses()[..] else { panic!() };
        let texts = |chart: Result<Chart, ChartError>| drawn(chart).keeps_apart().join("\n");
        assert!(texts(timelines(large, Form::FILE)).contains("And 16 more initiatives, which are in timelines.csv."));
        assert!(texts(capacity(large, Form::FILE)).contains("And 3 more teams, which are in capacity.csv."));
        let said = texts(budgets(large, Form::FILE));
        assert!(said.contains("And 2 more, which are in budgets.csv.") && said.contains("The single quarters are in budgets.csv."));
        let comparison = large.options.as_ref().unwrap_or_else(|| panic!());
        assert!(texts(options("i1", comparison, Form::FILE)).contains("And 2 more options, which are in options.csv."));
        // Twelve, each given and recommended, are drawn once.
        assert!(texts(checkpoints(&large.initiatives[0], large, Form::FILE)).contains("4 more, which tell less, are in checkpoints.csv."));
        for chart in [
            timelines(small, Form::FILE),
            capacity(small, Form::FILE),
            budgets(small, Form::FILE),
        ] {
            assert!(!texts(chart).contains("more, which"));
        }
    }

    #[test]
    fn a_budget_says_its_verdict_in_words() {
        let mut forecast = fixtures::segment();
        forecast.budgets = (0..4).flat_map(|number| budget_rows(number, 0)).collect();
        let chart = drawn(budgets(&forecast, Form::FILE));
        let texts = chart.keeps_apart();
        for text in ["over the 0 % accepted", "within 5 %", "not resolved: 10 %", "nothing was agreed"] {
            assert!(texts.iter().any(|other| other == text), "{text} in {texts:?}");
        }
        assert_eq!(chart.title(), "One of 3 budgets is breached more often than was accepted");
    }

    #[test]
    fn dots_are_as_many_as_the_odds_say() {
        let forecast = fixtures::three_promises();
        for initiative in &forecast.initiatives {
            let texts = drawn(dots(initiative, &forecast, Form::FILE)).keeps_apart().join("\n");
            for commitment in &initiative.commitments {
                let dots = (commitment.p_on_time.p * 20.0 + 0.5).floor();
                assert!(texts.contains(&format!("· {dots} of 20")), "{dots} in {texts}");
            }
        }
    }

    #[test]
    fn a_team_is_short_where_more_are_wanted_than_are_there() {
        let mut forecast = fixtures::segment();
        forecast.capacity = weeks("core", 3);
        // Wanted in the three weeks: 0, 7 and 14; there: 5.
        let chart = drawn(capacity(&forecast, Form::FILE));
        assert_eq!(chart.title(), "core: more people wanted than there in 2 weeks");
        assert!(chart.keeps_apart().iter().any(|text| text == "more wanted than there in 2 weeks"));
    }

    #[test]
    fn an_inline_chart_takes_its_ground_from_the_page() {
        let forecast = fixtures::segment();
        let chart = drawn(timelines(&forecast, Form::page(680.0)));
        let inline = chart.inline("time\"><lines").unwrap_or_else(|error| panic!("{error}"));
        assert!(inline.starts_with("<svg class=\"chart\" width=\"680\""), "{inline}");
        assert!(
            inline.contains("aria-labelledby=\"time---lines-title time---lines-desc\""),
            "{inline}"
        );
        assert!(inline.contains("fill=\"var(--chart-ink,#222222)\""));
        // The first element would be the ground of a file.
        assert!(!inline.contains("width=\"6800\" height=\""));
        assert!(!inline.contains(&format!("bold\" fill=\"var(--chart-ink,#222222)\">\n{}", chart.title())));
    }

    #[test]
    fn odd_numbers_do_no_harm() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1.0, 1e-300, -0.0];
        for number in odd {
            let mut forecast = fixtures::segment();
            let mut broken = share(1, 2);
            (broken.p, broken.ci_low, broken.ci_high) = (number, -number, number);
            forecast.budgets = budget_rows(0, 2);
            forecast.budgets.iter_mut().for_each(|budget| {
                budget.p_breach = broken;
                budget.tolerance = Some(number);
            });
            forecast.capacity = weeks("core", 3);
            forecast.capacity[0].demand_p50 = number;
            forecast.capacity[1].available_p50 = number;
            forecast.checkpoints = vec![checkpoint("segment", 0, Source::Given, "2026-02-06")];
            if let Some(hit) = &mut forecast.checkpoints[0].if_hit {
                (hit.best, hit.on_time) = (broken, vec![broken]);
            }
            forecast.initiatives[0].timelines.best.at.working_days = WorkDays::new(number);
            forecast.initiatives[0].commitments[0].p_on_time = broken;
            forecast.options = Some(comparison(&forecast, 2));
            for (_, chart) in charts(&forecast, Form::FILE) {
                assert!(chart.svg().is_ok() && chart.png(&mut Paper::default()).is_ok());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_distribution_and_no_set_of_promises_breaks_a_layout(
            finishes in prop::collection::vec(prop_oneof![4 => 0.0..400.0_f64, 1 => Just(f64::INFINITY), 1 => 0.0..200_000.0_f64, 1 => Just(40.0)], 1..60),
            dates in prop::collection::vec((1..=12_u8, 1..=28_u8, 2025..=2030_u16, "[a-zA-Z ]{0,40}"), 0..8),
        ) {
            let texts: Vec<(String, String)> = dates.iter().map(|(month, day, year, to)| (to.clone(), format!("{year}-{month:02}-{day:02}"))).collect();
            let commitments: Vec<(Option<&str>, &str)> = texts.iter().map(|(to, date)| (Some(to.as_str()), date.as_str())).collect();
            let calendar = fixtures::calendar();
            let case = Case { commitments: &commitments, estimate: Some("2026-05-05"), ..Case::default() };
            let mut forecast = fixtures::forecast("any", &calendar, vec![fixtures::initiative(&case, &calendar, &finishes)]);
            // The same names and dates are read on a terminal.
            for line in crate::report::terminal::summary(&forecast, false).lines() {
                prop_assert!(crate::report::text::width(line) <= 80, "{}", line);
            }
            forecast.options = Some(comparison(&forecast, 2));
            for form in forms() {
                for (_, chart) in charts(&forecast, form) {
                    chart.keeps_apart();
                }
            }
        }
    }
}
