//! What the results must say about the file: the defaults that were used, and what was read but not used.

use crate::plan::build::Builder;
use crate::plan::build::{DEFAULT_OVERRUN, DEFAULT_SEED, DEFAULT_TRIALS};
use crate::plan::domain::{DefaultUsed, ReadNotUsed};
use crate::plan::estimate::Reading;
use crate::sampling::Correlation;
use crate::scenario::tree::At;

impl<'s> Builder<'s> {
    pub(super) fn defaults(&self, reading: &Reading<'_>) -> Vec<DefaultUsed> {
        let scenario = self.scenario;
        let mut defaults = Vec::new();
        let mut add = |key: String, value: String, meaning: &str| {
            defaults.push(DefaultUsed {
                key,
                value,
                meaning: meaning.into(),
            });
        };
        if scenario.settings.trials.is_none() {
            add(
                "scenario.trials".into(),
                DEFAULT_TRIALS.to_string(),
                "so many futures are simulated",
            );
        }
        if scenario.settings.seed.is_none() {
            add(
                "scenario.seed".into(),
                DEFAULT_SEED.to_string(),
                "the same scenario and seed give the same numbers",
            );
        }
        if scenario.settings.timelines.is_none() {
            add(
                "scenario.timelines".into(),
                "[\"p10\", \"p50\", \"p90\"]".into(),
                "best, expected and worst are the finishes that one, five and nine of ten futures reach",
            );
        }
        if reading.default_shape {
            add(
                "estimates.shape".into(),
                "\"lognormal\"".into(),
                "three numbers are read as a skewed curve with the likely number at its peak and no upper bound (with min-max: pert)",
            );
        }
        if reading.default_range {
            add(
                "estimates.range".into(),
                "\"p10-p90\"".into(),
                "the outer two numbers are read as the 10th and 90th percentile, not as bounds",
            );
        }
        if scenario.estimates.correlation.is_none() {
            let default = Correlation::default();
            add(
                "estimates.correlation".into(),
                format!("{{ team = {}, portfolio = {} }}", default.team(), default.portfolio()),
                "tasks share part of their luck with their team and with everything else; independent errors would make the forecast falsely sure",
            );
        }
        if scenario.estimates.overrun.is_none() {
            let [p10, p50, p90] = DEFAULT_OVERRUN;
            add(
                "estimates.overrun".into(),
                format!("{{ p10 = {p10}, p50 = {p50:.1}, p90 = {p90} }}"),
                "one factor for all estimates; it spreads, it does not judge: median 1; published: 60–80 % of projects overrun, by 30–40 % on average (Moløkken & Jørgensen 2003)",
            );
        }
        for team in scenario.teams.iter().filter(|team| team.focus.is_none()) {
            add(
                format!("team.{}.focus", team.id.value),
                "1".into(),
                "every engineer works full time on planned work",
            );
        }
        if self.default_crews > 0 {
            let meaning = format!("{} by one person each", is_done(self.default_crews));
            add("task.engineers".into(), "1".into(), &meaning);
        }
        for initiative in &scenario.initiatives {
            if initiative.commitments.iter().any(|commitment| commitment.to.is_none()) {
                add(
                    format!("initiative.{}.commitment.to", initiative.id.value),
                    "nobody named".into(),
                    "the commitment does not say to whom it was made",
                );
            }
        }
        for budget in &scenario.budgets {
            if let Some(delivery) = &budget.delivery
                && delivery.to.is_none()
                && scenario.initiatives.iter().any(|initiative| initiative.commitments.len() > 1)
            {
                add(
                    format!("budget.{}.to", budget.id.value),
                    "the first commitment".into(),
                    "slip is counted against the first commitment in the file",
                );
            }
        }
        defaults
    }

    pub(super) fn unused(&self) -> Vec<ReadNotUsed> {
        let lines: Vec<usize> = self.scenario.source.text.match_indices('\n').map(|(at, _)| at).collect();
        let mut unused: Vec<&At<String>> = self.scenario.unused.iter().collect();
        unused.sort_by_key(|at| at.span.start);
        unused
            .into_iter()
            .map(|at| ReadNotUsed {
                key: at.value.clone(),
                line: lines.partition_point(|newline| *newline < at.span.start) + 1,
            })
            .collect()
    }
}

fn is_done(tasks: usize) -> String {
    if tasks == 1 {
        "1 task is done".into()
    } else {
        format!("{tasks} tasks are done")
    }
}
