//! What the program does with a scenario, from its bytes to its last output, with what must hold of every number on the way.

use sim::analysis::{
    self, CommitmentForecast, Facts, Forecast, InitiativeForecast, Landmark, Moment, Prices, Quantile, ScenarioFacts, Share, Spread,
    Timelines,
};
use sim::diagnostic::{Fault, render};
use sim::engine::{self, Compiled, Run, Stop, Window};
use sim::plan::{self, Plan};
use sim::report;

/// Working days after which work is given up here: much sooner than the program does, which would wait for it twenty plans long.
const MOST_DAYS: f64 = 800.0;

/// What became of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Refused with faults.
    Refused,
    /// Valid, but more than can be played, and said so.
    TooMuch,
    /// Forecast.
    Forecast,
}

/// Plays a scenario through every phase.
///
/// # Panics
/// Where a phase panics, or something does not hold that must.
pub fn examine(bytes: Vec<u8>, trials: u32) -> End {
    // The input of a fuzzer is choices; whoever has one that fails wants to see the scenario.
    if std::env::var_os("SHOW_SCENARIO").is_some() {
        println!("{}", String::from_utf8_lossy(&bytes));
    }
    let no_files = |name: &str| Err(std::io::Error::new(std::io::ErrorKind::NotFound, format!("no {name} here")));
    let plan = match plan::read("fuzz.toml", bytes, &no_files) {
        Ok(plan) => plan,
        Err(faults) => {
            assert!(faults.iter().any(Fault::is_error), "refused without an error");
            shown(&faults);
            return End::Refused;
        }
    };
    assert!(!plan.warnings.iter().any(Fault::is_error), "accepted with an error");
    shown(&plan.warnings);
    played(&plan, trials).map_or(End::TooMuch, |forecast| {
        sound(&forecast);
        written(&forecast);
        End::Forecast
    })
}

/// Faults can be shown, and nothing in them moves a terminal.
fn shown(faults: &[Fault]) {
    let text = render(faults, false);
    assert!(faults.is_empty() || !text.is_empty());
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    for fault in faults.iter().filter(|fault| fault.is_error()) {
        assert!(!fault.message.is_empty());
        assert!(
            fault.allowed.is_some() || fault.hint.is_some(),
            "no way out of {}: {text}",
            fault.code
        );
    }
    assert!(render(faults, true).len() >= text.len());
}

/// `None` where it is more than can be played.
fn played(plan: &Plan, trials: u32) -> Option<Forecast> {
    let compiled = Compiled::new(plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let limit = analysis::pilot_limit(plan, &landmarks).min(MOST_DAYS);
    let pilot = engine::pilot(&compiled, limit, None).ok()?;
    let watch = engine::Watch::new(&compiled, &landmarks, |_| 0);
    let horizon = analysis::horizon(plan, &landmarks, &pilot).ok()?;
    let understanding = analysis::understand(plan, horizon, &landmarks);
    assert!(!report::check::check(plan, &understanding, false).is_empty());
    let window = horizon.window(plan, true);
    let run = Run {
        first: 0,
        trials,
        threads: 1,
        window: Window {
            limit: window.limit.min(MOST_DAYS.max(window.horizon)),
            ..window
        },
        watch: Some(&watch),
    };
    let stop = Stop::new(false);
    let result = engine::run(&compiled, run, &stop, |_| {}).ok()?;
    assert_eq!(result.count(), trials as usize);
    for row in result.rows() {
        assert!(result.layout().finishes(row).all(|finish| finish >= 0.0));
        assert!(row.numbers().all(|number| !number.is_nan()), "{row:?}");
    }
    // The price list plays the plan many times over, so only some scenarios have it.
    let prices = if plan.seed == 1 && plan.tasks.len().is_multiple_of(4) {
        analysis::prices(plan, plan.seed, run, &result, &stop, |_| {}).ok()?
    } else {
        Prices::default()
    };
    let facts = Facts {
        scenario: ScenarioFacts {
            name: plan.name.clone(),
            file: "fuzz.toml".to_owned(),
            sha256: String::new(),
        },
        seed: plan.seed,
        trials_requested: trials,
        precision: Some(analysis::precision(plan, &result, &run.window, 0.01, trials)),
        known_until: sim::units::WorkDays::ZERO,
    };
    Some(analysis::forecast(plan, facts, horizon, &landmarks, &result, prices))
}

fn written(forecast: &Forecast) {
    let text = report::terminal::summary(forecast, false);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    assert!(report::terminal::summary(forecast, true).len() >= text.len());
    let json = report::json::summary_json(forecast).expect("the summary can be written");
    assert!(json.starts_with('{') && json.trim_end().ends_with('}'));
    for table in [
        report::tables::timelines_csv(forecast),
        report::tables::commitments_csv(forecast),
        report::tables::budgets_csv(forecast),
        report::tables::capacity_csv(forecast),
        report::tables::assumptions_csv(forecast),
        report::tables::checkpoints_csv(forecast),
        report::tables::drivers_csv(forecast),
        report::tables::dependencies_csv(forecast),
    ] {
        let table = table.expect("a table can be written");
        let mut rows = table.lines();
        assert!(rows.next().is_some(), "a table has a heading");
        for cell in rows.flat_map(|row| row.split(',')) {
            assert!(!["NaN", "inf", "-inf"].contains(&cell), "{table}");
        }
    }
}

// --- what must hold ---

fn sound(forecast: &Forecast) {
    for initiative in &forecast.initiatives {
        initiative_is_sound(initiative);
    }
    if let Some(portfolio) = &forecast.portfolio {
        timelines_are_sound(&portfolio.timelines);
    }
    for budget in &forecast.budgets {
        share_is_sound(&budget.p_breach);
        assert!(budget.limit.is_finite());
        ascending([budget.p50, budget.p90]);
        finite([budget.mean, budget.p50, budget.p90]);
        assert!(budget.blame.iter().all(|blame| (0.0..=1.0).contains(&blame.share)), "{budget:?}");
    }
    if let Some(cost) = &forecast.cost {
        for spread in [&cost.total, &cost.once, &cost.responses, &cost.lost_customer_value] {
            spread_is_sound(spread);
        }
    }
    for week in &forecast.capacity {
        ascending([
            Some(0.0),
            Some(week.available_p10),
            Some(week.available_p50),
            Some(week.available_p90),
        ]);
        finite([Some(week.available_p90), Some(week.demand_p50)]);
        assert!(week.demand_p50 >= 0.0 && (0.0..=1.0).contains(&week.utilisation_p50), "{week:?}");
    }
    for price in &forecast.prices {
        finite([price.p50_days, price.p80_days, price.p_on_time_change]);
        ascending([price.ci_low, price.p_on_time_change, price.ci_high]);
        assert!(price.p_on_time_change.is_none_or(|change| change.abs() <= 1.0));
    }
    for displacement in &forecast.displacements {
        finite([displacement.p50_days, displacement.p80_days]);
    }
    for effect in forecast.mitigations.iter().flat_map(|mitigation| &mitigation.effects) {
        finite([effect.p50_days, effect.p80_days, effect.p_on_time_change]);
    }
}

fn initiative_is_sound(initiative: &InitiativeForecast) {
    timelines_are_sound(&initiative.timelines);
    quantiles_are_sound(&initiative.quantiles);
    share_is_sound(&initiative.never);
    if let Some(mean) = &initiative.mean {
        assert_eq!(initiative.never.hits, 0, "a mean beside futures that never end");
        assert!(mean.at.working_days.days() >= 0.0 && mean.standard_error >= 0.0 && mean.standard_error.is_finite());
    }
    for landmark in [&initiative.everything_goes_right, &initiative.plan_on_paper]
        .into_iter()
        .chain(&initiative.estimate)
    {
        landmark_is_sound(landmark);
    }
    for commitment in &initiative.commitments {
        commitment_is_sound(commitment);
    }
    for pair in initiative.s_curve.windows(2) {
        assert!(
            pair[0].p <= pair[1].p && pair[0].at.working_days <= pair[1].at.working_days,
            "{pair:?}"
        );
    }
    assert!(initiative.s_curve.iter().all(|point| (0.0..=1.0).contains(&point.p)));
}

fn landmark_is_sound(landmark: &Landmark) {
    not_negative(&landmark.at);
    share_is_sound(&landmark.p_that_early);
}

fn commitment_is_sound(commitment: &CommitmentForecast) {
    share_is_sound(&commitment.p_on_time);
    share_is_sound(&commitment.p_on_time_within_budgets);
    assert!(commitment.p_on_time_within_budgets.hits <= commitment.p_on_time.hits);
    quantiles_are_sound(&commitment.promises);
    let late = [commitment.mean_lateness_if_late_days, commitment.median_lateness_if_late_days];
    finite(late);
    assert!(late.iter().flatten().all(|days| *days > 0.0), "{commitment:?}");
    finite([commitment.gap_p50_days, commitment.gap_p80_days, commitment.gap_estimate_days]);
}

fn timelines_are_sound(timelines: &Timelines) {
    quantiles_are_sound([&timelines.best, &timelines.expected, &timelines.worst]);
}

fn quantiles_are_sound<'q>(quantiles: impl IntoIterator<Item = &'q Quantile>) {
    let mut before = 0.0;
    for quantile in quantiles {
        let days = quantile.at.working_days.days();
        assert!(days >= before, "{quantile:?}");
        before = days;
        let bound = |at: &Option<Moment>| at.as_ref().map(|at| at.working_days.days());
        ascending([bound(&quantile.ci_low), Some(days), bound(&quantile.ci_high)]);
        not_negative(&quantile.at);
    }
}

fn not_negative(at: &Moment) {
    assert!(at.working_days.days() >= 0.0, "{at:?}");
}

fn share_is_sound(share: &Share) {
    assert!(share.hits <= share.trials, "{share:?}");
    let bounds = [0.0, share.ci_low, share.p, share.ci_high, 1.0];
    assert!(bounds.windows(2).all(|pair| pair[0] <= pair[1]), "{share:?}");
}

fn spread_is_sound(spread: &Spread) {
    ascending([Some(0.0), spread.p10, spread.p50, spread.p80, spread.p90]);
    finite([spread.mean, spread.p90]);
}

fn ascending<const N: usize>(numbers: [Option<f64>; N]) {
    let there: Vec<f64> = numbers.into_iter().flatten().collect();
    assert!(there.windows(2).all(|pair| pair[0] <= pair[1]), "{numbers:?}");
}

fn finite<const N: usize>(numbers: [Option<f64>; N]) {
    assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{numbers:?}");
}
