//! What several sections share: bounds, named tables, people and dates.

use crate::diagnostic::Fault;
use crate::scenario::estimate::{Scale, estimate};
use crate::scenario::reader::{Faults, Reader, Real, SHARE, Whole, date, items, real, whole, wrong_type};
use crate::scenario::says::{EstimateText, Factors};
use crate::scenario::tree::{At, Node, Value};
use crate::units::{Measure, Probability};

/// People of a team.
pub const ENGINEERS: Whole = Whole {
    min: 1,
    max: 10_000,
    example: 5,
};
/// A factor on a rate.
pub const RATE_FACTOR: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1_000.0,
    example: 0.6,
};
/// Coefficient of variation of a rate.
pub const RATE_CV: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 5.0,
    example: 0.5,
};
const PRIORITY: Whole = Whole {
    min: 1,
    max: 1_000_000,
    example: 1,
};
/// The most entries of each section that a scenario may have. What is counted by week, quarter or task has fewer, since memory and
/// time go with the product.
const MOST_ENTRIES: usize = 1_000;
const MOST_ENTRIES_OF: [(&str, usize); 5] = [
    ("team", 500),
    ("initiative", 500),
    ("incident", 200),
    ("budget", 200),
    ("finding", 50),
];

/// Reads each named table of a section.
pub fn named<'t, T>(
    root: &mut Reader<'t>,
    key: &'static str,
    what: &'static str,
    example: &str,
    faults: &mut Faults,
    mut read: impl FnMut(At<String>, Reader<'t>, &mut Faults) -> T,
) -> Vec<T> {
    let mut entries = root.named(key, what, example, faults);
    let most = MOST_ENTRIES_OF.iter().find(|(section, _)| *section == key);
    let most = most.map_or(MOST_ENTRIES, |(_, most)| *most);
    if let Some((id, _)) = entries.get(most) {
        let message = format!("`{key}` has {} entries", entries.len());
        faults.add(
            Fault::error("too-many", message)
                .at(&id.span)
                .allowed(format!("at most {most}"))
                .hint("leave out what does not bear on the promises, or put like things into one entry"),
        );
        entries.truncate(most);
    }
    entries.into_iter().map(|(id, reader)| read(id, reader, faults)).collect()
}

/// Dates; none where the key is missing.
pub fn dates(reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults) -> Vec<At<crate::calendar::Date>> {
    let Some(node) = reader.node(key) else { return Vec::new() };
    let name = reader.name(key);
    items(node).iter().filter_map(|item| date(&name, item, faults)).collect()
}

/// A number of people, at least one.
pub fn people(name: &str, node: &Node, faults: &mut Faults) -> Option<At<u32>> {
    let at = whole(name, node, &ENGINEERS, faults)?;
    Some(At::new(u32::try_from(at.value).ok()?, at.span))
}

/// 1 first.
pub fn priority(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<u32> {
    reader
        .whole("priority", &PRIORITY, faults)
        .and_then(|at| u32::try_from(at.value).ok())
}

/// A probability that must be there.
pub fn probability(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<At<Probability>> {
    reader.required("probability", "probability = 0.35", faults)?;
    share(reader, "probability", faults)
}

/// An optional probability.
pub fn share(reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults) -> Option<At<Probability>> {
    let at = reader.real(key, &SHARE, faults)?;
    Some(At::new(Probability::new(at.value)?, at.span))
}

/// An optional estimate of a quantity with a unit.
pub fn measured(reader: &mut Reader<'_>, key: &'static str, measure: Measure, faults: &mut Faults) -> Option<EstimateText> {
    let node = reader.node(key)?;
    estimate(&reader.name(key), node, Scale::Quantity(measure), faults)
}

/// Names of classes and a number for each: `{ sev1 = 0.6 }`.
pub fn factors(reader: &mut Reader<'_>, key: &'static str, bound: &Real, faults: &mut Faults) -> Factors {
    let Some(node) = reader.node(key) else { return Vec::new() };
    let name = reader.name(key);
    let Node {
        value: Value::Table(table),
        ..
    } = node
    else {
        let example = if key == "review" { "critical" } else { "sev1" };
        wrong_type(
            &name,
            node,
            &format!("a table of classes and numbers, such as {{ {example} = {} }}", bound.example),
            faults,
        );
        return Vec::new();
    };
    table
        .entries
        .iter()
        .filter_map(|entry| {
            let number = real(&format!("{name}.{}", entry.key), &entry.node, bound, faults)?;
            Some((At::new(entry.key.clone(), entry.key_span.clone()), number))
        })
        .collect()
}
