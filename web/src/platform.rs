//! The second storey: what speaks to the browser.
//!
//! Frames, storage, the address, files, the clipboard, canvases, the helper in the background, and `window.lightcone`. What
//! is asked of a browser is asked here, by names that say what it is for; [`paint`] draws a scene of core's on a canvas.
//!
//! Knows the model (the interface for scripts works on a session) and deliberately no component.

mod api;
mod files;
mod helper;
mod paint;
mod site;
mod visits;
mod window;

pub(crate) use api::install_api;
pub(crate) use files::{hold, name_and_size, read_file, read_piece, release};
pub(crate) use helper::{Helper, helped};
pub(crate) use paint::paint;
pub(crate) use site::{aim_link, fetch_text, forget_query, query};
pub(crate) use visits::{guide_taken, hints_followed, keep_hints, no_guide_taken};
pub(crate) use window::{
    Frames, address, catch_panics, copy, document, fit_canvas, focus, focus_on, hash, is_button, is_check_box,
    is_hidden, is_scrolled, is_text, is_typing, keep, kept, nothing_has_focus, now_ms, on_window, prefers,
    remember_scenario, root, save_canvas, save_text, set_hash, set_root, set_title, spare_canvas, store, stored,
    use_focus, walk_menu, when_fonts_are_ready, window, window_height, window_width,
};
