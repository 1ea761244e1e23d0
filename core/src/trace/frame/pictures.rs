//! The parts of panels that are pictures: graphs and matrices. All of it is plain data, and each part says in words what it
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
