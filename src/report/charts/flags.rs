//! Labels for vertical lines: rows of flags above a plot, each with a pole of its own.
//!
//! No flag covers another and no pole crosses one. A flag that spans another's pole stands above it.

/// A flag to be placed.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// Where its pole stands.
    pub x: f64,
    /// How wide its text is, gaps included.
    pub width: f64,
}

/// Where a flag went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its row, 0 nearest to the plot.
    pub row: usize,
    /// Whether its text is to the left of its pole.
    pub is_left: bool,
}

impl Flag {
    fn reach(&self, is_left: bool) -> (f64, f64) {
        if is_left {
            (self.x - self.width, self.x)
        } else {
            (self.x, self.x + self.width)
        }
    }
}

/// Places the flags between `left` and `right`, in their order; `None` where no arrangement fits.
#[must_use]
pub fn place(flags: &[Flag], left: f64, right: f64) -> Option<Vec<Placed>> {
    let mut order: Vec<usize> = (0..flags.len()).collect();
    order.sort_by(|&a, &b| {
        flags
            .get(a)
            .map(|flag| flag.x)
            .unwrap_or(0.0)
            .total_cmp(&flags.get(b).map(|flag| flag.x).unwrap_or(0.0))
    });
    let sorted: Vec<Flag> = order.iter().filter_map(|&index| flags.get(index).copied()).collect();
    // The first so many to the right of their poles, the others to the left: as many to the right as fit.
    (0..=sorted.len())
        .rev()
        .find_map(|rights| rows(&sorted, rights, left, right))
        .map(|placed| {
            let mut result = vec![Placed { row: 0, is_left: false }; flags.len()];
            for (placed, index) in placed.into_iter().zip(order) {
                if let Some(slot) = result.get_mut(index) {
                    *slot = placed;
                }
            }
            result
        })
}

fn rows(sorted: &[Flag], rights: usize, left: f64, right: f64) -> Option<Vec<Placed>> {
    let reaches: Vec<(f64, f64)> = sorted.iter().enumerate().map(|(index, flag)| flag.reach(index >= rights)).collect();
    if reaches.iter().any(|reach| reach.0 < left || reach.1 > right) {
        return None;
    }
    let n = sorted.len();
    let get = |index: usize| reaches.get(index).copied().unwrap_or((0.0, 0.0));
    // A pole beside the text, on the side where the flag's own pole stands, does not touch it. Of equal poles the earlier flag
    // is taken to span the later one's, so that they do not both span each other's.
    let spans = |a: usize, b: usize| {
        let (Some(flag), Some(other)) = (sorted.get(a), sorted.get(b)) else {
            return false;
        };
        let (from, to) = get(a);
        let (from, to) = if a >= rights { (from - 6.0, flag.x) } else { (flag.x, to + 6.0) };
        let same = (flag.x - other.x).abs() < 1e-9;
        a != b && if same { a < b } else { from <= other.x && other.x <= to }
    };
    let mut rows: Vec<Option<usize>> = vec![None; n];
    for _ in 0..n {
        // The next flag is one that spans only poles of flags that are placed.
        let ready = (0..n).rev().find(|&a| {
            rows.get(a).is_some_and(Option::is_none) && (0..n).all(|b| !spans(a, b) || rows.get(b).is_some_and(Option::is_some))
        })?;
        let placed = |row: usize, b: usize| rows.get(b).copied().flatten() == Some(row);
        let mut row = (0..n)
            .filter(|&b| spans(ready, b))
            .filter_map(|b| rows.get(b).copied().flatten())
            .map(|row| row + 1)
            .max()
            .unwrap_or(0);
        let (from, to) = get(ready);
        while (0..n).any(|b| placed(row, b) && get(b).0 < to + 8.0 && from < get(b).1 + 8.0) {
            row += 1;
        }
        if let Some(slot) = rows.get_mut(ready) {
            *slot = Some(row);
        }
    }
    // A flag bumped upwards must not have lifted its pole through one that spans it and was placed before.
    let rows: Vec<usize> = rows.into_iter().flatten().collect();
    let row = |index: usize| rows.get(index).copied().unwrap_or(0);
    let holds = (0..n).all(|a| (0..n).all(|b| !spans(a, b) || row(a) > row(b)));
    holds.then(|| {
        (0..n)
            .map(|index| Placed {
                row: row(index),
                is_left: index >= rights,
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(flags: &[(f64, f64)]) -> Option<Vec<(usize, bool)>> {
        let flags: Vec<Flag> = flags.iter().map(|&(x, width)| Flag { x, width }).collect();
        place(&flags, 0.0, 500.0).map(|placed| placed.iter().map(|flag| (flag.row, flag.is_left)).collect())
    }

    #[test]
    fn flags_that_do_not_meet_share_a_row() {
        assert_eq!(placed(&[(10.0, 100.0), (200.0, 100.0)]), Some(vec![(0, false), (0, false)]));
    }

    #[test]
    fn a_flag_over_a_pole_stands_above_it() {
        assert_eq!(placed(&[(10.0, 100.0), (60.0, 100.0)]), Some(vec![(1, false), (0, false)]));
        assert_eq!(placed(&[(60.0, 100.0), (60.0, 100.0)]), Some(vec![(1, false), (0, false)]));
    }

    #[test]
    fn what_does_not_fit_on_the_right_goes_left() {
        assert_eq!(placed(&[(10.0, 100.0), (450.0, 100.0)]), Some(vec![(0, false), (0, true)]));
        assert_eq!(placed(&[(100.0, 150.0), (103.0, 150.0)]), Some(vec![(1, false), (0, false)]));
        assert_eq!(placed(&[(250.0, 300.0)]), None);
    }
}
