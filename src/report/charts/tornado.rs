//! The tornado: what moves a date, each assumption and each task by the weeks that it costs, the dearest first.

use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{Columns, head, notes, nothing, with_partial};
use super::style::{AXIS, ESTIMATE, ESTIMATE_INK, FORECAST, GRID, HEARD, INK, LABEL, NOTE, SOFT_INK};
use crate::analysis::{Forecast, InitiativeForecast};
use crate::report::text::{cut, weeks_moved};
use crate::units::DAYS_PER_WEEK;

const ROW: f64 = 27.0;
const BAR: f64 = 15.0;
/// What the last number takes, right of the bars.
const BESIDE: f64 = 60.0;
const MOST_BARS: usize = 14;
/// What costs less is not drawn: a tenth of a week.
const WORTH_A_BAR: f64 = 0.1 * DAYS_PER_WEEK;

/// Draws what moves the date of an initiative.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn tornado(initiative: &InitiativeForecast, forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(initiative, forecast, form, &fonts), fonts))
}

/// A bar, in working days.
struct Bar<'f> {
    name: &'f str,
    is_task: bool,
    p50: Option<f64>,
    p80: f64,
}

fn draw(initiative: &InitiativeForecast, forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let (bars, others) = bars(initiative, forecast);
    let ending = ": what moves the date?";
    let title = format!("{}{ending}", cut(&initiative.title, HEARD));
    let mut canvas = Canvas::open(form.width(), &title, &description(&bars));
    let subtitle = with_partial(
        forecast,
        "Weeks by which the date comes later with it than without: bars at P80, dots at P50; a task against its median".into(),
    );
    let top = head(&mut canvas, form, fonts, (&initiative.title, ending), &subtitle);
    if bars.is_empty() {
        nothing(&mut canvas, form, fonts, top, "Nothing on its own moves the date by 0.1 weeks.", "");
        return canvas;
    }
    let columns = Columns::new(form, 0.36, BESIDE);
    let row = ROW + columns.above();
    let bottom = top + bars.len() as f64 * row;
    let values = || bars.iter().flat_map(|bar| [Some(bar.p80), bar.p50].into_iter().flatten());
    let (low, high) = values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    // Where a bar goes to the left, its number stands there too.
    let minus = if low < 0.0 { 44.0 } else { 0.0 };
    let (left, right) = (columns.left + minus, columns.right);
    let x = |days: f64| left + (days - low) / (high - low) * (right - left);
    grid(&mut canvas, &x, (low, high), (top, bottom), right - left);
    for (index, bar) in bars.iter().enumerate() {
        let above = top + index as f64 * row;
        let middle = above + row - ROW / 2.0;
        let (colour, ink) = if bar.is_task { (ESTIMATE, ESTIMATE_INK) } else { (FORECAST, INK) };
        let name = if bar.is_task {
            format!("task: {}", bar.name)
        } else {
            bar.name.to_owned()
        };
        let (end, y) = if form.is_narrow() {
            (form.right(), above + 14.0)
        } else {
            (columns.left - 14.0, middle + 4.5)
        };
        canvas.label(Label {
            colour: ink,
            ..Label::at(form.left(), y, fonts.cut(&name, LABEL, false, end - form.left()))
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
            ..Label::at(at, middle + 4.5, weeks_moved(Some(bar.p80)))
        });
    }
    canvas.line(&[(x(0.0), top), (x(0.0), bottom)], 1.0, AXIS, None);
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        anchor: Anchor::End,
        ..Label::at(form.right(), bottom + 18.0, "weeks".into())
    });
    let more = match others {
        0 => vec![],
        1 => vec!["One more is not drawn.".to_owned()],
        _ => vec![format!("{others} more are not drawn.")],
    };
    let end = notes(&mut canvas, form, fonts, &more, bottom + 44.0);
    canvas.end(end - 6.0);
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
    let said = |bar: &Bar<'_>| {
        let weeks = weeks_moved(Some(bar.p80));
        let unit = if weeks == "1" { "week" } else { "weeks" };
        format!("{}: {weeks} {unit} at P80", cut(bar.name, HEARD))
    };
    match bars {
        [] => "Nothing on its own moves the date by 0.1 weeks.".to_owned(),
        [only] => format!("{} moves the date most.", said(only)),
        [first, rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(said).collect();
            format!("{} moves the date most; then {}.", said(first), rest.join("; "))
        }
    }
}

/// Lines at round numbers of weeks.
fn grid(canvas: &mut Canvas, x: &impl Fn(f64) -> f64, (low, high): (f64, f64), (top, bottom): (f64, f64), width: f64) {
    let step = round_step((high - low) / DAYS_PER_WEEK / (width / 70.0).clamp(2.0, 7.0));
    let (first, last) = (
        (low / DAYS_PER_WEEK / step).ceil() as i64,
        (high / DAYS_PER_WEEK / step).floor() as i64,
    );
    for tick in first..=last {
        let weeks = tick as f64 * step;
        let at = x(weeks * DAYS_PER_WEEK);
        canvas.line(&[(at, top), (at, bottom)], 1.0, GRID, None);
        let sign = if weeks < 0.0 { "−" } else { "" };
        let digits = if step < 0.95 { 1 } else { 0 };
        canvas.label(Label {
            size: NOTE,
            colour: SOFT_INK,
            anchor: Anchor::Middle,
            ..Label::at(at, bottom + 18.0, format!("{sign}{:.digits$}", weeks.abs()))
        });
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::checks::{forms, keeps_apart};
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
                    for form in forms() {
                        keeps_apart(&draw(initiative, &forecast, form, &fonts), &fonts);
                    }
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
            assert!(tornado(initiative, &forecast, Form::FILE).is_ok());
        }
    }

    #[test]
    fn steps_are_round() {
        for (least, step) in [(0.0, 0.1), (0.15, 0.2), (0.3, 0.5), (0.9, 1.0), (1.3, 2.0), (31.0, 50.0)] {
            assert!((round_step(least) - step).abs() < 1e-9, "{least}: {}", round_step(least));
        }
    }
}
