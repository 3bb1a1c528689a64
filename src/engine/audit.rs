//! An independent look at a trial while it is played: everyone is in one place, and their time adds up.

use super::compile::NONE;
use super::ledger::Shift;
use super::state::{Phase, Whereabouts};
use super::trial::Trial;

/// People-days of a trial by what they went into, from what the people themselves say and not from the ledger.
#[derive(Debug, Default, Clone)]
pub(super) struct Audit {
    pub(super) since: f64,
    /// By team: in crews of planned work, in crews of jobs, in absences, idle, not there; and the crews' part while work is open.
    pub(super) days: Vec<[f64; 6]>,
}

impl Trial<'_> {
    /// Books everybody's time since the last look, and checks that nobody is in two places and nothing is kept twice.
    pub(super) fn audit(&mut self) {
        let teams = self.plan.teams.len();
        let mut audit = std::mem::take(&mut self.w.audit);
        audit.days.resize(teams, [0.0; 6]);
        let days = self.now - audit.since;
        audit.since = self.now;
        let mut counts = vec![Shift::default(); teams];
        for (index, person) in self.w.people.iter().enumerate() {
            let team = person.team as usize;
            let in_list = match person.whereabouts {
                Whereabouts::Crew => {
                    counts[team].held += 1;
                    counts[team].here += 1;
                    let task = person.holder as usize;
                    assert_eq!(self.w.tasks[task].phase, Phase::Running, "a crew works on what is under way");
                    self.list(self.w.tasks[task].first)
                }
                Whereabouts::Taken => {
                    let absence = &self.w.absences[person.holder as usize];
                    assert!(!absence.over, "an absence that is over holds nobody");
                    counts[team].responding += i32::from(absence.is_response());
                    self.list(absence.first)
                }
                Whereabouts::Idle => {
                    counts[team].here += 1;
                    self.w.teams[team].idle.clone()
                }
                Whereabouts::Absent => {
                    assert!(!self.w.teams[team].idle.contains(&(index as u32)));
                    vec![index as u32]
                }
            };
            assert_eq!(
                in_list.iter().filter(|other| **other == index as u32).count(),
                1,
                "everyone is in one place, once"
            );
        }
        // The interval that ends now was spent as the last look left it.
        for (team, last) in self.w.audit_last.iter().enumerate() {
            for (sum, people) in audit.days[team].iter_mut().zip(last) {
                *sum += people * days;
            }
        }
        for (task, state) in self.w.tasks.iter().enumerate() {
            let crew = self.list(state.first);
            assert_eq!(crew.len() as u32, state.crew);
            let productivity: f64 = crew.iter().map(|person| self.w.people[*person as usize].productivity).sum();
            assert!((productivity - state.productivity).abs() < 1e-9);
            assert!(state.remaining >= 0.0);
            if state.phase == Phase::Running && !self.is_job(task) {
                assert!(
                    self.plan.tasks[task].start_links == 0 || state.start_links == 0,
                    "what is under way has been let go"
                );
                assert!(state.started + 1e-9 >= state.start_gate, "no task begins before its links allow");
            }
        }
        self.w.audit_last = vec![[0.0; 6]; teams];
        let open = self.w.unfinished > 0;
        for person in &self.w.people {
            let team = person.team as usize;
            let bucket = match person.whereabouts {
                Whereabouts::Crew => usize::from(self.is_job(person.holder as usize)),
                Whereabouts::Taken => 2,
                Whereabouts::Idle => 3,
                Whereabouts::Absent => 4,
            };
            self.w.audit_last[team][bucket] += 1.0;
            if bucket < 2 && open && !self.w.teams[team].away {
                self.w.audit_last[team][5] += 1.0;
            }
        }
        for (team, count) in counts.iter().enumerate() {
            let [here, held, wanted, responding] = self.w.ledger.people(team);
            assert_eq!(
                (here, held, responding),
                (f64::from(count.here), f64::from(count.held), f64::from(count.responding))
            );
            assert!(wanted >= 0.0);
        }
        self.w.audit = audit;
    }

    fn list(&self, first: u32) -> Vec<u32> {
        let mut found = vec![];
        let mut person = first;
        while person != NONE {
            found.push(person);
            assert!(found.len() <= self.w.people.len(), "a list that does not end");
            person = self.w.people[person as usize].next;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::compile::Compiled;
    use super::super::draws::{BLOCK, Draws};
    use super::super::layout::{Layout, Tally, Window};
    use super::super::state::Workspace;
    use super::super::trial::play;
    use crate::plan;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    /// A company of two teams with everything in it, its numbers at random.
    fn scenario() -> impl Strategy<Value = String> {
        let task = (1_u32..20, 0_usize..4, 1_u32..4, 0_u32..2, any::<bool>(), any::<bool>());
        (
            proptest::collection::vec(task, 2..9),
            (1_u32..7, 1_u32..5, 0.0_f64..3.0, 0.0_f64..0.3),
            (1_u32..5, 0_u32..3, 0.0_f64..2.0, any::<bool>()),
        )
            .prop_map(|(tasks, (a, b, attrition, findings), (responders, hires, rate, freeze))| {
                let mut toml = format!(
                    "[scenario]\nstart = 2026-01-02\nhorizon = 2026-09-30\n[team.a]\nengineers = {a}\nattrition_per_year = {attrition}\nbackfill = [\"2d\", \"2w\", \"6w\"]\nramp_up = \"4w\"\nfocus = 0.7\nholidays = [2026-01-09, 2026-01-12, 2026-02-03]\ncost_per_week = 100\n[team.b]\nengineers = {b}\nattrition_per_year = {attrition}\nelsewhere = [{{ engineers = 1, until = 2026-01-20 }}]\n"
                );
                for hire in 0..hires {
                    writeln!(toml, "[[team.a.hire]]\nengineers = 2\nstarts = [2026-01-05, 2026-01-1{hire}, 2026-03-02]\nprobability = 0.7").expect("a string");
                    if hire == 1 {
                        writeln!(toml, "until = 2026-04-02").expect("a string");
                    }
                }
                toml.push_str("[initiative.x.task]\n");
                for (index, (days, after, people, kind, release, other)) in tasks.iter().enumerate() {
                    let team = if *other { "b" } else { "a" };
                    let size = if *other { b } else { a };
                    let people = (*people).min(size);
                    write!(toml, "t{index} = {{ ").expect("a string");
                    if *kind == 0 {
                        write!(toml, "effort = [\"1d\", \"{days}d\", \"{}d\"], team = \"{team}\", engineers = {{ min = {people}, max = {} }}", days * 3, people + 1).expect("a string");
                    } else {
                        write!(toml, "duration = [\"1d\", \"{days}d\", \"{}d\"], crew = {{ a = 1, b = 1 }}", days * 2).expect("a string");
                    }
                    if *after < index {
                        write!(toml, ", after = \"t{}\"", index - 1 - after % index).expect("a string");
                    }
                    writeln!(toml, ", release = {release} }}").expect("a string");
                }
                write!(
                    toml,
                    "[flow.f]\ncustomers = 5\n[incident.i]\nrate = {{ per_week = {rate:?} }}\nteam = \"a\"\nresponders = {responders}\nresponse = [\"1h\", \"1d\", \"6d\"]\nfollow_up = [\"1h\", \"1d\", \"9d\"]\nflow = \"f\"\ndowntime = [\"1h\", \"3h\", \"3d\"]\nchange_failure_rate = 0.5\noverdispersion = 0.3\n[incident.j]\nrate = {{ per_month = 1 }}\nteam = \"b\"\nresponse = \"3d\"\nflow = \"f\"\ndowntime = \"1h\"\n[finding.c]\nper_engineer_week = {findings:?}\nfix = [\"1d\", \"2d\", \"9d\"]\nblocks_release = true\n[risk.r]\nprobability = 0.5\naffects = [\"x.t0\"]\nmultiply = [1.1, 1.5, 3]\ntakes = {{ team = \"a\", engineers = 1, for = \"3w\" }}\nscales_rate = {{ i = 2.0 }}\nfrom = 2026-01-20\nretired_by = \"x.t1\"\n[budget.d]\nkind = \"reliability\"\nflow = \"f\"\ncustomer_minutes_per_quarter = 9000\nfreeze = {freeze}\n[budget.s]\nkind = \"security\"\nmax_days_held = 3\n"
                )
                .expect("a string");
                toml
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// People's time = planned work + follow-ups and fixes + absences + idle + not there; and the ledger pays what the people
        /// worked. The checks at every instant stand in `audit`.
        #[test]
        fn peoples_time_adds_up_in_every_trial(toml in scenario()) {
            let plan = match plan::read("random.toml", toml.clone().into_bytes(), &|_| Ok(String::new())) {
                Ok(plan) => plan,
                Err(faults) => return Err(TestCaseError::fail(format!("{toml}\n{}", crate::diagnostic::render(&faults, false)))),
            };
            let compiled = Compiled::new(&plan, 1);
            let window = Window { limit: 2_000.0, horizon: 190.0, horizon_clock: 272.0, quarters: 3, weeks: 39, checkpoints: true, responses: true };
            let (mut draws, mut workspace, mut tally) = (Draws::new(&compiled), Workspace::new(&compiled, &window), Tally::new(&compiled, &window));
            let mut row = vec![0.0; Layout::new(&compiled, &window).width()];
            draws.draw(&compiled, 0);
            for lane in 0..BLOCK.min(16) {
                play(&compiled, draws.lane(lane), &window, &mut workspace, &mut row, &mut tally).expect("a small company");
                for (team, says) in compiled.teams.iter().enumerate() {
                    let days = &workspace.audit.days[team];
                    let all: f64 = days[..5].iter().sum();
                    let seats = says.seats.len() as f64;
                    prop_assert!((all - seats * workspace.audit_end()).abs() < 1e-6 * (1.0 + all), "{days:?}");
                    let (held, _) = workspace.ledger.people_days(team);
                    prop_assert!((held - days[5]).abs() < 1e-6 * (1.0 + held), "paid {held}, worked {}", days[5]);
                }
            }
        }
    }
}
