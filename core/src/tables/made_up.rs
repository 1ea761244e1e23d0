//! Arguments that nobody has given: what a workload asks for, and what a form offers.

use crate::base::draw::in_range;
use crate::base::ids::NodeId;
use crate::base::json::{Payload, millis_text};
use crate::tables::{Param, Takes, Value};

/// Names and roles of the processes, and who is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) roles: &'a [&'static str],
    pub(crate) node: NodeId,
}

/// A value that makes sense for an argument, unless the lab has a better one: `bits` are 64 uniform bits, `number` is that
/// of the request, counted from 0. None where nothing is needed or nothing fits.
pub(crate) fn made_up(param: &Param, asked: Asked<'_>, number: u64, bits: u64) -> Option<Value> {
    let others = |roles: &[&str]| -> Vec<NodeId> {
        let fits = |n: &NodeId| *n != asked.node && (roles.is_empty() || roles.contains(&asked.roles[usize::from(*n)]));
        (0..asked.roles.len() as NodeId).filter(fits).collect()
    };
    Some(match param.takes {
        Takes::Node(roles) => {
            let others = others(roles);
            let last = (others.len() as u64).checked_sub(1)?;
            Value::Node(others[in_range(bits, 0, last) as usize])
        }
        Takes::NodeOr { roles, words } => {
            let others = others(roles);
            let choice = in_range(bits, 0, (others.len() + words.len()) as u64 - 1) as usize;
            others.get(choice).map_or_else(|| Value::Text(words[choice - others.len()].into()), |n| Value::Node(*n))
        }
        // What is null unless somebody gives it is nothing to make up.
        Takes::Json if param.default == Some("null") => return None,
        Takes::Json => Value::Json(Payload::from_text(&format!("w{}", number + 1))),
        Takes::Choice(words) => Value::Text(words[in_range(bits, 0, words.len() as u64 - 1) as usize].into()),
        Takes::Int { min, max } if param.default.is_none() => Value::Int(in_range(bits, min, max)),
        _ => return None,
    })
}

/// A value as a person would type it into a form.
pub(crate) fn typed(param: &Param, value: &Value, names: &[String]) -> String {
    match value {
        Value::Int(us) if matches!(param.takes, Takes::Millis { .. }) => millis_text(*us),
        Value::Int(n) => n.to_string(),
        Value::Range(min, max) => format!("[{},{}]", millis_text(*min), millis_text(*max)),
        Value::Bool(b) => b.to_string(),
        Value::Text(text) => text.clone(),
        Value::Node(node) => names[usize::from(*node)].clone(),
        Value::Json(payload) => payload.shown(),
    }
}
