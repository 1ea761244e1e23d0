//! `lightcone history`, and `run --history` before it.

mod common;

use common::{complaint, file, lightcone, said};

/// The history of a built-in scenario.
fn history_of(scenario: &str) -> String {
    let path = file(&format!("{}.jsonl", scenario.replace('/', "-")), "");
    // A scenario that breaks a rule says so with its status.
    lightcone(&["run", scenario, "--history", &path]);
    path
}

#[test]
fn the_first_line_is_the_verdict_and_the_status_says_it_too() {
    let good = file(
        "good.edn",
        "[{:process 0, :type :invoke, :f :write, :value 1}\n {:process 0, :type :ok, :f :write, :value 1}]\n",
    );
    let output = lightcone(&["history", &good, "--model", "register"]);
    assert_eq!((said(&output).as_str(), output.status.code()), ("linearizable\n", Some(0)));
    let bad = file(
        "bad.log",
        "INFO  jepsen.util - 0\t:invoke\t:write\t1\nINFO  jepsen.util - 0\t:ok\t:write\t1\n\
         INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\t2\n",
    );
    let output = lightcone(&["history", &bad, "--model", "cas-register"]);
    let text = said(&output);
    assert_eq!((text.lines().next(), output.status.code()), (Some("not linearizable"), Some(1)));
    assert!(text.contains("longest linearizable prefix: 1 of 2 operations"), "{text}");
    assert!(text.contains("cannot be placed: read → 2, by 0 (called in line 3, returned in line 4)"), "{text}");
}

#[test]
fn histories_of_the_labs_are_judged() {
    for (scenario, model, consistency, verdict, status) in [
        ("raft-lock/client-crash", "lock", "linearizable", "linearizable", 0),
        ("raft-lock/broken-reads", "lock", "linearizable", "not linearizable", 1),
        ("zk-lock/two-believe", "lock", "linearizable", "linearizable", 0),
        ("zk-lock/broken-fencing", "lock", "linearizable", "not linearizable", 1),
        ("causal-kv/concurrent", "kv", "linearizable", "not linearizable", 1),
        ("causal-kv/concurrent", "kv", "causal", "causally consistent", 0),
        ("causal-kv/broken-no-context", "kv", "causal", "not causally consistent", 1),
        ("causal-kv/session", "kv", "sequential", "sequentially consistent", 0),
    ] {
        let path = history_of(scenario);
        let output = lightcone(&["history", &path, "--model", model, "--consistency", consistency]);
        let first = said(&output).lines().next().unwrap_or_default().to_string();
        assert_eq!(
            (first.as_str(), output.status.code()),
            (verdict, Some(status)),
            "{scenario}: {}",
            complaint(&output)
        );
    }
}

#[test]
fn too_few_states_make_it_unknown() {
    let path = history_of("raft-lock/deadlock-two");
    let output = lightcone(&["history", &path, "--model", "lock", "--states", "1"]);
    assert_eq!((said(&output).as_str(), output.status.code()), ("unknown\n", Some(2)));
    assert!(complaint(&output).contains("--states N allows more"));
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let broken = file("broken.edn", "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :write}\n");
    let appends = file("appends.edn", "{:process 0, :type :invoke, :f :append, :key 1, :value \"a\"}\n");
    for (args, words) in [
        (&["history"][..], "needs a file"),
        (&["history", &broken], "needs --model"),
        (&["history", &broken, "--model", "queue"], "expected one of register, cas-register, kv, lock"),
        (&["history", &broken, "--model", "register"], "line 2: process 0 has called :read"),
        (&["history", &broken, "--model", "register", "--states", "0"], "from 1 to"),
        (&["history", &broken, "--model", "register", "--consistency", "strong"], "expected one of linearizable"),
        (&["history", &appends, "--model", "kv", "--consistency", "causal"], "line 1: causal consistency is about"),
        (&["history", "no-such-file", "--model", "kv"], "no-such-file"),
    ] {
        let output = lightcone(args);
        let words_said = complaint(&output);
        assert!(output.status.code() == Some(2) && words_said.contains(words), "{args:?}: {words_said}");
        assert_eq!(words_said.trim_end().lines().count(), 1, "{words_said}");
    }
}
