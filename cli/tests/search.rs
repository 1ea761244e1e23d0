//! `lightcone explore`, `run --settle` and `run --history`.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn lightcone(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lightcone")).args(args).output().expect("the program starts")
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("it can be written");
    path
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn a_broken_rule_is_found_and_the_scenario_written_breaks_it_again() {
    let broken = r#"{"format":"lightcone/1","lab":"vector-clocks","setup":{"broken":["no-tick-on-receive"]}}"#;
    let scenario = file("broken.json", broken);
    let bad = file("bad.json", "");
    let args = ["explore", scenario.to_str().expect("a path"), "--runs", "200", "-o", bad.to_str().expect("a path")];
    let one = lightcone(&[&args[..], &["--jobs", "1"]].concat());
    assert_eq!(one.status.code(), Some(1));
    let found = json(&one)["violation"].clone();
    assert_eq!(found["rule"], "clock-matches-causality");
    let again = lightcone(&["run", bad.to_str().expect("a path")]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(json(&again)["violations"][0]["rule"], found["rule"]);
    let four = lightcone(&[&args[..], &["--jobs", "4"]].concat());
    assert_eq!(json(&four)["violation"], found, "the answer does not depend on the number of jobs");
    let (small, same) = (&json(&one)["shrunk"], &json(&four)["shrunk"]);
    assert_eq!(small, same, "nor does what it is shrunk to");
    assert_eq!(small["rule"], found["rule"]);
    assert_eq!(json(&again)["violations"][0]["id"], small["record"]);
    for what in ["acts", "processes", "events"] {
        assert!(small["after"][what].as_u64() <= small["before"][what].as_u64(), "{small}");
    }
    assert_eq!(small["after"]["acts"], 1, "one message is enough: {small}");
    let whole = lightcone(&[&args[..], &["--no-shrink"]].concat());
    assert!(json(&whole)["shrunk"].is_null() && json(&whole)["violation"] == found);
}

#[test]
fn a_search_can_be_shared_merged_and_resumed() {
    let scenario = file("shared.json", r#"{"format":"lightcone/1","lab":"total-order"}"#);
    let path = |name: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).to_str().expect("a path").to_string();
    let explore = |more: &[&str]| lightcone(&[&["explore", scenario.to_str().expect("a path")], more].concat());
    let (a, b, state) = (path("a.report"), path("b.report"), path("search.state"));
    let first = explore(&["--runs", "32", "--shard", "1/2", "--report", &a]);
    let second = explore(&["--runs", "32", "--shard", "2/2", "--report", &b]);
    assert!(first.status.success() && second.status.success());
    let merged = json(&lightcone(&["explore", "--merge", &a, &b]));
    assert_eq!(merged["runs"], 64);
    let coverage = |v: &Value| v["coverage"].as_u64().expect("a number");
    assert!(coverage(&merged) >= coverage(&json(&first)).max(coverage(&json(&second))));
    assert!(coverage(&merged) <= coverage(&json(&first)) + coverage(&json(&second)));

    drop(std::fs::remove_file(&state));
    let half = explore(&["--runs", "24", "--resume", &state]);
    let rest = explore(&["--runs", "64", "--resume", &state, "--jobs", "1"]);
    assert_eq!((&json(&half)["runs"], &json(&rest)["runs"]), (&Value::from(24), &Value::from(64)));
    assert!(coverage(&json(&rest)) > coverage(&json(&half)));
    let other = explore(&["--runs", "64", "--resume", &state, "--shard", "1/3"]);
    assert!(other.status.code() == Some(2) && String::from_utf8_lossy(&other.stderr).contains("another shard"));
    let no_state = lightcone(&["explore", "vector-clocks/textbook", "--runs", "1", "--resume", &a]);
    assert_eq!(no_state.status.code(), Some(2));
}

#[test]
fn without_a_switch_no_rule_breaks() {
    let scenario = file("fine.json", r#"{"format":"lightcone/1","lab":"vector-clocks"}"#);
    let output = lightcone(&["explore", scenario.to_str().expect("a path"), "--runs", "300"]);
    assert_eq!(output.status.code(), Some(0));
    let said = json(&output);
    assert_eq!((&said["runs"], &said["violation"]), (&Value::from(300), &Value::Null));
}

#[test]
fn settling_restarts_and_heals_and_is_kept_in_the_trace() {
    let text = r#"{"format":"lightcone/1","lab":"vector-clocks","acts":[
        {"at_ms":1,"act":{"crash":{"node":"P1"}}},{"at_ms":2,"act":{"pause":{"node":"P2"}}},
        {"at_ms":3,"act":{"partition":{"groups":[["P3"]]}}}],"until_ms":10}"#;
    let scenario = file("faults.json", text);
    let trace = file("faults.jsonl", "");
    let path = trace.to_str().expect("a path");
    let output = lightcone(&["run", scenario.to_str().expect("a path"), "--settle", "--trace", path]);
    assert!(output.status.success());
    let state = json(&output)["state"].clone();
    for process in ["P1", "P2", "P3"] {
        assert_eq!(state[process]["status"], "up");
    }
    assert!(state.get("partition").is_none());
    let lines = std::fs::read_to_string(trace).expect("the trace");
    assert!(lines.contains(r#""act":{"settle":{}}"#) && lines.contains(r#""kind":"restart""#));
}

#[test]
fn a_history_has_an_invocation_for_each_request() {
    let history = file("history.jsonl", "");
    let output = lightcone(&["run", "vector-clocks/textbook", "--history", history.to_str().expect("a path")]);
    assert!(output.status.success());
    let lines = std::fs::read_to_string(history).expect("the history");
    let all: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|l| l["type"] == "invoke" && l["process"].is_string() && l["data"]["op"].is_string()));
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    for (args, words) in [
        (&["explore"][..], "needs a scenario"),
        (&["explore", "vector-clocks/textbook"], "needs --runs"),
        (&["explore", "vector-clocks/textbook", "--runs", "0"], "from 1 to"),
        (&["explore", "vector-clocks/textbook", "--runs", "1", "--jobs", "many"], "from 1 to"),
        (&["explore", "vector-clocks/textbook", "--for", "3"], "a time such as"),
        (&["explore", "vector-clocks/textbook", "--runs", "1", "--shard", "3/2"], "K from 1 to N"),
        (&["explore", "--merge", "no-such-report"], "no-such-report"),
    ] {
        let output = lightcone(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(words), "{args:?}: {said}");
    }
}
