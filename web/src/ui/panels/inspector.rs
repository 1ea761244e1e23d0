//! What is selected: an event with its clocks before and after, or two events and how they stand.

use crate::model::Model;
use crate::model::command::Command;
use crate::model::session::Session;
use crate::model::words::{own_clock, words};
use crate::ui::words::Words;
use lightcone_core::base::clock::Relation;
use lightcone_core::base::json::{millis_text, pretty};
use lightcone_core::trace::causality::{path, previous_event};
use lightcone_core::trace::{Kind, NONE, RecordId};
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The inspector.
#[component]
pub(crate) fn Inspector(props: &Props) -> Html {
    let s = props.model.get();
    html! {
        <section class="card inspector" aria-live="polite">
            <h2>{ heading(&s) }</h2>
            if let Some((a, b, relation)) = s.relation().filter(|_| s.hover().is_none()) {
                { compared(&s, a, b, relation, &props.on) }
            } else if let Some(id) = s.shown() {
                { event(&s, id, &props.on) }
            } else {
                <p class="empty">{ "Nothing has happened yet. Press play, or send a message." }</p>
            }
        </section>
    }
}

fn heading(s: &Session) -> &'static str {
    match (s.hover(), s.chosen()) {
        (Some(_), _) => "Under the pointer",
        (None, [Some(_), Some(_)]) => "Two events",
        (None, [Some(_), None]) => "Chosen",
        _ => "Last event",
    }
}

fn event(s: &Session, id: RecordId, on: &Callback<Command>) -> Html {
    let trace = s.run().trace();
    let record = trace.record(id);
    let cause = (record.cause != NONE).then_some(record.cause);
    if s.is_veiled(id) {
        return html! { <><h3 class="what">{ words(s, id) }</h3><p class="empty">{ "Covered until you have answered." }</p></> };
    }
    html! {
        <>
            <h3 class="what">{ words(s, id) }</h3>
            <p class="facts">
                { format!("{} ms · event {id} · {}", millis_text(record.at_us), record.kind.name()) }
                if let Some(cause) = cause {
                    { " · after " }
                    { jump(cause, format!("event {cause}"), on) }
                }
            </p>
            if let Some(change) = own_clock(s, s.run(), id).filter(|_| s.lab().spec().own_clock.is_some()) { <p class="own-clock"><b>{ change }</b></p> }
            if record.kind.ticks() { { clocks(s, id) } }
            if let Some((text, source)) = s.run().why(id) {
                <p class="why"><Words text={text} /><em>{ format!(" {source}") }</em></p>
            }
            if record.kind == Kind::Violation {
                { for s.run().violations().into_iter().filter(|v| v.id == id).map(|v| html! { <p class="why bad">{ v.explain }</p> }) }
            }
            { process(s, id) }
            <details class="data"><summary>{ "data" }</summary><pre tabindex="0">{ pretty(&s.run().data(id)) }</pre></details>
        </>
    }
}

/// What the event's process holds now, at the cursor.
fn process(s: &Session, id: RecordId) -> Html {
    let node = s.run().trace().record(id).node;
    let Some(process) = s.frame().processes.get(usize::from(node)).filter(|p| !p.fields.is_empty()) else {
        return html! {};
    };
    html! {
        <details class="data state" open=true><summary>{ format!("{} now", process.name) }</summary>
            <dl>{ for process.fields.iter().map(|f| html! { <><dt><Words text={f.name.clone()} /></dt><dd>{ &f.value }</dd></> }) }</dl>
        </details>
    }
}

fn jump(id: RecordId, text: String, on: &Callback<Command>) -> Html {
    let onclick = {
        let on = on.clone();
        Callback::from(move |_: MouseEvent| {
            on.emit(Command::Choose(None));
            on.emit(Command::Choose(Some(id)));
        })
    };
    html! { <button class="link" {onclick}>{ text }</button> }
}

/// Before → after, component by component: the protocol's own clock where it keeps one, else the observer's.
fn clocks(s: &Session, id: RecordId) -> Html {
    let trace = s.run().trace();
    let record = trace.record(id);
    let stamp = s.run().observed(id).unwrap_or_default();
    let earlier = previous_event(trace, id);
    let stamped_before = || earlier.and_then(|p| s.run().observed(p)).unwrap_or_else(|| vec![0; stamp.len()]);
    // The protocol's own vector where it is to be the observer's, else the observer's alone.
    let apart = s.lab().spec().own_clock.is_some();
    let own_of = |id: RecordId| s.run().own_clock(id).filter(|_| !apart);
    let (before, after) = own_of(id).unwrap_or_else(|| (stamped_before(), stamp.clone()));
    let lamport_before = earlier.map_or(0, |p| trace.record(p).lamport);
    let message = (record.kind == Kind::Receive).then(|| {
        let own = own_of(record.cause).map(|(_, after)| after);
        own.or_else(|| s.run().observed(record.cause)).unwrap_or_default()
    });
    let wrong = after != stamp;
    let own = usize::from(record.node);
    let row = |(i, name): (usize, &String)| {
        let class = if i == own {
            "own"
        } else if after[i] != before[i] {
            "learned"
        } else {
            ""
        };
        html! {
            <tr {class}>
                <th scope="row">{ name }</th><td>{ before[i] }</td>
                if let Some(m) = &message { <td>{ m[i] }</td> }
                <td class="after">{ after[i] }</td>
                if wrong { <td class={(after[i] != stamp[i]).then_some("wrong")}>{ stamp[i] }</td> }
            </tr>
        }
    };
    html! {
        <div class="scroll clocks" tabindex="0" role="region" aria-label="Clocks of this event">
            <table>
                if apart { <caption>{ "An outside observer's clocks" }</caption> }
                <thead><tr><td></td><th scope="col">{ "before" }</th>
                    if message.is_some() { <th scope="col">{ "message" }</th> }
                    <th scope="col">{ "after" }</th>
                    if wrong { <th scope="col">{ "true" }</th> }</tr></thead>
                <tbody>{ for s.run().names().iter().enumerate().map(row) }
                    <tr class="lamport"><th scope="row">{ "Lamport" }</th><td>{ lamport_before }</td>
                        if message.is_some() { <td>{ trace.record(record.cause).lamport }</td> }
                        <td class="after">{ record.lamport }</td>
                        if wrong { <td></td> }</tr>
                </tbody>
            </table>
        </div>
    }
}

fn compared(s: &Session, a: RecordId, b: RecordId, relation: Relation, on: &Callback<Command>) -> Html {
    let trace = s.run().trace();
    let (va, vb) =
        (trace.vector(trace.record(a)).unwrap_or_default(), trace.vector(trace.record(b)).unwrap_or_default());
    let (sign, name, sentence) = match relation {
        Relation::Before => ("a → b", "happened before", "a happened before b: no component of a is larger than b's."),
        Relation::After => ("b → a", "happened before", "b happened before a: no component of b is larger than a's."),
        Relation::Concurrent => {
            ("a ∥ b", "concurrent", "Neither knew of the other: each has a component in which it is ahead.")
        }
        Relation::Equal => ("a = b", "equal", "The same event."),
    };
    let row = |(i, name): (usize, &String)| {
        let sign = match va[i].cmp(&vb[i]) {
            std::cmp::Ordering::Less => "<",
            std::cmp::Ordering::Equal => "=",
            std::cmp::Ordering::Greater => ">",
        };
        let class = if sign == "=" { "" } else { "learned" };
        html! { <tr {class}><th scope="row">{ name }</th><td>{ va[i] }</td><td>{ sign }</td><td>{ vb[i] }</td></tr> }
    };
    let way = path(trace, a.min(b), a.max(b));
    let step = |&id: &RecordId| html! { <li>{ jump(id, words(s, id), on) }</li> };
    html! {
        <>
            <h3 class="relation"><span>{ sign }</span><small>{ name }</small></h3>
            <p class="facts">{ format!("a: {}", words(s, a)) }<br />{ format!("b: {}", words(s, b)) }</p>
            <p class="why">{ sentence }</p>
            <div class="scroll clocks" tabindex="0" role="region" aria-label="Comparison of the two clocks">
                <table>
                    <thead><tr><td></td><th scope="col">{ "a" }</th><td></td><th scope="col">{ "b" }</th></tr></thead>
                    <tbody>{ for s.run().names().iter().enumerate().map(row) }</tbody>
                </table>
            </div>
            if way.len() > 1 && matches!(relation, Relation::Before | Relation::After) {
                <h3>{ "One way from one to the other" }</h3>
                <ol class="path">{ for way.iter().map(step) }</ol>
            }
        </>
    }
}
