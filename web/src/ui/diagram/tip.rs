//! What stands at the pointer: the event under it in words, with its clock before and after.

use super::SceneRef;
use crate::model::Model;
use crate::model::words::{own_clock, words_in};
use lightcone_core::views::diagram::words::when;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

/// Distance from the event, in pixels.
const OFF: f32 = 16.0;
/// Width that the tip may take, in pixels; static/style.css says the same.
const WIDTH: f32 = 260.0;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Where the canvas is.
    pub canvas: NodeRef,
    /// Where the events are on it.
    pub scene: SceneRef,
    /// Whether that is the branch that is compared.
    pub below: bool,
}

/// The tip, while the pointer is over an event.
#[component]
pub(crate) fn Tip(props: &Props) -> Html {
    let s = props.model.get();
    let scene = props.scene.0.borrow();
    let (run, index, hover) = match (s.compare(), props.below) {
        (None, true) => return html! {},
        (Some(compare), true) => (&compare.run, &compare.index, compare.hover),
        (_, false) => (s.run(), s.index(), s.hover()),
    };
    let place = hover.filter(|&id| id < run.trace().len());
    let place = place.and_then(|id| scene.events.iter().find(|e| e.id == id));
    let (Some(place), Some(canvas)) = (place, props.canvas.cast::<HtmlCanvasElement>()) else { return html! {} };
    let record = run.trace().record(place.id);
    let (x, y) = place.at;
    let left = if x + OFF + WIDTH > scene.width { (x - OFF - WIDTH).max(4.0) } else { x + OFF };
    let side = if y > scene.height * 0.55 { "above" } else { "below" };
    let corner = |element: &web_sys::Element| {
        let rect = element.get_bounding_client_rect();
        (rect.left(), rect.top())
    };
    let card = canvas.closest(".card").ok().flatten().map_or((0.0, 0.0), |card| corner(&card));
    let (own_left, own_top) = corner(&canvas);
    let off = (own_left - card.0, own_top - card.1);
    let left = left + off.0 as f32;
    let top = off.1 as f32 + if side == "above" { y - OFF } else { y + OFF };
    html! {
        <div class={classes!("tip", side)} style={format!("left:{}px;top:{}px", left as i32, top as i32)} aria-hidden="true">
            <b>{ words_in(run, place.id) }</b>
            <span>{ when(run, place.id) }</span>
            if let Some(band) = index.band(record.node, place.id) { <span class="band">{ band.text() }</span> }
            if let Some(change) = own_clock(&s, run, place.id) { <span class="own">{ change }</span> }
        </div>
    }
}
