//! The menu of a process or of a message under way: right click or long press.

use crate::app::why_not;
use crate::bridge;
use crate::command::{Command, Menu, Target};
use crate::model::Model;
use lightcone_core::json::quote;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// What it is about, and where.
    pub menu: Menu,
    /// Calls back.
    pub on: Callback<Command>,
}

/// An entry: what it says, the act as JSON, and why it cannot be chosen.
type Entry = (String, String, Option<&'static str>);

/// The menu.
#[component]
pub(crate) fn ContextMenu(props: &Props) -> Html {
    let place = use_node_ref();
    bridge::use_focus(place.clone(), "button:enabled");
    let s = props.model.get();
    let (title, entries): (String, Vec<Entry>) = match props.menu.target {
        Target::Node(node) => {
            let name = &s.run.names()[usize::from(node)];
            let entry = |wish: &'static str| {
                let act = format!("{{\"{wish}\":{{\"node\":{}}}}}", quote(name));
                (wish.to_string(), act, why_not(s.status(usize::from(node)), wish))
            };
            (name.clone(), ["crash", "restart", "pause", "resume"].map(entry).to_vec())
        }
        Target::Message(id) => {
            let gone = !s.frame.in_flight.iter().any(|f| f.message == id);
            let why = gone.then_some("It is not under way any more.");
            let entry =
                |text: &str, rest: &str| (text.to_string(), format!("{{\"message\":{{\"id\":{id},{rest}}}}}"), why);
            let entries = vec![
                entry("deliver now", "\"deliver_in_ms\":0.001"),
                entry("delay by 50 ms", "\"deliver_in_ms\":50"),
                entry("duplicate", "\"duplicate\":true"),
                entry("drop", "\"drop\":true"),
            ];
            (format!("message {}", s.run.message_label(id)), entries)
        }
    };
    let item = |(text, act, why): Entry| {
        let onclick = props.on.reform(move |_: MouseEvent| Command::Act(act.clone()));
        html! { <button role="menuitem" disabled={why.is_some()} title={why.unwrap_or("")} {onclick}>{ text }</button> }
    };
    let (x, y) = props.menu.at;
    let style = format!("left:min({x}px, 100vw - 190px);top:min({y}px, 100vh - 220px)");
    html! {
        // Closed by a press and not by a click: lifting the finger of a long press is a click as well.
        <div class="veil" onpointerdown={props.on.reform(|_| Command::Menu(None))}>
            <div class="context" role="menu" aria-label={title.clone()} {style} ref={place}
                onpointerdown={|e: PointerEvent| e.stop_propagation()} onkeydown={|e: KeyboardEvent| bridge::walk_menu(&e)}>
                <b>{ title }</b>{ for entries.into_iter().map(item) }
            </div>
        </div>
    }
}
