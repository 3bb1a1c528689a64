//! One future played again, with what it takes to tell it: what happened, when each task could have begun, and the chain of work
//! and waits that ends with an initiative's finish.

use super::compile::{Compiled, NONE};
use super::draws::Draws;
use super::layout::{Layout, Tally, Window};
use super::log::{Noted, Piece, piece};
use super::state::{Driver, Workspace};
use super::trial::play;
use crate::plan::{InitiativeId, LinkKind, TaskId};

/// One future, to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What happened, in order.
    pub log: Vec<Noted>,
    /// The finish of each initiative, in working days; infinite for never.
    pub finishes: Vec<f64>,
    /// By task of the plan.
    pub tasks: Vec<ToldTask>,
    /// A chain of work that drove the finish of the initiative, the first piece first; of ties the first in dispatch order. Empty
    /// where it never finished.
    pub chain: Vec<ToldStep>,
}

/// A task in the future that is told. Times are in working days, infinite for never.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToldTask {
    /// When the last of its links let it start; 0 without links.
    pub opened: f64,
    /// When it began to wait for people, or could have: links, date, risks' delays and holds all past.
    pub ready: f64,
    /// When its work began.
    pub started: f64,
    /// When its work was done.
    pub worked: f64,
    /// When it finished; links to its finish may hold it beyond its work.
    pub finished: f64,
    /// Engineer-days of effort or working days of duration; `None` where it never started, or there was no such task.
    pub quantity: Option<f64>,
}

/// A piece of work on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldStep {
    /// What was worked on.
    pub piece: Piece,
    /// What let it begin when it did.
    pub cause: Cause,
}

/// What let a piece of work begin when it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nothing held it, or its date or a risk's delay did, or the incident that brought it.
    Itself,
    /// A link to what comes before it on the chain; for a fix, the task that brought up its finding.
    Link,
    /// The end of the piece before it, which had its people.
    People,
    /// The end of the fix before it, which held the release.
    Fix,
    /// Somebody who joined or came back, or a budget that thawed.
    Outside,
}

/// Plays one trial again and tells it, with the chain that drove the finish of `initiative`.
#[must_use]
pub fn tell(compiled: &Compiled, trial: u32, window: &Window, initiative: InitiativeId) -> Told {
    let mut draws = Draws::new(compiled);
    draws.draw(compiled, trial);
    let mut workspace = Workspace::new(compiled, window);
    workspace.log = Some(vec![]);
    let mut row = vec![0.0; Layout::new(compiled, window).width()];
    let mut tally = Tally::new(compiled, window);
    // A future that floods is told as far as it went.
    let _ = play(compiled, draws.lane(0), window, &mut workspace, &mut row, &mut tally);
    let mut tasks = vec![ToldTask::NEVER; compiled.order.len()];
    for (state, id) in workspace.tasks.iter().zip(&compiled.order) {
        tasks[id.0] = ToldTask {
            opened: if state.start_links > 0 { f64::INFINITY } else { state.start_gate },
            ready: state.ready,
            started: state.started,
            worked: state.worked,
            finished: state.finished,
            quantity: (!state.is_void && state.started.is_finite()).then_some(state.quantity),
        };
    }
    row.truncate(compiled.initiatives);
    let chain = row.get(initiative.0).map(|finish| chain(compiled, &workspace, initiative, *finish));
    Told {
        log: workspace.log.take().unwrap_or_default(),
        finishes: row,
        tasks,
        chain: chain.unwrap_or_default(),
    }
}

impl ToldTask {
    const NEVER: Self = Self {
        opened: f64::INFINITY,
        ready: f64::INFINITY,
        started: f64::INFINITY,
        worked: f64::INFINITY,
        finished: f64::INFINITY,
        quantity: None,
    };
}

/// A point of the chain: the start of a task or a job, the end of its work, its finish.
#[derive(Debug, Clone, Copy)]
enum Point {
    Start(usize),
    Work(usize),
    Finish(usize),
}

/// Walks back from the finish, at each point to the first thing that drove it.
fn chain(compiled: &Compiled, workspace: &Workspace, initiative: InitiativeId, finish: f64) -> Vec<ToldStep> {
    let ends = |task: &&u32| workspace.tasks[**task as usize].finished == finish;
    let last = compiled.tasks_of.row(initiative.0).iter().find(ends);
    let mut next = last.filter(|_| finish.is_finite()).map(|task| Point::Finish(*task as usize));
    let mut seen = vec![[false; 3]; workspace.tasks.len()];
    let mut steps: Vec<ToldStep> = vec![];
    // Whether the last step is the work whose start is looked at, and not a task of which only the start drives.
    let mut is_worked = false;
    while let Some(point) = next {
        let (at, kind) = match point {
            Point::Start(at) => (at, 0),
            Point::Work(at) => (at, 1),
            Point::Finish(at) => (at, 2),
        };
        // Tasks without length may tie in a circle.
        if std::mem::replace(&mut seen[at][kind], true) {
            break;
        }
        let (state, is_job) = (&workspace.tasks[at], at >= compiled.tasks.len());
        next = match point {
            Point::Finish(_) if !is_job && state.worked < state.finished => {
                is_worked = false;
                let mut links = compiled.holding.row(at).iter();
                links
                    .find(|(_, position)| workspace.let_go[*position as usize] == state.finished)
                    .map(|link| before(compiled, *link))
            }
            Point::Finish(_) => Some(Point::Work(at)),
            Point::Work(_) => {
                is_worked = !state.is_void;
                if is_worked {
                    steps.push(ToldStep {
                        piece: piece(compiled, &workspace.jobs, at),
                        cause: Cause::Itself,
                    });
                }
                Some(Point::Start(at))
            }
            Point::Start(_) => {
                let (cause, before) = start(compiled, workspace, at);
                if let Some(step) = steps.last_mut().filter(|_| is_worked) {
                    step.cause = cause;
                }
                is_worked = false;
                before
            }
        };
    }
    steps.reverse();
    steps
}

/// What let a task or a job start.
fn start(compiled: &Compiled, workspace: &Workspace, at: usize) -> (Cause, Option<Point>) {
    let (state, task) = (&workspace.tasks[at], compiled.tasks.get(at));
    match (state.driver, task) {
        (Driver::Outside, _) => (Cause::Outside, None),
        (Driver::Piece(by), _) => {
            let job = (by as usize).checked_sub(compiled.tasks.len()).map(|job| &workspace.jobs[job]);
            let holds = job.is_some_and(|job| job.blocks != NONE && task.is_some_and(|task| task.release && task.initiative == job.blocks));
            (if holds { Cause::Fix } else { Cause::People }, Some(Point::Work(by as usize)))
        }
        (Driver::Links, None) => match workspace.jobs[at - compiled.tasks.len()].origin {
            NONE => (Cause::Itself, None),
            origin => (Cause::Link, Some(Point::Finish(origin as usize))),
        },
        (Driver::Links, Some(task)) => {
            let lets_go = |link: &&(u32, u32)| workspace.let_go[link.1 as usize] == state.start_gate;
            match compiled.gating.row(at).iter().find(lets_go) {
                Some(link) if state.start_gate >= task.not_before => (Cause::Link, Some(before(compiled, *link))),
                _ => (Cause::Itself, None),
            }
        }
    }
}

/// The end of the predecessor that a link looks at.
fn before(compiled: &Compiled, (predecessor, position): (u32, u32)) -> Point {
    match compiled.links.item(position as usize).kind {
        LinkKind::FinishStart | LinkKind::FinishFinish => Point::Finish(predecessor as usize),
        LinkKind::StartStart | LinkKind::StartFinish => Point::Start(predecessor as usize),
    }
}

impl Told {
    /// Whether the work of a task is on the chain.
    #[must_use]
    pub fn drives(&self, task: TaskId) -> bool {
        self.chain.iter().any(|step| step.piece == Piece::Task(task))
    }
}
