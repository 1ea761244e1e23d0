//! What an access did, the caches at that moment, and the counters.

use super::strip::class;
use crate::model::memory::{Desk, Wish};
use crate::ui::controls::segmented;
use crate::ui::panels::cache_cards;
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{Counters, Held, State, Step, Study};
use lightcone_core::trace::frame::{CachePicture, CachePlace, CacheSet, state_tone};
use yew::prelude::*;

/// The access that one looks at, and the set of each cache that it concerns.
pub(super) fn moment(desk: &Desk, study: &Study) -> Html {
    html! {
        <section aria-label="The access">
            <h2>{ "The access" }</h2>
            { desk.step.as_ref().map_or_else(|| html! { <p class="says">{ "Before the first access: all caches are empty." }</p> }, |s| said(s, study.position())) }
            { cache_cards(&pictures(study, desk.step.as_ref())) }
        </section>
    }
}

fn processor(p: usize) -> String {
    format!("C{}", p + 1)
}

fn said(step: &Step, number: usize) -> Html {
    let access = step.access;
    let (who, verb) = (processor(access.processor), if access.write { "writes" } else { "reads" });
    let asked: Vec<&str> = [step.asked, step.then].into_iter().flatten().map(|t| t.name()).collect();
    let bus = if asked.is_empty() { "the bus is not asked".into() } else { asked.join(", ") };
    let from = step.from.map(|cache| format!("the line comes from {}", processor(cache)));
    let change =
        |(p, from, to): &(usize, State, State)| format!("{} {} → {}", processor(*p), from.letter(), to.letter());
    let changes: Vec<String> = step.changes.iter().map(change).collect();
    let evicted = step.evicted.map(|(line, state)| {
        let fate = if state.is_dirty() { "written back" } else { "as in memory, so dropped without a word" };
        format!("{line:#x} had to go: {}, {fate}", state.letter())
    });
    let cause = step.course.cause();
    html! {
        <div class="access" aria-live="polite">
            <p><span class="number">{ format!("{}.", grouped(number as u64)) }</span><b>{ format!("{who} {verb} {:#x}", access.address) }</b>{ format!(", line {:#x}, set {}", step.line, step.set) }</p>
            <p>
                if let Some(cause) = cause {
                    <span class={classes!("outcome", class(cause))}><i></i>{ format!("miss: {}", cause.name()) }</span>
                } else {
                    <span class="outcome">{ "hit" }</span>
                }
                { std::iter::once(bus).chain(changes).chain(from).chain(evicted).collect::<Vec<_>>().join(" · ") }
            </p>
            if let Some(cause) = cause { <p class="says">{ cause.says() }</p> }
        </div>
    }
}

/// Each cache with the set that the access falls into; at the beginning with its first set.
fn pictures(study: &Study, step: Option<&Step>) -> Vec<CachePicture> {
    let set = step.map_or(0, |s| s.set);
    let geometry = study.geometry();
    let one = |p: usize| CachePicture {
        name: processor(p),
        up: true,
        sets: vec![CacheSet {
            number: set as u32,
            places: study.set(p, set).into_iter().map(|held| place(held, step)).collect(),
        }],
        sets_in_all: geometry.sets() as u32,
        ..CachePicture::default()
    };
    (0..study.counters().len()).map(one).collect()
}

fn place(held: Option<Held>, step: Option<&Step>) -> CachePlace {
    let Some(held) = held else { return CachePlace { state: State::I.letter().into(), ..CachePlace::default() } };
    CachePlace {
        line: format!("{:#x}", held.line),
        state: held.state.letter().into(),
        tone: state_tone(held.state),
        dirty: held.state.is_dirty(),
        chosen: step.is_some_and(|step| step.line == held.line),
        rank: held.rank as u16,
        ..CachePlace::default()
    }
}

/// What is counted, in words.
const COUNTED: [&str; 13] = [
    "reads",
    "read misses",
    "writes",
    "write misses",
    "write-backs",
    "cache-to-cache transfers",
    "memory transactions",
    "interventions",
    "invalidations",
    "flushes",
    "BusRdX asked for",
    "BusUpgr asked for",
    "words written through",
];

/// The counters of each cache, and their sums.
pub(super) fn counters(desk: &Desk, study: &Study, on: &Callback<Wish>) -> Html {
    let all = if desk.whole { study.counters() } else { study.counters_here() };
    let mut sum = Counters::default();
    all.iter().for_each(|c| sum.add(c));
    let family = desk.shape.family;
    let named = sum.named_in(family);
    let row = |(i, says): (usize, &&str)| {
        let value = |c: &Counters| grouped(c.named_in(family)[i].1);
        html! {
            <tr>
                <th scope="row" title={named[i].0}>{ *says }</th>
                { for all.iter().map(|c| html! { <td>{ value(c) }</td> }) }
                <td class="sum">{ value(&sum) }</td>
            </tr>
        }
    };
    let choice =
        segmented("Until where", &[(false, "until here"), (true, "whole trace")], desk.whole, on.reform(Wish::Whole));
    html! {
        <section aria-label="Counters">
            <div class="head"><h2>{ "Counters" }</h2>{ choice }</div>
            <div class="scroll" tabindex="0" role="region" aria-label="Counters of each cache">
                <table class="matrix counted">
                    <thead><tr><td></td>
                        { for (0..all.len()).map(|p| html! { <th scope="col">{ processor(p) }</th> }) }
                        <th scope="col">{ "all" }</th>
                    </tr></thead>
                    <tbody>
                        <tr>
                            <th scope="row">{ "hits" }</th>
                            { for all.iter().chain([&sum]).map(|c| html! { <td>{ hits(c) }</td> }) }
                        </tr>
                        { for COUNTED.iter().take(named.len()).enumerate().map(row) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// The share of accesses that found the line, with one decimal.
fn hits(c: &Counters) -> String {
    let all = c.reads + c.writes;
    let Some(per_mille) = (1_000 * (all - c.read_misses - c.write_misses)).checked_div(all) else {
        return "–".into();
    };
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}
