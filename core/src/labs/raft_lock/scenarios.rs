//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 33] = [
    Builtin::new(
        "first-election",
        260_000,
        include_str!("scenarios/first-election.json"),
        "Nobody leads at first. The server whose timeout is shortest asks who would vote for it, then asks for the votes, and starts its term with a no-op.",
    ).with_views(&["Votes"]),
    Builtin::new(
        "split-vote",
        60_000,
        include_str!("scenarios/split-vote.json"),
        "S1 and S2 stand at the same moment and get two votes each of four. Nobody wins term 1; the next timeouts are drawn anew.",
    ).with_views(&["Votes"]),
    Builtin::new(
        "leader-crash",
        480_000,
        include_str!("scenarios/leader-crash.json"),
        "S1 leads and crashes with a lock granted. The others elect a new leader, and client_A still holds its lock.",
    ).with_views(&["Logs", "Votes"]),
    Builtin::new(
        "minority-leader",
        900_000,
        include_str!("scenarios/minority-leader.json"),
        "S1 is cut off with S2 and takes three commands that it can never commit. The majority goes on in a new term; after healing they are overwritten.",
    ),
    Builtin::new(
        "figure-7",
        60_000,
        include_str!("scenarios/figure-7.json"),
        "S1 comes to power in term 8 with the logs of Figure 7: followers lack entries, have too many, or both. Each refusal skips a whole term.",
    ),
    Builtin::new(
        "who-may-win",
        120_000,
        include_str!("scenarios/who-may-win.json"),
        "Logs, terms and votes are given. S1 and S3 stand, one after the other: work out who gets whose vote before you look.",
    ).with_views(&["Votes"]),
    Builtin::new(
        "figure-8",
        265_000,
        include_str!("scenarios/figure-8.json"),
        "S1's entry of term 1 is on a majority in (c), but term 3 has committed nothing. So it is not committed, and S5 may overwrite it in (d).",
    ),
    Builtin::new(
        "figure-8-e",
        290_000,
        include_str!("scenarios/figure-8-e.json"),
        "As before, but S1 gets an entry of its own term 3 onto a majority. That commits the old one too, and S5 cannot win any more.",
    ),
    Builtin::new(
        "disruptive",
        1_110_000,
        include_str!("scenarios/disruptive.json"),
        "S5 is cut off and stands again and again. When it comes back, its term has run ahead, and the leader that all others were happy with must step down.",
    ).with_views(&["Logs", "Votes"]),
    Builtin::new(
        "disruptive-prevote",
        1_110_000,
        include_str!("scenarios/disruptive-prevote.json"),
        "The same with PreVote: S5 asks who would vote for it, and nobody would. Its term stays, and it comes back without a sound.",
    ).with_views(&["Logs", "Votes"]),
    Builtin::new(
        "snapshot",
        1_250_000,
        include_str!("scenarios/snapshot.json"),
        "S3 is down while the others cut off the entries that it lacks. The leader sends it the snapshot instead.",
    ),
    Builtin::new(
        "transfer",
        330_000,
        include_str!("scenarios/transfer.json"),
        "S1 is asked to hand over: it takes nothing new, brings S3 up to date and tells it to stand at once, past everybody's patience.",
    ),
    Builtin::new(
        "re-entrant",
        330_000,
        include_str!("scenarios/re-entrant.json"),
        "client_A acquires a twice and releases it twice. With one release for each acquisition client_B gets it after the second.",
    ).with_views(&["Locks"]),
    Builtin::new(
        "deadlock-two",
        440_000,
        include_str!("scenarios/deadlock-two.json"),
        "client_A holds a and wants b, client_B holds b and wants a. The entry that closes the circle aborts the younger transaction.",
    ).with_views(&["Who waits for whom"]),
    Builtin::new(
        "deadlock-three",
        540_000,
        include_str!("scenarios/deadlock-three.json"),
        "Each of three holds what the next one wants. One is aborted, and the other two finish.",
    ).with_views(&["Who waits for whom"]),
    Builtin::new(
        "shared-behind-exclusive",
        330_000,
        include_str!("scenarios/shared-behind-exclusive.json"),
        "client_A reads, client_B waits to write. client_C could read at once with client_A, but then client_B might wait for ever: it waits behind.",
    ).with_views(&["Locks"]),
    Builtin::new(
        "queue-order",
        520_000,
        include_str!("scenarios/queue-order.json"),
        "client_C waits for client_B only because that one waits before it in the queue. Without such edges nobody would see the circle.",
    ).with_views(&["Locks"]),
    Builtin::new(
        "client-crash",
        950_000,
        include_str!("scenarios/client-crash.json"),
        "client_A holds a and dies. Nobody hears of it again, its lease ends through the log, and client_B gets the lock under a higher token.",
    ).with_views(&["Locks"]),
    Builtin::new(
        "cut-off-holder",
        2_700_000,
        include_str!("scenarios/cut-off-holder.json"),
        "client_A holds a and is cut off. By its own clock its lease is over before the servers end it, so it lets go before client_B gets the lock.",
    ),
    Builtin::new(
        "load",
        1_200_000,
        include_str!("scenarios/load.json"),
        "Three clients work with the same few locks while links lose messages and a leader crashes. Count the deadlocks.",
    ),
    Builtin::new(
        "broken-vote",
        135_000,
        include_str!("scenarios/broken-vote.json"),
        "S2 votes for S1, restarts, and votes for S3 in the same term: two leaders, one of whom overwrites the other.",
    )
    .broken(&["vote-not-persisted"]),
    Builtin::new(
        "broken-term",
        110_000,
        include_str!("scenarios/broken-term.json"),
        "S3 is in term 1, restarts, and is in term 0.",
    )
    .broken(&["term-not-persisted"]),
    Builtin::new(
        "broken-figure-8",
        265_000,
        include_str!("scenarios/figure-8.json"),
        "S1 counts replicas of its old entry and calls it committed in (c). In (d) S5 overwrites it all the same.",
    )
    .broken(&["commit-previous-term"])
    .titled("Broken: Figure 8"),
    Builtin::new(
        "broken-restriction",
        250_000,
        include_str!("scenarios/broken-restriction.json"),
        "S3 has missed what is committed, and is elected all the same: it overwrites a lock that client_A was told it has.",
    )
    .broken(&["no-election-restriction"]),
    Builtin::new(
        "broken-log-check",
        60_000,
        include_str!("scenarios/broken-log-check.json"),
        "S3 has entries of term 2 where the leader has others. It takes what follows without looking, and its log is a mixture.",
    )
    .broken(&["no-log-check"]),
    Builtin::new(
        "broken-truncate",
        330_000,
        include_str!("scenarios/broken-truncate.json"),
        "An append that was under way for long arrives at S2 after later ones, and S2 throws away what it had, though it is committed.",
    )
    .broken(&["truncate-on-stale-append"]),
    Builtin::new(
        "broken-commit-min",
        70_000,
        include_str!("scenarios/broken-commit-min.json"),
        "S3 has uncommitted entries of another leader. It takes the leader's commit index for its own and applies them.",
    )
    .broken(&["commit-min-last-index"]),
    Builtin::new(
        "broken-reads",
        700_000,
        include_str!("scenarios/broken-reads.json"),
        "S1 is cut off and does not know that S3 leads. It answers client_B from a time before client_A got its lock.",
    )
    .broken(&["stale-reads"]),
    Builtin::new(
        "broken-dedupe",
        560_000,
        include_str!("scenarios/broken-dedupe.json"),
        "A copy of client_A's release is late. It gives back the lock that client_A has got in the meantime, and client_B gets it too.",
    )
    .broken(&["no-dedupe"]),
    Builtin::new(
        "broken-victim",
        520_000,
        include_str!("scenarios/broken-victim.json"),
        "A circle of client_A and client_B is broken by aborting client_C, which waits for nobody.",
    )
    .broken(&["victim-outside-cycle"]),
    Builtin::new(
        "broken-belief",
        2_700_000,
        include_str!("scenarios/cut-off-holder.json"),
        "client_A is cut off, and nobody can tell it that its lease is over. It goes on with a lock that client_B has got.",
    )
    .broken(&["no-local-expiry"])
    .titled("Broken: a holder never gives up by itself"),
    Builtin::new(
        "broken-news",
        1_500_000,
        include_str!("scenarios/wounded.json"),
        "client_A is older and wounds client_B, which holds b and asks for nothing. The one message that says so is lost: client_B goes on with a lock that it does not have.",
    )
    .broken(&["told-once"])
    .titled("Broken: news is told once"),
    Builtin::new(
        "broken-graph",
        520_000,
        include_str!("scenarios/broken-graph.json"),
        "The circle goes through the order of the queue, and the graph leaves that out: three clients wait for ever.",
    )
    .broken(&["holders-only-graph"]),
];
