//! Finished values as people and programs read them: text for a terminal, CSV, JSON, charts, the page for a decision.
//!
//! This room computes no statistics and writes no file: it turns a [`Forecast`](crate::analysis::Forecast) into text and bytes.
//! Names in a forecast come from someone else's file, so each output makes them harmless in its own way: on a terminal they lose
//! what could act ([`crate::inert`]), in CSV they cannot become formulas, in SVG and HTML they are escaped.

mod bars;
mod budgets;
pub mod calibrate;
mod causes;
pub mod charts;
pub mod check;
mod checkpoints;
pub mod compare;
pub mod drift;
mod drivers;
pub mod json;
pub mod lacks;
pub mod ledger;
pub mod options;
mod page;
mod paths;
pub mod preread;
pub mod price;
mod register;
mod rerun;
mod resources;
pub mod samples;
pub mod story;
pub mod tables;
pub mod terminal;
pub mod text;

#[cfg(test)]
mod fixtures;
