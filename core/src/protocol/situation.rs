//! What a lab offers besides its operations: situations worth having in one click, and what its settings lead to.

use crate::trace::Act;
use crate::trace::frame::{Field, Mark};

/// A situation that can be brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Its name, in a few words: what a button says.
    pub name: &'static str,
    /// One sentence on what it is good for.
    pub says: &'static str,
    /// How it comes about.
    pub how: How,
}

/// How a situation comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By these acts, at this moment.
    Acts(Vec<Act>),
    /// By opening a built-in scenario of the lab, by its id.
    Opens(&'static str),
    /// Not now: one sentence on why.
    Cannot(String),
}

/// What a lab's settings lead to on such a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// What it is about, in a few words.
    pub title: &'static str,
    /// The numbers that it follows from.
    pub numbers: Vec<Field>,
    /// One sentence on what to expect.
    pub says: String,
    /// Plain where all is well.
    pub mark: Mark,
}
