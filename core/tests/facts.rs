//! Facts with known answers: comparisons and a merge of vector clocks, from GoVector's tests. There identical clocks count
//! as concurrent besides; here they are equal.

mod common;

use lightcone_core::base::clock::{Relation, compare, merge};

const COMPARED: [(&[u32], &[u32], Relation); 5] = [
    (&[2, 1, 1], &[1, 3, 1], Relation::Concurrent),
    (&[1, 0], &[1, 1], Relation::Before),
    (&[2, 0], &[1, 1], Relation::Concurrent),
    (&[1, 2, 3], &[1, 2, 3], Relation::Equal),
    (&[1, 2, 3], &[3, 2, 1], Relation::Concurrent),
];

#[test]
fn vector_clocks_compare_and_merge() {
    for row @ (a, b, relation) in COMPARED {
        let turned = match relation {
            Relation::Before => Relation::After,
            other => other,
        };
        assert_eq!((compare(a, b), compare(b, a)), (relation, turned), "{row:?}");
    }
    let mut merged = vec![2, 1, 1];
    merge(&mut merged, &[1, 3, 1]);
    assert_eq!(merged, [2, 3, 1]);
}

/// Published cases: what a lock service must do when its leader dies or is cut off, and the clocks of a textbook's run.
mod published {
    use super::common::{parse, read_lines, shared_data};
    use lightcone_core::engine::{Run, run};
    use serde_json::Value;

    fn case(name: &str) -> (Run, Value) {
        let expected: Value = serde_json::from_str(&shared_data("cases/EXPECTED.json")).expect("the answers are JSON");
        (run(parse(&shared_data(&format!("cases/{name}")))), expected[name].clone())
    }

    fn holds(run: &Run, client: &str) -> String {
        let frame = run.frame();
        let process = frame.processes.iter().find(|p| p.name == client).expect("the client");
        process.fields.iter().find(|field| field.name == "holds").expect("what it holds").value.clone()
    }

    fn tokens(run: &Run) -> Vec<u64> {
        let granted = read_lines(run).into_iter().filter(|l| l["kind"] == "reply" && l["data"]["result"] == "granted");
        granted.filter_map(|l| l["data"]["token"].as_u64()).collect()
    }

    #[test]
    #[ignore = "reads data that lie beside the project"]
    fn a_client_whose_leader_dies_keeps_its_lock() {
        let (run, expected) = case("raft-lock-leader-dies.json");
        assert_eq!(expected["client_A holds"][0], "a exclusive 1");
        assert_eq!((holds(&run, "client_A").as_str(), holds(&run, "client_B").as_str()), ("a exclusive (1)", "–"));
        assert_eq!(tokens(&run), [1]);
    }

    #[test]
    #[ignore = "reads data that lie beside the project"]
    fn a_leader_that_no_majority_hears_renews_nothing() {
        let (run, expected) = case("raft-lock-cut-leader-renews.json");
        assert_eq!(expected["client_B holds at the end"][0], "a exclusive 2");
        assert_eq!((holds(&run, "client_A").as_str(), holds(&run, "client_B").as_str()), ("–", "a exclusive (2)"));
    }

    #[test]
    #[ignore = "reads data that lie beside the project"]
    fn nineteen_events_have_the_clocks_of_the_book() {
        let (run, expected) = case("vector-clocks-19-events.json");
        let vectors = &expected["vectors after each event, in the order of time"];
        let events =
            read_lines(&run).into_iter().filter(|l| matches!(l["kind"].as_str(), Some("send" | "receive" | "local")));
        let clock = |line: &Value| -> Vec<u64> {
            line["data"]["after"].as_object().expect("a clock").values().map(|n| n.as_u64().expect("a count")).collect()
        };
        let mut clocks: Vec<Vec<u64>> = events.map(|line| clock(&line)).collect();
        let mut told: Vec<Vec<u64>> = serde_json::from_value(vectors.clone()).expect("lists of numbers");
        assert_eq!(clocks.len(), 19);
        // Those of one time stand in the order of the processes there.
        clocks.sort();
        told.sort();
        assert_eq!(clocks, told);
    }
}
