//! Estimates as written → distributions.

use std::io;

use crate::calendar::{Calendar, Date};
use crate::diagnostic::Fault;
use crate::plan::domain::Estimate;
use crate::sampling::{Distribution, Infeasible, Range, Reason, Shape};
use crate::scenario::reader::Faults;
use crate::scenario::says::{EstimateText, Estimates, Form, Starts};
use crate::scenario::sections::lognormal_min_max;
use crate::scenario::tree::{At, Span};
use crate::units::{Measure, WorkDays, format_clock, format_work};

/// Hands over the text of a file that a scenario names, relative to the scenario.
pub type Files<'f> = &'f dyn Fn(&str) -> io::Result<String>;

/// Values that a column of past data may have.
const MOST_VALUES: usize = 1_000_000;
/// Draws that a floor may raise before it is worth a warning.
const FLOORED_SHARE: f64 = 0.01;

/// Floored estimates that are warned of one by one.
const MOST_FLOORED: usize = 3;

/// What the numbers of an estimate are, for messages.
#[derive(Debug, Clone, Copy)]
pub enum Unit<'c> {
    /// Working days.
    Work,
    /// Factors.
    Factor,
    /// Minutes of clock time.
    Clock,
    /// Mornings of working days.
    Morning(&'c Calendar),
}

impl Unit<'_> {
    fn show(self, value: f64, digits: usize) -> String {
        match self {
            Self::Work => format_work(value),
            Self::Factor => rounded(value, digits),
            Self::Clock => format_clock(value),
            Self::Morning(calendar) => calendar
                .date_of(WorkDays::new(value.round() + 1.0))
                .as_ref()
                .map_or_else(|| format_work(value), Date::to_string),
        }
    }

    /// The unit of a text such as `6w / 8w / 12w`, and what it is worth.
    fn of_text(self, text: &str) -> Option<(&'static str, f64)> {
        let measure = match self {
            Self::Work => Measure::Work,
            Self::Clock => Measure::Clock,
            Self::Factor | Self::Morning(_) => return None,
        };
        let letters = text.trim().rsplit(|c: char| !c.is_alphabetic()).next()?;
        measure.units().iter().find(|(name, _)| *name == letters).copied()
    }
}

/// Reads estimates by the scenario's defaults, and remembers which of those were needed.
pub struct Reading<'s> {
    defaults: &'s Estimates,
    files: Files<'s>,
    /// Whether the default shape was used because the file is silent.
    pub default_shape: bool,
    /// Whether the default range was used because the file is silent.
    pub default_range: bool,
    /// Estimates of which a floor raises more than a few draws.
    pub floored: Vec<Floored>,
}

/// An estimate of which a floor raises more than a few draws.
#[derive(Debug)]
pub struct Floored {
    name: String,
    percent: f64,
    /// The warning of this estimate by itself.
    pub warning: Fault,
}

impl<'s> Reading<'s> {
    /// By these defaults.
    pub const fn new(defaults: &'s Estimates, files: Files<'s>) -> Self {
        Self {
            defaults,
            files,
            default_shape: false,
            default_range: false,
            floored: Vec::new(),
        }
    }

    /// The distribution of an estimate; faults name it `name`.
    pub fn estimate(&mut self, name: &str, written: &EstimateText, unit: Unit<'_>, faults: &mut Faults) -> Option<Estimate> {
        let read = self.read(name, written, unit, faults)?;
        if read.low < 0.0 || read.likely < 0.0 {
            return Some(without_floor(read));
        }
        self.floored.extend(floored(name, written, &read.distribution, unit));
        Some(read)
    }

    /// Dates on which something may begin, as working days from the start to their mornings.
    pub fn dates(&mut self, name: &str, starts: &Starts, calendar: &Calendar, faults: &mut Faults) -> Option<Estimate> {
        let numbers = starts
            .dates
            .clone()
            .map(|at| at.map(|date| calendar.morning_of(date).finite().unwrap_or_default()));
        let [early, _, late] = &starts.dates;
        let form = if early.value == late.value {
            Form::Fixed(numbers.first().map_or(0.0, |at| at.value))
        } else {
            Form::Three {
                shape: None,
                range: None,
                numbers,
            }
        };
        let written = EstimateText {
            span: starts.span.clone(),
            text: starts.text.clone(),
            form,
        };
        // The start of the scenario is no zero to shy away from: whoever comes earlier is there at the start.
        self.read(name, &written, Unit::Morning(calendar), faults).map(without_floor)
    }

    fn read(&mut self, name: &str, written: &EstimateText, unit: Unit<'_>, faults: &mut Faults) -> Option<Estimate> {
        let built = match &written.form {
            Form::Fixed(value) => Distribution::fixed(*value).map(|fixed| (fixed, Some([*value, *value]))),
            Form::Three { shape, range, numbers } => {
                let [low, likely, high] = [0, 1, 2].map(|index: usize| numbers.get(index).map_or(0.0, |at| at.value));
                let (shape, range) = self.resolve(name, written, shape.as_ref(), range.as_ref(), faults)?;
                Distribution::three_point(shape, range, low, likely, high).map(|built| (built, Some([low, likely])))
            }
            Form::MuSigma(mu, sigma) => Distribution::lognormal_mu_sigma(*mu, *sigma).map(by_percentiles),
            Form::MedianP90(p50, p90) => Distribution::lognormal_p50_p90(*p50, *p90).map(by_percentiles),
            Form::Uniform(low, high) => Distribution::uniform(*low, *high).map(|built| (built, Some([*low, f64::midpoint(*low, *high)]))),
            Form::Normal(mean, sd) => Distribution::normal(*mean, *sd).map(|built| {
                let low = built.p10();
                (built, Some([low, *mean]))
            }),
            Form::Exponential(mean) => Distribution::exponential(*mean).map(by_percentiles),
            Form::Beta([low, high, alpha, beta]) => Distribution::beta(*low, *high, *alpha, *beta).map(by_percentiles),
            Form::Metalog([p10, p50, p90]) => Distribution::metalog(*p10, *p50, *p90).map(|built| (built, Some([*p10, *p50]))),
            Form::Empirical { file, column, times } => {
                let values = self.column(file, column, faults)?.into_iter().map(|value| value * times).collect();
                Distribution::empirical(values).map(by_percentiles)
            }
        };
        let (distribution, points) = match built {
            Ok(built) => built,
            Err(why) => {
                faults.add(infeasible(name, written, &why, unit));
                return None;
            }
        };
        let [low, likely] = points.unwrap_or_else(|| [distribution.p10(), distribution.p50()]);
        Some(Estimate {
            distribution,
            low,
            likely,
            text: written.text.clone(),
        })
    }

    /// The shape and range of three numbers: their own, the scenario's, the built-in ones.
    fn resolve(
        &mut self,
        name: &str,
        written: &EstimateText,
        shape: Option<&At<Shape>>,
        range: Option<&At<Range>>,
        faults: &mut Faults,
    ) -> Option<(Shape, Range)> {
        let own = shape.is_some() || range.is_some();
        let (given_shape, given_range) = (shape.or(self.defaults.shape.as_ref()), range.or(self.defaults.range.as_ref()));
        let resolved_range = given_range.map_or(Range::default(), |at| at.value);
        let resolved_shape = given_shape.map_or(
            if resolved_range == Range::MinMax {
                Shape::Pert
            } else {
                Shape::Lognormal
            },
            |at| at.value,
        );
        self.default_shape |= given_shape.is_none();
        self.default_range |= given_range.is_none();
        if resolved_shape != Shape::Lognormal || resolved_range != Range::MinMax {
            return Some((resolved_shape, resolved_range));
        }
        // Where both come from `[estimates]`, it was reported there.
        if own {
            let place: &Span = range.map(|at| &at.span).or(shape.map(|at| &at.span)).unwrap_or(&written.span);
            faults.add(lognormal_min_max(name).at(place));
        }
        None
    }

    /// The text of a file beside the scenario.
    pub fn text(&self, file: &At<String>, faults: &mut Faults) -> Option<String> {
        match (self.files)(&file.value) {
            Ok(text) => Some(text),
            Err(error) => {
                faults.add(
                    Fault::error("unreadable-file", format!("\"{}\" cannot be read: {error}", file.value))
                        .at(&file.span)
                        .hint("the path is relative to the scenario's folder"),
                );
                None
            }
        }
    }

    /// A column of a file of comma-separated values.
    fn column(&self, file: &At<String>, column: &At<String>, faults: &mut Faults) -> Option<Vec<f64>> {
        let text = self.text(file, faults)?;
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                faults.add(Fault::error("bad-csv", format!("\"{}\" is no CSV: {error}", file.value)).at(&file.span));
                return None;
            }
        };
        let Some(index) = headers
            .iter()
            .position(|header| header.trim_start_matches('\u{feff}') == column.value)
        else {
            let known = headers.iter().map(|header| format!("\"{header}\"")).collect::<Vec<_>>().join(", ");
            faults.add(
                Fault::error("unknown-column", format!("\"{}\" has no column \"{}\"", file.value, column.value))
                    .at(&column.span)
                    .allowed(known),
            );
            return None;
        };
        let mut values = Vec::new();
        for record in reader.records() {
            let (line, cell) = match &record {
                Ok(record) => (
                    record.position().map_or(0, csv::Position::line),
                    record.get(index).unwrap_or_default().to_owned(),
                ),
                Err(error) => (error.position().map_or(0, csv::Position::line), String::new()),
            };
            match cell.parse::<f64>() {
                Ok(value) if value.is_finite() && value >= 0.0 && values.len() < MOST_VALUES => values.push(value),
                _ => {
                    let shown: String = cell.chars().take(40).collect();
                    faults.add(
                        Fault::error(
                            "bad-cell",
                            format!("\"{}\" line {line}: \"{shown}\" in column \"{}\"", file.value, column.value),
                        )
                        .at(&file.span)
                        .allowed(format!("numbers of at least 0, at most {MOST_VALUES} of them")),
                    );
                    return None;
                }
            }
        }
        Some(values)
    }
}

const fn by_percentiles(distribution: Distribution) -> (Distribution, Option<[f64; 2]>) {
    (distribution, None)
}

fn without_floor(estimate: Estimate) -> Estimate {
    Estimate {
        distribution: estimate.distribution.without_floor(),
        ..estimate
    }
}

/// Warns where more than a few draws lie below what the quantity can be, and so are raised.
fn floored(name: &str, written: &EstimateText, distribution: &Distribution, unit: Unit<'_>) -> Option<Floored> {
    let share = distribution.share_below_floor();
    if share <= FLOORED_SHARE {
        return None;
    }
    let floor = distribution.floor().unwrap_or_default();
    let percent = share * 100.0;
    let fault = if floor > 0.0 {
        let shown = unit.show(floor, 3);
        Fault::warning(
            "floored-estimate",
            format!(
                "`{name}`: the curve through these numbers reaches below a tenth of the low number in {percent:.1} % of draws, which are raised to it ({shown})"
            ),
        )
        .label("the low number is small beside the other two")
        .hint("raise the low number, or say `shape = \"pert\", range = \"min-max\"` if the outer numbers are bounds")
    } else {
        Fault::warning(
            "floored-estimate",
            format!("`{name}`: this curve reaches below zero in {percent:.1} % of draws, which are raised to it"),
        )
        .label("reaches below zero")
        .hint("make it narrower, or take a shape that stays above zero, such as lognormal")
    };
    Some(Floored {
        name: name.to_owned(),
        percent,
        warning: fault.at(&written.span),
    })
}

/// The warnings of floored estimates: each by itself while they are few, otherwise one that names the first and counts the rest.
pub(super) fn floor_warnings(mut floored: Vec<Floored>) -> Vec<Fault> {
    if floored.len() <= MOST_FLOORED {
        return floored.into_iter().map(|floored| floored.warning).collect();
    }
    floored.sort_by_key(|floored| floored.warning.span.start);
    let named = floored.iter().take(MOST_FLOORED);
    let named: Vec<String> = named
        .map(|floored| format!("`{}` in {:.1} %", floored.name, floored.percent))
        .collect();
    let mut warning = Fault::warning(
        "floored-estimate",
        format!(
            "the curves of {} estimates reach below what they can be and are raised there in more than {:.0} % of draws: {} and {} more",
            floored.len(),
            FLOORED_SHARE * 100.0,
            named.join(", "),
            floored.len() - MOST_FLOORED
        ),
    )
    .hint("raise the low numbers, or say `shape = \"pert\", range = \"min-max\"` (under `[estimates]` for all) if the outer numbers are bounds");
    for (index, floored) in floored.into_iter().enumerate() {
        let label = format!("{:.1} % of draws", floored.percent);
        warning = if index == 0 {
            warning.at(&floored.warning.span).label(label)
        } else {
            warning.related(&floored.warning.span, label)
        };
    }
    vec![warning]
}

/// The fault of numbers that admit no distribution, with the nearest that would do in the file's own units.
fn infeasible(name: &str, written: &EstimateText, why: &Infeasible, unit: Unit<'_>) -> Fault {
    let show = |value: f64, digits: usize| match unit.of_text(&written.text) {
        Some((unit, worth)) => format!("{}{unit}", rounded(value / worth, digits)),
        None => unit.show(value, digits),
    };
    let quoted = matches!(unit, Unit::Work | Unit::Clock);
    let nearest = why.nearest.map(|numbers| {
        let numbers = numbers.map(|number| {
            let number = show(number, 4);
            if quoted { format!("\"{number}\"") } else { number }
        });
        format!("the nearest numbers that would do: [{}]", numbers.join(", "))
    });
    let fault = Fault::error(
        "infeasible-estimate",
        format!("`{name}`: {} ({})", why.message(|value| show(value, 3)), written.text),
    )
    .at(&written.span)
    .label("no such distribution exists");
    match nearest {
        Some(nearest) => fault.hint(nearest),
        None => fault.allowed(allowed(&why.reason)),
    }
}

/// What is allowed where no three numbers are near.
fn allowed(reason: &Reason) -> String {
    match reason {
        Reason::Parameter { name, must, .. } => format!("`{name}` {must}; only three numbers, a uniform and a normal reach below zero"),
        Reason::OutOfRange { limit } => format!("numbers from -{limit:e} to {limit:e}"),
        Reason::NotAscending { names, equal_allowed } => names.join(if *equal_allowed { " ≤ " } else { " < " }),
        Reason::NotThreePoint { shape } => shape.takes().to_owned(),
        Reason::NoEnds { .. } | Reason::TooSkewed { .. } => {
            "range = \"p10-p90\" or \"p5-p95\"; or shape = \"pert\" or \"triangular\"".to_owned()
        }
        Reason::NoValues => "a column with at least one number".to_owned(),
    }
}

fn rounded(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".into() } else { text.into() }
}
