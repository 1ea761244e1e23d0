//! A walk through the states of MESI with every answer, from the shared data: on the caches alone, without messages.

mod common;

use common::{cases, shared_data};
use lightcone_core::coherence::{
    Access, BadLine, Family, Geometry, PROCESSORS_MAX, State, System, TraceReader, Transaction,
};
use proptest::prelude::*;
use serde_json::Value;

/// A step: processor, whether it writes, line; what the bus then does; the line's states at P0 to P3; what is evicted.
type Step = (usize, char, char, Option<Transaction>, &'static str, Option<(char, State)>);

const RD: Option<Transaction> = Some(Transaction::BusRd);
const RDX: Option<Transaction> = Some(Transaction::BusRdX);
const UPGR: Option<Transaction> = Some(Transaction::BusUpgr);

/// The walk's answers by the number of the step there. Steps 22 and 23 have several accesses of one cycle, which the bus
/// serves one after the other: who loses the line to another's write needs the data again.
const WALK: [(u64, &[Step]); 24] = [
    (1, &[(0, 'R', 'A', RD, "EIII", None)]),
    (2, &[(0, 'R', 'A', None, "EIII", None)]),
    (3, &[(1, 'R', 'A', RD, "SSII", None)]),
    (4, &[(1, 'R', 'A', None, "SSII", None)]),
    (5, &[(2, 'R', 'A', RD, "SSSI", None)]),
    (6, &[(1, 'W', 'A', UPGR, "IMII", None)]),
    (7, &[(1, 'W', 'A', None, "IMII", None)]),
    (8, &[(1, 'R', 'A', None, "IMII", None)]),
    (9, &[(3, 'R', 'A', RD, "ISIS", None)]),
    (10, &[(2, 'W', 'A', RDX, "IIMI", None)]),
    (11, &[(0, 'R', 'B', RD, "EIII", None)]),
    (12, &[(0, 'W', 'B', None, "MIII", None)]),
    (13, &[(3, 'W', 'B', RDX, "IIIM", None)]),
    (14, &[(1, 'R', 'D', RD, "IEII", None)]),
    (15, &[(2, 'W', 'D', RDX, "IIMI", None)]),
    (16, &[(0, 'R', 'A', RD, "SISI", None)]),
    (17, &[(0, 'R', 'B', RD, "SIIS", None)]),
    (18, &[(0, 'R', 'C', RD, "EIII", Some(('A', State::S)))]),
    (19, &[(0, 'W', 'B', UPGR, "MIII", None)]),
    (20, &[(0, 'R', 'A', RD, "SISI", Some(('C', State::E)))]),
    (21, &[(0, 'R', 'C', RD, "EIII", Some(('B', State::M)))]),
    (
        22,
        &[
            (0, 'R', 'D', RD, "SISI", None),
            (1, 'R', 'D', RD, "SSSI", None),
            (2, 'R', 'D', None, "SSSI", None),
            (3, 'R', 'D', RD, "SSSS", None),
        ],
    ),
    (23, &[(0, 'W', 'A', UPGR, "MIII", None), (1, 'W', 'A', RDX, "IMII", None), (2, 'W', 'A', RDX, "IIMI", None)]),
    (24, &[(3, 'R', 'A', RD, "IISS", None)]),
];

/// A, B and C fall into one set of two, D into the other.
fn address(line: char) -> u64 {
    match line {
        'A' => 0x000,
        'B' => 0x080,
        'C' => 0x100,
        _ => 0x040,
    }
}

fn name(address: u64) -> char {
    "ABCD".chars().find(|line| self::address(*line) == address).expect("one of the four")
}

#[test]
fn the_walk_through_all_states_has_the_answers_of_the_shared_table() {
    let geometry = Geometry::new(256, 2, 64).expect("two sets of two");
    let mut system = System::new(4, geometry, Family::Mesi);
    for (n, steps) in WALK {
        for &(cpu, kind, line, asked, states, evicted) in steps {
            let outcome = system.access(cpu, kind == 'W', address(line));
            assert_eq!(outcome.asked, asked, "step {n}");
            let gone = outcome.evicted.map(|(number, state)| (name(geometry.base(number)), state));
            assert_eq!(gone, evicted, "step {n}");
            let now: String = (0..4).map(|cpu| system.state(cpu, address(line)).letter()).collect();
            assert_eq!(now, states, "step {n}");
        }
    }
    // P2 flushes A in step 16 and D in step 22, and A again in step 24.
    let counters = system.counters();
    assert_eq!(counters.iter().map(|c| c.flushes).collect::<Vec<_>>(), [2, 2, 3, 1]);
    assert_eq!(counters.iter().map(|c| c.write_backs).collect::<Vec<_>>(), [3, 2, 3, 1], "P0 evicted B in step 21");
}

/// What the shared table says of a step, as far as it says it in words that always mean the same.
fn check_words(n: u64, expect: &str, steps: &[Step]) {
    let has = |t: Option<Transaction>| steps.iter().any(|s| s.3 == t);
    assert!(!expect.contains("BusRdX") || has(RDX), "step {n}: {expect}");
    assert!(!expect.contains("BusUpgr") || has(UPGR), "step {n}: {expect}");
    let plain = expect.replace("BusRdX", "");
    assert!(!plain.contains("BusRd") || has(RD), "step {n}: {expect}");
    assert!(!(expect == "hit" || expect.contains("no bus")) || has(None), "step {n}: {expect}");
    assert_eq!(expect.contains("evict"), steps.iter().any(|s| s.5.is_some()), "step {n}: {expect}");
}

#[test]
#[ignore = "reads the data beside the project; cargo xtask test runs it where they are"]
fn the_table_here_is_the_shared_one() {
    let text = shared_data("mesi/walk24.json");
    let walk: Value = serde_json::from_str(&text).expect("the walk is JSON");
    let shared = walk["steps"].as_array().expect("steps");
    assert_eq!(shared.len(), WALK.len());
    for ((n, steps), row) in WALK.iter().zip(shared) {
        assert_eq!(row["n"], *n);
        let op = row["op"].as_str().expect("an operation");
        let words: Vec<&str> = op.split_whitespace().collect();
        let who: Vec<String> = steps.iter().map(|s| format!("P{}", s.0)).collect();
        match words[0].split_once("..") {
            Some((first, last)) => assert!(who[0] == first && who[who.len() - 1] == last, "{op}"),
            None => assert_eq!(words[0], who.join(","), "{op}"),
        }
        assert!(steps.iter().all(|s| words[1].starts_with(s.1) && words[2].starts_with(s.2)), "{op}");
        check_words(*n, row["expect"].as_str().expect("what to expect"), steps);
    }
}

/// All accesses of a text read in pieces, or the line that is none.
fn read_in_pieces(text: &[u8], piece: usize) -> Result<Vec<Access>, BadLine> {
    let (mut reader, mut found, mut held) = (TraceReader::new(PROCESSORS_MAX), Vec::new(), Vec::new());
    for part in text.chunks(piece) {
        held.extend_from_slice(part);
        let used = reader.read(&held, |access| found.push(access))?;
        held.drain(..used);
    }
    reader.end(&held, |access| found.push(access))?;
    Ok(found)
}

/// What lines of a trace are made of, and what they are not.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => Just("0 r 7fff3a\n".to_string()),
        3 => "[0-9]{1,3} [rwRWx] (0x)?[0-9a-fA-F]{0,18}\r?\n",
        1 => "[ \t\r\n]{0,3}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(2_000) as u32) })]

    #[test]
    fn whatever_stands_in_a_trace_is_read_alike_in_all_pieces(text in words(), piece in 1..40usize) {
        prop_assert_eq!(read_in_pieces(text.as_bytes(), piece), read_in_pieces(text.as_bytes(), usize::MAX));
    }

    #[test]
    fn bytes_of_any_sort_make_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), piece in 1..40usize) {
        let (parts, whole) = (read_in_pieces(&bytes, piece), read_in_pieces(&bytes, usize::MAX));
        prop_assert_eq!(parts, whole);
    }
}
