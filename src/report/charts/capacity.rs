//! People who are there and people who are wanted, week by week, a panel for each team.

use super::axis::Place;
use super::canvas::{Anchor, Canvas, ChartError, Fonts, Label};
use super::chart::{Chart, Form};
use super::sheet::{DATES, Dates, head, notes, nothing, with_partial};
use super::style::{AXIS, FORECAST, FORECAST_LIGHT, GRID, HEARD, LABEL, NOTE, PROMISE, PROMISE_INK, SOFT_INK};
use crate::analysis::{CapacityWeek, Forecast};
use crate::report::text::{cut, head_count};
use crate::units::DAYS_PER_WEEK;

/// The most teams that are drawn.
const MOST_TEAMS: usize = 12;
/// What the name of a team takes above its panel.
const NAME: f64 = 25.0;
const GAP: f64 = 18.0;
/// Fewer people wanted than this are nobody.
const HARDLY: f64 = 0.2;
/// Weeks that are drawn after the last in which somebody is wanted.
const WEEKS_AFTER: usize = 4;
/// No axis goes further.
const MOST_PEOPLE: f64 = 1e6;
/// The least that the numbers of people take.
const NUMBERS: f64 = 40.0;
/// What the names of the lines take.
const BESIDE: f64 = 62.0;
/// More people wanted than there, by less than this, is nobody.
const SOMEBODY: f64 = 0.5;

/// Draws people there and people wanted.
///
/// # Errors
/// [`ChartError`] where the embedded font cannot be read; no forecast makes it.
pub fn capacity(forecast: &Forecast, form: Form) -> Result<Chart, ChartError> {
    let fonts = Fonts::embedded()?;
    Ok(Chart::new(draw(forecast, form, &fonts), fonts))
}

/// A team with its weeks.
struct Team<'f> {
    name: &'f str,
    weeks: Vec<&'f CapacityWeek>,
}

impl Team<'_> {
    /// Weeks in which more are wanted than are there.
    fn short(&self) -> usize {
        let is_short = |week: &&&CapacityWeek| week.demand_p50 >= week.available_p50 + SOMEBODY;
        self.weeks.iter().filter(is_short).count()
    }

    /// The most people that its panel shows.
    fn most(&self) -> f64 {
        let people = self.weeks.iter().flat_map(|week| [week.available_p90, week.demand_p50]);
        people.fold(1.0, f64::max).min(MOST_PEOPLE)
    }
}

fn teams(forecast: &Forecast) -> Vec<Team<'_>> {
    let mut teams: Vec<Team> = Vec::new();
    for week in &forecast.capacity {
        let numbers = [week.available_p10, week.available_p50, week.available_p90, week.demand_p50];
        if !numbers.iter().all(|number| number.is_finite()) {
            continue;
        }
        match teams.iter_mut().find(|team| team.name == week.team) {
            Some(team) => team.weeks.push(week),
            None => teams.push(Team {
                name: &week.team,
                weeks: vec![week],
            }),
        }
    }
    teams
}

fn draw(forecast: &Forecast, form: Form, fonts: &Fonts) -> Canvas {
    let teams = teams(forecast);
    let title = title(&teams);
    let mut canvas = Canvas::open(form.width(), &title, &finding(&teams, &title));
    let subtitle = "People of each team by week: there for planned work (line: median; band: 8 of 10 futures) and wanted (dashed, median)";
    let top = head(&mut canvas, form, fonts, (&title, ""), &with_partial(forecast, subtitle.into()));
    let mut shown = teams;
    let more_teams = shown.len().saturating_sub(MOST_TEAMS);
    shown.truncate(MOST_TEAMS);
    // Where the work is done long before the horizon, the weeks after it say nothing.
    let of = |team: &Team<'_>| {
        team.weeks
            .iter()
            .rposition(|week| week.demand_p50 >= HARDLY)
            .map_or(0, |last| last + 1)
    };
    let kept = shown
        .iter()
        .map(of)
        .max()
        .filter(|last| *last > 0)
        .map_or(usize::MAX, |last| last + WEEKS_AFTER);
    let first_cut = shown.iter().filter_map(|team| team.weeks.get(kept)).map(|week| week.date).min();
    shown.iter_mut().for_each(|team| team.weeks.truncate(kept));
    let weeks = || shown.iter().flat_map(|team| &team.weeks);
    let Some(first) = weeks()
        .map(|week| Place::morning(week.date))
        .reduce(|a, b| if b < a { b } else { a })
    else {
        nothing(&mut canvas, form, fonts, top, "No team takes part in the work.", "");
        return canvas;
    };
    let evenings = weeks().map(|week| Place(Place::morning(week.date).0 + DAYS_PER_WEEK));
    let most = shown.iter().map(Team::most).fold(1.0, f64::max);
    let numbers = fonts.width(&head_count(most.round()), NOTE, false) + 10.0;
    let dates = Dates::new(first, evenings, form.left() + numbers.max(NUMBERS), form.right() - BESIDE);
    let height = if shown.len() > 4 { 76.0 } else { 120.0 };
    let mut y = top;
    for team in &shown {
        panel(&mut canvas, fonts, form, &dates, (y + NAME, y + NAME + height), team);
        y += NAME + height + GAP;
    }
    let bottom = y - GAP;
    dates.draw(&mut canvas, bottom, bottom);
    let mut said = Vec::new();
    if let Some(date) = first_cut {
        said.push(format!("From {} on hardly anybody is wanted.", date.long()));
    }
    match more_teams {
        0 => {}
        1 => said.push("And one more team, which is in capacity.csv.".to_owned()),
        more => said.push(format!("And {more} more teams, which are in capacity.csv.")),
    }
    let end = notes(&mut canvas, form, fonts, &said, bottom + DATES + 14.0);
    canvas.end(end - 4.0);
    canvas
}

fn panel(canvas: &mut Canvas, fonts: &Fonts, form: Form, dates: &Dates, (top, bottom): (f64, f64), team: &Team<'_>) {
    let short = match team.short() {
        0 => String::new(),
        weeks if form.is_narrow() => format!("too few in {}", in_weeks(weeks)),
        weeks => format!("more wanted than there in {}", in_weeks(weeks)),
    };
    let unit = "people";
    let taken = fonts.width(&short, NOTE, false) + fonts.width(unit, NOTE, false) + 24.0;
    let name = fonts.cut(team.name, LABEL, true, form.room() - taken);
    canvas.label(Label {
        size: NOTE,
        colour: SOFT_INK,
        ..Label::at(form.left() + fonts.width(&name, LABEL, true) + 8.0, top - 11.0, unit.into())
    });
    canvas.label(Label {
        bold: true,
        ..Label::at(form.left(), top - 11.0, name)
    });
    canvas.label(Label {
        anchor: Anchor::End,
        size: NOTE,
        colour: SOFT_INK,
        ..Label::at(form.right(), top - 11.0, short)
    });
    let most = team.most();
    let y = |people: f64| bottom - (people / most).clamp(0.0, 1.0) * (bottom - top);
    dates.lines(canvas, top, bottom);
    let step = whole_step(most, if bottom - top > 100.0 { 5.0 } else { 3.0 });
    for tick in 0..=(most / step).floor() as u32 {
        let people = f64::from(tick) * step;
        let at = y(people);
        canvas.line(
            &[(dates.left, at), (dates.right, at)],
            1.0,
            if tick == 0 { AXIS } else { GRID },
            None,
        );
        canvas.label(Label {
            anchor: Anchor::End,
            size: NOTE,
            colour: SOFT_INK,
            ..Label::at(dates.left - 7.0, at + 4.0, head_count(people))
        });
    }
    // A week is a step: what is known of it is known of all of it.
    let steps = |of: &dyn Fn(&CapacityWeek) -> f64| -> Vec<(f64, f64)> {
        let corner = |week: &&CapacityWeek| {
            let (from, at) = (Place::morning(week.date), y(of(week)));
            [(dates.x(from), at), (dates.x(Place(from.0 + DAYS_PER_WEEK)), at)]
        };
        team.weeks.iter().flat_map(corner).collect()
    };
    let mut area = steps(&|week| week.available_p90);
    area.extend(steps(&|week| week.available_p10).into_iter().rev());
    canvas.area(&area, FORECAST_LIGHT);
    let (there, wanted) = (steps(&|week| week.available_p50), steps(&|week| week.demand_p50));
    canvas.line(&there, 2.2, FORECAST, None);
    canvas.line(&wanted, 2.0, PROMISE, Some(4.0));
    let ends = |line: &[(f64, f64)]| line.last().map_or(bottom, |&(_, y)| y);
    let (mut there, mut wanted) = (ends(&there), ends(&wanted));
    let (closer, middle) = (15.0 - (there - wanted).abs(), (there + wanted) / 2.0);
    if closer > 0.0 {
        let sign = if there <= wanted { -7.5 } else { 7.5 };
        (there, wanted) = (middle + sign, middle - sign);
    }
    // Neither below the axis nor on the line above the panel.
    let moved = (top + 9.0 - there.min(wanted)).max(0.0) - (there.max(wanted) - bottom).max(0.0);
    for (at, text, ink) in [(there, "there", FORECAST), (wanted, "wanted", PROMISE_INK)] {
        canvas.label(Label {
            colour: ink,
            ..Label::at(dates.right + 7.0, at + moved + 4.0, text.into())
        });
    }
}

/// The smallest of 1, 2, 5, 10, … of which `most` holds at most so many.
fn whole_step(most: f64, many: f64) -> f64 {
    let mut step = 1.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(60) {
        if most / step <= many {
            break;
        }
        step *= factor;
    }
    step
}

fn in_weeks(count: usize) -> String {
    if count == 1 { "1 week".into() } else { format!("{count} weeks") }
}

/// What the picture shows, as a headline.
fn title(teams: &[Team<'_>]) -> String {
    let busiest = teams.iter().max_by(|a, b| a.short().cmp(&b.short()));
    match busiest {
        Some(team) if team.short() > 0 => format!(
            "{}: more people wanted than there in {}",
            cut(team.name, HEARD),
            in_weeks(team.short())
        ),
        Some(_) => "Every team has the people that the work wants".into(),
        None => "People there and people wanted".into(),
    }
}

/// What a screen reader says in place of the picture.
fn finding(teams: &[Team<'_>], title: &str) -> String {
    let mut text = format!("{title}.");
    for team in teams.iter().take(MOST_TEAMS) {
        if let (Some(first), Some(last)) = (team.weeks.first(), team.weeks.last()) {
            text.push_str(&format!(
                " {}: {} there and {} wanted in the week of {}, {} and {} in the week of {}.",
                cut(team.name, HEARD),
                head_count(first.available_p50),
                head_count(first.demand_p50),
                first.date.long(),
                head_count(last.available_p50),
                head_count(last.demand_p50),
                last.date.long()
            ));
        }
    }
    text
}
