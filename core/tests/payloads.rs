//! What people put into a message, in every lab that carries what they say: it arrives as it was, labels stay
//! short, every line of the trace is JSON, and what cannot be is refused – from a file and from a console.

use lightcone_core::engine::{Run, run};
use lightcone_core::labs::{self, find};
use lightcone_core::scenario::Scenario;
use serde_json::Value;

/// How the labs let somebody say something: before and behind the payload, for the console and for a file.
struct Mouth {
    lab: &'static str,
    node: &'static str,
    operation: &'static str,
    /// The argument that carries it, and the field of `data` of a delivery.
    carries: (&'static str, &'static str),
    /// Deliveries of one such thing with three processes or nodes.
    deliveries: usize,
}

const MOUTHS: [Mouth; 3] = [
    Mouth { lab: "total-order", node: "P2", operation: "multicast", carries: ("payload", "payload"), deliveries: 3 },
    Mouth {
        lab: "causal-multicast",
        node: "P2",
        operation: "multicast",
        carries: ("payload", "payload"),
        deliveries: 3,
    },
    Mouth { lab: "causal-kv", node: "client2", operation: "put", carries: ("value", "value"), deliveries: 3 },
];

/// A label is to be read in a line of a table or beside an arrow: the longest value, and words around it.
const LABEL_CHARS_MAX: usize = 120;

impl Mouth {
    fn act(&self, json: &str) -> String {
        let Mouth { node, operation, carries: (arg, _), .. } = self;
        format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"{operation}\",\"args\":{{\"{arg}\":{json}}}}}}}")
    }

    fn scenario(&self, acts: &str) -> Result<Scenario, String> {
        let text = format!("{{\"format\":\"lightcone/1\",\"lab\":\"{}\",\"acts\":[{acts}]}}", self.lab);
        labs::parse(&text).map_err(|e| e.to_string())
    }

    fn play(&self, act: &str) -> Run {
        run(self.scenario(&format!("{{\"at_ms\":1,\"act\":{act}}}")).unwrap_or_else(|e| panic!("{e}")))
    }
}

/// Every record's line, read back as JSON.
fn lines(run: &Run) -> Vec<Value> {
    (0..run.trace().len()).map(|id| serde_json::from_str(&run.line(id)).expect("a line is JSON")).collect()
}

fn long() -> String {
    format!("\"{}\"", "ab cd \u{5d0}".repeat(1_300))
}

fn payloads() -> Vec<String> {
    let fixed = [
        "\"\"",
        "null",
        "{}",
        "[]",
        "-0.50",
        "1e30",
        "\" \"",
        r#""say \"hi\", \\ and \n\u0000""#,
        r#"{"a \"b\"": ["'", "</script>", {"deep": [[]]}]}"#,
        "\"שלום עולם\"",
        "\"مرحبا\"",
        "\"\u{202e}turned\u{202c} \u{2067}round\u{2069}\"",
        "\"\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\"",
        "\"a=b | c\"",
    ];
    let mut all: Vec<String> = fixed.iter().map(|p| p.to_string()).collect();
    all.push(long());
    all.push(format!("{{\"text\":{}}}", long()));
    all.push(format!("[{}1]", "1,".repeat(5_000)));
    assert!(long().len() > 10_000);
    all
}

/// JSON without the spaces between its tokens, as it comes back.
fn compact(json: &str) -> String {
    lightcone_core::base::json::Payload::from_json(json).expect("a payload").json().to_string()
}

#[test]
fn payloads_arrive_as_they_were_and_labels_stay_short() {
    for mouth in &MOUTHS {
        for payload in payloads() {
            let shown: String = payload.chars().take(50).collect();
            let run = mouth.play(&mouth.act(&payload));
            let (mut delivered, mut labels) = (0, 0);
            let carried = format!("\"{}\":{}", mouth.carries.1, compact(&payload));
            for (id, line) in lines(&run).iter().enumerate() {
                let messages = line["messages"].as_array().into_iter().flatten();
                for label in messages.map(|m| &m["label"]).chain([&line["label"]]) {
                    let label = label.as_str().expect("a label");
                    labels += 1;
                    assert!(label.chars().count() <= LABEL_CHARS_MAX, "{}: {shown}: {label}", mouth.lab);
                }
                if ["request", "deliver"].contains(&line["kind"].as_str().expect("a kind")) {
                    assert!(run.data(id as u32).contains(&carried), "{}: {shown}: {line}", mouth.lab);
                    delivered += usize::from(line["kind"] == "deliver");
                }
            }
            assert_eq!(delivered, mouth.deliveries, "{}: {shown}", mouth.lab);
            assert!(labels > 5);
        }
    }
}

#[test]
fn the_console_takes_the_same_payloads_and_makes_the_same_acts() {
    for mouth in &MOUTHS {
        let scenario = Scenario::empty(find(mouth.lab).expect("a lab"));
        for payload in payloads() {
            let act = scenario.read_act(&mouth.act(&payload)).expect("an act");
            let Mouth { node, operation, carries: (arg, _), .. } = mouth;
            let line = format!("{node} {operation} {arg}={payload}");
            let shown: String = line.chars().take(60).collect();
            assert_eq!(scenario.read_line(&line).as_ref(), Ok(&act), "{shown}");
            if mouth.operation == "multicast" {
                assert_eq!(scenario.read_line(&format!("{node} {operation} {payload}")).as_ref(), Ok(&act), "{shown}");
            }
            // The act in words is as short as the label of its record.
            assert!(act.words(&scenario.names()).chars().count() <= LABEL_CHARS_MAX, "{shown}");
        }
        // A word needs no quotes, a word that runs from right to left neither.
        let (node, operation, arg) = (mouth.node, mouth.operation, mouth.carries.0);
        for word in ["hello", "שלום", "it's", "a,b", "<b>"] {
            let act = scenario.read_act(&mouth.act(&format!("\"{word}\""))).expect("an act");
            assert_eq!(scenario.read_line(&format!("{node} {operation} {arg}={word}")), Ok(act), "{word}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_by_file_and_console_alike() {
    let huge = format!("\"{}\"", "x".repeat(100_001));
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    for mouth in &MOUTHS {
        let empty = Scenario::empty(find(mouth.lab).expect("a lab"));
        let Mouth { node, operation, carries: (arg, _), .. } = mouth;
        let known: Vec<&str> = empty.lab.spec().operations.iter().map(|o| o.name).collect();
        let at = format!("column {}", node.len() + operation.len() + arg.len() + 4);
        let args = format!("$.acts[0].act.request.args.{arg}");
        let unknown = format!("this lab has no operation \"shout\"; it has {}", known.join(", "));
        let op_at = node.len() + 2;
        for (act, path, line, place, what) in [
            (
                format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"shout\"}}}}"),
                "$.acts[0].act.request.op".to_string(),
                format!("{node} shout"),
                format!("column {op_at}"),
                unknown,
            ),
            (
                format!("{{\"request\":{{\"node\":\"P77\",\"op\":\"{operation}\"}}}}"),
                "$.acts[0].act.request.node".into(),
                format!("P77 {operation}"),
                "column 1".into(),
                String::new(),
            ),
            (
                mouth.act(&huge),
                args.clone(),
                format!("{node} {operation} {arg}={huge}"),
                at.clone(),
                "a value may have 100000 bytes, this has 100003".into(),
            ),
            (
                mouth.act(&deep),
                args,
                format!("{node} {operation} {arg}={deep}"),
                at,
                "a value may be nested 64 deep, this is 65 deep".into(),
            ),
        ] {
            let file = mouth.scenario(&format!("{{\"at_ms\":1,\"act\":{act}}}")).expect_err("refused");
            assert!(file.starts_with(&format!("{path}: {what}")), "{file}");
            let typed = empty.read_line(&line).expect_err("refused").to_string();
            assert!(typed.starts_with(&format!("{place}: {what}")), "{typed}");
        }
    }
    // Types that an operation looks into.
    let account = Scenario::empty(find("total-order").expect("a lab"));
    for wrong in ["{\"add\":1e30}", "{\"add\":1.5}", "{\"mul_percent\":-101}"] {
        let typed = account.read_line(&format!("P1 multicast {wrong}")).expect_err(wrong);
        assert_eq!(typed.path, "column 14", "{wrong}: {typed}");
    }
    let store = Scenario::empty(find("causal-kv").expect("a lab"));
    for (line, column) in [
        // A client is no node to ask, and does not ask itself.
        ("client1 put client1 x 1", 13),
        ("client1 put node=client1", 18),
        ("client1 put key=\"\u{d7ff}\" vector=7", 28),
        ("node1 put x 1", 1),
    ] {
        let typed = store.read_line(line).expect_err(line);
        assert_eq!(typed.path, format!("column {column}"), "{line}: {typed}");
    }
}

/// What one sends to oneself is never lost: an act on the link to oneself is refused in the trace and changes nothing.
#[test]
fn a_link_to_oneself_is_refused_in_the_trace() {
    for mouth in &MOUTHS {
        let run = mouth.play(&format!("{{\"link\":{{\"from\":\"{0}\",\"to\":\"{0}\",\"loss\":1}}}}", mouth.node));
        let refused: Vec<Value> = lines(&run).into_iter().filter(|l| l["kind"] == "refused").collect();
        assert_eq!(refused.len(), 1, "{}", mouth.lab);
        assert_eq!(refused[0]["data"]["reason"], "a process's way to itself is no link that can change");
    }
}
