//! The scenario parser against whatever people, links and mutators come up with: it never panics, what it
//! accepts it writes back the same, and what it refuses it explains with a path.

mod common;

use common::{ALL, Dice, cases, long_cases, random_scenario};
use lightcone_core::labs;
use lightcone_core::labs::{LABS, find};
use lightcone_core::scenario::Scenario;
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Numbers at which limits lie, and beyond them.
const ODD_NUMBERS: [&str; 34] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "26",
    "27",
    "0.001",
    "0.0001",
    "0.5",
    "1.0",
    "1e3",
    "1E-3",
    "1e400",
    "-1e400",
    "5e-324",
    "65535",
    "65536",
    "100000",
    "100001",
    "4294967294",
    "4294967295",
    "3600000000",
    "3600000000.001",
    "3600000001",
    "56250000",
    "36000",
    "36000.001",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "0.9999999999999999",
    "1e-06",
];

/// Words that mean something somewhere, and words that are trouble.
const ODD_TOKENS: [&str; 60] = [
    "null",
    "true",
    "false",
    "\"\"",
    "\"P1\"",
    "\"P2\"",
    "\"P3\"",
    "\"P26\"",
    "\"P27\"",
    "\"p1\"",
    "\"\\u0050\\u0031\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{1f600}\"",
    "\"\\\\\"",
    "[]",
    "{}",
    "[[]]",
    "[[],[]]",
    "{\"heal\":{}}",
    "\"acts\"",
    "\"at_ms\"",
    "\"after_event\"",
    "\"act\"",
    "\"seed\"",
    "\"setup\"",
    "\"broken\"",
    "\"no-merge\"",
    "\"network\"",
    "\"delay_ms\"",
    "\"uniform\"",
    "\"exponential\"",
    "\"min\"",
    "\"mean\"",
    "\"loss\"",
    "\"duplicate\"",
    "\"drop\"",
    "\"deliver_in_ms\"",
    "\"id\"",
    "\"n\"",
    "\"from\"",
    "\"to\"",
    "\"node\"",
    "\"op\"",
    "\"args\"",
    "\"send\"",
    "\"multicast\"",
    "\"workload\"",
    "\"count\"",
    "\"every_ms\"",
    "\"crash\"",
    "\"request\"",
    "\"http\"",
    "\"method\"",
    "\"path\"",
    "\"body\"",
    "\"GET node1 /get?key=%2\"",
    "\"POST node1 /put {\"",
    "\"GET\"",
    "\"/get?key=%C3&key\"",
];

/// Splits JSON, roughly, into strings, words, numbers and signs.
fn tokens(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let mut end = start + 1;
        if bytes[start] == b'"' {
            while end < bytes.len() && bytes[end] != b'"' {
                end += 1 + usize::from(bytes[end] == b'\\');
            }
            end = (end + 1).min(bytes.len());
        } else if bytes[start].is_ascii_alphanumeric() || bytes[start] == b'-' {
            while end < bytes.len() && (bytes[end].is_ascii_alphanumeric() || b"+-.".contains(&bytes[end])) {
                end += 1;
            }
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        if !bytes[start].is_ascii_whitespace() {
            tokens.push(&text[start..end]);
        }
        start = end;
    }
    tokens
}

/// Changes one to three tokens.
fn mutate_tokens(dice: &mut Dice, seed: &[&str], other: &[&str]) -> String {
    let mut tokens = seed.to_vec();
    for _ in 0..dice.range(1, 3) {
        let i = dice.range(0, tokens.len() as u64 - 1) as usize;
        let is_number = tokens[i].starts_with(|c: char| c.is_ascii_digit());
        match dice.range(0, 9) {
            0..=3 => {
                // A number for a number, most of the time: that is where limits lie.
                let start = i;
                let number = (0..tokens.len())
                    .map(|k| (start + k) % tokens.len())
                    .find(|&k| tokens[k].starts_with(|c: char| c.is_ascii_digit()));
                if let Some(k) = number {
                    tokens[k] = dice.of(&ODD_NUMBERS);
                }
            }
            4 => tokens[i] = if is_number { dice.of(&ODD_NUMBERS) } else { dice.of(&ODD_TOKENS) },
            5 => {
                let j = dice.range(0, tokens.len() as u64 - 1) as usize;
                tokens.swap(i, j);
            }
            6 => drop(tokens.remove(i)),
            7 => tokens.insert(i, dice.of(&[",", ":", "{", "}", "[", "]", "0", "\"x\""])),
            8 => tokens[i] = dice.of(other),
            _ => {
                let j = (i + dice.range(1, 30) as usize).min(tokens.len());
                let copy = tokens[i..j].to_vec();
                tokens.splice(i..i, copy);
            }
        }
        if tokens.is_empty() {
            break;
        }
    }
    tokens.concat()
}

fn mutate_bytes(dice: &mut Dice, seed: &str) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..dice.range(1, 4) {
        if bytes.is_empty() {
            break;
        }
        let i = dice.range(0, bytes.len() as u64 - 1) as usize;
        let j = (i + dice.range(1, 12) as usize).min(bytes.len());
        match dice.range(0, 4) {
            0 => bytes[i] ^= 1 << dice.range(0, 7),
            1 => bytes.insert(i, dice.bits() as u8),
            2 => drop(bytes.drain(i..j)),
            3 => {
                let copy = bytes[i..j].to_vec();
                bytes.splice(i..i, copy);
            }
            _ => bytes[i] = dice.of(b"0123456789.-eE\"\\{}[],: \n"),
        }
    }
    bytes
}

fn arbitrary_json(dice: &mut Dice, depth: u64) -> String {
    match dice.range(0, if depth == 0 { 1 } else { 3 }) {
        0 => dice.of(&ODD_NUMBERS).to_string(),
        1 => dice.of(&ODD_TOKENS).to_string(),
        2 => {
            let items: Vec<String> = (0..dice.range(0, 3)).map(|_| arbitrary_json(dice, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let item = |dice: &mut Dice| {
                let key = dice.of(&ODD_TOKENS[20..]);
                format!("{key}:{}", arbitrary_json(dice, depth - 1))
            };
            let items: Vec<String> = (0..dice.range(0, 4)).map(|_| item(dice)).collect();
            format!("{{{}}}", items.join(","))
        }
    }
}

/// Parses; what is accepted must come back the same from both written forms.
fn check(text: &str) -> Option<Scenario> {
    let scenario = match labs::parse(text) {
        Ok(scenario) => scenario,
        Err(e) => {
            assert!(e.path.starts_with('$') && !e.what.is_empty(), "{e}");
            return None;
        }
    };
    let written = scenario.to_json();
    let again = labs::parse(&written).unwrap_or_else(|e| panic!("{e}: it wrote\n{written}"));
    assert!(again == scenario, "it came back as another one:\n{written}");
    assert_eq!(again.to_json(), written);
    let line = labs::parse(&scenario.to_json_line()).expect("it wrote this itself");
    assert!(line == scenario, "it came back as another one");
    Some(scenario)
}

/// Runs a scenario as far as 2,000 records and looks at everything.
fn try_out(scenario: Scenario) -> u32 {
    let until_us = scenario.until_us;
    let mut run = lightcone_core::engine::Run::new(scenario);
    run.seek_time(until_us, 2_000);
    let len = run.trace().len();
    for id in (0..len).step_by(1 + len as usize / 20) {
        let _ = run.line(id);
    }
    let _ = (run.frame(), run.panels());
    let _ = run.hash();
    run.seek(len / 2);
    run.next_us();
    let _ = (run.frame(), run.panels());
    len
}

/// Requests as a service's own clients would write them.
const HTTP: &str = r#"{"format":"lightcone/1","lab":"causal-kv","acts":[
    {"at_ms":1,"act":{"http":"POST node1 /put {\"key\":\"x\",\"value\":1,\"client_id\":\"client2\"}"}},
    {"at_ms":2,"act":{"http":{"method":"POST","node":"node2","path":"/put","body":{"key":"y","value":[1],"vector":null}}}},
    {"at_ms":3,"act":{"http":{"method":"GET","node":"node2","path":"/get?key=x%20y&client_id=client1"}}},
    {"at_ms":4,"act":{"http":"GET node3 /"}}],"until_ms":100}"#;

/// Short scenarios that have every kind of act in them, and the built-in ones.
fn corpus() -> Vec<String> {
    let mut corpus: Vec<String> =
        LABS.iter().flat_map(|lab| lab.spec().scenarios.iter().map(|b| b.json().to_string())).collect();
    corpus.push(HTTP.into());
    for seed in 0..12 {
        let mut scenario = common::parse(&random_scenario(seed, ALL, ""));
        scenario.acts.truncate(12);
        corpus.push(scenario.to_json_line());
    }
    corpus
}

/// A million with `LIGHTCONE_CASES=100`; else a tenth of that.
#[test]
fn a_million_inputs_of_all_kinds_do_no_harm() {
    let corpus = corpus();
    let split: Vec<Vec<&str>> = corpus.iter().map(|text| tokens(text)).collect();
    let total = long_cases(1_000_000);
    let threads = 2;
    let work = |thread: u64| {
        let (mut accepted, mut records) = (0u64, 0u64);
        for case in (thread..total).step_by(threads as usize) {
            let mut dice = Dice::new(case);
            let pick = dice.range(0, corpus.len() as u64 - 1) as usize;
            let text = match dice.range(0, 9) {
                0..=5 => mutate_tokens(&mut dice, &split[pick], &split[(pick + 1) % split.len()]),
                6 | 7 => String::from_utf8_lossy(&mutate_bytes(&mut dice, &corpus[pick])).into_owned(),
                8 => {
                    let mut json = arbitrary_json(&mut dice, 5);
                    if dice.percent(70) && json.starts_with('{') {
                        let comma = if json.len() > 2 { "," } else { "" };
                        json.replace_range(
                            ..1,
                            &format!("{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\"{comma}"),
                        );
                    }
                    json
                }
                _ => {
                    let bytes: Vec<u8> = (0..dice.range(0, 60)).map(|_| dice.bits() as u8).collect();
                    String::from_utf8_lossy(&bytes).into_owned()
                }
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| check(&text).map(try_out)));
            match outcome {
                Ok(None) => {}
                Ok(Some(made)) => {
                    accepted += 1;
                    records += u64::from(made);
                }
                Err(_) => panic!("case {case}: this input did harm:\n{text}"),
            }
        }
        (accepted, records)
    };
    let counts: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        handles.into_iter().map(|h| h.join().expect("no input does harm")).collect()
    });
    let sum = counts.iter().fold((0, 0), |a, c| (a.0 + c.0, a.1 + c.1));
    println!("{total} inputs, {} of them accepted and run, {} records", sum.0, sum.1);
    assert!(total < 1_000 || (sum.0 > total / 20 && sum.1 > 0), "the mutators find what is accepted");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(2_000) as u32) })]

    #[test]
    fn any_title_seed_and_payload_comes_back(title in ".{0,40}", seed: u64, payload in ".{0,40}") {
        let quote = |text: &str| serde_json::to_string(text).expect("a string");
        let text = format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"title\":{},\"seed\":{seed},\"acts\":[{{\"at_ms\":1,\
             \"act\":{{\"request\":{{\"node\":\"P1\",\"op\":\"multicast\",\"args\":{{\"message\":{}}}}}}}}}]}}",
            quote(&title), quote(&payload)
        );
        let scenario = check(&text).expect("it is a scenario");
        prop_assert_eq!(&scenario.title, &title);
        prop_assert_eq!(scenario.seed, seed);
        let run = lightcone_core::engine::run(scenario);
        for id in 0..run.trace().len() {
            let line: serde_json::Value = serde_json::from_str(&run.line(id)).expect("a line is JSON");
            if line["kind"] == "send" {
                prop_assert_eq!(line["data"]["message"].as_str(), Some(payload.as_str()));
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        check(&text);
    }
}

fn error(text: &str) -> String {
    match labs::parse(text) {
        Ok(_) => panic!("this was accepted: {text}"),
        Err(e) => e.to_string(),
    }
}

/// A scenario with some more fields.
fn with(fields: &str) -> String {
    format!("{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",{fields}}}")
}

/// A scenario with one act.
fn act(act: &str) -> String {
    with(&format!("\"acts\":[{{\"at_ms\":1,\"act\":{act}}}]"))
}

#[test]
fn what_is_wrong_at_the_top_is_named_with_its_path() {
    for (text, expected) in [
        ("", "$: this is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{", "$: this is not JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "$: expected an object, found []"),
        ("{}", "$: the key \"format\" is missing"),
        (r#"{"format":"lightcone/1"}"#, "$: the key \"lab\" is missing"),
        (r#"{"format":1}"#, "$.format: expected a string, found 1"),
        (r#"{"format":"lightcone/2","lab":"x"}"#, "$.format: this program reads the format \"lightcone/1\""),
        (r#"{"format":"lightcone/1","format":"lightcone/1"}"#, "$: the key \"format\" stands there twice"),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    let unknown_lab = error(r#"{"format":"lightcone/1","lab":"paxos"}"#);
    assert!(unknown_lab.starts_with("$.lab: there is no such lab; there are vector-clocks"), "{unknown_lab}");
    for (fields, expected) in [
        (
            r#""sede":1"#,
            "$.sede: this key is unknown (known here: format, lab, title, seed, setup, network, until_ms, acts)",
        ),
        (r#""seed":-1"#, "$.seed: expected a whole number from 0 to 18446744073709551615, found -1"),
        (r#""seed":1.5"#, "$.seed: expected a whole number from 0 to 18446744073709551615, found 1.5"),
        (r#""title":7"#, "$.title: expected a string, found 7"),
        (r#""until_ms":-1"#, "$.until_ms: expected milliseconds from 0 to 3600000000, found -1"),
        (r#""until_ms":0.0005"#, "$.until_ms: expected milliseconds with at most three decimals, found 0.0005"),
        (r#""until_ms":"1""#, "$.until_ms: expected a number of milliseconds from 0 to 3600000000, found \"1\""),
        (r#""setup":{"processes":27}"#, "$.setup.processes: expected a whole number from 1 to 26, found 27"),
        (r#""setup":{"processes":"3"}"#, "$.setup.processes: expected a whole number from 1 to 26, found \"3\""),
        (r#""setup":{"nodes":3}"#, "$.setup.nodes: this key is unknown (known here: processes, clocks, broken)"),
        (
            r#""setup":{"broken":["no-clue"]}"#,
            "$.setup.broken[0]: there is no switch \"no-clue\"; there are no-merge, no-tick-on-receive",
        ),
        (r#""setup":{"broken":["no-merge","no-merge"]}"#, "$.setup.broken[1]: this switch stands there twice"),
        (r#""network":{"loss":1.5}"#, "$.network.loss: expected a probability from 0 to 1, found 1.5"),
        (r#""network":{"delay_ms":0}"#, "$.network.delay_ms: expected milliseconds from 0.001 to 3600000000, found 0"),
        (
            r#""network":{"delay_ms":{"uniform":[20,5]}}"#,
            "$.network.delay_ms.uniform[1]: expected milliseconds from 20 to 3600000000, found 5",
        ),
        (r#""network":{"delay_ms":{"uniform":[5]}}"#, "$.network.delay_ms.uniform: expected two numbers, [min, max]"),
        (r#""network":{"fifo":1}"#, "$.network.fifo: expected true or false, found 1"),
        (
            r#""network":{"blocked":true}"#,
            "$.network.blocked: this key is unknown (known here: delay_ms, loss, duplicate, fifo)",
        ),
        (r#""acts":{}"#, "$.acts: expected a list, found {}"),
        (r#""acts":[{"act":{"heal":{}}}]"#, "$.acts[0]: exactly one of at_ms and after_event must be given"),
        (r#""acts":[{"at_ms":1}]"#, "$.acts[0]: the key \"act\" is missing"),
        (
            r#""acts":[{"at_ms":1,"after_event":2,"act":{"heal":{}}}]"#,
            "$.acts[0]: exactly one of at_ms and after_event must be given",
        ),
        (
            r#""acts":[{"at_ms":1,"act":{"heal":{}},"why":1}]"#,
            "$.acts[0].why: this key is unknown (known here: at_ms, after_event, act)",
        ),
    ] {
        assert_eq!(error(&with(fields)), expected, "{fields}");
    }
}

#[test]
fn what_is_wrong_in_an_act_is_named_with_its_path() {
    let at = "$.acts[0].act";
    for (text, path, what) in [
        ("{}", "", "an act has one key, such as {\"crash\":{\"node\":…}}"),
        (r#"{"heal":{},"crash":{}}"#, "", "an act has one key, such as {\"crash\":{\"node\":…}}"),
        (r#"{"crash":{}}"#, ".crash", "the key \"node\" is missing"),
        (r#"{"crash":{"node":"P4"}}"#, ".crash.node", "there is no process \"P4\"; there are P1, P2, P3"),
        (r#"{"crash":{"node":1}}"#, ".crash.node", "expected a string, found 1"),
        (r#"{"crash":{"node":"P1","hard":true}}"#, ".crash.hard", "this key is unknown (known here: node)"),
        (r#"{"heal":{"all":1}}"#, ".heal.all", "this key is unknown (no key is known here)"),
        (r#"{"partition":{"groups":[["P1"],["P1"]]}}"#, ".partition.groups[1][0]", "P1 is in two groups"),
        (r#"{"partition":{"groups":["P1"]}}"#, ".partition.groups[0]", "expected a list, found \"P1\""),
        (r#"{"link":{"from":"P1"}}"#, ".link", "the key \"to\" is missing"),
        (r#"{"link":{"from":"P1","to":"P2","reset":false}}"#, ".link.reset", "only true makes sense here"),
        (
            r#"{"message":{"id":1,"copy":0,"drop":true}}"#,
            ".message.copy",
            "expected a whole number from 1 to 65535, found 0",
        ),
        (r#"{"message":{"id":1}}"#, ".message", "exactly one of drop, duplicate and deliver_in_ms must be given"),
        (
            r#"{"message":{"id":1,"drop":true,"duplicate":true}}"#,
            ".message",
            "exactly one of drop, duplicate and deliver_in_ms must be given",
        ),
        (r#"{"message":{"id":1,"drop":false}}"#, ".message.drop", "only true makes sense here"),
        (r#"{"message":{"drop":true}}"#, ".message", "the key \"from\" is missing"),
        (
            r#"{"message":{"from":"P1","to":"P2","n":0,"drop":true}}"#,
            ".message.n",
            "expected a whole number from 1 to 4294967294, found 0",
        ),
        (r#"{"timeout":{"node":"P1","timer":"x"}}"#, ".timeout.timer", "this lab has no timers"),
        (
            r#"{"request":{"node":"P1","op":"put"}}"#,
            ".request.op",
            "this lab has no operation \"put\"; it has send, multicast, local",
        ),
        (r#"{"request":{"node":"P1","op":"send"}}"#, ".request.args", "the key \"to\" is missing"),
        (
            r#"{"request":{"node":"P1","op":"send","args":{"to":"P9"}}}"#,
            ".request.args.to",
            "there is no process \"P9\"; there are P1, P2, P3",
        ),
        (
            r#"{"request":{"node":"P1","op":"multicast","args":{"to":["P2","P9"]}}}"#,
            ".request.args.to",
            "there is no process P9",
        ),
        (
            r#"{"request":{"node":"P1","op":"multicast","args":{"to":["P2","P2"]}}}"#,
            ".request.args.to",
            "P2 is named twice",
        ),
        (
            r#"{"request":{"node":"P1","op":"local","args":{"x":1}}}"#,
            ".request.args.x",
            "this key is unknown (no key is known here)",
        ),
        (
            r#"{"workload":{"op":"local","nodes":[],"count":1,"every_ms":1}}"#,
            ".workload.nodes",
            "a workload needs at least one process",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":100001,"every_ms":1}}"#,
            ".workload.count",
            "expected a whole number from 1 to 100000, found 100001",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":1,"every_ms":0}}"#,
            ".workload.every_ms",
            "expected milliseconds from 0.001 to 36000, found 0",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":1}}"#,
            ".workload",
            "exactly one of every_ms and rate must be given",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":1,"every_ms":1,"rate":1}}"#,
            ".workload",
            "exactly one of every_ms and rate must be given",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":1,"rate":0}}"#,
            ".workload.rate",
            "expected a whole number from 1 to 1000000, found 0",
        ),
        (
            r#"{"workload":{"op":"local","nodes":["P1"],"count":1,"rate":2.5}}"#,
            ".workload.rate",
            "expected a whole number from 1 to 1000000, found 2.5",
        ),
    ] {
        assert_eq!(error(&act(text)), format!("{at}{path}: {what}"), "{text}");
    }
    let unknown = error(&act(r#"{"explode":{}}"#));
    assert!(unknown.starts_with("$.acts[0].act.explode: this act is unknown (known here: crash, "), "{unknown}");
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    let text =
        act(&format!("{{\"request\":{{\"node\":\"P1\",\"op\":\"multicast\",\"args\":{{\"message\":{deep}}}}}}}"));
    assert_eq!(error(&text), "$.acts[0].act.request.args.message: a value may be nested 64 deep, this is 65 deep");
}

/// Fifty a second is one every 20 ms; three a second are no more than three, with the least time that allows.
#[test]
fn a_rate_is_another_way_to_say_how_often() {
    for lab in LABS {
        let operation = lab.spec().operations[0];
        let of = |how: &str| {
            let scenario = Scenario::empty(*lab);
            let fits =
                |p: &lightcone_core::protocol::ProcessInfo| operation.at.is_empty() || operation.at.contains(&p.role);
            let node = scenario.processes().into_iter().find(fits).expect("somebody takes it").name;
            let text = format!("{{\"op\":\"{}\",\"nodes\":[\"{node}\"],\"count\":4,{how}}}", operation.name);
            scenario.read_act(&format!("{{\"workload\":{text}}}")).expect("a workload")
        };
        assert_eq!(of("\"rate\":50"), of("\"every_ms\":20"));
        assert_eq!(of("\"rate\":3"), of("\"every_ms\":333.334"));
        assert_eq!(of("\"rate\":1000000"), of("\"every_ms\":0.001"));
    }
}

#[test]
fn a_lab_is_found_by_its_id_alone() {
    for lab in LABS {
        assert!(find(lab.spec().id).is_some_and(|found| found == *lab));
        let text = format!("{{\"format\":\"lightcone/1\",\"lab\":\"{}\"}}", lab.spec().id);
        assert_eq!(check(&text).expect("nothing else is required"), Scenario::empty(*lab));
    }
    assert!(find("").is_none());
}
