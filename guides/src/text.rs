//! Markdown to HTML: paragraphs, lists, emphasis, code and links that stay on the page. Nothing else.

use crate::{Wrong, wrong};
use lightcone_core::views::guide::{EventRef, PANELS};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The text of a step. `line` is the line of its heading.
pub(crate) fn block(markdown: &str, line: usize) -> Result<String, Wrong> {
    let mut out = Vec::new();
    for (event, range) in Parser::new_ext(markdown, Options::empty()).into_offset_iter() {
        let here = line + 1 + markdown[..range.start].matches('\n').count();
        out.push(allowed(event, here)?);
    }
    let mut html = String::new();
    html::push_html(&mut html, out.into_iter());
    Ok(html.trim().to_string())
}

/// A sentence or two without a paragraph around them.
pub(crate) fn inline(markdown: &str, line: usize) -> Result<String, Wrong> {
    let html = block(markdown, line - 1)?;
    let inner = html.strip_prefix("<p>").and_then(|h| h.strip_suffix("</p>"));
    match inner.filter(|inner| !inner.contains("<p>")) {
        Some(inner) => Ok(inner.to_string()),
        None => wrong(line, "expected one paragraph of text"),
    }
}

/// What may stand in a guide; links become buttons that show what they speak of.
fn allowed(event: Event<'_>, line: usize) -> Result<Event<'_>, Wrong> {
    Ok(match event {
        Event::Start(Tag::Link { dest_url, .. }) => Event::InlineHtml(link(&dest_url, line)?),
        Event::End(TagEnd::Link) => Event::InlineHtml("</button>".into()),
        Event::Start(
            Tag::Paragraph
            | Tag::List(_)
            | Tag::Item
            | Tag::Emphasis
            | Tag::Strong
            | Tag::CodeBlock(_)
            | Tag::BlockQuote(_),
        )
        | Event::End(_)
        | Event::Text(_)
        | Event::Code(_)
        | Event::SoftBreak
        | Event::HardBreak => event,
        Event::Html(_) | Event::InlineHtml(_) => return wrong(line, "a guide holds no HTML"),
        _ => return wrong(line, "a guide holds paragraphs, lists, emphasis, code and links, nothing else"),
    })
}

fn link<'a>(to: &str, line: usize) -> Result<CowStr<'a>, Wrong> {
    let (attribute, value) = match to.split_once(':') {
        Some(("event", words)) => {
            EventRef::parse(words).or_else(|what| wrong(line, what))?;
            ("data-event", words)
        }
        Some(("panel", panel)) if PANELS.contains(&panel) => ("data-panel", panel),
        _ => {
            let panels = PANELS.join(", ");
            return wrong(line, format!("a link is <event:receive P2 #1> or panel: and one of {panels}, not {to}"));
        }
    };
    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    Ok(format!("<button type=\"button\" class=\"link\" {attribute}=\"{value}\">").into())
}
