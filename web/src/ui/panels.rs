//! What is to be read: the inspector, the rules, the lab's own views, the table of events.

mod acts;
mod branches;
mod chips;
mod compare;
mod events;
mod inspector;
mod lab;
mod metrics;
mod rules;

pub(crate) use acts::Acts;
pub(crate) use branches::Branches;
pub(crate) use chips::Chips;
pub(crate) use compare::CompareBar;
pub(crate) use events::EventTable;
pub(crate) use inspector::Inspector;
pub(crate) use lab::{LabPanels, cache_cards};
pub(crate) use metrics::Metrics;
pub(crate) use rules::Rules;
