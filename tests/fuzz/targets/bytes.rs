//! Raw bytes as a scenario: whatever they are, they are refused with faults that can be shown, or forecast.
#![no_main]

#[path = "../pipeline.rs"]
mod pipeline;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pipeline::examine(data.to_vec(), 64);
});
