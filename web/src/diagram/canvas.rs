//! The canvas with its pointer: hover, choose, pan, pinch, wheel, menu by right click or long press.

use crate::command::{Command, Menu, Target};
use crate::model::Model;
use gloo_timers::callback::Timeout;
use lightcone_core::diagram::scene::{Point, Scene};
use std::cell::RefCell;
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

/// The scene that was painted last; every one is as good as another for a component.
#[derive(Clone, Default)]
pub(crate) struct SceneRef(pub Rc<RefCell<Scene>>);

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
            Msg::Leave => ctx.props().on.emit(Command::Hover(None)),
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
        html! {
            <canvas
                ref={ctx.props().canvas.clone()} id="diagram" tabindex="0" role="img" aria-label={label}
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

impl Diagram {
    fn plot_width(ctx: &Context<Self>) -> (f32, f32) {
        ctx.props().scene.0.borrow().plot.map_or((0.0, 1.0), |p| (p.x, p.w))
    }

    fn down(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        if e.button() != 0 {
            return;
        }
        let at = place(e);
        if let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() {
            let _ = canvas.set_pointer_capture(e.pointer_id());
        }
        self.downs.push(Down { id: e.pointer_id(), start: at, last: at, moved: false });
        if e.pointer_type() == "touch" {
            let link = ctx.link().clone();
            let client = (e.client_x(), e.client_y());
            self.press = Some(Timeout::new(LONG_PRESS_MS, move || link.send_message(Msg::LongPress(at, client))));
        }
    }

    fn moved(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        let at = place(e);
        let on = &ctx.props().on;
        let (left, width) = Self::plot_width(ctx);
        let others: Vec<Down> = self.downs.iter().filter(|d| d.id != e.pointer_id()).copied().collect();
        let Some(down) = self.downs.iter_mut().find(|d| d.id == e.pointer_id()) else {
            let event = ctx.props().scene.0.borrow().event_at(at);
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
        match others.first() {
            None => on.emit(Command::Pan(f64::from((before.0 - at.0) / width))),
            Some(other) => {
                let was = (before.0 - other.last.0).abs().max(20.0);
                let is = (at.0 - other.last.0).abs().max(20.0);
                let middle = (at.0 + other.last.0) / 2.0;
                on.emit(Command::Zoom(f64::from(was / is), f64::from((middle - left) / width)));
            }
        }
    }

    fn up(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        self.press = None;
        let Some(i) = self.downs.iter().position(|d| d.id == e.pointer_id()) else { return };
        let down = self.downs.remove(i);
        if !down.moved && self.downs.is_empty() && e.type_() == "pointerup" {
            let event = ctx.props().scene.0.borrow().event_at(down.start);
            ctx.props().on.emit(Command::Choose(event));
        }
    }

    fn wheel(&self, ctx: &Context<Self>, e: &WheelEvent) {
        e.prevent_default();
        let (left, width) = Self::plot_width(ctx);
        let unit = if e.delta_mode() == 1 { 20.0 } else { 1.0 };
        let (dx, dy) = (e.delta_x() * unit, e.delta_y() * unit);
        if e.shift_key() || dx.abs() > dy.abs() {
            let by = if dx == 0.0 { dy } else { dx };
            ctx.props().on.emit(Command::Pan(by / f64::from(width)));
        } else {
            let place = f64::from((e.offset_x() as f32 - left) / width).clamp(0.0, 1.0);
            ctx.props().on.emit(Command::Zoom(1.0 + (dy * 0.0016).clamp(-0.33, 0.5), place));
        }
    }

    fn menu(&self, ctx: &Context<Self>, at: Point, client: (i32, i32)) {
        let scene = ctx.props().scene.0.borrow();
        let message = scene.arrow_at(at).filter(|a| a.in_flight && !a.link).map(|a| Target::Message(a.message, a.copy));
        let target = message.or_else(|| scene.lane_at(at.1).map(Target::Node));
        drop(scene);
        if let Some(target) = target {
            ctx.props().on.emit(Command::Menu(Some(Menu { target, at: client })));
        }
    }
}
