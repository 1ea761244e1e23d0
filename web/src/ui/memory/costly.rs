//! The lines that cost most, and who uses which of their words.

use crate::model::memory::{Desk, Wish};
use lightcone_core::coherence::{Cause, LineTally, WordUse};
use std::collections::BTreeMap;
use yew::prelude::*;

/// Most words of a line that are told.
const WORDS_MAX: usize = 64;

/// The table.
pub(super) fn costly(desk: &Desk, on: &Callback<Wish>) -> Html {
    let lines = &desk.overview.costly;
    html! {
        <section aria-label="Costly lines">
            <h2>{ "Lines that cost most" }</h2>
            <p class="says">{ "Those that caches take from each other first. Open one to see who uses which of its words." }</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Lines that cost most">
                <table class="matrix costly">
                    <thead><tr>
                        <th scope="col">{ "line" }</th>
                        { for Cause::ALL.map(|cause| html! { <th scope="col" title={cause.says()}>{ cause.name() }</th> }) }
                        <th scope="col" title="how often a cache lost it to another's write">{ "taken away" }</th>
                    </tr></thead>
                    <tbody>{ for lines.iter().map(|(base, tally)| line(desk, *base, tally, on)) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn line(desk: &Desk, base: u64, tally: &LineTally, on: &Callback<Wish>) -> Html {
    let open = desk.line.as_ref().filter(|(line, _)| *line == base);
    let onclick = on.reform(move |_: MouseEvent| Wish::Words(base));
    html! {
        <>
            <tr>
                <th scope="row"><button class="link" aria-expanded={open.is_some().to_string()} {onclick}>{ format!("{base:#x}") }</button></th>
                { for Cause::ALL.map(|cause| {
                    let bad = cause == Cause::FalseSharing && tally.of(cause) > 0;
                    html! { <td class={bad.then_some("wrong")}>{ tally.of(cause) }</td> }
                }) }
                <td>{ tally.invalidations }</td>
            </tr>
            if let Some((_, words)) = open {
                <tr class="words"><td colspan="6">{ uses(words) }<p>{ verdict(words, tally, desk.shape.line) }</p></td></tr>
            }
        </>
    }
}

/// The words of a line with their users.
fn uses(words: &[WordUse]) -> Html {
    let mut by_word: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for WordUse { address, processor, reads, writes } in words {
        by_word.entry(*address).or_default().push(format!("C{} {reads} r {writes} w", processor + 1));
    }
    let left = by_word.len().saturating_sub(WORDS_MAX);
    html! {
        <ul class="scroll" tabindex="0" aria-label="Words of the line">
            { for by_word.iter().take(WORDS_MAX).map(|(address, who)| html! { <li><b>{ format!("{address:#x}") }</b>{ format!(": {}", who.join(", ")) }</li> }) }
            if left > 0 { <li>{ format!("and {left} words more") }</li> }
        </ul>
    }
}

/// What is to be done about it.
fn verdict(words: &[WordUse], tally: &LineTally, line: u64) -> String {
    let (truly, falsely) = (tally.of(Cause::TrueSharing), tally.of(Cause::FalseSharing));
    let alone = |address: u64| words.iter().filter(|w| w.address == address).count() == 1;
    let own = words.iter().all(|w| alone(w.address));
    match (truly, falsely) {
        (0, 0) => "No cache lost it to another one and wanted it back.".into(),
        (0, _) if own => format!(
            "False sharing: no word is used by two processors, and yet the line goes back and forth. Words that lie {line} bytes apart are in different lines."
        ),
        (0, _) => "False sharing: whoever lost the line had no use for the words that were written.".into(),
        (_, 0) => "True sharing: whoever lost the line wanted what was written. Other places in memory do not help; fewer writes do.".into(),
        _ => format!("{falsely} misses are false sharing and {truly} true: some words are shared, and others only lie beside them."),
    }
}
