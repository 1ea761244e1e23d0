//! The menu of a process, of a message or of a line from lane to lane, and the settings of a link: a click, a right click,
//! a long press or the keyboard.

use crate::model::Model;
use crate::model::command::{Command, Menu, Target};
use crate::model::possible::{step_lane, why_not};
use crate::model::session::Session;
use crate::model::{ask, look};
use crate::platform;
use crate::ui::cluster::LinkForm;
use lightcone_core::base::json::millis_text;
use lightcone_core::tables::DELAY_US_MIN;
use lightcone_core::trace::frame::Status;
use lightcone_core::trace::{Act, Surgery, Which};
use lightcone_core::views::diagram::Orientation;
use yew::prelude::*;

/// Milliseconds by which a message can be delayed from its menu.
const DELAYS_MS: [u64; 3] = [10, 50, 200];
/// Room that an entry takes at most, in pixels; static/cluster.css says the same.
const ENTRY_PX: usize = 44;
/// Room that the settings of a link take, in pixels.
const LINK_PX: usize = 420;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// What it is about, and where.
    pub menu: Menu,
    /// Calls back.
    pub on: Callback<Command>,
}

/// An entry: what it says, what it asks for, and why it cannot be chosen.
struct Entry {
    text: String,
    wish: Command,
    why_not: Option<&'static str>,
}

impl Entry {
    fn act(text: impl Into<String>, act: Act, why_not: Option<&'static str>) -> Entry {
        Entry { text: text.into(), wish: Command::Act(act), why_not }
    }
}

/// The menu.
#[component]
pub(crate) fn ContextMenu(props: &Props) -> Html {
    let place = use_node_ref();
    platform::use_focus(place.clone(), "button:enabled, select");
    let s = props.model.get();
    let (x, y) = props.menu.at;
    let (title, entries) = match props.menu.target {
        Target::Node(node) => node_entries(&s, node, props.menu),
        Target::Message(id, copy) => message_entries(&s, id, copy),
        Target::Offers(from, to) => offer_entries(&s, from, to),
        Target::Link(..) => ("Settings of a link".to_string(), Vec::new()),
    };
    let px = if entries.is_empty() { LINK_PX } else { ENTRY_PX * (entries.len() + 1) };
    let style = format!("left:max(6px, min({x}px, 100vw - 246px));top:max(6px, min({y}px, 100vh - {px}px))");
    let item = |entry: Entry| {
        let (why, wish) = (entry.why_not, entry.wish);
        let onclick = props.on.reform(move |_: MouseEvent| wish.clone());
        html! {
            <button role="menuitem" disabled={why.is_some()} title={why.unwrap_or("")} {onclick}>
                { entry.text }if let Some(why) = why { <small>{ why }</small> }
            </button>
        }
    };
    let inside = match props.menu.target {
        Target::Link(from, to) => html! {
            <div class="context link-form" role="dialog" aria-label={title.clone()} {style} ref={place}
                onpointerdown={|e: PointerEvent| e.stop_propagation()}>
                <b>{ title }</b><LinkForm model={props.model.clone()} link={(from, to)} on={props.on.clone()} />
            </div>
        },
        _ => html! {
            <div class="context" role="menu" aria-label={title.clone()} {style} ref={place}
                onpointerdown={|e: PointerEvent| e.stop_propagation()} onkeydown={|e: KeyboardEvent| platform::walk_menu(&e)}>
                <b>{ title }</b>{ for entries.into_iter().map(item) }
            </div>
        },
    };
    html! {
        // Closed by a press and not by a click: lifting the finger of a long press is a click as well.
        <div class="veil" onpointerdown={props.on.reform(|_| Command::Menu(None))}
            oncontextmenu={|e: MouseEvent| e.prevent_default()}>{ inside }</div>
    }
}

/// What can be done to a process.
fn node_entries(s: &Session, node: u16, menu: Menu) -> (String, Vec<Entry>) {
    let process = &s.frame().processes[usize::from(node)];
    let name = &process.name;
    let entry = |act: Act| Entry::act(act.kind(), act.clone(), why_not(process.status, act.kind()));
    let faults = [Act::Crash(node), Act::Restart(node), Act::Pause(node), Act::Resume(node)];
    let mut entries: Vec<Entry> = faults.map(entry).into();
    let stands = match process.status {
        Status::Up => None,
        Status::Paused => Some("It is paused."),
        Status::Crashed => Some("It is down."),
    };
    for timer in s.lab().spec().timers {
        // A lab may run several timers of one name: the first is the one that fires.
        let Some(armed) = process.timers.iter().find(|t| t.name == *timer) else { continue };
        let left = millis_text((armed.due_us as f64 - s.view_us()).max(0.0) as u64);
        entries.push(Entry::act(format!("fire {timer} (in {left} ms)"), Act::Timeout { node, timer }, stands));
    }
    if entries.len() == 4 && !s.lab().spec().timers.is_empty() {
        let wish = Command::Menu(None);
        entries.push(Entry { text: "fire a timer".into(), wish, why_not: Some("None is running here.") });
    }
    let text = if s.look().collapsed.contains(&node) { "open this lane" } else { "collapse this lane" };
    entries.push(Entry { text: text.into(), wish: Command::Look(look::Wish::Fold(node)), why_not: None });
    let down = s.look().orientation == Orientation::Down;
    for (forward, text) in [(false, ["move lane up", "move lane left"]), (true, ["move lane down", "move lane right"])]
    {
        let (wish, why_not) = step_lane(s, node, forward);
        entries.push(Entry { text: text[usize::from(down)].into(), wish: Command::Look(wish), why_not });
    }
    let count = s.frame().processes.len() as u16;
    let link = Menu { target: Target::Link(node, (node + 1) % count.max(1)), at: menu.at };
    let alone = (count < 2).then_some("There is no other process.");
    entries.push(Entry { text: "settings of a link…".into(), wish: Command::Menu(Some(link)), why_not: alone });
    (name.clone(), entries)
}

/// What can be done to a message.
fn message_entries(s: &Session, id: u32, copy: u16) -> (String, Vec<Entry>) {
    let flights = || s.frame().in_flight.iter().filter(move |f| f.carries(id));
    let flight = flights().find(|f| f.copy == copy);
    if flight.is_none() && id < s.run().trace().message_count() {
        return arrived_entries(s, id);
    }
    let gone = flight.is_none().then_some("It is not under way any more.");
    // Only where it must be said which of several is meant.
    let which = if flights().count() > 1 { Which::Copy(id, copy) } else { Which::Id(id) };
    let entry = |text: String, surgery| Entry::act(text, Act::Message { which, surgery }, gone);
    let mut entries = vec![entry("deliver now".into(), Surgery::DeliverIn(DELAY_US_MIN))];
    for ms in DELAYS_MS {
        let left_us = flight.map_or(0, |f| (f.arrive_us as f64 - s.view_us()).max(0.0) as u64);
        entries.push(entry(format!("delay by {ms} ms"), Surgery::DeliverIn(left_us + ms * 1000)));
    }
    entries.push(entry("duplicate".into(), Surgery::Duplicate));
    entries.push(entry("drop".into(), Surgery::Drop));
    let said = if copy > 1 { format!(", copy {copy}") } else { String::new() };
    (format!("message {}{said}", s.run().message_label(id)), entries)
}

/// What can be done to a message that is not under way any more: all of it begins where it was sent.
fn arrived_entries(s: &Session, id: u32) -> (String, Vec<Entry>) {
    let message = s.run().trace().message(id);
    let under_way_us = message.due_us.saturating_sub(message.sent_us);
    let entry = |text: String, surgery| Entry { text, wish: Command::Back(id, surgery), why_not: None };
    let mut entries = vec![entry("go back and drop it".into(), Surgery::Drop)];
    for ms in DELAYS_MS {
        let later = Surgery::DeliverIn(under_way_us + ms * 1000);
        entries.push(entry(format!("go back and delay it by {ms} ms"), later));
    }
    entries.push(entry("go back and duplicate it".into(), Surgery::Duplicate));
    let wish = Command::SeekEvent(message.send);
    entries.push(Entry { text: "go to where it was sent".into(), wish, why_not: None });
    (format!("message {}", s.run().message_label(id)), entries)
}

/// What one process can be asked for that leads to another one.
fn offer_entries(s: &Session, from: u16, to: u16) -> (String, Vec<Entry>) {
    let name = |node: u16| &s.run().names()[usize::from(node)];
    let refuse = why_not(s.status(usize::from(from)), "request");
    let entry = |offer: ask::Offer| Entry::act(offer.words, offer.act, refuse);
    (format!("{} → {}", name(from), name(to)), ask::between(s, from, to).into_iter().map(entry).collect())
}
