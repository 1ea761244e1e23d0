//! The space-time diagram on the screen.

mod canvas;
mod difference;
mod paint;
mod tip;
mod toolbar;

pub(crate) use canvas::{Diagram, SceneRef};
pub(crate) use difference::mark_difference;
pub(crate) use paint::paint;
pub(crate) use tip::Tip;
pub(crate) use toolbar::Toolbar;
