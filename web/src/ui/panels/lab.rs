//! The lab's own views: one component for each kind of panel, and no lab's name.

mod caches;
mod graph;
mod head;
mod matrix;
mod ring;
mod tables;
mod things;

pub(crate) use caches::cache_cards;

use crate::model::Model;
use crate::model::command::Command;
use caches::picture;
use graph::graph;
use head::Head;
use lightcone_core::trace::frame::{Cell, Mark, Panel};
use matrix::matrix;
use ring::ring;
use std::rc::Rc;
use things::Things;
use yew::prelude::*;

/// More lists than this take the whole width.
const LISTS_NARROW: usize = 3;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Whether only what an audience should see is wanted.
    pub lesson: bool,
    /// Calls back.
    pub on: Callback<Command>,
}

/// All views of the lab.
#[component]
pub(crate) fn LabPanels(props: &Props) -> Html {
    let s = props.model.get();
    let pointed = use_state(String::new);
    let things = Things { field: s.lab().spec().shows, pointed, on: props.on.clone() };
    let lesson = s.builtin().map_or(&[][..], |builtin| builtin.lesson);
    let wanted = |(place, panel): &(usize, &Panel)| match (props.lesson, lesson) {
        (false, _) => true,
        (true, []) => *place == 0,
        (true, titles) => titles.contains(&panel.title()),
    };
    // An audience sees them in the order in which they matter.
    let rank = |panel: &Panel| lesson.iter().position(|title| props.lesson && *title == panel.title()).unwrap_or(0);
    let mut shown: Vec<&Panel> = s.panels().iter().enumerate().filter(wanted).map(|(_, panel)| panel).collect();
    shown.sort_by_key(|panel| rank(panel));
    html! { <>{ for shown.into_iter().map(|p| panel(p, &things)) }</> }
}

fn panel(panel: &Panel, things: &Things) -> Html {
    match panel {
        Panel::Table { title, says, columns, rows } => html! {
            <div class="panel">
                { head(title, says) }
                <div class="scroll" tabindex="0" role="region" aria-label={title.clone()}>
                    <table class="matrix">
                        <thead><tr><td></td>{ for columns.iter().map(|c| html! { <th scope="col">{ c }</th> }) }</tr></thead>
                        <tbody>{ for rows.iter().map(row) }</tbody>
                    </table>
                </div>
            </div>
        },
        Panel::Caches { title, says, caches, bus, memory } => html! {
            { things.panel(html! { <>{ head(title, says) }{ picture(caches, bus, memory, things) }</> }) }
        },
        Panel::Things { title, says, columns, rows } => html! {
            { things.panel(html! {
                <>
                    { head(title, says) }
                    <div class="scroll" tabindex="0" role="region" aria-label={title.clone()}>
                        <table class="matrix">
                            <thead><tr><td></td>{ for columns.iter().map(|c| html! { <th scope="col">{ c }</th> }) }</tr></thead>
                            <tbody>{ for rows.iter().map(|row| things.row(row)) }</tbody>
                        </table>
                    </div>
                </>
            }) }
        },
        Panel::Graph { title, says, nodes, edges } => html! {
            <div class="panel">{ head(title, says) }{ graph(title, nodes, edges) }</div>
        },
        Panel::Matrix { title, says, columns, rows } => html! {
            <div class="panel">{ head(title, says) }{ matrix(title, columns, rows) }</div>
        },
        Panel::Ring { title, says, members, keys, moves } => html! {
            <div class="panel">{ head(title, says) }{ ring(title, members, keys, moves) }</div>
        },
        Panel::Lists { title, says, lists } => html! {
            <div class={classes!("panel", (lists.len() > LISTS_NARROW).then_some("broad"))}>
                { head(title, says) }
                <div class="scroll lists" tabindex="0" role="region" aria-label={title.clone()}>{ for lists.iter().map(list) }</div>
            </div>
        },
    }
}

/// A panel's heading.
fn head(title: &str, says: &str) -> Html {
    html! { <Head key={title.to_string()} title={Rc::from(title)} says={Rc::from(says)} /> }
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
