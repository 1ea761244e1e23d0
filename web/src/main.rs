//! The page of Lightcone.
//!
//! [`session`] is the model and knows no browser; [`app`] is the one stateful component; everything else
//! shows properties and calls back; [`bridge`] is the only file that speaks JavaScript.

mod app;
mod bridge;
mod command;
mod console;
mod controls;
mod diagram;
mod guide;
mod layout;
mod model;
mod panels;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod session;

fn main() {
    bridge::catch_panics();
    yew::Renderer::<app::App>::with_root(bridge::root()).render();
}
