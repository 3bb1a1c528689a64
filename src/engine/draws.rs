//! The chance in a block of trials, drawn side by side: for each quantity one row with a lane per trial.

use super::compile::{Compiled, CompiledTask, Lag, NONE};
use crate::units::to_tick;

/// Trials that are drawn side by side and played by one thread in one go.
pub const BLOCK: usize = 64;

/// Every draw of up to [`BLOCK`] trials. Rows are `[row * BLOCK + lane]`.
#[derive(Debug)]
pub(super) struct Draws {
    /// Quantity of each task after overrun and before risks: engineer-days of effort or working days of duration.
    quantity: Vec<f64>,
    /// Working days of each drawn lag.
    lag: Vec<f64>,
    /// Whether each risk occurs.
    occurs: Vec<bool>,
    /// Factor of each risk on quantities.
    multiply: Vec<f64>,
    /// What each risk adds to quantities.
    add: Vec<f64>,
    /// Working days that each risk delays a start.
    delay: Vec<f64>,
    /// Standard normal factors of the teams, and the portfolio's own and overrun.
    team_factor: Vec<f64>,
    portfolio_factor: [f64; BLOCK],
    overrun: [f64; BLOCK],
}

impl Draws {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let risks = compiled.risks.len() * BLOCK;
        Self {
            quantity: vec![0.0; compiled.tasks.len() * BLOCK],
            lag: vec![0.0; compiled.lags.len() * BLOCK],
            occurs: vec![false; risks],
            multiply: vec![1.0; risks],
            add: vec![0.0; risks],
            delay: vec![0.0; risks],
            team_factor: vec![0.0; compiled.team_factors.len() * BLOCK],
            portfolio_factor: [0.0; BLOCK],
            overrun: [1.0; BLOCK],
        }
    }

    /// Draws the trials `first..first + BLOCK`. Each draw depends on the seed, its name and the trial alone.
    pub(super) fn draw(&mut self, compiled: &Compiled, first: u32) {
        compiled.portfolio_factor.fill_normal(first, &mut self.portfolio_factor);
        for (stream, row) in compiled.team_factors.iter().zip(self.team_factor.chunks_exact_mut(BLOCK)) {
            stream.fill_normal(first, row);
        }
        if let Some((stream, sampler)) = &compiled.overrun {
            stream.fill_normal(first, &mut self.overrun);
            sampler.apply(&mut self.overrun);
        }
        for (task, row) in compiled.tasks.iter().zip(self.quantity.chunks_exact_mut(BLOCK)) {
            if !task.overruns {
                row.fill(task.likely);
                continue;
            }
            task.stream.fill_normal(first, row);
            let team = (task.factor != NONE).then(|| &self.team_factor[task.factor as usize * BLOCK..][..BLOCK]);
            compiled.correlation.combine(&self.portfolio_factor, team, row);
            task.sampler.apply(row);
            for (quantity, overrun) in row.iter_mut().zip(&self.overrun) {
                *quantity *= overrun;
            }
        }
        for ((stream, sampler), row) in compiled.lags.iter().zip(self.lag.chunks_exact_mut(BLOCK)) {
            stream.fill_normal(first, row);
            sampler.apply(row);
            round_to_ticks(row);
        }
        self.draw_risks(compiled, first);
    }

    fn draw_risks(&mut self, compiled: &Compiled, first: u32) {
        let mut uniform = [0.0; BLOCK];
        let mut size = [0.0; BLOCK];
        for (index, risk) in compiled.risks.iter().enumerate() {
            let row = index * BLOCK..(index + 1) * BLOCK;
            risk.occurrence.fill_uniform(first, &mut uniform);
            for (occurs, u) in self.occurs[row.clone()].iter_mut().zip(&uniform) {
                *occurs = *u < risk.probability;
            }
            // One draw of its size serves all its effects: a risk that strikes hard strikes hard everywhere.
            risk.size.fill_normal(first, &mut size);
            for (sampler, values) in [
                (&risk.multiply, &mut self.multiply),
                (&risk.add, &mut self.add),
                (&risk.delay, &mut self.delay),
            ] {
                if let Some(sampler) = sampler {
                    values[row.clone()].copy_from_slice(&size);
                    sampler.apply(&mut values[row.clone()]);
                }
            }
            round_to_ticks(&mut self.delay[row]);
        }
    }

    /// No chance at all: `quantity` and `lag` as given, no risk, no overrun. In lane 0.
    pub(super) fn fix(&mut self, compiled: &Compiled, quantity: impl Fn(&CompiledTask) -> f64, lag: impl Fn(f64, f64) -> f64) {
        for (task, row) in compiled.tasks.iter().zip(self.quantity.chunks_exact_mut(BLOCK)) {
            row[0] = quantity(task);
        }
        for row in 0..compiled.links.len() {
            if let Lag::Drawn { index, low, likely } = compiled.links.item(row).lag {
                self.lag[index as usize * BLOCK] = lag(low, likely);
            }
        }
        self.occurs.fill(false);
    }

    pub(super) fn lane(&self, lane: usize) -> Lane<'_> {
        Lane { draws: self, lane }
    }
}

fn round_to_ticks(row: &mut [f64]) {
    for value in row {
        *value = to_tick(*value);
    }
}

/// One trial's draws.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane<'a> {
    draws: &'a Draws,
    lane: usize,
}

impl Lane<'_> {
    pub(super) fn quantity(self, task: usize) -> f64 {
        self.draws.quantity[task * BLOCK + self.lane]
    }

    pub(super) fn lag(self, lag: Lag) -> f64 {
        match lag {
            Lag::Fixed(days) => days,
            Lag::Drawn { index, .. } => self.draws.lag[index as usize * BLOCK + self.lane],
        }
    }

    pub(super) fn occurs(self, risk: usize) -> bool {
        self.draws.occurs[risk * BLOCK + self.lane]
    }

    pub(super) fn multiply(self, risk: usize) -> f64 {
        self.draws.multiply[risk * BLOCK + self.lane]
    }

    pub(super) fn add(self, risk: usize) -> f64 {
        self.draws.add[risk * BLOCK + self.lane]
    }

    pub(super) fn delay(self, risk: usize) -> f64 {
        self.draws.delay[risk * BLOCK + self.lane]
    }
}
