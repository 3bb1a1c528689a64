//! Forecasts for the tests of this room, worked out from made-up finishes.

use crate::analysis::{
    AssumptionPrice, Blame, BudgetForecast, CapacityWeek, Colour, CommitmentForecast, CostForecast, CurvePoint, DependencyForecast,
    Displacement, DriverForecast, Forecast, InitiativeForecast, Landmark, Mean, MitigationEffect, MitigationForecast, Moment, Outside,
    PortfolioForecast, Quantile, SCHEMA_VERSION, ScenarioFacts, Share, Spread, Timelines, Verdict,
};
use crate::calendar::{Calendar, Date};
use crate::plan::{DefaultUsed, LinkKind};
use crate::units::{Percentile, WorkDays};

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("{text}"))
}

/// What is said of a case, as a file to read. `UPDATE_GOLDEN=1` writes it anew.
pub fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        assert!(std::fs::write(&path, text).is_ok(), "cannot write {name}");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("golden {name}: {error}"));
    assert!(wanted == text, "{name} has changed; it is now:\n{text}");
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
                owner: case.accountable.or(case.owner).map(str::to_owned),
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
        precision: None,
        checkpoints: vec![],
        path_trees: vec![],
        telling_weeks: vec![],
        drivers: vec![],
        dependencies: vec![],
        paths: vec![],
        schedules: vec![],
        prices: Vec::new(),
        displacements: Vec::new(),
        mitigations: Vec::new(),
        rerun: None,
        since: None,
        track_record: None,
        options: None,
        assumptions: Vec::new(),
        not_modelled: Vec::new(),
        defaults: Vec::new(),
        bets: Vec::new(),
        ladders: Vec::new(),
        decide_by: None,
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

/// What a test says of one budget over one period.
struct Limit<'a> {
    id: &'a str,
    kind: &'static str,
    initiative: Option<&'a str>,
    period: &'a str,
    counted: &'static str,
    limit: f64,
    breached: u32,
    /// Mean, P50, P90.
    count: [Option<f64>; 3],
    runs_out: Option<&'a str>,
    tolerance: Option<f64>,
}

fn budget(says: &Limit) -> BudgetForecast {
    let p_breach = share(says.breached, 10_000);
    BudgetForecast {
        id: says.id.into(),
        kind: says.kind,
        initiative: says.initiative.map(str::to_owned),
        to: (says.kind == "delivery").then(|| "board".to_owned()),
        period: says.period.into(),
        counted: says.counted,
        limit: says.limit,
        mean: says.count[0],
        p50: says.count[1],
        p90: says.count[2],
        median_breach_date: says.runs_out.map(date),
        tolerance: says.tolerance,
        verdict: match says.tolerance {
            None => Verdict::NoTolerance,
            Some(tolerance) if p_breach.ci_low > tolerance => Verdict::Over,
            Some(tolerance) if p_breach.ci_high < tolerance => Verdict::Within,
            Some(_) => Verdict::NotResolved,
        },
        p_breach,
        blame: Vec::new(),
    }
}

pub fn blame(shares: &[(&str, f64)]) -> Vec<Blame> {
    let blame = shares.iter().map(|(incident, share)| Blame {
        incident: (*incident).into(),
        share: *share,
    });
    blame.collect()
}

/// A delivery, a reliability, two halves of a security and a cost budget. `scale` is how often they breach.
fn company_budgets(scale: f64) -> Vec<BudgetForecast> {
    let times = |hits: f64| (hits * scale).round() as u32;
    let runs_out = |text| (scale > 0.0).then_some(text);
    let slip = Limit {
        id: "board-date",
        kind: "delivery",
        initiative: Some("segment"),
        period: "horizon",
        counted: "slip",
        limit: 0.2,
        breached: times(3_210.0),
        count: [None, Some(0.031), Some(0.472)],
        runs_out: runs_out("2026-05-27"),
        tolerance: Some(0.1),
    };
    let quarter = |period, hits, mean, p50, p90, date| Limit {
        id: "checkout-downtime",
        kind: "reliability",
        initiative: None,
        period,
        counted: "customer-minutes",
        limit: 1_500_000.0,
        breached: times(hits),
        count: [Some(mean), Some(p50), Some(p90)],
        runs_out: runs_out(date),
        tolerance: Some(0.1),
    };
    let security = |counted, limit, hits, count: [f64; 3], date, tolerance| Limit {
        id: "release-security",
        kind: "security",
        initiative: Some("segment"),
        period: "horizon",
        counted,
        limit,
        breached: times(hits),
        count: count.map(Some),
        runs_out: runs_out(date),
        tolerance,
    };
    let mut budgets = vec![
        budget(&slip),
        budget(&quarter("2026-Q1", 1_180.0, 702_000.0, 540_000.0, 1_590_000.0, "2026-03-04")),
        budget(&quarter("2026-Q2", 1_410.0, 771_000.0, 584_000.0, 1_725_000.0, "2026-06-03")),
        budget(&quarter("2026-Q3", 1_190.0, 708_000.0, 546_000.0, 1_601_000.0, "2026-09-02")),
        budget(&quarter("horizon", 2_960.0, 2_181_000.0, 1_840_000.0, 3_920_000.0, "2026-05-21")),
        budget(&security("open findings", 0.0, 1_020.0, [0.13, 0.0, 1.0], "2026-05-04", Some(0.1))),
        budget(&security("days held", 5.0, 640.0, [0.9, 0.0, 3.4], "2026-05-13", None)),
        budget(&Limit {
            id: "spend",
            kind: "cost",
            initiative: None,
            period: "horizon",
            counted: "money",
            limit: 900_000.0,
            breached: times(3_870.0),
            count: [Some(868_412.0), Some(846_310.0), Some(1_083_560.0)],
            runs_out: runs_out("2026-06-10"),
            tolerance: Some(0.2),
        }),
    ];
    if scale > 0.0 {
        budgets[4].blame = blame(&[("sev1", 0.712), ("sev2", 0.288)]);
    }
    budgets
}

fn spread(values: [f64; 5]) -> Spread {
    let [mean, p10, p50, p80, p90] = values.map(Some);
    Spread { mean, p10, p50, p80, p90 }
}

/// People of a team by week: there in the first and in the last, and the weeks in which all are at work.
fn people(team: &str, weeks: u32, there: [f64; 2], wanted: f64, full: &[std::ops::RangeInclusive<u32>]) -> Vec<CapacityWeek> {
    let start = date("2026-01-05");
    let week = |week: u32| {
        let along = f64::from(week - 1) / f64::from(weeks.max(2) - 1);
        let median = ((there[0] + (there[1] - there[0]) * along) * 5.0).round() / 5.0;
        let is_full = full.iter().any(|weeks| weeks.contains(&week));
        CapacityWeek {
            team: team.into(),
            week,
            date: start.plus_days(i64::from(week - 1) * 7).unwrap_or(start),
            available_p10: (median - 2.0 * along).max(0.0),
            available_p50: median,
            available_p90: median + along,
            demand_p50: if is_full { wanted } else { 0.5 * median },
            utilisation_p50: if is_full { 0.97 } else { 0.62 * (1.0 - along) },
        }
    };
    (1..=weeks).map(week).collect()
}

/// P50 and P80 in working days, change of the odds with half of its interval.
type Moves = (Option<f64>, Option<f64>, Option<(f64, f64)>);

fn price(initiative: &str, assumption: &str, title: &str, (p50, p80, odds): Moves) -> AssumptionPrice {
    AssumptionPrice {
        initiative: initiative.into(),
        assumption: assumption.into(),
        title: title.into(),
        p50_days: p50,
        p80_days: p80,
        p_on_time_change: odds.map(|odds| odds.0),
        ci_low: odds.map(|odds| odds.0 - odds.1),
        ci_high: odds.map(|odds| odds.0 + odds.1),
    }
}

fn segment_prices() -> Vec<AssumptionPrice> {
    let all = [
        ("overrun", "Estimates that run over together", 2.1, 17.2, -0.021, 0.007),
        ("risk.legacy-billing", "Legacy billing hides surprises", 3.4, 14.8, -0.118, 0.0062),
        ("departures", "Departures", 6.1, 10.6, -0.091, 0.0058),
        ("focus", "Focus below full time", 8.9, 10.1, -0.213, 0.0082),
        ("correlation", "Estimates that err together", -1.2, 6.4, 0.012, 0.0061),
        ("incident.sev1", "Incidents sev1", 1.9, 2.7, -0.034, 0.0041),
        ("late hires", "Hires that come late or not at all", 0.9, 2.2, -0.016, 0.003),
        ("findings", "Security findings", 0.0, 0.8, -0.008, 0.0018),
        ("incident.sev2", "Incidents sev2", 0.2, 0.3, -0.003, 0.0012),
        (
            "risk.key-partner",
            "The key partner changes its interface",
            0.0,
            0.1,
            -0.0004,
            0.0006,
        ),
        ("risk.pandemic", "A team is ill for a month", 0.0, 0.0, 0.0, 0.0),
        ("risk.vendor", "The vendor raises its prices", 0.0, -0.1, 0.0002, 0.0004),
    ];
    all.map(|(id, title, p50, p80, odds, half)| price("segment", id, title, (Some(p50), Some(p80), Some((odds, half)))))
        .to_vec()
}

/// A task that sets the date in so many of 10,000 futures, with its index and its weeks where it was played once more.
fn task(initiative: &str, id: &str, title: &str, critical: u32, ssi: f64, days: Option<[f64; 2]>) -> DriverForecast {
    DriverForecast {
        initiative: initiative.into(),
        kind: "task",
        id: id.into(),
        title: title.into(),
        criticality: Some(share(critical, 10_000)),
        cruciality: Some(0.9 * ssi),
        ssi: Some(ssi),
        merge_bias_days: None,
        p50_days: days.map(|days| days[0]),
        p80_days: days.map(|days| days[1]),
        worst_lift: Some(1.0 + ssi / 2.0),
    }
}

fn company_drivers() -> Vec<DriverForecast> {
    let mut drivers = vec![
        task("segment", "segment.data-model", "Data model", 9_312, 0.71, Some([4.1, 16.3])),
        task("segment", "segment.billing", "Billing discovery", 9_840, 0.32, Some([1.2, 4.7])),
        task("segment", "segment.launch", "Launch", 10_000, 0.04, Some([0.0, 0.1])),
        task("segment", "segment.pen-test", "Penetration test", 4_105, 0.06, None),
        task("segment", "payments.ledger", "Ledger", 1_420, 0.05, None),
        task("segment", "segment.tax-review", "Tax review", 688, 0.02, None),
        task("segment", "segment.admin", "Administration", 0, 0.0, None),
        task("payments", "payments.ledger", "Ledger", 7_320, 0.64, Some([2.2, 11.9])),
    ];
    drivers[2].merge_bias_days = Some(6.4);
    drivers.push(DriverForecast {
        kind: "risk",
        id: "legacy-billing".into(),
        title: "Legacy billing hides surprises".into(),
        criticality: None,
        ssi: None,
        cruciality: Some(0.31),
        p50_days: Some(3.4),
        p80_days: Some(14.8),
        worst_lift: Some(1.9),
        ..task("segment", "", "", 0, 0.0, None)
    });
    drivers
}

fn company_dependencies() -> Vec<DependencyForecast> {
    let dependency = |from: [&str; 2], to: [&str; 2], critical: u32, days: f64, outside: Outside, colour: Colour| DependencyForecast {
        initiative: "segment".into(),
        from: from[0].into(),
        from_title: from[1].into(),
        to: to[0].into(),
        to_title: to[1].into(),
        link: LinkKind::FinishStart,
        outside,
        criticality: share(critical, 10_000),
        expected_delay_days: days,
        colour,
        rule: match colour {
            Colour::Red => "sets the date in at least 50 of 100 futures and holds for at least 2 working days".into(),
            Colour::Yellow => "sets the date in at least 10 of 100 futures".into(),
            Colour::Green => "sets the date in fewer than 10 of 100 futures".into(),
        },
    };
    let (model, pen_test) = (["segment.data-model", "Data model"], ["segment.pen-test", "Penetration test"]);
    let (billing, launch) = (["segment.billing", "Billing discovery"], ["segment.launch", "Launch"]);
    vec![
        dependency(pen_test, launch, 5_105, 21.4, Outside::From, Colour::Red),
        dependency(billing, model, 9_312, 8.2, Outside::Neither, Colour::Red),
        dependency(model, pen_test, 4_105, 0.0, Outside::To, Colour::Yellow),
        dependency(
            ["segment.admin", "Administration"],
            launch,
            12,
            0.2,
            Outside::Neither,
            Colour::Green,
        ),
    ]
}

/// The whole company: two initiatives, people who leave and join, incidents, findings, money.
pub fn company() -> Forecast {
    let calendar = calendar();
    let first = Case {
        commitments: &[(Some("board"), "2026-04-30")],
        ..SEGMENT
    };
    let second = Case {
        id: "payments",
        title: "Payments migration",
        commitments: &[(Some("partner"), "2026-07-31")],
        right: 60.0,
        paper: 74.0,
        ..Case::default()
    };
    let later = finishes(10_000, 92.0, 118.0, 157.0);
    let mut forecast = forecast(
        "The whole company",
        &calendar,
        vec![
            initiative(&first, &calendar, &segment_finishes(&calendar)),
            initiative(&second, &calendar, &later),
        ],
    );
    forecast.portfolio = Some(PortfolioForecast {
        timelines: forecast.initiatives[1].timelines.clone(),
    });
    forecast.initiatives[0].commitments[0].p_on_time_within_budgets = share(2_130, 10_000);
    forecast.initiatives[1].commitments[0].p_on_time_within_budgets = share(3_418, 10_000);
    forecast.budgets = company_budgets(1.0);
    forecast.cost = Some(CostForecast {
        total: spread([868_412.0, 701_050.0, 846_310.0, 992_470.0, 1_083_560.0]),
        once: spread([22_100.0, 0.0, 20_000.0, 45_000.0, 45_000.0]),
        responses: spread([31_240.0, 9_800.0, 26_400.0, 47_100.0, 60_200.0]),
        lost_customer_value: spread([43_620.0, 11_300.0, 36_800.0, 64_900.0, 78_400.0]),
    });
    forecast.capacity = people("core", 39, [12.0, 10.2], 15.4, &[3..=11, 14..=17]);
    forecast.capacity.extend(people("reliability", 39, [6.0, 5.6], 0.0, &[]));
    forecast.prices = segment_prices();
    forecast.prices.extend([
        price(
            "payments",
            "departures",
            "Departures",
            (Some(7.2), Some(13.1), Some((-0.112, 0.0064))),
        ),
        price(
            "payments",
            "overrun",
            "Estimates that run over together",
            (Some(0.4), Some(12.6), Some((-0.017, 0.007))),
        ),
        price(
            "payments",
            "risk.vendor",
            "The vendor raises its prices",
            (Some(0.0), Some(0.0), Some((0.0, 0.0))),
        ),
    ]);
    forecast.displacements = vec![
        Displacement {
            initiative: "segment".into(),
            displaced: "payments".into(),
            p50_days: Some(11.8),
            p80_days: Some(17.3),
        },
        Displacement {
            initiative: "payments".into(),
            displaced: "segment".into(),
            p50_days: Some(0.0),
            p80_days: Some(0.2),
        },
    ];
    let effect = |initiative: &str, p50, p80, odds| MitigationEffect {
        initiative: initiative.into(),
        p50_days: Some(p50),
        p80_days: Some(p80),
        p_on_time_change: Some(odds),
    };
    forecast.mitigations = vec![
        MitigationForecast {
            risk: "legacy-billing".into(),
            title: "Two-week spike".into(),
            cost: 15_000.0,
            probability_before: 0.35,
            probability_after: 0.15,
            effects: vec![effect("segment", 1.6, 7.9, 0.064), effect("payments", 0.3, 1.4, 0.006)],
        },
        MitigationForecast {
            risk: "key-partner".into(),
            title: "A contract with the key partner".into(),
            cost: 4_500.0,
            probability_before: 0.2,
            probability_after: 0.08,
            effects: vec![effect("segment", 0.0, 0.1, 0.0002), effect("payments", 0.0, 0.0, 0.0)],
        },
    ];
    forecast.drivers = company_drivers();
    forecast.dependencies = company_dependencies();
    let plain = segment();
    forecast.assumptions = plain.assumptions;
    forecast.defaults = plain.defaults;
    forecast.not_modelled = vec!["Scope that changes on the way.".into()];
    forecast
}

/// The whole company where every budget holds and nothing costs much.
pub fn calm() -> Forecast {
    let calendar = calendar();
    let case = Case {
        commitments: &[(Some("board"), "2026-09-30")],
        estimate: Some("2026-06-30"),
        ..SEGMENT
    };
    let mut forecast = forecast(
        "Room to spare",
        &calendar,
        vec![initiative(&case, &calendar, &finishes(10_000, 60.0, 84.0, 101.0))],
    );
    forecast.budgets = company_budgets(0.0);
    for budget in &mut forecast.budgets {
        for count in [&mut budget.mean, &mut budget.p50, &mut budget.p90].into_iter().flatten() {
            *count *= 0.4;
        }
    }
    let open = &mut forecast.budgets[5];
    (open.mean, open.p90) = (Some(0.0), Some(0.0));
    forecast.budgets[0].p50 = Some(-0.52);
    forecast.budgets[0].p90 = Some(-0.41);
    let full = company();
    forecast.cost = full.cost;
    if let Some(cost) = &mut forecast.cost {
        cost.responses = spread([0.0; 5]);
        cost.lost_customer_value = spread([0.0; 5]);
        cost.once = spread([0.0; 5]);
    }
    forecast.capacity = people("core", 39, [12.0, 12.0], 0.0, &[]);
    forecast.prices = vec![
        price("segment", "departures", "Departures", (Some(0.1), Some(0.2), Some((0.0, 0.0)))),
        price(
            "segment",
            "focus",
            "Focus below full time",
            (Some(0.0), Some(-0.2), Some((0.0001, 0.0002))),
        ),
    ];
    forecast.mitigations = full.mitigations;
    forecast.mitigations.truncate(1);
    forecast.mitigations[0].effects.truncate(1);
    forecast
}

/// Nothing ever finishes.
pub fn never() -> Forecast {
    let calendar = calendar();
    let mut forecast = forecast(
        "Waiting for nobody",
        &calendar,
        vec![initiative(&SEGMENT, &calendar, &[f64::INFINITY; 1_000])],
    );
    let mut budgets = company_budgets(1.0);
    let mut spend = budgets.pop();
    for budget in spend.iter_mut().chain(budgets.first_mut()) {
        budget.p_breach = share(1_000, 1_000);
        budget.verdict = Verdict::Over;
        (budget.mean, budget.p50, budget.p90, budget.median_breach_date) = (None, None, None, None);
    }
    budgets.truncate(1);
    forecast.budgets = budgets;
    forecast.budgets.extend(spend);
    let none = Spread {
        mean: None,
        p10: None,
        p50: None,
        p80: None,
        p90: None,
    };
    forecast.cost = Some(CostForecast {
        total: none,
        once: spread([0.0; 5]),
        responses: none,
        lost_customer_value: spread([43_620.0, 11_300.0, 36_800.0, 64_900.0, 78_400.0]),
    });
    forecast.prices = vec![price("segment", "departures", "Departures", (None, None, Some((-0.004, 0.003))))];
    forecast.mitigations = vec![MitigationForecast {
        risk: "legacy-billing".into(),
        title: "Two-week spike".into(),
        cost: 15_000.0,
        probability_before: 0.9,
        probability_after: 0.05,
        effects: vec![MitigationEffect {
            initiative: "segment".into(),
            p50_days: None,
            p80_days: None,
            p_on_time_change: None,
        }],
    }];
    forecast
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
    let bad = || "=\u{202e}1+1 数据平台\u{1b}[2J\n".repeat(9);
    let full = company();
    forecast.budgets.extend(full.budgets);
    for budget in forecast.budgets.iter_mut().skip(2) {
        budget.id = bad();
        for blame in &mut budget.blame {
            blame.incident = bad();
        }
    }
    forecast.cost = full.cost;
    forecast.capacity = people(&bad(), 39, [12e6, 1e300], f64::INFINITY, &[1..=2, 5..=5, 9..=9, 12..=12, 20..=39]);
    forecast.capacity.extend(people("@none", 1, [0.0, 0.0], f64::NAN, &[1..=1]));
    forecast.prices = full.prices;
    for price in &mut forecast.prices {
        (price.initiative, price.assumption, price.title) = ("=cmd|' /C calc'!A0".into(), bad(), bad());
    }
    forecast.displacements = full.displacements;
    forecast.displacements[0].initiative = bad();
    forecast.mitigations = full.mitigations;
    for mitigation in &mut forecast.mitigations {
        (mitigation.risk, mitigation.title, mitigation.effects[0].initiative) = (bad(), bad(), bad());
    }
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
        company(),
        calm(),
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
