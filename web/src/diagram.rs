//! The space-time diagram on the screen.

mod canvas;
mod paint;
mod toolbar;

pub use canvas::{Diagram, SceneRef};
pub use paint::paint;
pub use toolbar::Toolbar;
