//! One future as a story, for a terminal and as Markdown.

use anstyle::Style;

use super::page::{BAD, BOLD, DIM, INDENT, Page, Side, plain, styled};
use super::paths::{measured, name, times};
use super::terminal::promised_to;
use super::text::{cut, date, frequencies, head_count, listed, marked_up, short_date, span, thousands, week_count};
use crate::analysis::{Beat, Explanation, Path, Tale};

/// Everything that is told of one future, as text of at most 80 columns. Colour only adds.
#[must_use]
pub fn explanation(told: &Explanation, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.story_partial(told);
    page.heading(&headline(told));
    let facts = format!("{} · {}", cut(&told.scenario.file, 400), facts(told));
    page.paragraph(&facts, "", DIM);
    page.blank();
    for sentence in opening(told) {
        page.paragraph(&sentence, INDENT, Style::new());
    }
    page.conditions(&told.path, told.detailed);
    page.blank();
    page.heading("What happens in this future");
    page.beats(told);
    page.bars(told);
    page.blank();
    page.paragraph(&others(told), "", DIM);
    page.story_partial(told);
    page.into_text()
}

impl Page {
    fn story_partial(&mut self, told: &Explanation) {
        if told.trials < told.trials_requested {
            let line = format!(
                "PARTIAL: {} of {} trials; interrupted",
                thousands(told.trials.into()),
                thousands(told.trials_requested.into())
            );
            self.line(&line, BAD.bold());
        }
    }

    fn beats(&mut self, told: &Explanation) {
        let rows: Vec<_> = told
            .story
            .beats
            .iter()
            .map(|beat| {
                let style = if beat.drives { BOLD } else { Style::new() };
                vec![
                    plain(day(told, beat)),
                    plain(lateness(beat)),
                    styled(format!("{} {}", if beat.drives { "*" } else { " " }, sentence(beat, told)), style),
                ]
            })
            .collect();
        if rows.is_empty() {
            self.paragraph("Nothing that moves the date.", INDENT, Style::new());
            return;
        }
        self.table(&[Side::Left, Side::Right, Side::Left], 2, &["date", "late", ""], &rows);
        self.paragraph(&legend(told), INDENT, DIM);
    }
}

/// The same in Markdown, with the picture `gantt` beside it.
#[must_use]
pub fn markdown(told: &Explanation, gantt: &str) -> String {
    let mut text = format!("# {}\n\n", marked_up(&headline(told)));
    if told.trials < told.trials_requested {
        text.push_str("**Partial: interrupted.**\n\n");
    }
    text.push_str(&format!("{} · {}\n\n", marked_up(&told.scenario.file), facts(told)));
    text.push_str(&format!("{}\n", marked_up(&opening(told).join(" "))));
    text.push_str(&format!("\n## What sets the {} path apart\n\n", told.path.path.name()));
    if told.path.conditions.is_empty() {
        text.push_str("Nothing that the simulation can tell.\n");
    } else {
        text.push_str(&format!(
            "| | in {}-path futures | overall | times | standard errors |\n|---|---|---|---|---|\n",
            told.path.path.name()
        ));
        for condition in &told.path.conditions {
            let [on_path, overall] = measured(condition);
            let name = marked_up(&name(condition));
            text.push_str(&format!(
                "| {name} | {on_path} | {overall} | {} | {:.1} |\n",
                times(condition.lift),
                condition.z
            ));
        }
    }
    text.push_str("\n## What happens in this future\n\n| date | late | |\n|---|---|---|\n");
    for beat in &told.story.beats {
        let sentence = marked_up(&sentence(beat, told));
        let sentence = if beat.drives { format!("**{sentence}**") } else { sentence };
        text.push_str(&format!("| {} | {} | {sentence} |\n", day(told, beat), lateness(beat)));
    }
    let legend = legend(told).replacen('*', "In bold:", 1);
    text.push_str(&format!("\n{legend}\n\n![{}]({gantt})\n", marked_up(&headline(told))));
    text
}

/// What a chart and a text are headed with.
pub(super) fn headline(told: &Explanation) -> String {
    let title = cut(&told.title, 46);
    if told.is_asked_for {
        format!("{title}: future {}, on the {} path", told.trial, told.path.path.name())
    } else {
        format!("{title}: the {} path", told.path.path.name())
    }
}

fn facts(told: &Explanation) -> String {
    format!(
        "future {} of {}, counted from 0 · seed {}",
        told.trial,
        thousands(told.trials.into()),
        told.seed
    )
}

/// When it finishes, against what, and why this future is told.
fn opening(told: &Explanation) -> Vec<String> {
    let (story, name) = (&told.story, told.path.path.name());
    let mut sentences = vec![];
    match (story.finish.working_days.finite(), story.on_paper.working_days.finite()) {
        (Some(finish), paper) => {
            let against = paper.map_or_else(String::new, |paper| format!(", {} on paper", apart(finish - paper, "than")));
            let early = frequencies(&told.p_that_early);
            sentences.push(format!(
                "It is finished on {}{against}. {} of {} futures are that early or earlier.",
                date(&story.finish),
                thousands(early.hits.into()),
                thousands(early.of.into())
            ));
        }
        (None, _) => sentences.push("It never finishes.".into()),
    }
    for promise in told.promises.iter().take(3) {
        let Some(late) = promise.late_days else { continue };
        let to = promised_to(promise.to.as_deref(), "to the ", "");
        let to = if to.is_empty() { to } else { format!(" {to}") };
        let verdict = if late <= 0.0 { "is kept" } else { "is missed" };
        let by = if late.abs() < 0.95 {
            String::new()
        } else {
            format!(" by {}", span(late))
        };
        let with = if late <= 0.0 && late.abs() >= 0.95 {
            format!(" with {} to spare", span(late))
        } else {
            by
        };
        sentences.push(format!("The date promised{to}, {}, {verdict}{with}.", date(&promise.at)));
    }
    sentences.push(if told.is_asked_for {
        format!("It was asked for by its number, and need not be typical of the {name} path.")
    } else {
        format!(
            "It stands for the {name} path: of the futures that finish close to the {} date its risks, people and amounts of work are the \
             most typical of that path.",
            told.percentile.to_string().to_uppercase()
        )
    });
    sentences
}

/// `2.1 weeks later than`, `the same day as`.
fn apart(days: f64, than: &str) -> String {
    match days {
        days if days.abs() < 0.95 => "the same day as".into(),
        days if days > 0.0 => format!("{} later {than}", span(days)),
        days => format!("{} earlier {than}", span(days)),
    }
}

/// The date of an event, with its year where the story has more than one.
fn day(told: &Explanation, beat: &Beat) -> String {
    let last = told.story.beats.iter().filter_map(|beat| beat.at.date).max();
    match beat.at.date {
        Some(date) if last.is_some_and(|last| last.shares_year(told.start)) => date.day_label(),
        _ => short_date(&beat.at),
    }
}

fn lateness(beat: &Beat) -> String {
    beat.late_days.map_or_else(String::new, |days| {
        let weeks = week_count(days.abs());
        if weeks == "0.0" {
            "0".into()
        } else {
            format!("{}{weeks}", if days < 0.0 { "−" } else { "+" })
        }
    })
}

fn legend(told: &Explanation) -> String {
    let mut text = "* on the chain of work and waits that set the date; late: weeks later than on paper.".to_owned();
    match told.story.untold {
        0 => {}
        1 => text.push_str(" One smaller event is not told."),
        untold => text.push_str(&format!(" {} smaller events are not told.", thousands(untold as u64))),
    }
    text
}

/// Where the other two paths are told.
fn others(told: &Explanation) -> String {
    let others: Vec<String> = told
        .others
        .iter()
        .map(|(path, other)| format!("--path {} (future {}, {})", path.name(), other.trial, short_date(&other.finish)))
        .collect();
    let own = if told.is_asked_for { Path::name } else { |_| "" };
    match (others.is_empty(), own(told.path.path)) {
        (true, _) => "There is no other path.".into(),
        (false, "") => format!("The other paths: {}.", listed(&others)),
        (false, own) => format!("The paths: --path {own}, {}.", listed(&others)),
    }
}

/// What happened, in a sentence without its full stop.
fn sentence(beat: &Beat, told: &Explanation) -> String {
    match &beat.what {
        Tale::Strikes {
            risk,
            enlarges,
            delays,
            adds,
            scales,
        } => {
            let mut does = vec![];
            for (what, names) in [
                ("makes more work of", enlarges),
                ("delays", delays),
                ("adds", adds),
                ("brings more", scales),
            ] {
                if !names.is_empty() {
                    does.push(format!("{what} {}", several(names)));
                }
            }
            format!("“{}” comes true: it {}", cut(risk, 60), listed(&does))
        }
        Tale::Takes { risk, team, people, days } => {
            let team = cut(team, 30);
            let by = risk.as_ref().map_or_else(String::new, |risk| format!("“{}”: ", cut(risk, 60)));
            format!("{by}{} of {team} away for {}", people_in_words(*people), span(*days))
        }
        Tale::Waited { task, teams, days, behind } => {
            let whose = if teams.is_empty() {
                String::new()
            } else {
                format!(" for people of {}", several(teams))
            };
            let behind = behind
                .as_ref()
                .map_or_else(String::new, |behind| format!(", who were at {}", cut(behind, 60)));
            format!("{} begins after waiting {}{whose}{behind}", cut(task, 60), span(*days))
        }
        Tale::Delayed { task, days } => format!("{} could begin, but a risk delays it by {}", cut(task, 60), span(*days)),
        Tale::Held { task, days, by_findings } => {
            let by = if *by_findings {
                "open findings"
            } else {
                "a budget of downtime that is used up"
            };
            format!("{} is ready, and held for {} by {by}", cut(task, 60), span(*days))
        }
        Tale::Done { task, work, people, still } => {
            let mut text = format!("{} is done", cut(task, 60));
            let mut details = vec![];
            if let Some(work) = work {
                let (is, likely) = (span(work.days), span(work.likely));
                let unit = if work.is_effort { " of effort" } else { "" };
                details.push(if is == likely {
                    format!("{is}{unit}")
                } else {
                    format!("{is}{unit} instead of {likely}")
                });
            }
            if let Some(people) = people {
                let people = head_count(*people);
                details.push(match people.as_str() {
                    "1" => "by 1 person".into(),
                    people if people.contains('.') => format!("by {people} people on average"),
                    people => format!("by {people} people"),
                });
            }
            if *still > 0.0 {
                details.push(format!("stood still for {}", span(*still)));
            }
            if !details.is_empty() {
                text.push_str(&format!(": {}", details.join(", ")));
            }
            text
        }
        Tale::Leaves {
            team,
            vacant,
            from_driving,
        } => {
            let team = cut(team, 30);
            let from = if *from_driving { ", in the middle of this work" } else { "" };
            match vacant {
                Some(days) => format!("Somebody leaves {team}{from}; a new colleague is there {} later", span(*days)),
                None => format!("Somebody leaves {team}{from}; nobody new is there before the end"),
            }
        }
        Tale::Joins { team, people, are_new } => {
            let (who, team) = (people_in_words(*people), cut(team, 30));
            let verb = match (are_new, people) {
                (true, 1) => "joins",
                (true, _) => "join",
                (false, 1) => "is back from other work in",
                (false, _) => "are back from other work in",
            };
            format!("{who} {verb} {team}")
        }
        Tale::Incidents {
            class,
            count,
            month,
            days,
            team,
        } => {
            let month = month.month_label();
            let class = cut(class, 30);
            let of = team.as_ref().map_or_else(String::new, |team| format!(" of {}", cut(team, 30)));
            let days = if *days < 0.95 {
                "less than an engineer-day".into()
            } else {
                format!("{days:.0} engineer-days")
            };
            match count {
                0 => format!("The follow-up of {class} incidents in {month} takes {days}{of}"),
                1 => format!("1 {class} incident in {month} takes {days}{of}"),
                count => format!("{count} {class} incidents in {month} take {days}{of}"),
            }
        }
        Tale::Findings {
            class,
            task,
            count,
            days,
            blocks,
        } => {
            let (class, task) = (cut(class, 30), cut(task, 60));
            let what = if *count == 1 {
                format!("a {class} finding")
            } else {
                format!("{count} {class} findings")
            };
            let holds = if *blocks { "; no release before" } else { "" };
            format!("{task} brings up {what}: {} of effort to fix{holds}", span(*days))
        }
        Tale::NeverDone { task, began } => {
            let task = cut(task, 60);
            if *began {
                format!("{task} begins, and is never done")
            } else {
                format!("{task} could begin, and never does")
            }
        }
        Tale::Finished => format!("{} is finished", cut(&told.title, 60)),
    }
}

/// Names in a sentence, the first few.
fn several(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(3).map(|name| cut(name, 60)).collect();
    if names.len() > shown.len() {
        shown.push(format!("{} more", names.len() - shown.len()));
    }
    listed(&shown)
}

fn people_in_words(people: u32) -> String {
    if people == 1 {
        "1 person".into()
    } else {
        format!("{} people", thousands(people.into()))
    }
}
