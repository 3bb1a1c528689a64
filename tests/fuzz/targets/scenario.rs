//! Scenarios that are nearly always valid, with every section, played to the last output.
#![no_main]

#[path = "../choices.rs"]
mod choices;
#[path = "../pipeline.rs"]
mod pipeline;
#[path = "../written.rs"]
mod written;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pipeline::examine(written::scenario(data).into_bytes(), 64);
});
