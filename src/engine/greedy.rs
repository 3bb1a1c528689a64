//! Plans of fixed crews that wait for people and for the ends of other tasks, and for nothing else: [`super::crews`] in its barest form.
//!
//! No lags, dates, risks or crews of several teams: what is left of a task is how many others it still waits for, and the parallel
//! schedule-generation scheme (Kolisch & Hartmann 1999) is a loop that ends what ends next and starts whom people are free for. What
//! it costs is branches that nobody can predict, so there are few: tasks under way are about as many as people, and the next to end is
//! found by looking at all of them side by side, where a heap would choose its way. The same bits as the event loop.

use multiversion::multiversion;

use super::checkpoints::note_done;
use super::compile::{Compiled, CompiledLink, Lag, Need, looks_at_start};
use super::draws::{BLOCK, Draws, Row};
use super::layout::{Layout, Window};
use crate::units::to_tick;

/// Ends that are compared at once.
const SIDE_BY_SIDE: usize = 8;

/// A plan by rank, and what a thread needs to play it.
#[derive(Debug)]
pub(super) struct Greedy {
    tasks: Vec<Says>,
    /// Tasks after which nothing of their initiative follows, and its number.
    last: Vec<(u32, u32)>,
    /// Who may start when a task has ended, those of one task together.
    successors: Vec<u32>,
    people: Vec<u32>,
    /// How many others each task waits for at the start.
    waits_at_start: Vec<u32>,
    /// Working days of each task in each trial of a block, those of one trial together.
    work: Vec<f64>,
    future: Future,
}

#[derive(Debug, Clone, Copy)]
struct Says {
    team: u32,
    /// People whom it takes; 0 if it needs nobody.
    people: u32,
    /// Where its successors stand.
    from: u32,
    to: u32,
}

/// The state of a trial.
#[derive(Debug)]
struct Future {
    now: f64,
    /// How many others each task waits for.
    waits: Vec<u32>,
    /// A bit for each task that waits for people alone, and a word before which there is none.
    ready: Vec<u64>,
    first_ready: usize,
    free: Vec<u32>,
    /// People who are free in all teams together.
    idle: u32,
    /// When each task that is under way ends, [`SIDE_BY_SIDE`] places at a time; infinite where there is none.
    ends: Vec<[f64; SIDE_BY_SIDE]>,
    /// The task at each of these places.
    under_way: Vec<u32>,
    /// Places where there is none.
    places: Vec<u32>,
    /// When the next of them ends; infinite if none is under way.
    next: f64,
    finished: Vec<f64>,
}

impl Greedy {
    /// `None` where anything else is waited for.
    pub(super) fn of(compiled: &Compiled) -> Option<Self> {
        let links_are_plain = (0..compiled.links.len()).all(|position| {
            let link = compiled.links.item(position);
            !looks_at_start(link.kind) && matches!(link.lag, Lag::Fixed(0.0))
        });
        let nothing_holds = (0..compiled.tasks.len()).all(|rank| compiled.holding.row(rank).is_empty() && !compiled.is_at_risk(rank));
        let dates = compiled.tasks.iter().any(|task| task.not_before > 0.0);
        if !links_are_plain || !nothing_holds || dates || !compiled.has_constant_crews {
            return None;
        }
        let (mut tasks, mut successors, mut last) = (vec![], vec![], vec![]);
        for (rank, task) in compiled.tasks.iter().enumerate() {
            let (team, people) = match task.need {
                Need::Nobody => (0, 0),
                Need::Effort { team, max, .. } => (team, max),
                Need::Crew { .. } => return None,
            };
            let from = successors.len() as u32;
            successors.extend(compiled.links.row(rank).iter().map(|link| link.successor));
            let is_followed = |link: &CompiledLink| compiled.tasks[link.successor as usize].initiative == task.initiative;
            if !compiled.links.row(rank).iter().any(is_followed) {
                last.push((rank as u32, task.initiative));
            }
            tasks.push(Says {
                team,
                people,
                from,
                to: successors.len() as u32,
            });
        }
        let people: usize = compiled.teams.iter().map(|team| team.seats.len()).sum();
        let without_people = tasks.iter().filter(|task: &&Says| task.people == 0).count();
        let places = (people + without_people).min(tasks.len());
        Some(Self {
            people: compiled.teams.iter().map(|team| team.seats.len() as u32).collect(),
            waits_at_start: compiled.tasks.iter().map(|task| task.start_links).collect(),
            work: vec![0.0; tasks.len() * BLOCK],
            future: Future {
                now: 0.0,
                waits: vec![0; tasks.len()],
                ready: vec![0; tasks.len().div_ceil(64)],
                first_ready: 0,
                free: vec![],
                idle: 0,
                ends: vec![[f64::INFINITY; SIDE_BY_SIDE]; places.div_ceil(SIDE_BY_SIDE)],
                under_way: vec![0; places],
                places: vec![],
                next: f64::INFINITY,
                finished: vec![f64::INFINITY; tasks.len()],
            },
            tasks,
            last,
            successors,
        })
    }

    /// Plays the first trials of a block and writes their rows, which begin as zeros.
    pub(super) fn play(&mut self, compiled: &Compiled, draws: &Draws, window: &Window, rows: &mut [f64]) {
        self.measure(compiled, draws);
        let layout = Layout::new(compiled, window);
        for (lane, row) in rows.chunks_exact_mut(layout.width().max(1)).enumerate() {
            trial(self, lane, window.limit);
            for (rank, initiative) in &self.last {
                let finish = &mut row[*initiative as usize];
                *finish = finish.max(self.future.finished[*rank as usize]);
            }
            if window.checkpoints {
                note_done(compiled, &layout, row, |rank| self.future.finished[rank]);
            }
        }
    }

    /// How long each task takes in each trial of the block.
    fn measure(&mut self, compiled: &Compiled, draws: &Draws) {
        let tasks = self.tasks.len();
        for (rank, task) in compiled.tasks.iter().enumerate() {
            let speed = match task.need {
                Need::Effort { max, focus, .. } => focus * f64::from(max),
                Need::Nobody | Need::Crew { .. } => 1.0,
            };
            let work = durations(draws.quantities(rank), speed);
            for (trial, work) in self.work.chunks_exact_mut(tasks).zip(work) {
                trial[rank] = work;
            }
        }
    }
}

/// Plays a trial. In wide registers, since all ends are compared at every end.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn trial(greedy: &mut Greedy, lane: usize, limit: f64) {
    let Greedy {
        tasks,
        successors,
        people,
        waits_at_start,
        future,
        ..
    } = greedy;
    let plan = Plan {
        tasks,
        successors,
        work: &greedy.work[lane * tasks.len()..][..tasks.len()],
    };
    future.now = 0.0;
    future.next = f64::INFINITY;
    future.waits.copy_from_slice(waits_at_start);
    future.ready.fill(0);
    future.first_ready = 0;
    future.free.clone_from(people);
    future.idle = people.iter().sum();
    // A future that was left at the limit has not ended everything.
    future.ends.as_flattened_mut().fill(f64::INFINITY);
    future.places.clear();
    future.places.extend((0..future.under_way.len() as u32).rev());
    future.finished.fill(f64::INFINITY);
    for (rank, waits) in waits_at_start.iter().enumerate() {
        if *waits == 0 {
            future.open(plan, rank);
        }
    }
    future.settle(plan);
    loop {
        future.dispatch(plan);
        if future.next > limit || future.next == f64::INFINITY {
            return;
        }
        future.now = future.next;
        future.settle(plan);
    }
}

/// Whole ticks of work at a speed; a draw below nothing is nothing.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn durations(quantities: &Row, speed: f64) -> Row {
    quantities.map(|quantity| to_tick(if quantity > 0.0 { quantity } else { 0.0 } / speed))
}

/// What is known of a trial before it is played.
#[derive(Debug, Clone, Copy)]
struct Plan<'a> {
    tasks: &'a [Says],
    successors: &'a [u32],
    work: &'a [f64],
}

impl Future {
    /// Nothing but people holds a task up any longer.
    fn open(&mut self, plan: Plan<'_>, rank: usize) {
        if plan.tasks[rank].people == 0 {
            self.begin(plan, rank);
        } else {
            self.ready[rank / 64] |= 1 << (rank % 64);
            self.first_ready = self.first_ready.min(rank / 64);
        }
    }

    #[inline(always)]
    fn begin(&mut self, plan: Plan<'_>, rank: usize) {
        let end = self.now + plan.work[rank];
        // There is a place for each of the people and for each task that needs none of them.
        if let Some(place) = self.places.pop() {
            self.ends.as_flattened_mut()[place as usize] = end;
            self.under_way[place as usize] = rank as u32;
            self.next = sooner(end, self.next);
        }
    }

    #[inline(always)]
    fn next_end(&self) -> f64 {
        let mut next = [f64::INFINITY; SIDE_BY_SIDE];
        for ends in &self.ends {
            for (next, end) in next.iter_mut().zip(ends) {
                *next = sooner(*end, *next);
            }
        }
        // Three steps side by side instead of eight after each other.
        for half in [4, 2, 1] {
            for place in 0..half {
                next[place] = sooner(next[place + half], next[place]);
            }
        }
        next[0]
    }

    /// The first place where a task ends at `time`.
    #[inline(always)]
    fn place_of(&self, time: f64) -> Option<usize> {
        self.ends.iter().enumerate().find_map(|(group, ends)| {
            let places = (0..SIDE_BY_SIDE).fold(0_u32, |places, place| places | u32::from(ends[place] == time) << place);
            (places != 0).then(|| group * SIDE_BY_SIDE + places.trailing_zeros() as usize)
        })
    }

    /// Ends all that ends at this instant.
    #[inline(always)]
    fn settle(&mut self, plan: Plan<'_>) {
        while self.next <= self.now
            && let Some(place) = self.place_of(self.next)
        {
            self.end(plan, place);
            self.next = self.next_end();
        }
    }

    /// Ends the task at a place.
    #[inline(always)]
    fn end(&mut self, plan: Plan<'_>, place: usize) {
        self.ends.as_flattened_mut()[place] = f64::INFINITY;
        self.places.push(place as u32);
        let rank = self.under_way[place] as usize;
        let task = plan.tasks[rank];
        self.finished[rank] = self.now;
        if task.people > 0 {
            self.free[task.team as usize] += task.people;
            self.idle += task.people;
        }
        for successor in &plan.successors[task.from as usize..task.to as usize] {
            let successor = *successor as usize;
            self.waits[successor] -= 1;
            let is_open = self.waits[successor] == 0;
            if plan.tasks[successor].people > 0 {
                // Without a branch on what it still waits for.
                self.ready[successor / 64] |= u64::from(is_open) << (successor % 64);
                let word = if is_open { successor / 64 } else { self.first_ready };
                self.first_ready = self.first_ready.min(word);
            } else if is_open {
                self.begin(plan, successor);
            }
        }
    }

    /// Starts what waits for people, in dispatch order, until nothing more can start at this instant.
    #[inline(always)]
    fn dispatch(&mut self, plan: Plan<'_>) {
        let mut word = self.first_ready;
        while word < self.ready.len() && self.idle > 0 {
            if self.ready[word] == 0 && word == self.first_ready {
                self.first_ready += 1;
            }
            let mut waiting = self.ready[word];
            while waiting != 0 && self.idle > 0 {
                let bit = waiting.trailing_zeros();
                waiting &= waiting - 1;
                let rank = word * 64 + bit as usize;
                let task = plan.tasks[rank];
                if self.free[task.team as usize] < task.people {
                    continue;
                }
                self.free[task.team as usize] -= task.people;
                self.idle -= task.people;
                self.ready[word] &= !(1 << bit);
                self.begin(plan, rank);
                // What takes no time ends before the next is looked at: somebody may be free, or wait, who goes before.
                if self.next <= self.now {
                    self.settle(plan);
                    word = self.first_ready;
                    waiting = self.ready[word];
                }
            }
            word += 1;
        }
    }
}

/// The earlier of two times, as one instruction: neither is NaN.
#[inline(always)]
fn sooner(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}
