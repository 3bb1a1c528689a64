//! Estimators over trials: proportions and quantiles, each with its interval. No number without its simulation error.

mod proportion;
mod quantile;

pub use proportion::{Interval, Proportion, Z_95};
pub use quantile::{RankInterval, Sorted, rank_interval};
