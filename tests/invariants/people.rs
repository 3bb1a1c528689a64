//! Capacity: who is there, and that everybody is in one crew at most, of their own team, and the right ones.

use sim::engine::Piece;
use sim::units::to_tick;

use crate::watch::{Comes, Need, Next, Watch};

impl Watch<'_> {
    pub fn joins(&mut self, person: u32, piece: Piece) {
        let seat = &self.people[person as usize];
        let can = seat.is_here && !seat.is_taken && seat.crew.is_none();
        self.hold("who joins a crew is there and in no other", can, || format!("{person}"));
        let (team, has_come_back) = (self.people[person as usize].team, self.people[person as usize].left == Some(piece));
        let name = self.name(piece);
        if !has_come_back {
            let is_most = self.is_most_productive(person as usize);
            self.hold("nobody joins a crew on a holiday", !self.away[team], || name.clone());
            self.hold("the most productive go first", is_most, || name.clone());
        }
        let work = &self.work[&piece];
        let (crew, members) = (work.crew.len() as u32, self.members(work, team));
        let has_room = match &work.need {
            Need::Nobody => false,
            Need::Effort { team: own, max, .. } => *own == team && crew < *max,
            Need::Crew(parts) => parts.iter().any(|(own, people)| *own == team && members < *people),
        };
        let is_open = work.worked.is_none() && work.void.is_none();
        self.hold("a crew takes its own team's people up to its most", has_room && is_open, || name);
        let seat = &mut self.people[person as usize];
        (seat.crew, seat.left) = (Some(piece), None);
        self.work.get_mut(&piece).expect("the piece is known").crew.push(person);
        self.remember(piece);
    }

    pub fn leaves(&mut self, person: u32, piece: Piece) {
        let was_in = self.people[person as usize].crew == Some(piece);
        self.hold("only who is in a crew leaves it", was_in, || format!("{person}"));
        let team = self.people[person as usize].team;
        if self.people[person as usize].is_here {
            // The latest to join the lowest-priority task goes first, and nobody while others are idle.
            let free = self.free(team);
            self.hold("nobody is taken from work while others are idle", free == 0, || format!("{person}"));
            let of_team = |other: &&u32| self.people[**other as usize].team == team;
            let latest = self.work[&piece].crew.iter().rfind(of_team).copied();
            let is_latest = latest == Some(person);
            self.hold("the latest to join is taken first", is_latest, || format!("{person}"));
            let is_lowest = match piece {
                Piece::Task(task) => {
                    let mut staffed = self.tasks().filter(|(_, work)| work.is_running() && self.members(work, team) > 0);
                    staffed.all(|(other, _)| !self.goes_before(task, other))
                }
                _ => self.tasks().all(|(_, work)| self.members(work, team) == 0),
            };
            self.hold("the lowest priority loses people first", is_lowest, || format!("{piece:?}"));
            self.next = Some(Next::IsTaken(person));
            self.people[person as usize].left = Some(piece);
        }
        self.people[person as usize].crew = None;
        self.work
            .get_mut(&piece)
            .expect("the piece is known")
            .crew
            .retain(|other| *other != person);
        self.remember(piece);
        if self.next.is_none() && matches!(piece, Piece::Task(_)) && self.free(team) > 0 {
            self.next = Some(Next::StepsIn(piece, team));
        }
    }

    pub fn arrives(&mut self, person: usize, team: usize, is_new: bool) {
        let now = self.now;
        let seat = &self.people[person];
        let can = !seat.is_here && seat.team == team && seat.until > now;
        let should_be_new = seat.departures > 0 || matches!(seat.comes, Comes::Hired(_));
        let (expected, is_first) = (seat.expected, seat.departures == 0);
        self.hold("a seat has one person at a time, until their last day", can, || format!("{person}"));
        self.hold("who joins the company is new", is_new == should_be_new, || format!("{person}"));
        if let Some(expected) = expected {
            self.hold("people come when they are expected", expected == now, || {
                format!("{person} at {expected}")
            });
        } else {
            let is_hire = is_first && matches!(self.people[person].comes, Comes::Hired(_));
            let may = is_hire && now.fract() == 0.0 || !is_first && self.plan.teams[team].backfill.is_some();
            self.hold("who comes was hired or fills a vacancy", may, || format!("{person}"));
        }
        let ramp_up = self.plan.teams[team].ramp_up;
        let seat = &mut self.people[person];
        seat.is_here = true;
        seat.expected = None;
        seat.left = None;
        seat.arrived = now;
        seat.first_arrival = seat.first_arrival.or(Some(now)).filter(|_| is_first);
        if !is_first {
            seat.ramp_up = ramp_up;
        }
    }

    pub fn departs(&mut self, person: u32, team: usize, by_choice: bool) {
        let now = self.now;
        let seat = &self.people[person as usize];
        let says = &self.plan.teams[team];
        let could = seat.is_here || (seat.comes == Comes::FromOtherWork && seat.departures == 0);
        let has_cause = if by_choice {
            says.attrition_per_year > 0.0
        } else {
            seat.until == now
        };
        self.hold("who departs was there", could && seat.team == team, || format!("{person}"));
        self.hold("people depart by choice or on their last day", has_cause, || format!("{person}"));
        let backfill = says.backfill.as_ref().filter(|_| by_choice);
        let expected = backfill
            .filter(|backfill| backfill.is_fixed())
            .map(|backfill| now + to_tick(backfill.likely));
        let seat = &mut self.people[person as usize];
        (seat.is_here, seat.is_taken, seat.left) = (false, false, None);
        seat.departures += 1;
        seat.expected = expected.filter(|_| seat.until.is_infinite());
        if seat.crew.is_some() {
            self.next = Some(Next::Leaves(person));
        }
    }

    pub fn turns_away(&mut self, team: usize, away: bool) {
        self.hold("a team goes away and comes back in turn", self.away[team] != away, || {
            format!("{team}")
        });
        self.away[team] = away;
        let running: Vec<Piece> = self
            .work
            .iter()
            .filter(|(_, work)| work.is_running())
            .map(|(piece, _)| *piece)
            .collect();
        for piece in running {
            self.remember(piece);
        }
    }

    pub fn is_taken(&mut self, person: u32) {
        let seat = &self.people[person as usize];
        let can = seat.is_here && !seat.is_taken && seat.crew.is_none() && !self.away[seat.team];
        self.hold("who is taken away is there", can, || format!("{person}"));
        if seat_was_idle(self, person) {
            let is_most = self.is_most_productive(person as usize);
            self.hold("the most productive idle ones are taken first", is_most, || format!("{person}"));
        }
        self.people[person as usize].is_taken = true;
        self.taken += 1;
    }

    pub fn returns(&mut self, person: u32) {
        let seat = &self.people[person as usize];
        let (was_taken, team, left) = (seat.is_taken, seat.team, seat.left);
        self.hold("who returns was away", was_taken, || format!("{person}"));
        self.people[person as usize].is_taken = false;
        let Some(piece) = left else { return };
        let work = &self.work[&piece];
        let wants = work.is_running()
            && match &work.need {
                Need::Nobody => false,
                Need::Effort { max, .. } => (work.crew.len() as u32) < *max,
                Need::Crew(parts) => parts.iter().any(|(own, people)| *own == team && self.members(work, team) < *people),
            };
        if wants {
            self.next = Some(Next::Joins(person, piece));
        } else {
            self.people[person as usize].left = None;
        }
    }
}

/// Whether a person who is taken away was in no crew.
fn seat_was_idle(watch: &Watch, person: u32) -> bool {
    watch.people[person as usize].left.is_none()
}
