//! The line over the lanes: where a pointer puts it, and what it says.

use super::SceneRef;
use crate::model::command::Command;
use crate::model::look::{Wish, bound_at, chosen_words, message_words, verdict};
use crate::model::session::Session;
use crate::ui::controls::{Drop, Props};
use lightcone_core::trace::{NodeId, RecordId};
use lightcone_core::views::diagram::scene::{Point, Scene};
use yew::prelude::*;

/// So near a lane a pointer is on it, in pixels.
const NEAR_PX: f32 = 8.0;
/// Most messages that are listed.
const LISTED_MAX: usize = 40;

/// The line where the pointer is, or at the cursor; none where there is one.
pub(crate) fn cut_at_pointer(s: &Session, scene: &SceneRef) -> Wish {
    if s.look().cut.is_some() {
        return Wish::NoCut;
    }
    let pointer = scene.pointer();
    let scene = scene.0.borrow();
    match pointer.filter(|p| scene.plot.is_some_and(|plot| plot.holds(*p))) {
        Some(p) => whole_line(s, &scene, p),
        None => Wish::Cut(vec![(s.now_units(), s.run().position()); s.run().names().len()]),
    }
}

/// The value of the axis at a point.
fn units(s: &Session, scene: &Scene, p: Point) -> f64 {
    let (start, length) = scene.stretch();
    s.window().0 + f64::from((scene.along(p).0 - start) / length) * (s.window().1 - s.window().0)
}

/// First record of a lane that lies behind a point: what stands side by side is parted as it is drawn.
fn bound(s: &Session, scene: &Scene, node: NodeId, p: Point) -> RecordId {
    let by_axis = bound_at(s, units(s, scene, p));
    let later = scene.events.iter().filter(|e| s.run().trace().record(e.id).node == node);
    let later = later.filter(|e| scene.along(e.at).0 > scene.along(p).0 && e.id < by_axis);
    later.map(|e| e.id).min().unwrap_or(by_axis)
}

/// A straight line through a point.
pub(super) fn whole_line(s: &Session, scene: &Scene, p: Point) -> Wish {
    let at = units(s, scene, p);
    Wish::Cut((0..s.run().names().len()).map(|node| (at, bound(s, scene, node as NodeId, p))).collect())
}

/// The line goes through a point where it crosses a lane.
pub(super) fn one_lane(s: &Session, scene: &Scene, node: NodeId, p: Point) -> Wish {
    Wish::CutLane(node, units(s, scene, p), bound(s, scene, node, p))
}

/// The line goes where a pointer has crossed lanes, or follows it along one.
pub(super) fn through(s: &Session, scene: &Scene, before: Point, at: Point) -> Vec<Wish> {
    let (a, b) = (scene.along(before).1, scene.along(at).1);
    let crossing = |(node, lane): (usize, &f32)| {
        if (b - lane).abs() <= NEAR_PX {
            return Some(one_lane(s, scene, node as NodeId, at));
        }
        let share = (lane - a) / (b - a);
        let place = (before.0 + (at.0 - before.0) * share, before.1 + (at.1 - before.1) * share);
        ((a < *lane) != (b < *lane)).then(|| one_lane(s, scene, node as NodeId, place))
    };
    scene.lanes.iter().enumerate().filter_map(crossing).collect()
}

/// What the line says.
#[component]
pub(crate) fn CutBar(props: &Props) -> Html {
    let s = props.model.get();
    let Some(cut) = &s.look().cut else { return html! {} };
    let consistent = cut.report.is_consistent();
    let flying = &cut.report.in_flight;
    let close = props.on.reform(|_: MouseEvent| Command::Look(Wish::NoCut));
    html! {
        <div class={classes!("cut-bar", (!consistent).then_some("torn"))}>
            <p role="status"><b>{ if consistent { "✓ " } else { "✕ " } }{ verdict(&s, cut) }</b>
                if let Some(words) = chosen_words(&s, cut) { <span>{ words }</span> }</p>
            if flying.is_empty() {
                <span class="flying">{ "nothing in flight" }</span>
            } else {
                <Drop name="Messages in flight over the cut" text={format!("{} in flight", flying.len())}>
                    <ul>{ for flying.iter().take(LISTED_MAX).map(|id| html! { <li>{ message_words(&s, *id) }</li> }) }
                    if flying.len() > LISTED_MAX { <li>{ format!("and {} more", flying.len() - LISTED_MAX) }</li> }</ul>
                </Drop>
            }
            <button class="plain" onclick={close} aria-label="No cut any more" title="No cut any more (c)">{ "×" }</button>
        </div>
    }
}
