//! From trials to what they mean: timelines, commitments, budgets.

mod assumptions;
mod forecast;
mod horizon;
mod summarise;
mod understanding;

pub use forecast::{
    BudgetForecast, CommitmentForecast, CurvePoint, Forecast, InitiativeForecast, Landmark, Mean, Moment, PortfolioForecast, Quantile,
    SCHEMA_VERSION, ScenarioFacts, Share, Timelines, Verdict,
};
pub use horizon::{Horizon, HorizonError, horizon};
pub use summarise::{Facts, forecast};
pub use understanding::{PaperTask, Step, Understanding, WaitedFor, understand};
