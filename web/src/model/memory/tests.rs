//! A trace on the desk: in pieces, with mistakes in it, stopped, and with other caches.

use super::*;
use lightcone_core::coherence::{Pattern, System};

fn never() -> bool {
    false
}

/// Reads a text in pieces of so many bytes, and runs it.
fn read(desk: &mut Desk, text: &[u8], piece: usize) {
    let ticket = desk.open("t.txt".into(), text.len() as f64);
    for piece in text.chunks(piece) {
        if desk.take(ticket, Some(piece)) != Wants::More {
            break;
        }
    }
    while desk.work(never) {}
}

fn mix(count: usize) -> Mix {
    Mix { pattern: Pattern::Mixed, count, processors: 4, write_percent: 30, shared_percent: 50, words: 64, seed: 3 }
}

#[test]
fn a_file_in_pieces_has_the_counters_of_the_command_line() {
    let accesses = mix(10_000).accesses();
    let text = accesses.text();
    let mut system = System::new(4, USUAL.geometry().expect("it fits"), USUAL.family);
    for a in accesses.iter() {
        system.access(a.processor, a.write, a.address);
    }
    for piece in [1, 7, 4_096, 1 << 20] {
        let mut desk = Desk::default();
        read(&mut desk, text.as_bytes(), piece);
        assert_eq!(*desk.accesses, accesses);
        assert_eq!(desk.study.as_ref().map(|s| s.counters().to_vec()), Some(system.counters().to_vec()));
        assert_eq!((desk.trouble.clone(), desk.is_busy()), (None, false));
        assert_eq!(desk.counters_json(), list(system.counters().iter().map(|c| c.json(USUAL.family))));
    }
}

#[test]
fn what_stands_before_a_mistake_is_kept_and_the_mistake_has_its_line() {
    for (text, kept, words) in [
        ("0 r 10\n1 w 20\n0 x 30\n1 r 40\n", 2, "t.txt, line 3: expected r or w"),
        ("hello\n", 0, "t.txt, line 1"),
        ("0 r 10\n99 r 10", 1, "line 2: expected a processor from 0 to 63"),
        ("", 0, "no accesses"),
        ("\n \n", 0, "no accesses"),
    ] {
        for piece in [1, 100] {
            let mut desk = Desk::default();
            read(&mut desk, text.as_bytes(), piece);
            if text.is_empty() {
                let ticket = desk.open("t.txt".into(), 0.0);
                assert_eq!(desk.take(ticket, Some(b"")), Wants::Nothing);
            }
            assert_eq!(desk.accesses.len(), kept, "{text:?}");
            assert_eq!(desk.study.as_ref().map_or(0, Study::len), kept, "{text:?}");
            let trouble = desk.trouble.clone().unwrap_or_default();
            assert!(trouble.contains(words), "{text:?}: {trouble}");
            assert!(!desk.is_busy());
        }
    }
}

#[test]
fn a_trace_that_is_too_long_is_cut_and_that_is_said() {
    let text = "0 r 10\n".repeat(ACCESSES_MAX + 1);
    let mut desk = Desk::default();
    read(&mut desk, text.as_bytes(), 1 << 18);
    assert_eq!(desk.study.as_ref().map(Study::len), Some(ACCESSES_MAX));
    assert!(desk.trouble.clone().is_some_and(|t| t.contains("first 1,000,000 accesses")), "{:?}", desk.trouble);
    read(&mut desk, &text.as_bytes()[7..], 1 << 18);
    assert_eq!((desk.accesses.len(), desk.trouble.clone()), (ACCESSES_MAX, None), "a million fit");
}

#[test]
fn stopping_keeps_what_is_there() {
    let mut desk = Desk::default();
    desk.carry_out(&Wish::Make(mix(100_000)));
    assert!(desk.work(|| true) && desk.is_busy());
    desk.carry_out(&Wish::Stop);
    let run = desk.study.as_ref().map(Study::len);
    assert!(run.is_some_and(|n| n > 0 && n < 100_000) && !desk.is_busy(), "{run:?}");
    assert!(desk.trouble.clone().is_some_and(|t| t.contains("of 100,000 accesses were run")));
    assert!(desk.step.is_some(), "one can look at it");
    let text = mix(1_000).accesses().text();
    let ticket = desk.open("u.txt".into(), text.len() as f64);
    assert_eq!(desk.take(ticket, Some(&text.as_bytes()[..2_000])), Wants::More);
    desk.carry_out(&Wish::Stop);
    assert_eq!(desk.take(ticket, Some(&text.as_bytes()[2_000..])), Wants::Nothing, "what comes late is not taken");
    while desk.work(never) {}
    let (read, run) = (desk.accesses.len(), desk.study.as_ref().map_or(0, Study::len));
    assert!(read == run && run > 0 && run < 1_000);
}

#[test]
fn files_of_one_processor_each_take_turns() {
    let mut desk = Desk::default();
    let files = ["0 0\n1 4\n1 0\n", "# a comment\n2 8\n1 8\n0 40\n0 80\n"];
    let told = |i: usize| (FileId(i as u32), format!("cpu{i}.din"), files[i].len() as f64);
    let ticket = desk.open_all(vec![told(0), told(1)]);
    assert_eq!(desk.take(ticket, Some(&files[0].as_bytes()[..5])), Wants::More);
    assert_eq!(desk.take(ticket, Some(&files[0].as_bytes()[5..])), Wants::Next(FileId(1)));
    assert_eq!(desk.take(ticket, Some(files[1].as_bytes())), Wants::Nothing);
    while desk.work(never) {}
    assert_eq!(desk.accesses.text(), "0 r 0\n1 r 8\n0 w 4\n1 w 8\n0 w 0\n1 r 40\n1 r 80\n");
    assert_eq!((desk.name.as_str(), desk.trouble.clone()), ("2 files, a processor each", None));
    // A mistake has the name of its file; what came before is kept.
    let ticket = desk.open_all(vec![told(0), (FileId(7), "bad".into(), 8.0)]);
    assert_eq!(desk.take(ticket, Some(files[0].as_bytes())), Wants::Next(FileId(7)));
    assert_eq!(desk.take(ticket, Some(b"r 8\nq 8\n")), Wants::Nothing);
    while desk.work(never) {}
    assert!(
        desk.trouble.clone().is_some_and(|t| t.contains("bad, line 2") && t.contains("4 accesses")),
        "{:?}",
        desk.trouble
    );
    // A single file of that sort is one of the first processor.
    read(&mut desk, b"# dinero\n0 10\n1 20\n", 4_096);
    assert_eq!(desk.accesses.text(), "0 r 10\n0 w 20\n");
}

#[test]
fn addresses_are_decimal_where_one_says_so_and_the_table_has_each_access() {
    let mut desk = Desk::default();
    desk.carry_out(&Wish::Decimal(true));
    read(&mut desk, b"0 r 64\nP1 w 0x40\n", 4_096);
    assert_eq!(desk.accesses.text(), "0 r 40\n1 w 40\n");
    assert_eq!(
        desk.table_csv(),
        "access number,access,P0,P1,bus,data from,also\n1,P0 reads 0x40,E,I,BusRd,memory,\n\
         2,P1 writes 0x40,I,M,BusRdX,P0,\n"
    );
}

#[test]
fn pieces_of_an_earlier_file_are_late() {
    let mut desk = Desk::default();
    let first = desk.open("a".into(), 100.0);
    let second = desk.open("b".into(), 7.0);
    assert_eq!(desk.take(first, Some(b"0 r 10\n")), Wants::Nothing);
    assert!(desk.accesses.is_empty());
    assert_eq!(desk.take(second, Some(b"1 w 20\n")), Wants::Nothing);
    assert_eq!(desk.accesses.len(), 1);
    let third = desk.open("c".into(), 7.0);
    assert_eq!(desk.take(third, None), Wants::Nothing);
    assert!(desk.trouble.clone().is_some_and(|t| t.contains("cannot be read")));
}

#[test]
fn other_caches_run_it_again_and_impossible_ones_change_nothing() {
    let mut desk = Desk::default();
    desk.carry_out(&Wish::Make(mix(5_000)));
    while desk.work(never) {}
    let before = desk.counters_json();
    desk.carry_out(&Wish::Shape(Shape { line: 48, ..USUAL }));
    assert!(desk.trouble.is_some() && desk.counters_json() == before && desk.shape == USUAL);
    desk.carry_out(&Wish::Shape(Shape {
        size: 256,
        ways: 2,
        line: 32,
        family: Family::Moesi,
        supplier: Supplier::Memory,
    }));
    while desk.work(never) {}
    assert!(desk.trouble.is_none() && desk.counters_json() != before);
    assert_eq!(desk.study.as_ref().map(Study::len), Some(5_000));
}

#[test]
fn one_goes_from_miss_to_miss_and_looks_at_words() {
    let mut desk = Desk::default();
    desk.carry_out(&Wish::Make(Mix { pattern: Pattern::Counters, ..mix(400) }));
    while desk.work(never) {}
    let position = |desk: &Desk| desk.study.as_ref().map_or(0, Study::position);
    assert_eq!(position(&desk), 1);
    desk.carry_out(&Wish::Seek(Sort::FalseSharing));
    desk.carry_out(&Wish::Find(true));
    let first = position(&desk);
    assert!(first > 1 && desk.step.as_ref().is_some_and(|s| s.course.is(Sort::FalseSharing)));
    desk.carry_out(&Wish::Find(true));
    desk.carry_out(&Wish::Find(false));
    assert_eq!(position(&desk), first);
    desk.carry_out(&Wish::Find(false));
    assert_eq!(position(&desk), first, "there is none before it");
    let line = desk.study.as_ref().map(|s| s.costly(1)[0].0).expect("a line");
    desk.carry_out(&Wish::Words(line));
    assert_eq!(desk.line.as_ref().map(|(_, words)| words.len()), Some(4), "a word for each processor");
    desk.carry_out(&Wish::Seek(Sort::Any));
    desk.carry_out(&Wish::Go(0));
    desk.carry_out(&Wish::Find(true));
    assert_eq!(position(&desk), 1);
    desk.line = Some((0x40, Vec::new()));
    assert_eq!(desk.found(true), None, "nobody uses that line");
    desk.carry_out(&Wish::Only(false));
    assert_eq!(desk.found(true), Some(2));
    desk.carry_out(&Wish::Words(line));
    desk.carry_out(&Wish::Words(line));
    assert_eq!(desk.line, None);
    desk.carry_out(&Wish::Go(usize::MAX));
    assert_eq!(position(&desk), 400);
}

#[test]
fn a_trace_is_told_from_other_files_by_its_beginning() {
    for text in ["0 r 7fff", "\n\n 1 w 0x10\r\n0 r 2\n", "3 R ff\n", "# one\nP0 r 0x10 # two\n", "0 1000\n2 1004\n"] {
        assert!(looks_like_trace(text.as_bytes()), "{text:?}");
    }
    for text in ["", "{\"format\":1}", "<svg>", "host {\"a\":1}", "0 r", "0 r zz", "99 r 1", "# A heading\n\nand text"]
    {
        assert!(!looks_like_trace(text.as_bytes()), "{text:?}");
    }
}
