//! Situations that the lab can bring about with one click or key, and the moments of a scenario that is told step by step.

use crate::model::command::Command;
use crate::ui::controls::Props;
use lightcone_core::protocol::How;
use lightcone_core::tables::Step;
use yew::prelude::*;

/// How many of them have a key of their own: 1 to 9.
const KEYS: usize = 9;

/// The panel; nothing where the lab has neither.
#[component]
pub(crate) fn Situations(props: &Props) -> Html {
    let s = props.model.get();
    let situations = s.run().situations();
    let moments = s.moments();
    if situations.is_empty() && moments.is_empty() {
        return Html::default();
    }
    let button = |(place, situation): (usize, &lightcone_core::protocol::Situation)| {
        let onclick = props.on.reform(move |_: MouseEvent| Command::Situation(place));
        let key = (place < KEYS).then(|| (place + 1).to_string());
        let title = match (&situation.how, &key) {
            (How::Cannot(why), _) => format!("Not now: {why}"),
            (_, Some(key)) => format!("{} (key {key})", situation.says),
            _ => situation.says.to_string(),
        };
        html! {
            <button {onclick} {title} disabled={matches!(situation.how, How::Cannot(_))} aria-keyshortcuts={key}>
                { situation.name }
            </button>
        }
    };
    html! {
        <section class="card situations">
            <h2>{ "Situations" }</h2>
            if !moments.is_empty() { { steps(&moments, s.view_us(), &props.on) } }
            <div class="tiles">{ for situations.iter().enumerate().map(button) }</div>
        </section>
    }
}

/// A row of moments; the one that was reached last is pressed, and what is to be seen there stands below.
fn steps(moments: &[&'static Step], view_us: f64, on: &Callback<Command>) -> Html {
    let reached = moments.iter().rposition(|m| m.at_us as f64 <= view_us);
    let button = |(place, moment): (usize, &&'static Step)| {
        let at_us = moment.at_us as f64;
        let onclick = on.reform(move |_: MouseEvent| Command::Visit(at_us));
        html! { <button {onclick} title={moment.says} aria-pressed={(reached == Some(place)).to_string()}>{ moment.name }</button> }
    };
    let says = reached.map_or("Take it step by step: Page Down leads to the next one.", |place| moments[place].says);
    html! {
        <>
            <div class="segmented wide" role="group" aria-label="Step by step">{ for moments.iter().enumerate().map(button) }</div>
            <p class="says" role="status">{ says }</p>
        </>
    }
}
