//! Situations that a person can bring about with one click, and what the settings lead to.

use super::{Saw, client_of, leader_of, server_of};
use crate::base::json::millis_text;
use crate::labs::zk_lock::{Ctx, Setup};
use crate::protocol::{How, Outlook, Situation};
use crate::tables::{Delay, LinkRule};
use crate::trace::frame::{Field, Mark};
use crate::trace::{Act, NodeId};

/// Situations worth having, at this moment.
pub(in crate::labs::zk_lock) fn situations(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Situation> {
    let leader = leader_of(ctx, seen).map(|(leader, _)| leader);
    let holds = |seen: &Saw<'_>| client_of(seen).is_some_and(|c| c.locks.values().any(|a| a.is_held()));
    let holder = seen.iter().position(holds).map(|i| i as NodeId);
    let of_holder = holder.and_then(|h| client_of(&seen[usize::from(h)])).map(|c| c.server.server);
    let down: Vec<NodeId> = (0..).zip(seen).filter(|(_, seen)| seen.state.is_none()).map(|(node, _)| node).collect();
    let some = |acts: Vec<Act>, cannot: &str| {
        if acts.is_empty() { How::Cannot(cannot.into()) } else { How::Acts(acts) }
    };
    let led = |act: &dyn Fn(NodeId) -> Act| some(leader.map(act).into_iter().collect(), "there is no leader");
    let held = |act: &dyn Fn(NodeId) -> Act| some(holder.map(act).into_iter().collect(), "nobody holds a lock");
    let server = of_holder.filter(|server| server_of(&seen[usize::from(*server)]).is_some());
    let situation = |name, says, how| Situation { name, says, how };
    vec![
        situation(
            "Crash holder",
            "Who holds the lock stops: its node stays until its session is over.",
            held(&Act::Crash),
        ),
        situation(
            "Put holder to sleep",
            "Who holds the lock is paused. Let it sleep for longer than its session, then wake it up.",
            held(&Act::Pause),
        ),
        situation(
            "Cut holder off",
            "Who holds the lock hears of nobody: from the end of its session until it learns of it two may believe that they \
             hold.",
            held(&|node| Act::Partition(vec![vec![node]])),
        ),
        situation(
            "Crash holder's server",
            "The server to which the holder is connected stops: the session goes on at another one.",
            some(server.map(Act::Crash).into_iter().collect(), "nobody holds a lock, or its server is down"),
        ),
        situation(
            "Crash leader",
            "The leader stops: the others elect a new one, and every session gets its time again.",
            led(&Act::Crash),
        ),
        situation(
            "Isolate leader",
            "The leader is cut off from everybody: it commits nothing more and gives up.",
            led(&|node| Act::Partition(vec![vec![node]])),
        ),
        situation(
            "Restart all",
            "Whoever is down starts from its disk.",
            some(down.into_iter().map(Act::Restart).collect(), "all processes run"),
        ),
        situation("The sleeper", "Opens the holder that sleeps and writes when it wakes up.", How::Opens("sleeper")),
        situation("The herd", "Opens a queue of which all watch all.", How::Opens("herd")),
    ]
}

/// A delay on the way that one message in twenty exceeds at most, in microseconds.
fn slow(delay: Delay) -> u64 {
    match delay {
        Delay::Constant(us) => us,
        Delay::Uniform { min_us, max_us } => max_us - (max_us - min_us) / 20,
        // An exponential time exceeds three times its mean once in twenty.
        Delay::Exponential { min_us, mean_us } => min_us + 3 * (mean_us - min_us),
    }
}

/// What the settings lead to.
pub(in crate::labs::zk_lock) fn outlook(setup: &Setup, rule: LinkRule) -> Outlook {
    let ms = |us: u64| format!("{} ms", millis_text(us / 1000 * 1000));
    let (least_us, most_us) = setup.patience_us();
    let round_us = 2 * slow(rule.delay);
    let numbers = vec![
        Field::new("a client pings", format!("every {}", ms(setup.ping_us()))),
        Field::new("it takes its connection for lost", format!("after {}", ms(setup.silence_us()))),
        Field::new("its session is over", format!("after {}", ms(setup.session_us))),
        Field::new("a dead leader is noticed", format!("after {} to {}", ms(least_us), ms(most_us))),
        Field::new("a round trip", format!("seldom over {}", ms(round_us))),
    ];
    let (mark, says) = if round_us >= setup.silence_us() {
        (Mark::Bad, "A round trip takes longer than a client waits: it hardly ever has a connection for long.")
    } else if round_us >= least_us {
        (Mark::Bad, "A round trip takes longer than the servers wait for each other: no leader lasts.")
    } else if rule.loss_ppm > 300_000 {
        (Mark::Held, "So much is lost that connections and leaders are given up though they live.")
    } else if setup.session_us / 3 * 2 <= most_us {
        (
            Mark::Held,
            "A session can be over before a server that is cut off notices that: whoever asks it for a lock until then is told \
             of the past.",
        )
    } else {
        (
            Mark::Plain,
            "Steady: a crashed holder's lock passes on about one session's time later, a leader's crash costs less.",
        )
    };
    Outlook { title: "Timing", numbers, says: says.into(), mark }
}
