//! A guide's step beside the diagram.

use super::ask::Question;
use crate::model::Model;
use crate::model::command::Command;
use crate::model::guide::Wish;
use crate::model::guide::{Player, PlayerRef, TOUR};
use lightcone_core::views::guide::Check;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The guide.
    pub player: PlayerRef,
    /// Whether it is shown to an audience.
    pub present: bool,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The step.
#[component]
pub(crate) fn GuidePanel(props: &Props) -> Html {
    let s = props.model.get();
    let player = props.player.0.borrow();
    let wish = props.on.reform(Command::Guide);
    let (at, count) = (player.at, player.guide.steps.len());
    let step = &player.guide.steps[at];
    let heading = use_node_ref();
    {
        // Who goes on by keyboard or with a screen reader comes to the new step's heading.
        let heading = heading.clone();
        use_effect_with((at, player.guide.title.clone()), move |_| {
            if let Some(heading) = heading.cast::<web_sys::HtmlElement>() {
                if let Some(card) = heading.parent_element() {
                    card.set_scroll_top(0);
                }
                let _ = heading.focus();
            }
        });
    }
    let to = |step: usize| wish.reform(move |_: MouseEvent| Wish::To(step));
    let text = Html::from_html_unchecked(AttrValue::from(format!("<div>{}</div>", step.html)));
    html! {
        <section class="card guide" aria-label="Guide" tabindex={props.present.then_some("0")} onclick={links(&wish)}>
            <div class="guide-head">
                <span>{ format!("{} · step {} of {count}", player.guide.title, at + 1) }</span>
                if !props.present && player.name != TOUR {
                    <button class="link" onclick={wish.reform(|_| Wish::Tour)} title="One guide through all labs, in twelve stops">{ "Tour" }</button>
                }
                if !props.present {
                    <button class="link" onclick={wish.reform(|_| Wish::Present(true))} title="Large type and one key, for a projector">{ "Present" }</button>
                    <button class="plain" onclick={wish.reform(|_| Wish::Leave)} aria-label="Leave the guide" title="Leave the guide">{ "×" }</button>
                }
            </div>
            <div class="bar" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax={count.to_string()} aria-valuenow={(at + 1).to_string()}>
                <i style={format!("width:{}%", (at + 1) * 100 / count)}></i>
            </div>
            <h2 class="step" tabindex="-1" ref={heading}>{ &step.title }</h2>
            { text }
            if player.answer.is_some() {
                <Question key={at} model={props.model.clone()} player={props.player.clone()} on={wish.clone()} />
            }
            if let Some(check) = &step.check { { task(&player, check, &wish) } }
            if player.is_left_alone(&s) {
                <div class="alone" role="status">
                    <span>{ "You have taken over." }</span>
                    <button onclick={wish.reform(|_| Wish::Restore)}>{ "Back to the guide" }</button>
                </div>
            }
            <div class="guide-foot">
                <button onclick={to(at.saturating_sub(1))} disabled={at == 0}>{ "Back" }</button>
                if at + 1 < count {
                    <button class={(!player.waits()).then_some("primary")} onclick={to(at + 1)}>{ "Next" }</button>
                } else {
                    <button class="primary" onclick={wish.reform(|_| Wish::Leave)}>{ "Finish" }</button>
                }
            </div>
        </section>
    }
}

/// Words of the text that show what they speak of.
fn links(wish: &Callback<Wish>) -> Callback<MouseEvent> {
    let wish = wish.clone();
    Callback::from(move |e: MouseEvent| {
        let element = e.target().and_then(|t| t.dyn_into::<Element>().ok());
        let Some(link) = element.and_then(|e| e.closest("[data-event],[data-panel]").ok().flatten()) else { return };
        if let Some(words) = link.get_attribute("data-event") {
            wish.emit(Wish::Event(words));
        } else if let Some(panel) = link.get_attribute("data-panel").filter(|_| link.tag_name() == "BUTTON") {
            wish.emit(Wish::Panel(panel));
        }
    })
}

/// What the person is to do, and whether it is done.
fn task(player: &Player, check: &Check, wish: &Callback<Wish>) -> Html {
    let done = player.progress[player.at].done;
    let html = |text: &str| Html::from_html_unchecked(AttrValue::from(format!("<p>{text}</p>")));
    html! {
        <div class={classes!("task", done.then_some("done"))} role="status">
            if done {
                <b class="tick">{ "Done" }</b>
                { html(&check.done) }
            } else {
                <b>{ "Your turn" }</b>
                { html(&check.hint) }
                <div class="group wrap">
                    <button onclick={wish.reform(|_| Wish::ShowMe)}>{ "Show me" }</button>
                    <button onclick={wish.reform(|_| Wish::Restore)}>{ "Start this step again" }</button>
                </div>
            }
        </div>
    }
}
