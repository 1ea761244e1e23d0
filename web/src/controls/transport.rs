//! Play, step, speed and the scrubber.

use super::{BranchMenu, Props, input_number};
use crate::command::Command;
use crate::part::part;
use crate::session::SPEEDS;
use lightcone_core::diagram::svg::n;
use lightcone_core::json::millis_text;
use lightcone_core::trace::Kind;
use yew::prelude::*;

/// Most marks on the scrubber: more would only paint over one another.
const MARKS_MAX: usize = 400;

/// The row at the foot.
#[component]
pub(crate) fn Transport(props: &Props) -> Html {
    let s = props.model.get();
    let on = &props.on;
    let play = if s.playing { "Pause" } else { "Play" };
    let speed = if SPEEDS[s.speed].is_finite() { format!("{}×", n(SPEEDS[s.speed] as f32)) } else { "max".into() };
    let at_start = s.frame.position <= s.first_position();
    let total = s.run.trace().len();
    html! {
        <footer class="transport" aria-label="Time">
            <div class="group" role="group" aria-label="Play">
                <button class="icon" onclick={on.reform(|_| Command::Edge(false))} aria-label="To the beginning" title="To the beginning (Home)">{ icon("M5 4v12M16 4 8 10l8 6z") }</button>
                <button class="icon" onclick={on.reform(|_| Command::Step(false))} disabled={at_start} aria-label="One event back" title="One event back (,)">{ icon("M14 4 6 10l8 6z") }</button>
                <button class="play" onclick={on.reform(|_| Command::Play)} aria-label={play} title={format!("{play} (space)")}>
                    { icon(if s.playing { "M6 4v12M14 4v12" } else { "M6 3.5 16 10 6 16.5z" }) }
                </button>
                <button class="icon" onclick={on.reform(|_| Command::Step(true))} aria-label="One event forward" title="One event forward (.)">{ icon("M6 4l8 6-8 6z") }</button>
                <button class="icon" onclick={on.reform(|_| Command::Edge(true))} aria-label="To the end" title="To the end (End)">{ icon("M15 4v12M4 4l8 6-8 6z") }</button>
            </div>
            <div class="group speed" role="group" aria-label="Speed">
                <button onclick={on.reform(|_| Command::Speed(false))} disabled={s.speed == 0} aria-label="Slower" title="Slower (<)">{ "−" }</button>
                <output aria-label="Speed">{ speed }</output>
                <button onclick={on.reform(|_| Command::Speed(true))} disabled={s.speed + 1 == SPEEDS.len()} aria-label="Faster" title="Faster (>)">{ "+" }</button>
            </div>
            { part!(Scrubber { model: props.model.clone(), on: on.clone() }) }
            <div class="now">
                <b>{ format!("{} ms", exact_millis(s.view_us)) }</b>
                <span>{ format!("event {} of {total}", s.frame.position) }</span>
            </div>
            { part!(BranchMenu { model: props.model.clone(), on: on.clone() }) }
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

/// The run from end to end, painted with what happened.
#[component]
fn Scrubber(props: &Props) -> Html {
    let s = props.model.get();
    let end = s.end_us().max(1.0);
    let trace = s.run.trace();
    let class = |kind: Kind| match kind {
        Kind::Crash => Some("crash"),
        Kind::Restart | Kind::Resume | Kind::Heal => Some("back"),
        Kind::Pause | Kind::Partition => Some("cut"),
        Kind::Violation => Some("violation"),
        Kind::Request | Kind::Act | Kind::Network => Some("act"),
        _ => None,
    };
    let all: Vec<(u64, &'static str)> =
        trace.records.iter_from(0).filter_map(|r| class(r.kind).map(|c| (r.at_us, c))).collect();
    let every = all.len().div_ceil(MARKS_MAX).max(1);
    let kept = all.iter().enumerate().filter(|(i, (_, c))| i % every == 0 || matches!(*c, "violation" | "crash"));
    let mark = |(_, (at_us, class)): (usize, &(u64, &'static str))| {
        html! { <i class={*class} style={format!("left:{}%", n((*at_us as f64 / end * 100.0) as f32))}></i> }
    };
    let oninput = props.on.reform(move |e: InputEvent| Command::Seek(input_number(&e).min(end).max(0.0)));
    let text = format!("{} of {} milliseconds", millis_text(s.view_us as u64), millis_text(end as u64));
    html! {
        <div class="scrubber">
            <div class="marks" aria-hidden="true">{ for kept.map(mark) }</div>
            <input type="range" id="scrubber" min="0" max={(end as u64).to_string()} step="any" value={(s.view_us as u64).to_string()}
                aria-label="Time" aria-valuetext={text} {oninput} />
        </div>
    }
}
