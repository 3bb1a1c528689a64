//! Which files a run writes, by their paths inside the output folder.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;

use super::failure::Failure;
use super::output::Content;
use crate::analysis::{Forecast, InitiativeForecast, Samples};
use crate::engine::Trials;
use crate::plan::Plan;
use crate::report::charts::{self, Chart, ChartError};
use crate::report::samples::trials_parquet;
use crate::report::tables::{self, TableError};
use crate::report::{options, preread};

type WriteTable = fn(&Forecast) -> Result<String, TableError>;
type DrawChart = fn(&InitiativeForecast, &Forecast) -> Result<Chart, ChartError>;

/// The tables, as they are called in the folder, with what writes them.
const TABLES: [(&str, WriteTable); 8] = [
    ("timelines.csv", tables::timelines_csv),
    ("commitments.csv", tables::commitments_csv),
    ("budgets.csv", tables::budgets_csv),
    ("capacity.csv", tables::capacity_csv),
    ("checkpoints.csv", tables::checkpoints_csv),
    ("assumptions.csv", tables::assumptions_csv),
    ("drivers.csv", tables::drivers_csv),
    ("dependencies.csv", tables::dependencies_csv),
];

/// The charts of each initiative, with what draws them.
const CHARTS: [(&str, DrawChart); 3] = [("s-curve", charts::s_curve), ("tornado", charts::tornado), ("gantt", charts::gantt)];

const SUMMARY: &str = "summary.json";
const PREREAD_HTML: &str = "preread.html";
const PREREAD_MARKDOWN: &str = "preread.md";
pub(super) const OPTIONS: &str = "options.csv";
const SAMPLES: &str = "trials.parquet";

/// The outputs of a plan. Their names are known before anything is simulated.
pub(super) struct Outputs {
    /// What the names of an initiative's charts end with, in the order of the plan.
    suffixes: Vec<String>,
    has_options: bool,
    has_samples: bool,
}

impl Outputs {
    pub(super) fn of(plan: &Plan, has_samples: bool) -> Self {
        Self {
            suffixes: suffixes(plan),
            has_options: !plan.options.is_empty(),
            has_samples,
        }
    }

    /// The paths of all outputs inside the folder.
    pub(super) fn names(&self) -> Vec<String> {
        let charts = self.suffixes.iter().flat_map(|suffix| {
            CHARTS
                .iter()
                .flat_map(move |(chart, _)| ["svg", "png"].map(|end| format!("charts/{chart}{suffix}.{end}")))
        });
        std::iter::once(SUMMARY)
            .chain(TABLES.map(|(name, _)| name))
            .chain(self.has_options.then_some(OPTIONS))
            .chain(self.has_samples.then_some(SAMPLES))
            .chain([PREREAD_HTML, PREREAD_MARKDOWN])
            .map(str::to_owned)
            .chain(charts)
            .collect()
    }

    /// The outputs by their path inside the folder. `json` is the summary.
    pub(super) fn files(&self, forecast: &Forecast, json: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let mut files = vec![(SUMMARY.to_owned(), json.as_bytes().to_vec())];
        for (name, table) in TABLES {
            let text = table(forecast).map_err(|error| Failure::Machine(error.to_string()))?;
            files.push((name.to_owned(), text.into_bytes()));
        }
        if let Some(comparison) = &forecast.options {
            let text = options::options_csv(comparison).map_err(|error| Failure::Machine(error.to_string()))?;
            files.push((OPTIONS.to_owned(), text.into_bytes()));
        }
        let page = preread::preread(forecast);
        files.push((PREREAD_HTML.to_owned(), page.html.into_bytes()));
        files.push((PREREAD_MARKDOWN.to_owned(), page.markdown.into_bytes()));
        for (initiative, suffix) in forecast.initiatives.iter().zip(&self.suffixes) {
            for (name, draw) in CHARTS {
                let chart = draw(initiative, forecast).map_err(|error| Failure::Machine(error.to_string()))?;
                files.push((format!("charts/{name}{suffix}.svg"), chart.svg.into_bytes()));
                files.push((format!("charts/{name}{suffix}.png"), chart.png));
            }
        }
        Ok(files)
    }
}

/// The trials, too many to be held as a file in memory.
pub(super) struct SamplesFile<'a> {
    samples: Samples<'a>,
    forecast: &'a Forecast,
}

impl<'a> SamplesFile<'a> {
    /// The file by its path inside the folder.
    pub(super) fn of(plan: &'a Plan, trials: &'a Trials, forecast: &'a Forecast) -> (String, Box<dyn Content + 'a>) {
        let samples = Samples::new(plan, trials);
        (SAMPLES.to_owned(), Box::new(Self { samples, forecast }))
    }
}

impl Content for SamplesFile<'_> {
    fn write_to(&self, file: &mut File) -> io::Result<()> {
        trials_parquet(&self.samples, self.forecast, file)
    }
}

/// Characters of an id that go into a file name; file systems take 255 bytes for the whole.
const ID_SHOWN: usize = 48;

/// What the names of the charts of each initiative end with. No two are the same, not even on a file system that does not tell
/// capitals from small letters. Nothing where there is one initiative.
fn suffixes(plan: &Plan) -> Vec<String> {
    if let [_] = plan.initiatives.as_slice() {
        return vec![String::new()];
    }
    let mut taken = BTreeSet::new();
    plan.initiatives
        .iter()
        .map(|initiative| {
            let whole = format!("-{}", file_name(&initiative.id));
            let mut suffix = whole.clone();
            let mut count = 1;
            while !taken.insert(suffix.to_lowercase()) {
                count += 1;
                suffix = format!("{whole}-{count}");
            }
            suffix
        })
        .collect()
}

/// An id as part of a file name: what could mean something to a file system becomes `_`, and a long one is cut.
pub(super) fn file_name(id: &str) -> String {
    id.chars()
        .take(ID_SHOWN)
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' })
        .collect()
}
