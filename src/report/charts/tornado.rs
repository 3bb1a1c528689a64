//! The tornado: what moves a date, each assumption and each task by the weeks that it costs, the dearest first.

use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::Chart;
use super::style::{AXIS, ESTIMATE, ESTIMATE_INK, FORECAST, GRID, HEARD, INK, LABEL, NOTE, SOFT_INK, TITLE, WIDTH};
use crate::analysis::{Forecast, InitiativeForecast};
use crate::report::text::{cut, thousands, weeks_moved};
use crate::units::DAYS_PER_WEEK;

const MARGIN: f64 = 24.0;
/// Where the bars may begin and end; what is left of it are names, what is right of it the last number.
const LEFT: f64 = 372.0;
const RIGHT: f64 = WIDTH - 84.0;
const HEAD: f64 = 92.0;
const ROW: f64 = 27.0;
const BAR: f64 = 15.0;
const FOOT: f64 = 64.0;
const MOST_BARS: usize = 14;
/// What costs less is not drawn: a tenth of a week.
const WORTH_A_BAR: f64 = 0.1 * DAYS_PER_WEEK;

/// Draws what moves the date of an initiative.
///
/// # Errors
/// [`ChartError`] where the embedded font or the PNG encoder fails; no forecast makes them.
pub fn tornado(initiative: &InitiativeForecast, forecast: &Forecast) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    draw(initiative, forecast, &fonts).finish(&fonts)
}

/// A bar, in working days.
struct Bar<'f> {
    name: &'f str,
    is_task: bool,
    p50: Option<f64>,
    p80: f64,
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) -> Canvas {
    let (bars, others) = bars(initiative, forecast);
    let rows = bars.len().max(2);
    let bottom = HEAD + rows as f64 * ROW;
    let title = format!("{}: what moves the date?", cut(&initiative.title, HEARD));
    let mut canvas = Canvas::new(WIDTH, bottom + FOOT, &title, &description(&bars));
    head(&mut canvas, initiative, forecast, fonts);
    if bars.is_empty() {
        canvas.label(Label {
            anchor: Anchor::Middle,
            bold: true,
            size: 16.0,
            ..label(WIDTH / 2.0, HEAD + ROW, "Nothing on its own moves the date by 0.1 weeks.".into())
        });
        return canvas;
    }
    let values = || bars.iter().flat_map(|bar| [Some(bar.p80), bar.p50].into_iter().flatten());
    let (low, high) = values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let x = |days: f64| LEFT + (days - low) / (high - low) * (RIGHT - LEFT);
    grid(&mut canvas, &x, low, high, bottom);
    for (row, bar) in bars.iter().enumerate() {
        let middle = HEAD + (row as f64 + 0.5) * ROW;
        let (colour, ink) = if bar.is_task { (ESTIMATE, ESTIMATE_INK) } else { (FORECAST, INK) };
        let name = if bar.is_task {
            format!("task: {}", bar.name)
        } else {
            bar.name.to_owned()
        };
        let room = LEFT - MARGIN - 14.0 - if low < 0.0 { 40.0 } else { 0.0 };
        canvas.label(Label {
            colour: ink,
            ..label(MARGIN, middle + 4.5, fonts.cut(&name, LABEL, false, room))
        });
        let (from, to) = (x(bar.p80.min(0.0)), x(bar.p80.max(0.0)));
        canvas.rectangle((from, middle - BAR / 2.0), (to, middle + BAR / 2.0), colour);
        if let Some(p50) = bar.p50 {
            canvas.dot(x(p50), middle, 4.0, INK);
        }
        // Beside the bar or the dot, whichever goes further.
        let ends = [bar.p80, bar.p50.unwrap_or(0.0), 0.0];
        let (at, anchor) = if bar.p80 < 0.0 {
            (x(ends.into_iter().fold(0.0, f64::min)) - 8.0, Anchor::End)
        } else {
            (x(ends.into_iter().fold(0.0, f64::max)) + 8.0, Anchor::Start)
        };
        canvas.label(Label {
            anchor,
            colour: ink,
            ..label(at, middle + 4.5, weeks_moved(Some(bar.p80)))
        });
    }
    canvas.line(&[(x(0.0), HEAD), (x(0.0), bottom)], 1.0, AXIS, None);
    let more = match others {
        0 => String::new(),
        1 => "One more is not drawn.".into(),
        _ => format!("{others} more are not drawn."),
    };
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        ..label(MARGIN, bottom + FOOT - 14.0, more)
    });
    canvas
}

/// What is worth a bar, the largest first, and how many of them there is no room for.
fn bars<'f>(initiative: &InitiativeForecast, forecast: &'f Forecast) -> (Vec<Bar<'f>>, usize) {
    let of_price = forecast
        .prices
        .iter()
        .filter(|price| price.initiative == initiative.id)
        .map(|price| {
            let days = (price.p50_days, price.p80_days);
            (price.title.as_str(), false, days)
        });
    let tasks = forecast
        .drivers
        .iter()
        .filter(|driver| driver.initiative == initiative.id && driver.kind == "task");
    let of_task = tasks.map(|task| (task.title.as_str(), true, (task.p50_days, task.p80_days)));
    let mut bars: Vec<Bar<'f>> = of_price
        .chain(of_task)
        .filter_map(|(name, is_task, (p50, p80))| {
            // Beyond this a picture has nothing to say, and coordinates could overflow.
            let drawable = |days: f64| days.abs() < 1e9;
            let p80 = p80.filter(|days| drawable(*days) && days.abs() >= WORTH_A_BAR)?;
            let p50 = p50.filter(|days| drawable(*days));
            Some(Bar { name, is_task, p50, p80 })
        })
        .collect();
    bars.sort_by(|a, b| b.p80.abs().total_cmp(&a.p80.abs()));
    let others = bars.len().saturating_sub(MOST_BARS);
    bars.truncate(MOST_BARS);
    (bars, others)
}

/// What a screen reader says in place of the picture.
fn description(bars: &[Bar<'_>]) -> String {
    let said = bars
        .iter()
        .map(|bar| format!("{}: {} weeks at P80", cut(bar.name, HEARD), weeks_moved(Some(bar.p80))));
    said.collect::<Vec<_>>().join(". ")
}

fn head(canvas: &mut Canvas, initiative: &InitiativeForecast, forecast: &Forecast, fonts: &Fonts) {
    let ending = ": what moves the date?";
    let room = WIDTH - 2.0 * MARGIN - fonts.width(ending, TITLE, true);
    canvas.label(Label {
        size: TITLE,
        bold: true,
        ..label(MARGIN, 34.0, fonts.cut(&initiative.title, TITLE, true, room) + ending)
    });
    let mut text =
        "Weeks by which the date comes later with it than without: bars at P80, dots at P50; a task against its median".to_owned();
    if forecast.partial {
        text = format!(
            "PARTIAL, {} of {} trials. {text}",
            thousands(forecast.trials.into()),
            thousands(forecast.trials_requested.into())
        );
    }
    canvas.label(Label {
        colour: SOFT_INK,
        ..label(MARGIN, 56.0, fonts.cut(&text, LABEL, false, WIDTH - 2.0 * MARGIN))
    });
}

/// Lines at round numbers of weeks.
fn grid(canvas: &mut Canvas, x: &impl Fn(f64) -> f64, low: f64, high: f64, bottom: f64) {
    let step = round_step((high - low) / DAYS_PER_WEEK / 7.0);
    let (first, last) = (
        (low / DAYS_PER_WEEK / step).ceil() as i64,
        (high / DAYS_PER_WEEK / step).floor() as i64,
    );
    for tick in first..=last {
        let weeks = tick as f64 * step;
        let at = x(weeks * DAYS_PER_WEEK);
        canvas.line(&[(at, HEAD), (at, bottom)], 1.0, GRID, None);
        let sign = if weeks < 0.0 { "−" } else { "" };
        let digits = if step < 0.95 { 1 } else { 0 };
        canvas.label(Label {
            size: NOTE,
            colour: SOFT_INK,
            anchor: Anchor::Middle,
            ..label(at, bottom + 18.0, format!("{sign}{:.digits$}", weeks.abs()))
        });
    }
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        anchor: Anchor::End,
        ..label(WIDTH - 36.0, bottom + FOOT - 14.0, "weeks".into())
    });
}

/// The smallest of 0.1, 0.2, 0.5, 1, 2, 5, … that is not below `least`.
fn round_step(least: f64) -> f64 {
    let mut step = 0.1;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(60) {
        if step >= least {
            break;
        }
        step *= factor;
    }
    step
}

fn label(x: f64, y: f64, text: String) -> Label {
    Label {
        x,
        y,
        anchor: Anchor::Start,
        size: LABEL,
        bold: false,
        colour: INK,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    #[test]
    fn bars_are_assumptions_and_tasks_by_what_they_cost() {
        let forecast = fixtures::company();
        let (bars, others) = bars(&forecast.initiatives[0], &forecast);
        let named: Vec<(&str, bool)> = bars.iter().map(|bar| (bar.name, bar.is_task)).collect();
        assert_eq!(
            named[..3],
            [
                ("Estimates that run over together", false),
                ("Data model", true),
                ("Legacy billing hides surprises", false)
            ]
        );
        assert!(bars.windows(2).all(|pair| pair[0].p80.abs() >= pair[1].p80.abs()));
        assert!(bars.iter().all(|bar| bar.p80.abs() >= WORTH_A_BAR) && others == 0, "{named:?}");
    }

    #[test]
    fn every_forecast_has_a_picture_in_which_no_text_leaves_or_covers_another() {
        let fonts = Fonts::embedded().unwrap_or_else(|error| panic!("{error}"));
        for mut forecast in fixtures::all() {
            for sign in [1.0, -1.0] {
                for (index, price) in forecast.prices.iter_mut().enumerate() {
                    price.p80_days = price.p80_days.map(|days| if index % 2 == 0 { sign * days } else { days });
                }
                for initiative in &forecast.initiatives {
                    let canvas = draw(initiative, &forecast, &fonts);
                    let boxes = canvas.label_boxes(&fonts);
                    for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
                        assert!(*left >= 0.0 && *right <= WIDTH, "{text:?} from {left} to {right}");
                        for (other, [l, t, r, b]) in boxes.iter().take(index) {
                            let apart = right <= l || r <= left || bottom <= t || b <= top;
                            assert!(apart, "{text:?} covers {other:?} in {}", forecast.scenario.name);
                        }
                    }
                    assert!(canvas.finish(&fonts).is_ok());
                }
            }
        }
    }

    #[test]
    fn odd_numbers_do_no_harm() {
        let mut forecast = fixtures::company();
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e-300, -0.0];
        for (index, price) in forecast.prices.iter_mut().enumerate() {
            price.p50_days = Some(odd[index % odd.len()]);
            price.p80_days = Some(odd[(index + 3) % odd.len()]);
        }
        for initiative in &forecast.initiatives {
            assert!(tornado(initiative, &forecast).is_ok());
        }
    }

    #[test]
    fn steps_are_round() {
        for (least, step) in [(0.0, 0.1), (0.15, 0.2), (0.3, 0.5), (0.9, 1.0), (1.3, 2.0), (31.0, 50.0)] {
            assert!((round_step(least) - step).abs() < 1e-9, "{least}: {}", round_step(least));
        }
    }
}
