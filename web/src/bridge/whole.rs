//! The part of the program that is loaded later.
//!
//! `cargo xtask dist` cuts the wasm file in two (`split/`), and names the second file in the page. Until it is there,
//! nothing of it may be called: whoever needs it waits for `when_whole`. A page that was not cut is whole from the beginning.

use js_sys::{ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array, WebAssembly};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;

/// How far the loading is.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Nobody has asked yet, or it did not work.
    Missing,
    /// It is on its way.
    Coming,
    /// All is there.
    Whole,
}

type Waiting = Box<dyn FnOnce(bool)>;

thread_local! {
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Missing) };
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
}

/// The file with the rest of the program, where there is one.
pub(super) fn rest() -> Option<String> {
    let meta = super::document().query_selector("meta[name=lightcone-rest]").ok()??;
    super::helper::whole(&meta.get_attribute("content")?)
}

/// Whether all of the program is there.
pub(crate) fn is_whole() -> bool {
    STAGE.get() == Stage::Whole
}

/// Loads the rest of the program, and calls back when that is done: with false where it did not work. A later call tries
/// again.
pub(crate) fn when_whole(then: impl FnOnce(bool) + 'static) {
    if is_whole() {
        return then(true);
    }
    WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(then)));
    if STAGE.replace(Stage::Coming) == Stage::Coming {
        return;
    }
    spawn_local(async {
        let whole = match rest() {
            Some(rest) => load(&rest).await.is_ok(),
            None => true,
        };
        STAGE.set(if whole { Stage::Whole } else { Stage::Missing });
        for then in WAITING.take() {
            then(whole);
        }
    });
}

/// Fetches a part of the program and ties it to this one.
pub(super) async fn load(address: &str) -> Result<(), JsValue> {
    let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
    let answer: Promise = fetch.call1(&JsValue::UNDEFINED, &address.into())?.dyn_into()?;
    let answer: Response = JsFuture::from(answer).await?.dyn_into()?;
    if !answer.ok() {
        return Err(answer.status().into());
    }
    let file: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
    let imports = Object::new();
    Reflect::set(&imports, &"first".into(), &wasm_bindgen::exports())?;
    // Starting it puts its functions into the table that both share; nothing else is wanted of it.
    JsFuture::from(WebAssembly::instantiate_buffer(&Uint8Array::new(&file).to_vec(), &imports)).await?;
    Ok(())
}
