//! A trial allocates nothing: what a thread needs is made once and used again, so time and memory go into futures.
#![allow(unsafe_code)] // A counting allocator is unsafe by its trait; it hands every call on as it is.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use sim::engine::{self, Compiled, Run, Stop};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Of the whole company and of a plan with a team: the rows of each block of 64 trials, and what grows until the busiest future has
/// been seen, and no more.
#[test]
fn a_trial_allocates_nothing() {
    for (name, toml) in [
        ("segment", include_str!("../scenarios/new-segment-60-days.toml")),
        ("first", include_str!("../scenarios/first.toml")),
        ("pipeline", include_str!("../scenarios/pipeline-200k.toml")),
    ] {
        let plan = common::plan(toml);
        let compiled = Compiled::new(&plan, plan.seed).event_by_event();
        let landmarks = engine::landmarks(&compiled);
        let pilot = engine::pilot(&compiled, 1e4, None).expect("it can be played");
        let window = sim::analysis::horizon(&plan, &landmarks, &pilot)
            .expect("a horizon")
            .window(&plan, true);
        let allocations = |trials: u32| {
            let run = Run {
                first: 0,
                trials,
                threads: 1,
                window,
                watch: None,
            };
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("it can be played");
            ALLOCATIONS.load(Ordering::Relaxed) - before
        };
        let (few, many) = (allocations(1_024), allocations(5_120));
        // 64 blocks more, each with its rows, and a few lists that grow once in a while.
        assert!(many - few <= 64 + 40, "{name}: {} allocations in 4,096 trials", many - few);
    }
}
