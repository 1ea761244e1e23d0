//! Lab, scenario, and what leaves the page.

use super::drop::{Drop, close};
use super::{Props as ModelProps, UndoButtons, file_of, value_of};
use crate::model::Model;
use crate::model::command::{Command, Form};
use crate::model::guide::Wish;
use crate::model::layout::{Layout, Slot};
use lightcone_core::labs;
use lightcone_core::labs::LABS;
use lightcone_core::views::diagram::Preset;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Whether the dark theme is on.
    pub dark: bool,
    /// How the screen is divided.
    pub layout: Layout,
    /// Whether a guide is open.
    pub guide: bool,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The row at the top.
#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let s = props.model.get();
    let on = &props.on;
    html! {
        <header class="top">
            <h1><svg viewBox="0 0 32 32" aria-hidden="true">
                <path d="M5 5 27 27M27 5 5 27" /><path class="cone" d="M7 4h18l-9 10zM7 28h18l-9-10z" />
                <circle cx="16" cy="16" r="3.4" /></svg>{ "Lightcone" }</h1>
            <Choosers model={props.model.clone()} on={on.clone()} />
            { guide_button(s.lab().spec().id, props.guide, on) }
            <div class="actions">
                <UndoButtons model={props.model.clone()} on={on.clone()} />
                <button class="share" onclick={on.reform(|_| Command::CopyLink)} title="Copy a link that holds this whole run">{ "Share" }</button>
                <ExportMenu model={props.model.clone()} dark={props.dark} on={on.clone()} />
                { panels_menu(&props.layout, on) }
                <button class="icon" onclick={on.reform(|_| Command::Theme)} title="Light or dark (t)"
                    aria-label={if props.dark { "Light theme" } else { "Dark theme" }}>{ if props.dark { "☀" } else { "☾" } }</button>
                <button class="icon" onclick={on.reform(|_| Command::Help(true))} aria-label="Keys and help" title="Keys and help (?)">{ "?" }</button>
            </div>
        </header>
    }
}

/// To the lab's guide. It invites whoever is here for the first time.
fn guide_button(lab: &str, open: bool, on: &Callback<Command>) -> Html {
    if crate::model::guide::named(lab).is_none() {
        return html! {};
    }
    let new = !open && crate::platform::no_guide_taken();
    let onclick = on.reform(move |_: MouseEvent| Command::Guide(if open { Wish::Leave } else { Wish::Open }));
    html! {
        <button class={classes!("to-guide", new.then_some("primary"))} aria-pressed={open.to_string()} {onclick}
            title="A guide through this lab, beside the diagram">if new { <span class="long">{ "Take the guide" }</span><span class="short" aria-hidden="true">{ "Guide" }</span> } else { { "Guide" } }</button>
    }
}

#[component]
fn Choosers(props: &ModelProps) -> Html {
    let s = props.model.get();
    let spec = s.lab().spec();
    let on_lab = props.on.reform(|e: Event| {
        let id = value_of(&e);
        let spec = LABS.iter().map(|l| l.spec()).find(|s| s.id == id).unwrap_or(LABS[0].spec());
        Command::Builtin(spec, spec.scenarios[0].id)
    });
    let on_scenario = props.on.reform(move |e: Event| {
        let id = value_of(&e);
        let builtin = spec.scenario(&id).unwrap_or(&spec.scenarios[0]);
        Command::Builtin(spec, builtin.id)
    });
    // Read once for each lab, and not at every drawing.
    let titles = use_memo(spec.id, move |_| {
        let title = |json: &str| labs::parse(json).map(|s| s.title).unwrap_or_default();
        spec.scenarios.iter().map(|b| title(&b.json())).collect::<Vec<String>>()
    });
    html! {
        <div class="choosers">
            <select aria-label="Lab" onchange={on_lab}>
                { for LABS.iter().map(|lab| html! {
                    <option value={lab.spec().id} selected={lab.spec().id == spec.id}>{ lab.spec().title }</option>
                }) }
            </select>
            <select aria-label="Scenario" onchange={on_scenario}>
                if s.builtin_id().is_none() { <option value="" selected={true}>{ s.title() }</option> }
                { for spec.scenarios.iter().zip(titles.iter()).map(|(b, title)| html! {
                    <option value={b.id} selected={s.builtin_id() == Some(b.id)}>{ title }</option>
                }) }
            </select>
            <button onclick={props.on.reform(|_| Command::Reset)} title="Open this scenario again from its beginning">{ "Reset" }</button>
        </div>
    }
}

/// Properties of the menu.
#[derive(Properties, PartialEq)]
struct MenuProps {
    model: Model,
    /// Whether the dark theme is on.
    dark: bool,
    on: Callback<Command>,
}

/// Figures in the sizes that reports use.
const FIGURES: [(Preset, &str, &str); 3] = [
    (Preset::Column, "Column", "SVG for one column, 85 mm"),
    (Preset::Page, "Page", "SVG as wide as a page, 170 mm"),
    (Preset::Slide, "Slide", "SVG for a slide, 16:9"),
];

#[component]
fn ExportMenu(props: &MenuProps) -> Html {
    let on_file = {
        let on = props.on.clone();
        Callback::from(move |e: Event| {
            if let Some(file) = file_of(&e) {
                close(&e);
                on.emit(Command::File(file));
            }
        })
    };
    let item = |form: Form, name: &'static str, note: &'static str| {
        let onclick = props.on.reform(move |e: MouseEvent| {
            close(&e);
            Command::Export(form)
        });
        html! { <button {onclick}><b>{ name }</b><span>{ note }</span></button> }
    };
    // What stands beside the menu where there is room.
    let beside = |command: Command, name: &'static str, note: &'static str| {
        let onclick = props.on.reform(move |e: MouseEvent| {
            close(&e);
            command.clone()
        });
        html! { <button class="small-only" {onclick}><b>{ name }</b><span>{ note }</span></button> }
    };
    let theme = if props.dark { "Light theme" } else { "Dark theme" };
    let chosen = props.model.get().chosen()[0].is_some();
    let has_table = !props.model.get().lab().spec().sheet.is_empty();
    html! {
        <Drop text="File">
                { item(Form::Svg, "SVG", "the diagram as seen; opens here again") }
                { item(Form::PrintSvg, "SVG for print", "black on white") }
                { for FIGURES.iter().map(|(preset, name, note)| item(Form::Figure(*preset, false), name, note)) }
                if chosen { { item(Form::Figure(Preset::Page, true), "Only the past", "of what is chosen, as wide as a page") } }
                { item(Form::Png, "PNG", "the diagram as seen, at twice the size") }
                { item(Form::Scenario, "Scenario", "the whole run as a file") }
                { item(Form::Trace, "Trace", "every event, one JSON object a line") }
                { item(Form::Metrics, "Metrics", "the numbers of the charts, as CSV") }
                if has_table { { item(Form::Table, "Table", "each access until here, as CSV") } }
                <label class="file">
                    <b>{ "Open…" }</b><span>{ "a scenario, an exported SVG or a memory trace" }</span>
                    <input type="file" onchange={on_file} />
                </label>
                { beside(Command::CopyLink, "Share", "copy a link that holds this whole run") }
                { beside(Command::Theme, theme, "for the whole page") }
                { beside(Command::Help(true), "Help", "keys and help") }
                { beside(Command::Reset, "Reset", "this scenario again from its beginning") }
        </Drop>
    }
}

/// Which panels are open.
fn panels_menu(layout: &Layout, on: &Callback<Command>) -> Html {
    let row = |&(slot, _, title): &(Slot, &'static str, &'static str)| {
        let onchange = on.reform(move |_: Event| Command::Slot(slot));
        html! {
            <label class="switch"><input type="checkbox" checked={layout.is_open(slot)} {onchange} />{ title }</label>
        }
    };
    html! {
        <span class="panels-menu">
            <Drop name="Which panels are open" text="Panels">
                { for Slot::ALL.iter().map(row) }
                <button onclick={on.reform(|_| Command::UsualLayout)}>{ "as at first" }</button>
            </Drop>
        </span>
    }
}
