//! A line from lane to lane: what one process is asked for that leads to another one. It begins anywhere on a lane that is
//! pulled across, or at the ring that stands on each lane where the cursor is.

use super::retime::{place_at, us_at};
use crate::model::command::Command;
use crate::model::session::Session;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::scene::{Point, Scene};
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// How far off its lane a line may begin, in pixels.
const REACH: f32 = 9.0;
/// From so far off the cursor on a line begins there and not in the past, in pixels.
const NOW_REACH: f32 = 16.0;
/// How large a ring is where there is room for it, in pixels.
const RING: f32 = 26.0;
/// A pull is one across the lanes, and not along the time, when it goes so many times as far across.
const STEEP: f32 = 1.5;

/// A line that is being drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Where it begins.
    pub from: NodeId,
    /// The instant at which it begins, where that is not the cursor's, in microseconds.
    at_us: Option<f64>,
    start: Point,
    /// Where the pointer is with it.
    pub at: Point,
}

/// The lane on which a press is close enough to begin a line.
pub(super) fn lane_of(scene: &Scene, at: Point) -> Option<NodeId> {
    let node = scene.nearest_lane(at).filter(|_| scene.plot.is_some_and(|plot| plot.holds(at)))?;
    ((scene.lanes[usize::from(node)] - scene.along(at).1).abs() <= REACH).then_some(node)
}

/// Whether a pull goes across the lanes.
pub(super) fn is_across(scene: &Scene, start: Point, at: Point) -> bool {
    let (a, b) = (scene.along(start), scene.along(at));
    (b.1 - a.1).abs() > STEEP * (b.0 - a.0).abs()
}

/// The line that begins where a lane was pressed.
pub(super) fn begun(s: &Session, scene: &Scene, from: NodeId, start: Point, at: Point) -> Line {
    let along = scene.along(start).0;
    let now = now_along(s, scene);
    let is_past = now.is_some_and(|now| along < now - NOW_REACH);
    let past = is_past.then(|| us_at(s, scene.stretch(), along).clamp(0.0, s.view_us()));
    let along = if past.is_some() { along } else { now.unwrap_or(along) };
    Line { from, at_us: past, start: scene.along((along, scene.lanes[usize::from(from)])), at }
}

/// Where the cursor stands along the time, if it is in sight.
fn now_along(s: &Session, scene: &Scene) -> Option<f32> {
    let (first, length) = scene.stretch();
    let at = place_at(s, (first, length), s.now_units());
    (first..=first + length).contains(&at).then_some(at)
}

/// The lane to which a line leads, if it is on one.
fn goal(scene: &Scene, line: &Line) -> Option<NodeId> {
    scene.lane_at(line.at).filter(|to| *to != line.from)
}

/// What a line asks for that is let go where the pointer is.
pub(super) fn dropped(scene: &Scene, line: &Line, client: (i32, i32)) -> Option<Command> {
    let to = goal(scene, line)?;
    Some(Command::Ask(line.from, to, line.at_us, client))
}

/// The line, and what it would mean.
pub(super) fn overlay(s: &Session, scene: &Scene, line: &Line) -> Html {
    let name = |node: NodeId| &s.run().names()[usize::from(node)];
    let to = goal(scene, line);
    let end = to.map_or(line.at, |to| scene.along((scene.along(line.at).0, scene.lanes[usize::from(to)])));
    let when = line.at_us.map(|us| format!(", from {} ms on", millis_text(us as u64))).unwrap_or_default();
    let says = match to {
        Some(to) => format!("{} → {}{when}", name(line.from), name(to)),
        None => format!("from {} to another lane{when}", name(line.from)),
    };
    let right = scene.plot.map_or(scene.width, |p| p.x + p.w);
    let (anchor, x) = if end.0 > right - 190.0 { ("end", end.0 - 12.0) } else { ("start", end.0 + 12.0) };
    html! {
        <>
            <line class="moved" x1={n(line.start.0)} y1={n(line.start.1)} x2={n(end.0)} y2={n(end.1)} />
            <circle class="handle" cx={n(end.0)} cy={n(end.1)} r="6" />
            <@{"text"} x={n(x)} y={n(end.1 - 10.0)} text-anchor={anchor}>{ says }</@>
        </>
    }
}

/// Where the rings stand from which lines are drawn, and how large each is at most so that it touches no other: on each
/// lane at the cursor, unless the run is playing.
pub(super) fn rings(s: &Session, scene: &Scene) -> Vec<(Point, f32)> {
    if s.is_playing() || s.look().cut.is_some() || scene.lanes.len() < 2 {
        return Vec::new();
    }
    let Some(now) = now_along(s, scene) else { return Vec::new() };
    let open = |(node, _): &(usize, &f32)| !s.look().collapsed.contains(&(*node as NodeId));
    let room =
        |lane: f32| scene.lanes.iter().map(|other| (other - lane).abs()).filter(|gap| *gap > 0.5).fold(RING, f32::min);
    scene.lanes.iter().enumerate().filter(open).map(|(_, lane)| (scene.along((now, *lane)), room(*lane))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::first_scenario;
    use lightcone_core::views::diagram::lay_out;

    #[test]
    fn a_line_begins_at_the_cursor_or_in_the_past_and_never_in_the_future() {
        let mut s = Session::new(first_scenario());
        s.pause();
        s.seek_time(60_000.0);
        let scene = lay_out(s.run(), s.index(), &s.view(800.0, 400.0), s.frame());
        let rings: Vec<Point> = rings(&s, &scene).into_iter().map(|(at, _)| at).collect();
        assert_eq!(rings.len(), 3);
        let at_now = begun(&s, &scene, 0, rings[0], rings[1]);
        assert_eq!((at_now.at_us, at_now.from), (None, 0));
        let behind = (rings[0].0 + 90.0, rings[0].1);
        assert_eq!(begun(&s, &scene, 0, behind, rings[1]).at_us, None);
        let before = (rings[0].0 - 60.0, rings[0].1);
        let line = begun(&s, &scene, 0, before, (before.0, rings[1].1));
        assert!(line.at_us.is_some_and(|us| us > 0.0 && us < 60_000.0), "{line:?}");
        assert!(matches!(dropped(&scene, &line, (0, 0)), Some(Command::Ask(0, 1, Some(_), _))));
        assert_eq!(dropped(&scene, &Line { at: before, ..line }, (0, 0)), None);
        assert_eq!(lane_of(&scene, before), Some(0));
        assert_eq!(lane_of(&scene, (before.0, before.1 + 14.0)), None);
        assert!(is_across(&scene, before, (before.0 + 5.0, before.1 + 20.0)));
        assert!(!is_across(&scene, before, (before.0 + 20.0, before.1 + 5.0)));
    }
}
