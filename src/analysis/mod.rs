//! From trials to what they mean: timelines, commitments, budgets.

mod assumptions;
mod budgets;
mod checkpoints;
mod company;
mod compare;
mod forecast;
mod gives_up;
mod horizon;
mod insights;
mod price;
mod prices;
mod reading;
mod recommended;
mod summarise;
mod understanding;
mod variants;

pub use compare::{
    Alternative, BudgetBreach, Candidate, Comparison, FinishComparison, PromiseComparison, compare, compare_trials, missing_initiative,
    own_options,
};
pub use forecast::{
    AssumptionPrice, Blame, BudgetForecast, CapacityWeek, CommitmentForecast, CostForecast, CurvePoint, Displacement, Forecast,
    InitiativeForecast, Landmark, Mean, MitigationEffect, MitigationForecast, Moment, PortfolioForecast, Quantile, SCHEMA_VERSION,
    ScenarioFacts, Share, Spread, Timelines, Verdict,
};
pub use horizon::{Horizon, HorizonError, horizon, pilot_limit};
pub use insights::{
    Bits, Branch, CheckpointForecast, Colour, Condition, DependencyForecast, DriverForecast, Outlook, Path, PathForecast, PathTree,
    Representative, Source, TellingWeek, Trigger,
};
pub use price::{Bundle, DatePrice, PricedBundle, Question, price, with_promise};
pub use prices::{Prices, price_runs, price_trials, prices};
pub use summarise::{Facts, forecast};
pub use understanding::{PaperTask, Step, Understanding, WaitedFor, understand};
