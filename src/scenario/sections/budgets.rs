//! `[budget.…]`.

use crate::diagnostic::Fault;
use crate::scenario::estimate::one_of;
use crate::scenario::reader::{Faults, MONEY, NOT_NEGATIVE, Reader, Real, SHARE, Whole};
use crate::scenario::says::{Budget, Limit};
use crate::scenario::tree::{At, Value};
use crate::units::{Measure, Probability, parse_quantity};

/// The kinds, and the keys that each takes.
const KINDS: [(&str, &[&str]); 4] = [
    ("delivery", &["initiative", "to", "max_slip"]),
    ("reliability", &["flow", "customer_minutes_per_quarter", "burnt", "freeze"]),
    ("security", &["initiative", "max_open", "max_days_held"]),
    ("cost", &["max"]),
];

const SLIP: Real = Real {
    max: 1_000.0,
    ..NOT_NEGATIVE
};
const MINUTES: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1e17,
    example: 1_500_000.0,
};
const BURNT: Real = Real {
    reaches_min: true,
    example: 200_000.0,
    ..MINUTES
};
const OPEN: Whole = Whole {
    min: 0,
    max: 1_000_000,
    example: 2,
};
const DAYS_HELD: Real = Real {
    max: 10_000.0,
    example: 5.0,
    ..NOT_NEGATIVE
};
const SPENT: Real = Real {
    reaches_min: false,
    example: 900_000.0,
    ..MONEY
};

/// Reads a budget.
pub fn budget(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Budget {
    let names = KINDS.map(|(name, _)| name);
    let given = reader.peek("kind");
    let kind = reader
        .node("kind")
        .and_then(|node| one_of(&reader.name("kind"), node, &names, faults));
    if !given && reader.is_strict() {
        // The keys often tell which kind was meant.
        let meant = KINDS
            .iter()
            .rev()
            .find(|(_, keys)| keys.iter().any(|key| reader.peek(key)))
            .map_or("delivery", |(name, _)| name);
        faults.add(
            Fault::error("missing-key", format!("`{}` does not say `kind`", reader.path))
                .at(&reader.span)
                .label("a budget needs `kind`")
                .allowed(names.map(|name| format!("\"{name}\"")).join(", "))
                .hint(format!("add `kind = \"{meant}\"`")),
        );
    }
    let tolerance = reader.real("tolerance", &SHARE, faults).and_then(|at| Probability::new(at.value));
    let kind = kind.map(|kind| kind.value);
    let limit = kind.map(|kind| limit(kind, &mut reader, faults));
    if let Some(kind) = kind {
        reader.finish_with(faults, |key| {
            let owner = KINDS.iter().find(|(_, keys)| keys.contains(&key)).map(|(name, _)| name)?;
            Some(format!("`{key}` belongs to a budget of kind \"{owner}\"; this one is \"{kind}\""))
        });
    }
    Budget { id, limit, tolerance }
}

/// A plain number of working days: it is compared with a count, not with work.
fn days_held(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<f64> {
    let node = reader.node("max_days_held")?;
    if let Value::String(text) = &node.value
        && let Ok(days) = parse_quantity(text, Measure::Work)
    {
        faults.add(
            Fault::error(
                "wrong-type",
                format!("`{}` is \"{text}\", but it is a plain number", reader.name("max_days_held")),
            )
            .at(&node.span)
            .label("counted in working days")
            .allowed(DAYS_HELD.to_string())
            .hint(format!("write {days} without quotes and unit")),
        );
        return None;
    }
    reader.real("max_days_held", &DAYS_HELD, faults).map(|at| at.value)
}

fn limit(kind: &str, reader: &mut Reader<'_>, faults: &mut Faults) -> Limit {
    let value = |at: At<f64>| at.value;
    match kind {
        "delivery" => {
            reader.required("max_slip", "max_slip = 0.20", faults);
            Limit::Delivery {
                initiative: reader.text("initiative", faults),
                to: reader.text("to", faults),
                max_slip: reader.real("max_slip", &SLIP, faults).map(value),
            }
        }
        "reliability" => {
            reader.required("flow", "flow = \"checkout\"", faults);
            reader.required("customer_minutes_per_quarter", "customer_minutes_per_quarter = 1_500_000", faults);
            Limit::Reliability {
                flow: reader.text("flow", faults),
                customer_minutes_per_quarter: reader.real("customer_minutes_per_quarter", &MINUTES, faults).map(value),
                burnt: reader.real("burnt", &BURNT, faults),
                freeze: reader.flag("freeze", faults).map(|at| at.value),
            }
        }
        "security" => {
            if !reader.peek("max_open") && !reader.peek("max_days_held") && reader.is_strict() {
                faults.add(
                    Fault::error("missing-key", format!("`{}` limits nothing", reader.path))
                        .at(&reader.span)
                        .label("a security budget needs `max_open` or `max_days_held`")
                        .hint("add `max_days_held = 5`"),
                );
            }
            Limit::Security {
                initiative: reader.text("initiative", faults),
                max_open: reader.whole("max_open", &OPEN, faults).map(|at| at.value as f64),
                max_days_held: days_held(reader, faults),
            }
        }
        _ => {
            reader.required("max", "max = 900_000", faults);
            Limit::Cost {
                max: reader.real("max", &SPENT, faults).map(value),
            }
        }
    }
}
