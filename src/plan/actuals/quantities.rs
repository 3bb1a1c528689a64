//! Incidents and what customers felt, by calendar quarter.

use crate::calendar::{Date, Quarter, quarters};
use crate::diagnostic::Fault;
use crate::plan::actuals::facts::{CustomerMinutes, IncidentActual};
use crate::plan::actuals::resolve::Resolver;
use crate::plan::domain::FlowId;
use crate::scenario::actuals::{Amount, IncidentText};

/// No calendar quarter has fewer days.
const FEWEST_DAYS: usize = 90;

impl Resolver<'_> {
    pub(super) fn incidents(&mut self) -> Vec<Option<IncidentActual>> {
        let mut facts = vec![None; self.plan.incidents.len()];
        for incident in &self.text.incidents {
            let classes = self.plan.incidents.iter().map(|class| class.id.as_str());
            let Some(index) = self.known("incident", &incident.id, classes) else {
                continue;
            };
            let fact = self.incident(incident, index);
            if let Some(place) = facts.get_mut(index) {
                *place = fact;
            }
        }
        facts
    }

    fn incident(&mut self, incident: &IncidentText, class: usize) -> Option<IncidentActual> {
        let flow = self.plan.incidents.get(class)?.flow;
        let mut minutes = None;
        for (name, amount) in &incident.customer_minutes {
            let flows = self.plan.flows.iter().map(|flow| flow.id.as_str());
            let Some(found) = self.known("flow", name, flows).map(FlowId) else {
                continue;
            };
            if Some(found) == flow {
                minutes = Some((found, amount));
                continue;
            }
            let touched = flow.and_then(|flow| self.plan.flows.get(flow.0)).map(|flow| flow.id.as_str());
            let fault = Fault::error(
                "contradiction",
                format!("incidents of class `{}` do not touch the flow `{}`", incident.id.value, name.value),
            )
            .at(&name.span);
            self.faults.add(match touched {
                Some(touched) => fault.allowed(format!("`{touched}`, the flow of the class")),
                None => fault.hint("the class touches no flow: leave the minutes out, or give it a `flow` in the scenario"),
            });
        }
        if incident.incomplete {
            return None;
        }
        let as_of = self.as_of?;
        let spans = spans(self.plan.calendar.start(), as_of);
        let count = match incident.count.as_ref()? {
            Amount::Sum(at) => (at.value as u32, (spans.len() == 1).then(|| vec![at.value as u32])),
            by_quarter @ Amount::ByQuarter(_) => {
                let counts: Vec<u32> = self.by_quarter(by_quarter, &spans)?.into_iter().map(|count| count as u32).collect();
                (counts.iter().sum(), Some(counts))
            }
        };
        let customer_minutes = match minutes {
            Some((flow, Amount::Sum(at))) => Some(CustomerMinutes {
                flow,
                per_quarter: spread(at.value, &spans),
                is_spread: spans.iter().filter(|(_, days)| *days > 0.0).count() > 1 && at.value > 0.0,
            }),
            Some((flow, by_quarter)) => Some(CustomerMinutes {
                flow,
                per_quarter: self.by_quarter(by_quarter, &spans)?,
                is_spread: false,
            }),
            None => None,
        };
        Some(IncidentActual {
            count: count.0,
            per_quarter: count.1,
            customer_minutes,
        })
    }

    /// The numbers of each quarter, zero where none is given; `None` where one lies outside of what can be known.
    fn by_quarter(&mut self, amount: &Amount, spans: &[(Quarter, f64)]) -> Option<Vec<f64>> {
        let Amount::ByQuarter(given) = amount else { return None };
        let first = spans.first()?.0.number;
        let mut numbers = vec![0.0; spans.len()];
        let mut is_whole = true;
        for (quarter, number) in given {
            let index = quarter.value.checked_sub(first).map(|index| index as usize);
            if let Some(place) = index.and_then(|index| numbers.get_mut(index)) {
                *place += number.value;
                continue;
            }
            is_whole = false;
            let names: Vec<&str> = spans.iter().map(|(quarter, _)| quarter.name.as_str()).collect();
            let allowed = match names.as_slice() {
                [first, .., last] => format!("the quarters from {first} to {last}"),
                _ => names.concat(),
            };
            self.faults.add(
                Fault::error("outside-of-time", "nothing of that quarter lies between the start and the date")
                    .at(&quarter.span)
                    .allowed(allowed),
            );
        }
        is_whole.then_some(numbers)
    }
}

/// The calendar quarters from that of the start through that of the date, and the days of each from the start up to the date.
fn spans(start: Date, as_of: Date) -> Vec<(Quarter, f64)> {
    let until = as_of.days_since(start) as f64;
    let most = as_of.days_since(start).max(0) as usize / FEWEST_DAYS + 2;
    let mut all: Vec<Quarter> = quarters(start, most);
    let begun = all.iter().skip(1).take_while(|quarter| quarter.begins <= until).count() + 1;
    all.truncate(begun);
    let ends: Vec<f64> = all.iter().skip(1).map(|quarter| quarter.begins).chain([until]).collect();
    all.into_iter()
        .zip(ends)
        .map(|(quarter, end)| {
            let days = end - quarter.begins;
            (quarter, days)
        })
        .collect()
}

/// A sum over quarters, by their days.
fn spread(sum: f64, spans: &[(Quarter, f64)]) -> Vec<f64> {
    let days: f64 = spans.iter().map(|(_, days)| days).sum();
    let share = |index: usize, own: f64| if days > 0.0 { own / days } else { f64::from(u8::from(index == 0)) };
    spans.iter().enumerate().map(|(index, (_, own))| sum * share(index, *own)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    fn days(start: &str, as_of: &str) -> Vec<(String, f64)> {
        spans(date(start), date(as_of))
            .into_iter()
            .map(|(quarter, days)| (quarter.name, days))
            .collect()
    }

    #[test]
    fn quarters_run_from_the_start_through_the_date() {
        assert_eq!(days("2026-01-05", "2026-01-05"), [("2026-Q1".to_owned(), 0.0)]);
        assert_eq!(
            days("2026-01-05", "2026-04-01"),
            [("2026-Q1".to_owned(), 86.0), ("2026-Q2".to_owned(), 0.0)]
        );
        assert_eq!(
            days("2026-03-31", "2026-07-11"),
            [
                ("2026-Q1".to_owned(), 1.0),
                ("2026-Q2".to_owned(), 91.0),
                ("2026-Q3".to_owned(), 10.0)
            ]
        );
        assert_eq!(days("2026-01-05", "2055-01-05").len(), 4 * 29 + 1);
    }

    #[test]
    fn a_sum_is_spread_by_days() {
        assert_eq!(spread(102.0, &spans(date("2026-03-31"), date("2026-07-11"))), [1.0, 91.0, 10.0]);
        assert_eq!(spread(5.0, &spans(date("2026-03-31"), date("2026-03-31"))), [5.0]);
    }
}
