//! Why numbers admit no distribution of a family, and the nearest that do.

use std::fmt;

use super::shape::{Range, Shape};

/// Numbers that admit no distribution of the family asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Infeasible {
    /// What is wrong.
    pub reason: Reason,
    /// The nearest three numbers that would do, in the order in which three were given; `None` where there are no such three.
    pub nearest: Option<[f64; 3]>,
}

/// What is wrong with the numbers of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A number is infinite, not a number, or larger than any estimate.
    OutOfRange {
        /// The largest magnitude allowed.
        limit: f64,
    },
    /// The numbers do not ascend.
    NotAscending {
        /// What the numbers are, in the order in which they must ascend.
        names: &'static [&'static str],
        /// Whether neighbours may be equal.
        equal_allowed: bool,
    },
    /// A parameter is outside of what is allowed.
    Parameter {
        /// The name of the parameter.
        name: &'static str,
        /// What it must be, as in "must be more than 0".
        must: &'static str,
        /// The number given.
        value: f64,
    },
    /// The shape is not made from low, likely and high.
    NotThreePoint {
        /// The shape.
        shape: Shape,
    },
    /// The shape has no ends, or is fitted through quantiles, so that a minimum and a maximum say nothing about it.
    NoEnds {
        /// The shape.
        shape: Shape,
    },
    /// The middle of three quantiles is so near to one end that the density would be negative (metalog) or the tail absurd (lognormal).
    TooSkewed {
        /// The shape.
        shape: Shape,
        /// What the middle number is read as.
        middle: &'static str,
        /// The lowest middle number that would do between these two ends.
        lowest: f64,
        /// The highest.
        highest: f64,
    },
    /// The list of values is empty.
    NoValues,
}

impl Infeasible {
    /// The fault in words, numbers that carry the estimate's unit written by `show`.
    pub fn message(&self, show: impl Fn(f64) -> String) -> String {
        match &self.reason {
            Reason::OutOfRange { limit } => {
                format!("a number is infinite, undefined or beyond ±{limit:e}")
            }
            Reason::NotAscending { names, equal_allowed } => {
                let relation = if *equal_allowed { " ≤ " } else { " < " };
                format!("the numbers do not ascend: needed is {}", names.join(relation))
            }
            Reason::Parameter { name, must, value } => format!("`{name}` = {value} {must}"),
            Reason::NotThreePoint { shape } => {
                format!("{shape} is not made from low, likely and high: it takes {}", shape.takes())
            }
            Reason::NoEnds { shape: Shape::Lognormal } => format!(
                "lognormal has no maximum, so {} cannot place it: give {} or {}, or take pert or triangular",
                Range::MinMax,
                Range::P10P90,
                Range::P5P95
            ),
            Reason::NoEnds { shape } => format!(
                "{shape} runs through three quantiles, so {} cannot place it: give {} or {}, or take pert or triangular",
                Range::MinMax,
                Range::P10P90,
                Range::P5P95
            ),
            Reason::TooSkewed {
                shape,
                middle,
                lowest,
                highest,
            } => format!(
                "too skewed for {shape}: between these ends its {middle} must be from {} to {}",
                show(*lowest),
                show(*highest)
            ),
            Reason::NoValues => "empirical needs at least one value".to_string(),
        }
    }
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(|x| x.to_string()))
    }
}

impl std::error::Error for Infeasible {}

impl From<Reason> for Infeasible {
    fn from(reason: Reason) -> Self {
        Infeasible { reason, nearest: None }
    }
}
