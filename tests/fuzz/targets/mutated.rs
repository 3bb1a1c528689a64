//! The scenarios of the repository with lines, values and characters exchanged.
#![no_main]

#[path = "../choices.rs"]
mod choices;
#[path = "../mutations.rs"]
mod mutations;
#[path = "../pipeline.rs"]
mod pipeline;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pipeline::examine(mutations::mutated(data), 64);
});
