//! What users of lock recipes and of their client libraries have reported, tried here: the right outcome first. Each names its
//! source. Those whose mistake is a switch of this lab have a scenario besides, `broken-…`.

use super::dialogue::{Subject, act, ask, cut, golden, grants, heal, link, lock, metric, on, results, unlock};
use super::lines;
use crate::engine::explore::run_and_settle;
use crate::labs;

/// No rule is broken in the end.
fn sound(setup: &str, acts: &[(u64, String)], until_ms: u64) {
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"zk-lock\",\"network\":{{\"delay_ms\":10}},\"setup\":{{{setup}}},\
         \"acts\":[{}],\"until_ms\":{until_ms}}}",
        acts.join(",")
    );
    assert_eq!(run_and_settle(labs::parse(&text).expect("a scenario")).violations(), []);
}

/// samuel/go-zookeeper#229, zk-ruby/zk#54, CURATOR-45: the create is done, its answer is lost, and the client creates a second
/// node behind its own first one. Scenario `connection-loss`; without guids `broken-guid`.
#[test]
fn a_node_whose_creation_was_not_answered_is_found_again() {
    let acts = [
        (500, lock(1)),
        (720, lock(2)),
        (830, lock(1)),
        (875, on("crash", "zk1")),
        (1_000, unlock(1)),
        (2_600, unlock(2)),
    ];
    let run = golden("report-created-twice", Subject::Clients, "\"session_ms\":1500", &acts, 3_000);
    let nodes: Vec<String> = lines(&run)
        .into_iter()
        .filter(|l| l["node"] == "zk3" && l["data"]["txn"]["type"] == "create" && l["data"]["txn"]["content"] == "c1")
        .map(|l| l["data"]["txn"]["path"].to_string())
        .collect();
    assert_eq!(nodes.len(), 2, "one for each time that c1 wanted the lock: {nodes:?}");
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c1 /lock"]);
    sound("\"session_ms\":1500", &acts, 3_000);
}

/// shayhatsor/zookeeper#26, python-zk/kazoo#490, apache/helix#44, CURATOR-527: the node before goes between the list and the
/// watch, and the waiter waits for ever. Scenario `broken-check`.
#[test]
fn a_node_that_goes_before_it_is_watched_is_noticed() {
    let acts = [(500, lock(1)), (700, lock(2)), (730, unlock(1))];
    let run = golden("report-gone-before-watched", Subject::Clients, "", &acts, 1_000);
    assert!(
        lines(&run).iter().any(|l| l["kind"] == "receive" && l["label"] == "not there"),
        "the watch comes too late"
    );
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"]);
}

/// python-zk/kazoo#151: watches are lost when the connection is, though the session lives. Scenario `broken-watches`.
#[test]
fn a_watch_survives_a_reconnect_also_when_what_it_waits_for_happened_meanwhile() {
    let acts = [(500, lock(3)), (700, lock(1)), (900, on("crash", "zk1")), (1_000, unlock(3))];
    let run = golden("report-watch-reconnect", Subject::Clients, "\"session_ms\":1200", &acts, 2_300);
    assert_eq!(grants(&run), ["c3 /lock", "c1 /lock"]);
}

/// apache/zookeeper#413 (ZOOKEEPER-2931): names begin with the session's id, the queue is sorted by whole names, and two have
/// the lock. Scenario `broken-sort`.
#[test]
fn the_queue_is_sorted_by_number_whatever_the_names_begin_with() {
    let acts = [(500, lock(2)), (800, lock(1)), (1_000, unlock(2))];
    let run = act("", &acts, 1_300);
    assert_eq!(grants(&run), ["c2 /lock", "c1 /lock"]);
    assert_eq!(metric(&run, "double_beliefs"), 0);
}

/// python-zk/kazoo#606 and #730, go-zookeeper/zk#65: the number of sequential nodes is a signed one of 32 bits and wraps round.
/// Here it does not; scenario `broken-wrap` shows what happens where it does.
#[test]
fn a_lock_that_was_in_use_for_long_stays_fair() {
    let acts =
        [(500, lock(1)), (800, lock(2)), (1_000, lock(3)), (1_200, unlock(1)), (1_400, unlock(2)), (1_600, unlock(3))];
    let run = act("\"first_sequence\":2147483646", &acts, 1_900);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c3 /lock"]);
}

/// python-zk/kazoo#649: a reader that is woken looks at all writers, also at those behind it, and the two wait for each other.
#[test]
fn a_reader_does_not_wait_for_a_writer_behind_it() {
    let acts = [
        (500, lock(1)),
        (800, ask(2, "lock", "\"mode\":\"shared\"")),
        (950, lock(3)),
        (1_100, unlock(1)),
        (1_300, unlock(2)),
    ];
    let run = golden("report-reader-behind", Subject::Clients, "", &acts, 1_500);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c3 /lock"]);
}

/// python-zk/kazoo#309, samuel/go-zookeeper#64: other nodes under the lock's path, with dashes in their names, are taken for
/// contenders, and nobody is ever first.
#[test]
fn other_nodes_beside_those_of_the_lock_are_in_nobodys_way() {
    let acts = [
        (500, ask(1, "create", "\"path\":\"/lock\"")),
        (600, ask(1, "create", "\"path\":\"/lock/a-content\"")),
        (700, ask(1, "create", "\"path\":\"/lock/block-list\"")),
        (800, lock(2)),
    ];
    let run = golden("report-siblings", Subject::Clients, "", &acts, 1_000);
    assert_eq!(grants(&run), ["c2 /lock"]);
}

/// zk-ruby/zk#49, micro-fan/aiozk#34: who gives up waiting leaves its node behind, and nobody gets the lock any more.
#[test]
fn who_has_waited_for_long_enough_leaves_no_node() {
    let acts = [(500, lock(1)), (800, ask(2, "lock", "\"timeout_ms\":200")), (900, lock(3)), (1_200, unlock(1))];
    let run = golden("report-timeout", Subject::Clients, "", &acts, 1_500);
    assert_eq!(results(&run, "c2", "lock"), ["timeout"]);
    assert_eq!(grants(&run), ["c1 /lock", "c3 /lock"]);
}

/// CURATOR-604 (apache/curator#1121): a client with a new session sees the node of its old one, takes it for its own, and has
/// the lock until that node goes.
#[test]
fn the_node_of_an_old_session_is_not_taken_for_ones_own() {
    // By its own clock c1's session is over before the leader ends it.
    let setup = "\"session_ms\":900,\"local_expiry\":true";
    let acts = [
        (500, lock(1)),
        (800, lock(2)),
        (850, link("zk1", "c1", true, 10)),
        (850, link("zk2", "c1", true, 10)),
        (850, link("zk3", "c1", true, 10)),
        (1_700, lock(1)),
        (1_750, heal()),
        (1_760, link("zk1", "c1", false, 10)),
        (1_760, link("zk2", "c1", false, 10)),
        (1_760, link("zk3", "c1", false, 10)),
    ];
    let run = golden("report-old-node", Subject::Clients, setup, &acts, 3_000);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"], "c1 is behind c2 now");
}

/// CURATOR-678 (apache/curator#1193): the connection is lost while the lock is given back, the client forgets it, and the node
/// stays.
#[test]
fn a_delete_that_was_not_answered_is_sent_again() {
    let acts = [(500, lock(1)), (800, lock(2)), (950, on("crash", "zk1")), (960, unlock(1))];
    let run = golden("report-delete-lost", Subject::Clients, "\"session_ms\":1500", &acts, 2_600);
    assert_eq!(results(&run, "c1", "unlock"), ["released"]);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"]);
}

/// twitter-archive/commons#20: the session of somebody who waits is over, its node is gone, and it is never told.
#[test]
fn who_waits_and_loses_its_session_begins_again() {
    let acts = [(500, lock(1)), (800, lock(2)), (900, cut(&["c2"])), (2_200, heal()), (2_900, unlock(1))];
    let run = golden("report-waiter-expires", Subject::Clients, "\"session_ms\":900", &acts, 3_200);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"]);
}

/// python-zk/kazoo#412: a holder crashes in the very moment in which it gives the lock back, and all others wait for ever.
#[test]
fn a_holder_that_crashes_while_it_gives_back_is_in_nobodys_way() {
    let delete = "{\"message\":{\"from\":\"c1\",\"to\":\"zk1\",\"n\":NN,\"drop\":true}}";
    let acts = [(500, lock(1)), (800, lock(2)), (900, unlock(1))];
    let run = act("\"session_ms\":900", &acts, 1_000);
    let sent: Vec<serde_json::Value> = lines(&run)
        .into_iter()
        .filter(|l| l["kind"] == "send" && l["node"] == "c1")
        .flat_map(|l| l["messages"].as_array().cloned().unwrap_or_default())
        .filter(|m| m["to"] == "zk1")
        .collect();
    let is_delete = |m: &serde_json::Value| m["label"].as_str().is_some_and(|label| label.starts_with("delete"));
    let n = 1 + sent.iter().position(is_delete).expect("c1 unlocks");
    let acts = [
        (500, lock(1)),
        (800, lock(2)),
        (900, unlock(1)),
        (901, delete.replace("NN", &n.to_string())),
        (902, on("crash", "c1")),
    ];
    let run = golden("report-crash-at-release", Subject::Clients, "\"session_ms\":900", &acts, 2_300);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock"]);
}

/// apache/accumulo#6197, toenuff/PSHZookeeper#2: a process is killed and started again before its old session is over, so that
/// its old node is before its new one.
#[test]
fn who_comes_back_before_its_old_session_is_over_waits_for_its_old_node() {
    let acts = [(500, lock(1)), (800, on("crash", "c1")), (900, on("restart", "c1")), (1_000, lock(1))];
    let run = golden("report-restart", Subject::Clients, "\"session_ms\":900", &acts, 2_300);
    assert_eq!(grants(&run), ["c1 /lock", "c1 /lock"]);
    assert_eq!(metric(&run, "session_expiries"), 1);
}

/// CURATOR-206 (apache/curator#727): the network is away for longer than the session, and two believe that they hold. That
/// cannot be helped; a fence keeps the file whole. Scenarios `two-believe` and `sleeper`.
#[test]
fn two_may_believe_and_only_one_is_let_in() {
    let acts = [
        (500, lock(1)),
        (800, lock(2)),
        (900, cut(&["c1"])),
        (2_000, ask(2, "append", "\"text\":\"c2\"")),
        (2_300, ask(1, "append", "\"text\":\"c1\"")),
        (2_310, heal()),
    ];
    let run = golden("report-two-believe", Subject::Clients, "\"session_ms\":900", &acts, 2_900);
    assert!(metric(&run, "double_belief_us") > 300_000);
    assert_eq!(metric(&run, "accesses_rejected"), 1);
    assert_eq!(run.violations(), []);
}

/// docker/libkv#156, twitter-archive/commons#5, python-zk/kazoo#2: the session is over, and whoever holds a lock in it is never
/// told. Scenario `broken-deaf`.
#[test]
fn a_holder_is_told_that_its_lock_is_lost() {
    let acts = [(500, lock(1)), (900, cut(&["c1"])), (2_200, heal())];
    let run = act("\"session_ms\":900", &acts, 2_800);
    let lost = lines(&run).into_iter().find(|l| l["data"]["lock"] == "lost").expect("it is told");
    assert_eq!((&lost["node"], &lost["data"]["path"]), (&"c1".into(), &"/lock".into()));
}
