//! Guides: which labs have one, and its player, which moves the run and knows the answers.

mod player;

pub(crate) use player::{Goal, Player, PlayerRef, Progress, Verdict};

pub(crate) use crate::model::command::guide::Wish;

/// Whether a lab has a guide.
pub(crate) fn is_there(lab: &str) -> bool {
    env!("LIGHTCONE_GUIDES").split(',').any(|id| id == lab)
}
