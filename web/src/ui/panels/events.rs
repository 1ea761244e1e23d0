//! Every event as a row: the picture for those who cannot see it, and for tests.

use crate::model::Model;
use crate::model::command::Command;
use lightcone_core::base::clock;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::NO_NODE;
use yew::prelude::*;

/// Rows at a time: a table of everything would be a page of a hundred thousand rows.
const ROWS: u32 = 100;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The table of events.
#[component]
pub(crate) fn EventTable(props: &Props) -> Html {
    let s = props.model.get();
    let total = s.run().trace().len();
    let offset = use_state(|| None::<u32>);
    let focus = s.chosen()[0].unwrap_or(s.frame().position.saturating_sub(1));
    let page = offset.unwrap_or(focus / ROWS).min(total.saturating_sub(1) / ROWS);
    let turn = |to: Option<u32>| {
        let offset = offset.clone();
        Callback::from(move |_: MouseEvent| offset.set(to))
    };
    let row = |id: u32| {
        let record = s.run().trace().record(id);
        let name = if record.node == NO_NODE { "network" } else { s.run().names()[usize::from(record.node)].as_str() };
        let vector =
            s.run().trace().vector(record).filter(|_| !s.is_veiled(id)).map(|v| clock::text(&v)).unwrap_or_default();
        let chosen = s.chosen().contains(&Some(id));
        let class = classes!((id >= s.frame().position).then_some("ahead"), chosen.then_some("chosen"));
        let onclick = props.on.reform(move |_: MouseEvent| Command::Choose(Some(id)));
        html! {
            <tr key={id} {class}>
                <td><button class="link" {onclick} aria-label={format!("Choose event {id}")}>{ id }</button></td>
                <td>{ millis_text(record.at_us) }</td><td>{ name }</td><td>{ record.kind.name() }</td>
                <td class="label">{ s.run().label(id) }</td>
                <td>{ if vector.is_empty() { String::new() } else { record.lamport.to_string() } }</td><td>{ vector }</td>
            </tr>
        }
    };
    let last = total.saturating_sub(1) / ROWS;
    html! {
        <div class="events">
            if last > 0 {
                <div class="group" role="group" aria-label="Pages of the table">
                    <button onclick={turn(Some(page.saturating_sub(1)))} disabled={page == 0}>{ "earlier" }</button>
                    <button onclick={turn(Some(page + 1))} disabled={page >= last}>{ "later" }</button>
                    <button onclick={turn(None)} disabled={offset.is_none()}>{ "at the cursor" }</button>
                </div>
            }
            <div class="scroll" tabindex="0" role="region" aria-label="Events">
                <table>
                    <thead><tr>
                        { for ["event", "ms", "process", "kind", "what", "Lamport", "vector"].iter().map(|h| html! { <th scope="col">{ *h }</th> }) }
                    </tr></thead>
                    <tbody>{ for (page * ROWS..((page + 1) * ROWS).min(total)).map(row) }</tbody>
                </table>
            </div>
        </div>
    }
}
