//! Security findings, and the releases that they hold.

use sim::plan::Work;

use super::trial::Trial;
use super::work::Job;

impl Trial<'_> {
    /// What a task that finishes brings up.
    pub fn find(&mut self, task: usize) {
        let plan = self.known.plan;
        let entry = &plan.tasks[task];
        for (id, class) in plan.findings.iter().enumerate() {
            let mut count = 0;
            if let Work::Effort { .. } = entry.work {
                let weeks = self.tasks[task].quantity / 5.0;
                count += self.chance.poisson(self.finding_rates[id] * weeks);
            }
            for (_, mean) in entry.review.iter().filter(|(reviewed, _)| reviewed.0 == id) {
                count += self.chance.poisson(*mean);
            }
            self.counted.findings[id] += count;
            for _ in 0..count {
                let effort = self.chance.of(&class.fix);
                // Where neither the class nor the task names a team, nobody has to fix it.
                if let Some(team) = class.team.or(entry.work.team()) {
                    self.add_job(team.0, effort, class.blocks_release.then_some(entry.initiative.0));
                }
            }
        }
    }

    /// A follow-up or a fix enters the team's queue.
    pub fn add_job(&mut self, team: usize, effort: f64, holds: Option<usize>) {
        self.jobs.push(Job {
            team,
            remaining: effort,
            worker: None,
            begun: false,
            done: false,
            holds,
        });
    }

    /// Blocking findings of an initiative that are open now.
    fn open_findings(&self, initiative: usize) -> u32 {
        self.jobs.iter().filter(|job| !job.done && job.holds == Some(initiative)).count() as u32
    }

    /// Whether open findings hold a release now.
    pub fn is_held(&self, task: usize) -> bool {
        self.open_findings(self.known.plan.tasks[task].initiative.0) > 0
    }

    /// At the moment at which a release could start but for findings and people: how many are open?
    pub fn note_held_releases(&mut self) {
        for (task, entry) in self.known.plan.tasks.iter().enumerate() {
            if entry.release && !self.tasks[task].wanted && !self.is_absent(task) && self.is_allowed(task) {
                self.tasks[task].wanted = true;
                let initiative = entry.initiative.0;
                if self.today <= self.known.last_day {
                    let open = self.open_findings(initiative);
                    self.counted.max_open[initiative] = self.counted.max_open[initiative].max(open);
                }
            }
        }
    }

    /// Releases of an initiative that open findings hold now.
    pub fn held_releases(&self, initiative: usize) -> usize {
        if self.open_findings(initiative) == 0 {
            return 0;
        }
        let tasks = self.known.plan.tasks.iter().enumerate();
        tasks
            .filter(|(task, entry)| entry.release && entry.initiative.0 == initiative && !self.is_absent(*task) && self.is_allowed(*task))
            .count()
    }
}
