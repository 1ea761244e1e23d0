//! What the page keeps of a tree for a reload: all branches, the moment, the view. Only the page reads this;
//! a scenario file stays a scenario file.

use super::{Branch, Tree};
use lightcone_core::base::json::{Doc, InputError, JsonObject, list};
use lightcone_core::labs;
use std::rc::Rc;

/// The value of `format`.
const FORMAT: &str = "lightcone-tree/1";
/// Largest number of a branch or a record that is read.
const NUMBER_MAX: u64 = u32::MAX as u64 - 2;

/// A tree with the moment that was shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Saved {
    /// The part of the address after `#` that belongs to it.
    pub hash: String,
    /// The branches.
    pub tree: Tree,
    /// The time shown, in microseconds.
    pub at_us: u64,
    /// Number of records before the cursor.
    pub position: u32,
    /// The view, in pairs of key and value.
    pub look: Vec<(String, String)>,
}

impl Saved {
    /// As JSON text.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        let branch = |b: &Branch| {
            let mut o = JsonObject::new();
            o.int("id", b.id).text("name", &b.name);
            if let Some(parent) = b.parent {
                o.int("parent", parent);
            }
            o.int("at_us", b.at_us).int("record", b.record).int("known", b.known);
            o.text("scenario", &b.scenario.to_json_line()).end()
        };
        let mut look = JsonObject::new();
        for (key, value) in &self.look {
            look.text(key, value);
        }
        let mut o = JsonObject::new();
        o.text("format", FORMAT).text("hash", &self.hash);
        o.int("at_us", self.at_us).int("position", self.position).int("current", self.tree.current);
        if let Some(builtin) = self.tree.builtin {
            o.text("builtin", builtin);
        }
        o.text("origin", &self.tree.origin.to_json_line()).raw("look", &look.end());
        o.raw("branches", &list(self.tree.branches.iter().map(branch))).end()
    }

    /// Reads what [`Saved::to_json`] wrote.
    ///
    /// # Errors
    /// When it is something else, or of another version of the page.
    pub(crate) fn parse(text: &str) -> Result<Saved, InputError> {
        let doc = Doc::parse(text)?;
        let mut o = doc.object()?;
        let format = o.need("format")?;
        if format.string()? != FORMAT {
            return format.error("this was kept by another version of the page");
        }
        let hash = o.need("hash")?.string()?;
        let at_us = o.need("at_us")?.int(0, u64::MAX)?;
        let position = o.need("position")?.int(0, NUMBER_MAX)? as u32;
        let current = o.need("current")?.int(0, NUMBER_MAX)? as u32;
        let builtin = o.take("builtin").map(|b| b.string()).transpose()?;
        let origin = labs::parse(&o.need("origin")?.string()?)?;
        let mut look_doc = o.need("look")?.object()?;
        let mut look = Vec::new();
        for key in look_doc.keys() {
            let value = look_doc.need(&key)?.string()?;
            look.push((key, value));
        }
        let branches_doc = o.need("branches")?;
        let branches = read_branches(&branches_doc)?;
        let known = |id| branches.iter().any(|b| b.id == id);
        if !known(current) || branches.iter().any(|b| b.scenario.lab.spec().id != origin.lab.spec().id) {
            return branches_doc.error("these branches do not belong together");
        }
        let spec = origin.lab.spec();
        let builtin = builtin.and_then(|id| spec.scenario(&id)).map(|b| b.id);
        let next = branches.iter().map(|b| b.id).max().unwrap_or(0) + 1;
        let tree = Tree { branches, current, next, builtin, origin: Rc::new(origin) };
        Ok(Saved { hash, tree, at_us, position, look })
    }
}

/// Every branch after the one that it left, so that the tree has no circles.
fn read_branches(doc: &Doc<'_>) -> Result<Vec<Branch>, InputError> {
    let mut branches: Vec<Branch> = Vec::new();
    for item in doc.list()? {
        let mut o = item.object()?;
        let id = o.need("id")?.int(0, NUMBER_MAX)? as u32;
        let parent = o.take("parent").map(|p| p.int(0, NUMBER_MAX)).transpose()?.map(|p| p as u32);
        let knows = |id| branches.iter().any(|b| b.id == id);
        if knows(id) || parent.is_some_and(|p| !knows(p)) {
            return item.error("a branch comes once, and after the one that it left");
        }
        branches.push(Branch {
            id,
            name: o.need("name")?.string()?,
            parent,
            at_us: o.need("at_us")?.int(0, u64::MAX)?,
            record: o.need("record")?.int(0, NUMBER_MAX)? as u32,
            known: o.need("known")?.int(0, NUMBER_MAX)? as u32,
            scenario: Rc::new(labs::parse(&o.need("scenario")?.string()?)?),
        });
    }
    Ok(branches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::first_scenario;

    #[test]
    fn what_was_kept_is_read_again_and_nothing_else_is() {
        let mut tree = Tree::new(&first_scenario(), Some("textbook"));
        tree.fork("an \"odd\" näme", 20_000, 7);
        tree.enter(0);
        tree.fork("other", 30_000, 9);
        let look = vec![("l".to_string(), "vector".to_string())];
        let saved = Saved { hash: "s=x&t=1".into(), tree, at_us: 31_000, position: 9, look };
        let text = saved.to_json();
        assert_eq!(Saved::parse(&text), Ok(saved));
        for (from, to) in [("tree/1", "tree/2"), ("\"current\":2", "\"current\":7"), ("\"parent\":0", "\"parent\":9")] {
            assert!(text.contains(from));
            assert!(Saved::parse(&text.replace(from, to)).is_err(), "{from} → {to}");
        }
        for cut in (0..text.len()).filter(|&i| text.is_char_boundary(i)) {
            assert!(Saved::parse(&text[..cut]).is_err());
        }
    }
}
