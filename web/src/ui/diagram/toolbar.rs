//! What to watch for, and what the diagram shows: search, clocks, axis, lanes, cut, zoom, back to now.

use super::search::{SearchField, trouble};
use crate::model::branches;
use crate::model::command::Command;
use crate::model::look::Wish;
use crate::model::session::Session;
use crate::ui::controls::{Drop, Props, segmented};
use lightcone_core::tables::Labels;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::{Axis, Orientation};
use yew::prelude::*;

/// The row above the diagram.
#[component]
pub(crate) fn Toolbar(props: &Props) -> Html {
    let s = props.model.get();
    let own = s.lab().spec().own_clock.map(|name| (Labels::Own, name));
    let stamps = [(Labels::Lamport, "Lamport"), (Labels::Vector, "vector"), (Labels::Both, "both")];
    let labels: Vec<_> = [(Labels::None, "none")].into_iter().chain(own).chain(stamps).collect();
    let on = &props.on;
    let cutting = s.look().cut.is_some();
    html! {
        <div class="toolbar">
            <h2 class="sr">{ "Space-time" }</h2>
            { watch(&s, on) }
            <SearchField model={props.model.clone()} on={on.clone()} />
            { view_menu(&s, on) }
            { routine(&s, on) }
            <button class="toggle" aria-pressed={cutting.to_string()} onclick={on.reform(|_| Command::Cut)}
                title="A line over the lanes: is it consistent, what is in flight over it? (c)">{ "draw a cut" }</button>
            { segmented("Clocks at the events", &labels, s.labels(), on.reform(Command::Labels)) }
            <div class="group" role="group" aria-label="Zoom">
                <button onclick={on.reform(|_| Command::ZoomHere(1.25))} aria-label="Zoom out" title="Zoom out (-)">{ "−" }</button>
                <button onclick={on.reform(|_| Command::ZoomHere(0.8))} aria-label="Zoom in" title="Zoom in (+)">{ "+" }</button>
                <button onclick={on.reform(|_| Command::Fit)} title="Show everything (0)">{ "fit" }</button>
            </div>
            if !s.follows() {
                <button class="follow" onclick={on.reform(|_| Command::Follow)} title="Follow now again (f)">{ "→ now" }</button>
            }
            { trouble(s.look().finder.as_ref()) }
        </div>
    }
}

/// What brings the routine messages out of the folds of a story, where there are any.
fn routine(s: &Session, on: &Callback<Command>) -> Html {
    if s.axis() != Axis::Story || s.lab().spec().quiet.is_empty() {
        return html! {};
    }
    html! {
        <button class="toggle" aria-pressed={(!s.folds()).to_string()} onclick={on.reform(|_| Command::Look(Wish::Routine))}
            title="Heartbeats, keep-alives and their answers: as messages, or as strokes on the lanes (r)">{ "routine" }</button>
    }
}

/// What there is to be seen.
fn watch(s: &Session, on: &Callback<Command>) -> Html {
    let broken = &s.run().scenario().setup.broken;
    html! {
        <p class="watch" tabindex="0">
            if !broken.is_empty() {
                <strong class="broken">{ format!("Broken on purpose: {}", broken.join(", ")) }</strong>
                <button class="link beside" onclick={on.reform(|_| Command::Tree(branches::Wish::Beside(branches::Beside::Sound)))}
                    title="The same run with all rules, beside this one">{ "beside it whole" }</button>
            }
            <span>{ s.builtin().map_or("A scenario of your own.", |b| b.watch) }</span>
        </p>
    }
}

/// The switches that one turns more rarely.
fn view_menu(s: &Session, on: &Callback<Command>) -> Html {
    let axes = [(Axis::Time, "time"), (Axis::Logical, "order"), (Axis::Story, "story")];
    let ways = [(Orientation::Right, "right"), (Orientation::Down, "down")];
    let left_out = s.index().kinds().iter().filter(|kind| s.hidden().contains(kind)).count() + s.look().collapsed.len();
    let text = if left_out == 0 { "view".into() } else { format!("view −{left_out}") };
    let kinds = s.index().kinds();
    let kind =
        |&kind: &&'static str| switch(kind, !s.hidden().contains(&kind), on.reform(move |_| Command::Hide(kind)));
    let lane = |(node, name): (usize, &String)| {
        let node = node as NodeId;
        switch(name, !s.look().collapsed.contains(&node), on.reform(move |_| Command::Look(Wish::Fold(node))))
    };
    html! {
        <Drop name="Axis, direction, messages and lanes" {text}>
            <b>{ "Axis" }</b>
            { segmented("Axis", &axes, s.axis(), on.reform(Command::Axis)) }
            <b>{ "Time runs" }</b>
            { segmented("Time runs", &ways, s.look().orientation, on.reform(|way| Command::Look(Wish::Turn(way)))) }
            if kinds.len() > 1 {
                <b>{ "Shown messages" }</b>
                <div class="switches" role="group" aria-label="Shown messages">{ for kinds.iter().map(kind) }</div>
            }
            <b>{ "Open lanes" }</b>
            <div class="switches" role="group" aria-label="Open lanes">{ for s.run().names().iter().enumerate().map(lane) }</div>
        </Drop>
    }
}

fn switch(name: &str, checked: bool, onchange: Callback<Event>) -> Html {
    html! { <label class="switch" title={name.to_string()}><input type="checkbox" {checked} {onchange} /><span>{ name }</span></label> }
}
