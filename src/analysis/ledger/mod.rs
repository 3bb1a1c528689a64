//! The forecast's own record: what each run said, how that went, and what moved between two of them.
//!
//! | file | subject |
//! |---|---|
//! | `entry` | what is kept of a run |
//! | `history` | how the odds of each promise went |
//! | `scores` | how often dates held and odds were right, once facts are in |
//! | `drift` | what moved a date between two runs |
//!
//! Where the entries are kept, and how they are read back, is for [`crate::cli`].

mod drift;
mod entry;
mod history;
mod scores;

pub use drift::{Cause, Drift, InitiativeDrift, Moved, Now, OddsMoved, Then, UnexplainedInput, Whole, drift, drift_unsplit};
pub use entry::{Bands, CommitmentEntry, Entry, InitiativeEntry, Input, Inputs, LEDGER_VERSION, QuantileEntry, RunKind, entry};
pub use history::{ForecastPoint, History, InitiativeHistory, LedgerHistory, OddsPoint, PromiseHistory, history};
pub use scores::{Coverage, Ledger, Pinball, Score, Told, TrackRecord, track_record};
