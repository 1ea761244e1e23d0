//! Guides beside the live diagram: what is read, what it does, what it asks; and presenting.

mod ask;
mod panel;
mod player;
mod present;

use crate::bridge;
pub(crate) use panel::GuidePanel;
pub(crate) use player::{Goal, Player, PlayerRef};
pub(crate) use present::{Presented, next_worth_seeing};

/// Whether a lab has a guide.
pub(crate) fn is_there(lab: &str) -> bool {
    env!("LIGHTCONE_GUIDES").split(',').any(|id| id == lab)
}

/// Where the page notes that somebody has taken a guide.
const STORED_TAKEN: &str = "lightcone.guided";

/// Whether nobody has taken a guide here yet.
pub(crate) fn is_new() -> bool {
    bridge::stored(STORED_TAKEN).is_none()
}

/// Notes that somebody has.
pub(crate) fn taken() {
    bridge::store(STORED_TAKEN, "yes");
}

/// What a person wishes of a guide.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// The guide of the lab that is open.
    Open,
    /// A guide was fetched: its lab, its JSON, the step, and whether the run is that of an earlier visit.
    Fetched(&'static str, String, usize, bool),
    /// To a step.
    To(usize),
    /// The step as the guide wants it, after the person has done something else.
    Restore,
    /// Away with it.
    Leave,
    /// An answer.
    Answer(Vec<String>),
    /// The answer is shown, or what is to be done is done.
    ShowMe,
    /// An event that the text speaks of.
    Event(String),
    /// A part of the page that the text speaks of.
    Panel(String),
    /// Large type and one key, or not.
    Present(bool),
    /// The one key: true forward.
    Onward(bool),
}
