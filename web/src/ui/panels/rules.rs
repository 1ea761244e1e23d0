//! The lab's rules and how they stand.

use crate::model::Model;
use crate::model::command::Command;
use crate::ui::controls::value_of;
use crate::ui::words::Words;
use yew::prelude::*;

/// With no more rules than this, their sentences stand open.
const RULES_OPEN: usize = 2;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The rules panel.
#[component]
pub(crate) fn Rules(props: &Props) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let violations = s.run().violations();
    let row = |rule: &lightcone_core::trace::frame::RuleFrame| {
        let says = spec.rule(&rule.rule).map_or("", |r| r.says);
        let source = spec.rule(&rule.rule).map_or("", |r| r.source);
        let violation = violations.iter().find(|v| Some(v.id) == rule.violated).cloned();
        let class = if violation.is_some() { "violated" } else { "holds" };
        html! {
            <li {class}>
                <details open={violation.is_some() || spec.rules.len() <= RULES_OPEN}>
                    <summary>
                        <b><span aria-hidden="true">{ if violation.is_some() { "✕ " } else { "✓ " } }</span>{ &rule.rule }</b>
                        <span class="sr">{ if violation.is_some() { " violated" } else { " holds" } }</span>
                    </summary>
                    if let Some(v) = violation {
                        <p><Words text={v.explain.clone()} /></p>
                        { show(v.events.last().copied().unwrap_or(v.id), &props.on) }
                    }
                    <p class="rule"><Words text={says} /><em>{ format!(" {source}") }</em></p>
                </details>
            </li>
        }
    };
    html! {
        <section class="card rules">
            <h2>{ if violations.is_empty() { "Rules hold" } else { "A rule is broken" } }</h2>
            <ul>{ for s.frame().rules.iter().map(row) }</ul>
            <Search on={props.on.clone()} />
        </section>
    }
}

fn show(event: u32, on: &Callback<Command>) -> Html {
    let on = on.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        on.emit(Command::SeekEvent(event));
        on.emit(Command::Choose(None));
        on.emit(Command::Choose(Some(event)));
    });
    html! { <button class="link" {onclick}>{ format!("show event {event}") }</button> }
}

/// Numbers of runs that a search may try.
const RUNS: [u64; 4] = [100, 1_000, 10_000, 100_000];

#[derive(Properties, PartialEq)]
struct SearchProps {
    on: Callback<Command>,
}

/// A search for a run that breaks a rule.
#[component]
fn Search(props: &SearchProps) -> Html {
    let runs = use_state(|| RUNS[1]);
    let pick = {
        let runs = runs.clone();
        Callback::from(move |e: Event| runs.set(value_of(&e).parse().unwrap_or(RUNS[1])))
    };
    let count = *runs;
    let look = |random: bool| props.on.reform(move |_: MouseEvent| Command::Explore(count, random));
    html! {
        <details class="fold">
            <summary>{ "look for a run that breaks one" }</summary>
            <label class="row"><span>{ "runs" }</span>
                <select aria-label="Runs to try" onchange={pick}>
                    { for RUNS.iter().map(|n| html! { <option value={n.to_string()} selected={*n == count}>{ n }</option> }) }
                </select>
            </label>
            <div class="group wrap">
                <button onclick={look(true)} title="Random requests and faults, under these settings">{ "random runs" }</button>
                <button onclick={look(false)} title="This scenario as it stands, with other seeds">{ "other seeds" }</button>
            </div>
        </details>
    }
}
