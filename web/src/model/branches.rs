//! The tree of branches: what was tried from the same beginning, each with a name and a future of its own.
//!
//! A branch is its scenario; the run that follows from it is kept alive or made again when it is entered.
//! Knows no Yew and no browser.

mod compare;
mod saved;

pub(crate) use compare::{Compare, Difference, OtherClock, only_in};
pub(crate) use saved::Saved;

use lightcone_core::scenario::Scenario;
use lightcone_core::tables::Value;
use lightcone_core::trace::PlannedAct;
use std::rc::Rc;

/// Number of a branch; never given twice in one tree.
pub(crate) type BranchId = u32;

/// Longest name, in characters: what fits into the bar at the foot and into one line of the tree.
pub(crate) const NAME_CHARS_MAX: usize = 60;
/// What the branch is called that everything begins with.
const FIRST_NAME: &str = "main";

/// What a person can ask of branches, of the list of acts and of the steps back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// Show another branch.
    Enter(BranchId),
    /// Show the next or the previous one.
    Next(bool),
    /// Make a branch here, with nothing changed yet.
    Copy,
    /// Give a branch another name.
    Rename(BranchId, String),
    /// Let go of a branch.
    Delete(BranchId),
    /// Compare a branch with the one that is shown, or with none.
    Compare(Option<BranchId>),
    /// Put another run beside the one that is shown: a branch of its own from the beginning.
    Beside(Beside),
    /// To the first event at which the two differ.
    ToDifference,
    /// Sets the clock of the other run.
    OtherClock(OtherClock),
    /// One change back.
    Undo,
    /// One change forward.
    Redo,
    /// Another seed.
    Seed(String),
    /// The act at a place of the list gets another time, in milliseconds.
    Move(usize, String),
    /// The act at a place is another one, as JSON.
    Change(usize, String),
    /// The act at a place is done a second time.
    Duplicate(usize),
    /// The act at a place is not done.
    Remove(usize),
    /// A new act: its time in milliseconds, and itself as JSON.
    Add(String, String),
}

/// Which run stands beside the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// The same with all rules as they should be.
    Sound,
    /// The same with a rule broken, or whole again.
    Switch(&'static str),
    /// Another scenario of the lab.
    Builtin(&'static str),
}

/// A branch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Branch {
    /// Its number.
    pub id: BranchId,
    /// Its name.
    pub name: String,
    /// What it left.
    pub parent: Option<BranchId>,
    /// When it left, in microseconds.
    pub at_us: u64,
    /// Number of records that it has in common with what it left.
    pub record: u32,
    /// Number of records that were made of it: what is known of its future.
    pub known: u32,
    /// What it follows from. Of the branch that is shown, the run has the newest.
    pub scenario: Rc<Scenario>,
}

/// All branches of what was opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    branches: Vec<Branch>,
    current: BranchId,
    next: BranchId,
    /// Id of the built-in scenario that this began with.
    pub builtin: Option<&'static str>,
    /// What was opened, before anything was done by hand.
    pub origin: Rc<Scenario>,
}

impl Tree {
    /// One branch: the scenario that was opened.
    #[must_use]
    pub(crate) fn new(scenario: &Scenario, builtin: Option<&'static str>) -> Tree {
        let origin = Rc::new(scenario.clone());
        let main = Branch {
            id: 0,
            name: FIRST_NAME.into(),
            parent: None,
            at_us: 0,
            record: 0,
            known: 0,
            scenario: Rc::clone(&origin),
        };
        Tree { branches: vec![main], current: 0, next: 1, builtin, origin }
    }

    /// All branches, in the order in which they were made.
    #[must_use]
    pub(crate) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch with a number.
    #[must_use]
    pub(crate) fn find(&self, id: BranchId) -> Option<&Branch> {
        self.branches.iter().find(|b| b.id == id)
    }

    /// The branch that is shown.
    ///
    /// # Panics
    /// Never: there always is one.
    #[must_use]
    pub(crate) fn current(&self) -> &Branch {
        self.find(self.current).expect("the branch that is shown is in the tree")
    }

    /// Branches as they stand in the tree, each below what it left, with its depth.
    #[must_use]
    pub(crate) fn rows(&self) -> Vec<(usize, &Branch)> {
        let mut rows = Vec::new();
        self.rows_below(None, 0, &mut rows);
        rows
    }

    fn rows_below<'a>(&'a self, parent: Option<BranchId>, depth: usize, rows: &mut Vec<(usize, &'a Branch)>) {
        for branch in self.branches.iter().filter(|b| b.parent == parent) {
            rows.push((depth, branch));
            self.rows_below(Some(branch.id), depth + 1, rows);
        }
    }

    /// The branch above or below the one that is shown, if there is one.
    #[must_use]
    pub(crate) fn neighbour(&self, below: bool) -> Option<BranchId> {
        let rows = self.rows();
        let here = rows.iter().position(|(_, b)| b.id == self.current)?;
        let there = if below { here + 1 } else { here.checked_sub(1)? };
        rows.get(there).map(|(_, b)| b.id)
    }

    /// Takes in how the branch that is shown stands now. The scenario is shared while it stays the same.
    pub(crate) fn keep(&mut self, scenario: &Scenario, known: u32) {
        let current = self.current;
        if let Some(branch) = self.branches.iter_mut().find(|b| b.id == current) {
            branch.known = known;
            if *branch.scenario != *scenario {
                branch.scenario = Rc::new(scenario.clone());
            }
        }
    }

    /// In all branches something else is looked at, which changes nothing that happens.
    pub(crate) fn show(&mut self, field: &'static str, value: &Value) {
        for branch in &mut self.branches {
            let mut next = (*branch.scenario).clone();
            next.setup.fields.set_or_leave(next.lab.spec().setup, field, value.clone());
            if next.setup != branch.scenario.setup {
                branch.scenario = Rc::new(next);
            }
        }
    }

    /// A new branch of the one that is shown, from some moment on; it is shown from now on.
    pub(crate) fn fork(&mut self, name: &str, at_us: u64, record: u32) {
        let from = self.current().clone();
        let id = self.next;
        self.next += 1;
        let name = self.free_name(name, id);
        self.branches.push(Branch { id, name, parent: Some(from.id), at_us, record, ..from });
        self.current = id;
    }

    /// A branch with a scenario of its own from the beginning on, which is not shown yet; or the one that is the same already.
    pub(crate) fn beside(&mut self, name: &str, scenario: Scenario) -> BranchId {
        if let Some(same) = self.branches.iter().find(|b| b.id != self.current && *b.scenario == scenario) {
            return same.id;
        }
        let id = self.next;
        self.next += 1;
        let name = self.free_name(name, id);
        let scenario = Rc::new(scenario);
        self.branches.push(Branch { id, name, parent: None, at_us: 0, record: 0, known: 0, scenario });
        id
    }

    /// A name for a branch that nobody has named.
    #[must_use]
    pub(crate) fn plain_name(&self) -> String {
        format!("branch {}", self.next + 1)
    }

    /// A name of at most so many characters that no other branch has.
    fn free_name(&self, wanted: &str, id: BranchId) -> String {
        let wanted: String = wanted.trim().chars().take(NAME_CHARS_MAX).collect();
        let taken = |name: &str| self.branches.iter().any(|b| b.id != id && b.name == name);
        if !taken(&wanted) {
            return wanted;
        }
        let second = (2..).map(|n| format!("{wanted} ({n})")).find(|name| !taken(name));
        second.expect("there are more numbers than branches")
    }

    /// Gives a branch another name. False when that changes nothing.
    pub(crate) fn rename(&mut self, id: BranchId, name: &str) -> bool {
        if name.trim().is_empty() {
            return false;
        }
        let name = self.free_name(name, id);
        match self.branches.iter_mut().find(|b| b.id == id) {
            Some(branch) if branch.name != name => {
                branch.name = name;
                true
            }
            _ => false,
        }
    }

    /// Shows another branch.
    pub(crate) fn enter(&mut self, id: BranchId) {
        if self.find(id).is_some() {
            self.current = id;
        }
    }

    /// Lets go of a branch that is not shown; what left it belongs to what it had left itself.
    pub(crate) fn remove(&mut self, id: BranchId) {
        let Some(gone) = self.find(id).filter(|b| b.id != self.current).cloned() else { return };
        self.branches.retain(|b| b.id != id);
        for branch in self.branches.iter_mut().filter(|b| b.parent == Some(id)) {
            branch.parent = gone.parent;
            if gone.parent.is_some() && gone.record < branch.record {
                (branch.at_us, branch.record) = (gone.at_us, gone.record);
            }
        }
    }

    /// What is shown when a branch goes that is shown itself.
    #[must_use]
    pub(crate) fn instead_of(&self, id: BranchId) -> Option<BranchId> {
        let parent = self.find(id).and_then(|b| b.parent);
        parent.or_else(|| self.branches.iter().map(|b| b.id).find(|&b| b != id))
    }

    /// Which of some acts were done by hand: those that are not in what was opened.
    #[must_use]
    pub(crate) fn by_hand(&self, acts: &[PlannedAct]) -> Vec<bool> {
        let mut left: Vec<&PlannedAct> = self.origin.acts.iter().collect();
        let own = |act: &PlannedAct| match left.iter().position(|a| *a == act) {
            Some(i) => {
                left.remove(i);
                false
            }
            None => true,
        };
        acts.iter().map(own).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::first_scenario;

    fn three() -> Tree {
        let mut tree = Tree::new(&first_scenario(), None);
        tree.fork("a", 10, 5);
        tree.fork("b", 20, 9);
        tree
    }

    #[test]
    fn each_branch_stands_below_what_it_left() {
        let mut tree = three();
        tree.enter(0);
        tree.fork("c", 5, 3);
        let rows: Vec<(usize, &str)> = tree.rows().into_iter().map(|(d, b)| (d, b.name.as_str())).collect();
        assert_eq!(rows, [(0, "main"), (1, "a"), (2, "b"), (1, "c")]);
        assert_eq!(tree.neighbour(false), Some(2));
        assert_eq!(tree.neighbour(true), None);
    }

    #[test]
    fn what_left_a_deleted_branch_is_kept() {
        let mut tree = three();
        tree.remove(1);
        let b = tree.current();
        assert_eq!((b.name.as_str(), b.parent, b.at_us, b.record), ("b", Some(0), 10, 5));
        tree.remove(0);
        assert_eq!(tree.rows().len(), 1);
        assert_eq!(tree.current().parent, None);
        // The one that is shown stays.
        tree.remove(2);
        assert_eq!(tree.branches().len(), 1);
        assert_eq!(tree.instead_of(2), None);
    }

    #[test]
    fn no_two_branches_have_one_name_and_no_name_is_empty_or_endless() {
        let mut tree = three();
        assert!(tree.rename(2, " main "));
        assert_eq!(tree.current().name, "main (2)");
        assert!(!tree.rename(2, "  "));
        assert!(!tree.rename(2, "main (2)"));
        assert!(tree.rename(2, &"ä".repeat(500)));
        assert_eq!(tree.current().name.chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn an_act_done_twice_is_by_hand_once() {
        let tree = three();
        let mut acts = tree.origin.acts.clone();
        acts.push(acts[0].clone());
        let by_hand = tree.by_hand(&acts);
        assert_eq!(by_hand.iter().filter(|b| **b).count(), 1);
        assert_eq!(by_hand.last(), Some(&true));
    }
}
