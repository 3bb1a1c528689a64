//! What a pre-read of a plan would lack: not wrong, but a page without it starts an argument instead of a decision.

use super::checkpoints::Watching;
use super::domain::{Budget, BudgetKind, Commitment, Initiative, Plan};
use crate::calendar::Date;
use crate::diagnostic::Place;
use crate::scenario::says::{self, Scenario, SlipProtocol};
use crate::scenario::tree::Span;

/// Something that a pre-read would lack.
#[derive(Debug, Clone)]
pub struct Lack {
    /// A stable name for its kind, such as `no-options`.
    pub code: &'static str,
    /// What is missing, in a sentence that names whom it concerns.
    pub message: String,
    /// What the reader of the page would ask.
    pub why: String,
    /// Where the file speaks of it.
    pub place: Place,
    /// Where [`Lack::write`] belongs.
    pub whither: Whither,
    /// TOML that mends it, its numbers and names to be replaced; empty where something has to be changed instead.
    pub write: Vec<String>,
}

/// Where lines belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whither {
    /// They bring their own heading: anywhere.
    Anywhere,
    /// Under a heading, such as `[team.core]`.
    Under(String),
    /// Into the `on_miss` of the checkpoint with this heading.
    OnMiss(String),
}

/// Everything that a pre-read of the plan would lack, in the order of the file. `plan` is the plan of `scenario`.
#[must_use]
pub fn preread(scenario: &Scenario, plan: &Plan) -> Vec<Lack> {
    let mut lint = Lint {
        scenario,
        plan,
        found: Vec::new(),
    };
    lint.people();
    lint.initiatives();
    lint.checkpoints();
    lint.budgets();
    lint.options();
    lint.found.sort_by_key(|lack| lack.place.span.start);
    lint.found
}

struct Lint<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    found: Vec<Lack>,
}

impl<'a> Lint<'a> {
    fn add(&mut self, code: &'static str, span: &Span, message: String, why: &str, whither: Whither, write: Vec<String>) {
        self.found.push(Lack {
            code,
            message,
            why: why.into(),
            place: Place {
                source: std::sync::Arc::clone(&self.scenario.source),
                span: span.clone(),
            },
            whither,
            write,
        });
    }

    /// Where the file promises something first; its first initiative, where it promises nothing.
    fn first_promise(&self) -> Span {
        let initiatives = &self.scenario.initiatives;
        let promise = initiatives.iter().find_map(|initiative| initiative.commitments.first());
        let span = promise.map(|promise| &promise.date.span);
        span.or_else(|| initiatives.first().map(|initiative| &initiative.id.span))
            .cloned()
            .unwrap_or_default()
    }

    /// The initiatives that promise something, each as planned and as written.
    fn promising(&self) -> Vec<(usize, &'a Initiative, &'a says::Initiative)> {
        let both = self.plan.initiatives.iter().zip(&self.scenario.initiatives).enumerate();
        both.map(|(index, (planned, says))| (index, planned, says))
            .filter(|(_, planned, _)| !planned.commitments.is_empty())
            .collect()
    }

    fn people(&mut self) {
        const WHY: &str = "A page that cannot say what the work costs leaves open whether the date is worth it.";
        let scenario = self.scenario;
        if scenario.teams.is_empty() {
            self.add(
                "no-cost",
                &self.first_promise(),
                "no team, so nobody's work costs anything".into(),
                WHY,
                Whither::Anywhere,
                lines(&["[team.core]", "engineers     = 5", "cost_per_week = 4_000"]),
            );
        }
        for team in scenario.teams.iter().filter(|team| team.cost_per_week.is_none()) {
            self.add(
                "no-cost",
                &team.id.span,
                format!("team `{}` has no cost, so its work counts as free", team.id.value),
                WHY,
                Whither::Under(heading("team", &team.id.value)),
                lines(&["cost_per_week = 4_000   # one engineer, everything included"]),
            );
        }
    }

    fn initiatives(&mut self) {
        let promising = self.promising();
        if promising.is_empty() {
            let id = self.plan.initiatives.first().map_or("", |initiative| &initiative.id);
            self.add(
                "no-commitment",
                &self.first_promise(),
                "nothing is promised".into(),
                "A page without a promised date has no question for anybody to decide.",
                Whither::Under(heading("initiative", id)),
                vec![format!("commitment = {}", self.plan.calendar.start().quarter_end())],
            );
        }
        for (_, initiative, says) in promising {
            let (id, promise) = (&says.id.span, promise_span(says));
            let (name, whither) = (&initiative.id, Whither::Under(heading("initiative", &initiative.id)));
            if initiative.owner.is_none() {
                self.add(
                    "no-owner",
                    id,
                    format!("initiative `{name}` is promised, and nobody owns it"),
                    "Whom does a reader ask, and who does what the page decides?",
                    whither.clone(),
                    lines(&["owner = \"VP Engineering\""]),
                );
            }
            if initiative.accountable.is_none() {
                self.add(
                    "nobody-accountable",
                    &promise,
                    format!("nobody is accountable for the promise of `{name}`"),
                    "When the date slips, who has to answer for it before those whom it was promised to?",
                    whither.clone(),
                    lines(&["accountable = \"CEO and CTO\""]),
                );
            }
            if initiative.estimate.is_none() {
                let date = initiative.commitments[0].date;
                self.add(
                    "no-estimate",
                    id,
                    format!("initiative `{name}` does not say which date engineering stated"),
                    "The gap between what was promised and what was estimated cannot be named, only felt.",
                    whither,
                    vec![format!("estimate = {date}   # what engineering said when it was asked")],
                );
            }
        }
    }

    fn checkpoints(&mut self) {
        let plan = self.plan;
        let watching: Vec<(usize, Watching)> = self
            .promising()
            .into_iter()
            .map(|(index, initiative, _)| (index, Watching::of(index, initiative, |task| &plan.tasks[task.0].links)))
            .collect();
        let last = |index: &usize| plan.initiatives[*index].commitments.iter().map(|commitment| commitment.date).max();
        for (checkpoint, says) in plan.checkpoints.iter().zip(&self.scenario.checkpoints) {
            let watched = || watching.iter().filter(|(_, tasks)| tasks.watches(checkpoint, &plan.budgets));
            let latest = watched().filter_map(|(index, _)| last(index)).max();
            if let Some(latest) = latest.filter(|latest| checkpoint.by.date >= *latest) {
                let at = says.by.as_ref().map_or(&says.id.span, |by| &by.span);
                self.add(
                    "checkpoint-after-commitment",
                    at,
                    format!("checkpoint `{}` looks on {}, too late to tell", checkpoint.id, checkpoint.by.date),
                    &format!(
                        "It warns nobody: the last promise that it watches over is due on {latest}. Let it look earlier; `sim run` recommends when."
                    ),
                    Whither::Anywhere,
                    vec![],
                );
            }
            self.slip_protocol(&says.id.span, &checkpoint.id, checkpoint.on_miss.as_ref());
        }
        for (index, tasks) in &watching {
            let watching = || {
                plan.checkpoints
                    .iter()
                    .filter(|checkpoint| tasks.watches(checkpoint, &plan.budgets))
            };
            let (initiative, says) = (&plan.initiatives[*index], &self.scenario.initiatives[*index]);
            // A checkpoint that looks too late for every promise is named itself.
            if watching().any(|checkpoint| last(index).is_some_and(|last| checkpoint.by.date >= last)) {
                continue;
            }
            // What looks before the earliest of them looks before all.
            let unwatched = |commitment: &Commitment| !watching().any(|checkpoint| checkpoint.by.date < commitment.date);
            let promises = initiative.commitments.iter().zip(&says.commitments);
            let earliest = promises
                .filter(|(commitment, _)| unwatched(commitment))
                .min_by_key(|(commitment, _)| commitment.date);
            if let Some((commitment, promise)) = earliest {
                let to = commitment.to.as_ref().map_or_else(String::new, |to| format!(" to {to}"));
                self.add(
                    "no-checkpoint",
                    &promise.date.span,
                    format!("no checkpoint watches over the promise of `{}`{to} before it is due", initiative.id),
                    "Everybody would learn that the date is missed on the date itself. `sim run` recommends what to look at, and when.",
                    Whither::Anywhere,
                    self.checkpoint_lines(initiative, commitment.date),
                );
            }
        }
    }

    fn slip_protocol(&mut self, span: &Span, id: &str, on_miss: Option<&SlipProtocol>) {
        const WHY: &str = "A trigger on which nobody has to speak is passed over; agreed beforehand, saying it is nobody's fault.";
        let nothing = SlipProtocol::default();
        let given = on_miss.unwrap_or(&nothing);
        let keys = [
            ("who", &given.who, "CTO"),
            ("tells", &given.tells, "CEO, then the board"),
            ("within", &given.within, "2d"),
            ("says", &given.says, "We plan with the expected date from now on."),
        ];
        let missing: Vec<_> = keys.into_iter().filter(|(_, text, _)| text.is_none()).collect();
        let heading = heading("checkpoint", id);
        let mut write: Vec<String> = missing
            .iter()
            .map(|(key, _, example)| format!("{key:<6} = \"{example}\""))
            .collect();
        let (message, whither) = match missing.len() {
            0 => return,
            4 => {
                write.insert(0, format!("{}.on_miss]", heading.trim_end_matches(']')));
                let message = format!("checkpoint `{id}` does not say who tells whom where it is missed");
                (message, Whither::Anywhere)
            }
            _ => {
                let named: Vec<String> = missing.iter().map(|(key, ..)| format!("`{key}`")).collect();
                let message = format!("the slip protocol of checkpoint `{id}` lacks {}", named.join(" and "));
                (message, Whither::OnMiss(heading))
            }
        };
        self.add("no-slip-protocol", span, message, WHY, whither, write);
    }

    /// A checkpoint on the first task of an initiative, a third of the way to a promise.
    fn checkpoint_lines(&self, initiative: &Initiative, promised: Date) -> Vec<String> {
        let weeks = (promised.days_since(self.plan.calendar.start()) / 21).max(1);
        let task = initiative.tasks.first().and_then(|task| self.plan.tasks.get(task.0));
        let is_taken = |id: &str| self.plan.checkpoints.iter().any(|checkpoint| checkpoint.id == id);
        let mut id = initiative.id.clone();
        while is_taken(&id) {
            id.push_str("-2");
        }
        vec![
            heading("checkpoint", &id),
            format!("task    = {}", quoted(task.map_or("", |task| &task.id))),
            format!("done_by = \"{weeks}w\"             # calendar weeks after the start"),
            format!("{}.on_miss]", heading("checkpoint", &id).trim_end_matches(']')),
            format!("who    = {}", quoted(initiative.owner.as_deref().unwrap_or("CTO"))),
            "tells  = \"CEO\"".into(),
            "within = \"2d\"".into(),
            "says   = \"We plan with the expected date from now on.\"".into(),
        ]
    }

    fn budgets(&mut self) {
        const WHY: &str = "Without the risk that the leaders accept, no number on the page is good or bad.";
        let plan = self.plan;
        if let (true, Some((_, initiative, says))) = (plan.budgets.is_empty(), self.promising().first()) {
            let write = vec![
                heading("budget", &initiative.id),
                "kind       = \"delivery\"".into(),
                format!("initiative = {}", quoted(&initiative.id)),
                "max_slip   = 0.20            # of the time from the start to the promise".into(),
                "tolerance  = 0.20            # they accept one future in five beyond it".into(),
            ];
            let (span, message) = (
                promise_span(says),
                format!("no budget says how far the promise of `{}` may slip", initiative.id),
            );
            self.add("no-tolerance", &span, message, WHY, Whither::Anywhere, write);
        }
        for (budget, says) in plan.budgets.iter().zip(&self.scenario.budgets) {
            if budget.tolerance.is_none() {
                self.add(
                    "no-tolerance",
                    &says.id.span,
                    format!("{} `{}` has no tolerance", kind(budget), budget.id),
                    WHY,
                    Whither::Under(heading("budget", &budget.id)),
                    lines(&["tolerance = 0.20   # they accept one future in five beyond it"]),
                );
            }
        }
    }

    fn options(&mut self) {
        let options = &self.scenario.options;
        if options.is_empty() {
            let write = match self.promising().first() {
                Some((_, initiative, _)) => {
                    let later = initiative.commitments[0]
                        .date
                        .plus_days(28)
                        .unwrap_or(initiative.commitments[0].date);
                    let to = initiative.commitments[0].to.as_ref();
                    let mut write = lines(&["[option.later]", "title       = \"Promise a later date\"", "cost        = 0"]);
                    write.push("recommended = true".into());
                    let path = heading("initiative", &initiative.id);
                    let path = path.trim_start_matches('[').trim_end_matches(']');
                    match to {
                        Some(to) => {
                            write.push(format!("[[option.later.{path}.commitment]]"));
                            write.push(format!("date = {later}"));
                            write.push(format!("to   = {}", quoted(to)));
                        }
                        // A promise to nobody in particular cannot be told from a second one.
                        None => write.push(format!("{path}.commitment = {later}")),
                    }
                    write
                }
                None => lines(&[
                    "[option.narrow]",
                    "title       = \"A narrower version\"",
                    "cost        = 0",
                    "recommended = true",
                ]),
            };
            self.add(
                "no-options",
                &self.first_promise(),
                "there is no option beside the plan".into(),
                "The page would say how likely the date is and leave nothing to choose: cut scope, add people, or move the date.",
                Whither::Anywhere,
                write,
            );
            return;
        }
        for option in options.iter().filter(|option| option.cost.is_none()) {
            self.add(
                "option-without-cost",
                &option.id.span,
                format!("option `{}` does not say what it costs", option.id.value),
                "What an option buys can be weighed only against what is paid for it; if that is nothing, say so.",
                Whither::Under(heading("option", &option.id.value)),
                lines(&["cost = 0   # once; people who join are paid as their team is"]),
            );
        }
        if !options.iter().any(|option| option.recommended) {
            let first = &options[0].id;
            self.add(
                "no-recommendation",
                &first.span,
                "no option is recommended".into(),
                "Readers who are shown choices and no advice decide on something else first: whom to ask.",
                Whither::Under(heading("option", &first.value)),
                lines(&["recommended = true   # or under another"]),
            );
        }
    }
}

fn promise_span(says: &says::Initiative) -> Span {
    says.commitments.first().map_or(&says.id.span, |promise| &promise.date.span).clone()
}

fn kind(budget: &Budget) -> &'static str {
    match budget.kind {
        BudgetKind::Delivery { .. } => "delivery budget",
        BudgetKind::Reliability { .. } => "reliability budget",
        BudgetKind::Security { .. } => "security budget",
        BudgetKind::Cost { .. } => "cost budget",
    }
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// `[section.id]`, the id in quotes where TOML wants them.
fn heading(section: &str, id: &str) -> String {
    let is_bare = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_bare {
        format!("[{section}.{id}]")
    } else {
        format!("[{section}.{}]", quoted(id))
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            c if crate::inert::acts(c) => written.push_str(&format!("\\U{:08X}", c as u32)),
            c => written.push(c),
        }
    }
    written + "\""
}
