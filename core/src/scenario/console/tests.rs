use super::*;
use crate::labs::find;
use crate::scenario::Scenario;

fn empty(lab: &str) -> Scenario {
    Scenario::empty(find(lab).expect("there is this lab"))
}

/// The act of a line as JSON, or the error.
fn said(lab: &str, line: &str) -> String {
    let scenario = empty(lab);
    match scenario.read_line(line) {
        Ok(act) => act.json(&scenario.names()),
        Err(e) => e.to_string(),
    }
}

#[test]
fn every_usage_of_the_table_is_a_line() {
    for verb in &VERBS {
        let line = verb.usage.replace("S1 election", "node1 check").replace("multicast", "put");
        let line = line.replace("P1,P2", "client1,client2").replace("P1", "node1").replace("P2", "node2");
        let act = empty("causal-kv").read_line(&line.replace("P3", "node3"));
        assert_eq!(act.as_ref().map(Act::kind), Ok(verb.act), "{line}: {act:?}");
    }
}

#[test]
fn a_line_becomes_the_act_that_its_json_gives() {
    for (line, json) in [
        (r#"P1 send P2 "hello""#, r#"{"request":{"node":"P1","op":"send","args":{"to":"P2","message":"hello"}}}"#),
        (
            r#"P1 send to=P2 message="hello you""#,
            r#"{"request":{"node":"P1","op":"send","args":{"to":"P2","message":"hello you"}}}"#,
        ),
        (
            "P1 send message=hello to=P2",
            r#"{"request":{"node":"P1","op":"send","args":{"to":"P2","message":"hello"}}}"#,
        ),
        ("P1 send P2 message=", r#"{"request":{"node":"P1","op":"send","args":{"to":"P2","message":""}}}"#),
        ("P1 multicast 1.50", r#"{"request":{"node":"P1","op":"multicast","args":{"message":1.50}}}"#),
        (
            r#"P1 multicast {"a": [1, "x y"]}"#,
            r#"{"request":{"node":"P1","op":"multicast","args":{"message":{"a":[1,"x y"]}}}}"#,
        ),
        ("P1 multicast שלום", r#"{"request":{"node":"P1","op":"multicast","args":{"message":"שלום"}}}"#),
        ("  P2   local ", r#"{"request":{"node":"P2","op":"local","args":{}}}"#),
        ("crash P1", r#"{"crash":{"node":"P1"}}"#),
        ("restart P1", r#"{"restart":{"node":"P1"}}"#),
        ("pause P1", r#"{"pause":{"node":"P1"}}"#),
        ("resume P1", r#"{"resume":{"node":"P1"}}"#),
        ("partition P1 P2 | P3", r#"{"partition":{"groups":[["P1","P2"],["P3"]]}}"#),
        ("partition P1|P3 P2", r#"{"partition":{"groups":[["P1"],["P3","P2"]]}}"#),
        ("partition P3", r#"{"partition":{"groups":[["P3"]]}}"#),
        ("heal", r#"{"heal":{}}"#),
        ("settle", r#"{"settle":{}}"#),
        ("drop 17", r#"{"message":{"id":17,"drop":true}}"#),
        ("duplicate 17", r#"{"message":{"id":17,"duplicate":true}}"#),
        ("deliver 17 in 30", r#"{"message":{"id":17,"deliver_in_ms":30}}"#),
        ("link P1 P2 loss=0.1 delay=20", r#"{"link":{"from":"P1","to":"P2","delay_ms":20,"loss":0.1}}"#),
        ("link P1 P2 blocked=true", r#"{"link":{"from":"P1","to":"P2","blocked":true}}"#),
        (
            "network loss=0.1 fifo=true delay=5..20",
            r#"{"network":{"delay_ms":{"uniform":[5,20]},"loss":0.1,"fifo":true}}"#,
        ),
        (
            r#"network delay={"exponential":{"min":1,"mean":9.5}}"#,
            r#"{"network":{"delay_ms":{"exponential":{"min":1,"mean":9.5}}}}"#,
        ),
        (
            "workload multicast count=20 every=10",
            r#"{"workload":{"op":"multicast","nodes":["P1","P2","P3"],"count":20,"every_ms":10,"args":{}}}"#,
        ),
        (
            "workload send nodes=P1,P3 count=2 rate=200 to=P2",
            r#"{"workload":{"op":"send","nodes":["P1","P3"],"count":2,"every_ms":5,"args":{"to":"P2"}}}"#,
        ),
        (r#"{"crash":{"node":"P1"}}"#, r#"{"crash":{"node":"P1"}}"#),
    ] {
        let lab = "vector-clocks";
        assert_eq!(said(lab, line), json, "{line}");
        assert_eq!(empty(lab).read_line(line), empty(lab).read_act(json), "{line}");
    }
}

#[test]
fn a_line_becomes_the_request_that_its_json_gives() {
    for (line, json) in [
        (
            "client1 put node1 x 5",
            r#"{"request":{"node":"client1","op":"put","args":{"node":"node1","key":"x","value":5}}}"#,
        ),
        ("client2 get any 7", r#"{"request":{"node":"client2","op":"get","args":{"node":"any","key":"7"}}}"#),
        ("client1 get key=\"a b\"", r#"{"request":{"node":"client1","op":"get","args":{"key":"a b"}}}"#),
        (
            r#"client1 put vector={"node1":2}"#,
            r#"{"request":{"node":"client1","op":"put","args":{"vector":{"node1":2}}}}"#,
        ),
        ("timeout node1 anti-entropy", r#"{"timeout":{"node":"node1","timer":"anti-entropy"}}"#),
        (
            "workload get count=3 every=2.5",
            r#"{"workload":{"op":"get","nodes":["client1","client2"],"count":3,"every_ms":2.5,"args":{}}}"#,
        ),
        (
            r#"POST node2 /put {"key":"x","value":1}"#,
            r#"{"request":{"node":"client1","op":"put","args":{"node":"node2","key":"x","value":1}}}"#,
        ),
        (
            "GET node3 /get?key=a%20b",
            r#"{"request":{"node":"client1","op":"get","args":{"node":"node3","key":"a b"}}}"#,
        ),
        ("GET node3 /", r#"{"request":{"node":"client1","op":"status","args":{"node":"node3"}}}"#),
    ] {
        assert_eq!(said("causal-kv", line), json, "{line}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_column() {
    for (line, expected) in [
        ("", "column 1: a line begins with a process, a verb such as crash, a method such as GET, or {"),
        ("P9 local", "column 1: \"P9\" is neither a process (P1, P2, P3) nor a verb (crash, restart, pause, resume, "),
        ("to=P1", "column 1: \"to=P1\" is neither a process"),
        ("P1", "column 3: P1 is asked for an operation: send, multicast, local"),
        ("P1 sing", "column 4: this lab has no operation \"sing\"; it has send, multicast, local"),
        ("P1 send", "column 8: the key \"to\" is missing"),
        ("P1 send P9", "column 9: there is no process \"P9\"; there are P1, P2, P3"),
        ("P1 send to=P9", "column 12: there is no process \"P9\"; there are P1, P2, P3"),
        ("P1 multicast x [\"P9\"]", "column 16: there is no process P9"),
        ("P1 send P2 to=P3", "column 12: to stands there twice"),
        ("P1 send P2 hello you", "column 18: send takes to, message; a text with spaces stands in quotes"),
        ("P1 send P2 massage=x", "column 12: send takes to, message"),
        ("P1 local x", "column 10: local takes no arguments"),
        ("P1 multicast \"x", "column 14: this quotation is not closed"),
        ("P1 multicast {a:1}", "column 14: this is not JSON: key must be a string"),
        ("P1 multicast [1", "column 14: this bracket is not closed"),
        ("ü P1", "column 1: \"ü\" is neither"),
        ("P1 multicast \"ü\"x", "column 17: a space belongs here"),
        ("crash", "column 6: something is missing here: crash P1"),
        ("crash P1 P2", "column 10: this is one word too many: crash P1"),
        ("crash P7", "column 7: there is no process \"P7\"; there are P1, P2, P3"),
        ("crash node=P1", "column 14: something is missing here: crash P1"),
        ("heal all", "column 6: this is one word too many: heal"),
        ("heal x=1", "column 6: there is no x here: heal"),
        ("partition", "column 10: each side needs a process: partition P1 P2 | P3"),
        ("partition P1 |", "column 15: each side needs a process"),
        ("partition P1 | P1", "column 16: P1 is in two groups"),
        ("partition P1|P9", "column 14: there is no process \"P9\""),
        ("drop it", "column 6: expected a whole number from 0 to 4294967294, found \"it\""),
        ("deliver 17 at 30", "column 12: expected deliver 17 in 30"),
        ("deliver 17 in 0", "column 15: expected milliseconds from 0.001"),
        ("timeout P1 election", "column 12: this lab has no timers"),
        ("link P1 P2 dely=3", "column 12: there is no dely here: link P1 P2 loss=0.1"),
        ("link P1 P2 loss=2", "column 17: expected a probability from 0 to 1, found 2"),
        ("link P1 P2 loss=0 loss=1", "column 19: loss stands there twice"),
        ("network delay=20..5", "column 15.uniform[1]: expected milliseconds from 20 to"),
        ("network blocked=true", "column 9: there is no blocked here"),
        ("workload multicast count=1", "column 27: exactly one of every_ms and rate must be given"),
        ("workload multicast every=1", "column 27: the key \"count\" is missing"),
        ("workload multicast count=1 rate=0", "column 33: expected a whole number from 1 to 1000000, found 0"),
        ("workload multicast count=1 every=1 nodes=P1,P9", "column 42[1]: there is no process \"P9\""),
        ("workload sing count=1 every=1", "column 10: this lab has no operation \"sing\""),
        ("{\"crash\":{\"node\":\"P7\"}}", "column 1.crash.node: there is no process \"P7\""),
        ("{\"crash\"", "column 1: this is not JSON: "),
        ("GET P1 /", "column 1: this lab has no HTTP forms"),
    ] {
        let found = said("vector-clocks", line);
        assert!(found.starts_with(expected), "{line}: {found}");
    }
    let store = |line: &str| said("causal-kv", line);
    assert_eq!(store("node1 put x 1"), "column 1: node1 is a node; this takes one of client1, client2");
    assert_eq!(store("node1"), "column 6: node1 is asked for an operation: it takes none");
    let ahead = "there is no node \"node9\"; there are node1, node2, node3";
    assert_eq!(store("client1 put vector={\"node9\":1}"), format!("column 20: {ahead}"));
    assert_eq!(
        store(r#"POST node1 /put {"key":"x","value":1,"vector":{"node9":1}}"#),
        format!("column 1: vector: {ahead}")
    );
}

/// What is offered at the `^` of a line.
fn offered(lab: &str, line: &str) -> String {
    let cursor = line.find('^').expect("a cursor");
    let found = empty(lab).complete_line(&line.replace('^', ""), cursor);
    assert!(found.iter().all(|c| c.from <= cursor), "{line}");
    found.into_iter().map(|c| c.text).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_may_stand_next_is_offered() {
    for (line, expected) in [
        ("P^", "P1 P2 P3"),
        ("re^", "restart resume"),
        ("P1 ^", "send multicast local"),
        ("P1 s^ P2", "send"),
        ("P1 send ^", "P1 P2 P3 to= message="),
        ("P1 send P2 ^", "\"hello\" message="),
        ("P1 send to=^", "P1 P2 P3"),
        ("P1 send to=P2 m^", "message="),
        ("P1 sing ^", ""),
        ("P1 send P2 \"he^", ""),
        ("crash ^", "P1 P2 P3"),
        ("crash P1 ^", ""),
        ("partition ^", "P1 P2 P3"),
        ("partition P1 ^", "P2 P3 |"),
        ("partition P1 | ^", "P2 P3"),
        ("deliver 17 ^", "in"),
        ("link P1 ^", "P1 P2 P3"),
        ("link P1 P2 ^", "delay= loss= duplicate= fifo= blocked="),
        ("link P1 P2 fifo=^", "true false"),
        ("link P1 P2 loss=0 l^", ""),
        ("workload ^", "send multicast local"),
        ("workload send count=2 ^", "every= rate= nodes= to= message="),
        ("workload send nodes=P1,^", "P1 P2 P3"),
        ("workload send to=P^", "P1 P2 P3"),
        ("heal ^", ""),
    ] {
        assert_eq!(offered("vector-clocks", line), expected, "{line}");
    }
    for (line, expected) in [
        ("c^", "client1 client2 crash"),
        ("G^", "GET"),
        ("client1 put ^", "node1 node2 node3 any node= key= value= vector="),
        ("timeout node1 ^", "anti-entropy check wait resend give-up"),
        ("workload put nodes=^", "client1 client2"),
        ("POST ^", "node1 node2 node3"),
        ("GET node1 ^", "/get?key= /keys /"),
        ("POST node1 /put ^", r#"{"key":"x","value":1,"client_id":"client1"}"#),
        ("node1 ^", ""),
    ] {
        assert_eq!(offered("causal-kv", line), expected, "{line}");
    }
}

#[test]
fn what_is_offered_says_where_it_belongs() {
    let at = |line: &str| empty("vector-clocks").complete_line(line, line.len()).first().map(|c| c.from);
    assert_eq!(at("P1 send to=P"), Some(11));
    assert_eq!(at("workload send nodes=P1,P"), Some(23));
    assert_eq!(at("P1 "), Some(3));
    // A cursor in the middle of a character, or behind the end, is moved.
    assert!(empty("vector-clocks").complete_line("ü", 1).len() > 3);
    assert!(empty("vector-clocks").complete_line("", 9).len() > 3);
}

#[test]
fn a_body_that_is_offered_can_be_sent() {
    let body = offered("causal-kv", "POST node2 /put ^");
    let act = empty("causal-kv").read_line(&format!("POST node2 /put {body}"));
    assert_eq!(act.as_ref().map(Act::kind), Ok("request"), "{act:?}");
}
