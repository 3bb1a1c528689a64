//! Draws: (seed, name, purpose, trial) → a standard normal → an estimate.
//!
//! | file | subject |
//! |---|---|
//! | [`stream`] | named counter-based random streams |
//! | [`normal`] | the standard normal: density, Φ, Φ⁻¹ |
//! | [`factor`] | the factor model that correlates task estimates |
//! | [`shape`] | the names of the shapes and of what a triple's ends mean |
//! | [`distribution`] | a distribution that is valid by construction: quantile, cdf, mean, floor |
//! | [`infeasible`] | why numbers admit no distribution, and the nearest that do |
//! | [`conditional`] | draws of which something is known |
//! | [`sampler`] | a distribution compiled for speed: z ↦ F⁻¹(Φ(z)) |
//! | [`block`] | the estimates of sixty-four trials side by side |
//! | `lookup` | small tables in a processor's registers; the one room with `unsafe` |
//!
//! An estimate takes *one* normal z per trial and is the monotone image F⁻¹(Φ(z)) of it. Two scenarios that share a name share
//! its z, so their difference is a paired one; a rejection sampler would lose that.
//!
//! Everything that reaches a draw is computed from IEEE additions, multiplications, divisions and square roots, and from the
//! `libm` crate (never the platform's), without fused multiply-add: the same bits on every machine.
//!
//! This room does *not* know units, teams or dates: its numbers are in whatever unit its caller means.

mod beta;
pub mod block;
pub mod conditional;
pub mod distribution;
mod elementary;
pub mod factor;
mod fit;
pub mod gamma;
pub mod infeasible;
mod lookup;
pub mod normal;
mod pert;
pub mod poisson;
pub mod sampler;
pub mod shape;
pub mod stream;
mod table;

pub use block::{BLOCK, BlockSampler, Shared};
pub use conditional::Between;
pub use distribution::Distribution;
pub use factor::{Correlation, Loadings};
pub use gamma::GammaFactor;
pub use infeasible::{Infeasible, Reason};
pub use poisson::poisson;
pub use sampler::{Sampler, SamplerCache};
pub use shape::{Range, Shape};
pub use stream::{Purpose, SIDE_BY_SIDE, Seed, Sequence, Stream};
