//! The space-time diagram on the screen.

mod canvas;
mod paint;
mod retime;
mod tip;
mod toolbar;

pub(crate) use canvas::{Diagram, SceneRef};
pub(crate) use paint::paint;
pub(crate) use tip::Tip;
pub(crate) use toolbar::Toolbar;
