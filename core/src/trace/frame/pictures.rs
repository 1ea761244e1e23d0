//! The parts of panels that are pictures: graphs, matrices and rings. All of it is plain data, and each part says in words what it
//! shows by colour or shape, so that the same data makes a picture and its alternative.

use super::Mark;
use serde::Serialize;

/// A node of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GraphNode {
    /// What stands in it.
    pub label: String,
    /// What stands beside it, and is read out with it; may be empty.
    pub says: String,
    /// Which of the palette's colours, 0 to 6.
    pub tone: Option<u8>,
    /// How it stands out.
    pub mark: Mark,
    /// Its place, as column and row of a grid. Where all nodes have one they stand there, else on a circle.
    pub at: Option<(u8, u8)>,
}

/// An arrow of a graph. Between the same two nodes there may be several, also from a node to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GraphEdge {
    /// Where it begins, as an index of the nodes.
    pub from: u16,
    /// Where it ends.
    pub to: u16,
    /// What stands at it; may be empty.
    pub label: String,
    /// How it stands out.
    pub mark: Mark,
}

/// How a cell of a matrix is drawn. What it means there, the cell's own word says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// Nothing is there.
    #[default]
    Empty,
    /// Filled: settled.
    Solid,
    /// An outline: there, but not settled.
    Open,
    /// Struck through: it is to go, or has gone.
    Struck,
    /// Hatched: it stands for what is no longer here.
    Hatched,
}

/// A cell of a matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// What stands in it.
    pub text: String,
    /// Over how many columns it goes; at least 1.
    pub span: u16,
    /// Which of the palette's colours, 0 to 6.
    pub tone: Option<u8>,
    /// How it is drawn.
    pub look: Look,
    /// What that means here, in a few words: `committed`, `to be overwritten`.
    pub word: String,
    /// What stood there before and is gone; drawn small and struck through.
    pub was: Option<String>,
}

/// What a mark between two columns looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PinLook {
    /// A line from top to bottom of the row.
    Line,
    /// A filled wedge under the row.
    Filled,
    /// An open wedge under the row.
    Open,
}

/// A mark in a row of a matrix, between two columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// In front of which column it stands; as many as there are columns is behind the last.
    pub before: u16,
    /// What it is, with its value: `commitIndex 4`.
    pub says: String,
    /// What it looks like.
    pub look: PinLook,
}

/// A row of a matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// Its head.
    pub head: String,
    /// What stands under the head; may be empty.
    pub says: String,
    /// The colour of what stands there, 0 to 6.
    pub tone: Option<u8>,
    /// Its cells: their spans add up to no more than there are columns.
    pub cells: Vec<MatrixCell>,
    /// Marks between its columns.
    pub pins: Vec<Pin>,
}

/// A small sign at a process in the cluster's picture: what it has, awaits or was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// It has it.
    Have,
    /// It is on its way.
    Coming,
    /// It was refused.
    Refused,
    /// Nothing is known of it yet.
    Open,
}

impl Sign {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sign::Have => "has",
            Sign::Coming => "coming",
            Sign::Refused => "refused",
            Sign::Open => "open",
        }
    }
}

/// A sign with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Badge {
    /// How it stands.
    pub sign: Sign,
    /// What it is about: `S2's vote`.
    pub says: String,
}

/// A place on a ring, in parts of 2³² of its circumference, clockwise from the top.
pub type RingPlace = u32;

/// Somebody who stands at points of a ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RingMember {
    /// Its name.
    pub name: String,
    /// How it stands, in a few words: `member`, `joining`, `down`.
    pub says: String,
    /// Which of the palette's colours, 0 to 6, or one more for the eighth.
    pub tone: u8,
    /// How it stands out.
    pub mark: Mark,
    /// Its points, in order. A stretch of the ring belongs to whoever stands at its end.
    pub points: Vec<RingPlace>,
    /// How much of the ring belongs to it, in parts per million.
    pub share_ppm: u64,
}

/// Something that has a place on a ring, and belongs to those whom one meets from there on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RingKey {
    /// Its name.
    pub label: String,
    /// Its place.
    pub at: RingPlace,
    /// Whom one meets, each once: as an index of the members, and at which of its points.
    pub walk: Vec<(u16, RingPlace)>,
    /// What is to be known of it, in a few words.
    pub says: String,
    /// How it stands out.
    pub mark: Mark,
}

/// A stretch of a ring that is to belong to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RingMove {
    /// Where it begins.
    pub from: RingPlace,
    /// Where it ends.
    pub to: RingPlace,
    /// Whose it will be, as an index of the members.
    pub member: u16,
}
