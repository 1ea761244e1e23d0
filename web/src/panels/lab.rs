//! The lab's own views: one component for each kind of panel, and no lab's name.

use crate::model::Model;
use lightcone_core::frame::{Cell, Panel};
use yew::prelude::*;

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
    }
}

fn row((head, cells): &(String, Vec<Cell>)) -> Html {
    let cell = |c: &Cell| {
        let class = match c.mark {
            1 => "own",
            2 => "behind",
            3 => "ahead",
            _ => "",
        };
        html! { <td {class}>{ &c.text }</td> }
    };
    html! { <tr><th scope="row">{ head }</th>{ for cells.iter().map(cell) }</tr> }
}
