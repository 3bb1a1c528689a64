//! `sim`: can we promise this date?
//!
//! A Monte Carlo engine for timelines and risk budgets. The data walks one way, and each phase has a type of its own:
//!
//! ```text
//! text ─▶ Document ─▶ Plan ─▶ Compiled ─▶ Trials ─▶ Forecast ─▶ terminal, CSV, JSON, charts
//!         scenario    plan    engine      engine    analysis    report
//! ```
//!
//! Past [`plan`] nothing can fail on what the user wrote. A room imports only from floors below its own:
//!
//! | floor | room | what lives there |
//! |---|---|---|
//! | 0 | [`units`], [`calendar`] | numbers that know what they measure; dates ↔ working days |
//! | 0 | [`inert`] | a stranger's text made harmless before anybody sees it |
//! | 0 | [`diagnostic`] | a fault in the input: code, place, what is allowed, a hint |
//! | 1 | [`statistics`] | quantiles and proportions, each with its interval; what groups share |
//! | 1 | [`sampling`] | named counter-based streams, distributions as inverse CDFs, the factor model |
//! | 2 | [`scenario`] | the shape of the file: every key, every span, every fault |
//! | 3 | [`plan`] | the validated domain: network, teams, risks, budgets |
//! | 4 | [`engine`] | the plan as flat arrays, one trial's event loop, blocks of trials in parallel |
//! | 5 | [`posterior`] | conditioning on what has really happened |
//! | 6 | [`analysis`] | timelines, commitments, budgets |
//! | 7 | [`report`] | draws finished values; computes no statistics, writes no file |
//! | 8 | [`cli`] | arguments, files, progress, exit codes |

pub mod analysis;
pub mod calendar;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod inert;
pub mod plan;
pub mod posterior;
pub mod report;
pub mod sampling;
pub mod scenario;
pub mod statistics;
pub mod units;
