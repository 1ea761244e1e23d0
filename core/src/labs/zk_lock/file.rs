//! The shared file: a counter and lines of text, guarded by fencing tokens.
//!
//! A lock alone does not protect a file: who sleeps with the lock may wake up when another one has it. So every access
//! carries its lock's token, the zxid that created its node, and the file keeps the highest that it has seen. A lower one is
//! rejected. Reads raise it too: else an old holder's write could slip in between a new holder's read and its write.
//!
//! An access acts once, however often it comes: the file knows it by (token, n), and answers what it answered the first time.
//! All of this is on disk.

use super::note::FileAccess;
use super::{Effects, Message, Note, Setup, Write, ZkLock, Zxid};
use crate::base::log::Log;
use crate::protocol::Input;
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// So many tokens' last accesses are remembered: each client has one open, and there are at most twelve.
const TOKENS_MAX: usize = 48;

/// What somebody wants of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// To see it.
    Read,
    /// The counter is to be this.
    Count(u64),
    /// One more line.
    Append(Rc<str>),
    /// This line in the place of all.
    Replace(Rc<str>),
}

impl Deed {
    /// Whether it only looks.
    pub(super) fn is_read(&self) -> bool {
        *self == Deed::Read
    }

    /// A word for it.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Deed::Read => "read",
            Deed::Count(_) => "count",
            Deed::Append(_) => "append",
            Deed::Replace(_) => "replace",
        }
    }
}

/// An access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The token of the lock under which it is made.
    pub(super) token: Zxid,
    /// The so-many-th under this token.
    pub(super) n: u32,
    pub(super) deed: Deed,
}

/// What became of an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was made; so is the file now.
    Accepted {
        /// The counter.
        counter: u64,
        /// The lines.
        lines: Rc<[Rc<str>]>,
    },
    /// This token has been here, and it is higher.
    Rejected {
        /// That token.
        highest: Zxid,
    },
}

/// An access that was made or rejected, for those who look at the file.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) at_us: u64,
    pub(super) by: NodeId,
    pub(super) access: Access,
    pub(super) accepted: bool,
    /// A higher token had been here.
    pub(super) old: bool,
}

/// The file.
#[derive(Clone, Debug)]
pub struct File {
    pub(super) counter: u64,
    pub(super) lines: Log<Rc<str>>,
    /// The highest token so far.
    pub(super) highest: Zxid,
    /// The highest that was ever here, also where the file does not look at it.
    top: Zxid,
    /// The last access under each token, and what became of it.
    last: BTreeMap<Zxid, (u32, Verdict)>,
    /// Everything so far.
    pub(super) past: Log<Past>,
}

impl File {
    pub(super) fn new(setup: &Setup) -> File {
        let mut lines = Log::default();
        lines.extend(&setup.lines);
        let highest = Zxid::default();
        File { counter: setup.counter, lines, highest, top: highest, last: BTreeMap::new(), past: Log::default() }
    }

    /// Its lines.
    pub(super) fn text(&self) -> Rc<[Rc<str>]> {
        self.lines.iter_from(0).cloned().collect()
    }

    /// Whether a token is too old for an access.
    fn is_stale(&self, setup: &Setup, access: &Access) -> bool {
        let checked = match setup.broken {
            _ if setup.broken.no_fencing => false,
            _ if setup.broken.fence_writes_only => !access.deed.is_read(),
            _ => true,
        };
        checked && access.token < self.highest
    }

    fn make(&mut self, deed: &Deed) {
        match deed {
            Deed::Read => {}
            Deed::Count(value) => self.counter = *value,
            Deed::Append(text) => self.lines.extend(&[Rc::clone(text)]),
            Deed::Replace(text) => {
                self.lines = Log::default();
                self.lines.push(Rc::clone(text));
            }
        }
    }

    /// What becomes of an access that has not been here before.
    fn judge(&mut self, setup: &Setup, access: &Access) -> Verdict {
        if self.is_stale(setup, access) {
            return Verdict::Rejected { highest: self.highest };
        }
        if !(setup.broken.fence_writes_only && access.deed.is_read()) {
            self.highest = self.highest.max(access.token);
        }
        self.make(&access.deed);
        Verdict::Accepted { counter: self.counter, lines: self.text() }
    }
}

/// Handles one input.
pub(super) fn step(ctx: &super::Ctx, file: &mut File, input: Input<'_, ZkLock>, out: &mut Effects) {
    match input {
        Input::Message { from, message: Message::Access(access) } => on_access(&ctx.setup, file, from, access, out),
        Input::Message { .. } | Input::Timeout(_) | Input::Request { .. } => {
            unreachable!("the file gets accesses only")
        }
    }
}

fn on_access(setup: &Setup, file: &mut File, by: NodeId, access: &Access, out: &mut Effects) {
    let known = file.last.get(&access.token);
    let verdict = match known {
        // It has been here: the answer is what it was then, and nothing happens.
        Some((n, verdict)) if *n == access.n => verdict.clone(),
        Some((n, _)) if *n > access.n => return,
        _ => {
            let verdict = file.judge(setup, access);
            file.last.insert(access.token, (access.n, verdict.clone()));
            if file.last.len() > TOKENS_MAX {
                file.last.pop_first();
            }
            let accepted = matches!(verdict, Verdict::Accepted { .. });
            let old = access.token < file.top;
            file.top = file.top.max(access.token);
            file.past.push(Past { at_us: out.now_us(), by, access: access.clone(), accepted, old });
            let note = FileAccess {
                by,
                access: access.clone(),
                accepted,
                counter: file.counter,
                lines: file.lines.len() as u32,
                highest: file.highest,
            };
            out.state_writing(Note::Accessed(Box::new(note)), Write::File(Rc::new(file.clone())));
            verdict
        }
    };
    out.send(by, Message::Accessed { token: access.token, n: access.n, verdict });
}
