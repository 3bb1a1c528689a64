//! Estimators over trials: proportions and quantiles, each with its interval. No number without its simulation error.

mod information;
mod paired;
mod proportion;
mod quantile;

pub use information::{Information, mutual_information};
pub use paired::{DifferenceError, QuantileDifference, quantile_difference};
pub use proportion::{Interval, Proportion, Z_95};
pub use quantile::{RankInterval, Sorted, rank_interval};
