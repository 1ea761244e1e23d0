//! What is shown of a run, and how, where nobody says more: the usual axis, figures in the sizes of reports, only what matters.

mod figure;
mod first;
mod only;
mod usual;

pub use figure::{Preset, figure};
pub use first::{around, first_moment, first_view};
pub use only::Only;
pub use usual::{Usual, WHOLE, usual};
