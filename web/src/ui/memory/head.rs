//! Where a trace comes from, how the caches are, and what leaves the page.

use crate::model::memory::{DeskModel, Wish};
use crate::ui::controls::{Drop, close, file_of, value_of};
use crate::ui::forms::Typed;
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{ACCESSES_MAX, Family, LINES_MAX, Mix, Pattern, SIZE_BYTES_MAX, Shape};
use yew::prelude::*;

/// Most processors of a trace that is made up: as many as the simulated bus has caches.
const PROCESSORS_MAX: usize = 8;
/// Most words of shared data.
const WORDS_MAX: u64 = 1_000_000;
/// What is made up at first.
pub(super) const USUAL: Mix = Mix {
    pattern: Pattern::Counters,
    count: 10_000,
    processors: 4,
    write_percent: 30,
    shared_percent: 20,
    words: 512,
    seed: 1,
};

/// Properties.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The desk.
    pub desk: DeskModel,
    /// Calls back.
    pub on: Callback<Wish>,
}

/// The part.
#[component]
pub(super) fn Head(props: &Props) -> Html {
    let desk = props.desk.get();
    let on = &props.on;
    let empty = desk.accesses.is_empty();
    let on_file = Callback::from({
        let on = on.clone();
        move |e: Event| file_of(&e).into_iter().for_each(|file| on.emit(Wish::Open(file)))
    });
    let wish = |wish: Wish| on.reform(move |_: MouseEvent| wish.clone());
    html! {
        <div class="head">
            <div class="sources">
                <label class="button primary">{ "Open a trace…" }
                    <input type="file" class="sr" onchange={on_file} />
                </label>
                <MakeUp on={on.clone()} />
                if !empty {
                    <p class="what"><b>{ &desk.name }</b>{ format!(": {} accesses, {}", grouped(desk.accesses.len() as u64), processors(desk.accesses.processors())) }</p>
                }
            </div>
            if empty && !desk.is_busy() {
                <p class="says">
                    { "A line for each access: processor, r or w, address in hexadecimal digits, such as " }<code>{ "0 w 7fff3a40" }</code>
                    { format!(". Up to {} of them; nothing leaves this page. Or begin with a pattern:", grouped(ACCESSES_MAX as u64)) }
                </p>
            }
            <div class="shape">{ shape(desk.shape, on) }</div>
            if !empty && !desk.is_busy() {
                <div class="out">
                    <button onclick={wish(Wish::Simulate)} title="Opens a scenario with the first accesses, with messages and a diagram">{ "See its beginning on the bus" }</button>
                    <button onclick={wish(Wish::CopyCounters)} title="As JSON, as the command line prints them">{ "Copy the counters" }</button>
                    <button onclick={wish(Wish::Save)} title="As a file of lines: cpu r|w address">{ "Save the trace" }</button>
                </div>
            }
        </div>
    }
}

fn processors(n: usize) -> String {
    if n == 1 { "1 processor".into() } else { format!("{n} processors") }
}

fn field(name: &'static str, value: u64, (min, max): (u64, u64), unit: &'static str, set: Callback<u64>) -> Html {
    let on = Callback::from(move |text: String| {
        // What is no number is set back by the field, which shows what holds.
        if let Ok(number) = text.trim().parse::<u64>() {
            set.emit(number.clamp(min, max));
        }
    });
    html! {
        <label class={classes!("row", (!unit.is_empty()).then_some("with-unit"))}><span>{ name }</span>
            <Typed {name} kind="number" value={value.to_string()} min={min.to_string()} max={max.to_string()} {on} />
            if !unit.is_empty() { <span>{ unit }</span> }
        </label>
    }
}

/// How the caches are.
fn shape(shape: Shape, on: &Callback<Wish>) -> Html {
    let number = |set: fn(&mut Shape, u64)| {
        on.reform(move |value| {
            let mut next = shape;
            set(&mut next, value);
            Wish::Shape(next)
        })
    };
    let on_family = on.reform(move |e: Event| {
        let family = if value_of(&e) == "MSI" { Family::Msi } else { Family::Mesi };
        Wish::Shape(Shape { family, ..shape })
    });
    html! {
        <>
            { field("cache", shape.size, (1, SIZE_BYTES_MAX), "bytes", number(|s, v| s.size = v)) }
            { field("ways", shape.ways, (1, LINES_MAX), "", number(|s, v| s.ways = v)) }
            { field("line", shape.line, (1, SIZE_BYTES_MAX), "bytes", number(|s, v| s.line = v)) }
            <label class="row"><span>{ "protocol" }</span>
                <select aria-label="protocol" onchange={on_family}>
                    { for [("MESI", Family::Mesi), ("MSI", Family::Msi)].map(|(name, family)| html! {
                        <option value={name} selected={family == shape.family}>{ name }</option>
                    }) }
                </select>
            </label>
        </>
    }
}

/// Properties.
#[derive(Properties, PartialEq)]
struct MakeUpProps {
    /// Calls back.
    on: Callback<Wish>,
}

/// A trace that is made up.
#[component]
fn MakeUp(props: &MakeUpProps) -> Html {
    let mix = use_state(|| USUAL);
    let change = |set: fn(&mut Mix, u64)| {
        let mix = mix.clone();
        Callback::from(move |value| {
            let mut next = *mix;
            set(&mut next, value);
            mix.set(next);
        })
    };
    let on_pattern = {
        let mix = mix.clone();
        Callback::from(move |e: Event| {
            let found = Pattern::ALL.iter().find(|(_, name, _)| *name == value_of(&e));
            mix.set(Mix { pattern: found.map_or(mix.pattern, |(pattern, ..)| *pattern), ..*mix });
        })
    };
    let make = {
        let mix = *mix;
        props.on.reform(move |e: MouseEvent| {
            close(&e);
            Wish::Make(mix)
        })
    };
    let says = Pattern::ALL.iter().find(|(p, ..)| *p == mix.pattern).map_or("", |(.., says)| says);
    html! {
        <Drop text="Make one up">
            <label class="row"><span>{ "pattern" }</span>
                <select aria-label="pattern" onchange={on_pattern}>
                    { for Pattern::ALL.map(|(pattern, name, _)| html! {
                        <option value={name} selected={pattern == mix.pattern}>{ name }</option>
                    }) }
                </select>
            </label>
            <p class="says">{ says }</p>
            { field("accesses", mix.count as u64, (1, ACCESSES_MAX as u64), "", change(|m, v| m.count = v as usize)) }
            { field("processors", mix.processors as u64, (1, PROCESSORS_MAX as u64), "", change(|m, v| m.processors = v as usize)) }
            if mix.pattern == Pattern::Mixed {
                { field("writes", mix.write_percent, (0, 100), "%", change(|m, v| m.write_percent = v)) }
                { field("shared", mix.shared_percent, (0, 100), "%", change(|m, v| m.shared_percent = v)) }
                { field("words", mix.words, (1, WORDS_MAX), "", change(|m, v| m.words = v)) }
                { field("seed", mix.seed, (0, 1 << 53), "", change(|m, v| m.seed = v)) }
            }
            <button class="make" onclick={make}>{ "Make it" }</button>
        </Drop>
    }
}
