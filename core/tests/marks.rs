//! Every scenario of every lab and many random runs, laid out in many ways: a mark stands at its instant, as ticks and the
//! cursor do, no arrow runs backwards, and marks of one lane do not lie on one another.

mod common;

use common::{cases, on_all_processors, parse};
use lightcone_core::engine::Run;
use lightcone_core::engine::explore::{random_scenario, run_and_settle};
use lightcone_core::labs::LABS;
use lightcone_core::tables::{Builtin, Labels, Setup};
use lightcone_core::trace::Kind;
use lightcone_core::views::diagram::scene::{EventPlace, Part, Scene, Shape};
use lightcone_core::views::diagram::theme::{Ink, Theme};
use lightcone_core::views::diagram::{Axis, Index, Orientation, View, lay_out, svg};

/// Pixels by which a place may be off through rounding.
const ROUNDING: f32 = 0.02;

/// Views of a stretch of a run.
fn views(run: &Run, index: &Index, end_us: u64, now_us: u64) -> Vec<View> {
    let mut views = Vec::new();
    for orientation in [Orientation::Right, Orientation::Down] {
        for (width, height) in [(870.0, 430.0), (390.0, 300.0), (1_440.0, 320.0)] {
            for axis in [Axis::Time, Axis::Logical, Axis::Story] {
                for zoom in [1.0, 5.0] {
                    let span = index.end(axis, end_us as f64);
                    views.push(View {
                        height,
                        axis,
                        orientation,
                        labels: Labels::Own,
                        now_us: Some(now_us),
                        ..View::whole(width, run.names().len(), -0.02 * span, 1.03 * span / zoom)
                    });
                }
            }
        }
    }
    views
}

/// Where an instant stands along the time, in pixels.
fn place(view: &View, scene: &Scene, units: f64) -> f32 {
    let (start, length) = scene.stretch();
    start + ((units - view.from) / (view.to - view.from) * f64::from(length)) as f32
}

fn wrong_places(run: &Run, index: &Index, view: &View, scene: &Scene) -> Vec<String> {
    let mut wrong = Vec::new();
    let along = |p| scene.along(p).0;
    let mut events = scene.events.clone();
    events.sort_by_key(|event| event.id);
    for event in &events {
        let record = run.trace().record(event.id);
        let right = place(view, scene, record.at_us as f64);
        if view.axis == Axis::Time && (along(event.at) - right).abs() > ROUNDING {
            wrong.push(format!("event {} of {} us stands at {}, not {right}", event.id, record.at_us, along(event.at)));
        }
    }
    for pair in events.windows(2).filter(|pair| along(pair[1].at) < along(pair[0].at) - ROUNDING) {
        wrong.push(format!("event {} stands before event {}", pair[1].id, pair[0].id));
    }
    for arrow in scene.arrows.iter().filter(|arrow| along(arrow.to) < along(arrow.from) - ROUNDING) {
        wrong.push(format!("message {} runs from {} back to {}", arrow.message, along(arrow.from), along(arrow.to)));
    }
    for item in &scene.items {
        match &item.shape {
            Shape::Text { at, text, size, .. } if view.axis != Axis::Logical && !item.clipped => {
                let Some(ms) = text.strip_suffix(" ms").and_then(|ms| ms.parse::<f64>().ok()) else { continue };
                // Downwards a tick's text is written beside it: its baseline is below its middle.
                let middle = if view.orientation == Orientation::Down { at.1 - size * 0.35 } else { at.0 };
                let right = place(view, scene, index.units_at(view.axis, run.trace(), ms * 1e3));
                if (middle - right).abs() > 0.5 {
                    wrong.push(format!("the tick {text} stands at {middle}, not {right}"));
                }
            }
            Shape::Line { from, .. } if item.ink == Ink::Accent && item.part.is_none() => {
                let now_us = view.now_us.unwrap_or(0) as f64;
                let right = place(view, scene, index.units_now(view.axis, run.trace(), run.frame().event, now_us));
                if (along(*from) - right).abs() > ROUNDING {
                    wrong.push(format!("now stands at {}, not {right}", along(*from)));
                }
            }
            _ => {}
        }
    }
    wrong
}

/// So many marks of a lane have room at one place at any distance of lanes.
const FEW: usize = 4;

/// A few marks that lie on one another, and marks nearer to another lane than to their own.
fn hidden_marks(run: &Run, scene: &Scene) -> Vec<String> {
    let hovers = |id: u32| matches!(run.trace().record(id).kind, Kind::Request | Kind::Reply | Kind::Boot);
    let mut wrong = Vec::new();
    // All that a mark can be near to is in its own row.
    let row = |id: u32| (run.trace().record(id).node, hovers(id));
    let places: Vec<_> = scene.events.iter().map(|event| (row(event.id), scene.along(event.at).0, event)).collect();
    for (i, (own, _, a)) in places.iter().enumerate() {
        let (at, lane) = (scene.along(a.at), scene.lanes[usize::from(own.0)]);
        let nearest = scene.lanes.iter().map(|other| (other - at.1).abs()).fold(f32::MAX, f32::min);
        if (lane - at.1).abs() > nearest + ROUNDING {
            wrong.push(format!("the mark of event {} is nearer to another lane", a.id));
        }
        if own.1 {
            continue;
        }
        let near = |(row, along, _): &&((u16, bool), f32, &EventPlace)| row == own && (along - at.0).abs() < 40.0;
        if places.iter().filter(near).nth(FEW).is_some() {
            continue;
        }
        for (_, _, b) in places[i + 1..].iter().filter(near) {
            let (dx, dy) = (a.at.0 - b.at.0, a.at.1 - b.at.1);
            if dx * dx + dy * dy < 6.0 {
                wrong.push(format!("the marks of events {} and {} lie on one another", a.id, b.id));
            }
        }
    }
    wrong
}

/// Looks at a run in all views, at three of its moments; how many marks it has seen.
fn look(run: &mut Run, what: &str) -> usize {
    let end_us = run.scenario().until_us.max(1);
    let mut index = Index::default();
    index.update(run);
    let mut marks = 0;
    for share in [1, 2, 4] {
        run.seek_time(end_us * share / 4, u32::MAX);
        let frame = run.frame();
        for view in views(run, &index, end_us, run.now_us()) {
            let scene = lay_out(run, &index, &view, &frame);
            marks += scene.events.len();
            let mut wrong = wrong_places(run, &index, &view, &scene);
            wrong.extend(hidden_marks(run, &scene));
            assert!(
                wrong.is_empty(),
                "{what} at {} us, {:?} {:?} {}×{}, {} to {}:\n{}",
                run.now_us(),
                view.axis,
                view.orientation,
                view.width,
                view.height,
                view.from,
                view.to,
                wrong.join("\n")
            );
        }
    }
    marks
}

#[test]
fn marks_stand_at_their_instants_in_every_scenario() {
    let all: Vec<&Builtin> = LABS.iter().flat_map(|lab| lab.spec().scenarios).collect();
    let play = |i: u64, marks: &mut usize| {
        let builtin = all[i as usize];
        let scenario = parse(&builtin.json());
        let until_us = scenario.until_us;
        let mut run = Run::new(scenario);
        run.seek_time(until_us, u32::MAX);
        *marks += look(&mut run, builtin.id);
    };
    let marks = on_all_processors(0..all.len() as u64, play, |total: &mut usize, more| *total += more);
    assert!(marks > 100_000, "{marks} marks");
}

#[test]
fn marks_stand_at_their_instants_in_random_runs() {
    for lab in LABS {
        for seed in 0..cases(4) {
            let mut run = run_and_settle(random_scenario(*lab, &Setup::default(), seed));
            look(&mut run, &format!("{} {seed}", lab.spec().id));
        }
    }
}

#[test]
fn in_the_story_time_never_runs_back_and_marks_of_a_process_stand_apart() {
    for lab in LABS {
        for seed in 0..cases(6) {
            let run = run_and_settle(random_scenario(*lab, &Setup::default(), seed));
            let mut index = Index::default();
            index.update(&run);
            let (trace, name) = (run.trace(), lab.spec().id);
            let place = |id: u32| index.units(Axis::Story, trace, id);
            for id in 1..trace.len() {
                assert!(place(id) >= place(id - 1), "{name} {seed}: record {id} stands before the one before it");
                let us = trace.record(id).at_us as f64;
                let (at, last) = (index.units_at(Axis::Story, trace, us), trace.count_until(us as u64) - 1);
                assert!(at <= place(last) + 0.5, "{name} {seed}: the instant of record {id} stands behind its marks");
                assert!(at >= place(trace.first_at(us as u64)) - 0.5, "{name} {seed}: it stands before them");
                let back = index.us_at(Axis::Story, trace, place(id));
                assert!((back - us).abs() <= us.max(1e6) * 1e-5, "{name} {seed}: record {id} of {us} us reads {back}");
            }
            // The same run gives the same picture, however much of it is known.
            let mut half = Run::new(run.scenario().clone());
            half.seek(trace.len() / 2);
            let mut known = Index::default();
            known.update(&half);
            for id in 0..half.trace().len() {
                let (early, late) = (known.units(Axis::Story, half.trace(), id), place(id));
                assert!((early - late).abs() < 0.5, "{name} {seed}: record {id} moves as the run grows");
            }
        }
    }
}

#[test]
fn a_picture_file_says_of_each_mark_and_arrow_what_it_is() {
    for lab in LABS {
        let builtin = &lab.spec().scenarios[0];
        let scenario = parse(&builtin.json());
        let mut run = Run::new(scenario);
        run.seek_time(u64::MAX, 300);
        let mut index = Index::default();
        index.update(&run);
        let view = View::whole(900.0, run.names().len(), 0.0, run.now_us() as f64);
        let scene = lay_out(&run, &index, &view, &run.frame());
        let picture = svg::write(&scene, &run, &index, Theme::Light, "A run", &run.scenario().to_json());
        for event in &scene.events {
            let at_us = run.trace().record(event.id).at_us;
            let (x, y) = (svg::n(event.at.0), svg::n(event.at.1));
            let head = format!(
                "<g data-event=\"{}\" data-at-us=\"{at_us}\" transform=\"translate({x} {y})\"><title>",
                event.id
            );
            assert_eq!(picture.matches(&head).count(), 1, "{}: {head}", lab.spec().id);
        }
        let parts =
            |of: fn(&Part) -> bool| scene.items.iter().filter(|item| item.part.as_ref().is_some_and(of)).count();
        assert!(parts(|part| matches!(part, Part::Event(_))) >= scene.events.len());
        let arrows = scene.arrows.iter().filter(|arrow| !arrow.link).count();
        assert!(arrows > 0 && picture.matches("<g data-message=").count() >= arrows, "{}", lab.spec().id);
        assert!(!picture.contains("4294967295"), "no number stands for none");
        assert_eq!(picture.matches("<g ").count(), picture.matches("</g>").count());
    }
}
