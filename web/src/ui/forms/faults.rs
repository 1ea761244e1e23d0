//! Crash, restart, pause and resume, process by process.

use crate::model::command::Command;
use crate::model::possible::why_not;
use crate::ui::controls::Props;
use lightcone_core::trace::frame::Status;
use lightcone_core::trace::{Act, NodeId};
use yew::prelude::*;

/// The faults panel.
#[component]
pub(crate) fn Faults(props: &Props) -> Html {
    let s = props.model.get();
    let row = |(i, name): (usize, &String)| {
        let status = s.status(i);
        let node = i as NodeId;
        let (first, second) = match status {
            Status::Up => (Act::Crash(node), Act::Pause(node)),
            Status::Paused => (Act::Crash(node), Act::Resume(node)),
            Status::Crashed => (Act::Restart(node), Act::Pause(node)),
        };
        let button = |act: Act| {
            let wish = act.kind();
            let onclick = props.on.reform(move |_: MouseEvent| Command::Act(act.clone()));
            let why = why_not(status, wish);
            html! {
                <button {onclick} disabled={why.is_some()} title={why.unwrap_or("")} aria-label={format!("{wish} {name}")}>{ wish }</button>
            }
        };
        let waiting = s.frame().processes[i].waiting;
        let text = match status {
            Status::Paused if waiting > 0 => format!("paused, {waiting} waiting"),
            _ => status.name().to_string(),
        };
        html! {
            <li class={status.name()}>
                <b>{ name }</b><span class="status">{ text }</span>
                <div class="group">{ button(first) }{ button(second) }</div>
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
