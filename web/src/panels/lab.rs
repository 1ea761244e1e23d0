//! The lab's own views: one component for each kind of panel, and no lab's name.

use super::caches::picture;
use super::graph::graph;
use super::matrix::matrix;
use crate::model::Model;
use lightcone_core::frame::{Cell, Mark, Panel};
use yew::prelude::*;

/// More lists than this take the whole width.
const LISTS_NARROW: usize = 3;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
}

/// All views of the lab.
#[component]
pub(crate) fn LabPanels(props: &Props) -> Html {
    let s = props.model.get();
    html! { <>{ for s.frame.panels.iter().map(panel) }</> }
}

fn panel(panel: &Panel) -> Html {
    match panel {
        Panel::Table { title, says, columns, rows } => html! {
            <div class="panel">
                <h2>{ title }</h2>
                <p class="says">{ says }</p>
                <div class="scroll" tabindex="0" role="region" aria-label={title.clone()}>
                    <table class="matrix">
                        <thead><tr><td></td>{ for columns.iter().map(|c| html! { <th scope="col">{ c }</th> }) }</tr></thead>
                        <tbody>{ for rows.iter().map(row) }</tbody>
                    </table>
                </div>
            </div>
        },
        Panel::Caches { title, says, caches, bus, memory } => html! {
            <div class="panel"><h2>{ title }</h2><p class="says">{ says }</p>{ picture(caches, bus, memory) }</div>
        },
        Panel::Graph { title, says, nodes, edges } => html! {
            <div class="panel"><h2>{ title }</h2><p class="says">{ says }</p>{ graph(title, nodes, edges) }</div>
        },
        Panel::Matrix { title, says, columns, rows } => html! {
            <div class="panel"><h2>{ title }</h2><p class="says">{ says }</p>{ matrix(title, columns, rows) }</div>
        },
        Panel::Lists { title, says, lists } => html! {
            <div class={classes!("panel", (lists.len() > LISTS_NARROW).then_some("broad"))}>
                <h2>{ title }</h2>
                <p class="says">{ says }</p>
                <div class="scroll lists" tabindex="0" role="region" aria-label={title.clone()}>{ for lists.iter().map(list) }</div>
            </div>
        },
    }
}

fn list((head, items): &(String, Vec<Cell>)) -> Html {
    html! {
        <div class="list">
            <h3>{ head }</h3>
            if items.is_empty() { <p class="empty">{ "empty" }</p> }
            <ol>{ for items.iter().map(|c| html! { <li class={class(c.mark)}>{ &c.text }</li> }) }</ol>
        </div>
    }
}

pub(super) fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Plain => "",
        Mark::Own => "own",
        Mark::Behind => "behind",
        Mark::Ahead => "ahead",
        Mark::Held => "held",
        Mark::Missing => "missing",
        Mark::Bad => "wrong",
    }
}

fn row((head, cells): &(String, Vec<Cell>)) -> Html {
    let cell = |c: &Cell| html! { <td class={class(c.mark)}>{ &c.text }</td> };
    html! { <tr><th scope="row">{ head }</th>{ for cells.iter().map(cell) }</tr> }
}
