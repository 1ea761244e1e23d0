//! Caches side by side, the bus below them and memory at its other end. Each part is a real table or list, so that what is
//! seen is also what is read out.

use super::things::Things;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::frame::{BusPast, BusPicture, BusTurn, CachePicture, CachePlace, CacheSet, MemoryLine};
use yew::prelude::*;

/// More empty places of a set than this are counted instead of drawn.
const EMPTY_MAX: usize = 2;

/// The picture.
pub(super) fn picture(caches: &[CachePicture], bus: &BusPicture, memory: &[MemoryLine], things: &Things) -> Html {
    html! {
        <div class="scroll machine" tabindex="0" role="region" aria-label="Caches, bus and memory">
            <div class="caches">{ for caches.iter().map(|c| cache(c, bus, Some(things))) }</div>
            { self::bus(bus) }
            <div class="ends">{ self::memory(memory, things) }{ log(&bus.log) }</div>
        </div>
    }
}

/// Caches alone, side by side.
pub(crate) fn cache_cards(caches: &[CachePicture]) -> Html {
    html! { <div class="caches machine">{ for caches.iter().map(|c| cache(c, &BusPicture::default(), None)) }</div> }
}

/// How a cache takes part in what the bus is doing.
fn part_in(name: &str, bus: &BusPicture) -> Option<&'static str> {
    let now = bus.now.as_ref()?;
    let asked = now.answers.iter().find(|(cache, _)| cache == name);
    match asked {
        _ if now.by == name => Some("asks"),
        Some((_, None)) => Some("looks"),
        Some((_, Some(_))) => Some("said"),
        None => None,
    }
}

fn cache(cache: &CachePicture, bus: &BusPicture, things: Option<&Things>) -> Html {
    let part = part_in(&cache.name, bus);
    let several = cache.sets_in_all > 1;
    let ranked = cache.sets.iter().any(|set| set.places.len() > 1);
    let valued = cache.sets.iter().flat_map(|set| &set.places).any(|place| !place.value.is_empty());
    let used = cache.sets.iter().flat_map(|set| &set.places).any(|place| !place.line.is_empty());
    html! {
        <div class={classes!("cache", (!cache.up).then_some("down"), part)}>
            <table>
                <caption>
                    <b>{ &cache.name }</b>
                    if !cache.up { <span class="note">{ "down: its lines are lost" }</span> }
                    if let Some(waits) = &cache.waits { <span class="note held">{ format!("waits for {waits}") }</span> }
                </caption>
                if used {
                    <thead><tr>
                        <th scope="col">{ "state" }</th><th scope="col">{ "line" }</th>
                        if valued { <th scope="col">{ "value" }</th> }
                        if ranked { <th scope="col" class="rank" title="how many lines of the set were used later">{ "LRU" }</th> }
                    </tr></thead>
                }
                if cache.up {
                    { for cache.sets.iter().map(|s| set(s, several, Columns { ranked, valued, things })) }
                }
            </table>
            if !cache.queue.is_empty() {
                <p class="note">{ format!("then: {}", cache.queue.join(", ")) }</p>
            }
        </div>
    }
}

/// Which columns there are besides state and line.
#[derive(Clone, Copy)]
struct Columns<'a> {
    ranked: bool,
    valued: bool,
    /// What the names of lines need, where a line can be chosen.
    things: Option<&'a Things>,
}

fn set(set: &CacheSet, several: bool, shown: Columns<'_>) -> Html {
    let columns = (2 + usize::from(shown.ranked) + usize::from(shown.valued)).to_string();
    let (used, free): (Vec<&CachePlace>, Vec<_>) = set.places.iter().partition(|p| !p.line.is_empty());
    let (drawn, counted) = if free.len() > EMPTY_MAX { (0, free.len()) } else { (free.len(), 0) };
    html! {
        <tbody>
            if several { <tr class="set"><th scope="rowgroup" colspan={columns.clone()}>{ format!("set {}", set.number) }</th></tr> }
            { for used.iter().map(|p| place(p, shown)) }
            { for (0..drawn).map(|_| html! { <tr class="free"><td colspan={columns.clone()}>{ "free" }</td></tr> }) }
            if counted > 0 { <tr class="free"><td colspan={columns}>{ format!("{counted} free") }</td></tr> }
        </tbody>
    }
}

/// A line's name, by which it is chosen where that can be.
fn name(things: Option<&Things>, name: &str, key: &str, chosen: bool) -> Html {
    things.map_or_else(|| html! { { name } }, |things| things.name(name, key, chosen))
}

fn place(place: &CachePlace, shown: Columns<'_>) -> Html {
    let (tone, gone) = (format!("tone{}", place.tone), place.state == "I" && place.waits.is_none());
    // The letter is also a shape: see the style sheet.
    let letter = format!("is-{}", place.state);
    let chosen = || classes!(place.chosen.then_some("chosen"));
    let looked_at = shown.things.map_or_else(chosen, |t| t.class(&place.key, place.chosen));
    html! {
        <tr class={classes!(looked_at, gone.then_some("gone"), place.dirty.then_some("dirty"))} data-thing={place.key.clone()}>
            <td>
                <span class={classes!("letter", letter, tone)}>{ &place.state }</span>
                if let Some(waits) = &place.waits {
                    // What for stands at the cache's name already.
                    <small class="held" title={waits.clone()}>{ waits.split(',').next() }</small>
                }
            </td>
            <th scope="row">{ name(shown.things, &place.line, &place.key, place.chosen) }</th>
            if shown.valued {
                <td class="value">
                    <span class="short" title={place.value.clone()}>{ &place.value }</span>
                    if place.dirty { <small class="mark" title="newer than memory">{ "dirty" }</small> }
                    if let Some(said) = &place.shared_falsely { <small class="mark">{ said }</small> }
                </td>
            }
            if shown.ranked { <td class="rank">{ place.rank }</td> }
        </tr>
    }
}

fn bus(bus: &BusPicture) -> Html {
    html! {
        <section class={classes!("bus", bus.now.is_some().then_some("busy"))} aria-label="Bus">
            <h3>{ "bus" }</h3>
            { bus.now.as_ref().map_or_else(|| html! { <p class="idle">{ "idle" }</p> }, turn) }
            if !bus.queue.is_empty() {
                <p class="next">{ "next:" }</p>
                <ol>{ for bus.queue.iter().map(|r| html! { <li>{ format!("{} {} by {}", r.what, r.line, r.by) }</li> }) }</ol>
            }
        </section>
    }
}

fn turn(now: &BusTurn) -> Html {
    let answer = |(cache, said): &(String, Option<String>)| {
        let (class, said) = said.as_ref().map_or(("open", "has not answered yet"), |said| ("said", said.as_str()));
        html! { <li class={class}>{ format!("{cache} {said}") }</li> }
    };
    html! {
        <>
            <p><b>{ format!("{} {}", now.what, now.line) }</b>{ format!(" by {}: {}", now.by, now.phase) }<small>{ format!("no. {}", now.txn) }</small></p>
            if !now.answers.is_empty() { <ul>{ for now.answers.iter().map(answer) }</ul> }
        </>
    }
}

/// What the bus did last.
fn log(log: &[BusPast]) -> Html {
    if log.is_empty() {
        return html! {};
    }
    let row = |past: &BusPast| {
        html! {
            <tr>
                <td>{ past.txn }</td>
                <th scope="row">{ format!("{} {}", past.what, past.line) }</th>
                <td>{ &past.by }</td>
                <td>{ &past.data }</td>
                <td>{ format!("{} ms", millis_text(past.at_us)) }</td>
            </tr>
        }
    };
    html! {
        <div class="bus-log">
            <table>
                <caption><b>{ "bus log" }</b></caption>
                <thead class="sr"><tr>
                    <th scope="col">{ "no." }</th><th scope="col">{ "transaction" }</th><th scope="col">{ "by" }</th>
                    <th scope="col">{ "data" }</th><th scope="col">{ "at" }</th>
                </tr></thead>
                <tbody>{ for log.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

fn memory(memory: &[MemoryLine], things: &Things) -> Html {
    let row = |line: &MemoryLine| {
        html! {
            <tr class={classes!(things.class(&line.key, line.chosen), line.newer.is_some().then_some("stale"))} data-thing={line.key.clone()}>
                <th scope="row">{ things.name(&line.line, &line.key, line.chosen) }</th>
                <td class="value">{ if line.value.is_empty() { "–" } else { &line.value } }</td>
                <td>
                    if let Some(cache) = &line.newer { <small class="mark">{ format!("stale: {cache} has it newer") }</small> }
                </td>
            </tr>
        }
    };
    html! {
        <div class="memory">
            <table>
                <caption><b>{ "memory" }</b></caption>
                <thead class="sr"><tr><th scope="col">{ "line" }</th><th scope="col">{ "value" }</th><th scope="col">{ "note" }</th></tr></thead>
                <tbody>{ for memory.iter().map(row) }</tbody>
            </table>
            if memory.is_empty() { <p class="idle">{ "nothing has been written back, and nothing was there" }</p> }
        </div>
    }
}
