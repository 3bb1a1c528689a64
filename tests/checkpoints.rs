//! Checkpoints: against closed forms, on fresh futures, and against what people would watch without us.

mod common;

use common::plan;
use sim::analysis::{self, CheckpointForecast, Facts, Forecast, PathTree, Prices, ScenarioFacts, Source};
use sim::engine::{self, Compiled, Run, Stop, Trials, Watch};
use sim::plan::{InitiativeId, Plan, TaskId};
use sim::sampling::{Purpose, Stream};
use sim::statistics::{Sorted, mutual_information};
use sim::units::Percentile;

/// A scenario that has been run, with what the run says.
struct Told {
    plan: Plan,
    trials: Trials,
    forecast: Forecast,
}

fn tell(toml: &str, seed: u64, count: u32) -> Told {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(&plan, &landmarks), None).expect("a pilot");
    let horizon = analysis::horizon(&plan, &landmarks, &pilot).expect("a horizon");
    let watch = Watch {
        futures: u32::MAX,
        ..Watch::new(&compiled, &landmarks, |_| 0)
    };
    let run = Run {
        first: 0,
        trials: count,
        threads: 2,
        window: horizon.window(&plan, false),
        watch: Some(&watch),
    };
    let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    let facts = Facts {
        scenario: ScenarioFacts {
            name: "test".into(),
            file: "test.toml".into(),
            sha256: String::new(),
        },
        seed,
        trials_requested: count,
        precision: None,
        known_until: sim::units::WorkDays::ZERO,
    };
    let forecast = analysis::forecast(&plan, facts, horizon, &landmarks, &trials, Prices::default());
    Told { plan, trials, forecast }
}

impl Told {
    fn checkpoint(&self, id: &str) -> &CheckpointForecast {
        let found = self.forecast.checkpoints.iter().find(|checkpoint| checkpoint.checkpoint == id);
        found.unwrap_or_else(|| panic!("no checkpoint {id}"))
    }

    /// The first finish of the expected and of the worst path would be above these.
    fn cuts(&self, initiative: usize) -> [f64; 2] {
        let finishes = Sorted::new(self.trials.finishes(initiative).collect());
        [30, 70].map(|percent| finishes.quantile(Percentile::percent(percent)).expect("trials"))
    }

    fn task(&self, id: &str) -> TaskId {
        TaskId(
            self.plan
                .tasks
                .iter()
                .position(|task| task.id == id)
                .unwrap_or_else(|| panic!("no task {id}")),
        )
    }

    fn time_of(&self, week: u32) -> f64 {
        self.plan.calendar.weeks_after_start(i64::from(week)).days()
    }

    /// In each future whether all of the tasks are done by their weeks, and the path by the cuts of another run.
    fn outcomes(&self, initiative: usize, set: &[(TaskId, u32)], cuts: [f64; 2]) -> Vec<(usize, usize)> {
        let futures = self.trials.details().futures().zip(self.trials.finishes(initiative));
        futures
            .map(|(future, finish)| {
                let code = set.iter().fold(0, |code, (task, week)| {
                    let done = future.task(*task).expect("kept").finished <= self.time_of(*week);
                    code * 2 + usize::from(!done)
                });
                (code, cuts.iter().filter(|cut| finish > **cut).count())
            })
            .collect()
    }

    /// What a set tells of the path, in bits.
    fn bits(&self, initiative: usize, set: &[(TaskId, u32)], cuts: [f64; 2]) -> f64 {
        let mut table = vec![[0_u64; 3]; 1 << set.len()];
        for (code, path) in self.outcomes(initiative, set, cuts) {
            table[code][path] += 1;
        }
        mutual_information(&table).bits
    }

    /// The recommended set of an initiative.
    fn recommended(&self, initiative: usize) -> Vec<(TaskId, u32)> {
        let id = &self.plan.initiatives[initiative].id;
        let own = self.forecast.checkpoints.iter().filter(|checkpoint| checkpoint.initiative == *id);
        own.filter(|checkpoint| checkpoint.source == Source::Recommended)
            .map(|checkpoint| {
                let (task, week) = checkpoint.checkpoint.rsplit_once("-by-week-").expect("a name");
                let is_it = |task_id: &String| {
                    let local = task_id.strip_prefix(&format!("{id}.")).unwrap_or(task_id);
                    local.replace('.', "-") == task
                };
                let task = self.plan.tasks.iter().position(|other| is_it(&other.id)).expect("a task");
                (TaskId(task), week.parse().expect("a week"))
            })
            .collect()
    }
}

const SILENT: &str = "[estimates]\ncorrelation = \"none\"\noverrun = \"none\"\n";

/// Two tasks in a row, both uniform, so that every probability is an area. A on (10, 20), B on (0, 10) days: the finish S = A + B is
/// triangular on (10, 30) with its peak at 20. P30 and P70: F(s) = (s − 10)²/200 below 20, so s₀.₃ = 10 + √60 and s₀.₇ = 30 − √60.
/// Given A ≤ 15: S ≤ s ⇔ B ≤ s − A.
#[test]
fn two_tasks_in_a_row_have_the_odds_of_their_integral() {
    let toml = format!(
        "[scenario]\nstart = 2026-01-05\n{SILENT}[initiative.x]\ncommitment = 2026-02-02\n[initiative.x.task]\n\
         a = {{ duration = {{ shape = \"uniform\", low = \"10d\", high = \"20d\" }} }}\n\
         b = {{ duration = {{ shape = \"uniform\", low = \"0d\", high = \"10d\" }}, after = \"a\" }}\n\
         decoy = {{ duration = {{ shape = \"uniform\", low = \"1d\", high = \"9d\" }} }}\n\
         [checkpoint.a-by-week-3]\ntask = \"x.a\"\ndone_by = \"3w\"\n[checkpoint.decoy]\ntask = \"x.decoy\"\ndone_by = \"1w\"\n"
    );
    let told = tell(&toml, 1, 200_000);
    // Midpoint rule over A and B, 4 million cells.
    let (low, high) = (10.0 + 60_f64.sqrt(), 30.0 - 60_f64.sqrt());
    let cells = 2_000;
    let mut table = [[0_u64; 3]; 2];
    let mut on_time = [0_u64; 2];
    for a in 0..cells {
        for b in 0..cells {
            let at = |cell: u32| (f64::from(cell) + 0.5) * 10.0 / f64::from(cells);
            let (a, sum) = (10.0 + at(a), 10.0 + at(a) + at(b));
            let missed = usize::from(a > 15.0);
            table[missed][usize::from(sum > low) + usize::from(sum > high)] += 1;
            // 2 February is the 21st working day.
            on_time[missed] += u64::from(sum <= 21.0);
        }
    }
    let rows = table.map(|row| row.iter().sum::<u64>() as f64);
    let total: f64 = rows.iter().sum();
    let columns: Vec<f64> = (0..3).map(|path| (table[0][path] + table[1][path]) as f64).collect();
    let mut bits = 0.0;
    for (row, sum) in table.iter().zip(rows) {
        for (count, column) in row.iter().zip(&columns).filter(|(count, _)| **count > 0) {
            bits += *count as f64 / total * (*count as f64 * total / (sum * column)).log2();
        }
    }
    let checkpoint = told.checkpoint("a-by-week-3");
    assert!((checkpoint.p_hit.p - 0.5).abs() < 0.005);
    for (outlook, (row, (sum, met))) in [&checkpoint.if_hit, &checkpoint.if_missed]
        .into_iter()
        .zip(table.iter().zip(rows.iter().zip(on_time)))
    {
        let outlook = outlook.as_ref().expect("both happen");
        for (share, count) in [&outlook.best, &outlook.expected, &outlook.worst].into_iter().zip(row) {
            assert!(
                (share.p - *count as f64 / sum).abs() < 0.006,
                "{} is not {}",
                share.p,
                *count as f64 / sum
            );
        }
        assert!((outlook.on_time[0].p - met as f64 / sum).abs() < 0.006);
    }
    assert!(
        (checkpoint.information.bits - bits).abs() < 0.005,
        "{} bits are not {bits}",
        checkpoint.information.bits
    );
    assert!(checkpoint.information.ci_low < bits && bits < checkpoint.information.ci_high);
    // What lies off the path tells nothing, and is not recommended.
    let decoy = told.checkpoint("decoy");
    assert!(
        decoy.information.bits < 1e-4 && decoy.information.ci_low == 0.0,
        "{:?}",
        decoy.information
    );
    assert!((decoy.p_hit.p - 0.5).abs() < 0.005);
    assert!(told.recommended(0).iter().all(|(task, _)| *task == told.task("x.a")));
    // As a trigger: six working days before the date.
    let trigger = &checkpoint.promises[0];
    assert_eq!(trigger.notice_days, 6.0);
    let late: Vec<f64> = rows.iter().zip(on_time).map(|(sum, met)| sum - met as f64).collect();
    assert!((trigger.sensitivity.expect("some are late").p - late[1] / (late[0] + late[1])).abs() < 0.006);
    let alarm = on_time[1] as f64 / (on_time[0] + on_time[1]) as f64;
    assert!((trigger.false_alarm.expect("some are on time").p - alarm).abs() < 0.006);
}

/// Incidents, people and budgets as observables have the odds of their closed forms.
#[test]
fn every_kind_of_checkpoint_has_its_odds() {
    let toml = "[scenario]\nstart = 2026-01-05\nhorizon = 2026-06-30\n[team.core]\nengineers = 10\nattrition_per_year = 0.5\ncost_per_week = 1000\n\
                [flow.f]\ncustomers = 1\n[incident.i]\nrate = { per_week = 1 }\nrate_cv = 0\nflow = \"f\"\ndowntime = \"10min\"\n\
                [budget.down]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 200\n[budget.spend]\nkind = \"cost\"\nmax = 100_000\n\
                [initiative.x.task]\na = { effort = \"300d\", engineers = { min = 1, max = 10 } }\nb = { effort = \"1d\", after = \"a\" }\n\
                [checkpoint.calm]\nincident = \"i\"\nat_most = 3\nby = \"4w\"\n[checkpoint.staffed]\nteam = \"core\"\nengineers_at_least = 9\nby = \"10w\"\n\
                [checkpoint.reserve]\nbudget = \"down\"\nburnt_at_most = 0.3\nby = 2026-02-15\n[checkpoint.second-quarter]\nbudget = \"down\"\nburnt_at_most = 0.1\nby = 2026-05-10\n\
                [checkpoint.money]\nbudget = \"spend\"\nburnt_at_most = 0.1\nby = \"1w\"\n[checkpoint.too-little]\nbudget = \"spend\"\nburnt_at_most = 0.09\nby = \"1w\"\n";
    let told = tell(toml, 1, 20_000);
    let poisson = |mean: f64, most: u32| {
        (0..=most)
            .scan((-mean).exp(), |term, k| {
                let now = *term;
                *term *= mean / f64::from(k + 1);
                Some(now)
            })
            .sum::<f64>()
    };
    // Six weeks have passed at the end of 15 February; the second quarter's 40 days at the end of 10 May.
    let stay = (-0.5_f64 * 70.0 / 365.25).exp();
    let staffed = stay.powi(10) + 10.0 * stay.powi(9) * (1.0 - stay);
    for (id, truth) in [
        ("calm", poisson(4.0, 3)),
        ("staffed", staffed),
        ("reserve", poisson(6.0, 6)),
        ("second-quarter", poisson(40.0 / 7.0, 2)),
    ] {
        let p = told.checkpoint(id).p_hit.p;
        let error = (truth * (1.0 - truth) / 20_000.0).sqrt();
        assert!((p - truth).abs() < 4.0 * error, "{id}: {p} is not {truth}");
    }
    // Ten people for a week cost 10,000 at most: fewer where somebody has left.
    assert_eq!(told.checkpoint("money").p_hit.p, 1.0);
    assert!(told.checkpoint("too-little").p_hit.p < 0.05);
}

const SCENARIOS: [&str; 3] = [
    include_str!("../scenarios/new-segment-60-days.toml"),
    include_str!("../scenarios/eight-months-or-six.toml"),
    include_str!("../scenarios/pipeline-200k.toml"),
];

/// Of the fresh futures that a branch of the tree gives "71 %", about 71 % end there: within four standard errors of both runs.
#[test]
fn the_path_tree_is_calibrated_on_fresh_futures() {
    for toml in SCENARIOS {
        let (told, fresh) = (tell(toml, 1, 10_000), tell(toml, 2, 10_000));
        for tree in &told.forecast.path_trees {
            if tree.source == Source::Recommended {
                assert_calibrated(&told, &fresh, tree);
            }
        }
    }
}

fn assert_calibrated(told: &Told, fresh: &Told, tree: &PathTree) {
    let initiative = told
        .plan
        .initiatives
        .iter()
        .position(|other| other.id == tree.initiative)
        .expect("an initiative");
    let set = told.recommended(initiative);
    let cuts = told.cuts(initiative);
    let outcomes = fresh.outcomes(initiative, &set, cuts);
    let leaves: Vec<_> = tree.branches.iter().filter(|branch| branch.hits.len() == set.len()).collect();
    assert_eq!(leaves.len(), 1 << set.len());
    for (code, leaf) in leaves.iter().enumerate() {
        let here: Vec<usize> = outcomes.iter().filter(|(other, _)| *other == code).map(|(_, path)| *path).collect();
        let Some(outlook) = &leaf.outlook else {
            assert!(here.len() < 20, "never came, but comes {} times", here.len());
            continue;
        };
        for (path, share) in [&outlook.best, &outlook.expected, &outlook.worst].into_iter().enumerate() {
            let seen = here.iter().filter(|other| **other == path).count() as f64;
            let (n, m) = (here.len() as f64, f64::from(share.trials));
            if n < 50.0 || m < 50.0 {
                continue;
            }
            // The odds of both runs together, so that neither is taken for the truth.
            let pooled = ((seen + f64::from(share.hits) + 1.0) / (n + m + 2.0)).clamp(0.001, 0.999);
            let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
            assert!(
                (seen / n - share.p).abs() < 4.0 * error,
                "{}: {:?} path {path}: {} of {n}, said {}",
                tree.initiative,
                leaf.hits,
                seen,
                share.p
            );
        }
    }
}

/// Tasks that come before the end of the initiative: the candidates of anybody's checkpoints.
fn leading(told: &Told, initiative: usize) -> Vec<TaskId> {
    let mut found: Vec<TaskId> = told.plan.initiatives[initiative].tasks.clone();
    found.retain(|task| {
        let futures = told.trials.details().futures().zip(told.trials.finishes(initiative));
        let ends = futures
            .filter(|(future, finish)| future.task(*task).expect("kept").finished >= *finish)
            .count();
        told.plan.tasks[task.0].only_if.is_none() && 2 * ends <= told.trials.count()
    });
    found
}

/// The last week that may be looked at: three quarters of the way to the promise, or to the median finish.
fn last_week(told: &Told, initiative: usize) -> u32 {
    let way = told.plan.initiatives[initiative].commitments.first().map_or_else(
        || {
            Sorted::new(told.trials.finishes(initiative).collect())
                .quantile(Percentile::percent(50))
                .expect("trials")
        },
        |commitment| commitment.time.days(),
    );
    (1..200).take_while(|week| told.time_of(*week) <= 0.75 * way).last().unwrap_or(0)
}

/// On paper, the week by whose end a task is done.
fn planned_week(told: &Told, task: TaskId) -> u32 {
    let compiled = Compiled::new(&told.plan, 1);
    let finish = engine::landmarks(&compiled).schedule[task.0].finish;
    (1..200).find(|week| told.time_of(*week) >= finish).unwrap_or(200)
}

/// The largest tasks, each in the week in which the plan has it done, or in the last that leaves time to act.
fn largest_tasks(told: &Told, initiative: usize) -> Vec<(TaskId, u32)> {
    let mut tasks = leading(told, initiative);
    let size = |task: &TaskId| told.plan.tasks[task.0].work.estimate().likely;
    tasks.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let last = last_week(told, initiative);
    tasks
        .iter()
        .take(3)
        .map(|task| (*task, planned_week(told, *task).min(last)))
        .collect()
}

/// A quarter, half and three quarters of the way: each time the task that the plan has done last by then.
fn along_the_way(told: &Told, initiative: usize) -> Vec<(TaskId, u32)> {
    let tasks = leading(told, initiative);
    let last = last_week(told, initiative);
    let mut found: Vec<(TaskId, u32)> = vec![];
    for part in 1..=3 {
        let week = last * part / 3;
        let done = tasks
            .iter()
            .filter(|task| planned_week(told, **task) <= week && !found.iter().any(|(other, _)| other == *task));
        if let Some(task) = done.max_by_key(|task| planned_week(told, **task)) {
            found.push((*task, week));
        }
    }
    found
}

/// A plan of ten tasks with links at random, three people, some of them needed by all.
fn random_plan(number: u32) -> String {
    let stream = Stream::new(u64::from(number), "plan", Purpose::Estimate);
    let mut draws = 0..;
    let mut draw = |below: u32| (stream.uniform_at(0, draws.next().expect("endless")) * f64::from(below)) as u32;
    let mut toml = String::from(
        "[scenario]\nstart = 2026-01-05\n[team.core]\nengineers = 3\nattrition_per_year = 0.2\nbackfill = \"10w\"\n[initiative.x.task]\n",
    );
    for task in 0..10 {
        let likely = 5 + draw(25);
        let (low, high) = (likely * 2 / 3, likely + 1 + likely * draw(20) / 10);
        let (kind, team) = if draw(4) == 0 {
            ("duration", "")
        } else {
            ("effort", ", team = \"core\"")
        };
        let after: Vec<String> = (0..task).filter(|_| draw(3) == 0).map(|before| format!("\"t{before}\"")).collect();
        toml.push_str(&format!(
            "t{task} = {{ {kind} = [\"{low}d\", \"{likely}d\", \"{high}d\"]{team}, after = [{}] }}\n",
            after.join(", ")
        ));
    }
    toml.push_str("end = { effort = \"1d\", after = [\"t7\", \"t8\", \"t9\"] }\n[risk.r]\nprobability = 0.4\naffects = [\"x.t3\", \"x.t6\"]\nmultiply = [1.2, 1.6, 3]\n");
    toml
}

/// On fresh futures the recommended set tells more than what people watch without us.
#[test]
fn the_recommended_set_tells_more_than_others_on_fresh_futures() {
    let plans = SCENARIOS.iter().map(|toml| (*toml).to_owned()).chain((0..20).map(random_plan));
    let mut compared = 0;
    for (number, toml) in plans.enumerate() {
        let (told, fresh) = (tell(&toml, 1, 4_000), tell(&toml, 2, 10_000));
        for initiative in 0..told.plan.initiatives.len() {
            let set = told.recommended(initiative);
            let cuts = fresh.cuts(initiative);
            let ours = fresh.bits(initiative, &set, cuts);
            for (name, other) in [
                ("largest", largest_tasks(&told, initiative)),
                ("along the way", along_the_way(&told, initiative)),
            ] {
                let theirs = fresh.bits(initiative, &other, cuts);
                // As good where it is the same set, or where there is nothing to know.
                let same = theirs < 0.03 || other.iter().all(|entry| set.contains(entry));
                assert!(
                    ours > theirs || same,
                    "plan {number}, initiative {initiative}: {ours} by {set:?}, {name}: {theirs} by {other:?}"
                );
                compared += usize::from(ours > theirs);
            }
            let weeks: Vec<u32> = set.iter().map(|(_, week)| *week).collect();
            assert!(weeks.windows(2).all(|pair| pair[0] < pair[1]), "spread over time: {weeks:?}");
            assert!(weeks.iter().all(|week| *week <= last_week(&told, initiative)));
        }
    }
    assert!(compared >= 40, "{compared} comparisons");
}

/// The trees and the checkpoints agree, odds sum to one, and no thread changes a bit.
#[test]
fn odds_add_up_and_threads_change_nothing() {
    for toml in SCENARIOS {
        let told = tell(toml, 1, 2_000);
        for checkpoint in &told.forecast.checkpoints {
            for outlook in [&checkpoint.if_hit, &checkpoint.if_missed].into_iter().flatten() {
                assert_eq!(outlook.best.hits + outlook.expected.hits + outlook.worst.hits, outlook.best.trials);
            }
            let hits = checkpoint.if_hit.as_ref().map_or(0, |outlook| outlook.best.trials);
            assert_eq!(hits, checkpoint.p_hit.hits);
        }
        for tree in &told.forecast.path_trees {
            for length in 1..=tree.checkpoints.len() {
                let sum: u32 = tree
                    .branches
                    .iter()
                    .filter(|branch| branch.hits.len() == length)
                    .map(|branch| branch.p.hits)
                    .sum();
                assert_eq!(sum, tree.branches[0].p.trials);
            }
        }
        assert!(told.trials.times_critical(InitiativeId(0), TaskId(0)) <= 2_000);
    }
}
