//! The list of keys, and what the marks mean.

use super::scrubber::key;
use crate::model::command::Command;
use crate::platform;
use crate::ui::words::Glossed;
use lightcone_core::views::glossary::Entry;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Calls back.
    pub on: Callback<Command>,
}

const KEYS: [(&str, &str); 27] = [
    ("space", "play or pause"),
    (", .", "one event back or forward"),
    ("← →", "back or forward in time"),
    ("Home End", "to the beginning or the end"),
    (
        "Page keys",
        "to the moment before or after: a fault, a leader, the first timer, delivery and answer, a step of what is told",
    ),
    ("1 to 9", "one of the lab's situations, where it has any"),
    ("< >", "slower or faster"),
    ("n p", "choose the next or previous event"),
    ("Esc", "let go of what was chosen, close what is open"),
    ("+ − 0", "zoom in, zoom out, show everything"),
    ("f", "follow now again"),
    ("/", "search; Enter and Shift+Enter go from hit to hit"),
    ("r", "told as a story: heartbeats and other routine, or only their rhythm"),
    ("o", "opens the break of the axis nearest to now, or closes it"),
    ("v", "the views and the diagram change places"),
    ("w", "the views take the whole window"),
    ("c", "a cut: drag it, or move the chosen lane's handle with the arrows; Tab goes to the next lane"),
    ("Ctrl Z", "undo; with shift, or Ctrl Y: redo"),
    ("[ ]", "the branch above or below in the tree"),
    ("t", "light or dark"),
    ("` :", "the console: type what to do"),
    ("wheel", "zoom; with shift, move sideways"),
    (
        "right click",
        "on a process, a lane or a message under way: what can be done to it; on a screen to touch, press long",
    ),
    ("↑ ↓ Enter", "in the diagram: from lane to lane and message to message, and what can be done to it"),
    ("Alt ↑ ↓", "move the lane that the arrows are at"),
    (
        "drag",
        "a message's head: it arrives then; a lane's name: it stands there; a process of the cluster: it stands there; with shift: cut",
    ),
    ("?", "this list"),
];

const MARKS: [(&str, &str); 9] = [
    ("●", "local event"),
    ("▶", "send"),
    ("◁", "receive"),
    ("▽", "request from outside"),
    ("◆", "delivery"),
    ("✕", "crash, or where a message was lost"),
    ("↻", "restart"),
    ("▬", "hatched: paused, or cut off by a partition"),
    ("- -", "dashed: lost, or a second copy"),
];

/// The dialog.
#[component]
pub(crate) fn Help(props: &Props) -> Html {
    let place = use_node_ref();
    platform::use_focus(place.clone(), ".close");
    let row = |(key, text): &(&str, &str)| html! { <><dt>{ *key }</dt><dd>{ *text }</dd></> };
    let glossed = use_context::<Glossed>();
    let word = |entry: &Entry| html! { <><dt>{ &entry.term }</dt><dd>{ &entry.text }</dd></> };
    let words: Vec<Html> = glossed.iter().flat_map(Glossed::entries).map(word).collect();
    let close = props.on.reform(|_: MouseEvent| Command::Help(false));
    html! {
        <div class="veil dim" onclick={close.clone()}>
            <div class="dialog" role="dialog" aria-modal="true" aria-label="Keys and help" tabindex="-1" ref={place}
                onkeydown={|e: KeyboardEvent| if e.key() == "Tab" { e.prevent_default() }}
                onclick={|e: MouseEvent| e.stop_propagation()}>
                <button class="plain close" onclick={close} aria-label="Close">{ "×" }</button>
                <h2>{ "In a minute" }</h2>
                <p>{ "Point at an event: its causal past and future light up. Click it to keep them; click a second one to compare \
                      the two. Send something, crash a process, drag the delay: the run goes on from there, and every link you \
                      share holds all of it." }</p>
                <div class="columns">
                    <div><h3>{ "Keys" }</h3><dl>{ for KEYS.iter().map(row) }</dl></div>
                    <div><h3>{ "Marks" }</h3><dl>{ for MARKS.iter().map(row) }</dl>
                        <h3>{ "On the time line" }</h3>{ key() }</div>
                </div>
                if !words.is_empty() {
                    <h3>{ "Words of this lab" }</h3>
                    <dl class="glossary">{ for words }</dl>
                }
            </div>
        </div>
    }
}
