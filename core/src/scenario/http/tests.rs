use super::*;
use crate::labs::LABS;
use crate::scenario::read_act;
use crate::tables::{HttpKey, LabSpec};
use proptest::prelude::*;

const fn param(name: &'static str, takes: Takes, default: Option<&'static str>) -> Param {
    Param { name, takes, default, says: "" }
}

const TEXT: Takes = Takes::Text { max_bytes: 20 };
static ACQUIRE: [Param; 2] = [
    param("resource_id", TEXT, None),
    param("lock_type", Takes::Choice(&["exclusive", "shared"]), Some("\"exclusive\"")),
];
static CONSUME: [Param; 2] = [param("broker", Takes::Node(&["server"]), None), param("queue", TEXT, None)];
static WRITE: [Param; 2] = [param("key", TEXT, None), param("value", Takes::Json, None)];
static READ: [Param; 2] = [param("key", TEXT, None), param("times", Takes::Int { min: 1, max: 9 }, Some("1"))];

static OPERATIONS: [Operation; 5] = [
    Operation { name: "acquire", at: &["client"], args: &ACQUIRE, says: "" },
    Operation { name: "consume", at: &["client"], args: &CONSUME, says: "" },
    Operation { name: "read", at: &["server"], args: &READ, says: "" },
    Operation { name: "write", at: &["server"], args: &WRITE, says: "" },
    Operation { name: "metrics", at: &["server"], args: &[], says: "" },
];

const fn form(method: &'static str, path: &'static str, operation: &'static str) -> HttpForm {
    let performer = Performer::Asked;
    HttpForm { method, path, at: &["server"], operation, asked: None, performer, query: &[], body: &[] }
}

/// The shapes of the forms that the contract lists: a client named in the body, the server that is asked as an
/// argument, the server itself, a piece of the path.
static FORMS: [HttpForm; 5] = [
    HttpForm {
        performer: Performer::Client { role: "client", key: "client_id" },
        body: &[HttpKey::needed("resource_id"), HttpKey::optional("lock_type")],
        ..form("POST", "/acquire", "acquire")
    },
    HttpForm {
        performer: Performer::Client { role: "client", key: "consumer_id" },
        asked: Some("broker"),
        query: &[HttpKey::needed("queue")],
        ..form("GET", "/consume", "consume")
    },
    HttpForm { query: &[HttpKey::optional("times")], ..form("GET", "/read/{key}", "read") },
    HttpForm { body: &[HttpKey::needed("value")], ..form("POST", "/write/{key}", "write") },
    form("GET", "/metrics", "metrics"),
];

static SPEC: LabSpec = LabSpec { operations: &OPERATIONS, http: &FORMS, ..LabSpec::EMPTY };
static SILENT: LabSpec = LabSpec { operations: &OPERATIONS, ..LabSpec::EMPTY };

fn with_cast<T>(spec: &'static LabSpec, then: impl FnOnce(&Cast<'_>) -> T) -> T {
    let names = ["S1", "S2", "ann", "bob"].map(String::from);
    then(&Cast { spec, names: &names, roles: &["server", "server", "client", "client"], machine: None })
}

/// The act as JSON, or the error.
fn said(line: &str) -> String {
    with_cast(&SPEC, |cast| match parse(line, cast) {
        Ok(act) => act.json(cast.names),
        Err(e) => e.to_string(),
    })
}

#[test]
fn every_shape_of_a_form_becomes_the_request_of_its_operation() {
    for (line, act) in [
        (
            r#"POST S2 /acquire {"resource_id":"r","client_id":"bob","lock_type":"shared"}"#,
            r#"{"node":"bob","op":"acquire","args":{"resource_id":"r","lock_type":"shared"}}"#,
        ),
        (
            r#"  POST  S1   /acquire   { "resource_id" : "r" }  "#,
            r#"{"node":"ann","op":"acquire","args":{"resource_id":"r"}}"#,
        ),
        (
            "GET S2 /consume?queue=jobs&consumer_id=bob",
            r#"{"node":"bob","op":"consume","args":{"broker":"S2","queue":"jobs"}}"#,
        ),
        ("GET S1 /consume?queue=", r#"{"node":"ann","op":"consume","args":{"broker":"S1","queue":""}}"#),
        ("GET S2 /read/user_123", r#"{"node":"S2","op":"read","args":{"key":"user_123"}}"#),
        ("GET S2 /read/5?times=5", r#"{"node":"S2","op":"read","args":{"key":"5","times":5}}"#),
        ("GET S2 /read/a%2Fb%20c+d", r#"{"node":"S2","op":"read","args":{"key":"a/b c+d"}}"#),
        (
            "GET S1 /consume?queue=a+b%26%C3%A4",
            r#"{"node":"ann","op":"consume","args":{"broker":"S1","queue":"a b&ä"}}"#,
        ),
        (
            r#"POST S1 /write/k {"value":{"b":[1, 2]}}"#,
            r#"{"node":"S1","op":"write","args":{"key":"k","value":{"b":[1,2]}}}"#,
        ),
        ("GET S2 /metrics", r#"{"node":"S2","op":"metrics","args":{}}"#),
    ] {
        let expected = format!("{{\"request\":{act}}}");
        assert_eq!(said(line), expected, "{line}");
        // It is the very act that the operation's own form gives.
        with_cast(&SPEC, |cast| {
            let doc = Doc::parse(&expected).expect("JSON");
            assert_eq!(parse(line, cast), read_act(&doc, cast), "{line}");
        });
    }
}

#[test]
fn what_is_wrong_in_a_line_is_named_with_its_column() {
    let acquire = "POST <server> /acquire {\"resource_id\":…, \"lock_type\":…?, \"client_id\":…?}";
    let forms = format!(
        "{acquire}; GET <server> /consume?queue=…&consumer_id=…?; GET <server> /read/{{key}}?times=…?; POST <server> \
         /write/{{key}} {{\"value\":…}}; GET <server> /metrics"
    );
    for (line, expected) in [
        ("", format!("column 1: a method, a process and a path are needed here: {forms}")),
        ("GET S1", format!("column 7: a method, a process and a path are needed here: {forms}")),
        ("GET S1 /locks", format!("column 8: this lab has no GET /locks; it has {forms}")),
        ("get S1 /metrics", format!("column 8: this lab has no get /metrics; it has {forms}")),
        ("GET S1 /read/", format!("column 8: this lab has no GET /read/; it has {forms}")),
        ("GET S1 metrics", format!("column 8: this lab has no GET metrics; it has {forms}")),
        ("GET S3 /metrics", "column 5: there is no process \"S3\"; there are S1, S2".into()),
        ("GET ann /metrics", "column 5: ann is a client; this takes one of S1, S2".into()),
        ("GET S1 /metrics {}", "column 17.body: GET <server> /metrics takes no body".into()),
        ("GET S1 /metrics?x=1", "column 8: the key \"x\" is unknown in the query (no key is known here)".into()),
        (
            "GET S1 /consume?queue=a&Queue=b",
            "column 8: the key \"Queue\" is unknown in the query (known here: queue, consumer_id)".into(),
        ),
        ("GET S1 /consume?queue=a&queue=b", "column 8: the key \"queue\" stands in the query twice".into()),
        (
            "GET S1 /consume",
            "column 8: the key \"queue\" is missing in the query: GET <server> /consume?queue=…&consumer_id=…?".into(),
        ),
        ("GET S1 /consume?queue=a&consumer_id=eve", "column 8: there is no process \"eve\"; there are ann, bob".into()),
        ("GET S1 /read/%4", "column 8: two hex digits follow a %, not so in %4".into()),
        ("GET S1 /read/%ff", "column 8: %ff does not stand for text in UTF-8".into()),
        ("GET S1 /read/k?times=ten", "column 8.times: expected a whole number from 1 to 9, found \"ten\"".into()),
        ("GET S1 /read/123456789012345678901", "column 8.key: at most 20 bytes, this has 21".into()),
        ("POST S1 /acquire", "column 17.body: the key \"resource_id\" is missing".into()),
        ("POST S1 /acquire []", "column 18.body: expected an object, found []".into()),
        (
            "POST S1 /acquire {",
            "column 18.body: this is not JSON: EOF while parsing an object at line 1 column 1".into(),
        ),
        (
            r#"POST S1 /acquire {"resource_id":"r","client_id":"S1"}"#,
            "column 18.body.client_id: S1 is a server; this takes one of ann, bob".into(),
        ),
        (
            r#"POST S1 /acquire {"resource_id":"r","client_id":"client_Z"}"#,
            "column 18.body.client_id: there is no process \"client_Z\"; there are ann, bob".into(),
        ),
        (
            r#"POST S1 /acquire {"resource_id":"r","lock":"x"}"#,
            "column 18.body.lock: this key is unknown (known here: resource_id, lock_type, client_id)".into(),
        ),
    ] {
        assert_eq!(said(line), expected, "{line}");
    }
    let silent = with_cast(&SILENT, |cast| parse("GET S1 /metrics", cast)).expect_err("no forms");
    assert_eq!(silent.what, "this lab has no HTTP forms; its operations are asked for by \"request\"");
}

#[test]
fn a_scenario_takes_a_line_or_an_object_and_names_the_path() {
    let read = |json: &str| {
        with_cast(&SPEC, |cast| match read_act(&Doc::parse(json).expect("JSON"), cast) {
            Ok(act) => act.json(cast.names),
            Err(e) => e.to_string(),
        })
    };
    let written = r#"{"request":{"node":"S1","op":"write","args":{"key":"k","value":1}}}"#;
    assert_eq!(read(r#"{"http":"POST S1 /write/k {\"value\":1}"}"#), written);
    assert_eq!(read(r#"{"http":{"method":"POST","node":"S1","path":"/write/k","body":{"value":1}}}"#), written);
    for (json, expected) in [
        (r#"{"http":7}"#, "$.http: expected a line such as"),
        (r#"{"http":"GET S9 /metrics"}"#, "$.http: there is no process \"S9\""),
        (r#"{"http":"POST S1 /write/k {\"valu\":1}"}"#, "$.http.body: the key \"value\" is missing"),
        (r#"{"http":{"method":"GET","node":"S1"}}"#, "$.http: the key \"path\" is missing"),
        (r#"{"http":{"method":"GET","node":"S9","path":"/metrics"}}"#, "$.http.node: there is no process \"S9\""),
        (r#"{"http":{"method":"GET","node":"S1","path":"/x"}}"#, "$.http.path: this lab has no GET /x"),
        (r#"{"http":{"method":"GET","node":"S1","path":"/metrics","port":1}}"#, "$.http.port: this key is unknown"),
        (r#"{"http":{"method":"GET","node":"S1","path":"/metrics","body":{}}}"#, "$.http.body: GET <server> /metrics"),
        (
            r#"{"http":{"method":"POST","node":"S1","path":"/write/k","body":{"value":1,"x":2}}}"#,
            "$.http.body.x: this key is unknown",
        ),
    ] {
        let found = read(json);
        assert!(found.starts_with(expected), "{json}: {found}");
    }
}

/// What a form speaks of is there, and what an operation needs is given by every form of it.
#[test]
fn the_tables_of_all_labs_fit_their_operations() {
    for spec in LABS.iter().map(|lab| lab.spec()).chain([&SPEC]) {
        for form in spec.http {
            let usage = form.usage();
            let operation = spec.operation(form.operation).unwrap_or_else(|| panic!("{usage} asks for an operation"));
            let pieces = form.path.split('/').filter_map(|p| p.strip_prefix('{').and_then(|p| p.strip_suffix('}')));
            let keys = form.query.iter().chain(form.body).map(|key| key.name);
            let given: Vec<&str> = pieces.chain(keys).chain(form.asked).collect();
            for name in &given {
                assert!(operation.args.iter().any(|p| p.name == *name), "{usage}: there is no argument {name}");
            }
            let mut sorted = given.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), given.len(), "{usage} gives an argument twice");
            for param in operation.args.iter().filter(|p| p.default.is_none()) {
                assert!(given.contains(&param.name), "{usage} leaves {} out", param.name);
            }
            let performs: &[&str] = match form.performer {
                Performer::Asked => form.at,
                Performer::Client { role, .. } => &[role],
            };
            let fits = |role: &&str| operation.at.is_empty() || operation.at.contains(role);
            assert!(performs.iter().all(fits), "{usage}: {performs:?} do not perform {}", operation.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn no_line_does_harm(line in ".{0,80}") {
        said(&line);
    }

    #[test]
    fn no_line_that_begins_well_does_harm(
        method in "GET|POST|P", node in "S1|S2|ann|S", path in "/(read|write|consume|acquire|metrics)?",
        rest in "[/?&=%+a-z0-9{}\":ä \\[\\],]{0,40}",
    ) {
        let found = said(&format!("{method} {node} {path}{rest}"));
        prop_assert!(found.starts_with('{') || found.starts_with("column "), "{found}");
    }

    #[test]
    fn any_text_comes_through_percent_encoding(text in ".{1,6}") {
        let encoded: String = text.bytes().map(|b| format!("%{b:02x}")).collect();
        prop_assert_eq!(decode(&encoded, true, "$"), Ok(text));
    }
}
