//! `lightcone import`.

mod common;

use common::{complaint, file, lightcone, said};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Data beside the project, as the tests of core find it.
fn shared_data(file: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("LIGHTCONE_DATA").map_or_else(beside, PathBuf::from).join(file)
}

#[test]
#[ignore = "reads the data beside the project; cargo xtask test runs it where they are"]
fn published_logs_have_the_pairs_that_are_known() {
    let expected = std::fs::read_to_string(shared_data("shiviz/EXPECTED.json")).expect("the answers");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    for (name, answers) in expected.as_object().expect("an object") {
        let log = shared_data(&format!("shiviz/{name}"));
        let parser = answers["parser"].as_str().expect("an expression");
        let output = lightcone(&["import", log.to_str().expect("a path"), "--parser", parser]);
        let lines: Vec<Value> = said(&output).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        let known = answers["per_trace"].as_array().expect("a list");
        assert_eq!(lines.len(), known.len(), "{name}");
        for (line, known) in lines.iter().zip(known) {
            for (ours, theirs) in [
                ("hosts", "hosts"),
                ("events", "events"),
                ("happens_before_pairs", "hb_pairs"),
                ("concurrent_pairs", "concurrent_pairs"),
            ] {
                assert_eq!(line[ours], known[theirs], "{name}: {ours}");
            }
        }
    }
}

#[test]
fn a_run_that_was_written_for_shiviz_comes_back() {
    for (scenario, name) in
        [("vector-clocks/textbook", "textbook"), ("raft-lock/leader-crash", "raft"), ("mesi/owner", "mesi")]
    {
        let (log, trace) = (file(&format!("{name}.shiviz"), ""), file(&format!("{name}.jsonl"), ""));
        assert!(lightcone(&["render", scenario, "-o", &log]).status.success());
        assert!(lightcone(&["render", scenario, "-o", &trace]).status.success());
        let text = std::fs::read_to_string(&trace).expect("the trace");
        let ticks = ["local", "send", "receive", "timeout"];
        let clocks: Vec<Vec<u64>> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .filter(|record| ticks.contains(&record["kind"].as_str().expect("a kind")))
            .map(|r| {
                r["vector"].as_object().expect("a stamp").values().map(|v| v.as_u64().expect("a number")).collect()
            })
            .collect();
        let less = |a: &[u64], b: &[u64]| a != b && a.iter().zip(b).all(|(a, b)| a <= b);
        let mut before = 0;
        for (n, a) in clocks.iter().enumerate() {
            before += clocks[n + 1..].iter().filter(|b| less(a, b)).count();
        }
        let output = lightcone(&["import", &log]);
        let line: Value = serde_json::from_str(&said(&output)).expect("one JSON object");
        assert_eq!(line["happens_before_pairs"], before, "{scenario}");
        assert_eq!(line["events"], clocks.len(), "{scenario}");
        assert_eq!(complaint(&output), "", "{scenario}");
    }
}

#[test]
fn the_line_has_exactly_these_keys_in_this_order() {
    let log = file("keys.log", "a {\"a\":1}\nx\nb {\"b\":1}\ny\nb {\"a\":1,\"b\":2}\nz\n");
    let output = lightcone(&["import", &log]);
    assert_eq!(said(&output), "{\"hosts\":2,\"events\":3,\"happens_before_pairs\":2,\"concurrent_pairs\":1}\n");
    assert!(output.status.success() && complaint(&output).is_empty());
}

#[test]
fn the_upload_form_brings_its_expression_and_its_delimiter() {
    let text = "(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n^== (?<trace>\\w+) ==$\nx\na {\"a\":1}\n== two ==\ny\nb {\"b\":2}\nz\nb {\"b\":1}\n";
    let output = lightcone(&["import", &file("upload.log", text)]);
    assert_eq!(said(&output).lines().count(), 2);
    let words = complaint(&output);
    assert!(words.contains("execution 2 (two): line 7: event 1 of b is missing"), "{words}");
    assert!(words.contains("line 9: the entry of b is 1, and was 2 before"), "{words}");
    assert!(output.status.success(), "what can be counted is counted");
    let windows = file("windows.log", &text.replace('\n', "\r\n"));
    assert_eq!(said(&lightcone(&["import", &windows])), said(&output));
}

#[test]
fn a_log_is_drawn_with_the_messages_that_its_clocks_prove() {
    let text = "a {\"a\":1}\nsends\nb {\"a\":1,\"b\":1}\nreceives\n--\nc {\"c\":1}\nrests\n";
    let log = file("drawn.log", text);
    let picture = |ending: &str| file(&format!("drawn.{ending}"), "");
    let svg = picture("svg");
    assert!(lightcone(&["import", &log, "--delimiter", "^--$", "-o", &svg]).status.success());
    let drawn = std::fs::read_to_string(&svg).expect("the picture");
    assert_eq!((drawn.matches("data-event=").count(), drawn.matches("data-message=").count()), (2, 1));
    assert!(drawn.contains(">a</text>") && drawn.contains("receives") && !drawn.contains("rests"));
    assert!(lightcone(&["import", &log, "--delimiter", "^--$", "--execution", "2", "-o", &svg]).status.success());
    assert!(std::fs::read_to_string(&svg).expect("the picture").contains("rests"));
    for (ending, start) in [("png", &b"\x89PNG"[..]), ("pdf", b"%PDF"), ("tex", b"%"), ("typ", b"")] {
        let out = picture(ending);
        assert!(lightcone(&["import", &log, "--delimiter", "^--$", "-o", &out]).status.success(), "{ending}");
        let bytes = std::fs::read(&out).expect("the picture");
        assert!(bytes.starts_with(start) && bytes.len() > 500, "{ending}: {} bytes", bytes.len());
    }
    for (args, words) in [
        (["--execution", "3", "-o", &svg], "has 2 executions"),
        (["--execution", "0", "-o", &svg], "from 1 on"),
        (["--execution", "1", "-o", "drawn.mmd"], "the ending must be one of .svg .png .pdf .tex .typ"),
    ] {
        let output = lightcone(&[&["import", &log, "--delimiter", "^--$"][..], &args].concat());
        assert!(output.status.code() == Some(2) && complaint(&output).contains(words), "{}", complaint(&output));
    }
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let log = file("plain.log", "nothing here\n");
    for (args, words) in [
        (&["import"][..], "needs a log"),
        (&["import", "no-such.log"], "no-such.log"),
        (&["import", &log], "--parser says how"),
        (&["import", &log, "--parser", "(?<host>x)"], "lacks the group (?<clock>"),
        (&["import", &log, "--parser", "(?<host>x)(?<clock>y)(?<event>z"], "no regular expression"),
        (&["import", &log, "--parser", "(?<host>x)(?<clock>y)(?<event>z)"], "matches nothing"),
        (&["import", &log, "--delimiter", "["], "--delimiter: this is no regular expression"),
    ] {
        let output = lightcone(args);
        let words_said = complaint(&output);
        assert!(output.status.code() == Some(2) && words_said.contains(words), "{args:?}: {words_said}");
        assert_eq!(words_said.trim_end().lines().count(), 1, "{words_said}");
        assert_eq!(said(&output), "");
    }
}
