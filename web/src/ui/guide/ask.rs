//! A question, what is typed or chosen, and what is said about it.

use crate::model::Model;
use crate::model::guide::Wish;
use crate::model::guide::{PlayerRef, Progress, Verdict};
use crate::ui::controls::input_value;
use lightcone_core::views::guide::Answer;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The guide.
    pub player: PlayerRef,
    /// Calls back.
    pub on: Callback<Wish>,
}

/// The question of a step.
#[component]
pub(crate) fn Question(props: &Props) -> Html {
    let player = props.player.0.borrow();
    let (step, progress) = (&player.guide.steps[player.at], &player.progress[player.at]);
    let typed = use_state(|| progress.given.clone());
    let (Some(ask), Some(answer)) = (&step.ask, &player.answer) else { return html! {} };
    let over = progress.verdict.is_over();
    let html = |text: &str| Html::from_html_unchecked(AttrValue::from(format!("<p>{text}</p>")));
    let submit = {
        let (on, typed) = (props.on.clone(), typed.clone());
        Callback::from(move |e: SubmitEvent| {
            e.prevent_default();
            on.emit(Wish::Answer((*typed).clone()));
        })
    };
    let values = if over { answer.given() } else { (*typed).clone() };
    let complete = values.len() == answer.given().len() && values.iter().all(|v| !v.trim().is_empty());
    html! {
        <form class={classes!("ask", over.then_some("over"))} onsubmit={submit} aria-label="Question">
            { html(&ask.question) }
            { fields(answer, &values, over, &typed, &props.on) }
            if !over && !matches!(answer, Answer::Choice(..)) {
                <button class="primary" type="submit" disabled={!complete}>{ "Check" }</button>
            }
            <div role="status">
                { verdict(progress, answer) }
                if progress.verdict == Verdict::Wrong {
                    { html(&ask.wrong) }
                    <button type="button" onclick={props.on.reform(|_| Wish::ShowMe)}>{ "Show me" }</button>
                }
                if over {
                    { html(&ask.right) }
                    if let Some((text, source)) = &player.why { <p class="why">{ text }<em>{ format!(" {source}") }</em></p> }
                }
            </div>
        </form>
    }
}

fn verdict(progress: &Progress, answer: &Answer) -> Html {
    match progress.verdict {
        Verdict::Open => html! {},
        Verdict::Wrong => html! { <b class="cross">{ format!("Not {}.", progress.given.join(", ")) }</b> },
        Verdict::Right => html! { <b class="tick">{ format!("Right: {}.", answer.text()) }</b> },
        Verdict::Shown => html! { <b>{ format!("It is {}.", answer.text()) }</b> },
    }
}

/// What is typed or chosen.
fn fields(
    answer: &Answer,
    values: &[String],
    over: bool,
    typed: &UseStateHandle<Vec<String>>,
    on: &Callback<Wish>,
) -> Html {
    let field = |i: usize, name: &str, count: usize, number: bool| {
        let typed = typed.clone();
        let oninput = Callback::from(move |e: InputEvent| {
            let mut next = (*typed).clone();
            next.resize(count, String::new());
            next[i] = input_value(&e);
            typed.set(next);
        });
        html! {
            <label><span>{ name.to_string() }</span>
                <input type="text" inputmode={if number { "numeric" } else { "text" }} autocomplete="off"
                    value={values.get(i).cloned().unwrap_or_default()} disabled={over} {oninput} />
            </label>
        }
    };
    match answer {
        Answer::Clock(names, _) => html! {
            <div class="numbers">{ for names.iter().enumerate().map(|(i, name)| field(i, name, names.len(), true)) }</div>
        },
        Answer::Number(_) => html! { <div class="numbers">{ field(0, "number", 1, true) }</div> },
        Answer::Text(_) => html! { <div class="numbers wide">{ field(0, "answer", 1, false) }</div> },
        Answer::Choice(options, _) => {
            let option = |text: &String| {
                let onclick = on.reform({
                    let text = text.clone();
                    move |_: MouseEvent| Wish::Answer(vec![text.clone()])
                });
                let chosen = values.first() == Some(text);
                html! { <button type="button" aria-pressed={chosen.to_string()} disabled={over} {onclick}>{ text }</button> }
            };
            html! { <div class="choices" role="group" aria-label="Choices">{ for options.iter().map(option) }</div> }
        }
        Answer::Order(right) => order(right, values, over, typed),
    }
}

/// Texts that are put in order by choosing one after the other.
fn order(right: &[String], values: &[String], over: bool, typed: &UseStateHandle<Vec<String>>) -> Html {
    let mut options = right.to_vec();
    options.sort();
    let option = |text: &String| {
        let place = values.iter().position(|v| v == text);
        let onclick = {
            let (typed, text) = (typed.clone(), text.clone());
            Callback::from(move |_: MouseEvent| {
                let mut next = (*typed).clone();
                match next.iter().position(|v| *v == text) {
                    Some(i) => next.truncate(i),
                    None => next.push(text.clone()),
                }
                typed.set(next);
            })
        };
        let number = place.map(|i| format!("{}. ", i + 1)).unwrap_or_default();
        html! { <button type="button" aria-pressed={place.is_some().to_string()} disabled={over} {onclick}>{ number }{ text }</button> }
    };
    html! {
        <div class="choices" role="group" aria-label="Choose in order, first to last">{ for options.iter().map(option) }</div>
    }
}
