//! Checkpoints in the summary: what each tells, what their outcomes mean together, and who says what to whom.

use std::collections::HashSet;

use anstyle::Style;

use super::page::{BOLD, Cell, DIM, INDENT, Page, Side, plain, styled};
use super::terminal::title_of;
use super::text::{cut, in_hundred, listed};
use crate::analysis::{CheckpointForecast, Forecast, Outlook, PathTree, Share, Source, Trigger};
use crate::calendar::Date;

/// Branches that are rarer than this are left out of the table, and said to be.
const RAREST_BRANCH: f64 = 0.005;

impl Page {
    /// Which observation, by when, tells on which path we are.
    pub(super) fn checkpoints(&mut self, forecast: &Forecast) {
        if forecast.initiatives.iter().all(|initiative| initiative.commitments.is_empty()) && forecast.checkpoints.is_empty() {
            return;
        }
        self.blank();
        self.heading("Checkpoints: which path are we on?");
        let mut told = HashSet::new();
        for initiative in &forecast.initiatives {
            let of = |source| {
                let own = forecast
                    .checkpoints
                    .iter()
                    .filter(|checkpoint| checkpoint.initiative == initiative.id);
                own.filter(|checkpoint| checkpoint.source == source).collect::<Vec<_>>()
            };
            let (given, recommended) = (of(Source::Given), of(Source::Recommended));
            if given.is_empty() && recommended.is_empty() && initiative.commitments.is_empty() {
                continue;
            }
            self.blank();
            let title = title_of(forecast, &initiative.id, 76);
            if forecast.initiatives.len() > 1 {
                self.line(&format!("{INDENT}{title}"), BOLD);
            }
            for checkpoint in given
                .iter()
                .filter(|checkpoint| is_shown(checkpoint, forecast) && !forecast.is_past(checkpoint.by))
            {
                // One checkpoint may tell of several initiatives; what is said when it is missed is said once.
                let is_first = told.insert(checkpoint.checkpoint.as_str());
                self.given(checkpoint, is_first);
            }
            self.recommended(&recommended);
            let promise = telling_promise(if recommended.is_empty() { &given } else { &recommended });
            let trees = forecast.path_trees.iter().filter(|tree| tree.initiative == initiative.id);
            if let Some(tree) = trees.max_by_key(|tree| tree.source == Source::Recommended) {
                self.tree(tree, forecast, promise);
            }
        }
    }

    fn given(&mut self, checkpoint: &CheckpointForecast, with_protocol: bool) {
        self.hanging(&format!(
            "{} by {}?",
            capitalised(&cut(&checkpoint.observable, 200)),
            when(checkpoint)
        ));
        let mut text = match (&checkpoint.if_hit, &checkpoint.if_missed) {
            (Some(hit), Some(missed)) => format!(
                "Missed in {} futures. When it is missed, {} end on the worst path; when it is met, {}.",
                of_hundred(&miss(checkpoint)),
                in_hundred(&missed.worst),
                in_hundred(&hit.worst),
            ),
            (Some(_), None) => "Met in every future: it tells nothing.".to_owned(),
            _ => "Missed in every future: it tells nothing.".to_owned(),
        };
        if checkpoint.information.bits < LITTLE {
            text.push_str(" It tells almost nothing of this path.");
        } else if let (Some(hit), Some(missed)) = (&checkpoint.if_hit, &checkpoint.if_missed) {
            for (promise, trigger) in checkpoint.promises.iter().enumerate() {
                if let (Some(hit), Some(missed)) = (hit.on_time.get(promise), missed.on_time.get(promise)) {
                    text.push_str(&format!(
                        " On time{}: {} when met, {} when missed.",
                        for_whom(trigger, checkpoint.promises.len()),
                        in_hundred(hit),
                        in_hundred(missed)
                    ));
                }
            }
        }
        self.paragraph(&text, "    ", Style::new());
        for trigger in checkpoint.promises.iter().filter(|_| checkpoint.information.bits >= LITTLE) {
            if let Some(text) = trigger_sentence(trigger, checkpoint.promises.len()) {
                self.paragraph(&text, "    ", Style::new());
            }
        }
        match &checkpoint.on_miss {
            _ if !with_protocol => {}
            Some(slip) => {
                let mut text = format!(
                    "If missed, in {} futures: {}",
                    of_hundred(&miss(checkpoint)),
                    cut(slip.who.as_deref().unwrap_or("somebody"), 60)
                );
                text.push_str(&format!(" tells {}", cut(slip.tells.as_deref().unwrap_or("the others"), 120)));
                if let Some(within) = &slip.within {
                    text.push_str(&format!(" within {}", cut(within, 20)));
                }
                match &slip.says {
                    Some(says) => text.push_str(&format!(": “{}”", cut(says, 400))),
                    None => text.push('.'),
                }
                self.paragraph(&text, "    ", BOLD);
            }
            None => self.paragraph("Nobody has agreed who says what to whom if it is missed.", "    ", DIM),
        }
    }

    fn recommended(&mut self, recommended: &[&CheckpointForecast]) {
        if recommended.is_empty() {
            self.paragraph(
                "None can be recommended: no task that is done in time to act tells the paths apart.",
                INDENT,
                DIM,
            );
            return;
        }
        let promise = telling_promise(recommended);
        let rows: Vec<Vec<Cell>> = recommended
            .iter()
            .map(|checkpoint| {
                let both = |of: &dyn Fn(&Outlook) -> Option<String>| {
                    let side = |outlook: &Option<Outlook>| outlook.as_ref().and_then(of).unwrap_or_else(|| "–".into());
                    format!("{} / {}", side(&checkpoint.if_hit), side(&checkpoint.if_missed))
                };
                vec![
                    plain(cut(
                        checkpoint.observable.strip_suffix(": done").unwrap_or(&checkpoint.observable),
                        200,
                    )),
                    plain(checkpoint.by.day_label()),
                    plain(whole(&checkpoint.p_hit)),
                    plain(both(&|outlook| Some(whole(&outlook.worst)))),
                    plain(both(&|outlook| outlook.on_time.get(promise?).map(whole))),
                ]
            })
            .collect();
        let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Right];
        let columns = if promise.is_some() { 5 } else { 4 };
        let header = [
            "Recommended: done",
            "by",
            "met in",
            "worst: if met/missed",
            "on time: if met/missed",
        ];
        let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().take(columns).collect()).collect();
        self.table(&sides[..columns], 0, &header[..columns], &rows);
    }

    fn tree(&mut self, tree: &PathTree, forecast: &Forecast, promise: Option<usize>) {
        let leaves = tree.branches.iter().filter(|branch| branch.hits.len() == tree.checkpoints.len());
        let (shown, rare): (Vec<_>, Vec<_>) = leaves.partition(|branch| branch.p.p >= RAREST_BRANCH);
        let by: Vec<Date> = tree
            .checkpoints
            .iter()
            .filter_map(|id| {
                let own = |checkpoint: &&CheckpointForecast| {
                    checkpoint.initiative == tree.initiative && checkpoint.source == tree.source && checkpoint.checkpoint == *id
                };
                forecast.checkpoints.iter().find(own).map(|checkpoint| checkpoint.by)
            })
            .collect();

        let rows: Vec<Vec<Cell>> = shown
            .iter()
            .map(|branch| {
                let mut row: Vec<Cell> = branch
                    .hits
                    .iter()
                    .map(|hit| if *hit { plain("met") } else { styled("missed", BOLD) })
                    .collect();
                row.push(plain(whole(&branch.p)));
                if let Some(outlook) = &branch.outlook {
                    row.extend([&outlook.best, &outlook.expected, &outlook.worst].map(|share| plain(whole(share))));
                    row.extend(
                        promise
                            .and_then(|promise| outlook.on_time.get(promise))
                            .map(|share| plain(whole(share))),
                    );
                }
                row
            })
            .collect();
        let mut header: Vec<String> = by.iter().map(|date| date.day_label()).collect();
        header.extend(["in", "best", "expected", "worst"].map(str::to_owned));
        if promise.is_some() {
            header.push("on time".into());
        }
        let mut sides = vec![Side::Left; by.len()];
        sides.resize(header.len(), Side::Right);
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.blank();
        let whom = promise.and_then(|promise| {
            forecast
                .checkpoints
                .iter()
                .find(|other| other.initiative == tree.initiative)?
                .promises
                .get(promise)
        });
        let promises = forecast
            .checkpoints
            .iter()
            .find(|other| other.initiative == tree.initiative)
            .map_or(0, |other| other.promises.len());
        let on_time = whom.map_or_else(String::new, |trigger| match for_whom(trigger, promises).as_str() {
            "" => String::new(),
            whom => format!("; on time is meant{whom}"),
        });
        self.paragraph(
            &format!("What their outcomes mean together, of 100 futures each{on_time}:"),
            INDENT,
            DIM,
        );
        self.table(&sides, 0, &header, &rows);
        if !rare.is_empty() {
            self.line(&format!("  Rarer than 1 in 200, and left out: {}.", rare_count(rare.len())), DIM);
        }
    }
}

/// Bits beneath which an outcome is not worth acting on.
const LITTLE: f64 = 0.02;
/// Bits, in time, from which a checkpoint is shown with initiatives other than the one of which it tells most.
const MUCH: f64 = 0.1;

/// Whether a given checkpoint is shown with the initiative: the one of which it tells most, or one of which it tells much in time.
/// The rest is in `checkpoints.csv`.
fn is_shown(checkpoint: &CheckpointForecast, forecast: &Forecast) -> bool {
    let bits = checkpoint.information.bits;
    let tells_more = |other: &CheckpointForecast| {
        other.source == checkpoint.source && other.checkpoint == checkpoint.checkpoint && other.information.bits > bits
    };
    let in_time = checkpoint.promises.iter().any(|trigger| trigger.notice_days > 0.0);
    (bits >= MUCH && in_time) || !forecast.checkpoints.iter().any(tells_more)
}

/// As a sentence begins.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn rare_count(count: usize) -> String {
    if count == 1 {
        "1 combination".into()
    } else {
        format!("{count} combinations")
    }
}

fn miss(checkpoint: &CheckpointForecast) -> Share {
    checkpoint.p_hit.complement()
}

/// `38 of 100`, to stand before `futures`.
fn of_hundred(share: &Share) -> String {
    in_hundred(share).replace(" in 100", " of 100")
}

/// `Fri 13 Feb 2026 (week 6)`.
fn when(checkpoint: &CheckpointForecast) -> String {
    format!("{} (week {})", checkpoint.by.long_with_weekday(), checkpoint.week)
}

/// The promise whose odds the checkpoints move most: one that is lost, or safe, whatever they say tells nothing.
pub fn telling_promise(checkpoints: &[&CheckpointForecast]) -> Option<usize> {
    let moved = |promise: usize| {
        let of = |outlook: &Option<Outlook>| {
            outlook
                .as_ref()
                .and_then(|outlook| outlook.on_time.get(promise))
                .map_or(0.0, |share| share.p)
        };
        checkpoints
            .iter()
            .map(|checkpoint| (of(&checkpoint.if_hit) - of(&checkpoint.if_missed)).abs())
            .fold(0.0, f64::max)
    };
    let promises = checkpoints.first()?.promises.len();
    (0..promises).max_by(|a, b| moved(*a).total_cmp(&moved(*b)).then(b.cmp(a)))
}

/// A share in whole hundredths that claims no certainty: `<1`, `37`, `>99`.
pub fn whole(share: &Share) -> String {
    let rounded = (share.p * 100.0).round();
    if rounded < 1.0 {
        "<1".into()
    } else if rounded > 99.0 {
        ">99".into()
    } else {
        format!("{rounded:.0}")
    }
}

/// For whom a promise is, where there are several.
pub fn for_whom(trigger: &Trigger, promises: usize) -> String {
    match &trigger.to {
        Some(to) if promises > 1 => format!(" for the {}", cut(to, 60)),
        _ if promises > 1 => format!(" for {}", trigger.date.long()),
        _ => String::new(),
    }
}

fn trigger_sentence(trigger: &Trigger, promises: usize) -> Option<String> {
    let mut parts = vec![];
    if let Some(sensitivity) = &trigger.sensitivity {
        parts.push(format!("it warns of {} late futures", of_hundred(sensitivity)));
    }
    if let Some(false_alarm) = &trigger.false_alarm {
        parts.push(format!("cries wolf in {} that are on time", of_hundred(false_alarm)));
    }
    let notice = if trigger.notice_days > 0.0 {
        format!("{} before the date", super::text::span(trigger.notice_days))
    } else {
        "after the date".to_owned()
    };
    (!parts.is_empty()).then(|| format!("As a trigger{}, {notice}: {}.", for_whom(trigger, promises), listed(&parts)))
}
