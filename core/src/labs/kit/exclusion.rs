//! Mutual exclusion with fencing tokens.

use crate::trace::{NodeId, RecordId};
use std::collections::BTreeMap;

/// Somebody who holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub who: NodeId,
    /// With others who share it.
    pub shared: bool,
    /// Number of the command that asked for it, in the holder's own count.
    pub serial: u32,
    /// Since this record.
    pub since: RecordId,
}

/// What is wrong with a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Somebody else holds it, and one of the two does not share.
    Clash(Holder),
    /// The token is not higher than this one, which was given before.
    Token(u32),
}

/// Who holds what, seen from outside.
#[derive(Clone, Debug)]
pub struct Exclusion<K: Ord> {
    holders: BTreeMap<K, Vec<Holder>>,
    token: u32,
}

impl<K: Ord> Default for Exclusion<K> {
    fn default() -> Self {
        Exclusion { holders: BTreeMap::new(), token: 0 }
    }
}

impl<K: Ord> Exclusion<K> {
    /// Somebody is given something, in the place of what he had of it before. Tokens rise over all grants.
    pub fn grant(&mut self, what: K, holder: Holder, token: u32) -> Option<Wrong> {
        let holders = self.holders.entry(what).or_default();
        holders.retain(|h| h.who != holder.who);
        let clash = holders.iter().find(|h| !h.shared || !holder.shared).copied();
        holders.push(holder);
        let last = std::mem::replace(&mut self.token, token);
        clash.map(Wrong::Clash).or_else(|| (token <= last).then_some(Wrong::Token(last)))
    }

    /// Ends what somebody holds of something, where that was asked for by one of his commands up to this one.
    pub fn release(&mut self, what: &K, who: NodeId, until: u32) {
        let Some(holders) = self.holders.get_mut(what) else { return };
        holders.retain(|h| h.who != who || h.serial > until);
        if holders.is_empty() {
            self.holders.remove(what);
        }
    }
}
