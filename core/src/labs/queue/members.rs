//! Who is on the ring: a table with a seat for each broker, which only that broker changes.
//!
//! Nobody decides who belongs: a broker that joins or leaves says so, under the next number of its own seat, and brokers
//! take the newer seat of each from one another with every heartbeat. So all come to know the same table.

use super::Ctx;
use super::ring::Ring;
use crate::trace::NodeId;
use std::rc::Rc;

/// How a broker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Not on the ring.
    Out,
    /// To be on the ring when its share is there.
    Joining,
    /// On the ring.
    Member,
    /// To be off the ring when its share is with others.
    Leaving,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Out => "out",
            Standing::Joining => "joining",
            Standing::Member => "member",
            Standing::Leaving => "leaving",
        }
    }

    /// Whether it is on the ring that is in force.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Standing::Member | Standing::Leaving)
    }

    /// Whether it will be when all who come and go are done.
    #[must_use]
    pub const fn stays(self) -> bool {
        matches!(self, Standing::Member | Standing::Joining)
    }
}

/// A broker's place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// How often it was changed.
    pub version: u32,
    /// How the broker stands.
    pub standing: Standing,
}

/// All seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table(Rc<[Seat]>);

impl Table {
    /// So many brokers, of whom the first ones are members.
    #[must_use]
    pub fn new(brokers: usize, members: usize) -> Table {
        let standing = |i| if i < members { Standing::Member } else { Standing::Out };
        Table((0..brokers).map(|i| Seat { version: 0, standing: standing(i) }).collect())
    }

    /// How a broker stands.
    #[must_use]
    pub fn standing(&self, broker: NodeId) -> Standing {
        self.0[usize::from(broker)].standing
    }

    /// The brokers with a standing of some sort.
    pub fn with(&self, fits: fn(Standing) -> bool) -> impl Iterator<Item = NodeId> + '_ {
        self.0.iter().enumerate().filter(move |(_, seat)| fits(seat.standing)).map(|(i, _)| i as NodeId)
    }

    /// The table after a broker has changed its own seat.
    #[must_use]
    pub fn changed(&self, broker: NodeId, standing: Standing) -> Table {
        let mut seats = self.0.to_vec();
        let seat = &mut seats[usize::from(broker)];
        *seat = Seat { version: seat.version + 1, standing };
        Table(seats.into())
    }

    /// The newer seat of each.
    #[must_use]
    pub fn merged(&self, other: &Table) -> Table {
        Table(self.0.iter().zip(other.0.iter()).map(|(a, b)| *a.max(b)).collect())
    }

    /// All seats in the order of brokers.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.0
    }
}

/// The ring in force, and the one that will be when all who come and go are done.
#[derive(Clone, Debug)]
pub(super) struct Rings {
    /// Members, and those who are leaving.
    pub(super) now: Ring,
    /// Members, and those who are joining.
    pub(super) next: Ring,
}

impl Rings {
    /// The rings of a table.
    #[must_use]
    pub(super) fn of(ctx: &Ctx, table: &Table) -> Rings {
        let ring = |fits| {
            let brokers = table.with(fits).map(|broker| (broker, ctx.name(broker)));
            Ring::new(0, ctx.setup.virtual_nodes, brokers)
        };
        Rings { now: ring(Standing::is_on), next: ring(Standing::stays) }
    }
}
