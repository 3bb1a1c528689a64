//! What drives each finish: tasks, risks, people who leave, incidents and findings, with the measures of the field.

use super::forecast::Share;
use super::insights::{DriverForecast, Path};
use super::prices::Removed;
use super::reading::{Cuts, share};
use super::variants::Removal;
use crate::engine::{Detail, Details, Drivers, Trials};
use crate::plan::{FindingId, IncidentId, InitiativeId, LinkKind, Plan, RiskId, Task, TaskId, TeamId};
use crate::statistics::{Proportion, Ranked};

/// Tasks that are played once more with their median: those that spread a finish most.
const MOST_TASK_RERUNS: usize = 10;
/// Tasks that are listed for an initiative, the most critical first.
const MOST_TASKS_LISTED: usize = 400;

/// The drivers that could be taken away: all but of tasks, and as many tasks as may be played once more.
pub(super) fn most_removals(plan: &Plan) -> impl Iterator<Item = Removal> + '_ {
    let uncertain = plan.tasks.iter().filter(|task| !task.work.estimate().is_fixed()).count();
    others(plan).chain((0..uncertain.min(MOST_TASK_RERUNS)).map(|index| Removal::Task(TaskId(index))))
}

/// The drivers to take away one at a time; none where the run did not look for them. Of the tasks those with the largest schedule
/// sensitivity index for any initiative: the others would hardly move a date.
pub(super) fn removals(plan: &Plan, trials: &Trials) -> Vec<Removal> {
    let Some(counts) = trials.drivers() else { return vec![] };
    let details = trials.details();
    let finishes: Vec<Vec<f64>> = (0..plan.initiatives.len()).map(|index| detailed_finishes(trials, index)).collect();
    let mut ranked: Vec<(f64, TaskId)> = (0..plan.tasks.len())
        .map(TaskId)
        .filter(|task| !plan.tasks[task.0].work.estimate().is_fixed())
        .filter_map(|task| {
            let spans = TaskSpans::of(details, task);
            let indices = finishes.iter().enumerate().filter_map(|(index, finishes)| {
                let (hits, of) = counts.task(InitiativeId(index), task).filter(|(hits, _)| *hits > 0)?;
                spans.sensitivity(f64::from(hits) / f64::from(of), finishes)
            });
            Some((indices.reduce(f64::max).filter(|index| *index > 0.0)?, task))
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let tasks = ranked.into_iter().take(MOST_TASK_RERUNS).map(|(_, task)| Removal::Task(task));
    others(plan).chain(tasks).collect()
}

/// Every driver but tasks.
fn others(plan: &Plan) -> impl Iterator<Item = Removal> + '_ {
    let leaving = plan.teams.iter().enumerate().filter(|(_, team)| team.attrition_per_year > 0.0);
    let risks = (0..plan.risks.len()).map(|index| Removal::Risk(RiskId(index)));
    let departures = leaving.map(|(index, _)| Removal::Departures(TeamId(index)));
    let incidents = (0..plan.incidents.len()).map(|index| Removal::Incident(IncidentId(index)));
    let findings = (0..plan.findings.len()).map(|index| Removal::Finding(FindingId(index)));
    risks.chain(departures).chain(incidents).chain(findings)
}

/// The finish of an initiative in each future that is kept in detail.
fn detailed_finishes(trials: &Trials, initiative: usize) -> Vec<f64> {
    trials.finishes(initiative).take(trials.details().count()).collect()
}

/// The elapsed working days of a task in each future that is kept in detail; infinite where it never finished.
struct TaskSpans(Vec<f64>);

impl TaskSpans {
    fn of(details: &Details, task: TaskId) -> Self {
        let elapsed = |(finished, started): (&f64, &f64)| if finished.is_finite() { finished - started } else { f64::INFINITY };
        Self(details.finishes(task).iter().zip(&details.starts(task)).map(elapsed).collect())
    }

    /// The schedule sensitivity index, criticality × standard deviation of the elapsed time ÷ that of the finish, over the futures
    /// that have both; `None` where the finish does not spread, or the task is not kept in detail.
    fn sensitivity(&self, criticality: f64, finishes: &[f64]) -> Option<f64> {
        let both = || {
            self.0
                .iter()
                .zip(finishes)
                .filter(|(span, finish)| span.is_finite() && finish.is_finite())
        };
        let spread = standard_deviation(both().map(|(_, finish)| *finish))?;
        let own = standard_deviation(both().map(|(span, _)| *span))?;
        (spread > 0.0).then(|| criticality * own / spread)
    }
}

/// `None` for fewer than two values.
fn standard_deviation(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let (n, sum) = values.clone().fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    let squares: f64 = values.map(|value| (value - sum / n) * (value - sum / n)).sum();
    (n > 1.0).then(|| (squares / (n - 1.0)).sqrt())
}

/// What drives each initiative's finish, by initiative in the order of the plan, the dearest at P80 first; those whose days were not
/// worked out follow by their schedule sensitivity index. Empty where the run did not look. `finishes` are sorted, by initiative.
///
/// - *criticality*: of the finished futures, the share in which the work of the task is on the chain that drives the finish, waits
///   for people included; a task of another initiative is listed where that is ever so. Counted over all trials.
/// - *cruciality*: Spearman's rank correlation of the task's quantity (0 where there is no such task; futures in which it never
///   starts are left out) with the finish; of a risk's happening; of the number of findings; of the number of departures or incidents
///   to the end of the plan on paper, which is the same span in every future. Over the futures that are kept in detail, as the next.
/// - *schedule sensitivity index*: criticality × standard deviation of the elapsed time ÷ that of the finish (PMI; Vanhoucke, *Omega*
///   38 (2010) 359–370).
/// - *lift*: the share or mean of the same on the worst path ÷ overall. The paths are those of [`Cuts`].
pub(super) fn drivers(plan: &Plan, trials: &Trials, cuts: &[Option<Cuts>], removed: &[Removed]) -> Vec<DriverForecast> {
    let Some(counts) = trials.drivers() else { return vec![] };
    let paths: Vec<Finishes> = cuts
        .iter()
        .enumerate()
        .map(|(index, cuts)| {
            let by_future = detailed_finishes(trials, index);
            Finishes {
                is_worst: by_future
                    .iter()
                    .map(|finish| cuts.is_some_and(|cuts| cuts.path(*finish) == Path::Worst))
                    .collect(),
                ranked: Ranked::new(by_future.clone()),
                by_future,
            }
        })
        .collect();
    let mut found: Vec<Vec<DriverForecast>> = vec![vec![]; plan.initiatives.len()];
    let details = trials.details();
    let mut listed = vec![vec![]; plan.tasks.len()];
    for initiative in (0..plan.initiatives.len()).map(InitiativeId) {
        for task in listed_tasks(plan, counts, initiative) {
            listed[task.0].push(initiative);
        }
    }
    let link_numbers = start_links(plan);
    for (index, initiatives) in listed.iter().enumerate().filter(|(_, initiatives)| !initiatives.is_empty()) {
        let (id, task) = (TaskId(index), &plan.tasks[index]);
        let size = Size::of_task(details, id);
        let spans = TaskSpans::of(details, id);
        let merge_bias_days = match &link_numbers[index] {
            links if links.len() > 1 => counts.merge_bias_days(id, links.iter().copied()),
            _ => None,
        };
        for initiative in initiatives {
            let criticality = criticality(counts, *initiative, id);
            let path = &paths[initiative.0];
            found[initiative.0].push(DriverForecast {
                criticality,
                ssi: criticality.and_then(|criticality| spans.sensitivity(criticality.p, &path.by_future)),
                merge_bias_days,
                ..driver(plan, *initiative, Removal::Task(id), task.title.clone(), &size, path, removed)
            });
        }
    }
    for removal in others(plan) {
        let (title, size) = match removal {
            Removal::Risk(RiskId(risk)) => (
                plan.risks[risk].title.clone(),
                Size::of(details, |future| f64::from(u8::from(future.risk(risk)))),
            ),
            Removal::Departures(TeamId(team)) => (
                format!("People of {} who leave", plan.teams[team].id),
                Size::of(details, |future| future.departures(team)),
            ),
            Removal::Incident(IncidentId(class)) => (
                format!("Incidents of class {}", plan.incidents[class].id),
                Size::of(details, |future| future.incidents(class)),
            ),
            Removal::Finding(FindingId(class)) => (
                format!("Findings of class {}", plan.findings[class].id),
                Size::of(details, |future| future.findings(class)),
            ),
            Removal::Task(_) => continue,
        };
        for (index, path) in paths.iter().enumerate() {
            found[index].push(driver(plan, InitiativeId(index), removal, title.clone(), &size, path, removed));
        }
    }
    for drivers in &mut found {
        let days = |driver: &DriverForecast| driver.p80_days.unwrap_or(f64::NEG_INFINITY);
        let index = |driver: &DriverForecast| driver.ssi.unwrap_or(0.0);
        drivers.sort_by(|a, b| days(b).total_cmp(&days(a)).then(index(b).total_cmp(&index(a))));
    }
    found.into_iter().flatten().collect()
}

/// The finishes of an initiative in the futures that are kept in detail.
struct Finishes {
    by_future: Vec<f64>,
    ranked: Ranked,
    is_worst: Vec<bool>,
}

/// How large a driver is in each future that is kept in detail.
struct Size {
    ranked: Ranked,
    values: Vec<f64>,
    /// Where there is a future in which it cannot be told: those in which it can.
    known: Option<Vec<bool>>,
}

impl Size {
    fn of(details: &Details, size: impl Fn(Detail<'_>) -> f64) -> Self {
        Self::new(details.futures().map(size).collect(), None)
    }

    /// The quantity of a task; nothing in a future that has no such task, and not known in one in which it never starts.
    fn of_task(details: &Details, task: TaskId) -> Self {
        let known: Vec<bool> = details.starts(task).iter().map(|started| started.is_finite()).collect();
        let values = details
            .quantities(task)
            .into_iter()
            .map(|quantity| quantity.unwrap_or(0.0))
            .collect();
        let is_known_everywhere = known.iter().all(|known| *known);
        Self::new(values, (!is_known_everywhere).then_some(known))
    }

    fn new(values: Vec<f64>, known: Option<Vec<bool>>) -> Self {
        Self {
            ranked: Ranked::new(values.clone()),
            values,
            known,
        }
    }

    fn spearman(&self, finishes: &Ranked) -> Option<f64> {
        match &self.known {
            None => self.ranked.spearman(finishes),
            Some(known) => self.ranked.spearman_where(finishes, known),
        }
    }

    /// The mean on a path ÷ the mean overall; `None` where either has no future, or there is nothing overall.
    fn lift(&self, is_on: &[bool]) -> Option<f64> {
        let is_known = |at: usize| self.known.as_ref().is_none_or(|known| known[at]);
        let mean = |counts: &dyn Fn(usize) -> bool| {
            let values = self.values.iter().enumerate().filter(|(at, _)| is_known(*at) && counts(*at));
            let (n, sum) = values.fold((0.0, 0.0), |(n, sum), (_, value)| (n + 1.0, sum + value));
            (n > 0.0).then(|| sum / n)
        };
        let overall = mean(&|_| true).filter(|mean| *mean > 0.0)?;
        Some(mean(&|at| is_on.get(at).copied().unwrap_or(false))? / overall)
    }
}

/// What every kind of driver has.
fn driver(
    plan: &Plan,
    initiative: InitiativeId,
    removal: Removal,
    title: String,
    size: &Size,
    finishes: &Finishes,
    removed: &[Removed],
) -> DriverForecast {
    let (kind, id) = match removal {
        Removal::Task(task) => ("task", &plan.tasks[task.0].id),
        Removal::Risk(risk) => ("risk", &plan.risks[risk.0].id),
        Removal::Departures(team) => ("departures", &plan.teams[team.0].id),
        Removal::Incident(class) => ("incident", &plan.incidents[class.0].id),
        Removal::Finding(class) => ("finding", &plan.findings[class.0].id),
    };
    let [p50_days, p80_days] = match removal {
        // One number is its own median.
        Removal::Task(task) if plan.tasks[task.0].work.estimate().is_fixed() => [Some(0.0); 2],
        _ => removed
            .iter()
            .find(|removed| removed.removal == removal)
            .map_or([None; 2], |removed| removed.days[initiative.0]),
    };
    DriverForecast {
        initiative: plan.initiatives[initiative.0].id.clone(),
        kind,
        id: id.clone(),
        title,
        criticality: None,
        cruciality: size.spearman(&finishes.ranked),
        ssi: None,
        merge_bias_days: None,
        p50_days,
        p80_days,
        worst_lift: size.lift(&finishes.is_worst),
    }
}

/// The tasks that are listed for an initiative: its own, and those of others that ever drove its finish; of very many the most
/// critical.
fn listed_tasks(plan: &Plan, counts: &Drivers, initiative: InitiativeId) -> Vec<TaskId> {
    let hits = |task: TaskId| counts.task(initiative, task).map_or(0, |(hits, _)| hits);
    let is_listed = |task: &Task, id: TaskId| task.initiative == initiative || hits(id) > 0;
    let mut listed: Vec<TaskId> = (0..plan.tasks.len())
        .map(TaskId)
        .filter(|id| is_listed(&plan.tasks[id.0], *id))
        .collect();
    if listed.len() > MOST_TASKS_LISTED {
        listed.sort_by_key(|task| (std::cmp::Reverse(hits(*task)), *task));
        listed.truncate(MOST_TASKS_LISTED);
    }
    listed
}

/// `None` where the initiative never finished, or is not followed.
fn criticality(counts: &Drivers, initiative: InitiativeId, task: TaskId) -> Option<Share> {
    let (hits, trials) = counts.task(initiative, task).filter(|(_, trials)| *trials > 0)?;
    Some(share(Proportion {
        hits: hits.into(),
        trials: trials.into(),
    }))
}

/// By task, the numbers of the links that hold its start.
fn start_links(plan: &Plan) -> Vec<Vec<usize>> {
    let mut numbers = 0..;
    let of = |task: &Task| {
        let links = task.links.iter().zip(&mut numbers);
        let starts = links.filter(|(link, _)| matches!(link.kind, LinkKind::FinishStart | LinkKind::StartStart));
        starts.map(|(_, number)| number).collect()
    };
    plan.tasks.iter().map(of).collect()
}
