//! Guides: which labs have one, and its player, which moves the run and knows the answers.

mod player;

pub(crate) use player::{Goal, Player, PlayerRef, Progress, Verdict};

pub(crate) use crate::model::command::guide::Wish;

/// The guide that leads through all labs.
pub(crate) const TOUR: &str = "tour";

/// A guide by its name: that of its lab, or [`TOUR`].
pub(crate) fn named(name: &str) -> Option<&'static str> {
    names().find(|known| *known == name)
}

/// The names of all guides.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    env!("LIGHTCONE_GUIDES").split(',')
}
