//! The lab's operations as forms, made from its tables.

use super::argument::{Argument, Values};
use super::faults::{FaultBar, process_text};
use super::load::LoadForm;
use super::situations::Situations;
use crate::model::Model;
use crate::model::ask::{args_json, names_for, request_json, shown};
use crate::model::command::Command;
use crate::model::load::Wish;
use crate::model::possible::why_not;
use crate::ui::controls::{Props, value_of};
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Operation, Param, Takes};
use yew::prelude::*;

/// The operations panel: which operation, at which process, with which arguments.
#[component]
pub(crate) fn ActPanel(props: &Props) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let names: Vec<String> = s.run().names().to_vec();
    let lab = spec.id;
    let chosen = use_state(|| 0usize);
    let node = use_state(|| 0usize);
    let values = use_state(Values::new);
    {
        let (chosen, node, values) = (chosen.clone(), node.clone(), values.clone());
        use_effect_with((lab, names.len()), move |_| {
            chosen.set(0);
            node.set(0);
            values.set(Values::new());
        });
    }
    let operation = &spec.operations[(*chosen).min(spec.operations.len() - 1)];
    let processes = s.run().scenario().processes();
    let takes = |i: &usize| operation.at.is_empty() || operation.at.contains(&processes[*i].role);
    let able: Vec<usize> = (0..names.len()).filter(takes).collect();
    let at = if able.contains(&*node) { *node } else { able.first().copied().unwrap_or(0) };
    let refuse = why_not(s.status(at), "request");
    let (fields, json) = request(operation, s.run().scenario(), at, &values);
    let send = props.on.reform(move |_: MouseEvent| Command::Written(json.clone()));
    let pick = |i: usize| {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| chosen.set(i))
    };
    let on_node = {
        let node = node.clone();
        Callback::from(move |e: Event| node.set(value_of(&e).parse().unwrap_or(0)))
    };
    html! {
        <>
        <Situations model={props.model.clone()} on={props.on.clone()} />
        <section class="card act">
            <h2>{ "Act" }</h2>
            <div class="segmented wide" role="group" aria-label="Operation">
                { for spec.operations.iter().enumerate().map(|(i, o)| html! {
                    <button aria-pressed={(o.name == operation.name).to_string()} title={o.says} onclick={pick(i)}>{ o.name }</button>
                }) }
            </div>
            <label class="row at"><span>{ "at" }</span>
                <select aria-label="Process" onchange={on_node}>
                    { for able.iter().map(|&i| html! {
                        <option value={i.to_string()} selected={i == at}>{ process_text(&names[i], s.status(i)) }</option>
                    }) }
                </select>
            </label>
            { fields }
            <button class="primary go" onclick={send} disabled={refuse.is_some()} title={refuse.unwrap_or(operation.says)}>
                { verb(operation.name) }
            </button>
            if let Some(why) = refuse { <p class="why">{ format!("{}: {why}", names[at]) }</p> }
            <FaultBar model={props.model.clone()} on={props.on.clone()} />
            <button class="link to-console" onclick={props.on.reform(|_| Command::Console(true))} title="A line with completion (`)">
                { "type it in the console" }
            </button>
            <Many model={props.model.clone()} {operation} on={props.on.clone()} />
        </section>
        </>
    }
}

/// Properties of the form for many requests.
#[derive(Properties, PartialEq)]
pub(crate) struct ManyProps {
    /// The session.
    pub model: Model,
    /// The operation that is chosen above: what a group asks for unless it says something else.
    pub operation: &'static Operation,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The form for many requests at once.
#[component]
fn Many(props: &ManyProps) -> Html {
    let wanted = use_state(|| false);
    let onclick = {
        let (wanted, on) = (wanted.clone(), props.on.clone());
        Callback::from(move |_: MouseEvent| {
            wanted.set(true);
            on.emit(Command::Load(Wish::Form));
        })
    };
    let (model, on) = (props.model.clone(), props.on.clone());
    html! {
        <details class="fold">
            <summary {onclick}>{ "many at once" }</summary>
            if *wanted { <LoadForm {model} operation={props.operation} {on} /> }
        </details>
    }
}

/// The fields of an operation's arguments, and the request that they make.
fn request(
    operation: &'static Operation,
    scenario: &Scenario,
    at: usize,
    values: &UseStateHandle<Values>,
) -> (Html, String) {
    let processes = scenario.processes();
    let names: Vec<String> = processes.iter().map(|p| p.name.clone()).collect();
    let offers = |p: &Param| names_for(scenario, operation, p);
    let value = |p: &'static Param| shown(p, values.get(p.name), at, &names, &offers(p));
    let argument = |p: &'static Param| {
        let on = {
            let values = values.clone();
            Callback::from(move |value: String| {
                let mut next = (*values).clone();
                next.insert(p.name, value);
                values.set(next);
            })
        };
        let fits = |i: &usize| match p.takes {
            Takes::NodeOr { roles, .. } => roles.is_empty() || roles.contains(&processes[*i].role),
            _ => *i != at,
        };
        let names: Vec<String> = (0..names.len()).filter(fits).map(|i| names[i].clone()).collect();
        html! { <Argument key={p.name} param={p} value={value(p)} {names} offers={offers(p)} open={false} {on} /> }
    };
    let json = request_json(&names[at], operation, &args_json(operation, false, value));
    (html! { { for operation.args.iter().map(argument) } }, json)
}

/// The operation's name with a capital.
fn verb(operation: &str) -> String {
    let mut letters = operation.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
