//! Draws of the common factors that agree with what is seen of the recorded tasks, by elliptical slice sampling.

use std::f64::consts::TAU;

use crate::engine::StandIn;
use crate::sampling::{Purpose, Sequence, Stream};

/// Chains that are run side by side; candidate c is of chain c mod this.
const CHAINS: usize = 64;

/// Steps before a chain is taken to have forgotten where it began.
const BURN_IN: usize = 100;

/// Steps from one candidate of a chain to the next.
const THIN: usize = 3;

/// Candidates, and the likelihood that proposed each.
#[derive(Debug)]
pub(super) struct Proposal {
    /// By candidate, [`StandIn::width`] standard normals.
    pub(super) normals: Vec<f64>,
    pub(super) log_likelihoods: Vec<f64>,
}

/// Draws `count` candidates from the likelihood under the prior.
pub(super) fn propose(stand_in: &StandIn<'_>, seed: u64, count: u32) -> Proposal {
    let (width, count) = (stand_in.width(), count as usize);
    let mut normals = vec![0.0; width * count];
    let mut log_likelihoods = vec![0.0; count];
    if stand_in.is_empty() {
        return Proposal { normals, log_likelihoods };
    }
    let stream = Stream::new(seed, "pasts", Purpose::Posterior);
    for chain in 0..CHAINS.min(count) {
        let mut walk = Walk::new(stand_in, stream.sequence(chain as u32));
        for _ in 0..BURN_IN {
            walk.step();
        }
        for candidate in (chain..count).step_by(CHAINS) {
            for _ in 0..THIN {
                walk.step();
            }
            normals[candidate * width..][..width].copy_from_slice(&walk.at);
            log_likelihoods[candidate] = walk.log_likelihood;
        }
    }
    Proposal { normals, log_likelihoods }
}

struct Walk<'a> {
    stand_in: &'a StandIn<'a>,
    random: Sequence,
    at: Vec<f64>,
    direction: Vec<f64>,
    candidate: Vec<f64>,
    log_likelihood: f64,
}

impl<'a> Walk<'a> {
    fn new(stand_in: &'a StandIn<'a>, mut random: Sequence) -> Self {
        let at: Vec<f64> = (0..stand_in.width()).map(|_| random.normal()).collect();
        let log_likelihood = stand_in.log_likelihood(&at, |_, _| {});
        Self {
            stand_in,
            random,
            direction: vec![0.0; at.len()],
            candidate: at.clone(),
            at,
            log_likelihood,
        }
    }

    /// A point on an ellipse through where it stands, no less likely than a level drawn below it.
    fn step(&mut self) {
        for value in &mut self.direction {
            *value = self.random.normal();
        }
        let level = self.log_likelihood + libm::log(self.random.uniform());
        let mut angle = TAU * self.random.uniform();
        let (mut least, mut most) = (angle - TAU, angle);
        // The bracket halves on average; where it stands is always likely enough.
        for _ in 0..200 {
            let (sin, cos) = (libm::sin(angle), libm::cos(angle));
            for ((value, at), direction) in self.candidate.iter_mut().zip(&self.at).zip(&self.direction) {
                *value = at * cos + direction * sin;
            }
            let log_likelihood = self.stand_in.log_likelihood(&self.candidate, |_, _| {});
            if log_likelihood > level {
                std::mem::swap(&mut self.at, &mut self.candidate);
                self.log_likelihood = log_likelihood;
                return;
            }
            if angle < 0.0 {
                least = angle;
            } else {
                most = angle;
            }
            angle = least + (most - least) * self.random.uniform();
        }
    }
}
