//! Estimates: one number, three numbers, or a table that names its shape.

use crate::diagnostic::Fault;
use crate::sampling::{Range, Shape};
use crate::scenario::reader::{Faults, Reader, Real, quantity, real, suggest, text};
use crate::scenario::says::{EstimateText, Form};
use crate::scenario::tree::{At, Node, Value};
use crate::units::Measure;

/// What the numbers of an estimate are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Quantities with a unit.
    Quantity(Measure),
    /// Plain factors above zero.
    Factor,
}

/// A factor of a risk. A thousandfold overrun is no estimate any more.
const FACTOR: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1_000.0,
    example: 1.5,
};
const MU: Real = Real {
    min: -30.0,
    reaches_min: true,
    max: 30.0,
    example: 1.5,
};
const SIGMA: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 5.0,
    example: 0.6,
};
const BETA_PARAMETER: Real = Real {
    min: 0.1,
    reaches_min: true,
    max: 10_000.0,
    example: 2.0,
};

impl Scale {
    const fn allowed(self) -> &'static str {
        match self {
            Self::Quantity(_) => {
                "three quantities (low, likely, high) such as [\"2w\", \"3w\", \"6w\"], one such as \"3d\", or a table with a shape"
            }
            Self::Factor => "three factors (low, likely, high) such as [1.2, 1.5, 2.5], one such as 1.5, or a table with a shape",
        }
    }

    fn number(self, name: &str, node: &Node, faults: &mut Faults) -> Option<At<f64>> {
        match self {
            Self::Quantity(measure) => quantity(name, node, measure, faults),
            Self::Factor => real(name, node, &FACTOR, faults),
        }
    }
}

/// Reads an estimate.
pub fn estimate(name: &str, node: &Node, scale: Scale, faults: &mut Faults) -> Option<EstimateText> {
    match &node.value {
        Value::Array(items) => three(name, node, items, scale, faults),
        Value::Table(_) => shaped(name, node, scale, faults),
        Value::Bool(_) | Value::Date(_) | Value::Time(_) => {
            faults.add(
                Fault::error(
                    "wrong-type",
                    format!("`{name}` is {}, but an estimate is needed", node.value.kind()),
                )
                .at(&node.span)
                .allowed(scale.allowed()),
            );
            None
        }
        _ => {
            let number = scale.number(name, node, faults)?;
            Some(EstimateText {
                span: node.span.clone(),
                text: written(node, faults),
                form: Form::Fixed(number.value),
            })
        }
    }
}

fn three(name: &str, node: &Node, items: &[Node], scale: Scale, faults: &mut Faults) -> Option<EstimateText> {
    let [low, likely, high] = items else {
        let as_written: Vec<&str> = items.iter().map(|item| faults.written(&item.span)).collect();
        let hint = match as_written.as_slice() {
            [] => "write low, likely and high between the brackets".to_owned(),
            [one] => format!("for a fixed estimate leave the brackets out: {one}; otherwise give low, likely and high"),
            [one, two] => format!(
                "which is missing? [{one}, {two}] with the likely number between them, or all between them alike: {{ shape = \"uniform\", low = {one}, high = {two} }}"
            ),
            _ => "keep three of them: low, likely and high".to_owned(),
        };
        let count = match items.len() {
            0 => "no number".to_owned(),
            1 => "one number in brackets".to_owned(),
            several => format!("{several} numbers"),
        };
        faults.add(
            Fault::error("not-three-numbers", format!("`{name}` has {count}, but an estimate has three"))
                .at(&node.span)
                .label("low, likely and high are needed")
                .allowed(scale.allowed())
                .hint(hint),
        );
        return None;
    };
    let numbers = [low, likely, high].map(|item| scale.number(name, item, faults));
    let text = [low, likely, high].map(|item| written(item, faults)).join(" / ");
    let [Some(low), Some(likely), Some(high)] = numbers else {
        return None;
    };
    let numbers = ascending(name, [low, likely, high], faults)?;
    Some(EstimateText {
        span: node.span.clone(),
        text,
        form: Form::Three {
            shape: None,
            range: None,
            numbers,
        },
    })
}

/// Refuses numbers that do not ascend, at the one that is out of order.
fn ascending(name: &str, numbers: [At<f64>; 3], faults: &mut Faults) -> Option<[At<f64>; 3]> {
    let [low, likely, high] = &numbers;
    let (at, other, message) = if low.value > likely.value && low.value > high.value {
        (low, likely, "the low number is above the others")
    } else if low.value > likely.value {
        (likely, low, "the likely number is below the low one")
    } else if likely.value > high.value {
        (high, likely, "the high number is below the likely one")
    } else {
        return Some(numbers);
    };
    let ordered = {
        let mut sorted = [low, likely, high];
        sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
        sorted.map(|number| faults.written(&number.span).to_owned()).join(", ")
    };
    let fault = Fault::error("reversed-estimate", format!("in `{name}` {message}"))
        .at(&at.span)
        .label("out of order")
        .related(&other.span, "compared with this")
        .allowed("low ≤ likely ≤ high")
        .hint(format!("in ascending order: {ordered}"));
    faults.add(fault);
    None
}

/// The name of a three-number shape, for `[estimates]` and estimate tables.
pub fn shape(name: &str, node: &Node, known: &[&'static str], faults: &mut Faults) -> Option<At<Shape>> {
    one_of(name, node, known, faults).and_then(|at| Shape::from_name(at.value).map(|shape| At::new(shape, at.span)))
}

/// The name of a range.
pub fn range(name: &str, node: &Node, faults: &mut Faults) -> Option<At<Range>> {
    one_of(name, node, &Range::NAMES, faults).and_then(|at| Range::from_name(at.value).map(|range| At::new(range, at.span)))
}

/// One of a few known words.
pub fn one_of<'k>(name: &str, node: &Node, known: &[&'k str], faults: &mut Faults) -> Option<At<&'k str>> {
    let written = text(name, node, faults)?;
    let found = known.iter().find(|word| **word == written.value).copied();
    if found.is_none() {
        let near = suggest(&written.value, known.iter().copied());
        faults.add(
            Fault::error("unknown-value", format!("`{name}` is \"{}\"", written.value))
                .at(&written.span)
                .allowed(known.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "))
                .maybe_hint(near.map(|near| format!("did you mean \"{near}\"?"))),
        );
    }
    found.map(|word| At::new(word, written.span))
}

/// The shapes that three numbers alone can have.
pub const OF_THREE: [&str; 4] = ["lognormal", "pert", "triangular", "metalog"];
/// The shapes that a table can name.
const OF_TABLE: [&str; 9] = [
    "lognormal",
    "pert",
    "triangular",
    "metalog",
    "uniform",
    "normal",
    "exponential",
    "beta",
    "empirical",
];

fn shaped(name: &str, node: &Node, scale: Scale, faults: &mut Faults) -> Option<EstimateText> {
    let mut reader = Reader::new(name.to_owned(), "an estimate", node, faults)?;
    let named = reader.node("shape");
    let given = match named {
        Some(node) => Some(shape(&reader.name("shape"), node, &OF_TABLE, faults)?),
        None => None,
    };
    let before = faults.list.len();
    let form = form(&mut reader, given.clone(), scale, faults);
    let missing = faults.list.len() > before;
    let what = given.as_ref().map_or(Shape::Lognormal, |given| given.value);
    reader.finish_with(faults, |key| match (key, &given) {
        ("value" | "values", _) => Some(format!("one fixed number is written without a table: {name} = \"3d\"")),
        ("p10" | "p50" | "p90" | "mu" | "sigma" | "mean" | "sd" | "alpha" | "beta" | "file", None) => {
            Some(format!("say which shape has `{key}`, such as shape = \"{}\"", owner(key)))
        }
        _ => None,
    });
    let form = form.filter(|_| !missing)?;
    let label = if given.is_some() { format!("{what} ") } else { String::new() };
    Some(EstimateText {
        span: node.span.clone(),
        text: format!("{label}{}", table_text(node, faults)),
        form,
    })
}

/// The shape that a key belongs to.
fn owner(key: &str) -> &'static str {
    match key {
        "p10" => "metalog",
        "mean" => "exponential",
        "sd" => "normal",
        "alpha" | "beta" => "beta",
        "file" => "empirical",
        _ => "lognormal",
    }
}

fn form(reader: &mut Reader<'_>, given: Option<At<Shape>>, scale: Scale, faults: &mut Faults) -> Option<Form> {
    let get = |reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults| {
        let example = match scale {
            Scale::Quantity(_) => format!("{key} = \"3d\""),
            Scale::Factor => format!("{key} = 1.5"),
        };
        let node = reader.required(key, &example, faults)?;
        scale.number(&reader.name(key), node, faults)
    };
    let plain = |reader: &mut Reader<'_>, key: &'static str, bound: &Real, faults: &mut Faults| {
        let node = reader.required(key, &format!("{key} = {}", bound.example), faults)?;
        real(&reader.name(key), node, bound, faults).map(|at| at.value)
    };
    match given.as_ref().map(|given| given.value) {
        Some(Shape::Lognormal) if reader.peek("mu") || reader.peek("sigma") => {
            let (mu, sigma) = (plain(reader, "mu", &MU, faults), plain(reader, "sigma", &SIGMA, faults));
            Some(Form::MuSigma(mu?, sigma?))
        }
        Some(Shape::Lognormal) if reader.peek("p50") || reader.peek("p90") => {
            let (p50, p90) = (get(reader, "p50", faults), get(reader, "p90", faults));
            let (p50, p90) = pair(reader, p50?, p90?, "p50 ≤ p90", faults)?;
            Some(Form::MedianP90(p50, p90))
        }
        Some(Shape::Uniform) => {
            let (low, high) = (get(reader, "low", faults), get(reader, "high", faults));
            let (low, high) = pair(reader, low?, high?, "low ≤ high", faults)?;
            Some(Form::Uniform(low, high))
        }
        Some(Shape::Normal) => {
            let (mean, sd) = (get(reader, "mean", faults), get(reader, "sd", faults));
            Some(Form::Normal(mean?.value, sd?.value))
        }
        Some(Shape::Exponential) => Some(Form::Exponential(get(reader, "mean", faults)?.value)),
        Some(Shape::Beta) => {
            let (low, high) = (get(reader, "low", faults), get(reader, "high", faults));
            let alpha = plain(reader, "alpha", &BETA_PARAMETER, faults);
            let beta = plain(reader, "beta", &BETA_PARAMETER, faults);
            let (low, high) = pair(reader, low?, high?, "low ≤ high", faults)?;
            Some(Form::Beta([low, high, alpha?, beta?]))
        }
        Some(Shape::Metalog) => {
            let numbers = [get(reader, "p10", faults), get(reader, "p50", faults), get(reader, "p90", faults)];
            let [Some(p10), Some(p50), Some(p90)] = numbers else { return None };
            let numbers = ascending(&reader.path, [p10, p50, p90], faults)?;
            Some(Form::Metalog(numbers.map(|at| at.value)))
        }
        Some(Shape::Empirical) => {
            let file = reader.required("file", "file = \"past-tasks.csv\"", faults);
            let column = reader.required("column", "column = \"actual\"", faults);
            let file = file
                .and_then(|node| text(&reader.name("file"), node, faults))
                .and_then(|file| inside(&reader.name("file"), file, faults));
            let column = column.and_then(|node| text(&reader.name("column"), node, faults));
            let times = match reader.node("times") {
                Some(node) => scale.number(&reader.name("times"), node, faults)?.value,
                None => 1.0,
            };
            Some(Form::Empirical {
                file: file?,
                column: column?,
                times,
            })
        }
        _ => {
            let range = reader.node("range").map(|node| range(&reader.name("range"), node, faults));
            let two = reader.peek("low") && reader.peek("high") && !reader.peek("likely") && !reader.peek("mode");
            let low = get(reader, "low", faults);
            let likely = if two && given.is_none() {
                reader.entry("likely");
                faults.add(
                    Fault::error("missing-key", format!("`{}` does not say `likely`", reader.path))
                        .at(&reader.span)
                        .label("two numbers alone have no shape")
                        .hint("add `likely`, or write shape = \"uniform\""),
                );
                None
            } else {
                get(reader, "likely", faults)
            };
            let high = get(reader, "high", faults);
            let [Some(low), Some(likely), Some(high)] = [low, likely, high] else {
                return None;
            };
            let numbers = ascending(&reader.path, [low, likely, high], faults)?;
            let range = match range {
                Some(None) => return None,
                Some(range) => range,
                None => None,
            };
            Some(Form::Three {
                shape: given,
                range,
                numbers,
            })
        }
    }
}

/// Refuses a path that leaves the scenario's folder. A scenario can come from somebody else: whoever runs it must not thereby
/// read other files of the machine, and whoever is handed the folder must have everything that the forecast rests on.
pub fn inside(name: &str, file: At<String>, faults: &mut Faults) -> Option<At<String>> {
    let path = &file.value;
    let mut parts = path.split(['/', '\\']);
    let drive = path.as_bytes().get(1) == Some(&b':');
    // What an absolute path means differs between machines; a scenario means the same on all of them.
    if !path.starts_with(['/', '\\', '~']) && !drive && parts.clone().all(|part| part != "..") {
        return Some(file);
    }
    let last = parts
        .next_back()
        .filter(|last| !last.is_empty() && *last != "..")
        .unwrap_or("past-tasks.csv");
    let key = name.rsplit('.').next().unwrap_or_default();
    faults.add(
        Fault::error(
            "outside-the-folder",
            format!("`{name}` is \"{path}\", which leaves the scenario's folder"),
        )
        .at(&file.span)
        .allowed("a path from the scenario's folder downwards, such as \"past-tasks.csv\" or \"data/past-tasks.csv\"")
        .hint(format!("put the file beside the scenario and write {key} = \"{last}\"")),
    );
    None
}

fn pair(reader: &Reader<'_>, low: At<f64>, high: At<f64>, allowed: &str, faults: &mut Faults) -> Option<(f64, f64)> {
    if low.value <= high.value {
        return Some((low.value, high.value));
    }
    faults.add(
        Fault::error(
            "reversed-estimate",
            format!("in `{}` the higher number is below the lower one", reader.path),
        )
        .at(&high.span)
        .label("out of order")
        .related(&low.span, "compared with this")
        .allowed(allowed),
    );
    None
}

fn written(node: &Node, faults: &Faults) -> String {
    match &node.value {
        Value::String(text) => text.trim().to_owned(),
        _ => faults.written(&node.span).to_owned(),
    }
}

/// The numbers of a table: those of a triple by themselves, others with their names.
fn table_text(node: &Node, faults: &Faults) -> String {
    let Value::Table(table) = &node.value else { return String::new() };
    if let [Some(low), Some(likely), Some(high)] = ["low", "likely", "high"].map(|key| table.get(key)) {
        return [low, likely, high].map(|entry| written(&entry.node, faults)).join(" / ");
    }
    table
        .entries
        .iter()
        .filter(|entry| entry.key != "shape")
        .map(|entry| format!("{} {}", entry.key, written(&entry.node, faults)))
        .collect::<Vec<_>>()
        .join(", ")
}
