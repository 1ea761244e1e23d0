//! The canvas with its pointer and keys: hover, choose, pan, pinch, wheel, heads of messages, menus.
//!
//! A large component: what a press becomes depends on every other pointer, key and message of the same canvas. What it
//! then does is in the files beside it.

use super::cut::{one_lane, through, whole_line};
use super::lane;
use super::retime::{self, Head};
use super::send;
use crate::model::Model;
use crate::model::command::{Command, Menu, Target};
use crate::model::look::Wish;
use crate::model::session::Session;
use gloo_timers::callback::Timeout;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::Orientation;
use lightcone_core::views::diagram::scene::{Point, Scene};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use yew::prelude::*;

/// A pointer that has moved less than this was a click, in pixels.
const CLICK_PX: f32 = 5.0;
/// How long a press is until it is a long one, in milliseconds.
const LONG_PRESS_MS: u32 = 550;
/// The triangle before a name ends here, in pixels from the edge.
const TRIANGLE_PX: f32 = 17.0;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The canvas, for the painter.
    pub canvas: NodeRef,
    /// What was painted last.
    pub scene: SceneRef,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The scene that was painted last, and where the pointer is on it; every one is as good as another for a component.
#[derive(Clone, Default)]
pub(crate) struct SceneRef(pub Rc<RefCell<Scene>>, Rc<Cell<Option<Point>>>);

impl SceneRef {
    /// Where the pointer is, while it is on the diagram.
    #[must_use]
    pub(crate) fn pointer(&self) -> Option<Point> {
        self.1.get()
    }
}

impl PartialEq for SceneRef {
    // By hand, because what matters is that it is the same cell.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A finger or a mouse button that is down.
#[derive(Clone, Copy)]
struct Down {
    id: i32,
    start: Point,
    last: Point,
    moved: bool,
    /// Whether it draws the line over the lanes, and the lane whose handle it has.
    cuts: Option<Option<NodeId>>,
    /// Whether it has crossed a lane with it.
    crossed: bool,
    /// The lane whose name it has.
    lane: Option<NodeId>,
    /// The lane on which it went down.
    on: Option<NodeId>,
}

/// What the pointers do, between two events.
#[derive(Default)]
pub(crate) struct Diagram {
    downs: Vec<Down>,
    press: Option<Timeout>,
    /// The message under the pointer, whose handle is shown.
    pointed: Option<(u32, u16)>,
    /// The head that was taken, and where it has been moved to.
    taken: Option<(Head, Option<f32>)>,
    /// The lane that is being moved, and where the pointer is with it.
    lane: Option<(NodeId, Point)>,
    /// The line that is being drawn from lane to lane.
    line: Option<send::Line>,
    /// What the keys are at: a lane or a message.
    target: Option<Target>,
}

/// A pointer event, put into the canvas's pixels.
pub(crate) enum Msg {
    Down(PointerEvent),
    Move(PointerEvent),
    Up(PointerEvent),
    Leave,
    Wheel(WheelEvent),
    Context(MouseEvent),
    LongPress(Point, (i32, i32)),
    Key(KeyboardEvent),
    Blur,
}

impl Component for Diagram {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Diagram::default()
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Down(e) => self.down(ctx, &e),
            Msg::Move(e) if self.taken.is_some() => return self.pull(ctx, &e),
            Msg::Move(e) => {
                self.moved(ctx, &e);
                return self.point(ctx, place(&e)) || self.lane.is_some() || self.line.is_some();
            }
            Msg::Up(e) => return self.up(ctx, &e),
            Msg::Leave => {
                ctx.props().scene.1.set(None);
                ctx.props().on.emit(Command::Hover(None));
                return self.pointed.take().is_some();
            }
            Msg::Wheel(e) => self.wheel(ctx, &e),
            Msg::Context(e) => {
                e.prevent_default();
                let at = place(&e);
                self.menu(ctx, at, (e.client_x(), e.client_y()));
            }
            Msg::LongPress(at, client) => {
                self.downs.clear();
                (self.press, self.taken, self.lane, self.line) = (None, None, None, None);
                self.menu(ctx, at, client);
            }
            Msg::Key(e) => return self.key(ctx, &e),
            Msg::Blur => return self.target.take().is_some(),
        }
        false
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let session = ctx.props().model.get();
        let label = format!(
            "Space-time diagram: {} processes, {} events so far, at {} milliseconds. The event table says the same in words.",
            session.frame().processes.len(),
            session.frame().position,
            lightcone_core::base::json::millis_text(session.view_us() as u64),
        );
        let link = ctx.link();
        let down = (session.look().orientation == Orientation::Down).then_some("down");
        let cutting = session.look().cut.is_some().then_some("cutting");
        let graspable = (self.pointed.is_some() || self.taken.is_some()).then_some("graspable");
        html! {
            <div class="stage">
            <canvas
                ref={ctx.props().canvas.clone()} id="diagram" tabindex="0" role="img" aria-label={label}
                class={classes!(down, cutting, graspable)}
                onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                onpointerleave={link.callback(|_| Msg::Leave)} onwheel={link.callback(Msg::Wheel)}
                oncontextmenu={link.callback(Msg::Context)} onkeydown={link.callback(Msg::Key)}
                onblur={link.callback(|_| Msg::Blur)}
            />
            { self.over(ctx, &session) }
            </div>
        }
    }
}

/// Over a name: all of it, and what a click does.
fn name_tip(props: &Props, e: &PointerEvent, at: Point) {
    let Some(under) = e.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()) else { return };
    let name = props.scene.0.borrow().name_at(at);
    let tip = name.map_or(String::new(), |name| {
        let s = props.model.get();
        let what = match (folds(&s, props, name.node, at), s.look().collapsed.contains(&name.node)) {
            (true, true) => "to open this lane",
            (true, false) => "to collapse this lane",
            (false, _) => "for what can be done to it",
        };
        format!("{}: click {what}, drag to move it", s.run().names()[usize::from(name.node)])
    });
    if under.title() != tip {
        under.set_title(&tip);
    }
}

/// Whether a click on a name opens or collapses its lane: on the triangle before it, and wherever the lane is collapsed.
fn folds(s: &Session, props: &Props, node: NodeId, at: Point) -> bool {
    let on_triangle = props.scene.0.borrow().orientation == Orientation::Right && at.0 < TRIANGLE_PX;
    on_triangle || s.look().collapsed.contains(&node)
}

/// Where a pointer is on the canvas. What lies over it stands where its style says, and counts from its own corner.
fn place(e: &MouseEvent) -> Point {
    let under = e.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let (left, top) = under.map_or((0, 0), |over| (over.offset_left(), over.offset_top()));
    ((left + e.offset_x()) as f32, (top + e.offset_y()) as f32)
}

/// With a line over the lanes, arrow keys move the chosen lane's handle, and Tab goes from lane to lane.
fn cut_key(s: &Session, e: &KeyboardEvent) -> Option<Wish> {
    let chosen = s.look().cut.as_ref()?.chosen;
    let lanes = s.look().lanes(s.run().names().len());
    let here = lanes.iter().position(|lane| *lane == chosen)?;
    Some(match (e.key().as_str(), e.shift_key()) {
        ("ArrowLeft" | "ArrowUp", _) => Wish::CutStep(false),
        ("ArrowRight" | "ArrowDown", _) => Wish::CutStep(true),
        // At the last lane the focus goes on as usual.
        ("Tab", false) if here + 1 < lanes.len() => Wish::CutChoose(lanes[here + 1]),
        ("Tab", true) if here > 0 => Wish::CutChoose(lanes[here - 1]),
        ("Escape", _) => Wish::NoCut,
        _ => return None,
    })
}

impl Diagram {
    fn stretch(ctx: &Context<Self>) -> (f32, f32) {
        ctx.props().scene.0.borrow().stretch()
    }

    /// Draws the line over the lanes through a point, as a pointer came there.
    fn cut(&mut self, ctx: &Context<Self>, pointer: i32, before: Point, at: Point) {
        let Some(down) = self.downs.iter_mut().find(|d| d.id == pointer) else { return };
        let wishes = {
            let (s, scene) = (ctx.props().model.get(), ctx.props().scene.0.borrow());
            match down.cuts {
                Some(Some(node)) => vec![one_lane(&s, &scene, node, at)],
                // Whoever drags over several lanes draws the line by hand.
                _ => {
                    let by_hand = if down.moved { through(&s, &scene, before, at) } else { Vec::new() };
                    down.crossed |= !by_hand.is_empty();
                    if down.crossed { by_hand } else { vec![whole_line(&s, &scene, at)] }
                }
            }
        };
        for wish in wishes {
            ctx.props().on.emit(Command::Look(wish));
        }
    }

    fn down(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        if e.button() != 0 {
            return;
        }
        let at = place(e);
        if let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() {
            let _ = canvas.set_pointer_capture(e.pointer_id());
        }
        let cuts = {
            let (s, scene) = (ctx.props().model.get(), ctx.props().scene.0.borrow());
            let on_plot = self.downs.is_empty() && scene.plot.is_some_and(|plot| plot.holds(at));
            (s.look().cut.is_some() && on_plot).then(|| scene.handle_at(at))
        };
        let lane = ctx.props().scene.0.borrow().name_at(at).map(|name| name.node);
        let on = send::lane_of(&ctx.props().scene.0.borrow(), at).filter(|_| lane.is_none() && self.downs.is_empty());
        self.downs.push(Down { id: e.pointer_id(), start: at, last: at, moved: false, cuts, crossed: false, lane, on });
        if cuts.is_some() {
            self.cut(ctx, e.pointer_id(), at, at);
            return;
        }
        let heads = Self::heads(ctx);
        let found = retime::taken(&heads, self.pointed, at, e.pointer_type() == "touch");
        self.taken = found.filter(|_| self.downs.len() == 1 && lane.is_none()).map(|head| (head, None));
        if e.pointer_type() == "touch" {
            let link = ctx.link().clone();
            let client = (e.client_x(), e.client_y());
            self.press = Some(Timeout::new(LONG_PRESS_MS, move || link.send_message(Msg::LongPress(at, client))));
        }
    }

    fn moved(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        let at = place(e);
        let on = &ctx.props().on;
        ctx.props().scene.1.set(Some(at));
        let (left, width) = Self::stretch(ctx);
        let others: Vec<Down> = self.downs.iter().filter(|d| d.id != e.pointer_id()).copied().collect();
        let Some(down) = self.downs.iter_mut().find(|d| d.id == e.pointer_id()) else {
            let event = ctx.props().scene.0.borrow().event_at(at);
            name_tip(ctx.props(), e, at);
            let before = ctx.props().model.get().hover();
            if event != before {
                on.emit(Command::Hover(event));
            }
            return;
        };
        let before = down.last;
        down.last = at;
        if !down.moved && (at.0 - down.start.0).abs().max((at.1 - down.start.1).abs()) < CLICK_PX {
            return;
        }
        let first = !std::mem::replace(&mut down.moved, true);
        self.press = None;
        if down.cuts.is_none() && others.is_empty() && self.draws(ctx, e.pointer_id(), first, at) {
            return;
        }
        let Some(down) = self.downs.iter().find(|d| d.id == e.pointer_id()).copied() else { return };
        if down.cuts.is_some() && others.is_empty() {
            self.cut(ctx, e.pointer_id(), before, at);
            return;
        }
        if let Some(node) = down.lane.filter(|_| others.is_empty()) {
            self.lane = Some((node, at));
            return;
        }
        (self.lane, self.line) = (None, None);
        let along = |p: Point| ctx.props().scene.0.borrow().along(p).0;
        let (before, at) = (along(before), along(at));
        match others.first() {
            None => on.emit(Command::Pan(f64::from((before - at) / width))),
            Some(other) => {
                let other = along(other.last);
                let was = (before - other).abs().max(20.0);
                let is = (at - other).abs().max(20.0);
                let middle = (at + other) / 2.0;
                on.emit(Command::Zoom(f64::from(was / is), f64::from((middle - left) / width)));
            }
        }
    }

    fn up(&mut self, ctx: &Context<Self>, e: &PointerEvent) -> bool {
        self.press = None;
        let Some(i) = self.downs.iter().position(|d| d.id == e.pointer_id()) else { return false };
        let down = self.downs.remove(i);
        if let Some((head, Some(along))) = self.taken.take() {
            if e.type_() == "pointerup" {
                let command = {
                    let s = ctx.props().model.get();
                    retime::act(&s, &head, retime::time_at(&s, Self::stretch(ctx), along))
                };
                ctx.props().on.emit(command);
            }
            return true;
        }
        if let Some(line) = self.line.take() {
            let client = (e.client_x(), e.client_y());
            let wish = send::dropped(&ctx.props().scene.0.borrow(), &line, client).filter(|_| e.type_() == "pointerup");
            if let Some(wish) = wish {
                ctx.props().on.emit(wish);
            }
            return true;
        }
        if let Some((node, at)) = self.lane.take() {
            if e.type_() == "pointerup" {
                let wish = lane::dropped(&ctx.props().model.get(), &ctx.props().scene.0.borrow(), node, at);
                ctx.props().on.emit(Command::Look(wish));
            }
            return true;
        }
        if !down.moved && down.cuts.is_none() && self.downs.is_empty() && e.type_() == "pointerup" {
            let name = ctx.props().scene.0.borrow().name_at(down.start);
            let client = (e.client_x(), e.client_y());
            if let Some(name) = name {
                let folds = folds(&ctx.props().model.get(), ctx.props(), name.node, down.start);
                let menu = Command::Menu(Some(Menu { target: Target::Node(name.node), at: client }));
                ctx.props().on.emit(if folds { Command::Look(Wish::Fold(name.node)) } else { menu });
                return false;
            }
            let fold = ctx.props().scene.0.borrow().fold_at(down.start);
            if fold.is_some() {
                ctx.props().on.emit(Command::Look(Wish::Break(fold)));
                return false;
            }
            let event = ctx.props().scene.0.borrow().event_at(down.start);
            let chosen = ctx.props().model.get().chosen()[0].is_some();
            let message = Self::message_at(ctx, down.start).filter(|_| event.is_none() && !chosen);
            ctx.props().on.emit(match message {
                Some(target) => Command::Menu(Some(Menu { target, at: client })),
                None => Command::Choose(event),
            });
        }
        false
    }

    /// Whether a pull is a line from lane to lane: then it follows the pointer.
    fn draws(&mut self, ctx: &Context<Self>, pointer: i32, first: bool, at: Point) -> bool {
        let Some(down) = self.downs.iter().find(|d| d.id == pointer).copied() else { return false };
        if let Some(line) = &mut self.line {
            line.at = at;
            return true;
        }
        let (s, scene) = (ctx.props().model.get(), ctx.props().scene.0.borrow());
        let Some(from) = down.on.filter(|_| first && send::is_across(&scene, down.start, at)) else { return false };
        self.line = Some(send::begun(&s, &scene, from, down.start, at));
        let plays = s.is_playing();
        drop((s, scene));
        if plays {
            ctx.props().on.emit(Command::Play);
        }
        true
    }

    /// The message whose line is at a point.
    fn message_at(ctx: &Context<Self>, at: Point) -> Option<Target> {
        let arrow = ctx.props().scene.0.borrow().arrow_at(at).filter(|a| !a.link)?;
        Some(Target::Message(arrow.message, arrow.copy))
    }

    fn wheel(&self, ctx: &Context<Self>, e: &WheelEvent) {
        e.prevent_default();
        let (left, width) = Self::stretch(ctx);
        let unit = if e.delta_mode() == 1 { 20.0 } else { 1.0 };
        let (dx, dy) = (e.delta_x() * unit, e.delta_y() * unit);
        if e.shift_key() || dx.abs() > dy.abs() {
            let by = if dx == 0.0 { dy } else { dx };
            ctx.props().on.emit(Command::Pan(by / f64::from(width)));
        } else {
            let at = ctx.props().scene.0.borrow().along(place(e)).0;
            let place = f64::from((at - left) / width).clamp(0.0, 1.0);
            ctx.props().on.emit(Command::Zoom(1.0 + (dy * 0.0016).clamp(-0.33, 0.5), place));
        }
    }

    fn menu(&self, ctx: &Context<Self>, at: Point, client: (i32, i32)) {
        let on_event = ctx.props().scene.0.borrow().event_at(at).is_some();
        let message = Self::message_at(ctx, at).filter(|_| !on_event);
        let target = message.or_else(|| ctx.props().scene.0.borrow().lane_at(at).map(Target::Node));
        if let Some(target) = target {
            ctx.props().on.emit(Command::Menu(Some(Menu { target, at: client })));
        }
    }
}

/// Heads of messages, and what the keys do.
impl Diagram {
    fn heads(ctx: &Context<Self>) -> Vec<Head> {
        retime::heads(&ctx.props().model.get(), &ctx.props().scene.0.borrow())
    }

    /// Which message is pointed at: at its line, or on the way it has still to go.
    fn point(&mut self, ctx: &Context<Self>, at: Point) -> bool {
        let arrow = ctx.props().scene.0.borrow().arrow_at(at).filter(|a| a.in_flight && !a.link);
        let kept = || Self::heads(ctx).into_iter().find(|h| self.pointed == Some((h.message, h.copy)) && h.is_near(at));
        let pointed = arrow.map(|a| (a.message, a.copy)).or_else(|| kept().map(|h| (h.message, h.copy)));
        std::mem::replace(&mut self.pointed, pointed) != pointed
    }

    /// Moves the head that was taken.
    fn pull(&mut self, ctx: &Context<Self>, e: &PointerEvent) -> bool {
        let Some(down) = self.downs.iter_mut().find(|d| d.id == e.pointer_id()) else { return false };
        let along = |p: Point| ctx.props().scene.0.borrow().along(p).0;
        let to = along(place(e));
        if !down.moved && (to - along(down.start)).abs() < CLICK_PX {
            return false;
        }
        down.moved = true;
        self.press = None;
        if let Some((_, moved_to)) = &mut self.taken {
            *moved_to = Some(to);
        }
        if ctx.props().model.get().is_playing() {
            ctx.props().on.emit(Command::Play);
        }
        true
    }

    /// What is drawn over the canvas: a handle, a message that is being moved, what the keys are at.
    fn over(&self, ctx: &Context<Self>, s: &Session) -> Html {
        let scene = ctx.props().scene.0.borrow();
        let heads = if self.pointed.is_some() || self.target.is_some() { retime::heads(s, &scene) } else { Vec::new() };
        let lane = self.lane.map(|(node, at)| lane::overlay(s, &scene, node, at));
        let (moved, marked) = match self.taken {
            Some((head, Some(along))) => (retime::overlay(s, &scene, &head, Some(along)), None),
            _ => {
                let pointed = heads.iter().find(|h| Some((h.message, h.copy)) == self.pointed);
                let handle = pointed.map(|h| retime::overlay(s, &scene, h, None)).unwrap_or_default();
                (handle, self.target.map(|t| retime::marked(s, &scene, &heads, t)))
            }
        };
        let (mark, says) = marked.unwrap_or_default();
        let line = self.line.map(|line| send::overlay(s, &scene, &line));
        html! { <>{ Self::grip(ctx, &scene) }{ Self::hands(ctx, s, &scene) }<svg class="over" aria-hidden="true">{ moved }{ mark }{ lane.unwrap_or_default() }{ line.unwrap_or_default() }</svg><p class="sr" role="status">{ says }</p></> }
    }

    /// Lies over the names, begins where the canvas does, and does as that does; but a finger that moves along it moves
    /// a lane, and not the page.
    fn grip(ctx: &Context<Self>, scene: &Scene) -> Html {
        let Some(plot) = scene.plot else { return html! {} };
        let (w, h) = match scene.orientation {
            Orientation::Right => (plot.x - 4.0, scene.height),
            Orientation::Down => (scene.width, plot.y - 4.0),
        };
        let style = format!("width:{}px;height:{}px", w as i32, h as i32);
        let link = ctx.link();
        html! {
            <div class="grip" {style} aria-hidden="true"
                onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                onpointerleave={link.callback(|_| Msg::Leave)} onwheel={link.callback(Msg::Wheel)}
                oncontextmenu={link.callback(Msg::Context)} />
        }
    }

    /// A ring on each lane where the cursor is, from which a line is drawn to another lane.
    fn hands(ctx: &Context<Self>, s: &Session, scene: &Scene) -> Html {
        let link = ctx.link();
        let hand = |((x, y), size): (Point, f32)| {
            let (left, top) = ((x - size / 2.0).round(), (y - size / 2.0).round());
            let style = format!("left:{left}px;top:{top}px;width:{size}px;height:{size}px");
            html! {
                <div class="hand" {style} aria-hidden="true" title="Drag to another lane to send"
                    onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                    onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                    onwheel={link.callback(Msg::Wheel)} oncontextmenu={link.callback(Msg::Context)} />
            }
        };
        html! { <>{ for send::rings(s, scene).into_iter().map(hand) }</> }
    }

    /// Up and down go through lanes, messages that have arrived and those under way; Enter or the menu key opens the menu of what they are at.
    fn key(&mut self, ctx: &Context<Self>, e: &KeyboardEvent) -> bool {
        let moved = lane::key(&ctx.props().model.get(), self.target, e);
        if let Some(wish) = moved {
            e.prevent_default();
            ctx.props().on.emit(Command::Look(wish));
            return true;
        }
        if e.ctrl_key() || e.meta_key() || e.alt_key() {
            return false;
        }
        let cut = cut_key(&ctx.props().model.get(), e);
        if let Some(wish) = cut {
            e.prevent_default();
            ctx.props().on.emit(Command::Look(wish));
            return false;
        }
        let lanes = {
            let s = ctx.props().model.get();
            s.look().lanes(s.run().names().len())
        };
        let mut all: Vec<Target> = lanes.into_iter().map(Target::Node).collect();
        all.extend(retime::arrived(&ctx.props().scene.0.borrow()));
        // Last, where one step back leads: what is under way is what can be changed at once.
        all.extend(Self::heads(ctx).iter().map(|h| Target::Message(h.message, h.copy)));
        let here = all.iter().position(|t| Some(*t) == self.target);
        match e.key().as_str() {
            "ArrowDown" => self.target = Some(all[here.map_or(0, |i| (i + 1) % all.len())]),
            "ArrowUp" => self.target = Some(all[here.map_or(all.len() - 1, |i| (i + all.len() - 1) % all.len())]),
            "Enter" | "ContextMenu" => self.menu_of(ctx, self.target.unwrap_or(all[0])),
            "F10" if e.shift_key() => self.menu_of(ctx, self.target.unwrap_or(all[0])),
            _ => return false,
        }
        e.prevent_default();
        e.stop_propagation();
        true
    }

    fn menu_of(&self, ctx: &Context<Self>, target: Target) {
        let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() else { return };
        let heads = Self::heads(ctx);
        let (x, y) = {
            let scene = ctx.props().scene.0.borrow();
            retime::place_of(&scene, &heads, target).unwrap_or((scene.width / 2.0, scene.height / 2.0))
        };
        let rect = canvas.get_bounding_client_rect();
        let at = ((rect.left() as f32 + x) as i32, (rect.top() as f32 + y) as i32 + 12);
        ctx.props().on.emit(Command::Menu(Some(Menu { target, at })));
    }
}
