//! Settings, processes, and requests from checked fields.

use super::item::{Id, Receipt};
use super::{Ctx, Request};
use crate::base::json::Payload;
use crate::labs::kit::cast::{self, Servers};
use crate::protocol::{Misfit, ProcessInfo};
use crate::tables::{Value, Values};
use crate::trace::NodeId;
use std::rc::Rc;

/// What made-up requests are about: few, so that they meet.
pub(super) const MADE_UP: [&str; 3] = ["orders", "mail", "jobs"];
/// Made-up acknowledgements are about the first so many messages of a producer.
const MADE_UP_IDS: u64 = 6;

/// Settings. Times are in microseconds.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) brokers: Servers,
    pub(super) producers: usize,
    pub(super) consumers: usize,
    /// Brokers that are on the ring at first.
    pub(super) members: usize,
    pub(super) virtual_nodes: usize,
    /// R: as the set-up says, or all brokers where there are fewer.
    pub(super) replicas: usize,
    /// A producer is answered when R disks have the message, and not one alone.
    pub(super) acks_all: bool,
    /// One durable store behind all brokers.
    pub(super) shared: bool,
    pub(super) visibility_us: u64,
    pub(super) max_receives: u32,
    pub(super) process_us: u64,
    pub(super) auto_ack: bool,
    pub(super) disk_us: u64,
    pub(super) heartbeat_us: u64,
    pub(super) suspect_us: u64,
    pub(super) retry_us: u64,
    pub(super) broken: Broken,
}

/// Rules that are switched off on purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) ack_on_delivery: bool,
    pub(super) ack_before_disk: bool,
    pub(super) no_replication: bool,
    pub(super) stale_ack_accepted: bool,
    pub(super) no_redelivery: bool,
    pub(super) points_not_brokers: bool,
    pub(super) no_checksum: bool,
}

impl Setup {
    /// The shared store's number: the last process.
    pub(super) fn store(&self) -> Option<NodeId> {
        self.shared.then(|| (self.brokers.count() + self.producers + self.consumers) as NodeId)
    }
}

pub(super) fn read(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
    let on = |name| broken.contains(&name);
    let brokers = given.count("brokers");
    let members = match given.count("members") {
        0 => brokers,
        members => members,
    };
    let setup = Setup {
        brokers: Servers(brokers),
        producers: given.count("producers"),
        consumers: given.count("consumers"),
        members,
        virtual_nodes: given.count("virtual_nodes"),
        replicas: given.count("replicas").min(brokers),
        acks_all: given.text("acks") == "all",
        shared: given.text("storage") == "shared",
        visibility_us: given.int("visibility_ms"),
        max_receives: given.int("max_receives") as u32,
        process_us: given.int("process_ms"),
        auto_ack: given.flag("auto_ack"),
        disk_us: given.int("disk_ms"),
        heartbeat_us: given.int("heartbeat_ms"),
        suspect_us: given.int("suspect_ms"),
        retry_us: given.int("retry_ms"),
        broken: Broken {
            ack_on_delivery: on("ack-on-delivery"),
            ack_before_disk: on("ack-before-disk"),
            no_replication: on("no-replication"),
            stale_ack_accepted: on("stale-ack-accepted"),
            no_redelivery: on("no-redelivery"),
            points_not_brokers: on("points-not-brokers"),
            no_checksum: on("no-checksum"),
        },
    };
    if members > brokers {
        return Err(("members", format!("there are {brokers} brokers")));
    }
    if members < setup.replicas {
        let what =
            format!("{} replicas need at least as many members, or no producer is ever answered", setup.replicas);
        return Err(("members", what));
    }
    if setup.suspect_us <= setup.heartbeat_us {
        let what = "whom one suspects must have missed a heartbeat: longer than heartbeat_ms";
        return Err(("suspect_ms", what.into()));
    }
    Ok(setup)
}

pub(super) fn processes(setup: &Setup) -> Vec<ProcessInfo> {
    let brokers = cast::numbered("b", "broker", setup.brokers.count());
    let producers = cast::numbered("p", "producer", setup.producers);
    let consumers = cast::numbered("w", "consumer", setup.consumers);
    let store = setup.shared.then(|| ProcessInfo { name: "store".into(), role: "store" });
    brokers.chain(producers).chain(consumers).chain(store).collect()
}

pub(super) fn request(ctx: &Ctx, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
    let queue = || Rc::from(args.text("queue"));
    Ok(match operation {
        "produce" => Request::Produce(queue(), args.json("message"), args.node_or_none("via")),
        "consume" => Request::Consume(queue(), args.node_or_none("via")),
        "drain" => Request::Drain(queue(), args.node_or_none("via")),
        "ack" => {
            let id = id(ctx, &args.text("message_id")).map_err(|what| ("message_id", what))?;
            let receipt = receipt(ctx, &args.json("receipt")).map_err(|what| ("receipt", what))?;
            Request::Ack(id, receipt, args.node_or_none("via"))
        }
        "status" => Request::Status,
        "join" => Request::Join,
        "leave" => Request::Leave,
        other => unreachable!("{other} is not in the table of operations"),
    })
}

/// A name of the form `p1-3`: a process of a role, and a number from 1 on.
fn named(ctx: &Ctx, text: &str, role: &str) -> Option<(NodeId, u32)> {
    let (name, n) = text.rsplit_once('-')?;
    let node = ctx.names.iter().position(|known| known == name).filter(|&i| ctx.roles[i] == role)?;
    let n: u32 = n.parse().ok().filter(|n| *n > 0)?;
    Some((node as NodeId, n))
}

fn id(ctx: &Ctx, text: &str) -> Result<Id, String> {
    let found = named(ctx, text, "producer").map(|(producer, n)| Id { producer, n });
    found.ok_or_else(|| "a message is named by its producer and its number there, such as \"p1-3\"".into())
}

fn receipt(ctx: &Ctx, payload: &Payload) -> Result<Option<Receipt>, String> {
    if payload.json() == "null" {
        return Ok(None);
    }
    let found = named(ctx, &payload.shown(), "broker").map(|(broker, n)| Some(Receipt { broker, n }));
    found.ok_or_else(|| "a receipt is named by the broker and the number of its delivery, such as \"b1-7\"".into())
}

/// Values of made-up requests.
pub(super) fn make_up(ctx: &Ctx, _operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
    match param {
        "queue" => Some(Value::Text(MADE_UP[(bits % MADE_UP.len() as u64) as usize].into())),
        "message_id" => {
            let producer = ctx.roles.iter().position(|role| *role == "producer")?;
            Some(Value::Text(format!("{}-{}", ctx.names[producer], 1 + bits % MADE_UP_IDS)))
        }
        "via" => Some(Value::Text("any".into())),
        _ => None,
    }
}
