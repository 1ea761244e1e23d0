//! A sequence that all go through alike: what one has at a place, all have there.

use crate::base::log::Log;
use crate::protocol::{Broken, Check, Protocol, Watch};
use crate::trace::{NodeId, Record, RecordId};
use std::collections::BTreeMap;

/// A place in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The next one of its process, counted from outside.
    Next,
    /// This one, from 0 on.
    At(usize),
}

/// The place of a record, and the value there; none where it is about something else.
pub type Placed<P, T> = fn(&Watch<'_, P>, &Record) -> Option<(Place, T)>;
/// Says that two records have different values at one place: the first one there, and the one that differs.
pub type Differ<P, T> = fn(&Watch<'_, P>, usize, (&Record, T), (&Record, T)) -> String;

/// All agree on a prefix: no two values at one place.
#[derive(Clone, Debug)]
pub struct SamePrefix<P: Protocol, T> {
    /// The record that was first at each place.
    first: Log<RecordId>,
    /// How many of its places each process has filled that were not given.
    filled: BTreeMap<NodeId, usize>,
    placed: Placed<P, T>,
    differ: Differ<P, T>,
}

impl<P: Protocol, T> SamePrefix<P, T> {
    /// Nobody has got anywhere yet.
    pub fn new(placed: Placed<P, T>, differ: Differ<P, T>) -> SamePrefix<P, T> {
        SamePrefix { first: Log::default(), filled: BTreeMap::new(), placed, differ }
    }
}

impl<P: Protocol, T: PartialEq + Clone> Check<P> for SamePrefix<P, T> {
    fn observe(&mut self, watch: &Watch<'_, P>, id: RecordId, record: &Record) -> Option<Broken> {
        let (place, mine) = (self.placed)(watch, record)?;
        let place = match place {
            Place::At(place) => place,
            Place::Next => {
                let filled = self.filled.entry(record.node).or_default();
                *filled += 1;
                *filled - 1
            }
        };
        if place == self.first.len() {
            self.first.push(id);
            return None;
        }
        let first = *self.first.get(place)?;
        let other = watch.history.trace.record(first);
        let (_, theirs) = (self.placed)(watch, other)?;
        if mine == theirs {
            return None;
        }
        Some(Broken { explain: (self.differ)(watch, place, (other, theirs), (record, mine)), events: vec![first, id] })
    }
}
