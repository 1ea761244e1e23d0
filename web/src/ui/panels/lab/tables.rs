//! Pictures in words, for whoever cannot see them.

use super::class;
use lightcone_core::trace::frame::{GraphEdge, GraphNode, Mark, MatrixCell, RingKey, RingMember};
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

/// Where the keys of a ring belong, and what its members have.
pub(super) fn ring_words(members: &[RingMember], keys: &[RingKey]) -> Html {
    let member = |m: &RingMember| {
        let share = m.share_ppm / 1_000;
        html! { <li>{ format!("{}, {}, {} points, {}.{} % of the ring", m.name, m.says, m.points.len(), share / 10, share % 10) }</li> }
    };
    let key = |k: &RingKey| {
        let met: Vec<&str> =
            k.walk.iter().filter_map(|(m, _)| Some(members.get(usize::from(*m))?.name.as_str())).collect();
        html! { <li>{ format!("{} meets {}; {}", k.label, met.join(", then "), k.says) }</li> }
    };
    html! { <ul class="sr">{ for members.iter().map(member) }{ for keys.iter().map(key) }</ul> }
}
