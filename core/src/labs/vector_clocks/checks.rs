//! The one rule of vector clocks.

use super::VectorClocks;
use crate::base::clock::text;
use crate::protocol::{Broken, Check, Story, Watch};
use crate::trace::{Kind, Record, RecordId};

/// The protocol's clock equals the simulator's stamp, counted from where the clocks start, at every send, receive and local event.
#[derive(Clone, Debug)]
pub(super) struct ClockMatchesCausality;

impl Check<VectorClocks> for ClockMatchesCausality {
    fn observe(&mut self, watch: &Watch<'_, VectorClocks>, id: RecordId, record: &Record) -> Option<Broken> {
        if !matches!(record.kind, Kind::Send | Kind::Receive | Kind::Local) {
            return None;
        }
        let stamp = VectorClocks::observed(watch.ctx, record.node, watch.history.trace.vector(record)?);
        let step = watch.history.note(record)?;
        if *step.after == *stamp {
            return None;
        }
        let mut events = vec![id];
        if record.kind == Kind::Receive {
            events.insert(0, record.cause);
        }
        let name = watch.ctx.name(record.node);
        let (is, should) = (text(&step.after), text(&stamp));
        let missed = step.after.iter().zip(&stamp).position(|(a, b)| a != b).unwrap_or(0);
        let of = watch.ctx.name(missed as u16);
        Some(Broken {
            explain: format!(
                "{name}'s clock says {is}, but what happened before this event is {should}: component {of} is {} and \
                 should be {}.",
                step.after[missed], stamp[missed]
            ),
            events,
        })
    }
}
