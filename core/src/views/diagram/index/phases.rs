//! The phases of a run: terms with their leaders, or whatever a lab counts.

use crate::tables::Phases;
use crate::trace::frame::Band;
use crate::trace::{BandChange, NodeId};

/// A stretch of a run with one number and one leader, or none. It goes until the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// When it begins, in microseconds.
    pub from_us: u64,
    /// Its number: the highest that any process had until then.
    pub number: u32,
    /// Who leads in it.
    pub leader: Option<NodeId>,
}

impl Phase {
    /// What it is, in words.
    #[must_use]
    pub fn text(&self, spec: &Phases, names: &[String]) -> String {
        match self.leader {
            Some(leader) => format!("{} {}, {} leads", spec.word, self.number, names[usize::from(leader)]),
            None => format!("{} {}, nobody leads", spec.word, self.number),
        }
    }
}

/// Follows the bands of a run and divides it.
#[derive(Clone, Debug, Default)]
pub(super) struct Follower {
    bands: Vec<Option<Band>>,
    all: Vec<Phase>,
}

impl Follower {
    pub(super) fn all(&self) -> &[Phase] {
        &self.all
    }

    /// Takes in that a band has changed at a time.
    pub(super) fn take(&mut self, spec: &Phases, width: usize, change: &BandChange, at_us: u64) {
        self.bands.resize(width, None);
        self.bands[usize::from(change.node)] = change.band.filter(|band| spec.counts(band.word));
        let numbers = self.bands.iter().flatten().filter_map(|band| band.number);
        let number = numbers.chain(self.all.last().map(|phase| phase.number)).max().unwrap_or(0);
        let leads = |band: &Option<Band>| band.is_some_and(|b| b.word == spec.leads && b.number == Some(number));
        let leader = self.bands.iter().position(leads).map(|node| node as NodeId);
        let phase = Phase { from_us: at_us, number, leader };
        // What lasted for no time was none.
        if self.all.last().is_some_and(|last| last.from_us == at_us) {
            self.all.pop();
        }
        if self.all.last().is_none_or(|last| (last.number, last.leader) != (number, leader)) {
            self.all.push(phase);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: Phases = Phases { word: "term", leads: "leader", stands: &["candidate"], follows: &["follower"] };

    type Change = (u64, NodeId, Option<(&'static str, u32)>);

    fn phases(changes: &[Change]) -> Vec<(u64, u32, Option<NodeId>)> {
        let mut follower = Follower::default();
        for &(at_us, node, band) in changes {
            let band = band.map(|(word, number)| Band { word, number: Some(number), tone: 0 });
            follower.take(&SPEC, 3, &BandChange { record: 0, node, band }, at_us);
        }
        follower.all().iter().map(|p| (p.from_us, p.number, p.leader)).collect()
    }

    #[test]
    fn a_phase_begins_with_a_number_and_again_when_somebody_leads_or_stops() {
        let changes = [
            (0, 0, Some(("follower", 0))),
            (10, 0, Some(("candidate", 1))),
            (20, 0, Some(("leader", 1))),
            (30, 0, None),
            (40, 1, Some(("leader", 2))),
        ];
        assert_eq!(phases(&changes), [(0, 0, None), (10, 1, None), (20, 1, Some(0)), (30, 1, None), (40, 2, Some(1))]);
    }

    #[test]
    fn who_leads_in_an_old_phase_does_not_count_and_other_bands_neither() {
        let changes = [
            (0, 0, Some(("leader", 1))),
            (10, 1, Some(("leader", 3))),
            (20, 2, Some(("holds", 9))),
            (30, 1, Some(("follower", 3))),
        ];
        assert_eq!(phases(&changes), [(0, 1, Some(0)), (10, 3, Some(1)), (30, 3, None)]);
    }

    #[test]
    fn what_lasts_no_time_is_no_phase() {
        let changes = [(0, 0, Some(("leader", 1))), (10, 0, None), (10, 0, Some(("leader", 1)))];
        assert_eq!(phases(&changes), [(0, 1, Some(0))]);
    }
}
