//! What is to happen, soonest first.
//!
//! A trial has some thirty events to come, of which most lie far ahead: who leaves when, what ends when. The soonest few are kept in
//! order, so that the next one is at hand and a new one is put among few; the rest are a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::state::Due;

/// The most events that are kept in order.
const NEAR: usize = 32;

/// Events in their order (see [`Due`]).
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The soonest, the very next last. Empty only where `far` is.
    near: Vec<Due>,
    /// Those beyond `near`.
    far: BinaryHeap<Reverse<Due>>,
}

impl Queue {
    pub(super) fn with_capacity(events: usize) -> Self {
        Self {
            near: Vec::with_capacity(NEAR),
            far: BinaryHeap::with_capacity(events),
        }
    }

    pub(super) fn clear(&mut self) {
        self.near.clear();
        self.far.clear();
    }

    /// The next event.
    #[inline]
    pub(super) fn next(&self) -> Option<Due> {
        self.near.last().copied()
    }

    /// Takes the next event out.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Due> {
        let next = self.near.pop();
        if self.near.is_empty() {
            self.come_near();
        }
        next
    }

    #[inline]
    pub(super) fn push(&mut self, due: Due) {
        if self.near.len() >= NEAR {
            self.go_far();
        }
        let is_later = self.near.first().is_some_and(|last| *last < due);
        if is_later && (self.near.len() >= NEAR / 2 || !self.far.is_empty()) {
            self.far.push(Reverse(due));
            return;
        }
        // The sooner ones move up, one by one: mostly there are few.
        let mut place = self.near.len();
        self.near.push(due);
        while place > 0 && self.near[place - 1] < due {
            self.near[place] = self.near[place - 1];
            place -= 1;
        }
        self.near[place] = due;
    }

    /// Only these stay.
    pub(super) fn retain(&mut self, keep: impl Fn(Due) -> bool) {
        self.near.retain(|due| keep(*due));
        self.far.retain(|due| keep(due.0));
        if self.near.is_empty() {
            self.come_near();
        }
    }

    /// Some of those that lie far ahead are now the soonest.
    fn come_near(&mut self) {
        let soonest = std::iter::from_fn(|| self.far.pop()).map(|due| due.0);
        self.near.extend(soonest.take(NEAR / 2));
        self.near.reverse();
    }

    /// The later half is no longer kept in order.
    fn go_far(&mut self) {
        self.far.extend(self.near.drain(..NEAR / 2).map(Reverse));
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::{Event, What};
    use super::*;

    fn due(time: u64, whom: u32) -> Due {
        let (time, what) = (time as f64 / 8.0, What::Arrival(whom));
        Event { time, what, version: 0 }.into()
    }

    /// Oracle: the standard library's heap, on events that come and go in bursts, with many at one time.
    #[test]
    fn events_come_out_as_out_of_a_heap() {
        let mut queue = Queue::with_capacity(4);
        for most in [1_u64, 3, 20, 200, 2_000] {
            let mut heap = BinaryHeap::new();
            let (mut bits, mut now) = (most, 0);
            queue.clear();
            for step in 0..20_000_u64 {
                let is_filling = step / (2 * most) % 2 == 0;
                bits ^= bits << 13;
                bits ^= bits >> 7;
                bits ^= bits << 17;
                if is_filling && heap.len() as u64 <= most || bits >> 20 & 7 == 0 {
                    let due = due(now + bits / 7 % (4 * most), (bits >> 40) as u32 % 3);
                    queue.push(due);
                    heap.push(Reverse(due));
                } else if bits >> 54 == 0 {
                    let keep = |due: Due| due.time().fract() > 0.3;
                    queue.retain(keep);
                    heap.retain(|due| keep(due.0));
                } else {
                    assert_eq!(queue.next(), heap.peek().map(|due| due.0));
                    let next = queue.pop();
                    assert_eq!(next, heap.pop().map(|due| due.0));
                    now = next.map_or(now, |due| (due.time() * 8.0) as u64);
                }
            }
            while let Some(Reverse(due)) = heap.pop() {
                assert_eq!(queue.pop(), Some(due));
            }
            assert_eq!(queue.pop(), None);
        }
    }
}
