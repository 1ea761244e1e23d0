//! A document for LaTeX that draws a picture with TikZ, and needs nothing but the class `article` and the package `tikz`.
//!
//! TeX has other letters than the layout measured. So each text is told how much room it has, and is pressed together where it
//! would take more: nothing is cut off, and nothing lies on anything else.

use super::{HALO, HATCH_WIDTH, degrees, hatch, scale, tex_text};
use crate::views::diagram::font;
use crate::views::diagram::scene::{Anchor, Item, Point, Rect, Scene, Shape};
use crate::views::diagram::svg::n;
use crate::views::diagram::theme::{Ink, Theme};
use crate::views::export::one_line;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Fonts that are there in every size, texts with their room, the paper around them, and what cannot be written.
const MACROS: &str = r"
\DeclareFontFamily{OT1}{lightcone}{}
\DeclareFontShape{OT1}{lightcone}{m}{n}{<-8.5>cmss8<8.5-9.5>cmss9<9.5-11>cmss10<11-15>cmss12<15->cmss17}{}
\DeclareFontShape{OT1}{lightcone}{b}{n}{<->cmssbx10}{}
\DeclareFontShape{OML}{cmm}{m}{it}{<->cmmi10}{}
\DeclareFontShape{OMS}{cmsy}{m}{n}{<->cmsy10}{}
% A text that would be wider than its room is pressed together.
\newcommand\lcfit[2]{\sbox0{#2}\ifdim\wd0>#1bp\relax\resizebox{#1bp}{\height}{\usebox0}\else\usebox0\fi}
% [options]{place}{m or b}{size}{room}{text}
\newcommand\lctext[6][]{\node[inner sep=0pt,outer sep=0pt,anchor=base west,#1] at (#2)
  {\fontsize{#4bp}{#4bp}\usefont{OT1}{lightcone}{#3}{n}\lcfit{#5}{#6}};}
% The same with the paper around its letters, where the engine can do that.
\newcommand\lchalo[6][]{\lctext[#1]{#2}{#3}{#4}{#5}{\rlap{\color{lcpaper}\lcstroke{#6}}#6}}
\ifdefined\pdfliteral
  \newcommand\lcstroke[1]{\pdfliteral direct{1 Tr \lchalowidth\space w 1 j 1 J}#1\pdfliteral direct{0 Tr}}
\else\ifdefined\pdfextension
  \newcommand\lcstroke[1]{\pdfextension literal direct{1 Tr \lchalowidth\space w 1 j 1 J}#1\pdfextension literal direct{0 Tr}}
\else
  \newcommand\lcstroke[1]{}
\fi\fi
% A character that the fonts of OT1 do not have, by its number in Unicode.
\newcommand\lcunknown[1]{{\fontsize{5bp}{5bp}\selectfont U+#1}}
";

/// Writes a scene as a document of one page that is as large as the picture.
#[must_use]
pub fn write(scene: &Scene, theme: Theme, title: &str) -> String {
    let by = scale(scene);
    let (w, h) = (n(scene.width * by), n(scene.height * by));
    let mut out = format!("% {}\n", one_line(title));
    out += "% Drawn by Lightcone. pdflatex makes one page that is as large as the picture; to put it into a text of yours, copy the\n\
            % lines between the rulers into its preamble, and the tikzpicture to where it belongs.\n\
            \\documentclass{article}\n\\usepackage{tikz}\n\\pagestyle{empty}\n";
    let _ = writeln!(out, "\\setlength\\paperwidth{{{w}bp}}\\setlength\\paperheight{{{h}bp}}");
    out += "\\ifdefined\\pdfpagewidth\\pdfpagewidth=\\paperwidth\\pdfpageheight=\\paperheight\\fi\n\
            \\ifdefined\\pagewidth\\pagewidth=\\paperwidth\\pageheight=\\paperheight\\fi\n\
            \\hoffset=-1in \\voffset=-1in \\oddsidemargin=0pt \\topmargin=0pt \\headheight=0pt \\headsep=0pt \\footskip=0pt\n\
            \\topskip=0pt \\parindent=0pt \\textwidth=\\paperwidth \\textheight=\\paperheight \\maxdepth=0pt\n\
            % ---------------------------------------------------------------------------------------";
    out += MACROS;
    let _ = writeln!(out, "\\newcommand\\lchalowidth{{{}}}", n(HALO * by));
    let _ = writeln!(out, "\\definecolor{{lcpaper}}{{HTML}}{{{}}}", html(theme, Ink::Paper));
    let inks: BTreeSet<String> = scene.items.iter().map(|item| html(theme, item.ink)).collect();
    for ink in inks.into_iter().chain([html(theme, Ink::Hatch)]) {
        let _ = writeln!(out, "\\definecolor{{lc{ink}}}{{HTML}}{{{ink}}}");
    }
    out += "% ---------------------------------------------------------------------------------------\n\\begin{document}%\n";
    let _ = writeln!(out, "\\begin{{tikzpicture}}[x=1bp,y=-1bp,line join=round]");
    let _ = writeln!(out, "\\useasboundingbox (0,0) rectangle ({w},{h});");
    let _ = writeln!(out, "\\fill[lcpaper] (0,0) rectangle ({w},{h});");
    let pen = Pen { by, theme };
    let mut clipped = false;
    for item in &scene.items {
        if item.clipped != clipped && scene.clip.is_some() {
            clipped = item.clipped;
            match scene.clip.filter(|_| clipped) {
                Some(clip) => {
                    let _ = writeln!(out, "\\begin{{scope}}\\clip {};", pen.rect(&clip));
                }
                None => out += "\\end{scope}\n",
            }
        }
        out += &pen.item(item);
    }
    if clipped {
        out += "\\end{scope}\n";
    }
    out + "\\end{tikzpicture}%\n\\end{document}\n"
}

/// A colour as TeX has it.
fn html(theme: Theme, ink: Ink) -> String {
    theme.hex(ink).trim_start_matches('#').to_uppercase()
}

struct Pen {
    /// Points for a unit of the scene.
    by: f32,
    theme: Theme,
}

impl Pen {
    fn n(&self, value: f32) -> String {
        n(value * self.by)
    }

    fn at(&self, p: Point) -> String {
        format!("({},{})", self.n(p.0), self.n(p.1))
    }

    fn rect(&self, r: &Rect) -> String {
        format!("{} rectangle {}", self.at((r.x, r.y)), self.at((r.x + r.w, r.y + r.h)))
    }

    fn path(&self, points: &[Point]) -> String {
        points.iter().map(|p| self.at(*p)).collect::<Vec<_>>().join("--")
    }

    fn item(&self, item: &Item) -> String {
        let ink = format!("lc{}", html(self.theme, item.ink));
        let alpha = if item.alpha < 0.995 { format!(",opacity={}", n(item.alpha)) } else { String::new() };
        let stroke = |width: f32| format!("{ink},line width={}bp{alpha}", self.n(width));
        match &item.shape {
            Shape::Line { from, to, width, dash } => {
                let dash = dash.map_or(String::new(), |(on, off)| {
                    format!(",dash pattern=on {}bp off {}bp", self.n(on), self.n(off))
                });
                format!("\\draw[{}{dash}] {}--{};\n", stroke(*width), self.at(*from), self.at(*to))
            }
            Shape::Fill(r) => format!("\\fill[{ink}{alpha}] {};\n", self.rect(r)),
            Shape::Hatched(r) => {
                let hatch_ink = html(self.theme, Ink::Hatch);
                let lines: Vec<String> =
                    hatch(r).iter().map(|(a, b)| format!(" {}--{}", self.at(*a), self.at(*b))).collect();
                format!(
                    "\\begin{{scope}}\\clip {};\\draw[lc{hatch_ink},line width={}bp{alpha}]{};\\end{{scope}}\n",
                    self.rect(r),
                    self.n(HATCH_WIDTH),
                    lines.concat()
                )
            }
            Shape::Polygon(p) => format!("\\fill[{ink}{alpha}] {}--cycle;\n", self.path(p)),
            Shape::Outline { points, width } => {
                format!("\\filldraw[fill=lcpaper,draw={}] {}--cycle;\n", stroke(*width), self.path(points))
            }
            Shape::Disc { at, r } => {
                format!("\\fill[{ink}{alpha}] {} circle[radius={}bp];\n", self.at(*at), self.n(*r))
            }
            Shape::Ring { at, r, width, filled } => {
                let fill = if *filled { "fill=lcpaper," } else { "" };
                let (at, r) = (self.at(*at), self.n(*r));
                format!("\\draw[{fill}draw={}] {at} circle[radius={r}bp];\n", stroke(*width))
            }
            Shape::Path { points, width } => format!("\\draw[{}] {};\n", stroke(*width), self.path(points)),
            Shape::Text { at, size, bold, anchor, text, halo, along } => {
                let mut options = format!("text={ink}");
                options += match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => ",anchor=base",
                    Anchor::End => ",anchor=base east",
                };
                let turn = degrees(*along);
                if turn != 0.0 {
                    let _ = write!(options, ",rotate={}", n(-turn));
                }
                if !alpha.is_empty() {
                    let _ = write!(options, ",text {}", alpha.trim_start_matches(','));
                }
                let room = self.n(font::text_width(text, *size, *bold).max(1.0));
                let (command, weight) = (if *halo { "lchalo" } else { "lctext" }, if *bold { 'b' } else { 'm' });
                let place = format!("{},{}", self.n(at.0), self.n(at.1));
                let words = tex_text::escape(text);
                format!("\\{command}[{options}]{{{place}}}{{{weight}}}{{{}}}{{{room}}}{{{words}}}\n", self.n(*size))
            }
        }
    }
}
