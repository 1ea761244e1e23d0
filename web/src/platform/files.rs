//! Files that a person has chosen: held here, so that the model need only know a number.

use crate::model::memory::FileId;
use std::cell::RefCell;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

thread_local! {
    static HELD: RefCell<Vec<Option<File>>> = const { RefCell::new(Vec::new()) };
}

/// Holds a file, until it is let go.
pub(crate) fn hold(file: File) -> FileId {
    HELD.with_borrow_mut(|held| {
        held.push(Some(file));
        FileId(held.len() as u32 - 1)
    })
}

/// Lets a file go: nobody will ask for it again.
pub(crate) fn release(id: FileId) {
    HELD.with_borrow_mut(|held| held[id.0 as usize] = None);
}

fn held(id: FileId) -> Option<File> {
    HELD.with_borrow(|held| held[id.0 as usize].clone())
}

/// The name of a file, and its size in bytes.
pub(crate) fn name_and_size(id: FileId) -> (String, f64) {
    held(id).map_or((String::new(), 0.0), |file| (file.name(), file.size()))
}

/// Reads a piece of a file, from one byte to before another one; nothing, where it cannot be read.
pub(crate) fn read_piece(id: FileId, from: f64, to: f64, then: impl FnOnce(Option<Vec<u8>>) + 'static) {
    spawn_local(async move { then(piece(id, from, to).await) });
}

async fn piece(id: FileId, from: f64, to: f64) -> Option<Vec<u8>> {
    let piece = held(id)?.slice_with_f64_and_f64(from, to).ok()?;
    let buffer = JsFuture::from(piece.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Reads a file as text; nothing, where it is none.
pub(crate) fn read_file(id: FileId, then: impl FnOnce(Option<String>) + 'static) {
    spawn_local(async move { then(text(id).await) });
}

async fn text(id: FileId) -> Option<String> {
    JsFuture::from(held(id)?.text()).await.ok()?.as_string()
}
