//! What a run keeps in memory: so many bytes for each future and initiative, and beside it nothing that grows with the futures.
#![allow(unsafe_code)] // A counting allocator is unsafe by its trait; it hands every call on as it is.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sim::analysis::{self, Facts, Prices, ScenarioFacts};
use sim::engine::{self, Compiled, Run, Stop, Watch};
use sim::units::WorkDays;

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn grows(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(held, Ordering::Relaxed);
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grows(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grows(size);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One run at a time is counted.
static ALONE: Mutex<()> = Mutex::new(());

/// Bytes of a run with all its statistics, beside those of the plan.
#[derive(Debug)]
struct Bytes {
    /// That the trials take once they are played.
    kept: usize,
    /// That were held at once, at most, while they were played.
    playing: usize,
    /// The same until the forecast was there.
    saying: usize,
}

/// With at most so many futures in detail.
fn bytes(toml: &str, trials: u32, detailed: u32) -> Bytes {
    let plan = common::plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(&plan, &landmarks), None).expect("a pilot");
    let horizon = analysis::horizon(&plan, &landmarks, &pilot).expect("a horizon");
    let watch = Watch::new(&compiled, &landmarks, |_| 0);
    let watch = Watch {
        futures: watch.futures.min(detailed),
        ..watch
    };
    let run = Run {
        first: 0,
        trials,
        threads: 2,
        window: horizon.window(&plan, true),
        watch: Some(&watch),
    };
    let facts = Facts {
        scenario: ScenarioFacts {
            name: plan.name.clone(),
            file: "test.toml".into(),
            sha256: String::new(),
        },
        seed: plan.seed,
        trials_requested: trials,
        precision: None,
        known_until: WorkDays::ZERO,
    };
    let before = HELD.load(Ordering::Relaxed);
    let most_since = || MOST.swap(HELD.load(Ordering::Relaxed), Ordering::Relaxed) - before;
    MOST.store(before, Ordering::Relaxed);
    let played = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("a run");
    let (kept, playing) = (HELD.load(Ordering::Relaxed) - before, most_since());
    let forecast = analysis::forecast(&plan, facts, horizon, &landmarks, &played, Prices::none());
    let saying = most_since();
    assert_eq!((forecast.trials, played.count()), (trials, trials as usize));
    Bytes { kept, playing, saying }
}

const SEGMENT: &str = include_str!("../scenarios/new-segment-60-days.toml");

/// Bytes for each future beyond `few`, whatever is not there for each left out: kept, while played, and until the forecast is there.
fn each(toml: &str, few: u32) -> [f64; 3] {
    let (less, more) = (bytes(toml, few, 64), bytes(toml, 2 * few, 64));
    let per = |of: fn(&Bytes) -> usize| (of(&more) as f64 - of(&less) as f64) / f64::from(few);
    [per(|bytes| bytes.kept), per(|bytes| bytes.playing), per(|bytes| bytes.saying)]
}

/// Finishes, budgets by quarter, money and checkpoints, and room to sort what is asked for: three initiatives have 96.
#[test]
fn a_future_takes_32_bytes_for_each_initiative() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let initiatives = common::plan(SEGMENT).initiatives.len() as f64;
    let found = each(SEGMENT, 12_800);
    // Kept, it takes more than its finishes.
    assert!(found[0] > 4.0 * initiatives, "{found:?}");
    assert!(found.iter().all(|each| *each <= 32.0 * initiatives), "{found:?}");
    // A finish alone: four bytes, a little for the block, and eight while they are sorted.
    let found = each(&common::workload::scenario(false), 25_600);
    assert!((4.0..=14.0).contains(&found[0]) && found[2] <= 14.0, "{found:?}");
}

/// 120 tasks with criticality, rank correlation, schedules and checkpoints of each: what does not grow with the futures.
#[test]
fn all_that_is_known_of_120_tasks_takes_28_megabytes() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let found = bytes(&common::workload::scenario(false), 12_800, u32::MAX);
    assert!(found.saying > 10_000 * 120 * 16, "the futures are not kept in detail: {found:?}");
    assert!(found.playing.max(found.saying) < 28_000_000, "{found:?}");
}
