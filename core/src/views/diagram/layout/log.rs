//! A log of another program as a space-time diagram: on the logical axis, since a log has no times that mean the same at every
//! host. What happened in which order at a host is its lane; arrows are the messages that the clocks prove.

use super::super::font::text_width;
use super::super::marks::{head, mark, short_of};
use super::super::scene::{Anchor, ArrowPlace, EventPlace, Item, NamePlace, Part, Point, Rect, Scene, Shape};
use super::super::theme::{Ink, TONES};
use crate::imports::Execution;
use crate::trace::{Kind, NodeId};

/// Distance of two steps and of two lanes, in pixels.
const STEP_PX: f32 = 34.0;
const LANE_PX: f32 = 64.0;
/// Radius of a mark, and what stays free around the plot, in pixels.
const MARK_PX: f32 = 5.0;
const MARGIN_PX: f32 = 24.0;
/// Room over the lanes for the numbers of steps, in pixels.
const HEAD_PX: f32 = 34.0;
/// Size of letters, in pixels.
const NAME_PX: f32 = 13.0;
const TICK_PX: f32 = 11.0;
/// A number stands at every so manieth step.
const TICK_STEPS: u32 = 5;
/// Longest name that is written in full, in pixels.
const NAME_WIDTH_MAX: f32 = 220.0;

/// Lays out an execution: as wide as its longest chain of events, as high as it has hosts.
#[must_use]
pub fn lay_out_log(execution: &Execution) -> Scene {
    let placed = execution.placed();
    let steps = placed.iter().map(|p| p.step).max().unwrap_or(0);
    let names: Vec<String> = execution.hosts.iter().map(|name| fitted(name)).collect();
    let left = MARGIN_PX + names.iter().map(|name| text_width(name, NAME_PX, true)).fold(0.0, f32::max) + 16.0;
    let plot = Rect {
        x: left,
        y: MARGIN_PX + HEAD_PX,
        w: steps as f32 * STEP_PX,
        h: execution.hosts.len().saturating_sub(1) as f32 * LANE_PX,
    };
    let mut scene = Scene {
        width: plot.x + plot.w + MARGIN_PX,
        height: plot.y + plot.h + MARGIN_PX * 1.5,
        lanes: (0..execution.hosts.len()).map(|n| plot.y + n as f32 * LANE_PX).collect(),
        plot: Some(plot),
        ..Scene::default()
    };
    ground(&mut scene, &names, &execution.hosts, plot, steps);
    let at = |n: usize| -> Point {
        let host = execution.events[n].host as f32;
        (plot.x + (placed[n].step as f32 - 0.5) * STEP_PX, plot.y + host * LANE_PX)
    };
    let mut sends = vec![false; placed.len()];
    for (n, place) in placed.iter().enumerate() {
        for &(source, exact) in &place.heard {
            sends[source as usize] = true;
            arrow(
                &mut scene,
                (source, at(source as usize)),
                (n as u32, at(n)),
                exact,
                tone(execution, source as usize),
            );
        }
    }
    for (n, place) in placed.iter().enumerate() {
        let kind = match (place.heard.is_empty(), sends[n]) {
            (false, _) => Kind::Receive,
            (true, true) => Kind::Send,
            (true, false) => Kind::Local,
        };
        let ink = Ink::Process(tone(execution, n));
        scene.events.push(EventPlace { id: n as u32, at: at(n) });
        for (shape, other) in mark(kind, at(n), MARK_PX) {
            put(&mut scene, shape, other.unwrap_or(ink), Some(Part::Event(n as u32)));
        }
    }
    scene
}

fn tone(execution: &Execution, event: usize) -> u8 {
    (execution.events[event].host % u32::from(TONES)) as u8
}

/// A name on one line, with its end left out where it is too long.
fn fitted(name: &str) -> String {
    let mut short: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text_width(&short, NAME_PX, true) <= NAME_WIDTH_MAX {
        return short;
    }
    while text_width(&short, NAME_PX, true) > NAME_WIDTH_MAX - 12.0 && short.pop().is_some() {}
    short + "…"
}

fn put(scene: &mut Scene, shape: Shape, ink: Ink, part: Option<Part>) {
    scene.items.push(Item { shape, ink, alpha: 1.0, clipped: false, part });
}

fn text(at: Point, size: f32, bold: bool, anchor: Anchor, text: String) -> Shape {
    Shape::Text { at, size, bold, anchor, text, halo: false, along: None }
}

/// Numbers of steps, lanes, and whose they are.
fn ground(scene: &mut Scene, names: &[String], hosts: &[String], plot: Rect, steps: u32) {
    for step in (1..=steps).filter(|step| step.is_multiple_of(TICK_STEPS)) {
        let x = plot.x + (step as f32 - 0.5) * STEP_PX;
        let (from, to) = ((x, plot.y - 14.0), (x, plot.y + plot.h + 14.0));
        put(scene, Shape::Line { from, to, width: 1.0, dash: None }, Ink::Grid, None);
        put(scene, text((x, plot.y - 22.0), TICK_PX, false, Anchor::Middle, step.to_string()), Ink::Muted, None);
    }
    for (n, name) in names.iter().enumerate() {
        let y = scene.lanes[n];
        let (from, to) = ((plot.x, y), (plot.x + plot.w, y));
        put(scene, Shape::Line { from, to, width: 1.2, dash: None }, Ink::Lane, None);
        let ink = Ink::Word((n % usize::from(TONES)) as u8);
        put(scene, text((plot.x - 16.0, y + 4.5), NAME_PX, true, Anchor::End, name.clone()), ink, None);
        let rect = Rect { x: MARGIN_PX, y: y - 10.0, w: plot.x - MARGIN_PX, h: 20.0 };
        let shortened = *name != hosts[n];
        scene.names.push(NamePlace { node: n as NodeId, rect, shortened });
    }
}

/// A message. Where the log lacks its sending, it comes from the last event before that, and is dashed.
fn arrow(scene: &mut Scene, from: (u32, Point), to: (u32, Point), exact: bool, tone: u8) {
    let place = scene.arrows.len();
    let ((origin, start), (end, tip)) = (from, to);
    scene.arrows.push(ArrowPlace {
        message: place as u32,
        copy: 1,
        origin,
        end: Some(end),
        from: start,
        to: tip,
        in_flight: false,
        link: false,
    });
    let tip = short_of(start, tip, MARK_PX + 2.0);
    let dash = (!exact).then_some((5.0, 4.0));
    let line = Shape::Line { from: start, to: short_of(start, tip, 5.0), width: 1.3, dash };
    put(scene, line, Ink::Process(tone), Some(Part::Arrow(place)));
    put(scene, head(start, tip, 8.0), Ink::Process(tone), Some(Part::Arrow(place)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::{Expression, read};
    use crate::views::diagram::svg;
    use crate::views::diagram::theme::Theme;

    #[test]
    fn every_event_has_its_mark_and_every_message_runs_to_the_right() {
        let text = "a {\"a\":1}\nsends <x> & y\nb {\"a\":1,\"b\":1}\nreceives\nb {\"a\":1,\"b\":2}\nthinks\na {\"a\":2,\"b\":4}\nreceives\n\
                    b {\"a\":1,\"b\":5}\nrests\n";
        let log = read(text, 1, &Expression::guess(text).expect("a known form"), None);
        let scene = lay_out_log(&log.executions[0]);
        assert_eq!((scene.events.len(), scene.arrows.len(), scene.lanes.len()), (5, 2, 2));
        assert!(scene.arrows.iter().all(|arrow| arrow.from.0 < arrow.to.0));
        let dashed = |item: &&Item| matches!(item.shape, Shape::Line { dash: Some(_), .. });
        assert_eq!(scene.items.iter().filter(dashed).count(), 1, "the sending of one message is missing");
        let svg = svg::write_log(&scene, &log.executions[0], Theme::Light, "A log");
        assert_eq!(svg.matches("data-event=").count(), 5);
        assert!(svg.contains("sends &lt;x&gt; &amp; y") && svg.contains("data-line=\"1\""), "{svg}");
        assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    }
}
