//! The third storey: components, with properties in and wishes out.
//!
//! [`app::App`] is the one stateful component: it holds the store, hears wishes and carries them out. Everything else shows
//! properties and calls back with a [`Command`](crate::model::command::Command).
//!
//! Nothing but `main.rs` knows this storey.

mod app;
mod cluster;
mod console;
mod controls;
mod diagram;
mod forms;
mod guide;
mod memory;
mod panels;
mod sight;
mod words;

pub(crate) use app::App;
