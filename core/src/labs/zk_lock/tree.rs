//! The tree of znodes with its sessions, as pure data: what a transaction does, and what a request amounts to.
//!
//! The leader turns a request into a transaction that says what changes, not how ("Zab" §2: the primary's state changes are
//! incremental and carry their outcome). So the number of a sequential node is fixed before it is agreed on, and a request
//! that fails is a transaction too: everybody sees it at the same place.

use super::log::Zxid;
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A path in the tree.
pub(super) type Path = Rc<str>;

/// A session's number, counted from 1; 0 is none.
pub(super) type SessionId = u32;

/// A znode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Znode {
    /// The transaction that created it.
    pub(super) czxid: Zxid,
    /// The one that changed its data last.
    pub(super) mzxid: Zxid,
    /// The one that changed its children last.
    pub(super) pzxid: Zxid,
    /// Changes of its data.
    pub(super) version: u32,
    /// Number of the next sequential child: it counts the children created so far.
    pub(super) next: i64,
    /// The session that it ends with; 0 where it stays.
    pub(super) owner: SessionId,
    pub(super) data: Rc<str>,
}

/// A session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// Whose.
    pub(super) client: NodeId,
}

/// All that the servers agree on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) nodes: BTreeMap<Path, Znode>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    /// Sessions opened so far.
    pub(super) opened: u32,
}

/// How a new node is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// It ends with its session.
    pub(super) ephemeral: bool,
    /// Its name gets a number.
    pub(super) sequential: bool,
}

/// What a client asks of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A new node.
    Create { path: Path, data: Rc<str>, kind: Kind },
    /// Away with a node; of this version, or any.
    Delete { path: Path, version: Option<u32> },
    /// New data; on this version, or any.
    Set { path: Path, data: Rc<str>, version: Option<u32> },
    /// Names of a node's children, and maybe to be told of the next change among them.
    List { path: Path, watch: bool },
    /// Whether a node is there, and maybe to be told of its next change.
    Exists { path: Path, watch: bool },
    /// A node's data.
    Get { path: Path },
    /// Everything that was agreed on before this.
    Sync,
    /// The session's end.
    Close,
}

impl Op {
    /// Whether any server may answer it by itself.
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Op::List { .. } | Op::Exists { .. } | Op::Get { .. })
    }
}

/// Why a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such node.
    NoNode,
    /// There is one already.
    NodeExists,
    /// It has children.
    NotEmpty,
    /// It was changed in between.
    BadVersion,
    /// A node that ends with a session has no children.
    EphemeralParent,
}

impl Fault {
    /// ZooKeeper's own name for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Fault::NoNode => "NoNode",
            Fault::NodeExists => "NodeExists",
            Fault::NotEmpty => "NotEmpty",
            Fault::BadVersion => "BadVersion",
            Fault::EphemeralParent => "NoChildrenForEphemerals",
        }
    }
}

/// What a transaction changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A client has a session.
    Open { session: SessionId, client: NodeId },
    /// It is over, by its client or for its silence; these nodes go with it.
    Close { session: SessionId, client: NodeId, expired: bool, gone: Rc<[Path]> },
    /// A node under its full name.
    Create { path: Path, data: Rc<str>, owner: SessionId },
    /// It goes.
    Delete { path: Path },
    /// New data.
    Set { path: Path, data: Rc<str> },
    /// Nothing: whoever sees it has seen all before it.
    Sync,
    /// A request that fails.
    Failed(Fault),
}

/// Who asked for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The client.
    pub(super) client: NodeId,
    /// In this session.
    pub(super) session: SessionId,
    /// On its so-many-th connection.
    pub(super) conn: u32,
    /// Its so-many-th request.
    pub(super) cxid: u32,
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Txn {
    /// Who asked for it; nobody where a session has expired.
    pub(super) origin: Option<Origin>,
    /// What it changes.
    pub(super) change: Change,
}

/// What is watched: a node, or its children.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watch {
    /// Which node.
    pub(super) path: Path,
    /// Its children.
    pub(super) children: bool,
}

/// What happened to what was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A node came.
    Created,
    /// It went.
    Deleted,
    /// Its data changed.
    Changed,
    /// Its children did.
    Children,
}

impl Happened {
    /// ZooKeeper's own name for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Happened::Created => "NodeCreated",
            Happened::Deleted => "NodeDeleted",
            Happened::Changed => "NodeDataChanged",
            Happened::Children => "NodeChildrenChanged",
        }
    }
}

/// The node above a path; none above the root's children.
pub(super) fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty())
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a text is an absolute path with a name in each part.
pub(super) fn is_path(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(|part| !part.is_empty()))
}

impl Tree {
    /// Names of a node's children, in the order of their names; none where there is no such node.
    pub(super) fn children(&self, path: &str) -> Option<Vec<&str>> {
        self.nodes.get(path)?;
        let prefix = format!("{path}/");
        let below =
            self.nodes.range::<str, _>((std::ops::Bound::Excluded(prefix.as_str()), std::ops::Bound::Unbounded));
        let names = below.map_while(|(path, _)| path.strip_prefix(prefix.as_str())).filter(|name| !name.contains('/'));
        Some(names.collect())
    }

    /// The nodes that end with a session.
    pub(super) fn owned(&self, session: SessionId) -> impl Iterator<Item = (&Path, &Znode)> {
        self.nodes.iter().filter(move |(_, node)| node.owner == session && session != 0)
    }

    /// What a request of a session amounts to, after everything before it. With `wraps` the numbers of sequential names are
    /// signed ones of 32 bits, as they are in ZooKeeper.
    pub(super) fn prepare(&self, session: SessionId, op: &Op, wraps: bool) -> Change {
        match op {
            Op::Create { path, data, kind } => self.prepare_create(session, (path, data, *kind), wraps),
            Op::Delete { path, version } => match self.nodes.get(path) {
                None => Change::Failed(Fault::NoNode),
                Some(node) if version.is_some_and(|v| v != node.version) => Change::Failed(Fault::BadVersion),
                Some(_) if self.children(path).is_some_and(|c| !c.is_empty()) => Change::Failed(Fault::NotEmpty),
                Some(_) => Change::Delete { path: Rc::clone(path) },
            },
            Op::Set { path, data, version } => match self.nodes.get(path) {
                None => Change::Failed(Fault::NoNode),
                Some(node) if version.is_some_and(|v| v != node.version) => Change::Failed(Fault::BadVersion),
                Some(_) => Change::Set { path: Rc::clone(path), data: Rc::clone(data) },
            },
            Op::Close => self.close(session, false),
            Op::Sync => Change::Sync,
            Op::List { .. } | Op::Exists { .. } | Op::Get { .. } => unreachable!("a server answers that by itself"),
        }
    }

    fn prepare_create(&self, session: SessionId, (path, data, kind): (&Path, &Rc<str>, Kind), wraps: bool) -> Change {
        let mut full = Rc::clone(path);
        if let Some(above) = parent(path) {
            let Some(above) = self.nodes.get(above) else { return Change::Failed(Fault::NoNode) };
            if above.owner != 0 {
                return Change::Failed(Fault::EphemeralParent);
            }
            if kind.sequential {
                let number = if wraps { i64::from(above.next as i32) } else { above.next };
                full = format!("{path}{number:010}").into();
            }
        }
        if self.nodes.contains_key(&full) {
            return Change::Failed(Fault::NodeExists);
        }
        Change::Create { path: full, data: Rc::clone(data), owner: if kind.ephemeral { session } else { 0 } }
    }

    /// The end of a session.
    pub(super) fn close(&self, session: SessionId, expired: bool) -> Change {
        // A session that is over already has nothing to end.
        let Some(Session { client }) = self.sessions.get(&session).copied() else { return Change::Sync };
        let gone = self.owned(session).map(|(path, _)| Rc::clone(path)).collect();
        Change::Close { session, client, expired, gone }
    }

    /// Makes a change, and says what happened to what may be watched, in order.
    pub(super) fn apply(&mut self, zxid: Zxid, change: &Change, first: i64) -> Vec<(Watch, Happened)> {
        let mut happened = Vec::new();
        match change {
            Change::Open { session, client } => {
                self.opened = self.opened.max(*session);
                self.sessions.insert(*session, Session { client: *client });
            }
            Change::Close { session, gone, .. } => {
                self.sessions.remove(session);
                gone.iter().for_each(|path| self.remove(zxid, path, &mut happened));
            }
            Change::Create { path, data, owner } => {
                let node = Znode {
                    czxid: zxid,
                    mzxid: zxid,
                    pzxid: zxid,
                    version: 0,
                    next: first,
                    owner: *owner,
                    data: Rc::clone(data),
                };
                self.nodes.insert(Rc::clone(path), node);
                happened.push((Watch { path: Rc::clone(path), children: false }, Happened::Created));
                self.child_changed(zxid, path, true, &mut happened);
            }
            Change::Delete { path } => self.remove(zxid, path, &mut happened),
            Change::Set { path, data } => {
                if let Some(node) = self.nodes.get_mut(path) {
                    (node.mzxid, node.version, node.data) = (zxid, node.version + 1, Rc::clone(data));
                    happened.push((Watch { path: Rc::clone(path), children: false }, Happened::Changed));
                }
            }
            Change::Sync | Change::Failed(_) => {}
        }
        happened
    }

    fn remove(&mut self, zxid: Zxid, path: &Path, happened: &mut Vec<(Watch, Happened)>) {
        if self.nodes.remove(path).is_some() {
            happened.push((Watch { path: Rc::clone(path), children: false }, Happened::Deleted));
            happened.push((Watch { path: Rc::clone(path), children: true }, Happened::Deleted));
            self.child_changed(zxid, path, false, happened);
        }
    }

    fn child_changed(&mut self, zxid: Zxid, path: &str, created: bool, happened: &mut Vec<(Watch, Happened)>) {
        let Some((above, node)) = parent(path).and_then(|above| self.nodes.get_key_value(above)) else { return };
        let (above, mut node) = (Rc::clone(above), node.clone());
        node.pzxid = zxid;
        node.next += i64::from(created);
        self.nodes.insert(Rc::clone(&above), node);
        happened.push((Watch { path: above, children: true }, Happened::Children));
    }

    /// What a watch that was set after `seen` has missed (ZooKeeper's `setWatches` after a reconnect).
    pub(super) fn missed(&self, watch: &Watch, seen: Zxid) -> Option<Happened> {
        match self.nodes.get(&watch.path) {
            None => Some(Happened::Deleted),
            Some(node) if watch.children => (node.pzxid > seen).then_some(Happened::Children),
            Some(node) => (node.mzxid > seen).then_some(Happened::Changed),
        }
    }
}

/// What the name of a lock's node says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Its number.
    pub(super) seq: i64,
    /// Whether it shares.
    pub(super) shared: bool,
}

/// In a lock's node's name, in front of the number.
pub(super) const LOCK: &str = "lock-";
/// The same for who shares.
pub(super) const READ: &str = "read-";

/// What the name of a lock's node says; none where it is another node's.
pub(super) fn place(name: &str) -> Option<Place> {
    let find = |word: &str| name.rfind(word).map(|at| (at, &name[at + word.len()..]));
    let (shared, number) = match (find(LOCK), find(READ)) {
        (Some((lock, _)), Some((read, number))) if read > lock => (true, number),
        (Some((_, number)), _) => (false, number),
        (None, Some((_, number))) => (true, number),
        (None, None) => return None,
    };
    Some(Place { seq: number.parse().ok()?, shared })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(tree: &Tree, path: &str, kind: Kind) -> Change {
        tree.prepare(7, &Op::Create { path: path.into(), data: "".into(), kind }, false)
    }

    #[test]
    fn names_are_numbered_by_the_children_ever_created() {
        let mut tree = Tree::default();
        let sequential = Kind { ephemeral: true, sequential: true };
        let made = create(&tree, "/l", Kind::default());
        tree.apply(Zxid { epoch: 1, counter: 1 }, &made, 0);
        for (counter, expected) in [(2, "/l/x-lock-0000000000"), (3, "/l/x-lock-0000000001")] {
            let made = create(&tree, "/l/x-lock-", sequential);
            let Change::Create { path, owner, .. } = &made else { panic!("{made:?}") };
            assert_eq!((&**path, *owner), (expected, 7));
            tree.apply(Zxid { epoch: 1, counter }, &made, 0);
        }
        let gone = tree.prepare(7, &Op::Delete { path: "/l/x-lock-0000000000".into(), version: None }, false);
        tree.apply(Zxid { epoch: 1, counter: 4 }, &gone, 0);
        let Change::Create { path, .. } = create(&tree, "/l/x-lock-", sequential) else { panic!("it is made") };
        assert_eq!(&*path, "/l/x-lock-0000000002", "a number is never given twice");
        assert_eq!(tree.children("/l"), Some(vec!["x-lock-0000000001"]));
        tree.apply(Zxid { epoch: 1, counter: 5 }, &Change::Open { session: 7, client: 3 }, 0);
        let gone = ["/l/x-lock-0000000001".into()].into();
        assert_eq!(tree.close(7, true), Change::Close { session: 7, client: 3, expired: true, gone });
    }

    #[test]
    fn requests_fail_as_in_zookeeper() {
        let mut tree = Tree::default();
        let failed = |tree: &Tree, op: Op| tree.prepare(1, &op, false);
        assert_eq!(create(&tree, "/a/b", Kind::default()), Change::Failed(Fault::NoNode));
        for (counter, path) in [(1, "/a"), (2, "/a/b")] {
            let made = create(&tree, path, Kind::default());
            tree.apply(Zxid { epoch: 1, counter }, &made, 0);
        }
        assert_eq!(create(&tree, "/a", Kind::default()), Change::Failed(Fault::NodeExists));
        let delete = |path: &str, version| Op::Delete { path: path.into(), version };
        assert_eq!(failed(&tree, delete("/a", None)), Change::Failed(Fault::NotEmpty));
        assert_eq!(failed(&tree, delete("/a/b", Some(3))), Change::Failed(Fault::BadVersion));
        assert_eq!(failed(&tree, delete("/c", None)), Change::Failed(Fault::NoNode));
        let set = Op::Set { path: "/a/b".into(), data: "x".into(), version: Some(0) };
        let change = failed(&tree, set.clone());
        tree.apply(Zxid { epoch: 1, counter: 3 }, &change, 0);
        assert_eq!(failed(&tree, set), Change::Failed(Fault::BadVersion), "it was changed in between");
    }

    #[test]
    fn a_place_is_read_from_the_end_of_a_name() {
        assert_eq!(place("c1.4-lock-0000000003"), Some(Place { seq: 3, shared: false }));
        assert_eq!(place("c1.4-read-0000000012"), Some(Place { seq: 12, shared: true }));
        assert_eq!(place("lock--2147483648"), Some(Place { seq: -2_147_483_648, shared: false }));
        assert_eq!(place("election-1"), None);
        assert!(is_path("/a/b") && !is_path("/a/") && !is_path("a") && !is_path("/") && !is_path("//a"));
    }
}
