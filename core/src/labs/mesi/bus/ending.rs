//! A transaction takes place, and who asked for it is told.

use super::super::cache::arm_retry;
use super::super::line::Content;
use super::super::note::Commit;
use super::super::{Answer, Change, Message, Note, Write};
use super::{Asked, Logged, Open, Phase, Turn};
use crate::coherence::Transaction;
use crate::trace::NodeId;
use std::rc::Rc;

impl Turn<'_> {
    /// The transaction takes place: memory has what was flushed or written back, and the requester gets its answer.
    pub(super) fn commit(&mut self) {
        let orphan = |open: &Open| open.saved || self.bus.orphans.contains(&open.asked.line);
        let orphan = self.bus.open.as_ref().is_some_and(orphan);
        let open = self.bus.open.as_mut().expect("it is open");
        (open.phase, open.saved) = (Phase::Granted, orphan);
        let (by, gone) = (open.asked.by, open.gone);
        let Asked { serial, transaction, line, content: asked, .. } = open.asked.clone();
        let supplier = open.supplier(&self.ctx.setup, orphan).map(|(cache, answer)| (cache, answer.clone()));
        let known = || self.memory.get(&line.name).cloned().unwrap_or_default();
        let flushed = supplier.as_ref().filter(|(_, answer)| answer.flush || saves(transaction, gone, orphan, answer));
        let taken = match transaction {
            Transaction::WriteBack => asked.clone(),
            Transaction::BusWr => asked.as_ref().map(|word| known().overwritten(word)),
            _ => flushed.and_then(|(_, answer)| answer.content.clone()),
        };
        // Where the requester will be the only one to have it.
        let moves = matches!(transaction, Transaction::BusRdX | Transaction::BusUpgr);
        let newer = orphan || supplier.as_ref().is_some_and(|(_, answer)| answer.had.is_dirty());
        open.stale = moves && newer && supplier.is_some() && taken.is_none();
        let from = supplier.as_ref().map(|(cache, _)| *cache);
        let lines_before = self.memory.len() as u64;
        let new = taken.is_some() && !self.memory.contains_key(&line.name);
        let commit = Commit {
            txn: open.txn,
            transaction,
            by,
            memory: taken.clone().unwrap_or_else(known),
            flushed: flushed.map(|(cache, _)| *cache),
            from: from.filter(|_| transaction.needs_data() || flushed.is_some()),
            shared: open.shared(),
            line: line.clone(),
            lines_before,
            lines: lines_before + u64::from(new),
            wrote: asked.filter(|_| transaction == Transaction::BusWr),
            saved: (orphan && transaction != Transaction::WriteBack).then_some(supplier.is_some()),
        };
        // The numbers of a new life begin anew.
        if !gone {
            self.served(by, serial);
        }
        self.owns(transaction, supplier.as_ref(), taken.is_some());
        self.traffic.transactions[transaction as usize] += 1;
        let (from, stored, at_us) = (commit.from, taken.is_some(), self.out.now_us());
        let logged = Logged { txn: commit.txn, transaction, line: line.clone(), by, from, stored, at_us };
        let bus = Box::new((self.bus.clone(), self.traffic));
        let taken = taken.map(|content| (Rc::clone(&line.name), content));
        let write = Write(Change::Commit(bus, taken, Rc::new(logged)));
        let memory = commit.memory.clone();
        self.out.state_writing(Note::Committed(Box::new(commit)), write);
        if gone {
            return self.wait_for_turn(1);
        }
        self.grant(memory);
    }

    /// Notes who owns the line from now on.
    fn owns(&mut self, transaction: Transaction, supplier: Option<&(NodeId, Answer)>, stored: bool) {
        let line = self.bus.open.as_ref().expect("it is open").asked.line.clone();
        self.bus.orphans.remove(&line);
        match supplier.filter(|(_, answer)| answer.had.is_dirty() && !stored) {
            Some((owner, _)) if transaction == Transaction::BusRd => self.bus.owned.insert(line, *owner),
            _ => self.bus.owned.remove(&line),
        };
    }

    /// Sends the grant again.
    pub(super) fn send_grant(&mut self) {
        let open = self.bus.open.as_ref().expect("it is open");
        if open.gone {
            return self.wait_for_turn(1);
        }
        let memory = self.memory.get(&open.asked.line.name).cloned().unwrap_or_default();
        self.grant(memory);
    }

    fn grant(&mut self, memory: Content) {
        let open = self.bus.open.as_ref().expect("it is open");
        let Asked { by, serial, transaction, line, .. } = open.asked.clone();
        let (from, content) = match open.supplier(&self.ctx.setup, open.saved) {
            _ if !transaction.needs_data() => (None, None),
            Some((cache, answer)) => (Some(cache), answer.content.clone()),
            None => (None, Some(memory)),
        };
        let (txn, life, shared) = (open.txn, self.bus.peers[usize::from(by)].life, open.shared());
        arm_retry(self.ctx, self.out);
        self.out.send(by, Message::Grant { txn, life, serial, transaction, line, content, shared, from });
    }
}

/// Whether memory takes a line that its cache did not flush: where nobody answers for it any more, and where who asked for
/// it, and would have had it alone, has crashed.
fn saves(transaction: Transaction, gone: bool, orphan: bool, answer: &Answer) -> bool {
    match transaction {
        Transaction::Rescue => true,
        Transaction::BusRd => orphan,
        _ => gone && (orphan || answer.had.is_dirty()),
    }
}
