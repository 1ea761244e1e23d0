//! What is to be read: the inspector, the rules, the lab's own views, the table of events.

mod events;
mod inspector;
mod lab;
mod rules;

pub use events::EventTable;
pub use inspector::Inspector;
pub use lab::LabPanels;
pub use rules::Rules;
