//! The lab's settings and the switches that break its rules. Changing one starts the scenario again.

use super::field::Field;
use super::seed::Seed;
use crate::model::command::Command;
use crate::ui::controls::Props;
use yew::prelude::*;

/// Settings and switches.
#[component]
pub(crate) fn SetupPanel(props: &Props) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let setup = &s.run().scenario().setup;
    let field = |p: &'static lightcone_core::tables::Param| {
        let value = setup.fields.value(spec.setup, p.name);
        let on = props.on.reform(move |value: String| Command::Setup(p.name, value));
        html! { <Field param={p} {value} {on} /> }
    };
    let switch = |sw: &'static lightcone_core::tables::Switch| {
        let on = setup.broken.contains(&sw.name);
        let onchange = props.on.reform(move |_: Event| Command::Switch(sw.name));
        html! {
            <label class="switch" title={sw.says}>
                <input type="checkbox" checked={on} {onchange} /><span>{ sw.name }</span>
            </label>
        }
    };
    let show = |sw: &'static lightcone_core::tables::Switch| {
        let onclick = props.on.reform(move |_: MouseEvent| Command::Builtin(spec, sw.scenario));
        html! { <button class="link" {onclick}>{ format!("see {} break", sw.name) }</button> }
    };
    html! {
        <section class="card setup">
            <h2>{ "Set-up" }</h2>
            { for spec.setup.iter().map(field) }
            <Seed model={props.model.clone()} on={props.on.clone()} />
            <h3>{ "Break a rule" }</h3>
            { for spec.switches.iter().map(switch) }
            <p class="links">{ for spec.switches.iter().map(show) }</p>
        </section>
    }
}
