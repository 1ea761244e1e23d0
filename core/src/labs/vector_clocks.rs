//! Vector clocks (Fidge 1988; Mattern 1989).
//!
//! Each of n processes keeps a vector of n counters. Process i counts its own events in component i:
//! every local event, every send and every receive raises it by one. A message carries the sender's
//! vector; the receiver takes the component-wise maximum of it and its own before its own rise. Then for
//! any two events a and b: a happened before b exactly when V(a) < V(b).
//!
//! The counters may start elsewhere than at zero, as in an exercise that begins in the middle. A process may send to itself: that
//! is a send and a receive like any other.
//!
//! The vector is on disk and is written in the same instant in which the event takes place, so that a
//! crash between two events never loses or invents one.

mod checks;
mod scenarios;
#[cfg(test)]
mod tests;

use crate::base::clock;
use crate::base::json::{JsonObject, Payload};
use crate::labs::kit::group::Vector;
use crate::labs::kit::{group, words};
use crate::protocol::{Context, Guard, Input, Misfit, Out, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Operation, Param, Rule, Switch, Takes, Value, Values};
use crate::trace::frame::{Cell, Field, Mark, Panel};
use crate::trace::{Kind, NodeId};
use std::convert::Infallible;
use std::sync::Arc;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct VectorClocks;

/// Settings.
#[derive(Clone, Debug)]
pub struct Setup {
    processes: usize,
    /// The clocks at the start.
    clocks: Vec<Vector>,
    no_merge: bool,
    no_tick_on_receive: bool,
}

/// A message: what it says, and the sender's clock.
#[derive(Clone, Debug)]
pub struct Message {
    payload: Payload,
    vector: Vector,
}

/// The clock before and after an event.
#[derive(Clone, Debug)]
pub struct Step {
    pub(crate) before: Vector,
    pub(crate) after: Vector,
}

/// What a process is asked for.
#[derive(Clone, Debug)]
pub enum Request {
    /// An event that concerns nobody else.
    Local,
    /// A message to one process.
    Send(NodeId, Payload),
    /// A message to several processes: one event.
    Multicast(Vec<NodeId>, Payload),
}

const MESSAGE: Param = Param::new("message", Takes::Json, "\"hello\"", "What the message says: any JSON.");

static SEND: [Param; 2] = [Param::needed("to", Takes::Node(&[]), "Who gets the message."), MESSAGE];
static MULTICAST: [Param; 2] =
    [MESSAGE, Param::new("to", Takes::Json, "[]", "Names of the processes that get it; [] is all others.")];
static SETUP: [Param; 2] =
    group::setup("Clocks at the start: {\"P1\": [2, 0, 0]}, for an exercise that begins in the middle.");

static OPERATIONS: [Operation; 3] = [
    Operation { name: "send", at: &[], args: &SEND, says: "Sends a message with the clock to one process." },
    Operation {
        name: "multicast",
        at: &[],
        args: &MULTICAST,
        says: "Sends a message to all others, or to some, as one event.",
    },
    group::local("An event that concerns nobody else."),
];

static RULES: [Rule; 1] = [Rule::safety(
    "clock-matches-causality",
    "At every send, receive and local event the process's clock equals the stamp that an outside observer, \
           who sees all messages, gives to that event.",
    "Mattern 1989, Theorem 10; Fidge 1988",
)];

static SWITCHES: [Switch; 2] = [
    Switch::safety(
        "no-merge",
        "clock-matches-causality",
        "A receiver raises its own component but does not take the maximum with the message's clock.",
        "broken-no-merge",
    ),
    Switch::safety(
        "no-tick-on-receive",
        "clock-matches-causality",
        "A receiver takes the maximum but does not count the receive as an event of its own.",
        "broken-no-tick",
    ),
];

static SPEC: LabSpec = LabSpec {
    id: "vector-clocks",
    title: "Vector clocks",
    says: "Processes send, multicast and act on their own, each with a vector clock that knows what happened before \
           what.",
    setup: &SETUP,
    operations: &OPERATIONS,
    rules: &RULES,
    switches: &SWITCHES,
    scenarios: &scenarios::SCENARIOS,
    timers: &[],
    clocks: crate::tables::Labels::Vector,
    ..LabSpec::EMPTY
};

impl VectorClocks {
    /// Own component plus one.
    fn tick(me: NodeId, clock: &[u32]) -> Vector {
        let mut next = clock.to_vec();
        next[usize::from(me)] += 1;
        next.into()
    }

    /// Maximum with the message's clock, then own component plus one.
    fn take_in(setup: &Setup, me: NodeId, clock: &[u32], message: &[u32]) -> Vector {
        let mut next = clock.to_vec();
        if !setup.no_merge {
            clock::merge(&mut next, message);
        }
        next[usize::from(me)] += u32::from(!setup.no_tick_on_receive);
        next.into()
    }
}

impl Protocol for VectorClocks {
    type Setup = Setup;
    type State = ();
    type Durable = Vector;
    type Write = Vector;
    type Message = Message;
    type Timer = Infallible;
    type Request = Request;
    type Note = Step;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        let processes = group::size(given);
        Ok(Setup {
            processes,
            clocks: group::vectors(given, processes)?,
            no_merge: broken.contains(&"no-merge"),
            no_tick_on_receive: broken.contains(&"no-tick-on-receive"),
        })
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        group::processes(setup.processes)
    }

    fn request(ctx: &Context<Self>, node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        match operation {
            "local" => Ok(Request::Local),
            "send" => Ok(Request::Send(args.node("to"), args.json("message"))),
            "multicast" => Ok(Request::Multicast(group::receivers(ctx, node, &args.json("to"))?, args.json("message"))),
            other => unreachable!("{other} is not in the table of operations"),
        }
    }

    fn format(ctx: &Context<Self>, me: NodeId) -> Vector {
        Arc::clone(&ctx.setup.clocks[usize::from(me)])
    }

    fn write(durable: &mut Vector, write: Vector) {
        *durable = write;
    }

    fn boot(_ctx: &Context<Self>, _me: NodeId, _durable: &Vector, _out: &mut Out<Self>) {}

    fn step(
        ctx: &Context<Self>,
        me: NodeId,
        _state: &mut (),
        durable: &Vector,
        input: Input<'_, Self>,
        out: &mut Out<Self>,
    ) {
        let before = Arc::clone(durable);
        match input {
            Input::Message { message, .. } => {
                let after = Self::take_in(&ctx.setup, me, &before, &message.vector);
                out.with_input(Some(Step { before, after: Arc::clone(&after) }), Some(after));
            }
            Input::Request { request, .. } => {
                let after = Self::tick(me, &before);
                let step = Step { before, after: Arc::clone(&after) };
                match request {
                    Request::Local => out.local(step, Some(after)),
                    Request::Send(to, payload) => {
                        let message = Message { payload: payload.clone(), vector: Arc::clone(&after) };
                        out.send_noting(*to, message, step, Some(after));
                    }
                    Request::Multicast(to, payload) => multicast(to, payload, step, out),
                }
            }
        }
    }
}

impl Story for VectorClocks {
    fn make_up(_ctx: &Context<Self>, operation: &'static str, param: &'static str, _bits: u64) -> Option<Value> {
        let to_all = (operation, param) == ("multicast", "to");
        to_all.then(|| Payload::from_json("[]").ok().map(Value::Json)).flatten()
    }

    fn describe_message(ctx: &Context<Self>, message: &Message, data: &mut JsonObject) -> String {
        data.raw("message", message.payload.json()).raw("clock", &words::vector(ctx, &message.vector));
        words::message(&message.payload.shown())
    }

    fn describe_note(ctx: &Context<Self>, kind: Kind, note: &Step, data: &mut JsonObject) -> Option<String> {
        data.raw("before", &words::vector(ctx, &note.before)).raw("after", &words::vector(ctx, &note.after));
        (kind == Kind::Local).then(|| "local event".into())
    }

    fn own_clock(note: &Step) -> Option<(&[u32], &[u32])> {
        Some((&note.before, &note.after))
    }

    /// Whoever has an event in its past knows what that process knew at the start.
    fn observed(ctx: &Context<Self>, node: NodeId, stamp: Vec<u32>) -> Vec<u32> {
        let known = stamp.iter().enumerate().filter(|(j, count)| **count > 0 || *j == usize::from(node));
        let known: Vec<&Vector> = known.map(|(j, _)| &ctx.setup.clocks[j]).collect();
        let at_start = |k: usize| known.iter().map(|clock| clock[k]).max().unwrap_or(0);
        stamp.iter().enumerate().map(|(k, count)| at_start(k) + count).collect()
    }

    fn why(ctx: &Context<Self>, kind: Kind, node: NodeId, _note: &Step) -> Option<(String, &'static str)> {
        let name = ctx.name(node);
        let Setup { no_merge, no_tick_on_receive, .. } = ctx.setup;
        let text = match kind {
            Kind::Receive if no_merge => format!(
                "Broken on purpose: {name} counts the receive, but ignores the message's clock and so forgets whatever \
                 happened before the message was sent."
            ),
            Kind::Receive if no_tick_on_receive => format!(
                "Broken on purpose: {name} takes the larger value in every component, but does not count the receive as \
                 an event of its own."
            ),
            Kind::Receive => format!(
                "{name} takes the larger of its own and the message's value in every component, then counts the receive \
                 as an event of its own."
            ),
            Kind::Send => format!(
                "Sending is an event: {name} raises its own component by one, and the message carries the result."
            ),
            Kind::Local => format!("An event at {name} alone: only its own component rises."),
            _ => return None,
        };
        Some((text, "Fidge 1988; Mattern 1989, §5"))
    }

    fn fields(_ctx: &Context<Self>, _me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        vec![Field::new("clock", clock::text(seen.durable))]
    }

    fn panels(ctx: &Context<Self>, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        let row = |(me, name): (usize, &String)| {
            let cell = |k: usize| {
                let (mine, theirs) = (seen[me].durable[k], seen[k].durable[k]);
                let mark = match mine.cmp(&theirs) {
                    _ if me == k => Mark::Own,
                    std::cmp::Ordering::Less => Mark::Behind,
                    std::cmp::Ordering::Equal => Mark::Plain,
                    std::cmp::Ordering::Greater => Mark::Ahead,
                };
                Cell::marked(mine.to_string(), mark)
            };
            (name.clone(), (0..ctx.processes()).map(cell).collect())
        };
        vec![Panel::Table {
            title: "Clocks".into(),
            says:
                "Each row is a process's clock: what it knows of everybody's events. Pale and slanted: it has not heard of all of \
                   them yet."
                    .into(),
            columns: ctx.names.clone(),
            rows: ctx.names.iter().enumerate().map(row).collect(),
        }]
    }

    fn guards(_ctx: &Context<Self>) -> Vec<Guard<Self>> {
        vec![Guard::of("clock-matches-causality", checks::ClockMatchesCausality)]
    }

    fn metrics(ctx: &Context<Self>, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        let own = |(i, s): (usize, &Seen<'_, Self>)| u64::from(s.durable[i] - ctx.setup.clocks[i][i]);
        vec![("events_counted", seen.iter().enumerate().map(own).sum())]
    }
}

fn multicast(to: &[NodeId], payload: &Payload, step: Step, out: &mut Out<VectorClocks>) {
    let after = Arc::clone(&step.after);
    let message = Message { payload: payload.clone(), vector: Arc::clone(&after) };
    match to.split_first() {
        Some((first, rest)) => group::to_all_of(*first, rest, message, step, Some(after), out),
        // Alone, a multicast reaches nobody: it is an event all the same.
        None => out.local(step, Some(after)),
    }
}
