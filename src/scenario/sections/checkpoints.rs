//! `[checkpoint.…]`.

use crate::diagnostic::Fault;
use crate::scenario::reader::{Faults, Reader, SHARE, Whole, date, quantity, text};
use crate::scenario::says::{By, Checkpoint, SlipProtocol, Watched};
use crate::scenario::sections::shared::ENGINEERS;
use crate::scenario::tree::{At, Value};
use crate::units::Measure;

const COUNT: Whole = Whole {
    min: 0,
    max: 1_000_000,
    example: 2,
};

/// Reads a checkpoint.
pub fn checkpoint(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Checkpoint {
    const KINDS: [(&str, Watched); 4] = [
        ("task", Watched::Task),
        ("incident", Watched::Incident),
        ("team", Watched::Team),
        ("budget", Watched::Budget),
    ];
    let title = reader.text("title", faults).map(|at| at.value);
    let mut limit = None;
    let mut watches = None;
    for (key, kind) in KINDS {
        let Some(entry) = reader.entry(key) else { continue };
        let name = text(&reader.name(key), &entry.node, faults);
        if watches.is_none() {
            watches = Some((kind, name));
        } else {
            faults.add(
                Fault::error("two-observables", format!("`{}` watches more than one thing", reader.path))
                    .at(&entry.key_span)
                    .hint("make two checkpoints of it"),
            );
        }
    }
    let by = match watches.as_ref().map(|(kind, _)| *kind) {
        None => {
            if reader.is_strict() {
                faults.add(
                    Fault::error("missing-key", format!("`{}` watches nothing", reader.path))
                        .at(&id.span)
                        .label("what should be looked at?")
                        .allowed(
                            "`task` and `done_by`; `incident`, `at_most` and `by`; `team`, `engineers_at_least` and `by`; `budget`, `burnt_at_most` and `by`",
                        )
                        .hint("add `task = \"launch.design\"` and `done_by = \"6w\"`"),
                );
            }
            reader.allow(&["done_by", "by", "at_most", "engineers_at_least", "burnt_at_most", "on_miss"]);
            None
        }
        Some(Watched::Task) => moment(&mut reader, "done_by", faults),
        Some(kind) => {
            match kind {
                Watched::Incident => {
                    reader.required("at_most", "at_most = 2", faults);
                    limit = reader.whole("at_most", &COUNT, faults).map(|at| at.value as f64);
                }
                Watched::Team => {
                    reader.required("engineers_at_least", "engineers_at_least = 11", faults);
                    limit = reader.whole("engineers_at_least", &ENGINEERS, faults).map(|at| at.value as f64);
                }
                _ => {
                    reader.required("burnt_at_most", "burnt_at_most = 0.5", faults);
                    limit = reader.real("burnt_at_most", &SHARE, faults).map(|at| at.value);
                }
            }
            moment(&mut reader, "by", faults)
        }
    };
    let on_miss = slip_protocol(&mut reader, faults);
    reader.finish(faults);
    Checkpoint {
        id,
        title,
        watches: watches.and_then(|(kind, name)| Some((kind, name?))),
        by,
        limit,
        on_miss,
    }
}

fn slip_protocol(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<SlipProtocol> {
    let node = reader.node("on_miss")?;
    let mut slip = Reader::new(reader.name("on_miss"), "a slip protocol", node, faults)?;
    let mut text = |key| slip.text(key, faults).map(|at| at.value);
    let (who, tells, says) = (text("who"), text("tells"), text("says"));
    let written = slip.node("within").and_then(|node| match &node.value {
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    });
    let within = slip.quantity("within", Measure::Work, faults).and(written);
    slip.finish(faults);
    Some(SlipProtocol { who, tells, within, says })
}

/// A date, or calendar weeks after the start such as `"6w"`.
fn moment(reader: &mut Reader<'_>, key: &'static str, faults: &mut Faults) -> Option<At<By>> {
    let node = reader.required(key, &format!("{key} = \"6w\""), faults)?;
    let name = reader.name(key);
    if let Value::String(written) = &node.value
        && crate::calendar::Date::parse(written).is_none()
    {
        let weeks = quantity(&name, node, Measure::Work, faults)?;
        let whole = written.trim().strip_suffix('w').and_then(|number| number.trim().parse().ok());
        if whole.is_none() {
            faults.add(
                Fault::error(
                    "bad-quantity",
                    format!("`{name}` is \"{written}\", which is no number of whole weeks"),
                )
                .at(&weeks.span)
                .allowed("calendar weeks after the start such as \"6w\", or a date"),
            );
        }
        return whole.map(|number| At::new(By::Weeks(number), node.span.clone()));
    }
    date(&name, node, faults).map(|at| At::new(By::Date(at.value), at.span))
}
