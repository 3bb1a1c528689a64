//! Random plans with everything in them, made from a tape of numbers: 0 stands for the plainest choice, so a shorter tape with
//! smaller numbers is a simpler plan.

use std::fmt::Write as _;

use proptest::prelude::*;

/// A tape for [`scenario`].
pub fn tape() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..420)
}

struct Tape<'a> {
    numbers: std::slice::Iter<'a, u16>,
    text: String,
}

impl Tape<'_> {
    /// A number below `count`; 0 where the tape has ended.
    fn below(&mut self, count: usize) -> usize {
        (usize::from(self.numbers.next().copied().unwrap_or(0)) * count) >> 16
    }

    fn one_of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    /// Whether something comes that comes once in `count` times.
    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count && count > 1
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.text.write_fmt(line).expect("a string");
        self.text.push('\n');
    }

    /// A whole day in January or February.
    fn date(&mut self) -> String {
        let day = self.below(59);
        if day < 31 {
            format!("2026-01-{:02}", day + 1)
        } else {
            format!("2026-02-{:02}", day - 30)
        }
    }

    /// A date after the start.
    fn later_date(&mut self) -> String {
        format!("2026-0{}-{:02}", 1 + self.below(4), 6 + self.below(22))
    }

    /// An estimate of up to about `most` days: as often as not one number, and of these as often as not whole days.
    fn estimate(&mut self, most: usize) -> String {
        let days = 1 + self.below(most);
        match self.below(12) {
            0..=3 => format!("\"{days}d\""),
            4..=6 => format!("\"{days}.{:03}d\"", self.below(1_000)),
            7 => format!("{{ shape = \"uniform\", low = \"0d\", high = \"{days}d\" }}"),
            8 => format!("{{ shape = \"exponential\", mean = \"{days}d\" }}"),
            9 => format!(
                "{{ shape = \"pert\", range = \"min-max\", low = \"1h\", likely = \"{days}d\", high = \"{}d\" }}",
                3 * days
            ),
            _ => format!("[\"{days}h\", \"{days}d\", \"{}d\"]", 1 + 2 * days),
        }
    }
}

struct Team {
    id: String,
    engineers: usize,
}

/// A scenario of up to three teams and three initiatives.
pub fn scenario(tape: &[u16]) -> String {
    let mut tape = Tape {
        numbers: tape.iter(),
        text: String::new(),
    };
    tape.line(format_args!("[scenario]\nstart = 2026-01-05\nhorizon = 2026-06-30"));
    if tape.once_in(2) {
        tape.line(format_args!("holidays = [2026-01-19, 2026-03-31, 2026-04-01]"));
    }
    if tape.once_in(2) {
        tape.line(format_args!("dispatch = \"file-order\""));
    }
    tape.line(format_args!("[estimates]"));
    if !tape.once_in(3) {
        tape.line(format_args!("overrun = \"none\""));
    }
    let teams = teams(&mut tape);
    let classes = tape.below(3);
    let tasks = initiatives(&mut tape, &teams, classes);
    company(&mut tape, &teams, classes);
    risks(&mut tape, &teams, &tasks, classes);
    tape.text
}

fn teams(tape: &mut Tape) -> Vec<Team> {
    let mut teams = vec![];
    for index in 0..1 + tape.below(3) {
        let (id, engineers) = (format!("t{index}"), 1 + tape.below(5));
        tape.line(format_args!("[team.{id}]\nengineers = {engineers}"));
        if index == 0 {
            tape.line(format_args!("default = true"));
        }
        let focus = tape.one_of(&["1.0", "0.7", "0.5", "0.31"]);
        tape.line(format_args!("focus = {focus}\ncost_per_week = 100"));
        if tape.once_in(2) {
            let (first, other) = (6 + tape.below(20), 2 + tape.below(25));
            tape.line(format_args!(
                "holidays = [2026-01-{first:02}, 2026-01-{:02}, 2026-02-{other:02}]",
                first + 1
            ));
        }
        if tape.once_in(3) {
            let rate = tape.one_of(&["0.5", "2.0", "6.0"]);
            tape.line(format_args!("attrition_per_year = {rate}"));
            if tape.once_in(2) {
                let backfill = tape.estimate(20);
                tape.line(format_args!("backfill = {backfill}"));
            }
        }
        if tape.once_in(2) {
            let ramp_up = tape.one_of(&["1d", "2w", "8w"]);
            tape.line(format_args!("ramp_up = \"{ramp_up}\""));
        }
        if engineers > 1 && tape.once_in(3) {
            let (away, until) = (1 + tape.below(engineers - 1), tape.later_date());
            tape.line(format_args!("elsewhere = [{{ engineers = {away}, until = {until} }}]"));
        }
        for _ in 0..tape.below(3) {
            let month = 1 + tape.below(2);
            let starts = match tape.below(3) {
                0 => format!("2026-0{month}-06"),
                1 => format!("[2026-0{month}-06, 2026-0{month}-20, 2026-04-07]"),
                _ => format!("2026-0{month}-{:02}", 6 + tape.below(20)),
            };
            let (people, probability) = (1 + tape.below(2), tape.one_of(&["1", "0.6"]));
            tape.line(format_args!(
                "[[team.{id}.hire]]\nengineers = {people}\nstarts = {starts}\nprobability = {probability}"
            ));
            if tape.once_in(3) {
                let last = 10 + tape.below(18);
                tape.line(format_args!("until = 2026-04-{last:02}"));
            }
            if tape.once_in(3) {
                let ramp_up = tape.one_of(&["0d", "3d", "6w"]);
                tape.line(format_args!("ramp_up = \"{ramp_up}\""));
            }
        }
        teams.push(Team { id, engineers });
    }
    teams
}

/// Writes the initiatives and returns the names of all tasks.
fn initiatives(tape: &mut Tape, teams: &[Team], classes: usize) -> Vec<String> {
    let mut tasks: Vec<String> = vec![];
    for initiative in 0..1 + tape.below(3) {
        let id = format!("i{initiative}");
        tape.line(format_args!("[initiative.{id}]"));
        if tape.once_in(2) {
            let priority = 1 + tape.below(2);
            tape.line(format_args!("priority = {priority}"));
        }
        if initiative > 0 && tape.once_in(6) {
            let work = work(tape, teams);
            tape.line(format_args!("{}", work.join("\n")));
            tasks.push(id);
            continue;
        }
        tape.line(format_args!("[initiative.{id}.task]"));
        for task in 0..1 + tape.below(6) {
            let mut line = work(tape, teams).join(", ");
            if tape.once_in(4) {
                write!(line, ", priority = {}", 1 + tape.below(3)).expect("a string");
            }
            if tape.once_in(5) {
                write!(line, ", not_before = {}", tape.date()).expect("a string");
            }
            if tape.once_in(3) {
                line.push_str(", release = true");
            }
            if classes > 0 && tape.once_in(5) {
                line.push_str(", scales_rate = { c0 = 0.4 }");
            }
            if tape.once_in(6) {
                line.push_str(", review = { f0 = 1.5 }");
            }
            let links = links(tape, &tasks);
            if !links.is_empty() {
                write!(line, ", after = [{}]", links.join(", ")).expect("a string");
            }
            tape.line(format_args!("k{task} = {{ {line} }}"));
            tasks.push(format!("{id}.k{task}"));
        }
    }
    tasks
}

/// The estimate of a task and whom it needs, a key each.
fn work(tape: &mut Tape, teams: &[Team]) -> Vec<String> {
    let quantity = if tape.once_in(8) { "\"0d\"".to_owned() } else { tape.estimate(12) };
    let team = &teams[tape.below(teams.len())];
    match tape.below(5) {
        0 => vec![format!("duration = {quantity}")],
        1 => {
            let people = 1 + tape.below(team.engineers);
            let other = &teams[tape.below(teams.len())];
            let more = if other.id == team.id {
                String::new()
            } else {
                format!(", {} = 1", other.id)
            };
            vec![
                format!("duration = {quantity}"),
                format!("crew = {{ {} = {people}{more} }}", team.id),
            ]
        }
        _ => {
            let min = 1 + tape.below(team.engineers);
            let max = min + tape.below(3);
            vec![
                format!("effort = {quantity}"),
                format!("team = \"{}\"", team.id),
                format!("engineers = {{ min = {min}, max = {max} }}"),
            ]
        }
    }
}

/// Links to earlier tasks, to each at most one.
fn links(tape: &mut Tape, tasks: &[String]) -> Vec<String> {
    let mut named = vec![];
    let mut links = vec![];
    for _ in 0..tape.below(4) {
        let kind = tape.one_of(&["FS", "FS", "SS", "FF", "SF"]);
        let lag = match tape.below(8) {
            0..=2 => String::new(),
            3 => format!(", lag = \"{}d\"", tape.below(6)),
            4 => format!(", lag = \"{}.{:03}d\"", tape.below(6), tape.below(1_000)),
            5 => format!(", lag = \"-{}d\"", 1 + tape.below(6)),
            6 => format!(", lag = \"-{}.{:03}d\"", tape.below(6), 1 + tape.below(999)),
            _ => ", lag = [\"1d\", \"2d\", \"5d\"]".to_owned(),
        };
        if tasks.is_empty() {
            continue;
        }
        // The latest is the nearest.
        let task = &tasks[tasks.len() - 1 - tape.below(tasks.len())];
        if !named.contains(task) {
            named.push(task.clone());
            links.push(format!("{{ task = \"{task}\", link = \"{kind}\"{lag} }}"));
        }
    }
    links
}

/// Incidents, findings and budgets.
fn company(tape: &mut Tape, teams: &[Team], classes: usize) {
    tape.line(format_args!("[flow.f]\ncustomers = 10\nvalue_per_customer_minute = 0.5"));
    for class in 0..classes {
        let rate = tape.one_of(&["0.01", "0.2", "1.0", "3.0"]);
        tape.line(format_args!("[incident.c{class}]\nrate = {{ per_week = {rate} }}"));
        if tape.once_in(3) {
            tape.line(format_args!("overdispersion = 0.3"));
        }
        let team = &teams[tape.below(teams.len())].id;
        if !tape.once_in(4) {
            let (people, response) = (1 + tape.below(4), tape.estimate(4));
            tape.line(format_args!("team = \"{team}\"\nresponders = {people}\nresponse = {response}"));
            if tape.once_in(2) {
                let effort = tape.estimate(4);
                tape.line(format_args!("follow_up = {effort}"));
            }
        } else if tape.once_in(2) {
            let effort = tape.estimate(4);
            tape.line(format_args!("team = \"{team}\"\nfollow_up = {effort}"));
        }
        let (share, failures) = (tape.one_of(&["1", "0.5"]), tape.one_of(&["0", "0.5", "1"]));
        tape.line(format_args!(
            "flow = \"f\"\ndowntime = [\"10min\", \"1h\", \"2d\"]\nshare = {share}\nchange_failure_rate = {failures}"
        ));
    }
    // A class that reviews can name is always there.
    let (found, blocks) = (tape.one_of(&["0.0", "0.0", "0.2", "1.0"]), tape.once_in(2));
    let fix = tape.estimate(5);
    tape.line(format_args!(
        "[finding.f0]\nper_engineer_week = {found}\nfix = {fix}\nblocks_release = {blocks}"
    ));
    if tape.once_in(3) {
        let team = &teams[tape.below(teams.len())].id;
        tape.line(format_args!("team = \"{team}\""));
    }
    if tape.once_in(3) {
        tape.line(format_args!(
            "[finding.f1]\nper_engineer_week = 0.3\nfix = \"1d\"\nblocks_release = true"
        ));
    }
    let (freeze, burnt) = (tape.once_in(3), 100 * tape.below(20));
    tape.line(format_args!(
        "[budget.down]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 2000\nburnt = {burnt}\nfreeze = {freeze}"
    ));
    tape.line(format_args!(
        "[budget.held]\nkind = \"security\"\ninitiative = \"i0\"\nmax_days_held = 3\nmax_open = 1\n[budget.money]\nkind = \"cost\"\nmax = 9000"
    ));
}

fn risks(tape: &mut Tape, teams: &[Team], tasks: &[String], classes: usize) {
    for risk in 0..tape.below(5) {
        let probability = tape.one_of(&["1", "0.5"]);
        let affected = &tasks[tape.below(tasks.len())];
        tape.line(format_args!(
            "[risk.r{risk}]\nprobability = {probability}\naffects = [\"{affected}\"]"
        ));
        let effects = 1 + tape.below(31);
        if effects & 1 != 0 {
            let factor = tape.one_of(&["1.5", "0.5", "[1.1, 1.5, 2.5]"]);
            tape.line(format_args!("multiply = {factor}"));
        }
        if effects & 2 != 0 {
            let more = tape.estimate(4);
            tape.line(format_args!("add = {more}"));
        }
        if effects & 4 != 0 {
            let delay = tape.estimate(6);
            tape.line(format_args!("delay = {delay}"));
        }
        let mut from = false;
        if effects & 8 != 0 {
            let team = &teams[tape.below(teams.len())].id;
            let (people, days) = (1 + tape.below(3), tape.estimate(15));
            tape.line(format_args!("takes = {{ team = \"{team}\", engineers = {people}, for = {days} }}"));
            from = true;
        }
        if effects & 16 != 0 && classes > 0 {
            tape.line(format_args!("scales_rate = {{ c0 = 3.0 }}"));
            from = true;
        }
        if from && tape.once_in(2) {
            let date = tape.later_date();
            tape.line(format_args!("from = {date}"));
        }
        if tape.once_in(3) {
            let by = &tasks[tape.below(tasks.len())];
            tape.line(format_args!("retired_by = \"{by}\""));
        }
        if tape.once_in(3) {
            let (work, after) = (work(tape, teams).join(", "), &tasks[tape.below(tasks.len())]);
            let initiative = affected.split('.').next().unwrap_or_default();
            tape.line(format_args!(
                "adds_task = {{ {work}, after = \"{after}\", initiative = \"{initiative}\" }}"
            ));
        }
    }
}
