//! `lightcone memory-trace`: counters with known values, mistakes by their line, and a trace without an end.

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

const SMALL: [&str; 8] = ["--cpus", "2", "--size", "256", "--ways", "2", "--line", "64"];

fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_lightcone"))
        .arg("memory-trace")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// What came of a trace on standard input, or in a file of its own.
fn traced(args: &[&str], trace: &[u8]) -> Output {
    let mut child = start(args);
    // A program that refuses its arguments does not read on: that is no failure of ours.
    let _ = child.stdin.take().expect("a pipe").write_all(trace);
    child.wait_with_output().expect("the program ends")
}

fn small(file: &str) -> Vec<&str> {
    [&[file][..], &SMALL].concat()
}

#[test]
fn every_counter_of_a_small_trace_is_what_the_table_says() {
    // 0 and 80 fall into one set, 40 into the other.
    let trace = "0 r 0\n0 w 4\n1 r 8\n1 w 8\n0 w 0\n1 r 40\n1 w 40\n0 r 80\n0 r 100\n";
    let output = traced(&small("-"), trace.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // CPU 0: reads 0 (E), writes (M without a word), is snooped by a read (flush, M→S) and by an upgrade (→ I), writes
    // again (BusRdX, from CPU 1), reads 80 and 100 from memory; the latter evicts the modified line 0.
    let first = json!({"reads": 3, "rm": 3, "writes": 2, "wm": 1, "wb": 2, "c2c": 1, "mem": 5, "interv": 1, "inv": 1,
        "flush": 1, "rdx": 1, "upgr": 0});
    // CPU 1: reads 0 from CPU 0, upgrades, is snooped by BusRdX (flush, M→I), reads and writes 40 alone.
    let second = json!({"reads": 2, "rm": 2, "writes": 2, "wm": 0, "wb": 1, "c2c": 1, "mem": 2, "interv": 0, "inv": 1,
        "flush": 1, "rdx": 0, "upgr": 1});
    assert_eq!(told, json!([first, second]));
    let keys = String::from_utf8(output.stdout).expect("text");
    let order = ["reads", "rm", "writes", "wm", "wb", "c2c", "mem", "interv", "inv", "flush", "rdx", "upgr"];
    let places: Vec<usize> = order.iter().map(|k| keys.find(&format!("\"{k}\"")).expect("a key")).collect();
    assert!(places.is_sorted(), "{keys}");

    let msi = traced(&[&small("-")[..], &["--msi"]].concat(), trace.as_bytes());
    let told: Value = serde_json::from_slice(&msi.stdout).expect("JSON");
    assert_eq!((&told[0]["upgr"], &told[1]["upgr"]), (&json!(1), &json!(2)), "each first write after a read");
}

#[test]
fn a_file_gives_what_standard_input_gives() {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("small.trace");
    let mut text = String::new();
    for i in 0..100_000u64 {
        text += &format!("{} {} {:x}\n", i % 2, if i % 3 == 0 { 'w' } else { 'r' }, i * i * 7 % 4096);
    }
    std::fs::write(&path, &text).expect("the file can be written");
    let (file, pipe) = (traced(&small(path.to_str().expect("text")), b""), traced(&small("-"), text.as_bytes()));
    assert_eq!(file.status.code(), Some(0));
    assert_eq!(file.stdout, pipe.stdout);
    let told: Value = serde_json::from_slice(&file.stdout).expect("JSON");
    let sum = |key: &str| told.as_array().expect("a list").iter().filter_map(|c| c[key].as_u64()).sum::<u64>();
    assert_eq!(sum("reads") + sum("writes"), 100_000);
    let empty = traced(&small("-"), b"");
    let told: Value = serde_json::from_slice(&empty.stdout).expect("JSON");
    assert_eq!((told[0]["reads"].as_u64(), told.as_array().map(Vec::len)), (Some(0), Some(2)));
}

#[test]
fn what_is_wrong_has_its_line_and_status_two() {
    let with = |i: usize, value: &'static str| {
        let mut args = SMALL.to_vec();
        args[i] = value;
        [&["-"][..], &args].concat()
    };
    for (args, trace, expected) in [
        (small("-"), "0 r 0\n0 r 10\n\n0 q 20\n", "standard input: line 4: expected r or w, found \"q\""),
        (small("-"), "0 r 0\n2 r 10", "line 2: expected a processor from 0 to 1, found \"2\""),
        (small("-"), "0 r 0\n1 w\n", "line 2: expected `cpu r|w hexaddress`, found 2 words"),
        (small("-"), "0 r 12345678123456781\n", "line 1: expected a hexadecimal address"),
        (small("no/such/file"), "", "no/such/file"),
        (vec!["-", "--cpus", "2"], "", "memory-trace needs --size"),
        (SMALL.to_vec(), "", "memory-trace needs a file"),
        (with(1, "0"), "", "--cpus: expected a whole number from 1 to 64, found \"0\""),
        (with(1, "65"), "", "--cpus"),
        (with(3, "1000"), "", "--size, --ways, --line: 1000 bytes do not make a power of two of sets"),
        (with(7, "48"), "", "a power of two"),
        (with(5, "+2"), "", "--ways: expected a whole number"),
        (with(5, "18446744073709551615"), "", "--size, --ways, --line"),
        ([&small("-")[..], &["--mesif"]].concat(), "", "--mesif"),
        (small("-"), "0 r 0 # fine\nP7 r 0\n", "line 2: expected a processor from 0 to 1, found \"P7\""),
        (small("-"), "0 3 0\n", "line 1: expected r or w, or a label from 0 to 2, found \"3\""),
        ([&small("-")[..], &["--decimal"]].concat(), "0 r 10\n0 r a0\n", "line 2: expected a decimal address"),
        (
            [&small("-")[..], &["--protocol", "dragon"]].concat(),
            "",
            "--protocol: expected one of mesi, msi, moesi, mesif",
        ),
        ([&small("-")[..], &["--supplier", "bus"]].concat(), "", "--supplier: expected one of cache, memory"),
        ([&small("-")[..], &["--write", "through", "--protocol", "moesi"]].concat(), "", "--write: with write-through"),
        ([&small("-")[..], &["--protocol", "mesif", "--supplier", "memory"]].concat(), "", "--supplier: in MESIF"),
        ([&small("-")[..], &["--table", "no/such/file"]].concat(), "0 r 0\n", "no/such/file"),
        (
            [&["a", "b"][..], &small("c")].concat(),
            "",
            "3 files are one for each processor, and --cpus says that there are 2",
        ),
        ([&["-"][..], &small("-")].concat(), "", "standard input can be one of the files only"),
    ] {
        let output = traced(&args, trace.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{args:?} {trace}");
        assert!(output.stdout.is_empty(), "{args:?}: data only goes to standard output");
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(told.contains(expected), "{args:?}: {told}");
    }
}

/// The counters, one for each cache.
fn counters(output: &Output) -> Value {
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_forms_of_teaching_simulators_give_the_same_counters() {
    let usual = "0 r 0\n0 w 4\n1 r 8\n1 w 8\n0 w 0\n1 r 40\n";
    let all = counters(&traced(&small("-"), usual.as_bytes()));
    for (more, trace) in [
        (&[][..], "# a trace\nP0 r 0x0 # P0 has it in E\nP0 w 0x4 // M\n\nP1 r 8 ; S\np1 W 8\ncpu0 w 0\ncore1 r 40\n"),
        // Dinero's labels, with a column for the processor: 2 fetches an instruction.
        (&[], "0 0 0\n0 1 4\n1 2 8\n1 1 8\n0 1 0\n1 0 40\n"),
        (&["--decimal"], "0 r 0\n0 w 4\n1 r 8\n1 w 8\n0 w 0\n1 r 64\n"),
        (&["--decimal"], "0 r 0x0\n0 w 4\n1 r 8\n1 w 8\n0 w 0\n1 r 0x40\n"),
    ] {
        assert_eq!(counters(&traced(&[&small("-")[..], more].concat(), trace.as_bytes())), all, "{trace}");
    }
    // A file for each processor, an access of each in turn: 0, 1, 0, 1, 0, and then what is left of the longer one.
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.to_str().expect("text").to_string()
    };
    let (first, second) = (file("cpu0.din", "0 0\n1 4 4\n1 0\n"), file("cpu1.din", "2 8\n1 8 # a write\n0 40\n0 80\n"));
    let together = "0 r 0\n1 r 8\n0 w 4\n1 w 8\n0 w 0\n1 r 40\n1 r 80\n";
    let files = [&[&*first, &*second][..], &SMALL].concat();
    assert_eq!(counters(&traced(&files, b"")), counters(&traced(&small("-"), together.as_bytes())));
    // Standard input may be one of them, and a single processor's file needs no cpu in its lines.
    let with_pipe = [&[&*first, "-"][..], &SMALL].concat();
    assert_eq!(counters(&traced(&with_pipe, b"r 8\nw 8\nr 40\nr 80")), counters(&traced(&files, b"")));
    let one = ["-", "--cpus", "1", "--size", "256", "--ways", "2", "--line", "64"];
    assert_eq!(counters(&traced(&one, b"0 0\n1 40\n"))[0]["writes"], json!(1));
}

#[test]
fn protocols_suppliers_and_writes_can_be_chosen() {
    // Two read, one writes, the other reads what was written.
    let trace = b"0 r 0\n1 r 0\n0 w 0\n1 r 0\n";
    let of = |more: &[&str]| counters(&traced(&[&small("-")[..], more].concat(), trace));
    assert_eq!(of(&[]), of(&["--protocol", "mesi", "--supplier", "cache", "--write", "back"]));
    assert_eq!(of(&["--msi"]), of(&["--protocol", "msi"]));
    let number = |told: &Value, cpu: usize, name: &str| told[cpu][name].as_u64().expect("a number");
    let numbers =
        |told: &Value| ["c2c", "mem", "flush", "wb"].map(|name| number(told, 0, name) + number(told, 1, name));
    assert_eq!(numbers(&of(&[])), [2, 2, 1, 1], "the second and the last read come from a cache, and memory takes one");
    assert_eq!(numbers(&of(&["--supplier", "memory"])), [1, 3, 1, 1], "a clean line comes from memory");
    assert_eq!(numbers(&of(&["--protocol", "moesi"])), [2, 1, 0, 0], "an owner writes nothing back");
    assert_eq!(numbers(&of(&["--protocol", "mesif"])), [2, 2, 1, 1]);
    let through = of(&["--write", "through", "--supplier", "memory"]);
    assert_eq!((numbers(&through), number(&through, 0, "wt")), ([0, 4, 0, 0], 1));
    assert!(of(&[])[0].get("wt").is_none(), "nothing else counts it");
}

#[test]
fn a_table_has_a_row_for_each_access() {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("table.csv");
    let table = path.to_str().expect("text");
    // A published check of a simulator (muditbhargava66/CacheSimulator, issue 16), with its comments.
    let trace = "# Format: P# r|w hex_address\nP0 r 0x1000        # P0: E (no sharers)\nP1 r 0x1000        # P0: E -> S\n\
                 P0 w 0x1000\nP1 r 0x1000\nP1 r 0x2000\nP0 w 0x2000\nP1 r 0x2000\nP0 r 0x3000\nP1 r 0x3000\n";
    let args = ["-", "--cpus", "2", "--size", "32768", "--ways", "4", "--line", "64", "--table", table];
    counters(&traced(&args, trace.as_bytes()));
    let told = std::fs::read_to_string(&path).expect("a table");
    assert_eq!(
        told,
        "access number,access,P0,P1,bus,data from,also\n\
         1,P0 reads 0x1000,E,I,BusRd,memory,\n\
         2,P1 reads 0x1000,S,S,BusRd,P0,\n\
         3,P0 writes 0x1000,M,I,BusUpgr,none,\n\
         4,P1 reads 0x1000,S,S,BusRd,P0,\n\
         5,P1 reads 0x2000,I,E,BusRd,memory,\n\
         6,P0 writes 0x2000,M,I,BusRdX,P1,\n\
         7,P1 reads 0x2000,S,S,BusRd,P0,\n\
         8,P0 reads 0x3000,E,I,BusRd,memory,\n\
         9,P1 reads 0x3000,S,S,BusRd,P0,\n"
    );
    // What had to go first, and was modified.
    let args =
        ["-", "--cpus", "1", "--size", "64", "--ways", "1", "--line", "64", "--protocol", "moesi", "--table", table];
    counters(&traced(&args, b"w 0\nr 40\n"));
    let told = std::fs::read_to_string(&path).expect("a table");
    assert!(told.ends_with("2,P0 reads 0x40,E,WriteBack BusRd,memory,0x0 goes from M\n"), "{told}");
}

/// Resident memory of a process in bytes, where the system tells.
fn resident(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/statm", child.id())).ok()?;
    Some(status.split_whitespace().nth(1)?.parse::<u64>().ok()? * 4096)
}

#[test]
fn memory_does_not_grow_with_the_trace() {
    let mut child = start(&small("-"));
    let mut pipe = child.stdin.take().expect("a pipe");
    let piece: String = (0..10_000).map(|i| format!("{} w {:x}\n", i % 2, i * 64)).collect();
    let mut after = Vec::new();
    for round in 0..100 {
        pipe.write_all(piece.as_bytes()).expect("it reads on");
        if round % 33 == 0 {
            after.push(resident(&child));
        }
    }
    if let (Some(Some(early)), Some(Some(late))) = (after.get(1), after.last()) {
        assert!(*late < early + (1 << 20), "{early} bytes and then {late}");
    }
    drop(pipe);
    let output = child.wait_with_output().expect("the program ends");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told[0]["writes"], json!(500_000));
}
