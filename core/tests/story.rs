//! A run told as a story: what only keeps the system going is a rhythm that can be counted, and comes out where it matters.

mod common;

use common::played_builtin;
use lightcone_core::engine::Run;
use lightcone_core::trace::causality::reaches;
use lightcone_core::trace::{Kind, NONE, RecordId};
use lightcone_core::views::diagram::scene::Scene;
use lightcone_core::views::diagram::{Axis, Index, View, lay_out};

fn whole(run: &Run, index: &Index, change: impl FnOnce(&mut View)) -> Scene {
    let end = index.end(Axis::Story, run.scenario().until_us as f64);
    let width = (end / index.story_unit() * 67.0) as f32;
    let mut view = View { axis: Axis::Story, folded: true, ..View::whole(width, run.names().len(), 0.0, end) };
    change(&mut view);
    lay_out(run, index, &view, &run.frame())
}

/// Routine messages that have an arrow.
fn routine_arrows(index: &Index, scene: &Scene) -> Vec<u32> {
    scene.arrows.iter().map(|a| a.message).filter(|&m| m != NONE && index.is_routine_message(m)).collect()
}

#[test]
fn routine_is_a_rhythm_that_can_be_counted_and_no_arrow() {
    for (lab, id) in [("raft-lock", "first-election"), ("zk-lock", "counter"), ("queue", "happy-path")] {
        let (run, index) = played_builtin(lab, id);
        let scene = whole(&run, &index, |_| {});
        assert!(routine_arrows(&index, &scene).is_empty(), "{lab}/{id}");
        let seen = |id: RecordId| scene.events.iter().any(|event| event.id == id);
        let drawn = |id: &RecordId| {
            let kind = run.trace().record(*id).kind;
            index.is_routine(*id) && matches!(kind, Kind::Send | Kind::Receive | Kind::Timeout)
        };
        let rhythm: Vec<RecordId> = (0..run.trace().len()).filter(drawn).collect();
        assert!(rhythm.len() > 20, "{lab}/{id}: {} strokes", rhythm.len());
        assert!(rhythm.iter().all(|&id| seen(id)), "{lab}/{id}: each can be pointed at");
        let out = whole(&run, &index, |view| view.folded = false);
        assert!(routine_arrows(&index, &out).len() > 10, "{lab}/{id}: brought out they are arrows");
    }
}

#[test]
fn what_a_chosen_event_knows_of_others_by_comes_out() {
    let (run, index) = played_builtin("raft-lock", "leader-crash");
    let trace = run.trace();
    // The last mark of a follower before its leader crashes: all that it knows of it is by heartbeats.
    let crash = (0..trace.len()).find(|&id| trace.record(id).kind == Kind::Crash).expect("the leader crashes");
    let leader = trace.record(crash).node;
    let timeout = (crash..trace.len())
        .find(|&id| trace.record(id).kind == Kind::Timeout && trace.record(id).node != leader && !index.is_routine(id))
        .expect("somebody's patience ends");
    let scene = whole(&run, &index, |view| view.chosen = [Some(timeout), None]);
    let out = routine_arrows(&index, &scene);
    assert!(!out.is_empty(), "the heartbeat by which it knows of the leader");
    for message in &out {
        let send = trace.record(trace.message(*message).send);
        assert!(
            reaches(trace, send, trace.record(timeout)) || index.was_missed(*message),
            "message {message} is in its past"
        );
    }
    assert!(out.len() <= run.names().len(), "one for each other process at most: {out:?}");
}

#[test]
fn what_was_lost_and_made_a_timer_run_out_comes_out_by_itself() {
    let mut missed = 0;
    for (lab, id) in [("raft-lock", "minority-leader"), ("raft-lock", "disruptive"), ("raft-lock", "cut-off-holder")] {
        let (run, index) = played_builtin(lab, id);
        let lost = |m: &u32| index.was_missed(*m);
        let all: Vec<u32> = (0..run.trace().message_count()).filter(lost).collect();
        let scene = whole(&run, &index, |_| {});
        for message in &all {
            assert!(index.is_routine_message(*message));
            assert!(scene.arrows.iter().any(|arrow| arrow.message == *message), "{lab}/{id}: message {message}");
        }
        missed += all.len();
    }
    assert!(missed > 0, "a partition makes followers miss heartbeats");
}

#[test]
fn a_break_is_opened_to_its_true_length_and_closed_again() {
    let (run, mut index) = played_builtin("raft-lock", "first-election");
    let end = |index: &Index| index.end(Axis::Story, run.scenario().until_us as f64);
    let before: Vec<f64> = (0..run.trace().len()).map(|id| index.units(Axis::Story, run.trace(), id)).collect();
    let longest = index.folds(0.0, f64::MAX).iter().copied().max_by_key(|fold| fold.to_us - fold.from_us);
    let fold = longest.expect("nobody leads for a while");
    let closed = end(&index);
    index.toggle_fold(&run, fold.from_us);
    let open = index.folds(0.0, f64::MAX).iter().find(|f| f.from_us == fold.from_us).copied().expect("it has its mark");
    assert!(open.open);
    assert!(end(&index) - closed > (fold.to_us - fold.from_us) as f64 * 0.5, "it has its length again");
    for id in 1..run.trace().len() {
        let place = |id| index.units(Axis::Story, run.trace(), id);
        assert!(place(id) >= place(id - 1), "record {id} stands before the one before it");
        let back = index.us_at(Axis::Story, run.trace(), place(id));
        assert!((back - run.trace().record(id).at_us as f64).abs() <= 10.0, "record {id} reads {back}");
    }
    index.toggle_fold(&run, fold.from_us);
    let after: Vec<f64> = (0..run.trace().len()).map(|id| index.units(Axis::Story, run.trace(), id)).collect();
    assert_eq!(before, after);
}

#[test]
fn silent_lanes_are_a_line_where_all_is_known_and_open_where_something_may_come() {
    let (run, index) = played_builtin("raft-lock", "first-election");
    let gaps = |scene: &Scene| {
        let gap = |pair: &[f32]| pair[1] - pair[0];
        scene.lanes.windows(2).map(gap).fold((f32::MAX, 0.0_f32), |(least, most), g| (least.min(g), most.max(g)))
    };
    let span = 12.0 * index.story_unit();
    let (least, most) = gaps(&whole(&run, &index, |view| (view.width, view.to) = (1_200.0, span)));
    assert!(least < most * 0.7, "clients that are silent in the election shrink: {least} and {most}");
    let end = index.end(Axis::Story, run.scenario().until_us as f64);
    let live = whole(&run, &index, |view| {
        (view.width, view.from, view.to, view.now_us) = (1_200.0, end - span, end + span, Some(run.now_us()));
    });
    let (least, most) = gaps(&live);
    assert!((most - least).abs() < 1.0, "what is to come may come on any lane");
}
