//! Golden dialogues: what the processes of a run say to each other, a line for each record that is worth one, is held
//! against a file beside the lab.

use crate::engine::Run;
use serde_json::Value;
use std::path::PathBuf;

/// Holds a dialogue against `labs/LAB/golden/NAME.txt`; with `UPDATE_GOLDEN` set the file is written first.
pub(crate) fn hold(lab: &str, name: &str, said: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/labs/{lab}/golden/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, said).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(said, expected.replace("\r\n", "\n"), "{name}: UPDATE_GOLDEN=1 writes the new dialogue");
}

/// A record as a dialogue reads it; what it does not have is empty.
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) kind: String,
    pub(crate) node: String,
    pub(crate) peer: String,
    pub(crate) label: String,
    pub(crate) data: Value,
    /// The messages that it sends.
    pub(crate) messages: Vec<Value>,
    /// All of the record.
    pub(crate) whole: Value,
}

impl Line {
    fn read(line: &str) -> Line {
        let whole: Value = serde_json::from_str(line).expect("a line is JSON");
        Line {
            id: whole["id"].as_u64().expect("an id"),
            kind: word(&whole["kind"]),
            node: word(&whole["node"]),
            peer: word(&whole["peer"]),
            label: word(&whole["label"]),
            data: whole["data"].clone(),
            messages: list(&whole["messages"]).cloned().collect(),
            whole,
        }
    }

    /// To whom it sends: `P1,P2`.
    pub(crate) fn to(&self) -> String {
        self.messages.iter().map(|m| word(&m["to"])).collect::<Vec<_>>().join(",")
    }

    /// What it sends: labels that follow one another and are the same stand once.
    pub(crate) fn sent(&self) -> String {
        let mut labels: Vec<String> = self.messages.iter().map(|m| word(&m["label"])).collect();
        labels.dedup();
        labels.join(" / ")
    }

    /// What all labs say alike: nothing of boots, requests and the frames of links.
    pub(crate) fn usual(&self) -> Option<String> {
        let Line { kind, node, peer, label, data, .. } = self;
        Some(match kind.as_str() {
            "boot" | "request" | "link" => return None,
            "send" => format!("{node}→{} {}", self.to(), self.sent()),
            "receive" => format!("{node}←{peer} {label}"),
            "reply" => format!("{node} = {label}"),
            "violation" => format!("! {} {}: {}", word(&data["rule"]), data["events"], word(&data["explain"])),
            "drop" if data.get("layer").is_some() => format!("✗ {label}"),
            "drop" => format!("{}→{} ✗ {label}", word(&data["from"]), word(&data["to"])),
            "crash" | "restart" | "pause" | "resume" => format!("{node} {kind}"),
            _ => format!("· {node} {label}").replace("  ", " "),
        })
    }
}

/// A text of a value; empty where there is none.
pub(crate) fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// The items of a list; none where there is none.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A vector that `data` has by the names of processes: `(1,0,2)`.
pub(crate) fn vector(run: &Run, vector: &Value) -> String {
    let parts: Vec<String> = run.names().iter().map(|name| vector[name].to_string()).collect();
    format!("({})", parts.join(","))
}

/// The dialogue of a run: its time in milliseconds, and what there is to say of a record.
pub(crate) fn dialogue(run: &Run, mut say: impl FnMut(&Line) -> Option<String>) -> String {
    let mut text = String::new();
    for id in 0..run.trace().len() {
        if let Some(said) = say(&Line::read(&run.line(id))) {
            let us = run.trace().record(id).at_us;
            text.push_str(&format!("{}.{:03} {said}\n", us / 1000, us % 1000));
        }
    }
    text
}
