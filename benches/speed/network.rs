//! A network of 120 tasks: in blocks and event by event, with a team and without, with all that is counted and with finishes alone.

#[path = "../../tests/common/workload.rs"]
mod workload;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sim::engine::{self, Compiled, Run, Stop, Watch, Window};
use sim::plan::{self, Plan};
use sim::statistics::Sorted;
use sim::units::Percentile;

const TRIALS: u32 = 10_000;

fn plan(with_team: bool) -> Plan {
    let toml = workload::scenario(with_team);
    plan::read("workload.toml", toml.into_bytes(), &|file| std::fs::read_to_string(file)).expect("the scenario is right")
}

/// Time per task and trial of each way to play.
pub fn network(criterion: &mut Criterion) {
    for (name, with_team, p50) in [("network", false, 124.81), ("team", true, 141.41)] {
        let plan = plan(with_team);
        let compiled = Compiled::new(&plan, plan.seed);
        let by_events = Compiled::new(&plan, plan.seed).event_by_event();
        assert!(if with_team {
            compiled.has_constant_crews()
        } else {
            compiled.is_network()
        });
        let watch = Watch::new(&compiled, &engine::landmarks(&compiled), |_| 0);
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        group.throughput(Throughput::Elements(u64::from(TRIALS) * compiled.task_count() as u64));
        for (name, compiled, watch) in [
            ("finishes", &compiled, None),
            ("finishes, event by event", &by_events, None),
            ("all that is counted", &compiled, Some(&watch)),
            ("all that is counted, event by event", &by_events, Some(&watch)),
        ] {
            let run = Run {
                first: 0,
                trials: TRIALS,
                threads: 1,
                window: Window::finishes(1e6),
                watch,
            };
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let trials = engine::run(compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a benchmark");
                    let median = Sorted::new(trials.finishes(0).collect()).quantile(Percentile::percent(50));
                    assert!(median.is_some_and(|median| (median - p50).abs() < 0.5), "{median:?} is not {p50}");
                    black_box(median)
                });
            });
        }
        group.finish();
    }
}
