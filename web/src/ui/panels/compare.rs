//! Two runs compared, side by side: the first event at which they differ, in a sentence with both events.

use crate::model::branches::{Compare, OtherClock, Wish};
use crate::model::command::Command;
use crate::model::words::words_in;
use crate::model::{Model, look};
use crate::ui::controls::input_number;
use crate::ui::diagram::{SceneRef, Tip};
use lightcone_core::base::json::millis_text;
use lightcone_core::engine::Run;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The canvas of the other branch, for the painter.
    pub canvas: NodeRef,
    /// What was painted on it last.
    pub scene: SceneRef,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The sentence between the two diagrams, and the lower diagram.
#[component]
pub(crate) fn CompareBar(props: &Props) -> Html {
    let last = use_mut_ref(|| 0.0_f64);
    let s = props.model.get();
    let Some(compare) = &s.compare() else { return html! {} };
    let shown = s.tree().current().name.clone();
    let other = s.tree().find(compare.other).map(|b| b.name.clone()).unwrap_or_default();
    let wish = |wish: Wish| props.on.reform(move |_: MouseEvent| Command::Tree(wish.clone()));
    let label = format!(
        "Space-time diagram of “{other}”: {} events so far, at {} milliseconds.",
        compare.frame.position,
        millis_text(compare.now_us(s.view_us()) as u64)
    );
    let swap = compare.other;
    let (wheel, down, moved) = handles(props, &last);
    let leave = props.on.reform(|_: PointerEvent| Command::Look(look::Wish::HoverBelow(None)));
    html! {
        <>
            <div class="compare">
                <p role="status">{ sentence(s.run(), &shown, compare, &other) }</p>
                { other_clock(props, compare, s.view_us()) }
                <div class="group wrap">
                    <button onclick={wish(Wish::ToDifference)} disabled={compare.first.is_none()}
                        title={if compare.first.is_none() { "The two do not differ." } else { "To the moment of the first difference" }}>
                        { "to the difference" }</button>
                    <button onclick={wish(Wish::Enter(swap))} title="Show the other one in its place, to act in it">{ "change places" }</button>
                    <button onclick={wish(Wish::Compare(None))} title="Leave the comparison (Esc)">{ "leave" }</button>
                </div>
            </div>
            <div class="which shown-name"><b>{ &shown }</b></div>
            <div class="which other-name"><b>{ &other }</b></div>
            <canvas id="other" class="other" ref={props.canvas.clone()} role="img" aria-label={label}
                onwheel={wheel} onpointerdown={down} onpointermove={moved} onpointerleave={leave} />
            <Tip model={props.model.clone()} canvas={props.canvas.clone()} scene={props.scene.clone()} below={true} />
        </>
    }
}

/// Whether the lower run has a clock of its own, and where that stands.
fn other_clock(props: &Props, compare: &Compare, shown_us: f64) -> Html {
    let wish = |clock: OtherClock| props.on.reform(move |_: MouseEvent| Command::Tree(Wish::OtherClock(clock)));
    let own = compare.own_us.is_some();
    let now_us = compare.now_us(shown_us) as u64;
    let slide = props.on.reform(|e: InputEvent| {
        let to_us = input_number(&e).max(0.0) as u64;
        Command::Tree(Wish::OtherClock(OtherClock::To(to_us)))
    });
    html! {
        <div class="group wrap other-clock">
            <button onclick={wish(OtherClock::Own(!own))} aria-pressed={own.to_string()}
                title="Let the lower run stand at another time than the upper one">{ "own clock" }</button>
            if own {
                <button onclick={wish(OtherClock::Step(false))} aria-label="One event back, below">{ "‹" }</button>
                <input type="range" min="0" max={compare.until_us.to_string()} value={now_us.to_string()} oninput={slide}
                    aria-label="Time of the lower run" aria-valuetext={format!("{} milliseconds", millis_text(now_us))} />
                <button onclick={wish(OtherClock::Step(true))} aria-label="One event on, below">{ "›" }</button>
                <output>{ format!("{} ms", millis_text(now_us)) }</output>
            }
        </div>
    }
}

/// The lower diagram is moved and zoomed as the upper one is, and both show the same stretch; and an event of it shows
/// its light cones as well.
fn handles(
    props: &Props,
    last: &Rc<RefCell<f64>>,
) -> (Callback<WheelEvent>, Callback<PointerEvent>, Callback<PointerEvent>) {
    let on = &props.on;
    let place = |e: &MouseEvent| {
        let width = e.target().and_then(|t| t.dyn_into::<HtmlCanvasElement>().ok()).map_or(1, |c| c.client_width());
        (f64::from(e.offset_x()), f64::from(width.max(1)))
    };
    let wheel = on.reform(move |e: WheelEvent| {
        e.prevent_default();
        let (x, width) = place(&e);
        if e.shift_key() || e.delta_x().abs() > e.delta_y().abs() {
            return Command::Pan((e.delta_x() + e.delta_y()) / width);
        }
        Command::Zoom(1.0 + (e.delta_y() * 0.0016).clamp(-0.33, 0.5), x / width)
    });
    let down = {
        let last = Rc::clone(last);
        Callback::from(move |e: PointerEvent| {
            *last.borrow_mut() = place(&e).0;
            if let Some(canvas) = e.target().and_then(|t| t.dyn_into::<HtmlCanvasElement>().ok()) {
                let _ = canvas.set_pointer_capture(e.pointer_id());
            }
        })
    };
    let moved = {
        let (on, last, scene, model) = (on.clone(), Rc::clone(last), props.scene.clone(), props.model.clone());
        Callback::from(move |e: PointerEvent| {
            if e.buttons() == 0 {
                let event = scene.0.borrow().event_at((e.offset_x() as f32, e.offset_y() as f32));
                let before = model.get().compare().as_ref().and_then(|c| c.hover);
                if event != before {
                    on.emit(Command::Look(look::Wish::HoverBelow(event)));
                }
            }
            let (x, width) = place(&e);
            let before = std::mem::replace(&mut *last.borrow_mut(), x);
            if e.buttons() & 1 == 1 && x != before {
                on.emit(Command::Pan((before - x) / width));
            }
        })
    };
    (wheel, down, moved)
}

/// The first difference in words.
fn sentence(shown: &Run, name: &str, compare: &Compare, other: &str) -> String {
    let Some(first) = compare.first else {
        return format!("“{name}” and “{other}” do not differ until {} ms.", millis_text(compare.until_us));
    };
    let side = |run: &Run, name: &str, there: bool| {
        if !there {
            return format!("in “{name}” nothing more happens");
        }
        if first.record >= run.trace().len() {
            return format!("in “{name}” something else happens, later than what was played so far");
        }
        let at = millis_text(run.trace().record(first.record).at_us);
        format!("in “{name}” {} (event {}, {at} ms)", words_in(run, first.record), first.record)
    };
    format!(
        "The same until {} ms; then {}, and {}.",
        millis_text(first.at_us),
        side(shown, name, first.there[0]),
        side(&compare.run, other, first.there[1])
    )
}
