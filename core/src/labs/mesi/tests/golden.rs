//! Dialogues: each cell of the table, and what happens when two requests meet or something is lost.
//!
//! The expected dialogues stand in `golden/`. `UPDATE_GOLDEN=1 cargo test` writes them anew; what then changes was to be
//! checked by hand, against the table in [`crate::coherence`] and the head of the lab.

use super::{lines, play};
use crate::engine::Run;
use crate::labs::golden::{self, Line, word};
use serde_json::Value;

fn dialogue(run: &Run) -> String {
    golden::dialogue(run, |line| {
        let Line { node, label, data, .. } = line;
        Some(match line.kind.as_str() {
            "act" => return None,
            // Who is asked once more says so; the first time is told by the receive.
            "timeout" => format!("{node} {label}"),
            "receive" => {
                let turn = |(key, verb)| data.get(key).map(|turn: &Value| format!("; {verb} {}", turn["txn"]));
                let more: String = [("ends", "ends"), ("begins", "begins")].into_iter().filter_map(turn).collect();
                line.usual()? + &more
            }
            "state" if data.get("bus").is_some() => format!("bus ◆ {label}; memory has {}", data["memory"]),
            "state" if data["doubt"] == true => format!("{node}: {label}"),
            "state" => format!("{node} is {label} ({})", word(&data["why"])),
            "request" => format!("{node} ? {label}"),
            "local" => format!("bus: {label}"),
            _ => return line.usual(),
        })
    })
}

/// Runs acts and holds the dialogue against `golden/NAME.txt`. One delay is 1 ms, and nothing else takes any time.
fn golden(name: &str, setup: &str, acts: &[(u64, String)], until_ms: u64) -> Run {
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"network\":{{\"delay_ms\":1}},\"setup\":{{\"bus_ms\":0,\
         \"memory_ms\":0,\"transfer_ms\":0,\"retry_ms\":20,\"memory\":{{\"x\":\"old\"}}{setup}}},\"acts\":[{}],\
         \"until_ms\":{until_ms}}}",
        acts.join(",")
    );
    let run = play(&text);
    let said = dialogue(&run);
    golden::hold("mesi", name, &said);
    run
}

fn read(cache: &str, key: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{cache}\",\"op\":\"read\",\"args\":{{\"key\":\"{key}\"}}}}}}")
}

fn write(cache: &str, key: &str, value: &str) -> String {
    format!(
        "{{\"request\":{{\"node\":\"{cache}\",\"op\":\"write\",\"args\":{{\"key\":\"{key}\",\"value\":\"{value}\"}}}}}}"
    )
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn lose(from: &str, to: &str, n: u32) -> String {
    format!("{{\"message\":{{\"from\":\"{from}\",\"to\":\"{to}\",\"n\":{n},\"drop\":true}}}}")
}

/// The changes of a line at a cache in a word each, such as `IE`.
fn moves(run: &Run, cache: &str, line: &str) -> String {
    let all = lines(run);
    let ours = all.iter().filter(|l| l["node"] == cache && l["data"]["line"] == line && l["data"]["to"].is_string());
    ours.map(|l| word(&l["data"]["from"]) + &word(&l["data"]["to"])).collect::<Vec<_>>().join(" ")
}

const TWO: &str = ",\"caches\":2";

#[test]
fn row_i() {
    // PrRd where nobody else has it, and where somebody has; PrWr; and a bus that has nothing to find.
    let run = golden("i-read-alone", TWO, &[(1, read("C1", "x"))], 20);
    assert_eq!(moves(&run, "C1", "x"), "IE");
    let run = golden("i-read-shared", TWO, &[(1, read("C2", "x")), (10, read("C1", "x"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IS");
    let run = golden("i-write", TWO, &[(1, write("C1", "x", "new"))], 20);
    assert_eq!(moves(&run, "C1", "x"), "IM");
    let run = golden("i-read-alone-msi", ",\"caches\":2,\"protocol\":\"msi\"", &[(1, read("C1", "x"))], 20);
    assert_eq!(moves(&run, "C1", "x"), "IS");
    // C3 has never heard of x: BusRd, BusUpgr and BusRdX pass it by.
    let run = golden(
        "i-snoops",
        "",
        &[(1, read("C1", "x")), (10, read("C2", "x")), (20, write("C1", "x", "a")), (30, write("C2", "x", "b"))],
        45,
    );
    assert_eq!((moves(&run, "C3", "x"), moves(&run, "C1", "x")), (String::new(), "IE ES SM MI".into()));
}

#[test]
fn row_s() {
    let shared =
        |cache: &str, op: String| vec![(1, read("C1", "x")), (10, read("C2", "x")), (20, op), (30, read(cache, "x"))];
    golden("s-read", TWO, &shared("C1", read("C1", "x")), 40);
    let run = golden("s-write", TWO, &shared("C1", write("C1", "x", "new")), 40);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IE ES SM".into(), "IS SI".into()));
    let run = golden("s-busrd", "", &shared("C1", read("C3", "x")), 40);
    assert_eq!(moves(&run, "C1", "x"), "IE ES", "it stays shared");
    let run = golden("s-busrdx", "", &shared("C3", write("C3", "x", "new")), 40);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IE ES SI".into(), "IS SI".into()));
    let run = golden(
        "s-evict",
        ",\"caches\":2,\"lines\":1",
        &[(1, read("C1", "x")), (10, read("C2", "x")), (20, read("C1", "y"))],
        35,
    );
    assert_eq!(moves(&run, "C1", "x"), "IE ES SI");
}

#[test]
fn row_e() {
    let run = golden("e-hits", TWO, &[(1, read("C1", "x")), (10, read("C1", "x")), (12, write("C1", "x", "new"))], 20);
    assert_eq!(moves(&run, "C1", "x"), "IE EM");
    let run = golden("e-busrd", TWO, &[(1, read("C1", "x")), (10, read("C2", "x"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IE ES");
    let run = golden("e-busrdx", TWO, &[(1, read("C1", "x")), (10, write("C2", "x", "new"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IE EI");
    let run = golden("e-evict", ",\"caches\":2,\"lines\":1", &[(1, read("C1", "x")), (10, read("C1", "y"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IE EI");
}

#[test]
fn row_m() {
    let mine = (1, write("C1", "x", "new"));
    golden("m-hits", TWO, &[mine.clone(), (10, read("C1", "x")), (12, write("C1", "x", "newer"))], 20);
    let run = golden("m-busrd", TWO, &[mine.clone(), (10, read("C2", "x"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IM MS");
    let run = golden("m-busrdx", TWO, &[mine.clone(), (10, write("C2", "x", "newer"))], 25);
    assert_eq!(moves(&run, "C1", "x"), "IM MI");
    let run = golden("m-evict", ",\"caches\":2,\"lines\":1", &[mine, (10, read("C1", "y"))], 30);
    assert_eq!(moves(&run, "C1", "x"), "IM MI");
}

#[test]
fn what_cannot_happen_does_not() {
    // BusUpgr where another cache has M or E: C2's upgrade loses against C1's write and against C3's read after it.
    // By the time in which the bus serves it, it is none any more.
    let race = |third: &str| {
        let mut acts = vec![(1, read("C1", "x")), (10, read("C2", "x")), (20, write("C1", "x", "a"))];
        acts.push((20, write("C2", "x", "b")));
        if !third.is_empty() {
            acts.push((20, read(third, "x")));
        }
        acts
    };
    let run = golden("m-busupgr", TWO, &race(""), 40);
    let asked: Vec<String> = lines(&run)
        .iter()
        .filter(|l| l["node"] == "bus" && l["kind"] == "state")
        .map(|l| word(&l["data"]["bus"]))
        .collect();
    assert_eq!(asked, ["BusRd", "BusRd", "BusUpgr", "BusRdX"], "the second BusUpgr has become a BusRdX");
    // With E: a cache that alone has the line got it when all others had given it up, so no upgrade waits there.
    let acts = [(1, write("C1", "x", "a")), (10, read("C1", "y")), (20, read("C2", "x")), (20, write("C1", "x", "b"))];
    golden("e-busupgr", ",\"caches\":2,\"lines\":1", &acts, 45);
    // Broken on purpose it does come to that: the cache in M has no cell for it and does nothing, and there are two.
    let run = golden("m-busupgr-broken", ",\"caches\":2,\"broken\":[\"stale-upgrade\"]", &race(""), 40);
    assert_eq!(run.violations().first().map(|v| v.rule), Some("single-writer"));
}

#[test]
fn a_write_back_that_is_snooped_first_is_cancelled() {
    let acts = [(1, write("C1", "x", "new")), (10, read("C2", "x")), (10, read("C1", "y"))];
    let run = golden("write-back-cancelled", ",\"caches\":2,\"lines\":1", &acts, 30);
    assert_eq!(moves(&run, "C1", "x"), "IM MS SI");
}

#[test]
fn every_message_of_a_transaction_may_be_lost() {
    // The request, the snoop, the answer with the flush, the grant, the word that it came: each is said again.
    for (name, from, to, n) in [
        ("request", "C2", "bus", 1),
        ("snoop", "bus", "C1", 2),
        ("answer", "C1", "bus", 3),
        ("grant", "bus", "C2", 2),
        ("done", "C2", "bus", 2),
    ] {
        let at = match name {
            "request" => 10,
            "snoop" => 11,
            "answer" => 12,
            "grant" => 13,
            _ => 14,
        };
        // C2 is asked about C1's first write, so its messages are numbered from its answer on.
        let n = if from == "C2" { n + 1 } else { n };
        let acts = [(1, write("C1", "x", "new")), (10, read("C2", "x")), (at, lose(from, to, n))];
        let run = golden(&format!("lost-{name}"), TWO, &acts, 60);
        assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MS".into(), "IS".into()), "{name}");
        let drops = lines(&run).iter().filter(|l| l["kind"] == "drop").count();
        assert_eq!(drops, 1, "{name}");
        assert_eq!(run.violations(), [], "{name}");
    }
}

#[test]
fn a_crash_frees_the_bus_and_a_pause_holds_it() {
    let start = [(1, write("C1", "x", "new")), (10, read("C2", "x"))];
    let with = |more: &[(u64, String)]| start.iter().chain(more).cloned().collect::<Vec<_>>();
    let run = golden("pause", TWO, &with(&[(9, on("pause", "C1")), (50, on("resume", "C1"))]), 70);
    assert_eq!(moves(&run, "C2", "x"), "IS");
    let run = golden("crash-owner", TWO, &with(&[(9, on("crash", "C1"))]), 40);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MI".into(), "IE".into()));
    // The flush is under way when its cache crashes: the bus takes no notice of a life that is over.
    let crash = "{\"crash\":{\"node\":\"C1\"}}".to_string();
    golden("crash-flush", TWO, &with(&[(12, crash)]), 40);
    // The requester crashes with its grant under way: the transaction ends without it.
    let run = golden("crash-requester", TWO, &with(&[(13, on("crash", "C2")), (20, read("C1", "x"))]), 40);
    assert_eq!(moves(&run, "C1", "x"), "IM MS");
    // The bus itself: a pause that loses arrivals.
    let run = golden("crash-bus", TWO, &with(&[(12, on("crash", "bus")), (30, on("restart", "bus"))]), 80);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MS".into(), "IS".into()));
}

#[test]
fn row_o() {
    let moesi = ",\"protocol\":\"moesi\"";
    let owned = [(1, write("C1", "x", "new")), (10, read("C2", "x"))];
    let with = |more: &[(u64, String)]| owned.iter().chain(more).cloned().collect::<Vec<_>>();
    // BusRd and PrWr; BusUpgr by one that shares it, then BusRdX; eviction, and a write-back that a snoop cancels.
    let run = golden("o-busrd", moesi, &with(&[(20, read("C3", "x")), (30, write("C1", "x", "newer"))]), 45);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MO OM".into(), "IS SI".into()));
    let run = golden("o-busupgr", moesi, &with(&[(20, write("C2", "x", "a")), (30, write("C3", "x", "b"))]), 45);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MO OI".into(), "IS SM MI".into()));
    let one = format!("{moesi},\"caches\":2,\"lines\":1");
    let run = golden("o-evict", &one, &with(&[(20, read("C1", "y"))]), 40);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IM MO OI".into(), "IS".into()));
    let run = golden(
        "o-write-back-stays",
        &one,
        &[(1, write("C1", "x", "new")), (10, read("C2", "x")), (10, read("C1", "y"))],
        40,
    );
    assert_eq!(moves(&run, "C1", "x"), "IM MO OI", "it owns the line still, and writes it back");
    let run = golden("o-write-back-cancelled", &one, &with(&[(20, write("C2", "x", "a")), (20, read("C1", "y"))]), 45);
    assert_eq!(moves(&run, "C1", "x"), "IM MO OI");
}

#[test]
fn an_owner_that_crashes_leaves_the_line_to_those_who_share_it() {
    let moesi = ",\"protocol\":\"moesi\"";
    let owned = [(1, write("C1", "x", "new")), (10, read("C2", "x"))];
    let with = |more: &[(u64, String)]| owned.iter().chain(more).cloned().collect::<Vec<_>>();
    let crash = (20, "{\"crash\":{\"node\":\"C1\"}}".to_string());
    let run = golden("owner-crash", moesi, &with(&[crash.clone(), (30, read("C3", "x"))]), 45);
    let reply = lines(&run).into_iter().rfind(|l| l["kind"] == "reply").expect("C3 reads");
    assert_eq!(reply["data"]["value"], "new");
    // The last that shares it goes, too: now it is lost, and that is said.
    let both = [crash, (20, "{\"crash\":{\"node\":\"C2\"}}".to_string()), (40, read("C3", "x"))];
    let run = golden("owner-and-sharer-crash", moesi, &with(&both), 55);
    let lost = lines(&run).into_iter().find(|l| l["data"]["saved"] == false).expect("the bus says so");
    assert_eq!(lost["data"]["bus"], "Rescue");
}

#[test]
fn rows_f_and_v() {
    let mesif = ",\"protocol\":\"mesif\"";
    let acts = [(1, read("C1", "x")), (10, read("C2", "x")), (20, read("C3", "x")), (30, write("C3", "x", "new"))];
    let run = golden("f-busrd", mesif, &acts, 45);
    assert_eq!((moves(&run, "C2", "x"), moves(&run, "C3", "x")), ("IF FS SI".into(), "IF FM".into()));
    let run =
        golden("f-busrdx", mesif, &[(1, read("C1", "x")), (10, read("C2", "x")), (20, write("C3", "x", "new"))], 35);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IE ES SI".into(), "IF FI".into()));
    let acts =
        [(1, read("C1", "x")), (10, read("C2", "x")), (20, write("C1", "x", "new")), (30, write("C3", "x", "newer"))];
    let run = golden("v-buswr", ",\"write\":\"through\"", &acts, 45);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C3", "x")), ("IV VI".into(), String::new()));
    let run = golden("v-allocate", ",\"write\":\"through-allocate\"", &acts, 60);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C3", "x")), ("IV VI".into(), "IV".into()));
    // Who loses the line while its BusWr waits has the word in memory all the same.
    let race = [(1, read("C1", "x")), (10, read("C2", "x")), (20, write("C1", "x", "a")), (20, write("C2", "x", "b"))];
    let run = golden("two-buswr", ",\"caches\":2,\"write\":\"through\"", &race, 40);
    assert_eq!((moves(&run, "C1", "x"), moves(&run, "C2", "x")), ("IV VI".into(), "IV VI".into()));
}
