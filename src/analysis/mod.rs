//! From trials to what they mean: timelines, commitments, budgets, what drives them.

mod assumptions;
mod bets;
mod bits;
mod budgets;
mod checkpoints;
mod company;
mod compare;
mod crews;
mod dependencies;
mod drivers;
mod explanation;
mod forecast;
mod gives_up;
mod horizon;
mod insights;
mod ledger;
mod paths;
mod precision;
mod price;
mod prices;
mod reading;
mod recommended;
mod rerun;
mod samples;
mod schedules;
mod story;
mod summarise;
mod understanding;
mod variants;

pub use compare::{
    Alternative, BudgetBreach, Candidate, Comparison, FinishComparison, PromiseComparison, compare, compare_trials, missing_initiative,
    own_options,
};
pub use explanation::{Explanation, Promise, Question, Which, explanation};
pub use forecast::{
    AssumptionPrice, BetForecast, Blame, BudgetForecast, CapacityWeek, CommitmentForecast, CostForecast, CurvePoint, Displacement,
    Forecast, InitiativeForecast, LadderForecast, Landmark, Mean, MitigationEffect, MitigationForecast, Moment, PortfolioForecast,
    Quantile, SCHEMA_VERSION, ScenarioFacts, Share, Spread, Timelines, Verdict,
};
pub use horizon::{Horizon, HorizonError, horizon, pilot_limit};
pub use insights::{
    Bits, Branch, CheckpointForecast, Colour, Condition, DependencyForecast, DriverForecast, Outlook, Outside, Path, PathForecast,
    PathTree, Representative, Source, TaskSchedule, TellingWeek, Trigger,
};
pub use ledger::{
    Bands, Cause, CommitmentEntry, Coverage, Drift, Entry, ForecastPoint, History, InitiativeDrift, InitiativeEntry, InitiativeHistory,
    Input, Inputs, LEDGER_VERSION, Ledger, LedgerHistory, Moved, Now, OddsMoved, OddsPoint, Pinball, PromiseHistory, QuantileEntry,
    RunKind, Score, Then, Told, TrackRecord, UnexplainedInput, Whole, drift, drift_unsplit, entry, history, track_record,
};
pub use paths::{paths, paths_of};
pub use precision::{MOST_TRIALS_TO_PRECISION, Precise, PrecisionForecast, precision};
pub use price::{Bundle, DatePrice, DateQuestion, PricedBundle, price, with_promise};
pub use prices::{Prices, price_runs, price_trials, prices};
pub use reading::Cuts;
pub use rerun::{CheckpointOutcome, FirstRun, IncidentsSoFar, Lessons, Outcome, PathVerdict, PromiseVerdict, Rerun, Standing, rerun};
pub use samples::{Column, Future, Kind, SAMPLES_AT_A_TIME, Samples, Values};
pub use story::{Bar, Beat, Story, Tale, WorkDone, story};
pub use summarise::{Facts, forecast};
pub use understanding::{PaperTask, Step, Understanding, WaitedFor, understand};
