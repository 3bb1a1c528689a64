//! How fast the parts are, each with its answer asserted: a benchmark of a wrong answer measures nothing.
//!
//! `cargo bench --bench speed` measures all, `cargo bench --bench speed -- sampling` one room, `-- --test` only asserts. Machines are
//! noisy: compare figures of one run.

mod flagship;
mod network;
mod sampling;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, sampling::sampling, network::network, flagship::flagship);
criterion_main!(benches);
