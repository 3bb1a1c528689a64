//! From trials to what they mean: timelines, commitments, budgets.

mod forecast;

pub use forecast::{
    BudgetForecast, CommitmentForecast, CurvePoint, Forecast, InitiativeForecast, Landmark, Mean, Moment, PortfolioForecast, Quantile,
    SCHEMA_VERSION, ScenarioFacts, Share, Timelines, Verdict,
};
