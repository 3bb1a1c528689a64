//! What calibration is worth on estimates that people really made: fitted on the earlier two thirds of each data set, scored on the
//! later third. The data are not part of the project; where they are absent, nothing is scored.
//!
//! Sources: Jones & Nichols, *Software estimation datasets* (project22, renzo-pomodoro, hemmati2018, 7digital, simula); Kitchenham,
//! Pfleeger, McColl & Eagan, *An empirical study of maintenance and development estimation accuracy*, J. Syst. Softw. 64 (2002).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sim::plan::{Calibration, Columns, read_history};

/// A past task: when, in which group, what was estimated, what it took.
#[derive(Debug, Clone)]
struct Task {
    when: String,
    group: String,
    estimate: f64,
    actual: f64,
}

/// One line of the table: a data set, how much of it, and how calibration did on what came later.
struct Score {
    name: &'static str,
    fitted: usize,
    scored: usize,
    /// Share of the later tasks from P10 to P90 of a new task; 0.8 would be right.
    covered: f64,
    /// The same for the default overrun, 0.85 to 1.4, without a history.
    covered_by_default: f64,
    /// Mean pinball loss of the median in ln(actual/estimate).
    loss: f64,
    loss_by_default: f64,
    /// Later groups of at least ten tasks whose mean lies from P10 to P90 of what the overrun and the chance of so many tasks make.
    groups_held: usize,
    groups: usize,
}

impl Score {
    /// As the README shows it.
    fn row(&self) -> String {
        let groups = if self.groups == 0 {
            "–".to_owned()
        } else {
            format!("{} of {}", self.groups_held, self.groups)
        };
        format!(
            "| {} | {} / {} | {:.0} % | {:.0} % | {:.3} | {:.3} | {groups} |",
            self.name,
            self.fitted,
            self.scored,
            self.covered_by_default * 100.0,
            self.covered * 100.0,
            self.loss_by_default,
            self.loss
        )
    }
}

/// A file of the data: below the folder that `SIM_DATA` names, or below `shared/data` beside the package or any folder around it.
fn data(file: &str) -> Option<String> {
    let path = Path::new("estimates").join(file);
    let found = match std::env::var_os("SIM_DATA") {
        Some(named) => Some(Path::new(&named).join(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared/data").join(&path))
            .find(|path| path.is_file()),
    };
    let Some(found) = found else {
        println!("{file}: skipped: no data");
        return None;
    };
    Some(fs::read_to_string(&found).unwrap_or_else(|error| panic!("{}: {error}", found.display())))
}

/// The rows of a table by the names of some columns; a cell may be quoted and hold commas.
fn table(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let split = |line: &str| {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for c in line.trim_start_matches('\u{feff}').chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                c => cells.last_mut().expect("a cell").push(c),
            }
        }
        cells
    };
    let mut lines = text.lines();
    let header = split(lines.next().expect("a header"));
    let at: Vec<usize> = names
        .iter()
        .map(|name| {
            header
                .iter()
                .position(|cell| cell == name)
                .unwrap_or_else(|| panic!("no column {name}"))
        })
        .collect();
    lines
        .map(split)
        .map(|cells| at.iter().map(|at| cells.get(*at).cloned().unwrap_or_default()).collect())
        .collect()
}

/// `16/02/2016` and what follows as `2016-02-16`.
fn iso(date: &str) -> Option<String> {
    let day = date.split(' ').next()?;
    let parts: Vec<&str> = day.split('/').collect();
    let [day, month, year] = parts.as_slice() else { return None };
    (year.len() == 4).then(|| format!("{year}-{month}-{day}"))
}

fn task(when: String, group: String, estimate: &str, actual: &str) -> Option<Task> {
    let above_zero = |text: &str| text.parse::<f64>().ok().filter(|value| *value > 0.0);
    Some(Task {
        estimate: above_zero(estimate)?,
        actual: above_zero(actual)?,
        when,
        group,
    })
}

fn load(name: &str) -> Option<Vec<Task>> {
    let by_date = |when: String, estimate: &str, actual: &str| task(when.clone(), when, estimate, actual);
    let mut tasks: Vec<Task> = match name {
        "renzo pomodoro" => table(&data("renzo-pomodoro.csv")?, &["date", "estimate", "actual"])
            .into_iter()
            .filter_map(|row| by_date(row[0].clone(), &row[1], &row[2]))
            .collect(),
        "hemmati2018" => table(&data("hemmati2018.csv")?, &["Created", "Original Estimate", "Time Spent"])
            .into_iter()
            .filter_map(|row| by_date(iso(&row[0])?, &row[1], &row[2]))
            .collect(),
        "7digital" => table(&data("7digital2012.csv")?, &["Dev.Started", "Size", "Cycle.Time"])
            .into_iter()
            .filter_map(|row| {
                let points = [("Small", "1"), ("Medium", "2"), ("Large", "4")]
                    .into_iter()
                    .find(|(size, _)| *size == row[1])?;
                by_date(iso(&row[0])?, points.1, &row[2])
            })
            .collect(),
        // The branch number rises with time; a hundred branches are a group.
        "project22" => table(&data("project22_story-info.csv")?, &["Branch", "StoryPoints", "Total"])
            .into_iter()
            .filter_map(|row| {
                let branch: u32 = row[0].parse().ok()?;
                task(format!("{branch:08}"), format!("branches {}", branch / 100), &row[1], &row[2])
            })
            .collect(),
        "kitchenham" => {
            let text = data("kitchenham.arff")?;
            let rows = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
            rows.map(|line| line.split(',').collect::<Vec<_>>())
                .filter_map(|row| by_date((*row.get(3)?).to_owned(), row.get(8)?, row.get(5)?))
                .collect()
        }
        // Whole projects of one company, in the order of the file.
        "simula" => table(&data("simula_0a.csv")?, &["ID", "Estimated", "Actual"])
            .into_iter()
            .filter_map(|row| task(format!("{:>4}", row[0]), row[0].clone(), &row[1], &row[2]))
            .collect(),
        _ => panic!("no such data: {name}"),
    };
    tasks.sort_by(|a, b| a.when.cmp(&b.when));
    Some(tasks)
}

fn score(name: &'static str) -> Option<(Score, Calibration)> {
    let tasks = load(name)?;
    let (early, late) = tasks.split_at(tasks.len() * 2 / 3);
    let mut text = "estimate,actual,group\n".to_owned();
    for task in early {
        text.push_str(&format!("{},{},{}\n", task.estimate, task.actual, task.group));
    }
    let columns = Columns {
        group: Some("group".into()),
        ..Columns::default()
    };
    let history = read_history("early.csv", &text, &columns).expect("readable");
    let calibration = Calibration::of(&history).expect("fitted");
    let logs: Vec<f64> = late.iter().map(|task| (task.actual / task.estimate).ln()).collect();
    let share = |[low, _, high]: [f64; 3]| {
        let held = logs.iter().filter(|log| (low.ln()..=high.ln()).contains(log)).count();
        held as f64 / logs.len() as f64
    };
    let loss = |median: f64| logs.iter().map(|log| 0.5 * (log - median.ln()).abs()).sum::<f64>() / logs.len() as f64;
    let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (task, log) in late.iter().zip(&logs) {
        // Dates by quarter, as the history is read.
        let quarter = |date: &str| Some(format!("{}-{}", date.get(..4)?, date.get(5..7)?.parse::<u32>().ok()?.div_ceil(3)));
        let group = if calibration.by_quarter {
            quarter(&task.group).expect("a date")
        } else {
            task.group.clone()
        };
        groups.entry(group).or_default().push(*log);
    }
    let [low, middle, high] = calibration.overrun.map(f64::ln);
    let own = calibration.own_sd.map_or(0.0, |known| known.value);
    let large: Vec<&Vec<f64>> = groups.values().filter(|logs| logs.len() >= 10).collect();
    let holds = |logs: &&&Vec<f64>| {
        let count = logs.len() as f64;
        let (mean, chance) = (logs.iter().sum::<f64>() / count, 1.2816 * own / count.sqrt());
        (middle - chance.hypot(middle - low)..=middle + chance.hypot(high - middle)).contains(&mean)
    };
    let score = Score {
        name,
        fitted: early.len(),
        scored: late.len(),
        covered: share(calibration.new_task),
        covered_by_default: share([0.85, 1.0, 1.4]),
        loss: loss(calibration.new_task[1]),
        loss_by_default: loss(1.0),
        groups_held: large.iter().filter(holds).count(),
        groups: large.len(),
    };
    Some((score, calibration))
}

#[test]
fn calibration_is_scored_on_what_came_later() {
    let names = ["renzo pomodoro", "project22", "kitchenham", "7digital", "hemmati2018", "simula"];
    let scores: Vec<(Score, Calibration)> = names.into_iter().filter_map(score).collect();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let mut missing = Vec::new();
    for (score, calibration) in &scores {
        let row = score.row();
        println!(
            "{row} overrun {:?} new task {:.2?} far {}",
            calibration.overrun, calibration.new_task, calibration.far_out
        );
        if !readme.contains(&row) {
            missing.push(row);
        }
    }
    for (score, _) in &scores {
        let (name, covered) = (score.name, score.covered);
        match name {
            // Recorded as estimated: the later actuals are copies, which every range holds.
            "hemmati2018" => assert_eq!(covered, 1.0, "{name}"),
            // Six projects can say little about a range, but all twelve before them overran.
            "simula" => assert!(score.loss < 0.8 * score.loss_by_default, "{name}: {}", score.loss),
            _ => {
                assert!((0.75..=0.95).contains(&covered), "{name}: {covered}");
                assert!(
                    (covered - 0.8).abs() < (score.covered_by_default - 0.8).abs(),
                    "{name}: no better than without"
                );
                assert!(
                    score.loss < 1.02 * score.loss_by_default,
                    "{name}: {} after {}",
                    score.loss,
                    score.loss_by_default
                );
            }
        }
    }
    assert!(missing.is_empty(), "the README's table is out of date:\n{}", missing.join("\n"));
}
