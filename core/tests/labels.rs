//! Every scenario of every lab, laid out in many ways: no text lies on another, on an arrow's head or on a mark.

mod common;

use common::on_all_processors;
use lightcone_core::engine::Run;
use lightcone_core::labs::{self, LABS};
use lightcone_core::tables::{Builtin, Labels};
use lightcone_core::views::diagram::scene::{Anchor, Item, Point, Rect, Scene, Shape};
use lightcone_core::views::diagram::{Axis, Index, LOGICAL_STEP, Orientation, View, font, lay_out};

/// What two texts may share by rounding, in pixels.
const TOLERANCE: f32 = 0.6;

/// The ground that the letters of a text stand on.
fn grounds(item: &Item) -> Vec<(Rect, &str)> {
    let Shape::Text { at, size, bold, anchor, text, along, .. } = &item.shape else { return Vec::new() };
    let w = font::text_width(text, *size, *bold);
    let x = match anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - w / 2.0,
        Anchor::End => at.0 - w,
    };
    // From the height of a capital down to the tail of a comma.
    let (up, down) = (size * 0.72, size * 0.16);
    let Some((dx, dy)) = *along else {
        return vec![(shrunk(Rect { x, y: at.1 - up, w, h: up + down }), text)];
    };
    // Of a slanted text, letter by letter: squares inside each, so that what they meet is really met.
    let count = (w / 4.0).ceil();
    let letter = |i: usize| {
        let (off, high) = ((i as f32 + 0.5) * w / count - w / 2.0, (up + down) * 0.6);
        let middle = (at.0 + dx * off + dy * size * 0.28, at.1 + dy * off - dx * size * 0.28);
        Rect { x: middle.0 - high / 2.0, y: middle.1 - high / 2.0, w: high, h: high }
    };
    (0..count as usize).map(|i| (letter(i), text.as_str())).collect()
}

fn shrunk(r: Rect) -> Rect {
    Rect { x: r.x + TOLERANCE, y: r.y + TOLERANCE, w: r.w - 2.0 * TOLERANCE, h: r.h - 2.0 * TOLERANCE }
}

/// Points of the outline of a mark or of a head, a pixel apart; nothing for what texts may stand on.
fn outline(item: &Item) -> Vec<Point> {
    if !item.clipped {
        return Vec::new();
    }
    let circle = |at: Point, r: f32| {
        let turn = |i: usize| (i as f32 / 24.0 * std::f32::consts::TAU).sin_cos();
        (0..24).map(|i| (at.0 + r * turn(i).0, at.1 + r * turn(i).1)).chain([at]).collect()
    };
    match &item.shape {
        Shape::Polygon(points) | Shape::Outline { points, .. } => {
            let next = points.iter().cycle().skip(1);
            points.iter().zip(next).flat_map(|(a, b)| along(*a, *b)).collect()
        }
        Shape::Disc { at, r } => circle(*at, *r),
        Shape::Ring { at, r, filled: true, .. } => circle(*at, *r),
        _ => Vec::new(),
    }
}

/// The least and the greatest of the points along both axes.
fn around(points: &[Point]) -> (Point, Point) {
    let none = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
    points
        .iter()
        .fold(none, |(least, most), p| ((least.0.min(p.0), least.1.min(p.1)), (most.0.max(p.0), most.1.max(p.1))))
}

/// Whether some of what lies between these two corners can lie in the rectangle: most marks are far from most texts.
fn meets(rect: &Rect, (least, most): (Point, Point)) -> bool {
    least.0 <= rect.x + rect.w && most.0 >= rect.x && least.1 <= rect.y + rect.h && most.1 >= rect.y
}

fn along(a: Point, b: Point) -> Vec<Point> {
    let steps = ((a.0 - b.0).hypot(a.1 - b.1)).ceil().max(1.0);
    let at = |i: f32| (a.0 + (b.0 - a.0) * i / steps, a.1 + (b.1 - a.1) * i / steps);
    (0..=steps as usize).map(|i| at(i as f32)).collect()
}

/// What lies on one another in a scene.
fn overlaps(scene: &Scene) -> Vec<String> {
    let texts: Vec<(Rect, &str)> = scene.items.iter().flat_map(grounds).collect();
    let mut found = Vec::new();
    for (i, (a, said)) in texts.iter().enumerate() {
        for (b, other) in &texts[i + 1..] {
            // Letters of one slanted text are neighbours.
            if a.overlaps(b) && !std::ptr::eq(*said, *other) {
                found.push(format!("“{said}” {a:?} lies on “{other}” {b:?}"));
            }
        }
        let outside = a.x < -1.0 || a.y < -1.0 || a.x + a.w > scene.width + 1.0 || a.y + a.h > scene.height + 1.0;
        if outside {
            found.push(format!("“{said}” {a:?} is cut off"));
        }
    }
    for item in &scene.items {
        let outline = outline(item);
        let around = around(&outline);
        for (rect, said) in texts.iter().filter(|(rect, _)| meets(rect, around)) {
            if let Some(point) = outline.iter().find(|point| rect.holds(**point)) {
                found.push(format!("“{said}” {rect:?} lies on {:?} at {point:?}", item.shape));
            }
        }
    }
    found
}

fn views(run: &Run, index: &Index, end_us: u64, now_us: u64) -> Vec<View> {
    let steps = f64::from(index.step_count() + 1) * LOGICAL_STEP;
    let mut views = Vec::new();
    for orientation in [Orientation::Right, Orientation::Down] {
        for (width, height) in [(870.0, 430.0), (390.0, 300.0)] {
            for labels in [Labels::Vector, Labels::Both, Labels::Own] {
                for axis in [Axis::Time, Axis::Logical, Axis::Story] {
                    // On a bent axis clocks are as far apart as marks: one sort of them is enough.
                    if axis == Axis::Story && labels != Labels::Vector {
                        continue;
                    }
                    for zoom in [1.0, 4.0] {
                        let span = match axis {
                            Axis::Time => end_us as f64,
                            Axis::Logical => steps,
                            Axis::Story => index.end(axis, end_us as f64),
                        };
                        let view = View {
                            height,
                            axis,
                            labels,
                            folded: axis == Axis::Story,
                            orientation,
                            // In another order where more is to be seen of each lane.
                            order: if zoom > 1.0 { vec![2, 0] } else { Vec::new() },
                            now_us: Some(now_us),
                            ..View::whole(width, run.names().len(), -0.02 * span, 1.03 * span / zoom)
                        };
                        views.push(view);
                    }
                }
            }
        }
    }
    views
}

/// What was looked at, and what was wrong.
#[derive(Default)]
struct Looked {
    texts: usize,
    scenes: usize,
    wrong: Vec<String>,
}

/// Looks at a scenario at three of its moments, in all views.
fn look(lab: &str, builtin: &Builtin, looked: &mut Looked) {
    let scenario = labs::parse(&builtin.json()).expect("a built-in scenario");
    let until_us = scenario.until_us;
    let mut run = Run::new(scenario);
    run.seek_time(until_us, u32::MAX);
    let mut index = Index::default();
    index.update(&run);
    for share in [1, 2, 4] {
        run.seek_time(until_us * share / 4, u32::MAX);
        let frame = run.frame();
        let events: Vec<u32> = (0..frame.position)
            .filter(|&id| lightcone_core::trace::causality::is_event(run.trace().record(id)))
            .collect();
        for (i, mut view) in views(&run, &index, until_us, run.now_us()).into_iter().enumerate() {
            // With two events chosen in some of them.
            if i % 3 == 0 && events.len() > 4 {
                view.chosen = [Some(events[events.len() / 3]), Some(events[events.len() / 2])];
            }
            if i % 5 == 0 {
                view.collapsed = vec![1];
            }
            let scene = lay_out(&run, &index, &view, &frame);
            looked.texts += scene.items.iter().filter(|item| matches!(item.shape, Shape::Text { .. })).count();
            looked.scenes += 1;
            let way = format!(
                "{lab}/{} at {share}/4, {:?} {:?} {:?} {}×{} to {}",
                builtin.id, view.orientation, view.axis, view.labels, view.width, view.height, view.to
            );
            looked.wrong.extend(overlaps(&scene).into_iter().map(|what| format!("{way}: {what}")));
        }
    }
}

#[test]
fn no_text_lies_on_another_or_on_an_arrow_head_or_on_a_mark() {
    let all = LABS.iter().map(|lab| lab.spec());
    let all: Vec<(&str, &Builtin)> = all.flat_map(|spec| spec.scenarios.iter().map(|b| (spec.id, b))).collect();
    let play = |i: u64, looked: &mut Looked| look(all[i as usize].0, all[i as usize].1, looked);
    let Looked { texts, scenes, wrong } = on_all_processors(0..all.len() as u64, play, |total: &mut Looked, more| {
        total.texts += more.texts;
        total.scenes += more.scenes;
        total.wrong.extend(more.wrong);
    });
    println!("{texts} texts in {scenes} scenes");
    assert!(texts > 10_000, "there is something to read");
    assert!(wrong.is_empty(), "{} places, such as\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
