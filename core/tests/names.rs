//! The view at first of every scenario: messages bear their names, and marks of a process stand apart.

mod common;

use common::played;
use lightcone_core::engine::Run;
use lightcone_core::labs::LABS;
use lightcone_core::protocol::Lab;
use lightcone_core::tables::Builtin;
use lightcone_core::trace::Kind;
use lightcone_core::trace::frame::Frame;
use lightcone_core::views::diagram::{Axis, Index, View, WHOLE, lay_out, usual};

/// Size of the diagram in a window of 1440×900, and how much of the story is in sight there, in units.
const SIZE: (f32, f32) = (1_440.0, 450.0);
const UNITS: f64 = 20.0;
/// Of so many hundred messages that are not routine, so many bear their names.
const NAMED_PERCENT: u32 = 80;
/// Least distance between two marks of a process in the story, in pixels.
const APART_PX: f32 = 20.0;
/// Windows that are looked at, one after the other: of a long run its beginning.
const WINDOWS: usize = 30;

/// A run with what its diagram needs.
struct Shown {
    run: Run,
    index: Index,
    frame: Frame,
    views: Vec<View>,
}

fn shown(lab: &dyn Lab, builtin: &Builtin) -> Shown {
    let (run, index) = played(&builtin.json());
    let (until_us, usual, frame) = (run.scenario().until_us, usual(run.scenario()), run.frame());
    let end = index.end(usual.axis, until_us as f64);
    let span = match usual.axis {
        Axis::Story if end > WHOLE * UNITS * usual.unit => UNITS * usual.unit,
        Axis::Story => end,
        _ => (until_us as f64).min(lab.spec().span_us as f64),
    };
    let view = |from: f64| View {
        height: SIZE.1,
        axis: usual.axis,
        folded: usual.axis == Axis::Story,
        labels: if run.names().len() > 10 { lightcone_core::tables::Labels::None } else { lab.spec().clocks },
        ..View::whole(SIZE.0, run.names().len(), from - 0.02 * span, from + 1.03 * span)
    };
    let windows = ((end / span).ceil() as usize).clamp(1, WINDOWS);
    let views = (0..windows).map(|i| view(i as f64 * span)).collect();
    Shown { run, index, frame, views }
}

#[test]
fn messages_bear_their_names() {
    let mut poor = Vec::new();
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let shown = shown(*lab, builtin);
            let (mut named, mut all) = (0, 0);
            for view in &shown.views {
                let scene = lay_out(&shown.run, &shown.index, view, &shown.frame);
                (named, all) = (named + scene.named.0, all + scene.named.1);
            }
            if named * 100 < all * NAMED_PERCENT {
                poor.push(format!("{}/{}: {named} of {all}", lab.spec().id, builtin.id));
            }
        }
    }
    assert!(poor.is_empty(), "too few messages bear their names:\n{}", poor.join("\n"));
}

#[test]
fn in_a_story_marks_of_a_process_stand_apart() {
    let mut stories = 0;
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let shown = shown(*lab, builtin);
            for view in shown.views.iter().filter(|view| view.axis == Axis::Story) {
                stories += 1;
                let scene = lay_out(&shown.run, &shown.index, view, &shown.frame);
                let mut last = vec![f32::MIN; shown.run.names().len()];
                let mut events = scene.events.clone();
                events.sort_by_key(|event| event.id);
                for event in events {
                    let record = shown.run.trace().record(event.id);
                    let hovers = matches!(record.kind, Kind::Boot | Kind::Request | Kind::Reply | Kind::Link);
                    if hovers || shown.index.is_routine(event.id) {
                        continue;
                    }
                    let last = &mut last[usize::from(record.node)];
                    assert!(
                        event.at.0 - *last >= APART_PX,
                        "{}/{}: event {} stands {} px behind the one before it",
                        lab.spec().id,
                        builtin.id,
                        event.id,
                        event.at.0 - *last
                    );
                    *last = event.at.0;
                }
            }
        }
    }
    assert!(stories > 200, "{stories} views");
}
