//! The chance in a block of trials, drawn side by side: for each quantity one row with a lane per trial.

use super::compile::{Compiled, CompiledTask, Lag, NONE};
use super::past::{Drawn, Factors, Guide};
use crate::plan::RiskActual;
/// Trials that are drawn side by side and played by one thread in one go.
pub use crate::sampling::BLOCK;
use crate::sampling::{Loadings, Shared, Stream};
use crate::units::to_tick;

/// One quantity in each trial of a block.
pub(super) type Row = [f64; BLOCK];

/// Every draw of up to [`BLOCK`] trials. Rows are `[row * BLOCK + lane]`.
#[derive(Debug)]
pub(super) struct Draws {
    /// Quantity of each task after overrun and before risks: engineer-days of effort or working days of duration.
    quantity: Vec<Row>,
    /// Working days of each drawn lag.
    lag: Vec<Row>,
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
    /// What the estimates of tasks without a team share, and those of each team.
    shared: Vec<Shared>,
    overrun: [f64; BLOCK],
    /// Standard normal size of each risk.
    size: Vec<f64>,
    /// The morning on which each hire joins; infinite for not at all.
    hire: Vec<f64>,
    /// When the first occupant of each seat departs, in mean stays; none where something is known, which says whom to follow.
    departure: Vec<Row>,
    /// Factor on the rate of each class of incidents, and of findings.
    incident: Vec<f64>,
    finding: Vec<f64>,
    /// The first trial of the block.
    first: u32,
    /// The past that each trial continues, where something is known; its own number elsewhere.
    past: [u32; BLOCK],
    /// By team: which attempt at its comings and goings agrees with what is known, and the people who are missing in it.
    attempts: Vec<(u32, i32)>,
    /// By incident class of which something is known.
    told: Vec<Option<Drawn>>,
    /// Logarithm of the probability of what is told of incidents.
    log_weight: [f64; BLOCK],
    factors: Factors,
    /// Whether nobody leaves, no incident arrives and nothing is found.
    is_quiet: bool,
}

impl Draws {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let risks = compiled.risks.len() * BLOCK;
        Self {
            quantity: vec![[0.0; BLOCK]; compiled.tasks.len()],
            lag: vec![[0.0; BLOCK]; compiled.lags.len()],
            occurs: vec![false; risks],
            multiply: vec![1.0; risks],
            add: vec![0.0; risks],
            delay: vec![0.0; risks],
            team_factor: vec![0.0; compiled.team_factors.len() * BLOCK],
            portfolio_factor: [0.0; BLOCK],
            shared: vec![[0.0; BLOCK]; 1 + compiled.team_factors.len()],
            overrun: [1.0; BLOCK],
            size: vec![0.0; risks],
            hire: vec![f64::INFINITY; compiled.hires.len() * BLOCK],
            departure: match compiled.guide {
                None if compiled.teams.iter().any(|team| team.departure_rate > 0.0) => vec![[0.0; BLOCK]; compiled.seats.len()],
                _ => vec![],
            },
            incident: vec![1.0; compiled.incidents.len() * BLOCK],
            finding: vec![1.0; compiled.findings.len() * BLOCK],
            first: 0,
            past: [0; BLOCK],
            attempts: vec![(0, 0); compiled.teams.len() * BLOCK],
            told: vec![None; compiled.incidents.len() * BLOCK],
            log_weight: [0.0; BLOCK],
            factors: Factors::default(),
            is_quiet: false,
        }
    }

    /// Draws the trials `first..first + BLOCK`. Each draw depends on the seed, its name and the trial alone; where something is
    /// known, what lies in the past on the candidate that the trial continues.
    pub(super) fn draw(&mut self, compiled: &Compiled, first: u32) {
        self.first = first;
        self.is_quiet = false;
        for (lane, past) in self.past.iter_mut().enumerate() {
            let trial = first.wrapping_add(lane as u32);
            *past = compiled.guide.as_ref().map_or(trial, |guide| guide.lives.candidate(trial));
        }
        let fill = Fill {
            first,
            past: compiled.guide.is_some().then_some(self.past),
        };
        fill.normal(&compiled.portfolio_factor, &mut self.portfolio_factor);
        for (stream, row) in compiled.team_factors.iter().zip(self.team_factor.chunks_exact_mut(BLOCK)) {
            fill.normal(stream, row);
        }
        if let Some((stream, _)) = &compiled.overrun {
            fill.normal(stream, &mut self.overrun);
        }
        if let Some(guide) = &compiled.guide {
            self.learn_factors(guide);
        }
        if let Some((_, sampler)) = &compiled.overrun {
            sampler.apply(&mut self.overrun);
        } else {
            self.overrun.fill(1.0);
        }
        let (with_team, without_team) = (compiled.correlation.with_team(), compiled.correlation.without_team());
        self.share_factors(with_team, without_team);
        for (task, row) in compiled.tasks.iter().zip(&mut self.quantity) {
            if !task.overruns {
                row.fill(task.likely);
                continue;
            }
            let (team, loadings) = match task.factor {
                NONE => (0, without_team),
                team => (1 + team as usize, with_team),
            };
            // What has not begun is the trial's own, whatever past it continues.
            task.estimate
                .draw(&task.stream, first, &self.shared[team], loadings.own as f32, row);
            if compiled.overrun.is_some() {
                for (quantity, overrun) in row.iter_mut().zip(&self.overrun) {
                    *quantity *= overrun;
                }
            }
        }
        for ((stream, sampler), row) in compiled.lags.iter().zip(&mut self.lag) {
            fill.normal(stream, row);
            sampler.apply(row);
            round_to_ticks(row);
        }
        draw_risks(self, compiled, first);
        self.draw_company(compiled, first);
        if let Some(guide) = &compiled.guide {
            self.draw_past(compiled, guide);
        }
    }

    /// What the factors add to the normals of the estimates, by team.
    fn share_factors(&mut self, with_team: Loadings, without_team: Loadings) {
        let (none, teams) = self.shared.split_at_mut(1);
        for (shared, portfolio) in none[0].iter_mut().zip(&self.portfolio_factor) {
            *shared = without_team.combine(*portfolio, 0.0, 0.0) as f32;
        }
        for (row, factors) in teams.iter_mut().zip(self.team_factor.chunks_exact(BLOCK)) {
            for ((shared, portfolio), team) in row.iter_mut().zip(&self.portfolio_factor).zip(factors) {
                *shared = with_team.combine(*portfolio, *team, 0.0) as f32;
            }
        }
    }

    /// The common factors as the facts have taught them.
    fn learn_factors(&mut self, guide: &Guide) {
        for (lane, past) in self.past.iter().enumerate() {
            let Some(learned) = guide.lives.of(*past) else { continue };
            self.overrun[lane] = learned[0];
            self.portfolio_factor[lane] = learned[1];
            for (row, factor) in self.team_factor.chunks_exact_mut(BLOCK).zip(&learned[2..]) {
                row[lane] = *factor;
            }
        }
    }

    /// Hires, and how often things happen in each future.
    fn draw_company(&mut self, compiled: &Compiled, first: u32) {
        for team in 0..compiled.teams.len() {
            for (lane, past) in self.past.iter().enumerate() {
                let known = compiled.guide.as_ref().map(|guide| guide.past.attempt(compiled, team, *past));
                self.attempts[team * BLOCK + lane] = known.unwrap_or((0, 0));
            }
        }
        for (hire, row) in compiled.hires.iter().zip(self.hire.chunks_exact_mut(BLOCK)) {
            for (lane, morning) in row.iter_mut().enumerate() {
                *morning = hire.morning(self.past[lane], self.attempts[hire.team as usize * BLOCK + lane].0);
            }
        }
        for (seat, row) in compiled.seats.iter().zip(&mut self.departure) {
            seat.departure.fill_exponential(first, row);
        }
        let fill = Fill {
            first,
            past: compiled.guide.is_some().then_some(self.past),
        };
        let incidents = compiled.incidents.iter().map(|class| (&class.rate, &class.rate_factor));
        let findings = compiled.findings.iter().map(|class| (&class.rate, &class.rate_factor));
        let rows = self
            .incident
            .chunks_exact_mut(BLOCK)
            .zip(incidents)
            .chain(self.finding.chunks_exact_mut(BLOCK).zip(findings));
        for (row, (stream, factor)) in rows {
            fill.normal(stream, row);
            for value in row {
                *value = factor.at(*value);
            }
        }
    }

    /// What the facts say of incidents.
    fn draw_past(&mut self, compiled: &Compiled, guide: &Guide) {
        self.log_weight.fill(0.0);
        for (index, class) in compiled.incidents.iter().enumerate() {
            let Some(told) = &guide.past.incidents[index] else { continue };
            for lane in 0..BLOCK {
                let past = self.past[lane];
                let expected = guide.past.expected(compiled, index, past, |risk| self.occurs[risk * BLOCK + lane]);
                let (normal, u) = (class.rate.normal(past), class.rate.uniform_at(past, 1));
                let drawn = guide.past.incidents(class.rate_cv, told, expected, normal, u, &mut self.factors);
                // The gaps between arrivals, and after the last, fill the time.
                let gaps: f64 = (0..=drawn.own).map(|gap| class.arrival.exponential_at(past, gap)).sum();
                self.incident[index * BLOCK + lane] = drawn.factor;
                self.log_weight[lane] += drawn.log_weight;
                self.told[index * BLOCK + lane] = Some(Drawn {
                    hazard: drawn.hazard / gaps,
                    ..drawn
                });
            }
        }
    }

    /// No chance at all: `quantity` as given, lags and hires by `pick` of low and likely, no risk, no overrun, nobody leaves, no
    /// incident. In lane 0.
    pub(super) fn fix(&mut self, compiled: &Compiled, quantity: impl Fn(&CompiledTask) -> f64, pick: impl Fn(f64, f64) -> f64) {
        self.is_quiet = true;
        for (hire, row) in compiled.hires.iter().zip(self.hire.chunks_exact_mut(BLOCK)) {
            row[0] = pick(hire.low, hire.likely);
        }
        for (task, row) in compiled.tasks.iter().zip(&mut self.quantity) {
            row[0] = quantity(task);
        }
        for row in 0..compiled.links.len() {
            if let Lag::Drawn { index, low, likely } = compiled.links.item(row).lag {
                self.lag[index as usize][0] = pick(low, likely);
            }
        }
        self.occurs.fill(false);
    }

    pub(super) fn lane(&self, lane: usize) -> Lane<'_> {
        Lane { draws: self, lane }
    }

    /// The quantity of a task in each trial.
    pub(super) fn quantities(&self, task: usize) -> &Row {
        &self.quantity[task]
    }

    /// A drawn lag in each trial.
    pub(super) fn lags(&self, index: usize) -> &Row {
        &self.lag[index]
    }
}

/// Whether each risk occurs, and what it does then.
fn draw_risks(draws: &mut Draws, compiled: &Compiled, first: u32) {
    let (mut uniform, mut size) = ([0.0; BLOCK], [0.0; BLOCK]);
    let fill = Fill {
        first,
        past: compiled.guide.is_some().then_some(draws.past),
    };
    for (index, risk) in compiled.risks.iter().enumerate() {
        let row = index * BLOCK..(index + 1) * BLOCK;
        fill.uniform(&risk.occurrence, &mut uniform);
        // One draw of its size serves all its effects: a risk that strikes hard strikes hard everywhere.
        fill.normal(&risk.size, &mut size);
        for (occurs, u) in draws.occurs[row.clone()].iter_mut().zip(&uniform) {
            *occurs = *u < risk.probability;
        }
        if let Some(guide) = &compiled.guide {
            let occurs = &mut draws.occurs[row.clone()];
            if let Some(place) = guide.lives.risks.iter().position(|learned| *learned == index) {
                let place = 2 + compiled.teams.len() + 2 * place;
                for (lane, past) in draws.past.iter().enumerate() {
                    let Some(learned) = guide.lives.of(*past) else { continue };
                    occurs[lane] = crate::sampling::normal::cdf(learned[place]) < risk.probability;
                    size[lane] = learned[place + 1];
                }
            }
            match guide.past.risks[index] {
                RiskActual::Unreported | RiskActual::Open => {}
                RiskActual::Happened | RiskActual::HappenedAndRetired => occurs.fill(true),
                RiskActual::Retired => occurs.fill(false),
            }
        }
        draws.size[row.clone()].copy_from_slice(&size);
        for (sampler, values) in [
            (&risk.multiply, &mut draws.multiply),
            (&risk.add, &mut draws.add),
            (&risk.delay, &mut draws.delay),
        ] {
            if let Some(sampler) = sampler {
                values[row.clone()].copy_from_slice(&size);
                sampler.apply(&mut values[row.clone()]);
            }
        }
        round_to_ticks(&mut draws.delay[row]);
    }
}

/// Fills a row from a stream: by trial, or by the past that each continues.
#[derive(Clone, Copy)]
struct Fill {
    first: u32,
    past: Option<[u32; BLOCK]>,
}

impl Fill {
    fn normal(self, stream: &Stream, row: &mut [f64]) {
        match self.past {
            None => stream.fill_normal(self.first, row),
            Some(past) => row.iter_mut().zip(past).for_each(|(value, past)| *value = stream.normal(past)),
        }
    }

    fn uniform(self, stream: &Stream, row: &mut [f64]) {
        match self.past {
            None => stream.fill_uniform(self.first, row),
            Some(past) => row.iter_mut().zip(past).for_each(|(value, past)| *value = stream.uniform(past)),
        }
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
        self.draws.quantity[task][self.lane]
    }

    pub(super) fn lag(self, lag: Lag) -> f64 {
        match lag {
            Lag::Fixed(days) => days,
            Lag::Drawn { index, .. } => self.draws.lag[index as usize][self.lane],
        }
    }

    /// The number of the trial.
    pub(super) const fn trial(self) -> u32 {
        self.draws.first + self.lane as u32
    }

    /// The number of the past that it continues.
    pub(super) fn past(self) -> u32 {
        self.draws.past[self.lane]
    }

    /// Which attempt at a team's comings and goings agrees with what is known.
    pub(super) fn attempt(self, team: usize) -> u32 {
        self.draws.attempts[team * BLOCK + self.lane].0
    }

    /// People who are missing from a team as it is known.
    pub(super) fn missing(self, team: usize) -> i32 {
        self.draws.attempts[team * BLOCK + self.lane].1
    }

    /// What is drawn for the past of an incident class of which something is known.
    pub(super) fn told(self, class: usize) -> Option<Drawn> {
        self.draws.told[class * BLOCK + self.lane]
    }

    /// Logarithm of the probability of what is told of incidents.
    pub(super) fn log_weight(self) -> f64 {
        self.draws.log_weight[self.lane]
    }

    pub(super) fn overrun(self) -> f64 {
        self.draws.overrun[self.lane]
    }

    /// The portfolio's factor, and a team's.
    pub(super) fn factors(self, team: u32) -> (f64, f64) {
        let team = (team != NONE).then(|| self.draws.team_factor[team as usize * BLOCK + self.lane]);
        (self.draws.portfolio_factor[self.lane], team.unwrap_or(0.0))
    }

    pub(super) const fn is_quiet(self) -> bool {
        self.draws.is_quiet
    }

    pub(super) fn hire(self, hire: usize) -> f64 {
        self.draws.hire[hire * BLOCK + self.lane]
    }

    /// When the first occupant of a seat departs, in mean stays, where that is drawn beforehand.
    pub(super) fn first_departure(self, seat: usize) -> Option<f64> {
        self.draws.departure.get(seat).map(|row| row[self.lane])
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
