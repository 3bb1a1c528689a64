//! The line about people: where more are wanted than there are.

use super::lead::Lead;
use super::view::{Block, List, Section, Shown, item};
use super::words::{Words, counted, said};
use crate::analysis::CapacityWeek;
use crate::report::text::head_count;

/// Teams that a printed page holds.
const MOST_TEAMS: usize = 3;

/// For each team, in how many weeks up to the expected date more people are wanted than are there, and where it is worst.
pub(super) fn people(lead: &Lead<'_>) -> Option<Section> {
    let expected = lead.initiative.timelines.expected.at.date;
    let mut teams: Vec<&str> = Vec::new();
    for week in &lead.forecast.capacity {
        if !teams.contains(&week.team.as_str()) {
            teams.push(&week.team);
        }
    }
    let items: Vec<_> = teams
        .into_iter()
        .filter_map(|team| {
            let weeks = lead.forecast.capacity.iter().filter(|week| week.team == team);
            let weeks: Vec<&CapacityWeek> = weeks.filter(|week| expected.is_none_or(|expected| week.date <= expected)).collect();
            (!weeks.is_empty()).then(|| item(line(team, &weeks)))
        })
        .collect();
    (!items.is_empty()).then(|| Section {
        id: "people",
        heading: said("People, up to the expected date"),
        blocks: vec![Block::List(List {
            items,
            shown: Shown {
                most: MOST_TEAMS,
                file: "capacity.csv",
            },
        })],
    })
}

fn line(team: &str, weeks: &[&CapacityWeek]) -> Words {
    let lacks = |week: &CapacityWeek| week.demand_p50 - week.available_p50;
    // Less than a tenth of a person is seen by nobody.
    let short: Vec<&&CapacityWeek> = weeks.iter().filter(|week| lacks(week) >= 0.1).collect();
    let words = Words::new().name(team).say(": ");
    match short.iter().max_by(|a, b| lacks(a).total_cmp(&lacks(b))) {
        None => words.say(format!("enough people in all {}.", counted(weeks.len(), "week"))),
        Some(worst) => words.say(format!(
            "in {} of {} more people are wanted than are there; most in the week of {} ({} wanted, {} there).",
            short.len(),
            counted(weeks.len(), "week"),
            worst.date.in_full(),
            head_count(worst.demand_p50),
            head_count(worst.available_p50)
        )),
    }
}
