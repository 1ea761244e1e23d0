//! Memory traces: files in pieces, work in slices, and what leaves the desk.

use super::{App, Msg};
use crate::model::command::{Command, Tab};
use crate::model::memory::FileId;
use crate::model::memory::{DeskModel, HEAD_BYTES, PIECE_BYTES, Piece, Wants, Wish, looks_like_trace};
use crate::platform;
use gloo_timers::callback::Timeout;
use lightcone_core::labs::LABS;
use lightcone_core::protocol::Lab;
use yew::prelude::*;

/// Milliseconds of work between two drawings.
const SLICE_MS: f64 = 8.0;

impl App {
    /// The desk as it is now.
    pub(super) fn desk(&self) -> DeskModel {
        self.desk.model()
    }

    /// Opens a file: by its beginning it is a memory trace, or else it is read as a text.
    pub(super) fn open_file(&mut self, ctx: &Context<Self>, file: FileId) {
        let link = ctx.link().clone();
        platform::read_piece(file, 0.0, HEAD_BYTES, move |head| {
            if head.is_some_and(|head| looks_like_trace(&head)) {
                return link.send_message(Msg::Do(Command::Memory(Wish::Open(vec![file]))));
            }
            platform::read_file(file, move |text| {
                platform::release(file);
                link.send_message(match text {
                    Some(text) => Msg::Do(Command::Open(text)),
                    None => Msg::Notice("This file cannot be read as text.".into(), true),
                });
            });
        });
    }

    /// Carries out a wish about a memory trace.
    pub(super) fn memory(&mut self, ctx: &Context<Self>, wish: Wish) {
        match wish {
            Wish::Open(files) => {
                let Some(&first) = files.first() else { return };
                self.show_memory(ctx);
                let ticket = if files.len() == 1 {
                    let (name, size) = platform::name_and_size(first);
                    self.desk.change(|d| d.open(name, size))
                } else {
                    let told = |file: FileId| {
                        let (name, size) = platform::name_and_size(file);
                        (file, name, size)
                    };
                    let files = files.into_iter().map(told).collect();
                    self.desk.change(|d| d.open_all(files))
                };
                fetch(ctx, first, ticket, 0.0);
            }
            Wish::Piece(Piece { file, ticket, from, bytes }) => {
                let wants = self.desk.change(|d| d.take(ticket, bytes.as_deref()));
                if wants == Wants::More {
                    let read = bytes.map_or(0, |bytes| bytes.len());
                    fetch(ctx, file, ticket, from + read as f64);
                } else {
                    platform::release(file);
                }
                if let Wants::Next(next) = wants {
                    fetch(ctx, next, ticket, 0.0);
                }
            }
            Wish::Work => {}
            Wish::Simulate => return self.simulate(ctx),
            Wish::CopyCounters => return self.copy_counters(ctx),
            Wish::Save => {
                return platform::save_text(&self.desk.read().accesses.text(), "memory-trace.txt", "text/plain");
            }
            Wish::SaveTable => {
                return platform::save_text(&self.desk.read().table_csv(), "memory-trace.csv", "text/csv");
            }
            other => self.desk.change(|d| d.carry_out(&other)),
        }
        let until = platform::now_ms() + SLICE_MS;
        if self.desk.change(|d| d.work(|| platform::now_ms() >= until)) {
            let link = ctx.link().clone();
            Timeout::new(0, move || link.send_message(Msg::Do(Command::Memory(Wish::Work)))).forget();
        }
    }

    /// Shows the desk, in a lab that has one.
    fn show_memory(&mut self, ctx: &Context<Self>) {
        let takes = |lab: &&'static dyn Lab| lab.capabilities().memory_trace.is_some();
        if !takes(&self.store.read().lab())
            && let Some(lab) = LABS.iter().copied().find(takes)
        {
            let spec = lab.spec();
            self.carry_out_opening(ctx, Command::Builtin(spec, spec.scenarios[0].id));
        }
        self.carry_out_opening(ctx, Command::Tab(Tab::Memory));
    }

    /// Opens the beginning of the trace as a scenario.
    fn simulate(&mut self, ctx: &Context<Self>) {
        let Some(make) = self.store.read().lab().capabilities().memory_trace else { return };
        let scenario = {
            let desk = self.desk.read();
            make(&desk.accesses, desk.shape)
        };
        match scenario {
            Ok(text) => {
                self.open_text(ctx, &text);
                self.show_tab(Tab::Lab);
            }
            Err(what) => self.say(ctx, format!("This cannot be simulated: {what}."), true),
        }
    }

    fn copy_counters(&self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        platform::copy(&self.desk.read().counters_json(), move |worked| {
            let text =
                if worked { "The counters are on the clipboard." } else { "The browser does not allow to copy." };
            link.send_message(Msg::Notice(text.into(), !worked));
        });
    }
}

/// Asks for the next piece of a file.
fn fetch(ctx: &Context<App>, file: FileId, ticket: u32, from: f64) {
    let link = ctx.link().clone();
    platform::read_piece(file, from, from + PIECE_BYTES, move |bytes| {
        let piece = Piece { file, ticket, from, bytes };
        link.send_message(Msg::Do(Command::Memory(Wish::Piece(piece))));
    });
}
