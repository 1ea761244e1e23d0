//! The ways in which a draft is made smaller: each lists drafts that are a little simpler than the one it is given.

use super::draft::{Draft, Moment, PLAIN_DELAY_US, Step, sort};
use crate::protocol::ProcessInfo;
use crate::tables::{Delay, LinkRule, Takes, Value};
use crate::trace::{Act, NodeId, Surgery};
use std::collections::BTreeMap;

/// Seeds that are tried in place of the one at hand, the simplest first.
const SEEDS: [u64; 4] = [0, 1, 2, 3];
/// Times are rounded to multiples of these, in microseconds, the coarsest first.
const GRIDS_US: [u64; 6] = [100_000, 50_000, 10_000, 5_000, 1_000, 100];
/// Words that stand in place of longer ones.
const PLAIN_WORDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Two acts that belong together go together: a crash and its restart, a pause and its end, a cut and its healing.
pub(super) fn without_pairs(draft: &Draft) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (i, first) in draft.steps.iter().enumerate() {
        let ends = |s: &Step| match (&first.act, &s.act) {
            (Act::Crash(a), Act::Restart(b)) | (Act::Pause(a), Act::Resume(b)) => a == b,
            (Act::Partition(_) | Act::Link { .. }, Act::Heal) => true,
            (Act::Request(a), Act::Request(b)) => a.node == b.node,
            _ => false,
        };
        for (j, _) in draft.steps.iter().enumerate().filter(|(j, s)| *j != i && ends(s)) {
            let kept = |(at, s): (usize, &Step)| (at != i && at != j).then(|| s.clone());
            let steps = draft.steps.iter().enumerate().filter_map(kept).collect();
            drafts.push(Draft { base: draft.base.clone(), steps });
        }
    }
    drafts
}

/// Fewer processes: each number in the settings lower, and in place of whoever goes another one of its role.
pub(super) fn fewer_processes(draft: &Draft) -> Vec<Draft> {
    let spec = draft.base.lab.spec();
    let here = draft.base.processes();
    let mut drafts = Vec::new();
    for param in spec.setup {
        let Takes::Int { min, .. } = param.takes else { continue };
        let Value::Int(now) = draft.base.setup.fields.value(spec.setup, param.name) else { continue };
        let mut lower: Vec<u64> = (min..now).filter(|n| now - n <= 4 || *n == min).collect();
        lower.truncate(6);
        for n in lower {
            let mut base = draft.base.clone();
            base.setup.fields.set_or_leave(spec.setup, param.name, Value::Int(n));
            if base.lab.machine(&base.setup).is_err() {
                continue;
            }
            let there = base.processes();
            if there.len() < here.len() {
                drafts.extend(castings(draft, &here, &there).map(|steps| Draft { base: base.clone(), steps }));
            }
        }
    }
    drafts
}

/// The acts with those who stay in the places of those who go: as it is first, then for each one who could go instead.
fn castings<'a>(
    draft: &'a Draft,
    here: &'a [ProcessInfo],
    there: &'a [ProcessInfo],
) -> impl Iterator<Item = Vec<Step>> + 'a {
    let place = |name: &str| there.iter().position(|p| p.name == name).map(|i| i as NodeId);
    let gone: Vec<usize> = (0..here.len()).filter(|&i| place(&here[i].name).is_none()).collect();
    let first = *gone.first().unwrap_or(&0);
    let role = here[first].role;
    let victims = (0..here.len()).filter(move |&i| here[i].role == role && place(&here[i].name).is_some());
    std::iter::once(first).chain(victims).map(move |victim| {
        let number = move |node: NodeId| {
            let node = usize::from(node);
            let stands_for = if node == first {
                victim
            } else if node == victim {
                first
            } else {
                node
            };
            place(&here[stands_for].name)
        };
        let one = |s: &Step| {
            let act = s.act.renumbered(&number)?;
            let moment = match s.moment {
                Moment::Behind { node, kind, nth } => Moment::Behind { node: number(node)?, kind, nth },
                at => at,
            };
            Some(Step { moment, act })
        };
        draft.steps.iter().filter_map(one).collect()
    })
}

/// Settings back at their defaults, a plainer network, a simpler seed.
pub(super) fn plainer_settings(draft: &Draft) -> Vec<Draft> {
    let mut bases = Vec::new();
    let base = &draft.base;
    for name in base.setup.fields.names() {
        let mut plainer = base.clone();
        plainer.setup.fields.leave(name);
        bases.push(plainer);
    }
    for i in 0..base.setup.broken.len() {
        if base.setup.broken.len() > 1 {
            let mut plainer = base.clone();
            plainer.setup.broken.remove(i);
            bases.push(plainer);
        }
    }
    let LinkRule { delay, loss_ppm, duplicate_ppm, fifo } = base.network;
    let plain = Delay::Constant(PLAIN_DELAY_US);
    let usual = LinkRule::default().delay;
    for network in [
        LinkRule { delay: plain, loss_ppm: 0, duplicate_ppm: 0, fifo: false },
        LinkRule { delay, loss_ppm: 0, duplicate_ppm, fifo },
        LinkRule { delay, loss_ppm, duplicate_ppm: 0, fifo },
        LinkRule { delay, loss_ppm, duplicate_ppm, fifo: false },
        LinkRule { delay: plain, ..base.network },
        LinkRule { delay: if delay == plain { plain } else { usual }, ..base.network },
    ] {
        bases.push(crate::scenario::Scenario { network, ..base.clone() });
    }
    for seed in SEEDS.into_iter().filter(|s| *s < base.seed) {
        bases.push(crate::scenario::Scenario { seed, ..base.clone() });
    }
    let fits = |b: &crate::scenario::Scenario| b.lab.machine(&b.setup).is_ok_and(|m| m.names() == base.names());
    bases.retain(fits);
    bases.into_iter().map(|base| Draft { base, steps: draft.steps.clone() }).collect()
}

/// Acts that wait for a record at a time of their own; rounder times, and earlier ones.
pub(super) fn rounder_times(draft: &Draft, times_us: &[u64]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut put = |change: &dyn Fn(&mut Vec<Step>)| {
        let mut steps = draft.steps.clone();
        change(&mut steps);
        sort(&mut steps);
        drafts.push(Draft { base: draft.base.clone(), steps });
    };
    let mut before_us = 0;
    for (i, step) in draft.steps.iter().enumerate() {
        let at_us = match step.moment {
            Moment::At(us) => us,
            Moment::Behind { .. } => {
                if let Some(us) = times_us.get(i) {
                    put(&|steps| steps[i].moment = Moment::At(*us));
                }
                continue;
            }
        };
        for grid_us in GRIDS_US.into_iter().take_while(|grid_us| !at_us.is_multiple_of(*grid_us)) {
            for us in [at_us / grid_us * grid_us, at_us.div_ceil(grid_us) * grid_us] {
                put(&|steps| steps[i].moment = Moment::At(us));
            }
        }
        // This one and all behind it come earlier by the whole gap before it, or by half of it.
        let gap_us = at_us.saturating_sub(before_us);
        for by_us in [gap_us, gap_us / 200_000 * 100_000].into_iter().filter(|us| *us >= 50_000) {
            put(&|steps| {
                for step in &mut steps[i..] {
                    if let Moment::At(us) = &mut step.moment {
                        *us = us.saturating_sub(by_us);
                    }
                }
            });
        }
        before_us = at_us;
    }
    drafts
}

/// Arguments left out where they have a default, short words for long ones, whole milliseconds for the delays of
/// messages.
pub(super) fn simpler_values(draft: &Draft) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut put = |i: usize, act: Act| {
        let mut next = draft.clone();
        next.steps[i].act = act;
        drafts.push(next);
    };
    for (i, step) in draft.steps.iter().enumerate() {
        match &step.act {
            Act::Request(request) => {
                for param in request.operation.args.iter().filter(|p| p.default.is_some()) {
                    let mut plainer = request.clone();
                    if plainer.args.leave(param.name) {
                        put(i, Act::Request(plainer));
                    }
                }
            }
            Act::Message { which, surgery: Surgery::DeliverIn(us) } => {
                for grid_us in GRIDS_US.into_iter().take_while(|grid_us| !us.is_multiple_of(*grid_us)) {
                    for us in [(us / grid_us).max(1) * grid_us, us.div_ceil(grid_us) * grid_us] {
                        put(i, Act::Message { which: *which, surgery: Surgery::DeliverIn(us) });
                    }
                }
            }
            Act::Link { from, to, change } => {
                if let Some(Delay::Constant(us)) = change.delay {
                    for grid_us in GRIDS_US.into_iter().take_while(|grid_us| !us.is_multiple_of(*grid_us)) {
                        let delay = Some(Delay::Constant(us.div_ceil(grid_us) * grid_us));
                        let change = crate::tables::LinkChange { delay, ..*change };
                        put(i, Act::Link { from: *from, to: *to, change });
                    }
                }
            }
            _ => {}
        }
    }
    drafts.extend(plain_words(draft));
    drafts
}

/// All words of the requests' text arguments replaced at once, the same by the same.
fn plain_words(draft: &Draft) -> Option<Draft> {
    let mut next = draft.clone();
    let mut words: BTreeMap<(&str, String), &str> = BTreeMap::new();
    let mut changed = false;
    for step in &mut next.steps {
        let Act::Request(request) = &mut step.act else { continue };
        for param in request.operation.args.iter().filter(|p| matches!(p.takes, Takes::Text { .. })) {
            let Some(Value::Text(word)) = request.args.given(param.name).cloned() else { continue };
            let number = words.keys().filter(|(name, _)| *name == param.name).count();
            let plain = *words.entry((param.name, word.clone())).or_insert(*PLAIN_WORDS.get(number)?);
            if plain != word {
                changed = true;
                request.args.set(param.name, Value::Text(plain.into()));
            }
        }
    }
    changed.then_some(next)
}

/// An earlier end, for what is judged when everything has settled.
pub(super) fn earlier_end(draft: &Draft) -> Vec<Draft> {
    let until_us = draft.base.until_us;
    let last = |s: &Step| match s.moment {
        Moment::At(us) => us,
        Moment::Behind { .. } => 0,
    };
    let last_us = draft.steps.iter().map(last).max().unwrap_or(0);
    let mut ends = vec![last_us, last_us + 10_000, last_us + 50_000, last_us.midpoint(until_us)];
    ends.extend(GRIDS_US.into_iter().map(|grid_us| until_us / grid_us * grid_us));
    ends.retain(|us| *us < until_us && *us >= last_us);
    let end = |until_us| Draft {
        base: crate::scenario::Scenario { until_us, ..draft.base.clone() },
        steps: draft.steps.clone(),
    };
    ends.into_iter().map(end).collect()
}
