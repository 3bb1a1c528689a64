//! The price of a date, at most 80 columns: the cheapest way to it, what each amount of money buys, and what stands in the way.

use anstyle::Style;

use super::page::{BAD, BOLD, Cell, DIM, GOOD, INDENT, Page, Side, plain, styled};
use super::tables::{Table, TableError, iso, number, safe};
use super::text::{cut, date, listed, percent, percent_interval, plain_percent, rounded, short_date, signed_amount, thousands};
use crate::analysis::{DatePrice, Moment, PricedBundle};

/// Combinations that the table of all shows.
const MOST_ROWS: usize = 16;

/// The answer as text of at most 80 columns. Colour only adds.
#[must_use]
pub fn price(name: &str, file: &str, price: &DatePrice, colour: bool) -> String {
    let mut page = Page::new(colour);
    if price.partial {
        page.line(
            "PARTIAL: interrupted; a cheaper combination may be among those not played",
            BAD.bold(),
        );
    }
    page.heading(name);
    let facts = format!(
        "{} · {} combinations, {} futures each, the same for all",
        cut(file, 400),
        thousands(price.bundles.len() as u64),
        thousands(price.trials.into())
    );
    page.paragraph(&facts, "", DIM);
    page.blank();
    page.answer(price);
    page.frontier(price);
    page.every_bundle(price);
    page.impossible(price);
    page.blank();
    let confidence = plain_percent(price.confidence.share());
    let legend = format!(
        "Cost is what a combination costs more than the plan on average: once, and in people's time. \"{confidence} by\" is the date by \
         which it is finished with that confidence, \"in budget by\" that and within every budget; odds are of the date asked about. \
         Every combination is asked about the same date, so an option that only moves the promise is left out where it changes nothing."
    );
    page.paragraph(&legend, "", DIM);
    page.into_text()
}

impl Page {
    fn answer(&mut self, price: &DatePrice) {
        let to = price
            .to
            .as_deref()
            .map_or_else(String::new, |to| format!(" (promised to {})", cut(to, 24)));
        self.heading(&format!(
            "What would it take to finish {} by {}?",
            cut(&price.title, 30),
            short_date(&price.date)
        ));
        let confidence = plain_percent(price.confidence.share());
        let asked = format!("By {}{to}, within every budget, in {confidence} of the futures.", date(&price.date));
        self.paragraph(&asked, INDENT, DIM);
        self.blank();
        if let Some(cheapest) = price.cheapest.and_then(|index| price.bundles.get(index)) {
            let text = if cheapest.options.is_empty() {
                "The plan as it is does it.".to_owned()
            } else {
                format!("{}: {}.", listed(&titles(cheapest)), cost_words(cheapest))
            };
            self.paragraph(&text, INDENT, GOOD.bold());
            let mut text = format!(
                "On time and within every budget in {} of the futures (95 % interval {}).",
                percent(&cheapest.p_on_time_within_budgets),
                percent_interval(&cheapest.p_on_time_within_budgets)
            );
            if !cheapest.is_resolved {
                text.push_str(" That is too near to be sure of: ask for more futures.");
            }
            self.paragraph(&text, INDENT, Style::new());
            return;
        }
        let Some(best) = price.bundles.get(price.likeliest) else { return };
        self.paragraph(
            &format!("No combination of the options reaches {confidence}. Do not promise this date."),
            INDENT,
            BAD.bold(),
        );
        let what = if best.options.is_empty() {
            "the plan as it is".to_owned()
        } else {
            listed(&titles(best))
        };
        let text = format!(
            "The likeliest is {what}: {} on time and within every budget, {} on time alone; {}.",
            percent(&best.p_on_time_within_budgets),
            percent(&best.p_on_time),
            cost_words(best)
        );
        self.paragraph(&text, INDENT, Style::new());
        let in_the_way: Vec<String> = best
            .breaches
            .iter()
            .filter(|(_, breach)| breach.p > 1.0 - price.confidence.share())
            .map(|(id, breach)| format!("{} (breached in {})", cut(id, 40), percent(breach)))
            .collect();
        if !in_the_way.is_empty() {
            let text = format!("In the way of any date stands what breaches the budgets: {}.", listed(&in_the_way));
            self.paragraph(&text, INDENT, Style::new());
        }
        if best.promise.date.is_some() {
            let text = format!(
                "The earliest date that it can promise with {confidence} is {}.",
                date(&best.promise)
            );
            self.paragraph(&text, INDENT, Style::new());
        }
    }

    fn frontier(&mut self, price: &DatePrice) {
        self.blank();
        self.line("  What money buys: none below is both cheaper and earlier than another", DIM);
        if !price.is_within_budgets {
            let text = "The budgets are breached too often for any date to be promised within them, whatever is taken, so this looks at \
                        the date alone.";
            self.paragraph(text, INDENT, Style::new());
        }
        self.bundles(price, &price.frontier);
    }

    /// All combinations, the likeliest first, where the frontier is not all of them.
    fn every_bundle(&mut self, price: &DatePrice) {
        if price.frontier.len() == price.bundles.len() {
            return;
        }
        let is_shown = |index: &usize| price.bundles.get(*index).is_some_and(|bundle| !bundle.is_idle);
        let mut order: Vec<usize> = (0..price.bundles.len()).filter(is_shown).collect();
        order.sort_by_key(|index| std::cmp::Reverse(price.bundles.get(*index).map(|bundle| bundle.p_on_time_within_budgets.hits)));
        self.blank();
        self.line("  By what they do for the date", DIM);
        self.bundles(price, order.get(..MOST_ROWS).unwrap_or(&order));
        if order.len() > MOST_ROWS {
            let text = format!("{} more stand in price.csv.", order.len() - MOST_ROWS);
            self.paragraph(&text, INDENT, DIM);
        }
    }

    fn bundles(&mut self, price: &DatePrice, which: &[usize]) {
        let at = |moment: &Moment| if moment.date.is_some() { short_date(moment) } else { "–".into() };
        let rows: Vec<Vec<Cell>> = which
            .iter()
            .filter_map(|index| price.bundles.get(*index))
            .map(|bundle| {
                let odds = percent(&bundle.p_on_time_within_budgets);
                vec![
                    plain(if bundle.options.is_empty() {
                        "as planned".into()
                    } else {
                        bundle.options.iter().map(|id| cut(id, 30)).collect::<Vec<_>>().join(" + ")
                    }),
                    plain(signed_amount(bundle.cost_change)),
                    plain(if bundle.needs_ceo { "CEO" } else { "" }),
                    plain(at(&bundle.date_alone)),
                    plain(at(&bundle.promise)),
                    plain(percent(&bundle.p_on_time)),
                    if bundle.reaches { styled(odds, GOOD.bold()) } else { plain(odds) },
                ]
            })
            .collect();
        let mut sides = [Side::Left; 7];
        sides[1] = Side::Right;
        let wanted = format!("{} by", plain_percent(price.confidence.share()));
        let header = ["Options", "cost", "", &wanted, "in budget by", "on time", "in budget"];
        self.table(&sides, 0, &header, &rows);
    }

    fn impossible(&mut self, price: &DatePrice) {
        if price.impossible.is_empty() {
            return;
        }
        self.blank();
        self.line("  Not possible together", BOLD);
        for (options, why) in price.impossible.iter().take(MOST_ROWS) {
            let ids: Vec<String> = options.iter().map(|id| cut(id, 30)).collect();
            self.hanging(&format!("{}: {why}", ids.join(" + ")));
        }
    }
}

fn titles(bundle: &PricedBundle) -> Vec<String> {
    bundle.titles.iter().map(|title| format!("\"{}\"", cut(title, 60))).collect()
}

fn cost_words(bundle: &PricedBundle) -> String {
    let change = bundle.cost_change;
    let mut text = if change.abs() < 0.5 {
        "it costs nothing more".to_owned()
    } else if change < 0.0 {
        format!("it saves {} on average", rounded(-change))
    } else {
        format!("it costs {} more on average", rounded(change))
    };
    if bundle.cost_once > 0.0 {
        text.push_str(&format!(", {} of it once", rounded(bundle.cost_once)));
    }
    if bundle.needs_ceo {
        text.push_str(", and needs the CEO");
    }
    text
}

/// `price.csv`: a row for each combination that can be taken, the plan as it is first.
///
/// # Errors
/// [`TableError`] where the writer refuses; nothing that a price holds makes it.
pub fn price_csv(price: &DatePrice) -> Result<String, TableError> {
    let mut table = Table::new(&[
        "initiative",
        "to",
        "date",
        "confidence",
        "options",
        "cost_change",
        "cost_once",
        "needs_ceo",
        "p_on_time",
        "p_on_time_within_budgets",
        "ci_low",
        "ci_high",
        "reaches",
        "resolved",
        "date_alone",
        "promise",
        "p80",
        "cheapest",
        "frontier",
        "trials",
    ])?;
    for (index, bundle) in price.bundles.iter().enumerate() {
        let joint = &bundle.p_on_time_within_budgets;
        table.row(&[
            safe(&price.initiative),
            price.to.as_deref().map_or_else(String::new, safe),
            iso(price.date.date),
            number(price.confidence.share()),
            safe(&bundle.options.join(" + ")),
            number(bundle.cost_change),
            number(bundle.cost_once),
            bundle.needs_ceo.to_string(),
            number(bundle.p_on_time.p),
            number(joint.p),
            number(joint.ci_low),
            number(joint.ci_high),
            bundle.reaches.to_string(),
            bundle.is_resolved.to_string(),
            iso(bundle.date_alone.date),
            iso(bundle.promise.date),
            iso(bundle.p80.date),
            (price.cheapest == Some(index)).to_string(),
            price.frontier.contains(&index).to_string(),
            joint.trials.to_string(),
        ])?;
    }
    table.finish()
}
