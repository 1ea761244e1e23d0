//! The line with its completions: a combobox that is worked by keyboard alone.
//!
//! A large component: a combobox is one state of line, cursor, completions and history, which every key may change.

use super::shown;
use crate::model::Model;
use crate::model::command::Command;
use crate::model::console::LogRef;
use lightcone_core::scenario::console::Completion;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// Words that the page takes besides the simulator's.
const OWN_WORDS: [(&str, &str); 2] = [("help", "What there is to type."), ("clear", "The lines above go away.")];

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// What was typed.
    pub log: LogRef,
    /// Whether it is asked for. (On a small screen it stands in a tab and is always there.)
    pub open: bool,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The console.
#[derive(Default)]
pub(crate) struct Console {
    input: NodeRef,
    list: NodeRef,
    foot: NodeRef,
    completions: Vec<Completion>,
    selected: Option<usize>,
    /// Place in the history, while one goes through it.
    browsing: Option<usize>,
    /// What was being typed before.
    draft: String,
    focus: bool,
}

/// What happens to the line.
pub(crate) enum Msg {
    /// It was typed in.
    Typed,
    /// A key that is not text.
    Key(KeyboardEvent),
    /// A completion was chosen with the pointer.
    Accept(usize),
    /// It lost the focus.
    Left,
}

impl Component for Console {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        Console { focus: ctx.props().open, ..Console::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        self.focus |= ctx.props().open && !old.open;
        true
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        if std::mem::take(&mut self.focus)
            && let Some(input) = self.input.cast::<HtmlInputElement>()
        {
            let _ = input.focus();
        }
        let list = self.list.cast::<Element>();
        if let Some(option) = list.and_then(|l| l.query_selector("[aria-selected=true]").ok().flatten()) {
            option.scroll_into_view_with_bool(false);
        }
        if let Some(lines) = self.foot.cast::<Element>() {
            lines.set_scroll_top(lines.scroll_height());
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Some(input) = self.input.cast::<HtmlInputElement>() else { return false };
        match msg {
            Msg::Typed => {
                self.browsing = None;
                self.complete(ctx, &input);
                if input.value().trim().is_empty() {
                    self.completions.clear();
                }
            }
            Msg::Key(e) => return self.key(ctx, &input, &e),
            Msg::Accept(i) => self.accept(ctx, &input, i),
            Msg::Left => self.close(),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let s = props.model.get();
        let log = props.log.0.borrow();
        let link = ctx.link();
        let expanded = !self.completions.is_empty();
        let active = self.selected.map(|i| format!("console-{i}"));
        html! {
            <section class={classes!("console", props.open.then_some("open"))} aria-label="Console">
                if !log.entries.is_empty() {
                    <div class="lines" role="log" aria-label="Lines and what came of them" tabindex="0" ref={self.foot.clone()}>
                        <ol>{ for log.entries.iter().map(|e| shown::entry(&s, e)) }</ol>
                    </div>
                }
                <div class="prompt">
                    <span aria-hidden="true">{ "›" }</span>
                    <input type="text" ref={self.input.clone()} role="combobox" aria-label="Command line"
                        aria-autocomplete="list" aria-expanded={expanded.to_string()} aria-controls="console-list"
                        aria-activedescendant={active} autocomplete="off" autocapitalize="off" spellcheck="false"
                        placeholder={format!("{} …   help   (Tab completes, ↑ brings lines back)", example(&s))}
                        oninput={link.callback(|_| Msg::Typed)} onkeydown={link.callback(Msg::Key)}
                        onblur={link.callback(|_| Msg::Left)} />
                    <button class="plain shut-console" aria-label="Close the console" title="Close the console (Esc)"
                        onclick={props.on.reform(|_| Command::Console(false))}>{ "×" }</button>
                    { self.list(ctx) }
                </div>
            </section>
        }
    }
}

fn example(s: &crate::model::session::Session) -> String {
    let operation = &s.lab().spec().operations[0];
    let processes = s.run().scenario().processes();
    let at = processes.iter().find(|p| operation.at.is_empty() || operation.at.contains(&p.role));
    format!("{} {}", at.map_or("", |p| p.name.as_str()), operation.name)
}

/// The caret, in bytes; the browser counts in units of UTF-16.
fn caret(input: &HtmlInputElement, text: &str) -> usize {
    let units = input.selection_start().ok().flatten().unwrap_or(u32::MAX) as usize;
    let mut seen = 0;
    for (i, c) in text.char_indices() {
        if seen >= units {
            return i;
        }
        seen += c.len_utf16();
    }
    text.len()
}

fn set(input: &HtmlInputElement, text: &str, caret: usize) {
    input.set_value(text);
    let units = text[..caret].encode_utf16().count() as u32;
    let _ = input.set_selection_range(units, units);
}

impl Console {
    fn close(&mut self) {
        self.completions.clear();
        self.selected = None;
    }

    fn complete(&mut self, ctx: &Context<Self>, input: &HtmlInputElement) {
        let text = input.value();
        let caret = caret(input, &text);
        let mut found = ctx.props().model.get().run().scenario().complete_line(&text, caret);
        let head = text[..caret].trim_start();
        if !head.contains(char::is_whitespace) {
            let own = OWN_WORDS.iter().filter(|(word, _)| word.starts_with(head));
            found.extend(own.map(|(word, says)| Completion {
                text: (*word).to_string(),
                from: caret - head.len(),
                says,
            }));
        }
        // What stands there already is no completion.
        found.retain(|c| text[c.from..caret] != c.text);
        (self.completions, self.selected) = (found, None);
    }

    fn accept(&mut self, ctx: &Context<Self>, input: &HtmlInputElement, i: usize) {
        let Some(Completion { text, from, .. }) = self.completions.get(i).cloned() else { return };
        let line = input.value();
        let end = caret(input, &line);
        let gap = if text.ends_with(['=', '/', '?', '}']) || line[end..].starts_with(' ') { "" } else { " " };
        let head = format!("{}{text}{gap}", &line[..from.min(end)]);
        set(input, &format!("{head}{}", &line[end..]), head.len());
        self.complete(ctx, input);
    }

    /// True when there is something to draw.
    fn key(&mut self, ctx: &Context<Self>, input: &HtmlInputElement, e: &KeyboardEvent) -> bool {
        let count = self.completions.len();
        match e.key().as_str() {
            "Enter" => match self.selected {
                Some(i) => self.accept(ctx, input, i),
                None => self.run(ctx, input),
            },
            // With nothing to complete Tab goes on to what comes next, as everywhere.
            "Tab" if count > 0 && !e.shift_key() => self.accept(ctx, input, self.selected.unwrap_or(0)),
            "ArrowDown" if self.browsing.is_some() => self.browse(ctx, input, false),
            "ArrowUp" if self.browsing.is_some() || self.selected.is_none() => self.browse(ctx, input, true),
            "ArrowDown" if count == 0 => {
                self.complete(ctx, input);
                self.selected = (!self.completions.is_empty()).then_some(0);
            }
            "ArrowDown" => self.selected = Some(self.selected.map_or(0, |i| (i + 1) % count)),
            "ArrowUp" => self.selected = self.selected.and_then(|i| i.checked_sub(1)),
            "Escape" if count > 0 => self.close(),
            "Escape" => {
                let _ = input.blur();
                ctx.props().on.emit(Command::Console(false));
            }
            _ => return false,
        }
        e.prevent_default();
        e.stop_propagation();
        true
    }

    fn run(&mut self, ctx: &Context<Self>, input: &HtmlInputElement) {
        ctx.props().on.emit(Command::Line(input.value()));
        set(input, "", 0);
        self.browsing = None;
        self.close();
    }

    /// Through the history: further back, or towards what was being typed.
    fn browse(&mut self, ctx: &Context<Self>, input: &HtmlInputElement, back: bool) {
        let log = ctx.props().log.0.borrow();
        let len = log.history.len();
        if self.browsing.is_none() {
            self.draft = input.value();
        }
        let at = self.browsing.unwrap_or(len).min(len);
        let next = if back { at.saturating_sub(1) } else { at + 1 };
        let (line, browsing) = match log.history.get(next) {
            Some(line) => (line.clone(), Some(next)),
            None => (self.draft.clone(), None),
        };
        self.browsing = browsing;
        set(input, &line, line.len());
        drop(log);
        self.close();
    }

    fn list(&self, ctx: &Context<Self>) -> Html {
        let option = |(i, c): (usize, &Completion)| {
            // Pressing must not take the focus from the line.
            let press = ctx.link().callback(move |e: PointerEvent| {
                e.prevent_default();
                Msg::Accept(i)
            });
            html! {
                <li id={format!("console-{i}")} role="option" aria-selected={(self.selected == Some(i)).to_string()}
                    onpointerdown={press} onmousedown={|e: MouseEvent| e.prevent_default()}>
                    <code>{ &c.text }</code><span>{ c.says }</span>
                </li>
            }
        };
        html! {
            <ul id="console-list" role="listbox" aria-label="Completions" ref={self.list.clone()} hidden={self.completions.is_empty()}>
                { for self.completions.iter().enumerate().map(option) }
            </ul>
        }
    }
}
