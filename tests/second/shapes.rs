//! The quantile functions, which both implementations share, against the formulas of the model written out once more.

use statrs::distribution::{Beta, ContinuousCDF as _, Normal};

use super::writing::{PLAIN, read};
use sim::plan::Plan;
use sim::sampling::Distribution;

fn plan(estimate: &str) -> Plan {
    read(&format!("{PLAIN}[initiative.x]\nduration = {estimate}\n"))
}

fn z(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Compares over the whole range, the floor apart.
#[track_caller]
fn same(name: &str, distribution: &Distribution, quantile: impl Fn(f64) -> f64) {
    for p in [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999] {
        let (found, expected) = (distribution.quantile(p), quantile(p));
        let close = (found - expected).abs() < 2e-6 * (1.0 + expected.abs());
        assert!(close, "{name}: quantile({p}) = {found}, by the formula {expected}");
    }
    // The midpoint rule on a million points: the tail beyond it is what is allowed for.
    let points = 1_000_000;
    let sum: f64 = (0..points)
        .map(|i| distribution.quantile((f64::from(i) + 0.5) / f64::from(points)))
        .sum();
    let (mean, integral) = (distribution.mean(), sum / f64::from(points));
    assert!(
        (mean - integral).abs() < 2e-4 * (1.0 + mean.abs()),
        "{name}: mean {mean}, integral {integral}"
    );
}

/// X = ξ + α(e^(sz) − 1)/s through the outer two numbers, s from where the mode lies between them; skewed to the left it is mirrored.
fn three_point(low: f64, mode: f64, high: f64, outer: f64) -> impl Fn(f64) -> f64 {
    let left = mode - low > high - mode;
    let share = if left {
        (high - mode) / (high - low)
    } else {
        (mode - low) / (high - low)
    };
    let at = |s: f64| ((-s * s).exp() - (-outer * s).exp()) / (2.0 * (outer * s).sinh());
    let (mut few, mut many) = (1e-9, outer);
    for _ in 0..200 {
        let middle = f64::midpoint(few, many);
        if at(middle) > share {
            few = middle;
        } else {
            many = middle;
        }
    }
    let s = f64::midpoint(few, many);
    let alpha = (high - low) * s / (2.0 * (outer * s).sinh());
    let xi = low - alpha * (-outer * s).exp_m1() / s;
    move |p| {
        if left {
            low + high - (xi + alpha * (s * z(1.0 - p)).exp_m1() / s)
        } else {
            xi + alpha * (s * z(p)).exp_m1() / s
        }
    }
}

#[test]
fn a_triple_is_a_shifted_lognormal() {
    for (low, mode, high) in [
        (6.0, 8.0, 12.0),
        (10.0, 14.0, 80.0),
        (4.0, 9.0, 12.0),
        (1.0, 1.2, 40.0),
        (20.0, 60.0, 70.0),
    ] {
        let percentiles = plan(&format!("[\"{low}d\", \"{mode}d\", \"{high}d\"]"));
        let free = three_point(low, mode, high, z(0.9));
        same("p10-p90", &percentiles.tasks[0].work.estimate().distribution, |p| {
            free(p).max(low / 10.0)
        });
        let wider = plan(&format!(
            "{{ shape = \"lognormal\", range = \"p5-p95\", low = \"{low}d\", likely = \"{mode}d\", high = \"{high}d\" }}"
        ));
        // Draws below P10/10 are set to P10/10, whatever percentiles the three numbers are.
        let free = three_point(low, mode, high, z(0.95));
        let floor = free(0.1) / 10.0;
        same("p5-p95", &wider.tasks[0].work.estimate().distribution, |p| free(p).max(floor));
    }
}

#[test]
fn the_default_overrun_passes_through_its_three_points() {
    let plan = read("[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = [\"6d\", \"8d\", \"12d\"]\n");
    // (P90 − P50) / (P50 − P10) = e^(1.2816 s).
    let s = (0.4_f64 / 0.15).ln() / z(0.9);
    let alpha = 0.4 * s / (s * z(0.9)).exp_m1();
    same("overrun", &plan.overrun.expect("by default"), |p| {
        (1.0 + alpha * (s * z(p)).exp_m1() / s).max(0.085)
    });
}

#[test]
fn pert_is_a_beta_of_lambda_four() {
    for (low, mode, high) in [(2.0, 3.0, 10.0), (5.0, 5.0, 9.0), (1.0, 6.0, 7.0)] {
        let plan = plan(&format!(
            "{{ shape = \"pert\", range = \"min-max\", low = \"{low}d\", likely = \"{mode}d\", high = \"{high}d\" }}"
        ));
        let distribution = &plan.tasks[0].work.estimate().distribution;
        let weight = |a: f64| 1.0 + 4.0 * a / (high - low);
        let beta = Beta::new(weight(mode - low), weight(high - mode)).expect("a beta");
        for p in [0.001, 0.05, 0.3, 0.5, 0.8, 0.99] {
            let back = beta.cdf((distribution.quantile(p) - low) / (high - low));
            assert!((back - p).abs() < 1e-5, "pert {low}/{mode}/{high}: quantile({p}) has rank {back}");
        }
        let mean = (low + 4.0 * mode + high) / 6.0;
        assert!((distribution.mean() - mean).abs() < 1e-6);
    }
}

#[test]
fn the_elementary_shapes() {
    let of = |text: &str| plan(text).tasks[0].work.estimate().distribution.clone();
    let triangular = of("{ shape = \"triangular\", range = \"min-max\", low = \"2d\", likely = \"3d\", high = \"10d\" }");
    same("triangular", &triangular, |p| {
        if p < 1.0 / 8.0 {
            2.0 + (p * 8.0).sqrt()
        } else {
            10.0 - ((1.0 - p) * 56.0).sqrt()
        }
    });
    same("exponential", &of("{ shape = \"exponential\", mean = \"7d\" }"), |p| {
        -7.0 * (-p).ln_1p()
    });
    same("uniform", &of("{ shape = \"uniform\", low = \"2d\", high = \"5d\" }"), |p| {
        2.0 + 3.0 * p
    });
    same("normal", &of("{ shape = \"normal\", mean = \"20d\", sd = \"3d\" }"), |p| {
        20.0 + 3.0 * z(p)
    });
    same("lognormal", &of("{ shape = \"lognormal\", mu = 1.5, sigma = 0.6 }"), |p| {
        (1.5 + 0.6 * z(p)).exp()
    });
    // Keelin's three terms through P10, P50, P90.
    same(
        "metalog",
        &of("{ shape = \"metalog\", p10 = \"6d\", p50 = \"8d\", p90 = \"12d\" }"),
        |p| {
            let nine = 9.0_f64.ln();
            let odds = (p / (1.0 - p)).ln();
            (8.0 + 6.0 / (2.0 * nine) * odds + 2.0 / (0.8 * nine) * (p - 0.5) * odds).max(0.0)
        },
    );
}
