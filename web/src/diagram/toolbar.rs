//! What the diagram shows: clocks, axis, zoom, back to now.

use crate::command::Command;
use crate::controls::segmented;
use crate::model::Model;
use lightcone_core::diagram::{Axis, Labels};
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The row above the diagram.
#[component]
pub(crate) fn Toolbar(props: &Props) -> Html {
    let s = props.model.get();
    let labels =
        [(Labels::None, "none"), (Labels::Lamport, "Lamport"), (Labels::Vector, "vector"), (Labels::Both, "both")];
    let axes = [(Axis::Time, "time"), (Axis::Logical, "order")];
    let on = &props.on;
    html! {
        <div class="toolbar">
            <h2>{ "Space-time" }</h2>
            { segmented("Clocks at the events", &labels, s.labels, on.reform(Command::Labels)) }
            { segmented("Axis", &axes, s.axis, on.reform(Command::Axis)) }
            <div class="group" role="group" aria-label="Zoom">
                <button onclick={on.reform(|_| Command::Zoom(1.25, 0.5))} aria-label="Zoom out" title="Zoom out (-)">{ "−" }</button>
                <button onclick={on.reform(|_| Command::Zoom(0.8, 0.5))} aria-label="Zoom in" title="Zoom in (+)">{ "+" }</button>
                <button onclick={on.reform(|_| Command::Fit)} title="Show everything (0)">{ "fit" }</button>
            </div>
            if !s.follow {
                <button class="follow" onclick={on.reform(|_| Command::Follow)} title="Follow now again (f)">{ "→ now" }</button>
            }
        </div>
    }
}
