//! The seed: all that is drawn by chance follows from it.

use super::typed::Typed;
use crate::model::branches::Wish;
use crate::model::command::Command;
use crate::ui::controls::Props;
use yew::prelude::*;

/// The field and the button for another one.
#[component]
pub(crate) fn Seed(props: &Props) -> Html {
    let s = props.model.get();
    let seed = s.run().scenario().seed;
    let on = props.on.reform(|text: String| Command::Tree(Wish::Seed(text)));
    // Draws are hashed with the seed: the next number is as good as any, and can be found again.
    let another = props.on.reform(move |_: MouseEvent| Command::Tree(Wish::Seed(seed.wrapping_add(1).to_string())));
    html! {
        <div class="row seed" title="All that is drawn by chance follows from it: the same seed, the same run.">
            <span>{ "seed" }</span>
            <span class="pair">
                <Typed name="seed" inputmode="numeric" value={seed.to_string()} {on} />
                <button onclick={another} title="The same once more with other chances">{ "another seed" }</button>
            </span>
        </div>
    }
}
