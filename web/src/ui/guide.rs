//! Guides beside the live diagram: what is read, what it does, what it asks; and presenting.

mod ask;
mod panel;
mod present;

pub(crate) use panel::GuidePanel;
pub(crate) use present::{Presented, next_worth_seeing};
