//! What a run looks at beside its rows: who drives the finishes, and the first futures in detail.

use std::fmt;

use super::chain::{Drivers, Walker};
use super::compile::Compiled;
use super::critical::Marks;
use super::draws::{BLOCK, Draws, Row};
use super::landmark::Landmarks;
use super::network::Played;
use super::packed::Packed;
use super::state::Workspace;
use crate::plan::TaskId;

/// What to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// Futures that are kept in detail: those with a number below it.
    pub futures: u32,
    /// Tasks that are kept in detail.
    pub tasks: Vec<TaskId>,
    /// Incidents and departures are counted to this working day: the same span in every future, so that a long one has no more of
    /// them for being long. Findings come with work that ends, not with time, and are all counted.
    pub until: f64,
    /// The start of each task on paper, in working days.
    pub paper_starts: Vec<f64>,
}

/// The most futures that are kept in detail.
pub const DETAILED_FUTURES: u32 = 10_000;
/// The most tasks that are kept in detail.
pub const DETAILED_TASKS: usize = 400;
/// The most tasks times futures, so that what is kept takes about 26 MB (start and finish four bytes each, the quantity eight): of a
/// plan with more than 150 tasks fewer futures.
const DETAILS: usize = 1_500_000;

impl Watch {
    /// Looks at everything that there is room for: `first` tells which tasks matter most where there are more than
    /// [`DETAILED_TASKS`], the largest first.
    #[must_use]
    pub fn new(compiled: &Compiled, landmarks: &Landmarks, first: impl Fn(TaskId) -> u32) -> Self {
        let mut tasks: Vec<TaskId> = (0..compiled.order.len()).map(TaskId).collect();
        if tasks.len() > DETAILED_TASKS {
            tasks.sort_by_key(|task| (std::cmp::Reverse(first(*task)), *task));
            tasks.truncate(DETAILED_TASKS);
            tasks.sort();
        }
        let on_paper = landmarks.plan_on_paper.iter().copied().fold(0.0, f64::max);
        let room = (DETAILS / tasks.len().max(1)).try_into().unwrap_or(u32::MAX);
        Self {
            futures: DETAILED_FUTURES.min(room),
            tasks,
            until: if on_paper.is_finite() { on_paper } else { 0.0 },
            paper_starts: landmarks.schedule.iter().map(|task| task.start).collect(),
        }
    }

    /// Only who drives the finishes.
    #[must_use]
    pub fn drivers(landmarks: &Landmarks) -> Self {
        Self {
            futures: 0,
            tasks: vec![],
            until: 0.0,
            paper_starts: landmarks.schedule.iter().map(|task| task.start).collect(),
        }
    }
}

/// A task in one future.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaskDetail {
    /// When it started, in working days; infinite for never.
    pub started: f64,
    /// When it finished.
    pub finished: f64,
    /// Engineer-days of effort or working days of duration, overrun and risks included; `None` where there was no such task, or it
    /// never started.
    pub quantity: Option<f64>,
}

/// The columns of a future in detail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// By task of the plan, its place among those that are kept.
    places: Vec<Option<usize>>,
    tasks: usize,
    risks: usize,
    teams: usize,
    incidents: usize,
    findings: usize,
}

/// Futures in detail, from the first of the run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    columns: Columns,
    blocks: Vec<Packed>,
}

/// One future in detail.
#[derive(Clone, Copy)]
pub struct Detail<'a> {
    columns: &'a Columns,
    block: &'a Packed,
    /// Its place in the block.
    future: usize,
}

impl Columns {
    pub(super) fn new(compiled: &Compiled, watch: &Watch) -> Self {
        let mut places = vec![None; compiled.tasks.len()];
        for (place, task) in watch.tasks.iter().enumerate() {
            if let Some(entry) = places.get_mut(task.0) {
                *entry = Some(place);
            }
        }
        Self {
            places,
            tasks: watch.tasks.len(),
            risks: compiled.risks.len(),
            teams: compiled.teams.len(),
            incidents: compiled.incidents.len(),
            findings: compiled.findings.len(),
        }
    }

    /// The first of the columns of a task; `None` where it is not kept.
    fn first_of(&self, task: TaskId) -> Option<usize> {
        self.places.get(task.0).copied().flatten().map(|place| place * OF_A_TASK)
    }

    pub(super) const fn width(&self) -> usize {
        self.tasks * OF_A_TASK + self.risks + self.teams + self.incidents + self.findings
    }
}

impl Details {
    pub(super) const fn new(columns: Columns, blocks: Vec<Packed>) -> Self {
        Self { columns, blocks }
    }

    pub(super) fn merge(&mut self, more: Self) {
        self.blocks.extend(more.blocks);
    }

    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.columns == other.columns
    }

    /// How many futures are kept.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blocks.iter().map(Packed::futures).sum()
    }

    /// The futures, from the first of the run.
    pub fn futures(&self) -> impl Iterator<Item = Detail<'_>> {
        self.blocks.iter().flat_map(|block| {
            (0..block.futures()).map(|future| Detail {
                columns: &self.columns,
                block,
                future,
            })
        })
    }

    /// [`TaskDetail::started`] in each of the futures; nothing where the task is not kept.
    #[must_use]
    pub fn starts(&self, task: TaskId) -> Vec<f64> {
        self.column(task, STARTED)
    }

    /// [`TaskDetail::finished`] in each of the futures; nothing where the task is not kept.
    #[must_use]
    pub fn finishes(&self, task: TaskId) -> Vec<f64> {
        self.column(task, FINISHED)
    }

    /// [`TaskDetail::quantity`] in each of the futures; nothing where the task is not kept.
    #[must_use]
    pub fn quantities(&self, task: TaskId) -> Vec<Option<f64>> {
        self.column(task, QUANTITY).into_iter().map(quantity).collect()
    }

    fn column(&self, task: TaskId, which: usize) -> Vec<f64> {
        let Some(first) = self.columns.first_of(task) else { return vec![] };
        let mut numbers = Vec::with_capacity(self.count());
        let mut row = [0.0; BLOCK];
        for block in &self.blocks {
            block.unpack(first + which, &mut row);
            numbers.extend_from_slice(&row[..block.futures()]);
        }
        numbers
    }

    /// Whether a task is kept.
    #[must_use]
    pub fn keeps(&self, task: TaskId) -> bool {
        self.columns.places.get(task.0).is_some_and(Option::is_some)
    }
}

/// The columns of a task.
const STARTED: usize = 0;
const FINISHED: usize = 1;
const QUANTITY: usize = 2;
const OF_A_TASK: usize = 3;

/// Below nothing stands for no quantity.
fn quantity(number: f64) -> Option<f64> {
    (number >= 0.0).then_some(number)
}

impl Detail<'_> {
    /// A task; `None` where it is not kept.
    #[must_use]
    pub fn task(&self, task: TaskId) -> Option<TaskDetail> {
        let first = self.columns.first_of(task)?;
        Some(TaskDetail {
            started: self.get(first + STARTED),
            finished: self.get(first + FINISHED),
            quantity: quantity(self.get(first + QUANTITY)),
        })
    }

    /// Whether a risk is real.
    #[must_use]
    pub fn risk(&self, risk: usize) -> bool {
        self.get(self.columns.tasks * OF_A_TASK + risk) > 0.0
    }

    /// Departures from a team to [`Watch::until`].
    #[must_use]
    pub fn departures(&self, team: usize) -> f64 {
        self.get(self.columns.tasks * OF_A_TASK + self.columns.risks + team)
    }

    /// Incidents of a class to [`Watch::until`].
    #[must_use]
    pub fn incidents(&self, class: usize) -> f64 {
        self.get(self.columns.tasks * OF_A_TASK + self.columns.risks + self.columns.teams + class)
    }

    /// Findings of a class, whenever they came up.
    #[must_use]
    pub fn findings(&self, class: usize) -> f64 {
        self.get(self.columns.width() - self.columns.findings + class)
    }

    fn get(&self, column: usize) -> f64 {
        self.block.get(column, self.future)
    }
}

/// Every number, by column.
impl fmt::Debug for Detail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries((0..self.block.columns()).map(|column| self.get(column)))
            .finish()
    }
}

/// What a thread needs to look.
#[derive(Debug)]
pub(super) struct Watcher {
    until: f64,
    /// The start of each task on paper, by rank.
    paper: Vec<f64>,
    /// Ranks of the tasks that are kept.
    kept: Vec<u32>,
    walker: Walker,
    /// Where blocks are played at once.
    marks: Option<Marks>,
}

impl Watcher {
    pub(super) fn new(compiled: &Compiled, watch: &Watch) -> Self {
        let mut rank = vec![0_u32; compiled.order.len()];
        for (position, task) in compiled.order.iter().enumerate() {
            rank[task.0] = position as u32;
        }
        let paper = compiled
            .order
            .iter()
            .map(|task| watch.paper_starts.get(task.0).copied().unwrap_or(0.0));
        Self {
            until: watch.until,
            paper: paper.map(|start| if start.is_finite() { start } else { 0.0 }).collect(),
            kept: watch.tasks.iter().filter_map(|task| rank.get(task.0).copied()).collect(),
            walker: Walker::default(),
            marks: None,
        }
    }

    /// Working days to which things are counted.
    pub(super) const fn until(&self) -> f64 {
        self.until
    }

    /// Looks at a block that was played at once, and writes the first `kept` of its trials into the columns of `details`.
    pub(super) fn look_at_block(&mut self, played: Played<'_>, drivers: &mut Drivers, details: &mut [Row], kept: usize) {
        let Played { compiled, draws, pass, .. } = played;
        let marks = self.marks.get_or_insert_with(|| Marks::new(compiled));
        marks.count(played, &self.paper, drivers);
        let (tasks, risks) = details.split_at_mut((self.kept.len() * OF_A_TASK).min(details.len()));
        for (columns, task) in tasks.chunks_exact_mut(OF_A_TASK).zip(&self.kept) {
            for lane in 0..kept {
                for (column, number) in columns.iter_mut().zip(pass.detail(*task as usize, lane)) {
                    column[lane] = number;
                }
            }
        }
        for (risk, column) in risks.iter_mut().enumerate().take(compiled.risks.len()) {
            for (lane, number) in column.iter_mut().enumerate().take(kept) {
                *number = f64::from(u8::from(draws.lane(lane).occurs(risk)));
            }
        }
    }

    /// Looks at the trial that was played last, and writes it into its lane of the columns of `details`, where there are any.
    pub(super) fn look(
        &mut self,
        compiled: &Compiled,
        workspace: &Workspace,
        (draws, lane): (&Draws, usize),
        finishes: &[f64],
        drivers: &mut Drivers,
        details: &mut [Row],
    ) {
        self.walker.count(compiled, workspace, finishes, &self.paper, drivers);
        let mut columns = details.iter_mut();
        let mut put = |number: f64| {
            if let Some(column) = columns.next() {
                column[lane] = number;
            }
        };
        for task in &self.kept {
            let state = &workspace.tasks[*task as usize];
            put(state.started);
            put(state.finished);
            put(if state.is_void || state.started.is_infinite() {
                -1.0
            } else {
                state.quantity
            });
        }
        let drawn = draws.lane(lane);
        for risk in 0..compiled.risks.len() {
            put(f64::from(u8::from(drawn.occurs(risk))));
        }
        let counts = &workspace.counts;
        for count in counts.departures.iter().chain(&counts.incidents).chain(&counts.findings) {
            put(f64::from(*count));
        }
    }
}

/// Counts of a trial: findings over all of it, the others up to a time.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) until: f64,
    pub(super) departures: Vec<u32>,
    pub(super) incidents: Vec<u32>,
    pub(super) findings: Vec<u32>,
}

impl Counts {
    pub(super) fn new(compiled: &Compiled) -> Self {
        Self {
            until: 0.0,
            departures: vec![0; compiled.teams.len()],
            incidents: vec![0; compiled.incidents.len()],
            findings: vec![0; compiled.findings.len()],
        }
    }

    pub(super) fn reset(&mut self) {
        self.departures.fill(0);
        self.incidents.fill(0);
        self.findings.fill(0);
    }
}
