//! Something that is true of some futures: a bit for each.

/// Of which futures something is true. Operations of two are of those that both know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// One bit for each, in their order.
    pub(super) fn of(futures: impl Iterator<Item = bool>) -> Self {
        let mut words = Vec::with_capacity(futures.size_hint().0.div_ceil(64));
        for (index, is_true) in futures.enumerate() {
            if index % 64 == 0 {
                words.push(0);
            }
            if let Some(word) = words.last_mut() {
                *word |= u64::from(is_true) << (index % 64);
            }
        }
        Self(words)
    }

    /// Of which both are true.
    pub(super) fn and(&self, other: &Self) -> Self {
        self.with(other, |own, other| own & other)
    }

    /// Of which one or both are true.
    pub(super) fn or(&self, other: &Self) -> Self {
        self.with(other, |own, other| own | other)
    }

    /// Of which this is true and the other is not.
    pub(super) fn and_not(&self, other: &Self) -> Self {
        self.with(other, |own, other| own & !other)
    }

    fn with(&self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(own, other)| both(*own, *other)).collect())
    }

    /// Of how many it is true.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Of how many both are true.
    pub(super) fn count_and(&self, other: &Self) -> u64 {
        self.0
            .iter()
            .zip(&other.0)
            .map(|(own, other)| u64::from((own & other).count_ones()))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_count_what_is_true() {
        // The last word is not full, and nothing is true beyond it.
        for n in [0_usize, 1, 63, 64, 65, 200] {
            let (twos, threes) = (Bits::of((0..n).map(|i| i % 2 == 0)), Bits::of((0..n).map(|i| i % 3 == 0)));
            let count = |is_true: &dyn Fn(usize) -> bool| (0..n).filter(|i| is_true(*i)).count() as u64;
            assert_eq!(twos.count(), count(&|i| i % 2 == 0));
            assert_eq!(twos.and(&threes).count(), count(&|i| i % 6 == 0));
            assert_eq!(twos.count_and(&threes), count(&|i| i % 6 == 0));
            assert_eq!(twos.or(&threes).count(), count(&|i| i % 2 == 0 || i % 3 == 0));
            assert_eq!(twos.and_not(&threes).count(), count(&|i| i % 2 == 0 && i % 3 != 0));
        }
    }
}
