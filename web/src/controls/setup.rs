//! The lab's settings and the switches that break its rules. Changing one starts the scenario again.

use super::{Props, input_value, value_of};
use crate::command::Command;
use lightcone_core::schema::{Takes, Value};
use yew::prelude::*;

/// A number that is being typed is left alone while the page around it moves.
#[derive(Properties, PartialEq)]
struct NumberProps {
    min: u64,
    max: u64,
    value: u64,
    on: Callback<String>,
}

#[component]
fn Number(props: &NumberProps) -> Html {
    let typed = use_state(|| None::<String>);
    let shown = (*typed).clone().unwrap_or_else(|| props.value.to_string());
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |e: InputEvent| typed.set(Some(input_value(&e))))
    };
    let onchange = {
        let on = props.on.clone();
        Callback::from(move |e: Event| {
            typed.set(None);
            on.emit(value_of(&e));
        })
    };
    let (min, max) = (props.min.to_string(), props.max.to_string());
    html! { <input type="number" {min} {max} value={shown} {oninput} {onchange} /> }
}

/// Settings and switches.
#[component]
pub(crate) fn SetupPanel(props: &Props) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let setup = &s.run.scenario().setup;
    let field = |p: &'static lightcone_core::schema::Param| {
        let Takes::Int { min, max } = p.takes else { return html! {} };
        let Value::Int(value) = setup.fields.value(spec.setup, p.name) else { return html! {} };
        let on = props.on.reform(move |value: String| Command::Setup(p.name, value));
        html! {
            <label class="row" title={p.says}><span>{ p.name }</span><Number {min} {max} {value} {on} /></label>
        }
    };
    let switch = |sw: &'static lightcone_core::schema::Switch| {
        let on = setup.broken.contains(&sw.name);
        let onchange = props.on.reform(move |_: Event| Command::Switch(sw.name));
        html! {
            <label class="switch" title={sw.says}>
                <input type="checkbox" checked={on} {onchange} /><span>{ sw.name }</span>
            </label>
        }
    };
    let show = |sw: &'static lightcone_core::schema::Switch| {
        let onclick = props.on.reform(move |_: MouseEvent| Command::Builtin(spec, sw.scenario));
        html! { <button class="link" {onclick}>{ format!("see {} break", sw.name) }</button> }
    };
    html! {
        <section class="card setup">
            <h2>{ "Set-up" }</h2>
            { for spec.setup.iter().map(field) }
            <h3>{ "Break a rule" }</h3>
            { for spec.switches.iter().map(switch) }
            <p class="links">{ for spec.switches.iter().map(show) }</p>
        </section>
    }
}
