//! Trials → [`Forecast`].

use super::assumptions::{assumptions, not_modelled};
use super::bets::{bets, ladders};
use super::budgets::Budgets;
use super::checkpoints::Telling;
use super::company::{capacity, cost};
use super::dependencies::dependencies;
use super::drivers::drivers;
use super::forecast::{
    CommitmentForecast, CurvePoint, Forecast, InitiativeForecast, Landmark, Mean, Moment, PortfolioForecast, Quantile, SCHEMA_VERSION,
    ScenarioFacts, Timelines,
};
use super::horizon::Horizon;
use super::paths::paths_among;
use super::precision::PrecisionForecast;
use super::prices::Prices;
use super::reading::{Cuts, latest, moment, share};
use super::schedules::schedules;
use crate::calendar::Calendar;
use crate::engine::{Landmarks, Trials};
use crate::plan::{Commitment, Initiative, InitiativeId, Plan};
use crate::statistics::{Proportion, Sorted};
use crate::units::{Percentile, WorkDays};

/// Percentiles of `timelines.csv`.
const PERCENTILES: [u32; 13] = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99];
/// The confidences at which a date is offered.
const PROMISES: [u32; 5] = [50, 80, 85, 90, 95];
/// Points of the S-curve.
const CURVE_POINTS: usize = 401;

/// What a forecast says of the run itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What was run.
    pub scenario: ScenarioFacts,
    /// Seed of every stream.
    pub seed: u64,
    /// Trials that were asked for.
    pub trials_requested: u32,
    /// How well the numbers are known, where somebody asked for it.
    pub precision: Option<PrecisionForecast>,
    /// The morning up to which everything is known: that of the start for a first run.
    pub known_until: WorkDays,
}

/// What the trials say. Shapes: `trials` has a column for each initiative of the plan.
#[must_use]
pub fn forecast(plan: &Plan, facts: Facts, horizon: Horizon, landmarks: &Landmarks, trials: &Trials, prices: Prices) -> Forecast {
    let count = trials.count();
    let reader = Reader { calendar: &plan.calendar };
    let budgets = Budgets::new(plan, trials);
    let window = horizon.window(plan, true);
    let (mut initiatives, mut cuts, mut paths, mut telling) = (vec![], vec![], vec![], Telling::default());
    for (index, initiative) in plan.initiatives.iter().enumerate() {
        // One at a time, and no longer than they are asked for: sorted they take eight bytes for each trial.
        let finishes = Sorted::new(trials.finishes(index).collect());
        initiatives.push(reader.initiative(plan, index, initiative, &finishes, landmarks, trials, &budgets));
        paths.extend(paths_among(plan, trials, InitiativeId(index), &finishes));
        let (own, median) = (Cuts::new(plan.timelines, &finishes), finishes.quantile(Percentile::percent(50)));
        drop(finishes);
        if let Some((cuts, median)) = own.zip(median) {
            telling.tell(plan, trials, InitiativeId(index), cuts, median, facts.known_until);
        }
        cuts.push(own);
    }
    let portfolio = (plan.initiatives.len() > 1).then(|| PortfolioForecast {
        timelines: reader.timelines(
            plan,
            &Sorted::new(trials.rows().map(|row| latest(trials.layout().finishes(row))).collect()),
        ),
    });
    Forecast {
        schema_version: SCHEMA_VERSION,
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: facts.scenario,
        seed: facts.seed,
        trials: count as u32,
        trials_requested: facts.trials_requested,
        partial: (count as u32) < facts.trials_requested || !prices.is_whole,
        precision: facts.precision,
        start: plan.calendar.start(),
        horizon: horizon.date,
        decide_by: plan.decide_by,
        initiatives,
        portfolio,
        budgets: budgets.forecasts(trials, &window),
        cost: cost(trials),
        capacity: capacity(plan, trials, &window),
        checkpoints: telling.checkpoints,
        path_trees: telling.trees,
        telling_weeks: telling.weeks,
        drivers: drivers(plan, trials, &cuts, &prices.removals),
        dependencies: dependencies(plan, trials),
        paths,
        schedules: schedules(plan, trials),
        prices: prices.assumptions,
        displacements: prices.displacements,
        mitigations: prices.mitigations,
        rerun: None,
        since: None,
        track_record: None,
        bets: bets(plan),
        ladders: ladders(plan),
        options: None,
        assumptions: assumptions(plan),
        not_modelled: not_modelled(plan),
        defaults: plan.defaults.clone(),
        warnings: plan.warnings.iter().map(|warning| warning.message.clone()).collect(),
    }
}

struct Reader<'a> {
    calendar: &'a Calendar,
}

impl Reader<'_> {
    fn moment(&self, days: f64) -> Moment {
        moment(self.calendar, days)
    }

    fn quantile(&self, finishes: &Sorted, percentile: Percentile) -> Quantile {
        let (low, high) = finishes.quantile_interval(percentile);
        Quantile {
            percentile,
            at: self.moment(finishes.quantile(percentile).unwrap_or(f64::INFINITY)),
            ci_low: low.map(|days| self.moment(days)),
            ci_high: high.map(|days| self.moment(days)),
        }
    }

    fn timelines(&self, plan: &Plan, finishes: &Sorted) -> Timelines {
        let [best, expected, worst] = plan.timelines.map(|percentile| self.quantile(finishes, percentile));
        Timelines { best, expected, worst }
    }

    fn landmark(&self, finishes: &Sorted, days: f64) -> Landmark {
        Landmark {
            at: self.moment(days),
            p_that_early: share(finishes.share_at_or_below(days)),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn initiative(
        &self,
        plan: &Plan,
        index: usize,
        initiative: &Initiative,
        finishes: &Sorted,
        landmarks: &Landmarks,
        trials: &Trials,
        budgets: &Budgets<'_>,
    ) -> InitiativeForecast {
        let estimate = initiative.estimate.map(|date| (date, self.calendar.evening_of(date)));
        let commitments = initiative.commitments.iter().map(|commitment| {
            let within = Proportion::of(trials.rows(), |row| {
                row.finish(index) <= commitment.time.days() && budgets.all_kept(row)
            });
            self.commitment(commitment, finishes, estimate.map(|(_, time)| time.days()), within)
        });
        InitiativeForecast {
            id: initiative.id.clone(),
            title: initiative.title.clone(),
            owner: initiative.owner.clone(),
            accountable: initiative.accountable.clone(),
            timelines: self.timelines(plan, finishes),
            quantiles: PERCENTILES
                .map(|percent| self.quantile(finishes, Percentile::percent(percent)))
                .to_vec(),
            mean: finishes.mean().map(|(mean, standard_error)| Mean {
                at: self.moment(mean),
                standard_error,
            }),
            never: share(Proportion::of(finishes.values(), |days| days.is_infinite())),
            everything_goes_right: self.landmark(finishes, landmarks.everything_goes_right[index]),
            plan_on_paper: self.landmark(finishes, landmarks.plan_on_paper[index]),
            estimate: estimate.map(|(date, time)| Landmark {
                at: Moment {
                    date: Some(date),
                    working_days: time,
                },
                p_that_early: share(finishes.share_at_or_below(time.days())),
            }),
            commitments: commitments.collect(),
            s_curve: self.curve(finishes),
        }
    }

    fn commitment(&self, commitment: &Commitment, finishes: &Sorted, estimate: Option<f64>, within: Proportion) -> CommitmentForecast {
        let promised = commitment.time.days();
        let gap = |percent| {
            finishes
                .quantile(Percentile::percent(percent))
                .filter(|days| days.is_finite())
                .map(|days| days - promised)
        };
        let late = finishes.above(promised);
        let mean_lateness = late.iter().map(|days| days - promised).sum::<f64>() / late.len() as f64;
        // The values are sorted already, so the median of the late ones is that of a sorted sample.
        let median = late.get((late.len().saturating_sub(1)) / 2).map(|days| days - promised);
        CommitmentForecast {
            to: commitment.to.clone(),
            owner: commitment.owner.clone(),
            at: Moment {
                date: Some(commitment.date),
                working_days: commitment.time,
            },
            p_on_time: share(finishes.share_at_or_below(promised)),
            p_on_time_within_budgets: share(within),
            gap_p50_days: gap(50),
            gap_p80_days: gap(80),
            gap_estimate_days: estimate.map(|estimate| promised - estimate),
            mean_lateness_if_late_days: mean_lateness.is_finite().then_some(mean_lateness),
            median_lateness_if_late_days: median.filter(|days| days.is_finite()),
            promises: PROMISES
                .map(|percent| self.quantile(finishes, Percentile::percent(percent)))
                .to_vec(),
        }
    }

    /// At most [`CURVE_POINTS`] points of the empirical distribution function, by equal steps of the share.
    fn curve(&self, finishes: &Sorted) -> Vec<CurvePoint> {
        let n = finishes.values().len();
        let finite = finishes.values().iter().filter(|days| days.is_finite()).count();
        let points = finite.min(CURVE_POINTS);
        (0..points)
            .filter_map(|point| {
                let rank = if points > 1 { point * (finite - 1) / (points - 1) } else { 0 };
                let days = *finishes.values().get(rank)?;
                Some(CurvePoint {
                    at: self.moment(days),
                    p: (rank + 1) as f64 / n as f64,
                })
            })
            .collect()
    }
}
