//! Values for an argument that nobody has given yet.

use crate::protocol::machine::Machine;
use crate::tables::{Asked, Operation, Param, Value, made_up, typed};
use crate::trace::NO_NODE;

/// Most values that are suggested for an argument.
const SUGGESTIONS_MAX: usize = 8;
/// So many values are made up to find them.
const SUGGESTIONS_TRIED: u64 = 48;
/// Numbers times this have bits of all sorts: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Values for an argument as a person would type them, the first one to begin with and each once.
pub(super) fn suggestions(machine: &dyn Machine, operation: &Operation, param: &Param) -> Vec<String> {
    let own = |number: u64| machine.make_up(operation.name, param.name, number.wrapping_mul(SPREAD));
    let asked = Asked { roles: machine.roles(), node: NO_NODE };
    let first = own(0).or_else(|| made_up(param, asked, 0, 0));
    let mut found: Vec<String> = first.iter().map(|value| typed(param, value, machine.names())).collect();
    for number in 1..=SUGGESTIONS_TRIED {
        // Of numbers one will do.
        let text = own(number).filter(|value| !matches!(value, Value::Int(_)));
        let text = text.map(|value| typed(param, &value, machine.names()));
        found.extend(text.filter(|text| found.len() < SUGGESTIONS_MAX && !found.contains(text)));
    }
    if let Some((_, others)) = found.split_first_mut() {
        others.sort_by_cached_key(|text| (text.len(), text.clone()));
    }
    found
}
