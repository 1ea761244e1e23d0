//! What is cut off: functions that are named, and those that only they need.

use crate::read::Program;
use std::collections::{BTreeMap, BTreeSet};

/// Which functions are loaded later, by the modules in their names.
pub struct Later {
    /// The module whose children are meant, such as `lightcone_core::labs::`; empty for none.
    pub parent: String,
    /// Children that stay.
    pub stay: Vec<String>,
    /// Further parts of names that are loaded later.
    pub also: Vec<String>,
    /// Parts of names that stay whatever else they name.
    pub never: Vec<String>,
    /// Parts of names of functions that are loaded later and that what stays may call all the same: it makes sure that
    /// they are there.
    pub gates: Vec<String>,
}

impl Later {
    /// Whether a function with this name is named to be loaded later.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        if self.never.iter().any(|part| name.contains(part.as_str())) {
            return false;
        }
        if self.parent.is_empty() {
            return self.also.iter().any(|part| name.contains(part.as_str()));
        }
        let mut children = name.match_indices(&self.parent).filter_map(|(at, _)| {
            let rest = &name[at + self.parent.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
            // `labs::find` and `labs::open::<…>` are functions of the parent, `labs::some_lab::…` is in a child.
            (rest[end..].starts_with("::") && !rest[end..].starts_with("::<")).then(|| &rest[..end])
        });
        children.any(|child| !self.stay.iter().any(|stays| stays == child))
            || self.also.iter().any(|part| name.contains(part.as_str()))
    }
}

/// Where everything goes.
pub struct Plan {
    /// Functions that are loaded later.
    pub later: BTreeSet<u32>,
    /// What the later file puts into the table: the function at each place.
    pub places: BTreeMap<u32, u32>,
    /// A place for each of these functions that is called by name from what stays.
    pub called: BTreeMap<u32, u32>,
    /// Functions that stay and are called from what is loaded later.
    pub shared: BTreeSet<u32>,
    /// Size of the table that all of them need.
    pub table: u32,
}

/// A function that stays and calls by name what is loaded later and is no gate, with the name of that.
#[must_use]
pub fn unguarded<'a>(program: &'a Program, plan: &Plan, later: &Later) -> Option<(&'a str, &'a str)> {
    let name = |f: u32| program.names.get(&f).map_or("a function without a name", String::as_str);
    let gate = |f: u32| later.gates.iter().any(|part| name(f).contains(part.as_str()));
    let stays = (program.imported..program.types.len() as u32).filter(|f| !plan.later.contains(f));
    let mut calls = stays.flat_map(|f| program.calls_of(f).map(move |called| (f, called)));
    let found = calls.find(|&(_, called)| plan.called.contains_key(&called) && !gate(called));
    found.map(|(caller, called)| (name(caller), name(called)))
}

/// Works out what is loaded later.
#[must_use]
pub fn plan(program: &Program, later: &Later) -> Plan {
    let named = |f: &u32| program.names.get(f).is_some_and(|name| later.names(name)) && !program.open.contains(f);
    let roots = program.open.iter().chain(program.places.values()).copied().filter(|f| !named(f));
    let mut stays: BTreeSet<u32> = BTreeSet::new();
    let mut todo: Vec<u32> = roots.collect();
    while let Some(function) = todo.pop() {
        if stays.insert(function) {
            todo.extend(program.calls_of(function).filter(|f| !named(f)));
        }
    }
    let own = program.imported..program.types.len() as u32;
    let cut: BTreeSet<u32> = own.filter(|f| !stays.contains(f)).collect();
    let mut table = program.tables.first().map_or(0, |t| t.initial as u32);
    let mut places: BTreeMap<u32, u32> =
        program.places.iter().filter(|(_, f)| cut.contains(f)).map(|(place, f)| (*place, *f)).collect();
    let place_of: BTreeMap<u32, u32> = places.iter().map(|(place, f)| (*f, *place)).collect();
    let mut called = BTreeMap::new();
    for function in stays.iter().flat_map(|&f| program.calls_of(f)).filter(|f| cut.contains(f)) {
        called.entry(function).or_insert_with(|| {
            place_of.get(&function).copied().unwrap_or_else(|| {
                places.insert(table, function);
                table += 1;
                table - 1
            })
        });
    }
    let shared = cut.iter().flat_map(|&f| program.calls_of(f)).filter(|f| !cut.contains(f)).collect();
    Plan { later: cut, places, called, shared, table }
}
