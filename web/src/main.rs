//! The page of Lightcone.
//!
//! [`session`] is the model and knows no browser; [`app`] is the one stateful component; everything else
//! shows properties and calls back; [`bridge`] is the only file that speaks JavaScript.

mod app;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod branches;
mod bridge;
mod cluster;
mod command;
mod console;
mod controls;
mod diagram;
mod guide;
mod layout;
mod load;
mod look;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod memory;
mod model;
mod panels;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod session;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod work;

fn main() {
    bridge::catch_panics();
    if bridge::helped() {
        return;
    }
    yew::Renderer::<app::App>::with_root(bridge::root()).render();
}
