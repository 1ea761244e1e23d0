//! The first storey: what the page knows and can do, without a browser.
//!
//! A [`Session`](session::Session) is a run as it is looked at; it is kept in a [`Store`], the one way to change it. Wishes
//! ([`command::Command`]) say what a person can ask for. Branches, the guide's player, the desk for memory traces, loads, the
//! console's log and long work for the helper are here too, and all of it is tested without a page.
//!
//! Deliberately knows neither Yew nor the browser: no `yew`, no `web-sys`, no `js-sys`, no timers. A file is a number here.

pub(crate) mod ask;
pub(crate) mod branches;
pub(crate) mod command;
pub(crate) mod console;
pub(crate) mod guide;
pub(crate) mod layout;
pub(crate) mod link;
pub(crate) mod load;
pub(crate) mod memory;
pub(crate) mod possible;
pub(crate) mod session;
mod store;
pub(crate) mod words;
pub(crate) mod work;

pub(crate) use session::look;
pub(crate) use store::{Model, Store};
