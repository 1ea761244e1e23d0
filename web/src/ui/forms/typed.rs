//! A field whose text is left alone while it is being typed, though the page around it is drawn anew; it tells of a change
//! when that is done.

use crate::ui::controls::{input_value, value_of};
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Its name for those who cannot see where it stands.
    pub name: AttrValue,
    /// What it says while nothing is being typed.
    pub value: String,
    /// `text` or `number`.
    #[prop_or("text".into())]
    pub kind: AttrValue,
    /// Least number.
    #[prop_or_default]
    pub min: Option<String>,
    /// Largest number.
    #[prop_or_default]
    pub max: Option<String>,
    /// Which keys a telephone offers.
    #[prop_or_default]
    pub inputmode: Option<AttrValue>,
    /// Longest text, in characters.
    #[prop_or_default]
    pub maxlength: Option<String>,
    /// For the style sheet.
    #[prop_or_default]
    pub class: Option<AttrValue>,
    /// What it says to a pointer that rests on it.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Told what was typed.
    pub on: Callback<String>,
}

/// The field.
#[component]
pub(crate) fn Typed(props: &Props) -> Html {
    let typed = use_state(|| None::<String>);
    let value = (*typed).clone().unwrap_or_else(|| props.value.clone());
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
    let step = (props.kind == "number").then_some("any");
    html! {
        <input type={props.kind.clone()} {step} min={props.min.clone()} max={props.max.clone()} inputmode={props.inputmode.clone()}
            maxlength={props.maxlength.clone()} class={props.class.clone()} title={props.title.clone()} {value}
            aria-label={props.name.clone()} {oninput} {onchange} />
    }
}
