//! The dependencies that matter: who waits for whom, how often that sets the date, and by how much it comes later than on paper.

use super::forecast::Share;
use super::insights::{Colour, DependencyForecast, Outside};
use super::reading::share;
use crate::engine::{Drivers, Trials};
use crate::plan::{InitiativeId, Link, Plan, Task, TaskId, Work};
use crate::statistics::Proportion;

/// Dependencies that are listed for an initiative.
const MOST_LISTED: usize = 10;
/// From here on a dependency is red if it also holds its successor for [`RED_DAYS`].
const RED_SHARE: f64 = 0.5;
const RED_DAYS: f64 = 2.0;
/// From here on it is at least yellow.
const YELLOW_SHARE: f64 = 0.1;
/// A link between tasks of other initiatives is listed from here on.
const FOREIGN_SHARE: f64 = 0.01;

/// By initiative in the order of the plan, the ten links that matter most: the reddest first, which is by how often they set the date
/// and how long they hold together; of one colour those that set it more often, then those that hold longer. Links to its own tasks,
/// and those elsewhere that set its date in one of a hundred futures. Empty where the run did not look, or nothing ever finished.
pub(super) fn dependencies(plan: &Plan, trials: &Trials) -> Vec<DependencyForecast> {
    let Some(counts) = trials.drivers() else { return vec![] };
    let links: Vec<(usize, TaskId, &Link)> = plan
        .tasks
        .iter()
        .enumerate()
        .flat_map(|(successor, task)| task.links.iter().map(move |link| (TaskId(successor), link)))
        .enumerate()
        .map(|(number, (successor, link))| (number, successor, link))
        .collect();
    let initiatives = (0..plan.initiatives.len()).map(InitiativeId);
    initiatives.flat_map(|initiative| most(plan, counts, &links, initiative)).collect()
}

fn most(plan: &Plan, counts: &Drivers, links: &[(usize, TaskId, &Link)], initiative: InitiativeId) -> Vec<DependencyForecast> {
    let mut found: Vec<DependencyForecast> = links
        .iter()
        .filter_map(|(number, successor, link)| {
            let (hits, trials) = counts.link(initiative, *number).filter(|(_, trials)| *trials > 0)?;
            let (from, to) = (&plan.tasks[link.predecessor.0], &plan.tasks[successor.0]);
            let criticality = share(Proportion {
                hits: hits.into(),
                trials: trials.into(),
            });
            if to.initiative != initiative && criticality.p < FOREIGN_SHARE {
                return None;
            }
            let days = counts.held_days(*number, *successor)?;
            let (colour, rule) = judge(&criticality, days);
            Some(DependencyForecast {
                initiative: plan.initiatives[initiative.0].id.clone(),
                from: from.id.clone(),
                from_title: from.title.clone(),
                to: to.id.clone(),
                to_title: to.title.clone(),
                link: link.kind,
                outside: match (is_outside(from), is_outside(to)) {
                    (false, false) => Outside::Neither,
                    (true, false) => Outside::From,
                    (false, true) => Outside::To,
                    (true, true) => Outside::Both,
                },
                criticality,
                expected_delay_days: days,
                colour,
                rule,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.colour
            .cmp(&a.colour)
            .then(b.criticality.p.total_cmp(&a.criticality.p))
            .then(b.expected_delay_days.total_cmp(&a.expected_delay_days))
    });
    found.truncate(MOST_LISTED);
    found
}

/// Whether nobody of ours works on it.
fn is_outside(task: &Task) -> bool {
    matches!(&task.work, Work::Duration { crew, .. } if crew.is_empty())
}

/// The colour, and the rule that gave it.
fn judge(criticality: &Share, days: f64) -> (Colour, String) {
    let [red, yellow] = [RED_SHARE, YELLOW_SHARE].map(|share| share * 100.0);
    if criticality.p >= RED_SHARE && days >= RED_DAYS {
        let rule = format!("sets the date in at least {red} of 100 futures and holds for at least {RED_DAYS} working days");
        (Colour::Red, rule)
    } else if criticality.p >= YELLOW_SHARE {
        (Colour::Yellow, format!("sets the date in at least {yellow} of 100 futures"))
    } else {
        (Colour::Green, format!("sets the date in fewer than {yellow} of 100 futures"))
    }
}
