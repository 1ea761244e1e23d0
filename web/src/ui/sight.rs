//! Which of the lab's panels are in sight, and the way to one of them.

use crate::platform::{document, prefers, window};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, FocusOptions, HtmlElement, ScrollBehavior, ScrollIntoViewOptions};
use web_sys::{ScrollLogicalPosition, Window};
use yew::Callback;

/// The panels, in their order.
const PANELS: &str = ".below .tabbed[data-for=lab] > .panel:has(> h2[tabindex])";
/// Which part of what could be seen of a panel must be, to call it in sight.
const PART: f64 = 0.5;
/// Milliseconds after which what was drawn has its place.
const DRAWN_MS: u32 = 50;

fn panels() -> Vec<Element> {
    let Ok(found) = document().query_selector_all(PANELS) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// For each panel, whether it is in sight.
pub(crate) fn panels_in_sight() -> Vec<bool> {
    let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(0.0);
    let place = |selector| Some(document().query_selector(selector).ok()??.get_bounding_client_rect());
    let (mut top, mut bottom) = (0.0_f64, height);
    if let Some(pane) = place(".card.below") {
        (top, bottom) = (top.max(pane.top()), bottom.min(pane.bottom()));
    }
    // On a small screen they stick to the edges.
    if let Some(chips) = place(".chips").filter(|chips| chips.bottom() > top && chips.bottom() < bottom) {
        top = chips.bottom();
    }
    if let Some(foot) = place(".transport") {
        bottom = bottom.min(foot.top());
    }
    let seen = |panel: Element| {
        let rect = panel.get_bounding_client_rect();
        let part = rect.bottom().min(bottom) - rect.top().max(top);
        rect.height() > 0.0 && part >= PART * rect.height().min(bottom - top)
    };
    panels().into_iter().map(seen).collect()
}

/// Brings a panel into sight and puts the focus on its heading.
pub(crate) fn show_panel(place: usize) {
    let panels = panels();
    let Some(panel) = panels.get(place) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Start);
    let still = prefers("(prefers-reduced-motion: reduce)");
    options.set_behavior(if still { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
    panel.scroll_into_view_with_scroll_into_view_options(&options);
    let head = panel.query_selector("h2").ok().flatten().and_then(|head| head.dyn_into::<HtmlElement>().ok());
    if let Some(head) = head {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = head.focus_with_options(&options);
    }
}

/// A listener that goes with the part of the page that needs it.
struct Listens(Closure<dyn FnMut()>);

const EVENTS: [&str; 2] = ["scroll", "resize"];

impl Listens {
    fn new(look: Callback<()>) -> Listens {
        let closure = Closure::<dyn FnMut()>::new(move || look.emit(()));
        let options = AddEventListenerOptions::new();
        // What is scrolled does not tell the window of it afterwards, only before.
        options.set_capture(true);
        options.set_passive(true);
        for name in EVENTS {
            let listener = closure.as_ref().unchecked_ref();
            let _ = window().add_event_listener_with_callback_and_add_event_listener_options(name, listener, &options);
        }
        Listens(closure)
    }
}

impl Drop for Listens {
    fn drop(&mut self) {
        let there: Option<Window> = web_sys::window();
        for name in EVENTS {
            let listener = self.0.as_ref().unchecked_ref();
            let _ = there.as_ref().map(|w| w.remove_event_listener_with_callback_and_bool(name, listener, true));
        }
    }
}

/// Looks again whenever something is scrolled, the window gets another size, or the page was drawn.
#[yew::hook]
pub(crate) fn use_sight(look: Callback<()>) {
    let newest = yew::use_mut_ref(|| look.clone());
    *newest.borrow_mut() = look;
    let call = move |newest: &Rc<RefCell<Callback<()>>>| {
        let look = newest.borrow().clone();
        look.emit(());
    };
    {
        let newest = Rc::clone(&newest);
        yew::use_effect_with((), move |()| {
            let listens = Listens::new(Callback::from(move |()| call(&newest)));
            move || drop(listens)
        });
    }
    // When all parts of it are drawn.
    yew::use_effect(move || {
        let later = Timeout::new(DRAWN_MS, move || call(&newest));
        move || drop(later)
    });
}
