//! What a trial draws for its incidents: asked for one after the other, drawn several at a time.

use crate::sampling::{SIDE_BY_SIDE, Sampler, Stream};

/// Draws of one kind for one incident class. What they are follows from the trial and their places alone, so nothing has to be
/// cleared between trials.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// The trial and the first place that the draws are of.
    of: Option<(u32, u32)>,
    draws: [f64; SIDE_BY_SIDE],
}

impl Ahead {
    /// The draw of a trial at a place; `draw` makes those from a place on.
    #[inline]
    fn at(&mut self, trial: u32, place: u32, draw: impl FnOnce(u32) -> [f64; SIDE_BY_SIDE]) -> f64 {
        const COUNT: u32 = SIDE_BY_SIDE as u32;
        let first = place / COUNT * COUNT;
        if self.of != Some((trial, first)) {
            self.draws = draw(first);
            self.of = Some((trial, first));
        }
        self.draws[(place % COUNT) as usize]
    }

    /// [`Stream::normal_at`].
    pub(super) fn normal(&mut self, stream: &Stream, trial: u32, index: u32) -> f64 {
        self.at(trial, index, |first| stream.normals_at(trial, first, 1))
    }

    /// [`Stream::exponential_at`].
    pub(super) fn exponential(&mut self, stream: &Stream, trial: u32, index: u32) -> f64 {
        self.at(trial, index, |first| stream.exponentials_at(trial, first, 1))
    }

    /// What the incident of a number takes or leaves behind. Odd numbers, of incidents that releases cause, are few and far between.
    pub(super) fn size(&mut self, (stream, sampler): &(Stream, Sampler), trial: u32, number: u32) -> f64 {
        if number % 2 == 1 {
            return sampler.at(stream.normal_at(trial, number));
        }
        self.at(trial, number / 2, |first| {
            let mut draws = stream.normals_at(trial, 2 * first, 2);
            sampler.apply(&mut draws);
            draws
        })
    }
}

/// The draws of one incident class.
#[derive(Debug, Default)]
pub(super) struct ClassAhead {
    pub(super) quarter: Ahead,
    pub(super) gap: Ahead,
    pub(super) downtime: Ahead,
    pub(super) response: Ahead,
    pub(super) follow_up: Ahead,
}
