//! From trials to what they mean: timelines, commitments, budgets.

mod assumptions;
mod forecast;
mod horizon;
mod summarise;
mod understanding;

pub use forecast::{
    AssumptionPrice, Blame, BudgetForecast, CapacityWeek, CommitmentForecast, CostForecast, CurvePoint, Displacement, Forecast,
    InitiativeForecast, Landmark, Mean, MitigationEffect, MitigationForecast, Moment, PortfolioForecast, Quantile, SCHEMA_VERSION,
    ScenarioFacts, Share, Spread, Timelines, Verdict,
};
pub use horizon::{Horizon, HorizonError, horizon};
pub use summarise::{Facts, forecast};
pub use understanding::{PaperTask, Step, Understanding, WaitedFor, understand};
