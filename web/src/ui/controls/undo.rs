//! One change back, one forward: the last thing done is named, and where there is none the button says so.

use super::Props;
use crate::model::branches::Wish;
use crate::model::command::Command;
use yew::prelude::*;

/// The two buttons.
#[component]
pub(crate) fn UndoButtons(props: &Props) -> Html {
    let s = props.model.get();
    let button = |wish: Wish, name: &'static str, key: &str, what: Option<&str>, none: &str, path: &'static str| {
        let title = what.map_or_else(|| none.to_string(), |what| format!("{name}: {what} ({key})"));
        let onclick = props.on.reform(move |_: MouseEvent| Command::Tree(wish.clone()));
        html! {
            <button class="icon" aria-label={name} {title} disabled={what.is_none()} {onclick}>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d={path} /></svg>
            </button>
        }
    };
    let back = button(
        Wish::Undo,
        "Undo",
        "Ctrl+Z",
        s.history().last(),
        "Nothing was changed yet that could be taken back.",
        "M8 5 4 9l4 4M4 9h8a4 4 0 0 1 0 8H9",
    );
    let forward = button(
        Wish::Redo,
        "Redo",
        "Ctrl+Shift+Z",
        s.history().next(),
        "Nothing was taken back that could be done again.",
        "M12 5l4 4-4 4M16 9H8a4 4 0 0 0 0 8h3",
    );
    html! { <div class="group undo" role="group" aria-label="Undo and redo">{ back }{ forward }</div> }
}
