//! Values far out, drawn in before they are averaged.

use super::quantile::Sorted;
use crate::units::Percentile;

/// Robust standard deviations from the median beyond which a value is drawn in. Of normal values 0.3 % lie there.
const FAR: f64 = 3.0;
/// With fewer values nobody can tell what is far out.
const FEWEST: usize = 20;
/// Median absolute deviation and half the P10–P90 range of a standard normal.
const MAD_OF_NORMAL: f64 = 0.674_489_750_196_082;
const REACH_OF_NORMAL: f64 = 1.281_551_565_544_6;

/// The values with those far out set to the edge of what is not (Winsor), and how many they were.
///
/// The edge is three robust standard deviations from the median: the median absolute deviation over 0.6745 or the P10–P90 range over
/// 2.5631, whichever is more. Of a normal they are the same; where many values are equal, as estimates in whole units are, the first
/// is too small or zero. Fewer than twenty values stay as they are. Source: Tukey, *The
/// Future of Data Analysis*, Ann. Math. Stat. 33 (1962), section 14; Huber & Ronchetti, *Robust Statistics* (2009), chapter 1.
#[must_use]
pub fn drawn_in(values: &[f64]) -> (Vec<f64>, usize) {
    if values.len() < FEWEST {
        return (values.to_vec(), 0);
    }
    let sorted = Sorted::new(values.to_vec());
    let quantile = |sorted: &Sorted, p| sorted.quantile(Percentile::percent(p)).unwrap_or_default();
    let median = quantile(&sorted, 50);
    let away = Sorted::new(values.iter().map(|value| (value - median).abs()).collect());
    let reach = quantile(&sorted, 90) - quantile(&sorted, 10);
    let scale = (quantile(&away, 50) / MAD_OF_NORMAL).max(reach / (2.0 * REACH_OF_NORMAL));
    if scale == 0.0 {
        return (values.to_vec(), 0);
    }
    let (low, high) = (median - FAR * scale, median + FAR * scale);
    let far = values.iter().filter(|value| !(low..=high).contains(*value)).count();
    (values.iter().map(|value| value.clamp(low, high)).collect(), far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_far_out_is_drawn_to_the_edge() {
        // −10 to 10: median 0, median absolute deviation 5, edge 3·5/0.6745 = 22.24.
        let mut values: Vec<f64> = (-10..=10).map(f64::from).collect();
        assert_eq!(drawn_in(&values), (values.clone(), 0));
        values[20] = 1_000.0;
        let (drawn, far) = drawn_in(&values);
        assert_eq!(far, 1);
        assert!((drawn[20] - 22.239).abs() < 1e-3, "{}", drawn[20]);
        assert_eq!(drawn[..20], values[..20]);
    }

    #[test]
    fn many_equal_values_do_not_draw_in_all_others() {
        let mut values = vec![0.0; 60];
        values.extend((1..=40).map(|value| f64::from(value) / 10.0));
        let (drawn, far) = drawn_in(&values);
        // P90 is 3: the edge is 3·3/2.5631 = 3.51.
        assert_eq!(far, 5);
        assert!((drawn[99] - 3.5114).abs() < 1e-3, "{}", drawn[99]);
        assert_eq!(drawn_in(&vec![1.0; 50]), (vec![1.0; 50], 0), "constant");
        assert_eq!(drawn_in(&[1.0, 2.0, 1e9]).1, 0, "few");
        assert_eq!(drawn_in(&[]).1, 0, "none");
    }
}
