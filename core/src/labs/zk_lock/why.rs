//! Why an event turned out as it did.

use super::{Ctx, Note};
use crate::trace::NodeId;

/// The rule that applied, and where it is from.
pub(super) fn why(_ctx: &Ctx, _node: NodeId, _note: &Note) -> Option<(String, &'static str)> {
    None
}
