//! What a client does with the file, under a lock that it has or gets for that.
//!
//! An increment is lock, read, work for a while, write one more, unlock. An access that gets no answer is sent again under
//! its number. One that is rejected shows that the lock is somebody else's by now: then the client takes a new place in the
//! queue, with a new token, and does it all again.

use super::recipe::{self, End};
use super::{Client, Job, LockMode, Path};
use crate::labs::zk_lock::file::{Access, Deed, Verdict};
use crate::labs::zk_lock::note::Replied;
use crate::labs::zk_lock::setup::LOCK_PATH;
use crate::labs::zk_lock::{Ctx, Effects, Message, Note, Timer, Zxid};
use crate::trace::RecordId;
use std::rc::Rc;

/// How far a piece of work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::labs::zk_lock) enum Step {
    /// It waits for its lock.
    Lock,
    /// It looks at the file.
    Read,
    /// It works.
    Work,
    /// It writes.
    Write,
    /// It gives its lock back.
    Unlock,
    /// The same, to begin again with a new one.
    Again,
}

/// A piece of work with the file.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Doing {
    request: RecordId,
    pub(in crate::labs::zk_lock) job: Job,
    /// Increments that are done.
    done: u32,
    /// Its lock, and whether the client has got it for this.
    pub(in crate::labs::zk_lock) lock: Option<u32>,
    own: bool,
    pub(in crate::labs::zk_lock) step: Step,
    /// What it has read.
    counter: u64,
    /// What it wants of the file and has no answer to.
    pub(in crate::labs::zk_lock) access: Option<Access>,
    verdict: Option<Verdict>,
}

fn path_of(job: &Job) -> Option<&Path> {
    match job {
        Job::Increment { path, .. } | Job::Append { path, .. } | Job::Read { path } | Job::Write { path, .. } => {
            path.as_ref()
        }
        _ => None,
    }
}

/// Takes the next piece of work, when nothing is open.
pub(super) fn start_next(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    while let Some((request, job)) = client.jobs.next(client.doing.as_ref()) {
        let (lock, own, counter, access, verdict) = (None, true, 0, None, None);
        client.doing = Some(Doing { request, job, done: 0, lock, own, step: Step::Lock, counter, access, verdict });
        start_round(ctx, client, out);
    }
}

/// Under a lock that the client has already, or under one that it gets for this.
fn start_round(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    (doing.step, doing.access, doing.verdict) = (Step::Lock, None, None);
    let (wanted, reads) = (path_of(&doing.job).cloned(), matches!(doing.job, Job::Read { .. }));
    let fits = |a: &recipe::Attempt| {
        a.is_asked() && a.is_held() && a.end.is_none() && wanted.as_ref().is_none_or(|path| a.path == *path)
    };
    let held = client.locks.iter().filter(|(_, a)| fits(a)).max_by_key(|(_, a)| a.granted_us);
    match held.map(|(id, attempt)| (*id, attempt.mode)) {
        Some((id, mode)) if reads || mode == LockMode::Exclusive => {
            (doing.lock, doing.own) = (Some(id), false);
            begin(ctx, client, out);
        }
        // It would wait for itself.
        Some(_) => finish(client, ("held-shared", false), out),
        None => {
            let path = wanted.unwrap_or_else(|| LOCK_PATH.into());
            let mode = if reads { LockMode::Shared } else { LockMode::Exclusive };
            let id = recipe::start_own(client, path, mode, out.now_us());
            if let Some(doing) = &mut client.doing {
                (doing.lock, doing.own) = (Some(id), true);
            }
        }
    }
}

/// A lock is granted: maybe the one that is waited for.
pub(super) fn on_granted(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    if client.doing.as_ref().is_some_and(|doing| doing.lock == Some(id) && doing.step == Step::Lock) {
        begin(ctx, client, out);
    }
}

fn begin(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    if matches!(doing.job, Job::Increment { .. } | Job::Read { .. }) {
        doing.step = Step::Read;
        access(ctx, client, Deed::Read, out);
    } else {
        work(ctx, client, out);
    }
}

fn work(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    doing.step = Step::Work;
    out.arm(Timer::Work, ctx.setup.work_us, ctx.setup.work_us);
}

/// It has worked for long enough: it writes.
pub(super) fn on_work_done(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(doing) = client.doing.as_mut().filter(|doing| doing.step == Step::Work) else { return };
    let deed = match &doing.job {
        Job::Increment { .. } => Deed::Count(doing.counter + 1),
        Job::Append { text, .. } => Deed::Append(Rc::clone(text)),
        Job::Write { text, .. } => Deed::Replace(Rc::clone(text)),
        _ => return,
    };
    doing.step = Step::Write;
    access(ctx, client, deed, out);
}

/// An access under the lock's token.
fn access(ctx: &Ctx, client: &mut Client, deed: Deed, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    let attempt = doing.lock.and_then(|id| client.locks.get_mut(&id));
    // It may have been given back by hand meanwhile.
    let Some((attempt, node)) = attempt.and_then(|a| a.node.clone().map(|node| (a, node))) else {
        return lose(ctx, client, out);
    };
    attempt.accesses += 1;
    doing.access = Some(Access { token: node.token, n: attempt.accesses, deed });
    send(ctx, client, out);
}

fn send(ctx: &Ctx, client: &Client, out: &mut Effects) {
    let Some(access) = client.doing.as_ref().and_then(|doing| doing.access.clone()) else { return };
    out.send(ctx.setup.file_node(), Message::Access(access));
    out.arm(Timer::File, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}

/// No answer: the same access again.
pub(super) fn on_file_timer(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    send(ctx, client, out);
}

/// The file has answered.
pub(super) fn on_accessed(
    ctx: &Ctx,
    client: &mut Client,
    (token, n): (Zxid, u32),
    verdict: &Verdict,
    out: &mut Effects,
) {
    let Some(doing) = &mut client.doing else { return };
    if doing.access.as_ref().is_none_or(|access| (access.token, access.n) != (token, n)) {
        return;
    }
    doing.access = None;
    doing.verdict = Some(verdict.clone());
    out.disarm(Timer::File);
    match (verdict, doing.step) {
        (Verdict::Rejected { .. }, _) if doing.own => release(ctx, client, Step::Again, out),
        (Verdict::Rejected { .. }, _) => finish(client, ("rejected", false), out),
        // Meanwhile it has learned that the lock is lost: what it has read is worth nothing.
        (Verdict::Accepted { .. }, Step::Read) if doing.lock.is_none() => lose(ctx, client, out),
        (Verdict::Accepted { counter, .. }, Step::Read) if matches!(doing.job, Job::Increment { .. }) => {
            doing.counter = *counter;
            work(ctx, client, out);
        }
        (Verdict::Accepted { .. }, _) => {
            doing.done += 1;
            release(ctx, client, Step::Unlock, out);
        }
    }
}

/// Gives its own lock back; one that was there before stays.
fn release(ctx: &Ctx, client: &mut Client, step: Step, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    doing.step = step;
    let attempt = doing.lock.filter(|_| doing.own).and_then(|id| client.locks.get_mut(&id));
    match attempt {
        Some(attempt) => attempt.end = Some(End::Unlock(None)),
        None => round_done(ctx, client, out),
    }
}

/// A lock is gone as it was to be.
pub(super) fn on_unlocked(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    let Some(doing) = client.doing.as_mut().filter(|doing| doing.lock == Some(id)) else { return };
    doing.lock = None;
    match doing.step {
        Step::Unlock | Step::Again => round_done(ctx, client, out),
        // Whoever had got the lock by hand has given it back in the middle of this, or there can be none.
        Step::Lock => finish(client, ("refused", false), out),
        Step::Read | Step::Work | Step::Write => {}
    }
}

fn round_done(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let Some(doing) = &mut client.doing else { return };
    let times = if let Job::Increment { times, .. } = doing.job { times } else { 1 };
    if doing.step == Step::Again || doing.done < times {
        start_round(ctx, client, out);
    } else {
        finish(client, ("ok", true), out);
    }
}

/// A lock went with its session.
pub(super) fn on_lost(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    let Some(doing) = client.doing.as_mut().filter(|doing| doing.lock == Some(id)) else { return };
    doing.lock = None;
    // Whether an access that is under way was made, only the file can say.
    if doing.access.is_none() {
        out.disarm(Timer::Work);
        lose(ctx, client, out);
    }
}

/// Without its lock it begins again, or it says that the lock is lost where that was somebody else's business.
fn lose(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if client.doing.as_ref().is_some_and(|doing| doing.own) {
        start_round(ctx, client, out);
    } else {
        finish(client, ("lost", false), out);
    }
}

/// Tells whoever asked.
fn finish(client: &mut Client, (result, ok): (&'static str, bool), out: &mut Effects) {
    let Some(doing) = client.doing.take() else { return };
    out.disarm(Timer::File);
    out.disarm(Timer::Work);
    let replied = Replied { job: doing.job, result, ok, lock: None, verdict: doing.verdict, answer: None };
    out.reply(doing.request, Note::Replied(Box::new(replied)));
}
