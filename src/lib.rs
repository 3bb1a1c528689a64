//! `sim`: can we promise this date?
//!
//! A Monte Carlo engine for timelines and risk budgets. The data walks one way, and each phase has its own type:
//!
//! | floor | room | takes → gives |
//! |---|---|---|
//! | 0 | [`units`], [`calendar`] | numbers that know what they measure; dates ↔ working days |
//! | 0 | [`diagnostic`] | a fault in the input: code, place, what is allowed, a hint |
//! | 1 | [`statistics`] | finishes → quantiles and proportions, each with its interval |
//! | 1 | [`sampling`] | (seed, name, purpose, trial) → draws of estimates through inverse CDFs and the factor model |

pub mod sampling;
