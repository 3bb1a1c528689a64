//! The names of the shapes, and of what the ends of a (low, likely, high) triple mean.

use std::fmt;

use super::normal::{Z90, Z95};

/// A family of distributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Three-parameter lognormal, skewed either way; the default for p10-p90 and p5-p95.
    Lognormal,
    /// Beta on [min, max] with α = 1 + 4f, β = 5 − 4f, f = (likely − min)/(max − min); the default for min-max.
    Pert,
    /// Triangle over [min, max] with its peak at the likely value.
    Triangular,
    /// Keelin's three-term metalog through three quantiles.
    Metalog,
    /// All values between two ends alike.
    Uniform,
    /// The bell curve.
    Normal,
    /// Waiting time without memory.
    Exponential,
    /// Beta with given α and β on [low, high].
    Beta,
    /// One value.
    Fixed,
    /// Any of a list of values, each equally likely.
    Empirical,
}

impl Shape {
    /// All names, as they are written in scenario files, in the order of [`Shape::ALL`].
    pub const NAMES: [&str; 10] = [
        "lognormal",
        "pert",
        "triangular",
        "metalog",
        "uniform",
        "normal",
        "exponential",
        "beta",
        "fixed",
        "empirical",
    ];

    /// All shapes.
    pub const ALL: [Shape; 10] = [
        Shape::Lognormal,
        Shape::Pert,
        Shape::Triangular,
        Shape::Metalog,
        Shape::Uniform,
        Shape::Normal,
        Shape::Exponential,
        Shape::Beta,
        Shape::Fixed,
        Shape::Empirical,
    ];

    /// The shape of that name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        let place = Self::NAMES.iter().position(|&known| known == name)?;
        Some(Self::ALL[place])
    }

    /// The name in scenario files.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// What the shape is made from, for a message: the keys of a scenario file.
    pub const fn takes(self) -> &'static str {
        match self {
            Shape::Lognormal => "`low`, `likely`, `high` (or `mu`, `sigma`; or `p50`, `p90`)",
            Shape::Pert | Shape::Triangular | Shape::Metalog => "`low`, `likely`, `high`",
            Shape::Uniform => "`low`, `high`",
            Shape::Normal => "`mean`, `sd`",
            Shape::Exponential => "`mean`",
            Shape::Beta => "`low`, `high`, `alpha`, `beta`",
            Shape::Fixed => "one value",
            Shape::Empirical => "`values`",
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What `low` and `high` of a triple stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Range {
    /// One in ten is below `low`, one in ten above `high`.
    #[default]
    P10P90,
    /// One in twenty is below `low`, one in twenty above `high`.
    P5P95,
    /// Nothing is below `low` or above `high`.
    MinMax,
}

impl Range {
    /// All names, as they are written in scenario files, in the order of [`Range::ALL`].
    pub const NAMES: [&str; 3] = ["p10-p90", "p5-p95", "min-max"];

    /// All ranges.
    pub const ALL: [Range; 3] = [Range::P10P90, Range::P5P95, Range::MinMax];

    /// The range of that name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        let place = Self::NAMES.iter().position(|&known| known == name)?;
        Some(Self::ALL[place])
    }

    /// The name in scenario files.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The probability below `low`, which is also that above `high`, with the z of `high`; `None` for min-max.
    pub const fn tail(self) -> Option<Tail> {
        match self {
            Range::P10P90 => Some(Tail { probability: 0.1, z: Z90 }),
            Range::P5P95 => Some(Tail { probability: 0.05, z: Z95 }),
            Range::MinMax => None,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The tails outside a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// Probability of each tail.
    pub probability: f64,
    /// Φ⁻¹(1 − probability).
    pub z: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_stand_in_the_same_order() {
        for (shape, name) in Shape::ALL.into_iter().zip(Shape::NAMES) {
            assert_eq!(Shape::from_name(name), Some(shape));
            assert_eq!(shape.to_string(), name);
        }
        for (range, name) in Range::ALL.into_iter().zip(Range::NAMES) {
            assert_eq!(Range::from_name(name), Some(range));
            assert_eq!(range.to_string(), name);
        }
        assert_eq!(Shape::from_name("Lognormal"), None);
        assert_eq!(Range::from_name(""), None);
    }
}
