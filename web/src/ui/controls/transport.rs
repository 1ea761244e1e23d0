//! Play, step, speed and the scrubber.

use super::scrubber::Scrubber;
use super::{BranchMenu, Props};
use crate::model::command::Command;
use crate::model::session::SPEEDS;
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// The row at the foot.
#[component]
pub(crate) fn Transport(props: &Props) -> Html {
    let s = props.model.get();
    let on = &props.on;
    let play = if s.is_playing() { "Pause" } else { "Play" };
    let speed = if SPEEDS[s.speed()].is_finite() { format!("{}×", n(SPEEDS[s.speed()] as f32)) } else { "max".into() };
    let at_start = s.frame().position <= s.first_position();
    let total = s.run().trace().len();
    html! {
        <footer class="transport" aria-label="Time">
            <div class="group" role="group" aria-label="Play">
                <button class="icon" onclick={on.reform(|_| Command::Edge(false))} aria-label="To the beginning" title="To the beginning (Home)">{ icon("M5 4v12M16 4 8 10l8 6z") }</button>
                <button class="icon" onclick={on.reform(|_| Command::Step(false))} disabled={at_start} aria-label="One event back" title="One event back (,)">{ icon("M14 4 6 10l8 6z") }</button>
                <button class="play" onclick={on.reform(|_| Command::Play)} aria-label={play} title={format!("{play} (space)")}>
                    { icon(if s.is_playing() { "M6 4v12M14 4v12" } else { "M6 3.5 16 10 6 16.5z" }) }
                </button>
                <button class="icon" onclick={on.reform(|_| Command::Step(true))} aria-label="One event forward" title="One event forward (.)">{ icon("M6 4l8 6-8 6z") }</button>
                <button class="icon" onclick={on.reform(|_| Command::Edge(true))} aria-label="To the end" title="To the end (End)">{ icon("M15 4v12M4 4l8 6-8 6z") }</button>
            </div>
            <div class="group speed" role="group" aria-label="Speed">
                <button onclick={on.reform(|_| Command::Speed(false))} disabled={s.speed() == 0} aria-label="Slower" title="Slower (<)">{ "−" }</button>
                <output aria-label="Speed">{ speed }</output>
                <button onclick={on.reform(|_| Command::Speed(true))} disabled={s.speed() + 1 == SPEEDS.len()} aria-label="Faster" title="Faster (>)">{ "+" }</button>
            </div>
            <Scrubber model={props.model.clone()} on={on.clone()} />
            <div class="now">
                <b>{ format!("{} ms", exact_millis(s.view_us())) }</b>
                <span>{ format!("event {} of {total}", s.frame().position) }</span>
            </div>
            <BranchMenu model={props.model.clone()} on={on.clone()} />
        </footer>
    }
}

/// Milliseconds with all three decimals, so that the digits stand still while they run.
fn exact_millis(us: f64) -> String {
    let us = us as u64;
    format!("{}.{:03}", us / 1000, us % 1000)
}

fn icon(path: &'static str) -> Html {
    html! { <svg viewBox="0 0 20 20" aria-hidden="true"><path d={path} /></svg> }
}
