//! Moving the head of a message along time: the way it has still to go, the handle, and where it would arrive.

use crate::model::command::{Command, Target};
use crate::model::session::Session;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::{Act, Surgery, Which};
use lightcone_core::views::diagram::scene::{ArrowPlace, Point, Scene};
use lightcone_core::views::diagram::svg::n;
use lightcone_core::views::diagram::{Axis, Orientation};
use yew::prelude::*;

/// How far off a head may be taken, in pixels.
const REACH: f32 = 13.0;
/// The same for a finger.
const REACH_TOUCH: f32 = 24.0;
/// Shortest time until an arrival, in microseconds.
const SOONEST_US: f64 = 1.0;

/// A message under way as it stands in the diagram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) message: u32,
    pub(super) copy: u16,
    /// Where its line begins, where it ends now, and where it will arrive.
    pub(super) from: Point,
    pub(super) end: Point,
    pub(super) goal: Point,
    pub(super) arrive_us: u64,
}

/// Where the stretch that is shown begins, and how long it is, in pixels along time.
type Stretch = (f32, f32);

/// Where so many units of the axis stand along it.
pub(super) fn place_at(s: &Session, (start, length): Stretch, units: f64) -> f32 {
    let (from, to) = s.window();
    start + ((units - from) / (to - from) * f64::from(length)) as f32
}

/// Where a time stands along the axis; `None` on the logical one, on which nothing can be moved in time.
fn along_of(s: &Session, stretch: Stretch, us: f64) -> Option<f32> {
    let units = s.index().units_at(s.axis(), s.run().trace(), us);
    (s.axis() != Axis::Logical).then(|| place_at(s, stretch, units))
}

/// The time that a place along the axis stands for, in microseconds.
pub(super) fn us_at(s: &Session, (start, length): Stretch, along: f32) -> f64 {
    let (from, to) = s.window();
    let units = from + f64::from((along - start) / length.max(1.0)) * (to - from);
    s.index().us_at(s.axis(), s.run().trace(), units)
}

/// The arrival that a place along time stands for: never before now.
pub(super) fn time_at(s: &Session, stretch: Stretch, along: f32) -> f64 {
    us_at(s, stretch, along).max(s.view_us() + SOONEST_US)
}

/// The messages under way that can be moved.
pub(super) fn heads(s: &Session, scene: &Scene) -> Vec<Head> {
    let flights = &s.frame().in_flight;
    let head = |a: &ArrowPlace| {
        let flight = flights.iter().find(|f| f.carries(a.message) && f.copy == a.copy)?;
        let along = along_of(s, scene.stretch(), flight.arrive_us as f64)?.max(scene.along(a.to).0);
        let goal = scene.along((along, scene.lanes[usize::from(flight.to)]));
        let (message, copy) = (a.message, a.copy);
        Some(Head { message, copy, from: a.from, end: a.to, goal, arrive_us: flight.arrive_us })
    };
    scene.arrows.iter().filter(|a| a.in_flight && !a.link).filter_map(head).collect()
}

impl Head {
    /// Whether a point is near to the way that is still to go.
    pub(super) fn is_near(&self, at: Point) -> bool {
        let (dx, dy) = (self.goal.0 - self.end.0, self.goal.1 - self.end.1);
        let share = ((at.0 - self.end.0) * dx + (at.1 - self.end.1) * dy) / (dx * dx + dy * dy).max(0.001);
        let share = share.clamp(0.0, 1.0);
        far(at, (self.end.0 + dx * share, self.end.1 + dy * share)) <= REACH
    }
}

/// The messages in sight that are not under way any more, in the order in which they were sent.
pub(super) fn arrived(scene: &Scene) -> Vec<Target> {
    let in_sight = |a: &&ArrowPlace| scene.plot.is_some_and(|plot| plot.holds(a.to) || plot.holds(a.from));
    let done = scene.arrows.iter().filter(|a| !a.link && !a.in_flight).filter(in_sight);
    let mut all: Vec<(u32, u16)> = done.map(|a| (a.message, a.copy)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(message, copy)| Target::Message(message, copy)).collect()
}

/// Where a lane or a message is that the keys are at.
pub(super) fn place_of(scene: &Scene, heads: &[Head], target: Target) -> Option<Point> {
    match target {
        Target::Node(node) => Some(scene.along((scene.stretch().0, *scene.lanes.get(usize::from(node))?))),
        Target::Message(id, copy) => {
            let head = heads.iter().find(|h| (h.message, h.copy) == (id, copy)).map(|h| h.end);
            let line = || scene.arrows.iter().find(|a| !a.link && (a.message, a.copy) == (id, copy));
            head.or_else(|| line().map(|a| ((a.from.0 + a.to.0) / 2.0, (a.from.1 + a.to.1) / 2.0)))
        }
        Target::Link(..) | Target::Offers(..) => None,
    }
}

/// A mark around what the keys are at, and its name.
pub(super) fn marked(s: &Session, scene: &Scene, heads: &[Head], target: Target) -> (Html, String) {
    let Some((x, y)) = place_of(scene, heads, target) else { return Default::default() };
    let (mark, name) = match target {
        Target::Node(node) => (
            if scene.orientation == Orientation::Right {
                html! { <rect class="key-mark" x="2" y={n(y - 13.0)} width={n(x - 6.0)} height="26" rx="6" /> }
            } else {
                html! { <rect class="key-mark" x={n(x - 34.0)} y="2" width="68" height={n((y - 6.0).max(8.0))} rx="6" /> }
            },
            s.run().names()[usize::from(node)].clone(),
        ),
        Target::Message(id, _) => (
            html! { <circle class="key-mark" cx={n(x)} cy={n(y)} r="11" /> },
            format!("message {}", s.run().message_label(id)),
        ),
        Target::Link(..) | Target::Offers(..) => return Default::default(),
    };
    (mark, format!("{name}: Enter opens its menu"))
}

fn far(a: Point, b: Point) -> f32 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

/// The head or the handle at a point: handles only of messages that are shown with theirs.
pub(super) fn taken(heads: &[Head], shown: Option<(u32, u16)>, at: Point, touch: bool) -> Option<Head> {
    let reach = if touch { REACH_TOUCH } else { REACH };
    let off = |h: &Head| {
        let handle = if shown == Some((h.message, h.copy)) { far(h.goal, at) } else { f32::MAX };
        far(h.end, at).min(handle)
    };
    heads
        .iter()
        .copied()
        .map(|h| (off(&h), h))
        .filter(|(d, _)| *d <= reach)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|h| h.1)
}

/// The act that lets a message arrive at a time.
pub(super) fn act(s: &Session, head: &Head, arrive_us: f64) -> Command {
    let in_us = (arrive_us - s.view_us()).max(SOONEST_US).round() as u64;
    let several = s.frame().in_flight.iter().filter(|f| f.carries(head.message)).count() > 1;
    let which = if several { Which::Copy(head.message, head.copy) } else { Which::Id(head.message) };
    Command::Act(Act::Message { which, surgery: Surgery::DeliverIn(in_us) })
}

/// The way a message has still to go, with its handle; while it is being moved, the way it would take.
pub(super) fn overlay(s: &Session, scene: &Scene, head: &Head, moved_to: Option<f32>) -> Html {
    let right = scene.plot.map_or(scene.width, |p| p.x + p.w);
    let (goal, says) = match moved_to {
        None => (head.goal, None),
        Some(along) => {
            let us = time_at(s, scene.stretch(), along);
            let along = along_of(s, scene.stretch(), us).unwrap_or(along);
            let by_us = us.round() as i64 - head.arrive_us as i64;
            let by = format!("{}{} ms", if by_us < 0 { "−" } else { "+" }, millis_text(by_us.unsigned_abs()));
            (
                scene.along((along, scene.along(head.goal).1)),
                Some(format!("arrives at {} ms ({by})", millis_text(us.round() as u64))),
            )
        }
    };
    let from = if says.is_some() { head.from } else { head.end };
    // Clear of the lane, and inside the picture.
    let side = if head.from.1 < goal.1 { -12.0 } else { 20.0 };
    let (anchor, at) = if goal.0 > right - 150.0 { ("end", goal.0.min(right) - 8.0) } else { ("start", goal.0 + 8.0) };
    html! {
        <>
            <line class={if says.is_some() { "moved" } else { "still-to-go" }}
                x1={n(from.0)} y1={n(from.1)} x2={n(goal.0)} y2={n(goal.1)} />
            if goal.0 <= right + 6.0 { <circle class="handle" cx={n(goal.0)} cy={n(goal.1)} r="6" /> }
            if let Some(says) = says {
                <@{"text"} x={n(at)} y={n(goal.1 + side)} text-anchor={anchor}>{ says }</@>
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::look;

    #[test]
    fn a_head_is_taken_near_its_end_and_at_its_handle_only_when_that_is_shown() {
        let head =
            Head { message: 3, copy: 1, from: (0.0, 0.0), end: (50.0, 50.0), goal: (100.0, 100.0), arrive_us: 9 };
        assert_eq!(taken(&[head], None, (55.0, 52.0), false), Some(head));
        assert_eq!(taken(&[head], None, (99.0, 99.0), false), None);
        assert_eq!(taken(&[head], Some((3, 1)), (99.0, 99.0), false), Some(head));
        assert_eq!(taken(&[head], Some((3, 2)), (99.0, 99.0), false), None);
        assert_eq!(taken(&[head], Some((3, 1)), (75.0, 90.0), false), None);
    }

    #[test]
    fn a_head_moved_into_the_past_arrives_as_soon_as_can_be() {
        let mut s = Session::new(crate::model::session::first_scenario());
        s.seek_time(20_000.0);
        let plot = (100.0, 500.0);
        look::carry_out(&mut s, look::Wish::Window(0.0, 50_000.0));
        assert!((time_at(&s, plot, 400.0) - 30_000.0).abs() < 0.1);
        assert_eq!(time_at(&s, plot, 120.0), 20_001.0);
        let head = Head { message: 0, copy: 1, from: (0.0, 0.0), end: (0.0, 0.0), goal: (0.0, 0.0), arrive_us: 1 };
        let wanted = Act::Message { which: Which::Id(0), surgery: Surgery::DeliverIn(10_000) };
        assert_eq!(act(&s, &head, time_at(&s, plot, 400.0)), Command::Act(wanted));
    }
}
