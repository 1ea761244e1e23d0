//! The component: what the pointer and the keys do in the cluster.
//!
//! A large component: what a press becomes depends on every other pointer and key of the same picture.

use super::draw::{Picture, network_words};
use super::place::{Measure, Point, Room, Spot, height_in, is_left, length, off, spots};
use super::signs;
use super::split::partition;
use super::tokens::{Key, SHOWN_MAX, Token, Tokens, tokens, visible, way};
use crate::model::Model;
use crate::model::command::{Command, Menu, Target};
use crate::model::session::Session;
use crate::platform;
use gloo_timers::callback::Timeout;
use lightcone_core::trace::Act;
use lightcone_core::views::diagram::svg::n;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;

/// A pointer that has moved less than this was a click, in pixels.
const CLICK_PX: f32 = 5.0;
/// How long a press is until it is a long one, in milliseconds.
const LONG_PRESS_MS: u32 = 550;
/// How far off a message may be pointed at, in pixels: half a fingertip.
const REACH: f32 = 14.0;
/// How far off a link's line may be pointed at, in pixels.
const REACH_LINK: f32 = 7.0;
/// By how much an arrow key moves a process, in pixels.
const KEY_PX: f32 = 12.0;
/// What stands above the picture and around it in its pane, in pixels.
const AROUND: f32 = 48.0;
/// A cut goes on beyond both ends of what was drawn, by so many times its length and more.
const BEYOND: f32 = 60.0;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The messages as they are drawn.
    pub tokens: Tokens,
    /// Calls back.
    pub on: Callback<Command>,
}

/// A process on the move.
struct Drag {
    node: usize,
    pointer: i32,
    start: Point,
    /// From the pointer to its middle.
    off: Point,
    moved: bool,
}

/// The cluster.
#[derive(Default)]
pub(crate) struct Cluster {
    svg: NodeRef,
    /// Width and height of the picture; nothing is drawn where it has none.
    size: Point,
    /// Where a person has put processes, in shares of the picture.
    put: Vec<Option<Point>>,
    /// Which lab these places are for, and with how many processes.
    of: (&'static str, usize),
    drag: Option<Drag>,
    /// The next drag cuts.
    cutting: bool,
    cut: Option<(Point, Point)>,
    /// The last press became something else than a click.
    spent: bool,
    press: Option<Timeout>,
    /// The message that Tab reaches; arrow keys go on from there.
    stop: Option<Key>,
    note: Option<&'static str>,
}

/// What happens.
pub(crate) enum Msg {
    /// Others are in flight, or the place has another size.
    Redraw,
    Down(PointerEvent),
    Move(PointerEvent),
    Up(PointerEvent),
    Click(MouseEvent),
    Context(MouseEvent),
    LongPress(Point, (i32, i32)),
    NodeKey(usize, KeyboardEvent),
    TokenKey(Key, KeyboardEvent),
    Cutting,
    Ring,
    Link(MouseEvent),
}

impl Component for Cluster {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        ctx.props().tokens.drawn_by(ctx.link().clone());
        let scope = ctx.link().clone();
        platform::on_window("resize", move |_: web_sys::Event| scope.send_message(Msg::Redraw));
        Cluster::default()
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &Props) -> bool {
        let s = ctx.props().model.get();
        let of = (s.lab().spec().id, s.frame().processes.len());
        if of != self.of {
            (self.of, self.put, self.drag, self.cut) = (of, Vec::new(), None, None);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Redraw => {}
            Msg::Down(e) => return self.down(ctx, &e),
            Msg::Move(e) => return self.moved(&e),
            Msg::Up(e) => return self.up(ctx, &e),
            Msg::Click(e) => {
                if !std::mem::take(&mut self.spent) {
                    self.menu(ctx, self.point(&e), (e.client_x(), e.client_y()), true);
                }
                return false;
            }
            Msg::Context(e) => {
                e.prevent_default();
                self.menu(ctx, self.point(&e), (e.client_x(), e.client_y()), false);
                return false;
            }
            Msg::LongPress(at, client) => {
                (self.drag, self.press, self.spent) = (None, None, true);
                self.menu(ctx, at, client, false);
                return false;
            }
            Msg::NodeKey(node, e) => return self.node_key(ctx, node, &e),
            Msg::TokenKey(key, e) => return self.token_key(ctx, key, &e),
            Msg::Cutting => (self.cutting, self.note) = (!self.cutting, None),
            Msg::Ring => self.put.clear(),
            Msg::Link(e) => {
                let at = (e.client_x(), e.client_y());
                ctx.props().on.emit(Command::Menu(Some(Menu { target: Target::Link(0, 1), at })));
                return false;
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let s = ctx.props().model.get();
        let link = ctx.link();
        html! {
            <div class="panel cluster">
                { self.head(ctx, &s) }
                <svg ref={self.svg.clone()} id="cluster" class={classes!(self.cutting.then_some("cutting"))} height={n(self.size.1)}
                    role="group" aria-label="Processes and messages under way" tabindex="-1"
                    onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                    onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                    onclick={link.callback(Msg::Click)} oncontextmenu={link.callback(Msg::Context)}>
                    if self.size.0 > 0.0 { { self.picture(ctx, &s) } }
                </svg>
                { self.foot(&s) }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        let s = ctx.props().model.get();
        let width = self.svg.cast::<Element>().map_or(0, |e| e.client_width()) as f32;
        let size = (width, height_in(width, &roles(&s), self.pane()));
        if size != self.size {
            self.size = size;
            ctx.link().send_message(Msg::Redraw);
        }
        let spots = self.spots(&s);
        let shown = if width > 0.0 { tokens(&s) } else { Vec::new() };
        if self.stop.is_some_and(|stop| shown.iter().all(|t| t.key != stop)) {
            self.stop = None;
            // The message that had the focus has arrived.
            if platform::nothing_has_focus() && !platform::is_hidden() {
                platform::focus_on(self.svg.cast::<Element>().as_ref());
            }
        }
        let still = width <= 0.0 || platform::prefers("(prefers-reduced-motion: reduce)");
        let ways = shown.into_iter().map(|t| {
            let way = way(&t, &spots);
            (t, way)
        });
        let arcs = if width > 0.0 { signs::arcs(&s) } else { Vec::new() };
        ctx.props().tokens.drawn(ways.collect(), arcs, still, s.view_us());
    }
}

fn roles(s: &Session) -> Vec<String> {
    s.frame().processes.iter().map(|p| p.role.clone()).collect()
}

impl Cluster {
    fn spots(&self, s: &Session) -> Vec<Spot> {
        spots(s.run().names(), &roles(s), self.size, &self.put)
    }

    /// How high the picture can be and stay in sight, where it stands in a pane that scrolls.
    fn pane(&self) -> f32 {
        let pane = self.svg.cast::<Element>().and_then(|svg| svg.closest(".card.below").ok().flatten());
        let scrolls = !platform::prefers("(max-width: 900px)");
        pane.filter(|_| scrolls).map_or(f32::MAX, |pane| pane.client_height() as f32 - AROUND)
    }

    fn point(&self, e: &MouseEvent) -> Point {
        let Some(rect) = self.svg.cast::<Element>().map(|e| e.get_bounding_client_rect()) else { return (0.0, 0.0) };
        (e.client_x() as f32 - rect.left() as f32, e.client_y() as f32 - rect.top() as f32)
    }

    fn head(&self, ctx: &Context<Self>, s: &Session) -> Html {
        let link = ctx.link();
        let heal = ctx.props().on.reform(|_: MouseEvent| Command::Act(Act::Heal));
        let cut = s.frame().network.groups.is_some() || !s.frame().network.blocked.is_empty();
        let alone = s.frame().processes.len() < 2;
        let ring = if self.put.is_empty() { "No process was moved." } else { "Every process back to its place" };
        html! {
            <div class="cluster-head">
                <h2>{ "Cluster" }</h2>
                <button aria-pressed={self.cutting.to_string()} disabled={alone} onclick={link.callback(|_| Msg::Cutting)}
                    title={if alone { "There is only one process." } else { "Then draw a line between the processes (or draw with Shift)" }}>
                    { "cut apart" }
                </button>
                if cut { <button onclick={heal} title="Make the network whole again">{ "heal" }</button> }
                <button onclick={link.callback(Msg::Link)} disabled={alone} aria-haspopup="dialog"
                    title={if alone { "There is only one process." } else { "Delay, loss, order of one link" }}>{ "one link…" }</button>
                <button onclick={link.callback(|_| Msg::Ring)} disabled={self.put.is_empty()} title={ring}>{ "tidy up" }</button>
            </div>
        }
    }

    fn foot(&self, s: &Session) -> Html {
        let more = visible(s).count().saturating_sub(SHOWN_MAX);
        let hint = match (self.note, self.cutting) {
            (Some(note), _) => note,
            (_, true) => "Draw a line: what stands on either side falls apart.",
            _ => "Drag a process; click it, a message or a line.",
        };
        let picture = Picture { s, spots: &[], size: self.size, measure: Measure::of(1) };
        html! {
            <>
                <p class="legend">{ picture.legend() }{ signs::key(s) }</p>
                <p class="says" role="status">
                    { hint }
                    if more > 0 { <b>{ format!(" +{more} more messages") }</b> }
                </p>
                <p class="sr">{ network_words(s) }</p>
            </>
        }
    }

    fn picture(&self, ctx: &Context<Self>, s: &Session) -> Html {
        let spots = self.spots(s);
        let picture = Picture { s, spots: &spots, size: self.size, measure: Measure::of(spots.len()) };
        let mut room = Room::new(&spots, self.size);
        let link = ctx.link();
        let node = |i: usize, room: &mut Room| picture.process(i, room, link.callback(move |e| Msg::NodeKey(i, e)));
        let nodes: Vec<Html> = (0..spots.len()).map(|i| node(i, &mut room)).collect();
        let links = picture.links(&mut room);
        let shown = tokens(s);
        let stop = self.stop.or(shown.iter().find(|t| !t.link).map(|t| t.key));
        let token = |t: &Token| {
            let key = t.key;
            let a = spots[usize::from(t.from)].at;
            picture.token(t, stop == Some(key), a, link.callback(move |e| Msg::TokenKey(key, e)))
        };
        html! {
            <>
                <defs><pattern id="paused" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path d="M0 0V5" class="hatching" /></pattern></defs>
                { picture.cuts() }
                { links }
                <g ref={ctx.props().tokens.timers()} class="timers" aria-hidden="true">
                    { for signs::arcs(s).iter().map(|(i, ..)| signs::arc(&spots[*i])) }
                </g>
                <g>{ for nodes }</g>
                <g ref={ctx.props().tokens.layer()}>{ for shown.iter().map(token) }</g>
                if let Some((a, b)) = self.cut { { scissors(a, b) } }
            </>
        }
    }

    fn down(&mut self, ctx: &Context<Self>, e: &PointerEvent) -> bool {
        if e.button() != 0 {
            return false;
        }
        (self.spent, self.note) = (false, None);
        let at = self.point(e);
        let svg = self.svg.cast::<Element>();
        let s = ctx.props().model.get();
        let node = self.spots(&s).iter().rposition(|spot| spot.holds(at));
        let message = ctx.props().tokens.at(at, s.view_us(), REACH);
        if self.cutting || e.shift_key() {
            self.cut = Some((at, at));
        } else if let Some(node) = node.filter(|_| message.is_none()) {
            let middle = self.spots(&s)[node].at;
            let off = (middle.0 - at.0, middle.1 - at.1);
            self.drag = Some(Drag { node, pointer: e.pointer_id(), start: at, off, moved: false });
        }
        if self.cut.is_some() || self.drag.is_some() {
            let _ = svg.map(|svg| svg.set_pointer_capture(e.pointer_id()));
        }
        if e.pointer_type() == "touch" && self.cut.is_none() && (node.is_some() || message.is_some()) {
            let (link, client) = (ctx.link().clone(), (e.client_x(), e.client_y()));
            self.press = Some(Timeout::new(LONG_PRESS_MS, move || link.send_message(Msg::LongPress(at, client))));
        }
        false
    }

    fn moved(&mut self, e: &PointerEvent) -> bool {
        let at = self.point(e);
        if let Some((_, end)) = &mut self.cut {
            *end = at;
            return true;
        }
        let Some(drag) = self.drag.as_mut().filter(|d| d.pointer == e.pointer_id()) else { return false };
        if !drag.moved && length(at, drag.start) < CLICK_PX {
            return false;
        }
        drag.moved = true;
        self.press = None;
        let (node, to) = (drag.node, (at.0 + drag.off.0, at.1 + drag.off.1));
        self.put_at(node, to);
        true
    }

    fn put_at(&mut self, node: usize, to: Point) {
        self.put.resize(self.of.1.max(node + 1), None);
        let share = |v: f32, whole: f32| (v / whole.max(1.0)).clamp(0.0, 1.0);
        self.put[node] = Some((share(to.0, self.size.0), share(to.1, self.size.1)));
    }

    fn up(&mut self, ctx: &Context<Self>, e: &PointerEvent) -> bool {
        self.press = None;
        if let Some((a, _)) = self.cut.take() {
            let b = self.point(e);
            self.spent = true;
            if e.type_() == "pointerup" && length(a, b) >= 2.0 * CLICK_PX {
                self.cutting = false;
                self.split(ctx, a, b);
            }
            return true;
        }
        let Some(drag) = self.drag.take() else { return false };
        self.spent = drag.moved;
        false
    }

    /// Cuts along a line, finer than the network is cut already.
    fn split(&mut self, ctx: &Context<Self>, a: Point, b: Point) {
        let s = ctx.props().model.get();
        let before = |i: usize| s.frame().network.groups.as_ref().map_or(0, |g| usize::from(g[i]));
        let groups: Vec<usize> = (self.spots(&s).iter().enumerate())
            .map(|(i, spot)| 2 * before(i) + usize::from(is_left(spot.at, a, b)))
            .collect();
        if groups.iter().all(|&g| groups.iter().filter(|&&o| o / 2 == g / 2).all(|&o| o == g)) {
            self.note = Some("This line leaves no process on its other side: nothing was cut.");
            return;
        }
        drop(s);
        ctx.props().on.emit(Command::Act(partition(&groups)));
    }

    /// Opens the menu of what is at a point; links have one for a click only.
    fn menu(&self, ctx: &Context<Self>, at: Point, client: (i32, i32), click: bool) {
        let s = ctx.props().model.get();
        let message = ctx.props().tokens.at(at, s.view_us(), REACH);
        let spots = self.spots(&s);
        let node = spots.iter().rposition(|spot| spot.holds(at)).map(|i| Target::Node(i as u16));
        let target = message.and_then(|t| Some(Target::Message(t.key.0?, t.key.1))).or(node);
        let target = target.or_else(|| if click { self.link_at(&s, &spots, at) } else { None });
        drop(s);
        if let Some(target) = target {
            ctx.props().on.emit(Command::Menu(Some(Menu { target, at: client })));
        }
    }

    /// The link whose line is at a point, in the direction that keeps to this side of it.
    fn link_at(&self, s: &Session, spots: &[Spot], at: Point) -> Option<Target> {
        let picture = Picture { s, spots, size: self.size, measure: Measure::of(spots.len()) };
        let network = &s.frame().network;
        let own = network.links.iter().map(|l| (l.from, l.to)).chain(network.blocked.iter().copied());
        let drawn = picture.wires().into_iter().chain(own.map(|(a, b)| (usize::from(a), usize::from(b))));
        let far = |&(a, b): &(usize, usize)| off(at, spots[a].at, spots[b].at);
        let (a, b) = drawn.min_by(|x, y| far(x).total_cmp(&far(y))).filter(|pair| far(pair) <= REACH_LINK)?;
        let (a, b) = if is_left(at, spots[a].at, spots[b].at) { (b, a) } else { (a, b) };
        Some(Target::Link(a as u16, b as u16))
    }

    fn node_key(&mut self, ctx: &Context<Self>, node: usize, e: &KeyboardEvent) -> bool {
        let by = match e.key().as_str() {
            "ArrowLeft" => (-KEY_PX, 0.0),
            "ArrowRight" => (KEY_PX, 0.0),
            "ArrowUp" => (0.0, -KEY_PX),
            "ArrowDown" => (0.0, KEY_PX),
            _ => {
                self.open_by_key(ctx, Target::Node(node as u16), e);
                return false;
            }
        };
        e.prevent_default();
        e.stop_propagation();
        let at = self.spots(&ctx.props().model.get())[node].at;
        self.put_at(node, (at.0 + by.0, at.1 + by.1));
        true
    }

    fn token_key(&mut self, ctx: &Context<Self>, key: Key, e: &KeyboardEvent) -> bool {
        let forward = match e.key().as_str() {
            "ArrowRight" | "ArrowDown" => true,
            "ArrowLeft" | "ArrowUp" => false,
            _ => {
                self.stop = Some(key);
                if let Some(message) = key.0 {
                    self.open_by_key(ctx, Target::Message(message, key.1), e);
                }
                return true;
            }
        };
        e.prevent_default();
        e.stop_propagation();
        let all: Vec<Key> = tokens(&ctx.props().model.get()).iter().filter(|t| !t.link).map(|t| t.key).collect();
        let Some(i) = all.iter().position(|k| *k == key) else { return false };
        let next = all[(i + if forward { 1 } else { all.len() - 1 }) % all.len()];
        self.stop = Some(next);
        let message = next.0.map_or(String::new(), |message| message.to_string());
        let found = format!("[data-message='{message}'][data-copy='{}']", next.1);
        let svg = self.svg.cast::<Element>();
        platform::focus_on(svg.and_then(|svg| svg.query_selector(&found).ok().flatten()).as_ref());
        true
    }

    /// Enter, the space bar and the menu key open the menu of what has the focus, there where it stands.
    fn open_by_key(&self, ctx: &Context<Self>, target: Target, e: &KeyboardEvent) {
        let menu = matches!(e.key().as_str(), "Enter" | " " | "ContextMenu") || (e.key() == "F10" && e.shift_key());
        if !menu || e.ctrl_key() || e.meta_key() || e.alt_key() {
            return;
        }
        e.prevent_default();
        e.stop_propagation();
        let rect = e.target_dyn_into::<Element>().map(|e| e.get_bounding_client_rect());
        let at = rect.map_or((0, 0), |r| (r.left() as i32 + 12, r.bottom() as i32));
        ctx.props().on.emit(Command::Menu(Some(Menu { target, at })));
    }
}

/// The line that is being drawn, and how it goes on.
fn scissors(a: Point, b: Point) -> Html {
    let (dx, dy) = ((b.0 - a.0) * BEYOND, (b.1 - a.1) * BEYOND);
    let (x1, y1, x2, y2) = (n(a.0 - dx), n(a.1 - dy), n(b.0 + dx), n(b.1 + dy));
    html! {
        <><line class="scissors-far" {x1} {y1} {x2} {y2} />
        <line class="scissors" x1={n(a.0)} y1={n(a.1)} x2={n(b.0)} y2={n(b.1)} /></>
    }
}
