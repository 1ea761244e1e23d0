//! The lab's operations as forms, made from its tables.

use super::situations::Situations;
use super::workload::Workload;
use super::{Props, input_value, value_of};
use crate::app::why_not;
use crate::command::Command;
use crate::part::part;
use lightcone_core::frame::Status;
use lightcone_core::json::{JsonObject, Payload, quote};
use lightcone_core::protocol::ProcessInfo;
use lightcone_core::schema::{Operation, Param, Takes};
use std::collections::BTreeMap;
use yew::prelude::*;

/// The operations panel: which operation, at which process, with which arguments.
#[component]
pub(crate) fn ActPanel(props: &Props) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let names: Vec<String> = s.run.names().to_vec();
    let lab = spec.id;
    let chosen = use_state(|| 0usize);
    let node = use_state(|| 0usize);
    let values = use_state(BTreeMap::<&'static str, String>::new);
    {
        let (chosen, node, values) = (chosen.clone(), node.clone(), values.clone());
        use_effect_with((lab, names.len()), move |_| {
            chosen.set(0);
            node.set(0);
            values.set(BTreeMap::new());
        });
    }
    let operation = &spec.operations[(*chosen).min(spec.operations.len() - 1)];
    let processes = s.run.scenario().processes();
    let takes = |i: &usize| operation.at.is_empty() || operation.at.contains(&processes[*i].role);
    let able: Vec<usize> = (0..names.len()).filter(takes).collect();
    let at = if able.contains(&*node) { *node } else { able.first().copied().unwrap_or(0) };
    let refuse = why_not(s.status(at), "request");
    let json = act_json(operation, &names, at, &values);
    let send = props.on.reform(move |_: MouseEvent| Command::Act(json.clone()));
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
        { part!(Situations { model: props.model.clone(), on: props.on.clone() }) }
        <section class="card act">
            <h2>{ "Act" }</h2>
            <div class="segmented wide" role="group" aria-label="Operation">
                { for spec.operations.iter().enumerate().map(|(i, o)| html! {
                    <button aria-pressed={(o.name == operation.name).to_string()} title={o.says} onclick={pick(i)}>{ o.name }</button>
                }) }
            </div>
            <label class="row"><span>{ "at" }</span>
                <select aria-label="Process" onchange={on_node}>
                    { for able.iter().map(|&i| html! {
                        <option value={i.to_string()} selected={i == at}>{ process_text(&names[i], s.status(i)) }</option>
                    }) }
                </select>
            </label>
            { for operation.args.iter().map(|p| argument(p, &processes, at, &values)) }
            <button class="primary go" onclick={send} disabled={refuse.is_some()} title={refuse.unwrap_or(operation.says)}>
                { verb(operation.name) }
            </button>
            if let Some(why) = refuse { <p class="why">{ format!("{}: {why}", names[at]) }</p> }
            <button class="link to-console" onclick={props.on.reform(|_| Command::Console(true))} title="A line with completion (`)">
                { "type it in the console" }
            </button>
            { part!(Workload { operation, able: able.iter().map(|&i| names[i].clone()).collect::<Vec<_>>(), on: props.on.clone() }) }
        </section>
        </>
    }
}

fn process_text(name: &str, status: Status) -> String {
    if status == Status::Up { name.to_string() } else { format!("{name} ({})", status.name()) }
}

/// The operation's name with a capital. Names are ASCII: the page need not carry the capitals of all of Unicode.
fn verb(operation: &str) -> String {
    let mut text = operation.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// The default of a process argument: the next one that is not the process itself.
fn other_than(at: usize, count: usize) -> usize {
    (at + 1) % count.max(1)
}

fn argument(
    p: &'static Param,
    processes: &[ProcessInfo],
    at: usize,
    values: &UseStateHandle<BTreeMap<&'static str, String>>,
) -> Html {
    let set = {
        let values = values.clone();
        move |value: String| {
            let mut next = (*values).clone();
            next.insert(p.name, value);
            values.set(next);
        }
    };
    let given = values.get(p.name).cloned();
    let field = match p.takes {
        Takes::Node(_) => {
            let count = processes.len();
            let current = given.and_then(|v| v.parse().ok()).filter(|&i: &usize| i != at && i < count);
            let current = current.unwrap_or(other_than(at, count));
            html! {
                <select aria-label={p.name} onchange={Callback::from(move |e: Event| set(value_of(&e)))}>
                    { for processes.iter().enumerate().filter(|(i, _)| *i != at).map(|(i, p)| html! {
                        <option value={i.to_string()} selected={i == current}>{ &p.name }</option>
                    }) }
                </select>
            }
        }
        Takes::NodeOr { roles, words } => {
            let fits = |r: &str| roles.is_empty() || roles.contains(&r);
            let nodes = processes.iter().filter(|p| fits(p.role)).map(|p| p.name.as_str());
            html! {
                <select aria-label={p.name} onchange={Callback::from(move |e: Event| set(value_of(&e)))}>
                    { for words.iter().copied().chain(nodes).map(|w| html! {
                        <option value={w.to_string()} selected={given.as_deref().unwrap_or(words[0]) == w}>{ w }</option>
                    }) }
                </select>
            }
        }
        Takes::Choice(words) => html! {
            <select aria-label={p.name} onchange={Callback::from(move |e: Event| set(value_of(&e)))}>
                { for words.iter().map(|w| html! { <option value={*w} selected={given.as_deref().unwrap_or(words[0]) == *w}>{ *w }</option> }) }
            </select>
        },
        _ => html! {
            <input type="text" aria-label={p.name} value={given.unwrap_or_else(|| default_text(p))} title={p.says}
                placeholder={if p.default == Some("null") { "none" } else { "" }}
                oninput={Callback::from(move |e: InputEvent| set(input_value(&e)))} />
        },
    };
    html! { <label class="row" title={p.says}><span>{ p.name }</span>{ field }</label> }
}

fn default_text(p: &Param) -> String {
    let default = p.default.filter(|d| *d != "null").unwrap_or("");
    match p.takes {
        Takes::Json => Payload::from_json(default).map(|p| p.shown()).unwrap_or_default(),
        Takes::Text { .. } => Payload::from_json(default).map(|p| p.shown()).unwrap_or_default(),
        _ => default.to_string(),
    }
}

/// What was typed, as JSON: as it is where it is JSON already, else as a string.
fn typed(text: &str) -> String {
    let looks_like_json = text.starts_with(['{', '[', '"', '-']) || text.starts_with(|c: char| c.is_ascii_digit());
    if looks_like_json && Payload::from_json(text).is_ok() { text.to_string() } else { quote(text) }
}

fn act_json(operation: &Operation, names: &[String], at: usize, values: &BTreeMap<&'static str, String>) -> String {
    let mut args = JsonObject::new();
    for p in operation.args {
        let given = values.get(p.name).cloned();
        match p.takes {
            Takes::Node(_) => {
                let index = given.and_then(|v| v.parse().ok()).filter(|&i: &usize| i != at && i < names.len());
                args.text(p.name, &names[index.unwrap_or(other_than(at, names.len()))]);
            }
            // What may be left out is left out.
            Takes::Json if p.default == Some("null") && given.as_deref().is_none_or(str::is_empty) => {}
            Takes::Json => drop(args.raw(p.name, &typed(&given.unwrap_or_else(|| default_text(p))))),
            Takes::Text { .. } => drop(args.text(p.name, &given.unwrap_or_else(|| default_text(p)))),
            Takes::NodeOr { words, .. } => drop(args.text(p.name, &given.unwrap_or_else(|| words[0].to_string()))),
            Takes::Choice(words) => drop(args.text(p.name, &given.unwrap_or_else(|| words[0].to_string()))),
            _ => drop(given.map(|v| args.raw(p.name, &typed(&v)).is_empty())),
        }
    }
    let mut request = JsonObject::new();
    request.text("node", &names[at]).text("op", operation.name).raw("args", &args.end());
    format!("{{\"request\":{}}}", request.end())
}
