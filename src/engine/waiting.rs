//! A set of tasks in dispatch order: a bit each, lowest rank first.

/// Tasks by rank. All operations are O(1) but [`Waiting::next`], which skips 64 absent tasks a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting {
    words: Vec<u64>,
    len: usize,
}

impl Waiting {
    /// An empty set that can hold the ranks below `tasks`.
    pub(super) fn new(tasks: usize) -> Self {
        Self {
            words: vec![0; tasks.div_ceil(64)],
            len: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        if self.len > 0 {
            self.words.fill(0);
            self.len = 0;
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn insert(&mut self, rank: usize) {
        let bit = 1_u64 << (rank % 64);
        let word = &mut self.words[rank / 64];
        self.len += usize::from(*word & bit == 0);
        *word |= bit;
    }

    pub(super) fn remove(&mut self, rank: usize) {
        let bit = 1_u64 << (rank % 64);
        let word = &mut self.words[rank / 64];
        self.len -= usize::from(*word & bit != 0);
        *word &= !bit;
    }

    pub(super) fn set(&mut self, rank: usize, present: bool) {
        if present {
            self.insert(rank);
        } else {
            self.remove(rank);
        }
    }

    /// The highest rank.
    pub(super) fn last(&self) -> Option<usize> {
        if self.len == 0 {
            return None;
        }
        let index = self.words.iter().rposition(|word| *word != 0)?;
        Some(index * 64 + 63 - self.words[index].leading_zeros() as usize)
    }

    /// The lowest rank at or above `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        if self.len == 0 {
            return None;
        }
        let mut index = from / 64;
        let mut word = self.words.get(index)? & (u64::MAX << (from % 64));
        while word == 0 {
            index += 1;
            word = *self.words.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_come_out_in_order_whatever_way_they_went_in() {
        let mut set = Waiting::new(200);
        for rank in [199, 0, 64, 63, 127, 64] {
            set.insert(rank);
        }
        let mut found = vec![];
        let mut from = 0;
        while let Some(rank) = set.next(from) {
            found.push(rank);
            from = rank + 1;
        }
        assert_eq!(found, [0, 63, 64, 127, 199]);
        set.remove(64);
        set.remove(64);
        assert_eq!(set.next(64), Some(127));
        set.clear();
        assert!(set.next(0).is_none());
        assert_eq!(set.next(5_000), None);
    }
}
