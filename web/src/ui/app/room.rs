//! The parts of the screen around the diagram: the column at the left, the views in the middle, the column at the right, and
//! the lines between them.

use super::App;
use super::mode::Mode;
use crate::model::Model;
use crate::model::command::{Command, Tab};
use crate::model::layout::{Edge, Layout, Slot, Stage};
use crate::platform;
use crate::ui::cluster::Cluster;
use crate::ui::controls::Splitter;
use crate::ui::forms::{ActPanel, Faults, NetworkPanel, SetupPanel};
use crate::ui::memory::MemoryPanel;
use crate::ui::panels::{Acts, Branches, Chips, EventTable, Inspector, LabPanels, Metrics, Rules};
use lightcone_core::trace::frame::Panel;
use yew::prelude::*;

/// Where the page keeps how the screen is divided, followed by the lab.
const STORED_LAYOUT: &str = "lightcone.layout.";
/// Where panels are tabs.
const SMALL: &str = "(max-width: 900px)";

/// How a lab's screen was divided at the last visit.
pub(super) fn kept(lab: &str) -> Layout {
    platform::stored(&format!("{STORED_LAYOUT}{lab}")).map(|text| Layout::from_text(&text)).unwrap_or_default()
}

impl App {
    /// Brings a panel to the front, on small screens and on wide ones.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.tab = tab;
        if tab.is_beside() {
            self.beside = tab;
        } else if tab != Tab::Inspect {
            self.middle = tab;
        }
    }

    /// Divides the screen, and keeps that for the lab's next visit.
    pub(super) fn divide(&mut self, command: &Command) {
        match *command {
            Command::Split(edge, size) => self.layout.set(edge, size),
            Command::Unsplit(edge) => self.layout.reset(edge),
            Command::Slot(slot) => self.layout.toggle(slot),
            Command::Stage(stage) => {
                self.layout.stage = if self.layout.stage == stage { Stage::Diagram } else { stage };
            }
            _ => self.layout = Layout::default(),
        }
        if stage_needs_views(&self.layout) {
            self.layout.toggle(Slot::Below);
        }
        let lab = self.store.read().lab().spec().id;
        platform::store(&format!("{STORED_LAYOUT}{lab}"), &self.layout.text());
    }

    pub(super) fn left_view(&self, model: &Model, on: &Callback<Command>) -> Html {
        let slot = |slot: Slot, panel: Html| self.slot(slot, panel, on);
        let tab = |(tab, name): (Tab, &'static str)| {
            let onclick = on.reform(move |_| Command::Tab(tab));
            html! {
                <button class="side-tab" data-side={tab.id()} role="tab" aria-selected={(tab == self.beside).to_string()} {onclick}>{ name }</button>
            }
        };
        let tabs = [(Tab::Act, "Act"), (Tab::Network, "Network, faults, set-up")];
        html! {
            <aside class="left" aria-label="Act, network and faults">
                <div class="side-tabs" role="tablist" aria-label="What to do">{ for tabs.into_iter().map(tab) }</div>
                <div class="tabbed" data-for="act">
                    { slot(Slot::Act, html! { <ActPanel model={model.clone()} on={on.clone()} /> }) }
                </div>
                <div class="tabbed" data-for="network">
                    { slot(Slot::Network, html! { <NetworkPanel model={model.clone()} on={on.clone()} /> }) }
                    { slot(Slot::Faults, html! { <Faults model={model.clone()} on={on.clone()} /> }) }
                    { slot(Slot::Setup, html! { <SetupPanel model={model.clone()} on={on.clone()} /> }) }
                </div>
            </aside>
        }
    }

    pub(super) fn middle_view(&self, model: &Model, on: &Callback<Command>) -> Html {
        html! {
            <div class="views">
                { self.tabs(model, on) }
                <section class="card below">
                    <div class="tabbed" data-for="lab">
                        <Cluster model={model.clone()} tokens={self.tokens.clone()} on={on.clone()} />
                        <LabPanels model={model.clone()} lesson={self.mode == Mode::Present} on={on.clone()} />
                    </div>
                    <div class="tabbed" data-for="events">
                        if self.middle == Tab::Events { <EventTable model={model.clone()} on={on.clone()} /> }
                    </div>
                    <div class="tabbed" data-for="metrics">
                        if self.middle == Tab::Metrics { <Metrics model={model.clone()} on={on.clone()} /> }
                    </div>
                    <div class="tabbed" data-for="branches">
                        if self.middle == Tab::Branches { <Branches model={model.clone()} on={on.clone()} /> }
                    </div>
                    <div class="tabbed" data-for="acts">
                        if self.middle == Tab::Acts { <Acts model={model.clone()} on={on.clone()} /> }
                    </div>
                    <div class="tabbed" data-for="memory">
                        if self.middle == Tab::Memory { <MemoryPanel desk={self.desk()} on={on.clone()} /> }
                    </div>
                </section>
            </div>
        }
    }

    pub(super) fn right_view(&self, model: &Model, on: &Callback<Command>) -> Html {
        html! {
            <aside class="right" aria-label="Inspector and rules">
                { self.guide_view(model, on) }
                <div class="tabbed" data-for="inspect">
                    { self.slot(Slot::Inspect, html! { <Inspector model={model.clone()} on={on.clone()} /> }, on) }
                    { self.slot(Slot::Rules, html! { <Rules model={model.clone()} on={on.clone()} /> }, on) }
                </div>
            </aside>
        }
    }

    fn tabs(&self, model: &Model, on: &Callback<Command>) -> Html {
        let shown = if platform::prefers(SMALL) { self.tab } else { self.middle };
        let tab = |&(tab, id, name): &(Tab, &'static str, &'static str)| {
            let onclick = on.reform(move |_| Command::Tab(tab));
            let name = if tab == Tab::Lab { self.lab_tab() } else { name.to_string() };
            html! {
                <button class="tab" data-tab={id} role="tab" aria-selected={(tab == shown).to_string()} {onclick}>
                    { name }
                </button>
            }
        };
        let traces = self.store.read().lab().capabilities().memory_trace.is_some();
        let tabs = Tab::ALL.iter().filter(|(tab, ..)| traces || *tab != Tab::Memory);
        html! {
            <div class="views-head">
                <div class="tabs" role="tablist" aria-label="Panels">{ for tabs.map(tab) }</div>
                <Chips model={model.clone()} />
                { self.stage_buttons(on) }
            </div>
        }
    }

    /// What gives the views more room.
    fn stage_buttons(&self, on: &Callback<Command>) -> Html {
        let button = |stage: Stage, name: &'static str, title: &'static str, d: &'static str| {
            let pressed = (self.layout.stage == stage).to_string();
            html! {
                <button aria-pressed={pressed} aria-label={name} {title} onclick={on.reform(move |_| Command::Stage(stage))}>
                    <svg viewBox="0 0 16 16" aria-hidden="true"><path {d} /></svg>
                </button>
            }
        };
        html! {
            <div class="group stages" role="group" aria-label="Room for these views">
                { button(Stage::Views, "Swap with the diagram", "These views and the diagram change places (v)", "M5 13V3M2 6l3-3 3 3M11 3v10M8 10l3 3 3-3") }
                { button(Stage::Whole, "Whole window", "These views take the whole window (w)", "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4") }
            </div>
        }
    }

    /// A panel with the button that closes it. On a small screen panels are tabs, and none is closed.
    fn slot(&self, slot: Slot, panel: Html, on: &Callback<Command>) -> Html {
        let class = classes!("slot", (!self.layout.is_open(slot)).then_some("closed"));
        let name = format!("Close {}", slot.title());
        html! {
            <div {class} data-slot={slot.id()}>
                { panel }
                <button class="plain shut" aria-label={name.clone()} title={name} onclick={on.reform(move |_| Command::Slot(slot))}>{ "×" }</button>
            </div>
        }
    }

    pub(super) fn splitter(&self, edge: Edge, on: &Callback<Command>) -> Html {
        html! { <Splitter {edge} size={self.layout.size(edge)} on={on.clone()} /> }
    }

    fn lab_tab(&self) -> String {
        let session = self.store.read();
        session.panels().first().map_or("Lab", Panel::title).into()
    }
}

/// Whether views that are to have the room are closed.
fn stage_needs_views(layout: &Layout) -> bool {
    layout.stage != Stage::Diagram && !layout.is_open(Slot::Below)
}
