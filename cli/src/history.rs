//! The clients' operations as invoke and return, one JSON object a line.

use lightcone_core::base::json::JsonObject;
use lightcone_core::engine::Run;
use lightcone_core::trace::{Kind, NONE};

/// Every request as `invoke`, every reply as `return`, in order of happening. An operation without a `return` may or
/// may not have taken effect.
pub(crate) fn lines(run: &Run) -> String {
    let trace = run.trace();
    let mut text = String::new();
    for id in 0..trace.len() {
        let record = trace.record(id);
        let (kind, operation) = match record.kind {
            Kind::Request => ("invoke", id),
            Kind::Reply if record.cause != NONE => ("return", record.cause),
            _ => continue,
        };
        let mut o = JsonObject::new();
        o.text("type", kind).int("operation", operation);
        o.text("process", &run.names()[usize::from(record.node)]).int("at_us", record.at_us);
        text.push_str(&o.raw("data", &run.data(id)).end());
        text.push('\n');
    }
    text
}
