//! Public reports of bugs in queues and rings, tried here with the answer that is right.

use crate::engine::explore::run_and_settle;
use crate::engine::{Run, run};
use crate::labs;
use crate::labs::queue::Ring;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn scenario(setup: &str, acts: &[(u32, String)], until_ms: u32) -> crate::scenario::Scenario {
    let acts: Vec<String> = acts.iter().map(|(at, act)| format!("{{\"at_ms\":{at},\"act\":{act}}}")).collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"queue\",\"network\":{{\"delay_ms\":5}},\"setup\":{{{setup}}},\"acts\":[{}],\
         \"until_ms\":{until_ms}}}",
        acts.join(",")
    );
    labs::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn ask(node: &str, op: &str, args: &str) -> String {
    format!("{{\"request\":{{\"node\":\"{node}\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}")
}

fn produce(message: &str) -> String {
    ask("p1", "produce", &format!("\"queue\":\"orders\",\"message\":{message},\"via\":\"b2\""))
}

fn consume(consumer: &str, via: &str) -> String {
    ask(consumer, "consume", &format!("\"queue\":\"orders\",\"via\":\"{via}\""))
}

fn on(act: &str, node: &str) -> String {
    format!("{{\"{act}\":{{\"node\":\"{node}\"}}}}")
}

fn workload(op: &str, nodes: &str, count: u32, every_ms: u32) -> String {
    format!(
        "{{\"workload\":{{\"op\":\"{op}\",\"nodes\":[{nodes}],\"count\":{count},\"every_ms\":{every_ms},\
         \"args\":{{\"queue\":\"orders\"}}}}}}"
    )
}

fn lines(run: &Run) -> Vec<Value> {
    (0..run.trace().len()).map(|id| serde_json::from_str(&run.line(id)).expect("JSON")).collect()
}

fn metric(run: &Run, name: &str) -> u64 {
    run.metrics().into_iter().find(|(known, _)| *known == name).expect("a number").1
}

/// How often each message was processed.
fn processed(run: &Run) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for line in lines(run) {
        if let Some(id) = line["data"]["processed"].as_str() {
            *times.entry(id.to_string()).or_default() += 1;
        }
    }
    times
}

fn sound(run: &Run) {
    assert!(run.violations().is_empty(), "{:?}", run.violations());
}

/// rabbitmq/rabbitmq-server #4004, #4304, #4305: names of deliveries repeat after a leader has restarted, so that a late
/// acknowledgement may settle another message. Here a receipt names its broker and a number that is counted on disk.
#[test]
fn a_receipt_of_before_a_restart_is_never_given_again() {
    let acts = [
        (1, workload("produce", "\"p1\"", 4, 10)),
        (100, consume("w1", "b2")),
        (110, on("crash", "b2")),
        (130, on("restart", "b2")),
        (700, workload("drain", "\"w2\"", 1, 10)),
    ];
    let run = run_and_settle(scenario("\"auto_ack\":false,\"process_ms\":5,\"visibility_ms\":200", &acts, 900));
    sound(&run);
    let mut given: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in
        lines(&run).iter().filter(|line| line["data"]["to"] == "in-flight" && line["data"]["because"] == "delivered")
    {
        let text = |key: &str| line["data"][key].as_str().expect("a name").to_string();
        given.entry(text("receipt")).or_default().insert(text("message_id"));
    }
    assert!(given.len() > 3 && given.values().all(|ids| ids.len() == 1), "{given:?}");
}

/// rabbitmq/rabbitmq-server #15473: after an election, what was delivered and not acknowledged stays so for ever.
#[test]
fn what_was_in_flight_when_its_owner_died_becomes_visible_again_at_the_successor() {
    let acts = [
        (1, produce("\"tea\"")),
        (60, consume("w1", "b2")),
        (75, on("crash", "w1")),
        (75, on("crash", "b2")),
        (1_200, consume("w2", "b3")),
    ];
    let run = run(scenario("\"process_ms\":20,\"visibility_ms\":300", &acts, 1_500));
    sound(&run);
    assert_eq!(processed(&run), BTreeMap::from([("p1-1".into(), 1)]));
}

/// rabbitmq/rabbitmq-server #12403: messages vanish as if acknowledged when nodes lose sight of each other.
#[test]
fn a_partition_acknowledges_nothing_by_itself() {
    let acts = [
        (1, workload("produce", "\"p1\"", 6, 10)),
        (200, "{\"partition\":{\"groups\":[[\"b2\"],[\"b1\"],[\"b3\"]]}}".into()),
        (900, "{\"heal\":{}}".into()),
    ];
    let run = run_and_settle(scenario("", &acts, 1_500));
    sound(&run);
    assert_eq!((metric(&run, "lag"), metric(&run, "acked")), (metric(&run, "produced"), 0));
}

/// aws/aws-sdk-js #1279 and #1750: a receipt whose time is over is refused, and says so.
#[test]
fn a_receipt_whose_time_is_over_is_refused_with_the_reason() {
    let acts = [(1, produce("\"tea\"")), (60, consume("w1", "b2")), (400, ask("w1", "ack", "\"message_id\":\"p1-1\""))];
    let run = run(scenario("\"auto_ack\":false,\"process_ms\":20,\"visibility_ms\":200", &acts, 600));
    let reply =
        lines(&run).into_iter().rfind(|line| line["data"]["op"] == "ack" && line["kind"] == "reply").expect("a reply");
    assert_eq!((&reply["data"]["ok"], &reply["data"]["reason"]), (&false.into(), &"that delivery is over".into()));
}

/// cloudamqp/lavinmq #975 and nats-io/nats-streaming-server #66: a first delivery is taken for another one, be it always or
/// after a restart.
#[test]
fn a_first_delivery_is_the_first_one_also_after_a_restart() {
    let acts =
        [(1, produce("\"tea\"")), (60, on("crash", "b2")), (80, on("restart", "b2")), (700, consume("w1", "b2"))];
    let run = run(scenario("", &acts, 900));
    let reply =
        lines(&run).into_iter().find(|line| line["data"]["op"] == "consume" && line["kind"] == "reply").expect("one");
    assert_eq!((reply["data"]["receive_count"].as_u64(), metric(&run, "redelivered")), (Some(1), 0));
}

/// apache/pulsar #4849: messages that were acknowledged come again when a broker has failed.
#[test]
fn what_was_acknowledged_on_all_replicas_does_not_come_again_when_a_broker_fails() {
    let acts = [
        (1, workload("produce", "\"p1\"", 5, 10)),
        (200, workload("drain", "\"w1\"", 1, 1)),
        (900, on("crash", "b2")),
        (1_500, workload("drain", "\"w2\"", 1, 1)),
        (1_700, on("restart", "b2")),
        (2_400, workload("drain", "\"w2\"", 1, 1)),
    ];
    let run = run_and_settle(scenario("\"process_ms\":10", &acts, 2_600));
    sound(&run);
    assert_eq!((metric(&run, "processed"), metric(&run, "duplicates")), (5, 0));
}

/// apache/pulsar-site #1117: the count of deliveries is in memory alone, so a restart begins anew and a poison message never
/// reaches the dead-letter queue. PejmanNik/lazvard-message #13: it is delivered more often than is allowed.
#[test]
fn deliveries_are_counted_on_disk_and_never_more_than_is_allowed() {
    let acts = [
        (1, produce("{\"poison\":true}")),
        (60, consume("w1", "b2")),
        (200, on("crash", "b2")),
        (220, on("restart", "b2")),
        (1_000, workload("consume", "\"w1\",\"w2\"", 14, 60)),
        (1_300, on("crash", "b2")),
        (1_320, on("restart", "b2")),
    ];
    let run = run_and_settle(scenario("\"process_ms\":5,\"visibility_ms\":100,\"max_receives\":3", &acts, 2_500));
    sound(&run);
    let counts: Vec<u64> = lines(&run)
        .iter()
        .filter_map(|line| (line["kind"] == "reply").then(|| line["data"]["receive_count"].as_u64()).flatten())
        .collect();
    assert_eq!((metric(&run, "dead"), counts.iter().max()), (1, Some(&3)), "{counts:?}");
}

/// danielqsj/kafka_exporter #76 and braedon/prometheus-kafka-consumer-group-exporter #21: lag below zero, because its two
/// ends are read at different times. Here it is a number of messages at one moment.
#[test]
fn lag_is_never_below_zero_and_adds_up_at_every_moment() {
    let builtin = crate::labs::find("queue").expect("the lab").spec().scenario("partition").expect("it is there");
    let mut run = Run::new(labs::parse(&builtin.json()).expect("a scenario"));
    for ms in 0..190 {
        run.seek_time(ms * 10_000, u32::MAX);
        let of = |name| metric(&run, name);
        assert_eq!(of("lag"), of("depth") + of("in_flight"), "at {ms}0 ms");
        assert!(of("lag") <= 3 && of("lag") + of("acked") + of("dead") <= 3, "at {ms}0 ms");
    }
}

/// golang/groupcache #29: three points for each node leave shares that are far from equal.
#[test]
fn more_points_make_shares_more_equal() {
    let spread = |points| -> u64 {
        let balance = |salt| {
            Ring::new(salt, points, (0..5).map(|b| (b, ["b1", "b2", "b3", "b4", "b5"][usize::from(b)])))
                .balance_percent()
        };
        (0..40).map(balance).sum::<u64>() / 40
    };
    let (three, forty, many) = (spread(3), spread(40), spread(256));
    assert!(three > 160 && forty < 135 && many < 115, "{three} {forty} {many}");
}

/// graphite-project/carbon #485: with places of 16 bits the points of a large ring collide.
#[test]
fn points_of_a_large_ring_do_not_collide() {
    let names: Vec<String> = (0..200).map(|b| format!("b{b}")).collect();
    let ring = Ring::new(0, 200, names.iter().enumerate().map(|(b, name)| (b as u16, name.as_str())));
    let places: BTreeSet<u64> = ring.points().iter().map(|(place, _)| *place).collect();
    assert_eq!(places.len(), 200 * 200);
}

/// rabbitmq/cluster-operator #806: messages are lost when nodes are restarted one after the other, with confirms on both
/// sides.
#[test]
fn a_rolling_restart_under_load_loses_nothing() {
    let mut acts = vec![
        (1, workload("produce", "\"p1\"", 40, 60)),
        (100, workload("consume", "\"w1\",\"w2\"", 60, 70)),
        (5_000, workload("drain", "\"w1\",\"w2\"", 6, 400)),
    ];
    for (i, broker) in ["b1", "b2", "b3"].into_iter().enumerate() {
        let at = 300 + 900 * i as u32;
        acts.extend([(at, on("crash", broker)), (at + 300, on("restart", broker))]);
    }
    let run = run_and_settle(scenario("\"process_ms\":10", &acts, 8_000));
    sound(&run);
    assert_eq!((processed(&run).len(), metric(&run, "produced"), metric(&run, "lag")), (40, 40, 0));
}
