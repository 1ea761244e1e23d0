//! Things of which one can be chosen to be looked at, such as a line of memory: by a click on its name wherever it stands.
//! The one that is pointed at is lit up everywhere.

use crate::model::command::Command;
use lightcone_core::base::json::quote;
use lightcone_core::trace::frame::ThingRow;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};
use yew::prelude::*;

/// What the names of things need.
#[derive(Clone)]
pub(super) struct Things {
    /// The set-up field that says what is looked at.
    pub field: Option<&'static str>,
    /// The one that is pointed at; empty: none.
    pub pointed: UseStateHandle<String>,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The attribute with a thing's whole name.
const THING: &str = "data-thing";

impl Things {
    /// A thing's name: a button that chooses it, and lets it go again.
    pub(super) fn name(&self, name: &str, key: &str, chosen: bool) -> Html {
        let Some(field) = self.field else { return html! { { name } } };
        let json = quote(if chosen { "" } else { key });
        let onclick = self.on.reform(move |_: MouseEvent| Command::Setup(field, json.clone()));
        let title = if chosen { "shown on the lanes: click to let it go" } else { "show it on the lanes" };
        html! { <button class="thing" aria-pressed={chosen.to_string()} {title} {onclick}>{ name }</button> }
    }

    /// The class of a thing's row.
    pub(super) fn class(&self, key: &str, chosen: bool) -> Classes {
        classes!((!key.is_empty() && *self.pointed == key).then_some("lit"), chosen.then_some("chosen"))
    }

    /// A panel in which things are pointed at.
    pub(super) fn panel(&self, inside: Html) -> Html {
        let point = |e: Option<EventTarget>| {
            let row =
                e.and_then(|t| t.dyn_into::<Element>().ok()).and_then(|t| t.closest(&format!("[{THING}]")).ok()?);
            row.and_then(|row| row.get_attribute(THING)).unwrap_or_default()
        };
        let set = {
            let pointed = self.pointed.clone();
            move |key: String| {
                if *pointed != key {
                    pointed.set(key);
                }
            }
        };
        // Where nothing is under the pointer, what has the focus is pointed at: the page may have moved under a pointer at rest.
        let pointed_or_focused = move |e: Option<EventTarget>| {
            let under = point(e);
            let focused = || point(crate::platform::document().active_element().map(Into::into));
            if under.is_empty() { focused() } else { under }
        };
        let over = {
            let set = set.clone();
            Callback::from(move |e: PointerEvent| set(pointed_or_focused(e.target())))
        };
        let focus = {
            let set = set.clone();
            Callback::from(move |e: FocusEvent| set(point(e.target())))
        };
        let (out, blur) = (set.clone(), set);
        html! {
            <div class="panel" onpointerover={over} onpointerleave={move |_: PointerEvent| out(pointed_or_focused(None))}
                onfocusin={focus} onfocusout={move |_: FocusEvent| blur(String::new())}>
                { inside }
            </div>
        }
    }

    /// A row of a table of things.
    pub(super) fn row(&self, row: &ThingRow) -> Html {
        let cell = |c: &lightcone_core::trace::frame::Cell| html! { <td class={super::class(c.mark)}>{ &c.text }</td> };
        html! {
            <tr class={self.class(&row.key, row.chosen)} data-thing={row.key.clone()}>
                <th scope="row">{ self.name(&row.name, &row.key, row.chosen) }</th>{ for row.cells.iter().map(cell) }
            </tr>
        }
    }
}
