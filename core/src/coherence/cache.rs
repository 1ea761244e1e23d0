//! A set-associative cache: ways of sets, the least recently used one goes first.

use super::{Family, Rules, State, Supplier};

/// A place for a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Way<K, V> {
    /// Which line: also of one that has become invalid, until another takes the place.
    pub key: K,
    /// Its state; I where there was never one.
    pub state: State,
    /// What is in it.
    pub value: V,
    /// When it was used last, counted in uses of the cache; 0 where it never was.
    used: u64,
}

/// Sets of ways. A set holds as many lines as it has ways.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cache<K, V> {
    ways: usize,
    slots: Vec<Way<K, V>>,
    uses: u64,
}

impl<K: Clone + Default + PartialEq, V: Clone + Default> Cache<K, V> {
    /// An empty cache.
    ///
    /// # Panics
    /// When it has no place at all.
    #[must_use]
    pub fn new(sets: usize, ways: usize) -> Cache<K, V> {
        assert!(sets > 0 && ways > 0, "a cache has a place for one line at least");
        let empty = Way { key: K::default(), state: State::I, value: V::default(), used: 0 };
        Cache { ways, slots: vec![empty; sets * ways], uses: 0 }
    }

    /// Its sets, in order.
    pub fn sets(&self) -> impl Iterator<Item = &[Way<K, V>]> {
        self.slots.chunks(self.ways)
    }

    /// Where a line is, if the cache has it.
    #[inline]
    #[must_use]
    pub fn find(&self, set: usize, key: &K) -> Option<usize> {
        let first = set * self.ways;
        let here = self.slots[first..first + self.ways].iter().position(|w| w.key == *key && w.state.is_valid());
        here.map(|way| first + way)
    }

    /// The place for a new line: one that is invalid (that of the same line before others), else the least recently used.
    #[must_use]
    pub fn victim(&self, set: usize, key: &K) -> usize {
        let first = set * self.ways;
        let ways = &self.slots[first..first + self.ways];
        let free = |w: &Way<K, V>| !w.state.is_valid();
        let own = ways.iter().position(|w| free(w) && w.used > 0 && w.key == *key);
        let oldest = || (0..ways.len()).min_by_key(|&way| ways[way].used).expect("a set has a way");
        first + own.or_else(|| ways.iter().position(free)).unwrap_or_else(oldest)
    }

    /// What is at a place.
    #[inline]
    #[must_use]
    pub fn at(&self, slot: usize) -> &Way<K, V> {
        &self.slots[slot]
    }

    /// Changes the state of what is at a place.
    #[inline]
    pub fn set_state(&mut self, slot: usize, state: State) {
        self.slots[slot].state = state;
    }

    /// Changes the value of what is at a place.
    pub fn set_value(&mut self, slot: usize, value: V) {
        self.slots[slot].value = value;
    }

    /// Puts a line to a place.
    #[inline]
    pub fn put(&mut self, slot: usize, key: K, state: State, value: V) {
        self.slots[slot] = Way { key, state, value, used: self.slots[slot].used };
        self.touch(slot);
    }

    /// The line at a place was used.
    #[inline]
    pub fn touch(&mut self, slot: usize) {
        self.uses += 1;
        self.slots[slot].used = self.uses;
    }

    /// Whether there was ever a line at a place.
    #[must_use]
    pub fn was_used(&self, slot: usize) -> bool {
        self.slots[slot].used > 0
    }

    /// How many lines of the same set were used after the one at a place: 0 is the latest.
    #[must_use]
    pub fn rank(&self, slot: usize) -> usize {
        let set = slot / self.ways * self.ways;
        let used = self.slots[slot].used;
        self.slots[set..set + self.ways].iter().filter(|w| w.state.is_valid() && w.used > used).count()
    }

    /// The lines that the cache has.
    pub fn valid(&self) -> impl Iterator<Item = &Way<K, V>> {
        self.slots.iter().filter(|w| w.state.is_valid())
    }

    /// Places for lines.
    #[must_use]
    pub fn places(&self) -> usize {
        self.slots.len()
    }
}

/// Most bytes of a cache: more than any that was built.
pub const SIZE_BYTES_MAX: u64 = 1 << 30;
/// Most lines of a cache: 64 MB in lines of 64 bytes, and the tables of 64 such caches fit into memory.
pub const LINES_MAX: u64 = 1 << 20;

/// Size and protocol of caches that are all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Bytes of a cache.
    pub size: u64,
    /// Lines of a set.
    pub ways: u64,
    /// Bytes of a line.
    pub line: u64,
    /// MESI or one of its relatives.
    pub family: Family,
    /// Who gives a clean line.
    pub supplier: Supplier,
}

impl Shape {
    /// How addresses fall into its lines and sets.
    ///
    /// # Errors
    /// One sentence, where its numbers do not fit together.
    pub fn geometry(&self) -> Result<Geometry, String> {
        Geometry::new(self.size, self.ways, self.line)
    }

    /// How the caches keep coherent.
    #[must_use]
    pub const fn rules(&self) -> Rules {
        Rules { family: self.family, supplier: self.supplier }
    }
}

/// How addresses fall into lines and sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Geometry {
    line_bits: u32,
    sets: u64,
    ways: u64,
}

impl Geometry {
    /// A cache of so many bytes, with so many ways of lines of so many bytes.
    ///
    /// # Errors
    /// One sentence, where these do not fit together.
    pub fn new(size: u64, ways: u64, line: u64) -> Result<Geometry, String> {
        if !line.is_power_of_two() {
            return Err(format!("a line has a power of two of bytes, not {line}"));
        }
        if ways == 0 || size == 0 || size > SIZE_BYTES_MAX {
            return Err(format!("a cache has a way at least, and from 1 to {SIZE_BYTES_MAX} bytes"));
        }
        let set = ways.checked_mul(line).filter(|set| size.is_multiple_of(*set) && (size / set).is_power_of_two());
        let Some(set) = set else {
            return Err(format!(
                "{size} bytes do not make a power of two of sets with {ways} ways of {line} bytes each"
            ));
        };
        if size / line > LINES_MAX {
            return Err(format!("a cache has at most {LINES_MAX} lines, not {}", size / line));
        }
        Ok(Geometry { line_bits: line.trailing_zeros(), sets: size / set, ways })
    }

    /// Number of sets.
    #[must_use]
    pub const fn sets(&self) -> usize {
        self.sets as usize
    }

    /// Lines of a set.
    #[must_use]
    pub const fn ways(&self) -> usize {
        self.ways as usize
    }

    /// The number of the line that an address is in.
    #[inline]
    #[must_use]
    pub const fn line(&self, address: u64) -> u64 {
        address >> self.line_bits
    }

    /// The first address of a line.
    #[must_use]
    pub const fn base(&self, line: u64) -> u64 {
        line << self.line_bits
    }

    /// The set of a line.
    #[inline]
    #[must_use]
    pub const fn set(&self, line: u64) -> usize {
        (line & (self.sets - 1)) as usize
    }
}
