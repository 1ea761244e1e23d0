//! A button that drops a panel: closes when it is left, and at Escape.

use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// What it is for, for those who cannot see where it stands.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// What the button says.
    pub text: AttrValue,
    /// What is dropped.
    pub children: Html,
}

/// The button and its panel.
#[component]
pub(crate) fn Drop(props: &Props) -> Html {
    let left = Callback::from(|e: FocusEvent| {
        let details = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let next = e.related_target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        if let Some(details) = details.filter(|d| !d.contains(next.as_ref())) {
            let _ = details.remove_attribute("open");
        }
    });
    let escape = Callback::from(|e: KeyboardEvent| {
        if e.key() == "Escape" {
            close(&e);
        }
    });
    html! {
        <details class="menu" onfocusout={left} onkeydown={escape}>
            <summary title={props.name.clone()}>{ &props.text }</summary>
            <div class="drop" tabindex="-1">{ props.children.clone() }</div>
        </details>
    }
}

/// Closes the panel in which an event happened; its button has the focus then, not what is gone.
pub(crate) fn close(e: &web_sys::Event) {
    let target = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    if let Some(details) = target.and_then(|t| t.closest("details").ok().flatten()) {
        crate::platform::focus_on(details.query_selector("summary").ok().flatten().as_ref());
        let _ = details.remove_attribute("open");
    }
}
