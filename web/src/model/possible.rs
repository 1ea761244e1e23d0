//! Why something is not possible at this moment: in a sentence, for whoever offers it.

use crate::model::look::Wish;
use crate::model::session::Session;
use lightcone_core::trace::NodeId;
use lightcone_core::trace::frame::Status;

/// Whether a process can do what a button says, and if not, why.
pub(crate) fn why_not(status: Status, wish: &str) -> Option<&'static str> {
    match (wish, status) {
        ("crash", Status::Crashed) => Some("It is down already."),
        ("restart", Status::Up | Status::Paused) => Some("It is not down."),
        ("pause", Status::Paused) => Some("It is paused already."),
        ("pause" | "resume", Status::Crashed) => Some("It is down."),
        ("resume", Status::Up) => Some("It is not paused."),
        ("request", Status::Crashed) => Some("It is down: restart it first."),
        _ => None,
    }
}

/// One place on or back, and why that cannot be.
pub(crate) fn step_lane(s: &Session, node: NodeId, forward: bool) -> (Wish, Option<&'static str>) {
    let lanes = s.look().lanes(s.run().names().len());
    let here = lanes.iter().position(|lane| *lane == node).unwrap_or(0);
    let why_not = match forward {
        true if here + 1 >= lanes.len() => Some("It is the last lane."),
        false if here == 0 => Some("It is the first lane."),
        _ => None,
    };
    (Wish::Lane(node, if forward { here + 1 } else { here.saturating_sub(1) }), why_not)
}
