//! The lab's rules and how they stand.

use crate::command::Command;
use crate::model::Model;
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
    let violations = s.run.violations();
    let row = |rule: &lightcone_core::frame::RuleFrame| {
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
                        <p>{ &v.explain }</p>
                        { show(v.events.last().copied().unwrap_or(v.id), &props.on) }
                    }
                    <p class="rule">{ says }<em>{ format!(" {source}") }</em></p>
                </details>
            </li>
        }
    };
    html! {
        <section class="card rules">
            <h2>{ if violations.is_empty() { "Rules hold" } else { "A rule is broken" } }</h2>
            <ul>{ for s.frame.rules.iter().map(row) }</ul>
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
