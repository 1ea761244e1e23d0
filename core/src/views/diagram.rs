//! The space-time diagram: laid out once, into a [`scene::Scene`], from which every surface is painted.
//!
//! [`Index`] grows with the run and answers "what is between these two times". [`layout::lay_out`] turns a
//! [`View`] of a run into shapes. [`svg`] writes them as a file; the page paints the same scene on a canvas.
//! Only here and in [`export::picture`](super::export::picture) has core floats: nothing that is drawn flows back into a run.

mod axis;
mod choice;
pub mod font;
mod index;
mod labels;
mod layout;
mod marks;
mod overview;
pub mod scene;
pub mod search;
mod sorts;
pub mod svg;
pub mod theme;
pub mod words;

pub use axis::{Axis, LOGICAL_STEP};
pub use choice::{Only, Preset, Usual, WHOLE, around, figure, first_moment, first_view, usual};
pub use index::{Arrow, Fold, Index, Phase};
pub use layout::{lay_out, lay_out_log, visible};
pub use overview::{Overview, lay_out_overview};
pub use sorts::{LINK_LAYER, sort_of_message, sort_of_record};

use crate::tables::Labels;
use crate::trace::{MessageId, NodeId, RecordId};

/// Which way time runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// To the right: lanes are rows.
    #[default]
    Right,
    /// Downwards: lanes are columns.
    Down,
}

/// A line over the lanes, as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct CutLine {
    /// For each lane where the line is wanted, in units of the axis, and the first record that is outside.
    pub handles: Vec<(f64, RecordId)>,
    /// The lane whose handle the keyboard moves.
    pub chosen: Option<NodeId>,
    /// Messages that run backwards over the line.
    pub backwards: Vec<MessageId>,
}

/// What is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Width of the picture, in pixels.
    pub width: f32,
    /// Height of the picture, in pixels.
    pub height: f32,
    /// Where the time that is shown begins, in units of the axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Which way it runs.
    pub orientation: Orientation,
    /// What the axis shows.
    pub axis: Axis,
    /// What stands beside the events.
    pub labels: Labels,
    /// The event whose light cones are shown.
    pub focus: Option<RecordId>,
    /// Two chosen events, compared with each other.
    pub chosen: [Option<RecordId>; 2],
    /// Virtual time of the line that says "now", in microseconds; none in a picture for a report.
    pub now_us: Option<u64>,
    /// Whether what only keeps the system going is folded into a rhythm along the lanes, and lanes on which nothing else happens
    /// shrink to a line.
    pub folded: bool,
    /// Sorts of messages that are left out.
    pub hidden: Vec<&'static str>,
    /// Records that a violation names, lit up.
    pub lit: Vec<RecordId>,
    /// Records that somebody points at: ringed.
    pub ringed: Vec<RecordId>,
    /// From this record on clocks are covered, because somebody is asked for one.
    pub veil: Option<RecordId>,
    /// Lanes that are drawn as a thin line only.
    pub collapsed: Vec<NodeId>,
    /// Lanes that stand first, in this order; the others come behind them as they are numbered.
    pub order: Vec<NodeId>,
    /// Hits of a search among the records in sight, in order.
    pub hits: Vec<RecordId>,
    /// A line over the lanes.
    pub cut: Option<CutLine>,
    /// Lanes that are not there at all.
    pub left_out: Vec<NodeId>,
    /// How wide a picture for a report is on paper, in millimetres.
    pub millimetres: Option<f32>,
}

/// All lanes of so many in the order in which they stand, when some are wanted first.
#[must_use]
pub fn lane_order(count: usize, first: &[NodeId]) -> Vec<NodeId> {
    let mut all: Vec<NodeId> = Vec::with_capacity(count);
    for node in first.iter().copied().chain(0..count as NodeId) {
        if usize::from(node) < count && !all.contains(&node) {
            all.push(node);
        }
    }
    all
}

impl View {
    /// A whole run in a picture of some length along the time, for reports: with room for all lanes.
    #[must_use]
    pub fn whole(width: f32, lanes: usize, from: f64, to: f64) -> View {
        View {
            width,
            height: layout::TOP + layout::BOTTOM + 76.0 * lanes.max(1) as f32,
            from,
            to,
            axis: Axis::Time,
            labels: Labels::Vector,
            focus: None,
            chosen: [None, None],
            now_us: None,
            folded: false,
            hidden: vec![LINK_LAYER],
            lit: Vec::new(),
            ringed: Vec::new(),
            veil: None,
            orientation: Orientation::Right,
            collapsed: Vec::new(),
            order: Vec::new(),
            hits: Vec::new(),
            cut: None,
            left_out: Vec::new(),
            millimetres: None,
        }
    }

    /// The same with time downwards, as long as it was wide, and with room for so many lanes.
    #[must_use]
    pub fn down(self, lanes: usize) -> View {
        let across = layout::DOWN_TOP + layout::BOTTOM + layout::DOWN_GAP * lanes.max(1) as f32;
        View { width: across, height: self.width, orientation: Orientation::Down, ..self }
    }
}
