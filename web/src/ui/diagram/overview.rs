//! The strip under the diagram: the whole run, and the part in sight as a frame that can be moved.

use crate::model::Model;
use crate::model::command::Command;
use crate::model::look::Wish;
use crate::model::session::{SPAN_MIN, Session};
use crate::platform;
use crate::platform::paint;
use lightcone_core::base::json::millis_text;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Axis, LOGICAL_STEP, Overview as Strip, lay_out_overview};
use web_sys::{HtmlCanvasElement, PointerEvent};
use yew::prelude::*;

/// How near an end of the frame is taken hold of, with a mouse and with a finger, in pixels.
const GRIP: (f32, f32) = (7.0, 16.0);

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The canvas, for the painter.
    pub canvas: NodeRef,
    /// Calls back.
    pub on: Callback<Command>,
}

/// What of the frame is being dragged.
#[derive(Clone, Copy, Debug)]
enum Grip {
    From,
    To,
    /// All of it, by a point so far behind its beginning.
    Whole(f64),
}

/// What the pointer does, between two events.
#[derive(Default)]
pub(crate) struct Overview {
    grip: Option<(i32, Grip)>,
}

/// A pointer on the strip.
pub(crate) enum Msg {
    Down(PointerEvent),
    Move(PointerEvent),
    Up(PointerEvent),
}

fn strip(s: &Session, width: f32, height: f32) -> Strip<'_> {
    Strip {
        width,
        height,
        axis: s.axis(),
        end: s.end_units(),
        window: s.window(),
        now: s.now_units(),
        search: s.look().finder.as_ref().map(|f| &f.search),
    }
}

/// Paints the strip.
pub(crate) fn paint_overview(canvas: &HtmlCanvasElement, s: &Session, theme: Theme) {
    let Some((ctx, w, h, scale)) = platform::fit_canvas(canvas) else { return };
    if w > 2.0 && h > 2.0 {
        let scene = lay_out_overview(s.run(), s.index(), &strip(s, w as f32, h as f32));
        paint(&ctx, &scene, theme, scale);
    }
}

impl Component for Overview {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Overview::default()
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Down(e) => self.down(ctx, &e),
            Msg::Move(e) => self.moved(ctx, &e),
            Msg::Up(e) => self.grip = self.grip.filter(|(id, _)| *id != e.pointer_id()),
        }
        false
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let s = ctx.props().model.get();
        let (from, to) = (s.window().0.max(0.0), s.window().1.min(s.end_units()).max(0.0));
        let words = |units: f64| match s.axis() {
            Axis::Logical => ((units / LOGICAL_STEP) as u64).to_string(),
            axis => millis_text(s.index().us_at(axis, s.run().trace(), units) as u64),
        };
        let unit = if s.axis() == Axis::Logical { "steps" } else { "milliseconds" };
        let text = format!("{} to {} of {} {unit} in sight", words(from), words(to), words(s.end_units()));
        let link = ctx.link();
        let on = &ctx.props().on;
        html! {
            <canvas
                ref={ctx.props().canvas.clone()} id="overview" tabindex="0" role="slider" aria-label="Overview of the whole run"
                aria-valuemin="0" aria-valuemax={(s.end_units() as u64).to_string()}
                aria-valuenow={(f64::midpoint(from, to) as u64).to_string()} aria-valuetext={text}
                onpointerdown={link.callback(Msg::Down)} onpointermove={link.callback(Msg::Move)}
                onpointerup={link.callback(Msg::Up)} onpointercancel={link.callback(Msg::Up)}
                ondblclick={on.reform(|_: MouseEvent| Command::Fit)} onkeydown={keys(on.clone())}
            />
        }
    }
}

/// Arrow keys move the frame, + and − change its width.
fn keys(on: Callback<Command>) -> Callback<KeyboardEvent> {
    Callback::from(move |e: KeyboardEvent| {
        if e.ctrl_key() || e.meta_key() || e.alt_key() {
            return;
        }
        let step = if e.shift_key() { 0.5 } else { 0.1 };
        let command = match e.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Command::Pan(-step),
            "ArrowRight" | "ArrowUp" => Command::Pan(step),
            "PageDown" => Command::Pan(-1.0),
            "PageUp" => Command::Pan(1.0),
            "+" | "=" => Command::ZoomHere(0.8),
            "-" => Command::ZoomHere(1.25),
            _ => return,
        };
        e.prevent_default();
        on.emit(command);
    })
}

impl Overview {
    fn down(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() else { return };
        if e.button() != 0 || self.grip.is_some() {
            return;
        }
        let _ = canvas.set_pointer_capture(e.pointer_id());
        let x = e.offset_x() as f32;
        let s = ctx.props().model.get();
        let strip = strip(&s, canvas.client_width() as f32, canvas.client_height() as f32);
        let (frame, (from, to)) = (strip.frame(), s.window());
        let reach = if e.pointer_type() == "touch" { GRIP.1 } else { GRIP.0 };
        // A narrow frame can still be moved as a whole.
        let inner = reach.min(frame.w / 4.0);
        let at = strip.units(x);
        let grip = if (-reach..=inner).contains(&(x - frame.x)) {
            Grip::From
        } else if (-inner..=reach).contains(&(x - frame.x - frame.w)) {
            Grip::To
        } else if (frame.x..=frame.x + frame.w).contains(&x) {
            Grip::Whole(at - from)
        } else {
            Grip::Whole((to - from) / 2.0)
        };
        drop(s);
        self.grip = Some((e.pointer_id(), grip));
        self.drag(ctx, at);
    }

    fn moved(&mut self, ctx: &Context<Self>, e: &PointerEvent) {
        let Some(canvas) = ctx.props().canvas.cast::<HtmlCanvasElement>() else { return };
        if self.grip.is_none_or(|(id, _)| id != e.pointer_id()) {
            return;
        }
        let at = {
            let s = ctx.props().model.get();
            strip(&s, canvas.client_width() as f32, canvas.client_height() as f32).units(e.offset_x() as f32)
        };
        self.drag(ctx, at);
    }

    fn drag(&self, ctx: &Context<Self>, at: f64) {
        let Some((_, grip)) = self.grip else { return };
        let ((from, to), end) = {
            let s = ctx.props().model.get();
            (s.window(), s.end_units())
        };
        let (from, to) = match grip {
            Grip::From => (at.min(to - SPAN_MIN), to),
            Grip::To => (from, at.max(from + SPAN_MIN)),
            Grip::Whole(off) => {
                // Its middle stays on the strip.
                let half = (to - from) / 2.0;
                let from = (at - off).min(end - half).max(-half);
                (from, from + 2.0 * half)
            }
        };
        ctx.props().on.emit(Command::Look(Wish::Window(from, to)));
    }
}
