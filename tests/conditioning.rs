//! What is learned from facts, against closed forms: `tests/data/conditioning.json` (truncated distributions by quadrature, a merge by
//! convolution, conjugate posteriors, Bayes), and the two-task factor model's bivariate normal.

mod common;

use common::plan;
use serde_json::Value;
use sim::calendar::Date;
use sim::engine::{self, Compiled, Run, Stop, Trials, Window};
use sim::plan::{Actuals, IncidentActual, Plan, RiskActual, TaskActual};
use sim::posterior::{self, Learned};
use sim::statistics::Sorted;
use sim::units::{Percentile, WorkDays};

const TRIALS: u32 = 100_000;

fn case(id: &str) -> Value {
    let path = format!("{}/tests/data/conditioning.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let all: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    all["cases"]
        .as_array()
        .and_then(|cases| cases.iter().find(|case| case["id"] == id))
        .cloned()
        .unwrap_or_else(|| panic!("no case {id}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Facts as of a morning, so many working days after the start.
struct Told {
    plan: Plan,
    actuals: Actuals,
}

impl Told {
    fn new(toml: &str, as_of: f64) -> Self {
        Self::of(plan(toml), as_of)
    }

    fn of(plan: Plan, as_of: f64) -> Self {
        let date = (0..4_000)
            .filter_map(|days| plan.calendar.start().plus_days(days))
            .find(|date| plan.calendar.is_working_day(*date) && plan.calendar.morning_of(*date).days() >= as_of)
            .expect("a date");
        let actuals = Actuals::nothing(&plan, date);
        assert_eq!(actuals.as_of.days(), as_of);
        Self { plan, actuals }
    }

    fn task(&mut self, id: &str, started: f64, finished: Option<f64>, spent: Option<f64>) -> &mut Self {
        let index = self
            .plan
            .tasks
            .iter()
            .position(|task| task.id == format!("a.{id}"))
            .unwrap_or_else(|| panic!("no task {id}"));
        self.actuals.tasks[index] = Some(TaskActual {
            started: WorkDays::new(started),
            finished: finished.map(WorkDays::new),
            spent,
            percent: None,
            outside_estimate: false,
        });
        self
    }

    fn run(self, window: Window) -> (Trials, Learned) {
        let stop = Stop::new(false);
        let compiled = Compiled::new(&self.plan, 1);
        let (compiled, learned) =
            posterior::condition(compiled, &self.actuals, 1, TRIALS, 2, &stop).expect("the facts agree with the plan");
        let run = Run {
            first: 0,
            trials: TRIALS,
            threads: 2,
            window,
            watch: None,
        };
        let trials = engine::run(&compiled, run, &stop, |_| {}).expect("the machine can run a test");
        (trials, learned)
    }

    fn finishes(self) -> Sorted {
        let (trials, _) = self.run(Window::finishes(1e9));
        Sorted::new(trials.finishes(0).collect())
    }
}

/// Durations without common causes.
const ALONE: &str = "[scenario]\nstart = 2026-01-05\n[estimates]\noverrun = \"none\"\ncorrelation = \"none\"\n";

fn shape(task: &Value) -> String {
    let days = |key: &str| format!("\"{}d\"", number(&task[key]));
    match task["dist"].as_str().expect("a shape") {
        shape @ ("triangular" | "pert") => format!(
            "{{ shape = \"{shape}\", range = \"min-max\", low = {}, likely = {}, high = {} }}",
            days("min"),
            days("mode"),
            days("max")
        ),
        "exponential" => format!("{{ shape = \"exponential\", mean = {} }}", days("mean")),
        "uniform" => format!("{{ shape = \"uniform\", low = {}, high = {} }}", days("min"), days("max")),
        "lognormal" => format!(
            "{{ shape = \"lognormal\", mu = {:?}, sigma = {:?} }}",
            number(&task["mu"]),
            number(&task["sigma"])
        ),
        other => panic!("no shape {other}"),
    }
}

/// Each percentile within 1 % of the oracle's, and the mean within 1 %.
fn agrees(id: &str, finishes: &Sorted, oracle: &Value, mean: &str) {
    for (key, expected) in oracle.as_object().expect("an oracle") {
        let expected = number(expected);
        let found = match key.strip_prefix('p').and_then(|percent| percent.parse().ok()) {
            Some(percent) => finishes.quantile(Percentile::percent(percent)).expect("trials"),
            None if key == mean => finishes.mean().expect("all finish").0,
            None => continue,
        };
        assert!((found / expected - 1.0).abs() < 0.01, "{id} {key}: {found} for {expected}");
    }
}

#[test]
fn a_running_task_is_drawn_from_its_tail() {
    for id in ["triangular", "pert", "exponential", "lognormal", "uniform"] {
        let id = format!("remaining_{id}");
        let case = case(&id);
        let toml = format!("{ALONE}[initiative.a.task.x]\nduration = {}\n", shape(&case["task"]));
        let mut told = Told::new(&toml, number(&case["elapsed"]));
        told.task("x", 0.0, None, None);
        agrees(&id, &told.finishes(), &case["oracle"], "mean_total");
    }
}

#[test]
fn a_merge_goes_on_from_a_finished_and_a_running_task() {
    let case = case("checkpoint_merge");
    let task = |index: usize| shape(&case["tasks"][index]);
    let toml = format!(
        "{ALONE}[initiative.a.task]\nA = {{ duration = {} }}\nB = {{ duration = {} }}\nC = {{ duration = {}, after = [\"A\", \"B\"] }}\n",
        task(0),
        task(1),
        task(2)
    );
    agrees(
        "before",
        &common::simulate(&toml, TRIALS).sorted("a"),
        &case["oracle"]["before"],
        "mean",
    );
    let mut told = Told::new(&toml, number(&case["checkpoint"]));
    // 3.2 is on the fourth day.
    told.task("A", 0.0, Some(4.0), None).task("B", 0.0, None, None);
    agrees("after", &told.finishes(), &case["oracle"]["after"], "mean");
}

/// Incidents of a minute for one customer, so that customer-minutes of a quarter are their number.
fn counting(rate: f64, cv: f64, horizon: &str) -> String {
    ALONE.replace("start = 2026-01-05", &format!("start = 2026-01-01\nhorizon = {horizon}"))
        + &format!(
            "[team.core]\nengineers = 1\n[flow.f]\ncustomers = 1\n[incident.i]\nteam = \"core\"\nflow = \"f\"\nshare = 1.0\n\
             rate = {{ per_quarter = {rate} }}\nrate_cv = {cv}\nresponders = 1\nresponse = \"1min\"\ndowntime = \"1min\"\n\
             [budget.b]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 4.5\n\
             [initiative.a]\nduration = \"1d\"\n"
        )
}

#[test]
fn a_rate_learns_as_gamma_poisson() {
    let case = case("gamma_poisson");
    let (shape, rate) = (number(&case["prior"]["shape"]), number(&case["prior"]["rate"]));
    let toml = counting(shape / rate, 1.0 / shape.sqrt(), "2026-12-31");
    let plan = plan(&toml);
    // 1.5 quarters of 91.3125 days are 136.97 days: 18 May.
    let date = Date::parse("2026-05-18").expect("a date");
    let mut actuals = Actuals::nothing(&plan, date);
    let count = number(&case["observed"]["count"]) as u32;
    actuals.incidents[0] = Some(IncidentActual {
        count,
        per_quarter: None,
        customer_minutes: None,
    });
    actuals.tasks[0] = Some(TaskActual {
        started: WorkDays::new(0.0),
        finished: Some(WorkDays::new(1.0)),
        spent: None,
        percent: None,
        outside_estimate: false,
    });
    let horizon = plan.calendar.evening_of(Date::parse("2026-12-31").expect("a date")).days();
    let window = Window {
        limit: 5.0 * horizon,
        horizon,
        horizon_clock: 365.0,
        quarters: 4,
        ..Window::finishes(5.0 * horizon)
    };
    let told = Told { plan, actuals };
    let (trials, learned) = told.run(window);
    assert_eq!(learned.effective, f64::from(TRIALS));
    let layout = trials.layout();
    let counts: Vec<u32> = trials.rows().map(|row| layout.burnt(row, 0, 2).0.round() as u32).collect();
    // The third quarter has 92 days, the oracle's 91.3125.
    let share = |hits: usize| hits as f64 / f64::from(TRIALS);
    for (events, expected) in case["oracle"]["predictive_pmf"].as_object().expect("a table") {
        let events: u32 = events.parse().expect("a count");
        let found = share(counts.iter().filter(|count| **count == events).count());
        assert!((found - number(expected)).abs() < 0.01, "{events}: {found} for {expected}");
    }
    let most = share(counts.iter().filter(|count| **count >= 5).count());
    assert!((most - number(&case["oracle"]["prob_ge_5"])).abs() < 0.01, "{most}");
    // What has been is as it was: seven in the first half year, by the middle of the second quarter.
    assert!(
        trials
            .rows()
            .all(|row| layout.burnt(row, 0, 0).0 + layout.burnt(row, 0, 1).0 >= f64::from(count) - 1e-6)
    );
}

#[test]
fn a_common_bias_learns_from_what_was_spent() {
    let case = case("common_bias_update");
    let (tau, sigma) = (number(&case["tau"]), number(&case["sigma"]));
    let [p10, p90] = [-1.0, 1.0].map(|sign: f64| (sign * 1.281_551_565_544_6 * tau).exp());
    let mut toml = format!(
        "[scenario]\nstart = 2026-01-05\n[estimates]\ncorrelation = \"none\"\noverrun = {{ p10 = {p10:?}, p50 = 1.0, p90 = {p90:?} }}\n\
         [team.core]\nengineers = 9\n[initiative.a.task]\n"
    );
    let ratios: Vec<f64> = case["observed_log_ratios"].as_array().expect("ratios").iter().map(number).collect();
    // Long tasks, so that what is known to the hour is known well.
    for index in 0..ratios.len() {
        toml += &format!(
            "done-{index} = {{ effort = {{ shape = \"lognormal\", mu = {:?}, sigma = {sigma:?} }} }}\n",
            40.0_f64.ln()
        );
    }
    let mut after = String::from("[\"done-0\", \"done-1\", \"done-2\", \"done-3\"]");
    for (index, estimate) in case["remaining_estimates"].as_array().expect("estimates").iter().enumerate() {
        let mu = number(estimate).ln();
        toml += &format!("left-{index} = {{ duration = {{ shape = \"lognormal\", mu = {mu:?}, sigma = {sigma:?} }}, after = {after} }}\n");
        after = format!("\"left-{index}\"");
    }
    let mut told = Told::new(&toml, 100.0);
    for (index, ratio) in ratios.iter().enumerate() {
        told.task(&format!("done-{index}"), 0.0, Some(90.0), Some(40.0 * ratio.exp()));
    }
    let (trials, learned) = told.run(Window::finishes(1e9));
    assert!(learned.effective > 0.9 * f64::from(TRIALS), "{learned:?}");
    let left: Vec<f64> = trials.finishes(0).map(|finish| finish - 100.0).collect();
    let mean = left.iter().sum::<f64>() / f64::from(TRIALS);
    let sd = (left.iter().map(|days| (days - mean) * (days - mean)).sum::<f64>() / f64::from(TRIALS)).sqrt();
    let oracle = &case["oracle"];
    assert!((mean / number(&oracle["remaining_mean"]) - 1.0).abs() < 0.01, "{mean}");
    // The deviation of so skew a sum is known to about 1 % itself.
    assert!((sd / number(&oracle["remaining_sd"]) - 1.0).abs() < 0.03, "{sd}");
}

/// A risk that nobody reported makes an early task long in 0.8 of the futures in which it is real, and something else does in 0.25
/// of the others; where it is real, a task is added.
#[test]
fn an_unreported_risk_is_learned_from_its_sign() {
    let case = case("leading_indicator_bayes");
    let (prior, hit, alarm) = (
        number(&case["prior_late"]),
        number(&case["p_red_given_late"]),
        number(&case["p_red_given_ontime"]),
    );
    // The task takes 1 or 5 days; the risk adds 0 or 4: long with the probability 1 − (1 − alarm)·(1 − adds).
    let adds = 1.0 - (1.0 - hit) / (1.0 - alarm);
    let column = |low: f64, high: f64, share: f64| -> String {
        (0..1_500)
            .map(|row| format!("{}\n", if f64::from(row) < 1_500.0 * share { high } else { low }))
            .collect()
    };
    let files = |name: &str| {
        let rows = if name == "sign.csv" {
            column(1.0, 5.0, alarm)
        } else {
            column(0.0, 4.0, adds)
        };
        Ok(format!("days\n{rows}"))
    };
    let empirical = |name: &str| format!("{{ shape = \"empirical\", file = \"{name}.csv\", column = \"days\", times = \"1d\" }}");
    let toml = format!(
        "{ALONE}[initiative.a.task]\nsign = {{ duration = {} }}\nend = {{ duration = \"1d\", after = \"sign\" }}\n\
         [risk.late]\nprobability = {prior}\naffects = [\"a.sign\"]\nadd = {}\n\
         adds_task = {{ duration = \"100d\", after = \"a.sign\", before = \"a.end\" }}\n",
        empirical("sign"),
        empirical("risk")
    );
    let late = |as_of: f64, finished: Option<f64>| {
        let plan = sim::plan::read("test.toml", toml.clone().into_bytes(), &files).expect("a plan");
        let mut told = Told::of(plan, as_of);
        told.task("sign", 0.0, finished, None);
        let (trials, _) = told.run(Window::finishes(1e9));
        trials.finishes(0).filter(|finish| *finish > 100.0).count() as f64 / f64::from(TRIALS)
    };
    let oracle = &case["oracle"];
    let (red, green) = (late(3.0, None), late(3.0, Some(1.0)));
    assert!((red - number(&oracle["p_late_given_red"])).abs() < 0.01, "{red}");
    assert!((green - number(&oracle["p_late_given_green"])).abs() < 0.01, "{green}");
}

/// Two tasks that correlate ρ, ln X normal: given that the first lasted between two days, the second is a mixture of normals whose
/// mean and variance follow from the truncated normal.
#[test]
fn a_task_learns_from_another_through_their_common_factor() {
    let (rho, mu, sigma) = (0.6, 3.0_f64, 0.4);
    let toml = format!(
        "[scenario]\nstart = 2026-01-05\n[estimates]\noverrun = \"none\"\ncorrelation = {{ team = 0.0, portfolio = {rho} }}\n\
         [initiative.a.task]\nx = {{ duration = {{ shape = \"lognormal\", mu = {mu:?}, sigma = {sigma:?} }} }}\n\
         y = {{ duration = {{ shape = \"lognormal\", mu = {mu:?}, sigma = {sigma:?} }}, after = \"x\" }}\n"
    );
    for finished in [34.0, 11.0, 20.0] {
        let as_of = finished;
        let mut told = Told::new(&toml, as_of);
        told.task("x", 0.0, Some(finished), None);
        let (trials, _) = told.run(Window::finishes(1e9));
        let (a, b) = (((finished - 1.0_f64).ln() - mu) / sigma, (finished.ln() - mu) / sigma);
        let (pdf, cdf) = (sim::sampling::normal::pdf, sim::sampling::normal::cdf);
        let mass = cdf(b) - cdf(a);
        let mean_z = (pdf(a) - pdf(b)) / mass;
        let var_z = 1.0 + (a * pdf(a) - b * pdf(b)) / mass - mean_z * mean_z;
        let (mean, var) = (rho * mean_z, 1.0 - rho * rho + rho * rho * var_z);
        // y begins on the morning of the facts at the earliest: it has not begun before.
        let z: Vec<f64> = trials.finishes(0).map(|finish| ((finish - as_of).ln() - mu) / sigma).collect();
        let n = f64::from(TRIALS);
        let found = z.iter().sum::<f64>() / n;
        let spread = z.iter().map(|z| (z - found) * (z - found)).sum::<f64>() / n;
        assert!((found - mean).abs() < 0.02, "x by {finished}: mean {found} for {mean}");
        assert!((spread - var).abs() < 0.02, "x by {finished}: variance {spread} for {var}");
    }
}

#[test]
fn nothing_known_on_the_first_morning_changes_nothing_to_the_bit() {
    let toml = include_str!("full.toml");
    let plan = plan(toml);
    let actuals = Actuals::nothing(&plan, plan.calendar.start());
    let stop = Stop::new(false);
    let run = Run {
        first: 0,
        trials: 300,
        threads: 2,
        window: Window::finishes(1e6),
        watch: None,
    };
    let first = engine::run(&Compiled::new(&plan, 1), run, &stop, |_| {}).expect("it runs");
    let (compiled, learned) = posterior::condition(Compiled::new(&plan, 1), &actuals, 1, 300, 2, &stop).expect("nothing disagrees");
    assert_eq!(learned.effective, 300.0);
    assert_eq!(engine::run(&compiled, run, &stop, |_| {}).expect("it runs"), first);
}

#[test]
fn all_known_gives_the_facts() {
    let toml = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 2\n[initiative.a.task]\n\
        x = { effort = [\"2d\", \"3d\", \"6d\"] }\ny = { effort = [\"2d\", \"3d\", \"6d\"], after = \"x\" }\n\
        z = { effort = [\"1d\", \"2d\", \"4d\"], after = \"y\" }\n";
    let mut told = Told::new(toml, 30.0);
    told.task("x", 0.0, Some(5.0), None)
        .task("y", 6.0, Some(11.0), Some(4.0))
        .task("z", 12.0, Some(20.0), None);
    let finishes = told.finishes();
    assert!(finishes.values().iter().all(|finish| *finish > 19.0 && *finish <= 20.0));
}

#[test]
fn what_is_told_of_risks_is_taken() {
    let toml = format!(
        "{ALONE}[initiative.a.task]\nx = {{ duration = \"10d\" }}\n[risk.r]\nprobability = 0.5\naffects = [\"a.x\"]\nmultiply = 3.0\n"
    );
    let late = |risk: RiskActual| {
        let mut told = Told::new(&toml, 1.0);
        told.actuals.risks[0] = risk;
        let finishes = told.finishes();
        finishes.values().iter().filter(|finish| **finish > 12.0).count() as f64 / f64::from(TRIALS)
    };
    assert_eq!(late(RiskActual::Happened), 1.0);
    assert_eq!(late(RiskActual::Retired), 0.0);
    assert_eq!(late(RiskActual::HappenedAndRetired), 0.0);
    for risk in [RiskActual::Open, RiskActual::Unreported] {
        let share = late(risk);
        assert!((share - 0.5).abs() < 0.01, "{risk:?}: {share}");
    }
}

/// What early tasks took moves every later one, through the overrun and the common factors: late ones push, early ones pull, and ones
/// that were on time narrow.
#[test]
fn early_tasks_move_the_rest() {
    let toml = "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 3\n[initiative.a.task]\n\
        x = { effort = [\"8d\", \"10d\", \"15d\"], engineers = 1 }\ny = { effort = [\"8d\", \"10d\", \"15d\"], engineers = 1 }\n\
        z = { effort = [\"20d\", \"30d\", \"50d\"], engineers = 1, after = [\"x\", \"y\"] }\n";
    // As if both had ended in time for the same morning, whatever they took: only what is learned differs.
    let rest = |spent: f64| {
        let mut told = Told::new(toml, 25.0);
        told.task("x", 0.0, Some(25.0), Some(spent)).task("y", 0.0, Some(25.0), Some(spent));
        let finishes = told.finishes();
        let z = |percent| finishes.quantile(Percentile::percent(percent)).expect("trials") - 25.0;
        (z(10), z(50), z(90))
    };
    let (early, on_time, late) = (rest(7.0), rest(10.5), rest(18.0));
    assert!(
        early.1 < on_time.1 - 2.0 && on_time.1 < late.1 - 2.0,
        "{early:?} {on_time:?} {late:?}"
    );
    // The same z where nothing else is known.
    let alone = toml.replace(", after = [\"x\", \"y\"]", "");
    let z = common::simulate(
        &alone
            .replace("[initiative.a.task]\n", "[initiative.b.task]\n")
            .replace("z =", "[initiative.a.task]\nz ="),
        TRIALS,
    )
    .sorted("a");
    let at = |percent| z.quantile(Percentile::percent(percent)).expect("trials");
    assert!(on_time.2 - on_time.0 < at(90) - at(10), "{on_time:?} for {} to {}", at(10), at(90));
}
