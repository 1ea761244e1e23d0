//! A consumer: asks for a message, processes it, acknowledges it, and only then goes on to the next.
//!
//! Between getting a message and having processed it a crash leaves nothing done; between processing and the
//! acknowledgement, something done that the queue does not know of. Both end in another delivery.

use crate::base::json::Doc;
use crate::labs::kit::client::{Jobs, Target};
use crate::labs::queue::item::{Delivery, Id, Item, Receipt};
use crate::labs::queue::note::Replied;
use crate::labs::queue::{
    Answer, Ask, Change, Ctx, Disk, Effects, Message, Note, Queue, Refusal, Request, Timer, Write,
};
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a consumer is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    /// One message.
    Consume(Rc<str>),
    /// All that there is.
    Drain(Rc<str>),
    /// To acknowledge one that was processed.
    Ack(Id, Option<Receipt>),
}

/// What it is doing.
#[derive(Clone, Debug)]
pub(crate) struct Doing {
    request: RecordId,
    job: Job,
    /// Number of the open question.
    n: u32,
    pub(crate) phase: Phase,
    /// Messages that came with this request.
    count: u32,
}

/// How far it is.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// It has asked for a message.
    Asks(Rc<str>),
    /// It processes one.
    Works(Item),
    /// It has acknowledged one and waits for the answer.
    Acks(Id, Rc<str>, Receipt),
}

/// What a consumer holds in memory.
#[derive(Clone, Debug)]
pub(crate) struct Consumer {
    pub(crate) broker: Target,
    pub(crate) doing: Option<Doing>,
    pub(crate) jobs: Jobs<(Job, Option<NodeId>)>,
    /// What it has processed in this life, with the delivery that brought it.
    pub(crate) done: BTreeMap<Id, (Rc<str>, Delivery)>,
}

/// Starts a consumer: it has nothing in hand.
pub(crate) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk) -> Consumer {
    let broker = Target::new(ctx.setup.brokers.turn(me, 0));
    Consumer { broker, doing: None, jobs: Jobs::new(disk.asked), done: BTreeMap::new() }
}

/// Handles one input.
pub(crate) fn step(ctx: &Ctx, consumer: &mut Consumer, input: Input<'_, Queue>, out: &mut Effects) {
    match input {
        Input::Request { id, request } => {
            let job = match request {
                Request::Consume(queue, via) => (Job::Consume(Rc::clone(queue)), *via),
                Request::Drain(queue, via) => (Job::Drain(Rc::clone(queue)), *via),
                Request::Ack(message, receipt, via) => (Job::Ack(*message, *receipt), *via),
                _ => unreachable!("this is a consumer"),
            };
            consumer.jobs.push(id, job);
            next(ctx, consumer, out);
        }
        Input::Message { message: Message::Answer { n, answer }, .. } => on_answer(ctx, consumer, *n, answer, out),
        Input::Timeout(Timer::Retry) => {
            consumer.broker.again(ctx.setup.brokers);
            ask(ctx, consumer, out);
        }
        Input::Timeout(Timer::Work) => processed(ctx, consumer, out),
        Input::Message { .. } | Input::Timeout(_) => unreachable!("this is a consumer"),
    }
}

/// The next job, when none is open.
fn next(ctx: &Ctx, consumer: &mut Consumer, out: &mut Effects) {
    let Some((request, (job, via))) = consumer.jobs.next(consumer.doing.as_ref()) else { return };
    consumer.broker.server = via.unwrap_or(consumer.broker.server);
    let phase = match &job {
        Job::Consume(queue) | Job::Drain(queue) => Phase::Asks(Rc::clone(queue)),
        Job::Ack(id, receipt) => match consumer.done.get(id) {
            Some((queue, last)) => Phase::Acks(*id, Rc::clone(queue), receipt.unwrap_or(last.receipt)),
            None => {
                let result = Err(Refusal::NotProcessed);
                let replied = Replied::Acked { id: *id, receipt: *receipt, result };
                out.reply(request, Note::Replied(Box::new(replied)));
                return next(ctx, consumer, out);
            }
        },
    };
    consumer.doing = Some(Doing { request, job, n: 0, phase, count: 0 });
    ask_anew(ctx, consumer, out);
}

/// A new question: its number is on disk before it leaves, so that no answer of an earlier life is taken for its own.
fn ask_anew(ctx: &Ctx, consumer: &mut Consumer, out: &mut Effects) {
    let n = consumer.jobs.number();
    if let Some(doing) = &mut consumer.doing {
        doing.n = n;
    }
    ask(ctx, consumer, out);
}

/// Sends the open question, for the first time or again.
fn ask(ctx: &Ctx, consumer: &mut Consumer, out: &mut Effects) {
    let Some(doing) = &consumer.doing else { return };
    let ask = match &doing.phase {
        Phase::Asks(queue) => Ask::Consume { queue: Rc::clone(queue) },
        Phase::Acks(id, queue, receipt) => Ask::Ack { queue: Rc::clone(queue), id: *id, receipt: *receipt },
        Phase::Works(_) => return,
    };
    let write = Write(vec![Change::Asked(doing.n)]);
    consumer.broker.asked();
    out.send_noting(consumer.broker.server, Message::Ask { n: doing.n, ask }, Note::Nothing, Some(write));
    out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}

/// An answer: to the open question, unless it is a late one.
fn on_answer(ctx: &Ctx, consumer: &mut Consumer, n: u32, answer: &Answer, out: &mut Effects) {
    let open = consumer.doing.as_ref().filter(|doing| doing.n == n).map(|doing| doing.phase.clone());
    match (open, answer) {
        (Some(Phase::Asks(_)), Answer::Delivered { item, delivery, depth, lag, .. }) => {
            let latency_us = out.now_us().saturating_sub(item.born_us);
            let came = Note::Came {
                latency_us: Some(latency_us),
                late: false,
                levels: Some((*depth, *lag)),
                count: delivery.count,
            };
            out.with_input(Some(came), Some(Write(vec![Change::Received { latency_us }])));
            take(ctx, consumer, item, *delivery, out);
        }
        (Some(Phase::Asks(queue)), Answer::Empty) => {
            let doing = consumer.doing.take().expect("it is open");
            let replied = match doing.job {
                Job::Drain(_) => Replied::Drained { queue, count: doing.count },
                _ => Replied::Consumed { queue, got: None },
            };
            end(ctx, consumer, Some((doing.request, replied)), out);
        }
        (Some(Phase::Acks(id, _, receipt)), Answer::Acked(result)) => {
            out.with_input(Some(Note::AckAnswered { id, result: *result }), None);
            let doing = consumer.doing.as_ref().expect("it is open");
            let replied = Replied::Acked { id, receipt: Some(receipt), result: *result };
            match &doing.job {
                Job::Drain(queue) => again(ctx, consumer, &Rc::clone(queue), out),
                Job::Ack(..) => {
                    let request = doing.request;
                    end(ctx, consumer, Some((request, replied)), out);
                }
                Job::Consume(_) => end(ctx, consumer, None, out),
            }
        }
        (_, Answer::Delivered { delivery, .. }) => {
            let note = Note::Came { latency_us: None, late: true, levels: None, count: delivery.count };
            out.with_input(Some(note), None);
        }
        _ => {}
    }
}

/// A message has come: whoever asked is told, and the work begins.
fn take(ctx: &Ctx, consumer: &mut Consumer, item: &Item, delivery: Delivery, out: &mut Effects) {
    let Some(doing) = &mut consumer.doing else { return };
    consumer.broker.heard();
    out.disarm(Timer::Retry);
    doing.count += 1;
    let item = Item { last: Some(delivery), ..item.clone() };
    if matches!(doing.job, Job::Consume(_)) {
        let replied = Replied::Consumed { queue: Rc::clone(&item.queue), got: Some((item.clone(), delivery)) };
        out.reply(doing.request, Note::Replied(Box::new(replied)));
    }
    doing.phase = Phase::Works(item);
    match ctx.setup.process_us {
        0 => processed(ctx, consumer, out),
        us => out.arm(Timer::Work, us, us),
    }
}

/// Whether a message is one that makes its consumer fail: an object with `"poison": true`.
fn is_poison(item: &Item) -> bool {
    let poison = |json: &str| -> Option<bool> { Doc::parse(json).ok()?.object().ok()?.take("poison")?.bool().ok() };
    item.body.as_ref().and_then(|body| poison(body.json())).unwrap_or(false)
}

/// The work is done: then the acknowledgement.
fn processed(ctx: &Ctx, consumer: &mut Consumer, out: &mut Effects) {
    let Some(Doing { phase: Phase::Works(item), job, .. }) = &consumer.doing else { return };
    let (item, job) = (item.clone(), job.clone());
    let (id, queue) = (item.id, Rc::clone(&item.queue));
    if is_poison(&item) {
        out.state(Note::Failed { id, queue: Rc::clone(&queue) });
        return match job {
            Job::Drain(_) => again(ctx, consumer, &queue, out),
            _ => end(ctx, consumer, None, out),
        };
    }
    let (Some(body), Some(delivery)) = (item.body, item.last) else { return };
    let times = 1 + u32::from(consumer.done.contains_key(&id));
    consumer.done.insert(id, (Rc::clone(&queue), delivery));
    let note = Note::Processed { id, queue: Rc::clone(&queue), body, times };
    out.state_writing(note, Write(vec![Change::Processed(id)]));
    if ctx.setup.auto_ack {
        if let Some(doing) = &mut consumer.doing {
            doing.phase = Phase::Acks(id, queue, delivery.receipt);
        }
        ask_anew(ctx, consumer, out);
    } else if let Job::Drain(_) = job {
        again(ctx, consumer, &queue, out);
    } else {
        end(ctx, consumer, None, out);
    }
}

/// A drain goes on.
fn again(ctx: &Ctx, consumer: &mut Consumer, queue: &Rc<str>, out: &mut Effects) {
    if let Some(doing) = &mut consumer.doing {
        doing.phase = Phase::Asks(Rc::clone(queue));
    }
    consumer.broker.afresh();
    ask_anew(ctx, consumer, out);
}

/// A job has ended.
fn end(ctx: &Ctx, consumer: &mut Consumer, reply: Option<(RecordId, Replied)>, out: &mut Effects) {
    consumer.doing = None;
    consumer.broker.heard();
    out.disarm(Timer::Retry);
    if let Some((request, replied)) = reply {
        out.reply(request, Note::Replied(Box::new(replied)));
    }
    next(ctx, consumer, out);
}
