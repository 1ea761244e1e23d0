//! Mutual exclusion by a token on a ring (G. Le Lann, "Distributed systems – towards a formal approach", IFIP
//! Congress 1977, pp. 155–160).
//!
//! Processes share something that only one of them may use at a time: they enter its *critical section* in turn.
//! There is no server to ask. The processes form a ring, R1 → R2 → … → Rn → R1, and one *token* goes round:
//!
//! 1. Only who has the token may enter.
//! 2. Who gets it and has a request waiting enters, once, and passes the token on when it leaves. So everybody
//!    gets a turn in every round: nobody starves.
//! 3. Who gets it and wants nothing passes it on after a short rest.
//! 4. Who waits too long sounds an alarm. In the paper that is how a lost token is found: the processes then
//!    elect one of them to make a new one.
//!
//! Here the token cannot get lost, so nobody needs to make a new one. It is on disk wherever it rests, leaves that
//! disk in the same instant in which it is sent, and travels over reliable FIFO links. Requests wait on disk too.
//! A crash ends the stay of who is inside, and no more: the token is still there when the process starts again.

mod checks;
mod tables;

use lightcone_core::base::json::JsonObject;
use lightcone_core::protocol::{Context, Guard, Input, Lab, Misfit, Of, Out, ProcessInfo, Protocol, Seen, Story};
use lightcone_core::tables::{LabSpec, Values};
use lightcone_core::trace::frame::{Band, Cell, Field, Mark, Panel};
use lightcone_core::trace::{Kind, NodeId, RecordId};
use std::collections::VecDeque;

/// The lab. In core this would be a line of the registry.
pub static LAB: &dyn Lab = &Of::<TokenRing>::NEW;

/// How long a request waits before the alarm, in microseconds: many rounds of a ring that works.
const ALARM_US: u64 = 5_000_000;

#[derive(Clone, Copy, Debug)]
struct TokenRing;

type Ctx = Context<TokenRing>;
type Effects = Out<TokenRing>;

/// Settings.
#[derive(Clone, Debug)]
struct Setup {
    processes: usize,
    rest_us: u64,
    two_tokens: bool,
    token_in_memory: bool,
}

/// What travels: the token, with the number of times that it was handed on.
#[derive(Clone, Debug)]
struct Token {
    hop: u32,
}

/// A request that waits: its record, and how long it wants to be inside.
#[derive(Clone, Copy, Debug)]
struct Ask {
    id: RecordId,
    for_us: u64,
}

/// What a process holds in memory.
#[derive(Clone, Debug)]
struct State {
    token: Option<u32>,
    /// The request whose critical section this process is in.
    inside: Option<RecordId>,
}

/// What is on a process's disk.
#[derive(Clone, Debug)]
struct Durable {
    token: Option<u32>,
    waiting: VecDeque<Ask>,
    entered: u32,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
enum Write {
    Ask(Ask),
    Take(u32),
    Enter,
    Pass,
}

/// The timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    /// The critical section is over.
    Leave,
    /// The token has rested where nobody needs it.
    Rest,
    /// A request has waited for long.
    Alarm,
}

/// What the protocol says about an event.
#[derive(Clone, Debug)]
enum Note {
    Asks,
    Takes,
    /// The critical section begins, for this request.
    Enters(RecordId),
    /// The critical section is over; this answers the request.
    Leaves,
    Passes,
    Alarm,
}

impl Protocol for TokenRing {
    type Setup = Setup;
    type State = State;
    type Durable = Durable;
    type Write = Write;
    type Message = Token;
    type Timer = Timer;
    /// How long somebody wants to be inside, in microseconds: there is one operation only.
    type Request = u64;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &tables::SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        Ok(Setup {
            processes: given.count("processes"),
            rest_us: given.int("rest_ms"),
            two_tokens: broken.contains(&"two-tokens"),
            token_in_memory: broken.contains(&"token-in-memory"),
        })
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        (1..=setup.processes).map(|i| ProcessInfo { name: format!("R{i}"), role: "process" }).collect()
    }

    fn request(_: &Context<Self>, _: NodeId, _: &str, args: Values<'_>) -> Result<u64, Misfit> {
        Ok(args.int("for_ms"))
    }

    fn format(ctx: &Context<Self>, me: NodeId) -> Durable {
        let second = ctx.setup.two_tokens && usize::from(me) == ctx.processes() / 2;
        Durable { token: (me == 0 || second).then_some(0), waiting: VecDeque::new(), entered: 0 }
    }

    fn write(durable: &mut Durable, write: Write) {
        match write {
            Write::Ask(ask) => durable.waiting.push_back(ask),
            Write::Take(hop) => durable.token = Some(hop),
            Write::Enter => {
                durable.waiting.pop_front();
                durable.entered += 1;
            }
            Write::Pass => durable.token = None,
        }
    }

    fn boot(ctx: &Context<Self>, _: NodeId, durable: &Durable, out: &mut Out<Self>) -> State {
        let mut state = State { token: durable.token, inside: None };
        if state.token.is_some() {
            use_token(ctx, &mut state, durable, out);
        } else if !durable.waiting.is_empty() {
            out.arm(Timer::Alarm, ALARM_US, ALARM_US);
        }
        state
    }

    fn step(
        ctx: &Context<Self>,
        me: NodeId,
        state: &mut State,
        durable: &Durable,
        input: Input<'_, Self>,
        out: &mut Out<Self>,
    ) {
        match input {
            Input::Request { id, request } => ask(state, durable, Ask { id, for_us: *request }, out),
            Input::Message { message, .. } => take(ctx, me, state, durable, message.hop, out),
            Input::Timeout(Timer::Leave) => leave(ctx, me, state, durable, out),
            Input::Timeout(Timer::Rest) => pass(ctx, me, state, out),
            Input::Timeout(Timer::Alarm) => out.with_input(Some(Note::Alarm), None),
        }
    }

    fn reliable_links(_: &Setup) -> bool {
        true
    }

    fn is_periodic(timer: Timer) -> bool {
        timer == Timer::Rest
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Leave => "leave",
            Timer::Rest => "rest",
            Timer::Alarm => "alarm",
        }
    }
}

impl Story for TokenRing {
    fn describe_message(_: &Context<Self>, token: &Token, data: &mut JsonObject) -> String {
        data.int("hop", token.hop);
        "token".into()
    }

    fn describe_note(_: &Context<Self>, _: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        match note {
            Note::Enters(request) => {
                data.int("request", *request);
                Some("enters".into())
            }
            Note::Leaves => Some("leaves".into()),
            Note::Alarm => Some("alarm: still no token".into()),
            _ => None,
        }
    }

    fn why(ctx: &Context<Self>, _: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        let name = ctx.name(node);
        let text = match note {
            Note::Asks => format!("{name} enters when it has the token, not before; the request waits on its disk."),
            Note::Takes if ctx.setup.token_in_memory => {
                format!("Broken on purpose: {name} keeps the token in memory only, where a crash takes it along.")
            }
            Note::Takes => {
                format!("{name} has the token now, on its disk; as long as it stays there nobody else enters.")
            }
            Note::Enters(_) => format!("{name} has the token, and of the requests here this one has waited longest."),
            Note::Leaves => format!("The time is over. One turn in each round: {name} passes the token on."),
            Note::Passes => format!("The token leaves {name}'s disk in the instant in which it is sent: there is one."),
            Note::Alarm => format!("{name} has waited for long. In the paper it would now see to a new token."),
        };
        Some((text, "Le Lann 1977"))
    }

    fn fields(_: &Context<Self>, _: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        let field = |name: &str, value: String| Field { name: name.into(), value };
        vec![field("is", place(seen).0.into()), field("waiting", seen.durable.waiting.len().to_string())]
    }

    fn band(_: &Context<Self>, _: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        let (word, tone) = place(seen);
        tone.map(|tone| Band { word, number: None, tone })
    }

    fn panels(ctx: &Context<Self>, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        let row = |(name, s): (&String, &Seen<'_, Self>)| {
            let mark = if holds(s).is_some() { Mark::Own } else { Mark::Plain };
            let waits = if s.durable.waiting.is_empty() { Mark::Plain } else { Mark::Held };
            let cells = vec![
                Cell::marked(place(s).0, mark),
                Cell::marked(s.durable.waiting.len().to_string(), waits),
                Cell::plain(s.durable.entered.to_string()),
            ];
            (name.clone(), cells)
        };
        vec![Panel::Table {
            title: "The ring".into(),
            says: "Where the token is, and who waits for it. Nobody is marked while it travels.".into(),
            columns: ["is", "requests that wait", "turns so far"].map(String::from).to_vec(),
            rows: ctx.names.iter().zip(seen).map(row).collect(),
        }]
    }

    fn guards(ctx: &Context<Self>) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn metrics(_: &Context<Self>, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        let turns = seen.iter().map(|s| u64::from(s.durable.entered)).sum();
        vec![("turns", turns), ("waiting", seen.iter().map(|s| s.durable.waiting.len() as u64).sum())]
    }
}

/// A request: it waits on disk, unless the token rests here.
fn ask(state: &mut State, durable: &Durable, ask: Ask, out: &mut Effects) {
    out.with_input(Some(Note::Asks), Some(Write::Ask(ask)));
    if state.inside.is_none() && state.token.is_some() {
        out.disarm(Timer::Rest);
        enter(state, ask, out);
    } else if state.inside.is_none() && durable.waiting.is_empty() {
        out.arm(Timer::Alarm, ALARM_US, ALARM_US);
    }
}

/// The token has come.
fn take(ctx: &Ctx, me: NodeId, state: &mut State, durable: &Durable, hop: u32, out: &mut Effects) {
    if state.token.is_some() {
        // A second one is there only where it was put on purpose. It goes on at once.
        return out.send(next(ctx, me), Token { hop: hop + 1 });
    }
    out.with_input(Some(Note::Takes), (!ctx.setup.token_in_memory).then_some(Write::Take(hop)));
    state.token = Some(hop);
    use_token(ctx, state, durable, out);
}

/// What to do with a token that is here: whoever has waited longest enters; else it rests.
fn use_token(ctx: &Ctx, state: &mut State, durable: &Durable, out: &mut Effects) {
    match durable.waiting.front() {
        Some(first) => enter(state, *first, out),
        None => out.arm(Timer::Rest, ctx.setup.rest_us, ctx.setup.rest_us),
    }
}

fn enter(state: &mut State, ask: Ask, out: &mut Effects) {
    state.inside = Some(ask.id);
    out.disarm(Timer::Alarm);
    out.deliver(Note::Enters(ask.id), Some(Write::Enter));
    out.arm(Timer::Leave, ask.for_us, ask.for_us);
}

/// The critical section is over: one turn, then the token goes on.
fn leave(ctx: &Ctx, me: NodeId, state: &mut State, durable: &Durable, out: &mut Effects) {
    let request = state.inside.take().expect("who leaves was inside");
    out.reply(request, Note::Leaves);
    if !durable.waiting.is_empty() {
        out.arm(Timer::Alarm, ALARM_US, ALARM_US);
    }
    pass(ctx, me, state, out);
}

fn pass(ctx: &Ctx, me: NodeId, state: &mut State, out: &mut Effects) {
    let hop = state.token.take().expect("who passes the token on has it") + 1;
    out.send_noting(next(ctx, me), Token { hop }, Note::Passes, Some(Write::Pass));
}

fn next(ctx: &Ctx, me: NodeId) -> NodeId {
    (me + 1) % ctx.processes() as NodeId
}

/// The token, where a process has it: on disk, or in the broken variant in memory.
fn holds(seen: &Seen<'_, TokenRing>) -> Option<u32> {
    seen.durable.token.or(seen.state.and_then(|s| s.token))
}

/// What a process is doing in a few words, and the colour of its band.
fn place(seen: &Seen<'_, TokenRing>) -> (&'static str, Option<u8>) {
    match (holds(seen), seen.state) {
        (Some(_), Some(State { inside: Some(_), .. })) => ("inside", Some(2)),
        (Some(_), None) => ("down, with the token", Some(0)),
        (Some(_), Some(_)) => ("has the token", Some(0)),
        (None, _) if !seen.durable.waiting.is_empty() => ("waits", Some(3)),
        (None, state) => (if state.is_some() { "outside" } else { "down" }, None),
    }
}
