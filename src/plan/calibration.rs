//! What past tasks say about the next ones: the overrun, how much of it whole projects share, and how wide ranges ought to be.
//!
//! ln(actual/estimate) of a task in group g is m + s_g + e ([`Components`]). The portfolio's overrun is the prediction for a group
//! that was not seen, exp(m + s), with everything that is uncertain about m and about the differences between groups. What single
//! tasks add, e, belongs into the three numbers of the estimates: how wide they ought to be is told, not applied.
//!
//! Real histories have far outliers, many actuals that equal the estimate, and one tail longer than the other. So m, s and their
//! uncertainty are taken from logarithms whose outliers are drawn in ([`drawn_in`]), and the range of single tasks, as long as
//! there are enough of them, from the quantiles of what is left over and from no curve.

use serde::Serialize;

use super::history::{Columns, History, LeftOut, PastTask, read_history};
use crate::diagnostic::Fault;
use crate::plan::build::DEFAULT_OVERRUN;
use crate::sampling::Distribution;
use crate::sampling::normal::Z90;
use crate::scenario::reader::Faults;
use crate::scenario::says::PastTasks;
use crate::scenario::tree::At;
use crate::statistics::{Components, FEWEST_GROUPS, Moments, Next, Proportion, Sorted, drawn_in};
use crate::units::Percentile;

/// Tasks below which nothing is said.
const FEWEST_TASKS: usize = 3;
/// Tasks from which the tenth and the ninetieth percentile are counted instead of drawn from a curve.
const ENOUGH_FOR_QUANTILES: usize = 30;
/// Tasks with a range below which no widening is derived from them.
const FEWEST_RANGES: usize = 10;
/// How far below and above its middle an overrun reaches at the least.
const LEAST_REACH: f64 = 0.01;
/// The overruns that a scenario can hold.
const SMALLEST: f64 = 0.001;
const LARGEST: f64 = 1_000.0;
/// What ranges are asked to hold: P10 to P90.
const HELD: u32 = 80;

/// A number and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Known {
    /// The best single number.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Where the spread between whole projects comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// From how much the groups differ.
    Groups,
    /// Every row is a whole of its own: from how much the rows differ.
    Wholes,
    /// Not from this history, which has no groups or fewer than three: at the least that of the default overrun.
    Default,
}

/// The past ranges: how many held, and what would have made them hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ranges {
    /// Tasks with a range.
    pub tasks: u64,
    /// Actuals within it, ends included.
    pub held: u64,
    /// Actuals below.
    pub below: u64,
    /// Actuals above.
    pub above: u64,
    /// The share that held, with Wilson's interval.
    pub share: Known,
    /// The power to which each end's distance from the estimate, as a factor, has to be raised for 80 % to hold. `None` with fewer
    /// than ten, or where no power would do. An end of the interval is infinite where nothing bounds it.
    pub widening: Option<Known>,
    /// The same once all ranges are moved by the median overrun: what is left for the ranges to do.
    pub widening_after_overrun: Option<Known>,
}

/// What past tasks say about the next ones. Factors are actual ÷ estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// The file, as it was named.
    pub file: String,
    /// The columns that were read, as the file calls them.
    pub columns: Columns,
    /// Tasks with an estimate and an actual.
    pub tasks: usize,
    /// Rows without.
    pub left_out: LeftOut,
    /// Groups; 0 where none were asked for.
    pub groups: usize,
    /// Whether groups are quarters.
    pub by_quarter: bool,
    /// Where the spread between whole projects comes from.
    pub basis: Basis,
    /// The sum of the actuals ÷ the sum of the estimates.
    pub ratio_of_sums: f64,
    /// The median overrun exp(m).
    pub median: Known,
    /// The standard deviation τ of ln overrun between groups; `None` where the history does not tell.
    pub shared_sd: Option<Known>,
    /// The standard deviation σ of ln overrun within groups, outliers drawn in; `None` where every row is a group.
    pub own_sd: Option<Known>,
    /// What single tasks add: P10, P50 and P90 of their factor against their group; `None` where every row is a group.
    pub own: Option<[f64; 3]>,
    /// P10, P50 and P90 of one new task's factor.
    pub new_task: [f64; 3],
    /// P10, P50 and P90 of the factor that a new portfolio shares, at three significant digits.
    pub overrun: [f64; 3],
    /// Tasks so far out that they were drawn in for `median`, the two standard deviations and `overrun`.
    pub far_out: usize,
    /// Tasks whose actual equals the estimate to the last digit.
    pub exact: usize,
    /// The past ranges, where the file has them.
    pub ranges: Option<Ranges>,
}

impl Calibration {
    /// Learns from a history.
    ///
    /// # Errors
    /// One fault, with no place, where there are fewer than three tasks, where all overran by the same factor, or where the overrun that
    /// follows is too wild to be one.
    pub fn of(history: &History) -> Result<Self, Vec<Fault>> {
        let tasks = &history.tasks;
        let refused = |code, message: String, hint: &str| vec![Fault::error(code, format!("\"{}\": {message}", history.path)).hint(hint)];
        if tasks.len() < FEWEST_TASKS {
            let message = format!(
                "{} rows with an estimate and an actual above zero, {} without",
                tasks.len(),
                history.left_out.total()
            );
            return Err(refused("too-few-tasks", message, "it takes at least three finished tasks"));
        }
        let logs: Vec<f64> = tasks.iter().map(|task| task.actual.ln() - task.estimate.ln()).collect();
        let (drawn, far_out) = drawn_in(&logs);
        let Some(fit) = Fit::new(history, &drawn).filter(|_| vary(&drawn)) else {
            let message = "every actual is the same multiple of its estimate".to_owned();
            let hint = "actuals that were filled in from the estimates say nothing; measured ones differ";
            return Err(refused("no-spread", message, hint));
        };
        let group = [0.1, 0.5, 0.9].map(|p| fit.components.quantile(Next::Group, p));
        let possible = |[p10, p50, p90]: &[f64; 3]| Distribution::lognormal_median(*p10, *p50, *p90).is_ok();
        let Some(overrun) = rounded(group.map(f64::exp)).filter(possible) else {
            let [p10, _, p90] = group.map(f64::exp);
            let message = format!("it supports an overrun from {p10:.1e} (P10) to {p90:.1e} (P90), which is none");
            let hint = "are estimate and actual in the same unit? if they are, more rows make it narrower";
            return Err(refused("too-scattered", message, hint));
        };
        let own = fit.own(&logs);
        let median = fit.known(|p| fit.components.quantile(Next::Middle, p).exp());
        Ok(Self {
            file: history.path.clone(),
            columns: history.columns.clone(),
            tasks: tasks.len(),
            left_out: history.left_out,
            groups: history.groups,
            by_quarter: history.by_quarter,
            basis: fit.basis,
            ratio_of_sums: tasks.iter().map(|task| task.actual).sum::<f64>() / tasks.iter().map(|task| task.estimate).sum::<f64>(),
            median,
            shared_sd: match fit.basis {
                Basis::Groups => Some(fit.known(|p| fit.components.shared(p))),
                Basis::Wholes => Some(fit.known(|p| fit.components.own(p))),
                Basis::Default => None,
            },
            own_sd: own.map(|_| fit.known(|p| fit.components.own(p))),
            own: own.map(|own| own.map(f64::exp)),
            new_task: fit.new_task(group, own).map(f64::exp),
            overrun,
            far_out,
            exact: tasks.iter().filter(|task| task.actual == task.estimate).count(),
            ranges: ranges(tasks, median.value),
        })
    }

    /// The past tasks as they are counted in a sentence: `47 past tasks in 6 groups (past.csv)`.
    #[must_use]
    pub fn source(&self) -> String {
        let (tasks, file) = (self.tasks, &self.file);
        match self.basis {
            Basis::Groups => format!(
                "{tasks} past tasks in {} {} ({file})",
                self.groups,
                if self.by_quarter { "quarters" } else { "groups" }
            ),
            Basis::Wholes => format!("{tasks} past projects ({file})"),
            Basis::Default => format!("{tasks} past tasks ({file}), which do not say how much whole projects differ"),
        }
    }

    /// The distribution of the factor that a new portfolio shares: the lognormal through `overrun`.
    #[must_use]
    pub fn distribution(&self) -> Option<Distribution> {
        let [p10, p50, p90] = self.overrun;
        Distribution::lognormal_median(p10, p50, p90).ok()
    }
}

/// The calibration from a file that a scenario names; what is wrong with the file is told at its name.
pub(super) fn learnt(past: &PastTasks, text: &str, faults: &mut Faults) -> Option<Calibration> {
    let named = |column: &Option<At<String>>| column.as_ref().map(|at| at.value.clone());
    let columns = Columns {
        estimate: named(&past.estimate),
        actual: named(&past.actual),
        group: named(&past.group),
        ..Columns::default()
    };
    let found = read_history(&past.file.value, text, &columns);
    let wrong = match found.and_then(|history| Calibration::of(&history)) {
        Ok(calibration) => return Some(calibration),
        Err(wrong) => wrong,
    };
    let more = wrong.len().saturating_sub(1);
    if let Some(mut first) = wrong.into_iter().next() {
        if let Some((line, column)) = first.position() {
            first.message = format!("\"{}\" line {line}, column {column}: {}", past.file.value, first.message);
        }
        // The excerpt is the scenario's; the spans of the history mean nothing in it.
        (first.related, first.label) = (Vec::new(), String::new());
        let all = (more > 0).then(|| format!("and {more} more: `sim calibrate` shows them all"));
        let hint = [first.hint.take(), all].into_iter().flatten().collect::<Vec<_>>().join("; ");
        faults.add(first.at(&past.file.span).maybe_hint((!hint.is_empty()).then_some(hint)));
    }
    None
}

/// The model with what belongs to this history.
struct Fit<'h> {
    history: &'h History,
    components: Components,
    basis: Basis,
    groups: Vec<Moments>,
}

impl<'h> Fit<'h> {
    fn new(history: &'h History, logs: &[f64]) -> Option<Self> {
        let mut by_group: Vec<Vec<f64>> = Vec::new();
        for (task, log) in history.tasks.iter().zip(logs) {
            if by_group.len() <= task.group {
                by_group.resize_with(task.group + 1, Vec::new);
            }
            if let Some(group) = by_group.get_mut(task.group) {
                group.push(*log);
            }
        }
        let groups: Vec<Moments> = by_group.iter().map(|values| Moments::of(values)).collect();
        let whole = Moments::of(logs);
        let (basis, components) = if history.groups < FEWEST_GROUPS {
            (Basis::Default, Components::of_values(whole, between_of_few(&groups)))
        } else if history.groups == logs.len() {
            (Basis::Wholes, Components::of_wholes(whole))
        } else {
            (Basis::Groups, Components::of_groups(&groups))
        };
        Some(Self {
            history,
            components: components?,
            basis,
            groups,
        })
    }

    /// A number by its posterior median and 95 % interval.
    fn known(&self, quantile: impl Fn(f64) -> f64) -> Known {
        Known {
            value: quantile(0.5),
            low: quantile(0.025),
            high: quantile(0.975),
        }
    }

    /// P10, P50 and P90 of what single tasks add to their group: counted where there are enough tasks, else from the model.
    fn own(&self, logs: &[f64]) -> Option<[f64; 3]> {
        if self.basis == Basis::Wholes {
            return None;
        }
        if logs.len() < ENOUGH_FOR_QUANTILES {
            return Some([0.1, 0.5, 0.9].map(|p| self.components.quantile(Next::Own, p)));
        }
        let centres: Vec<f64> = match self.basis {
            Basis::Groups => self.groups.iter().map(|group| self.components.of_group(group)).collect(),
            _ => vec![self.components.quantile(Next::Middle, 0.5); self.groups.len()],
        };
        let centre_of = |task: &PastTask| centres.get(task.group).copied().unwrap_or_default();
        let left: Vec<f64> = self
            .history
            .tasks
            .iter()
            .zip(logs)
            .map(|(task, log)| log - centre_of(task))
            .collect();
        let left = Sorted::new(left);
        Some([10, 50, 90].map(|p| left.quantile(Percentile::percent(p)).unwrap_or_default()))
    }

    /// P10, P50 and P90 of ln of one new task's factor. Distances from the middle add as for independent normals.
    fn new_task(&self, group: [f64; 3], own: Option<[f64; 3]>) -> [f64; 3] {
        let Some(own) = own else { return group };
        if self.history.tasks.len() < ENOUGH_FOR_QUANTILES {
            return [0.1, 0.5, 0.9].map(|p| self.components.quantile(Next::Value, p));
        }
        let middle = group[1] + own[1];
        [
            middle - (group[1] - group[0]).hypot(own[1] - own[0]),
            middle,
            middle + (group[2] - group[1]).hypot(own[2] - own[1]),
        ]
    }
}

/// Whether logarithms differ by more than their rounding.
fn vary(logs: &[f64]) -> bool {
    let (low, high) = logs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| {
        (low.min(*log), high.max(*log))
    });
    high - low > 1e-9
}

/// The variance between whole projects where fewer than three groups are known: that of the default overrun, or that of two groups
/// which differ by more.
fn between_of_few(groups: &[Moments]) -> f64 {
    let [p10, _, p90] = DEFAULT_OVERRUN;
    let default = (p90 / p10).ln() / (2.0 * Z90);
    let seen: Vec<f64> = groups.iter().filter(|group| group.count > 0).map(|group| group.mean).collect();
    let between = Moments::of(&seen);
    (default * default).max(between.squares / (between.count.saturating_sub(1)).max(1) as f64)
}

/// Three ascending factors at three significant digits, so that what is printed is what is used; `None` where a scenario could not
/// hold them.
fn rounded([p10, p50, p90]: [f64; 3]) -> Option<[f64; 3]> {
    let factors = [p10.min(p50 * (1.0 - LEAST_REACH)), p50, p90.max(p50 * (1.0 + LEAST_REACH))];
    let rounded = factors.map(|factor| format!("{factor:.2e}").parse::<f64>().unwrap_or(f64::NAN));
    let [p10, p50, p90] = rounded;
    (p10 >= SMALLEST && p10 < p50 && p50 < p90 && p90 <= LARGEST).then_some(rounded)
}

fn ranges(tasks: &[PastTask], median: f64) -> Option<Ranges> {
    let with: Vec<(&PastTask, [f64; 2])> = tasks.iter().filter_map(|task| Some((task, task.range?))).collect();
    if with.is_empty() {
        return None;
    }
    let count = |is: &dyn Fn(f64, [f64; 2]) -> bool| with.iter().filter(|(task, range)| is(task.actual, *range)).count() as u64;
    let held = Proportion {
        hits: count(&|actual, [low, high]| (low..=high).contains(&actual)),
        trials: with.len() as u64,
    };
    let wilson = held.wilson();
    Some(Ranges {
        tasks: held.trials,
        held: held.hits,
        below: count(&|actual, [low, _]| actual < low),
        above: count(&|actual, [_, high]| actual > high),
        share: Known {
            value: held.estimate().unwrap_or_default(),
            low: wilson.low,
            high: wilson.high,
        },
        widening: widening(&with, 1.0),
        widening_after_overrun: widening(&with, median),
    })
}

/// The power k for which 80 % of the actuals, divided by `overrun`, lie from estimate·(low/estimate)^k to estimate·(high/estimate)^k.
fn widening(with: &[(&PastTask, [f64; 2])], overrun: f64) -> Option<Known> {
    if with.len() < FEWEST_RANGES {
        return None;
    }
    let needed = |(task, [low, high]): &(&PastTask, [f64; 2])| {
        let distance = (task.actual / overrun / task.estimate).ln();
        let end = if distance < 0.0 {
            low / task.estimate
        } else {
            high / task.estimate
        };
        let reach = if distance < 0.0 { -end.ln() } else { end.ln() };
        match distance.abs() {
            0.0 => 0.0,
            // Where an end lies at the estimate or on its wrong side, no power moves it past the actual.
            distance if reach > 0.0 => distance / reach,
            _ => f64::INFINITY,
        }
    };
    let needed = Sorted::new(with.iter().map(needed).collect());
    let held = Percentile::percent(HELD);
    let value = needed.quantile(held).filter(|value| value.is_finite())?;
    let (low, high) = needed.quantile_interval(held);
    Some(Known {
        value,
        low: low.unwrap_or(0.0),
        high: high.unwrap_or(f64::INFINITY),
    })
}

#[cfg(test)]
mod tests {
    use super::super::history::read_history;
    use super::*;

    fn calibration(text: &str, columns: &Columns) -> Result<Calibration, Vec<Fault>> {
        Calibration::of(&read_history("past.csv", text, columns).expect("readable"))
    }

    fn named(group: Option<&str>, ends: Option<[&str; 2]>) -> Columns {
        Columns {
            group: group.map(str::to_owned),
            low: ends.map(|[low, _]| low.to_owned()),
            high: ends.map(|[_, high]| high.to_owned()),
            ..Columns::default()
        }
    }

    fn rows(header: &str, rows: impl Iterator<Item = String>) -> String {
        format!("{header}\n{}", rows.collect::<String>())
    }

    #[test]
    fn without_groups_whole_projects_differ_as_by_default() {
        // Ten thousand tasks around twice their estimate: the middle is known, the difference between projects is not.
        let text = rows(
            "estimate,actual",
            (0..10_000).map(|index| format!("10,{}\n", 20.0 * f64::from(index % 21 - 10).mul_add(0.02, 0.0).exp())),
        );
        let found = calibration(&text, &named(None, None)).expect("fitted");
        assert_eq!((found.basis, found.shared_sd), (Basis::Default, None));
        // √(1.4/0.85) = 1.2834 on each side.
        assert_eq!(found.overrun, [1.56, 2.0, 2.57]);
        assert!((found.median.value - 2.0).abs() < 0.01 && found.median.high < 2.02, "{found:?}");
        let own = found.own.expect("a range");
        assert!(
            (own[2] - 0.16_f64.exp()).abs() < 1e-3 && (own[0] - (-0.16_f64).exp()).abs() < 1e-3,
            "{own:?}"
        );
    }

    #[test]
    fn few_rows_give_wide_answers() {
        let wide = |rows: &str| {
            let found = calibration(&format!("estimate,actual,project\n{rows}"), &named(Some("project"), None)).expect("fitted");
            (found.basis, found.overrun[2] / found.overrun[0])
        };
        let few = wide("1,1,a\n1,2,b\n1,1.5,c\n");
        assert_eq!(few.0, Basis::Wholes);
        assert!(few.1 > 3.0, "{few:?}");
        let many = wide(
            &(0..40)
                .map(|index| format!("1,{},p{index}\n", [1.0, 1.5, 2.0][index % 3]))
                .collect::<String>(),
        );
        assert!(many.1 < 2.3, "{many:?}");
    }

    #[test]
    fn what_says_nothing_is_refused() {
        let code = |text: &str| calibration(text, &named(None, None)).expect_err("refused")[0].code;
        assert_eq!(code("estimate,actual\n1,2\n1,3\n"), "too-few-tasks");
        assert_eq!(code("estimate,actual\n1,2\n2,4\n3,6\n"), "no-spread");
        assert_eq!(code("estimate,actual\n1,3600\n1,7200\n1,9000\n"), "too-scattered");
    }

    /// Ranges of half to twice the estimate, and actuals whose logarithms lie evenly: the power that holds 80 % can be counted.
    #[test]
    fn the_widening_is_what_would_have_held_four_fifths() {
        let actual = |index: i32| 10.0 * (f64::from(index - 50) / 50.0 * 8.0_f64.ln()).exp();
        let text = rows(
            "estimate,actual,low,high",
            (0..=100).map(|index| format!("10,{},5,20\n", actual(index))),
        );
        let ranges = calibration(&text, &named(None, Some(["low", "high"])))
            .expect("fitted")
            .ranges
            .expect("ranges");
        // |index − 50| ≤ 16 lies within a factor of two.
        assert_eq!((ranges.tasks, ranges.held, ranges.below, ranges.above), (101, 33, 34, 34));
        // The rank ⌈0.8·101⌉ = 81 is |index − 50| = 40, which lies at 8^0.8 = 2^2.4.
        let widening = ranges.widening.expect("a widening");
        assert!(
            (widening.value - 2.4).abs() < 1e-9 && widening.low < 2.4 && widening.high > 2.4,
            "{widening:?}"
        );
        let text = rows(
            "estimate,actual,low,high",
            (0..20).map(|index| format!("10,{},10,10\n", 10 + index)),
        );
        let ranges = calibration(&text, &named(None, Some(["low", "high"])))
            .expect("fitted")
            .ranges
            .expect("ranges");
        assert_eq!((ranges.held, ranges.widening), (1, None), "no power widens a point");
    }

    #[test]
    fn what_is_printed_can_be_pasted() {
        assert_eq!(rounded([0.912_34, 1.0, 1.098_7]), Some([0.912, 1.0, 1.1]));
        assert_eq!(rounded([1.0, 1.0, 1.0]), Some([0.99, 1.0, 1.01]));
        assert_eq!(rounded([0.9, 1.0, 2_000.0]), None);
        assert_eq!(rounded([0.9, 1.0, f64::INFINITY]), None);
    }
}
