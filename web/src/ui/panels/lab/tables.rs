//! Pictures in words, for whoever cannot see them.

use super::class;
use lightcone_core::trace::frame::{GraphEdge, GraphNode, Mark, MatrixCell};
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
