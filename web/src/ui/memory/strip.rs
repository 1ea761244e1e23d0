//! The whole trace in a strip, with misses by their cause, and the way to any access.

use crate::model::memory::{Desk, Wish};
use crate::ui::controls::{input_number, is_checked, value_of};
use crate::ui::forms::Typed;
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{Cause, Sort, Study};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Height of the strip, in its own units.
const HEIGHT: u32 = 100;

/// What is drawn for a cause.
pub(super) const fn class(cause: Cause) -> &'static str {
    match cause {
        Cause::Cold => "cold",
        Cause::Replaced => "replaced",
        Cause::TrueSharing => "truly",
        Cause::FalseSharing => "falsely",
    }
}

/// The strip and what moves along it.
pub(super) fn strip(desk: &Desk, study: &Study, on: &Callback<Wish>) -> Html {
    let stretches = &desk.overview.stretches;
    let at_click = {
        let len = study.len();
        on.reform(move |e: MouseEvent| {
            let target = e.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            let width = target.map_or(1, |t| t.get_bounding_client_rect().width().max(1.0) as i32);
            Wish::Go((f64::from(e.offset_x()) / f64::from(width) * len as f64).ceil() as usize)
        })
    };
    let place = study.position() as f64 / study.len().max(1) as f64 * stretches.len() as f64;
    html! {
        <figure class="strip">
            <figcaption>{ legend(stretches, study.len() as u32) }</figcaption>
            <svg viewBox={format!("0 0 {} {HEIGHT}", stretches.len())} preserveAspectRatio="none" aria-hidden="true" onclick={at_click}>
                { columns(stretches) }
                <path class="at" d={format!("M{place} 0V{HEIGHT}")} />
            </svg>
            { walk(desk, study, on) }
        </figure>
    }
}

/// Causes with their shares of all accesses.
fn legend(stretches: &[[u32; 4]], all: u32) -> Html {
    let sums: [u32; 4] = std::array::from_fn(|cause| stretches.iter().map(|s| s[cause]).sum());
    let misses: u32 = sums.iter().sum();
    let share = |n: u32| {
        format!(
            "{}.{} %",
            u64::from(n) * 100 / u64::from(all.max(1)),
            u64::from(n) * 1_000 / u64::from(all.max(1)) % 10
        )
    };
    let one = |cause: Cause| {
        let n = sums[cause as usize];
        html! { <li class={classes!(class(cause), (n == 0).then_some("none"))} title={cause.says()}><i></i>{ format!("{} {}", cause.name(), grouped(n.into())) }</li> }
    };
    html! {
        <>
            <b>{ format!("{} misses, {} of all accesses", grouped(misses.into()), share(misses)) }</b>
            <ul class="causes">{ for Cause::ALL.map(one) }</ul>
        </>
    }
}

/// Each cause as one shape over all stretches, on top of those before it.
fn columns(stretches: &[[u32; 4]]) -> Html {
    let most = stretches.iter().map(|s| s.iter().sum::<u32>()).max().unwrap_or(0).max(1);
    let height = |n: u32| (u64::from(n) * u64::from(HEIGHT)).div_ceil(u64::from(most)) as u32;
    let shape = |cause: Cause| {
        let d: String = stretches
            .iter()
            .enumerate()
            .filter(|(_, s)| s[cause as usize] > 0)
            .map(|(x, s)| {
                let (below, to) = (s[..cause as usize].iter().sum::<u32>(), s[..=cause as usize].iter().sum::<u32>());
                let (bottom, top) = (HEIGHT - height(below).min(HEIGHT), HEIGHT - height(to).min(HEIGHT));
                // Those of false sharing stand apart, so that they are told by more than their colour.
                let width = if cause == Cause::FalseSharing { ".6" } else { "1" };
                format!("M{x} {bottom}V{top}h{width}V{bottom}z")
            })
            .collect();
        html! { <path class={class(cause)} {d} /> }
    };
    html! { <>{ for Cause::ALL.map(shape) }</> }
}

/// Slider, number and buttons.
fn walk(desk: &Desk, study: &Study, on: &Callback<Wish>) -> Html {
    let sort = desk.sort;
    let (here, all) = (study.position(), study.len());
    let on_slide = on.reform(|e: InputEvent| Wish::Go(input_number(&e) as usize));
    let on_number = on.reform(move |text: String| Wish::Go(text.trim().parse().unwrap_or(here)));
    let on_sort = on.reform(|e: Event| {
        let name = value_of(&e);
        Wish::Seek(Sort::ALL.iter().find(|(_, n)| *n == name).map_or(Sort::Any, |(sort, _)| *sort))
    });
    let name = Sort::ALL.iter().find(|(s, _)| *s == sort).map_or("", |(_, name)| name);
    let step = |forward: bool| {
        let found = desk.found(forward).is_some();
        let title = match (found, forward) {
            (true, true) => format!("To the next one: {name}"),
            (true, false) => format!("To the one before: {name}"),
            (false, true) => format!("There is none after this: {name}"),
            (false, false) => format!("There is none before this: {name}"),
        };
        html! {
            <button class="icon" disabled={!found} aria-label={title.clone()} {title} onclick={on.reform(move |_| Wish::Find(forward))}>
                { if forward { "▸" } else { "◂" } }
            </button>
        }
    };
    html! {
        <div class="walk">
            <input type="range" min="0" max={all.to_string()} value={here.to_string()} aria-label="Access of the trace"
                aria-valuetext={format!("{here} of {all}")} oninput={on_slide} />
            <div class="by-one">
                { step(false) }
                <select aria-label="What to go to" onchange={on_sort}>
                    { for Sort::ALL.map(|(s, name)| html! { <option value={name} selected={s == sort}>{ name }</option> }) }
                </select>
                { step(true) }
                if let Some((line, _)) = &desk.line {
                    <label class="switch"><input type="checkbox" checked={desk.only} onchange={on.reform(|e: Event| Wish::Only(is_checked(&e)))} />{ format!("only line {line:#x}") }</label>
                }
                <span>{ "access" }</span>
                <Typed name="Number of the access" kind="number" value={here.to_string()} min="0" max={all.to_string()} on={on_number} />
                <span>{ format!("of {}", grouped(all as u64)) }</span>
            </div>
        </div>
    }
}
