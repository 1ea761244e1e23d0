//! What the diagram shows: clocks, axis, zoom, back to now.

use crate::command::Command;
use crate::controls::{Drop, segmented};
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
    let own = s.lab().spec().own_clock.map(|name| (Labels::Own, name));
    let stamps = [(Labels::Lamport, "Lamport"), (Labels::Vector, "vector"), (Labels::Both, "both")];
    let labels: Vec<_> = [(Labels::None, "none")].into_iter().chain(own).chain(stamps).collect();
    let axes = [(Axis::Time, "time"), (Axis::Logical, "order")];
    let on = &props.on;
    html! {
        <div class="toolbar">
            <h2>{ "Space-time" }</h2>
            { segmented("Clocks at the events", &labels, s.labels, on.reform(Command::Labels)) }
            { segmented("Axis", &axes, s.axis, on.reform(Command::Axis)) }
            { kinds(props, s.index.kinds(), &s.hidden) }
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

/// Which sorts of messages are shown: offered where there is more than one.
fn kinds(props: &Props, kinds: &[&'static str], hidden: &[&'static str]) -> Html {
    if kinds.len() < 2 {
        return html! {};
    }
    let row = |&kind: &&'static str| {
        let onchange = props.on.reform(move |_: Event| Command::Hide(kind));
        html! {
            <label class="switch"><input type="checkbox" checked={!hidden.contains(&kind)} {onchange} />{ kind }</label>
        }
    };
    let left_out = kinds.iter().filter(|k| hidden.contains(k)).count();
    let text = if left_out == 0 { "messages".into() } else { format!("messages −{left_out}") };
    html! {
        <Drop name="Sorts of messages that are shown" {text}>{ for kinds.iter().map(row) }</Drop>
    }
}
