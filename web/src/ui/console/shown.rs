//! What came of a line, as it is shown.

use crate::model::console::{Came, Entry, is_there, reply_to};
use crate::model::session::Session;
use crate::model::words::words;
use lightcone_core::protocol::ProcessInfo;
use lightcone_core::scenario::console::VERBS;
use lightcone_core::tables::HttpForm;
use yew::prelude::*;

/// A line with what came of it.
pub(super) fn entry(s: &Session, entry: &Entry) -> Html {
    let (class, what) = match &entry.came {
        Came::Wrong(column, what) => return wrong(&entry.line, *column, what),
        Came::Refused(what) => ("refused", html! { { what } }),
        Came::Quiet => ("done", html! { { "done" } }),
        Came::Help => ("done", help(s)),
        Came::Done(id, known) if !is_there(s, *id, *known) => ("gone", html! { { "not in this run any more" } }),
        Came::Done(id, _) => match reply_to(s, *id) {
            Some(reply) => ("reply", html! { { format!("{} — {}", words(s, *id), words(s, reply)) } }),
            None => ("done", html! { { words(s, *id) } }),
        },
    };
    html! { <li {class}><code>{ &entry.line }</code><div>{ what }</div></li> }
}

/// The line with the place marked, and the sentence.
fn wrong(line: &str, column: usize, what: &str) -> Html {
    let at = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(i, _)| i);
    let (head, tail) = line.split_at(at);
    let first = tail.chars().next().map_or(0, char::len_utf8);
    let end = tail.find(char::is_whitespace).unwrap_or(tail.len()).max(first);
    let (marked, rest) = if tail.is_empty() { ("\u{a0}", "") } else { tail.split_at(end) };
    html! {
        <li class="wrong">
            <code>{ head }<mark>{ marked }</mark>{ rest }</code>
            <div>{ format!("column {column}: {what}") }</div>
        </li>
    }
}

fn first_at<'a>(processes: &'a [ProcessInfo], roles: &[&str]) -> &'a str {
    let fits = |p: &&ProcessInfo| roles.is_empty() || roles.contains(&p.role);
    processes.iter().find(fits).map_or("", |p| p.name.as_str())
}

fn http_usage(form: &HttpForm, processes: &[ProcessInfo]) -> String {
    let keys = |keys: &[lightcone_core::tables::HttpKey], joint: &str| {
        keys.iter().map(|k| k.name).collect::<Vec<_>>().join(joint)
    };
    let mut text = format!("{} {} {}", form.method, first_at(processes, form.at), form.path);
    if !form.query.is_empty() {
        text += &format!("?{}=…", keys(form.query, "=…&"));
    }
    if !form.body.is_empty() {
        text += &format!(" {{\"{}\":…}}", keys(form.body, "\":…,\""));
    }
    text
}

/// What there is to type.
fn help(s: &Session) -> Html {
    let spec = s.lab().spec();
    let processes = s.run().scenario().processes();
    let row = |usage: String, says: &str| html! { <><dt><code>{ usage }</code></dt><dd>{ says.to_string() }</dd></> };
    let operation = |o: &lightcone_core::tables::Operation| {
        let mut usage = format!("{} {}", first_at(&processes, o.at), o.name);
        o.args.iter().for_each(|p| usage += &format!(" {}", p.name));
        row(usage, o.says)
    };
    let form = |f: &HttpForm| row(http_usage(f, &processes), spec.operation(f.operation).map_or("", |o| o.says));
    html! {
        <dl>
            { for spec.operations.iter().map(operation) }
            { for spec.http.iter().map(form) }
            { for VERBS.iter().map(|v| row(v.usage.into(), v.says)) }
            { row("clear".into(), "These lines go away.") }
        </dl>
    }
}
