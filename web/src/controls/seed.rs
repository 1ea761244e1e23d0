//! The seed: all that is drawn by chance follows from it.

use super::{Props, input_value, value_of};
use crate::branches::Wish;
use crate::command::Command;
use yew::prelude::*;

/// The field and the button for another one.
#[component]
pub(crate) fn Seed(props: &Props) -> Html {
    let s = props.model.get();
    let typed = use_state(|| None::<String>);
    let seed = s.run.scenario().seed;
    let value = (*typed).clone().unwrap_or_else(|| seed.to_string());
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |e: InputEvent| typed.set(Some(input_value(&e))))
    };
    let onchange = {
        let on = props.on.clone();
        Callback::from(move |e: Event| {
            typed.set(None);
            on.emit(Command::Tree(Wish::Seed(value_of(&e))));
        })
    };
    // Draws are hashed with the seed: the next number is as good as any, and can be found again.
    let another = props.on.reform(move |_: MouseEvent| Command::Tree(Wish::Seed(seed.wrapping_add(1).to_string())));
    html! {
        <div class="row seed" title="All that is drawn by chance follows from it: the same seed, the same run.">
            <span>{ "seed" }</span>
            <span class="pair">
                <input type="text" inputmode="numeric" aria-label="seed" {value} {oninput} {onchange} />
                <button onclick={another} title="The same once more with other chances">{ "another seed" }</button>
            </span>
        </div>
    }
}
