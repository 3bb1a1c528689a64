//! Estimators over trials: proportions and quantiles, each with its interval, and rank correlation; and over a history: what
//! groups share and what single values add.

mod components;
mod information;
mod mean;
mod paired;
mod proportion;
mod quantile;
mod rank;
mod robust;

pub use components::{Components, FEWEST_GROUPS, Moments, Next};
pub use information::{Information, mutual_information};
pub use mean::mean_interval;
pub use paired::{DifferenceError, QuantileDifference, quantile_difference};
pub use proportion::{Interval, Proportion, Z_95};
pub use quantile::{RankInterval, Sorted, quantile_of, rank_interval};
pub use rank::Ranked;
pub use robust::drawn_in;
