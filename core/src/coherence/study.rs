//! A recorded trace run through caches, with the way to any access of it and the reason for each miss.
//!
//! Why a line was missing follows how it left the cache, as in Culler & Singh 1999, §5.4: never there (cold), thrown out
//! for another line (replaced), or taken away because somebody else wrote. In the last case the miss is *true sharing* if
//! the word that is accessed now was written by another processor since then, and *false sharing* if only other words of
//! the line were (Eggers & Jeremiassen, "Eliminating False Sharing", ICPP 1991). A word is what has the same address: a
//! trace says where an access begins, not how long it is. A line that was taken away is remembered for ever here; caches
//! on the simulated bus tell both sorts apart only while the old content is still in its place.

use super::{Access, Counters, Does, Event, Geometry, Held, Outcome, Rules, State, System, Transaction, table};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most processors of a trace: more are on no bus.
pub const PROCESSORS_MAX: usize = 64;
/// Most accesses that are kept.
pub const ACCESSES_MAX: usize = 1_000_000;
/// Most places of all caches together: what a page has room for.
const PLACES_MAX: usize = 1 << 20;
/// Room for states on the way, in places of caches.
const SNAPSHOT_PLACES: usize = 1 << 20;
/// Fewest accesses from one kept state to the next.
const SPACING_MIN: usize = 4_096;

/// Accesses in little room: nine bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accesses {
    addresses: Vec<u64>,
    /// Processor, and in the lowest bit whether it writes.
    who: Vec<u8>,
    processors: usize,
}

impl Accesses {
    /// Takes one more. False when there is no room for it, or no such processor.
    pub fn push(&mut self, access: Access) -> bool {
        if self.len() == ACCESSES_MAX || access.processor >= PROCESSORS_MAX {
            return false;
        }
        self.addresses.push(access.address);
        self.who.push((access.processor << 1) as u8 | u8::from(access.write));
        self.processors = self.processors.max(access.processor + 1);
        true
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }

    /// How many processors they name: one more than the highest.
    #[must_use]
    pub fn processors(&self) -> usize {
        self.processors
    }

    /// One of them, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Access {
        let who = self.who[index];
        Access { processor: usize::from(who >> 1), write: who & 1 == 1, address: self.addresses[index] }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Access> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The whole as a trace file.
    #[must_use]
    pub fn text(&self) -> String {
        let line = |a: Access| format!("{} {} {:x}\n", a.processor, if a.write { 'w' } else { 'r' }, a.address);
        self.iter().map(line).collect()
    }
}

/// Why a line was not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It was never in this cache.
    Cold,
    /// Another line took its place.
    Replaced,
    /// Another processor wrote the very word.
    TrueSharing,
    /// Other processors wrote other words of the line only.
    FalseSharing,
}

impl Cause {
    /// All causes.
    pub const ALL: [Cause; 4] = [Cause::Cold, Cause::Replaced, Cause::TrueSharing, Cause::FalseSharing];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Cause::Cold => "cold",
            Cause::Replaced => "replaced",
            Cause::TrueSharing => "true sharing",
            Cause::FalseSharing => "false sharing",
        }
    }

    /// What it says of a miss, as a sentence about "the line".
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Cause::Cold => "This cache never had the line.",
            Cause::Replaced => "The line was here, and had to make room for another one of its set.",
            Cause::TrueSharing => {
                "The line was here, and was taken away because another processor wrote; since then another processor has written the very word that is wanted now."
            }
            Cause::FalseSharing => {
                "The line was here, and was taken away because another processor wrote; but only other words of the line were written since then, not the one that is wanted now."
            }
        }
    }
}

/// What came of an access, in a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course(u8);

impl Course {
    const CAUSE: u8 = 0b111;
    const UPGRADE: u8 = 1 << 3;
    const WRITE_BACK: u8 = 1 << 4;
    const FLUSH: u8 = 1 << 5;
    const TAKES: u8 = 1 << 6;

    fn new(cause: Option<Cause>, flags: [(u8, bool); 4]) -> Course {
        let set = flags.into_iter().filter(|(_, is)| *is).map(|(flag, _)| flag).sum::<u8>();
        Course(cause.map_or(0, |cause| cause as u8 + 1) | set)
    }

    /// Why it missed; `None`: a hit.
    #[must_use]
    pub fn cause(self) -> Option<Cause> {
        usize::from(self.0 & Course::CAUSE).checked_sub(1).map(|i| Cause::ALL[i])
    }

    /// Whether it is of a sort that somebody looks for.
    #[must_use]
    pub fn is(self, sort: Sort) -> bool {
        match sort {
            Sort::Any => true,
            Sort::Miss => self.cause().is_some(),
            Sort::FalseSharing => self.cause() == Some(Cause::FalseSharing),
            Sort::TrueSharing => self.cause() == Some(Cause::TrueSharing),
            Sort::Upgrade => self.0 & Course::UPGRADE != 0,
            Sort::Invalidation => self.0 & Course::TAKES != 0,
            Sort::WriteBack => self.0 & (Course::WRITE_BACK | Course::FLUSH) != 0,
        }
    }
}

/// Sorts of accesses that one may look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Each one.
    Any,
    /// It missed.
    Miss,
    /// It missed by false sharing.
    FalseSharing,
    /// It missed by true sharing.
    TrueSharing,
    /// It had the line shared and wrote.
    Upgrade,
    /// It took the line from another cache.
    Invalidation,
    /// It brought a modified line into memory: its own, or that of another cache.
    WriteBack,
}

impl Sort {
    /// All sorts, with their names.
    pub const ALL: [(Sort, &'static str); 7] = [
        (Sort::Any, "any access"),
        (Sort::Miss, "miss"),
        (Sort::FalseSharing, "false sharing"),
        (Sort::TrueSharing, "true sharing"),
        (Sort::Upgrade, "upgrade"),
        (Sort::Invalidation, "invalidation"),
        (Sort::WriteBack, "write-back"),
    ];
}

/// Accesses that one looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Their sort.
    pub sort: Sort,
    /// The line that they are to, by an address in it; none: any.
    pub line: Option<u64>,
}

/// What a line costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineTally {
    /// Misses on it, by their cause.
    pub misses: [u32; 4],
    /// How often a cache lost it to another's write.
    pub invalidations: u32,
}

impl LineTally {
    /// Misses of a cause.
    #[must_use]
    pub fn of(&self, cause: Cause) -> u32 {
        self.misses[cause as usize]
    }

    /// All misses on it.
    #[must_use]
    pub fn all(&self) -> u32 {
        self.misses.iter().sum()
    }
}

/// What a processor does to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordUse {
    /// The word.
    pub address: u64,
    /// The processor.
    pub processor: usize,
    /// Its reads.
    pub reads: u32,
    /// Its writes.
    pub writes: u32,
}

/// What an access did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The access.
    pub access: Access,
    /// The first address of its line.
    pub line: u64,
    /// The set that the line falls into.
    pub set: usize,
    /// Hit or miss.
    pub course: Course,
    /// What the bus was asked for.
    pub asked: Option<Transaction>,
    /// What it was asked for then.
    pub then: Option<Transaction>,
    /// The cache that gave the line; none: memory did, or nothing had to come.
    pub from: Option<usize>,
    /// The line that had to go, by its first address, with its state.
    pub evicted: Option<(u64, State)>,
    /// Caches whose line changed, with its state before and after.
    pub changes: Vec<(usize, State, State)>,
}

/// How a line left a cache: at which access, and whether by another's write.
#[derive(Clone, Copy, Debug)]
struct Left {
    at: u32,
    taken: bool,
}

/// The last writes of a word: the last one, and the last one by somebody else than who made that one. Who writes past
/// his cache may have been the last himself.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    last: Option<(u32, u8)>,
    by_another: Option<u32>,
}

impl Written {
    fn note(&mut self, index: u32, processor: usize) {
        if let Some((before, _)) = self.last.filter(|(_, by)| usize::from(*by) != processor) {
            self.by_another = Some(before);
        }
        self.last = Some((index, processor as u8));
    }

    /// Whether somebody else has written it at an access or after it.
    fn since(self, at: u32, processor: usize) -> bool {
        let index = match self.last {
            Some((index, by)) if usize::from(by) != processor => Some(index),
            _ => self.by_another,
        };
        index.is_some_and(|index| index >= at)
    }
}

/// A trace run through caches.
#[derive(Clone, Debug)]
pub struct Study {
    geometry: Geometry,
    /// After all that was run.
    system: System,
    courses: Vec<Course>,
    /// Per processor: how lines that are not there any more have left.
    left: Vec<BTreeMap<u64, Left>>,
    /// When each word was last written, and by whom.
    written: BTreeMap<u64, Written>,
    lines: BTreeMap<u64, LineTally>,
    spacing: usize,
    /// States after 0, `spacing`, 2 × `spacing`… accesses.
    snapshots: Vec<System>,
    /// Where somebody looks.
    position: usize,
    there: System,
}

impl Study {
    /// Empty caches.
    ///
    /// # Errors
    /// One sentence, when there would be too many lines.
    pub fn new(processors: usize, geometry: Geometry, rules: impl Into<Rules>) -> Result<Study, String> {
        let places = processors.max(1) * geometry.sets() * geometry.ways();
        if processors > PROCESSORS_MAX || places > PLACES_MAX {
            return Err(format!(
                "{processors} caches of {} lines are too much: at most {PLACES_MAX} lines in all, and {PROCESSORS_MAX} caches",
                places / processors.max(1)
            ));
        }
        let system = System::new(processors, geometry, rules);
        let spacing = (places * ACCESSES_MAX / SNAPSHOT_PLACES).max(SPACING_MIN);
        Ok(Study {
            geometry,
            courses: Vec::new(),
            left: vec![BTreeMap::new(); processors],
            written: BTreeMap::new(),
            lines: BTreeMap::new(),
            spacing,
            snapshots: vec![system.clone()],
            position: 0,
            there: system.clone(),
            system,
        })
    }

    /// Runs up to so many accesses more. True when all were run.
    ///
    /// # Panics
    /// When they name a processor that there is not.
    pub fn run(&mut self, accesses: &Accesses, budget: usize) -> bool {
        let end = accesses.len().min(self.courses.len() + budget);
        for index in self.courses.len()..end {
            if index > 0 && index.is_multiple_of(self.spacing) {
                self.snapshots.push(self.system.clone());
            }
            let course = self.serve(index as u32, accesses.get(index));
            self.courses.push(course);
        }
        end == accesses.len()
    }

    fn serve(&mut self, index: u32, access: Access) -> Course {
        let Access { processor, write, address } = access;
        let own = self.system.state(processor, address);
        let event = if write { Event::PrWr } else { Event::PrRd };
        let silent = table(self.system.rules().family, own, event).is_some_and(|cell| cell.does == Does::Hit);
        let others = if silent { Others::default() } else { self.others(processor, address, write) };
        let outcome = self.system.access(processor, write, address);
        let course = if silent { Course::default() } else { self.note(index, access, own, others, outcome) };
        if write {
            self.written.entry(address).or_default().note(index, processor);
        }
        course
    }

    /// Notes what an access did that needed the bus, before its own write is noted.
    fn note(&mut self, index: u32, access: Access, own: State, others: Others, outcome: Outcome) -> Course {
        let Access { processor, write, address } = access;
        let line = self.geometry.line(address);
        let cause = (!own.is_valid()).then(|| self.cause(processor, line, address));
        if let Some(cause) = cause {
            // What is written past the cache comes in at a later miss, with the same cause.
            if self.system.state(processor, address).is_valid() {
                self.left[processor].remove(&line);
            }
            self.lines.entry(line).or_default().misses[cause as usize] += 1;
        }
        if let Some((evicted, _)) = outcome.evicted {
            self.left[processor].insert(evicted, Left { at: index, taken: false });
        }
        if write && others.holders != 0 {
            for (other, left) in self.left.iter_mut().enumerate().filter(|(p, _)| others.holders >> p & 1 == 1) {
                debug_assert_ne!(other, processor, "who writes keeps the line");
                left.insert(line, Left { at: index, taken: true });
            }
            self.lines.entry(line).or_default().invalidations += others.holders.count_ones();
        }
        Course::new(
            cause,
            [
                (Course::UPGRADE, outcome.asked == Some(Transaction::BusUpgr)),
                (Course::WRITE_BACK, outcome.evicted.is_some_and(|(_, state)| state.is_dirty())),
                (Course::FLUSH, others.flushes),
                (Course::TAKES, write && others.holders != 0),
            ],
        )
    }

    fn others(&self, processor: usize, address: u64, write: bool) -> Others {
        let others = (0..self.left.len()).filter(|&p| p != processor);
        let (family, event) = (self.system.rules().family, if write { Event::BusRdX } else { Event::BusRd });
        others.fold(Others::default(), |all, p| {
            let state = self.system.state(p, address);
            let holders = all.holders | u64::from(state.is_valid()) << p;
            let flushes = table(family, state, event).is_some_and(|cell| cell.does == Does::Flush);
            Others { holders, flushes: all.flushes || flushes }
        })
    }

    fn cause(&self, processor: usize, line: u64, address: u64) -> Cause {
        match self.left[processor].get(&line) {
            None => Cause::Cold,
            Some(Left { taken: false, .. }) => Cause::Replaced,
            Some(Left { at, .. })
                if self.written.get(&address).is_some_and(|written| written.since(*at, processor)) =>
            {
                Cause::TrueSharing
            }
            Some(_) => Cause::FalseSharing,
        }
    }

    /// How many accesses were run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.courses.len()
    }

    /// Whether nothing was run yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.courses.is_empty()
    }

    /// How addresses fall into lines and sets.
    #[must_use]
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// What each cache has counted over all that was run.
    #[must_use]
    pub fn counters(&self) -> &[Counters] {
        self.system.counters()
    }

    /// What came of an access, counted from 0.
    #[must_use]
    pub fn course(&self, index: usize) -> Course {
        self.courses[index]
    }

    /// How often each cause, in so many stretches of the trace of the same length; the last may be shorter.
    #[must_use]
    pub fn stretches(&self, count: usize) -> Vec<[u32; 4]> {
        let mut sums = vec![[0; 4]; count];
        let all = self.len().max(1);
        for (index, course) in self.courses.iter().enumerate() {
            if let Some(cause) = course.cause() {
                sums[index * count / all][cause as usize] += 1;
            }
        }
        sums
    }

    /// The lines that cost most, by their first addresses: those with sharing misses first, then by all misses.
    #[must_use]
    pub fn costly(&self, most: usize) -> Vec<(u64, LineTally)> {
        let mut lines: Vec<(u64, LineTally)> = self.lines.iter().map(|(line, tally)| (*line, *tally)).collect();
        let shared = |t: &LineTally| t.of(Cause::TrueSharing) + t.of(Cause::FalseSharing);
        lines.sort_by_key(|(line, tally)| (Reverse((shared(tally), tally.all())), *line));
        lines.truncate(most);
        lines.iter().map(|(line, tally)| (self.geometry.base(*line), *tally)).collect()
    }

    /// Who uses which words of a line, in the order of the words; a look through all accesses that were run.
    #[must_use]
    pub fn words(&self, accesses: &Accesses, base: u64) -> Vec<WordUse> {
        let line = self.geometry.line(base);
        let mut words: BTreeMap<(u64, usize), (u32, u32)> = BTreeMap::new();
        for access in accesses.iter().take(self.len()).filter(|a| self.geometry.line(a.address) == line) {
            let (reads, writes) = words.entry((access.address, access.processor)).or_default();
            *if access.write { writes } else { reads } += 1;
        }
        let word = |((address, processor), (reads, writes))| WordUse { address, processor, reads, writes };
        words.into_iter().map(word).collect()
    }

    /// The number of the next or last access that is looked for, seen from behind so many accesses; accesses are counted
    /// from 1.
    #[must_use]
    pub fn find(&self, accesses: &Accesses, from: usize, forward: bool, wanted: Wanted) -> Option<usize> {
        let on_it =
            |base: u64, index: usize| self.geometry.line(accesses.get(index).address) == self.geometry.line(base);
        let is =
            |index: &usize| self.courses[*index].is(wanted.sort) && wanted.line.is_none_or(|base| on_it(base, *index));
        let index = if forward {
            (from.min(self.len())..self.len()).find(is)
        } else {
            (0..from.min(self.len()).saturating_sub(1)).rev().find(is)
        };
        index.map(|index| index + 1)
    }

    /// How many accesses lie before where one looks.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes to just behind so many accesses, as far as that many were run.
    pub fn seek(&mut self, accesses: &Accesses, position: usize) {
        let position = position.min(self.len());
        let kept = (position / self.spacing).min(self.snapshots.len() - 1);
        if position < self.position || self.position < kept * self.spacing {
            self.there = self.snapshots[kept].clone();
            self.position = kept * self.spacing;
        }
        for index in self.position..position {
            let Access { processor, write, address } = accesses.get(index);
            self.there.access(processor, write, address);
        }
        self.position = position;
    }

    /// Goes to just behind an access, counted from 1, and tells what it did. `None` at the beginning, or past the end.
    pub fn step_to(&mut self, accesses: &Accesses, number: usize) -> Option<Step> {
        let index = number.checked_sub(1).filter(|index| *index < self.len());
        let Some(index) = index else {
            self.seek(accesses, number);
            return None;
        };
        self.seek(accesses, index);
        let access = accesses.get(index);
        let states = |system: &System| -> Vec<State> {
            (0..system.processors()).map(|p| system.state(p, access.address)).collect()
        };
        let before = states(&self.there);
        let Outcome { asked, then, evicted, from } = self.there.access(access.processor, access.write, access.address);
        self.position = number;
        let changes = before.into_iter().zip(states(&self.there)).enumerate();
        let line = self.geometry.line(access.address);
        Some(Step {
            access,
            line: self.geometry.base(line),
            set: self.geometry.set(line),
            course: self.courses[index],
            asked,
            then,
            from,
            evicted: evicted.map(|(line, state)| (self.geometry.base(line), state)),
            changes: changes.filter(|(_, (from, to))| from != to).map(|(p, (from, to))| (p, from, to)).collect(),
        })
    }

    /// What each cache has counted until where one looks.
    #[must_use]
    pub fn counters_here(&self) -> &[Counters] {
        self.there.counters()
    }

    /// The places of a set of a cache where one looks; `None` where there was never a line.
    #[must_use]
    pub fn set(&self, processor: usize, set: usize) -> Vec<Option<Held>> {
        self.there.set(processor, set)
    }
}

/// What the other caches have of a line: a bit for each that has it.
#[derive(Clone, Copy, Debug, Default)]
struct Others {
    holders: u64,
    /// One of them puts a modified line on the bus, for memory, too.
    flushes: bool,
}

#[cfg(test)]
mod tests;
