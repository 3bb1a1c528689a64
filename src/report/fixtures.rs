//! Forecasts for the tests of this room, worked out from made-up finishes.

use crate::analysis::{
    BudgetForecast, CommitmentForecast, CurvePoint, Forecast, InitiativeForecast, Landmark, Mean, Moment, PortfolioForecast, Quantile,
    SCHEMA_VERSION, ScenarioFacts, Share, Timelines, Verdict,
};
use crate::calendar::{Calendar, Date};
use crate::plan::{DefaultUsed, ReadNotUsed};
use crate::units::{Percentile, WorkDays};

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("{text}"))
}

/// A share with its Wilson interval.
pub fn share(hits: u32, trials: u32) -> Share {
    let (n, z) = (f64::from(trials.max(1)), 1.959_964);
    let p = f64::from(hits) / n;
    let (centre, half) = (p + z * z / (2.0 * n), z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt());
    let scale = 1.0 + z * z / n;
    Share {
        p,
        ci_low: ((centre - half) / scale).max(0.0),
        ci_high: ((centre + half) / scale).min(1.0),
        hits,
        trials,
    }
}

/// The standard normal quantile (Acklam's rational approximation, 1e-9).
fn normal_quantile(p: f64) -> f64 {
    let a = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    let b = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
    ];
    let c = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    let d = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
    let horner = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, k| sum * x + k);
    if p < 0.02425 {
        let q = (-2.0 * p.ln()).sqrt();
        horner(&c, q) / (horner(&d, q) * q + 1.0)
    } else if p > 1.0 - 0.02425 {
        -normal_quantile(1.0 - p)
    } else {
        let q = p - 0.5;
        horner(&a, q * q) * q / (horner(&b, q * q) * q * q + 1.0)
    }
}

/// `n` finishes whose tenth, fiftieth and ninetieth percentiles are given.
pub fn finishes(n: usize, p10: f64, p50: f64, p90: f64) -> Vec<f64> {
    let sigma = ((p90 - p50) / (p50 - p10)).ln() / 1.281_551_565_5;
    let scale = (p50 - p10) / (1.0 - (-1.281_551_565_5 * sigma).exp());
    (0..n)
        .map(|i| p50 + scale * ((sigma * normal_quantile((i as f64 + 0.5) / n as f64)).exp() - 1.0))
        .collect()
}

/// What a test says about one initiative.
pub struct Case<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub owner: Option<&'a str>,
    pub accountable: Option<&'a str>,
    pub estimate: Option<&'a str>,
    pub commitments: &'a [(Option<&'a str>, &'a str)],
    pub right: f64,
    pub paper: f64,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            id: "work",
            title: "Work",
            owner: None,
            accountable: None,
            estimate: None,
            commitments: &[],
            right: 5.0,
            paper: 8.0,
        }
    }
}

pub fn initiative(case: &Case, calendar: &Calendar, finishes: &[f64]) -> InitiativeForecast {
    let mut sorted = finishes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let moment = |days: f64| Moment {
        date: calendar.date_of(WorkDays::new(days)),
        working_days: WorkDays::new(days),
    };
    let by = |days: f64| share(sorted.iter().filter(|t| **t <= days).count() as u32, n as u32);
    let on = |text: &str| Moment {
        date: Some(date(text)),
        working_days: calendar.evening_of(date(text)),
    };
    let landmark = |at: Moment| Landmark {
        at,
        p_that_early: by(at.working_days.days()),
    };
    let quantile = |percentile: Percentile| {
        let rank = percentile.rank(n);
        let half = 1.96 * (n as f64 * percentile.share() * (1.0 - percentile.share())).sqrt();
        let (low, high) = ((rank as f64 - half).floor(), (rank as f64 + half).ceil());
        Quantile {
            percentile,
            at: moment(sorted[rank - 1]),
            ci_low: (low >= 1.0).then(|| moment(sorted[low as usize - 1])),
            ci_high: (high <= n as f64).then(|| moment(sorted[high as usize - 1])),
        }
    };
    let commitments = case
        .commitments
        .iter()
        .map(|(to, text)| {
            let at = on(text);
            let promise = at.working_days.days();
            let late: Vec<f64> = sorted.iter().filter(|t| **t > promise).map(|t| t - promise).collect();
            let gap = |p| Some(quantile(Percentile::percent(p)).at.working_days.days() - promise).filter(|gap| gap.is_finite());
            CommitmentForecast {
                to: to.map(str::to_owned),
                at,
                p_on_time: by(promise),
                p_on_time_within_budgets: by(promise),
                gap_p50_days: gap(50),
                gap_p80_days: gap(80),
                gap_estimate_days: case.estimate.map(|text| promise - on(text).working_days.days()),
                mean_lateness_if_late_days: Some(late.iter().sum::<f64>() / late.len() as f64).filter(|mean| mean.is_finite()),
                median_lateness_if_late_days: late.get(late.len() / 2).copied().filter(|median| median.is_finite()),
                promises: [50, 80, 85, 90, 95].map(|p| quantile(Percentile::percent(p))).to_vec(),
            }
        })
        .collect();
    let finished: Vec<f64> = sorted.iter().copied().filter(|t| t.is_finite()).collect();
    let points = finished.len().min(401);
    let s_curve = (0..points)
        .map(|k| if points == 1 { 0 } else { k * (finished.len() - 1) / (points - 1) })
        .map(|i| CurvePoint {
            at: moment(finished[i]),
            p: by(finished[i]).p,
        })
        .collect();
    let mean = (finished.len() == n).then(|| {
        let mean = finished.iter().sum::<f64>() / n as f64;
        let variance = finished.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / n as f64;
        Mean {
            at: moment(mean),
            standard_error: (variance / n as f64).sqrt(),
        }
    });
    let [best, expected, worst] = [10, 50, 90].map(|p| quantile(Percentile::percent(p)));
    InitiativeForecast {
        id: case.id.into(),
        title: case.title.into(),
        owner: case.owner.map(str::to_owned),
        accountable: case.accountable.map(str::to_owned),
        timelines: Timelines { best, expected, worst },
        quantiles: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99]
            .map(|p| quantile(Percentile::percent(p)))
            .to_vec(),
        mean,
        never: share((n - finished.len()) as u32, n as u32),
        everything_goes_right: landmark(moment(case.right)),
        plan_on_paper: landmark(moment(case.paper)),
        estimate: case.estimate.map(|text| landmark(on(text))),
        commitments,
        s_curve,
    }
}

pub fn forecast(name: &str, calendar: &Calendar, initiatives: Vec<InitiativeForecast>) -> Forecast {
    let trials = initiatives.first().map_or(0, |initiative| initiative.never.trials);
    Forecast {
        schema_version: SCHEMA_VERSION,
        engine_version: "0.1.0".into(),
        scenario: ScenarioFacts {
            name: name.into(),
            file: "scenarios/new-segment.toml".into(),
            sha256: "3f2a9c1be0d74c5581c6a3f4b0a9d2e17c55e1a0b2f94d6688aa01c3d5e7f901".into(),
        },
        seed: 1,
        trials,
        trials_requested: trials,
        partial: false,
        start: calendar.start(),
        horizon: date("2026-09-30"),
        portfolio: None,
        initiatives,
        budgets: Vec::new(),
        cost: None,
        capacity: Vec::new(),
        prices: Vec::new(),
        displacements: Vec::new(),
        mitigations: Vec::new(),
        assumptions: Vec::new(),
        not_modelled: Vec::new(),
        defaults: Vec::new(),
        read_not_used: Vec::new(),
        warnings: Vec::new(),
    }
}

pub fn calendar() -> Calendar {
    Calendar::new(date("2026-01-05"), &[date("2026-01-19"), date("2026-02-16")])
}

fn default_used(key: &str, value: &str, meaning: &str) -> DefaultUsed {
    DefaultUsed {
        key: key.into(),
        value: value.into(),
        meaning: meaning.into(),
    }
}

fn segment_finishes(calendar: &Calendar) -> Vec<f64> {
    let [p10, p50, p90] = ["2026-04-01", "2026-05-04", "2026-06-24"].map(|text| calendar.evening_of(date(text)).days() - 0.4);
    let mut sorted = finishes(10_000, p10, p50, p90);
    for (index, finish) in sorted.iter_mut().take(40).enumerate() {
        *finish = 38.0 + index as f64 / 8.0;
    }
    sorted
}

const SEGMENT: Case<'static> = Case {
    id: "segment",
    title: "Enterprise segment",
    owner: Some("VP Engineering"),
    accountable: Some("CEO and CTO"),
    estimate: Some("2026-04-17"),
    commitments: &[(Some("board"), "2026-03-06")],
    right: 33.4,
    paper: 56.2,
};

/// New segment in 60 days: promised to the board long before it can be expected.
pub fn segment() -> Forecast {
    let calendar = calendar();
    let mut forecast = forecast(
        "New segment in 60 days",
        &calendar,
        vec![initiative(&SEGMENT, &calendar, &segment_finishes(&calendar))],
    );
    forecast.budgets.push(BudgetForecast {
        id: "board-date".into(),
        kind: "delivery",
        initiative: Some("segment".into()),
        to: Some("board".into()),
        period: "horizon".into(),
        counted: "slip",
        limit: 0.2,
        mean: None,
        p_breach: share(9_771, 10_000),
        p50: Some(0.951),
        p90: Some(1.774),
        median_breach_date: Some(date("2026-03-19")),
        tolerance: Some(0.1),
        verdict: Verdict::Over,
        blame: Vec::new(),
    });
    forecast.assumptions = vec![
        "Three numbers are read as P10, most likely and P90 of a lognormal: the outer two are not bounds.".into(),
        "Estimates of one team err together (correlation 0.4), those of two teams less so (0.1).".into(),
        "The whole portfolio overruns by a factor between 0.85 (P10) and 1.4 (P90), 1.0 in the median. Published surveys find that \
         60–80 % of projects overrun, by 30–40 % on average; no history was given here."
            .into(),
    ];
    forecast.defaults = vec![
        default_used(
            "estimates.range",
            "\"p10-p90\"",
            "the outer two numbers of an estimate are its tenth and ninetieth percentile",
        ),
        default_used(
            "estimates.correlation",
            "{ team = 0.3, portfolio = 0.1 }",
            "how much the tasks of a team, and of all teams, err together",
        ),
        default_used(
            "team.reliability.focus",
            "1",
            "all of a present engineer's time goes into planned work",
        ),
    ];
    forecast.not_modelled = vec!["People who leave or join, incidents and security findings.".into()];
    forecast.read_not_used = vec![
        ReadNotUsed {
            key: "checkpoint.data-model-by-week-6".into(),
            line: 97,
        },
        ReadNotUsed {
            key: "option.narrow".into(),
            line: 102,
        },
    ];
    forecast.warnings = vec!["The task segment.tax-review waits for nobody of ours and has no owner.".into()];
    forecast
}

/// Two initiatives that share people.
pub fn two() -> Forecast {
    let mut forecast = segment();
    let calendar = calendar();
    let second = Case {
        id: "payments",
        title: "Payments migration",
        commitments: &[(Some("partner"), "2026-06-30")],
        right: 60.0,
        paper: 74.0,
        ..Case::default()
    };
    forecast
        .initiatives
        .push(initiative(&second, &calendar, &finishes(10_000, 80.0, 100.0, 131.0)));
    forecast.portfolio = Some(PortfolioForecast {
        timelines: forecast.initiatives[0].timelines.clone(),
    });
    forecast
}

/// Nothing ever finishes.
pub fn never() -> Forecast {
    let calendar = calendar();
    forecast(
        "Waiting for nobody",
        &calendar,
        vec![initiative(&SEGMENT, &calendar, &[f64::INFINITY; 1_000])],
    )
}

/// Some futures never finish.
pub fn some_never() -> Forecast {
    let calendar = calendar();
    let mut sorted = finishes(10_000, 60.0, 84.0, 121.0);
    for finish in sorted.iter_mut().skip(9_300) {
        *finish = f64::INFINITY;
    }
    let mut forecast = forecast("Sometimes stuck", &calendar, vec![initiative(&SEGMENT, &calendar, &sorted)]);
    forecast.partial = true;
    forecast.trials_requested = 20_000;
    forecast
}

/// Promised to three.
pub fn three_promises() -> Forecast {
    let calendar = calendar();
    let case = Case {
        commitments: &[
            (Some("board"), "2026-03-06"),
            (Some("partner"), "2026-04-30"),
            (Some("market"), "2026-06-30"),
        ],
        ..SEGMENT
    };
    forecast(
        "Three promises",
        &calendar,
        vec![initiative(&case, &calendar, &segment_finishes(&calendar))],
    )
}

/// Six promises, close together, with long names.
pub fn six_promises() -> Forecast {
    let calendar = calendar();
    let case = Case {
        title: "A platform for everyone who has ever wanted one, with a title that no board would read to its very end, however patient",
        commitments: &[
            (Some("the supervisory board in its spring meeting"), "2026-04-28"),
            (Some("first partner"), "2026-05-04"),
            (Some("market"), "2026-05-05"),
            (Some("second partner"), "2026-05-29"),
            (Some("regulator"), "2026-06-30"),
            (None, "2026-07-31"),
        ],
        ..SEGMENT
    };
    forecast(
        "Six promises",
        &calendar,
        vec![initiative(&case, &calendar, &segment_finishes(&calendar))],
    )
}

/// Promises years before and after every finish.
pub fn far() -> Forecast {
    let calendar = calendar();
    let case = Case {
        commitments: &[(Some("board"), "2026-01-06"), (Some("archive"), "2031-12-31")],
        estimate: None,
        ..SEGMENT
    };
    forecast(
        "Far away",
        &calendar,
        vec![initiative(&case, &calendar, &finishes(500, 260.0, 265.0, 272.0))],
    )
}

/// Every trial finishes at the same time.
pub fn all_equal() -> Forecast {
    let calendar = calendar();
    let case = Case {
        commitments: &[(Some("board"), "2026-02-27")],
        estimate: Some("2026-02-20"),
        ..SEGMENT
    };
    forecast("No chance in it", &calendar, vec![initiative(&case, &calendar, &[40.0; 1_000])])
}

/// One trial.
pub fn one_trial() -> Forecast {
    let calendar = calendar();
    forecast("One future", &calendar, vec![initiative(&SEGMENT, &calendar, &[71.3])])
}

/// Nothing promised, nothing estimated.
pub fn no_promise() -> Forecast {
    let calendar = calendar();
    let case = Case {
        commitments: &[],
        estimate: None,
        owner: None,
        accountable: None,
        ..SEGMENT
    };
    forecast(
        "Exploring",
        &calendar,
        vec![initiative(&case, &calendar, &finishes(2_000, 60.0, 84.0, 121.0))],
    )
}

/// Names that try to act.
pub fn hostile() -> Forecast {
    let calendar = calendar();
    let case = Case {
        id: "=cmd|' /C calc'!A0",
        title: "<script>alert(\"1\")</script>\u{1b}[31m\n\u{202e}evil & 数据平台数据平台 ]]> 'quoted'",
        owner: Some("\u{1b}]0;title\u{7}owner with a name that goes on and on and on beyond what any line could ever hold"),
        accountable: Some("@a"),
        commitments: &[
            (Some("bo\"ard</text><script>"), "2026-03-06"),
            (Some("数据平台数据平台数据平台数据平台数据平台"), "2026-04-06"),
        ],
        ..SEGMENT
    };
    let mut forecast = forecast(
        "-1+1\r\n<b>",
        &calendar,
        vec![initiative(&case, &calendar, &segment_finishes(&calendar))],
    );
    forecast.scenario.file = "x".repeat(300);
    forecast.warnings = vec![format!("{} \u{1b}[2J", "w".repeat(200))];
    forecast.defaults = vec![default_used(&"k".repeat(120), &"v".repeat(120), &"m ".repeat(120))];
    forecast.budgets = segment().budgets;
    forecast.budgets[0].id = "b\u{200b}".repeat(60);
    forecast.budgets[0].initiative = Some("=cmd|' /C calc'!A0".into());
    forecast
}

/// Centuries of work.
pub fn centuries() -> Forecast {
    let calendar = calendar();
    let case = Case {
        right: 20_000.0,
        paper: 240_000.0,
        ..SEGMENT
    };
    forecast(
        "Cathedral",
        &calendar,
        vec![initiative(&case, &calendar, &finishes(1_000, 200_000.0, 250_000.0, 400_000.0))],
    )
}

pub fn all() -> Vec<Forecast> {
    vec![
        segment(),
        two(),
        never(),
        some_never(),
        three_promises(),
        six_promises(),
        far(),
        all_equal(),
        one_trial(),
        no_promise(),
        hostile(),
        centuries(),
    ]
}
