//! Situations that a person can bring about with one click, and what the settings lead to.

use super::Saw;
use crate::labs::zk_lock::{Ctx, Setup};
use crate::protocol::{Outlook, Situation};
use crate::tables::LinkRule;
use crate::trace::frame::Mark;

/// Situations worth having, at this moment.
pub(in crate::labs::zk_lock) fn situations(_ctx: &Ctx, _seen: &[Saw<'_>]) -> Vec<Situation> {
    Vec::new()
}

/// What the settings lead to.
pub(in crate::labs::zk_lock) fn outlook(_setup: &Setup, _rule: LinkRule) -> Outlook {
    Outlook { title: "Timing", numbers: Vec::new(), says: String::new(), mark: Mark::Plain }
}
