//! The space-time diagram on the screen.

mod canvas;
mod cut;
mod difference;
mod lane;
mod overview;
mod retime;
mod search;
mod send;
mod tip;
mod toolbar;

pub(crate) use canvas::{Diagram, SceneRef};
pub(crate) use cut::{CutBar, cut_at_pointer};
pub(crate) use difference::mark_difference;
pub(crate) use overview::{Overview, paint_overview};
pub(crate) use tip::Tip;
pub(crate) use toolbar::Toolbar;
