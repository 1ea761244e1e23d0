//! Locks: exclusion, commands that act once, reads, aborts, and grants that clients know of.

use super::super::locks::{Change, Effect, Mode, Outcome, Policy};
use super::super::{Answer, Command, Ctx, Index, Message, Note, RaftLock};
use super::model::Model;
use super::{Stream, Watching, applied, effect_text};
use crate::labs::kit::exclusion::{Exclusion, Holder, Wrong};
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Who holds exclusive holds alone, until a release of that very grant, an abort or the end of a lease.
#[derive(Clone, Debug, Default)]
pub(super) struct LockExclusion {
    stream: Stream,
    locks: Exclusion<Rc<str>>,
}

impl LockExclusion {
    fn take(&mut self, ctx: &Ctx, id: RecordId, effect: &Effect) -> Option<Broken> {
        let Effect { client: who, serial, token, ref resource, .. } = *effect;
        match effect.change {
            Change::Queued => {}
            // A release ends what was granted before it was asked for, not what came later.
            Change::Released => self.locks.release(resource, who, serial),
            Change::Aborted | Change::Expired if token > 0 => self.locks.release(resource, who, u32::MAX),
            Change::Aborted | Change::Expired => {}
            Change::Granted => {
                let holder = Holder { who, shared: effect.mode == Mode::Shared, serial, since: id };
                let wrong = self.locks.grant(Rc::clone(resource), holder, token)?;
                let who = ctx.name(who);
                return Some(match wrong {
                    Wrong::Clash(other) => {
                        let theirs = if other.shared { Mode::Shared } else { Mode::Exclusive };
                        let (mine, theirs) = (effect.mode.name(), theirs.name());
                        let other_name = ctx.name(other.who);
                        let explain = format!("{who} gets {resource} {mine} while {other_name} holds it {theirs}.");
                        Broken { explain, events: vec![other.since, id] }
                    }
                    Wrong::Token(last) => {
                        let explain = format!("{who} gets the token {token} after {last} was given.");
                        Broken { explain, events: vec![id] }
                    }
                });
            }
        }
        None
    }
}

impl Check<RaftLock> for LockExclusion {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let applied = self.stream.next(watch, record)?;
        let found: Vec<Broken> = applied.effects.iter().filter_map(|e| self.take(watch.ctx, id, e)).collect();
        found.into_iter().next()
    }
}

/// A command of a client acts once, and none after a later one of the same client has acted.
#[derive(Clone, Debug, Default)]
pub(super) struct ExactlyOnce {
    stream: Stream,
    /// The last command of each client that acted, and the record of that.
    acted: BTreeMap<NodeId, (u32, RecordId)>,
}

impl Check<RaftLock> for ExactlyOnce {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let applied = self.stream.next(watch, record)?;
        let call = match &*applied.entry.command {
            Command::Acquire { call, .. } | Command::Release { call, .. } => *call,
            _ => return None,
        };
        applied.effects.iter().find(|e| (e.client, e.serial) == (call.client, call.serial))?;
        let known = self.acted.insert(call.client, (call.serial, id));
        let (last, when) = known.filter(|(last, _)| *last >= call.serial)?;
        let name = watch.ctx.name(call.client);
        let explain = format!(
            "Command {} of {name} acts at index {} after command {last} has acted.",
            call.serial, applied.index
        );
        Some(Broken { explain, events: vec![when, id] })
    }
}

/// A read of the lock table comes from no time before it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadLinearizable {
    /// The highest commit index that any server knew, by the record from which on it was so.
    commits: crate::base::log::Log<(RecordId, Index)>,
}

impl Check<RaftLock> for ReadLinearizable {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        match record.kind {
            Kind::Deliver => {
                let commit = applied(watch, record)?.commit;
                let last = self.commits.len().checked_sub(1).map_or(0, |last| self.commits.at(last).1);
                if commit > last {
                    self.commits.push((id, commit));
                }
                None
            }
            Kind::Reply => {
                let Some(Note::Replied(replied)) = watch.history.note(record) else { return None };
                let table = replied.table.as_ref()?;
                let before = self.commits.partition_point(|(when, _)| *when < record.cause);
                let (when, commit) = *self.commits.get(before.checked_sub(1)?)?;
                if table.index >= commit {
                    return None;
                }
                let name = watch.ctx.name(record.node);
                let explain = format!(
                    "{name} asked when {commit} was committed, and is told how the locks were after {}.",
                    table.index
                );
                Some(Broken { explain, events: vec![when, record.cause, id] })
            }
            _ => None,
        }
    }
}

/// Nobody is aborted without a reason: a circle of which he is the youngest, or what the policy says.
#[derive(Clone, Debug)]
pub(super) struct NoNeedlessAbort {
    stream: Stream,
    model: Model,
    policy: Policy,
}

impl NoNeedlessAbort {
    pub(super) fn new(ctx: &Ctx) -> NoNeedlessAbort {
        NoNeedlessAbort { stream: Stream::default(), model: Model::default(), policy: ctx.setup.rules.policy }
    }

    fn justified(&self, command: &Command, victim: NodeId) -> bool {
        let model = &self.model;
        match (self.policy, command) {
            (Policy::Detect, _) => model.waits_for_itself(victim, model.age(victim)),
            (Policy::WaitDie, Command::Acquire { call, resource, mode }) => {
                let blockers = model.blockers(resource, call.client, *mode);
                victim == call.client && blockers.iter().any(|other| model.age(*other) < model.age(victim))
            }
            (Policy::WoundWait, Command::Acquire { call, resource, mode }) => {
                let blocks = model.blockers(resource, call.client, *mode).contains(&victim);
                blocks && model.age(victim) > model.age(call.client)
            }
            (Policy::Timeout, Command::Withdraw { call }) => call.client == victim,
            _ => false,
        }
    }
}

impl Check<RaftLock> for NoNeedlessAbort {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let applied = self.stream.next(watch, record)?;
        let command = &*applied.entry.command;
        self.model.begin(applied.index, command);
        let mut judged: BTreeSet<NodeId> = BTreeSet::new();
        let mut broken = None;
        for effect in applied.effects.iter() {
            let fresh = effect.change == Change::Aborted && judged.insert(effect.client);
            if fresh && !self.justified(command, effect.client) && broken.is_none() {
                let name = watch.ctx.name(effect.client);
                let explain = format!("{name} is aborted at index {}, and nothing calls for that.", applied.index);
                broken = Some(Broken { explain, events: vec![id] });
            }
            self.model.apply(effect);
        }
        broken
    }
}

/// A grant in the log.
#[derive(Clone, Debug)]
struct Given {
    client: NodeId,
    resource: Rc<str>,
    serial: u32,
    /// The record in which the client heard of it.
    told: Option<RecordId>,
}

/// What a client was told that it has, it has until it gives it back, is aborted, or its lease ends.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantsSurvive {
    stream: Stream,
    /// Grants that have not ended, by token.
    given: BTreeMap<u32, Given>,
    /// The last token of the stream: a higher one was never given.
    last: u32,
}

impl GrantsSurvive {
    fn take(&mut self, ctx: &Ctx, id: RecordId, effect: &Effect) -> Option<Broken> {
        match effect.change {
            Change::Granted => {
                let (client, serial) = (effect.client, effect.serial);
                let resource = Rc::clone(&effect.resource);
                // An upgrade takes the place of the lock that was shared.
                self.given.retain(|_, g| g.client != client || g.resource != resource);
                self.given.insert(effect.token, Given { client, resource, serial, told: None });
                self.last = self.last.max(effect.token);
                None
            }
            Change::Queued => None,
            Change::Released => {
                let given = self.given.remove(&effect.token)?;
                let told = given.told.filter(|_| effect.serial <= given.serial)?;
                let explain = format!(
                    "{}: that was asked for before the grant under token {}, which was told and not given back.",
                    effect_text(ctx, effect),
                    effect.token
                );
                Some(Broken { explain, events: vec![told, id] })
            }
            Change::Aborted | Change::Expired => {
                self.given.remove(&effect.token);
                None
            }
        }
    }
}

impl Check<RaftLock> for GrantsSurvive {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        match record.kind {
            Kind::Deliver => {
                let applied = self.stream.next(watch, record)?;
                let found: Vec<Broken> = applied.effects.iter().filter_map(|e| self.take(watch.ctx, id, e)).collect();
                found.into_iter().next()
            }
            Kind::Receive if !watch.ctx.setup.servers.has(record.node) => {
                let message = watch.history.messages.at(record.message as usize);
                let Message::Answer { answer: Answer::Outcome(Outcome::Granted(token)), .. } = message else {
                    return None;
                };
                if let Some(given) = self.given.get_mut(token) {
                    given.told.get_or_insert(id);
                }
                let name = watch.ctx.name(record.node);
                let explain =
                    format!("{name} is told of a grant under token {token}, which no applied entry has given.");
                (*token > self.last).then(|| Broken { explain, events: vec![id] })
            }
            _ => None,
        }
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, RaftLock>]) -> Option<Broken> {
        // Without a no-op nobody may know yet what was committed before all have restarted.
        let machine = &super::settled::newest(seen).filter(|server| server.applied >= self.stream.0)?.machine;
        let kept = |token: &u32, given: &Given| {
            machine.resources.get(&given.resource).is_some_and(|l| l.holders.iter().any(|h| h.token == *token))
        };
        let (token, given) = self.given.iter().find(|(token, given)| given.told.is_some() && !kept(token, given))?;
        let explain = format!(
            "{} was told that it has {} under token {token}; no entry has ended that, and the lock table does not have it.",
            watch.ctx.name(given.client),
            given.resource
        );
        Some(Broken { explain, events: given.told.into_iter().collect() })
    }
}
