//! Lanes in another order: a name that is dragged, an entry of the menu, a key.

use crate::model::command::Target;
use crate::model::look::Wish;
use crate::model::possible::step_lane;
use crate::model::session::Session;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::Orientation;
use lightcone_core::views::diagram::scene::{Point, Scene};
use lightcone_core::views::diagram::svg::n;
use web_sys::KeyboardEvent;
use yew::prelude::*;

/// The other lanes in their order, and how many of them lie before a point.
fn others(s: &Session, scene: &Scene, node: NodeId, at: Point) -> (Vec<f32>, usize) {
    let across = scene.along(at).1;
    let lanes = s.look().lanes(s.run().names().len()).into_iter().filter(|lane| *lane != node);
    let places: Vec<f32> = lanes.filter_map(|lane| scene.lanes.get(usize::from(lane)).copied()).collect();
    let before = places.iter().filter(|place| **place < across).count();
    (places, before)
}

/// The lane is let go where the pointer is.
pub(super) fn dropped(s: &Session, scene: &Scene, node: NodeId, at: Point) -> Wish {
    Wish::Lane(node, others(s, scene, node, at).1)
}

/// Where the lane would come, with its name on that line.
pub(super) fn overlay(s: &Session, scene: &Scene, node: NodeId, at: Point) -> Html {
    let (places, before) = others(s, scene, node, at);
    let (Some(plot), Some(own)) = (scene.plot, scene.lanes.get(usize::from(node))) else { return html! {} };
    let half = places.iter().map(|place| (place - own).abs()).fold(f32::MAX, f32::min) / 2.0;
    let goal = match (before.checked_sub(1).and_then(|i| places.get(i)), places.get(before)) {
        (Some(a), Some(b)) => (a + b) / 2.0,
        (Some(a), None) => a + half,
        (None, Some(b)) => b - half,
        (None, None) => *own,
    };
    let end = match scene.orientation {
        Orientation::Right => plot.x + plot.w,
        Orientation::Down => plot.y + plot.h,
    };
    let (from, to) = (scene.along((0.0, goal)), scene.along((end, goal)));
    let words = (plot.x.max(from.0) + 8.0, plot.y.max(from.1 - 6.0));
    let name = &s.run().names()[usize::from(node)];
    html! {
        <>
            <line class="lane-goal" x1={n(from.0)} y1={n(from.1)} x2={n(to.0)} y2={n(to.1)} />
            <@{"text"} x={n(words.0)} y={n(words.1)}>{ name }</@>
        </>
    }
}

/// Alt with an arrow key across the time moves the lane that the keys are at.
pub(super) fn key(s: &Session, target: Option<Target>, e: &KeyboardEvent) -> Option<Wish> {
    let Some(Target::Node(node)) = target.filter(|_| e.alt_key() && !e.ctrl_key() && !e.meta_key()) else {
        return None;
    };
    let forward = match e.key().as_str() {
        "ArrowUp" => false,
        "ArrowDown" => true,
        _ => return None,
    };
    let (wish, why_not) = step_lane(s, node, forward);
    why_not.is_none().then_some(wish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::look;
    use crate::model::session::first_scenario;
    use lightcone_core::views::diagram::lay_out;

    #[test]
    fn a_lane_comes_where_it_is_dropped_and_its_menu_moves_it_by_one() {
        let mut s = Session::new(first_scenario());
        let scene = |s: &Session| lay_out(s.run(), s.index(), &s.view(800.0, 400.0), s.frame());
        let before = scene(&s);
        // P1 between P2 and P3.
        let wish = dropped(&s, &before, 0, (20.0, before.lanes[1] + 3.0));
        look::carry_out(&mut s, wish);
        assert_eq!(s.look().lanes(3), [1, 0, 2]);
        let after = scene(&s);
        assert_eq!(after.lanes, [before.lanes[1], before.lanes[0], before.lanes[2]]);
        // Let go where it is, it stays.
        let wish = dropped(&s, &after, 0, (20.0, after.lanes[0]));
        look::carry_out(&mut s, wish);
        assert_eq!(s.look().lanes(3), [1, 0, 2]);
        let (wish, why_not) = step_lane(&s, 0, false);
        assert_eq!(why_not, None);
        look::carry_out(&mut s, wish);
        assert!(s.look().order.is_empty(), "the order in which they are numbered is none");
        assert!(step_lane(&s, 0, false).1.is_some() && step_lane(&s, 2, true).1.is_some());
    }
}
