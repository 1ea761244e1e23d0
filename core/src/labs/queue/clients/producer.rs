//! A producer: one message at a time, under a number that is on disk before it leaves, and the same one until it is answered.

use crate::base::json::Payload;
use crate::labs::kit::client::{Jobs, Target};
use crate::labs::queue::item::Id;
use crate::labs::queue::note::Replied;
use crate::labs::queue::{Answer, Ask, Change, Ctx, Disk, Effects, Message, Note, Queue, Request, Timer, Write};
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use std::rc::Rc;

/// What is to be produced.
type Job = (Rc<str>, Payload, Option<NodeId>);

/// A message that is not answered.
#[derive(Clone, Debug)]
pub(crate) struct Doing {
    request: RecordId,
    pub(crate) queue: Rc<str>,
    body: Payload,
    pub(crate) n: u32,
}

/// What a producer holds in memory.
#[derive(Clone, Debug)]
pub(crate) struct Producer {
    me: NodeId,
    pub(crate) broker: Target,
    pub(crate) doing: Option<Doing>,
    pub(crate) jobs: Jobs<Job>,
}

/// Starts a producer. What was open when it crashed, it has forgotten: the message may be in the queue or not.
pub(crate) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk) -> Producer {
    let broker = Target::new(ctx.setup.brokers.turn(me, 0));
    Producer { me, broker, doing: None, jobs: Jobs::new(disk.asked) }
}

/// Handles one input.
pub(crate) fn step(ctx: &Ctx, producer: &mut Producer, input: Input<'_, Queue>, out: &mut Effects) {
    match input {
        Input::Request { id, request: Request::Produce(queue, body, via) } => {
            producer.jobs.push(id, (Rc::clone(queue), body.clone(), *via));
            next(ctx, producer, out);
        }
        Input::Message { message: Message::Answer { n, answer: Answer::Produced }, .. } => {
            let Some(doing) = producer.doing.take_if(|doing| doing.n == *n) else { return };
            producer.broker.heard();
            out.with_input(None, Some(Write(vec![Change::Produced])));
            out.disarm(Timer::Retry);
            let id = Id { producer: producer.me, n: doing.n };
            out.reply(doing.request, Note::Replied(Box::new(Replied::Produced { queue: doing.queue, id })));
            next(ctx, producer, out);
        }
        Input::Timeout(Timer::Retry) => {
            producer.broker.again(ctx.setup.brokers);
            ask(ctx, producer, None, out);
        }
        Input::Message { .. } | Input::Timeout(_) | Input::Request { .. } => unreachable!("this is a producer"),
    }
}

/// The next message, when none is open.
fn next(ctx: &Ctx, producer: &mut Producer, out: &mut Effects) {
    let Some((request, (queue, body, via))) = producer.jobs.next(producer.doing.as_ref()) else { return };
    let n = producer.jobs.number();
    producer.broker.server = via.unwrap_or(producer.broker.server);
    producer.doing = Some(Doing { request, queue, body, n });
    ask(ctx, producer, Some(Write(vec![Change::Asked(n)])), out);
}

/// Sends the open message, for the first time or again.
fn ask(ctx: &Ctx, producer: &mut Producer, write: Option<Write>, out: &mut Effects) {
    let Some(doing) = &producer.doing else { return };
    let ask = Ask::Produce { queue: Rc::clone(&doing.queue), body: doing.body.clone() };
    let message = Message::Ask { n: doing.n, ask };
    producer.broker.asked();
    out.send_noting(producer.broker.server, message, Note::Nothing, write);
    out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}
