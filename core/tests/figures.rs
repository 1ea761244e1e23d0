//! Figures for reports: the sizes that were asked for, and only what matters.

mod common;

use common::{played, played_builtin};
use lightcone_core::base::clock::Relation;
use lightcone_core::labs::LABS;
use lightcone_core::trace::causality::{is_event, relation};
use lightcone_core::trace::{Kind, NONE, RecordId};
use lightcone_core::views::diagram::scene::{Anchor, Scene, Shape};
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Axis, Index, Only, Preset, figure, font, lay_out, svg, usual};

/// Texts that reach over the edge of a picture.
fn outside(scene: &Scene) -> Vec<String> {
    let over = |shape: &Shape| {
        let Shape::Text { at, size, bold, anchor, text, .. } = shape else { return None };
        let w = font::text_width(text, *size, *bold);
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - w / 2.0,
            Anchor::End => at.0 - w,
        };
        let inside = left >= -1.0 && left + w <= scene.width + 1.0 && at.1 - size * 0.8 >= -1.0 && at.1 <= scene.height;
        (!inside).then(|| text.clone())
    };
    scene.items.iter().filter_map(|item| over(&item.shape)).collect()
}

#[test]
fn every_scenario_is_a_figure_in_every_size() {
    let mut marks = 0;
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let (run, index) = played(&builtin.json());
            let axis = usual(run.scenario()).axis;
            for preset in Preset::ALL {
                let name = format!("{}/{} {}", lab.spec().id, builtin.id, preset.name());
                let view = figure(&run, &index, axis, preset, None);
                let scene = lay_out(&run, &index, &view, &run.frame());
                let out = outside(&scene);
                assert!(out.is_empty(), "{name}: {out:?} reach over the edge");
                let told = |id: RecordId| is_event(run.trace().record(id)) && !index.is_routine(id);
                let seen = scene.events.iter().filter(|event| told(event.id)).count();
                assert!(seen > 0 || run.trace().len() < 12, "{name} shows nothing");
                marks += seen;
                let picture = svg::write(&scene, &run, &index, Theme::Print, "", "");
                assert!(picture.contains(&format!("width=\"{}mm\"", preset.width_mm())) || preset == Preset::Slide);
                // The type is as large on paper as it says.
                let pt = 11.0 * preset.width_mm() / 25.4 * 72.0 / scene.width;
                assert!((pt - preset.type_pt()).abs() < 0.01, "{name}: type of {pt} pt");
            }
        }
    }
    assert!(marks > 4_000, "{marks} marks");
}

#[test]
fn the_causal_past_is_what_happened_before() {
    for (lab, id) in [("vector-clocks", "textbook"), ("causal-kv", "session"), ("raft-lock", "leader-crash")] {
        let (run, _) = played_builtin(lab, id);
        let trace = run.trace();
        let events: Vec<RecordId> = (0..trace.len()).filter(|&id| is_event(trace.record(id))).collect();
        let event = events[events.len() * 3 / 4];
        let only = Only::past_of(&run, &[event]);
        for &id in &events {
            let before = id == event || relation(trace, id, event) == Some(Relation::Before);
            assert_eq!(!only.leaves_out(id), before, "{lab}/{id}: event {id} and {event}");
        }
    }
}

#[test]
fn the_story_of_a_request_leads_from_it_to_its_reply() {
    let mut stories = 0;
    for lab in LABS {
        for builtin in lab.spec().scenarios.iter().take(6) {
            let (run, _) = played(&builtin.json());
            let trace = run.trace();
            for reply in (0..trace.len()).filter(|&id| trace.record(id).kind == Kind::Reply).take(3) {
                let mut asked = reply;
                while trace.record(asked).cause != NONE && trace.record(asked).kind != Kind::Request {
                    asked = trace.record(asked).cause;
                }
                let told = Only::request(&run, reply);
                if trace.record(asked).kind != Kind::Request {
                    assert!(told.is_err(), "{}: a reply that came of no request", builtin.id);
                    continue;
                }
                let only = told.expect("it came of a request");
                assert_eq!(only, Only::request(&run, asked).expect("the request"), "{}", builtin.id);
                assert!(!only.leaves_out(asked), "{}: the request is told of", builtin.id);
                let (_, last) = only.ends().expect("something is told");
                assert_eq!((trace.record(last).kind, trace.record(last).node), (Kind::Reply, trace.record(asked).node));
                stories += 1;
            }
        }
    }
    assert!(stories > 60, "{stories} stories");
}

#[test]
fn what_is_about_a_key_is_there_and_a_picture_of_it_has_no_other_lanes() {
    let (run, _) = played_builtin("causal-kv", "session");
    let only = Only::key(&run, "x").expect("there is such a key");
    let named = |id: RecordId| run.trace().record(id).kind == Kind::Request && run.line(id).contains("\"x\"");
    assert!((0..run.trace().len()).filter(|&id| named(id)).all(|id| !only.leaves_out(id)));
    assert_eq!(Only::key(&run, "nowhere").unwrap_err(), "nothing in this run is about \"nowhere\"");
    let (run, _) = played_builtin("raft-lock", "first-election");
    let asked = (0..run.trace().len()).find(|&id| run.trace().record(id).kind == Kind::Request).expect("a request");
    let index = Index::only_of(&run, Only::request(&run, asked).expect("a request"));
    let view = figure(&run, &index, Axis::Story, Preset::Page, None);
    assert!(!view.left_out.is_empty(), "clients that have nothing to do with it");
    let scene = lay_out(&run, &index, &view, &run.frame());
    assert_eq!(scene.names.len() + view.left_out.len(), run.names().len());
    assert!(scene.events.iter().all(|event| event.at.1 > 0.0), "nothing stands on a lane that is not there");
    assert!(scene.arrows.len() >= 8, "the request, the log entry and its answers");
}

#[test]
fn what_is_no_request_is_said_to_be_none() {
    let (run, _) = played_builtin("vector-clocks", "textbook");
    assert_eq!(
        Only::request(&run, 9_999).unwrap_err(),
        format!("there is no event 9999; the run has {}", run.trace().len())
    );
    assert_eq!(Only::request(&run, 0).unwrap_err(), "event 0 is no request, and came of none");
}
