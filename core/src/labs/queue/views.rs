//! What is to be seen: fields, bands and the lab's panels.

pub(super) mod charts;

use super::{Broker, Ctx, Queue, Role};
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{Badge, Band, Field, Panel};

type Saw<'a> = Seen<'a, Queue>;

pub(super) fn fields(_ctx: &Ctx, _me: NodeId, _seen: &Saw<'_>) -> Vec<Field> {
    Vec::new()
}

pub(super) fn band(_ctx: &Ctx, _me: NodeId, _seen: &Saw<'_>) -> Option<Band> {
    None
}

pub(super) fn badges(_ctx: &Ctx, _seen: &[Saw<'_>]) -> Vec<(NodeId, Vec<Badge>)> {
    Vec::new()
}

pub(super) fn panels(_ctx: &Ctx, _seen: &[Saw<'_>]) -> Vec<Panel> {
    Vec::new()
}

pub(super) fn broker_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Broker> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Broker(broker)) => Some(broker),
        _ => None,
    }
}
