//! A client's connection and session: who is asked, when another one is taken, and when all is over.

use super::{Client, Op, Stage, Who, ask, recipe, reply};
use crate::labs::zk_lock::note::{Connection, Linked};
use crate::labs::zk_lock::tree::SessionId;
use crate::labs::zk_lock::{Ctx, Effects, Message, Note, Timer, ToServer, Write};

/// So often a server without a leader is asked by somebody who is in no hurry.
const REFUSED_MAX: u32 = 4;

/// Asks for a connection, under a number of its own.
pub(super) fn connect(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    client.conn = client.number();
    client.stage = Stage::Connecting;
    (client.seen, client.connect_us) = (0, out.now_us());
    client.early.clear();
    say_connect(ctx, client, out);
}

fn say_connect(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let watches = client.watches.iter().cloned().collect();
    let says = ToServer::Connect { session: client.session, zxid: client.zxid, watches };
    let message = Message::ToServer { conn: client.conn, says };
    out.send_writing(client.server.server, message, Write::Serial(client.serial));
    out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
}

/// Nothing came: it asks again, or somebody else.
pub(super) fn on_retry(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    match client.stage {
        Stage::Away => connect(ctx, client, out),
        Stage::Connecting if out.now_us() < client.connect_us + ctx.setup.connect_us() => {
            say_connect(ctx, client, out);
        }
        Stage::Connecting => {
            client.server.turn_away(ctx.setup.servers);
            connect(ctx, client, out);
        }
        Stage::Connected => ask(ctx, client, out),
    }
}

/// A server has said yes. How far that server is, the client has not seen yet: events that it has missed follow, and may get
/// lost once more.
pub(super) fn on_connected(ctx: &Ctx, client: &mut Client, session: SessionId, out: &mut Effects) {
    if client.stage == Stage::Connected {
        return;
    }
    client.stage = Stage::Connected;
    client.session = session;
    out.disarm(Timer::Retry);
    show(client, Linked::Connected, "a server has taken it in", out);
    out.arm(Timer::Ping, ctx.setup.ping_us(), ctx.setup.ping_us());
    heard(ctx, client, out);
    let since_us = client.connect_us;
    on_pong(ctx, client, since_us, out);
}

/// A server will not have it: the next one, after a breath. Who has no session to lose asks the same one a few times.
pub(super) fn on_refused(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if client.stage == Stage::Connecting {
        client.stage = Stage::Away;
        client.refused += 1;
        if client.session != 0 || client.refused >= REFUSED_MAX {
            client.refused = 0;
            client.server.turn_away(ctx.setup.servers);
        }
        out.arm(Timer::Retry, ctx.setup.retry_us, ctx.setup.retry_us + ctx.setup.retry_us / 2);
    }
}

/// Something came from the server: its silence is counted from now on.
pub(super) fn heard(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    client.heard_us = out.now_us();
    if client.stage == Stage::Connected {
        out.arm(Timer::Silence, ctx.setup.silence_us(), ctx.setup.silence_us());
    }
}

/// Time to say that it lives.
pub(super) fn on_ping(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if client.stage == Stage::Connected {
        let says = ToServer::Ping { seen: client.seen, at_us: out.now_us() };
        out.send(client.server.server, Message::ToServer { conn: client.conn, says });
        out.arm(Timer::Ping, ctx.setup.ping_us(), ctx.setup.ping_us());
    }
}

/// The server has been silent for too long.
pub(super) fn on_silence(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if client.stage == Stage::Connected {
        disconnect(ctx, client, "nothing is heard of the server", out);
    }
}

/// What was sent then has reached a server.
pub(super) fn on_pong(ctx: &Ctx, client: &mut Client, sent_us: u64, out: &mut Effects) {
    client.alive_us = client.alive_us.max(sent_us);
    if ctx.setup.local_expiry && client.session != 0 {
        let left_us = (client.alive_us + ctx.setup.session_us).saturating_sub(out.now_us()).max(1);
        out.arm(Timer::Session, left_us, left_us);
    }
}

/// By its own clock the session must be over.
pub(super) fn on_session_timer(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    if client.session != 0 {
        session_over(ctx, client, "its own clock says so", out);
    }
}

/// The connection is lost: whether an open write was done nobody knows here. The next server, at once.
pub(super) fn disconnect(ctx: &Ctx, client: &mut Client, because: &'static str, out: &mut Effects) {
    if client.stage == Stage::Connected {
        show(client, Linked::Suspended, because, out);
    }
    drop_question(ctx, client, false, out);
    out.disarm(Timer::Ping);
    out.disarm(Timer::Silence);
    client.server.turn_away(ctx.setup.servers);
    connect(ctx, client, out);
}

/// What was open is not answered any more.
fn drop_question(ctx: &Ctx, client: &mut Client, over: bool, out: &mut Effects) {
    let Some(open) = client.open.take() else { return };
    match open.who {
        Who::Lock(id) => recipe::on_loss(ctx, client, id, &open.op),
        // Nothing is changed by these, and the end of the session is what was wanted.
        Who::Shell(request) if (open.op.is_read() || matches!(open.op, Op::Sync | Op::Close)) && !over => {
            client.shell.push_front((request, open.op));
        }
        Who::Shell(request) => {
            let closed = open.op == Op::Close;
            let word = match (closed, over) {
                (true, _) => "ok",
                (false, true) => "SessionExpired",
                (false, false) => "ConnectionLoss",
            };
            reply(request, super::Job::Tree(open.op), (word, closed), None, out);
        }
    }
}

/// The session is over, and with it every ephemeral node.
pub(super) fn session_over(ctx: &Ctx, client: &mut Client, because: &'static str, out: &mut Effects) {
    if client.session == 0 {
        return;
    }
    let closes = client.open.as_ref().is_some_and(|open| open.op == Op::Close)
        || client.shell.front().is_some_and(|(_, op)| *op == Op::Close);
    show(client, Linked::Lost, because, out);
    if client.open.is_none()
        && closes
        && let Some((request, op)) = client.shell.pop_front()
    {
        reply(request, super::Job::Tree(op), ("ok", true), None, out);
    }
    drop_question(ctx, client, true, out);
    client.watches.clear();
    recipe::session_over(ctx, client, out);
    client.session = 0;
    out.disarm(Timer::Ping);
    out.disarm(Timer::Silence);
    out.disarm(Timer::Session);
    if closes && client.is_idle() {
        client.stage = Stage::Away;
        client.conn = client.number();
        out.disarm(Timer::Retry);
    } else {
        connect(ctx, client, out);
    }
}

fn show(client: &Client, linked: Linked, because: &'static str, out: &mut Effects) {
    let connection = Connection { linked, server: client.server.server, session: client.session, because };
    out.state(Note::Connection(Box::new(connection)));
}

impl Client {
    /// Nothing is asked of it.
    fn is_idle(&self) -> bool {
        self.locks.is_empty() && self.shell.is_empty() && self.jobs.is_empty() && self.doing.is_none()
    }
}
