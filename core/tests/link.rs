//! The reliable link layer: whatever the links and the processes do, messages are handed up once and in order.

mod common;

use lightcone_core::base::json::JsonObject;
use lightcone_core::engine::Run;
use lightcone_core::engine::explore::{random_scenario, run_and_settle};
use lightcone_core::protocol::{Context, Input, Lab, Misfit, Of, Out, ProcessInfo, Protocol, Story};
use lightcone_core::tables::{LabSpec, Operation, Param, Setup, Takes, Values};
use lightcone_core::trace::{Kind, NodeId};
use std::collections::BTreeMap;

/// Sends a number to another process; that is all.
#[derive(Clone, Copy, Debug)]
struct Pipe;

static ARGS: [Param; 1] = [Param { name: "to", takes: Takes::Node(&[]), default: None, says: "Receiver." }];
static OPERATIONS: [Operation; 1] = [Operation { name: "send", at: &[], args: &ARGS, says: "Sends." }];
static SPEC: LabSpec = LabSpec { id: "pipe", title: "Pipe", says: "Sends.", operations: &OPERATIONS, ..LabSpec::EMPTY };
static LAB: Of<Pipe> = Of::NEW;

impl Protocol for Pipe {
    type Setup = ();
    type State = ();
    type Durable = ();
    type Write = ();
    type Message = ();
    type Timer = std::convert::Infallible;
    type Request = NodeId;
    type Note = ();

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(_: Values<'_>, _: &[&'static str]) -> Result<(), Misfit> {
        Ok(())
    }

    fn processes((): &()) -> Vec<ProcessInfo> {
        (1..=4).map(|i| ProcessInfo { name: format!("P{i}"), role: "process" }).collect()
    }

    fn request(_: &Context<Self>, node: NodeId, _: &str, args: Values<'_>) -> Result<NodeId, Misfit> {
        if args.node("to") == node { Err(("to", "not to itself".into())) } else { Ok(args.node("to")) }
    }

    fn reliable_links((): &()) -> bool {
        true
    }

    fn format(_: &Context<Self>, _: NodeId) {}

    fn write((): &mut (), (): ()) {}

    fn boot(_: &Context<Self>, _: NodeId, (): &(), _: &mut Out<Self>) {}

    fn step(_: &Context<Self>, _: NodeId, (): &mut (), (): &(), input: Input<'_, Self>, out: &mut Out<Self>) {
        if let Input::Request { request, .. } = input {
            out.send(*request, ());
        }
    }
}

impl Story for Pipe {
    fn describe_message(_: &Context<Self>, (): &(), _: &mut JsonObject) -> String {
        "drop in the pipe".into()
    }
}

/// Messages handed up on each link, by their number on it.
fn handed_up(run: &Run) -> BTreeMap<(NodeId, NodeId), Vec<u32>> {
    let mut links: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for record in run.trace().records.iter_from(0).filter(|r| r.kind == Kind::Receive) {
        let message = run.trace().message(record.message);
        assert_eq!(record.cause, message.send, "the cause of a hand-up is the protocol's send");
        links.entry((message.from, message.to)).or_default().push(message.n);
    }
    links
}

#[test]
fn messages_are_handed_up_once_in_order_and_all_in_the_end() {
    let (mut messages, mut resent, mut lost) = (0, 0, 0);
    for seed in 0..common::cases(600) {
        let scenario = random_scenario(&LAB as &dyn Lab, &Setup::default(), seed);
        let run = run_and_settle(scenario);
        let links = handed_up(&run);
        for (link, numbers) in &links {
            let expected: Vec<u32> = (1..=numbers.len() as u32).collect();
            assert_eq!(*numbers, expected, "seed {seed}, link {link:?}: in order, without gaps or doubles");
        }
        let total: usize = links.values().map(Vec::len).sum();
        assert_eq!(total, run.trace().messages.len(), "seed {seed}: everything that was sent arrives in the end");
        messages += total;
        for id in 0..run.trace().len() {
            let record = run.trace().record(id);
            if record.kind == Kind::Link {
                assert!(run.trace().vector(record).is_none(), "seed {seed}: frames of the layer have no stamp");
                resent += usize::from(run.label(id).ends_with("again"));
            }
            if record.kind == Kind::Drop {
                assert!(run.data(id).contains("\"layer\":\"link\""), "seed {seed}: what is lost is a frame");
                lost += 1;
            }
        }
    }
    println!("{messages} messages, {lost} frames lost, {resent} sent again or come again");
    assert!(messages > 0 && resent > 0 && lost > 0);
}
