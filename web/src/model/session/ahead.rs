//! A place far behind what is known: the run goes there some milliseconds at a time, and can be stopped on the way.

use super::Session;

/// Records made at once: some tens of milliseconds in the most talkative lab.
const AT_ONCE: u32 = 10_000;
/// Records made before the time is looked at.
const RECORDS_A_LOOK: u32 = 64;
/// Most records of a run that is made ahead: some hundred megabytes. Beyond them it stands still, and says so.
pub(crate) const RECORDS_MAX: u32 = 1_000_000;

/// How going ahead stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ahead {
    /// It goes on.
    Going,
    /// It is there.
    There,
    /// The run has [`RECORDS_MAX`] records and goes no further.
    Full,
}

impl Session {
    /// To an instant: at once where that is soon done, else step by step, with [`Session::go_ahead`] from frame to frame.
    pub(crate) fn seek_far(&mut self, at_us: f64) {
        self.awaited = None;
        self.ahead = None;
        if self.run.seek_time(at_us.max(0.0) as u64, AT_ONCE) {
            self.seek_time(at_us);
            return;
        }
        self.playing = false;
        self.ahead = Some(at_us);
        self.show_ahead();
    }

    /// To an instant and nothing else, paused. False where the run has [`RECORDS_MAX`] records before that, and stands still.
    pub(crate) fn run_until(&mut self, at_us: f64) -> bool {
        self.playing = false;
        let left = RECORDS_MAX.saturating_sub(self.run.trace().len());
        let there = self.run.seek_time(at_us.max(0.0) as u64, left);
        self.seek_time(if there { at_us } else { self.run.now_us() as f64 });
        there
    }

    /// Where the run is going and where it is, in microseconds, while it goes ahead.
    #[must_use]
    pub(crate) fn ahead(&self) -> Option<(f64, f64)> {
        self.ahead.map(|goal| (goal, self.run.now_us() as f64))
    }

    /// Goes on until it is time for something else.
    pub(crate) fn go_ahead(&mut self, mut is_time: impl FnMut() -> bool) -> Ahead {
        let Some(goal) = self.ahead else { return Ahead::There };
        loop {
            if self.run.seek_time(goal as u64, RECORDS_A_LOOK) {
                self.seek_time(goal);
                return Ahead::There;
            }
            if self.run.trace().len() >= RECORDS_MAX {
                self.stop_ahead();
                return Ahead::Full;
            }
            if is_time() {
                return Ahead::Going;
            }
        }
    }

    /// Shows how far it has come.
    pub(crate) fn show_ahead(&mut self) {
        self.view_us = self.run.now_us() as f64;
        self.moved();
        self.keep_in_view();
    }

    /// Stays where the run has come to.
    pub(crate) fn stop_ahead(&mut self) {
        if self.ahead.take().is_some() {
            self.show_ahead();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Ahead, RECORDS_MAX};
    use crate::model::command::Command;
    use crate::model::session::Session;
    use lightcone_core::labs;

    fn long(until_ms: u64) -> Session {
        let text = format!(r#"{{"format":"lightcone/1","lab":"raft-lock","until_ms":{until_ms}}}"#);
        let mut session = Session::new(labs::parse(&text).expect("a scenario"));
        session.pause();
        session
    }

    #[test]
    fn the_end_of_a_long_run_is_reached_in_pieces_and_is_the_same() {
        let mut pieces = long(300_000);
        let _ = pieces.carry_out(Command::Edge(true));
        assert!(pieces.ahead().is_some() && pieces.run().trace().len() <= AT_ONCE + 100);
        let mut frames = 0;
        while pieces.go_ahead(|| true) == Ahead::Going {
            pieces.show_ahead();
            frames += 1;
        }
        assert!(frames > 10, "{frames}");
        let mut whole = long(300_000);
        whole.seek_time(3e8);
        assert_eq!(pieces.view_us(), whole.view_us());
        assert_eq!(pieces.run().hash(), whole.run().hash());
    }

    #[test]
    fn it_stops_where_it_is_told_to_and_before_memory_is_full() {
        let mut session = long(3_600_000_000);
        let _ = session.carry_out(Command::Edge(true));
        session.go_ahead(|| true);
        session.stop_ahead();
        assert_eq!(session.ahead(), None);
        assert_eq!(session.view_us(), session.run().now_us() as f64);
        // Going somewhere else stops it, too.
        let _ = session.carry_out(Command::Edge(true));
        let _ = session.carry_out(Command::Seek(1000.0));
        assert_eq!((session.ahead(), session.view_us()), (None, 1000.0));
        let _ = session.carry_out(Command::Edge(true));
        assert_eq!(session.go_ahead(|| false), Ahead::Full);
        assert!(session.run().trace().len() >= RECORDS_MAX);
    }
}
