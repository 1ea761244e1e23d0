//! The search for an order: Wing and Gong (1993), with the memory of Lowe (2017): a set of operations that were placed, and the
//! state after them, need to be looked at only once.
//!
//! Calls and returns stand in lists, in order; an operation that is placed is taken out of its list. What may come next is
//! whatever was called before the first return that is left, since who has returned comes before who is called afterwards.
//! With one list for all, this is real time; with a list for each process, it is the order of each process alone.
//!
//! Two things spare most of the work and lose nothing. A read that fits is placed at once: it changes nothing, so whatever could
//! come before it can as well come after it. And an operation that never returned is left out where it would change nothing.

mod cache;

use super::model::{Model, States};
use super::operation::Operation;
use cache::Cache;

/// No node of a list.
const END: u32 = u32::MAX;
/// Most states that are kept to say why an operation cannot be placed.
const WHY_MAX: usize = 6;

/// What a search has found.
pub(super) enum Found {
    /// An order of all operations that have returned, and of some of the others.
    Order(Vec<usize>),
    /// There is none.
    None(Stuck),
    /// More states than allowed.
    TooMany,
}

/// How far one comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Stuck {
    /// The operations that can be placed, in such an order.
    pub(super) order: Vec<usize>,
    /// The operations of which none can follow.
    pub(super) breaks: Vec<usize>,
    /// What the first of them would have found instead, at each place where it could stand, in words.
    pub(super) states: Vec<String>,
}

/// How operations are ordered beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// All, by real time.
    RealTime,
    /// Those of each process.
    Process,
}

/// Something that was placed.
struct Placed {
    operation: usize,
    /// The state before.
    before: u32,
    /// The list in which it stood.
    group: usize,
    /// It was placed because that cannot be wrong, so nothing else is tried instead.
    forced: bool,
}

struct Search<'a> {
    operations: &'a [&'a Operation],
    states: States,
    /// Node 2n is the call of operation n, 2n + 1 its return; behind them the head of each list.
    next: Vec<u32>,
    previous: Vec<u32>,
    groups: usize,
    bits: Vec<u64>,
    /// A number for the set of what was placed; changes by one word with each operation.
    mix: u64,
    cache: Cache,
    placed: Vec<Placed>,
    /// Operations that have returned and are not placed.
    left: usize,
    by_time: bool,
    best: Option<(usize, Stuck, Vec<u32>)>,
}

/// Looks for an order in which a model allows all operations; at most so many states are kept.
pub(super) fn search(model: Model, operations: &[&Operation], order: Order, states_max: usize) -> Found {
    let mut search = Search::new(model, operations, order);
    match search.run(states_max) {
        Some(true) => Found::Order(search.placed.iter().map(|p| p.operation).collect()),
        Some(false) => Found::None(search.stuck()),
        None => Found::TooMany,
    }
}

/// Well-mixed bits of a number (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

impl<'a> Search<'a> {
    fn new(model: Model, operations: &'a [&'a Operation], order: Order) -> Search<'a> {
        let n = operations.len();
        let mut names: Vec<&str> = operations.iter().map(|o| &*o.process).collect();
        names.sort_unstable();
        names.dedup();
        let by_time = order == Order::RealTime;
        let groups = if by_time { 1 } else { names.len().max(1) };
        let mut nodes: Vec<(usize, u32)> = Vec::with_capacity(2 * n);
        for (i, operation) in operations.iter().enumerate() {
            let called = operation.invoked.place;
            nodes.push((called, 2 * i as u32));
            // A process's own order is that in which it asks, even if it does not wait for the answers.
            let ended = operation.returned.map(|mark| if by_time { mark.place } else { called });
            nodes.extend(ended.map(|place| (place, 2 * i as u32 + 1)));
        }
        nodes.sort_unstable();
        let mut search = Search {
            operations,
            states: States::new(model),
            next: vec![END; 2 * n + groups],
            previous: vec![END; 2 * n + groups],
            groups,
            bits: vec![0; n.div_ceil(64)],
            mix: 0,
            cache: Cache::new(n.div_ceil(64)),
            placed: Vec::new(),
            left: operations.iter().filter(|o| o.returned.is_some()).count(),
            by_time,
            best: None,
        };
        let mut last: Vec<u32> = (0..groups).map(|g| (2 * n + g) as u32).collect();
        for (_, node) in nodes {
            let process = &*operations[node as usize / 2].process;
            let group = if by_time { 0 } else { names.binary_search(&process).unwrap_or(0) };
            search.next[last[group] as usize] = node;
            search.previous[node as usize] = last[group];
            last[group] = node;
        }
        search
    }

    fn head(&self, group: usize) -> u32 {
        self.next[2 * self.operations.len() + group]
    }

    /// Whether a node is a call, which may come next; a return may not be passed.
    fn is_call(node: u32) -> bool {
        node != END && node.is_multiple_of(2)
    }

    fn unlink(&mut self, node: u32) {
        let (before, after) = (self.previous[node as usize], self.next[node as usize]);
        self.next[before as usize] = after;
        if after != END {
            self.previous[after as usize] = before;
        }
    }

    fn relink(&mut self, node: u32) {
        let (before, after) = (self.previous[node as usize], self.next[node as usize]);
        self.next[before as usize] = node;
        if after != END {
            self.previous[after as usize] = node;
        }
    }

    /// Marks an operation as placed, or as not placed.
    fn flip(&mut self, operation: usize) {
        self.bits[operation / 64] ^= 1 << (operation % 64);
        self.mix ^= mixed(operation as u64);
    }

    fn place(&mut self, operation: usize, before: u32, group: usize, forced: bool) {
        self.unlink(2 * operation as u32);
        if self.operations[operation].returned.is_some() {
            self.unlink(2 * operation as u32 + 1);
            self.left -= 1;
        }
        self.placed.push(Placed { operation, before, group, forced });
    }

    fn take_back(&mut self) -> Option<Placed> {
        let placed = self.placed.pop()?;
        if self.operations[placed.operation].returned.is_some() {
            self.relink(2 * placed.operation as u32 + 1);
            self.left += 1;
        }
        self.relink(2 * placed.operation as u32);
        self.flip(placed.operation);
        Some(placed)
    }

    /// Some(true) with an order in `placed`, Some(false) where there is none, None where there are too many states.
    fn run(&mut self, states_max: usize) -> Option<bool> {
        let mut state = 0;
        self.place_reads(state);
        let (mut group, mut node) = (0, self.head(0));
        while self.left > 0 {
            if !Self::is_call(node) {
                if group + 1 < self.groups {
                    group += 1;
                    node = self.head(group);
                    continue;
                }
                self.note(state);
                // Back to the last choice.
                let choice = loop {
                    let Some(placed) = self.take_back() else { return Some(false) };
                    if !placed.forced {
                        break placed;
                    }
                };
                state = choice.before;
                (group, node) = (choice.group, self.next[2 * choice.operation]);
                continue;
            }
            let n = node as usize / 2;
            let Some(next) = self.try_call(state, n) else {
                node = self.next[node as usize];
                continue;
            };
            if self.cache.len() >= states_max {
                return None;
            }
            self.place(n, state, group, false);
            state = next;
            self.place_reads(state);
            (group, node) = (0, self.head(0));
        }
        Some(true)
    }

    /// The state after a call, if it fits and leads to something new.
    fn try_call(&mut self, state: u32, n: usize) -> Option<u32> {
        let operation = self.operations[n];
        let next = self.states.step(state, n, operation)?;
        if operation.returned.is_none() && next == state {
            return None;
        }
        self.flip(n);
        if self.cache.insert(self.mix ^ mixed(u64::from(next) ^ 0x5bd1_e995_0000_0000), &self.bits, next) {
            return Some(next);
        }
        self.flip(n);
        None
    }

    /// Places every read that may come next and fits.
    fn place_reads(&mut self, state: u32) {
        for group in 0..self.groups {
            let mut node = self.head(group);
            while Self::is_call(node) {
                let n = node as usize / 2;
                let operation = self.operations[n];
                let fits = States::only_reads(operation) && self.states.step(state, n, operation).is_some();
                if fits {
                    self.flip(n);
                    self.place(n, state, group, true);
                    // A return that is gone may let more calls come next.
                    node = self.head(group);
                } else {
                    node = self.next[node as usize];
                }
            }
        }
    }

    /// Takes down how far one has come, where nothing can follow.
    fn note(&mut self, state: u32) {
        let firsts: Vec<u32> = (0..self.groups).filter_map(|g| self.first_return(g)).collect();
        let Some(&first) = firsts.first() else { return };
        let reached = if self.by_time {
            self.operations[first as usize / 2].returned.map_or(0, |mark| mark.place)
        } else {
            usize::MAX - self.left
        };
        let best = self.best.as_ref().map_or(0, |(far, ..)| *far);
        if self.best.is_none() || reached > best {
            let order = self.placed.iter().map(|p| p.operation).collect();
            let breaks = firsts.iter().map(|node| *node as usize / 2).collect();
            self.best = Some((reached, Stuck { order, breaks, states: Vec::new() }, vec![state]));
        } else if reached == best
            && let Some((_, _, states)) = &mut self.best
            && states.len() < WHY_MAX
            && !states.contains(&state)
        {
            states.push(state);
        }
    }

    /// The first return in a list, as a node.
    fn first_return(&self, group: usize) -> Option<u32> {
        let mut node = self.head(group);
        while Self::is_call(node) {
            node = self.next[node as usize];
        }
        (node != END).then_some(node)
    }

    fn stuck(&mut self) -> Stuck {
        let Some((_, mut stuck, states)) = self.best.take() else { return Stuck::default() };
        if let Some(&first) = stuck.breaks.first() {
            stuck.states = states.iter().map(|state| self.states.words(*state, self.operations[first])).collect();
            stuck.states.sort();
            stuck.states.dedup();
        }
        stuck
    }
}
