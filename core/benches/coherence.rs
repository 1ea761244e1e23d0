//! How fast memory traces go through coherent caches: `cargo bench -p lightcone-core --bench coherence`.
//!
//! Ten million accesses of four processors with caches of 8 kB, 8 ways, lines of 64 bytes, 95 of a hundred hits. Without
//! `--bench` among its arguments, as in `cargo test --benches`, it only shows that it works.
#![allow(clippy::disallowed_types, reason = "a benchmark is about wall-clock time")]

use lightcone_core::coherence::{Access, Family, Geometry, System, TraceReader};
use std::hint::black_box;
use std::time::Instant;

const CPUS: usize = 4;
/// Rounds of each measurement; the fastest counts, because whatever disturbs only slows down.
const ROUNDS: usize = 3;

/// Numbers that look random.
struct Bits(u64);

impl Bits {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Accesses of which about 95 of a hundred hit: mostly to a few lines of a processor's own, some to lines that all share,
/// and some to lines that nobody had before.
fn accesses(count: usize) -> Vec<Access> {
    let mut bits = Bits(88_172_645_463_325_252);
    let mut fresh = 0x10_0000_0000;
    let mut one = || {
        let processor = (bits.next() % CPUS as u64) as usize;
        let what = bits.next();
        let write = what % 10 < 3;
        let word = (what >> 20) % 8 * 8;
        let address = match (what >> 8) % 1_000 {
            0..32 => {
                fresh += 64;
                fresh
            }
            // Shared lines are mostly read, or they would go back and forth all the time.
            32..112 => {
                return Access {
                    processor,
                    write: (what >> 40).is_multiple_of(20),
                    address: (what >> 24) % 16 * 64 + word,
                };
            }
            _ => 0x100_0000 * (processor as u64 + 1) + (what >> 24) % 64 * 64 + word,
        };
        Access { processor, write, address }
    };
    (0..count).map(|_| one()).collect()
}

fn system() -> System {
    let geometry = Geometry::new(8_192, 8, 64).expect("a cache of 8 kB");
    System::new(CPUS, geometry, Family::Mesi)
}

fn serve(system: &mut System, access: Access) {
    black_box(system.access(access.processor, access.write, access.address));
}

/// Accesses a second, the best of some rounds, and how many of a hundred hit.
fn measure(count: usize, mut round: impl FnMut() -> System) -> (f64, f64) {
    let (mut best, mut hits) = (f64::INFINITY, 0.0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let system = round();
        best = best.min(start.elapsed().as_secs_f64());
        let sum =
            |value: fn(&lightcone_core::coherence::Counters) -> u64| system.counters().iter().map(value).sum::<u64>();
        assert_eq!(sum(|c| c.reads + c.writes), count as u64);
        hits = 100.0 - 100.0 * sum(|c| c.read_misses + c.write_misses) as f64 / count as f64;
    }
    (count as f64 / best, hits)
}

fn main() {
    let count = if std::env::args().any(|a| a == "--bench") { 10_000_000 } else { 10_000 };
    let accesses = accesses(count);
    let mut text = String::new();
    for Access { processor, write, address } in &accesses {
        text += &format!("{processor} {} {address:x}\n", if *write { 'w' } else { 'r' });
    }
    let (bare, hits) = measure(count, || {
        let mut system = system();
        accesses.iter().for_each(|access| serve(&mut system, *access));
        system
    });
    let (parsed, _) = measure(count, || {
        let (mut system, mut reader) = (system(), TraceReader::new(CPUS));
        let read = reader.read(text.as_bytes(), |access| serve(&mut system, access)).expect("a trace");
        assert_eq!(read, text.len());
        system
    });
    println!("hits of a hundred accesses     {hits:>12.1}");
    println!("memory accesses                {bare:>12.0} a second (at least 20000000)");
    println!("the same, read from text       {parsed:>12.0} a second (at least 10000000)");
}
