//! The one stateful component: session, view clock, what is open.

use crate::bridge::{self, Frames};
use crate::command::{Command, Form, Menu, Tab};
use crate::controls::{ActPanel, ContextMenu, Faults, Header, Help, NetworkPanel, SetupPanel, Transport};
use crate::diagram::{Diagram, SceneRef, Toolbar, paint};
use crate::model::Model;
use crate::panels::{EventTable, Inspector, LabPanels, Rules};
use crate::session::{Session, first_scenario};
use gloo_timers::callback::{Interval, Timeout};
use lightcone_core::diagram::theme::Theme;
use lightcone_core::diagram::{lay_out, svg};
use lightcone_core::frame::Status;
use lightcone_core::scenario::Scenario;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{DragEvent, HtmlCanvasElement, KeyboardEvent};
use yew::prelude::*;

/// Milliseconds between two drawings of the panels while the diagram moves: the eye reads no faster.
const PANELS_EVERY_MS: f64 = 90.0;
/// Milliseconds between two steps of the play clock in a hidden tab.
const HIDDEN_EVERY_MS: u32 = 250;
/// Milliseconds after the last change until the address is written.
const ADDRESS_AFTER_MS: u32 = 350;
/// Longest scenario in an address, in characters: what browsers and chat programs still take.
const ADDRESS_CHARS_MAX: usize = 30_000;
/// Milliseconds that a notice stays.
const NOTICE_MS: u32 = 6_000;
const STORED: &str = "lightcone.run";
const STORED_THEME: &str = "lightcone.theme";

/// The page.
pub(crate) struct App {
    session: Rc<RefCell<Session>>,
    frames: Frames,
    canvas: NodeRef,
    scene: SceneRef,
    last_ms: Option<f64>,
    panels_ms: f64,
    theme: Theme,
    tab: Tab,
    menu: Option<Menu>,
    help: bool,
    notice: Option<(String, bool)>,
    notice_timer: Option<Timeout>,
    address_timer: Option<Timeout>,
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
    /// Time to write the address.
    Address,
    /// The address was changed by hand.
    HashChanged,
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
        bridge::on_window("resize", {
            let c = changed.clone();
            move |_: web_sys::Event| c.emit(())
        });
        bridge::on_window("hashchange", {
            let l = link.clone();
            move |_: web_sys::Event| l.send_message(Msg::HashChanged)
        });
        bridge::on_window("keydown", {
            let l = link.clone();
            move |e: KeyboardEvent| l.send_message(Msg::Key(e))
        });
        bridge::when_fonts_are_ready({
            let c = changed.clone();
            move || c.emit(())
        });
        let dark = match bridge::stored(STORED_THEME).as_deref() {
            Some("dark") => true,
            Some("light") => false,
            _ => bridge::prefers("(prefers-color-scheme: dark)"),
        };
        let session = Rc::new(RefCell::new(session));
        let app = App {
            frames,
            canvas: NodeRef::default(),
            scene: SceneRef::default(),
            last_ms: None,
            panels_ms: 0.0,
            theme: if dark { Theme::Dark } else { Theme::Light },
            tab: Tab::Lab,
            menu: None,
            help: false,
            notice: None,
            notice_timer: None,
            address_timer: None,
            _hidden: Interval::new(HIDDEN_EVERY_MS, {
                let l = link.clone();
                move || l.send_message(Msg::Hidden)
            }),
            session,
        };
        app.show_theme();
        bridge::remember_scenario(app.session.borrow().scenario().to_json());
        app.install_api(ctx);
        if let Some(trouble) = trouble {
            link.send_message(Msg::Notice(trouble, true));
        }
        app.frames.ask();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Frame(ms) => return self.frame(ctx, ms),
            Msg::Hidden => {
                if bridge::is_hidden() && self.session.borrow().playing {
                    return self.frame(ctx, bridge::now_ms());
                }
                return false;
            }
            Msg::Changed => {}
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
            Msg::Address => {
                self.write_address();
                return false;
            }
            Msg::HashChanged => match from_hash() {
                Some(Ok(session)) => self.open(session),
                Some(Err(what)) => self.say(ctx, what, true),
                None => return false,
            },
        }
        self.frames.ask();
        self.plan_address(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let model = Model::new(Rc::clone(&self.session), self.session.borrow().version);
        let on = ctx.link().callback(Msg::Do);
        let tab = Tab::ALL.iter().find(|(t, _, _)| *t == self.tab).map_or("lab", |(_, id, _)| id);
        html! {
            <div class="page" data-tab={tab} ondragover={|e: DragEvent| e.prevent_default()} ondrop={self.on_drop(ctx)}>
                <Header model={model.clone()} dark={self.theme == Theme::Dark} on={on.clone()} />
                <aside class="left" aria-label="Act, network and faults">
                    <div class="tabbed" data-for="act">
                        <ActPanel model={model.clone()} on={on.clone()} />
                    </div>
                    <div class="tabbed" data-for="network">
                        <NetworkPanel model={model.clone()} on={on.clone()} />
                        <Faults model={model.clone()} on={on.clone()} />
                        <SetupPanel model={model.clone()} on={on.clone()} />
                    </div>
                </aside>
                <main class="middle">
                    <section class="card diagram" aria-label="Space-time diagram">
                        <Toolbar model={model.clone()} on={on.clone()} />
                        <Diagram
                            model={model.clone()} canvas={self.canvas.clone()} scene={self.scene.clone()}
                            on={on.clone()}
                        />
                    </section>
                    { self.tabs(&on) }
                    <section class="card below">
                        <div class="tabbed" data-for="lab"><LabPanels model={model.clone()} /></div>
                        <div class="tabbed" data-for="events">
                            if self.tab == Tab::Events { <EventTable model={model.clone()} on={on.clone()} /> }
                        </div>
                    </section>
                </main>
                <aside class="right" aria-label="Inspector and rules">
                    <div class="tabbed" data-for="inspect">
                        <Inspector model={model.clone()} on={on.clone()} />
                        <Rules model={model.clone()} on={on.clone()} />
                    </div>
                </aside>
                <Transport model={model.clone()} on={on.clone()} />
                if let Some(menu) = self.menu { <ContextMenu {model} {menu} on={on.clone()} /> }
                if self.help { <Help on={on.clone()} /> }
                { self.notice_view(&on) }
            </div>
        }
    }
}

impl App {
    fn install_api(&self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        let (scene, canvas) = (self.scene.clone(), self.canvas.clone());
        let place = move |id| {
            let scene = scene.0.borrow();
            let at = scene.events.iter().find(|e| e.id == id)?.at;
            let rect = canvas.cast::<HtmlCanvasElement>()?.get_bounding_client_rect();
            let inside = scene.plot.is_some_and(|p| (p.x - 8.0..=p.x + p.w + 8.0).contains(&at.0));
            inside.then(|| (rect.left() + f64::from(at.0), rect.top() + f64::from(at.1)))
        };
        bridge::install_api(&self.session, move || link.send_message(Msg::Changed), place);
    }

    /// Moves the view clock and paints. True when the panels are to be drawn too.
    fn frame(&mut self, ctx: &Context<Self>, ms: f64) -> bool {
        let seconds = self.last_ms.map_or(0.0, |last| ((ms - last) / 1000.0).clamp(0.0, 1.0));
        let playing = self.session.borrow().playing;
        self.last_ms = playing.then_some(ms);
        if playing {
            self.session.borrow_mut().tick(seconds);
        }
        self.paint();
        let still = self.session.borrow().playing;
        if still {
            self.frames.ask();
        }
        let due = ms - self.panels_ms >= PANELS_EVERY_MS;
        if playing && (due || !still) {
            self.panels_ms = ms;
            self.session.borrow_mut().version += 1;
            if !still {
                self.after_stop(ctx);
            }
            return true;
        }
        false
    }

    /// The run has stopped by itself: at its end, or because a rule was broken.
    fn after_stop(&mut self, ctx: &Context<Self>) {
        self.last_ms = None;
        self.plan_address(ctx);
        let newest = {
            let session = self.session.borrow();
            let last = session.frame.event;
            session.run.violations().into_iter().find(|v| Some(v.id) == last)
        };
        if let Some(v) = newest {
            self.say(ctx, format!("Stopped: {} is broken. {}", v.rule, v.explain), true);
        }
    }

    fn paint(&self) {
        let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() else { return };
        let Some((ctx, w, h, scale)) = bridge::fit_canvas(&canvas) else { return };
        if w < 2.0 || h < 2.0 {
            return;
        }
        let mut session = self.session.borrow_mut();
        let session = &mut *session;
        session.index.update(session.run.trace());
        let view = session.view(w as f32, h as f32);
        let scene = lay_out(&*session.run, &session.index, &view, &session.frame);
        paint(&ctx, &scene, self.theme, scale);
        *self.scene.0.borrow_mut() = scene;
    }

    fn open(&mut self, mut session: Session) {
        session.version = self.session.borrow().version + 1;
        bridge::remember_scenario(session.scenario().to_json());
        *self.session.borrow_mut() = session;
        self.last_ms = None;
    }

    fn say(&mut self, ctx: &Context<Self>, text: String, bad: bool) {
        self.notice = Some((text, bad));
        let link = ctx.link().clone();
        self.notice_timer = (!bad).then(|| Timeout::new(NOTICE_MS, move || link.send_message(Msg::NoticeOver)));
    }

    fn carry_out(&mut self, ctx: &Context<Self>, command: Command) {
        let session = Rc::clone(&self.session);
        let mut s = session.borrow_mut();
        match command {
            Command::Play => {
                s.toggle_play();
                self.last_ms = None;
            }
            Command::Step(forward) => s.step(forward),
            Command::Edge(end) => {
                s.playing = false;
                let to = if end { s.end_us() } else { 0.0 };
                s.follow = true;
                s.seek_time(to);
            }
            Command::Seek(us) => s.seek_time(us),
            Command::Skip(share) => {
                let to = (s.view_us + share * s.end_us()).clamp(0.0, s.end_us());
                s.seek_time(to);
            }
            Command::SeekEvent(id) => s.seek_event(id),
            Command::Hover(event) => {
                if s.hover != event {
                    s.hover = event;
                    s.version += 1;
                }
            }
            Command::Choose(event) => s.choose(event),
            Command::ChooseNext(forward) => choose_next(&mut s, forward),
            Command::Zoom(factor, place) => s.zoom(factor, place),
            Command::Pan(share) => s.pan(share),
            Command::Fit => s.fit(),
            Command::Follow => s.follow_now(),
            Command::Labels(labels) => s.labels = labels,
            Command::Axis(axis) => s.set_axis(axis),
            Command::Speed(up) => s.change_speed(up),
            Command::Act(json) => {
                let done = s.act_json(&json);
                let refusal = s.refusal();
                bridge::remember_scenario(s.scenario().to_json());
                drop(s);
                self.menu = None;
                match (done, refusal) {
                    (Err(e), _) => self.say(ctx, e.to_string(), true),
                    (_, Some(refusal)) => self.say(ctx, refusal, true),
                    _ => self.notice = None,
                }
                session.borrow_mut().version += 1;
                return;
            }
            Command::Switch(name) => {
                let next = s.with_switch(name);
                drop(s);
                self.open(next);
                return;
            }
            Command::Setup(field, json) => {
                let next = s.with_setup(field, &json);
                drop(s);
                match next {
                    Ok(next) => self.open(next),
                    Err(e) => self.say(ctx, e.to_string(), true),
                }
                return;
            }
            other => {
                drop(s);
                self.carry_out_outside(ctx, other);
                session.borrow_mut().version += 1;
                return;
            }
        }
        s.version += 1;
        drop(s);
        self.menu = None;
    }

    /// Wishes that concern more than the session.
    fn carry_out_outside(&mut self, ctx: &Context<Self>, command: Command) {
        match command {
            Command::Builtin(spec, id) => {
                if let Some(builtin) = spec.scenarios.iter().find(|b| b.id == id) {
                    self.open_text(ctx, builtin.json);
                }
            }
            Command::Reset => {
                let text = match self.session.borrow().builtin() {
                    Some(builtin) => builtin.json.to_string(),
                    None => self.session.borrow().run.scenario().to_json(),
                };
                self.open_text(ctx, &text);
            }
            Command::Open(text) => {
                let scenario = svg::scenario_in(&text).unwrap_or(text);
                self.open_text(ctx, &scenario);
            }
            Command::Export(form) => self.export(form),
            Command::CopyLink => {
                self.write_address();
                let link = ctx.link().clone();
                bridge::copy(&bridge::address(), move |worked| {
                    let text =
                        if worked { "The link is on the clipboard." } else { "Copy the link from the address bar." };
                    link.send_message(Msg::Notice(text.into(), false));
                });
            }
            Command::Theme => {
                self.theme = if self.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
                bridge::store(STORED_THEME, if self.theme == Theme::Dark { "dark" } else { "light" });
                self.show_theme();
            }
            Command::Tab(tab) => self.tab = tab,
            Command::Help(open) => self.help = open,
            Command::Menu(menu) => {
                if menu.is_some() {
                    self.session.borrow_mut().playing = false;
                }
                self.menu = menu;
            }
            Command::Dismiss => self.notice = None,
            _ => unreachable!("the others are carried out with the session at hand"),
        }
    }

    fn open_text(&mut self, ctx: &Context<Self>, text: &str) {
        match Scenario::parse(text) {
            Ok(scenario) => {
                self.notice = None;
                self.open(Session::new(scenario));
            }
            Err(e) => self.say(ctx, format!("This cannot be opened. {e}"), true),
        }
    }

    fn show_theme(&self) {
        bridge::set_root("data-theme", if self.theme == Theme::Dark { "dark" } else { "light" });
    }

    fn export(&self, form: Form) {
        let mut s = self.session.borrow_mut();
        let s = &mut *s;
        let name = s.builtin.unwrap_or(s.lab().spec().id);
        let text = s.scenario().to_json();
        match form {
            Form::Scenario => bridge::save_text(&text, &format!("{name}.lightcone.json"), "application/json"),
            Form::Trace => {
                let lines: Vec<String> = (0..s.run.trace().len()).map(|id| s.run.line(id) + "\n").collect();
                bridge::save_text(&lines.concat(), &format!("{name}.jsonl"), "application/jsonl");
            }
            Form::Svg | Form::PrintSvg | Form::Png => {
                let (w, h) = self.canvas.cast::<HtmlCanvasElement>().map_or((1200.0, 400.0), |c| {
                    (f64::from(c.client_width()).max(320.0), f64::from(c.client_height()).max(160.0))
                });
                s.index.update(s.run.trace());
                let mut view = s.view(w as f32, h as f32);
                view.now_us = None;
                view.focus = s.chosen[0].filter(|_| s.chosen[1].is_none());
                let scene = lay_out(&*s.run, &s.index, &view, &s.frame);
                if form == Form::Png {
                    const SCALE: f64 = 2.0;
                    if let Some((canvas, ctx)) = bridge::spare_canvas((w * SCALE) as u32, (h * SCALE) as u32) {
                        paint(&ctx, &scene, self.theme, SCALE);
                        bridge::save_canvas(&canvas, format!("{name}.png"));
                    }
                } else {
                    let theme = if form == Form::PrintSvg { Theme::Print } else { self.theme };
                    let picture = svg::write(&scene, theme, &s.title(), &text);
                    bridge::save_text(&picture, &format!("{name}.svg"), "image/svg+xml");
                }
            }
        }
    }

    fn plan_address(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        bridge::set_title(&format!("{} · Lightcone", self.session.borrow().title()));
        self.address_timer = Some(Timeout::new(ADDRESS_AFTER_MS, move || link.send_message(Msg::Address)));
    }

    fn write_address(&self) {
        let session = self.session.borrow();
        let json = session.scenario().to_json_line();
        bridge::remember_scenario(session.scenario().to_json());
        let hash = format!("s={}&t={}", bridge::encode(&json), session.view_us as u64);
        bridge::store(STORED, &hash);
        // Too long for a link: the page itself still finds it in its own storage.
        bridge::set_hash(if hash.len() <= ADDRESS_CHARS_MAX { &hash } else { "s=stored" });
    }

    /// What a key asks for.
    fn key(&self, e: &KeyboardEvent) -> Option<Command> {
        let key = e.key();
        if key == "Escape" {
            return Some(match (self.help, self.menu) {
                (true, _) => Command::Help(false),
                (_, Some(_)) => Command::Menu(None),
                _ => Command::Choose(None),
            });
        }
        if e.ctrl_key() || e.meta_key() || e.alt_key() || bridge::is_typing(e.target()) || self.help {
            return None;
        }
        Some(match key.as_str() {
            " " | "k" if !bridge::is_button(e.target()) => Command::Play,
            "," => Command::Step(false),
            "." => Command::Step(true),
            "ArrowLeft" => Command::Skip(-0.02),
            "ArrowRight" => Command::Skip(0.02),
            "Home" => Command::Edge(false),
            "End" => Command::Edge(true),
            "+" | "=" => Command::Zoom(0.8, 0.5),
            "-" => Command::Zoom(1.25, 0.5),
            "0" => Command::Fit,
            "f" => Command::Follow,
            "<" => Command::Speed(false),
            ">" => Command::Speed(true),
            "n" => Command::ChooseNext(true),
            "p" => Command::ChooseNext(false),
            "t" => Command::Theme,
            "?" => Command::Help(true),
            _ => return None,
        })
    }

    fn on_drop(&self, ctx: &Context<Self>) -> Callback<DragEvent> {
        let link = ctx.link().clone();
        Callback::from(move |e: DragEvent| {
            e.prevent_default();
            let Some(file) = e.data_transfer().and_then(|d| d.files()).and_then(|f| f.get(0)) else { return };
            let link = link.clone();
            bridge::read_file(&file, move |text| {
                link.send_message(match text {
                    Some(text) => Msg::Do(Command::Open(text)),
                    None => Msg::Notice("This file cannot be read as text.".into(), true),
                });
            });
        })
    }

    fn tabs(&self, on: &Callback<Command>) -> Html {
        let tab = |&(tab, id, name): &(Tab, &'static str, &'static str)| {
            let onclick = on.reform(move |_| Command::Tab(tab));
            let name = if tab == Tab::Lab { self.lab_tab() } else { name.to_string() };
            html! {
                <button class="tab" data-tab={id} role="tab" aria-selected={(tab == self.tab).to_string()} {onclick}>
                    { name }
                </button>
            }
        };
        html! { <div class="tabs" role="tablist" aria-label="Panels">{ for Tab::ALL.iter().map(tab) }</div> }
    }

    fn lab_tab(&self) -> String {
        let session = self.session.borrow();
        match session.frame.panels.first() {
            Some(lightcone_core::frame::Panel::Table { title, .. }) => title.clone(),
            None => "Lab".into(),
        }
    }

    fn notice_view(&self, on: &Callback<Command>) -> Html {
        let Some((text, bad)) = &self.notice else { return html! { <div role="status" class="sr"></div> } };
        html! {
            <div class={classes!("notice", bad.then_some("bad"))} role={if *bad { "alert" } else { "status" }}>
                <span>{ text }</span>
                <button class="plain" onclick={on.reform(|_| Command::Dismiss)} aria-label="Dismiss">{ "×" }</button>
            </div>
        }
    }
}

fn choose_next(s: &mut Session, forward: bool) {
    let trace = s.run.trace();
    let start = s.chosen[0].or(s.frame.event).unwrap_or(0);
    let is_event = |id: &u32| lightcone_core::causality::is_event(trace.record(*id));
    let next = if forward { (start + 1..trace.len()).find(is_event) } else { (0..start).rev().find(is_event) };
    if let Some(id) = next {
        s.chosen = [Some(id), None];
    }
}

/// What the address, the last visit or nobody asks for.
fn opened() -> (Session, Option<String>) {
    match from_hash() {
        Some(Ok(session)) => (session, None),
        Some(Err(what)) => (Session::new(first_scenario()), Some(what)),
        None => (Session::new(first_scenario()), None),
    }
}

fn from_hash() -> Option<Result<Session, String>> {
    let mut hash = bridge::hash();
    if hash == "s=stored" {
        hash = bridge::stored(STORED)?;
    }
    if hash.is_empty() {
        return None;
    }
    let value = |key: &str| hash.split('&').find_map(|part| part.strip_prefix(key)).and_then(bridge::decode);
    if let (Some(lab), Some(id)) = (value("lab="), value("scenario=")) {
        let builtin =
            lightcone_core::labs::find(&lab).and_then(|l| l.spec().scenarios.iter().find(|b| b.id == id).copied());
        return Some(match builtin {
            Some(builtin) => Scenario::parse(builtin.json).map(Session::new).map_err(|e| e.to_string()),
            None => Err(format!("The link cannot be opened: there is no scenario {id:?} in a lab {lab:?}.")),
        });
    }
    let Some(text) = value("s=") else {
        return Some(Err("The link cannot be opened: it holds no scenario.".into()));
    };
    Some(match Scenario::parse(&text) {
        Ok(scenario) => {
            let mut session = Session::new(scenario);
            if let Some(at_us) = value("t=").and_then(|t| t.parse::<u32>().ok()).filter(|&t| t > 0) {
                session.playing = false;
                session.seek_time(f64::from(at_us));
            }
            Ok(session)
        }
        Err(e) => Err(format!("The link cannot be opened. {e}")),
    })
}

/// Whether a process can do what a button says, and if not, why.
pub(crate) fn why_not(status: Status, wish: &str) -> Option<&'static str> {
    match (wish, status) {
        ("crash", Status::Crashed) => Some("It is down already."),
        ("restart", Status::Up | Status::Paused) => Some("It is not down."),
        ("pause", Status::Paused) => Some("It is paused already."),
        ("pause" | "resume", Status::Crashed) => Some("It is down."),
        ("resume", Status::Up) => Some("It is not paused."),
        ("request", Status::Crashed) => Some("It is down: restart it first."),
        _ => None,
    }
}
