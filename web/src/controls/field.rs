//! A setting as a field: what it takes says what it looks like.

use super::{input_value, value_of};
use lightcone_core::json::{millis_text, quote};
use lightcone_core::schema::{Param, Takes, Value};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The setting.
    pub param: &'static Param,
    /// How it stands.
    pub value: Value,
    /// Told the new value as JSON.
    pub on: Callback<String>,
}

/// The field.
#[component]
pub(crate) fn Field(props: &Props) -> Html {
    let p = props.param;
    let on = props.on.clone();
    let typed = |value: String, min: String, max: String| {
        html! { <Typed name={p.name} number={true} {value} {min} {max} on={on.clone()} /> }
    };
    let field = match (p.takes, &props.value) {
        (Takes::Int { min, max }, Value::Int(n)) => typed(n.to_string(), min.to_string(), max.to_string()),
        (Takes::Millis { min_us, max_us }, Value::Int(us)) => {
            typed(millis_text(*us), millis_text(min_us), millis_text(max_us))
        }
        (Takes::MillisRange { min_us, max_us }, Value::Range(low, high)) => {
            let (low, high) = (millis_text(*low), millis_text(*high));
            let (min, max) = (millis_text(min_us), millis_text(max_us));
            let first = props.on.reform({
                let high = high.clone();
                move |v: String| format!("[{v},{high}]")
            });
            let second = props.on.reform({
                let low = low.clone();
                move |v: String| format!("[{low},{v}]")
            });
            html! {
                <span class="pair">
                    <Typed name={p.name} number={true} value={low} min={min.clone()} max={max.clone()} on={first} />
                    <Typed name={p.name} number={true} value={high} {min} {max} on={second} />
                </span>
            }
        }
        (Takes::Bool, Value::Bool(checked)) => {
            let onchange = props.on.reform(|e: Event| {
                let input = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
                input.is_some_and(|i| i.checked()).to_string()
            });
            html! { <input type="checkbox" aria-label={p.name} checked={*checked} {onchange} /> }
        }
        (Takes::Choice(words), Value::Text(word)) => {
            let onchange = props.on.reform(|e: Event| quote(&value_of(&e)));
            html! {
                <select aria-label={p.name} {onchange}>
                    { for words.iter().map(|w| html! { <option value={*w} selected={w == word}>{ *w }</option> }) }
                </select>
            }
        }
        (_, Value::Text(text)) => {
            let on = props.on.reform(|v: String| quote(&v));
            html! { <Typed name={p.name} number={false} value={text.clone()} {on} /> }
        }
        (_, Value::Json(payload)) => {
            html! { <Typed name={p.name} number={false} value={payload.json().to_string()} {on} /> }
        }
        _ => html! {},
    };
    let unit = matches!(p.takes, Takes::Millis { .. } | Takes::MillisRange { .. });
    // The name in a scenario says its unit once more; for people it stands behind the number.
    let name = p.name.trim_end_matches("_ms").replace('_', " ");
    html! {
        <label class={classes!("row", unit.then_some("with-unit"))} title={p.says}>
            <span>{ name }</span>{ field }
            if unit { <span>{ "ms" }</span> }
        </label>
    }
}

/// What is being typed is left alone while the page around it moves.
#[derive(Properties, PartialEq)]
struct TypedProps {
    name: &'static str,
    number: bool,
    value: String,
    #[prop_or_default]
    min: Option<String>,
    #[prop_or_default]
    max: Option<String>,
    on: Callback<String>,
}

#[component]
fn Typed(props: &TypedProps) -> Html {
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
    let kind = if props.number { "number" } else { "text" };
    html! {
        <input type={kind} step="any" min={props.min.clone()} max={props.max.clone()} {value} aria-label={props.name}
            {oninput} {onchange} />
    }
}
