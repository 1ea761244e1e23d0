//! The protocol made for the purpose.

use lightcone_core::base::json::JsonObject;
use lightcone_core::protocol::{Context, Input, Misfit, Of, Out, ProcessInfo, Protocol, Seen, Story};
use lightcone_core::tables::{LabSpec, Operation, Param, Takes, Values};
use lightcone_core::trace::frame::Field;
use lightcone_core::trace::{Kind, NodeId};

/// Three processes that do what they are asked and know nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toy;

#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// State, send, persist, multicast, local event, reply: a step of many effects.
    Burst,
    Arm(u64),
    Ping(NodeId, String),
}

const TO: Param = Param { name: "to", takes: Takes::Node(&[]), default: None, says: "" };
const SAYS: Param = Param { name: "says", takes: Takes::Text { max_bytes: 20 }, default: Some("\"ping\""), says: "" };
const IN: Param =
    Param { name: "in_ms", takes: Takes::Millis { min_us: 1, max_us: 1 << 40 }, default: Some("10"), says: "" };
static PING: [Param; 2] = [TO, SAYS];
static ARM: [Param; 1] = [IN];

static OPERATIONS: [Operation; 3] = [
    Operation { name: "burst", at: &[], args: &[], says: "" },
    Operation { name: "arm", at: &[], args: &ARM, says: "" },
    Operation { name: "ping", at: &[], args: &PING, says: "" },
];

static SPEC: LabSpec =
    LabSpec { id: "toy", title: "Toy", operations: &OPERATIONS, timers: &["tick"], ..LabSpec::EMPTY };

pub(crate) static LAB: Of<Toy> = Of::NEW;

impl Protocol for Toy {
    type Setup = ();
    type State = u32;
    type Durable = u32;
    type Write = u32;
    type Message = String;
    type Timer = ();
    type Request = Ask;
    type Note = String;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(_: Values<'_>, _: &[&'static str]) -> Result<(), Misfit> {
        Ok(())
    }

    fn processes((): &()) -> Vec<ProcessInfo> {
        (1..=3).map(|i| ProcessInfo { name: format!("P{i}"), role: "process" }).collect()
    }

    fn request(_: &Context<Self>, _: NodeId, operation: &str, args: Values<'_>) -> Result<Ask, Misfit> {
        Ok(match operation {
            "burst" => Ask::Burst,
            "arm" => Ask::Arm(args.int("in_ms")),
            _ => Ask::Ping(args.node("to"), args.text("says")),
        })
    }

    fn format(_: &Context<Self>, _: NodeId) -> u32 {
        0
    }

    fn write(durable: &mut u32, write: u32) {
        *durable += write;
    }

    /// The disk counts boots by ones and persisted steps by hundreds.
    fn boot(_: &Context<Self>, _: NodeId, durable: &u32, out: &mut Out<Self>) -> u32 {
        out.with_input(Some(format!("disk {durable}")), Some(1));
        *durable
    }

    fn step(ctx: &Context<Self>, me: NodeId, _: &mut u32, _: &u32, input: Input<'_, Self>, out: &mut Out<Self>) {
        let others = || (0..ctx.processes() as NodeId).filter(|n| *n != me);
        match input {
            Input::Message { message, .. } if message == "disarm" => out.disarm(()),
            Input::Message { message, .. } if message == "arm" => out.arm((), 50_000, 50_000),
            Input::Message { message, .. } => out.state(format!("got {message}")),
            Input::Timeout(()) => out.state("tick".into()),
            Input::Request { id, request } => match request {
                Ask::Burst => {
                    out.state("first".into());
                    out.send(others().next().expect("there are three"), "one".into());
                    out.persist("kept".into(), 100);
                    others().for_each(|to| out.send(to, "two".into()));
                    out.local("last".into(), None);
                    out.reply(id, "done".into());
                }
                Ask::Arm(us) => out.arm((), *us, *us),
                Ask::Ping(to, says) => out.send(*to, says.clone()),
            },
        }
    }

    fn timer_name((): ()) -> &'static str {
        "tick"
    }
}

impl Story for Toy {
    fn describe_message(_: &Context<Self>, message: &String, _: &mut JsonObject) -> String {
        message.clone()
    }

    fn describe_note(_: &Context<Self>, _: Kind, note: &String, _: &mut JsonObject) -> Option<String> {
        Some(note.clone())
    }

    fn fields(_: &Context<Self>, _: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        vec![Field { name: "disk".into(), value: seen.durable.to_string() }]
    }
}
