//! What has really happened up to a morning, and the pasts that may have led there.
//!
//! A future that is given facts plays its past again: recorded tasks begin and end when they really did, and what nobody recorded
//! (who was where, when on its day something began) is drawn as in any other future. What the facts say of a task's quantity is an
//! interval that comes out of the play: the progress on the morning and on the evening of its last day. Its probability, given the
//! common factors, is the likelihood of the fact. See [`super::again`] for the play.
//!
//! | told | how it enters |
//! |---|---|
//! | a finished task | X lies between the progress of its last morning and evening; `spent` replaces the progress |
//! | a running task | X is above the progress so far; `percent` p weighs it by a normal density of p around progress ÷ X |
//! | the count n of an incident class | the rate's factor is Gamma(a + n, a + Λ) where it was Gamma(a, a) and Λ is what the known rate would have brought; releases may have caused k of the n |
//! | people now | comings and goings of the team are drawn until they agree with the number |
//! | a risk | it happened, cannot happen, or may still |
//!
//! Gamma–Poisson: A. Gelman et al., *Bayesian Data Analysis*, 3rd ed., section 2.6.

use super::compile::{Arrival, Compiled, NONE};
use crate::plan::{Actuals, FindingActual, RiskActual};
use crate::sampling::GammaFactor;
use crate::units::to_tick;

/// Half an hour: what is spent is known to the hour.
const SPENT_IS_KNOWN_TO: f64 = 1.0 / 16.0;

/// Comings and goings of a team that are drawn until one agrees with the people who are there now.
const MOST_ATTEMPTS: u32 = 400;

/// Draws of one attempt lie this far from those of the next.
const ATTEMPT: u32 = 1 << 16;

/// What is known, and the candidates for what is not.
#[derive(Debug)]
pub struct Guide {
    pub(super) past: Past,
    pub(super) lives: Lives,
}

impl Guide {
    /// Facts, and the pasts that futures may have had.
    #[must_use]
    pub const fn new(past: Past, lives: Lives) -> Self {
        Self { past, lives }
    }
}

/// Facts in the order of a compiled plan.
#[derive(Debug, Clone)]
pub struct Past {
    /// Working days, and calendar days, from the morning of the start to that of the facts.
    pub(super) until: f64,
    pub(super) until_clock: f64,
    /// By rank.
    pub(super) tasks: Vec<Option<Fact>>,
    people: Vec<Option<u32>>,
    pub(super) risks: Vec<RiskActual>,
    pub(super) incidents: Vec<Option<Told>>,
    pub(super) findings: Vec<Option<FindingActual>>,
}

/// What is known of a task that has started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    /// The morning of its first day.
    pub(super) started: f64,
    /// The evening of its last.
    pub(super) finished: Option<f64>,
    /// Whether its estimate does not reach so far, so that nothing can be learnt from it.
    pub(super) is_outside: bool,
    /// Bounds of what was spent.
    pub(super) spent: Option<[f64; 2]>,
    /// The share that is complete.
    pub(super) share: Option<f64>,
}

/// What is known of a class of incidents.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) count: u32,
    /// Customer-minutes so far by quarter, where told.
    pub(super) minutes: Option<Vec<f64>>,
    /// Finished releases each of which may have caused one.
    pub(super) releases: u32,
    probability: f64,
}

/// The pasts that futures may have had: draws that are learned from the facts, as standard normals.
#[derive(Debug, Clone, Default)]
pub struct Lives {
    /// The candidate that each trial continues; each its own where this is empty.
    pub source: Vec<u32>,
    /// Risks whose occurrence and size are learned.
    pub risks: Vec<usize>,
    /// By candidate: overrun, portfolio, teams, then occurrence and size of each of those risks. Empty where nothing is learned.
    pub normals: Vec<f64>,
    /// Numbers of a candidate.
    pub width: usize,
}

impl Lives {
    pub(super) fn candidate(&self, trial: u32) -> u32 {
        if self.source.is_empty() {
            return trial;
        }
        self.source.get(trial as usize % self.source.len()).copied().unwrap_or(trial)
    }

    pub(super) fn of(&self, candidate: u32) -> Option<&[f64]> {
        let from = candidate as usize * self.width;
        self.normals.get(from..from + self.width).filter(|row| !row.is_empty())
    }
}

/// What is drawn for the incidents of a class up to the facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    /// Factor on its rate.
    pub(super) factor: f64,
    /// Incidents that came by themselves.
    pub(super) own: u32,
    /// Incidents that finished releases caused.
    pub(super) caused: u32,
    /// What the sum of exponential gaps is multiplied by to fill the time.
    pub(super) hazard: f64,
    /// Logarithm of the probability of the count.
    pub(super) log_weight: f64,
}

impl Past {
    /// The facts for a compiled plan, of which they must be.
    #[must_use]
    pub fn new(compiled: &Compiled, actuals: &Actuals) -> Self {
        let tasks: Vec<Option<Fact>> = compiled
            .order
            .iter()
            .map(|task| {
                let told = actuals.tasks.get(task.0).copied().flatten()?;
                Some(Fact {
                    started: told.started.days(),
                    finished: told.finished.map(|finished| finished.days()),
                    is_outside: told.outside_estimate,
                    spent: told
                        .spent
                        .map(|spent| [(spent - SPENT_IS_KNOWN_TO).max(0.0), spent + SPENT_IS_KNOWN_TO]),
                    share: told.percent.map(|percent| percent / 100.0),
                })
            })
            .collect();
        let mut risks: Vec<RiskActual> = (0..compiled.risks.len())
            .map(|risk| actuals.risks.get(risk).copied().unwrap_or(RiskActual::Unreported))
            .collect();
        // A task that only a risk brings has begun, so the risk has happened.
        for (task, fact) in compiled.tasks.iter().zip(&tasks) {
            if task.only_if != NONE && fact.is_some() && !matches!(risks[task.only_if as usize], RiskActual::HappenedAndRetired) {
                risks[task.only_if as usize] = RiskActual::Happened;
            }
        }
        let incidents = (0..compiled.incidents.len()).map(|class| {
            let told = actuals.incidents.get(class)?.as_ref()?;
            let failing = compiled
                .tasks
                .iter()
                .zip(&tasks)
                .filter(|(_, fact)| fact.is_some_and(|fact| fact.finished.is_some()));
            let failures = failing
                .flat_map(|(task, _)| &task.change_failures)
                .filter(|failure| failure.class as usize == class);
            Some(Told {
                count: told.count,
                minutes: told.customer_minutes.as_ref().map(|minutes| minutes.per_quarter.clone()),
                releases: failures.clone().count() as u32,
                probability: failures.map(|failure| failure.probability).fold(0.0, f64::max),
            })
        });
        Self {
            until: actuals.as_of.days(),
            // The midnight before that morning, not the evening before the weekend.
            until_clock: compiled.clock.clock(actuals.as_of.days() + 1e-9).floor(),
            incidents: incidents.collect(),
            tasks,
            people: (0..compiled.teams.len())
                .map(|team| actuals.teams.get(team).copied().flatten())
                .collect(),
            risks,
            findings: (0..compiled.findings.len())
                .map(|class| actuals.findings.get(class).copied().flatten())
                .collect(),
        }
    }

    /// Working days since the morning of the start up to which things are known.
    #[must_use]
    pub const fn until(&self) -> f64 {
        self.until
    }

    // --- people ---

    /// The first attempt at a team's comings and goings that ends with the people who are there, and how many are missing where
    /// none does.
    pub(super) fn attempt(&self, compiled: &Compiled, team: usize, candidate: u32) -> (u32, i32) {
        let Some(told) = self.people[team] else { return (0, 0) };
        let mut nearest = (0, i32::MAX);
        for attempt in 0..MOST_ATTEMPTS {
            let there = compiled.teams[team]
                .seats
                .clone()
                .filter(|seat| self.is_there(compiled, *seat as usize, candidate, attempt))
                .count();
            let missing = told as i32 - there as i32;
            if missing == 0 {
                return (attempt, 0);
            }
            if missing.abs() < nearest.1.abs() {
                nearest = (attempt, missing);
            }
        }
        nearest
    }

    /// Whether somebody has a seat on the morning of the facts; people on other work or away count.
    fn is_there(&self, compiled: &Compiled, seat: usize, candidate: u32, attempt: u32) -> bool {
        let says = &compiled.seats[seat];
        let team = &compiled.teams[says.team as usize];
        let mut joins = match says.arrival {
            Arrival::AtStart | Arrival::On(_) => 0.0,
            Arrival::Hire(hire) => compiled.hires[hire as usize].morning(candidate, attempt),
        };
        let mut occupant = 0;
        loop {
            if joins > self.until {
                return false;
            }
            if says.until <= self.until {
                return false;
            }
            if team.departure_rate <= 0.0 {
                return true;
            }
            let stays = says.departure.exponential_at(candidate, person(occupant, attempt)) / team.departure_rate;
            let leaves = to_tick(compiled.clock.working(compiled.clock.clock(joins) + stays)).max(joins);
            if leaves > self.until {
                return true;
            }
            occupant += 1;
            let Some(backfill) = team.backfill.as_ref().filter(|_| says.until.is_infinite()) else {
                return false;
            };
            let vacant = backfill.at(says.backfill.normal_at(candidate, person(occupant, attempt))).max(0.0);
            joins = leaves + to_tick(vacant);
        }
    }

    // --- incidents ---

    /// Incidents that the known rate of a class would have brought by themselves up to the facts: its integral with the quarters'
    /// own factors, the finished tasks' and the risks'.
    pub(super) fn expected(&self, compiled: &Compiled, class: usize, candidate: u32, occurs: impl Fn(usize) -> bool) -> f64 {
        let says = &compiled.incidents[class];
        // Clock times from which on the rate is multiplied.
        let mut turns: Vec<(f64, f64)> = vec![];
        for (task, fact) in compiled.tasks.iter().zip(&self.tasks) {
            let Some(finished) = fact.and_then(|fact| fact.finished) else {
                continue;
            };
            let scaled = task.scales_rate.iter().filter(|(of, _)| *of as usize == class);
            turns.extend(scaled.map(|(_, factor)| (compiled.clock.clock(finished), *factor)));
        }
        for (risk, factor) in &says.scaled_by {
            let index = *risk as usize;
            if !occurs(index) || self.risks[index] == RiskActual::Open {
                continue;
            }
            let begins = compiled.clock.clock(compiled.risks[index].from + 1e-9);
            let ends = (0..compiled.tasks.len())
                .filter(|task| compiled.retires.row(*task).contains(risk))
                .filter_map(|task| self.tasks[task]?.finished)
                .map(|finished| compiled.clock.clock(finished))
                .fold(f64::INFINITY, f64::min);
            turns.extend([(begins, *factor), (ends.max(begins), 1.0 / factor)]);
        }
        let integral = |from: f64, to: f64| {
            let mut times: Vec<f64> = turns.iter().map(|(at, _)| at.clamp(from, to)).chain([from, to]).collect();
            times.sort_unstable_by(f64::total_cmp);
            let parts = times.windows(2).map(|part| {
                let middle = 0.5 * (part[0] + part[1]);
                let factor: f64 = turns.iter().filter(|(at, _)| *at <= middle).map(|(_, factor)| *factor).product();
                factor * (part[1] - part[0])
            });
            parts.sum::<f64>()
        };
        let quarters = compiled
            .quarters
            .iter()
            .enumerate()
            .take_while(|(_, quarter)| quarter.begins < self.until_clock);
        let parts = quarters.map(|(index, quarter)| {
            let ends = compiled.quarters.get(index + 1).map_or(f64::INFINITY, |next| next.begins);
            let factor = says.quarter_factor.at(says.quarter.normal_at(candidate, quarter.number));
            factor * integral(quarter.begins, ends.min(self.until_clock))
        });
        says.rate_per_day * parts.sum::<f64>()
    }

    /// Draws what an incident class did up to the facts. `normal` is the standard normal of its rate, `u` chooses how many the
    /// releases caused, `expected` is what the known rate would have brought by itself.
    pub(super) fn incidents(&self, cv: f64, told: &Told, expected: f64, normal: f64, u: f64, factors: &mut Factors) -> Drawn {
        let (releases, p) = (f64::from(told.releases), told.probability);
        let split = split(cv, told.count, expected, u, |caused| {
            if caused > told.releases {
                return f64::NEG_INFINITY;
            }
            let k = f64::from(caused);
            log_choose(releases, k)
                + if caused > 0 { k * libm::log(p) } else { 0.0 }
                + if caused < told.releases {
                    (releases - k) * libm::log1p(-p)
                } else {
                    0.0
                }
        });
        let factor = factors.posterior(cv, split.count, expected, normal);
        Drawn {
            factor,
            own: split.count,
            caused: told.count - split.count,
            hazard: factor * expected,
            log_weight: split.log_weight,
        }
    }
}

/// How many of a count came at the uncertain rate, the others having another cause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) count: u32,
    /// Logarithm of the probability of the whole count.
    pub(super) log_weight: f64,
}

/// Chooses by `u` how many of `count` had the other cause, of which `log_other` gives the logarithm of the probability.
fn split(cv: f64, count: u32, expected: f64, u: f64, log_other: impl Fn(u32) -> f64) -> Split {
    let logs = (0..=count).map(|other| log_other(other) + log_count(cv, count - other, expected));
    // Another cause brings a few at most; without one this is a single term.
    let logs: Vec<f64> = logs.take(MOST_CAUSED).collect();
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if highest <= LOG_LEAST {
        return Split {
            count,
            log_weight: LOG_LEAST,
        };
    }
    let total: f64 = logs.iter().map(|log| libm::exp(log - highest)).sum();
    let mut left = u * total;
    let other = logs.iter().position(|log| {
        left -= libm::exp(log - highest);
        left <= 0.0
    });
    Split {
        count: count - other.unwrap_or(0) as u32,
        log_weight: highest + libm::log(total),
    }
}

/// More than this many of a count are not looked for among other causes.
const MOST_CAUSED: usize = 1_000;

/// The index of a draw for the occupant of a seat.
pub(super) const fn person(occupant: u32, attempt: u32) -> u32 {
    occupant.wrapping_add(attempt.wrapping_mul(ATTEMPT))
}

/// Below this a likelihood says no more than that the plan did not foresee it.
pub(super) const LOG_LEAST: f64 = -30.0;

/// ln P(n) of a count whose mean is `expected` times a gamma factor of mean 1: a negative binomial, or Poisson for a known rate.
fn log_count(cv: f64, n: u32, expected: f64) -> f64 {
    if expected <= 0.0 {
        return if n == 0 { 0.0 } else { f64::NEG_INFINITY };
    }
    let n = f64::from(n);
    let factorial = libm::lgamma(n + 1.0);
    if cv <= 1e-9 {
        return n * libm::log(expected) - expected - factorial;
    }
    let a = 1.0 / (cv * cv);
    libm::lgamma(a + n) - libm::lgamma(a) - factorial - a * libm::log1p(expected / a) - n * libm::log1p(a / expected)
}

fn log_choose(n: f64, k: f64) -> f64 {
    libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
}

/// Gamma distributions by their coefficient of variation, made once.
#[derive(Debug, Default)]
pub(super) struct Factors(std::collections::HashMap<u64, GammaFactor>);

impl Factors {
    /// A rate's factor after `n` events where the known rate would have brought `expected`: Gamma(a + n, a + expected).
    pub(super) fn posterior(&mut self, cv: f64, n: u32, expected: f64, normal: f64) -> f64 {
        if cv <= 1e-9 {
            return 1.0;
        }
        let a = 1.0 / (cv * cv);
        let shape = a + f64::from(n);
        let cv = 1.0 / shape.sqrt();
        let factor = self.0.entry(cv.to_bits()).or_insert_with(|| GammaFactor::new(cv));
        shape / (a + expected) * factor.at(normal)
    }

    /// How many of the findings so far came with the work, the others having come up in reviews that were expected to bring
    /// `reviews`.
    pub(super) fn split(&self, cv: f64, found: u32, expected: f64, reviews: f64, u: f64) -> Split {
        split(cv, found, expected, u, |by_review| log_count(0.0, by_review, reviews))
    }
}
