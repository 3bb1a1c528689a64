//! Bytes → a scenario with every section that there is, as text. Fuzzers and property tests share it: the bytes are choices, so a
//! fuzzer that keeps bytes keeps scenarios, and shorter bytes make a smaller scenario.

use std::fmt::Write as _;

use crate::choices::{Choices, EXTREMES};

const DATES: [&str; 10] = [
    "2026-03-06",
    "2026-01-05",
    "2026-06-30",
    "2026-12-31",
    "2027-02-28",
    "2028-02-29",
    "2027-07-01",
    "2026-01-10",
    "2030-01-01",
    "2026-02-02",
];
const FAR_DATES: [&str; 6] = ["1970-01-01", "2999-12-31", "2055-12-31", "2026-01-04", "2025-12-31", "9999-12-31"];

/// The scenario that the bytes choose.
pub fn scenario(bytes: &[u8]) -> String {
    let mut author = Author {
        choices: Choices::new(bytes),
        text: String::new(),
        wild: 0,
        teams: 0,
        flows: 0,
        incidents: 0,
        findings: 0,
        tasks: vec![],
    };
    author.write();
    author.text
}

struct Author<'b> {
    choices: Choices<'b>,
    text: String,
    /// How many of 256 values are extreme.
    wild: u8,
    teams: usize,
    flows: usize,
    incidents: usize,
    findings: usize,
    /// The tasks of each initiative.
    tasks: Vec<usize>,
}

impl Author<'_> {
    fn write(&mut self) {
        // Most scenarios are sane throughout; a few are odd in places, one in sixteen in many.
        self.wild = match self.choices.byte() {
            0..176 => 0,
            176..240 => 4,
            240.. => 40,
        };
        self.teams = self.choices.below(4) + usize::from(!self.choices.chance(16));
        self.flows = self.choices.below(3);
        self.incidents = self.choices.below(4);
        self.findings = self.choices.below(3);
        let initiatives = 1 + self.choices.below(4);
        self.tasks = (0..initiatives).map(|_| self.choices.below(12)).collect();
        self.settings();
        for team in 0..self.teams {
            self.team(team);
        }
        for flow in 0..self.flows {
            self.flow(flow);
        }
        for class in 0..self.incidents {
            self.incident(class);
        }
        for class in 0..self.findings {
            self.finding(class);
        }
        for initiative in 0..initiatives {
            self.initiative(initiative);
        }
        for risk in 0..self.choices.below(5) {
            self.risk(risk);
        }
        for budget in 0..self.choices.below(5) {
            self.budget(budget);
        }
        for checkpoint in 0..self.choices.below(3) {
            self.checkpoint(checkpoint);
        }
        for option in 0..self.choices.below(3) {
            self.option(option);
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn is_wild(&mut self) -> bool {
        self.wild > 0 && self.choices.chance(self.wild)
    }

    /// One of these numbers, or an extreme one.
    fn number(&mut self, sane: &[&'static str]) -> &'static str {
        if self.is_wild() {
            self.choices.pick(&EXTREMES)
        } else {
            self.choices.pick(sane)
        }
    }

    fn key(&mut self, key: &str, sane: &[&'static str]) {
        let value = self.number(sane);
        self.line(&format!("{key} = {value}"));
    }

    fn maybe(&mut self, share: u8, key: &str, sane: &[&'static str]) {
        if self.choices.chance(share) {
            self.key(key, sane);
        }
    }

    fn date(&mut self) -> &'static str {
        if self.is_wild() {
            self.choices.pick(&FAR_DATES)
        } else {
            self.choices.pick(&DATES)
        }
    }

    /// The name of one of `count` things; of none that there is where there are none.
    fn name(&mut self, what: &str, count: usize) -> String {
        format!("{what}{}", self.choices.below(count.max(1)))
    }

    // --- estimates ---

    /// Three ascending numbers: steps above zero where `below_zero` is false.
    fn three(&mut self, below_zero: bool) -> [f64; 3] {
        let scale = self.choices.pick(&[1.0, 0.1, 5.0, 0.01, 20.0]);
        let scale = if self.is_wild() {
            self.choices.pick(&[1e-9, 1e4, 1e6, 1e3])
        } else {
            scale
        };
        let low = f64::from(self.choices.byte()) * if below_zero { -0.1 } else { 0.1 };
        let likely = low + f64::from(self.choices.byte()) * 0.1;
        let high = likely + f64::from(self.choices.byte()) * 0.1;
        [low, likely, high].map(|value| value * scale)
    }

    fn estimate(&mut self, unit: &str, below_zero: bool) -> String {
        let mut numbers = self.three(below_zero);
        // Above the shapes that go below zero stand those that do not; a metalog is no more skewed than it can be.
        let shape = self.choices.below(if below_zero { 12 } else { 16 });
        if shape == 15 {
            numbers[1] = 0.6 * numbers[0] + 0.4 * numbers[2];
        }
        if shape == 14 && numbers[0] >= numbers[2] {
            numbers[2] = numbers[0] + 1.0;
        }
        let text = |value: f64| {
            if unit.is_empty() {
                format!("{value:.4}")
            } else {
                format!("\"{value:.4}{unit}\"")
            }
        };
        let sd = text(numbers[2] - numbers[0]);
        let [low, likely, high] = numbers.map(text);
        match shape {
            0..6 => format!("[{low}, {likely}, {high}]"),
            6 | 7 => likely,
            8 => format!("{{ shape = \"triangular\", range = \"min-max\", low = {low}, likely = {likely}, high = {high} }}"),
            9 => format!("{{ shape = \"pert\", range = \"p5-p95\", low = {low}, likely = {likely}, high = {high} }}"),
            12 => format!(
                "{{ shape = \"lognormal\", mu = {}, sigma = {} }}",
                self.number(&["0.5", "1.5", "-2", "3.0"]),
                self.number(&["0.6", "0.1", "2.0"])
            ),
            11 => format!("{{ shape = \"uniform\", low = {low}, high = {high} }}"),
            10 => format!("{{ shape = \"normal\", mean = {likely}, sd = {sd} }}"),
            13 => format!("{{ shape = \"exponential\", mean = {high} }}"),
            14 => format!(
                "{{ shape = \"beta\", low = {low}, high = {high}, alpha = {}, beta = {} }}",
                self.number(&["2.0", "0.5", "30"]),
                self.number(&["3.0", "1", "0.2"])
            ),
            _ => format!("{{ shape = \"metalog\", p10 = {low}, p50 = {likely}, p90 = {high} }}"),
        }
    }

    fn work(&mut self) -> String {
        let unit = self.choices.pick(&["d", "w", "h", "mo", "min"]);
        self.estimate(unit, false)
    }

    // --- sections ---

    fn settings(&mut self) {
        self.line("[scenario]");
        let start = if self.is_wild() { self.date() } else { "2026-01-05" };
        self.line(&format!("start = {start}"));
        self.maybe(20, "trials", &["64", "1"]);
        self.maybe(60, "seed", &["1", "2", "77"]);
        if self.choices.chance(50) {
            let days = format!("holidays = [{}, {}]", self.date(), self.date());
            self.line(&days);
        }
        if self.choices.chance(20) {
            let horizon = format!("horizon = {}", self.date());
            self.line(&horizon);
        }
        if self.choices.chance(50) {
            self.line("dispatch = \"file-order\"");
        }
        if self.choices.chance(50) {
            self.line("timelines = [\"p20\", \"p50\", \"p80\"]");
        }
        if self.choices.chance(90) {
            self.line("[estimates]");
            let correlation = self.choices.pick(&[
                "\"none\"",
                "{ team = 0.3, portfolio = 0.1 }",
                "{ team = 1.0, portfolio = 0.0 }",
                "{ team = 0, portfolio = 1 }",
            ]);
            self.line(&format!("correlation = {correlation}"));
            let overrun = self.choices.pick(&[
                "\"none\"",
                "{ p10 = 0.85, p50 = 1.0, p90 = 1.4 }",
                "{ p10 = 0.2, p50 = 1.0, p90 = 4.0 }",
                "{ p10 = 0.999, p50 = 1.0, p90 = 1.001 }",
            ]);
            self.line(&format!("overrun = {overrun}"));
            let range = self.choices.pick(&["p10-p90", "p5-p95", "min-max"]);
            let shape = self.choices.pick(&["pert", "triangular", "metalog", "lognormal"]);
            if self.choices.chance(128) {
                self.line(&format!("range = \"{range}\""));
            } else {
                self.line(&format!("shape = \"{shape}\""));
            }
        }
    }

    fn team(&mut self, team: usize) {
        self.line(&format!("[team.t{team}]"));
        self.key("engineers", &["3", "2", "5", "12"]);
        if team == 0 && self.choices.chance(200) {
            self.line("default = true");
        }
        self.maybe(128, "focus", &["0.7", "1", "0.05"]);
        self.maybe(80, "attrition_per_year", &["0.13", "0.5", "10", "2"]);
        if self.choices.chance(80) {
            let backfill = format!("backfill = {}", self.work());
            self.line(&backfill);
        }
        self.maybe(80, "ramp_up", &["\"12w\"", "\"1d\"", "\"1min\"", "\"0d\"", "\"1200mo\""]);
        self.maybe(80, "cost_per_week", &["4_000", "0", "0.01", "1e9"]);
        if self.choices.chance(50) {
            let away = format!("elsewhere = [{{ engineers = 1, until = {} }}]", self.date());
            self.line(&away);
        }
        if self.choices.chance(50) {
            let days = format!("holidays = [{}, 2026-01-06, 2026-01-07]", self.date());
            self.line(&days);
        }
        for _ in 0..self.choices.below(6) / 3 {
            self.line(&format!("[[team.t{team}.hire]]"));
            let starts = if self.choices.chance(128) {
                "starts = [2026-01-12, 2026-02-16, 2026-03-30]".to_owned()
            } else {
                let starts = self.choices.pick(&["2026-01-05", "2026-06-30", "2026-02-14"]);
                format!("starts = {starts}")
            };
            self.line(&starts);
            self.maybe(128, "probability", &["0.8", "0", "1"]);
            self.maybe(128, "engineers", &["1", "3", "20"]);
            self.maybe(60, "ramp_up", &["\"3w\"", "\"1h\""]);
            if self.choices.chance(60) {
                let until = self.choices.pick(&["2027-12-31", "2026-12-31"]);
                self.line(&format!("until = {until}"));
            }
        }
    }

    fn flow(&mut self, flow: usize) {
        self.line(&format!("[flow.f{flow}]"));
        self.key("customers", &["20_000", "1", "1e11", "0.5"]);
        self.maybe(128, "value_per_customer_minute", &["0.02", "0", "1e9"]);
    }

    fn incident(&mut self, class: usize) {
        self.line(&format!("[incident.s{class}]"));
        let per = self.choices.pick(&["per_quarter", "per_month", "per_week"]);
        let rate = self.number(&["2.0", "0.1", "7", "0.5", "20", "2"]);
        self.line(&format!("rate = {{ {per} = {rate} }}"));
        self.maybe(80, "rate_cv", &["0", "0.5", "2", "5"]);
        self.maybe(80, "overdispersion", &["0.2", "0", "10"]);
        if self.teams > 0 && self.choices.chance(200) {
            let team = self.name("t", self.teams);
            self.line(&format!("team = \"{team}\""));
            self.maybe(128, "responders", &["1", "2", "3"]);
            let response = format!("response = {}", self.work());
            self.line(&response);
            if self.choices.chance(128) {
                let follow_up = format!("follow_up = {}", self.work());
                self.line(&follow_up);
            }
        }
        if self.flows > 0 {
            let flow = self.name("f", self.flows);
            self.line(&format!("flow = \"{flow}\""));
            let unit = self.choices.pick(&["min", "h", "d", "w"]);
            let downtime = format!("downtime = {}", self.estimate(unit, false));
            self.line(&downtime);
            self.maybe(80, "share", &["0.6", "0", "1"]);
        }
        self.maybe(60, "change_failure_rate", &["0.15", "1", "0.9"]);
    }

    fn finding(&mut self, class: usize) {
        self.line(&format!("[finding.c{class}]"));
        self.key("per_engineer_week", &["0.02", "0.5", "0", "100"]);
        self.maybe(60, "rate_cv", &["0", "0.5", "5"]);
        let fix = format!("fix = {}", self.work());
        self.line(&fix);
        if self.teams > 0 {
            let team = self.name("t", self.teams);
            self.line(&format!("team = \"{team}\""));
        }
        if self.choices.chance(128) {
            self.line("blocks_release = true");
        }
    }

    fn initiative(&mut self, initiative: usize) {
        self.line(&format!("[initiative.i{initiative}]"));
        self.maybe(80, "priority", &["1", "2", "1000000"]);
        self.maybe(40, "title", &["\"Enterprise – segment\"", "\"=1+1\"", "\"<b>&\\u0007\\u202e\""]);
        if self.choices.chance(60) {
            let estimate = format!("estimate = {}", self.date());
            self.line(&estimate);
        }
        match self.choices.below(8) {
            0 => {}
            1..6 => {
                let commitment = format!("commitment = {}", self.date());
                self.line(&commitment);
            }
            _ => {
                let commitments = format!(
                    "commitment = [{{ date = {}, to = \"board\" }}, {{ date = {}, to = \"x\" }}]",
                    self.date(),
                    self.date()
                );
                self.line(&commitments);
            }
        }
        if self.tasks[initiative] == 0 {
            let duration = format!("duration = {}", self.work());
            self.line(&duration);
            return;
        }
        for task in 0..self.tasks[initiative] {
            self.line(&format!("[initiative.i{initiative}.task.k{task}]"));
            self.task_work();
            self.after(initiative, task);
            self.maybe(40, "priority", &["1", "9"]);
            if self.choices.chance(40) {
                let date = format!("not_before = {}", self.date());
                self.line(&date);
            }
            if self.choices.chance(50) {
                self.line("release = true");
            }
            if self.findings > 0 && self.choices.chance(30) {
                let class = self.name("c", self.findings);
                let mean = self.number(&["0.3", "5", "1000"]);
                self.line(&format!("review = {{ {class} = {mean} }}"));
            }
            self.scales(30);
        }
    }

    fn task_work(&mut self) {
        let work = self.work();
        if self.teams == 0 || self.choices.chance(80) {
            self.line(&format!("duration = {work}"));
            if self.teams > 0 && self.choices.chance(100) {
                let team = self.name("t", self.teams);
                let people = self.number(&["1", "2"]);
                self.line(&format!("crew = {{ {team} = {people} }}"));
            }
            return;
        }
        self.line(&format!("effort = {work}"));
        let team = self.name("t", self.teams);
        self.line(&format!("team = \"{team}\""));
        let engineers = self
            .choices
            .pick(&["", "1", "2", "{ min = 1, max = 3 }", "{ min = 1 }", "{ min = 1, max = 10000 }"]);
        if !engineers.is_empty() {
            self.line(&format!("engineers = {engineers}"));
        }
    }

    fn after(&mut self, initiative: usize, task: usize) {
        let links = if task == 0 { self.choices.below(2) } else { self.choices.below(4) };
        let mut names = vec![];
        for _ in 0..links {
            // Earlier tasks only, so that there is no cycle; of an earlier initiative where there is none in this one.
            let (to, below) = match (task, initiative) {
                (0, 0) => return,
                (0, _) => (self.choices.below(initiative), 0),
                _ => (initiative, task),
            };
            let name = match (self.tasks[to], below) {
                (0, 0) => format!("i{to}"),
                (tasks, 0) => format!("i{to}.k{}", self.choices.below(tasks)),
                _ => format!("k{}", self.choices.below(below)),
            };
            if names.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let kind = self.choices.pick(&["FS", "SS", "FF", "SF"]);
            let lag = match self.choices.below(4) {
                0 => String::new(),
                1 => format!(", lag = {}", self.estimate("d", true)),
                2 => format!(", lag = \"{}d\"", self.number(&["-5", "-0.5", "3", "0", "200"])),
                _ => format!(", lag = {}", self.work()),
            };
            let link = format!("{{ task = \"{name}\", link = \"{kind}\"{lag} }}");
            names.push((name, link));
        }
        if !names.is_empty() {
            let links: Vec<String> = names.into_iter().map(|(_, link)| link).collect();
            self.line(&format!("after = [{}]", links.join(", ")));
        }
    }

    fn scales(&mut self, share: u8) {
        if self.incidents > 0 && self.choices.chance(share) {
            let class = self.name("s", self.incidents);
            let factor = self.number(&["0.6", "2.0", "10", "0.001"]);
            self.line(&format!("scales_rate = {{ {class} = {factor} }}"));
        }
    }

    /// A task, an initiative or a team.
    fn something(&mut self) -> String {
        if self.teams > 0 && self.choices.chance(60) {
            return self.name("t", self.teams);
        }
        let initiative = self.choices.below(self.tasks.len());
        match self.tasks[initiative] {
            0 => format!("i{initiative}"),
            tasks if self.choices.chance(200) => format!("i{initiative}.k{}", self.choices.below(tasks)),
            _ => format!("i{initiative}"),
        }
    }

    fn task(&mut self) -> String {
        let initiative = self.choices.below(self.tasks.len());
        match self.tasks[initiative] {
            0 => format!("i{initiative}"),
            tasks => format!("i{initiative}.k{}", self.choices.below(tasks)),
        }
    }

    fn risk(&mut self, risk: usize) {
        self.line(&format!("[risk.r{risk}]"));
        self.key("probability", &["0.35", "1", "0", "0.01"]);
        let affects = format!("affects = [\"{}\"]", self.something());
        self.line(&affects);
        if self.choices.chance(100) {
            let multiply = self
                .choices
                .pick(&["[1.2, 1.5, 2.5]", "1000", "0.001", "{ shape = \"lognormal\", mu = 3, sigma = 2 }"]);
            self.line(&format!("multiply = {multiply}"));
        }
        if self.choices.chance(60) {
            let add = format!("add = {}", self.work());
            self.line(&add);
        }
        if self.choices.chance(60) {
            let delay = format!("delay = {}", self.work());
            self.line(&delay);
        }
        if self.choices.chance(60) {
            let retired = format!("retired_by = \"{}\"", self.task());
            self.line(&retired);
        }
        if self.teams > 0 && self.choices.chance(60) {
            let takes = format!(
                "takes = {{ team = \"{}\", engineers = 1, for = {} }}",
                self.name("t", self.teams),
                self.work()
            );
            self.line(&takes);
        }
        self.scales(60);
        if self.choices.chance(40) {
            let from = format!("from = {}", self.date());
            self.line(&from);
        }
        self.maybe(60, "cost", &["5000", "0", "1e12"]);
        self.maybe(60, "mitigation", &["{ title = \"Spike\", cost = 15_000, probability = 0.15 }"]);
        if self.choices.chance(60) {
            let initiative = self.choices.below(self.tasks.len());
            let adds = format!(
                "adds_task = {{ initiative = \"i{initiative}\", duration = {}, before = \"{}\" }}",
                self.work(),
                self.task()
            );
            self.line(&adds);
        }
    }

    fn budget(&mut self, budget: usize) {
        self.line(&format!("[budget.b{budget}]"));
        self.maybe(128, "tolerance", &["0.1", "0", "1"]);
        let initiative = self.choices.below(self.tasks.len());
        match self.choices.below(4) {
            0 if self.flows > 0 => {
                self.line("kind = \"reliability\"");
                let flow = self.name("f", self.flows);
                self.line(&format!("flow = \"{flow}\""));
                self.key("customer_minutes_per_quarter", &["1_500_000", "1", "1e15"]);
                self.maybe(60, "burnt", &["0", "1000"]);
                if self.choices.chance(100) {
                    self.line("freeze = true");
                }
            }
            1 => {
                self.line(&format!("kind = \"security\"\ninitiative = \"i{initiative}\""));
                self.key("max_days_held", &["5", "0", "0.5"]);
                self.maybe(100, "max_open", &["0", "3"]);
            }
            2 => {
                self.line(&format!("kind = \"delivery\"\ninitiative = \"i{initiative}\""));
                self.key("max_slip", &["0.2", "0", "10"]);
            }
            _ => {
                self.line("kind = \"cost\"");
                self.key("max", &["900_000", "1", "1e12"]);
            }
        }
    }

    fn checkpoint(&mut self, checkpoint: usize) {
        self.line(&format!("[checkpoint.p{checkpoint}]"));
        match self.choices.below(3) {
            0 => {
                let task = format!("task = \"{}\"\ndone_by = \"6w\"", self.task());
                self.line(&task);
            }
            1 if self.incidents > 0 => {
                let class = self.name("s", self.incidents);
                self.line(&format!("incident = \"{class}\"\nat_most = 2\nby = \"8w\""));
            }
            _ => {
                let team = self.name("t", self.teams);
                self.line(&format!("team = \"{team}\"\nengineers_at_least = 1\nby = \"8w\""));
            }
        }
    }

    fn option(&mut self, option: usize) {
        self.line(&format!("[option.o{option}]"));
        let _ = writeln!(self.text, "title = \"Option {option}\"");
        self.maybe(100, "cost", &["30_000", "0"]);
        if option > 0 && self.choices.chance(60) {
            self.line("based_on = \"o0\"");
        }
        let task = self.task();
        match self.choices.below(3) {
            // What hangs on a task that is dropped hangs in the air, so that is rare.
            0 if task.contains('.') && self.choices.chance(40) => {
                let path = task.replace('.', ".task.");
                self.line(&format!("initiative.{path}.drop = true"));
            }
            1 if self.teams > 0 => {
                let team = self.name("t", self.teams);
                self.key(&format!("team.{team}.engineers"), &["4", "9"]);
            }
            _ => {
                let initiative = self.choices.below(self.tasks.len());
                self.key(&format!("initiative.i{initiative}.priority"), &["1", "3"]);
            }
        }
    }
}
