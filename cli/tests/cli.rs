//! The command-line program as scripts see it: what goes to standard output, and the exit status.

use lightcone_core::labs::LABS;
use lightcone_core::tables::Builtin;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const CRASH: &str = r#"{"format":"lightcone/1","lab":"vector-clocks","seed":5,"acts":[
    {"at_ms":1,"act":{"request":{"node":"P1","op":"multicast","args":{"message":{"a":[1,2]}}}}},
    {"at_ms":2,"act":{"crash":{"node":"P2"}}}],"until_ms":100}"#;

/// What came of a call with something on standard input.
fn lightcone(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lightcone"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not read on: that is no failure of ours.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&said(output)).unwrap_or_else(|e| panic!("{e}: {}", said(output)))
}

/// A path for a file of one test, in the folder that cargo keeps for that.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn builtins() -> impl Iterator<Item = (String, &'static Builtin)> {
    LABS.iter().flat_map(|lab| lab.spec().scenarios.iter().map(|b| (format!("{}/{}", lab.spec().id, b.id), b)))
}

#[test]
fn labs_are_listed_as_json_with_everything_about_them() {
    let output = lightcone(&["labs", "--json"], "");
    assert_eq!(status(&output), 0);
    let labs = json(&output);
    let labs = labs.as_array().expect("a list");
    assert_eq!(labs.len(), LABS.len());
    for (lab, known) in labs.iter().zip(LABS) {
        let spec = known.spec();
        assert_eq!(lab["id"], spec.id);
        let lists = ["setup", "operations", "rules", "switches", "timers", "scenarios"];
        assert!(lists.iter().all(|key| lab[key].is_array()), "{}", spec.id);
        for field in lab["setup"].as_array().expect("a list") {
            assert!(field["name"].is_string() && field["takes"]["type"].is_string() && field.get("default").is_some());
        }
        for operation in lab["operations"].as_array().expect("a list") {
            assert!(operation["op"].is_string() && operation["args"].is_array() && operation["says"].is_string());
        }
        for switch in lab["switches"].as_array().expect("a list") {
            let rules = lab["rules"].as_array().expect("a list");
            assert!(rules.iter().any(|r| r["rule"] == switch["rule"]), "a switch offends one of the rules");
            assert!(matches!(switch["kind"].as_str(), Some("safety" | "liveness")));
            // A safety switch's scenario, run as it stands, violates the rule.
            if switch["kind"] == "safety" {
                let run = lightcone(&["run", "-"], &switch["scenario"].to_string());
                assert_eq!(status(&run), 1, "{}", switch["switch"]);
                let violations = json(&run)["violations"].clone();
                assert!(violations.as_array().is_some_and(|v| v.iter().any(|v| v["rule"] == switch["rule"])));
            }
        }
    }
}

#[test]
fn labs_are_listed_for_people_too() {
    let output = lightcone(&["labs"], "");
    assert_eq!(status(&output), 0);
    for lab in LABS {
        assert!(said(&output).contains(lab.spec().title) && said(&output).contains(lab.spec().says));
    }
}

#[test]
fn every_built_in_scenario_runs_and_its_status_says_whether_a_rule_was_broken() {
    for (name, builtin) in builtins() {
        let output = lightcone(&["run", &name], "");
        let summary = json(&output);
        for key in ["lab", "seed", "until_us", "events", "trace_hash", "violations", "metrics", "replies", "state"] {
            assert!(summary.get(key).is_some(), "{name} has no {key}");
        }
        let hash = summary["trace_hash"].as_str().expect("a string");
        assert!(hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()), "{hash}");
        let violations = summary["violations"].as_array().expect("a list");
        assert_eq!(status(&output), i32::from(!violations.is_empty()), "{name}");
        for violation in violations {
            assert!(complaint(&output).contains(violation["rule"].as_str().expect("a rule")), "{name}");
        }
        let given = serde_json::from_str::<Value>(&builtin.json()).expect("JSON");
        let by_stdin = lightcone(&["run", "-"], &given.to_string());
        assert_eq!(json(&by_stdin)["trace_hash"], summary["trace_hash"], "{name}: the same scenario, the same hash");
    }
}

#[test]
fn a_trace_has_one_record_a_line_and_as_many_as_there_were_events() {
    let path = scratch("trace.jsonl");
    let output = lightcone(&["run", "-", "--trace", path.to_str().expect("text")], CRASH);
    assert_eq!(status(&output), 0, "{}", complaint(&output));
    let text = std::fs::read_to_string(&path).expect("the trace was written");
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(Some(lines.len() as u64), json(&output)["events"].as_u64());
    for (id, line) in lines.iter().enumerate() {
        assert_eq!(line["id"].as_u64(), Some(id as u64));
        for key in ["at_us", "node", "kind", "label", "data"] {
            assert!(line.get(key).is_some(), "{line}");
        }
    }
    let again = lightcone(&["run", "-", "--trace", path.to_str().expect("text")], CRASH);
    assert_eq!(said(&again), said(&output));
    assert_eq!(std::fs::read_to_string(&path).expect("the trace was written"), text, "to the byte");
}

#[test]
fn a_run_ends_where_one_says() {
    let events = |args: &[&str]| {
        let output = lightcone(args, CRASH);
        assert_eq!(status(&output), 0);
        (json(&output)["until_us"].as_u64(), json(&output)["events"].as_u64().expect("a number"))
    };
    let (until, all) = events(&["run", "-"]);
    assert_eq!(until, Some(100_000));
    // Until 1.5 ms: three boots, the request and its send. The crash comes at 2.
    assert_eq!(events(&["run", "-", "--until-ms", "1.5"]), (Some(1_500), 5));
    assert_eq!(events(&["run", "-", "--until-ms", "0"]), (Some(0), 3));
    assert!(all > 6);
    assert_eq!(events(&["run", "--until-ms=2", "-"]), (Some(2_000), 6));
}

#[test]
fn unusable_input_has_status_two_one_clear_sentence_and_no_output() {
    for (args, input, expected) in [
        (&["run", "-"][..], "{", "standard input"),
        (&["run", "-"], "{}", "$: the key \"format\" is missing"),
        (&["run", "-"], &CRASH.replace("P2", "P9"), "$.acts[1].act.crash.node: there is no process \"P9\""),
        (&["run", "-"], &CRASH.replace("until_ms", "untill_ms"), "$.untill_ms: this key is unknown"),
        (&["run", "-"], &CRASH.replace("\"seed\":5", "\"seed\":-5"), "$.seed: expected a whole number"),
        (&["run", "no/such/file"], "", "no/such/file"),
        (&["run"], "", "needs a scenario"),
        (&["run", "-", "--until-ms", "soon"], CRASH, "--until-ms"),
        (&["run", "-", "--until-ms", "-1"], CRASH, "--until-ms"),
        (&["run", "-", "--fast"], CRASH, "--fast"),
        (&["run", "-", "-"], CRASH, ""),
        (&["run", "-", "--trace", "no/such/folder/file"], CRASH, "no/such/folder/file"),
        (&["labs", "--xml"], "", "--xml"),
        (&["walk"], "", "walk"),
        (&[], "", "no command"),
    ] {
        let output = lightcone(args, input);
        assert_eq!(status(&output), 2, "{args:?}");
        assert_eq!(said(&output), "", "{args:?}: data only goes to standard output");
        // "-" is told as what it is: any of the two names will do.
        let told = complaint(&output).replace("lightcone: -:", "lightcone: standard input:");
        assert!(told.contains(expected), "{args:?}: {told}");
    }
}

#[test]
fn a_scenario_comes_from_a_file_as_from_standard_input() {
    let path = scratch("crash.lightcone.json");
    std::fs::write(&path, format!("\u{feff}{CRASH}")).expect("the file can be written");
    let from_file = lightcone(&["run", path.to_str().expect("text")], "");
    assert_eq!(said(&from_file), said(&lightcone(&["run", "-"], CRASH)));
    std::fs::write(&path, [0xff, 0xfe, b'{']).expect("the file can be written");
    let garbage = lightcone(&["run", path.to_str().expect("text")], "");
    assert_eq!(status(&garbage), 2);
    assert!(complaint(&garbage).contains("not UTF-8"));
}

#[test]
fn help_and_version_are_told() {
    let help = lightcone(&["--help"], "");
    assert_eq!(status(&help), 0);
    for word in ["labs", "run", "render", "Exit status"] {
        assert!(said(&help).contains(word), "{word}");
    }
    assert!(said(&lightcone(&["--version"], "")).starts_with("lightcone "));
}

#[test]
fn a_request_in_http_form_runs_as_the_operation_that_it_asks_for() {
    let scenario = |put: &str, get: &str| {
        format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"causal-kv\",\"seed\":3,\"acts\":[\
             {{\"at_ms\":5,\"act\":{put}}},{{\"at_ms\":90,\"act\":{get}}}],\"until_ms\":200}}"
        )
    };
    let http = scenario(
        r#"{"http":"POST node2 /put {\"key\":\"x y\",\"value\":{\"a\":1},\"client_id\":\"client2\"}"}"#,
        r#"{"http":{"method":"GET","node":"node1","path":"/get?key=x%20y"}}"#,
    );
    let own = scenario(
        r#"{"request":{"node":"client2","op":"put","args":{"node":"node2","key":"x y","value":{"a":1}}}}"#,
        r#"{"request":{"node":"client1","op":"get","args":{"node":"node1","key":"x y"}}}"#,
    );
    let (http, own) = (lightcone(&["run", "-"], &http), lightcone(&["run", "-"], &own));
    assert_eq!(status(&http), 0, "{}", complaint(&http));
    assert_eq!(said(&http), said(&own), "the trace hash among it");
    let value = &json(&http)["replies"][1]["data"]["value"];
    assert_eq!(value, &serde_json::json!({"a": 1}));

    for (act, expected) in [
        (r#"{"http":"DELETE node1 /put"}"#, "$.acts[0].act.http: this lab has no DELETE /put; it has POST <node> /put"),
        (
            r#"{"http":"GET node9 /"}"#,
            "$.acts[0].act.http: there is no process \"node9\"; there are node1, node2, node3",
        ),
        (
            r#"{"http":"POST node1 /put {\"key\":\"x\",\"value\":1,\"client_id\":\"client7\"}"}"#,
            "$.acts[0].act.http.body.client_id: there is no process \"client7\"; there are client1, client2",
        ),
        (
            r#"{"http":"POST node1 /put {\"key\":\"x\",\"value\":1,\"vector\":{\"node7\":1}}"}"#,
            "$.acts[0].act.http: vector: there is no node \"node7\"; there are node1, node2, node3",
        ),
    ] {
        let output = lightcone(&["run", "-"], &scenario(act, r#"{"heal":{}}"#));
        assert_eq!(status(&output), 2, "{act}");
        assert!(complaint(&output).contains(expected), "{act}: {}", complaint(&output));
    }
}

#[test]
fn labs_lists_the_http_forms() {
    let labs = json(&lightcone(&["labs", "--json"], ""));
    let store = labs.as_array().expect("a list").iter().find(|lab| lab["id"] == "causal-kv").expect("it is listed");
    let usages: Vec<&str> =
        store["http"].as_array().expect("a list").iter().filter_map(|f| f["usage"].as_str()).collect();
    assert_eq!(
        usages,
        [
            "POST <node> /put {\"key\":…, \"value\":…, \"vector\":…?, \"client_id\":…?}",
            "GET <node> /get?key=…&client_id=…?",
            "POST <node> /delete {\"key\":…, \"client_id\":…?}",
            "POST <node> /get_all {\"keys\":…, \"client_id\":…?}",
            "GET <node> /keys?client_id=…?",
            "GET <node> /?client_id=…?",
        ]
    );
    assert_eq!(store["http"][0]["client"], serde_json::json!({"role": "client", "key": "client_id", "in": "body"}));
    assert!(said(&lightcone(&["labs"], "")).contains("http  put"));
}

#[test]
fn no_number_that_stands_for_none_leaves_the_program() {
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let name = format!("{}/{}", lab.spec().id, builtin.id);
            let half = (builtin.stop_us / 2_000).to_string();
            for until in ["30", &half] {
                let out = lightcone(&["run", &name, "--until-ms", until], "");
                assert!(!said(&out).contains(&u32::MAX.to_string()), "{name} {until:?}: {}", said(&out));
            }
        }
    }
}
