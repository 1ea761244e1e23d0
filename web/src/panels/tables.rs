//! Pictures in words: the table behind a graph and behind a matrix, for whoever cannot see them.

use super::lab::class;
use lightcone_core::frame::{GraphEdge, GraphNode, Mark, MatrixCell, MatrixRow};
use yew::prelude::*;

/// What a mark means, where it is not seen.
pub(super) fn mark_word(mark: Mark) -> &'static str {
    class(mark)
}

/// An arrow in words.
pub(super) fn edge_words(nodes: &[GraphNode], edge: &GraphEdge) -> String {
    let name = |i: u16| nodes[usize::from(i)].label.as_str();
    let mut words = format!("{} → {}", name(edge.from), name(edge.to));
    for more in [edge.label.as_str(), mark_word(edge.mark)].into_iter().filter(|w| !w.is_empty()) {
        words.push_str(", ");
        words.push_str(more);
    }
    words
}

/// A cell in words.
pub(super) fn cell_words(cell: &MatrixCell) -> String {
    let was = cell.was.as_ref().map(|was| format!("was {was}"));
    let all = [Some(cell.text.clone()), Some(cell.word.clone()), was];
    all.into_iter().flatten().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ")
}

/// All arrows of a graph, and the nodes without any.
pub(super) fn graph_words(nodes: &[GraphNode], edges: &[GraphEdge]) -> Html {
    let node = |n: &GraphNode| {
        let words = [n.label.as_str(), n.says.as_str(), mark_word(n.mark)];
        html! { <li>{ words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ") }</li> }
    };
    html! {
        <ul class="sr">
            { for nodes.iter().map(node) }
            { for edges.iter().map(|e| html! { <li>{ edge_words(nodes, e) }</li> }) }
        </ul>
    }
}

/// A matrix as a table.
pub(super) fn matrix_words(title: &str, columns: &[String], rows: &[MatrixRow]) -> Html {
    let cell = |c: &MatrixCell| html! { <td colspan={c.span.to_string()}>{ cell_words(c) }</td> };
    let row = |r: &MatrixRow| {
        let pins: Vec<&str> = r.pins.iter().map(|p| p.says.as_str()).collect();
        html! { <tr><th scope="row">{ &r.head }</th><td>{ format!("{}; {}", r.says, pins.join(", ")) }</td>{ for r.cells.iter().map(cell) }</tr> }
    };
    html! {
        <table class="sr">
            <caption>{ title }</caption>
            <thead><tr><td></td><th scope="col">{ "how it stands" }</th>{ for columns.iter().map(|c| html! { <th scope="col">{ c }</th> }) }</tr></thead>
            <tbody>{ for rows.iter().map(row) }</tbody>
        </table>
    }
}
