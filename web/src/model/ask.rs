//! What a process can be asked for, and with which arguments where nobody says any: the same for the form, for many
//! requests, and for a line that is drawn from lane to lane.

use crate::model::session::Session;
use lightcone_core::base::json::{JsonObject, Payload, quote};
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Operation, Param, Takes};
use lightcone_core::trace::{Act, NodeId};

/// Something that one process can be asked for that leads to another one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    /// What it is called, with its arguments.
    pub words: String,
    /// The request.
    pub act: Act,
}

/// The default of an argument as one would type it.
pub(crate) fn default_text(p: &Param) -> String {
    let default = p.default.filter(|d| *d != "null").unwrap_or("");
    match p.takes {
        Takes::Json | Takes::Text { .. } | Takes::Choice(_) | Takes::NodeOr { .. } => {
            Payload::from_json(default).map(|p| p.shown()).unwrap_or_default()
        }
        _ => default.to_string(),
    }
}

/// What was typed, as JSON: as it is where it is JSON already, else as a string.
fn typed(text: &str) -> String {
    let looks_like_json = text.starts_with(['{', '[', '"', '-']) || text.starts_with(|c: char| c.is_ascii_digit());
    if looks_like_json && Payload::from_json(text).is_ok() { text.to_string() } else { quote(text) }
}

/// The arguments as JSON. What is empty is left out where it may be; `open`: where it may be left to chance.
pub(crate) fn args_json(operation: &Operation, open: bool, value: impl Fn(&'static Param) -> String) -> String {
    let mut args = JsonObject::new();
    for p in operation.args {
        let value = value(p);
        let left_out = open || p.default == Some("null") || !matches!(p.takes, Takes::Json | Takes::Text { .. });
        if value.is_empty() && left_out {
            continue;
        }
        match p.takes {
            Takes::Bool => args.raw(p.name, &value),
            Takes::Node(_) | Takes::NodeOr { .. } | Takes::Choice(_) | Takes::Text { .. } => args.text(p.name, &value),
            _ => args.raw(p.name, &typed(&value)),
        };
    }
    args.end()
}

/// What an argument says: what was typed or chosen, else the default, else the first value that makes sense. `at`: the
/// process that is asked.
pub(crate) fn shown(p: &Param, given: Option<&String>, at: usize, names: &[String], offers: &[String]) -> String {
    match (p.takes, given) {
        (Takes::Node(_), given) => given
            .filter(|name| names.contains(name) && **name != names[at])
            .cloned()
            .unwrap_or_else(|| other_than(at, names)),
        (_, Some(given)) => given.clone(),
        (Takes::NodeOr { words, .. } | Takes::Choice(words), None) if p.default.is_none() => words[0].into(),
        (_, None) if p.default.is_none() => offers.first().cloned().unwrap_or_default(),
        (_, None) => default_text(p),
    }
}

/// The process that an argument names at first: the next one that is not the process itself.
fn other_than(at: usize, names: &[String]) -> String {
    names.get((at + 1) % names.len().max(1)).cloned().unwrap_or_default()
}

/// The names that an argument may have, where it has no default.
pub(crate) fn names_for(scenario: &Scenario, operation: &'static Operation, p: &Param) -> Vec<String> {
    if p.default.is_none() { scenario.suggestions(operation, p) } else { Vec::new() }
}

/// The request as the scenario's form has it.
pub(crate) fn request_json(node: &str, operation: &Operation, args: &str) -> String {
    let mut request = JsonObject::new();
    request.text("node", node).text("op", operation.name).raw("args", args);
    format!("{{\"request\":{}}}", request.end())
}

/// Whether an argument can name a process of this role.
fn names_a(p: &Param, role: &str) -> bool {
    match p.takes {
        Takes::Node(roles) | Takes::NodeOr { roles, .. } => roles.is_empty() || roles.contains(&role),
        _ => false,
    }
}

/// What `from` can be asked for that leads to `to`: what names it, and between processes of two roles, such as a client
/// and a server, all that the one asks of the other.
#[must_use]
pub(crate) fn between(s: &Session, from: NodeId, to: NodeId) -> Vec<Offer> {
    let scenario = s.run().scenario();
    let processes = scenario.processes();
    let names: Vec<String> = processes.iter().map(|p| p.name.clone()).collect();
    let (at, goal) = (usize::from(from), usize::from(to));
    let offer = |operation: &'static Operation| {
        let fits = operation.at.is_empty() || operation.at.contains(&processes[at].role);
        let named = operation.args.iter().find(|p| names_a(p, processes[goal].role));
        let between_roles = operation.at.len() == 1 && processes[at].role != processes[goal].role;
        if from == to || !fits || (named.is_none() && !between_roles) {
            return None;
        }
        let value = |p: &'static Param| {
            let given = named.filter(|n| n.name == p.name).map(|_| &names[goal]);
            shown(p, given, at, &names, &names_for(scenario, operation, p))
        };
        let act = scenario.read_act(&request_json(&names[at], operation, &args_json(operation, false, value))).ok()?;
        // Where it leads is said already.
        let said = operation.args.iter().filter(|p| named.is_none_or(|n| n.name != p.name)).map(value);
        let words: Vec<String> = said.filter(|word| !word.is_empty()).collect();
        Some(Offer { words: format!("{} {}", operation.name, words.join(" ")).trim_end().to_string(), act })
    };
    scenario.lab.spec().operations.iter().filter_map(offer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs;

    fn offers(scenario: &str, from: &str, to: &str) -> Vec<String> {
        let (lab, id) = scenario.split_once('/').expect("a lab and a scenario");
        let builtin = labs::find(lab).and_then(|lab| lab.spec().scenario(id)).expect("it is there");
        let s = Session::new(labs::parse(&builtin.json()).expect("it is fine"));
        let place = |name: &str| s.run().names().iter().position(|n| n == name).expect("a process") as NodeId;
        let words = |offer: Offer| {
            let mut s = Session::new(s.scenario());
            s.act(offer.act);
            assert_eq!(s.refusal(), None, "{}", offer.words);
            offer.words
        };
        between(&s, place(from), place(to)).into_iter().map(words).collect()
    }

    #[test]
    fn what_is_offered_between_two_lanes_is_what_the_lab_can_ask_there_and_it_is_not_refused() {
        assert_eq!(offers("vector-clocks/textbook", "P1", "P3"), ["send hello"]);
        assert_eq!(offers("vector-clocks/textbook", "P1", "P1"), [""; 0]);
        let asked = offers("raft-lock/first-election", "client_A", "S2");
        assert!(asked.iter().any(|w| w.starts_with("acquire")), "{asked:?}");
        assert!(!asked.iter().any(|w| w.starts_with("transfer")), "{asked:?}");
        for lab in labs::LABS {
            let s = Session::new(labs::parse(&lab.spec().scenarios[0].json()).expect("it is fine"));
            let n = s.run().names().len() as NodeId;
            let some = (0..n).any(|from| (0..n).any(|to| !between(&s, from, to).is_empty()));
            assert!(some, "{}: no line from lane to lane means anything", lab.spec().id);
        }
    }
}
