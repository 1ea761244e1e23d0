//! How far a load is, and what came of it: a card that stands over the page until it is closed.

use crate::model::command::{Command, Tab};
use crate::model::load::{Load, Stage, Wish};
use crate::model::session::Session;
use crate::ui::controls::Props;
use lightcone_core::base::json::millis_text;
use lightcone_core::base::words::grouped;
use lightcone_core::trace::frame::{Cell, Panel};
use yew::prelude::*;

/// The card.
#[component]
pub(crate) fn LoadCard(props: &Props) -> Html {
    let s = props.model.get();
    let Some(load) = s.load().filter(|load| load.is_in(s.run())) else { return html! {} };
    let wish = |wish: Wish| props.on.reform(move |_: MouseEvent| Command::Load(wish.clone()));
    let running = load.stage == Stage::Running;
    let (done, of) = (load.done(), load.of());
    html! {
        <section class={classes!("card", "load-card", (!running).then_some("still"))} aria-label="Load test">
            <h2>{ "Load test" }</h2>
            <button class="plain shut-card" aria-label="Close the load test" onclick={wish(Wish::Close)}>{ "×" }</button>
            <div class="far">
                <progress max={of.to_string()} value={done.to_string()} aria-label="Load test"></progress>
                if running {
                    <button onclick={wish(Wish::Stop)}>{ "Stop" }</button>
                } else if load.stage == Stage::Stopped && load.left() > 0 {
                    <button onclick={wish(Wish::GoOn)}>{ "Go on" }</button>
                }
            </div>
            <p class="count">{ far(load) }</p>
            <p role="status" class="ended">{ if running { String::new() } else { ended(load) } }</p>
            if !running {
                { numbers(load, &s) }
                <button class="link" onclick={props.on.reform(|_| Command::Tab(Tab::Metrics))}>{ "Charts over time" }</button>
            }
        </section>
    }
}

/// How many of how many.
fn far(load: &Load) -> String {
    let (c, of) = (&load.count, grouped(load.of()));
    if !load.has_answers() {
        return format!("{} of {of} asked", grouped(c.asked));
    }
    let mut text = format!("{} of {of} answered", grouped(c.answered));
    for (n, what) in [(c.refused, "refused"), (c.lost, "lost in a crash")] {
        if n > 0 {
            text += &format!(", {} {what}", grouped(n));
        }
    }
    text
}

/// Why it stands still.
fn ended(load: &Load) -> String {
    let left = load.left();
    match load.stage {
        Stage::Stopped if left > 0 => "It stands still here; what has happened stays.".into(),
        _ if left == 0 && load.count.refused + load.count.lost == 0 => "All are answered.".into(),
        _ if left == 0 => {
            "All are done: a process that is down refuses what it is asked for, and forgets what it had to answer."
                .into()
        }
        _ if !load.has_answers() => "All were asked for; nobody answers these requests.".into(),
        _ => format!("Nothing more comes: {} wait for an answer in vain.", grouped(left)),
    }
}

/// A length of time: in seconds where it has some.
fn span_text(us: u64) -> String {
    if us < 1_000_000 { format!("{} ms", millis_text(us)) } else { format!("{} s", millis_text(us / 1_000)) }
}

/// What came of it.
fn numbers(load: &Load, s: &Session) -> Html {
    let row = |(name, value): (String, String)| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let lasted_us = load.lasted_us();
    let a_second = (load.count.answered * 1_000_000).checked_div(lasted_us);
    let mut own = vec![("virtual time".to_string(), span_text(lasted_us))];
    own.extend(a_second.map(|n| ("answered a simulated second".to_string(), grouped(n))));
    if let Some((median, most)) = load.took_us() {
        own.push(("answer after, median".into(), span_text(median)));
        own.push(("answer after, 95 %".into(), span_text(most)));
    }
    let metrics = s.run().metrics();
    let loads = s.lab().spec().loads;
    let told = |name: &str| loads.metrics.contains(&name);
    let text = |(name, value): &(&str, u64)| (name.replace('_', " "), grouped(*value));
    let first = loads.metrics.iter().filter_map(|name| metrics.iter().find(|(n, _)| n == name));
    let rest: Vec<_> = metrics.iter().filter(|(name, _)| !told(name)).collect();
    html! {
        <>
            <dl>{ for own.into_iter().map(row) }</dl>
            if !loads.metrics.is_empty() {
                <h3>{ "The whole run" }</h3>
                <dl>{ for first.map(text).map(row) }</dl>
            }
            { counters(s) }
            if !rest.is_empty() {
                <details class="fold">
                    <summary>{ if loads.metrics.is_empty() { "numbers of the whole run" } else { "all other numbers" } }</summary>
                    <dl>{ for rest.into_iter().map(text).map(row) }</dl>
                </details>
            }
        </>
    }
}

/// The lab's counters, a line for each process.
fn counters(s: &Session) -> Html {
    let wanted = s.lab().spec().loads.panel;
    let found = s.panels().iter().find_map(|panel| match panel {
        Panel::Table { title, columns, rows, .. } if Some(title.as_str()) == wanted => Some((title, columns, rows)),
        _ => None,
    });
    let Some((title, columns, rows)) = found else { return html! {} };
    let row = |(head, cells): &(String, Vec<Cell>)| {
        html! { <tr><th scope="row">{ head }</th>{ for cells.iter().map(|c| html! { <td>{ &c.text }</td> }) }</tr> }
    };
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={format!("{title} of the load test")}>
            <table class="matrix">
                <thead><tr><td></td>{ for columns.iter().map(|c| html! { <th scope="col">{ c }</th> }) }</tr></thead>
                <tbody>{ for rows.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
