//! The numbers of a block of futures in as few bytes as hold every bit of them.
//!
//! Much of what futures leave behind is the same in most of them: a limit that was not passed, a risk that is not real. And most of
//! the rest is time, in whole ticks, for which four bytes do. So each column of a block keeps the number that most of its futures
//! have, one bit for each future that has another, and those others: in ticks where all of them are whole ticks, else as they are.
//! Nothing is rounded: whatever is read is to the last bit what was written, so what is asked of it has one answer at any size.

use std::slice::Iter;

use multiversion::multiversion;

use super::critical::bits;
use super::draws::{BLOCK, Row};
use crate::units::TICKS_PER_DAY;

/// Columns of up to [`BLOCK`] futures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed {
    futures: u32,
    columns: u32,
    /// A [`Head`] for each column, then the others of each column, in the order of the futures.
    words: Box<[u32]>,
}

/// What is known of a column: the bits of its usual number, the futures that have another, and where the others of the next column
/// begin.
struct Head {
    usual: u64,
    others: u64,
    end: usize,
}

const HEAD: usize = 5;

/// Where so few or fewer have the usual number, all are kept: it takes little more, and is read faster.
const FEW: u32 = 2;

/// Stands for infinity among ticks; a finite time of so many ticks takes eight bytes.
const INFINITE: u32 = u32::MAX;

impl Packed {
    /// Packs what `number` gives for a column and a future; `words` is scratch.
    pub(super) fn new(columns: usize, futures: usize, words: &mut Vec<u32>, number: impl Fn(usize, usize) -> f64) -> Self {
        words.clear();
        words.resize(columns * HEAD, 0);
        for column in 0..columns {
            let mut numbers: Row = [0.0; BLOCK];
            for (future, own) in numbers.iter_mut().enumerate().take(futures) {
                *own = number(column, future);
            }
            let usual = most(&numbers[..futures]);
            let (ticks, are_others, are_ticks) = looked_at(&numbers, usual);
            let all = u64::MAX.checked_shr((BLOCK - futures) as u32).unwrap_or(0);
            let mut others = are_others & all;
            if (all & !others).count_ones() <= FEW {
                others = all;
            }
            let are_ticks = others & !are_ticks == 0;
            let mut left = others;
            while left != 0 {
                let future = left.trailing_zeros() as usize;
                if are_ticks {
                    words.push(ticks[future]);
                } else {
                    words.extend(halves(numbers[future].to_bits()));
                }
                left &= left - 1;
            }
            let end = words.len() as u32;
            let ([usual_low, usual_high], [others_low, others_high]) = (halves(usual), halves(others));
            words[column * HEAD..][..HEAD].copy_from_slice(&[usual_low, usual_high, others_low, others_high, end]);
        }
        Self {
            futures: futures as u32,
            columns: columns as u32,
            words: words.as_slice().into(),
        }
    }

    /// The most bytes that a future takes of so many columns.
    pub(super) const fn most_bytes(columns: usize) -> usize {
        columns * size_of::<f64>() + (columns * HEAD * size_of::<u32>()).div_ceil(BLOCK)
    }

    /// How many futures there are.
    pub(super) const fn futures(&self) -> usize {
        self.futures as usize
    }

    /// How many columns there are.
    pub(super) const fn columns(&self) -> usize {
        self.columns as usize
    }

    /// A number. Both must be there.
    pub(super) fn get(&self, column: usize, future: usize) -> f64 {
        let (head, others) = self.column(column);
        if head.others >> future & 1 == 0 {
            return f64::from_bits(head.usual);
        }
        let before = head.others & ((1 << future) - 1);
        other(others, head.are_ticks(others), before.count_ones() as usize)
    }

    /// What is known of a column, and its others.
    fn column(&self, column: usize) -> (Head, &[u32]) {
        let head = |column: usize| {
            let words = &self.words[column * HEAD..][..HEAD];
            Head {
                usual: whole(words[0], words[1]),
                others: whole(words[2], words[3]),
                end: words[4] as usize,
            }
        };
        let begin = column.checked_sub(1).map_or(self.columns() * HEAD, |before| head(before).end);
        let head = head(column);
        let others = &self.words[begin..head.end];
        (head, others)
    }

    /// Reads all numbers of a column.
    pub(super) fn unpack(&self, column: usize, numbers: &mut Row) {
        let (head, others) = self.column(column);
        let numbers = &mut numbers[..self.futures()];
        let are_ticks = head.are_ticks(others);
        if others.len() == numbers.len() && are_ticks {
            numbers
                .iter_mut()
                .zip(others)
                .for_each(|(number, ticks)| *number = of_ticks(*ticks));
            return;
        }
        numbers.fill(f64::from_bits(head.usual));
        let mut left = head.others;
        let mut put = |number| {
            numbers[left.trailing_zeros() as usize] = number;
            left &= left - 1;
        };
        if are_ticks {
            others.iter().for_each(|ticks| put(of_ticks(*ticks)));
        } else {
            let (pairs, _) = others.as_chunks();
            pairs.iter().for_each(|[low, high]| put(f64::from_bits(whole(*low, *high))));
        }
    }
}

impl Head {
    /// Whether the others are in ticks: else they take twice the words.
    fn are_ticks(&self, others: &[u32]) -> bool {
        others.len() == self.others.count_ones() as usize
    }
}

/// The other number of this place.
fn other(words: &[u32], are_ticks: bool, place: usize) -> f64 {
    if are_ticks {
        of_ticks(words[place])
    } else {
        f64::from_bits(whole(words[2 * place], words[2 * place + 1]))
    }
}

/// The bits of the number that more than half have, where there is one; otherwise of any (Boyer & Moore's majority vote).
fn most(numbers: &[f64]) -> u64 {
    let (mut usual, mut lead) = (0, 0_u32);
    for bits in numbers.iter().map(|number| number.to_bits()) {
        if lead == 0 {
            usual = bits;
        }
        lead = if bits == usual { lead + 1 } else { lead - 1 };
    }
    usual
}

/// Numbers as ticks, where they are other than `usual`, and where their ticks say all of them.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn looked_at(numbers: &Row, usual: u64) -> ([u32; BLOCK], u64, u64) {
    let ticks = numbers.map(to_ticks);
    (
        ticks,
        bits(|future| numbers[future].to_bits() != usual),
        bits(|future| of_ticks(ticks[future]).to_bits() == numbers[future].to_bits()),
    )
}

/// A number from which on doubles are 1 apart, so that a whole number that is added stands in the low bits of the sum.
const STEP: f64 = (1_u64 << 52) as f64;

/// In ticks, where it is a whole number of them below [`INFINITE`], or infinite; anything elsewhere.
#[inline(always)]
fn to_ticks(number: f64) -> u32 {
    let low = (number * TICKS_PER_DAY + STEP).to_bits() as u32;
    if number == f64::INFINITY { INFINITE } else { low }
}

#[inline(always)]
fn of_ticks(ticks: u32) -> f64 {
    let days = (f64::from_bits(STEP.to_bits() | u64::from(ticks)) - STEP) / TICKS_PER_DAY;
    if ticks == INFINITE { f64::INFINITY } else { days }
}

fn halves(bits: u64) -> [u32; 2] {
    [bits as u32, (bits >> 32) as u32]
}

fn whole(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// A column of block after block, one number for each future.
#[derive(Debug, Clone)]
pub(super) struct Column<'a> {
    blocks: Iter<'a, Packed>,
    column: usize,
    /// The block that is read, its futures, and the next of them.
    numbers: Row,
    futures: usize,
    next: usize,
    left: usize,
}

impl<'a> Column<'a> {
    /// The column of that number, which every block has.
    pub(super) fn of(blocks: &'a [Packed], column: usize) -> Self {
        Self {
            left: blocks.iter().map(Packed::futures).sum(),
            blocks: blocks.iter(),
            column,
            numbers: [0.0; BLOCK],
            futures: 0,
            next: 0,
        }
    }
}

impl Iterator for Column<'_> {
    type Item = f64;

    #[inline]
    fn next(&mut self) -> Option<f64> {
        while self.next == self.futures {
            let block = self.blocks.next()?;
            block.unpack(self.column, &mut self.numbers);
            (self.futures, self.next) = (block.futures(), 0);
        }
        let number = self.numbers[self.next];
        self.next += 1;
        self.left -= 1;
        Some(number)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Column<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(columns: &[Vec<f64>]) -> Packed {
        let futures = columns.first().map_or(0, Vec::len);
        Packed::new(columns.len(), futures, &mut vec![7; 9], |column, future| columns[column][future])
    }

    fn bytes(column: Vec<f64>) -> usize {
        packed(&[column]).words.len() * size_of::<u32>()
    }

    /// Numbers at every edge of what ticks can say, and those that they cannot.
    fn number() -> impl Strategy<Value = f64> {
        let ticks = (any::<u32>(), 0_u32..12).prop_map(|(ticks, shift)| f64::from(ticks >> shift) / TICKS_PER_DAY);
        prop_oneof![
            6 => Just(f64::INFINITY),
            6 => Just(0.0),
            8 => ticks,
            2 => any::<f64>(),
            1 => 0.0..1e9,
            1 => prop::sample::select(vec![
                -0.0,
                -1.0,
                f64::NAN,
                f64::NEG_INFINITY,
                f64::MIN_POSITIVE,
                0.5 / TICKS_PER_DAY,
                4_096.0,
                f64::from(u32::MAX) / TICKS_PER_DAY,
                f64::from(u32::MAX - 1) / TICKS_PER_DAY,
            ]),
        ]
    }

    proptest! {
        /// One by one and column by column, over blocks of any size.
        #[test]
        fn what_is_read_is_what_was_written(
            blocks in (1_usize..5).prop_flat_map(|columns| {
                let block = (1..=BLOCK).prop_flat_map(move |futures| {
                    prop::collection::vec(prop::collection::vec(number(), futures), columns)
                });
                prop::collection::vec(block, 0..4)
            }),
        ) {
            let kept: Vec<Packed> = blocks.iter().map(|block| packed(block)).collect();
            for (block, kept) in blocks.iter().zip(&kept) {
                prop_assert_eq!((kept.columns(), kept.futures()), (block.len(), block[0].len()));
                for (column, numbers) in block.iter().enumerate() {
                    for (future, number) in numbers.iter().enumerate() {
                        prop_assert_eq!(kept.get(column, future).to_bits(), number.to_bits());
                    }
                }
            }
            for column in 0..blocks.first().map_or(0, Vec::len) {
                let written: Vec<u64> = blocks.iter().flat_map(|block| &block[column]).map(|number| number.to_bits()).collect();
                let read = Column::of(&kept, column);
                prop_assert_eq!(read.len(), written.len());
                prop_assert_eq!(read.map(f64::to_bits).collect::<Vec<_>>(), written);
            }
        }
    }

    #[test]
    fn a_column_takes_what_it_says() {
        let head = HEAD * size_of::<u32>();
        let finishes: Vec<f64> = (0..64).map(|future| 100.0 + f64::from(future) / TICKS_PER_DAY).collect();
        let with = |future: usize, number: f64| {
            let mut numbers = finishes.clone();
            numbers[future] = number;
            numbers
        };
        assert_eq!(bytes(vec![f64::INFINITY; 64]), head);
        assert_eq!(bytes(finishes.clone()), head + 64 * 4);
        assert_eq!(bytes(with(5, f64::INFINITY)), head + 64 * 4);
        assert_eq!(bytes(with(5, 1.0 / 3.0)), head + 64 * 8);
        assert_eq!(bytes(with(5, 5_000.0)), head + 64 * 8);
        // A minority of others, wherever it stands.
        for others in [0..20, 22..42, 44..64] {
            let mut numbers = vec![f64::INFINITY; 64];
            others.for_each(|future| numbers[future] = 1.0 / 3.0 + future as f64);
            assert_eq!(bytes(numbers), head + 20 * 8);
        }
    }

    #[test]
    fn nothing_takes_nothing() {
        let none = packed(&[]);
        assert_eq!((none.columns(), none.futures(), none.words.len()), (0, 0, 0));
        assert_eq!(Column::of(&[], 3).next(), None);
    }
}
