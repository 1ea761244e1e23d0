//! What is to be read: the inspector, the rules, the lab's own views, the table of events.

mod acts;
mod branches;
mod caches;
mod chips;
mod compare;
mod events;
mod graph;
mod inspector;
mod lab;
mod matrix;
mod metrics;
mod rules;
mod tables;
mod things;
mod words;

pub(crate) use acts::Acts;
pub(crate) use branches::Branches;
pub(crate) use caches::cache_cards;
pub(crate) use chips::Chips;
pub(crate) use compare::CompareBar;
pub(crate) use events::EventTable;
pub(crate) use inspector::Inspector;
pub(crate) use lab::LabPanels;
pub(crate) use metrics::Metrics;
pub(crate) use rules::Rules;
pub(crate) use words::{own_clock, words, words_in};
