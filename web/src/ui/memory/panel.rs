//! The panel: what is on the desk, the way through it, and what it costs.

use super::costly::costly;
use super::head::{Head, USUAL};
use super::strip::strip;
use super::views::{counters, moment};
use crate::model::command::Command;
use crate::model::memory::{Desk, DeskModel, Stage, Wish};
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{Mix, Pattern};
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The desk.
    pub desk: DeskModel,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The panel.
#[component]
pub(crate) fn MemoryPanel(props: &Props) -> Html {
    let desk = props.desk.get();
    let on: Callback<Wish> = props.on.reform(Command::Memory);
    html! {
        <div class="memory-trace">
            <Head desk={props.desk.clone()} on={on.clone()} />
            { work(&desk, &on) }
            if let Some(trouble) = &desk.trouble { <p class="why bad" role="alert">{ trouble }</p> }
            { found(&desk, &on) }
            if desk.accesses.is_empty() && !desk.is_busy() { { patterns(&on) } }
        </div>
    }
}

/// Patterns to begin with.
fn patterns(on: &Callback<Wish>) -> Html {
    let tile = |(pattern, name, says): (Pattern, &'static str, &'static str)| {
        let onclick = on.reform(move |_: MouseEvent| Wish::Make(Mix { pattern, ..USUAL }));
        html! { <button {onclick}><b>{ name }</b><span>{ says }</span></button> }
    };
    html! { <div class="patterns">{ for Pattern::ALL.map(tile) }</div> }
}

fn found(desk: &Desk, on: &Callback<Wish>) -> Html {
    let Some(study) = desk.study.as_ref().filter(|_| desk.stage == Stage::Still) else { return html! {} };
    html! {
        <>
            { strip(desk, study, on) }
            <div class="columns">
                { moment(desk, study) }
                <div>
                    { counters(desk, study, on) }
                    { costly(desk, on) }
                </div>
            </div>
        </>
    }
}

/// How far the work is, and the button that stops it.
fn work(desk: &Desk, on: &Callback<Wish>) -> Html {
    let (says, done, of) = match desk.stage {
        Stage::Still => return html! {},
        Stage::Reading { done, of } => {
            (format!("Reading {}: {} accesses", desk.name, grouped(desk.accesses.len() as u64)), done, of)
        }
        Stage::Running => {
            let (run, all) = (desk.study.as_ref().map_or(0, |s| s.len()), desk.accesses.len());
            (
                format!("Running {}: {} of {} accesses", desk.name, grouped(run as u64), grouped(all as u64)),
                run as f64,
                all as f64,
            )
        }
    };
    html! {
        <div class="progress" role="status">
            <span>{ &says }</span>
            <progress max={of.max(1.0).to_string()} value={done.to_string()} aria-label="How far it is"></progress>
            <button onclick={on.reform(|_| Wish::Stop)}>{ "Stop" }</button>
        </div>
    }
}
