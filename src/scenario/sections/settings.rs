//! `[scenario]` and `[estimates]`.

use crate::diagnostic::Fault;
use crate::sampling::{Correlation, Range};
use crate::scenario::estimate::{OF_THREE, inside, one_of, range, shape};
use crate::scenario::reader::{Faults, MONEY, Reader, Real, SHARE, Whole, date, real, text, wrong_type};
use crate::scenario::says::{Estimates, Overrun, PastTasks, Settings};
use crate::scenario::sections::shared::dates;
use crate::scenario::tree::{At, Node, Value};
use crate::units::Percentile;

/// Trials of a run.
pub const TRIALS: Whole = Whole {
    min: 1,
    max: 10_000_000,
    example: 10_000,
};
/// Seeds. TOML has no larger whole number.
pub const SEED: Whole = Whole {
    min: 0,
    max: i64::MAX,
    example: 1,
};
const OVERRUN: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1_000.0,
    example: 1.4,
};
const CORRELATION: Real = Real { example: 0.3, ..SHARE };

/// Reads `[scenario]`.
pub fn settings(root: &mut Reader<'_>, complete: bool, faults: &mut Faults) -> Settings {
    let Some(node) = root.required("scenario", "[scenario]` with `start = 2026-01-05", faults) else {
        return Settings::default();
    };
    let Some(reader) = Reader::new("scenario".into(), "the scenario", node, faults) else {
        return Settings::default();
    };
    let mut reader = reader.forgiving(!complete);
    let settings = Settings {
        name: reader.text("name", faults),
        start: reader
            .required("start", "start = 2026-01-05", faults)
            .and_then(|node| date("scenario.start", node, faults)),
        trials: reader
            .whole("trials", &TRIALS, faults)
            .and_then(|at| Some(At::new(u32::try_from(at.value).ok()?, at.span))),
        seed: reader
            .whole("seed", &SEED, faults)
            .and_then(|at| Some(At::new(u64::try_from(at.value).ok()?, at.span))),
        holidays: dates(&mut reader, "holidays", faults),
        horizon: reader.date("horizon", faults),
        decide_by: reader.date("decide_by", faults),
        ceo_approval_above: reader.real("ceo_approval_above", &MONEY, faults),
        file_order: reader
            .node("dispatch")
            .and_then(|node| one_of("scenario.dispatch", node, &["priority", "file-order"], faults))
            .map(|at| at.map(|word| word == "file-order")),
        timelines: reader.node("timelines").and_then(|node| timelines(node, faults)),
    };
    reader.finish(faults);
    settings
}

fn timelines(node: &Node, faults: &mut Faults) -> Option<At<[Percentile; 3]>> {
    let written: Option<Vec<Percentile>> = match &node.value {
        Value::Array(items) => items
            .iter()
            .map(|item| match &item.value {
                Value::String(text) => Percentile::parse(text),
                _ => None,
            })
            .collect(),
        Value::Faulty => return None,
        _ => None,
    };
    match written.as_deref() {
        Some(&[best, expected, worst]) if best < expected && expected < worst => Some(At::new([best, expected, worst], node.span.clone())),
        _ => {
            faults.add(
                Fault::error("bad-timelines", "`scenario.timelines` needs three percentiles in ascending order")
                    .at(&node.span)
                    .label("best, expected, worst")
                    .allowed(format!("three times {}", Percentile::ALLOWED))
                    .hint("the default is timelines = [\"p10\", \"p50\", \"p90\"]"),
            );
            None
        }
    }
}

/// Reads `[estimates]`.
pub fn estimates(root: &mut Reader<'_>, faults: &mut Faults) -> Estimates {
    let Some(node) = root.node("estimates") else {
        return Estimates::default();
    };
    let Some(mut reader) = Reader::new("estimates".into(), "the reading of estimates", node, faults) else {
        return Estimates::default();
    };
    let estimates = Estimates {
        shape: reader
            .node("shape")
            .and_then(|node| shape("estimates.shape", node, &OF_THREE, faults)),
        range: reader.node("range").and_then(|node| range("estimates.range", node, faults)),
        correlation: reader.node("correlation").and_then(|node| correlation(node, faults)),
        correlation_by_default: reader.node("correlation").map(missing_correlations).unwrap_or_default(),
        overrun: reader.node("overrun").and_then(|node| overrun(node, faults)),
    };
    reader.finish(faults);
    if let (Some(shape), Some(range)) = (&estimates.shape, &estimates.range)
        && shape.value == crate::sampling::Shape::Lognormal
        && range.value == Range::MinMax
    {
        faults.add(
            lognormal_min_max("estimates")
                .at(&range.span)
                .related(&shape.span, "has no maximum"),
        );
    }
    estimates
}

/// Why a lognormal cannot be read from a minimum and a maximum.
pub fn lognormal_min_max(name: &str) -> Fault {
    Fault::error(
        "lognormal-min-max",
        format!("`{name}`: a lognormal has no maximum, so its high number must be a percentile"),
    )
    .label("read as bounds")
    .allowed("with lognormal: range = \"p10-p90\" or \"p5-p95\"; with min-max: shape = \"pert\" or \"triangular\"")
    .hint("write range = \"p10-p90\" if the outer numbers are only rarely missed, or shape = \"pert\" if nothing can lie outside them")
}

/// Reads `"none"`, or a table.
fn none_or<'t>(name: &str, what: &'static str, node: &'t Node, allowed: &str, faults: &mut Faults) -> Result<(), Option<Reader<'t>>> {
    match &node.value {
        Value::String(text) if text == "none" => Ok(()),
        Value::Table(_) => Err(Reader::new(name.to_owned(), what, node, faults)),
        _ => {
            wrong_type(name, node, allowed, faults);
            Err(None)
        }
    }
}

fn correlation(node: &Node, faults: &mut Faults) -> Option<At<Correlation>> {
    let allowed = "\"none\", or { team = 0.3, portfolio = 0.1 }; each from 0 to 1, together at most 1";
    let (team, portfolio) = match none_or("estimates.correlation", "the correlation", node, allowed, faults) {
        Ok(()) => (0.0, 0.0),
        Err(reader) => {
            let mut reader = reader?;
            let before = faults.list.len();
            let team = reader.real("team", &CORRELATION, faults);
            let portfolio = reader.real("portfolio", &CORRELATION, faults);
            reader.finish(faults);
            if faults.list.len() > before {
                return None;
            }
            let default = Correlation::default();
            (
                team.map_or(default.team(), |at| at.value),
                portfolio.map_or(default.portfolio(), |at| at.value),
            )
        }
    };
    let correlation = Correlation::new(team, portfolio);
    if correlation.is_none() {
        faults.add(
            Fault::error(
                "correlation-above-one",
                format!("team {team} and portfolio {portfolio} together are more than 1"),
            )
            .at(&node.span)
            .allowed(allowed),
        );
    }
    correlation.map(|correlation| At::new(correlation, node.span.clone()))
}

/// The keys of a table of correlations that it leaves out.
fn missing_correlations(node: &Node) -> Vec<&'static str> {
    let Value::Table(table) = &node.value else { return Vec::new() };
    ["team", "portfolio"].into_iter().filter(|key| table.get(key).is_none()).collect()
}

fn overrun(node: &Node, faults: &mut Faults) -> Option<At<Overrun>> {
    let allowed = "\"none\", { p10 = 0.85, p50 = 1.0, p90 = 1.4 }, or { history = \"past-tasks.csv\" }";
    let mut reader = match none_or("estimates.overrun", "the overrun", node, allowed, faults) {
        Ok(()) => return Some(At::new(Overrun::None, node.span.clone())),
        Err(reader) => reader?,
    };
    if let Some(node) = reader.node("history") {
        let name = reader.name("history");
        let file = text(&name, node, faults).and_then(|file| inside(&name, file, faults));
        let [estimate, actual, group] = ["estimate", "actual", "group"].map(|key| reader.text(key, faults));
        reader.finish_with(faults, |key| {
            let both = matches!(key, "p10" | "p50" | "p90");
            both.then(|| "an overrun is learnt from a history or given in numbers, not both".to_owned())
        });
        let past = PastTasks {
            file: file?,
            estimate,
            actual,
            group,
        };
        return Some(At::new(Overrun::History(past), node.span.clone()));
    }
    let numbers = ["p10", "p50", "p90"].map(|key| {
        let example = format!("{key} = 1.0");
        let node = reader.required(key, &example, faults)?;
        real(&reader.name(key), node, &OVERRUN, faults)
    });
    reader.finish(faults);
    let [Some(p10), Some(p50), Some(p90)] = numbers else { return None };
    let numbers = [p10.value, p50.value, p90.value];
    if numbers[0] < numbers[1] && numbers[1] < numbers[2] {
        return Some(At::new(Overrun::Percentiles(numbers), node.span.clone()));
    }
    let at = if numbers[0] < numbers[1] { &p90.span } else { &p50.span };
    faults.add(
        Fault::error("reversed-estimate", "in `estimates.overrun` the percentiles do not ascend")
            .at(at)
            .label("not above the one before")
            .allowed("p10 < p50 < p90; or \"none\" for no overrun"),
    );
    None
}
