//! The helper in the background: the page's own program in a worker.

use super::window::document;
use crate::model::work::{Word, carry_out};
use js_sys::{Object, Reflect};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Milliseconds between two words about how far the work is.
const WORD_EVERY_MS: f64 = 100.0;

/// A helper at work. Dropping it stops the work at once.
pub(crate) struct Helper {
    worker: Worker,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(JsValue)>,
}

impl Helper {
    /// Starts a piece of work; every word of it is passed on.
    pub(crate) fn start(job: &str, on: impl Fn(Word) + Clone + 'static) -> Option<Helper> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&whole("worker.js")?, &options).ok()?;
        let told = on.clone();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
            told(Word::read(&e.data().as_string().unwrap_or_default()));
        });
        let failed = Closure::<dyn FnMut(JsValue)>::new(move |_: JsValue| {
            on(Word::Error("the helper in the background could not be started".into()));
        });
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        let message = Object::new();
        for (key, value) in [("program", link("modulepreload")?), ("wasm", link("preload")?), ("job", job.to_string())]
        {
            Reflect::set(&message, &key.into(), &value.into()).ok()?;
        }
        worker.post_message(&message).ok()?;
        Some(Helper { worker, _heard: heard, _failed: failed })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// The whole address of a file of the page.
fn whole(file: &str) -> Option<String> {
    web_sys::Url::new_with_base(file, &document().base_uri().ok()??).ok().map(|url| url.href())
}

/// The program's own files, as the page names them to be fetched early.
fn link(rel: &str) -> Option<String> {
    let element = document().query_selector(&format!("link[rel={rel}][href*=lightcone-web]")).ok()??;
    whole(&element.get_attribute("href")?)
}

/// Where this runs if it is the helper and not the page.
fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// If this is the helper: carries the work out. False on the page.
pub(crate) fn helped() -> bool {
    let Some(scope) = scope() else { return false };
    let job = Reflect::get(&scope, &"lightconeJob".into()).ok().and_then(|value| value.as_string());
    let told_at = Cell::new(0.0);
    carry_out(&job.unwrap_or_default(), |word| {
        let now = js_sys::Date::now();
        if word.is_answer() || now - told_at.get() >= WORD_EVERY_MS {
            told_at.set(now);
            let _ = scope.post_message(&word.json().into());
        }
    });
    true
}

/// What a panic of the helper says.
pub(crate) fn helper_failed(what: &str) -> bool {
    let Some(scope) = scope() else { return false };
    let _ = scope.post_message(&Word::Error(what.to_string()).json().into());
    true
}
