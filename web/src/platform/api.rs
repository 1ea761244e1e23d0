//! `window.lightcone`, for notebooks, embedding and tests.

use super::window::window;
use crate::model::Store;
use crate::model::session::Session;
use crate::model::session::ahead::RECORDS_MAX;
use js_sys::{Array, JSON, Object, Reflect};
use lightcone_core::base::json::millis_text;
use lightcone_core::labs;
use lightcone_core::tables::TIME_US_MAX;
use lightcone_core::trace::frame::{Frame, Panel};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

fn as_text(value: &JsValue) -> Result<String, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    JSON::stringify(value)?.as_string().ok_or_else(|| error(&"expected an object or its JSON text"))
}

fn error(what: &impl ToString) -> JsValue {
    js_sys::Error::new(&what.to_string()).into()
}

fn put(object: &Object, name: &str, function: impl Into<JsValue>) {
    let _ = Reflect::set(object, &name.into(), &function.into());
}

/// All that can be seen of a moment.
#[derive(Serialize)]
struct Moment<'a> {
    #[serde(flatten)]
    frame: &'a Frame,
    panels: &'a [Panel],
}

type Shared = Rc<Store>;
type Answer = Result<JsValue, JsValue>;

/// The object while it is being built.
struct Api {
    object: Object,
    session: Shared,
    changed: Rc<dyn Fn()>,
}

impl Api {
    fn add(&self, name: &str, call: impl Fn(JsValue) -> Answer + 'static) {
        let call: Box<dyn Fn(JsValue) -> Answer> = Box::new(call);
        put(&self.object, name, Closure::<dyn Fn(JsValue) -> Answer>::wrap(call).into_js_value());
    }

    /// A call that looks at the session.
    fn reads(&self, name: &str, call: impl Fn(&Session) -> Answer + 'static) {
        let session = Rc::clone(&self.session);
        self.add(name, move |_| call(&session.read()));
    }

    /// A call that changes the session.
    fn changes(&self, name: &str, call: impl Fn(&mut Session, JsValue) -> Result<(), JsValue> + 'static) {
        let (session, changed) = (Rc::clone(&self.session), Rc::clone(&self.changed));
        self.add(name, move |value| {
            session.change(|s| call(s, value))?;
            changed();
            Ok(JsValue::UNDEFINED)
        });
    }
}

/// The calls that move the cursor.
fn add_moves(api: &Api) {
    api.changes("seek", |session, event| {
        let id = event.as_f64().filter(|n| n.fract() == 0.0 && (-1.0..=f64::from(RECORDS_MAX)).contains(n));
        let id = id.ok_or_else(|| {
            error(&format!("seek takes the id of an event up to {RECORDS_MAX}, or -1 for the beginning"))
        })?;
        if id < 0.0 {
            session.seek_time(0.0)
        } else {
            session.seek_event(id as u32)
        }
        Ok(())
    });
    api.changes("run", |session, until_ms| {
        let until_us = match until_ms {
            nothing if nothing.is_undefined() || nothing.is_null() => session.run().scenario().until_us as f64,
            ms => {
                ms.as_f64().map(|ms| (ms * 1000.0).round()).filter(|us| *us <= TIME_US_MAX as f64).ok_or_else(|| {
                    error(&format!("run takes a time in milliseconds up to {}, or nothing", millis_text(TIME_US_MAX)))
                })?
            }
        };
        if !session.run_until(until_us) {
            let (records, at) = (session.run().trace().len(), millis_text(session.run().now_us()));
            return Err(error(&format!(
                "the run stands still at {at} ms: it has {records} records, the most of a page"
            )));
        }
        Ok(())
    });
}

/// Puts `window.lightcone` in place. `changed` is called after every change; `place` finds an event on the screen.
pub(crate) fn install_api(
    session: &Shared,
    changed: impl Fn() + 'static,
    place: impl Fn(u32) -> Option<(f64, f64)> + 'static,
) {
    let api = Api { object: Object::new(), session: Rc::clone(session), changed: Rc::new(changed) };
    api.changes("load", |session, scenario| {
        let scenario = labs::parse(&as_text(&scenario)?).map_err(|e| error(&e))?;
        let next = Session::new(scenario);
        let what = format!("open {}", next.title());
        session.replace(next, what);
        session.pause();
        Ok(())
    });
    api.changes("act", |session, act| session.act_json(&as_text(&act)?).map_err(|e| error(&e)));
    add_moves(&api);
    api.reads("frame", |session| {
        let moment = Moment { frame: session.frame(), panels: session.panels() };
        Ok(moment.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
    });
    api.reads("trace", |session| {
        let list = Array::new();
        for id in 0..session.run().trace().len() {
            list.push(&JSON::parse(&session.run().line(id))?);
        }
        Ok(list.into())
    });
    api.reads("hash", |session| Ok(format!("{:016x}", session.run().hash()).into()));
    api.reads("scenario", |session| JSON::parse(&session.scenario().to_json()));
    api.add("locate", move |event| {
        let is_id = |n: &f64| n.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(n);
        let found = event.as_f64().filter(is_id).and_then(|id| place(id as u32));
        Ok(found.map_or(JsValue::NULL, |(x, y)| {
            let point = Object::new();
            put(&point, "x", x);
            put(&point, "y", y);
            point.into()
        }))
    });
    api.add("fail", |_| panic!("somebody asked for a failure, to see what it looks like"));
    put(&api.object, "version", env!("CARGO_PKG_VERSION"));
    put(&window(), "lightcone", api.object);
}
