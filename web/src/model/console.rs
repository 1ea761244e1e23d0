//! What was typed, and what came of it. Knows no browser.

use crate::model::session::Session;
use lightcone_core::base::json::Doc;
use lightcone_core::trace::{Kind, RecordId};
use std::cell::RefCell;
use std::rc::Rc;

/// Most lines kept for the next visit.
const HISTORY_MAX: usize = 50;
/// Longest line kept, in bytes: a longer one was pasted, and can be again.
const HISTORY_LINE_BYTES_MAX: usize = 400;
/// Most lines shown with what came of them.
const ENTRIES_MAX: usize = 12;

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// It cannot be read: the column, counted from 1, and a sentence.
    Wrong(usize, String),
    /// It was done: the first record, and how that can be known again.
    Done(RecordId, (u64, Kind)),
    /// It was done and left no record of its own.
    Quiet,
    /// It was refused: a sentence.
    Refused(String),
    /// The person asked what there is to type.
    Help,
}

/// A line with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The line.
    pub line: String,
    /// What came of it.
    pub came: Came,
}

/// Lines of this visit and of earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// What was typed, the newest last.
    pub history: Vec<String>,
    /// The last lines of this visit.
    pub entries: Vec<Entry>,
}

/// A shared log; a component draws again when the session has changed.
#[derive(Clone, Default)]
pub(crate) struct LogRef(pub Rc<RefCell<Log>>);

impl PartialEq for LogRef {
    // By hand, because what matters is that it is the same cell.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Log {
    /// From what an earlier visit kept.
    #[must_use]
    pub(crate) fn from_text(text: &str) -> Log {
        let mut log = Log::default();
        text.lines().for_each(|line| log.remember(line));
        log
    }

    /// For the next visit.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        self.history.join("\n")
    }

    fn remember(&mut self, line: &str) {
        if line.is_empty() || line.len() > HISTORY_LINE_BYTES_MAX {
            return;
        }
        // A line that comes again moves to the end.
        self.history.retain(|l| l != line);
        self.history.push(line.to_string());
        let surplus = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..surplus);
    }

    /// Does what a line says, now.
    pub(crate) fn run(&mut self, session: &mut Session, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        self.remember(line);
        let came = match line {
            "clear" => return self.entries.clear(),
            "help" => Came::Help,
            _ => done(session, line),
        };
        self.entries.push(Entry { line: line.to_string(), came });
        let surplus = self.entries.len().saturating_sub(ENTRIES_MAX);
        self.entries.drain(..surplus);
    }
}

fn done(session: &mut Session, line: &str) -> Came {
    let act = match session.run().scenario().read_line(line) {
        Ok(act) => act,
        Err(e) => {
            let digits = e.path.strip_prefix("column ").unwrap_or_default();
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let inside = &digits[end..];
            let what =
                if inside.is_empty() { e.what } else { format!("{}: {}", inside.trim_start_matches('.'), e.what) };
            return Came::Wrong(digits[..end].parse().unwrap_or(1), what);
        }
    };
    let before = session.run().position();
    session.act(act);
    let trace = session.run().trace();
    let new = before..session.run().position();
    if let Some(id) = new.clone().find(|&id| trace.record(id).kind == Kind::Refused) {
        return Came::Refused(session.run().label(id));
    }
    match new.clone().next() {
        Some(id) => Came::Done(id, (trace.record(id).at_us, trace.record(id).kind)),
        None => Came::Quiet,
    }
}

/// Whether a record is still the one that a line made: an act in the past may have replaced it.
#[must_use]
pub(crate) fn is_there(session: &Session, id: RecordId, known: (u64, Kind)) -> bool {
    let trace = session.run().trace();
    id < trace.len() && (trace.record(id).at_us, trace.record(id).kind) == known
}

/// The reply to a request, if the cursor has come to it.
#[must_use]
pub(crate) fn reply_to(session: &Session, request: RecordId) -> Option<RecordId> {
    let trace = session.run().trace();
    if trace.record(request).kind != Kind::Request {
        return None;
    }
    let answers = |id: &RecordId| {
        let data = session.run().data(*id);
        let asked = Doc::parse(&data).ok()?.object().ok()?.take("request")?.int(0, u64::from(u32::MAX)).ok()?;
        Some(asked == u64::from(request))
    };
    let replies = (request + 1..session.run().position()).filter(|&id| trace.record(id).kind == Kind::Reply);
    replies.into_iter().find(|id| answers(id) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs;
    use lightcone_core::labs::LABS;
    use lightcone_core::scenario::Scenario;

    fn session(lab: usize) -> Session {
        let mut session = Session::new(Scenario::empty(LABS[lab]));
        session.pause();
        session
    }

    #[test]
    fn a_line_is_done_refused_or_wrong_at_a_column() {
        let (mut s, mut log) = (session(0), Log::default());
        log.run(&mut s, "crash P1");
        log.run(&mut s, "crash P1");
        log.run(&mut s, "crash P9");
        log.run(&mut s, "help");
        let came: Vec<&Came> = log.entries.iter().map(|e| &e.came).collect();
        assert!(matches!(came[0], Came::Done(id, _) if s.run().trace().record(*id).kind == Kind::Crash), "{came:?}");
        assert!(matches!(came[1], Came::Refused(what) if what.contains("P1")), "{came:?}");
        assert!(matches!(came[2], Came::Wrong(7, what) if what.contains("P9")), "{came:?}");
        assert_eq!(came[3], &Came::Help);
        log.run(&mut s, "clear");
        assert!(log.entries.is_empty());
    }

    #[test]
    fn history_is_kept_bounded_and_without_repetition() {
        let (mut s, mut log) = (session(0), Log::default());
        for i in 0..HISTORY_MAX + 5 {
            log.run(&mut s, &format!("nonsense {i}"));
        }
        log.run(&mut s, "nonsense 9");
        log.run(&mut s, &"x".repeat(HISTORY_LINE_BYTES_MAX + 1));
        let again = Log::from_text(&log.text());
        assert_eq!(again.history, log.history);
        assert_eq!(again.history.len(), HISTORY_MAX);
        assert_eq!(again.history.last().map(String::as_str), Some("nonsense 9"));
        assert_eq!(again.history.iter().filter(|l| *l == "nonsense 9").count(), 1);
    }

    #[test]
    fn the_reply_belongs_to_its_own_request() {
        let lab = LABS.iter().position(|l| !l.spec().http.is_empty()).expect("a lab speaks HTTP");
        let id = LABS[lab].spec().id;
        let json = format!(r#"{{"format":"lightcone/1","lab":"{id}","network":{{"delay_ms":10}}}}"#);
        let (mut s, mut log) = (Session::new(labs::parse(&json).expect("a scenario")), Log::default());
        let form = &LABS[lab].spec().http[0];
        let asked: Vec<String> = s
            .run()
            .scenario()
            .complete_line(&format!("{} ", form.method), form.method.len() + 1)
            .into_iter()
            .map(|c| c.text)
            .collect();
        let head = format!("{} {} {}", form.method, asked[0], form.path);
        let body = s.run().scenario().complete_line(&format!("{head} "), head.len() + 1).remove(0).text;
        log.run(&mut s, &format!("{head} {body}"));
        let Came::Done(id, known) = log.entries[0].came else { panic!("{:?}", log.entries) };
        assert!(is_there(&s, id, known));
        s.seek_time(900_000.0);
        let reply = reply_to(&s, id).expect("it was answered");
        assert_eq!(s.run().trace().record(reply).kind, Kind::Reply);
        s.seek_event(id);
        assert_eq!(reply_to(&s, id), None, "before the cursor came to it");
    }
}
