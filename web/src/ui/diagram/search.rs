//! The field for the search, with what it has found.

use crate::model::command::Command;
use crate::model::look::{Finder, Wish};
use crate::ui::controls::{Props, input_value};
use yew::prelude::*;

/// What can be asked for.
const HINT: &str = "Words of a label, kind:drop, node:P2, message:7 (/)";

/// The field.
#[component]
pub(super) fn SearchField(props: &Props) -> Html {
    let s = props.model.get();
    let on = &props.on;
    let finder = s.look().finder.as_ref();
    let text = finder.map(|f| f.text.clone()).unwrap_or_default();
    let oninput = on.reform(|e: InputEvent| Command::Look(Wish::Search(input_value(&e))));
    let onkeydown = {
        let on = on.clone();
        Callback::from(move |e: KeyboardEvent| {
            let wish = match e.key().as_str() {
                "Enter" => Wish::Hit(!e.shift_key()),
                "Escape" => Wish::Search(String::new()),
                _ => return,
            };
            e.prevent_default();
            on.emit(Command::Look(wish));
        })
    };
    html! {
        <div class="search" role="search">
            <input id="search" type="text" value={text} placeholder="Search /" autocomplete="off" spellcheck="false"
                aria-label="Search the events" title={HINT} {oninput} {onkeydown} />
            if let Some(finder) = finder { { found(finder, s.run().trace().len(), on) } }
        </div>
    }
}

fn found(finder: &Finder, records: u32, on: &Callback<Command>) -> Html {
    let hits = finder.search.hits().len();
    let text = match (&finder.trouble, finder.place()) {
        (Some(_), _) => "?".into(),
        (None, Some(place)) => format!("{place} of {hits}"),
        (None, None) if finder.is_working() && hits == 0 => "…".into(),
        (None, None) => match hits {
            0 => "no hits".into(),
            1 => "1 hit".into(),
            n => format!("{n} hits"),
        },
    };
    let go = |forward: bool, name: &'static str, sign: &'static str| {
        let onclick = on.reform(move |_: MouseEvent| Command::Look(Wish::Hit(forward)));
        html! { <button {onclick} disabled={hits == 0} aria-label={name} title={name}>{ sign }</button> }
    };
    html! {
        <>
            <output class={classes!("hits", finder.trouble.is_some().then_some("bad"))} aria-live="polite">{ text }</output>
            if finder.is_working() && records > 0 {
                <button onclick={on.reform(|_: MouseEvent| Command::Look(Wish::StopSearch))}>
                    { format!("{} % · stop", u64::from(finder.search.seen()) * 100 / u64::from(records)) }
                </button>
            }
            <span class="group">{ go(false, "Previous hit (Shift+Enter)", "‹") }{ go(true, "Next hit (Enter)", "›") }</span>
        </>
    }
}

/// What is wrong with a search, in a sentence.
pub(super) fn trouble(finder: Option<&Finder>) -> Html {
    match finder.and_then(|f| f.trouble.as_ref()) {
        Some(trouble) => html! { <p class="trouble" role="status">{ trouble }</p> },
        None => html! {},
    }
}
