//! From a stream to draws, in blocks: the generator, the normal table, and each family of distributions behind it, exact and as the
//! estimates of a block.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sim::sampling::{BLOCK, BlockSampler, Distribution, Purpose, Range, SamplerCache, Shape, Stream};

const DRAWS: usize = 1 << 16;

/// Time per draw of each step.
pub fn sampling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sampling");
    group.throughput(Throughput::Elements(DRAWS as u64));
    let stream = Stream::new(1_u64, "task", Purpose::Estimate);
    let mut draws = vec![0.0; DRAWS];
    let fill = |draws: &mut [f64], of: &dyn Fn(u32, &mut [f64])| {
        for (block, row) in draws.chunks_exact_mut(BLOCK).enumerate() {
            of((block * BLOCK) as u32, row);
        }
    };
    group.bench_function("uniform", |bencher| {
        bencher.iter(|| fill(black_box(&mut draws), &|first, row| stream.fill_uniform(first, row)));
    });
    assert_mean(&draws, 0.5, 12_f64.recip().sqrt());
    group.bench_function("normal", |bencher| {
        bencher.iter(|| fill(black_box(&mut draws), &|first, row| stream.fill_normal(first, row)));
    });
    assert_mean(&draws, 0.0, 1.0);
    let three = |shape, range| Distribution::three_point(shape, range, 2.0, 4.0, 9.0).expect("a shape for these numbers");
    let shapes = [
        ("lognormal", three(Shape::Lognormal, Range::P10P90)),
        ("pert", three(Shape::Pert, Range::MinMax)),
        ("triangular", three(Shape::Triangular, Range::MinMax)),
        ("metalog", three(Shape::Metalog, Range::P10P90)),
        ("exponential", Distribution::exponential(3.0).expect("a mean")),
    ];
    for (name, distribution) in shapes {
        let sampler = SamplerCache::new().sampler(&distribution);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                fill(black_box(&mut draws), &|first, row| {
                    stream.fill_normal(first, row);
                    sampler.apply(row);
                });
            });
        });
        let spread = distribution.at(3.0) - distribution.at(-3.0);
        assert_mean(&draws, distribution.mean(), spread);
        let estimates = BlockSampler::new(sampler);
        group.bench_function(format!("{name}, as an estimate"), |bencher| {
            bencher.iter(|| {
                for (block, row) in black_box(&mut draws).as_chunks_mut().0.iter_mut().enumerate() {
                    estimates.draw(&stream, (block * BLOCK) as u32, &[0.0; BLOCK], 1.0, row);
                }
            });
        });
        assert_mean(&draws, distribution.mean(), spread);
    }
    group.finish();
}

/// The mean of the draws within five standard errors, `sd` being at least the standard deviation.
fn assert_mean(draws: &[f64], expected: f64, sd: f64) {
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let error = sd / (draws.len() as f64).sqrt();
    assert!((mean - expected).abs() < 5.0 * error, "a mean of {mean} is not {expected}");
}
