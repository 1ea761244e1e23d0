//! Rows of cells along an axis: a real table, so that what is seen is also what is read out.

use super::tables::cell_words;
use lightcone_core::trace::frame::{Look, MatrixCell, MatrixRow, Pin, PinLook};
use yew::prelude::*;

/// The table of a matrix.
pub(super) fn matrix(title: &str, columns: &[String], rows: &[MatrixRow]) -> Html {
    let head = |c: &String| html! { <th scope="col">{ c }</th> };
    html! {
        <div class="scroll logs" tabindex="0" role="region" aria-label={title.to_string()}>
            <table class="log">
                <thead><tr><td></td>{ for columns.iter().map(head) }<td></td></tr></thead>
                <tbody>{ for rows.iter().map(|r| row(r, columns.len())) }</tbody>
            </table>
        </div>
    }
}

fn row(row: &MatrixRow, columns: usize) -> Html {
    let tone = row.tone.map(|tone| format!("tone{tone}"));
    let pins: Vec<&str> = row.pins.iter().map(|p| p.says.as_str()).collect();
    let mut column = 0;
    let mut cells = Vec::new();
    for c in &row.cells {
        let span = c.span.max(1);
        cells.push(cell(c, span, within(row, column, span)));
        column += span;
    }
    let rest = (columns as u16).saturating_sub(column);
    cells.extend((0..rest).map(|i| cell(&MatrixCell::default(), 1, within(row, column + i, 1))));
    html! {
        <tr>
            <th scope="row">
                { &row.head }<small class={classes!(tone)}>{ &row.says }</small>
                <span class="sr">{ pins.join(", ") }</span>
            </th>
            { for cells }
            <td class="end" aria-hidden="true">{ for within(row, columns as u16, 1) }</td>
        </tr>
    }
}

/// The marks in front of some columns, each with its share of the cell's width.
fn within(row: &MatrixRow, column: u16, span: u16) -> Vec<Html> {
    let here = row.pins.iter().filter(|p| (column..column + span).contains(&p.before));
    here.map(|p| pin(p, u32::from(p.before - column) * 100 / u32::from(span))).collect()
}

fn cell(c: &MatrixCell, span: u16, pins: Vec<Html>) -> Html {
    let look = match c.look {
        Look::Empty => "none",
        Look::Solid => "solid",
        Look::Open => "open",
        Look::Struck => "struck",
        Look::Hatched => "hatched",
    };
    let tone = c.tone.map(|tone| format!("tone{tone}"));
    let words = cell_words(c);
    html! {
        <td colspan={span.to_string()} title={(!words.is_empty()).then(|| words.clone())}>
            <span class={classes!("entry", look, tone)} aria-hidden="true">{ &c.text }</span>
            if let Some(was) = &c.was { <s class="was" aria-hidden="true">{ was }</s> }
            <span class="sr">{ words }</span>
            { for pins }
        </td>
    }
}

fn pin(pin: &Pin, percent: u32) -> Html {
    let (class, d) = match pin.look {
        PinLook::Line => {
            return html! { <i class="pin" style={format!("left:{percent}%")} title={pin.says.clone()}></i> };
        }
        PinLook::Filled => ("wedge filled", "M5 1 9 8H1z"),
        PinLook::Open => ("wedge", "M5 1.5 8.6 7.6H1.4z"),
    };
    html! {
        <svg {class} viewBox="0 0 10 9" style={format!("left:{percent}%")} aria-hidden="true">
            <title>{ &pin.says }</title><path {d} />
        </svg>
    }
}
