//! Situations that a person can bring about with one click, and what the settings lead to (§5.6).

use super::views::server_of;
use super::{Ctx, Setup, Standing};
use crate::base::json::millis_text;
use crate::protocol::{How, Outlook, Seen, Situation};
use crate::tables::{Delay, LinkRule};
use crate::trace::frame::{Field, Mark};
use crate::trace::{Act, NodeId};

type Saw<'a> = Seen<'a, super::RaftLock>;

/// The timer that makes a server stand for election.
const ELECTION: &str = "election";
/// §5.6 wants the broadcast time an order of magnitude below the election timeout.
const MAGNITUDE: u64 = 10;
/// False alarms that come less often than this are rare, in microseconds.
const RARE_US: u64 = 60_000_000;

/// Situations worth having, at this moment.
pub(super) fn situations(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Situation> {
    let servers = &seen[..ctx.setup.servers.count()];
    let up = || servers.iter().enumerate().filter_map(|(i, seen)| Some((i as NodeId, server_of(seen)?)));
    let leader = up().filter(|(_, s)| s.role == Standing::Leader).max_by_key(|(_, s)| s.term).map(|(i, _)| i);
    let waiting: Vec<NodeId> = up().filter(|(_, s)| s.role != Standing::Leader).map(|(i, _)| i).collect();
    let down: Vec<NodeId> = (0..).zip(servers).filter(|(_, seen)| seen.state.is_none()).map(|(node, _)| node).collect();
    let some = |acts: Vec<Act>, cannot: &str| {
        if acts.is_empty() { How::Cannot(cannot.into()) } else { How::Acts(acts) }
    };
    let timers = |due: &dyn Fn(u64) -> u64, few: usize| {
        let set = |(k, &node): (usize, &NodeId)| Act::Timer { node, timer: ELECTION, due_in_us: due(k as u64) };
        let enough = waiting.len() >= few;
        some(waiting.iter().enumerate().filter(|_| enough).map(set).collect(), "too few servers wait for a leader")
    };
    let (soonest, latest) = ctx.setup.election_us;
    let step = (latest - soonest) / (waiting.len() as u64).max(2).saturating_sub(1);
    let led = |act: &dyn Fn(NodeId) -> Act| some(leader.map(act).into_iter().collect(), "there is no leader");
    let situation = |name, says, how| Situation { name, says, how };
    vec![
        situation(
            "Time out now",
            "A server that waits for a leader stands for election at once.",
            some(
                waiting.first().map(|&node| Act::Timeout { node, timer: ELECTION }).into_iter().collect(),
                "no server waits for a leader",
            ),
        ),
        situation(
            "Spread timers",
            "Election timers run out one after the other, as far apart as they can be: one candidate wins.",
            timers(&|k| soonest + k * step, 2),
        ),
        situation(
            "Align timers",
            "All election timers run out at the same instant: the vote is split.",
            timers(&|_| soonest, 2),
        ),
        situation(
            "Isolate leader",
            "The leader is cut off from everybody: the others elect a new one, and it goes on in vain.",
            led(&|node| Act::Partition(vec![vec![node]])),
        ),
        situation("Crash leader", "The leader stops: the others notice and elect a new one.", led(&Act::Crash)),
        situation(
            "Restart all",
            "Whoever is down starts from its disk.",
            some(down.into_iter().map(Act::Restart).collect(), "all servers run"),
        ),
        situation("Figure 7", "Opens the logs of the paper's Figure 7, and their repair.", How::Opens("figure-7")),
        situation(
            "Figure 8",
            "Opens the paper's Figure 8, step by step: why entries of earlier terms are not committed by counting.",
            How::Opens("figure-8"),
        ),
    ]
}

/// A delay on the way, in microseconds: on average, and what it hardly ever exceeds (one in twenty does).
fn delays(delay: Delay) -> (u64, u64, u64) {
    match delay {
        Delay::Constant(us) => (us, us, us),
        Delay::Uniform { min_us, max_us } => (min_us, min_us.midpoint(max_us), max_us - (max_us - min_us) / 20),
        // An exponential time exceeds three times its mean once in twenty.
        Delay::Exponential { min_us, mean_us } => (min_us, mean_us, min_us + 3 * (mean_us - min_us)),
    }
}

fn around(us: u64) -> String {
    let rounded = if us < 10_000 { us / 100 * 100 } else { us / 1_000 * 1_000 };
    format!("{} ms", millis_text(rounded))
}

/// Microseconds between two false alarms of one follower: so many heartbeats in a row must get lost.
fn false_alarm_us(heartbeat_us: u64, fit: u64, loss_ppm: u32) -> Option<u64> {
    let mut every_us = heartbeat_us;
    for _ in 0..fit {
        every_us = every_us.saturating_mul(1_000_000).checked_div(u64::from(loss_ppm))?;
    }
    Some(every_us)
}

/// What the settings lead to: the timing requirement of §5.6, in numbers.
pub(super) fn outlook(setup: &Setup, rule: LinkRule) -> Outlook {
    let (least, mean, slow) = delays(rule.delay);
    let (soonest, latest) = setup.election_us;
    // How many heartbeats a follower has surely been sent, and should have got, before it loses patience.
    let fit = soonest.saturating_sub(slow - least) / setup.heartbeat_us;
    let alarm_us = false_alarm_us(setup.heartbeat_us, fit, rule.loss_ppm);
    let mut numbers = vec![
        Field::new("broadcast time", format!("{}, seldom over {}", around(2 * mean), around(2 * slow))),
        Field::new("election timeout", format!("{} to {}", around(soonest), around(latest))),
        Field::new("heartbeats in the shortest one", fit.to_string()),
    ];
    if let Some(us) = alarm_us.filter(|&us| us < 1_000 * RARE_US) {
        numbers.push(Field::new("a follower's false alarm", format!("about every {} s", (us / 1_000_000).max(1))));
    }
    let often = alarm_us.is_some_and(|us| us / (setup.servers.count() as u64).max(2) < RARE_US);
    let (mark, says) = if setup.servers.count() == 1 {
        (Mark::Plain, "A single server is a majority: it leads as soon as its timer runs out.")
    } else if 2 * slow > soonest {
        (
            Mark::Bad,
            "Votes may come back after the candidate has lost patience: elections fail again and again, and whoever wins \
             hardly lasts.",
        )
    } else if fit == 0 {
        (Mark::Bad, "A follower can lose patience between two heartbeats: leaders are deposed though they live.")
    } else if latest - soonest < 2 * mean && setup.servers.count() > 2 {
        (
            Mark::Held,
            "The timeouts differ by less than a round trip: split votes are likely, and elections take several tries.",
        )
    } else if often {
        (Mark::Held, "So many messages are lost that followers take a living leader for dead now and then.")
    } else if soonest < MAGNITUDE * 2 * mean {
        (
            Mark::Held,
            "It works, with little to spare: §5.6 wants a broadcast to be ten times faster than an election timeout. A new \
             leader takes a while to be known, and some elections need a second try.",
        )
    } else {
        (Mark::Plain, "Steady: a leader stays until it fails, and a new one is there about one election timeout later.")
    };
    Outlook { title: "Timing", numbers, says: says.into(), mark }
}
