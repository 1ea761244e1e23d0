//! SVG to PNG, and PDF, with the project's own typeface and no other.

use crate::terminal::{Failure, unusable};
use lightcone_core::views::export::picture::pdf::Faces;
use resvg::{tiny_skia, usvg};
use std::sync::Arc;

static REGULAR: &[u8] = include_bytes!("../../static/fonts/lightcone-sans-400.ttf");
static SEMIBOLD: &[u8] = include_bytes!("../../static/fonts/lightcone-sans-600.ttf");

/// The typeface, for a PDF that brings it along.
pub(crate) const FACES: Faces = Faces { regular: REGULAR, semibold: SEMIBOLD };

/// Largest picture, in pixels a side: what common viewers still open.
const SIDE_PX_MAX: f32 = 16_384.0;

/// Paints an SVG.
pub(crate) fn png(svg: &str, scale: f32) -> Result<Vec<u8>, Failure> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMIBOLD.to_vec());
    let options =
        usvg::Options { fontdb: Arc::new(fonts), font_family: "Lightcone Sans".into(), ..usvg::Options::default() };
    let tree =
        usvg::Tree::from_str(svg, &options).map_err(|e| unusable(format!("the picture cannot be painted: {e}")))?;
    let (w, h) = (tree.size().width() * scale, tree.size().height() * scale);
    if w > SIDE_PX_MAX || h > SIDE_PX_MAX {
        return Err(unusable(format!("a PNG has at most {SIDE_PX_MAX} pixels a side, this would be {w} by {h}")));
    }
    let mut pixmap =
        tiny_skia::Pixmap::new(w.ceil() as u32, h.ceil() as u32).ok_or_else(|| unusable("the picture has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|e| unusable(format!("the picture cannot be written: {e}")))
}
