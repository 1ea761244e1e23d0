//! Partitions by name: presets around one process, one way, and groups by hand.

use crate::model::command::Command;
use crate::ui::controls::{Props, value_of};
use lightcone_core::tables::LinkChange;
use lightcone_core::trace::{Act, NodeId};
use yew::prelude::*;

/// Most groups that can be made by hand: letters enough for what one can follow.
const GROUPS_MAX: usize = 6;

/// The act that cuts the network into groups, given the group of each process.
pub(super) fn partition(groups: &[usize]) -> Act {
    let mut numbers = groups.to_vec();
    numbers.sort();
    numbers.dedup();
    let members = |g: usize| (0..groups.len()).filter(|&i| groups[i] == g).map(|i| i as NodeId).collect();
    Act::Partition(numbers.into_iter().map(members).collect())
}

/// The act that blocks a link.
fn one_way(from: usize, to: usize) -> Act {
    let change = LinkChange { blocked: Some(true), ..LinkChange::default() };
    Act::Link { from: from as NodeId, to: to as NodeId, change }
}

/// The largest minority of so many.
fn minority(count: usize) -> usize {
    count.saturating_sub(1) / 2
}

/// Who is cut off: a minority of those with the role of a process, with it or without it; everybody else stays.
fn cut_off(roles: &[String], who: usize, with_it: bool) -> Vec<usize> {
    let peers: Vec<usize> = (0..roles.len()).filter(|&i| roles[i] == roles[who]).collect();
    let others = peers.iter().copied().filter(|&i| i != who);
    let size = minority(peers.len());
    if with_it { std::iter::once(who).chain(others).take(size).collect() } else { others.rev().take(size).collect() }
}

/// A list of processes to choose from.
fn choice(name: &'static str, names: &[String], chosen: usize, state: &UseStateHandle<usize>) -> Html {
    let onchange = {
        let state = state.clone();
        Callback::from(move |e: Event| state.set(value_of(&e).parse().unwrap_or(0)))
    };
    let option =
        |(i, n): (usize, &String)| html! { <option value={i.to_string()} selected={i == chosen}>{ n }</option> };
    html! { <select aria-label={name} {onchange}>{ for names.iter().enumerate().map(option) }</select> }
}

/// A button that does something to the network, unless there is a reason not to.
fn act(on: &Callback<Command>, text: String, says: String, act: Act, why_not: Option<&'static str>) -> Html {
    let onclick = on.reform(move |_: MouseEvent| Command::Act(act.clone()));
    let title = why_not.map_or(says, str::to_string);
    html! { <button {onclick} disabled={why_not.is_some()} {title}>{ text }</button> }
}

/// Partitions: part of the network panel.
#[component]
pub(crate) fn Partitions(props: &Props) -> Html {
    let s = props.model.get();
    let names = s.run().names();
    let count = names.len();
    let roles: Vec<String> = s.frame().processes.iter().map(|p| p.role.clone()).collect();
    let who = use_state(|| 0usize);
    let to = use_state(|| 1usize);
    let x = (*who).min(count - 1);
    let y = if *to != x && *to < count { *to } else { (x + 1) % count };
    let on = &props.on;
    let name = &names[x];
    let away = |cut: &[usize]| {
        let groups: Vec<usize> = (0..count).map(|i| usize::from(!cut.contains(&i))).collect();
        partition(&groups)
    };
    let alone = (count < 2).then_some("There is only one process.");
    let (few, most) = (cut_off(&roles, x, true), cut_off(&roles, x, false));
    let three = few.is_empty().then_some("A minority needs three processes of a kind.");
    let halves: Vec<usize> = (0..count.div_ceil(2)).collect();
    let network = &s.frame().network;
    let whole = (network.groups.is_none() && network.blocked.is_empty()).then_some("Nothing is cut.");
    let closed = network.blocked.contains(&(x as u16, y as u16)).then_some("This way is blocked already.");
    html! {
        <div role="group" aria-label="Partitions">
            <label class="row"><span>{ "cut around" }</span>{ choice("Cut around", names, x, &who) }</label>
            <label class="row"><span>{ "one way to" }</span>{ choice("One way to", names, y, &to) }</label>
            <div class="group wrap">
                { act(on, format!("isolate {name}"), format!("Cut {name} off from all others"), away(&[x]), alone) }
                { act(on, "minority".into(), format!("{name} with a minority of its kind on one side"), away(&few), three) }
                { act(on, "majority".into(), format!("{name} with a majority of its kind on one side"), away(&most), three) }
                { act(on, "split".into(), "Cut the network into two halves".into(), away(&halves), alone) }
                { act(on, "one way".into(), format!("Nothing gets from {name} to {} any more; the other way is open", names[y]),
                    one_way(x, y), alone.or(closed)) }
            </div>
            <ByHand model={props.model.clone()} on={on.clone()} />
            { act(on, "heal".into(), "Make the network whole again".into(), Act::Heal, whole) }
        </div>
    }
}

/// A group for each process: what scissors do, for whoever has no pointer.
#[component]
fn ByHand(props: &Props) -> Html {
    let s = props.model.get();
    let names = s.run().names();
    let chosen = use_state(Vec::<usize>::new);
    // As it is cut now, until somebody chooses otherwise.
    let now = |i: usize| s.frame().network.groups.as_ref().map_or(0, |g| usize::from(g[i]));
    let groups: Vec<usize> = (0..names.len())
        .map(|i| if chosen.len() == names.len() { chosen[i] } else { now(i) }.min(GROUPS_MAX - 1))
        .collect();
    let row = |(i, name): (usize, &String)| {
        let onchange = {
            let (chosen, groups) = (chosen.clone(), groups.clone());
            Callback::from(move |e: Event| {
                let mut next = groups.clone();
                next[i] = value_of(&e).parse().unwrap_or(0);
                chosen.set(next);
            })
        };
        let option = |g: usize| {
            let letter = char::from(b'A' + g as u8).to_string();
            html! { <option value={g.to_string()} selected={g == groups[i]}>{ letter }</option> }
        };
        html! {
            <label class="row"><span>{ name }</span>
                <select aria-label={format!("Group of {name}")} {onchange}>{ for (0..GROUPS_MAX.min(names.len())).map(option) }</select>
            </label>
        }
    };
    let one = groups.iter().all(|g| *g == groups[0]).then_some("All are in one group.");
    let act = partition(&groups);
    let onclick = {
        let (chosen, on) = (chosen.clone(), props.on.clone());
        Callback::from(move |_: MouseEvent| {
            chosen.set(Vec::new());
            on.emit(Command::Act(act.clone()));
        })
    };
    html! {
        <details class="fold groups">
            <summary>{ "groups by hand" }</summary>
            { for names.iter().enumerate().map(row) }
            <button class="go" {onclick} disabled={one.is_some()} title={one.unwrap_or("Cut the network into these groups")}>
                { "Cut into these groups" }
            </button>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|s| s.to_string()).collect()
    }

    #[test]
    fn every_group_is_named_and_in_order() {
        assert_eq!(partition(&[4, 1, 4, 2]), Act::Partition(vec![vec![1], vec![3], vec![0, 2]]));
    }

    #[test]
    fn a_minority_is_cut_off_with_a_process_or_without_it_and_clients_stay() {
        let roles = names(&["s", "s", "s", "s", "s", "c", "c"]);
        assert_eq!(cut_off(&roles, 2, true), [2, 0]);
        assert_eq!(cut_off(&roles, 2, false), [4, 3]);
        assert_eq!(cut_off(&roles, 4, false), [3, 2]);
        assert!(cut_off(&roles, 5, true).is_empty(), "two have no minority");
    }
}
