//! Other files of the site, and the part of the address before `#`.

use super::window::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Fetches a text of this site; `None` when that does not work.
pub(crate) fn fetch_text(path: &str, then: impl FnOnce(Option<String>) + 'static) {
    let response = window().fetch_with_str(path);
    wasm_bindgen_futures::spawn_local(async move { then(text(response).await) });
}

async fn text(response: js_sys::Promise) -> Option<String> {
    let response: web_sys::Response = JsFuture::from(response).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// What stands in the address behind a name such as `embed`: `None` where the name is not there.
pub(crate) fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    let parts = search.trim_start_matches('?').split('&');
    let mut found = parts.filter_map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key == name).then(|| super::window::decode(value).unwrap_or_default())
    });
    found.next()
}

/// Takes what stands before `#` out of the address.
pub(crate) fn forget_query() {
    let location = window().location();
    let address = format!("{}{}", location.pathname().unwrap_or_default(), location.hash().unwrap_or_default());
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Sets a link's target to this very page without what stands between `?` and `#`; called when it is used.
pub(crate) fn aim_link(event: &web_sys::MouseEvent) {
    let link = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        let location = window().location();
        link.set_href(&format!("{}{}", location.pathname().unwrap_or_default(), location.hash().unwrap_or_default()));
    }
}
