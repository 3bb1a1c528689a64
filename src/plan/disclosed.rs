//! What the results must say about the file: the defaults that were used.

use crate::plan::build::{Builder, DEFAULT_OVERRUN, DEFAULT_SEED, DEFAULT_TRIALS, list};
use crate::plan::domain::DefaultUsed;
use crate::plan::estimate::Reading;
use crate::plan::incidents::DEFAULT_RATE_CV;
use crate::sampling::Correlation;
use crate::scenario::says::{self, Limit};

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
                "tasks share part of their luck, with their team and with everything else",
            );
        }
        if scenario.estimates.overrun.is_none() {
            let [p10, p50, p90] = DEFAULT_OVERRUN;
            add(
                "estimates.overrun".into(),
                format!("{{ p10 = {p10}, p50 = {p50:.1}, p90 = {p90} }}"),
                "one factor for all estimates; it spreads, it does not judge",
            );
        }
        if scenario.estimates.correlation.is_some() {
            let default = Correlation::default();
            for key in &scenario.estimates.correlation_by_default {
                let (value, meaning) = match *key {
                    "team" => (default.team(), "tasks of one team share so much of their luck"),
                    _ => (default.portfolio(), "all tasks share so much of their luck"),
                };
                add(format!("estimates.correlation.{key}"), value.to_string(), meaning);
            }
        }
        self.defaults_of_teams(&mut add);
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
            if let Some(Limit::Delivery { to: None, .. }) = &budget.limit
                && scenario.initiatives.iter().any(|initiative| initiative.commitments.len() > 1)
            {
                add(
                    format!("budget.{}.to", budget.id.value),
                    "the first commitment".into(),
                    "slip is counted against the first commitment in the file",
                );
            }
        }
        self.defaults_of_incidents(&mut add);
        self.defaults_of_money_and_budgets(&mut add);
        defaults
    }

    fn defaults_of_teams(&self, add: &mut dyn FnMut(String, String, &str)) {
        let all = || self.scenario.teams.iter();
        let id = |team: &'s says::Team| team.id.value.as_str();
        let leaves = |team: &&says::Team| team.attrition_per_year.as_ref().is_some_and(|at| at.value > 0.0);
        for team in all().filter(|team| team.focus.is_none()) {
            add(
                format!("team.{}.focus", team.id.value),
                "1".into(),
                "every engineer works full time on planned work",
            );
        }
        let silent = all().filter(|team| team.attrition_per_year.is_none());
        grouped(add, "team", "attrition_per_year", silent.map(id), "0", "nobody leaves");
        let vacant = all().filter(leaves).filter(|team| team.backfill.is_none());
        grouped(add, "team", "backfill", vacant.map(id), "none", "vacancies stay vacant");
        let newcomers = |team: &&says::Team| {
            let hires = team.hires.iter().any(|hire| hire.ramp_up.is_none());
            team.ramp_up.is_none() && (hires || (leaves(team) && team.backfill.is_some()))
        };
        let meaning = "whoever joins is fully productive from the first day";
        grouped(add, "team", "ramp_up", all().filter(newcomers).map(id), "\"0d\"", meaning);
        let any_hire = |is_silent: fn(&says::Hire) -> bool| all().filter(move |team| team.hires.iter().any(is_silent)).map(id);
        let certain = any_hire(|hire| hire.probability.is_none());
        grouped(add, "team", "hire.probability", certain, "1", "hires are certain to join");
        let single = any_hire(|hire| hire.engineers.is_none());
        grouped(add, "team", "hire.engineers", single, "1", "a hire is one person");
    }

    fn defaults_of_incidents(&self, add: &mut dyn FnMut(String, String, &str)) {
        let scenario = self.scenario;
        let all = || scenario.incidents.iter();
        let id = |class: &'s says::Incident| class.id.value.as_str();
        let cv = DEFAULT_RATE_CV.to_string();
        let uncertain = "the true rate is uncertain: in two of three futures it lies between half and one and a half times the one stated";
        let silent = all().filter(|class| class.rate_cv.is_none()).map(id);
        grouped(add, "incident", "rate_cv", silent, &cv, uncertain);
        let silent = all().filter(|class| class.overdispersion.is_none()).map(id);
        let meaning = "no quarter is worse than another by itself: within a future incidents come independently at one rate";
        grouped(add, "incident", "overdispersion", silent, "0", meaning);
        let alone = all().filter(|class| class.responders.is_none() && class.team.is_some() && class.response.is_some());
        grouped(add, "incident", "responders", alone.map(id), "1", "one person responds");
        let everybody = all().filter(|class| class.share.is_none() && class.flow.is_some() && class.downtime.is_some());
        grouped(
            add,
            "incident",
            "share",
            everybody.map(id),
            "1",
            "all customers of the flow feel it",
        );
        if self.items.iter().any(|item| item.says.release) {
            let harmless = all().filter(|class| class.change_failure_rate.is_none()).map(id);
            grouped(add, "incident", "change_failure_rate", harmless, "0", "releases cause none");
        }
        let all = || scenario.findings.iter();
        let id = |class: &'s says::Finding| class.id.value.as_str();
        let silent = all().filter(|class| class.rate_cv.is_none()).map(id);
        grouped(add, "finding", "rate_cv", silent, &cv, uncertain);
        let silent = all().filter(|class| class.team.is_none()).map(id);
        let whom = "the team that did the work";
        grouped(
            add,
            "finding",
            "team",
            silent,
            whom,
            "whoever did the work fixes what is found in it",
        );
        let silent = all().filter(|class| class.blocks_release.is_none()).map(id);
        grouped(add, "finding", "blocks_release", silent, "false", "open ones hold no release");
    }

    fn defaults_of_money_and_budgets(&self, add: &mut dyn FnMut(String, String, &str)) {
        let scenario = self.scenario;
        let is_cost = |budget: &says::Budget| matches!(budget.limit, Some(Limit::Cost { .. }));
        let money = scenario.budgets.iter().any(is_cost) || scenario.teams.iter().any(|team| team.cost_per_week.is_some());
        if money {
            let silent = scenario.teams.iter().filter(|team| team.cost_per_week.is_none());
            let ids = silent.map(|team| team.id.value.as_str());
            grouped(add, "team", "cost_per_week", ids, "0", "its people cost nothing");
            let silent = scenario.flows.iter().filter(|flow| flow.value_per_customer_minute.is_none());
            let ids = silent.map(|flow| flow.id.value.as_str());
            grouped(add, "flow", "value_per_customer_minute", ids, "0", "downtime costs no money");
        }
        let free = |risk: &&says::Risk| risk.mitigation.as_ref().is_some_and(|mitigation| mitigation.cost.is_none());
        let ids = scenario.risks.iter().filter(free).map(|risk| risk.id.value.as_str());
        grouped(add, "risk", "mitigation.cost", ids, "0", "the mitigation costs nothing");
        let reliability = |silent: fn(&Limit) -> bool| {
            let budgets = scenario.budgets.iter();
            budgets
                .filter(move |budget| budget.limit.as_ref().is_some_and(silent))
                .map(|budget| budget.id.value.as_str())
        };
        let unburnt = reliability(|limit| matches!(limit, Limit::Reliability { burnt: None, .. }));
        let meaning = "nothing of the first quarter's budget was used up before the start";
        grouped(add, "budget", "burnt", unburnt, "0", meaning);
        let free = reliability(|limit| matches!(limit, Limit::Reliability { freeze: None, .. }));
        let meaning = "releases go on while the quarter's budget is exceeded";
        grouped(add, "budget", "freeze", free, "false", meaning);
    }
}

/// One default that several entries share, said once.
fn grouped<'n>(
    add: &mut dyn FnMut(String, String, &str),
    section: &str,
    key: &str,
    ids: impl Iterator<Item = &'n str>,
    value: &str,
    meaning: &str,
) {
    let ids: Vec<&str> = ids.collect();
    match ids.as_slice() {
        [] => {}
        [one] => add(format!("{section}.{one}.{key}"), value.into(), meaning),
        several => {
            let meaning = format!("{meaning} ({})", list(several.iter().copied()));
            add(format!("{section}.{key}"), value.into(), &meaning);
        }
    }
}

fn is_done(tasks: usize) -> String {
    if tasks == 1 {
        "1 task is done".into()
    } else {
        format!("{tasks} tasks are done")
    }
}
