//! The verdict of a rerun in the terminal: which path we are on, what has moved, and what was agreed to be said now.

use anstyle::Style;

use super::page::{BAD, BOLD, Cell, DIM, GOOD, INDENT, Page, Side, plain, styled};
use super::text::{cut, date, in_hundred, percent, rounded, thousands, weeks_moved};
use crate::analysis::{CheckpointOutcome, Forecast, Outcome, Path, PathVerdict, Rerun, Standing};

/// Running and late tasks that are shown; the rest is in the files.
const MOST_TASKS: usize = 8;

/// Fewer effective pasts than this share say that the facts surprised the plan.
const FEW_EFFECTIVE: f64 = 0.1;

impl Page {
    /// Where we are; nothing for a first run.
    pub(super) fn rerun(&mut self, forecast: &Forecast) {
        let Some(rerun) = &forecast.rerun else { return };
        self.blank();
        self.heading(&format!(
            "Where we are on the morning of {}, after {}",
            rerun.as_of.long_with_weekday(),
            match rerun.week {
                1 => "1 week".to_owned(),
                weeks => format!("{weeks} weeks"),
            }
        ));
        for verdict in &rerun.verdicts {
            self.blank();
            if rerun.verdicts.len() > 1 {
                self.line(&format!("{INDENT}{}", cut(&verdict.title, 74)), BOLD);
            }
            self.verdict(verdict);
        }
        self.outcomes(&rerun.checkpoints);
        self.standings(&rerun.tasks);
        self.lessons(rerun);
    }

    fn verdict(&mut self, verdict: &PathVerdict) {
        if let Some(finished) = verdict.finished {
            self.paragraph(&format!("Finished on {}.", finished.long()), INDENT, BOLD);
        } else {
            let (name, odds) = match verdict.path {
                Path::Best => ("best", &verdict.best),
                Path::Expected => ("expected", &verdict.expected),
                Path::Worst => ("worst", &verdict.worst),
            };
            let style = if verdict.path == Path::Worst { BAD } else { GOOD };
            self.paragraph(
                &format!(
                    "On the {name}-case path of the first forecast: {} futures end there.",
                    in_hundred(odds)
                ),
                INDENT,
                style.bold(),
            );
            let text = format!(
                "Best {}, expected {}, worst {} – before anything was known 30 %, 40 %, 30 %.",
                percent(&verdict.best),
                percent(&verdict.expected),
                percent(&verdict.worst)
            );
            self.paragraph(&text, INDENT, Style::new());
        }
        let (then, now) = (&verdict.then, &verdict.now);
        let row = |name: &str, then: &crate::analysis::Quantile, now: &crate::analysis::Quantile| {
            let moved = now.at.working_days.days() - then.at.working_days.days();
            vec![
                styled(name, BOLD),
                plain(then.percentile.to_string().to_uppercase()),
                plain(date(&then.at)),
                styled(date(&now.at), BOLD),
                plain(weeks_moved(moved.is_finite().then_some(moved))),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = vec![
            row("Best", &then.best, &now.best),
            row("Expected", &then.expected, &now.expected),
            row("Worst", &then.worst, &now.worst),
        ];
        self.blank();
        let sides = [Side::Left, Side::Left, Side::Left, Side::Left, Side::Right];
        self.table(&sides, 1, &["Timeline", "", "first run", "now", "moved, weeks"], &rows);
        if verdict.promises.is_empty() {
            return;
        }
        rows = verdict
            .promises
            .iter()
            .map(|promise| {
                vec![
                    plain(promise.to.as_deref().map_or_else(|| "–".into(), |to| cut(to, 24))),
                    plain(promise.date.long()),
                    plain(percent(&promise.then)),
                    styled(percent(&promise.now), BOLD),
                ]
            })
            .collect();
        self.blank();
        self.table(
            &[Side::Left, Side::Left, Side::Right, Side::Right],
            0,
            &["Promised", "by", "on time, first run", "on time, now"],
            &rows,
        );
    }

    fn outcomes(&mut self, checkpoints: &[CheckpointOutcome]) {
        if checkpoints.is_empty() {
            return;
        }
        self.blank();
        self.line(&format!("{INDENT}Checkpoints"), BOLD);
        for checkpoint in checkpoints {
            let (word, style) = match checkpoint.outcome {
                Outcome::Hit => ("HIT".to_owned(), GOOD),
                Outcome::Missed => ("MISSED".to_owned(), BAD.bold()),
                Outcome::OutOfReach => ("OUT OF REACH".to_owned(), BAD.bold()),
                Outcome::Ahead => (format!("ahead; {} futures hit it", in_hundred(&checkpoint.p_hit)), Style::new()),
                Outcome::Untold => ("not told".to_owned(), DIM),
            };
            let text = format!("{} by {}: {word}", cut(&checkpoint.observable, 100), checkpoint.by.long());
            self.paragraph(&text, "    ", style);
            if let Some(slip) = checkpoint.on_miss.as_ref().filter(|_| checkpoint.has_fired()) {
                let mut text = format!(
                    "As agreed, {} now tells {}",
                    cut(slip.who.as_deref().unwrap_or("somebody"), 60),
                    cut(slip.tells.as_deref().unwrap_or("the others"), 120)
                );
                if let Some(within) = &slip.within {
                    text.push_str(&format!(", within {}", cut(within, 20)));
                }
                match &slip.says {
                    Some(says) => text.push_str(&format!(": “{}”", cut(says, 400))),
                    None => text.push('.'),
                }
                self.paragraph(&text, "      ", BOLD);
            }
        }
    }

    /// The tasks that are under way, then those whose finish has moved most.
    fn standings(&mut self, tasks: &[Standing]) {
        let size = |task: &&Standing| task.moved_days.map_or(0.0, f64::abs);
        let mut shown: Vec<&Standing> = tasks.iter().filter(|task| task.state == "running").collect();
        let mut moved: Vec<&Standing> = tasks.iter().filter(|task| task.state != "running" && size(task) >= 2.5).collect();
        moved.sort_by(|a, b| size(b).total_cmp(&size(a)));
        shown.extend(moved);
        let hidden = shown.len().saturating_sub(MOST_TASKS);
        shown.truncate(MOST_TASKS);
        if shown.is_empty() {
            return;
        }
        let rows: Vec<Vec<Cell>> = shown
            .iter()
            .map(|task| {
                let day = |date: Option<crate::calendar::Date>| date.map_or_else(|| "–".to_owned(), |date| date.to_string());
                vec![
                    plain(cut(&task.title, 28)),
                    plain(task.state),
                    plain(day(task.then_p50)),
                    plain(day(task.finished.or(task.now_p50))),
                    plain(weeks_moved(task.moved_days)),
                ]
            })
            .collect();
        self.blank();
        let sides = [Side::Left, Side::Left, Side::Left, Side::Left, Side::Right];
        self.table(&sides, 0, &["Task", "", "finish, first run", "finish, now", "moved, weeks"], &rows);
        if hidden > 0 {
            self.paragraph(&format!("and {hidden} more in summary.json"), INDENT, DIM);
        }
    }

    fn lessons(&mut self, rerun: &Rerun) {
        let learned = &rerun.learned;
        self.blank();
        self.line(&format!("{INDENT}What the facts taught"), BOLD);
        if let (Some(then), Some(now)) = (learned.overrun_then, learned.overrun_now) {
            let range = |[low, middle, high]: [f64; 3]| format!("{middle:.2} ({low:.2} to {high:.2})");
            let text = format!(
                "Work takes {} times its estimate; before the facts it was {}. In brackets what 8 of 10 futures have.",
                range(now),
                range(then)
            );
            self.paragraph(&text, "    ", Style::new());
        }
        for class in &learned.incidents {
            let text = format!(
                "{}: {} so far; its rate would have brought about {}.",
                cut(&class.incident, 40),
                class.count,
                rounded(class.expected)
            );
            self.paragraph(&text, "    ", Style::new());
        }
        if !learned.surprising.is_empty() {
            let tasks: Vec<String> = learned.surprising.iter().map(|task| cut(task, 40)).collect();
            let text = format!(
                "The plan hardly allows for what happened to {}: are the estimates still meant?",
                tasks.join(", ")
            );
            self.paragraph(&text, "    ", BAD);
        }
        let share = learned.effective / f64::from(learned.pasts.max(1));
        let text = format!(
            "{} pasts were weighed; the answer rests on {} of them.{}",
            thousands(u64::from(learned.pasts)),
            thousands(learned.effective.round() as u64),
            if share < FEW_EFFECTIVE {
                " That is few: reality went a way that the plan thought unlikely."
            } else {
                ""
            }
        );
        self.paragraph(&text, "    ", DIM);
    }
}
