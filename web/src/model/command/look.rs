//! What a person can ask of the way in which a run is looked at.

use lightcone_core::trace::{NodeId, RecordId};
use lightcone_core::views::diagram::Orientation;

/// A wish that concerns only how the run is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// Which way time runs.
    Turn(Orientation),
    /// A lane is collapsed, or open again.
    Fold(NodeId),
    /// A lane comes to a place among the lanes, counted from 0.
    Lane(NodeId, usize),
    /// The pointer is over an event of the branch that is compared, or over none.
    HoverBelow(Option<RecordId>),
    /// What is searched for.
    Search(String),
    /// The search stops where it is.
    StopSearch,
    /// To the next hit, or to the one before.
    Hit(bool),
    /// A line over the lanes: for each where it is wanted, and the first record that is outside.
    Cut(Vec<(f64, RecordId)>),
    /// The line at one lane.
    CutLane(NodeId, f64, RecordId),
    /// The chosen lane's handle goes one event on or back.
    CutStep(bool),
    /// Another lane's handle is chosen.
    CutChoose(NodeId),
    /// No line any more.
    NoCut,
    /// A break of the axis is opened or closed: the one with nothing since a time, in microseconds; or the one nearest to now.
    Break(Option<u64>),
    /// What only keeps the system going is brought out, or folded again.
    Routine,
    /// What is in sight, in units of the axis.
    Window(f64, f64),
}
