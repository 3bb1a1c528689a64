//! What drives a trial's finish: the chain of work, links and waits for people that ends with it.

use super::compile::{Compiled, NONE};
use super::state::{Driver, Workspace};
use crate::plan::{InitiativeId, LinkKind, TaskId};
use crate::units::{TICKS_PER_DAY, ticks};

/// Counts over trials of what drove the finishes. Whole numbers, so that they add up to the same whatever the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drivers {
    tasks: usize,
    links: usize,
    /// Trials in which each initiative finished.
    finished: Vec<u32>,
    /// Of these, by initiative and task or link: those in which it was on the chain.
    critical_tasks: Vec<u32>,
    critical_links: Vec<u32>,
    /// By task: trials in which all its predecessors let it start, and when the last did, in ticks.
    opened: Vec<u32>,
    opened_at: Vec<i64>,
    /// By link: when it let go, and for how long it alone held its successor, in ticks.
    let_go_at: Vec<i64>,
    held: Vec<i64>,
}

/// The most counters of tasks and links: beyond it only the first initiatives of the plan are followed.
const MOST_COUNTERS: usize = 1 << 22;

impl Drivers {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let (tasks, links) = (compiled.tasks.len(), compiled.links.len());
        let followed = compiled.initiatives.min(MOST_COUNTERS / (tasks + links).max(1));
        Self {
            tasks,
            links,
            finished: vec![0; followed],
            critical_tasks: vec![0; followed * tasks],
            critical_links: vec![0; followed * links],
            opened: vec![0; tasks],
            opened_at: vec![0; tasks],
            let_go_at: vec![0; links],
            held: vec![0; links],
        }
    }

    /// Initiatives that are followed.
    pub(super) fn followed(&self) -> usize {
        self.finished.len()
    }

    // What a block of trials played at once adds (see [`super::critical`]).

    pub(super) fn add_finished(&mut self, initiative: usize, trials: u32) {
        self.finished[initiative] += trials;
    }

    pub(super) fn add_critical(&mut self, initiative: usize, task: TaskId, trials: u32) {
        self.critical_tasks[initiative * self.tasks + task.0] += trials;
    }

    pub(super) fn add_link(&mut self, initiative: usize, link: usize, trials: u32) {
        self.critical_links[initiative * self.links + link] += trials;
    }

    pub(super) fn add_opened(&mut self, task: TaskId, trials: u32) {
        self.opened[task.0] += trials;
    }

    pub(super) fn add_opened_at(&mut self, task: TaskId, ticks: i64) {
        self.opened_at[task.0] += ticks;
    }

    pub(super) fn add_let_go_at(&mut self, link: usize, ticks: i64) {
        self.let_go_at[link] += ticks;
    }

    pub(super) fn add_held(&mut self, link: usize, ticks: i64) {
        self.held[link] += ticks;
    }

    /// Bytes that the counts take.
    pub(super) fn bytes(compiled: &Compiled) -> usize {
        let (tasks, links) = (compiled.tasks.len(), compiled.links.len());
        let followed = compiled.initiatives.min(MOST_COUNTERS / (tasks + links).max(1));
        followed * (tasks + links) * 4 + tasks * 12 + links * 16
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let counts = [
            (&mut self.finished, &other.finished),
            (&mut self.critical_tasks, &other.critical_tasks),
            (&mut self.critical_links, &other.critical_links),
            (&mut self.opened, &other.opened),
        ];
        for (own, more) in counts {
            for (own, more) in own.iter_mut().zip(more) {
                *own += more;
            }
        }
        let sums = [
            (&mut self.opened_at, &other.opened_at),
            (&mut self.let_go_at, &other.let_go_at),
            (&mut self.held, &other.held),
        ];
        for (own, more) in sums {
            for (own, more) in own.iter_mut().zip(more) {
                *own += more;
            }
        }
    }

    /// Of the trials in which an initiative finished, those in which the work of a task was on the chain that drove that finish:
    /// hits and trials. `None` for an initiative that is not followed (see [`Compiled`] for how many are: as many as four million
    /// counters allow).
    #[must_use]
    pub fn task(&self, initiative: InitiativeId, task: TaskId) -> Option<(u32, u32)> {
        let finished = *self.finished.get(initiative.0)?;
        Some((*self.critical_tasks.get(initiative.0 * self.tasks + task.0)?, finished))
    }

    /// The same of a link, by its number in the plan: links by successor in the order of the plan, then in the successor's order.
    #[must_use]
    pub fn link(&self, initiative: InitiativeId, link: usize) -> Option<(u32, u32)> {
        let finished = *self.finished.get(initiative.0)?;
        Some((*self.critical_links.get(initiative.0 * self.links + link)?, finished))
    }

    /// Mean working days for which a link alone held its successor: its start beyond its other links, its date and its start on paper;
    /// its finish beyond its other links and the end of its work. `None` where the successor's start was never let go.
    #[must_use]
    pub fn held_days(&self, link: usize, successor: TaskId) -> Option<f64> {
        mean_days(*self.held.get(link)?, *self.opened.get(successor.0)?)
    }

    /// The merge bias of a task, in working days: the mean time at which the last of its links lets it start, less the latest of the
    /// links' own mean times. By Jensen's inequality never negative; what a plan on paper leaves out wherever paths join (MacCrimmon
    /// & Ryavec, *Operations Research* 12 (1964) 16–37). `links` are the numbers of the links that hold its start.
    #[must_use]
    pub fn merge_bias_days(&self, task: TaskId, links: impl Iterator<Item = usize>) -> Option<f64> {
        let opened = *self.opened.get(task.0)?;
        let latest = links
            .filter_map(|link| mean_days(*self.let_go_at.get(link)?, opened))
            .reduce(f64::max)?;
        Some((mean_days(*self.opened_at.get(task.0)?, opened)? - latest).max(0.0))
    }
}

fn mean_days(sum: i64, count: u32) -> Option<f64> {
    (count > 0).then(|| sum as f64 / TICKS_PER_DAY / f64::from(count))
}

/// A point of the chain.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// The start of a task or a job.
    Start(u32),
    /// The end of its work.
    Work(u32),
    /// Its finish, which links may hold beyond the end of its work.
    Finish(u32),
}

/// What walking back takes; made once per thread.
#[derive(Debug, Default)]
pub(super) struct Walker {
    /// By task or job: the walks that came by its start, its work and its finish last.
    seen: Vec<[u32; 3]>,
    walk: u32,
    open: Vec<Point>,
}

impl Walker {
    /// Counts what drove each initiative's finish, in the trial that was played last. `paper` holds the start of each task by rank
    /// in the plan on paper.
    pub(super) fn count(&mut self, compiled: &Compiled, workspace: &Workspace, finishes: &[f64], paper: &[f64], drivers: &mut Drivers) {
        self.seen.resize(self.seen.len().max(workspace.tasks.len()), [0; 3]);
        for (initiative, finish) in finishes.iter().enumerate().take(drivers.finished.len()) {
            if finish.is_infinite() {
                continue;
            }
            drivers.finished[initiative] += 1;
            self.walk = self.walk.wrapping_add(1);
            for task in compiled.tasks_of.row(initiative) {
                if workspace.tasks[*task as usize].finished == *finish {
                    self.open.push(Point::Finish(*task));
                }
            }
            while let Some(point) = self.open.pop() {
                self.step(compiled, workspace, point, initiative, drivers);
            }
        }
        count_links(compiled, workspace, paper, drivers);
    }

    fn step(&mut self, compiled: &Compiled, workspace: &Workspace, point: Point, initiative: usize, drivers: &mut Drivers) {
        let (piece, kind) = match point {
            Point::Start(piece) => (piece as usize, 0),
            Point::Work(piece) => (piece as usize, 1),
            Point::Finish(piece) => (piece as usize, 2),
        };
        if std::mem::replace(&mut self.seen[piece][kind], self.walk) == self.walk {
            return;
        }
        let state = &workspace.tasks[piece];
        let is_job = piece >= compiled.tasks.len();
        let mut drove = |position: u32| {
            let link = compiled.links.item(position as usize);
            drivers.critical_links[initiative * drivers.links + link.number as usize] += 1;
            link.kind
        };
        match point {
            Point::Finish(_) => {
                if !is_job && state.worked < state.finished {
                    for (predecessor, position) in compiled.holding.row(piece) {
                        if workspace.let_go[*position as usize] == state.finished {
                            self.open.push(match drove(*position) {
                                LinkKind::FinishFinish => Point::Finish(*predecessor),
                                _ => Point::Start(*predecessor),
                            });
                        }
                    }
                } else {
                    self.open.push(Point::Work(piece as u32));
                }
            }
            Point::Work(_) => {
                if !is_job && !state.is_void {
                    drivers.critical_tasks[initiative * drivers.tasks + compiled.order[piece].0] += 1;
                }
                self.open.push(Point::Start(piece as u32));
            }
            Point::Start(_) => match state.driver {
                Driver::Outside => {}
                Driver::Piece(by) => self.open.push(Point::Work(by)),
                Driver::Links if is_job => {
                    let origin = workspace.jobs[piece - compiled.tasks.len()].origin;
                    if origin != NONE {
                        self.open.push(Point::Finish(origin));
                    }
                }
                Driver::Links => {
                    let gate = state.start_gate;
                    if gate < compiled.tasks[piece].not_before {
                        return;
                    }
                    for (predecessor, position) in compiled.gating.row(piece) {
                        if workspace.let_go[*position as usize] == gate {
                            self.open.push(match drove(*position) {
                                LinkKind::FinishStart => Point::Finish(*predecessor),
                                _ => Point::Start(*predecessor),
                            });
                        }
                    }
                }
            },
        }
    }
}

/// When links let go, and for how long each alone held its successor.
fn count_links(compiled: &Compiled, workspace: &Workspace, paper: &[f64], drivers: &mut Drivers) {
    for (task, says) in compiled.tasks.iter().enumerate() {
        let (starts, finishes) = (compiled.gating.row(task), compiled.holding.row(task));
        let state = &workspace.tasks[task];
        if (starts.is_empty() && finishes.is_empty()) || state.start_links > 0 {
            continue;
        }
        let number = compiled.order[task].0;
        drivers.opened[number] += 1;
        if let Some((link, last, held)) = last_to_let_go(compiled, workspace, starts, says.not_before.max(paper[task])) {
            drivers.opened_at[number] += ticks(last);
            drivers.held[link] += ticks(held);
            for (_, position) in starts {
                let link = compiled.links.item(*position as usize).number as usize;
                drivers.let_go_at[link] += ticks(workspace.let_go[*position as usize]);
            }
        }
        if state.finished.is_finite()
            && let Some((link, _, held)) = last_to_let_go(compiled, workspace, finishes, state.worked)
        {
            drivers.held[link] += ticks(held);
        }
    }
}

/// Of links that have all let go the number of the last, when that was, and for how long it alone held what would have been possible
/// at `otherwise`; of several at once the first.
fn last_to_let_go(compiled: &Compiled, workspace: &Workspace, links: &[(u32, u32)], otherwise: f64) -> Option<(usize, f64, f64)> {
    let (mut last, mut before, mut latest) = (f64::NEG_INFINITY, otherwise, None);
    for (_, position) in links {
        let time = workspace.let_go[*position as usize];
        if time > last {
            before = before.max(last);
            (last, latest) = (time, Some(compiled.links.item(*position as usize).number as usize));
        } else {
            before = before.max(time);
        }
    }
    Some((latest?, last, (last - before).max(0.0)))
}
