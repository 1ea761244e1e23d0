//! The desk for memory traces: its head, what each access did, the counters, the lines that cost most.

mod costly;
mod head;
mod panel;
mod strip;
mod views;

pub(crate) use panel::MemoryPanel;
