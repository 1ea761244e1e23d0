//! A setting as a field: what it takes says what it looks like.

use super::typed::Typed;
use crate::ui::controls::{is_checked, value_of};
use lightcone_core::base::json::{millis_text, quote};
use lightcone_core::tables::{Param, Takes, Value};
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
        html! { <Typed name={p.name} kind="number" {value} {min} {max} on={on.clone()} /> }
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
                    <Typed name={p.name} kind="number" value={low} min={min.clone()} max={max.clone()} on={first} />
                    <Typed name={p.name} kind="number" value={high} {min} {max} on={second} />
                </span>
            }
        }
        (Takes::Bool, Value::Bool(checked)) => {
            let onchange = props.on.reform(|e: Event| is_checked(&e).to_string());
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
            html! { <Typed name={p.name} value={text.clone()} {on} /> }
        }
        (_, Value::Json(payload)) => {
            html! { <Typed name={p.name} value={payload.json().to_string()} {on} /> }
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
