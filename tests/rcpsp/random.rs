//! Instances at random, so that the scheme is held to its word where the published ones are not at hand.

use proptest::prelude::*;

use crate::engine::{Dispatch, intervals};
use crate::instance::{Activity, Instance};

/// What an activity is made of: its duration, its demands, where its successors lie among the later ones, its place in the list.
type Drawn = (u32, Vec<u32>, Vec<prop::sample::Index>, u32);

/// A project of 2 to 24 activities with up to three resources, and an order to dispatch it in.
fn instance() -> impl Strategy<Value = (Instance, Vec<usize>)> {
    let links = proptest::collection::vec(any::<prop::sample::Index>(), 0..3);
    let activity = (0_u32..10, proptest::collection::vec(0_u32..6, 3), links, any::<u32>());
    let capacity = proptest::collection::vec(5_u32..12, 1..4);
    (capacity, proptest::collection::vec(activity, 2..25)).prop_map(|(capacity, drawn)| {
        let mut list: Vec<usize> = (0..drawn.len()).collect();
        list.sort_by_key(|index| drawn[*index].3);
        let activity = |(index, (duration, demand, links, _)): (usize, &Drawn)| {
            let later = drawn.len() - index - 1;
            let mut successors: Vec<usize> = links
                .iter()
                .filter(|_| later > 0)
                .map(|link| index + 1 + link.index(later))
                .collect();
            successors.sort_unstable();
            successors.dedup();
            // A moment holds nobody.
            let units = |units: &u32| if *duration == 0 { 0 } else { *units };
            Activity {
                duration: *duration,
                demand: demand[..capacity.len()].iter().map(units).collect(),
                successors,
            }
        };
        let activities = drawn.iter().enumerate().map(activity).collect();
        (Instance { activities, capacity }, list)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_is_the_parallel_scheme((instance, list) in instance()) {
        let found = intervals(&instance, Dispatch::List(&list)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(instance.faults(&found), Vec::<String>::new());
        let starts: Vec<f64> = found.iter().map(|(start, _)| *start).collect();
        let plain: Vec<f64> = instance.parallel_schedule(&list).into_iter().map(f64::from).collect();
        prop_assert_eq!(starts, plain);
        let own = intervals(&instance, Dispatch::Own).map_err(TestCaseError::fail)?;
        prop_assert_eq!(instance.faults(&own), Vec::<String>::new());
    }
}
