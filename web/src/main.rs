//! The page of Lightcone, in three storeys: [`model`] knows no browser, [`platform`] speaks to it, [`ui`] shows and calls
//! back. None imports one above it.

#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "tests use it without a browser"))]
mod model;
mod platform;
mod ui;

fn main() {
    platform::catch_panics();
    if platform::helped() {
        return;
    }
    yew::Renderer::<ui::App>::with_root(platform::root()).render();
}
