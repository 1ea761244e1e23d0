//! Dialogues of the lock recipe and the file: what the tests of the common Python client know of a lock.

use super::dialogue::{Subject, ask, cut, golden, grants, link, lock, metric, on, results, unlock};
use super::lines;

#[test]
fn five_contenders_get_the_lock_in_their_order() {
    let mut acts = vec![];
    for i in 1..=5 {
        acts.push((500 + 150 * (i - 1), lock(i)));
        acts.push((1_400 + 200 * (i - 1), unlock(i)));
    }
    let run = golden("five", Subject::Clients, "\"clients\":5", &acts, 2_400);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c3 /lock", "c4 /lock", "c5 /lock"]);
}

#[test]
fn the_lock_is_not_re_entrant() {
    let acts = [(500, lock(1)), (800, lock(1)), (1_000, unlock(1)), (1_200, unlock(1))];
    let run = golden("not-re-entrant", Subject::Clients, "", &acts, 1_400);
    assert_eq!(grants(&run), ["c1 /lock", "c1 /lock"], "the second only after the first was given back");
}

#[test]
fn who_does_not_want_to_wait_is_refused() {
    let acts = [
        (500, lock(1)),
        (800, ask(2, "lock", "\"blocking\":false")),
        (1_000, unlock(1)),
        (1_100, ask(2, "lock", "\"blocking\":false")),
    ];
    let run = golden("refused", Subject::Clients, "", &acts, 1_400);
    assert_eq!(results(&run, "c2", "lock"), ["refused", "granted"]);
}

#[test]
fn who_cancels_leaves_no_node() {
    let acts = [(500, lock(1)), (800, lock(2)), (900, lock(3)), (1_000, ask(2, "cancel", "")), (1_200, unlock(1))];
    let run = golden("cancel", Subject::Clients, "", &acts, 1_500);
    assert_eq!(results(&run, "c2", "lock"), ["cancelled"]);
    assert_eq!(grants(&run), ["c1 /lock", "c3 /lock"]);
}

#[test]
fn a_holder_whose_session_expires_passes_the_lock_on() {
    let acts = [(500, lock(1)), (800, lock(2)), (900, cut(&["c1"])), (2_200, "{\"heal\":{}}".into())];
    let run = golden("expiry", Subject::Clients, "\"session_ms\":900", &acts, 2_700);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"]);
    assert_eq!(metric(&run, "session_expiries"), 1);
    assert!(metric(&run, "double_belief_us") > 0, "c1 cannot know, and learns of it when it is back");
}

#[test]
fn readers_share_and_a_writer_waits_for_all_of_them() {
    let share = |client| ask(client, "lock", "\"mode\":\"shared\"");
    let acts = [
        (500, share(1)),
        (700, share(2)),
        (800, lock(3)),
        (900, share(4)),
        (1_100, unlock(1)),
        (1_200, unlock(2)),
        (1_400, unlock(3)),
    ];
    let run = golden("readers-writer", Subject::Clients, "\"clients\":4", &acts, 1_600);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c3 /lock", "c4 /lock"], "who came before the writer goes first");
}

#[test]
fn an_increment_is_lock_read_write_unlock() {
    golden("increment", Subject::Clients, "", &[(500, ask(1, "increment", "\"times\":2"))], 1_100);
}

#[test]
fn a_sleeper_writes_when_it_wakes_up_and_is_rejected() {
    let acts = [
        (500, ask(1, "increment", "")),
        (780, on("pause", "c1")),
        (800, ask(2, "increment", "")),
        (2_400, on("resume", "c1")),
    ];
    let run = golden("sleeper", Subject::Clients, "\"session_ms\":1000,\"work_ms\":200", &acts, 3_000);
    assert_eq!(metric(&run, "accesses_rejected"), 1);
    assert_eq!(results(&run, "c1", "increment"), ["ok"], "with a new lock it counts once more");
    let last = lines(&run).into_iter().rfind(|l| l["data"].get("access").is_some()).expect("an access");
    assert_eq!(last["data"]["value"], 2);
}

#[test]
fn an_access_that_comes_twice_acts_once() {
    let copy = "{\"message\":{\"from\":\"c1\",\"to\":\"file\",\"n\":1,\"duplicate\":true}}".to_string();
    let acts = [(500, ask(1, "append", "\"text\":\"once\"")), (721, copy)];
    let run = golden("twice", Subject::Clients, "", &acts, 900);
    let accesses = lines(&run).into_iter().filter(|l| l["data"].get("access").is_some()).count();
    assert_eq!(accesses, 1);
    let copies = lines(&run).into_iter().filter(|l| l["kind"] == "receive" && l["node"] == "file").count();
    assert_eq!(copies, 2, "it did come twice");
}

#[test]
fn a_reader_that_was_overtaken_takes_a_new_place() {
    // Two share; the later one reads first, so the file has seen its higher token. The price of one number for all.
    let acts = [
        (500, ask(1, "lock", "\"mode\":\"shared\"")),
        (700, ask(2, "lock", "\"mode\":\"shared\"")),
        (900, ask(2, "read", "")),
        (1_000, ask(1, "read", "")),
        (1_100, unlock(1)),
        (1_200, ask(1, "read", "")),
    ];
    let run = golden("overtaken-reader", Subject::Clients, "", &acts, 1_500);
    assert_eq!(results(&run, "c1", "read"), ["rejected", "ok"]);
}

#[test]
fn a_slow_append_is_accepted_while_nobody_has_come_after() {
    let acts = [
        (500, lock(1)),
        (800, lock(2)),
        (900, link("c1", "file", false, 1_200)),
        (910, ask(1, "append", "\"text\":\"late\"")),
        (940, cut(&["c1", "file"])),
        (2_500, ask(2, "append", "\"text\":\"next\"")),
    ];
    let run = golden("late-append", Subject::Clients, "\"session_ms\":900", &acts, 2_450);
    assert_eq!(metric(&run, "late_accesses_accepted"), 1);
    assert_eq!(run.violations(), []);
}
