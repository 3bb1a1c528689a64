//! What the tests share: from scenario text to finishes without files, and the program in a folder of its own.
#![allow(dead_code)]

pub mod workload;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sim::analysis::{self, Facts, Forecast, ScenarioFacts};
use sim::engine::{self, Compiled, Landmarks, Run, Stop, Trials, Watch, Window};
use sim::plan::{self, InitiativeId, Plan, TaskId};
use sim::statistics::Sorted;

/// Reads a scenario that must be right.
pub fn plan(toml: &str) -> Plan {
    match plan::read("test.toml", toml.as_bytes().to_vec(), &|file| std::fs::read_to_string(file)) {
        Ok(plan) => plan,
        Err(faults) => panic!("{toml}\n{}", sim::diagnostic::render(&faults, false)),
    }
}

/// A scenario that has been simulated.
pub struct Simulated {
    pub plan: Plan,
    pub trials: Trials,
    pub landmarks: Landmarks,
}

/// Simulates `trials` futures of a scenario on two threads.
pub fn simulate(toml: &str, trials: u32) -> Simulated {
    simulate_on(toml, trials, 2)
}

/// The same on any number of threads.
pub fn simulate_on(toml: &str, trials: u32, threads: usize) -> Simulated {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let run = Run {
        first: 0,
        trials,
        threads,
        window: Window::finishes(1e9),
        watch: None,
    };
    let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    Simulated { plan, trials, landmarks }
}

impl Simulated {
    /// Index of an initiative.
    pub fn initiative(&self, id: &str) -> usize {
        self.plan
            .initiatives
            .iter()
            .position(|initiative| initiative.id == id)
            .unwrap_or_else(|| panic!("no initiative {id}"))
    }

    /// The finishes of one initiative, by trial.
    pub fn finishes(&self, id: &str) -> Vec<f64> {
        self.trials.finishes(self.initiative(id)).collect()
    }

    /// The finishes of one initiative, sorted.
    pub fn sorted(&self, id: &str) -> Sorted {
        Sorted::new(self.finishes(id))
    }
}

/// The single finish of a scenario without chance, in working days.
pub fn finish(toml: &str, initiative: &str) -> f64 {
    let finishes = simulate(toml, 3).finishes(initiative);
    assert!(
        finishes.iter().all(|finish| *finish == finishes[0]),
        "there is chance in it: {finishes:?}"
    );
    finishes[0]
}

/// Independent estimates that mean what they say: no overrun, no correlation, the order of the file.
pub const PLAIN: &str = "
[scenario]
start = 2026-01-05
dispatch = \"file-order\"
[estimates]
overrun = \"none\"
correlation = \"none\"
";

/// A scenario simulated as the program does it: to its horizon, with everything that budgets count.
pub struct Company {
    pub plan: Plan,
    pub trials: Trials,
    pub window: Window,
}

/// Simulates the whole company.
pub fn company(toml: &str, trials: u32) -> Company {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, sim::analysis::pilot_limit(&plan, &landmarks), None).expect("the machine can run a test");
    let horizon = sim::analysis::horizon(&plan, &landmarks, &pilot).expect("a horizon");
    let window = horizon.window(&plan, true);
    let run = Run {
        first: 0,
        trials,
        threads: 2,
        window,
        watch: None,
    };
    let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    Company { plan, trials, window }
}

impl Company {
    /// The finishes of one initiative, by trial.
    pub fn finishes(&self, id: &str) -> Vec<f64> {
        let index = self
            .plan
            .initiatives
            .iter()
            .position(|initiative| initiative.id == id)
            .expect("the initiative");
        self.trials.finishes(index).collect()
    }

    /// The single finish of an initiative in a company without chance.
    pub fn finish(&self, id: &str) -> f64 {
        let finishes = self.finishes(id);
        assert!(
            finishes.iter().all(|finish| *finish == finishes[0]),
            "there is chance in it: {finishes:?}"
        );
        finishes[0]
    }

    /// Customer-minutes of the first reliability budget in a quarter, by trial.
    pub fn minutes(&self, quarter: usize) -> Vec<f64> {
        self.trials
            .rows()
            .map(|row| self.trials.layout().burnt(row, 0, quarter).0)
            .collect()
    }

    /// The total cost, by trial.
    pub fn costs(&self) -> Vec<f64> {
        self.trials
            .rows()
            .filter_map(|row| self.trials.layout().money(row))
            .map(|money| money.total)
            .collect()
    }
}

/// A scenario whose drivers have been counted.
pub struct Watched {
    pub plan: Plan,
    pub trials: Trials,
}

/// Simulates `trials` futures and looks at who drives the finishes.
pub fn watch(toml: &str, trials: u32) -> Watched {
    watch_part(toml, 0, trials, 2)
}

/// The same of a part of the futures, on any number of threads.
pub fn watch_part(toml: &str, first: u32, trials: u32, threads: usize) -> Watched {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let watch = Watch::new(&compiled, &engine::landmarks(&compiled), |_| 0);
    let run = Run {
        first,
        trials,
        threads,
        window: Window::finishes(1e9),
        watch: Some(&watch),
    };
    let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    Watched { plan, trials }
}

impl Watched {
    /// Of the futures in which the initiative finishes, the share in which a task sets the date.
    pub fn criticality(&self, initiative: &str, task: &str) -> f64 {
        let initiative = self
            .plan
            .initiatives
            .iter()
            .position(|i| i.id == initiative)
            .expect("the initiative");
        let task = self
            .plan
            .tasks
            .iter()
            .position(|t| t.id == task)
            .unwrap_or_else(|| panic!("no task {task}"));
        let drivers = self.trials.drivers().expect("the run looked");
        let (hits, trials) = drivers.task(InitiativeId(initiative), TaskId(task)).expect("it is followed");
        f64::from(hits) / f64::from(trials)
    }
}

/// The whole forecast of a scenario, as the program makes it.
pub fn forecast(toml: &str, trials: u32) -> Forecast {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(&plan, &landmarks), None).expect("a pilot");
    let horizon = analysis::horizon(&plan, &landmarks, &pilot).expect("a horizon");
    let watch = Watch::new(&compiled, &landmarks, |_| 0);
    let run = Run {
        first: 0,
        trials,
        threads: 2,
        window: horizon.window(&plan, true),
        watch: Some(&watch),
    };
    let stop = Stop::new(false);
    let played = engine::run(&compiled, run, &stop, |_| {}).expect("a run");
    let prices = analysis::prices(&plan, plan.seed, run, &played, &stop, |_| {}).expect("prices");
    let scenario = ScenarioFacts {
        name: plan.name.clone(),
        file: "test.toml".into(),
        sha256: String::new(),
    };
    let facts = Facts {
        scenario,
        seed: plan.seed,
        trials_requested: trials,
        precision: None,
        known_until: sim::units::WorkDays::ZERO,
    };
    analysis::forecast(&plan, facts, horizon, &landmarks, &played, prices)
}

/// A percentile of the finish of the first initiative, in working days.
pub fn quantile(forecast: &Forecast, percent: &str) -> f64 {
    let found = forecast.initiatives[0]
        .quantiles
        .iter()
        .find(|quantile| quantile.percentile.to_string() == percent);
    found.expect("the percentile").at.working_days.days()
}

/// A scenario simulated with a look at its futures in detail.
pub struct Detailed {
    pub plan: Plan,
    pub compiled: Compiled,
    pub landmarks: Landmarks,
    pub trials: Trials,
    pub window: Window,
}

/// Simulates the whole company and looks at its futures in detail.
pub fn detailed(toml: &str, trials: u32, threads: usize) -> Detailed {
    let plan = plan(toml);
    let compiled = Compiled::new(&plan, plan.seed);
    let landmarks = engine::landmarks(&compiled);
    let pilot = engine::pilot(&compiled, analysis::pilot_limit(&plan, &landmarks), None).expect("the machine can run a test");
    let window = analysis::horizon(&plan, &landmarks, &pilot)
        .expect("a horizon")
        .window(&plan, false);
    let watch = Watch::new(&compiled, &landmarks, |_| 0);
    let run = Run {
        first: 0,
        trials,
        threads,
        window,
        watch: Some(&watch),
    };
    let trials = engine::run(&compiled, run, &Stop::new(false), |_| {}).expect("the machine can run a test");
    Detailed {
        plan,
        compiled,
        landmarks,
        trials,
        window,
    }
}

impl Detailed {
    /// One future of an initiative, explained.
    pub fn explain(&self, initiative: usize, which: analysis::Which) -> analysis::Explanation {
        let initiative = InitiativeId(initiative);
        let question = analysis::Question {
            scenario: analysis::ScenarioFacts {
                name: self.plan.name.clone(),
                file: "test.toml".into(),
                sha256: String::new(),
            },
            seed: self.plan.seed,
            trials_requested: self.trials.count() as u32,
            initiative,
            which,
        };
        let paths = analysis::paths_of(&self.plan, &self.trials, initiative);
        let tell = |trial| engine::tell(&self.compiled, trial, &self.window, initiative);
        analysis::explanation(&self.plan, &self.landmarks, &self.trials, question, paths, tell).expect("futures in detail")
    }
}

/// Mean and standard error.
pub fn mean(values: &[f64]) -> (f64, f64) {
    Sorted::new(values.to_vec()).mean().expect("finite values")
}

/// An empty folder that belongs to one test of this file.
pub fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a temporary folder");
    path
}

/// Runs the program in a folder.
pub fn sim(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("sim starts")
}

/// Says aloud, past the capture of the test harness, that a test has not run.
pub fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

/// A shell that may mount file systems that nobody else sees.
pub const UNSHARED: [&str; 3] = ["unshare", "-rm", "sh"];

/// Whether this machine has one.
pub fn can_mount(folder: &Path) -> bool {
    Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs \"$1\"", "sh"])
        .arg(folder)
        .output()
        .is_ok_and(|output| output.status.success())
}
