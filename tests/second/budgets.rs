//! What is counted in a future, and which budgets that breaches.

use sim::plan::{BudgetKind, Plan};

use super::known::Known;
use super::trial::Trial;

/// One possible future.
#[derive(Debug, Clone)]
pub struct Future {
    /// When each initiative finished, in working days; infinite for never.
    pub finishes: Vec<f64>,
    /// When each task finished, likewise.
    pub tasks: Vec<f64>,
    /// For each flow and calendar quarter up to the horizon: customer-minutes of downtime, without what was burnt before.
    pub customer_minutes: Vec<Vec<f64>>,
    /// For each initiative: the most blocking findings that were open when a release wanted to start.
    pub max_open: Vec<u32>,
    /// For each initiative: working days for which blocking findings held releases.
    pub days_held: Vec<f64>,
    /// Money spent until the last initiative ended.
    pub cost: f64,
    /// What the customer-minutes up to the horizon were worth.
    pub incident_value: f64,
    /// For each team and calendar week up to the horizon: mean people at hand for planned work, over the week's working time.
    pub people: Vec<Vec<Option<f64>>>,
    /// For each team and calendar week: mean people who belong to it, wherever they are.
    pub head_count: Vec<Vec<Option<f64>>>,
    /// Arrivals of each class up to the horizon.
    pub incidents: Vec<u32>,
    /// Findings of each class.
    pub findings: Vec<u32>,
    /// People of each team who left early.
    pub departures: Vec<u32>,
}

/// What a trial has counted so far.
pub struct Counted {
    cost: f64,
    customer_minutes: Vec<Vec<f64>>,
    /// For each flow and quarter without end: customer-minutes at their full length in the quarter of the arrival.
    booked: Vec<Vec<f64>>,
    pub max_open: Vec<u32>,
    days_held: Vec<f64>,
    people: Vec<Vec<f64>>,
    head_count: Vec<Vec<f64>>,
    week_length: Vec<f64>,
    pub incidents: Vec<u32>,
    pub findings: Vec<u32>,
    pub departures: Vec<u32>,
}

impl Counted {
    pub fn new(known: &Known<'_>) -> Self {
        let plan = known.plan;
        let weeks = known.last_day / 7 + 1;
        let all_quarters = known.days.last().map_or(0, |day| day.quarter + 1);
        Self {
            cost: 0.0,
            customer_minutes: vec![vec![0.0; known.quarters.len()]; plan.flows.len()],
            booked: vec![vec![0.0; all_quarters]; plan.flows.len()],
            max_open: vec![0; plan.initiatives.len()],
            days_held: vec![0.0; plan.initiatives.len()],
            people: vec![vec![0.0; weeks]; plan.teams.len()],
            head_count: vec![vec![0.0; weeks]; plan.teams.len()],
            week_length: vec![0.0; weeks],
            incidents: vec![0; plan.incidents.len()],
            findings: vec![0; plan.findings.len()],
            departures: vec![0; plan.teams.len()],
        }
    }
}

impl Trial<'_> {
    /// Downtime that begins at `clock`: felt by so many customers, charged to the quarters in which it is felt.
    pub fn charge(&mut self, flow: usize, clock: f64, minutes: f64, customers: f64) {
        let end = clock + minutes / 1_440.0;
        for (quarter, (from, to)) in self.known.quarters.iter().enumerate() {
            let felt = (end.min(*to) - clock.max(*from)).max(0.0);
            self.counted.customer_minutes[flow][quarter] += felt * 1_440.0 * customers;
        }
        self.counted.booked[flow][self.known.days[self.today].quarter] += minutes * customers;
    }

    /// Whether a budget that freezes releases is exceeded in this quarter.
    pub fn is_frozen(&self) -> bool {
        let quarter = self.known.days[self.today].quarter;
        self.known.plan.budgets.iter().any(|budget| match &budget.kind {
            BudgetKind::Reliability {
                flow,
                customer_minutes_per_quarter,
                burnt,
                freeze: true,
            } => {
                let before = if quarter == 0 { *burnt } else { 0.0 };
                before + self.counted.booked[flow.0][quarter] > *customer_minutes_per_quarter
            }
            _ => false,
        })
    }

    /// Counts the next `days` working days, over which nothing changes.
    pub fn count(&mut self, days: f64) {
        let plan = self.known.plan;
        let working = !self.all_finished();
        let within = self.today <= self.known.last_day;
        let week = self.today / 7;
        for person in 0..self.people.len() {
            let team = self.people[person].team;
            if self.people[person].gone {
                continue;
            }
            if working && self.people[person].seat.is_some() && !self.holiday[team] {
                self.counted.cost += days * plan.teams[team].cost_per_week / 5.0;
            }
            if within {
                self.counted.head_count[team][week] += days;
            }
            if within && self.is_present(person) {
                self.counted.people[team][week] += days;
            }
        }
        if within {
            self.counted.week_length[week] += days;
            for initiative in 0..plan.initiatives.len() {
                self.counted.days_held[initiative] += days * self.held_releases(initiative) as f64;
            }
        }
    }

    /// The whole of it.
    pub fn future(self) -> Future {
        let plan = self.known.plan;
        let tasks: Vec<f64> = self.tasks.iter().map(|task| task.finished.unwrap_or(f64::INFINITY)).collect();
        let last = |initiative: &sim::plan::Initiative| initiative.tasks.iter().map(|task| tasks[task.0]).fold(0.0, f64::max);
        let mean = |sums: &Vec<f64>| -> Vec<Option<f64>> {
            let weeks = sums.iter().zip(&self.counted.week_length);
            weeks.map(|(sum, days)| (*days > 0.0).then(|| sum / days)).collect()
        };
        let value = self.counted.customer_minutes.iter().zip(&plan.flows);
        Future {
            finishes: plan.initiatives.iter().map(last).collect(),
            cost: self.counted.cost + self.cost_of_risks(),
            incident_value: value
                .map(|(minutes, flow)| minutes.iter().sum::<f64>() * flow.value_per_customer_minute)
                .sum(),
            people: self.counted.people.iter().map(mean).collect(),
            head_count: self.counted.head_count.iter().map(mean).collect(),
            tasks,
            customer_minutes: self.counted.customer_minutes,
            max_open: self.counted.max_open,
            days_held: self.counted.days_held,
            incidents: self.counted.incidents,
            findings: self.counted.findings,
            departures: self.counted.departures,
        }
    }
}

/// What a reliability budget counts in each quarter.
pub fn burnt(plan: &Plan, future: &Future, budget: usize) -> Vec<f64> {
    match &plan.budgets[budget].kind {
        BudgetKind::Reliability { flow, burnt, .. } => {
            let mut quarters = future.customer_minutes[flow.0].clone();
            quarters[0] += burnt;
            quarters
        }
        _ => vec![],
    }
}

/// How far an initiative slipped against a commitment, as a share of the time that was promised.
pub fn slip(plan: &Plan, future: &Future, initiative: usize, commitment: usize) -> f64 {
    let promised = plan.initiatives[initiative].commitments[commitment].time.days();
    (future.finishes[initiative] - promised) / promised
}

/// Whether each budget is breached over the horizon.
pub fn breaches(plan: &Plan, future: &Future) -> Vec<bool> {
    let breached = |(id, budget): (usize, &sim::plan::Budget)| match &budget.kind {
        BudgetKind::Delivery {
            initiative,
            commitment,
            max_slip,
        } => slip(plan, future, initiative.0, *commitment) > *max_slip,
        BudgetKind::Reliability {
            customer_minutes_per_quarter: limit,
            ..
        } => burnt(plan, future, id).iter().any(|count| count > limit),
        BudgetKind::Security {
            initiative,
            max_open,
            max_days_held,
        } => {
            max_open.is_some_and(|limit| f64::from(future.max_open[initiative.0]) > limit)
                || max_days_held.is_some_and(|limit| future.days_held[initiative.0] > limit)
        }
        BudgetKind::Cost { max } => future.cost > *max,
    };
    plan.budgets.iter().enumerate().map(breached).collect()
}
