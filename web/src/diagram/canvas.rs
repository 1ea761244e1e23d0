//! The canvas with its pointer: hover, choose, pan, pinch, wheel, menu by right click or long press.

use super::cut::{one_lane, through, whole_line};
use crate::command::{Command, Menu, Target};
use crate::look::Wish;
use crate::model::Model;
use crate::session::Session;
use gloo_timers::callback::Timeout;
use lightcone_core::diagram::Orientation;
use lightcone_core::diagram::scene::{Point, Scene};
use lightcone_core::trace::NodeId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{HtmlCanvasElement, MouseEvent, PointerEvent, WheelEvent};
use yew::prelude::*;

/// A pointer that has moved less than this was a click, in pixels.
const CLICK_PX: f32 = 5.0;
/// How long a press is until it is a long one, in milliseconds.
const LONG_PRESS_MS: u32 = 550;

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
}

/// What the pointers do, between two events.
#[derive(Default)]
pub(crate) struct Diagram {
    downs: Vec<Down>,
    press: Option<Timeout>,
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
            Msg::Move(e) => self.moved(ctx, &e),
            Msg::Up(e) => self.up(ctx, &e),
            Msg::Leave => {
                ctx.props().scene.1.set(None);
                ctx.props().on.emit(Command::Hover(None));
            }
            Msg::Wheel(e) => self.wheel(ctx, &e),
            Msg::Context(e) => {
                e.prevent_default();
                let at = (e.offset_x() as f32, e.offset_y() as f32);
                self.menu(ctx, at, (e.client_x(), e.client_y()));
            }
            Msg::LongPress(at, client) => {
                self.downs.clear();
                self.press = None;
                self.menu(ctx, at, client);
            }
        }
        false
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let session = ctx.props().model.get();
        let label = format!(
            "Space-time diagram: {} processes, {} events so far, at {} milliseconds. The event table says the same in words.",
            session.frame.processes.len(),
            session.frame.position,
            lightcone_core::json::millis_text(session.view_us as u64),
        );
        let link = ctx.link();
        let down = (session.look.orientation == Orientation::Down).then_some("down");
        let cutting = session.look.cut.is_some().then_some("cutting");
        html! {
            <canvas
                ref={ctx.props().canvas.clone()} id="diagram" tabindex="0" role="img" aria-label={label}
                class={classes!(down, cutting)} onkeydown={cut_keys(&session, ctx.props().on.clone())}
                onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                onpointerleave={link.callback(|_| Msg::Leave)} onwheel={link.callback(Msg::Wheel)}
                oncontextmenu={link.callback(Msg::Context)}
            />
        }
    }
}

fn place(e: &PointerEvent) -> Point {
    (e.offset_x() as f32, e.offset_y() as f32)
}

/// With a line over the lanes, arrow keys move the chosen lane's handle, and Tab goes from lane to lane.
fn cut_keys(s: &Session, on: Callback<Command>) -> Option<Callback<KeyboardEvent>> {
    let chosen = s.look.cut.as_ref()?.chosen;
    let lanes = s.run.names().len() as NodeId;
    Some(Callback::from(move |e: KeyboardEvent| {
        let wish = match (e.key().as_str(), e.shift_key()) {
            ("ArrowLeft" | "ArrowUp", _) => Wish::CutStep(false),
            ("ArrowRight" | "ArrowDown", _) => Wish::CutStep(true),
            // At the last lane the focus goes on as usual.
            ("Tab", false) if chosen + 1 < lanes => Wish::CutChoose(chosen + 1),
            ("Tab", true) if chosen > 0 => Wish::CutChoose(chosen - 1),
            ("Escape", _) => Wish::NoCut,
            _ => return,
        };
        e.prevent_default();
        on.emit(Command::Look(wish));
    }))
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
            (s.look.cut.is_some() && on_plot).then(|| scene.handle_at(at))
        };
        self.downs.push(Down { id: e.pointer_id(), start: at, last: at, moved: false, cuts, crossed: false });
        if cuts.is_some() {
            self.cut(ctx, e.pointer_id(), at, at);
            return;
        }
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
            self.name_tip(ctx, at);
            on.emit(Command::Hover(event));
            return;
        };
        let before = down.last;
        down.last = at;
        if !down.moved && (at.0 - down.start.0).abs().max((at.1 - down.start.1).abs()) < CLICK_PX {
            return;
        }
        down.moved = true;
        self.press = None;
        if down.cuts.is_some() && others.is_empty() {
            self.cut(ctx, e.pointer_id(), before, at);
            return;
        }
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

    fn up(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        self.press = None;
        let Some(i) = self.downs.iter().position(|d| d.id == e.pointer_id()) else { return };
        let down = self.downs.remove(i);
        if !down.moved && down.cuts.is_none() && self.downs.is_empty() && e.type_() == "pointerup" {
            let name = ctx.props().scene.0.borrow().name_at(down.start);
            if let Some(name) = name {
                ctx.props().on.emit(Command::Look(Wish::Fold(name.node)));
                return;
            }
            let event = ctx.props().scene.0.borrow().event_at(down.start);
            ctx.props().on.emit(Command::Choose(event));
        }
    }

    /// Over a name: all of it, and what a click does.
    fn name_tip(&self, ctx: &Context<Self>, at: Point) {
        let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() else { return };
        let name = ctx.props().scene.0.borrow().name_at(at);
        let tip = name.map_or(String::new(), |name| {
            let s = ctx.props().model.get();
            let what = if s.look.collapsed.contains(&name.node) { "open this lane" } else { "collapse this lane" };
            format!("{}: {what}", s.run.names()[usize::from(name.node)])
        });
        if canvas.title() != tip {
            canvas.set_title(&tip);
        }
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
            let at = ctx.props().scene.0.borrow().along((e.offset_x() as f32, e.offset_y() as f32)).0;
            let place = f64::from((at - left) / width).clamp(0.0, 1.0);
            ctx.props().on.emit(Command::Zoom(1.0 + (dy * 0.0016).clamp(-0.33, 0.5), place));
        }
    }

    fn menu(&self, ctx: &Context<Self>, at: Point, client: (i32, i32)) {
        let scene = ctx.props().scene.0.borrow();
        let message = scene.arrow_at(at).filter(|a| a.in_flight && !a.link).map(|a| Target::Message(a.message));
        let target = message.or_else(|| scene.lane_at(at).map(Target::Node));
        drop(scene);
        if let Some(target) = target {
            ctx.props().on.emit(Command::Menu(Some(Menu { target, at: client })));
        }
    }
}
