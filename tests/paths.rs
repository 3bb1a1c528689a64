//! What tells the paths apart, against closed forms, and which future stands for a path.

mod common;

use common::{Detailed, PLAIN, detailed};
use sim::analysis::{Cuts, Path, PathForecast, paths};
use sim::statistics::Sorted;

const SCENARIOS: [&str; 3] = [
    include_str!("../scenarios/new-segment-60-days.toml"),
    include_str!("../scenarios/eight-months-or-six.toml"),
    include_str!("../scenarios/first.toml"),
];

fn path(forecasts: &[PathForecast], path: Path) -> &PathForecast {
    forecasts.iter().find(|forecast| forecast.path == path).expect("every path")
}

/// The work is uniform on 10 to 20 days, and a risk of probability 0.2 adds 10 days. So 80 of 100 futures end in days 10 to 20, the
/// P70 finish is below 20, and every future with the risk is above it: by Bayes P(risk | worst) = 0.2 / 0.3, and 0 on the others.
#[test]
fn a_risk_that_alone_decides_the_worst_path_has_the_share_that_bayes_gives() {
    let toml = format!(
        "{PLAIN}[initiative.x]\nduration = {{ shape = \"uniform\", low = \"10d\", high = \"20d\" }}\n\
         [risk.late]\ntitle = \"It comes late\"\nprobability = 0.2\naffects = [\"x\"]\nadd = \"10d\"\n\
         [risk.elsewhere]\nprobability = 0.5\naffects = [\"x\"]\ncost = 5\nadd = \"0d\"\n"
    );
    let futures = detailed(&toml, 10_000, 2);
    let forecasts = paths(&futures.plan, &futures.trials);
    let worst = path(&forecasts, Path::Worst);
    assert!(worst.futures.abs_diff(3_000) <= 1, "{}", worst.futures);
    let risk = worst
        .conditions
        .iter()
        .find(|condition| condition.id == "late")
        .expect("it is told");
    // Four standard errors of a share of 0.2 among 10,000, over the 3,000 of the path.
    assert!((risk.on_path - 2.0 / 3.0).abs() < 4.0 * 0.004 / 0.3, "{}", risk.on_path);
    assert!((risk.lift - risk.on_path / risk.overall).abs() < 1e-12);
    let z = (risk.on_path - risk.overall) / (risk.overall * (1.0 - risk.overall) / 3_000.0 * 0.7).sqrt();
    assert!((risk.z / z - 1.0).abs() < 1e-3, "{} is not {z}", risk.z);
    assert_eq!((risk.kind, risk.unit, risk.title.as_str()), ("risk", "share", "It comes late"));
    for other in [Path::Best, Path::Expected] {
        let risk = path(&forecasts, other).conditions.iter().find(|condition| condition.id == "late");
        let risk = risk.expect("its absence is told");
        assert_eq!((risk.on_path, risk.lift), (0.0, 0.0));
        assert!(risk.z < -3.0);
    }
    let told = forecasts.iter().flat_map(|forecast| &forecast.conditions);
    assert!(
        told.clone().all(|condition| condition.id != "elsewhere"),
        "a risk without effect tells nothing"
    );
    assert!(told.clone().all(|condition| condition.z.abs() >= 3.0));
    for forecast in &forecasts {
        assert!(forecast.conditions.is_sorted_by(|a, b| a.z.abs() >= b.z.abs()));
    }
}

/// A task of one fixed number distinguishes nothing, and a finish that does not vary has one path.
#[test]
fn without_chance_there_is_one_path_and_nothing_sets_it_apart() {
    let futures = detailed(&format!("{PLAIN}[initiative.x]\nduration = \"10d\"\n"), 50, 1);
    let forecasts = paths(&futures.plan, &futures.trials);
    assert_eq!(forecasts.iter().map(|forecast| forecast.futures).collect::<Vec<_>>(), [50, 0, 0]);
    assert!(forecasts.iter().all(|forecast| forecast.conditions.is_empty()));
    // Of futures that are all alike the first stands for each path.
    let trials = forecasts.iter().map(|forecast| forecast.representative.map(|future| future.trial));
    assert_eq!(trials.collect::<Vec<_>>(), [Some(0); 3]);
}

#[test]
fn the_representative_is_on_its_path_and_near_its_percentile() {
    for toml in SCENARIOS {
        let Detailed { plan, trials, .. } = detailed(toml, 2_000, 2);
        let forecasts = paths(&plan, &trials);
        assert_eq!(forecasts.len(), 3 * plan.initiatives.len());
        for (index, initiative) in plan.initiatives.iter().enumerate() {
            let finishes: Vec<f64> = trials.finishes(index).collect();
            let sorted = Sorted::new(finishes.clone());
            let cuts = Cuts::new(plan.timelines, &sorted).expect("there are trials");
            for forecast in forecasts.iter().filter(|forecast| forecast.initiative == initiative.id) {
                let future = forecast.representative.expect("there are trials");
                let finish = finishes[future.trial as usize];
                assert_eq!(future.finish.working_days.days(), finish);
                assert_eq!(cuts.path(finish), forecast.path, "{}", initiative.id);
                let share = plan.timelines[forecast.path as usize].share();
                let early = sorted.share_at_or_below(finish).estimate().expect("trials");
                assert!((early - share).abs() <= 0.026, "{}: {early} for {share}", initiative.id);
                let count = finishes.iter().filter(|finish| cuts.path(**finish) == forecast.path).count();
                assert_eq!(count as u32, forecast.futures);
            }
        }
    }
}

/// The risk is real in two thirds of the worst path, so the future that stands for it has it; the other paths have none.
#[test]
fn the_representative_has_the_risks_that_are_usual_on_its_path() {
    let toml = format!(
        "{PLAIN}[initiative.x]\nduration = {{ shape = \"uniform\", low = \"10d\", high = \"20d\" }}\n\
         [risk.late]\nprobability = 0.25\naffects = [\"x\"]\nadd = \"10d\"\n\
         [risk.rare]\nprobability = 0.05\naffects = [\"x\"]\nadd = \"1d\"\n"
    );
    let Detailed { plan, trials, .. } = detailed(&toml, 3_000, 2);
    let details: Vec<_> = trials.details().futures().collect();
    for forecast in paths(&plan, &trials) {
        let future = details[forecast.representative.expect("there are trials").trial as usize];
        assert_eq!(future.risk(0), forecast.path == Path::Worst);
        assert!(!future.risk(1), "a rare risk is not typical");
    }
}

#[test]
fn few_futures_have_representatives_too() {
    for trials in [1, 2, 7] {
        let Detailed { plan, trials, .. } = detailed(SCENARIOS[2], trials, 1);
        let forecasts = paths(&plan, &trials);
        assert!(forecasts.iter().all(|forecast| forecast.representative.is_some()));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_paths() {
    let of = |threads| {
        let futures = detailed(SCENARIOS[0], 700, threads);
        serde_json::to_string(&paths(&futures.plan, &futures.trials)).expect("JSON")
    };
    let one = of(1);
    assert!(one.contains("legacy-billing"));
    assert_eq!(of(2), one);
    assert_eq!(of(3), one);
}
