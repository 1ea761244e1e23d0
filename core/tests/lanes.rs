//! Lanes in another order: everything that happens on a lane goes with it.

use lightcone_core::engine::{Run, run};
use lightcone_core::labs;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::scene::{Scene, Shape};
use lightcone_core::views::diagram::theme::Ink;
use lightcone_core::views::diagram::{CutLine, Index, Orientation, View, lane_order, lay_out};

const SPLIT: &str = r#"{"format":"lightcone/1","lab":"vector-clocks","network":{"delay_ms":10},"until_ms":100,
    "acts":[{"at_ms":5,"act":{"request":{"node":"P1","op":"send","args":{"to":"P2"}}}},
            {"at_ms":40,"act":{"partition":{"groups":[["P1","P2"],["P3"]]}}}]}"#;

fn picture(run: &Run, order: &[NodeId], change: impl FnOnce(&mut View)) -> Scene {
    let mut index = Index::default();
    index.update(run);
    let mut view = View { order: order.to_vec(), ..View::whole(900.0, 3, 0.0, 100_000.0) };
    change(&mut view);
    lay_out(run, &index, &view, &run.frame())
}

#[test]
fn an_order_that_names_only_some_or_none_or_what_is_not_there_is_filled_up() {
    assert_eq!(lane_order(3, &[]), [0, 1, 2]);
    assert_eq!(lane_order(3, &[2]), [2, 0, 1]);
    assert_eq!(lane_order(3, &[1, 9, 1, 0]), [1, 0, 2]);
    assert_eq!(lane_order(0, &[1]), [0; 0]);
}

#[test]
fn events_arrows_and_names_go_with_their_lanes() {
    let run = run(labs::parse(SPLIT).expect("a scenario"));
    for way in [Orientation::Right, Orientation::Down] {
        let usual = picture(&run, &[], |v| v.orientation = way);
        let other = picture(&run, &[2, 0, 1], |v| v.orientation = way);
        assert_eq!(other.lanes, [usual.lanes[1], usual.lanes[2], usual.lanes[0]]);
        for event in &other.events {
            let lane = other.lanes[usize::from(run.trace().record(event.id).node)];
            assert!((other.along(event.at).1 - lane).abs() < 0.01, "event {} stands on its lane", event.id);
        }
        let arrow = other.arrows[0];
        assert_eq!(
            (other.along(arrow.from).1, other.along(arrow.to).1),
            (other.lanes[0], other.lanes[1]),
            "from P1 to P2"
        );
        let name = |scene: &Scene, node: usize| {
            let rect = scene.names[node].rect;
            scene.along((rect.x + rect.w / 2.0, rect.y + rect.h / 2.0)).1
        };
        assert!((name(&other, 2) - other.lanes[2]).abs() < 1.0);
    }
}

#[test]
fn a_partition_is_hatched_between_neighbours_that_it_parts_and_a_cut_goes_from_lane_to_lane() {
    let run = run(labs::parse(SPLIT).expect("a scenario"));
    let hatched = |scene: &Scene| {
        let is_hatched = |shape: &Shape| matches!(shape, Shape::Hatched(_));
        scene.items.iter().filter(|item| item.ink == Ink::Hatch && is_hatched(&item.shape)).count()
    };
    assert_eq!(hatched(&picture(&run, &[], |_| {})), 1, "between P2 and P3");
    assert_eq!(hatched(&picture(&run, &[0, 2, 1], |_| {})), 2, "on both sides of P3");
    let handles = vec![(20_000.0, 0); 3];
    let cut = picture(&run, &[2, 0, 1], |view| {
        view.cut = Some(CutLine { handles, chosen: None, backwards: Vec::new() });
    });
    let way = cut.items.iter().find_map(|item| match &item.shape {
        Shape::Path { points, .. } if item.ink == Ink::Accent => Some(points.clone()),
        _ => None,
    });
    let down: Vec<f32> = way.expect("a line").iter().map(|p| p.1).collect();
    assert!(down.is_sorted(), "the line goes one way: {down:?}");
}

#[test]
fn what_happens_at_no_process_can_be_chosen_and_pointed_at() {
    let run = run(labs::parse(SPLIT).expect("a scenario"));
    let len = run.trace().len();
    let nowhere = (0..len).find(|&id| usize::from(run.trace().record(id).node) >= run.names().len());
    assert!(nowhere.is_some(), "the partition happens at no process");
    for a in 0..=len {
        for b in [None, nowhere, Some(len - 1)] {
            let scene = picture(&run, &[], |v| (v.focus, v.chosen) = (Some(a), [Some(a), b]));
            assert_eq!(scene.lanes.len(), 3);
        }
    }
}
