//! Nodes and arrows between them, on a circle or a grid: small pictures.

use super::class;
use super::tables::graph_words;
use crate::ui::cluster::{Point, on_ring};
use lightcone_core::trace::frame::{GraphEdge, GraphNode};
use lightcone_core::views::diagram::font::text_width;
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// Width of the picture, in its own units.
const WIDTH: f32 = 400.0;
/// Half the height of a node.
const HALF: f32 = 15.0;
/// Sizes of its name, and of what stands at nodes and arrows.
const NAME: f32 = 13.0;
const SMALL: f32 = 11.5;
/// Height of a row of a grid.
const ROW: f32 = 92.0;
/// How far along its arrow a label stands in a grid: near its beginning, for in the middle arrows cross.
const ALONG: f32 = 0.3;
/// How far an arrow bends to its right, so that the one that comes back does not lie on it.
const BEND: f32 = 16.0;

/// Where a node stands.
#[derive(Clone, Copy)]
struct Spot {
    at: Point,
    half: Point,
    /// Whether it has a place in a grid, and whether that is in the grid's lower half.
    grid: bool,
    low: bool,
}

/// The picture, and the same in words.
pub(super) fn graph(title: &str, nodes: &[GraphNode], edges: &[GraphEdge]) -> Html {
    if nodes.is_empty() {
        return html! {};
    }
    let (spots, height) = spots(nodes);
    let arrow = |(i, e): (usize, &GraphEdge)| {
        let nth = edges[..i].iter().filter(|o| (o.from, o.to) == (e.from, e.to)).count();
        draw_edge(e, spots[usize::from(e.from)], spots[usize::from(e.to)], nth)
    };
    let arrows: Vec<(Html, Html)> = edges.iter().enumerate().map(arrow).collect();
    let (lines, labels): (Vec<Html>, Vec<Html>) = arrows.into_iter().unzip();
    html! {
        <>
            <svg class="graph" viewBox={format!("0 0 {} {}", n(WIDTH), n(height))} role="img" aria-label={title.to_string()}>
                <g>{ for lines }</g>
                <g>{ for nodes.iter().zip(&spots).map(|(node, spot)| draw_node(node, *spot, height / 2.0)) }</g>
                <g>{ for labels }</g>
            </svg>
            { graph_words(nodes, edges) }
        </>
    }
}

fn spots(nodes: &[GraphNode]) -> (Vec<Spot>, f32) {
    let half = |node: &GraphNode| (text_width(&node.label, NAME, true) / 2.0 + 9.0, HALF);
    let grid: Vec<(u8, u8)> = nodes.iter().filter_map(|node| node.at).collect();
    let (places, height) = if grid.len() == nodes.len() {
        let columns = grid.iter().map(|(c, _)| c + 1).max().unwrap_or(1);
        let rows = grid.iter().map(|(_, r)| r + 1).max().unwrap_or(1);
        let at = |&(c, r): &(u8, u8)| ((f32::from(c) + 0.5) * WIDTH / f32::from(columns), (f32::from(r) + 0.5) * ROW);
        (grid.iter().map(at).collect(), f32::from(rows) * ROW)
    } else {
        let height = if nodes.len() < 3 { 84.0 } else { 150.0 + 16.0 * nodes.len() as f32 };
        let widest = nodes.iter().map(|node| half(node).0).fold(HALF, f32::max);
        let radii = ((WIDTH / 2.0 - widest - 4.0).min(150.0), height / 2.0 - HALF - SMALL - 6.0);
        (on_ring(nodes.len(), (WIDTH / 2.0, height / 2.0 - 4.0), radii), height)
    };
    let gridded = grid.len() == nodes.len();
    let spot = |(node, at): (&GraphNode, Point)| Spot {
        at,
        half: half(node),
        grid: gridded,
        low: gridded && at.1 > height / 2.0,
    };
    (nodes.iter().zip(places).map(spot).collect(), height)
}

fn text(class: &'static str, at: Point, px: f32, words: &str) -> Html {
    html! { <@{"text"} {class} x={n(at.0)} y={n(at.1)} font-size={n(px)} text-anchor="middle">{ words }</@> }
}

fn draw_node(node: &GraphNode, spot: Spot, middle: f32) -> Html {
    // Outwards, where no arrows end.
    let above = node.at.is_none() && spot.at.1 < middle - HALF;
    let says = if above { spot.at.1 - HALF - 6.0 } else { spot.at.1 + HALF + SMALL + 2.0 };
    let (Spot { at: (x, y), half: (hw, hh), .. }, tone) = (spot, node.tone.map(|tone| format!("tone{tone}")));
    html! {
        <g class={classes!("vertex", class(node.mark), tone)}>
            <rect x={n(x - hw)} y={n(y - hh)} width={n(2.0 * hw)} height={n(2.0 * hh)} rx={n(hh)} />
            { text("name", (x, y + NAME * 0.35), NAME, &node.label) }
            { text("small", (x, says), SMALL, &node.says) }
        </g>
    }
}

/// Where the way from the middle of a node towards a point leaves the node.
fn border(spot: Spot, towards: Point, gap: f32) -> Point {
    let (dx, dy) = (towards.0 - spot.at.0, towards.1 - spot.at.1);
    let whole = (dx * dx + dy * dy).sqrt().max(0.001);
    let (ux, uy) = (dx / whole, dy / whole);
    let reach = (spot.half.0 / ux.abs().max(0.001)).min(spot.half.1 / uy.abs().max(0.001)) + gap;
    (spot.at.0 + ux * reach, spot.at.1 + uy * reach)
}

/// The line of an arrow with its head, and its label.
fn draw_edge(edge: &GraphEdge, from: Spot, to: Spot, nth: usize) -> (Html, Html) {
    let class = classes!("edge", class(edge.mark));
    if edge.from == edge.to {
        return draw_loop(edge, from, class);
    }
    let (dx, dy) = (to.at.0 - from.at.0, to.at.1 - from.at.1);
    let whole = (dx * dx + dy * dy).sqrt().max(0.001);
    let (rx, ry) = (-dy / whole, dx / whole);
    let bend = BEND * (1.0 + 1.6 * nth as f32);
    let middle = ((from.at.0 + to.at.0) / 2.0, (from.at.1 + to.at.1) / 2.0);
    let pull = (middle.0 + rx * 2.0 * bend, middle.1 + ry * 2.0 * bend);
    let (a, b) = (border(from, pull, 2.0), border(to, pull, 3.0));
    let (tx, ty) = (b.0 - pull.0, b.1 - pull.1);
    let along = (tx * tx + ty * ty).sqrt().max(0.001);
    let head = head(b, (tx / along, ty / along));
    let d = format!("M{} {}Q{} {} {} {}", n(a.0), n(a.1), n(pull.0), n(pull.1), n(b.0), n(b.1));
    let on = if from.grid { curve(a, pull, b, ALONG) } else { (middle.0 + rx * bend, middle.1 + ry * bend) };
    let at = (on.0 + rx * 11.0, on.1 + ry * 11.0 + SMALL * 0.35);
    let line = html! { <g class={class.clone()}><path {d} /><polygon points={head} /></g> };
    (line, html! { <g {class}>{ text("small", at, SMALL, &edge.label) }</g> })
}

/// The point of a bent line at a share of its way.
fn curve(a: Point, pull: Point, b: Point, t: f32) -> Point {
    let mix = |a: f32, p: f32, b: f32| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * p + t * t * b;
    (mix(a.0, pull.0, b.0), mix(a.1, pull.1, b.1))
}

/// An arrow from a node to itself, above it, or below where it stands low.
fn draw_loop(edge: &GraphEdge, spot: Spot, class: Classes) -> (Html, Html) {
    let ((x, y), up) = (spot.at, if spot.low { -1.0 } else { 1.0 });
    let (near, far) = (y - up * spot.half.1, y - up * (spot.half.1 + 24.0));
    let end = (x + 8.0, near - up);
    let (left, right) = (n(x - 20.0), n(x + 20.0));
    let d = format!("M{} {}C{left} {far} {right} {far} {} {}", n(x - 8.0), n(near), n(end.0), n(end.1));
    let line = html! { <g class={class.clone()}><path {d} /><polygon points={head(end, (-0.45, up * 0.9))} /></g> };
    let words = if spot.low { far + 6.0 } else { far + 2.0 };
    (line, html! { <g {class}>{ text("small", (x, words), SMALL, &edge.label) }</g> })
}

fn head(tip: Point, (ux, uy): (f32, f32)) -> String {
    let corner = |side: f32| (tip.0 - ux * 9.0 - uy * side, tip.1 - uy * 9.0 + ux * side);
    [tip, corner(4.2), corner(-4.2)].map(|p| format!("{},{}", n(p.0), n(p.1))).join(" ")
}
