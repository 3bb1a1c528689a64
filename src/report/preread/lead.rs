//! Which promise leads the page.

use super::words::{Twenty, Words, day, said};
use crate::analysis::{AssumptionPrice, CheckpointForecast, CommitmentForecast, Forecast, InitiativeForecast, Quantile};
use crate::units::Percentile;

/// A promise that fewer futures make is at risk: four of five is what a promise is commonly expected to mean.
const AT_RISK: f64 = 0.8;

/// The initiative, and of its promises the one, that the page is about.
#[derive(Clone, Copy)]
pub(super) struct Lead<'a> {
    pub(super) forecast: &'a Forecast,
    pub(super) initiative: &'a InitiativeForecast,
    /// Its place among the promises of the initiative; absent where nothing was promised.
    pub(super) place: Option<usize>,
}

impl<'a> Lead<'a> {
    /// The first promise at risk in the order of the file; where none is, the first promise; where there is none, the first initiative.
    /// `None` of a forecast of nothing.
    pub(super) fn of(forecast: &'a Forecast) -> Option<Self> {
        let promises = || {
            forecast.initiatives.iter().flat_map(|initiative| {
                let places = initiative.commitments.iter().enumerate();
                places.map(move |(place, promise)| (initiative, place, promise))
            })
        };
        let (initiative, place) = promises()
            .find(|(_, _, promise)| promise.p_on_time.p < AT_RISK)
            .or_else(|| promises().next())
            .map(|(initiative, place, _)| (initiative, Some(place)))
            .or_else(|| forecast.initiatives.first().map(|initiative| (initiative, None)))?;
        Some(Self {
            forecast,
            initiative,
            place,
        })
    }

    pub(super) fn promise(&self) -> Option<&'a CommitmentForecast> {
        self.initiative.commitments.get(self.place?)
    }

    /// The finish that so many per cent of the futures reach.
    pub(super) fn quantile(&self, percent: u32) -> Option<&'a Quantile> {
        let percentile = Percentile::percent(percent);
        let offered = self.initiative.commitments.first().map(|promise| promise.promises.as_slice());
        let all = self.initiative.quantiles.iter().chain(offered.unwrap_or_default());
        all.into_iter().find(|quantile| quantile.percentile == percentile)
    }

    /// What each assumption costs it, the dearest first.
    pub(super) fn prices(&self) -> impl Iterator<Item = &'a AssumptionPrice> {
        let id = &self.initiative.id;
        self.forecast.prices.iter().filter(move |price| price.initiative == *id)
    }

    /// The title of an initiative by its id.
    pub(super) fn title_of(&self, id: &'a str) -> &'a str {
        let mut all = self.forecast.initiatives.iter();
        all.find(|initiative| initiative.id == id)
            .map_or(id, |initiative| &initiative.title)
    }

    /// What a checkpoint tells of this initiative.
    pub(super) fn checkpoints(&self) -> impl Iterator<Item = &'a CheckpointForecast> {
        let id = &self.initiative.id;
        self.forecast
            .checkpoints
            .iter()
            .filter(move |checkpoint| checkpoint.initiative == *id)
    }
}

/// `Of 20 futures like this plan, 3 make 30 September 2026 and 17 miss it; when missed, typically by 7 weeks.`
pub(super) fn sentence(promise: &CommitmentForecast) -> Words {
    let share = &promise.p_on_time;
    let date = day(&promise.at);
    if share.trials < super::words::TWENTY {
        // Fewer futures than twenty cannot be counted in twenties.
        let misses = share.trials.saturating_sub(share.hits);
        return said(format!("Of {} simulated futures, too few to promise by, ", share.trials))
            .strong(format!("{} in time for {date} and {misses} not", share.hits))
            .say(".");
    }
    let makes = Twenty::of(share.p);
    let words = said("Of 20 futures like this plan, ").strong(format!(
        "{} {date} and {} it",
        makes.does("makes", "make"),
        makes.others().does("misses", "miss")
    ));
    match promise.median_lateness_if_late_days {
        Some(days) => words.say("; when missed, typically by ").strong(super::words::span(days)).say("."),
        None if share.hits < share.trials => words.say("; when missed, typically it is never finished at all."),
        None => words.say("."),
    }
}
