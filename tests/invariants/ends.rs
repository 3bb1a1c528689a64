//! What can be said once a trial is over: links, promises of arrival, and the budgets that freeze releases.

use sim::engine::Piece;
use sim::plan::{BudgetKind, Link, LinkKind, TaskId};
use sim::units::TICKS_PER_DAY;

use crate::watch::{Comes, Watch, Work};
use crate::work::{holds_start, lag};

impl Watch<'_> {
    pub fn trial_ends(&mut self) {
        let plan = self.plan;
        // What there is no task of is not told to finish: it does when its links let it.
        for task in 0..plan.tasks.len() {
            if let Some(void) = self.task(TaskId(task)).void {
                self.work.get_mut(&Piece::Task(TaskId(task))).expect("the task is known").finished = Some(void);
            }
        }
        for (task, says) in plan.tasks.iter().enumerate() {
            for link in &says.links {
                self.link_held(TaskId(task), link);
            }
            self.finished_in_time(TaskId(task));
        }
        for seat in 0..self.people.len() {
            let person = &self.people[seat];
            let (is_here, until, expected, last) = (person.is_here, person.until, person.expected, self.last);
            self.hold(
                "nobody stays after their last day",
                !is_here || until > last || until == self.now,
                || format!("{seat}"),
            );
            self.hold("who is expected comes", expected.is_none_or(|expected| expected > last), || {
                format!("{seat}: {expected:?}")
            });
            if let Comes::Hired(hire) = self.people[seat].comes {
                let team = self.people[seat].team;
                let others = self
                    .people
                    .iter()
                    .filter(|other| other.team == team && other.comes == Comes::Hired(hire));
                let mornings: Vec<_> = others.map(|other| (other.departures, other.first_arrival)).collect();
                // The seats of those who have left since no longer say when they came.
                let stayed: Vec<_> = mornings.iter().filter(|(departures, _)| *departures == 0).collect();
                let is_one = stayed.windows(2).all(|pair| pair[0] == pair[1]);
                self.hold("those of one hire come together or not at all", is_one, || format!("{mornings:?}"));
            }
        }
    }

    /// A link held what it holds.
    fn link_held(&mut self, task: TaskId, link: &Link) {
        let (work, predecessor) = (self.task(task), self.task(link.predecessor));
        let end = if holds_start(link.kind) { work.start() } else { work.finished };
        let Some(end) = end.filter(|_| work.void.is_none() || holds_start(link.kind)) else {
            return;
        };
        let (start, finish) = (predecessor.start(), predecessor.finished);
        // Drawn lags are positive in these plans.
        let (lag, is_exact) = (lag(link).unwrap_or(0.0), lag(link).is_some());
        let (rule, holds) = match link.kind {
            LinkKind::StartStart | LinkKind::StartFinish => {
                ("SS and SF links hold", start.is_some_and(|start| start + lag.max(0.0) <= end))
            }
            _ if lag >= 0.0 => ("FS and FF links hold", finish.is_some_and(|finish| finish + lag <= end)),
            _ => {
                let was_near = predecessor.finished.is_some_and(|finish| finish <= end) || came_near(predecessor, end, -lag);
                (
                    "leads hold, never before the start",
                    start.is_some_and(|start| start <= end) && was_near,
                )
            }
        };
        let says = format!(
            "{} after {} {:?} {lag} ({is_exact})",
            self.plan.tasks[task.0].id, self.plan.tasks[link.predecessor.0].id, link.kind
        );
        self.hold(rule, holds, || says);
    }

    /// A task whose finish is held by fixed lags alone finished as soon as its work was done and they let it.
    fn finished_in_time(&mut self, task: TaskId) {
        let work = self.task(task);
        let (Some(worked), false) = (work.worked, work.void.is_some()) else {
            return;
        };
        let mut expected = Some(worked);
        for link in self.plan.tasks[task.0].links.iter().filter(|link| !holds_start(link.kind)) {
            let predecessor = self.task(link.predecessor);
            let from = match link.kind {
                LinkKind::StartFinish => predecessor.start(),
                _ => predecessor.finished.filter(|_| predecessor.void.is_none()),
            };
            let is_lead = lag(link).is_some_and(|lag| lag < 0.0) && link.kind == LinkKind::FinishFinish;
            expected = match (expected, from, lag(link)) {
                (Some(expected), Some(from), Some(lag)) if !is_lead => Some(expected.max(from + lag.max(0.0))),
                _ => None,
            };
        }
        let (finished, last) = (work.finished, self.last);
        if let Some(expected) = expected {
            let is_right = finished.map_or(expected > last, |finished| finished == expected);
            let id = &self.plan.tasks[task.0].id;
            self.hold("a task finishes when its work is done and its links let it", is_right, || {
                format!("{id}: {finished:?}, expected {expected}")
            });
        }
    }

    // --- frozen budgets ---

    /// The quarter that a working time lies in; `None` next to where one ends.
    fn quarter(&self, time: f64) -> Option<usize> {
        let [before, after] = self.quarters_around(time);
        (before == after).then_some(before)
    }

    fn quarters_around(&self, time: f64) -> [usize; 2] {
        [-4.0, 4.0].map(|ticks| {
            let clock = self.clock.clock(time + ticks / TICKS_PER_DAY);
            self.quarters.partition_point(|quarter| quarter.begins <= clock).saturating_sub(1)
        })
    }

    /// An incident that arrives on a weekend is told on the next morning: near the end of a quarter it may belong to either.
    pub fn book(&mut self, class: usize, minutes: f64) {
        let says = &self.plan.incidents[class];
        let Some(flow) = says.flow else { return };
        let felt = minutes * self.plan.flows[flow.0].customers * says.share;
        let around = self.quarters_around(self.now);
        for (index, budget) in self.plan.budgets.iter().enumerate() {
            if !matches!(&budget.kind, BudgetKind::Reliability { flow: own, .. } if *own == flow) {
                continue;
            }
            for quarter in around[0]..=around[1] {
                let (least, most) = self.booked.entry((index, quarter)).or_default();
                *most += felt;
                *least += if around[0] == around[1] { felt } else { 0.0 };
            }
        }
    }

    /// Whether a used-up budget freezes releases now; `None` where that cannot be told.
    pub fn is_frozen(&self) -> Option<bool> {
        let mut is_frozen = Some(false);
        for (index, budget) in self.plan.budgets.iter().enumerate() {
            let BudgetKind::Reliability {
                customer_minutes_per_quarter: limit,
                burnt,
                freeze: true,
                ..
            } = &budget.kind
            else {
                continue;
            };
            let quarter = self.quarter(self.now)?;
            let (least, most) = self.booked.get(&(index, quarter)).copied().unwrap_or_default();
            let before = if quarter == 0 { *burnt } else { 0.0 };
            if least + before > limit * (1.0 + 1e-6) {
                return Some(true);
            }
            if most + before > limit * (1.0 - 1e-6) {
                is_frozen = None;
            }
        }
        is_frozen
    }
}

/// Whether, at some time before `by`, the end of the work was no further away at its speed of then than `lead`.
fn came_near(work: &Work, by: f64, lead: f64) -> bool {
    // Its whole work is known once it is done, or where it is no matter of chance.
    let whole = if work.worked.is_some() { Some(work.done) } else { work.quantity };
    let Some(whole) = whole else { return true };
    work.past.iter().filter(|(time, ..)| *time <= by).any(|(_, done, speed)| {
        let left = (whole - done).max(0.0);
        left <= speed * (lead + 4.0 / TICKS_PER_DAY)
    })
}
