//! What a cache tells of itself.

use super::super::Ctx;
use super::Cached;
use crate::base::json::JsonObject;

/// A cache's lines and what it waits for, as JSON.
pub(super) fn status(ctx: &Ctx, cached: &Cached) -> String {
    let lines = cached.lines.valid().map(|way| {
        let mut o = JsonObject::new();
        o.text("line", &way.key).text("state", way.state.letter());
        o.raw("value", &way.value.json(ctx.setup.by_address())).end()
    });
    let mut o = JsonObject::new();
    o.list("lines", lines).int("places", cached.lines.places() as u64).int("waiting", cached.queue.len() as u64);
    if let Some((line, state)) = cached.waits_in(ctx.setup.family()) {
        o.raw("waits", &JsonObject::new().text("line", &line.name).text("state", state).end());
    }
    o.end()
}
