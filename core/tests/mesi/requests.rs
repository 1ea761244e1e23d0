//! What can be asked of a cache: requests with mistakes, in their HTTP form, and made up in a mix.

use super::common::parse;
use lightcone_core::engine::{Run, run};
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use lightcone_core::trace::Kind;
use serde_json::{Value, json};

/// A scenario with these settings and acts, or what is wrong with it.
fn read(setup: &str, acts: &[&str]) -> Result<Scenario, String> {
    let acts: Vec<String> =
        acts.iter().enumerate().map(|(i, act)| format!("{{\"at_ms\":{},\"act\":{act}}}", 50 * (i + 1))).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"setup\":{{{setup}}},\"network\":{{\"delay_ms\":2}},\"acts\":[{}],\
         \"until_ms\":1000}}",
        acts.join(",")
    );
    labs::parse(&text).map_err(|e| e.to_string())
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let address = "\"size\":256,\"ways\":2,\"line\":64";
    let ask = |key: &str| format!("{{\"request\":{{\"node\":\"C1\",\"op\":\"read\",\"args\":{{\"key\":\"{key}\"}}}}}}");
    let long = "k".repeat(101);
    for (setup, act, expected) in [
        ("\"caches\":1", "", "$.setup.caches: expected a whole number from 2 to 8"),
        ("\"caches\":9", "", "$.setup.caches"),
        ("\"protocol\":\"dragon\"", "", "$.setup.protocol: expected one of mesi, msi, moesi, mesif"),
        ("\"supplier\":\"bus\"", "", "$.setup.supplier: expected one of cache, memory"),
        ("\"write\":\"around\"", "", "$.setup.write: expected one of back, through, through-allocate"),
        ("\"write\":\"through\",\"protocol\":\"moesi\"", "", "$.setup.write: with write-through"),
        ("\"protocol\":\"mesif\",\"supplier\":\"memory\"", "", "$.setup.supplier: in MESIF the cache in F"),
        ("\"contents\":[]", "", "$.setup.contents: expected an object"),
        ("\"contents\":{\"C4\":{}}", "", "$.setup.contents: C4: this key is unknown"),
        (
            "\"contents\":{\"C1\":{\"x\":\"O\"}}",
            "",
            "$.setup.contents: C1.x: MESI has the states M, E, S, I, not \"O\"",
        ),
        ("\"contents\":{\"C1\":{\"x\":{\"value\":1}}}", "", "$.setup.contents: C1.x: the key \"state\" is missing"),
        (
            "\"contents\":{\"C1\":{\"x\":\"M\"},\"C3\":{\"x\":\"S\"}}",
            "",
            "$.setup.contents: C3.x: C1 has x in M, and then no other cache has it, but C3 has it in S",
        ),
        (
            "\"contents\":{\"C2\":{\"x\":\"S\"},\"C3\":{\"x\":\"E\"}}",
            "",
            "$.setup.contents: C2.x: C3 has x in E, and then no other cache has it, but C2 has it in S",
        ),
        (
            "\"protocol\":\"moesi\",\"contents\":{\"C1\":{\"x\":\"O\"},\"C2\":{\"x\":\"O\"}}",
            "",
            "one cache at most has it so, but C2 has it in O",
        ),
        (
            "\"memory\":{\"x\":3},\"contents\":{\"C2\":{\"x\":{\"state\":\"S\",\"value\":5}}}",
            "",
            "$.setup.contents: C2.x: C2 has x in S with 5, and memory has 3",
        ),
        (
            "\"protocol\":\"moesi\",\"contents\":{\"C1\":{\"x\":{\"state\":\"O\",\"value\":4}},\"C2\":{\"x\":{\"state\":\"S\",\"value\":5}}}",
            "",
            "C2 has x in S with 5, and its owner C1 has 4",
        ),
        ("\"lines\":1,\"contents\":{\"C1\":{\"x\":\"S\",\"y\":\"S\"}}", "", "C1.y: its set has room for 1 line"),
        (
            "\"size\":256,\"contents\":{\"C1\":{\"0x1000\":\"M\",\"0x1008\":\"S\"}}",
            "",
            "0x1000 is one line, in one state: M or S",
        ),
        ("\"contents\":{\"C1\":{\"x\":{\"state\":\"I\",\"value\":5}}}", "", "what is invalid has no value"),
        ("\"contents\":{\"C1\":7}", "", "$.setup.contents: C1: expected a list"),
        ("\"contents\":{\"C1\":[{\"key\":\"x\"}]}", "", "C1[0]: the key \"state\" is missing"),
        ("\"contents\":{\"C1\":[{\"key\":\"x\",\"state\":\"Q\"}]}", "", "C1[0]: MESI has the states"),
        ("\"contents\":{\"C1\":{\"\":\"S\"}}", "", "a key has a character at least"),
        ("\"size\":100", "", "$.setup.size: 100 bytes do not make a power of two of sets"),
        ("\"size\":1048576,\"ways\":2", "", "$.setup.size: a cache has at most 4096 lines here"),
        ("\"memory\":[1]", "", "$.setup.memory: expected an object"),
        ("\"size\":256,\"memory\":{\"xyz\":1}", "", "$.setup.memory: expected a hexadecimal address such as 0x1040"),
        ("\"size\":256,\"show\":\"user\"", "", "$.setup.show: expected a hexadecimal address"),
        ("\"broken\":[\"no-snoop\"]", "", "$.setup.broken[0]"),
        ("", &ask(""), "key: a key has a character at least"),
        ("", &ask(&long), "$.acts[0].act.request.args.key: at most 100 bytes"),
        (address, &ask("user_1"), "key: expected a hexadecimal address such as 0x1040, found \"user_1\""),
        (address, &ask("0x"), "key: expected a hexadecimal address"),
        (address, &ask("10000000000000000"), "key: expected a hexadecimal address"),
        ("", "{\"request\":{\"node\":\"bus\",\"op\":\"read\",\"args\":{\"key\":\"x\"}}}", "bus is a bus"),
        (
            "",
            "{\"request\":{\"node\":\"C1\",\"op\":\"write\",\"args\":{\"key\":\"x\"}}}",
            "the key \"value\" is missing",
        ),
        ("", "{\"request\":{\"node\":\"C1\",\"op\":\"access\"}}", "the key \"pick\" is missing"),
        ("", "{\"http\":\"GET C2 /read/\"}", "this lab has no GET /read/"),
        ("", "{\"http\":\"GET bus /status\"}", "bus is a bus"),
        ("", "{\"http\":\"POST C1 /write/x {}\"}", "value"),
    ] {
        let acts: &[&str] = if act.is_empty() { &[] } else { &[act] };
        let told = read(setup, acts).expect_err(&format!("{setup} {act}"));
        assert!(told.contains(expected), "{setup} {act}: {told}");
    }
}

fn replies(run: &Run) -> Vec<Value> {
    let all = (0..run.trace().len()).filter(|id| run.trace().record(*id).kind == Kind::Reply);
    all.map(|id| serde_json::from_str(&run.data(id)).expect("JSON")).collect()
}

#[test]
fn requests_in_http_form_are_the_operations_that_they_ask_for() {
    let http = [
        r#"{"http":"POST C1 /write/user_123 {\"value\":{\"name\":\"Ada\"}}"}"#,
        r#"{"http":{"method":"GET","node":"C2","path":"/read/user_123"}}"#,
        r#"{"http":"GET C1 /read/user%20123"}"#,
        r#"{"http":"GET C1 /status"}"#,
        r#"{"http":"GET C1 /metrics"}"#,
        r#"{"http":"GET C1 /"}"#,
    ];
    let own = [
        r#"{"request":{"node":"C1","op":"write","args":{"key":"user_123","value":{"name":"Ada"}}}}"#,
        r#"{"request":{"node":"C2","op":"read","args":{"key":"user_123"}}}"#,
        r#"{"request":{"node":"C1","op":"read","args":{"key":"user 123"}}}"#,
        r#"{"request":{"node":"C1","op":"status"}}"#,
        r#"{"request":{"node":"C1","op":"metrics"}}"#,
        r#"{"request":{"node":"C1","op":"status"}}"#,
    ];
    let (http, own) = (run(read("", &http).expect("forms")), run(read("", &own).expect("requests")));
    assert_eq!(http.hash(), own.hash());
    let replies = replies(&http);
    assert_eq!(replies.len(), 6);
    assert_eq!((&replies[0]["op"], &replies[0]["hit"]), (&json!("write"), &json!(false)));
    assert_eq!((&replies[1]["value"], &replies[1]["from"]), (&json!({"name": "Ada"}), &json!("C1")));
    assert_eq!(replies[2]["value"], Value::Null, "nobody has written there");
    let lines = &replies[3]["told"]["lines"];
    assert_eq!(lines[0], json!({"line": "user_123", "state": "S", "value": {"name": "Ada"}}));
    assert_eq!(replies[3]["told"], replies[5]["told"]);
    let numbers = &replies[4]["told"];
    assert_eq!(
        (&numbers["writes"], &numbers["interv"], &numbers["transitions"]["m_to_s"]),
        (&json!(1), &json!(1), &json!(1))
    );
}

#[test]
fn a_mix_of_ten_thousand_accesses_follows_from_the_seed() {
    let mix = |seed: u64, write: u64, shared: u64| {
        parse(&format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"seed\":{seed},\"setup\":{{\"caches\":4,\"lines\":8}},\
             \"network\":{{\"delay_ms\":0.1}},\"acts\":[{{\"at_ms\":0,\"act\":{{\"workload\":{{\"op\":\"access\",\"nodes\":\
             [\"C1\",\"C2\",\"C3\",\"C4\"],\"count\":10000,\"every_ms\":4,\"args\":{{\"write_percent\":{write},\
             \"shared_percent\":{shared}}}}}}}}}],\"until_ms\":60000}}"
        ))
    };
    let count = |run: &Run, name: &str| run.metrics().into_iter().find(|(n, _)| *n == name).expect("it is there").1;
    let (one, two) = (run(mix(5, 30, 50)), run(mix(5, 30, 50)));
    assert_eq!(one.hash(), two.hash());
    assert_eq!(one.violations(), []);
    let (reads, writes) = (count(&one, "reads"), count(&one, "writes"));
    assert_eq!(reads + writes, 10_000, "every access ends");
    assert!((2_800..3_200).contains(&writes), "{writes} of 10,000 write");
    assert_ne!(run(mix(6, 30, 50)).hash(), one.hash());
    // Who shares nothing disturbs nobody; who only reads never writes back.
    let alone = run(mix(5, 30, 0));
    assert_eq!((count(&alone, "invalidations"), count(&alone, "cache_to_cache")), (0, 0));
    let readers = run(mix(5, 0, 100));
    assert_eq!((count(&readers, "writes"), count(&readers, "write_backs"), count(&readers, "bus_rdx")), (0, 0, 0));
    println!(
        "{} records; hits {} %, bus busy {} %",
        one.trace().len(),
        count(&one, "hit_percent"),
        count(&one, "bus_busy_percent")
    );
}
