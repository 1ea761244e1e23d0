//! A second model of the protocols, driven by tables that were written down from the literature alone.
//!
//! It shares nothing with the library: it reads its own tables, keeps lines in lists and values by address, and counts by
//! the words of the contract. The library's caches and those on the simulated bus are held against it, access by access.
//!
//! - MSI, MESI: Culler & Singh 1999, §5.3.1 and §5.3.2 (Figures 5.13 and 5.15).
//! - MOESI: Sweazey & Smith 1986; the transitions of O as in Mainak Chaudhuri's course (NPTEL 106104025, lecture 18: "M to O:
//!   on a BusRd/Flush (but no memory writeback)", "O to I: on CacheEvict/BusWB or {BusRdX, BusUpgr}", "O to M: on
//!   PrWr/BusUpgr", "at most one cache").
//! - MESIF: Goodman & Hum 2009: who read last has F, and only it, E and M answer.
//! - Write-through, V and I: Culler & Singh 1999, §5.3.1 (Figure 5.4), without and with allocation.

use lightcone_core::coherence::{Family, Geometry, Rules, Supplier, System, rules_of};
use lightcone_core::engine::run;
use std::collections::BTreeMap;

use super::common::{Dice, cases, parse, shared_data};

/// Random accesses for each protocol.
const ACCESSES: u64 = 100_000;
/// So many of them in one run on the simulated bus.
const A_RUN: u64 = 4_000;

/// The rows are states; the columns PrRd, PrWr, BusRd, BusRdX, BusUpgr, BusWr, evict. A cell is the next state and what is
/// done: `give` the line to the other cache, `flush` it to memory too, `lend` it if clean lines come from caches, `write` it
/// back; or the transaction that is asked for. `E/S` is: alone or not.
const MSI: &str = "
    M: M, M, S flush, I flush, -, -, I write
    S: S, M BusUpgr, S lend, I lend, I, -, I
    I: S BusRd, M BusRdX, I, I, I, -, -";
const MESI: &str = "
    M: M, M, S flush, I flush, -, -, I write
    E: E, M, S lend, I lend, -, -, I
    S: S, M BusUpgr, S lend, I lend, I, -, I
    I: E/S BusRd, M BusRdX, I, I, I, -, -";
const MOESI: &str = "
    M: M, M, O give, I give, -, -, I write
    O: O, M BusUpgr, O give, I give, I, -, I write
    E: E, M, S lend, I lend, -, -, I
    S: S, M BusUpgr, S lend, I lend, I, -, I
    I: E/S BusRd, M BusRdX, I, I, I, -, -";
const MESIF: &str = "
    M: M, M, S flush, I flush, -, -, I write
    E: E, M, S give, I give, -, -, I
    F: F, M BusUpgr, S give, I give, I, -, I
    S: S, M BusUpgr, S, I, I, -, I
    I: E/F BusRd, M BusRdX, I, I, I, -, -";
const THROUGH: &str = "
    V: V, V BusWr, V lend, -, -, I, I
    I: V BusRd, I BusWr, I, -, -, I, -";
const ALLOCATES: &str = "
    V: V, V BusWr, V lend, -, -, I, I
    I: V BusRd, V BusRd+BusWr, I, -, -, I, -";

const COLUMNS: [&str; 7] = ["PrRd", "PrWr", "BusRd", "BusRdX", "BusUpgr", "BusWr", "evict"];

type Words = BTreeMap<u64, u64>;

/// A line in a cache.
#[derive(Clone, Debug)]
struct Entry {
    line: u64,
    state: String,
    words: Words,
}

/// What an access came to.
#[derive(Debug, PartialEq)]
struct Told {
    bus: String,
    from: String,
    value: Option<u64>,
}

/// The model.
struct Model {
    table: BTreeMap<(String, &'static str), (String, String)>,
    /// Whether caches give clean lines.
    lend: bool,
    line_bytes: u64,
    sets: u64,
    ways: usize,
    /// Of each cache its sets, the least recently used line first.
    caches: Vec<Vec<Vec<Entry>>>,
    memory: Words,
    counters: Vec<BTreeMap<&'static str, u64>>,
}

impl Model {
    fn new(table: &str, rules: Rules, cpus: usize, (line_bytes, sets, ways): (u64, u64, usize)) -> Model {
        let mut cells = BTreeMap::new();
        for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let (state, rest) = row.split_once(": ").expect("a state and its cells");
            for (column, cell) in COLUMNS.into_iter().zip(rest.split(", ")) {
                let (to, does) = cell.split_once(' ').unwrap_or((cell, ""));
                cells.insert((state.to_string(), column), (to.to_string(), does.to_string()));
            }
        }
        let (caches, counters) = (vec![vec![Vec::new(); sets as usize]; cpus], vec![BTreeMap::new(); cpus]);
        let lend = rules.supplier == Supplier::Cache;
        Model { table: cells, lend, line_bytes, sets, ways, caches, memory: Words::new(), counters }
    }

    fn cell(&self, state: &str, column: &'static str) -> (String, String) {
        let cell = self.table.get(&(state.to_string(), column)).unwrap_or_else(|| panic!("{state} has no {column}"));
        assert_ne!(cell.0, "-", "{state} cannot meet {column}");
        cell.clone()
    }

    fn count(&mut self, cpu: usize, name: &'static str) {
        *self.counters[cpu].entry(name).or_default() += 1;
    }

    fn entry(&mut self, cpu: usize, line: u64) -> Option<&mut Entry> {
        let set = (line % self.sets) as usize;
        self.caches[cpu][set].iter_mut().find(|entry| entry.line == line)
    }

    fn state(&mut self, cpu: usize, line: u64) -> String {
        self.entry(cpu, line).map_or_else(|| "I".into(), |entry| entry.state.clone())
    }

    fn memory_of(&self, line: u64) -> Words {
        let first = line * self.line_bytes;
        self.memory.range(first..first + self.line_bytes).map(|(a, v)| (*a, *v)).collect()
    }

    /// Lets the others see a transaction: whether one has the line, who gives it, and what is in it.
    fn snoop(&mut self, cpu: usize, column: &'static str, line: u64) -> (bool, Option<usize>, Words) {
        let (mut had, mut must, mut may) = (false, None, None);
        let mut words = self.memory_of(line);
        for other in (0..self.caches.len()).filter(|&other| other != cpu) {
            let Some(entry) = self.entry(other, line).cloned() else { continue };
            had = true;
            let (to, does) = self.cell(&entry.state, column);
            if does == "flush" {
                self.memory.extend(entry.words.clone());
                for name in ["flush", "wb", "mem"] {
                    self.count(other, name);
                }
            }
            if matches!(does.as_str(), "give" | "flush") {
                assert_eq!(must, None, "one answers");
                (must, words) = (Some(other), entry.words.clone());
            } else if does == "lend" && self.lend && may.is_none() {
                may = Some(other);
            }
            if matches!(entry.state.as_str(), "M" | "E") && to != "I" {
                self.count(other, "interv");
            }
            if to == "I" {
                self.count(other, "inv");
                let set = (line % self.sets) as usize;
                self.caches[other][set].retain(|entry| entry.line != line);
            } else {
                self.entry(other, line).expect("it is there").state = to;
            }
            // Whoever has it clean has what an owner has; else it has what memory has.
            if must.is_none() {
                words = if does == "lend" && self.lend { entry.words } else { words };
            }
        }
        (had, must.or(may), words)
    }

    /// Makes room for a line; whether something was written back.
    fn make_room(&mut self, cpu: usize, line: u64) -> bool {
        let set = (line % self.sets) as usize;
        if self.caches[cpu][set].len() < self.ways {
            return false;
        }
        let old = self.caches[cpu][set].remove(0);
        let written = self.cell(&old.state, "evict").1 == "write";
        if written {
            self.memory.extend(old.words);
            self.count(cpu, "wb");
            self.count(cpu, "mem");
        }
        written
    }

    fn access(&mut self, cpu: usize, write: Option<u64>, address: u64) -> Told {
        let line = address / self.line_bytes;
        let column = if write.is_some() { "PrWr" } else { "PrRd" };
        self.count(cpu, if write.is_some() { "writes" } else { "reads" });
        let state = self.state(cpu, line);
        let (to, asks) = self.cell(&state, column);
        let missed = state == "I";
        if missed {
            self.count(cpu, if write.is_some() { "wm" } else { "rm" });
        }
        let (mut bus, mut from) = (Vec::new(), "none".to_string());
        let fetches = missed && to != "I";
        if fetches && self.make_room(cpu, line) {
            bus.push("WriteBack");
        }
        let mut alone = true;
        for transaction in asks.split('+').filter(|asked| !asked.is_empty()) {
            let seen = COLUMNS.into_iter().find(|column| *column == transaction).expect("all others see it");
            bus.push(seen);
            let (had, who, words) = self.snoop(cpu, seen, line);
            match seen {
                "BusRd" | "BusRdX" => {
                    alone = !had;
                    self.count(cpu, if who.is_some() { "c2c" } else { "mem" });
                    from = who.map_or_else(|| "memory".into(), |other| format!("C{}", other + 1));
                    let set = (line % self.sets) as usize;
                    self.caches[cpu][set].push(Entry { line, state: to.clone(), words });
                }
                _ => {}
            }
            match seen {
                "BusRdX" => self.count(cpu, "rdx"),
                "BusUpgr" => self.count(cpu, "upgr"),
                "BusWr" => {
                    self.memory.insert(address, write.expect("it writes"));
                    self.count(cpu, "wt");
                    self.count(cpu, "mem");
                }
                _ => {}
            }
        }
        let to = match to.split_once('/') {
            Some((first, _)) if alone => first.to_string(),
            Some((_, second)) => second.to_string(),
            None => to,
        };
        let value = self.finish(cpu, line, to, write, address);
        Told { bus: if bus.is_empty() { "none".into() } else { bus.join(" ") }, from, value }
    }

    /// The processor reads or writes, and the line is the one used last.
    fn finish(&mut self, cpu: usize, line: u64, to: String, write: Option<u64>, address: u64) -> Option<u64> {
        let set = (line % self.sets) as usize;
        let Some(place) = self.caches[cpu][set].iter().position(|entry| entry.line == line) else { return write };
        let mut entry = self.caches[cpu][set].remove(place);
        entry.state = to;
        if let Some(value) = write {
            entry.words.insert(address, value);
        }
        let value = entry.words.get(&address).copied();
        self.caches[cpu][set].push(entry);
        value
    }
}

/// All protocols with their tables.
fn all() -> Vec<(Family, Supplier, &'static str)> {
    let mut all = vec![(Family::Mesif, Supplier::Cache, MESIF)];
    for supplier in [Supplier::Cache, Supplier::Memory] {
        for (family, table) in [
            (Family::Moesi, MOESI),
            (Family::Mesi, MESI),
            (Family::Msi, MSI),
            (Family::Through, THROUGH),
            (Family::ThroughAllocate, ALLOCATES),
        ] {
            all.push((family, supplier, table));
        }
    }
    all
}

/// A random access: cpu, value where it writes, address. Few lines, so that caches meet and evict.
fn random(dice: &mut Dice, cpus: u64, lines: u64, number: u64) -> (usize, Option<u64>, u64) {
    let address = dice.range(0, lines * 4 - 1) * 8;
    (dice.range(0, cpus - 1) as usize, dice.percent(35).then_some(number), address)
}

const NAMES: [&str; 13] =
    ["reads", "rm", "writes", "wm", "wb", "c2c", "mem", "interv", "inv", "flush", "rdx", "upgr", "wt"];

#[test]
fn tables_and_library_agree_on_states_and_counters() {
    for (family, supplier, table) in all() {
        let rules = Rules { family, supplier };
        let geometry = Geometry::new(256, 2, 32).expect("it fits");
        let mut system = System::new(4, geometry, rules);
        let mut model = Model::new(table, rules, 4, (32, 4, 2));
        let mut dice = Dice::new(77);
        for number in 0..ACCESSES {
            let (cpu, write, address) = random(&mut dice, 4, 24, number);
            let outcome = system.access(cpu, write.is_some(), address);
            let told = model.access(cpu, write, address);
            let from = outcome.from.map(|other| format!("C{}", other + 1));
            assert_eq!(from.is_some(), told.from.starts_with('C'), "{rules:?} at {number}: {told:?}");
            assert!(from.is_none_or(|from| from == told.from), "{rules:?} at {number}: {told:?}");
            for cpu in 0..4 {
                let (ours, theirs) = (system.state(cpu, address).letter(), model.state(cpu, address / 32));
                assert_eq!(ours, theirs, "{rules:?}: C{} at {number}", cpu + 1);
            }
        }
        for (counters, expected) in system.counters().iter().zip(&model.counters) {
            for (name, value) in counters.named_in(family) {
                assert_eq!(value, expected.get(name).copied().unwrap_or(0), "{rules:?}: {name}");
            }
        }
        let seen: u64 = model.counters.iter().flat_map(|c| NAMES.iter().filter_map(|name| c.get(name))).sum();
        assert!(seen > 3 * ACCESSES / 2, "{rules:?}: enough has happened");
    }
}

/// A scenario of accesses one after the other, each with all the time that it needs.
fn scenario(rules: Rules, cpus: u64, seed: u64, accesses: &[(usize, Option<u64>, u64)]) -> String {
    let (protocol, write) = rules.family.settings();
    let acts: Vec<String> = accesses
        .iter()
        .enumerate()
        .map(|(i, (cpu, write, address))| {
            let (op, value) = write.map_or(("read", String::new()), |v| ("write", format!(",\"value\":{v}")));
            format!(
                "{{\"at_ms\":{},\"act\":{{\"request\":{{\"node\":\"C{}\",\"op\":\"{op}\",\"args\":{{\"key\":\"{address:#x}\"{value}}}}}}}}}",
                50 * (i + 1),
                cpu + 1
            )
        })
        .collect();
    format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"seed\":{seed},\"network\":{{\"delay_ms\":1}},\"setup\":{{\"caches\":{cpus},\
         \"size\":256,\"ways\":2,\"line\":32,\"protocol\":\"{protocol}\",\"write\":\"{write}\",\"supplier\":\"{}\"}},\
         \"acts\":[{}],\"until_ms\":{}}}",
        rules.supplier.name(),
        acts.join(","),
        50 * (accesses.len() + 2)
    )
}

fn shown(words: &Words) -> String {
    words.iter().map(|(address, value)| format!("{address:#x}: {value}")).collect::<Vec<_>>().join(", ")
}

/// Plays accesses on the simulated bus and in the model, and compares all that each of them says about each access.
fn hold(rules: Rules, table: &str, seed: u64) -> u64 {
    let mut dice = Dice::new(seed ^ 0x7461_626c);
    let cpus = dice.range(2, 4);
    let lines = dice.range(6, 24);
    let accesses: Vec<_> = (0..A_RUN).map(|number| random(&mut dice, cpus, lines, number)).collect();
    let run = run(parse(&scenario(rules, cpus, seed, &accesses)));
    assert_eq!(run.violations(), [], "{rules:?}, seed {seed}");
    let mut model = Model::new(table, rules, cpus as usize, (32, 4, 2));
    let sheet = run.sheet().expect("the caches have a table");
    assert_eq!(sheet.rows.len(), accesses.len(), "{rules:?}, seed {seed}");
    let column = |name: &str| sheet.columns.iter().position(|c| c == name).expect("a column");
    let (bus, from, value, memory) = (column("bus"), column("data from"), column("value"), column("memory"));
    for (number, ((cpu, write, address), row)) in accesses.iter().zip(&sheet.rows).enumerate() {
        let told = model.access(*cpu, *write, *address);
        let what = format!("{rules:?}, seed {seed}, access {number}: {row:?}");
        assert_eq!((&row[bus], &row[from]), (&told.bus, &told.from), "{what}");
        assert_eq!(row[value], told.value.map_or_else(|| "–".into(), |v| v.to_string()), "{what}");
        let line = address / 32;
        assert_eq!(row[memory], shown(&model.memory_of(line)), "{what}");
        for cpu in 0..cpus as usize {
            assert_eq!(row[2 + cpu], model.state(cpu, line), "{what}");
        }
    }
    let panels = run.panels();
    let counters = panels.iter().find_map(|panel| match panel {
        lightcone_core::trace::frame::Panel::Table { title, columns, rows, .. } if title == "Counters" => {
            Some((columns.clone(), rows.clone()))
        }
        _ => None,
    });
    let (columns, rows) = counters.expect("a table of counters");
    for ((_, cells), expected) in rows.iter().zip(&model.counters) {
        for (name, cell) in columns.iter().zip(cells) {
            let value = expected.get(name.as_str()).copied().unwrap_or(0);
            assert_eq!(cell.text, value.to_string(), "{rules:?}, seed {seed}: {name}");
        }
    }
    accesses.len() as u64
}

#[test]
fn tables_and_the_simulated_bus_agree_on_states_counters_and_data() {
    for (family, supplier, table) in all() {
        // The two that are judged by this alone in full, the others in a few runs.
        let full = matches!((family, supplier), (Family::Moesi | Family::Mesif, Supplier::Cache));
        let runs = if full { ACCESSES / A_RUN } else { 2 };
        let accesses: u64 = (0..cases(runs).max(1)).map(|seed| hold(Rules { family, supplier }, table, seed)).sum();
        println!("{}, clean lines from {}: {accesses} accesses agree", family.name(), supplier.name());
    }
}

/// A walk of a textbook: each access with the states after it, the bus and who gives the data.
fn walk(names: (&str, &str, &str), accesses: &str, expected: &[&str]) {
    let rules = rules_of(names.0, names.1, names.2).expect("they go together");
    let accesses: Vec<(usize, Option<u64>, u64)> = accesses
        .split(' ')
        .enumerate()
        .map(|(i, a)| (a[1..].parse::<usize>().expect("a number") - 1, a.starts_with('W').then_some(i as u64), 0))
        .collect();
    let run = run(parse(&scenario(rules, 3, 1, &accesses)));
    assert_eq!(run.violations(), []);
    let rows: Vec<String> = run.sheet().expect("a table").rows.iter().map(|row| row[2..7].join(" ")).collect();
    assert_eq!(rows, expected, "{names:?}");
}

#[test]
fn the_walks_of_textbooks_come_out() {
    // Solihin, "Fundamentals of Parallel Multicore Architecture", §7.2: one sequence, protocol by protocol.
    let sequence = "R1 W1 R3 W3 R1 R3 R2";
    walk(
        ("moesi", "back", "cache"),
        sequence,
        &[
            "E I I BusRd memory",
            "M I I none none",
            "O I S BusRd C1",
            "I I M BusUpgr none",
            "S I O BusRd C3",
            "S I O none none",
            "S S O BusRd C3",
        ],
    );
    walk(
        ("mesi", "back", "cache"),
        sequence,
        &[
            "E I I BusRd memory",
            "M I I none none",
            "S I S BusRd C1",
            "I I M BusUpgr none",
            "S I S BusRd C3",
            "S I S none none",
            "S S S BusRd C1",
        ],
    );
    walk(
        ("msi", "back", "memory"),
        sequence,
        &[
            "S I I BusRd memory",
            "M I I BusUpgr none",
            "S I S BusRd C1",
            "I I M BusUpgr none",
            "S I S BusRd C3",
            "S I S none none",
            "S S S BusRd memory",
        ],
    );
    walk(
        ("mesif", "back", "cache"),
        sequence,
        &[
            "E I I BusRd memory",
            "M I I none none",
            "S I F BusRd C1",
            "I I M BusUpgr none",
            "F I S BusRd C3",
            "F I S none none",
            "S F S BusRd C1",
        ],
    );
    // Culler & Singh 1999, Figures 5.3 and 5.13: P1 and P3 read u, P3 writes it, P1 and P2 read it.
    let u = "R1 R3 W3 R1 R2";
    walk(
        ("mesi", "through", "memory"),
        u,
        &["V I I BusRd memory", "V I V BusRd memory", "I I V BusWr none", "V I V BusRd memory", "V V V BusRd memory"],
    );
    walk(
        ("msi", "back", "memory"),
        u,
        &["S I I BusRd memory", "S I S BusRd memory", "I I M BusUpgr none", "S I S BusRd C3", "S S S BusRd memory"],
    );
}

/// The state of the machine in Hennessy & Patterson, "Computer Architecture", 4th edition, Figure 4.37, without P2 to P14.
const FIGURE: &str = "\"caches\":3,\"protocol\":\"msi\",\"size\":32,\"ways\":1,\"line\":8,\"memory\":{\"0x100\":\"0000\",\
    \"0x108\":\"0008\",\"0x110\":\"0010\",\"0x118\":\"0018\",\"0x120\":\"0020\",\"0x128\":\"0028\",\"0x130\":\"0030\"},\
    \"contents\":{\"C1\":{\"0x108\":\"S\",\"0x110\":{\"state\":\"M\",\"value\":\"0030\"}},\
    \"C2\":{\"0x128\":{\"state\":\"M\",\"value\":\"0068\"},\"0x118\":\"S\"},\"C3\":{\"0x120\":\"S\",\"0x108\":\"S\"}}";

#[test]
fn an_exercise_begins_with_what_is_in_the_caches() {
    // Exercise 4.1 there, each part from the figure: the access, the states of its line after it, its value, and memory's.
    for (cache, op, key, value, expected) in [
        ("C1", "read", "0x120", "", "S I S 0020 0x120: 0020"),
        ("C1", "write", "0x120", "0080", "M I I 0080 0x120: 0020"),
        ("C3", "write", "0x120", "0080", "I I M 0080 0x120: 0020"),
        ("C2", "read", "0x110", "", "S S I 0030 0x110: 0030"),
        ("C1", "write", "0x108", "0048", "M I I 0048 0x108: 0008"),
        ("C1", "write", "0x130", "0078", "M I I 0078 0x130: 0030"),
        ("C3", "write", "0x130", "0078", "I I M 0078 0x130: 0030"),
    ] {
        let value = if value.is_empty() { String::new() } else { format!(",\"value\":\"{value}\"") };
        let run = run(parse(&format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"setup\":{{{FIGURE}}},\"acts\":[{{\"at_ms\":1,\"act\":{{\"request\":\
             {{\"node\":\"{cache}\",\"op\":\"{op}\",\"args\":{{\"key\":\"{key}\"{value}}}}}}}}}],\"until_ms\":300}}"
        )));
        assert_eq!(run.violations(), []);
        let sheet = run.sheet().expect("a table");
        let row = sheet.rows.last().expect("a row");
        assert_eq!(format!("{} {} {}", row[2..5].join(" "), row[8], row[9]), expected, "{cache} {op} {key}");
        // The write to 0x130 by C1 throws 0x110 out, which is modified there: memory gets it first.
        let back = row[5].starts_with("WriteBack");
        assert_eq!(back, (cache, key) == ("C1", "0x130"), "{row:?}");
    }
}

#[test]
fn a_list_of_contents_says_which_line_was_used_last() {
    for (order, gone) in [(["x", "y"], "x goes from S"), (["y", "x"], "y goes from S")] {
        let list = order.map(|key| format!("{{\"key\":\"{key}\",\"state\":\"S\"}}")).join(",");
        let run = run(parse(&format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"setup\":{{\"lines\":2,\"contents\":{{\"C1\":[{list}]}}}},\"acts\":[\
             {{\"at_ms\":1,\"act\":{{\"request\":{{\"node\":\"C1\",\"op\":\"read\",\"args\":{{\"key\":\"z\"}}}}}}}}],\"until_ms\":200}}"
        )));
        let sheet = run.sheet().expect("a table");
        assert_eq!(sheet.rows.last().map(|row| row[7].as_str()), Some(gone));
    }
}

#[test]
#[ignore = "reads the data beside the project; cargo xtask test runs it where they are"]
fn published_walks_of_two_processors_come_out() {
    let expected: serde_json::Value = serde_json::from_str(&shared_data("cases/EXPECTED.json")).expect("JSON");
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().expect("a list").iter().map(|v| v.as_str().expect("a word").to_string()).collect()
    };
    let rows = |text: &str| run(parse(text)).sheet().expect("a table").rows;
    let walk = &expected["mesi-two-processors.json"];
    let states: Vec<Vec<String>> =
        walk["states of the line (P0, P1) after each access"].as_array().expect("a list").iter().map(texts).collect();
    let bus = texts(&walk["bus"]);
    let ours = rows(&shared_data("cases/mesi-two-processors.json"));
    assert_eq!(ours.len(), states.len());
    for ((row, states), bus) in ours.iter().zip(&states).zip(&bus) {
        assert_eq!((&row[2..4], &row[4]), (&states[..], bus), "{row:?}");
    }
    let readers = &expected["mesi-two-readers.json"];
    let text = shared_data("cases/mesi-two-readers.json");
    let states: Vec<Vec<String>> = readers["states"].as_array().expect("a list").iter().map(texts).collect();
    let by = &readers["second read is supplied by"];
    for (supplier, told, from) in [("cache", "Illinois", "C1"), ("memory", "clean lines from memory", "memory")] {
        let text = text.replace("\"setup\": {", &format!("\"setup\": {{ \"supplier\": \"{supplier}\","));
        let ours = rows(&text);
        assert_eq!(ours.iter().map(|row| row[2..4].to_vec()).collect::<Vec<_>>(), states);
        assert_eq!(ours[1][5], from, "{told}: {}", by[told]);
    }
    assert_eq!(
        (by["Illinois"].as_str(), by["clean lines from memory"].as_str()),
        (Some("the other cache"), Some("memory"))
    );
}
