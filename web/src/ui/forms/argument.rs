//! A field for an argument of an operation: the same for one request and for many.

use crate::ui::controls::{input_value, value_of};
use lightcone_core::tables::{Param, Takes};
use std::collections::BTreeMap;
use yew::prelude::*;

/// What was typed or chosen, by the names of arguments.
pub(super) type Values = BTreeMap<&'static str, String>;

/// What the choice is called that leaves an argument to chance.
const MADE_UP: &str = "made up";

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The argument.
    pub param: &'static Param,
    /// What was typed or chosen, if anything was; else what it says at first.
    pub value: String,
    /// Processes that may be chosen.
    pub names: Vec<String>,
    /// Names in use, for who types one.
    pub offers: Vec<String>,
    /// Whether it may be left to chance.
    pub open: bool,
    /// Told of a change.
    pub on: Callback<String>,
}

/// The field.
#[component]
pub(crate) fn Argument(props: &Props) -> Html {
    let p = props.param;
    let words: Option<Vec<&str>> = match p.takes {
        Takes::Node(_) => Some(props.names.iter().map(String::as_str).collect()),
        Takes::NodeOr { words, .. } => {
            Some(words.iter().copied().chain(props.names.iter().map(String::as_str)).collect())
        }
        Takes::Choice(words) => Some(words.to_vec()),
        Takes::Bool => Some(vec!["true", "false"]),
        _ => None,
    };
    let field = match words {
        Some(words) => html! {
            <select aria-label={p.name} onchange={props.on.reform(|e: Event| value_of(&e))}>
                if props.open { <option value="" selected={props.value.is_empty()}>{ MADE_UP }</option> }
                { for words.iter().map(|w| html! { <option value={w.to_string()} selected={props.value == *w}>{ *w }</option> }) }
            </select>
        },
        None => typed_field(props),
    };
    html! { <label class="row" title={p.says}><span>{ p.name.replace('_', " ") }</span>{ field }</label> }
}

/// A field in which one types; names in use stand in a list below it.
fn typed_field(props: &Props) -> Html {
    let p = props.param;
    let none = p.default == Some("null");
    let id = format!("names-{}{}", if props.open { "many-" } else { "" }, p.name);
    let listed = props.offers.len() > 1;
    html! {
        <>
            <input type="text" aria-label={p.name} value={props.value.clone()} title={p.says} list={listed.then(|| id.clone())}
                autocomplete="off" placeholder={if none { "none" } else if props.open { MADE_UP } else { "" }}
                oninput={props.on.reform(|e: InputEvent| input_value(&e))} />
            if listed {
                <datalist {id}>{ for props.offers.iter().map(|name| html! { <option value={name.clone()} /> }) }</datalist>
            }
        </>
    }
}
