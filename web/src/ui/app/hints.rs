//! At a first visit one thing asks to be touched: a message under way, then a process that could crash, then the time itself. What
//! was done once is never asked for again.

use super::App;
use super::mode::Mode;
use crate::model::command::Command;
use crate::platform;
use lightcone_core::views::diagram::scene::Scene;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// What asks to be touched, one after the other.
const HINTS: [Hint; 3] = [
    Hint {
        class: "at-message",
        title: "A message on its way.",
        mouse: "Drag its head along the time, or click it to lose it.",
        touch: "Drag its head along the time, or tap it to lose it.",
    },
    Hint {
        class: "at-lane",
        title: "Break something.",
        mouse: "Click a process's name and crash it; the others go on.",
        touch: "Tap a process's name and crash it; the others go on.",
    },
    Hint {
        class: "at-time",
        title: "Go back.",
        mouse: "Drag the time line to the left, and do something else there: both futures stay.",
        touch: "Drag the time line to the left, and do something else there: both futures stay.",
    },
];
/// All of them.
const ALL: u8 = (1 << HINTS.len()) - 1;

struct Hint {
    class: &'static str,
    title: &'static str,
    mouse: &'static str,
    touch: &'static str,
}

/// How far a person has come with them.
pub(super) struct Hints {
    followed: u8,
    place: NodeRef,
}

impl Hints {
    pub(super) fn new() -> Hints {
        Hints { followed: platform::hints_followed(), place: NodeRef::default() }
    }

    fn next(&self) -> Option<usize> {
        (0..HINTS.len()).find(|i| self.followed & (1 << i) == 0)
    }

    fn follow(&mut self, hints: u8) {
        if self.followed | hints != self.followed {
            self.followed |= hints;
            platform::keep_hints(self.followed);
        }
    }
}

impl App {
    /// Notes what a wish does of what the hints speak of.
    pub(super) fn note_hint(&mut self, command: &Command) {
        let back = |us: f64| us < self.store.read().view_us();
        let follows = match command {
            Command::Act(act) if act.kind() == "message" => 1,
            Command::Act(act) if act.kind() == "crash" => 2,
            Command::Back(..) => 1 | 4,
            Command::Seek(us) | Command::Visit(us) if back(*us) => 4,
            Command::Step(false) | Command::Edge(false) | Command::Moment(false) => 4,
            Command::Skip(share) if *share < 0.0 => 4,
            Command::NoHints => ALL,
            _ => return,
        };
        self.hints.follow(follows);
    }

    fn hint(&self) -> Option<&'static Hint> {
        let wanted = self.mode == Mode::Usual && self.guide.is_none();
        self.hints.next().filter(|_| wanted).map(|i| &HINTS[i])
    }

    pub(super) fn hint_view(&self, on: &Callback<Command>) -> Html {
        let Some(hint) = self.hint() else { return html! {} };
        html! {
            <div ref={self.hints.place.clone()} class={classes!("hint", hint.class)} role="note" hidden={hint.class != "at-time"}>
                <p>
                    <b>{ hint.title }</b>{ " " }<span class="for-mouse">{ hint.mouse }</span><span class="for-touch">{ hint.touch }</span>
                </p>
                <button class="plain" aria-label="No hints" onclick={on.reform(|_| Command::NoHints)}>{ "×" }</button>
            </div>
        }
    }

    /// Puts the hint where it belongs in a scene that was just painted.
    pub(super) fn place_hint(&self, scene: &Scene, zoom: f64) {
        let Some(element) = self.hints.place.cast::<HtmlElement>() else { return };
        let at = match self.hint().map(|hint| hint.class) {
            Some("at-message") => scene.arrows.iter().find(|a| a.in_flight && !a.link).map(|a| a.to),
            Some("at-lane") => {
                scene.names.get(1).map(|name| (name.rect.x + name.rect.w, name.rect.y + name.rect.h * 0.4))
            }
            _ => return,
        };
        element.set_hidden(at.is_none());
        let Some((x, y)) = at else { return };
        let stage = self.canvas.cast::<HtmlElement>().and_then(|canvas| canvas.parent_element());
        let top = stage.and_then(|stage| stage.dyn_into::<HtmlElement>().ok()).map_or(0, |stage| stage.offset_top());
        let room = (f64::from(scene.width) * zoom) as i32 - element.offset_width() - 12;
        let (x, y) = ((f64::from(x) * zoom) as i32 + 18, (f64::from(y) * zoom) as i32 + 14 + top);
        let _ = element.set_attribute("style", &format!("transform:translate({}px,{y}px)", x.min(room).max(8)));
    }
}
