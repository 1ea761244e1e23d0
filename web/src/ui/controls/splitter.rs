//! A line between two parts of the screen: dragged, or moved with the arrow keys.

use crate::model::command::Command;
use crate::model::layout::Edge;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;

/// Pixels that a key moves it.
const KEY_PX: f64 = 24.0;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Which line.
    pub edge: Edge,
    /// Size of the part beside it, in pixels.
    pub size: u32,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The line.
#[component]
pub(crate) fn Splitter(props: &Props) -> Html {
    let Props { edge, size, .. } = *props;
    // Where the pointer went down, and how large the part was then.
    let held = use_mut_ref(|| None::<(f64, f64)>);
    let along = move |e: &PointerEvent| f64::from(if edge == Edge::Below { e.client_y() } else { e.client_x() });
    // Moved to the right or down, the line makes the left part larger and every other one smaller.
    let sign = if edge == Edge::Left { 1.0 } else { -1.0 };
    let down = {
        let held = held.clone();
        Callback::from(move |e: PointerEvent| {
            if let Some(line) = e.target().and_then(|t| t.dyn_into::<Element>().ok()) {
                let _ = line.set_pointer_capture(e.pointer_id());
            }
            e.prevent_default();
            let size = part_of(&e, edge).unwrap_or(f64::from(size));
            *held.borrow_mut() = Some((along(&e), size));
        })
    };
    let moved = {
        let (held, on) = (held.clone(), props.on.clone());
        Callback::from(move |e: PointerEvent| {
            if let Some((start, before)) = *held.borrow() {
                on.emit(Command::Split(edge, before + sign * (along(&e) - start)));
            }
        })
    };
    let up = Callback::from(move |_: PointerEvent| *held.borrow_mut() = None);
    let on_key = {
        let on = props.on.clone();
        Callback::from(move |e: KeyboardEvent| {
            let way = match (e.key().as_str(), edge == Edge::Below) {
                ("ArrowLeft", false) | ("ArrowUp", true) => -1.0,
                ("ArrowRight", false) | ("ArrowDown", true) => 1.0,
                // The least and the most, whichever way that is.
                ("Home", _) => -sign * f64::INFINITY,
                ("End", _) => sign * f64::INFINITY,
                _ => return,
            };
            e.prevent_default();
            e.stop_propagation();
            let size = part_of(&e, edge).unwrap_or(f64::from(size));
            on.emit(Command::Split(edge, size + way * sign * KEY_PX));
        })
    };
    let again = props.on.reform(move |_: MouseEvent| Command::Unsplit(edge));
    let (class, name, way) = match edge {
        Edge::Left => ("left-edge", "Width of the left column", "vertical"),
        Edge::Right => ("right-edge", "Width of the right column", "vertical"),
        Edge::Below => ("below-edge", "Height of the views below the diagram", "horizontal"),
    };
    let range = edge.range();
    html! {
        <div class={classes!("splitter", class)} role="separator" tabindex="0" aria-label={name} aria-orientation={way}
            aria-valuemin={range.min.to_string()} aria-valuemax={range.max.to_string()} aria-valuenow={size.to_string()}
            onpointerdown={down} onpointermove={moved} onpointerup={up.clone()} onpointercancel={up}
            onkeydown={on_key} ondblclick={again} />
    }
}

/// How high the views below the diagram are now: as a rule they have what is left.
fn part_of(e: &web_sys::Event, edge: Edge) -> Option<f64> {
    let line = e.target()?.dyn_into::<Element>().ok().filter(|_| edge == Edge::Below)?;
    Some(line.next_element_sibling()?.get_bounding_client_rect().height())
}
