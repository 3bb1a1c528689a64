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
    /// Standard normal size of each risk.
    size: Vec<f64>,
    /// The morning on which each hire joins; infinite for not at all.
    hire: Vec<f64>,
    /// Factor on the rate of each class of incidents, and of findings.
    incident: Vec<f64>,
    finding: Vec<f64>,
    /// The first trial of the block.
    first: u32,
    /// Whether nobody leaves, no incident arrives and nothing is found.
    is_quiet: bool,
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
            size: vec![0.0; risks],
            hire: vec![f64::INFINITY; compiled.hires.len() * BLOCK],
            incident: vec![1.0; compiled.incidents.len() * BLOCK],
            finding: vec![1.0; compiled.findings.len() * BLOCK],
            first: 0,
            is_quiet: false,
        }
    }

    /// Draws the trials `first..first + BLOCK`. Each draw depends on the seed, its name and the trial alone.
    pub(super) fn draw(&mut self, compiled: &Compiled, first: u32) {
        self.first = first;
        self.is_quiet = false;
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
        self.draw_company(compiled, first);
    }

    /// Hires, and how often things happen in each future.
    fn draw_company(&mut self, compiled: &Compiled, first: u32) {
        let mut uniform = [0.0; BLOCK];
        for (hire, row) in compiled.hires.iter().zip(self.hire.chunks_exact_mut(BLOCK)) {
            hire.starts.fill_normal(first, row);
            hire.sampler.apply(row);
            hire.joins.fill_uniform(first, &mut uniform);
            for (morning, u) in row.iter_mut().zip(&uniform) {
                *morning = if *u < hire.probability {
                    morning.round().max(0.0)
                } else {
                    f64::INFINITY
                };
            }
        }
        let incidents = compiled.incidents.iter().map(|class| (&class.rate, &class.rate_factor));
        let findings = compiled.findings.iter().map(|class| (&class.rate, &class.rate_factor));
        let rows = self
            .incident
            .chunks_exact_mut(BLOCK)
            .zip(incidents)
            .chain(self.finding.chunks_exact_mut(BLOCK).zip(findings));
        for (row, (stream, factor)) in rows {
            stream.fill_normal(first, row);
            for value in row {
                *value = factor.at(*value);
            }
        }
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
            self.size[row.clone()].copy_from_slice(&size);
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

    /// No chance at all: `quantity` as given, lags and hires by `pick` of low and likely, no risk, no overrun, nobody leaves, no
    /// incident. In lane 0.
    pub(super) fn fix(&mut self, compiled: &Compiled, quantity: impl Fn(&CompiledTask) -> f64, pick: impl Fn(f64, f64) -> f64) {
        self.is_quiet = true;
        for (hire, row) in compiled.hires.iter().zip(self.hire.chunks_exact_mut(BLOCK)) {
            row[0] = pick(hire.low, hire.likely);
        }
        for (task, row) in compiled.tasks.iter().zip(self.quantity.chunks_exact_mut(BLOCK)) {
            row[0] = quantity(task);
        }
        for row in 0..compiled.links.len() {
            if let Lag::Drawn { index, low, likely } = compiled.links.item(row).lag {
                self.lag[index as usize * BLOCK] = pick(low, likely);
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

    /// The number of the trial.
    pub(super) const fn trial(self) -> u32 {
        self.draws.first + self.lane as u32
    }

    pub(super) const fn is_quiet(self) -> bool {
        self.draws.is_quiet
    }

    pub(super) fn hire(self, hire: usize) -> f64 {
        self.draws.hire[hire * BLOCK + self.lane]
    }

    pub(super) fn incident_factor(self, class: usize) -> f64 {
        self.draws.incident[class * BLOCK + self.lane]
    }

    pub(super) fn finding_factor(self, class: usize) -> f64 {
        self.draws.finding[class * BLOCK + self.lane]
    }

    pub(super) fn risk_size(self, risk: usize) -> f64 {
        self.draws.size[risk * BLOCK + self.lane]
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
