//! True and false sharing: which miss is which, and what counts as written.

use super::super::tables::SPEC;
use super::{lines, play};
use crate::engine::Run;
use serde_json::Value;

const BY_ADDRESS: &str = "\"caches\":3,\"size\":256,\"ways\":2,\"line\":64";
/// One place for all lines.
const ONE_PLACE: &str = "\"caches\":3,\"size\":64,\"ways\":1,\"line\":64";

/// Runs accesses such as `C1 w 1008`, one every 100 ms; `C1 crash` and `C1 restart` are acts. All writes are of the same
/// value: what counts is that there was one.
fn accesses(setup: &str, all: &str) -> Run {
    let act = |(i, text): (usize, &str)| {
        let words: Vec<&str> = text.trim().split(' ').collect();
        let node = words[0];
        let act = match words[1..] {
            ["r", key] => {
                format!("\"request\":{{\"node\":\"{node}\",\"op\":\"read\",\"args\":{{\"key\":\"{key}\"}}}}")
            }
            ["w", key] => format!(
                "\"request\":{{\"node\":\"{node}\",\"op\":\"write\",\"args\":{{\"key\":\"{key}\",\"value\":\"same\"}}}}"
            ),
            [act] => format!("\"{act}\":{{\"node\":\"{node}\"}}"),
            _ => panic!("{text} is no access"),
        };
        format!("{{\"at_ms\":{},\"act\":{{{act}}}}}", 100 * (i + 1))
    };
    let acts: Vec<String> = all.split(',').enumerate().map(act).collect();
    play(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"network\":{{\"delay_ms\":1}},\"setup\":{{{setup}}},\"acts\":[{}],\
         \"until_ms\":{}}}",
        acts.join(","),
        100 * (acts.len() + 2)
    ))
}

fn metric(run: &Run, name: &str) -> u64 {
    run.metrics().into_iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("there is no {name}")).1
}

/// What the last access was, and the misses of lines that had been taken away, of them with true and with false sharing.
fn told(run: &Run) -> (String, [u64; 3]) {
    assert_eq!(run.violations(), []);
    let reply = lines(run).into_iter().rfind(|l| l["kind"] == "reply").expect("somebody was served");
    let label = reply["label"].as_str().expect("a label").to_string();
    assert_eq!(reply["data"]["false_sharing"] == true, label.ends_with("miss by false sharing"), "{label}");
    let how = label.rsplit(", ").next().unwrap_or_default().to_string();
    (how, ["coherence_misses", "true_sharing_misses", "false_sharing_misses"].map(|name| metric(run, name)))
}

#[test]
fn a_miss_is_what_was_written_since_the_line_was_taken_away() {
    for (accesses_made, how, counted) in [
        // Somebody else has written the very word.
        ("C1 r 1000, C2 w 1000, C1 r 1000", "miss", [1, 1, 0]),
        // The same value was written again: it was written all the same.
        ("C2 w 1000, C1 r 1000, C2 w 1000, C1 r 1000", "miss", [1, 1, 0]),
        // Another word of the line; it does not matter whether the access reads or writes.
        ("C1 r 1000, C2 w 1008, C1 r 1000", "miss by false sharing", [1, 0, 1]),
        ("C1 w 1000, C2 w 1008, C1 w 1000", "miss by false sharing", [1, 0, 1]),
        // By an upgrade as by a BusRdX.
        ("C1 r 1000, C2 r 1000, C2 w 1008, C1 r 1000", "miss by false sharing", [1, 0, 1]),
        // Both words were written, whoever wrote last and from wherever the line comes.
        ("C1 r 1000, C2 w 1008, C2 w 1000, C1 r 1000", "miss", [1, 1, 0]),
        ("C1 r 1000, C2 w 1008, C3 w 1000, C1 r 1000", "miss", [1, 1, 0]),
        ("C1 r 1000, C2 w 1000, C3 w 1008, C1 r 1000", "miss", [1, 1, 0]),
        // C1 writes one word, C2 the other, and C1 reads what C2 wrote: true sharing, whatever C1 does later.
        ("C1 w 1000, C2 w 1008, C1 r 1008", "miss", [1, 1, 0]),
        // C2's write of 1008 was here before, and its read since then takes nothing away.
        ("C2 w 1008, C1 r 1008, C2 w 1000, C1 r 1008", "miss by false sharing", [1, 0, 1]),
        // A word that was never written is not written by the write of another.
        ("C1 r 1010, C2 w 1008, C1 r 1010", "miss by false sharing", [1, 0, 1]),
        // Who was never here, or lost the line otherwise, misses for another reason.
        ("C2 w 1008, C1 r 1000", "miss", [0, 0, 0]),
        ("C1 r 1000, C2 r 1008, C1 r 1000", "hit", [0, 0, 0]),
        ("C1 r 1000, C1 crash, C2 w 1008, C1 restart, C1 r 1000", "miss", [0, 0, 0]),
        ("C1 r 1000, C2 w 1008, C1 crash, C1 restart, C1 r 1000", "miss", [0, 0, 0]),
        // A write that died with its cache is none: nobody can ever read it.
        ("C1 r 1000, C2 w 1008, C2 crash, C1 r 1000", "miss", [1, 0, 0]),
        ("C1 r 1000, C2 w 1000, C2 crash, C1 r 1000", "miss", [1, 0, 0]),
        ("C1 r 1000, C2 w 1000, C2 crash, C3 w 1008, C1 r 1000", "miss by false sharing", [1, 0, 1]),
        // What memory has taken before is still there.
        ("C1 r 1000, C2 w 1008, C3 r 1008, C2 crash, C1 r 1000", "miss by false sharing", [1, 0, 1]),
    ] {
        let run = accesses(BY_ADDRESS, accesses_made);
        assert_eq!(told(&run), (how.to_string(), counted), "{accesses_made}");
    }
}

#[test]
fn what_was_evicted_or_whose_place_was_taken_is_remembered_no_longer() {
    for (accesses_made, how, counted) in [
        ("C1 r 1000, C1 r 2000, C2 w 1008, C1 r 1000", "miss", [0, 0, 0]),
        ("C1 w 1000, C1 r 2000, C2 w 1008, C1 r 1000", "miss", [0, 0, 0]),
        ("C1 r 1000, C2 w 1008, C1 r 2000, C1 r 1000", "miss", [0, 0, 0]),
        ("C1 r 1000, C2 w 1008, C1 r 1000", "miss by false sharing", [1, 0, 1]),
    ] {
        let run = accesses(ONE_PLACE, accesses_made);
        assert_eq!(told(&run), (how.to_string(), counted), "{accesses_made}");
    }
    // Two places: an evicted line is still to be seen in its own, since another one was free. It was not taken away.
    let two = "\"caches\":2,\"size\":128,\"ways\":2,\"line\":64";
    let run = accesses(two, "C1 r 1000, C1 r 2000, C2 w 2000, C1 r 3000, C2 w 1008, C1 r 1000");
    assert_eq!(told(&run), ("miss by false sharing".into(), [1, 0, 1]), "1000 is still there");
}

#[test]
fn an_upgrade_that_comes_too_late_is_a_miss_by_sharing() {
    let both = |second: &str| {
        let write = |node: &str, key: &str| {
            format!(
                "{{\"at_ms\":60,\"act\":{{\"request\":{{\"node\":\"{node}\",\"op\":\"write\",\"args\":{{\"key\":\"{key}\",\"value\":1}}}}}}}}"
            )
        };
        let read = |at: u32, node: &str| {
            format!(
                "{{\"at_ms\":{at},\"act\":{{\"request\":{{\"node\":\"{node}\",\"op\":\"read\",\"args\":{{\"key\":\"1000\"}}}}}}}}"
            )
        };
        play(&format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"network\":{{\"delay_ms\":1}},\"setup\":{{{BY_ADDRESS}}},\
             \"acts\":[{},{},{},{}],\"until_ms\":200}}",
            read(1, "C1"),
            read(30, "C2"),
            write("C1", "1000"),
            write("C2", second)
        ))
    };
    assert_eq!(told(&both("1000")), ("miss".into(), [1, 1, 0]));
    assert_eq!(told(&both("1008")), ("miss by false sharing".into(), [1, 0, 1]));
}

#[test]
fn a_line_of_one_word_is_never_shared_falsely() {
    let run =
        accesses("\"caches\":3", "C1 r x, C2 w x, C1 r x, C3 w x, C2 w x, C1 w x, C2 r x, C2 r y, C1 w y, C2 r y");
    assert_eq!(told(&run).1, [5, 5, 0]);
    for builtin in SPEC.scenarios.iter().filter(|b| !b.json().contains("\"size\"")) {
        assert_eq!(metric(&play(&builtin.json()), "false_sharing_misses"), 0, "{}", builtin.id);
    }
}

fn scenario(id: &str) -> Run {
    play(&SPEC.scenario(id).unwrap_or_else(|| panic!("there is no {id}")).json())
}

#[test]
fn the_scenario_shows_false_sharing_and_its_cure_shows_none() {
    let sick = scenario("false-sharing");
    // The first write of each cache finds nothing that was its own.
    assert_eq!(told(&sick), ("miss by false sharing".into(), [6, 0, 6]));
    assert_eq!(told(&scenario("false-sharing-cured")), ("hit".into(), [0, 0, 0]));
    // It is said which words of the line are written by whom, beside the event and at the line.
    let last = (0..sick.trace().len()).rfind(|id| sick.data(*id).contains("false_sharing")).expect("a reply");
    let (why, source) = sick.why(last).expect("a reason");
    assert!(why.contains("C1 wrote 0x1000, but nobody has written 0x1008"), "{why}");
    assert!(source.contains("Eggers & Jeremiassen 1991"), "{source}");
    let panels = serde_json::to_value(sick.panels()).expect("JSON");
    let panel = panels.as_array().expect("panels").iter().find(|p| p["panel"] == "caches").expect("caches");
    let said = |cache: usize| {
        let sets = panel["caches"][cache]["sets"].as_array().expect("sets").clone();
        let places = sets.iter().flat_map(|set| set["places"].as_array().expect("places").clone());
        places.map(|place| place["shared_falsely"].clone()).find(|said| *said != Value::Null).expect("a mark")
    };
    assert_eq!(said(0), "false sharing: C1 writes 0x1000, C2 wrote 0x1008");
    assert_eq!(said(1), "false sharing: C2 writes 0x1008, C1 wrote 0x1000");
}
