//! The tree of branches.

use crate::model::Model;
use crate::model::branches::{Beside, Branch, NAME_CHARS_MAX, Wish};
use crate::model::command::Command;
use crate::model::session::Session;
use crate::ui::controls::{UndoButtons, value_of};
use crate::ui::forms::Typed;
use lightcone_core::base::json::millis_text;
use yew::prelude::*;

/// Width of a step of the tree, in pixels.
const STEP_PX: usize = 18;
/// Deeper branches are not drawn further to the right.
const DEPTH_MAX: usize = 7;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The panel.
#[component]
pub(crate) fn Branches(props: &Props) -> Html {
    let s = props.model.get();
    let copy = props.on.reform(|_: MouseEvent| Command::Tree(Wish::Copy));
    html! {
        <div class="branches">
            <div class="head">
                <p class="says">{ "Who acts in the past starts a branch; the old future stays." }</p>
                <UndoButtons model={props.model.clone()} on={props.on.clone()} />
                { beside(&s, &props.on) }
                <button onclick={copy} title="A branch from this moment on, with nothing changed yet">{ "branch here" }</button>
            </div>
            <ul class="tree">
                { for s.tree().rows().into_iter().map(|(depth, branch)| row(&s, depth, branch, &props.on)) }
            </ul>
        </div>
    }
}

/// What may stand beside the run that is shown: the same with another rule broken or whole, or another scenario.
fn beside(s: &Session, on: &Callback<Command>) -> Html {
    let spec = s.lab().spec();
    let wanted = move |value: &str| match value.split_once(' ')? {
        ("switch", id) => Some(Beside::Switch(spec.switches.iter().find(|switch| switch.name == id)?.name)),
        ("scenario", id) => Some(Beside::Builtin(spec.scenario(id)?.id)),
        _ => None,
    };
    let on = on.clone();
    let onchange = Callback::from(move |e: Event| {
        if let Some(beside) = wanted(&value_of(&e)) {
            // The list says again what it is for.
            e.target_unchecked_into::<web_sys::HtmlSelectElement>().set_value("");
            on.emit(Command::Tree(Wish::Beside(beside)));
        }
    });
    let broken = &s.run().scenario().setup.broken;
    let switch = |name: &'static str| {
        let with = if broken.contains(&name) { "without" } else { "with" };
        html! { <option value={format!("switch {name}")}>{ format!("{with} {name}") }</option> }
    };
    let others = spec.scenarios.iter().filter(|builtin| s.builtin_id() != Some(builtin.id));
    html! {
        <select class="beside" aria-label="Put another run beside this one" {onchange}>
            <option value="" selected={true}>{ "beside it…" }</option>
            <optgroup label="The same run">{ for spec.switches.iter().map(|s| switch(s.name)) }</optgroup>
            <optgroup label="Another scenario">
                { for others.map(|b| html! { <option value={format!("scenario {}", b.id)}>{ b.id }</option> }) }
            </optgroup>
        </select>
    }
}

fn row(s: &Session, depth: usize, branch: &Branch, on: &Callback<Command>) -> Html {
    let id = branch.id;
    let current = id == s.tree().current().id;
    let compared = s.compare().as_ref().is_some_and(|c| c.other == id);
    let wish = |wish: Wish| on.reform(move |_: MouseEvent| Command::Tree(wish.clone()));
    let rename = on.reform(move |name: String| Command::Tree(Wish::Rename(id, name)));
    let parent = branch.parent.and_then(|p| s.tree().find(p));
    let since = match parent {
        Some(parent) => format!("forked at {} ms from “{}”", millis_text(branch.at_us), parent.name),
        None => "from the beginning".into(),
    };
    let acts = if current { s.run().scenario().acts.len() } else { branch.scenario.acts.len() };
    let acts = if acts == 1 { "1 act".to_string() } else { format!("{acts} acts") };
    let only = s.tree().branches().len() == 1;
    let name = &branch.name;
    let enter_why = if current { "It is shown already." } else { "Show this branch at the same time" };
    let compare_why = if current {
        "It is the one that is shown."
    } else {
        "This one and the one that is shown, one above the other"
    };
    let style = format!("margin-left:{}px", depth.min(DEPTH_MAX) * STEP_PX);
    html! {
        <li key={id} class={classes!(current.then_some("current"), (depth > 0).then_some("twig"))} {style} aria-current={current.then_some("true")}>
            <button class="node" onclick={wish(Wish::Enter(id))} disabled={current} title={enter_why}
                aria-label={if current { format!("{name} is shown") } else { format!("Show {name}") }}><i></i></button>
            <Typed class="name" maxlength={NAME_CHARS_MAX.to_string()} value={name.clone()} on={rename} name={format!("Name of {name}")} title="Type another name" />
            <span class="since">{ format!("{acts} · {since}") }</span>
            <div class="group">
                <button onclick={wish(Wish::Enter(id))} disabled={current} title={enter_why} aria-label={format!("Enter {name}")}>
                    { if current { "shown" } else { "enter" } }</button>
                <button onclick={wish(Wish::Compare(if compared { None } else { Some(id) }))} disabled={current} title={compare_why}
                    aria-pressed={compared.to_string()} aria-label={format!("Compare {name} with the one that is shown")}>{ "compare" }</button>
                <button onclick={wish(Wish::Delete(id))} disabled={only} aria-label={format!("Delete {name}")}
                    title={if only { "It is the only branch." } else { "Let go of this branch; Undo brings it back" }}>{ "delete" }</button>
            </div>
        </li>
    }
}
