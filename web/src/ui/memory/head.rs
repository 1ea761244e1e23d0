//! Where a trace comes from, how the caches are, and what leaves the page.

use crate::model::memory::{DeskModel, Wish};
use crate::ui::controls::{Drop, close, files_of, is_checked, value_of};
use crate::ui::forms::Typed;
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{ACCESSES_MAX, Family, LINES_MAX, Mix, Pattern, SIZE_BYTES_MAX, Shape, Supplier};
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
        move |e: Event| {
            let files = files_of(&e);
            if !files.is_empty() {
                on.emit(Wish::Open(files));
            }
        }
    });
    let wish = |wish: Wish| on.reform(move |_: MouseEvent| wish.clone());
    html! {
        <div class="head">
            <div class="sources">
                <label class="button primary">{ "Open a trace…" }
                    <input type="file" class="sr" multiple={true} onchange={on_file} />
                </label>
                <label class="switch" title="Addresses without 0x in the file that is opened next">
                    <input type="checkbox" checked={desk.decimal} onchange={on.reform(|e: Event| Wish::Decimal(is_checked(&e)))} />{ "decimal addresses" }
                </label>
                <MakeUp on={on.clone()} />
                if !empty {
                    <p class="what"><b>{ &desk.name }</b>{ format!(": {} accesses, {}", grouped(desk.accesses.len() as u64), processors(desk.accesses.processors())) }</p>
                }
            </div>
            if empty && !desk.is_busy() {
                <p class="says">
                    { "A line for each access: processor, r or w, address in hexadecimal digits, such as " }<code>{ "0 w 7fff3a40" }</code>
                    { ", or " }<code>{ "P0 r 0x7fff3a40 # a comment" }</code>{ "; the labels 0, 1 and 2 of dinero are read, too, and several files are one for each processor, without its column, by turns." }
                    { format!(" Up to {} of them; nothing leaves this page. Or begin with a pattern:", grouped(ACCESSES_MAX as u64)) }
                </p>
            }
            <div class="shape">{ shape(desk.shape, on) }</div>
            if !empty && !desk.is_busy() {
                <div class="out">
                    <button onclick={wish(Wish::Simulate)} title="Opens a scenario with the first accesses, with messages and a diagram">{ "See its beginning on the bus" }</button>
                    <button onclick={wish(Wish::CopyCounters)} title="As JSON, as the command line prints them">{ "Copy the counters" }</button>
                    <button onclick={wish(Wish::Save)} title="As a file of lines: cpu r|w address">{ "Save the trace" }</button>
                    <button onclick={wish(Wish::SaveTable)} title="Each access with the bus, the states after it and who gave the line, as CSV">{ "Save the table" }</button>
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
        let named = value_of(&e);
        let family = Family::ALL.into_iter().find(|family| family.name() == named).unwrap_or_default();
        // There a clean line comes from the cache in F, or nothing is left of the protocol.
        let supplier = if family == Family::Mesif { Supplier::Cache } else { shape.supplier };
        Wish::Shape(Shape { family, supplier, ..shape })
    });
    let on_supplier = on.reform(move |e: Event| {
        let supplier = if value_of(&e) == Supplier::Memory.name() { Supplier::Memory } else { Supplier::Cache };
        Wish::Shape(Shape { supplier, ..shape })
    });
    html! {
        <>
            { field("cache", shape.size, (1, SIZE_BYTES_MAX), "bytes", number(|s, v| s.size = v)) }
            { field("ways", shape.ways, (1, LINES_MAX), "", number(|s, v| s.ways = v)) }
            { field("line", shape.line, (1, SIZE_BYTES_MAX), "bytes", number(|s, v| s.line = v)) }
            <label class="row"><span>{ "protocol" }</span>
                <select aria-label="protocol" onchange={on_family}>
                    { for Family::ALL.map(|family| html! {
                        <option value={family.name()} selected={family == shape.family}>{ family.name() }</option>
                    }) }
                </select>
            </label>
            <label class="row"><span>{ "clean lines from" }</span>
                <select aria-label="clean lines from" onchange={on_supplier} disabled={shape.family == Family::Mesif}>
                    { for [Supplier::Cache, Supplier::Memory].map(|supplier| html! {
                        <option value={supplier.name()} selected={supplier == shape.supplier}>{ supplier.name() }</option>
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
