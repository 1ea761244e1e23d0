//! Many requests, one after the other, made up as the run goes.

use super::{input_value, value_of};
use crate::command::Command;
use lightcone_core::json::{list, quote};
use lightcone_core::schema::Operation;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// What is asked for.
    pub operation: &'static Operation,
    /// Who may be asked.
    pub able: Vec<String>,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The form.
#[component]
pub(crate) fn Workload(props: &Props) -> Html {
    let count = use_state(|| "20".to_string());
    let every = use_state(|| "20".to_string());
    let field = |name: &'static str, state: &UseStateHandle<String>, unit: &'static str| {
        let oninput = {
            let state = state.clone();
            Callback::from(move |e: InputEvent| state.set(input_value(&e)))
        };
        let onchange = {
            let state = state.clone();
            Callback::from(move |e: Event| state.set(value_of(&e)))
        };
        html! {
            <label class="row with-unit"><span>{ name }</span>
                <input type="number" min="1" step="any" aria-label={name} value={(**state).clone()} {oninput} {onchange} />
                <span>{ unit }</span>
            </label>
        }
    };
    let number = |text: &str| if text.trim().is_empty() { "0".to_string() } else { text.trim().to_string() };
    let json = format!(
        "{{\"workload\":{{\"op\":{},\"nodes\":{},\"count\":{},\"every_ms\":{}}}}}",
        quote(props.operation.name),
        list(props.able.iter().map(|n| quote(n))),
        number(&count),
        number(&every),
    );
    let onclick = props.on.reform(move |_: MouseEvent| Command::Act(json.clone()));
    html! {
        <details class="fold">
            <summary>{ "many at once" }</summary>
            { field("count", &count, "") }
            { field("every", &every, "ms") }
            <button class="wide" {onclick} title="Processes and arguments are made up, the same for the same seed">
                { format!("Start {}s from all", props.operation.name) }
            </button>
        </details>
    }
}
