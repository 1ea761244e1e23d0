//! Many requests at once: who is asked for what, how often, and with which arguments. Each group is a workload; all of
//! them begin in the same instant.

use super::act::ManyProps;
use super::argument::{Argument, Values};
use crate::model::ask::{args_json, default_text};
use crate::model::command::Command;
use crate::model::load::Wish;
use crate::model::session::Session;
use crate::ui::controls::{input_value, is_checked, value_of};
use lightcone_core::base::json::{JsonObject, Payload, list, millis_text, quote};
use lightcone_core::protocol::ProcessInfo;
use lightcone_core::tables::{LabSpec, Load, Operation, Param, Takes};
use yew::prelude::*;

/// Most groups: more than one can keep apart.
const GROUPS_MAX: usize = 8;

/// A group as it stands in the form.
#[derive(Clone, PartialEq)]
struct Group {
    /// What it asks for; none: what is chosen above.
    operation: Option<&'static str>,
    /// Processes that are not asked, by their names.
    out: Vec<String>,
    count: String,
    every: String,
    args: Values,
}

/// The form.
#[derive(Clone, PartialEq)]
struct Draft {
    lab: &'static str,
    /// The load that it was filled with, by its place.
    named: Option<usize>,
    groups: Vec<Group>,
}

type Change = Callback<Box<dyn FnOnce(&mut Group)>>;

impl Draft {
    fn new(spec: &'static LabSpec, processes: &[ProcessInfo]) -> Draft {
        let usual =
            Group { operation: None, out: Vec::new(), count: "20".into(), every: "20".into(), args: Values::new() };
        let empty = Draft { lab: spec.id, named: None, groups: vec![usual] };
        if spec.loads.named.is_empty() { empty } else { empty.filled(spec, 0, processes) }
    }

    fn filled(&self, spec: &'static LabSpec, place: usize, processes: &[ProcessInfo]) -> Draft {
        let group = |g: &lightcone_core::tables::Group| {
            let able = able(spec.operation(g.operation), processes);
            let out = able.enumerate().filter(|(here, _)| !g.at.takes(*here)).map(|(_, name)| name.to_string());
            let shown = |json: &str| Payload::from_json(json).map(|p| p.shown()).unwrap_or_default();
            Group {
                operation: Some(g.operation),
                out: out.collect(),
                count: g.count.to_string(),
                every: millis_text(g.every_us),
                args: g.args.iter().map(|(name, json)| (*name, shown(json))).collect(),
            }
        };
        let groups = spec.loads.named[place].groups.iter().map(group).collect();
        Draft { named: Some(place), groups, ..self.clone() }
    }

    fn operation(&self, spec: &'static LabSpec, group: &Group, above: &'static Operation) -> &'static Operation {
        group.operation.and_then(|name| spec.operation(name)).unwrap_or(above)
    }
}

/// Names of the processes that take an operation.
fn able<'a>(operation: Option<&'static Operation>, processes: &'a [ProcessInfo]) -> impl Iterator<Item = &'a str> {
    let at = operation.map_or(&[][..], |o| o.at);
    processes.iter().filter(move |p| at.is_empty() || at.contains(&p.role)).map(|p| p.name.as_str())
}

/// What an argument's field says in a group: the default, where nobody has said anything else; nothing is left to chance.
fn value(p: &'static Param, args: &Values) -> String {
    args.get(p.name).cloned().unwrap_or_else(|| default_text(p))
}

fn json(group: &Group, operation: &'static Operation, processes: &[ProcessInfo]) -> String {
    let number = |text: &str| if text.trim().is_empty() { "0".to_string() } else { text.trim().to_string() };
    let nodes = able(Some(operation), processes).filter(|name| !group.out.iter().any(|out| out == name)).map(quote);
    let mut o = JsonObject::new();
    o.text("op", operation.name).raw("nodes", &list(nodes)).raw("count", &number(&group.count));
    o.raw("every_ms", &number(&group.every)).raw("args", &args_json(operation, true, |p| value(p, &group.args)));
    format!("{{\"workload\":{}}}", o.end())
}

/// The form.
#[component]
pub(crate) fn LoadForm(props: &ManyProps) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let processes = s.run().scenario().processes();
    let state = use_state(|| Draft::new(spec, &processes));
    let draft = if state.lab == spec.id { (*state).clone() } else { Draft::new(spec, &processes) };
    let set = {
        let state = state.clone();
        Callback::from(move |next: Draft| state.set(next))
    };
    let change = |place: usize| -> Change {
        let (draft, set) = (draft.clone(), set.clone());
        Callback::from(move |change: Box<dyn FnOnce(&mut Group)>| {
            let mut next = draft.clone();
            change(&mut next.groups[place]);
            set.emit(next);
        })
    };
    let one_more = {
        let (draft, set) = (draft.clone(), set.clone());
        move |_: MouseEvent| {
            let mut next = draft.clone();
            next.groups.extend(draft.groups.last().cloned());
            set.emit(next);
        }
    };
    let one_less = |place: usize| {
        let (draft, set) = (draft.clone(), set.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = draft.clone();
            next.groups.remove(place);
            set.emit(next);
        })
    };
    let acts: Vec<String> =
        draft.groups.iter().map(|g| json(g, draft.operation(spec, g, props.operation), &processes)).collect();
    let start = |to_end: bool| {
        let acts = acts.clone();
        props.on.reform(move |_: MouseEvent| Command::Load(Wish::Start(acts.clone(), to_end)))
    };
    let several = draft.groups.len() > 1;
    let one = |(place, g): (usize, &Group)| {
        let operation = draft.operation(spec, g, props.operation);
        let body = group(spec, operation, g, &s, &processes, &change(place));
        html! {
            <fieldset class="many">
                <legend>{ if several { format!("group {}", place + 1) } else { "who is asked for what".into() } }</legend>
                { body }
                if several {
                    <button class="link" onclick={one_less(place)}>{ format!("without group {}", place + 1) }</button>
                }
            </fieldset>
        }
    };
    html! {
        <div class="load">
            { named(spec, &draft, &s, &processes, &set, &props.on) }
            { for draft.groups.iter().enumerate().map(one) }
            if draft.groups.len() < GROUPS_MAX {
                <button class="link" onclick={one_more} title="Others that ask for something else at the same time">{ "one more group" }</button>
            }
            <div class="pair">
                <button class="primary" onclick={start(true)} title="As fast as it goes, until all are answered">{ "Run to its end" }</button>
                <button onclick={start(false)} title="Start it and watch">{ "Start" }</button>
            </div>
        </div>
    }
}

/// The lab's loads by their names; what stands in the way of the chosen one.
fn named(
    spec: &'static LabSpec,
    draft: &Draft,
    s: &Session,
    processes: &[ProcessInfo],
    set: &Callback<Draft>,
    on: &Callback<Command>,
) -> Html {
    if spec.loads.named.is_empty() {
        return html! {};
    }
    let button = |(place, load): (usize, &'static Load)| {
        let next = draft.filled(spec, place, processes);
        let onclick = set.reform(move |_: MouseEvent| next.clone());
        let pressed = draft.named == Some(place);
        html! { <button aria-pressed={pressed.to_string()} title={load.says} {onclick}>{ load.name }</button> }
    };
    let chosen = draft.named.map(|place| &spec.loads.named[place]);
    let fields = &s.run().scenario().setup.fields;
    let missing = chosen.and_then(|load| load.sets).filter(|(field, _)| {
        let param = spec.setup.iter().find(|p| p.name == *field);
        fields.given(field).is_none() && param.is_some()
    });
    html! {
        <>
            <div class="named" role="group" aria-label="Loads">{ for spec.loads.named.iter().enumerate().map(button) }</div>
            if let Some(load) = chosen { <p class="says">{ load.says }</p> }
            if let Some((field, value)) = missing {
                <p class="needs">
                    { format!("It needs the set-up {field} {value}. ") }
                    <button class="link" onclick={on.reform(move |_: MouseEvent| Command::Setup(field, value.into()))}>{ "Set it and start again" }</button>
                </p>
            }
        </>
    }
}

/// The fields of a group.
fn group(
    spec: &'static LabSpec,
    operation: &'static Operation,
    group: &Group,
    s: &Session,
    processes: &[ProcessInfo],
    change: &Change,
) -> Html {
    let on_operation = reform(change, |e: Event, g| {
        let place = value_of(&e).parse::<usize>().ok();
        g.operation = place.and_then(|place| spec.operations.get(place)).map(|o| o.name);
    });
    let process = |name: &str| {
        let on = {
            let name = name.to_string();
            reform(change, move |e: Event, g| {
                g.out.retain(|out| *out != name);
                if !is_checked(&e) {
                    g.out.push(name.clone());
                }
            })
        };
        let checked = !group.out.iter().any(|out| out == name);
        html! { <label class="switch"><input type="checkbox" {checked} onchange={on} /><span>{ name }</span></label> }
    };
    let number = |name: &'static str, value: &str, unit: &'static str, set: fn(&mut Group, String)| {
        let oninput = reform(change, move |e: InputEvent, g| set(g, input_value(&e)));
        html! {
            <label class={classes!("row", (!unit.is_empty()).then_some("with-unit"))}><span>{ name }</span>
                <input type="number" min="1" step="any" aria-label={name} value={value.to_string()} {oninput} />
                if !unit.is_empty() { <span>{ unit }</span> }
            </label>
        }
    };
    let argument = |p: &'static Param| {
        let on = reform(change, move |value: String, g| drop(g.args.insert(p.name, value)));
        let names = able_for(p, processes);
        let offers = if p.default.is_none() { s.run().scenario().suggestions(operation, p) } else { Vec::new() };
        html! { <Argument key={p.name} param={p} value={value(p, &group.args)} {names} {offers} open={true} {on} /> }
    };
    html! {
        <>
            if spec.operations.len() > 1 {
                <label class="row"><span>{ "ask for" }</span>
                    <select aria-label="ask for" onchange={on_operation}>
                        { for spec.operations.iter().enumerate().map(|(i, o)| html! {
                            <option value={i.to_string()} selected={o.name == operation.name}>{ o.name }</option>
                        }) }
                    </select>
                </label>
            }
            <div class="who" role="group" aria-label="Processes">{ for able(Some(operation), processes).map(process) }</div>
            { number("count", &group.count, "", |g, v| g.count = v) }
            { number("every", &group.every, "ms", |g, v| g.every = v) }
            { for operation.args.iter().filter(|p| !spec.loads.drawn.contains(&p.name)).map(argument) }
        </>
    }
}

/// Processes that an argument may name.
fn able_for(p: &Param, processes: &[ProcessInfo]) -> Vec<String> {
    let (Takes::Node(roles) | Takes::NodeOr { roles, .. }) = p.takes else { return Vec::new() };
    let fits = |p: &&ProcessInfo| roles.is_empty() || roles.contains(&p.role);
    processes.iter().filter(fits).map(|p| p.name.clone()).collect()
}

/// What an event changes in a group.
fn reform<E: 'static>(change: &Change, with: impl Fn(E, &mut Group) + Clone + 'static) -> Callback<E> {
    change.reform(move |e: E| -> Box<dyn FnOnce(&mut Group)> {
        let with = with.clone();
        Box::new(move |g| with(e, g))
    })
}
