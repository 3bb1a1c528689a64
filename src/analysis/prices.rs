//! What each assumption costs: the forecast less the same futures without it.

use super::drivers::{most_removals, removals};
use super::forecast::{AssumptionPrice, Displacement, MitigationEffect, MitigationForecast};
use super::reading::at;
use super::variants::{Removal, What, mitigated, switches, without, without_initiative};
use crate::engine::{self, Compiled, Run, RunError, Stop, Trials, Window};
use crate::plan::{InitiativeId, Plan};
use crate::statistics::{Sorted, Z_95};

/// The most futures that a comparison plays: its differences are paired and need fewer than the forecast itself.
const MOST_TRIALS: u32 = 10_000;
/// The tasks that all comparisons together play, where that leaves each enough futures: a large plan with hundreds of risks would
/// be played for hours.
const MOST_TASKS_OF_ALL: usize = 200_000_000;
const FEWEST_TRIALS: usize = 200;

/// What switching things off shows.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// The price list, by initiative, the dearest at P80 first.
    pub assumptions: Vec<AssumptionPrice>,
    /// What each initiative's being there costs the others.
    pub displacements: Vec<Displacement>,
    /// What each mitigation would buy.
    pub mitigations: Vec<MitigationForecast>,
    /// What the drivers of the finishes cost, where the run looked for them.
    pub(super) removals: Vec<Removed>,
    /// Whether all of it was worked out before somebody wanted an early end.
    pub is_whole: bool,
}

impl Prices {
    /// No price list: of a future that goes on from facts, no assumption can be taken back.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            assumptions: vec![],
            displacements: vec![],
            mitigations: vec![],
            removals: vec![],
            is_whole: true,
        }
    }
}

/// What a driver costs.
#[derive(Debug, Clone)]
pub(super) struct Removed {
    /// The driver.
    pub(super) removal: Removal,
    /// Working days at P50 and at P80, by initiative.
    pub(super) days: Vec<[Option<f64>; 2]>,
}

/// How many plans [`prices`] plays at most, for a bar.
#[must_use]
pub fn price_runs(plan: &Plan) -> u32 {
    let switches = switches(plan);
    let alone = most_removals(plan)
        .filter(|removal| !switches.iter().any(|switch| switch.what == removal.what(plan)))
        .count();
    let mitigations = plan.risks.iter().filter(|risk| risk.mitigation.is_some()).count();
    let initiatives = if plan.initiatives.len() > 1 { plan.initiatives.len() } else { 0 };
    (switches.len() + alone + mitigations + initiatives) as u32
}

/// The futures that each comparison plays, of `trials`: fewer where there are many comparisons.
#[must_use]
pub fn price_trials(plan: &Plan, trials: u32) -> u32 {
    // A task looks at each risk that touches it.
    let touched: usize = plan.risks.iter().map(|risk| risk.affects.len()).sum();
    let size = plan.tasks.len() + touched;
    let each = MOST_TASKS_OF_ALL / (price_runs(plan).max(1) as usize * size.max(1));
    trials.min(each.max(FEWEST_TRIALS) as u32).min(MOST_TRIALS)
}

/// Switches each assumption off on the same random numbers and takes the difference. `run` is that of `base`; `progress` is called
/// with the futures played so far.
///
/// # Errors
/// [`RunError`] where memory or threads cannot be had.
pub fn prices(plan: &Plan, seed: u64, run: Run<'_>, base: &Trials, stop: &Stop, progress: impl Fn(u32) + Sync) -> Result<Prices, RunError> {
    let mut found = compare(plan, seed, run, base, stop, progress)?;
    let position = |id: &str| plan.initiatives.iter().position(|initiative| initiative.id == id);
    found.assumptions.sort_by(|a, b| {
        let days = |price: &AssumptionPrice| price.p80_days.unwrap_or(f64::INFINITY);
        position(&a.initiative)
            .cmp(&position(&b.initiative))
            .then(days(b).total_cmp(&days(a)))
    });
    Ok(found)
}

/// The comparisons in the order of the plan, as many as were played before somebody wanted an early end.
fn compare(plan: &Plan, seed: u64, run: Run<'_>, base: &Trials, stop: &Stop, progress: impl Fn(u32) + Sync) -> Result<Prices, RunError> {
    let trials = price_trials(plan, base.count() as u32);
    let run = Run {
        trials,
        // Only finishes are compared.
        window: Window::finishes(run.window.limit),
        watch: None,
        ..run
    };
    let played = std::cell::Cell::new(0);
    let play = |variant: &Plan| -> Result<Option<Vec<Finish>>, RunError> {
        let before: u32 = played.get();
        let result = engine::run(&Compiled::new(variant, seed), run, stop, |done| progress(before + done))?;
        played.set(before + trials);
        Ok((result.count() == trials as usize).then(|| finishes(plan, &result, trials)))
    };
    let with = finishes(plan, base, trials);
    let days = |off: &[Finish]| -> Vec<[Option<f64>; 2]> {
        let pairs = with.iter().zip(off);
        pairs.map(|(with, off)| [50, 80].map(|percent| with.later(off, percent))).collect()
    };
    let mut found = Prices::default();
    let mut known: Vec<(What, Vec<[Option<f64>; 2]>)> = vec![];
    for switch in switches(plan) {
        let Some(off) = play(&without(plan, switch.what))? else {
            return Ok(found);
        };
        let days = days(&off);
        for (index, initiative) in plan.initiatives.iter().enumerate() {
            let change = with[index].p_on_time_change(&off[index]);
            found.assumptions.push(AssumptionPrice {
                initiative: initiative.id.clone(),
                assumption: switch.name.clone(),
                title: switch.title.clone(),
                p50_days: days[index][0],
                p80_days: days[index][1],
                p_on_time_change: change.map(|(change, _)| change),
                ci_low: change.map(|(change, half)| change - half),
                ci_high: change.map(|(change, half)| change + half),
            });
        }
        known.push((switch.what, days));
    }
    for (index, risk) in plan.risks.iter().enumerate() {
        let Some(mitigation) = &risk.mitigation else { continue };
        let Some(off) = play(&mitigated(plan, index))? else {
            return Ok(found);
        };
        found.mitigations.push(MitigationForecast {
            risk: risk.id.clone(),
            title: mitigation.title.clone(),
            cost: mitigation.cost,
            probability_before: risk.probability.get(),
            probability_after: mitigation.probability.get(),
            effects: plan
                .initiatives
                .iter()
                .zip(with.iter().zip(&off))
                .map(|(initiative, (with, off))| MitigationEffect {
                    initiative: initiative.id.clone(),
                    p50_days: with.later(off, 50),
                    p80_days: with.later(off, 80),
                    p_on_time_change: with.p_on_time_change(off).map(|(change, _)| -change),
                })
                .collect(),
        });
    }
    if plan.initiatives.len() > 1 {
        for (index, there) in plan.initiatives.iter().enumerate() {
            let Some(off) = play(&without_initiative(plan, InitiativeId(index)))? else {
                return Ok(found);
            };
            for (other, displaced) in plan.initiatives.iter().enumerate().filter(|(other, _)| *other != index) {
                found.displacements.push(Displacement {
                    initiative: there.id.clone(),
                    displaced: displaced.id.clone(),
                    p50_days: with[other].later(&off[other], 50),
                    p80_days: with[other].later(&off[other], 80),
                });
            }
        }
    }
    for removal in removals(plan, base) {
        let what = removal.what(plan);
        let days = match known.iter().find(|(other, _)| *other == what) {
            Some((_, days)) => days.clone(),
            None => match play(&without(plan, what))? {
                Some(off) => days(&off),
                None => return Ok(found),
            },
        };
        found.removals.push(Removed { removal, days });
    }
    found.is_whole = true;
    Ok(found)
}

/// The finishes of an initiative, by trial and sorted, and its first commitment.
struct Finish {
    by_trial: Vec<f64>,
    sorted: Sorted,
    promised: Option<f64>,
}

fn finishes(plan: &Plan, trials: &Trials, count: u32) -> Vec<Finish> {
    let finishes = plan.initiatives.iter().enumerate().map(|(index, initiative)| {
        let by_trial: Vec<f64> = trials.finishes(index).take(count as usize).collect();
        Finish {
            sorted: Sorted::new(by_trial.clone()),
            by_trial,
            promised: initiative.commitments.first().map(|commitment| commitment.time.days()),
        }
    });
    finishes.collect()
}

impl Finish {
    /// Working days by which this is later than `other` at a percentile.
    fn later(&self, other: &Self, percent: u32) -> Option<f64> {
        Some(at(&self.sorted, percent)? - at(&other.sorted, percent)?)
    }

    /// P(on time) less that of `other`, and the half-width of its 95 % interval, paired by future.
    fn p_on_time_change(&self, other: &Self) -> Option<(f64, f64)> {
        let promised = self.promised?;
        let n = self.by_trial.len() as f64;
        let difference = |(own, other): (&f64, &f64)| f64::from(u8::from(*own <= promised)) - f64::from(u8::from(*other <= promised));
        let (sum, squares) = self
            .by_trial
            .iter()
            .zip(&other.by_trial)
            .map(difference)
            .fold((0.0, 0.0), |(sum, squares), d| (sum + d, squares + d * d));
        let mean = sum / n;
        let variance = (squares / n - mean * mean).max(0.0);
        Some((mean, Z_95 * (variance / n).sqrt()))
    }
}
