//! What is said about a protocol: words for its messages and events, views of its processes, checks.

use super::{Context, Guard, Outlook, Past, Protocol, Seen, Situation};
use crate::base::json::JsonObject;
use crate::base::sheet::Sheet;
use crate::tables::{LinkRule, Sample, Value};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Kind, NodeId, RecordId};

/// The story of a protocol, which makes a lab of it. Everything has a default: a protocol without a story runs as well, and
/// its messages look as `Debug` has them.
pub trait Story: Protocol {
    /// Label of a message; its fields go into `data`.
    fn describe_message(_ctx: &Context<Self>, message: &Self::Message, _data: &mut JsonObject) -> String {
        format!("{message:?}")
    }

    /// What sort of message this is, in a word: for hiding sorts in the diagram. Messages of one sort look alike to a
    /// person who wants them out of the way, such as acknowledgements or heartbeats.
    fn message_kind(_message: &Self::Message) -> &'static str {
        "message"
    }

    /// Fields of a note go into `data`; a label where the note has a better one than its kind's.
    fn describe_note(_ctx: &Context<Self>, _kind: Kind, _note: &Self::Note, _data: &mut JsonObject) -> Option<String> {
        None
    }

    /// The protocol's own clock before and after an event, where it keeps one; a scalar clock has one component. Unless
    /// [`LabSpec::own_clock`](crate::tables::LabSpec::own_clock) names it, it is a vector clock that must equal the observer's.
    fn own_clock(_note: &Self::Note) -> Option<(&[u32], &[u32])> {
        None
    }

    /// The observer's stamp of an event as the lab's own clocks count, where they start elsewhere than at zero.
    fn observed(_ctx: &Context<Self>, _node: NodeId, stamp: Vec<u32>) -> Vec<u32> {
        stamp
    }

    /// Why an event turned out as it did: the rule in the protocol's own words, and where the literature says so.
    fn why(_ctx: &Context<Self>, _kind: Kind, _node: NodeId, _note: &Self::Note) -> Option<(String, &'static str)> {
        None
    }

    /// The application's message that a message carries and that is delivered later, by origin and number there:
    /// for delivery latency and hold-back time. `None` for acknowledgements and the like.
    fn item_sent(_message: &Self::Message) -> Option<(NodeId, u64)> {
        None
    }

    /// The application's message that a `deliver` record is about.
    fn item_delivered(_note: &Self::Note) -> Option<(NodeId, u64)> {
        None
    }

    /// What an event measures, for the lab's own series.
    fn samples(_note: &Self::Note) -> Vec<Sample> {
        Vec::new()
    }

    /// What a process shows of itself: a few named values.
    fn fields(_ctx: &Context<Self>, _me: NodeId, _seen: &Seen<'_, Self>) -> Vec<Field> {
        Vec::new()
    }

    /// The state that matters in this lab, as a band along the lane; none while there is nothing to say. Asked
    /// after every record of a process that runs: it only looks.
    fn band(_ctx: &Context<Self>, _me: NodeId, _seen: &Seen<'_, Self>) -> Option<Band> {
        None
    }

    /// Signs at each process that has some, in the cluster's picture: the votes of a candidate, what a writer still needs.
    fn badges(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<(NodeId, Vec<Badge>)> {
        Vec::new()
    }

    /// The lab's own views.
    fn panels(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        Vec::new()
    }

    /// What all that has happened before a record comes to, as a table: a row for each access, say. Worked out from the records
    /// when somebody asks.
    fn sheet(_ctx: &Context<Self>, _past: &Past<'_, Self>, _until: RecordId) -> Option<Sheet> {
        None
    }

    /// Numbers for `metrics` of a run at a time, in microseconds: name and value.
    fn metrics(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// Situations worth having in one click, at this moment.
    fn situations(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<Situation> {
        Vec::new()
    }

    /// What the settings lead to where links behave like this.
    fn outlook(_ctx: &Context<Self>, _rule: LinkRule) -> Option<Outlook> {
        None
    }

    /// A value of an argument for a made-up request, where the general ones (another process, a short text) would
    /// not do. `bits` are 64 uniform bits for this argument of this request.
    fn make_up(_ctx: &Context<Self>, _operation: &'static str, _param: &'static str, _bits: u64) -> Option<Value> {
        None
    }

    /// The lab's rules, each with what watches it from outside.
    fn guards(_ctx: &Context<Self>) -> Vec<Guard<Self>> {
        Vec::new()
    }
}
