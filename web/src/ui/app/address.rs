//! The address: a link holds the whole run, and a reload comes back to it.

use super::{App, Msg};
use crate::model::branches::Saved;
use crate::model::session::{Session, first_scenario, first_sight};
use crate::platform;
use gloo_timers::callback::Timeout;
use lightcone_core::labs;
use lightcone_core::tables::Builtin;
use yew::prelude::*;

/// Milliseconds after the last change until the address is written.
const ADDRESS_AFTER_MS: u32 = 350;
/// Longest scenario in an address, in characters: what browsers and chat programs still take.
const ADDRESS_CHARS_MAX: usize = 30_000;
/// The address of a run that is too long for one.
const IN_STORAGE: &str = "s=stored";
/// Where the page keeps its run for the next visit.
const STORED: &str = "lightcone.run";

impl App {
    pub(super) fn plan_address(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        platform::set_title(&format!("{} · Lightcone", self.store.read().title()));
        self.address_timer = Some(Timeout::new(ADDRESS_AFTER_MS, move || link.send_message(Msg::Address)));
    }

    /// Writes the address and keeps everything for a reload. False when the run is too long for a link.
    pub(super) fn write_address(&self) -> bool {
        if platform::hash() != *self.known_hash.borrow() {
            // Somebody has just typed another one: it is read in a moment, and is not to be written over.
            return true;
        }
        let session = self.store.read();
        let json = session.scenario().to_json_line();
        let mut link = format!("s={}&t={}", platform::encode(&json), session.view_us() as u64);
        for (key, value) in session.link_pairs() {
            link += &format!("&{key}={}", platform::encode(&value));
        }
        drop(session);
        link += &self.guide_in_link();
        // Too long for a link: the page itself still finds it in its own storage.
        let fits = link.len() <= ADDRESS_CHARS_MAX;
        let hash = if fits { link.as_str() } else { IN_STORAGE };
        // A page within another one leaves what this browser keeps alone.
        if !self.mode.is_embedded() && !platform::keep(STORED, &self.store.change(|s| s.saved(hash.into())).to_json()) {
            // No room for all branches: then for the one that is shown.
            platform::keep(STORED, &link);
        }
        platform::set_hash(hash);
        // As the browser has it, which may write some characters in another way.
        *self.known_hash.borrow_mut() = platform::hash();
        fits
    }
}

/// What the address, the last visit or nobody asks for.
pub(super) fn opened() -> (Session, Option<String>) {
    match linked() {
        Some(Ok(opened)) => opened,
        Some(Err(what)) => (Session::new(first_scenario()), Some(what)),
        None => (first_sight(), None),
    }
}

/// A session, and what of its link makes no sense.
type Linked = Result<(Session, Option<String>), String>;

/// A built-in scenario as it comes.
fn plain(builtin: &Builtin) -> Linked {
    let scenario = labs::parse(&builtin.json()).map_err(|e| e.to_string())?;
    Ok((Session::new(scenario), None))
}

/// What the address asks for, if it asks for anything.
pub(super) fn linked() -> Option<Linked> {
    let mut hash = platform::hash();
    if hash.is_empty() {
        return None;
    }
    let kept = platform::kept(STORED);
    // What was kept with this very address has more than the address: the other branches.
    let saved = kept.iter().filter_map(|text| Saved::parse(text).ok()).find(|saved| saved.hash == hash);
    if let Some(saved) = saved {
        return Some(Ok((Session::restored(saved), None)));
    }
    if hash == IN_STORAGE {
        hash = kept.into_iter().find(|text| text.starts_with("s=")).unwrap_or(hash);
    }
    let value = |key: &str| hash.split('&').find_map(|part| part.strip_prefix(key)).and_then(platform::decode);
    if let Some(lab) = value("lab=") {
        let wanted = value("scenario=");
        let fits = |b: &&Builtin| wanted.as_deref().is_none_or(|id| id == b.id);
        let spec = lightcone_core::labs::find(&lab).map(|l| l.spec());
        return Some(match spec.and_then(|spec| spec.scenarios.iter().find(fits)) {
            Some(builtin) => plain(builtin).map(|(mut session, _)| {
                // How it is looked at may stand beside it.
                let trouble = session.set_from_link(|key| value(&format!("{key}=")));
                (session, trouble)
            }),
            None => {
                let id = wanted.unwrap_or_default();
                Err(format!("The link cannot be opened: there is no scenario “{id}” in a lab “{lab}”."))
            }
        });
    }
    if let Some((name, _)) = super::guide::linked(&hash).filter(|_| value("s=").is_none()) {
        return Some(plain(&super::guide::lab_of(name).scenarios[0]));
    }
    let Some(text) = value("s=").filter(|text| text != "stored") else {
        return Some(Err("The link cannot be opened: it holds no scenario.".into()));
    };
    Some(match labs::parse(&text) {
        Ok(scenario) => {
            let mut session = Session::new(scenario);
            if let Some(at_us) = value("t=").and_then(|t| t.parse::<u32>().ok()).filter(|&t| t > 0) {
                session.pause();
                session.seek_time(f64::from(at_us));
            }
            let trouble = session.set_from_link(|key| value(&format!("{key}=")));
            Ok((session, trouble))
        }
        Err(e) => Err(format!("The link cannot be opened. {e}")),
    })
}
