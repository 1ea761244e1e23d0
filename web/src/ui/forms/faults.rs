//! Crash, restart, pause and resume, process by process.

use crate::model::command::Command;
use crate::model::possible::why_not;
use crate::model::session::Session;
use crate::ui::controls::{Props, value_of};
use lightcone_core::trace::frame::Status;
use lightcone_core::trace::{Act, NodeId};
use yew::prelude::*;

/// What can befall a process, as two buttons.
fn buttons(s: &Session, i: usize, on: &Callback<Command>) -> Html {
    let (status, node, name) = (s.status(i), i as NodeId, &s.run().names()[i]);
    let (first, second) = match status {
        Status::Up => (Act::Crash(node), Act::Pause(node)),
        Status::Paused => (Act::Crash(node), Act::Resume(node)),
        Status::Crashed => (Act::Restart(node), Act::Pause(node)),
    };
    let button = |act: Act| {
        let wish = act.kind();
        let onclick = on.reform(move |_: MouseEvent| Command::Act(act.clone()));
        let why = why_not(status, wish);
        html! {
            <button {onclick} disabled={why.is_some()} title={why.unwrap_or("")} aria-label={format!("{wish} {name}")}>{ wish }</button>
        }
    };
    html! { <div class="group">{ button(first) }{ button(second) }</div> }
}

/// One process and what can befall it, in a line.
#[component]
pub(crate) fn FaultBar(props: &Props) -> Html {
    let s = props.model.get();
    let chosen = use_state(|| 0usize);
    let names = s.run().names();
    let at = (*chosen).min(names.len() - 1);
    let on_choice = Callback::from(move |e: Event| chosen.set(value_of(&e).parse().unwrap_or(0)));
    html! {
        <div class="fault-bar">
            <select aria-label="Who fails" onchange={on_choice}>
                { for names.iter().enumerate().map(|(i, name)| html! {
                    <option value={i.to_string()} selected={i == at}>{ process_text(name, s.status(i)) }</option>
                }) }
            </select>
            { buttons(&s, at, &props.on) }
        </div>
    }
}

/// The name of a process, and how it is if it does not run.
pub(super) fn process_text(name: &str, status: Status) -> String {
    if status == Status::Up { name.to_string() } else { format!("{name} ({})", status.name()) }
}

/// The faults panel.
#[component]
pub(crate) fn Faults(props: &Props) -> Html {
    let s = props.model.get();
    let row = |(i, name): (usize, &String)| {
        let status = s.status(i);
        let waiting = s.frame().processes[i].waiting;
        let text = match status {
            Status::Paused if waiting > 0 => format!("paused, {waiting} waiting"),
            _ => status.name().to_string(),
        };
        html! {
            <li class={status.name()}>
                <b>{ name }</b><span class="status">{ text }</span>
                { buttons(&s, i, &props.on) }
            </li>
        }
    };
    html! {
        <section class="card faults">
            <h2>{ "Faults" }</h2>
            <ul tabindex="0" aria-label="Processes">{ for s.run().names().iter().enumerate().map(row) }</ul>
            <button class="wide" onclick={props.on.reform(|_| Command::Settle)}
                title="Links heal and lose nothing, everyone restarts and resumes, requests stop, and what must hold in the end is checked">
                { "end all faults and settle" }
            </button>
        </section>
    }
}
