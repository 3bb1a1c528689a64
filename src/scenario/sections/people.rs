//! `[team.…]`.

use crate::calendar::Date;
use crate::diagnostic::Fault;
use crate::scenario::reader::{Faults, MONEY, Reader, Real, Whole, date};
use crate::scenario::says::{Elsewhere, Hire, Starts, Team};
use crate::scenario::sections::shared::{ENGINEERS, dates, measured, people, share};
use crate::scenario::tree::{At, Node, Value};
use crate::units::Measure;

const FOCUS: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1.0,
    example: 0.7,
};
/// Departures per person and year. Ten are more than any team has survived.
const ATTRITION: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 10.0,
    example: 0.13,
};
/// Entries of `hire` in one team.
const MOST_HIRES: usize = 1_000;

/// Reads a team.
pub fn team(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Team {
    let engineers = engineers(&mut reader, faults);
    let focus = reader.real("focus", &FOCUS, faults);
    let elsewhere = reader
        .tables("elsewhere", "an absence", faults)
        .into_iter()
        .filter_map(|mut away| {
            let engineers = away
                .required("engineers", "engineers = 2", faults)
                .and_then(|node| people(&away.name("engineers"), node, faults));
            let until = away
                .required("until", "until = 2026-02-27", faults)
                .and_then(|node| date(&away.name("until"), node, faults));
            away.finish(faults);
            Some(Elsewhere {
                engineers: engineers?,
                until: until?,
            })
        })
        .collect();
    let mut hires = reader.tables("hire", "a hire", faults);
    if let Some(first) = hires.get(MOST_HIRES) {
        let message = format!("`{}` has {} entries", first.path, hires.len());
        let allowed = format!("at most {MOST_HIRES}; `engineers = 5` in one entry stands for five people");
        faults.add(Fault::error("too-many", message).at(&first.span).allowed(allowed));
        hires.truncate(MOST_HIRES);
    }
    let team = Team {
        id,
        engineers,
        focus,
        elsewhere,
        holidays: dates(&mut reader, "holidays", faults),
        default: reader.flag("default", faults),
        attrition_per_year: reader.real("attrition_per_year", &ATTRITION, faults),
        backfill: measured(&mut reader, "backfill", Measure::Work, faults),
        ramp_up: ramp_up(&mut reader, faults),
        hires: hires.into_iter().map(|reader| hire(reader, faults)).collect(),
        cost_per_week: reader.real("cost_per_week", &MONEY, faults),
    };
    reader.finish_with(faults, |key| match key {
        "starts" | "probability" | "until" => Some(format!("`{key}` belongs to a hire: hire = [{{ starts = 2026-02-02, {key} = … }}]")),
        "attrition" | "turnover" | "churn" => Some("did you mean `attrition_per_year`?".into()),
        "cost" | "rate" | "salary" => Some("did you mean `cost_per_week`, for one engineer?".into()),
        "hires" => Some("did you mean `hire`?".into()),
        _ => None,
    });
    team
}

/// How many there are; nobody yet will do where somebody is to join.
fn engineers(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<At<u32>> {
    reader.required("engineers", "engineers = 5", faults)?;
    let min = if reader.peek("hire") { 0 } else { ENGINEERS.min };
    if let Some(node) = reader
        .node("engineers")
        .filter(|node| min > 0 && matches!(node.value, Value::Integer(0)))
    {
        faults.add(
            Fault::error(
                "out-of-range",
                format!("`{}` is 0, and nobody is to join", reader.name("engineers")),
            )
            .at(&node.span)
            .label("who does the work?")
            .allowed(ENGINEERS.to_string())
            .hint(
                "count those who are there at the start; if they are still to come, add `hire = [{ starts = 2026-02-02, engineers = 3 }]`",
            ),
        );
        return None;
    }
    let at = reader.whole("engineers", &Whole { min, ..ENGINEERS }, faults)?;
    Some(At::new(u32::try_from(at.value).ok()?, at.span))
}

fn ramp_up(reader: &mut Reader<'_>, faults: &mut Faults) -> Option<At<f64>> {
    let node = reader.node("ramp_up")?;
    if let Value::Array(items) = &node.value {
        let likely = match items.as_slice() {
            [_, likely, _] => faults.written(&likely.span).to_owned(),
            _ => "\"12w\"".into(),
        };
        faults.add(
            Fault::error(
                "wrong-type",
                format!("`{}` is a list, but how long people take is one quantity", reader.name("ramp_up")),
            )
            .at(&node.span)
            .allowed(Measure::Work.allowed())
            .hint(format!("write ramp_up = {likely}")),
        );
        return None;
    }
    reader.quantity("ramp_up", Measure::Work, faults)
}

fn hire(mut reader: Reader<'_>, faults: &mut Faults) -> Hire {
    let starts = reader
        .required("starts", "starts = 2026-02-02", faults)
        .and_then(|node| starts(&reader.name("starts"), node, faults));
    let hire = Hire {
        span: reader.span.clone(),
        starts,
        probability: share(&mut reader, "probability", faults),
        engineers: reader
            .node("engineers")
            .and_then(|node| people(&reader.name("engineers"), node, faults)),
        until: reader.date("until", faults),
        ramp_up: ramp_up(&mut reader, faults),
    };
    reader.finish_with(faults, |key| match key {
        "start" | "date" | "from" | "on" => Some("did you mean `starts`?".into()),
        "cost_per_week" => Some("`cost_per_week` belongs to the team".into()),
        _ => None,
    });
    hire
}

/// One date, or an early, a likely and a late one.
fn starts(name: &str, node: &Node, faults: &mut Faults) -> Option<Starts> {
    const ALLOWED: &str = "one date such as 2026-02-02, or three: [2026-02-02, 2026-02-16, 2026-03-30] (early, likely, late)";
    let Value::Array(items) = &node.value else {
        if let Value::Table(_) = node.value {
            faults.add(
                Fault::error("wrong-type", format!("`{name}` is a table, but dates are needed"))
                    .at(&node.span)
                    .allowed(ALLOWED),
            );
            return None;
        }
        let date = date(name, node, faults)?;
        return Some(Starts {
            span: node.span.clone(),
            text: date.value.to_string(),
            dates: [date.clone(), date.clone(), date],
        });
    };
    let [early, likely, late] = items.as_slice() else {
        let hint = match items.as_slice() {
            [one] => format!("for one date leave the brackets out: {}", faults.written(&one.span)),
            [_, _] => "add the likely date between the two".into(),
            _ => "give an early, a likely and a late date".into(),
        };
        faults.add(
            Fault::error(
                "not-three-dates",
                format!("`{name}` is a list of {}, but one date or three are needed", items.len()),
            )
            .at(&node.span)
            .allowed(ALLOWED)
            .hint(hint),
        );
        return None;
    };
    let [Some(early), Some(likely), Some(late)] = [early, likely, late].map(|item| date(name, item, faults)) else {
        return None;
    };
    for (one, next) in [(&early, &likely), (&likely, &late)] {
        if one.value > next.value {
            let mut sorted: Vec<Date> = [&early, &likely, &late].map(|at| at.value).to_vec();
            sorted.sort();
            let sorted = sorted.iter().map(Date::to_string).collect::<Vec<_>>().join(", ");
            faults.add(
                Fault::error("reversed-dates", format!("in `{name}` {} comes before {}", next.value, one.value))
                    .at(&next.span)
                    .label("out of order")
                    .related(&one.span, "compared with this")
                    .allowed("early ≤ likely ≤ late")
                    .hint(format!("in ascending order: [{sorted}]")),
            );
            return None;
        }
    }
    Some(Starts {
        span: node.span.clone(),
        text: [&early, &likely, &late].map(|at| at.value.to_string()).join(" / "),
        dates: [early, likely, late],
    })
}
