//! The address: a link holds the whole run, and a reload comes back to it.

use super::{App, Msg};
use crate::model::branches::Saved;
use crate::model::link::{self, Asked, Link};
use crate::model::session::{Session, first_scenario, first_sight};
use crate::platform;
use gloo_timers::callback::Timeout;
use lightcone_core::labs;
use lightcone_core::tables::Builtin;
use yew::prelude::*;

/// Milliseconds after the last change until the address is written.
const ADDRESS_AFTER_MS: u32 = 350;
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
        let mut rest = vec![("t", (session.view_us() as u64).to_string())];
        let pairs = session.link_pairs();
        rest.extend(pairs.iter().map(|(key, value)| (key.as_str(), value.clone())));
        rest.extend(self.guide_in_link().map(|guide| ("guide", guide)));
        let scenario = session.scenario();
        let link = link::write(scenario.lab.spec().id, &scenario.to_json_line(), &rest);
        drop(session);
        // Too long for a link: the page itself still finds it in its own storage.
        let fits = link.len() <= link::WRITTEN_CHARS_MAX;
        let hash = if fits { link.as_str() } else { IN_STORAGE };
        // A page within another one leaves what this browser keeps alone.
        if !self.mode.is_embedded() && !platform::keep(STORED, &self.store.change(|s| s.saved(hash.into())).to_json()) {
            // No room for all branches: then for the one that is shown.
            platform::keep(STORED, &link);
        }
        platform::set_hash(hash, self.new_entry.take());
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

/// A session, and what is wrong with its link; or only that.
type Linked = Result<(Session, Option<String>), String>;

/// Sentences, one behind the other.
fn sentences(parts: [Option<String>; 2]) -> Option<String> {
    let all: Vec<String> = parts.into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" "))
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
        hash = kept.into_iter().find(|text| link::holds_run(text)).unwrap_or(hash);
    }
    let link = Link::read(&hash);
    let remark = link.remark.clone().map(|what| format!("The link is damaged. {what}"));
    Some(match &link.asked {
        Asked::Run(text) => match labs::parse(text) {
            Ok(scenario) => Ok(run(Session::new(scenario), &link, remark)),
            Err(e) => in_its_place(link::lab_in(text), &format!("The link cannot be opened. {e}")),
        },
        Asked::Nothing(lab, what) => in_its_place(lab.as_deref(), &format!("The link cannot be opened. {what}")),
        Asked::Builtin(lab, id) => builtin(lab, id.as_deref(), &link),
        Asked::Guide(asked) => match super::guide::linked(&hash) {
            Some((name, _)) => plain(&super::guide::lab_of(name).scenarios[0]).map(|session| (session, None)),
            None => {
                let known = crate::model::guide::names().collect::<Vec<_>>().join(", ");
                Err(format!(
                    "The link cannot be opened: there is no guide “{}”. There are: {known}.",
                    link::quoted(asked)
                ))
            }
        },
    })
}

/// A built-in scenario as it comes.
fn plain(builtin: &Builtin) -> Result<Session, String> {
    labs::parse(&builtin.json()).map(Session::new).map_err(|e| e.to_string())
}

/// A link's run, where the link says.
fn run(mut session: Session, link: &Link, remark: Option<String>) -> (Session, Option<String>) {
    if let Some(at_us) = link.value("t").and_then(|t| t.parse::<u32>().ok()).filter(|&t| t > 0) {
        session.pause();
        session.seek_time(f64::from(at_us));
    }
    let trouble = session.set_from_link(|key| link.value(key));
    (session, sentences([remark, trouble]))
}

/// The first scenario of the lab that a broken link was about, where that much is known.
fn in_its_place(lab: Option<&str>, what: &str) -> Linked {
    match lab.and_then(labs::find) {
        Some(lab) => {
            let instead = format!("{what} Its lab, {}, is open instead.", lab.spec().title);
            plain(&lab.spec().scenarios[0]).map(|session| (session, Some(instead)))
        }
        None => Err(what.to_string()),
    }
}

/// A built-in scenario by its names. How it is looked at may stand beside them.
fn builtin(lab: &str, id: Option<&str>, link: &Link) -> Linked {
    let Some(spec) = labs::find(lab).map(|lab| lab.spec()) else {
        let known = labs::LABS.iter().map(|lab| lab.spec().id).collect::<Vec<_>>().join(", ");
        return Err(format!("The link cannot be opened: there is no lab “{}”. There are: {known}.", link::quoted(lab)));
    };
    let Some(builtin) = id.map_or(spec.scenarios.first(), |id| spec.scenario(id)) else {
        let known = spec.scenarios.iter().map(|builtin| builtin.id).collect::<Vec<_>>().join(", ");
        let id = link::quoted(id.unwrap_or_default());
        let what = format!("The link cannot be opened: there is no scenario “{id}” in {lab}. There are: {known}.");
        return in_its_place(Some(lab), &what);
    };
    let mut session = plain(builtin)?;
    let trouble = session.set_from_link(|key| link.value(key));
    Ok((session, trouble))
}
