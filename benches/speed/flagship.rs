//! How long the question takes: 10,000 futures of the 60-days case, on one thread and on all, with the answer asserted.
//! Compare ratios within one run; machines are noisy.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use sim::engine::{self, Compiled, Run, Stop, Window};
use sim::plan;
use sim::statistics::Sorted;
use sim::units::Percentile;

const SEGMENT: &str = include_str!("../../scenarios/new-segment-60-days.toml");
const TRIALS: u32 = 10_000;

/// Reading the scenario, and its futures on one thread and on two.
pub fn flagship(criterion: &mut Criterion) {
    let read = || {
        plan::read("new-segment-60-days.toml", SEGMENT.as_bytes().to_vec(), &|file| {
            std::fs::read_to_string(file)
        })
        .expect("the scenario is right")
    };
    let plan = read();
    let compiled = Compiled::new(&plan, plan.seed);
    let mut group = criterion.benchmark_group("new-segment-60-days");
    group.sample_size(20);

    group.bench_function("read and compile", |bencher| {
        bencher.iter(|| black_box(Compiled::new(&read(), plan.seed).task_count()))
    });

    group.throughput(Throughput::Elements(u64::from(TRIALS) * compiled.task_count() as u64));
    for threads in [1, 2] {
        group.bench_with_input(BenchmarkId::new("10,000 trials, threads", threads), &threads, |bencher, threads| {
            let run = Run {
                first: 0,
                trials: TRIALS,
                threads: *threads,
                window: Window::finishes(1e6),
                watch: None,
            };
            bencher.iter(|| {
                let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a benchmark");
                let p50 = Sorted::new(trials.finishes(0).collect())
                    .quantile(Percentile::percent(50))
                    .expect("there are trials");
                assert!((60.0..120.0).contains(&p50), "the median finish is {p50} working days");
                black_box(p50)
            });
        });
    }
    group.finish();
}
