//! A page of PDF, as large as the picture, whose text is text: the typeface is inside, and each character can be found again.
//!
//! The typeface is brought by whoever asks, so that this holds no files.

use super::{HALO, HATCH_WIDTH, hatch, scale, share_before};
use crate::views::diagram::font;
use crate::views::diagram::scene::{Item, Point, Rect, Scene, Shape};
use crate::views::diagram::theme::{Ink, Theme};
use pdf_writer::types::{
    CidFontType, FontFlags, LineCapStyle, LineJoinStyle, SystemInfo, TextRenderingMode, UnicodeCmap,
};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Ref, Str, TextStr};
use std::collections::{BTreeMap, BTreeSet};

/// The files of the typeface.
#[derive(Clone, Copy, Debug)]
pub struct Faces<'a> {
    /// Weight 400, as TrueType.
    pub regular: &'a [u8],
    /// Weight 600, as TrueType.
    pub semibold: &'a [u8],
}

/// What to draw a circle with: four curves whose handles are this part of the radius long.
const HANDLE: f32 = 0.552_285;
/// Objects of a face: the font, its glyphs, its measures, its file, its characters, and which glyph each of them has.
const OBJECTS_A_FACE: i32 = 6;

/// A face with the characters that a picture uses of it, numbered from 1.
struct Face<'a> {
    bold: bool,
    file: &'a [u8],
    codes: BTreeMap<char, u16>,
}

impl Face<'_> {
    fn name(&self) -> Name<'static> {
        if self.bold { Name(b"F2") } else { Name(b"F1") }
    }

    fn base_name(&self) -> Name<'static> {
        if self.bold { Name(b"LightconeSans-SemiBold") } else { Name(b"LightconeSans") }
    }

    /// A text as codes of two bytes.
    fn encode(&self, text: &str) -> Vec<u8> {
        text.chars().filter_map(|c| self.codes.get(&c)).flat_map(|code| code.to_be_bytes()).collect()
    }
}

/// Writes a scene as a document of one page.
#[must_use]
pub fn write(scene: &Scene, theme: Theme, title: &str, faces: Faces) -> Vec<u8> {
    let by = scale(scene);
    let (catalog, pages, page_id, content_id, info) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
    let faces: Vec<(Face, i32)> = used(scene, faces).into_iter().zip((6..).step_by(OBJECTS_A_FACE as usize)).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page_id]).count(1);
    pdf.document_info(info).title(TextStr(title)).creator(TextStr("Lightcone"));
    let mut page = pdf.page(page_id);
    // In hundredths of a point, as in the other forms: a slide has 960 by 540.
    let points = |units: f32| (units * by * 100.0).round() / 100.0;
    page.media_box(pdf_writer::Rect::new(0.0, 0.0, points(scene.width), points(scene.height)));
    page.parent(pages).contents(content_id);
    let mut resources = page.resources();
    let mut fonts = resources.fonts();
    for (face, first) in &faces {
        fonts.pair(face.name(), Ref::new(*first));
    }
    fonts.finish();
    let mut states = resources.ext_g_states();
    let alphas: BTreeSet<u8> = scene.items.iter().map(|item| hundredths(item.alpha)).collect();
    for alpha in alphas {
        let mut state =
            states.insert(Name(state_name(alpha).as_bytes())).start::<pdf_writer::writers::ExtGraphicsState>();
        state.non_stroking_alpha(f32::from(alpha) / 100.0).stroking_alpha(f32::from(alpha) / 100.0);
    }
    states.finish();
    resources.finish();
    page.finish();
    let content = draw(scene, theme, by, &faces);
    pdf.stream(content_id, &content);
    for (face, first) in &faces {
        embed(&mut pdf, face, *first);
    }
    pdf.finish()
}

/// The faces that a picture uses, with their characters.
fn used<'a>(scene: &Scene, faces: Faces<'a>) -> Vec<Face<'a>> {
    let mut found = Vec::new();
    for (bold, file) in [(false, faces.regular), (true, faces.semibold)] {
        let texts = scene.items.iter().filter_map(|item| match &item.shape {
            Shape::Text { text, bold: b, .. } if *b == bold => Some(text),
            _ => None,
        });
        let chars: BTreeSet<char> = texts.flat_map(|text| text.chars()).filter(|c| !c.is_control()).collect();
        if !chars.is_empty() {
            found.push(Face { bold, file, codes: chars.into_iter().zip(1..).collect() });
        }
    }
    found
}

/// Puts a face into the file. A character that it does not have is drawn as the box for that, and can be found all the same.
fn embed(pdf: &mut Pdf, face: &Face, first: i32) {
    let [font_id, cid_id, descriptor_id, file_id, cmap_id, map_id] = [0, 1, 2, 3, 4, 5].map(|i| Ref::new(first + i));
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
    pdf.type0_font(font_id)
        .base_font(face.base_name())
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid_id)
        .to_unicode(cmap_id);
    let mut cid = pdf.cid_font(cid_id);
    cid.subtype(CidFontType::Type2).base_font(face.base_name()).system_info(system);
    cid.font_descriptor(descriptor_id).default_width(1000.0).cid_to_gid_map_stream(map_id);
    cid.widths().consecutive(1, face.codes.keys().map(|&c| font::advance(c, face.bold) as f32));
    cid.finish();
    let read = ttf_parser::Face::parse(face.file, 0).ok();
    let bounds = read.as_ref().map(ttf_parser::Face::global_bounding_box);
    let mut descriptor = pdf.font_descriptor(descriptor_id);
    descriptor.name(face.base_name()).flags(FontFlags::NON_SYMBOLIC).italic_angle(0.0);
    descriptor.ascent(font::ASCENT as f32).descent(-(font::DESCENT as f32)).cap_height(font::CAP_HEIGHT as f32);
    descriptor.stem_v(if face.bold { 120.0 } else { 80.0 }).font_file2(file_id);
    if let Some(b) = bounds {
        descriptor.bbox(pdf_writer::Rect::new(b.x_min.into(), b.y_min.into(), b.x_max.into(), b.y_max.into()));
    }
    descriptor.finish();
    pdf.stream(file_id, face.file).pair(Name(b"Length1"), face.file.len() as i32);
    let mut cmap = UnicodeCmap::<u16>::new(Name(b"Lightcone"), system);
    face.codes.iter().for_each(|(c, code)| cmap.pair(*code, *c));
    pdf.cmap(cmap_id, &cmap.finish());
    // Code 0 is no character.
    let glyph = |c: char| read.as_ref().and_then(|read| read.glyph_index(c)).map_or(0, |glyph| glyph.0);
    let map: Vec<u8> =
        std::iter::once(0).chain(face.codes.keys().map(|&c| glyph(c))).flat_map(u16::to_be_bytes).collect();
    // In hexadecimal, so that the file is text but for the typeface.
    let hex: String = map.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + ">";
    pdf.stream(map_id, hex.as_bytes()).filter(Filter::AsciiHexDecode);
}

fn hundredths(alpha: f32) -> u8 {
    (alpha.clamp(0.0, 1.0) * 100.0).round() as u8
}

fn state_name(alpha: u8) -> String {
    format!("A{alpha}")
}

/// The page's content: in units of the scene, from its top left.
fn draw(scene: &Scene, theme: Theme, by: f32, faces: &[(Face, i32)]) -> Vec<u8> {
    let mut content = Content::new();
    content.transform([by, 0.0, 0.0, -by, 0.0, scene.height * by]);
    content.set_line_join(LineJoinStyle::RoundJoin);
    let (mut pen, mut clipped) = (Pen { content, theme, faces, alpha: 100 }, false);
    pen.fill(Ink::Paper);
    pen.content.rect(0.0, 0.0, scene.width, scene.height).fill_nonzero();
    for item in &scene.items {
        if item.clipped != clipped {
            clipped = item.clipped;
            match scene.clip.filter(|_| clipped) {
                Some(clip) => pen.clip(&clip),
                None if scene.clip.is_some() => pen.end_clip(),
                None => {}
            }
        }
        pen.item(item);
    }
    if clipped && scene.clip.is_some() {
        pen.end_clip();
    }
    pen.content.finish().into_vec()
}

struct Pen<'a> {
    content: Content,
    theme: Theme,
    faces: &'a [(Face<'a>, i32)],
    /// The alpha that holds, in hundredths.
    alpha: u8,
}

impl Pen<'_> {
    fn rgb(&self, ink: Ink) -> [f32; 3] {
        let hex = self.theme.hex(ink);
        [1, 3, 5]
            .map(|i| hex.get(i..i + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).map_or(0.0, f32::from) / 255.0)
    }

    fn fill(&mut self, ink: Ink) {
        let [r, g, b] = self.rgb(ink);
        self.content.set_fill_rgb(r, g, b);
    }

    fn stroke(&mut self, ink: Ink, width: f32) {
        let [r, g, b] = self.rgb(ink);
        self.content.set_stroke_rgb(r, g, b).set_line_width(width);
    }

    fn clip(&mut self, r: &Rect) {
        self.content.save_state();
        self.content.rect(r.x, r.y, r.w, r.h).clip_nonzero().end_path();
    }

    fn end_clip(&mut self) {
        self.content.restore_state();
        // What held before the clipping holds again; nobody remembers what that was.
        self.alpha = u8::MAX;
    }

    fn path(&mut self, points: &[Point]) {
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 {
                self.content.move_to(x, y)
            } else {
                self.content.line_to(x, y)
            };
        }
    }

    fn circle(&mut self, (x, y): Point, r: f32) {
        let h = r * HANDLE;
        self.content.move_to(x + r, y);
        self.content.cubic_to(x + r, y + h, x + h, y + r, x, y + r);
        self.content.cubic_to(x - h, y + r, x - r, y + h, x - r, y);
        self.content.cubic_to(x - r, y - h, x - h, y - r, x, y - r);
        self.content.cubic_to(x + h, y - r, x + r, y - h, x + r, y);
        self.content.close_path();
    }

    fn item(&mut self, item: &Item) {
        let alpha = hundredths(item.alpha);
        if alpha != self.alpha {
            self.content.set_parameters(Name(state_name(alpha).as_bytes()));
            self.alpha = alpha;
        }
        match &item.shape {
            Shape::Line { from, to, width, dash } => {
                self.stroke(item.ink, *width);
                if let Some((on, off)) = dash {
                    self.content.set_dash_pattern([*on, *off], 0.0);
                }
                self.path(&[*from, *to]);
                self.content.stroke();
                if dash.is_some() {
                    self.content.set_dash_pattern([], 0.0);
                }
            }
            Shape::Fill(r) => {
                self.fill(item.ink);
                self.content.rect(r.x, r.y, r.w, r.h).fill_nonzero();
            }
            Shape::Hatched(r) => {
                self.clip(r);
                self.stroke(Ink::Hatch, HATCH_WIDTH);
                hatch(r).into_iter().for_each(|(a, b)| self.path(&[a, b]));
                self.content.stroke().restore_state();
            }
            Shape::Polygon(p) => {
                self.fill(item.ink);
                self.path(p);
                self.content.close_path().fill_nonzero();
            }
            Shape::Outline { points, width } => {
                self.fill(Ink::Paper);
                self.stroke(item.ink, *width);
                self.path(points);
                self.content.close_fill_nonzero_and_stroke();
            }
            Shape::Disc { at, r } => {
                self.fill(item.ink);
                self.circle(*at, *r);
                self.content.fill_nonzero();
            }
            Shape::Ring { at, r, width, filled } => {
                self.fill(Ink::Paper);
                self.stroke(item.ink, *width);
                self.circle(*at, *r);
                if *filled {
                    self.content.fill_nonzero_and_stroke()
                } else {
                    self.content.stroke()
                };
            }
            Shape::Path { points, width } => {
                self.stroke(item.ink, *width);
                self.path(points);
                self.content.stroke();
            }
            Shape::Text { .. } => self.text(item),
        }
    }

    fn text(&mut self, item: &Item) {
        let Shape::Text { at, size, bold, anchor, text, halo, along } = &item.shape else {
            unreachable!("only texts come here")
        };
        let faces = self.faces;
        let Some((face, _)) = faces.iter().find(|(face, _)| face.bold == *bold) else { return };
        let codes = face.encode(text);
        let (dx, dy) = along.unwrap_or((1.0, 0.0));
        let back = font::text_width(text, *size, *bold) * share_before(*anchor);
        // The page's y points down here, that of letters points up.
        let matrix = [dx, dy, dy, -dx, at.0 - back * dx, at.1 - back * dy];
        if *halo {
            // The paper around the letters is no text a second time.
            let mut mark = self.content.begin_marked_content_with_properties(Name(b"Span"));
            mark.properties().actual_text(TextStr(""));
            drop(mark);
            self.stroke(Ink::Paper, HALO);
            self.content.set_line_cap(LineCapStyle::RoundCap);
            self.content.begin_text().set_font(face.name(), *size);
            self.content.set_text_rendering_mode(TextRenderingMode::Stroke);
            self.content.set_text_matrix(matrix).show(Str(&codes));
            self.content.set_text_rendering_mode(TextRenderingMode::Fill).end_text();
            self.content.set_line_cap(LineCapStyle::ButtCap).end_marked_content();
        }
        self.fill(item.ink);
        self.content.begin_text().set_font(face.name(), *size).set_text_matrix(matrix).show(Str(&codes)).end_text();
    }
}
