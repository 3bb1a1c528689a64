//! What one thing tells of another, in bits.

use super::proportion::Z_95;

/// An estimate of mutual information with its 95 % interval, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// The estimate, at least 0.
    pub bits: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The mutual information I(X; Y) = Σ p(x, y) log₂ (p(x, y) / p(x) p(y)) of a table of counts, a row for each x, a column for each y.
///
/// The plug-in estimate is too high by about (r − 1)(c − 1) / (2 n ln 2) for r rows and c columns that occur (G. Miller, *Note on the
/// bias of information estimates*, 1955), which is taken off. The interval is that of the delta method, n · Var(I) = Var(log₂ (p(x, y) /
/// p(x) p(y))); where nothing is told that variance vanishes and 2 n ln 2 · I is χ² with (r − 1)(c − 1) degrees of freedom, so the
/// interval is never narrower than twice the standard deviation of that. Without counts the estimate is 0.
#[must_use]
pub fn mutual_information<const C: usize>(table: &[[u64; C]]) -> Information {
    let n: u64 = table.iter().flatten().sum();
    if n == 0 {
        return Information {
            bits: 0.0,
            low: 0.0,
            high: 0.0,
        };
    }
    let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> = (0..C).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    let total = n as f64;
    let (mut mean, mut square) = (0.0, 0.0);
    for (row, in_row) in table.iter().zip(&rows) {
        for (count, in_column) in row.iter().zip(&columns) {
            if *count > 0 {
                let p = *count as f64 / total;
                let told = (*count as f64 * total / (*in_row as f64 * *in_column as f64)).log2();
                mean += p * told;
                square += p * told * told;
            }
        }
    }
    let occur = |counts: &[u64]| counts.iter().filter(|count| **count > 0).count().saturating_sub(1) as f64;
    let freedom = occur(&rows) * occur(&columns);
    let unit = 2.0 * total * std::f64::consts::LN_2;
    let bits = (mean - freedom / unit).max(0.0);
    let half = (Z_95 * ((square - mean * mean).max(0.0) / total).sqrt()).max(2.0 * (2.0 * freedom).sqrt() / unit);
    Information {
        bits,
        low: (bits - half).max(0.0),
        high: bits + half,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, by: f64) {
        assert!((a - b).abs() < by, "{a} is not {b}");
    }

    #[test]
    fn what_is_the_same_tells_all_and_what_is_unrelated_nothing() {
        // One fair bit, known exactly; the correction takes 1 / (2 n ln 2) off.
        let same = mutual_information(&[[500_000, 0], [0, 500_000]]);
        close(same.bits, 1.0, 1e-6);
        let unrelated = mutual_information(&[[300, 300, 400], [600, 600, 800]]);
        assert_eq!(unrelated.bits, 0.0);
        assert!(unrelated.high > 0.0 && unrelated.low == 0.0);
    }

    #[test]
    fn a_noisy_channel_tells_what_shannon_says() {
        // Binary symmetric channel with a flip in 11 of 100: 1 − H(0.11) = 0.500084 bits (Shannon 1948).
        let told = mutual_information(&[[44_500_000, 5_500_000], [5_500_000, 44_500_000]]);
        close(told.bits, 0.500_084, 1e-5);
        assert!(told.low < told.bits && told.bits < told.high);
    }

    #[test]
    fn empty_single_and_constant_tables_tell_nothing() {
        for table in [
            vec![],
            vec![[0, 0, 0]],
            vec![[7, 0, 0]],
            vec![[1, 2, 3]],
            vec![[5, 0, 0], [9, 0, 0]],
        ] {
            assert_eq!(mutual_information(&table).bits, 0.0, "{table:?}");
        }
    }

    /// The interval holds the truth, and the correction takes the bias off, over many samples of a known table.
    #[test]
    fn the_interval_holds_and_the_bias_is_gone() {
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (weights, truth) in [
            // p(y | x) = (0.5, 0.3, 0.2) and (0.2, 0.3, 0.5), x fair: 0.5·0.5·log₂(0.5/0.35)·2 + 0.5·0.2·log₂(0.2/0.35)·2.
            (
                [0.25, 0.15, 0.1, 0.1, 0.15, 0.25],
                0.5 * (0.5_f64 / 0.35).log2() + 0.2 * (0.2_f64 / 0.35).log2(),
            ),
            ([1.0 / 6.0; 6], 0.0),
        ] {
            let (mut sum, mut held, n, samples) = (0.0, 0, 1_000, 3_000);
            for _ in 0..samples {
                let mut table = [[0_u64; 3]; 2];
                for _ in 0..n {
                    let mut u = uniform();
                    let cell = weights.iter().position(|weight| {
                        u -= weight;
                        u < 0.0
                    });
                    let cell = cell.unwrap_or(5);
                    table[cell / 3][cell % 3] += 1;
                }
                let told = mutual_information(&table);
                sum += told.bits;
                held += u32::from(told.low <= truth && truth <= told.high);
            }
            // Cut off at zero, the mean of the unrelated case stays a little above it.
            close(sum / f64::from(samples), truth, 0.001);
            // The delta method holds a little less often than it says.
            assert!(
                f64::from(held) / f64::from(samples) > 0.925,
                "{held} of {samples}, truth {truth}, mean {}",
                sum / f64::from(samples)
            );
        }
    }
}
