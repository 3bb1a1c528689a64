//! What a trial has cost so far: people's time, money, customer-minutes, releases that were held.

use super::compile::{Compiled, NONE};
use super::layout::{BINS, Count, Held, Layout, Money, Tally, Window, people_per_bin};
use crate::units::exceeds;

/// The books of one trial.
#[derive(Debug)]
pub(super) struct Ledger {
    window: Window,
    teams: Vec<TeamBook>,
    /// Working time at which each week begins, and the end of the last.
    week_begins: Vec<f64>,
    /// Whether planned work is still going on, so that people are paid for.
    is_open: bool,
    once: f64,
    lost_customer_value: f64,
    /// By reliability budget and quarter: customer-minutes, and when they passed the limit.
    minutes: Vec<f64>,
    passed: Vec<f64>,
    /// By reliability budget and quarter: customer-minutes of each class.
    by_class: Vec<f64>,
    /// By reliability budget: what counts against a freeze, and in which quarter.
    booked: Vec<(usize, f64)>,
    /// By initiative: the most findings that were open when a release wanted to start, and the days for which releases were held.
    most_open: Vec<f64>,
    days_held: Vec<f64>,
    /// By security budget: when its limits were passed.
    held_passed: Vec<[f64; 2]>,
    /// What has been paid for people and once, up to when, and how fast it grows.
    paid: f64,
    paid_until: f64,
    pay: f64,
    /// By cost budget: when it was passed.
    spent: Vec<f64>,
}

/// How a team's people are used.
#[derive(Debug, Default)]
struct TeamBook {
    since: f64,
    /// People there for planned work, people held by it, people wanted by work that waits, people who respond.
    here: f64,
    held: f64,
    wanted: f64,
    responding: f64,
    away: bool,
    held_days: f64,
    response_days: f64,
    /// The week in which `since` lies.
    week: usize,
    /// By week: people-days there, held, wanted.
    weeks: Vec<[f64; 3]>,
    per_bin: f64,
}

/// A change in how a team's people are used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    pub(super) here: i32,
    pub(super) held: i32,
    pub(super) wanted: i32,
    pub(super) responding: i32,
}

impl Shift {
    pub(super) fn here(here: i32) -> Self {
        Self { here, ..Self::default() }
    }

    pub(super) fn held(held: i32) -> Self {
        Self { held, ..Self::default() }
    }

    pub(super) fn wanted(wanted: i32) -> Self {
        Self { wanted, ..Self::default() }
    }
}

impl Ledger {
    pub(super) fn new(compiled: &Compiled, window: &Window) -> Self {
        let budgets = compiled.reliability.len();
        let teams = compiled.teams.iter().map(|team| TeamBook {
            weeks: vec![[0.0; 3]; window.weeks],
            per_bin: people_per_bin(team.seats.len()),
            ..TeamBook::default()
        });
        Self {
            window: *window,
            teams: teams.collect(),
            week_begins: (0..=window.weeks)
                .map(|week| compiled.clock.working(week as f64 * 7.0).min(window.horizon))
                .collect(),
            is_open: true,
            once: 0.0,
            lost_customer_value: 0.0,
            minutes: vec![0.0; budgets * window.quarters],
            passed: vec![f64::INFINITY; budgets * window.quarters],
            by_class: vec![0.0; budgets * window.quarters * compiled.incidents.len()],
            booked: vec![(0, 0.0); budgets],
            most_open: vec![0.0; compiled.initiatives],
            days_held: vec![0.0; compiled.initiatives],
            held_passed: vec![[f64::INFINITY; 2]; compiled.security.len()],
            paid: 0.0,
            paid_until: 0.0,
            pay: 0.0,
            spent: vec![f64::INFINITY; compiled.cost_limits.len()],
        }
    }

    pub(super) fn reset(&mut self) {
        for team in &mut self.teams {
            team.since = 0.0;
            team.here = 0.0;
            team.held = 0.0;
            team.wanted = 0.0;
            team.responding = 0.0;
            team.away = false;
            team.held_days = 0.0;
            team.response_days = 0.0;
            team.week = 0;
            team.weeks.fill([0.0; 3]);
        }
        self.is_open = true;
        self.once = 0.0;
        self.lost_customer_value = 0.0;
        self.minutes.fill(0.0);
        self.passed.fill(f64::INFINITY);
        self.by_class.fill(0.0);
        self.booked.fill((0, 0.0));
        self.most_open.fill(0.0);
        self.days_held.fill(0.0);
        self.held_passed.fill([f64::INFINITY; 2]);
        (self.paid, self.paid_until, self.pay) = (0.0, 0.0, 0.0);
        self.spent.fill(f64::INFINITY);
    }

    /// What was used up before the start.
    pub(super) fn open(&mut self, compiled: &Compiled) {
        for (index, budget) in compiled.reliability.iter().enumerate() {
            self.booked[index] = (0, budget.burnt);
            if let Some(minutes) = self.minutes.get_mut(index * self.window.quarters) {
                *minutes = budget.burnt;
                if exceeds(budget.burnt, budget.limit) {
                    self.passed[index * self.window.quarters] = 0.0;
                }
            }
        }
    }

    // --- people ---

    /// Books a team's time so far, then changes how its people are used.
    #[inline(always)]
    pub(super) fn shift(&mut self, compiled: &Compiled, team: usize, now: f64, shift: Shift) {
        if now != self.teams[team].since {
            self.book(team, now);
        }
        if shift.held != 0 && !self.teams[team].away {
            self.pay_changes(compiled, now, f64::from(shift.held) * compiled.teams[team].cost_per_day);
        }
        let book = &mut self.teams[team];
        // Most changes are of one kind, which is known where they are made.
        let change = |people: &mut f64, by: i32| {
            if by != 0 {
                *people += f64::from(by);
            }
        };
        change(&mut book.here, shift.here);
        change(&mut book.held, shift.held);
        change(&mut book.wanted, shift.wanted);
        change(&mut book.responding, shift.responding);
    }

    /// Books a team's time so far, then sends it away or has it back.
    pub(super) fn away(&mut self, compiled: &Compiled, team: usize, now: f64, away: bool) {
        self.book(team, now);
        let pay = self.teams[team].held * compiled.teams[team].cost_per_day;
        self.pay_changes(compiled, now, if away { -pay } else { pay });
        self.teams[team].away = away;
    }

    /// From here on nobody is paid for planned work any more.
    pub(super) fn close(&mut self, compiled: &Compiled, now: f64) {
        for team in 0..self.teams.len() {
            self.book(team, now);
        }
        self.pay_changes(compiled, now, 0.0);
        self.is_open = false;
    }

    #[inline(never)]
    fn book(&mut self, team: usize, now: f64) {
        let book = &mut self.teams[team];
        let (from, to) = (book.since, now);
        book.since = now;
        if to <= from {
            return;
        }
        if self.is_open && !book.away {
            book.held_days += book.held * (to - from);
        }
        book.response_days += book.responding * (to.min(self.window.horizon) - from).max(0.0);
        if book.weeks.is_empty() {
            return;
        }
        let (here, held) = if book.away { (0.0, 0.0) } else { (book.here, book.held) };
        while self.week_begins.get(book.week + 1).is_some_and(|begins| *begins <= from) {
            book.week += 1;
        }
        for (week, sums) in book.weeks.iter_mut().enumerate().skip(book.week) {
            let (begins, ends) = (self.week_begins[week], self.week_begins[week + 1]);
            if begins >= to {
                break;
            }
            let days = (to.min(ends) - from.max(begins)).max(0.0);
            sums[0] += here * days;
            sums[1] += held * days;
            sums[2] += book.wanted * days;
        }
    }

    /// What has been paid for people and once by now. Kept only where a cost budget limits it.
    pub(super) fn paid_by(&mut self, compiled: &Compiled, now: f64) -> f64 {
        self.pay_changes(compiled, now, 0.0);
        self.paid
    }

    /// The most findings that were open when a release of an initiative wanted to start, and the days of holds that have ended.
    pub(super) fn holds(&self, initiative: usize) -> (f64, f64) {
        (self.most_open[initiative], self.days_held[initiative])
    }

    pub(super) fn pay_once(&mut self, money: f64) {
        self.once += money;
        self.paid += money;
    }

    /// Pays people up to now, notes which budgets that passes and when, and changes how fast money goes.
    #[inline(always)]
    fn pay_changes(&mut self, compiled: &Compiled, now: f64, change: f64) {
        // Only at the start is anything paid at once.
        if self.is_open && (now > self.paid_until || now <= 0.0) {
            self.pay_up(compiled, now);
        }
        self.pay += change;
    }

    #[inline(never)]
    fn pay_up(&mut self, compiled: &Compiled, now: f64) {
        if !self.spent.is_empty() {
            let paid = self.paid + self.pay * (now - self.paid_until);
            for (passed, limit) in self.spent.iter_mut().zip(&compiled.cost_limits) {
                if passed.is_infinite() && exceeds(paid, *limit) {
                    let missing = (limit - self.paid).max(0.0);
                    *passed = if self.pay > 0.0 {
                        self.paid_until + missing / self.pay
                    } else {
                        now
                    };
                }
            }
            self.paid = paid;
            self.paid_until = now;
        }
    }

    // --- customers ---

    /// Charges downtime when it is felt: customer-minutes over `days` calendar days from clock time `from`, split over the quarters
    /// in proportion, up to the horizon. Booked against a freeze at once.
    pub(super) fn charge(&mut self, compiled: &Compiled, class: usize, quarter: usize, from: f64, days: f64, minutes: f64) {
        let flow = compiled.incidents[class].flow;
        if flow == NONE {
            return;
        }
        let value = compiled.flows[flow as usize].value_per_customer_minute;
        let classes = compiled.incidents.len();
        for (index, budget) in compiled.reliability.iter().enumerate().filter(|(_, budget)| budget.flow == flow) {
            let booked = &mut self.booked[index];
            *booked = if booked.0 == quarter {
                (quarter, booked.1 + minutes)
            } else {
                (quarter, minutes)
            };
            for q in quarter..self.window.quarters {
                let begins = compiled.quarters[q].begins.max(from);
                let until = self.quarter_ends(compiled, q);
                let ends = until.min(from + days);
                let share = felt(begins, until, from, days);
                if share <= 0.0 {
                    break;
                }
                let at = index * self.window.quarters + q;
                let before = self.minutes[at];
                self.minutes[at] += minutes * share;
                self.by_class[at * classes + class] += minutes * share;
                if !exceeds(before, budget.limit) && exceeds(self.minutes[at], budget.limit) {
                    self.passed[at] = begins + (ends - begins).max(0.0) * (budget.limit - before) / (minutes * share);
                }
            }
        }
        self.lost_customer_value += value * minutes * felt(from, self.window.horizon_clock, from, days);
    }

    fn quarter_ends(&self, compiled: &Compiled, quarter: usize) -> f64 {
        let next = compiled.quarters.get(quarter + 1).map_or(f64::INFINITY, |next| next.begins);
        next.min(self.window.horizon_clock)
    }

    /// Whether a budget that freezes releases is exceeded in the quarter that is going on.
    pub(super) fn is_frozen(&self, compiled: &Compiled, quarter: usize) -> bool {
        compiled
            .reliability
            .iter()
            .zip(&self.booked)
            .any(|(budget, booked)| budget.freeze && booked.0 == quarter && exceeds(booked.1, budget.limit))
    }

    // --- releases ---

    /// A release wants to start.
    pub(super) fn wants(&mut self, compiled: &Compiled, initiative: usize, now: f64, open: u32) {
        if now <= self.window.horizon {
            self.most_open[initiative] = self.most_open[initiative].max(f64::from(open));
            for (passed, budget) in self.held_passed.iter_mut().zip(&compiled.security) {
                if budget.initiative as usize == initiative && exceeds(f64::from(open), budget.limits[0]) {
                    passed[0] = passed[0].min(now);
                }
            }
        }
    }

    /// A release was held by findings, from when until when.
    pub(super) fn held(&mut self, compiled: &Compiled, initiative: usize, from: f64, to: f64) {
        let before = self.days_held[initiative];
        self.days_held[initiative] += (to.min(self.window.horizon) - from).max(0.0);
        for (passed, budget) in self.held_passed.iter_mut().zip(&compiled.security) {
            let limit = budget.limits[1];
            if budget.initiative as usize == initiative && passed[1].is_infinite() && exceeds(self.days_held[initiative], limit) {
                passed[1] = from + (limit - before).max(0.0);
            }
        }
    }

    // --- the end ---

    /// Writes the trial's row and counts it.
    pub(super) fn finish(&mut self, compiled: &Compiled, now: f64, layout: &Layout, row: &mut [f64], tally: &mut Tally) {
        let end = now.max(self.window.horizon);
        for team in 0..self.teams.len() {
            self.book(team, end);
        }
        let cost = |days: fn(&TeamBook) -> f64| {
            compiled
                .teams
                .iter()
                .zip(&self.teams)
                .map(|(team, book)| team.cost_per_day * days(book))
                .sum::<f64>()
        };
        layout.set_money(
            row,
            Money {
                total: cost(|book| book.held_days) + self.once,
                once: self.once,
                responses: if self.window.responses {
                    cost(|book| book.response_days)
                } else {
                    0.0
                },
                lost_customer_value: self.lost_customer_value,
            },
        );
        for (index, budget) in compiled.security.iter().enumerate() {
            let initiative = budget.initiative as usize;
            let held = Held {
                open: self.most_open[initiative],
                days: self.days_held[initiative],
                passed: self.held_passed[index],
            };
            layout.set_held(row, index, held);
        }
        self.pay_changes(compiled, now, 0.0);
        for (index, passed) in self.spent.iter().enumerate() {
            layout.set_spent(row, index, *passed);
        }
        let classes = compiled.incidents.len();
        for (index, budget) in compiled.reliability.iter().enumerate() {
            for quarter in 0..self.window.quarters {
                let at = index * self.window.quarters + quarter;
                let minutes = self.minutes[at];
                layout.set_burnt(row, index, quarter, minutes, self.passed[at]);
                if exceeds(minutes, budget.limit) {
                    let burnt = if quarter == 0 { budget.burnt } else { 0.0 };
                    let parts = self.by_class[at * classes..(at + 1) * classes].iter().copied().chain([burnt]);
                    tally.add_blame(index, parts.map(|part| part / minutes));
                }
            }
        }
        for (team, book) in self.teams.iter().enumerate() {
            for (week, [here, held, wanted]) in book.weeks.iter().enumerate() {
                let days = self.week_begins[week + 1] - self.week_begins[week];
                if days <= 0.0 {
                    continue;
                }
                let bin = |people: f64| nearest(people / days / book.per_bin);
                tally.count(team, week, Count::Available, bin(*here));
                tally.count(team, week, Count::Demand, bin(held + wanted));
                let used = if *here > 0.0 { (held / here).min(1.0) } else { 0.0 };
                tally.count(team, week, Count::Utilisation, nearest(used * (BINS - 1) as f64));
            }
        }
    }

    /// How a team's people are used now: there, held, wanted, responding.
    #[cfg(test)]
    pub(super) fn people(&self, team: usize) -> [f64; 4] {
        let book = &self.teams[team];
        [book.here, book.held, book.wanted, book.responding]
    }

    /// People-days of a team so far: held by work while anything is unfinished, and responding.
    #[cfg(test)]
    pub(super) fn people_days(&self, team: usize) -> (f64, f64) {
        (self.teams[team].held_days, self.teams[team].response_days)
    }
}

/// The nearest whole number, halves up; 0 for what is negative. The library's `round` is a call.
fn nearest(x: f64) -> usize {
    let below = x as usize;
    below.saturating_add(usize::from(x - below as f64 >= 0.5))
}

/// The share of a downtime of `days` from `from` that is felt between two clock times; one without length is felt at once.
fn felt(begins: f64, ends: f64, from: f64, days: f64) -> f64 {
    if days > 0.0 {
        ((ends.min(from + days) - begins) / days).clamp(0.0, 1.0)
    } else if begins <= from && from < ends {
        1.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_whole_number_is_that_of_the_library() {
        let near = [0.0, 0.5, 1.5, 2.5, 511.5, 0.25].map(f64::to_bits);
        let near = near
            .iter()
            .flat_map(|bits| [*bits, bits + 1, bits.wrapping_sub(1)])
            .map(f64::from_bits);
        for x in near
            .chain((0..5_000).map(|step| f64::from(step) * 0.137))
            .chain([-0.7, 1e300, f64::INFINITY])
        {
            assert_eq!(nearest(x), x.round() as usize, "{x}");
        }
    }
}
