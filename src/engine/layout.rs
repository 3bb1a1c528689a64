//! What a trial leaves behind: a row of numbers, and counts that add up over trials in any order.

use std::fmt;

use super::compile::Compiled;
use super::packed::Packed;

/// How far a run looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Working days after which unfinished work counts as never finished.
    pub limit: f64,
    /// Working days through the horizon: incidents, departures and budgets run that far in every trial.
    pub horizon: f64,
    /// Calendar days through the horizon.
    pub horizon_clock: f64,
    /// Calendar quarters that begin before the horizon ends.
    pub quarters: usize,
    /// Calendar weeks for which capacity is counted; 0 where nobody asks.
    pub weeks: usize,
    /// Whether the row says which checkpoints were hit.
    pub checkpoints: bool,
    /// Whether the row says what responses cost. Where neither that nor capacity nor checkpoints are asked for, people are not followed
    /// beyond the end of all work: only incidents go on, and what customers feel of them.
    pub responses: bool,
}

impl Window {
    /// Only finishes are wanted, up to `limit` working days.
    #[must_use]
    pub const fn finishes(limit: f64) -> Self {
        Self {
            limit,
            horizon: 0.0,
            horizon_clock: 0.0,
            quarters: 0,
            weeks: 0,
            checkpoints: false,
            responses: true,
        }
    }
}

/// Columns of a trial's row: finishes of the initiatives, then what the budgets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Initiatives.
    pub initiatives: usize,
    /// Reliability budgets.
    pub reliability: usize,
    /// Quarters of each.
    pub quarters: usize,
    /// Security budgets.
    pub security: usize,
    /// Whether money is counted.
    pub has_cost: bool,
    /// Cost budgets.
    pub cost_budgets: usize,
    /// Checkpoints.
    pub checkpoints: usize,
}

/// Checkpoints that share a column: a number holds so many yes and no exactly.
const HITS: usize = 50;

/// What one trial left behind: a number for each column of a [`Layout`].
#[derive(Clone, Copy)]
pub struct TrialRow<'a> {
    pub(super) block: &'a Packed,
    /// Its place in the block.
    pub(super) trial: usize,
}

impl<'a> TrialRow<'a> {
    /// The finish of an initiative, in working days; infinite for never.
    #[must_use]
    pub fn finish(self, initiative: usize) -> f64 {
        self.get(initiative)
    }

    /// Every number, by column.
    pub fn numbers(self) -> impl Iterator<Item = f64> + 'a {
        (0..self.block.columns()).map(move |column| self.get(column))
    }

    fn get(self, column: usize) -> f64 {
        self.block.get(column, self.trial)
    }
}

/// To the bit, wherever they are kept.
impl PartialEq for TrialRow<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.numbers().map(f64::to_bits).eq(other.numbers().map(f64::to_bits))
    }
}

impl fmt::Debug for TrialRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.numbers()).finish()
    }
}

/// What held the releases of an initiative in a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// The most blocking findings that were open when a release wanted to start.
    pub open: f64,
    /// Working days for which releases were held.
    pub days: f64,
    /// Working time at which `open` passed its limit, and at which `days` did; infinite for not.
    pub passed: [f64; 2],
}

/// Money in a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Money {
    /// People held by planned work, follow-ups and fixes until the last initiative ends, and what is paid once.
    pub total: f64,
    /// Of it, what is paid once.
    pub once: f64,
    /// People who respond to incidents, to the horizon; 0 where nobody asked for it (see [`Window::responses`]).
    pub responses: f64,
    /// Customer-minutes lost to the horizon at their value.
    pub lost_customer_value: f64,
}

impl Layout {
    pub(super) const fn new(compiled: &Compiled, window: &Window) -> Self {
        Self {
            initiatives: compiled.initiatives,
            reliability: compiled.reliability.len(),
            quarters: window.quarters,
            security: compiled.security.len(),
            has_cost: compiled.has_cost,
            cost_budgets: compiled.cost_limits.len(),
            checkpoints: if window.checkpoints { compiled.checkpoints.len() } else { 0 },
        }
    }

    /// Numbers in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.hits_column() + self.checkpoints.div_ceil(HITS)
    }

    const fn hits_column(&self) -> usize {
        self.cost_column() + self.cost_budgets + if self.has_cost { 4 } else { 0 }
    }

    const fn reliability_column(&self, budget: usize, quarter: usize) -> usize {
        self.initiatives + (budget * self.quarters + quarter) * 2
    }

    const fn security_column(&self, budget: usize) -> usize {
        self.initiatives + self.reliability * self.quarters * 2 + budget * 4
    }

    const fn cost_column(&self) -> usize {
        self.security_column(self.security)
    }

    /// Finishes by initiative, in working days; infinite for never.
    pub fn finishes<'r>(&self, row: TrialRow<'r>) -> impl Iterator<Item = f64> + use<'r> {
        row.numbers().take(self.initiatives)
    }

    /// Customer-minutes of a reliability budget in a quarter, and the clock time (calendar days) at which its limit was passed,
    /// infinite for not.
    #[must_use]
    pub fn burnt(&self, row: TrialRow<'_>, budget: usize, quarter: usize) -> (f64, f64) {
        let column = self.reliability_column(budget, quarter);
        (row.get(column), row.get(column + 1))
    }

    /// What held the releases that a security budget looks at.
    #[must_use]
    pub fn held(&self, row: TrialRow<'_>, budget: usize) -> Held {
        let column = self.security_column(budget);
        Held {
            open: row.get(column),
            days: row.get(column + 1),
            passed: [row.get(column + 2), row.get(column + 3)],
        }
    }

    /// Working time at which a cost budget was passed; infinite for not.
    #[must_use]
    pub fn spent(&self, row: TrialRow<'_>, budget: usize) -> f64 {
        row.get(self.cost_column() + budget)
    }

    /// Money; `None` where nothing costs anything.
    #[must_use]
    pub fn money(&self, row: TrialRow<'_>) -> Option<Money> {
        let column = self.cost_column() + self.cost_budgets;
        self.has_cost.then(|| Money {
            total: row.get(column),
            once: row.get(column + 1),
            responses: row.get(column + 2),
            lost_customer_value: row.get(column + 3),
        })
    }

    /// Whether a checkpoint was hit.
    #[must_use]
    pub fn hit(&self, row: TrialRow<'_>, checkpoint: usize) -> bool {
        let hits = row.get(self.hits_column() + checkpoint / HITS) as u64;
        hits >> (checkpoint % HITS) & 1 == 1
    }

    pub(super) fn set_hit(&self, row: &mut [f64], checkpoint: usize) {
        row[self.hits_column() + checkpoint / HITS] += (1_u64 << (checkpoint % HITS)) as f64;
    }

    pub(super) fn set_burnt(&self, row: &mut [f64], budget: usize, quarter: usize, minutes: f64, passed: f64) {
        let column = self.reliability_column(budget, quarter);
        row[column] = minutes;
        row[column + 1] = passed;
    }

    pub(super) fn set_held(&self, row: &mut [f64], budget: usize, held: Held) {
        let column = self.security_column(budget);
        row[column..column + 4].copy_from_slice(&[held.open, held.days, held.passed[0], held.passed[1]]);
    }

    pub(super) fn set_spent(&self, row: &mut [f64], budget: usize, passed: f64) {
        row[self.cost_column() + budget] = passed;
    }

    pub(super) fn set_money(&self, row: &mut [f64], money: Money) {
        if self.has_cost {
            let column = self.cost_column() + self.cost_budgets;
            row[column..column + 4].copy_from_slice(&[money.total, money.once, money.responses, money.lost_customer_value]);
        }
    }
}

/// Bins of a histogram of people, per team and week: 512 steps, so that a team that is all there falls on a step.
pub const BINS: usize = 513;

/// Counts over trials. Whole numbers, so that they add up to the same whatever the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    teams: usize,
    weeks: usize,
    /// For each team and week three histograms: people there, people wanted, the share of those there who are held by work.
    people: Vec<u32>,
    classes: usize,
    /// For each reliability budget the quarters that were breached, and for each class (and what was burnt before the start) its
    /// share of their minutes in units of 2⁻³⁰.
    blame: Vec<u64>,
}

/// What a histogram of [`Tally`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// People who are there for planned work.
    Available = 0,
    /// People held by work or wanted by work that waits.
    Demand = 1,
    /// The share of those there who are held by work.
    Utilisation = 2,
}

impl Count {
    /// The share that a bin of [`Count::Utilisation`] stands for.
    #[must_use]
    pub fn share_of_bin(bin: usize) -> f64 {
        bin as f64 / (BINS - 1) as f64
    }
}

const SHARE_UNITS: f64 = (1_u64 << 30) as f64;

impl Tally {
    pub(super) fn new(compiled: &Compiled, window: &Window) -> Self {
        let (teams, weeks) = (compiled.teams.len(), window.weeks);
        let classes = compiled.incidents.len();
        Self {
            teams,
            weeks,
            people: vec![0; teams * weeks * 3 * BINS],
            classes,
            blame: vec![0; compiled.reliability.len() * (classes + 2)],
        }
    }

    /// Bytes that a tally takes.
    pub(super) const fn bytes(compiled: &Compiled, window: &Window) -> usize {
        compiled.teams.len() * window.weeks * 3 * BINS * size_of::<u32>()
    }

    pub(super) fn count(&mut self, team: usize, week: usize, what: Count, bin: usize) {
        let row = (team * self.weeks + week) * 3 + what as usize;
        self.people[row * BINS + bin.min(BINS - 1)] += 1;
    }

    pub(super) fn add_blame(&mut self, budget: usize, shares: impl Iterator<Item = f64>) {
        let row = budget * (self.classes + 2);
        self.blame[row] += 1;
        for (index, share) in shares.enumerate() {
            self.blame[row + 1 + index] += (share * SHARE_UNITS).round() as u64;
        }
    }

    /// Whether the other counts the same things.
    pub(super) const fn is_like(&self, other: &Self) -> bool {
        self.people.len() == other.people.len() && self.blame.len() == other.blame.len() && self.weeks == other.weeks
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, more) in self.people.iter_mut().zip(&other.people) {
            *own += more;
        }
        for (own, more) in self.blame.iter_mut().zip(&other.blame) {
            *own += more;
        }
    }

    /// The bin (of [`BINS`]) that the `share` of the trials reaches; `None` where nothing was counted.
    #[must_use]
    pub fn quantile_bin(&self, team: usize, week: usize, what: Count, share: f64) -> Option<usize> {
        if team >= self.teams || week >= self.weeks {
            return None;
        }
        let row = (team * self.weeks + week) * 3 + what as usize;
        let bins = &self.people[row * BINS..(row + 1) * BINS];
        let total: u64 = bins.iter().map(|count| u64::from(*count)).sum();
        let wanted = (share * total as f64).ceil().max(1.0) as u64;
        let mut counted = 0;
        bins.iter().position(|count| {
            counted += u64::from(*count);
            total > 0 && counted >= wanted
        })
    }

    /// The shares of the classes, and of what was burnt before the start, in the minutes of breached quarters, averaged over these;
    /// `None` where none was breached.
    #[must_use]
    pub fn blame(&self, budget: usize) -> Option<Vec<f64>> {
        let row = self.blame.get(budget * (self.classes + 2)..(budget + 1) * (self.classes + 2))?;
        let (breached, shares) = row.split_first()?;
        (*breached > 0).then(|| shares.iter().map(|share| *share as f64 / SHARE_UNITS / *breached as f64).collect())
    }
}

/// The most people of a team that a histogram tells apart, per bin.
#[must_use]
pub fn people_per_bin(seats: usize) -> f64 {
    // Sixteenths of a person where the team is small enough.
    (1.0 / 16.0_f64).max((2 * seats.max(1)) as f64 / (BINS - 1) as f64)
}
