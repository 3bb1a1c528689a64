//! Draws twenty futures as dots over the calendar. Colours come from the page's style, so the picture is light or dark with it.

use maud::{Markup, html};

use super::chart::{Flag, Twenty};
use crate::calendar::Date;

const WIDTH: f64 = 440.0;
const SIDE: f64 = 18.0;
/// Height of a line of text.
const LINE: f64 = 15.0;
/// Tallest stack of dots.
const TALLEST: f64 = 120.0;
/// Radii that are tried, the largest first.
const RADII: [f64; 6] = [9.0, 7.5, 6.0, 4.5, 3.5, 2.6];
/// Labels of months that fit beside one another.
const MOST_LABELS: i64 = 6;
/// Width of the label of a month, with some room.
const LABEL: f64 = 68.0;
/// Room at the right for futures that never end.
const NEVER: f64 = 46.0;
const DAYS_PER_MONTH: i64 = 30;
/// Width of a character of a label, for which side of its line it stands on.
const LETTER: f64 = 5.6;

/// Where dates lie.
struct Scale {
    first: Date,
    days: f64,
    right: f64,
}

impl Scale {
    /// From the first to the last of what is shown; `None` where nothing has a date.
    fn of(twenty: &Twenty) -> Option<Self> {
        let dates = || {
            let dots = twenty.dots.iter().filter_map(|dot| dot.at);
            dots.chain(twenty.flags.iter().map(|flag| flag.at))
        };
        let (first, last) = (dates().min()?, dates().max()?);
        let has_never = twenty.dots.iter().any(|dot| dot.at.is_none());
        Some(Self {
            first,
            days: last.days_since(first).max(1) as f64,
            right: WIDTH - SIDE - if has_never { NEVER } else { 0.0 },
        })
    }

    fn x(&self, date: Date) -> f64 {
        let along = (date.days_since(self.first) as f64 / self.days).clamp(0.0, 1.0);
        SIDE + along * (self.right - SIDE)
    }
}

/// A dot with its place in a stack.
struct Placed {
    x: f64,
    level: usize,
    is_late: bool,
}

/// Dots of one column lie above one another; the earliest at the bottom.
fn placed(twenty: &Twenty, scale: &Scale, radius: f64) -> Vec<Placed> {
    let width = 2.0 * radius + 1.0;
    let mut stacks: Vec<(f64, usize)> = Vec::new();
    twenty
        .dots
        .iter()
        .map(|dot| {
            let x = dot.at.map_or(WIDTH - SIDE - radius, |date| {
                let column = ((scale.x(date) - SIDE) / width).round();
                (SIDE + column * width).min(scale.right)
            });
            let level = match stacks.iter_mut().find(|(at, _)| (*at - x).abs() < 0.5) {
                Some((_, height)) => {
                    *height += 1;
                    *height
                }
                None => {
                    stacks.push((x, 0));
                    0
                }
            };
            Placed {
                x,
                level,
                is_late: dot.is_late,
            }
        })
        .collect()
}

/// The picture; nothing where no future has a date.
pub(super) fn picture(twenty: &Twenty) -> Markup {
    let Some(scale) = Scale::of(twenty) else {
        return html! {};
    };
    let height = |radius: f64, dots: &[Placed]| {
        let levels = dots.iter().map(|dot| dot.level).max().unwrap_or(0) + 1;
        levels as f64 * (2.0 * radius + 1.0)
    };
    let (radius, dots) = RADII
        .iter()
        .map(|radius| (*radius, placed(twenty, &scale, *radius)))
        .find(|(radius, dots)| height(*radius, dots) <= TALLEST)
        .unwrap_or_else(|| (RADII[5], placed(twenty, &scale, RADII[5])));
    let top = twenty.flags.len() as f64 * LINE + 6.0;
    let floor = top + height(radius, &dots).max(3.0 * LINE) + 4.0;
    let whole = floor + LINE + 8.0;
    html! {
        svg class="dots" viewBox={ "0 0 " (WIDTH) " " (shown(whole)) } role="img" aria-labelledby="dots-says" {
            title id="dots-says" { (twenty.says) }
            line class="axis" x1=(SIDE - 8.0) x2=(WIDTH - SIDE + 8.0) y1=(shown(floor)) y2=(shown(floor)) {}
            @for (x, label) in months(&scale) {
                line class="axis" x1=(shown(x)) x2=(shown(x)) y1=(shown(floor)) y2=(shown(floor + 4.0)) {}
                text class="label" x=(shown(x)) y=(shown(floor + LINE)) text-anchor=(anchor(x)) { (label) }
            }
            @if twenty.dots.iter().any(|dot| dot.at.is_none()) {
                text class="label" x=(WIDTH - SIDE + 8.0) y=(shown(floor + LINE)) text-anchor="end" { "never" }
            }
            @for (row, flag) in twenty.flags.iter().enumerate() {
                (pole(flag, scale.x(flag.at), row, floor))
            }
            @for dot in &dots {
                circle class=(if dot.is_late { "dot late" } else { "dot" }) cx=(shown(dot.x)) cy=(shown(floor - 2.0 - radius - dot.level as f64 * (2.0 * radius + 1.0))) r=(radius) {}
            }
            line id="mark" class="mark" x1="0" x2="0" y1=(shown(top)) y2=(shown(floor)) visibility="hidden" {}
        }
    }
}

fn pole(flag: &Flag, x: f64, row: usize, floor: f64) -> Markup {
    let y = (row as f64 + 1.0) * LINE - 3.0;
    let text = format!("{} {}", flag.at.day_label(), flag.label);
    let to_the_left = x + 4.0 + text.chars().count() as f64 * LETTER > WIDTH;
    let class = if flag.is_promise { "promise" } else { "estimate" };
    html! {
        line class=(class) x1=(shown(x)) x2=(shown(x)) y1=(shown(y - 9.0)) y2=(shown(floor)) {}
        text class={ "flag " (class) } x=(shown(if to_the_left { x - 4.0 } else { x + 4.0 })) y=(shown(y)) text-anchor=(if to_the_left { "end" } else { "start" }) { (text) }
    }
}

fn anchor(x: f64) -> &'static str {
    if x < SIDE + 20.0 {
        "start"
    } else if x > WIDTH - SIDE - 20.0 {
        "end"
    } else {
        "middle"
    }
}

/// From where to where a label reaches that belongs to a place: at an edge it reaches inwards.
fn span(x: f64) -> (f64, f64) {
    match anchor(x) {
        "start" => (x, x + LABEL),
        "end" => (x - LABEL, x),
        _ => (x - LABEL / 2.0, x + LABEL / 2.0),
    }
}

/// The first days of months, few enough to be read.
fn months(scale: &Scale) -> Vec<(f64, String)> {
    let all = scale.days as i64 / DAYS_PER_MONTH + 1;
    let step = (all / MOST_LABELS + i64::from(all % MOST_LABELS > 0)).max(1);
    let mut labels: Vec<(f64, String)> = Vec::new();
    let mut month = scale.first.first_of_next_month();
    while let Some(date) = month.filter(|date| date.days_since(scale.first) as f64 <= scale.days) {
        let x = scale.x(date);
        if labels.last().is_none_or(|(before, _)| span(x).0 >= span(*before).1) {
            labels.push((x, date.month_label()));
        }
        // The middle of a month so many months on, then its first day.
        month = date
            .plus_days((step - 1) * DAYS_PER_MONTH + (step - 1) / 2 + 14)
            .and_then(Date::first_of_next_month);
    }
    if labels.is_empty() {
        labels.push((SIDE, scale.first.long()));
    }
    labels
}

/// Where each confidence is marked; for the script.
pub(super) fn marks(twenty: &Twenty) -> Vec<(u32, Option<f64>, &str)> {
    let scale = Scale::of(twenty);
    twenty
        .confidences
        .iter()
        .map(|one| {
            let x = one.at.and_then(|date| scale.as_ref().map(|scale| scale.x(date)));
            (one.percent, x, one.says.as_str())
        })
        .collect()
}

/// A length with a tenth of a unit.
fn shown(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
