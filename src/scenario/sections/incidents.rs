//! `[flow.…]`, `[incident.…]` and `[finding.…]`.

use crate::diagnostic::Fault;
use crate::scenario::reader::{Faults, MONEY, Reader, Real, SHARE, real};
use crate::scenario::says::{Finding, Flow, Incident};
use crate::scenario::sections::shared::{RATE_CV, measured, people, share};
use crate::scenario::tree::{At, Node, Value};
use crate::units::{DAYS_PER_CALENDAR_MONTH, DAYS_PER_CALENDAR_QUARTER, DAYS_PER_CALENDAR_WEEK, Measure};

/// Customers of a flow: more than there are people.
const CUSTOMERS: Real = Real {
    min: 0.0,
    reaches_min: false,
    max: 1e11,
    example: 20_000.0,
};
/// Incidents of a class in a week, month or quarter.
const RATE: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 10_000.0,
    example: 2.0,
};
const OVERDISPERSION: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 10.0,
    example: 0.2,
};
/// Findings per engineer-week.
const FINDINGS: Real = Real {
    min: 0.0,
    reaches_min: true,
    max: 100.0,
    example: 0.02,
};
/// What a rate counts per, and its calendar days.
const PERIODS: [(&str, f64); 3] = [
    ("per_week", DAYS_PER_CALENDAR_WEEK),
    ("per_month", DAYS_PER_CALENDAR_MONTH),
    ("per_quarter", DAYS_PER_CALENDAR_QUARTER),
];

/// What the report calls the part of a budget that was used up before the start, beside the classes of incidents.
const BURNT: &str = "burnt";

/// Reads a flow.
pub fn flow(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Flow {
    reader.required("customers", "customers = 20_000", faults);
    let flow = Flow {
        id,
        customers: reader.real("customers", &CUSTOMERS, faults).map(|at| at.value),
        value_per_customer_minute: reader
            .real(
                "value_per_customer_minute",
                &Real {
                    max: 1e9,
                    example: 0.02,
                    ..MONEY
                },
                faults,
            )
            .map(|at| at.value),
    };
    reader.finish_with(faults, |key| (key == "users").then(|| "did you mean `customers`?".to_owned()));
    flow
}

/// Reads a class of incidents.
pub fn incident(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Incident {
    let before = faults.list.len();
    if id.value == BURNT {
        faults.add(
            Fault::error("bad-name", format!("an incident class cannot have the name \"{BURNT}\""))
                .at(&id.span)
                .label("the report uses this word for what was used up before the start")
                .hint("give it another name, such as `outage`"),
        );
    }
    let faulty = ["team", "flow", "responders", "response", "downtime", "share", "change_failure_rate"]
        .iter()
        .any(|key| reader.is_faulty(key));
    let rate_per_day = reader
        .required("rate", "rate = { per_quarter = 2.0 }", faults)
        .and_then(|node| rate(&reader.name("rate"), node, faults));
    let incident = Incident {
        id,
        team: reader.text("team", faults),
        flow: reader.text("flow", faults),
        rate_per_day,
        rate_cv: reader.real("rate_cv", &RATE_CV, faults).map(|at| at.value),
        overdispersion: reader.real("overdispersion", &OVERDISPERSION, faults).map(|at| at.value),
        responders: reader
            .node("responders")
            .and_then(|node| people(&reader.name("responders"), node, faults)),
        response: measured(&mut reader, "response", Measure::Work, faults),
        downtime: measured(&mut reader, "downtime", Measure::Clock, faults),
        share: reader.real("share", &SHARE, faults),
        follow_up: measured(&mut reader, "follow_up", Measure::Work, faults),
        change_failure_rate: share(&mut reader, "change_failure_rate", faults),
        incomplete: faulty || faults.list.len() > before,
    };
    reader.finish_with(faults, |key| match key {
        "per_week" | "per_month" | "per_quarter" => Some(format!("write rate = {{ {key} = 2.0 }}")),
        "mttr" | "duration" => Some("`downtime` is what customers feel, `response` how long people are away".into()),
        "engineers" => Some("did you mean `responders`?".into()),
        "customers" => Some("`customers` belongs to a flow; `share` says which part of them feels it".into()),
        _ => None,
    });
    incident
}

/// A rate per calendar day, from one per week, month or quarter.
fn rate(name: &str, node: &Node, faults: &mut Faults) -> Option<At<f64>> {
    const ALLOWED: &str = "one of { per_week = 0.1 }, { per_month = 0.5 } and { per_quarter = 2.0 }";
    if !matches!(node.value, Value::Table(_) | Value::Faulty) {
        let hint = match node.value {
            Value::Integer(_) | Value::Float(_) => Some(format!(
                "say per what: {{ per_quarter = {} }}, {{ per_month = … }} or {{ per_week = … }}",
                faults.written(&node.span)
            )),
            _ => None,
        };
        faults.add(
            Fault::error(
                "wrong-type",
                format!("`{name}` is {}, which does not say per what", node.value.kind()),
            )
            .at(&node.span)
            .allowed(ALLOWED)
            .maybe_hint(hint),
        );
        return None;
    }
    let mut reader = Reader::new(name.to_owned(), "a rate", node, faults)?;
    let given: Vec<_> = PERIODS
        .iter()
        .filter_map(|(key, days)| Some((*key, *days, reader.entry(key)?)))
        .collect();
    let strangers = faults.list.len();
    reader.finish_with(faults, |key| match key {
        "per_day" => Some("seven times that is the number `per_week`".into()),
        "per_year" => Some("a quarter of that is the number `per_quarter`".into()),
        _ => None,
    });
    let strange = faults.list.len() > strangers;
    match given.as_slice() {
        [(key, days, entry)] => {
            let rate = real(&format!("{name}.{key}"), &entry.node, &RATE, faults)?;
            Some(rate.map(|rate| rate / days))
        }
        [] => {
            if !strange {
                faults.add(
                    Fault::error("missing-key", format!("`{name}` does not say how many"))
                        .at(&node.span)
                        .allowed(ALLOWED)
                        .hint("write rate = { per_quarter = 2.0 }"),
                );
            }
            None
        }
        [(first, _, one), (second, _, other), ..] => {
            faults.add(
                Fault::error("two-rates", format!("`{name}` says both `{first}` and `{second}`"))
                    .at(&other.key_span)
                    .related(&one.key_span, "one of them")
                    .allowed(ALLOWED)
                    .hint("keep one of the two"),
            );
            None
        }
    }
}

/// Reads a class of findings.
pub fn finding(id: At<String>, mut reader: Reader<'_>, faults: &mut Faults) -> Finding {
    reader.required("per_engineer_week", "per_engineer_week = 0.02", faults);
    reader.required("fix", "fix = [\"2d\", \"5d\", \"20d\"]", faults);
    let finding = Finding {
        id,
        per_engineer_week: reader.real("per_engineer_week", &FINDINGS, faults),
        rate_cv: reader.real("rate_cv", &RATE_CV, faults).map(|at| at.value),
        fix: measured(&mut reader, "fix", Measure::Work, faults),
        team: reader.text("team", faults),
        blocks_release: reader.flag("blocks_release", faults).map(|at| at.value),
    };
    reader.finish_with(faults, |key| match key {
        "rate" => Some("write per_engineer_week = 0.02: findings come with the work that is done".into()),
        _ => None,
    });
    finding
}
