//! Words that several labs say alike.

use crate::base::json::JsonObject;
use crate::base::words as base;
use crate::protocol::{Context, Protocol};
use crate::trace::NodeId;

/// Longest text of a message as its label in the diagram, in characters: the inspector has the whole.
const MESSAGE_CHARS_MAX: usize = 24;
/// Longest name or value within a label, in characters.
const NAME_CHARS_MAX: usize = 16;

/// What a message says, as its label.
pub fn message(text: &str) -> String {
    base::shorten(text, MESSAGE_CHARS_MAX)
}

/// A name or a value within a label.
pub fn shorten(text: &str) -> String {
    base::shorten(text, NAME_CHARS_MAX)
}

/// A vector as an object, for `data`: the first processes by their names, each with its number.
pub fn vector<P: Protocol>(ctx: &Context<P>, vector: &[u32]) -> String {
    let mut o = JsonObject::new();
    for (name, value) in ctx.names.iter().zip(vector) {
        o.int(name, *value);
    }
    o.end()
}

/// Names of processes in a sentence: `P1, P2 and P3`.
pub fn names<P: Protocol>(ctx: &Context<P>, nodes: &[NodeId], joint: &str) -> String {
    let names: Vec<&str> = nodes.iter().map(|&node| ctx.name(node)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
