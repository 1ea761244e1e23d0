//! The one stateful component: session, view clock, what is open.
//!
//! A large component: it is the one place that knows all parts of the page; what it does stands in the files of `app/`.

mod address;
mod branches;
mod commands;
mod export;
mod guide;
mod hints;
mod keys;
mod load;
mod memory;
mod menu;
mod mode;
mod opening;
mod room;
mod working;

use crate::model::command::{Command, Form, Menu, Tab};
use crate::model::console::LogRef;
use crate::model::guide::{Goal, PlayerRef};
use crate::model::layout::{Edge, Layout};
use crate::model::memory::{Desk, DeskRef};
use crate::model::session::Session;
use crate::model::work::Word;
use crate::model::{Store, look};
use crate::platform::{self, Frames, paint};
use crate::ui::app::menu::ContextMenu;
use crate::ui::cluster::Tokens;
use crate::ui::console::Console;
use crate::ui::controls::{Header, Help, Transport};
use crate::ui::diagram::{CutBar, Diagram, Overview, SceneRef, Tip, Toolbar, paint_overview};
use crate::ui::panels::CompareBar;
use crate::ui::words::Glossed;
use address::{linked, opened};
use commands::STORED_THEME;
use gloo_timers::callback::{Interval, Timeout};
use lightcone_core::views::diagram::lay_out;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::glossary::Glossary;
use mode::Mode;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{DragEvent, HtmlCanvasElement, KeyboardEvent};
use yew::prelude::*;

/// Milliseconds between two drawings of the panels while the diagram moves: the eye reads no faster.
const PANELS_EVERY_MS: f64 = 90.0;
/// Milliseconds between two steps of the play clock in a hidden tab.
const HIDDEN_EVERY_MS: u32 = 250;
/// Milliseconds of a frame that a search may take.
const SEARCH_MS: f64 = 4.0;
/// Milliseconds that a notice stays.
const NOTICE_MS: u32 = 6_000;

/// The page.
pub(crate) struct App {
    store: Rc<Store>,
    frames: Frames,
    canvas: NodeRef,
    overview: NodeRef,
    /// The canvas of the branch that is compared.
    other: NodeRef,
    other_scene: SceneRef,
    scene: SceneRef,
    tokens: Tokens,
    last_ms: Option<f64>,
    panels_ms: f64,
    /// While the panels still show how the diagram was looked at before.
    panels_timer: Option<Timeout>,
    /// The address as the page wrote or read it last.
    known_hash: RefCell<String>,
    /// Whether the next address is a step of its own in the browser's history.
    new_entry: Cell<bool>,
    theme: Theme,
    layout: Layout,
    /// The panel that a small screen shows.
    tab: Tab,
    /// The panel in the column at the left, and the one in the middle, of a wide screen.
    beside: Tab,
    middle: Tab,
    menu: Option<Menu>,
    working: Option<working::Working>,
    help: bool,
    console: bool,
    lines: LogRef,
    desk: DeskRef,
    guide: Option<PlayerRef>,
    goal: Option<Goal>,
    mode: Mode,
    hints: hints::Hints,
    notice: Option<(String, bool)>,
    notice_timer: Option<Timeout>,
    /// Whether the notice offers the scenario as a file.
    offers_file: bool,
    address_timer: Option<Timeout>,
    /// Whether two diagrams stood there when the page was drawn last.
    compared: bool,
    /// What the words of the field mean, once that has been fetched.
    glossary: Option<Rc<Glossary>>,
    /// Frames until everything has its size: what is still being measured is not shown before.
    fresh: u8,
    _hidden: Interval,
}

/// What happens to the page.
pub(crate) enum Msg {
    /// A frame, at a time in milliseconds.
    Frame(f64),
    /// The play clock of a hidden tab.
    Hidden,
    /// The session was changed from outside, or the window was.
    Changed,
    /// A wish.
    Do(Command),
    /// A key.
    Key(KeyboardEvent),
    /// Something to read.
    Notice(String, bool),
    /// It was read.
    NoticeOver,
    /// The helper in the background has said something.
    Word(Word),
    /// Time to write the address.
    Address,
    /// The address was changed by hand.
    HashChanged,
    /// The panels may be drawn again.
    Panels,
    /// What the words of the field mean.
    Glossary(Glossary),
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (session, trouble) = opened();
        let link = ctx.link().clone();
        let frames = Frames::new({
            let link = link.clone();
            move |ms| link.send_message(Msg::Frame(ms))
        });
        let changed = link.callback(|()| Msg::Changed);
        listen(&link, &changed);
        let layout = room::kept(session.lab().spec().id);
        let store = Store::new(session, remembering());
        let mut app = App {
            frames,
            canvas: NodeRef::default(),
            overview: NodeRef::default(),
            other: NodeRef::default(),
            other_scene: SceneRef::default(),
            scene: SceneRef::default(),
            tokens: Tokens::default(),
            last_ms: None,
            panels_ms: 0.0,
            panels_timer: None,
            known_hash: RefCell::new(platform::hash()),
            new_entry: Cell::new(false),
            theme: first_theme(),
            layout,
            tab: Tab::Lab,
            beside: Tab::Act,
            middle: Tab::Lab,
            menu: None,
            working: None,
            help: false,
            console: false,
            lines: opening::kept_lines(),
            desk: Store::new(Desk::default(), |_| {}),
            guide: None,
            goal: None,
            mode: Mode::Usual,
            hints: hints::Hints::new(),
            notice: None,
            notice_timer: None,
            offers_file: false,
            address_timer: None,
            compared: false,
            glossary: None,
            fresh: 2,
            _hidden: Interval::new(HIDDEN_EVERY_MS, {
                let l = link.clone();
                move || l.send_message(Msg::Hidden)
            }),
            store,
        };
        app.show_theme();
        app.install_api(ctx);
        app.enter_mode(ctx);
        let wide = app.wide();
        app.store.change(|s| s.fit_to(wide));
        app.open_linked_guide(ctx);
        if let Some(trouble) = trouble {
            link.send_message(Msg::Notice(trouble, true));
        }
        app.frames.ask();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if matches!(msg, Msg::HashChanged) {
            *self.known_hash.borrow_mut() = platform::hash();
        }
        match msg {
            Msg::Frame(ms) => return self.frame(ctx, ms),
            Msg::Hidden => {
                let session = self.store.read();
                let moves = session.is_playing() || session.is_loading();
                drop(session);
                if platform::is_hidden() && moves {
                    return self.frame(ctx, platform::now_ms());
                }
                return false;
            }
            Msg::Changed => {
                let wide = self.wide();
                if self.store.read().is_narrower_or_wider(wide) {
                    self.store.change(|s| s.fit_to(wide));
                }
            }
            Msg::Do(command) if command.only_looks() => {
                // The diagram follows at once; what stands around it only so many times a second.
                self.carry_out(ctx, command);
                self.frames.ask();
                self.plan_address(ctx);
                return self.panels_are_due(ctx);
            }
            Msg::Do(command) => self.carry_out(ctx, command),
            Msg::Key(e) => match self.key(&e) {
                Some(command) => {
                    e.prevent_default();
                    self.carry_out(ctx, command);
                }
                None => return false,
            },
            Msg::Notice(text, bad) => self.say(ctx, text, bad),
            Msg::NoticeOver => self.notice = None,
            Msg::Glossary(glossary) => self.glossary = Some(Rc::new(glossary)),
            Msg::Word(word) => self.hear(ctx, word),
            Msg::Address => {
                let _ = self.write_address();
                return false;
            }
            Msg::Panels => {
                self.panels_timer = None;
                return self.panels_are_due(ctx);
            }
            Msg::HashChanged => match linked() {
                Some(Ok((session, trouble))) => {
                    let way = session.look().orientation;
                    self.open(session, "open a link".into());
                    self.store.change(|s| s.turn(way));
                    if let Some(trouble) = trouble {
                        self.say(ctx, trouble, true);
                    }
                    self.leave_guide();
                    self.open_linked_guide(ctx);
                }
                Some(Err(what)) => self.say(ctx, what, true),
                None => return false,
            },
        }
        self.frames.ask();
        self.plan_address(ctx);
        true
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        let compares = self.store.read().compare().is_some();
        if std::mem::replace(&mut self.compared, compares) != compares {
            // The diagrams have another size now.
            let wide = self.wide();
            self.store.change(|s| s.fit_to(wide));
            self.frames.ask();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let model = self.store.model();
        let on = ctx.link().callback(Msg::Do);
        let lanes = self.store.read().run().names().len();
        let glossed = Glossed { glossary: self.glossary.clone(), lab: self.store.read().lab().spec().id };
        html! {
            <ContextProvider<Glossed> context={glossed}>
            <div class={self.page_class()} data-tab={self.tab.id()} data-beside={self.beside.id()} data-middle={self.middle.id()} data-point={self.pointed()} style={self.layout.style(lanes)} onclick={self.on_present(ctx)} ondragover={|e: DragEvent| e.prevent_default()} ondrop={self.on_drop(ctx)}>
                <button class="skip sr" onclick={|_: MouseEvent| platform::focus("#diagram")}>{ "To the diagram" }</button>
                <Header model={model.clone()} dark={self.theme == Theme::Dark} layout={self.layout.clone()} guide={self.guide.is_some()} on={on.clone()} />
                { self.left_view(&model, &on) }
                <main class="middle">
                    { self.splitter(Edge::Left, &on) }
                    { self.splitter(Edge::Right, &on) }
                    <section class="card diagram" aria-label="Space-time diagram">
                        <Toolbar model={model.clone()} on={on.clone()} />
                        <CutBar model={model.clone()} on={on.clone()} />
                        <Diagram model={model.clone()} canvas={self.canvas.clone()} scene={self.scene.clone()} on={on.clone()} />
                        { self.hint_view(&on) }
                        <Overview model={model.clone()} canvas={self.overview.clone()} on={on.clone()} />
                        <Tip model={model.clone()} canvas={self.canvas.clone()} scene={self.scene.clone()} below={false} />
                        <CompareBar model={model.clone()} canvas={self.other.clone()} scene={self.other_scene.clone()} on={on.clone()} />
                    </section>
                    { self.splitter(Edge::Below, &on) }
                    { self.middle_view(&model, &on) }
                    if let Some(menu) = self.menu { <ContextMenu model={model.clone()} {menu} on={on.clone()} /> }
                </main>
                { self.right_view(&model, &on) }
                <Console model={model.clone()} log={self.lines.clone()} open={self.console} on={on.clone()} />
                { self.load_view(&model, &on) }
                <Transport {model} on={on.clone()} />
                { self.embed_foot() }
                if self.help { <Help on={on.clone()} /> }
                { self.working_view(&on) }{ self.notice_view(&on) }
            </div>
            </ContextProvider<Glossed>>
        }
    }
}

/// Fetches what the words mean, now that the page is there; without it they just stand there.
fn fetch_glossary(ctx: &Context<App>) {
    let link = ctx.link().clone();
    platform::fetch_text("guides/glossary.json", move |text| {
        if let Some(Ok(glossary)) = text.map(|text| Glossary::parse(&text)) {
            link.send_message(Msg::Glossary(glossary));
        }
    });
}

/// Keeps the scenario for the panel that a failure shows, whenever it is another one.
fn remembering() -> impl Fn(&Session) {
    let known = Cell::new(None);
    move |session| {
        let now = Some(session.scenario_mark());
        if known.replace(now) != now {
            platform::remember_scenario(session.scenario().to_json());
        }
    }
}

/// What comes from the window itself.
fn listen(link: &html::Scope<App>, changed: &Callback<()>) {
    let c = changed.clone();
    platform::on_window("resize", move |_: web_sys::Event| c.emit(()));
    let l = link.clone();
    platform::on_window("hashchange", move |_: web_sys::Event| l.send_message(Msg::HashChanged));
    let l = link.clone();
    platform::on_window("keydown", move |e: KeyboardEvent| l.send_message(Msg::Key(e)));
    let c = changed.clone();
    platform::when_fonts_are_ready(move || c.emit(()));
}

impl App {
    /// Whether the panels may be drawn now; if they were drawn a moment ago, they will be in a moment.
    fn panels_are_due(&mut self, ctx: &Context<Self>) -> bool {
        let left_ms = PANELS_EVERY_MS - (platform::now_ms() - self.panels_ms);
        if left_ms <= 0.0 {
            self.panels_ms = platform::now_ms();
            self.panels_timer = None;
            return true;
        }
        let link = ctx.link().clone();
        self.panels_timer
            .get_or_insert_with(|| Timeout::new(left_ms as u32 + 1, move || link.send_message(Msg::Panels)));
        false
    }

    /// Puts `window.lightcone` in place.
    fn install_api(&self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        let (scene, canvas) = (self.scene.clone(), self.canvas.clone());
        let place = move |id| {
            let scene = scene.0.borrow();
            let at = scene.events.iter().find(|e| e.id == id)?.at;
            let rect = canvas.cast::<HtmlCanvasElement>()?.get_bounding_client_rect();
            let inside = scene.clip.is_some_and(|clip| clip.holds(at));
            inside.then(|| (rect.left() + f64::from(at.0), rect.top() + f64::from(at.1)))
        };
        platform::install_api(&self.store, move || link.send_message(Msg::Changed), place);
    }

    /// Moves the view clock and paints. True when the panels are to be drawn too.
    fn frame(&mut self, ctx: &Context<Self>, ms: f64) -> bool {
        if self.store.read().is_loading() {
            return self.load_frame(ctx, ms);
        }
        if self.store.read().ahead().is_some() {
            return self.ahead_frame(ctx, ms);
        }
        let seconds = self.last_ms.map_or(0.0, |last| ((ms - last) / 1000.0).clamp(0.0, 1.0));
        let playing = self.store.read().is_playing();
        self.last_ms = playing.then_some(ms);
        if playing {
            self.store.change(|s| s.tick(seconds));
        }
        self.watch_guide();
        let searching = self.search_on() | self.remake_on();
        self.paint();
        let still = self.store.read().is_playing();
        if still || searching || self.fresh > 0 {
            self.frames.ask();
        }
        if self.fresh > 0 {
            self.fresh -= 1;
            if self.fresh == 0 {
                fetch_glossary(ctx);
            }
            return self.fresh == 0;
        }
        let due = ms - self.panels_ms >= PANELS_EVERY_MS;
        if playing && (due || !still) {
            self.panels_ms = ms;
            if !still {
                self.after_stop(ctx);
            }
            return true;
        }
        searching && !playing
    }

    /// Goes on with a search, for a few milliseconds. True when there is something new to be said about it.
    fn search_on(&self) -> bool {
        let until = platform::now_ms() + SEARCH_MS;
        let works = self.store.read().look().finder.as_ref().is_some_and(|f| f.is_working());
        if works {
            self.store.change(|s| look::search_on(s, || platform::now_ms() >= until));
        }
        works
    }

    /// The run has stopped by itself: at its end, or because a rule was broken.
    fn after_stop(&mut self, ctx: &Context<Self>) {
        self.last_ms = None;
        self.plan_address(ctx);
        let newest = {
            let session = self.store.read();
            let last = session.frame().event;
            session.run().violations().into_iter().find(|v| Some(v.id) == last)
        };
        let came = self.store.change(Session::take_consequence);
        if let Some(v) = newest {
            self.say(ctx, format!("Stopped: {} is broken. {}", v.rule, v.explain), true);
        } else if let Some(came) = came {
            self.say(ctx, came, false);
        }
    }

    /// How wide the diagram is, or will be, in pixels.
    fn wide(&self) -> f64 {
        let canvas = self.canvas.cast::<HtmlCanvasElement>().map(|canvas| f64::from(canvas.client_width()));
        canvas.filter(|&wide| wide > 2.0).unwrap_or_else(platform::window_width) / self.mode.zoom()
    }

    fn paint(&self) {
        let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() else { return };
        let Some((ctx, w, h, scale)) = platform::fit_canvas(&canvas) else { return };
        if w < 2.0 || h < 2.0 {
            return;
        }
        if self.store.read().compare().is_some() {
            self.store.change(Session::compare_follow);
        }
        let session = &*self.store.read();
        let zoom = self.mode.zoom();
        let view = session.view((w / zoom) as f32, (h / zoom) as f32);
        let mut scene = lay_out(session.run(), session.index(), &view, session.frame());
        self.paint_other(session, &mut scene, &view);
        paint(&ctx, &scene, self.theme, scale * zoom);
        self.place_hint(&scene, zoom);
        *self.scene.0.borrow_mut() = scene;
        if let Some(canvas) = self.overview.cast::<HtmlCanvasElement>() {
            paint_overview(&canvas, session, self.theme);
        }
        self.tokens.frame(session);
    }

    /// Shows another session; `what` says in words what that took, for the way back.
    fn open(&mut self, mut session: Session, what: String) {
        session.turn(self.store.read().look().orientation);
        session.fit_to(self.wide());
        if self.middle == Tab::Memory && session.lab().capabilities().memory_trace.is_none() {
            self.show_tab(Tab::Lab);
        }
        // Whatever a guide was on the way to belongs to the run that is left.
        self.goal = None;
        let (before, lab) = (self.store.read().lab().spec().id, session.lab().spec().id);
        if before != lab && self.mode == Mode::Usual {
            self.layout = room::kept(lab);
        }
        self.store.change(|s| s.replace(session, what));
        self.last_ms = None;
    }

    fn say(&mut self, ctx: &Context<Self>, text: String, bad: bool) {
        self.notice = Some((text, bad));
        self.offers_file = false;
        let link = ctx.link().clone();
        let stays_ms = if bad { 2 * NOTICE_MS } else { NOTICE_MS };
        self.notice_timer = Some(Timeout::new(stays_ms, move || link.send_message(Msg::NoticeOver)));
    }

    fn show_theme(&self) {
        platform::set_root("data-theme", if self.theme == Theme::Dark { "dark" } else { "light" });
    }

    fn on_drop(&self, ctx: &Context<Self>) -> Callback<DragEvent> {
        let link = ctx.link().clone();
        Callback::from(move |e: DragEvent| {
            e.prevent_default();
            if let Some(file) = e.data_transfer().and_then(|d| d.files()).and_then(|f| f.get(0)) {
                link.send_message(Msg::Do(Command::File(platform::hold(file))));
            }
        })
    }

    fn notice_view(&self, on: &Callback<Command>) -> Html {
        let Some((text, bad)) = &self.notice else { return html! { <div role="status" class="sr"></div> } };
        html! {
            <div class={classes!("notice", bad.then_some("bad"))} role={if *bad { "alert" } else { "status" }}>
                <span>{ text }</span>
                if self.offers_file {
                    <button onclick={on.reform(|_| Command::Export(Form::Scenario))}>{ "Save the file" }</button>
                }
                <button class="plain" onclick={on.reform(|_| Command::Dismiss)} aria-label="Dismiss">{ "×" }</button>
            </div>
        }
    }
}

/// The theme of the last visit, else the one that the person's system has.
fn first_theme() -> Theme {
    match platform::stored(STORED_THEME).as_deref() {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ if platform::prefers("(prefers-color-scheme: dark)") => Theme::Dark,
        _ => Theme::Light,
    }
}
