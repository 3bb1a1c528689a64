//! Text → what the file says. This room knows the shape of the file: every key, every place, every fault of a value by itself.
//!
//! | file | subject |
//! |---|---|
//! | [`tree`] | TOML → a tree that owns its values and knows where each stands; the only importer of the parser |
//! | [`syntax`] | what to write in place of what is not TOML |
//! | [`meant`] | what a text was meant to be: dates in words, percent |
//! | [`reader`] | takes a table apart key by key, with help for the usual slips |
//! | [`says`] | every section as a type |
//! | [`estimate`] | the shapes of an estimate |
//! | [`sections`] | which keys each section has |
//! | [`overlay`] | `[option.…]`: what an option makes of the rest of the file |
//! | [`combine`] | what several options make together, and which contradict each other |
//! | [`mix`] | one scenario turned into another, a group of inputs at a time |
//! | [`actuals`] | what has really happened: a file of its own, and what it changes about the scenario |
//!
//! Whether the parts fit together (references, cycles, dates against the start) is for [`crate::plan`]. Nothing is read from
//! disk here: the caller hands over the bytes.

pub mod actuals;
pub mod combine;
pub mod estimate;
pub mod meant;
pub mod mix;
pub mod overlay;
pub mod reader;
pub mod says;
pub mod sections;
pub mod syntax;
pub mod tree;

#[cfg(test)]
mod tests;

pub use says::Scenario;

use crate::diagnostic::Fault;

/// Reads a scenario. `path` is what the user calls it, for messages.
///
/// The faults of the text stand in [`Scenario::faults`], so that the plan's own can be reported together with them.
///
/// # Errors
/// Where the bytes are no text at all.
pub fn read(path: &str, bytes: Vec<u8>) -> Result<Scenario, Vec<Fault>> {
    let source = tree::decode(path, bytes).map_err(|fault| vec![*fault])?;
    let parsed = tree::parse(&source);
    let mut scenario = sections::read(&source, &parsed.root, parsed.complete, parsed.faults);
    // Half a file makes no options.
    if parsed.complete {
        overlay::read(&parsed.root, &mut scenario);
    }
    Ok(scenario)
}
