//! The branch that is shown, at the foot, with a menu to change to another one.

use super::{Drop, Props, close};
use crate::model::branches::{Branch, Wish};
use crate::model::command::{Command, Tab};
use lightcone_core::base::json::millis_text;
use yew::prelude::*;

/// The button and its menu.
#[component]
pub(crate) fn BranchMenu(props: &Props) -> Html {
    let s = props.model.get();
    let current = s.tree().current();
    let item = |(depth, branch): (usize, &Branch)| {
        let id = branch.id;
        let onclick = props.on.reform(move |e: MouseEvent| {
            close(&e);
            Command::Tree(Wish::Enter(id))
        });
        let pressed = (id == current.id).to_string();
        let since = match branch.parent {
            Some(_) => format!("forked at {} ms", millis_text(branch.at_us)),
            None => "from the beginning".into(),
        };
        let style = format!("padding-left:{}px", 9 + 12 * depth.min(6));
        html! { <button aria-pressed={pressed} {style} {onclick}><b>{ &branch.name }</b><span>{ since }</span></button> }
    };
    let all = props.on.reform(|e: MouseEvent| {
        close(&e);
        Command::Tab(Tab::Branches)
    });
    html! {
        <div class="branch-menu">
            <Drop name="The branch that is shown ([ and ] change to the next one)" text={current.name.clone()}>
                { for s.tree().rows().into_iter().map(item) }
                <button class="all" onclick={all}><b>{ "All branches…" }</b><span>{ "rename, compare, delete" }</span></button>
            </Drop>
        </div>
    }
}
