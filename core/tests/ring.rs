//! What consistent hashing promises, over 100,000 keys and 200 independent rings: who comes takes only for itself, who goes
//! gives only its own, about one n-th moves, and the spread is what probability theory says it is.

mod common;

use common::cases;
use lightcone_core::labs::queue::Ring;
use lightcone_core::trace::NodeId;

const KEYS: u64 = 100_000;
const RINGS: u64 = 200;
const BROKERS: u16 = 10;

fn names(brokers: u16) -> Vec<(NodeId, String)> {
    (0..brokers).map(|b| (b, format!("b{}", b + 1))).collect()
}

fn ring<'a>(salt: u64, virtual_nodes: usize, brokers: impl IntoIterator<Item = &'a (NodeId, String)>) -> Ring {
    Ring::new(salt, virtual_nodes, brokers.into_iter().map(|(b, name)| (*b, name.as_str())))
}

/// Places of all keys on a ring.
fn places(ring: &Ring) -> Vec<u64> {
    (0..KEYS).map(|key| ring.place(&format!("queue-{key}"))).collect()
}

fn owners(ring: &Ring, places: &[u64]) -> Vec<NodeId> {
    places.iter().map(|place| ring.owner(*place).expect("a broker")).collect()
}

#[test]
fn a_join_moves_keys_only_to_the_newcomer_and_a_leave_only_the_leavers() {
    let (ten, eleven) = (names(BROKERS), names(BROKERS + 1));
    for virtual_nodes in [1, 16, 64, 256] {
        let (before, after) = (ring(1, virtual_nodes, &ten), ring(1, virtual_nodes, &eleven));
        let places = places(&before);
        let (old, new) = (owners(&before, &places), owners(&after, &places));
        let mut moved = 0;
        for (was, is) in old.iter().zip(&new) {
            assert!(was == is || *is == BROKERS, "a key moves from {was} to {is}, and neither is the newcomer");
            moved += u64::from(was != is);
        }
        assert!(moved > 0);
        // The other way round: the eleventh leaves, and each of its keys goes to whom it belonged before.
        for gone in 0..=BROKERS {
            let rest = ring(1, virtual_nodes, eleven.iter().filter(|(b, _)| *b != gone));
            for (place, was) in places.iter().zip(&new) {
                let is = rest.owner(*place).expect("a broker");
                assert!(is == *was || *was == gone, "a key of {was} moves to {is} though {gone} has left");
            }
        }
    }
}

#[test]
fn who_comes_or_goes_changes_replicas_only_by_itself() {
    let eleven = names(BROKERS + 1);
    let (before, after) = (ring(3, 64, &eleven[..10]), ring(3, 64, &eleven));
    for place in places(&before).iter().step_by(10) {
        let rest: Vec<NodeId> = after.walk(*place).into_iter().filter(|b| *b != BROKERS).collect();
        assert_eq!(rest, before.walk(*place), "without the newcomer the walk is the old one");
    }
}

/// Over independent rings the share that moves with a join or a leave is on average the ideal one.
#[test]
fn the_share_that_moves_is_on_average_the_ideal_one() {
    let (ten, eleven) = (names(BROKERS), names(BROKERS + 1));
    let rings = cases(RINGS);
    let (mut joined, mut left) = (0u64, 0u64);
    for salt in 0..rings {
        let (before, after) = (ring(salt, 64, &ten), ring(salt, 64, &eleven));
        let rest = ring(salt, 64, &ten[..9]);
        for place in places(&before) {
            let was = before.owner(place);
            joined += u64::from(after.owner(place) != was);
            left += u64::from(rest.owner(place) != was);
        }
    }
    for (moved, of, what) in [(joined, 11, "join"), (left, 10, "leave")] {
        let (mean, ideal) = (moved as f64 / rings as f64, KEYS as f64 / f64::from(of));
        println!("{what}: {mean:.1} of {KEYS} keys move on average, ideal are {ideal:.1}");
        assert!(rings < RINGS || (mean / ideal - 1.0).abs() < 0.05, "{what}: {mean} and {ideal}");
    }
}

/// Shares of brokers with V points each are those of a Dirichlet distribution: std/mean = √((n−1)/(nV+1)).
#[test]
fn the_spread_is_what_the_formula_says() {
    let ten = names(BROKERS);
    let (n, rings) = (f64::from(BROKERS), cases(RINGS));
    for virtual_nodes in [16, 64, 256] {
        let mut squares = 0.0;
        for salt in 0..rings {
            let ring = ring(salt, virtual_nodes, &ten);
            let mut counts = vec![0u64; usize::from(BROKERS)];
            for owner in owners(&ring, &places(&ring)) {
                counts[usize::from(owner)] += 1;
            }
            let mean = KEYS as f64 / n;
            squares += counts.iter().map(|c| (*c as f64 / mean - 1.0).powi(2)).sum::<f64>() / n;
        }
        let spread = (squares / rings as f64).sqrt();
        let expected = ((n - 1.0) / (n * virtual_nodes as f64 + 1.0)).sqrt();
        println!("V = {virtual_nodes}: std/mean is {spread:.4}, expected {expected:.4}");
        assert!(rings < RINGS || (spread / expected - 1.0).abs() < 0.1, "V = {virtual_nodes}: {spread} and {expected}");
    }
}

#[test]
fn replicas_are_distinct_and_the_order_of_insertion_does_not_matter() {
    let ten = names(BROKERS);
    for salt in 0..20 {
        let forwards = ring(salt, 16, &ten);
        let backwards = ring(salt, 16, ten.iter().rev());
        let mixed = ring(salt, 16, ten.iter().skip(4).chain(&ten[..4]));
        assert_eq!(forwards, backwards);
        assert_eq!(forwards, mixed);
        for place in places(&forwards).iter().step_by(100) {
            let walk = forwards.walk(*place);
            let mut distinct = walk.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), usize::from(BROKERS), "each broker is met once");
            assert_eq!(Some(walk[0]), forwards.owner(*place));
        }
    }
}

#[test]
fn a_key_belongs_to_the_first_point_at_or_after_it_and_the_last_stretch_wraps_round() {
    let ring = ring(7, 8, &names(3));
    let points = ring.points();
    assert!(points.windows(2).all(|pair| pair[0] < pair[1]), "points stand in order");
    for (i, (point, broker)) in points.iter().enumerate() {
        assert_eq!(ring.owner(*point), Some(*broker), "at a point");
        let next = points[(i + 1) % points.len()].1;
        assert_eq!(ring.owner(point.wrapping_add(1)), Some(next), "right behind a point");
    }
    assert_eq!(ring.owner(u64::MAX), Some(points[0].1));
    assert_eq!(ring.owner(0), Some(points[0].1));
    assert_eq!(Ring::new(0, 8, []).owner(5), None);
}

#[test]
fn shares_add_up_and_what_moves_is_measured_exactly() {
    let (ten, eleven) = (ring(5, 64, &names(10)), ring(5, 64, &names(11)));
    let shares = eleven.shares_ppm();
    let sum: u64 = shares.iter().map(|(_, ppm)| ppm).sum();
    assert!((999_980..=1_000_000).contains(&sum), "{sum}");
    // A join moves exactly the newcomer's share.
    let own = shares.iter().find(|(b, _)| *b == 10).expect("the newcomer").1;
    assert!(ten.moved_ppm(&eleven).abs_diff(own) <= 1, "{} {own}", ten.moved_ppm(&eleven));
    assert_eq!((ten.moved_ppm(&ten), ring(5, 64, &names(1)).balance_percent()), (0, 100));
    let places = places(&ten);
    let moved = places.iter().filter(|p| ten.owner(**p) != eleven.owner(**p)).count() as u64;
    assert!((moved * 10).abs_diff(own) < 5_000, "{moved} of {KEYS} keys, {own} ppm of the circle");
}

/// XXH64 of the empty string and of "a", as its specification's reference gives them: the places never change.
#[test]
fn the_hash_is_the_published_one() {
    let ring = Ring::new(0, 0, []);
    assert_eq!((ring.place(""), ring.place("a")), (0xEF46_DB37_51D8_E999, 0xD24E_C4F1_A98C_6E5B));
}
