//! The table cell by cell, caches against a plain model, and traces that are none.

use super::*;

const NONE: &str = "cannot happen";

/// The rows of each family, in the order of its states and of the events.
const TABLES: [(Family, &[[&str; 7]]); 6] = [
    (
        Family::Msi,
        &[
            ["hit M", "hit M", "flush S", "flush I", NONE, NONE, "WriteBack I"],
            ["hit S", "BusUpgr M", "S S", "S I", "S I", NONE, "S I"],
            ["BusRd S", "BusRdX M", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
    (
        Family::Mesi,
        &[
            ["hit M", "hit M", "flush S", "flush I", NONE, NONE, "WriteBack I"],
            ["hit E", "hit M", "E S", "E I", NONE, NONE, "E I"],
            ["hit S", "BusUpgr M", "S S", "S I", "S I", NONE, "S I"],
            ["BusRd E", "BusRdX M", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
    (
        Family::Moesi,
        &[
            ["hit M", "hit M", "supply O", "supply I", NONE, NONE, "WriteBack I"],
            ["hit O", "BusUpgr M", "supply O", "supply I", "O I", NONE, "WriteBack I"],
            ["hit E", "hit M", "E S", "E I", NONE, NONE, "E I"],
            ["hit S", "BusUpgr M", "S S", "S I", "S I", NONE, "S I"],
            ["BusRd E", "BusRdX M", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
    (
        Family::Mesif,
        &[
            ["hit M", "hit M", "flush S", "flush I", NONE, NONE, "WriteBack I"],
            ["hit E", "hit M", "supply S", "supply I", NONE, NONE, "E I"],
            ["hit F", "BusUpgr M", "supply S", "supply I", "F I", NONE, "F I"],
            ["hit S", "BusUpgr M", "S S", "S I", "S I", NONE, "S I"],
            ["BusRd E", "BusRdX M", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
    (
        Family::Through,
        &[
            ["hit V", "BusWr V", "V V", NONE, NONE, "V I", "V I"],
            ["BusRd V", "BusWr I", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
    (
        Family::ThroughAllocate,
        &[
            ["hit V", "BusWr V", "V V", NONE, NONE, "V I", "V I"],
            ["BusRd V", "BusRd V", "I I", "I I", "I I", "I I", "I I"],
        ],
    ),
];

#[test]
fn the_table_is_the_one_of_the_literature() {
    let told = |family: Family, state: State, event: Event| match table(family, state, event) {
        None => "cannot happen".to_string(),
        Some(Cell { to, does: Does::Hit }) => format!("hit {}", to.letter()),
        Some(Cell { to, does: Does::Nothing }) => format!("{} {}", state.letter(), to.letter()),
        Some(Cell { to, does: Does::Flush }) => format!("flush {}", to.letter()),
        Some(Cell { to, does: Does::Supply }) => format!("supply {}", to.letter()),
        Some(Cell { to, does: Does::Ask(what) }) => format!("{} {}", what.name(), to.letter()),
    };
    for (family, rows) in TABLES {
        assert_eq!(family.states().len(), rows.len(), "{}", family.name());
        for (state, row) in family.states().iter().zip(rows) {
            for (event, expected) in Event::ALL.into_iter().zip(row) {
                assert_eq!(
                    told(family, *state, event),
                    *expected,
                    "{}: {} {}",
                    family.name(),
                    state.name(),
                    event.name()
                );
            }
        }
    }
    assert_eq!(Family::Mesif.after_read(true), State::F);
    assert_eq!(Family::Mesi.after_read(true), State::S);
    assert_eq!(Family::Mesi.after_read(false), State::E);
    assert_eq!(Family::Msi.after_read(false), State::S);
}

/// A number that follows from a seed.
fn next(bits: &mut u64) -> u64 {
    *bits ^= *bits << 13;
    *bits ^= *bits >> 7;
    *bits ^= *bits << 17;
    *bits
}

/// Caches as lists, the least recently used line first; lines that were invalidated stay where they are, as free places.
struct Plain {
    ways: usize,
    sets: u64,
    caches: Vec<Vec<Vec<(u64, State)>>>,
}

impl Plain {
    fn state(&self, cpu: usize, line: u64) -> State {
        let set = &self.caches[cpu][(line % self.sets) as usize];
        set.iter().find(|(key, _)| *key == line).map_or(State::I, |(_, state)| *state)
    }

    fn access(&mut self, cpu: usize, write: bool, line: u64) {
        let others = (0..self.caches.len()).filter(|&other| other != cpu && self.state(other, line) != State::I);
        let others: Vec<usize> = others.collect();
        let index = (line % self.sets) as usize;
        let had = self.state(cpu, line);
        let to = match (write, had) {
            (true, _) => State::M,
            (false, State::I) if others.is_empty() => State::E,
            (false, State::I) => State::S,
            (false, had) => had,
        };
        if write || had == State::I {
            for other in others {
                let set = &mut self.caches[other][index];
                if write {
                    set.retain(|(key, _)| *key != line);
                } else {
                    set.iter_mut().filter(|(key, _)| *key == line).for_each(|(_, state)| *state = State::S);
                }
            }
        }
        let set = &mut self.caches[cpu][index];
        set.retain(|(key, _)| *key != line);
        if set.len() == self.ways {
            set.remove(0);
        }
        set.push((line, to));
    }
}

#[test]
fn random_accesses_leave_the_states_that_a_plain_model_has() {
    for (seed, ways) in [(3, 1), (5, 2), (7, 4), (11, 8)] {
        let (mut bits, line) = (seed, 16);
        let geometry = Geometry::new(4 * ways * line, ways, line).expect("it fits");
        let mut system = System::new(3, geometry, Family::Mesi);
        let mut plain =
            Plain { ways: ways as usize, sets: geometry.sets() as u64, caches: vec![vec![Vec::new(); 4]; 3] };
        let lines = 10 * ways;
        for step in 0..20_000 {
            let (cpu, number) = ((next(&mut bits) % 3) as usize, next(&mut bits) % lines);
            let write = next(&mut bits).is_multiple_of(3);
            system.access(cpu, write, number * line + next(&mut bits) % line);
            plain.access(cpu, write, number);
            if step % 50 == 0 {
                for cpu in 0..3 {
                    for number in 0..lines {
                        assert_eq!(system.state(cpu, number * line), plain.state(cpu, number), "{ways} ways, {step}");
                    }
                }
            }
        }
        for counters in system.counters() {
            let Counters { read_misses, write_misses, cache_to_cache, memory, write_backs, flushes, .. } = *counters;
            assert_eq!(read_misses + write_misses, cache_to_cache + memory - write_backs);
            assert!(flushes > 0 && write_backs >= flushes && counters.rdx == write_misses && counters.upgr > 0);
        }
    }
}

#[test]
fn what_msi_pays_for_the_first_write_is_an_upgrade() {
    let geometry = Geometry::new(1_024, 2, 64).expect("it fits");
    for (family, upgrades) in [(Family::Mesi, 0), (Family::Msi, 10)] {
        let mut system = System::new(2, geometry, family);
        for line in 0..10 {
            system.access(0, false, line * 64);
            system.access(0, true, line * 64);
        }
        assert_eq!(system.counters()[0].upgr, upgrades);
    }
}

#[test]
fn what_does_not_go_together_is_refused_in_one_sentence() {
    for (family, (protocol, write)) in Family::ALL.map(|family| (family, family.settings())) {
        assert_eq!(rules_of(&protocol, write, "cache"), Ok(family.into()));
    }
    for (protocol, write, supplier, place, word) in [
        ("moesi", "through", "cache", 1, "leave it out"),
        ("mesif", "through-allocate", "memory", 1, "leave it out"),
        ("mesif", "back", "memory", 2, "the cache in F"),
    ] {
        let (which, told) = rules_of(protocol, write, supplier).expect_err("it does not go together");
        assert!(which == place && told.contains(word), "{told}");
    }
}

#[test]
fn sizes_that_do_not_fit_together_are_refused() {
    assert_eq!(Geometry::new(8_192, 8, 64).map(|g| (g.sets(), g.ways())), Ok((16, 8)));
    assert_eq!(Geometry::new(192, 3, 64).map(|g| (g.sets(), g.ways())), Ok((1, 3)));
    for (size, ways, line, word) in [
        (8_192, 8, 48, "power of two"),
        (8_000, 8, 64, "sets"),
        (0, 1, 64, "at least"),
        (64, 0, 64, "at least"),
        (64, 2, 64, "sets"),
        (1 << 40, 1, 64, "bytes"),
        (u64::MAX, u64::MAX, 1 << 63, "bytes"),
        (1 << 30, u64::MAX, 1 << 63, "sets"),
        (1 << 30, 1, 1, "lines"),
        (192, 1, 64, "sets"),
    ] {
        let told = Geometry::new(size, ways, line).expect_err("it does not fit");
        assert!(told.contains(word), "{told}");
    }
}

/// All accesses of a trace, read in pieces of so many bytes.
fn read(text: &[u8], piece: usize) -> Result<Vec<(usize, bool, u64)>, BadLine> {
    let (mut reader, mut found, mut held) = (TraceReader::new(4), Vec::new(), Vec::new());
    let mut each = |a: Access| found.push((a.processor, a.write, a.address));
    for part in text.chunks(piece) {
        held.extend_from_slice(part);
        let read = reader.read(&held, &mut each)?;
        held.drain(..read);
    }
    reader.end(&held, &mut each)?;
    Ok(found)
}

#[test]
fn a_trace_is_read_the_same_in_whatever_pieces_it_comes() {
    let text =
        b"0 r 7fff3a\n1 w 0xFF\r\n\n  3\tR  0X10 \n2 w 0\n0 r ffffffffffffffff\n0 w 0000000000000000001a\n1 r 40";
    let all = vec![
        (0, false, 0x7f_ff3a),
        (1, true, 0xff),
        (3, false, 0x10),
        (2, true, 0),
        (0, false, u64::MAX),
        (0, true, 0x1a),
        (1, false, 0x40),
    ];
    for piece in 1..=text.len() {
        assert_eq!(read(text, piece), Ok(all.clone()), "in pieces of {piece}");
    }
    assert_eq!(read(b"", 1), Ok(Vec::new()));
}

#[test]
fn a_line_that_is_no_access_is_named() {
    for (line, word) in [
        ("0 x 10", "expected r or w"),
        ("4 r 10", "from 0 to 3"),
        ("-1 r 10", "from 0 to 3"),
        ("+1 r 10", "from 0 to 3"),
        ("99999999999999999999 r 10", "from 0 to 3"),
        ("0 r", "2 words"),
        ("0 r 10 7", "4 words"),
        ("0 r xyz", "hexadecimal"),
        ("0 r 0x", "hexadecimal"),
        ("0 r +10", "hexadecimal"),
        ("0 r 10000000000000000", "hexadecimal"),
        ("0 r \u{fffd}", "hexadecimal"),
    ] {
        for end in ["", "\n", "\n0 r 10\n"] {
            for piece in [1, 7, 100] {
                let bad = read(format!("1 w 10\n\n{line}{end}").as_bytes(), piece).expect_err("it is no access");
                assert_eq!(bad.number, 3, "{line}");
                assert!(bad.what.contains(word), "{line}: {}", bad.what);
            }
        }
    }
    let long = "0".repeat(5_000);
    for piece in [1, 700, 10_000] {
        let bad = read(long.as_bytes(), piece).expect_err("it is too long");
        assert!(bad.number == 1 && bad.what.contains("at most"), "{bad:?}");
    }
    assert!(read(b"0 r 1\xff\n", 9).expect_err("bytes").what.contains("UTF-8"));
}

#[test]
fn the_forms_of_teaching_simulators_are_read_alike() {
    let read_as = |reader: TraceReader, text: &str| {
        let (mut reader, mut found) = (reader, Vec::new());
        let mut each = |a: Access| found.push((a.processor, a.write, a.address));
        let used = reader.read(text.as_bytes(), &mut each).unwrap_or_else(|bad| panic!("{bad:?}"));
        reader.end(&text.as_bytes()[used..], &mut each).unwrap_or_else(|bad| panic!("{bad:?}"));
        found
    };
    let same = vec![(0, false, 0x1000), (1, true, 0x1008), (0, false, 0x40)];
    for text in [
        "0 r 1000\n1 w 1008\n0 r 40\n",
        "P0 r 0x1000 # P0 reads\n\n# nothing\nP1 W 0x1008 // it writes\n; nothing\n//\np0 R 40;",
        "0 0 1000\ncpu1 1 1008\nCORE0 2 40",
    ] {
        assert_eq!(read_as(TraceReader::new(2), text), same, "{text}");
    }
    assert_eq!(read_as(TraceReader::new(2).decimal(true), "0 r 4096\nP1 w 4104\n0 r 0x40\n"), same);
    let one = vec![(1, false, 0x1000), (1, true, 0x1008), (1, false, 0x40)];
    for text in ["r 1000\nw 1008\n2 40\n", "0 1000 4\n1 0x1008 4 # a size\n2 40"] {
        assert_eq!(read_as(TraceReader::new(2).of(1), text), one, "{text}");
    }
    // With one processor alone a line needs not to say which.
    assert_eq!(read_as(TraceReader::new(1), "0 1000\n0 w 8\n"), [(0, false, 0x1000), (0, true, 8)]);

    let bad = |mut reader: TraceReader, text: &str| reader.end(text.as_bytes(), |_| ()).expect_err(text).what;
    assert!(bad(TraceReader::new(2), "P2 r 10").contains("from 0 to 1, found \"P2\""));
    assert!(bad(TraceReader::new(2), "Px r 10").contains("from 0 to 1"));
    assert!(bad(TraceReader::new(2), "0 3 10").contains("expected r or w"));
    assert!(bad(TraceReader::new(2), "0 r # 10").contains("2 words"));
    assert!(bad(TraceReader::new(2).of(0), "0 r 10 4").contains("4 words"));
    assert!(bad(TraceReader::new(2).of(0), "r").contains("1 word"));
    assert!(bad(TraceReader::new(2).decimal(true), "0 r 1f").contains("decimal address"));
    assert!(bad(TraceReader::new(2).decimal(true), "0 r 18446744073709551616").contains("decimal address"));
    assert_eq!(TraceReader::is_of_one(b"0 1000"), Some(true));
    assert_eq!(TraceReader::is_of_one(b"# none\n\nr 1000 4\nr 2000"), Some(true));
    assert_eq!(TraceReader::is_of_one(b"; one\nP3 r 1000\n"), Some(false));
    for none in ["", "# 0 1000", "x", "0 r", "{}"] {
        assert_eq!(TraceReader::is_of_one(none.as_bytes()), None, "{none}");
    }
}
