//! Terms of the field where they stand in a text: each is explained in a sentence by pointing at it, by the focus and by a tap.

use crate::platform;
use lightcone_core::views::glossary::{Entry, Glossary};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};
use yew::prelude::*;

/// How wide what explains a term may be, and how much room it needs below the term, in pixels.
const WIDE: f64 = 300.0;
const HIGH: f64 = 130.0;
/// Room to the edge of the window.
const EDGE: f64 = 10.0;

/// The glossary and the lab that is shown, for whatever shows texts.
#[derive(Clone)]
pub(crate) struct Glossed {
    /// All terms, once they are there.
    pub glossary: Option<Rc<Glossary>>,
    /// The lab.
    pub lab: &'static str,
}

impl PartialEq for Glossed {
    // By hand, because it is the same glossary wherever it is kept.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.glossary, &other.glossary) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same && self.lab == other.lab
    }
}

impl Glossed {
    /// The terms of the lab.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.glossary.iter().flat_map(|glossary| &glossary.entries).filter(|entry| entry.is_of(self.lab))
    }
}

/// Properties of a text.
#[derive(Properties, PartialEq)]
pub(crate) struct TextProps {
    /// What it says.
    pub text: AttrValue,
}

/// A text in which each term is marked where it comes first.
#[component]
pub(crate) fn Words(props: &TextProps) -> Html {
    let glossed = use_context::<Glossed>();
    let Some((glossary, lab)) = glossed.and_then(|g| Some((g.glossary?, g.lab))) else {
        return html! { { &props.text } };
    };
    let text = props.text.as_str();
    let (mut parts, mut end, mut seen) = (Vec::new(), 0, Vec::new());
    for (place, entry) in glossary.find(text, lab) {
        if seen.contains(&entry) {
            continue;
        }
        seen.push(entry);
        parts.push(html! { { &text[end..place.start] } });
        let (word, says) = (text[place.clone()].to_string(), glossary.entries[entry].text.clone());
        parts.push(html! { <Word {word} term={glossary.entries[entry].term.clone()} {says} /> });
        end = place.end;
    }
    parts.push(html! { { &text[end..] } });
    html! { <>{ for parts }</> }
}

/// Properties of a term.
#[derive(Properties, PartialEq)]
struct WordProps {
    /// As it stands in the text.
    word: String,
    /// As the glossary has it.
    term: String,
    /// What it means.
    says: String,
}

/// Where what explains a term has its place, in a window of some size: left edge, and top or bottom.
fn place(at: &Element) -> String {
    let rect = at.get_bounding_client_rect();
    let (wide, high) = (platform::window_width(), platform::window_height());
    let left = rect.left().min(wide - WIDE - EDGE).max(EDGE);
    if rect.bottom() + HIGH > high {
        format!("left: {left}px; bottom: {}px", high - rect.top() + 4.0)
    } else {
        format!("left: {left}px; top: {}px", rect.bottom() + 4.0)
    }
}

#[component]
fn Word(props: &WordProps) -> Html {
    let open = use_state(|| None::<String>);
    let setter = open.setter();
    let show = Callback::from(move |target: Option<EventTarget>| {
        setter.set(target.and_then(|t| t.dyn_into::<Element>().ok()).map(|e| place(&e)));
    });
    let hide = show.reform(|()| None);
    let key = {
        let (is_open, hide) = (open.is_some(), hide.clone());
        move |e: KeyboardEvent| {
            if e.key() == "Escape" && is_open {
                e.stop_propagation();
                hide.emit(());
            }
        }
    };
    html! {
        <>
            <span class="word" role="term" tabindex="0"
                onpointerenter={show.reform(|e: PointerEvent| e.target())} onpointerleave={hide.reform(|_: PointerEvent| ())}
                onfocus={show.reform(|e: FocusEvent| e.target())} onblur={hide.reform(|_: FocusEvent| ())}
                onclick={show.reform(|e: MouseEvent| e.target())} onkeydown={key}>{ &props.word }</span>
            if let Some(place) = &*open {
                <span class="word-says" role="status" style={place.clone()}><b>{ &props.term }</b>{ format!(" {}", props.says) }</span>
            }
        </>
    }
}
