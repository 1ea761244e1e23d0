//! A panel's heading with what explains it: there at the first visit, behind a question mark when it was read.

use crate::platform;
use crate::ui::words::Words;
use std::rc::Rc;
use yew::prelude::*;

/// Where the page keeps what was read, a title in each line.
const STORED: &str = "lightcone.read";

/// Properties.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The panel's title.
    pub title: Rc<str>,
    /// What explains it.
    pub says: Rc<str>,
}

fn was_read(title: &str) -> bool {
    platform::stored(STORED).is_some_and(|read| read.lines().any(|line| line == title))
}

fn read(title: &str) {
    if !was_read(title) {
        platform::store(STORED, &format!("{}{title}\n", platform::stored(STORED).unwrap_or_default()));
    }
}

/// The heading: what leads to the panel puts the focus on it.
#[component]
pub(super) fn Head(props: &Props) -> Html {
    let open = use_state(|| !was_read(&props.title));
    {
        let title = props.title.clone();
        use_effect_with((), move |()| move || read(&title));
    }
    let turn = {
        let (open, title) = (open.clone(), props.title.clone());
        Callback::from(move |_: MouseEvent| {
            read(&title);
            open.set(!*open);
        })
    };
    html! {
        <>
            <h2 tabindex="-1">{ &*props.title }</h2>
            <button class="explain" aria-expanded={open.to_string()} aria-label={format!("What {} shows", props.title)}
                title={props.says.to_string()} onclick={turn}>{ "?" }</button>
            if *open { <p class="says"><Words text={props.says.to_string()} /></p> }
        </>
    }
}
