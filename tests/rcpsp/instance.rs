//! An instance of the resource-constrained project scheduling problem, as PSPLIB and Patterson write it down, and what can be said
//! of it and of a schedule without the engine.

/// Activities in the order of the file; the first and the last are the start and the end of the project.
#[derive(Debug, Clone)]
pub struct Instance {
    pub activities: Vec<Activity>,
    /// Units of each resource that are there at any time.
    pub capacity: Vec<u32>,
}

#[derive(Debug, Clone)]
pub struct Activity {
    /// Whole periods.
    pub duration: u32,
    /// Units of each resource that it holds while it lasts.
    pub demand: Vec<u32>,
    /// Positions of the activities that begin after it has ended.
    pub successors: Vec<usize>,
}

impl Instance {
    /// Reads a single-mode instance of PSPLIB (`.sm`): headed sections, one line for each job.
    pub fn from_psplib(text: &str) -> Self {
        // The numbers of the lines that have nothing but numbers, below a heading and before the next line of stars.
        let section = |heading: &str| -> Vec<Vec<usize>> {
            text.lines()
                .skip_while(|line| !line.starts_with(heading))
                .take_while(|line| !line.starts_with("***"))
                .filter_map(|line| line.split_whitespace().map(|word| word.parse().ok()).collect())
                .filter(|numbers: &Vec<usize>| !numbers.is_empty())
                .collect()
        };
        let requests = section("REQUESTS/DURATIONS:");
        let precedence = section("PRECEDENCE RELATIONS:");
        assert_eq!(requests.len(), precedence.len(), "a line for each job in both sections");
        let activity = |(request, relation): (&Vec<usize>, &Vec<usize>)| {
            assert_eq!(
                (request[0], request[1], relation[1]),
                (relation[0], 1, 1),
                "single-mode jobs in order"
            );
            assert_eq!(relation.len(), 3 + relation[2], "as many successors as announced");
            Activity {
                duration: request[2] as u32,
                demand: request[3..].iter().map(|units| *units as u32).collect(),
                successors: relation[3..].iter().map(|job| job - 1).collect(),
            }
        };
        Self {
            activities: requests.iter().zip(&precedence).map(activity).collect(),
            capacity: section("RESOURCEAVAILABILITIES:")[0].iter().map(|units| *units as u32).collect(),
        }
    }

    /// Reads an instance of Patterson's form (`.rcp`): numbers alone, line breaks of no meaning.
    pub fn from_patterson(text: &str) -> Self {
        let mut numbers = text.split_whitespace().map(|word| word.parse::<usize>().expect("a number"));
        let mut next = || numbers.next().expect("another number");
        let (activities, resources) = (next(), next());
        let capacity = (0..resources).map(|_| next() as u32).collect();
        let activities = (0..activities)
            .map(|_| Activity {
                duration: next() as u32,
                demand: (0..resources).map(|_| next() as u32).collect(),
                successors: (0..next()).map(|_| next() - 1).collect(),
            })
            .collect();
        Self { activities, capacity }
    }

    /// For each activity those that must have ended before it begins.
    pub fn predecessors(&self) -> Vec<Vec<usize>> {
        let mut found = vec![vec![]; self.activities.len()];
        for (index, activity) in self.activities.iter().enumerate() {
            for successor in &activity.successors {
                found[*successor].push(index);
            }
        }
        found
    }

    /// The length of the longest path: the earliest end where resources do not matter.
    pub fn critical_path(&self) -> u32 {
        let remaining = self.remaining();
        remaining.into_iter().max().unwrap_or(0)
    }

    /// The longest path from the start of each activity to the end.
    fn remaining(&self) -> Vec<u32> {
        let mut found = vec![None; self.activities.len()];
        for index in 0..found.len() {
            self.remaining_from(index, &mut found);
        }
        found.into_iter().flatten().collect()
    }

    fn remaining_from(&self, index: usize, found: &mut [Option<u32>]) -> u32 {
        if let Some(known) = found[index] {
            return known;
        }
        let activity = &self.activities[index];
        let after = activity
            .successors
            .iter()
            .map(|successor| self.remaining_from(*successor, found))
            .max();
        let remaining = activity.duration + after.unwrap_or(0);
        found[index] = Some(remaining);
        remaining
    }

    /// The activities by latest finish time, those of the same by number: the list of the priority rule LFT.
    pub fn by_latest_finish(&self) -> Vec<usize> {
        let (end, remaining) = (self.critical_path(), self.remaining());
        let latest_finish = |index: usize| end - remaining[index] + self.activities[index].duration;
        let mut list = self.by_number();
        list.sort_by_key(|index| latest_finish(*index));
        list
    }

    /// The activities by number.
    pub fn by_number(&self) -> Vec<usize> {
        (0..self.activities.len()).collect()
    }

    /// The parallel schedule-generation scheme (Kolisch & Hartmann 1999): at 0 and at every end, in the order of the list, begins
    /// every activity whose predecessors have ended and whose demand fits; first those that need nothing, so that what follows a
    /// moment competes at the moment's own instant. Returns the starts.
    pub fn parallel_schedule(&self, list: &[usize]) -> Vec<u32> {
        let predecessors = self.predecessors();
        let needs_nothing = |index: &usize| self.activities[*index].demand.iter().all(|units| *units == 0);
        let (free, others): (Vec<usize>, Vec<usize>) = list.iter().partition(|index| needs_nothing(index));
        let list = [free, others].concat();
        let mut starts: Vec<Option<u32>> = vec![None; self.activities.len()];
        let mut now = 0;
        loop {
            let has_ended = |starts: &[Option<u32>], other: usize| {
                let end = starts[other].map(|start| start + self.activities[other].duration);
                end.is_some_and(|end| end <= now)
            };
            let can_begin = |starts: &[Option<u32>], index: usize| {
                let is_let_go = predecessors[index].iter().all(|other| has_ended(starts, *other));
                starts[index].is_none() && is_let_go && self.fits(index, starts, now)
            };
            // From the top after each, since what takes no time lets others begin at its own instant.
            while let Some(index) = list.iter().find(|index| can_begin(&starts, **index)) {
                starts[*index] = Some(now);
            }
            let ends = starts
                .iter()
                .zip(&self.activities)
                .filter_map(|(start, activity)| Some((*start)? + activity.duration));
            match ends.filter(|end| *end > now).min() {
                Some(end) => now = end,
                None => return starts.into_iter().map(|start| start.expect("every activity fits alone")).collect(),
            }
        }
    }

    fn fits(&self, index: usize, starts: &[Option<u32>], now: u32) -> bool {
        let is_running = |other: usize| starts[other].is_some_and(|start| start <= now && now < start + self.activities[other].duration);
        (0..self.capacity.len()).all(|resource| {
            let used: u32 = (0..starts.len())
                .filter(|other| is_running(*other))
                .map(|other| self.activities[other].demand[resource])
                .sum();
            used + self.activities[index].demand[resource] <= self.capacity[resource]
        })
    }

    /// What is wrong with a schedule; the intervals are the start and the end of each activity.
    pub fn faults(&self, intervals: &[(f64, f64)]) -> Vec<String> {
        let mut faults = vec![];
        if intervals.len() != self.activities.len() {
            return vec![format!(
                "{} activities were done, there are {}",
                intervals.len(),
                self.activities.len()
            )];
        }
        for (index, (activity, (start, end))) in self.activities.iter().zip(intervals).enumerate() {
            // Also where one of them is not a number.
            if !(*start >= 0.0 && end - start == f64::from(activity.duration)) {
                faults.push(format!(
                    "activity {index} takes {} and lasts from {start} to {end}",
                    activity.duration
                ));
            }
            for successor in &activity.successors {
                if intervals[*successor].0 < *end {
                    faults.push(format!(
                        "activity {successor} begins at {} before {index} ends at {end}",
                        intervals[*successor].0
                    ));
                }
            }
            // Use only ever rises where something begins.
            for (resource, capacity) in self.capacity.iter().enumerate() {
                let running = intervals
                    .iter()
                    .zip(&self.activities)
                    .filter(|((from, to), _)| from <= start && start < to);
                let used: u32 = running.map(|(_, other)| other.demand[resource]).sum();
                if used > *capacity {
                    faults.push(format!(
                        "at {start} {used} units of resource {resource} are used, {capacity} are there"
                    ));
                }
            }
        }
        faults
    }
}
