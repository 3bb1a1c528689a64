//! Which files a run writes, by their paths inside the output folder.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;

use rayon::prelude::*;

use super::failure::Failure;
use super::output::Content;
use crate::analysis::{Forecast, InitiativeForecast, Samples};
use crate::engine::Trials;
use crate::plan::Plan;
use crate::report::charts::{self, Chart, ChartError, Form, Paper};
use crate::report::samples::trials_parquet;
use crate::report::tables::{self, TableError};
use crate::report::{drift, options, preread};

type WriteTable = fn(&Forecast) -> Result<String, TableError>;
type DrawChart = fn(&Forecast, Form) -> Result<Chart, ChartError>;
type DrawInitiative = fn(&InitiativeForecast, &Forecast, Form) -> Result<Chart, ChartError>;

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

/// The charts of all initiatives together, with what draws them.
const CHARTS: [(&str, DrawChart); 2] = [("timelines", charts::timelines), ("capacity", charts::capacity)];

/// The charts of each initiative, with what draws them.
const INITIATIVE_CHARTS: [(&str, DrawInitiative); 5] = [
    ("s-curve", charts::s_curve),
    ("dots", charts::dots),
    ("tornado", charts::tornado),
    ("gantt", charts::gantt),
    ("checkpoints", charts::checkpoints),
];

/// The chart of the budgets, where there are any, and that of each initiative's options.
const BUDGETS_CHART: &str = "budgets";
const OPTIONS_CHART: &str = "options";

const SUMMARY: &str = "summary.json";
const PREREAD_HTML: &str = "preread.html";
const PREREAD_MARKDOWN: &str = "preread.md";
pub(super) const OPTIONS: &str = "options.csv";
/// Only where there is an earlier run, which is known late: its name is taken wherever there may be one.
const DRIFT: &str = "drift.csv";
const SAMPLES: &str = "trials.parquet";

/// The outputs of a plan. Their names are known before anything is simulated.
pub(super) struct Outputs {
    /// What the names of an initiative's charts end with, in the order of the plan.
    suffixes: Vec<String>,
    has_options: bool,
    has_budgets: bool,
    has_samples: bool,
    /// Whether there is a run on record that this one may be held against.
    has_record: bool,
}

impl Outputs {
    pub(super) fn of(plan: &Plan, has_samples: bool, has_record: bool) -> Self {
        Self {
            suffixes: suffixes(plan),
            has_options: !plan.options.is_empty(),
            has_budgets: !plan.budgets.is_empty(),
            has_samples,
            has_record,
        }
    }

    /// The paths of all outputs inside the folder.
    pub(super) fn names(&self) -> Vec<String> {
        let whole = CHARTS
            .map(|(chart, _)| chart)
            .into_iter()
            .chain(self.has_budgets.then_some(BUDGETS_CHART));
        let of_each = INITIATIVE_CHARTS
            .map(|(chart, _)| chart)
            .into_iter()
            .chain(self.has_options.then_some(OPTIONS_CHART));
        let of_each = self
            .suffixes
            .iter()
            .flat_map(move |suffix| of_each.clone().map(move |chart| format!("{chart}{suffix}")));
        let charts = whole.map(str::to_owned).chain(of_each).flat_map(|chart| file_names(&chart));
        std::iter::once(SUMMARY)
            .chain(TABLES.map(|(name, _)| name))
            .chain(self.has_options.then_some(OPTIONS))
            .chain(self.has_samples.then_some(SAMPLES))
            .chain(self.has_record.then_some(DRIFT))
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
        if let Some(drift) = &forecast.since {
            let text = drift::drift_csv(drift).map_err(|error| Failure::Machine(error.to_string()))?;
            files.push((DRIFT.to_owned(), text.into_bytes()));
        }
        let page = preread::preread(forecast);
        files.push((PREREAD_HTML.to_owned(), page.html.into_bytes()));
        files.push((PREREAD_MARKDOWN.to_owned(), page.markdown.into_bytes()));
        files.extend(drawn(self.pictures(forecast))?);
        Ok(files)
    }

    /// What is to be drawn, in the order of the names.
    fn pictures<'f>(&'f self, forecast: &'f Forecast) -> Vec<Picture<'f>> {
        let mut pictures: Vec<Picture<'f>> = Vec::new();
        for (name, draw) in CHARTS {
            pictures.push((name.to_owned(), Box::new(move || draw(forecast, Form::FILE))));
        }
        if self.has_budgets {
            pictures.push((BUDGETS_CHART.to_owned(), Box::new(move || charts::budgets(forecast, Form::FILE))));
        }
        for (initiative, suffix) in forecast.initiatives.iter().zip(&self.suffixes) {
            for (name, draw) in INITIATIVE_CHARTS {
                pictures.push((format!("{name}{suffix}"), Box::new(move || draw(initiative, forecast, Form::FILE))));
            }
            if let Some(comparison) = &forecast.options {
                pictures.push((
                    format!("{OPTIONS_CHART}{suffix}"),
                    Box::new(move || charts::options(&initiative.id, comparison, Form::FILE)),
                ));
            }
        }
        pictures
    }
}

/// A chart by its name, and what lays it out.
type Picture<'f> = (String, Box<dyn Fn() -> Result<Chart, ChartError> + Sync + 'f>);

/// The two files of a chart.
fn file_names(chart: &str) -> [String; 2] {
    ["svg", "png"].map(|end| format!("charts/{chart}.{end}"))
}

/// The files of the pictures. Each is drawn on its own, so that no processor waits.
fn drawn(pictures: Vec<Picture<'_>>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let both: Result<Vec<_>, ChartError> = pictures
        .par_iter()
        .map_init(Paper::default, |paper, (name, draw)| {
            let chart = draw()?;
            let [svg, png] = file_names(name);
            Ok([(svg, chart.svg()?.into_bytes()), (png, chart.png(paper)?)])
        })
        .collect();
    let both = both.map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(both.into_iter().flatten().collect())
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
