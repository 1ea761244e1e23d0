//! Causes of misses against a judge that looks at all states and all writes, and ways through a trace.

use super::*;
use crate::coherence::{Family, Mix, Pattern};

const PROCESSORS: usize = 3;

fn geometry(size: u64, ways: u64, line: u64) -> Geometry {
    Geometry::new(size, ways, line).expect("it fits")
}

fn study(accesses: &Accesses, geometry: Geometry, family: Family) -> Study {
    let mut study = Study::new(accesses.processors(), geometry, family).expect("there is room");
    while !study.run(accesses, 700) {}
    study
}

fn mixed(seed: u64, count: usize) -> Accesses {
    let mix = Mix {
        pattern: Pattern::Mixed,
        count,
        processors: PROCESSORS,
        write_percent: 35,
        shared_percent: 70,
        words: 48,
        seed,
    };
    mix.accesses()
}

/// Why each access missed, from the states of all lines before and after each access, and from the list of all writes.
fn judged(accesses: &Accesses, geometry: Geometry, family: Family) -> Vec<Option<Cause>> {
    let mut system = System::new(PROCESSORS, geometry, family);
    let bases: std::collections::BTreeSet<u64> =
        accesses.iter().map(|a| geometry.base(geometry.line(a.address))).collect();
    let mut gone: BTreeMap<(usize, u64), (usize, bool)> = BTreeMap::new();
    let mut causes = Vec::new();
    for (index, access) in accesses.iter().enumerate() {
        let has = |system: &System| -> Vec<(usize, u64, bool)> {
            let all = (0..PROCESSORS).flat_map(|p| bases.iter().map(move |base| (p, *base)));
            all.map(|(p, base)| (p, base, system.state(p, base).is_valid())).collect()
        };
        let before = has(&system);
        let line = geometry.base(geometry.line(access.address));
        let hit = system.state(access.processor, access.address).is_valid();
        let cause = match gone.get(&(access.processor, line)) {
            _ if hit => None,
            None => Some(Cause::Cold),
            Some((_, false)) => Some(Cause::Replaced),
            Some((taken, true)) => {
                let wrote = |a: Access| a.write && a.address == access.address && a.processor != access.processor;
                let true_sharing = (*taken..index).any(|i| wrote(accesses.get(i)));
                Some(if true_sharing { Cause::TrueSharing } else { Cause::FalseSharing })
            }
        };
        causes.push(cause);
        system.access(access.processor, access.write, access.address);
        for ((p, base, had), (_, _, has)) in before.into_iter().zip(has(&system)) {
            if had && !has {
                gone.insert((p, base), (index, p != access.processor));
            }
        }
    }
    causes
}

#[test]
fn each_miss_has_the_cause_that_a_judge_of_all_states_finds() {
    let mut seen = [0; 4];
    for (seed, ways, line) in [(1, 1, 16), (2, 2, 32), (3, 4, 64), (4, 2, 8)] {
        for family in [Family::Mesi, Family::Msi] {
            let (accesses, geometry) = (mixed(seed, 4_000), geometry(4 * ways * line, ways, line));
            let study = study(&accesses, geometry, family);
            for (index, cause) in judged(&accesses, geometry, family).into_iter().enumerate() {
                assert_eq!(study.course(index).cause(), cause, "seed {seed}, access {index}");
                if let Some(cause) = cause {
                    seen[cause as usize] += 1;
                }
            }
        }
    }
    assert!(seen.iter().all(|n| *n > 50), "{seen:?}");
}

#[test]
fn a_line_of_one_word_is_never_shared_falsely() {
    let (accesses, geometry) = (mixed(7, 5_000), geometry(64, 2, 8));
    let study = study(&accesses, geometry, Family::Mesi);
    let of = |cause| (0..study.len()).filter(|&i| study.course(i).cause() == Some(cause)).count();
    assert_eq!(of(Cause::FalseSharing), 0);
    assert!(of(Cause::TrueSharing) > 100);
}

#[test]
fn the_counters_are_those_of_the_caches_alone() {
    let (accesses, geometry) = (mixed(5, 20_000), geometry(512, 4, 32));
    let mut study = study(&accesses, geometry, Family::Mesi);
    let mut system = System::new(PROCESSORS, geometry, Family::Mesi);
    for a in accesses.iter() {
        system.access(a.processor, a.write, a.address);
    }
    assert_eq!(study.counters(), system.counters());
    study.seek(&accesses, accesses.len());
    assert_eq!(study.counters_here(), system.counters());
    let misses: u64 = system.counters().iter().map(|c| c.read_misses + c.write_misses).sum();
    let (lines, stretches) = (study.costly(usize::MAX), study.stretches(7));
    assert_eq!(lines.iter().map(|(_, t)| u64::from(t.all())).sum::<u64>(), misses);
    assert_eq!(stretches.iter().flatten().map(|n| u64::from(*n)).sum::<u64>(), misses);
    let invalidations: u64 = system.counters().iter().map(|c| c.invalidations).sum();
    assert_eq!(lines.iter().map(|(_, t)| u64::from(t.invalidations)).sum::<u64>(), invalidations);
    let sorts = |sort| (0..study.len()).filter(|&i| study.course(i).is(sort)).count() as u64;
    assert_eq!(sorts(Sort::Miss), misses);
    assert_eq!(sorts(Sort::Upgrade), system.counters().iter().map(|c| c.upgr).sum::<u64>());
    assert_eq!(sorts(Sort::Any), 20_000);
}

#[test]
fn wherever_one_jumps_the_state_is_that_of_a_run_to_there() {
    let (accesses, geometry) = (mixed(9, 13_000), geometry(256, 2, 32));
    let mut study = study(&accesses, geometry, Family::Mesi);
    assert!(study.snapshots.len() > 3, "there are states to start from");
    for position in [0, 1, 4_095, 4_096, 4_097, 12_999, 13_000, 20_000, 5, 9_000, 8_999, 8_192, 8_191] {
        study.seek(&accesses, position);
        let position = position.min(accesses.len());
        let mut system = System::new(PROCESSORS, geometry, Family::Mesi);
        for index in 0..position {
            let Access { processor, write, address } = accesses.get(index);
            system.access(processor, write, address);
        }
        assert_eq!(study.position(), position);
        assert_eq!(study.counters_here(), system.counters());
        for set in 0..geometry.sets() {
            for p in 0..PROCESSORS {
                assert_eq!(study.set(p, set), system.set(p, set), "set {set} of {p} at {position}");
            }
        }
    }
}

fn any(sort: Sort) -> Wanted {
    Wanted { sort, line: None }
}

fn trace(text: &str) -> Accesses {
    let (mut reader, mut all) = (crate::coherence::TraceReader::new(PROCESSORS_MAX), Accesses::default());
    let mut take = |access| assert!(all.push(access));
    let used = reader.read(text.as_bytes(), &mut take).expect("a trace");
    reader.end(&text.as_bytes()[used..], &mut take).expect("a trace");
    all
}

#[test]
fn a_step_says_who_changed_and_why_it_missed() {
    let accesses = trace("0 w 0\n1 r 8\n0 w 0\n1 r 8\n0 r 0\n1 w 8\n0 r 8\n0 r 40\n0 r 80\n0 r 0\n");
    let mut study = study(&accesses, geometry(64, 1, 64), Family::Mesi);
    use State::{E, I, M, S};
    let told: Vec<_> = (1..=accesses.len())
        .map(|n| study.step_to(&accesses, n).expect("an access"))
        .map(|s| (s.course.cause(), s.asked, s.changes, s.evicted))
        .collect();
    let (rd, rdx, upgr) = (Some(Transaction::BusRd), Some(Transaction::BusRdX), Some(Transaction::BusUpgr));
    assert_eq!(
        told,
        [
            (Some(Cause::Cold), rdx, vec![(0, I, M)], None),
            (Some(Cause::Cold), rd, vec![(0, M, S), (1, I, S)], None),
            (None, upgr, vec![(0, S, M), (1, S, I)], None),
            // C2 lost it to a write of another word.
            (Some(Cause::FalseSharing), rd, vec![(0, M, S), (1, I, S)], None),
            (None, None, vec![], None),
            (None, upgr, vec![(0, S, I), (1, S, M)], None),
            // That very word was written.
            (Some(Cause::TrueSharing), rd, vec![(0, I, S), (1, M, S)], None),
            (Some(Cause::Cold), rd, vec![(0, I, E)], Some((0, S))),
            (Some(Cause::Cold), rd, vec![(0, I, E)], Some((0x40, E))),
            (Some(Cause::Replaced), rd, vec![(0, I, S)], Some((0x80, E))),
        ]
    );
    assert_eq!(study.step_to(&accesses, 0), None);
    assert_eq!(study.step_to(&accesses, 99), None);
    assert_eq!(study.position(), 10);
    assert_eq!(study.find(&accesses, 0, true, any(Sort::FalseSharing)), Some(4));
    assert_eq!(study.find(&accesses, 4, true, any(Sort::FalseSharing)), None);
    assert_eq!(study.find(&accesses, 4, false, any(Sort::Miss)), Some(2));
    assert_eq!(study.find(&accesses, 10, false, any(Sort::Upgrade)), Some(6));
    assert_eq!(study.find(&accesses, 99, true, any(Sort::Any)), None);
    assert_eq!(study.find(&accesses, 1, false, any(Sort::Any)), None);
    let on_40 = |sort| Wanted { sort, line: Some(0x44) };
    assert_eq!(study.find(&accesses, 0, true, on_40(Sort::Any)), Some(8));
    assert_eq!(study.find(&accesses, 8, true, on_40(Sort::Any)), None);
    assert_eq!(study.find(&accesses, 10, false, on_40(Sort::Upgrade)), None);
    let words = study.words(&accesses, 0);
    let told: Vec<_> = words.iter().map(|w| (w.address, w.processor, w.reads, w.writes)).collect();
    assert_eq!(told, [(0, 0, 2, 2), (8, 0, 1, 0), (8, 1, 2, 1)]);
    assert_eq!(study.costly(1)[0].0, 0);
    assert_eq!(study.costly(9).len(), 3);
}

#[test]
fn made_up_patterns_share_as_their_names_say() {
    for (pattern, name, _) in Pattern::ALL {
        let mix =
            Mix { pattern, count: 3_000, processors: 4, write_percent: 30, shared_percent: 50, words: 64, seed: 1 };
        let accesses = mix.accesses();
        assert_eq!((accesses.len(), accesses.processors()), (3_000, 4), "{name}");
        assert_eq!(trace(&accesses.text()), accesses, "{name}");
        let study = study(&accesses, geometry(8_192, 8, 64), Family::Mesi);
        let of = |cause| (0..study.len()).filter(|&i| study.course(i).cause() == Some(cause)).count();
        let (truly, falsely) = (of(Cause::TrueSharing), of(Cause::FalseSharing));
        match pattern {
            Pattern::Mixed => assert!(truly > 100 && falsely > 100, "{truly} {falsely}"),
            Pattern::Counters => assert!(truly == 0 && falsely > 1_000, "{truly} {falsely}"),
            Pattern::Padded => assert_eq!((truly, falsely), (0, 0)),
            Pattern::Migratory => assert!(truly > 300 && falsely == 0, "{truly} {falsely}"),
            Pattern::Producer => assert!(truly > 0, "{truly} {falsely}"),
        }
        assert_eq!(mix.accesses(), accesses, "the same for the same seed");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let large = geometry(1 << 26, 1, 64);
    assert!(Study::new(2, large, Family::Mesi).expect_err("too many lines").contains("at most"));
    assert!(Study::new(65, geometry(64, 1, 64), Family::Mesi).is_err());
    assert!(Study::new(1, large, Family::Mesi).is_ok());
    let mut all = Accesses::default();
    assert!(!all.push(Access { processor: 64, write: false, address: 0 }));
    assert!(all.push(Access { processor: 63, write: true, address: u64::MAX }));
    assert_eq!(all.get(0), Access { processor: 63, write: true, address: u64::MAX });
}
