//! Branches, the list of acts, the steps back: how those wishes are carried out, and the diagram below.

use super::App;
use crate::model::branches::{Compare, Wish};
use crate::model::session::Session;
use crate::platform::{self, paint};
use crate::ui::diagram::mark_difference;
use lightcone_core::views::diagram::scene::Scene;
use lightcone_core::views::diagram::{Axis, View, lay_out};
use web_sys::{HtmlCanvasElement, KeyboardEvent};
use yew::prelude::*;

impl App {
    /// Carries such a wish out.
    pub(super) fn carry_out_in_tree(&mut self, ctx: &Context<Self>, wish: Wish) {
        let done = match wish {
            Wish::Undo | Wish::Redo => {
                let back = wish == Wish::Undo;
                if let Some(what) = self.store.change(|s| s.travel(back)) {
                    self.say(ctx, format!("{}: {what}.", if back { "Taken back" } else { "Done again" }), false);
                }
                self.last_ms = None;
                Ok(())
            }
            Wish::Seed(text) => {
                let next = self.store.read().with_seed(&text);
                match next {
                    Ok(next) => self.open(next, format!("seed {}", text.trim())),
                    Err(e) => self.say(ctx, e.to_string(), true),
                }
                return;
            }
            wish => self.store.change(|s| in_tree(s, wish)),
        };
        if let Err(e) = done {
            self.say(ctx, e.to_string(), true);
        }
    }

    /// After an act: says so when it has begun a branch.
    pub(super) fn say_branch(&mut self, ctx: &Context<Self>, before: u32) {
        let text = {
            let s = self.store.read();
            let branch = s.tree().current();
            let old = branch.parent.and_then(|p| s.tree().find(p)).filter(|_| branch.id != before);
            old.map(|old| format!("A new branch, “{}”: what came after stays in “{}”.", branch.name, old.name))
        };
        match text {
            Some(text) => self.say(ctx, text, false),
            None => self.notice = None,
        }
    }

    /// What a key asks for that has nothing to do with where the focus is, unless text is being typed there.
    pub(super) fn tree_key(&self, e: &KeyboardEvent) -> Option<Wish> {
        if platform::is_text(e.target()) || self.help || e.alt_key() {
            return None;
        }
        let key = e.key();
        let control = e.ctrl_key() || e.meta_key();
        match (control, key.as_str()) {
            (true, "z") if !e.shift_key() => Some(Wish::Undo),
            (true, "z" | "Z" | "y") => Some(Wish::Redo),
            (false, "[") => Some(Wish::Next(false)),
            (false, "]") => Some(Wish::Next(true)),
            _ => None,
        }
    }

    /// Marks in the upper diagram what differs, and paints the lower one.
    pub(super) fn paint_other(&self, session: &Session, scene: &mut Scene, view: &View) {
        let Some(compare) = session.compare() else { return };
        mark(compare, 0, session.run(), session.index(), scene, view);
        let Some(canvas) = self.other.cast::<HtmlCanvasElement>() else { return };
        let Some((ctx, w, h, scale)) = platform::fit_canvas(&canvas) else { return };
        if w < 2.0 || h < 2.0 {
            return;
        }
        let (width, height) = (w as f32, h as f32);
        let lit = compare.run.blamed();
        let mut below = View { width, height, focus: compare.hover, chosen: [None, None], lit, ..view.clone() };
        let now_us = compare.now_us(session.view_us());
        if view.axis == Axis::Story || compare.own_us.is_some() {
            // Each run has a story of its own: both are looked at around the same time, or each around the one of its clock.
            let now = compare.index.units_now(view.axis, compare.run.trace(), compare.frame.event, now_us);
            let off = now - session.now_units();
            (below.from, below.to) = (view.from + off, view.to + off);
            below.now_us = below.now_us.map(|_| now_us as u64);
        }
        let mut scene = lay_out(&compare.run, &compare.index, &below, &compare.frame);
        mark(compare, 1, &compare.run, &compare.index, &mut scene, &below);
        paint(&ctx, &scene, self.theme, scale);
        *self.other_scene.0.borrow_mut() = scene;
    }
}

fn mark(
    compare: &Compare,
    side: usize,
    run: &lightcone_core::engine::Run,
    index: &lightcone_core::views::diagram::Index,
    scene: &mut Scene,
    view: &View,
) {
    if let Some(first) = compare.first {
        mark_difference(scene, run, index, view, first, &compare.alone[side]);
    }
}

fn in_tree(s: &mut Session, wish: Wish) -> Result<(), lightcone_core::base::json::InputError> {
    match wish {
        Wish::Enter(id) => s.enter(id),
        Wish::Next(below) => {
            if let Some(id) = s.tree().neighbour(below) {
                s.enter(id);
            }
        }
        Wish::Copy => s.copy_branch(),
        Wish::Rename(id, name) => s.rename(id, &name),
        Wish::Delete(id) => s.delete(id),
        Wish::Compare(other) => s.compare_with(other),
        Wish::Beside(beside) => return s.compare_beside(beside),
        Wish::ToDifference => s.show_difference(),
        Wish::OtherClock(clock) => s.set_other_clock(clock),
        Wish::Move(index, millis) => return s.move_act(index, &millis),
        Wish::Change(index, json) => return s.change_act(index, &json),
        Wish::Duplicate(index) => return s.duplicate_act(index),
        Wish::Remove(index) => return s.remove_act(index),
        Wish::Add(millis, json) => return s.add_act(&millis, &json),
        Wish::Undo | Wish::Redo | Wish::Seed(_) => unreachable!("these concern more than the tree"),
    }
    Ok(())
}
