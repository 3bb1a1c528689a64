//! Random numbers of one trial.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, Exp, Gamma, Open01, Poisson, StandardNormal};
use sim::plan::Estimate;

/// Where all chance of a trial comes from.
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    pub fn new(seed: u64, trial: u32) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&trial.to_le_bytes());
        bytes[12] = 1; // never all zero
        let mut generator = Xoshiro256PlusPlus::from_seed(bytes);
        // Neighbouring seeds begin alike; a few dozen rounds mix them.
        for _ in 0..64 {
            let _: u64 = generator.random();
        }
        Self(generator)
    }

    /// Between 0 and 1, neither included.
    pub fn uniform(&mut self) -> f64 {
        Open01.sample(&mut self.0)
    }

    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// The waiting time for the first event of a rate; infinite where nothing ever happens.
    pub fn exponential(&mut self, rate: f64) -> f64 {
        if rate > 0.0 {
            Exp::new(rate).expect("a rate above zero").sample(&mut self.0)
        } else {
            f64::INFINITY
        }
    }

    /// A Gamma factor of mean 1 and this variance.
    pub fn factor(&mut self, variance: f64) -> f64 {
        if variance > 0.0 {
            Gamma::new(1.0 / variance, variance)
                .expect("a variance above zero")
                .sample(&mut self.0)
        } else {
            1.0
        }
    }

    pub fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 0.0 {
            let count: f64 = Poisson::new(mean).expect("a mean above zero").sample(&mut self.0);
            count as u32
        } else {
            0
        }
    }

    /// A draw of an estimate that nothing else is tied to.
    pub fn of(&mut self, estimate: &Estimate) -> f64 {
        estimate.distribution.quantile(self.uniform())
    }
}

/// P(a standard normal ≤ z).
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}
