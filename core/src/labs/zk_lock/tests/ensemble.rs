//! Dialogues of the ensemble: Zab, sessions, connections.

use super::dialogue::{Subject, ask, cut, golden, grants, heal, link, lock, metric, on, results, unlock};
use super::lines;

#[test]
fn a_leader_is_elected_and_brings_the_others_to_where_it_is() {
    golden("election", Subject::Servers(0), "\"clients\":1", &[], 300);
}

#[test]
fn the_one_who_knows_most_is_elected_not_the_one_with_the_highest_id() {
    // zk3 was down when /b was created: zk2 has the higher zxid, and leads.
    let acts = [
        (500, on("crash", "zk3")),
        (2_600, ask(1, "create", "\"path\":\"/b\"")),
        (3_000, on("crash", "zk2")),
        (3_100, on("restart", "zk3")),
        (3_100, on("restart", "zk2")),
    ];
    let run = golden("knows-most", Subject::Servers(3_090), "\"clients\":1,\"snapshot_every\":0", &acts, 3_700);
    let leads = lines(&run).into_iter().rfind(|l| l["data"]["role"] == "leading").expect("somebody leads");
    assert_ne!(leads["node"], "zk3", "zk3 lacks /b");
    let both = |l: &&serde_json::Value| l["node"] == "zk3" && l["data"]["txn"]["path"] == "/b";
    assert_eq!(lines(&run).iter().filter(both).count(), 1, "zk3 gets it");
}

#[test]
fn what_was_never_committed_is_truncated() {
    // zk3 leads and is cut off with a proposal that nobody else has. When it comes back it drops that.
    let acts = [
        (500, cut(&["zk3", "c3"])),
        (520, ask(3, "create", "\"path\":\"/lost\"")),
        (1_500, ask(1, "create", "\"path\":\"/kept\"")),
        (2_000, heal()),
    ];
    let run = golden("truncate", Subject::Servers(1_995), "\"snapshot_every\":0", &acts, 2_500);
    assert!(lines(&run).iter().any(|l| l["data"].get("truncated_to").is_some()), "TRUNC");
    assert_eq!(results(&run, "c3", "create"), ["ConnectionLoss"], "nobody was told that it exists");
}

#[test]
fn a_follower_that_lacks_what_is_cut_off_gets_a_snapshot() {
    let acts = [(450, on("crash", "zk1")), (500, ask(2, "increment", "\"times\":3")), (2_400, on("restart", "zk1"))];
    golden("snapshot", Subject::Servers(2_390), "\"snapshot_every\":8", &acts, 2_600);
}

#[test]
fn a_follower_that_has_missed_a_proposal_gets_it_with_the_tick() {
    let lost = "{\"message\":{\"from\":\"zk3\",\"to\":\"zk1\",\"n\":NN,\"drop\":true}}";
    // The proposal is found by its label: its number on the link follows from what was said before.
    let acts = [(500, ask(3, "create", "\"path\":\"/a\""))];
    let run = super::dialogue::act("", &acts, 700);
    let sent: Vec<serde_json::Value> = lines(&run)
        .into_iter()
        .filter(|l| l["kind"] == "send" && l["node"] == "zk3")
        .flat_map(|l| l["messages"].as_array().cloned().unwrap_or_default())
        .filter(|m| m["to"] == "zk1")
        .collect();
    let n = 1 + sent.iter().position(|m| m["label"] == "PROPOSAL 1:4").expect("it was sent to zk1");
    let acts = [(500, ask(3, "create", "\"path\":\"/a\"")), (511, lost.replace("NN", &n.to_string()))];
    golden("missed-proposal", Subject::Servers(499), "", &acts, 800);
}

#[test]
fn a_minority_refuses_writes() {
    let acts = [
        (500, cut(&["zk3", "c3"])),
        (510, ask(3, "create", "\"path\":\"/a\"")),
        (1_200, ask(1, "create", "\"path\":\"/b\"")),
    ];
    let run = golden("minority", Subject::Clients, "", &acts, 2_600);
    assert_eq!(results(&run, "c1", "create"), ["ok"]);
    assert_eq!(results(&run, "c3", "create"), ["ConnectionLoss"]);
}

#[test]
fn a_server_behind_the_client_refuses_it() {
    let acts = [
        (500, link("zk3", "zk1", true, 10)),
        (510, ask(3, "create", "\"path\":\"/seen\"")),
        (600, link("c3", "zk3", true, 10)),
        (600, link("zk3", "c3", true, 10)),
    ];
    let run = golden("behind", Subject::Clients, "\"session_ms\":900,\"tick_ms\":250", &acts, 1_700);
    assert!(lines(&run).iter().any(|l| l["data"]["turned_away"] == "behind"));
}

#[test]
fn a_request_of_a_session_that_has_moved_on_is_refused() {
    // c1's create is under way from zk1 to the leader for long; meanwhile c1 has moved to zk2.
    let acts = [
        (500, link("zk1", "zk3", false, 900)),
        (505, ask(1, "create", "\"path\":\"/late\"")),
        (520, link("c1", "zk1", true, 10)),
        (520, link("zk1", "c1", true, 10)),
        (530, link("zk1", "zk3", false, 10)),
    ];
    let run = golden("moved", Subject::Servers(499), "\"session_ms\":700,\"tick_ms\":250", &acts, 1_500);
    assert!(metric(&run, "requests_of_moved_sessions") > 0);
}

#[test]
fn a_session_goes_on_at_another_server() {
    let acts = [(500, lock(1)), (800, on("crash", "zk1")), (2_000, unlock(1))];
    let run = golden("reconnect", Subject::Clients, "\"session_ms\":1200", &acts, 2_300);
    assert_eq!(results(&run, "c1", "unlock"), ["released"]);
    assert_eq!(metric(&run, "session_expiries"), 0);
}

#[test]
fn a_node_that_is_not_ephemeral_survives_its_client() {
    let acts = [
        (500, ask(1, "create", "\"path\":\"/stays\"")),
        (600, ask(1, "create", "\"path\":\"/goes\",\"ephemeral\":true")),
        (700, on("crash", "c1")),
        (1_900, ask(2, "stat", "\"path\":\"/stays\"")),
        (2_000, ask(2, "stat", "\"path\":\"/goes\"")),
    ];
    let run = golden("persistent", Subject::Clients, "\"session_ms\":900", &acts, 2_100);
    let czxid: Vec<bool> = lines(&run)
        .into_iter()
        .filter(|l| l["kind"] == "reply" && l["data"]["op"] == "stat")
        .map(|l| l["data"]["czxid"].is_u64())
        .collect();
    assert_eq!(czxid, [true, false]);
}

#[test]
fn nodes_have_versions_and_watches_fire_once() {
    let acts = [
        (500, ask(1, "create", "\"path\":\"/v\",\"data\":\"one\"")),
        (600, ask(2, "stat", "\"path\":\"/v\",\"watch\":true")),
        (700, ask(1, "set", "\"path\":\"/v\",\"data\":\"two\",\"version\":\"0\"")),
        (800, ask(1, "set", "\"path\":\"/v\",\"data\":\"three\",\"version\":\"0\"")),
        (900, ask(1, "set", "\"path\":\"/v\",\"data\":\"four\"")),
        (1_000, ask(2, "get", "\"path\":\"/v\"")),
        (1_100, ask(1, "delete", "\"path\":\"/v\",\"version\":\"1\"")),
    ];
    let run = golden("versions", Subject::Clients, "", &acts, 1_300);
    assert_eq!(results(&run, "c1", "set"), ["ok", "BadVersion", "ok"]);
    assert_eq!(results(&run, "c1", "delete"), ["BadVersion"]);
    assert_eq!(metric(&run, "watch_notifications"), 1, "the second change tells nobody");
}

#[test]
fn a_closed_session_takes_its_nodes_along_and_the_next_request_opens_another() {
    let acts = [(500, lock(1)), (700, lock(2)), (900, ask(1, "close", "")), (1_200, lock(1)), (1_400, unlock(2))];
    let run = golden("close", Subject::Clients, "", &acts, 1_700);
    assert_eq!(grants(&run), ["c1 /lock", "c2 /lock", "c1 /lock"]);
}
