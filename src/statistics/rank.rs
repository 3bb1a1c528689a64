//! Rank correlation.

/// Values in their order, ready to be compared with others of the same trials.
#[derive(Debug, Clone)]
pub struct Ranked {
    values: Vec<f64>,
    /// Positions of the values, rising.
    order: Vec<u32>,
    midranks: Vec<f64>,
}

impl Ranked {
    /// Ranks the values. Equal ones share the mean of their ranks; infinite ones ("never") come last and are equal.
    #[must_use]
    pub fn new(values: Vec<f64>) -> Self {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
        let mut ranked = Self {
            values,
            order,
            midranks: vec![],
        };
        ranked.midranks = ranked.midranks_where(|_| true);
        ranked
    }

    /// Spearman's rank correlation with other values of the same trials: Pearson's correlation of the midranks,
    /// Σ(rᵢ − r̄)(sᵢ − s̄) / √(Σ(rᵢ − r̄)² Σ(sᵢ − s̄)²) with r̄ = s̄ = (n + 1)/2, from −1 to 1; with ties it stays exact, which
    /// 1 − 6Σd²/(n³ − n) does not. Sums of midranks are exact for up to 100,000 trials, so their order changes nothing. `None` where
    /// either is constant, and without values.
    ///
    /// Shapes: both have the same number of values; of more, the first count. Source: Kendall & Gibbons, *Rank Correlation Methods*,
    /// 5th ed. (1990), sections 1.8 and 3.8.
    #[must_use]
    pub fn spearman(&self, other: &Self) -> Option<f64> {
        pearson_of_ranks(self.midranks.iter().zip(&other.midranks).map(|(own, other)| (*own, *other)))
    }

    /// The same over those trials alone that are marked in `known`, ranked anew among themselves.
    #[must_use]
    pub fn spearman_where(&self, other: &Self, known: &[bool]) -> Option<f64> {
        let is_known = |at: usize| known.get(at).copied().unwrap_or(false);
        let (own, other) = (self.midranks_where(is_known), other.midranks_where(is_known));
        let pairs = own.iter().zip(&other).enumerate().filter(|(at, _)| is_known(*at));
        pearson_of_ranks(pairs.map(|(_, (own, other))| (*own, *other)))
    }

    /// The midrank of each value among those that are kept; 0 for the others.
    fn midranks_where(&self, keep: impl Fn(usize) -> bool) -> Vec<f64> {
        let mut midranks = vec![0.0; self.values.len()];
        let kept: Vec<usize> = self.order.iter().map(|at| *at as usize).filter(|at| keep(*at)).collect();
        let mut before = 0;
        for tied in kept.chunk_by(|a, b| self.values[*a] == self.values[*b]) {
            let midrank = before as f64 + (tied.len() + 1) as f64 / 2.0;
            for at in tied {
                midranks[*at] = midrank;
            }
            before += tied.len();
        }
        midranks
    }
}

fn pearson_of_ranks(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (mut n, mut xx, mut yy, mut xy) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (x, y) in pairs {
        n += 1.0;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    let square = n * (n + 1.0) * (n + 1.0) / 4.0;
    let spread = ((xx - square) * (yy - square)).sqrt();
    (spread > 0.0).then(|| ((xy - square) / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
        Ranked::new(x.to_vec()).spearman(&Ranked::new(y.to_vec()))
    }

    #[test]
    fn agrees_with_a_published_example() {
        // Wikipedia, "Spearman's rank correlation coefficient": IQ and hours of television of ten people, ρ = −29/165.
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        let rho = spearman(&iq, &hours).unwrap_or(f64::NAN);
        assert!((rho + 29.0 / 165.0).abs() < 1e-12, "{rho}");
    }

    #[test]
    fn ties_share_their_ranks() {
        // Midranks 1.5 1.5 3 4 and 1 2.5 2.5 4: covariance 3.75, squares 4.5 and 4.5, by hand.
        let rho = spearman(&[5.0, 5.0, 6.0, 9.0], &[0.0, 1.0, 1.0, 2.0]).unwrap_or(f64::NAN);
        assert!((rho - 3.75 / 4.5).abs() < 1e-12, "{rho}");
        // A risk that is real in the two latest of four futures: midranks 1.5 1.5 3.5 3.5 against 1 2 3 4, 4 / √(4 · 5).
        let rho = spearman(&[0.0, 0.0, 1.0, 1.0], &[1.0, 2.0, 30.0, f64::INFINITY]).unwrap_or(f64::NAN);
        assert!((rho - 4.0 / 20.0_f64.sqrt()).abs() < 1e-12, "{rho}");
    }

    #[test]
    fn never_is_later_than_everything_and_no_never_later_than_another() {
        let never = f64::INFINITY;
        assert_eq!(
            spearman(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, never, never]),
            spearman(&[1.0, 2.0, 3.0, 4.0], &[0.0, 1.0, 2.0, 2.0])
        );
    }

    #[test]
    fn without_spread_there_is_no_correlation() {
        assert_eq!(spearman(&[], &[]), None);
        assert_eq!(spearman(&[1.0], &[2.0]), None);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[7.0, 7.0, 7.0]), None);
        assert_eq!(spearman(&[1.0, 2.0], &[4.0, 9.0]), Some(1.0));
        assert_eq!(spearman(&[1.0, 2.0], &[9.0, 4.0]), Some(-1.0));
    }

    #[test]
    fn some_of_the_trials_are_ranked_as_if_there_were_no_others() {
        let (x, y) = ([3.0, 9.0, 1.0, 3.0, 7.0, 2.0], [1.0, 0.0, 5.0, 5.0, 8.0, 2.0]);
        let known = [true, false, true, true, true, false];
        let some = |values: &[f64]| -> Vec<f64> {
            values
                .iter()
                .zip(known)
                .filter(|(_, known)| *known)
                .map(|(value, _)| *value)
                .collect()
        };
        let whole = Ranked::new(x.to_vec()).spearman_where(&Ranked::new(y.to_vec()), &known);
        assert!(whole.is_some());
        assert_eq!(whole, spearman(&some(&x), &some(&y)));
        assert_eq!(Ranked::new(x.to_vec()).spearman_where(&Ranked::new(y.to_vec()), &[]), None);
    }
}
