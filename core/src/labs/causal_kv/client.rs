//! A client: one question at a time, with the dependencies of what it has seen (its context).
//!
//! The context lives as long as the session: a crash ends it. The number of questions is on disk, so that
//! (client, n) names a question for ever.

use super::{CausalKv, Change, Ctx, Disk, Effects, Entry, Message, Note, Outcome, Question, Said, Timer, Versions};
use crate::base::clock;
use crate::labs::kit::client::Jobs;
use crate::protocol::Input;
use crate::trace::{NodeId, RecordId};
use std::sync::Arc;

/// What a client is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// The node to ask; any, where none is named.
    pub(super) node: Option<NodeId>,
    pub(super) question: Question,
    /// A clock given by hand.
    pub(super) vector: Option<Arc<[u32]>>,
}

/// A question without an answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    request: RecordId,
    /// It may be asked of any node.
    any: bool,
    pub(super) node: NodeId,
    pub(super) n: u32,
    pub(super) question: Question,
    deps: Arc<[u32]>,
    /// Broken on purpose: it reads several keys one by one. These it has.
    found: Vec<(Arc<str>, Versions)>,
}

/// What a client holds in memory.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// Writes of each node that it has seen, or that what it has seen depends on.
    pub(super) context: Vec<u32>,
    pub(super) asked: Option<Asked>,
    /// What it will ask next.
    pub(super) jobs: Jobs<Request>,
}

/// Starts a session.
pub(super) fn boot(ctx: &Ctx, disk: &Disk) -> Client {
    Client { context: vec![0; ctx.setup.nodes.count()], asked: None, jobs: Jobs::new(disk.asked) }
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, client: &mut Client, input: Input<'_, CausalKv>, out: &mut Effects) {
    match input {
        Input::Request { id, request } => {
            client.jobs.push(id, request.clone());
            ask_next(ctx, me, client, out);
        }
        Input::Message { from, message: Message::Answer { n, outcome } } => {
            on_answer(ctx, me, client, (from, *n, outcome), out);
        }
        Input::Timeout(Timer::Resend) => resend(ctx, client, out),
        Input::Timeout(Timer::GiveUp) => finish(ctx, me, client, None, out),
        Input::Message { .. } => unreachable!("clients get answers only"),
        Input::Timeout(_) => unreachable!("nodes have these timers"),
    }
}

/// Asks the next thing, at once or after what was asked before.
fn ask_next(ctx: &Ctx, me: NodeId, client: &mut Client, out: &mut Effects) {
    let Some((request, Request { node, question, vector })) = client.jobs.next(client.asked.as_ref()) else { return };
    let n = client.jobs.number();
    // "any": one after the other, so that a client moves between the nodes.
    let any = node.is_none();
    let node = node.unwrap_or_else(|| ctx.setup.nodes.turn(me, n - 1));
    let mut deps = vec![0; ctx.setup.nodes.count()];
    // How a node is may be asked of one that is behind, too.
    if !ctx.setup.no_client_context && !matches!(question, Question::Status) {
        deps.clone_from(&client.context);
    }
    if let Some(vector) = &vector {
        clock::merge(&mut deps, vector);
    }
    ask(ctx, client, Asked { request, any, node, n, question, deps: deps.into(), found: Vec::new() }, out);
}

fn ask(ctx: &Ctx, client: &mut Client, asked: Asked, out: &mut Effects) {
    let write = Some(Entry(Change::Asked(asked.n)));
    out.send_noting(asked.node, asked.message(ctx), Note::Nothing, write);
    out.arm(Timer::Resend, ctx.setup.retry_us, ctx.setup.retry_us);
    let patience_us = ctx.setup.wait_us + ctx.setup.answer_us;
    out.arm(Timer::GiveUp, patience_us, patience_us);
    client.asked = Some(asked);
}

impl Asked {
    fn message(&self, ctx: &Ctx) -> Message {
        let question = match &self.question {
            Question::GetAll { keys } if ctx.setup.one_by_one => {
                Question::Get { key: Arc::clone(&keys[self.found.len()]) }
            }
            question => question.clone(),
        };
        Message::Ask { n: self.n, question, deps: Arc::clone(&self.deps) }
    }
}

/// An answer: of the question that is open, unless it is a late one.
fn on_answer(
    ctx: &Ctx,
    me: NodeId,
    client: &mut Client,
    (from, n, outcome): (NodeId, u32, &Outcome),
    out: &mut Effects,
) {
    if client.asked.as_ref().is_none_or(|asked| asked.n != n || asked.node != from) {
        return;
    }
    // What one has seen, one depends on from now on.
    match outcome {
        Outcome::Written(version) => clock::merge(&mut client.context, &version.vector()),
        Outcome::Found(Some(versions)) => {
            versions.iter().for_each(|version| clock::merge(&mut client.context, &version.vector()));
        }
        Outcome::FoundAll(all) => {
            let versions = all.iter().flat_map(|(_, versions)| versions.iter().flat_map(|versions| versions.iter()));
            versions.for_each(|version| clock::merge(&mut client.context, &version.vector()));
        }
        Outcome::Found(None) | Outcome::Missing(_) | Outcome::Status { .. } => {}
    }
    if let Some(Asked { question: Question::GetAll { keys }, .. }) = &client.asked
        && let Outcome::Found(versions) = outcome
    {
        let keys = Arc::clone(keys);
        return one_more(ctx, me, client, &keys, versions.clone(), out);
    }
    finish(ctx, me, client, Some(outcome.clone()), out);
}

/// Broken on purpose: one more of several keys is read, and the next one is asked for.
fn one_more(ctx: &Ctx, me: NodeId, client: &mut Client, keys: &[Arc<str>], versions: Versions, out: &mut Effects) {
    let Some(mut asked) = client.asked.take() else { return };
    asked.found.push((Arc::clone(&keys[asked.found.len()]), versions));
    if asked.found.len() < keys.len() {
        asked.n = client.jobs.number();
        if asked.any {
            asked.node = ctx.setup.nodes.turn(me, asked.n - 1);
        }
        return ask(ctx, client, asked, out);
    }
    let all = Outcome::FoundAll(std::mem::take(&mut asked.found).into());
    client.asked = Some(asked);
    finish(ctx, me, client, Some(all), out);
}

/// No answer so far: the same question goes to the same node, which knows it by its number.
fn resend(ctx: &Ctx, client: &Client, out: &mut Effects) {
    let Some(asked) = &client.asked else { return };
    out.send(asked.node, asked.message(ctx));
    out.arm(Timer::Resend, ctx.setup.retry_us, ctx.setup.retry_us);
}

/// The answer has come, or the client's patience is over: then nobody knows whether a put was done.
fn finish(ctx: &Ctx, me: NodeId, client: &mut Client, outcome: Option<Outcome>, out: &mut Effects) {
    let Some(asked) = client.asked.take() else { return };
    let said = Said { node: asked.node, n: asked.n, question: asked.question, outcome };
    out.reply(asked.request, Note::Replied { said, context: client.context.as_slice().into() });
    out.disarm(Timer::Resend);
    out.disarm(Timer::GiveUp);
    ask_next(ctx, me, client, out);
}
