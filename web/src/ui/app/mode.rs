//! The page for an audience (`?present`) and inside another page (`?embed=diagram,transport`).

use super::{App, Msg};
use crate::model::command::{Command, Tab};
use crate::model::guide::Wish;
use crate::model::layout::{Layout, Slot, Stage};
use crate::platform;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

/// How much larger the diagram is drawn for an audience: so that its smallest type has 18 pixels at least, and 24 where the window
/// is 1,920 pixels wide.
const PRESENT_ZOOM: f64 = 1.66;
const PRESENT_WIDE: f64 = 870.0;

/// Parts that an embedded page may have, besides the diagram.
const PARTS: [&str; 10] =
    ["toolbar", "transport", "lab", "inspect", "rules", "act", "network", "faults", "setup", "guide"];

/// What the page is used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything.
    Usual,
    /// Large type and one key.
    Present,
    /// Chosen parts in another page.
    Embed(Vec<&'static str>),
}

impl Mode {
    /// How much larger the diagram is drawn.
    pub(super) fn zoom(&self) -> f64 {
        if *self == Mode::Present { PRESENT_ZOOM.max(platform::window_width() / PRESENT_WIDE) } else { 1.0 }
    }

    /// Whether this is a part of another page.
    pub(super) fn is_embedded(&self) -> bool {
        matches!(self, Mode::Embed(_))
    }
}

/// The parts that a list names, or the first name that is none.
fn parts(list: &str) -> Result<Vec<&'static str>, String> {
    let names = list.split(',').map(str::trim).filter(|n| !n.is_empty() && *n != "diagram");
    let part = |name: &str| PARTS.into_iter().find(|p| *p == name).ok_or_else(|| name.to_string());
    let found = names.map(part).collect::<Result<Vec<_>, _>>()?;
    Ok(if list.is_empty() { vec!["transport"] } else { found })
}

impl App {
    /// What the address asks for.
    pub(super) fn enter_mode(&mut self, ctx: &Context<Self>) {
        if platform::query("present").is_some() {
            self.mode = Mode::Present;
        } else if let Some(list) = platform::query("embed") {
            let found = parts(&list).unwrap_or_else(|name| {
                let text = format!("There is no part “{name}” to embed; there are diagram, {}.", PARTS.join(", "));
                ctx.link().send_message(Msg::Notice(text, true));
                vec!["transport"]
            });
            self.layout = Layout::default();
            for (slot, id, _) in Slot::ALL {
                let wanted = if slot == Slot::Below { found.contains(&"lab") } else { found.contains(&id) };
                if !wanted {
                    self.layout.toggle(slot);
                }
            }
            self.mode = Mode::Embed(found);
        }
    }

    /// The classes of the page.
    pub(super) fn page_class(&self) -> Classes {
        let mut class = classes!("page", (!self.layout.is_open(Slot::Below)).then_some("no-below"));
        class.extend((self.fresh > 0).then_some("fresh"));
        class.push(self.guide.is_some().then_some("guided"));
        class.push(self.layout.is_sized().then_some("sized"));
        class.push(self.layout.is_bare().then_some("bare"));
        match self.layout.stage {
            Stage::Diagram => {}
            Stage::Views => class.push("swapped"),
            Stage::Whole => class.push("whole"),
        }
        match &self.mode {
            Mode::Usual => {}
            Mode::Present => class.push("present"),
            Mode::Embed(parts) => {
                class.push("embed");
                let with = |part: &&str| format!("with-{part}");
                class.extend(parts.iter().map(with).collect::<Vec<_>>());
            }
        }
        class
    }

    /// A way from an embedded page to the whole one.
    pub(super) fn embed_foot(&self) -> Html {
        if !self.mode.is_embedded() {
            return html! {};
        }
        html! {
            <nav class="embed-foot" aria-label="The whole page">
                <a href="./" target="_blank" rel="noopener" onclick={|e: MouseEvent| platform::aim_link(&e)}>{ "open in Lightcone" }</a>
            </nav>
        }
    }

    /// Before an audience a click anywhere goes on.
    pub(super) fn on_present(&self, ctx: &Context<Self>) -> Option<Callback<MouseEvent>> {
        let link = ctx.link().clone();
        (self.mode == Mode::Present).then(|| {
            Callback::from(move |e: MouseEvent| {
                let element = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
                let used = element.is_some_and(|e| e.closest("button, input, a").ok().flatten().is_some());
                if !used {
                    link.send_message(Msg::Do(Command::Guide(Wish::Onward(true))));
                }
            })
        })
    }

    /// What a key means before an audience.
    pub(super) fn present_key(&self, e: &KeyboardEvent) -> Option<Wish> {
        let key = e.key();
        if self.mode != Mode::Present || e.ctrl_key() || e.meta_key() || e.alt_key() {
            return None;
        }
        if key == "Escape" {
            return Some(Wish::Present(false));
        }
        let writes = platform::is_typing(e.target());
        match key.as_str() {
            "PageDown" => Some(Wish::Onward(true)),
            "PageUp" => Some(Wish::Onward(false)),
            _ if writes => None,
            " " | "Enter" if platform::is_button(e.target()) => None,
            " " | "ArrowRight" | "Enter" => Some(Wish::Onward(true)),
            "ArrowLeft" => Some(Wish::Onward(false)),
            _ => None,
        }
    }

    /// The panel of a part that is pointed at, where panels are tabs.
    pub(super) fn tab_of(part: &str) -> Option<Tab> {
        Some(match part {
            "act" => Tab::Act,
            "network" | "faults" | "setup" => Tab::Network,
            "inspect" | "rules" => Tab::Inspect,
            "lab" => Tab::Lab,
            "events" => Tab::Events,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_page_has_the_parts_that_it_names() {
        assert_eq!(parts(""), Ok(vec!["transport"]));
        assert_eq!(parts("diagram"), Ok(vec![]));
        assert_eq!(parts("diagram, lab,inspect"), Ok(vec!["lab", "inspect"]));
        assert_eq!(parts("diagram,moon"), Err("moon".into()));
    }
}
