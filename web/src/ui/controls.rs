//! Small components: properties in, wishes out.

mod branch_menu;
mod drop;
mod header;
mod help;
mod scrubber;
mod splitter;
mod transport;
mod undo;

pub(crate) use branch_menu::BranchMenu;
pub(crate) use drop::{Drop, close};
pub(crate) use header::Header;
pub(crate) use help::Help;
pub(crate) use splitter::Splitter;
pub(crate) use transport::Transport;
pub(crate) use undo::UndoButtons;

use crate::model::Model;
use crate::model::command::Command;
use crate::model::memory::FileId;
use crate::platform;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Properties that nearly every control has.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// A row of buttons of which one is pressed.
pub(crate) fn segmented<T: Copy + PartialEq + 'static>(
    name: &'static str,
    choices: &[(T, &'static str)],
    current: T,
    on: Callback<T>,
) -> Html {
    let button = |&(value, text): &(T, &'static str)| {
        let onclick = on.reform(move |_| value);
        html! { <button aria-pressed={(value == current).to_string()} {onclick}>{ text }</button> }
    };
    html! { <div class="segmented" role="group" aria-label={name}>{ for choices.iter().map(button) }</div> }
}

/// The value of the field that an event came from.
pub(crate) fn value_of(e: &Event) -> String {
    let target = e.target();
    if let Some(input) = target.clone().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        return input.value();
    }
    target.and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok()).map(|s| s.value()).unwrap_or_default()
}

/// The same for an `input` event.
pub(crate) fn input_value(e: &InputEvent) -> String {
    e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()).map(|i| i.value()).unwrap_or_default()
}

/// The file that was chosen in the field that an event came from.
pub(crate) fn file_of(e: &Event) -> Option<FileId> {
    let input = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok())?;
    let file = input.files().and_then(|files| files.get(0));
    // The same file, put right, must count as chosen again.
    input.set_value("");
    file.map(platform::hold)
}

/// All files that a person has just chosen, in the order of their names: the browser has them in an order of its own.
pub(crate) fn files_of(e: &Event) -> Vec<FileId> {
    let Some(input) = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
        return Vec::new();
    };
    let chosen = input.files();
    let mut files: Vec<web_sys::File> =
        chosen.iter().flat_map(|files| (0..files.length()).filter_map(|i| files.get(i))).collect();
    files.sort_by_key(web_sys::File::name);
    // The same file, put right, must count as chosen again.
    input.set_value("");
    files.into_iter().map(platform::hold).collect()
}

/// Whether the box that an event came from is ticked.
pub(crate) fn is_checked(e: &Event) -> bool {
    let input = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
    input.is_some_and(|i| i.checked())
}

/// The number that a slider says; 0 where it says none.
pub(crate) fn input_number(e: &InputEvent) -> f64 {
    let input = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
    input.map(|i| i.value_as_number()).filter(|n| n.is_finite()).unwrap_or(0.0)
}
