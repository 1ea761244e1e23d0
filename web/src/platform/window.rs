//! The window: frames, storage, the address, the clipboard, what is saved and what is said when the program fails.

use super::helper;
use js_sys::{Array, Function, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlElement};

thread_local! {
    /// The scenario as it stands, for the panel that a panic shows.
    static SCENARIO: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The window.
pub(crate) fn window() -> web_sys::Window {
    web_sys::window().expect("the page runs in a window")
}

pub(crate) fn document() -> web_sys::Document {
    window().document().expect("a window has a document")
}

/// Where the page is built: not in the body, whose other content is the panel that a failure shows.
pub(crate) fn root() -> web_sys::Element {
    document().get_element_by_id("app").expect("index.html has a place for the page")
}

/// Milliseconds since the page was opened.
pub(crate) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |p| p.now())
}

/// Whether the page is in a tab that nobody sees.
pub(crate) fn is_hidden() -> bool {
    document().hidden()
}

/// Puts the scenario where the failure panel finds it.
pub(crate) fn remember_scenario(json: String) {
    SCENARIO.with(|s| *s.borrow_mut() = json);
}

/// A panic shows a panel with the scenario in it, never a white page.
pub(crate) fn catch_panics() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let what = info.to_string();
        if helper::helper_failed(&what) {
            return;
        }
        let scenario = SCENARIO.with(|s| s.try_borrow().map(|s| s.clone()).unwrap_or_default());
        let show = Reflect::get(&window(), &"lightconeFailed".into());
        if let Ok(show) = show.and_then(|f| f.dyn_into::<Function>()) {
            let _ = show.call2(&JsValue::NULL, &what.into(), &scenario.into());
        }
    }));
}

/// Calls back at the next frame, with its time in milliseconds.
pub(crate) struct Frames {
    closure: Closure<dyn FnMut(f64)>,
    asked: Rc<Cell<bool>>,
}

impl Frames {
    /// A source of frames.
    pub(crate) fn new(mut on_frame: impl FnMut(f64) + 'static) -> Frames {
        let asked = Rc::new(Cell::new(false));
        let open = Rc::clone(&asked);
        let closure = Closure::new(move |ms| {
            open.set(false);
            on_frame(ms);
        });
        Frames { closure, asked }
    }

    /// Asks for one, unless one was asked for already.
    pub(crate) fn ask(&self) {
        if !self.asked.replace(true) {
            let _ = window().request_animation_frame(self.closure.as_ref().unchecked_ref());
        }
    }
}

/// Calls back on an event of the window.
pub(crate) fn on_window<E: JsCast + 'static>(name: &str, handler: impl FnMut(E) + 'static) {
    let mut handler = handler;
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |e: JsValue| handler(e.unchecked_into()));
    let _ = window().add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls back once the typeface is there.
pub(crate) fn when_fonts_are_ready(then: impl FnOnce() + 'static) {
    let fonts = document().fonts();
    for weight in ["400", "600"] {
        let _ = fonts.load(&format!("{weight} 12px \"Lightcone Sans\""));
    }
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(ready) = fonts.ready() {
            let _ = JsFuture::from(ready).await;
        }
        then();
    });
}

/// The canvas's drawing context, after fitting its pixels to its size: with width, height and device pixels a pixel.
pub(crate) fn fit_canvas(canvas: &HtmlCanvasElement) -> Option<(CanvasRenderingContext2d, f64, f64, f64)> {
    let (w, h) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    let scale = window().device_pixel_ratio().clamp(1.0, 4.0);
    let (pw, ph) = ((w * scale).round() as u32, (h * scale).round() as u32);
    if canvas.width() != pw || canvas.height() != ph {
        canvas.set_width(pw);
        canvas.set_height(ph);
    }
    Some((context(canvas)?, w, h, scale))
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// A canvas that nobody sees, of some size.
pub(crate) fn spare_canvas(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let ctx = context(&canvas)?;
    Some((canvas, ctx))
}

/// Offers a canvas as a PNG file.
pub(crate) fn save_canvas(canvas: &HtmlCanvasElement, name: String) {
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            save_blob(&blob, &name);
        }
    });
    let _ = canvas.to_blob(done.unchecked_ref());
}

/// Offers a text as a file.
pub(crate) fn save_text(text: &str, name: &str, kind: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options) {
        save_blob(&blob, name);
    }
}

fn save_blob(blob: &Blob, name: &str) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|e| e.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    gloo_timers::callback::Timeout::new(10_000, move || drop(web_sys::Url::revoke_object_url(&url))).forget();
}

/// Puts a text on the clipboard; says whether that worked.
pub(crate) fn copy(text: &str, then: impl FnOnce(bool) + 'static) {
    let promise = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::spawn_local(async move { then(JsFuture::from(promise).await.is_ok()) });
}

/// Something the page keeps for the next visit. A browser may refuse; then it is simply not there.
pub(crate) fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps something for the next visit.
pub(crate) fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// What was kept for a reload: by this tab first, then by any other.
pub(crate) fn kept(key: &str) -> Vec<String> {
    let own = window().session_storage().ok().flatten().and_then(|s| s.get_item(key).ok().flatten());
    own.into_iter().chain(stored(key)).collect()
}

/// Keeps something for a reload of this tab and for the next visit; false when there is no room for it.
pub(crate) fn keep(key: &str, value: &str) -> bool {
    let keeps = |storage: Result<Option<web_sys::Storage>, JsValue>| {
        let Ok(Some(storage)) = storage else { return false };
        let kept = storage.set_item(key, value).is_ok();
        if !kept {
            // Nothing is better than what was there before.
            let _ = storage.remove_item(key);
        }
        kept
    };
    let here = keeps(window().session_storage());
    let everywhere = keeps(window().local_storage());
    here || everywhere
}

/// The part of the address after `#`.
pub(crate) fn hash() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_string()
}

/// Changes the part of the address after `#`: as a new step in the browser's history, or in the place of the last one.
pub(crate) fn set_hash(hash: &str, as_step: bool) {
    if let Ok(history) = window().history() {
        let address = format!("#{hash}");
        let _ = if as_step {
            history.push_state_with_url(&JsValue::NULL, "", Some(&address))
        } else {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
        };
    }
}

/// The whole address.
pub(crate) fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// The text that stands in an address.
pub(crate) fn decode(text: &str) -> Option<String> {
    js_sys::decode_uri_component(text).ok().map(Into::into)
}

/// Sets the page's title.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets an attribute of the root element, for the style sheet.
pub(crate) fn set_root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

/// How wide the window is, in pixels.
pub(crate) fn window_width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default()
}

/// How high the window is, in pixels.
#[must_use]
pub(crate) fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}

/// Whether the person's system asks for something, such as `(prefers-color-scheme: dark)`.
pub(crate) fn prefers(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|m| m.matches())
}

/// Gives the focus to what a selector finds.
pub(crate) fn focus(selector: &str) {
    focus_on(document().query_selector(selector).ok().flatten().as_ref());
}

/// Whether a key was pressed in a field where it is text, or on something that has a use for it.
pub(crate) fn is_typing(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA")
}

/// Whether a key was pressed where text is typed, which has steps back of its own.
pub(crate) fn is_text(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return false };
    element.matches("textarea, select, input:not([type=range]):not([type=checkbox])").unwrap_or(false)
}

/// Whether a key was pressed on a check box, which has a use for the space bar alone.
pub(crate) fn is_check_box(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return false };
    element.matches("input[type=checkbox]").unwrap_or(false)
}

/// Whether a key was pressed in a list or table that is larger than its place, which the arrow keys move.
pub(crate) fn is_scrolled(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return false };
    let larger =
        element.scroll_width() > element.client_width() + 1 || element.scroll_height() > element.client_height() + 1;
    larger && element.matches(".scroll").unwrap_or(false)
}

/// Whether a key was pressed on something that takes the space bar and Enter itself.
pub(crate) fn is_button(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return false };
    matches!(element.tag_name().as_str(), "BUTTON" | "SUMMARY" | "A")
}

/// What opens takes the focus, and gives it back when it closes.
#[yew::hook]
pub(crate) fn use_focus(place: yew::NodeRef, first: &'static str) {
    yew::use_effect_with((), move |()| {
        let before = document().active_element();
        // What had the focus may be gone by then, such as a message that was dropped: then what it was in.
        let around = before.as_ref().and_then(|e| e.parent_element()?.closest("[tabindex]").ok()?);
        let inside = place.cast::<web_sys::Element>().and_then(|e| e.query_selector(first).ok().flatten());
        focus_on(inside.as_ref());
        move || focus_on(before.filter(|e| e.is_connected()).or(around).as_ref())
    });
}

/// Gives the focus to an element of any sort: those of a picture take it as well.
pub(crate) fn focus_on(element: Option<&web_sys::Element>) {
    if let Some(element) = element {
        let _ = element.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Whether nothing has the focus: what had it is gone.
pub(crate) fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|e| e.tag_name() == "BODY")
}

/// Arrow keys go from one entry of a menu to the next.
pub(crate) fn walk_menu(e: &web_sys::KeyboardEvent) {
    let forward = match e.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    e.prevent_default();
    let mut here = document().active_element();
    while let Some(element) = here {
        here = if forward { element.next_element_sibling() } else { element.previous_element_sibling() };
        if let Some(next) = here.as_ref().filter(|h| h.matches("button:enabled").unwrap_or(false)) {
            let _ = next.unchecked_ref::<HtmlElement>().focus();
            return;
        }
    }
}
