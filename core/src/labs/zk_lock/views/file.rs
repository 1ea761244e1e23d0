//! The file: its text, and who has used it under which token.

use super::{Saw, file_of};
use crate::base::json::JsonObject;
use crate::base::json::millis_text;
use crate::labs::kit::words::message;
use crate::labs::zk_lock::Ctx;
use crate::labs::zk_lock::file::{File, Past};
use crate::labs::zk_lock::words::deed_text;
use crate::trace::frame::{Cell, Mark, Panel};

/// Most accesses in sight: the newest.
const PAST_MAX: usize = 16;
/// Most lines in sight: the newest.
const LINES_MAX: usize = 20;

fn file<'a>(ctx: &Ctx, seen: &'a [Saw<'_>]) -> Option<&'a File> {
    file_of(seen.get(usize::from(ctx.setup.file_node()))?)
}

/// Its history by token: what was accepted, and what was rejected.
pub(super) fn accesses(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let title = "File: who was there".to_string();
    let file = file(ctx, seen).filter(|file| !file.past.is_empty());
    let Some(file) = file else {
        let says = "Nobody has used the file.".into();
        return Panel::Table { title, says, columns: Vec::new(), rows: Vec::new() };
    };
    let skip = file.past.len().saturating_sub(PAST_MAX);
    let row = |(i, past): (usize, &Past)| {
        let deed = deed_text(&past.access.deed, &mut JsonObject::new());
        let (word, mark) = match past.accepted {
            true if past.old => ("accepted, though old", Mark::Bad),
            true => ("accepted", Mark::Plain),
            false => ("rejected", Mark::Behind),
        };
        let cells = vec![
            Cell::plain(format!("{} ms", millis_text(past.at_us / 1000 * 1000))),
            Cell::plain(ctx.name(past.by)),
            Cell::marked(past.access.token.to_string(), if past.old { Mark::Behind } else { Mark::Plain }),
            Cell::plain(deed),
            Cell::marked(word, mark),
        ];
        ((skip + i + 1).to_string(), cells)
    };
    let mut rows: Vec<_> = file.past.iter_from(skip).enumerate().map(row).collect();
    rows.reverse();
    Panel::Table {
        title,
        says: "Each access with the token of its lock, the newest first. The file rejects a token that is lower than one that \
               it has seen; reads count too."
            .into(),
        columns: ["when", "who", "token", "what", "result"].map(String::from).to_vec(),
        rows,
    }
}

/// Counter and lines.
pub(super) fn text(ctx: &Ctx, seen: &[Saw<'_>]) -> Panel {
    let (mut counter, mut lines) = (Vec::new(), Vec::new());
    if let Some(file) = file(ctx, seen) {
        counter.push(Cell::marked(file.counter.to_string(), Mark::Own));
        let skip = file.lines.len().saturating_sub(LINES_MAX);
        lines.extend(file.lines.iter_from(skip).map(|line| Cell::plain(message(line))));
    }
    Panel::Lists {
        title: "File".into(),
        says: "The counter, and the lines of text, the newest last.".into(),
        lists: vec![("counter".into(), counter), ("lines".into(), lines)],
    }
}
