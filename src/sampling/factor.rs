//! The factor model that correlates the estimates of tasks (a Gaussian copula).
//!
//! z = √ρ_p · g_portfolio + √ρ_t · g_team + √(1 − ρ_p − ρ_t) · ε, all of them independent standard normals, so z is standard normal
//! and each estimate keeps its own distribution. Two tasks of one team correlate ρ_p + ρ_t, two of different teams ρ_p. A task
//! without a team has z = √ρ_p · g_portfolio + √(1 − ρ_p) · ε.
//!
//! Independent errors are the commonest way in which schedule simulations are falsely sure: D. T. Hulett, *Practical Schedule Risk
//! Analysis* (2009); GAO *Schedule Assessment Guide*; AACE 57R-09.

/// How strongly the estimates of tasks err together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    team: f64,
    portfolio: f64,
}

impl Default for Correlation {
    /// Team 0.3, portfolio 0.1.
    fn default() -> Self {
        Correlation { team: 0.3, portfolio: 0.1 }
    }
}

impl Correlation {
    /// Correlation of two tasks through their team (ρ_t) and through the portfolio (ρ_p).
    ///
    /// `None` unless both are at least 0 and their sum is at most 1.
    pub fn new(team: f64, portfolio: f64) -> Option<Self> {
        let valid = team >= 0.0 && portfolio >= 0.0 && team + portfolio <= 1.0;
        valid.then_some(Correlation { team, portfolio })
    }

    /// ρ_t: what a common team adds to the correlation of two tasks.
    pub fn team(&self) -> f64 {
        self.team
    }

    /// ρ_p: the correlation of any two tasks.
    pub fn portfolio(&self) -> f64 {
        self.portfolio
    }

    /// The weights for a task of a team.
    pub fn with_team(&self) -> Loadings {
        Loadings {
            portfolio: self.portfolio.sqrt(),
            team: self.team.sqrt(),
            // A sum of 1 written as 0.7 + 0.3 may miss it by a rounding error.
            own: (1.0 - self.portfolio - self.team).max(0.0).sqrt(),
        }
    }

    /// The weights for a task without a team.
    pub fn without_team(&self) -> Loadings {
        Loadings {
            portfolio: self.portfolio.sqrt(),
            team: 0.0,
            own: (1.0 - self.portfolio).sqrt(),
        }
    }
}

/// The weights of the portfolio's factor, the team's and the task's own error; their squares sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loadings {
    /// √ρ_p.
    pub portfolio: f64,
    /// √ρ_t, or 0 for a task without a team.
    pub team: f64,
    /// What is left for the task alone.
    pub own: f64,
}

impl Loadings {
    /// z of one task in one trial.
    #[inline(always)]
    pub fn combine(&self, portfolio: f64, team: f64, own: f64) -> f64 {
        self.portfolio * portfolio + self.team * team + self.own * own
    }
}

#[cfg(test)]
mod tests {
    use super::super::normal;
    use super::super::stream::{Purpose, Stream};
    use super::*;

    const TRIALS: usize = 200_000;

    fn draws(name: &str, purpose: Purpose) -> Vec<f64> {
        let mut out = vec![0.0; TRIALS];
        Stream::new(7, name, purpose).fill_normal(0, &mut out);
        out
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len() as f64;
        let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for (x, y) in a.iter().zip(b) {
            ab += (x - mean_a) * (y - mean_b);
            aa += (x - mean_a) * (x - mean_a);
            bb += (y - mean_b) * (y - mean_b);
        }
        ab / (aa * bb).sqrt()
    }

    #[test]
    fn refuses_what_is_no_correlation() {
        assert!(Correlation::new(-0.1, 0.2).is_none());
        assert!(Correlation::new(0.1, -0.2).is_none());
        assert!(Correlation::new(0.6, 0.5).is_none());
        assert!(Correlation::new(f64::NAN, 0.5).is_none());
        assert!(Correlation::new(0.7, 0.3).is_some());
        assert!(Correlation::new(0.0, 0.0).is_some());
    }

    #[test]
    fn weights_have_unit_length() {
        for (team, portfolio) in [(0.3, 0.1), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.7, 0.3)] {
            let model = Correlation::new(team, portfolio).unwrap();
            for w in [model.with_team(), model.without_team()] {
                let length = w.portfolio * w.portfolio + w.team * w.team + w.own * w.own;
                assert!((length - 1.0).abs() < 1e-15);
            }
        }
    }

    /// The correlations that the model states, within four standard errors, (1 − ρ²)/√n; the marginals by Kolmogorov–Smirnov at 0.1 %.
    #[test]
    fn marginals_stay_normal_and_pairs_correlate_as_stated() {
        let model = Correlation::default();
        let portfolio = draws("portfolio", Purpose::Factor);
        let (red, blue) = (draws("red", Purpose::Factor), draws("blue", Purpose::Factor));
        let task = |name: &str, team: Option<&[f64]>| -> Vec<f64> {
            let weights = team.map_or(model.without_team(), |_| model.with_team());
            let own = draws(name, Purpose::Estimate);
            let of_team = |trial: usize| team.map_or(0.0, |team| team[trial]);
            let combine = |(trial, own)| weights.combine(portfolio[trial], of_team(trial), own);
            own.into_iter().enumerate().map(combine).collect()
        };
        let (a, b) = (task("a", Some(&red)), task("b", Some(&red)));
        let (c, d) = (task("c", Some(&blue)), task("d", None));
        let e = task("e", None);
        for (x, y, expected) in [(&a, &b, 0.4), (&a, &c, 0.1), (&a, &d, 0.1), (&d, &e, 0.1)] {
            let error = (1.0 - expected * expected) / (TRIALS as f64).sqrt();
            assert!((correlation(x, y) - expected).abs() < 4.0 * error);
        }
        for mut z in [a, c, d] {
            z.sort_unstable_by(f64::total_cmp);
            let distance = z
                .iter()
                .enumerate()
                .map(|(i, &z)| ((i as f64 + 0.5) / TRIALS as f64 - normal::cdf(z)).abs())
                .fold(0.0, f64::max);
            assert!(distance < 1.95 / (TRIALS as f64).sqrt(), "{distance}");
        }
    }
}
