//! The lab's panels by their names: a click leads to one, and those in sight are marked. So nobody has to know that more
//! lies below the edge.

use crate::model::Model;
use lightcone_core::trace::frame::Panel;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
}

/// The chips; none where there is one panel alone.
#[component]
pub(crate) fn Chips(props: &Props) -> Html {
    let s = props.model.get();
    let titles: Vec<String> = s.panels().iter().map(|panel| Panel::title(panel).to_string()).collect();
    let seen = use_state(Vec::<bool>::new);
    {
        let seen = seen.clone();
        let look = Callback::from(move |()| {
            let now = crate::ui::sight::panels_in_sight();
            if *seen != now {
                seen.set(now);
            }
        });
        crate::ui::sight::use_sight(look);
    }
    if titles.len() < 2 {
        return html! {};
    }
    let chip = |(place, title): (usize, &String)| {
        let onclick = Callback::from(move |_: MouseEvent| crate::ui::sight::show_panel(place));
        let here = seen.get(place).copied().unwrap_or_default().then_some("true");
        html! { <button aria-current={here} {onclick}>{ title }</button> }
    };
    html! { <nav class="chips" aria-label="Panels of this lab">{ for titles.iter().enumerate().map(chip) }</nav> }
}
