//! What a cache does when it sees a transaction of another one.

use super::super::line::Line;
use super::super::note::{Change, Why};
use super::super::{Answer, Message, Timer, Txn};
use super::{Turn, blank};
use crate::coherence::{Does, Family, State, Transaction, supplies, table};

impl Turn<'_> {
    /// Sees a transaction of another cache.
    pub(super) fn snoop(&mut self, txn: Txn, transaction: Transaction, line: &Line) {
        let bus = self.ctx.setup.bus();
        let life = self.cached.life;
        match &self.cached.answered {
            Some((last, _, answer)) if *last == txn => {
                let answer = answer.clone();
                return self.out.send(bus, Message::Answer { txn, life, answer });
            }
            _ if txn <= self.cached.seen => return,
            _ => {}
        }
        self.cached.seen = txn;
        let answer = match self.cached.lines.find(line.set, &line.name) {
            Some(slot) => self.snoop_line(slot, txn, transaction, line),
            None => Answer::NOTHING,
        };
        self.cached.answered = Some((txn, line.clone(), answer.clone()));
        let withdrawn = answer.withdrawn.is_some();
        self.out.send(bus, Message::Answer { txn, life, answer });
        if withdrawn {
            self.miss();
        }
    }

    /// Changes a line that it has, by the table, and says what it had.
    fn snoop_line(&mut self, slot: usize, txn: Txn, transaction: Transaction, line: &Line) -> Answer {
        let broken = self.ctx.setup.broken;
        let event = transaction.snooped().expect("a write-back is not snooped");
        let way = self.cached.lines.at(slot);
        let (from, content) = (way.state, way.value.clone());
        let Some(cell) = table(self.family(), from, event) else {
            assert!(broken.any(), "{event:?} comes from a cache that has the line, but it is {from:?} here");
            return Answer { had: from, ..Answer::NOTHING };
        };
        // Broken on purpose: who should give the line up keeps it.
        let to = if broken.no_invalidate && cell.to == State::I { self.family().shared() } else { cell.to };
        let keeps = broken.no_flush && from.is_dirty();
        let flush = cell.does == Does::Flush && !keeps;
        let gives = cell.does == Does::Supply && !keeps;
        let gave = gives && from.is_dirty();
        if gave && !to.is_valid() {
            self.cached.gave_away = Some(txn);
        }
        let says = !keeps && (supplies(self.ctx.setup.rules, from, event) || self.offers(from));
        let (withdrawn, instead) = self.pending_meets(from, to, line);
        self.tally.counters.snooped(from, to, flush);
        let change = Change {
            after: content.clone(),
            flushed: flush,
            gave,
            cancelled: withdrawn.is_some(),
            instead: instead.is_some(),
            ..blank(Why::By(event), content.clone())
        };
        if to != from {
            if to == State::I {
                self.cached.taken.insert(line.clone());
            }
            self.change(slot, line, to, change);
        } else if from.is_valid() {
            self.moved(&Change { line: line.clone(), from, to, ..change });
        }
        Answer { had: from, content: says.then_some(content), flush, gives, withdrawn, instead }
    }

    /// In MOESI a shared line may be newer than memory. Whoever has it says what is in it, also where another cache answers
    /// for it: should that one crash, or who asked, memory takes it from here.
    fn offers(&self, state: State) -> bool {
        self.family() == Family::Moesi && state != State::E
    }

    /// What becomes of the cache's own request when the line is taken from it: the numbers of a write-back that is
    /// cancelled, and of the request that a BusUpgr becomes.
    fn pending_meets(&mut self, from: State, to: State, line: &Line) -> (Option<u32>, Option<u32>) {
        let Some(pending) = self.cached.pending.as_mut().filter(|p| p.line == *line) else { return (None, None) };
        match pending.transaction {
            Transaction::WriteBack if from.is_dirty() && !to.is_dirty() => {
                let serial = pending.serial;
                self.cached.pending = None;
                self.out.disarm(Timer::Retry);
                (Some(serial), None)
            }
            Transaction::BusUpgr if to == State::I && !self.ctx.setup.broken.stale_upgrade => {
                self.cached.serial += 1;
                pending.serial = self.cached.serial;
                pending.transaction = Transaction::BusRdX;
                (None, Some(pending.serial))
            }
            _ => (None, None),
        }
    }
}
