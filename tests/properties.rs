//! Whatever the bytes: no panic, no hang, and every number of a forecast is one that can be. The fuzzers of `tests/fuzz` look at the
//! same properties for longer; what they found is kept in `tests/fuzz/found` and looked at here.

#[path = "fuzz/choices.rs"]
mod choices;
#[path = "fuzz/mutations.rs"]
mod mutations;
#[path = "fuzz/pipeline.rs"]
mod pipeline;
#[path = "fuzz/written.rs"]
mod written;

use std::fs;
use std::path::Path;

use pipeline::{End, examine};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Futures of each scenario.
const TRIALS: u32 = 32;

/// The same cases at every run, so that a failure is that of the change; the fuzzers are there to look further.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_bytes_are_refused_with_a_way_out_or_forecast(bytes in bytes(2_000)) {
        examine(bytes, TRIALS);
    }

    #[test]
    fn any_text_is_refused_with_a_way_out_or_forecast(text in "([a-z]{1,4}( ?[.=\\[\\]{},\"'#:-] ?|\n| |[0-9]{1,3}[dw]?|é|\u{202e}|\t|\r\n)){0,60}") {
        examine(text.into_bytes(), TRIALS);
    }
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn any_scenario_ends_in_sound_numbers_or_says_why_not(bytes in bytes(700)) {
        examine(written::scenario(&bytes).into_bytes(), TRIALS);
    }

    #[test]
    fn any_edit_of_a_real_scenario_does_too(bytes in bytes(60)) {
        examine(mutations::mutated(&bytes), TRIALS);
    }
}

/// Bytes without a pattern: the same for the same number.
fn noise(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..80).flat_map(|_| next()).collect()
}

#[test]
fn the_scenarios_that_are_made_up_are_mostly_forecast() {
    let ends: Vec<End> = (1..=30)
        .map(|number| examine(written::scenario(&noise(number)).into_bytes(), TRIALS))
        .collect();
    let forecast = ends.iter().filter(|end| **end == End::Forecast).count();
    assert!(
        forecast >= 12,
        "of 30 only {forecast} were forecast; the others test nothing but the reader"
    );
    assert!(ends.contains(&End::Refused), "none is wrong, so the faults are not looked at");
}

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .expect("readable")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    found.sort();
    assert!(found.len() >= 3, "what was found is gone");
    for path in found {
        examine(fs::read(path).expect("readable"), TRIALS);
    }
}
